"""The accumulators of the compiled engine: the sums of `simulator.measure.tallies`, which says what each of them is.

The compiled loop adds up as soon as it has simulated, without returning to Python in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from scenarios.measures import CONTACT_TALLIES
from scenarios.scenario import Scenario
from simulator.kernel.state import Array, State, addresses, fields, rows
from simulator.measure import waits
from simulator.measure.roster_times import RosterTimes, roster_times
from simulator.measure.tallies import Tallies, refuse_inexact
from simulator.measure.work_times import WorkTimes, group_sums
from simulator.shifts import Shifts
from simulator.tail import played

SUMS = np.dtype([(name, "f8") for name in CONTACT_TALLIES])
"""What is added up for a type and interval."""

CONTACT_TYPE = fields("f8: green yellow answered abandoned late session_cost, i8: channel, ?: timed zoned concurrent")
"""A contact type: limits of its zones, money."""

CONTACT_WORK = fields("f8: worked taken_up, i8: spans_ended last")
"""Of a contact the work on it before preemptions: seconds, number of time spans, and the start of the one read last;
of a case its last contact."""

SPANS = fields("f8: started ended, i8: starts ends")
"""Of a row and interval: how many time spans start and end within it, and how far into it, summed."""

SHIFT = fields("f8: end rest, ?: before_break")
BUSY_PERIOD = fields("f8: start end until, ?: stays")
"""Of an agent the present busy period with concurrent sessions, until when work counts, and whether the agent works off
what is left after a horizon without a tail."""
SECONDS = fields("f8: seconds")
COUNT = fields("u4: contacts")
AGE = fields("f8: born")

PLAYED = ("contact", "preemption", "concurrent_session", "left_at", "type", "period")
"""The arrays of the centre that are read."""

TOTALS = fields(
    "f8: interval length warm_up judged clock_end,"
    "i8: intervals skipped types groups row_count agents planned_shifts contacts preemptions sessions bins,"
    f"i8: {' '.join(PLAYED)} sum contact_type contact_work spans time busy_period shifts"
    " histogram ends longest oldest beyond edge group_of"
)
"""Numbers, and the addresses of the arrays; contacts, preemptions and sessions are counted by the simulation."""

WORK_ROWS = STAFFED, OVERRUN, SESSIONS, CHATTING, ALONE = range(5)
"""The rows of time of each group; those of waiting contacts, one for each type, come before them."""
ROSTER_ROWS = DELAYED, BREAKS = range(5, 7)
"""Further rows of time, which are there where a group has shifts."""


@dataclass(frozen=True)
class Accumulators:
    """The totals of one replication, with the arrays that they point to."""

    scenario: Scenario
    record: Array
    """One record of the form `TOTALS`, shape (1,)."""
    arrays: dict[str, Array]
    roster: RosterTimes | None

    def tallies(self) -> Tallies:
        """The sums of one replication, equal to those of `simulator.measure.tallies.tally`."""
        scenario, arrays = self.scenario, self.arrays
        types, groups = len(scenario.contact_types), len(scenario.agent_groups)
        by_work = arrays["time"][types:].reshape(-1, groups, scenario.horizon.intervals)
        staffed, overrun, sessions, chatting, alone = by_work[: len(WORK_ROWS)]
        delayed, breaks = by_work[len(WORK_ROWS) :] if self.roster else np.zeros((2, *staffed.shape))
        work = WorkTimes(staffed, overrun, sessions, chatting, alone, arrays["beyond"], delayed, breaks, self.roster)
        by_group = group_sums(scenario, work)
        by_group[:, :, : scenario.horizon.warm_up_intervals] = 0.0
        sums = arrays["sum"].view(np.float64).reshape(types, scenario.horizon.intervals, len(CONTACT_TALLIES))
        longest = np.where(np.isinf(arrays["longest"]), np.nan, arrays["longest"])
        by_type = np.ascontiguousarray(np.moveaxis(sums, 2, 0))
        tallies = Tallies(by_type, by_group, arrays["histogram"], longest, arrays["ends"])
        return refuse_inexact(scenario, tallies)


def accumulators_for(scenario: Scenario, state: State, shifts: Shifts) -> Accumulators:
    """Accumulators before anything has been added up, for a state that is still to be simulated."""
    whole = played(scenario)
    horizon, types, groups = scenario.horizon, len(scenario.contact_types), len(scenario.agent_groups)
    roster = roster_times(scenario, shifts)
    row_count = types + (len(WORK_ROWS) + (len(ROSTER_ROWS) if roster else 0)) * groups
    arrays = {name: state.arrays[name] for name in PLAYED} | {
        "contact_type": _contact_types(scenario),
        "shifts": rows(SHIFT, len(shifts.start), end=shifts.end, rest=shifts.rest, before_break=shifts.before_break),
        "group_of": np.ascontiguousarray(shifts.group_of),
        "edge": waits.EDGES,
        "sum": np.zeros((types, horizon.intervals), dtype=SUMS),
        "contact_work": np.zeros(len(state.arrays["contact"]), dtype=CONTACT_WORK),
        "spans": np.zeros((row_count, horizon.intervals + 1), dtype=SPANS),
        "time": np.zeros((row_count, horizon.intervals)),
        "busy_period": rows(BUSY_PERIOD, len(shifts.group_of), until=whole.judged),
        "histogram": np.zeros((2, types, waits.BINS), dtype=np.uint32),
        "ends": waits.none_yet(types),
        "longest": np.full(types, -np.inf),
        "oldest": np.full((types, horizon.intervals), np.inf),
        "beyond": np.zeros(groups),
    }
    record = rows(
        TOTALS,
        1,
        interval=horizon.interval,
        length=horizon.length,
        warm_up=horizon.warm_up,
        judged=whole.judged,
        clock_end=whole.clock_end,
        intervals=horizon.intervals,
        skipped=horizon.warm_up_intervals,
        types=types,
        groups=groups,
        row_count=row_count,
        agents=len(shifts.group_of),
        planned_shifts=len(shifts.start),
        bins=waits.BINS,
        **addresses(arrays),
    )
    return Accumulators(scenario, record, arrays, roster)


@lru_cache(maxsize=64)
def _contact_types(scenario: Scenario) -> Array:
    contact_types = scenario.contact_types
    result = np.zeros(len(contact_types), dtype=CONTACT_TYPE)
    result["channel"] = np.unique([contact_type.channel for contact_type in contact_types], return_inverse=True)[1]
    for row, contact_type in zip(result, contact_types, strict=True):
        row["timed"] = contact_type.answer_within is not None
        row["concurrent"], row["zoned"] = contact_type.work == "concurrent", contact_type.zones is not None
        row["green"], row["yellow"] = (
            (contact_type.zones.green, contact_type.zones.yellow) if contact_type.zones else (np.nan, np.nan)
        )
        row["answered"], row["abandoned"], row["late"] = (
            contact_type.value.answered,
            contact_type.value.abandoned,
            contact_type.value.late,
        )
        row["session_cost"] = contact_type.bot.cost_per_session if contact_type.bot else 0.0
    return result
