"""One interval of a day: from the state at its start to the state at its end, and what its arrivals meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from models.day.chain import Rates, day_matrix, excess_time
from models.day.day_waits import same_staffing, through_changes
from models.day.uniformise import evolve
from models.queueing.numerics.arguments import Floats
from models.queueing.numerics.quadrature import gauss_legendre
from scenarios.errors import TooLarge


@dataclass(frozen=True)
class Measures:
    """Expected counts and means of one interval; see `models.day.transient.Day`."""

    offered: float
    must_wait: float
    answered_in_time: float
    abandoned_in_time: float
    abandoned: float
    queue: float
    busy: float
    queue_end: float
    busy_end: float
    in_system: Floats


@dataclass(frozen=True)
class _Phase:
    """A part of an interval in which every arrival's wait passes through the same changes of staffing."""

    start: float
    calm: Floats
    """Time spent in each state with a free agent, shape (agents,)."""
    table: Floats
    """Time spent in each state without one, shape (excess + 1, waiting + 1)."""
    times: Floats
    """Quadrature nodes, from the start of the interval; empty where no staffing changes during the waits."""
    weighted: Floats
    """Probabilities of the table at the nodes times the weights: (nodes, excess + 1, waiting + 1)."""


def interval(
    stretches: Sequence[Rates], length: float, calm: Floats, table: Floats, within: float
) -> tuple[Measures, Floats, Floats]:
    """The measures of the first of the intervals `stretches`, and (calm, table) at its end."""
    rates = stretches[0]
    plan = _merged(stretches, length)
    changes = np.cumsum([time for _, time in plan[:-1]])
    alone = excess_time(rates.agents, table.shape[0] - 1, rates.service)
    cuts = np.unique(np.concatenate([[0.0, length, alone], changes - within]))
    cuts = cuts[(cuts >= 0) & (cuts <= length)]
    phases = []
    for start, end in pairwise(cuts):
        if start >= alone:
            table = table.sum(axis=0, keepdims=True)
        alike = changes.size == 0 or end <= changes[0] - within
        phase, calm, table = _phase(rates, calm, table, start, end, not alike)
        phases.append(phase)
    waits = _waits(rates, phases, plan, changes, within)
    return _measures(rates, length, phases, waits, calm, table), calm, table


def _merged(stretches: Sequence[Rates], length: float) -> list[tuple[Rates, float]]:
    """Runs of intervals with the same number of agents, each with its length; the last one never ends."""
    runs: list[tuple[Rates, float]] = []
    for rates in stretches:
        if runs and runs[-1][0].agents == rates.agents:
            runs[-1] = (runs[-1][0], runs[-1][1] + length)
        else:
            runs.append((rates, length))
    return [*runs[:-1], (runs[-1][0], np.inf)]


def _phase(
    rates: Rates, calm: Floats, table: Floats, start: float, end: float, nodes_wanted: bool
) -> tuple[_Phase, Floats, Floats]:
    """Times spent in the states between `start` and `end`, the state at the nodes and at the end."""
    duration, excess, shortest = end - start, table.shape[0] - 1, table.shape[1] - 1
    times, weights = _nodes(duration, rates) if nodes_wanted else (np.zeros(0), np.zeros(0))
    growth = _growth(rates, duration, shortest)
    while True:
        longest = shortest + growth
        if (excess + 1) * (longest + 1) > 2_000_000:
            size = f"{excess} agents leaving before a queue of up to {longest}"
            raise TooLarge(size, "over two million states", "2000000", "shorten the queue or the step in staffing")
        begin = np.concatenate([calm, np.pad(table, ((0, 0), (0, growth))).ravel()])
        at, area = evolve(day_matrix(rates, excess, longest), begin, np.append(times, duration), duration)
        shape = (excess + 1, longest + 1)
        spent = area[rates.agents :].reshape(shape)
        # Arrivals who find the longest queue are lost to the equations: they must not matter.
        if rates.arrivals * spent[:, -1].sum() < 1e-12:
            break
        growth = 2 * growth + 10
    tables = at[:, rates.agents :].reshape(-1, *shape)
    phase = _Phase(start, area[: rates.agents], spent, start + times, weights[:, None, None] * tables[:-1])
    tail = np.cumsum(tables[-1].sum(axis=0)[::-1])[::-1]
    used = max(1, int(np.count_nonzero(tail > 1e-15)))
    return phase, at[-1, : rates.agents], tables[-1][:, :used]


def _nodes(duration: float, rates: Rates) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights, 16 for about every ten contacts that could be finished."""
    panels = int(np.clip(np.ceil(duration * max(rates.agents, 1) * rates.service / 10), 1, 64))
    points, weights = gauss_legendre(16)
    width = duration / panels
    starts = np.arange(panels) * width
    return (starts[:, None] + (points + 1) * width / 2).ravel(), np.tile(weights * width / 2, panels)


def _growth(rates: Rates, duration: float, queue: int) -> int:
    """How much longer than `queue` the queue may get: the least of three bounds at some seven deviations."""
    arrivals, capacity = rates.arrivals * (1 - rates.balk), rates.agents * rates.service
    drift, noise = max(arrivals - capacity, 0.0), 7 * np.sqrt(arrivals + capacity)
    bounds = [drift * duration + noise * np.sqrt(duration)]
    if rates.loss > 0:
        bounds.append(max(drift / rates.loss + noise / np.sqrt(rates.loss) - queue, 0.0))
    if 0 < arrivals < capacity:
        bounds.append(max(33 / np.log(capacity / arrivals) - queue, 0.0))
    return int(min(bounds)) + 10


def _waits(
    rates: Rates, phases: list[_Phase], plan: list[tuple[Rates, float]], changes: Floats, within: float
) -> Floats:
    """Time with nobody free, weighted with P(answered) and with P(still waiting) when the target is over."""
    total = np.zeros(2)
    alike = [phase for phase in phases if phase.times.size == 0]
    if alike:
        excess, longest = np.max([phase.table.shape for phase in alike], axis=0)
        values = same_staffing(rates, excess - 1, longest - 1, within)
        for phase in alike:
            e, q = phase.table.shape
            total += (values[:, :e, :q] * phase.table).sum(axis=(1, 2))
    for phase in phases:
        if phase.times.size:
            last = 1 + int(np.searchsorted(changes, phase.times[0] + within))
            _, e, q = phase.weighted.shape
            values = through_changes(plan[:last], e - 1, q - 1, changes[0] - phase.times, within)
            total += (values * phase.weighted).sum(axis=(1, 2, 3))
    return total


def _measures(
    rates: Rates, length: float, phases: list[_Phase], waits: Floats, calm: Floats, table: Floats
) -> Measures:
    """Sums over the phases of an interval; (calm, table) is the state at its end."""
    calm_time, spent = _added([phase.calm for phase in phases]), _added([phase.table for phase in phases])
    busy, queue = np.arange(rates.agents), np.arange(spent.shape[1])
    full = rates.agents + np.arange(spent.shape[0])
    queue_time, full_time = float((spent @ queue).sum()), float(spent.sum())
    leave, stay = rates.arrivals * rates.balk, rates.arrivals * (1 - rates.balk)
    numbers = np.concatenate([busy, np.add.outer(full, queue).ravel()])
    return Measures(
        offered=rates.arrivals * length,
        must_wait=rates.arrivals * full_time,
        answered_in_time=rates.arrivals * float(calm_time.sum()) + stay * float(waits[0]),
        abandoned_in_time=leave * full_time + stay * (full_time - float(waits.sum())),
        abandoned=leave * full_time + rates.loss * queue_time,
        queue=queue_time / length,
        busy=float(calm_time @ busy + spent.sum(axis=1) @ full) / length,
        queue_end=float(table.sum(axis=0) @ np.arange(table.shape[1])),
        busy_end=float(calm @ busy + table.sum(axis=1) @ (rates.agents + np.arange(table.shape[0]))),
        in_system=np.bincount(numbers, weights=np.concatenate([calm_time, spent.ravel()])) / length,
    )


def _added(parts: list[Floats]) -> Floats:
    """The sum of arrays of different sizes, each filled up with zeros."""
    total = np.zeros(np.max([part.shape for part in parts], axis=0))
    for part in parts:
        total[tuple(slice(size) for size in part.shape)] += part
    return total
