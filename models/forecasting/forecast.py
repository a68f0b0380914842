"""The forecast: for each contact type the method that was best in the past, its volumes, bands and handle times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from models.calibration.handle_profile import HandleFactors, handle_factors
from models.forecasting.backtest import (
    COMBINATION,
    COMBINED,
    DEFAULT,
    METHODS,
    Method,
    RollingErrors,
    combination_weights,
    default_origins,
    require_days,
    rolling_errors,
)
from models.forecasting.bands import ErrorModel, error_model, sum_limits
from models.forecasting.calendar import WorkCalendar
from models.forecasting.history import DemandHistory
from models.forecasting.open_days import HolidayRule, open_days
from models.forecasting.series import DaySeries, Floats
from scenarios.errors import InvalidValue
from scenarios.units import DAY

SHORTEST_TRIAL, LONGEST_TRIAL = 10, 20
"""Open days ahead that methods are tried on, as far as the history allows."""
MOST_DAYS = 366
TRIALS, FEWEST_ORIGINS, MOST_ORIGINS = 150, 10, 30
"""Origins of all contact types together, and of one at least and at most."""
_AHT_DAYS = 40
_AHT_CONTACTS = 50.0
"""So many contacts at the mean AHT count beside those of an interval."""


@dataclass(frozen=True)
class TypeForecast:
    """Expected contacts of a contact type, with the errors that its method made in the past."""

    contact_type: str
    method: str
    days: tuple[date, ...]
    """The open days ahead."""
    ahead: tuple[int, ...]
    """How many open days each lies ahead of the history."""
    volume: Floats
    """Expected contacts, shape (days, intervals of a day)."""
    aht: Floats
    """Seconds, shape (intervals of a day,); NaN where no handle time is known."""
    errors: RollingErrors
    model: ErrorModel
    handle_factors: HandleFactors | None = None
    """How handle times of the last weeks differ by interval and weekday beyond chance; None where none is known."""

    @property
    def mean_aht(self) -> float:
        """AHT over the days ahead, weighted by volume; NaN where unknown."""
        weight = self.volume.sum(axis=0) * ~np.isnan(self.aht)
        return float(np.nansum(weight * np.nan_to_num(self.aht)) / weight.sum()) if weight.sum() else float("nan")

    @property
    def day_cv(self) -> float:
        """The coefficient of variation of a day's factor beyond chance, over the days ahead."""
        return float(np.sqrt(np.mean([self.model.day_deviation(step) ** 2 for step in self.ahead])))


@dataclass(frozen=True)
class DemandForecast:
    """Forecasts of all contact types over the same days."""

    first: date
    days: int
    interval: float
    types: dict[str, TypeForecast]
    notes: tuple[str, ...]

    def with_day_totals(self, totals: Mapping[tuple[str, date], float]) -> DemandForecast:
        """The forecast with the contacts of some days as a person gives them, spread as forecast over the day.

        A day without forecast contacts is spread as the other days together, or else evenly. Days that are not forecast
        are passed over: a later forecast may hold them.
        """
        types = {}
        for name, part in self.types.items():
            sums = part.volume.sum(axis=1)
            wanted = np.array([totals.get((name, day), total) for day, total in zip(part.days, sums, strict=True)])
            usual = part.volume.sum(axis=0) if sums.any() else np.ones(part.volume.shape[1])
            profiles = np.where(sums[:, None] > 0, part.volume, usual)
            types[name] = replace(part, volume=profiles * (wanted / profiles.sum(axis=1))[:, None])
        return replace(self, types=types)

    def on(self, day: date) -> DemandForecast:
        """The forecast of a single day, of the contact types that are open on it."""
        types = {}
        for name, part in self.types.items():
            if day in part.days:
                at = part.days.index(day)
                types[name] = replace(part, days=(day,), ahead=part.ahead[at : at + 1], volume=part.volume[at : at + 1])
        return replace(self, first=day, days=1, types=types)

    def renamed(self, names: Mapping[str, str]) -> DemandForecast:
        """The forecast of some contact types, by their new names."""
        types = {new: replace(self.types[old], contact_type=new) for old, new in names.items()}
        return replace(self, types=types)

    def table(self, level: float = 0.8) -> pd.DataFrame:
        """Rows by contact type and open interval: contact_type, start, offered, low, high (the band), aht."""
        frames = []
        for forecast in self.types.values():
            low, high = forecast.model.interval_band(forecast.volume, forecast.ahead, level)
            day, slot = np.nonzero(forecast.volume > 0)
            starts = [
                _start(forecast.days[i], j, self.interval) for i, j in zip(day.tolist(), slot.tolist(), strict=True)
            ]
            columns = {"offered": forecast.volume, "low": low, "high": high}
            values = {name: matrix[day, slot] for name, matrix in columns.items()}
            frame = {"contact_type": forecast.contact_type, "start": starts} | values | {"aht": forecast.aht[slot]}
            frames.append(pd.DataFrame(frame))
        return pd.concat(frames, ignore_index=True)

    def day_table(self, level: float = 0.8, volume: float | None = None) -> pd.DataFrame:
        """Rows by contact type and day: contact_type, day, offered, low, high, and chance_above a volume if given."""
        frames = []
        for forecast in self.types.values():
            totals = forecast.volume.sum(axis=1)
            low, high = forecast.model.day_band(totals, forecast.ahead, level)
            columns = {"contact_type": forecast.contact_type, "day": forecast.days, "offered": totals}
            frame = pd.DataFrame(columns | {"low": low, "high": high})
            if volume is not None:
                frame["chance_above"] = forecast.model.chance_above(volume, totals, forecast.ahead)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def month_table(self, level: float = 0.8) -> pd.DataFrame:
        """Rows by contact type and month: contact_type, month, days (open), offered, low, high (the band).

        The band is that of past errors of sums over as many days as were tried, wider for months further ahead as the
        errors of days are.
        """
        frames = []
        for name, part in self.types.items():
            months = [f"{day:%Y-%m}" for day in part.days]
            rows = pd.DataFrame({"month": months, "offered": part.volume.sum(axis=1), "ahead": part.ahead})
            grouped = rows.groupby("month", sort=False).agg(
                days=("offered", "size"), offered=("offered", "sum"), ahead=("ahead", "max")
            )
            growth = [part.model.day_deviation(step) for step in grouped["ahead"]]
            low, high = sum_limits(part.errors, part.method, np.array(growth), part.model, level)
            grouped = grouped.reset_index().drop(columns="ahead")
            bands = {"low": grouped["offered"] * (1 + low), "high": grouped["offered"] * (1 + high)}
            frames.append(grouped.assign(contact_type=name, **bands))
        columns = ["contact_type", "month", "days", "offered", "low", "high"]
        return pd.concat(frames, ignore_index=True)[columns]

    def error_table(self) -> pd.DataFrame:
        """Errors of every method by contact type and open days ahead; chosen says which method is used."""
        frames = [
            table.assign(contact_type=name, chosen=table["method"] == forecast.method)
            for name, forecast in self.types.items()
            for table in [forecast.errors.table()]
        ]
        return pd.concat(frames, ignore_index=True)


def forecast_demand(
    history: DemandHistory,
    days: int,
    calendar: WorkCalendar | None = None,
    *,
    first: date | None = None,
    method: str | None = None,
    holidays: HolidayRule = "as before",
    origins: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> DemandForecast:
    """Expected contacts of the days after a history, by the method that was best on it.

    Parameters
    ----------
    history
        What came.
    days
        Calendar days to be forecast.
    calendar
        Special days.
    first
        The first of them; the day after the history where it is not given.
    method
        One of `METHODS`, or combination; by past errors where it is not given.
    holidays
        Whether the centre works on public holidays.
    origins
        From how many days of the past methods are tried; 30 where it is not given, fewer for many contact types.
    progress
        Called with contact types done and in all.

    Raises
    ------
    InvalidValue
        If the history is too short, or the days or the method cannot be used.
    """
    calendar = calendar or WorkCalendar()
    for series in history.types.values():
        require_days(series)
    last = max(series.days[-1] for series in history.types.values())
    start = first or last + timedelta(days=1)
    _check(days, start, last, method)
    end = start + timedelta(days=days - 1)
    notes = list(history.notes)
    tried = origins or int(np.clip(TRIALS // len(history.types), FEWEST_ORIGINS, MOST_ORIGINS))
    types = {}
    for index, (name, series) in enumerate(history.types.items()):
        after = series.days[-1] + timedelta(days=1)
        ahead_days = [after + timedelta(days=step) for step in range((end - after).days + 1)]
        targets, remarks = open_days(series, ahead_days, calendar, holidays)
        notes += remarks
        if not targets or targets[-1] < start:
            notes.append(f"{name}: no open day from {start} to {end}, so nothing is forecast")
        else:
            handle_times = history.handle_times[name]
            part = _of_type(series, calendar, targets, start, method, tried, expected_aht(series, handle_times))
            types[name] = replace(part, handle_factors=_last_factors(series, handle_times))
        if progress:
            progress(index + 1, len(history.types))
    if not types:
        raise InvalidValue("days", days, f"there is no open day from {start} to {end}; choose other days")
    return DemandForecast(start, days, history.interval, types, tuple(dict.fromkeys(notes)))


def expected_aht(series: DaySeries, handle_times: Floats) -> Floats:
    """AHT by interval of the day from the last eight weeks, shape (intervals,).

    Intervals with few contacts are drawn to the mean of all; NaN where no handle time is known.
    """
    times, counts = handle_times[-_AHT_DAYS:], series.counts[-_AHT_DAYS:]
    weight = np.where(np.isnan(times), 0.0, counts)
    if weight.sum() == 0:
        return np.full(counts.shape[1], np.nan)
    work = (weight * np.nan_to_num(times)).sum(axis=0)
    mean = work.sum() / weight.sum()
    return np.asarray((work + _AHT_CONTACTS * mean) / (weight.sum(axis=0) + _AHT_CONTACTS))


def _last_factors(series: DaySeries, handle_times: Floats) -> HandleFactors | None:
    """How the handle times of the last eight weeks differ by interval and weekday."""
    times, last = handle_times[-_AHT_DAYS:], series.tail(_AHT_DAYS)
    day, slot = np.divmod(np.arange(times.size), times.shape[1])
    return handle_factors(day, slot, times.ravel(), last.counts.ravel(), last.weekdays, times.shape[1])


def _check(days: int, start: date, last: date, method: str | None) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise InvalidValue("days", days, f"give 1 to {MOST_DAYS} days")
    if start <= last:
        raise InvalidValue("start", str(start), f"the history ends on {last}; choose a later day")
    if start > last + timedelta(days=MOST_DAYS):
        raise InvalidValue("start", str(start), f"the history ends on {last}; choose a day within a year of it")
    known = [*METHODS, COMBINATION]
    if method is not None and method not in known:
        raise InvalidValue("method", method, f"known are {', '.join(known)}")


def _of_type(
    series: DaySeries,
    calendar: WorkCalendar,
    targets: list[date],
    start: date,
    method: str | None,
    origins: int,
    aht: Floats,
) -> TypeForecast:
    horizon = min(max(len(targets), SHORTEST_TRIAL), LONGEST_TRIAL, max(len(series) // 3, 1))
    errors = rolling_errors(series, calendar, default_origins(len(series), horizon, origins), horizon)
    used = method or errors.best
    volume = _with(used, errors)(series, targets, calendar)
    wanted = [index for index, day in enumerate(targets) if day >= start]
    return TypeForecast(
        series.contact_type,
        used,
        tuple(targets[index] for index in wanted),
        tuple(index + 1 for index in wanted),
        volume[wanted],
        aht,
        errors,
        error_model(errors, used),
    )


def _with(method: str, errors: RollingErrors) -> Method:
    """The method of this name; the combination with weights from all past errors."""
    if method != COMBINATION:
        return METHODS.get(method, METHODS[DEFAULT])
    weights = combination_weights({name: errors.error(name)[0] for name in COMBINED})
    return lambda history, targets, calendar: np.asarray(
        sum(weight * METHODS[name](history, targets, calendar) for name, weight in weights.items())
    )


def _start(day: date, slot: int, interval: float) -> datetime:
    """The wall time at which an interval of a day begins."""
    seconds = slot * interval % DAY
    return datetime(day.year, day.month, day.day) + timedelta(seconds=float(seconds))
