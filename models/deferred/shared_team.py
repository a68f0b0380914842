"""Several types of deferred work on one team: first in first out, or earliest deadline first.

A fluid in short steps. Whatever arrives of one type in one step is a parcel with one arrival and one deadline; in each
step the team spends its time on the parcels in order. Earliest deadline first gets everything done in time whenever
that is possible at all (Dertouzos 1974; Panwar, Towsley & Wolf 1988); once it is not, it spends its time on what is
late already, and more types miss their deadlines than need to.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from models.deferred.backlog import Clock
from models.queueing.numerics.arguments import Floats, above, at_least
from scenarios.errors import InvalidValue, UnstableQueue

Order = Literal["fifo", "edf"]


@dataclass(frozen=True)
class TypesWorkOff:
    """What becomes of several types of deferred work."""

    share_in_time: Floats
    """By type, of what arrives in the horizon, shape (types,); NaN where nothing arrives."""
    backlog: Floats
    """Items waiting at the edges of the intervals, shape (types, intervals + 1)."""


def work_off_types(
    arrivals: ArrayLike,
    agents: ArrayLike,
    interval: float,
    handle_times: ArrayLike,
    withins: ArrayLike,
    order: Order = "edf",
    is_open: ArrayLike | None = None,
    clock: Clock = "around",
    steps: int = 12,
) -> TypesWorkOff:
    """Shares in time of several types on one team, over a horizon that repeats itself.

    Parameters
    ----------
    arrivals
        Items by type and interval, shape (types, intervals).
    agents
        By interval, shape (intervals,); 0 when nobody works.
    handle_times, withins
        By type, shape (types,).
    steps
        Parcels per interval; answers count at the end of their step, so times err by about a step.

    Raises
    ------
    UnstableQueue
        If more work arrives than the agents can do.

    Examples
    --------
    Urgent and patient items at one desk that keeps up, but only if the urgent do not queue behind the patient:

    >>> flows = np.array([[10.0] * 24, [30.0] * 24])
    >>> desk = np.where(np.arange(24) >= 8, 7, 0)
    >>> for order in ("fifo", "edf"):
    ...     print(work_off_types(flows, desk, 60, [6, 6], [300, 1500], order).share_in_time.round(2))
    [0.72 1.  ]
    [0.86 1.  ]
    """
    items, staffing = at_least("arrivals", arrivals, 0), at_least("agents", agents, 0)
    handle, limits = above("handle_times", handle_times, 0), at_least("withins", withins, 0)
    if items.ndim != 2 or staffing.shape != items.shape[1:] or not handle.shape == limits.shape == items.shape[:1]:
        raise InvalidValue("arrivals", items.shape, "give (types, intervals), agents (intervals,), times (types,)")
    for field, value, choices in (("order", order, get_args(Order)), ("clock", clock, get_args(Clock))):
        if value not in choices:
            raise InvalidValue(field, value, f"choose one of {', '.join(choices)}")
    if steps < 1:
        raise InvalidValue("steps", steps, "give at least one step per interval")
    opened = staffing > 0 if is_open is None else np.asarray(is_open, dtype=bool)
    runs = opened if clock == "open" else np.ones_like(opened)
    if runs.shape != staffing.shape or not runs.any():
        raise InvalidValue("is_open", runs.shape, f"open at least one interval of {staffing.shape}")
    step = float(above("interval", interval, 0)) / steps
    work, power = float(handle @ items.sum(axis=1)), float(staffing.sum()) * interval
    if work > power * (1 + 1e-12):
        raise UnstableQueue(work / (interval * staffing.size), float(staffing.mean()))
    horizon = _Horizon(
        items=np.repeat(items / steps, steps, axis=1),
        power=np.repeat(staffing, steps) * step,
        handle=handle,
        step=step,
        deadlines=_deadlines(limits, np.repeat(runs, steps), step),
    )
    return horizon.settle(order, steps)


def _deadlines(limits: Floats, runs: np.ndarray, step: float) -> Floats:
    """Deadline of what arrives in the middle of each step, after the start of the horizon: (types, steps)."""
    middle = (np.arange(runs.size) + 0.5) * step
    cycles = 2 + int(np.ceil(limits.max() / (runs.sum() * step)))
    clock = np.concatenate([[0.0], np.cumsum(np.tile(runs, cycles))]) * step
    edges = np.arange(clock.size) * step
    return np.asarray(np.interp(np.interp(middle, edges, clock) + limits[:, None], clock, edges))


@dataclass(frozen=True)
class _Horizon:
    """One run of the steps, handed the parcels that the run before left."""

    items: Floats
    power: Floats
    """Agent time in each step."""
    handle: Floats
    step: float
    deadlines: Floats

    def settle(self, order: Order, steps: int) -> TypesWorkOff:
        """Runs until the backlog has settled and everything that arrived in a measured run is answered or late."""
        types, count = self.items.shape
        length = count * self.step
        late_by = int(np.ceil(self.deadlines.max() / length)) + 1
        queue: list[tuple[float, float, int, int, float]] = []
        met = np.zeros((late_by + 4, types))
        backlog = np.zeros((types, count + 1))
        for run in range(late_by + 4):
            backlog = self._run(queue, order, run, met, backlog[:, -1])
        total = self.items.sum(axis=1)
        # The second run starts from a settled backlog, and the runs after it reach its last deadline.
        shares = np.divide(met[2], total, out=np.full(types, np.nan), where=total > 0)
        return TypesWorkOff(shares, backlog[:, ::steps])

    def _run(
        self, queue: list[tuple[float, float, int, int, float]], order: Order, run: int, met: Floats, start: Floats
    ) -> Floats:
        """One horizon: parcels (key, deadline, type, run, items) join and leave `queue`, in time adds to `met`."""
        types, count = self.items.shape
        offset = run * count * self.step
        backlog = np.empty((types, count + 1))
        backlog[:, 0] = waiting = start.copy()
        for k in range(count):
            now = offset + (k + 1) * self.step
            for i in range(types):
                if self.items[i, k] > 0:
                    deadline = offset + self.deadlines[i, k]
                    heapq.heappush(queue, (deadline if order == "edf" else now, deadline, i, run, self.items[i, k]))
            waiting += self.items[:, k]
            time = self.power[k]
            while queue and time > 1e-12:
                key, deadline, i, came, items = heapq.heappop(queue)
                done = min(items, time / self.handle[i])
                time -= done * self.handle[i]
                waiting[i] -= done
                if now <= deadline + 0.5 * self.step:
                    met[came, i] += done
                if items - done > 1e-12:
                    heapq.heappush(queue, (key, deadline, i, came, items - done))
            backlog[:, k + 1] = waiting
        return backlog
