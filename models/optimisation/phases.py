"""The phases of a search for the lowest-cost staffing, each a change of the plan found so far.

Where the plans are few, every cheaper one is simulated (`models.optimisation.enumeration`). Where they are many, the
search runs through cutting planes with an integer program (`models.optimisation.cutting_planes`), a smoother profile
(`models.optimisation.profile_search`), local search until no change helps (`models.optimisation.local_search`), and an
estimated lower bound (`models.optimisation.bounds.lower_bound`). All plans are simulated with common random numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from models.optimisation.bounds.constraints import overtime_by_time, split_by_time
from models.optimisation.bounds.load import load_bound, load_rows
from models.optimisation.bounds.lower_bound import estimate
from models.optimisation.budget import SearchBudget
from models.optimisation.cutting_planes import CuttingPlaneSearch
from models.optimisation.enumeration import (
    CERTAIN,
    FIRST_LOOK,
    Enumerated,
    TrialPlan,
    cheaper_plans,
    decided,
    enumerate_plans,
)
from models.optimisation.local_search import LocalSearch
from models.optimisation.plan_space import PlanSpace, Staffing
from models.optimisation.profile_search import ProfileSearch
from models.optimisation.square_root_start import square_root_start
from models.optimisation.verdicts import status
from scenarios.statistics import MET

FEW_CELLS = 6
"""Decisions up to which plans are enumerated."""
REFINE_REPLICATIONS = 96
LOCAL_STAGES = (24, 96)
"""Of local search: replications of its stages; the last stage has as many as the validation sample."""
MAX_BETA, BISECTIONS = 4.0, 6
"""Of the workload profile: the most square-root safety, and how often its interval is halved."""
SEARCHING = 0.7
"""Share of the search budget after which local search makes way for the lower bound; it may use what that leaves."""
ONE_TRIAL = 0.1
"""Share of the time left that one plan may take for a stage to be worth while."""


PHASES = ("cutting planes", "profile search", "smooth", "local search", "lower bound")
"""The phases of a search among many plans, in order; the last two are run again where time is left."""


@dataclass(frozen=True)
class Phase:
    """One step of a search."""

    name: str
    run: Callable[[], None]
    applies: Callable[[], bool] = lambda: True


class PhasedSearch:
    """One search: the plan so far, changed by one phase after another."""

    def __init__(
        self, space: PlanSpace, budget: SearchBudget, fresh: int, most: int, phases: Sequence[str] = PHASES
    ) -> None:
        self.space, self.budget, self.fresh, self.most, self.chosen = space, budget, fresh, most, phases
        self.load = load_rows(space)
        self.load_bound = load_bound(space, self.load.proven)
        self.few = int((space.may_work & (space.max_staffing > space.min_staffing)).sum()) <= FEW_CELLS
        budget.charged = not self.few and space.shape[1] > 1
        self.buckets = split_by_time(space, fresh)
        self.overtime = overtime_by_time(space) if budget.charged else ()
        self.long_targets = all(
            2 * (bucket.period[-1] + 1) <= space.shape[1] for bucket in self.buckets if not bucket.constraint.floor
        )
        """Whether targets are for longer than staffing periods, so that there is a choice of when to be good."""
        self.cutting_planes = CuttingPlaneSearch(budget, self.buckets, self.overtime, self.load, fresh)
        self.local_search = LocalSearch(
            budget, self.buckets, self.overtime, self.load, fresh, self.cutting_planes.cuts, SEARCHING
        )
        self.enumerated: Enumerated | None = None
        self.listed = 0
        """Plans to enumerate."""
        self.used = 0
        """Replications of the last stage of local search."""

    @property
    def several(self) -> bool:
        """Whether there are several groups; with one, small changes are enough."""
        return len(self.space.price) > 1

    def run(self, start: Staffing | None) -> None:
        """Find the best plan within the budget."""
        self.budget.record_proven_bound(self.load_bound, "load")
        if self.few and self._enumerate():
            return
        self.staffing = self.cutting_planes.start(start)
        for phase in self.phases:
            if phase.name in self.chosen and phase.applies():
                phase.run()

    @property
    def phases(self) -> list[Phase]:
        """The phases of a search among many plans, in order, chosen or not."""
        several = self.several
        return [
            Phase("cutting planes", self._cut, lambda: several),
            Phase("profile search", self._search_profile, lambda: several and self.long_targets),
            Phase("smooth", self._smooth, lambda: not (several and self.long_targets)),
            Phase("local search", self._improve),
            Phase("lower bound", self._estimate),
            Phase("local search", self._improve_again, self._may_improve),
            Phase("lower bound", self._estimate, self._may_estimate),
        ]

    # -- few plans -----------------------------------------------------------------------------------------------------

    def _enumerate(self) -> bool:
        """Simulate every plan cheaper than a feasible one; false where they are too many."""
        first = self._confirmed_start(self.cutting_planes.initial_plan())
        plans = cheaper_plans(self.space, self.load.proven, first.cost)
        if plans is None:
            return False
        self.listed = len(plans)
        self.enumerated = enumerate_plans(self.budget, plans, first, self.most)
        self.staffing = self.enumerated.best.staffing
        return True

    def _confirmed_start(self, staffing: Staffing) -> TrialPlan:
        """The plan, with agents added until it is sure to meet every target: an upper bound of the cost."""
        space, look = self.space, min(FIRST_LOOK, self.most)
        while True:
            judged = self.budget.judged(staffing, look)
            trial = decided(self.budget, TrialPlan(staffing, space.cost(staffing), judged, look), self.most)
            increased = space.within(np.where(space.may_work, staffing + 1, 0))
            if status(trial.judged, CERTAIN) == MET or self.budget.stop_reason or np.array_equal(increased, staffing):
                return trial
            staffing = increased

    # -- many plans ----------------------------------------------------------------------------------------------------

    def _cut(self) -> None:
        """Descend by cutting planes; refine the plan where targets leave no choice of when to be good."""
        self.staffing = self.cutting_planes.run(self.staffing)
        if not self.long_targets:
            self.staffing = self.cutting_planes.refine(self.staffing, min(REFINE_REPLICATIONS, self.most))

    def _search_profile(self) -> None:
        """Replace the plan by the best one in the workload profile, if no dearer."""
        replications = min(LOCAL_STAGES[0], self.most)
        plans = [ProfileSearch(self.budget, self.local_search, self.most).improve(self.staffing)]
        evaluation = self.budget.evaluate_plans([self.staffing], replications)[0]
        if self.local_search.meets(evaluation, floors=False):
            plans.append(self.staffing)
        self.staffing = self._cheapest(plans, replications)

    def _smooth(self) -> None:
        """Replace the plan by the workload profile, or by their average, if no dearer: noise makes plans uneven."""
        low, high, profile = 0.0, MAX_BETA, None
        affordable = (n for n in LOCAL_STAGES[::-1] if self.budget.affords(BISECTIONS * n, ONE_TRIAL))
        replications = next(affordable, 0)
        for _ in range(BISECTIONS):
            if self.budget.stop_reason or not replications:
                return
            beta = (low + high) / 2
            plan = self.load.kept(self.space, square_root_start(self.space, beta))
            if self._feasible(plan, replications):
                high, profile = beta, plan
            else:
                low = beta
        if profile is None:
            return
        plans = [profile, self.staffing]
        average = self.load.kept(self.space, np.rint((self.staffing + profile) / 2).astype(np.int64))
        if self._feasible(average, replications):
            plans.insert(1, average)
        self.staffing = self._cheapest(plans, replications)

    def _improve(self) -> None:
        """Change the plan a little, on more and more replications."""
        stages = [*LOCAL_STAGES, self.fresh]
        if self.several and self.budget.affords(LOCAL_STAGES[1], ONE_TRIAL):
            stages = stages[1:]
        for stage in stages:
            replications = min(stage, self.most)
            too_slow = self.used > 0 and not self.budget.affords(replications, ONE_TRIAL)
            if replications <= self.used or too_slow or self.budget.stop_reason:
                break
            self.used = replications
            self.budget.reset_best()
            self.staffing = self.local_search.improve(self.staffing, replications)
        self.used = max(self.used, LOCAL_STAGES[0])

    def _estimate(self) -> None:
        """Estimate the lower bound from all cuts and all feasible plans."""
        plans = [*self.local_search.good, self.staffing]
        estimate(self.budget, self.buckets, self.overtime, self.load, self.cutting_planes.cuts, plans, self.used)

    def _may_improve(self) -> bool:
        return bool(self.local_search.untried) and not self.budget.within_gap

    def _improve_again(self) -> None:
        """Use what the lower bound has left of the budget on local search."""
        self.local_search.share = 1.0
        self.staffing = self.local_search.improve(self.staffing, self.used)

    def _may_estimate(self) -> bool:
        return self.local_search.share == 1.0 and not self.budget.estimate and not self.budget.stop_reason

    def _feasible(self, staffing: Staffing, replications: int) -> bool:
        return self.local_search.meets(self.budget.evaluate_plans([staffing], replications)[0])

    def _cheapest(self, plans: list[Staffing], replications: int) -> Staffing:
        return min(plans, key=lambda plan: self.budget.objective(plan, replications))
