"""Scenarios side by side: the table that people read."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from interface.formatting import difference, give_or_take, label, shown
from scenarios.measures import MEASURES
from simulator.measure.results import Entity, Results

SHOWN = ("service_level", "asa", "abandonment", "occupancy", "repeat_rate", "cost", "cost_per_resolved_case")


def differences(findings: Sequence[Results]) -> pd.DataFrame:
    """The differences of every scenario from the first, as tidy rows; `scenario` names the other one."""
    base, *changed = findings
    parts = [base.compare(other).assign(scenario=other.scenario.name) for other in changed]
    return pd.concat(parts, ignore_index=True)


def side_by_side(findings: Sequence[Results], found: pd.DataFrame) -> pd.DataFrame:
    """One row for each measure and type or group: the value in each scenario, and the differences."""
    rows = [
        _row(findings, found, name, entity)
        for name in SHOWN
        for entity in findings[0].entities(name)
        if entity.by in ("type", "group") or MEASURES[name].of == "scenario"
    ]
    return pd.DataFrame(rows)


def _row(findings: Sequence[Results], found: pd.DataFrame, name: str, entity: Entity) -> dict[str, str]:
    unit, currency = MEASURES[name].unit, findings[0].scenario.currency
    row = {"Measure": label(name), "Of": entity.of}
    for results in findings:
        there = entity.of in [one.of for one in results.entities(name)]
        value = float(results.estimate(name).value[results.place(name, entity.of)]) if there else float("nan")
        row[results.scenario.name] = shown(value, unit, currency)
    mine = found[(found["measure"] == name) & (found["of"] == entity.of) & (found["by"] == entity.by)]
    for one in mine.to_dict("records"):
        change = difference(one["value"], unit, currency)
        row[f"Δ {one['scenario']}"] = f"{change} {give_or_take(one['low'], one['high'], unit, currency)}".strip()
    return row


def sure(found: pd.DataFrame, measure: str = "service_level") -> str:
    """The differences of a measure whose interval leaves out zero, in words; empty if there are none."""
    rows = found[(found["measure"] == measure) & (found["by"] == "type")]
    rows = rows[(rows["low"] > 0) | (rows["high"] < 0)]
    return "; ".join(
        f"{row['scenario']}: {row['of']} {difference(row['value'], MEASURES[measure].unit)}"
        for row in rows.to_dict("records")
    )
