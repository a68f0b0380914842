"""Not-ready time: how long agents take after a contact until the next, measured while customers wait.

A contact log names no breaks, no wrap-up, no other work. But while customers wait, no agent who is ready is idle, so a
gap between two contacts of an agent that begins while customers wait is time not ready. A gap that begins when the
queue is empty mixes idleness with breaks that are taken because it is calm, and says little about a busy hour: on the
bank's calls it is two to three times as long. So only gaps are used that begin while at least two customers wait (a
single one may be ringing at another agent already), and each is followed for as long as customers wait; what lies
beyond is censored (Kaplan and Meier 1958). Nothing here looks at how many customers left, or at how long they waited
beyond whether they did.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.calibration.presence import AT_ONCE, GAP, stretches
from models.calibration.survival import kaplan_meier
from scenarios.contact_log.records import Flags, Records
from scenarios.distributions import Empirical

Floats = NDArray[np.float64]

WAITING = 2
"""Customers that wait when a gap begins: with one, it may be ringing at another agent already."""
FEWEST_GAPS = 80
"""A pool with fewer gaps borrows those of all pools: with so many the mean is known to some 10 s."""


@dataclass(frozen=True)
class Readiness:
    """Not-ready time while customers wait: from the end of a contact until the agent takes the next."""

    distribution: Empirical
    """Seconds, wrap-up included."""
    count: int
    """Gaps that it rests on."""
    known: float
    """The share of them that were followed to the end; in the others the queue emptied first."""

    @property
    def mean(self) -> float:
        """The mean in seconds."""
        return self.distribution.mean


@dataclass(frozen=True)
class _Gaps:
    """Gaps that began while customers waited: seconds followed, and whether the agent took a contact then."""

    seconds: Floats
    ended: Flags


def readiness(records: Records, gap: float = GAP) -> dict[str, Readiness]:
    """The not-ready time by pool; none where the log names no agents or customers wait too rarely.

    Parameters
    ----------
    records
        A cleaned contact log.
    gap
        Seconds after which an agent is taken to have left, as for `models.calibration.presence`.

    Examples
    --------
    >>> from scenarios.contact_log.mapping import BANK
    >>> from scenarios.contact_log.records import read_records
    >>> from scenarios.sample import SAMPLE_LOG
    >>> readiness(read_records(SAMPLE_LOG, BANK))["regular"].mean < 1.0
    True
    """
    by_pool = {pool: _gaps(records, records.of_types(types), gap) for pool, types in records.pools.items()}
    everybody = _Gaps(
        np.concatenate([gaps.seconds for gaps in by_pool.values()]),
        np.concatenate([gaps.ended for gaps in by_pool.values()]),
    )
    chosen = {pool: own if own.ended.sum() >= FEWEST_GAPS else everybody for pool, own in by_pool.items()}
    return {pool: _estimate(gaps) for pool, gaps in chosen.items() if gaps.ended.sum() >= FEWEST_GAPS}


def _estimate(gaps: _Gaps) -> Readiness:
    seconds = np.rint(gaps.seconds)
    survival = kaplan_meier(seconds, gaps.ended)
    masses = -np.diff(np.concatenate(([1.0], survival.share)))
    values = survival.time.tolist()
    if survival.share[-1] > 0:
        # The longest gaps were all cut off by the end of the queue: what is left of the mass is put at the longest.
        values, masses = [*values, float(seconds.max()) + 1.0], np.append(masses, survival.share[-1])
    weights = masses / masses.sum()
    distribution = Empirical(values=tuple(values), weights=tuple(weights.tolist()))
    return Readiness(distribution, len(seconds), float(gaps.ended.mean()))


def _gaps(records: Records, of_pool: Flags, gap: float) -> _Gaps:
    """The gaps before contacts of the pool that began while its customers waited."""
    _, _, stretch = stretches(records, gap)
    served = np.flatnonzero(stretch >= 0)
    order = served[np.lexsort((records.answer[served], records.agent[served]))]
    before, after = order[:-1], order[1:]
    inside = (stretch[before] == stretch[after]) & of_pool[after]
    before, after = before[inside], after[inside]
    free = records.end[before] - np.nan_to_num(records.wrap_up[before])
    length = np.maximum(records.answer[after] - free, 0.0)
    waiting = of_pool & (records.wait > AT_ONCE)
    begin, end = records.queue[waiting], (records.queue + records.wait)[waiting]
    queue = np.searchsorted(np.sort(begin), free, side="right") - np.searchsorted(np.sort(end), free, side="right")
    followed = _empties(begin, end, free) - free
    used = queue >= WAITING
    ended = (records.wait[after] > AT_ONCE) & (length <= followed)
    return _Gaps(np.minimum(length, followed)[used], ended[used])


def _empties(begin: Floats, end: Floats, times: Floats) -> Floats:
    """When the queue is next empty, from each time on; minus infinity where nobody ever waited before it."""
    order = np.argsort(begin, kind="stable")
    begin, end = begin[order], np.maximum.accumulate(end[order]) if len(end) else end
    new = np.flatnonzero(np.concatenate(([True], begin[1:] > end[:-1]))) if len(begin) else np.empty(0, dtype=int)
    until = np.concatenate(([-np.inf], np.append(end[new[1:] - 1], end[-1:]) if len(new) else end))
    return np.asarray(until[np.searchsorted(begin[new], times, side="right")], dtype=float)
