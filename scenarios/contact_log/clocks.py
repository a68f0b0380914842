"""Columns of instants as text, turned into seconds; what cannot be read is told apart from what is empty.

Instants are seconds since 1970-01-01 00:00 of the wall clock on which they are written, with their offset if any.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_log.dates import month_first, read_date
from scenarios.contact_log.duration_texts import different_texts
from scenarios.units import DAY, HOUR, MINUTE

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[ap]\.?\s?m\.?)?|\d{1,2}\s*[ap]\.?\s?m\.?"
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}(?:[.,]\d+)?))?\s*(?:([ap])\.?\s?m\.?)?", re.IGNORECASE)
_OFFSET = re.compile(r"(:\d{2}(?:[.,]\d+)?(?:\s*[ap]m)?)\s*(?:(Z|UTC|GMT)|([+-])([01]\d):?([0-5]\d)?)$", re.IGNORECASE)
_STAMP = re.compile(rf"(.*?\S)(?:[T\s]|,\s*)\s*({_TIME})", re.IGNORECASE)
_CLOCK_FIRST = re.compile(rf"({_TIME})\s+(\S.*)", re.IGNORECASE)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]|$)")
_EPOCH = re.compile(r"\d{10}(?:\.\d+)?|\d{13}")
_SERIAL = re.compile(r"([34]\d{4}|5[0-4]\d{3})(?:[.,](\d+))?")
"""Days since 1899-12-30, as Excel stores a date: from 1982 to 2050."""
_HALF_OF_DAY = re.compile(r"(?<=\d)\s*(صباحا|صباحًا|ص|مساء|مساءً|م)(?!\w)")
"""Before and after noon in Arabic."""
_PART_OF_DAY = re.compile(r"0?[.,](\d{2,})")
_FIRST, _EXCEL = date(1970, 1, 1), date(1899, 12, 30)
_EARLIEST, _LATEST = -70 * 365.25 * DAY, 230 * 365.25 * DAY
"""The years 1900 to 2199: other dates are errors of writing."""


@dataclass(frozen=True)
class Instants:
    """Seconds on the wall clock of the log per row, NaN where the field is empty or unreadable."""

    seconds: Floats
    offset: Floats
    """Seconds by which that clock is ahead of UTC, where the text says so; else NaN."""
    unreadable: Flags


@dataclass(frozen=True)
class Formats:
    """How dates and times are written, as in ``%d/%m/%Y`` and ``%I:%M %p``; None where it shows."""

    date: str | None = None
    time: str | None = None
    month_first: bool = False
    """Whether ``03/02/2026`` is a day of March."""


def instants(texts: Sequence[str], days: Floats | None = None, formats: Formats | None = None) -> Instants:
    """Instants written as timestamps, or as clock times where the midnight of each row's day is given.

    A clock that runs on past midnight (``25:10``) means the next day.

    Examples
    --------
    >>> instants(["1970-01-02 00:00:05", "02.01.1970 00:01", "2 Jan 1970 12:01 AM"]).seconds
    array([86405., 86460., 86460.])
    >>> instants(["8:00", "25:00:01", "08:00:00 PM"], days=np.zeros(3)).seconds
    array([28800., 90001., 72000.])
    >>> instants(["1970-01-02T00:00:05+02:00"]).offset
    array([7200.])
    """
    formats = formats or Formats()
    different, codes = different_texts(texts)
    different = [_HALF_OF_DAY.sub(_in_english, text) for text in different]
    values, offsets, clocks = (np.full(len(different), np.nan) for _ in range(3))
    if days is not None:
        clocks = np.array([_time_of_day(text, formats.time, 48) for text in different], dtype=float)
    remaining = np.flatnonzero(np.isnan(clocks) & _filled(different))
    values[remaining], offsets[remaining] = _timestamps([different[at] for at in remaining], formats)
    with np.errstate(invalid="ignore"):
        values[~((values >= _EARLIEST) & (values < _LATEST))] = np.nan
    seconds = values[codes] if days is None else np.where(np.isnan(clocks[codes]), values[codes], days + clocks[codes])
    return Instants(seconds, offsets[codes], np.isnan(seconds) & _filled(different)[codes])


def _in_english(half: re.Match[str]) -> str:
    return " AM" if half[1].startswith("ص") else " PM"


def midnights(texts: Sequence[str], formats: Formats | None = None) -> Instants:
    """The midnight at which each row's day begins.

    Examples
    --------
    >>> midnights(["1970-01-02", "02.01.1970 08:00", "?"]).seconds
    array([86400., 86400.,    nan])
    """
    stamps = instants(texts, formats=formats)
    return Instants(np.floor(stamps.seconds / DAY) * DAY, stamps.offset, stamps.unreadable)


def orders_of_dates(columns: Mapping[str, Sequence[str]]) -> bool:
    """Whether the dates in the columns of one file have the month before the day.

    Raises
    ------
    AmbiguousDates
        If they leave it open.

    Examples
    --------
    >>> orders_of_dates({"arrival": ["3/2/2026 8:00", "3/14/2026 9:00"]})
    True
    """
    dates: set[str] = set()
    for texts in columns.values():
        unclear = (text.strip() for text in set(texts) if text[4:5] != "-" and ("/" in text or "-" in text))
        dates |= {_split(_OFFSET.sub(r"\1", text))[0] for text in unclear}
    return month_first(sorted(dates))


def _filled(texts: list[str]) -> Flags:
    return np.array([text != "" for text in texts], dtype=bool)


def _timestamps(texts: list[str], formats: Formats) -> tuple[Floats, Floats]:
    """Seconds and offsets of timestamps, by the first way that reads each of them."""
    values, offsets = np.full(len(texts), np.nan), np.full(len(texts), np.nan)
    bare = list(texts)
    for at, text in enumerate(texts):
        if ":" in text:
            if (text[-1] in "ZzCTct" or "+" in text[-6:] or "-" in text[-6:]) and (offset := _OFFSET.search(text)):
                bare[at], offsets[at] = text[: offset.end(1)], _offset(offset)
        elif _EPOCH.fullmatch(text):
            values[at], offsets[at] = float(text) / (1000.0 if len(text) == 13 else 1.0), 0.0
        elif serial := _SERIAL.fullmatch(text):
            values[at] = (int(serial[1]) - (_FIRST - _EXCEL).days) * DAY + _part_of_day(serial[2] or "0")
    if formats.date is not None:
        _fill(values, bare, formats.date)
        if formats.time is not None:
            _fill(values, bare, f"{formats.date} {formats.time}")
    _fill(values, bare, "ISO8601", _ISO_DATE)
    days: dict[str, float] = {}
    for at in np.flatnonzero(np.isnan(values)).tolist():
        day, time = _split(bare[at])
        if day not in days:
            parsed = read_date(day, formats.month_first, formats.date)
            days[day] = np.nan if parsed is None else (parsed - _FIRST).days * DAY
        values[at] = days[day] + (_time_of_day(time, formats.time, 25) if time else 0.0)
    return values, offsets


def _fill(values: Floats, texts: list[str], form: str, fitting: re.Pattern[str] | None = None) -> None:
    """Read the texts that have no value yet by a format of pandas."""
    import pandas as pd

    places = [at for at in np.flatnonzero(np.isnan(values)) if fitting is None or fitting.match(texts[at])]
    if not places:
        return
    try:
        read = pd.to_datetime(pd.Series([texts[at] for at in places], dtype="str"), format=form, errors="coerce")
    except ValueError:
        return  # no format at all
    stamps = read.to_numpy(dtype="datetime64[us]")
    values[places] = np.where(np.isnat(stamps), np.nan, stamps.astype(np.int64) / 1e6)


def _split(text: str) -> tuple[str, str]:
    """The date and the time of day in a timestamp without its offset; the time is empty if there is none."""
    if stamp := _STAMP.fullmatch(text):
        return stamp[1].rstrip(","), stamp[2]
    if clock := _CLOCK_FIRST.fullmatch(text):
        return clock[2], clock[1]
    return text, ""


def _time_of_day(text: str, form: str | None, most_hours: int) -> float:
    """Seconds since midnight of a clock time with or without AM or PM, NaN for anything else."""
    if form is not None:
        try:
            read = datetime.strptime(text, form)
        except ValueError:
            return np.nan
        return read.hour * HOUR + read.minute * MINUTE + read.second + read.microsecond / 1e6
    if part := _PART_OF_DAY.fullmatch(text):
        return _part_of_day(part[1])
    clock = _CLOCK.fullmatch(text)
    if clock is None or (clock[2] is None and clock[4] is None):
        return np.nan
    hours, minutes, second = int(clock[1]), int(clock[2] or 0), float((clock[3] or "0").replace(",", "."))
    if clock[4]:
        if not 1 <= hours <= 12:
            return np.nan
        hours = hours % 12 + (12 if clock[4] in "pP" else 0)
    return hours * HOUR + minutes * MINUTE + second if minutes < 60 and second < 60 and hours < most_hours else np.nan


def _part_of_day(digits: str) -> float:
    """Seconds since midnight of the decimals of a day, to the millisecond."""
    return round(float(f"0.{digits}") * DAY, 3)


def _offset(match: re.Match[str]) -> float:
    if match[2]:
        return 0.0
    return (int(match[4]) * HOUR + int(match[5] or 0) * MINUTE) * (-1.0 if match[3] == "-" else 1.0)
