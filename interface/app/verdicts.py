"""The verdict of a run in one sentence, and a tile for each target with its uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from interface.app.jobs.theory import Theory
from interface.formatting import STATUS, give_or_take, listed, shown
from scenarios.measures import MEASURES
from scenarios.statistics import INCONCLUSIVE, MISSED
from simulator.measure.first_verdicts import FirstVerdict
from simulator.measure.results import Results
from simulator.measure.targets import verdict


@dataclass(frozen=True)
class Tile:
    """A key figure: title, value, verdict and details."""

    title: str
    number: str
    status: str
    words: str
    small: tuple[str, ...]


def sentence(rows: pd.DataFrame) -> str:
    """The outcome of all targets in one line.

    Examples
    --------
    >>> sentence(pd.DataFrame({"type": ["phone", "chat"], "value": [0.9, 0.6], "status": ["met", "missed"]}))
    '1 of 2 targets missed: chat'
    """
    missed = list(dict.fromkeys(rows.loc[rows["status"] == MISSED, "type"]))
    idle = rows["value"].isna() & (rows["status"] == INCONCLUSIVE)
    undecided = list(dict.fromkeys(rows.loc[(rows["status"] == INCONCLUSIVE) & ~idle, "type"]))
    if rows.empty:
        return "No contact type has a target"
    if idle.all():
        return f"No contacts in this run: {listed(dict.fromkeys(rows['type']))}"
    if missed and len(rows) == 1:
        return "The target is missed"
    if missed:
        count = int((rows["status"] == MISSED).sum())
        return f"{count} of {len(rows)} targets missed: {listed(missed)}"
    if undecided:
        count = int(((rows["status"] == INCONCLUSIVE) & ~idle).sum())
        return f"{count} of {len(rows)} targets inconclusive: {listed(undecided)}. Choose a higher precision"
    if idle.any():
        return f"Every target with contacts is met; no contacts: {listed(dict.fromkeys(rows.loc[idle, 'type']))}"
    return "Every target is met" if len(rows) > 1 else "The target is met"


def sentence_so_far(verdicts: Sequence[FirstVerdict], units: str = "days") -> str:
    """What is decided while a run goes on, in one line; `units` is what a replication is called, in the plural.

    Examples
    --------
    >>> from scenarios.requirements import constraints
    >>> from scenarios.yaml import presets
    >>> calls, = constraints(presets.load("help-desk"))
    >>> sentence_so_far([FirstVerdict(calls, "missed", 4)])
    'First verdict: calls missed (sure after 4 days)'
    >>> sentence_so_far([FirstVerdict(calls, "inconclusive", 0)])
    'No target is decided yet'
    """
    decided = [
        f"{verdict.constraint.of} {STATUS[verdict.status].lower()} (sure after {verdict.replications:,} {units})"
        for verdict in verdicts
        if verdict.decided
    ]
    waiting = list(dict.fromkeys(verdict.constraint.of for verdict in verdicts if not verdict.decided))
    if not verdicts:
        return "No contact type has a target"
    if not decided:
        return "No target is decided yet"
    first = f"First verdict{'s' if len(decided) > 1 else ''}: {listed(decided)}"
    return f"{first}; not decided yet: {listed(waiting)}" if waiting else first


def tiles(results: Results, theory: Theory | None = None, so_far: Sequence[FirstVerdict] | None = None) -> list[Tile]:
    """A tile for each target, with the verdicts so far while a run goes on."""
    rows = verdict(results).to_dict("records")
    return [_target_tile(row, theory, so_far[number] if so_far else None) for number, row in enumerate(rows)]


def _target_tile(row: dict[Any, Any], theory: Theory | None, so_far: FirstVerdict | None) -> Tile:
    unit, measure = MEASURES[row["measure"]].unit, MEASURES[row["measure"]]
    between = f"{100 * row['good_days_low']:.0f} to {row['good_days_high']:.0%}"
    days = f"Target met on {row['good_days']:.0%} of days ({between})"
    small = (
        f"{measure.label}, simulated",
        _formula_line(row, theory, unit),
        days.replace("%", " %"),
        f"Worst 10 % of days: {'over' if measure.better == 'lower' else 'under'} {shown(row['bad_day'], unit)}",
        row["note"],
    )
    margin = give_or_take(row["low"], row["high"], unit)
    known = so_far.status if so_far else row["status"]
    words = "Not decided yet" if so_far and not so_far.decided else STATUS[known]
    words += f" ({margin})" if margin else ""
    return Tile(f"{row['type']} · {row['target']}", shown(row["value"], unit), known, words, small)


def _formula_line(row: dict[Any, Any], theory: Theory | None, unit: str) -> str:
    """What the formula says of the same measure, and which formula it is."""
    if theory is None:
        return ""
    answer = theory.of(row["measure"], row["type"])
    if answer is None:
        return "No formula covers this"
    value, source, _ = answer
    return f"Formula ({source}): {shown(value, unit)}"


def cost_tile(results: Results) -> Tile:
    """The cost of the horizon, as a tile."""
    currency, days = results.scenario.currency, results.scenario.horizon.days
    cost, case_cost = (results.estimate(name) for name in ("cost", "cost_per_resolved_case"))
    per_case = float(case_cost.value[0])
    return Tile(
        "Cost per day" if days == 1 else f"Cost of {days} days",
        shown(float(cost.value[0]), "money", currency),
        "plain",
        give_or_take(float(cost.low[0]), float(cost.high[0]), "money", currency),
        (f"{per_case:,.2f} {currency}".rstrip() + " per resolved case", "Wages, overtime and bot sessions"),
    )


def meanings(results: Results, theory: Theory | None = None) -> list[tuple[str, str]]:
    """What the tiles show, term and meaning, and why a formula beside them differs.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> from simulator.experiment import simulate
    >>> dict(meanings(simulate(presets.load("help-desk"), replications=2)))["Service level"]
    'Answered within the target time / offered'
    """
    rows = verdict(results).to_dict("records")
    terms = {MEASURES[row["measure"]].label: MEASURES[row["measure"]].definition for row in rows}
    terms |= {
        "±": "Half of the 95 % confidence interval: how far the average of many more days may be from this one",
        "Target met on days": "Share of simulated days on which the target is met, with its 95 % confidence interval",
        "Worst 10 % of days": "The level that one day in ten does not reach",
        MEASURES["cost"].label: MEASURES["cost"].definition,
    }
    return [*terms.items(), *_differences(rows, theory)]


def _differences(rows: list[dict[Any, Any]], theory: Theory | None) -> list[tuple[str, str]]:
    """For each target that a formula covers: both values, and what the formula leaves out."""
    found = []
    for row in rows:
        answer = theory.of(row["measure"], row["type"]) if theory is not None else None
        if answer is not None:
            value, source, left_out = answer
            unit = MEASURES[row["measure"]].unit
            both = f"{shown(value, unit)}, simulated {shown(row['value'], unit)}"
            assumed = left_out or "each interval by itself"
            found.append((f"Formula, {row['type']}", f"{source} {both}. The formula assumes: {assumed}"))
    return found
