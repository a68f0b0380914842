"""The forecasts that any method must beat: the same weekday last week, and the mean of the last eight."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from models.forecasting.calendar import WorkCalendar
from models.forecasting.series import DaySeries, Floats


def same_weekday(history: DaySeries, targets: Sequence[date], calendar: WorkCalendar, weeks: int) -> Floats:
    """Expected contacts as the mean of the last `weeks` days of the same weekday, shape (targets, intervals).

    Holidays are left out of the mean where other days of that weekday are known; a weekday never seen gets the mean
    of the last days of any weekday.

    Examples
    --------
    >>> days = tuple(date(2026, 3, number) for number in (2, 9, 16))
    >>> history = DaySeries("calls", days, np.array([[10.0], [20.0], [60.0]]), 86400.0)
    >>> same_weekday(history, [date(2026, 3, 23)], WorkCalendar(), weeks=2)
    array([[40.]])
    """
    weekdays = history.weekdays
    ordinary = np.array([not calendar.is_holiday(day) for day in history.days])
    rows = []
    for target in targets:
        same = weekdays == target.weekday()
        chosen = same & ordinary if np.any(same & ordinary) else same
        rows.append(history.counts[chosen if chosen.any() else slice(None)][-weeks:].mean(axis=0))
    return np.array(rows).reshape(len(targets), history.counts.shape[1])


def last_week(history: DaySeries, targets: Sequence[date], calendar: WorkCalendar) -> Floats:
    """The same weekday last week, shape (targets, intervals)."""
    return same_weekday(history, targets, calendar, weeks=1)


def eight_week_mean(history: DaySeries, targets: Sequence[date], calendar: WorkCalendar) -> Floats:
    """The mean of the last eight days of the same weekday, shape (targets, intervals)."""
    return same_weekday(history, targets, calendar, weeks=8)
