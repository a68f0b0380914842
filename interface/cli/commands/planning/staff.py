"""Calculate agents by interval and group that meet every target, by Erlang formula.

[bold]Examples[/]

  ccplan staff help-desk --steps

  ccplan staff mine.yaml --max-occupancy 0.85 --output staffed.yaml

  ccplan simulate staffed.yaml --check
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from interface.cli import options, output
from interface.cli.scenario_files import save
from models.centre.requirement import requirement
from models.centre.requirement_steps import STEPS
from models.centre.staffing import staff
from scenarios.scenario import Scenario
from scenarios.yaml import files

if TYPE_CHECKING:
    import pandas as pd

_STEPS = {
    "volume": "Volume",
    "aht": "AHT, s",
    "load": "Erlangs",
    "for_load": "Base",
    "safety": "Safety",
    "for_occupancy": "Cap",
    "absence": "Absence",
    "rounding": "Round",
    "on_duty": "Agents",
    "breaks": "Breaks",
    "scheduled": "Paid",
}
"""Headings of the steps from volume to scheduled agents."""


def command(
    scenario: options.Source,
    max_occupancy: Annotated[float | None, typer.Option(help="Maximum occupancy of agents, such as 0.85.")] = None,
    rule: Annotated[
        str,
        typer.Option(help="Load of an interval: sipp (its own), lagged, mol-mean or mol-max (modified offered load)."),
    ] = "sipp",
    days: Annotated[
        float | None,
        typer.Option(help="Share of days on which the target is to be met, such as 0.9, where demand varies by day."),
    ] = None,
    steps: Annotated[
        bool, typer.Option("--steps", help="Show every step from volume to scheduled agents, by interval.")
    ] = False,
    target: options.Output = None,
    json: options.Json = False,
) -> None:
    """Run ``ccplan staff``."""
    centre = files.load(scenario)
    chosen: Any = rule
    plan = staff(centre, max_occupancy, chosen, days)
    if target is not None:
        save(files.dump(plan), target)
    if json:
        rows = (
            output.records(requirement(centre, max_occupancy, chosen, days)) if steps else _staffing_rows(centre, plan)
        )
        output.write_json(rows)
        return
    _show_plan(centre, plan)
    if steps:
        _show_steps(requirement(centre, max_occupancy, chosen, days))
    if target is not None:
        output.err().print(f"Saved to {escape(str(target))}. Check it: ccplan simulate {escape(str(target))}")


def _staffing_rows(before: Scenario, after: Scenario) -> list[dict[str, object]]:
    """A row for each group and interval: agents of the plan, and agents of the scenario."""
    times = after.horizon.times
    return [
        {
            "scenario": after.name,
            "group": name,
            "start": times[i],
            "agents": int(after.staffing[g, i]),
            "agents_before": int(before.staffing[g, i]),
        }
        for g, name in enumerate(after.group_names)
        for i in range(after.horizon.intervals)
    ]


def _show_plan(before: Scenario, after: Scenario) -> None:
    """Agents by interval, equal neighbours merged into one row; then agent-hours."""
    console, times = output.out(), [time.strftime("%a %H:%M") for time in after.horizon.times]
    changes = [i for i in range(len(times)) if i == 0 or (after.staffing[:, i] != after.staffing[:, i - 1]).any()]
    lines = ((times[i], *(str(int(count)) for count in after.staffing[:, i])) for i in changes)
    console.print(output.table(("From", *map(escape, after.group_names)), lines, title="Agents that meet the targets"))
    hours = after.horizon.interval / 3600
    old, new = (float(scenario.staffing.sum()) * hours for scenario in (before, after))
    console.print(f"{new:,.1f} agent-hours (before: {old:,.1f}).")
    text = "By formula, each interval separately: check it by simulation. Shrinkage comes on top of these agents."
    console.print(text, style="dim")


def _show_steps(rows: pd.DataFrame) -> None:
    """The steps from volume to scheduled agents in every interval with contacts."""
    console = output.out()
    chosen = rows[rows["volume"] > 0]
    lines = (
        (escape(str(row["type"])), row["start"].strftime("%a %H:%M"), *(f"{float(row[name]):,.1f}" for name in _STEPS))
        for row in output.records(chosen)
    )
    console.print(
        output.table(("Type", "From", *_STEPS.values()), lines, title="From volume to scheduled (paid) agents", left=2)
    )
    console.print("; ".join(f"{heading}: {STEPS[name]}" for name, heading in _STEPS.items()), style="dim")
