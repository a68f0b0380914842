"""Simulate a scenario: service level, waits, occupancy and cost, with confidence intervals.

Shows first which targets are met; then service by contact type, and occupancy and wages by agent group.

[bold]Examples[/]

  ccplan simulate help-desk

  ccplan simulate mine.yaml --precision 0.005 --check

  ccplan simulate mine.yaml --period interval --json > results.json

  ccplan simulate mine.yaml -n 1 --log contacts.csv

  ccplan simulate mine.yaml -n 2000 --cluster tcp://scheduler:8786
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from interface.cli import options, output
from interface.cli.log_files import check_log, write_log
from interface.cli.result_tables import show
from interface.cli.run import Run, period_named
from scenarios.yaml import files
from simulator.measure.targets import all_met


def command(
    scenario: options.Source,
    replications: options.Replications = 100,
    seed: options.Seed = 1,
    precision: options.Precision = None,
    engine: options.Engine = None,
    workers: options.Workers = None,
    cluster: options.Cluster = None,
    period: options.Rows = "horizon",
    log: Annotated[
        Path | None, typer.Option(help="Write a row for every contact to this .csv, .csv.gz or .parquet file.")
    ] = None,
    check: options.Check = False,
    json: options.Json = False,
) -> None:
    """Run ``ccplan simulate``."""
    run = Run(replications, seed, precision, engine, workers, cluster)
    row_period = period_named(period)
    centre = files.load(scenario)
    if log is not None:
        check_log(log)
    results = run.results(centre)
    if log is not None:
        write_log(results, log)
    if json:
        output.write_json(output.records(results.table(row_period)))
    else:
        show(results, row_period)
    raise typer.Exit(1 if check and not all_met(results) else 0)
