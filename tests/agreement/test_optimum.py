"""The search and the simulator together, against optima and chances that were found in other ways."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from models.optimisation.plan_space import plan_space
from models.optimisation.search import optimise
from models.optimisation.verdicts import judge, status
from scenarios.horizon import Horizon
from scenarios.scenario import Scenario, scenario_from
from simulator.evaluator import evaluator
from studies.verify.cases import Case, read_cases
from studies.verify.optimum import scenario_of
from tests.folders import TRUTH
from tests.truth_tables import truth_rows

CASES = read_cases(TRUTH / "multiskill_staffing_optimum.csv")
BEST = [case for case in CASES if any(value.metric == "cost" for value in case.values)]
TOO_MANY = 4.0  # standard errors: one false alarm in 16,000


def feasible(case: Case) -> bool:
    """What the table says of a mix."""
    return next(bool(value.expected) for value in case.values if value.metric == "feasible")


def near(case: Case) -> float:
    """How close the tighter class is to its target."""
    target = case.given["SL_target_each_class"]
    return min(abs(v.expected - target) for v in case.values if v.metric.startswith("SL_class"))


@pytest.mark.slow
@pytest.mark.parametrize("case", BEST, ids=lambda case: case.name)
def test_the_proven_optimum_is_found(case: Case) -> None:
    """The search would end at a dearer mix than full enumeration of exact chains."""
    scenario = scenario_of(case)
    plan = optimise(scenario, evaluator(seed=3), block=math.inf, gap=0.0, seconds=600, fresh=60)
    mix = [case.given[name] for name in ("n_only1", "n_only2", "n_flexible")]
    assert plan.staffing.ravel().tolist() == mix
    assert plan.gap == pytest.approx(0.0, abs=1e-9)


def test_neighbours_are_classed_right() -> None:
    """A mix that misses its targets by a point or more would pass, or one that meets them would not."""
    evaluate = evaluator(seed=5)
    for case in CASES[::4]:
        if near(case) < 0.01:
            continue
        scenario = scenario_of(case)
        space = plan_space(scenario, math.inf)
        judged = judge(evaluate([space.plan(space.staffing_of(scenario))], 12)[0])
        assert status(judged, TOO_MANY) == ("met" if feasible(case) else "missed"), case.values[0].index


def busy_desk(agents: int, **target: Any) -> Scenario:
    """A desk whose days differ: 20 calls an hour on average, by a gamma factor with a cv of 0.3."""
    calls = {
        "name": "calls",
        "channel": "phone",
        "volume": {"per_hour": 20, "variation": {"cv": 0.3}},
        "handle_time": {"mean": "5 min"},
        "patience": {"mean": "5 min"},
        "target": {"share": 0.8, "within": "20s"} | target,
    }
    desk = {"name": "desk", "skills": ["calls"], "staffing": agents}
    return scenario_from({"name": "desk", "contact_types": [calls], "agent_groups": [desk]})


def test_a_share_of_days_by_direct_enumeration() -> None:
    """The search would plan for the average day, or for another share of days."""
    evaluate = evaluator(seed=7)
    days = 600

    def good_days(agents: int) -> float:
        counts = evaluate([busy_desk(agents)], days)[0].counts[0]
        return float(np.mean(counts.numerator.sum(axis=1) >= 0.8 * counts.denominator.sum(axis=1)))

    enumerated = {agents: good_days(agents) for agents in range(2, 8)}
    least = min(agents for agents, share in enumerated.items() if share >= 0.97)
    plan = optimise(
        busy_desk(3, on_days=0.97), evaluate, block=math.inf, gap=0.0, seconds=120, replications=days, fresh=200
    )
    assert plan.staffing.item() == least
    assert enumerated[least - 1] < 0.97
    on_average = optimise(busy_desk(3), evaluate, block=math.inf, gap=0.0, seconds=120, replications=days, fresh=200)
    assert on_average.staffing.item() < least


def random_rates() -> list[dict[str, str]]:
    """Rows of the table with a random rate and a service level."""
    return truth_rows("overdispersion.csv", "SL_served_over_offered_random_rate")


@pytest.mark.parametrize("row", random_rates(), ids=lambda row: row["case"])
def test_service_under_a_random_rate(row: dict[str, str]) -> None:
    """Days that differ would be played as days that do not: the exact average over gamma rates would be missed."""
    given = json.loads(row["given"])
    calls = {
        "name": "calls",
        "channel": "phone",
        "volume": {"per_hour": 60 * given["lambda_per_min"], "variation": {"cv": given["gamma_alpha"] ** -0.5}},
        "handle_time": {"mean": 60 / given["mu"]},
        "patience": {"mean": 60 / given["theta"]},
        "target": {"share": 0.8, "within": 60 * given["T_min"]},
    }
    desk = {"name": "desk", "skills": ["calls"], "staffing": given["n"]}
    horizon = Horizon(interval=3600.0, warm_up=3600.0)
    scenario = scenario_from(
        {"name": "desk", "contact_types": [calls], "agent_groups": [desk], "horizon": horizon.model_dump()}
    )
    found = judge(evaluator(seed=11)([scenario], 160)[0])[0]
    assert abs(found.value - float(row["value"])) < TOO_MANY * found.error
