"""Forecast error of each model of a back-test, and the bands in which the observation should lie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.horizon import Horizon
from scenarios.measures import MEASURES
from studies.backtest_sources import Source

Floats = NDArray[np.float64]

BAND = (0.05, 0.95)
ERROR_COLUMNS = ("model", "measure", "unit", "of", "error", "chance", "bias", "inside", "answered_for")


def band(values: Floats) -> Floats:
    """Limits between which a further replication lies nine times in ten, shape (2, periods).

    The quantiles at (n + 1) p of the n ordered values (Weibull 1939). Those at (n - 1) p + 1, the usual default, hold
    less of what comes next: 81 % with 20 replications. With fewer than 19 the limits are the extremes.

    Parameters
    ----------
    values
        The measure in each replication, shape (replications, periods).

    Examples
    --------
    >>> band(np.arange(19.0)[:, None]).ravel()
    array([ 0., 18.])
    """
    return np.asarray(np.quantile(values, BAND, axis=0, method="weibull"))


def error_row(model: Source, observed: Source, measure: str, of: str, horizon: Horizon) -> tuple[object, ...]:
    """The forecast error of a model in a measure of a pool, in `ERROR_COLUMNS`."""
    actual = observed.estimate(measure, of, "interval", horizon).value
    predicted = model.estimate(measure, of, "interval", horizon).value
    replications = model.by_replication(measure, of, "interval", horizon)
    offered = observed.estimate("offered", of, "interval", horizon).value
    comparable = (offered > 0) & np.isfinite(actual)
    answered = comparable & np.isfinite(predicted)
    totals = [source.estimate(measure, of, "horizon", horizon).value[0] for source in (model, observed)]
    inside = chance = np.nan
    if len(replications) > 1 and answered.any():
        low, high = band(replications[:, answered])
        contained = (low <= actual[answered] + 1e-9) & (actual[answered] <= high + 1e-9)
        inside = float(np.average(contained, weights=offered[answered]))
        further = np.sqrt((len(replications) + 1) / (len(replications) - 1))
        distance = np.abs(replications[:, answered] - predicted[answered]).mean(axis=0) * further
        chance = float(np.average(distance, weights=offered[answered]))
    error = np.nan
    if answered.any():
        error = float(np.average(np.abs(predicted - actual)[answered], weights=offered[answered]))
    answered_for = float(offered[answered].sum() / offered[comparable].sum())
    unit = MEASURES[measure].unit
    return model.name, measure, unit, of, error, chance, float(totals[0] - totals[1]), inside, answered_for
