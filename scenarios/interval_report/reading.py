"""An interval report read into a tidy table, with what was dropped, how it was read, and what looks odd."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_log.durations import Spelling, Unclear, durations
from scenarios.contact_log.logfile import MOST_BYTES
from scenarios.contact_log.records import Finding, Report
from scenarios.errors import InvalidFile
from scenarios.interval_report.checks import refuse_repeated, suspicions, without_sums_of_queues
from scenarios.interval_report.header_words import is_total
from scenarios.interval_report.mapping import ReportMapping
from scenarios.interval_report.proposal import numbers_of, proposed
from scenarios.interval_report.sheets import Sheet, sheets_of
from scenarios.interval_report.tables import ReportTable, table_of
from scenarios.interval_report.times import RowTimes, interval_length, order_of_dates, row_times
from scenarios.units import DAY

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
COLUMNS = (
    *("when", "contact type", "offered", "answered", "abandoned", "aht", "asa", "abandon wait", "within", "agents"),
)
"""The columns of a report that was read; times in seconds, NaN where the file does not tell."""
DEFAULT_QUEUE = "contacts"
_MOST_UNREADABLE = 0.2
_FOLDED_ZERO = 1e-9


@dataclass(frozen=True)
class IntervalReport:
    """The intervals of a report, oldest first, and how they were read."""

    name: str
    table: pd.DataFrame = field(repr=False)
    """Rows by interval and contact type, with the columns `COLUMNS`."""
    interval: float
    """Seconds; a day for daily totals."""
    mapping: ReportMapping
    report: Report
    columns: tuple[str, ...] = ()
    """The columns of the file, by which a mapping can be corrected."""

    def described(self) -> list[str]:
        """How the file was read, as lines of text."""
        types = self.table["contact type"].nunique()
        first, last = self.table["when"].min(), self.table["when"].max()
        length = "daily totals" if self.interval == DAY else f"intervals of {self.interval / 60:g} min"
        offered = self.table["offered"].sum()
        head = (
            f"{self.name}: {length}, {first:%Y-%m-%d} to {last:%Y-%m-%d}, {types} contact"
            f" type{'s' if types > 1 else ''}, {offered:,.0f} contacts offered"
        )
        rows = f"{self.report.rows:,} rows read, {self.report.kept:,} intervals kept"
        return [head, rows, *self.report.lines()[1:]]


def read_report(
    source: str | Path | bytes,
    mapping: ReportMapping | None = None,
    name: str = "",
    contact_type: str = DEFAULT_QUEUE,
    limit: int = MOST_BYTES,
) -> IntervalReport:
    r"""The intervals in a report: CSV or xlsx, with any columns whose headers are known or mapped.

    Parameters
    ----------
    source
        A path, or the content of an uploaded file.
    mapping
        What is known of the columns; the rest is proposed.
    name
        The name that errors use for uploaded content.
    contact_type
        The name of the contacts where the file names no queue.
    limit
        The most bytes, packed and unpacked.

    Raises
    ------
    InvalidFile
        If the file cannot be read as a report, or can be read in two ways.

    Examples
    --------
    >>> content = b"Date: 2026-03-02\nInterval,Offered,Answered,Abandoned,AHT\n08:00,20,19,1,312\n08:30,24,22,2,300\n"
    >>> report = read_report(content + b"Total,44,41,3,306\n", name="day.csv")
    >>> report.table["offered"].tolist(), report.interval
    ([20.0, 24.0], 1800.0)
    >>> print(report.report.findings[0])
    1 row dropped: a row that sums up others (first in row 5)
    """
    import pandas as pd

    file, sheets, notes = sheets_of(source, name, mapping.encoding if mapping else None, limit)
    tables, readings = _tables(sheets, file, mapping)
    month_first, said = order_of_dates(tables, file)
    findings: list[Finding] = []
    parts, lengths, daily = [], [], False
    several = len(tables) > 1
    for sheet, (table, used) in zip(_names(sheets, tables), tables, strict=True):
        rows, times = _rows(table, used, month_first, file, findings, readings, contact_type, sheet if several else "")
        parts.append(rows)
        lengths.append(times)
        daily = times.daily
    frame = pd.concat(parts, ignore_index=True)
    if frame.empty:
        raise InvalidFile(file, "", "no row holds an interval with contacts", "name the columns in a mapping")
    first = tables[0][1]
    begin = np.concatenate([times.begin for times in lengths])
    end = np.concatenate([times.end for times in lengths])
    length = interval_length(begin, end, daily, first, file)
    frame = _settled(frame, first, file, findings)
    frame = frame.sort_values(["when", "contact type"], kind="stable").reset_index(drop=True)
    kept = frame[list(COLUMNS)]
    readings = list(dict.fromkeys([*notes, *readings, *said]))
    total = sum(len(table.rows) for table, _ in tables)
    report = Report(total, len(kept), tuple(findings), tuple(readings), (), suspicions(kept, length))
    header = tuple(name for name in tables[0][0].header if not name.startswith("column "))
    return IntervalReport(file, kept, length, first, report, header)


def joined(reports: Sequence[IntervalReport]) -> IntervalReport:
    """Several reports as one; intervals that stand in two of them alike count once.

    Raises
    ------
    InvalidFile
        If two files tell an interval differently, or have intervals of different length.
    """
    import pandas as pd

    first = reports[0]
    if len(reports) == 1:
        return first
    for report in reports[1:]:
        if report.interval != first.interval:
            problem = (
                f"its intervals are {report.interval / 60:g} min long, those of {first.name} {first.interval / 60:g}"
            )
            raise InvalidFile(report.name, "", problem, "read files of one length together")
    numbered = [report.table.assign(row=np.arange(len(report.table)) + 1, sheet=report.name) for report in reports]
    findings = [finding for report in reports for finding in report.report.findings]
    frame = _settled(pd.concat(numbered, ignore_index=True), first.mapping, "the files together", findings)
    frame = frame.sort_values(["when", "contact type"], kind="stable").reset_index(drop=True)[list(COLUMNS)]
    merged = Report(
        sum(report.report.rows for report in reports),
        len(frame),
        tuple(findings),
        tuple(dict.fromkeys(line for report in reports for line in report.report.readings)),
        (),
        suspicions(frame, first.interval),
    )
    return replace(first, name=", ".join(report.name for report in reports), table=frame, report=merged)


def _tables(
    sheets: list[Sheet], file: str, given: ReportMapping | None
) -> tuple[list[tuple[ReportTable, ReportMapping]], list[str]]:
    """The tables of the sheets that hold one, each with its mapping."""
    wanted = {name.casefold() for name in given.sheets} if given else set()
    tables: list[tuple[ReportTable, ReportMapping]] = []
    readings: list[str] = []
    failure: InvalidFile | None = None
    names = tuple(name for columns in (given.columns.values() if given else ()) for name in columns)
    for sheet in sheets:
        if wanted and sheet.name.casefold() not in wanted:
            continue
        try:
            table = table_of(sheet, file, given.across if given else None, names)
            mapping, notes = proposed(table, file, given)
        except InvalidFile as problem:
            failure = failure or problem
            if len(sheets) > 1:
                readings.append(f"sheet {sheet.name} is left out: {problem.problem}")
                continue
            raise
        tables.append((replace(table, notes=(sheet.name, *table.notes)), mapping))
        readings += [*table.notes, *notes, *_columns(table, mapping)]
    if tables:
        return tables, list(dict.fromkeys(readings))
    if failure is None:
        seen = ", ".join(sheet.name for sheet in sheets)
        raise InvalidFile(file, "", "no sheet of those wanted is there", f"the workbook has {seen}")
    raise failure


def _names(sheets: list[Sheet], tables: list[tuple[ReportTable, ReportMapping]]) -> list[str]:
    return [table.notes[0] for table, _ in tables] if sheets else []


def _columns(table: ReportTable, mapping: ReportMapping) -> list[str]:
    """Which column is read as what, and which are left aside."""
    used = {name.casefold() for names in mapping.columns.values() for name in names}
    shown = [f"{' + '.join(names)} = {role.replace('_', ' ')}" for role, names in mapping.columns.items()]
    aside = [name for name in table.header if name.casefold() not in used and not name.startswith("column ")]
    lines = [f"columns: {', '.join(shown)}"]
    return [*lines, f"columns left aside: {', '.join(aside)}"] if aside else lines


def _rows(
    table: ReportTable,
    mapping: ReportMapping,
    month_first: bool,
    file: str,
    findings: list[Finding],
    readings: list[str],
    contact_type: str,
    sheet: str,
) -> tuple[pd.DataFrame, RowTimes]:
    """The rows of a table with their values; sums, repeated headers and what cannot be read are left out."""
    import pandas as pd

    where = f"{sheet}:" if sheet else ""
    table = _blanked(table, mapping)
    keep = np.ones(len(table.rows), dtype=bool)
    numbers = np.array(table.numbers)

    def drop(rows: Flags, issue: str) -> None:
        nonlocal keep
        if (rows & keep).any():
            findings.append(Finding(issue, "dropped", int((rows & keep).sum()), int(numbers[rows & keep].min())))
        keep &= ~rows

    header = [name.casefold() for name in table.header]
    again = [row[0].casefold() == header[0] and [cell.casefold() for cell in row] == header for row in table.rows]
    drop(np.array(again, dtype=bool), "a header again")
    for key, wanted, filters in (("only", True, mapping.only), ("exclude", False, mapping.exclude)):
        for column, words in filters.items():
            cells = table.column(column)
            if cells is None:
                raise InvalidFile(file, str(table.first), f"there is no column '{column}' ({key})", "check its name")
            folded = {word.casefold() for word in words}
            fits = np.array([cell.casefold() in folded for cell in cells], dtype=bool)
            drop(~fits if wanted else fits, f"{column} is {'not ' if wanted else ''}{' or '.join(words)}")
    sums = _labelled_sums(table, mapping)
    drop(sums, "a row that sums up others")
    dates = _day_texts(table, mapping, keep)
    times = row_times(table, mapping, month_first, file, dates)
    offered, answered, abandoned = (
        _numbers(table, mapping, role, readings) for role in ("offered", "answered", "abandoned")
    )
    parts = np.nan_to_num(answered) + np.nan_to_num(abandoned)
    answered = np.where(np.isfinite(answered), answered, offered - abandoned)
    partly = np.isfinite(answered) | np.isfinite(abandoned)
    if mapping.offered is None:
        readings.append("contacts offered: answered + abandoned, as no column tells them")
    offered = np.where(np.isfinite(offered) | ~partly, offered, parts)
    drop(_unlabelled_sums(times.begin, offered, keep), "a row that sums up others, without a label")
    drop(np.isnan(offered), "no number of contacts offered")
    untimed = np.isnan(times.begin) & keep
    if untimed.sum() > _MOST_UNREADABLE * max(keep.sum(), 1):
        at = int(np.flatnonzero(untimed)[0])
        column = mapping.start or mapping.date or ""
        text = (table.column(column) or [""] * (at + 1))[at]
        problem = f"{column} is {text!r}; {untimed.sum():,} of {keep.sum():,} rows tell no time"
        remedy = "give date_format and time_format in the mapping, or name the right columns"
        raise InvalidFile(file, f"{where}{numbers[at]}", problem, remedy)
    drop(untimed, "no time that can be read")
    drop(offered < 0, "fewer than no contacts")
    queue = _queues(table, mapping, contact_type, sheet)
    handled = np.where(np.isfinite(answered), answered, offered)
    left = np.where(np.isfinite(abandoned), abandoned, offered - handled)
    times_of = _times_of_contacts(table, mapping, file, (handled, left), readings)
    values = {
        "when": pd.to_datetime(pd.Series(np.where(keep, times.begin, np.nan)), unit="s"),
        "contact type": [mapping.rename.get(name, name) for name in queue],
        "offered": offered,
        "answered": answered,
        "abandoned": np.where(np.isfinite(abandoned), abandoned, offered - answered),
        **times_of,
        "within": _numbers(table, mapping, "within", readings),
        "agents": _numbers(table, mapping, "agents", readings),
        "row": numbers,
        "sheet": sheet,
        "offset": times.offset,
    }
    frame = pd.DataFrame(values)
    without = np.isfinite(answered) & (answered > 0) & (times_of["aht"] < _FOLDED_ZERO) & keep
    if without.any():
        issue = "an AHT of 0 with contacts answered: it says nothing about handle times"
        findings.append(Finding(issue, "kept", int(without.sum()), int(numbers[without].min())))
    frame.loc[frame["aht"] <= 0, "aht"] = np.nan
    known = np.isfinite(times.offset[keep])
    if known.any() and mapping.timezone is None:
        readings.append("times carry an offset from UTC that was left aside; give timezone in the mapping to use it")
    begin, end, offset = (np.where(keep, part, np.nan) for part in (times.begin, times.end, times.offset))
    return frame[keep], RowTimes(begin, end, offset, times.daily)


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
    sums = _sums_among([*first, *(cell for column in columns for cell in column)])
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


def _queues(table: ReportTable, mapping: ReportMapping, contact_type: str, sheet: str) -> list[str]:
    """The contact type of each row: its own, merged ones filled down, else that of the title or the sheet."""
    if mapping.queue is None:
        dated = table.day is not None and table.day in sheet
        name = table.queue or (sheet if sheet and not dated and mapping.date is not None else contact_type)
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


def _numbers(table: ReportTable, mapping: ReportMapping, role: str, readings: list[str]) -> Floats:
    """The sum of the columns of a role, NaN where none holds a number."""
    names = mapping.columns.get(role, ())
    columns = [numbers_of(table.column(name) or []) for name in names]
    if not columns:
        return np.full(len(table.rows), np.nan)
    for name, values in zip(names, columns, strict=True):
        grouped = next(
            (
                cell
                for cell, value in zip(table.column(name) or [], values, strict=True)
                if value >= 1000 and not cell.isdigit()
            ),
            None,
        )
        if grouped is not None:
            readings.append(f"{name}: {grouped} read as {values[(table.column(name) or []).index(grouped)]:.10g}")
    stacked = np.array(columns)
    return np.where(np.isnan(stacked).all(axis=0), np.nan, np.nansum(stacked, axis=0))


def _times_of_contacts(
    table: ReportTable, mapping: ReportMapping, file: str, counts: tuple[Floats, Floats], readings: list[str]
) -> dict[str, Floats]:
    """AHT, ASA and the mean wait of those who abandoned, in seconds; `counts` are contacts answered and abandoned."""
    handled, abandoned = counts
    unknown = np.full(len(table.rows), np.nan)

    def cells(names: tuple[str | None, ...], role: str) -> dict[tuple[str, str], list[str]]:
        return {(role, name): table.column(name) or [] for name in names if name is not None}

    parts = mapping.aht or ()
    means = cells(parts[:1], "handle") | cells(parts[1:], "wrap_up")
    means |= cells((mapping.asa, mapping.abandon_wait), "wait")
    read = _durations(means, mapping, ("aht", "aht", "asa"), file, table, readings)
    sums = _durations(cells(mapping.handle or (), "wait"), mapping, ("handle",) * 3, file, table, readings)
    waits = cells((mapping.wait_answered, mapping.wait_all), "wait")
    total = _durations(waits, mapping, ("asa",) * 3, file, table, readings)
    aht = _added([values for (role, _), values in read.items() if role != "wait"], unknown)
    if mapping.aht is None:
        aht = _per_contact(_added(list(sums.values()), unknown), handled)
    asa = unknown if mapping.asa is None else read["wait", mapping.asa]
    left = unknown if mapping.abandon_wait is None else read["wait", mapping.abandon_wait]
    if mapping.wait_answered is not None and mapping.asa is None:
        asa = _per_contact(total["wait", mapping.wait_answered], handled)
    if mapping.wait_all is not None and mapping.abandon_wait is None:
        of_answered = np.where(handled > 0, np.nan_to_num(asa) * handled, 0.0)
        left = _per_contact(np.maximum(total["wait", mapping.wait_all] - of_answered, 0.0), abandoned)
    return {"aht": aht, "asa": asa, "abandon wait": left}


def _added(columns: list[Floats], unknown: Floats) -> Floats:
    """The sum of columns, NaN where none holds a time."""
    if not columns:
        return unknown
    stacked = np.array(columns)
    return np.where(np.isnan(stacked).all(axis=0), np.nan, np.nansum(stacked, axis=0))


def _per_contact(total: Floats, contacts: Floats) -> Floats:
    return np.where(contacts > 0, total / np.where(contacts > 0, contacts, 1.0), np.nan)


def _durations(
    columns: dict[tuple[str, str], list[str]],
    mapping: ReportMapping,
    roles: tuple[str, str, str],
    file: str,
    table: ReportTable,
    readings: list[str],
) -> dict[tuple[str, str], Floats]:
    """Seconds by column; a spelling that stays open is asked for by the key of the mapping."""
    if not columns:
        return {}
    names = dict(zip(("handle", "wrap_up", "wait"), roles, strict=True))
    units = {role: mapping.unit[key] for role, key in names.items() if key in mapping.unit}
    clocks = {role: mapping.clock[key] for role, key in names.items() if key in mapping.clock}
    written = {key: [f"0{text}" if text.startswith(":") else text for text in texts] for key, texts in columns.items()}
    try:
        results, said = durations(written, Spelling(units, clocks, mapping.decimal))
    except Unclear as failure:
        raise InvalidFile(file, str(table.first), failure.problem, failure.remedy) from None
    for (_, name), result in results.items():
        if result.unreadable.mean() > _MOST_UNREADABLE:
            at = int(np.flatnonzero(result.unreadable)[0])
            problem = f"{name} is {(table.column(name) or [])[at]!r}, which is no time"
            remedy = "write seconds, 0:03:20, 3m 20s or PT3M20S, or name another column in the mapping"
            raise InvalidFile(file, str(table.numbers[at]), problem, remedy)
        if result.unreadable.any():
            readings.append(f"{name}: {result.unreadable.sum():,} cells are no times and are left out")
    readings += said
    return {key: result.seconds for key, result in results.items()}


def _settled(frame: pd.DataFrame, mapping: ReportMapping, file: str, findings: list[Finding]) -> pd.DataFrame:
    """The rows without those told twice and without queues that are the sum of others."""
    frame = refuse_repeated(frame, mapping.repeated, file, findings)
    return without_sums_of_queues(frame, findings)
