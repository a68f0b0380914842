"""Check that both engines produce identical tapes, logs and sums, column by column, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.scenario import Scenario
from simulator.logs import Logs
from simulator.measure.tallies import Tallies, tally
from simulator.tape import Draws, Tape, draw_tape

Column = tuple[str, str, NDArray[Any]]
"""A log, the tape or the tallies, one of its columns, and the values."""


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
    """How many values were compared, of the first contacts, the logs and the sums over them."""
    difference: Difference | None


def compare_engines(scenario: Scenario, seed: int, grid: float, replication: int) -> Comparison:
    """One replication played by the SimPy engine and by the compiled one, and the first difference, if there is one.

    The first contacts that each puts in order are compared, their logs, and the sums that the readable and the
    compiled tallies make of them. A coarse grid, in seconds, makes events coincide, so that the order within an instant
    is tried too.

    Examples
    --------
    >>> from scenarios.scenario import scenario_from
    >>> desk = scenario_from({"name": "desk", "agent_groups": [{"name": "a", "skills": ["calls"], "staffing": 3}],
    ...     "contact_types": [{"name": "calls", "channel": "phone", "volume": {"per_hour": 20},
    ...                        "handle_time": {"mean": "5 min"}}]})
    >>> compare_engines(desk, seed=1, grid=15.0, replication=0).difference is None
    True
    """
    from simulator.kernel import engine as kernel
    from simulator.reference import centre

    tape = draw_tape(scenario, seed, replication, grid=grid)
    twin_tape = kernel.draw_tape(scenario, seed, replication, grid=grid)
    logs, twins = centre.play(scenario, tape), kernel.play(scenario, twin_tape)
    first = [*_drawn(tape), *_columns(logs), *_sums(tally(scenario, logs))]
    second = [*_drawn(twin_tape), *_columns(twins), *_sums(kernel.play_and_tally(scenario, twin_tape))]
    return Comparison(
        replication,
        len(logs.contacts.type),
        sum(len(values) for _, _, values in first),
        next(_differences(first, second), None),
    )


def _differences(first: list[Column], second: list[Column]) -> Iterator[Difference]:
    for (log, column, left), (_, _, right) in zip(first, second, strict=True):
        common = min(len(left), len(right))
        left_known, right_known = left[:common].astype(float), right[:common].astype(float)
        apart = np.nonzero((left_known != right_known) & ~(np.isnan(left_known) & np.isnan(right_known)))[0]
        if len(apart):
            row = int(apart[0])
            yield Difference(log, column, row, float(left[row]), float(right[row]))
        elif len(left) != len(right):
            yield Difference(log, column, common, float(len(left)), float(len(right)))


def _drawn(tape: Tape) -> Iterator[Column]:
    yield from (("tape", name, getattr(tape, name)) for name in ("arrival", "type", "ordinal"))
    yield from (("tape", name, getattr(tape.draws, name)) for name in Draws.__dataclass_fields__)


def _sums(tallies: Tallies) -> Iterator[Column]:
    for name in Tallies.__dataclass_fields__:
        yield "tallies", name, np.ravel(getattr(tallies, name))


def _columns(logs: Logs) -> Iterator[Column]:
    for log in ("contacts", "preemptions", "staffing"):
        part = getattr(logs, log)
        for column in type(part).__dataclass_fields__:
            yield log, column, getattr(part, column)
