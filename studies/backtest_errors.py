"""How far a model of a backtest is from the observation, and the bands in which the observation should lie."""

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
    """How far a model is from the observation in a measure of a pool, in `ERROR_COLUMNS`."""
    truth = observed.estimate(measure, of, "interval", horizon).value
    said = model.estimate(measure, of, "interval", horizon).value
    each = model.each(measure, of, "interval", horizon)
    offered = observed.estimate("offered", of, "interval", horizon).value
    asked = (offered > 0) & np.isfinite(truth)
    told = asked & np.isfinite(said)
    totals = [source.estimate(measure, of, "horizon", horizon).value[0] for source in (model, observed)]
    inside = chance = np.nan
    if len(each) > 1 and told.any():
        low, high = band(each[:, told])
        seen = (low <= truth[told] + 1e-9) & (truth[told] <= high + 1e-9)
        inside = float(np.average(seen, weights=offered[told]))
        apart = np.abs(each[:, told] - said[told]).mean(axis=0) * np.sqrt((len(each) + 1) / (len(each) - 1))
        chance = float(np.average(apart, weights=offered[told]))
    error = float(np.average(np.abs(said - truth)[told], weights=offered[told])) if told.any() else np.nan
    answered_for = float(offered[told].sum() / offered[asked].sum())
    unit = MEASURES[measure].unit
    return model.name, measure, unit, of, error, chance, float(totals[0] - totals[1]), inside, answered_for
