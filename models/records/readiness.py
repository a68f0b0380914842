"""How long agents take to be ready again after a contact, from the gaps between their services.

A contact log names no breaks, no wrap-up, no other work. But while somebody waits, nobody who is ready is idle: a gap
that ends with a customer who had to wait was not idleness, and its length is the time to readiness. A gap that ends
with a customer who did not wait only gives bounds: the agent was not yet ready when the queue was last seen, and was
ready by the end. Times known between bounds are estimated as Turnbull (1976) does. Nothing here looks at how many
customers left, or at how long they waited beyond whether they did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.records.presence import AT_ONCE, GAP, stretches
from scenarios.distributions import Empirical
from scenarios.errors import InvalidValue
from scenarios.records import Flags, Records

Floats = NDArray[np.float64]

FEWEST_GAPS = 100
"""A pool with fewer gaps borrows those of all pools."""
_ROUNDS = 300
_SMALLEST = 1e-7
"""Seconds with less of the mass than this are left out."""


@dataclass(frozen=True)
class Readiness:
    """Time from the end of a contact until the agent can take the next, wrap-up included."""

    distribution: Empirical
    least: float
    """The mean (s) if every agent was ready as soon as nobody waited any more."""
    most: float
    """The mean (s) if nobody was ever idle."""
    count: int
    known: float
    """The share of gaps whose time to readiness is known, not only bounded."""

    @property
    def mean(self) -> float:
        """The mean in seconds."""
        return self.distribution.mean


def readiness(records: Records, gap: float = GAP) -> dict[str, Readiness]:
    """The time to readiness by pool; none where the log names no agents or has too few gaps.

    Parameters
    ----------
    records
        A cleaned contact log.
    gap
        Seconds after which an agent is taken to have left, as for `models.records.presence`.

    Examples
    --------
    >>> from scenarios.mapping import BANK
    >>> from scenarios.records import read_records
    >>> from scenarios.sample import SAMPLE_LOG
    >>> found = readiness(read_records(SAMPLE_LOG, BANK))["regular"]
    >>> found.least <= found.mean <= found.most
    True
    """
    pools = records.pools
    bounds = {pool: _bounds(records, records.of_types(types), gap) for pool, types in pools.items()}
    everybody = np.concatenate(list(bounds.values()))
    chosen = {pool: own if len(own) >= FEWEST_GAPS else everybody for pool, own in bounds.items()}
    return {pool: _estimate(own) for pool, own in chosen.items() if len(own) >= FEWEST_GAPS}


def _estimate(bounds: Floats) -> Readiness:
    low, high = np.rint(bounds).T
    times, mass = turnbull(low, high)
    kept = mass > _SMALLEST
    weights = mass[kept] / mass[kept].sum()
    law = Empirical(values=tuple(times[kept].tolist()), weights=tuple(weights.tolist()))
    return Readiness(law, float(low.mean()), float(high.mean()), len(low), float(np.mean(low == high)))


def _bounds(records: Records, theirs: Flags, gap: float) -> Floats:
    """The least and the most time to readiness in each gap that a contact of the pool ended, shape (gaps, 2)."""
    _, _, stretch = stretches(records, gap)
    served = np.flatnonzero(stretch >= 0)
    order = served[np.lexsort((records.answer[served], records.agent[served]))]
    before, after = order[:-1], order[1:]
    inside = (stretch[before] == stretch[after]) & theirs[after]
    before, after = before[inside], after[inside]
    free = records.end[before] - np.nan_to_num(records.wrap_up[before])
    most = np.maximum(records.answer[after] - free, 0.0)
    waited = records.wait[after] > AT_ONCE
    seen = _last_seen(records, theirs & (records.wait > AT_ONCE), records.answer[after])
    return np.stack((np.where(waited, most, np.clip(seen - free, 0.0, most)), most), axis=1)


def _last_seen(records: Records, waiting: Flags, times: Floats) -> Floats:
    """The last instant up to each time at which somebody waited, minus infinity if there was none."""
    order = np.argsort(records.queue[waiting], kind="stable")
    begin, end = records.queue[waiting][order], (records.queue + records.wait)[waiting][order]
    latest = np.concatenate(([-np.inf], np.maximum.accumulate(end) if len(end) else end))
    return np.asarray(np.minimum(latest[np.searchsorted(begin, times, side="right")], times), dtype=float)


def turnbull(low: ArrayLike, high: ArrayLike, rounds: int = _ROUNDS) -> tuple[Floats, Floats]:
    """The likeliest distribution of times known between bounds: the times that bound them, and the mass of each.

    Turnbull (1976), "The empirical distribution function with arbitrarily grouped, censored and truncated data", eq.
    3.1: each time is spread over what lies between its bounds in proportion to the mass there, again and again.

    Parameters
    ----------
    low, high
        Bounds of each time, shape (times,); equal where it is known.

    Raises
    ------
    InvalidValue
        If there is no time, or a lower bound lies above its upper one.

    Examples
    --------
    >>> times, mass = turnbull([1.0, 2.0, 1.0], [1.0, 2.0, 2.0])
    >>> times, mass.round(3)
    (array([1., 2.]), array([0.5, 0.5]))
    """
    least, most = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if not least.size or np.any(least > most):
        raise InvalidValue("low, high", _pairs(least, most), "give lower bounds that are at most the upper ones")
    times = np.unique(np.concatenate((least, most)))
    first, last = np.searchsorted(times, least), np.searchsorted(times, most, side="right")
    mass = np.full(len(times), 1 / len(times))
    for _ in range(rounds):
        below = np.concatenate(([0.0], np.cumsum(mass)))
        spread = 1 / (below[last] - below[first])
        edges = np.bincount(first, spread, len(times) + 1) - np.bincount(last, spread, len(times) + 1)
        mass = mass * np.cumsum(edges)[:-1] / len(least)
    return times, mass


def _pairs(low: Floats, high: Floats) -> Sequence[tuple[float, float]]:
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True) if a > b][:1]
