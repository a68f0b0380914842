"""Adaptive reservation: the number of agents reserved for calls follows the service level of the calls so far.

In the spirit of Legros, Jouini and Koole (2015), *Adaptive threshold policies for multi-channel call centers*, IIE
Transactions 47: while calls are above target, one agent fewer is reserved; while they are below, one
more. The update rule here is our own: at most once in `every` seconds, by the share of connected contacts answered in
time since the replication began. It needs no forecast, which is its point. It is written in Python and so runs on the
SimPy engine; `reserved` of a group is where it begins.
"""

from __future__ import annotations

from math import isfinite

from simulator.codes import WorkMode
from simulator.reference.router import Agent, Contact, Router


class AdaptiveReservation(Router):
    """A router whose reservations follow the service level; see `adaptive` for its settings."""

    wanted = 0.8
    """The share of connected contacts to be answered in time."""
    every = 300.0
    """Seconds between two changes."""
    most_reserved = 50
    """The most agents that a group reserves."""
    in_time = answered = 0
    changed_at = 0.0

    def agent_for(self, contact: Contact) -> Agent | None:
        """The available agent whom the routing prefers; an answer is counted."""
        agent = super().agent_for(contact)
        if agent is not None:
            self.note(contact)
        return agent

    def next_for(self, agent: Agent) -> Contact | None:
        """The waiting contact that an agent takes next; an answer is counted."""
        contact = super().next_for(agent)
        if contact is not None:
            self.note(contact)
        return contact

    def preempt_for(self, contact: Contact) -> bool:
        """Whether an item was preempted for a connected contact; the answer is counted."""
        taken = super().preempt_for(contact)
        if taken:
            self.note(contact)
        return taken

    def offer(self, contact: Contact) -> None:
        """Route a contact to an agent or let it wait; then adapt the reservation if it is due."""
        super().offer(contact)
        self.adapt()

    def note(self, contact: Contact) -> None:
        """Count a connected contact that is answered now."""
        within = float(self.tables.within[contact.type])
        if self.work[contact.type] != WorkMode.DEFERRED and isfinite(within):
            self.answered += 1
            self.in_time += self.env.now - contact.entry <= within

    def adapt(self) -> None:
        """Reserve one agent more or fewer, if it is due; agents released by that serve waiting contacts."""
        time = self.env.now
        if not self.answered or time - self.changed_at < self.every:
            return
        self.changed_at = time
        better = self.in_time >= self.wanted * self.answered
        for group, kept in enumerate(self.reserved):
            if any(self.work[contact_type] != WorkMode.DEFERRED for _, contact_type, _ in self.skills[group]):
                self.reserved[group] = max(kept - 1, 0) if better else min(kept + 1, self.most_reserved)
        for contact_type, work in enumerate(self.work):
            if better and work == WorkMode.DEFERRED and self.open[contact_type]:
                self.open_type(contact_type)


def adaptive(wanted: float, every: float = 300.0) -> type[AdaptiveReservation]:
    """Rules that aim at a share of connected contacts in time, changed at most once in so many seconds.

    Examples
    --------
    >>> adaptive(0.9).wanted
    0.9
    """
    return type("Adaptive", (AdaptiveReservation,), {"wanted": wanted, "every": every})
