"""Write a report for people without the planner: question, answer, charts, plan, cost, risk, assumptions, method.

One HTML file that needs no network and prints well; --excel adds a workbook whose first sheet is the plan.

[bold]Examples[/]

  ccplan report help-desk --output help-desk.html

  ccplan report mine.yaml -o monday.html --question "How many agents on Monday?" --excel monday.xlsx
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from interface.cli import options, output
from interface.cli.run import Run
from interface.cli.scenario_files import refuse_target, save_bytes
from scenarios.errors import PlannerError
from scenarios.scenario import Scenario
from scenarios.yaml import files, presets
from simulator.measure.targets import all_met


def command(
    scenario: options.Source,
    target: Annotated[Path, typer.Option("--output", "-o", help="Write the report to this .html file.")],
    question: Annotated[str, typer.Option(help="What the report answers.")] = "",
    notes: Annotated[str, typer.Option(help="A remark that the report shall contain.")] = "",
    excel: Annotated[
        Path | None, typer.Option(help="Write the plan and all tables to this .xlsx file.", show_default=False)
    ] = None,
    replications: options.Replications = 100,
    seed: options.Seed = 1,
    precision: options.Precision = None,
    engine: options.Engine = None,
    workers: options.Workers = None,
    check: options.Check = False,
) -> None:
    """Run ``ccplan report``."""
    from interface.app.jobs.theory import theory
    from interface.export import results_workbook
    from interface.reports.run import report_html

    centre = files.load(scenario)
    for path in (target, excel):
        refuse_target(path)
    results = Run(replications, seed, precision, engine, workers).results(centre)
    formulas = theory(centre)
    save_bytes(report_html(results, formulas, question, notes, _text(scenario, centre)), target)
    output.err().print(f"Saved to {escape(str(target))}. Open it in a browser; print it from there.")
    if excel is not None:
        save_bytes(results_workbook(results, formulas), excel)
        output.err().print(f"Saved to {escape(str(excel))}.")
    raise typer.Exit(1 if check and not all_met(results) else 0)


def _text(source: str, centre: Scenario) -> str:
    """The scenario file as it is, with its comments; written anew where it has tables beside it."""
    path = Path(source) if Path(source).exists() else presets.path(source)
    text = path.read_text("utf-8")
    try:
        alone = files.loads(text, path.name)
    except PlannerError:
        return files.dump(centre)
    return text if alone == centre else files.dump(centre)
