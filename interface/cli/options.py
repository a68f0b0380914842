"""Options and arguments that several words of the command line share."""

from __future__ import annotations

from typing import Annotated

import typer

Source = Annotated[str, typer.Argument(help="A scenario: a YAML file, or the name of a preset.", show_default=False)]
Sources = Annotated[list[str], typer.Argument(help="Scenarios: YAML files or names of presets.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Only a JSON array of rows on standard output.")]
Check = Annotated[bool, typer.Option("--check", help="Exit with 1 unless every target is met beyond doubt.")]
Replications = Annotated[
    int, typer.Option("--replications", "-n", help="How many times the horizon is played; with --precision the most.")
]
Seed = Annotated[int, typer.Option(min=0, help="Equal seeds give equal customers, under any staffing.")]
Precision = Annotated[
    float | None,
    typer.Option(
        help="Play on, at least 32 replications, until every target's interval has this half-width: 0.01 is a point."
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(help="auto, kernel (compiled) or simpy (readable); what is found does not depend on it."),
]
Workers = Annotated[
    int | None, typer.Option(help="Processes side by side; by default as suits the engine. Findings stay the same.")
]
Cluster = Annotated[
    str | None,
    typer.Option(help="Play on a Dask cluster: tcp://scheduler:8786, or 'local' for worker processes of this machine."),
]
