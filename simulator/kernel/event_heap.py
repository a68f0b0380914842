"""The pending events of the compiled engine: a heap with four children to a node, ordered by (time, kind, number).

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
"""Room for the numbers of one kind in an event's key."""

event_at = records("event", EVENT)


@inline
def moment(time: float, when: float) -> float:
    """An instant as the clock of the reference engine reaches it: by a delay from time."""
    return time + (when - time)


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
        above = (at - 1) // SIBLINGS
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
        time, key = last.time, last.key
        last.time = inf
        _sink(centre, centre.pending, time, key)


@inline
def _put(centre: Record, at: int, time: float, key: int) -> None:
    place = event_at(centre, at)
    place.time, place.key = time, key


@inline
def _first_of(centre: Record, one: int, other: int) -> int:
    """Which of two places holds the earlier event."""
    ours, theirs = event_at(centre, one), event_at(centre, other)
    later = (theirs.time < ours.time) | ((theirs.time == ours.time) & (theirs.key < ours.key))
    return other if later else one


@inline
def _sink(centre: Record, size: int, time: float, key: int) -> None:
    """Let an event sink from the top, which is empty, to its place."""
    at, child = 0, 1
    while child < size:
        chosen = _first_of(centre, _first_of(centre, child, child + 1), _first_of(centre, child + 2, child + 3))
        other = event_at(centre, chosen)
        if time < other.time or (time == other.time and key < other.key):
            break
        _put(centre, at, other.time, other.key)
        at = chosen
        child = SIBLINGS * at + 1
    _put(centre, at, time, key)
