"""Staffing from targets: exact for single skills, safe bounds for several, deferred work in the gaps."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import gamma

from models.centre.approximate import approximate
from models.centre.cover import min_staffing
from models.centre.staffing import staff
from models.queueing.erlang import erlang_a, erlang_c
from models.queueing.inverse import Goal, min_agents
from scenarios.contact_types import Definition
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario
from scenarios.yaml import presets
from tests.models.centre.test_requirement import desk
from tests.truth_tables import truth_rows

PATIENCE = 300.0


def test_reference_desk() -> None:
    """120 an hour, 360 s and 80/20 would not get 16 heads in open hours and none in closed ones."""
    staffing = staff(desk()).staffing[0]
    assert staffing.tolist() == [0] * 16 + [16] * 20 + [0] * 12


@pytest.mark.parametrize("definition", get_args(Definition))
def test_least_heads_for_each_definition(definition: Definition) -> None:
    """A service level would be met by one head fewer, or missed by the heads given."""
    target = {"share": 0.9, "within": "15s", "definition": definition}
    staffing = int(staff(desk(contact_type={"patience": {"mean": PATIENCE}, "target": target})).staffing.max())
    levels = erlang_a(1 / 30, 360.0, PATIENCE, np.array([staffing - 1.0, staffing]), 15.0).service_level(definition)
    assert levels[0] < 0.9 <= levels[1]


def test_least_heads_for_abandonment_and_asa() -> None:
    """Limits on leavers and on the mean wait would be missed, or met by one head fewer."""
    limited = desk(contact_type={"patience": {"mean": PATIENCE}, "target": {"max_abandonment": 0.02}})
    staffing = int(staff(limited).staffing.max())
    lost = erlang_a(1 / 30, 360.0, PATIENCE, np.array([staffing - 1.0, staffing])).p_abandon
    assert lost[0] > 0.02 >= lost[1]
    quick = desk(contact_type={"target": {"max_asa": "30s"}})
    staffing = int(staff(quick).staffing.max())
    waits = erlang_c([1 / 30, 1 / 30], 360.0, np.array([staffing - 1.0, staffing])).asa
    assert waits[0] > 30 >= waits[1]


def test_absence_is_divided() -> None:
    """One agent in twenty absent: 16 at work would not need 16 / 0.95 = 16.8, hence 17 heads."""
    assert staff(desk(group={"shrinkage": {"absence": 0.05, "planned": 0.3}})).staffing.max() == 17


def test_two_groups_share_one_type() -> None:
    """The heads of two groups would not add up to the requirement, or leave their proportion."""
    two = Scenario.model_validate(
        {
            "name": "two",
            "horizon": {"interval": "30 min"},
            "contact_types": desk().contact_types,
            "agent_groups": [
                {"name": "big", "skills": ["calls"], "staffing": 30},
                {"name": "small", "skills": ["calls"], "staffing": 10},
            ],
        }
    )
    assert staff(two).staffing[:, 20].tolist() == [12, 4]


def test_pool_is_staffed_as_one() -> None:
    """Three lines in one pool would get 3 x 7 instead of 16, or three silos 16."""
    assert staff(presets.load("one-pool")).staffing.max() == 16
    assert staff(presets.load("three-silos")).staffing.max(axis=1).tolist() == [7, 7, 7]


def test_flexible_agents_are_not_counted_twice() -> None:
    """Ten flexible agents would do for two types of 7 erlangs each because either needs only ten."""
    both = skills_of_two(flexible_only=True)
    assert staff(both).staffing.max() == min_agents(140 / 3600, 360.0, Goal(service_level=0.8, within=20.0))
    assert min_agents(70 / 3600, 360.0, Goal(service_level=0.8, within=20.0)) == 10


def skills_of_two(flexible_only: bool = False, flexible: float = 1.0) -> Scenario:
    """Two phone types of 70 an hour: desks of their own and a flexible group, or only the latter."""
    contact_types = [
        {
            "name": name,
            "channel": "phone",
            "volume": {"per_hour": 70},
            "handle_time": {"mean": 360},
            "target": {"share": 0.8, "within": 20},
        }
        for name in ("a", "b")
    ]
    groups: list[dict[str, Any]] = [
        {"name": "both", "skills": ["a", "b"], "staffing": 1, "cost_per_hour": 20.0 * flexible},
        {"name": "desk-a", "skills": ["a"], "staffing": 1, "cost_per_hour": 20.0},
        {"name": "desk-b", "skills": ["b"], "staffing": 1, "cost_per_hour": 20.0},
    ]
    return Scenario(
        name="two",
        horizon={"interval": "30 min"},
        contact_types=contact_types,
        agent_groups=groups[:1] if flexible_only else groups,
    )


@pytest.mark.parametrize("premium", [0.9, 1.0, 1.1, 1.5])
def test_overlapping_skills_are_safe(premium: float) -> None:
    """A set of types would have fewer agents than one pool for it needs, or more than separate desks would."""
    staffing = staff(skills_of_two(flexible=premium)).staffing[:, 0]
    assert staffing[0] + staffing[1] >= 10
    assert staffing[0] + staffing[2] >= 10
    pool = min_agents(140 / 3600, 360.0, Goal(service_level=0.8, within=20.0))
    assert pool <= staffing.sum() <= 20


def optima() -> dict[str, tuple[dict[str, Any], float]]:
    """The open cases of the exact multi-skill table: parameters and the least cost."""
    rows = truth_rows("multiskill_staffing_optimum.csv", "cost")
    return {row["case"]: (json.loads(row["given"]), float(row["value"])) for row in rows}


@pytest.mark.parametrize("case", optima())
def test_safe_start_beside_the_exact_optimum(case: str) -> None:
    """The safe start would be cheaper than any plan that meets the targets, or dearer than separate desks."""
    p, optimum = optima()[case]
    load = np.array(p["lambda_per_min"]) / p["mu_per_min"]
    goals = [Goal(service_level=p["SL_target_each_class"], within=within) for within in p["T_min"]]
    alone = [
        int(min_agents(rate, 1 / p["mu_per_min"], goal, 1 / theta))
        for rate, goal, theta in zip(p["lambda_per_min"], goals, p["theta_per_min"], strict=True)
    ]
    cost = np.array([p["cost"][name] for name in ("only1", "only2", "flexible")])
    can = np.array([[True, False], [False, True], [True, True]])
    staffing = min_staffing(load, np.array(alone, dtype=float), can, np.ones((3, 2)), cost)
    assert optimum - 1e-9 <= staffing @ cost <= np.array(alone) @ cost[:2] + 1e-9


@settings(max_examples=30)
@example(loads=[13.0, 1.0, 1.0], can=[[True, False, False]] * 2)  # HiGHS gave up where rows had a slack to no purpose
@given(
    loads=st.lists(st.floats(0.1, 30), min_size=3, max_size=3),
    can=st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=2, max_size=4),
)
def test_every_set_of_types_is_covered(loads: list[float], can: list[list[bool]]) -> None:
    """Some set of types would have no more agents than its load, or a useless group would get heads."""
    able = np.array([*can, [True, True, True]])
    load = np.array(loads)
    staffing = min_staffing(load, np.ceil(load + np.sqrt(load)), able, np.ones(able.shape), np.ones(len(able)))
    for size in (1, 2, 3):
        for members in combinations(range(3), size):
            there = staffing[able[:, list(members)].any(axis=1)].sum()
            total = load[list(members)].sum()
            assert there >= total + np.sqrt(total) - 1e-6
    assert (staffing[~able.any(axis=1)] == 0).all()


def test_busy_days_need_more() -> None:
    """Staffing for nine days in ten would not be that of the day which one in ten exceeds."""
    varied = desk(contact_type={"volume": {"per_hour": 120, "variation": {"cv": 0.2}}})
    factor = gamma.ppf(0.9, 25, scale=1 / 25)
    expected = min_agents(120 * factor / 3600, 360.0, Goal(service_level=0.8, within=20.0))
    assert staff(varied, days=0.9).staffing.max() == expected
    assert staff(varied).staffing.max() == 16


def test_deferred_work_uses_the_gaps() -> None:
    """Mail that fits into the idle time of a phone desk would get heads of its own."""
    mail = {
        "name": "mail",
        "channel": "email",
        "volume": {"daily": 20},
        "handle_time": {"mean": "5 min"},
        "target": {"share": 0.5, "within": "24 h"},
    }
    calls = desk(contact_type={"open": "always"}).contact_types[0]
    mixed = Scenario(
        name="mixed",
        horizon={"interval": "30 min"},
        contact_types=[calls, mail],
        agent_groups=[{"name": "desk", "skills": ["calls", "mail"], "staffing": 16}],
    )
    assert staff(mixed).staffing.max() == 16


def test_deferred_promise_is_kept() -> None:
    """A plan for mail would miss by formula what it was made for."""
    plan = staff(presets.load("one-hour"))
    rows = approximate(plan, measures=["response_by_person_or_bot"]).query("by == 'type'")
    assert (rows["value"] >= 0.9).all()


def test_hours_that_cannot_do_it_end_in_a_plan() -> None:
    """A target above the calendar's ceiling would never end, or ask for a crowd."""
    office = presets.load("one-hour").replace_group("writers", staffing={"Mon-Fri 09:00-18:00": 6})
    staffing = staff(office).staffing
    assert 5 <= staffing.max() <= 200
    assert (staffing[0] > 0).sum() == 5 * 18


def test_plan_is_a_fixed_point() -> None:
    """Staffing a staffed plan would change it."""
    once = staff(presets.load("bot-first"))
    assert np.array_equal(staff(once).staffing, once.staffing)


@pytest.mark.parametrize("days", [0.0, 1.0, -1.0])
def test_senseless_days_are_refused(days: float) -> None:
    """Staffing for all days or none would give a number."""
    with pytest.raises(InvalidValue, match="days"):
        staff(desk(), days=days)


def test_targets_on_a_share_of_days() -> None:
    """A target for nine days in ten would be staffed for the mean day."""
    target = {"share": 0.8, "within": "20s", "on_days": 0.9}
    varied = desk(contact_type={"volume": {"per_hour": 120, "variation": {"cv": 0.2}}, "target": target})
    factor = gamma.ppf(0.9, 25, scale=1 / 25)
    expected = min_agents(120 * factor / 3600, 360.0, Goal(service_level=0.8, within=20.0))
    assert staff(varied).staffing.max() == expected


def test_limits_of_groups_hold() -> None:
    """A group would get more heads than it may have, fewer than it must, or be busier than it may be."""
    assert staff(desk(group={"max_agents": 10})).staffing.max() == 10
    assert staff(desk(per_hour=1, group={"min_agents": 5})).staffing.max() == 5
    assert staff(desk(group={"max_occupancy": 0.7})).staffing.max() == 18
    two = skills_of_two(flexible=0.5).replace_group("both", max_agents=3)
    staffing = staff(two).staffing[:, 0]
    assert staffing[0] <= 3
    assert staffing[0] + staffing[1] >= 10
