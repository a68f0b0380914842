"""``ccplan validate`` and ``ccplan presets``: what is in a scenario file, and every problem in it."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from interface.cli import output
from scenarios.errors import InvalidFile
from scenarios.scenario import Scenario
from scenarios.yaml import files, presets


def command(sources: list[str], advice: bool, as_json: bool) -> int:
    """Show every problem of scenarios, and advice on those that have none; the exit code."""
    found = {source: problems(source) for source in sources}
    sound = [source for source, each in found.items() if not each] if advice else []
    if as_json:
        rows = [_row(problem) for each in found.values() for problem in each]
        output.write_json([*rows, *(row for source in sound for row in _advice_rows(source))])
    else:
        for source, each in found.items():
            _show(source, each)
            if source in sound:
                _show_advice(source)
    return 2 if any(found.values()) else 0


def _advice_rows(source: str) -> list[dict[str, object]]:
    """Classic mistakes in the columns of problems."""
    from models.lint.linter import advise

    place: dict[str, object] = {"file": source, "line": None, "column": None, "where": ""}
    return [
        place | {"field": one.field, "problem": f"{one.code}: {one.size} {one.why}", "remedy": one.fix}
        for one in advise(files.load(source))
    ]


def _show_advice(source: str) -> None:
    from models.lint.linter import advise

    console = output.out()
    for one in advise(files.load(source)):
        console.print(f"[yellow]{escape(one.code)}[/] {escape(one.field)}: {escape(one.size)}", soft_wrap=True)
        console.print(f"  {escape(one.why)}\n  {escape(one.fix)}", style="dim", soft_wrap=True)


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


def _show(source: str, found: list[InvalidFile]) -> None:
    console = output.out()
    if not found:
        console.print(f"[green]✓[/] {escape(summary(files.load(source)))}")
        return
    for problem in found:
        place = f"{problem.path}:{problem.where}" if problem.where else problem.path
        field = f"{problem.field}: " if problem.field else ""
        output.write(f"{place}: {field}{problem.problem}; {problem.remedy}")
    output.err().print(f"[red]✗[/] {escape(source)}: {len(found)} problem{'s' if len(found) > 1 else ''}")


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


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def list_presets(name: str | None, as_json: bool) -> int:
    """Show the presets, or the file of one; the exit code."""
    if as_json:
        chosen = presets.names() if name is None else (presets.path(name).stem,)
        titles = presets.titles()
        output.write_json({"name": one, "title": titles[one], "teaches": presets.lesson(one)} for one in chosen)
        return 0
    if name is not None:
        output.write(presets.path(name).read_text(encoding="utf-8"))
        return 0
    console = output.out()
    for one, title in presets.titles().items():
        console.print(f"[bold]{one}[/]  {escape(title)}")
        console.print(f"  {escape(_first_sentence(presets.lesson(one)))}\n", style="dim")
    console.print("ccplan presets NAME prints the file of one: the beginning of a scenario of your own.")
    return 0


def _first_sentence(text: str) -> str:
    """The beginning of a lesson, up to its second full stop."""
    sentences = text.split(". ")
    return ". ".join(sentences[:2]).rstrip(".") + "."
