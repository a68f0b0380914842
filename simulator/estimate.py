"""Intervals for what replications say: ratios of sums, means, quantiles, paired differences.

The estimate of a ratio is the ratio of the sums over all replications, with the delta method's interval (Law 2015,
section 9.4.1 treats the mean; Asmussen and Glynn 2007, III.4 the ratio); days count by their contacts. It is not the
mean of daily ratios: with day-to-day variation of volume the two can differ by several points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """Values with their intervals, all of one shape; the interval is NaN where one replication cannot tell."""

    value: Floats
    low: Floats
    high: Floats

    @property
    def half_width(self) -> Floats:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def ratio(numerator: ArrayLike, denominator: ArrayLike, confidence: float = 0.95) -> Estimate:
    """The ratio of sums over replications (axis 0) with its interval; NaN where the denominator never happened.

    Examples
    --------
    >>> ratio([8.0, 9.0], [10.0, 10.0]).value.item()
    0.85
    """
    n, d = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    total = d.sum(axis=0)
    value = np.divide(n.sum(axis=0), total, out=np.full(np.shape(total), np.nan), where=total > 0)
    error = np.divide(_error(n - value * d), total / len(n), out=np.full(np.shape(total), np.nan), where=total > 0)
    return _around(value, error, len(n), confidence)


def mean(values: ArrayLike, confidence: float = 0.95) -> Estimate:
    """The mean over replications (axis 0) with its interval."""
    x = np.asarray(values, dtype=float)
    return _around(x.mean(axis=0), _error(x - x.mean(axis=0)), len(x), confidence)


def ratio_difference(
    numerators: tuple[ArrayLike, ArrayLike], denominators: tuple[ArrayLike, ArrayLike], confidence: float = 0.95
) -> Estimate:
    """The second ratio minus the first, on the same tapes: what is alike in both does not widen the interval."""
    values, influences = [], []
    for numerator, denominator in zip(numerators, denominators, strict=True):
        n, d = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
        average = d.mean(axis=0)
        missing = np.full(np.shape(average), np.nan)
        value = np.divide(n.mean(axis=0), average, out=missing.copy(), where=average > 0)
        values.append(value)
        influences.append(np.divide(n - value * d, average, out=np.full(n.shape, np.nan), where=average > 0))
    return _around(values[1] - values[0], _error(influences[1] - influences[0]), len(influences[0]), confidence)


def mean_difference(first: ArrayLike, second: ArrayLike, confidence: float = 0.95) -> Estimate:
    """The mean of the second minus that of the first, paired by replication."""
    return mean(np.asarray(second, dtype=float) - np.asarray(first, dtype=float), confidence)


def proportion(hits: int, trials: int, confidence: float = 0.95) -> Estimate:
    """A share with Wilson's (1927) interval, which is right for small numbers and near 0 and 1 too.

    Examples
    --------
    >>> proportion(9, 10).low.round(3).item()
    0.596
    """
    from scipy.special import ndtri

    if not trials:
        return Estimate(*(np.asarray(np.nan),) * 3)
    z = ndtri(0.5 + confidence / 2)
    share, square = hits / trials, z * z / trials
    centre = (share + square / 2) / (1 + square)
    half = z * np.sqrt(share * (1 - share) / trials + square / (4 * trials)) / (1 + square)
    return Estimate(np.asarray(share), np.asarray(centre - half), np.asarray(centre + half))


def _error(residual: Floats) -> Floats:
    """The standard error of a mean of replications from what is left of each."""
    count = len(residual)
    if count < 2:
        return np.full(residual.shape[1:], np.nan)
    return np.asarray(np.sqrt((residual**2).sum(axis=0) / (count * (count - 1))))


def _around(value: Floats, error: Floats, count: int, confidence: float) -> Estimate:
    from scipy.special import stdtrit

    half = error * (stdtrit(count - 1, 0.5 + confidence / 2) if count > 1 else np.nan)
    return Estimate(np.asarray(value), np.asarray(value - half), np.asarray(value + half))
