"""A reservation that adapts: how many agents are kept free for calls follows the service that calls have had so far.

In the spirit of Legros, Jouini and Koole (2015), *Adaptive threshold policies for multi-channel call centers*, IIE
Transactions 47: while calls do better than they must, one agent fewer is kept from e-mail; while they do worse, one
more. The update rule here is our own: at most once in `every` seconds, by the share of connected contacts answered in
time since the replication began. It needs no forecast, which is its point. It is written in Python and so runs on the
SimPy engine; `reserved` of a group is where it begins.
"""

from __future__ import annotations

from math import isfinite

from simulator.codes import WorkMode
from simulator.reference.router import Agent, Contact, Router


class AdaptiveReservation(Router):
    """The floor whose reservations follow the service; see `adaptive` for its settings."""

    wanted = 0.8
    """The share of connected contacts to be answered in time."""
    every = 300.0
    """Seconds between two changes."""
    most = 50
    """Agents that a group keeps free at most."""
    in_time = answered = 0
    changed_at = 0.0

    def agent_for(self, contact: Contact) -> Agent | None:
        """The agent with room whose turn it is; an answer is noted."""
        agent = super().agent_for(contact)
        if agent is not None:
            self.note(contact)
        return agent

    def next_for(self, agent: Agent) -> Contact | None:
        """The waiting contact that an agent takes next; an answer is noted."""
        contact = super().next_for(agent)
        if contact is not None:
            self.note(contact)
        return contact

    def preempt_for(self, contact: Contact) -> bool:
        """Whether an agent put down an item for a connected contact; the answer is noted."""
        taken = super().preempt_for(contact)
        if taken:
            self.note(contact)
        return taken

    def offer(self, contact: Contact) -> None:
        """Bring a contact to an agent or let it wait; then see whether the reservation should change."""
        super().offer(contact)
        self.adapt()

    def note(self, contact: Contact) -> None:
        """Count a connected contact that is answered now."""
        within = float(self.tables.within[contact.type])
        if self.work[contact.type] != WorkMode.DEFERRED and isfinite(within):
            self.answered += 1
            self.in_time += self.env.now - contact.entry <= within

    def adapt(self) -> None:
        """Keep one agent more or fewer, if it is time to; agents who are let go take what waits."""
        now = self.env.now
        if not self.answered or now - self.changed_at < self.every:
            return
        self.changed_at = now
        better = self.in_time >= self.wanted * self.answered
        for group, kept in enumerate(self.reserved):
            if any(self.work[contact_type] != WorkMode.DEFERRED for _, contact_type, _ in self.skills[group]):
                self.reserved[group] = max(kept - 1, 0) if better else min(kept + 1, self.most)
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
