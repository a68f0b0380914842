"""Made-up days for the tests of forecasting."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from models.forecasting.series import DaySeries

MONDAY = date(2026, 1, 5)
WEEKDAY_LEVELS = (1.3, 1.1, 1.0, 0.9, 0.8)
PROFILE = np.array([0.1, 0.3, 0.4, 0.2])


def weekdays_from(first: date, count: int) -> tuple[date, ...]:
    """The first Mondays to Fridays from a day."""
    days = (first + timedelta(days=step) for step in range(2 * count + 7))
    return tuple(day for day in days if day.weekday() < 5)[:count]


def exact_series(count: int, level: float = 1000.0) -> DaySeries:
    """Days that follow weekday and profile without any chance, in four intervals of six hours."""
    days = weekdays_from(MONDAY, count)
    totals = level * np.array([WEEKDAY_LEVELS[day.weekday()] for day in days])
    return DaySeries("calls", days, totals[:, None] * PROFILE, 21600.0)


def random_series(count: int, level: float, cv: float, seed: int, intervals: int = 24) -> DaySeries:
    """Poisson counts around a weekday level, a bow over the day, and a gamma factor of each day."""
    random = np.random.default_rng(seed)
    days = weekdays_from(MONDAY, count)
    shape = np.sin(np.pi * (np.arange(intervals) + 0.5) / intervals)
    factor = random.gamma(1 / cv**2, cv**2, count)
    levels = np.array([WEEKDAY_LEVELS[day.weekday()] for day in days])
    mean = (level * levels * factor)[:, None] * shape / shape.sum()
    return DaySeries("calls", days, random.poisson(mean).astype(float), 86400.0 / intervals)


def table_of(series: DaySeries, aht: float | None = None) -> pd.DataFrame:
    """The series as a table of intervals."""
    starts = [
        pd.Timestamp(day) + pd.Timedelta(seconds=slot * series.interval)
        for day in series.days
        for slot in range(series.counts.shape[1])
    ]
    table = pd.DataFrame({"when": starts, "contact type": series.contact_type, "offered": series.counts.ravel()})
    return table if aht is None else table.assign(aht=aht)
