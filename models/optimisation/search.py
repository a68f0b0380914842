"""The lowest-cost staffing that meets every target: a search by simulation and a check on a validation sample.

The search runs through the phases of `models.optimisation.phases`. The plan that results is checked on a validation
sample, days that the search has not used, and repaired if it fails there. `evaluate` simulates the plans; this module
does not import a simulator.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.optimisation.bounds.feasibility import refuse_unreachable
from models.optimisation.budget import OUT_OF_TIME, STOPPED, Progress, SearchBudget, refuse_unusable
from models.optimisation.enumeration import CERTAIN
from models.optimisation.phases import PHASES, PhasedSearch
from models.optimisation.plan import BoundKind, Plan, binding, marginal_values, outside, undecided
from models.optimisation.plan_notes import of_changes, of_cost, of_cuts, of_enumeration, of_time, unpriced
from models.optimisation.plan_rules import NO_RULES, PlanRules, with_floors
from models.optimisation.plan_space import Staffing, plan_space, refuse_shifts
from models.optimisation.verdicts import days_to_decide, judge, min_z, status
from scenarios.errors import InvalidValue, Unreachable
from scenarios.evaluation import Evaluate, Evaluation
from scenarios.judgement import Judged
from scenarios.requirements import constraints
from scenarios.scenario import Scenario
from scenarios.statistics import MET, MISSED
from scenarios.units import HOUR

REPAIRS, FIRST_REPAIR = 5, 0.005
"""Validation samples at most, and the share of agents that the first repair may add; each further one twice as many."""
PLENTY = 4.0
"""Square roots of its load with which no group is short of agents."""
MOST_LOOK = 24
"""Simulated days on which the most agents allowed are tried before a search."""
FIRST_CHECK, FAILING = 100, -0.5
"""Days of a first look at a validation sample, and the score below which a target is repaired without the rest."""
LAST_REPAIR, BEYOND = 0.02, 0.25
"""Of the agents: what the last repair may add; of the time limit: how far the last look may go beyond."""
SPARE_DAYS, MOST_DAYS = 1.2, 4
"""By how many times more days a last look has than may decide, and at most in validation samples."""
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
    also: Sequence[Scenario] = (),
    block: float = HOUR,
    rules: PlanRules = NO_RULES,
    gap: float = 0.01,
    seconds: float = 120.0,
    replications: int = 2000,
    fresh: int = 500,
    plays: float = math.inf,
    start: Staffing | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
    phases: Sequence[str] = PHASES,
    clock: Callable[[], float] = time.monotonic,
) -> Plan:
    """The lowest-cost staffing by group and staffing period that meet every target of a scenario.

    Parameters
    ----------
    scenario
        Constraints are its targets and occupancy caps; bounds and prices are those of its groups.
    evaluate
        Tries out plans, see `scenarios.evaluation.Evaluate`.
    also
        Further scenarios of the same centre whose targets the same plan must meet, each simulated by itself. What the
        plan costs, and its limits and prices, are those of `scenario`.
    block
        Length of a staffing period in seconds; infinite for one number of agents throughout.
    rules
        What a plan must keep beside its targets; `models.optimisation.plan_rules.ACCEPTED` is what people use.
    gap
        Stop where the cost is within this share of the bound.
    seconds, plays
        Stop after so much time, or so many replications of plans, validation and marginal values included. What
        a check cannot do without, two replications of a plan, is simulated all the same; a first simulation that has to
        compile an engine takes its time on top.
    replications
        The most for one plan, where a decision is in doubt.
    fresh
        Replications of the validation sample, with random numbers of their own.
    start
        Agents from which to search, shape (groups, periods), if some are known that meet every target.
    progress
        Called with each step of the history.
    stop
        Asked between trials; the best plan so far is the answer.
    phases
        Which phases are run, some of `models.optimisation.phases.PHASES`; others are left out, to see what they earn.
    clock
        What counts the seconds, by default those of the clock on the wall.

    Raises
    ------
    Unreachable
        If no staffing can meet a target, with the best that any could do.
    InvalidValue
        If there is no target, or an argument cannot be used.
    InvalidScenario
        If a group has shifts instead of heads per interval.

    Examples
    --------
    See ``docs/explanation/optimise.md``, where the simulator evaluates.
    """
    if not all(constraints(each) for each in (scenario, *also)):
        remedy = "give at least one contact type a target: without one, no agents at all cost least"
        raise InvalidValue("target", None, remedy)
    for given in (scenario, *also):
        refuse_shifts(given)
    refuse_unusable(gap=gap, seconds=seconds, plays=plays, replications=replications, fresh=fresh)
    space = plan_space(with_floors(scenario, rules), block, rules, tuple(with_floors(s, rules) for s in also))
    for each in space.each:
        refuse_unreachable(each)
    budget = SearchBudget(space, evaluate, seconds, plays, gap, progress, stop, reserved=fresh, clock=clock)
    refuse_missed_by_most(budget)
    search = PhasedSearch(space, budget, fresh, replications, phases)
    search.run(start)
    return _Outcome(search, scenario).plan()


def refuse_missed_by_most(budget: SearchBudget) -> None:
    """Refuse targets that the most agents allowed miss on simulated days, where every group has a limit.

    Limits that leave every group plenty of agents for all the work that it may take are not tried.

    Raises
    ------
    Unreachable
        For the target missed by most, with what it comes to.
    """
    space = budget.space
    if not np.isfinite(space.max_staffing).all():
        return
    most = space.max_staffing.astype(np.int64)
    load = space.eligible @ space.work / HOUR / space.hours
    if (most >= np.where(space.may_work, load + PLENTY * np.sqrt(load), 0)).all():
        return
    missed = [target for target in budget.judged(most, MOST_LOOK) if target.status(CERTAIN) == MISSED]
    if not missed:
        return
    worst = min(missed, key=lambda target: target.z)
    constraint = worst.constraint
    value = f"{worst.value:.0f} s" if worst.unit == "s" else f"{100 * worst.value:.1f} %"
    floor = ", or lower the floor" if constraint.floor else ", or ask for less"
    raise Unreachable(
        *(constraint.of, constraint.text, value),
        f"the most agents that `max_agents` allows miss it on {MOST_LOOK} simulated days",
        f"raise `max_agents`{floor}",
    )


@dataclass(eq=False)
class _Outcome:
    """A finished search, its plan checked, repaired and described."""

    search: PhasedSearch
    given: Scenario
    """The scenario before floors were set."""
    repaired: int = 0
    checks: int = 0
    """Validation samples so far."""

    def plan(self) -> Plan:
        """The plan, checked on the validation sample, with its costs, bounds, marginal values and notes."""
        budget, space = self.search.budget, self.search.space
        ended, processor = self._ended(), budget.processor_share
        budget.report("checking on new days")
        budget.finish(CHECKING)
        checked = self._check()
        judged, staffing = judge(checked), self.search.staffing
        cost, bots = budget.cost_by(staffing, checked), float(checked.bot_cost.mean())
        bound, bound_kind, holds = self._bound(cost)
        budget.finish(1.0)
        return Plan(
            scenario=self._named(space.plan(staffing).replace(contact_types=self.given.contact_types)),
            staffing=staffing,
            cost=cost + bots,
            overtime=budget.overtime(checked),
            bot_cost=bots,
            changes=int(space.changes(staffing).sum()),
            change_cost=space.change_cost(staffing),
            bound=bound + bots,
            bound_kind=bound_kind,
            proven=self.search.load_bound + bots,
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
        used = self.search.enumerated.best.replications if self.search.enumerated is not None else 0
        return max(self.search.fresh, used)

    def _check(self) -> Evaluation:
        """The evaluation on a validation sample; a plan that fails is repaired and checked on another, in time."""
        for number in range(1, REPAIRS + 1):
            self.checks = number
            checked = self._looked(number)
            if self.search.enumerated is not None or status(judge(checked)) == MET or number == REPAIRS:
                break
            if not self._affords_check:
                return self._checked_beyond(checked)
            self._repair(checked, FIRST_REPAIR * 2**self.repaired)
        return checked

    def _repair(self, checked: Evaluation, share: float) -> None:
        """Add at most this share of the agents where the evaluation says that they are lacking."""
        most = max(1.0, share * self.search.staffing.sum())
        self.search.staffing = self.search.local_search.repair(self.search.staffing, checked, most)
        self.repaired += 1

    def _checked_beyond(self, checked: Evaluation) -> Evaluation:
        """The evaluation after a last look beyond the time limit, as a plan that is not confirmed helps nobody.

        On more days of the sample where those are likely to confirm the plan, else of the plan repaired.
        """
        budget, size = self.search.budget, self._check_size
        judged = [target for target in judge(checked) if not target.idle and target.status() != MET]
        days = SPARE_DAYS * max(days_to_decide(target, checked.replications) for target in judged)
        if days <= MOST_DAYS * size and self._extended(days - checked.replications):
            return budget.evaluate_plans([self.search.staffing], math.ceil(days), self.checks)[0]
        if not self._extended(size):
            return checked
        self._repair(checked, LAST_REPAIR)
        self.checks += 1
        return budget.evaluate_plans([self.search.staffing], size, self.checks)[0]

    def _looked(self, number: int) -> Evaluation:
        """The evaluation on a validation sample; on its first days alone where they show that the plan needs repair.

        A plan is called met by a whole sample only, so that a first look makes no verdict more likely.
        """
        budget, staffing = self.search.budget, self.search.staffing
        if self.search.enumerated is None and number < REPAIRS and self._check_size > FIRST_CHECK:
            first = budget.evaluate_plans([staffing], FIRST_CHECK, number)[0]
            if min_z(judge(first)) < FAILING and self._affords_check:
                return first
        return budget.evaluate_plans([staffing], self._check_size, number)[0]

    def _extended(self, days: float) -> bool:
        """Whether so many more days may be simulated beyond the time limit; if so, there is time for them."""
        budget = self.search.budget
        enough = budget.seconds_of_check(1) * days <= BEYOND * budget.seconds and budget.plays_left >= days
        if not enough or (budget.stop is not None and budget.stop()):
            return False
        budget.extend(BEYOND)
        return True

    @property
    def _affords_check(self) -> bool:
        """Whether there is time for another validation sample."""
        budget, size = self.search.budget, self._check_size
        return budget.left >= budget.seconds_of_check(size) and budget.plays_left >= size

    def _ended(self) -> str:
        """Why the search ended."""
        enumerated, reason = self.search.enumerated, self.search.budget.stop_reason
        if reason == STOPPED or (enumerated is not None and not enumerated.finished):
            return reason
        if self.search.budget.within_gap:
            return "optimality gap reached"
        if enumerated is not None or (self.search.local_search.good and not self.search.local_search.untried):
            return "no cheaper plan found"
        return reason or OUT_OF_TIME

    def _bound(self, cost: float) -> tuple[float, BoundKind, str]:
        """The lower bound of the staffing cost, where it comes from, and what it assumes."""
        enumerated = self.search.enumerated
        if enumerated is not None and enumerated.finished:
            return enumerated.bound, "enumerated", ENUMERATED_HOLDS if enumerated.all_tried else MONOTONE_HOLDS
        if self.search.budget.estimate <= self.search.load_bound * (1 + 1e-9):
            return self.search.load_bound, "load", LOAD_HOLDS
        return min(self.search.budget.estimate, cost), "estimated", CUTS_HOLD

    def _notes(self, judged: tuple[Judged, ...], checked: Evaluation, ended: str, processor: float) -> Iterator[str]:
        """What to know about the plan besides its numbers."""
        budget, space, enumerated = self.search.budget, self.search.space, self.search.enumerated
        yield from unpriced(space)
        yield from outside(space, self.search.staffing)
        if enumerated is not None:
            yield from of_enumeration(enumerated, self.search.listed)
        else:
            yield from of_changes(
                self.search.local_search.untried if self.search.local_search.good else None, self.repaired
            )
            yield from of_cuts(budget, float(checked.bot_cost.mean()))
        yield from undecided(judged)
        yield from of_cost(space, self.search.staffing, checked, budget.charged)
        yield from of_time(ended, processor, budget.programs_unsolved)

    def _named(self, plan: Scenario) -> Scenario:
        word = "assumption: lowest-cost staffing found by simulation (models.optimisation.search)"
        origins = plan.origins | {f"agent_groups.{name}.staffing": word for name in plan.group_names}
        return plan.replace(origins=origins)
