"""The pending events of the compiled engine: a heap with four children per node, ordered by (time, kind, number).

Kind and number are one key, as in `simulator.clock`. Most events bring about another one; so the place of an event
that was taken from the top stays empty until the next event is pushed there, or until the heap is looked at again.
Places beyond the end hold events that never come: so a node has four children always, and the first of them is found
by three comparisons without a branch.
"""

from __future__ import annotations

from math import inf

from simulator.kernel.compile import Record, inline, records
from simulator.kernel.state import EVENT, SIBLINGS

BITS = 40
NUMBERS = 1 << BITS
"""Room for the numbers of one event kind in an event's key."""

event_at = records("event", EVENT)


@inline
def moment(time: float, when: float) -> float:
    """An instant as the clock of the reference engine reaches it: by a delay from time."""
    return time + (when - time)


@inline
def push(centre: Record, time: float, event_kind: int, number: int) -> None:
    """Add an event."""
    key = event_kind * NUMBERS + number
    if centre.hole:
        centre.hole = False
        _sink(centre, centre.pending, time, key)
        return
    index = centre.pending
    centre.pending = index + 1
    while index > 0:
        parent_index = (index - 1) // SIBLINGS
        parent = event_at(centre, parent_index)
        if parent.time < time or (parent.time == time and parent.key < key):
            break
        _put(centre, index, parent.time, parent.key)
        index = parent_index
    _put(centre, index, time, key)


@inline
def take_top(centre: Record) -> None:
    """Remove the first event; its place at the top stays empty for now."""
    centre.hole = True


@inline
def settle(centre: Record) -> None:
    """Close the empty place at the top, if there is one."""
    if centre.hole:
        centre.hole = False
        centre.pending -= 1
        last = event_at(centre, centre.pending)
        time, key = last.time, last.key
        last.time = inf
        _sink(centre, centre.pending, time, key)


@inline
def _put(centre: Record, index: int, time: float, key: int) -> None:
    event = event_at(centre, index)
    event.time, event.key = time, key


@inline
def _first_of(centre: Record, left: int, right: int) -> int:
    """The index of the earlier of two events."""
    first, second = event_at(centre, left), event_at(centre, right)
    swapped = (second.time < first.time) | ((second.time == first.time) & (second.key < first.key))
    return right if swapped else left


@inline
def _sink(centre: Record, size: int, time: float, key: int) -> None:
    """Sift an event down from the top, which is empty, to its position."""
    index, child = 0, 1
    while child < size:
        chosen = _first_of(centre, _first_of(centre, child, child + 1), _first_of(centre, child + 2, child + 3))
        event = event_at(centre, chosen)
        if time < event.time or (time == event.time and key < event.key):
            break
        _put(centre, index, event.time, event.key)
        index = chosen
        child = SIBLINGS * index + 1
    _put(centre, index, time, key)
