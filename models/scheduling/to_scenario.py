"""A plan of shifts as the staffing of a scenario, so that it can be simulated, edited and kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import groupby
from typing import TypeAlias

from models.scheduling.covering import PlannedShift
from models.scheduling.shift_plan import ShiftPlan
from scenarios.hours import WEEKDAYS
from scenarios.scenario import Scenario
from scenarios.shifts.staffing import BreakRule, LaterPart, Shift, ShiftStaffing
from scenarios.units import DAY, clock

ORIGIN = "assumption: shifts planned for the requirement (models.scheduling); check by simulation"
Times: TypeAlias = tuple[str, float, tuple[tuple[float, float], ...], tuple[BreakRule, ...]]
"""What makes shifts alike: name, start, parts and breaks."""


def scenario_with_shifts(plan: ShiftPlan, scenario: Scenario | None = None) -> Scenario:
    """A scenario whose groups work the shifts of a plan, breaks at their times; other groups stay.

    A shift that as many people work on several days is one shift of these days. A night shift of the last day that the
    plan sees on the first day is begun on the day before as well.

    Parameters
    ----------
    plan
        The shifts.
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
    origins = dict(scenario.origins)
    for name in plan.problem.requirement:
        planned = [shift for shift in plan.shifts if shift.option.group == name]
        if planned:
            scenario = scenario.replace_group(name, staffing=_staffing(plan, planned), leaving="own-time")
            origins[f"agent_groups.{name}.staffing"] = ORIGIN
    return scenario.replace(origins=origins)


def _staffing(plan: ShiftPlan, planned: list[PlannedShift]) -> ShiftStaffing:
    people: dict[Times, Counter[int]] = defaultdict(Counter)
    for shift in planned:
        people[_times(plan, shift)].update(_begins(plan, shift))
    names: Counter[str] = Counter()
    shifts = []
    for (name, start, parts, breaks), by_day in people.items():
        second = None
        if len(parts) > 1:
            (_, first_end), (after, end) = parts
            second = LaterPart(length=end - after, pause=after - first_end)
        for count in sorted(set(by_day.values())):
            label = f"{name} {clock(start)}"
            names[label] += 1
            shifts.append(
                Shift(
                    name=label if names[label] == 1 else f"{label} ({names[label]})",
                    start=start,
                    length=parts[0][1],
                    breaks=breaks,
                    second_part=second,
                    days=_written(plan, [day for day, heads in by_day.items() if heads == count]),
                    people=count,
                )
            )
    return ShiftStaffing(shifts=tuple(shifts))


def _times(plan: ShiftPlan, shift: PlannedShift) -> Times:
    """What a shift has in common with others, in seconds."""
    interval, option = plan.rules.interval, shift.option
    rules = tuple(
        BreakRule(length=window.length * interval, earliest=start * interval, paid=window.paid)
        for start, window in sorted(zip(shift.break_starts, option.breaks, strict=True), key=lambda pair: pair[0])
    )
    parts = tuple((after * interval, (after + length) * interval) for after, length in option.parts)
    return option.name, option.start * interval % DAY, parts, rules


def _begins(plan: ShiftPlan, shift: PlannedShift) -> list[int]:
    """The days on which a shift begins; -1 too where the horizon repeats and it passes the end of the last day."""
    option, grid = shift.option, plan.grid
    first = [day + option.start // grid.per_day for day in option.days]
    last = grid.days - 1
    wraps = grid.cyclic and last in first and option.start % grid.per_day + option.length > grid.per_day
    return [*first, -1] if wraps and grid.days != 7 else first


def _written(plan: ShiftPlan, days: list[int]) -> str:
    """Days as weekdays where the horizon has each of them once, else as dates."""
    start = plan.scenario.horizon.start
    if plan.grid.days > 7:
        return ", ".join((start + timedelta(days=day)).isoformat() for day in sorted(days))
    weekdays = sorted((start + timedelta(days=day)).weekday() for day in days)
    runs = [[day for _, day in run] for _, run in groupby(enumerate(weekdays), key=lambda pair: pair[1] - pair[0])]
    return ",".join(WEEKDAYS[run[0]] if len(run) == 1 else f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}" for run in runs)
