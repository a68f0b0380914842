"""``ccplan verify --engines``: do both engines play a scenario to the same contact log and sums, bit for bit?"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from rich.markup import escape

from interface.cli import output
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario
from scenarios.yaml import files
from simulator.compare_engines import Comparison, compare_engines
from simulator.engines import refuse_if_missing
from simulator.executors import CORES, Processes, Serial
from simulator.size import refuse_too_large

COARSEST = 60.0


@dataclass(frozen=True)
class Trial:
    """How both engines are tried out."""

    replications: int
    seed: int
    grid: float
    """Seconds between two instants at least."""
    workers: int | None


def command(sources: Sequence[str], trial: Trial, as_json: bool) -> int:
    """Play scenarios on both engines and count the contacts compared; the exit code."""
    refuse_if_missing()
    if not 0 < trial.grid <= COARSEST:
        raise InvalidValue("--grid", trial.grid, f"give a time above 0 and up to {COARSEST:g} s")
    scenarios = [files.load(source) for source in sources]
    for scenario in scenarios:
        refuse_too_large(scenario)
    found = {scenario.name: _compared(scenario, trial) for scenario in scenarios}
    if as_json:
        output.write_json(_row(name, one) for name, all_ in found.items() for one in all_)
    else:
        for name, all_ in found.items():
            _show(name, all_)
    return 1 if any(one.difference for all_ in found.values() for one in all_) else 0


def _compared(scenario: Scenario, trial: Trial) -> list[Comparison]:
    alone = trial.workers == 1 or trial.replications == 1
    executor = Serial() if alone else Processes(trial.workers or CORES)
    compare = partial(compare_engines, scenario, trial.seed, trial.grid)
    found = []
    with output.progress(scenario.name) as advance, closing(executor.map(compare, range(trial.replications))) as stream:
        for one in stream:
            found.append(one)
            advance(len(found), trial.replications)
    return found


def _row(name: str, one: Comparison) -> dict[str, object]:
    difference = one.difference
    return {
        "scenario": name,
        "replication": one.replication,
        "contacts": one.contacts,
        "values": one.values,
        "equal": difference is None,
        "log": difference.log if difference else None,
        "column": difference.column if difference else None,
        "row": difference.row if difference else None,
        "simpy": difference.first if difference else None,
        "kernel": difference.second if difference else None,
    }


def _show(name: str, found: Sequence[Comparison]) -> None:
    console = output.out()
    contacts, values = sum(one.contacts for one in found), sum(one.values for one in found)
    compared = f"{contacts:,} contacts in {len(found)} replications, {values:,} values"
    apart = [one for one in found if one.difference]
    if not apart:
        console.print(f"[green]✓ equal[/] {escape(name)}: {compared}, bit for bit")
    for one in apart:
        d = one.difference
        if d is not None:
            where = f"replication {one.replication}, {d.log}.{d.column}[{d.row}]"
            console.print(f"[red]✗ apart[/] {escape(name)}: {where}: simpy {d.first!r}, kernel {d.second!r}")
