"""The shifts of agents: staffing by interval laid out as long shifts of numbered agents, less those who are absent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scenarios.scenario import Scenario
from simulator.tail import played
from simulator.tape import Tape


@dataclass(frozen=True, eq=False)
class Shifts:
    """One row per shift, by agent and time. Agents are numbered through, group after group."""

    agent: NDArray[np.int64]
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    """Infinite for the last shift where the last staffing works off what is left."""
    group_of: NDArray[np.int64]
    """The group of each agent, shape (agents,)."""


def planned_shifts(scenario: Scenario, tape: Tape) -> Shifts:
    """The shifts of one replication.

    Agent number *k* of a group is planned for the intervals with more than *k* agents: agent 0 stays longest. No agent
    is planned for a single interval where a longer shift would do, so capacity is not overstated.
    """
    if any(absent.any() for absent in tape.absent):
        return _shifts(scenario, tape.absent)
    return _without_absences(scenario)


@lru_cache(maxsize=64)
def _without_absences(scenario: Scenario) -> Shifts:
    """The shifts when no agent is absent: the same in every replication, and read-only."""
    whole = played(scenario)
    shifts = _shifts(scenario, [np.zeros((whole.horizon.days, int(row.max())), dtype=bool) for row in whole.staffing])
    for column in (shifts.agent, shifts.start, shifts.end, shifts.group_of):
        column.flags.writeable = False
    return shifts


def _shifts(scenario: Scenario, absent: Sequence[NDArray[np.bool_]]) -> Shifts:
    whole = played(scenario)
    horizon = whole.horizon
    agents, shift_starts, shift_ends, groups = [], [], [], []
    first = 0
    for number, staffing in enumerate(whole.staffing):
        most = int(staffing.max())
        present = staffing[None, :] > np.arange(most)[:, None]
        present &= ~absent[number][horizon.day_of_interval].T
        padded = np.zeros((most, horizon.intervals + 2), dtype=np.int8)
        padded[:, 1:-1] = present
        change = np.diff(padded, axis=1)
        agent, begins = np.nonzero(change == 1)
        ends = np.nonzero(change == -1)[1]
        agents.append(agent + first)
        shift_starts.append(begins * horizon.interval)
        shift_ends.append(ends * horizon.interval)
        groups.append(np.full(most, number))
        first += most
    end = np.concatenate(shift_ends)
    if horizon.at_end == "work-off":
        end = np.where(end == horizon.length, np.inf, end)
    return Shifts(np.concatenate(agents), np.concatenate(shift_starts), end, np.concatenate(groups))
