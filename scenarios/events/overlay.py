"""What events do to volumes and handle times.

They act in the order in which they are listed, each on what the ones before have left, so that nothing is counted
twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.events.event import Event
from scenarios.horizon import Horizon
from scenarios.limits import MOST_PER_DAY

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class EventStep:
    """What one event has done to the volumes."""

    event: Event
    change: Floats
    """Contacts added or, negative, taken away, shape (types, intervals)."""


@dataclass(frozen=True)
class WithEvents:
    """Volumes and handle times of a scenario with its events."""

    expected: Floats
    """Expected contacts, shape (types, intervals)."""
    handle_factors: Floats
    """Factors on handle times, shape (types, intervals)."""
    steps: tuple[EventStep, ...]


def laid_over(
    events: Sequence[Event], horizon: Horizon, names: Sequence[str], expected: Floats, handle_factors: Floats
) -> WithEvents:
    """Volumes and handle times with events, one after another.

    Parameters
    ----------
    events
        In the order in which they act.
    horizon, names
        The intervals and the contact types.
    expected, handle_factors
        Without events, shape (types, intervals).

    Examples
    --------
    The storm of an hour-by-hour day with 12 contacts an hour brings about 12 x 9 x 8 h / ln 2 = 1,246 more contacts.

    >>> storm = Event(event="storm", types=["social"], at="2026-03-02 00:00", peak=10, half_life="8 h")
    >>> plain = np.full((1, 24 * 7), 12.0)
    >>> found = laid_over([storm], Horizon(days=7, interval="1 h"), ["social"], plain, np.ones_like(plain))
    >>> round((found.expected - plain).sum())
    1246
    """
    volumes, factors, steps = expected, handle_factors, []
    for event in events:
        rows = [index for index, name in enumerate(names) if name in event.types or not event.types]
        changed = volumes.copy()
        if event.event in ("campaign", "new-customers"):
            weights = expected[rows].sum(axis=1)
            split = weights / weights.sum() if weights.sum() > 0 else np.full(len(rows), 1 / len(rows))
            changed[rows] += (
                event.contacts * split[:, None] * _by_time_of_day(_response(event, horizon), expected[rows])
            )
        elif event.event == "storm":
            changed[rows] *= 1 + ((event.peak or 1.0) - 1) * _excess(event, horizon)
        elif event.event == "surge":
            inside = _inside(event, horizon)
            changed[rows] *= 1 + ((event.volume or 1.0) - 1) * inside
            factors = factors.copy()
            factors[rows] *= 1 + ((event.handle_time or 1.0) - 1) * inside
        elif event.event == "outage":
            changed = _outage(event, horizon, names, changed, rows)
        else:
            changed[rows] *= 1 - (event.reach or 0.0) * (event.success or 0.0) * _inside(event, horizon)
        steps.append(EventStep(event, changed - volumes))
        volumes = changed
    return WithEvents(volumes, factors, tuple(steps))


def refuse_strange(events: Sequence[Event], names: Sequence[str], horizon: Horizon) -> None:
    """Refuse events of unknown types, or outside the horizon.

    Raises
    ------
    InvalidScenario, InvalidValue
        Naming the event and the field.
    """
    for number, event in enumerate(events):
        field = f"events.{number}"
        for name in (*event.types, *([event.move_to] if event.move_to else [])):
            if name not in names:
                raise InvalidScenario(f"{field}.types", f"'{name}' is not defined", f"known are {', '.join(names)}")
        if event.move_to in event.types:
            raise InvalidValue(f"{field}.move_to", event.move_to, "customers turn to a type that is not out of service")
        if event.at is not None and _seconds(event.at, horizon) >= horizon.length:
            remedy = f"the horizon ends after {horizon.days} days from {horizon.start}; move the event or the horizon"
            raise InvalidValue(f"{field}.at", str(event.at), remedy)
        if event.until is not None and _seconds(event.until, horizon) <= 0:
            raise InvalidValue(f"{field}.until", str(event.until), f"the horizon begins on {horizon.start}")


def refuse_too_many(expected: Floats, horizon: Horizon) -> None:
    """Refuse volumes with events, shape (types, intervals), that are beyond all bounds.

    Raises
    ------
    InvalidScenario
        Naming the events.
    """
    if expected.size and expected.reshape(len(expected), horizon.days, -1).sum(axis=2).max() > MOST_PER_DAY:
        raise InvalidScenario("events", f"a day has more than {MOST_PER_DAY:,.0f} contacts", "make them smaller")


def _seconds(moment: datetime, horizon: Horizon) -> float:
    return (moment - horizon.midnight).total_seconds()


def _inside(event: Event, horizon: Horizon) -> Floats:
    """The share of each interval that lies within the event, shape (intervals,)."""
    begin = -np.inf if event.at is None else _seconds(event.at, horizon)
    end = np.inf if event.until is None else _seconds(event.until, horizon)
    edges = np.clip(horizon.edges, begin, end)
    return np.asarray(np.diff(edges) / horizon.interval)


def _faded(event: Event, since: Floats) -> Floats:
    """The share that is still to come so long after the beginning: 1 before it, halved every half-life."""
    return np.asarray(0.5 ** (np.maximum(since, 0.0) / (event.half_life or 1.0)))


def _response(event: Event, horizon: Horizon) -> Floats:
    """The share of all contacts of a wave that falls into each interval, shape (intervals,)."""
    begin = 0.0 if event.at is None else _seconds(event.at, horizon)
    since = horizon.edges - begin
    last = np.inf if event.within is None else event.within
    come = 1 - _faded(event, np.minimum(since, last))
    return np.asarray(np.diff(come) / (1 - float(_faded(event, np.array(last)))))


def _by_time_of_day(response: Floats, usual: Floats) -> Floats:
    """A response, shape (intervals,), weighted by when customers of each type usually call, shape (types, intervals).

    Its sum over the horizon stays; where there are no usual contacts, the response stays as it is.
    """
    weighted = response * usual
    sums = weighted.sum(axis=1, keepdims=True)
    scaled = np.divide(weighted * response.sum(), sums, out=np.zeros_like(weighted), where=sums > 0)
    return np.where(sums > 0, scaled, response)


def _excess(event: Event, horizon: Horizon) -> Floats:
    """The mean of the fading excess over each interval, shape (intervals,): the integral of 2^(-t / half-life)."""
    begin = 0.0 if event.at is None else _seconds(event.at, horizon)
    half_life = event.half_life or 1.0
    gone = (1 - _faded(event, horizon.edges - begin)) * half_life / np.log(2)
    return np.asarray(np.diff(gone) / horizon.interval)


def _outage(event: Event, horizon: Horizon, names: Sequence[str], volumes: Floats, rows: list[int]) -> Floats:
    """Volumes with the types out of service: their customers turn elsewhere, come later, or not at all."""
    inside = _inside(event, horizon)
    missed = volumes[rows] * inside
    changed = volumes.copy()
    changed[rows] -= missed
    if event.move_to is not None:
        changed[list(names).index(event.move_to)] += missed.sum(axis=0) * (event.moved or 0.0)
    if event.later and event.until is not None:
        since = horizon.edges - _seconds(event.until, horizon)
        back = np.diff(1 - _faded(event, since))
        changed[rows] += missed.sum(axis=1, keepdims=True) * event.later * back
    return changed
