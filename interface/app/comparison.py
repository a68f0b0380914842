"""The table that compares scenarios, and the significant differences in words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from interface.formatting import difference, give_or_take, label, shown
from scenarios.measures import MEASURES
from simulator.measure.results import Entity, Results

SHOWN = ("service_level", "asa", "abandonment", "occupancy", "repeat_rate", "cost", "cost_per_resolved_case")


def differences(findings: Sequence[Results]) -> pd.DataFrame:
    """The differences of every scenario from the first, as tidy rows; `scenario` names the compared one."""
    base, *changed = findings
    parts = [base.compare(results).assign(scenario=results.scenario.name) for results in changed]
    return pd.concat(parts, ignore_index=True)


def side_by_side(findings: Sequence[Results], changes: pd.DataFrame) -> pd.DataFrame:
    """One row for each measure and type or group: the value in each scenario, and the differences."""
    rows = [
        _row(findings, changes, name, entity)
        for name in SHOWN
        for entity in findings[0].entities(name)
        if entity.by in ("type", "group") or MEASURES[name].of == "scenario"
    ]
    return pd.DataFrame(rows)


def _row(findings: Sequence[Results], changes: pd.DataFrame, name: str, entity: Entity) -> dict[str, str]:
    unit, currency = MEASURES[name].unit, findings[0].scenario.currency
    row = {"Measure": label(name), "For": entity.of}
    for results in findings:
        known = entity.of in [known.of for known in results.entities(name)]
        value = float(results.estimate(name).value[results.place(name, entity.of)]) if known else float("nan")
        row[results.scenario.name] = shown(value, unit, currency)
    rows = changes[(changes["measure"] == name) & (changes["of"] == entity.of) & (changes["by"] == entity.by)]
    for change in rows.to_dict("records"):
        size = difference(change["value"], unit, currency)
        margin = give_or_take(change["low"], change["high"], unit, currency)
        row[f"Δ {change['scenario']}"] = f"{size} {margin}".strip()
    return row


def significant(changes: pd.DataFrame, measure: str = "service_level") -> str:
    """The differences of a measure whose confidence interval excludes zero, in words."""
    rows = changes[(changes["measure"] == measure) & (changes["by"] == "type")]
    rows = rows[(rows["low"] > 0) | (rows["high"] < 0)]
    name = MEASURES[measure].label.lower()
    if rows.empty:
        return f"No significant difference in {name}"
    return f"Significant differences in {name}: " + "; ".join(
        f"{row['scenario']}: {row['of']} {difference(row['value'], MEASURES[measure].unit)}"
        for row in rows.to_dict("records")
    )
