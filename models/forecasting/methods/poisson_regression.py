"""Poisson regression of a day's contacts on weekday and calendar, recent days counting most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from models.forecasting.calendar import WorkCalendar
from models.forecasting.series import DaySeries, Floats

HALF_LIFE = 20
"""Open days after which a day counts half."""
PENALTY = 0.02
"""Ridge on effects of the calendar, relative to the contacts of all days."""
_STEPS = 25


def poisson_regression(history: DaySeries, targets: Sequence[date], calendar: WorkCalendar) -> Floats:
    """Expected contacts by a log-linear model with weekday, holidays, pay days and turn of the month.

    Fitted by iteratively reweighted least squares (McCullagh and Nelder 1989, section 2.5) with a small ridge. With a
    profile of its own for each weekday the likelihood falls into a model of days, fitted here, and the shares of
    intervals, which are those of the weighted counts; shape (targets, intervals).
    """
    age = np.arange(len(history))[::-1]
    weight = 0.5 ** (age / HALF_LIFE)
    past, ahead = _features(history.days, calendar), _features(targets, calendar)
    coefficients = _fitted(past, history.totals, weight)
    totals = np.exp(np.clip(ahead @ coefficients, -20, 20))
    return totals[:, None] * _shares(history, weight)[[day.weekday() for day in targets]]


def _features(days: Sequence[date], calendar: WorkCalendar) -> Floats:
    rows = []
    for day in days:
        features = calendar.features(day)
        position = features.working_day_of_month
        rows.append(
            [
                1.0,
                *(day.weekday() == number for number in range(7)),
                features.first_of_week,
                features.after_holiday,
                features.before_holiday,
                features.bridge_day,
                features.holiday,
                features.pay_day,
                *(position == number for number in (0, 1, 2, -1, -2)),
            ]
        )
    return np.array(rows, dtype=float).reshape(len(days), -1)


def _fitted(features: Floats, totals: Floats, weight: Floats) -> Floats:
    """Coefficients that maximise the weighted Poisson likelihood less the ridge."""
    scale = float(totals.mean()) or 1.0
    ridge = np.eye(features.shape[1]) * PENALTY * scale * weight.sum()
    ridge[0, 0] = 1e-9
    coefficients = np.zeros(features.shape[1])
    coefficients[0] = np.log(scale)
    for _ in range(_STEPS):
        mean = np.exp(np.clip(features @ coefficients, -20, 20))
        gradient = features.T @ (weight * (totals - mean)) - ridge @ _without_first(coefficients)
        step = np.linalg.solve((features.T * (weight * mean)) @ features + ridge, gradient)
        coefficients += np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return coefficients


def _without_first(coefficients: Floats) -> Floats:
    """Coefficients that the ridge pulls to 0: all but the intercept."""
    result = coefficients.copy()
    result[0] = 0.0
    return result


def _shares(history: DaySeries, weight: Floats) -> Floats:
    """Shares of intervals by weekday, shape (7, intervals); a weekday never seen has those of all days."""
    weekdays = history.weekdays
    result = np.zeros((7, history.counts.shape[1]))
    for day in range(7):
        chosen = weekdays == day if np.any(weekdays == day) else np.ones(len(history), dtype=bool)
        sums = weight[chosen] @ history.counts[chosen]
        result[day] = sums / max(sums.sum(), 1e-12)
    return result
