"""``ccplan verify --engines``: do both engines play a scenario to the same contact log, bit for bit?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec

from rich.markup import escape

from interface.commands import output
from scenarios import files
from scenarios.errors import MissingExtra
from scenarios.scenario import Scenario
from simulator.agreement import Comparison, compare_engines
from simulator.executors import Processes, Serial


def command(sources: Sequence[str], replications: int, seed: int, workers: int | None, as_json: bool) -> int:
    """Play scenarios on both engines and count the contacts compared; the exit code."""
    if find_spec("numba") is None:
        raise MissingExtra("kernel", "numba")
    scenarios = [files.load(source) for source in sources]
    found = {scenario.name: _compared(scenario, replications, seed, workers) for scenario in scenarios}
    if as_json:
        output.write_json(_row(name, one) for name, all_ in found.items() for one in all_)
    else:
        for name, all_ in found.items():
            _show(name, all_)
    return 1 if any(one.difference for all_ in found.values() for one in all_) else 0


def _compared(scenario: Scenario, replications: int, seed: int, workers: int | None) -> list[Comparison]:
    executor = Serial() if workers == 1 or replications == 1 else Processes(workers) if workers else Processes()
    found = []
    with output.progress(scenario.name) as advance:
        for one in executor.map(partial(compare_engines, scenario, seed), range(replications)):
            found.append(one)
            advance(len(found), replications)
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
