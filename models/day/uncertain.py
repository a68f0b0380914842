"""Uncertain volume: what a day whose busyness nobody knows beforehand does to service and staffing.

Arrivals are Poisson with rate B x forecast, where B is one gamma-distributed factor with mean 1 for the
whole day (Whitt 1999, "Dynamic staffing in a telephone call center aiming to immediately answer all calls";
Avramidis, Deslauriers & L'Ecuyer 2004, "Modeling daily arrivals to a telephone call center", model 1).
Counts are then negative binomial, and intervals of one day are correlated.

Two questions are kept apart. The *long-run* service is that of a random contact: busy days weigh more,
because more contacts meet them. The service *on 9 days of 10* is that of the day that only one in ten
exceeds in busyness.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.day.day_factor import gamma_nodes, gamma_quantile
from models.queueing.erlang import erlang_a
from models.queueing.inverse import Goal, min_agents
from models.queueing.numerics.arguments import Floats, above, at_least, share
from models.queueing.performance import service_level
from scenarios.contact_types import Definition
from scenarios.errors import InvalidValue

NODES = 80  # of the quadrature over busyness: six digits for the shapes of real centres (5 and up)


def shape_of_cv(cv: float) -> float:
    """The gamma shape of a day factor with this coefficient of variation: 1 / cv squared, inf for none.

    Examples
    --------
    >>> shape_of_cv(0.2)
    25.0
    """
    spread = float(at_least("cv", cv, 0.0))
    return round(1 / spread**2, 9) if spread > 0 else np.inf


def count_variance(mean_count: ArrayLike, shape: float) -> Floats:
    """Variance of the number of contacts, in the shape of `mean_count`: m + m squared / shape.

    Examples
    --------
    >>> count_variance(100, 25)
    np.float64(500.0)
    """
    mean = at_least("mean_count", mean_count, 0.0)
    return mean + mean**2 / _shape(shape)


def count_quantile(mean_count: ArrayLike, shape: float, level: ArrayLike) -> Floats:
    """The least number of contacts not exceeded with probability `level`: a negative binomial quantile.

    Examples
    --------
    >>> count_quantile(100, 25, [0.05, 0.5, 0.95])
    array([ 66.,  99., 139.])
    """
    from scipy.stats import nbinom, poisson

    mean, wanted, alpha = above("mean_count", mean_count, 0.0), share("level", level), _shape(shape)
    distribution = nbinom(alpha, alpha / (alpha + mean)) if np.isfinite(alpha) else poisson(mean)
    return np.asarray(distribution.ppf(wanted), dtype=float)[()]


def count_correlation(first_mean: float, second_mean: float, shape: float) -> float:
    """Correlation of the numbers of contacts in two intervals of one day: both follow the same busyness.

    Examples
    --------
    >>> round(count_correlation(100, 150, 25), 4)
    0.8281
    """
    first, second = float(above("first_mean", first_mean, 0.0)), float(above("second_mean", second_mean, 0.0))
    variances = count_variance([first, second], shape)
    return float(first * second / _shape(shape) / np.sqrt(variances.prod()))


def fitted_shape(counts: ArrayLike, forecast: ArrayLike) -> float:
    """The gamma shape by which daily `counts`, shape (days,), spread around their `forecast`; inf if none.

    Moment estimate (Avramidis et al. 2004, section 3): the variance beyond Poisson is forecast squared /
    shape.

    Examples
    --------
    >>> round(fitted_shape([80, 130, 100, 95, 120, 75], 100), 1)
    34.3
    """
    seen, mean = np.broadcast_arrays(at_least("counts", counts, 0.0), above("forecast", forecast, 0.0))
    if seen.size < 2:
        raise InvalidValue("counts", counts, "give at least two days")
    excess = float(((seen - mean) ** 2 - seen).sum())
    return float((mean**2).sum() / excess) if excess > 0 else np.inf


def uncertain_service(
    arrival_rate: float,
    handle_time: float,
    patience: float,
    agents: ArrayLike,
    within: float,
    shape: float,
    definition: Definition = "offered",
) -> tuple[Floats, Floats, Floats, Floats]:
    """Long-run service level, abandonment, mean wait, and the spread of the service level between days.

    Each in the shape of `agents`. Means are over contacts, E[B X(B)], with M/M/n+M given the busyness B;
    the spread is the standard deviation over days, E[X(B)^2] - E[X(B)]^2 under the root.

    Parameters
    ----------
    arrival_rate, handle_time, patience, within
        The forecast, and the other arguments of `models.queueing.erlang.erlang_a`. Patience must be finite: without
        it some day always has more work than agents.
    shape
        Of the gamma day factor.

    Examples
    --------
    >>> level, lost, wait, spread = uncertain_service(10, 3, 2, 34, 1 / 3, shape=10)
    >>> f"{level:.4f} {lost:.4f} {wait:.4f} {spread:.4f}"
    '0.7203 0.0959 0.1918 0.2657'
    """
    if not np.isfinite(patience):
        raise InvalidValue("patience", patience, "give a finite mean: without it a busy day has no long-run service")
    factors, weights = _busyness(shape)
    staffing = np.asarray(agents, dtype=float)
    given = erlang_a(arrival_rate * factors, handle_time, patience, staffing[..., None], within)
    met = given.stable & (given.arrival_rate > 0)
    level = np.where(met, given.service_level(definition), 0.0)
    by_contact = weights * factors
    # Each definition is a ratio of contacts, so its parts are averaged, not the ratio.
    in_time, left, answered = (
        (by_contact * part).sum(axis=-1) for part in (given.served_within, given.abandoned_within, given.p_answered)
    )
    mean = (weights * level).sum(axis=-1)
    spread = np.sqrt(np.maximum((weights * (level - mean[..., None]) ** 2).sum(axis=-1), 0.0))
    lost, wait = ((by_contact * part).sum(axis=-1) for part in (given.p_abandon, given.wait_all))
    return np.asarray(service_level(definition, in_time, left, answered))[()], lost, wait, spread


def min_agents_uncertain(
    arrival_rate: float, handle_time: float, patience: float, within: float, target: float, shape: float
) -> int:
    """The least agents whose long-run service level (answered within / offered) reaches `target`.

    Examples
    --------
    >>> min_agents_uncertain(10, 3, 2, 1 / 3, 0.8, shape=10)
    38
    """
    low = int(min_agents(arrival_rate, handle_time, Goal(service_level=target, within=within), patience))
    step = max(1, low // 8)
    while True:  # the level rises with every agent, so the first block that reaches the target holds the answer
        staffing = np.arange(max(low - step, 0), low + step + 1)
        levels = uncertain_service(arrival_rate, handle_time, patience, staffing, within, shape)[0]
        enough = levels >= target
        if enough.any() and (not enough[0] or staffing[0] == 0):
            return int(staffing[np.argmax(enough)])
        low = int(staffing[0] if enough[0] else staffing[-1])


def min_agents_on_share_of_days(
    arrival_rate: ArrayLike, handle_time: ArrayLike, goal: Goal, patience: ArrayLike, shape: float, days: float = 0.9
) -> NDArray[np.int64]:
    """The least agents that keep `goal` on a share `days` of days, in the shape of the arguments.

    Service falls as busyness rises, so the share of days on which it holds is the probability that the
    busyness stays below the one where it just fails: staff for the quantile of the day factor. The chance
    of arrivals and handle times within a day is not in it; add it by simulation where a day is short.

    Examples
    --------
    >>> int(min_agents_on_share_of_days(10, 3, Goal(service_level=0.8, within=1 / 3), 2, shape=25, days=0.9))
    39
    """
    if not 0 < float(share("days", days)) < 1:
        raise InvalidValue("days", days, "ask for a share of days above 0 and below 1")
    busy = gamma_quantile(shape, days) if np.isfinite(_shape(shape)) else 1.0
    return min_agents(np.asarray(arrival_rate) * busy, handle_time, goal, patience)


def share_of_good_days(
    arrival_rate: float, handle_time: float, patience: float, agents: int, within: float, target: float, shape: float
) -> float:
    """The share of days whose service level (answered within / offered) is at least `target`.

    The busyness at which `agents` just keep the target, found by bisection, and the gamma law up to there.

    Examples
    --------
    >>> round(share_of_good_days(10, 3, 2, 40, 1 / 3, 0.8, shape=25), 3)
    0.934
    """
    from scipy.special import gammainc

    alpha = _shape(shape)

    def kept(day_factors: float) -> bool:
        given = erlang_a(arrival_rate * day_factors, handle_time, patience, agents, within)
        return bool(given.stable and given.served_within >= target)

    if not np.isfinite(alpha):
        return float(kept(1.0))
    low, high = 0.0, 1.0
    while kept(high):
        low, high = high, 2 * high
        if high > 1e6:
            return 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if kept(middle) else (low, middle)
    return float(gammainc(alpha, alpha * low))


def _shape(shape: float) -> float:
    """A gamma shape above zero, inf for a day factor that never varies."""
    if np.isnan(shape) or shape <= 0:
        raise InvalidValue("shape", shape, "give a number above zero (variance of the day factor 1 / shape), or inf")
    return float(shape)


def _busyness(shape: float) -> tuple[Floats, Floats]:
    """Factors and weights over the busyness of a day."""
    if np.isinf(_shape(shape)):
        return np.ones(1), np.ones(1)
    return gamma_nodes(shape, NODES)
