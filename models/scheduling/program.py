"""The integer program of a covering, in difference form, divided into the parts that stand alone."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.highs import ConstraintRows, NoSolution, Solution, solve_integer
from models.queueing.numerics.arguments import Floats
from models.scheduling.options import Ints, ShiftOption

if TYPE_CHECKING:
    from models.scheduling.covering import CoveringProblem, PlannedShift

Term = tuple[int, float]
UNUSED = 1e-9
"""People in a linear relaxation that count as nobody."""
LARGE = 3000
"""Columns of a part from which on only the choices of its linear relaxation are searched, unless proof is wanted."""
NOBODY = -1
"""The column of a number of people that is 0 by its nature."""


@dataclass(frozen=True)
class ProgramPart:
    """Columns and rows that share nothing with the others."""

    columns: Ints
    cost: Floats
    low: Floats
    high: Floats
    matrix: Any
    least: Floats
    most: Floats
    choices: NDArray[np.bool_]
    """Whether a column is a number of people on an option or beginning a break."""

    @property
    def is_large(self) -> bool:
        """Whether a search among all columns comes to nothing, or far exceeds its time."""
        return self.cost.size >= LARGE

    def solve(self, gap: float, seconds: float) -> Solution:
        """The cheapest values.

        Raises
        ------
        NoSolution
            If there are none, or none are found in time.
        """
        if not self.cost.size:  # a row that no column can keep
            raise NoSolution("infeasible", seconds)
        return self._solved(self.low, self.high, 1.0, gap, seconds)

    def promising(self, gap: float, seconds: float) -> tuple[Solution | None, Solution]:
        """The cheapest values among the choices of the linear relaxation, None if there are none, and the relaxation.

        Raises
        ------
        NoSolution
            If the relaxation has no values: then nothing has.
        """
        if not self.cost.size:
            raise NoSolution("infeasible", seconds)
        relaxed = self.relaxed(seconds)
        high = np.where(self.choices & (relaxed.values < UNUSED), 0.0, self.high)
        try:
            return self._solved(self.low, high, 1.0, gap, seconds), relaxed
        except NoSolution:
            return None, relaxed

    def relaxed(self, seconds: float) -> Solution:
        """The cheapest values where none need be whole.

        Raises
        ------
        NoSolution
            If there are none, or none are found in time.
        """
        return self._solved(self.low, self.high, 0.0, 0.0, seconds)

    def completed(self, values: Floats, seconds: float) -> Solution | None:
        """The cheapest values that make these choices; None if the choices break a row."""
        low = np.where(self.choices, values[self.columns], self.low)
        high = np.where(self.choices, values[self.columns], self.high)
        try:
            return self._solved(low, high, 1.0, 0.0, seconds)
        except NoSolution:
            return None

    def _solved(self, low: Floats, high: Floats, whole: float, gap: float, seconds: float) -> Solution:
        rows = [ConstraintRows(self.matrix, self.least, self.most)] if self.least.size else []
        wholes = np.full(self.cost.size, whole)
        return solve_integer(self.cost, rows, whole=wholes, low=low, high=high, gap=gap, seconds=seconds)


class CoveringProgram:
    """Columns: people by option, beginnings of breaks, people present, allocated, missing, too many; shifts in use."""

    def __init__(self, problem: CoveringProblem) -> None:
        self.problem, self.grid = problem, problem.grid
        self._cost: list[float] = []
        self._low: list[float] = []
        self._high: list[float] = []
        self._rows: list[tuple[list[Term], float, float]] = []
        self._missing: dict[tuple[str, int], int] = {}
        self._extra: dict[tuple[str, int], int] = {}
        self._people = [self._column(option.cost) for option in problem.options]
        self._breaks = [self._break_columns(number) for number in range(len(problem.options))]
        self._choices = self.size
        self._at_work = {group: self._terms(group) for group in problem.groups}
        self._requirements()
        self._limits()
        if problem.shift_price:
            self._shifts_in_use()

    @property
    def size(self) -> int:
        """The number of columns."""
        return len(self._cost)

    @property
    def cost(self) -> Floats:
        """The cost of each column."""
        return np.array(self._cost)

    def _column(self, cost: float = 0.0, low: float = 0.0, high: float = math.inf) -> int:
        self._cost.append(cost)
        self._low.append(low)
        self._high.append(high)
        return len(self._cost) - 1

    def _row(self, terms: Sequence[Term], least: float = -math.inf, most: float = math.inf) -> None:
        terms = [(column, factor) for column, factor in terms if column != NOBODY]
        if terms or least > 0 or most < 0:
            self._rows.append((terms, least, most))

    # -- breaks (Aykin 1996) -----------------------------------------------------------------------------------------

    def _break_columns(self, number: int) -> list[dict[int, int]]:
        """For each break of an option a column by beginning; as many people begin it as work the option."""
        option, people = self.problem.options[number], self._people[number]
        windows = [
            {start: self._column(-option.saving(start, window)) for start in window.starts} for window in option.breaks
        ]
        for columns in windows:
            self._row([(column, 1.0) for column in columns.values()] + [(people, -1.0)], 0.0, 0.0)
        for before, (first, second) in zip(option.breaks, pairwise(windows), strict=False):
            self._distance(option, before.length, first, second, people)
        return windows

    def _distance(
        self, option: ShiftOption, length: int, first: dict[int, int], second: dict[int, int], people: int
    ) -> None:
        """Work between two breaks: by any time no more have begun the second than could, no fewer than must."""
        nearest = length + option.min_work
        for time in second:
            ready = [column for start, column in first.items() if start + nearest <= time]
            begun = [column for start, column in second.items() if start <= time]
            if len(ready) < len(first):
                self._row([(c, 1.0) for c in ready] + [(c, -1.0) for c in begun], least=0.0)
        if option.max_work is None:
            return
        for start in first:
            due = [column for at, column in first.items() if at <= start]
            last = start + length + option.max_work
            begun = [column for at, column in second.items() if at <= last]
            if len(begun) < len(second):
                self._row([(c, 1.0) for c in begun] + [(c, -1.0) for c in due], least=0.0)

    def _terms(self, group: str) -> list[list[Term]]:
        """The columns whose sum is the people at work in each interval.

        Where nobody too many and no different shift has a price and breaks lie fixed, people are counted at once: rows
        of ones in a row, which presolving reduces more than differences.
        """
        options = [(n, option) for n, option in enumerate(self.problem.options) if option.group == group]
        priced = self.problem.over_price or self.problem.shift_price
        if priced or any(option.breaks for _, option in options):
            return [[(column, 1.0)] for column in self._presence(group)]
        terms: list[list[Term]] = [[] for _ in range(self.grid.intervals)]
        for number, option in options:
            for place, times in zip(*np.unique(option.present(self.grid), return_counts=True), strict=True):
                terms[place].append((self._people[number], float(times)))
        return terms

    # -- people present (Kletzander and Musliu 2019) -----------------------------------------------------------------

    def _presence(self, group: str) -> list[int]:
        """A column of people present for each interval, the difference of two neighbours a row."""
        grid = self.grid
        change: list[dict[int, float]] = [defaultdict(float) for _ in range(grid.intervals)]
        first: dict[int, float] = defaultdict(float)
        possible = np.zeros(grid.intervals, dtype=bool)

        def add(column: int, places: Ints, sign: float) -> None:
            inside = np.zeros(grid.intervals, dtype=np.int64)
            np.add.at(inside, places, 1)
            before = np.roll(inside, 1)
            if not grid.cyclic:
                before[0] = 0
            for place in np.flatnonzero(inside != before):
                change[place][column] += sign * float(inside[place] - before[place])
            if inside[0]:
                first[column] += sign * float(inside[0])

        for number, option in enumerate(self.problem.options):
            if option.group != group:
                continue
            present = option.present(grid)
            possible[present] = True
            add(self._people[number], present, 1.0)
            for window, columns in zip(option.breaks, self._breaks[number], strict=True):
                for start, column in columns.items():
                    add(column, option.on_break(grid, start, window.length), -1.0)
        present_columns = [self._column() if at else NOBODY for at in possible]
        for place in range(grid.intervals):
            before = present_columns[place - 1] if place or grid.cyclic else NOBODY
            terms = [(present_columns[place], 1.0), (before, -1.0)]
            self._row(terms + [(column, -factor) for column, factor in change[place].items()], 0.0, 0.0)
        if grid.cyclic and possible.all():  # differences around a circle leave the level open
            self._row([(present_columns[0], 1.0), *((column, -factor) for column, factor in first.items())], 0.0, 0.0)
        return present_columns

    # -- the requirement ---------------------------------------------------------------------------------------------

    def _requirements(self) -> None:
        """Enough people for each requirement, a flexible person counted in one of them at a time."""
        for place in range(self.grid.intervals):
            supply: dict[str, list[Term]] = defaultdict(list)
            for group, at_work in self._at_work.items():
                served, terms = self.problem.served(group), [term for term in at_work[place] if term[0] != NOBODY]
                if len(served) == 1:
                    supply[served[0]] += terms
                elif terms:
                    allocated = [self._column() for _ in served]
                    self._row([*terms, *((column, -1.0) for column in allocated)], least=0.0)
                    for name, column in zip(served, allocated, strict=True):
                        supply[name].append((column, 1.0))
            for name, required in self.problem.requirement.items():
                self._requirement(name, place, float(required[place]), supply[name])

    def _requirement(self, name: str, place: int, required: float, terms: list[Term]) -> None:
        problem = self.problem
        if problem.under_price is not None and required:
            self._missing[name, place] = self._column(problem.under_price, high=required)
            terms.append((self._missing[name, place], 1.0))
        if problem.over_price:
            self._extra[name, place] = self._column(problem.over_price)
            self._row([*terms, (self._extra[name, place], -1.0)], required, required)
        elif required and len(terms) == 1 and terms[0][1] == 1.0:  # a bound instead of a row: still a network
            self._low[terms[0][0]] = max(self._low[terms[0][0]], required)
        elif required:
            self._row(terms, least=required)

    # -- limits ------------------------------------------------------------------------------------------------------

    def _limits(self) -> None:
        for name, limit in self.problem.limits.items():
            terms = [
                (column, 1.0)
                for column, option in zip(self._people, self.problem.options, strict=True)
                if name in option.limits
            ]
            if limit.low or limit.high is not None:
                self._row(terms, limit.low, math.inf if limit.high is None else limit.high)

    def _shifts_in_use(self) -> None:
        """A column of 0 or 1 for each different shift, tied to its people by the requirement where it is lowest."""
        used: dict[object, int] = {}
        first: dict[tuple[str, int], dict[int, None]] = defaultdict(dict)
        last: dict[tuple[str, int], dict[int, None]] = defaultdict(dict)
        for people, option in zip(self._people, self.problem.options, strict=True):
            key = (option.group, option.start, option.parts)
            if key not in used:
                used[key] = self._column(self.problem.shift_price, high=1.0)
            present = option.present(self.grid)
            required = np.sum([self.problem.requirement[name] for name in self.problem.served(option.group)], axis=0)
            self._high[people] = float(required[present].max(initial=0)) if not self.problem.limits else math.inf
            if self.problem.limits:
                self._row([(people, 1.0), (used[key], -float(required.sum()))], most=0.0)
                continue
            self._row([(people, 1.0), (used[key], -self._high[people])], most=0.0)
            if self._tight(option):
                place = int(present[np.argmin(required[present])])
                terms = [(people, 1.0), (used[key], -float(required[place]))]
                self._row([*terms, (self._extra[option.group, place], -1.0)], most=0.0)
            for after, length in option.parts:
                begins = option.days[0] * self.grid.per_day + option.start + after
                first[option.group, begins % self.grid.intervals][used[key]] = None
                last[option.group, (begins + length) % self.grid.intervals][used[key]] = None
        self._rises_and_falls(first, last)

    def _tight(self, option: ShiftOption) -> bool:
        """Whether people beyond the requirement in any interval of an option must be counted as too many."""
        return self._simple(option.group) and not option.breaks

    def _simple(self, group: str) -> bool:
        problem = self.problem
        own = problem.served(group) == (group,) and sum(group in problem.served(g) for g in problem.groups) == 1
        return own and bool(problem.over_price) and not any(o.breaks for o in problem.options if o.group == group)

    def _rises_and_falls(
        self, first: dict[tuple[str, int], dict[int, None]], last: dict[tuple[str, int], dict[int, None]]
    ) -> None:
        """Where the requirement rises a shift begins, where it falls one ends, or people are missing or too many.

        People present rise by at least the requirement's rise, less those missing after and too many before it. They
        rise only if a shift begins: so rise x (shifts that begin) + missing + too many >= rise. In the linear
        relaxation this counts shifts where the ties above only count shares of them.
        """
        for group in filter(self._simple, self.problem.groups):
            required = self.problem.requirement[group]
            for place in range(0 if self.grid.cyclic else 1, self.grid.intervals):
                rise = float(required[place] - required[place - 1])
                before = (place - 1) % self.grid.intervals
                if not rise:
                    continue
                short, long = (place, before) if rise > 0 else (before, place)
                shifts = (first if rise > 0 else last)[group, place]
                terms = [(column, abs(rise)) for column in shifts]
                if (missing := self._missing.get((group, short))) is not None:
                    terms.append((missing, 1.0))
                self._row([*terms, (self._extra[group, long], 1.0)], least=abs(rise))

    # -- parts and the way back --------------------------------------------------------------------------------------

    def parts(self) -> list[ProgramPart]:
        """The program in parts that share no row."""
        from scipy.sparse import coo_array, csr_array
        from scipy.sparse.csgraph import connected_components

        places = [(row, column) for row, (terms, *_) in enumerate(self._rows) for column, _ in terms]
        factors = [factor for terms, *_ in self._rows for _, factor in terms]
        rows, columns = (np.array(side, dtype=np.int64) for side in zip(*places, strict=True)) if places else ([], [])
        count = len(self._rows)
        matrix = csr_array(coo_array((factors, (rows, columns)), shape=(count, self.size)))
        links = coo_array((np.ones(len(factors)), (rows, np.asarray(columns) + count)), shape=(count + self.size,) * 2)
        number, label = connected_components(links, directed=False)
        cost, low, high = np.array(self._cost), np.array(self._low), np.array(self._high)
        least, most = (np.array([row[side] for row in self._rows], dtype=float) for side in (1, 2))
        parts = []
        for part in range(number):
            inside, held = np.flatnonzero(label[count:] == part), np.flatnonzero(label[:count] == part)
            block = matrix[held][:, inside]
            bounds = low[inside], high[inside], block, least[held], most[held]
            parts.append(ProgramPart(inside, cost[inside], *bounds, inside < self._choices))
        return parts

    def choices(self, shifts: Sequence[PlannedShift]) -> Floats:
        """Values of the columns of people and of beginnings of breaks, for given shifts; 0 elsewhere."""
        values = np.zeros(self.size)
        number = {id(option): place for place, option in enumerate(self.problem.options)}
        for shift in shifts:
            place = number[id(shift.option)]
            values[self._people[place]] += 1
            for start, columns in zip(shift.break_starts, self._breaks[place], strict=True):
                values[columns[start]] += 1
        return values

    def whole_people(self, values: Floats) -> dict[int, int]:
        """The people of each option by its number, fractions left out; options without people are not there."""
        people = {number: int(values[column] + UNUSED) for number, column in enumerate(self._people)}
        return {number: count for number, count in people.items() if count}

    def shifts(self, values: Floats) -> Iterator[PlannedShift]:
        """The shift of each person: the first to begin a break are the first to begin the next."""
        from models.scheduling.covering import PlannedShift

        for option, people, windows in zip(self.problem.options, self._people, self._breaks, strict=True):
            starts = [
                np.repeat(list(columns), [int(values[column]) for column in columns.values()]) for columns in windows
            ]
            for person in range(int(values[people])):
                yield PlannedShift(option, tuple(int(times[person]) for times in starts))
