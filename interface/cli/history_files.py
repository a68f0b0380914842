"""Histories of demand in files: tidy tables, interval reports and contact logs, one or several together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from interface.cli import output
from interface.cli.layouts import layout_named
from models.forecasting.day_checks import DayChoice
from models.forecasting.day_record import DayRecord, day_of, read_day
from models.forecasting.history import DemandHistory, history_of, is_tidy, read_history
from scenarios.contact_log.mapping import GENERIC
from scenarios.contact_log.records import Records
from scenarios.errors import InvalidFile
from scenarios.interval_report.exports import read_export
from scenarios.interval_report.history_table import contacts_by_interval
from scenarios.interval_report.reading import IntervalReport, joined

if TYPE_CHECKING:
    import pandas as pd

HISTORY_COLUMNS = [
    *("when", "contact type", "offered", "answered", "abandoned", "aht", "asa", "abandon wait", "within", "agents"),
]
"""The columns of a history that is kept in a file."""


def read_demand(
    paths: Sequence[Path],
    mapping: str | None,
    interval: float,
    contact_type: str,
    choices: Sequence[DayChoice] = (),
) -> tuple[DemandHistory, list[str]]:
    """The history in some files, and lines on how they were read; `choices` say what is done with doubtful days.

    Raises
    ------
    InvalidFile, InvalidValue
        If a file is no history, files of different kinds are given together, or they contradict each other.
    """
    if len(paths) == 1 and mapping is None and is_tidy(paths[0]):
        return read_history(paths[0], interval, contact_type, choices), []
    layout = GENERIC if mapping is None else layout_named(mapping)
    with output.progress("rows") as bar:
        exports = [read_export(path, layout, contact_type=contact_type, progress=bar) for path in paths]
    reports = [export for export in exports if isinstance(export, IntervalReport)]
    logs = [export for export in exports if isinstance(export, Records)]
    if logs and len(exports) > 1:
        problem = "contact logs are read one at a time"
        raise InvalidFile(paths[0], "", problem, "import each to a history (-o history.csv) and give these together")
    if logs:
        table = contacts_by_interval(logs[0], interval)
        return history_of(table, interval, paths[0].name, contact_type, choices), logs[0].report.lines()
    report = joined(reports)
    lines = [*report.described(), *map(str, report.report.suspicions)]
    return history_of(report.table, interval, report.name, contact_type, choices), lines


def read_today(path: Path, mapping: str | None, interval: float, contact_type: str) -> DayRecord:
    """What came so far on a day, from a tidy table or an interval report.

    Raises
    ------
    InvalidFile, InvalidValue
        If it cannot be read, or holds several days.
    """
    if mapping is None and is_tidy(path):
        return read_day(path, interval, contact_type)
    layout = GENERIC if mapping is None else layout_named(mapping)
    export = read_export(path, layout, contact_type=contact_type)
    if isinstance(export, Records):
        remedy = "count it by interval first: ccplan import LOG -o today.csv, without the intervals to come"
        raise InvalidFile(path, "", "a contact log does not tell until when it was kept", remedy)
    return day_of(export.table, interval, path, contact_type)


def history_table(report: IntervalReport) -> pd.DataFrame:
    """The rows of a report as a history is kept: without columns that are empty."""
    table = report.table[HISTORY_COLUMNS]
    return table.drop(columns=[name for name in HISTORY_COLUMNS[3:] if table[name].isna().all()])
