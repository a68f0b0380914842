"""Customers who come again: redials after hanging up or being turned away, and reconnects after an answer.

What the telephone system calls *offered* holds first attempts, redials and reconnects alike. Two views
here, each with what it leaves out in `warning`, and the exact chain of a team in steady state in
`models.queueing.redial_chain`:

`first_attempts`, `forward`
    Bookkeeping of flows: exact in the long run for given shares, silent about how the shares depend on load.
`redial_fluid`
    The fluid model of Ding, Remerova, van der Mei & Zwart 2015, "Fluid approximation of a call center model
    with redials and reconnects", eq. 2-4, for a day that varies and teams that are large.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.queueing.numerics.arguments import Floats, above, at_least, share, whole
from models.queueing.numerics.tagged_customer import abandon_rate
from scenarios.errors import InvalidValue

FLOWS_WARN = "long-run shares as measured; at another load or staffing the shares of lost and returning change"
FLUID_WARN = "no randomness: an underloaded team shows no queue and no redials at all; use it for overload"


@dataclass(frozen=True)
class Attempts:
    """Where the offered contacts come from, per unit of time, each in the shape of the arguments."""

    first: Floats
    redials: Floats
    reconnects: Floats
    warning: str = FLOWS_WARN

    @property
    def offered(self) -> Floats:
        """All attempts together."""
        return self.first + self.redials + self.reconnects


def first_attempts(offered: ArrayLike, lost: ArrayLike, redial: ArrayLike, reconnect: ArrayLike = 0.0) -> Attempts:
    """First attempts behind an offered volume, in the shape of the arguments.

    Of the offered a share `lost` is not answered; of these a share `redial` tries again, of the answered a
    share `reconnect` calls again for the same matter (Ding, Koole & van der Mei 2015, "On the estimation of
    the true demand in call centers with redials and reconnects", section 3).

    Examples
    --------
    >>> first_attempts(120, lost=0.1, redial=0.7, reconnect=0.05).first.round(2)
    np.float64(106.2)
    """
    volume = at_least("offered", offered, 0)
    unanswered = share("lost", lost)
    redials = volume * unanswered * share("redial", redial)
    reconnects = volume * (1 - unanswered) * share("reconnect", reconnect)
    return Attempts(volume - redials - reconnects, redials, reconnects)


def forward(first: ArrayLike, lost: ArrayLike, redial: ArrayLike, reconnect: ArrayLike = 0.0) -> Attempts:
    """The offered volume that first attempts grow into, in the shape of the arguments: the way back.

    Raises
    ------
    InvalidValue
        If every attempt makes another one: the volume has no end.

    Examples
    --------
    >>> forward(106.2, lost=0.1, redial=0.7, reconnect=0.05).offered.round(6)
    np.float64(120.0)
    """
    unanswered, again = share("lost", lost), share("redial", redial)
    growth = unanswered * again + (1 - unanswered) * share("reconnect", reconnect)
    if np.any(growth >= 1):
        raise InvalidValue("redial", redial, "lower it, or the losses: each attempt makes another one without end")
    volume = at_least("first", first, 0) / (1 - growth)
    return first_attempts(volume, unanswered, again, reconnect)


@dataclass(frozen=True)
class RedialPath:
    """The fluid's course, arrays of shape (times,): expected numbers and rates per unit of time."""

    times: Floats
    in_system: Floats
    to_redial: Floats
    to_reconnect: Floats
    offered_rate: Floats
    abandon_rate: Floats
    wait: Floats
    """Of a customer who arrives now and does not hang up (queue over the rate at which it moves)."""
    warning: str = FLUID_WARN


def redial_fluid(
    arrival_rates: ArrayLike,
    agents: ArrayLike,
    interval: float,
    handle_time: float,
    patience: float,
    redial_time: float,
    redial: float,
    reconnect_time: float = 1.0,
    reconnect: float = 0.0,
    steps: int = 60,
) -> RedialPath:
    """The course of a day with redials and reconnects in the fluid limit, `steps` steps per interval.

    Ding, Remerova, van der Mei & Zwart (2015), eq. 2-4: with z in the system, r and c at home who will
    redial or reconnect, ``z' = rate + r / redial_time + c / reconnect_time - mu min(z, n) - theta (z -
    n)+`` and so on.

    Parameters
    ----------
    arrival_rates, agents
        First attempts per unit of time and agents, shape (intervals,); the day starts empty.
    redial, reconnect
        Share of those who hang up, of those answered, who call again.

    Examples
    --------
    >>> course = redial_fluid([10.0] * 40, [20] * 40, 15, 3, 2, 10, redial=0.5)
    >>> course.offered_rate[-1].round(2), course.wait[-1].round(3)
    (np.float64(13.33), np.float64(1.386))
    """
    rates, staffing = np.broadcast_arrays(at_least("arrival_rates", arrival_rates, 0), whole("agents", agents, 0))
    if rates.ndim != 1 or rates.size == 0 or not np.all(np.isfinite(staffing)):
        raise InvalidValue("agents", agents, "give one finite number per interval, shape (intervals,)")
    length, mu = float(above("interval", interval, 0)), 1 / float(above("handle_time", handle_time, 0))
    theta, p, q = abandon_rate(patience), float(share("redial", redial)), float(share("reconnect", reconnect))
    model = _Fluid(
        mu,
        theta,
        1 / float(above("redial_time", redial_time, 0)),
        1 / float(above("reconnect_time", reconnect_time, 0)),
        p,
        q,
    )
    state, course = np.zeros(3), [np.zeros(3)]
    for rate, n in zip(rates.tolist(), staffing.tolist(), strict=True):
        for _ in range(steps):
            state = model.after(state, rate, n, length / steps)
            course.append(state)
    return model.path(np.array(course), rates, staffing, length / steps)


@dataclass(frozen=True)
class _Fluid:
    """Rates and shares of the fluid model; the state is (in system, to redial, to reconnect)."""

    mu: float
    theta: float
    redials: float
    reconnects: float
    redial: float
    reconnect: float

    def change(self, state: Floats, rate: float, agents: float) -> Floats:
        """The time derivative of the state."""
        served, lost = self.mu * min(state[0], agents), self.theta * max(state[0] - agents, 0.0)
        again, anew = self.redials * state[1], self.reconnects * state[2]
        return np.array(
            [rate + again + anew - served - lost, self.redial * lost - again, self.reconnect * served - anew]
        )

    def after(self, state: Floats, rate: float, agents: float, time: float) -> Floats:
        """The state some time later, by Runge-Kutta steps short enough for the fastest rate."""
        parts = max(1, int(np.ceil(4 * time * max(self.mu, self.theta, self.redials, self.reconnects))))
        step = time / parts
        for _ in range(parts):
            a = self.change(state, rate, agents)
            b = self.change(state + step / 2 * a, rate, agents)
            c = self.change(state + step / 2 * b, rate, agents)
            d = self.change(state + step * c, rate, agents)
            state = state + step / 6 * (a + 2 * b + 2 * c + d)
        return state

    def path(self, course: Floats, rates: Floats, agents: Floats, step: float) -> RedialPath:
        """The states with the rates that belong to them; a time on an edge counts to the interval before it."""
        steps = (len(course) - 1) // rates.size
        interval = np.maximum(np.arange(len(course)) - 1, 0) // steps
        z, r, c = course.T
        queue = np.maximum(z - agents[interval], 0.0)
        capacity = agents[interval] * self.mu
        with np.errstate(divide="ignore", invalid="ignore"):
            moving = np.log1p(self.theta * queue / capacity) / self.theta if self.theta else queue / capacity
        return RedialPath(
            times=np.asarray(np.arange(len(course)) * step),
            in_system=z,
            to_redial=r,
            to_reconnect=c,
            offered_rate=rates[interval] + self.redials * r + self.reconnects * c,
            abandon_rate=self.theta * queue,
            wait=np.where(queue > 0, moving, 0.0),
        )
