"""The shifts of a plan as the staffing of its scenario."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

from models.scheduling.covering import PlannedShift
from models.scheduling.shift_plan import ShiftPlan
from scenarios.scenario import Scenario
from scenarios.shifts.staffing import ShiftStaffing
from scenarios.units import clock

Shape = tuple[str, int, tuple[tuple[int, int], ...], tuple[int, ...]]
"""Name, start, parts and starts of breaks of a shift, the same on all days on which it is worked."""


def scenario_with_shifts(plan: ShiftPlan, scenario: Scenario | None = None) -> Scenario:
    """A scenario whose groups work the shifts of a plan, breaks at their times; other groups stay.

    A shift that as many people work on several days is one shift of these days.

    Parameters
    ----------
    scenario
        By default that of the plan; another one has the same agent groups.

    Examples
    --------
    >>> from models.scheduling.patterns import rules_from
    >>> from models.scheduling.shift_plan import plan_shifts
    >>> from scenarios.yaml import presets
    >>> rules = rules_from({"patterns": [{"name": "day", "lengths": ["8 h"], "start_step": "8 h"}]})
    >>> scenario = scenario_with_shifts(plan_shifts(presets.load("help-desk"), rules))
    >>> [(shift.name, shift.people) for shift in scenario.group("desk").shifts.shifts]
    [('day 00:00', 16), ('day 08:00', 16), ('day 16:00', 16)]
    """
    scenario = plan.scenario if scenario is None else scenario
    for name in plan.problem.requirement:
        shifts = [shift for shift in plan.shifts if shift.option.group == name]
        if shifts:
            scenario = scenario.replace_group(name, staffing=_staffing(plan, shifts))
    return scenario


def _staffing(plan: ShiftPlan, shifts: list[PlannedShift]) -> ShiftStaffing:
    by_day: dict[Shape, Counter[int]] = defaultdict(Counter)
    windows: dict[Shape, PlannedShift] = {}
    for shift in shifts:
        option = shift.option
        shape = (option.name, option.start, option.parts, shift.break_starts)
        by_day[shape].update(option.days)
        windows[shape] = shift
    rows = []
    names: Counter[str] = Counter()
    for shape, people in by_day.items():
        for count in sorted(set(people.values()), reverse=True):
            days = [day for day, number in sorted(people.items()) if number == count]
            name = f"{shape[0]} {clock(shape[1] * plan.rules.interval)}"
            names[name] += 1
            unique = name if names[name] == 1 else f"{name} ({names[name]})"
            rows.append(_row(plan, windows[shape], unique, days, count))
    return ShiftStaffing.model_validate({"shifts": rows})


def _row(plan: ShiftPlan, shift: PlannedShift, name: str, days: list[int], people: int) -> dict[str, object]:
    interval, option = plan.rules.interval, shift.option
    (_, length), *later = option.parts
    row: dict[str, object] = {
        "name": name,
        "start": option.start * interval,
        "length": length * interval,
        "breaks": [
            {"length": window.length * interval, "earliest": start * interval, "paid": window.paid}
            for start, window in zip(shift.break_starts, option.breaks, strict=True)
        ],
        "people": people,
    }
    if len(days) < plan.grid.days:
        first = plan.time(0).date()
        row["days"] = ", ".join((first + timedelta(days=day)).isoformat() for day in days)
    if later:
        ((after, second),) = later
        row["second_part"] = {"length": second * interval, "pause": (after - length) * interval}
    return row
