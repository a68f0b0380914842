"""Rosters by column generation, a dive to whole lines, and large neighbourhoods of some people solved again.

The relaxation of column generation gives the bound and the lines; the dive fixes the line with the largest share, or
all that are whole, and generates again (Joncour, Michel, Sadykov, Sverdlov and Vanderbeck 2010); then groups of people
are freed while all others stand, and their part is solved by the same two steps and an integer program over its lines.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.rostering.column_generation import ColumnGeneration, OutOfTime, Relaxation
from models.rostering.contradictions import check_people
from models.rostering.master import Master
from models.rostering.problem import Lines, RosterProblem
from scenarios.errors import Cancelled

SECONDS = 60.0
WHOLE = 0.999
DIVE_ROUNDS = 15
INTEGER_SECONDS = 4.0
SMALLEST, LARGEST, LARGER = 6, 15, 3
"""People whose lines are freed at once, and how many more after a while without success."""
PATIENCE = 5
"""Neighbourhoods in a row without a cheaper roster before larger ones are tried."""
TOLERANCE = 1e-6


@dataclass(frozen=True)
class RosterStep:
    """Where a search stands."""

    seconds: float
    cost: float
    bound: float
    doing: str


@dataclass(frozen=True, eq=False)
class Roster:
    """A roster that keeps every hard rule, and how far from the cheapest it can be."""

    problem: RosterProblem
    lines: Lines
    cost: float
    bound: float
    """No roster costs less."""
    seconds: float
    ended: str
    steps: tuple[RosterStep, ...] = ()

    @property
    def gap(self) -> float:
        """The share of its cost by which a roster might be cheaper."""
        return max(self.cost - self.bound, 0.0) / self.cost if self.cost > TOLERANCE else 0.0


def edited_roster(roster: Roster, problem: RosterProblem, lines: Lines) -> Roster:
    """A roster with other lines, scored anew; the bound stays, for no edit makes a roster cheaper than it.

    Parameters
    ----------
    problem
        The problem of the roster, with assignments that are fixed by hand.
    """
    return replace(roster, problem=problem, lines=lines, cost=problem.cost(lines), ended="edited by hand")


def solve_roster(
    problem: RosterProblem,
    *,
    seconds: float = SECONDS,
    gap: float = 0.0,
    seed: int = 1,
    progress: Callable[[RosterStep], None] = lambda step: None,
    clock: Callable[[], float] = time.monotonic,
) -> Roster:
    """A roster that keeps every hard rule and costs little in unmet wishes, people too few and too many.

    Parameters
    ----------
    seconds
        Ends the search with the best roster by then.
    gap
        The share of its cost by which the roster may be dearer than the bound; the search ends there.
    progress
        Called as costs fall and the bound rises, and before each neighbourhood; may raise
        `Cancelled`, which ends the search with the best roster.
    clock
        Of `seconds`.

    Raises
    ------
    ContradictoryRules
        If no line of a person keeps the person's rules; it names person, day and rule.

    Examples
    --------
    >>> from datetime import date
    >>> from models.rostering.problem import Contract, Person, RosterShift, Wish
    >>> week = Contract(min_minutes=2400, max_minutes=2400, min_days_off=2)
    >>> people = (Person("Ana", week, wishes=(Wish(day=0, price=3),)), Person("Ben", week))
    >>> heads = np.array([[1], [1], [1], [1], [1], [1], [1]])
    >>> early = RosterShift("early", start=480, minutes=480)
    >>> problem = RosterProblem(date(2026, 3, 2), 7, (early,), people, heads, 100.0 * heads, 1.0 * heads)
    >>> roster = solve_roster(problem)
    >>> roster.cost, roster.bound, problem.staffed(roster.lines)[:2].ravel().tolist()
    (3.0, 3.0, [1, 1])
    """
    check_people(problem)
    return _Search(problem, seconds, gap, np.random.default_rng(seed), progress, clock).run()


@dataclass(eq=False)
class _Search:
    problem: RosterProblem
    seconds: float
    gap: float
    random: np.random.Generator
    progress: Callable[[RosterStep], None]
    clock: Callable[[], float]
    bound: float = 0.0
    cost: float = math.inf
    steps: list[RosterStep] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = self.clock()
        self.generation = ColumnGeneration(self.problem, self.began + self.seconds, self.clock)
        self.people = list(range(len(self.problem.people)))
        prices = [
            self.problem.under_price,
            self.problem.over_price,
            np.array(self.problem.fair_price),
            *(p.wishes for p in self.generation.pricers),
        ]
        self.whole = all(np.array_equal(part, np.round(part)) for part in prices)

    def run(self) -> Roster:
        """The best roster within the time."""
        self.lines = self.generation.in_turn(self.people)
        self.cost = self.problem.cost(self.lines)
        try:
            ended = self._improved()
        except OutOfTime:
            ended = "time limit reached"
        except Cancelled:
            ended = "stopped"
        cost, bound = float(self.cost), float(min(self.bound, self.cost))
        return Roster(self.problem, self.lines, cost, bound, self.clock() - self.began, ended, tuple(self.steps))

    def _improved(self) -> str:
        self._report("first roster")
        master = self._master(self.people, self.lines)
        relaxation = self.generation.relax(master, watch=self._watch)
        self._raise_bound(relaxation.bound)
        self._try(self._dive(self.people, self.lines, relaxation), "dive")
        size, failed = SMALLEST, 0
        while not self._close_enough():
            self.progress(self._step("neighbourhoods"))
            if size > LARGEST or size >= len(self.people):
                size = SMALLEST
            size = min(size, len(self.people))
            if self._neighbourhood(self._chosen(size)):
                failed = 0
            else:
                failed += 1
            if failed >= PATIENCE:
                size, failed = size + LARGER, 0
        return "optimal" if self.cost <= self.bound + TOLERANCE else "gap reached"

    def _dive(self, people: Sequence[int], lines: Lines, relaxation: Relaxation, *, drawn: bool = False) -> Lines:
        """Whole lines of some people: the one with the largest share, or drawn by share, is fixed, again and again."""
        lines, free = lines.copy(), list(people)
        while free:
            columns = self.generation.columns
            taken = relaxation.solution.shares
            if drawn:
                weights = np.maximum(taken, 0)
                best = int(self.random.choice(len(taken), p=weights / weights.sum()))
            else:
                best = max(range(len(taken)), key=lambda at: (taken[at], -columns.costs[relaxation.used[at]]))
            for at in {best, *np.flatnonzero(taken > WHOLE).tolist()}:
                number = relaxation.used[at]
                lines[columns.people[number]] = columns.lines[number]
                free.remove(columns.people[number])
            if not free:
                return lines
            start = [number for number in relaxation.used if columns.people[number] in set(free)]
            relaxation = self.generation.relax(self._master(free, lines), start, rounds=DIVE_ROUNDS)
        return lines

    def _neighbourhood(self, people: list[int]) -> bool:
        """Whether a cheaper roster was found with new lines for some people, all others as they are."""
        master = self._master(people, self.lines)
        current = [self.generation.number_of(person, self.lines[person]) for person in people]
        outside = self._outside(people)
        target = self.cost - outside
        relaxation = self.generation.relax(master, current, cutoff=target - TOLERANCE)
        if relaxation.bound >= target - TOLERANCE:
            return False
        further = self.generation.varied(people, relaxation.prices, self.random)
        used = self.generation.promising(relaxation, further, target)
        numbers = master.integer(self.generation.columns, np.array(sorted({*used, *current})), self._time())
        doing = f"{len(people)} people again"
        if numbers is not None and self._try(self._with(numbers), doing):
            return True
        return self._try(self._dive(people, self.lines, relaxation, drawn=True), doing)

    def _with(self, numbers: Iterable[int]) -> Lines:
        """The roster with these columns as the lines of their people."""
        lines, columns = self.lines.copy(), self.generation.columns
        for number in numbers:
            lines[columns.people[number]] = columns.lines[number]
        return lines

    def _outside(self, people: list[int]) -> float:
        """The costs of all others' lines."""
        return sum(
            self.generation.pricers[person].wish_cost(self.lines[person])
            + self.problem.unfair(person, self.lines[person])
            for person in set(self.people) - set(people)
        )

    def _chosen(self, size: int) -> list[int]:
        """People to free: at random, those who pay or could help at dear cells more often."""
        weights = np.ones(len(self.people))
        dear = self.problem.head_costs(self.lines)
        for person in self.people:
            pricer = self.generation.pricers[person]
            weights[person] += pricer.wish_cost(self.lines[person]) + (dear * pricer.allowed[:, 1:]).sum() / 10
        weights /= weights.sum()
        return sorted(self.random.choice(len(self.people), size, replace=False, p=weights).tolist())

    def _try(self, lines: Lines, doing: str) -> bool:
        """Keep a roster that is not dearer; True if it is cheaper."""
        cost = self.problem.cost(lines)
        cheaper = cost < self.cost - TOLERANCE
        if cost <= self.cost + TOLERANCE:
            self.lines, self.cost = lines, cost
        if cheaper:
            self._report(doing)
        return cheaper

    def _master(self, people: Sequence[int], lines: Lines) -> Master:
        others = np.ones(len(self.people), bool)
        others[list(people)] = False
        return Master(self.problem, people, self.problem.staffed(lines[others]))

    def _watch(self, cost: float, bound: float) -> None:
        if bound > self.bound:
            self._raise_bound(bound)
            self._report("bound")

    def _raise_bound(self, bound: float) -> None:
        """Every cost is a whole number if every price is, so that a bound may be rounded up."""
        self.bound = max(self.bound, math.ceil(bound - TOLERANCE * 10) if self.whole else bound)

    def _close_enough(self) -> bool:
        return self.cost - self.bound <= max(self.gap * abs(self.cost), TOLERANCE)

    def _time(self) -> float:
        remaining = self.generation.deadline - self.clock()
        if remaining <= 0:
            raise OutOfTime
        return min(INTEGER_SECONDS, remaining)

    def _report(self, doing: str) -> None:
        self.steps.append(self._step(doing))
        self.progress(self.steps[-1])

    def _step(self, doing: str) -> RosterStep:
        return RosterStep(self.clock() - self.began, float(self.cost), float(self.bound), doing)
