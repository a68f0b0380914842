"""What trying out a plan finds: for every constraint the sums behind its measure, by replication and interval.

Sums are kept, not ratios, so that two plans that met the same customers can be compared replication by replication and
any stretch of time can be judged by itself. Whoever tries out a plan is an `Evaluate`; whoever decides receives one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_types import Every
from scenarios.horizon import Horizon
from scenarios.scenario import Scenario
from scenarios.units import HOUR

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RatioSums:
    """Numerator and denominator of one constraint's measure, both of shape (replications, intervals)."""

    numerator: Floats
    denominator: Floats


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What some replications of a scenario found."""

    scenario: Scenario
    counts: tuple[RatioSums, ...]
    """One for each of `scenarios.requirements.constraints_in(scenarios)`, in that order."""
    cost: Floats
    """Wages, overtime and bot sessions of each replication, shape (replications,)."""
    overrun: Floats
    """Agent-seconds worked after the end of shifts, shape (replications,)."""
    overtime: Floats
    """What that work costs, shape (replications, intervals); an hour of a group without a price counts 1."""
    bot_cost: Floats = field(default_factory=lambda: np.zeros(1))
    """Bot sessions of each replication, shape (replications,); without bots one nought is enough."""
    also: tuple[Scenario, ...] = field(default=(), kw_only=True)
    """Further scenarios under the same staffing; only their counts are here, the money is that of `scenario`."""

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenario and the further ones."""
        return (self.scenario, *self.also)

    @property
    def replications(self) -> int:
        """The number of replications."""
        return len(self.cost)

    def first(self, replications: int) -> Evaluation:
        """What the first so many replications found."""
        counts = tuple(RatioSums(c.numerator[:replications], c.denominator[:replications]) for c in self.counts)
        sums = (self.cost, self.overrun, self.overtime, self.bot_cost)
        return Evaluation(self.scenario, counts, *(part[:replications] for part in sums), also=self.also)

    def with_targets_of(self, others: Sequence[Evaluation]) -> Evaluation:
        """The evaluation with the counts of further scenarios under the same staffing."""
        counts = [*self.counts, *(count for other in others for count in other.counts)]
        return replace(self, counts=tuple(counts), also=tuple(other.scenario for other in others))


class Evaluate(Protocol):
    """Tries out plans, all on the same customers."""

    def __call__(self, scenarios: Sequence[Scenario], replications: int, fresh: int = 0) -> list[Evaluation]:
        """The evidence of each scenario, in order.

        Equal replication numbers mean equal customers whatever the staffing. `fresh` 0 are the customers on whom a
        search decides; 1, 2, ... name others, whom that search has never seen.
        """


def period_of_interval(horizon: Horizon, every: Every) -> NDArray[np.int64]:
    """The number of the period (hour, day ...) in which each interval lies, shape (intervals,).

    Examples
    --------
    >>> period_of_interval(Horizon(days=1, interval="30 min"), "hour")[:5].tolist()
    [0, 0, 1, 1, 2]
    """
    step = {
        "interval": 1,
        "hour": max(round(HOUR / horizon.interval), 1),
        "day": horizon.intervals_per_day,
        "horizon": horizon.intervals,
    }[every]
    return np.arange(horizon.intervals) // step


def in_periods(values: Floats, period: NDArray[np.int64]) -> Floats:
    """Sums of intervals (the last axis) by the period in which each lies; periods are numbered 0, 1, ... in order."""
    starts = np.flatnonzero(np.diff(period, prepend=-1))
    return np.asarray(np.add.reduceat(values, starts, axis=-1))
