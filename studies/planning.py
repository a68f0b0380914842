"""Planning by formula or by optimisation, and evaluation of plans by simulation, for what-if studies."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from models.optimisation.plan_rules import ACCEPTED, NO_RULES, PlanRules, with_floors
from models.optimisation.plan_space import Staffing, plan_space, refuse_shifts
from models.optimisation.verdicts import judge, status
from models.whatif.answers import PlanningTools
from models.whatif.trials import Plan, ScenarioTrial, judge_trial
from scenarios.errors import InvalidValue, PlannerError
from scenarios.evaluation import Evaluate
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MET
from scenarios.units import HOUR
from simulator.experiment import simulate
from simulator.reference.blending import adaptive

SEARCH, FORMULA = "search", "formula"
PLANNERS = (SEARCH, FORMULA)
LOOK = 50
"""Simulated days by which a plan known beforehand is evaluated."""
GROWTH, MOST_GROWTH = 4, 16
"""By how many times the simulated days grow where targets are in doubt, and to how many times those asked for."""
Progress = Callable[[int, int], None]
Stop = Callable[[], bool]


@dataclass(frozen=True)
class PlanningMethod:
    """How plans are made and evaluated.

    Plans are evaluated on other random demand than that of the search, the same for all plans.
    """

    planner: str = SEARCH
    """``search`` proves plans by simulation; ``formula`` is quick and only as good as its assumptions."""
    replications: int = 100
    seed: int = 1
    seconds: float = 20.0
    """The time of a search for one plan."""
    doubt_seconds: float = 60.0
    """The time within which more days are simulated where it is in doubt whether a plan meets its targets."""
    gap: float = 0.02
    """The distance to the bound at which a search stops, as a share of the cost."""

    @property
    def staffing_margin(self) -> float:
        """The agents by which plans may be off in every interval: formulas are accurate to one agent, at best."""
        return 0.0 if self.planner == SEARCH else 1.0

    def tools(self, progress: Progress | None = None, stop: Stop | None = None) -> PlanningTools:
        """The tools of a what-if study."""
        plan = self.plan(stop)
        return PlanningTools(
            *(plan, self.run_trial, self._adaptive, progress, self.planner == SEARCH),
            try_each=self.try_each,
            staffing_margin=self.staffing_margin,
            gap=left_open(plan),
        )

    def plan(self, stop: Stop | None = None) -> Plan:
        """The function that gives a scenario its cheapest staffing; `stop` is asked while a search goes on.

        Raises
        ------
        InvalidValue
            If there is no such planner.
        """
        if self.planner not in PLANNERS:
            raise InvalidValue("by", self.planner, f"known are {', '.join(PLANNERS)}")
        from simulator.evaluator import evaluator

        if self.planner == FORMULA:
            from studies.formula_plans import FormulaPlans

            return FormulaPlans(evaluator(self.seed), stop)
        return Searches(self, evaluator(self.seed), stop)

    def run_trial(self, scenarios: Sequence[Scenario]) -> list[ScenarioTrial]:
        """The results of each scenario on random demand that no search has used, the same for all.

        Those that are neither shown to meet every target nor to miss one are simulated on `GROWTH` times as many days,
        up to `MOST_GROWTH` times those asked for and within `doubt_seconds`. The first days are the same for all.
        """
        return self._tried(scenarios, lambda trial: status(judge_trial(trial)) == INCONCLUSIVE)

    def try_each(self, scenarios: Sequence[Scenario]) -> list[ScenarioTrial]:
        """The same, with more days while any target is in doubt, whatever becomes of the others."""

        def in_doubt(trial: ScenarioTrial) -> bool:
            return any(target.status() == INCONCLUSIVE for target in judge_trial(trial) if not target.idle)

        return self._tried(scenarios, in_doubt)

    def _tried(self, scenarios: Sequence[Scenario], in_doubt: Callable[[ScenarioTrial], bool]) -> list[ScenarioTrial]:
        began, replications = time.monotonic(), self.replications
        trials: list[ScenarioTrial] = [simulate(scenario, replications, self.seed + 1) for scenario in scenarios]
        per_day = (time.monotonic() - began) / max(replications * len(scenarios), 1)
        growing = list(range(len(scenarios)))
        while growing and replications * GROWTH <= MOST_GROWTH * self.replications:
            replications *= GROWTH
            doubtful = [at for at in growing if in_doubt(trials[at])]
            growing = []
            for at in doubtful:
                if time.monotonic() - began + per_day * replications <= self.doubt_seconds:
                    trials[at] = simulate(scenarios[at], replications, self.seed + 1)
                    growing.append(at)
        return trials

    def _adaptive(self, scenario: Scenario, wanted: float) -> ScenarioTrial:
        return simulate(scenario, self.replications, self.seed + 1, engine="simpy", policy=adaptive(wanted))


def remembered(plan: Plan) -> Plan:
    """The same planning, but each scenario is planned once, so that alternatives that share one share its plan."""
    plans: dict[str, Scenario] = {}

    def planned(scenario: Scenario) -> Scenario:
        if scenario.fingerprint not in plans:
            plans[scenario.fingerprint] = plan(scenario)
        return plans[scenario.fingerprint]

    return planned


@dataclass(frozen=True, eq=False)
class Searches:
    """Searches for plans, with the optimality gap of each."""

    how: PlanningMethod
    evaluate: Evaluate
    stop: Stop | None = None
    ended: dict[str, float] = field(default_factory=dict)
    """By the fingerprint of the plan."""

    def __call__(self, scenario: Scenario) -> Scenario:
        """The scenario with the cheapest staffing that a search finds."""
        from models.optimisation.search import optimise

        how, rules = self.how, ACCEPTED
        start = known_start(scenario, self.evaluate, rules=rules)
        plan = optimise(
            scenario, self.evaluate, rules=rules, gap=how.gap, seconds=how.seconds, start=start, stop=self.stop
        )
        self.ended[plan.scenario.fingerprint] = 1 - plan.bound / plan.cost if plan.cost > 0 else 0.0
        return plan.scenario


def left_open(plan: Plan) -> Callable[[Scenario], float]:
    """The optimality gap of each plan, as a share of its cost; 0 for plans by formula."""
    ended = plan.ended if isinstance(plan, Searches) else {}
    return lambda planned: ended.get(planned.fingerprint, 0.0)


def known_start(
    scenario: Scenario, evaluate: Evaluate, block: float = HOUR, rules: PlanRules = NO_RULES
) -> Staffing | None:
    """The cheaper of two plans known beforehand, the current one and that of the formulas, if it meets every target.

    Trying them also compiles the engine before the clock of a search runs. None where neither meets every target; the
    search then finds a start of its own. Both are made to keep the rules. Shape (groups, periods of `block` seconds).
    """
    from models.centre.staffing import staff

    refuse_shifts(scenario)
    space = plan_space(with_floors(scenario, rules), block, rules)
    known = [space.raised(space.staffing_of(scenario))]
    with suppress(PlannerError):  # formulas do not know every target; a search does without them
        known.append(space.raised(space.staffing_of(staff(scenario))))
    trials = evaluate([space.plan(staffing) for staffing in known], LOOK)
    good = [staffing for staffing, trial in zip(known, trials, strict=True) if status(judge(trial)) == MET]
    return min(good, key=space.cost, default=None)
