"""An estimated lower bound: the least cost that cuts allow once they agree with every simulated plan.

A cut comes from few replications, and a search is drawn to where cuts are wrong. So where the cuts together predict
less excess for a plan than was observed there, with common random numbers, they are projected until they do not, and
lifted where projection is not enough (as in a regression under concavity, Hannah & Dunson 2013, *Multivariate convex
regression with adaptive partitioning*). A plan that meets every target therefore satisfies every cut, and the estimate
is never above its cost. The limits are relaxed by the sampling error. The solution of the integer program is simulated
in turn, and cuts are made half way to it (in-out separation, Ben-Ameur & Neto 2007), until nothing changes. The result
is an estimate: between the plans that were simulated, nothing is proven.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.highs import NoSolution
from models.optimisation.bounds.constraints import (
    SAFETY_ERRORS,
    ConstraintBuckets,
    Overtime,
    TimeBuckets,
    relaxed_by_error,
)
from models.optimisation.bounds.cut_projection import projected_cuts
from models.optimisation.bounds.finite_differences import Cut, cut_at
from models.optimisation.bounds.integer_program import Proposal, propose
from models.optimisation.bounds.load import LoadRows
from models.optimisation.budget import STOPPED, SearchBudget
from models.optimisation.cutting_planes import SECONDS, SHORTEST
from models.optimisation.plan_space import Staffing
from models.queueing.numerics.arguments import Floats
from scenarios.evaluation import in_periods
from scenarios.statistics import standard_error

SLOPES = 24
"""Replications behind new slopes."""
ROUNDS = 24
STILL = 4e-4
"""Relative change of the estimate from which a round says nothing new."""
PATIENT = 3
UNTIL = 0.92
"""Of what may be spent: no round begins later, so that the check has its time on a slow machine too."""
FORGIVEN = 1e-6
"""Excess that may be forgiven before cuts are said to contradict each other."""
REFUTED = 1e-4
"""By how much more a bound may exceed a plan that meets every target, the integer program's own tolerance."""
AROUND = (1.0, 0.97, 1.03)
"""Shares of the best plan's agents at which the first cuts are made, beside those of the search."""
MOST_POINTS = 25
NEAR = 0.4
"""Of the best plan's agents: plans that differ by more are left out until the integer program proposes them."""
MIN_REPLICATIONS, MOST = 24, 96
LEVELS, LIMITS = 0.3, 0.15
"""Of the time left: for simulating all plans on as many replications, and the best one on more."""


@dataclass(eq=False)
class LowerBoundEstimate:
    """The least cost that seems possible, from what a search has learnt."""

    budget: SearchBudget
    search: tuple[ConstraintBuckets, ...]
    overtime: tuple[Overtime, ...]
    load: LoadRows
    cuts: list[Cut]
    """Where slopes are known."""
    best: Staffing
    evaluated_plans: list[Staffing]
    """Plans that were simulated."""
    best_replications: int
    """Replications of the best plan."""
    buckets: tuple[ConstraintBuckets, ...] = ()
    parts: tuple[TimeBuckets, ...] = ()
    replications: int = MIN_REPLICATIONS
    excess_by_plan: list[tuple[Floats, ...]] = field(default_factory=list)
    """The excess of each time bucket of each target under every plan of `evaluated_plans`."""

    def __post_init__(self) -> None:
        """Choose how many replications all plans have, and relax shares of days by their doubt."""
        left, rate, plans = self.budget.left, self.budget.rate, MOST_POINTS + len(self.evaluated_plans)
        fits = MOST if math.isinf(left) or not rate else int(LEVELS * left / (rate * plans))
        self.replications = min(max(min(fits, MOST), MIN_REPLICATIONS), self.best_replications)
        if self.budget.affords(self.budget.reserved, LIMITS):
            self.best_replications = max(self.best_replications, self.budget.reserved)
        self.buckets = relaxed_by_error(self.search, self.replications * self.budget.space.scenario.horizon.days)
        self.parts = (*self.buckets, *self.overtime)

    def run(self) -> None:
        """Find the estimate, and report it to the search budget as it changes."""
        best = self.best
        near = sorted(
            (cut_at for cut_at in self.cuts if self._distance(cut_at.staffing) <= NEAR),
            key=lambda cut_at: self._distance(cut_at.staffing),
        )
        near = near[:MOST_POINTS]
        if any(bucket.constraint.on_days is not None for bucket in self.buckets):
            near = [self._slopes(cut_at.staffing) for cut_at in near if not self.budget.stop_reason]
        near += [
            self._slopes(self._scaled_best(share)) for share in AROUND if share == 1 or not self.budget.stop_reason
        ]
        cuts = [cut_at for cut_at in near if self._evaluated_in_time(cut_at.staffing)]
        self.cuts = cuts
        self.evaluated_plans = [plan for plan in self.evaluated_plans if self._evaluated_in_time(plan)]
        if not (self.evaluated_plans and cuts):  # there was no time to simulate any of them
            return
        self.evaluated_plans += [cut_at.staffing for cut_at in cuts]
        self.excess_by_plan = [self._mean_excess(plan) for plan in self.evaluated_plans]
        self._rounds(best)
        self._solve_master(whole=True)
        if self.budget.stop_reason == STOPPED:
            return
        taken = self._proposed(self._uncorrected_cuts(), whole=True)
        self.budget.raw_bound = taken.bound if taken is not None and taken.contradiction <= FORGIVEN else 0.0

    def _scaled_best(self, share: float) -> Staffing:
        """The best plan with this share of its agents everywhere."""
        return self.budget.space.within(np.rint(share * self.best))

    def _distance(self, staffing: Staffing) -> float:
        return float(np.abs(staffing - self.best).sum() / max(self.best.sum(), 1))

    def _rounds(self, best: Staffing) -> None:
        """Simulate the solutions of the integer program until nothing changes."""
        still = 0
        for _ in range(ROUNDS):
            before, believed = self.budget.estimate, self._solve_master()
            moved = abs(self.budget.estimate - before) > STILL * self.budget.estimate
            still = 0 if moved else still + 1
            done = still >= PATIENT or self.budget.used >= UNTIL or self.budget.stop_reason
            if believed is None or done or not self._separate(best, believed.staffing):
                return

    def _separate(self, best: Staffing, believed: Staffing) -> bool:
        """Simulate a solution and add a cut half way to it; whether that was anything new."""
        middle = np.rint((best + believed) / 2).astype(np.int64)
        new = False
        for staffing in (believed, middle):
            if not any(np.array_equal(staffing, plan) for plan in self.evaluated_plans) and self._evaluated_in_time(
                staffing
            ):
                self.evaluated_plans.append(staffing)
                self.excess_by_plan.append(self._mean_excess(staffing))
                new = True
        for staffing in (middle, believed):
            evaluated = any(np.array_equal(staffing, plan) for plan in self.evaluated_plans)
            if evaluated and not any(np.array_equal(staffing, cut.staffing) for cut in self.cuts):
                self.cuts.append(self._slopes(staffing))
                return True
        return new

    def _slopes(self, staffing: Staffing) -> Cut:
        return cut_at(self.budget, self.parts, self.load, staffing, min(SLOPES, self.replications))

    def _evaluated_in_time(self, staffing: Staffing) -> bool:
        """Simulate a plan on the replications that all plans have; whether there was time."""
        return self.budget.evaluate_plans([staffing], self.replications)[0].replications == self.replications

    def _mean_excess(self, staffing: Staffing) -> tuple[Floats, ...]:
        evaluation = self.budget.evaluate_plans([staffing], self.replications)[0]
        return tuple(p.mean_excess(evaluation) for p in self.parts)

    def _solve_master(self, *, whole: bool = False) -> Proposal | None:
        """The lowest-cost staffing that keeps all cuts, its cost reported; none if nothing keeps them.

        Where the solver has no answer in its time the estimate stays what it was.
        """
        proposal = self._proposed(self.projected_cuts(), whole=whole)
        if proposal is None:
            return None
        if whole and proposal.contradiction > FORGIVEN:  # fractions keep the cuts; time was too short for whole agents
            return None
        refuted = proposal.bound > self.budget.best * (1 + REFUTED)
        if proposal.contradiction > FORGIVEN or refuted:
            self.budget.record_estimate(0.0, "lower bound withdrawn")
            return None
        if not whole or proposal.bound > self.budget.estimate:
            self.budget.record_estimate(proposal.bound, "tightening the lower bound")
        return proposal

    def _proposed(self, cuts: list[Cut], *, whole: bool) -> Proposal | None:
        """The lowest-cost staffing that keep the cuts of these points; none if the solver has none in its time."""
        seconds = min(SECONDS, max(self.budget.left, SHORTEST))
        limits = [*self._limits(), *(np.full(1, -np.inf) for _ in self.overtime)]
        try:
            return propose(
                self.budget.space, self.parts, cuts, self.load, limits, self.ceilings(), whole=whole, seconds=seconds
            )
        except NoSolution as none:
            self.budget.count_unsolved(none)
            return None

    def ceilings(self) -> list[Floats]:
        """The most that any plan simulated could have come to; not the same for all where customers come again."""
        evaluated = [self.budget.evaluate_plans([plan], self.replications)[0] for plan in self.evaluated_plans]
        return [np.max([p.ceiling(evaluation) for evaluation in evaluated], axis=0) for p in self.parts]

    def projected_cuts(self) -> list[Cut]:
        """The points with cuts that agree with every plan simulated."""
        return projected_cuts(
            self._uncorrected_cuts(), self.parts, self.ceilings(), self.evaluated_plans, self.excess_by_plan
        )

    def _uncorrected_cuts(self) -> list[Cut]:
        """The points with their cuts as they were found, whatever other plans say of them."""
        levels = [self.excess_by_plan[self._index_of(cut_at.staffing)] for cut_at in self.cuts]
        pairs = zip(self.cuts, levels, strict=True)
        return [replace(cut_at, intercept=intercept, replications=self.replications) for cut_at, intercept in pairs]

    def _index_of(self, staffing: Staffing) -> int:
        return next(n for n, plan in enumerate(self.evaluated_plans) if np.array_equal(plan, staffing))

    def _limits(self) -> list[Floats]:
        """The least excess that a good plan may seem to have: the errors of the replications of the search."""
        best, limits = self.best, []
        few = self.budget.evaluate_plans([best], self.replications)[0]
        many = self.budget.evaluate_plans([best], self.best_replications)[0]
        for p in self.buckets:
            if p.constraint.on_days is not None:
                limits.append(np.zeros(1))
                continue
            less, more = (in_periods(p.excess(evaluation), p.period) for evaluation in (few, many))
            limits.append(less.mean(axis=0) - more.mean(axis=0) - SAFETY_ERRORS * standard_error(more))
        return limits


def estimate(
    budget: SearchBudget,
    buckets: tuple[ConstraintBuckets, ...],
    overtime: tuple[Overtime, ...],
    load: LoadRows,
    cuts: Sequence[Cut],
    good: Sequence[Staffing],
    replications: int,
) -> None:
    """Report the estimated lower bound, beside plans that met every target, the best one last."""
    LowerBoundEstimate(budget, buckets, overtime, load, list(cuts), good[-1], list(good), replications).run()
