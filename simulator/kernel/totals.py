"""Contacts turned into tallies by a compiled loop: the sums of `simulator.measure.tallies`, which says what each of
them is.

The loop goes over what the compiled engine leaves behind as soon as it has played, without a word of Python in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from scenarios.measures import CONTACT_TALLIES
from scenarios.scenario import Scenario
from simulator.kernel.state import Array, World, addresses, fields, rows
from simulator.measure import waits
from simulator.measure.tallies import Tallies, refuse_inexact
from simulator.measure.work_times import WorkTimes, group_sums
from simulator.shifts import Shifts
from simulator.tail import played

SUMS = np.dtype([(name, "f8") for name in CONTACT_TALLIES])
"""What is added up for a type and interval."""

KIND = fields("f8: green yellow answered abandoned late session_cost, i8: channel, ?: timed zoned concurrent")
"""A contact type: limits of its zones, money."""

SEEN = fields("f8: worked taken_up, i8: stretches last, ?: preempt")
"""Of a contact the stretches of work on it that ended in its being put down: how much, how many, the beginning of the
one read last, and whether it has stayed put down; of a case its last contact."""

FLOW = fields("f8: started ended, i8: starts ends")
"""Of an owner and interval: how many stretches start and end within it, and how far into it, summed."""

DUTY = fields("f8: on off, i8: agent")
SPELL = fields("f8: start end until, ?: stays")
"""Of an agent the time with sessions that is not yet over, until when work counts, and whether what is left after a
horizon without a tail is worked off."""
TOTAL = fields("f8: seconds")
COUNT = fields("u4: contacts")
AGE = fields("f8: born")

PLAYED = ("contact", "preempt", "begun", "left_at", "type", "period")
"""The arrays of the centre that are read."""

BOOK = fields(
    "f8: interval length warm_up judged clock_end,"
    "i8: intervals skipped types groups owners agents planned_shifts contacts preemptions sessions bins,"
    f"i8: {' '.join(PLAYED)} sum contact_type seen flow time spell duty histogram ends longest oldest beyond"
    " edge group_of"
)
"""All of it: numbers, and the addresses of the arrays; how much was played is known afterwards."""

FLOWS = STAFFED, OVERRUN, SESSIONS, CHATTING, ALONE = range(5)
"""Flows of each group; those of the types, which are contacts that wait, come before them."""


@dataclass(frozen=True)
class Book:
    """What is added up, with the arrays that it points to."""

    scenario: Scenario
    record: Array
    """One record of the form `BOOK`, shape (1,)."""
    arrays: dict[str, Array]

    def tallies(self) -> Tallies:
        """The sums of one replication, equal to those of `simulator.measure.tallies.tally`."""
        scenario, arrays = self.scenario, self.arrays
        types, groups = len(scenario.contact_types), len(scenario.agent_groups)
        staffed, overrun, sessions, chatting, alone = arrays["time"][types:].reshape(len(FLOWS), groups, -1)
        work = WorkTimes(staffed, overrun, sessions, chatting, alone, arrays["beyond"])
        by_group = group_sums(scenario, work)
        by_group[:, :, : scenario.horizon.warm_up_intervals] = 0.0
        sums = arrays["sum"].view(np.float64).reshape(types, scenario.horizon.intervals, len(CONTACT_TALLIES))
        longest = np.where(np.isinf(arrays["longest"]), np.nan, arrays["longest"])
        by_type = np.ascontiguousarray(np.moveaxis(sums, 2, 0))
        tallies = Tallies(by_type, by_group, arrays["histogram"], longest, arrays["ends"])
        return refuse_inexact(scenario, tallies)


def book_of(scenario: Scenario, world: World, duty: Shifts) -> Book:
    """A book before anything has been added up, for a centre that is still to be played."""
    whole = played(scenario)
    horizon, types, groups = scenario.horizon, len(scenario.contact_types), len(scenario.agent_groups)
    owners = types + len(FLOWS) * groups
    arrays = {name: world.arrays[name] for name in PLAYED} | {
        "contact_type": _kinds(scenario),
        "duty": rows(DUTY, len(duty.on), on=duty.on, off=duty.off, agent=duty.agent),
        "group_of": np.ascontiguousarray(duty.group_of),
        "edge": waits.EDGES,
        "sum": np.zeros((types, horizon.intervals), dtype=SUMS),
        "seen": np.zeros(len(world.arrays["contact"]), dtype=SEEN),
        "flow": np.zeros((owners, horizon.intervals + 1), dtype=FLOW),
        "time": np.zeros((owners, horizon.intervals)),
        "spell": rows(SPELL, len(duty.group_of), until=whole.judged),
        "histogram": np.zeros((2, types, waits.BINS), dtype=np.uint32),
        "ends": waits.none_yet(types),
        "longest": np.full(types, -np.inf),
        "oldest": np.full((types, horizon.intervals), np.inf),
        "beyond": np.zeros(groups),
    }
    record = rows(
        BOOK,
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
        owners=owners,
        agents=len(duty.group_of),
        planned_shifts=len(duty.on),
        bins=waits.BINS,
        **addresses(arrays),
    )
    return Book(scenario, record, arrays)


@lru_cache(maxsize=64)
def _kinds(scenario: Scenario) -> Array:
    contact_types = scenario.contact_types
    result = np.zeros(len(contact_types), dtype=KIND)
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
