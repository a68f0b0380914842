"""The table of shifts on the page: its rows, and a plan from what was typed into it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from interface.app.editor.cells import Edits, cell, whole
from interface.app.grids.table import GridColumn, GridTable, distinct
from interface.app.shifts.packing import KeptPlan, packed_plan, unpacked_plan
from models.scheduling.edits import added, interval_of, moved, with_breaks
from models.scheduling.shift_plan import ShiftPlan, shift_table
from scenarios.errors import InvalidValue
from scenarios.units import HOUR

START, BREAKS, PEOPLE = "Shift start", "Breaks", "People"
"""The columns that are edited."""
_LABELS = {
    "group": "Agent group",
    "shift_start": START,
    "shift_end": "Shift end",
    "break_times": BREAKS,
    "people": PEOPLE,
}
MOST_PEOPLE = 1000


def shift_grid(kept: tuple[str, str]) -> GridTable:
    """The different shifts of a kept plan, packed, one row each, in the order of `ShiftPlan.different_shifts`."""
    plan = unpacked_plan(*kept).plan
    rows = shift_table(plan)
    table = rows[list(_LABELS)].rename(columns=_LABELS)
    table.insert(0, "Shift", _names(plan))
    as_written = GridColumn(lambda column, text: text, "text")
    columns = {
        START: replace(as_written, help="For example 07:30; breaks move along"),
        "Shift end": GridColumn(kind="text"),
        BREAKS: replace(as_written, help="For example 10:15, 12:30; ends are not read"),
        PEOPLE: GridColumn(lambda column, text: str(_people(column, text)), help="On this shift; 0 removes it"),
    }
    totals = {"Shift": "Total", PEOPLE: f"{len(plan.shifts):,}"}
    return GridTable("shifts", table, columns, with_edits, "shift", "0", totals=totals)


def _names(plan: ShiftPlan) -> list[str]:
    """The names of the rows."""
    options = [shift.option for shift in plan.different_shifts]
    return distinct(f"{plan.time(option.days[0] * plan.grid.per_day):%a %d %b} {option.name}" for option in options)


def with_edits(kept: tuple[str, str], edits: Edits) -> tuple[str, str]:
    """The kept plan with edits of rows of its table, packed again.

    Raises
    ------
    InvalidValue
        If a time or a number of people cannot be used.
    """
    before = unpacked_plan(*kept)
    plan = before.plan
    people = Counter(plan.shifts)
    shifts = []
    for number, (name, shift) in enumerate(zip(_names(plan), plan.different_shifts, strict=True)):
        change, count = edits.get(number, {}), people[shift]
        if START in change:
            with cell(name, START):
                shift = moved(plan, shift, interval_of(plan, change[START] or "", START))
        if BREAKS in change:
            with cell(name, BREAKS):
                shift = with_breaks(plan, shift, change[BREAKS] or "")
        if PEOPLE in change:
            with cell(name, PEOPLE):
                count = _people(PEOPLE, change[PEOPLE])
        shifts += [shift] * count
    return packed_plan(KeptPlan(plan.with_shifts(shifts), before.found))


def with_shift(
    kept: KeptPlan, group: str, pattern: tuple[str, int], day: int, start: int, people: int
) -> tuple[str, str]:
    """The kept plan with people on a further shift, packed: pattern by name and length, start as interval of the day.

    Raises
    ------
    InvalidValue
        If the shift cannot begin then.
    """
    shift = added(kept.plan, group, *pattern, day, start)
    return packed_plan(replace(kept, plan=kept.plan.with_shifts([*kept.plan.shifts, *[shift] * people])))


def patterns_of(plan: ShiftPlan, group: str) -> dict[str, tuple[str, int]]:
    """The shifts that can be added to a group: label to pattern and length in intervals."""
    options = [option for option in plan.problem.options if option.group == group]
    pairs = dict.fromkeys((option.name, option.parts[0][1]) for option in options)
    names = Counter(name for name, _ in pairs)
    hours = plan.rules.interval / HOUR
    return {(name if names[name] == 1 else f"{name}, {length * hours:g} h"): (name, length) for name, length in pairs}


def _people(column: str, value: object) -> int:
    count = whole(column, value)
    if count > MOST_PEOPLE:
        raise InvalidValue(column, value, f"write a whole number from 0 to {MOST_PEOPLE:,}")
    return count
