"""Logs turned into tallies: what is added up per contact type or agent group and interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_types import ContactType
from scenarios.hours import open_time_later, periods
from scenarios.measures import CONTACT_TALLIES, GROUP_TALLIES
from scenarios.scenario import Scenario
from scenarios.units import DAY
from simulator import logs as codes
from simulator import waits
from simulator.logs import ContactLog, Logs
from simulator.tape import FALSELY_CONTAINED, LEFT_BOT, RESOLVED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_AHEAD = 28 * DAY


@dataclass(frozen=True)
class Tallies:
    """One replication's sums."""

    contacts: Floats
    """In the order of `CONTACT_TALLIES`, shape (tallies, types, intervals)."""
    groups: Floats
    """In the order of `GROUP_TALLIES`, shape (tallies, groups, intervals)."""
    waits: NDArray[np.uint32]
    """Histograms of the waits of all and of answered contacts, shape (2, types, bins)."""
    longest: Floats
    """The longest wait of each type in seconds, NaN where nobody waited to an end, shape (types,)."""


def tally(scenario: Scenario, logs: Logs) -> Tallies:
    """The sums of one replication.

    Contacts count in the interval of their arrival, time in the interval in which it passes; contacts that arrive in
    the warm-up, and time within it, do not count.
    """
    log = logs.contacts
    horizon = scenario.horizon
    skipped = round(horizon.warm_up / horizon.interval)
    place = log.type * horizon.intervals + np.minimum(log.arrival // horizon.interval, horizon.intervals - 1).astype(
        int
    )
    counted = log.arrival >= horizon.warm_up
    wait = np.where(log.outcome == codes.ABANDONED, log.end, log.answer) - log.entry
    summed = {name: _sum(place, counted, what, scenario) for name, what in _per_contact(scenario, logs, wait).items()}
    summed |= _waiting(scenario, logs)
    contacts = np.stack([summed[name] for name in CONTACT_TALLIES])
    groups = group_sums(scenario, logs, _work_times(scenario, logs))
    contacts[list(CONTACT_TALLIES).index("waiting_time") :][:2, :, :skipped] = 0.0
    groups[:, :, :skipped] = 0.0
    return Tallies(contacts, groups, *_distribution(scenario, log, wait, counted))


def _sum(place: Ints, counted: Mask, what: NDArray[Any], scenario: Scenario) -> Floats:
    """The sum of a column by type and interval; NaN columns of a type stay NaN."""
    shape = len(scenario.contact_types), scenario.horizon.intervals
    weights = what.astype(float) if what.dtype == bool else what
    total = np.bincount(place[counted], weights[counted], minlength=shape[0] * shape[1])
    return total.astype(float).reshape(shape)


def _per_contact(scenario: Scenario, logs: Logs, wait: Floats) -> dict[str, NDArray[Any]]:
    """What each contact adds to each tally, shape (contacts,)."""
    log = logs.contacts
    kinds = scenario.contact_types
    answered, abandoned = log.outcome == codes.ANSWERED, log.outcome == codes.ABANDONED
    first = log.parent < 0
    session = log.bot_outcome >= 0
    late = _late(scenario, log, wait)
    in_time = answered & ~late
    resolved, resolution = _resolution(log)
    responded = _responses(scenario, log)
    known = np.array([bool(kind.target and kind.target.within is not None) for kind in kinds])[log.type]
    handled = np.where(answered, np.minimum(log.wrap_end, np.inf) - log.resumed, 0.0)
    np.add.at(handled, logs.put_down.contact, logs.put_down.end - logs.put_down.start)
    green, yellow = _zone_limits(kinds, log.type)
    red = ~np.isnan(log.entry) & (abandoned | ~(wait <= yellow))
    channels = np.unique([kind.channel for kind in kinds], return_inverse=True)[1]
    money = np.array([(k.value.answered, k.value.abandoned, k.value.late) for k in kinds])[log.type]
    session_cost = np.array([k.bot.cost_per_session if k.bot else 0.0 for k in kinds])
    return {
        "cases": first,
        "contacts": np.ones(len(first), dtype=bool),
        "offered": ~np.isnan(log.entry),
        "answered": answered,
        "abandoned": abandoned,
        "blocked": log.outcome == codes.BLOCKED,
        "closed": log.outcome == codes.CLOSED,
        "open_at_end": log.outcome == codes.OPEN,
        "in_time": np.where(known, in_time, np.nan),
        "abandoned_in_time": np.where(known, abandoned & ~late, np.nan),
        "wait_answered": np.where(answered, wait, 0.0),
        "wait_abandoned": np.where(abandoned, wait, 0.0),
        "handle_time": np.nan_to_num(handled),
        "bot_sessions": session,
        "resolved_by_bot": log.bot_outcome == RESOLVED,
        "falsely_contained": log.bot_outcome == FALSELY_CONTAINED,
        "left_bot": log.bot_outcome == LEFT_BOT,
        **{name: np.where(known, what, np.nan) for name, what in responded.items()},
        "green": np.where(np.isnan(green), np.nan, answered & (wait <= green)),
        "yellow": np.where(np.isnan(green), np.nan, answered & (wait > green) & (wait <= yellow)),
        "red": np.where(np.isnan(green), np.nan, red),
        "repeats": ~first,
        "hops": ~first & (channels[log.type] != channels[log.type[log.parent]]),
        "cases_resolved": first & resolved[log.case],
        "resolution_time": np.where(first & resolved[log.case], resolution[log.case], 0.0),
        "value": money[:, 0] * answered + money[:, 1] * abandoned + money[:, 2] * (answered & known & late),
        "bot_cost": np.where(session, session_cost[log.type], 0.0),
    }


def deadlines(scenario: Scenario, log: ContactLog, since: Floats) -> Floats:
    """The instant by which each contact should be answered, infinite without a target."""
    targets = [kind.target for kind in scenario.contact_types]
    within = np.array([t.within if t and t.within is not None else np.inf for t in targets])
    deadline: Floats = since + within[log.type]
    for k, (kind, target) in enumerate(zip(scenario.contact_types, targets, strict=True)):
        if target and target.within is not None and target.clock == "open-hours":
            reach = periods(kind.open, scenario.horizon.midnight, scenario.horizon.length + _AHEAD)
            own = log.type == k
            deadline[own] = open_time_later(reach, np.nan_to_num(since[own]), target.within)
    return deadline


def _late(scenario: Scenario, log: ContactLog, wait: Floats) -> Mask:
    """Whether the wait went beyond the target time."""
    return log.entry + wait > deadlines(scenario, log, log.entry)


def _responses(scenario: Scenario, log: ContactLog) -> dict[str, Mask]:
    """Which contacts had a response within the target time after their arrival, in three senses."""
    deadline = deadlines(scenario, log, log.arrival)
    person = log.answer <= deadline
    bot = (log.bot_outcome == RESOLVED) & (log.bot_end <= deadline)
    return {"by_person": person, "by_person_or_bot": person | bot, "acknowledged": person | (log.bot_outcome >= 0)}


def _resolution(log: ContactLog) -> tuple[Mask, Floats]:
    """For each case (by row of its first contact) whether its last contact was resolved, and the time it took."""
    last = np.zeros(len(log.case), dtype=int)
    last[log.case] = np.arange(len(log.case))
    outcome = log.outcome[last]
    resolved = ((outcome == codes.ANSWERED) | (outcome == codes.BOT_RESOLVED)) & ~np.isnan(log.end[last])
    return resolved, log.end[last] - log.arrival


def _zone_limits(kinds: tuple[ContactType, ...], of: Ints) -> tuple[Floats, Floats]:
    limits = np.array([(k.zones.green, k.zones.yellow) if k.zones else (np.nan, np.nan) for k in kinds])
    return limits[of, 0], limits[of, 1]


def _distribution(
    scenario: Scenario, log: ContactLog, wait: Floats, counted: Mask
) -> tuple[NDArray[np.uint32], Floats]:
    """Histograms of the waits, and the longest of each type."""
    types = len(scenario.contact_types)
    ended = counted & ~np.isnan(wait)
    place = log.type * waits.BINS + waits.bin_of(wait)
    histograms = [
        np.bincount(place[which], minlength=types * waits.BINS).reshape(types, waits.BINS)
        for which in (ended, ended & (log.outcome == codes.ANSWERED))
    ]
    longest = np.full(types, -np.inf)
    np.maximum.at(longest, log.type[ended], wait[ended])
    return np.array(histograms, dtype=np.uint32), np.where(np.isinf(longest), np.nan, longest)


def _waiting(scenario: Scenario, logs: Logs) -> dict[str, Floats]:
    """Time spent waiting, and the age of the oldest, by the clock; items put down wait again."""
    log, put_down, horizon = logs.contacts, logs.put_down, scenario.horizon
    queued = ~np.isnan(log.entry)
    left = np.where(log.outcome == codes.ABANDONED, log.end, log.answer)
    again = taken_up_again(logs)
    kind = np.concatenate((log.type[queued], log.type[put_down.contact]))
    start = np.concatenate((log.entry[queued], put_down.end))
    end = np.concatenate((np.where(np.isnan(left), np.inf, left)[queued], again))
    born = np.concatenate((log.entry[queued], log.entry[put_down.contact]))
    end = np.minimum(end, np.maximum(horizon.length, start))
    types = len(scenario.contact_types)
    return {
        "waiting_time": time_by_interval(start, end, kind, types, horizon.interval, horizon.intervals),
        "oldest_age": _oldest(start, end, born, kind, types, horizon.interval, horizon.intervals),
    }


def taken_up_again(logs: Logs) -> Floats:
    """For each row of the put-down log when the item was taken up again; infinite if never."""
    put_down = logs.put_down
    order = np.lexsort((put_down.start, put_down.contact))
    contact, start, end = put_down.contact[order], put_down.start[order], put_down.end[order]
    resumed = logs.contacts.resumed[contact]
    again = np.where(resumed >= end, resumed, np.inf)
    same = contact[1:] == contact[:-1]
    again[:-1][same] = start[1:][same]
    result = np.empty_like(again)
    result[order] = again
    return result


def _oldest(
    start: Floats, end: Floats, born: Floats, kind: Ints, types: int, interval: float, intervals: int
) -> Floats:
    """The age of the oldest waiting contact at the end of each interval, 0 when nobody waits."""
    first = np.floor(start / interval).astype(int)
    last = np.minimum(np.ceil(end / interval).astype(int) - 1, intervals)
    spans = np.maximum(last - first, 0)
    rows = np.repeat(np.arange(len(start)), spans)
    step = np.arange(len(rows)) - np.repeat(np.cumsum(spans) - spans, spans)
    at = first[rows] + step
    oldest = np.full((types, intervals), np.inf)
    np.minimum.at(oldest, (kind[rows], at), born[rows])
    edges = (np.arange(intervals) + 1) * interval
    return np.where(np.isinf(oldest), 0.0, edges - oldest)


def time_by_interval(start: Floats, end: Floats, owner: Ints, owners: int, interval: float, intervals: int) -> Floats:
    """Seconds of the stretches of each owner by interval, shape (owners, intervals); the last takes what is beyond.

    Examples
    --------
    >>> time_by_interval(np.array([5.0]), np.array([25.0]), np.array([0]), 1, 10.0, 2)
    array([[ 5., 15.]])
    """
    passed = _passed(start, owner, owners, interval, intervals) - _passed(end, owner, owners, interval, intervals)
    passed[:, -1] = np.bincount(owner, end - start, minlength=owners)
    return np.diff(passed, axis=1, prepend=0.0)


def _passed(since: Floats, owner: Ints, owners: int, interval: float, intervals: int) -> Floats:
    """Seconds since each instant, added up at the end of every interval, shape (owners, intervals)."""
    place = owner * (intervals + 1) + np.minimum(since // interval, intervals).astype(int)
    shape = owners, intervals + 1
    count = np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape).cumsum(axis=1)[:, :-1]
    total = np.bincount(place, since, minlength=shape[0] * shape[1]).reshape(shape).cumsum(axis=1)[:, :-1]
    return np.asarray((np.arange(intervals) + 1) * interval * count - total)


@dataclass(frozen=True)
class WorkTimes:
    """Seconds of work by group and interval, shape (groups, intervals)."""

    sessions: Floats
    """Concurrent sessions, each for itself."""
    chatting: Floats
    """With at least one session."""
    alone: Floats
    """With anything else in hand."""
    beyond: Floats
    """After the horizon, by those who stay to work off what is left, shape (groups,)."""


def _work_times(scenario: Scenario, logs: Logs) -> WorkTimes:
    staffing, horizon = logs.staffing, scenario.horizon
    count, size = len(scenario.agent_groups), (horizon.interval, horizon.intervals)
    agent, start, end, concurrent = _stretches(scenario, logs)
    chat_agent, chat_start, chat_end = _union(agent[concurrent], start[concurrent], end[concurrent])
    alone = ~concurrent
    return WorkTimes(
        time_by_interval(start[concurrent], end[concurrent], staffing.group_of[agent[concurrent]], count, *size),
        time_by_interval(chat_start, chat_end, staffing.group_of[chat_agent], count, *size),
        time_by_interval(start[alone], end[alone], staffing.group_of[agent[alone]], count, *size),
        _beyond(
            scenario,
            logs,
            np.concatenate((agent[alone], chat_agent)),
            np.concatenate((start[alone], chat_start)),
            np.concatenate((end[alone], chat_end)),
        ),
    )


def group_sums(scenario: Scenario, logs: Logs, work: WorkTimes) -> Floats:
    """The tallies of the groups, shape (tallies, groups, intervals)."""
    horizon, staffing = scenario.horizon, logs.staffing
    groups = scenario.agent_groups
    count, size = len(groups), (horizon.interval, horizon.intervals)
    duty_group = staffing.group_of[staffing.agent]
    off = np.minimum(staffing.off, horizon.length)
    staffed = time_by_interval(staffing.on, off, duty_group, count, *size)
    late = staffing.gone > staffing.off
    overrun = time_by_interval(staffing.off[late], staffing.gone[late], duty_group[late], count, *size)
    overrun[:, -1] += work.beyond
    planned = scenario.heads * horizon.interval
    pay = np.array([group.cost_per_hour / 3600 for group in groups])[:, None]
    gross = np.array([1 / (1 - group.shrinkage.planned) for group in groups])[:, None]
    extra = np.array([group.overtime_factor for group in groups])[:, None]
    tallies = {
        "staffed_time": staffed,
        "overrun_time": overrun,
        "busy_time": work.chatting + work.alone,
        "session_time": work.sessions,
        "chatting_time": work.chatting,
        "absent_time": planned - staffed,
        "wages": planned * pay * gross,
        "overtime": overrun * pay * extra,
    }
    return np.stack([tallies[name] for name in GROUP_TALLIES])


def stays(logs: Logs) -> Mask:
    """Whether each agent works off what is left after the horizon, shape (agents,)."""
    staffing = logs.staffing
    result = np.zeros(len(staffing.group_of), dtype=bool)
    result[staffing.agent[np.isinf(staffing.off)]] = True
    return result


def _stretches(scenario: Scenario, logs: Logs) -> tuple[Ints, Floats, Floats, Mask]:
    """Stretches of work: agent, start, end, and whether it was a concurrent session."""
    log, put_down = logs.contacts, logs.put_down
    had = log.outcome == codes.ANSWERED
    interrupted = np.zeros(len(had), dtype=bool)
    last = np.full(len(had), -np.inf)
    np.maximum.at(last, put_down.contact, put_down.end)
    interrupted = last > log.resumed
    current = had & ~interrupted
    over = np.where(np.isnan(log.wrap_end), np.maximum(scenario.horizon.length, log.resumed), log.wrap_end)
    works = np.array([kind.work == "concurrent" for kind in scenario.contact_types])
    return (
        np.concatenate((log.agent[current], put_down.agent)),
        np.concatenate((log.resumed[current], put_down.start)),
        np.concatenate((over[current], put_down.end)),
        np.concatenate((works[log.type[current]], works[log.type[put_down.contact]])),
    )


def _union(agent: Ints, start: Floats, end: Floats) -> tuple[Ints, Floats, Floats]:
    """The stretches during which each agent has at least one session."""
    if not len(agent):
        return agent, start, end
    order = np.lexsort((start, agent))
    agent, start, end = agent[order], start[order], end[order]
    apart = agent * (end.max() + 1.0)
    reached = np.maximum.accumulate(end + apart)
    begins = np.concatenate(([True], start[1:] + apart[1:] > reached[:-1]))
    last = np.append(np.nonzero(begins)[0][1:] - 1, len(agent) - 1)
    return agent[begins], start[begins], reached[last] - apart[last]


def _beyond(scenario: Scenario, logs: Logs, agent: Ints, start: Floats, end: Floats) -> Floats:
    """Seconds with work in hand after the horizon, by those who stay, shape (groups,)."""
    length = scenario.horizon.length
    after = stays(logs)[agent] & (end > length)
    beyond = end[after] - np.maximum(start[after], length)
    groups = logs.staffing.group_of[agent[after]]
    return np.bincount(groups, beyond, minlength=len(scenario.agent_groups)).astype(float)
