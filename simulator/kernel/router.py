"""Routing in the compiled engine: which agent serves which contact."""

from __future__ import annotations

from math import nan

import numpy as np

from simulator.clock import EventKind
from simulator.codes import DrawPurpose, Outcome, WorkMode
from simulator.kernel.compile import Record, apart, inline, records, values
from simulator.kernel.contacts import chance, key_of
from simulator.kernel.event_heap import moment, push
from simulator.kernel.queues import (
    NONE,
    agent_at,
    choose,
    contact_at,
    dequeue,
    first_waiting,
    group_at,
    idle_queue_at,
    in_service_at,
    is_before,
    join_idle_queue,
    on_grid,
    steps,
    type_at,
)
from simulator.kernel.state import CONCURRENT_SESSION, PREEMPTION, ROUTE
from simulator.kernel.threads import choose_taker, first_kept, skill_at, take_turn, takers

route_at = records("route", ROUTE)
preemption_at, concurrent_session_at = (
    records("preemption", PREEMPTION),
    records("concurrent_session", CONCURRENT_SESSION),
)
speed_at, chat_routing_at = values("speed", np.float64), values("chat_routing", np.int64)


@inline
def available(centre: Record, route: Record, waited: float, concurrent: bool, deferred: bool) -> int:
    """The idle queue of whose agents one would take a contact that has waited so long; -1 for none."""
    if waited < route.after:
        return NONE
    group, start = group_at(centre, route.group), route.group * (centre.loads + 1)
    if concurrent:
        for choice in range(group.max_concurrent):
            idle_queue = start + chat_routing_at(centre, route.group * centre.loads + choice)
            if idle_queue_at(centre, idle_queue).first >= 0:
                return idle_queue
    elif idle_queue_at(centre, start).size > (group.reserved if deferred else 0):
        return start
    return NONE


@apart
def drawn_agent(centre: Record, contact: int, waited: float, deferred: bool) -> int:
    """The agent from a group that the contact draws by the numbers of available agents, -1 for none."""
    this = contact_at(centre, contact)
    concurrent, first = type_at(centre, this.type).work == WorkMode.CONCURRENT, this.type * centre.routes
    count, index = 0, first
    while route_at(centre, index).group >= 0:
        idle_queue = available(centre, route_at(centre, index), waited, concurrent, deferred)
        if idle_queue >= 0:
            count += takers(centre, idle_queue, contact)
        index += 1
    if count == 0:
        return NONE
    place = int(chance(key_of(centre, contact), DrawPurpose.GROUP.value) * count)
    idle_queue, index = NONE, first
    while route_at(centre, index).group >= 0:
        following = available(centre, route_at(centre, index), waited, concurrent, deferred)
        if following >= 0:
            idle_queue = following
            size = takers(centre, idle_queue, contact)
            if place < size:
                break
            place -= size
        index += 1
    return choose_taker(centre, idle_queue, contact)


@inline
def agent_for(centre: Record, contact: int, time: float) -> int:
    """The available agent whom the routing prefers, -1 for none."""
    this = contact_at(centre, contact)
    contact_type, waited = type_at(centre, this.type), time - this.entry
    deferred = contact_type.work == WorkMode.DEFERRED
    if deferred and not contact_type.open:
        return NONE
    if centre.random_groups:
        return drawn_agent(centre, contact, waited, deferred)
    concurrent = contact_type.work == WorkMode.CONCURRENT
    for index in range(this.type * centre.routes, (this.type + 1) * centre.routes):
        route = route_at(centre, index)
        if route.group < 0:
            break
        idle_queue = available(centre, route, waited, concurrent, deferred)
        if idle_queue >= 0:
            agent = choose_taker(centre, idle_queue, contact)
            if agent >= 0:
                return agent
    return NONE


@inline
def agent_with_item(centre: Record, contact: int, time: float) -> int:
    """The agent whose item is preempted for a connected contact, -1 for none."""
    this = contact_at(centre, contact)
    if type_at(centre, this.type).work != WorkMode.DEFERRED:
        for index in range(this.type * centre.routes, (this.type + 1) * centre.routes):
            route = route_at(centre, index)
            if route.group < 0:
                break
            idle_queue = route.group * (centre.loads + 1) + centre.loads
            if time - this.entry >= route.after and idle_queue_at(centre, idle_queue).first >= 0:
                return choose(centre, idle_queue)
    return NONE


@inline
def contact_for(centre: Record, agent: int, time: float) -> int:
    """The waiting contact that an agent serves next, -1 for none."""
    person = agent_at(centre, agent)
    busy = person.load > 0
    if person.idle_queue < 0 or (busy and not person.concurrent):
        return NONE
    chosen, best_rank, best_level = NONE, 0, 0.0
    for index in range(person.group * centre.skills, (person.group + 1) * centre.skills):
        skill = skill_at(centre, index)
        if skill.type < 0 or (chosen >= 0 and skill.rank > best_rank):
            break
        contact_type = type_at(centre, skill.type)
        if contact_type.queue_length == 0 or (busy and contact_type.work != WorkMode.CONCURRENT):
            continue
        if contact_type.work == WorkMode.DEFERRED:
            free = idle_queue_at(centre, person.group * (centre.loads + 1)).size
            if not contact_type.open or free <= group_at(centre, person.group).reserved:
                continue
        contact = first_waiting(centre, skill.type, time)
        contact = first_kept(centre, agent, skill.type, contact)
        if contact < 0:
            continue
        this = contact_at(centre, contact)
        waited = time - this.entry
        if waited < skill.after:
            continue
        level = contact_type.level - contact_type.ageing * waited
        if chosen < 0 or level < best_level or (level == best_level and is_before(centre, contact, chosen)):
            chosen, best_rank, best_level = contact, skill.rank, level
    return chosen


@inline
def read_clock(centre: Record, agent: int, time: float) -> None:
    """Advance the work clock of an agent to the present time."""
    person = agent_at(centre, agent)
    person.clock += (time - person.read_at) * person.rate
    person.read_at = time


@apart
def dial(centre: Record, contact: int) -> None:
    """An agent calls a customer, who may not answer: then there is no conversation."""
    this = contact_at(centre, contact)
    contact_type = type_at(centre, this.type)
    if chance(key_of(centre, contact), DrawPurpose.REACHED.value) >= contact_type.reached:
        this.unreached, this.mark, this.wrap_up = True, on_grid(centre, contact_type.ring), 0.0


@inline
def serve(centre: Record, contact: int, agent: int, time: float) -> None:
    """An agent answers a contact, or resumes a preempted item; the next completion is still to be planned."""
    person, this = agent_at(centre, agent), contact_at(centre, contact)
    contact_type = type_at(centre, this.type)
    person.concurrent, person.interruptible = contact_type.work == WorkMode.CONCURRENT, contact_type.interruptible
    take_turn(centre, contact, agent)
    dequeue(centre, contact)
    read_clock(centre, agent, time)
    this.agent, this.resumed = agent, time
    if this.outcome == Outcome.OPEN:
        this.answer, this.outcome = time, Outcome.ANSWERED
        speed = speed_at(centre, person.group * centre.types + this.type)
        this.mark = on_grid(centre, this.handle / speed)
        this.wrap_up = on_grid(centre, this.wrap_up / speed)
        if contact_type.dials:
            dial(centre, contact)
    this.mark += person.clock
    if person.concurrent:
        concurrent_session_at(centre, centre.sessions).contact = contact
        centre.sessions += 1
    in_service_at(centre, agent * centre.loads + person.load).contact = contact
    person.load += 1
    join_idle_queue(centre, agent)


@inline
def plan_next(centre: Record, agent: int, time: float) -> None:
    """Plan the end of the stage that an agent completes first; any earlier plan is void."""
    person = agent_at(centre, agent)
    if person.load == 0:
        person.planned = NONE
        return
    first = in_service_at(centre, agent * centre.loads).contact
    mark = contact_at(centre, first).mark
    for index in range(agent * centre.loads + 1, agent * centre.loads + person.load):
        contact = in_service_at(centre, index).contact
        done_at = contact_at(centre, contact).mark
        if done_at < mark or (done_at == mark and contact < first):
            first, mark = contact, done_at
    needed = max(mark - person.clock, 0.0)
    if person.rate != 1.0:
        needed /= person.rate
    when = moment(time, time + np.ceil(steps(centre, needed)) * centre.grid)
    if person.planned != first or person.planned_at != when:
        person.planned, person.planned_at = first, when
        push(centre, when, EventKind.WORK_DONE, first)


@inline
def preempt(centre: Record, agent: int, time: float) -> int:
    """Preempt the item that an agent serves, and return it; its remaining work is kept."""
    person, item = agent_at(centre, agent), in_service_at(centre, agent * centre.loads).contact
    this, row = contact_at(centre, item), preemption_at(centre, centre.preemptions)
    read_clock(centre, agent, time)
    this.mark = max(this.mark - person.clock, 0.0)
    row.contact, row.agent, row.start, row.end = item, agent, this.resumed, time
    centre.preemptions += 1
    this.resumed, person.load, person.clock = nan, 0, 0.0
    return item
