"""Weeks of work that may wait, searched with the simulator: a draw that changed nothing ended in a traceback."""

from __future__ import annotations

from typing import Any

import pytest

from models.optimisation.search import optimise
from scenarios.scenario import scenario_from
from simulator.evaluator import evaluator

OPEN = "Mon-Fri 09:00-17:00"
HOURS = 5 * 8.0


def contacts(name: str, channel: str, per_hour: float, minutes: float, **more: Any) -> dict[str, Any]:
    """A contact type of a week from nine to five."""
    given = {"name": name, "channel": channel, "open": OPEN, "volume": {"per_hour": per_hour}}
    return given | {"handle_time": {"mean": 60 * minutes}} | more


MAILS = {"target": {"share": 0.9, "within": "24 h"}}
CALLS = {"target": {"share": 0.8, "within": "20s"}, "patience": {"mean": "3 min"}}


@pytest.mark.slow
@pytest.mark.parametrize(
    "types, staffing, load",
    [
        ([contacts("mails", "email", 40, 10, **MAILS)], 8, 40 * 10 / 60 * HOURS),
        (
            [contacts("calls", "phone", 60, 5, **CALLS), contacts("mails", "email", 20, 10, **MAILS)],
            12,
            (0.8 * 60 * 5 / 60 + 20 * 10 / 60) * HOURS,
        ),
    ],
)
def test_a_week_of_mail_has_a_plan(types: list[dict[str, Any]], staffing: int, load: float) -> None:
    """All mail, and four of five calls, have to be answered: no plan has fewer hours than they take."""
    group = {"name": "desk", "skills": [contact_type["name"] for contact_type in types], "staffing": {OPEN: staffing}}
    horizon = {"start": "2026-03-02", "days": 5, "interval": "30 min"}
    scenario = scenario_from({"name": "week", "horizon": horizon, "contact_types": types, "agent_groups": [group]})
    plan = optimise(scenario, evaluator(seed=1), seconds=8, fresh=20)
    assert plan.proven == pytest.approx(load)
    assert plan.status != "missed"
    assert plan.proven <= plan.bound <= plan.cost <= 1.5 * 2 * staffing * HOURS
    assert plan.staffing.any()
