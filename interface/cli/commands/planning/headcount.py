"""Plan hires by month: from volumes to people, with attrition, hiring time, learning, and the chance of being short.

The people that each month needs follow from the scenario, staffed by formula for that month's share of its volume. New
hires work slower for some weeks, people leave at random, and demand differs from its forecast.

[bold]Examples[/]

  ccplan headcount help-desk --people 68

  ccplan headcount mine.yaml --people 40 --volumes 1,1.05,1.1,1.2,1.2,1.1 --risk 0.05

  ccplan headcount mine.yaml --people 40 --growth 0.02 --attrition 0.4 --json
"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from interface.cli import options, output
from interface.headcount import months_from, people_needed
from models.workforce.headcount import WorkforceAssumptions, headcount_plan
from scenarios.yaml import files


def command(
    scenario: options.Source,
    people: Annotated[int, typer.Option(help="People at work today, of 40 hours a week each.", show_default=False)],
    volumes: Annotated[
        str, typer.Option(help="Volume of each month, as multiples of the scenario's: 1,1.05,1.1.", show_default=False)
    ] = "",
    growth: Annotated[float, typer.Option(help="Growth of volume from month to month; 0.02 is 2 %.")] = 0.0,
    months: Annotated[int, typer.Option(help="How many months, without --volumes.")] = 12,
    attrition: Annotated[float, typer.Option(help="Share of people who leave within a year.")] = 0.30,
    lead: Annotated[int, typer.Option(help="Months from the decision to hire to the first day.")] = 2,
    ramp_weeks: Annotated[float, typer.Option(help="Weeks until a new hire works as fast as the others.")] = 8.0,
    ramp_factor: Annotated[
        float, typer.Option(help="Handle times of a new hire on the first day, as a multiple.")
    ] = 1.4,
    training_hours: Annotated[
        float, typer.Option(help="Training and quality time, hours a week, not yet in the shrinkage.")
    ] = 0.0,
    forecast_error: Annotated[float, typer.Option(help="Standard error of a month's volume; 0.05 is 5 %.")] = 0.05,
    occupancy: Annotated[
        float, typer.Option(help="How busy agents are; 0.95 raises attrition, as from 90 % on work tires.")
    ] = 0.0,
    risk: Annotated[float, typer.Option(help="Chance of being short that is accepted in a month.")] = 0.1,
    seed: options.Seed = 1,
    json: options.Json = False,
) -> None:
    """Run ``ccplan headcount``."""
    centre = files.load(scenario)
    required = people_needed(centre, months_from(volumes, growth, months))
    given = WorkforceAssumptions(
        attrition, lead, ramp_weeks, ramp_factor, training_hours, forecast_error=forecast_error
    )
    plan = headcount_plan(required, people, given, risk=risk, occupancy=occupancy, seed=seed)
    if json:
        output.write_json(output.records(plan.rows))
        return
    headings = [
        "Month",
        "People needed",
        "Hires start",
        "Decide in month",
        "People",
        "Worth, with learning",
        "80 %",
        "Short",
    ]
    rows = [
        (
            str(row["month"]),
            f"{row['required']:,.1f}",
            str(row["starters"] or ""),
            f"{row['decide_in']:.0f}" if row["starters"] else "",
            f"{row['headcount']:,.1f}",
            f"{row['effective']:,.1f}",
            f"{row['low']:,.1f} to {row['high']:,.1f}",
            f"{100 * row['chance_short']:.0f} %",
        )
        for row in output.records(plan.rows)
    ]
    console = output.out()
    console.print(output.table(headings, rows, f"Headcount: {escape(centre.title or centre.name)}"))
    console.print(plan.in_words())
    output.note("Attrition, hiring time, learning and forecast error are assumptions; see the options.")
