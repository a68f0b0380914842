"""The command line's words for studies: ``frontier``, ``ask`` and ``tornado``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Source = Annotated[str, typer.Argument(help="A scenario: a YAML file, or the name of a preset.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Only a JSON array of rows on standard output.")]
Seed = Annotated[int, typer.Option(help="Equal seeds give equal customers, under any staffing.")]
Replications = Annotated[int, typer.Option("--replications", "-n", help="How often each plan is tried.")]
By = Annotated[str, typer.Option("--by", help="What makes plans: search (proved by simulation) or formula (quick).")]
Seconds = Annotated[float, typer.Option(help="The time of the search for one plan.")]
Gap = Annotated[float, typer.Option(help="A search stops when its plan is this near to the bound: 0.02 is 2 %.")]


def register(app: typer.Typer) -> None:
    """Add the words of this file to the command line."""
    for word in (frontier, ask, tornado):
        app.command()(word)


def frontier(
    scenario: Source,
    bot: Annotated[str | None, typer.Option(help="The type whose bot is varied.", show_default=False)] = None,
    levels: Annotated[str | None, typer.Option(help="Shares that the bot claims to contain: 0,0.2,0.4.")] = None,
    false: Annotated[str | None, typer.Option(help="How much of that is false: one share, or several.")] = None,
    weeks: Annotated[int, typer.Option(help="Follow the bot so many weeks while it is tuned.")] = 0,
    once: Annotated[float, typer.Option(help="Money spent to introduce the bot.")] = 0.0,
    chart: Annotated[Path | None, typer.Option(help="Write a chart to this .svg or .png file.")] = None,
    picture: Annotated[str, typer.Option(help="The chart: map, costs, savings, responses or weeks.")] = "map",
    by: By = "search",
    seconds: Seconds = 20.0,
    gap: Gap = 0.02,
    replications: Replications = 100,
    seed: Seed = 1,
    json: Json = False,
) -> None:
    """Show how far automation pays: the cheapest staffing at each level of a bot's containment.

    Cost, true net saving against the claimed one, cost per resolved case, and how fast customers get a person, a person
    or a resolving bot, or any answer. A level that no staffing can serve is told with the reason.

    [bold]Examples[/]

      ccplan frontier bot-first --levels 0,0.2,0.4,0.6 --false 0.25,0.4

      ccplan frontier bot-first --by formula --weeks 26 --once 20000

      ccplan frontier bot-first --by formula --false 0.1,0.25,0.4 --chart map.svg
    """
    from interface.cli.commands.frontier import Wanted, command
    from studies.planning import PlanningMethod

    how = PlanningMethod(by, replications, seed, seconds, gap)
    raise typer.Exit(command(scenario, Wanted(bot, levels, false, weeks, once, chart, picture), how, json))


def ask(
    scenario: Source,
    question: Annotated[
        str | None,
        typer.Argument(help="curve, pool, training, slots, reservation or priority; without one they are listed."),
    ] = None,
    by: By = "search",
    seconds: Seconds = 20.0,
    gap: Gap = 0.02,
    replications: Replications = 50,
    seed: Seed = 1,
    json: Json = False,
) -> None:
    """Answer a ready question: one line, its table, and the worlds that were compared.

    [bold]Examples[/]

      ccplan ask three-silos pool

      ccplan ask retail-weekday reservation

      ccplan ask vip-or-equal priority --json
    """
    from interface.cli.commands.questions import answer
    from studies.planning import PlanningMethod

    raise typer.Exit(answer(scenario, question, PlanningMethod(by, replications, seed, seconds, gap), json))


def tornado(
    scenario: Source,
    fails: Annotated[bool, typer.Option("--fails/--no-fails", help="Search for what makes the plan fail.")] = True,
    ranges: Annotated[
        list[str] | None,
        typer.Option("--range", help="A range of your own, volume=-15%,+25%; repeat it. Absence is in points."),
    ] = None,
    replications: Replications = 50,
    seed: Seed = 1,
    json: Json = False,
) -> None:
    """Show what a plan rests on: how its targets move with each assumption, and where it fails.

    [bold]Examples[/]

      ccplan tornado bot-first

      ccplan tornado mine.yaml --range volume=-15%,+25% --range absence=0,+8

      ccplan tornado mine.yaml --no-fails --json
    """
    from interface.cli.commands.questions import swings

    raise typer.Exit(swings(scenario, replications, seed, fails, ranges or (), json))
