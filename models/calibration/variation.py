"""How much days of the same weekday differ beyond chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class DayVariation:
    """Day-to-day variation of a volume."""

    cv: float
    """The coefficient of variation of the day's busyness; NaN where no weekday was seen twice."""
    error: float
    """Its rough standard error; NaN where the cv is 0 or unknown."""
    freedom: int
    """Days less weekdays: how much there was to go by."""


def day_variation(counts: ArrayLike, weekdays: ArrayLike) -> DayVariation:
    """The variation of daily counts beyond Poisson, each weekday with a mean of its own, by the method of moments.

    A day of weekday w with busyness factor of mean 1 and variance cv^2 has variance m + m^2 cv^2 around its mean m
    (Jongbloed and Koole 2001, section 3): the excess of the variances within weekdays over the means, over squared
    means (themselves freed from their sampling variance), gives cv^2.

    Parameters
    ----------
    counts
        Contacts per day, shape (days,).
    weekdays
        The weekday of each, shape (days,).

    Examples
    --------
    >>> day_variation([90, 110, 95, 105, 100, 100], [0, 0, 1, 1, 2, 2]).freedom
    3
    """
    count, weekday = np.asarray(counts, dtype=float), np.asarray(weekdays)
    excess, square, freedom, noise = 0.0, 0.0, 0, 0.0
    for day in np.unique(weekday):
        same = count[weekday == day]
        if len(same) < 2:
            continue
        mean, variance, free = same.mean(), same.var(ddof=1), len(same) - 1
        excess += free * (variance - mean)
        square += free * (mean**2 - variance / len(same))
        noise += 2 * free * variance**2
        freedom += free
    if not freedom or square <= 0:
        return DayVariation(math.nan, math.nan, freedom)
    scv = excess / square
    if scv <= 0:
        return DayVariation(0.0, math.nan, freedom)
    cv = math.sqrt(float(scv))
    # Var s^2 = 2 sigma^4 / free for normal counts, then the delta method for the root.
    return DayVariation(cv, math.sqrt(noise) / float(square) / (2 * cv), freedom)
