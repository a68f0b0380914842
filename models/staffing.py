"""From targets to heads: a new scenario whose staffing meets the target of every contact type, by formula."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.centre.cover import least_heads
from models.centre.deferred_need import balance, ceiling, chance_safety, worked
from models.centre.sharing import Sharing, sessions_per_agent
from models.centre.stationary import asked_share
from models.centre.type_service import connected_services, deferred_parts, spare_agents
from models.centre.workload import Workload, busy_day, workload
from models.intervals import Rule
from models.queueing.arguments import Floats
from models.requirement import WHOLE, Need, needs, usual_speed
from scenarios.agents import MOST_HEADS
from scenarios.errors import TooLarge
from scenarios.scenario import Scenario

Heads = NDArray[np.int64]
NEARLY = 0.98  # of the most that the hours allow: the rest would take endlessly many
ORIGIN = "assumption: the least heads by formula (models.staffing); check them by simulation"


def staff(
    scenario: Scenario, max_occupancy: float | None = None, rule: Rule = "sipp", days: float | None = None
) -> Scenario:
    """The scenario with heads by interval and group that meet every type's target by formula; nobody in empty hours.

    Types with agents of their own, and types that share all their agents, get the least heads exactly. Where skills
    overlap in part, a safe start: the cheapest heads such that every set of types has enough agents who can take any
    of them (load plus square-root safety), an agent counted once. Deferred work gets what connected work leaves idle,
    and heads on top in the hours in which its agents work. Planned heads are divided by one minus the absence; planned
    shrinkage is paid on top and is not in the heads. A group's `least` and `most` hold, even if a target is missed for
    it. A plan for skills is a start: confirm it by simulation.

    Parameters
    ----------
    max_occupancy, rule
        As in `models.requirement.requirement`.
    days
        Staff for the busyness that this share of days stays under (0.9: "9 days of 10"), for types whose volume
        varies from day to day; by default for the expected volume. A target's own `on_days` goes before it.

    Raises
    ------
    InvalidValue
        If an argument cannot be used, or a target asks for certainty.

    Examples
    --------
    >>> from scenarios import presets
    >>> desk = staff(presets.load("help-desk").replace_type("calls", open="Mon-Sun 08:00-18:00"))
    >>> int(desk.heads.max()), int(desk.heads[0, 0])
    (16, 0)
    """
    flow = busy_day(scenario, workload(scenario), days)
    sharing = Sharing(scenario, flow)
    found = needs(sharing, max_occupancy, rule)
    connected = [need for need in found if sharing.connected[need.members[0]]]
    agents = sum((_cover(sharing, part) for part in _linked(sharing, connected)), np.zeros(scenario.heads.shape))
    absent = np.array([[group.shrinkage.absence] for group in scenario.agent_groups])
    heads = np.ceil(agents / (1 - absent) - WHOLE).astype(np.int64)
    return _with_deferred(scenario, flow, _within_limits(scenario, heads))


def _within_limits(scenario: Scenario, heads: Heads) -> Heads:
    """Heads no fewer and no more than a group may have wherever it works."""
    least = np.array([[group.least] for group in scenario.agent_groups])
    most = np.array([[MOST_HEADS if group.most is None else group.most] for group in scenario.agent_groups])
    return np.where(heads > 0, np.clip(heads, least, most), heads)


# -- connected work --------------------------------------------------------------------------------------------------


def _linked(sharing: Sharing, connected: list[Need]) -> list[list[Need]]:
    """Needs that have groups in common, directly or by others in between."""
    parts: list[tuple[NDArray[np.bool_], list[Need]]] = []
    for need in connected:
        groups, members = sharing.can[:, need.members[0]].copy(), [need]
        apart = []
        for other, others in parts:
            if np.any(other & groups):
                groups, members = groups | other, others + members
            else:
                apart.append((other, others))
        parts = [*apart, (groups, members)]
    return [members for _, members in parts]


def _cover(sharing: Sharing, part: list[Need]) -> Floats:
    """Agents present of each group for linked needs, shape (groups, intervals)."""
    can = sharing.can[:, [need.members[0] for need in part]]
    if len(part) == 1:
        return _shared_out(sharing, part[0], can[:, 0])
    cost, most = _costs(sharing.scenario), _most_present(sharing.scenario)
    worth = np.array([_worth(sharing, need) for need in part]).T
    loads = np.array([need.load / need.per_agent for need in part])
    needed = np.array([need.on_duty for need in part], dtype=float)
    cases, place = np.unique(np.vstack([np.round(loads, 9), needed]), axis=1, return_inverse=True)
    count = len(part)
    found = [least_heads(case[:count], case[count:], can, worth, cost, most) for case in cases.T]
    return np.array(found, dtype=float)[place.ravel()].T


def _shared_out(sharing: Sharing, need: Need, able: NDArray[np.bool_]) -> Floats:
    """The agents of one need divided among its groups as their heads are now; among equals the first takes more."""
    weight = sharing.scenario.heads.sum(axis=1) * able
    if not weight.any():
        weight = able * (np.arange(able.size) == np.argmax(able))
    wish = need.on_duty[None] * (weight / weight.sum())[:, None]
    given = np.floor(wish + WHOLE)
    order = np.argsort(-(wish - given), axis=0, kind="stable")
    missing = need.on_duty - given.sum(axis=0)
    extra = np.arange(able.size)[:, None] < missing
    np.put_along_axis(given, order, np.take_along_axis(given, order, axis=0) + extra, axis=0)
    return np.asarray(given)


def _costs(scenario: Scenario) -> Floats:
    """What a head of each group costs, with its shrinkage; all alike where no group has a price."""
    groups = scenario.agent_groups
    paid = [g.cost_per_hour / (1 - g.shrinkage.planned) / (1 - g.shrinkage.absence) for g in groups]
    # a little more for each further skill, so that among equals the simplest agents are taken
    return np.array([(p if any(paid) else 1.0) + 1e-4 * len(g.skills) for p, g in zip(paid, groups, strict=True)])


def _most_present(scenario: Scenario) -> Floats:
    """The most agents of each group who may be there, less mean absence, shape (groups,)."""
    groups = scenario.agent_groups
    return np.array([np.inf if g.most is None else np.floor(g.most * (1 - g.shrinkage.absence)) for g in groups])


def _worth(sharing: Sharing, need: Need) -> Floats:
    """What an agent of each group counts for at a need, in agents of its main group at mean speed, shape (groups,)."""
    k = need.members[0]
    name = sharing.scenario.type_names[k]
    concurrent = sharing.scenario.contact_types[k].work == "concurrent"
    usual = usual_speed(sharing, k)
    return np.array(
        [
            group.skills[name].speed / usual * (sessions_per_agent(group) / need.per_agent if concurrent else 1.0)
            if name in group.skills
            else 0.0
            for group in sharing.scenario.agent_groups
        ]
    )


# -- deferred work ---------------------------------------------------------------------------------------------------


def _with_deferred(scenario: Scenario, flow: Workload, heads: Heads) -> Scenario:
    """The scenario with these heads, and those on top that deferred work needs, the type with most work first."""
    plan = _staffed(scenario, heads)
    deferred = [k for k, kind in enumerate(scenario.contact_types) if not kind.connected and flow.work[k].any()]
    if not deferred:
        return plan
    sharing = Sharing(plan, flow)
    spare = spare_agents(sharing, connected_services(sharing))
    for k in sorted(deferred, key=lambda k: -float(flow.work[k].sum())):
        g, hours = _helpers(scenario, k)
        present = 1 - scenario.agent_groups[g].shrinkage.absence
        extra = np.zeros(heads.shape)
        extra[g] = np.where(hours, present, 0.0)
        more = _least_more(sharing, k, spare, extra)
        heads, spare = heads + (more * (extra > 0)).astype(np.int64), spare + more * extra
    return _staffed(scenario, _within_limits(scenario, heads))


def _helpers(scenario: Scenario, k: int) -> tuple[int, NDArray[np.bool_]]:
    """The group that is enlarged for a deferred type, and its hours: writers before talkers, then the cheapest."""
    name = scenario.type_names[k]
    live = {kind.name for kind in scenario.contact_types if kind.connected}
    cost = _costs(scenario)
    able = [scenario.group_names.index(route.group) for route in scenario.routes(name)]
    g = min(able, key=lambda g: (bool(live & set(scenario.agent_groups[g].skills)), cost[g]))
    mine = scenario.heads[g] > 0
    return g, mine if mine.any() else worked(scenario, name)


def _least_more(sharing: Sharing, k: int, spare: Floats, extra: Floats) -> int:
    """How many times `extra` must be added to the spare agents for a deferred type's target, or to keep up."""
    kind = sharing.scenario.contact_types[k]
    hours = np.asarray(((spare + extra)[sharing.can[:, k]] > 0).any(axis=0))
    asked = asked_share(kind) or 0.0
    wanted = min(asked, NEARLY * ceiling(sharing.scenario, kind, sharing.flow.offered[k], hours))
    enough = _Enough(sharing, k, wanted, asked)
    low, high = -1, 1
    if enough.met(spare):
        return 0
    while not enough.met(spare + high * extra):
        low, high = high, 2 * high
        if high > MOST_HEADS:  # some of its work arrives when nobody could ever be in time
            enough, low, high = replace(enough, wanted=0.0), -1, 1
    low = max(low, 0)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough.met(spare + middle * extra) else (middle, high)
    return high


@dataclass(frozen=True)
class _Enough:
    """Whether spare agents are enough for a deferred type."""

    sharing: Sharing
    k: int
    wanted: float
    """Share of what reaches people that must be in time."""
    asked: float
    """The same before it was cut down to what the hours allow."""

    def met(self, spare: Floats) -> bool:
        """Whether the work gets done, and enough of it in time with safety for chance."""
        scenario, flow = self.sharing.scenario, self.sharing.flow
        kind, items, length = scenario.contact_types[self.k], flow.offered[self.k], scenario.horizon.interval
        work = float(flow.work[self.k].sum()) / usual_speed(self.sharing, self.k)
        agents = deferred_parts(self.sharing, spare)[:, self.k].sum(axis=0)
        if agents.sum() * length < work * (1 - WHOLE):
            return False
        if not self.wanted:
            return True
        handle = work / float(items.sum())
        load = work / length / max(int((agents > 0).sum()), 1)
        safe = np.maximum(agents - chance_safety(kind, load, handle, self.asked), 0.0)
        return balance(scenario, kind, items, safe, handle).share_in_time >= self.wanted


def _staffed(scenario: Scenario, heads: Heads) -> Scenario:
    """The scenario with heads of shape (groups, intervals), and a word on where they come from."""
    if heads.max(initial=0) > MOST_HEADS:
        raise TooLarge("the staffing", f"{heads.max():,} heads", f"{MOST_HEADS:,}", "relax the target or the volume")
    groups = tuple(
        group.model_copy(update={"staffing": _brief(row, scenario.horizon.intervals_per_day)})
        for group, row in zip(scenario.agent_groups, heads, strict=True)
    )
    origins = scenario.origins | {f"agent_groups.{name}.staffing": ORIGIN for name in scenario.group_names}
    return scenario.replace(agent_groups=groups, origins=origins)


def _brief(heads: Heads, per_day: int) -> tuple[int, ...]:
    """Heads by interval, of one day where all days are alike."""
    days = heads.reshape(-1, per_day)
    return tuple(int(n) for n in (days[0] if (days == days[0]).all() else heads))
