"""The shifts of an agent group as editable grids, and the scenario with their edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import pandas as pd

from interface.app.editor.cells import Edits, cell
from interface.app.editor.columns import BREAK_COLUMNS, PEOPLE_COLUMNS, SHIFT_COLUMNS, chosen_of
from interface.app.fields.kinds import DISTRIBUTION, SHARE, FieldKind, choice
from interface.app.grids.table import GridColumn, GridTable
from interface.language.messages import marked
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.scenario import Scenario
from scenarios.shifts.rows import BREAKS, PEOPLE, SHIFTS, BadCell, Rows, ShiftTables
from scenarios.shifts.staffing import ShiftStaffing

DELAYED = marked({"moved": "taken in full, later", "shortened": "ends as planned"})
"""What becomes of a break that a contact in hand delays."""
_RULES: dict[str, FieldKind] = {"Delayed breaks": choice(DELAYED), "Late starts (%)": SHARE, "Late by": DISTRIBUTION}
_FIRST = {"breaks": "Shift", "people": "Person"}
_WORDS = {"Shifts": "Shift", "Breaks": "Break", "People": "Person"}
"""What a row of each table is called."""
_NEW_SHIFT = {"Days": "Mon-Sun", "Length": "8 h", "People": "1"}


def shifts_grid(scenario: Scenario, group: str) -> GridTable:
    """The shifts of a group that has shifts; rows may be added."""
    staffing = _staffing(scenario, group)
    named = [name for person in staffing.people for name in person.shifts]
    table = _numbered(ShiftTables.of(staffing).shifts, SHIFTS, "Shift")
    table["Named people"] = [str(named.count(shift.name)) for shift in staffing.shifts]
    people = {"Row": "Total", "People": str(staffing.person_count - len(staffing.people))}
    totals = people | {"Named people": str(len(staffing.people))}
    change = partial(_edit_shifts, group=group)
    return GridTable(f"shifts of {group}", table, SHIFT_COLUMNS, change, "shift", totals=totals, grows=True)


def breaks_grid(scenario: Scenario, group: str) -> GridTable:
    """The breaks of the shifts of a group; rows may be added."""
    staffing = _staffing(scenario, group)
    columns = {"Shift": chosen_of([shift.name for shift in staffing.shifts], "Empty removes the break")}
    table = _numbered(ShiftTables.of(staffing).breaks, BREAKS, "Break")
    change = partial(_edit_rows, group=group, part="breaks")
    return GridTable(f"breaks of {group}", table, columns | BREAK_COLUMNS, change, "break", grows=True)


def people_grid(scenario: Scenario, group: str) -> GridTable:
    """Who works which shift on which days; rows may be added."""
    staffing = _staffing(scenario, group)
    columns = PEOPLE_COLUMNS | {"Shift": chosen_of([shift.name for shift in staffing.shifts])}
    table = _numbered(ShiftTables.of(staffing).people, PEOPLE, "Person")
    change = partial(_edit_rows, group=group, part="people")
    return GridTable(f"named people of {group}", table, columns, change, "person", grows=True)


def rules_grid(scenario: Scenario, group: str) -> GridTable:
    """What becomes of delayed breaks, and how many people come late by how much."""
    staffing = _staffing(scenario, group)
    late = staffing.late_starts
    shown = {
        "Agent group": group,
        "Delayed breaks": DELAYED[staffing.delayed_breaks],
        "Late starts (%)": SHARE.show(late.share) if late else "",
        "Late by": DISTRIBUTION.show(late.delay.model_dump(mode="json")) if late else "",
    }
    helps = {
        "Delayed breaks": "A break that begins late because a contact is in hand",
        "Late starts (%)": "Share of shifts that begin late",
        "Late by": "How late: a mean such as 6 min, or fields such as mean: 6 min, cv: 0.5",
    }
    columns = {name: GridColumn(kind.read, kind.kind, helps[name], kind.options) for name, kind in _RULES.items()}
    return GridTable(
        f"rules of shifts of {group}", pd.DataFrame([shown]), columns, partial(_edit_rules, group=group), "agent group"
    )


# -- edits -------------------------------------------------------------------------------------------------------


def _edit_shifts(scenario: Scenario, edits: Edits, group: str) -> Scenario:
    """The scenario with rows of the shifts changed, added and taken away; who and which break go with a new name."""
    staffing = _staffing(scenario, group)
    tables = ShiftTables.of(staffing)
    names = {
        shift.name: str(edits.get(at, {}).get("Shift", shift.name) or "") for at, shift in enumerate(staffing.shifts)
    }
    for person in staffing.people:
        if gone := next((name for name in person.shifts if not names[name]), None):
            raise InvalidScenario(f"{gone}, Shift", f"{person.name} works it", "change Named people first")
    rows = {
        at: row if at < len(tables.shifts) else _NEW_SHIFT | {name: text for name, text in row.items() if text}
        for at, row in _edited(tables.shifts, edits, "Shift").items()
    }
    breaks, people = (
        [{**row, "Shift": names[row["Shift"]]} for row in table if names[row["Shift"]]]
        for table in (tables.breaks, tables.people)
    )
    return _with(scenario, group, ShiftTables(list(rows.values()), breaks, people), "Shifts", list(rows))


def _edit_rows(scenario: Scenario, edits: Edits, group: str, part: Literal["breaks", "people"]) -> Scenario:
    """The scenario with rows of breaks or people changed, added and taken away."""
    tables = ShiftTables.of(_staffing(scenario, group))
    rows = _edited(tables.breaks if part == "breaks" else tables.people, edits, _FIRST[part])
    return _with(scenario, group, replace(tables, **{part: list(rows.values())}), part.capitalize(), list(rows))


def _edit_rules(scenario: Scenario, edits: Edits, group: str) -> Scenario:
    staffing, values = _staffing(scenario, group), dict[str, Any]()
    late: dict[str, Any] = staffing.late_starts.model_dump(mode="json") if staffing.late_starts else {}
    for column, text in edits.get(0, {}).items():
        with cell(group, column):
            value = _RULES[column].value(column, text) if text else None
        if column == "Delayed breaks":
            values["delayed_breaks"] = value or "moved"
        else:
            late["share" if column == "Late starts (%)" else "delay"] = value
    given = {name: value for name, value in late.items() if value is not None}
    if given and len(given) < len(("share", "delay")):
        raise InvalidValue(f"{group}, Late starts (%)", "", "fill in the share and how late, or neither")
    values["late_starts"] = given or None
    with cell(group, ", ".join(edits.get(0, {}))):
        return scenario.replace_group(group, staffing=_fields(staffing) | values)


def _edited(rows: Rows, edits: Edits, first: str) -> dict[int, dict[str, str]]:
    """The rows with edits by their place in the grid, without those whose first cell was emptied."""
    result = {}
    for at in range(max([*edits, len(rows) - 1]) + 1):
        row = {**(rows[at] if at < len(rows) else {}), **{name: text or "" for name, text in edits.get(at, {}).items()}}
        if row.get(first) or (at >= len(rows) and any(row.values())):
            result[at] = row
    return result


def _with(scenario: Scenario, group: str, tables: ShiftTables, edited: str, places: Sequence[int]) -> Scenario:
    """The scenario with other tables; an error names a row by its place in its grid, in the edited one as given."""
    before = _staffing(scenario, group)
    try:
        staffing = tables.staffing(before)
    except BadCell as wrong:
        row = places[wrong.row] if wrong.table == edited else wrong.row
        label = f"{_WORDS[wrong.table]} {row + 1}"
        raise InvalidScenario(f"{label}, {wrong.column}", wrong.problem, wrong.remedy) from None
    return scenario.replace_group(group, staffing=_fields(staffing))


def _numbered(rows: Rows, columns: Sequence[str], word: str) -> pd.DataFrame:
    table = pd.DataFrame([dict(row) for row in rows], columns=list(columns))
    table.insert(0, "Row", [f"{word} {at + 1}" for at in range(len(rows))])
    return table


def _fields(staffing: ShiftStaffing) -> dict[str, Any]:
    return {name: getattr(staffing, name) for name in ShiftStaffing.model_fields}


def _staffing(scenario: Scenario, group: str) -> ShiftStaffing:
    staffing = scenario.group(group).shifts
    assert staffing is not None, "asked for groups that have shifts"
    return staffing
