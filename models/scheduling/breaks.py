"""Breaks placed in given shifts so that the people at work follow the requirement: the second phase of a plan.

Each shift owes a time of break, in breaks whose number is free, between periods of work of bounded length. First every
shift gets breaks one after the other, each time the best for those placed already; then a search draws the breaks of
one shift at a time anew, given those of all others, with a chance that falls with what they cost (simulated annealing
by block Gibbs draws over all allowed placements). Days that are without violation are left alone; the others are warmed
up again. Rules and weights: Beer, Gaertner, Musliu, Schafhauser and Slany (2010).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import gcd

import numpy as np

from models.scheduling.options import Ints
from scenarios.errors import Cancelled, InvalidValue

SECONDS = 60.0
HOT, COLD = 0.55, 0.25
"""Temperatures at the beginning and the end of a round, in squared people of deviation."""
SWEEPS, LONGER = 2000, 1.3
"""Draws for each shift in the first round, and the factor by which each later round has more."""
MOST_SWEEPS = 50_000


@dataclass(frozen=True)
class BreakRules:
    """How breaks may lie in a shift; times in intervals."""

    min_break: int
    max_break: int
    min_work: int
    """Between two breaks, before the first and after the last."""
    max_work: int
    long_work: int
    """After a period of work longer than this a break has at least the length `min_long_break`."""
    min_long_break: int
    lunch: int
    """The length of the lunch break; 0 for none."""
    lunch_earliest: int
    lunch_latest_end: int
    """From the start of the shift."""
    recovery: int = 0
    """Intervals after a break in which a person is back, but does not count as at work."""
    short_weight: float = 10.0
    over_weight: float = 2.0


@dataclass(frozen=True)
class BreakProblem:
    """Shifts of people, the break time that each owes, and the requirement, which repeats."""

    required: Ints
    """People required, shape (intervals,)."""
    starts: Ints
    lengths: Ints
    break_times: Ints
    """Of each shift, shape (shifts,)."""
    rules: BreakRules
    per_day: int

    def __post_init__(self) -> None:
        if not (len(self.starts) == len(self.lengths) == len(self.break_times)):
            raise InvalidValue("break_times", len(self.break_times), f"give one for each of {len(self.starts)} shifts")
        if len(self.lengths) and (longest := int(self.lengths.max())) > len(self.required):
            raise InvalidValue("lengths", longest, "shorten the shift, or give a longer requirement")

    @property
    def break_lengths(self) -> Ints:
        """The lengths that a break may have.

        Everybody present less everybody required is the time on breaks and of recovery after them. Where that implies
        as many breaks as the rules allow at most, only the shortest and the lunch break are possible.
        """
        rules = self.rules
        present = int(self.lengths.sum() - self.required.sum())
        most = sum((total - rules.lunch) // rules.min_break + (rules.lunch > 0) for total in self.break_times.tolist())
        implied = (present - int(self.break_times.sum())) / rules.recovery if rules.recovery else 0
        if implied >= most:
            return np.array(sorted({rules.min_break, rules.lunch} - {0}))
        return np.arange(rules.min_break, rules.max_break + 1)


@dataclass(frozen=True)
class BreakPlan:
    """The breaks of all shifts, and what they leave of violation."""

    problem: BreakProblem
    breaks: tuple[tuple[tuple[int, int], ...], ...]
    """Of each shift (start, length) in intervals after its start."""
    at_work: Ints
    """People who count as at work, shape (intervals,)."""
    rounds: int = 0

    @property
    def short(self) -> int:
        """Intervals x people missing."""
        return int(np.maximum(self.problem.required - self.at_work, 0).sum())

    @property
    def over(self) -> int:
        """Intervals x people too many."""
        return int(np.maximum(self.at_work - self.problem.required, 0).sum())

    @property
    def violation(self) -> float:
        """Shortage and excess by their weights; 0 is the least that can be."""
        return self.problem.rules.short_weight * self.short + self.problem.rules.over_weight * self.over


def place_breaks(
    problem: BreakProblem,
    *,
    seed: int = 1,
    seconds: float = SECONDS,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> BreakPlan:
    """The best breaks found, every rule of a break kept.

    Parameters
    ----------
    progress
        Called with the days without violation, and the days.

    Raises
    ------
    InvalidValue
        If a shift has no breaks that keep the rules.
    Cancelled
        If `stop` says so before the first breaks are placed; later the best breaks are returned.

    Examples
    --------
    Two people for six intervals, one break of one interval each, with one person needed in the middle.

    >>> rules = BreakRules(1, 1, 1, 4, 4, 1, 0, 0, 0)
    >>> required, two = np.array([2, 2, 1, 1, 2, 2]), np.array([6, 6])
    >>> plan = place_breaks(BreakProblem(required, 0 * two, two, two // 6, rules, 6))
    >>> plan.violation, sorted(plan.breaks)
    (0.0, [((2, 1),), ((3, 1),)])
    """
    from models.scheduling import break_search

    if stop():
        raise Cancelled(0, 1)
    began, lengths = time.monotonic(), problem.break_lengths
    search = break_search.BreakSearch(problem, lengths, gcd(*lengths.tolist()), seed)
    search.place()
    sweeps, rounds = float(SWEEPS), 0
    days = len(problem.required) // problem.per_day
    while (open_days := search.violated_days()).size and time.monotonic() - began < seconds and not stop():
        search.anneal(open_days, round(sweeps))
        sweeps, rounds = min(sweeps * LONGER, MOST_SWEEPS), rounds + 1
        if progress is not None:
            progress(days - search.violated_days().size, days)
    return BreakPlan(problem, search.breaks(), search.at_work.copy(), rounds)
