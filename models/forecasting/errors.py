"""How far forecasts were off: WAPE as people read it, and the deviance by which methods are chosen."""

from __future__ import annotations

from scipy.special import xlogy

from models.forecasting.series import Floats

SMALLEST = 0.01
"""Contacts that count as expected at least, so that one which was not expected is no infinite error."""


def wape(forecast: Floats, actual: Floats) -> float:
    """The sum of absolute errors over the sum of what came, NaN where nothing came.

    Examples
    --------
    >>> import numpy as np
    >>> wape(np.array([90.0, 120.0]), np.array([100.0, 100.0]))
    0.15
    """
    total = float(actual.sum())
    return float(abs(forecast - actual).sum()) / total if total else float("nan")


def poisson_deviance(forecast: Floats, actual: Floats) -> float:
    """The mean Poisson deviance of forecasts, least in expectation for the true means (Gneiting 2011).

    WAPE is least for medians, and so prefers forecasts that are too low where intervals have few contacts.

    Examples
    --------
    >>> import numpy as np
    >>> poisson_deviance(np.array([5.0, 5.0]), np.array([5.0, 5.0]))
    0.0
    """
    expected = forecast.clip(min=SMALLEST)
    return float((2 * (xlogy(actual, actual / expected) - actual + expected)).mean()) if actual.size else float("nan")
