"""The rules of plans that planners accept: floors, shortest runs, a price on changes, repeated hours alike."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.optimisation.plan_rules import ACCEPTED, NO_RULES, PlanRules, lowered, raised, with_floors
from models.optimisation.plan_space import plan_space
from models.optimisation.search import optimise
from models.optimisation.verdicts import judge
from scenarios.errors import InvalidValue, Unreachable
from scenarios.requirements import constraints
from scenarios.scenario import Scenario, scenario_from
from scenarios.units import HOUR
from scenarios.yaml import presets
from tests.models.optimisation.test_search import Stand, centre

ROWS = st.lists(st.integers(0, 4), min_size=2, max_size=8).map(np.array)


def short(row: np.ndarray) -> bool:
    """Whether a period is higher than both its neighbours (outside there is nobody) or, inside, lower than both."""
    padded = [0, *row, 0]
    inner = range(2, len(padded) - 2)
    peaks = any(padded[i] > max(padded[i - 1], padded[i + 1]) for i in range(1, len(padded) - 1))
    return peaks or any(padded[i] < min(padded[i - 1], padded[i + 1]) for i in inner)


@given(ROWS)
def test_two_hours_at_least(row: np.ndarray) -> None:
    """A peak or dip of one hour would be left, agents added by taking away, or a plan that is fine be changed."""
    whole = [slice(0, len(row))]
    more, fewer = raised(row, whole, 2), lowered(row, whole, 2)
    assert not short(more)
    assert not short(fewer)
    assert (more >= row).all()
    assert (fewer <= row).all()
    if not short(row):
        assert more.tolist() == fewer.tolist() == row.tolist()


def test_floors_by_default() -> None:
    """Ten points below, at least 50 %, and none where work may wait, a floor is given, or each hour has the target."""
    day = presets.load("retail-weekday")
    texts = [constraint.text for constraint in constraints(with_floors(day, ACCEPTED)) if constraint.floor]
    assert texts == [
        "at least 70 % within 20 s in every open hour",
        "at least 70 % within 1 min in every open hour",
    ]
    own = centre({"share": 0.8, "within": "20s", "floor": 0.6})
    assert [c.limit for c in constraints(with_floors(own, ACCEPTED)) if c.floor] == [0.6, 0.6]
    hourly = centre({"share": 0.8, "within": "20s", "every": "hour"})
    assert with_floors(hourly, ACCEPTED) == hourly
    assert with_floors(day, NO_RULES) == day


@pytest.mark.parametrize(
    "target, text",
    [
        ({"share": 0.8, "within": "20s", "floor": 0.8}, "floor"),
        ({"max_asa": "20s", "floor": 0.5}, "floor"),
        ({"share": 0.8, "within": "20s", "every": "hour", "floor": 0.5}, "every hour"),
    ],
)
def test_a_floor_that_says_nothing_is_refused(target: dict[str, Any], text: str) -> None:
    """A floor above its target would be taken."""
    with pytest.raises(InvalidValue, match=text):
        centre(target)


@pytest.mark.parametrize(
    "rules", [{"floor": 0.0}, {"floor": 1.0}, {"change_price": -1.0}, {"min_run": math.nan}, {"change_price": math.inf}]
)
def test_rules_that_cannot_be_used_are_refused(rules: dict[str, float]) -> None:
    """A search would begin with a price of minus one."""
    with pytest.raises(InvalidValue, match=next(iter(rules))):
        PlanRules(**rules)


def test_no_period_below_its_floor() -> None:
    """Sixteen agents would do for a day at 78 %, with periods of one agent at 60 %: each of four must reach 68 %."""
    target = {"share": 0.78, "within": "20s"}
    poor = optimise(centre(target), Stand(0.6), block=6 * HOUR, fresh=20, seconds=30)
    even = optimise(centre(target), Stand(0.6), block=6 * HOUR, rules=PlanRules(floor=0.1), fresh=20, seconds=30)
    assert poor.staffing.min() == 1  # 60, 84, 84, 84: 78 %
    assert even.staffing.tolist() == [[2, 2, 2, 2]] * 2
    assert [judged.constraint.floor for judged in even.constraints] == [False, True] * 2
    assert even.status == "met"
    assert even.scenario.contact_types[0].target == centre(target).contact_types[0].target


def test_a_floor_out_of_reach_is_refused_before_the_search() -> None:
    """The search would add agents until its time is over."""
    target = {"share": 0.55, "within": "20s", "floor": 0.54}
    stand = Stand(0.3)
    with pytest.raises(Unreachable, match=r"51\.0 %.*max_agents"):  # two agents answer 1 - 0.7 x 0.7
        optimise(centre(target, max_agents=2), stand, block=6 * HOUR, fresh=20, seconds=30)
    assert stand.replications_used <= 24


def week(warm_up: str = "0 h", days: int = 1, weekdays: list[float] | None = None) -> Scenario:
    """A desk around the clock with fewer calls at night."""
    volume: dict[str, Any] = {"per_interval": [6.0] * 8 + [30.0] * 12 + [10.0] * 4}
    if weekdays:
        volume["weekdays"] = weekdays
    return scenario_from(
        {
            "name": "desk",
            "horizon": {"start": "2026-03-02", "interval": "1 h", "warm_up": warm_up, "days": days},
            "contact_types": [
                {
                    "name": "calls",
                    "channel": "phone",
                    "volume": volume,
                    "handle_time": {"mean": "5 min"},
                    "target": {"share": 0.8, "within": "20s"},
                }
            ],
            "agent_groups": [{"name": "desk", "skills": ["calls"], "staffing": 5, "cost_per_hour": 20}],
        }
    )


def test_hours_that_are_not_judged_are_like_those_that_are() -> None:
    """The two hours of a warm-up would be left with too few; the nearest hour with the same calls is at two."""
    space = plan_space(week("2 h"), rules=ACCEPTED)
    assert space.representative.tolist() == [2, 2, *range(2, 24)]
    staffing = np.full((1, 24), 3)
    staffing[0, :2] = 1
    assert space.raised(staffing).tolist() == [[3] * 24]
    assert not space.keeps_rules(staffing)


def test_days_that_repeat_are_staffed_alike() -> None:
    """Equal days all alike, its warm-up like the second day; else only the same weekday of another week."""
    share = plan_space(week("2 h", days=2), rules=ACCEPTED).representative
    assert share.tolist() == [24, 25, *range(2, 24), 24, 25, *range(2, 24)]
    weekdays = [1.0, 1, 1, 1, 1, 0.5, 0.5]
    share = plan_space(week(days=8, weekdays=weekdays), rules=ACCEPTED).representative
    assert share.tolist() == [*range(7 * 24), *range(24)]
    assert plan_space(week("2 h", days=2)).representative.tolist() == list(range(48))


def test_changes_have_a_price_that_nobody_pays() -> None:
    """Up by 2, down by 1, at a tenth of 20 an hour each: 6."""
    space = plan_space(week(), rules=PlanRules(change_price=0.1))
    staffing = np.array([[3] * 8 + [5] * 12 + [4] * 4])
    assert space.changes(staffing).tolist() == [3]
    assert space.change_cost(staffing) == pytest.approx(6.0)
    assert space.cost(staffing) == 20 * staffing.sum()


def test_a_plan_keeps_every_rule() -> None:
    """The parts of a search would each undo what the others keep."""
    rules = PlanRules(floor=0.1, change_price=0.1, min_run=12 * HOUR, repeat=True)
    plan = optimise(centre(), Stand(0.45, noise=3.0), block=6 * HOUR, rules=rules, fresh=100, seconds=30)
    assert plan.status == "met"
    assert not any(short(row) for row in plan.staffing)
    assert plan.change_cost == pytest.approx(0.1 * plan.changes)
    assert judge(Stand(0.45)([plan.scenario], 2)[0])[0].margin >= 0
