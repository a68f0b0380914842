"""The fast engine: a compiled loop that plays a tape to the same logs as `simulator.reference.centre`, bit for bit.

It shares the draws, the shifts and the routing tables with the reference engine, and none of its logic.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import ceil, inf
from threading import Lock
from typing import Any

import numpy as np

from scenarios.scenario import Scenario
from simulator import tape as tapes
from simulator.clock import GRID
from simulator.kernel.state import Sizes, State, initial_state, most_events
from simulator.logs import ContactLog, Logs, PreemptionLog, StaffingLog, over_at
from simulator.measure.tallies import Tallies
from simulator.routing import tables
from simulator.shifts import Shifts, planned_shifts
from simulator.size import later_contacts
from simulator.tape import Floats, Tape, followed

_SMALLEST = 1 << 10
_TURN = Lock()
"""Held while a tape is drawn, and before and after the compiled loop that plays and adds up: many short calls, each of
which lets go of the interpreter's lock, so that two threads at it would wake each other again and again for nothing."""


def draw_tape(
    scenario: Scenario,
    seed: int,
    replication: int,
    *,
    arrivals: Sequence[Floats] | None = None,
    grid: float = GRID,
) -> Tape:
    """The tape of `simulator.tape.draw_tape`, put in order by a compiled loop."""
    from simulator.kernel.tape import merged

    with _TURN:
        return tapes.draw_tape(scenario, seed, replication, arrivals=arrivals, grid=grid, merge=merged)


def play(scenario: Scenario, tape: Tape) -> Logs:
    """The logs of one replication, equal to those of the reference engine.

    Examples
    --------
    >>> from scenarios.scenario import scenario_from
    >>> desk = scenario_from({"name": "desk", "agent_groups": [{"name": "a", "skills": ["calls"], "staffing": 3}],
    ...     "contact_types": [{"name": "calls", "channel": "phone", "volume": {"per_hour": 20},
    ...                        "handle_time": {"mean": "5 min"}}]})
    >>> log = play(desk, draw_tape(desk, seed=1, replication=0)).contacts
    >>> bool((log.answer >= log.arrival).all())
    True
    """
    from simulator.kernel.loop import DONE
    from simulator.kernel.loop import play as loop

    while True:
        state, shifts = next((state, shifts) for state, shifts in _states(scenario, tape) if loop(state.centre) == DONE)
        if not _is_short(state, tape):
            break
        tape = tape.lengthened()
    return Logs(_contact_log(state), _preemption_log(state), _staffing_log(state, shifts))


def play_and_tally(scenario: Scenario, tape: Tape) -> Tallies:
    """The sums of one replication, without writing logs."""
    from simulator.kernel.loop import DONE
    from simulator.kernel.sums import play_and_add_up
    from simulator.kernel.totals import accumulators_for

    states = _states(scenario, tape)
    while True:
        with _TURN:
            state, shifts = next(states)
            accumulators = accumulators_for(scenario, state, shifts)
        if play_and_add_up(state.centre, accumulators.record) == DONE:
            with _TURN:
                if not _is_short(state, tape):
                    return accumulators.tallies()
                tape = tape.lengthened()
                states = _states(scenario, tape)


def _is_short(state: State, tape: Tape) -> bool:
    """Whether contacts of the horizon were not over while others still arrived, and the tape can be longer."""
    decided = float(state.centre["decided"][0]) if state.centre["undecided"][0] == 0 else inf
    return tape.longer is not None and decided > tape.until


def _states(scenario: Scenario, tape: Tape) -> Iterator[tuple[State, Shifts]]:
    """The state before the first event, and again with longer arrays in case these prove too short."""
    rules, shifts = tables(scenario), planned_shifts(scenario, tape)
    pending = 4 * (most_events(rules, shifts) + _SMALLEST)
    patterns = 1 if tape.until == inf else ceil(tape.until / scenario.horizon.length)
    sizes = Sizes(len(tape.arrival) + patterns * _later(scenario) + 1, pending, _SMALLEST)
    while True:
        yield initial_state(rules, tape, shifts, sizes), shifts
        sizes = Sizes(2 * sizes.contacts, 4 * sizes.pending, 4 * sizes.preemptions)


@lru_cache(maxsize=64)
def _later(scenario: Scenario) -> int:
    """About how many later contacts there will be, with a margin: where there are more, time is lost, nothing else."""
    return int(1.5 * max(sum(followed(scenario).values()), later_contacts(scenario)))


def _contact_log(state: State) -> ContactLog:
    from simulator.kernel.loop import CODES, TIMES, write_log

    contacts = state.arrays["contact"][: int(state.centre["contacts"][0])]
    times, codes = np.empty((len(TIMES), len(contacts))), np.empty((len(CODES), len(contacts)), dtype=np.int64)
    write_log(contacts, times, codes)
    columns: dict[str, Any] = dict(zip((*TIMES, *CODES), (*times, *codes), strict=True))
    return ContactLog(**columns)


def _preemption_log(state: State) -> PreemptionLog:
    rows = state.arrays["preemption"][: int(state.centre["preemptions"][0])]
    return PreemptionLog(
        rows["contact"].astype(np.int64), rows["agent"].astype(np.int64), rows["start"].copy(), rows["end"].copy()
    )


def _staffing_log(state: State, shifts: Shifts) -> StaffingLog:
    worked = state.arrays["left_at"]
    end = shifts.end[worked["ended_as"]]
    over = over_at(worked["time"].copy(), end, float(state.centre["length"][0]))
    return StaffingLog(
        worked["agent"].astype(np.int64),
        worked["begun"].copy(),
        end,
        over,
        shifts.due,
        shifts.rest,
        shifts.before_break,
        shifts.group_of,
    )
