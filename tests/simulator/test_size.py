"""What a run will take, found before anything is allocated."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios.errors import TooLarge
from scenarios.scenario import Scenario
from simulator.experiment import play, simulate
from simulator.size import first_contacts, later_contacts, refuse_too_large
from tests.centres import contact_type, group, of

MAIL = {"work": "deferred", "backlog": 9_000_000}


def calls(per_hour: float, *rules: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Calls that are followed by others of their kind."""
    follow_ups = [{"as": "calls"} | rule for rule in rules]
    return contact_type("calls", volume={"per_hour": per_hour}, follow_ups=follow_ups, **fields)


def desk(*types: dict[str, Any], staffing: int = 1, **fields: Any) -> Scenario:
    """One group for everything."""
    return of(list(types), [group("desk", [fields_of_type["name"] for fields_of_type in types], staffing)], **fields)


def test_later_contacts_form_a_geometric_series() -> None:
    """Each of ten tries is made by half of those before: 240 first contacts bring 240 (1 - 2^-10) later ones."""
    half = {"after": "answered", "probability": 0.5, "max_tries": 10}
    assert later_contacts(desk(calls(10, half))) == pytest.approx(240 * (1 - 2**-10))


def test_those_who_are_not_answered_are_not_counted() -> None:
    """A centre with persistent redials would be refused as too large, though nearly all are answered at once."""
    rules = (
        {"after": "answered", "probability": 0.2, "max_tries": 1},
        {"after": "abandoned", "probability": 1, "max_tries": 1000},
        {"after": "overdue", "probability": 1, "max_tries": 1000, "overdue": "1 h"},
    )
    assert later_contacts(desk(calls(10, *rules))) == pytest.approx(240 * 0.2)


def test_a_chain_ends_with_the_horizon() -> None:
    """With six hours between tries there are at most four after the first within a day, not a thousand."""
    slow = {"after": "answered", "probability": 1, "max_tries": 1000, "delay": {"mean": "6 h"}}
    assert later_contacts(desk(calls(1, slow))) == pytest.approx(5 * 24)


def test_a_backlog_counts_as_contacts() -> None:
    """Mail that lies there in the morning takes memory like mail that comes."""
    assert first_contacts(desk(contact_type("mail", "email", **MAIL))).tolist() == [9_000_000]


@pytest.mark.parametrize(
    "scenario",
    [
        desk(calls(1e6), horizon={"days": 7}),
        desk(*(contact_type(f"mail{k}", "email", **MAIL) for k in range(8))),
        desk(calls(1e6, {"after": "answered", "probability": 1, "max_tries": 1000})),
        desk(calls(1), staffing=100_000, horizon={"interval": "15 min", "days": 366}),
    ],
    ids=["contacts", "backlog", "chains", "agents"],
)
def test_what_does_not_fit_is_refused_however_it_is_played(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever makes a run large, the estimate and a remedy are told before a single array is made."""
    monkeypatch.setattr("simulator.size.memory", lambda: 16e9)
    for refused in (lambda: simulate(scenario, 1), lambda: play(scenario), lambda: refuse_too_large(scenario)):
        with pytest.raises(TooLarge, match=r"1 replication of 'tiny' would need .* GB, the limit is 8.0 GB; take"):
            refused()
