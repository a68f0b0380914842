"""Who was on duty, guessed from service records where no log-in records exist."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_log.records import Flags, Records
from scenarios.horizon import Horizon

Floats = NDArray[np.float64]

GAP = 900.0
"""Seconds between services after which an agent is taken to have left."""

AT_ONCE = 5.0
"""Seconds of wait that mean no wait: ringing, and the grid of a log."""

NO_AGENTS = (
    "the log names no agents: the most services at once in each interval stand in for the staffing, which leaves out"
    " agents who were free; enter the staffing by hand"
)
CAVEAT = (
    "staffing is guessed from services: an agent counts as on shift while gaps stay under 15 min, so short breaks and"
    " other work count as availability, and quiet hours as absence; expect shorter waits here than were observed"
)


def stretches(records: Records, gap: float = GAP) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """The duty of agents: begin and end in seconds, shape (stretches, 2), the agent of each, the stretch of a contact.

    The last has shape (contacts,), -1 for contacts without an agent.

    Examples
    --------
    >>> from scenarios.contact_log.mapping import BANK
    >>> from scenarios.contact_log.records import read_records
    >>> from scenarios.sample import SAMPLE_LOG
    >>> duty, agent, stretch = stretches(read_records(SAMPLE_LOG, BANK))
    >>> bool(np.all(duty[:, 0] < duty[:, 1])), int(stretch.max()) + 1 == len(duty)
    (True, True)
    """
    stretch = np.full(len(records), -1, dtype=np.int64)
    served = np.flatnonzero(records.answered & (records.agent >= 0) & np.isfinite(records.answer))
    order = served[np.lexsort((records.answer[served], records.agent[served]))]
    if not len(order):
        return np.empty((0, 2)), np.empty(0, dtype=np.int64), stretch
    agent, begin = records.agent[order], records.answer[order]
    # Adding a span per agent keeps the running maximum of one agent's ends out of the next one's.
    span = agent * (float(np.max(records.end[order])) + gap + 1)
    until = np.maximum.accumulate(records.end[order] + span)
    new = np.concatenate(([True], (begin[1:] + span[1:] - until[:-1] > gap) | (np.diff(agent) > 0)))
    number = np.cumsum(new) - 1
    stretch[order] = number
    first = np.flatnonzero(new)
    ends = np.maximum.reduceat(records.end[order], first)
    return np.stack((begin[first], ends), axis=1), agent[first], stretch


def presence(records: Records, horizon: Horizon, gap: float = GAP) -> dict[str, Floats]:
    """Agents on duty by pool, mean per interval, each of shape (intervals,).

    A stretch of duty in which an agent served several pools is split between them by time of service. Where the log
    names no agents, the most services at once in an interval stand in for them.

    Examples
    --------
    >>> from scenarios.contact_log.mapping import BANK
    >>> from scenarios.contact_log.records import read_records
    >>> from scenarios.sample import SAMPLE_LOG
    >>> records = read_records(SAMPLE_LOG, BANK)
    >>> presence(records, records.horizon())["regular"][20:24].round().tolist()
    [8.0, 8.0, 8.0, 8.0]
    """
    if not records.agents:
        return {pool: _most_at_once(records, records.of_types(types), horizon) for pool, types in records.pools.items()}
    duty, _, stretch = stretches(records, gap)
    shares = {pool: _share_of(records, records.of_types(types), stretch) for pool, types in records.pools.items()}
    return {pool: _mean_agents(duty, share, horizon) for pool, share in shares.items()}


def staffing(records: Records, horizon: Horizon, gap: float = GAP) -> dict[str, NDArray[np.int64]]:
    """Whole agents on duty by pool and interval, shape (intervals,): the mean, rounded.

    At least one where a contact was answered at once, which shows that somebody was free, however seldom called.

    Examples
    --------
    >>> from scenarios.contact_log.mapping import BANK
    >>> from scenarios.contact_log.records import read_records
    >>> from scenarios.sample import SAMPLE_LOG
    >>> records = read_records(SAMPLE_LOG, BANK)
    >>> staffing(records, records.horizon())["regular"][20:24]
    array([8, 8, 8, 8])
    """
    whole = {}
    for pool, mean in presence(records, horizon, gap).items():
        at_once = records.of_types(records.pools[pool]) & records.answered & (records.wait <= AT_ONCE)
        at = (records.answer[at_once] // horizon.interval).astype(np.int64)
        free = np.bincount(at[at < horizon.intervals], minlength=horizon.intervals) > 0
        whole[pool] = np.maximum(np.rint(mean).astype(np.int64), free.astype(np.int64))
    return whole


def _most_at_once(records: Records, of_pool: Flags, horizon: Horizon) -> Floats:
    """The most services going on at one instant of each interval, shape (intervals,)."""
    served = of_pool & records.answered & np.isfinite(records.answer)
    begin, end = np.sort(records.answer[served]), np.sort(records.end[served])
    instants = np.concatenate((horizon.edges[:-1], begin[begin < horizon.length]))
    level = np.searchsorted(begin, instants, side="right") - np.searchsorted(end, instants, side="right")
    most = np.zeros(horizon.intervals)
    np.maximum.at(most, (instants // horizon.interval).astype(np.int64), level.astype(float))
    return most


def _share_of(records: Records, of_pool: Flags, stretch: NDArray[np.int64]) -> Floats:
    """The share of each stretch's time of service that went to a pool, shape (stretches,)."""
    on_duty = stretch >= 0
    count = int(stretch.max(initial=-1)) + 1
    # A second on top of each service, so that a stretch of services of no length has a share as well.
    busy = (records.end - records.answer)[on_duty] + 1.0
    own = np.bincount(stretch[on_duty], weights=busy * of_pool[on_duty], minlength=count)
    return np.asarray(own / np.bincount(stretch[on_duty], weights=busy, minlength=count), dtype=float)


def _mean_agents(duty: Floats, share: Floats, horizon: Horizon) -> Floats:
    covered = np.zeros(horizon.intervals + 1)
    for (begin, end), part in zip(duty, share, strict=True):
        covered += part * (np.clip(horizon.edges, begin, end) - begin)
    return np.diff(covered) / horizon.interval
