"""Show what happens when a bot contains less from a time on: service with its band, customers hurt, and the insurance.

[bold]Examples[/]

  ccplan drift bot-first --points -11 --since "Mon 09:00"

  ccplan drift mine.yaml --points -11 --since "Mon 09:00" --bot phone --insure --seconds 60
"""

from __future__ import annotations

import math
from typing import Annotated

import typer
from rich.markup import escape

from interface.cli import options, output
from interface.cli.output import between, number
from models.optimisation.plan_rules import ACCEPTED
from models.whatif.drift import DriftEffect, drift_effects, with_drift
from models.whatif.insurance import Insurance, insure
from scenarios.scenario import Scenario
from scenarios.yaml import files
from simulator.evaluator import evaluator
from studies.planning import PlanningMethod


def command(
    scenario: options.Source,
    points: Annotated[float, typer.Option(help="Change of containment in points, -11 for eleven less.")] = -10.0,
    since: Annotated[str, typer.Option(help="Weekday and time from which on the bot contains less.")] = "Mon 09:00",
    bot: Annotated[
        str | None, typer.Option(help="Contact type whose bot drifts; by default every bot does.", show_default=False)
    ] = None,
    insured: Annotated[
        bool,
        typer.Option("--insure/--no-insure", help="Also find the cheapest plan that meets the targets either way."),
    ] = False,
    seconds: options.SearchTime = 30.0,
    replications: options.TrialReplications = 100,
    seed: options.Seed = 1,
    json: options.Json = False,
) -> None:
    """Run ``ccplan drift``."""
    centre = files.load(scenario)
    drifted = with_drift(centre, since, points / 100, bot)
    method = PlanningMethod(replications=replications, seed=seed, doubt_seconds=0.0)
    effects = drift_effects(centre, drifted, method.run_trial)
    insurance = None
    if insured:
        insurance = insure(centre, [drifted], evaluator(seed), rules=ACCEPTED, seconds=seconds)
    if json:
        output.write_json(_rows(effects, insurance))
        return
    _show(centre, drifted, effects)
    for line in insurance.lines(lambda money: f"{money:,.0f} {centre.currency}".rstrip()) if insurance else ():
        output.out().print(f"{escape(line)}.")


def _rows(effects: tuple[DriftEffect, ...], insurance: Insurance | None) -> list[dict[str, object]]:
    """One row a contact type, and one for the insurance; `section` says which a row is."""
    rows: list[dict[str, object]] = [
        {
            "section": "drift",
            "of": effect.of,
            "target": effect.target,
            "without": float(effect.before.value),
            "value": float(effect.after.value),
            "low": float(effect.after.low),
            "high": float(effect.after.high),
            "band_low": effect.band[0],
            "band_high": effect.band[1],
            "hurt": float(effect.hurt.value),
            "hurt_low": float(effect.hurt.low),
            "hurt_high": float(effect.hurt.high),
        }
        for effect in effects
    ]
    if insurance is not None:
        rows.append({"section": "insurance", "premium": insurance.premium, "cost_alone": insurance.alone.cost})
    return rows


def _show(centre: Scenario, drifted: Scenario, effects: tuple[DriftEffect, ...]) -> None:
    hurt = sum(float(effect.hurt.value) for effect in effects)
    error = math.sqrt(sum(float(effect.hurt.error) ** 2 for effect in effects))
    name = escape(centre.title or centre.name)
    console = output.out()
    console.print(f"[bold]{name}[/], {escape(drifted.title)}, today's staffing: {hurt:,.0f} customers hurt")
    console.print(
        f"(not answered in time who would have been; ± {1.96 * error:,.0f}, from then to the end of the horizon)\n"
    )
    rows = (
        (
            escape(effect.of),
            escape(effect.target),
            number(float(effect.before.value), "share"),
            number(float(effect.after.value), "share"),
            between(float(effect.after.low), float(effect.after.high), "share"),
            between(*effect.band, "share"),
            f"{float(effect.hurt.value):+,.1f}",
        )
        for effect in effects
    )
    heads = ("Type", "Target", "Without drift", "With drift", "95 % CI", "8 of 10 horizons", "Customers hurt")
    console.print(output.table(heads, rows, left=2))
