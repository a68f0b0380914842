"""The time grid, and the total order of events that happen at one instant.

Times are multiples of `GRID`, 2^-20 s (about a microsecond), so that sums of them are exact in float64 in whatever
order they are made. Events are ordered by (time, kind, number): kinds as listed in `EventKind`, and within a kind by
the number of the agent, type or contact. The consequences of an event (which agent serves which
contact) are finished before the next event.
"""

from __future__ import annotations

from enum import IntEnum
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from simpy import Environment, Event

GRID = 2.0**-20
_NUMBERS = 1 << 40
"""Room for the numbers of one kind; a priority is made of kind and number."""


class EventKind(IntEnum):
    """What can happen, in the order in which it happens when it happens at the same instant."""

    HOURS = 1
    """A contact type opens or closes. Numbered by type."""
    SHIFT = 2
    """A shift starts or ends. Numbered by agent."""
    BREAK_OVER = 3
    """A break that was moved is over. Numbered by agent."""
    WORK_DONE = 4
    """A contact's handling or wrap-up is complete. Numbered by contact, like all that follow."""
    BOT_DONE = 5
    """A bot session, or the hand-over after it, is over."""
    ARRIVAL = 6
    OVERFLOW = 7
    """A waiting contact becomes eligible for a further group."""
    PATIENCE = 8
    """The customer's patience ends: an agent who is free at this very instant still answers."""
    OVERDUE = 9


class At(Event):
    """A moment: an event that happens at a given time, in its order among the events of that time."""

    def __init__(self, env: Environment, when: float, event_kind: EventKind, number: int) -> None:
        # As in simpy's Timeout: the event is triggered from the start, so Event.__init__ would only cost time.
        self.env = env
        self.callbacks = []
        self._ok = True
        self._value = None
        env.schedule(self, event_kind * _NUMBERS + number, when - env.now)  # type: ignore[arg-type]


def on_grid(time: float, grid: float) -> float:
    """The multiple of `grid` nearest to a time, halves upwards."""
    return floor(time / grid + 0.5) * grid


def up_to_grid(time: float, grid: float) -> float:
    """The least multiple of `grid` that is not before a time."""
    return ceil(time / grid) * grid


def all_on_grid(times: NDArray[np.float64], grid: float) -> NDArray[np.float64]:
    """The multiples of `grid` nearest to times, halves upwards; infinite times stay. Shape as given."""
    result = times / grid
    result += 0.5
    np.floor(result, out=result)
    result *= grid
    return result
