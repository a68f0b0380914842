"""History of demand: a tidy table of when, contact type, offered and AHT, with what was repaired or left out."""

from __future__ import annotations

import gzip
import zlib
from calendar import day_name
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from models.forecasting.day_checks import DayChoice, DoubtfulDay, checked_days
from models.forecasting.series import DaySeries, Floats
from scenarios.errors import InvalidFile
from scenarios.interval_report.checks import gaps_and_new_names
from scenarios.units import DAY, MINUTE

COLUMN_NAMES = {
    "when": ("when", "start", "datetime", "timestamp", "interval start", "date time", "interval"),
    "contact type": ("contact type", "type", "queue", "skill", "contact_type"),
    "offered": ("offered", "contacts offered", "calls offered", "contacts", "calls", "volume"),
    "aht": ("aht", "aht (s)", "aht_s", "average handle time", "handle time"),
}
"""Accepted headers, small letters; further layouts are for the import."""
_OF_REPORTS = frozenset({"date", "handled", "asa"})
"""Columns by which a table is known to be a report in its own layout."""
DEFAULT_TYPE = "contacts"
LONGEST_AHT = 86400.0
LARGEST_FILE = 200_000_000
"""Bytes of the largest history that is read, unpacked."""
_UNPACKED_AT_ONCE = 1_000_000
_WEEKS, _FEW_DAYS = 4, 2
"""So many days of one weekday are weeks of history; up to so many of another are pointed out."""
_OFFSET = r"(?<=\d)\s*(?:Z|[+-]\d{2}:?\d{2})$"
"""The offset from UTC at the end of a time."""


@dataclass(frozen=True)
class DemandHistory:
    """Days by interval for each contact type, and what a person should know of them.

    Examples
    --------
    >>> table = pd.DataFrame({"when": pd.date_range("2026-03-02", periods=4, freq="12h"), "offered": [5, 7, 6, 8]})
    >>> history = history_of(table)
    >>> history.types["contacts"].totals
    array([12., 14.])
    """

    types: dict[str, DaySeries]
    handle_times: dict[str, Floats]
    """AHT in seconds, shape (days, intervals) as the counts; NaN where it is not known."""
    interval: float
    notes: tuple[str, ...]
    doubts: tuple[DoubtfulDay, ...] = ()
    """Days that look wrong, and what was done with each."""


def read_history(
    path: Path, interval: float = 1800.0, contact_type: str = DEFAULT_TYPE, choices: Sequence[DayChoice] = ()
) -> DemandHistory:
    """The history in a CSV table of intervals, summed up to intervals of a given length.

    Raises
    ------
    InvalidFile
        If the file cannot be read, lacks a column, or holds what is no time or no number of contacts.
    """
    table = csv_table(path)
    history = history_of(table, interval, path, contact_type, choices)
    odd = gaps_and_new_names(tidy_rows(table, path, contact_type))
    return replace(history, notes=(*history.notes, *map(str, odd)))


def is_tidy(path: Path) -> bool:
    """Whether a file is a CSV table whose header has a history's own names for when and offered.

    Raises
    ------
    InvalidFile
        If it is too large, or cannot be opened.
    """
    if path.suffix not in (".csv", ".gz", ".tsv", ".txt"):
        return False
    try:
        columns = {str(name).strip().lower() for name in csv_table(path, rows=0).columns}
    except InvalidFile:
        if not path.is_file() or path.stat().st_size > LARGEST_FILE:
            raise
        return False
    return all(columns & set(COLUMN_NAMES[field]) for field in ("when", "offered")) and not columns & _OF_REPORTS


def history_of(
    table: pd.DataFrame,
    interval: float = 1800.0,
    source: Path | str = "history",
    contact_type: str = DEFAULT_TYPE,
    choices: Sequence[DayChoice] = (),
) -> DemandHistory:
    """The history in a table with the columns when and offered, and where known contact type and aht.

    Without a column of contact types all rows are of the type `contact_type`. `choices` say what is done with days that
    look wrong (see `checked_days`).

    Raises
    ------
    InvalidFile
        As for a file.
    """
    tidy = tidy_rows(table, source, contact_type)
    length = max(interval, native_interval(tidy, source))
    if DAY % length:
        remedy = "choose a length that divides the day: 15 or 30 min"
        raise InvalidFile(source, "", f"intervals of {length / MINUTE:g} min do not divide a day", remedy, "interval")
    notes: list[str] = [tidy.attrs["repeated"]] if "repeated" in tidy.attrs else []
    doubts: list[DoubtfulDay] = []
    native = native_interval(tidy, source)
    types, handle_times = {}, {}
    for name, rows in tidy.groupby("contact type", sort=False):
        series, aht, odd = _days_of(str(name), rows, length, native, choices, notes)
        doubts += odd
        if not series.counts.any():
            notes.append(f"{name}: no contacts in any day that is complete")
        elif len(series):
            types[str(name)], handle_times[str(name)] = series, aht
            notes += weekday_notes(series)
    if not types:
        raise InvalidFile(source, "", "no day is complete enough to be used", "; ".join(notes) or "give more days")
    return DemandHistory(types, handle_times, length, tuple(notes), tuple(doubts))


def weekday_notes(series: DaySeries) -> list[str]:
    """What is to be said of weekdays that the history hardly knows, although it has weeks of others.

    Examples
    --------
    >>> from datetime import date
    >>> days = [date(2026, 3, day) for day in range(2, 32) if date(2026, 3, day).weekday() in (0, 1, 2, 3)]
    >>> known = DaySeries("calls", (date(2026, 2, 27), *days), np.ones((len(days) + 1, 48)), 1800.0)
    >>> weekday_notes(known)
    ['calls: Friday rests on 1 open day; look at its forecast, or give a longer history']
    >>> weekday_notes(DaySeries("calls", tuple(days), np.ones((len(days), 48)), 1800.0))
    ['calls: no open Friday in the history, so none is forecast']
    """
    counts = np.bincount(series.weekdays, minlength=7)
    if counts.max(initial=0) < _WEEKS:
        return []
    name, notes = series.contact_type, []
    for day, count in zip(day_name, counts.tolist(), strict=True):
        if count == 0 and day not in ("Saturday", "Sunday"):
            notes.append(f"{name}: no open {day} in the history, so none is forecast")
        elif 0 < count <= _FEW_DAYS:
            days = f"{count} open day{'s' if count > 1 else ''}"
            notes.append(f"{name}: {day} rests on {days}; look at its forecast, or give a longer history")
    return notes


def csv_table(path: Path, rows: int | None = None) -> pd.DataFrame:
    """The cells of a CSV file as text; of comma, semicolon and tab its header has the separator most often.

    Raises
    ------
    InvalidFile
        If it is too large, or no such file.
    """
    remedy = "give a CSV file with a header and one row an interval"
    try:
        _require_size(path)
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(encoding="utf-8-sig") as file:
            header = file.readline()
        separator = max(",;\t", key=header.count)
        return pd.read_csv(path, dtype=str, sep=separator, encoding="utf-8-sig", nrows=rows)
    except (OSError, UnicodeDecodeError, EOFError, zlib.error) as problem:
        raise InvalidFile(path, "", f"it cannot be read ({problem})", remedy) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as problem:
        raise InvalidFile(path, "", f"it is no table ({problem})", remedy) from None


def _require_size(path: Path) -> None:
    """Check that a file is not too large, unpacked if it is gzip; a few megabytes may unpack to many gigabytes."""
    remedy = "give intervals of half an hour, or fewer years"
    packed = path.stat().st_size
    if packed > LARGEST_FILE:
        size = f"{packed / 1e6:,.0f} MB is more than the {LARGEST_FILE / 1e6:g} MB of a history"
        raise InvalidFile(path, "", size, remedy)
    if path.suffix != ".gz":
        return
    left = LARGEST_FILE
    with gzip.open(path) as file:
        while part := file.read(_UNPACKED_AT_ONCE):
            left -= len(part)
            if left < 0:
                raise InvalidFile(
                    path, "", f"it unpacks to more than the {LARGEST_FILE / 1e6:g} MB of a history", remedy
                )


def tidy_rows(table: pd.DataFrame, source: Path | str, contact_type: str) -> pd.DataFrame:
    """Rows with columns when, contact type, offered and aht, in order of time.

    Raises
    ------
    InvalidFile
        If a column is missing, or holds what is no time or no number.
    """
    columns = {str(name).strip().lower(): name for name in table.columns}
    chosen = {
        field: next((columns[name] for name in names if name in columns), None) for field, names in COLUMN_NAMES.items()
    }
    for field in ("when", "offered"):
        if chosen[field] is None:
            known = ", ".join(str(name) for name in table.columns) or "none"
            remedy = f"it has {known}; call the columns when, contact type, offered, aht"
            raise InvalidFile(source, "row 1", f"there is no column '{field}'", remedy)
    whole = table.dropna(how="all").reset_index()
    if whole.empty:
        raise InvalidFile(source, "row 2", "it holds no interval", "give one row for each interval of each day")
    type_column = chosen["contact type"]
    names = pd.Series(contact_type, whole.index) if type_column is None else whole[type_column]
    tidy = pd.DataFrame(
        {
            "when": _times(whole, str(chosen["when"]), source),
            "contact type": names.fillna(contact_type).astype(str).str.strip(),
            "offered": _numbers(whole, str(chosen["offered"]), source, np.inf),
            "aht": np.nan if chosen["aht"] is None else _numbers(whole, str(chosen["aht"]), source, LONGEST_AHT),
            "row": whole["index"] + 2,
            "written": _written(whole[chosen["when"]]),
        }
    ).sort_values("when", kind="stable")
    again = tidy.duplicated(["when", "contact type", "written", "offered", "aht"])
    if again.any():
        tidy = tidy[~again]
        tidy.attrs["repeated"] = f"{again.sum():,} rows dropped: the same interval again, with the same figures"
    double = tidy[tidy.duplicated(["when", "contact type", "written"])]  # an hour may come twice with two offsets
    if len(double):
        first = double.iloc[0]
        problem = f"{first['contact type']} at {first['when']:%Y-%m-%d %H:%M} is there twice ({len(double)} such rows)"
        raise InvalidFile(source, f"row {first['row']}", problem, "leave out the part that overlaps", "when")
    return tidy


def _times(table: pd.DataFrame, column: str, source: Path | str) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(table[column]):
        return table[column]
    wall_times = table[column].astype(str).str.strip().str.replace(_OFFSET, "", regex=True)
    times = pd.to_datetime(wall_times, errors="coerce", format="ISO8601")
    _refuse(table, column, times.isna(), source, "write times as in 2026-03-02 08:30")
    return times


def _written(times: pd.Series) -> pd.Series:
    """Times as a file writes them, by which an hour that comes twice with two offsets differs."""
    return times if pd.api.types.is_datetime64_any_dtype(times) else times.astype(str).str.strip()


def _numbers(table: pd.DataFrame, column: str, source: Path | str, largest: float) -> pd.Series:
    numbers = pd.to_numeric(table[column], errors="coerce")
    bad = (numbers.isna() & table[column].notna()) | (numbers < 0) | (numbers > largest) | np.isinf(numbers)
    _refuse(table, column, bad, source, "write a number that is not negative, or leave the cell empty")
    return numbers.astype(float)


def _refuse(table: pd.DataFrame, column: str, bad: pd.Series, source: Path | str, remedy: str) -> None:
    if bad.any():
        row = table[bad].iloc[0]
        raise InvalidFile(source, f"row {row['index'] + 2}", f"'{row[column]}' cannot be used", remedy, column)


def native_interval(tidy: pd.DataFrame, source: Path | str) -> float:
    """The length of the intervals of the file: the least distance of two of its times (s), a day at most.

    Raises
    ------
    InvalidFile
        If it is less than a minute.
    """
    times = np.unique(tidy["when"].to_numpy().astype("datetime64[s]").astype(np.int64))
    length = float(np.diff(times).min()) if len(times) > 1 else DAY
    if length < MINUTE:
        remedy = "give intervals (15 or 30 min); a log of single contacts is read by ccplan import"
        raise InvalidFile(source, "", f"two of its times are {length:g} s apart", remedy, "when")
    return min(length, DAY)


def _days_of(
    name: str, rows: pd.DataFrame, length: float, native: float, choices: Sequence[DayChoice], notes: list[str]
) -> tuple[DaySeries, Floats, list[DoubtfulDay]]:
    """The days of a contact type, its AHT, and the days that look wrong; all that was done is noted."""
    day = rows["when"].dt.normalize()
    slot = ((rows["when"] - day).dt.total_seconds() // length).astype(int)
    per_day, parts = round(DAY / length), max(round(length / native), 1)
    days = pd.DatetimeIndex(sorted(day.unique()))
    index = days.get_indexer(day), slot.to_numpy()
    offered = rows["offered"].to_numpy()
    known = np.zeros((len(days), per_day))
    np.add.at(known, index, ~np.isnan(offered))
    counts, work, timed = (np.zeros((len(days), per_day)) for _ in range(3))
    np.add.at(counts, index, np.nan_to_num(offered))
    aht = rows["aht"].to_numpy()
    free = int(np.sum((aht == 0) & (offered > 0)))
    if free:
        notes.append(f"{name}: AHT is 0 in {free} intervals with contacts; these say nothing about handle times")
    useful = np.nan_to_num(np.where((aht > 0) & (offered > 0), offered, 0.0))
    np.add.at(work, index, useful * np.nan_to_num(aht))
    np.add.at(timed, index, useful)
    series = DaySeries(name, tuple(stamp.date() for stamp in days), counts, length)
    kept, repaired, doubts, closed = checked_days(series, known, parts, choices)
    notes += [*closed, *map(str, doubts)]
    with np.errstate(invalid="ignore"):
        handle_times = np.where(timed > 0, work / np.where(timed > 0, timed, 1), np.nan)
    return DaySeries(name, series.days, repaired, length).where(kept), handle_times[kept], doubts
