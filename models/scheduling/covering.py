"""Least-cost shifts for a requirement: how many people work which shift, and when they take their breaks.

One integer program for each part of the problem that stands alone, in the difference (network-flow) form: the people
present in an interval are those of the interval before, plus those who come, less those who go (Kletzander and Musliu
2019). Breaks within windows are implicit: so many people of a shift begin their break then (Aykin 1996), and where two
breaks must keep a distance the counts of the second follow those of the first (Bechtold and Jacobs 1990).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from models.highs import NoSolution, Solution
from models.queueing.numerics.arguments import Floats
from models.scheduling.options import Ints, ShiftGrid, ShiftOption, refuse_breaks, undominated
from models.scheduling.program import CoveringProgram
from models.scheduling.start import covering_shifts
from scenarios.errors import Cancelled, InvalidValue, PlannerError

SECONDS = 60.0
"""The time of a covering unless the caller gives another."""
SHARE = 0.25
"""The share of the time in which every part gets its first values."""
SHORTEST = 1.0
"""Seconds that a part has at least."""
WHOLE = 1e-6
MOST_PEOPLE = 100_000


@dataclass(frozen=True)
class PeopleLimit:
    """The fewest and the most people on the shifts that name this limit."""

    low: int = 0
    high: int | None = None


@dataclass(frozen=True)
class CoveringProblem:
    """A requirement, and the shifts that may cover it."""

    grid: ShiftGrid
    requirement: Mapping[str, Ints]
    """People required by group (or skill), shape (intervals,)."""
    options: tuple[ShiftOption, ...]
    skills: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What each group can do; without an entry a group covers the requirement of its own name."""
    under_price: float | None = None
    """Of one person missing in one interval; None: nobody may be missing."""
    over_price: float = 0.0
    """Of one person too many in one interval."""
    shift_price: float = 0.0
    """Of every different shift (start and parts), however many people work it on however many days."""
    limits: Mapping[str, PeopleLimit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, required in self.requirement.items():
            _refuse_requirement(name, np.asarray(required), self.grid)
        for option in self.options:
            refuse_breaks(option)
        for name, limit in self.limits.items():
            if limit.high is not None and limit.low > limit.high:
                raise InvalidValue(name, limit.low, f"the fewest people must not exceed the most ({limit.high})")

    def served(self, group: str) -> tuple[str, ...]:
        """The names of the requirements that a group can cover."""
        return self.skills.get(group, (group,))

    @cached_property
    def option_of(self) -> dict[object, ShiftOption]:
        """The options by their identity."""
        return {option.identity: option for option in self.options}

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of the options."""
        return tuple(dict.fromkeys(option.group for option in self.options))


def _refuse_requirement(name: str, required: Floats, grid: ShiftGrid) -> None:
    if required.shape != (grid.intervals,):
        raise InvalidValue(
            f"requirement of {name}", f"{required.size} numbers", f"give one for each of {grid.intervals} intervals"
        )
    wrong = np.flatnonzero(~(np.isfinite(required) & (required >= 0) & (required == np.floor(required))))
    if wrong.size:
        value = float(required[wrong[0]])
        raise InvalidValue(f"requirement of {name}, interval {wrong[0] + 1}", value, "give whole people, 0 or more")


@dataclass(frozen=True)
class PlannedShift:
    """The shift of one person: an option, and when its breaks begin, in intervals after its start."""

    option: ShiftOption
    break_starts: tuple[int, ...] = ()

    def working(self, grid: ShiftGrid) -> Ints:
        """The intervals of work, breaks left out."""
        breaks = [
            self.option.on_break(grid, start, window.length)
            for start, window in zip(self.break_starts, self.option.breaks, strict=True)
        ]
        present = self.option.present(grid)
        return np.setdiff1d(present, np.concatenate(breaks)) if breaks else np.unique(present)


def shift_cost(shift: PlannedShift) -> float:
    """What the shift of one person costs."""
    option = shift.option
    saved = sum(option.saving(s, window) for s, window in zip(shift.break_starts, option.breaks, strict=True))
    return option.cost - saved


@dataclass(frozen=True)
class Covering:
    """Shifts for a requirement, with their cost and a bound."""

    problem: CoveringProblem
    shifts: tuple[PlannedShift, ...]
    cost: float
    bound: float
    """No shifts for this problem cost less."""
    seconds: float = 0.0

    @property
    def gap(self) -> float:
        """By how much the cost may exceed the least, as a share of the cost."""
        return max(self.cost - self.bound, 0.0) / self.cost if self.cost > WHOLE else 0.0

    @property
    def proved(self) -> bool:
        """Whether the cost is proved to be the least."""
        return self.gap <= WHOLE

    @property
    def present(self) -> dict[str, Ints]:
        """People at work by group, shape (intervals,)."""
        return people_at_work(self.problem.grid, self.shifts, (*self.problem.requirement, *self.problem.groups))


def people_at_work(grid: ShiftGrid, shifts: Sequence[PlannedShift], groups: tuple[str, ...]) -> dict[str, Ints]:
    """People at work by group, breaks left out, shape (intervals,)."""
    present = {name: np.zeros(grid.intervals, dtype=np.int64) for name in groups}
    for shift in shifts:
        present[shift.option.group][shift.working(grid)] += 1
    return present


class Uncoverable(PlannerError, ValueError):
    """A requirement that no shifts can cover under the rules, with what stands in the way."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__(
            f"no shifts cover the requirement: {'; '.join(reasons)}; "
            "allow other starts or lengths, raise the limit on people, or price understaffing"
        )


def cover(
    problem: CoveringProblem,
    *,
    gap: float = 0.0,
    seconds: float = SECONDS,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Covering:
    """The shifts of least cost that cover a requirement.

    Parameters
    ----------
    gap
        The share of its cost by which the result may be dearer than the least.
    seconds
        The time for all parts together.
    progress
        Called with the steps that are done and all that there are: each part is solved quickly, then fully.

    Raises
    ------
    Uncoverable
        If no shifts keep the requirement and all limits; says which intervals and limits are in conflict.
    NoSolution
        If none are found in time, not even by putting shifts together one after the other.
    Cancelled
        If `stop` says so between two steps.

    Examples
    --------
    Two shifts of four intervals, three people needed throughout: three on each.

    >>> options = tuple(ShiftOption("shift", start, ((0, 4),), group="desk") for start in (0, 4))
    >>> plan = cover(CoveringProblem(ShiftGrid(8), {"desk": np.full(8, 3)}, options))
    >>> plan.cost, plan.proved
    (6.0, True)
    """
    from models.scheduling.conflicts import conflicts

    search = _PartSearch(CoveringProgram(undominated_problem(problem)), gap, seconds, progress, stop)
    try:
        values, bound = search.run()
    except NoSolution as none:
        if none.reason == "infeasible":
            raise Uncoverable(conflicts(problem)) from None
        raise
    values = np.round(values)
    cost = float(search.program.cost @ values)
    used = time.monotonic() - search.until + seconds
    return Covering(problem, tuple(search.program.shifts(values)), cost, min(bound, cost), used)


class _PartSearch:
    """The parts of a program solved in turn: first quickly, then fully in what time is left."""

    def __init__(
        self,
        program: CoveringProgram,
        gap: float,
        seconds: float,
        progress: Callable[[int, int], None] | None,
        stop: Callable[[], bool],
    ) -> None:
        self.program, self.gap, self.seconds, self._progress, self._stop = program, gap, seconds, progress, stop
        self.until = time.monotonic() + seconds
        self.parts = program.parts()
        self.solutions: list[Solution | None] = [None] * len(self.parts)
        self.bounds = [-math.inf] * len(self.parts)
        self.searched: set[int] = set()
        """Large parts whose promising choices are searched to the gap."""
        self._steps = 0

    def run(self) -> tuple[Floats, float]:
        """The values of all columns, and the bound of their cost."""
        quickly = self.gap > 0  # a proof needs all columns, and may need all the time
        if quickly:
            self._each(self._quick, list(range(len(self.parts))), SHARE)
        self._each(self._full, [number for number in range(len(self.parts)) if not self._close(number)], 1.0)
        values = np.zeros(self.program.size)
        for part, solution in zip(self.parts, self.solutions, strict=True):
            if solution is None:
                raise NoSolution("time limit", self.seconds)
            values[part.columns] = solution.values
        return values, sum(self.bounds)

    def _each(self, solve: Callable[[int, float], None], numbers: list[int], share: float) -> None:
        """Solve some parts, each within its part of a share of the time that is left, by its columns."""
        columns = sum(self.parts[number].columns.size for number in numbers)
        for place, number in enumerate(numbers):
            self._step(len(numbers) - place)
            left = (self.until - time.monotonic()) * share * self.parts[number].columns.size / max(columns, 1)
            columns -= self.parts[number].columns.size
            solve(number, max(left, SHORTEST))
        self._step(0)

    def _step(self, left: int) -> None:
        if self._stop():
            raise Cancelled(self._steps, self._steps + left)
        if self._progress is not None:
            self._progress(self._steps, self._steps + left)
        self._steps += 1

    def _quick(self, number: int, seconds: float) -> None:
        """A part by the choices of its relaxation; where that comes to nothing, by the start."""
        part, people = self.parts[number], {}
        try:
            solution, relaxed = part.promising(self.gap, seconds)
        except NoSolution as none:
            if none.reason == "infeasible":
                raise
            solution = None
        else:
            self.bounds[number] = relaxed.cost
            values = np.zeros(self.program.size)
            values[part.columns] = relaxed.values
            people = self.program.whole_people(values)
        if solution is None:
            start = self.program.choices(covering_shifts(self.program.problem, people))
            solution = part.completed(start, seconds)
        elif part.is_large and self._within_gap(solution.cost, solution.bound):
            self.searched.add(number)
        self._keep(number, solution)

    def _full(self, number: int, seconds: float) -> None:
        """A part by all its columns; where that comes to nothing, what there is stays."""
        if self.gap > 0 and self.parts[number].is_large:
            self._quick(number, seconds)
            return
        try:
            solution = self.parts[number].solve(self.gap, seconds)
        except NoSolution as none:
            if none.reason != "time limit":
                raise
            if self.solutions[number] is None:
                self._quick(number, max(seconds * SHARE, SHORTEST))
        else:
            self.bounds[number] = max(self.bounds[number], solution.bound)
            self._keep(number, solution)

    def _keep(self, number: int, solution: Solution | None) -> None:
        """Keep the cheaper of two solutions of a part."""
        best = self.solutions[number]
        if solution is not None and (best is None or solution.cost < best.cost):
            self.solutions[number] = solution

    def _close(self, number: int) -> bool:
        """Whether a part costs no more than its bound and the gap, or no further search is worth while."""
        solution = self.solutions[number]
        close = solution is not None and self._within_gap(solution.cost, self.bounds[number])
        return close or number in self.searched

    def _within_gap(self, cost: float, bound: float) -> bool:
        return cost - bound <= self.gap * abs(cost) + WHOLE


def lower_bound(problem: CoveringProblem, seconds: float = SECONDS) -> float:
    """What no shifts for a problem cost less than, by its linear relaxation; 0 where there is no time for it."""
    program = CoveringProgram(undominated_problem(problem))
    try:
        return sum(part.relaxed(seconds).cost for part in program.parts())
    except NoSolution:
        return 0.0


def cost_of(problem: CoveringProblem, shifts: Sequence[PlannedShift]) -> float:
    """What shifts cost, with missing people, people too many and different shifts at the prices of a problem."""
    wages = sum(map(shift_cost, shifts))
    different = len({(shift.option.group, shift.option.start, shift.option.parts) for shift in shifts})
    present = people_at_work(problem.grid, shifts, (*problem.requirement, *problem.groups))
    net = [present[name] - required for name, required in problem.requirement.items()]
    missing = sum(float(np.maximum(-values, 0).sum()) for values in net)
    extra = sum(float(np.maximum(values, 0).sum()) for values in net)
    return wages + (problem.under_price or 0.0) * missing + problem.over_price * extra + problem.shift_price * different


def undominated_problem(problem: CoveringProblem) -> CoveringProblem:
    """The problem without dominated options, where leaving them out costs nothing."""
    if problem.over_price or problem.shift_price or problem.limits:
        return problem
    kept = [
        option
        for group in problem.groups
        for option in undominated(
            [option for option in problem.options if option.group == group],
            problem.grid,
            np.any([problem.requirement[name] > 0 for name in problem.served(group)], axis=0),
        )
    ]
    return replace(problem, options=tuple(kept))
