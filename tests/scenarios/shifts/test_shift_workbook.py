"""Staffing that goes to Excel and comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from interface.staffing_workbook import staffing_workbook
from interface.workbooks import workbook_of
from scenarios.edit.staffing import as_agents, as_shifts
from scenarios.errors import InvalidFile
from scenarios.scenario import Scenario
from scenarios.shifts.rows import ShiftTables
from scenarios.shifts.workbook import staffing_sheets, with_staffing
from scenarios.yaml import files, presets
from tests.scenarios.shifts.test_scenario_shifts import TEXT
from tests.strategies import scenarios

Change = Callable[[dict[str, list[list[Any]]]], Any]


@settings(max_examples=30)
@given(scenarios(contacts=20, days=2, parts=2, features=frozenset({"live", "shifts"})))
def test_staffing_comes_back_from_a_workbook(scenario: Scenario) -> None:
    """A sheet loses a break, a person, a second part or an interval."""
    back = with_staffing(scenario, staffing_workbook(scenario), "staffing.xlsx")
    assert [group.shifts for group in back.agent_groups] == [group.shifts for group in scenario.agent_groups]
    assert (back.staffing == scenario.staffing).all()


@settings(max_examples=30)
@given(scenarios(contacts=20, days=2, parts=2, features=frozenset({"live", "shifts"})))
def test_tables_of_shifts_mean_the_shifts(scenario: Scenario) -> None:
    """The grids and the workbook show other shifts than there are."""
    for group in scenario.agent_groups:
        if group.shifts is not None:
            assert ShiftTables.of(group.shifts).staffing(group.shifts) == group.shifts


def test_a_workbook_of_hand_written_shifts_is_taken() -> None:
    """Only what this planner wrote itself is read: times of Excel, empty days, and empty cells."""
    desk = presets.load("help-desk")
    sheets = {
        "Shifts": [
            ["Group", "Shift", "Start", "Length", "People"],
            ["desk", "early", "7:00", "8 h", 3],
            ["desk", "late", "12:00:00", "8:30", ""],
        ],
        "Breaks": [["group", "shift", "earliest", "length"], ["desk", "early", "3 h", "30 min"]],
        "People": [["Group", "Person", "Shift", "Days"], ["desk", "Ana", "late", "Mon"]],
    }
    shifts = with_staffing(desk, workbook(sheets), "own.xlsx").group("desk").shifts
    assert shifts is not None
    early, late = shifts.shifts
    assert (early.start, early.people, early.days, early.breaks[0].length) == (25_200, 3, "Mon-Sun", 1800)
    assert (late.start, late.length, late.people, shifts.people[0].shifts) == (43_200, 30_600, 0, {"late": "Mon"})


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    """A workbook of these cells."""

    def write(book: Any) -> None:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)

    return workbook_of(write)


@pytest.mark.parametrize(
    "change, told",
    [
        (lambda s: s["Shifts"][1].__setitem__(7, "two"), "Shifts!H2.*'two' is not a number of people"),
        (lambda s: s["Shifts"][2].__setitem__(3, "25:00"), "Shifts!D3.*before 24:00"),
        (lambda s: s["Shifts"][2].__setitem__(1, "early"), "Shifts!B3.*'early' is there twice"),
        (lambda s: s["Shifts"][1].__setitem__(0, "sales"), "Shifts!A2.*no group 'sales'.*known are desk"),
        (lambda s: s["Shifts"][1].__setitem__(4, "3 h"), "Breaks!D2.*not within the shift"),
        (lambda s: s["Breaks"][1].__setitem__(1, "lunch"), "Breaks!B2.*no shift 'lunch'"),
        (lambda s: s["Breaks"][1].__setitem__(3, ""), "Breaks!D2.*it is empty"),
        (lambda s: s["Breaks"][1].__setitem__(5, "perhaps"), "Breaks!F2.*write yes or no"),
        (lambda s: s["People"].append(s["People"][1]), "People!B4.*'Ana' has 'early' twice"),
        (lambda s: s["People"][1].__setitem__(3, "Someday"), "People!D2.*write weekdays"),
        (
            lambda s: s["People"].append(["desk", "Bo", "early", "2027-01-04"]),
            "People!D4.*none of the days lies within",
        ),
        (lambda s: s["Shifts"][2].__setitem__(7, 0), "Shifts!B3.*nobody works it"),
        (lambda s: s["People"][0].insert(1, "Team"), "People!B1.*no column 'team'"),
        (lambda s: s.pop("Shifts"), "Breaks!A2.*desk has no shifts"),
        (lambda s: [s.pop(name) for name in ("Shifts", "Breaks", "People")], "it has no staffing"),
    ],
)
def test_errors_name_sheet_and_cell(change: Change, told: str) -> None:
    """A person searches a workbook for what an error is about."""
    scenario = files.loads(TEXT)
    sheets = {name: [list(row) for row in rows] for name, rows in staffing_sheets(scenario).items() if name != "Agents"}
    change(sheets)
    with pytest.raises(InvalidFile, match=told):
        with_staffing(scenario, workbook(sheets), "mine.xlsx")


@pytest.mark.parametrize(
    "change, told",
    [
        (lambda rows: rows[3].__setitem__(1, 2.5), r"Agents!B4.*2\.5.*whole"),
        (lambda rows: rows[3].__setitem__(1, -1), "Agents!B4.*at least 0"),
        (lambda rows: rows[3].__setitem__(0, "yesterday"), "Agents!A4.*no date and time"),
        (lambda rows: rows[3].__setitem__(0, rows[2][0]), "Agents!A4.*there twice"),
        (lambda rows: rows.pop(3), "no row for 2026-03-02 01:00"),
        (lambda rows: rows[0].__setitem__(1, "sales"), "Agents!B1.*no column 'sales'"),
    ],
)
def test_errors_of_agents_by_interval_name_the_cell(change: Callable[[list[list[Any]]], Any], told: str) -> None:
    """A gap is filled silently, or half a person works."""
    desk = presets.load("help-desk")
    rows = [[str(cell) if at == 0 else cell for at, cell in enumerate(row)] for row in staffing_sheets(desk)["Agents"]]
    change(rows)
    with pytest.raises(InvalidFile, match=told):
        with_staffing(desk, workbook({"Agents": rows}), "mine.xlsx")


def test_agents_become_shifts_that_cover_them_and_shifts_become_agents() -> None:
    """A change of form leaves an interval with fewer people, or forgets closed days."""
    day = presets.load("retail-weekday")
    for name in day.group_names:
        covered = as_shifts(day, name)
        number = day.group_names.index(name)
        assert (covered.staffing[number] >= day.staffing[number]).all()
        assert (as_agents(covered, name).staffing == covered.staffing).all()
