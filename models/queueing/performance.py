"""What every queueing model answers: one table of measures, whichever formula filled it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from types import EllipsisType
from typing import Any, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.queueing.numerics.arguments import Floats, at_least, share
from scenarios.contact_types import Definition
from scenarios.errors import InvalidValue


@dataclass(frozen=True)
class Performance:
    """Long-run measures of a queue, each an array of the common shape of the arguments (a scalar for scalars).

    Times are in the unit of the arguments. Shares are of all contacts offered, the blocked ones included, except
    that waits are over those who entered. NaN means "never happened". Where `stable` is false the queue grows
    without end at `growth` contacts per unit of time: waits are infinite and nobody is answered in time.

    Attributes
    ----------
    model
        Which formula this is.
    arrival_rate, offered_load, agents
        Contacts per unit of time, erlangs, agents.
    within
        The time that the service level asks for.
    p_block, p_wait, p_abandon
        Turned away for want of a line; found all agents busy and entered; left the queue unanswered.
    wait_all, wait_served, wait_abandoned
        Mean wait of those who entered, of the answered (the ASA), of those who abandoned.
    queue
        Mean number waiting.
    occupancy
        Mean share of the agents that are busy.
    served_within, abandoned_within, waiting_beyond
        Answered within the time, gone within it, neither by then; with `p_block` they add up to one.
    """

    model: str
    arrival_rate: Floats
    offered_load: Floats
    agents: Floats
    within: Floats
    p_block: Floats
    p_wait: Floats
    p_abandon: Floats
    wait_all: Floats
    wait_served: Floats
    wait_abandoned: Floats
    queue: Floats
    occupancy: Floats
    served_within: Floats
    abandoned_within: Floats
    waiting_beyond: Floats
    stable: NDArray[np.bool_]
    growth: Floats
    tail: Callable[[Floats], Floats] = field(repr=False, compare=False)

    @property
    def asa(self) -> Floats:
        """Average speed of answer: the mean wait of those who are answered."""
        return self.wait_served

    @property
    def p_answered(self) -> Floats:
        """Share of the offered contacts that are answered in the end."""
        return np.where(self.stable, 1 - self.p_block - self.p_abandon, 0.0)[()]

    def service_level(self, definition: Definition = "offered") -> Floats:
        """The service level by the definition named; where nobody counts, NaN.

        Parameters
        ----------
        definition
            ``offered``: answered within the time / offered. ``answered``: / answered. ``less-short-abandons``:
            / (offered - abandoned within the time). ``answered-or-abandoned``: (answered or abandoned within the
            time) / offered.

        Examples
        --------
        >>> from models.queueing.erlang import erlang_a
        >>> p = erlang_a(arrival_rate=1, handle_time=3, patience=1, agents=4, within=1 / 3)
        >>> [round(float(p.service_level(d)), 3) for d in ("offered", "answered")]
        [0.772, 0.906]
        """
        return np.asarray(service_level(definition, self.served_within, self.abandoned_within, self.p_answered))[()]

    def wait_beyond(self, time: ArrayLike) -> Floats:
        """The share of those who entered who are still waiting after `time` (broadcast with the arguments)."""
        return np.asarray(self.tail(at_least("time", time, 0.0, infinite=True)))[()]

    def wait_percentile(self, level: ArrayLike) -> Floats:
        """The time by which a share `level` of those who entered has left the queue, answered or not.

        Examples
        --------
        >>> from models.queueing.erlang import erlang_c
        >>> round(float(erlang_c(arrival_rate=10, handle_time=1, agents=14).wait_percentile(0.9)), 4)
        0.1387
        """
        left = 1 - share("level", level)
        low = np.zeros(np.broadcast_shapes(left.shape, np.shape(self.p_wait)))
        high = low + np.where(self.agents > 0, self.offered_load / np.maximum(self.arrival_rate, 1e-300), 1.0)
        finite = np.asarray(self.stable & (left > 0) | (self.tail(low) <= 0))
        for _ in range(200):
            short = finite & (self.tail(high) > left)
            if not short.any():
                break
            high = np.where(short, 2 * high, high)
        for _ in range(80):
            middle = (low + high) / 2
            beyond = self.tail(middle) > left
            low, high = np.where(beyond, middle, low), np.where(beyond, high, middle)
        reached = np.where(finite, high, np.inf)
        return np.where(self.tail(np.zeros_like(low)) <= left, 0.0, reached)[()]


def service_level(definition: Definition, served: Floats, abandoned: Floats, answered: Floats) -> Floats:
    """The service level by its definition, from shares of the offered contacts.

    Parameters
    ----------
    definition
        One of the four names.
    served, abandoned
        Answered, abandoned within the time, over offered.
    answered
        Answered at all, over offered.
    """
    if definition == "offered":
        return served
    if definition == "answered-or-abandoned":
        return np.minimum(served + abandoned, 1.0)
    if definition not in get_args(Definition):
        raise InvalidValue("definition", definition, f"choose one of {', '.join(get_args(Definition))}")
    base = answered if definition == "answered" else 1 - abandoned
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(base > 0, np.minimum(served / base, 1.0), np.nan))


Where = NDArray[np.bool_] | EllipsisType
Part = tuple[NDArray[np.bool_], Callable[[Where], Performance]]


def by_parts(parts: list[Part]) -> Performance:
    """One table in which each element comes from the first part that claims it.

    Parameters
    ----------
    parts
        Masks of one shape, and the model that answers for the elements of a mask. The last mask is all true.
    """
    left = np.ones_like(parts[0][0])
    chosen: list[tuple[NDArray[np.bool_], Performance]] = []
    for mask, model in parts:
        take = left & mask
        if take.all() and take.size:
            return model(...)
        if take.any():
            chosen.append((take, model(take)))
        left = left & ~mask
    return _merged(chosen) if chosen else parts[-1][1](...)


def _merged(chosen: list[tuple[NDArray[np.bool_], Performance]]) -> Performance:
    shape = chosen[0][0].shape

    def gathered(name: str) -> NDArray[Any]:
        first = getattr(chosen[0][1], name)
        whole = np.empty(shape, dtype=np.asarray(first).dtype)
        for mask, part in chosen:
            whole[mask] = getattr(part, name)
        return whole

    def tail(time: Floats) -> Floats:
        times = np.broadcast_to(time, np.broadcast_shapes(np.shape(time), shape))
        whole = np.empty(times.shape)
        for mask, part in chosen:
            whole[..., mask] = part.tail(times[..., mask])
        return whole

    arrays = {f.name: gathered(f.name) for f in fields(Performance) if f.name not in ("model", "tail")}
    return Performance(model=" / ".join(p.model for _, p in chosen), tail=tail, **arrays)
