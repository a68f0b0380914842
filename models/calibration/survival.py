"""Patience from waits: those who were answered only say that they would have waited longer (they are censored)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scenarios.distributions import Empirical
from scenarios.errors import InvalidValue

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

AT_RISK = 20
"""The estimate of Kaplan and Meier is used as long as this many contacts still wait."""
_TAIL = 20
"""Values that stand for the exponential tail."""


@dataclass(frozen=True)
class Survival:
    """The share of customers whose patience exceeds a time; all arrays of shape (different abandon times,)."""

    time: Floats
    """Seconds, rising."""
    share: Floats
    """The share still patient just after each time."""
    error: Floats
    """Its standard error (Greenwood 1926)."""
    at_risk: Floats
    """Contacts that had waited at least that long."""
    events: Floats
    """Contacts that left at that time."""

    def after(self, time: ArrayLike) -> Floats:
        """The share still patient after each time (seconds), in the shape of `time`."""
        return np.concatenate(([1.0], self.share))[np.searchsorted(self.time, time, side="right")]


def kaplan_meier(waits: ArrayLike, abandoned: ArrayLike) -> Survival:
    """The distribution of patience by Kaplan and Meier (1958, eq. 2b).

    Parameters
    ----------
    waits
        Seconds waited by every contact, shape (contacts,).
    abandoned
        Whether it left; the others were answered, which hides how long they would have waited.

    Raises
    ------
    InvalidValue
        If nobody left.

    Examples
    --------
    >>> kaplan_meier([2.0, 3.0, 3.0, 5.0], [True, False, True, True]).share
    array([0.75, 0.5 , 0.  ])
    """
    from scipy.stats import CensoredData, ecdf

    wait, left = np.asarray(waits, dtype=float), np.asarray(abandoned, dtype=bool)
    if not left.any():
        raise InvalidValue("abandoned", "nobody", "patience cannot be estimated from a log in which nobody left")
    time, events = np.unique(wait[left], return_counts=True)
    share = np.asarray(ecdf(CensoredData(uncensored=wait[left], right=wait[~left])).sf.evaluate(time), dtype=float)
    # SciPy gives the curve and clipped intervals, but neither the numbers at risk nor Greenwood's error itself.
    # A customer answered at the same second still counts as waiting: leaving comes first in a tie.
    at_risk = len(wait) - np.searchsorted(np.sort(wait), time, side="left")
    with np.errstate(divide="ignore", invalid="ignore"):
        error = share * np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
    return Survival(time, share, np.nan_to_num(error), at_risk.astype(float), events.astype(float))


def exponential_patience(waits: ArrayLike, abandoned: ArrayLike) -> tuple[float, float]:
    """The mean of exponential patience and its standard error (s): all waiting over the number who left.

    The likeliest mean under censoring (Brown et al. 2005, section 5.3); the error is mean / sqrt(abandons).

    Examples
    --------
    >>> exponential_patience([100.0, 200.0, 300.0], [True, False, False])
    (600.0, 600.0)
    """
    wait, left = np.asarray(waits, dtype=float), np.asarray(abandoned, dtype=bool)
    if not left.any():
        raise InvalidValue("abandoned", "nobody", "patience cannot be estimated from a log in which nobody left")
    mean = float(wait.sum() / left.sum())
    return mean, mean / math.sqrt(left.sum())


@dataclass(frozen=True)
class Completed:
    """Patience as a distribution: observed as far as the records reach, exponential beyond."""

    distribution: Empirical
    last: float
    """Seconds up to which it is observed."""
    beyond: float
    """The share of customers more patient than that: for them the tail is extrapolated."""
    hazard: float
    """Leaving customers per waiting customer and second, at the last; it governs the tail."""


def completed(survival: Survival, waits: ArrayLike, points: int = 200) -> Completed:
    """The observed patience with an exponential tail at the last hazard, in at most `points` values and the tail.

    The last hazard is that of the last fifth of the observed abandons: those in it over the waiting done meanwhile.

    Examples
    --------
    >>> waits = np.random.default_rng(1).exponential(100.0, 4000)
    >>> whole = completed(kaplan_meier(waits, np.full(4000, True)), waits)
    >>> 92.0 < whole.distribution.mean < 108.0
    True
    """
    wait = np.sort(np.asarray(waits, dtype=float))
    enough = np.flatnonzero(survival.at_risk >= min(AT_RISK, survival.at_risk[0]))
    last = int(enough[-1])
    hazard = _last_hazard(survival, wait, last)
    masses = -np.diff(np.concatenate(([1.0], survival.share[: last + 1])))
    values, weights = _classes(survival.time[: last + 1], masses, points)
    beyond = float(survival.share[last])
    tail = _exponential_values(_TAIL) / hazard + survival.time[last]
    keep_tail = beyond > 1e-12
    return Completed(
        Empirical(
            values=(*values.tolist(), *(tail.tolist() if keep_tail else ())),
            weights=(*weights.tolist(), *((beyond / _TAIL,) * _TAIL if keep_tail else ())),
        ),
        float(survival.time[last]),
        beyond,
        hazard,
    )


def _last_hazard(survival: Survival, wait: Floats, last: int) -> float:
    events = np.cumsum(survival.events[: last + 1])
    first = int(np.searchsorted(events, 0.8 * events[-1]))
    start = survival.time[first - 1] if first else 0.0
    exposure = np.clip(wait, start, survival.time[last]).sum() - start * len(wait)
    leaving = events[-1] - (events[first - 1] if first else 0.0)
    if exposure <= 0:
        return 1.0  # everybody left at once: the tail is a second long
    return float(leaving / exposure)


def _classes(times: Floats, masses: Floats, points: int) -> tuple[Floats, Floats]:
    """Neighbouring times merged into at most `points` classes of like mass, each at its mean."""
    middle = (np.cumsum(masses) - masses / 2) / masses.sum()
    which = np.minimum((middle * points).astype(int), points - 1)
    mass = np.bincount(which, weights=masses, minlength=points)
    sums = np.bincount(which, weights=masses * times, minlength=points)
    filled = mass > 0
    return np.asarray(sums[filled] / mass[filled], dtype=float), np.asarray(mass[filled], dtype=float)


def _exponential_values(count: int) -> Floats:
    """Means of `count` equally likely classes of the exponential distribution with mean 1."""
    share = 1 - np.arange(count + 1) / count
    # The integral of -log(s) over a class of survival shares [s1, s0]: s (1 - log s) at its ends.
    integral = np.where(share > 0, share * (1 - np.log(np.maximum(share, 1e-300))), 0.0)
    return -np.diff(integral) * count
