"""A team whose unserved customers try again, in steady state: the exact chain of (in system, about to redial).

Falin & Templeton 1997, "Retrial queues", chapter 2, with abandonment and a limit on lines. A fixed point of
Erlang A with inflated arrivals understates the waits, because redials come in bursts; the chain does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.queueing.numerics.arguments import Floats, above, at_least, share, whole
from models.queueing.numerics.tagged_customer import abandon_rate, answered_wait, answered_within
from scenarios.errors import InvalidValue, TooLarge, UnstableQueue

CHAIN_WARN = "exponential handle, patience and redial times, no limit on tries, constant rates; no reconnects"


@dataclass(frozen=True)
class RedialPerformance:
    """A team whose unserved customers try again; per attempt unless named otherwise."""

    attempt_rate: float
    served_rate: float
    first_blocked: float
    """Of first attempts: turned away for want of a line."""
    p_block: float
    p_abandon: float
    served_within: float
    wait_all: float
    """Mean wait of the attempts that get a line."""
    wait_served: float
    blocked_for_good_rate: float
    """Customers per unit of time who are turned away and do not try again."""
    abandon_rate: float
    """Attempts abandoned per unit of time."""
    abandoned_for_good_rate: float
    orbit: float
    """Mean number of customers at home who will try again."""
    queue: float
    occupancy: float
    eventually_served: float
    """Of customers."""
    warning: str = CHAIN_WARN


def redial_chain(
    arrival_rate: float,
    handle_time: float,
    patience: float,
    agents: int,
    within: float,
    redial_time: float,
    redial_if_abandoned: float,
    redial_if_blocked: float = 0.0,
    lines: float = np.inf,
) -> RedialPerformance:
    """The exact long-run performance when lost customers try again after an exponential time.

    Parameters
    ----------
    arrival_rate
        First attempts per unit of time.
    patience
        Mean; inf for customers who never hang up (then `lines` must be finite or nobody is ever lost).
    redial_time
        Mean time until the next try.
    lines
        Most contacts waiting or in service; inf for no limit.

    Raises
    ------
    UnstableQueue
        Everybody tries again for ever and there is more work than agents.

    Examples
    --------
    >>> again = redial_chain(4, 2, 2, 9, 1 / 3, 10, redial_if_abandoned=0.5, redial_if_blocked=0.7, lines=12)
    >>> f"{again.attempt_rate:.3f} {again.served_within:.3f}"
    '4.387 0.724'
    """
    chain = _Chain(
        rate=float(above("arrival_rate", arrival_rate, 0)),
        mu=1 / float(above("handle_time", handle_time, 0)),
        theta=abandon_rate(patience),
        gamma=1 / float(above("redial_time", redial_time, 0)),
        agents=_finite("agents", agents),
        back=float(share("redial_if_abandoned", redial_if_abandoned)),
        back_blocked=float(share("redial_if_blocked", redial_if_blocked)),
        lines=float(whole("lines", lines, 1)),
    )
    chain.check()
    return chain.measures(chain.solve(), float(at_least("within", within, 0)))


@dataclass(frozen=True)
class _Chain:
    """The chain over (in system, in orbit), solved level by level of the orbit."""

    rate: float
    mu: float
    theta: float
    gamma: float
    agents: int
    back: float
    back_blocked: float
    lines: float

    def check(self) -> None:
        """Refuse a queue that grows without end, and one that nobody ever leaves unserved."""
        capacity, load = self.agents * self.mu, self.rate / self.mu
        if self.lines < self.agents:
            raise InvalidValue("lines", self.lines, f"give at least as many lines as agents ({self.agents})")
        if np.isinf(self.lines):
            if self.theta == 0:
                raise InvalidValue("patience", np.inf, "nobody is ever lost, so nobody redials: use Erlang C")
            if self.back == 1 and self.rate >= capacity:
                raise UnstableQueue(load, self.agents)
        elif self.back_blocked == 1:
            leaving = (self.lines - self.agents) * self.theta * (1 - self.back)
            if self.rate >= capacity + leaving:
                raise UnstableQueue(load, self.agents)

    def solve(self) -> Floats:
        """Stationary probabilities, shape (orbit + 1, in system + 1), cut where less than 1e-13 is left."""
        top = int(self.lines) if np.isfinite(self.lines) else self.agents + 40
        orbit = 64
        while True:
            if (orbit + 1) * (top + 1) > 250_000:
                team = f"a team with {top} in system and {orbit} about to redial"
                raise TooLarge(team, "more than 250000 states", "250000", "use redial_fluid for large teams")
            likely = self._likely(top, orbit)
            # Room for ten deviations above where it mostly is; the tail is looked at afterwards all the same.
            wanted_orbit = likely[0] + 10 * int(np.sqrt(likely[0])) + 30
            wanted_top = likely[1] + 10 * int(np.sqrt(likely[1] / max(self.theta / self.mu, 0.2))) + 30
            if (np.isinf(self.lines) and wanted_top > top) or wanted_orbit > orbit:
                orbit, top = max(orbit, wanted_orbit), max(top, wanted_top) if np.isinf(self.lines) else top
                continue
            probability = self._stationary(top, orbit, likely)
            long_orbit = probability[-1].sum() > 1e-13
            long_queue = np.isinf(self.lines) and probability[:, -1].sum() > 1e-13
            if not long_orbit and not long_queue:
                return probability
            orbit, top = 2 * orbit if long_orbit else orbit, 2 * top if long_queue else top

    def _stationary(self, top: int, orbit: int, likely: tuple[int, int]) -> Floats:
        """Stationary probabilities of the chain cut at `orbit` and `top`, from its sparse balance equations.

        The state `likely` is given weight 1 and the others are solved for: an M-matrix whose inverse holds the times
        until that state is seen again, short if it is a likely one.
        """
        from scipy.sparse import csr_array
        from scipy.sparse.linalg import spsolve

        level, x = (part.ravel() for part in np.indices((orbit + 1, top + 1)))
        states, width = np.arange(level.size), top + 1
        lost, room, space = np.maximum(x - self.agents, 0) * self.theta, x < top, level < orbit
        moves = [
            (self.rate * room, 1),
            (self.rate * self.back_blocked * (~room & space), width),
            (level * self.gamma * room, 1 - width),
            (level * self.gamma * (1 - self.back_blocked) * ~room, -width),
            (np.minimum(x, self.agents) * self.mu + lost * (1 - self.back * space), -1),
            (lost * self.back * space, width - 1),
        ]
        start, end, flow = (
            np.concatenate(part)
            for part in zip(*((states[r > 0], states[r > 0] + step, r[r > 0]) for r, step in moves), strict=True)
        )
        out = np.bincount(start, weights=flow, minlength=states.size)
        rows, columns = np.concatenate([states, end]), np.concatenate([states, start])
        balance = csr_array((np.concatenate([out, -flow]), (rows, columns)), shape=(states.size, states.size))
        known = likely[0] * width + likely[1]
        unlikely = np.flatnonzero(states != known)
        into = -balance[unlikely][:, [known]].toarray().ravel()
        weight = np.ones(states.size)
        weight[unlikely] = spsolve(balance[unlikely][:, unlikely].tocsc(), into, permc_spec="MMD_AT_PLUS_A")
        probability = np.maximum(weight, 0.0).reshape(orbit + 1, width)
        return np.asarray(probability / probability.sum())

    def _likely(self, top: int, orbit: int) -> tuple[int, int]:
        """The first orbit that would shrink on average if the rest settled meanwhile, and what the rest mostly is."""
        x, level = np.arange(top + 1), np.arange(orbit + 1)
        lost = np.maximum(x - self.agents, 0) * self.theta
        death = np.minimum(x[1:], self.agents) * self.mu + lost[1:]
        birth = (self.rate + level * self.gamma)[:, None]
        log = np.pad(np.cumsum(np.log(birth / death), axis=1), ((0, 0), (1, 0)))
        settled = np.exp(log - log.max(axis=1, keepdims=True))
        settled /= settled.sum(axis=1, keepdims=True)
        full = settled[:, -1]
        gain = settled @ lost * self.back + self.rate * self.back_blocked * full
        shrinks = gain <= level * self.gamma * (1 - self.back_blocked * full)
        first = int(np.argmax(np.append(shrinks[:-1], True)))
        return first, int(np.argmax(settled[first]))

    def measures(self, probability: Floats, within: float) -> RedialPerformance:
        """Sums over the states, by what an attempt finds."""
        orbit, x = np.arange(probability.shape[0]), np.arange(probability.shape[1])
        in_system, ahead = probability.sum(axis=0), x - self.agents
        attempts = self.rate * in_system + self.gamma * (orbit @ probability)
        if np.isfinite(self.lines):
            blocked, let_in = float(attempts[-1]), attempts[:-1]
        else:
            blocked, let_in = 0.0, attempts
        total, waiting = float(attempts.sum()), let_in[self.agents :]
        queue, busy = float(in_system @ np.maximum(ahead, 0)), float(in_system @ np.minimum(x, self.agents))
        capacity, places = self.agents * self.mu, np.arange(waiting.size)
        in_time = let_in[: self.agents].sum() + waiting @ answered_within(within, places, capacity, self.theta)
        served, lost = self.mu * busy, self.theta * queue
        return RedialPerformance(
            attempt_rate=total,
            served_rate=served,
            first_blocked=float(in_system[-1]) if np.isfinite(self.lines) else 0.0,
            p_block=blocked / total,
            p_abandon=lost / total,
            served_within=float(in_time) / total,
            wait_all=queue / (total - blocked),
            wait_served=float(waiting @ answered_wait(places.size, capacity, self.theta)) / served,
            blocked_for_good_rate=blocked * (1 - self.back_blocked),
            abandon_rate=lost,
            abandoned_for_good_rate=lost * (1 - self.back),
            orbit=float(orbit @ probability.sum(axis=1)),
            queue=queue,
            occupancy=busy / self.agents,
            eventually_served=served / self.rate,
        )


def _finite(field: str, value: ArrayLike) -> int:
    """A whole number of at least 1, not inf."""
    number = float(whole(field, value, 1))
    if not np.isfinite(number):
        raise InvalidValue(field, value, "give a finite whole number")
    return int(number)
