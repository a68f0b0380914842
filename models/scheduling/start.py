"""Shifts that cover a requirement, put together at once: the start of a search, and its answer when time is up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from models.queueing.numerics.arguments import Floats
from models.scheduling.options import BreakWindow, Ints, ShiftOption

if TYPE_CHECKING:
    from models.scheduling.covering import CoveringProblem, PlannedShift

FREE = 1e-6
"""The cost of a shift that costs nothing, so that gains can be compared by it."""


def covering_shifts(problem: CoveringProblem, people: Mapping[int, int] | None = None) -> tuple[PlannedShift, ...]:
    """Shifts added one after the other, each time those that cover the most for their cost; breaks where least is lost.

    A greedy covering (Chvatal 1979), from which shifts that nobody misses are then taken away. Where a limit on people,
    or the order of breaks, stands in its way it may leave people missing: the caller has to check.

    Parameters
    ----------
    people
        People on options, by the number of the option, with whom it begins; such as those of a linear relaxation.

    Examples
    --------
    >>> from models.scheduling.covering import CoveringProblem
    >>> from models.scheduling.options import ShiftGrid
    >>> options = tuple(ShiftOption("shift", start, ((0, 4),), group="desk") for start in (0, 2, 4))
    >>> shifts = covering_shifts(CoveringProblem(ShiftGrid(8), {"desk": np.full(8, 3)}, options))
    >>> sorted(shift.option.start for shift in shifts)
    [0, 0, 0, 4, 4, 4]
    """
    return _Greedy(problem).run(people or {})


class _Greedy:
    """People still missing by requirement, and the shifts chosen so far."""

    def __init__(self, problem: CoveringProblem) -> None:
        self.problem, self.grid = problem, problem.grid
        self.missing = {name: np.asarray(needed, np.int64).copy() for name, needed in problem.requirement.items()}
        self.used: Counter[str] = Counter()
        self.chosen: list[PlannedShift] = []
        self.places = [option.present(self.grid) for option in problem.options]
        self.costs = np.array([max(option.cost, FREE) for option in problem.options])
        self.sizes = np.array([len(places) for places in self.places])
        self.flat = np.concatenate([np.zeros(0, np.int64), *self.places])
        self.groups = np.array([problem.groups.index(option.group) for option in problem.options], dtype=np.int64)
        self.open = np.ones(len(problem.options), dtype=bool)
        """Whether limits leave room for one more person on an option."""

    def run(self, people: Mapping[int, int]) -> tuple[PlannedShift, ...]:
        """The shifts; given people first, then those that limits demand."""
        for number, count in people.items():
            self._add(number, count)
        for name, limit in self.problem.limits.items():
            while self.used[name] < limit.low and (promised := self._best(name)) is not None:
                self._add(promised, 1)
        while (best := self._best()) is not None:
            self._add(best, self._people(best))
        self._thin_out()
        return tuple(self.chosen)

    def _best(self, limit: str = "") -> int | None:
        """The option that gains the most for its cost, of those that count for a limit; None if none gains anything."""
        if not self.costs.size:
            return None
        gains = self._gains() / self.costs
        if limit:
            gains = np.where([limit in option.limits for option in self.problem.options], gains + FREE, 0.0)
        elif self.problem.under_price is not None:
            gains = np.where(gains * self.problem.under_price > 1.0, gains, 0.0)
        while self.open.any():
            number = int(np.argmax(np.where(self.open, gains, -1.0)))
            if gains[number] <= 0.0:
                return None
            if self._left(self.problem.options[number]) > 0:
                return number
            self.open[number] = False
        return None

    def _gains(self) -> Floats:
        """The intervals with people missing that each option is present in."""
        wanted = np.array([self._needed(group) > 0 for group in self.problem.groups], dtype=float)
        bounds = np.concatenate([[0], np.cumsum(self.sizes)])
        gained = np.concatenate([[0.0], np.cumsum(wanted[np.repeat(self.groups, self.sizes), self.flat])])
        return np.asarray(gained[bounds[1:]] - gained[bounds[:-1]])

    def _needed(self, group: str) -> Ints:
        """People missing that a group could be, shape (intervals,); below 0 where there are too many."""
        served = [self.missing[name] for name in self.problem.served(group) if name in self.missing]
        return np.asarray(np.max(served, axis=0), dtype=np.int64)

    def _left(self, option: ShiftOption) -> int:
        """How many more people the limits allow."""
        highs = ((name, self.problem.limits[name].high) for name in option.limits)
        return min((high - self.used[name] for name, high in highs if high is not None), default=1 << 30)

    def _people(self, number: int) -> int:
        """How many people at once: half of those missing in most of its intervals, so that a large centre is quick."""
        option = self.problem.options[number]
        needed = self._needed(option.group)[self.places[number]]
        usual = int(np.median(needed[needed > 0]))
        return max(1, min(usual // 2, self._left(option)))

    def _add(self, number: int, people: int) -> None:
        from models.scheduling.covering import PlannedShift

        option = self.problem.options[number]
        for _ in range(people):
            shift = PlannedShift(option, self._breaks(option))
            self.chosen.append(shift)
            self._count(shift, 1)
        self.used.update(dict.fromkeys(option.limits, people))

    def _count(self, shift: PlannedShift, sign: int) -> None:
        """Count a person in, each interval for the skill that misses most, or out, for the one that misses least."""
        names = [name for name in self.problem.served(shift.option.group) if name in self.missing]
        places = shift.working(self.grid)
        levels = np.array([self.missing[name][places] for name in names])
        of = levels.argmax(axis=0) if sign > 0 else levels.argmin(axis=0)
        for row, name in enumerate(names):
            self.missing[name][places[of == row]] -= sign

    def _breaks(self, option: ShiftOption) -> tuple[int, ...]:
        """When the breaks begin: the row of starts that keeps the work between them and is missed least."""
        if not option.breaks:
            return ()
        needed = self._needed(option.group).astype(float)
        lost = np.where(needed > 0, needed, needed / (1.0 + np.abs(needed).max()))
        rows: dict[int, tuple[float, tuple[int, ...]]] = {}
        for number, window in enumerate(option.breaks):
            rows = {
                start: (before[0] + self._loss(option, window, start, lost), (*before[1], start))
                for start in window.starts
                if (before := _cheapest(option, number, start, rows)) is not None
            }
        return min(rows.values())[1] if rows else tuple(window.starts[0] for window in option.breaks)

    def _loss(self, option: ShiftOption, window: BreakWindow, start: int, lost: Floats) -> float:
        return float(lost[option.on_break(self.grid, start, window.length)].sum()) - option.saving(start, window)

    def _thin_out(self) -> None:
        """Take shifts away, the dearest first, that leave nobody missing and no limit below its least."""
        kept = []
        for shift in sorted(self.chosen, key=lambda shift: -shift.option.cost):
            if len(self.problem.served(shift.option.group)) > 1:  # another may count on this person
                kept.append(shift)
                continue
            self._count(shift, -1)
            low = any(self.used[name] <= self.problem.limits[name].low for name in shift.option.limits)
            needed = [self.missing[n] for n in self.problem.served(shift.option.group) if n in self.missing]
            if low or any((values[shift.working(self.grid)] > 0).any() for values in needed):
                self._count(shift, 1)
                kept.append(shift)
            else:
                self.used.subtract(shift.option.limits)
        self.chosen = kept


def _cheapest(
    option: ShiftOption, number: int, start: int, rows: dict[int, tuple[float, tuple[int, ...]]]
) -> tuple[float, tuple[int, ...]] | None:
    """The best starts of the breaks before one, if it begins then; None if none leave the work between."""
    if not number:
        return 0.0, ()
    length = option.breaks[number - 1].length
    fits = [
        row for before, row in rows.items() if option.min_work <= start - before - length <= (option.max_work or start)
    ]
    return min(fits, default=None)
