"""The floor of the compiled engine: lines of agents, queues of contacts, and how they are brought together.

Lines and queues are doubly linked lists in arrays. A line of agents is in the order in which they came to it. A queue
is ordered by (order, number) of its contacts: who joins it anew belongs near its end, an item that was put down near
its beginning, so that the place is found in a few steps.
"""

from __future__ import annotations

from math import ceil, floor, inf

from simulator.clock import Kind
from simulator.kernel_compile import inline
from simulator.kernel_events import Events, push
from simulator.kernel_world import Agents, Contacts, Lines, PutDowns, Rules
from simulator.logs import ABANDONED, ANSWERED, OPEN
from simulator.routing import CONCURRENT, DEFERRED, LOWEST_NUMBER, SHORTEST_IDLE

NUMBERS = 1 << 40
WORK_DONE = Kind.WORK_DONE * NUMBERS


@inline
def moment(now: float, when: float) -> float:
    """An instant as the clock of the reference engine reaches it: by a delay from now."""
    return now + (when - now)


@inline
def on_grid(time: float, grid: float) -> float:
    """The multiple of the grid nearest to a time, halves upwards."""
    return floor(time / grid + 0.5) * grid


# -- lines of agents ---------------------------------------------------------------------------------------------


@inline
def leave_line(agents: Agents, lines: Lines, agent: int) -> None:
    """Take an agent out of a line."""
    line = agents.line[agent]
    if line < 0:
        return
    before, after = agents.before[agent], agents.after[agent]
    if before < 0:
        lines.first[line] = after
    else:
        agents.after[before] = after
    if after < 0:
        lines.last[line] = before
    else:
        agents.before[after] = before
    lines.size[line] -= 1


@inline
def join_line(agents: Agents, lines: Lines, agent: int, line: int) -> None:
    """Put an agent at the end of a line, or of none."""
    agents.line[agent] = line
    if line < 0:
        return
    last = lines.last[line]
    agents.before[agent], agents.after[agent] = last, -1
    if last < 0:
        lines.first[line] = agent
    else:
        agents.after[last] = agent
    lines.last[line] = agent
    lines.size[line] += 1


@inline
def line_up(rules: Rules, contacts: Contacts, agents: Agents, lines: Lines, agent: int) -> None:
    """Move an agent to the line that fits what is in hand, and set the pace."""
    group, load = agents.group[agent], agents.load[agent]
    start = group * (agents.hand.shape[1] + 1)
    line, rate, concurrent = -1, 1.0, False
    if load == 0:
        line = start
    else:
        kind = contacts.type[agents.hand[agent, 0]]
        if rules.work[kind] == CONCURRENT:
            concurrent, rate = True, rules.pace[group, load]
            if load < rules.slots[group]:
                line = start + load
        elif rules.interruptible[kind]:
            line = start + agents.hand.shape[1]
    agents.rate[agent], agents.concurrent[agent] = rate, concurrent
    leave_line(agents, lines, agent)
    join_line(agents, lines, agent, line if agents.on_duty[agent] else -1)


@inline
def choose(rules: Rules, agents: Agents, lines: Lines, line: int) -> int:
    """The agent of a line whose turn it is."""
    if rules.agent_rule == SHORTEST_IDLE:
        return lines.last[line]
    chosen = lines.first[line]
    if rules.agent_rule == LOWEST_NUMBER:
        other = agents.after[chosen]
        while other >= 0:
            chosen = min(chosen, other)
            other = agents.after[other]
    return chosen


# -- queues of contacts ------------------------------------------------------------------------------------------


@inline
def deadline(rules: Rules, kind: int, since: float) -> float:
    """The instant by which a contact of a type should be answered, counted from an instant."""
    needed = rules.within[kind]
    if not rules.open_clock[kind] or needed == inf:
        return since + needed
    for period in range(rules.open_first[kind], rules.open_first[kind + 1]):
        begins = max(rules.opens[period], since)
        if begins + needed <= rules.closes[period]:
            return begins + needed
        needed -= max(rules.closes[period] - begins, 0.0)
    return inf


@inline
def enqueue(rules: Rules, contacts: Contacts, lines: Lines, contact: int) -> None:
    """Let a contact wait in its place in the queue."""
    kind = contacts.type[contact]
    contacts.waiting[contact] = True
    order = contacts.order[contact]
    if contacts.outcome[contact] == OPEN:
        order = deadline(rules, kind, contacts.entry[contact]) if rules.by_deadline else contacts.entry[contact]
        contacts.order[contact] = order
        before = lines.queue_last[kind]
        while before >= 0 and is_before(contacts, order, contact, before):
            before = contacts.before[before]
        after = lines.queue_first[kind] if before < 0 else contacts.after[before]
    else:
        after = lines.queue_first[kind]
        while after >= 0 and not is_before(contacts, order, contact, after):
            after = contacts.after[after]
        before = lines.queue_last[kind] if after < 0 else contacts.before[after]
    contacts.before[contact], contacts.after[contact] = before, after
    if before < 0:
        lines.queue_first[kind] = contact
    else:
        contacts.after[before] = contact
    if after < 0:
        lines.queue_last[kind] = contact
    else:
        contacts.before[after] = contact


@inline
def is_before(contacts: Contacts, order: float, contact: int, other: int) -> bool:
    """Whether a contact comes before another in the queue."""
    theirs = contacts.order[other]
    return order < theirs or (order == theirs and contact < other)


@inline
def dequeue(contacts: Contacts, lines: Lines, contact: int) -> None:
    """Take a contact out of its queue, if it waits."""
    if not contacts.waiting[contact]:
        return
    contacts.waiting[contact] = False
    kind, before, after = contacts.type[contact], contacts.before[contact], contacts.after[contact]
    if before < 0:
        lines.queue_first[kind] = after
    else:
        contacts.after[before] = after
    if after < 0:
        lines.queue_last[kind] = before
    else:
        contacts.before[after] = before


@inline
def runs_out(contacts: Contacts, contact: int) -> float:
    """When the patience of a waiting contact ends."""
    return moment(contacts.entry[contact], contacts.entry[contact] + contacts.patience[contact])


@inline
def first_waiting(rules: Rules, contacts: Contacts, lines: Lines, kind: int, now: float) -> int:
    """The first contact of a queue, -1 for none. Those who left quietly are written off when they come up."""
    contact = lines.queue_first[kind]
    if rules.quiet[kind]:
        while contact >= 0:
            left = runs_out(contacts, contact)
            if left >= now:
                break
            dequeue(contacts, lines, contact)
            contacts.outcome[contact], contacts.end[contact] = ABANDONED, left
            contact = lines.queue_first[kind]
    return contact


# -- bringing them together --------------------------------------------------------------------------------------


@inline
def agent_for(rules: Rules, contacts: Contacts, agents: Agents, lines: Lines, contact: int, now: float) -> int:
    """The agent with room whose turn it is, -1 for none."""
    kind = contacts.type[contact]
    work, waited = rules.work[kind], now - contacts.entry[contact]
    if work == DEFERRED and not lines.open[kind]:
        return -1
    width = agents.hand.shape[1] + 1
    for route in range(rules.route_group.shape[1]):
        group = rules.route_group[kind, route]
        if group < 0:
            break
        if waited < rules.route_after[kind, route]:
            continue
        start = group * width
        if work == CONCURRENT:
            for place in range(rules.slots[group]):
                line = start + rules.fill[group, place]
                if lines.first[line] >= 0:
                    return choose(rules, agents, lines, line)
        elif lines.size[start] > (rules.keep_free[group] if work == DEFERRED else 0):
            return choose(rules, agents, lines, start)
    return -1


@inline
def agent_with_item(rules: Rules, contacts: Contacts, agents: Agents, lines: Lines, contact: int, now: float) -> int:
    """The agent who puts down an item for a connected contact, -1 for none."""
    kind, waited = contacts.type[contact], now - contacts.entry[contact]
    width = agents.hand.shape[1] + 1
    if rules.work[kind] == DEFERRED:
        return -1
    for route in range(rules.route_group.shape[1]):
        group = rules.route_group[kind, route]
        if group < 0:
            break
        line = group * width + width - 1
        if waited >= rules.route_after[kind, route] and lines.first[line] >= 0:
            return choose(rules, agents, lines, line)
    return -1


@inline
def contact_for(rules: Rules, contacts: Contacts, agents: Agents, lines: Lines, agent: int, now: float) -> int:
    """The waiting contact that an agent takes next, -1 for none."""
    if agents.line[agent] < 0 or (agents.load[agent] > 0 and not agents.concurrent[agent]):
        return -1
    group, busy = agents.group[agent], agents.load[agent] > 0
    start = group * (agents.hand.shape[1] + 1)
    chosen, best_rank, best_level, best_order = -1, 0, 0.0, 0.0
    for place in range(rules.skill.shape[1]):
        kind = rules.skill[group, place]
        if kind < 0 or (chosen >= 0 and rules.rank[group, kind] > best_rank):
            break
        if lines.queue_first[kind] < 0 or (busy and rules.work[kind] != CONCURRENT):
            continue
        if rules.work[kind] == DEFERRED and not (lines.open[kind] and lines.size[start] > rules.keep_free[group]):
            continue
        contact = first_waiting(rules, contacts, lines, kind, now)
        if contact < 0 or now - contacts.entry[contact] < rules.after[group, kind]:
            continue
        level = rules.level[kind] - rules.ageing[kind] * (now - contacts.entry[contact])
        order = contacts.order[contact]
        if chosen < 0 or (level, order, contact) < (best_level, best_order, chosen):
            chosen, best_rank, best_level, best_order = contact, rules.rank[group, kind], level, order
    return chosen


@inline
def read_clock(agents: Agents, agent: int, now: float) -> None:
    """Bring the work clock of an agent up to now."""
    agents.clock[agent] += (now - agents.read_at[agent]) * agents.rate[agent]
    agents.read_at[agent] = now


@inline
def take(
    rules: Rules, contacts: Contacts, agents: Agents, lines: Lines, events: Events, contact: int, agent: int, now: float
) -> None:
    """An agent answers a contact, or goes on with an item that was put down."""
    dequeue(contacts, lines, contact)
    read_clock(agents, agent, now)
    contacts.agent[contact], contacts.resumed[contact] = agent, now
    if contacts.outcome[contact] == OPEN:
        contacts.answer[contact], contacts.outcome[contact] = now, ANSWERED
        speed = rules.speed[agents.group[agent], contacts.type[contact]]
        contacts.mark[contact] = on_grid(contacts.handle[contact] / speed, rules.grid)
    contacts.mark[contact] += agents.clock[agent]
    agents.hand[agent, agents.load[agent]] = contact
    agents.load[agent] += 1
    line_up(rules, contacts, agents, lines, agent)
    plan_next(rules, contacts, agents, events, agent, now)


@inline
def plan_next(rules: Rules, contacts: Contacts, agents: Agents, events: Events, agent: int, now: float) -> None:
    """Plan the end of the stage that an agent has done first; any earlier plan is void."""
    agents.planned[agent] = -1
    if agents.load[agent] == 0:
        return
    first = agents.hand[agent, 0]
    for place in range(1, agents.load[agent]):
        other = agents.hand[agent, place]
        theirs, ours = contacts.mark[other], contacts.mark[first]
        if theirs < ours or (theirs == ours and other < first):
            first = other
    needed = max(contacts.mark[first] - agents.clock[agent], 0.0) / agents.rate[agent]
    when = moment(now, now + ceil(needed / rules.grid) * rules.grid)
    agents.planned[agent], agents.planned_at[agent] = first, when
    push(events, when, WORK_DONE + first)


@inline
def put_down(contacts: Contacts, agents: Agents, put_downs: PutDowns, count: int, agent: int, now: float) -> int:
    """The item in an agent's hand, which is put down; what remains of it is kept."""
    read_clock(agents, agent, now)
    item = agents.hand[agent, 0]
    agents.load[agent] = 0
    contacts.mark[item] = max(contacts.mark[item] - agents.clock[agent], 0.0)
    put_downs.contact[count], put_downs.agent[count] = item, agent
    put_downs.start[count], put_downs.end[count] = contacts.resumed[item], now
    agents.clock[agent] = 0.0
    return item
