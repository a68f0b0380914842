"""The loop of the compiled engine: what happens next, and what follows from it within the instant.

It plays what `simulator.centre` plays, and was written from the rules at the top of `simulator.routing` and
`simulator.clock`. Arrivals and what is fixed beforehand stand in order in arrays of their own; only what comes about
on the way is kept in the heap of pending events.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import numpy as np

from simulator import logs, routing, tape
from simulator.clock import Kind
from simulator.kernel_compile import compiled, inline, sources_stamp
from simulator.kernel_events import SIZE, Events, push, settle, take_top
from simulator.kernel_floor import (
    NUMBERS,
    agent_for,
    agent_with_item,
    contact_for,
    dequeue,
    enqueue,
    first_waiting,
    line_up,
    moment,
    on_grid,
    plan_next,
    put_down,
    read_clock,
    runs_out,
    take,
)
from simulator.kernel_world import Agents, Chance, Contacts, Fixed, Lines, PutDowns, Rules
from simulator.streams import CHILD, DELAY, DRAW, LATE_CHILD, NEXT
from simulator.streams import OVERDUE as OVERDUE_DRAW

DONE, FULL = 0, 1
CONTACTS, PUT_DOWNS = 0, 1
NOBODY, NOTHING = -1, -1

BOT_DONE, ARRIVAL = Kind.BOT_DONE * NUMBERS, Kind.ARRIVAL * NUMBERS
OVERFLOW, PATIENCE, OVERDUE = Kind.OVERFLOW * NUMBERS, Kind.PATIENCE * NUMBERS, Kind.OVERDUE * NUMBERS

GOLDEN, FIRST, SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
S11, S27, S30, S31 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)


@inline
def mix(state: np.uint64, counter: int) -> np.uint64:
    """Number `counter` of the sequence that begins at `state`, as in `simulator.streams`."""
    z = state + np.uint64(counter) * GOLDEN
    z = (z ^ (z >> S30)) * FIRST
    z = (z ^ (z >> S27)) * SECOND
    return z ^ (z >> S31)


@inline
def key_of(chance: Chance, contacts: Contacts, contact: int) -> np.uint64:
    """The key of a contact: its customer and its place in the case."""
    if contacts.parent[contact] >= 0:
        return contacts.own_key[contact]
    return mix(chance.keys[contacts.type[contact]], chance.ordinal[contact] + 1)


@inline
def place_in(key: np.uint64, counter: int, size: int) -> int:
    """A place in a pool, which has a power of two of places."""
    return np.int64(mix(key, counter) & np.uint64(size - 1))


@inline
def follow_up(
    rules: Rules, chance: Chance, contacts: Contacts, events: Events, count: np.ndarray, contact: int, event: int, now: float
) -> None:
    """What the customer does next after an event: perhaps a further contact."""
    kind = contacts.type[contact]
    key = key_of(chance, contacts, contact)
    late = event == routing.OVERDUE
    luck = np.float64(mix(key, OVERDUE_DRAW if late else NEXT) >> S11) * 2.0**-53
    rule = rules.rule_first[kind, event]
    end = rules.rule_first[kind, event + 1]
    while rule < end and luck >= rules.rule_chance[rule]:
        rule += 1
    if rule == end or contacts.step[contact] >= rules.rule_tries[rule]:
        return
    size = chance.delays.shape[1]
    when = now + chance.delays[rules.rule_delay[rule], place_in(key, DELAY, size)]
    if when >= rules.length:
        return
    child = count[CONTACTS]
    count[CONTACTS] = child + 1
    kind = rules.rule_as[rule]
    own = mix(key, LATE_CHILD if late else CHILD)
    place = place_in(own, DRAW, size)
    contacts.type[child], contacts.case[child], contacts.arrival[child] = kind, contacts.case[contact], when
    contacts.parent[child], contacts.step[child] = contact, contacts.step[contact] + 1
    contacts.own_key[child], contacts.skips_bot[child] = own, rules.rule_skips_bot[rule]
    contacts.handle[child] = chance.pool_handle[kind, place] * rules.rule_factor[rule]
    contacts.wrap_up[child], contacts.patience[child] = chance.pool_wrap_up[kind, place], chance.pool_patience[kind, place]
    push(events, moment(now, when), ARRIVAL + child)


@inline
def start_session(rules: Rules, chance: Chance, contacts: Contacts, lines: Lines, events: Events, contact: int, now: float) -> None:
    """A customer meets the bot."""
    kind = contacts.type[contact]
    if contacts.parent[contact] < 0:
        outcome, session = chance.outcome[contact], chance.session[contact]
    else:
        place = place_in(contacts.own_key[contact], DRAW, chance.delays.shape[1])
        outcome, session = chance.pool_outcome[kind, place], chance.pool_session[kind, place]
    contacts.bot_outcome[contact] = outcome
    lines.sessions[kind] += 1
    push(events, moment(now, now + session), BOT_DONE + contact)


@inline
def hand_over(rules: Rules, chance: Chance, contacts: Contacts, contact: int) -> float:
    """The hand-over time of an escalated contact, whose handle time and patience change."""
    kind = contacts.type[contact]
    if contacts.parent[contact] < 0:
        time, factor = chance.hand_over[contact], chance.factor[contact]
    else:
        place = place_in(contacts.own_key[contact], DRAW, chance.delays.shape[1])
        time, factor = chance.pool_hand_over[kind, place], chance.pool_factor[kind, place]
    contacts.handle[contact] *= factor
    patience = contacts.patience[contact] * rules.patience_factor[kind]
    contacts.patience[contact] = on_grid(patience, rules.grid) if patience < inf else inf
    return time


@inline
def outcome_of_bot(bot: int) -> tuple[int, int]:
    """The outcome of a contact that the bot kept, and the event that rules may follow."""
    if bot == tape.RESOLVED:
        return logs.BOT_RESOLVED, routing.BOT_RESOLVED
    if bot == tape.FALSELY_CONTAINED:
        return logs.FALSELY_CONTAINED, routing.FALSELY_CONTAINED
    return logs.LEFT_BOT, routing.BOT_LEFT


@inline
def hang_up(rules: Rules, contacts: Contacts, lines: Lines, contact: int) -> None:
    """Give back the line, if the contact holds one."""
    if contacts.holds_line[contact]:
        contacts.holds_line[contact] = False
        lines.lines_in_use[rules.trunk[contacts.type[contact]]] -= 1


@inline
def leave(rules: Rules, contacts: Contacts, lines: Lines, contact: int, outcome: int, now: float) -> None:
    """A customer goes without having spoken to an agent."""
    dequeue(contacts, lines, contact)
    contacts.outcome[contact], contacts.end[contact] = outcome, now
    hang_up(rules, contacts, lines, contact)


@inline
def offer(
    rules: Rules,
    contacts: Contacts,
    agents: Agents,
    lines: Lines,
    events: Events,
    put_downs: PutDowns,
    count: np.ndarray,
    contact: int,
    now: float,
) -> None:
    """Bring a contact to an agent, by having an item put down if need be, or let it wait."""
    while True:
        item = NOBODY
        agent = agent_for(rules, contacts, agents, lines, contact, now)
        if agent == NOBODY:
            agent = agent_with_item(rules, contacts, agents, lines, contact, now)
            if agent == NOBODY:
                if not contacts.waiting[contact]:
                    enqueue(rules, contacts, lines, contact)
                return
            item = put_down(contacts, agents, put_downs, count[PUT_DOWNS], agent, now)
            count[PUT_DOWNS] += 1
        take(rules, contacts, agents, lines, events, contact, agent, now)
        if item == NOBODY:
            return
        contact = item


@inline
def open_up(rules: Rules, contacts: Contacts, agents: Agents, lines: Lines, events: Events, kind: int, now: float) -> None:
    """A type opens: free agents take what waited for that."""
    lines.open[kind] = True
    while True:
        contact = first_waiting(rules, contacts, lines, kind, now)
        if contact == NOBODY:
            return
        agent = agent_for(rules, contacts, agents, lines, contact, now)
        if agent == NOBODY:
            return
        take(rules, contacts, agents, lines, events, contact, agent, now)


@inline
def go(rules: Rules, contacts: Contacts, agents: Agents, lines: Lines, agent: int, row: int, now: float) -> None:
    """An agent takes nothing new from now on, and goes when nothing is in hand."""
    agents.on_duty[agent] = False
    agents.finishing[agent] = row
    line_up(rules, contacts, agents, lines, agent)
    if agents.load[agent] == 0:
        note_gone(agents, agent, now)


@inline
def note_gone(agents: Agents, agent: int, now: float) -> None:
    """The stretch of duty that was being finished, if any, is over."""
    if agents.finishing[agent] >= 0:
        agents.gone[agents.finishing[agent]] = now
        agents.finishing[agent] = NOTHING


@inline
def wait(rules: Rules, contacts: Contacts, events: Events, contact: int, now: float) -> None:
    """Plan what happens to a contact that must wait: it overflows, and in the end its patience is over."""
    kind = contacts.type[contact]
    for place in range(rules.overflow.shape[1]):
        after = rules.overflow[kind, place]
        if after == inf:
            break
        push(events, moment(now, now + after), OVERFLOW + contact)
    if contacts.patience[contact] < inf and not rules.quiet[kind]:
        push(events, moment(now, now + contacts.patience[contact]), PATIENCE + contact)


@inline
def is_there(rules: Rules, contacts: Contacts, contact: int, now: float) -> bool:
    """Whether a contact waits, and has not left quietly before now."""
    if not contacts.waiting[contact]:
        return False
    return not (rules.quiet[contacts.type[contact]] and runs_out(contacts, contact) < now)


@inline
def nobody_answered(rules: Rules, contacts: Contacts, contact: int, now: float) -> bool:
    """Whether a contact is neither answered nor gone when it is overdue, after patience in the order of an instant."""
    if contacts.outcome[contact] != logs.OPEN:
        return False
    quiet = contacts.waiting[contact] and rules.quiet[contacts.type[contact]]
    return not (quiet and runs_out(contacts, contact) <= now)


@inline
def write_off(rules: Rules, contacts: Contacts, lines: Lines) -> None:
    """At the end: those who still stand in a queue but have left quietly."""
    for kind in range(len(rules.work)):
        if not rules.quiet[kind]:
            continue
        contact = lines.queue_first[kind]
        while contact >= 0:
            left = runs_out(contacts, contact)
            if left < (inf if rules.work_off else rules.length):
                contacts.outcome[contact], contacts.end[contact] = logs.ABANDONED, left
            contact = contacts.after[contact]


def _player(stamp: int) -> Callable[..., int]:
    """The compiled loop of one version of the engine's files."""

    def play(
        rules: Rules,
        chance: Chance,
        fixed: Fixed,
        contacts: Contacts,
        agents: Agents,
        lines: Lines,
        events: Events,
        put_downs: PutDowns,
        count: np.ndarray,
        first: int,
        room: int,
    ) -> int:
        """Play to the end: DONE; or FULL, when an array was too short and all must be played again with longer ones."""
        if stamp == 0:
            return FULL
        at_fixed, at_first = 0, 0
        capacity = len(contacts.type)
        while True:
            settle(events)
            pending = events.state[SIZE]
            if count[CONTACTS] >= capacity or count[PUT_DOWNS] >= len(put_downs.end) or pending + room > len(events.time):
                return FULL
            fixed_time = fixed.time[at_fixed] if at_fixed < len(fixed.time) else inf
            arrival_time = contacts.arrival[at_first] if at_first < first else inf
            event_time = events.time[0] if pending > 0 else inf
            now = min(fixed_time, arrival_time, event_time)
            if now == inf or (now >= rules.length and not rules.work_off):
                break
            joining, seeking, offered, stepping, step = NOBODY, NOBODY, NOBODY, NOBODY, 0

            if fixed_time <= now:
                number, begins, is_duty = fixed.number[at_fixed], fixed.begins[at_fixed], fixed.is_duty[at_fixed]
                row = fixed.row[at_fixed]
                at_fixed += 1
                types = len(rules.work)
                if not is_duty:
                    if number >= types:
                        lines.bot_open[number - types] = begins
                    elif begins:
                        open_up(rules, contacts, agents, lines, events, number, now)
                    else:
                        lines.open[number] = False
                elif begins:
                    note_gone(agents, number, now)
                    agents.on_duty[number] = True
                    line_up(rules, contacts, agents, lines, number)
                    seeking = number
                else:
                    go(rules, contacts, agents, lines, number, row, now)
            else:
                arriving = NOBODY
                if arrival_time < event_time or (arrival_time == event_time and ARRIVAL + at_first < events.key[0]):
                    arriving = at_first
                    at_first += 1
                else:
                    key = events.key[0]
                    take_top(events)
                    contact = key & (NUMBERS - 1)
                    what = key - contact
                    if what == Kind.WORK_DONE * NUMBERS:
                        agent = contacts.agent[contact]
                        if agents.planned[agent] != contact or agents.planned_at[agent] != now:
                            continue
                        read_clock(agents, agent, now)
                        over = True
                        if np.isnan(contacts.end[contact]):
                            contacts.end[contact] = now
                            hang_up(rules, contacts, lines, contact)
                            stepping, step = contact, routing.ANSWERED
                            if contacts.wrap_up[contact] > 0:
                                contacts.mark[contact] = agents.clock[agent] + contacts.wrap_up[contact]
                                over = False
                        if over:
                            contacts.wrap_end[contact] = now
                            last = agents.load[agent] - 1
                            agents.load[agent] = last
                            for place in range(last):
                                if agents.hand[agent, place] == contact:
                                    agents.hand[agent, place] = agents.hand[agent, last]
                            if last == 0:
                                agents.clock[agent] = 0.0
                                note_gone(agents, agent, now)
                            line_up(rules, contacts, agents, lines, agent)
                            seeking = agent
                        plan_next(rules, contacts, agents, events, agent, now)
                    elif what == ARRIVAL:
                        arriving = contact
                    elif what == BOT_DONE:
                        kind, bot = contacts.type[contact], contacts.bot_outcome[contact]
                        if np.isnan(contacts.bot_end[contact]):
                            lines.sessions[kind] -= 1
                            contacts.bot_end[contact] = now
                            if bot == tape.ESCALATED:
                                delay = hand_over(rules, chance, contacts, contact)
                                if delay > 0:
                                    push(events, moment(now, now + delay), BOT_DONE + contact)
                                else:
                                    joining = contact
                            else:
                                outcome, step = outcome_of_bot(bot)
                                leave(rules, contacts, lines, contact, outcome, now)
                                stepping = contact
                        else:
                            joining = contact
                    elif what == OVERFLOW:
                        if is_there(rules, contacts, contact, now):
                            offered = contact
                    elif what == PATIENCE:
                        if contacts.waiting[contact]:
                            leave(rules, contacts, lines, contact, logs.ABANDONED, now)
                            stepping, step = contact, routing.ABANDONED
                    elif nobody_answered(rules, contacts, contact, now):
                        stepping, step = contact, routing.OVERDUE

                if arriving >= 0:
                    kind = contacts.type[arriving]
                    if rules.overdue[kind] < inf:
                        push(events, moment(now, contacts.arrival[arriving] + rules.overdue[kind]), OVERDUE + arriving)
                    trunk = rules.trunk[kind]
                    blocked = trunk >= 0 and lines.lines_in_use[trunk] >= rules.lines[trunk]
                    if blocked:
                        leave(rules, contacts, lines, arriving, logs.BLOCKED, now)
                        stepping, step = arriving, routing.BLOCKED
                    else:
                        if trunk >= 0:
                            lines.lines_in_use[trunk] += 1
                            contacts.holds_line[arriving] = True
                        limit = rules.bot_sessions[kind]
                        free = limit == routing.NO_LIMIT or lines.sessions[kind] < limit
                        if lines.bot_open[kind] and free and not contacts.skips_bot[arriving]:
                            start_session(rules, chance, contacts, lines, events, arriving, now)
                        else:
                            joining = arriving

            if joining >= 0:
                kind = contacts.type[joining]
                if not lines.open[kind] and rules.work[kind] != routing.DEFERRED:
                    leave(rules, contacts, lines, joining, logs.CLOSED, now)
                    stepping, step = joining, routing.CLOSED
                else:
                    contacts.entry[joining] = now
                    offered = joining
            if offered >= 0:
                offer(rules, contacts, agents, lines, events, put_downs, count, offered, now)
                if offered == joining and contacts.waiting[joining]:
                    wait(rules, contacts, events, joining, now)
            if seeking >= 0:
                contact = contact_for(rules, contacts, agents, lines, seeking, now)
                while contact >= 0:
                    take(rules, contacts, agents, lines, events, contact, seeking, now)
                    contact = contact_for(rules, contacts, agents, lines, seeking, now)
            if stepping >= 0 and rules.has_rules[contacts.type[stepping]]:
                follow_up(rules, chance, contacts, events, count, stepping, step, now)
        write_off(rules, contacts, lines)
        return DONE

    return compiled(play)


play = _player(sources_stamp())
