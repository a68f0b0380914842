"""``ccplan optimise``: the cheapest staffing that meets every target, with what it rests on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from interface.app.jobs.optimise import until_begun
from interface.cli import output
from interface.cli.commands.simulate import engine_named
from interface.cli.commands.theory import save
from interface.cli.output import between, number
from models.optimisation.budget import Step
from models.optimisation.plan import Plan
from models.optimisation.plan_space import plan_space
from models.optimisation.search import optimise
from models.optimisation.target_costs import TargetCost, cost_of_targets
from scenarios.judgement import Judged
from scenarios.measures import MEASURES
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MISSED
from scenarios.units import seconds
from scenarios.yaml import files
from scenarios.yaml.write import dump
from simulator.evaluator import evaluator

if TYPE_CHECKING:
    from rich.console import Console

_SIGNS = {"met": "[green]✓ met[/]", "missed": "[red]✗ missed[/]", "inconclusive": "[yellow]? inconclusive[/]"}
ALWAYS = "always"


@dataclass(frozen=True)
class Search:
    """How to search."""

    block: str = "60 min"
    gap: float = 0.01
    seconds: float = 120.0
    plays: float = math.inf
    fresh: int = 500
    seed: int = 1
    engine: str | None = None


def command(source: str, search: Search, prices: bool, target: Path | None, check: bool, as_json: bool) -> int:
    """Search, show and perhaps write the plan; the exit code."""
    scenario = files.load(source)
    engine = "auto" if search.engine is None else engine_named(search.engine)
    evaluate = evaluator(search.seed, engine)
    block = math.inf if search.block == ALWAYS else seconds(search.block)
    console = output.err()

    def tell(step: Step) -> None:
        if console.is_terminal:
            console.print(f"{step.seconds:6.1f} s  {_money(step.cost)}  at least {_money(step.bound)}  {step.doing}")

    plan = optimise(
        scenario,
        evaluate,
        block=block,
        gap=search.gap,
        seconds=search.seconds,
        plays=search.plays,
        fresh=search.fresh,
        progress=tell,
    )
    found = cost_of_targets(scenario, plan, evaluate, block=block, seconds=search.seconds / 4) if prices else ()
    if target is not None:
        save(dump(plan.scenario), target)
    if as_json:
        output.write_json(_rows(plan, found))
    else:
        _show(output.out(), scenario, plan, found, block)
    return 1 if check and plan.status != "met" else 0


def _rows(plan: Plan, prices: tuple[TargetCost, ...]) -> Iterator[dict[str, object]]:
    """The plan, its wishes, what an agent is worth and what targets cost, each row with its `contact_type`."""
    yield {
        "kind": "plan",
        "cost": plan.cost,
        "overtime": plan.overtime,
        "bot_cost": plan.bot_cost,
        "bound": plan.bound,
        "gap": plan.gap,
        "bound_kind": plan.bound_kind,
        "bound_holds": plan.bound_holds,
        "proven": plan.proven,
        "status": plan.status,
        "binding": plan.binding,
        "overrun_hours": plan.overrun,
        "fresh_replications": plan.replications,
        "ended": plan.ended,
        "notes": "; ".join(plan.notes),
    }
    for name, row in zip(plan.scenario.group_names, plan.scenario.staffing, strict=True):
        yield {"kind": "heads", "group": name, "heads": " ".join(map(str, row))}
    yield from ({"kind": "wish"} | row for row in output.records(plan.constraints_table()))
    yield from ({"kind": "agent"} | row for row in output.records(plan.marginal_values_table()))
    yield from ({"kind": "price"} | vars(price) for price in prices)
    yield from ({"kind": "step"} | row for row in output.records(plan.history()))


def _show(console: Console, scenario: Scenario, plan: Plan, prices: tuple[TargetCost, ...], block: float) -> None:
    name = escape(scenario.title or scenario.name)
    least = f"; {_money(plan.bound)}, if {plan.bound_holds}" if plan.bound_kind != "load" else ""
    said = escape(plan.gap_text[0].upper() + plan.gap_text[1:] + least)
    parts = {"work after the end of duties": plan.overtime, "bot sessions": plan.bot_cost}
    late = ", ".join(f"{_money(money)} of it for {what}" for what, money in parts.items() if money)
    late = f", {late}" if late else ""
    console.print(f"[bold]{name}[/]: {_money(plan.cost)} {escape(scenario.currency)} for the horizon{late}")
    always = "always, with the bot sessions of this plan" if plan.bot_cost else "always"
    console.print(
        f"{said}. By the load alone at least {_money(plan.proven)}, {always}. The search ended: {plan.ended}.\n"
    )
    constraints = (
        (_SIGNS[one.status()], escape(one.constraint.of), escape(one.constraint.text), *_found(one))
        for one in plan.constraints
    )
    title = f"On {plan.replications} days that the search has not seen"
    console.print(output.table(("Target", "of", "wanted", "found", "95 % interval"), constraints, title=title, left=3))
    console.print(f"Tightest: {escape(plan.binding)}\n")
    console.print(output.table(("Group", "hours", "fewest", "most"), _groups(plan, block), title="Heads", left=1))
    console.print(
        output.table(
            ("Agents", "cost", "of", "target", "would be", "change"),
            (_change(row) for row in output.records(plan.marginal_values_table())),
            title="One agent more or fewer all day, on days that the search has not seen",
            left=1,
        )
    )
    for price in prices:
        amount = price.amount(lambda money: f"{_money(money)} {scenario.currency}".rstrip())
        words = f"{price.of}: from '{price.relaxed}' to '{price.target}': {amount}"
        console.print(f"The last part of a target: {escape(words)}")
    for note in filter(None, (*plan.notes, until_begun(scenario))):
        console.print(f"Note: {escape(note)}", style="dim")


def _found(one: Judged) -> tuple[str, str]:
    return number(one.value, one.unit), between(one.low, one.high, one.unit)


def _groups(plan: Plan, block: float) -> Iterator[tuple[str, ...]]:
    worked = (plan_space(plan.scenario, block).agent_hours * plan.staffing).sum(axis=1)
    for name, row, hours in zip(plan.scenario.group_names, plan.staffing, worked, strict=True):
        there = row[row > 0]
        fewest = str(there.min()) if there.size else "0"
        yield escape(name), f"{float(hours):,.1f}", fewest, str(row.max())


def _change(row: dict[str, object]) -> tuple[str, ...]:
    unit = MEASURES[str(row["measure"])].unit
    change = float(str(row["difference"]))
    doubt = 1.96 * float(str(row["error"]))
    text = (
        f"{100 * change:+.1f} ± {100 * doubt:.1f} points" if unit == "share" else f"{change:+.1f} ± {doubt:.1f} {unit}"
    )
    text = text if math.isfinite(change) else "–"
    mark = {MISSED: " [red]missed[/]", INCONCLUSIVE: " [yellow]inconclusive[/]"}.get(str(row["status"]), "")
    return (
        f"{int(str(row['heads'])):+d} {escape(str(row['group']))}",
        f"{float(str(row['cost'])):+,.1f}",
        escape(str(row["of"])),
        escape(str(row["wish"])),
        number(float(str(row["value"])), unit) + mark,
        text,
    )


def _money(value: float) -> str:
    return f"{value:,.1f}" if math.isfinite(value) else "–"
