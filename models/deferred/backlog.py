"""Deferred work (e-mail, forms, claims): what is answered in time, what is left, and what no headcount can beat.

Nobody is connected, so nobody hangs up and work keeps. It is treated as a fluid: so many items per interval arrive
evenly, agents finish them at an even rate, the longest waiting first (Newell 1982, "Applications of queueing theory",
chapter 2: cumulative arrivals A(t) and cumulative answers D(t)). An item that arrives at u is in time if
D(deadline(u)) >= A(u). All curves are straight between known times, so the shares are exact for the fluid. What it
leaves out is chance: keep some safety where targets are short or teams small.

Arrays are by interval over a horizon, usually a week, that repeats itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.queueing.numerics.arguments import Floats, above, at_least, share
from scenarios.errors import InvalidValue, UnstableQueue

FARTHEST = 300_000
"""Intervals after the horizon over which curves are drawn."""
Clock = Literal["around", "open"]
"""Whether a deadline runs around the clock or in open hours only."""


def calendar_ceiling(
    arrivals: ArrayLike, is_open: ArrayLike, interval: float, within: float, answered_at_once: float = 0.0
) -> float:
    """The best possible share answered within a time around the clock, with endlessly many agents.

    Closed form: who arrives in open hours is answered at once, who arrives in closed ones waits for the next opening.
    In time is thus whatever arrives in open hours or at most `within` before an opening.

    Parameters
    ----------
    arrivals, is_open
        Items per interval and whether the centre is open then, shape (intervals,), repeating itself.
    answered_at_once
        Share that a bot resolves at any hour.

    Examples
    --------
    Open from 9 to 18 every day, evenly spread arrivals, one hour: ten hours of 24 are in time.

    >>> round(calendar_ceiling(np.ones(24), [9 <= h < 18 for h in range(24)], 60, 60), 4)
    0.4167
    """
    items, opened = _grid(arrivals, is_open)
    length, limit = float(above("interval", interval, 0)), float(at_least("within", within, 0))
    if items.sum() == 0:
        return float("nan")
    places = np.flatnonzero(np.tile(opened, 2))
    index = np.arange(items.size)
    if places.size == 0:
        return float(share("answered_at_once", answered_at_once))
    wait_at_end = (places[np.searchsorted(places, index)] - index - 1) * length
    in_time = np.where(opened, 1.0, np.clip((limit - wait_at_end) / length, 0.0, 1.0))
    by_people = float(in_time @ items / items.sum())
    bot = float(share("answered_at_once", answered_at_once))
    return bot + (1 - bot) * by_people


@dataclass(frozen=True)
class WorkOff:
    """How deferred work is worked off over the horizon."""

    in_time: Floats
    """Share of each interval's arrivals answered in time, shape (intervals,); NaN where nothing arrives."""
    share_in_time: float
    backlog: Floats
    """Items waiting at the edges of the intervals, shape (intervals + 1,)."""
    oldest: Floats
    """Age of the oldest waiting item at the edges, around the clock; 0 without backlog."""
    mean_response: float
    """Mean time from arrival to answer, around the clock."""
    occupancy: float
    """Work over the agents' time; above 1 where the backlog grows."""


def work_off(
    arrivals: ArrayLike,
    agents: ArrayLike,
    interval: float,
    handle_time: float,
    within: float,
    is_open: ArrayLike | None = None,
    clock: Clock = "around",
    repeats: bool = True,
    backlog: float = 0.0,
) -> WorkOff:
    """Shares in time and backlog when `agents` work first in, first out.

    Parameters
    ----------
    arrivals, agents
        Items and agents by interval, shape (intervals,); agents are 0 when nobody works.
    is_open
        When the clock of the deadlines runs (for ``clock="open"``); by default while there are agents.
    repeats
        True: the horizon repeats itself and the backlog has settled. False: it begins with `backlog` and nothing
        arrives after it, while the same staffing goes on.

    Raises
    ------
    UnstableQueue
        If a horizon that repeats itself brings more work than its agents can do.

    Examples
    --------
    Ten items an hour around the clock, 40 an hour answered from 9 to 18, five hours to answer:

    >>> hours = np.arange(24)
    >>> day = work_off(np.full(24, 10.0), np.where((hours >= 9) & (hours < 18), 4, 0), 60, 6, within=300)
    >>> round(day.share_in_time, 4), day.backlog.max(), round(day.occupancy, 3)
    (0.4444, np.float64(150.0), 0.667)
    """
    staffing = at_least("agents", agents, 0)
    items, opened = _grid(arrivals, staffing > 0 if is_open is None else is_open)
    if staffing.shape != items.shape:
        raise InvalidValue("agents", staffing.shape, f"give one number per interval, shape {items.shape}")
    length, limit = float(above("interval", interval, 0)), float(at_least("within", within, 0))
    capacity = staffing * length / float(above("handle_time", handle_time, 0))
    if clock not in get_args(Clock):
        raise InvalidValue("clock", clock, f"choose one of {', '.join(get_args(Clock))}")
    if clock == "open" and not opened.any():
        raise InvalidValue("is_open", False, "open at least one interval, or let deadlines run around the clock")
    work, power = items.sum(), capacity.sum()
    if repeats:
        if work > power * (1 + 1e-12):
            raise UnstableQueue(work * handle_time / (length * items.size), float(staffing.mean()))
        backlog = _settled(items, capacity)
    waiting = float(at_least("backlog", backlog, 0))
    curves = _Curves.drawn(items, capacity, opened, length, waiting, limit, clock, repeats)
    return curves.measures(items, length, work / power if power else np.inf)


def min_agents(
    arrivals: ArrayLike,
    is_open: ArrayLike,
    interval: float,
    handle_time: float,
    within: float,
    target: float,
    clock: Clock = "around",
) -> int:
    """The least agents, the same number in all open hours, that answer a share `target` in time, week after week.

    Raises
    ------
    InvalidValue
        If no number of agents can: the target is above the calendar's ceiling.

    Examples
    --------
    >>> min_agents(np.full(24, 10.0), [9 <= h < 18 for h in range(24)], 60, 6, within=300, target=0.5)
    6
    """
    wanted = float(share("target", target))
    items, opened = _grid(arrivals, is_open)
    if items.sum() == 0:
        return 0
    best = calendar_ceiling(items, opened, interval, within) if clock == "around" else 1.0 if opened.any() else 0.0
    if wanted >= best:
        remedy = f"longer hours, not more agents: with these no headcount can reach more than {best:.1%}"
        raise InvalidValue("target", target, remedy)

    def enough(staffing: int) -> bool:
        try:
            plan = np.where(opened, staffing, 0)
            return work_off(items, plan, interval, handle_time, within, opened, clock).share_in_time >= wanted
        except UnstableQueue:
            return False

    too_few, staffing = 0, max(1, int(items.sum() * handle_time / (interval * opened.sum())))
    while not enough(staffing):
        too_few, staffing = staffing, 2 * staffing
        if staffing > 1_000_000_000:
            raise InvalidValue("target", target, f"ask for clearly less than the calendar's ceiling of {best:.1%}")
    while staffing - too_few > 1:
        middle = (too_few + staffing) // 2
        too_few, staffing = (too_few, middle) if enough(middle) else (middle, staffing)
    return staffing


@dataclass(frozen=True)
class _Curves:
    """Cumulative arrivals and answers over the horizon and beyond, and the deadline as a function of arrival."""

    edges: Floats
    arrived: Floats
    """At the edges."""
    times: Floats
    done: Floats
    """At `times`: the edges and the moments at which the backlog is gone."""
    opened_for: Floats
    """Time that the deadline's clock has run at the edges."""
    limit: float
    first: int
    """The interval that the measured horizon starts with."""

    @classmethod
    def drawn(
        cls,
        items: Floats,
        capacity: Floats,
        opened: NDArray[np.bool_],
        length: float,
        backlog: float,
        limit: float,
        clock: Clock,
        repeats: bool,
    ) -> _Curves:
        """The curves from one horizon before the measured one, if it repeats itself, to past its last deadline."""
        runs = opened if clock == "open" else np.ones_like(opened)
        # Far enough for the last deadline and, where the horizon ends, for the last answer.
        left = 0.0 if repeats or capacity.sum() == 0 else (backlog + items.sum()) / capacity.sum()
        # A backlog of more intervals than `FARTHEST` has no end that anybody waits for: its mean response is infinite.
        after = 2 + int(np.ceil(min(max(limit / (runs.sum() * length), left), FARTHEST / items.size)))
        before = 1 if repeats else 0
        copies = before + 1 + after
        coming = np.tile(items, copies) if repeats else np.concatenate([items, np.zeros(after * items.size)])
        edges = np.arange(copies * items.size + 1) * length
        arrived = backlog + np.concatenate([[0.0], np.cumsum(coming)])
        ready = np.tile(capacity, copies)
        waiting = _backlog(coming, ready, backlog)
        # Inside an interval whose backlog runs out it does so at a known moment.
        ends = (waiting[:-1] > 0) & (waiting[:-1] + coming < ready)
        gone = edges[:-1][ends] + length * waiting[:-1][ends] / (ready - coming)[ends]
        times = np.concatenate([edges, gone])
        done = np.concatenate([arrived - waiting, np.interp(gone, edges, arrived)])
        order = np.argsort(times, kind="stable")
        clock_time = np.concatenate([[0.0], np.cumsum(np.tile(runs, copies))]) * length
        return cls(np.asarray(edges), arrived, times[order], done[order], clock_time, limit, before * items.size)

    def measures(self, items: Floats, length: float, occupancy: float) -> WorkOff:
        """What the curves say about the measured horizon."""
        start, end = self.first, self.first + items.size
        reached = np.interp(self.times, self.edges, self.opened_for) - self.limit
        turns = np.interp(reached, self.opened_for, self.edges)
        points = np.unique(np.concatenate([self.edges[start : end + 1], turns]))
        points = points[(points >= self.edges[start]) & (points <= self.edges[end])]
        until = np.interp(np.interp(points, self.edges, self.opened_for) + self.limit, self.opened_for, self.edges)
        arrived = np.interp(points, self.edges, self.arrived)
        slack = np.interp(until, self.times, self.done) - arrived + 1e-12 * (1 + self.arrived[-1])
        met = _positive_part(slack) * np.diff(arrived)
        interval = np.searchsorted(self.edges, (points[:-1] + points[1:]) / 2) - 1 - start
        counts = np.bincount(interval, weights=met, minlength=items.size)
        waiting = self.arrived - np.interp(self.edges, self.times, self.done)
        inside = slice(start, end + 1)
        total = items.sum()
        return WorkOff(
            in_time=np.divide(counts, items, out=np.full(items.size, np.nan), where=items > 0),
            share_in_time=float(counts.sum() / total) if total else float("nan"),
            backlog=np.where(waiting[inside] > 1e-9, waiting[inside], 0.0),
            oldest=self._oldest(waiting)[inside],
            mean_response=self._mean_response(start, end),
            occupancy=float(occupancy),
        )

    def _mean_response(self, start: int, end: int) -> float:
        """Mean time from arrival to answer of what arrives in the measured horizon: areas between the curves."""
        low, high = self.arrived[start], self.arrived[end]
        if high <= low:
            return float("nan")
        if self.done[-1] < high * (1 - 1e-12):
            return float("inf")
        answers = _mean_time(self.times, self.done, low, high)
        return max(answers - _mean_time(self.edges, self.arrived, low, high), 0.0)

    def _oldest(self, waiting: Floats) -> Floats:
        """Age of the next item to be answered at the edges: how far back the arrivals are that many."""
        done = self.arrived - waiting
        came = np.interp(done + 1e-9 * (1 + self.arrived[-1]), self.arrived, self.edges)
        return np.where(waiting > 1e-9, np.maximum(self.edges - came, 0.0), 0.0)


def _grid(arrivals: ArrayLike, is_open: ArrayLike) -> tuple[Floats, NDArray[np.bool_]]:
    items, opened = at_least("arrivals", arrivals, 0), np.asarray(is_open, dtype=bool)
    if items.ndim != 1 or items.size == 0 or opened.shape != items.shape:
        raise InvalidValue("is_open", opened.shape, f"give one value per interval, shape {items.shape}")
    return items, opened


def _backlog(items: Floats, capacity: Floats, start: float) -> Floats:
    """Backlog at the edges: Lindley's recursion, shape (intervals + 1,)."""
    total = np.concatenate([[0.0], np.cumsum(items - capacity)])
    return np.asarray(total + np.maximum(start, -np.minimum.accumulate(total)))


def _settled(items: Floats, capacity: Floats) -> float:
    """The backlog with which a horizon that repeats itself begins and ends: what is left after one run from none."""
    return float(_backlog(items, capacity, 0.0)[-1])


def _positive_part(values: Floats) -> Floats:
    """Share of each straight piece between neighbouring `values` that is not negative."""
    first, last = values[:-1], values[1:]
    high, low = np.maximum(first, last), np.minimum(first, last)
    mixed = (high > 0) & (low < 0)
    return np.where(mixed, high / np.where(mixed, high - low, 1.0), (low >= 0).astype(float))


def _mean_time(times: Floats, curve: Floats, low: float, high: float) -> float:
    """Mean time at which a rising curve takes the values between `low` and `high`."""
    points = np.sort(np.concatenate([times, np.interp([low, high], curve, times)]))
    values = np.clip(np.interp(points, times, curve), low, high)
    return float(np.diff(values) @ (points[:-1] + points[1:]) / 2 / (high - low))
