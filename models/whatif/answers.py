"""Answers to what-if questions, and the plans they compare: the lowest-cost one of each alternative."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from models.optimisation.verdicts import status
from models.whatif.trials import Plan, RunTrial, ScenarioTrial, agent_hours, judge_trial, read
from scenarios.errors import Cancelled, PlannerError
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MET, MISSED

if TYPE_CHECKING:
    import pandas as pd

UNREACHABLE = "unreachable"
TODAY = "today's staffing"
"""The alternative that nobody planned: the scenario as it is staffed."""


@dataclass(frozen=True)
class PlanningTools:
    """What an answer is made with."""

    plan: Plan
    run_trial: RunTrial
    adaptive: Callable[[Scenario, float], ScenarioTrial] | None = None
    """Tries a scenario with a adaptive reservation to a wanted share of connected contacts in time."""
    progress: Callable[[int, int], None] | None = None
    proved: bool = True
    """Whether plans are proved by simulation; those of formulas may miss a target that a search would keep."""


@dataclass(frozen=True, eq=False)
class Answer:
    """A question answered."""

    question: str
    line: str
    table: pd.DataFrame
    """One row an alternative, its name in the column `alternative`; costs are per horizon."""
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    """The scenario of each alternative."""


def planned(
    alternatives: Mapping[str, Scenario], tools: PlanningTools, today: Scenario | None = None
) -> tuple[pd.DataFrame, dict[str, Scenario]]:
    """A row for each alternative with its cheapest plan, and the plans: alternative, agent_hours, cost, status, why.

    The first row is that of `today`, a scenario as it is staffed now, simulated on the same days.
    """
    import pandas as pd

    plans, why = {}, {}
    for done, (name, alternative) in enumerate(alternatives.items(), start=1):
        try:
            plans[name] = tools.plan(alternative)
        except Cancelled:
            raise
        except PlannerError as problem:
            why[name] = str(problem)
        if tools.progress is not None:
            tools.progress(done, len(alternatives))
    names = list(alternatives)
    if today is not None:
        names, plans = [TODAY, *names], {TODAY: today, **plans}
    trials = dict(zip(plans, tools.run_trial(list(plans.values())), strict=True))
    rows = [_plan_row(name, trials.get(name)) | {"why": why.get(name, "")} for name in names]
    return pd.DataFrame(rows), plans


def _plan_row(name: str, trial: ScenarioTrial | None) -> dict[str, object]:
    if trial is None:
        return {"alternative": name, "agent_hours": np.nan, "cost": np.nan, "status": UNREACHABLE, "tightest": ""}
    targets = judge_trial(trial)
    tightest = min(targets, key=lambda target: target.z, default=None)
    return {
        "alternative": name,
        "agent_hours": agent_hours(trial.scenario),
        "cost": read(trial, "cost").value,
        "status": status(targets),
        "tightest": "" if tightest is None else f"{tightest.constraint.of}, {tightest.constraint.text}",
    }


def best_line(table: pd.DataFrame, word: str, currency: str, reference: str, *, proved: bool = True) -> str:
    """Which alternative's plan costs least of those shown to meet every target, and how much less than the reference.

    Where plans are not `proved` by simulation, one that misses a target says nothing of its alternative.
    """
    table = table[table["alternative"] != TODAY]
    meeting = table[table["status"] == MET]
    if meeting.empty:
        return _none_met_line(table, proved)
    best = meeting.sort_values("cost", kind="stable").iloc[0]
    if best["alternative"] == reference:
        amounts = f"{money(best['cost'], currency)}, {best['agent_hours']:,.0f} agent hours"
        return f"'{reference}' is already the cheapest: {amounts}."
    line = f"'{best['alternative']}' is {word}: {money(best['cost'], currency)}, {best['agent_hours']:,.0f} agent hours"
    beside = meeting[meeting["alternative"] == reference]
    if beside.empty:
        return f"{line}; {_missing(table[table['alternative'] == reference].iloc[0], proved)}."
    saved = float(beside["cost"].iloc[0] - best["cost"])
    if round(saved) == 0:  # also where no agents are needed, or no hour has a price
        return f"{line}, the same as '{reference}'."
    share = 100 * saved / float(beside["cost"].iloc[0])
    return f"{line}, {money(saved, currency)} ({share:.1f} %) less than '{reference}'."


def _none_met_line(table: pd.DataFrame, proved: bool) -> str:
    """What is said where no plan keeps its targets."""
    doubt = ", ".join(f"'{name}'" for name in table[table["status"] == INCONCLUSIVE]["alternative"])
    if doubt:
        return f"No plan is shown to meet every target; inconclusive: {doubt}."
    if proved or not (table["status"] == MISSED).any():
        return "No scenario has a plan that meets every target on the validation days."
    return "Every Erlang plan misses a target on the validation days; use the optimiser."


def _missing(row: pd.Series, proved: bool) -> str:
    """Why an alternative has no plan to compare with."""
    if row["status"] == UNREACHABLE:
        return f"'{row['alternative']}' has no plan that meets every target"
    if row["status"] == INCONCLUSIVE:
        return f"whether the plan for '{row['alternative']}' meets every target is inconclusive"
    if proved:
        return f"the plan for '{row['alternative']}' misses {row['tightest']}"
    return f"the Erlang plan for '{row['alternative']}' misses {row['tightest']}: use the optimiser"


def kept(table: pd.DataFrame) -> pd.DataFrame:
    """The rows whose plan was found to keep its targets, or not surely to miss them."""
    return table[table["status"].isin([MET, INCONCLUSIVE])]


def money(value: float, currency: str) -> str:
    """An amount as people read it."""
    return f"{value:,.0f} {currency}".rstrip()
