"""Histories of demand in files: tidy tables, interval reports and contact logs, one or several together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from interface.cli import output
from interface.cli.layouts import layout_named
from models.forecasting.day_checks import DayChoice
from models.forecasting.day_record import DayRecord, day_of, read_day
from models.forecasting.history import (
    DEFAULT_TYPE,
    DemandHistory,
    csv_table,
    history_of,
    is_tidy,
    read_history,
    tidy_rows,
)
from models.forecasting.spread import ALL_TYPES, WeekProfile, profile_of_hours, profiles_of_history, spread_totals
from scenarios.contact_log.mapping import GENERIC
from scenarios.contact_log.records import Records
from scenarios.errors import InvalidFile, InvalidValue
from scenarios.interval_report.exports import read_export
from scenarios.interval_report.history_table import contacts_by_interval
from scenarios.interval_report.reading import IntervalReport, joined
from scenarios.interval_report.times import MONTH
from scenarios.units import DAY

if TYPE_CHECKING:
    import pandas as pd

_SHORTEST_MONTH = 28
"""Days."""
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
    profile: str | None = None,
) -> tuple[DemandHistory, list[str]]:
    """The history in some files, and lines on how they were read.

    `choices` say what is done with doubtful days, `profile` how daily and monthly totals fall on the week.

    Raises
    ------
    InvalidFile, InvalidValue
        If a file is no history, files of different kinds are given together, or they contradict each other.
    """
    tidy = len(paths) == 1 and mapping is None and is_tidy(paths[0])
    if tidy and profile is None and not _is_monthly(paths[0], contact_type):
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
    table, notes = spread_by(report, profile, interval)
    return history_of(table, interval, report.name, contact_type, choices), [*lines, *notes]


def read_months(paths: Sequence[Path], mapping: str | None, contact_type: str) -> IntervalReport | None:
    """The monthly totals in some files; None if they hold anything else.

    Raises
    ------
    InvalidFile, InvalidValue
        If a file cannot be read.
    """
    if mapping is None and len(paths) == 1 and is_tidy(paths[0]) and not _is_monthly(paths[0], contact_type):
        return None
    layout = GENERIC if mapping is None else layout_named(mapping)
    reports = []
    for path in paths:
        export = read_export(path, layout, contact_type=contact_type)
        if isinstance(export, Records) or export.interval != MONTH:
            return None
        reports.append(export)
    return joined(reports)


def _is_monthly(path: Path, contact_type: str) -> bool:
    """Whether the times of a tidy table are months apart."""
    times = tidy_rows(csv_table(path), path, contact_type)["when"].to_numpy().astype("datetime64[D]")
    steps = np.diff(np.unique(times)).astype(int)
    return bool(len(steps) and steps.min() >= _SHORTEST_MONTH)


def spread_by(report: IntervalReport, profile: str | None, interval: float) -> tuple[pd.DataFrame, list[str]]:
    """The rows of a report, daily and monthly totals spread by a profile if one is given; and notes on it.

    Raises
    ------
    InvalidFile, InvalidValue
        If monthly totals come without a profile, or the profile cannot be read.
    """
    monthly = report.interval == MONTH
    if profile is None:
        if monthly:
            problem = "monthly totals do not tell how contacts spread over days and intervals"
            remedy = "add --profile 'Mon-Fri 08:00-18:00' or --profile with a file of a few weeks; or ask --by month"
            raise InvalidFile(report.name, "", problem, remedy)
        return report.table, []
    if report.interval < DAY:
        raise InvalidValue("profile", profile, f"{report.name} has intervals of its own; leave the profile out")
    table, notes = spread_totals(report.table, monthly, profiles_named(profile, interval))
    totals = "monthly" if monthly else "daily"
    said = (
        f"{totals} totals spread by the profile {profile}: within them nothing was counted, so past errors of days and"
    )
    return table, [f"{said} intervals say little", *notes]


def profiles_named(profile: str, interval: float) -> dict[str, WeekProfile]:
    """The profiles in a file of a few weeks by interval, or of opening hours.

    Raises
    ------
    InvalidFile, InvalidValue
        If it is neither.
    """
    path = Path(profile)
    if path.is_file():
        return profiles_of_history(read_demand([path], None, interval, DEFAULT_TYPE)[0])
    return {ALL_TYPES: profile_of_hours(profile, interval)}


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
