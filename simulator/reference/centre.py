"""The reference engine: a contact centre as SimPy processes, driven by a tape of random inputs.

Whatever takes time is a process: customers arrive, use a bot, wait until their patience ends, contact again; agents
start and end shifts; types open and close. What happens within an instant is a plain method: of `Centre` for customers,
of `simulator.reference.router` for agents and queues. All random numbers come from the tape; `simulator.clock` defines
the order of events.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from math import inf, nan
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from simpy import Environment, Event

from scenarios.scenario import Scenario
from simulator import logs, streams
from simulator import tape as tapes
from simulator.clock import At, EventKind, on_grid, up_to_grid
from simulator.codes import BotOutcome, DrawPurpose, FollowUpTrigger, Outcome, WorkMode
from simulator.logs import ContactLog, Logs, PreemptionLog, StaffingLog
from simulator.reference.router import Agent, Contact, Router
from simulator.routing import NO_LIMIT, NO_SESSIONS, Tables, tables
from simulator.shifts import Shifts, planned_shifts
from simulator.tape import Floats, Tape

Process = Generator[Event, None, None]

_OUTCOME_OF_BOT = {
    BotOutcome.RESOLVED: (Outcome.BOT_RESOLVED, FollowUpTrigger.BOT_RESOLVED),
    BotOutcome.FALSELY_CONTAINED: (Outcome.FALSELY_CONTAINED, FollowUpTrigger.FALSELY_CONTAINED),
    BotOutcome.LEFT_BOT: (Outcome.LEFT_BOT, FollowUpTrigger.BOT_LEFT),
}


def play(scenario: Scenario, tape: Tape, policy: type[Router] | None = None) -> Logs:
    """The logs of one replication; `policy` may replace the routing rules by others written in Python.

    Examples
    --------
    >>> from scenarios.scenario import scenario_from
    >>> from simulator.tape import draw_tape
    >>> desk = scenario_from({"name": "desk", "agent_groups": [{"name": "a", "skills": ["calls"], "staffing": 3}],
    ...     "contact_types": [{"name": "calls", "channel": "phone", "volume": {"per_hour": 20},
    ...                        "handle_time": {"mean": "5 min"}}]})
    >>> log = play(desk, draw_tape(desk, seed=1, replication=0)).contacts
    >>> bool((log.answer >= log.arrival).all())
    True
    """
    rules, shift_rows = tables(scenario), planned_shifts(scenario, tape)
    while True:
        centre = Centre(rules, tape, shift_rows, policy or Router)
        logs = centre.run()
        if tape.longer is None or centre.decided_at <= tape.until:
            return logs
        tape = tape.lengthened()


class Centre:
    """The centre of one replication."""

    def __init__(self, rules: Tables, tape: Tape, shift_rows: Shifts, policy: type[Router]) -> None:
        self.rules, self.tape, self.shift_rows = rules, tape, shift_rows
        self.env = Environment()
        self.router = policy(self.env, rules, tape.grid, self)
        self.begun: list[float] = shift_rows.start.tolist()
        """When each shift or stretch of duty was begun, by its row."""
        self.contacts = first_contacts(tape)
        self.trunk_lines_in_use = [0] * len(rules.trunk_lines)
        self.sessions_open = [0] * len(rules.work)
        self.bot_open = [limit != NO_SESSIONS for limit in rules.bot_sessions]
        self.trunk: list[int] = rules.trunk.tolist()
        self.places: list[int] = rules.places.tolist()
        self.overdue_after: list[float] = rules.overdue.tolist()
        self.bot_limit: list[int] = rules.bot_sessions.tolist()
        self.overflow_after = [sorted({after for _, after in routes if after > 0}) for routes in self.router.routes]
        self.has_rules = (rules.rule_first[:, 0] < rules.rule_first[:, -1]).tolist()
        groups = enumerate(shift_rows.group_of.tolist())
        self.router.planned_for = [Agent(self.router, number, group) for number, group in groups]
        if self.router.threads is not None:
            self.router.threads.agents = list(self.router.planned_for)
        self.undecided: list[Contact] = []
        """Contacts of the horizon that may still be open after its end."""
        self.decided_at = inf
        """When the last of them was over."""

    def run(self) -> Logs:
        """Simulate the tape to its end."""
        for contact_type, (hours, bot_hours) in enumerate(
            zip(self.rules.open_periods, self.rules.bot_periods, strict=True)
        ):
            self.env.process(self.opening_hours(contact_type, hours.tolist()))
            if self.bot_open[contact_type]:
                self.env.process(self.bot_hours(contact_type, bot_hours.tolist()))
        for number, rows in self.planned_shifts():
            self.env.process(self.shifts(number, rows))
        self.env.process(self.arrivals())
        if self.rules.judged < inf:
            self.run_with_tail()
        else:
            self.env.run(until=None if self.rules.work_off else At(self.env, self.rules.length, EventKind.HOURS, 0))
        return self.logs()

    def run_with_tail(self) -> None:
        """Simulate the horizon, and its tail until every contact of the horizon is over."""
        while self.env.peek() < self.rules.judged:
            self.env.step()
        self.undecided = [contact for contact in self.contacts if contact.arrival < self.rules.judged]
        # Shifts that end with the horizon are over first, even where no contact is left.
        while (not self.all_decided() or self.env.peek() == self.rules.judged) and self.env.peek() < inf:
            self.env.step()
        if self.all_decided():
            self.decided_at = self.env.now

    def all_decided(self) -> bool:
        """Whether every contact of the horizon is over."""
        while self.undecided and is_over(self.undecided[-1]):
            self.undecided.pop()
        return not self.undecided

    def planned_shifts(self) -> Iterator[tuple[int, list[int]]]:
        """Each number of an agent with the rows of the shifts that are planned for it."""
        rows = np.split(np.arange(len(self.shift_rows.agent)), np.nonzero(np.diff(self.shift_rows.agent))[0] + 1)
        for agent_rows in rows:
            if len(agent_rows):
                yield self.shift_rows.agent[agent_rows[0]].item(), agent_rows.tolist()

    # -- processes -------------------------------------------------------------------------------------------

    def arrivals(self) -> Process:
        """First contacts arrive, one after another."""
        for contact in self.contacts[: len(self.tape.arrival)]:
            yield At(self.env, contact.arrival, EventKind.ARRIVAL, contact.number)
            self.arrives(contact)

    def comes_back(self, contact: Contact, skips_bot: bool) -> Process:
        """A customer makes a later contact."""
        yield At(self.env, contact.arrival, EventKind.ARRIVAL, contact.number)
        self.arrives(contact, skips_bot)

    def bot_session(self, contact: Contact) -> Process:
        """A customer uses the bot, and is handed over if it escalates."""
        bot_time, hand_over, factor = self.bot_draws(contact)
        self.sessions_open[contact.type] += 1
        yield At(self.env, self.env.now + bot_time, EventKind.BOT_DONE, contact.number)
        self.sessions_open[contact.type] -= 1
        contact.bot_end = self.env.now
        if contact.bot_outcome != BotOutcome.ESCALATED:
            self.leaves(contact, *_OUTCOME_OF_BOT[BotOutcome(contact.bot_outcome)])
            return
        contact.handle *= factor
        contact.patience = self.on_grid(contact.patience * self.rules.patience_factor[contact.type].item())
        if hand_over > 0:
            yield At(self.env, self.env.now + hand_over, EventKind.BOT_DONE, contact.number)
        self.joins_queue(contact)

    def patience(self, contact: Contact) -> Process:
        """A customer waits, and abandons if unanswered when patience ends."""
        yield At(self.env, contact.entry + contact.patience, EventKind.PATIENCE, contact.number)
        if contact.waiting:
            self.leaves(contact, Outcome.ABANDONED, FollowUpTrigger.ABANDONED)

    def overdue(self, contact: Contact) -> Process:
        """A contact that is unanswered too long may trigger another contact."""
        late = contact.arrival + self.on_grid(self.overdue_after[contact.type])
        yield At(self.env, late, EventKind.OVERDUE, contact.number)
        if contact.outcome == Outcome.OPEN:
            self.next_step(contact, FollowUpTrigger.OVERDUE)

    def shifts(self, number: int, rows: list[int]) -> Process:
        """The shifts that are planned for the agent of a number."""
        for row in rows:
            yield At(self.env, self.shift_rows.start[row].item(), EventKind.SHIFT, number)
            agent = self.router.agent_coming(number)
            if not (self.shift_rows.moves[row] and agent.owes_break()):
                agent.start_shift(row)
            if self.shift_rows.end[row] == inf:
                return
            yield At(self.env, self.shift_rows.end[row].item(), EventKind.SHIFT, number)
            agent = self.router.agent_going(number)
            if not self.shift_rows.moves[row] or agent.shift == row:
                agent.end_shift()
                if self.router.threads is not None:
                    self.router.threads.look_again()

    def delayed_break(self, agent: Agent, row: int, until: float) -> Process:
        """A break that was delayed, until an agent begins the stretch of duty after it."""
        yield At(self.env, until, EventKind.BREAK_OVER, agent.number)
        agent.returning = False
        agent.start_shift(row)

    def takes_delayed_break(self, agent: Agent, time: float) -> None:
        """An agent who has finished what was in hand takes the break that this delayed, if there was one.

        What lies before the end of the break is not worked; a break that would come within it follows at once.
        """
        row, rows, back = agent.shift, self.shift_rows, time
        while 0 <= row < len(rows.moves) - 1 and rows.moves[row + 1]:
            row, end = row + 1, rows.end[row + 1].item()
            back += rows.rest[row].item()
            if back < end:
                self.begun[row], agent.returning = back, True
                self.env.process(self.delayed_break(agent, row, back))
                return
            self.router.left_at[row - 1] = min(self.router.left_at[row - 1], end)
            self.begun[row], self.router.left_at[row] = end, max(time, end)

    def opening_hours(self, contact_type: int, hours: list[list[float]]) -> Process:
        """A type opens and closes; what is open when the horizon ends stays open."""
        self.router.open[contact_type] = False
        for opens, closes in hours:
            if opens >= self.rules.length:
                return
            yield At(self.env, opens, EventKind.HOURS, contact_type)
            self.router.open_type(contact_type)
            if closes >= self.rules.length:
                return
            yield At(self.env, closes, EventKind.HOURS, contact_type)
            self.router.open[contact_type] = False

    def bot_hours(self, contact_type: int, hours: list[list[float]]) -> Process:
        """A bot opens and closes."""
        number = len(self.rules.work) + contact_type
        self.bot_open[contact_type] = False
        for opens, closes in hours:
            if opens >= self.rules.length:
                return
            yield At(self.env, opens, EventKind.HOURS, number)
            self.bot_open[contact_type] = True
            if closes >= self.rules.length:
                return
            yield At(self.env, closes, EventKind.HOURS, number)
            self.bot_open[contact_type] = False

    def overflow(self, contact: Contact, when: float) -> Process:
        """A waiting contact becomes eligible for a further group."""
        yield At(self.env, when, EventKind.OVERFLOW, contact.number)
        if contact.waiting:
            self.router.offer(contact)

    # -- within an instant -----------------------------------------------------------------------------------

    def arrives(self, contact: Contact, skips_bot: bool = False) -> None:
        """A customer arrives, and uses the bot or joins the queue."""
        if self.overdue_after[contact.type] < inf:
            self.env.process(self.overdue(contact))
        if not self.seize_trunk(contact):
            return
        if not skips_bot and self.bot_takes(contact):
            self.env.process(self.bot_session(contact))
        else:
            self.joins_queue(contact)

    def joins_queue(self, contact: Contact) -> None:
        """A contact is answered at once, or waits; a connected one outside opening hours ends as closed."""
        contact_type = contact.type
        if not self.router.open[contact_type] and self.router.work[contact_type] != WorkMode.DEFERRED:
            self.leaves(contact, Outcome.CLOSED, FollowUpTrigger.CLOSED)
            return
        contact.entry = self.env.now
        self.router.offer(contact)
        if not contact.waiting:
            return
        if self.accepts_callback(contact):
            contact.entry = nan
            self.leaves(contact, Outcome.CALLED_BACK, FollowUpTrigger.CALLBACK)
            return
        if self.is_overfull(contact_type):
            contact.entry = nan
            self.leaves(contact, Outcome.BLOCKED, FollowUpTrigger.BLOCKED)
            return
        for after in self.overflow_after[contact_type]:
            self.env.process(self.overflow(contact, contact.entry + up_to_grid(after, self.tape.grid)))
        if contact.patience < inf:
            self.env.process(self.patience(contact))

    def is_overfull(self, contact_type: int) -> bool:
        """Whether more contacts of a type wait than its queue has places."""
        places = self.places[contact_type]
        return places != NO_LIMIT and self.waiting(contact_type) > places

    def waiting(self, contact_type: int) -> int:
        """How many contacts of a type wait."""
        return sum(row[-1].waiting for row in self.router.queues[contact_type])

    def accepts_callback(self, contact: Contact) -> bool:
        """Whether a contact that joined its queue just now is offered a callback, and accepts it."""
        rules, contact_type = self.rules, contact.type
        if rules.accepted[contact_type] == 0 or self.waiting(contact_type) <= rules.from_waiting[contact_type]:
            return False
        first = self.router.first_waiting(contact_type)
        if first is None or self.env.now - first.entry < rules.from_wait[contact_type]:
            return False
        return bool(self.chance(contact, DrawPurpose.CALLBACK) < rules.accepted[contact_type])

    def seize_trunk(self, contact: Contact) -> bool:
        """Whether a contact seized a trunk line, or needs none."""
        trunk = self.trunk[contact.type]
        if trunk < 0:
            return True
        if self.trunk_lines_in_use[trunk] >= self.rules.trunk_lines[trunk]:
            self.leaves(contact, Outcome.BLOCKED, FollowUpTrigger.BLOCKED)
            return False
        self.trunk_lines_in_use[trunk] += 1
        contact.holds_trunk = True
        return True

    def bot_takes(self, contact: Contact) -> bool:
        """Whether the type's bot is open and has a session free."""
        limit = self.bot_limit[contact.type]
        full = limit != NO_LIMIT and self.sessions_open[contact.type] >= limit
        return self.bot_open[contact.type] and not full

    def bot_draws(self, contact: Contact) -> tuple[float, float, float]:
        """Session time, hand-over time and handle-time factor; the outcome is set on the contact."""
        draws, index = (self.tape.draws, contact.number) if contact.parent < 0 else self.bot_pool(contact)
        contact.bot_outcome = int(draws.bot_outcome[index])
        return draws.bot_time[index].item(), draws.hand_over[index].item(), draws.bot_factor[index].item()

    def leaves(self, contact: Contact, outcome: Outcome, trigger: FollowUpTrigger) -> None:
        """A customer leaves without being answered by an agent."""
        contact.outcome, contact.end, contact.waiting = outcome, self.env.now, False
        self.release_trunk(contact)
        self.next_step(contact, trigger)

    def served(self, contact: Contact) -> None:
        """The handling of a contact has ended."""
        self.release_trunk(contact)
        unreached = contact.outcome == Outcome.UNREACHED
        self.next_step(contact, FollowUpTrigger.UNREACHED if unreached else FollowUpTrigger.ANSWERED)
        if self.router.threads is not None:
            self.router.threads.close(contact)

    def release_trunk(self, contact: Contact) -> None:
        """Release the trunk line that the contact holds, if any."""
        if contact.holds_trunk:
            self.trunk_lines_in_use[self.trunk[contact.type]] -= 1
            contact.holds_trunk = False

    def next_step(self, contact: Contact, trigger: FollowUpTrigger) -> None:
        """What the customer does next: perhaps another contact, by the first rule whose probability is met."""
        if not self.has_rules[contact.type]:
            return
        rules, (first, end) = self.rules, self.rules.rule_first[contact.type, trigger : trigger + 2].tolist()
        late = trigger == FollowUpTrigger.OVERDUE
        chance = self.chance(contact, DrawPurpose.OVERDUE_STEP if late else DrawPurpose.NEXT_STEP)
        rule = next((number for number in range(first, end) if chance < rules.rule_chance[number]), None)
        if rule is None or contact.step >= rules.rule_tries[rule]:
            return
        column = streams.mix(self.key(contact), DrawPurpose.DELAY) & (self.tape.pool_size - 1)
        when = self.env.now + self.tape.delays[rules.rule_delay[rule], column].item()
        if when < rules.length:
            successor = self.successor(contact, rule, when, late)
            self.env.process(self.comes_back(successor, bool(rules.rule_skips_bot[rule])))

    def successor(self, contact: Contact, rule: int, when: float, late: bool) -> Contact:
        """The contact that a rule triggers."""
        child = Contact(len(self.contacts), int(self.rules.rule_as[rule]), contact.case, when)
        child.parent, child.step = contact.number, contact.step + 1
        child.own_key = streams.mix(self.key(contact), DrawPurpose.OVERDUE_SUCCESSOR if late else DrawPurpose.SUCCESSOR)
        self.contacts.append(child)
        draws, index = self.pool(child)
        child.handle = draws.handle[index].item() * self.rules.rule_factor[rule].item()
        child.wrap_up, child.patience = draws.wrap_up[index].item(), draws.patience[index].item()
        if self.rules.handle_factors.size:
            factors = self.rules.handle_factors[child.type]
            factor = factors[min(int(when / self.rules.interval), len(factors) - 1)].item()
            child.handle, child.wrap_up = child.handle * factor, child.wrap_up * factor
        if self.router.threads is not None:
            self.continue_thread(contact, child, rule)
            if child.kept and not late:
                child.holder, contact.holder = contact.holder, -1
        return child

    def continue_thread(self, contact: Contact, child: Contact, rule: int) -> None:
        """A contact that follows another may wait for the agent who had that."""
        keeps_for = self.rules.rule_keeps[rule].item()
        child.keeper = contact.agent if contact.agent >= 0 else contact.keeper
        child.kept, child.retold = keeps_for >= 0 and child.keeper >= 0, self.rules.rule_retold[rule].item()
        child.keeps_for = keeps_for if keeps_for == inf else up_to_grid(keeps_for, self.tape.grid)

    def pool(self, contact: Contact) -> tuple[tapes.Draws, tuple[int, int]]:
        """The pool and the index of a later contact's draws."""
        column = streams.mix(self.key(contact), DrawPurpose.DRAWS) & (self.tape.pool_size - 1)
        return self.tape.pools, (contact.type, column)

    def bot_pool(self, contact: Contact) -> tuple[tapes.Draws, tuple[int, int]]:
        """The same for what a bot does with it: another row once the bot has drifted."""
        pools, (row, column) = self.pool(contact)
        late = contact.arrival >= self.rules.drift_begins[row]
        return pools, (int(self.rules.drifted_row[row]) if late else row, column)

    def key(self, contact: Contact) -> int:
        """The key of a contact: a function of its customer and its step in the case only."""
        if contact.parent < 0:
            return streams.mix(self.tape.keys[contact.type], int(self.tape.ordinal[contact.number]) + 1)
        return contact.own_key

    def chance(self, contact: Contact, purpose: DrawPurpose) -> float:
        """A number from 0 to 1, drawn for one purpose of a contact."""
        return streams.unit(streams.mix(self.key(contact), purpose))

    def on_grid(self, time: float) -> float:
        """The multiple of the grid nearest to a time."""
        return time if time == inf else on_grid(time, self.tape.grid)

    def logs(self) -> Logs:
        """The logs of the replication, by column."""
        if not self.rules.work_off:
            self.stop_delayed_breaks()
        rows = np.arange(len(self.shift_rows.start))
        left_at = np.array([self.router.left_at.get(row, np.nan) for row in rows.tolist()], dtype=float)
        contact, agent, start, end = (
            zip(*self.router.preemptions, strict=True) if self.router.preemptions else ((),) * 4
        )
        return Logs(
            ContactLog(**{name: self.column(name, dtype) for name, dtype in _COLUMNS.items()}),
            PreemptionLog(np.array(contact, dtype=int), np.array(agent, dtype=int), np.array(start), np.array(end)),
            self.staffing_log(left_at),
        )

    def staffing_log(self, left_at: Floats) -> StaffingLog:
        """The shifts, with the time at which each was over if that was before the clock stopped."""
        agent, end = self.shift_rows.agent.copy(), self.shift_rows.end.copy()
        for row, number in self.router.worked_by.items():
            agent[row] = number
        for row, ended_as in self.router.ended_as.items():
            end[row] = self.shift_rows.end[ended_as]
        over, rows = logs.over_at(left_at, end, self.rules.length), self.shift_rows
        begun = np.array(self.begun, dtype=float)
        return StaffingLog(agent, begun, end, over, rows.due, rows.rest, rows.before_break, rows.group_of)

    def stop_delayed_breaks(self) -> None:
        """The clock stops: breaks of agents who still finish what was in hand are not taken any more."""
        moves = np.append(self.shift_rows.moves, False)
        for agent in self.router.planned_for:
            if agent.finishing and moves[agent.shift + 1]:
                self.router.left_at[agent.shift] = self.rules.length
                self.takes_delayed_break(agent, self.rules.length)

    def column(self, attribute: str, dtype: type) -> NDArray[Any]:
        """One attribute of all contacts."""
        read = attrgetter(attribute)
        return np.array([read(contact) for contact in self.contacts], dtype=dtype)


def is_over(contact: Contact) -> bool:
    """Whether a contact is completed, or its customer has left."""
    if contact.outcome == Outcome.ANSWERED:
        return contact.wrap_end == contact.wrap_end  # not NaN
    return contact.outcome != Outcome.OPEN


def first_contacts(tape: Tape) -> list[Contact]:
    """The first contacts of a tape, before they arrive."""
    draws = tape.draws
    columns = (tape.type, tape.arrival, draws.handle, draws.wrap_up, draws.patience)
    contacts = []
    for number, (contact_type, arrival, handle, wrap_up, patience) in enumerate(
        zip(*(c.tolist() for c in columns), strict=True)
    ):
        contact = Contact(number, contact_type, number, arrival)
        contact.handle, contact.wrap_up, contact.patience = handle, wrap_up, patience
        contacts.append(contact)
    return contacts


_COLUMNS: dict[str, type] = {
    "type": int,
    "case": int,
    "parent": int,
    "step": int,
    "arrival": float,
    "bot_outcome": int,
    "bot_end": float,
    "entry": float,
    "answer": float,
    "resumed": float,
    "end": float,
    "wrap_end": float,
    "agent": int,
    "outcome": int,
}
