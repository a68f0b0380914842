"""Planned against required agents: what each group can spare or is short of, flexible agents credited by need."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from models.centre.cover import min_staffing
from models.centre.credit import credit, worth_at
from models.centre.requirement import WHOLE, need_of, usual_speed
from models.centre.sharing import Sharing, linked_types
from models.centre.staffing import Staffing, absence, agents_on_top, costs
from models.centre.type_service import (
    connected_services,
    deferred_parts,
    deferred_weights,
    spare_agents,
)
from models.centre.workload import work_in_items, workload
from models.deferred.requirement import enough
from models.queueing.numerics.arguments import Floats
from scenarios.scenario import Scenario


def required_staffing(scenario: Scenario) -> Staffing:
    """The agents nearest to the plan's that meet every target by formula, shape (groups, intervals).

    Where the plan is enough, its agents less those that could be spared, the dearest first; where it is not, its own
    agents and the cheapest on top. So planned less required never counts a flexible agent twice, adds up over groups,
    and is nowhere negative exactly where the formulas confirm the plan.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> desk = presets.load("help-desk")
    >>> (desk.staffing - required_staffing(desk)).max().item()
    0
    """
    sharing = Sharing(scenario, workload(scenario))
    staffing = np.zeros(scenario.staffing.shape, dtype=np.int64)
    for types in linked_types(sharing):
        staffing = staffing + _nearest(sharing, types)
    return _with_deferred(sharing, staffing)


def _nearest(sharing: Sharing, types: list[int]) -> Staffing:
    """Required agents for connected types that share agents."""
    scenario = sharing.scenario
    needs = [need_of(sharing, k) for k in types]
    can = sharing.can[:, types]
    worth = np.array([worth_at(sharing, k, need.per_agent) for k, need in zip(types, needs, strict=True)]).T
    present = worth * (1 - absence(scenario))
    agents = np.array([need.agents for need in needs])
    loads = np.array([need.load / need.per_agent for need in needs])
    met = np.all(credit(sharing, types, needs) >= agents - WHOLE, axis=0)
    planned = np.where(can.any(axis=1, keepdims=True), scenario.staffing, 0)
    cases, place = np.unique(np.vstack([loads, agents, planned, met]), axis=1, return_inverse=True)
    count, cost = len(types), costs(scenario)
    plans = []
    for case in cases.T:
        load, need, plan = case[:count], case[count : 2 * count], case[2 * count : -1]
        least, most = (None, plan) if case[-1] else (plan * bool(load.any()), None)
        plans.append(min_staffing(load, need, can, present, cost, most, least))
    return np.array(plans, dtype=np.int64)[place.ravel()].T


def _with_deferred(sharing: Sharing, connected: Staffing) -> Staffing:
    """Required agents with those that deferred work needs beside connected work."""
    scenario, flow = sharing.scenario, sharing.flow
    deferred = [
        k for k, contact_type in enumerate(scenario.contact_types) if not contact_type.connected and flow.work[k].any()
    ]
    if not deferred:
        return connected
    services, weights = connected_services(sharing), deferred_weights(sharing)
    able = np.asarray(sharing.can[:, deferred].any(axis=1))
    staffing = np.where(able[:, None], np.maximum(connected, scenario.staffing), connected)

    idle = spare_agents(sharing, services)

    def spare(plan: Staffing) -> Floats:
        return np.maximum(idle + (plan - scenario.staffing) * (1 - absence(scenario)), 0.0)

    def met(plan: Staffing) -> bool:
        parts = deferred_parts(sharing, spare(plan), weights)
        return all(_done(sharing, k, parts[:, k].sum(axis=0)) for k in deferred)

    if not met(staffing):
        return agents_on_top(sharing, staffing, spare(staffing), weights)
    for g in sorted(np.flatnonzero(able), key=lambda g: -costs(scenario)[g]):
        staffing = _trimmed(staffing, int(g), connected, met)
    return staffing


def _trimmed(staffing: Staffing, g: int, least: Staffing, met: Callable[[Staffing], bool]) -> Staffing:
    """The agents less as many of a group, alike in all its hours, as all deferred work can spare."""

    def fewer(count: int) -> Staffing:
        plan = staffing.copy()
        plan[g] = np.maximum(staffing[g] - count, np.minimum(least[g], staffing[g]))
        return plan

    low, high = 0, int(staffing[g].max()) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if met(fewer(middle)) else (low, middle)
    return fewer(low)


def _done(sharing: Sharing, k: int, agents: Floats) -> bool:
    """Whether agents by interval are enough for a deferred type."""
    scenario, items = sharing.scenario, sharing.flow.offered[k]
    handle = float(sharing.flow.work[k].sum() / items.sum()) / usual_speed(sharing, k)
    return enough(scenario, scenario.contact_types[k], work_in_items(scenario, k, items), agents, handle)
