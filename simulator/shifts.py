"""The shifts of agents: staffing by interval laid out as long shifts of numbered agents, or the shifts that are given.

Those of people who are absent are left out. A shift with breaks is a row for each stretch of duty between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scenarios.scenario import Scenario
from scenarios.shifts.duties import Duties, duties
from scenarios.shifts.staffing import ShiftStaffing
from simulator.clock import GRID, all_on_grid
from simulator.tail import Played, played
from simulator.tape import Tape

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Shifts:
    """One row per shift, or stretch of duty, by agent and time. Agents are numbered through, group after group."""

    agent: Ints
    start: Floats
    end: Floats
    """Infinite for the last shift where the last staffing works off what is left."""
    due: Floats
    """The planned start: before `start` where an agent comes late."""
    rest: Floats
    """The planned break before the row, 0 where none is."""
    before_break: Mask
    """Whether a break follows, so that work after the end delays it."""
    moves: Mask
    """Whether the break before the row is taken in full when it is delayed, so that the row starts later."""
    group_of: Ints
    """The group of each agent, shape (agents,)."""


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows of one group, its agents numbered from 0."""

    agents: int
    agent: Ints
    start: Floats
    end: Floats
    due: Floats
    rest: Floats
    before_break: Mask
    moves: Mask


def planned_shifts(scenario: Scenario, tape: Tape) -> Shifts:
    """The shifts of one replication.

    Where staffing is given as heads, agent number *k* of a group is planned for the intervals with more than *k*
    agents: agent 0 stays longest. No agent is planned for a single interval where a longer shift would do, so capacity
    is not overstated.
    """
    if any(absent.any() for absent in tape.absent) or tape.late:
        return _shifts(scenario, tape.absent, tape.late, tape.grid)
    return _without_absences(scenario)


@lru_cache(maxsize=64)
def _without_absences(scenario: Scenario) -> Shifts:
    """The shifts when no agent is absent or late: the same in every replication, and read-only."""
    whole = played(scenario)
    nobody = [
        np.zeros((whole.horizon.days, int(row.max())), dtype=bool)
        if group.shifts is None
        else np.zeros((whole.horizon.days + 1, group.shifts.person_count), dtype=bool)
        for group, row in zip(scenario.agent_groups, whole.staffing, strict=True)
    ]
    shifts = _shifts(scenario, nobody, (), GRID)
    for field in fields(Shifts):
        getattr(shifts, field.name).flags.writeable = False
    return shifts


def _shifts(scenario: Scenario, absent: Sequence[Mask], late: Sequence[Floats], grid: float) -> Shifts:
    whole = played(scenario)
    parts = []
    for number, group in enumerate(scenario.agent_groups):
        if group.shifts is None:
            parts.append(_of_heads(whole, number, absent[number]))
        else:
            parts.append(
                _of_people(
                    _duties(scenario)[number], group.shifts, absent[number], late[number] if late else None, grid
                )
            )
    first = np.cumsum([0, *(part.agents for part in parts)])
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(_Rows)
        if field.name not in ("agents", "agent")
    }
    if whole.horizon.at_end == "work-off":
        columns["end"] = np.where(columns["end"] == whole.horizon.length, np.inf, columns["end"])
    agent = np.concatenate([part.agent + before for part, before in zip(parts, first[:-1], strict=True)])
    group_of = np.repeat(np.arange(len(parts)), [part.agents for part in parts])
    return Shifts(agent=agent, group_of=group_of, **columns)


def _of_heads(whole: Played, number: int, absent: Mask) -> _Rows:
    """The shifts of a group whose staffing is given by interval."""
    horizon, staffing = whole.horizon, whole.staffing[number]
    most = int(staffing.max())
    present = staffing[None, :] > np.arange(most)[:, None]
    present &= ~absent[horizon.day_of_interval].T
    padded = np.zeros((most, horizon.intervals + 2), dtype=np.int8)
    padded[:, 1:-1] = present
    change = np.diff(padded, axis=1)
    agent, begins = np.nonzero(change == 1)
    ends = np.nonzero(change == -1)[1]
    edges: Floats = np.array((begins, ends), dtype=float) * horizon.interval
    never = np.zeros(len(agent), dtype=bool)
    return _Rows(most, agent, edges[0], edges[1], edges[0], np.zeros(len(agent)), never, never)


@lru_cache(maxsize=64)
def _duties(scenario: Scenario) -> dict[int, Duties]:
    """The stretches of duty of each group with shifts, by its number, absent people included."""
    days = played(scenario).horizon.days
    return {
        number: duties(group.shifts, scenario.horizon, days)
        for number, group in enumerate(scenario.agent_groups)
        if group.shifts is not None
    }


def _of_people(planned: Duties, staffing: ShiftStaffing, absent: Mask, late: Floats | None, grid: float) -> _Rows:
    """The stretches of duty of a group with shifts, of those who come.

    Who is late begins before the first break all the same, if only for a moment.
    """
    at_work = ~absent[planned.day + 1, planned.person]
    person, day, first = planned.person[at_work], planned.day[at_work], planned.first[at_work]
    due, end = all_on_grid(planned.start[at_work], GRID), all_on_grid(planned.end[at_work], GRID)
    start: Floats = due
    if late is not None and late.size:
        start = np.where(first, np.minimum(due + late[day + 1, person], end - grid), due)
    rest: Floats = all_on_grid(planned.rest[at_work], GRID)
    moves = (rest > 0) & (staffing.delayed_breaks == "moved")
    return _Rows(staffing.person_count, person, start, end, due, rest, planned.before_break[at_work], moves)
