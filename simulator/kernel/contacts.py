"""The customers of the compiled engine: first and later contacts, bot sessions, trunk_lines, leaving."""

from __future__ import annotations

from math import inf, nan

import numpy as np

from simulator.clock import EventKind
from simulator.codes import BotOutcome, DrawPurpose, FollowUpTrigger, Outcome
from simulator.kernel.compile import Record, apart, inline, records, values
from simulator.kernel.event_heap import moment, push
from simulator.kernel.queues import NONE, contact_at, decide, dequeue, on_grid, runs_out, type_at
from simulator.kernel.state import RULE, TRUNK
from simulator.kernel.threads import continue_thread
from simulator.routing import NO_LIMIT

TRIGGERS = len(FollowUpTrigger) + 1
"""The width of the table of first rules."""

GOLDEN, FIRST, SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
S11, S27, S30, S31 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)

rule_at, trunk_at = records("rule", RULE), records("trunk", TRUNK)
rule_first_at, overflow_at = values("rule_first", np.int64), values("overflow", np.float64)
arrival_at, type_of, ordinal_at = (
    values("arrival", np.float64),
    values("arrival_type", np.int64),
    values("ordinal", np.int64),
)
handle_at, wrap_up_at, patience_at = (values(name, np.float64) for name in ("handle", "wrap_up", "patience"))
outcome_at, session_at = values("outcome", np.int8), values("session", np.float64)
hand_over_at, factor_at = values("hand_over", np.float64), values("factor", np.float64)
handle_factor_at = values("handle_factor", np.float64)
pool_handle_at, pool_wrap_up_at = values("pool_handle", np.float64), values("pool_wrap_up", np.float64)
pool_patience_at, pool_outcome_at = values("pool_patience", np.float64), values("pool_outcome", np.int8)
pool_session_at, pool_hand_over_at = values("pool_session", np.float64), values("pool_hand_over", np.float64)
pool_factor_at, delay_at, key_at = (
    values("pool_factor", np.float64),
    values("delay", np.float64),
    values("key", np.uint64),
)


@inline
def mix(state: np.uint64, counter: int) -> np.uint64:
    """Number `counter` of the sequence that begins at `state`, as in `simulator.streams`."""
    z = state + np.uint64(counter) * GOLDEN
    z = (z ^ (z >> S30)) * FIRST
    z = (z ^ (z >> S27)) * SECOND
    return z ^ (z >> S31)


@inline
def chance(key: np.uint64, purpose: int) -> float:
    """A number from 0 to 1, drawn for one purpose of a contact with this key."""
    return np.float64(mix(key, purpose) >> S11) * 2.0**-53


@inline
def key_of(centre: Record, contact: int) -> np.uint64:
    """The key of a contact: a function of its customer and its step in the case only."""
    this = contact_at(centre, contact)
    return this.own_key if this.parent >= 0 else mix(key_at(centre, this.type), ordinal_at(centre, contact) + 1)


@inline
def pool_index(centre: Record, row: int, key: np.uint64, counter: int) -> int:
    """An index into a row of a pool, whose size is a power of two."""
    return row * centre.pool + np.int64(mix(key, counter) & np.uint64(centre.pool - 1))


@inline
def begin(centre: Record, contact: int, contact_type: int, case: int, arrival: float) -> None:
    """Write the record of a contact before it arrives."""
    this = contact_at(centre, contact)
    this.type, this.case, this.arrival = contact_type, case, arrival
    this.parent, this.step, this.agent = NONE, 0, NONE
    this.bot_outcome, this.outcome = BotOutcome.NO_BOT, Outcome.OPEN
    this.bot_end = this.entry = this.answer = this.resumed = this.end = this.wrap_end = nan
    this.waiting = this.holds_trunk = this.skips_bot = this.unreached = False


@inline
def begin_first(centre: Record, contact: int) -> None:
    """Write the record of a first contact."""
    begin(centre, contact, type_of(centre, contact), contact, arrival_at(centre, contact))
    this = contact_at(centre, contact)
    this.handle, this.wrap_up = handle_at(centre, contact), wrap_up_at(centre, contact)
    this.patience = patience_at(centre, contact)


@inline
def follow_up(centre: Record, contact: int, trigger: int, time: float) -> None:
    """What the customer does after a trigger: perhaps another contact."""
    this = contact_at(centre, contact)
    key = key_of(centre, contact)
    late = trigger == FollowUpTrigger.OVERDUE
    purpose = DrawPurpose.OVERDUE_STEP.value if late else DrawPurpose.NEXT_STEP.value
    drawn = chance(key, purpose)
    number = rule_first_at(centre, this.type * TRIGGERS + trigger)
    end = rule_first_at(centre, this.type * TRIGGERS + trigger + 1)
    while number < end and drawn >= rule_at(centre, number).chance:
        number += 1
    if number == end or this.step >= rule_at(centre, number).tries:
        return
    rule = rule_at(centre, number)
    when = time + delay_at(centre, pool_index(centre, rule.delay, key, DrawPurpose.DELAY.value))
    if when >= centre.length:
        return
    begin(centre, centre.contacts, rule.follows, this.case, when)
    centre.undecided += when < centre.judged
    child = contact_at(centre, centre.contacts)
    child.parent, child.step, child.skips_bot = contact, this.step + 1, rule.skips_bot
    child.own_key = mix(key, DrawPurpose.OVERDUE_SUCCESSOR.value if late else DrawPurpose.SUCCESSOR.value)
    index = pool_index(centre, child.type, child.own_key, DrawPurpose.DRAWS.value)
    child.handle, child.wrap_up = pool_handle_at(centre, index) * rule.factor, pool_wrap_up_at(centre, index)
    if centre.factors:
        interval = min(int(when / centre.interval), centre.factors - 1)
        factor = handle_factor_at(centre, child.type * centre.factors + interval)
        child.handle, child.wrap_up = child.handle * factor, child.wrap_up * factor
    child.patience = pool_patience_at(centre, index)
    continue_thread(centre, contact, rule.keeps, rule.retold, late)
    push(centre, moment(time, when), EventKind.ARRIVAL, centre.contacts)
    centre.contacts += 1


@inline
def seize_trunk(centre: Record, contact: int) -> bool:
    """Whether a contact seized a trunk line, or needs none."""
    this = contact_at(centre, contact)
    number = type_at(centre, this.type).trunk
    if number < 0:
        return True
    trunk = trunk_at(centre, number)
    if trunk.in_use >= trunk.trunk_lines:
        return False
    trunk.in_use += 1
    this.holds_trunk = True
    return True


@inline
def release_trunk(centre: Record, contact: int) -> None:
    """Release the trunk line that the contact holds, if any."""
    this = contact_at(centre, contact)
    if this.holds_trunk:
        this.holds_trunk = False
        trunk_at(centre, type_at(centre, this.type).trunk).in_use -= 1


@inline
def leave(centre: Record, contact: int, outcome: int, time: float) -> None:
    """A customer leaves without being answered by an agent."""
    this = contact_at(centre, contact)
    dequeue(centre, contact)
    this.outcome, this.end = outcome, time
    decide(centre, contact, time)
    release_trunk(centre, contact)


@inline
def accepts_callback(centre: Record, contact: int, time: float) -> bool:
    """Whether a contact that joined its queue just now is offered a callback, and accepts it."""
    contact_type = type_at(centre, contact_at(centre, contact).type)
    if contact_type.accepted == 0 or contact_type.queue_length <= contact_type.from_waiting:
        return False
    if time - contact_at(centre, contact_type.queue_first).entry < contact_type.from_wait:
        return False
    return chance(key_of(centre, contact), DrawPurpose.CALLBACK.value) < contact_type.accepted


@apart
def divert(centre: Record, contact: int, time: float) -> int:
    """A contact that joined its queue just now may accept a callback, or have no place; the trigger, -1 if it stays."""
    this = contact_at(centre, contact)
    contact_type = type_at(centre, this.type)
    if accepts_callback(centre, contact, time):
        leave(centre, contact, Outcome.CALLED_BACK, time)
        this.entry = nan
        return FollowUpTrigger.CALLBACK
    if contact_type.places != NO_LIMIT and contact_type.queue_length > contact_type.places:
        leave(centre, contact, Outcome.BLOCKED, time)
        this.entry = nan
        return FollowUpTrigger.BLOCKED
    return NONE


@inline
def bot_takes(centre: Record, contact: int) -> bool:
    """Whether the bot takes a contact: it is open and has a session free."""
    this = contact_at(centre, contact)
    contact_type = type_at(centre, this.type)
    free = contact_type.bot_sessions == NO_LIMIT or contact_type.sessions < contact_type.bot_sessions
    return contact_type.bot_open and free and not this.skips_bot


@inline
def bot_row(centre: Record, contact: int) -> int:
    """The row of the pools for the bot of a later contact: another one once the bot has drifted."""
    this = contact_at(centre, contact)
    contact_type = type_at(centre, this.type)
    return contact_type.drifted_row if this.arrival >= contact_type.drift_begins else this.type


@inline
def start_session(centre: Record, contact: int, time: float) -> None:
    """A customer starts a bot session."""
    this = contact_at(centre, contact)
    if this.parent < 0:
        this.bot_outcome, session = outcome_at(centre, contact), session_at(centre, contact)
    else:
        index = pool_index(centre, bot_row(centre, contact), this.own_key, DrawPurpose.DRAWS.value)
        this.bot_outcome, session = pool_outcome_at(centre, index), pool_session_at(centre, index)
    type_at(centre, this.type).sessions += 1
    push(centre, moment(time, time + session), EventKind.BOT_DONE, contact)


@inline
def hand_over(centre: Record, contact: int) -> float:
    """The hand-over time of an escalated contact, whose handle time and patience change."""
    this = contact_at(centre, contact)
    if this.parent < 0:
        time, factor = hand_over_at(centre, contact), factor_at(centre, contact)
    else:
        index = pool_index(centre, bot_row(centre, contact), this.own_key, DrawPurpose.DRAWS.value)
        time, factor = pool_hand_over_at(centre, index), pool_factor_at(centre, index)
    this.handle *= factor
    if this.patience < inf:
        this.patience = on_grid(centre, this.patience * type_at(centre, this.type).patience_factor)
    return time


@inline
def outcome_of_bot(bot: int) -> tuple[int, int]:
    """The outcome of a contact that the bot kept, and the event that rules may follow."""
    if bot == BotOutcome.RESOLVED:
        return Outcome.BOT_RESOLVED, FollowUpTrigger.BOT_RESOLVED
    if bot == BotOutcome.FALSELY_CONTAINED:
        return Outcome.FALSELY_CONTAINED, FollowUpTrigger.FALSELY_CONTAINED
    return Outcome.LEFT_BOT, FollowUpTrigger.BOT_LEFT


@inline
def wait(centre: Record, contact: int, time: float) -> None:
    """Schedule overflow and end of patience of a contact that must wait."""
    this = contact_at(centre, contact)
    index = this.type * centre.routes
    while overflow_at(centre, index) < inf:
        push(centre, moment(time, time + overflow_at(centre, index)), EventKind.OVERFLOW, contact)
        index += 1
    if this.patience < inf and not type_at(centre, this.type).lazy_abandonment:
        push(centre, moment(time, time + this.patience), EventKind.PATIENCE, contact)


@inline
def still_waits(centre: Record, contact: int, time: float) -> bool:
    """Whether a contact still waits, and is not a lazy abandonment of an earlier time."""
    this = contact_at(centre, contact)
    return this.waiting and not (type_at(centre, this.type).lazy_abandonment and runs_out(centre, contact) < time)


@inline
def is_unanswered(centre: Record, contact: int, time: float) -> bool:
    """Whether a contact is neither answered nor gone; at the same instant patience ends before it is overdue."""
    this = contact_at(centre, contact)
    lazy_abandonment = this.waiting and type_at(centre, this.type).lazy_abandonment
    return this.outcome == Outcome.OPEN and not (lazy_abandonment and runs_out(centre, contact) <= time)


@inline
def write_off(centre: Record) -> None:
    """At the end: record the lazy abandonments that are still in a queue."""
    end = inf if centre.work_off else centre.length
    for number in range(centre.types):
        contact_type = type_at(centre, number)
        contact = contact_type.queue_first
        while contact >= 0 and contact_type.lazy_abandonment:
            this = contact_at(centre, contact)
            if runs_out(centre, contact) < end:
                this.outcome, this.end = Outcome.ABANDONED, runs_out(centre, contact)
                decide(centre, contact, this.end)
            contact = this.after


@inline
def begin_tail(centre: Record, time: float) -> None:
    """The horizon has ended: abandonments are events from now on, for the tail ends with the horizon's last contact.

    Lazy abandonments before the next event are recorded.
    """
    centre.in_tail = True
    for number in range(centre.types):
        contact_type = type_at(centre, number)
        contact = contact_type.queue_first
        while contact >= 0 and contact_type.lazy_abandonment:
            after = contact_at(centre, contact).after
            end = runs_out(centre, contact)
            if end < time:
                leave(centre, contact, Outcome.ABANDONED, end)
            elif end < inf:
                push(centre, end, EventKind.PATIENCE, contact)
            contact = after
        contact_type.lazy_abandonment = False


@inline
def waiting(centre: Record) -> int:
    """The number of contacts in the queues of types with lazy abandonment."""
    count = 0
    for number in range(centre.types):
        contact = type_at(centre, number).queue_first
        while contact >= 0 and type_at(centre, number).lazy_abandonment:
            count += 1
            contact = contact_at(centre, contact).after
    return count
