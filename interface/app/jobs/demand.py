"""What the Demand page asks of the workers: reading an export, forecasting it, and a scenario of its days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from interface.app.jobs.jobs import Progress
from models.calibration.first_attempts import RedialAssumption, without_assumed_redials
from models.calibration.redials import without_redials
from models.forecasting.calendar import CalendarEvent, WorkCalendar, public_holidays
from models.forecasting.day_checks import DayChoice
from models.forecasting.day_record import DayRecord, day_of
from models.forecasting.forecast import DemandForecast, forecast_demand
from models.forecasting.history import DemandHistory, history_of, native_interval
from models.forecasting.open_days import HolidayRule
from models.forecasting.spread import ALL_TYPES, profile_of_hours, spread_totals
from scenarios.contact_log.mapping import GENERIC, Mapping
from scenarios.contact_log.records import Records, Suspicion
from scenarios.errors import InvalidFile
from scenarios.interval_report.exports import read_export
from scenarios.interval_report.history_table import contacts_by_interval
from scenarios.interval_report.mapping import ReportMapping, report_mapping_from
from scenarios.interval_report.platforms import layout, layout_from
from scenarios.interval_report.reading import IntervalReport
from scenarios.interval_report.times import MONTH
from scenarios.scenario import Scenario
from scenarios.units import DAY
from scenarios.yaml.parse import read
from scenarios.yaml.tables import decoded
from studies.rest_of_day import RestOfDay, rest_of_day

RECOGNISE = "Recognise the columns"
_OF_CELLS = frozenset({"date_format", "clock", "decimal"})
"""Choices on how cells are written, of logs and reports alike."""
INTERVAL = 1800.0
"""Seconds of the intervals that are forecast, unless those of the file are longer."""
_SHOWN_ROWS = 8
_SAMPLE_WEEKS = 12


@dataclass(frozen=True)
class ReadExport:
    """An export as it was read."""

    name: str
    history: DemandHistory
    first_rows: pd.DataFrame
    lines: tuple[str, ...]
    suspicions: tuple[Suspicion, ...]
    mapping: ReportMapping | None
    """None for a contact log."""
    columns: tuple[str, ...]
    report: IntervalReport | None


@dataclass(frozen=True)
class ForecastRequest:
    """What is asked of a forecast."""

    days: int
    country: str
    pay_days: tuple[int, ...]
    events: tuple[CalendarEvent, ...]
    on_holidays: HolidayRule


def sample_report() -> bytes:
    """Twelve made-up weeks of half-hours as a platform would export them.

    Examples
    --------
    >>> sample_report().decode().splitlines()[0]
    'Date,Interval,Queue,Offered,Answered,Abandoned,AHT'
    """
    random = np.random.default_rng(3)
    clock = np.arange(16, 40)
    profile = np.exp(-((clock - 21) ** 2) / 18) + 0.8 * np.exp(-((clock - 30) ** 2) / 24) + 0.1
    lines = ["Date,Interval,Queue,Offered,Answered,Abandoned,AHT"]
    for number in range(7 * _SAMPLE_WEEKS):
        day = date(2026, 1, 5) + timedelta(days=number)
        if day.weekday() > 4:
            continue
        level = 75 * (1.25, 1.05, 1.0, 0.95, 0.85)[day.weekday()] * random.gamma(200, 1 / 200)
        for half, weight in zip(clock.tolist(), profile.tolist(), strict=True):
            offered = int(random.poisson(level * weight))
            left = int(random.binomial(offered, 0.05))
            aht = round(float(random.normal(290, 12)))
            start = f"{half // 2:02d}:{30 * (half % 2):02d}"
            lines.append(f"{day},{start},Calls,{offered},{offered - left},{left},{aht}")
    return "\n".join(lines).encode()


def mapping_for(layout_name: str, changes: dict[str, Any], content: bytes | None) -> Mapping | ReportMapping:
    """The mapping that a person chose: a file, a ready one, or what the form says.

    Raises
    ------
    InvalidValue, InvalidScenario, InvalidFile
        If they make no mapping.
    """
    if content is not None:
        values = read(decoded(content, "mapping"), "mapping").values
        return layout_from(dict(values) | changes) if isinstance(values, dict) else layout_from(values)
    if layout_name != RECOGNISE:
        chosen = layout(layout_name)
        return layout_from(_given(chosen) | changes) if changes else chosen
    if not changes:
        return GENERIC
    if changes.keys() <= _OF_CELLS:
        return layout_from(_given(GENERIC) | {"name": "own"} | changes)
    return report_mapping_from({"name": "own", "as_present": True} | changes)


def _given(mapping: Mapping | ReportMapping) -> dict[str, Any]:
    return {name: getattr(mapping, name) for name in mapping.model_fields_set}


def read_upload(
    progress: Progress,
    content: bytes,
    name: str,
    layout_name: str,
    changes: dict[str, Any],
    mapping_file: bytes | None,
    choices: tuple[DayChoice, ...] = (),
    redials: RedialAssumption | None = None,
    hours: str = "",
) -> ReadExport:
    """The history in the content of a file; heavy, so made by a worker, with rows as its steps.

    Daily and monthly totals are spread over the opening `hours`; monthly ones are refused without. With an assumption
    about redials it holds first attempts: by caller ids of a log, else as assumed.
    """
    chosen = mapping_for(layout_name, changes, mapping_file)
    export = read_export(content, chosen, name, progress=progress.step)
    if isinstance(export, Records):
        counted = export if redials is None else without_redials(export)
        table = contacts_by_interval(counted, INTERVAL)
        lines, odd = tuple(export.report.lines()), export.report.suspicions
        if redials is not None:
            lines = (*lines, f"{len(export) - len(counted):,} redials left out, by caller ids")
        history = history_of(table, INTERVAL, name, choices=choices)
        return ReadExport(name, history, _first(table), lines, odd, None, (), None)
    first, notes = without_assumed_redials(export, redials)
    table, remarks = _spread(first, hours)
    history = history_of(table, max(INTERVAL, native_interval(table, name)), name, choices=choices)
    lines, odd = (*export.described(), *notes, *remarks), export.report.suspicions
    return ReadExport(name, history, _first(export.table), lines, odd, export.mapping, export.columns, export)


def _spread(report: IntervalReport, hours: str) -> tuple[pd.DataFrame, list[str]]:
    """The rows of a report, daily and monthly totals spread over opening hours; and notes on it."""
    monthly = report.interval == MONTH
    if not hours and monthly:
        problem = "monthly totals do not tell how contacts spread over days and intervals"
        remedy = "enter the opening hours of the contacts under How the file is written"
        raise InvalidFile(report.name, "", problem, remedy)
    if not hours or report.interval < DAY:
        return report.table, []
    table, notes = spread_totals(report.table, monthly, {ALL_TYPES: profile_of_hours(hours)})
    note = f"totals spread evenly over {hours}: within them nothing was counted, so past errors of days say little"
    return table, [note, *notes]


def _first(table: pd.DataFrame) -> pd.DataFrame:
    rows = table.head(_SHOWN_ROWS)
    shown = rows.drop(columns=[name for name in rows.columns if table[name].isna().all()])
    times = {"aht": "AHT (s)", "asa": "ASA (s)", "abandon wait": "Wait of abandoned (s)", "within": "In target time"}
    return shown.rename(columns=lambda name: times.get(str(name), str(name).capitalize()))


def forecast(progress: Progress, history: DemandHistory, request: ForecastRequest) -> DemandForecast:
    """The forecast of a history; contact types are its steps."""
    progress.step(0, len(history.types))
    return forecast_demand(
        history,
        request.days,
        calendar_of(history, request),
        holidays=request.on_holidays,
        progress=progress.step,
    )


def calendar_of(history: DemandHistory, request: ForecastRequest) -> WorkCalendar:
    """The special days of a history and the days after it.

    Raises
    ------
    InvalidValue
        If the country is not known.
    """
    first = min(series.days[0] for series in history.types.values())
    last = max(series.days[-1] for series in history.types.values()) + timedelta(days=request.days)
    years = range(first.year, last.year + 2)
    holidays = public_holidays(request.country, years) if request.country else {}
    return WorkCalendar(holidays, request.pay_days, request.events)


def read_today(
    content: bytes, name: str, layout_name: str, changes: dict[str, Any], mapping_file: bytes | None, interval: float
) -> DayRecord:
    """What came until now, from an interval report of today.

    Raises
    ------
    InvalidFile
        If it is no report, or holds several days.
    """
    export = read_export(content, mapping_for(layout_name, changes, mapping_file), name)
    if isinstance(export, Records):
        problem = "a contact log does not tell until when it was kept"
        raise InvalidFile(name, "", problem, "upload the intervals of today that are over")
    return day_of(export.table, interval, name)


def chances_of_today(
    progress: Progress, forecast: DemandForecast, record: DayRecord, scenario: Scenario, wanted: float
) -> RestOfDay:
    """The chance of meeting each target today, and the agents that would repair it; simulated days are its steps."""
    return rest_of_day(forecast, record, scenario, wanted, progress=progress.step)


def scenario_of_days(
    report: IntervalReport, name: str, redials: RedialAssumption | None = None
) -> tuple[Scenario, tuple[str, ...]]:
    """The scenario of the days of a report, and the notes on it; heavy, so made by a worker."""
    from models.calibration.from_report import scenario_of

    scenario, _, notes = scenario_of(report, name, redials=redials)
    return scenario, (*report.described(), *notes)
