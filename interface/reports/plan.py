"""The report of an optimised plan: its cost, the targets that it is shown to meet, and its optimality gap."""

from __future__ import annotations

from datetime import datetime
from html import escape

import numpy as np
import pandas as pd

from interface.app.charts.optimise import heat_map, history
from interface.app.charts.theme import LIGHT
from interface.app.jobs.optimise import checked, cost_lines, headline, sentence_case, until_begun, worth
from interface.app.jobs.theory import Theory, theory
from interface.formatting import STATUS, days_or_periods, shown
from interface.reports.html_parts import (
    answer,
    bullets,
    html_table,
    method_section,
    notes_section,
    page,
    picture,
    repeat_section,
    section,
)
from interface.reports.run import assumptions_section, plan_section
from interface.reports.stress import SimulationStudy
from models.optimisation.plan import Plan
from models.optimisation.plan_notes import in_one_line
from models.optimisation.plan_rules import PlanRules
from scenarios.yaml import files

METHOD = (
    "Staffing is searched by simulation, contact by contact: cutting planes, local search and a lower bound; all plans "
    "are compared on the same simulated days, and the final plan is checked on days that the search has not used."
)


def plan_html(
    plan: Plan,
    settings: str,
    formulas: Theory | None = None,
    question: str = "",
    notes: str = "",
    made_at: datetime | None = None,
) -> bytes:
    """The report of an optimised plan, a complete HTML file.

    Parameters
    ----------
    plan
        The plan.
    settings
        The options of `ccplan optimise` with which it was searched.
    formulas
        The formulas' results for the plan, for requirement and net staffing.
    question, notes
        What the report answers, and what the planner wants to add.
    made_at
        The time that the report bears.
    """
    scenario, currency = plan.scenario, plan.scenario.currency
    title = scenario.title or scenario.name
    question = question.strip() or f"What is the lowest-cost staffing of {title} that meets every target?"
    study = SimulationStudy(
        *(scenario, question, plan.replications, 1, "kernel"),
        aim="To find the lowest-cost staffing that meets every target",
        alternatives="Staffing of every group and period is decided; all else is as in the scenario file below",
    )
    days, money = days_or_periods(scenario.horizon.days), shown(plan.cost, "money", currency)
    name = f"{scenario.name}.yaml"
    sections = [
        section("Question", f"<p>{escape(question)}</p>"),
        answer(
            plan.status,
            [headline(plan, currency), in_one_line(plan, lambda cost: shown(cost, "money", currency), days)],
        ),
        section("Targets", html_table(_targets(plan))),
        section(
            "Staffing",
            picture(heat_map(np.asarray(plan.staffing), scenario, LIGHT))
            + picture(history((*plan.steps, checked(plan)), currency, LIGHT)),
        ),
        plan_section(scenario, None if formulas is None else formulas.required),
        section("Cost", bullets([money, sentence_case(plan.gap_text), *cost_lines(plan, None, currency)])),
        section("Risk", bullets([f"Binding target: {plan.binding}.", *worth(plan, currency)])),
        assumptions_section(scenario),
        section("Uncertainty", bullets(_uncertainty(plan))),
        notes_section(notes),
        method_section(study, METHOD),
        repeat_section(study, f"ccplan optimise {name} {settings}", {name: files.dump(scenario)}),
    ]
    return page(title, scenario.description, sections, made_at)


def plan_report(plan: Plan, question: str, notes: str, settings: str) -> bytes:
    """The same with the requirement by formula; heavy, so made by a worker."""
    return plan_html(plan, settings, theory(plan.scenario), question, notes)


def command_options(block: float, rules: PlanRules, gap: float, seconds: float) -> str:
    """The options of `ccplan optimise` for a search of the page.

    Examples
    --------
    >>> from models.optimisation.plan_rules import NO_RULES
    >>> command_options(3600.0, NO_RULES, 0.02, 120.0)
    "--block '60 min' --gap 0.02 --seconds 120 --floor off --min-run '0 min' --change-price 0"
    """
    floor = "off" if rules.floor is None else f"{100 * rules.floor:g}"
    return (
        f"--block '{block / 60:g} min' --gap {gap:g} --seconds {seconds:g} --floor {floor} "
        f"--min-run '{rules.min_run / 60:g} min' --change-price {rules.change_price:g}"
    )


def _targets(plan: Plan) -> pd.DataFrame:
    rows = []
    for target in plan.constraints:
        unit = "s" if target.constraint.measure == "asa" else "share"
        interval = f"{shown(target.low, unit)} to {shown(target.high, unit)}"
        rows.append(
            {
                "Type or group": target.constraint.of,
                "Target": target.constraint.text,
                "Simulated": shown(target.value, unit),
                "95 % CI": interval if np.isfinite([target.low, target.high]).all() else "–",
                "Verdict": STATUS[target.status()],
            }
        )
    return pd.DataFrame(rows)


def _uncertainty(plan: Plan) -> list[str]:
    noun, days = (
        "Estimated lower bound" if plan.estimated else "Lower bound",
        days_or_periods(plan.scenario.horizon.days),
    )
    bound = f"{noun} {shown(plan.bound, 'money', plan.scenario.currency)}"
    lines = [
        f"Checked on {plan.replications:,} new {days}; intervals are 95 % confidence intervals.",
        f"{bound}; holds if {plan.bound_holds}.",
        *(f"{sentence_case(note)}." for note in (*plan.notes, until_begun(plan.scenario)) if note),
    ]
    return lines
