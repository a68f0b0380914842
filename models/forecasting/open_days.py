"""Which of the days to come are open, as far as the history tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from models.forecasting.calendar import WorkCalendar
from models.forecasting.series import DaySeries
from scenarios.hours import WEEKDAYS

HolidayRule = Literal["as before", "open", "closed"]
_WEEKS = 8
_OPEN_SHARE = 0.5


def open_days(
    series: DaySeries, targets: Sequence[date], calendar: WorkCalendar, holidays: HolidayRule = "as before"
) -> tuple[list[date], list[str]]:
    """The targets on which contacts are expected, and notes on what that rests on.

    A weekday is open if at least half of its last eight days that were no holidays were; one that only holidays hid
    is taken as open if Monday to Friday are. On holidays it is as on most of those before, closed where none is known.

    Examples
    --------
    >>> import numpy as np
    >>> days = tuple(date(2026, 3, number) for number in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13))
    >>> series = DaySeries("calls", days, np.ones((10, 1)), 86400.0)
    >>> [f"{day:%a}" for day in open_days(series, [date(2026, 3, 14), date(2026, 3, 16)], WorkCalendar())[0]]
    ['Mon']
    """
    notes: list[str] = []
    seen = set(series.days)
    past = [series.days[0] + timedelta(days=step) for step in range((series.days[-1] - series.days[0]).days + 1)]
    weekdays = {number for number in range(7) if _weekday_is_open(number, past, seen, calendar, series, notes)}
    past_holidays = [day for day in past if calendar.is_holiday(day) and day.weekday() in weekdays]
    works = sum(day in seen for day in past_holidays) > len(past_holidays) / 2
    works = {"open": True, "closed": False}.get(holidays, works)
    result = []
    for day in targets:
        if day.weekday() not in weekdays:
            continue
        if calendar.is_holiday(day):
            notes.append(f"{series.contact_type}: {day} ({calendar.holidays[day]}) taken as {_state(works)}")
            if not works:
                continue
        result.append(day)
    return result, notes


def _state(works: bool) -> str:
    return "open" if works else "closed"


def _weekday_is_open(
    number: int,
    past: Sequence[date],
    seen: set[date],
    calendar: WorkCalendar,
    series: DaySeries,
    notes: list[str],
) -> bool:
    name = WEEKDAYS[number]
    of_weekday = [day for day in past if day.weekday() == number]
    ordinary = [day for day in of_weekday if not calendar.is_holiday(day)][-_WEEKS:]
    if not ordinary:
        if of_weekday:
            text = f"every {name} of the history was a holiday; its forecast rests on other weekdays"
            notes.append(f"{series.contact_type}: {text}")
        return number < 5
    share = sum(day in seen for day in ordinary) / len(ordinary)
    if share >= _OPEN_SHARE and len([day for day in ordinary if day in seen]) == 1:
        notes.append(f"{series.contact_type}: only one {name} in the history; its forecast rests mostly on other days")
    return share >= _OPEN_SHARE
