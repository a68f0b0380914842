"""Instances whose cheapest staffing is known: each mix classed by simulation, and the cheapest one searched for."""

from __future__ import annotations

import math

from interface.verify.cases import Case
from interface.verify.designs import optimum
from interface.verify.steady import Effort, Found, Measured, play
from models.proof.effort import Effort as Search
from models.proof.enumeration import CERTAIN
from models.proof.judging import status
from models.proof.space import space_of
from models.search import optimise
from scenarios.horizon import Horizon
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MET
from simulator.evaluator import evaluator

DAYS = 8
FIRST_LOOK = 10
MOST = 2560
"""Replications of one mix, where chance hides whether it is good enough."""
SECONDS = 600.0


def instance(case: Case, effort: Effort) -> Found:
    """The service levels of a mix, whether it meets both targets, and for the best mix the cost that a search finds."""
    found = play(optimum(case), effort)
    priced = scenario_of(case)
    kinds = {value.metric: value.key for value in case.values}
    if "feasible" in kinds:
        found[kinds["feasible"]] = Measured(_feasible(priced, effort), 0.0)
    if "cost" in kinds:
        found[kinds["cost"]] = Measured(_least_cost(priced, effort), 0.0)
    return found


def scenario_of(case: Case) -> Scenario:
    """The centre of a case with its targets and prices, over some days of which the first hours do not count."""
    design, given = optimum(case), case.given
    settling = 3600.0 * math.ceil(design.settling / 60)
    scenario = design.scenario.replace(horizon=Horizon(days=DAYS, interval=3600.0, warm_up=settling))
    for kind in scenario.contact_types:
        target = {"share": given["SL_target_each_class"], "within": kind.target.within if kind.target else 0.0}
        scenario = scenario.replace_type(kind.name, target=target)
    for group, price in zip(scenario.group_names, ("only1", "only2", "flexible"), strict=True):
        scenario = scenario.replace_group(group, cost_per_hour=given["cost"][price])
    return scenario


def _feasible(scenario: Scenario, effort: Effort) -> float:
    """1 if both targets are met, 0 if one is missed, NaN if so many replications cannot tell."""
    space = space_of(scenario, math.inf)
    trial = Search(space, evaluator(effort.seed, effort.engine or "auto"))
    replications = FIRST_LOOK
    while replications <= MOST:
        verdict = status(trial.judged(space.heads_of(scenario), replications), CERTAIN)
        if verdict != INCONCLUSIVE:
            return float(verdict == MET)
        replications *= 2
    return math.nan


def _least_cost(scenario: Scenario, effort: Effort) -> float:
    """The cost of an hour of the cheapest mix that a search finds."""
    evaluate = evaluator(effort.seed, effort.engine or "auto")
    plan = optimise(
        scenario, evaluate, block=math.inf, gap=0.0, seconds=SECONDS, replications=MOST, fresh=FIRST_LOOK * 10
    )
    return plan.cost / (24.0 * scenario.horizon.days)
