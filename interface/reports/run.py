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
from numpy.typing import NDArray

from interface.app.charts.results import by_interval, level_measure
from interface.app.charts.staffing import occupancy, staffing
from interface.app.charts.theme import LIGHT
from interface.app.jobs.theory import Theory
from interface.app.verdicts import sentence
from interface.formatting import STATUS, give_or_take, shown
from interface.losses import losses_in_words, simulated_losses
from interface.reports.assumptions import assumptions
from interface.reports.html_parts import (
    answer,
    bullets,
    html_table,
    method_section,
    note,
    notes_section,
    page,
    picture,
    repeat_section,
    section,
)
from interface.reports.stress import study_of
from interface.staffing_totals import in_words, plan_grid, totals
from models.lint.linter import advise
from scenarios.measures import MEASURES
from scenarios.scenario import Scenario
from scenarios.yaml import files
from simulator.measure.results import Results
from simulator.measure.targets import verdict

METHOD = (
    "Discrete-event simulation, contact by contact; values by formula (Erlang and kin) treat each interval separately "
    "and are given for comparison."
)
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
    study = study_of(results, question)
    sections = [
        section("Question", f"<p>{escape(question)}</p>"),
        answer(overall, _answer(results, rows)),
        section("Targets", html_table(targets_table(rows))),
        section("Service and staffing", "".join(_charts(results, theory))),
        plan_section(scenario, required),
        section("Cost", html_table(_cost(results))),
        section("Risk", _risk(results, rows)),
        assumptions_section(scenario),
        section("Uncertainty", f"<p>{escape(_uncertainty(results))}</p>"),
        notes_section(notes),
        method_section(study, METHOD),
        repeat_section(study, _command(results), {f"{scenario.name}.yaml": text or files.dump(scenario)}),
    ]
    return page(title, scenario.description, sections, made_at)


def assumptions_section(scenario: Scenario) -> str:
    """The numbers of a scenario with their origins."""
    return section("Assumptions", note("Each number with where it comes from.") + html_table(assumptions(scenario)))


def plan_section(scenario: Scenario, required: NDArray[np.int64] | None, name: str = "") -> str:
    """The plan of a scenario in planners' words: totals by group, then every interval; a name tells it from others."""
    words = "Agents on contacts; scheduled = agents / (1 - shrinkage); net = agents less required by formula."
    tables = html_table(in_words(totals(scenario, required))) + html_table(_written_plan(plan_grid(scenario, required)))
    return section(f"Plan: {name}" if name else "Plan", note(words) + tables)


# -- the answer ------------------------------------------------------------------------------------------------------


def _answer(results: Results, rows: pd.DataFrame) -> list[str]:
    scenario, cost = results.scenario, results.estimate("cost")
    all_groups = totals(scenario).iloc[-1]
    money = shown(float(cost.value[0]), "money", scenario.currency)
    margin = give_or_take(float(cost.low[0]), float(cost.high[0]), "money", scenario.currency)
    period = "day" if scenario.horizon.days == 1 else f"{scenario.horizon.days} days"
    return [
        sentence(rows),
        f"The plan has up to {all_groups['peak']:,.0f} agents on contacts, {all_groups['peak_scheduled']:,.1f} "
        f"scheduled with shrinkage: {all_groups['paid_hours']:,.0f} paid hours, {all_groups['fte']:,.1f} FTE.",
        f"It costs {money}{f' ({margin})' if margin else ''} per {period}.",
    ]


def targets_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Every target of a run: simulated, with its interval, verdict and bad days."""
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
        yield picture(
            by_interval(results, measure, contact_type.name, LIGHT, theory=formula, wanted=contact_type.target_share)
        )
    for number, group in enumerate(scenario.group_names[:MOST_GROUPS]):
        required = None if theory is None else theory.required[number].astype(float)
        yield picture(staffing(results, group, LIGHT, required))
    yield picture(occupancy(results, list(scenario.group_names), LIGHT))


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


def _command(results: Results) -> str:
    name = f"{results.scenario.name}.yaml"
    return f"ccplan simulate {name} --replications {results.replications} --seed {results.seed}"
