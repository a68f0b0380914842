"""Forecast contacts from a history, and say how wrong such forecasts were.

Methods are tried on the history itself; the one with the least error is used, and shown beside the eight-week mean.

[bold]Examples[/]

  ccplan forecast history.csv --days 28 --country DE --pay-day last

  ccplan forecast january.xlsx february.xlsx --mapping avaya

  ccplan forecast history.csv --by errors

  ccplan forecast history.csv --event "sale, 2026-03-02, 2026-03-08" --onto mine.yaml --output next.yaml

  ccplan forecast months.csv --by month --days 366 --profile "Mon-Fri 08:00-18:00"

  ccplan forecast history.csv --leave-out 2026-02-04 --repair "2026-02-11, Sales"

  ccplan forecast history.csv --today today.csv --onto mine.yaml
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from interface.cli import options, output
from interface.cli.day_update import TodayOptions, show_today
from interface.cli.history_files import read_demand, read_months, read_today
from interface.cli.month_tables import MonthOptions, show_months
from interface.cli.scenario_files import save
from models.forecasting.backtest import NAIVE
from models.forecasting.calendar import CalendarEvent, WorkCalendar, public_holidays
from models.forecasting.day_checks import choices_from
from models.forecasting.day_record import DayRecord
from models.forecasting.forecast import DemandForecast, TypeForecast, forecast_demand
from models.forecasting.history import DemandHistory
from models.forecasting.open_days import HolidayRule
from models.forecasting.to_scenario import to_scenario
from scenarios.errors import InvalidValue
from scenarios.units import seconds
from scenarios.yaml import files

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("day", "interval", "month", "errors")
HOLIDAY_RULES: tuple[HolidayRule, ...] = ("as before", "open", "closed")


@dataclass(frozen=True)
class CalendarOptions:
    """Special days as a person gave them."""

    country: str | None
    holidays: Sequence[str]
    pay_days: Sequence[str]
    events: Sequence[str]
    on_holidays: str


@dataclass(frozen=True)
class ForecastOptions:
    """What is forecast, and how it is shown."""

    days: int
    start: str | None
    interval: str
    method: str | None
    band: float
    by: str
    above: float | None
    contact_type: str


def command(
    history: Annotated[
        list[Path],
        typer.Argument(help="A history, interval report or contact log: CSV or xlsx; several.", show_default=False),
    ],
    days: Annotated[int, typer.Option(help="Calendar days to forecast, 366 at most.")] = 14,
    start: Annotated[str | None, typer.Option(help="The first of them; by default the day after the history.")] = None,
    country: Annotated[str | None, typer.Option(help="Public holidays of a country or region: DE, DE-BY.")] = None,
    holiday: Annotated[list[str] | None, typer.Option(help="A holiday, 2026-05-14; repeatable.")] = None,
    on_holidays: Annotated[str, typer.Option(help="Whether the centre works: as before, open, closed.")] = "as before",
    pay_day: Annotated[list[str] | None, typer.Option(help="A day of the month, or last; repeatable.")] = None,
    event: Annotated[
        list[str] | None,
        typer.Option(help="'sale, 2026-03-02, 2026-03-08, +20%'; without a size it is learnt. Repeatable."),
    ] = None,
    method: Annotated[str | None, typer.Option(help="A method by name; by default the best of the past.")] = None,
    interval: Annotated[str, typer.Option(help="The length of an interval.")] = "30 min",
    band: Annotated[float, typer.Option(help="The share of cases that the band covers.")] = 0.8,
    by: Annotated[str, typer.Option(help="Rows: day, interval, month, or errors of all methods.")] = "day",
    above: Annotated[float | None, typer.Option(help="Also the chance of a day above this volume.")] = None,
    contact_type: Annotated[
        str, typer.Option("--type", help="The contact type of a history that names none.")
    ] = "contacts",
    mapping: Annotated[
        str | None, typer.Option(help="Column mapping: a platform's name, or a YAML file. By default proposed.")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            help="How daily or monthly totals fall on the week: a file of a few weeks, or hours 'Mon-Fri 08:00-18:00'."
        ),
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option(help="Keep this day of the history as it is: 2026-03-02, or with ', type'.")
    ] = None,
    leave_out: Annotated[list[str] | None, typer.Option(help="Leave this day out of the history. Repeatable.")] = None,
    repair: Annotated[
        list[str] | None, typer.Option(help="Replace what is missing or unusual on this day by what is usual.")
    ] = None,
    today: Annotated[
        Path | None,
        typer.Option(
            help="Intervals of a day until now: the rest of it is revised; with --onto also the chance of each target."
        ),
    ] = None,
    chance: Annotated[
        float, typer.Option(help="With --today: the chance of meeting the targets for which agents are added.")
    ] = 0.8,
    onto: Annotated[str | None, typer.Option(help="Write the forecast into this scenario.")] = None,
    target: Annotated[Path | None, typer.Option("--output", "-o", help="Where the scenario is written.")] = None,
    json: options.Json = False,
) -> None:
    """Run ``ccplan forecast``."""
    special = CalendarOptions(country, holiday or (), pay_day or (), event or (), on_holidays)
    settings = ForecastOptions(days, start, interval, method, band, by, above, contact_type)
    _check(settings, special, onto, target)
    scenario = files.load(onto) if onto else None
    choices = [
        *choices_from(keep or (), "keep"),
        *choices_from(leave_out or (), "leave out"),
        *choices_from(repair or (), "repair"),
    ]
    if by == "month" and (months := read_months(history, mapping, contact_type)) is not None:
        show_months(months, profile, MonthOptions(days, band, seconds(interval, "interval"), json))
        return
    demand, lines = read_demand(history, mapping, seconds(interval, "interval"), contact_type, choices, profile)
    for line in lines:
        output.note(line)
    record = read_today(today, mapping, demand.interval, contact_type) if today else None
    with output.progress("contact types") as bar:
        forecast = _forecast(demand, special, settings, record, bar)
    if record is not None:
        show_today(forecast, record, TodayOptions(scenario, chance, target, json))
        return
    notes = list(forecast.notes)
    if scenario is not None:
        result, remarks = to_scenario(forecast, scenario)
        notes += remarks
        if target is not None:
            save(files.dump(result), target)
        elif not json:
            output.write(files.dump(result))
    if json:
        output.write_json(output.records(_rows(forecast, settings)))
        for text in notes:
            output.note(text)
        return
    _show(forecast, settings, notes, beside=scenario is not None and target is None)
    if target is not None:
        name = escape(str(target))
        output.out().print(f"Written to {name}. Next: ccplan simulate {name}")


def event_from(text: str) -> CalendarEvent:
    """An event written as ``name, first day, last day`` with an optional size and contact type.

    Raises
    ------
    InvalidValue
        If it cannot be read.

    Examples
    --------
    >>> event_from("sale, 2026-03-02, 2026-03-04, +25%").size
    0.25
    """
    parts = [part.strip() for part in text.split(",")]
    if not 3 <= len(parts) <= 5 or not parts[0]:
        remedy = "write name, first and last day, and if known a size: 'sale, 2026-03-02, 2026-03-08, +20%'"
        raise InvalidValue("event", text, remedy)
    size = _share(parts[3]) if len(parts) > 3 and parts[3] else None
    contact_type = parts[4] if len(parts) > 4 and parts[4] else None
    return CalendarEvent(parts[0], _day("event", parts[1]), _day("event", parts[2]), size, contact_type)


def _share(text: str) -> float:
    try:
        return float(text.removesuffix("%")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        raise InvalidValue("event", text, "write its size as +20% or 0.2, or leave it out to have it learnt") from None


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidValue(field, text, "write days as in 2026-03-02") from None


def _pay_day(text: str) -> int:
    if text.strip().lower() == "last":
        return -1
    try:
        return int(text)
    except ValueError:
        raise InvalidValue("pay day", text, "give a day of the month, or last") from None


def _check(options: ForecastOptions, special: CalendarOptions, onto: str | None, target: Path | None) -> None:
    if options.by not in TABLES:
        raise InvalidValue("by", options.by, f"known are {', '.join(TABLES)}")
    if special.on_holidays not in HOLIDAY_RULES:
        raise InvalidValue("on holidays", special.on_holidays, f"known are {', '.join(HOLIDAY_RULES)}")
    if not 0 < options.band < 1:
        raise InvalidValue("band", options.band, "give the share of days that the band shall cover, as in 0.8")
    if target is not None and onto is None:
        raise InvalidValue("output", str(target), "a scenario needs routing and staffing: add --onto SCENARIO")


def _forecast(
    demand: DemandHistory,
    special: CalendarOptions,
    options: ForecastOptions,
    record: DayRecord | None,
    bar: output.Bar,
) -> DemandForecast:
    first = record.day if record else _day("start", options.start) if options.start else None
    days = 1 if record else options.days
    calendar = _calendar(demand, special, (first or date.min) + timedelta(days=days))
    rule = next(rule for rule in HOLIDAY_RULES if rule == special.on_holidays)
    return forecast_demand(demand, days, calendar, first=first, method=options.method, holidays=rule, progress=bar)


def _calendar(demand: DemandHistory, special: CalendarOptions, end: date) -> WorkCalendar:
    first = min(series.days[0] for series in demand.types.values())
    last = max(series.days[-1] for series in demand.types.values())
    years = range(first.year, max(end.year, last.year) + 2)
    holidays = public_holidays(special.country, years) if special.country else {}
    holidays |= {_day("holiday", text): "holiday" for text in special.holidays}
    pay_days = tuple(_pay_day(text) for text in special.pay_days)
    return WorkCalendar(holidays, pay_days, tuple(event_from(text) for text in special.events))


def _rows(forecast: DemandForecast, options: ForecastOptions) -> pd.DataFrame:
    if options.by == "interval":
        return forecast.table(options.band)
    if options.by == "month":
        return forecast.month_table(options.band)
    return forecast.error_table() if options.by == "errors" else forecast.day_table(options.band, options.above)


def _show(forecast: DemandForecast, options: ForecastOptions, notes: list[str], beside: bool) -> None:
    """The table and what it rests on; beside a scenario on standard output all of it on standard error."""
    console = output.err() if beside else output.out()
    rows = _rows(forecast, options)
    left = 2 if options.by != "errors" else 1
    if options.by == "errors":
        rows = rows[["contact_type", "method", "days_ahead", "intervals", "days", "forecasts"]]
        left = 2
    headers = [str(name).replace("_", " ") for name in rows.columns]
    lines = [[_cell(name, value) for name, value in row.items()] for row in output.records(rows)]
    console.print(output.table(headers, lines, left=left))
    for name, part in forecast.types.items():
        console.print(f"[bold]{escape(name)}[/]: {escape(_summary(part))}")
    for text in notes:
        console.print(f"[yellow]Note[/] {escape(text)}")


def _summary(part: TypeForecast) -> str:
    by_interval, by_day = part.errors.error(part.method)
    naive_interval, naive_day = part.errors.error(NAIVE)
    return (
        f"{part.method}; past error (WAPE) of intervals {by_interval:.1%}, of days {by_day:.1%};"
        f" {NAIVE} {naive_interval:.1%} and {naive_day:.1%}. {part.errors.verdict(part.method)}"
    )


def _cell(column: str, value: object) -> str:
    if isinstance(value, float):
        if column in ("intervals", "days", "chance_above"):
            return output.number(value, "share")
        return output.number(value, "s" if column == "aht" else "contacts")
    return escape(f"{value:%Y-%m-%d %H:%M}" if column == "start" and isinstance(value, date) else str(value))
