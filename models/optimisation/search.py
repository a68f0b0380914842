"""The lowest-cost staffing that meets every target: a start by formula, a search by simulation, a validation sample.

Where the plans are few, every cheaper one is simulated (`models.optimisation.enumeration`). Where they are many, the
search runs through phases: cutting planes with an integer program (`models.optimisation.cutting_planes`), a smoother
profile (`models.optimisation.profile_search`), simultaneous perturbation (`models.optimisation.perturbation`), local
search until no change helps (`models.optimisation.local_search`), and an estimated lower bound
(`models.optimisation.bounds.lower_bound`). All plans are simulated with common random numbers. The plan that results is
checked on a validation sample, days that the search has not used, and repaired if it fails there. `evaluate` simulates
the plans; this module does not import a simulator.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from models.optimisation.arguments import refuse_unusable
from models.optimisation.bounds.constraints import overtime_by_time, split_by_time
from models.optimisation.bounds.load import load_bound, load_rows
from models.optimisation.bounds.lower_bound import estimate
from models.optimisation.budget import OUT_OF_TIME, STOPPED, Progress, SearchBudget
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
from models.optimisation.feasibility import refuse_unreachable
from models.optimisation.local_search import LocalSearch
from models.optimisation.perturbation import SimultaneousPerturbation
from models.optimisation.plan import BoundKind, Plan, binding, marginal_values, outside, undecided
from models.optimisation.plan_notes import of_changes, of_cost, of_cuts, of_enumeration, of_time, unpriced
from models.optimisation.plan_space import PlanSpace, Staffing, plan_space
from models.optimisation.profile_search import ProfileSearch
from models.optimisation.square_root_start import square_root_start
from models.optimisation.verdicts import judge, status
from scenarios.errors import InvalidValue
from scenarios.evaluation import Evaluate, Evaluation
from scenarios.judgement import Judged
from scenarios.requirements import constraints
from scenarios.scenario import Scenario
from scenarios.statistics import MET
from scenarios.units import HOUR

FEW_CELLS = 6
"""Decisions up to which plans are enumerated."""
REFINE_REPLICATIONS = 96
PERTURBATION_STAGES = ((24, 0.4), (96, 0.6))
"""Of simultaneous perturbation: replications of a stage, and the share of the search budget used when it ends."""
LOCAL_STAGES = (24, 96)
"""Of local search: replications of its stages; the last stage has as many as the validation sample."""
MAX_BETA, BISECTIONS = 4.0, 6
"""Of the workload profile: the most square-root safety, and how often its interval is halved."""
REPAIRS, FIRST_REPAIR = 5, 0.005
"""Validation samples at most, and the share of agents that the first repair may add; each further one twice as many."""
SEARCHING = 0.65
"""Share of the search budget after which local search makes way for the lower bound; it may use what that leaves."""
ONE_TRIAL = 0.1
"""Share of the time left that one plan may take for a stage to be worth while."""
CHECKING = 0.75
"""Share of the time left by the search for validation; the rest is for marginal values."""

CUTS_HOLD = "agents have diminishing returns, no hour is left unserved, and the days of the search are typical"
ENUMERATED_HOLDS = "every cheaper plan was simulated or has too few agents for its workload"
MONOTONE_HOLDS = "every cheaper plan was simulated, or has no more agents in any period than one that failed"
LOAD_HOLDS = "always: no plan can have fewer agents than its workload needs"
BOTS_HOLD = "; bot sessions cost as much as with this plan"


def optimise(
    scenario: Scenario,
    evaluate: Evaluate,
    *,
    block: float = HOUR,
    gap: float = 0.01,
    seconds: float = 120.0,
    replications: int = 2000,
    fresh: int = 500,
    plays: float = math.inf,
    start: Staffing | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
) -> Plan:
    """The cheapest heads by group and staffing period that meet every wish of a scenario.

    Parameters
    ----------
    scenario
        The wishes are its targets and occupancy caps; bounds and prices are those of its groups.
    evaluate
        Tries out plans, see `scenarios.evaluation.Evaluate`.
    block
        Seconds for which heads stay as they are; infinite for one number of heads all the time.
    gap
        Stop where the cost is within this share of the bound.
    seconds, plays
        Stop after so much time, or so many replications of plans, the check and the worth of an agent included. What
        a check cannot do without, two replications of a plan, is played all the same; a first play that has to
        compile an engine takes its time on top.
    replications
        The most for one plan, where a decision is in doubt.
    fresh
        Replications of the final check, with customers of their own.
    start
        Heads from which to search, shape (groups, periods), if some are known that meet every wish.
    progress
        Called with each step of the history.
    stop
        Asked between trials; the best plan so far is the answer.

    Raises
    ------
    Unreachable
        If no staffing can meet a target, with the best that any could do.
    InvalidValue
        If nothing is wished, or an argument cannot be used.

    Examples
    --------
    See ``docs/explanation/optimise.md``, where the simulator evaluates.
    """
    if not constraints(scenario):
        raise InvalidValue(
            "target", None, "give at least one contact type a target: without one, no agents at all cost least"
        )
    refuse_unusable(gap=gap, seconds=seconds, plays=plays, replications=replications, fresh=fresh)
    space = plan_space(scenario, block)
    refuse_unreachable(space)
    budget = SearchBudget(space, evaluate, seconds, plays, gap, progress, stop, reserved=fresh)
    search = _Search(space, budget, fresh, replications)
    search.run(start)
    return search.plan()


@dataclass(frozen=True)
class _Phase:
    """One step of a search."""

    name: str
    run: Callable[[], None]
    applies: Callable[[], bool] = lambda: True


class _Search:
    """One search: the plan so far, changed by one phase after another."""

    def __init__(self, space: PlanSpace, budget: SearchBudget, fresh: int, most: int) -> None:
        self.space, self.budget, self.fresh, self.most = space, budget, fresh, most
        self.load = load_rows(space)
        self.load_bound = load_bound(space, self.load.proven)
        self.few = int((space.may_work & (space.max_staffing > space.min_staffing)).sum()) <= FEW_CELLS
        budget.charged = not self.few and space.shape[1] > 1
        self.buckets = split_by_time(space, fresh)
        self.overtime = overtime_by_time(space) if budget.charged else ()
        self.long_targets = all(2 * (bucket.period[-1] + 1) <= space.shape[1] for bucket in self.buckets)
        """Whether targets are for longer than staffing periods, so that there is a choice of when to be good."""
        self.cutting_planes = CuttingPlaneSearch(budget, self.buckets, self.overtime, self.load, fresh)
        self.local_search = LocalSearch(
            budget, self.buckets, self.overtime, self.load, fresh, self.cutting_planes.cuts, SEARCHING
        )
        self.perturbation = SimultaneousPerturbation(budget, self.local_search)
        self.enumerated: Enumerated | None = None
        self.listed = self.repaired = self.checks = 0
        """Plans to enumerate; repairs, and validation samples drawn so far."""
        self.used = 0
        """Replications of the last stage of local search."""

    def run(self, start: Staffing | None) -> None:
        """Find the best plan within the budget."""
        self.budget.record_proven_bound(self.load_bound, "load")
        if self.few and self._enumerate():
            return
        self.staffing = self.cutting_planes.start(start)
        for phase in self._phases():
            if phase.applies():
                phase.run()

    def _phases(self) -> list[_Phase]:
        """The phases of a search among many plans, in order."""
        several = len(self.space.price) > 1  # with one group small changes are enough
        return [
            _Phase("cutting planes", self._cut, lambda: several),
            _Phase("profile search", self._search_profile, lambda: several and self.long_targets),
            _Phase("smooth", self._smooth, lambda: not (several and self.long_targets)),
            _Phase("simultaneous perturbation", self._perturb, lambda: self.perturbation.possible),
            _Phase("local search", self._improve),
            _Phase("lower bound", self._estimate),
            _Phase("more local search", self._improve_again, self._may_improve),
            _Phase("lower bound again", self._estimate, self._may_estimate),
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
        if self._feasible(self.staffing, replications):
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

    def _perturb(self) -> None:
        """Change many periods at once, on more and more replications."""
        for replications, share in PERTURBATION_STAGES:
            if self.budget.affords(replications, ONE_TRIAL):
                self.staffing = self.perturbation.improve(self.staffing, min(replications, self.most), share)

    def _improve(self) -> None:
        """Change the plan a little, on more and more replications."""
        stages = [*LOCAL_STAGES, self.fresh]
        if self.perturbation.possible and self.budget.affords(LOCAL_STAGES[1], ONE_TRIAL):
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
        return min(plans, key=lambda plan: self.budget.cost(plan, replications))

    # -- the plan that results -----------------------------------------------------------------------------------------

    def plan(self) -> Plan:
        """The plan, checked on the validation sample, with its costs, bounds, marginal values and notes."""
        budget, space = self.budget, self.space
        ended, processor = self._ended(), budget.processor_share
        budget.report("checking on new days")
        budget.finish(CHECKING)
        checked = self._check()
        judged, staffing = judge(checked), self.staffing
        cost, bots = budget.cost_by(staffing, checked), float(checked.bot_cost.mean())
        bound, bound_kind, holds = self._bound(cost)
        budget.finish(1.0)
        return Plan(
            scenario=self._named(space.plan(staffing)),
            staffing=staffing,
            cost=cost + bots,
            overtime=budget.overtime(checked),
            bot_cost=bots,
            bound=bound + bots,
            bound_kind=bound_kind,
            proven=self.load_bound + bots,
            bound_holds=f"{holds}{BOTS_HOLD if bots else ''}",
            constraints=judged,
            replications=checked.replications,
            overrun=float(checked.overrun.mean()) / HOUR,
            binding=binding(judged, checked),
            marginal_values=marginal_values(budget, staffing, checked, self.checks),
            steps=tuple(budget.steps),
            ended=ended,
            notes=tuple(self._notes(judged, checked, ended, processor)),
        )

    @property
    def _check_size(self) -> int:
        used = self.enumerated.best.replications if self.enumerated is not None else 0
        return max(self.fresh, used)

    def _check(self) -> Evaluation:
        """The evaluation on a validation sample; a plan that fails is repaired and checked on another, if there is time."""
        for number in range(1, REPAIRS + 1):
            self.checks = number
            checked = self.budget.evaluate_plans([self.staffing], self._check_size, number)[0]
            too_slow = (
                self.budget.left < self.budget.seconds_of_check(self._check_size)
                or self.budget.plays_left < self._check_size
            )
            if self.enumerated is not None or status(judge(checked)) == MET or number == REPAIRS or too_slow:
                break
            self.staffing = self.local_search.repair(
                self.staffing, checked, max(1.0, FIRST_REPAIR * 2**self.repaired * self.staffing.sum())
            )
            self.repaired += 1
        return checked

    def _ended(self) -> str:
        """Why the search ended."""
        enumerated, reason = self.enumerated, self.budget.stop_reason
        if reason == STOPPED or (enumerated is not None and not enumerated.finished):
            return reason
        if self.budget.within_gap:
            return "optimality gap reached"
        if enumerated is not None or (self.local_search.good and not self.local_search.untried):
            return "no cheaper plan found"
        return reason or OUT_OF_TIME

    def _bound(self, cost: float) -> tuple[float, BoundKind, str]:
        """The lower bound of the staffing cost, where it comes from, and what it assumes."""
        enumerated = self.enumerated
        if enumerated is not None and enumerated.finished:
            return enumerated.bound, "enumerated", ENUMERATED_HOLDS if enumerated.all_tried else MONOTONE_HOLDS
        if self.budget.estimate <= self.load_bound * (1 + 1e-9):
            return self.load_bound, "load", LOAD_HOLDS
        return min(self.budget.estimate, cost), "estimated", CUTS_HOLD

    def _notes(self, judged: tuple[Judged, ...], checked: Evaluation, ended: str, processor: float) -> Iterator[str]:
        """What to know about the plan besides its numbers."""
        budget, space, enumerated = self.budget, self.space, self.enumerated
        yield from unpriced(space)
        yield from outside(space, self.staffing)
        if enumerated is not None:
            yield from of_enumeration(enumerated, self.listed)
        else:
            yield from of_changes(self.local_search.untried if self.local_search.good else None, self.repaired)
            yield from of_cuts(budget, float(checked.bot_cost.mean()))
        yield from undecided(space.scenario, judged)
        yield from of_cost(space, self.staffing, checked, budget.charged)
        yield from of_time(ended, processor, budget.programs_unsolved)

    def _named(self, plan: Scenario) -> Scenario:
        word = "assumption: lowest-cost staffing found by simulation (models.optimisation.search)"
        origins = plan.origins | {f"agent_groups.{name}.staffing": word for name in plan.group_names}
        return plan.replace(origins=origins)
