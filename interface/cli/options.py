"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Source = Annotated[str, typer.Argument(help="Scenario: a YAML file or the name of a preset.", show_default=False)]
Sources = Annotated[list[str], typer.Argument(help="Scenarios: YAML files or names of presets.", show_default=False)]
Log = Annotated[
    Path, typer.Argument(help="Contact log or interval report: .csv, .csv.gz or .xlsx.", show_default=False)
]
Columns = Annotated[
    str, typer.Option("--mapping", help="Column mapping: generic, bank, a platform's name, or a YAML file.")
]
Json = Annotated[bool, typer.Option("--json", help="Write a JSON array of rows to standard output, and nothing else.")]
Check = Annotated[bool, typer.Option("--check", help="Exit with code 1 if a target is missed or inconclusive.")]
Replications = Annotated[
    int,
    typer.Option("--replications", "-n", help="Number of simulated horizons; with --precision the maximum."),
]
TrialReplications = Annotated[
    int, typer.Option("--replications", "-n", help="Number of simulated horizons for each plan.")
]
Seed = Annotated[int, typer.Option(min=0, help="Random seed; the same seed gives the same demand under any staffing.")]
Precision = Annotated[
    float | None,
    typer.Option(
        help="Simulate (32 replications or more) until the confidence interval of every target has this half-width; "
        "0.01 is one percentage point."
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(help="auto, kernel (compiled) or simpy (reference); the results are identical."),
]
Workers = Annotated[int | None, typer.Option(help="Number of parallel processes; the results do not depend on it.")]
Cluster = Annotated[
    str | None,
    typer.Option(help="Dask cluster: tcp://scheduler:8786, or 'local' for worker processes on this machine."),
]
Rows = Annotated[str, typer.Option("--period", help="One row per horizon, day or interval.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write the scenario with its new staffing here.")]
Chart = Annotated[Path | None, typer.Option(help="Write a chart to this .svg or .png file.", show_default=False)]
Planner = Annotated[
    str, typer.Option("--by", help="Staffing method: search (optimiser, checked by simulation) or formula (Erlang).")
]
SearchTime = Annotated[float, typer.Option("--seconds", help="Time limit of the optimiser for each plan, in seconds.")]
SearchGap = Annotated[float, typer.Option("--gap", help="Optimality gap at which the optimiser stops; 0.02 is 2 %.")]
