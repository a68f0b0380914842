"""The second phase of a covering: breaks moved within their windows, so that people can go home or have shorter shifts.

For programs that are too large to choose shifts and breaks together. The first phase gives every shift a few fixed
placements of its breaks and covers with those. The second takes a shift away, or makes it cheaper, and draws the breaks
of the people around it anew until nobody is missing (`models.scheduling.break_windows`); what is not cheaper then is
undone, so that the result never costs more than what it began with.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from models.highs import NoSolution
from models.scheduling.break_windows import WindowSearch, compile_search
from models.scheduling.covering import (
    SECONDS,
    Covering,
    CoveringProblem,
    PlannedShift,
    Uncoverable,
    cost_of,
    cover,
    lower_bound,
    shift_cost,
    undominated_problem,
)
from models.scheduling.options import BreakWindow, ShiftOption
from models.scheduling.program import LARGE
from scenarios.errors import Cancelled, InvalidValue

PLACES = (0.5, 0.0, 1.0)
"""Where in their windows the breaks of the first phase lie: in the middle, at the beginning, at the end."""
SWEEPS = 40
"""Draws for each person after a change."""
MOST_MISSING = 8
"""Intervals x people that a change may leave missing before breaks move."""
TRIES = 3
"""Cheaper shifts that are tried for a person."""
CENT = 1e-9
BreakMethod = Literal["auto", "together", "apart"]
BREAK_METHODS: tuple[BreakMethod, ...] = get_args(BreakMethod)
APART_SHARE = 0.5
"""Of the time of both methods: that of two phases."""
FIRST_SHARE, BOUND_SHARE = 0.4, 0.2
"""Of the time: the first phase, and the lower bound."""


def fixed_breaks(option: ShiftOption) -> Iterator[ShiftOption]:
    """The option with each break at one time: a few placements that keep its rules.

    Examples
    --------
    >>> lunch = BreakWindow(2, (6, 7, 8))
    >>> [o.breaks[0].starts for o in fixed_breaks(ShiftOption("day", 16, ((0, 16),), breaks=(lunch,)))]
    [(7,), (6,), (8,)]
    """
    seen = set()
    for place in PLACES:
        starts = _starts(option, place)
        if starts is not None and starts not in seen:
            seen.add(starts)
            windows = (BreakWindow(w.length, (s,), w.paid) for w, s in zip(option.breaks, starts, strict=True))
            yield replace(option, breaks=tuple(windows))


def _starts(option: ShiftOption, place: float) -> tuple[int, ...] | None:
    """Starts of breaks near a place of their windows (0 the beginning, 1 the end); None where the rules allow none."""
    most = option.length if option.max_work is None else option.max_work
    able: list[list[int]] = []  # from the last break to the first: starts from which the rest can follow
    for window in reversed(option.breaks):
        rest = able[-1] if able else None
        able.append(
            [
                start
                for start in window.starts
                if rest is None or any(option.min_work <= s - start - window.length <= most for s in rest)
            ]
        )
    starts: list[int] = []
    for window, possible in zip(option.breaks, reversed(able), strict=True):
        if starts:
            end = starts[-1] + option.breaks[len(starts) - 1].length
            possible = [start for start in possible if option.min_work <= start - end <= most]
        if not possible:
            return None
        wanted = window.starts[0] + place * (window.starts[-1] - window.starts[0])
        starts.append(min(possible, key=lambda start: (abs(start - wanted), start)))
    return tuple(starts)


def with_fixed_breaks(problem: CoveringProblem) -> tuple[CoveringProblem, dict[ShiftOption, ShiftOption]]:
    """The problem of the first phase, and the option that each of its options stands for."""
    stands_for = {fixed: option for option in problem.options for fixed in fixed_breaks(option)}
    return replace(problem, options=tuple(stands_for)), stands_for


def cover_with_breaks(
    problem: CoveringProblem,
    breaks: BreakMethod = "auto",
    *,
    gap: float = 0.0,
    seconds: float = SECONDS,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Covering:
    """Shifts of low cost with their breaks.

    Parameters
    ----------
    breaks
        ``together``: shifts and breaks in one program; ``apart``: shifts first, breaks moved afterwards; ``auto``: in
        one program unless that is too large, else both within the time, and the cheaper of them.

    Raises
    ------
    InvalidValue
        If there is no such method.
    Uncoverable, NoSolution, Cancelled
        As in `models.scheduling.covering.cover`.
    """
    if breaks not in BREAK_METHODS:
        raise InvalidValue("breaks", breaks, f"known are {', '.join(BREAK_METHODS)}")
    if breaks == "apart":
        return cover_in_two_phases(problem, gap=gap, seconds=seconds, progress=progress, stop=stop)
    if breaks == "together" or not too_large(problem):
        return cover(problem, gap=gap, seconds=seconds, progress=progress, stop=stop)
    began = time.monotonic()
    apart = None
    with suppress(Uncoverable, NoSolution):  # breaks at fixed times may not do; the program has all times
        apart = cover_in_two_phases(problem, gap=gap, seconds=APART_SHARE * seconds, progress=progress, stop=stop)
    if apart is not None and (apart.gap <= gap or stop()):
        return apart
    left = max(seconds - (time.monotonic() - began), 1.0)
    try:
        together = cover(problem, gap=gap, seconds=left, progress=progress, stop=stop)
    except (NoSolution, Cancelled):
        if apart is None:
            raise
        return apart
    if apart is None:
        return together
    best, bound = min(apart, together, key=lambda plan: plan.cost), max(apart.bound, together.bound)
    return replace(best, bound=min(bound, best.cost), seconds=time.monotonic() - began)


def too_large(problem: CoveringProblem) -> bool:
    """Whether shifts and breaks of a group in one program are so many that it is seldom solved in its time."""
    sizes = Counter[str]()
    for option in undominated_problem(problem).options:
        sizes[option.group] += 1 + sum(len(window.starts) for window in option.breaks)
    return any(len(window.starts) > 1 for option in problem.options for window in option.breaks) and (
        max(sizes.values(), default=0) >= LARGE
    )


def cover_in_two_phases(
    problem: CoveringProblem,
    *,
    gap: float = 0.0,
    seconds: float = SECONDS,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Covering:
    """Shifts of low cost that cover a requirement: breaks at fixed times first, moved afterwards.

    Parameters
    ----------
    progress
        Called with the parts of the first phase that are solved and their number, then with the share of time used.

    Raises
    ------
    Uncoverable
        If no shifts keep the requirement with breaks at the fixed times.
    NoSolution, Cancelled
        As in `models.scheduling.covering.cover`.
    """
    began = time.monotonic()
    fixed, stands_for = with_fixed_breaks(undominated_problem(problem))
    first = cover(fixed, gap=gap, seconds=FIRST_SHARE * seconds, progress=progress, stop=stop).shifts
    shifts: tuple[PlannedShift, ...] = tuple(PlannedShift(stands_for[s.option], s.break_starts) for s in first)
    bound = lower_bound(problem, max(BOUND_SHARE * seconds, 1.0))
    left = seconds - (time.monotonic() - began)
    if left > 0 and bound < cost_of(problem, shifts) * (1 - gap):
        shifts = improved(problem, shifts, seconds=left, stop=stop, progress=_in_steps(progress))
    cost = cost_of(problem, shifts)
    return Covering(problem, shifts, cost, min(bound, cost), time.monotonic() - began)


def _working(problem: CoveringProblem, shifts: Sequence[PlannedShift]) -> NDArray[np.int8]:
    """Whether each shift is at work, shape (shifts, intervals)."""
    working = np.zeros((len(shifts), problem.grid.intervals), dtype=np.int8)
    for row, shift in zip(working, shifts, strict=True):
        row[shift.working(problem.grid)] = 1
    return working


def _in_steps(progress: Callable[[int, int], None] | None) -> Callable[[float], None] | None:
    if progress is None:
        return None
    return lambda share: progress(round(100 * share), 100)


def improved(
    problem: CoveringProblem,
    shifts: Sequence[PlannedShift],
    *,
    seconds: float,
    seed: int = 1,
    progress: Callable[[float], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[PlannedShift, ...]:
    """Shifts that cost no more than those given, breaks moved and shifts removed or made cheaper.

    Parameters
    ----------
    progress
        Called with the share of the time that is used.
    """
    groups = [group for group in problem.groups if _alone(problem, group)]
    kept = [shift for shift in shifts if shift.option.group not in groups]
    compile_search()
    began = time.monotonic()
    for number, group in enumerate(groups):
        until = began + seconds * (number + 1) / len(groups)

        def over(until: float = until) -> bool:
            if progress is not None:
                progress(min((time.monotonic() - began) / seconds, 1.0))
            return time.monotonic() >= until or stop()

        own = [shift for shift in shifts if shift.option.group == group]
        kept += _Group(problem, group, own, seed).search(over)
    return tuple(kept)


def _alone(problem: CoveringProblem, group: str) -> bool:
    """Whether a group covers its own requirement, and nobody else does."""
    return problem.served(group) == (group,) and sum(group in problem.served(g) for g in problem.groups) == 1


class _Group:
    """The shifts of one group, changed one at a time."""

    def __init__(self, problem: CoveringProblem, group: str, shifts: Sequence[PlannedShift], seed: int) -> None:
        self.problem = problem
        self.options = [option for option in problem.options if option.group == group]
        self.state = WindowSearch(problem.grid, problem.requirement[group], self.options, shifts, seed)
        self.random = np.random.default_rng(seed)
        self._candidates: dict[tuple[int, ...], tuple[list[PlannedShift], NDArray[np.int8], NDArray[np.float64]]] = {}

    def search(self, over: Callable[[], bool]) -> list[PlannedShift]:
        """The shifts once no change helps any more, or time is over."""
        cheaper = True
        while cheaper and not over():
            cheaper = False
            for shift in self._by_turn():
                if over():
                    break
                cheaper |= shift in self.state.shifts and self._change(shift)
        return self.state.shifts

    def _by_turn(self) -> list[PlannedShift]:
        shifts = list(dict.fromkeys(self.state.shifts))
        return [shifts[place] for place in self.random.permutation(len(shifts))]

    @property
    def cost(self) -> float:
        """What the shifts cost, and missing people, people too many and different shifts at their prices."""
        problem, state = self.problem, self.state
        different = len({(shift.option.start, shift.option.parts) for shift in state.shifts})
        cost = sum(map(shift_cost, state.shifts)) + problem.shift_price * different + problem.over_price * state.extra
        if not state.missing:
            return cost
        return np.inf if problem.under_price is None else cost + problem.under_price * state.missing

    def _change(self, shift: PlannedShift) -> bool:
        """Whether a person of this shift could go, or have a cheaper one."""
        for after in self._cheaper(shift):
            if not self._keeps_limits(shift, after):
                continue
            state = self.state
            before, kept = self.cost, (list(state.shifts), state.at_work.copy())
            state.replace(state.shifts.index(shift), after)
            if state.missing and (near := state.near(shift)).size:
                state.anneal(near, SWEEPS)
            if self.cost < before - CENT:
                return True
            state.shifts, state.at_work = kept
        return False

    def _cheaper(self, shift: PlannedShift) -> Iterator[PlannedShift | None]:
        """None, and the cheaper shifts on the same days that leave fewest people missing for what they save."""
        state, grid = self.state, self.problem.grid
        spare = state.at_work - state.required
        spare[shift.working(grid)] -= 1
        if int(np.maximum(-spare, 0).sum()) <= MOST_MISSING:
            yield None
        others, working, costs = self._on_days(shift.option.days)
        saved = shift_cost(shift) - costs
        rows = np.flatnonzero(saved > CENT)
        missing = np.maximum(-(spare + working[rows]), 0).sum(axis=1)
        order = np.argsort(missing - 1e-3 * saved[rows], kind="stable")[:TRIES]
        yield from (others[rows[place]] for place in order if missing[place] <= MOST_MISSING)

    def _on_days(self, days: tuple[int, ...]) -> tuple[list[PlannedShift], NDArray[np.int8], NDArray[np.float64]]:
        """Shifts with fixed breaks on the same days, where they are at work, and what they cost."""
        if days not in self._candidates:
            shifts = [
                PlannedShift(option, tuple(window.starts[0] for window in fixed.breaks))
                for option in self.options
                if option.days == days
                for fixed in fixed_breaks(option)
            ]
            costs = np.array([shift_cost(shift) for shift in shifts])
            self._candidates[days] = shifts, _working(self.problem, shifts), costs
        return self._candidates[days]

    def _keeps_limits(self, shift: PlannedShift, after: PlannedShift | None) -> bool:
        """Whether the limits on people hold after a change."""
        fewer = set(shift.option.limits) - set(after.option.limits if after is not None else ())
        more = set(after.option.limits if after is not None else ()) - set(shift.option.limits)
        if not (fewer | more):
            return True
        people = Counter(name for s in self.state.shifts for name in s.option.limits)
        limits = self.problem.limits
        return all(people[name] > limits[name].low for name in fewer) and all(
            limits[name].high is None or people[name] < (limits[name].high or 0) for name in more
        )
