"""The table that compares scenarios, and the significant differences in words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from interface.app.verdicts import sentence
from interface.formatting import difference, give_or_take, label, listed, shown
from interface.language.messages import _
from scenarios.measures import MEASURES
from scenarios.statistics import MET
from simulator.measure.results import Entity, Results
from simulator.measure.targets import verdict

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


def targets_and_cost(findings: Sequence[Results]) -> pd.DataFrame:
    """One row for each scenario: which targets it meets, and what it costs."""
    return pd.DataFrame(
        {
            "Scenario": results.scenario.name,
            "Targets": sentence(verdict(results)),
            label("cost"): _with_margin(results, "cost"),
            label("cost_per_resolved_case"): _with_margin(results, "cost_per_resolved_case"),
        }
        for results in findings
    )


def _with_margin(results: Results, name: str) -> str:
    """A measure of the whole scenario with half of its confidence interval."""
    estimate, unit, currency = results.estimate(name), MEASURES[name].unit, results.scenario.currency
    margin = give_or_take(float(estimate.low[0]), float(estimate.high[0]), unit, currency)
    return f"{shown(float(estimate.value[0]), unit, currency)} {margin}".strip()


def cheapest_in_words(findings: Sequence[Results]) -> str:
    """Which scenarios meet every target beyond doubt, and which of these costs least."""
    verdicts = {results.scenario.name: verdict(results)["status"] for results in findings}
    meeting = [
        results for results in findings if (status := verdicts[results.scenario.name]).size and all(status == MET)
    ]
    if not meeting:
        return _("No scenario is confirmed to meet every target")
    names = listed(results.scenario.name for results in meeting)
    if len(meeting) == 1:
        return _("Only {names} meets every target").format(names=names)
    lowest, second = sorted(meeting, key=lambda results: float(results.estimate("cost").value[0]))[:2]
    rows = lowest.compare(second, ["cost"])
    saving = rows.iloc[0]
    everyone = (
        _("All scenarios meet every target")
        if len(meeting) == len(findings)
        else _("{names} meet every target").format(names=names)
    )
    if saving["low"] <= 0:
        return _("{everyone}; costs of {name} and {other} do not differ significantly").format(
            everyone=everyone, name=lowest.scenario.name, other=second.scenario.name
        )
    price = shown(float(lowest.estimate("cost").value[0]), "money", lowest.scenario.currency)
    return _("{everyone}; {name} costs least: {price}").format(
        everyone=everyone, name=lowest.scenario.name, price=price
    )


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
        return _("No significant difference in {name}").format(name=name)
    return _("Significant differences in {name}: ").format(name=name) + "; ".join(
        f"{row['scenario']}: {row['of']} {difference(row['value'], MEASURES[measure].unit)}"
        for row in rows.to_dict("records")
    )
