"""Idle queues of agents and queues of waiting contacts in the compiled engine.

Both are doubly linked lists in arrays. An idle queue holds agents of one load in the order in which they came to it. A
queue of contacts is ordered by (order, entry, number): new contacts belong near its end, preempted items near its
beginning, so that the position is found in a few steps.
"""

from __future__ import annotations

from math import inf

import numpy as np

from simulator.codes import AgentRule, Outcome
from simulator.kernel.compile import Record, inline, records, values
from simulator.kernel.event_heap import moment
from simulator.kernel.state import AGENT, CONTACT, GROUP, IDLE_QUEUE, IN_SERVICE, PERIOD, THREAD, TYPE

NONE = -1

contact_at, thread_at, type_at = records("contact", CONTACT), records("thread", THREAD), records("type", TYPE)
agent_at, in_service_at, idle_queue_at = (
    records("agent", AGENT),
    records("in_service", IN_SERVICE),
    records("idle_queue", IDLE_QUEUE),
)
group_at, period_at = records("group", GROUP), records("period", PERIOD)
concurrency_speed_at = values("concurrency_speed", np.float64)


@inline
def steps(centre: Record, time: float) -> float:
    """How many steps of the grid a time is; a product where that is exact, for it is quicker than a quotient."""
    return time * centre.per_grid if centre.per_grid > 0 else time / centre.grid


@inline
def on_grid(centre: Record, time: float) -> float:
    """The multiple of the grid nearest to a time, halves upwards."""
    return np.floor(steps(centre, time) + 0.5) * centre.grid


# -- idle queues of agents ---------------------------------------------------------------------------------------------


@inline
def leave_idle_queue(centre: Record, agent: int) -> None:
    """Take an agent out of an idle queue."""
    person = agent_at(centre, agent)
    if person.idle_queue < 0:
        return
    idle_queue = idle_queue_at(centre, person.idle_queue)
    if person.before < 0:
        idle_queue.first = person.after
    else:
        agent_at(centre, person.before).after = person.after
    if person.after < 0:
        idle_queue.last = person.before
    else:
        agent_at(centre, person.after).before = person.before
    idle_queue.size -= 1
    person.idle_queue = -1


@inline
def append_to_idle_queue(centre: Record, agent: int, number: int) -> None:
    """Put an agent at the end of an idle queue."""
    person, idle_queue = agent_at(centre, agent), idle_queue_at(centre, number)
    person.idle_queue, person.before, person.after = number, idle_queue.last, NONE
    if idle_queue.last < 0:
        idle_queue.first = agent
    else:
        agent_at(centre, idle_queue.last).after = agent
    idle_queue.last = agent
    idle_queue.size += 1


@inline
def join_idle_queue(centre: Record, agent: int) -> None:
    """Move an agent to the idle queue of the present load, if more fits, and set the work rate."""
    person = agent_at(centre, agent)
    idle_queue, rate = -1, 1.0
    if person.load == 0:
        idle_queue = 0
    elif person.concurrent:
        rate = concurrency_speed_at(centre, person.group * (centre.loads + 1) + person.load)
        if person.load < group_at(centre, person.group).max_concurrent:
            idle_queue = person.load
    elif person.interruptible:
        idle_queue = centre.loads
    person.rate = rate
    if person.on_duty or person.load == 0:  # others stay where they are: among those who finish
        leave_idle_queue(centre, agent)
    if idle_queue >= 0 and person.on_duty:
        append_to_idle_queue(centre, agent, person.group * (centre.loads + 1) + idle_queue)


@inline
def choose(centre: Record, number: int) -> int:
    """The agent of an idle queue whom the routing prefers."""
    idle_queue = idle_queue_at(centre, number)
    if centre.agent_rule == AgentRule.SHORTEST_IDLE:
        return idle_queue.last
    chosen = idle_queue.first
    if centre.agent_rule == AgentRule.LOWEST_NUMBER:
        following = agent_at(centre, chosen).after
        while following >= 0:
            chosen = min(chosen, following)
            following = agent_at(centre, following).after
    return chosen


# -- queues of contacts ------------------------------------------------------------------------------------------


@inline
def due(centre: Record, number: int, since: float) -> float:
    """The instant by which a contact of a type that has waited since another should be answered."""
    contact_type = type_at(centre, number)
    needed = contact_type.within
    if not contact_type.open_clock or needed == inf:
        return since + needed
    for index in range(contact_type.periods_from, contact_type.periods_to):
        period = period_at(centre, index)
        begins = max(period.opens, since)
        if begins + needed <= period.closes:
            return begins + needed
        needed -= max(period.closes - begins, 0.0)
    return inf


@inline
def order_of(centre: Record, contact: int) -> float:
    """The instant by which a queue is ordered: joining it, or the deadline."""
    this = contact_at(centre, contact)
    return due(centre, this.type, this.entry) if centre.by_deadline else this.entry


@inline
def is_before(centre: Record, contact: int, rival: int) -> bool:
    """Whether a contact comes before another in the queue; of equal deadlines the longest wait comes first."""
    this, that = contact_at(centre, contact), contact_at(centre, rival)
    if this.order != that.order:
        return this.order < that.order
    return this.entry < that.entry or (this.entry == that.entry and contact < rival)


@inline
def enqueue(centre: Record, contact: int) -> None:
    """Insert a contact into its queue."""
    this = contact_at(centre, contact)
    contact_type = type_at(centre, this.type)
    this.waiting, this.order = True, order_of(centre, contact)
    contact_type.queue_length += 1
    if this.outcome == Outcome.OPEN:
        before, after = contact_type.queue_last, NONE
        while before >= 0 and is_before(centre, contact, before):
            before, after = contact_at(centre, before).before, before
    else:
        before, after = NONE, contact_type.queue_first
        while after >= 0 and is_before(centre, after, contact):
            before, after = after, contact_at(centre, after).after
    this.before, this.after = before, after
    if before < 0:
        contact_type.queue_first = contact
    else:
        contact_at(centre, before).after = contact
    if after < 0:
        contact_type.queue_last = contact
    else:
        contact_at(centre, after).before = contact


@inline
def dequeue(centre: Record, contact: int) -> None:
    """Take a contact out of its queue, if it waits."""
    this = contact_at(centre, contact)
    if not this.waiting:
        return
    this.waiting = False
    contact_type = type_at(centre, this.type)
    contact_type.queue_length -= 1
    if this.before < 0:
        contact_type.queue_first = this.after
    else:
        contact_at(centre, this.before).after = this.after
    if this.after < 0:
        contact_type.queue_last = this.before
    else:
        contact_at(centre, this.after).before = this.before


@inline
def decide(centre: Record, contact: int, when: float) -> None:
    """Record that a contact of the horizon is over."""
    if contact_at(centre, contact).arrival < centre.judged:
        centre.undecided -= 1
        centre.decided = max(centre.decided, when)


@inline
def runs_out(centre: Record, contact: int) -> float:
    """When the patience of a waiting contact ends."""
    this = contact_at(centre, contact)
    return moment(this.entry, this.entry + this.patience)


@inline
def first_waiting(centre: Record, number: int, time: float) -> int:
    """The first contact of a queue, -1 for none. Lazy abandonments are recorded as they come to the front."""
    contact_type = type_at(centre, number)
    while (
        contact_type.lazy_abandonment
        and contact_type.queue_first >= 0
        and runs_out(centre, contact_type.queue_first) < time
    ):
        this = contact_at(centre, contact_type.queue_first)
        this.outcome, this.end = Outcome.ABANDONED, runs_out(centre, contact_type.queue_first)
        decide(centre, contact_type.queue_first, this.end)
        dequeue(centre, contact_type.queue_first)
    return contact_type.queue_first
