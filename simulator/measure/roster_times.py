"""What shifts plan for those who come: duty, late starts and breaks, by group and interval.

It is known before a day is simulated, and is nought for groups whose staffing is heads per interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.scenario import Scenario
from simulator.logs import StaffingLog
from simulator.measure.time_spans import time_by_interval
from simulator.shifts import Shifts
from simulator.tail import played

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RosterTimes:
    """Seconds by group and interval, shape (groups, intervals)."""

    duty: Floats
    """Planned duty of those who come, breaks left out."""
    late: Floats
    """The part of it that late starts miss."""
    breaks: Floats
    """How many breaks are due."""


def roster_times(scenario: Scenario, rows: Shifts | StaffingLog) -> RosterTimes | None:
    """The roster times of one replication; None where no group has shifts."""
    if not any(group.shifts for group in scenario.agent_groups):
        return None
    horizon, groups = scenario.horizon, len(scenario.agent_groups)
    size = groups, horizon.interval, horizon.intervals
    has_shifts = np.array([group.shifts is not None for group in scenario.agent_groups])
    group = rows.group_of[rows.agent]
    own = has_shifts[group] & (rows.due < played(scenario).judged)
    end = np.minimum(rows.end, horizon.length)
    begins = own & (rows.rest == 0)
    # The row before the first is never read: a break lies between two stretches of one person.
    break_start = np.append(0.0, rows.end[:-1])
    breaks = has_shifts[group] & (rows.rest > 0) & (break_start < min(played(scenario).judged, horizon.length))
    cell = group[breaks] * horizon.intervals + (break_start[breaks] // horizon.interval).astype(int)
    return RosterTimes(
        time_by_interval(rows.due[own], end[own], group[own], *size),
        time_by_interval(rows.due[begins], np.minimum(rows.start, end)[begins], group[begins], *size),
        np.bincount(cell, minlength=groups * horizon.intervals).reshape(groups, -1).astype(float),
    )
