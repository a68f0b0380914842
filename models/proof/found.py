"""What models ask of a trial: the sums behind its measures by replication, and what can be read off them.

Models never see a simulator. Whoever calls them hands in a `Find`, which plays scenarios on the same customers, and a
`Plan`, which gives the cheapest staffing for a scenario.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from models.proof.judging import SURE, Judged, judge
from models.queueing.arguments import Floats
from scenarios.evidence import Counts, Evidence
from scenarios.scenario import Scenario
from scenarios.wishes import wishes

Period = Literal["horizon", "day", "interval"]


class Found(Protocol):
    """What replications of one scenario found."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that was tried."""

    def sums(self, name: str, period: Period = "horizon") -> tuple[Floats, Floats | None]:
        """Numerator and denominator of a measure, shape (replications, entities) or (..., periods)."""

    def place(self, name: str, of: str) -> int:
        """The row of a type, group or ``all`` among those entities."""


Find = Callable[[Sequence[Scenario]], Sequence[Found]]
"""Tries scenarios, all on the same customers."""
Plan = Callable[[Scenario], Scenario]
"""Gives a scenario the cheapest staffing that meets its targets; raises a `PlannerError` where none does."""


@dataclass(frozen=True)
class Reading:
    """A value and its standard error."""

    value: float
    error: float

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval."""
        return self.value - SURE * self.error

    @property
    def high(self) -> float:
        """The upper end of the 95 % interval."""
        return self.value + SURE * self.error


def read(found: Found, measure: str, of: str = "all") -> Reading:
    """A measure of a type, a group or everything: a ratio of sums, or a mean where it is a count."""
    numerator, denominator = found.sums(measure)
    place = found.place(measure, of)
    n = numerator[:, place]
    return ratio(n, np.ones_like(n) if denominator is None else denominator[:, place])


def ratio(numerator: Floats, denominator: Floats) -> Reading:
    """A ratio of sums over replications with the delta method's error (Asmussen and Glynn 2007, III.4).

    Arguments have shape (replications,); NaN where the denominator never happened.

    Examples
    --------
    >>> ratio(np.array([8.0, 9.0]), np.array([10.0, 10.0])).value
    0.85
    """
    total, count = float(denominator.sum()), len(numerator)
    if not total > 0:
        return Reading(math.nan, math.nan)
    value = float(numerator.sum()) / total
    if count < 2:
        return Reading(value, math.nan)
    rest = numerator - value * denominator
    return Reading(value, float(np.sqrt((rest**2).sum() * count / (count - 1))) / total)


def judged(found: Found) -> tuple[Judged, ...]:
    """Every wish of the scenario that was tried, judged."""
    scenario = found.scenario
    counts = []
    for wish in wishes(scenario):
        numerator, denominator = found.sums(wish.measure, "interval")
        place = found.place(wish.measure, wish.of)
        counts.append(
            Counts(numerator[:, place], np.ones_like(numerator) if denominator is None else denominator[:, place])
        )
    cost = found.sums("cost")[0][:, 0]
    return judge(Evidence(scenario, tuple(counts), cost, 0 * cost, 0 * cost[:, None]))


def agent_hours(scenario: Scenario) -> float:
    """Planned agent-hours of the horizon."""
    return float(scenario.heads.sum()) * scenario.horizon.interval / 3600
