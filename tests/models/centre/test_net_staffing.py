"""Planned less required heads: consistent with what the formulas say of a plan, nobody credited twice."""

from __future__ import annotations

import numpy as np
import pytest

from models.centre.approximate import approximate
from models.centre.net_staffing import required_staffing
from models.centre.staffing import staff
from scenarios.scenario import Scenario
from scenarios.yaml import presets
from tests.models.centre.test_requirement import desk


def three_channels(phone: int, chat: int, mail: int, both: int) -> Scenario:
    """Phone, chat and e-mail with desks of their own and a flexible group for all."""
    return Scenario(
        name="channels",
        horizon={"interval": "12 h"},
        contact_types=[
            {
                "name": "phone",
                "channel": "phone",
                "volume": {"per_hour": 90},
                "handle_time": {"mean": "5 min"},
                "patience": {"mean": "5 min"},
                "target": {"share": 0.8, "within": "20s"},
            },
            {
                "name": "chat",
                "channel": "chat",
                "volume": {"per_hour": 60},
                "handle_time": {"mean": "8 min"},
                "patience": {"mean": "4 min"},
                "target": {"share": 0.8, "within": "60s"},
            },
            {
                "name": "mail",
                "channel": "email",
                "volume": {"per_hour": 20},
                "handle_time": {"mean": "6 min"},
                "target": {"share": 0.9, "within": "4 h"},
            },
        ],
        agent_groups=[
            {"name": "phone-desk", "skills": ["phone"], "staffing": phone},
            {
                "name": "chat-desk",
                "skills": ["chat"],
                "staffing": chat,
                "max_concurrent": 2,
                "concurrency_speed": [1.0, 0.8],
            },
            {"name": "writers", "skills": ["mail"], "staffing": mail},
            {
                "name": "flexible",
                "skills": ["phone", "chat", "mail"],
                "staffing": both,
                "max_concurrent": 2,
                "concurrency_speed": [1.0, 0.8],
            },
        ],
    )


def met(plan: Scenario) -> bool:
    """Whether the formulas say that every type keeps its target."""
    rows = approximate(plan, measures=["service_level"]).query("by == 'type'").set_index("of")["value"]
    return all(
        rows[contact_type.name] >= contact_type.target.share
        for contact_type in plan.contact_types
        if contact_type.target
    )


PLANS = [(9, 6, 3, 0), (7, 5, 2, 4), (5, 4, 2, 3), (0, 0, 0, 20), (12, 0, 0, 9), (9, 6, 0, 0)]


@pytest.mark.parametrize("staffing", PLANS)
def test_net_staffing_agrees_with_the_verdict(staffing: tuple[int, int, int, int]) -> None:
    """A plan that the formulas confirm would be short somewhere, or one that they do not would be short nowhere."""
    plan = three_channels(*staffing)
    assert bool((plan.staffing < required_staffing(plan)).any()) != met(plan)


@pytest.mark.parametrize("staffing", PLANS)
def test_required_staffing_keep_the_targets(staffing: tuple[int, int, int, int]) -> None:
    """The required heads of a plan would not be enough by the formulas that ask for them."""
    plan = three_channels(*staffing)
    needed = required_staffing(plan)
    for g, name in enumerate(plan.group_names):
        plan = plan.replace_group(name, staffing=needed[g].tolist())
    assert met(plan)


def test_a_plan_without_slack_has_none() -> None:
    """The reference desk would have a head too many or too few with the 16 of every Erlang C table."""
    assert (desk().staffing[0, 16:36] - required_staffing(desk())[0, 16:36] == 0).all()
    assert (required_staffing(desk(group={"staffing": 18}))[0, 16:36] == 16).all()
    assert (required_staffing(desk(group={"staffing": 14}))[0, 16:36] == 16).all()


def test_flexible_agents_are_credited() -> None:
    """On the retailer's day the desks would be short nearly everywhere although flexible agents carry the rest."""
    shop = presets.load("retail-weekday")
    open_hours = shop.staffing > 0
    short = (shop.staffing < required_staffing(shop)) & open_hours
    assert short.sum() <= 0.1 * open_hours.sum()


def test_the_plan_of_the_formulas_is_confirmed_by_them() -> None:
    """The heads of *Staff it* would be short by the chart that stands beside them."""
    for shop in (presets.load("retail-weekday"), three_channels(4, 3, 1, 3)):
        plan = staff(shop)
        assert (plan.staffing >= required_staffing(plan)).all()
        assert met(plan)


def test_credit_adds_up() -> None:
    """Required heads of two desks and a flexible group together would exceed what one pool needs by separate desks."""
    silos = presets.load("three-silos")
    needed = required_staffing(silos)
    assert np.array_equal(needed.sum(axis=0).max(), 21)
