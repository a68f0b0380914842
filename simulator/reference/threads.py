"""Threads in the reference engine: follow-ups that wait for the agent who had the contact before."""

from __future__ import annotations

from collections import defaultdict
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.reference.router import Agent, Contact, Router


class KeptContacts:
    """The contacts that wait for one agent alone; the rules in words are at the top of `simulator.routing`."""

    def __init__(self, router: Router) -> None:
        self.router = router
        self.agents: list[Agent] = []
        """All agents by number."""
        self.kept: dict[int, list[Contact]] = defaultdict(list)
        """The contacts that wait for each agent, by number."""
        self.after: list[list[float]] = router.tables.after.tolist()
        self.looks_again = router.tables.looks_again

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
        return True

    def remove(self, contact: Contact) -> None:
        """Take a contact from those that wait for its agent."""
        if contact.waiting:
            contact.waiting = False
            self.kept[contact.keeper].remove(contact)

    def first_for(self, agent: Agent, contact_type: int) -> Contact | None:
        """The first contact of a type that waits for this agent, or for any."""
        found = [contact for contact in self.kept[agent.number] if contact.type == contact_type]
        shared = self.router.first_waiting(contact_type)
        if shared is not None:
            found.append(shared)
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
