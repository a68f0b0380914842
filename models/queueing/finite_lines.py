"""M/M/n/K+M: a limit on the contacts that fit in at once, with or without abandonment."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import betaincc, gammaincc

from models.queueing.numerics.arguments import Floats
from models.queueing.numerics.erlang_sums import blocking
from models.queueing.performance import Performance
from scenarios.errors import InvalidValue, TooLarge

PLACES = 5_000_000  # of one case, at 8 bytes for each of a dozen columns
BLOCK = 1_000_000  # states at a time


def with_lines(
    rate: Floats, handle: Floats, patience: Floats, agents: Floats, within: Floats, lines: Floats
) -> Performance:
    """All measures of M/M/n/K+M, by the sum over what an arriving contact finds.

    Riordan (1962), section 4.5: who finds j waiting has an offered wait V with ``exp(-V / patience) ~
    Beta(n patience / handle, j + 1)``; with endless patience V is Erlang of j + 1 phases.

    Parameters
    ----------
    rate, handle, patience, agents, within
        As in `models.queueing.erlang.erlang_a`, of one shape.
    lines
        Contacts that fit in, waiting or in service; whole numbers, not below the agents.
    """
    _check(agents, lines, patience)
    shape = np.shape(rate)
    cases = _Cases(*(np.ravel(v) for v in (rate, handle, patience, agents, lines)))
    sums = {name: value.reshape(shape)[()] for name, value in cases.measures(np.ravel(within)).items()}

    def tail(time: Floats) -> Floats:
        times = np.broadcast_to(time, np.broadcast_shapes(np.shape(time), shape))
        rows = [cases.beyond(row) for row in times.reshape(-1, cases.rate.size)]
        return np.reshape(rows, times.shape)

    return Performance(
        model="Erlang A with a limit on lines",
        arrival_rate=rate[()],
        offered_load=(rate * handle)[()],
        agents=agents[()],
        within=within[()],
        stable=np.ones(shape, dtype=bool)[()],
        growth=np.zeros(shape)[()],
        tail=tail,
        **sums,
    )


def _check(agents: Floats, lines: Floats, patience: Floats) -> None:
    if np.any(bad := agents != np.floor(agents)):
        raise InvalidValue("agents", float(agents[bad].flat[0]), "give whole agents where lines are limited")
    if np.any(bad := lines < agents):
        raise InvalidValue("lines", float(lines[bad].flat[0]), "give at least as many lines as agents")
    if np.any((agents == 0) & np.isinf(patience)):
        raise InvalidValue("agents", 0, "give an agent or a finite patience, or nobody would ever leave")
    if np.any((places := lines - agents) > PLACES):
        raise TooLarge("the queue", f"{np.max(places):.3g} places", f"{PLACES:.3g}", "leave `lines` out: inf")


class _Cases:
    """Cases of shape (cases,), summed over what an arriving contact finds: rows of shape (cases, places + 1)."""

    def __init__(self, rate: Floats, handle: Floats, patience: Floats, agents: Floats, lines: Floats) -> None:
        self.rate, self.handle, self.patience, self.agents = rate, handle, patience, agents
        self.places = lines - agents

    def _blocks(self) -> Iterator[tuple[slice, _States]]:
        """The cases in blocks that fit in memory."""
        size = max(1, int(BLOCK // (np.max(self.places, initial=0) + 1)))
        for start in range(0, self.rate.size, size):
            part = slice(start, start + size)
            values = (self.rate, self.handle, self.patience, self.agents, self.places)
            yield part, _States(*(v[part, None] for v in values))

    def beyond(self, time: Floats) -> Floats:
        """The share of those who entered who still wait after `time`; both of shape (cases,)."""
        parts = [s.beyond(time[part, None]) / (1 - s.p_block) for part, s in self._blocks()]
        return np.concatenate(parts) if parts else np.empty(0)

    def measures(self, within: Floats) -> dict[str, Floats]:
        """The measures that depend on the queue, each of shape (cases,)."""
        parts = [s.measures(within[part, None]) for part, s in self._blocks()]
        return {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}


class _States:
    """All agents busy and j waiting: chances and waits of a block of cases, columns j = 0 .. most places."""

    def __init__(self, rate: Floats, handle: Floats, patience: Floats, agents: Floats, places: Floats) -> None:
        self.rate, self.handle, self.agents = rate[:, 0], handle[:, 0], agents[:, 0]
        self.j = np.arange(np.max(places) + 1.0)
        self.m = self.j + 1  # departures that a contact who finds j waiting must see before its answer
        self.patience = patience
        self.drain = agents / handle
        with np.errstate(divide="ignore"):
            self.leave = np.where(patience > 0, 1 / patience, 1e100 / handle)  # 0 patience: gone at once
            self.x = self.drain / self.leave  # inf with endless patience
            step = np.log(rate / (self.drain + self.j * self.leave))
        step[:, 0] = 0.0
        log = np.where(self.j <= places, np.cumsum(step, axis=1), -np.inf)
        peak = log.max(axis=1, keepdims=True)
        weight = np.exp(log - peak)
        total = weight.sum(axis=1, keepdims=True)
        b = blocking(agents, rate * handle)
        # P(all busy) = b S / (1 - b + b S), S the sum of the weights, here scaled by its largest term
        chance = weight * b / ((1 - b) * np.exp(-peak) + b * total)
        self.queue = chance @ self.j
        self.p_block = np.take_along_axis(chance, places.astype(int), axis=1)[:, 0]
        self.chance = np.where(self.j < places, chance, 0.0)

    def _sum(self, values: Floats) -> Floats:
        """The expectation over contacts who enter and wait, shape (cases,)."""
        return np.asarray(np.einsum("ij,ij->i", self.chance, np.broadcast_to(values, self.chance.shape)))

    def _offered_wait_beyond(self, time: Floats, extra: int) -> Floats:
        """P(V > time) for each state; with `extra` 1 under the law of V given that patience lasts."""
        endless = np.isinf(self.x)
        x = np.where(endless, 1.0, self.x)
        gone = np.where(self.patience > 0, -np.expm1(-time * self.leave), 1.0)
        beta = np.where(x + extra > 0, betaincc(self.m, np.maximum(x + extra, 1e-300), gone), 1.0)
        return np.where(endless, gammaincc(self.m, self.drain * time), beta) if endless.any() else beta

    def beyond(self, time: Floats) -> Floats:
        """The share of all offered contacts who still wait after `time`, shape (cases,)."""
        kept = np.where(self.patience > 0, np.exp(-time * self.leave), 0.0)
        return self._sum(kept * self._offered_wait_beyond(time, 0))

    def measures(self, within: Floats) -> dict[str, Floats]:
        """The measures that depend on the queue, each of shape (cases,)."""
        out = self.drain + self.m * self.leave
        p_abandon = self._sum(self.m * self.leave / out)
        wait = self._sum(self.m / out)
        # E[W; answered | j] = P(answered | j) sum_i 1 / (i-th departure rate); the abandoned likewise, all positive
        wait_served = self._sum(self.drain / out * np.cumsum(1 / out, axis=1))
        wait_abandoned = self._sum(np.cumsum(self.m * self.leave / out, axis=1) / out)
        entered = 1 - self.p_block
        answered = entered - p_abandon
        beyond = self.beyond(within)
        late = self._sum(self.drain / out * self._offered_wait_beyond(within, 1))
        with np.errstate(divide="ignore", invalid="ignore"):
            busy = np.where(self.agents > 0, self.rate * self.handle * answered / self.agents, np.nan)
            return {
                "p_block": self.p_block,
                "p_wait": self._sum(np.ones_like(self.j)),
                "p_abandon": p_abandon,
                "wait_all": np.where(entered > 0, wait / entered, np.nan),
                "wait_served": np.where(self.agents > 0, wait_served / answered, np.nan),
                "wait_abandoned": np.where(p_abandon > 0, wait_abandoned / p_abandon, np.nan),
                "queue": self.queue,
                "occupancy": np.minimum(busy, 1.0),
                "served_within": np.maximum(answered - late, 0.0),
                "abandoned_within": np.maximum(p_abandon - np.maximum(beyond - late, 0.0), 0.0),
                "waiting_beyond": beyond,
            }
