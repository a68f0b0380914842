"""The fast engine: a compiled loop that plays a tape to the same logs as `simulator.centre`, bit for bit.

It shares the tape, the duties and the routing tables with the reference engine, and none of its logic.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scenarios.scenario import Scenario
from simulator import tape as tapes
from simulator.clock import GRID
from simulator.duty import Duties, duties
from simulator.kernel_world import Array, Sizes, World, most_events, world_of
from simulator.logs import ContactLog, Logs, PutDownLog, StaffingLog
from simulator.routing import tables
from simulator.tallies import Tallies
from simulator.tape import Floats, Tape

_SMALLEST = 1 << 10


def draw_tape(
    scenario: Scenario,
    seed: int,
    replication: int,
    *,
    arrivals: Sequence[Floats] | None = None,
    grid: float = GRID,
) -> Tape:
    """The tape of `simulator.tape.draw_tape`, put in order by a compiled loop."""
    from simulator.kernel_tape import merged

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
    world, duty = _played(scenario, tape)
    return Logs(_contact_log(world), _put_down_log(world), _staffing_log(world, duty))


def play_and_tally(scenario: Scenario, tape: Tape) -> Tallies:
    """The sums of one replication, without writing the logs that nobody asked for."""
    from simulator.kernel_tally import tally

    world, duty = _played(scenario, tape)
    return tally(scenario, _contacts(world), _put_downs(world), _staffing_log(world, duty))


def _played(scenario: Scenario, tape: Tape) -> tuple[World, Duties]:
    """The centre after the last event; played again with longer arrays where these were too short."""
    from simulator.kernel_play import DONE
    from simulator.kernel_play import play as loop

    rules, duty = tables(scenario), duties(scenario, tape)
    sizes = Sizes(len(tape.arrival) + _later(scenario) + 1, 4 * most_events(rules, duty), _SMALLEST)
    while True:
        world = world_of(rules, tape, duty, sizes)
        if loop(world.centre) == DONE:
            return world, duty
        sizes = Sizes(2 * sizes.contacts, 4 * sizes.pending, 4 * sizes.put_downs)


def _later(scenario: Scenario) -> int:
    """About how many later contacts there will be, with a margin: where there are more, time is lost, nothing else."""
    chances = [sum(rule.probability for rule in kind.follow_ups) for kind in scenario.contact_types]
    return int(1.5 * np.dot(chances, scenario.expected.sum(axis=1)))


def _contacts(world: World) -> Array:
    """The contacts there were, records of the form `CONTACT`."""
    return world.arrays["contact"][: int(world.centre["contacts"][0])]


def _contact_log(world: World) -> ContactLog:
    from simulator.kernel_play import CODES, TIMES, write_log

    contacts = _contacts(world)
    times, codes = np.empty((len(TIMES), len(contacts))), np.empty((len(CODES), len(contacts)), dtype=np.int64)
    write_log(contacts, times, codes)
    columns: dict[str, Any] = dict(zip((*TIMES, *CODES), (*times, *codes), strict=True))
    return ContactLog(**columns)


def _put_downs(world: World) -> Array:
    """What was put down, records of the form `PUT_DOWN` in the order in which it was."""
    return world.arrays["put_down"][: int(world.centre["put_downs"][0])]


def _put_down_log(world: World) -> PutDownLog:
    rows = _put_downs(world)
    return PutDownLog(
        rows["contact"].astype(np.int64), rows["agent"].astype(np.int64), rows["start"].copy(), rows["end"].copy()
    )


def _staffing_log(world: World, duty: Duties) -> StaffingLog:
    return StaffingLog(duty.agent, duty.on, duty.off, world.arrays["gone"], duty.group_of)
