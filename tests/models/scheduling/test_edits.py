"""Shift plans edited by hand: what an edit makes of a shift, what is refused, and which rules are broken then."""

from __future__ import annotations

import pytest

from models.scheduling.edits import added, broken_rules, moved, with_breaks
from models.scheduling.patterns import rules_from
from models.scheduling.shift_plan import ShiftPlan, plan_shifts, times_text
from scenarios.errors import InvalidValue
from scenarios.yaml import presets

PATTERN = {
    **{"name": "8 h", "lengths": ["8 h"], "earliest_start": "06:00", "latest_start": "22:00", "start_step": "8 h"},
    "breaks": [{"length": "30 min", "earliest": "3 h", "latest": "4 h"}, {"length": "15 min", "earliest": "6 h"}],
    "min_work": "2 h",
}


@pytest.fixture(scope="module")
def plan() -> ShiftPlan:
    """Eight-hour shifts of the help desk with two breaks, 18 EUR an hour, half as dear again at night."""
    rules = {"patterns": [PATTERN], "times": [{"from": "22:00", "to": "06:00", "factor": 1.5}]}
    return plan_shifts(presets.load("help-desk"), rules_from(rules | {"understaffing_price": 100}))


def early(plan: ShiftPlan):
    """A shift from 06:00."""
    return next(shift for shift in plan.shifts if shift.option.start == 24)


def test_a_moved_shift_costs_what_its_hours_cost(plan: ShiftPlan) -> None:
    """By hand: from 05:00, one hour at 27 and seven at 18; its breaks move along."""
    shift = moved(plan, with_breaks(plan, early(plan), "09:00, 12:00"), 20)
    assert shift.option.cost == pytest.approx(27 + 7 * 18)
    assert times_text(shift, 900) == ("05:00", "13:00", "08:00-08:30, 11:00-11:15")
    assert moved(plan, shift, 24).option is early(plan).option


def test_breaks_are_placed_by_the_clock(plan: ShiftPlan) -> None:
    """Ends are not read: the length of a break is a rule; the break of a night shift lies after midnight."""
    assert with_breaks(plan, early(plan), "09:15-09:45, 12:00").break_starts == (13, 24)
    night = next(shift for shift in plan.shifts if shift.option.start == 88)
    assert with_breaks(plan, night, "01:00, 04:00").break_starts == (12, 24)


@pytest.mark.parametrize(
    "text, reason",
    [
        ("09:00", "write 2 times"),
        ("09:00, 09:15", "without overlap"),
        ("12:00, 09:00", "without overlap"),
        ("09:00, 15:00", "within the shift"),
        ("09:05, 12:00", "by 15 minutes"),
        ("nine, 12:00", "Breaks"),
    ],
)
def test_breaks_that_cannot_be(plan: ShiftPlan, text: str, reason: str) -> None:
    """A typing error would move a break into the night, or shorten it."""
    with pytest.raises(InvalidValue, match=reason):
        with_breaks(plan, early(plan), text)


def test_broken_rules_are_named(plan: ShiftPlan) -> None:
    """A plan that nobody may work would look as good as any."""
    assert broken_rules(plan) == []
    wrong = with_breaks(plan, moved(plan, early(plan), 28), "12:00, 13:00")
    rules = [(rule.shift, rule.rule) for rule in broken_rules(plan.with_shifts([*plan.shifts, wrong]))]
    assert rules == [
        ("8 h 07:00-15:00", "the pattern has no such start on this day"),
        ("8 h 07:00-15:00", "break 1 begins outside 10:00 to 11:00"),
        ("8 h 07:00-15:00", "less than 2 h of work between two breaks"),
    ]


def test_a_shift_is_added_where_its_breaks_are_missed_least(plan: ShiftPlan) -> None:
    """Nobody but one person is at work: the lunch lies where nobody is required, not in the middle of the window."""
    alone = plan.with_shifts([early(plan)])
    shift = added(alone, "desk", "8 h", 32, 0, 24)
    net = alone.net["desk"]
    lunch = {start: net[24 + start : 24 + start + 2].sum() for start in range(12, 17)}
    assert lunch[shift.break_starts[0]] == max(lunch.values())
    with pytest.raises(InvalidValue, match="no shift of this pattern"):
        added(plan, "desk", "8 h", 12, 0, 24)
