"""Show how sensitive a plan is: how its targets move with each assumption, and where it fails.

[bold]Examples[/]

  ccplan tornado bot-first

  ccplan tornado mine.yaml --range volume=-15%,+25% --range absence=0,+8

  ccplan tornado mine.yaml --no-fails --json
"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from interface.cli import options, output
from interface.cli.commands.ask import VERDICTS
from interface.cli.output import number
from models.whatif.factors import ranged
from models.whatif.sensitivity import Tornado, failures, tornado
from scenarios.yaml import files
from simulator.evaluator import evaluator


def command(
    scenario: options.Source,
    fails: Annotated[
        bool,
        typer.Option("--fails/--no-fails", help="Search for the value of each assumption at which the plan fails."),
    ] = True,
    ranges: Annotated[
        list[str] | None,
        typer.Option(
            "--range", help="Your own range of an assumption: volume=-15%,+25%; repeatable. Absence is in points."
        ),
    ] = None,
    replications: options.TrialReplications = 50,
    seed: options.Seed = 1,
    json: options.Json = False,
) -> None:
    """Run ``ccplan tornado``."""
    centre, evaluate = files.load(scenario), evaluator(seed)
    sensitivity = tornado(centre, evaluate, replications=replications, varied=ranged(ranges or ()))
    breaking_points = failures(centre, evaluate, sensitivity, replications=replications) if fails else ()
    if json:
        fails_at = {
            (point.factor.name, point.setting > point.factor.neutral): point.setting for point in breaking_points
        }
        rows = output.records(sensitivity.rows)
        output.write_json(row | {"fails_at": fails_at.get((row["factor"], row["end"] == "high"))} for row in rows)
        return
    _show(sensitivity, centre.title or centre.name)
    console = output.out()
    if breaking_points:
        console.print("[bold]Where the plan fails[/]\n")
    for point in breaking_points:
        console.print(escape(point.in_words()))
    console.print(
        "\nStaffing stays as planned, and every setting uses the same simulated demand. Ranges: "
        + "; ".join(dict.fromkeys(f"{row['label']}: {row['origin']}" for row in output.records(sensitivity.rows)))
        + ".",
        style="dim",
    )


def _show(sensitivity: Tornado, title: str) -> None:
    console = output.out()
    console.print(f"[bold]{escape(title)}[/]: {escape(sensitivity.in_words())}\n")
    for contact_type, target in dict.fromkeys(zip(sensitivity.rows["type"], sensitivity.rows["target"], strict=True)):
        rows = output.records(sensitivity.of(contact_type, target))
        base = number(float(rows[0]["base"]), rows[0]["unit"])
        by_factor: dict[str, dict[str, dict[str, object]]] = {}
        for row in rows:
            by_factor.setdefault(str(row["label"]), {})[str(row["end"])] = row
        cells = ((label, *_end(ends.get("low")), *_end(ends.get("high"))) for label, ends in by_factor.items())
        columns = ("Assumption", "Lower", "Result", "Targets", "Higher", "Result", "Targets")
        console.print(output.table(columns, cells, title=f"{contact_type}: {target}, as planned {base}"))


def _end(row: dict[str, object] | None) -> tuple[str, str, str]:
    if row is None:
        return "no change", "", ""
    return str(row["said"]), number(float(str(row["value"])), str(row["unit"])), VERDICTS[str(row["status"])]
