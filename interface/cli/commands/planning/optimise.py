"""Find the lowest-cost staffing that meets every target, checked by simulation.

[bold]Examples[/]

  ccplan optimise mine.yaml --output cheapest.yaml

  ccplan optimise mine.yaml --block "30 min" --seconds 300 --prices

  ccplan optimise retail-weekday --also retail-sale-day --also "volume +10 %" --also "containment -10 points"
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from interface.app.jobs.optimise import until_begun
from interface.cli import options, output
from interface.cli.output import between, number
from interface.cli.result_tables import SIGNS
from interface.cli.run import engine_named
from interface.cli.scenario_files import save
from interface.formatting import optimality_gap
from models.optimisation.budget import Step
from models.optimisation.plan import Plan
from models.optimisation.plan_notes import in_one_line
from models.optimisation.plan_rules import ACCEPTED, NO_RULES, PlanRules
from models.optimisation.plan_space import plan_space
from models.optimisation.search import optimise
from models.optimisation.target_costs import TargetCost, cost_of_targets
from models.whatif.insurance import Insurance, insure
from models.whatif.variations import varied
from scenarios.errors import InvalidValue
from scenarios.measures import MEASURES
from scenarios.requirements import constraints
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MET, MISSED
from scenarios.units import seconds as parse_seconds
from scenarios.yaml import files, presets
from scenarios.yaml.write import dump
from simulator.evaluator import evaluator

if TYPE_CHECKING:
    from rich.console import Console

ALWAYS, OFF = "always", "off"


def command(
    scenario: options.Source,
    block: Annotated[str, typer.Option(help="Length of a staffing period, e.g. '60 min' or 'always'.")] = "60 min",
    gap: Annotated[float, typer.Option(help="Optimality gap at which the search stops; 0.01 is 1 %.")] = 0.01,
    seconds: Annotated[float, typer.Option(help="Time limit in seconds; a busy machine gets less done in it.")] = 120.0,
    max_replications: Annotated[
        float,
        typer.Option("--max-replications", "--plays", help="Maximum number of replications, final check included."),
    ] = math.inf,
    check_days: Annotated[
        int, typer.Option("--check-days", "--fresh", help="Number of new replications in the final check of the plan.")
    ] = 500,
    seed: options.Seed = 1,
    engine: options.Engine = None,
    floor: Annotated[
        str,
        typer.Option(
            help="Lowest service level of an open hour, in points below the target, at least 50 %; 'off' for none."
        ),
    ] = "10",
    min_run: Annotated[
        str, typer.Option(help="Shortest time for which an agent is added or taken away; 0 for any.")
    ] = "2 h",
    change_price: Annotated[
        float,
        typer.Option(help="What one agent more or fewer from hour to hour counts in the search, in agent-hours."),
    ] = ACCEPTED.change_price,
    rules: Annotated[
        bool,
        typer.Option(
            "--rules/--no-rules", help="Floor, shortest run, price of changes, repeated hours alike; or targets alone."
        ),
    ] = True,
    prices: Annotated[
        bool, typer.Option("--prices", help="Also show what the last points of each target cost.")
    ] = False,
    also: Annotated[
        list[str] | None,
        typer.Option(
            help="A further scenario whose targets the plan must meet too, and what that costs: a file, a preset, or a "
            "change such as 'volume +10 %' or 'containment -10 points'. May be repeated; two plans of --seconds each.",
            show_default=False,
        ),
    ] = None,
    target: options.Output = None,
    check: options.Check = False,
    json: options.Json = False,
) -> None:
    """Run ``ccplan optimise``."""
    centre = files.load(scenario)
    evaluate = evaluator(seed, "auto" if engine is None else engine_named(engine))
    length = math.inf if block == ALWAYS else parse_seconds(block)
    if constraints(centre):
        evaluate([centre], 1)  # compiles the engine before the clock of the search runs
    kept = PlanRules(_share(floor), change_price, parse_seconds(min_run), repeat=True) if rules else NO_RULES
    insurance = None
    if also:
        if prices:
            raise InvalidValue("prices", "--prices", "leave it out with --also")
        insurance = insure(
            *(centre, [_further(centre, words) for words in also], evaluate),
            block=length,
            rules=kept,
            gap=gap,
            seconds=seconds,
            plays=max_replications,
            fresh=check_days,
            progress=_show_step,
        )
        plan = insurance.plan
    else:
        plan = optimise(
            *(centre, evaluate),
            block=length,
            rules=kept,
            gap=gap,
            seconds=seconds,
            plays=max_replications,
            fresh=check_days,
            progress=_show_step,
        )
    costs = cost_of_targets(centre, plan, evaluate, block=length, rules=kept, seconds=seconds / 4) if prices else ()
    if target is not None:
        save(dump(plan.scenario), target)
    if json:
        output.write_json([*_rows(plan, costs), *(_insurance_rows(insurance) if insurance is not None else ())])
    else:
        _show(output.out(), centre, plan, costs, length)
        for line in insurance.lines(lambda money: f"{_money(money)} {centre.currency}".rstrip()) if insurance else ():
            output.out().print(f"{escape(line)}.")
    raise typer.Exit(1 if check and plan.status != MET else 0)


def _further(scenario: Scenario, words: str) -> Scenario:
    """A file, a preset, or the scenario with one assumption changed."""
    if Path(words).exists() or words in presets.names():
        return files.load(words)
    return varied(scenario, words)


def _insurance_rows(insurance: Insurance) -> Iterator[dict[str, object]]:
    """What a plan for several scenarios costs more, and the targets of the further ones without it."""
    yield {
        "section": "insurance",
        "premium": insurance.premium,
        "premium_least": insurance.least,
        "premium_most": insurance.most,
        "cost_alone": insurance.alone.cost,
    }
    for target in insurance.uninsured:
        yield {
            "section": "uninsured",
            "scenario": target.constraint.scenario,
            "of": target.constraint.of,
            "target": target.constraint.text,
            "value": target.value,
            "low": target.low,
            "high": target.high,
            "status": target.status(),
        }


def _share(floor: str) -> float | None:
    """The points below a target as a share; None where there is no floor."""
    if floor.strip().lower() == OFF:
        return None
    try:
        return float(floor.strip().removesuffix("%")) / 100
    except ValueError:
        raise InvalidValue("floor", floor, "give the points below the target, 10 for ten, or off") from None


def _show_step(step: Step) -> None:
    console = output.err()
    if console.is_terminal:
        console.print(
            f"{step.seconds:6.1f} s  best {_money(step.cost)}  lower bound {_money(step.bound)}  {step.doing}"
        )


def _rows(plan: Plan, costs: tuple[TargetCost, ...]) -> Iterator[dict[str, object]]:
    """The plan, its staffing, targets, marginal values, costs of targets and steps; `section` says which a row is."""
    yield {
        "section": "plan",
        "cost": plan.cost,
        "overtime": plan.overtime,
        "bot_cost": plan.bot_cost,
        "staffing_changes": plan.changes,
        "change_cost": plan.change_cost,
        "lower_bound": plan.bound,
        "gap": plan.gap,
        "bound_type": plan.bound_kind,
        "bound_assumption": plan.bound_holds,
        "workload_bound": plan.proven,
        "status": plan.status,
        "binding": plan.binding,
        "overtime_hours": plan.overrun,
        "check_replications": plan.replications,
        "stopped": plan.ended,
        "summary": in_one_line(plan, _money),
        "notes": "; ".join(plan.notes),
    }
    for name, row in zip(plan.scenario.group_names, plan.scenario.staffing, strict=True):
        yield {"section": "staffing", "group": name, "agents": " ".join(map(str, row))}
    yield from ({"section": "target"} | row for row in output.records(plan.constraints_table()))
    for marginal in plan.marginal_values:
        change = {"group": marginal.group, "agents": marginal.staffing, "target": marginal.constraint}
        values = {name: value for name, value in vars(marginal).items() if name not in ("staffing", "constraint")}
        yield {"section": "marginal_value"} | change | values
    yield from ({"section": "target_cost"} | vars(cost) for cost in costs)
    for step in plan.steps:
        yield {"section": "step", "seconds": step.seconds, "cost": step.cost, "lower_bound": step.bound} | {
            "phase": step.doing
        }


def _show(console: Console, scenario: Scenario, plan: Plan, costs: tuple[TargetCost, ...], block: float) -> None:
    _show_summary(console, scenario, plan)
    verdicts = (
        (
            SIGNS[target.status()],
            escape(target.constraint.of),
            escape(target.constraint.text),
            number(target.value, target.unit),
            between(target.low, target.high, target.unit),
        )
        for target in plan.constraints
    )
    title = f"Targets, checked on {plan.replications} new replications"
    console.print(
        output.table(("Verdict", "Type or group", "Target", "Result", "95 % CI"), verdicts, title=title, left=3)
    )
    console.print(f"Binding target: {escape(plan.binding)}\n")
    columns = ("Group", "Agent-hours", "Min agents", "Max agents")
    console.print(output.table(columns, _groups(plan, block), title="Staffing"))
    console.print(
        output.table(
            ("Change", "Cost", "Type or group", "Target", "Result", "Difference"),
            (_marginal_cells(row) for row in output.records(plan.marginal_values_table())),
            title="Marginal value of an agent: one more or one fewer all day, on new replications",
        )
    )
    for cost in costs:
        amount = cost.amount(lambda money: f"{_money(money)} {scenario.currency}".rstrip())
        words = f"{cost.of}: '{cost.target}' instead of '{cost.relaxed}': {amount}"
        console.print(f"Cost of a target: {escape(words)}")
    for note in filter(None, (*plan.notes, until_begun(scenario))):
        console.print(f"Note: {escape(note)}", style="dim")


def _show_summary(console: Console, scenario: Scenario, plan: Plan) -> None:
    """Print the cost and what is known of it: targets not confirmed, optimality gap, lower bounds."""
    unconfirmed = sum(target.status() != MET for target in plan.constraints)
    name = "Lowest-cost plan" if not unconfirmed else "Best plan so far"
    parts = {"overtime": plan.overtime, "bot sessions": plan.bot_cost}
    included = ", ".join(f"{_money(money)} {part}" for part, money in parts.items() if money)
    cost = f"{_money(plan.cost)} {scenario.currency}".rstrip() + (f" (incl. {included})" if included else "")
    confirmed = (
        f"; {unconfirmed} of {len(plan.constraints)} targets not confirmed" if unconfirmed else ", every target met"
    )
    console.print(f"[bold]{escape(scenario.title or scenario.name)}[/]: {name}: {escape(cost)}{confirmed}")
    if plan.change_cost:
        counted = f"{_money(plan.change_cost)} {scenario.currency}".rstrip()
        console.print(f"{plan.changes} changes of staffing counted as {escape(counted)} in the search, not paid.")
    console.print(escape(in_one_line(plan, lambda money: f"{_money(money)} {scenario.currency}".rstrip())))
    assumption = "" if plan.bound_kind == "load" else f", assuming: {plan.bound_holds}"
    gap = optimality_gap(plan.gap, estimated=plan.estimated)
    console.print(f"{gap}. Lower bound: {_money(plan.bound)}{escape(assumption)}.")
    bots = ", with the bot sessions of this plan" if plan.bot_cost else ""
    console.print(f"Lower bound from workload alone: {_money(plan.proven)}{bots}. Stopped: {escape(plan.ended)}.\n")


def _groups(plan: Plan, block: float) -> Iterator[tuple[str, ...]]:
    worked = (plan_space(plan.scenario, block).agent_hours * plan.staffing).sum(axis=1)
    for name, row, hours in zip(plan.scenario.group_names, plan.staffing, worked, strict=True):
        staffed = row[row > 0]
        fewest = str(staffed.min()) if staffed.size else "0"
        yield escape(name), f"{float(hours):,.1f}", fewest, str(row.max())


def _marginal_cells(row: dict[str, object]) -> tuple[str, ...]:
    unit = MEASURES[str(row["measure"])].unit
    change = float(str(row["difference"]))
    half_width = 1.96 * float(str(row["error"]))
    text = (
        f"{100 * change:+.1f} ± {100 * half_width:.1f} points"
        if unit == "share"
        else f"{change:+.1f} ± {half_width:.1f} {unit}"
    )
    text = text if math.isfinite(change) else "–"
    mark = {MISSED: " [red]missed[/]", INCONCLUSIVE: " [yellow]inconclusive[/]"}.get(str(row["status"]), "")
    return (
        f"{int(str(row['staffing'])):+d} {escape(str(row['group']))}",
        f"{float(str(row['cost'])):+,.1f}",
        escape(str(row["of"])),
        escape(str(row["constraint"])),
        number(float(str(row["value"])), unit) + mark,
        text,
    )


def _money(value: float) -> str:
    return f"{value:,.1f}" if math.isfinite(value) else "–"
