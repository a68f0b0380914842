"""The least agents by Erlang C: one exact B per case, then Erlang's recursion up or down to the answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.queueing.numerics.arguments import Floats
from models.queueing.numerics.erlang_sums import blocking

BLOCK = 4096  # cases at a time, so that a dozen temporaries stay in the cache
FEW = 80  # agents up to which the recursion beats the incomplete gamma function
OFFSET = 0.25  # the mean error of the guess, found by counting hits: 92 % of first guesses are right
BEND, SLOPE = 0.27, np.sqrt(np.pi / 2)  # log C(beta) = -SLOPE beta - BEND beta^2 to 3 % for beta up to 4


def min_agents_erlang_c(load: Floats, handle: Floats, within: Floats, limits: dict[str, Floats]) -> Floats:
    """The least whole agents that meet the limits, shape (cases,), as floats.

    Parameters
    ----------
    load
        Offered erlangs, shape (cases,), positive.
    handle, within
        Handle time and the time of the service level, shape (cases,).
    limits
        As named in `models.queueing.inverse.Goal`, arrays of shape (cases,).
    """
    least = np.empty(load.shape)
    for start in range(0, load.size, BLOCK):
        part = slice(start, start + BLOCK)
        kept = {name: values[part] for name, values in limits.items()}
        least[part] = _walk(_Limits(load[part], handle[part], within[part], kept))
    return least


class _Limits:
    """The limits of one block of cases, all in terms of P(W > 0); the ones not set never bind."""

    def __init__(self, load: Floats, handle: Floats, within: Floats, limits: dict[str, Floats]) -> None:
        self.load = load
        self.lowest = np.floor(load) + 1
        if "max_occupancy" in limits:
            self.lowest = np.maximum(self.lowest, np.ceil(load / limits["max_occupancy"]))
        self.p_wait = limits.get("p_wait")
        self.late = 1 - limits["service_level"] if "service_level" in limits else None
        self.time = within / handle
        waits = [limits[name] / handle for name in ("asa", "mean_wait") if name in limits]
        self.wait = np.minimum.reduce(waits) if waits else None

    def met(self, n: Floats, inverse: Floats, i: NDArray[np.intp] | slice = slice(None)) -> NDArray[np.bool_]:
        """Whether n agents, whose 1/B is `inverse`, meet the limits of the cases at `i`."""
        idle = n - self.load[i]
        with np.errstate(over="ignore"):  # nobody waits
            p_wait = n / (idle * inverse + self.load[i])
        met = np.ones(n.shape, dtype=bool)
        if self.late is not None:
            met &= p_wait * np.exp(-idle * self.time[i]) <= self.late[i]
        if self.wait is not None:
            met &= p_wait <= self.wait[i] * idle
        if self.p_wait is not None:
            met &= p_wait <= self.p_wait[i]
        return met

    def guess(self) -> Floats:
        """Halfin & Whitt's (1981, eq. 2.3) square-root staffing for the limits, by a quadratic in beta."""
        root = np.sqrt(self.load)
        beta = np.zeros_like(root)
        for limit, slope in ((self.late, SLOPE + self.time * root), (self.p_wait, SLOPE)):
            if limit is not None:
                with np.errstate(divide="ignore"):
                    fall = -np.log(limit)
                beta = np.maximum(beta, (np.sqrt(slope * slope + 4 * BEND * fall) - slope) / (2 * BEND))
        if self.wait is not None:
            beta = np.maximum(beta, 1 / (1 + 2 * self.wait * root))
        return np.asarray(np.maximum(np.ceil(self.load + beta * root + OFFSET), self.lowest))


def _walk(limits: _Limits) -> Floats:
    """From the guess down while one agent less still does, then up while it does not do yet."""
    load = limits.load
    n = limits.guess()
    inverse = _inverse_b(n, load)
    met = limits.met(n, inverse)
    i = np.flatnonzero(met & (n > limits.lowest))
    agents, inverse_at = n[i], inverse[i]
    while i.size:
        inverse_at = (inverse_at - 1) * load[i] / agents
        agents = agents - 1
        still = limits.met(agents, inverse_at, i)
        i, agents, inverse_at = i[still], agents[still], inverse_at[still]
        n[i] = agents
        more = agents > limits.lowest[i]
        i, agents, inverse_at = i[more], agents[more], inverse_at[more]
    i = np.flatnonzero(~met)
    agents, inverse_at = n[i], inverse[i]
    while i.size:
        agents = agents + 1
        inverse_at = 1 + inverse_at * agents / load[i]
        short = ~limits.met(agents, inverse_at, i)
        n[i] = agents
        i, agents, inverse_at = i[short], agents[short], inverse_at[short]
    return n


def _inverse_b(agents: Floats, load: Floats) -> Floats:
    """1/B. For few agents by Erlang's recursion, all cases in step: a case's steps below its first agent do nothing."""
    most = int(agents.max())
    if most > FEW:
        with np.errstate(over="ignore", divide="ignore"):  # infinite where hardly ever anybody finds all busy
            return 1 / blocking(agents, load)
    per_load, inverse = 1 / load, np.ones_like(load)
    k, factor = agents - most, np.empty_like(load)
    for _ in range(most):
        k += 1
        np.maximum(k, 0.0, out=factor)
        factor *= per_load
        inverse *= factor
        inverse += 1
    return inverse
