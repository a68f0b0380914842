"""Threads in the compiled engine: follow-ups that wait for the agent who had the contact before.

A contact is in the list of its agent, of which the order does not matter, instead of in the queue of its type; the
length of that queue counts it.
"""

from __future__ import annotations

from math import inf

from simulator.kernel.compile import Record, apart, records
from simulator.kernel.queues import (
    NONE,
    agent_at,
    contact_at,
    group_at,
    idle_queue_at,
    is_before,
    order_of,
    thread_at,
    type_at,
)
from simulator.kernel.state import KEEPER, SKILL

keeper_at, skill_at = records("keeper", KEEPER), records("skill", SKILL)

WAITS = -2
"""Instead of an agent: the contact waits for its own."""


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


@apart
def append_kept(centre: Record, contact: int) -> None:
    """Let a contact wait for its agent."""
    this, keeper = contact_at(centre, contact), keeper_at(centre, thread_at(centre, contact).keeper)
    this.waiting, this.order = True, order_of(centre, contact)
    type_at(centre, this.type).queue_length += 1
    this.before, this.after = NONE, keeper.first
    if keeper.first >= 0:
        contact_at(centre, keeper.first).before = contact
    keeper.first = contact


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
            remove_kept(centre, contact)
            return int(thread.keeper)
    if not person.on_duty or waited >= thread.keeps_for or after == inf:
        remove_kept(centre, contact)
        thread.kept = False
        return NONE
    if not this.waiting:
        append_kept(centre, contact)
    return WAITS


@apart
def first_kept(centre: Record, agent: int, contact_type: int, contact: int) -> int:
    """The first of a contact, -1 for none, and those of a type that wait for an agent."""
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
