"""``ccplan verify --engines``: check that both engines produce identical logs and sums, bit for bit."""

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
    """How both engines are compared."""

    replications: int
    seed: int
    grid: float
    """Smallest time between two instants, in seconds."""
    workers: int | None


def compare(sources: Sequence[str], trial: Trial, as_json: bool) -> int:
    """Simulate scenarios on both engines, print the contacts compared; the exit code."""
    refuse_if_missing()
    if not 0 < trial.grid <= COARSEST:
        raise InvalidValue("--grid", trial.grid, f"give a time above 0 and up to {COARSEST:g} s")
    scenarios = [files.load(source) for source in sources]
    for scenario in scenarios:
        refuse_too_large(scenario)
    comparisons = {scenario.name: _compared(scenario, trial) for scenario in scenarios}
    if as_json:
        output.write_json(_row(name, comparison) for name, runs in comparisons.items() for comparison in runs)
    else:
        for name, runs in comparisons.items():
            _show(name, runs)
    return 1 if any(comparison.difference for runs in comparisons.values() for comparison in runs) else 0


def _compared(scenario: Scenario, trial: Trial) -> list[Comparison]:
    alone = trial.workers == 1 or trial.replications == 1
    executor = Serial() if alone else Processes(trial.workers or CORES)
    compare_once = partial(compare_engines, scenario, trial.seed, trial.grid)
    comparisons = []
    with (
        output.progress(scenario.name) as advance,
        closing(executor.map(compare_once, range(trial.replications))) as stream,
    ):
        for comparison in stream:
            comparisons.append(comparison)
            advance(len(comparisons), trial.replications)
    return comparisons


def _row(name: str, comparison: Comparison) -> dict[str, object]:
    difference = comparison.difference
    return {
        "scenario": name,
        "replication": comparison.replication,
        "contacts": comparison.contacts,
        "values": comparison.values,
        "equal": difference is None,
        "log": difference.log if difference else None,
        "column": difference.column if difference else None,
        "row": difference.row if difference else None,
        "simpy": difference.first if difference else None,
        "kernel": difference.second if difference else None,
    }


def _show(name: str, comparisons: Sequence[Comparison]) -> None:
    console = output.out()
    contacts, values = (
        sum(comparison.contacts for comparison in comparisons),
        sum(comparison.values for comparison in comparisons),
    )
    compared = f"{contacts:,} contacts in {len(comparisons)} replications, {values:,} values"
    unequal = [comparison for comparison in comparisons if comparison.difference]
    if not unequal:
        console.print(f"[green]✓ equal[/] {escape(name)}: {compared}, bit for bit")
    for comparison in unequal:
        d = comparison.difference
        if d is not None:
            where = f"replication {comparison.replication}, {d.log}.{d.column}[{d.row}]"
            console.print(f"[red]✗ different[/] {escape(name)}: {where}: simpy {d.first!r}, kernel {d.second!r}")
