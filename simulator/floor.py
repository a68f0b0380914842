"""The floor of the reference engine: agents, what they have in hand, and who takes what.

Everything here happens within an instant; the rules in words are at the top of `simulator.routing`. An agent with
several concurrent contacts works on each at the pace of the group: progress is kept as one *work clock* per agent,
which runs at that pace while there is something in hand, and a contact is done when the clock reaches its mark.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from heapq import heappop, heappush
from math import inf, nan
from operator import attrgetter

import numpy as np
from simpy import Environment, Event

from scenarios.hours import open_time_later
from simulator.clock import At, Kind, on_grid, up_to_grid
from simulator.logs import ANSWERED, OPEN
from simulator.routing import CONCURRENT, DEFERRED, LOWEST_NUMBER, SHORTEST_IDLE, Tables

Line = OrderedDict["Agent", None]
"""Agents of equal load, who came to it first in front."""


class Contact:
    """A contact on its way; an attribute that was never set says that it never happened."""

    parent = -1
    step = 0
    bot_outcome = -1
    bot_end = entry = answer = resumed = end = wrap_end = nan
    agent = -1
    outcome = OPEN
    waiting = False
    queued = False
    """Whether a queue holds the contact; one that was answered from elsewhere stays there until it comes up."""
    own_key = 0
    left = nan
    """Seconds of work that remain of an item that was put down."""
    mark = nan
    """The reading of the agent's work clock at which the present stage is done."""
    holds_line = False

    def __init__(self, number: int, kind: int, case: int, arrival: float) -> None:
        self.number, self.type, self.case, self.arrival = number, kind, case, arrival
        self.handle = self.wrap_up = 0.0
        self.patience = inf


class Agent:
    """A person with hands: nothing, one live contact, one deferred item, or up to `slots` concurrent contacts."""

    def __init__(self, floor: Floor, number: int, group: int) -> None:
        self.floor, self.number, self.group = floor, number, group
        self.env, self.grid, self.speed = floor.env, floor.grid, floor.speed[group]
        self.slots = int(floor.tables.slots[group])
        self.pace: list[float] = floor.tables.pace[group].tolist()
        self.hand: list[Contact] = []
        self.on_duty = False
        self.line: Line | None = None
        self.concurrent = False
        """Whether there are concurrent contacts in hand."""
        self.rate = 1.0
        """The pace of the work clock with what is in hand."""
        self.work_clock = self.read_at = 0.0
        self.next_done: Event | None = None
        self.first: Contact
        """The contact in hand whose stage is done first."""
        self.finishing: int | None = None

    def come(self) -> None:
        """Come on duty and take what waits."""
        self.note_gone()
        self.on_duty = True
        self.line_up()
        self.seek()

    def go(self, duty: int) -> None:
        """Take nothing new from now on; what is in hand is finished before this stretch of duty is over."""
        self.on_duty = False
        self.finishing = duty
        self.line_up()
        if not self.hand:
            self.note_gone()

    def note_gone(self) -> None:
        """The stretch of duty that was being finished, if any, is over now."""
        if self.finishing is not None:
            self.floor.gone[self.finishing] = self.env.now
            self.finishing = None

    def seek(self) -> None:
        """Take contacts while some fit."""
        while contact := self.floor.next_for(self):
            self.take(contact)

    def take(self, contact: Contact) -> None:
        """Answer a contact, or go on with an item that was put down."""
        now = self.read_clock()
        contact.waiting = False
        contact.agent, contact.resumed = self.number, now
        if contact.outcome == OPEN:
            contact.answer, contact.outcome = now, ANSWERED
            speed = self.speed[contact.type]
            contact.left = on_grid(contact.handle / speed, self.grid)
            contact.wrap_up = on_grid(contact.wrap_up / speed, self.grid)
        contact.mark = self.work_clock + contact.left
        self.hand.append(contact)
        self.line_up()
        self.plan_next()

    def put_down(self) -> Contact:
        """Put down the interruptible item in hand; what remains of it is kept."""
        now = self.read_clock()
        item = self.hand.pop()
        item.left = max(item.mark - self.work_clock, 0.0)
        self.floor.put_downs.append((item.number, self.number, item.resumed, now))
        self.work_clock = 0.0
        return item

    def read_clock(self) -> float:
        """Bring the work clock up to now; gives the time."""
        now = self.env.now
        self.work_clock += (now - self.read_at) * self.rate
        self.read_at = now
        return now

    def plan_next(self) -> None:
        """Plan the end of the stage that is done first; any earlier plan is void."""
        self.next_done = None
        if not self.hand:
            return
        self.first = self.hand[0] if len(self.hand) == 1 else min(self.hand, key=attrgetter("mark", "number"))
        needed = max(self.first.mark - self.work_clock, 0.0) / self.rate
        when = self.env.now + up_to_grid(needed, self.grid)
        self.next_done = At(self.env, when, Kind.WORK_DONE, self.first.number)
        self.next_done.callbacks.append(self.work_done)

    def work_done(self, event: Event) -> None:
        """The customer's part of the first contact is over, or its wrap-up."""
        if event is not self.next_done:
            return
        now, contact = self.read_clock(), self.first
        if contact.end != contact.end:  # NaN: the customer's part is not over yet
            contact.end = now
            self.floor.served(contact)
            if contact.wrap_up > 0:
                contact.mark = self.work_clock + contact.wrap_up
                self.plan_next()
                return
        contact.wrap_end = now
        self.hand.remove(contact)
        if not self.hand:
            self.work_clock = 0.0
            self.note_gone()
        self.line_up()
        self.plan_next()
        self.seek()

    def line_up(self) -> None:
        """Join the line of agents of the present load, at its end, and work at its pace."""
        self.concurrent = bool(self.hand) and self.floor.work[self.hand[0].type] == CONCURRENT
        self.rate = self.pace[len(self.hand)] if self.concurrent else 1.0
        if self.line is not None:
            del self.line[self]
        self.line = self.floor.line_of(self)
        if self.line is not None:
            self.line[self] = None


class Floor:
    """Agents and waiting contacts, and the rules that bring them together."""

    def __init__(self, env: Environment, tables: Tables, grid: float, served: Callable[[Contact], None]) -> None:
        self.env, self.tables, self.grid, self.served = env, tables, grid, served
        self.work: list[int] = tables.work.tolist()
        self.speed: list[list[float]] = tables.speed.tolist()
        self.interruptible: list[bool] = tables.interruptible.tolist()
        self.keep_free: list[int] = tables.keep_free.tolist()
        self.open = [True] * len(self.work)
        self.routes = [
            [(group, after) for group, after in zip(groups, afters, strict=True) if group >= 0]
            for groups, afters in zip(tables.route_group.tolist(), tables.route_after.tolist(), strict=True)
        ]
        self.fill = [[load for load in loads if load >= 0] for loads in tables.fill.tolist()]
        self.skills = [
            [(rank, kind, after) for kind, (rank, after) in enumerate(zip(ranks, afters, strict=True)) if rank]
            for ranks, afters in zip(tables.rank.tolist(), tables.after.tolist(), strict=True)
        ]
        self.level: list[float] = tables.level.tolist()
        self.ageing: list[float] = tables.ageing.tolist()
        self.ready: list[list[Line]] = [[OrderedDict() for _ in range(slots)] for slots in tables.slots]
        self.could_put_down: list[Line] = [OrderedDict() for _ in tables.slots]
        self.queues: list[list[tuple[float, float, int, Contact]]] = [[] for _ in self.work]
        self.put_downs: list[tuple[int, int, float, float]] = []
        self.gone: dict[int, float] = {}
        """When each stretch of duty was over, by its row."""

    def offer(self, contact: Contact) -> None:
        """Bring a contact to an agent, by having an item put down if need be, or let it wait."""
        if self.place(contact) or (self.work[contact.type] != DEFERRED and self.make_room(contact)):
            return
        contact.waiting = True
        if not contact.queued:
            contact.queued = True
            heappush(self.queues[contact.type], (self.order(contact), contact.entry, contact.number, contact))

    def place(self, contact: Contact) -> bool:
        """Whether an agent with room was found, who has taken the contact."""
        agent = self.agent_for(contact)
        if agent is not None:
            agent.take(contact)
        return agent is not None

    def agent_for(self, contact: Contact) -> Agent | None:
        """The agent with room whose turn it is."""
        kind, waited = contact.type, self.env.now - contact.entry
        work = self.work[kind]
        if work == DEFERRED and not self.open[kind]:
            return None
        for group, after in self.routes[kind]:
            if waited < after:
                continue
            ready = self.ready[group]
            if work == CONCURRENT:
                for load in self.fill[group]:
                    if ready[load]:
                        return self.choose(ready[load])
            elif len(ready[0]) > (self.keep_free[group] if work == DEFERRED else 0):
                return self.choose(ready[0])
        return None

    def make_room(self, contact: Contact) -> bool:
        """Whether an agent put down an item for a connected contact; the item is offered to others."""
        waited = self.env.now - contact.entry
        for group, after in self.routes[contact.type]:
            if waited >= after and self.could_put_down[group]:
                agent = self.choose(self.could_put_down[group])
                item = agent.put_down()
                agent.take(contact)
                self.offer(item)
                return True
        return False

    def choose(self, line: Line) -> Agent:
        """The agent of a line whom the routing prefers."""
        if self.tables.agent_rule == LOWEST_NUMBER:
            return min(line, key=lambda agent: agent.number)
        return next(reversed(line) if self.tables.agent_rule == SHORTEST_IDLE else iter(line))

    def line_of(self, agent: Agent) -> Line | None:
        """The line for an agent's present load; none when nothing more fits."""
        if not agent.on_duty:
            return None
        if not agent.hand:
            return self.ready[agent.group][0]
        if agent.concurrent:
            return self.ready[agent.group][len(agent.hand)] if len(agent.hand) < agent.slots else None
        if self.interruptible[agent.hand[0].type]:
            return self.could_put_down[agent.group]
        return None

    def next_for(self, agent: Agent) -> Contact | None:
        """The waiting contact that an agent with room takes next, removed from its queue."""
        if agent.line is None or (agent.hand and not agent.concurrent):
            return None
        best, choice = None, None
        for rank, kind, after in self.skills[agent.group]:
            contact = self.first_waiting(kind)
            if contact is None or self.env.now - contact.entry < after or not self.fits(kind, agent):
                continue
            waited = self.env.now - contact.entry
            level = self.level[kind] - self.ageing[kind] * waited
            urgency = (rank, level, self.queues[kind][0][0], contact.entry, contact.number)
            if best is None or urgency < best:
                best, choice = urgency, contact
        if choice is not None:
            self.drop_first(choice.type)
        return choice

    def fits(self, kind: int, agent: Agent) -> bool:
        """Whether an agent with room may take this type of contact beside what is in hand."""
        work = self.work[kind]
        if work == DEFERRED:
            free = len(self.ready[agent.group][0])
            return not agent.hand and self.open[kind] and free > self.keep_free[agent.group]
        return work == CONCURRENT or not agent.hand

    def first_waiting(self, kind: int) -> Contact | None:
        """The first contact of a queue that still waits."""
        queue = self.queues[kind]
        while queue and not queue[0][3].waiting:
            self.drop_first(kind)
        return queue[0][3] if queue else None

    def drop_first(self, kind: int) -> None:
        """Take the first contact out of a queue."""
        heappop(self.queues[kind])[3].queued = False

    def open_up(self, kind: int) -> None:
        """A type opens: free agents take what waited for that."""
        self.open[kind] = True
        while contact := self.first_waiting(kind):
            if not self.place(contact):
                return

    def order(self, contact: Contact) -> float:
        """The instant by which contacts of one rank and level are ordered: joining the queue, or the deadline."""
        if not self.tables.by_deadline:
            return contact.entry
        within = float(self.tables.within[contact.type])
        if not self.tables.open_clock[contact.type] or not np.isfinite(within):
            return contact.entry + within
        return float(open_time_later(self.tables.open_periods[contact.type], contact.entry, within))
