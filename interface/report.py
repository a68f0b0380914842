"""The report of a run as one HTML file: what was asked, the answer, the plan, its cost and risk, and how to repeat it.

It needs no network, no script and no other file; it prints on A4 and Letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from interface.app.charts.results import by_interval, level_measure
from interface.app.charts.staffing import occupancy, staffing
from interface.app.charts.theme import LIGHT, Figure, drawn
from interface.app.jobs.theory import Theory
from interface.app.verdicts import sentence
from interface.assumptions import assumptions
from interface.formatting import STATUS, engines_in_words, give_or_take, shown
from interface.html_parts import STYLE, bullets, html_table, note, section
from interface.losses import losses_in_words, simulated_losses
from interface.staffing_totals import in_words, plan_grid, totals
from interface.stress import stress_rows
from interface.version import version
from models.lint.linter import advise
from scenarios.measures import MEASURES
from scenarios.yaml import files
from simulator.measure.results import Results
from simulator.measure.targets import verdict

MOST_TYPES, MOST_GROUPS = 8, 6
"""Contact types and agent groups that get a chart of their own."""


def report_html(
    results: Results,
    theory: Theory | None = None,
    question: str = "",
    notes: str = "",
    text: str = "",
    made_at: datetime | None = None,
) -> bytes:
    """The report of a run, a complete HTML file.

    Parameters
    ----------
    results
        What was simulated.
    theory
        The formulas' results, for requirement and net staffing.
    question, notes
        What the report answers, and what the planner wants to add.
    text
        The scenario file with its comments; without it, the file is written anew.
    made_at
        The time that the report bears.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> from simulator.experiment import simulate
    >>> page = report_html(simulate(presets.load("help-desk"), replications=2), question="Do 16 agents do?").decode()
    >>> "Do 16 agents do?" in page, "<script" in page, "://" in page.replace("http://www.w3.org/", "")
    (True, False, False)
    """
    scenario, rows = results.scenario, verdict(results)
    title = scenario.title or scenario.name
    question = question.strip() or f"Does this plan of {title} meet its targets, and what does it cost?"
    required = None if theory is None else theory.required
    statuses = set(rows["status"])
    overall = next((status for status in ("missed", "inconclusive", "met") if status in statuses), "inconclusive")
    made = (made_at or datetime.now().astimezone()).strftime("%Y-%m-%d %H:%M")
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="small">{escape(scenario.description)}</p>' if scenario.description else "",
        f'<p class="small">Report of {made}, contact-centre planner {escape(version())}</p>',
        section("Question", f"<p>{escape(question)}</p>"),
        section("Answer", f'<div class="answer {overall}">{_answer(results, rows)}</div>'),
        section("Targets", html_table(_targets(rows))),
        section("Service and staffing", "".join(_charts(results, theory))),
        section(
            "Plan",
            note("Agents on contacts; scheduled = agents / (1 - shrinkage); net = agents less required by formula.")
            + html_table(in_words(totals(scenario, required)))
            + html_table(_written_plan(plan_grid(scenario, required))),
        ),
        section("Cost", html_table(_cost(results))),
        section("Risk", _risk(results, rows)),
        section("Assumptions", note("Each number with where it comes from.") + html_table(assumptions(scenario))),
        section("Uncertainty", f"<p>{escape(_uncertainty(results))}</p>"),
        section("Notes", f'<p class="notes">{escape(notes.strip())}</p>') if notes.strip() else "",
        section("Method", _method(results, question)),
        section("Repeat it", _repeat(results, text)),
    ]
    body = "\n".join(part for part in parts if part)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n"
        "</html>\n"
    ).encode()


# -- the answer ------------------------------------------------------------------------------------------------------


def _answer(results: Results, rows: pd.DataFrame) -> str:
    scenario, cost = results.scenario, results.estimate("cost")
    all_groups = totals(scenario).iloc[-1]
    money = shown(float(cost.value[0]), "money", scenario.currency)
    margin = give_or_take(float(cost.low[0]), float(cost.high[0]), "money", scenario.currency)
    period = "day" if scenario.horizon.days == 1 else f"{scenario.horizon.days} days"
    lines = [
        f"<strong>{escape(sentence(rows))}.</strong>",
        escape(
            f"The plan has up to {all_groups['peak']:,.0f} agents on contacts, {all_groups['peak_scheduled']:,.1f} "
            f"scheduled with shrinkage: {all_groups['paid_hours']:,.0f} paid hours, {all_groups['fte']:,.1f} FTE."
        ),
        escape(f"It costs {money}{f' ({margin})' if margin else ''} per {period}."),
    ]
    return "<br>".join(lines)


def _targets(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Type or group": row["type"],
                "Target": row["target"],
                "Simulated": shown(row["value"], MEASURES[row["measure"]].unit),
                "95 % CI": _interval(row, MEASURES[row["measure"]].unit),
                "Verdict": STATUS[row["status"]],
                "Days met": shown(row["good_days"], "share"),
                "Worst 10 % of days": shown(row["bad_day"], MEASURES[row["measure"]].unit),
            }
            for row in rows.to_dict("records")
        ]
    )


def _interval(row: dict[Any, Any], unit: str) -> str:
    if not np.isfinite([row["low"], row["high"]]).all():
        return "–"
    return f"{shown(row['low'], unit)} to {shown(row['high'], unit)}"


def _charts(results: Results, theory: Theory | None) -> Iterator[str]:
    scenario = results.scenario
    formula = None if theory is None else theory.interval
    for contact_type in scenario.contact_types[:MOST_TYPES]:
        measure = level_measure(contact_type.target)
        yield _figure(
            by_interval(results, measure, contact_type.name, LIGHT, theory=formula, wanted=contact_type.target_share)
        )
    for number, group in enumerate(scenario.group_names[:MOST_GROUPS]):
        required = None if theory is None else theory.required[number].astype(float)
        yield _figure(staffing(results, group, LIGHT, required))
    yield _figure(occupancy(results, list(scenario.group_names), LIGHT))


def _figure(figure: Figure) -> str:
    svg = drawn(figure.specification(), "svg").decode()
    svg = svg[svg.index("<svg") :]
    words = escape(figure.alt)
    return f'<figure role="img" aria-label="{words}">{svg}<figcaption>{words}</figcaption></figure>'


def _written_plan(grid: pd.DataFrame) -> pd.DataFrame:
    one_day = grid["From"].dt.normalize().nunique() <= 1
    times = grid["From"].dt.strftime("%H:%M" if one_day else "%a %d %b %H:%M")
    numbers = {name: [f"{value:+g}" if name.endswith(": net") else f"{value:,.4g}" for value in grid[name]]
               for name in grid.columns[1:]}  # fmt: skip
    return pd.DataFrame({"From": times} | numbers)


def _cost(results: Results) -> pd.DataFrame:
    scenario = results.scenario
    lines = []
    for name in ("wages", "overtime", "bot_cost", "cost", "cost_per_resolved_case"):
        estimate = results.estimate(name)
        value, low, high = (float(np.ravel(part)[0]) for part in (estimate.value, estimate.low, estimate.high))
        lines.append(
            {
                "Item": MEASURES[name].label,
                "Value": f"{value:,.2f} {scenario.currency}".rstrip() if np.isfinite(value) else "–",
                "Uncertainty": give_or_take(low, high, "money", scenario.currency),
                "Definition": MEASURES[name].definition,
            }
        )
    return pd.DataFrame(lines)


def _risk(results: Results, rows: pd.DataFrame) -> str:
    lines = [
        f"{row['type']}, {row['target']}: met on {shown(row['good_days'], 'share')} of days; on the worst 10 % of days "
        f"{shown(row['bad_day'], MEASURES[row['measure']].unit)} or worse. {row['note']}"
        for row in rows.to_dict("records")
    ]
    lines += [
        f"Contacts lost, {name}: {text}"
        for name in results.scenario.type_names
        if (text := losses_in_words(simulated_losses(results, name)))
    ]
    lines += [f"Plan check: {note.size} {note.fix}" for note in advise(results.scenario)]
    return bullets(lines or ["No contact type has a target."])


def _uncertainty(results: Results) -> str:
    return (
        f"{results.replications:,} simulated horizons, each with its own random customers. A 95 % confidence interval "
        "says how far the simulated value may be from its long-run value by chance; a target is met or missed only "
        "if the whole interval is on one side of its limit, else inconclusive. It does not cover wrong assumptions: "
        "see their origins, and test them by a sensitivity analysis (What-if)."
    )


def _method(results: Results, question: str) -> str:
    rows = pd.DataFrame(stress_rows(results, question, version()), columns=["No.", "Item", "In this study"])
    return (
        "<p>Discrete-event simulation, contact by contact; values by formula (Erlang and kin) treat each interval "
        "separately and are given for comparison.</p>"
        + note("STRESS checklist (Monks et al. 2019, Journal of Simulation 13(1), 55-67).")
        + html_table(rows)
    )


def _repeat(results: Results, text: str) -> str:
    scenario = results.scenario
    name = f"{scenario.name}.yaml"
    command = f"ccplan simulate {name} --replications {results.replications} --seed {results.seed}"
    return (
        f"<p>Planner {escape(version())}, seed {results.seed}, {results.replications:,} replications, engine: "
        f"{escape(engines_in_words(results.engine))}. Save the scenario as <code>{escape(name)}</code> and run:</p>"
        f"<pre>{escape(command)}</pre><pre>{escape(text or files.dump(scenario))}</pre>"
    )
