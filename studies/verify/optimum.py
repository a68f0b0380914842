"""Instances whose cheapest staffing is known: each mix classed by simulation, and the cheapest one searched for."""

from __future__ import annotations

import math

from models.optimisation.budget import SearchBudget as Search
from models.optimisation.enumeration import CERTAIN
from models.optimisation.plan_space import plan_space
from models.optimisation.search import optimise
from models.optimisation.verdicts import status
from scenarios.horizon import Horizon
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MET
from simulator.evaluator import evaluator
from studies.verify.cases import Case
from studies.verify.designs import optimum
from studies.verify.steady import Estimates, Measured, RunLength, play

DAYS = 8
FIRST_LOOK = 10
MOST = 2560
"""Replications of one mix, where chance hides whether it is good enough."""
SECONDS = 600.0


def instance(case: Case, effort: RunLength) -> Estimates:
    """The service levels of a mix, whether it meets both targets, and for the best mix the cost that a search finds."""
    estimates = play(optimum(case), effort)
    priced = scenario_of(case)
    keys = {value.metric: value.key for value in case.values}
    if "feasible" in keys:
        estimates[keys["feasible"]] = Measured(_feasible(priced, effort), 0.0)
    if "cost" in keys:
        estimates[keys["cost"]] = Measured(_least_cost(priced, effort), 0.0)
    return estimates


def scenario_of(case: Case) -> Scenario:
    """The centre of a case with its targets and prices, over some days of which the first hours do not count."""
    design, given = optimum(case), case.given
    settling = 3600.0 * math.ceil(design.settling / 60)
    scenario = design.scenario.replace(horizon=Horizon(days=DAYS, interval=3600.0, warm_up=settling))
    for contact_type in scenario.contact_types:
        target = {
            "share": given["SL_target_each_class"],
            "within": contact_type.answer_within or 0.0,
        }
        scenario = scenario.replace_type(contact_type.name, target=target)
    for group, price in zip(scenario.group_names, ("only1", "only2", "flexible"), strict=True):
        scenario = scenario.replace_group(group, cost_per_hour=given["cost"][price])
    return scenario


def _feasible(scenario: Scenario, effort: RunLength) -> float:
    """1 if both targets are met, 0 if one is missed, NaN if so many replications cannot tell."""
    space = plan_space(scenario, math.inf)
    trial = Search(space, evaluator(effort.seed, effort.engine or "auto"))
    replications = FIRST_LOOK
    while replications <= MOST:
        verdict = status(trial.judged(space.staffing_of(scenario), replications), CERTAIN)
        if verdict != INCONCLUSIVE:
            return float(verdict == MET)
        replications *= 2
    return math.nan


def _least_cost(scenario: Scenario, effort: RunLength) -> float:
    """The cost of an hour of the cheapest mix that a search finds."""
    evaluate = evaluator(effort.seed, effort.engine or "auto")
    plan = optimise(
        scenario, evaluate, block=math.inf, gap=0.0, seconds=SECONDS, replications=MOST, fresh=FIRST_LOOK * 10
    )
    return plan.cost / (24.0 * scenario.horizon.days)
