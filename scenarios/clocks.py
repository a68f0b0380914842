"""Columns of instants and durations as text, turned into seconds; what cannot be read is told apart from what is empty.

Instants are seconds since 1970-01-01 00:00 of the local wall clock: offsets and time zones are left aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.units import DAY

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_CLOCK = r"^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$"
_OFFSET = r"(:\d{2}(?:\.\d+)?)\s*(?:Z|[+-]\d{2}:?\d{2})$"
_FORMATS = ("ISO8601", "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")
_EARLIEST, _LATEST = -70 * 365.25 * DAY, 230 * 365.25 * DAY
"""The years 1900 to 2199: other dates are errors of writing."""


@dataclass(frozen=True)
class Column:
    """Seconds per row, NaN where the field is empty or unreadable, and which of the two it was."""

    seconds: Floats
    unreadable: Flags


def durations(texts: Sequence[str]) -> Column:
    """Durations written as seconds (``12``, ``12.5``, ``12,5``) or as a clock would show them (``0:03:12``).

    Examples
    --------
    >>> durations(["12,5", "0:03:12", "", "soon"]).seconds
    array([ 12.5, 192. ,   nan,   nan])
    """
    import pandas as pd

    different, codes = _once(texts)
    column = pd.Series(different, dtype="str")
    plain = pd.to_numeric(column.str.replace(",", ".", regex=False), errors="coerce").to_numpy(dtype=float)
    values = np.where(np.isfinite(plain), plain, _clock(different))
    return Column(values[codes], (np.isnan(values) & _filled(different))[codes])


def instants(texts: Sequence[str], days: Floats | None = None, date_format: str | None = None) -> Column:
    """Instants written as timestamps, or as clock times where the midnight of each row's day is given.

    A clock that runs on past midnight (``25:10``) means the next day.

    Examples
    --------
    >>> instants(["1970-01-02 00:00:05", "02.01.1970 00:01"]).seconds
    array([86405., 86460.])
    >>> instants(["8:00", "25:00:01"], days=np.zeros(2)).seconds
    array([28800., 90001.])
    """
    different, codes = _once(texts)
    clocks = np.full(len(different), np.nan) if days is None else _clock(different)
    others = np.isnan(clocks) & _filled(different)
    stamps = np.full(len(different), np.nan)
    stamps[others] = _timestamps([different[at] for at in np.flatnonzero(others)], date_format)
    values = stamps[codes] if days is None else np.where(others[codes], stamps[codes], days + clocks[codes])
    return Column(values, np.isnan(values) & _filled(different)[codes])


def midnights(texts: Sequence[str], date_format: str | None = None) -> Column:
    """The midnight at which each row's day begins.

    Examples
    --------
    >>> midnights(["1970-01-02", "02.01.1970 08:00", "?"]).seconds
    array([86400., 86400.,    nan])
    """
    found = instants(texts, date_format=date_format)
    return Column(np.floor(found.seconds / DAY) * DAY, found.unreadable)


def _once(texts: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """The different texts, trimmed, and for each row the place of its own: a log repeats few of them often."""
    places: dict[str, int] = {}
    codes = np.fromiter((places.setdefault(text, len(places)) for text in texts), dtype=np.int64, count=len(texts))
    return [text.strip() for text in places], codes


def _filled(texts: list[str]) -> Flags:
    return np.array([text != "" for text in texts], dtype=bool)


def _clock(texts: list[str]) -> Floats:
    """Seconds since midnight of clock times, NaN for anything else."""
    import pandas as pd

    parts = pd.Series(texts, dtype="str").str.extract(_CLOCK).astype(float)
    hours, minutes = parts[0].to_numpy(), parts[1].to_numpy()
    rest = parts[2].fillna(0.0).to_numpy()
    with np.errstate(invalid="ignore"):
        sound = (minutes < 60) & (rest < 60) & (hours < 48)
    return np.where(sound, hours * 3600 + minutes * 60 + rest, np.nan)


def _timestamps(texts: list[str], date_format: str | None) -> Floats:
    """Seconds of timestamps, by the first format that reads each of them."""
    import pandas as pd

    column = pd.Series(texts, dtype="str").str.replace(_OFFSET, r"\1", regex=True).str.strip()
    values = np.full(len(column), np.nan)
    formats = _FORMATS if date_format is None else (date_format, f"{date_format} %H:%M", f"{date_format} %H:%M:%S")
    for form in formats:
        rest = np.isnan(values)
        if not rest.any():
            break
        read = pd.to_datetime(column[rest], format=form, errors="coerce")
        stamps = read.to_numpy(dtype="datetime64[us]")
        values[rest] = np.where(np.isnat(stamps), np.nan, stamps.astype(np.int64) / 1e6)
    with np.errstate(invalid="ignore"):
        return np.where((values >= _EARLIEST) & (values < _LATEST), values, np.nan)
