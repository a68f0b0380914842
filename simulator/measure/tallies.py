"""Logs turned into tallies: what is added up per contact type or agent group and interval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_types import ContactType
from scenarios.errors import TooLarge
from scenarios.hours import open_time_later
from scenarios.measures import CONTACT_TALLIES, GROUP_TALLIES, MEASURES
from scenarios.scenario import Scenario
from scenarios.units import DAY
from simulator.codes import BotOutcome, Outcome
from simulator.logs import ContactLog, Logs, PreemptionLog
from simulator.measure import waits
from simulator.measure.time_spans import time_by_interval
from simulator.measure.work_times import group_sums, work_times
from simulator.routing import tables
from simulator.tail import played

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
MOST_SECONDS = 2.0**33
"""Up to this sum a float holds every multiple of the time grid of 2^-20 s."""
_TIMES = frozenset(
    {
        *("wait_answered", "wait_abandoned", "waiting_time", "handle_time", "resolution_time"),
        *("staffed_time", "overrun_time", "busy_time", "session_time", "chatting_time"),
        *("rostered_time", "break_time", "break_delay_time"),
    }
)
_SUMS = tuple(CONTACT_TALLIES), tuple(GROUP_TALLIES)


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
    """The longest wait of each type in seconds, NaN where no wait ended, shape (types,)."""
    ends: Floats
    """The shortest and the longest wait in each bin, shape (2, types, bins); see `simulator.measure.waits.none_yet`."""

    def only(self, contact_tallies: tuple[str, ...]) -> Tallies:
        """The same with these tallies of contacts alone, in this order; without those of groups and of waits."""
        rows = [list(CONTACT_TALLIES).index(name) for name in contact_tallies]
        return replace(self, contacts=self.contacts[rows], groups=self.groups[:0], waits=self.waits[..., :0])


def needed(measures: Iterable[str]) -> tuple[str, ...]:
    """The tallies of contacts behind some measures of contact types.

    Examples
    --------
    >>> needed(["offered", "abandonment"])
    ('offered', 'abandoned')
    """
    sums = ((*MEASURES[name].numerator, *MEASURES[name].denominator, *MEASURES[name].minus) for name in measures)
    return tuple(dict.fromkeys(tally for tallies in sums for tally in tallies))


def refuse_inexact(scenario: Scenario, tallies: Tallies) -> Tallies:
    """The sums, if every time among them is one that a float holds exactly, so that no order of adding matters.

    Raises
    ------
    TooLarge
        Naming the contact type or the agent group, and the sum.
    """
    names = scenario.type_names, scenario.group_names
    for sums, of, tally_names in zip((tallies.contacts, tallies.groups), names, _SUMS, strict=True):
        times = [tally_names.index(name) for name in tally_names if name in _TIMES]
        beyond = np.argwhere(sums[times] > MOST_SECONDS)
        if len(beyond):
            tally_index, row, _ = beyond[0]
            raise TooLarge(
                f"{tally_names[times[tally_index]].replace('_', ' ')} of '{of[row]}' in an interval",
                f"{sums[times].max() / DAY / 365:,.0f} years",
                f"{MOST_SECONDS / DAY / 365:,.0f} years",
                "add agents, give the contacts patience, or take shorter times, intervals or horizons",
            )
    return tallies


def tally(scenario: Scenario, logs: Logs) -> Tallies:
    """The sums of one replication.

    Contacts count in the interval of their arrival, time in the interval in which it passes; contacts that arrive in
    the warm-up or the tail, and time within them, do not count.
    """
    log = logs.contacts
    horizon = scenario.horizon
    cell = log.type * horizon.intervals + np.minimum(log.arrival // horizon.interval, horizon.intervals - 1).astype(int)
    counted = (log.arrival >= horizon.warm_up) & (log.arrival < played(scenario).judged)
    wait = np.where(log.outcome == Outcome.ABANDONED, log.end, log.answer) - log.entry
    wait[log.outcome == Outcome.UNREACHED] = np.nan
    summed = {
        name: _sum(cell, counted, amounts, scenario) for name, amounts in _per_contact(scenario, logs, wait).items()
    }
    summed |= _waiting(scenario, logs)
    contacts = np.stack([summed[name] for name in CONTACT_TALLIES])
    groups = group_sums(scenario, work_times(scenario, logs))
    contacts[list(CONTACT_TALLIES).index("waiting_time") :][:2, :, : horizon.warm_up_intervals] = 0.0
    groups[:, :, : horizon.warm_up_intervals] = 0.0
    return refuse_inexact(scenario, Tallies(contacts, groups, *_distribution(scenario, log, wait, counted)))


def _sum(cell: Ints, counted: Mask, amounts: NDArray[Any], scenario: Scenario) -> Floats:
    """The sum of a column by type and interval; NaN columns of a type stay NaN."""
    shape = len(scenario.contact_types), scenario.horizon.intervals
    weights = amounts.astype(float) if amounts.dtype == bool else amounts
    total = np.bincount(cell[counted], weights[counted], minlength=shape[0] * shape[1])
    return total.astype(float).reshape(shape)


def _per_contact(scenario: Scenario, logs: Logs, wait: Floats) -> dict[str, NDArray[Any]]:
    """What each contact adds to each tally, shape (contacts,)."""
    log = logs.contacts
    contact_types = scenario.contact_types
    answered, abandoned = log.outcome == Outcome.ANSWERED, log.outcome == Outcome.ABANDONED
    first = log.parent < 0
    session = log.bot_outcome >= 0
    late = _late(scenario, log, wait)
    in_time = answered & ~late
    unreached = log.outcome == Outcome.UNREACHED
    offered = ~np.isnan(log.entry) & ~_undecided(scenario, log) & ~unreached
    repeats = ~first & ~np.isin(log.outcome[log.parent], (Outcome.CALLED_BACK, Outcome.UNREACHED))
    followed = answered & ~first & (log.agent[log.parent] >= 0)
    resolved, resolution = _resolution(log, played(scenario).judged)
    responded = _responses(scenario, log)
    known = np.array([contact_type.answer_within is not None for contact_type in contact_types])[log.type]
    handled = np.where(answered | unreached, np.minimum(log.wrap_end, np.inf) - log.resumed, 0.0)
    np.add.at(handled, logs.preemptions.contact, logs.preemptions.end - logs.preemptions.start)
    green, yellow = _zone_limits(contact_types, log.type)
    red = offered & (abandoned | ~(wait <= yellow))
    channels = np.unique([contact_type.channel for contact_type in contact_types], return_inverse=True)[1]
    money = np.array([(k.value.answered, k.value.abandoned, k.value.late) for k in contact_types])[log.type]
    session_cost = np.array([k.bot.cost_per_session if k.bot else 0.0 for k in contact_types])
    return {
        "cases": first,
        "contacts": np.ones(len(first), dtype=bool),
        "offered": offered,
        "answered": answered,
        "abandoned": abandoned,
        "blocked": log.outcome == Outcome.BLOCKED,
        "closed": log.outcome == Outcome.CLOSED,
        "called_back": log.outcome == Outcome.CALLED_BACK,
        "unreached": unreached,
        "open_at_end": log.outcome == Outcome.OPEN,
        "in_time": np.where(known, in_time, np.nan),
        "abandoned_in_time": np.where(known, abandoned & ~late, np.nan),
        "wait_answered": np.where(answered, wait, 0.0),
        "wait_abandoned": np.where(abandoned, wait, 0.0),
        "handle_time": np.nan_to_num(handled),
        "bot_sessions": session,
        "resolved_by_bot": log.bot_outcome == BotOutcome.RESOLVED,
        "falsely_contained": log.bot_outcome == BotOutcome.FALSELY_CONTAINED,
        "left_bot": log.bot_outcome == BotOutcome.LEFT_BOT,
        **{name: np.where(known, in_time, np.nan) for name, in_time in responded.items()},
        "green": np.where(np.isnan(green), np.nan, answered & (wait <= green)),
        "yellow": np.where(np.isnan(green), np.nan, answered & (wait > green) & (wait <= yellow)),
        "red": np.where(np.isnan(green), np.nan, red),
        "repeats": repeats,
        "hops": repeats & (channels[log.type] != channels[log.type[log.parent]]),
        "followed": followed,
        "same_agent": followed & (log.agent == log.agent[log.parent]),
        "cases_resolved": first & resolved[log.case],
        "resolution_time": np.where(first & resolved[log.case], resolution[log.case], 0.0),
        "value": money[:, 0] * answered + money[:, 1] * abandoned + money[:, 2] * (answered & known & late),
        "bot_cost": np.where(session, session_cost[log.type], 0.0),
    }


def _deadlines(scenario: Scenario, of: Ints, since: Floats) -> Floats:
    """The instant by which each contact of a type should be answered, infinite without a target."""
    contact_types = scenario.contact_types
    within = np.array([np.inf if ct.answer_within is None else ct.answer_within for ct in contact_types])
    deadline: Floats = since + within[of]
    for k, contact_type in enumerate(contact_types):
        if contact_type.answer_within is not None and contact_type.counts_open_hours:
            reach = tables(scenario).open_periods[k]
            own = of == k
            deadline[own] = open_time_later(reach, np.nan_to_num(since[own]), contact_type.answer_within)
    return deadline


def _late(scenario: Scenario, log: ContactLog, wait: Floats) -> Mask:
    """Whether the wait went beyond the target time."""
    return log.entry + wait > _deadlines(scenario, log.type, log.entry)


def _responses(scenario: Scenario, log: ContactLog) -> dict[str, Mask]:
    """Which contacts had a response within the target time after their arrival, in three senses."""
    deadline = _deadlines(scenario, log.type, log.arrival)
    person = (log.answer <= deadline) & (log.outcome != Outcome.UNREACHED)
    bot = (log.bot_outcome == BotOutcome.RESOLVED) & (log.bot_end <= deadline)
    return {"by_person": person, "by_person_or_bot": person | bot, "acknowledged": person | (log.bot_outcome >= 0)}


def _undecided(scenario: Scenario, log: ContactLog) -> Mask:
    """Whether a contact was still waiting, with time left, when the clock stopped: it is neither in time nor late."""
    clock_end = played(scenario).clock_end
    waits = (log.outcome == Outcome.OPEN) & ~np.isnan(log.entry)
    if np.isinf(clock_end) or not waits.any():
        return np.zeros(len(waits), dtype=bool)
    return np.asarray(waits & (_deadlines(scenario, log.type, log.entry) > clock_end))


def _resolution(log: ContactLog, judged: float) -> tuple[Mask, Floats]:
    """For each case (by row of its first contact) whether its last contact was resolved, and the time it took."""
    last, counted = np.zeros(len(log.case), dtype=int), np.flatnonzero(log.arrival < judged)
    last[log.case[counted]] = counted
    outcome = log.outcome[last]
    resolved = ((outcome == Outcome.ANSWERED) | (outcome == Outcome.BOT_RESOLVED)) & ~np.isnan(log.end[last])
    return resolved, log.end[last] - log.arrival


def _zone_limits(contact_types: tuple[ContactType, ...], of: Ints) -> tuple[Floats, Floats]:
    limits = np.array([(k.zones.green, k.zones.yellow) if k.zones else (np.nan, np.nan) for k in contact_types])
    return limits[of, 0], limits[of, 1]


def _distribution(
    scenario: Scenario, log: ContactLog, wait: Floats, counted: Mask
) -> tuple[NDArray[np.uint32], Floats, Floats]:
    """Histograms of the waits, the longest of each type, and the ends of each bin."""
    types = len(scenario.contact_types)
    ended = counted & ~np.isnan(wait)
    place = log.type * waits.BINS + waits.bin_of(wait)
    histograms = [
        np.bincount(place[which], minlength=types * waits.BINS).reshape(types, waits.BINS)
        for which in (ended, ended & (log.outcome == Outcome.ANSWERED))
    ]
    longest = np.full(types, -np.inf)
    np.maximum.at(longest, log.type[ended], wait[ended])
    ends = waits.extremes(log.type[ended], wait[ended], types)
    return np.array(histograms, dtype=np.uint32), np.where(np.isinf(longest), np.nan, longest), ends


def _waiting(scenario: Scenario, logs: Logs) -> dict[str, Floats]:
    """Time spent waiting, and the age of the oldest, by the clock; preempted items wait again."""
    log, preemptions, horizon = logs.contacts, logs.preemptions, scenario.horizon
    queued = ~np.isnan(log.entry)
    left = np.where(log.outcome == Outcome.ABANDONED, log.end, log.answer)
    again = _resumed_at(preemptions, log.resumed)
    contact_type = np.concatenate((log.type[queued], log.type[preemptions.contact]))
    start = np.concatenate((log.entry[queued], preemptions.end))
    end = np.concatenate((np.where(np.isnan(left), np.inf, left)[queued], again))
    born = np.concatenate((log.entry[queued], log.entry[preemptions.contact]))
    end = np.minimum(end, np.maximum(horizon.length, start))
    types = len(scenario.contact_types)
    return {
        "waiting_time": time_by_interval(start, end, contact_type, types, horizon.interval, horizon.intervals),
        "oldest_age": _oldest(start, end, born, contact_type, types, horizon.interval, horizon.intervals),
    }


def _resumed_at(preemptions: PreemptionLog, last: Floats) -> Floats:
    """For each row of the preemption log when the item was resumed; infinite if never.

    `last` is when each contact was resumed for the last time, NaN if it was not resumed after a preemption.
    """
    order = np.lexsort((preemptions.start, preemptions.contact))
    contact, start = preemptions.contact[order], preemptions.start[order]
    again = np.nan_to_num(last[contact], nan=np.inf)
    same = contact[1:] == contact[:-1]
    again[:-1][same] = start[1:][same]
    result = np.empty_like(again)
    result[order] = again
    return result


def _oldest(
    start: Floats, end: Floats, born: Floats, contact_type: Ints, types: int, interval: float, intervals: int
) -> Floats:
    """The age of the oldest waiting contact at the end of each interval, 0 when the queue is empty."""
    first = np.floor(start / interval).astype(int)
    last = np.minimum(np.ceil(end / interval).astype(int) - 1, intervals)
    spans = np.maximum(last - first, 0)
    rows = np.repeat(np.arange(len(start)), spans)
    step = np.arange(len(rows)) - np.repeat(np.cumsum(spans) - spans, spans)
    at = first[rows] + step
    oldest = np.full((types, intervals), np.inf)
    np.minimum.at(oldest, (contact_type[rows], at), born[rows])
    edges = (np.arange(intervals) + 1) * interval
    return np.where(np.isinf(oldest), 0.0, edges - oldest)
