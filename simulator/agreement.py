"""Do both engines play the same path? Logs compared column by column, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scenarios.scenario import Scenario
from simulator.logs import Logs
from simulator.tape import draw_tape


@dataclass(frozen=True)
class Difference:
    """The first row at which a column of two logs differs."""

    log: str
    column: str
    row: int
    first: float
    second: float


@dataclass(frozen=True)
class Comparison:
    """One replication played by both engines."""

    replication: int
    contacts: int
    values: int
    """How many values were compared."""
    difference: Difference | None


def compare_engines(scenario: Scenario, seed: int, replication: int) -> Comparison:
    """One replication played by the SimPy engine and by the compiled one, and where their logs part, if they do.

    Examples
    --------
    >>> from scenarios.scenario import scenario_from
    >>> desk = scenario_from({"name": "desk", "agent_groups": [{"name": "a", "skills": ["calls"], "staffing": 3}],
    ...     "contact_types": [{"name": "calls", "channel": "phone", "volume": {"per_hour": 20},
    ...                        "handle_time": {"mean": "5 min"}}]})
    >>> compare_engines(desk, seed=1, replication=0).difference is None
    True
    """
    from simulator import centre, kernel

    tape = draw_tape(scenario, seed, replication)
    first, second = centre.play(scenario, tape), kernel.play(scenario, tape)
    columns = list(_columns(first))
    return Comparison(
        replication,
        len(first.contacts.type),
        sum(len(values) for _, _, values in columns),
        next(_differences(first, second), None),
    )


def _differences(first: Logs, second: Logs) -> Iterator[Difference]:
    for (log, column, ours), (_, _, theirs) in zip(_columns(first), _columns(second), strict=True):
        common = min(len(ours), len(theirs))
        ours_known, theirs_known = ours[:common].astype(float), theirs[:common].astype(float)
        apart = np.nonzero((ours_known != theirs_known) & ~(np.isnan(ours_known) & np.isnan(theirs_known)))[0]
        if len(apart):
            row = int(apart[0])
            yield Difference(log, column, row, float(ours[row]), float(theirs[row]))
        elif len(ours) != len(theirs):
            yield Difference(log, column, common, float(len(ours)), float(len(theirs)))


def _columns(logs: Logs) -> Iterator[tuple[str, str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]]:
    for log in ("contacts", "put_down", "staffing"):
        part = getattr(logs, log)
        for column in type(part).__dataclass_fields__:
            yield log, column, getattr(part, column)
