"""The inverse of the formulas: the least agents that keep a promise, the most load that they can take.

The reverse, the service that a given number of agents gives, is the formula itself (`models.queueing.erlang`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.queueing.goal import Goal
from models.queueing.numerics.arguments import Floats, above, at_least, share, whole
from models.queueing.numerics.erlang_sums import blocking
from models.queueing.numerics.min_agents import Cases, Counts, first_met
from scenarios.errors import InvalidValue

__all__ = ["Goal", "max_load", "min_agents", "min_lines", "most_arrivals"]

BISECTIONS = 100
ROUNDING = 1e-12
MOST = 1e12  # contacts per handle time beyond which a goal that still holds is held to hold always


def min_agents(
    arrival_rate: ArrayLike,
    handle_time: ArrayLike,
    goal: Goal,
    patience: ArrayLike = np.inf,
    lines: ArrayLike = np.inf,
) -> Counts:
    """The least whole agents that meet a goal, in the common shape of the arguments and of the goal.

    Where nothing arrives none are needed. Every measure of M/M/n+M improves with each agent (the offered wait falls
    in the likelihood ratio order), so the least number is found by bracketing from a diffusion approximation and
    checked on the exact formula: n meets the goal and n - 1 does not.

    Parameters
    ----------
    arrival_rate, handle_time, patience, lines
        As in `models.queueing.erlang.erlang_a`. With endless patience and lines, Erlang C; more agents than load.
    goal
        What must hold.

    Raises
    ------
    InvalidValue
        If an argument cannot be used, no goal is set, or no number of agents up to `lines` meets it.

    Examples
    --------
    >>> min_agents(3.3333, 3, Goal(service_level=0.8, within=1 / 3, max_occupancy=0.85))
    array(14)
    >>> min_agents([10, 5], [3, 4], Goal(service_level=0.8, within=1 / 3), patience=2)
    array([32, 22])
    """
    limits = goal.limits()
    rate, handle, endurance, limit, within, *values = np.broadcast_arrays(
        at_least("arrival_rate", arrival_rate, 0.0),
        above("handle_time", handle_time, 0.0),
        at_least("patience", patience, 0.0, infinite=True),
        whole("lines", lines, 0.0),
        np.asarray(goal.within, dtype=float),
        *(np.asarray(v, dtype=float) for v in limits.values()),
    )
    shape = rate.shape
    cases = Cases(
        rate=np.ravel(rate),
        handle=np.ravel(handle),
        patience=np.ravel(endurance),
        lines=np.ravel(limit),
        within=np.ravel(within),
        definition=goal.definition,
        limits={name: _eased(name, np.ravel(v)) for name, v in zip(limits, values, strict=True)},
    )
    return cases.least().reshape(shape)


def most_arrivals(
    handle_time: ArrayLike, agents: ArrayLike, goal: Goal, patience: ArrayLike = np.inf, lines: ArrayLike = np.inf
) -> Floats:
    """The highest arrival rate at which this many agents still meet a goal, in the common shape.

    inf where any rate does (a mean wait above the patience, say), 0 where none does.

    Parameters
    ----------
    handle_time, patience, lines
        As in `models.queueing.erlang.erlang_a`.
    agents
        Agents, at least one; may be fractional unless `lines` is given.
    goal
        What must hold.

    Raises
    ------
    InvalidValue
        If an argument cannot be used or no limit is set.

    Examples
    --------
    >>> goal = Goal(service_level=0.8, within=1 / 3)
    >>> int(min_agents(most_arrivals(handle_time=3, agents=14, goal=goal), 3, goal))
    14
    """
    limits = goal.limits()
    handle, staffing, endurance, limit, within, *values = np.broadcast_arrays(
        above("handle_time", handle_time, 0.0),
        above("agents", agents, 0.0),
        at_least("patience", patience, 0.0, infinite=True),
        whole("lines", lines, 0.0),
        np.asarray(goal.within, dtype=float),
        *(np.asarray(v, dtype=float) for v in limits.values()),
    )
    cases = Cases(
        rate=np.zeros(staffing.size),
        handle=np.ravel(handle),
        patience=np.ravel(endurance),
        lines=np.ravel(limit),
        within=np.ravel(within),
        definition=goal.definition,
        limits=dict(zip(limits, map(np.ravel, values), strict=True)),
    )
    staffed = np.ravel(staffing)

    def met(rate: Floats) -> NDArray[np.bool_]:
        return replace(cases, rate=rate).margins_with_lines(staffed) >= 0

    return _last_met(met, cases.rate, staffed / cases.handle, MOST / cases.handle).reshape(staffing.shape)[()]


def min_lines(load: ArrayLike, p_block: ArrayLike) -> Counts:
    """The least lines (or agents without a queue) that turn away at most a share `p_block`, by Erlang B.

    Parameters
    ----------
    load
        Offered erlangs.
    p_block
        Largest share that may be turned away, above 0; 1 needs no line.

    Raises
    ------
    InvalidValue
        If an argument cannot be used.

    Examples
    --------
    >>> int(min_lines(load=10, p_block=0.02))
    17
    """
    erlangs, limit = np.broadcast_arrays(at_least("load", load, 0.0), above("p_block", share("p_block", p_block), 0.0))
    flat, wanted = np.ravel(erlangs), np.ravel(limit)

    def margins(n: Floats, i: NDArray[np.intp]) -> Floats:
        with np.errstate(divide="ignore"):
            return np.log(wanted[i] / blocking(n, flat[i]))

    carried = flat * (1 - wanted)
    guess, rise = np.ceil(carried + np.sqrt(carried)), 1 / np.sqrt(carried + 1)
    return first_met(margins, guess, rise, np.full(flat.shape, np.inf)).astype(np.int64).reshape(erlangs.shape)


def max_load(agents: ArrayLike, p_block: ArrayLike) -> Floats:
    """The largest load (erlangs) of which at most a share `p_block` is turned away, by Erlang B.

    Parameters
    ----------
    agents
        Agents or lines, at least one; may be fractional.
    p_block
        Largest share that may be turned away, below 1.

    Raises
    ------
    InvalidValue
        If an argument cannot be used.

    Examples
    --------
    >>> round(float(max_load(agents=5, p_block=0.001)), 6)
    0.762115
    """
    lines, limit = np.broadcast_arrays(at_least("agents", agents, 0.0), share("p_block", p_block))
    if np.any(limit >= 1):
        raise InvalidValue("p_block", 1, "ask for less than 1: any load loses less than everything")
    high = (lines + 1) / (1 - limit)  # the load carried, a (1 - B), is below the lines
    return _last_met(lambda load: blocking(lines, load) <= limit, np.zeros(lines.shape), high, high)[()]


def _eased(name: str, limit: Floats) -> Floats:
    """A limit eased by less than anybody can measure, so that one met exactly is met in floating point too."""
    return limit - ROUNDING * (1 - limit) if name == "service_level" else limit * (1 + ROUNDING)


def _last_met(met: Callable[[Floats], NDArray[np.bool_]], low: Floats, high: Floats, most: Floats) -> Floats:
    """The largest value that still meets, by doubling `high` up to `most` and bisection; inf beyond `most`."""
    while np.any(more := met(high) & (high < most)):
        low, high = np.where(more, high, low), np.where(more, 2 * high, high)
    always = met(high)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        yes = met(middle)
        low, high = np.where(yes, middle, low), np.where(yes, high, middle)
    return np.where(always, np.inf, low)
