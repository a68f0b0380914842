"""The compiled function that simulates, and adds up the outcomes of contacts and the time of agents."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, inf, isnan, nan

import numpy as np
from numpy.typing import NDArray

from simulator.codes import BotOutcome, Outcome
from simulator.kernel.compile import Record, apart, compiled, inline, records, sources_stamp, values
from simulator.kernel.loop import DONE, FULL, play, shift_end_at
from simulator.kernel.queues import contact_at, due
from simulator.kernel.router import concurrent_session_at, preemption_at
from simulator.kernel.totals import (
    AGE,
    ALONE,
    BREAKS,
    BUSY_PERIOD,
    CHATTING,
    CONTACT_TYPE,
    CONTACT_WORK,
    COUNT,
    DELAYED,
    OVERRUN,
    SECONDS,
    SESSIONS,
    SHIFT,
    SPANS,
    STAFFED,
    SUMS,
)

group_of, edge_at = values("group_of", np.int64), values("edge", np.float64)
sum_at, contact_type_at = records("sum", SUMS), records("contact_type", CONTACT_TYPE)
contact_work_at = records("contact_work", CONTACT_WORK)
spans_at, time_at = records("spans", SPANS), records("time", SECONDS)
shift_at, busy_period_at = records("shifts", SHIFT), records("busy_period", BUSY_PERIOD)
count_at, longest_at, end_at = records("histogram", COUNT), records("longest", SECONDS), records("ends", SECONDS)
oldest_at, beyond_at = records("oldest", AGE), records("beyond", SECONDS)


@inline
def interval_of(totals: Record, time: float) -> int:
    """The number of the interval of an instant, the number of intervals beyond the last.

    On the grid an instant before the end of an interval is too far from it for the quotient to be rounded up.
    """
    return min(int(time / totals.interval), totals.intervals)


@inline
def add_time_span(totals: Record, row: int, start: float, end: float) -> None:
    """Add a time span to a row."""
    first, start_interval, end_interval = (
        row * (totals.intervals + 1),
        interval_of(totals, start),
        interval_of(totals, end),
    )
    opened = spans_at(totals, first + start_interval)
    opened.starts += 1
    opened.started += start - start_interval * totals.interval
    closed = spans_at(totals, first + end_interval)
    closed.ends += 1
    closed.ended += end - end_interval * totals.interval


@inline
def add_to_group(totals: Record, work: int, agent: int, start: float, end: float) -> None:
    """Add a time span of an agent to the row of that work (`STAFFED`, `OVERRUN`, ...) of the agent's group."""
    add_time_span(totals, totals.types + work * totals.groups + group_of(totals, agent), start, end)


@inline
def over_at(totals: Record, number: int) -> float:
    """When a shift was over, as in `simulator.logs.over_at`."""
    shift_end = shift_end_at(totals, number)
    left_at, end = shift_end.time, shift_at(totals, shift_end.ended_as).end
    return totals.clock_end if isnan(left_at) and end < totals.clock_end < inf else left_at


@apart
def add_break(totals: Record, number: int, agent: int, until: float) -> None:
    """Add the break before a stretch of duty, from when the stretch before it was over."""
    start = over_at(totals, number - 1)
    if shift_at(totals, number - 1).end <= totals.judged and start < totals.length:
        add_to_group(totals, BREAKS, agent, start, min(until, totals.length))


@inline
def add_shift(totals: Record, number: int) -> None:
    """Add a shift, and its overrun."""
    shift_end, planned = shift_end_at(totals, number), shift_at(totals, number)
    agent, start, end = shift_end.agent, shift_end.begun, shift_at(totals, shift_end.ended_as).end
    left_at, busy_period = over_at(totals, number), busy_period_at(totals, agent)
    if start < totals.judged:
        add_to_group(totals, STAFFED, agent, start, min(end, totals.length))
    if planned.rest > 0:
        add_break(totals, number, agent, start)
    if left_at > end and end <= totals.judged:
        add_to_group(totals, DELAYED if planned.before_break else OVERRUN, agent, end, left_at)
        busy_period.until = max(busy_period.until, left_at)
    if end == inf and totals.judged == inf:
        busy_period.stays = True


@inline
def add_waiting(totals: Record, contact_type: int, start: float, end: float, born: float) -> None:
    """Add a time span of waiting, and see at the ends of intervals whether it is the oldest."""
    until = min(end, max(totals.length, start))
    add_time_span(totals, contact_type, start, until)
    last = min(ceil(until / totals.interval) - 1, totals.intervals)
    for index in range(floor(start / totals.interval), last):
        oldest = oldest_at(totals, contact_type * totals.intervals + index)
        oldest.born = min(oldest.born, born)


@inline
def add_beyond(totals: Record, agent: int, start: float, end: float) -> None:
    """Add the time spent serving after the horizon by an agent who works off what is left."""
    if end > totals.length and busy_period_at(totals, agent).stays:
        beyond_at(totals, group_of(totals, agent)).seconds += end - max(start, totals.length)


@inline
def add_work(totals: Record, agent: int, start: float, end: float) -> None:
    """Add a time span of work on one contact alone."""
    until = busy_period_at(totals, agent).until
    if start < until:
        add_to_group(totals, ALONE, agent, start, min(end, until))
        add_beyond(totals, agent, start, end)


@inline
def close_busy_period(totals: Record, agent: int) -> None:
    """Add the busy period during which an agent had concurrent sessions, if any."""
    busy_period = busy_period_at(totals, agent)
    if busy_period.end > busy_period.start:
        add_to_group(totals, CHATTING, agent, busy_period.start, busy_period.end)
        add_beyond(totals, agent, busy_period.start, busy_period.end)


@inline
def work_end(totals: Record, this: Record) -> float:
    """When the last work on a contact ended; the end of the horizon if it did not."""
    return max(totals.length, this.resumed) if isnan(this.wrap_end) else this.wrap_end


@inline
def add_to_histograms(totals: Record, contact_type: int, wait: float, answered: bool) -> None:
    """Count a wait, and see whether it is the longest, or the shortest or longest of its bin."""
    low, high = 0, totals.bins - 1 if wait > edge_at(totals, 1) else 0
    while low < high:
        middle = (low + high) // 2
        if wait <= edge_at(totals, middle + 1):
            high = middle
        else:
            low = middle + 1
    count_at(totals, contact_type * totals.bins + low).contacts += 1
    if answered:
        count_at(totals, (totals.types + contact_type) * totals.bins + low).contacts += 1
    longest = longest_at(totals, contact_type)
    longest.seconds = max(longest.seconds, wait)
    shortest = end_at(totals, contact_type * totals.bins + low)
    shortest.seconds = min(shortest.seconds, wait)
    longest_in_bin = end_at(totals, (totals.types + contact_type) * totals.bins + low)
    longest_in_bin.seconds = max(longest_in_bin.seconds, wait)


@inline
def add_contact(totals: Record, contact: int, wait: float) -> None:
    """Add what a contact counts for the interval of its arrival."""
    this = contact_at(totals, contact)
    outcome, bot, contact_type = this.outcome, this.bot_outcome, contact_type_at(totals, this.type)
    index = min(interval_of(totals, this.arrival), totals.intervals - 1)
    sums = sum_at(totals, this.type * totals.intervals + index)
    answered, abandoned = outcome == Outcome.ANSWERED, outcome == Outcome.ABANDONED
    unreached = outcome == Outcome.UNREACHED
    offered = (
        not isnan(this.entry)
        and not unreached
        and not (outcome == Outcome.OPEN and due(totals, this.type, this.entry) > totals.clock_end)
    )
    late = this.entry + wait > due(totals, this.type, this.entry)
    sums.contacts += 1
    sums.offered += offered
    sums.answered += answered
    sums.abandoned += abandoned
    sums.blocked += outcome == Outcome.BLOCKED
    sums.closed += outcome == Outcome.CLOSED
    if outcome >= Outcome.CALLED_BACK:
        sums.called_back += outcome == Outcome.CALLED_BACK
        sums.unreached += unreached
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
    if answered or unreached:
        worked = this.wrap_end - this.resumed + contact_work_at(totals, contact).worked
        sums.handle_time += 0.0 if isnan(worked) else worked
    if abandoned:
        sums.wait_abandoned += wait
    deadline = due(totals, this.type, this.arrival)
    by_person = this.answer <= deadline and not unreached
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
        parent = contact_at(totals, this.parent)
        if parent.outcome != Outcome.CALLED_BACK and parent.outcome != Outcome.UNREACHED:
            sums.repeats += 1
            sums.hops += contact_type.channel != contact_type_at(totals, parent.type).channel
        if answered and parent.agent >= 0:
            sums.followed += 1
            sums.same_agent += this.agent == parent.agent
        return
    sums.cases += 1
    last = contact_at(totals, contact_work_at(totals, contact).last)
    ended = last.outcome == Outcome.ANSWERED or last.outcome == Outcome.BOT_RESOLVED
    if ended and not isnan(last.end):
        sums.cases_resolved += 1
        sums.resolution_time += last.end - this.arrival


@inline
def add_preemption(totals: Record, number: int) -> None:
    """Add the work before a preemption, and the waiting until the item was resumed, if it was."""
    preemption = preemption_at(totals, number)
    this, contact_work = contact_at(totals, preemption.contact), contact_work_at(totals, preemption.contact)
    again = contact_work.taken_up
    if contact_work.spans_ended == 0:
        again = inf if isnan(this.resumed) else this.resumed
    contact_work.spans_ended += 1
    contact_work.worked += preemption.end - preemption.start
    contact_work.taken_up = preemption.start
    add_work(totals, preemption.agent, preemption.start, preemption.end)
    add_waiting(totals, this.type, preemption.end, again, this.entry)


@inline
def close_row(totals: Record, row: int) -> None:
    """Find the seconds of a row in each interval, as `simulator.measure.work_times.time_by_interval` does."""
    first, ongoing = row * (totals.intervals + 1), 0
    for index in range(totals.intervals):
        spans = spans_at(totals, first + index)
        ongoing += spans.starts - spans.ends
        time_at(totals, row * totals.intervals + index).seconds = ongoing * totals.interval - (
            spans.started - spans.ended
        )
    beyond = spans_at(totals, first + totals.intervals)
    time_at(totals, row * totals.intervals + totals.intervals - 1).seconds += beyond.ended - beyond.started


@inline
def close_waiting(totals: Record, contact_type: int) -> None:
    """Write the time that contacts of a type waited and the age of the oldest, by interval."""
    for index in range(totals.skipped, totals.intervals):
        cell = contact_type * totals.intervals + index
        sums, born = sum_at(totals, cell), oldest_at(totals, cell).born
        sums.waiting_time = time_at(totals, cell).seconds
        sums.oldest_age = (index + 1) * totals.interval - born if born < inf else 0.0


@inline
def add_session(totals: Record, contact: int) -> None:
    """Add a concurrent session, the next in the order in which they began."""
    this = contact_at(totals, contact)
    agent, start = this.agent, this.resumed
    busy_period = busy_period_at(totals, agent)
    if start >= busy_period.until:
        return
    end = min(work_end(totals, this), busy_period.until)
    add_to_group(totals, SESSIONS, agent, start, end)
    if start > busy_period.end:
        close_busy_period(totals, agent)
        busy_period.start = start
    busy_period.end = max(busy_period.end, end)


@inline
def add_up(totals: Record) -> None:
    """Add up everything."""
    for number in range(totals.planned_shifts):
        add_shift(totals, number)
    for contact in range(totals.contacts):
        if contact_at(totals, contact).arrival < totals.judged:
            contact_work_at(totals, contact_at(totals, contact).case).last = contact
    for number in range(totals.preemptions - 1, -1, -1):
        add_preemption(totals, number)
    for contact in range(totals.contacts):
        this = contact_at(totals, contact)
        entry, contact_type = this.entry, this.type
        abandoned = this.outcome == Outcome.ABANDONED
        left = this.end if abandoned else this.answer
        if totals.warm_up <= this.arrival < totals.judged:
            wait = nan if this.outcome == Outcome.UNREACHED else left - entry
            add_contact(totals, contact, wait)
            if not isnan(wait):
                add_to_histograms(totals, contact_type, wait, not abandoned)
        if not isnan(entry):
            add_waiting(totals, contact_type, entry, inf if isnan(left) else left, entry)
        if not isnan(this.resumed) and not contact_type_at(totals, contact_type).concurrent:
            add_work(totals, this.agent, this.resumed, work_end(totals, this))
    for number in range(totals.sessions):
        add_session(totals, concurrent_session_at(totals, number).contact)
    for agent in range(totals.agents):
        close_busy_period(totals, agent)
    for row in range(totals.row_count):
        close_row(totals, row)
    for number in range(totals.types):
        close_waiting(totals, number)


def _player(stamp: int) -> Callable[[NDArray[np.void], NDArray[np.void]], int]:
    """The compiled function of one version of the engine's files."""

    def play_and_add_up(states: NDArray[np.void], accumulators: NDArray[np.void]) -> int:
        """Simulate, and add up if the run is complete."""
        ended = play(states) if stamp else FULL
        if ended == DONE:
            centre: Record = states[0]
            totals: Record = accumulators[0]
            totals.contacts, totals.preemptions, totals.sessions = centre.contacts, centre.preemptions, centre.sessions
            add_up(totals)
        return ended

    return compiled(play_and_add_up)


play_and_add_up = _player(sources_stamp())
