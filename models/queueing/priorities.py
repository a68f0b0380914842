"""Queues with classes of customers in order of rank, first come first served within a class, nobody leaving."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.queueing.numerics.arguments import Floats, above, at_least
from models.queueing.numerics.erlang_sums import blocking
from scenarios.errors import InvalidValue, UnstableQueue


@dataclass(frozen=True)
class ByClass:
    """Measures by class, arrays of shape (classes,), the highest rank first.

    Attributes
    ----------
    p_wait
        Chance to wait.
    wait
        Mean wait until service first begins; inf for a class whose load, with those above it, is too much.
    time_in_system
        Mean time from arrival to the end of service.
    """

    p_wait: Floats
    wait: Floats
    time_in_system: Floats


def nonpreemptive(arrival_rates: ArrayLike, handle_time: float, agents: int) -> ByClass:
    """Exact means of M/M/n with ranks, a contact in hand always finished; all classes alike in handle time.

    ``W_k = C h / n / ((1 - s_(k-1)) (1 - s_k))``, s_k the load per agent of the classes down to k: Davis (1966),
    *Waiting-time distribution of a multi-server priority queueing system*; Kella & Yechiali (1985), *Waiting times
    in the non-preemptive priority M/M/c queue*, eq. 9. One agent: Cobham (1954).

    Parameters
    ----------
    arrival_rates
        Contacts per unit of time by class, shape (classes,), the highest rank first.
    handle_time
        Mean handle time of every class.
    agents
        Number of agents.

    Raises
    ------
    InvalidValue
        If an argument cannot be used.
    UnstableQueue
        If even the first class is more than the agents can do. A lower class that is too much has an infinite wait.

    Examples
    --------
    >>> nonpreemptive([0.3, 0.4], handle_time=1, agents=1).wait.round(6)
    array([1.      , 3.333333])
    """
    rates, handle, staffing = _arguments(arrival_rates, handle_time, agents)
    sigma = np.cumsum(rates) * handle / staffing
    _refuse_overload(sigma[0] * staffing, staffing)
    chance = _erlang_c(np.minimum(sigma[-1], 1.0) * staffing, staffing)
    above_ = np.concatenate(([0.0], sigma[:-1]))
    stable = sigma < 1
    with np.errstate(divide="ignore"):
        wait = np.where(stable, chance * handle / staffing / ((1 - above_) * (1 - sigma)), np.inf)
    return ByClass(np.full(rates.shape, chance), wait, wait + handle)


def first_class_wait_within(arrival_rates: ArrayLike, handle_time: float, agents: int, within: ArrayLike) -> Floats:
    """The exact chance that the highest class waits at most `within` in M/M/n with ranks.

    ``1 - C exp(-(n mu - lambda_1) t)``, C for the load of all classes: who ranks first and must wait sees an M/M/1
    queue of its own class served n mu (Davis 1966).

    Parameters
    ----------
    arrival_rates, handle_time, agents
        As in `nonpreemptive`.
    within
        The wait, any shape.

    Raises
    ------
    InvalidValue, UnstableQueue
        As in `nonpreemptive`.

    Examples
    --------
    >>> round(float(first_class_wait_within([0.3, 0.4], handle_time=1, agents=1, within=1)), 9)
    0.652390287
    """
    rates, handle, staffing = _arguments(arrival_rates, handle_time, agents)
    time = at_least("within", within, 0.0)
    _refuse_overload(rates[0] * handle, staffing)
    chance = _erlang_c(min(rates.sum() * handle, staffing), staffing)
    return np.asarray(1 - chance * np.exp(-(staffing / handle - rates[0]) * time))[()]


def cobham(arrival_rates: ArrayLike, handle_times: ArrayLike, scvs: ArrayLike) -> ByClass:
    """Exact means of M/G/1 with ranks, a contact in hand always finished.

    ``W_k = sum_i lambda_i E[S_i^2] / 2 / ((1 - s_(k-1)) (1 - s_k))``: Cobham (1954), *Priority assignment in waiting
    line problems*; Kleinrock (1976), *Queueing systems* 2, eq. 3.31.

    Parameters
    ----------
    arrival_rates, handle_times, scvs
        By class, shape (classes,), the highest rank first: contacts per unit of time, mean and squared coefficient
        of variation of handle times.

    Raises
    ------
    InvalidValue, UnstableQueue
        As in `nonpreemptive`.

    Examples
    --------
    >>> cobham([0.3, 0.2, 0.1], [0.5, 1, 2], [1, 1, 1]).wait.round(6)
    array([0.794118, 1.221719, 2.307692])
    """
    rates, handle, scv = _classes(arrival_rates, handle_times, scvs)
    sigma = np.cumsum(rates * handle)
    _refuse_overload(sigma[0], 1.0)
    above_ = np.concatenate(([0.0], sigma[:-1]))
    # classes that starve are never in hand but for the idle share that the stable ones leave them
    share_served = np.clip((1 - above_) / np.maximum(rates * handle, 1e-300), 0.0, 1.0)
    residual = np.sum(rates * share_served * handle**2 * (1 + scv)) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        wait = np.where(sigma < 1, residual / ((1 - above_) * (1 - sigma)), np.inf)
    return ByClass(np.full(rates.shape, min(sigma[-1], 1.0)), wait, wait + handle)


def preemptive_resume(arrival_rates: ArrayLike, handle_times: ArrayLike, scvs: ArrayLike) -> ByClass:
    """Exact means of M/G/1 with ranks where a higher contact interrupts, and the work done is kept.

    ``T_k = h_k / (1 - s_(k-1)) + sum_(i<=k) lambda_i E[S_i^2] / 2 / ((1 - s_(k-1)) (1 - s_k))``: White & Christie
    (1958), *Queuing with preemptive priorities or with breakdown*; Kleinrock (1976), eq. 3.39.

    Parameters
    ----------
    arrival_rates, handle_times, scvs
        As in `cobham`.

    Raises
    ------
    InvalidValue, UnstableQueue
        As in `nonpreemptive`.

    Examples
    --------
    >>> preemptive_resume([0.3, 0.4], [1, 1], [1, 1]).time_in_system.round(6)
    array([1.428571, 4.761905])
    """
    rates, handle, scv = _classes(arrival_rates, handle_times, scvs)
    sigma = np.cumsum(rates * handle)
    _refuse_overload(sigma[0], 1.0)
    above_ = np.concatenate(([0.0], sigma[:-1]))
    residual = np.cumsum(rates * handle**2 * (1 + scv)) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        wait = np.where(sigma < 1, residual / ((1 - above_) * (1 - sigma)), np.inf)
        time = np.where(sigma < 1, wait + handle / (1 - above_), np.inf)
    return ByClass(np.minimum(sigma, 1.0), wait, time)


def network_rates(external: ArrayLike, routing: ArrayLike) -> Floats:
    """The arrival rate at each node of an open network, shape (nodes,): new contacts and those sent on.

    ``lambda = external + routing' lambda``; each node then is an Erlang C queue of its own: Jackson (1957),
    *Networks of waiting lines*, theorem 1.

    Parameters
    ----------
    external
        New contacts per unit of time, shape (nodes,).
    routing
        Chance to go from node i to node j after service, shape (nodes, nodes); the rest leaves.

    Raises
    ------
    InvalidValue
        If a row adds up to more than 1, or nothing ever leaves.

    Examples
    --------
    >>> network_rates([2, 0], [[0.1, 0.3], [0, 0]]).round(6)
    array([2.222222, 0.666667])
    """
    new = np.atleast_1d(at_least("external", external, 0.0))
    chances = at_least("routing", routing, 0.0)
    if chances.shape != (new.size, new.size) or np.any(chances.sum(axis=1) > 1 + 1e-12):
        raise InvalidValue("routing", routing, "give a square table whose rows add up to at most 1")
    system = np.eye(new.size) - chances.T
    if np.linalg.cond(system) > 1e12:
        raise InvalidValue("routing", routing, "let some contacts leave, or they go round for ever")
    return np.asarray(np.linalg.solve(system, new), dtype=float)


def _arguments(arrival_rates: ArrayLike, handle_time: float, agents: int) -> tuple[Floats, float, float]:
    rates = np.atleast_1d(at_least("arrival_rates", arrival_rates, 0.0))
    return rates, float(above("handle_time", handle_time, 0.0)), float(at_least("agents", agents, 1.0))


def _classes(arrival_rates: ArrayLike, handle_times: ArrayLike, scvs: ArrayLike) -> tuple[Floats, Floats, Floats]:
    rates, handle, scv = np.broadcast_arrays(
        np.atleast_1d(at_least("arrival_rates", arrival_rates, 0.0)),
        above("handle_times", handle_times, 0.0),
        at_least("scvs", scvs, 0.0),
    )
    return rates, handle, scv


def _refuse_overload(load: float, agents: float) -> None:
    if not load < agents:
        raise UnstableQueue(offered=float(load), agents=agents)


def _erlang_c(load: float, agents: float) -> float:
    b = float(blocking(np.asarray(agents), np.asarray(load)))
    return agents * b / (agents - load * (1 - b))
