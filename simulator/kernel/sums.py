"""The compiled function that plays, and adds up what became of the contacts and how agents spent their time."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, inf, isnan, nan

import numpy as np
from numpy.typing import NDArray

from simulator.codes import BotOutcome, Outcome
from simulator.kernel.compile import Record, compiled, inline, records, sources_stamp, values
from simulator.kernel.loop import DONE, FULL, gone_at, play
from simulator.kernel.queues import contact_at, due
from simulator.kernel.router import begun_at, put_down_at
from simulator.kernel.totals import (
    AGE,
    ALONE,
    CHATTING,
    COUNT,
    DUTY,
    FLOW,
    KIND,
    OVERRUN,
    SEEN,
    SESSIONS,
    SPELL,
    STAFFED,
    SUMS,
    TOTAL,
)

group_of, edge_at = values("group_of", np.int64), values("edge", np.float64)
sum_at, kind_at, seen_at = records("sum", SUMS), records("contact_type", KIND), records("seen", SEEN)
flow_at, time_at = records("flow", FLOW), records("time", TOTAL)
duty_at, spell_at = records("duty", DUTY), records("spell", SPELL)
count_at, longest_at, end_at = records("histogram", COUNT), records("longest", TOTAL), records("ends", TOTAL)
oldest_at, beyond_at = records("oldest", AGE), records("beyond", TOTAL)


@inline
def interval_of(book: Record, time: float) -> int:
    """The number of the interval of an instant, the number of intervals beyond the last.

    On the grid an instant before the end of an interval is too far from it for the quotient to be rounded up.
    """
    return min(int(time / book.interval), book.intervals)


@inline
def add_stretch(book: Record, owner: int, start: float, end: float) -> None:
    """Add a stretch of time to the flow of its owner."""
    first, begun, over = owner * (book.intervals + 1), interval_of(book, start), interval_of(book, end)
    opened = flow_at(book, first + begun)
    opened.starts += 1
    opened.started += start - begun * book.interval
    closed = flow_at(book, first + over)
    closed.ends += 1
    closed.ended += end - over * book.interval


@inline
def add_to_group(book: Record, flow: int, agent: int, start: float, end: float) -> None:
    """Add a stretch of an agent's time to a flow of the agent's group."""
    add_stretch(book, book.types + flow * book.groups + group_of(book, agent), start, end)


@inline
def add_duty(book: Record, number: int) -> None:
    """Add a stretch of duty and what came after its end."""
    row, left_at, spell = duty_at(book, number), gone_at(book, number).time, spell_at(book, duty_at(book, number).agent)
    if isnan(left_at) and row.off < book.clock_end < inf:  # as in `simulator.logs.over_at`
        left_at = book.clock_end
    if row.on < book.judged:
        add_to_group(book, STAFFED, row.agent, row.on, min(row.off, book.length))
    if left_at > row.off and row.off <= book.judged:
        add_to_group(book, OVERRUN, row.agent, row.off, left_at)
        spell.until = max(spell.until, left_at)
    if row.off == inf and book.judged == inf:
        spell.stays = True


@inline
def add_waiting(book: Record, contact_type: int, start: float, end: float, born: float) -> None:
    """Add a stretch of waiting, and see at the ends of intervals whether it is the oldest."""
    until = min(end, max(book.length, start))
    add_stretch(book, contact_type, start, until)
    last = min(ceil(until / book.interval) - 1, book.intervals)
    for place in range(floor(start / book.interval), last):
        oldest = oldest_at(book, contact_type * book.intervals + place)
        oldest.born = min(oldest.born, born)


@inline
def add_beyond(book: Record, agent: int, start: float, end: float) -> None:
    """Add the time with work in hand after the horizon of an agent who stays."""
    if end > book.length and spell_at(book, agent).stays:
        beyond_at(book, group_of(book, agent)).seconds += end - max(start, book.length)


@inline
def add_work(book: Record, agent: int, start: float, end: float) -> None:
    """Add a stretch of work on one contact alone."""
    until = spell_at(book, agent).until
    if start < until:
        add_to_group(book, ALONE, agent, start, min(end, until))
        add_beyond(book, agent, start, end)


@inline
def close_spell(book: Record, agent: int) -> None:
    """Add the time during which an agent had sessions without a break, if any."""
    spell = spell_at(book, agent)
    if spell.end > spell.start:
        add_to_group(book, CHATTING, agent, spell.start, spell.end)
        add_beyond(book, agent, spell.start, spell.end)


@inline
def work_end(book: Record, this: Record) -> float:
    """When the last stretch of work on a contact was over, at the end of the horizon if it was not."""
    return max(book.length, this.resumed) if isnan(this.wrap_end) else this.wrap_end


@inline
def in_hand(book: Record, contact: int) -> bool:
    """Whether the last stretch of work on a contact has not been put down."""
    this = contact_at(book, contact)
    return this.outcome == Outcome.ANSWERED and not seen_at(book, contact).preempt


@inline
def add_to_histograms(book: Record, contact_type: int, wait: float, answered: bool) -> None:
    """Count a wait, and see whether it is the longest, or the shortest or longest of its bin."""
    low, high = 0, book.bins - 1 if wait > edge_at(book, 1) else 0
    while low < high:
        middle = (low + high) // 2
        if wait <= edge_at(book, middle + 1):
            high = middle
        else:
            low = middle + 1
    count_at(book, contact_type * book.bins + low).contacts += 1
    if answered:
        count_at(book, (book.types + contact_type) * book.bins + low).contacts += 1
    longest = longest_at(book, contact_type)
    longest.seconds = max(longest.seconds, wait)
    least = end_at(book, contact_type * book.bins + low)
    least.seconds = min(least.seconds, wait)
    most = end_at(book, (book.types + contact_type) * book.bins + low)
    most.seconds = max(most.seconds, wait)


@inline
def add_contact(book: Record, contact: int, wait: float) -> None:
    """Add what a contact counts for the interval of its arrival."""
    this = contact_at(book, contact)
    outcome, bot, contact_type = this.outcome, this.bot_outcome, kind_at(book, this.type)
    place = min(interval_of(book, this.arrival), book.intervals - 1)
    sums = sum_at(book, this.type * book.intervals + place)
    answered, abandoned = outcome == Outcome.ANSWERED, outcome == Outcome.ABANDONED
    offered = not isnan(this.entry) and not (
        outcome == Outcome.OPEN and due(book, this.type, this.entry) > book.clock_end
    )
    late = this.entry + wait > due(book, this.type, this.entry)
    sums.contacts += 1
    sums.offered += offered
    sums.answered += answered
    sums.abandoned += abandoned
    sums.blocked += outcome == Outcome.BLOCKED
    sums.closed += outcome == Outcome.CLOSED
    sums.open_at_end += outcome == Outcome.OPEN
    sums.bot_sessions += bot >= 0
    sums.resolved_by_bot += bot == BotOutcome.RESOLVED
    sums.falsely_contained += bot == BotOutcome.FALSELY_CONTAINED
    sums.left_bot += bot == BotOutcome.LEFT_BOT
    sums.bot_cost += contact_type.session_cost if bot >= 0 else 0.0
    sums.value += (
        contact_type.answered * answered
        + contact_type.abandoned * abandoned
        + contact_type.late * (answered and contact_type.timed and late)
    )
    if answered:
        sums.wait_answered += wait
        worked = this.wrap_end - this.resumed + seen_at(book, contact).worked
        sums.handle_time += 0.0 if isnan(worked) else worked
    elif abandoned:
        sums.wait_abandoned += wait
    deadline = due(book, this.type, this.arrival)
    by_person = this.answer <= deadline
    by_bot = bot == BotOutcome.RESOLVED and this.bot_end <= deadline
    sums.in_time += (answered and not late) if contact_type.timed else nan
    sums.abandoned_in_time += (abandoned and not late) if contact_type.timed else nan
    sums.by_person += by_person if contact_type.timed else nan
    sums.by_person_or_bot += (by_person or by_bot) if contact_type.timed else nan
    sums.acknowledged += (by_person or bot >= 0) if contact_type.timed else nan
    sums.green += (answered and wait <= contact_type.green) if contact_type.zoned else nan
    sums.yellow += (answered and contact_type.green < wait <= contact_type.yellow) if contact_type.zoned else nan
    sums.red += (offered and (abandoned or not wait <= contact_type.yellow)) if contact_type.zoned else nan
    if this.parent >= 0:
        sums.repeats += 1
        sums.hops += contact_type.channel != kind_at(book, contact_at(book, this.parent).type).channel
        return
    sums.cases += 1
    last = contact_at(book, seen_at(book, contact).last)
    ended = last.outcome == Outcome.ANSWERED or last.outcome == Outcome.BOT_RESOLVED
    if ended and not isnan(last.end):
        sums.cases_resolved += 1
        sums.resolution_time += last.end - this.arrival


@inline
def add_put_down(book: Record, number: int) -> None:
    """Add a stretch of work that was put down, and the waiting until the item was taken up again, if it was."""
    row = put_down_at(book, number)
    this, seen = contact_at(book, row.contact), seen_at(book, row.contact)
    again = seen.taken_up
    if seen.stretches == 0:
        seen.preempt = this.resumed < row.end
        again = inf if seen.preempt else this.resumed
    seen.stretches += 1
    seen.worked += row.end - row.start
    seen.taken_up = row.start
    add_work(book, row.agent, row.start, row.end)
    add_waiting(book, this.type, row.end, again, this.entry)


@inline
def close_flows(book: Record, owner: int) -> None:
    """Find the seconds of an owner's stretches in each interval, as `simulator.measure.work_times.time_by_interval`
    does.
    """
    first, going_on = owner * (book.intervals + 1), 0
    for place in range(book.intervals):
        flow = flow_at(book, first + place)
        going_on += flow.starts - flow.ends
        time_at(book, owner * book.intervals + place).seconds = going_on * book.interval - (flow.started - flow.ended)
    beyond = flow_at(book, first + book.intervals)
    time_at(book, owner * book.intervals + book.intervals - 1).seconds += beyond.ended - beyond.started


@inline
def close_waiting(book: Record, contact_type: int) -> None:
    """Write down how long contacts of a type waited and how long the oldest had, interval by interval."""
    for place in range(book.skipped, book.intervals):
        cell = contact_type * book.intervals + place
        sums, born = sum_at(book, cell), oldest_at(book, cell).born
        sums.waiting_time = time_at(book, cell).seconds
        sums.oldest_age = (place + 1) * book.interval - born if born < inf else 0.0


@inline
def add_session(book: Record, contact: int) -> None:
    """Add a concurrent session, the next in the order in which they began."""
    this = contact_at(book, contact)
    agent, start = this.agent, this.resumed
    spell = spell_at(book, agent)
    if start >= spell.until:
        return
    end = min(work_end(book, this), spell.until)
    add_to_group(book, SESSIONS, agent, start, end)
    if start > spell.end:
        close_spell(book, agent)
        spell.start = start
    spell.end = max(spell.end, end)


@inline
def add_up(book: Record) -> None:
    """Add up everything."""
    for number in range(book.planned_shifts):
        add_duty(book, number)
    for contact in range(book.contacts):
        if contact_at(book, contact).arrival < book.judged:
            seen_at(book, contact_at(book, contact).case).last = contact
    for number in range(book.preemptions - 1, -1, -1):
        add_put_down(book, number)
    for contact in range(book.contacts):
        this = contact_at(book, contact)
        entry, contact_type = this.entry, this.type
        abandoned = this.outcome == Outcome.ABANDONED
        left = this.end if abandoned else this.answer
        if book.warm_up <= this.arrival < book.judged:
            add_contact(book, contact, left - entry)
            if not isnan(left - entry):
                add_to_histograms(book, contact_type, left - entry, not abandoned)
        if not isnan(entry):
            add_waiting(book, contact_type, entry, inf if isnan(left) else left, entry)
        if in_hand(book, contact) and not kind_at(book, contact_type).concurrent:
            add_work(book, this.agent, this.resumed, work_end(book, this))
    for number in range(book.sessions):
        add_session(book, begun_at(book, number).contact)
    for agent in range(book.agents):
        close_spell(book, agent)
    for owner in range(book.owners):
        close_flows(book, owner)
    for number in range(book.types):
        close_waiting(book, number)


def _player(stamp: int) -> Callable[[NDArray[np.void], NDArray[np.void]], int]:
    """The compiled function of one version of the engine's files."""

    def play_and_add_up(worlds: NDArray[np.void], books: NDArray[np.void]) -> int:
        """Play, and add up if all was played."""
        ended = play(worlds) if stamp else FULL
        if ended == DONE:
            centre: Record = worlds[0]
            book: Record = books[0]
            book.contacts, book.preemptions, book.sessions = centre.contacts, centre.preemptions, centre.sessions
            add_up(book)
        return ended

    return compiled(play_and_add_up)


play_and_add_up = _player(sources_stamp())
