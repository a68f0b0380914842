"""Plan shifts with breaks that cover the requirement at the lowest cost, and write them as files to hand out.

The requirement of each agent group comes from its targets by Erlang formula, or from the staffing of the scenario.
Shift patterns come from a YAML file; without one, full-time and part-time shifts are assumed, which is shown.
Cost, lower bound and optimality gap are shown. If no shifts can cover the requirement, the intervals and limits in
conflict are named. With --prove the shifts are played on fresh days; with --until-met requirement and shifts are found
together, by simulation, until every target is met.

[bold]Examples[/]

  ccplan shifts help-desk

  ccplan shifts mine.yaml --patterns patterns.yaml --excel shifts.xlsx --csv shifts.csv

  ccplan shifts mine.yaml --requirement plan --json

  ccplan shifts mine.yaml --requirement shifts.xlsx --excel changed.xlsx

  ccplan shifts mine.yaml --prove --excel shifts.xlsx

  ccplan shifts mine.yaml --until-met --seconds 300

  ccplan shifts mine.yaml --into mine.yaml
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from interface.cli import options, output
from interface.cli.proof_tables import loop_row, proof_rows, show_loop, show_proof
from interface.cli.scenario_files import refuse_target, save, save_bytes
from models.optimisation.plan_rules import ACCEPTED, NO_RULES
from models.scheduling.covering import SECONDS
from models.scheduling.patterns import ShiftRules, default_rules, read_rules
from models.scheduling.shift_plan import (
    GAP,
    ShiftPlan,
    cover_requirement,
    coverage_table,
    plan_lines,
    required_people,
    shift_table,
)
from models.scheduling.to_scenario import scenario_with_shifts
from scenarios.evaluation import Evaluate
from scenarios.requirements import constraints
from scenarios.rosters.requirement_sheet import read_requirement
from scenarios.scenario import Scenario
from scenarios.units import MINUTE
from scenarios.yaml import files
from scenarios.yaml.tables import read_text
from simulator.evaluator import evaluator
from studies.shifts.loop import DOING, LoopStep, ServiceSchedule, plan_with_service
from studies.shifts.loop import SECONDS as LOOP_SECONDS
from studies.shifts.proof import FRESH, SAMPLE
from studies.shifts.proof import prove as prove_shifts


def command(
    scenario: options.Source,
    patterns: Annotated[
        Path | None, typer.Option(help="YAML file of shift patterns; by default assumed ones.", show_default=False)
    ] = None,
    requirement: Annotated[
        str,
        typer.Option(
            help="Required agents: formula (by Erlang), plan (the staffing), or a workbook as --excel writes it."
        ),
    ] = "formula",
    excel: Annotated[
        Path | None, typer.Option(help="Write a workbook with a sheet for each day here.", show_default=False)
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(help="Write a row for each person and shift here.", show_default=False)
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            help="Write the shifts into this scenario file as staffing; a new file is begun with the scenario.",
            show_default=False,
        ),
    ] = None,
    prove: Annotated[
        bool, typer.Option("--prove", help="Play the shifts on fresh days: proven service, risks, who may go home.")
    ] = False,
    until_met: Annotated[
        bool,
        typer.Option(
            "--until-met", help="Simulate the shifts and change them until every target is met on fresh days."
        ),
    ] = False,
    fresh: Annotated[int, typer.Option(min=2, help="Fresh horizons that are simulated for a proof.")] = FRESH,
    seed: options.Seed = 1,
    seconds: Annotated[
        float | None,
        typer.Option(min=1, help="Time limit of the search, in seconds; 60, with --until-met 180.", show_default=False),
    ] = None,
    breaks: Annotated[
        str,
        typer.Option(
            help="How breaks are chosen: together with the shifts, apart (moved afterwards), or auto (by size)."
        ),
    ] = "auto",
    gap: Annotated[float, typer.Option(min=0, help="Optimality gap at which the search stops; 0.01 is 1 %.")] = GAP,
    json: options.Json = False,
) -> None:
    """Run ``ccplan shifts``."""
    centre = files.load(scenario)
    for target in (excel, csv, into):
        refuse_target(target)
    given = None if into is None or not into.exists() else files.load_file(into)
    rules = read_rules(patterns) if patterns is not None else default_rules(min(centre.horizon.interval, 15 * MINUTE))
    source: Any = requirement
    method: Any = breaks
    evaluate = evaluator(seed) if prove or until_met else None
    result: ServiceSchedule | None = None
    if until_met and evaluate is not None:
        result = _until_met(centre, rules, evaluate, seconds or LOOP_SECONDS, fresh)
        plan = result.schedule.plan
    else:
        from_sheet = requirement.lower().endswith(".xlsx")
        required = read_requirement(Path(requirement), centre) if from_sheet else required_people(centre, source)
        with output.progress("shifts") as advance:
            plan = cover_requirement(
                *(centre, rules, required), breaks=method, gap=gap, seconds=seconds or SECONDS, progress=advance
            )
    proof = None
    if evaluate is not None:
        with output.progress("proof") as advance:
            kept = ACCEPTED if until_met else NO_RULES
            sample = SAMPLE if result is None else result.schedule.sample
            proof = prove_shifts(plan, evaluate, plan_rules=kept, replications=fresh, sample=sample, progress=advance)
    if excel is not None:
        from interface.shift_files import shifts_workbook

        save_bytes(shifts_workbook(plan, proof), excel)
    if csv is not None:
        from interface.shift_files import shifts_csv

        save_bytes(shifts_csv(plan), csv)
    if into is not None:
        _write_into(into, given or centre, plan, is_new=given is None)
    if json:
        loop = [loop_row(result)] if result is not None else []
        output.write_json([*_rows(plan), *loop, *(proof_rows(proof) if proof is not None else [])])
        return
    _show(plan)
    if result is not None:
        show_loop(result, centre.currency)
    if proof is not None:
        show_proof(proof, centre.currency)
    if into is not None:
        output.err().print(f"Saved to {escape(str(into))}. Check it: ccplan simulate {escape(str(into))}")


def _write_into(path: Path, given: Scenario, plan: ShiftPlan, *, is_new: bool) -> None:
    """Write the shifts into a scenario file; what else a file says stays, with its comments."""
    staffed = scenario_with_shifts(plan, given)
    text = files.dump(staffed) if is_new else files.rewrite(read_text(path, "a scenario file"), staffed, path.parent)
    save(text, path)


def _until_met(centre: Scenario, rules: ShiftRules, evaluate: Evaluate, seconds: float, fresh: int) -> ServiceSchedule:
    """Requirement and shifts together, with progress by time."""
    if constraints(centre):
        evaluate([centre], 1)  # compiles the engine before the clock of the search runs
    with output.progress("seconds") as bar:

        def show(step: LoopStep) -> None:
            bar(round(min(step.seconds, seconds)), round(seconds))
            bar.show(f"cost {step.cost:,.0f}: {DOING[step.doing]}")

        return plan_with_service(centre, rules, evaluate, seconds=seconds, fresh=fresh, progress=show)


def _rows(plan: ShiftPlan) -> list[dict[str, object]]:
    """The summary, the shifts and the intervals as rows with a section."""
    summary = {
        "section": "summary",
        "scenario": plan.scenario.name,
        "patterns": plan.rules.origin,
        "shifts": len(plan.shifts),
        "paid_hours": plan.paid_hours,
        "cost": plan.cost,
        "wages": plan.wages,
        "bound": plan.bound,
        "gap": plan.gap,
        "short_hours": plan.short_hours,
        "extra_hours": plan.extra_hours,
    }
    tables = {"shift": shift_table(plan), "interval": coverage_table(plan)}
    rows = ({"section": name} | row for name, table in tables.items() for row in output.records(table))
    return [summary, *rows]


def _show(plan: ShiftPlan) -> None:
    console = output.out()
    table = shift_table(plan)
    columns = ("Agent group", "Day", "Shift", "Start", "End", "Breaks", "People", "Paid hours", "Cost")
    lines = (
        (
            *(escape(str(row["group"])), f"{row['day']:%a %d %b}", escape(str(row["shift"]))),
            *(str(row["shift_start"]), str(row["shift_end"]), str(row["break_times"]), str(row["people"])),
            *(f"{row['paid_hours']:,.2f}", f"{row['cost']:,.2f}"),
        )
        for row in output.records(table)
    )
    console.print(output.table(columns, lines, title="Shifts that cover the requirement", left=6))
    for item, value in plan_lines(plan):
        text = f"{value:,.2f}" if isinstance(value, float) else str(value)
        console.print(f"{item}: {escape(text)}", soft_wrap=True)
    planned = [group.name for group in plan.scenario.agent_groups if group.shrinkage.planned]
    if planned:
        text = (
            f"Breaks are in the shifts. Other planned shrinkage of {', '.join(planned)} (training, meetings, leave) "
            "comes on top: plan more people, or raise the requirement."
        )
        console.print(escape(text), style="dim", soft_wrap=True)
