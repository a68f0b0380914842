"""An interval report read into a tidy table, with what was dropped, how it was read, and what looks odd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scenarios.contact_log.logfile import MOST_BYTES, Progress
from scenarios.contact_log.records import Finding, Report
from scenarios.errors import InvalidFile
from scenarios.interval_report.checks import refuse_repeated, suspicions, without_sums_of_queues
from scenarios.interval_report.mapping import ReportMapping
from scenarios.interval_report.proposal import proposed
from scenarios.interval_report.rows import rows_of
from scenarios.interval_report.sheets import Sheet, sheets_of
from scenarios.interval_report.tables import ReportTable, table_of
from scenarios.interval_report.times import MONTH, interval_length, order_of_dates
from scenarios.units import DAY

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    *("when", "contact type", "offered", "answered", "abandoned", "aht", "asa", "abandon wait", "within", "agents"),
)
"""The columns of a report that was read; times in seconds, NaN where the file does not tell."""
DEFAULT_QUEUE = "contacts"
_SHORTEST_PART = 300.0
"""Seconds; intervals that begin at odd minutes stay as they are."""


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
        totals = {DAY: "daily totals", MONTH: "monthly totals"}
        length = totals.get(self.interval, f"intervals of {self.interval / 60:g} min")
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
    progress: Progress | None = None,
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
    progress
        Called with rows done and in all; it may raise to stop the reading.

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

    file, sheets, notes = sheets_of(source, name, mapping.encoding if mapping else None, limit, progress)
    tables, readings = _tables(sheets, file, mapping)
    month_first, order_notes = order_of_dates(list(tables.values()), file)
    findings: list[Finding] = []
    parts: list[pd.DataFrame] = []
    times = []
    total = sum(len(table.rows) for table, _ in tables.values())
    for sheet, (table, used) in tables.items():
        label = sheet if len(tables) > 1 else ""
        if progress:
            progress(total + sum(len(part) for part in parts), 2 * total)
        rows, row_times = rows_of(table, used, month_first, file, findings, readings, contact_type, label)
        parts.append(rows)
        times.append(row_times)
    frame = pd.concat(parts, ignore_index=True)
    if frame.empty:
        raise InvalidFile(file, "", "no row holds an interval with contacts", "name the columns in a mapping")
    table, first = next(iter(tables.values()))
    begin, end = (np.concatenate([getattr(part, name) for part in times]) for name in ("begin", "end"))
    length = interval_length(begin, end, times[-1].daily, first, file)
    frame["agents"] = frame["agents"].fillna(frame["staffed time"] / length)
    frame = _settled(frame, first, file, findings)
    readings = list(dict.fromkeys([*notes, *readings, *order_notes]))
    kept, odd = len(frame), suspicions(frame, length)
    frame, length = _on_the_hour(frame, length, readings)
    if progress:
        progress(2 * total, 2 * total)
    report = Report(total, kept, tuple(findings), tuple(readings), (), odd)
    return IntervalReport(file, frame, length, first, report, table.named_columns)


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
) -> tuple[dict[str, tuple[ReportTable, ReportMapping]], list[str]]:
    """The tables by the names of the sheets that hold one, each with its mapping; and how they were read."""
    wanted = {name.casefold() for name in given.sheets} if given else set()
    tables: dict[str, tuple[ReportTable, ReportMapping]] = {}
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
        tables[sheet.name] = table, mapping
        readings += [*table.notes, *notes, *_columns(table, mapping)]
    if tables:
        return tables, list(dict.fromkeys(readings))
    if failure is None:
        seen = ", ".join(sheet.name for sheet in sheets)
        raise InvalidFile(file, "", "no sheet of those wanted is there", f"the workbook has {seen}")
    raise failure


def _columns(table: ReportTable, mapping: ReportMapping) -> list[str]:
    """Which column is read as what, and which are left aside."""
    used = {name.casefold() for names in mapping.columns.values() for name in names}
    shown = [f"{' + '.join(names)} = {role.replace('_', ' ')}" for role, names in mapping.columns.items()]
    aside = [name for name in table.named_columns if name.casefold() not in used]
    lines = [f"columns: {', '.join(shown)}"]
    return [*lines, f"columns left aside: {', '.join(aside)}"] if aside else lines


def _on_the_hour(frame: pd.DataFrame, length: float, readings: list[str]) -> tuple[pd.DataFrame, float]:
    """The rows in intervals of which midnight is a border: those that begin between, as hours from half past, in parts.

    Contacts are spread evenly over the parts, times and agents are the same in each.
    """
    import pandas as pd

    seconds = (frame["when"] - frame["when"].dt.normalize()).dt.total_seconds().to_numpy().round().astype(np.int64)
    part = float(np.gcd(round(length), np.gcd.reduce(seconds)))
    if length >= DAY or part == length or part < _SHORTEST_PART:
        return frame, length
    count = round(length / part)
    spread = frame.assign(**{name: frame[name] / count for name in ("offered", "answered", "abandoned", "within")})
    steps = [spread.assign(when=spread["when"] + pd.Timedelta(seconds=step * part)) for step in range(count)]
    readings.append(
        f"intervals of {length / 60:g} min from between the hours: spread evenly over {part / 60:g} min each"
    )
    return pd.concat(steps).sort_values(["when", "contact type"], kind="stable").reset_index(drop=True), part


def _settled(frame: pd.DataFrame, mapping: ReportMapping, file: str, findings: list[Finding]) -> pd.DataFrame:
    """The rows in order, without those told twice and without queues that are the sum of others."""
    frame = without_sums_of_queues(refuse_repeated(frame, mapping.repeated, file, findings), findings)
    return frame.sort_values(["when", "contact type"], kind="stable").reset_index(drop=True)[list(COLUMNS)]
