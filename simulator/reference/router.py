"""Routing in the reference engine: agents, their contacts in service, and which agent serves which contact.

All of it happens within an instant; the rules in words are at the top of `simulator.routing`. An agent with several
concurrent contacts works on each at the concurrency speed of the group: progress is kept as one *work clock* per agent,
which runs at that speed while contacts are in service, and a contact is done when the clock reaches its mark.
"""

from __future__ import annotations

from collections import OrderedDict
from heapq import heappop, heappush
from math import inf, nan
from operator import attrgetter
from typing import Protocol

import numpy as np
from simpy import Environment, Event

from scenarios.hours import open_time_later
from simulator.clock import At, EventKind, on_grid, up_to_grid
from simulator.codes import AgentRule, DrawPurpose, Outcome, WorkMode
from simulator.reference.threads import KeptContacts
from simulator.routing import Tables

_CONCURRENT, _DEFERRED, _OPEN = int(WorkMode.CONCURRENT), int(WorkMode.DEFERRED), int(Outcome.OPEN)
"""Read at every event: a global is quicker than a member of an enumeration."""


class Customers(Protocol):
    """What the router asks of those who make the contacts."""

    def served(self, contact: Contact) -> None:
        """The handling of a contact has ended."""

    def chance(self, contact: Contact, purpose: DrawPurpose) -> float:
        """A number from 0 to 1, drawn for one purpose of a contact."""

    def takes_delayed_break(self, agent: Agent, time: float) -> None:
        """An agent who has finished what was in hand takes the break that this delayed, if there was one."""


IdleQueue = OrderedDict["Agent", None]
"""Agents of equal load, in the order in which they came to it."""


class Contact:
    """A contact; a time that was never set (NaN) never happened."""

    parent = -1
    step = 0
    bot_outcome = -1
    bot_end = entry = answer = resumed = end = wrap_end = nan
    agent = -1
    outcome = Outcome.OPEN
    waiting = False
    queued = False
    """Whether a queue holds the contact; one that was answered or abandoned stays there until it comes to the front."""
    own_key = 0
    left = nan
    """Seconds of work that remain of a preempted item."""
    mark = nan
    """The reading of the agent's work clock at which the present stage (handling or wrap-up) is done."""
    holds_trunk = False
    order = 0.0
    """The instant by which its queue is ordered."""
    keeper = -1
    """The agent who had the contact before it, -1 for none."""
    kept = False
    """Whether it waits for that agent alone, or will."""
    keeps_for = 0.0
    """Seconds for which it does."""
    retold = 1.0
    """The factor on the handle time where another agent takes it."""
    holder = -1
    """The agent with whom its thread is open, -1 for none."""
    queued_for = -1
    """Whose it is while it waits for anybody."""

    @property
    def owner(self) -> int:
        """The agent whose thread it is part of, -1 for none."""
        return self.holder if self.holder >= 0 else self.keeper

    def __init__(self, number: int, contact_type: int, case: int, arrival: float) -> None:
        self.number, self.type, self.case, self.arrival = number, contact_type, case, arrival
        self.handle = self.wrap_up = 0.0
        self.patience = inf


class Agent:
    """An agent and the contacts in service: none, one live, one deferred, or up to `max_concurrent` concurrent."""

    def __init__(self, router: Router, number: int, group: int) -> None:
        self.router, self.number, self.group = router, number, group
        self.env, self.grid, self.speed = router.env, router.grid, router.speed[group]
        self.max_concurrent = int(router.tables.max_concurrent[group])
        self.concurrency_speed: list[float] = router.tables.concurrency_speed[group].tolist()
        self.in_service: list[Contact] = []
        self.on_duty = False
        self.idle_queue: IdleQueue | None = None
        self.concurrent = False
        """Whether the contacts in service are concurrent."""
        self.rate = 1.0
        """The speed of the work clock with the contacts in service."""
        self.work_clock = self.read_at = 0.0
        self.next_done: Event | None = None
        self.first: Contact
        """The contact in service whose stage is done first."""
        self.shift = -1
        """The row of the shift that was begun last."""
        self.plan = number
        """The number whose further shifts are planned for this agent: the own, unless swapped with a colleague's."""
        self.finishing = False
        self.returning = False
        """Whether the agent is on a delayed break."""

    def owes_break(self) -> bool:
        """Whether a break that was due before now is not over, or not even begun."""
        return self.finishing or self.returning

    def start_shift(self, row: int) -> None:
        """Start a shift and serve waiting contacts."""
        if self.finishing:
            self.finish_shift()
            self.router.takes_delayed_break(self, self.env.now)
        self.on_duty, self.shift = True, row
        self.router.worked_by[row] = self.number
        self.join_idle_queue()
        self.serve_waiting()

    def end_shift(self) -> None:
        """End the shift: accept no new contacts; the shift is over when those in service are done."""
        self.on_duty, self.finishing = False, True
        self.join_idle_queue()
        if not self.in_service:
            self.finish_shift()
        elif self.router.idle_first[self.group]:
            self.router.finishing[self.group][self] = None
        if self.router.threads is not None:
            self.router.threads.release(self)

    def finish_shift(self) -> None:
        """Record the end of the shift that was being finished, if any."""
        if self.finishing:
            self.router.left_at[self.shift] = self.env.now
            self.finishing = False
            self.router.finishing[self.group].pop(self, None)

    def stay_on(self) -> None:
        """Stay on duty, since a colleague goes instead, and serve waiting contacts beside those in service."""
        self.finishing, self.on_duty = False, True
        del self.router.finishing[self.group][self]
        self.join_idle_queue()
        self.serve_waiting()

    def serve_waiting(self) -> None:
        """Serve waiting contacts while some fit."""
        while contact := self.router.next_for(self):
            self.serve(contact)
        if self.router.threads is not None:
            self.router.threads.look_again()

    def serve(self, contact: Contact) -> None:
        """Answer a contact, or resume a preempted item."""
        time = self.read_clock()
        contact.waiting = False
        contact.agent, contact.resumed = self.number, time
        if contact.outcome == _OPEN:
            contact.answer, contact.outcome = time, Outcome.ANSWERED
            speed = self.speed[contact.type]
            if contact.keeper >= 0 and contact.keeper != self.number:
                contact.handle *= contact.retold
            contact.left = on_grid(contact.handle / speed, self.grid)
            contact.wrap_up = on_grid(contact.wrap_up / speed, self.grid)
            if self.router.is_unreached(contact):
                contact.left, contact.wrap_up = on_grid(self.router.ring[contact.type], self.grid), 0.0
        contact.mark = self.work_clock + contact.left
        if self.router.threads is not None:
            self.router.threads.hold(contact, self)
        self.in_service.append(contact)
        self.join_idle_queue()
        self.plan_next()

    def preempt(self) -> Contact:
        """Preempt the interruptible item in service; its remaining work is kept."""
        time = self.read_clock()
        item = self.in_service.pop()
        item.left = max(item.mark - self.work_clock, 0.0)
        self.router.preemptions.append((item.number, self.number, item.resumed, time))
        item.resumed, self.work_clock = nan, 0.0
        return item

    def read_clock(self) -> float:
        """Advance the work clock to the present time, which is returned."""
        time = self.env.now
        self.work_clock += (time - self.read_at) * self.rate
        self.read_at = time
        return time

    def plan_next(self) -> None:
        """Schedule the end of the stage that is done first; any earlier event is void."""
        self.next_done = None
        if not self.in_service:
            return
        self.first = (
            self.in_service[0] if len(self.in_service) == 1 else min(self.in_service, key=attrgetter("mark", "number"))
        )
        needed = max(self.first.mark - self.work_clock, 0.0) / self.rate
        when = self.env.now + up_to_grid(needed, self.grid)
        self.next_done = At(self.env, when, EventKind.WORK_DONE, self.first.number)
        self.next_done.callbacks.append(self.work_done)

    def work_done(self, event: Event) -> None:
        """Handling of the first contact ends, or its wrap-up."""
        if event is not self.next_done:
            return
        time, contact = self.read_clock(), self.first
        if contact.end != contact.end:  # NaN: handling is not over yet
            contact.end = time
            if self.router.is_unreached(contact):
                contact.outcome = Outcome.UNREACHED
            self.router.served(contact)
            if contact.wrap_up > 0:
                contact.mark = self.work_clock + contact.wrap_up
                self.plan_next()
                return
        contact.wrap_end = time
        self.in_service.remove(contact)
        if not self.in_service:
            self.work_clock = 0.0
            if self.finishing:
                self.finish_shift()
                self.router.takes_delayed_break(self, self.env.now)
        self.join_idle_queue()
        self.plan_next()
        if self.on_duty and not self.in_service and self.router.finishing[self.group]:
            self.router.replace_finishing(self)
        self.serve_waiting()

    def join_idle_queue(self) -> None:
        """Join the idle queue of the present load, at its end, and set the work rate."""
        self.concurrent = bool(self.in_service) and self.router.work[self.in_service[0].type] == _CONCURRENT
        self.rate = self.concurrency_speed[len(self.in_service)] if self.concurrent else 1.0
        if self.idle_queue is not None:
            del self.idle_queue[self]
        self.idle_queue = self.router.idle_queue_of(self)
        if self.idle_queue is not None:
            self.idle_queue[self] = None


class Router:
    """Agents and waiting contacts, and the rules that match them."""

    def __init__(self, env: Environment, tables: Tables, grid: float, customers: Customers) -> None:
        self.env, self.tables, self.grid = env, tables, grid
        self.served, self.chance = customers.served, customers.chance
        self.takes_delayed_break = customers.takes_delayed_break
        self.work: list[int] = tables.work.tolist()
        self.speed: list[list[float]] = tables.speed.tolist()
        self.interruptible: list[bool] = tables.interruptible.tolist()
        self.reserved: list[int] = tables.reserved.tolist()
        self.open = [True] * len(self.work)
        self.routes = [
            [(group, after) for group, after in zip(groups, afters, strict=True) if group >= 0]
            for groups, afters in zip(tables.route_group.tolist(), tables.route_after.tolist(), strict=True)
        ]
        self.chat_routing = [[load for load in loads if load >= 0] for loads in tables.chat_routing.tolist()]
        self.skills = [
            [
                (rank, contact_type, after)
                for contact_type, (rank, after) in enumerate(zip(ranks, afters, strict=True))
                if rank
            ]
            for ranks, afters in zip(tables.rank.tolist(), tables.after.tolist(), strict=True)
        ]
        self.level: list[float] = tables.level.tolist()
        self.ageing: list[float] = tables.ageing.tolist()
        self.ready: list[list[IdleQueue]] = [
            [OrderedDict() for _ in range(max_concurrent)] for max_concurrent in tables.max_concurrent
        ]
        self.interruptible_agents: list[IdleQueue] = [OrderedDict() for _ in tables.max_concurrent]
        self.queues: list[list[tuple[float, float, int, Contact]]] = [[] for _ in self.work]
        self.preemptions: list[tuple[int, int, float, float]] = []
        self.left_at: dict[int, float] = {}
        """When each shift was over, by its row."""
        self.reached: list[float] = tables.reached.tolist()
        self.ring: list[float] = tables.ring.tolist()
        self.idle_first: list[bool] = tables.idle_first.tolist()
        self.finishing: list[IdleQueue] = [OrderedDict() for _ in tables.max_concurrent]
        """Of groups whose idle agents go first: who is on contacts though the own time is up, in that order."""
        self.threads = KeptContacts(self) if tables.has_threads else None
        self.planned_for: list[Agent] = []
        """The agent for whom the shifts of each number are planned now."""
        self.worked_by: dict[int, int] = {}
        """The agent who began each shift, by its row."""
        self.ended_as: dict[int, int] = {}
        """For a shift whose end was swapped with another's, the row of the plan by which it ended."""

    def agent_coming(self, number: int) -> Agent:
        """Who works the shift of a number that starts: one who is still there rather than somebody new."""
        agent, finishing = self.planned_for[number], self.finishing[self.planned_for[number].group]
        if finishing and not agent.in_service:
            still_there = next(iter(finishing))
            self.swap_plans(agent, still_there)
            return still_there
        return agent

    def agent_going(self, number: int) -> Agent:
        """Who goes when the shift of a number ends: the agent, or the longest idle colleague (`idle-first`)."""
        agent = self.planned_for[number]
        idle = self.ready[agent.group][0]
        if self.idle_first[agent.group] and agent.in_service and idle:
            colleague = next(iter(idle))
            self.swap_shifts(agent, colleague)
            return colleague
        return agent

    def replace_finishing(self, agent: Agent) -> None:
        """An agent without contacts goes in place of the one whose time was up first, and who stays on."""
        colleague = next(iter(self.finishing[agent.group]))
        self.swap_shifts(agent, colleague)
        agent.end_shift()
        colleague.stay_on()

    def swap_shifts(self, agent: Agent, colleague: Agent) -> None:
        """Two agents swap the ends of their shifts, and what is planned for them after that."""
        first, second = agent.shift, colleague.shift
        ends = self.ended_as.get(second, second), self.ended_as.get(first, first)
        self.ended_as[first], self.ended_as[second] = ends
        self.swap_plans(agent, colleague)

    def swap_plans(self, agent: Agent, colleague: Agent) -> None:
        """Two agents swap the shifts that are planned for them."""
        agent.plan, colleague.plan = colleague.plan, agent.plan
        self.planned_for[agent.plan], self.planned_for[colleague.plan] = agent, colleague

    def offer(self, contact: Contact) -> None:
        """Route a contact to an agent, preempting an item if need be, or let it wait."""
        self.route(contact)
        if self.threads is not None:
            self.threads.look_again()

    def route(self, contact: Contact) -> None:
        """Route a contact, without a look at what else waits."""
        if self.threads is not None and contact.kept and self.threads.keeps(contact):
            return
        if self.assign(contact) or (self.work[contact.type] != _DEFERRED and self.preempt_for(contact)):
            return
        contact.waiting = True
        if self.threads is not None:
            self.threads.note_queued(contact)
        if not contact.queued:
            contact.queued, contact.order = True, self.order(contact)
            heappush(self.queues[contact.type], (contact.order, contact.entry, contact.number, contact))

    def assign(self, contact: Contact) -> bool:
        """Whether an available agent serves the contact now."""
        agent = self.agent_for(contact)
        if agent is not None:
            agent.serve(contact)
        return agent is not None

    def agent_for(self, contact: Contact) -> Agent | None:
        """The available agent whom the routing prefers."""
        contact_type, waited = contact.type, self.env.now - contact.entry
        work = self.work[contact_type]
        if work == _DEFERRED and not self.open[contact_type]:
            return None
        available = (self.available(group, contact) for group, after in self.routes[contact_type] if waited >= after)
        agents = (idle_queue for idle_queue in available if idle_queue)
        if self.tables.random_groups:
            idle_queues = list(agents)
            return self.choose(self.drawn(contact, idle_queues)) if idle_queues else None
        idle_queue = next(agents, None)
        return None if idle_queue is None else self.choose(idle_queue)

    def available(self, group: int, contact: Contact) -> IdleQueue | None:
        """The agents of a group of whom one would take a contact."""
        ready, work = self.ready[group], self.work[contact.type]
        if work == _CONCURRENT:
            return next((ready[load] for load in self.chat_routing[group] if ready[load]), None)
        if len(ready[0]) <= (self.reserved[group] if work == _DEFERRED else 0):
            return None
        return ready[0] if self.threads is None else self.threads.takers(ready[0], contact)

    def is_unreached(self, contact: Contact) -> bool:
        """Whether a contact is a call that the customer does not answer."""
        reached = self.reached[contact.type]
        return reached < 1 and self.chance(contact, DrawPurpose.REACHED) >= reached

    def drawn(self, contact: Contact, idle_queues: list[IdleQueue]) -> IdleQueue:
        """The idle queue of an agent whom the contact draws at random."""
        place = int(self.chance(contact, DrawPurpose.GROUP) * sum(map(len, idle_queues)))
        for idle_queue in idle_queues:
            if place < len(idle_queue):
                break
            place -= len(idle_queue)
        return idle_queue

    def preempt_for(self, contact: Contact) -> bool:
        """Whether an item was preempted for a connected contact; the item is routed anew."""
        waited = self.env.now - contact.entry
        for group, after in self.routes[contact.type]:
            if waited >= after and self.interruptible_agents[group]:
                agent = self.choose(self.interruptible_agents[group])
                item = agent.preempt()
                agent.serve(contact)
                self.offer(item)
                return True
        return False

    def choose(self, idle_queue: IdleQueue) -> Agent:
        """The agent of an idle queue whom the routing prefers."""
        if self.tables.agent_rule == AgentRule.LOWEST_NUMBER:
            return min(idle_queue, key=lambda agent: agent.number)
        return next(reversed(idle_queue) if self.tables.agent_rule == AgentRule.SHORTEST_IDLE else iter(idle_queue))

    def idle_queue_of(self, agent: Agent) -> IdleQueue | None:
        """The idle queue for an agent's present load; none when no other contact fits."""
        if not agent.on_duty:
            return None
        if not agent.in_service:
            return self.ready[agent.group][0]
        if agent.concurrent:
            return (
                self.ready[agent.group][len(agent.in_service)] if len(agent.in_service) < agent.max_concurrent else None
            )
        if self.interruptible[agent.in_service[0].type]:
            return self.interruptible_agents[agent.group]
        return None

    def next_for(self, agent: Agent) -> Contact | None:
        """The waiting contact that an available agent serves next, removed from its queue."""
        if agent.idle_queue is None or (agent.in_service and not agent.concurrent):
            return None
        best, choice, threads = None, None, self.threads
        for rank, contact_type, after in self.skills[agent.group]:
            contact = self.first_waiting(contact_type) if threads is None else threads.first_for(agent, contact_type)
            if contact is None or self.env.now - contact.entry < after or not self.fits(contact_type, agent):
                continue
            waited = self.env.now - contact.entry
            level = self.level[contact_type] - self.ageing[contact_type] * waited
            urgency = (rank, level, contact.order, contact.entry, contact.number)
            if best is None or urgency < best:
                best, choice = urgency, contact
        if choice is None:
            return None
        if threads is not None and choice.kept:
            threads.remove(choice)
        elif threads is None or self.queues[choice.type][0][3] is choice:
            self.drop_first(choice.type)
        return choice

    def fits(self, contact_type: int, agent: Agent) -> bool:
        """Whether an available agent may serve this type beside the contacts in service."""
        work = self.work[contact_type]
        if work == _DEFERRED:
            free = len(self.ready[agent.group][0])
            return not agent.in_service and self.open[contact_type] and free > self.reserved[agent.group]
        return work == _CONCURRENT or not agent.in_service

    def first_waiting(self, contact_type: int) -> Contact | None:
        """The first contact of a queue that still waits."""
        queue = self.queues[contact_type]
        while queue and not queue[0][3].waiting:
            self.drop_first(contact_type)
        return queue[0][3] if queue else None

    def drop_first(self, contact_type: int) -> None:
        """Remove the first contact from a queue."""
        heappop(self.queues[contact_type])[3].queued = False

    def open_type(self, contact_type: int) -> None:
        """A type opens: available agents serve the contacts that waited for it."""
        self.open[contact_type] = True
        while contact := self.first_waiting(contact_type):
            if not self.assign(contact):
                break
        if self.threads is not None:
            self.threads.look_again()

    def order(self, contact: Contact) -> float:
        """The instant by which contacts of one rank and level are ordered: joining the queue, or the deadline."""
        if not self.tables.by_deadline:
            return contact.entry
        within = float(self.tables.within[contact.type])
        if not self.tables.open_clock[contact.type] or not np.isfinite(within):
            return contact.entry + within
        return float(open_time_later(self.tables.open_periods[contact.type], contact.entry, within))
