"""Answer a what-if question: a finding, its table, and the scenarios compared.

[bold]Examples[/]

  ccplan ask three-silos pool

  ccplan ask retail-weekday reservation

  ccplan ask vip-or-equal priority --json
"""

from __future__ import annotations

import math
from typing import Annotated

import pandas as pd
import typer
from rich.markup import escape

from interface.cli import options, output
from interface.cli.output import number
from models.whatif.tradeoffs import QUESTIONS, ask
from scenarios.errors import InvalidValue
from scenarios.yaml import files
from studies.planning import PlanningMethod

VERDICTS = {
    "met": "✓ met",
    "missed": "✗ missed",
    "inconclusive": "? inconclusive",
    "unreachable": "✗ infeasible",
    "": "",
}
"""How a verdict on a scenario is printed."""
_SHARES = ("in_time", "abandonment", "share", "left_open")
_IN_JSON_ONLY = ("why", "in_time_low", "in_time_high", "asa_low", "asa_high")
_HEADINGS = {
    "alternative": "Scenario",
    "asa": "ASA",
    "cost_error": "Cost ±",
    "days": "Days simulated",
    "in_time": "Answered in time",
    "left_open": "Optimality gap",
    "reached": "Simulated",
    "status": "Targets",
    "tightest": "Binding target",
    "of": "Type or group",
    "type": "Type",
}


def command(
    scenario: options.Source,
    question: Annotated[
        str | None,
        typer.Argument(
            help="curve, pool, training, concurrency, reservation or priority; without one, all are listed.",
            show_default=False,
        ),
    ] = None,
    by: options.Planner = "search",
    seconds: options.SearchTime = 20.0,
    gap: options.SearchGap = 0.02,
    replications: options.TrialReplications = 50,
    seed: options.Seed = 1,
    json: options.Json = False,
) -> None:
    """Run ``ccplan ask``."""
    if question is None:
        _list(json)
        return
    if question not in QUESTIONS:
        raise InvalidValue("question", question, f"choose one of {', '.join(QUESTIONS)}")
    centre = files.load(scenario)
    with output.progress(QUESTIONS[question][0]) as advance:
        answer = ask(question, centre, PlanningMethod(by, replications, seed, seconds, gap).tools(advance))
    if json:
        output.write_json({"question": question} | row for row in output.records(answer.table))
        return
    console = output.out()
    console.print(f"[bold]{escape(QUESTIONS[question][0])}[/] {escape(centre.title or centre.name)}\n")
    console.print(escape(answer.line) + "\n")
    console.print(_table(answer.table))
    for name, reason in zip(answer.table["alternative"], answer.table.get("why", []), strict=False):
        if reason:
            console.print(f"[yellow]{escape(name)}: {escape(reason)}[/]")


def _list(as_json: bool) -> int:
    if as_json:
        output.write_json({"question": name, "text": text} for name, (text, _) in QUESTIONS.items())
    else:
        output.out().print(
            output.table(("Question", "Text"), ((name, text) for name, (text, _) in QUESTIONS.items()), left=2)
        )
    return 0


def _table(table: pd.DataFrame) -> object:
    names = [name for name in table.columns if name not in _IN_JSON_ONLY]
    cells = ([_cell(name, row[name]) for name in names] for row in output.records(table))
    left = sum(table[name].dtype.kind not in "fi" for name in names[:2])
    return output.table([_HEADINGS.get(name, name.replace("_", " ").capitalize()) for name in names], cells, left=left)


def _cell(name: str, value: object) -> str:
    if name == "status":
        return VERDICTS[str(value)]
    if not isinstance(value, float):
        return escape(str(value))
    if not math.isfinite(value):
        return "–"
    if name in _SHARES:
        return number(value, "share")
    return number(value, "s") if name == "asa" else number(value, "h")
