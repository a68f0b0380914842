"""How many agents for these contacts? Agents on contacts, agents scheduled and FTE, by Erlang C and Erlang A.

One contact type, each interval by itself, an answer at once. --have turns the question round: what service do so many
agents give? --output writes a scenario of the same numbers, to be simulated and refined.

[bold]Examples[/]

  ccplan quick 100 --aht "3 min" --shrinkage 0.3

  ccplan quick 80 95 120 110 --open 09:00-11:00 --aht 4:30 --patience "2 min"

  ccplan quick 100 --aht 180 --patience 120 --have 14
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from interface.cli import options, output
from interface.cli.output import number
from interface.cli.scenario_files import save
from models.centre.quick import QuickInputs, quick_day, quick_scenario, quick_service, quick_staffing
from scenarios.units import HOUR, duration
from scenarios.yaml import files

if TYPE_CHECKING:
    import pandas as pd


def command(
    contacts: Annotated[
        list[float],
        typer.Argument(help="Contacts of an interval; several numbers are the intervals of a day.", show_default=False),
    ],
    aht: Annotated[str, typer.Option(help="Average handle time, wrap-up included: 180, '3 min' or 3:00.")],
    share: Annotated[float, typer.Option(help="Target: share answered in time; 0.8 is 80 %.")] = 0.8,
    within: Annotated[str, typer.Option(help="Target: answered within this time.")] = "20s",
    interval: Annotated[str, typer.Option(help="Length of an interval.")] = "30 min",
    per_hour: Annotated[bool, typer.Option("--per-hour", help="The contacts are per hour, not per interval.")] = False,
    opening: Annotated[str, typer.Option("--open", help="Opening hours of the day.")] = "08:00-20:00",
    shrinkage: Annotated[float, typer.Option(help="Share of paid time not available for contacts.")] = 0.3,
    patience: Annotated[
        str | None, typer.Option(help="Average patience of waiting customers; adds Erlang A.", show_default=False)
    ] = None,
    max_occupancy: Annotated[float | None, typer.Option(help="Maximum occupancy of agents, such as 0.85.")] = None,
    have: Annotated[
        float | None, typer.Option(help="Agents on contacts: show the service that they give.", show_default=False)
    ] = None,
    scheduled: Annotated[
        bool, typer.Option("--scheduled", help="The agents of --have are scheduled: shrinkage takes its share.")
    ] = False,
    target: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write a scenario of these numbers here.")
    ] = None,
    json: options.Json = False,
) -> None:
    """Run ``ccplan quick``."""
    length = duration(interval, "interval")
    scale = length / HOUR if per_hour else 1.0
    inputs = QuickInputs(
        contacts=tuple(value * scale for value in contacts),
        handle_time=duration(aht, "aht"),
        share=share,
        within=duration(within, "within"),
        interval=length,
        opening=opening,
        shrinkage=shrinkage,
        patience=None if patience is None else duration(patience, "patience"),
        max_occupancy=max_occupancy,
    )
    rows = quick_staffing(inputs) if have is None else quick_service(inputs, have, scheduled=scheduled)
    if target is not None:
        save(files.dump(quick_scenario(inputs, rows)), target)
    if json:
        output.write_json(output.records(rows))
    else:
        _show(inputs, rows)
    if target is not None:
        name = escape(str(target))
        output.err().print(f"Saved to {name}. Check it: ccplan simulate {name}")


_HEADS = ("Agents", "Scheduled", "Service level", "ASA", "Abandonment", "Occupancy")


def _show(inputs: QuickInputs, rows: pd.DataFrame) -> None:
    console = output.out()
    flat = len(inputs.contacts) == 1
    parts = rows.groupby("model", sort=False).head(1) if flat else rows
    lines = ((str(row["model"]), str(row["start"]), *_cells(row)) for row in output.records(parts))
    title = f"Each interval of {inputs.interval / 60:g} min, {inputs.opening}"
    heads = ("Formula", "Any" if flat else "From", "Contacts", *_HEADS)
    if flat:
        lines = ((model, "interval", *cells) for model, _, *cells in lines)
    console.print(output.table(heads, lines, title=title, left=2))
    days = (
        (
            str(day["model"]),
            f"{day['contacts']:,.0f}",
            f"{day['agent_hours']:,.1f}",
            f"{day['paid_hours']:,.1f}",
            f"{day['fte']:,.1f}",
            *_service(day),
        )
        for day in output.records(quick_day(rows, inputs))
    )
    heads = ("Formula", "Contacts", "Agent-hours", "Paid hours", "FTE", *_HEADS[2:])
    console.print(output.table(heads, days, title="The day"))
    growing = rows[rows["growth"] > 0]
    if not growing.empty:
        worst = growing.sort_values("growth").iloc[-1]
        console.print(
            f"{worst['model']}, {worst['start']}: {worst['agents']:g} agents cannot keep up with "
            f"{worst['load']:.1f} erlangs; the queue grows by {worst['growth']:,.0f} contacts per hour."
        )
    text = "Scheduled = agents / (1 - shrinkage). FTE: paid hours / 8. Each interval by itself: simulate for the rest."
    console.print(text, style="dim")


def _cells(row: dict[str, float]) -> tuple[str, ...]:
    return (f"{row['contacts']:,.1f}", f"{row['agents']:,.4g}", f"{row['scheduled']:,.1f}", *_service(row))


def _service(row: dict[str, float]) -> tuple[str, ...]:
    shares = (number(row[name], "share") for name in ("abandonment", "occupancy"))
    asa = "endless" if math.isinf(row["asa"]) else number(row["asa"], "s")
    return (number(row["service_level"], "share"), asa, *shares)
