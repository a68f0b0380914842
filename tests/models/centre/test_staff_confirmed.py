"""One requirement: the heads of `staff`, the steps of `requirement` and the table of `approximate` agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.centre.approximate import approximate
from models.centre.requirement import requirement
from models.centre.staffing import staff
from scenarios.scenario import Scenario
from scenarios.yaml import files
from tests.folders import CASES
from tests.models.centre.test_requirement import busy, desk


def back_office() -> Scenario:
    """312.5 requests an hour of 15 minutes in office hours, 99 % within 24 hours: 78.1 erlangs."""
    return files.load(CASES / "back_office.yaml")


def test_back_office_needs_seventy_nine_in_both_tables() -> None:
    """Heads and steps would differ, or be more than the least number that works: the load of 78.1, rounded up."""
    staffing, steps = staff(back_office()).staffing, requirement(back_office())
    assert staffing.max() == 79
    assert np.array_equal(steps["on_duty"].to_numpy(), staffing[0])


def test_one_agent_fewer_in_the_back_office_is_not_confirmed() -> None:
    """The formula would confirm 78 agents, whose backlog grows, or not confirm the 79 of the plan."""
    levels = [
        approximate(
            back_office().replace_group("office", staffing={"Mon-Fri 09:00-17:00": n}), measures=["service_level"]
        )
        for n in (78, 79)
    ]
    assert levels[0]["value"].iloc[-1] < 0.99 <= levels[1]["value"].iloc[-1]


@pytest.mark.parametrize("absence", [0.0, 0.05, 0.1, 0.25])
@pytest.mark.parametrize("per_hour", [7.0, 60.0, 120.0, 333.0])
def test_steps_and_heads_are_one_number(per_hour: float, absence: float) -> None:
    """Absence would be added to agents that were rounded before, so that there are two roundings and two numbers."""
    centre = desk(per_hour, group={"shrinkage": {"planned": 0.3, "absence": absence}})
    row, staffing = busy(requirement(centre)), int(staff(centre).staffing.max())
    assert row["on_duty"] == staffing
    agents = row["for_load"] + row["safety"] + row["for_occupancy"]
    assert staffing == np.ceil(agents / (1 - absence) - 1e-9)
    assert row["scheduled"] == pytest.approx(staffing / 0.7)


@pytest.mark.parametrize("options", [{"days": 0.9}, {"max_occupancy": 0.7}, {"rule": "mol-mean"}])
def test_steps_and_heads_agree_with_every_option(options: dict[str, Any]) -> None:
    """An option would be used for the heads and forgotten in the steps."""
    varied = desk(
        contact_type={"volume": {"per_hour": 120, "variation": {"cv": 0.2}}}, group={"shrinkage": {"absence": 0.1}}
    )
    steps, staffing = requirement(varied, **options), staff(varied, **options).staffing[0]
    assert np.array_equal(steps["on_duty"].to_numpy(), staffing)


CHANNELS = st.fixed_dictionaries(
    {
        "chat": st.booleans(),
        "per_hour": st.floats(2, 300),
        "aht": st.integers(60, 900),
        "share": st.sampled_from([0.5, 0.8, 0.95]),
        "within": st.sampled_from([5, 20, 120]),
        "patience": st.sampled_from([None, 60.0, 300.0]),
        "desk": st.booleans(),
    }
)


def centre(contact_types: list[dict[str, Any]], absence: float, price: float, speed: float) -> Scenario:
    """Channels, most with a desk of their own, and a flexible group that overflows from all."""
    types, groups = [], []
    for k, contact_type in enumerate(contact_types):
        types.append(
            {
                "name": f"t{k}",
                "channel": "chat" if contact_type["chat"] else "phone",
                "volume": {"per_hour": contact_type["per_hour"]},
                "handle_time": {"mean": contact_type["aht"]},
                "target": {"share": contact_type["share"], "within": contact_type["within"]},
                **({"patience": {"mean": contact_type["patience"]}} if contact_type["patience"] else {}),
            }
        )
        if contact_type["desk"]:
            groups.append({"name": f"desk{k}", "skills": [f"t{k}"], "staffing": 3, "cost_per_hour": 18})
    skills = {contact_type["name"]: {"rank": k + 1, "speed": speed} for k, contact_type in enumerate(types)}
    groups.append({"name": "flexible", "skills": skills, "staffing": 2, "cost_per_hour": price})
    for group in groups:
        group |= {"max_concurrent": 2, "concurrency_speed": [1.0, 0.8], "shrinkage": {"absence": absence}}
    return Scenario(name="mixed", horizon={"interval": "12 h"}, contact_types=types, agent_groups=groups)


@settings(max_examples=15, deadline=None)
@given(
    contact_types=st.lists(CHANNELS, min_size=2, max_size=4),
    absence=st.sampled_from([0.0, 0.05, 0.2]),
    price=st.sampled_from([15.0, 20.0, 30.0]),
    speed=st.sampled_from([1.0, 0.9]),
)
def test_formulas_confirm_what_they_staff(
    contact_types: list[dict[str, Any]], absence: float, price: float, speed: float
) -> None:
    """*Staff it* would write a plan that the table of the formulas does not confirm, target by target."""
    plan = staff(centre(contact_types, absence, price, speed))
    rows = approximate(plan, measures=["service_level"]).query("by == 'type'").set_index("of")["value"]
    for contact_type in plan.contact_types:
        assert np.isnan(rows[contact_type.name]) or rows[contact_type.name] >= contact_type.target.share


@pytest.mark.parametrize("cost", [10.0, 30.0])
def test_one_head_fewer_is_not_enough(cost: float) -> None:
    """A head could be taken from the least plan and the formulas would still confirm it."""
    contact_type = {
        "chat": False,
        "per_hour": 40.0,
        "aht": 300,
        "share": 0.8,
        "within": 20,
        "patience": 300.0,
        "desk": True,
    }
    plan = staff(centre([contact_type, contact_type | {"per_hour": 90.0}], 0.0, cost, 1.0))
    for g, name in enumerate(plan.group_names):
        if plan.staffing[g, 0]:
            fewer = plan.replace_group(name, staffing=int(plan.staffing[g, 0]) - 1)
            rows = approximate(fewer, measures=["service_level"]).query("by == 'type'")
            assert (rows["value"] < 0.8).any()
