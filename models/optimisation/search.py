"""The cheapest staffing that meets every wish: formulas begin, simulation decides, other customers check.

Few plans are tried one and all (`models.optimisation.enumeration`); many are searched by cuts from simulation and an
integer program (`models.optimisation.cutting_planes`), then by small changes until none helps
(`models.optimisation.local_search`), and what might be cheaper still is estimated
(`models.optimisation.bounds.lower_bound`). Either way all plans meet the same customers, and the plan that comes out is
checked on customers whom the search has never seen, and mended if it fails there. `evaluate` plays the plans; this
module does not know how.
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
from models.optimisation.budget import OUT_OF_TIME, Progress, SearchBudget
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
REFINE_REPLICATIONS = 96
PERTURBATION_STAGES = ((24, 0.4), (96, 0.6))
"""Replications on which changes are tried side by side, and until when, of what may be spent on searching."""
LOCAL_STAGES = (24, 96)
"""Replications on which small changes are tried, and in the end as many as the check has."""
SAFEST, HALVES = 4.0, 6
"""Of the safety of plans in the shape of the work: the most, and how often the interval is halved."""
REPAIRS, FIRST_MEND = 5, 0.005
"""Checks at most, and the share of heads that may be added after the first; twice as many after each further one."""
SEARCHING = 0.65
"""Of what may be spent on searching: small changes leave the rest to the estimate, and take what that leaves."""
ONE_TRIAL = 0.1
"""Of the time left: what a plan may take on the replications of the check for them to be used in the search."""
CHECKING = 0.75
"""Of what the search leaves: the rest is for what an agent more is worth."""

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
        raise InvalidValue("target", None, "give at least one contact type a target: without one, no agents at all cost least")
    refuse_unusable(gap=gap, seconds=seconds, plays=plays, replications=replications, fresh=fresh)
    space = plan_space(scenario, block)
    refuse_unreachable(space)
    budget = SearchBudget(space, evaluate, seconds, plays, gap, progress, stop, reserved=fresh)
    search = _Search(space, budget, fresh, replications)
    search.find(start)
    return search.plan()


@dataclass(eq=False)
class _Search:
    """One search and what it came to."""

    space: PlanSpace
    budget: SearchBudget
    fresh: int
    most: int
    enumerated: Enumerated | None = None
    listed: int = 0
    local_search: LocalSearch | None = None
    perturbation: SimultaneousPerturbation | None = None
    loose: bool = False
    """Whether wishes are for longer than staffing periods, so that there is a choice of when to be good."""
    repaired: int = 0
    checks: int = 0
    """Checks so far, each on days of its own."""

    def find(self, start: Staffing | None) -> None:
        """Find the best plan that the effort allows."""
        space, budget = self.space, self.budget
        load = self.load = load_rows(space)
        self.load_bound = load_bound(space, load.proven)
        budget.record_proven_bound(self.load_bound, "load")
        few = int((space.may_work & (space.max_staffing > space.min_staffing)).sum()) <= FEW_CELLS
        budget.charged = not few and space.shape[1] > 1
        buckets, late = split_by_time(space, self.fresh), overtime_by_time(space) if budget.charged else ()
        self.loose = all(2 * (p.period[-1] + 1) <= space.shape[1] for p in buckets)
        descent = CuttingPlaneSearch(budget, buckets, late, load, self.fresh)
        self.local_search = LocalSearch(budget, buckets, late, load, self.fresh, descent.cuts, SEARCHING)
        self.perturbation = SimultaneousPerturbation(budget, self.local_search)
        if few:
            first = self._confirmed_start(descent.initial_plan())
            plans = cheaper_plans(space, load.proven, first.cost)
            if plans is not None:
                self.listed = len(plans)
                self.enumerated = enumerate_plans(budget, plans, first, self.most)
                self.staffing = self.enumerated.best.staffing
                return
        staffing = descent.start(start)
        if len(space.price) > 1:  # who does what is the hard part; where all do the same, small changes are enough
            staffing = (
                descent.run(staffing)
                if self.loose
                else descent.refine(descent.run(staffing), min(REFINE_REPLICATIONS, self.most))
            )
        self.staffing, used = self._local_improvement(self._smoothed(staffing))
        estimate(budget, buckets, late, load, descent.cuts, [*self.local_search.good, self.staffing], used)
        if self.local_search.untried and not budget.within_gap:
            self.local_search.share = 1.0
            self.staffing = self.local_search.improve(self.staffing, used)
            if not budget.estimate and not budget.stop_reason:
                estimate(budget, buckets, late, load, descent.cuts, [*self.local_search.good, self.staffing], used)

    def _confirmed_start(self, staffing: Staffing) -> TrialPlan:
        """The plan, with heads added until it is sure to meet every wish: what all cheaper ones are compared with."""
        space, look = self.space, min(FIRST_LOOK, self.most)
        while True:
            judged = self.budget.judged(staffing, look)
            tried = decided(self.budget, TrialPlan(staffing, space.cost(staffing), judged, look), self.most)
            more = space.within(np.where(space.may_work, staffing + 1, 0))
            if status(tried.judged, CERTAIN) == MET or self.budget.stop_reason or np.array_equal(more, staffing):
                return tried
            staffing = more

    def _smoothed(self, staffing: Staffing) -> Staffing:
        """The plan, or one that costs no more in the shape of the work, or half way to it: noise makes plans uneven."""
        assert self.local_search is not None
        if len(staffing) > 1 and self.loose:
            look = min(LOCAL_STAGES[0], self.most)
            plans = [ProfileSearch(self.budget, self.local_search, self.most).improve(staffing)]
            plans += [staffing] * self.local_search.meets(self._evaluation(staffing, look))
            return min(plans, key=lambda plan: self.budget.cost(plan, look))
        low, high, level = 0.0, SAFEST, None
        look = next((n for n in LOCAL_STAGES[::-1] if self.budget.affords(HALVES * n, ONE_TRIAL)), 0)
        for _ in range(HALVES):
            if self.budget.stop_reason or not look:
                return staffing
            beta = (low + high) / 2
            even = self.load.kept(self.space, square_root_start(self.space, beta))
            if self.local_search.meets(self._evaluation(even, look)):
                high, level = beta, even
            else:
                low = beta
        if level is None:
            return staffing
        middle = self.load.kept(self.space, np.rint((staffing + level) / 2).astype(np.int64))
        if not self.local_search.meets(self._evaluation(middle, look)):
            middle = level
        return min((level, middle, staffing), key=lambda plan: self.budget.cost(plan, look))

    def _evaluation(self, staffing: Staffing, replications: int) -> Evaluation:
        return self.budget.evaluate_plans([staffing], replications)[0]

    def _local_improvement(self, staffing: Staffing) -> tuple[Staffing, int]:
        """The plan after small changes, on more and more customers, and on how many in the end."""
        assert self.local_search is not None
        assert self.perturbation is not None
        used, looks = 0, [*LOCAL_STAGES, self.fresh]
        if self.perturbation.possible:
            for look, share in PERTURBATION_STAGES:
                if self.budget.affords(look, ONE_TRIAL):
                    staffing = self.perturbation.improve(staffing, min(look, self.most), share)
            looks = looks[1:] if self.budget.affords(LOCAL_STAGES[1], ONE_TRIAL) else looks
        for look in looks:
            replications = min(look, self.most)
            dear = used and not self.budget.affords(replications, ONE_TRIAL)
            if replications <= used or dear or self.budget.stop_reason:
                break
            used = replications
            self.budget.reset_best()
            staffing = self.local_search.improve(staffing, replications)
        return staffing, max(used, LOCAL_STAGES[0])

    def plan(self) -> Plan:
        """The plan, checked on fresh customers, with all that is to be said about it."""
        budget, space = self.budget, self.space
        ended, processor = self._ended(), budget.processor_share
        budget.report("checking on new days")
        budget.finish(CHECKING)
        checked = self._check()
        judged, staffing = judge(checked), self.staffing
        cost, bots = budget.cost_by(staffing, checked), float(checked.bot_cost.mean())
        bound, contact_type, holds = self._bound(cost)
        budget.finish(1.0)
        return Plan(
            scenario=self._named(space.plan(staffing)),
            staffing=staffing,
            cost=cost + bots,
            overtime=budget.overtime(checked),
            bot_cost=bots,
            bound=bound + bots,
            bound_kind=contact_type,
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
        """What fresh customers find; a plan that fails is mended and met with others again, if there is time."""
        for number in range(1, REPAIRS + 1):
            self.checks = number
            checked = self.budget.evaluate_plans([self.staffing], self._check_size, number)[0]
            late = (
                self.budget.left < self.budget.seconds_of_check(self._check_size)
                or self.budget.plays_left < self._check_size
            )
            if self.enumerated is not None or status(judge(checked)) == MET or number == REPAIRS or late:
                break
            assert self.local_search is not None
            self.staffing = self.local_search.repair(
                self.staffing, checked, max(1.0, FIRST_MEND * 2**self.repaired * self.staffing.sum())
            )
            self.repaired += 1
        return checked

    def _ended(self) -> str:
        """Why the search ended."""
        enumerated, why = self.enumerated, self.budget.stop_reason
        if why == "stopped" or (enumerated is not None and not enumerated.finished):
            return why
        if self.budget.within_gap:
            return "optimality gap reached"
        if enumerated is not None or (
            self.local_search is not None and not self.local_search.untried and self.local_search.good
        ):
            return "no cheaper plan found"
        return why or OUT_OF_TIME

    def _bound(self, cost: float) -> tuple[float, BoundKind, str]:
        """The bound of the cost of staffing, where it comes from, and what it takes for granted."""
        enumerated = self.enumerated
        if enumerated is not None and enumerated.finished:
            return enumerated.bound, "enumerated", ENUMERATED_HOLDS if enumerated.all_tried else MONOTONE_HOLDS
        if self.budget.estimate <= self.load_bound * (1 + 1e-9):
            return self.load_bound, "load", LOAD_HOLDS
        return min(self.budget.estimate, cost), "estimated", CUTS_HOLD

    def _notes(self, judged: tuple[Judged, ...], checked: Evaluation, ended: str, processor: float) -> Iterator[str]:
        """What is to be known of the plan beside its numbers."""
        budget, space, enumerated = self.budget, self.space, self.enumerated
        yield from unpriced(space)
        yield from outside(space, self.staffing)
        if enumerated is not None:
            yield from of_enumeration(enumerated, self.listed)
        elif self.local_search is not None:
            yield from of_changes(self.local_search.untried if self.local_search.good else None, self.repaired)
            yield from of_cuts(budget, float(checked.bot_cost.mean()))
        yield from undecided(space.scenario, judged)
        yield from of_cost(space, self.staffing, checked, budget.charged)
        yield from of_time(ended, processor, budget.programs_unsolved)

    def _named(self, plan: Scenario) -> Scenario:
        word = "assumption: lowest-cost staffing found by simulation (models.optimisation.search)"
        origins = plan.origins | {f"agent_groups.{name}.staffing": word for name in plan.group_names}
        return plan.replace(origins=origins)
