"""What makes days alike: the covariance of two days as a sum of weekday, calendar, trend and season."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from models.forecasting.calendar import WorkCalendar
from models.forecasting.series import Floats

MONTH_MEMORY = 3.0
"""Days of the month over which the turn of the month fades (e-folding)."""
WORKING_DAY_MEMORY = 2.0
SHORT_MEMORY, LONG_MEMORY, WEEKDAY_MEMORY = 6.0, 60.0, 30.0
"""Days over which a busy spell, the level, and the level of one weekday fade."""
SEASON_MEMORY = 20.0
YEAR = 365.25
TREND_FROM, SEASON_FROM = 180, 330
"""Days that a history must span for a linear trend and for a season of the year."""

DAY_FACTOR_SPREAD = {
    "level": 0.1,
    "weekday": 0.06,
    "first of week": 0.05,
    "after holiday": 0.08,
    "before holiday": 0.03,
    "bridge day": 0.08,
    "holiday": 0.5,
    "pay day": 0.05,
    "after pay day": 0.05,
    "day of month": 0.03,
    "working day of month": 0.02,
    "slow": 0.06,
    "weekday slow": 0.02,
    "short": 0.02,
    "trend": 0.05,
    "season": 0.08,
}
"""Standard deviation of each effect on the logarithm of a day's contacts before any day was seen."""
PROFILE_SPREAD = {
    "weekday": 0.01,
    "first of week": 0.015,
    "after holiday": 0.015,
    "before holiday": 0.01,
    "bridge day": 0.02,
    "holiday": 0.1,
    "pay day": 0.01,
    "day of month": 0.01,
    "working day of month": 0.0075,
    "slow": 0.015,
    "short": 0.01,
}
"""The same for the root of an interval's share of the day, relative to its mean."""
LEARNT_EVENT = 0.3


@dataclass(frozen=True)
class DayCovariance:
    """Covariance matrices of the effects on days, each with standard deviation 1."""

    effects: dict[str, Floats]
    """By effect, shape (days, days)."""

    def total(self, spread: dict[str, float], rows: slice, columns: slice) -> Floats:
        """The covariance of two ranges of days, with the standard deviation of each effect; shape (rows, columns)."""
        return sum(
            (spread[name] ** 2 * matrix[rows, columns] for name, matrix in self.effects.items() if name in spread),
            start=np.zeros_like(next(iter(self.effects.values()))[rows, columns]),
        )


def day_covariance(days: Sequence[date], history: int, calendar: WorkCalendar, contact_type: str) -> DayCovariance:
    """How alike days are in each respect; effects that the calendar lacks are left out.

    Parameters
    ----------
    days
        Past days, then those to be forecast.
    history
        How many of them are past.
    calendar
        Holidays, pay days and events.
    contact_type
        The type whose events count.

    Examples
    --------
    >>> days = [date(2026, 3, number) for number in (2, 3, 9)]
    >>> day_covariance(days, 3, WorkCalendar(), "calls").effects["weekday"][0]
    array([1., 0., 1.])
    """
    ordinal = np.array([day.toordinal() for day in days])
    apart = _apart(ordinal)
    weekday = _equal([day.weekday() for day in days])
    month = np.array([_position_in_month(day) for day in days])
    working_day = np.array([calendar.features(day).working_day_of_month for day in days])
    effects = {
        "level": np.ones_like(apart),
        "weekday": weekday,
        "day of month": np.exp(-_around(_apart(month), 30) / MONTH_MEMORY),
        "working day of month": np.exp(-_around(_apart(working_day), 22) / WORKING_DAY_MEMORY),
        "slow": np.exp(-apart / LONG_MEMORY),
        "weekday slow": weekday * np.exp(-apart / WEEKDAY_MEMORY),
        "short": np.exp(-apart / SHORT_MEMORY),
    }
    effects |= _indicators(days, history, calendar, contact_type)
    span = ordinal[history - 1] - ordinal[0] + 1
    if span >= TREND_FROM:
        years = (ordinal - ordinal[:history].mean()) / YEAR
        effects["trend"] = np.outer(years, years)
    if span >= SEASON_FROM:
        effects["season"] = np.exp(-_around(apart % YEAR, YEAR) / SEASON_MEMORY)
    return DayCovariance(effects)


def event_spreads(calendar: WorkCalendar, contact_type: str) -> dict[str, float]:
    """Prior standard deviations of the events whose size is to be learnt, by effect."""
    return {f"event {e.name}": LEARNT_EVENT for e in calendar.events_of(contact_type) if e.size is None}


def _indicators(days: Sequence[date], history: int, calendar: WorkCalendar, contact_type: str) -> dict[str, Floats]:
    """Effects that a day has or has not, as far as a past day has them."""
    features = [calendar.features(day) for day in days]
    flags: dict[str, list[bool]] = {
        "first of week": [day.first_of_week for day in features],
        "after holiday": [day.after_holiday for day in features],
        "before holiday": [day.before_holiday for day in features],
        "bridge day": [day.bridge_day for day in features],
        "holiday": [day.holiday for day in features],
        "pay day": [day.pay_day for day in features],
        "after pay day": [False, *(day.pay_day for day in features[:-1])],
    }
    for event in calendar.events_of(contact_type):
        if event.size is None:
            covered = flags.get(f"event {event.name}", [False] * len(days))
            flags[f"event {event.name}"] = [
                before or event.covers(day) for before, day in zip(covered, days, strict=True)
            ]
    return {name: np.outer(flag, flag).astype(float) for name, flag in flags.items() if any(flag[:history])}


def _position_in_month(day: date) -> int:
    """The day of the month, counted from the nearer end: 0 is the first, -1 the last."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return day.day - 1 if day.day <= 15 else (day - following).days


def _apart(values: ArrayLike) -> Floats:
    position = np.asarray(values, dtype=float)
    return np.asarray(np.abs(position[:, None] - position[None, :]))


def _around(apart: Floats, circle: float) -> Floats:
    """Distances on a circle."""
    return np.asarray(np.minimum(apart, np.abs(circle - apart)))


def _equal(values: Sequence[int]) -> Floats:
    array = np.asarray(values)
    result: Floats = (array[:, None] == array[None, :]).astype(np.float64)
    return result
