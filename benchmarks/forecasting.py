"""Errors of the forecasting methods on a bank's calls of 2003 (Weinberg, Brown and Stroud 2007), and time of a fit.

The last 60 of 130 open weekdays are test origins; methods and their constants were chosen on the days before.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from models.forecasting.backtest import COMBINATION, DEFAULT, METHODS, RollingErrors, rolling_errors
from models.forecasting.bands import error_model
from models.forecasting.calendar import WorkCalendar
from models.forecasting.history import read_history
from models.forecasting.intraday import update_day
from models.forecasting.series import DaySeries

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "bank_calls_5min_2003.csv.gz"
HOLIDAYS = {
    date(2003, 5, 26): "Memorial Day",
    date(2003, 7, 4): "Independence Day",
    date(2003, 9, 1): "Labor Day",
    date(2003, 10, 13): "Columbus Day",
}
CALENDAR = WorkCalendar(HOLIDAYS, pay_days=(1, 15, -1))
FIRST, TESTED, FORTNIGHT = 20, 70, 10
FORTNIGHT_ORIGINS = range(65, 121, 5)
BAND_ORIGINS = 45
"""So many past forecasts give the bands."""
HALF_HOURS = slice(14, 42)  # 07:00 to 21:00; five minutes after that belong to no whole half-hour


def bank_series() -> DaySeries:
    """The whole half-hours of the open days."""
    series = read_history(DATA, contact_type="calls").types["calls"]
    counts = np.zeros_like(series.counts)
    counts[:, HALF_HOURS] = series.counts[:, HALF_HOURS]
    return DaySeries(series.contact_type, series.days, counts, series.interval)


def known_by(errors: RollingErrors, day: int, horizon: int) -> RollingErrors:
    """The past forecasts whose days had all come by a day."""
    places = [i for i, origin in enumerate(errors.origins) if origin + horizon <= day][-BAND_ORIGINS:]
    forecasts = {name: [rows[i][:horizon] for i in places] for name, rows in errors.forecasts.items()}
    return RollingErrors(errors.series, tuple(errors.origins[i] for i in places), horizon, forecasts)


def at_origins(errors: RollingErrors, origins: Sequence[int]) -> RollingErrors:
    """The forecasts from some origins."""
    places = [errors.origins.index(origin) for origin in origins]
    forecasts = {name: [rows[i] for i in places] for name, rows in errors.forecasts.items()}
    return RollingErrors(errors.series, tuple(origins), errors.horizon, forecasts)


def coverage(errors: RollingErrors, origins: Sequence[int], horizon: int) -> tuple[float, float]:
    """The share of half-hours and of days inside the 80 % band."""
    intervals, days = [], []
    for origin in origins:
        model = error_model(known_by(errors, origin, horizon), DEFAULT)
        forecast = errors.forecasts[DEFAULT][errors.origins.index(origin)][:horizon]
        ahead = range(1, len(forecast) + 1)
        actual = errors.series.counts[origin : origin + len(forecast)]
        low, high = model.interval_band(forecast, ahead)
        intervals.append(((actual >= low) & (actual <= high))[:, HALF_HOURS].ravel())
        low, high = model.day_band(forecast.sum(axis=1), ahead)
        days.append((actual.sum(axis=1) >= low) & (actual.sum(axis=1) <= high))
    return float(np.concatenate(intervals).mean()), float(np.concatenate(days).mean())


def rest_of_day(errors: RollingErrors, origins: Sequence[int], hour: int) -> tuple[float, float]:
    """WAPE of the remaining half-hours without and with an update at an hour."""
    passed, off, revised, total = 2 * hour, 0.0, 0.0, 0.0
    for origin in origins:
        forecast = errors.forecasts[DEFAULT][errors.origins.index(origin)][0]
        actual = errors.series.counts[origin]
        update = update_day(known_by(errors, origin, 1), DEFAULT, forecast, actual, passed)
        off += np.abs(forecast - actual)[passed:].sum()
        revised += np.abs(update.forecast - actual)[passed:].sum()
        total += actual[passed:].sum()
    return off / total, revised / total


def main() -> None:
    """Print the tables."""
    if not DATA.exists():
        print(f"skipped: {DATA} is not there")
        return
    series = bank_series()
    errors = rolling_errors(series, CALENDAR, range(FIRST, len(series)), FORTNIGHT)
    tests = range(TESTED, len(series))
    fortnight = at_origins(errors, FORTNIGHT_ORIGINS)
    print("WAPE of half-hours / days (%)   next day        ten working days")
    for name in (*METHODS, COMBINATION):
        near = [100 * error for error in at_origins(errors, tests).error(name, [1])]
        far = [100 * error for error in fortnight.error(name)]
        print(f"{name:30}  {near[0]:5.2f} / {near[1]:5.2f}   {far[0]:5.2f} / {far[1]:5.2f}")
    for title, origins, horizon in (("next day", tests, 1), ("ten days", FORTNIGHT_ORIGINS, FORTNIGHT)):
        inside = coverage(errors, origins, horizon)
        print(f"80 % band, {title}: covers {inside[0]:.1%} of half-hours, {inside[1]:.1%} of days")
    for hour in (9, 11, 13, 15):
        before, after = rest_of_day(errors, tests, hour)
        print(f"rest of the day at {hour:02d}:00: {before:.2%} without update, {after:.2%} with")
    for name, method in METHODS.items():
        begin = time.process_time()
        method(series, series.days[-FORTNIGHT:], CALENDAR)
        print(f"{name:30}  {1000 * (time.process_time() - begin):6.1f} ms a fit")


if __name__ == "__main__":
    main()
