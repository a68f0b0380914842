"""The work of agents from a log: time staffed, busy, with concurrent sessions, and after the end of shifts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scenarios.measures import GROUP_TALLIES
from scenarios.scenario import Scenario
from simulator.logs import Logs, StaffingLog
from simulator.measure.roster_times import RosterTimes, roster_times
from simulator.measure.time_spans import time_by_interval
from simulator.tail import played

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
_PLACES = {name: place for place, name in enumerate(GROUP_TALLIES)}


@dataclass(frozen=True)
class WorkTimes:
    """Seconds of work by group and interval, shape (groups, intervals)."""

    staffed: Floats
    """In shifts, within the horizon."""
    overrun: Floats
    """After the end of a shift, until the contacts in service are done."""
    sessions: Floats
    """Concurrent sessions, each for itself."""
    chatting: Floats
    """With at least one session."""
    alone: Floats
    """With any other contact in service."""
    beyond: Floats
    """After the horizon, by those who stay to work off what is left, shape (groups,)."""
    delayed: Floats
    """Within a planned break, until the contacts in service are done."""
    breaks: Floats
    """On break."""
    roster: RosterTimes | None
    """What shifts plan, where there are any."""


def work_times(scenario: Scenario, logs: Logs) -> WorkTimes:
    """The work times of one replication."""
    staffing, horizon = logs.staffing, scenario.horizon
    count, size = len(scenario.agent_groups), (horizon.interval, horizon.intervals)
    agent, start, end, concurrent = _work_spans(scenario, logs)
    chat_agent, chat_start, chat_end = _union(agent[concurrent], start[concurrent], end[concurrent])
    alone = ~concurrent
    shift_group, late = staffing.group_of[staffing.agent], _late(scenario, staffing)
    judged = played(scenario).judged
    counted = staffing.start < judged
    shift_end = np.minimum(staffing.end[counted], horizon.length)
    overrun, delayed = late & ~staffing.before_break, late & staffing.before_break
    left = np.append(0.0, staffing.left_at[:-1])  # when the break before each row began, if there is one
    on_break = (staffing.rest > 0) & (np.append(0.0, staffing.end[:-1]) <= judged) & (left < horizon.length)
    break_end = np.minimum(staffing.start, horizon.length)
    return WorkTimes(
        time_by_interval(staffing.start[counted], shift_end, shift_group[counted], count, *size),
        time_by_interval(staffing.end[overrun], staffing.left_at[overrun], shift_group[overrun], count, *size),
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
        time_by_interval(staffing.end[delayed], staffing.left_at[delayed], shift_group[delayed], count, *size),
        time_by_interval(left[on_break], break_end[on_break], shift_group[on_break], count, *size),
        roster_times(scenario, staffing),
    )


def group_sums(scenario: Scenario, work: WorkTimes) -> Floats:
    """The tallies of the groups, shape (tallies, groups, intervals)."""
    planned, wages, extra, has_shifts = _planned(scenario)
    overrun = work.overrun.copy()
    overrun[:, -1] += work.beyond
    tallies = {
        "staffed_time": work.staffed,
        "overrun_time": overrun,
        "busy_time": work.chatting + work.alone,
        "session_time": work.sessions,
        "chatting_time": work.chatting,
        "absent_time": planned - work.staffed,
        "wages": wages,
        "overtime": overrun * extra,
    }
    if work.roster is not None:
        tallies |= {
            "absent_time": np.where(has_shifts, planned - work.roster.duty, planned - work.staffed),
            "rostered_time": work.roster.duty,
            "adherent_time": np.where(has_shifts, work.staffed, 0.0),
            "late_time": work.roster.late,
            "break_time": work.breaks,
            "break_delay_time": work.delayed,
            "breaks": work.roster.breaks,
        }
    result = np.zeros((len(GROUP_TALLIES), *planned.shape))
    for name, values in tallies.items():
        result[_PLACES[name]] = values
    return result


@lru_cache(maxsize=64)
def _planned(scenario: Scenario) -> tuple[Floats, Floats, Floats, Mask]:
    """Seconds that are planned and what they cost, shape (groups, intervals), and the pay of a second of overtime.

    Last which groups have shifts, shape (groups, 1).
    """
    groups = scenario.agent_groups
    planned, paid = (
        np.array([seconds(scenario.horizon) for seconds in of_groups])
        for of_groups in ([group.planned_duty for group in groups], [group.paid_time for group in groups])
    )
    pay = np.array([group.cost_per_hour / 3600 for group in groups])[:, None]
    gross = np.array([1 / (1 - group.shrinkage.planned) for group in groups])[:, None]
    factor = np.array([group.overtime_factor for group in groups])[:, None]
    has_shifts = np.array([[group.shifts is not None] for group in groups])
    return planned, paid * pay * gross, pay * factor, has_shifts


def _late(scenario: Scenario, staffing: StaffingLog) -> Mask:
    """Whether a shift that ends within the horizon was over later than planned."""
    return (staffing.left_at > staffing.end) & (staffing.end <= played(scenario).judged)


def _counted_until(scenario: Scenario, staffing: StaffingLog) -> Floats:
    """Until when the work of each agent counts: the end of the horizon, or of a shift of the horizon if that is later.

    Infinite without a tail, shape (agents,).
    """
    until, late = np.full(len(staffing.group_of), played(scenario).judged), _late(scenario, staffing)
    np.maximum.at(until, staffing.agent[late], staffing.left_at[late])
    return until


def _stays(staffing: StaffingLog) -> Mask:
    """Whether each agent works off what is left after a horizon without a tail, shape (agents,)."""
    result = np.zeros(len(staffing.group_of), dtype=bool)
    result[staffing.agent[np.isinf(staffing.end)]] = True
    return result


def _work_spans(scenario: Scenario, logs: Logs) -> tuple[Ints, Floats, Floats, Mask]:
    """Time spans of work: agent, start, end, and whether it was a concurrent session."""
    log, preemptions = logs.contacts, logs.preemptions
    current = ~np.isnan(log.resumed)
    over = np.where(np.isnan(log.wrap_end), np.maximum(scenario.horizon.length, log.resumed), log.wrap_end)
    works = np.array([contact_type.work == "concurrent" for contact_type in scenario.contact_types])
    agent = np.concatenate((log.agent[current], preemptions.agent))
    start = np.concatenate((log.resumed[current], preemptions.start))
    end = np.concatenate((over[current], preemptions.end))
    concurrent = np.concatenate((works[log.type[current]], works[log.type[preemptions.contact]]))
    until = _counted_until(scenario, logs.staffing)[agent]
    counted = start < until
    return agent[counted], start[counted], np.minimum(end, until)[counted], concurrent[counted]


def _union(agent: Ints, start: Floats, end: Floats) -> tuple[Ints, Floats, Floats]:
    """The busy periods during which each agent has at least one session."""
    if not len(agent):
        return agent, start, end
    order = np.lexsort((start, agent))
    agent, start, end = agent[order], start[order], end[order]
    instants, ranks = np.unique(np.concatenate((start, end)), return_inverse=True)
    start_rank, end_rank = ranks.reshape(2, -1) + agent * len(
        instants
    )  # whole numbers, agents apart, in the order of instants
    reached = np.maximum.accumulate(end_rank)
    begins = np.concatenate(([True], start_rank[1:] > reached[:-1]))
    last = np.append(np.nonzero(begins)[0][1:] - 1, len(agent) - 1)
    return agent[begins], start[begins], instants[reached[last] - agent[last] * len(instants)]


def _beyond(scenario: Scenario, logs: Logs, agent: Ints, start: Floats, end: Floats) -> Floats:
    """Seconds busy after the horizon, by agents who work off what is left, shape (groups,)."""
    length = scenario.horizon.length
    after = _stays(logs.staffing)[agent] & (end > length) & (played(scenario).judged == np.inf)
    beyond = end[after] - np.maximum(start[after], length)
    groups = logs.staffing.group_of[agent[after]]
    return np.bincount(groups, beyond, minlength=len(scenario.agent_groups)).astype(float)
