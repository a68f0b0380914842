"""Whatever a platform exports: a contact log, the events of a queue log, or an interval report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scenarios.contact_log.interval_tables import IntervalTable, refuse_interval_table
from scenarios.contact_log.logfile import MOST_BYTES, ZIP, Progress, read_table, unpacked_content
from scenarios.contact_log.mapping import GENERIC, Duration, Mapping
from scenarios.contact_log.records import Records, read_records
from scenarios.errors import InvalidFile
from scenarios.interval_report.mapping import ReportMapping
from scenarios.interval_report.proposal import NO_TIME
from scenarios.interval_report.queue_log import contact_log_of, is_queue_log
from scenarios.interval_report.reading import IntervalReport, read_report
from scenarios.log_mapping.proposal import proposed_log_mapping

_TIMES: tuple[tuple[str, Duration], ...] = (("aht", "handle"), ("asa", "wait"))
"""Roles of times of a report, by that of the log."""
_OF_CELLS = frozenset(
    ("date_format", "time_format", "timezone", "log_timezone", "decimal", "encoding", "empty", "unit", "clock")
)
"""What a mapping says of how cells are written."""
_BEGINNING = 100_000
"""Bytes by which a long file is recognised as a report."""
_OF_A_CENTRE = ("pools", "timezone", "log_timezone", "shortest_handle", "longest_handle", "keep_zero_waits")
"""What a mapping says of the centre rather than of the columns of a file."""


def read_export(
    source: str | Path | bytes,
    mapping: Mapping | ReportMapping = GENERIC,
    name: str = "",
    contact_type: str = "contacts",
    limit: int = MOST_BYTES,
    progress: Progress | None = None,
) -> Records | IntervalReport:
    r"""The contacts of a log, or the intervals of a report, by what the file holds.

    Parameters
    ----------
    source
        A path, or the content of an uploaded file.
    mapping
        The layout; the generic one stands for none. What a mapping for logs says of dates, clocks and columns is used
        for a report too, if the file turns out to be one. Of a queue log, whose columns are known, only what it says of
        the centre: pools, time zones and limits of handle times.
    name
        The name that errors use for uploaded content.
    contact_type
        The name of contacts in a report that names no queue.
    limit
        The most bytes, packed and unpacked.
    progress
        Called with rows done and in all; it may raise to stop the reading.

    Raises
    ------
    InvalidFile
        If the file is neither.

    Examples
    --------
    >>> report = read_export(b"Interval,Calls\n2026-03-02 08:00,20\n2026-03-02 08:30,24\n", name="day.csv")
    >>> type(report).__name__, report.table["offered"].sum()
    ('IntervalReport', np.float64(44.0))
    """
    if isinstance(mapping, ReportMapping):
        return read_report(source, mapping, name, contact_type, limit, progress)
    label, raw = unpacked_content(source, name, limit)
    if is_queue_log(raw[:500]):
        own = {field: getattr(mapping, field) for field in _OF_A_CENTRE}
        return read_records(contact_log_of(raw), GENERIC.model_copy(update=own), label, limit, progress)
    given = None if mapping.name == GENERIC.name else _report_mapping(mapping)
    try:
        _refuse_long_report(raw, mapping, label, limit)
        return read_records(raw, mapping, label, limit, progress)
    except IntervalTable:
        return read_report(raw, given, label, contact_type, limit, progress)
    except InvalidFile as failure:
        own_columns = given is not None and mapping.arrival != GENERIC.arrival
        if own_columns or "there is no column" not in failure.problem:
            raise
        return _recognised(raw, mapping, given, label, contact_type, limit, failure)


def _refuse_long_report(raw: bytes, mapping: Mapping, label: str, limit: int) -> None:
    """Refuse a long report as a log by its beginning, before all of it is read as one.

    Raises
    ------
    IntervalTable
        If its columns hold counts by interval.
    """
    if len(raw) < 2 * _BEGINNING or raw.startswith(ZIP):
        return
    try:
        table = read_table(raw[:_BEGINNING], label, mapping.encoding, limit, mapping.arrival)
    except InvalidFile:  # it may be cut off in a cell; whatever is wrong is found when all is read
        return
    refuse_interval_table(table)


def _recognised(
    raw: bytes,
    mapping: Mapping,
    given: ReportMapping | None,
    label: str,
    contact_type: str,
    limit: int,
    failure: InvalidFile,
) -> Records | IntervalReport:
    """The report in a file that names none of the columns of a generic log, or the log by a proposed mapping.

    Raises
    ------
    InvalidFile
        The first error, where it is neither.
    """
    try:
        return read_report(raw, given, label, contact_type, limit)
    except InvalidFile as problem:
        if not (problem.problem.startswith("no row names") or "no column tells" in problem.problem):
            raise
        untimed = problem if problem.problem == NO_TIME else None
    proposal = proposed_log_mapping(raw, label, mapping.encoding)
    if proposal is None:
        raise untimed or failure
    columns, readings = proposal
    said = {name: getattr(mapping, name) for name in mapping.model_fields_set & _OF_CELLS}
    records = read_records(raw, columns.model_copy(update=said), label, limit)
    report = replace(records.report, readings=(*readings, *records.report.readings))
    return replace(records, report=report)


def _report_mapping(mapping: Mapping) -> ReportMapping:
    """What a mapping for logs says of an interval report."""
    values = {
        "name": mapping.name,
        "date": mapping.date,
        "start": mapping.arrival,
        "queue": None if mapping.type is None else (mapping.type,),
        "asa": None if mapping.wait is None else mapping.wait[0],
        "aht": mapping.handle,
        "unit": {role: mapping.unit[key] for role, key in _TIMES if key in mapping.unit},
        "clock": {role: mapping.clock[key] for role, key in _TIMES if key in mapping.clock},
        "as_present": True,
    }
    shared = ("date_format", "time_format", "timezone", "log_timezone", "decimal", "encoding", "empty")
    values |= {name: getattr(mapping, name) for name in shared if name in mapping.model_fields_set}
    return ReportMapping.model_validate({name: value for name, value in values.items() if value})
