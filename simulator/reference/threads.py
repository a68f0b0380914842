"""Threads in the reference engine: follow-ups that wait for the agent who had the contact before, and open threads."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from math import inf
from typing import TYPE_CHECKING

from simulator.clock import At, EventKind
from simulator.codes import WorkMode
from simulator.routing import NO_LIMIT

if TYPE_CHECKING:
    from simulator.reference.router import Agent, Contact, IdleQueue, Router


class KeptContacts:
    """The contacts that wait for one agent alone, and how many threads each agent has open.

    The rules in words are at the top of `simulator.routing`.
    """

    def __init__(self, router: Router) -> None:
        self.router = router
        self.agents: list[Agent] = []
        """All agents by number."""
        self.kept: dict[int, list[Contact]] = defaultdict(list)
        """The contacts that wait for each agent, by number."""
        self.after: list[list[float]] = router.tables.after.tolist()
        self.looks_again = router.tables.looks_again
        self.limits = router.tables.limits_threads
        self.most: list[int] = router.tables.max_threads.tolist()
        self.in_threads: list[bool] = router.tables.in_threads.tolist()
        self.opened: dict[int, int] = defaultdict(int)
        """How many threads each agent has open, by number."""
        self.queued: dict[int, int] = defaultdict(int)
        """How many contacts of these wait for anybody."""

    def note_queued(self, contact: Contact) -> None:
        """A contact waits for anybody: so its owner, too, finds it in the queue."""
        if contact.queued_for < 0 and contact.owner >= 0:
            contact.queued_for = contact.owner
            self.queued[contact.queued_for] += 1

    def hold(self, contact: Contact, agent: Agent) -> None:
        """The thread of a contact is open with the agent who takes it."""
        if contact.queued_for >= 0:
            self.queued[contact.queued_for] -= 1
            contact.queued_for = -1
        if contact.holder == agent.number or not self.is_in_thread(contact):
            return
        if contact.holder >= 0:
            self.opened[contact.holder] -= 1
        self.opened[agent.number] += 1
        contact.holder = agent.number

    def close(self, contact: Contact) -> None:
        """The work on a contact is over, and no kept one follows."""
        if contact.holder >= 0:
            self.opened[contact.holder] -= 1
            contact.holder = -1

    def is_in_thread(self, contact: Contact) -> bool:
        """Whether a contact is part of a thread that an agent keeps."""
        return contact.holder >= 0 or self.in_threads[contact.type]

    def may_take(self, agent: Agent, contact: Contact) -> bool:
        """Whether the limit on open threads lets an agent take a contact."""
        most = self.most[agent.group]
        if most == NO_LIMIT or self.router.work[contact.type] != WorkMode.DEFERRED or not self.is_in_thread(contact):
            return True
        return contact.owner == agent.number or self.opened[agent.number] < most

    def takers(self, ready: IdleQueue, contact: Contact) -> IdleQueue:
        """Those of an idle queue whom the limit on open threads lets take a contact."""
        if not self.limits:
            return ready
        return OrderedDict.fromkeys(agent for agent in ready if self.may_take(agent, contact))

    def keeps(self, contact: Contact) -> bool:
        """Whether the same agent as before takes a contact now, or it waits for this agent; else it is free for all."""
        router, agent = self.router, self.agents[contact.keeper]
        waited, after = router.env.now - contact.entry, self.after[agent.group][contact.type]
        if agent.on_duty and not agent.in_service and waited >= after and router.fits(contact.type, agent):
            self.remove(contact)
            agent.serve(contact)
            return True
        if not agent.on_duty or waited >= contact.keeps_for or after == inf:
            self.remove(contact)
            contact.kept = False
            return False
        if not contact.waiting:
            contact.waiting, contact.order = True, router.order(contact)
            self.kept[agent.number].append(contact)
            if contact.keeps_for < inf:
                event = At(router.env, contact.entry + contact.keeps_for, EventKind.OVERFLOW, contact.number)
                event.callbacks.append(lambda _: self.kept_long_enough(contact))
        return True

    def kept_long_enough(self, contact: Contact) -> None:
        """A contact that still waits need not wait for its agent any longer."""
        if contact.waiting:
            self.router.offer(contact)

    def remove(self, contact: Contact) -> None:
        """Take a contact from those that wait for its agent."""
        if contact.waiting:
            contact.waiting = False
            self.kept[contact.keeper].remove(contact)

    def first_for(self, agent: Agent, contact_type: int) -> Contact | None:
        """The first contact of a type that waits for this agent, or for any."""
        found = [contact for contact in self.kept[agent.number] if contact.type == contact_type]
        shared = self.router.first_waiting(contact_type)
        if shared is not None and self.may_take(agent, shared):
            found.append(shared)
        elif shared is not None and (self.queued[agent.number] or not self.in_threads[contact_type]):
            waiting = (row[-1] for row in self.router.queues[contact_type])
            found.extend(contact for contact in waiting if contact.waiting and self.may_take(agent, contact))
        return min(found, key=in_order, default=None)

    def release(self, agent: Agent) -> None:
        """Offer to all what waits for an agent who goes off duty."""
        for contact in sorted(self.kept[agent.number], key=in_order):
            self.router.route(contact)

    def look_again(self) -> None:
        """Agents without contacts take what waits and has become fit for them."""
        if not self.looks_again:
            return
        taking = True
        while taking:
            taking = False
            for ready in self.router.ready:
                for agent in list(ready[0]):
                    if contact := self.router.next_for(agent):
                        agent.serve(contact)
                        taking = True


def in_order(contact: Contact) -> tuple[float, float, int]:
    """By what waiting contacts of a type are ordered."""
    return contact.order, contact.entry, contact.number
