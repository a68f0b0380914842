"""A year by month from monthly totals: the method that was best on their own past, with bands from past errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.special import ndtri

from models.forecasting.errors import wape
from models.forecasting.series import Floats
from models.forecasting.spread import ALL_TYPES, WeekProfile, month_weights
from scenarios.errors import InvalidValue

YEAR = 12
NEEDED_MONTHS = 3
FEWEST_ORIGINS = 6
"""Past origins from which on a method is chosen by its errors."""
NEEDED_ERRORS = 12
"""Past errors below which a normal distribution gives the band."""
LAST_YEAR, MEAN, SEASON = "same month last year", "mean of twelve months", "level, trend and season"
_RECENT = 3
_DAMPED = 0.5
"""The part of the last year's growth that is carried on."""

MonthMethod = Callable[[Floats, int], Floats]


@dataclass(frozen=True)
class MonthForecast:
    """Expected contacts by month of one contact type."""

    contact_type: str
    method: str
    months: tuple[date, ...]
    volume: Floats
    low: Floats
    high: Floats
    errors: dict[str, float]
    """WAPE of months by method, over the same past months; empty where the history is too short."""

    def table(self) -> pd.DataFrame:
        """Rows by month: contact_type, month, offered, low, high (NaN without past errors), method."""
        months = [f"{month:%Y-%m}" for month in self.months]
        columns = {"contact_type": self.contact_type, "month": months, "offered": self.volume}
        return pd.DataFrame(columns | {"low": self.low, "high": self.high, "method": self.method})

    def verdict(self) -> str:
        """One sentence on the past errors."""
        if not self.errors:
            return f"The history is too short to compare methods: {self.method} without a band."
        told = ", ".join(f"{name} {100 * error:.1f} %" for name, error in self.errors.items())
        return f"{self.method}; past error (WAPE) of months: {told}."


def forecast_months(
    table: pd.DataFrame, ahead: int = YEAR, profiles: Mapping[str, WeekProfile] | None = None, level: float = 0.8
) -> list[MonthForecast]:
    """The months after a history of monthly totals, for each contact type.

    A month's contacts are a rate times its days, or times its open days by a profile. The last month counts as whole.

    Parameters
    ----------
    table
        Rows by month with when (its first day), contact type and offered.
    ahead
        Months to forecast.
    profiles
        By contact type, `ALL_TYPES` for the others; without any, all days of a month count alike.
    level
        The share of cases that the band covers.

    Raises
    ------
    InvalidValue
        If a contact type has too few months, or one is missing in between.
    """
    result = []
    for name, rows in table.groupby("contact type", sort=False):
        months = [stamp.date().replace(day=1) for stamp in rows["when"].sort_values()]
        totals = rows.sort_values("when")["offered"].to_numpy(dtype=float)
        _check(str(name), months)
        profile = (profiles or {}).get(str(name), (profiles or {}).get(ALL_TYPES))
        coming = [_after(months[-1], step) for step in range(1, ahead + 1)]
        rates = totals / month_weights(months, profile)
        weights = month_weights(coming, profile)
        result.append(_of_type(str(name), rates, coming, weights, level))
    return result


def _of_type(name: str, rates: Floats, coming: list[date], weights: Floats, level: float) -> MonthForecast:
    methods = _methods(len(rates))
    first = YEAR if len(methods) > 1 and len(rates) >= YEAR + FEWEST_ORIGINS else len(rates)
    first = 2 * YEAR if len(rates) >= 2 * YEAR + FEWEST_ORIGINS else first
    origins = range(first, len(rates))
    errors: dict[str, float] = {}
    relative: dict[str, Floats] = {}
    for method in _methods(first) if len(origins) >= FEWEST_ORIGINS else []:
        pairs = [
            (METHODS[method](rates[:origin], len(rates[origin : origin + YEAR])), rates[origin : origin + YEAR])
            for origin in origins
        ]
        expected, actual = (np.concatenate(part) for part in zip(*pairs, strict=True))
        errors[method] = wape(expected, actual)
        relative[method] = actual / expected - 1
    used = min(errors, key=lambda method: errors[method]) if errors else methods[0]
    volume = METHODS[used](rates, len(coming)) * weights
    low, high = _band(relative.get(used, np.empty(0)), level)
    return MonthForecast(name, used, tuple(coming), volume, volume * (1 + low), volume * (1 + high), errors)


def _band(errors: Floats, level: float) -> tuple[float, float]:
    """Relative limits below and above, NaN without errors."""
    if not len(errors):
        return float("nan"), float("nan")
    if len(errors) < NEEDED_ERRORS:
        half = float(ndtri((1 + level) / 2)) * float(np.sqrt((errors**2).mean()))
        return max(-half, -1.0), half
    low, high = np.quantile(errors, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _methods(months: int) -> list[str]:
    """The methods that so many months allow, the default first."""
    if months >= 2 * YEAR:
        return [SEASON, LAST_YEAR, MEAN]
    return [LAST_YEAR, MEAN] if months >= YEAR else [MEAN]


def _last_year(rates: Floats, ahead: int) -> Floats:
    return np.asarray(rates[-YEAR:][np.arange(ahead) % YEAR])


def _mean(rates: Floats, ahead: int) -> Floats:
    return np.full(ahead, rates[-YEAR:].mean())


def _season(rates: Floats, ahead: int) -> Floats:
    """The level of the last months, half of the last year's growth, and factors of the months of the year."""
    logs = np.log(np.maximum(rates, 1e-9))
    position = np.arange(len(logs)) % YEAR
    growth = _DAMPED * (logs[-YEAR:].mean() - logs[-2 * YEAR : -YEAR].mean()) / YEAR
    years = [logs[len(logs) - YEAR * (back + 1) : len(logs) - YEAR * back] for back in range(len(logs) // YEAR)]
    within = 2 * growth * (np.arange(YEAR) - (YEAR - 1) / 2)
    centred = np.array([year - year.mean() - within for year in years])
    whole = position[len(logs) - YEAR * len(years) :][:YEAR]
    season = np.zeros(YEAR)
    season[whole] = centred.mean(axis=0) * len(years) / (len(years) + 0.5)
    level = float((logs - season[position])[-_RECENT:].mean())
    steps = np.arange(1, ahead + 1)
    return np.asarray(np.exp(level + growth * (steps + 1) + season[(len(logs) - 1 + steps) % YEAR]))


METHODS: dict[str, MonthMethod] = {SEASON: _season, LAST_YEAR: _last_year, MEAN: _mean}


def _check(name: str, months: list[date]) -> None:
    if len(months) < NEEDED_MONTHS:
        remedy = f"a forecast by month needs at least {NEEDED_MONTHS} months; for less enter the volume by hand"
        raise InvalidValue(f"history of {name}", f"{len(months)} months", remedy)
    for month, following in pairwise(months):
        if _after(month, 1) != following:
            raise InvalidValue(f"history of {name}", f"no month between {month:%Y-%m} and {following:%Y-%m}", "add it")


def _after(month: date, steps: int) -> date:
    number = month.year * YEAR + month.month - 1 + steps
    return date(number // YEAR, number % YEAR + 1, 1)
