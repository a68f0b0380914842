"""What the Shifts page asks of a worker process, and how its tables are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interface.app.jobs.jobs import Progress
from interface.app.verdicts import Tile
from interface.formatting import optimality_gap, shown
from models.scheduling.patterns import ShiftRules
from models.scheduling.shift_plan import RequirementSource, ShiftPlan, plan_shifts, shift_table
from scenarios.scenario import Scenario

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
    "paid_hours": "Paid hours",
    "cost": "Cost",
}
"""Labels of the table of shifts."""


def planned(
    progress: Progress, scenario: Scenario, rules: ShiftRules, source: RequirementSource, seconds: float
) -> ShiftPlan:
    """The shifts of a scenario; cancelled between two parts of the search."""
    return plan_shifts(
        *(scenario, rules, source), seconds=seconds, progress=progress.step, stop=lambda: progress.stopped
    )


def editable(plan: ShiftPlan) -> pd.DataFrame:
    """The different shifts as the page shows them, one row each."""
    table = shift_table(plan)[list(COLUMNS)]
    return table.assign(day=table["day"].dt.strftime("%a %d %b")).rename(columns=COLUMNS)


def plan_tiles(plan: ShiftPlan, before: ShiftPlan, currency: str) -> list[Tile]:
    """Cost and coverage of a plan, with what changed by hand since the search."""

    def change(value: float, old: float, unit: str) -> tuple[str, ...]:
        return (f"{value - old:+,.1f} {unit} by your edits",) if round(value - old, 2) else ()

    gap = f"{optimality_gap(before.gap, estimated=False)}, lower bound {shown(before.bound, 'money', currency)}"
    short, over = plan.short_hours, plan.extra_hours
    people = len(plan.shifts)
    return [
        Tile("Cost", shown(plan.wages, "money", currency), "plain", gap, change(plan.wages, before.wages, currency)),
        Tile(
            *("Understaffed hours", f"{short:,.1f} h", "missed" if short else "met"),
            "Understaffed" if short else "Requirement covered",
            change(short, before.short_hours, "h"),
        ),
        Tile(
            *("Overstaffed hours", f"{over:,.1f} h", "plain", "Above the requirement"),
            change(over, before.extra_hours, "h"),
        ),
        Tile("Shifts", f"{people:,}", "plain", f"{plan.paid_hours:,.1f} paid hours", ()),
    ]
