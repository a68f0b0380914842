"""A scenario, a tape and an empty centre as the arrays of records that the compiled engine reads and writes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import frexp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.clock import EventKind, all_on_grid, up_to_grid
from simulator.codes import FollowUpTrigger
from simulator.routing import NO_LIMIT, Tables
from simulator.shifts import Shifts
from simulator.tape import Tape

Array = NDArray[Any]
Form = np.dtype[np.void]


def fields(text: str) -> Form:
    """The dtype of records from a text such as ``f8: level ageing, ?: open``."""
    parts = [part.split(":") for part in text.split(",")]
    return np.dtype([(name, scalar.strip()) for scalar, names in parts for name in names.split()], align=True)


TYPE = fields(
    "f8: level ageing within patience_factor overdue,"
    "i8: work trunk bot_sessions periods_from periods_to sessions queue_first queue_last queue_length,"
    "?: interruptible open_clock has_rules lazy_abandonment open bot_open dials diverts,"
    "f8: accepted from_wait reached ring, i8: places from_waiting,"
    "f8: drift_begins, i8: drifted_row"
)
"""A contact type: its rules; bot sessions, its queue, whether it is open now; last what few types have.

A type *dials* if its contacts are calls to customers, and *diverts* contacts that have to wait if its queue has a limit
or callbacks are offered.

With *lazy abandonment* a customer who leaves affects nothing else (no follow-up, no trunk line), so the abandonment may
be recorded later than it happens.
"""

GROUP = fields("i8: max_concurrent reserved, ?: idle_first")
SKILL = fields("f8: after, i8: type rank")
ROUTE = fields("f8: after, i8: group")
RULE = fields("f8: chance factor keeps retold, i8: follows delay tries, ?: skips_bot")
PERIOD = fields("f8: opens closes")
TRUNK = fields("i8: trunk_lines in_use")

CONTACT = fields(
    "f8: arrival bot_end entry answer resumed end wrap_end handle wrap_up patience mark order, u8: own_key,"
    "i4: case parent step agent after before, i2: type, i1: bot_outcome outcome,"
    "?: waiting holds_trunk skips_bot unreached"
)
"""A contact: the log's columns, its draws, and its place in a queue, which is ordered by `order`, then by number.

The mark is the reading of the agent's work clock at which the stage is done; of a preempted item the work that remains.
"""

AGENT = fields(
    "f8: rate clock read_at planned_at, i8: planned idle_queue after before, i4: group load shift plan planned_for,"
    "?: on_duty finishing returning concurrent interruptible"
)
"""An agent: the work clock, the contact that is done next and when, the load, and the place in an idle queue.

Whether the work in service is concurrent, or interruptible, is set when a contact is answered or resumed. The shift is
the row that was begun last, the plan the number whose further shifts are the agent's, and `planned_for` the agent whose
plan this number is. An agent on a delayed break is *returning*.
"""

THREAD = fields("f8: keeps_for retold, i8: keeper holder queued_for, ?: kept")
"""Of a contact, where there are threads: the agent who had the contact before it, for how long it waits for this agent,
whether it waits for nobody else, or will, the factor on its handle time if another one takes it, the agent with
whom its thread is open, and whose it is while it waits for anybody."""
KEEPER = fields("i8: first opened queued")
"""Of an agent, where there are threads: the contact that came last to those that wait for nobody else, the number of
open threads, and how many contacts of these wait for anybody."""

IN_SERVICE = fields("i8: contact")
CONCURRENT_SESSION = fields("i8: contact")
"""Concurrent sessions, in the order in which agents began them."""
IDLE_QUEUE = fields("i8: first last size")
EVENT = fields("f8: time, i8: key")
SIBLINGS = 4
"""The children of a node of the heap; as many places beyond its end hold events that never come."""
SHIFT_END = fields("f8: time begun end rest, i4: agent ended_as, ?: moves")
"""Of a shift, or a stretch of duty between breaks: when it was over and when it was begun, its planned end, the break
before it; who began it, and the row of the shift whose planned end it has; whether a delayed break before is moved."""
PREEMPTION = fields("f8: start end, i8: contact agent")
FIXED = fields("f8: time, i8: number row, ?: begins")
"""An event known beforehand: the number of a type (of a bot: number of types plus the type) or of an agent; the row of
the shift, -1 for opening hours; whether it begins or ends."""

_NUMBERS = (
    "f8: length judged grid per_grid interval, i8: agent_rule types loads routes skills pool finishing factors,"
    "?: work_off by_deadline random_groups"
)
_COUNTS = (
    "i8: agents shifts first fixed contacts sessions preemptions pending undecided,"
    "i8: contacts_room preemptions_room pending_room margin, f8: decided, ?: hole in_tail"
)
_TABLES = (
    "i8: type group concurrency_speed chat_routing speed skill route overflow rule rule_first period trunk"
    " handle_factor fixed_event"
)
_TAPE = (
    "i8: key arrival arrival_type ordinal handle wrap_up patience outcome session hand_over factor delay,"
    "i8: pool_handle pool_wrap_up pool_patience pool_outcome pool_session pool_hand_over pool_factor"
)
_CHANGING = ("type", "trunk")
"""Of the tables: what holds state as well."""
_STATE = "i8: contact agent in_service concurrent_session idle_queue event left_at preemption"
CENTRE = fields(",".join((_NUMBERS, _COUNTS, _TABLES, _TAPE, _STATE)))
"""A centre: numbers, and the addresses of its arrays."""
_THREADS = "i8: thread keeper in_threads max_threads, ?: looks_again limits"
CENTRE_WITH_THREADS = fields(",".join((_THREADS, _NUMBERS, _COUNTS, _TABLES, _TAPE, _STATE)))
"""A centre with threads: also whether agents without contacts look again, and whether open threads are limited.

Its fields come first, so that numba does not take it for a plain centre."""


@dataclass(frozen=True)
class Sizes:
    """How long the arrays are whose length is not known beforehand."""

    contacts: int
    pending: int
    preemptions: int


@dataclass(frozen=True)
class State:
    """A centre with the arrays that it points to."""

    centre: Array
    """One record of the form `CENTRE`, shape (1,)."""
    arrays: dict[str, Array]


def initial_state(rules: Tables, tape: Tape, shifts: Shifts, sizes: Sizes) -> State:
    """A centre before anything has happened."""
    fixed, read = _fixed(rules, shifts), _tables(rules, tape.grid)
    arrays = read | {"fixed_event": fixed} | _chances(tape) | _empty_state(rules, shifts, sizes)
    arrays |= {name: read[name].copy() for name in _CHANGING}
    threads: dict[str, object] = {}
    if rules.has_threads:
        arrays |= _threads(rules, len(shifts.group_of), sizes)
        threads = {"looks_again": rules.looks_again, "limits": rules.limits_threads}
    return State(
        rows(
            CENTRE_WITH_THREADS if rules.has_threads else CENTRE,
            1,
            **threads,
            length=rules.length,
            judged=rules.judged,
            undecided=np.searchsorted(tape.arrival, rules.judged),
            grid=tape.grid,
            per_grid=1 / tape.grid if frexp(tape.grid)[0] == 0.5 else 0.0,
            interval=rules.interval,
            agent_rule=rules.agent_rule,
            factors=rules.handle_factors.shape[1],
            types=len(rules.work),
            loads=rules.max_concurrent.max(),
            routes=rules.route_group.shape[1] + 1,
            skills=len(rules.work) + 1,
            pool=tape.pool_size,
            finishing=len(rules.max_concurrent) * (rules.max_concurrent.max() + 1),
            random_groups=rules.random_groups,
            work_off=rules.work_off,
            by_deadline=rules.by_deadline,
            agents=len(shifts.group_of),
            shifts=len(shifts.start),
            first=len(tape.arrival),
            fixed=len(fixed),
            contacts=len(tape.arrival),
            contacts_room=sizes.contacts,
            preemptions_room=sizes.preemptions,
            pending_room=sizes.pending,
            margin=most_events(rules, shifts),
            **addresses(arrays),
        ),
        arrays,
    )


@lru_cache(maxsize=64)
def most_events(rules: Tables, shifts: Shifts) -> int:
    """The most events that can be scheduled within an instant."""
    return int(rules.max_concurrent[shifts.group_of].sum()) + rules.route_group.shape[1] + 8


def rows(form: Form, shape: int | tuple[int, ...], **columns: object) -> Array:
    """Records of a form from columns, zero where none is given."""
    result = np.zeros(shape, dtype=form)
    for name, values in columns.items():
        result[name] = values
    return result


def addresses(arrays: dict[str, Array]) -> dict[str, int]:
    """Where arrays begin; whoever passes an address on keeps its array alive."""
    return {name: array.ctypes.data for name, array in arrays.items()}


@lru_cache(maxsize=64)
def _tables(rules: Tables, grid: float) -> dict[str, Array]:
    """What a scenario gives, the same in every replication."""
    return {
        "type": _types(rules, grid),
        "group": rows(
            GROUP,
            len(rules.max_concurrent),
            max_concurrent=rules.max_concurrent,
            reserved=rules.reserved,
            idle_first=rules.idle_first,
        ),
        "concurrency_speed": np.ascontiguousarray(rules.concurrency_speed),
        "chat_routing": np.ascontiguousarray(rules.chat_routing),
        "speed": np.ascontiguousarray(rules.speed),
        "skill": _skills(rules),
        "route": _routes(rules),
        "overflow": _overflow(rules, grid),
        "rule": _rules(rules, grid),
        "rule_first": np.ascontiguousarray(rules.rule_first),
        "period": np.concatenate(rules.open_periods),
        "trunk": rows(TRUNK, len(rules.trunk_lines), trunk_lines=rules.trunk_lines),
        "handle_factor": np.ascontiguousarray(rules.handle_factors),
    }


def _types(rules: Tables, grid: float) -> Array:
    ends = np.cumsum([len(periods) for periods in rules.open_periods])
    abandoned = rules.rule_first[:, FollowUpTrigger.ABANDONED : FollowUpTrigger.ABANDONED + 2]
    diverts = (rules.places != NO_LIMIT) | (rules.accepted > 0)
    same = set(TYPE.names or ()) & set(Tables.__dataclass_fields__) - {"overdue"}
    return rows(
        TYPE,
        len(rules.work),
        **{name: getattr(rules, name) for name in same},
        overdue=all_on_grid(rules.overdue, grid),
        periods_from=np.concatenate(([0], ends[:-1])),
        periods_to=ends,
        queue_first=-1,
        queue_last=-1,
        has_rules=rules.rule_first[:, 0] < rules.rule_first[:, -1],
        lazy_abandonment=(abandoned[:, 0] == abandoned[:, 1]) & (rules.trunk < 0) & ~diverts,
        dials=rules.reached < 1,
        diverts=diverts,
    )


def _skills(rules: Tables) -> Array:
    """The skills of each group, best rank first, type -1 beyond the last, shape (groups, types + 1)."""
    result = rows(SKILL, (len(rules.max_concurrent), len(rules.work) + 1), type=-1)
    for group, (ranks, afters) in enumerate(zip(rules.rank, rules.after, strict=True)):
        order = np.lexsort((rules.level, ranks))
        order = order[ranks[order] > 0]
        row = result[group, : len(order)]
        row["type"], row["rank"], row["after"] = order, ranks[order], afters[order]
    return result


def _routes(rules: Tables) -> Array:
    """The routes of each type in order, group -1 beyond the last, shape (types, routes + 1)."""
    types, most = rules.route_group.shape
    result = rows(ROUTE, (types, most + 1), group=-1)
    result["group"][:, :most], result["after"][:, :most] = rules.route_group, rules.route_after
    return result


def _overflow(rules: Tables, grid: float) -> Array:
    """Seconds on the grid after which a type overflows, rising, infinite beyond the last, shape (types, routes + 1)."""
    result = np.full((len(rules.work), rules.route_group.shape[1] + 1), np.inf)
    for contact_type, (groups, afters) in enumerate(
        zip(rules.route_group.tolist(), rules.route_after.tolist(), strict=True)
    ):
        used = {
            up_to_grid(after, grid) for group, after in zip(groups, afters, strict=True) if group >= 0 and after > 0
        }
        result[contact_type, : len(used)] = sorted(used)
    return result


def _rules(rules: Tables, grid: float) -> Array:
    up = np.ceil(rules.rule_keeps / grid) * grid
    return rows(
        RULE,
        len(rules.rule_as),
        chance=rules.rule_chance,
        factor=rules.rule_factor,
        follows=rules.rule_as,
        delay=rules.rule_delay,
        tries=rules.rule_tries,
        skips_bot=rules.rule_skips_bot,
        keeps=np.where(rules.rule_keeps > 0, up, rules.rule_keeps),
        retold=rules.rule_retold,
    )


def _chances(tape: Tape) -> dict[str, Array]:
    """The tape: first contacts and what is drawn for them, pools and delays, shape (types or rules, pool)."""
    draws, pools = tape.draws, tape.pools
    columns = {
        "key": np.array(tape.keys, dtype=np.uint64),
        "arrival": tape.arrival,
        "arrival_type": tape.type,
        "ordinal": tape.ordinal,
        "handle": draws.handle,
        "wrap_up": draws.wrap_up,
        "patience": draws.patience,
        "outcome": draws.bot_outcome,
        "session": draws.bot_time,
        "hand_over": draws.hand_over,
        "factor": draws.bot_factor,
        "delay": tape.delays,
        "pool_handle": pools.handle,
        "pool_wrap_up": pools.wrap_up,
        "pool_patience": pools.patience,
        "pool_outcome": pools.bot_outcome,
        "pool_session": pools.bot_time,
        "pool_hand_over": pools.hand_over,
        "pool_factor": pools.bot_factor,
    }
    return {name: np.ascontiguousarray(column) for name, column in columns.items()}


def _empty_state(rules: Tables, shifts: Shifts, sizes: Sizes) -> dict[str, Array]:
    """Agents before the first shift, and room for what will happen.

    Each group has an idle queue for every load, and one of the agents whose item can be preempted; after those of all
    groups stands for each a queue of the agents who are still on contacts though their time is up.
    """
    loads = int(rules.max_concurrent.max())
    agents, shift_ends = _people(shifts)
    return {
        "contact": np.empty(sizes.contacts, dtype=CONTACT),
        "agent": agents.copy(),
        "in_service": np.empty(len(agents) * loads, dtype=IN_SERVICE),
        "concurrent_session": np.empty(sizes.contacts, dtype=CONCURRENT_SESSION),
        "idle_queue": rows(IDLE_QUEUE, len(rules.max_concurrent) * (loads + 2), first=-1, last=-1),
        "event": rows(EVENT, sizes.pending + SIBLINGS, time=np.inf),
        "left_at": shift_ends.copy(),
        "preemption": np.empty(sizes.preemptions, dtype=PREEMPTION),
    }


def _threads(rules: Tables, agents: int, sizes: Sizes) -> dict[str, Array]:
    """Which contacts are kept by whom, and what limits threads."""
    return {
        "thread": rows(THREAD, sizes.contacts, keeper=-1, holder=-1, queued_for=-1, retold=1.0),
        "keeper": rows(KEEPER, agents, first=-1),
        "in_threads": rules.in_threads.astype(np.int64),
        "max_threads": np.ascontiguousarray(rules.max_threads),
    }


@lru_cache(maxsize=64)
def _people(shifts: Shifts) -> tuple[Array, Array]:
    """The agents before the first shift, and the ends of their shifts; to be copied."""
    numbers = np.arange(len(shifts.group_of))
    agents = rows(
        AGENT,
        len(numbers),
        **{"group": shifts.group_of, "rate": 1.0, "planned": -1, "shift": -1, "idle_queue": -1},
        plan=numbers,
        planned_for=numbers,
    )
    count = len(shifts.start)
    shift_ends = rows(
        SHIFT_END,
        count,
        time=np.nan,
        begun=shifts.start,
        end=shifts.end,
        rest=shifts.rest,
        agent=shifts.agent,
        ended_as=np.arange(count),
        moves=shifts.moves,
    )
    return agents, shift_ends


@lru_cache(maxsize=64)
def _fixed(rules: Tables, shifts: Shifts) -> Array:
    """Opening hours and shifts in the order of `simulator.clock`."""
    hours = []
    for periods in (*rules.open_periods, *rules.bot_periods):
        edges = periods[periods[:, 0] < rules.length].ravel()
        hours.append(edges[edges < rules.length])
    type_of_edge = np.repeat(np.arange(len(hours)), [len(edges) for edges in hours])
    opens = np.concatenate([np.arange(len(edges)) % 2 == 0 for edges in hours])
    ends = np.nonzero(np.isfinite(shifts.end))[0]
    time = np.concatenate((*hours, shifts.start, shifts.end[ends]))
    number = np.concatenate((type_of_edge, shifts.agent, shifts.agent[ends]))
    row = np.concatenate((np.full(len(type_of_edge), -1), np.arange(len(shifts.start)), ends))
    begins = np.concatenate((opens, np.ones(len(shifts.start), bool), np.zeros(len(ends), bool)))
    over_first = begins & (row >= 0)  # an agent whose shifts follow each other ends the first before the second
    order = np.lexsort((over_first, number, np.where(row < 0, EventKind.HOURS, EventKind.SHIFT), time))
    return rows(FIXED, len(order), time=time[order], number=number[order], row=row[order], begins=begins[order])
