"""Why no shifts cover a requirement: the intervals that fall short, and the limits that hold people back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.highs import NoSolution
from models.scheduling.options import ShiftGrid
from scenarios.units import DAY, clock

if TYPE_CHECKING:
    from models.scheduling.covering import CoveringProblem

MOST_NAMED = 6
SECONDS = 20.0


def conflicts(problem: CoveringProblem) -> tuple[str, ...]:
    """What stands in the way of a covering, in sentences.

    First the intervals in which people are required and no shift can have anybody at work. If there are none, the
    covering with the fewest missing people under the same limits: its intervals that fall short, and the limits that
    are used up.
    """
    uncovered = tuple(_uncovered(problem))
    return uncovered or tuple(_short(problem))


def _uncovered(problem: CoveringProblem) -> Iterator[str]:
    grid = problem.grid
    for name, required in problem.requirement.items():
        possible = np.zeros(grid.intervals, dtype=bool)
        for option in problem.options:
            if name in problem.served(option.group):
                possible[option.present(grid)] = True
        if times := stretches(grid, (required > 0) & ~possible):
            yield f"{name}: no shift covers {times}, where up to {int(required[~possible].max())} are required"


def _short(problem: CoveringProblem) -> Iterator[str]:
    from models.scheduling.covering import cover

    free = [replace(option, cost=0.0, break_saving=()) for option in problem.options]
    loose = replace(problem, options=tuple(free), under_price=1.0, over_price=0.0, shift_price=0.0)
    try:
        nearest = cover(loose, seconds=SECONDS)
    except (NoSolution, ValueError):
        yield "limits on people contradict each other: " + ", ".join(problem.limits)
        return
    present = nearest.present
    for name, required in problem.requirement.items():
        groups = [group for group in problem.groups if name in problem.served(group)]
        missing = required - np.sum([present[group] for group in groups], axis=0)
        if times := stretches(problem.grid, missing > 0):
            yield f"{name}: {times} short by up to {int(missing.max())}"
    for name, limit in problem.limits.items():
        people = sum(name in shift.option.limits for shift in nearest.shifts)
        if limit.high is not None and people >= limit.high:
            yield f"{name} at its most ({limit.high})"


def stretches(grid: ShiftGrid, where: NDArray[np.bool_]) -> str:
    """The stretches of intervals in which something holds, as times; the first few of many."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], where.astype(np.int64), [0]])))
    texts = [f"{interval_time(grid, a)} to {interval_time(grid, b, end=True)}" for a, b in edges.reshape(-1, 2)]
    more = f" and {len(texts) - MOST_NAMED} more" if len(texts) > MOST_NAMED else ""
    return ", ".join(texts[:MOST_NAMED]) + more


def interval_time(grid: ShiftGrid, interval: int, *, end: bool = False) -> str:
    """The day and time at which an interval begins, or the one before it ends.

    Examples
    --------
    >>> interval_time(ShiftGrid(24, 7), 33), interval_time(ShiftGrid(24), 24, end=True)
    ('day 2 09:00', '24:00')
    """
    day, time = divmod(interval, grid.per_day)
    if end and time == 0:
        day, time = day - 1, grid.per_day
    text = clock(time * DAY / grid.per_day)
    return f"day {day + 1} {text}" if grid.days > 1 else text
