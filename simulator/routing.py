"""Routing as integer tables, the form in which every engine reads it, and its rules in words.

**Agent selection.** The groups of a contact are tried in order; one whose delay has not passed is skipped. With
`groups: random` all of them are asked who is available, and the contact draws one of these agents' groups. A live
contact and a deferred item need an agent without contacts in service; a concurrent contact needs one below the limit of
concurrent contacts, tried by load in the order of the group's `chat_routing`. Deferred work leaves `reserved` agents of
the group free. Among equally loaded agents the one who came to this load first is chosen (`longest-idle`), or last
(`shortest-idle`), or the lowest number (`lowest-number`). If no agent is available, a connected contact may preempt an
interruptible item, groups in order.

**Contact selection.** Among the first waiting contacts of the types that fit the agent's load: the best rank of the
group, then the lowest priority level (less ageing), then the earliest deadline (where the order goes by it), then the
longest wait, then the lowest number. Deferred work is served only while its type is open.

**Callbacks.** A contact that has to wait, and finds `from_waiting` others in its queue of which the first has waited
`from_wait`, is offered a callback. If it is accepted, the contact ends, and the callback joins the queue of its own
type in the same instant, or after its delay. The offer comes before the limit on places.

**Threads.** A follow-up that the same agent keeps waits for this agent alone, in the order of contact selection among
all that the agent can take; where that agent is only preferred, until `keeps_for` has passed. It is free for any agent,
and remains so, once the agent goes off duty, at a break too; and from the start if the agent is off duty when it
arrives, or is not routed to its type. A contact that was put down keeps waiting for the same agent. A thread is open
with an agent from the start of work on a message that may be followed by a kept one, or is itself kept, until the end
of the last; it goes over to whoever takes the next turn. Deferred messages of threads that are not the agent's own are
taken only by agents of the group who have fewer than `max_threads` open. Agents without contacts look again for what
waits where a type opens, one more of them leaves `reserved` agents free, or a thread goes over.

**Who goes.** Agents are numbered, and the highest numbers are planned for the shortest time. Where staffing falls, the
agent whose time is up takes nothing new, and goes when the contacts in service are done. With `leaving: idle-first` the
two swap what is planned for them if another agent of the group is without contacts, the longest idle one: that one
goes, and the busy one stays on. Where all are busy, the first to be without contacts goes, in place of the one whose
time was up first; and where staffing rises before that, nobody comes for an agent who is still there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.agents import AgentGroup
from scenarios.contact_types import ContactType, FollowUp
from scenarios.scenario import Scenario
from simulator.codes import AgentRule, FollowUpTrigger, WorkMode
from simulator.tail import open_periods, played
from simulator.tape import drift_begins, drifted_rows

_WORK = {mode.text: mode for mode in WorkMode}
_AGENT = {rule.text: rule for rule in AgentRule}
_AFTER = {trigger.text: trigger for trigger in FollowUpTrigger}
NO_SESSIONS, NO_LIMIT = -2, -1
"""Instead of a number of bot sessions: for a type without a bot, and for a bot (or a queue) that takes any number."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Tables:
    """Rules of a scenario as arrays: types (T), groups (G), routes (R), open chats (S), rules (F), in order."""

    length: float
    """Simulated seconds, with the tail."""
    judged: float
    """The instant from which nothing counts, infinite without a tail."""
    clock_end: float
    """The instant at which the clock stops."""
    work_off: bool
    work: Ints
    interruptible: NDArray[np.bool_]
    route_group: Ints
    """The groups of each type in order, -1 beyond the last, shape (T, R)."""
    route_after: Floats
    """Seconds before each route may be used, shape (T, R)."""
    rank: Ints
    """The group's rank of each type, 0 where it is not routed there, shape (G, T)."""
    after: Floats
    """Seconds of waiting before the group may serve the type, shape (G, T)."""
    speed: Floats
    """Divisor of handle times, shape (G, T)."""
    level: Floats
    ageing: Floats
    """Levels lost per second of waiting, shape (T,)."""
    by_deadline: bool
    within: Floats
    """Seconds to the deadline, infinite without a target, shape (T,)."""
    open_clock: NDArray[np.bool_]
    """Whether the deadline runs in open hours only, shape (T,)."""
    random_groups: bool
    agent_rule: int
    max_concurrent: Ints
    concurrency_speed: Floats
    """The speed of each session at 0, 1, 2 ... open ones, shape (G, S + 1)."""
    chat_routing: Ints
    """The loads at which an agent may accept a concurrent contact, in the order of trying, -1 beyond, shape (G, S)."""
    reserved: Ints
    max_threads: Ints
    """The most open threads of an agent, NO_LIMIT for any number, shape (G,)."""
    idle_first: NDArray[np.bool_]
    """Whether idle agents of the group go first when staffing falls, shape (G,)."""
    places: Ints
    """The places in the queue of each type, NO_LIMIT where any number may wait, shape (T,)."""
    trunk: Ints
    """The trunk group of each type, -1 for none, shape (T,)."""
    trunk_lines: Ints
    open_periods: tuple[Floats, ...]
    """For each type the open periods, shape (periods, 2), reaching beyond the horizon."""
    bot_periods: tuple[Floats, ...]
    bot_sessions: Ints
    """The most sessions of each type's bot; NO_LIMIT, or NO_SESSIONS without a bot."""
    accepted: Floats
    """The chance that a callback is accepted, 0 where none is offered, shape (T,)."""
    from_waiting: Ints
    from_wait: Floats
    """From how many waiting contacts, and which wait of the first of them, it is offered, shape (T,)."""
    reached: Floats
    """The chance that a customer who is called answers, 1 for other types, shape (T,)."""
    ring: Floats
    """Seconds of an agent on a call that is not answered, shape (T,)."""
    patience_factor: Floats
    """The factor on patience after a bot, shape (T,)."""
    drift_begins: Floats
    """When each type's bot begins to contain less or more, infinite where it never does, shape (T,)."""
    drifted_row: Ints
    """The row of the pools for bots of later contacts from then on, shape (T,)."""
    overdue: Floats
    """Seconds after arrival at which an unanswered contact is overdue, infinite without such a rule, shape (T,)."""
    rule_first: Ints
    """The first rule of each type and event, and the one after the last in the next column, shape (T, 11)."""
    rule_chance: Floats
    """Cumulative probabilities of the rules of one type and event, shape (F,)."""
    rule_as: Ints
    rule_delay: Ints
    """The row of the tape's delays that a rule uses, shape (F,)."""
    rule_factor: Floats
    rule_tries: Ints
    rule_skips_bot: NDArray[np.bool_]
    rule_keeps: Floats
    """Seconds for which a follow-up waits for the same agent, infinite if for no other, -1 if for none, shape (F,)."""
    rule_retold: Floats
    """The factor on handle times where another agent takes a follow-up, shape (F,)."""
    in_threads: NDArray[np.bool_]
    """Whether contacts of a type may be followed by one that an agent keeps, shape (T,)."""
    interval: float
    """Seconds of an interval."""
    handle_factors: Floats
    """Factors on the handle times of later contacts by their arrival, shape (T, intervals), (T, 0) without any."""

    @cached_property
    def has_threads(self) -> bool:
        """Whether it matters for a follow-up which agent had the contact before."""
        return bool((self.rule_keeps >= 0).any() or (self.rule_retold != 1).any())

    @cached_property
    def looks_again(self) -> bool:
        """Whether an agent without contacts may become able to take a thread's contact that waits already."""
        opens = any(len(periods) != 1 or periods[0, 0] > 0 for periods in self.open_periods)
        return self.has_threads and bool(opens or (self.reserved > 0).any() or self.limits_threads)

    @cached_property
    def limits_threads(self) -> bool:
        """Whether agents of some group take no further threads at times."""
        return bool(self.in_threads.any() and (self.max_threads != NO_LIMIT).any())


@lru_cache(maxsize=64)
def tables(scenario: Scenario) -> Tables:
    """The tables of a scenario, cached because every replication needs them; read-only."""
    contact_types, groups = scenario.contact_types, scenario.agent_groups
    horizon, whole = scenario.horizon, played(scenario)
    route_group, route_after = _routes(scenario)
    rank, after, speed = _skills(scenario)
    bots = [contact_type.bot for contact_type in contact_types]
    targets = [contact_type.target for contact_type in contact_types]
    return Tables(
        length=whole.horizon.length,
        judged=whole.judged,
        clock_end=whole.clock_end,
        work_off=horizon.at_end == "work-off",
        work=np.array([_WORK[contact_type.work] for contact_type in contact_types]),
        interruptible=np.array([contact_type.interruptible for contact_type in contact_types]),
        route_group=route_group,
        route_after=route_after,
        rank=rank,
        after=after,
        speed=speed,
        level=np.array([contact_type.priority.level for contact_type in contact_types]),
        ageing=np.array([contact_type.priority.ageing / 3600 for contact_type in contact_types]),
        by_deadline=scenario.routing.order == "earliest-deadline",
        within=np.array([t.within if t and t.within is not None else np.inf for t in targets]),
        open_clock=np.array([bool(t and t.clock == "open-hours") for t in targets]),
        random_groups=scenario.routing.groups == "random",
        agent_rule=_AGENT[scenario.routing.agent],
        max_concurrent=np.array([group.max_concurrent for group in groups]),
        concurrency_speed=np.array([_concurrency_speeds(group, scenario) for group in groups]),
        chat_routing=np.array([_loads_in_order(group, scenario) for group in groups]),
        reserved=np.array([group.reserved for group in groups]),
        max_threads=np.array([NO_LIMIT if group.max_threads is None else group.max_threads for group in groups]),
        idle_first=np.array([group.leaving == "idle-first" for group in groups]),
        places=np.array([NO_LIMIT if k.queue_places is None else k.queue_places for k in contact_types]),
        trunk=np.array(
            [
                list(scenario.trunks).index(contact_type.trunk) if contact_type.trunk else -1
                for contact_type in contact_types
            ]
        ),
        trunk_lines=np.array(list(scenario.trunks.values()), dtype=np.int64),
        open_periods=tuple(open_periods(scenario, contact_type.open) for contact_type in contact_types),
        bot_periods=tuple(open_periods(scenario, bot.hours) if bot else np.empty((0, 2)) for bot in bots),
        bot_sessions=np.array([_sessions(contact_type) for contact_type in contact_types]),
        accepted=np.array([k.callback.accepted if k.callback else 0.0 for k in contact_types]),
        from_waiting=np.array([k.callback.from_waiting if k.callback else 0 for k in contact_types]),
        from_wait=np.array([k.callback.from_wait if k.callback else 0.0 for k in contact_types]),
        reached=np.array([k.dialling.reached if k.dialling else 1.0 for k in contact_types]),
        ring=np.array([k.dialling.ring if k.dialling else 0.0 for k in contact_types]),
        patience_factor=np.array([bot.patience_factor if bot else 1.0 for bot in bots]),
        drift_begins=drift_begins(scenario),
        drifted_row=drifted_rows(scenario),
        overdue=np.array(
            [min((r.overdue for r in k.follow_ups if r.overdue is not None), default=np.inf) for k in contact_types]
        ),
        in_threads=np.array([any(rule.keeps != "any" for rule in k.follow_ups) for k in contact_types]),
        interval=horizon.interval,
        handle_factors=whole.handle_factors,
        **_rules(scenario),
    )


def _routes(scenario: Scenario) -> tuple[Ints, Floats]:
    routes = [scenario.routes(name) for name in scenario.type_names]
    longest = max(map(len, routes))
    group = np.full((len(routes), longest), -1)
    after = np.zeros((len(routes), longest))
    for k, row in enumerate(routes):
        group[k, : len(row)] = [scenario.group_names.index(route.group) for route in row]
        after[k, : len(row)] = [route.after for route in row]
    return group, after


def _skills(scenario: Scenario) -> tuple[Ints, Floats, Floats]:
    shape = len(scenario.agent_groups), len(scenario.contact_types)
    rank, after, speed = np.zeros(shape, dtype=np.int64), np.full(shape, np.inf), np.ones(shape)
    for k, name in enumerate(scenario.type_names):
        for route in scenario.routes(name):
            g = scenario.group_names.index(route.group)
            skill = scenario.agent_groups[g].skills[name]
            rank[g, k], after[g, k], speed[g, k] = skill.rank, route.after, skill.speed
    return rank, after, speed


def _concurrency_speeds(group: AgentGroup, scenario: Scenario) -> list[float]:
    max_concurrent = max(g.max_concurrent for g in scenario.agent_groups)
    speeds = list(group.concurrency_speed)
    return [1.0, *speeds, *[speeds[-1]] * (max_concurrent - len(speeds))]


def _loads_in_order(group: AgentGroup, scenario: Scenario) -> list[int]:
    max_concurrent = max(g.max_concurrent for g in scenario.agent_groups)
    loads = list(range(group.max_concurrent))
    order = {"least-loaded": loads, "most-loaded": loads[::-1], "idle-last": loads[1:] + loads[:1]}[group.chat_routing]
    return order + [-1] * (max_concurrent - group.max_concurrent)


def _sessions(contact_type: ContactType) -> int:
    if contact_type.bot is None:
        return NO_SESSIONS
    return NO_LIMIT if contact_type.bot.sessions is None else contact_type.bot.sessions


def _rules(scenario: Scenario) -> dict[str, Any]:
    """The follow-up rules, ordered by type and event."""
    first = np.zeros((len(scenario.contact_types), len(_AFTER) + 1), dtype=np.int64)
    ordered: list[FollowUp] = []
    chances: list[float] = []
    rows: list[int] = []
    row = 0
    for k, contact_type in enumerate(scenario.contact_types):
        numbered = list(enumerate(contact_type.rules, start=row))
        row += len(numbered)
        for name, event in _AFTER.items():
            first[k, event] = len(ordered)
            chosen = [(number, rule) for number, rule in numbered if rule.after == name]
            certain = event in (FollowUpTrigger.CALLBACK, FollowUpTrigger.UNREACHED)
            chances.extend(np.cumsum([1.0 if certain else rule.probability for _, rule in chosen]))
            ordered.extend(rule for _, rule in chosen)
            rows.extend(number for number, _ in chosen)
        first[k, -1] = len(ordered)
    return {
        "rule_first": first,
        "rule_chance": np.array(chances, dtype=float),
        "rule_as": np.array([scenario.type_names.index(rule.as_type) for rule in ordered], dtype=np.int64),
        "rule_delay": np.array(rows, dtype=np.int64),
        "rule_factor": np.array([rule.handle_factor for rule in ordered], dtype=float),
        "rule_tries": np.array([rule.max_tries for rule in ordered], dtype=np.int64),
        "rule_skips_bot": np.array([rule.skip_bot for rule in ordered], dtype=bool),
        "rule_keeps": np.array([rule.waits_for_same for rule in ordered], dtype=float),
        "rule_retold": np.array([rule.retold_factor for rule in ordered], dtype=float),
    }
