"""What a run comes down to: the sentence, and a tile for each target with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from interface.app.jobs.theory import Theory
from interface.formatting import STATUS, give_or_take, listed, shown
from interface.losses import losses_in_words, simulated_losses
from scenarios.measures import MEASURES
from scenarios.statistics import INCONCLUSIVE, MISSED
from simulator.measure.results import Results
from simulator.measure.targets import verdict


@dataclass(frozen=True)
class Tile:
    """A number that matters: what it is, its verdict, and the small print."""

    what: str
    number: str
    status: str
    words: str
    small: tuple[str, ...]


def sentence(rows: pd.DataFrame) -> str:
    """The outcome of all targets in one line.

    Examples
    --------
    >>> sentence(pd.DataFrame({"type": ["phone", "chat"], "value": [0.9, 0.6], "status": ["met", "missed"]}))
    '1 of 2 targets is missed: chat'
    """
    missed = list(dict.fromkeys(rows.loc[rows["status"] == MISSED, "type"]))
    idle = rows["value"].isna() & (rows["status"] == INCONCLUSIVE)
    undecided = list(dict.fromkeys(rows.loc[(rows["status"] == INCONCLUSIVE) & ~idle, "type"]))
    if rows.empty:
        return "No contact type has a target"
    if idle.all():
        return f"No contacts to judge by: {listed(dict.fromkeys(rows['type']))}"
    if missed:
        count = int((rows["status"] == MISSED).sum())
        return f"{count} of {len(rows)} targets {'is' if count == 1 else 'are'} missed: {listed(missed)}"
    if undecided:
        return f"Inconclusive, more replications would tell: {listed(undecided)}"
    if idle.any():
        return f"Every target with contacts is met; none came for {listed(dict.fromkeys(rows.loc[idle, 'type']))}"
    return "Every target is met" if len(rows) > 1 else "The target is met"


def tiles(results: Results, theory: Theory | None = None) -> list[Tile]:
    """A tile for each target."""
    return [_target_tile(results, row, theory) for row in verdict(results).to_dict("records")]


def _target_tile(results: Results, row: dict[Any, Any], theory: Theory | None) -> Tile:
    unit, measure = MEASURES[row["measure"]].unit, MEASURES[row["measure"]]
    days = f"{row['good_days']:.0%} good days ({100 * row['good_days_low']:.0f} to {row['good_days_high']:.0%})"
    small = (
        f"{measure.label}, simulated",
        _formula_line(row, theory, unit),
        days.replace("%", " %"),
        f"One day in ten is {'above' if measure.better == 'lower' else 'below'} {shown(row['bad_day'], unit)}",
        _lost_line(results, row["type"]) if measure.of == "contacts" else "",
        row["note"],
    )
    status = f"{STATUS[row['status']]} {give_or_take(row['low'], row['high'], unit)}".strip()
    return Tile(f"{row['type']} · {row['target']}", shown(row["value"], unit), row["status"], status, small)


def _lost_line(results: Results, of: str) -> str:
    """Which contacts of a type were lost."""
    text = losses_in_words(simulated_losses(results, of))
    return f"Lost: {text}" if text else ""


def _formula_line(row: dict[Any, Any], theory: Theory | None, unit: str) -> str:
    """What the formula says of the same measure, and which formula it is."""
    if theory is None:
        return ""
    found = theory.of(row["measure"], row["type"])
    return "No formula covers this" if found is None else f"{shown(found[0], unit)} by {found[1]}"


def cost_tile(results: Results) -> Tile:
    """What the horizon costs."""
    currency, days = results.scenario.currency, results.scenario.horizon.days
    cost, each = (results.estimate(name) for name in ("cost", "cost_per_resolved_case"))
    per_case = float(each.value[0])
    return Tile(
        "Cost of the day" if days == 1 else f"Cost of {days} days",
        shown(float(cost.value[0]), "money", currency),
        "plain",
        give_or_take(float(cost.low[0]), float(cost.high[0]), "money", currency),
        (f"{per_case:,.2f} {currency}".rstrip() + " for each resolved case", "Wages, overtime and bot sessions"),
    )
