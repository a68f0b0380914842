"""What the last points of each target cost: the search again from a plan, with one target relaxed at a time.

A cost is the difference of two searches, each with an optimality gap: the distance of its cost from its lower bound.
The true value lies within these gaps, as far as the bounds hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from models.optimisation.plan import Plan
from models.optimisation.plan_rules import NO_RULES, PlanRules
from models.optimisation.plan_space import plan_space
from models.optimisation.search import optimise
from scenarios.evaluation import Evaluate
from scenarios.requirements import Constraint, constraints
from scenarios.scenario import Scenario
from scenarios.statistics import MET
from scenarios.units import HOUR


@dataclass(frozen=True)
class TargetCost:
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
    error: float
    """How far off the cost may be: the larger of what both searches leave open."""
    fte_error: float
    """The same in agents of eight hours a day, at the plan's mean price of an hour."""

    @property
    def significant(self) -> bool:
        """Whether the price is more than the searches leave open."""
        return self.cost > self.error

    def amount(self, money: Callable[[float], str]) -> str:
        """The price in words, with how far off it may be.

        Examples
        --------
        >>> price = TargetCost("chat", "80 %", "75 %", 100.0, 5.0, 0.6, 40.0, 0.2)
        >>> price.amount("{:.0f} EUR".format)
        '100 EUR ± 40 EUR (0.6 ± 0.2 FTE)'
        >>> from dataclasses import replace
        >>> replace(price, error=231.4, fte_error=1.4).amount("{:.0f} EUR".format)
        '100 EUR saved, within the optimality gap of 231 EUR (1.4 FTE)'
        """
        if not self.significant:
            gap = f"the optimality gap of {money(self.error)} ({self.fte_error:.1f} FTE)"
            return f"{money(self.cost)} saved, within {gap}" if self.cost > 0 else f"no saving, within {gap}"
        return f"{money(self.cost)} ± {money(self.error)} ({self.fte:.1f} ± {self.fte_error:.1f} FTE)"

    @property
    def text(self) -> str:
        """In one line."""
        return f"{self.of}: from '{self.relaxed}' to '{self.target}': {self.amount(lambda sum_: f'{sum_:,.1f}')}"


def cost_of_targets(
    scenario: Scenario,
    plan: Plan,
    evaluate: Evaluate,
    *,
    relax: float = 0.05,
    block: float = HOUR,
    rules: PlanRules = NO_RULES,
    seconds: float = 30.0,
    fresh: int = 200,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[TargetCost, ...]:
    """What the last points of each target cost: the search again from the plan, with one target relaxed at a time.

    Shares are relaxed by `relax` (0.05 is five points), times by as large a part of themselves. `progress` is told how
    many targets are done, of how many.
    """
    hours, days = plan_space(scenario, block).agent_hours, scenario.horizon.days
    hourly = plan.staffing_cost / float((hours * plan.staffing).sum()) if plan.staffing.any() else math.inf
    pairs = [
        (constraint, easier)
        for constraint in constraints(scenario)
        if (easier := relaxed(scenario, constraint, relax)) is not None
    ]
    prices = []
    for done, (constraint, easier) in enumerate(pairs):
        if progress is not None:
            progress(done, len(pairs))
        easier_plan = optimise(
            easier,
            evaluate,
            block=block,
            rules=rules,
            seconds=seconds,
            fresh=fresh,
            start=plan.staffing,
            stop=stop,
            gap=0.0,
        )
        same = (constraint.of, constraint.measure, constraint.floor)
        text = next(w.text for w in constraints(easier) if (w.of, w.measure, w.floor) == same)
        cheaper = easier_plan if easier_plan.status == MET and easier_plan.staffing_cost < plan.staffing_cost else plan
        saved = float((hours * (plan.staffing - cheaper.staffing)).sum())
        error = max(_left_open(plan.cost, plan.bound), _left_open(cheaper.cost, easier_plan.bound))
        fte = 8 * days
        prices.append(
            TargetCost(
                of=constraint.of,
                target=constraint.text,
                relaxed=text,
                cost=plan.staffing_cost - cheaper.staffing_cost,
                hours=saved,
                fte=saved / fte,
                error=error,
                fte_error=error / hourly / fte,
            )
        )
    return tuple(prices)


def _left_open(cost: float, bound: float) -> float:
    """How much cheaper than a plan another could be."""
    return max(cost - bound, 0.0)


def relaxed(scenario: Scenario, constraint: Constraint, by: float) -> Scenario | None:
    """The scenario with one target relaxed; none where it cannot be relaxed so far."""
    if constraint.measure == "occupancy":
        cap = min(constraint.limit + by, 1.0)
        return scenario.replace_group(constraint.of, max_occupancy=cap) if cap > constraint.limit else None
    target = scenario.contact_type(constraint.of).target
    if target is None:
        return None
    field = {"abandonment": "max_abandonment", "asa": "max_asa"}.get(constraint.measure, "share")
    field = "floor" if constraint.floor else field
    limit = {
        "max_abandonment": min(constraint.limit + by, 1.0),
        "max_asa": constraint.limit * (1 + by),
        "share": constraint.limit - by,
        "floor": constraint.limit - by,
    }[field]
    if limit <= 0 or (field == "share" and target.floor is not None and limit <= target.floor):
        return None
    return scenario.replace_type(constraint.of, target=target.model_copy(update={field: limit}))
