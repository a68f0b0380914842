"""The shifts of an agent group as an editable grid, and the scenario with its edits."""

from __future__ import annotations

from typing import Any

import pandas as pd

from interface.app.editor.cells import Edits, cell, length, whole
from scenarios.scenario import Scenario
from scenarios.shifts.staffing import BreakRule, ShiftStaffing
from scenarios.units import clock, written

FIELDS = {"Days": "days", "Start": "start", "Length": "length", "People": "people"}
"""Columns of the grid that are edited, and the field of each."""


def shifts_table(scenario: Scenario, group: str) -> pd.DataFrame:
    """One row for each shift of a group that has shifts."""
    staffing = _staffing(scenario, group)
    named = [name for person in staffing.people for name in person.shifts]
    rows = [
        {
            "Shift": shift.name,
            "Days": shift.days,
            "Start": clock(shift.start),
            "Length": written(shift.length),
            "People": str(shift.people),
            "Named people": str(named.count(shift.name)),
            "Breaks": "; ".join(break_text(rule) for rule in shift.breaks),
        }
        for shift in staffing.shifts
    ]
    return pd.DataFrame(rows)


def break_text(rule: BreakRule) -> str:
    """A break as people read it.

    Examples
    --------
    >>> break_text(BreakRule(length="30 min", earliest="3 h", latest="5 h", paid=False))
    '30 min, 3 h to 5 h after the start, not paid'
    """
    begins = written(rule.earliest) if rule.latest is None else f"{written(rule.earliest)} to {written(rule.latest)}"
    return f"{written(rule.length)}, {begins} after the start{'' if rule.paid else ', not paid'}"


def edit_shifts(scenario: Scenario, edits: Edits, group: str) -> Scenario:
    """The scenario with cells of the shifts of a group changed.

    Raises
    ------
    InvalidValue, InvalidScenario
        If a cell cannot be used.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> early = {"name": "early", "start": "07:00", "length": "8 h", "people": 12}
    >>> desk = load("help-desk").replace_group("desk", staffing={"shifts": [early]})
    >>> edit_shifts(desk, {0: {"People": "14", "Start": "6:30"}}, "desk").staffing[0, 12:15].tolist()
    [0, 14, 14]
    """
    staffing = _staffing(scenario, group)
    shifts = [shift.model_dump(by_alias=True) for shift in staffing.shifts]
    for row, cells in edits.items():
        for column, value in cells.items():
            shifts[row][FIELDS[column]] = _read(f"{staffing.shifts[row].name}, {column}", column, value)
    parts: dict[str, Any] = {name: getattr(staffing, name) for name in ShiftStaffing.model_fields}
    with cell(group, "shifts"):
        return scenario.replace_group(group, staffing=parts | {"shifts": shifts})


def _read(name: str, column: str, value: Any) -> Any:
    if column == "People":
        return whole(name, value)
    return length(name, value) if column == "Length" else str(value)


def _staffing(scenario: Scenario, group: str) -> ShiftStaffing:
    staffing = scenario.group(group).shifts
    assert staffing is not None, "asked for groups that have shifts"
    return staffing
