"""A plan as staffing of its scenario: the same people at work in every interval, and the same pay."""

from __future__ import annotations

import numpy as np
import pytest

from models.scheduling.patterns import rules_from
from models.scheduling.shift_plan import plan_shifts
from models.scheduling.to_scenario import scenario_with_shifts
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
