"""Shift patterns: what they allow, what they cost, and what is wrong with them, by field and line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from models.scheduling.covering import PlannedShift, Uncoverable
from models.scheduling.patterns import MOST_OPTIONS, default_rules, read_rules, rules_from, shift_options
from models.scheduling.shift_plan import (
    covering_problem,
    paid_intervals,
    plan_shifts,
    required_people,
    shift_cost,
    times_text,
)
from scenarios.agents import AgentGroup
from scenarios.errors import InvalidFile, InvalidScenario, InvalidValue, TooLarge
from scenarios.yaml import presets

MONDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 7)
DESK = AgentGroup(name="desk", skills=["calls"], staffing=1, cost_per_hour=20, overtime_factor=1.5)


def options(pattern: dict[str, object], first: date = MONDAY, days: int = 1, **rules: object) -> list:
    """The shifts of one pattern."""
    named = {"name": "p", "latest_start": pattern.get("earliest_start", "00:00")} | pattern
    return shift_options(rules_from({"patterns": [named], "interval": "30 min"} | rules), (DESK,), first, days)


def test_costs_by_time_of_day() -> None:
    """By hand: 22 to 06 at 20 an hour, night from 23 to 05 at 1.5: 2 x 20 + 6 x 30 = 220; on a Sunday to Monday
    the two hours before midnight, one of them night, cost twice: 2 x 20 + 2 x 30 + 5 x 30 + 20.
    """
    night = {"earliest_start": "22:00", "lengths": ["8 h"]}
    times = [{"from": "23:00", "to": "05:00", "factor": 1.5}]
    assert options(night, times=times)[0].cost == pytest.approx(220)
    sunday = options(night, date(2026, 3, 8), times=times, weekend_factor=2)
    assert sunday[0].cost == pytest.approx(2 * 20 + 2 * 30 + 5 * 30 + 20)
    assert options(night | {"cost_factor": 1.1})[0].cost == pytest.approx(176)


def test_unpaid_breaks_and_overtime() -> None:
    """By hand: 9.5 hours with half an hour unpaid; the ninth paid hour at half as much again: 8 x 20 + 30."""
    lunch = {"length": "30 min", "earliest": "4 h", "paid": False}
    (option,) = options({"lengths": ["9.5 h"], "breaks": [lunch]}, overtime_after="8 h")
    shift = PlannedShift(option, (8,))
    assert shift_cost(shift) == pytest.approx(190)
    assert paid_intervals(shift) == 18


def test_split_shifts_and_days() -> None:
    """The pause would be staffed and paid, or a shift begin on a day that is not its own."""
    split = {"lengths": ["4 h"], "second_part": {"length": "3 h", "pause": ["2 h", "3 h"]}, "days": "Mon-Fri"}
    both = options(split, date(2026, 3, 6), 3)
    assert [option.parts for option in both] == [((0, 8), (12, 6)), ((0, 8), (14, 6))]
    assert {option.days for option in both} == {(0,)}
    assert both[0].cost == 140
    assert options(split, SATURDAY) == []


def test_shifts_end_with_a_horizon_that_does_not_repeat() -> None:
    """A night shift would reach into days that nobody plans."""
    night = {"earliest_start": "22:00", "lengths": ["8 h"]}
    assert options(night, repeats=False) == []
    assert len(options(night, repeats=True)) == 1


@pytest.mark.parametrize(
    "pattern, message",
    [
        ({"lengths": []}, "lengths"),
        ({"lengths": ["25 h"]}, "up to 24 h"),
        ({"lengths": ["8 h"], "days": "Mo-Fr"}, "days: 'Mo-Fr'"),
        ({"lengths": ["8 h"], "earliest_start": "09:00", "latest_start": "08:00"}, "must not be before"),
        ({"lengths": ["8 h"], "start_step": "0 s"}, "start_step"),
        ({"lengths": ["8 h"], "min_people": 3, "max_people": 2}, "min_people"),
    ],
)
def test_patterns_that_cannot_be_used(pattern: dict[str, object], message: str) -> None:
    """A contradiction would look like a requirement that nobody can cover."""
    with pytest.raises(InvalidValue, match=message):
        rules_from({"patterns": [{"name": "p"} | pattern]})


def test_patterns_that_do_not_fit_the_centre() -> None:
    """A pattern would silently cover nothing, or be moved to another time."""
    with pytest.raises(InvalidScenario, match="no group 'sales'"):
        options({"lengths": ["8 h"], "groups": ["sales"]})
    with pytest.raises(InvalidValue, match="must lie on the grid of 30 min"):
        options({"lengths": ["7.75 h"]})
    many = {"lengths": [f"{length} min" for length in range(60, 110)], "start_step": "1 min", "latest_start": "23:00"}
    with pytest.raises(TooLarge, match=f"{MOST_OPTIONS:,}"):
        options(many, interval="1 min")


def test_a_file_names_line_and_field(tmp_path: Path) -> None:
    """A planner would have to search the file for what is wrong."""
    path = tmp_path / "patterns.yaml"
    path.write_text("patterns:\n  - name: early\n    lengths: [8 h]\n    latest_start: 25:00\n")
    with pytest.raises(InvalidFile, match=r"patterns.yaml:4:\d+: .*latest_start.*before 24:00"):
        read_rules(path)
    path.write_text("patterns:\n  - name: early\n    lengths: [8 h]\n")
    assert read_rules(path).origin == "patterns.yaml"
    assert default_rules().origin.startswith("assumption")


def test_the_plan_of_a_scenario() -> None:
    """Sixteen people around the clock need 48 shifts of eight hours; at most five a day make it impossible."""
    desk = presets.load("help-desk")
    day = {"name": "day", "lengths": ["8 h"], "start_step": "8 h"}
    plan = plan_shifts(desk, rules_from({"patterns": [day]}))
    assert (len(plan.shifts), plan.short_hours, plan.gap) == (48, 0, 0)
    assert plan.wages == plan.cost == plan.bound == 48 * 8 * 18
    fewer = plan.with_shifts(plan.shifts[1:])
    assert (fewer.short_hours, fewer.wages) == (8.0, 47 * 8 * 18)
    with pytest.raises(Uncoverable, match="desk, day 1 at its most"):
        plan_shifts(desk, rules_from({"patterns": [day], "max_people": 5}))
    priced = plan_shifts(desk, rules_from({"patterns": [day], "max_people": 30, "understaffing_price": 5}))
    assert (len(priced.shifts), priced.wages) == (0, 0)  # an hour of work costs 18, one missing person 5


def test_a_requirement_is_spread_over_a_finer_grid() -> None:
    """Half-hours would be taken for quarters, or a grid that cuts through them be accepted."""
    desk = presets.load("help-desk")
    required = required_people(desk, "plan")
    rules = rules_from({"patterns": [{"name": "day", "lengths": ["8 h"]}]})
    problem = covering_problem(desk, rules, required)
    assert np.array_equal(problem.requirement["desk"][::2], desk.staffing[0])
    with pytest.raises(InvalidValue, match="must divide"):
        covering_problem(desk, rules.model_copy(update={"interval": 3600.0}), required)
    with pytest.raises(InvalidScenario, match="nobody is required"):
        covering_problem(desk, rules, {"desk": 0 * required["desk"]})


def test_times_past_midnight() -> None:
    """A break after midnight would be printed as 25:00."""
    (night,) = options(
        {"earliest_start": "22:00", "lengths": ["8 h"], "breaks": [{"length": "30 min", "earliest": "3 h"}]}
    )
    assert times_text(PlannedShift(night, (6,)), 1800) == ("22:00", "06:00", "01:00-01:30")
