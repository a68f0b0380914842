"""The pending events of the compiled engine: a heap with four children to a node, ordered by (time, kind, number).

Kind and number are one key, as in `simulator.clock`. Most events bring about another one; so the place of an event
that was taken from the top stays empty until the next event is pushed there, or until the heap is looked at again.
"""

from __future__ import annotations

from simulator.kernel_compile import Record, inline, records
from simulator.kernel_world import EVENT

BITS = 40
NUMBERS = 1 << BITS
"""Room for the numbers of one kind in an event's key."""

event_at = records("event", EVENT)


@inline
def moment(now: float, when: float) -> float:
    """An instant as the clock of the reference engine reaches it: by a delay from now."""
    return now + (when - now)


@inline
def push(centre: Record, time: float, kind: int, number: int) -> None:
    """Add an event."""
    key = kind * NUMBERS + number
    if centre.hole:
        centre.hole = False
        _sink(centre, centre.pending, time, key)
        return
    at = centre.pending
    centre.pending = at + 1
    while at > 0:
        above = (at - 1) >> 2
        other = event_at(centre, above)
        if other.time < time or (other.time == time and other.key < key):
            break
        _put(centre, at, other.time, other.key)
        at = above
    _put(centre, at, time, key)


@inline
def take_top(centre: Record) -> None:
    """Take the first event away; its place stays empty for now."""
    centre.hole = True


@inline
def settle(centre: Record) -> None:
    """Close the empty place at the top, if there is one."""
    if centre.hole:
        centre.hole = False
        centre.pending -= 1
        last = event_at(centre, centre.pending)
        _sink(centre, centre.pending, last.time, last.key)


@inline
def _put(centre: Record, at: int, time: float, key: int) -> None:
    place = event_at(centre, at)
    place.time, place.key = time, key


@inline
def _sink(centre: Record, size: int, time: float, key: int) -> None:
    """Let an event sink from the top, which is empty, to its place."""
    at, child = 0, 1
    while child < size:
        best = event_at(centre, child)
        chosen, soonest, lowest = child, best.time, best.key
        for place in range(child + 1, min(child + 4, size)):
            other = event_at(centre, place)
            if other.time < soonest or (other.time == soonest and other.key < lowest):
                chosen, soonest, lowest = place, other.time, other.key
        if time < soonest or (time == soonest and key < lowest):
            break
        _put(centre, at, soonest, lowest)
        at = chosen
        child = 4 * at + 1
    _put(centre, at, time, key)
