"""A scenario, a tape and an empty centre as the arrays that the compiled engine reads and writes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.scenario import Scenario
from simulator import routing
from simulator.clock import Kind, all_on_grid, up_to_grid
from simulator.duty import Duties
from simulator.logs import OPEN
from simulator.routing import Tables
from simulator.tape import Draws, Tape

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Marks = NDArray[np.bool_]
Keys = NDArray[np.uint64]


class Rules(NamedTuple):
    """What is given: the tables of `simulator.routing`, shapes as there, and what follows from them."""

    length: float
    grid: float
    work_off: bool
    work: Ints
    interruptible: Marks
    route_group: Ints
    route_after: Floats
    overflow: Floats
    """Seconds on the grid after which a type overflows, rising, infinite beyond the last, shape (T, R)."""
    skill: Ints
    """The types of each group, best rank first, -1 beyond the last, shape (G, T)."""
    rank: Ints
    after: Floats
    speed: Floats
    level: Floats
    ageing: Floats
    by_deadline: bool
    within: Floats
    open_clock: Marks
    open_first: Ints
    """The first open period of each type, and the one after the last, shape (T + 1,)."""
    opens: Floats
    closes: Floats
    agent_rule: int
    slots: Ints
    pace: Floats
    fill: Ints
    keep_free: Ints
    trunk: Ints
    lines: Ints
    bot_sessions: Ints
    patience_factor: Floats
    overdue: Floats
    """On the grid, infinite without such a rule."""
    has_rules: Marks
    rule_first: Ints
    rule_chance: Floats
    rule_as: Ints
    rule_delay: Ints
    rule_factor: Floats
    rule_tries: Ints
    rule_skips_bot: Marks
    quiet: Marks
    """Types whose abandonments nothing else depends on: no follow-up, no line. Nobody needs to be told at once."""


class Chance(NamedTuple):
    """What the tape holds, apart from what each contact carries along."""

    ordinal: Ints
    keys: Keys
    outcome: NDArray[np.int8]
    session: Floats
    hand_over: Floats
    factor: Floats
    pool_handle: Floats
    pool_wrap_up: Floats
    pool_patience: Floats
    pool_outcome: NDArray[np.int8]
    pool_session: Floats
    pool_hand_over: Floats
    pool_factor: Floats
    delays: Floats


class Fixed(NamedTuple):
    """What is fixed beforehand, in order: types and bots open and close, agents come and go."""

    time: Floats
    is_duty: Marks
    begins: Marks
    number: Ints
    """The type, the number of types plus the type for a bot, or the agent."""
    row: Ints
    """The row of the stretch of duty."""


class Contacts(NamedTuple):
    """The contact log while it is written, and what else belongs to a contact."""

    type: Ints
    case: Ints
    parent: Ints
    step: Ints
    arrival: Floats
    bot_outcome: Ints
    bot_end: Floats
    entry: Floats
    answer: Floats
    resumed: Floats
    end: Floats
    wrap_end: Floats
    agent: Ints
    outcome: Ints
    handle: Floats
    wrap_up: Floats
    patience: Floats
    mark: Floats
    """The reading of the agent's work clock at which the stage is done; of an item put down the work that remains."""
    order: Floats
    """By what a queue is ordered before numbers."""
    waiting: Marks
    holds_line: Marks
    skips_bot: Marks
    own_key: Keys
    after: Small
    """The next in the queue, -1 for none."""
    before: Small


class Agents(NamedTuple):
    """Agents, shape (agents,), and what they have in hand."""

    group: Small
    on_duty: Marks
    concurrent: Marks
    load: Small
    hand: Small
    """Contacts in hand, shape (agents, slots)."""
    rate: Floats
    clock: Floats
    read_at: Floats
    planned: Small
    """The contact that is done next, -1 for none, and when."""
    planned_at: Floats
    finishing: Ints
    gone: Floats
    """By row of the duties."""
    line: Small
    after: Small
    before: Small


class Lines(NamedTuple):
    """Lines of agents by group and load, and queues of contacts by type: who is first, who last, how many."""

    first: Small
    last: Small
    size: Small
    queue_first: Small
    queue_last: Small
    open: Marks
    bot_open: Marks
    sessions: Small
    lines_in_use: Small


class PutDowns(NamedTuple):
    """The log of work put down while it is written."""

    contact: Ints
    agent: Ints
    start: Floats
    end: Floats


def rules_of(rules: Tables, grid: float) -> Rules:
    """The tables as the compiled loop reads them."""
    first = np.cumsum([0, *map(len, rules.open_periods)])
    periods = np.concatenate(rules.open_periods)
    after_abandoned = rules.rule_first[:, routing.ABANDONED + 1] > rules.rule_first[:, routing.ABANDONED]
    given = {name: getattr(rules, name) for name in Rules._fields if hasattr(rules, name)}
    return Rules(
        **given
        | {
            "grid": grid,
            "overflow": _overflow(rules, grid),
            "skill": _skills(rules),
            "open_first": first,
            "opens": periods[:, 0].copy(),
            "closes": periods[:, 1].copy(),
            "overdue": all_on_grid(rules.overdue, grid),
            "has_rules": rules.rule_first[:, 0] < rules.rule_first[:, -1],
            "quiet": ~after_abandoned & (rules.trunk < 0),
        }
    )


def _overflow(rules: Tables, grid: float) -> Floats:
    result = np.full((len(rules.work), rules.route_group.shape[1] + 1), np.inf)
    for kind, (groups, afters) in enumerate(zip(rules.route_group, rules.route_after, strict=True)):
        delays = sorted({up_to_grid(after, grid) for group, after in zip(groups, afters, strict=True) if group >= 0 and after > 0})
        result[kind, : len(delays)] = delays
    return result


def _skills(rules: Tables) -> Ints:
    result = np.full((len(rules.slots), len(rules.work) + 1), -1)
    for group, ranks in enumerate(rules.rank):
        order = np.lexsort((rules.level, ranks))
        skills = order[ranks[order] > 0]
        result[group, : len(skills)] = skills
    return result


def chance_of(tape: Tape) -> Chance:
    """The tape as the compiled loop reads it."""
    draws, pools = tape.draws, tape.pools
    return Chance(
        tape.ordinal,
        np.array(tape.keys, dtype=np.uint64),
        *(draws.bot_outcome, draws.bot_time, draws.hand_over, draws.bot_factor),
        *(pools.handle, pools.wrap_up, pools.patience),
        *(pools.bot_outcome, pools.bot_time, pools.hand_over, pools.bot_factor),
        tape.delays,
    )


def fixed_of(rules: Tables, duty: Duties) -> Fixed:
    """Opening hours and duties in the order of `simulator.clock`."""
    time, number, begins = [], [], []
    for which, periods in enumerate((*rules.open_periods, *rules.bot_periods)):
        edges = periods[periods[:, 0] < rules.length].ravel()
        edges = edges[edges < rules.length]
        time.append(edges)
        number.append(np.full(len(edges), which))
        begins.append(np.arange(len(edges)) % 2 == 0)
    ends = np.nonzero(np.isfinite(duty.off))[0]
    hours = sum(map(len, time))
    row = np.concatenate((np.full(hours, -1), np.arange(len(duty.on)), ends))
    time += [duty.on, duty.off[ends]]
    number += [duty.agent, duty.agent[ends]]
    begins += [np.ones(len(duty.on), bool), np.zeros(len(ends), bool)]
    times, numbers, starts = (np.concatenate(part) for part in (time, number, begins))
    is_duty = row >= 0
    order = np.lexsort((numbers, np.where(is_duty, Kind.DUTY, Kind.HOURS), times))
    return Fixed(times[order], is_duty[order], starts[order], numbers[order], row[order])


def contacts_of(tape: Tape, capacity: int) -> Contacts:
    """The first contacts before they arrive, with room for later ones up to a number of contacts in all."""
    first = len(tape.arrival)

    def never() -> Floats:
        return np.full(capacity, np.nan)

    def given(values: NDArray[np.generic]) -> NDArray[np.generic]:
        column = np.empty(capacity, dtype=values.dtype)
        column[:first] = values
        return column

    def whole(value: int) -> Ints:
        return np.full(capacity, value)

    def marks() -> Marks:
        return np.zeros(capacity, dtype=bool)

    draws: Draws = tape.draws
    return Contacts(
        type=given(tape.type),
        case=np.arange(capacity),
        parent=whole(-1),
        step=whole(0),
        arrival=given(tape.arrival),
        bot_outcome=whole(-1),
        bot_end=never(),
        entry=never(),
        answer=never(),
        resumed=never(),
        end=never(),
        wrap_end=never(),
        agent=whole(-1),
        outcome=whole(OPEN),
        handle=given(draws.handle),
        wrap_up=given(draws.wrap_up),
        patience=given(draws.patience),
        mark=np.empty(capacity),
        order=np.empty(capacity),
        waiting=marks(),
        holds_line=marks(),
        skips_bot=marks(),
        own_key=np.empty(capacity, dtype=np.uint64),
        after=np.empty(capacity, dtype=np.int32),
        before=np.empty(capacity, dtype=np.int32),
    )


def agents_of(rules: Tables, duty: Duties) -> Agents:
    """The agents before anybody has come."""
    count, slots = len(duty.group_of), int(rules.slots.max())

    def none() -> Small:
        return np.full(count, -1, dtype=np.int32)

    return Agents(
        group=duty.group_of.astype(np.int32),
        on_duty=np.zeros(count, dtype=bool),
        concurrent=np.zeros(count, dtype=bool),
        load=np.zeros(count, dtype=np.int32),
        hand=np.empty((count, slots), dtype=np.int32),
        rate=np.ones(count),
        clock=np.zeros(count),
        read_at=np.zeros(count),
        planned=none(),
        planned_at=np.zeros(count),
        finishing=np.full(count, -1),
        gone=np.full(len(duty.on), np.nan),
        line=none(),
        after=none(),
        before=none(),
    )


def lines_of(rules: Tables) -> Lines:
    """Lines and queues with nobody in them; each group has a line for every load, and one who could put down."""
    lines, types = len(rules.slots) * (int(rules.slots.max()) + 1), len(rules.work)

    def nobody(size: int) -> Small:
        return np.full(size, -1, dtype=np.int32)

    return Lines(
        first=nobody(lines),
        last=nobody(lines),
        size=np.zeros(lines, dtype=np.int32),
        queue_first=nobody(types),
        queue_last=nobody(types),
        open=np.zeros(types, dtype=bool),
        bot_open=np.zeros(types, dtype=bool),
        sessions=np.zeros(types, dtype=np.int32),
        lines_in_use=np.zeros(len(rules.lines), dtype=np.int32),
    )


def put_downs_of(capacity: int) -> PutDowns:
    """An empty log of work put down."""
    return PutDowns(*(np.empty(capacity, dtype=kind) for kind in (np.int64, np.int64, np.float64, np.float64)))


def expected_later(scenario: Scenario, rules: Tables) -> int:
    """About how many later contacts a replication brings about; to begin with, for the arrays grow if need be."""
    later = np.zeros(len(rules.work))
    for number, kind in enumerate(scenario.contact_types):
        later[number] = sum(rule.probability for rule in kind.follow_ups) * scenario.expected[number].sum()
    return int(later.sum() * 1.5)
