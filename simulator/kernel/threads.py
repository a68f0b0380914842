"""Threads in the compiled engine: follow-ups that wait for the agent who had the contact before.

A contact is in the list of its agent, of which the order does not matter, instead of in the queue of its type; the
length of that queue counts it.
"""

from __future__ import annotations

from math import inf

import numpy as np

from simulator.clock import EventKind
from simulator.codes import AgentRule, Outcome, WorkMode
from simulator.kernel.compile import Record, apart, inline, records, values, where
from simulator.kernel.event_heap import moment, push
from simulator.kernel.queues import (
    NONE,
    agent_at,
    choose,
    contact_at,
    group_at,
    idle_queue_at,
    is_before,
    order_of,
    thread_at,
    type_at,
)
from simulator.kernel.state import KEEPER, SKILL
from simulator.routing import NO_LIMIT

keeper_at, skill_at = records("keeper", KEEPER), records("skill", SKILL)
in_threads_at, max_threads_at = values("in_threads", np.int64), values("max_threads", np.int64)

WAITS = -2
"""Instead of an agent: the contact waits for its own."""


def _nothing(centre: Record, contact: int, agent: int) -> None:
    """Where there are no threads, nothing is to be done."""


def _first(centre: Record, agent: int, contact_type: int, contact: int) -> int:
    """Where there are no threads, the first is that which waits for anybody."""
    return contact


@inline
def in_thread(centre: Record, contact: int) -> bool:
    """Whether a contact is part of a thread that an agent keeps."""
    return bool(thread_at(centre, contact).holder >= 0 or in_threads_at(centre, contact_at(centre, contact).type) > 0)


@inline
def owner(centre: Record, contact: int) -> int:
    """The agent whose thread a contact is part of, -1 for none."""
    thread = thread_at(centre, contact)
    return int(thread.holder if thread.holder >= 0 else thread.keeper)


@apart
def note_queued(centre: Record, contact: int) -> None:
    """A contact waits for anybody: so its owner, too, finds it in the queue."""
    thread = thread_at(centre, contact)
    if thread.queued_for < 0 and owner(centre, contact) >= 0:
        thread.queued_for = owner(centre, contact)
        keeper_at(centre, thread.queued_for).queued += 1


@apart
def remove_kept(centre: Record, contact: int) -> None:
    """Take a contact from those that wait for its agent, if it is there."""
    this = contact_at(centre, contact)
    if not this.waiting:
        return
    this.waiting = False
    type_at(centre, this.type).queue_length -= 1
    if this.before < 0:
        keeper_at(centre, thread_at(centre, contact).keeper).first = this.after
    else:
        contact_at(centre, this.before).after = this.after
    if this.after >= 0:
        contact_at(centre, this.after).before = this.before


@where("keeper", _nothing)
def take_turn(centre: Record, contact: int, agent: int) -> None:
    """An agent takes a contact: its thread is open with the agent, who may have to read up or ask again."""
    thread, this = thread_at(centre, contact), contact_at(centre, contact)
    if thread.kept:
        remove_kept(centre, contact)
    if thread.queued_for >= 0:
        keeper_at(centre, thread.queued_for).queued -= 1
        thread.queued_for = NONE
    if this.outcome == Outcome.OPEN and thread.keeper >= 0 and thread.keeper != agent:
        this.handle *= thread.retold
    if thread.holder != agent and in_thread(centre, contact):
        if thread.holder >= 0:
            keeper_at(centre, thread.holder).opened -= 1
        keeper_at(centre, agent).opened += 1
        thread.holder = agent


def _no_thread(centre: Record, contact: int, keeps: float, retold: float, late: bool) -> None:
    """Where there are no threads, a contact that follows another waits for anybody."""


@where("keeper", _no_thread)
def continue_thread(centre: Record, contact: int, keeps: float, retold: float, late: bool) -> None:
    """The contact that follows another, the latest one, may wait for the agent who had that."""
    before, thread, agent = (
        thread_at(centre, contact),
        thread_at(centre, centre.contacts),
        contact_at(centre, contact).agent,
    )
    thread.keeper = agent if agent >= 0 else before.keeper
    thread.keeps_for, thread.retold = keeps, retold
    thread.kept = keeps >= 0 and thread.keeper >= 0
    if thread.kept and not late:
        thread.holder, before.holder = before.holder, NONE


@apart
def close_thread(centre: Record, contact: int) -> None:
    """The work on a contact is over, and no kept one follows."""
    thread = thread_at(centre, contact)
    if thread.holder >= 0:
        keeper_at(centre, thread.holder).opened -= 1
        thread.holder = NONE


@apart
def may_take(centre: Record, agent: int, contact: int) -> bool:
    """Whether the limit on open threads lets an agent take a contact."""
    most = max_threads_at(centre, agent_at(centre, agent).group)
    deferred = type_at(centre, contact_at(centre, contact).type).work == WorkMode.DEFERRED
    if most == NO_LIMIT or not deferred or not in_thread(centre, contact):
        return True
    return bool(owner(centre, contact) == agent or keeper_at(centre, agent).opened < most)


def _size(centre: Record, idle_queue: int, contact: int) -> int:
    """Where there are no threads, all of an idle queue would take a contact."""
    return int(idle_queue_at(centre, idle_queue).size)


@where("keeper", _size)
def takers(centre: Record, idle_queue: int, contact: int) -> int:
    """How many of an idle queue the limit on open threads lets take a contact."""
    count, agent = 0, idle_queue_at(centre, idle_queue).first
    while agent >= 0:
        count += may_take(centre, agent, contact)
        agent = agent_at(centre, agent).after
    return count


def _choose_any(centre: Record, idle_queue: int, contact: int) -> int:
    """Where there are no threads, the agent of an idle queue whom the routing prefers."""
    return choose(centre, idle_queue)


@where("keeper", _choose_any)
def choose_taker(centre: Record, idle_queue: int, contact: int) -> int:
    """Of those the agent whom the routing prefers, -1 for none."""
    chosen, agent = NONE, idle_queue_at(centre, idle_queue).first
    while agent >= 0:
        better = centre.agent_rule == AgentRule.SHORTEST_IDLE or chosen < 0
        if may_take(centre, agent, contact) and (
            better or (centre.agent_rule == AgentRule.LOWEST_NUMBER and agent < chosen)
        ):
            chosen = agent
        agent = agent_at(centre, agent).after
    return chosen


@apart
def append_kept(centre: Record, contact: int, time: float) -> None:
    """Let a contact wait for its agent, perhaps for a time only."""
    this, thread = contact_at(centre, contact), thread_at(centre, contact)
    keeper = keeper_at(centre, thread.keeper)
    this.waiting, this.order = True, order_of(centre, contact)
    type_at(centre, this.type).queue_length += 1
    this.before, this.after = NONE, keeper.first
    if keeper.first >= 0:
        contact_at(centre, keeper.first).before = contact
    keeper.first = contact
    if thread.keeps_for < inf:
        push(centre, moment(time, this.entry + thread.keeps_for), EventKind.OVERFLOW, contact)


@apart
def seconds_before(centre: Record, group: int, contact_type: int) -> float:
    """How long a contact of a type waits before it may go to a group; infinite if it never may."""
    for index in range(group * centre.skills, (group + 1) * centre.skills):
        skill = skill_at(centre, index)
        if skill.type < 0:
            break
        if skill.type == contact_type:
            return float(skill.after)
    return inf


@apart
def keeper_for(centre: Record, contact: int, time: float) -> int:
    """The agent who keeps the contact and takes it now; `WAITS` if it waits for this one, -1 if it is free for all."""
    thread = thread_at(centre, contact)
    if not thread.kept:
        return NONE
    this, person = contact_at(centre, contact), agent_at(centre, thread.keeper)
    waited, after = time - this.entry, seconds_before(centre, person.group, this.type)
    if person.on_duty and person.load == 0 and waited >= after and type_at(centre, this.type).open:
        idle = idle_queue_at(centre, person.group * (centre.loads + 1)).size
        if idle > group_at(centre, person.group).reserved:
            return int(thread.keeper)
    if not person.on_duty or waited >= thread.keeps_for or after == inf:
        remove_kept(centre, contact)
        thread.kept = False
        return NONE
    if not this.waiting:
        append_kept(centre, contact, time)
    return WAITS


@where("keeper", _first)
def first_kept(centre: Record, agent: int, contact_type: int, contact: int) -> int:
    """The first that an agent may take of a type, where a contact, -1 for none, is the first that waits for anybody."""
    while centre.limits and contact >= 0 and not may_take(centre, agent, contact):
        if in_threads_at(centre, contact_type) > 0 and keeper_at(centre, agent).queued == 0:
            contact = NONE
        else:
            contact = contact_at(centre, contact).after
    kept = keeper_at(centre, agent).first
    while kept >= 0:
        if contact_at(centre, kept).type == contact_type and (contact < 0 or is_before(centre, kept, contact)):
            contact = kept
        kept = contact_at(centre, kept).after
    return contact


@apart
def first_of_keeper(centre: Record, agent: int) -> int:
    """The first of all contacts that wait for an agent, -1 for none."""
    kept = keeper_at(centre, agent).first
    first: int = kept
    while kept >= 0:
        if is_before(centre, kept, first):
            first = kept
        kept = contact_at(centre, kept).after
    return first
