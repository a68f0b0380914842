"""Simultaneous perturbation: changes far apart in time are evaluated in one simulation.

A change at nine does not affect what a change at three does. So a plan is simulated with a random change in every
influence window of the day, and what happens until the next change is attributed to the one before. Changes from
several such simulations go into an integer program that selects the combination with the largest saving that keeps
every target met. The combination is simulated, and accepted if it saves what was predicted; if not, its observed
effects replace the earlier ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from models.highs import ConstraintRows, NoSolution, solve_integer
from models.optimisation.bounds.constraints import TimeBuckets
from models.optimisation.bounds.finite_differences import influence_window
from models.optimisation.budget import SearchBudget
from models.optimisation.local_search import LocalSearch
from models.optimisation.moves import SMALL
from models.optimisation.plan_space import Staffing
from models.queueing.numerics.arguments import Floats
from scenarios.evaluation import Evaluation, in_periods

PLAYS = 8
"""Simulations between two choices."""
CHOICES = 3
"""Combinations tried after each batch of simulations."""
KEPT = 250
"""Changes that are remembered."""
SIZE, SMALLEST, SHRINKS = 0.04, 0.01, 0.95
"""The mean share of the agents there that a change moves: at first, in the end, and from batch to batch."""
TOGETHER = 6
"""Changes taken at once, at first."""
IDLE = 6
"""Batches without a gain after which the search ends."""
MOST_DECIDED = 0.5
"""Of the periods: how many must have staffing of their own for an effect to be attributed to its time."""
SECONDS, GAP = 0.5, 1e-3
"""Of the integer program: enough for a good combination, which is simulated anyway."""
SEED = 0


@dataclass(frozen=True, eq=False)
class PlanChange:
    """Agents added and taken away from one period on, and what that did."""

    period: int
    staffing: Staffing
    cost: float
    better: Floats
    """What every target in every period gained, shape (W,)."""


@dataclass(eq=False)
class SimultaneousPerturbation:
    """Tries changes simultaneously."""

    budget: SearchBudget
    local_search: LocalSearch
    known: list[PlanChange] = field(default_factory=list)

    @property
    def possible(self) -> bool:
        """Whether a day is long enough for changes that do not affect each other, and most hours do not repeat."""
        space = self.budget.space
        return 2 * influence_window(space) <= space.shape[1] and bool(space.decided.mean() > MOST_DECIDED)

    def improve(self, staffing: Staffing, replications: int, share: float) -> Staffing:
        """The plan after all accepted changes, until this share of the search budget is used; at least repaired."""
        space = self.budget.space
        draw, window = np.random.default_rng(SEED), influence_window(space)
        self.known.clear()
        self.budget.reset_best()
        staffing, evaluation = self.local_search.repaired(self.local_search.load.kept(space, staffing), replications)
        if not self.local_search.meets(evaluation):
            return staffing
        self.budget.record_plan(staffing, replications, "improving the plan")
        size, most, idle = SIZE, TOGETHER, 0
        while idle < IDLE and self.budget.used < share and not self.budget.stop_reason:
            self._learn(draw, staffing, evaluation, window, size)
            idle += 1
            for _ in range(CHOICES):
                chosen = self._chosen(staffing, evaluation, window, most)
                if not chosen:
                    break
                combined = staffing + sum(change.staffing for change in chosen)
                combined = space.raised(space.shared(combined))
                evaluated = self.budget.evaluate_plans([combined], replications)[0]
                if evaluated.replications < evaluation.replications:
                    return staffing
                before, after = (staffing, evaluation), (combined, evaluated)
                saved = self.budget.objective_by(*before) - self.budget.objective_by(*after)
                if saved > SMALL and self.local_search.meets(evaluated):
                    staffing, evaluation, idle, most = combined, evaluated, 0, most + 1
                    self.budget.record_plan(
                        staffing, replications, f"testing changes in parallel, {replications} simulated days"
                    )
                    self._forget([change.period for change in chosen], window)
                else:
                    most = max(most // 2, 1)
                    self.known = [change for change in self.known if change not in chosen]
                    self.known += self._seen(chosen, evaluation, evaluated)
            size = max(SMALLEST, SHRINKS * size)
        return staffing

    def _learn(
        self, draw: np.random.Generator, staffing: Staffing, evaluation: Evaluation, window: int, size: float
    ) -> None:
        """Simulate changes far apart, and remember what each did."""
        batches = []
        for _ in range(PLAYS):
            periods = range(int(draw.integers(window)), staffing.shape[1], window)
            changes = [PlanChange(p, self._drawn(draw, staffing, p, window, size), 0.0, np.zeros(0)) for p in periods]
            batches.append([change for change in changes if change.staffing.any()])
        batches = [batch for batch in batches if batch]  # where few hours can be staffed a draw may change none of them
        plans = [staffing + sum(change.staffing for change in batch) for batch in batches]
        evaluations = self.budget.evaluate_plans(plans, evaluation.replications)
        for batch, evaluated in zip(batches, evaluations, strict=True):
            if evaluated.replications == evaluation.replications:
                self.known += self._seen(batch, evaluation, evaluated)
        self.known = self.known[-KEPT:]

    def _drawn(self, draw: np.random.Generator, staffing: Staffing, period: int, window: int, size: float) -> Staffing:
        """A change at random: agents more, fewer, of another group, two groups for one, or a period later or sooner.

        The last only where the next change begins later: two at one place could take more agents than there are.
        """
        space, change = self.budget.space, np.zeros_like(staffing)
        run = slice(period, min(period + min(space.run, window), staffing.shape[1]))
        able = draw.permutation(np.flatnonzero(space.may_work[:, period]))
        if not able.size:
            return change
        count = max(1, round(draw.exponential(size * staffing[:, period].sum())))
        form = draw.integers(5)
        change[able[0], run] = -count if form else count
        if form in (2, 3) and able.size > 1:
            change[able[1], run] = count
        if form == 3 and able.size > 2:
            change[able[2], run] = -count
        if form == 4 and window > 1 and period + 1 < staffing.shape[1]:
            change[able[0]] = 0
            change[able[0], period : period + 2] = draw.choice([-1, 1]) * count * np.array([1, -1])
        return space.within(staffing + change) * space.may_work - staffing * space.may_work

    def _seen(self, changes: list[PlanChange], before: Evaluation, after: Evaluation) -> list[PlanChange]:
        """What changes did that were simulated together, each from its period to the next change."""
        space = self.budget.space
        ordered = sorted(changes, key=lambda change: change.period)
        ends = [*(change.period for change in ordered[1:]), space.shape[1]]
        differences = [
            (p, p.mean_excess(after) - p.mean_excess(before))
            for p in (*self.local_search.buckets, *self.local_search.overtime)
        ]
        seen = []
        for change, end in zip(ordered, ends, strict=True):
            parts = [_within(p, value, change.period, end) for p, value in differences]
            by_constraint, lost = parts[: len(self.local_search.buckets)], parts[len(self.local_search.buckets) :]
            cost = float((space.price * change.staffing).sum()) - sum(float(part.sum()) for part in lost)
            seen.append(PlanChange(change.period, change.staffing, cost, np.concatenate(by_constraint)))
        return seen

    def _chosen(self, staffing: Staffing, evaluation: Evaluation, window: int, most: int) -> list[PlanChange]:
        """The changes that together save most and leave every target and every row of the load as it should be."""
        space = self.budget.space
        known = [
            change
            for change in self.known
            if np.array_equal(space.within(staffing + change.staffing), staffing + change.staffing)
        ]
        if not known:
            return []
        began = np.array([change.period for change in known])
        periods = np.arange(staffing.shape[1])[:, None]
        over = (began <= periods) & (periods < began + window)
        rows = self.local_search.load.hours @ np.array([change.staffing.ravel() for change in known]).T
        spare = self.local_search.load.hours @ staffing.ravel() - self.local_search.load.work
        try:
            solution = solve_integer(
                np.array([change.cost for change in known]),
                [
                    ConstraintRows(
                        np.array([change.better for change in known]).T,
                        least=-self.local_search.slack(evaluation).spare,
                    ),
                    ConstraintRows(np.vstack((over, np.ones(len(known)))), most=np.append(np.ones(len(over)), most)),
                    ConstraintRows(rows, least=-np.maximum(spare, 0)),
                ],
                whole=np.ones(len(known)),
                high=1.0,
                gap=GAP,
                seconds=SECONDS,
            )
        except NoSolution as none:  # nothing is combined; the next simulations may tell more
            self.budget.count_unsolved(none)
            return []
        return [known[n] for n in np.flatnonzero(solution.values > 0.5)]

    def _forget(self, periods: list[int], window: int) -> None:
        """Let go of what was seen of changes near those that were taken."""
        self.known = [change for change in self.known if all(abs(change.period - p) >= window for p in periods)]


def _within(stretches: TimeBuckets, values: Floats, first: int, end: int) -> Floats:
    """The sums of values from one staffing period to before another, by period of the target."""
    inside = (stretches.staffed >= first) & (stretches.staffed < end)
    return in_periods(np.where(inside, values, 0.0), stretches.period)
