"""Whether handle times differ by the time of day or the weekday beyond chance, and by which factors.

The AHT of n contacts has a variance of about one over n, so days and intervals are compared by a weighted analysis of
variance (Scheffé 1959, *The Analysis of Variance*, ch. 3): what intervals of the day differ by, against what is left
between the days of an interval; then what weekdays differ by, against what is left between the days of a weekday.
Where that is beyond chance at one in a hundred, and more than 3 %, there are factors, drawn towards 1 by what chance
has in them (the method of moments; Efron & Morris 1973, *Stein's estimation rule and its competitors*).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, f

from scenarios.demand import HandleProfile
from scenarios.horizon import Horizon
from scenarios.units import written

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHANCE = 0.01
"""Differences that chance alone would give more often than this are no differences."""
LEAST = 0.03
"""The least coefficient of variation of the factors that is worth a profile."""
_FEWEST_LEFT = 10
"""Fewer degrees of freedom than this do not tell how much days of one interval differ."""
_FEWEST_DAYS = 5
"""The same between days of one weekday."""
_LOWEST, _HIGHEST = 0.2, 5.0


@dataclass(frozen=True)
class HandleFactors:
    """Factors on handle times whose mean over the contacts is 1, and what they rest on."""

    mean: float
    """AHT in seconds of all contacts."""
    by_slot: Floats
    """By interval of the day, 1 where there is no difference beyond chance, shape (intervals of a day,)."""
    by_weekday: Floats
    """By weekday, Monday first, shape (7,)."""
    slot_chance: float
    """The probability that chance alone makes intervals of the day differ so much; NaN where it cannot be told."""
    weekday_chance: float

    @property
    def profile(self) -> HandleProfile | None:
        """The profile of a scenario; None where nothing differs beyond chance."""
        fields = {
            name: tuple(factors.round(3).tolist())
            for name, factors in (("shape", self.by_slot), ("weekdays", self.by_weekday))
            if np.ptp(factors) > 0
        }
        return HandleProfile(**fields) if fields else None

    def factors(self, horizon: Horizon) -> Floats:
        """The factors of the profile by interval of a horizon, shape (intervals,)."""
        return np.ones(horizon.intervals) if self.profile is None else self.profile.factors(horizon)

    @property
    def origin(self) -> str:
        """What differs by how much, and how sure that is, as one line."""
        parts = [
            f"AHT differs by the {what} ({written(round(least))} to {written(round(most))}; by chance in {chance:.2g})"
            for what, factors, chance in (
                ("time of day", self.by_slot, self.slot_chance),
                ("weekday", self.by_weekday, self.weekday_chance),
            )
            if np.ptp(factors) > 0
            for least, most in [(self.mean * factors.min(), self.mean * factors.max())]
        ]
        return ", ".join(parts)


def handle_factors(
    day: Ints, slot: Ints, aht: Floats, contacts: Floats, weekday_of_day: Ints, slots: int, scv: float = 1.0
) -> HandleFactors | None:
    """The factors by interval of the day and weekday; None where no AHT is known.

    Parameters
    ----------
    day, slot, aht, contacts
        Rows of a report or history: number of the day from 0, interval of the day, AHT in seconds (NaN where unknown),
        and the contacts that it is of; shape (rows,).
    weekday_of_day
        The weekday of each day, Monday is 0, shape (days,).
    slots
        Intervals of a day.
    scv
        The squared coefficient of variation of single handle times, from which chance is taken where too few days
        tell it; 1 is that of exponential ones.

    Examples
    --------
    Four weeks, of whose two halves of the day the second takes a quarter longer, give or take 10 s.

    >>> day, slot = np.divmod(np.arange(56), 2)
    >>> aht = np.where(slot == 0, 240.0, 300.0) + 10 * (-1.0) ** day
    >>> factors = handle_factors(day, slot, aht, np.full(56, 50.0), np.arange(28) % 7, 2)
    >>> factors.by_slot.round(2), factors.by_weekday.round(2)
    (array([0.89, 1.11]), array([1., 1., 1., 1., 1., 1., 1.]))
    """
    known = np.isfinite(aht) & (contacts > 0)
    if not known.any():
        return None
    day, slot, aht, weight = day[known], slot[known], aht[known], contacts[known]
    mean = float((aht * weight).sum() / weight.sum())
    by_slot, slot_chance = _between(slot, aht / mean, weight, slots, _FEWEST_LEFT, scv)
    # The days, each as if it had the usual mixture of intervals.
    work, usual = (
        np.bincount(day, part, len(weekday_of_day)) for part in (aht * weight, mean * by_slot[slot] * weight)
    )
    came = np.asarray(np.bincount(day, weight, len(weekday_of_day)), dtype=float)
    seen = came > 0
    relative = work[seen] / usual[seen]
    by_weekday, weekday_chance = _between(weekday_of_day[seen], relative, came[seen], 7, _FEWEST_DAYS, None)
    expected = float((mean * by_slot[slot] * by_weekday[weekday_of_day[day]] * weight).sum() / (mean * weight).sum())
    if np.ptp(by_slot) > 0:
        by_slot = np.where(np.bincount(slot, minlength=slots) > 0, by_slot / expected, 1.0)
    elif np.ptp(by_weekday) > 0:
        by_weekday = np.where(np.bincount(weekday_of_day[seen], minlength=7) > 0, by_weekday / expected, 1.0)
    return HandleFactors(mean, by_slot, by_weekday, slot_chance, weekday_chance)


def _between(
    group: Ints, values: Floats, weight: Floats, groups: int, fewest: int, scv: float | None
) -> tuple[Floats, float]:
    """Factors of groups, 1 where they do not differ beyond chance, and the chance of as much difference.

    Values of mean 1 have variances of one over their weight, times what their differences within groups tell; or times
    `scv`, where fewer than `fewest` degrees of freedom are left to tell it. Without both nothing can be said.
    """
    total, sums = np.bincount(group, weight, groups), np.bincount(group, weight * values, groups)
    means = np.divide(sums, total, out=np.ones(groups), where=total > 0)
    used = int((total > 0).sum())
    left = len(values) - used
    within = float((weight * (values - means[group]) ** 2).sum())
    between = float((total * (means - sums.sum() / total.sum()) ** 2).sum())
    if used < 2 or (left < fewest and scv is None):
        return np.ones(groups), float("nan")
    variance = within / left if left >= fewest else float(scv or 0.0)
    if variance == 0:
        chance = float(between == 0)
    elif left >= fewest:
        chance = float(f.sf(between / (used - 1) / variance, used - 1, left))
    else:
        chance = float(chi2.sf(between / variance, used - 1))
    size = (total.sum() - (total**2).sum() / total.sum()) / (used - 1)
    spread = max(between / (used - 1) - variance, 0.0) / size
    if chance > CHANCE or spread < LEAST**2:
        return np.ones(groups), chance
    noise = np.divide(variance, total, out=np.full(groups, np.inf), where=total > 0)
    return np.clip(1 + spread / (spread + noise) * (means - 1), _LOWEST, _HIGHEST), chance
