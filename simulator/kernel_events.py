"""The pending events of the compiled engine: a heap with four children to a node, ordered by (time, kind, number).

Kind and number are one key, as in `simulator.clock`. Most events bring about another one; so the place of an event
that was taken from the top stays empty until the next event is pushed there, or until the heap is looked at again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.kernel_compile import inline

SIZE, HOLE = 0, 1


class Events(NamedTuple):
    """A heap as arrays."""

    time: NDArray[np.float64]
    key: NDArray[np.int64]
    state: NDArray[np.int64]
    """The number of events, an empty top included, and whether the top is empty."""


@inline
def push(events: Events, time: float, key: int) -> None:
    """Add an event."""
    if events.state[HOLE]:
        events.state[HOLE] = 0
        _sink(events, time, key)
        return
    at = events.state[SIZE]
    events.state[SIZE] = at + 1
    while at > 0:
        parent = (at - 1) >> 2
        above = events.time[parent]
        if above < time or (above == time and events.key[parent] < key):
            break
        events.time[at], events.key[at] = above, events.key[parent]
        at = parent
    events.time[at], events.key[at] = time, key


@inline
def take_top(events: Events) -> None:
    """Take the first event away; its place stays empty for now."""
    events.state[HOLE] = 1


@inline
def settle(events: Events) -> None:
    """Close the empty place at the top, if there is one."""
    if events.state[HOLE]:
        events.state[HOLE] = 0
        last = events.state[SIZE] - 1
        events.state[SIZE] = last
        if last > 0:
            _sink(events, events.time[last], events.key[last])


@inline
def _sink(events: Events, time: float, key: int) -> None:
    """Put an event at the top, which is empty, and let it sink to its place."""
    size = events.state[SIZE]
    at, child = 0, 1
    while child < size:
        best, soonest = child, events.time[child]
        for other in range(child + 1, min(child + 4, size)):
            if events.time[other] < soonest or (events.time[other] == soonest and events.key[other] < events.key[best]):
                best, soonest = other, events.time[other]
        if time < soonest or (time == soonest and key < events.key[best]):
            break
        events.time[at], events.key[at] = soonest, events.key[best]
        at = best
        child = 4 * at + 1
    events.time[at], events.key[at] = time, key
