"""Column generation: lines of people priced out one by one until no mixture of lines costs less.

Each round solves the restricted master and asks for the cheapest line of every person under its prices. The prices are
smoothed towards those of the best bound so far (Wentges 1997; Pessoa, Sadykov, Uchoa and Vanderbeck 2018), which halves
the rounds. Every round gives a Lagrangian bound: no roster of these people costs less.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.rostering.best_line import LinePricer
from models.rostering.master import Columns, Master, MasterSolution, Prices
from models.rostering.problem import OFF, Lines, RosterProblem, no_lines

SMOOTHING = 0.6
"""How much of the prices is those of the best bound."""
ROUNDS = 400
LATEST = 120
"""Of the lines of a person known from before, how many a program begins with."""
CLOSE = 5e-4
"""The share of the cost by which the bound may lie below it when a relaxation counts as solved."""
NEGATIVE = 1e-6
VARIED, NOISE = 1, 1.0
"""Lines of each person that are added under prices with noise, and the most noise, in mean prices."""


class OutOfTime(Exception):
    """The time of a search is over."""


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The cheapest mixture of lines of some people."""

    solution: MasterSolution
    used: list[int]
    """Columns of the restricted master."""
    bound: float
    """No choice of lines of these people costs less."""
    prices: Prices
    """Those that prove the bound."""
    line_prices: dict[int, float]
    """The cost of the cheapest line of each person under those prices."""


@dataclass(eq=False)
class ColumnGeneration:
    """Lines of all people of a problem, generated as prices ask for them."""

    problem: RosterProblem
    deadline: float = math.inf
    clock: Callable[[], float] = time.monotonic
    columns: Columns = field(default_factory=Columns)
    pricers: list[LinePricer] = field(init=False)
    by_person: list[list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.pricers = [LinePricer(self.problem, person) for person in self.problem.people]
        self.by_person = [[] for _ in self.pricers]

    def add(self, person: int, line: Any) -> int | None:
        """Keep a line of a person: its number, or None if it was known."""
        if not self.columns.add(person, line, self.pricers[person].wish_cost(line)):
            return None
        number = len(self.columns) - 1
        self.by_person[person].append(number)
        return number

    def number_of(self, person: int, line: Any) -> int:
        """The number of a line that may be known."""
        added = self.add(person, line)
        if added is not None:
            return added
        return next(n for n in reversed(self.by_person[person]) if np.array_equal(self.columns.lines[n], line))

    def in_turn(self, order: Sequence[int]) -> Lines:
        """A roster to begin with: one person after the other gets the cheapest line beside those before."""
        lines = no_lines(self.problem.people, self.problem.days)
        staffed = np.zeros(self.problem.heads.shape, int)
        for person in order:
            lines[person] = self.beside(person, staffed)
            self.add(person, lines[person])
            staffed += self.presence(lines[person])
        return lines

    def beside(self, person: int, staffed: Any) -> Any:
        """The cheapest line of a person, the heads of all others being given."""
        problem = self.problem
        best = self.pricers[person].best(np.where(staffed < problem.heads, -problem.under_price, problem.over_price))
        assert best is not None, "contradictory rules are refused before a search"
        return best[1]

    def presence(self, line: Any) -> Any:
        """Whether a line works each shift of each day, shape (days, shifts)."""
        present = np.zeros(self.problem.heads.shape, int)
        days = np.flatnonzero(line != OFF)
        present[days, line[days]] = 1
        return present

    def relax(
        self,
        master: Master,
        start: Sequence[int] = (),
        *,
        cutoff: float = math.inf,
        rounds: int = ROUNDS,
        watch: Callable[[float, float], None] = lambda cost, bound: None,
    ) -> Relaxation:
        """The cheapest mixture of lines of the people of a master; ends early once the bound passes `cutoff`.

        Raises
        ------
        OutOfTime
            If time runs out before the first round is over.
        """
        used = sorted({*start, *(number for person in master.people for number in self.by_person[person][-LATEST:])})
        bound, stable, costs = -math.inf, self._first_prices(), {}
        for turn in range(rounds):
            if self.clock() > self.deadline:
                raise OutOfTime
            solution = master.linear(self.columns, np.array(used))
            if solution.cost - bound <= CLOSE * abs(solution.cost) + NEGATIVE:
                break
            fresh: list[int] = []
            for weight in (SMOOTHING if turn else 0.0, 0.0):
                prices = solution.prices.towards(stable, weight)
                value, line_costs, numbers = self._priced(master, prices, solution, used)
                fresh += numbers
                if value > bound:
                    bound, stable, costs = value, prices, line_costs
                if fresh:
                    break
            watch(solution.cost, bound)
            if not fresh or bound >= cutoff:
                break
            used += fresh
        return Relaxation(solution, used[: len(solution.shares)], bound, stable, costs)

    def _priced(
        self, master: Master, prices: Prices, solution: MasterSolution, used: list[int]
    ) -> tuple[float, dict[int, float], list[int]]:
        """The Lagrangian bound of prices, each person's part, and the lines that lower the cost of the master."""
        bound, costs, numbers, known = master.constant_bound(prices), {}, [], set(used)
        for person in master.people:
            best = self.pricers[person].best(-prices.of(person))
            assert best is not None, "contradictory rules are refused before a search"
            costs[person], line = best
            bound += costs[person]
            days = np.flatnonzero(line != OFF)
            worth = self.pricers[person].wish_cost(line) - solution.prices.of(person)[days, line[days]].sum()
            if worth < solution.line_prices[person] - NEGATIVE:
                number = self.number_of(person, line)
                if number not in known:
                    numbers.append(number)
        return bound, costs, numbers

    def varied(self, people: Sequence[int], prices: Prices, random: np.random.Generator) -> list[int]:
        """Further lines of people, cheapest under prices with noise: an integer program needs more than a mixture."""
        noise = NOISE * random.random() * float(np.abs(prices.heads).mean())
        numbers = []
        for person in people:
            for _ in range(VARIED):
                best = self.pricers[person].best(noise * random.standard_normal(prices.heads.shape) - prices.of(person))
                assert best is not None, "contradictory rules are refused before a search"
                numbers.append(self.number_of(person, best[1]))
        return numbers

    def promising(self, relaxation: Relaxation, further: Sequence[int], below: float) -> list[int]:
        """Columns that may belong to a roster cheaper than `below`: fixing by reduced cost."""
        room = below - relaxation.bound
        return [
            number
            for number in sorted({*relaxation.used, *further})
            if self.columns.costs[number]
            - self._worth(relaxation.prices, number)
            - relaxation.line_prices[self.columns.people[number]]
            <= room
        ]

    def _worth(self, prices: Prices, number: int) -> float:
        line = self.columns.lines[number]
        days = np.flatnonzero(line != OFF)
        return float(prices.of(self.columns.people[number])[days, line[days]].sum())

    def _first_prices(self) -> Prices:
        people = len(self.problem.people)
        return Prices(self.problem.under_price * 0.5, np.zeros((people, 3)), self.problem.burdens)
