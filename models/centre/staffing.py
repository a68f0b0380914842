"""From targets to agents: a new scenario whose staffing meets the target of every contact type, by formula."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.centre.cover import min_staffing
from models.centre.credit import worth_at
from models.centre.requirement import WHOLE, Need, need_of, refuse_cap, usual_speed
from models.centre.sharing import Sharing, linked_types
from models.centre.type_service import connected_services, deferred_parts, deferred_weights, spare_agents
from models.centre.workload import Workload, busy_day, work_in_items, workload
from models.day.intervals import Rule
from models.deferred.requirement import enough, worked
from models.queueing.numerics.arguments import Floats
from scenarios.agents import MOST_AGENTS
from scenarios.errors import TooLarge
from scenarios.scenario import Scenario

Staffing = NDArray[np.int64]
ROUNDS = 6
ORIGIN = "assumption: minimum agents by formula (models.centre.staffing); check by simulation"


def staff(
    scenario: Scenario, max_occupancy: float | None = None, rule: Rule = "sipp", days: float | None = None
) -> Scenario:
    """The scenario with agents by interval and group that meet every type's target by formula; none in empty hours.

    Types with agents of their own, and types that share all their agents, get the least agents exactly. Where skills
    overlap in part, a safe start: the cheapest agents such that every set of types has enough agents who can take any
    of them (load plus square-root safety), an agent counted once. Deferred work gets what connected work leaves idle,
    and agents on top in the hours in which its agents work. Planned agents are divided by one minus the absence;
    planned shrinkage is paid on top and is not in the agents. A group's `min_agents` and `max_agents` hold, even if a
    target is missed for it. A plan for skills is a start: confirm it by simulation.

    Parameters
    ----------
    max_occupancy, rule
        As in `models.centre.requirement.requirement`.
    days
        Staff for the busyness that this share of days stays under (0.9: "9 days of 10"), for types whose volume
        varies from day to day; by default for the expected volume. A target's own `on_days` goes before it.

    Raises
    ------
    InvalidValue
        If an argument cannot be used, or a target asks for certainty.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> desk = staff(presets.load("help-desk").replace_type("calls", open="Mon-Sun 08:00-18:00"))
    >>> int(desk.staffing.max()), int(desk.staffing[0, 0])
    (16, 0)
    """
    refuse_cap(max_occupancy)
    flow = busy_day(scenario, workload(scenario), days)
    sharing = Sharing(scenario, flow)
    staffing = nobody = np.zeros(scenario.staffing.shape, dtype=np.int64)
    for turn in range(ROUNDS):
        least = nobody if turn < ROUNDS // 2 else staffing  # in the end agents only rise, so that there is an end
        staffing = _connected_staffing(sharing, least, max_occupancy, rule)
        before, sharing = sharing, Sharing(_staffed(scenario, staffing), flow)
        if _speeds(sharing) == _speeds(before):
            break
    return _with_deferred(scenario, flow, _within_limits(scenario, staffing))


def _connected_staffing(sharing: Sharing, least: Staffing, max_occupancy: float | None, rule: Rule) -> Staffing:
    """Agents of each group that meet the targets of connected types, no fewer than the least."""
    staffing = least
    for types in linked_types(sharing):
        part = [need_of(sharing, k, max_occupancy, rule) for k in types]
        staffing = np.maximum(staffing, _cover(sharing, part, least))
    return staffing


def _speeds(sharing: Sharing) -> list[tuple[str, float]]:
    """The main group and mean speed of each connected type: means over the agents, so new agents can shift a need."""
    return [(sharing.main_group(int(k)).name, usual_speed(sharing, int(k))) for k in np.flatnonzero(sharing.connected)]


def _within_limits(scenario: Scenario, staffing: Staffing) -> Staffing:
    """Agents no fewer and no more than a group may have wherever it works."""
    least = np.array([[group.min_agents] for group in scenario.agent_groups])
    most = np.array(
        [[MOST_AGENTS if group.max_agents is None else group.max_agents] for group in scenario.agent_groups]
    )
    return np.where(staffing > 0, np.clip(staffing, least, most), staffing)


# -- connected work --------------------------------------------------------------------------------------------------


def _cover(sharing: Sharing, part: list[Need], least: Staffing) -> Staffing:
    """Agents of each group for linked needs, no fewer than the least, shape (groups, intervals)."""
    can = sharing.can[:, [need.members[0] for need in part]]
    worth = np.array([worth_at(sharing, need.members[0], need.per_agent) for need in part]).T
    if len(part) == 1:
        return _shared_out(sharing, part[0], can[:, 0], worth[:, 0], least)
    cost, most = costs(sharing.scenario), _most(sharing.scenario)
    present = worth * (1 - absence(sharing.scenario))
    loads = np.array([need.load / need.per_agent for need in part])
    needed = np.array([need.agents for need in part])
    able = np.where(can.any(axis=1, keepdims=True), least, 0)
    cases, place = np.unique(np.vstack([loads, needed, able]), axis=1, return_inverse=True)
    count = len(part)
    plans = [
        min_staffing(case[:count], case[count : 2 * count], can, present, cost, most, case[2 * count :])
        for case in cases.T
    ]
    return np.array(plans, dtype=np.int64)[place.ravel()].T


def _shared_out(sharing: Sharing, need: Need, able: NDArray[np.bool_], worth: Floats, least: Staffing) -> Staffing:
    """The agents of one need divided among its groups as they are now; among equals the first takes more."""
    if least[able].any():
        present = (worth * (1 - absence(sharing.scenario))[:, 0]) @ (least * able[:, None])
        short = np.maximum(np.ceil((need.agents - present) / (1 - need.absent) - WHOLE), 0).astype(np.int64)
        main = sharing.scenario.group_names.index(sharing.main_group(need.members[0]).name)
        return np.asarray(least * able[:, None] + short * (np.arange(able.size) == main)[:, None])
    weight = sharing.scenario.staffing.sum(axis=1) * able
    if not weight.any():
        weight = able * (np.arange(able.size) == np.argmax(able))
    constraint = need.on_duty[None] * (weight / weight.sum())[:, None]
    given = np.floor(constraint + WHOLE)
    order = np.argsort(-(constraint - given), axis=0, kind="stable")
    missing = need.on_duty - given.sum(axis=0)
    extra = np.arange(able.size)[:, None] < missing
    np.put_along_axis(given, order, np.take_along_axis(given, order, axis=0) + extra, axis=0)
    return np.asarray(given, dtype=np.int64)


def absence(scenario: Scenario) -> Floats:
    """The share of each group that is away without notice, shape (groups, 1)."""
    return np.array([[group.shrinkage.absence] for group in scenario.agent_groups])


def costs(scenario: Scenario) -> Floats:
    """What a head of each group costs, with its paid breaks; all alike where no group has a price."""
    groups = scenario.agent_groups
    paid = [g.cost_per_hour / (1 - g.shrinkage.planned) for g in groups]
    # a little more for each further skill, so that among equals the simplest agents are taken
    return np.array([(p if any(paid) else 1.0) + 1e-4 * len(g.skills) for p, g in zip(paid, groups, strict=True)])


def _most(scenario: Scenario) -> Floats:
    """The most agents of each group, shape (groups,)."""
    return np.array(
        [np.inf if group.max_agents is None else float(group.max_agents) for group in scenario.agent_groups]
    )


# -- deferred work ---------------------------------------------------------------------------------------------------


def _with_deferred(scenario: Scenario, flow: Workload, staffing: Staffing) -> Scenario:
    """The scenario with these agents, and those on top that deferred work needs, the type with most work first."""
    plan = _staffed(scenario, staffing)
    deferred = [
        k for k, contact_type in enumerate(scenario.contact_types) if not contact_type.connected and flow.work[k].any()
    ]
    if not deferred:
        return plan
    sharing = Sharing(plan, flow)
    spare = spare_agents(sharing, connected_services(sharing))
    return _staffed(
        scenario, _within_limits(scenario, agents_on_top(sharing, staffing, spare, deferred_weights(sharing), scenario))
    )


def agents_on_top(
    sharing: Sharing, staffing: Staffing, spare: Floats, weights: Floats, before: Scenario | None = None
) -> Staffing:
    """Agents with those on top that deferred work needs beside some spare agents, the type with most work first.

    Parameters
    ----------
    weights
        Of `models.centre.type_service.deferred_weights`.
    before
        The scenario whose staffed hours are the hours of deferred work; by default the one at hand.
    """
    scenario = before or sharing.scenario
    deferred = [
        k
        for k, contact_type in enumerate(scenario.contact_types)
        if not contact_type.connected and sharing.flow.work[k].any()
    ]
    for k in sorted(deferred, key=lambda k: -float(sharing.flow.work[k].sum())):
        g, hours = _helpers(scenario, k)
        extra = np.zeros(staffing.shape)
        extra[g] = np.where(hours, 1 - scenario.agent_groups[g].shrinkage.absence, 0.0)
        more = _least_more(sharing, k, spare, extra, weights)
        staffing, spare = staffing + (more * (extra > 0)).astype(np.int64), spare + more * extra
    return staffing


def _helpers(scenario: Scenario, k: int) -> tuple[int, NDArray[np.bool_]]:
    """The group that is enlarged for a deferred type, and its hours: writers before talkers, then the cheapest."""
    name = scenario.type_names[k]
    live = {contact_type.name for contact_type in scenario.contact_types if contact_type.connected}
    cost = costs(scenario)
    able = [scenario.group_names.index(route.group) for route in scenario.routes(name)]
    g = min(able, key=lambda g: (bool(live & set(scenario.agent_groups[g].skills)), cost[g]))
    staffed = scenario.staffing[g] > 0
    return g, staffed if staffed.any() else worked(scenario, name)


def _least_more(sharing: Sharing, k: int, spare: Floats, extra: Floats, weights: Floats) -> int:
    """How many times `extra` must be added to the spare agents for a deferred type's target, or to keep up."""
    low, high = -1, 1
    if _enough(sharing, k, spare, weights):
        return 0
    while not _enough(sharing, k, spare + high * extra, weights):
        low, high = high, 2 * high
        if high > MOST_AGENTS:
            return low
    low = max(low, 0)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _enough(sharing, k, spare + middle * extra, weights) else (middle, high)
    return high


def _enough(sharing: Sharing, k: int, spare: Floats, weights: Floats) -> bool:
    """Whether spare agents are enough for a deferred type."""
    scenario, items = sharing.scenario, sharing.flow.offered[k]
    handle = float(sharing.flow.work[k].sum() / items.sum()) / usual_speed(sharing, k)
    agents = deferred_parts(sharing, spare, weights)[:, k].sum(axis=0)
    return enough(scenario, scenario.contact_types[k], work_in_items(scenario, k, items), agents, handle)


def _staffed(scenario: Scenario, staffing: Staffing) -> Scenario:
    """The scenario with agents of shape (groups, intervals), and a word on where they come from."""
    if staffing.max(initial=0) > MOST_AGENTS:
        raise TooLarge(
            "the staffing", f"{staffing.max():,} agents", f"{MOST_AGENTS:,}", "relax the target or the volume"
        )
    groups = tuple(
        group.model_copy(update={"staffing": _brief(row, scenario.horizon.intervals_per_day)})
        for group, row in zip(scenario.agent_groups, staffing, strict=True)
    )
    origins = scenario.origins | {f"agent_groups.{name}.staffing": ORIGIN for name in scenario.group_names}
    return scenario.replace(agent_groups=groups, origins=origins)


def _brief(staffing: Staffing, per_day: int) -> tuple[int, ...]:
    """Agents by interval, of one day where all days are alike."""
    days = staffing.reshape(-1, per_day)
    return tuple(int(n) for n in (days[0] if (days == days[0]).all() else staffing))
