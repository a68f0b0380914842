"""``ccplan ask`` and ``ccplan tornado``: a manager's questions, and what a plan rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from rich.markup import escape

from interface.cli import output
from interface.cli.output import number
from models.whatif.factors import ranged
from models.whatif.sensitivity import Tornado, failures, tornado
from models.whatif.tradeoffs import QUESTIONS, ask
from scenarios.errors import InvalidValue
from scenarios.yaml import files
from studies.planning import PlanningMethod

_SIGNS = {
    "met": "✓ met",
    "missed": "✗ missed",
    "inconclusive": "? inconclusive",
    "unreachable": "✗ unreachable",
    "": "",
}
_SHARES = ("in_time", "abandonment", "share")


def answer(source: str, question: str | None, how: PlanningMethod, as_json: bool) -> int:
    """Answer one of the ready questions about a scenario, or list them; the exit code."""
    if question is None:
        return _list(as_json)
    if question not in QUESTIONS:
        raise InvalidValue("question", question, f"known are {', '.join(QUESTIONS)}")
    scenario = files.load(source)
    with output.progress(QUESTIONS[question][0]) as advance:
        found = ask(question, scenario, how.tools(advance))
    if as_json:
        output.write_json({"question": question} | row for row in output.records(found.table))
        return 0
    console = output.out()
    console.print(f"[bold]{escape(QUESTIONS[question][0])}[/] {escape(scenario.title or scenario.name)}\n")
    console.print(escape(found.line) + "\n")
    console.print(_table(found.table))
    for name, why in zip(found.table["alternative"], found.table.get("why", []), strict=False):
        if why:
            console.print(f"[yellow]{escape(name)}: {escape(why)}[/]")
    return 0


def _list(as_json: bool) -> int:
    if as_json:
        output.write_json({"question": name, "text": text} for name, (text, _) in QUESTIONS.items())
    else:
        output.out().print(
            output.table(("Question", ""), ((name, text) for name, (text, _) in QUESTIONS.items()), left=2)
        )
    return 0


def _table(table: pd.DataFrame) -> object:
    names = [name for name in table.columns if name != "why"]
    cells = ([_cell(name, row[name]) for name in names] for row in output.records(table))
    left = sum(table[name].dtype.kind not in "fi" for name in names[:2])
    return output.table([name.replace("_", " ") for name in names], cells, left=left)


def _cell(name: str, value: object) -> str:
    if name == "status":
        return _SIGNS[str(value)]
    if not isinstance(value, float):
        return escape(str(value))
    if not math.isfinite(value):
        return "–"
    if name in _SHARES:
        return number(value, "share")
    return number(value, "s") if name == "asa" else number(value, "h")


def swings(source: str, replications: int, seed: int, search: bool, ranges: Sequence[str], as_json: bool) -> int:
    """How targets move with each assumption, and where the plan fails; the exit code."""
    from simulator.evaluator import evaluator

    scenario, evaluate = files.load(source), evaluator(seed)
    found = tornado(scenario, evaluate, replications=replications, varied=ranged(ranges))
    broken = failures(scenario, evaluate, found, replications=replications) if search else ()
    if as_json:
        rows = output.records(found.rows)
        breaks = {(one.factor.name, one.setting > one.factor.neutral): one.setting for one in broken}
        output.write_json(row | {"fails_at": breaks.get((row["factor"], row["end"] == "high"))} for row in rows)
        return 0
    _show(found, scenario.title or scenario.name)
    console = output.out()
    if broken:
        console.print("[bold]What would have to be true for the plan to fail[/]\n")
    for one in broken:
        console.print(escape(one.in_words()))
    console.print(
        "\nThe staffing stays as planned, and every setting meets the same customers. Ranges: "
        + "; ".join(dict.fromkeys(f"{row['label']}: {row['origin']}" for row in output.records(found.rows)))
        + ".",
        style="dim",
    )
    return 0


def _show(found: Tornado, title: str) -> None:
    console = output.out()
    console.print(f"[bold]{escape(title)}[/]: {escape(found.in_words())}\n")
    for contact_type, target in dict.fromkeys(zip(found.rows["type"], found.rows["target"], strict=True)):
        rows = output.records(found.of(contact_type, target))
        base = number(float(rows[0]["base"]), rows[0]["unit"])
        by_factor: dict[str, dict[str, dict[str, object]]] = {}
        for row in rows:
            by_factor.setdefault(str(row["label"]), {})[str(row["end"])] = row
        cells = ((label, *_end(ends.get("low")), *_end(ends.get("high"))) for label, ends in by_factor.items())
        columns = ("Assumption", "lower", "", "", "higher", "", "")
        console.print(output.table(columns, cells, title=f"{contact_type}: {target}, as planned {base}"))


def _end(row: dict[str, object] | None) -> tuple[str, str, str]:
    if row is None:
        return "changes nothing", "", ""
    return str(row["said"]), number(float(str(row["value"])), str(row["unit"])), _SIGNS[str(row["status"])]
