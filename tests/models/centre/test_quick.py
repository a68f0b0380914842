"""The calculator against worked examples that others published, and by hand."""

import math

import pytest

from models.centre.quick import QuickInputs, quick_day, quick_scenario, quick_service, quick_staffing
from scenarios.errors import InvalidValue

EXAMPLE = {"handle_time": 180.0, "share": 0.8, "within": 20.0, "shrinkage": 0.3}
"""100 calls of 3 minutes in half an hour, 80 % within 20 s: WE-01 of tests/truth/worked_examples.csv."""


def test_the_published_example_of_calculators() -> None:
    """WE-01: 14 agents on contacts, 20 with 30 % shrinkage, 88.8 % (rounded; within 0.33 min 88.785 %)."""
    inputs = QuickInputs((100.0,), opening="09:00-09:30", max_occupancy=0.85, **EXAMPLE | {"within": 19.8})
    row = quick_staffing(inputs).iloc[0]
    assert (row.agents, row.scheduled) == (14, pytest.approx(20))
    assert row.service_level == pytest.approx(0.887852692691, abs=1e-8)
    assert row.occupancy == pytest.approx(10 / 14)


def test_the_published_reverse_question() -> None:
    """WE-03: with 14 agents and a patience of 5 min Erlang A loses 1.398 % and answers 91.679 % within 20 s."""
    inputs = QuickInputs((100.0,), opening="09:00-09:30", patience=300.0, **EXAMPLE)
    row = quick_service(inputs, 14).query("model == 'Erlang A'").iloc[0]
    assert row.abandonment == pytest.approx(0.0139837441224, abs=1e-8)
    assert row.service_level == pytest.approx(0.916792091864, abs=1e-8)


def test_scheduled_agents_lose_their_shrinkage() -> None:
    """Of 20 scheduled agents 14 are on contacts with 30 % shrinkage."""
    inputs = QuickInputs((100.0,), opening="09:00-09:30", **EXAMPLE)
    assert quick_service(inputs, 20, scheduled=True).agents.tolist() == [pytest.approx(14)]


def test_too_few_agents_have_a_growing_queue_not_a_number() -> None:
    """9 agents for 10 erlangs: one erlang too much is 20 calls of 3 minutes an hour that pile up."""
    inputs = QuickInputs((100.0,), opening="09:00-09:30", **EXAMPLE)
    row = quick_service(inputs, 9).iloc[0]
    assert row.growth == pytest.approx(20)
    assert (row.service_level, math.isinf(row.asa)) == (0.0, True)


def test_the_day_adds_up_by_hand() -> None:
    """An empty and a full hour: 14 agents for half of the day; 7 hours on contacts are 10 paid, 1.25 FTE."""
    inputs = QuickInputs((100.0, 0.0), opening="09:00-10:00", **EXAMPLE)
    day = quick_day(quick_staffing(inputs), inputs).iloc[0]
    assert day[["contacts", "agent_hours", "paid_hours", "fte"]].tolist() == pytest.approx([100, 7, 10, 1.25])
    assert day["occupancy"] == pytest.approx(10 / 14)


def test_a_night_runs_past_midnight_into_the_same_scenario() -> None:
    """Hours after midnight belong to the beginning of a day that repeats."""
    inputs = QuickInputs((60.0,), opening="23:00-01:00", interval=3600.0, **EXAMPLE)
    assert inputs.times == ("23:00", "00:00")
    scenario = quick_scenario(inputs, quick_staffing(inputs))
    assert scenario.expected[0].nonzero()[0].tolist() == [0, 23]
    assert scenario.staffing[0].nonzero()[0].tolist() == [0, 23]


@pytest.mark.parametrize(
    "field, changes",
    [
        ("handle_time", {"handle_time": 0.0}),
        ("share", {"share": 1.0}),
        ("shrinkage", {"shrinkage": 1.0}),
        ("patience", {"patience": 0.0}),
        ("max_occupancy", {"max_occupancy": 0.0}),
        ("interval", {"interval": 1234.0}),
        ("opening", {"opening": "09:10-10:00"}),
        ("contacts", {"contacts": (1.0, 2.0, 3.0)}),
        ("contacts", {"contacts": (math.nan,)}),
        ("contacts", {"contacts": (1e9,)}),
    ],
)
def test_what_cannot_be_used_is_named(field: str, changes: dict) -> None:
    """A slip of the finger must be told from a result."""
    given = {"contacts": (100.0,), "opening": "09:00-10:00"} | EXAMPLE | changes
    with pytest.raises(InvalidValue, match=field):
        QuickInputs(**given)
