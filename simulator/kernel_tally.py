"""Contacts turned into tallies by a compiled loop: the sums of `simulator.tallies`, which says what each of them is."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from scenarios.measures import CONTACT_TALLIES
from scenarios.scenario import Scenario
from simulator import waits
from simulator.kernel_world import Array, addresses, fields, rows
from simulator.logs import StaffingLog
from simulator.tallies import Tallies, deadlines
from simulator.worktimes import WorkTimes, group_sums

SUMS = np.dtype([(name, "f8") for name in CONTACT_TALLIES])
"""What is added up for a type and interval."""

KIND = fields(
    "f8: within green yellow answered abandoned late session_cost, i8: channel, ?: timed open_clock zoned concurrent"
)
"""A contact type: its target time if it has one, limits of its zones, money."""

SEEN = fields("f8: worked put_down taken_up, i8: last")
"""Of a contact the work on it before it was put down, when that last was, and when it was taken up after the stretch
that was read last, the latest first; of a case its last contact."""

FLOW = fields("f8: started ended, i8: starts ends")
"""Of an owner and interval: how many stretches start and end within it, and the sums of these instants."""

DUTY = fields("f8: on off gone, i8: agent")
SPELL = fields("f8: start end, ?: stays")
"""Of an agent the time with sessions that is not yet over, and whether what is left after the horizon is worked off."""
SESSION = fields("f8: start, i8: contact")
TOTAL = fields("f8: seconds")
COUNT = fields("u4: contacts")
AGE = fields("f8: born")

BOOK = fields(
    "f8: interval length warm_up,"
    "i8: intervals skipped types groups owners agents duties contacts put_downs sessions bins,"
    "i8: contact sum kind seen flow total time spell duty put_down session histogram longest oldest beyond"
    " edge deadline response_deadline group_of"
)
"""All of it: numbers, and the addresses of the arrays."""

FLOWS = STAFFED, OVERRUN, SESSIONS, CHATTING, ALONE = range(5)
"""Flows of each group; those of the types, which are contacts that wait, come before them."""


def tally(scenario: Scenario, contacts: Array, put_downs: Array, staffing: StaffingLog) -> Tallies:
    """The sums of one replication, equal to those of `simulator.tallies.tally`.

    Contacts and what was put down are records of the forms `CONTACT` and `PUT_DOWN`, as the compiled engine leaves
    them.
    """
    from simulator.kernel_sums import add_sessions, add_up

    horizon, types, groups = scenario.horizon, len(scenario.contact_types), len(scenario.agent_groups)
    owners = types + len(FLOWS) * groups
    arrays = _deadlines(scenario, contacts) | {
        "contact": contacts,
        "put_down": put_downs,
        "kind": _kinds(scenario),
        "duty": rows(
            DUTY, len(staffing.on), on=staffing.on, off=staffing.off, gone=staffing.gone, agent=staffing.agent
        ),
        "group_of": np.ascontiguousarray(staffing.group_of),
        "edge": waits.EDGES,
        "sum": np.zeros((types, horizon.intervals), dtype=SUMS),
        "seen": np.zeros(len(contacts), dtype=SEEN),
        "flow": np.zeros((owners, horizon.intervals + 1), dtype=FLOW),
        "total": np.zeros(owners),
        "time": np.zeros((owners, horizon.intervals)),
        "spell": np.zeros(len(staffing.group_of), dtype=SPELL),
        "session": np.empty(len(contacts), dtype=SESSION),
        "histogram": np.zeros((2, types, waits.BINS), dtype=np.uint32),
        "longest": np.full(types, -np.inf),
        "oldest": np.full((types, horizon.intervals), np.inf),
        "beyond": np.zeros(groups),
    }
    book = _book(scenario, arrays)
    add_up(book)
    listed = arrays["session"][: int(book["sessions"][0])]
    listed[:] = listed[np.argsort(listed["start"], kind="stable")]
    add_sessions(book)
    staffed, overrun, sessions, chatting, alone = arrays["time"][types:].reshape(len(FLOWS), groups, -1)
    work = WorkTimes(staffed, overrun, sessions, chatting, alone, arrays["beyond"])
    by_group = group_sums(scenario, work)
    by_group[:, :, : _skipped(scenario)] = 0.0
    sums = arrays["sum"].view(np.float64).reshape(types, horizon.intervals, len(CONTACT_TALLIES))
    longest = np.where(np.isinf(arrays["longest"]), np.nan, arrays["longest"])
    return Tallies(np.ascontiguousarray(np.moveaxis(sums, 2, 0)), by_group, arrays["histogram"], longest)


def _book(scenario: Scenario, arrays: dict[str, Array]) -> Array:
    horizon = scenario.horizon
    return rows(
        BOOK,
        1,
        interval=horizon.interval,
        length=horizon.length,
        warm_up=horizon.warm_up,
        intervals=horizon.intervals,
        skipped=_skipped(scenario),
        types=len(scenario.contact_types),
        groups=len(scenario.agent_groups),
        owners=len(arrays["flow"]),
        agents=len(arrays["group_of"]),
        duties=len(arrays["duty"]),
        contacts=len(arrays["contact"]),
        put_downs=len(arrays["put_down"]),
        bins=waits.BINS,
        **addresses(arrays),
    )


def _skipped(scenario: Scenario) -> int:
    """The intervals of the warm-up."""
    return round(scenario.horizon.warm_up / scenario.horizon.interval)


def _deadlines(scenario: Scenario, contacts: Array) -> dict[str, Array]:
    """Where a target counts open hours only, when each contact is due; elsewhere the loop knows."""
    if not _kinds(scenario)["open_clock"].any():
        return {"deadline": np.empty(0), "response_deadline": np.empty(0)}
    of = contacts["type"].astype(np.int64)
    return {
        "deadline": deadlines(scenario, of, contacts["entry"]),
        "response_deadline": deadlines(scenario, of, contacts["arrival"]),
    }


@lru_cache(maxsize=64)
def _kinds(scenario: Scenario) -> Array:
    kinds = scenario.contact_types
    result = np.zeros(len(kinds), dtype=KIND)
    result["channel"] = np.unique([kind.channel for kind in kinds], return_inverse=True)[1]
    for row, kind in zip(result, kinds, strict=True):
        within = kind.target.within if kind.target else None
        row["timed"], row["within"] = within is not None, np.inf if within is None else within
        row["open_clock"] = kind.target is not None and kind.target.clock == "open-hours"
        row["concurrent"], row["zoned"] = kind.work == "concurrent", kind.zones is not None
        row["green"], row["yellow"] = (kind.zones.green, kind.zones.yellow) if kind.zones else (np.nan, np.nan)
        row["answered"], row["abandoned"], row["late"] = kind.value.answered, kind.value.abandoned, kind.value.late
        row["session_cost"] = kind.bot.cost_per_session if kind.bot else 0.0
    return result
