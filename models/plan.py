"""What a search for staffing says: the plan, its cost and bound, how sure it is, what binds, what an agent is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.proof.effort import Effort, Step
from models.proof.judging import SURE, Judged, Status, judge, status
from models.proof.space import Heads, Space
from scenarios.evidence import Counts, Evidence, in_periods
from scenarios.scenario import Scenario
from scenarios.wishes import wishes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Change:
    """What one agent more or fewer of a group, in every period in which it works, does to a wish."""

    group: str
    heads: int
    cost: float
    wish: str
    of: str
    measure: str
    value: float
    """Of the measure (or the share of days) with the change."""
    difference: float
    error: float
    """The standard error of the difference, on the same customers."""
    met: bool


@dataclass(frozen=True, eq=False)
class Plan:
    """The cheapest plan that was found."""

    scenario: Scenario
    """The scenario with the plan as its staffing."""
    heads: Heads
    """Shape (groups, periods)."""
    cost: float
    """Wages of the planned hours, paid breaks and leave included."""
    bound: float
    """Under what `bound_holds` says, no plan costs less."""
    proven: float
    """The bound of the load alone, which needs no simulation."""
    bound_holds: str
    wishes: tuple[Judged, ...]
    """Every wish on customers that the search never saw."""
    replications: int
    """How many of these replications there were."""
    overrun: float
    """Hours a horizon that agents worked after the end of their duty, not in the cost."""
    binding: str
    """The tightest wish, and where it is tightest."""
    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    ended: str
    """Why the search ended."""
    notes: tuple[str, ...]

    @property
    def gap(self) -> float:
        """How far the cost may be above the least, as a share of the bound."""
        return self.cost / self.bound - 1 if self.bound > 0 else math.inf

    @property
    def status(self) -> Status:
        """Whether every wish is met beyond doubt."""
        return status(self.wishes)

    def wishes_table(self) -> pd.DataFrame:
        """One row a wish: of, target, wanted, value, low, high, status."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "of": one.wish.of,
                    "target": one.wish.text,
                    "measure": one.wish.measure,
                    "wanted": one.wanted,
                    "value": one.value,
                    "low": one.value - SURE * one.error,
                    "high": one.value + SURE * one.error,
                    "status": one.status(),
                }
                for one in self.wishes
            ]
        )

    def changes_table(self) -> pd.DataFrame:
        """One row for every group, one head more or fewer, and wish."""
        import pandas as pd

        return pd.DataFrame([vars(one) for one in self.changes])

    def history(self) -> pd.DataFrame:
        """Best cost and bound over time."""
        import pandas as pd

        rows = [
            {"seconds": one.seconds, "cost": one.cost, "bound": one.bound, "doing": one.doing} for one in self.steps
        ]
        return pd.DataFrame(rows, columns=["seconds", "cost", "bound", "doing"])


def changes(effort: Effort, heads: Heads, replications: int) -> tuple[Change, ...]:
    """The worth of one agent more and one fewer of each group, on the customers of the search."""
    space = effort.space
    moves = [(g, by) for g in range(len(heads)) for by in (1, -1)]
    plans = [_moved(space, heads, g, by) for g, by in moves]
    real = [n for n, plan in enumerate(plans) if (plan != heads).any()]
    base, *others = effort.try_out([heads, *(plans[n] for n in real)], replications)
    found: list[Change] = []
    for n, other in zip(real, others, strict=True):
        group, by = moves[n]
        cost = space.cost(plans[n]) - space.cost(heads)
        name = space.scenario.group_names[group]
        pairs = zip(judge(base), judge(other), base.counts, other.counts, strict=True)
        for before, after, old, new in pairs:
            difference, error = _difference(before, after, old, new)
            found.append(
                Change(
                    *(name, by, cost, after.wish.text, after.wish.of, after.wish.measure),
                    *(after.value, difference, error),
                    met=after.margin >= 0,
                )
            )
    return tuple(found)


def _moved(space: Space, heads: Heads, group: int, by: int) -> Heads:
    """One head more or fewer wherever the group works."""
    moved = heads.copy()
    works = space.may_work[group] & (heads[group] > 0)
    works = works if works.any() else space.may_work[group]
    moved[group, works] += by
    return space.within(moved)


def _difference(before: Judged, after: Judged, old: Counts, new: Counts) -> tuple[float, float]:
    """The difference in value with its standard error; for the horizon paired replication by replication."""
    difference = after.value - before.value
    if before.wish.on_days is not None or before.wish.every != "horizon":
        return difference, math.hypot(before.error, after.error)
    parts = []
    for counts, value in ((old, before.value), (new, after.value)):
        n, d = counts.numerator.sum(axis=1), counts.denominator.sum(axis=1)
        parts.append((n - value * d) / d.mean())
    count = len(parts[0])
    return difference, float(np.std(parts[1] - parts[0], ddof=1) / math.sqrt(count)) if count > 1 else math.nan


def binding(space: Space, judged: tuple[Judged, ...], evidence: Evidence) -> str:
    """The tightest wish, and the period in which it is furthest from its limit on the bad side."""
    if not judged:
        return "nothing is wished"
    number = min(range(len(judged)), key=lambda n: judged[n].z)
    one, counts = judged[number], evidence.counts[number]
    n, d = (in_periods(values, space.period).sum(axis=0) for values in (counts.numerator, counts.denominator))
    value = np.divide(n, d, out=np.full(n.shape, np.nan), where=d > 0)
    margin = np.where(np.isnan(value), np.inf, one.wish.limit - value if one.wish.at_most else value - one.wish.limit)
    worst = int(np.argmin(margin))
    start = space.scenario.horizon.times[int(np.flatnonzero(space.period == worst)[0])]
    return f"{one.wish.of}: {one.wish.text}; worst from {start:%a %H:%M} with {_told(one, float(value[worst]))}"


def _told(one: Judged, value: float) -> str:
    return f"{value:.0f} s" if one.wish.measure == "asa" else f"{100 * value:.1f} %"


def undecided(scenario: Scenario, judged: tuple[Judged, ...]) -> list[str]:
    """What was and was not decided, in words, where not every wish is met beyond doubt."""
    if status(judged) == "met":
        return []
    words = {"met": "decided, met", "missed": "decided, missed", "unsure": "not decided"}
    return [f"{one.wish.of}: {one.wish.text}: {words[one.status()]}" for one in judged[: len(wishes(scenario))]]
