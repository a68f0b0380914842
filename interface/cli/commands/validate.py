"""Check scenario files: every problem with file, line, column, field and remedy.

Nothing is simulated. The exit code is 2 if there is a problem; advice is not a problem.

[bold]Examples[/]

  ccplan validate mine.yaml --advice

  ccplan validate week-*.yaml --json
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from interface.cli import options, output
from scenarios.errors import InvalidFile
from scenarios.scenario import Scenario
from scenarios.yaml import files, presets


def command(
    scenarios: options.Sources,
    advice: Annotated[bool, typer.Option("--advice", help="Also report common planning mistakes.")] = False,
    json: options.Json = False,
) -> None:
    """Run ``ccplan validate``."""
    problems_of = {source: problems(source) for source in scenarios}
    advised = [source for source in scenarios if advice and not problems_of[source]]
    if json:
        problem_rows = [_row(problem) for rows in problems_of.values() for problem in rows]
        output.write_json([*problem_rows, *(row for source in advised for row in _advice_rows(source))])
    else:
        for source, source_problems in problems_of.items():
            _show(source, source_problems)
            if source in advised:
                _show_advice(source)
    raise typer.Exit(2 if any(problems_of.values()) else 0)


def _advice_rows(source: str) -> list[dict[str, object]]:
    """Planning mistakes in the columns of problems."""
    from models.lint.linter import advise

    place: dict[str, object] = {"file": source, "line": None, "column": None, "where": ""}
    return [
        place | {"field": advice.field, "problem": f"{advice.code}: {advice.size} {advice.why}", "remedy": advice.fix}
        for advice in advise(files.load(source))
    ]


def _show_advice(source: str) -> None:
    from models.lint.linter import advise

    console = output.out()
    for advice in advise(files.load(source)):
        console.print(f"[yellow]{escape(advice.code)}[/] {escape(advice.field)}: {escape(advice.size)}", soft_wrap=True)
        console.print(f"  {escape(advice.why)}\n  {escape(advice.fix)}", style="dim", soft_wrap=True)


def problems(source: str) -> list[InvalidFile]:
    """Every problem of a scenario file or preset."""
    path = Path(source)
    if not path.exists() and source in presets.names():
        path = presets.path(source)
    return files.check_file(path)


def _row(problem: InvalidFile) -> dict[str, object]:
    line, _, column = problem.where.partition(":")
    return {
        "file": problem.path,
        "line": int(line) if line.isdigit() else None,
        "column": int(column) if column.isdigit() else None,
        "where": problem.where,
        "field": problem.field,
        "problem": problem.problem,
        "remedy": problem.remedy,
    }


def _show(source: str, source_problems: list[InvalidFile]) -> None:
    console = output.out()
    if not source_problems:
        console.print(f"[green]✓[/] {escape(summary(files.load(source)))}")
        return
    for problem in source_problems:
        place = f"{problem.path}:{problem.where}" if problem.where else problem.path
        field = f"{problem.field}: " if problem.field else ""
        output.write(f"{place}: {field}{problem.problem}; {problem.remedy}")
    output.err().print(f"[red]✗[/] {escape(source)}: {_counted(len(source_problems), 'problem')}")


def summary(scenario: Scenario) -> str:
    """A scenario in one line.

    Examples
    --------
    >>> summary(files.load("help-desk"))
    'help-desk: A help desk with one queue: 1 contact type, 1 agent group, 1 day, ... contacts expected'
    """
    types, groups, days = len(scenario.contact_types), len(scenario.agent_groups), scenario.horizon.days
    title = f"{scenario.name}: {scenario.title}" if scenario.title else scenario.name
    parts = (_counted(types, "contact type"), _counted(groups, "agent group"), _counted(days, "day"))
    return f"{title}: {', '.join(parts)}, {scenario.expected.sum():,.0f} contacts expected"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
