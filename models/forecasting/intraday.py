"""The rest of a day, given what came until now: a slope learnt from past days at the same time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.forecasting.backtest import RollingErrors
from models.forecasting.series import Floats
from scenarios.errors import InvalidValue

SHRINKAGE_DAYS = 5.0
"""So many typical days count against an update: with few past days the forecast stays as it was."""
RECENT = 3600.0
"""Seconds before the time of the update that are looked at once more on their own."""


@dataclass(frozen=True)
class DayUpdate:
    """The forecast of the rest of a day, revised."""

    forecast: Floats
    """Contacts by interval, shape (intervals,): before the time of the update as they were expected."""
    slope: float
    """The part of the deviation so far that is carried on to the rest of the day."""
    recent_slope: float
    """The part of the deviation of the last hour that is carried on besides."""
    deviation: float
    """How far the contacts so far lie from the forecast, as a share: 0.1 is ten per cent more."""
    past_days: int
    spread: float
    """The standard deviation of the factor by which the rest of the day may yet differ, beyond chance."""


def update_day(errors: RollingErrors, method: str, forecast: Floats, so_far: Floats, passed: int) -> DayUpdate:
    """The remaining intervals of a day, multiplied by a factor that its first intervals give.

    The logarithm of actual over forecast of the rest is regressed on that of the day so far and of its last hour,
    over the next-day forecasts of past days, with a ridge (so that few past days change little).

    Parameters
    ----------
    errors
        Past forecasts; those of the next day are used.
    method
        The method that made them.
    forecast
        Contacts expected by interval, shape (intervals,).
    so_far
        Contacts that came, shape (intervals,); those after the time of the update are ignored.
    passed
        Intervals of the day that are over, counted from midnight.

    Raises
    ------
    InvalidValue
        If the time lies outside the day.
    """
    if not 0 <= passed <= len(forecast):
        raise InvalidValue("intervals passed", passed, f"give 0 to {len(forecast)}, counted from midnight")
    past, actual = errors.pairs(method, [1])
    recent = slice(max(passed - max(round(RECENT / errors.series.interval), 1), 0), passed)
    before, after = slice(0, passed), slice(passed, None)
    deviation = _ratio(so_far[None, before], forecast[None, before])
    if not len(past) or forecast[before].sum() <= 0:
        spread = _beyond_chance(_ratio(actual[:, after], past[:, after]), actual[:, after])
        return DayUpdate(forecast.copy(), 0.0, 0.0, float(np.expm1(deviation[0])), len(past), spread)
    features = np.column_stack([_ratio(actual[:, part], past[:, part]) for part in (before, recent)])
    target = _ratio(actual[:, after], past[:, after])
    slopes = _slopes(features, target)
    today = np.array([deviation[0], _ratio(so_far[None, recent], forecast[None, recent])[0]])
    revised = forecast.copy()
    revised[after] *= np.exp(slopes @ today)
    spread = _beyond_chance(target - features @ slopes, actual[:, after])
    return DayUpdate(revised, float(slopes[0]), float(slopes[1]), float(np.expm1(deviation[0])), len(past), spread)


def _ratio(actual: Floats, expected: Floats) -> Floats:
    """The logarithm of actual over expected contacts of rows; half a contact is added so that none is no infinity."""
    return np.asarray(np.log((actual.sum(axis=1) + 0.5) / (expected.sum(axis=1) + 0.5)))


def _slopes(features: Floats, target: Floats) -> Floats:
    ridge = np.diag(features.var(axis=0) + features.mean(axis=0) ** 2) * SHRINKAGE_DAYS
    return np.asarray(
        np.linalg.solve(features.T @ features + ridge + 1e-12 * np.eye(features.shape[1]), features.T @ target)
    )


def _beyond_chance(residuals: Floats, actual: Floats) -> float:
    """The standard deviation of logarithmic errors of sums of contacts, less what Poisson chance explains of it."""
    if len(residuals) < 2:
        return 0.0
    chance = float((1 / (actual.sum(axis=1) + 0.5)).mean())
    return float(np.sqrt(max(float((residuals**2).mean()) - chance, 0.0)))
