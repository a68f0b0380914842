"""Deferred work with chance: how likely the work in front of an item is done before the item is due.

The fluid balance (`models.deferred.backlog`) knows the mean backlog only. Here the whole law of the backlog is
carried from interval to interval: what arrives is random (compound Poisson, as a gamma law of the same mean and
variance), what the agents can do is known, and the backlog is never below nothing (Lindley 1952, *The theory of
queues with a single server*, eq. 2, with the team as one server). Where a deadline is only a few handle times the
share is up to five points too high, because the backlog is looked at a few times an interval only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from models.queueing.numerics.arguments import Floats
from scenarios.contact_types import ContactType
from scenarios.horizon import Horizon

CELLS = 600  # of backlog
SMALLEST = 1e-6  # seconds of work in a cell: a microsecond of backlog delays nobody
PER_DEADLINE, MOST_PARTS = 4, 12  # looks at the backlog in the time to a deadline, and at most in an interval
MOST_STEPS = 4000  # looks in all, unless there are more intervals
DEVIATIONS = 8.0  # of all work, beyond which no backlog is looked at
REACH = 12.0  # standard deviations of the work of an interval
NEGLIGIBLE = 1e-6  # of a cell: a spread of the work below it is none


def in_time(horizon: Horizon, contact_type: ContactType, items: Floats, agents: Floats, handle: float) -> Floats:
    """The share of each interval's items whose turn comes before they are due, shape (intervals,); NaN without items.

    Parameters
    ----------
    items, agents
        By interval; the agents of the horizon come again after it, so that its end decides nothing.
    handle
        Mean seconds of an agent for an item.

    Examples
    --------
    One agent, ten items an hour of five minutes, 30 minutes to begin: M/M/1, of which in the long run
    1 - 5/6 exp(-1) = 69 % are in time, some more in a week that begins with nothing.

    >>> contact_type = ContactType(name="mail", channel="email", volume={"per_hour": 10}, handle_time={"mean": 300},
    ...                    target={"share": 0.8, "within": "30 min"})
    >>> horizon = Horizon(start="2026-03-02", days=7, interval="30 min")
    >>> abs(in_time(horizon, contact_type, np.full(336, 5.0), np.ones(336), 300.0).mean() - 0.69) < 0.05
    np.True_
    """
    parts = _parts(horizon, contact_type)
    length = horizon.interval / parts
    slack = _slack(
        contact_type, np.repeat(agents, parts), np.repeat(horizon.open_share(contact_type.open) > 0, parts), length
    )
    items, agents = np.repeat(items / parts, parts), np.repeat(agents, parts)
    work, capacity = items * handle, agents * length
    spread = work * handle * (1 + contact_type.handle_time.scv)
    total = np.cumsum(work - capacity)
    most = float((total - np.minimum(np.minimum.accumulate(total), 0.0)).max(initial=0.0))
    cell = (most + float(work.max(initial=0.0)) + DEVIATIONS * float(spread.sum()) ** 0.5) / CELLS
    chances = np.full(items.shape, np.nan)
    if not cell:
        return chances[::parts]
    cell = max(cell, SMALLEST)
    distribution, steps = np.zeros(CELLS), dict[tuple[float, float], tuple[Floats, int]]()
    distribution[0] = 1.0
    for i in range(items.size):
        before = distribution
        if work[i] or capacity[i]:
            key = (float(work[i]), float(capacity[i]))
            if key not in steps:
                steps[key] = _step(key[0], float(spread[i]), key[1], cell)
            distribution = _moved(distribution, *steps[key])
        if items[i]:
            distributions = np.cumsum(np.array([before, (before + distribution) / 2, distribution]), axis=1)
            chances[i] = np.array([1.0, 4.0, 1.0]) @ _below(distributions, slack[:, i] / cell) / 6
    return np.asarray(np.clip(chances.reshape(-1, parts).mean(axis=1), 0.0, 1.0))


def _parts(horizon: Horizon, contact_type: ContactType) -> int:
    """In how many parts an interval is looked at: several to the time that an item has."""
    within = contact_type.answer_within or 0.0
    most = max(min(MOST_PARTS, MOST_STEPS // horizon.intervals), 1)
    return int(np.clip(np.ceil(PER_DEADLINE * horizon.interval / max(within, 1.0)), 1, most))


def _slack(contact_type: ContactType, agents: Floats, opened: NDArray[np.bool_], length: float) -> Floats:
    """Work that the agents can do from arrival to deadline at start, middle and end of each interval, shape (3, n)."""
    within = contact_type.answer_within or 0.0
    runs = opened if contact_type.counts_open_hours else np.ones_like(opened)
    count, opened_time = agents.size, float(runs.sum()) * length
    copies = 2 + int(np.ceil(within / opened_time)) if opened_time else 1
    edges = np.arange(copies * count + 1) * length
    ready = np.append(0.0, np.cumsum(np.tile(agents, copies))) * length
    clock = np.append(0.0, np.cumsum(np.tile(runs, copies))) * length
    arrival = (np.arange(count) + np.array([[0.0], [0.5], [1.0]])) * length
    due = np.interp(np.interp(arrival, edges, clock) + within, clock + 1e-9 * edges, edges)
    slack = np.interp(due, edges, ready) - np.interp(arrival, edges, ready)
    # A contact that finds nothing before it begins at once.
    return np.asarray(np.where(agents > 0, np.maximum(slack, 1e-9), slack))


def _step(work: float, spread: float, capacity: float, cell: float) -> tuple[Floats, int]:
    """The law of the change of the backlog in an interval, in cells, and the change that it begins with."""
    far = REACH * spread**0.5
    first = int(np.floor((max(work - far, 0.0) - capacity) / cell)) - 1
    last = int(np.ceil((work + far - capacity) / cell)) + 1
    cells = np.arange(first, last + 1)
    if far > NEGLIGIBLE * cell:
        edges = np.maximum((np.append(cells, last + 1) - 0.5) * cell + capacity, 0.0)
        distribution = np.diff(gammainc(work**2 / spread, edges * work / spread))
    else:
        distribution = (cells == round((work - capacity) / cell)).astype(float)
    distribution = distribution / distribution.sum()
    # Cells are coarse: the mean is made exact by a part of a cell.
    short = (work - capacity) / cell - float(distribution @ cells)
    whole = int(np.floor(short))
    return np.convolve(distribution, [1 - (short - whole), short - whole]), first + whole


def _moved(distribution: Floats, step: Floats, first: int) -> Floats:
    """The law of the backlog after a step; below nothing is nothing, beyond the last cell is the last."""
    convolved = np.convolve(distribution, step)
    moved = np.zeros(CELLS)
    if first < 0:
        moved[0] = convolved[: 1 - first].sum()
        positive = convolved[1 - first :]
        kept = positive[: CELLS - 1]
        moved[1 : 1 + kept.size] = kept
    else:
        kept = convolved[: CELLS - first]
        moved[first : first + kept.size] = kept
    moved[-1] += max(1.0 - float(moved.sum()), 0.0)
    return moved


def _below(distributions: Floats, slack: Floats) -> Floats:
    """The chance that a backlog is below a slack, in cells, for laws added up over their cells, shape (laws,)."""
    at = np.clip(slack, 0.0, CELLS - 1)
    cell = np.floor(at).astype(int)
    rows = np.arange(len(distributions))
    low, high = distributions[rows, cell], distributions[rows, np.minimum(cell + 1, CELLS - 1)]
    return np.where(slack > 0, low + (at - cell) * (high - low), 0.0)
