"""What the last part of each target costs: the search again from a plan, with one target relaxed at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.plan import Plan
from models.proof.space import space_of
from models.search import optimise
from scenarios.evidence import Evaluate
from scenarios.scenario import Scenario
from scenarios.units import HOUR
from scenarios.wishes import Wish, wishes


@dataclass(frozen=True)
class Price:
    """What the last stretch of a target costs."""

    of: str
    target: str
    relaxed: str
    cost: float
    """What is saved if the target is relaxed."""
    hours: float
    """Agent-hours a horizon saved."""
    fte: float
    """The same in agents of eight hours a day."""

    @property
    def text(self) -> str:
        """In one line."""
        return f"{self.of}: from '{self.relaxed}' to '{self.target}' costs {self.cost:.6g} ({self.fte:.1f} FTE)"


def price_of_targets(
    scenario: Scenario,
    plan: Plan,
    evaluate: Evaluate,
    *,
    relax: float = 0.05,
    block: float = HOUR,
    seconds: float = 30.0,
    fresh: int = 200,
    stop: Callable[[], bool] | None = None,
) -> tuple[Price, ...]:
    """What the last points of each target cost: the search again from the plan, with one target relaxed at a time.

    Shares are relaxed by `relax` (0.05 is five points), times by as large a part of themselves.
    """
    prices = []
    for wish in wishes(scenario):
        easier = relaxed(scenario, wish, relax)
        if easier is None:
            continue
        found = optimise(
            easier, evaluate, block=block, seconds=seconds, fresh=fresh, start=plan.heads, stop=stop, gap=0.0
        )
        text = next(w.text for w in wishes(easier) if (w.of, w.measure) == (wish.of, wish.measure))
        cheaper = found if found.status == "met" and found.cost < plan.cost else plan
        saved = (space_of(scenario, block).agent_hours * (plan.heads - cheaper.heads)).sum()
        days = scenario.horizon.days
        prices.append(
            Price(wish.of, wish.text, text, plan.cost - cheaper.cost, float(saved), float(saved) / (8 * days))
        )
    return tuple(prices)


def relaxed(scenario: Scenario, wish: Wish, by: float) -> Scenario | None:
    """The scenario with one wish relaxed; none where it cannot be relaxed so far."""
    if wish.measure == "occupancy":
        cap = min(wish.limit + by, 1.0)
        return scenario.replace_group(wish.of, max_occupancy=cap) if cap > wish.limit else None
    target = scenario.contact_type(wish.of).target
    if target is None:
        return None
    field = {"abandonment": "max_abandonment", "asa": "max_asa"}.get(wish.measure, "share")
    limit = {
        "max_abandonment": min(wish.limit + by, 1.0),
        "max_asa": wish.limit * (1 + by),
        "share": wish.limit - by,
    }[field]
    if limit <= 0:
        return None
    return scenario.replace_type(wish.of, target=target.model_copy(update={field: limit}))
