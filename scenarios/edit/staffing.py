"""The staffing of an agent group given otherwise: shifts instead of agents by interval, and back."""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import Any

import numpy as np

from scenarios.errors import InvalidScenario
from scenarios.scenario import Scenario
from scenarios.units import HOUR

LONGEST = 9 * HOUR
"""The longest of the shifts that agents by interval become."""
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def as_shifts(scenario: Scenario, name: str) -> Scenario:
    """The scenario with a group that works in shifts: one after the other, with the most agents that each has now.

    They cover the agents of every interval and are a start to edit; ``ccplan shifts`` finds cheaper ones, with breaks.

    Raises
    ------
    InvalidScenario
        If nobody is on duty.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> desk = as_shifts(load("help-desk"), "desk").group("desk").shifts
    >>> [(shift.name, shift.start / 3600, shift.length / 3600, shift.people) for shift in desk.shifts]
    [('shift 1', 0.0, 8.0, 16), ('shift 2', 8.0, 8.0, 16), ('shift 3', 16.0, 8.0, 16)]
    """
    horizon, group = scenario.horizon, scenario.group(name)
    if group.shifts is not None:
        return scenario
    by_day = group.agents(horizon).reshape(horizon.days, -1)
    staffed = np.flatnonzero(by_day.max(axis=0))
    if not staffed.size:
        raise InvalidScenario(f"agent_groups.{name}.staffing", "nobody is on duty", "write agents by interval first")
    begin, end = int(staffed[0]), int(staffed[-1]) + 1
    count = ceil((end - begin) * horizon.interval / LONGEST)
    cuts = [begin + round(part * (end - begin) / count) for part in range(count + 1)]
    shifts = []
    for number, (start, until) in enumerate(pairwise(cuts), start=1):
        heads = by_day[:, start:until].max(axis=1)
        shift: dict[str, Any] = {
            "name": f"shift {number}",
            "start": start * horizon.interval,
            "length": (until - start) * horizon.interval,
            "days": _days(scenario, heads),
            "people": int(heads.max()),
        }
        if shift["people"]:
            shifts.append(shift)
    return scenario.replace_group(name, staffing={"shifts": shifts}, leaving="own-time")


def _days(scenario: Scenario, heads: Any) -> str:
    """The weekdays on which anybody is needed; every day of the horizon where that is all of them."""
    first = scenario.horizon.start.weekday()
    needed = {(first + day) % 7 for day in range(len(heads)) if heads[day]}
    if len(needed) == min(len(heads), 7):
        return "Mon-Sun"
    return ",".join(WEEKDAYS[day] for day in sorted(needed))


def as_agents(scenario: Scenario, name: str) -> Scenario:
    """The scenario with a group that has agents by interval: those whom its shifts have on duty on average, rounded.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> desk = load("help-desk")
    >>> bool((as_agents(as_shifts(desk, "desk"), "desk").staffing == desk.staffing).all())
    True
    """
    group = scenario.group(name)
    if group.shifts is None:
        return scenario
    return scenario.replace_group(name, staffing=group.agents(scenario.horizon).tolist())
