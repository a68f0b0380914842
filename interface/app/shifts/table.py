"""The table of shifts on the page: its rows, and a plan from what was typed into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from interface.app.shifts.packing import KeptPlan, packed_plan, unpacked_plan
from models.scheduling.edits import added, interval_of, moved, with_breaks
from models.scheduling.shift_plan import ShiftPlan, shift_table
from scenarios.errors import InvalidValue
from scenarios.units import HOUR

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {
    "group": "Agent group",
    "day": "Day",
    "shift": "Shift",
    "shift_start": "Shift start",
    "shift_end": "Shift end",
    "break_times": "Breaks",
    "people": "People",
}
"""Labels of the table of shifts."""
TYPED = (COLUMNS["shift_start"], COLUMNS["break_times"], COLUMNS["people"])
"""The columns that are edited."""
MOST_PEOPLE = 1000


def shift_rows(plan: ShiftPlan) -> pd.DataFrame:
    """The different shifts as the page shows them, one row each, in the order of `ShiftPlan.different_shifts`."""
    table = shift_table(plan)[list(COLUMNS)]
    return table.assign(day=table["day"].dt.strftime("%a %d %b")).rename(columns=COLUMNS)


def edited(content: str, scenario: str, changes: Mapping[int, Mapping[str, Any]]) -> tuple[str, str]:
    """The kept plan after changes of rows of its table, by row and column, packed again.

    Raises
    ------
    InvalidValue
        If a time or a number of people cannot be used.
    """
    kept = unpacked_plan(content, scenario)
    plan = kept.plan
    people = Counter(plan.shifts)
    shifts = []
    for number, shift in enumerate(plan.different_shifts):
        change, count = changes.get(number, {}), people[shift]
        if (start := change.get(COLUMNS["shift_start"])) is not None:
            shift = moved(plan, shift, interval_of(plan, str(start), COLUMNS["shift_start"]))
        if (text := change.get(COLUMNS["break_times"])) is not None:
            shift = with_breaks(plan, shift, str(text))
        if COLUMNS["people"] in change:
            count = _people(change[COLUMNS["people"]])
        shifts += [shift] * count
    return packed_plan(KeptPlan(plan.with_shifts(shifts), kept.found))


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


def _people(value: object) -> int:
    if not isinstance(value, int | float) or not 0 <= value <= MOST_PEOPLE or value != int(value):
        raise InvalidValue(COLUMNS["people"], value, f"give a whole number from 0 to {MOST_PEOPLE:,}")
    return int(value)
