"""Requirement and shifts together: a schedule is simulated, and its shifts change where targets fail or have slack.

Two steps, a requirement first and shifts that cover it after, can be far from best: shifts bring people whom nobody
asked for, and a target over a day or week does not care when it is met (Avramidis, Chan, Gendreau, L'Ecuyer and
Pisacane 2010, *Optimizing daily agent scheduling in a multiskill call center*). What people do for each target is
measured around a schedule, and cuts the targets into what each hour has to spare (Cezik and L'Ecuyer 2008); shifts are
added where targets fail, and left out or made cheaper where they have slack. All schedules meet the same customers;
what results is checked on fresh days, and is never dearer than the two steps where those met their targets.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np

from models.optimisation.bounds.constraints import SAFETY_ERRORS, ConstraintBuckets, split_by_time
from models.optimisation.bounds.load import LoadRows, load_rows
from models.optimisation.local_search import OWN
from models.optimisation.moves import Slack
from models.optimisation.plan_rules import ACCEPTED, PlanRules, with_floors
from models.optimisation.plan_space import PlanSpace, plan_space
from models.optimisation.search import optimise
from models.optimisation.verdicts import judge, min_z, status
from models.queueing.numerics.arguments import Floats
from models.scheduling.covering import PlannedShift
from models.scheduling.patterns import ShiftRules
from models.scheduling.shift_plan import ShiftPlan, cover_requirement, in_order, required_people
from scenarios.errors import InvalidValue
from scenarios.evaluation import Evaluate, Evaluation
from scenarios.judgement import Judged
from scenarios.requirements import constraints
from scenarios.scenario import Scenario
from scenarios.statistics import MET, Status
from scenarios.units import HOUR
from studies.shifts.played import on_grid, played_scenario
from studies.shifts.slopes import Change, ScheduleSpace, ShiftChanges, changed, slack_of, slopes_at

SECONDS = 180.0
FRESH = 200
"""Replications of a check on fresh days."""
REPLICATIONS, LEARNING = 32, 6
"""Replications on which schedules are compared, and on which slopes are measured."""
SEARCH_SHARE, COVER_SHARE, CHECK_SHARE = 0.3, 0.2, 0.2
"""Of the time: the search for a requirement, its covering, and what is kept for checks."""
CHECKS = 9
"""Checks at most, each on other fresh days."""
ADDITIONS = 3
"""Bundles of people added before what people do is measured anew."""
RAISE = 1.3
"""By what the slack that a schedule lacks is multiplied before people are added."""
FEWEST = 1
"""Changes in a bundle below which another measurement is worth more than another try."""
Doing = Literal["requirement", "shifts", "simulate", "measure", "check"]
DOING: dict[Doing, str] = {
    "requirement": "finding the requirement",
    "shifts": "covering it by shifts",
    "simulate": "simulating shifts",
    "measure": "measuring what people do for targets",
    "check": "checking on fresh days",
}
"""What is being done, in words."""
Progress = Callable[["LoopStep"], None]


@dataclass(frozen=True)
class LoopStep:
    """Where a loop stands."""

    seconds: float
    doing: Doing
    cost: float
    """Of the cheapest schedule so far that met every target, wages and overruns; infinite before there is one."""


@dataclass(frozen=True)
class CheckedSchedule:
    """A schedule with its targets judged on fresh days."""

    plan: ShiftPlan
    judged: tuple[Judged, ...]
    overruns: float
    """What work after the end of shifts costs."""
    sample: int
    """The number of the fresh days."""

    @property
    def cost(self) -> float:
        """Wages and overruns over the horizon."""
        return self.plan.wages + self.overruns

    @property
    def status(self) -> Status:
        """Whether every target is met at 95 % confidence."""
        return status(self.judged)


@dataclass(frozen=True)
class ServiceSchedule:
    """The result of a loop: a schedule, and what two steps would have cost."""

    schedule: CheckedSchedule
    two_steps: CheckedSchedule
    simulated: int
    """Schedules that were simulated."""
    checks: int
    """Checks on fresh days."""
    ended: str
    seconds: float

    @property
    def saved(self) -> float:
        """What the schedule costs less than two steps; negative where two steps miss targets that it meets."""
        return self.two_steps.cost - self.schedule.cost

    @property
    def saved_share(self) -> float:
        """The same as a share of the cost of two steps."""
        return self.saved / self.two_steps.cost if self.two_steps.cost else 0.0


@dataclass(frozen=True, eq=False)
class _Trial:
    """A schedule, its evaluation on the customers of the loop, and its slack."""

    plan: ShiftPlan
    found: Evaluation
    slack: Slack

    @property
    def good(self) -> bool:
        return bool((self.slack.spare >= 0).all())

    @property
    def cost(self) -> float:
        return self.plan.wages + float(self.found.overtime.sum(axis=1).mean())


def plan_with_service(
    scenario: Scenario,
    rules: ShiftRules,
    evaluate: Evaluate,
    *,
    start: ShiftPlan | None = None,
    plan_rules: PlanRules = ACCEPTED,
    seconds: float = SECONDS,
    fresh: int = FRESH,
    clock: Callable[[], float] = time.monotonic,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> ServiceSchedule:
    """Shifts of low cost under which every target of a scenario holds, and what they save against two steps.

    Parameters
    ----------
    evaluate
        Simulates schedules, see `scenarios.evaluation.Evaluate`.
    start
        The shifts of the two steps, if they are known; by default a search by simulation finds a requirement, and
        shifts cover it.
    plan_rules
        The floor beside targets over longer than an hour, and the rules of the requirement of the two steps.
    seconds
        The time in all; a last check may take a little more.
    fresh
        Replications of a check on fresh days.

    Raises
    ------
    InvalidValue
        If the scenario has no target.
    Unreachable
        If no staffing can meet a target.
    Uncoverable, NoSolution, InvalidScenario, TooLarge
        If no shifts can cover the requirement, or none are found in time.
    """
    if not constraints(scenario):
        raise InvalidValue("target", None, "give at least one contact type a target: without one nobody is needed")
    if not seconds > 0:
        raise InvalidValue("seconds", seconds, "give some time, as in 180")
    judged = with_floors(scenario, plan_rules)
    loop = _Loop(judged, rules, evaluate, plan_rules, seconds, fresh, clock, progress, stop)
    return loop.run(start)


@dataclass(eq=False)
class _Loop:
    scenario: Scenario
    rules: ShiftRules
    evaluate: Evaluate
    plan_rules: PlanRules
    seconds: float
    fresh: int
    clock: Callable[[], float]
    progress: Progress | None
    stop: Callable[[], bool]
    simulated: int = 0
    checks: int = 0
    extra: Floats | None = None
    """The excess of each target and period that fresh days have asked for on top, shape (W,)."""
    best: _Trial | None = None
    began: float = field(default=0.0)

    def __post_init__(self) -> None:
        self.began = self.clock()

    # -- the whole ---------------------------------------------------------------------------------------------------

    def run(self, start: ShiftPlan | None) -> ServiceSchedule:
        """Two steps, the loop from there, and the check of what results."""
        given = start if start is not None else self.two_steps()
        two_steps = self.check(replace(given, scenario=self.scenario))
        at = self.trial(two_steps.plan)
        known = {two_steps.plan.shifts: two_steps}
        while True:
            at = self.improve(at)
            checked = known.get(at.plan.shifts) or self.confirmed(at.plan)
            known[at.plan.shifts] = checked
            if checked.status == MET or self.checks >= CHECKS or self.over:
                break
            self._learn_from(checked)
            at = self.trial(at.plan)
        best = min(known.values(), key=_by_worth)
        ended = "stopped" if self.stop() else "time limit reached" if self.left <= 0 else "no cheaper shifts found"
        required = _as_requirement(best) if best is not two_steps else best
        return ServiceSchedule(required, two_steps, self.simulated, self.checks, ended, self.elapsed)

    def two_steps(self) -> ShiftPlan:
        """Shifts that cover a requirement found by simulation."""
        self.tell("requirement")
        plan = optimise(
            self.scenario,
            self.evaluate,
            rules=self.plan_rules,
            seconds=SEARCH_SHARE * self.seconds,
            fresh=self.fresh,
            stop=self.stop,
        )
        self.tell("shifts")
        required = required_people(plan.scenario, "plan")
        return cover_requirement(
            *(self.scenario, self.rules, required), breaks="apart", seconds=COVER_SHARE * self.seconds
        )

    def confirmed(self, plan: ShiftPlan) -> CheckedSchedule:
        """A schedule judged on fresh days, and on others if it meets its targets there: once may be by chance."""
        first = self.check(plan)
        return self.check(plan) if first.status == MET else first

    # -- the loop ----------------------------------------------------------------------------------------------------

    def improve(self, at: _Trial) -> _Trial:
        """The cheapest schedule that meets every target on the customers of the loop; else the last one tried."""
        while not self.over:
            changes = ShiftChanges(at.plan.problem, self.scenario.group_names, self.slopes(at))
            before = at
            at = self.raised(at, changes)
            if at.good:
                at = self.lowered(at, changes)
            if at is before:
                break
        return self.best or at

    def raised(self, at: _Trial, changes: ShiftChanges) -> _Trial:
        """The schedule with people added where they help most, until it meets every target or slopes are outdated."""
        for _ in range(ADDITIONS):
            lacking = Slack(np.where(at.slack.spare < 0, RAISE * at.slack.spare, at.slack.spare), at.slack.error)
            added = [] if at.good or self.over else changes.additions(lacking)
            if not added:
                break
            at = self.trial(self.with_shifts(at.plan, changed(at.plan.shifts, added)))
        return at

    def lowered(self, at: _Trial, changes: ShiftChanges) -> _Trial:
        """The schedule with people sent home or given cheaper shifts, as long as every target is met."""
        refused: set[Change] = set()
        while not self.over:
            bundle = [change for change in changes.savings(at.plan.shifts, at.slack) if change not in refused]
            tried = None
            while bundle and not self.over:
                tried = self.trial(self.with_shifts(at.plan, changed(at.plan.shifts, bundle)))
                if tried.good and tried.cost < at.cost:
                    break
                refused.update(bundle if len(bundle) == FEWEST else ())
                bundle, tried = bundle[: len(bundle) // 2], None
            if tried is None:
                return at
            at = tried
        return at

    def slopes(self, at: _Trial) -> Floats:
        """What people do for targets around a schedule."""
        self.tell("measure")
        space = self.grid_space
        around = ScheduleSpace(
            *(space.scenario, space.period, space.hours_of, space.rules),
            people=at.plan.present,
            interval=self.rules.interval,
        )
        return slopes_at(around, self.evaluate, self.buckets, self.load, LEARNING)

    def with_shifts(self, plan: ShiftPlan, shifts: Sequence[PlannedShift]) -> ShiftPlan:
        """The plan with other shifts."""
        return plan.with_shifts(in_order(shifts))

    # -- simulation --------------------------------------------------------------------------------------------------

    def trial(self, plan: ShiftPlan) -> _Trial:
        """A schedule simulated on the customers of the loop; the cheapest good one is remembered."""
        self.tell("simulate")
        self.simulated += 1
        found = self.evaluate([played_scenario(plan)], REPLICATIONS)[0]
        slack = slack_of(self.buckets, found, min(self.fresh, REPLICATIONS * (SAFETY_ERRORS / OWN) ** 2))
        if self.extra is not None:
            slack = replace(slack, spare=slack.spare - self.extra)
        trial = _Trial(plan, found, slack)
        if trial.good and (self.best is None or trial.cost < self.best.cost):
            self.best = trial
        return trial

    def _learn_from(self, checked: CheckedSchedule) -> None:
        """Ask for what a schedule lacked on fresh days, and let go of what was thought to be good."""
        found = self.evaluate([played_scenario(checked.plan)], self.fresh, checked.sample)[0]
        lacking = np.maximum(-slack_of(self.buckets, found, self.fresh).spare, 0.0)
        trial = self.trial(checked.plan)
        self.extra = (
            (0.0 if self.extra is None else self.extra) + lacking + np.maximum(trial.slack.spare, 0) * (lacking > 0)
        )
        self.best = None

    def check(self, plan: ShiftPlan) -> CheckedSchedule:
        """A schedule judged on fresh days that no other has seen."""
        self.tell("check")
        self.checks += 1
        found = self.evaluate([played_scenario(plan)], self.fresh, self.checks)[0]
        return CheckedSchedule(plan, judge(found), float(found.overtime.sum(axis=1).mean()), self.checks)

    @cached_property
    def grid_space(self) -> PlanSpace:
        """The periods in which people are counted: hours, on the intervals of the shifts."""
        return plan_space(on_grid(self.scenario, self.rules.interval), HOUR)

    @cached_property
    def buckets(self) -> tuple[ConstraintBuckets, ...]:
        """Every target by stretch of time."""
        return split_by_time(self.grid_space, self.fresh)

    @cached_property
    def load(self) -> LoadRows:
        """What the work itself needs."""
        return load_rows(self.grid_space)

    # -- time --------------------------------------------------------------------------------------------------------

    @property
    def elapsed(self) -> float:
        """Seconds since the loop began."""
        return self.clock() - self.began

    @property
    def left(self) -> float:
        """Seconds for choosing, what checks take kept back."""
        return (1 - CHECK_SHARE) * self.seconds - self.elapsed

    @property
    def over(self) -> bool:
        """Whether no new schedule is begun."""
        return self.left <= 0 or self.stop()

    def tell(self, doing: Doing) -> None:
        """Say what is done next."""
        if self.progress is not None:
            self.progress(LoopStep(self.elapsed, doing, np.inf if self.best is None else self.best.cost))


def _by_worth(schedule: CheckedSchedule) -> tuple[bool, float]:
    """Schedules that meet every target by their cost, before the others by what they lack."""
    met = schedule.status == MET
    return not met, schedule.cost if met else -min_z(schedule.judged)


def _as_requirement(schedule: CheckedSchedule) -> CheckedSchedule:
    """The schedule with its people at work as its requirement: that is what was proved."""
    plan = schedule.plan
    present = plan.present
    problem = replace(plan.problem, requirement={name: present[name] for name in plan.problem.requirement})
    return replace(schedule, plan=replace(plan, problem=problem, bound=0.0))
