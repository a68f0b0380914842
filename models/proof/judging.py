"""How evidence is judged: each wish beside its limit, with the error of chance, and whether it is decided.

The margin of a wish is how far its measure lies on the good side of its limit, in the measure's own unit. Its error is
the delta method's for a ratio of sums over replications (Asmussen and Glynn 2007, III.4); a share of days has the
error of a proportion with Wilson's (1927) centre, which is right for small numbers too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.queueing.arguments import Floats
from scenarios.evidence import Counts, Evidence, in_periods, period_of_interval
from scenarios.measures import measure
from scenarios.scenario import Scenario
from scenarios.wishes import Wish, wishes

Status = Literal["met", "missed", "unsure"]
SURE = 1.96
EXPECTED_AT_LEAST = 20.0  # contacts, from which a measure that never happened is a failure and not a quiet hour


@dataclass(frozen=True)
class Judged:
    """One wish, judged by its worst period."""

    wish: Wish
    value: float
    error: float
    margin: float
    """How far the value is on the good side of what is wanted; negative if it is not."""
    period: int
    """The number of the worst period."""
    lean: float = 0.0
    """Towards which side of the value few replications lean: Wilson's centre less the share."""

    @property
    def wanted(self) -> float:
        """The limit of the value: of the measure, or of the share of days."""
        return self.wish.limit if self.wish.on_days is None else self.wish.on_days

    @property
    def unit(self) -> str:
        """The unit of the value."""
        return "share" if self.wish.on_days is not None else measure(self.wish.measure).unit

    @property
    def z(self) -> float:
        """The margin in standard errors."""
        if self.error > 0:
            return (self.margin + self.lean) / self.error
        return math.copysign(math.inf, self.margin) if self.margin else math.inf

    def status(self, sure: float = SURE) -> Status:
        """Met or missed by at least so many standard errors, or unsure."""
        return "met" if self.z >= sure else "missed" if self.z <= -sure else "unsure"


def judge(evidence: Evidence) -> tuple[Judged, ...]:
    """Every wish of a scenario, judged."""
    scenario = evidence.scenario
    pairs = zip(wishes(scenario), evidence.counts, strict=True)
    return tuple(_judged(scenario, wish, counts) for wish, counts in pairs)


def status(judged: Sequence[Judged], sure: float = SURE) -> Status:
    """Met if every wish is, missed if any is, else unsure; met where nothing is wished."""
    found = {one.status(sure) for one in judged}
    return "missed" if "missed" in found else "unsure" if "unsure" in found else "met"


def least_z(judged: Sequence[Judged]) -> float:
    """The margin of the tightest wish in standard errors; infinite where nothing is wished."""
    return min((one.z for one in judged), default=math.inf)


def _judged(scenario: Scenario, wish: Wish, counts: Counts) -> Judged:
    if wish.on_days is not None:
        return _share_of_days(scenario, wish, counts, wish.on_days)
    period = period_of_interval(scenario.horizon, wish.every)
    n, d = in_periods(counts.numerator, period), in_periods(counts.denominator, period)
    total = d.sum(axis=0)
    value = np.divide(n.sum(axis=0), total, out=np.full(total.shape, np.nan), where=total > 0)
    error = np.divide(_error(n - value * d), total / len(n), out=np.full(total.shape, np.nan), where=total > 0)
    margin = np.where(wish.at_most, wish.limit - value, value - wish.limit)
    margin = np.where(np.isnan(value), np.where(_expected(scenario, wish, period, len(n)), -np.inf, np.inf), margin)
    worst = int(np.argmin(margin))
    return Judged(wish, float(value[worst]), float(np.nan_to_num(error[worst])), float(margin[worst]), worst)


def _error(residual: Floats) -> Floats:
    count = len(residual)
    if count < 2:
        return np.full(residual.shape[1:], np.inf)
    return np.asarray(np.sqrt((residual**2).sum(axis=0) / (count * (count - 1))))


def _expected(scenario: Scenario, wish: Wish, period: NDArray[np.int64], replications: int) -> NDArray[np.bool_]:
    """Whether something should have happened in each period; where a group is judged it need not."""
    if wish.of not in scenario.type_names:
        return np.zeros(int(period[-1]) + 1, dtype=bool)
    contacts = in_periods(scenario.expected[scenario.type_names.index(wish.of)], period)
    return np.asarray(contacts * replications >= EXPECTED_AT_LEAST)


def daily_excess(scenario: Scenario, wish: Wish, counts: Counts) -> Floats:
    """How many units of its numerator each day is on the good side, shape (replications, days)."""
    period = period_of_interval(scenario.horizon, "day")
    return in_periods(excess(wish, counts), period)


def excess(wish: Wish, counts: Counts) -> Floats:
    """Numerator less limit x denominator, positive if good: a measure meets its limit where this sums to 0 or more."""
    plain = counts.numerator - wish.limit * counts.denominator
    return -plain if wish.at_most else plain


def _share_of_days(scenario: Scenario, wish: Wish, counts: Counts, wanted: float) -> Judged:
    good = daily_excess(scenario, wish, counts) >= 0
    happened = in_periods(counts.denominator, period_of_interval(scenario.horizon, "day")) > 0
    days = int(happened.sum())
    if not days:
        return Judged(wish, math.nan, 0.0, -math.inf, 0)
    share, square = float((good & happened).sum()) / days, SURE**2 / days
    centre = (share + square / 2) / (1 + square)
    error = math.sqrt(share * (1 - share) / days + square / (4 * days)) / (1 + square)
    return Judged(wish, share, error, share - wanted, 0, centre - share)
