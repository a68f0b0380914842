"""Shifts that may be planned, on a grid of intervals: when people are present, and when a break may lie."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import InvalidValue

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ShiftGrid:
    """The intervals of a planning period: days of equal intervals, which may repeat (a cyclic week).

    Examples
    --------
    >>> ShiftGrid(96, 7, cyclic=True).intervals
    672
    """

    per_day: int
    days: int = 1
    cyclic: bool = False
    """The period repeats: what begins on the last day and passes midnight is seen on the first."""

    @property
    def intervals(self) -> int:
        """All intervals of the period."""
        return self.per_day * self.days

    def places(self, start: int, length: int) -> Ints:
        """The intervals of the period from `start` on; outside a period that does not repeat there are none."""
        places = np.arange(start, start + length)
        if self.cyclic:
            return places % self.intervals
        return places[(places >= 0) & (places < self.intervals)]


@dataclass(frozen=True)
class BreakWindow:
    """A break of a shift, in intervals after the start of the shift."""

    length: int
    starts: tuple[int, ...]
    """When it may begin, in increasing order; a single one is a fixed break."""
    paid: bool = True


@dataclass(frozen=True)
class ShiftOption:
    """A shift that any number of people of a group may work, in intervals of a grid."""

    name: str
    start: int
    """The interval of the day in which it begins."""
    parts: tuple[tuple[int, int], ...]
    """Presence as (after the start, length): one part, or two of a split shift."""
    days: tuple[int, ...] = (0,)
    """The days it is worked on by the same people: one, or several of a tour."""
    cost: float = 1.0
    """Of one person, on all its days, breaks that are not paid included."""
    group: str = ""
    breaks: tuple[BreakWindow, ...] = ()
    min_work: int = 0
    """Intervals of work between two breaks, at least."""
    max_work: int | None = None
    """Intervals of work between two breaks, at most."""
    break_saving: tuple[float, ...] = ()
    """What a break interval that is not paid saves, by interval after the start; empty for nothing."""
    limits: tuple[str, ...] = field(default=(), compare=False)
    """Names of the limits on people in which it is counted."""

    @property
    def identity(self) -> tuple[str, str, tuple[int, ...], int, tuple[tuple[int, int], ...]]:
        """What tells it from the other options: group, name, days, start and parts."""
        return self.group, self.name, self.days, self.start, self.parts

    @property
    def length(self) -> int:
        """Intervals from the start to the end, a pause between two parts included."""
        return max(after + length for after, length in self.parts)

    def present(self, grid: ShiftGrid) -> Ints:
        """The intervals in which it is present, breaks included."""
        return np.concatenate(
            [
                grid.places(day * grid.per_day + self.start + after, length)
                for day in self.days
                for after, length in self.parts
            ]
        )

    def on_break(self, grid: ShiftGrid, start: int, length: int) -> Ints:
        """The intervals of a break that begins so long after the start, on every day of the shift."""
        return np.concatenate([grid.places(day * grid.per_day + self.start + start, length) for day in self.days])

    def saving(self, start: int, window: BreakWindow) -> float:
        """What a break that begins so long after the start saves."""
        if window.paid or not self.break_saving:
            return 0.0
        return sum(self.break_saving[start : start + window.length])


def refuse_breaks(option: ShiftOption) -> None:
    """Refuse breaks that cannot be taken one after the other.

    Raises
    ------
    InvalidValue
        If a break has no time to begin, does not lie within the shift, or the next cannot follow it.
    """
    for number, window in enumerate(option.breaks, start=1):
        within = [
            any(after <= start and start + window.length <= after + length for after, length in option.parts)
            for start in window.starts
        ]
        if not within or not all(within):
            raise InvalidValue(
                f"{option.name}.breaks.{number}", list(window.starts), "place breaks within the shift, or lengthen it"
            )
    for number, (before, after) in enumerate(pairwise(option.breaks), start=2):
        if before.starts[0] + before.length + option.min_work > after.starts[-1]:
            raise InvalidValue(
                f"{option.name}.breaks.{number}",
                list(after.starts),
                "it can only begin after the break before it; list breaks in order, with room for the work between",
            )


def undominated(options: Sequence[ShiftOption], grid: ShiftGrid, required: NDArray[np.bool_]) -> list[ShiftOption]:
    """The options without those that another covers wherever anybody is required, at no higher cost.

    Holds where overstaffing is free and no limit counts people; then leaving them out costs nothing.

    Parameters
    ----------
    required
        Whether anybody is required, shape (intervals,).

    Examples
    --------
    >>> grid, required = ShiftGrid(6), np.array([False, True, True, True, True, False])
    >>> long, short = ShiftOption("long", 0, ((0, 5),)), ShiftOption("short", 1, ((0, 3),))
    >>> [option.name for option in undominated([short, long], grid, required)]
    ['long']
    """
    groups: dict[object, list[tuple[int, float, frozenset[int]]]] = defaultdict(list)
    for place, option in enumerate(options):
        present = option.present(grid)
        groups[_comparable(option)].append((place, option.cost, frozenset(present[required[present]].tolist())))
    kept: list[int] = []
    for rows in groups.values():
        rows.sort(key=lambda row: (row[1], -len(row[2]), row[0]))
        covering: dict[int, list[frozenset[int]]] = defaultdict(list)
        for place, _, covered in rows:
            if covered and not any(covered <= better for better in covering[min(covered)]):
                kept.append(place)
                for interval in covered:
                    covering[interval].append(covered)
    return [options[place] for place in sorted(kept)]


def _comparable(option: ShiftOption) -> object:
    """What options must share to be compared: their group, and breaks at the same times."""
    times = tuple((w.length, w.paid, tuple(option.start + s for s in w.starts)) for w in option.breaks)
    work = (option.min_work, option.max_work) if len(times) > 1 else ()
    return option.group, option.days if times else (), times, work, option.limits
