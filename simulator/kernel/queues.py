"""Lines of agents and queues of contacts in the compiled engine.

Lines and queues are doubly linked lists in arrays. A line of agents is in the order in which they came to it. A queue
is ordered by (order, entry, number) of its contacts: who joins it anew belongs near its end, an item that was put down
near its beginning, so that the place is found in a few steps.
"""

from __future__ import annotations

from math import inf

import numpy as np

from simulator.codes import AgentRule, Outcome
from simulator.kernel.compile import Record, inline, records, values
from simulator.kernel.event_heap import moment
from simulator.kernel.state import AGENT, CONTACT, GROUP, HELD, LINE, PERIOD, TYPE

NOBODY = -1

contact_at, type_at = records("contact", CONTACT), records("type", TYPE)
agent_at, held_at, line_at = records("agent", AGENT), records("held", HELD), records("line", LINE)
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


# -- lines of agents ---------------------------------------------------------------------------------------------


@inline
def leave_line(centre: Record, agent: int) -> None:
    """Take an agent out of a line."""
    person = agent_at(centre, agent)
    if person.line < 0:
        return
    line = line_at(centre, person.line)
    if person.before < 0:
        line.first = person.after
    else:
        agent_at(centre, person.before).after = person.after
    if person.after < 0:
        line.last = person.before
    else:
        agent_at(centre, person.after).before = person.before
    line.size -= 1
    person.line = -1


@inline
def join_line(centre: Record, agent: int, number: int) -> None:
    """Put an agent at the end of a line."""
    person, line = agent_at(centre, agent), line_at(centre, number)
    person.line, person.before, person.after = number, line.last, NOBODY
    if line.last < 0:
        line.first = agent
    else:
        agent_at(centre, line.last).after = agent
    line.last = agent
    line.size += 1


@inline
def join_idle_queue(centre: Record, agent: int) -> None:
    """Move an agent to the line that fits what is in hand, if any, and set the pace."""
    person = agent_at(centre, agent)
    line, rate = -1, 1.0
    if person.load == 0:
        line = 0
    elif person.concurrent:
        rate = concurrency_speed_at(centre, person.group * (centre.loads + 1) + person.load)
        if person.load < group_at(centre, person.group).max_concurrent:
            line = person.load
    elif person.interruptible:
        line = centre.loads
    person.rate = rate
    leave_line(centre, agent)
    if line >= 0 and person.on_duty:
        join_line(centre, agent, person.group * (centre.loads + 1) + line)


@inline
def choose(centre: Record, number: int) -> int:
    """The agent of a line whose turn it is."""
    line = line_at(centre, number)
    if centre.agent_rule == AgentRule.SHORTEST_IDLE:
        return line.last
    chosen = line.first
    if centre.agent_rule == AgentRule.LOWEST_NUMBER:
        other = agent_at(centre, chosen).after
        while other >= 0:
            chosen = min(chosen, other)
            other = agent_at(centre, other).after
    return chosen


# -- queues of contacts ------------------------------------------------------------------------------------------


@inline
def due(centre: Record, number: int, since: float) -> float:
    """The instant by which a contact of a type that has waited since another should be answered."""
    contact_type = type_at(centre, number)
    needed = contact_type.within
    if not contact_type.open_clock or needed == inf:
        return since + needed
    for place in range(contact_type.periods_from, contact_type.periods_to):
        period = period_at(centre, place)
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
def is_before(centre: Record, contact: int, other: int) -> bool:
    """Whether a contact comes before another in the queue; of equal deadlines the longest wait comes first."""
    this, that = contact_at(centre, contact), contact_at(centre, other)
    if this.order != that.order:
        return this.order < that.order
    return this.entry < that.entry or (this.entry == that.entry and contact < other)


@inline
def enqueue(centre: Record, contact: int) -> None:
    """Let a contact wait in its place in the queue."""
    this = contact_at(centre, contact)
    contact_type = type_at(centre, this.type)
    this.waiting, this.order = True, order_of(centre, contact)
    if this.outcome == Outcome.OPEN:
        before, after = contact_type.queue_last, NOBODY
        while before >= 0 and is_before(centre, contact, before):
            before, after = contact_at(centre, before).before, before
    else:
        before, after = NOBODY, contact_type.queue_first
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
    """Note that a contact is over, if it counts."""
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
    """The first contact of a queue, -1 for none. Those who left quietly are written off when they come up."""
    contact_type = type_at(centre, number)
    while contact_type.quiet and contact_type.queue_first >= 0 and runs_out(centre, contact_type.queue_first) < time:
        left_at = contact_at(centre, contact_type.queue_first)
        left_at.outcome, left_at.end = Outcome.ABANDONED, runs_out(centre, contact_type.queue_first)
        decide(centre, contact_type.queue_first, left_at.end)
        dequeue(centre, contact_type.queue_first)
    return contact_type.queue_first
