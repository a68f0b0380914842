"""Shifts of an agent group in the grids of the Scenario page."""

from __future__ import annotations

import pytest

from interface.app.editor.shift_grids.tables import breaks_grid, people_grid, rules_grid, shifts_grid
from interface.app.editor.tables import staffing_grid
from interface.app.grids.table import GridTable
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.scenario import Scenario
from scenarios.shifts.staffing import ShiftStaffing
from scenarios.yaml import presets

LUNCH = {"length": "30 min", "earliest": "3 h", "latest": "5 h", "paid": False}
EARLY = {"name": "early", "start": "07:00", "length": "8.5 h", "people": 12, "days": "Mon-Fri", "breaks": [LUNCH]}


def desk() -> Scenario:
    """The help desk, with a shift and a person."""
    ana = {"name": "Ana", "shifts": {"early": "Mon"}}
    return presets.load("help-desk").replace_group("desk", staffing={"shifts": [EARLY], "people": [ana]})


def shifts(scenario: Scenario) -> ShiftStaffing:
    """The shifts of the desk."""
    staffing = scenario.group("desk").shifts
    assert staffing is not None
    return staffing


def change(table: GridTable, edits: dict[int, dict[str, str]]) -> ShiftStaffing:
    """The shifts after an edit, its cells read as the grid reads them."""
    read = {
        row: {name: reader(name, text) if (reader := table.column(name).read) else text for name, text in cells.items()}
        for row, cells in edits.items()
    }
    return shifts(table.change(desk(), read))


def test_shifts_breaks_people_and_rules_are_shown() -> None:
    """A column is empty, or heads that follow from shifts can be typed over."""
    row = shifts_grid(desk(), "desk").table.iloc[0].tolist()
    assert row == ["Shift 1", "early", "Mon-Fri", "07:00", "8.5 h", "", "", "12", "1"]
    assert breaks_grid(desk(), "desk").table.iloc[0].tolist() == ["Break 1", "early", "30 min", "3 h", "5 h", ""]
    assert people_grid(desk(), "desk").table.iloc[0].tolist() == ["Person 1", "Ana", "early", "Mon"]
    assert rules_grid(desk(), "desk").table.iloc[0].tolist() == ["desk", "taken in full, later", "", ""]
    assert shifts_grid(desk(), "desk").totals == {"Row": "Total", "People": "12", "Named people": "1"}
    assert staffing_grid(desk(), 0, every_day=True).columns == {}


def test_cells_are_edited_and_the_rest_stays() -> None:
    """An edit of one cell loses breaks or people; hours and minutes are read as minutes and seconds."""
    edited = change(shifts_grid(desk(), "desk"), {0: {"People": "14", "Days": "Mon-Sat", "Length": "9:00"}})
    assert (edited.shifts[0].people, edited.shifts[0].days, edited.people[0].name) == (14, "Mon-Sat", "Ana")
    assert (edited.shifts[0].length, edited.shifts[0].breaks) == (32_400, shifts(desk()).shifts[0].breaks)


def test_a_renamed_shift_keeps_its_people_and_breaks() -> None:
    """Ana is told to work a shift that is no more."""
    edited = change(shifts_grid(desk(), "desk"), {0: {"Shift": "morning"}})
    assert edited.shifts[0].name == "morning"
    assert edited.shifts[0].breaks
    assert edited.people[0].shifts == {"morning": "Mon"}


def test_rows_are_added_and_removed() -> None:
    """The last row is no way to a new shift, break or person, or an emptied name none to be rid of one."""
    late = change(shifts_grid(desk(), "desk"), {1: {"Shift": "late", "Start": "12:00"}})
    assert [(shift.name, shift.length, shift.people) for shift in late.shifts][1] == ("late", 28_800, 1)
    more = {1: {"Shift": "early", "Length": "0:15", "Earliest": "1:30", "Paid": "yes"}}
    breaks = change(breaks_grid(desk(), "desk"), more).shifts[0].breaks
    assert [(rule.length, rule.earliest, rule.paid) for rule in breaks] == [(900, 5400, True), (1800, 10_800, False)]
    assert change(breaks_grid(desk(), "desk"), {0: {"Shift": ""}}).shifts[0].breaks == ()
    assert [p.name for p in change(people_grid(desk(), "desk"), {1: {"Person": "Bo", "Shift": "early"}}).people] == [
        "Ana",
        "Bo",
    ]
    assert change(people_grid(desk(), "desk"), {0: {"Person": ""}}).people == ()


def test_rules_are_edited() -> None:
    """Delayed breaks and late starts are in the file only."""
    edited = change(
        rules_grid(desk(), "desk"),
        {0: {"Delayed breaks": "ends as planned", "Late starts (%)": "20", "Late by": "6 min"}},
    )
    assert edited.delayed_breaks == "shortened"
    assert edited.late_starts is not None
    assert (edited.late_starts.share, edited.late_starts.delay.mean) == (0.2, 360)
    with pytest.raises(InvalidValue, match="fill in the share and how late"):
        change(rules_grid(desk(), "desk"), {0: {"Late starts (%)": "20"}})


@pytest.mark.parametrize(
    "column, text, told",
    [
        ("People", "2.5", "write a whole number"),
        ("Start", "25:00", "Shift 1, Start.*before 24:00"),
        ("Length", "4 h", "Break 1, Earliest.*move it, or lengthen the shift"),
        ("Days", "Someday", "Shift 1, Days.*write weekdays such as 'Mon-Fri'"),
        ("Shift", "", "Ana works it; change Named people first"),
    ],
)
def test_what_cannot_be_is_told(column: str, text: str, told: str) -> None:
    """A refused cell does not say what is wrong with it."""
    with pytest.raises((InvalidValue, InvalidScenario), match=told):
        change(shifts_grid(desk(), "desk"), {0: {column: text}})
