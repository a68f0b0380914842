"""The shifts of a plan as what a roster has to staff: shifts by name, and the people needed on each day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from models.rostering.problem import MOST_DAYS, PersonBreaks, RosterProblem
from models.rostering.read import problem_from
from models.scheduling.covering import PlannedShift
from models.scheduling.shift_plan import ShiftPlan
from scenarios.errors import InvalidValue
from scenarios.rosters.tables import Row, Tables
from scenarios.units import DAY, MINUTE, clock

SOURCE = Path("the shift plan")
OWN = ("shifts", "heads")
"""Tables that the plan gives, whatever a file says."""


def roster_of(plan: ShiftPlan, files: Iterable[Tables], *, periods: int = 1) -> RosterProblem:
    """The roster problem of a plan and people: the plan gives shifts and heads, files all else.

    Parameters
    ----------
    files
        Tables of people, contracts, unavailability, wishes and fixed assignments, and perhaps a time zone.
    periods
        How often the plan is worked, one time after the other.

    Raises
    ------
    InvalidFile
        With the cell of what cannot be used, as in `models.rostering.read.read_problem`.
    InvalidValue
        If the periods are more than a roster can have, or the plan has no shifts.
    """
    if not plan.shifts:
        raise InvalidValue("shifts", 0, "plan shifts before you make a roster")
    days = plan.grid.days * periods
    if not 1 <= days <= MOST_DAYS:
        raise InvalidValue("periods", periods, f"a roster has 1 to {MOST_DAYS} days")
    given = [{name: rows for name, rows in tables.items() if name not in OWN} for tables in files]
    with_skills = len(plan.problem.requirement) > 1 or any(
        row.given("skills") for tables in given for row in tables.get("people", [])
    )
    period = next((tables["period"][0] for tables in given if tables.get("period")), None)
    zone = {name: period.cells[name] for name in ("timezone", "fair_price") if period and period.given(name)}
    start = {"start": plan.time(0).date().isoformat(), "days": days}
    own: dict[str, list[dict[str, Any]]] = {
        "period": [start | zone],
        "shifts": list(_shift_rows(plan, with_skills)),
        "heads": list(_head_rows(plan, periods)),
    }
    tables = {name: [Row(SOURCE, f"row {at}", row) for at, row in enumerate(rows, 1)] for name, rows in own.items()}
    others = [{name: rows for name, rows in file.items() if name != "period"} for file in given]
    problem = problem_from([tables, *others], "the files of people")
    return replace(problem, breaks=_planned_breaks(plan, periods))


def roster_name(plan: ShiftPlan, shift: PlannedShift) -> str:
    """The name of a shift in a roster: pattern, start, and what else tells it from others of the plan.

    Examples
    --------
    >>> from models.scheduling.patterns import rules_from
    >>> from models.scheduling.shift_plan import plan_shifts
    >>> from scenarios.yaml import presets
    >>> rules = rules_from({"patterns": [{"name": "day", "lengths": ["8 h"], "start_step": "8 h"}]})
    >>> plan = plan_shifts(presets.load("help-desk"), rules)
    >>> roster_name(plan, plan.shifts[0])
    'day 00:00'
    """
    option, interval = shift.option, plan.rules.interval
    group = f"{option.group} " if len(plan.problem.requirement) > 1 else ""
    alike = {
        other.option.parts
        for other in plan.shifts
        if (other.option.group, other.option.name, other.option.start) == (option.group, option.name, option.start)
    }
    end = f"-{clock((option.start + option.length) * interval % DAY)}" if len(alike) > 1 else ""
    return f"{group}{option.name} {clock(option.start * interval)}{end}".replace(",", "")


def _shift_rows(plan: ShiftPlan, with_skills: bool) -> Iterable[dict[str, Any]]:
    seen: dict[str, PlannedShift] = {}
    for shift in plan.shifts:
        seen.setdefault(roster_name(plan, shift), shift)
    for name, shift in seen.items():
        option, minutes = shift.option, plan.rules.interval / MINUTE
        present = sum(length for _, length in option.parts)
        unpaid = option.length - present + sum(window.length for window in option.breaks if not window.paid)
        yield {
            "name": name,
            "start": clock(option.start * plan.rules.interval),
            "length": f"{option.length * minutes:g} min",
            "unpaid": f"{unpaid * minutes:g} min",
            "skill": option.group if with_skills else "",
        }


def _planned_breaks(plan: ShiftPlan, periods: int) -> dict[tuple[int, str], tuple[PersonBreaks, ...]]:
    """The breaks of the people of each shift, by day of the roster and name of the shift."""
    minutes = plan.rules.interval / MINUTE
    planned: dict[tuple[int, str], list[PersonBreaks]] = defaultdict(list)
    for shift in plan.shifts:
        pairs = zip(shift.break_starts, shift.option.breaks, strict=True)
        breaks = tuple(
            (round((shift.option.start + start) * minutes), round(window.length * minutes)) for start, window in pairs
        )
        for day in shift.option.days if breaks else ():
            for period in range(periods):
                planned[period * plan.grid.days + day, roster_name(plan, shift)].append(breaks)
    return {place: tuple(sorted(breaks)) for place, breaks in planned.items()}


def _head_rows(plan: ShiftPlan, periods: int) -> Iterable[dict[str, Any]]:
    people = Counter((day, roster_name(plan, shift)) for shift in plan.shifts for day in shift.option.days)
    start = plan.time(0).date().toordinal()
    for (day, name), heads in people.items():
        for period in range(periods):
            on = date.fromordinal(start + period * plan.grid.days + day)
            yield {"day": on.isoformat(), "shift": name, "heads": heads}
