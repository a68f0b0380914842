"""Methods tried on the past: forecasts from many origins, each made from what was known then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from models.forecasting.calendar import WorkCalendar
from models.forecasting.errors import poisson_deviance, wape
from models.forecasting.methods.day_profile import calendar_regression
from models.forecasting.methods.naive import eight_week_mean, last_week
from models.forecasting.methods.poisson_regression import poisson_regression
from models.forecasting.methods.singular_values import singular_values
from models.forecasting.series import DaySeries, Floats
from scenarios.errors import InvalidValue

Method = Callable[[DaySeries, Sequence[date], WorkCalendar], Floats]

NAIVE = "eight-week mean"
DEFAULT = "calendar regression"
COMBINATION = "combination"
METHODS: dict[str, Method] = {
    "same weekday last week": last_week,
    NAIVE: eight_week_mean,
    DEFAULT: calendar_regression,
    "singular values": singular_values,
    "Poisson regression": poisson_regression,
}
COMBINED = (DEFAULT, "singular values", "Poisson regression")
LEAST_DAYS, NEEDED_DAYS = 10, 15
"""Open days that a method learns from at least, and that a history must have so that methods can be tried."""
LEAST_ORIGINS = 8
"""Origins from which on methods are chosen by their errors."""
HORIZONS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20)
"""Open days ahead up to which errors are told."""


@dataclass(frozen=True)
class RollingErrors:
    """Past forecasts of a contact type beside what came."""

    series: DaySeries
    origins: tuple[int, ...]
    """Days known at each origin."""
    horizon: int
    """Open days forecast from each origin, fewer at the end of the history."""
    forecasts: dict[str, list[Floats]]
    """By method, for each origin an array of shape (days ahead, intervals)."""

    def pairs(self, method: str, ahead: Sequence[int] | None = None) -> tuple[Floats, Floats]:
        """Forecast and actual of a method at some distances (1 is the next day), each shape (pairs, intervals)."""
        chosen = range(1, self.horizon + 1) if ahead is None else ahead
        forecast, actual = [], []
        for origin, matrix in zip(self.origins, self.forecasts[method], strict=True):
            for step in chosen:
                if step <= len(matrix):
                    forecast.append(matrix[step - 1])
                    actual.append(self.series.counts[origin + step - 1])
        width = self.series.counts.shape[1]
        return np.array(forecast).reshape(-1, width), np.array(actual).reshape(-1, width)

    def error(self, method: str, ahead: Sequence[int] | None = None) -> tuple[float, float]:
        """WAPE of intervals and of days."""
        forecast, actual = self.pairs(method, ahead)
        return wape(forecast, actual), wape(forecast.sum(axis=1), actual.sum(axis=1))

    def table(self) -> pd.DataFrame:
        """Errors by method and horizon: method, days_ahead, intervals, days (WAPE), forecasts (how many days)."""
        steps = [step for step in HORIZONS if step <= self.horizon]
        rows = []
        for method in self.forecasts:
            for low, high in zip([0, *steps], steps, strict=False):
                by_interval, by_day = self.error(method, range(low + 1, high + 1))
                pairs = len(self.pairs(method, range(low + 1, high + 1))[0])
                rows.append((method, high, by_interval, by_day, pairs))
        return pd.DataFrame(rows, columns=["method", "days_ahead", "intervals", "days", "forecasts"])

    @property
    def best(self) -> str:
        """The method with the least deviance of intervals over all distances; the default where origins are too few."""
        if len(self.origins) < LEAST_ORIGINS:
            return DEFAULT
        return min(self.forecasts, key=lambda method: poisson_deviance(*self._open_pairs(method)))

    def _open_pairs(self, method: str) -> tuple[Floats, Floats]:
        """Forecast and actual of the intervals that ever have contacts."""
        forecast, actual = self.pairs(method)
        in_use = self.series.counts.sum(axis=0) > 0
        return forecast[:, in_use], actual[:, in_use]

    def advantage_ends(self, method: str) -> int | None:
        """Open days ahead beyond which the eight-week mean is as good as a method; None if it never is."""
        for step in range(1, self.horizon + 1):
            beyond = range(step, self.horizon + 1)
            if len(self.pairs(method, beyond)[0]) < LEAST_ORIGINS:
                return None
            if self.error(NAIVE, beyond)[0] <= self.error(method, beyond)[0]:
                return step - 1
        return None

    def verdict(self, method: str) -> str:
        """One sentence on how far the method beats the eight-week mean."""
        if len(self.origins) < LEAST_ORIGINS:
            return f"The history is too short to compare methods: {len(self.origins)} origins, {LEAST_ORIGINS} needed."
        if method == NAIVE:
            return "No method was better than the eight-week mean."
        end = self.advantage_ends(method)
        if end is not None:
            return f"Beyond {end} open days ahead the eight-week mean is as good."
        error, naive = self.error(method)[0], self.error(NAIVE)[0]
        percents = f"{100 * error:.1f} % against {100 * naive:.1f} %"
        return f"Better than the eight-week mean up to {self.horizon} open days ahead: {percents}."


def rolling_errors(
    series: DaySeries,
    calendar: WorkCalendar,
    origins: Sequence[int],
    horizon: int,
    methods: Mapping[str, Method] | None = None,
) -> RollingErrors:
    """Forecasts from each origin, and a combination weighted by the errors known at that origin.

    Parameters
    ----------
    series
        The history.
    calendar
        Special days.
    origins
        For each forecast the number of first days that were known, in rising order.
    horizon
        Open days ahead.
    methods
        By name; all where none are given.

    Raises
    ------
    InvalidValue
        If the history is too short.
    """
    require_days(series)
    chosen = dict(METHODS if methods is None else methods)
    forecasts: dict[str, list[Floats]] = {name: [] for name in chosen}
    for origin in origins:
        targets = series.days[origin : origin + horizon]
        known = series.head(origin)
        for name, method in chosen.items():
            forecasts[name].append(method(known, targets, calendar))
    members = [name for name in COMBINED if name in chosen]
    if len(members) > 1:
        forecasts[COMBINATION] = _combined(series, tuple(origins), {name: forecasts[name] for name in members})
    return RollingErrors(series, tuple(origins), horizon, forecasts)


def default_origins(days: int, horizon: int, most: int = 30) -> list[int]:
    """Origins spread evenly over the later part of a history, the last with one day after it.

    Examples
    --------
    >>> default_origins(20, horizon=5, most=4)
    [10, 13, 16, 19]
    """
    first = max(LEAST_DAYS, min(days // 3, days - 2 * horizon))
    if first >= days:
        return []
    return sorted({round(float(origin)) for origin in np.linspace(first, days - 1, min(most, days - first))})


def require_days(series: DaySeries) -> None:
    """Check that a history is long enough for a forecast.

    Raises
    ------
    InvalidValue
        If it is not.
    """
    if len(series) < NEEDED_DAYS:
        remedy = f"a forecast needs at least {NEEDED_DAYS} open days; for less enter the volume by hand"
        raise InvalidValue(f"history of {series.contact_type}", f"{len(series)} open days", remedy)


def combination_weights(errors: Mapping[str, float]) -> dict[str, float]:
    """Weights that fall with the square of past errors (Bates and Granger 1969), adding up to 1; alike without errors.

    Examples
    --------
    >>> combination_weights({"a": 0.5, "b": 0.5})
    {'a': 0.5, 'b': 0.5}
    """
    precision = {name: error**-2 if error > 0 else 1.0 for name, error in errors.items()}
    total = sum(precision.values())
    return {name: value / total for name, value in precision.items()}


def _combined(series: DaySeries, origins: tuple[int, ...], forecasts: dict[str, list[Floats]]) -> list[Floats]:
    """At each origin the mean of methods, weighted by their errors on days that had come by then."""
    result: list[Floats] = []
    squares = dict.fromkeys(forecasts, 0.0)
    done = 0
    for index, origin in enumerate(origins):
        while done < index and origins[done] + 1 <= origin:
            for name, matrices in forecasts.items():
                squares[name] += wape(matrices[done][0], series.counts[origins[done]])
            done += 1
        weights = combination_weights(squares)
        result.append(np.asarray(sum(weights[name] * forecasts[name][index] for name in forecasts)))
    return result
