"""The loop of the compiled engine: what happens next, and what follows from it within the instant.

It plays what `simulator.reference.centre` plays, and was written from the rules at the top of `simulator.routing` and
`simulator.clock`. Arrivals and what is fixed beforehand stand in order in arrays of their own; only what comes about
during the run is kept in the heap of pending events. Every event ends in at most one each of: a contact that is offered
to the agents, an agent who can serve another contact, and a customer who takes a next step.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isnan

import numpy as np
from numpy.typing import NDArray

from simulator.clock import EventKind
from simulator.codes import BotOutcome, FollowUpTrigger, Outcome, WorkMode
from simulator.kernel.compile import Record, apart, compiled, inline, records, sources_stamp, where
from simulator.kernel.contacts import (
    arrival_at,
    begin_first,
    begin_tail,
    bot_takes,
    divert,
    follow_up,
    hand_over,
    is_unanswered,
    leave,
    outcome_of_bot,
    release_trunk,
    seize_trunk,
    start_session,
    still_waits,
    wait,
    waiting,
    write_off,
)
from simulator.kernel.event_heap import BITS, NUMBERS, event_at, moment, push, settle, take_top
from simulator.kernel.queues import (
    NONE,
    agent_at,
    append_to_idle_queue,
    contact_at,
    decide,
    enqueue,
    first_waiting,
    group_at,
    idle_queue_at,
    in_service_at,
    join_idle_queue,
    leave_idle_queue,
    type_at,
)
from simulator.kernel.router import agent_for, agent_with_item, contact_for, plan_next, preempt, read_clock, serve
from simulator.kernel.state import FIXED, SHIFT_END
from simulator.kernel.threads import WAITS, close_thread, first_of_keeper, keeper_for, note_queued
from simulator.memory import reuse_freed_memory

reuse_freed_memory()  # whoever imports this is about to play one replication after another

DONE, FULL = 0, 1

TIMES = ("arrival", "bot_end", "entry", "answer", "resumed", "end", "wrap_end")
CODES = ("type", "case", "parent", "step", "bot_outcome", "agent", "outcome")

shift_end_at, fixed_at = records("left_at", SHIFT_END), records("fixed_event", FIXED)


@inline
def route(centre: Record, contact: int, time: float) -> int:
    """Route a contact to an agent, or let it wait; the item that was preempted for it, -1 for none."""
    item = NONE
    agent = agent_for(centre, contact, time)
    if agent < 0:
        agent = agent_with_item(centre, contact, time)
        if agent >= 0:
            item = preempt(centre, agent, time)
    if agent >= 0:
        serve(centre, contact, agent, time)
        plan_next(centre, agent, time)
    elif not contact_at(centre, contact).waiting:
        enqueue(centre, contact)
    return item


def _offer(centre: Record, contact: int, time: float) -> None:
    """Where there are no threads, any agent may take a contact, and the item that is preempted for it."""
    while contact >= 0:
        contact = route(centre, contact, time)


@where("keeper", _offer)
def offer(centre: Record, contact: int, time: float) -> None:
    """Offer a contact to the agent who keeps it, or else as any other."""
    while contact >= 0:
        item, agent = NONE, keeper_for(centre, contact, time)
        if agent >= 0:
            serve(centre, contact, agent, time)
            plan_next(centre, agent, time)
        elif agent != WAITS:
            item = route(centre, contact, time)
            if contact_at(centre, contact).waiting:
                note_queued(centre, contact)
        contact = item


def _later(centre: Record, contact: int, step: int, time: float) -> bool:
    """Where there are no threads, it does not matter when the customer takes a next step within an instant."""
    return False


@where("keeper", _later)
def next_in_thread(centre: Record, contact: int, step: int, time: float) -> bool:
    """What the customer does next, before anybody takes another contact; a thread of which nothing is kept is over."""
    if contact < 0:
        return False
    if type_at(centre, contact_at(centre, contact).type).has_rules:
        follow_up(centre, contact, step, time)
    if step != FollowUpTrigger.OVERDUE:
        close_thread(centre, contact)
    return True


@inline
def open_type(centre: Record, contact_type: int, time: float) -> None:
    """A type opens: free agents serve what waited for that."""
    type_at(centre, contact_type).open = True
    contact = first_waiting(centre, contact_type, time)
    while contact >= 0:
        agent = agent_for(centre, contact, time)
        if agent < 0:
            return
        serve(centre, contact, agent, time)
        plan_next(centre, agent, time)
        contact = first_waiting(centre, contact_type, time)


def _nobody(centre: Record, agent: int, time: float) -> None:
    """Where there are no threads, nothing waits for an agent."""


@where("keeper", _nobody)
def release_kept(centre: Record, agent: int, time: float) -> None:
    """Offer to all what waits for an agent who goes off duty."""
    contact = first_of_keeper(centre, agent)
    while contact >= 0:
        offer(centre, contact, time)
        contact = first_of_keeper(centre, agent)


def _no_look(centre: Record, time: float, changed: bool) -> None:
    """Where there are no threads, whatever waits is fit for nobody who is free."""


@where("keeper", _no_look)
def look_again(centre: Record, time: float, changed: bool) -> None:
    """Agents without contacts take what waits and has become fit for them."""
    taking = bool(changed and centre.looks_again)
    while taking:
        taking = False
        for number in range(0, centre.finishing, centre.loads + 1):
            agent = idle_queue_at(centre, number).first
            while agent >= 0:
                following = agent_at(centre, agent).after
                contact = contact_for(centre, agent, time)
                if contact >= 0:
                    serve(centre, contact, agent, time)
                    plan_next(centre, agent, time)
                    taking = True
                agent = following


@inline
def finish_shift(centre: Record, agent: int, time: float) -> None:
    """Record the end of the shift that was being finished, if any."""
    person = agent_at(centre, agent)
    if person.finishing:
        shift_end_at(centre, person.shift).time = time
        person.finishing = False


@inline
def swap_plans(centre: Record, agent: int, colleague: int) -> None:
    """Two agents swap the shifts that are planned for them."""
    first, second = agent_at(centre, agent), agent_at(centre, colleague)
    first.plan, second.plan = second.plan, first.plan
    agent_at(centre, first.plan).planned_for, agent_at(centre, second.plan).planned_for = agent, colleague


@apart
def swap_shifts(centre: Record, agent: int, colleague: int) -> None:
    """Two agents swap the ends of their shifts, and what is planned for them after that."""
    first = shift_end_at(centre, agent_at(centre, agent).shift)
    second = shift_end_at(centre, agent_at(centre, colleague).shift)
    first.ended_as, second.ended_as = second.ended_as, first.ended_as
    swap_plans(centre, agent, colleague)


@apart
def agent_coming(centre: Record, plan: int) -> int:
    """Who works the shift of a number that starts: an agent who is still finishing rather than somebody new."""
    agent: int = agent_at(centre, plan).planned_for
    person = agent_at(centre, agent)
    finishing: int = idle_queue_at(centre, centre.finishing + person.group).first
    if finishing < 0 or person.load > 0:
        return agent
    swap_plans(centre, agent, finishing)
    return finishing


@apart
def agent_going(centre: Record, plan: int) -> int:
    """Who goes when the shift of a number ends: the agent, or the longest idle colleague where idle ones go first."""
    agent: int = agent_at(centre, plan).planned_for
    person = agent_at(centre, agent)
    idle: int = idle_queue_at(centre, person.group * (centre.loads + 1)).first
    if idle < 0 or person.load == 0 or not group_at(centre, person.group).idle_first:
        return agent
    swap_shifts(centre, agent, idle)
    return idle


@apart
def take_delayed_break(centre: Record, agent: int, time: float) -> None:
    """An agent who has finished what was in hand takes the break that this delayed, if there was one.

    What lies before the end of the break is not worked; a break that would come within it follows at once.
    """
    person = agent_at(centre, agent)
    row, back = person.shift, time
    while row + 1 < centre.shifts and shift_end_at(centre, row + 1).moves:
        before, stretch = shift_end_at(centre, row), shift_end_at(centre, row + 1)
        row, back = row + 1, back + stretch.rest
        if back < stretch.end:
            stretch.begun, person.returning, person.shift = back, True, row
            push(centre, back, EventKind.BREAK_OVER, agent)
            return
        before.time = min(before.time, stretch.end)
        stretch.begun, stretch.time = stretch.end, max(time, stretch.end)


@inline
def owes_break(centre: Record, agent: int, row: int) -> bool:
    """Whether the break before a stretch of duty is still to be taken in full, because a contact in hand delayed it."""
    person = agent_at(centre, agent)
    moves: bool = shift_end_at(centre, row).moves
    return moves and bool(person.finishing or person.returning)


@inline
def is_worked(centre: Record, agent: int, row: int) -> bool:
    """Whether an agent works a stretch of duty that ends: not if a delayed break left no time for it."""
    moves: bool = shift_end_at(centre, row).moves
    return not moves or bool(agent_at(centre, agent).shift == row)


@apart
def stop_delayed_breaks(centre: Record) -> None:
    """The clock stops: breaks of agents who still finish what was in hand are not taken any more."""
    for agent in range(centre.agents):
        person = agent_at(centre, agent)
        following = person.shift + 1
        if person.finishing and following < centre.shifts and shift_end_at(centre, following).moves:
            shift_end_at(centre, person.shift).time = centre.length
            take_delayed_break(centre, agent, centre.length)


@inline
def start_shift(centre: Record, agent: int, row: int, time: float) -> None:
    """An agent starts a shift."""
    person = agent_at(centre, agent)
    if person.finishing:
        finish_shift(centre, agent, time)
        take_delayed_break(centre, agent, time)
    person.on_duty, person.shift = True, row
    shift_end_at(centre, row).agent = agent
    join_idle_queue(centre, agent)


@inline
def end_shift(centre: Record, agent: int, time: float) -> None:
    """An agent accepts no new contacts; the shift ends when those in service are done."""
    person = agent_at(centre, agent)
    person.on_duty, person.finishing = False, True
    leave_idle_queue(centre, agent)
    if person.load == 0:
        finish_shift(centre, agent, time)
    elif group_at(centre, person.group).idle_first:
        append_to_idle_queue(centre, agent, centre.finishing + person.group)
    release_kept(centre, agent, time)


@apart
def replace_finishing(centre: Record, agent: int, colleague: int, time: float) -> int:
    """An agent without contacts goes in place of a colleague who is on contacts though the time was up, and stays."""
    swap_shifts(centre, agent, colleague)
    end_shift(centre, agent, time)
    agent_at(centre, colleague).on_duty, agent_at(centre, colleague).finishing = True, False
    join_idle_queue(centre, colleague)
    return colleague


@inline
def complete(centre: Record, agent: int, contact: int, time: float) -> int:
    """An agent has completed a contact; returned is who may serve another one, -1 for nobody."""
    person, first = agent_at(centre, agent), agent * centre.loads
    contact_at(centre, contact).wrap_end = time
    decide(centre, contact, time)
    person.load -= 1
    for index in range(first, first + person.load):
        if in_service_at(centre, index).contact == contact:
            in_service_at(centre, index).contact = in_service_at(centre, first + person.load).contact
    if person.load == 0:
        person.clock = 0.0
        if person.finishing:
            finish_shift(centre, agent, time)
            take_delayed_break(centre, agent, time)
    join_idle_queue(centre, agent)
    if not person.on_duty:
        return NONE
    finishing = idle_queue_at(centre, centre.finishing + person.group).first
    return replace_finishing(centre, agent, finishing, time) if finishing >= 0 and person.load == 0 else agent


def _player(stamp: int) -> Callable[[NDArray[np.void]], int]:
    """The compiled loop of one version of the engine's files."""

    def play(state: NDArray[np.void]) -> int:
        """Run to the end: DONE; or FULL, when an array was too short and all must be played again with longer ones."""
        centre: Record = state[0]
        next_fixed, next_first = 0, 0
        while stamp:
            settle(centre)
            if centre.pending + centre.margin > centre.pending_room or centre.contacts >= centre.contacts_room:
                return FULL
            if centre.preemptions >= centre.preemptions_room:
                return FULL
            fixed_time = fixed_at(centre, next_fixed).time if next_fixed < centre.fixed else inf
            arrival_time = arrival_at(centre, next_first) if next_first < centre.first else inf
            event_time = event_at(centre, 0).time if centre.pending > 0 else inf
            time = min(fixed_time, arrival_time, event_time)
            if time == inf or (time >= centre.length and not centre.work_off):
                break
            if time >= centre.judged:
                if not centre.in_tail:
                    if centre.pending + waiting(centre) + centre.margin > centre.pending_room:
                        return FULL
                    begin_tail(centre, time)
                    continue
                if centre.undecided == 0 and time > centre.judged:  # shifts that end with the horizon are over first
                    break
            arriving = joining = offered = seeking = planning = stepping = step = NONE
            changed = False

            if fixed_time == time:
                fixed = fixed_at(centre, next_fixed)
                next_fixed += 1
                if fixed.row >= 0 and fixed.begins:
                    coming = agent_coming(centre, fixed.number)
                    if not owes_break(centre, coming, fixed.row):
                        seeking, changed = coming, True
                        start_shift(centre, seeking, fixed.row, time)
                elif fixed.row >= 0:
                    going = agent_going(centre, fixed.number)
                    if is_worked(centre, going, fixed.row):
                        end_shift(centre, going, time)
                        changed = True
                elif fixed.number >= centre.types:
                    type_at(centre, fixed.number - centre.types).bot_open = fixed.begins
                elif fixed.begins:
                    open_type(centre, fixed.number, time)
                    changed = True
                else:
                    type_at(centre, fixed.number).open = False
            elif arrival_time < event_time or (
                arrival_time == event_time and EventKind.ARRIVAL * NUMBERS + next_first < event_at(centre, 0).key
            ):
                arriving = next_first
                begin_first(centre, arriving)
                next_first += 1
            else:
                key = event_at(centre, 0).key
                take_top(centre)
                event_kind, contact = key >> BITS, key & (NUMBERS - 1)
                this = contact_at(centre, contact)
                if event_kind == EventKind.WORK_DONE:
                    person = agent_at(centre, this.agent)
                    if person.planned != contact or person.planned_at != time:
                        continue
                    person.planned = NONE
                    read_clock(centre, this.agent, time)
                    over = True
                    if isnan(this.end):
                        this.end = time
                        release_trunk(centre, contact)
                        stepping, step = contact, FollowUpTrigger.ANSWERED
                        if this.unreached:
                            this.outcome, step = Outcome.UNREACHED, FollowUpTrigger.UNREACHED
                        over = this.wrap_up <= 0
                    if over:
                        changed = True
                        seeking = complete(centre, this.agent, contact, time)
                    else:
                        this.mark = person.clock + this.wrap_up
                    planning = this.agent
                elif event_kind == EventKind.ARRIVAL:
                    arriving = contact
                elif event_kind == EventKind.BOT_DONE:
                    if not isnan(this.bot_end):
                        joining = contact
                    else:
                        this.bot_end = time
                        type_at(centre, this.type).sessions -= 1
                        if this.bot_outcome != BotOutcome.ESCALATED:
                            outcome, step = outcome_of_bot(this.bot_outcome)
                            leave(centre, contact, outcome, time)
                            stepping = contact
                        else:
                            delay = hand_over(centre, contact)
                            if delay > 0:
                                push(centre, moment(time, time + delay), EventKind.BOT_DONE, contact)
                            else:
                                joining = contact
                elif event_kind == EventKind.BREAK_OVER:
                    seeking, changed = contact, True  # events of this kind are numbered by agent
                    agent_at(centre, seeking).returning = False
                    start_shift(centre, seeking, agent_at(centre, seeking).shift, time)
                elif event_kind == EventKind.OVERFLOW:
                    if still_waits(centre, contact, time):
                        offered = contact
                elif event_kind == EventKind.PATIENCE:
                    if this.waiting:
                        leave(centre, contact, Outcome.ABANDONED, time)
                        stepping, step = contact, FollowUpTrigger.ABANDONED
                elif is_unanswered(centre, contact, time):
                    stepping, step = contact, FollowUpTrigger.OVERDUE

            if arriving >= 0:
                overdue = type_at(centre, contact_at(centre, arriving).type).overdue
                if overdue < inf:
                    push(centre, moment(time, time + overdue), EventKind.OVERDUE, arriving)
                if not seize_trunk(centre, arriving):
                    leave(centre, arriving, Outcome.BLOCKED, time)
                    stepping, step = arriving, FollowUpTrigger.BLOCKED
                elif bot_takes(centre, arriving):
                    start_session(centre, arriving, time)
                else:
                    joining = arriving
            if joining >= 0:
                contact_type = type_at(centre, contact_at(centre, joining).type)
                if contact_type.open or contact_type.work == WorkMode.DEFERRED:
                    contact_at(centre, joining).entry = time
                    offered = joining
                else:
                    leave(centre, joining, Outcome.CLOSED, time)
                    stepping, step = joining, FollowUpTrigger.CLOSED
            if offered >= 0:
                offer(centre, offered, time)
                if offered == joining and contact_at(centre, joining).waiting:
                    if type_at(centre, contact_at(centre, joining).type).diverts:
                        step = divert(centre, joining, time)
                        stepping = joining if step >= 0 else NONE
                    if stepping < 0:
                        wait(centre, joining, time)
            if next_in_thread(centre, stepping, step, time):
                stepping = NONE
            while seeking >= 0:
                next_contact = contact_for(centre, seeking, time)
                if next_contact < 0:
                    break
                serve(centre, next_contact, seeking, time)
                planning = seeking
            if planning >= 0:
                plan_next(centre, planning, time)
            look_again(centre, time, changed or offered >= 0)
            if stepping >= 0 and type_at(centre, contact_at(centre, stepping).type).has_rules:
                follow_up(centre, stepping, step, time)
        for later in range(next_first, centre.first):
            begin_first(centre, later)
        if not centre.work_off:
            stop_delayed_breaks(centre)
        write_off(centre)
        return DONE

    return compiled(play)


@compiled
def write_log(contacts: NDArray[np.void], times: NDArray[np.float64], codes: NDArray[np.int64]) -> None:
    """Write the contact log by column, shape (7, contacts) each, in the order of `TIMES` and `CODES`."""
    for number in range(times.shape[1]):
        this: Record = contacts[number]
        times[0, number], times[1, number], times[2, number] = this.arrival, this.bot_end, this.entry
        times[3, number], times[4, number] = this.answer, this.resumed
        times[5, number], times[6, number] = this.end, this.wrap_end
        codes[0, number], codes[1, number], codes[2, number] = this.type, this.case, this.parent
        codes[3, number], codes[4, number] = this.step, this.bot_outcome
        codes[5, number], codes[6, number] = this.agent, this.outcome


play = _player(sources_stamp())
