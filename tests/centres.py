"""Tiny centres for tests, and tapes written by hand so that every time can be worked out on paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from scenarios.scenario import Scenario, scenario_from
from simulator.logs import Logs
from simulator.reference import centre
from simulator.tape import Tape, draw_tape

MINUTE = 60.0


def contact_type(name: str, channel: str = "phone", **fields: Any) -> dict[str, Any]:
    """A contact type of ten-minute contacts and no volume of its own."""
    given = {"handle_time": {"mean": "10 min"}, "volume": {"per_hour": 0}} | fields
    return {"name": name, "channel": channel} | given


def group(name: str, skills: Any, staffing: Any = 1, **fields: Any) -> dict[str, Any]:
    """An agent group."""
    return {"name": name, "skills": skills, "staffing": staffing} | fields


def of(types: list[dict[str, Any]], groups: list[dict[str, Any]], **fields: Any) -> Scenario:
    """A scenario of a day in half-hours."""
    given = {"name": "tiny", "horizon": {"interval": "30 min"}} | fields
    return scenario_from(given | {"contact_types": types, "agent_groups": groups})


def tape_of(scenario: Scenario, contacts: list[tuple[Any, ...]], *, outcomes: list[int] | None = None) -> Tape:
    """A tape of contacts told as (minute, type, handle[, wrap-up[, patience]]), all in minutes."""
    rows = sorted(contacts, key=lambda row: (row[0], scenario.type_names.index(row[1])))
    arrivals = [np.array([row[0] * MINUTE for row in rows if row[1] == name]) for name in scenario.type_names]
    tape = draw_tape(scenario, 1, 0, arrivals=arrivals)
    columns = {
        "handle": [row[2] for row in rows],
        "wrap_up": [row[3] if len(row) > 3 else 0.0 for row in rows],
        "patience": [row[4] if len(row) > 4 else np.inf for row in rows],
    }
    draws = replace(tape.draws, **{name: np.array(values) * MINUTE for name, values in columns.items()})
    if outcomes is not None:
        draws = replace(draws, bot_outcome=np.array(outcomes, dtype=np.int8))
    return replace(tape, draws=draws)


def play(scenario: Scenario, contacts: list[tuple[Any, ...]], *, outcomes: list[int] | None = None) -> Logs:
    """The logs of contacts told as for `tape_of`."""
    return centre.play(scenario, tape_of(scenario, contacts, outcomes=outcomes))


def minutes(times: Any) -> list[float]:
    """Times of a log in minutes, rounded to a millionth."""
    return [round(float(time) / MINUTE, 6) for time in times]
