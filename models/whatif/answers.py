"""Answers to what-if questions, and the plans they compare: the lowest-cost one of each alternative."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from models.optimisation.verdicts import status
from models.whatif.trials import (
    Plan,
    RunTrial,
    ScenarioTrial,
    agent_hours,
    days_tried,
    judge_trial,
    one_agent_cost,
    read,
)
from scenarios.errors import Cancelled, PlannerError
from scenarios.judgement import Judged
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
    try_each: RunTrial | None = None
    """Tries scenarios until every target of each is decided, where time allows; by default as `run_trial`."""
    staffing_margin: float = 0.0
    """The agents by which plans may be off in every interval."""
    gap: Callable[[Scenario], float] | None = None
    """What the search of a plan left open, as a share of its cost."""


@dataclass(frozen=True, eq=False)
class Answer:
    """A question answered."""

    question: str
    line: str
    table: pd.DataFrame
    """One row an alternative, its name in the column `alternative`; costs are per horizon."""
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    """The scenario of each alternative."""
    margin: float = 0.0
    """Money by which plans may be off besides sampling error: one agent, where formulas make them."""


def planned(
    alternatives: Mapping[str, Scenario], tools: PlanningTools, today: Scenario
) -> tuple[pd.DataFrame, dict[str, Scenario], float]:
    """A row for each alternative with its cheapest plan, the plans, and the money by which they may be off.

    Columns: alternative, agent_hours, cost, cost_error (half the 95 % interval), status, tightest (the target with the
    least margin), reached (what was simulated for it), days, left_open (by the search, as a share) and why (there is
    no plan). The first row is that of `today`, a scenario as it is staffed now, simulated on the same days.
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
    names, plans = [TODAY, *alternatives], {TODAY: today, **plans}
    trials = dict(zip(plans, tools.run_trial(list(plans.values())), strict=True))
    rows = [plan_row(name, trials.get(name), tools) | {"why": why.get(name, "")} for name in names]
    margin = tools.staffing_margin * max((one_agent_cost(trial) for trial in trials.values()), default=0.0)
    return pd.DataFrame(rows), plans, margin


def plan_row(name: str, trial: ScenarioTrial | None, tools: PlanningTools) -> dict[str, object]:
    """The row of an alternative, as `planned` has it, but for why there is no plan."""
    nothing = {"agent_hours": np.nan, "cost": np.nan, "cost_error": np.nan}
    if trial is None:
        return {"alternative": name, **nothing, "status": UNREACHABLE, "tightest": "", "reached": ""} | {
            "days": 0,
            "left_open": np.nan,
        }
    targets, cost = judge_trial(trial), read(trial, "cost")
    tightest = min(targets, key=lambda target: target.z, default=None)
    gap = tools.gap(trial.scenario) if tools.gap is not None and name != TODAY else 0.0
    return {
        "alternative": name,
        "agent_hours": agent_hours(trial.scenario),
        "cost": cost.value,
        "cost_error": (cost.high - cost.low) / 2,
        "status": status(targets),
        "tightest": "" if tightest is None else f"{tightest.constraint.of}, {tightest.constraint.text}",
        "reached": "" if tightest is None else reached_text(tightest),
        "days": days_tried(trial),
        "left_open": gap,
    }


def reached_text(target: Judged) -> str:
    """What was simulated for a target, with half its 95 % interval."""
    if math.isnan(target.value):
        return "no contacts"
    half = (target.high - target.low) / 2
    if target.unit == "s":
        return f"{target.value:.0f} s ± {half:.0f} s"
    return f"{100 * target.value:.1f} % ± {100 * half:.1f}"


def best_line(
    table: pd.DataFrame, word: str, currency: str, reference: str, *, proved: bool = True, margin: float = 0.0
) -> str:
    """Which alternative's plan costs least of those shown to meet every target, and how much less than the reference.

    A saving within `margin`, sampling error and what the search left open is not called one. Alternatives that are as
    good, may be cheaper, or have no plan are named. Where plans are not `proved` by simulation, one that misses a
    target says nothing of its alternative.
    """
    table = table[table["alternative"] != TODAY]
    meeting = table[table["status"] == MET].sort_values("cost", kind="stable")
    if meeting.empty:
        return _none_met_line(table, proved)
    best = meeting.iloc[0]
    as_good = [row for _, row in meeting.iloc[1:].iterrows() if not dearer(row, best, margin)]
    line = _against_reference(table, best, word, currency, reference, proved=proved, margin=margin)
    names = [f"'{row['alternative']}'" for row in as_good if row["alternative"] != reference]
    doubtful = table[(table["status"] == INCONCLUSIVE) & (table["cost"] < best["cost"])]
    failed = table[table["status"].isin([MISSED, UNREACHABLE]) & (table["alternative"] != reference)]
    rest = [f"not significantly dearer: {', '.join(names)}"] if names else []
    rest += [f"cheaper but inconclusive: {_quoted(doubtful)}"] if len(doubtful) else []
    rest += [f"no plan shown to meet every target: {_quoted(failed)}"] if len(failed) else []
    return "; ".join([line, *rest]) + "."


def _against_reference(
    table: pd.DataFrame,
    best: pd.Series,
    word: str,
    currency: str,
    reference: str,
    *,
    proved: bool,
    margin: float,
) -> str:
    """The best plan, and what it saves against the reference."""
    amounts = f"{money(best['cost'], currency)}, {best['agent_hours']:,.0f} agent hours"
    if best["alternative"] == reference:
        return f"'{reference}' is already the cheapest: {amounts}"
    line = f"'{best['alternative']}' is {word}: {amounts}"
    beside = table[table["alternative"] == reference].iloc[0]
    if beside["status"] != MET:
        return f"{line}; {_missing(beside, proved)}"
    saved = float(beside["cost"] - best["cost"])
    if round(saved) == 0:  # also where no agents are needed, or no hour has a price
        return f"{line}, the same as '{reference}'"
    if not dearer(beside, best, margin):
        return f"{line}, not significantly less than '{reference}' ({money(saved, currency)})"
    return f"{line}, {money(saved, currency)} ({100 * saved / beside['cost']:.1f} %) less than '{reference}'"


def dearer(row: pd.Series, best: pd.Series, margin: float) -> bool:
    """Whether a plan costs more than another beyond `margin`, sampling error and what its own search left open."""
    sampling = math.hypot(row.get("cost_error", 0.0), best.get("cost_error", 0.0))
    return bool(row["cost"] - best["cost"] > margin + sampling + row.get("left_open", 0.0) * row["cost"])


def _quoted(rows: pd.DataFrame) -> str:
    return ", ".join(f"'{name}'" for name in rows["alternative"])


def _none_met_line(table: pd.DataFrame, proved: bool) -> str:
    """What is said where no plan keeps its targets."""
    doubt = _quoted(table[table["status"] == INCONCLUSIVE])
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


def money(value: float, currency: str) -> str:
    """An amount as people read it."""
    return f"{value:,.0f} {currency}".rstrip()
