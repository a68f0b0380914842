"""The compiled search for breaks in windows: those of one shift drawn from all that its rules allow, by what they cost.

As `models.scheduling.break_search` draws breaks whose number is free, this draws breaks that are given, each within its
window: the weights of all continuations are summed backwards over the breaks, then one is drawn forwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.scheduling.break_search import compiled
from models.scheduling.options import Ints, ShiftGrid, ShiftOption

if TYPE_CHECKING:
    from models.scheduling.covering import PlannedShift

HOT, COLD = 0.5, 0.08
"""Temperatures at the beginning and the end, in squared people missing."""
OVER = 0.02
"""What a squared person too many counts beside one missing: breaks go where there are most to spare."""


@compiled
def _harm(at_work, required, place, over):  # type: ignore[no-untyped-def]
    """What one person fewer in an interval adds to the squared people missing, and to those too many."""
    spare = at_work[place] - required[place]
    before = spare * spare * (over if spare > 0 else 1.0)
    after = (spare - 1) * (spare - 1) * (over if spare > 1 else 1.0)
    return after - before


@compiled
def _count_breaks(at_work, begins, starts, sizes, number, sign):  # type: ignore[no-untyped-def]
    """Take the breaks of a shift from the people at work on all its days (-1), or give them back (1)."""
    period = at_work.size
    for begin in begins:
        if begin >= 0:
            for at in range(number):
                for place in range(sizes[at]):
                    at_work[(begin + starts[at] + place) % period] += sign


@compiled
def _draw_windows(  # type: ignore[no-untyped-def]
    costs, firsts, counts, sizes, number, min_work, max_work, temperature, weights, drawn
):
    """Starts of breaks drawn with chances exp(-cost / temperature); False where no starts keep the rules.

    `costs` are sums up to each interval after the start of the shift.
    """
    for at in range(number - 1, -1, -1):
        least = 1e300
        for step in range(counts[at]):
            start = firsts[at] + step
            least = min(least, costs[start + sizes[at]] - costs[start])
        for step in range(counts[at]):
            start = firsts[at] + step
            weight = np.exp(-(costs[start + sizes[at]] - costs[start] - least) / temperature)
            if at < number - 1:
                following, end = 0.0, start + sizes[at]
                for later in range(counts[at + 1]):
                    work = firsts[at + 1] + later - end
                    if min_work <= work <= max_work:
                        following += weights[at + 1, later]
                weight *= following
            weights[at, step] = weight
    end = -1
    for at in range(number):
        total = 0.0
        for step in range(counts[at]):
            work = firsts[at] + step - end
            if at == 0 or min_work <= work <= max_work:
                total += weights[at, step]
        if not total > 0.0:
            return False
        left, chosen = np.random.random() * total, -1
        for step in range(counts[at]):
            work = firsts[at] + step - end
            if (at == 0 or min_work <= work <= max_work) and weights[at, step] > 0.0:
                chosen = step
                left -= weights[at, step]
                if left <= 0.0:
                    break
        drawn[at] = firsts[at] + chosen
        end = drawn[at] + sizes[at]
    return True


@compiled
def _anneal(required, at_work, chosen, duties, starts, sweeps, over, seed):  # type: ignore[no-untyped-def]
    """Draw the breaks of chosen shifts anew, colder and colder; ends when nobody is missing."""
    begins, lengths, numbers, firsts, counts, sizes, min_works, max_works = duties
    np.random.seed(seed)
    period = required.size
    costs = np.zeros(lengths.max() + 1)
    weights, drawn = np.zeros((sizes.shape[1], counts.max())), np.zeros(sizes.shape[1], np.int64)
    for sweep in range(sweeps):
        temperature = HOT * (COLD / HOT) ** (sweep / max(sweeps - 1, 1))
        for turn in range(chosen.size):
            shift = chosen[turn]
            _count_breaks(at_work, begins[shift], starts[shift], sizes[shift], numbers[shift], 1)
            for place in range(lengths[shift]):
                harm = 0.0
                for begin in begins[shift]:
                    if begin >= 0:
                        harm += _harm(at_work, required, (begin + place) % period, over)
                costs[place + 1] = costs[place] + harm
            if _draw_windows(
                costs,
                firsts[shift],
                counts[shift],
                sizes[shift],
                numbers[shift],
                min_works[shift],
                max_works[shift],
                temperature,
                weights,
                drawn,
            ):
                starts[shift, : numbers[shift]] = drawn[: numbers[shift]]
            _count_breaks(at_work, begins[shift], starts[shift], sizes[shift], numbers[shift], -1)
        if np.all(at_work >= required):
            return


def compile_search() -> None:
    """Compile the search, so that its time does not count as that of the first plan; a moment where it is kept."""
    one = np.zeros(1, dtype=np.int64)
    table = np.ones((1, 1), dtype=np.int64)
    _anneal(one, one.copy(), one, (table, one + 2, one + 1, 0 * table, table, table, one, one), 0 * table, 1, OVER, 1)


class WindowSearch:
    """Shifts of one agent group with their breaks in windows, and its people at work.

    Parameters
    ----------
    options
        All shifts that anybody may have.
    shifts
        Those that people have.
    """

    def __init__(
        self, grid: ShiftGrid, required: Ints, options: Sequence[ShiftOption], shifts: Sequence[PlannedShift], seed: int
    ) -> None:
        self.required, self._grid, self._seed = required.astype(np.int64), grid, seed
        self.shifts = list(shifts)
        self.at_work = np.zeros(grid.intervals, dtype=np.int64)
        for shift in self.shifts:
            self.at_work[shift.working(grid)] += 1
        self._rows = {option: number for number, option in enumerate(options)}
        self._of_option = _arrays(grid, options)

    @property
    def missing(self) -> int:
        """Intervals x people missing."""
        return int(np.maximum(self.required - self.at_work, 0).sum())

    @property
    def extra(self) -> int:
        """Intervals x people too many."""
        return int(np.maximum(self.at_work - self.required, 0).sum())

    def replace(self, person: int, shift: PlannedShift | None) -> None:
        """Give a person another shift, or none: then the last person takes the place."""
        self.at_work[self.shifts[person].working(self._grid)] -= 1
        if shift is None:
            self.shifts[person] = self.shifts[-1]
            self.shifts.pop()
        else:
            self.at_work[shift.working(self._grid)] += 1
            self.shifts[person] = shift

    def anneal(self, people: Ints, sweeps: int) -> None:
        """Draw the breaks of some people anew until nobody is missing, or so many times."""
        from models.scheduling.covering import PlannedShift

        rows = np.array([self._rows[self.shifts[person].option] for person in people], dtype=np.int64)
        duties = tuple(column[rows] for column in self._of_option)
        starts = np.zeros(duties[5].shape, dtype=np.int64)
        for row, person in zip(starts, people, strict=True):
            row[: len(self.shifts[person].break_starts)] = self.shifts[person].break_starts
        self._seed += 1
        _anneal(self.required, self.at_work, np.arange(len(people)), duties, starts, sweeps, OVER, self._seed)
        for row, person in zip(starts, people, strict=True):
            option = self.shifts[person].option
            self.shifts[person] = PlannedShift(option, tuple(row[: len(option.breaks)].tolist()))

    def near(self, shift: PlannedShift) -> NDArray[np.int64]:
        """The people with breaks that begin on the days of a shift, on the day before or on the day after."""
        days = {(day + by) % self._grid.days for day in shift.option.days for by in (-1, 0, 1)}
        people = [n for n, s in enumerate(self.shifts) if s.option.breaks and days.intersection(s.option.days)]
        return np.array(people, dtype=np.int64)


def _arrays(grid: ShiftGrid, options: Sequence[ShiftOption]) -> tuple[Ints, ...]:
    """Of each option: beginnings (-1 for none), length, number of breaks; of each break first start, starts and length;
    least and most work between two breaks.
    """
    count, most = len(options), max((len(option.breaks) for option in options), default=1) or 1
    days = max((len(option.days) for option in options), default=1)
    begins = np.full((count, days), -1, dtype=np.int64)
    firsts, counts, sizes = (np.zeros((count, most), dtype=np.int64) for _ in range(3))
    for row, option in enumerate(options):
        begins[row, : len(option.days)] = [day * grid.per_day + option.start for day in option.days]
        for at, window in enumerate(option.breaks):
            firsts[row, at], counts[row, at], sizes[row, at] = window.starts[0], len(window.starts), window.length
    lengths = np.array([option.length for option in options], dtype=np.int64)
    numbers = np.array([len(option.breaks) for option in options], dtype=np.int64)
    min_works = np.array([option.min_work for option in options], dtype=np.int64)
    max_works = np.array([option.max_work or grid.intervals for option in options], dtype=np.int64)
    return begins, lengths, numbers, firsts, counts, sizes, min_works, max_works
