"""The tables of studies for display: readable column names, shares in per cent, money and times with their unit."""

from __future__ import annotations

import math

import pandas as pd

from interface.formatting import STATUS, give_or_take, shown
from interface.language.messages import _, marked

_UNITS = {
    **dict.fromkeys(("cost", "cost_low", "cost_high", "wages", "bot_cost", "claimed_saving", "net_saving"), "money"),
    **dict.fromkeys(("level", "left_open", "resolved", "falsely_contained", "formula_saved"), "share"),
    **dict.fromkeys(("work_saved", "work_saved_error", "work_saved_low", "work_saved_high"), "share"),
    **dict.fromkeys(("judged", "response_by_person", "response_by_person_or_bot", "response_any"), "share"),
    **dict.fromkeys(("share", "in_time", "in_time_low", "in_time_high", "abandonment"), "share"),
    **dict.fromkeys(("cost_per_resolved_case", "price_of_a_point"), "price"),
    "agent_hours": "h",
    "cost_error": "margin",
    **dict.fromkeys(("asa", "asa_low", "asa_high"), "s"),
}
_BY_ROW = ("base", "wanted", "value", "low", "high", "error", "margin")
"""Columns whose unit differs by row."""
_IF_ANY = ("why", "left_open")
_NAMES = marked(
    {
        "base": "Current plan",
        "label": "Assumption",
        "level": "Contained",
        "bot_cost": "Bot",
        "cost_low": "Cost, low",
        "cost_high": "Cost, high",
        "claimed_saving": "Saved, claimed",
        "net_saving": "Saved, true",
        "work_saved": "Work saved",
        "work_saved_error": "± (standard error)",
        "work_saved_low": "Work saved, low",
        "work_saved_high": "Work saved, high",
        "formula_saved": "Work saved, formula",
        "response_by_person": "In time (agent)",
        "response_by_person_or_bot": "In time (agent or bot)",
        "response_any": "In time (any answer)",
        "left_open": "Optimality gap",
        "judged": "In time (target definition)",
        "asa": "ASA",
        "asa_low": "ASA, low",
        "asa_high": "ASA, high",
        "cost_error": "Cost ±",
        "in_time_low": "In time, low",
        "in_time_high": "In time, high",
        "reached": "Simulated",
        "tightest": "Binding target",
        "days": "Days simulated",
        "said": "Change",
    }
)


def readable(table: pd.DataFrame, currency: str) -> pd.DataFrame:
    """A study's table with every number in words; columns of reasons and of optimality gaps only where there are any.

    Examples
    --------
    >>> readable(pd.DataFrame({"level": [0.4], "net_saving": [12.5], "why": [""]}), "EUR").to_dict("records")
    [{'Contained': '40.0 %', 'Saved, true': '12.50 EUR'}]
    """
    kept = [name for name in table.columns if name not in _IF_ANY or table[name].fillna(0).any()]
    columns = {}
    for name in kept:
        if name in _BY_ROW and "unit" in table:
            texts = [
                _text(float(value), unit, currency) for value, unit in zip(table[name], table["unit"], strict=True)
            ]
        else:
            texts = _column(table[name], currency)
        columns[_NAMES.get(name, name.replace("_", " ").capitalize())] = texts
    return pd.DataFrame(columns).drop(columns="Unit", errors="ignore")


def _column(values: pd.Series, currency: str) -> list[str]:
    name = str(values.name)
    if name == "status":
        return [_(STATUS.get(str(value), str(value))) for value in values]
    if values.dtype.kind not in "fi":
        return [str(value) for value in values]
    return [_text(float(value), _UNITS.get(name, ""), currency) for value in values]


def _text(value: float, unit: str, currency: str) -> str:
    if unit == "margin":
        return give_or_take(-value, value, "money", currency).removeprefix("± ")
    if unit == "price":
        return f"{value:,.2f} {currency}".rstrip() if math.isfinite(value) else "–"
    return shown(value, unit, currency) + (" h" if unit == "h" and math.isfinite(value) else "")
