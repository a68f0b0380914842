"""A plan as staffing of its scenario: the same people at work in every interval, and the same pay."""

from __future__ import annotations

import numpy as np
import pytest

from models.optimisation.plan_space import refuse_shifts
from models.scheduling.patterns import rules_from
from models.scheduling.shift_plan import plan_shifts
from models.scheduling.to_scenario import scenario_with_shifts
from scenarios.errors import InvalidScenario
from scenarios.horizon import Horizon
from scenarios.shifts.duties import on_duty
from scenarios.yaml import files, presets

BREAKS = [
    {"length": "30 min", "earliest": "3 h", "latest": "4 h", "paid": False},
    {"length": "15 min", "earliest": "6 h"},
]
SPLIT = {"name": "split", "lengths": ["3 h"], "second_part": {"length": "3 h", "pause": ["2 h"]}, "start_step": "4 h"}
PATTERNS = [{"name": "8 h", "lengths": ["8 h"], "start_step": "4 h", "breaks": BREAKS}, SPLIT]


@pytest.mark.parametrize("name", ["one-hour", "retail-weekday"])
def test_the_same_people_are_at_work(name: str) -> None:
    """A break would be lost, or a day mistaken: people by quarter of an hour as the plan counts them."""
    scenario = presets.load(name)
    rules = rules_from({"patterns": PATTERNS, "repeats": False, "understaffing_price": 60})
    plan = plan_shifts(scenario, rules, gap=0.3, seconds=3)
    used = scenario_with_shifts(plan)
    finer = Horizon.model_validate(used.horizon.model_dump() | {"interval": 900.0})
    for group in plan.problem.requirement:
        shifts = used.group(group).shifts
        if shifts is not None:
            assert np.allclose(on_duty(shifts, finer), plan.present[group])
    assert files.loads(files.dump(used)) == used


HALVES = [
    {"length": "30 min", "earliest": "2 h", "latest": "4 h", "paid": False},
    {"length": "30 min", "earliest": "5 h", "latest": "6 h"},
]


@pytest.mark.parametrize("days, breaks", [(1, HALVES), (7, HALVES[:1]), (8, [])])
def test_heads_are_those_of_the_plan(days: int, breaks: list[dict[str, object]]) -> None:
    """A break, a night over midnight or a day is lost on the way; a horizon that repeats sees its last night first."""
    horizon = {"start": "2026-03-04", "days": days, "interval": "1 h"}
    scenario = presets.load("help-desk").replace_group("desk", staffing=2).replace(horizon=horizon)
    second = {"length": "3 h", "pause": ["2 h"]}
    split = {"name": "split", "lengths": ["4 h"], "earliest_start": "10:00", "latest_start": "10:00"}
    whole = {"name": "day", "lengths": ["8 h"], "start_step": "6 h", "breaks": breaks, "latest_start": "18:00"}
    patterns = [whole, split | {"second_part": second, "min_people": 1}]
    plan = plan_shifts(scenario, rules_from({"patterns": patterns, "interval": "30 min"}), "plan", gap=0.2, seconds=20)
    staffed = scenario_with_shifts(plan)
    heads = plan.present["desk"].reshape(-1, 2).mean(axis=1)
    np.testing.assert_allclose(staffed.expected_on_duty[0], heads)
    assert files.loads(files.dump(staffed)) == staffed
    with pytest.raises(InvalidScenario, match="given as shifts"):
        refuse_shifts(staffed)
