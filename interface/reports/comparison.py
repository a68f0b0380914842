"""The report of a comparison: which scenario meets its targets at the least cost, and what the differences are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

import pandas as pd

from interface.app.charts.studies import differences as differences_chart
from interface.app.charts.theme import LIGHT
from interface.app.comparison import cheapest_in_words, differences, side_by_side, significant, targets_and_cost
from interface.app.history import change_between
from interface.formatting import listed
from interface.reports.html_parts import (
    answer,
    html_table,
    method_section,
    note,
    notes_section,
    page,
    picture,
    repeat_section,
    section,
)
from interface.reports.run import assumptions_section, plan_section, targets_table
from interface.reports.stress import SimulationStudy
from scenarios.yaml import files
from simulator.measure.results import Results
from simulator.measure.targets import verdict

METHOD = (
    "Discrete-event simulation, contact by contact. All scenarios are simulated with the same random demand (common "
    "random numbers), so that a difference is due to the scenarios; its 95 % confidence interval is that of the paired "
    "differences, day by day."
)


def comparison_html(
    findings: Sequence[Results],
    question: str = "",
    notes: str = "",
    origins: Sequence[str] = (),
    made_at: datetime | None = None,
) -> bytes:
    """The report of scenarios simulated together, a complete HTML file; the first is the baseline.

    Parameters
    ----------
    findings
        What was simulated, on the same replications.
    question, notes
        What the report answers, and what the planner wants to add.
    origins
        What each scenario was changed from, where that is known.
    made_at
        The time that the report bears.

    Raises
    ------
    ValueError
        If there are fewer than two scenarios.
    """
    base, *others = findings
    if not others:
        raise ValueError("a comparison has at least two scenarios")
    names = [results.scenario.name for results in findings]
    changes = differences(findings)
    question = question.strip() or f"What changes between {listed(names)}, and which costs least?"
    study = SimulationStudy(
        *(base.scenario, question, base.replications, base.seed, base.engine),
        aim="To estimate the differences between the scenarios in service and cost",
        alternatives=f"{len(findings)} scenarios on identical demand; each is in a file below",
    )
    texts = {f"scenario-{number}.yaml": files.dump(results.scenario) for number, results in enumerate(findings, 1)}
    command = f"ccplan compare {' '.join(texts)} --replications {base.replications} --seed {base.seed}"
    sections = [
        section("Question", f"<p>{escape(question)}</p>"),
        answer("plain", [cheapest_in_words(findings), f"{significant(changes)}."]),
        section("Scenarios", html_table(_scenarios(findings, origins)) + html_table(targets_and_cost(findings))),
        section(
            f"Differences from {base.scenario.name}",
            picture(differences_chart(changes, "service_level", base.scenario.currency, LIGHT))
            + picture(differences_chart(changes, "cost", base.scenario.currency, LIGHT))
            + note("Δ is the difference from the baseline, ± half of its 95 % confidence interval.")
            + html_table(side_by_side(findings, changes)),
        ),
        *(
            section(f"Targets: {results.scenario.name}", html_table(targets_table(verdict(results))))
            for results in findings
        ),
        *(plan_section(results.scenario, None, results.scenario.name) for results in findings),
        assumptions_section(base.scenario),
        notes_section(notes),
        method_section(study, METHOD),
        repeat_section(study, command, texts),
    ]
    title = f"Comparison of {len(findings)} scenarios: {base.scenario.title or base.scenario.name}"
    return page(title, "", sections, made_at)


def _scenarios(findings: Sequence[Results], origins: Sequence[str]) -> pd.DataFrame:
    """What each scenario is, and what differs from the baseline."""
    base = findings[0].scenario
    known = [*origins, *("" for _ in findings[len(origins) :])]
    return pd.DataFrame(
        {
            "Scenario": results.scenario.name,
            "Changed from": origin or "–",
            "Differs from the baseline in": change_between(base, results.scenario) or "–",
        }
        for results, origin in zip(findings, known, strict=True)
    )
