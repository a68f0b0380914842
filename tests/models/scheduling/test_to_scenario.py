"""A plan of shifts in a scenario gives the people at work that the plan had."""

from __future__ import annotations

import numpy as np
import pytest

from models.optimisation.plan_space import refuse_shifts
from models.scheduling.patterns import rules_from
from models.scheduling.shift_plan import plan_shifts
from models.scheduling.to_scenario import with_shifts
from scenarios.errors import InvalidScenario
from scenarios.yaml import files, presets

BREAKS = [
    {"length": "30 min", "earliest": "2 h", "latest": "4 h", "paid": False},
    {"length": "30 min", "earliest": "5 h", "latest": "6 h"},
]


@pytest.mark.parametrize("days, breaks", [(1, BREAKS), (7, BREAKS[:1]), (8, [])])
def test_heads_are_those_of_the_plan(days: int, breaks: list[dict[str, object]]) -> None:
    """A break, a night over midnight or a day is lost on the way; a horizon that repeats sees its last night first."""
    horizon = {"start": "2026-03-04", "days": days, "interval": "1 h"}
    scenario = presets.load("help-desk").replace_group("desk", staffing=2).replace(horizon=horizon)
    second = {"length": "3 h", "pause": ["2 h"]}
    split = {"name": "split", "lengths": ["4 h"], "earliest_start": "10:00", "latest_start": "10:00"}
    whole = {"name": "day", "lengths": ["8 h"], "start_step": "6 h", "breaks": breaks, "latest_start": "18:00"}
    patterns = [whole, split | {"second_part": second, "min_people": 1}]
    plan = plan_shifts(scenario, rules_from({"patterns": patterns, "interval": "30 min"}), "plan", gap=0.2, seconds=20)
    staffed = with_shifts(scenario, plan)
    heads = plan.present["desk"].reshape(-1, 2).mean(axis=1)
    np.testing.assert_allclose(staffed.expected_on_duty[0], heads)
    assert files.loads(files.dump(staffed)) == staffed
    with pytest.raises(InvalidScenario, match="given as shifts"):
        refuse_shifts(staffed)
