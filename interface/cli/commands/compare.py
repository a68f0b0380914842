"""Compare scenarios on the same simulated demand: differences from the first, with confidence intervals.

[bold]Examples[/]

  ccplan compare three-silos one-pool

  ccplan compare today.yaml more-bot.yaml more-people.yaml --replications 200
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from interface.cli import options, output
from interface.cli.output import between, number
from interface.cli.result_tables import definitions, show_targets
from interface.cli.run import Run
from scenarios.errors import InvalidValue
from scenarios.measures import MEASURES
from scenarios.yaml import files
from simulator.measure.results import Results
from simulator.measure.targets import all_met

if TYPE_CHECKING:
    import pandas as pd

_MEASURES = ("service_level", "abandonment", "asa", "occupancy", "contacts_per_case", "cost")


def command(
    scenarios: options.Sources,
    replications: options.Replications = 100,
    seed: options.Seed = 1,
    engine: options.Engine = None,
    workers: options.Workers = None,
    cluster: options.Cluster = None,
    check: options.Check = False,
    json: options.Json = False,
) -> None:
    """Run ``ccplan compare``."""
    if len(scenarios) < 2:
        raise InvalidValue("scenarios", scenarios, "give at least two scenarios, the baseline first")
    run = Run(replications, seed, None, engine, workers, cluster)
    loaded = [files.load(source) for source in scenarios]
    names = [scenario.name for scenario in loaded]
    unique = [name if names.count(name) == 1 else f"{name} ({at})" for at, name in enumerate(names, start=1)]
    results = [run.results(scenario.replace(name=name[:60])) for scenario, name in zip(loaded, unique, strict=True)]
    differences = [results[0].compare(alternative) for alternative in results[1:]]
    if json:
        _write(results, differences)
    else:
        _show(results, differences)
    raise typer.Exit(1 if check and not all(map(all_met, results)) else 0)


def _write(results: list[Results], differences: list[pd.DataFrame]) -> None:
    """The rows of every scenario, then the rows of the differences."""
    tables = [result.table() for result in results] + differences
    output.write_json(row for table in tables for row in output.records(table))


def _show(results: list[Results], differences: list[pd.DataFrame]) -> None:
    console, baseline = output.out(), results[0].scenario
    for result in results:
        show_targets(result, f"{result.scenario.name}  ")
    for result, rows in zip(results[1:], differences, strict=True):
        chosen = rows[rows["measure"].isin(_MEASURES) & rows["by"].isin(["total", "type", "group"])]
        order = {name: at for at, name in enumerate(_MEASURES)}
        chosen = chosen.assign(at=chosen["measure"].map(order)).sort_values("at", kind="stable")
        title = f"{result.scenario.name} minus {baseline.name}, {result.replications} replications"
        cells = (_cells(row) for row in output.records(chosen))
        columns = ("Measure", "Type or group", "Difference", "95 % CI", "Verdict")
        console.print(output.table(columns, cells, title=title, left=2))
    text = "All scenarios use the same simulated demand, so random variation largely cancels out of the differences. "
    console.print(
        text + "Not significant: the confidence interval includes zero. " + definitions(baseline), style="dim"
    )


def _cells(row: dict[str, object]) -> tuple[str, ...]:
    measure = MEASURES[str(row["measure"])]
    value, low, high = (float(str(row[key])) for key in ("value", "low", "high"))
    unit = "points" if measure.unit == "share" else measure.unit
    amount = number(100 * value, unit) if unit == "points" else number(value, unit)
    sign = "+" if value > 0 else ""
    label = f"{measure.label}, {unit}"
    return (escape(label), escape(str(row["of"])), sign + amount, between(low, high, measure.unit), _verdict(row))


def _verdict(row: dict[str, object]) -> str:
    """Better, worse or not significant, by the direction of the measure and the interval."""
    low, high = float(str(row["low"])), float(str(row["high"]))
    better = MEASURES[str(row["measure"])].better
    if low == high == 0:
        return "no difference"
    if not math.isfinite(low) or low <= 0 <= high:
        return "not significant"
    if better == "neither":
        return "significant"
    return "[green]better[/]" if (low > 0) == (better == "higher") else "[red]worse[/]"
