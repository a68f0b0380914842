"""Shifts as files to hand out: a workbook with a Gantt chart of cells for each day, ready to print, and CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from interface import export
from interface.language.messages import marked
from interface.workbooks import workbook_of
from models.scheduling.covering import PlannedShift, shift_cost
from models.scheduling.repair import Repair
from models.scheduling.shift_plan import (
    ShiftPlan,
    coverage_table,
    paid_intervals,
    plan_lines,
    shift_table,
    times_text,
)
from scenarios.units import DAY, HOUR
from studies.shifts.proof import ShiftProof, proof_lines, service_table, spare_table, target_table

AWAY, WORK, BREAK = 0, 1, 2
"""What a person does in an interval of a day."""
_COLOURS = ("#9CC9E8", "#B5DDB0", "#F3C99B", "#D9C2E0", "#F2E394", "#C9C9C9")
_BREAK_COLOUR = "#FFFFFF"
_LABELS = ("Agent group", "Shift", "Start", "End", "Breaks")


@dataclass(frozen=True)
class DayRow:
    """The shift of a person as a day shows it."""

    shift: PlannedShift
    states: tuple[int, ...]
    """By interval of the day: `AWAY`, `WORK` or `BREAK`."""
    from_day_before: bool
    """It began on the day before: only what lies after midnight is shown."""


def day_rows(plan: ShiftPlan, day: int) -> Iterator[DayRow]:
    """The shifts of a day, those first that began on the day before."""
    grid = plan.grid
    span = slice(day * grid.per_day, (day + 1) * grid.per_day)
    rows = []
    for shift in plan.shifts:
        states = np.zeros(grid.intervals, dtype=np.int64)
        for start, window in zip(shift.break_starts, shift.option.breaks, strict=True):
            states[shift.option.on_break(grid, start, window.length)] = BREAK
        states[shift.working(grid)] = WORK
        if states[span].any():
            rows.append(DayRow(shift, tuple(states[span].tolist()), day not in shift.option.days))
    return iter(sorted(rows, key=lambda row: (row.shift.option.group, not row.from_day_before, row.shift.option.start)))


def person_table(plan: ShiftPlan) -> pd.DataFrame:
    """A row for each person and day: group, day, times, breaks, paid hours and cost."""
    rows = []
    for number, shift in enumerate(plan.shifts, start=1):
        begin, end, breaks = times_text(shift, plan.rules.interval)
        day = plan.time(shift.option.days[0] * plan.grid.per_day)
        rows.append(
            {
                "number": number,
                "group": shift.option.group,
                "day": day.date().isoformat(),
                "shift": shift.option.name,
                "shift_start": begin,
                "shift_end": end,
                "break_times": breaks,
                "paid_hours": paid_intervals(shift) * plan.rules.interval / HOUR,
                "cost": shift_cost(shift),
            }
        )
    columns = ["number", "group", "day", "shift", "shift_start", "shift_end", "break_times", "paid_hours", "cost"]
    return pd.DataFrame(rows, columns=columns)


def shifts_csv(plan: ShiftPlan) -> bytes:
    """The shifts of all people as CSV."""
    return export.csv(person_table(plan))


def shifts_workbook(plan: ShiftPlan, proof: ShiftProof | None = None) -> bytes:
    """The shifts as an Excel workbook: a summary, a sheet for each day with a Gantt chart of cells, and the tables.

    With a proof also its targets, the service of each interval, and who may go home for an hour.
    """

    def write(book: Any) -> None:
        lines = plan_lines(plan) + (proof_lines(proof) if proof is not None else [])
        summary = pd.DataFrame(lines, columns=["Item", "Value"])
        export.write_sheet(book, "Summary", summary)
        for day in range(plan.grid.days):
            _day_sheet(book, plan, day)
        export.write_sheet(book, "Shifts", shift_table(plan))
        export.write_sheet(book, "Net staffing", coverage_table(plan))
        if proof is not None:
            export.write_sheet(book, "Proof", target_table(proof))
            export.write_sheet(book, "Proven service", service_table(proof))
            export.write_sheet(book, "May go home", spare_table(proof))

    return workbook_of(write)


def _day_sheet(book: Any, plan: ShiftPlan, day: int) -> None:
    """A day: people required and at work by group, then a row for each person with its cells coloured."""
    date = plan.time(day * plan.grid.per_day)
    sheet = book.add_worksheet(f"{date:%a %Y-%m-%d}")
    bold, small = book.add_format({"bold": True}), book.add_format({"font_size": 7, "align": "center"})
    first = len(_LABELS)
    sheet.write_string(0, 0, f"{plan.scenario.title or plan.scenario.name}, {date:%A %d %B %Y}", bold)
    for column, label in enumerate(_LABELS):
        sheet.write_string(1, column, label, bold)
    _hours(sheet, plan, date, first, bold)
    row = _counts(sheet, plan, day, first, small)
    formats = _formats(book, plan)
    for person in day_rows(plan, day):
        _person(sheet, plan, person, row, formats)
        row += 1
    sheet.set_column(0, 1, 14)
    sheet.set_column(2, 3, 6)
    sheet.set_column(4, 4, 30)
    sheet.set_column(first, first + plan.grid.per_day - 1, 0.9 if plan.grid.per_day > 48 else 2)
    sheet.freeze_panes(2, first)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    sheet.print_area(0, 0, max(row - 1, 2), first + plan.grid.per_day - 1)
    sheet.set_footer("&L&A&RPage &P of &N")


def _hours(sheet: Any, plan: ShiftPlan, date: datetime, first: int, bold: Any) -> None:
    """The full hours above their intervals."""
    per_hour = round(HOUR / plan.rules.interval) if plan.rules.interval <= HOUR else 1
    for place in range(0, plan.grid.per_day, max(per_hour, 1)):
        time = date + timedelta(seconds=place * DAY / plan.grid.per_day)
        sheet.write_string(1, first + place, f"{time:%H}", bold)


def _counts(sheet: Any, plan: ShiftPlan, day: int, first: int, small: Any) -> int:
    """Rows of people required and at work; the row after them."""
    row, present = 2, plan.present
    span = slice(day * plan.grid.per_day, (day + 1) * plan.grid.per_day)
    for name, required in plan.problem.requirement.items():
        for label, values in (("required", required[span]), ("at work", present[name][span])):
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, label)
            for place, value in enumerate(values):
                sheet.write_number(row, first + place, int(value), small)
            row += 1
    return row + 1


def _formats(book: Any, plan: ShiftPlan) -> dict[str, tuple[Any, Any]]:
    """The colours of work and breaks of each group."""
    return {
        name: (
            book.add_format({"bg_color": _COLOURS[number % len(_COLOURS)], "font_size": 7}),
            book.add_format({"bg_color": _BREAK_COLOUR, "font_size": 7, "align": "center", "border": 4}),
        )
        for number, name in enumerate(plan.scenario.group_names)
    }


def _person(sheet: Any, plan: ShiftPlan, person: DayRow, row: int, formats: dict[str, tuple[Any, Any]]) -> None:
    option = person.shift.option
    begin, end, breaks = times_text(person.shift, plan.rules.interval)
    name = f"{option.name} (from the day before)" if person.from_day_before else option.name
    for column, text in enumerate((option.group, name, begin, end, breaks)):
        sheet.write_string(row, column, text)
    work, pause = formats[option.group]
    for place, state in enumerate(person.states):
        if state == WORK:
            sheet.write_blank(row, len(_LABELS) + place, None, work)
        elif state == BREAK:
            sheet.write_string(row, len(_LABELS) + place, "b", pause)


def repair_table(result: Repair) -> pd.DataFrame:
    """A row for each change: group, shift, what changes, people."""
    interval = result.plan.rules.interval
    rows = [
        {
            "Agent group": change.group,
            "Shift": f"{change.before.option.name} {'-'.join(times_text(change.before, interval)[:2])}",
            "Action": change.action.capitalize(),
            "Change": change.text(interval),
            "People": change.people,
        }
        for change in result.changes
    ]
    return pd.DataFrame(rows, columns=marked(["Agent group", "Shift", "Action", "Change", "People"]))
