"""Contacts turned into tallies by a compiled loop: the sums of `simulator.tallies`, which says what each of them is."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from scenarios.measures import CONTACT_TALLIES
from scenarios.scenario import Scenario
from simulator import waits
from simulator.kernel_world import Array, fields, rows
from simulator.logs import PutDownLog, StaffingLog
from simulator.tallies import Tallies, deadlines, taken_up_again
from simulator.worktimes import WorkTimes, group_sums, stays

SUMS = np.dtype([(name, "f8") for name in CONTACT_TALLIES])
"""What is added up for a type and interval."""

KIND = fields(
    "f8: within green yellow answered abandoned late session_cost, i8: channel, ?: timed open_clock zoned concurrent"
)
"""A contact type: its target time if it has one, limits of its zones, money."""

SEEN = fields("f8: worked put_down, i8: last")
"""Of a contact the work on it before it was put down, and when that last was; of a case its last contact."""

FLOW = fields("f8: started ended, i8: starts ends")
"""Of an owner and interval: how many stretches start and end within it, and the sums of these instants."""

SPELL = fields("f8: start end")
PUT_DOWN = fields("f8: start end again, i8: contact agent")
TOTAL = fields("f8: seconds")
COUNT = fields("u4: contacts")
AGE = fields("f8: born")

BOOK = fields(
    "f8: interval length warm_up, i8: intervals types groups agents contacts put_downs chats bins,"
    "i8: contact sum kind seen flow total spell put_down histogram longest oldest edge,"
    "i8: deadline response_deadline group_of staying chat beyond"
)
"""All of it: numbers, and the addresses of the arrays."""

WAITING, SESSIONS, CHATTING, ALONE = range(4)
"""Whose flows these are: the types', then three times the groups'."""


def tally(scenario: Scenario, contacts: Array, put_down: PutDownLog, staffing: StaffingLog) -> Tallies:
    """The sums of one replication, equal to those of `simulator.tallies.tally`.

    The contacts are records of the form `CONTACT`, as the compiled engine leaves them.
    """
    from simulator.kernel_sums import add_up

    horizon, types, groups = scenario.horizon, len(scenario.contact_types), len(scenario.agent_groups)
    owners = types + 3 * groups
    arrays = _read(scenario, contacts, put_down, staffing) | {
        "sum": np.zeros((types, horizon.intervals), dtype=SUMS),
        "seen": np.zeros(len(contacts), dtype=SEEN),
        "flow": np.zeros((owners, horizon.intervals + 1), dtype=FLOW),
        "total": np.zeros(owners),
        "spell": np.zeros(len(staffing.group_of), dtype=SPELL),
        "histogram": np.zeros((2, types, waits.BINS), dtype=np.uint32),
        "longest": np.full(types, -np.inf),
        "oldest": np.full((types, horizon.intervals), np.inf),
        "beyond": np.zeros(groups),
    }
    add_up(_book(scenario, arrays))
    flows = _time_of_flows(arrays["flow"], arrays["total"], horizon.interval)
    edges = (np.arange(horizon.intervals) + 1) * horizon.interval
    arrays["sum"]["waiting_time"] = flows[:types]
    arrays["sum"]["oldest_age"] = np.where(np.isinf(arrays["oldest"]), 0.0, edges - arrays["oldest"])
    sessions, chatting, alone = flows[types:].reshape(3, groups, -1)
    by_group = group_sums(scenario, staffing, WorkTimes(sessions, chatting, alone, arrays["beyond"]))
    skipped = round(horizon.warm_up / horizon.interval)
    for name in ("waiting_time", "oldest_age"):
        arrays["sum"][name][:, :skipped] = 0.0
    by_group[:, :, :skipped] = 0.0
    sums = arrays["sum"].view(np.float64).reshape(types, horizon.intervals, len(CONTACT_TALLIES))
    longest = np.where(np.isinf(arrays["longest"]), np.nan, arrays["longest"])
    return Tallies(np.ascontiguousarray(np.moveaxis(sums, 2, 0)), by_group, arrays["histogram"], longest)


def _book(scenario: Scenario, arrays: dict[str, Array]) -> Array:
    book = np.zeros(1, dtype=BOOK)
    horizon = scenario.horizon
    numbers = {
        "interval": horizon.interval,
        "length": horizon.length,
        "warm_up": horizon.warm_up,
        "intervals": horizon.intervals,
        "types": len(scenario.contact_types),
        "groups": len(scenario.agent_groups),
        "agents": len(arrays["group_of"]),
        "contacts": len(arrays["contact"]),
        "put_downs": len(arrays["put_down"]),
        "chats": len(arrays["chat"]),
        "bins": waits.BINS,
    }
    for name, value in (numbers | {name: array.ctypes.data for name, array in arrays.items()}).items():
        book[name] = value
    return book


def _read(scenario: Scenario, contacts: Array, put_down: PutDownLog, staffing: StaffingLog) -> dict[str, Array]:
    """What is only read."""
    kinds, resumed = _kinds(scenario), contacts["resumed"]
    again = taken_up_again(put_down, resumed)
    interrupted = {name: getattr(put_down, name) for name in PutDownLog.__dataclass_fields__}
    chats = np.nonzero(kinds["concurrent"][contacts["type"]] & (contacts["agent"] >= 0))[0]
    arrays = _deadlines(scenario, contacts) | {
        "contact": contacts,
        "kind": kinds,
        "put_down": rows(PUT_DOWN, len(again), again=again, **interrupted),
        "edge": waits.EDGES,
        "group_of": staffing.group_of,
        "staying": stays(staffing),
        "chat": chats[np.argsort(resumed[chats], kind="stable")],
    }
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


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


def _time_of_flows(flow: Array, total: Array, interval: float) -> Array:
    """Seconds of the stretches of each owner by interval, as `simulator.worktimes.time_by_interval` finds them."""
    edges = (np.arange(flow.shape[1] - 1) + 1) * interval

    def passed(count: str, since: str) -> Array:
        return edges * flow[count].cumsum(axis=1)[:, :-1] - flow[since].cumsum(axis=1)[:, :-1]

    reached = passed("starts", "started") - passed("ends", "ended")
    reached[:, -1] = total
    return np.diff(reached, axis=1, prepend=0.0)
