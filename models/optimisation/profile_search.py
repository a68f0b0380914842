"""Profile search: the hours of each group, spread over the day by its workload, by sequential linear programming.

A plan has as many decisions as groups times periods, but the hours of each group decide most of its cost. They are
found by sequential linear programming (Griffith & Stewart 1961): a little more and a little less of each group is
simulated, a linear program takes the step that these slopes promise most for, and the step length adapts to whether the
last one came true. The result is a smooth plan, and a good start for a local search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.highs import NoSolution, solve_linear
from models.optimisation.budget import SearchBudget
from models.optimisation.local_search import LocalSearch
from models.optimisation.plan_space import Staffing
from models.queueing.numerics.arguments import Floats

STAGES = ((24, 0.1, 10), (96, 0.02, 2))
"""Replications, the first step as a share of the hours of a group of middling size, and the most rounds."""
STEP_SHARE = 0.03
"""Of these hours: how many more and fewer are tried."""
LEAST_STEP = 0.003
RAISE, RAISES = 0.002, 6
"""By what share hours are raised, twice as much each further time, where a target is missed by a little in the end."""
MOST_OF_BUDGET = 0.1
"""Of what is left: the most that one round may take."""
UNTIL = 0.35
"""Of what may be spent on searching: no round begins later, so that local search has its time."""
SECONDS = 2.0
"""Of the linear program, which takes some milliseconds."""
PENALTY_FACTOR = 2.0
"""By how much dearer than it is a contact in time is taken to be, so that no target is sold for money."""


@dataclass(eq=False)
class ProfileSearch:
    """Searches the hours of each group."""

    budget: SearchBudget
    local_search: LocalSearch
    most: int
    """The most replications of a plan."""

    def __post_init__(self) -> None:
        """Find the shape of each group's work, adding up to 1 over all periods, and how much it could do alone."""
        space = self.budget.space
        work = space.work / space.hours
        shape = np.where(space.may_work, space.eligible.astype(float) @ work, 0.0)
        self.potential_hours = shape.sum(axis=1)
        self.shape = shape / np.maximum(self.potential_hours, 1e-12)[:, None]

    def plan(self, totals: Floats) -> Staffing:
        """So many agents of each group, added up over periods, by its workload profile; rows of the load kept.

        Sums from the beginning are rounded, so that what is lost in one period is won in the next.
        """
        space = self.budget.space
        sums = np.rint(np.cumsum(totals[:, None] * self.shape, axis=1))
        return self.local_search.load.kept(space, space.within(np.diff(sums, axis=1, prepend=0.0)))

    def improve(self, staffing: Staffing) -> Staffing:
        """The best plan in the workload profile that is found; the given one, if none is.

        The search begins half way from its mix of groups to one by how much each could do: few roads lead out of a
        corner.
        """
        totals, used = staffing.sum(axis=1).astype(float), 0
        if not (totals.any() and self.potential_hours.any()):
            return staffing
        totals = (totals + totals.sum() * self.potential_hours / self.potential_hours.sum()) / 2
        for look, step, rounds in STAGES:
            replications = min(look, self.most)
            if not self.budget.affords((2 * len(totals) + 1) * replications, MOST_OF_BUDGET):
                break
            totals, used = self._search(totals, replications, step, rounds), replications
        for raised in range(RAISES if used else 0):
            plan = self.plan(totals * (1 + RAISE * (2**raised - 1)))
            if self.local_search.meets(self.budget.evaluate_plans([plan], used)[0], floors=False):
                return plan
        return staffing

    def _search(self, totals: Floats, replications: int, step: float, rounds: int) -> Floats:
        (cost, spare), size = self._evaluated([totals], replications)[0], totals.sum() / len(totals)
        for _ in range(rounds):
            if self.budget.stop_reason or step < LEAST_STEP or self.budget.used >= UNTIL:
                break
            aside = STEP_SHARE * size * np.eye(len(totals))
            tried = self._evaluated([*(totals + aside), *np.maximum(totals - aside, 0)], replications)
            costs, spares = (np.array(side) for side in zip(*tried, strict=True))
            dearer, better = ((up - down) / (2 * STEP_SHARE * size) for up, down in (_halves(costs), _halves(spares)))
            worth = PENALTY_FACTOR * _price_of_excess(dearer, better)
            best, moved = float(cost + worth @ np.maximum(-spare, 0)), False
            while step >= LEAST_STEP and not moved and not self.budget.stop_reason:
                try:
                    change = _step(dearer, better, spare, worth, step * size)
                except NoSolution as none:
                    self.budget.count_unsolved(none)
                    return totals
                moved_totals = np.maximum(totals + change, 0)
                dear, left = self._evaluated([moved_totals], replications)[0]
                moved = bool(dear + worth @ np.maximum(-left, 0) < best)
                if moved:
                    totals, cost, spare = moved_totals, dear, left
                step *= 1.2 if moved else 0.5
        return totals

    def _evaluated(self, totals: list[Floats], replications: int) -> list[tuple[float, Floats]]:
        """The cost of each plan, and what it has to spare of every target."""
        plans = [self.plan(total) for total in totals]
        evaluations = self.budget.evaluate_plans(plans, replications)
        pairs = zip(plans, evaluations, strict=True)
        return [
            (self.budget.cost_by(staffing, evaluation), self.local_search.slack(evaluation, floors=False).spare)
            for staffing, evaluation in pairs
        ]


def _halves(values: Floats) -> tuple[Floats, Floats]:
    return values[: len(values) // 2], values[len(values) // 2 :]


def _price_of_excess(dearer: Floats, better: Floats) -> Floats:
    """The marginal cost of a unit of excess of each target, shape (targets,); the dearest for those unmoved."""
    price = np.where(better > 0, dearer[:, None] / np.where(better > 0, better, 1.0), np.inf).clip(0).min(axis=0)
    known = price[np.isfinite(price)]
    return np.where(np.isfinite(price), price, known.max(initial=0.0)) if known.size else np.ones_like(price)


def _step(dearer: Floats, better: Floats, spare: Floats, worth: Floats, most: float) -> Floats:
    """The cheapest change of hours, each by so many at most, with what targets lack after it paid for."""
    count, lacks = len(dearer), len(worth)
    solution = solve_linear(
        np.append(dearer, worth),
        np.column_stack((better.T, np.eye(lacks))),
        -spare,
        low=np.append(np.full(count, -most), np.zeros(lacks)),
        high=np.append(np.full(count, most), np.full(lacks, np.inf)),
        seconds=SECONDS,
    )
    return solution.values[:count]
