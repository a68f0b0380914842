"""The rows of a table of a report that count, with what each tells; sums, headers and unreadable rows are dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scenarios.contact_log.dates import read_month
from scenarios.contact_log.records import Finding, Flags, Floats
from scenarios.contact_log.rows import MOST_UNREADABLE, RowFilter
from scenarios.errors import InvalidFile
from scenarios.interval_report.cells import weekday_of
from scenarios.interval_report.figures import numbers_by_role, times_of_contacts
from scenarios.interval_report.header_words import is_total
from scenarios.interval_report.mapping import ReportMapping
from scenarios.interval_report.tables import ReportTable
from scenarios.interval_report.times import RowTimes, row_times

if TYPE_CHECKING:
    import pandas as pd

_PLAIN_SHEET = re.compile(
    r"(?:sheet|tabelle|hoja|feuil|feuille|лист|ورقة|data|report|export|q|kw|week|woche)?[\s_-]*\d*", re.IGNORECASE
)
"""Names of sheets that say nothing of a queue."""
_FOLDED_ZERO = 1e-9


def rows_of(
    table: ReportTable,
    mapping: ReportMapping,
    month_first: bool,
    file: str,
    findings: list[Finding],
    readings: list[str],
    contact_type: str,
    sheet: str,
) -> tuple[pd.DataFrame, RowTimes]:
    """The rows of a table with their values, and the times of all rows, NaN for those that are dropped.

    Parameters
    ----------
    table, mapping
        The rows, and what its columns hold.
    month_first
        Whether ``03/02/2026`` is a day of March.
    file, sheet
        Where the table stands; the sheet is empty where there is one alone.
    findings, readings
        Filled with what was dropped, and with how cells were read.
    contact_type
        The name of the contacts where the table names no queue.

    Raises
    ------
    InvalidFile
        If a column that rows are rows by is not there, or if times cannot be read.
    """
    import pandas as pd

    table = _blanked(table, mapping)
    rows = RowFilter(np.array(table.numbers), np.ones(len(table.rows), dtype=bool), findings, readings)
    _drop_what_is_no_interval(rows, table, mapping, file)
    times = row_times(table, mapping, month_first, file, _day_texts(table, mapping, rows.keep))
    offered, answered, abandoned = _contacts(table, mapping, readings)
    rows.drop(_unlabelled_sums(times.begin, offered, rows.keep), "a row that sums up others, without a label")
    rows.drop(np.isnan(offered), "no number of contacts offered")
    untimed = np.isnan(times.begin)
    _refuse_untimed(rows, untimed, table, mapping, file, f"{sheet}:" if sheet else "")
    rows.drop(untimed, "no time that can be read")
    rows.drop(offered < 0, "fewer than no contacts")
    keep = rows.keep
    handled = np.where(np.isfinite(answered), answered, offered)
    left = np.where(np.isfinite(abandoned), abandoned, offered - handled)
    mean_times = times_of_contacts(table, mapping, file, (handled, left), readings)
    no_time = np.isfinite(answered) & (answered > 0) & (mean_times["aht"] < _FOLDED_ZERO)
    rows.retain(no_time, "an AHT of 0 with contacts answered: it says nothing about handle times")
    mean_times["aht"] = np.where(mean_times["aht"] <= 0, np.nan, mean_times["aht"])
    if np.isfinite(times.offset[keep]).any() and mapping.timezone is None:
        readings.append("times carry an offset from UTC that was left aside; give timezone in the mapping to use it")
    queues = _queues(table, mapping, contact_type, sheet)
    values = {
        "when": pd.to_datetime(pd.Series(np.where(keep, times.begin, np.nan)), unit="s"),
        "contact type": [mapping.rename.get(name, name) for name in queues],
        "offered": offered,
        "answered": answered,
        "abandoned": np.where(np.isfinite(abandoned), abandoned, offered - answered),
        **mean_times,
        "within": numbers_by_role(table, mapping, "within", readings),
        "agents": numbers_by_role(table, mapping, "agents", readings),
        "row": rows.numbers,
        "sheet": sheet,
        "offset": times.offset,
    }
    begin, end, offset = (np.where(keep, part, np.nan) for part in (times.begin, times.end, times.offset))
    return pd.DataFrame(values)[keep], RowTimes(begin, end, offset, times.daily)


def _drop_what_is_no_interval(rows: RowFilter, table: ReportTable, mapping: ReportMapping, file: str) -> None:
    """Drop repeated headers, rows that the mapping leaves out, and rows whose label says that they are sums."""
    repeated = list(map(table.is_header, table.rows))
    rows.drop(np.array(repeated, dtype=bool), "a header again")
    for key, wanted, filters in (("only", True, mapping.only), ("exclude", False, mapping.exclude)):
        for column, words in filters.items():
            cells = table.column(column)
            if cells is None:
                raise InvalidFile(file, str(table.first), f"there is no column '{column}' ({key})", "check its name")
            rows.choose(column, cells, words, wanted)
    rows.drop(_labelled_sums(table, mapping), "a row that sums up others")


def _contacts(table: ReportTable, mapping: ReportMapping, readings: list[str]) -> tuple[Floats, Floats, Floats]:
    """Contacts offered, answered and abandoned by row; of the first two what is missing follows from the others."""
    offered, answered, abandoned = (
        numbers_by_role(table, mapping, role, readings) for role in ("offered", "answered", "abandoned")
    )
    parts = np.nan_to_num(answered) + np.nan_to_num(abandoned)
    answered = np.where(np.isfinite(answered), answered, offered - abandoned)
    partly = np.isfinite(answered) | np.isfinite(abandoned)
    if mapping.offered is None:
        readings.append("contacts offered: answered + abandoned, as no column tells them")
    return np.where(np.isfinite(offered) | ~partly, offered, parts), answered, abandoned


def _refuse_untimed(
    rows: RowFilter, untimed: Flags, table: ReportTable, mapping: ReportMapping, file: str, where: str
) -> None:
    """Refuse a table of which many rows tell no time."""
    untimed = untimed & rows.keep
    if untimed.sum() <= MOST_UNREADABLE * max(rows.keep.sum(), 1):
        return
    at = int(np.flatnonzero(untimed)[0])
    column = mapping.start or mapping.date or ""
    text = (table.column(column) or [""] * (at + 1))[at]
    problem = f"{column} is {text!r}; {untimed.sum():,} of {rows.keep.sum():,} rows tell no time"
    remedy = "give date_format and time_format in the mapping, or name the right columns"
    raise InvalidFile(file, f"{where}{rows.numbers[at]}", problem, remedy)


def _blanked(table: ReportTable, mapping: ReportMapping) -> ReportTable:
    """The table with nothing where a marker of emptiness stands."""
    markers = {marker.casefold() for marker in mapping.empty}
    empty = {text for text in {cell for row in table.rows for cell in row} if text.casefold() in markers}
    if not empty:
        return table
    return replace(table, rows=[["" if cell in empty else cell for cell in row] for row in table.rows])


def _labelled_sums(table: ReportTable, mapping: ReportMapping) -> Flags:
    labels = [mapping.date, mapping.start, *(mapping.queue or ())]
    columns = [cells for name in labels if name and (cells := table.column(name)) is not None]
    first = [next(filter(None, row), "") for row in table.rows]
    sums = _sums_among(set(first).union(*columns))
    if not sums:
        return np.zeros(len(first), dtype=bool)
    return np.array([not sums.isdisjoint(cells) for cells in zip(first, *columns, strict=True)], dtype=bool)


def _sums_among(cells: Iterable[str]) -> set[str]:
    """The texts that say that their row sums up others."""
    return {text for text in set(cells) if is_total(text)}


def _unlabelled_sums(begin: Floats, offered: Floats, keep: Flags) -> Flags:
    """Rows without a time whose contacts are the sum of rows above them: since the last sum, or of all."""
    sums = np.zeros(len(begin), dtype=bool)
    if np.isfinite(begin[keep]).all():
        return sums
    since, overall = 0.0, 0.0
    for at in np.flatnonzero(keep & np.isfinite(offered)):
        if np.isfinite(begin[at]):
            since += offered[at]
            overall += offered[at]
        elif overall > 0 and any(abs(offered[at] - total) < 0.5 for total in (since, overall)):
            sums[at] = True
            since = 0.0
    return sums


def _day_texts(table: ReportTable, mapping: ReportMapping, keep: Flags) -> list[str] | None:
    """The day of each row: its own, that of the row above where the cell is merged, or that of the title."""
    if mapping.date is None:
        return [table.day] * len(table.rows) if table.day else None
    cells = list(table.column(mapping.date) or [])
    if mapping.start is not None:
        last = ""
        for at, cell in enumerate(cells):
            if keep[at]:
                last = cell or last
                cells[at] = last
    return cells


def _names_queue(sheet: str, table: ReportTable) -> bool:
    """Whether a sheet may be called by a queue: neither by a day, month or weekday, nor as programs name sheets."""
    text = sheet.strip()
    if table.day is not None and table.day in text:
        return False
    period = read_month(text) or read_month(f"{text} 2000") or read_month(f"1 {text}") or weekday_of(text) is not None
    return not period and _PLAIN_SHEET.fullmatch(text) is None


def _queues(table: ReportTable, mapping: ReportMapping, contact_type: str, sheet: str) -> list[str]:
    """The contact type of each row: its own, merged ones filled down, else that of the title or the sheet."""
    if mapping.queue is None:
        name = table.queue or (
            sheet if sheet and mapping.date is not None and _names_queue(sheet, table) else contact_type
        )
        return [name] * len(table.rows)
    columns = []
    for name in mapping.queue:
        cells = list(table.column(name) or [])
        sums, last = _sums_among(cells), ""
        for at, cell in enumerate(cells):
            last = cell if cell and cell not in sums else last
            cells[at] = last
        columns.append(cells)
    joined_names = [" / ".join(part for part in parts if part) for parts in zip(*columns, strict=True)]
    return [name or contact_type for name in joined_names]
