"""The restricted master program: of the lines known of each person, the mixture that costs least.

Dantzig and Wolfe (1960), as in Jaumard, Semet and Vovor (1998) for nurses: a column is a whole line of one person, a
row for each person takes one line, and a row for each day and shift counts heads, with people too few and too many at
their prices. The program is linear; `integer` takes one line of each person whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from models.highs import ConstraintRows, NoSolution, solve_equations, solve_integer
from models.rostering.problem import OFF, RosterProblem

SOLVER_SECONDS = 120.0


@dataclass(eq=False)
class Columns:
    """Lines of people, each only once."""

    people: list[int] = field(default_factory=list)
    lines: list[Any] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    known: set[tuple[int, bytes]] = field(default_factory=set)

    def add(self, person: int, line: Any, cost: float) -> bool:
        """Keep a line; False if it was known."""
        key = (person, line.tobytes())
        if key in self.known:
            return False
        self.known.add(key)
        self.people.append(person)
        self.lines.append(line)
        self.costs.append(cost)
        return True

    def __len__(self) -> int:
        return len(self.people)


@dataclass(frozen=True, eq=False)
class Prices:
    """What shifts are worth in a relaxation."""

    heads: Any
    """What one more head needed costs, shape (days, shifts)."""
    fair: Any
    """What one more evening, night or weekend shift as fair share costs, at most 0, shape (people, 3)."""
    burdens: Any
    """As in the problem."""

    def towards(self, stable: Prices, weight: float) -> Prices:
        """These prices, moved towards others."""
        heads = weight * stable.heads + (1 - weight) * self.heads
        return Prices(heads, weight * stable.fair + (1 - weight) * self.fair, self.burdens)

    def of(self, person: int) -> Any:
        """What each shift of a person is worth, shape (days, shifts)."""
        if not self.fair[person].any():
            return self.heads
        return self.heads + np.tensordot(self.fair[person], self.burdens, axes=1)


@dataclass(frozen=True, eq=False)
class MasterSolution:
    """How much of each column is taken, and what a head more and a line more are worth."""

    shares: Any
    """Of each column used, shape (columns,)."""
    cost: float
    prices: Prices
    line_prices: dict[int, float]
    """The price of each person's row."""


class Master:
    """The restricted master of some people, where the lines of all others stand."""

    def __init__(self, problem: RosterProblem, people: Sequence[int], staffed: Any) -> None:
        self.problem, self.people = problem, list(people)
        self.row_of = {person: row for row, person in enumerate(self.people)}
        priced = (problem.under_price > 0) | (problem.over_price > 0)
        self.rows = np.full(priced.shape, -1)
        self.rows[priced] = np.arange(priced.sum()) + len(self.people)
        self.needed = (problem.heads - staffed)[priced].astype(float)
        """Heads still needed in each priced cell; negative where others are already too many."""
        self.under, self.over = problem.under_price[priced].astype(float), problem.over_price[priced].astype(float)
        self.priced = priced

    def linear(self, columns: Columns, used: Any) -> MasterSolution:
        """The cheapest mixture of the columns numbered `used`."""
        cost, matrix, right = self._program(columns, used)
        solution = solve_equations(cost, matrix, right, seconds=SOLVER_SECONDS)
        heads, fair = np.zeros(self.priced.shape), np.zeros((len(self.problem.people), 3))
        end = len(self.people) + len(self.needed)
        heads[self.priced] = solution.prices[len(self.people) : end]
        if self.problem.fair_price:
            fair[self.people] = solution.prices[end:].reshape(-1, 3)
        prices = Prices(heads, fair, self.problem.burdens)
        line_prices = dict(zip(self.people, solution.prices[: len(self.people)].tolist(), strict=True))
        return MasterSolution(solution.values[: len(used)], solution.cost, prices, line_prices)

    def integer(self, columns: Columns, used: Any, seconds: float, below: float = math.inf) -> Any | None:
        """The numbers of the columns taken, one of each person; None if nothing is found in time."""
        cost, matrix, right = self._program(columns, used)
        whole = np.zeros(len(cost))
        whole[: len(used)] = 1
        high = np.full(len(cost), math.inf)
        high[: len(used)] = 1
        rows = [ConstraintRows(matrix, right, right)]
        if math.isfinite(below):
            rows.append(ConstraintRows(cost[None, :], most=np.array([below])))
        try:
            solution = solve_integer(cost, rows, whole=whole, high=high, seconds=seconds)
        except NoSolution:
            return None
        return np.asarray(used)[solution.values[: len(used)] > 0.5]

    def constant_bound(self, prices: Prices) -> float:
        """The part of the Lagrangian bound that does not depend on lines."""
        fair = (prices.fair[self.people] * self.problem.fair_shares[self.people]).sum()
        return float((prices.heads[self.priced] * self.needed).sum() + fair)

    def _program(self, columns: Columns, used: Any) -> tuple[Any, Any, Any]:
        lines = np.array([columns.lines[number] for number in used])
        owners = np.array([self.row_of[columns.people[number]] for number in used])
        at, days = np.nonzero(lines != OFF)
        cells = self.rows[days, lines[at, days]]
        at, cells = at[cells >= 0], cells[cells >= 0]
        size, count, cell_count = len(self.people), len(used), len(self.needed)
        rows = np.concatenate((owners, cells, np.tile(np.arange(cell_count) + size, 2)))
        slots = np.concatenate((np.arange(count), at, np.arange(2 * cell_count) + count))
        values = np.concatenate((np.ones(count + len(at) + cell_count), -np.ones(cell_count)))
        matrix = sparse.csr_array((values, (rows, slots)), shape=(size + cell_count, count + 2 * cell_count))
        cost = np.concatenate(([columns.costs[number] for number in used], self.under, self.over))
        right = np.concatenate((np.ones(size), self.needed))
        return (
            self._with_fair_shares(lines, owners, cost, matrix, right)
            if self.problem.fair_price
            else (cost, matrix, right)
        )

    def _with_fair_shares(self, lines: Any, owners: Any, cost: Any, matrix: Any, right: Any) -> tuple[Any, Any, Any]:
        """The program with a row for each person and burden: shifts, less those above the share, plus those below."""
        count = 3 * len(self.people)
        present = self.problem.burdens[:, np.arange(lines.shape[1]), np.maximum(lines, 0)] & (lines != OFF)
        counts = present.sum(axis=2)
        rows, slots = (owners * 3 + np.arange(3)[:, None]).ravel(), np.tile(np.arange(len(lines)), 3)
        burdens = sparse.csr_array((counts.ravel(), (rows, slots)), shape=(count, matrix.shape[1]))
        above = sparse.eye_array(count)
        blocks = sparse.block_array([[matrix, None, None], [burdens, -above, above]], format="csr")
        prices = np.concatenate((cost, np.full(count, self.problem.fair_price), np.zeros(count)))
        return prices, blocks, np.concatenate((right, self.problem.fair_shares[self.people].ravel()))
