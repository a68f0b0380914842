"""Who is on duty when: heads per interval played as long shifts of numbered agents, less those who are absent."""

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
    """Stretches of duty, one row each, by agent and time. Agents are numbered through, group after group."""

    agent: NDArray[np.int64]
    on: NDArray[np.float64]
    off: NDArray[np.float64]
    """Infinite for the last stretch where the last staffing works off what is left."""
    group_of: NDArray[np.int64]
    """The group of each agent, shape (agents,)."""


def planned_shifts(scenario: Scenario, tape: Tape) -> Shifts:
    """The stretches of duty in one replication.

    Agent number *k* of a group is planned for the intervals with more than *k* heads: agent 0 stays longest. Nobody
    is planned for a lone interval where a longer stretch would do, so capacity is not overstated.
    """
    if any(one.any() for one in tape.absent):
        return _stretches(scenario, tape.absent)
    return _everybody(scenario)


@lru_cache(maxsize=64)
def _everybody(scenario: Scenario) -> Shifts:
    """The stretches when nobody is absent: the same in every replication, so nobody may write to them."""
    whole = played(scenario)
    found = _stretches(scenario, [np.zeros((whole.horizon.days, int(row.max())), dtype=bool) for row in whole.staffing])
    for column in (found.agent, found.on, found.off, found.group_of):
        column.flags.writeable = False
    return found


def _stretches(scenario: Scenario, absent: Sequence[NDArray[np.bool_]]) -> Shifts:
    whole = played(scenario)
    horizon = whole.horizon
    agents, ons, offs, groups = [], [], [], []
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
        ons.append(begins * horizon.interval)
        offs.append(ends * horizon.interval)
        groups.append(np.full(most, number))
        first += most
    off = np.concatenate(offs)
    if horizon.at_end == "work-off":
        off = np.where(off == horizon.length, np.inf, off)
    return Shifts(np.concatenate(agents), np.concatenate(ons), off, np.concatenate(groups))
