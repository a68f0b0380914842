"""Opening hours: weekly windows that people can read, turned into open periods of a horizon."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BeforeValidator

from scenarios.errors import InvalidValue
from scenarios.limits import MOST_WINDOWS
from scenarios.units import DAY, WEEK, seconds

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ALWAYS = ("Mon-Sun 00:00-24:00",)

_REMEDY = "write windows such as 'Mon-Fri 09:00-18:00' or 'Sat,Sun 10:00-16:00', or 'always'"
_WINDOW = re.compile(r"^\s*(?:([A-Za-z ,\-]+?)\s+)?(\d{1,2}:[0-5]\d)\s*-\s*(\d{1,2}:[0-5]\d)\s*$")

Floats = NDArray[np.float64]


def windows(value: Any) -> tuple[str, ...]:
    """The windows in what a person wrote, each checked.

    Raises
    ------
    InvalidValue
        If a window cannot be read, or there is none.
    """
    if value is None or (isinstance(value, str) and value.strip().lower() in {"always", "24/7"}):
        return ALWAYS
    texts = (value,) if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not texts:
        raise InvalidValue("open", value, f"at least one open window is needed; {_REMEDY}")
    if len(texts) > MOST_WINDOWS:
        raise InvalidValue("open", f"{len(texts):,} windows", f"give at most {MOST_WINDOWS}")
    for text in texts:
        list(weekly(text))
    return tuple(str(text) for text in texts)


OpeningHours = Annotated[tuple[str, ...], BeforeValidator(windows)]
"""Weekly windows, or ``always``."""


def weekly(window: str) -> Iterator[tuple[float, float]]:
    """The stretches (start, end) of a window in seconds since Monday 00:00; past midnight runs into the next day.

    Examples
    --------
    >>> list(weekly("Sat,Sun 22:00-06:00"))[0] == (5 * 86400 + 22 * 3600, 6 * 86400 + 6 * 3600)
    True
    """
    match = _WINDOW.match(str(window))
    if match is None:
        raise InvalidValue("open", window, _REMEDY)
    start, end = seconds(match[2], "open"), seconds(match[3], "open")
    if start > DAY or end > DAY:
        raise InvalidValue("open", window, f"times of day end at 24:00; {_REMEDY}")
    if end <= start:
        end += DAY
    for day in _days(match[1] or "Mon-Sun", window):
        yield day * DAY + start, day * DAY + end


def _days(text: str, window: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        ends = [name.strip()[:3].title() for name in part.split("-")]
        if len(ends) > 2 or any(name not in WEEKDAYS for name in ends):
            raise InvalidValue("open", window, _REMEDY)
        first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
        days.extend((first + step) % 7 for step in range((last - first) % 7 + 1))
    return days


def periods(opening: tuple[str, ...], start: datetime, length: float) -> Floats:
    """The merged open periods in [0, length), shape (periods, 2), in seconds after `start`.

    Examples
    --------
    >>> periods(("Mon-Fri 09:00-17:00",), datetime(2026, 3, 2), 2 * DAY) / 3600
    array([[ 9., 17.],
           [33., 41.]])
    """
    monday = start.weekday() * DAY + start.hour * 3600 + start.minute * 60 + start.second
    stretches = sorted(
        (max(begin + week * WEEK - monday, 0.0), min(end + week * WEEK - monday, length))
        for window in opening
        for begin, end in weekly(window)
        for week in range(-1, int(length // WEEK) + 2)
    )
    merged: list[list[float]] = []
    for begin, end in stretches:
        if begin >= end:
            continue
        if merged and begin <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([begin, end])
    return np.asarray(merged, dtype=float).reshape(-1, 2)


def is_open(open_periods: Floats, time: ArrayLike) -> NDArray[np.bool_]:
    """Whether each of these times (seconds) lies in an open period; a period holds its start, not its end."""
    at = np.searchsorted(open_periods[:, 0], time, side="right") - 1
    ends = np.append(open_periods[:, 1], -np.inf)
    return np.asarray(time) < ends[at]


def open_time_later(open_periods: Floats, time: ArrayLike, within: float) -> Floats:
    """The instants by which `within` seconds of open time have passed after each time; inf beyond the periods.

    Examples
    --------
    >>> week = periods(("Mon-Fri 09:00-17:00",), datetime(2026, 3, 2), 3 * DAY)
    >>> open_time_later(week, [16.5 * 3600], 3600.0) / 3600
    array([33.5])

    Nothing at all has passed at the next opening.

    >>> open_time_later(week, [18 * 3600], 0.0) / 3600
    array([33.])
    """
    at = np.asarray(time, dtype=float)
    if not len(open_periods):
        return np.full(at.shape, np.inf)
    edges = open_periods.ravel()
    lengths = open_periods[:, 1] - open_periods[:, 0]
    ends = np.cumsum(lengths)
    passed = np.stack((ends - lengths, ends), axis=1).ravel()
    needed = np.interp(at, edges, passed) + within
    which = np.minimum(np.searchsorted(ends, needed), len(ends) - 1)
    later = open_periods[which, 1] - (ends[which] - needed)
    opens = np.append(open_periods[1:, 0], np.inf)[which]
    return np.where(needed <= ends[-1], np.where(at > open_periods[which, 1], opens, later), np.inf)
