"""Queues whose handle times follow any law: one agent exactly, several approximately."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import pdtrc, xlogy

from models.queueing.numerics.arguments import Floats, above, at_least
from models.queueing.numerics.erlang_sums import blocking
from scenarios.errors import TooLarge, UnstableQueue

MOST_STEPS = 5000  # service times within one wait; the recursion is quadratic in them


@dataclass(frozen=True)
class MeanWait:
    """Mean measures of a queue without abandonment, arrays of the common shape of the arguments.

    Attributes
    ----------
    model
        Which formula this is, and whether it is exact.
    p_wait
        Chance to wait; for approximations that of Erlang C.
    wait, queue
        Mean wait of all, mean number waiting; inf where the queue is not `stable`.
    occupancy
        Busy share of the agents.
    stable
        Whether the load is below the agents.
    """

    model: str
    p_wait: Floats
    wait: Floats
    queue: Floats
    occupancy: Floats
    stable: NDArray[np.bool_]


def mg1(arrival_rate: ArrayLike, handle_time: ArrayLike, scv: ArrayLike) -> MeanWait:
    """Exact means of M/G/1: one agent, any law of handle times.

    ``E[W] = rho h (1 + scv) / (2 (1 - rho))``: Pollaczek (1930), Khinchine (1932); Kleinrock (1975), *Queueing
    systems* 1, eq. 5.69.

    Parameters
    ----------
    arrival_rate
        Contacts per unit of time.
    handle_time, scv
        Mean and squared coefficient of variation of handle times (0 deterministic, 1 exponential).

    Raises
    ------
    InvalidValue
        If an argument cannot be used.
    UnstableQueue
        For scalars, if there is no less work than one agent can do.

    Examples
    --------
    >>> float(mg1(arrival_rate=0.5, handle_time=1.5, scv=1).wait.round(9))
    4.5
    """
    return _scaled_erlang_c("M/G/1 (Pollaczek-Khinchine), exact", arrival_rate, handle_time, 1, 1.0, scv, False)


def allen_cunneen(
    arrival_rate: ArrayLike,
    handle_time: ArrayLike,
    agents: ArrayLike,
    scv: ArrayLike,
    arrival_scv: ArrayLike = 1.0,
) -> MeanWait:
    """Approximate means of G/G/n: Erlang C's wait times the mean of the two squared coefficients of variation.

    ``E[W] = C h / (n - a) (ca2 + cs2) / 2``; Allen (1990), *Probability, statistics and queueing theory*, section
    5.3.4 (Allen & Cunneen). Exact for M/M/n and M/G/1.

    Parameters
    ----------
    arrival_rate, handle_time, agents
        As in `models.queueing.erlang.erlang_c`.
    scv, arrival_scv
        Squared coefficients of variation of handle times, and of the times between arrivals (1 for Poisson).

    Raises
    ------
    InvalidValue, UnstableQueue
        As in `mg1`.

    Examples
    --------
    >>> float(allen_cunneen(0.5, 1.5, agents=1, arrival_scv=1, scv=0).wait.round(9))  # M/D/1
    2.25
    """
    return _scaled_erlang_c("G/G/n (Allen-Cunneen)", arrival_rate, handle_time, agents, arrival_scv, scv, False)


def whitt(
    arrival_rate: ArrayLike,
    handle_time: ArrayLike,
    agents: ArrayLike,
    scv: ArrayLike,
    arrival_scv: ArrayLike = 1.0,
) -> MeanWait:
    """Approximate means of G/G/n, better than Allen-Cunneen where agents are several and handle times regular.

    Whitt (1993), *Approximations for the GI/G/m queue*, eq. 2.16 to 2.25; with Poisson arrivals the refinement for
    M/G/n. Exact for M/M/n and M/D/1, within some percent of M/G/1.

    Parameters
    ----------
    arrival_rate, handle_time, agents, scv, arrival_scv
        As in `allen_cunneen`.

    Raises
    ------
    InvalidValue, UnstableQueue
        As in `mg1`.

    Examples
    --------
    >>> float(whitt(0.5, 1.5, agents=1, scv=1).wait.round(9))
    4.5
    """
    return _scaled_erlang_c("G/G/n (Whitt 1993)", arrival_rate, handle_time, agents, arrival_scv, scv, True)


def _scaled_erlang_c(
    model: str,
    arrival_rate: ArrayLike,
    handle_time: ArrayLike,
    agents: ArrayLike,
    arrival_scv: ArrayLike,
    scv: ArrayLike,
    refined: bool,
) -> MeanWait:
    rate, handle, staffing, ca2, cs2 = np.broadcast_arrays(
        at_least("arrival_rate", arrival_rate, 0.0),
        above("handle_time", handle_time, 0.0),
        at_least("agents", agents, 1.0),
        at_least("arrival_scv", arrival_scv, 0.0),
        at_least("scv", scv, 0.0),
    )
    load = rate * handle
    stable = load < staffing
    if load.ndim == 0 and not stable:
        raise UnstableQueue(offered=float(load), agents=float(staffing))
    idle = np.where(stable, staffing - load, 1.0)
    b = blocking(staffing, load)
    p_wait = np.where(stable, staffing * b / (idle + load * b), 1.0)
    factor = (ca2 + cs2) / 2 * (_whitt_factor(load / staffing, staffing, ca2, cs2) if refined else 1.0)
    wait = np.where(stable, p_wait * handle / idle * factor, np.inf)
    occupancy = np.minimum(load / staffing, 1.0)
    return MeanWait(model, p_wait[()], wait[()], (rate * wait)[()], occupancy[()], stable[()])


def _whitt_factor(rho: Floats, n: Floats, ca2: Floats, cs2: Floats) -> Floats:
    """Whitt (1993), eq. 2.16 to 2.25, names as there."""
    rho = np.clip(rho, 1e-12, 1.0)
    gamma = np.minimum(0.24, (1 - rho) * (n - 1) * (np.sqrt(4 + 5 * n) - 2) / (16 * n * rho))
    phi1, phi2 = 1 + gamma, 1 - 4 * gamma
    phi3 = phi2 * np.exp(-2 * (1 - rho) / (3 * rho))
    phi4 = np.minimum(1.0, (phi1 + phi3) / 2)
    c2 = (ca2 + cs2) / 2
    psi = np.where(c2 >= 1, 1.0, phi4 ** (2 * (1 - np.minimum(c2, 1.0))))
    bursty = np.where(ca2 >= cs2, 4 * ca2 - 3 * cs2, 1.0)
    regular = np.where(ca2 + cs2 > 0, 2 * (ca2 + cs2), 1.0)
    more = (4 * (ca2 - cs2) * phi1 + cs2 * psi) / np.where(bursty > 0, bursty, 1.0)
    less = ((cs2 - ca2) * phi3 + (cs2 + 3 * ca2) * psi) / regular
    return np.asarray(np.where(ca2 >= cs2, more, less))


def md1_wait_within(arrival_rate: float, handle_time: float, within: float) -> float:
    """The exact chance that the wait in M/D/1 is at most `within`.

    Franx (2001), *A simple solution for the M/D/c waiting time distribution*, eq. 4, with the queue's distribution
    by a recursion of positive terms, so that no digits cancel as they do in Erlang's alternating sum.

    Parameters
    ----------
    arrival_rate
        Contacts per unit of time.
    handle_time
        The handle time, always the same.
    within
        The wait.

    Raises
    ------
    InvalidValue
        If an argument cannot be used.
    UnstableQueue
        If there is no less work than one agent can do.
    TooLarge
        If the wait is more than some thousands of handle times.

    Examples
    --------
    >>> round(md1_wait_within(arrival_rate=0.8, handle_time=1, within=3), 9)
    0.76209952
    """
    rate = float(at_least("arrival_rate", arrival_rate, 0.0))
    handle = float(above("handle_time", handle_time, 0.0))
    time = float(at_least("within", within, 0.0))
    rho = rate * handle
    if rho >= 1:
        raise UnstableQueue(offered=rho, agents=1)
    steps = int(time // handle) + 1
    if steps > MOST_STEPS:
        raise TooLarge("the wait in M/D/1", f"{steps} handle times", str(MOST_STEPS), "ask for a shorter wait")
    below = np.cumsum(_md1_states(rho, steps + 1))[1:]  # P(at most m in the system), m = 1 .. steps
    mean = rate * (steps * handle - time)
    j = np.arange(steps)
    log_factorial = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, steps)))))
    poisson = np.exp(xlogy(j, mean) - mean - log_factorial)
    return float(np.clip(poisson @ below[::-1], 0.0, 1.0))


def _md1_states(rho: float, count: int) -> Floats:
    """P(j in the system) in M/D/1 for j = 0 .. count - 1, by sums of positive terms (Ramaswami 1988)."""
    p = np.empty(count)
    p[0] = 1 - rho
    tails = pdtrc(np.arange(count), rho)  # P(more than j arrivals during a handle time)
    first = np.exp(-rho)
    for j in range(1, count):
        p[j] = (p[0] * tails[j - 1] + p[1:j] @ tails[j - 1 : 0 : -1]) / first
    return p
