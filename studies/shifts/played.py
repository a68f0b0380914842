"""A schedule as a scenario that can be simulated: its shifts with their breaks, or its people at work by interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import numpy as np

from models.scheduling.covering import PlannedShift
from models.scheduling.options import Ints
from models.scheduling.shift_plan import ShiftPlan
from scenarios.contact_types import ContactType
from scenarios.scenario import Scenario
from scenarios.shifts.staffing import BreakRule, LaterPart, Shift, ShiftStaffing


def played_scenario(plan: ShiftPlan) -> Scenario:
    """The scenario of a plan with its shifts as staffing: real breaks, absence by person, who finishes late.

    On the intervals of the plan, see `on_grid`. Where the plan repeats, a night shift of the last day is also worked on
    the day before the first.
    """
    scenario = on_grid(plan.scenario, plan.rules.interval)
    shifts: dict[str, list[Shift]] = {name: [] for name in scenario.group_names}
    for number, (shift, people) in enumerate(Counter(plan.shifts).items(), start=1):
        shifts[shift.option.group].append(_shift(plan, shift, number, people))
    groups = [
        group.model_copy(update={"staffing": ShiftStaffing(shifts=shifts[group.name]) if shifts[group.name] else 0})
        for group in scenario.agent_groups
    ]
    return scenario.replace(agent_groups=groups)


def _shift(plan: ShiftPlan, shift: PlannedShift, number: int, people: int) -> Shift:
    """A planned shift as a scenario says it."""
    option, interval, first = shift.option, plan.rules.interval, plan.scenario.horizon.start
    days = list(option.days)
    if plan.grid.cyclic and (plan.grid.days - 1) in days and option.start + option.length > plan.grid.per_day:
        days.append(-1)
    breaks = [
        BreakRule(length=window.length * interval, earliest=start * interval, paid=window.paid)
        for start, window in zip(shift.break_starts, option.breaks, strict=True)
    ]
    second = None
    if len(option.parts) > 1:
        (_, length), (after, later) = option.parts
        second = LaterPart(length=later * interval, pause=(after - length) * interval)
    return Shift(
        name=f"{option.name} {number}",
        start=option.start * interval,
        length=option.parts[0][1] * interval,
        breaks=tuple(breaks),
        second_part=second,
        days=", ".join((first + timedelta(days=day)).isoformat() for day in sorted(days)),
        people=people,
    )


def on_grid(scenario: Scenario, interval: float) -> Scenario:
    """The scenario on shorter intervals of `interval` seconds, unless a target holds in every interval.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> desk = presets.load("help-desk")
    >>> finer = on_grid(desk, 900)
    >>> desk.horizon.intervals, finer.horizon.intervals
    (48, 96)
    >>> bool(np.allclose(desk.expected.sum(), finer.expected.sum()))
    True
    """
    parts = round(scenario.horizon.interval / interval)
    by_interval = any(t.target is not None and t.target.every == "interval" for t in scenario.contact_types)
    if parts <= 1 or by_interval:
        return scenario
    groups = [
        group.model_copy(update={"staffing": tuple(np.repeat(row, parts).tolist())})
        for group, row in zip(scenario.agent_groups, scenario.staffing, strict=True)
    ]
    types = [_on_parts(contact_type, parts) for contact_type in scenario.contact_types]
    horizon = scenario.horizon.model_dump() | {"interval": interval}
    return scenario.replace(horizon=horizon, contact_types=types, agent_groups=groups)


def _on_parts(contact_type: ContactType, parts: int) -> ContactType:
    """A contact type whose volume by interval is spread evenly over shorter intervals."""
    volume = contact_type.volume
    if volume.per_interval is None:
        return contact_type
    finer = tuple(np.repeat(np.array(volume.per_interval) / parts, parts).tolist())
    return contact_type.model_copy(update={"volume": volume.model_copy(update={"per_interval": finer})})


def with_people(scenario: Scenario, people: Mapping[str, Ints], interval: float) -> Scenario:
    """The scenario with people at work given on intervals of `interval` seconds; the fewest of each interval count."""
    parts = round(scenario.horizon.interval / interval)
    groups = []
    for group in scenario.agent_groups:
        fewest = people[group.name].reshape(-1, parts).min(axis=1)
        groups.append(group.model_copy(update={"staffing": tuple(fewest.tolist())}))
    return scenario.replace(agent_groups=groups)
