"""The staffing of a scenario as sheets of a workbook, and back: agents by interval, shifts, breaks and named people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import InvalidFile, InvalidScenario, InvalidValue
from scenarios.rosters.tables import Row, tables_from
from scenarios.scenario import Scenario
from scenarios.shifts.rows import BREAKS, PEOPLE, SHIFTS, BadCell, ShiftTables
from scenarios.shifts.staffing import ShiftStaffing

AGENTS = "Agents"
TIME, GROUP = "From", "Group"
SHEETS = {"Shifts": SHIFTS, "Breaks": BREAKS, "People": PEOPLE}
"""The sheets of shifts, each with its columns after that of the agent group."""
Sheet = list[list[Any]]
"""Rows of cells, the headings first."""


def staffing_sheets(scenario: Scenario) -> dict[str, Sheet]:
    """The staffing as sheets: groups with agents by interval side by side, the others by their shifts.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> sheets = staffing_sheets(load("help-desk"))
    >>> sheets["Agents"][1], sheets["People"]
    ([datetime.datetime(2026, 3, 2, 0, 0), 16], [['Group', 'Person', 'Shift', 'Days']])
    """
    by_interval = [group for group in scenario.agent_groups if group.shifts is None]
    heads = [group.agents(scenario.horizon) for group in by_interval]
    agents: Sheet = [[TIME, *(group.name for group in by_interval)]]
    if by_interval:
        agents += [
            [time.replace(tzinfo=None), *(int(of[at]) for of in heads)]
            for at, time in enumerate(scenario.horizon.times)
        ]
    sheets = {AGENTS: agents} | {name: [[GROUP, *columns]] for name, columns in SHEETS.items()}
    for group in scenario.agent_groups:
        if group.shifts is None:
            continue
        tables = ShiftTables.of(group.shifts)
        for name, rows in zip(SHEETS, (tables.shifts, tables.breaks, tables.people), strict=True):
            sheets[name] += [[group.name, *(_number(row[column]) for column in SHEETS[name])] for row in rows]
    return sheets


def _number(text: str) -> str | int:
    return int(text) if text.isdecimal() else text


def with_staffing(scenario: Scenario, raw: bytes, name: str) -> Scenario:
    """The scenario with the staffing of a workbook; groups that no sheet names keep theirs.

    A group stands on the sheet *Agents* or on *Shifts*, which decides how its staffing is given. Rules on delayed
    breaks and late starts stay as they are in the scenario.

    Raises
    ------
    InvalidFile
        With sheet and cell, if a cell cannot be used, a group is unknown or on both sheets, or intervals are missing.
    """
    folded = {_folded(group): group for group in scenario.group_names}
    columns = {AGENTS.lower(): (_folded(TIME), *folded)}
    columns |= {sheet.lower(): tuple(map(_folded, (GROUP, *names))) for sheet, names in SHEETS.items()}
    tables = tables_from(raw, Path(name), columns)
    agents, shifts = _agents(tables.get(AGENTS.lower(), []), scenario, folded, name), _by_group(tables, scenario)
    if not agents and not shifts:
        known = ", ".join((AGENTS, *SHEETS))
        raise InvalidFile(name, "", "it has no staffing", f"give sheets called {known}, as this planner writes them")
    if both := next((group for group in agents if group in shifts), None):
        remedy = "give agents by interval, or shifts, and leave the other out"
        raise InvalidFile(name, "", f"{both} is on the sheets {AGENTS} and Shifts", remedy)
    staffing = agents | {group: _shifts(of, scenario.group(group).shifts, name) for group, of in shifts.items()}
    for group, given in staffing.items():
        changes = {"leaving": "own-time"} if isinstance(given, ShiftStaffing) else {}
        try:
            scenario = scenario.replace_group(group, staffing=given, **changes)
        except (InvalidValue, InvalidScenario) as wrong:
            if group in shifts:
                _refuse_row(shifts[group], wrong.field.removeprefix(f"agent_groups.{group}.staffing."), wrong)
            raise InvalidFile(name, "", wrong.problem, wrong.remedy, wrong.field) from None
    return scenario


def _refuse_row(rows: dict[str, list[Row]], field: str, wrong: InvalidValue | InvalidScenario) -> None:
    """Raise an error about a shift or a person at its first row, if there is one."""
    for sheet, column in (("People", "Person"), ("Shifts", "Shift")):
        for row in rows[sheet]:
            if field.startswith(f"{sheet.lower()}.{row.text(_folded(column))}"):
                row.refuse(_folded("Days" if "days" in wrong.problem else column), wrong.problem, wrong.remedy)


def _folded(heading: str) -> str:
    return heading.strip().lower().replace(" ", "_")


def _agents(rows: Sequence[Row], scenario: Scenario, folded: dict[str, str], name: str) -> dict[str, Any]:
    """Agents by interval of each group that has a column."""
    horizon = scenario.horizon
    if not rows:
        return {}
    groups = [column for column in rows[0].cells if column in folded]
    heads: NDArray[np.int64] = np.full((len(groups), horizon.intervals), -1, dtype=np.int64)
    for row in rows:
        at = _interval(row, scenario)
        if groups and heads[0, at] >= 0:
            row.refuse(_folded(TIME), "the time is there twice", "keep one row for each interval")
        for number, group in enumerate(groups):
            heads[number, at] = row.whole(group, 0)
    missing = np.flatnonzero((heads < 0).any(axis=0))
    if missing.size:
        first = horizon.times[int(missing[0])]
        more = f" and {missing.size - 1} more" if missing.size > 1 else ""
        raise InvalidFile(name, AGENTS, f"there is no row for {first:%Y-%m-%d %H:%M}{more}", "write 0 for nobody")
    return {folded[group]: of.tolist() for group, of in zip(groups, heads, strict=True)}


def _interval(row: Row, scenario: Scenario) -> int:
    horizon, column = scenario.horizon, _folded(TIME)
    text = row.text(column)
    try:
        at = (datetime.fromisoformat(text) - horizon.midnight).total_seconds() / horizon.interval
    except (ValueError, TypeError):
        row.refuse(column, f"{text!r} is no date and time", "write it as in 2026-03-02 08:30")
    if at != int(at) or not 0 <= at < horizon.intervals:
        remedy = f"intervals of {horizon.interval / 60:g} min from {horizon.midnight:%Y-%m-%d} on, {horizon.days} days"
        row.refuse(column, f"{text} is no interval of the scenario", f"it has {remedy}")
    return int(at)


def _by_group(tables: dict[str, list[Row]], scenario: Scenario) -> dict[str, dict[str, list[Row]]]:
    """The rows of the sheets of shifts by agent group."""
    result: dict[str, dict[str, list[Row]]] = {}
    for sheet in SHEETS:
        for row in tables.get(sheet.lower(), []):
            group = row.text(_folded(GROUP))
            if group not in scenario.group_names:
                row.refuse(
                    _folded(GROUP), f"there is no group {group!r}", f"known are {', '.join(scenario.group_names)}"
                )
            if sheet != "Shifts" and group not in result:
                row.refuse(_folded(GROUP), f"{group} has no shifts", "write them on the sheet Shifts")
            result.setdefault(group, {name: [] for name in SHEETS})[sheet].append(row)
    return result


def _shifts(rows: dict[str, list[Row]], before: ShiftStaffing | None, name: str) -> ShiftStaffing:
    tables = ShiftTables(*([_texts(row, columns) for row in rows[sheet]] for sheet, columns in SHEETS.items()))
    try:
        return tables.staffing(before)
    except BadCell as wrong:
        rows[wrong.table][wrong.row].refuse(_folded(wrong.column), wrong.problem, wrong.remedy)
    except (InvalidValue, InvalidScenario) as wrong:
        _refuse_row(rows, wrong.field, wrong)
        raise InvalidFile(name, "Shifts", wrong.problem, wrong.remedy, wrong.field) from None


def _texts(row: Row, columns: Sequence[str]) -> dict[str, str]:
    """The cells of a row as text; a cell that Excel made a date is one."""
    return {column: row.text(_folded(column), "").removesuffix(" 00:00:00") for column in columns}
