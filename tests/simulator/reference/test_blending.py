"""The adaptive reservation: its two limits are known without it."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.scenario import Scenario, scenario_from
from simulator.experiment import play
from simulator.logs import ContactLog
from simulator.reference.blending import adaptive


@pytest.fixture
def blend() -> Scenario:
    """Four people with calls and e-mail all day."""
    return scenario_from(
        {
            "name": "blend",
            "contact_types": [
                {
                    **{"name": "calls", "channel": "phone", "volume": {"per_hour": 20}, "patience": {"mean": "5 min"}},
                    **{"handle_time": {"mean": "5 min"}, "target": {"share": 0.8, "within": "20s"}},
                },
                {"name": "mail", "channel": "email", "volume": {"per_hour": 12}, "handle_time": {"mean": "6 min"}},
            ],
            "agent_groups": [{"name": "desk", "skills": {"calls": {"rank": 1}, "mail": {"rank": 2}}, "staffing": 4}],
        }
    )


def test_who_wants_nothing_keeps_nobody(blend):
    """With service always good enough the rules differ from those without a reservation."""
    plain, adapting = play(blend, seed=3), play(blend, seed=3, policy=adaptive(0.0))
    for column in ("answer", "end", "agent"):
        assert np.array_equal(getattr(plain.contacts, column), getattr(adapting.contacts, column), equal_nan=True)


def test_who_wants_the_impossible_keeps_everybody_from_mail(blend):
    """With service never good enough e-mail is still answered after the first hours."""
    log = play(blend, seed=3, policy=adaptive(1.1)).contacts
    late_mail = (log.type == 1) & (log.answer > 4 * 3600)
    plain = play(blend, seed=3).contacts
    assert ((plain.type == 1) & (plain.answer > 4 * 3600)).sum() > 100
    assert late_mail.sum() == 0


def test_calls_get_better_service_while_mail_is_still_answered(blend):
    """The reservation moves away from what is wanted, or e-mail is given up for it."""

    def in_time(log: ContactLog) -> float:
        calls = log.type == 0
        return float((log.answer[calls] - log.entry[calls] <= 20).mean())

    plain, adapting = play(blend, seed=3).contacts, play(blend, seed=3, policy=adaptive(0.88)).contacts
    assert in_time(adapting) > in_time(plain) + 0.03
    assert ((adapting.type == 1) & ~np.isnan(adapting.answer)).sum() > 100
