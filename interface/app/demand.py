"""What a person enters on the Demand page, how the columns are read, and the tables of a forecast."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from interface.app.jobs.demand import ForecastRequest, calendar_of
from models.forecasting.calendar import CalendarEvent
from models.forecasting.day_record import DayRecord
from models.forecasting.forecast import DemandForecast
from models.forecasting.history import DemandHistory
from models.forecasting.intraday import update_day
from scenarios.errors import InvalidValue
from scenarios.interval_report.mapping import ReportMapping
from scenarios.units import clock

NONE = "none"
COLUMN_LABELS = {
    "date": "Date",
    "start": "Interval",
    "queue": "Contact type",
    "offered": "Offered",
    "answered": "Answered",
    "abandoned": "Abandoned",
    "aht": "AHT (mean)",
    "handle": "Handle time (total)",
    "asa": "ASA",
    "agents": "Agents",
}
"""Roles of columns that can be corrected on the page, by the label of their choice."""


def pay_days_from(text: str) -> tuple[int, ...]:
    """Days of the month in a text; ``last`` is the last one.

    Raises
    ------
    InvalidValue
        If a part is neither.

    Examples
    --------
    >>> pay_days_from("15, last")
    (15, -1)
    """
    days = []
    for part in filter(None, (part.strip().lower() for part in text.replace(";", ",").split(","))):
        if part != "last" and not part.isdigit():
            raise InvalidValue("Pay days", part, "enter days of the month, or last, as in 15, last")
        days.append(-1 if part == "last" else int(part))
    return tuple(days)


def month_rows(forecast: DemandForecast, name: str, level: float) -> pd.DataFrame:
    """The months of a forecast of one contact type with their band, for display."""
    rows = forecast.month_table(level)
    rows = rows[rows["contact_type"] == name].drop(columns="contact_type")
    labels = {"month": "Month", "days": "Open days", "offered": "Forecast", "low": "Low", "high": "High"}
    return rows.round(0).rename(columns=labels)


def special_days(history: DemandHistory, request: ForecastRequest, forecast: DemandForecast) -> pd.DataFrame:
    """The special days among those that are forecast."""
    calendar = calendar_of(history, request)
    rows = []
    for step in range(forecast.days):
        day = forecast.first + timedelta(days=step)
        words = [calendar.holidays[day]] if calendar.is_holiday(day) else []
        words += ["bridge day"] if calendar.is_bridge_day(day) else []
        words += ["day after a holiday"] if calendar.is_after_holiday(day) else []
        words += ["pay day"] if calendar.is_pay_day(day) else []
        words += [_event_words(event) for event in request.events if event.covers(day)]
        if words:
            rows.append({"Day": f"{day:%a %Y-%m-%d}", "Special because": ", ".join(words)})
    return pd.DataFrame(rows, columns=["Day", "Special because"])


def _event_words(event: CalendarEvent) -> str:
    return f"{event.name} (learnt)" if event.size is None else f"{event.name} ({100 * event.size:+.0f} %)"


def sheets(forecast: DemandForecast, level: float) -> dict[str, pd.DataFrame]:
    """The tables of a forecast by the name of their sheet."""
    return {
        "Days": forecast.day_table(level),
        "Intervals": forecast.table(level),
        "Months": forecast.month_table(level),
        "Past errors": forecast.error_table(),
    }


def rest_of_day_rows(forecast: DemandForecast, name: str, record: DayRecord) -> tuple[str, pd.DataFrame] | None:
    """A sentence on today and its remaining intervals, as forecast and revised; None if today is not forecast."""
    part = forecast.types[name]
    if record.day not in part.days or name not in record.counts:
        return None
    before = part.volume[part.days.index(record.day)]
    update = update_day(part.errors, part.method, before, record.counts[name], record.passed)
    rest = slice(record.passed, None)
    change = update.forecast[rest].sum() / max(before[rest].sum(), 1e-9) - 1
    until = clock(record.passed * forecast.interval)
    left = f"{update.forecast[rest].sum():,.0f} contacts"
    sentence = (
        f"{100 * update.deviation:+.1f} % against the forecast until {until}. The rest of the day is revised by "
        f"{100 * change:+.1f} % to {left}, as learnt from {update.past_days} past days."
    )
    slots = [slot for slot in range(record.passed, len(before)) if before[slot] > 0]
    rows = {
        "From": [clock(slot * forecast.interval) for slot in slots],
        "Forecast": before[slots].round(1),
        "Revised": update.forecast[slots].round(1),
    }
    return sentence, pd.DataFrame(rows)


def error_rows(forecast: DemandForecast, name: str) -> pd.DataFrame:
    """The past errors of every method for a contact type, for display."""
    rows = forecast.error_table()
    rows = rows[rows["contact_type"] == name]
    return pd.DataFrame(
        {
            "Method": [
                f"{method} (used)" if used else method
                for method, used in zip(rows["method"], rows["chosen"], strict=True)
            ],
            "Open days ahead": [f"up to {ahead}" for ahead in rows["days_ahead"]],
            "Error of intervals": [_percent(value) for value in rows["intervals"]],
            "Error of days": [_percent(value) for value in rows["days"]],
            "Days compared": rows["forecasts"].to_numpy(),
        }
    )


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %" if np.isfinite(value) else "–"


def corrected(mapping: ReportMapping, choices: Mapping[str, str]) -> dict[str, Any]:
    """The columns that a person chose otherwise than the mapping has them."""
    changes: dict[str, Any] = {}
    for role, choice in choices.items():
        before = mapping.columns.get(role, ())
        if (choice == NONE and before) or (choice != NONE and before[:1] != (choice,)):
            changes[role] = None if choice == NONE else choice
    return changes


def matches(types: Iterable[str], known: tuple[str, ...]) -> dict[str, str]:
    """For each contact type of a forecast the one of the scenario that it most likely is; empty where none is.

    Examples
    --------
    >>> matches(["Calls", "Mail"], ("calls", "chat")), matches(["Sales"], ("calls",))
    ({'Calls': 'calls', 'Mail': ''}, {'Sales': 'calls'})
    """
    names = list(types)
    if len(names) == len(known) == 1:
        return {names[0]: known[0]}
    folded = {name.casefold(): name for name in known}
    return {name: folded.get(name.casefold(), "") for name in names}
