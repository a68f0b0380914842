"""Estimates from independent replications with their intervals, and whether a limit is met: one copy for everybody.

The replication is the unit: contacts and days within one depend on each other. A ratio is the ratio of the sums over
all replications, with the delta method's interval (Law 2015, section 9.4.1 treats the mean; Asmussen and Glynn 2007,
III.4 the ratio) and Student's quantile for the replications less one; it is not the mean of daily ratios. A share of
days has Wilson's interval (1927) for an effective number of days (Korn and Graubard 1998, *Confidence intervals for
proportions with small expected number of positive counts estimated from survey data*; Dean and Pagano 2015 compare it).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scenarios.measures import Measure

Floats = NDArray[np.float64]
Status = Literal["met", "missed", "inconclusive"]

MET: Literal["met"] = "met"
MISSED: Literal["missed"] = "missed"
INCONCLUSIVE: Literal["inconclusive"] = "inconclusive"
CONFIDENCE = 0.95
NORMAL_95 = 1.959963984540054
"""Standard errors of a normal estimate to either end of its 95 % interval."""


@dataclass(frozen=True)
class Estimate:
    """Values with their 95 % intervals, all of one shape; the interval is NaN where one replication cannot tell."""

    value: Floats
    low: Floats
    high: Floats
    error: Floats
    """The standard error."""
    degrees: float = np.inf
    """Degrees of freedom of the standard error."""
    trials: Floats | None = None
    """The effective number of trials of a proportion; None for other estimates."""

    @property
    def half_width(self) -> Floats:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    def at(self, index: Any) -> Estimate:
        """The estimates at an index."""
        parts = {name: getattr(self, name)[index] for name in ("value", "low", "high", "error")}
        return replace(self, **parts, trials=None if self.trials is None else self.trials[index])

    def within(self, bounds: tuple[float, float]) -> Estimate:
        """The same with intervals cut to what the quantity can be, as a wait is never negative."""
        return replace(self, low=np.clip(self.low, *bounds)[()], high=np.clip(self.high, *bounds)[()])

    def plus(self, difference: float, error: float, bounds: tuple[float, float]) -> Estimate:
        """The values plus a difference with a standard error of its own, both cut to what the quantity can be."""
        both = np.hypot(self.error, error)
        value = np.clip(self.value + difference, *bounds)
        half = both * _quantile(self.degrees, CONFIDENCE)
        return Estimate(value[()], (value - half)[()], (value + half)[()], both[()], self.degrees).within(bounds)

    def score(self, limit: float, at_most: bool) -> Floats:
        """How surely each value lies on the good side of a limit, as a standard normal score; negative if it does not.

        The score is `NORMAL_95` where the 95 % interval ends at the limit, infinite where nothing varies, and 0 where
        one replication cannot tell.

        Examples
        --------
        >>> ratio([16.0, 18.0, 20.0], [20.0, 20.0, 20.0]).score(0.8, at_most=False).round(3).item()
        1.212
        """
        from scipy.special import ndtri, stdtr

        distance = limit - self.value if at_most else self.value - limit
        error = self.error if self.trials is None else np.sqrt(limit * (1 - limit) / self.trials)
        sure = np.where(distance >= 0, np.inf, -np.inf)
        t = np.divide(distance, error, out=sure, where=~(error == 0))
        return np.asarray(np.nan_to_num(-np.sign(t) * ndtri(stdtr(self.degrees, -np.abs(t))), nan=0.0))[()]


def status(score: float, sure: float = NORMAL_95) -> Status:
    """Met or missed where the value lies surely on one side of its limit, by its `Estimate.score`, else inconclusive.

    Examples
    --------
    >>> status(2.4), status(-2.4), status(1.2)
    ('met', 'missed', 'inconclusive')
    """
    return MET if score >= sure else MISSED if score <= -sure else INCONCLUSIVE


def overall(statuses: Iterable[Status]) -> Status:
    """Missed if any is, else inconclusive if any is, else met; met where there is none."""
    present = set(statuses)
    return MISSED if MISSED in present else INCONCLUSIVE if INCONCLUSIVE in present else MET


# -- estimates -------------------------------------------------------------------------------------------------------


def ratio(numerator: ArrayLike, denominator: ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """The ratio of sums over replications (axis 0) with its interval; NaN where the denominator never happened.

    Examples
    --------
    >>> ratio([8.0, 9.0], [10.0, 10.0]).value.item()
    0.85
    """
    value, influence = _ratio(numerator, denominator)
    return _around(value, standard_error(influence), len(influence), confidence)


def mean(values: ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """The mean over replications (axis 0) with its interval."""
    x = np.asarray(values, dtype=float)
    return _around(x.mean(axis=0), standard_error(x), len(x), confidence)


def estimate(
    measure: Measure, numerator: ArrayLike, denominator: ArrayLike | None, confidence: float = CONFIDENCE
) -> Estimate:
    """A measure from its sums by replication (axis 0), with an interval within what the measure can be."""
    plain = mean(numerator, confidence) if denominator is None else ratio(numerator, denominator, confidence)
    return plain.within(measure.bounds)


def ratio_difference(
    numerators: tuple[ArrayLike, ArrayLike], denominators: tuple[ArrayLike, ArrayLike], confidence: float = CONFIDENCE
) -> Estimate:
    """The second ratio minus the first, paired by replication: what is alike in both does not widen the interval."""
    (first, before), (second, after) = (_ratio(n, d) for n, d in zip(numerators, denominators, strict=True))
    return _around(second - first, standard_error(after - before), len(before), confidence)


def mean_difference(first: ArrayLike, second: ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """The mean of the second minus that of the first, paired by replication."""
    return mean(np.asarray(second, dtype=float) - np.asarray(first, dtype=float), confidence)


def proportion(hits: ArrayLike, trials: ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """The share of hits among trials that depend on each other within a replication (axis 0), with Wilson's interval.

    Wilson's interval is right for small numbers and near 0 and 1 too. It is taken for an effective number of trials:
    their number over the design effect, which is the variance between replications over that of independent trials,
    and less where few replications tell that variance: those with a hit or those with a miss, whichever are fewer. It
    is never more than the trials, nor less than the replications, which are independent whatever happens in them.

    Examples
    --------
    >>> proportion([1] * 9 + [0], [1] * 10).low.round(3).item()  # independent trials: 9 of 10
    0.596
    >>> proportion([5] * 9 + [0], [5] * 10).low.round(3).item()  # five days of a replication always alike
    0.596
    """
    n, d = np.asarray(hits, dtype=float), np.asarray(trials, dtype=float)
    value, influence = _ratio(n, d)
    if len(d) < 2:
        return Estimate(value, *(np.full(np.shape(value), np.nan)[()],) * 3)
    total, used, error = d.sum(axis=0), (d > 0).sum(axis=0), standard_error(influence)
    telling = np.minimum((n > 0).sum(axis=0), (n < d).sum(axis=0))
    normal, student = (_quantile(degrees, confidence) for degrees in (np.inf, np.clip(telling, 1, len(d) - 1)))
    independent = np.divide(value * (1 - value), error**2, out=np.array(total), where=error > 0)
    effective = np.where(total > 0, np.clip(independent * (normal / student) ** 2, used, total), np.nan)
    effective = np.where((value > 0) & (value < 1), effective, np.where(total > 0, used, np.nan))[()]
    low, high = _wilson(value, effective, normal)
    return Estimate(value, low, high, np.sqrt(value * (1 - value) / effective), trials=effective)


def certain(value: float) -> Estimate:
    """A value without error."""
    return Estimate(*(np.asarray(value, dtype=float)[()],) * 3, np.zeros(())[()])


def standard_error(values: ArrayLike) -> Floats:
    """The standard error of the mean of replications (axis 0); NaN for a single one."""
    x = np.asarray(values, dtype=float)
    if len(x) < 2:
        return np.full(x.shape[1:], np.nan)[()]
    return np.asarray(x.std(axis=0, ddof=1) / np.sqrt(len(x)))[()]


def _ratio(numerator: ArrayLike, denominator: ArrayLike) -> tuple[Floats, Floats]:
    """The ratio of sums, and what each replication contributes to its error, shape of the numerator."""
    n, d = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    average = d.mean(axis=0)
    value = np.divide(n.mean(axis=0), average, out=np.full(np.shape(average), np.nan), where=average > 0)
    influence = np.divide(n - value * d, average, out=np.full(n.shape, np.nan), where=average > 0)
    return value[()], influence


def _around(value: Floats, error: Floats, count: int, confidence: float) -> Estimate:
    degrees = count - 1
    half = error * (_quantile(degrees, confidence) if degrees else np.nan)
    return Estimate(np.asarray(value)[()], (value - half)[()], (value + half)[()], error, degrees or np.inf)


def _wilson(share: Floats, trials: Floats, quantile: Floats) -> tuple[Floats, Floats]:
    square = quantile**2 / trials
    centre = (share + square / 2) / (1 + square)
    half = quantile * np.sqrt(share * (1 - share) / trials + square / (4 * trials)) / (1 + square)
    return np.maximum(centre - half, 0.0)[()], np.minimum(centre + half, 1.0)[()]


def _quantile(degrees: ArrayLike, confidence: float) -> Floats:
    """Student's quantile for a two-sided interval, the normal one for infinite degrees of freedom."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(degrees, 0.5 + confidence / 2))[()]
