"""The floor of the compiled engine: how agents and contacts are brought together."""

from __future__ import annotations

import numpy as np

from simulator.clock import EventKind
from simulator.codes import Outcome, WorkMode
from simulator.kernel.compile import Record, inline, records, values
from simulator.kernel.event_heap import moment, push
from simulator.kernel.queues import (
    NOBODY,
    agent_at,
    choose,
    contact_at,
    dequeue,
    first_waiting,
    group_at,
    held_at,
    is_before,
    join_idle_queue,
    line_at,
    on_grid,
    steps,
    type_at,
)
from simulator.kernel.state import BEGUN, PUT_DOWN, ROUTE, SKILL

route_at, skill_at = records("route", ROUTE), records("skill", SKILL)
put_down_at, begun_at = records("preempt", PUT_DOWN), records("begun", BEGUN)
speed_at, chat_routing_at = values("speed", np.float64), values("chat_routing", np.int64)


@inline
def agent_for(centre: Record, contact: int, time: float) -> int:
    """The agent with room whose turn it is, -1 for none."""
    this = contact_at(centre, contact)
    contact_type, waited = type_at(centre, this.type), time - this.entry
    deferred = contact_type.work == WorkMode.DEFERRED
    if deferred and not contact_type.open:
        return NOBODY
    for place in range(this.type * centre.routes, (this.type + 1) * centre.routes):
        route = route_at(centre, place)
        if route.group < 0:
            break
        if waited < route.after:
            continue
        group, start = group_at(centre, route.group), route.group * (centre.loads + 1)
        if contact_type.work == WorkMode.CONCURRENT:
            for choice in range(group.max_concurrent):
                line = start + chat_routing_at(centre, route.group * centre.loads + choice)
                if line_at(centre, line).first >= 0:
                    return choose(centre, line)
        elif line_at(centre, start).size > (group.reserved if deferred else 0):
            return choose(centre, start)
    return NOBODY


@inline
def agent_with_item(centre: Record, contact: int, time: float) -> int:
    """The agent who puts down an item for a connected contact, -1 for none."""
    this = contact_at(centre, contact)
    if type_at(centre, this.type).work != WorkMode.DEFERRED:
        for place in range(this.type * centre.routes, (this.type + 1) * centre.routes):
            route = route_at(centre, place)
            if route.group < 0:
                break
            line = route.group * (centre.loads + 1) + centre.loads
            if time - this.entry >= route.after and line_at(centre, line).first >= 0:
                return choose(centre, line)
    return NOBODY


@inline
def contact_for(centre: Record, agent: int, time: float) -> int:
    """The waiting contact that an agent takes next, -1 for none."""
    person = agent_at(centre, agent)
    busy = person.load > 0
    if person.line < 0 or (busy and not person.concurrent):
        return NOBODY
    chosen, best_rank, best_level = NOBODY, 0, 0.0
    for place in range(person.group * centre.skills, (person.group + 1) * centre.skills):
        skill = skill_at(centre, place)
        if skill.type < 0 or (chosen >= 0 and skill.rank > best_rank):
            break
        contact_type = type_at(centre, skill.type)
        if contact_type.queue_first < 0 or (busy and contact_type.work != WorkMode.CONCURRENT):
            continue
        if contact_type.work == WorkMode.DEFERRED:
            free = line_at(centre, person.group * (centre.loads + 1)).size
            if not contact_type.open or free <= group_at(centre, person.group).reserved:
                continue
        contact = first_waiting(centre, skill.type, time)
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
    """Bring the work clock of an agent up to now."""
    person = agent_at(centre, agent)
    person.clock += (time - person.read_at) * person.rate
    person.read_at = time


@inline
def take(centre: Record, contact: int, agent: int, time: float) -> None:
    """An agent answers a contact, or goes on with an item that was put down; what is done next is to be planned."""
    person, this = agent_at(centre, agent), contact_at(centre, contact)
    contact_type = type_at(centre, this.type)
    person.concurrent, person.interruptible = contact_type.work == WorkMode.CONCURRENT, contact_type.interruptible
    dequeue(centre, contact)
    read_clock(centre, agent, time)
    this.agent, this.resumed = agent, time
    if this.outcome == Outcome.OPEN:
        this.answer, this.outcome = time, Outcome.ANSWERED
        speed = speed_at(centre, person.group * centre.types + this.type)
        this.mark = on_grid(centre, this.handle / speed)
        this.wrap_up = on_grid(centre, this.wrap_up / speed)
    this.mark += person.clock
    if person.concurrent:
        begun_at(centre, centre.sessions).contact = contact
        centre.sessions += 1
    held_at(centre, agent * centre.loads + person.load).contact = contact
    person.load += 1
    join_idle_queue(centre, agent)


@inline
def plan_next(centre: Record, agent: int, time: float) -> None:
    """Plan the end of the stage that an agent has done first; any other plan is void."""
    person = agent_at(centre, agent)
    if person.load == 0:
        person.planned = NOBODY
        return
    first = held_at(centre, agent * centre.loads).contact
    mark = contact_at(centre, first).mark
    for place in range(agent * centre.loads + 1, agent * centre.loads + person.load):
        other = held_at(centre, place).contact
        theirs = contact_at(centre, other).mark
        if theirs < mark or (theirs == mark and other < first):
            first, mark = other, theirs
    needed = max(mark - person.clock, 0.0)
    if person.rate != 1.0:
        needed /= person.rate
    when = moment(time, time + np.ceil(steps(centre, needed)) * centre.grid)
    if person.planned != first or person.planned_at != when:
        person.planned, person.planned_at = first, when
        push(centre, when, EventKind.WORK_DONE, first)


@inline
def preempt(centre: Record, agent: int, time: float) -> int:
    """The item in an agent's hand, which is put down; what remains of it is kept."""
    person, item = agent_at(centre, agent), held_at(centre, agent * centre.loads).contact
    this, row = contact_at(centre, item), put_down_at(centre, centre.preemptions)
    read_clock(centre, agent, time)
    this.mark = max(this.mark - person.clock, 0.0)
    row.contact, row.agent, row.start, row.end = item, agent, this.resumed, time
    centre.preemptions += 1
    person.load, person.clock = 0, 0.0
    return item
