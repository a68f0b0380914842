"""The fast engine: a compiled loop that plays a tape to the same logs as `simulator.centre`, bit for bit.

It shares the tape, the duties and the routing tables with the reference engine, and none of its logic.
"""

from __future__ import annotations

import numpy as np

from scenarios.scenario import Scenario
from simulator.duty import duties
from simulator.kernel_world import (
    Contacts,
    PutDowns,
    agents_of,
    chance_of,
    contacts_of,
    expected_later,
    fixed_of,
    lines_of,
    put_downs_of,
    rules_of,
)
from simulator.logs import ContactLog, Logs, PutDownLog, StaffingLog
from simulator.routing import tables
from simulator.tape import Tape

_SMALLEST = 1 << 10


def play(scenario: Scenario, tape: Tape) -> Logs:
    """The logs of one replication, equal to those of the reference engine.

    Examples
    --------
    >>> from scenarios.scenario import scenario_from
    >>> from simulator.tape import draw_tape
    >>> desk = scenario_from({"name": "desk", "agent_groups": [{"name": "a", "skills": ["calls"], "staffing": 3}],
    ...     "contact_types": [{"name": "calls", "channel": "phone", "volume": {"per_hour": 20},
    ...                        "handle_time": {"mean": "5 min"}}]})
    >>> log = play(desk, draw_tape(desk, seed=1, replication=0)).contacts
    >>> bool((log.answer >= log.arrival).all())
    True
    """
    from simulator.kernel_events import Events
    from simulator.kernel_play import CONTACTS, DONE, PUT_DOWNS
    from simulator.kernel_play import play as loop

    rules, duty = tables(scenario), duties(scenario, tape)
    first = len(tape.arrival)
    given = rules_of(rules, tape.grid), chance_of(tape), fixed_of(rules, duty)
    room = int((rules.slots[duty.group_of]).sum()) + rules.route_group.shape[1] + 8
    later, pending, interruptions = expected_later(scenario, rules), 4 * room, _SMALLEST
    while True:
        contacts, agents = contacts_of(tape, first + later + 1), agents_of(rules, duty)
        events = Events(np.empty(pending), np.empty(pending, dtype=np.int64), np.zeros(2, dtype=np.int64))
        put_downs = put_downs_of(interruptions)
        count = np.array([first, 0])
        if loop(*given, contacts, agents, lines_of(rules), events, put_downs, count, first, room) == DONE:
            break
        later, pending, interruptions = 2 * later + _SMALLEST, 4 * pending, 4 * interruptions
    return Logs(
        _log(contacts, int(count[CONTACTS])),
        _put_down_log(put_downs, int(count[PUT_DOWNS])),
        StaffingLog(duty.agent, duty.on, duty.off, agents.gone, duty.group_of),
    )


def _log(contacts: Contacts, count: int) -> ContactLog:
    return ContactLog(**{name: getattr(contacts, name)[:count] for name in ContactLog.__dataclass_fields__})


def _put_down_log(put_downs: PutDowns, count: int) -> PutDownLog:
    return PutDownLog(*(column[:count].copy() for column in put_downs))
