"""Erlang B, C and A: exact measures of a queue of like contacts and like agents, vectorised, safe at any load.

Arguments broadcast against each other; times are in any one unit, rates per that unit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammainc, gammaincc

from models.queueing.finite_lines import with_lines
from models.queueing.numerics.arguments import Floats, above, at_least, whole
from models.queueing.numerics.erlang_sums import blocking, palm
from models.queueing.numerics.waits import served_and_abandoned_waits
from models.queueing.performance import Part, Performance, by_parts
from scenarios.errors import UnstableQueue

NEVER = 1e100  # a patience of so many handle times is as good as endless, and its square is still a float


def erlang_b(load: ArrayLike, agents: ArrayLike) -> Floats:
    """Erlang's B: the share of contacts turned away when there is no queue, in the shape of the arguments.

    A. K. Erlang (1917), *Solution of some problems in the theory of probabilities of significance in automatic
    telephone exchanges*, eq. 4; for a fraction of an agent Jagerman (1974), *Some properties of the Erlang loss
    function*, eq. 2.

    Parameters
    ----------
    load
        Offered load in erlangs (arrival rate x handle time).
    agents
        Number of agents or lines, which may be fractional.

    Raises
    ------
    InvalidValue
        If an argument is negative, NaN or infinite.

    Examples
    --------
    >>> round(float(erlang_b(load=10, agents=17)), 6)
    0.012949
    """
    return blocking(at_least("agents", agents, 0.0), at_least("load", load, 0.0))[()]


def erlang_c(
    arrival_rate: ArrayLike, handle_time: ArrayLike, agents: ArrayLike, within: ArrayLike = 0.0
) -> Performance:
    """All measures of M/M/n: nobody is turned away and nobody ever leaves.

    A. K. Erlang (1917), eq. 7; ``C = n B / (n - a (1 - B))`` and ``P(W > t) = C exp(-(n - a) t / h)`` (Cooper 1981,
    *Introduction to queueing theory*, eq. 3.4.13 and 3.4.22).

    Parameters
    ----------
    arrival_rate
        Contacts per unit of time.
    handle_time
        Mean handle time, wrap-up included.
    agents
        Number of agents, which may be fractional.
    within
        Time that the service level asks for.

    Raises
    ------
    InvalidValue
        If an argument is negative, NaN or infinite.
    UnstableQueue
        For scalars, if the load is not below the agents. Among arrays such an element has ``stable`` false, the
        ``growth`` of its queue, infinite waits and a service level of 0.

    Examples
    --------
    >>> p = erlang_c(arrival_rate=120, handle_time=0.1, agents=16, within=20 / 3600)
    >>> print(f"{p.service_level():.2f} {p.asa * 3600:.0f} s {p.occupancy:.2f}")
    0.84 18 s 0.75
    """
    rate, handle, staffing, time = np.broadcast_arrays(
        at_least("arrival_rate", arrival_rate, 0.0),
        above("handle_time", handle_time, 0.0),
        at_least("agents", agents, 0.0),
        at_least("within", within, 0.0),
    )
    return _erlang_c(rate, handle, staffing, time)


def _erlang_c(rate: Floats, handle: Floats, agents: Floats, within: Floats) -> Performance:
    load = rate * handle
    served = load < agents
    stable = served | (rate == 0)
    if load.ndim == 0 and not stable:
        raise UnstableQueue(offered=float(load), agents=float(agents))
    b = blocking(agents, load)
    idle = np.where(served, agents - load, 1.0)
    p_wait = np.where(served, agents * b / (idle + load * b), 1.0)
    wait = np.where(served, p_wait * handle / idle, np.inf)

    def tail(time: Floats) -> Floats:
        return np.where(served, p_wait * np.exp(-idle * time / handle), 1.0)

    beyond = tail(within)
    zero = np.zeros_like(load)
    return Performance(
        model="Erlang C",
        arrival_rate=rate[()],
        offered_load=load[()],
        agents=agents[()],
        within=within[()],
        p_block=zero[()],
        p_wait=p_wait[()],
        p_abandon=zero[()],
        wait_all=wait[()],
        wait_served=wait[()],
        wait_abandoned=np.full_like(load, np.nan)[()],
        queue=np.where(rate > 0, rate * np.where(rate > 0, wait, 0.0), 0.0)[()],
        occupancy=_occupancy(load, agents)[()],
        served_within=(1 - beyond)[()],
        abandoned_within=zero[()],
        waiting_beyond=beyond[()],
        stable=stable[()],
        growth=np.where(stable, 0.0, rate - agents / handle)[()],
        tail=tail,
    )


def erlang_a(
    arrival_rate: ArrayLike,
    handle_time: ArrayLike,
    patience: ArrayLike,
    agents: ArrayLike,
    within: ArrayLike = 0.0,
    lines: ArrayLike = np.inf,
) -> Performance:
    """All measures of M/M/n+M, and of M/M/n/K+M where there is a limit on lines.

    Palm (1957), *Research on telephone traffic carried by full availability groups*; Garnett, Mandelbaum &
    Reiman (2002), *Designing a call center with impatient customers*, section 2; the wait's distribution from
    Riordan (1962), *Stochastic service systems*, section 4.5: ``P(V > t) ~ gammainc(x, y exp(-t / patience))``.

    Parameters
    ----------
    arrival_rate
        Contacts per unit of time.
    handle_time
        Mean handle time, wrap-up included.
    patience
        Mean of the exponential time a contact is ready to wait. 0: who cannot be answered at once is lost (Erlang
        B); inf: nobody ever leaves (Erlang C).
    agents
        Number of agents; may be fractional unless `lines` is given.
    within
        Time that the service level asks for.
    lines
        Most contacts that fit in at once, waiting or in service.

    Raises
    ------
    InvalidValue
        If an argument is negative or NaN, or there are fewer lines than agents.
    UnstableQueue
        As in `erlang_c`, where patience and lines are both endless.

    Examples
    --------
    >>> p = erlang_a(arrival_rate=48, handle_time=1, patience=2, agents=50, within=1 / 3)
    >>> print(f"{p.p_abandon:.3f} {p.wait_all * 60:.1f} s {p.occupancy:.2f} {p.service_level():.3f}")
    0.031 3.7 s 0.93 0.943
    """
    rate, handle, endurance, staffing, time, limit = np.broadcast_arrays(
        at_least("arrival_rate", arrival_rate, 0.0),
        above("handle_time", handle_time, 0.0),
        at_least("patience", patience, 0.0, infinite=True),
        at_least("agents", agents, 0.0),
        at_least("within", within, 0.0),
        whole("lines", lines, 0.0),
    )
    endless = endurance >= NEVER * handle
    parts: list[Part] = [
        (np.isfinite(limit), lambda i: with_lines(rate[i], handle[i], endurance[i], staffing[i], time[i], limit[i])),
        (endless, lambda i: _erlang_c(rate[i], handle[i], staffing[i], time[i])),
        (np.ones_like(endless), lambda i: _erlang_a(rate[i], handle[i], endurance[i], staffing[i], time[i])),
    ]
    return by_parts(parts)


def _erlang_a(rate: Floats, handle: Floats, patience: Floats, agents: Floats, within: Floats) -> Performance:
    queue = ImpatientQueue(rate, handle, patience, agents)
    served_within, abandoned_within, beyond = queue.within(within)
    wait_served, wait_abandoned = queue.mean_waits()
    return Performance(
        model="Erlang A",
        arrival_rate=rate[()],
        offered_load=queue.load[()],
        agents=agents[()],
        within=within[()],
        p_block=np.zeros_like(queue.load)[()],
        p_wait=queue.p_wait[()],
        p_abandon=queue.p_abandon[()],
        wait_all=(queue.p_abandon * patience)[()],
        wait_served=wait_served[()],
        wait_abandoned=wait_abandoned[()],
        queue=(queue.p_abandon * queue.y)[()],
        occupancy=queue.occupancy[()],
        served_within=served_within[()],
        abandoned_within=abandoned_within[()],
        waiting_beyond=beyond[()],
        stable=np.ones_like(queue.load, dtype=bool)[()],
        growth=np.zeros_like(queue.load)[()],
        tail=lambda time: queue.still(time)[0],
    )


class ImpatientQueue:
    """M/M/n+M of checked float arrays of one shape: what `erlang_a` and the search for agents both need.

    `x` is agents x patience / handle time, `y` arrivals per patience, `g` the share of waiters who abandon.
    """

    def __init__(self, rate: Floats, handle: Floats, patience: Floats, agents: Floats) -> None:
        self.patience, self.agents = patience, agents
        self.load, self.x, self.y = rate * handle, agents * patience / handle, rate * patience
        self.drain = agents / handle
        b = blocking(agents, self.load)
        self.log_a, self.g = palm(self.x, self.y)
        idle = np.exp(-self.log_a) * (1 - b)
        self.p_wait, self.p_at_once = b / (idle + b), idle / (idle + b)
        self.p_abandon = self.p_wait * self.g

    @property
    def occupancy(self) -> Floats:
        """Mean share of the agents that are busy."""
        return _occupancy(self.load * (1 - self.p_abandon), self.agents)

    def still(self, time: Floats) -> tuple[Floats, Floats]:
        """The share still waiting at a time, and the chance that one of those will abandon.

        As the exponential has no memory, the queue seen from then on is one to which customers come at the
        rate ``exp(-time / patience)`` times the old one.
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            gone = np.where(self.patience > 0, time / self.patience, np.inf)  # 0 patience: gone at once
        log_later, g_later = palm(self.x, self.y * np.exp(-gone))
        fall = log_later - self.log_a - self.y * np.expm1(-gone) - self.drain * time
        return self.p_wait * np.exp(np.minimum(fall, 0.0) - gone), g_later

    def within(self, time: Floats) -> tuple[Floats, Floats, Floats]:
        """The shares answered within a time, gone within it, and still waiting, which add up to one.

        Where the queue is still longer at that time than agents can serve, hardly anybody is answered within it: the
        difference of the others would be mere rounding error, so the shares are taken from the upper tails of the
        offered wait, ``P(V <= t) = (Q(x, y') - Q(x, y)) / P(x, y)``, y' what is left of y.
        """
        beyond, g_beyond = self.still(time)
        abandoned = np.clip(self.p_abandon - beyond * g_beyond, 0.0, 1.0)
        served = np.clip(1 - beyond - abandoned, 0.0, 1 - self.p_abandon)
        with np.errstate(invalid="ignore", divide="ignore"):
            later = np.where(self.patience > 0, self.y * np.exp(-time / self.patience), 0.0)
        long = later > self.x
        if not long.any():
            return served, abandoned, beyond
        x, y, y_later, gone = self.x[long], self.y[long], later[long], -np.expm1(-time[long] / self.patience[long])
        all_ = gammainc(x, y)
        early = (gammaincc(x, y_later) - gammaincc(x, y)) / all_
        answered = x / y * (gammaincc(x + 1, y_later) - gammaincc(x + 1, y)) / all_
        p = self.p_wait[long]
        served, abandoned, beyond = (np.array(share, dtype=float) for share in (served, abandoned, beyond))
        served[long] = self.p_at_once[long] + p * np.maximum(answered, 0.0)
        waiting = np.clip(1 - early, 0.0, 1.0)
        beyond[long] = p * (1 - gone) * waiting
        abandoned[long] = p * (gone * waiting + np.maximum(early - answered, 0.0))
        return served, abandoned, beyond

    def mean_waits(self) -> tuple[Floats, Floats]:
        """Mean wait of the answered and of those who abandon."""
        return served_and_abandoned_waits(self.x, self.y, self.patience, self.log_a, self.g, self.p_wait)


def _occupancy(busy: Floats, agents: Floats) -> Floats:
    """Busy over staffed; with no agents there is nothing to be busy."""
    return np.where(agents > 0, np.minimum(busy / np.maximum(agents, 1e-300), 1.0), np.nan)
