"""Who shares agents with whom, and how many agents that leaves to each contact type.

Types whose agents are exactly the same are one pool. Types that share only some of their agents are given a part of
each group such that everyone's load per agent is as even as the skills allow: a picture that is somewhat too dark,
because a divided agent cannot help whoever happens to be busy. Deferred work takes what connected work leaves over.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.centre.workload import Workload
from models.queueing.numerics.arguments import Floats
from scenarios.agents import AgentGroup
from scenarios.scenario import Scenario

ROUNDS = 150  # of evening out, each of which takes about a tenth off what is uneven
NOBODY = 1e-12


@dataclass(frozen=True)
class Sharing:
    """How groups and types hang together; `connected` types only, deferred ones wait for what is left.

    Attributes
    ----------
    scenario, flow
        The centre, and what reaches its agents.
    """

    scenario: Scenario
    flow: Workload

    @cached_property
    def present(self) -> Floats:
        """Agents on duty less mean absence, shape (groups, intervals)."""
        absent = np.array([[group.shrinkage.absence] for group in self.scenario.agent_groups])
        return np.asarray(self.scenario.expected_on_duty * (1 - absent))

    @cached_property
    def can(self) -> NDArray[np.bool_]:
        """Whether a group may take a type, shape (groups, types)."""
        routed = [{route.group for route in self.scenario.routes(name)} for name in self.scenario.type_names]
        return np.array([[name in groups for groups in routed] for name in self.scenario.group_names])

    @cached_property
    def connected(self) -> NDArray[np.bool_]:
        """Whether customers of a type are there while they wait, shape (types,)."""
        return np.array([contact_type.connected for contact_type in self.scenario.contact_types])

    def pool(self, k: int) -> tuple[int, ...]:
        """The live types that have exactly the agents of type `k`, itself included, where nobody else has any."""
        contact_types = self.scenario.contact_types
        able = self.can[:, k]
        near = [j for j in np.flatnonzero(self.connected) if np.any(self.can[able][:, j])]
        alike = all(np.array_equal(self.can[:, j], able) and contact_types[j].work == "live" for j in near)
        return tuple(int(j) for j in near) if contact_types[k].work == "live" and alike else (k,)

    def rivals(self, k: int) -> tuple[str, ...]:
        """The names of other connected types with which a type shares agents."""
        able = self.can[:, k]
        names = self.scenario.type_names
        return tuple(names[j] for j in np.flatnonzero(self.connected) if j != k and bool(np.any(self.can[able][:, j])))

    @cached_property
    def parts(self) -> Floats:
        """Agents of each group given to each connected type, shape (groups, types, intervals)."""
        weight = np.where(self.connected[:, None], self.flow.work, 0.0)
        return split(self.present, self.can & self.connected, weight)

    def main_group(self, k: int) -> AgentGroup:
        """The group that gives most agents to a type, the first routed one where nobody is on duty."""
        given = self.scenario.staffing.sum(axis=1) * self.can[:, k]
        if not given.any():
            return self.scenario.group(self.scenario.routes(self.scenario.type_names[k])[0].group)
        return self.scenario.agent_groups[int(np.argmax(given))]

    def speed(self, k: int, agents: Floats) -> Floats:
        """Mean speed at a type of the agents of each group, shape (intervals,); 1 or the mean where nobody is there."""
        name = self.scenario.type_names[k]
        speeds = np.array([g.skills[name].speed if name in g.skills else 0.0 for g in self.scenario.agent_groups])
        total = agents.sum(axis=0)
        usual = float(speeds[self.can[:, k]].mean())
        return np.asarray(np.divide(speeds @ agents, total, out=np.full(total.shape, usual), where=total > NOBODY))


def linked_types(sharing: Sharing) -> list[list[int]]:
    """Connected types that have agents in common, directly or by others in between; a pool stands by its first type."""
    components: list[list[int]] = []
    left = [int(k) for k in np.flatnonzero(sharing.connected)]
    while left:
        types = {left[0]}
        while more := {k for k in left if sharing.can[sharing.can[:, sorted(types)].any(axis=1), k].any()} - types:
            types |= more
        components.append([k for k in sorted(types) if sharing.pool(k)[0] == k])
        left = [k for k in left if k not in types]
    return components


def sessions_per_agent(group: AgentGroup) -> float:
    """The contacts at full speed that an agent of a group with all slots taken is worth.

    Examples
    --------
    >>> chat_team = {"max_concurrent": 3, "concurrency_speed": [1, 0.8, 0.6], "staffing": 5}
    >>> sessions_per_agent(AgentGroup(name="web", skills=["chat"], **chat_team))
    1.7999999999999998
    """
    return group.max_concurrent * (
        group.concurrency_speed[group.max_concurrent - 1]
        if len(group.concurrency_speed) >= group.max_concurrent
        else group.concurrency_speed[-1]
    )


def split(staffing: Floats, can: NDArray[np.bool_], work: Floats) -> Floats:
    """Agents divided among types so that work per head is as even as skills allow, nobody counted twice.

    Parameters
    ----------
    staffing
        Agents there, shape (groups, intervals).
    can
        Who may take what, shape (groups, types).
    work
        Work of each type, shape (types, intervals); a type without any gets nobody.

    Returns
    -------
    Shape (groups, types, intervals); adds up to the agents of a group wherever one of its types has work.

    Examples
    --------
    >>> both = split(np.array([[4.0], [6.0]]), np.array([[True, False], [True, True]]), np.array([[5.0], [5.0]]))
    >>> both.sum(axis=0).ravel().round(3)  # a desk of four for the first, six who do both: five for each
    array([5., 5.])
    """
    weight = work / np.maximum(work.sum(axis=0), NOBODY)
    asked = weight.copy()
    for _ in range(ROUNDS if (can.sum(axis=1) > 1).any() else 0):
        given = _divided(staffing, can, asked).sum(axis=0)
        ratio = np.divide(weight, given, out=np.zeros_like(given), where=given > NOBODY)
        mean = np.maximum(ratio.max(axis=0), NOBODY)
        asked = asked * np.sqrt(ratio / mean)
        asked = asked / np.maximum(asked.max(axis=0), NOBODY)
    return _divided(staffing, can, asked)


def _divided(staffing: Floats, can: NDArray[np.bool_], asked: Floats) -> Floats:
    constraint = can[:, :, None] * asked[None]
    total = constraint.sum(axis=1, keepdims=True)
    return np.asarray(
        staffing[:, None, :] * np.divide(constraint, total, out=np.zeros_like(constraint), where=total > 0)
    )
