"""Times as people write them, turned into seconds: the only place where units are converted."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

from scenarios.errors import InvalidValue

MINUTE, HOUR, DAY, WEEK = 60.0, 3600.0, 86400.0, 604800.0
LONGEST = 366 * DAY
"""The longest time in a scenario: as long as the longest horizon."""

_UNITS = {
    "ms": 0.001,
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "seconds": 1.0,
    "m": MINUTE,
    "min": MINUTE,
    "mins": MINUTE,
    "minute": MINUTE,
    "minutes": MINUTE,
    "h": HOUR,
    "hr": HOUR,
    "hour": HOUR,
    "hours": HOUR,
    "d": DAY,
    "day": DAY,
    "days": DAY,
    "week": WEEK,
    "weeks": WEEK,
}
_BEYOND, _LONGEST_TEXT = 1e300, 100
_PART = re.compile(r"\s*((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?)\s*([a-z]+)", re.IGNORECASE)
_CLOCK = re.compile(r"^\s*([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?\s*$")
_MINUTES = re.compile(r"^\s*([0-9]{1,4}):([0-9]{2})\s*$")
_REMEDY = "write a time such as 20s, 4 min, 1.5 h, 1h 30min, 00:04:30, or a number of seconds"


def seconds(value: object, field: str = "time") -> float:
    """Seconds in a time written by a person.

    Parameters
    ----------
    value
        A number of seconds, or text: ``"20s"``, ``"4 min"``, ``"1.5 h"``, ``"1h 30min"``, ``"00:04:30"``.
    field
        The name that an error shall use.

    Raises
    ------
    InvalidValue
        If the text is not a time, or the time is negative or not finite.

    Examples
    --------
    >>> seconds("1h 30min"), seconds("08:30"), seconds(20)
    (5400.0, 30600.0, 20.0)
    """
    result = _parse(value)
    if result is None or not math.isfinite(result) or result < 0:
        negative = str(value).lstrip().startswith("-")
        raise InvalidValue(field, value, f"a time cannot be negative; {_REMEDY}" if negative else _REMEDY)
    return result + 0.0  # never a negative zero, which would be written with its sign


def duration(value: object, field: str = "time") -> float:
    """Seconds in a length of time written by a person: as `seconds`, but two parts are minutes and seconds.

    Parameters
    ----------
    value
        A number of seconds, or text; ``"5:29"`` is 5 minutes 29 seconds, ``"1:05:29"`` has hours in front.
    field
        The name that an error shall use.

    Raises
    ------
    InvalidValue
        As `seconds`.

    Examples
    --------
    >>> duration("5:29"), duration("90:00"), duration("1:05:29")
    (329.0, 5400.0, 3929.0)
    """
    two_parts = _MINUTES.match(value) if isinstance(value, str) else None
    if two_parts is None:
        return seconds(value, field)
    minutes, extra = int(two_parts[1]), int(two_parts[2])
    if extra >= 60:
        raise InvalidValue(field, value, f"5:29 is 5 minutes 29 seconds; {_REMEDY}")
    return minutes * MINUTE + extra


def _parse(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < _BEYOND else math.inf
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        return None
    if clock := _CLOCK.match(value):
        hours, minutes, extra = (int(part or 0) for part in clock.groups())
        return hours * HOUR + minutes * MINUTE + extra if minutes < 60 and extra < 60 else None
    return _sum_of_parts(value)


def _sum_of_parts(text: str) -> float | None:
    position, total = 0, 0.0
    while part := _PART.match(text, position):
        unit = _UNITS.get(part[2].lower())
        if unit is None:
            return None
        total += float(part[1]) * unit
        position = part.end()
    if position and not text[position:].strip():
        return total
    try:
        return float(text)
    except ValueError:
        return None


def written(value: float) -> str:
    """The way a person would write a number of seconds; reading it gives the same number.

    Examples
    --------
    >>> written(5400.0), written(90.0), written(20.0), written(0.25)
    ('1.5 h', '1.5 min', '20 s', '0.25 s')
    """
    for unit, name in ((HOUR, "h"), (MINUTE, "min")):
        amount = value / unit
        if value >= unit and (amount * 2).is_integer() and amount * unit == value and amount < 1e12:
            return f"{amount:.15g} {name}"
    return f"{value!r} s".replace(".0 s", " s")


def clock(value: float) -> str:
    """Seconds since midnight as a time of day; 24:00 is the end of the day.

    Examples
    --------
    >>> clock(30600.0), clock(86400.0)
    ('08:30', '24:00')
    """
    minutes = round(value / MINUTE)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _time_of_day(value: Any) -> float:
    time = seconds(value)
    if time >= DAY:
        raise InvalidValue("time", value, "give a time of day before 24:00, such as 08:30")
    return time


def _clock_or_seconds(value: float) -> str:
    return clock(value) if value % MINUTE == 0 else written(value)


def _clock_or_length(value: Any) -> float:
    return _bounded(seconds(value), value)


def _length(value: Any) -> float:
    return duration(value)


def _bounded_length(value: Any) -> float:
    return _bounded(duration(value), value)


def _bounded(time: float, value: Any) -> float:
    if time > LONGEST:
        raise InvalidValue("time", value, f"the longest time is {LONGEST / DAY:g} days")
    return time


_FINITE = Field(ge=0, allow_inf_nan=False)
_WRITTEN = PlainSerializer(written, return_type=str, when_used="json")

Seconds = Annotated[float, BeforeValidator(_clock_or_length, json_schema_input_type=str | float), _FINITE, _WRITTEN]
"""A time in seconds that reads ``"4 min"`` and writes it again; ``"2:30"`` is a clock, hours and minutes."""

TimeOfDay = Annotated[
    float,
    BeforeValidator(_time_of_day, json_schema_input_type=str | float),
    _FINITE,
    PlainSerializer(_clock_or_seconds, return_type=str, when_used="json"),
]
"""Seconds since midnight that read and write ``"08:30"``; before 24:00."""

Duration = Annotated[float, BeforeValidator(_bounded_length, json_schema_input_type=str | float), _FINITE, _WRITTEN]
"""A length of time in seconds, at most `LONGEST`; ``"2:30"`` is minutes and seconds."""

AnyDuration = Annotated[float, BeforeValidator(_length, json_schema_input_type=str | float), _FINITE, _WRITTEN]
"""A length of time in seconds without an upper bound, of distributions that formulas make on their way."""
