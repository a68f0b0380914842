"""Whether a constraint holds: its measure beside its limit, by the sums that replications left behind.

The search for a plan, the studies and the table of targets all judge by this, so that the same sums give the same word.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from scenarios.evaluation import RatioSums, in_periods, period_of_interval
from scenarios.measures import measure
from scenarios.requirements import Constraint
from scenarios.scenario import Scenario
from scenarios.statistics import CONFIDENCE, NORMAL_95, Estimate, Status, estimate, proportion, status

Floats = NDArray[np.float64]

EXPECTED_AT_LEAST = 20.0
"""Contacts from which a measure that never happened is a failure and not a quiet hour."""


@dataclass(frozen=True)
class Judged:
    """One constraint, judged by its worst period."""

    constraint: Constraint
    estimate: Estimate
    """Of the measure in the worst period, or of the share of days."""
    expected: bool
    """Whether so many contacts were expected that the measure should have happened."""
    period: int = 0
    """The number of the worst period."""

    @property
    def value(self) -> float:
        """The measure, or the share of days; NaN where nothing happened."""
        return float(self.estimate.value)

    @property
    def error(self) -> float:
        """The standard error of the value."""
        return float(self.estimate.error)

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval."""
        return float(self.estimate.low)

    @property
    def high(self) -> float:
        """The upper end of the 95 % interval."""
        return float(self.estimate.high)

    @property
    def wanted(self) -> float:
        """The limit of the value: of the measure, or of the share of days."""
        return self.constraint.limit if self.constraint.on_days is None else self.constraint.on_days

    @property
    def at_most(self) -> bool:
        """Whether `wanted` is an upper limit."""
        return self.constraint.at_most and self.constraint.on_days is None

    @property
    def unit(self) -> str:
        """The unit of the value."""
        return "share" if self.constraint.on_days is not None else measure(self.constraint.measure).unit

    @property
    def idle(self) -> bool:
        """Whether nothing happened by which the constraint could be judged, and little or nothing was expected."""
        return math.isnan(self.value) and not self.expected

    @property
    def margin(self) -> float:
        """How far the value is on the good side of what is wanted; negative if it is not."""
        if math.isnan(self.value):
            return math.inf if self.idle else -math.inf
        return self.wanted - self.value if self.at_most else self.value - self.wanted

    @property
    def z(self) -> float:
        """The margin as a standard normal score, see `Estimate.score`."""
        return self.margin if math.isnan(self.value) else float(self.estimate.score(self.wanted, self.at_most))

    def status(self, sure: float = NORMAL_95) -> Status:
        """Met or missed by at least so many standard errors, else inconclusive, as where nothing happened."""
        return status(0.0 if self.idle else self.z, sure)


class TrialSums(Protocol):
    """What replications of one scenario left behind."""

    def sums(self, name: str, period: Literal["horizon", "day", "interval"]) -> tuple[Floats, Floats | None]:
        """Numerator and denominator of a measure, shape (replications, entities) or (..., periods)."""

    def place(self, name: str, of: str) -> int:
        """The row of a type, group or ``all`` among those entities."""


def counts_of(trials: TrialSums, constraint: Constraint) -> RatioSums:
    """The sums behind a constraint's measure by replication and interval."""
    numerator, denominator = trials.sums(constraint.measure, "interval")
    own = numerator[:, trials.place(constraint.measure, constraint.of)]
    below = (
        np.ones_like(own) if denominator is None else denominator[:, trials.place(constraint.measure, constraint.of)]
    )
    return RatioSums(own, below)


def judge_constraint(
    scenario: Scenario, constraint: Constraint, counts: RatioSums, confidence: float = CONFIDENCE
) -> Judged:
    """One constraint of a scenario, judged."""
    expected = _expected(scenario, constraint, len(counts.numerator))
    if constraint.on_days is not None:
        return Judged(constraint, share_of_days(scenario, constraint, counts, confidence), bool(expected.any()))
    measured = by_period(scenario, constraint, counts, confidence)
    margin = np.where(constraint.at_most, constraint.limit - measured.value, measured.value - constraint.limit)
    margin = np.where(np.isnan(margin), np.where(expected, -np.inf, np.inf), margin)
    worst = int(np.argmin(margin))
    return Judged(constraint, measured.at(worst), bool(expected[worst]), worst)


def by_period(
    scenario: Scenario, constraint: Constraint, counts: RatioSums, confidence: float = CONFIDENCE
) -> Estimate:
    """The measure of a constraint in each of its periods (horizon, days, hours or intervals), shape (periods,)."""
    period = period_of_interval(scenario.horizon, constraint.every)
    n, d = in_periods(counts.numerator, period), in_periods(counts.denominator, period)
    return estimate(measure(constraint.measure), n, d, confidence)


def share_of_days(
    scenario: Scenario, constraint: Constraint, counts: RatioSums, confidence: float = CONFIDENCE
) -> Estimate:
    """The share of days on which the measure of a constraint reaches its limit, of those on which it happened."""
    period = period_of_interval(scenario.horizon, "day")
    n, d = in_periods(counts.numerator, period), in_periods(counts.denominator, period)
    value = np.divide(n, d, out=np.full(n.shape, np.nan), where=d > 0)
    good = value <= constraint.limit if constraint.at_most else value >= constraint.limit
    return proportion(good.sum(axis=1), (~np.isnan(value)).sum(axis=1), confidence)


def _expected(scenario: Scenario, constraint: Constraint, replications: int) -> NDArray[np.bool_]:
    """Whether something should have happened in each period; where a group is judged it need not.

    Contacts of the warm-up are in no measure, nor are those of connected types that find them closed.
    """
    horizon = scenario.horizon
    period = period_of_interval(horizon, constraint.every)
    if constraint.of not in scenario.type_names:
        return np.zeros(int(period[-1]) + 1, dtype=bool)
    contact_type = scenario.contact_type(constraint.of)
    counted = (horizon.edges[:-1] >= horizon.warm_up).astype(float)
    if contact_type.connected:
        counted *= horizon.open_share(contact_type.open)
    contacts = in_periods(scenario.expected[scenario.type_names.index(constraint.of)] * counted, period)
    return np.asarray(contacts * replications >= EXPECTED_AT_LEAST)
