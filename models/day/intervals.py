"""A day interval by interval: the offered load that varies, and the agents each interval needs.

Four ways to turn a day into stationary queues, from crude to good. Each takes arrival rates that are
constant within an interval, shape (intervals,), and any one unit of time.

``sipp``
    Stationary, independent, period by period: the load of an interval is its own rate times the handle time
    (Green, Kolesar & Soares 2001, "Improving the SIPP approach for staffing service systems that have
    cyclic demands").
``lagged``
    The same with rates taken one mean handle time earlier, the lagged average SIPP of the same authors.
``mol-mean``, ``mol-max``
    Modified offered load: the mean (or the largest) number of agents that would be busy if there were
    always one free, m(t) of M(t)/G/infinity (Jennings, Mandelbaum, Massey & Whitt 1996, "Server staffing to
    meet time-varying demand").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.queueing.handle_times import HandleTimeDistribution
from models.queueing.inverse import Goal, min_agents
from models.queueing.numerics.arguments import Floats, above, at_least
from scenarios.errors import InvalidValue, TooLarge

Rule = Literal["sipp", "lagged", "mol-mean", "mol-max"]
"""How an interval's load is taken from a day that varies."""

MOST_PAIRS, PAIRS_AT_ONCE = 500_000_000, 4_000_000
"""Pairs of a time and an interval that the offered load is worked out for, in all and at once."""
NOTHING_LEFT = 1e-16
"""Share of an interval's work that no longer counts."""
GRID = 60  # steps per interval in which the largest load is looked for; its ends are among them


def offered_load(
    arrival_rates: ArrayLike,
    interval: float,
    handle: HandleTimeDistribution,
    times: ArrayLike,
    rate_before: float = 0.0,
) -> Floats:
    """Mean number of busy agents at `times` if there is always a free one, in the shape of `times`.

    Eick, Massey & Whitt (1993), *The physics of the M(t)/G/infinity queue*, Theorem 1:
    ``m(t) = integral of lambda(u) P(S > t - u) du``, here in closed form for rates constant by interval.

    Parameters
    ----------
    arrival_rates
        Shape (intervals,); nothing arrives after the last interval.
    rate_before
        The rate at all times before 0; 0 for a centre that opens empty.

    Examples
    --------
    >>> offered_load([1.0, 2.0], 30.0, HandleTimeDistribution("exponential", 4.0), [30.0, 60.0]).round(4)
    array([3.9978, 7.9978])
    """
    rates, length = _rates(arrival_rates), float(above("interval", interval, 0.0))
    when = at_least("times", times, 0.0)
    if when.size * rates.size > MOST_PAIRS:
        pairs = f"{when.size * rates.size:,} pairs of a time and an interval"
        raise TooLarge(
            "the offered load", pairs, f"{MOST_PAIRS:,}", "take the rule sipp, or longer intervals or fewer days"
        )
    result = np.empty(when.size)
    for part in np.array_split(np.arange(when.size), 1 + when.size * rates.size // PAIRS_AT_ONCE):
        since_start = when.ravel()[part, None] - np.arange(rates.size) * length
        result[part] = (handle.left(since_start - length) - handle.left(since_start)) @ rates
    before = at_least("rate_before", rate_before, 0.0)
    return np.asarray(result.reshape(when.shape) + before * handle.left(when))


def sinusoidal_load(
    mean_rate: float, amplitude: float, frequency: float, handle_time: float, times: ArrayLike
) -> Floats:
    """The offered load of ``mean_rate + amplitude sin(frequency t)`` with exponential handle times, for ever.

    Eick, Massey & Whitt (1993b), *M(t)/G/infinity queues with sinusoidal arrival rates*, eq. 15: the load
    follows the arrivals late by about a handle time, and with a smaller swing.

    Examples
    --------
    >>> sinusoidal_load(10, 5, 1, 0.5, [0.0, np.pi / 2])
    array([4., 7.])
    """
    mu, t = 1 / float(above("handle_time", handle_time, 0.0)), np.asarray(times, dtype=float)
    above("mean_rate", mean_rate, abs(amplitude) * (1 - 1e-12))
    swing = mu * np.sin(frequency * t) - frequency * np.cos(frequency * t)
    return np.asarray(mean_rate / mu + amplitude * swing / (mu**2 + frequency**2))


def interval_loads(
    arrival_rates: ArrayLike,
    interval: float,
    handle: HandleTimeDistribution,
    rule: Rule = "mol-mean",
    rate_before: float = 0.0,
) -> Floats:
    """The load in erlangs that each interval is staffed for by a rule, shape (intervals,).

    Examples
    --------
    >>> interval_loads([1.0, 2.0], 30.0, HandleTimeDistribution("exponential", 4.0), "sipp")
    array([4., 8.])
    >>> interval_loads([1.0, 2.0], 30.0, HandleTimeDistribution("exponential", 4.0), "mol-mean").round(4)
    array([3.467 , 7.4667])
    """
    rates, length = _rates(arrival_rates), float(above("interval", interval, 0.0))
    if rule == "sipp":
        return rates * handle.mean
    if rule == "lagged":
        return handle.mean * _lagged(rates, length, handle.mean, rate_before)
    if rule == "mol-mean":
        return _mean_load(rates, length, handle, float(at_least("rate_before", rate_before, 0.0)))
    if rule == "mol-max":
        steps = _steps(rates.size, length)
        return np.asarray(offered_load(rates, length, handle, steps, rate_before).max(axis=1))
    raise InvalidValue("rule", rule, f"choose one of {', '.join(get_args(Rule))}")


def interval_loads_of(
    arrival_rates: ArrayLike, interval: float, handles: Sequence[HandleTimeDistribution], rule: Rule = "mol-mean"
) -> Floats:
    """The load by a rule where handle times differ by the interval of arrival, shape (intervals,).

    Contacts of unlike handle times are independent Poisson processes, whose loads add up (Eick, Massey & Whitt 1993,
    *The physics of the M(t)/G/infinity queue*, Theorem 1 for each).

    Parameters
    ----------
    handles
        The law of each interval's contacts.

    Examples
    --------
    >>> short, long = HandleTimeDistribution("exponential", 4.0), HandleTimeDistribution("exponential", 8.0)
    >>> interval_loads_of([1.0, 1.0], 30.0, [short, long], "sipp")
    array([4., 8.])
    """
    rates = _rates(arrival_rates)
    own = {law: np.where([handle == law for handle in handles], rates, 0.0) for law in dict.fromkeys(handles)}
    if rule != "mol-max":
        return np.asarray(sum(interval_loads(part, interval, law, rule) for law, part in own.items()))
    steps = _steps(rates.size, float(above("interval", interval, 0.0)))
    loads = np.sum([offered_load(part, interval, law, steps) for law, part in own.items()], axis=0)
    return np.asarray(loads.max(axis=1))


def _steps(intervals: int, length: float) -> Floats:
    """The times at which the greatest load of each interval is looked for, shape (intervals, times)."""
    return np.asarray((np.arange(intervals)[:, None] + np.arange(GRID + 1) / GRID) * length)


def requirement(
    arrival_rates: ArrayLike,
    interval: float,
    handle: HandleTimeDistribution,
    goal: Goal,
    patience: ArrayLike = np.inf,
    rule: Rule = "mol-mean",
    rate_before: float = 0.0,
) -> NDArray[np.int64]:
    """The least agents per interval that meet `goal` by the stationary formula for the load of `rule`.

    Erlang C where `patience` (mean) is inf, else Erlang A, both with the load of `interval_loads`, shape
    (intervals,).

    Examples
    --------
    >>> goal = Goal(service_level=0.8, within=1 / 3)
    >>> requirement([1.0, 2.0], 30.0, HandleTimeDistribution("exponential", 4.0), goal)
    array([ 6, 11])
    """
    loads = interval_loads(arrival_rates, interval, handle, rule, rate_before)
    return min_agents(loads / handle.mean, handle.mean, goal, patience)


def square_root(loads: ArrayLike, quality: float) -> NDArray[np.int64]:
    """Load plus `quality` times its square root, rounded up: the square-root rule, in the shape of `loads`.

    Halfin & Whitt (1981), *Heavy-traffic limits for queues with many exponential servers*, eq. 2.2; over a
    day Jennings et al. (1996), eq. 5. `quality` 0 gives about an even chance of waiting, 1 about one in
    five.

    Examples
    --------
    >>> square_root([4.0, 100.0], 1.0)
    array([  6, 110])
    """
    load = at_least("loads", loads, 0.0)
    # The small step down keeps 4 + 2 = 6.0000000001 from becoming 7.
    return np.asarray(np.minimum(np.ceil(load + quality * np.sqrt(load) - 1e-9), 2.0**62), dtype=np.int64)


def _rates(arrival_rates: ArrayLike) -> Floats:
    rates = at_least("arrival_rates", arrival_rates, 0.0)
    if rates.ndim != 1 or rates.size == 0:
        raise InvalidValue("arrival_rates", rates.shape, "give one rate per interval, shape (intervals,)")
    return rates


def _lagged(rates: Floats, length: float, lag: float, rate_before: float) -> Floats:
    """Mean over each interval of the rate `lag` earlier."""
    edges = np.arange(rates.size + 1) * length
    arrived = np.concatenate([[0.0], np.cumsum(rates) * length])
    then = edges - lag
    total = np.interp(then, edges, arrived) + rate_before * np.minimum(then, 0.0)
    return np.asarray(np.diff(total) / length)


def _mean_load(rates: Floats, length: float, handle: HandleTimeDistribution, rate_before: float) -> Floats:
    """Mean of m(t) over each interval, from the integral of what is left of a handle time."""
    edges = np.arange(rates.size + 1) * length
    # Two antiderivatives: for the end and for the start of each interval of arrivals. They depend on how long ago it
    # was, so that the sum over intervals is a convolution, and it ends where no handle time is left.
    area = handle.left_area(np.concatenate(([-length], edges)))
    weights = np.diff(area, 2)
    kept = np.flatnonzero(np.abs(weights) > NOTHING_LEFT * handle.mean * length)
    lags = int(kept[-1]) + 1 if kept.size else 1
    load = np.convolve(rates, weights[:lags])[: rates.size] - rate_before * np.diff(handle.left_area(edges))
    return np.asarray(load / length)
