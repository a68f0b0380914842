"""How far forecasts were off: WAPE of intervals and of days."""

from __future__ import annotations

from models.forecasting.series import Floats


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
