"""Contact types and bots as editable grids, and the scenario with their edits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from interface.app.editor.cells import Edits, amount, brief_number, brief_time, cell, length, share, with_mean
from scenarios.contact_types import Bot, ContactType
from scenarios.demand import Volume
from scenarios.distributions import ZERO, Distribution, Exponential
from scenarios.hours import ALWAYS
from scenarios.scenario import Scenario
from scenarios.units import written

TYPES = {
    "Type": "type",
    "Channel": "channel",
    "Contacts per day": "volume",
    "Handle time": "handle",
    "AHT variability (CV)": "cv",
    "Wrap-up": "wrap_up",
    "Patience": "patience",
    "Target (%)": "share",
    "Answer within": "within",
    "Opening hours": "open",
    "Priority": "priority",
}
"""Columns of the grid of contact types, and what each holds."""


def types_table(scenario: Scenario) -> pd.DataFrame:
    """One row for each contact type."""
    days = scenario.horizon.days
    totals = scenario.usual_volumes.sum(axis=1) / days
    return pd.DataFrame(
        [
            _type_row(contact_type, float(total))
            for contact_type, total in zip(scenario.contact_types, totals, strict=True)
        ],
        columns=list(TYPES),
    )


def _type_row(contact_type: ContactType, daily: float) -> dict[str, object]:
    return {
        "Type": contact_type.name,
        "Channel": contact_type.channel,
        "Contacts per day": brief_number(round(daily, 1)),
        "Handle time": brief_time(contact_type.handle_time),
        "AHT variability (CV)": brief_number(round(float(np.sqrt(contact_type.handle_time.scv)), 2)),
        "Wrap-up": "" if contact_type.wrap_up == ZERO else brief_time(contact_type.wrap_up),
        "Patience": "" if contact_type.patience is None else brief_time(contact_type.patience),
        "Target (%)": "" if contact_type.target_share is None else brief_number(100 * contact_type.target_share),
        "Answer within": "" if contact_type.answer_within is None else written(contact_type.answer_within),
        "Opening hours": "always" if contact_type.open == ALWAYS else "; ".join(contact_type.open),
        "Priority": brief_number(contact_type.priority.level),
    }


def edit_types(scenario: Scenario, edits: Edits) -> Scenario:
    """The scenario with cells of the grid of contact types changed.

    Raises
    ------
    InvalidValue, InvalidScenario
        If a cell cannot be used.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> edited = edit_types(load("help-desk"), {0: {"Handle time": "5 min", "Contacts per day": 2400}})
    >>> edited.contact_types[0].handle_time.mean, edited.expected.sum().item()
    (300.0, 2400.0)
    """
    for row, cells in edits.items():
        name = scenario.type_names[row]
        for column, value in cells.items():
            with cell(name, column):
                scenario = scenario.replace_type(name, **_type_change(scenario, name, column, value))
    return scenario


def _type_change(scenario: Scenario, name: str, column: str, value: Any) -> dict[str, Any]:
    contact_type = scenario.contact_type(name)
    match column:
        case "Contacts per day":
            return {"volume": scaled(scenario, contact_type, amount(column, value))}
        case "Handle time":
            return {"handle_time": with_mean(contact_type.handle_time, value, column)}
        case "AHT variability (CV)":
            return {"handle_time": _with_spread(contact_type.handle_time, amount(column, value))}
        case "Wrap-up":
            return {"wrap_up": with_mean(contact_type.wrap_up, value or 0, column)}
        case "Patience":
            return {"patience": with_mean(contact_type.patience or ZERO, value, column) if value else None}
        case "Target (%)" | "Answer within":
            return {"target": _target(contact_type, column, value)}
        case "Opening hours":
            parts = [part.strip() for part in str(value or "always").split(";")]
            return {"open": parts if len(parts) > 1 else parts[0]}
    return {"priority": {"level": amount(column, value), "ageing": contact_type.priority.ageing}}


def scaled(scenario: Scenario, contact_type: ContactType, daily: float) -> dict[str, Any]:
    """The volume of a type with another mean total a day, its shape kept."""
    current = float(scenario.usual_volumes[scenario.type_names.index(contact_type.name)].sum()) / scenario.horizon.days
    given = {name: getattr(contact_type.volume, name) for name in Volume.model_fields}
    if not current:
        return given | dict.fromkeys(("per_hour", "per_interval")) | {"daily": daily}
    for name in ("per_interval", "per_hour", "daily"):
        if given[name] is not None:
            given[name] = _times(given[name], daily / current)
    return given


def _times(value: Any, factor: float) -> Any:
    return tuple(volume * factor for volume in value) if isinstance(value, tuple) else value * factor


def _with_spread(time: Distribution, cv: float) -> Distribution | dict[str, Any]:
    if cv == 0:
        return {"family": "deterministic", "value": time.mean}
    if isinstance(time, Exponential) and cv == 1:
        return time
    return {"mean": time.mean, "cv": cv}


def _target(contact_type: ContactType, column: str, value: Any) -> dict[str, Any] | None:
    given = contact_type.target.model_dump() if contact_type.target else {}
    if column == "Target (%)":
        given["share"] = share(column, value, below=True) if _filled(value) else None
        given["within"] = (given.get("within") or 20.0) if _filled(value) else None
    else:
        given["within"] = length(column, value) if value else None
        given["share"] = (given.get("share") or 0.8) if value else None
    empty = all(given.get(name) is None for name in ("share", "max_abandonment", "max_asa"))
    return None if empty else given


def _filled(value: Any) -> bool:
    return value not in (None, "")


BOTS = {
    "Resolved by bot (%)": "resolved",
    "False containment (%)": "falsely_contained",
    "Abandons in bot (%)": "left",
    "Context kept (%)": "context",
    "Session length": "session",
    "Cost per session": "cost_per_session",
    "AHT uplift on remaining contacts": "residual_difficulty",
}
"""Columns of the grid of bots, and the field of each."""
_SHARES = ("Resolved by bot (%)", "False containment (%)", "Abandons in bot (%)", "Context kept (%)")


def bots_table(scenario: Scenario) -> pd.DataFrame:
    """One row for each contact type; empty cells where it has no bot."""
    rows = [
        {"Type": contact_type.name, "Bot": contact_type.bot is not None} | _bot_row(contact_type.bot)
        for contact_type in scenario.contact_types
    ]
    return pd.DataFrame(rows, columns=["Type", "Bot", *BOTS])


def _bot_row(bot: Bot | None) -> dict[str, str]:
    if bot is None:
        return dict.fromkeys(BOTS, "")
    values = {column: getattr(bot, field) for column, field in BOTS.items() if column != "Session length"}
    values |= {column: 100 * values[column] for column in _SHARES}
    return {column: brief_number(value) for column, value in values.items()} | {
        "Session length": brief_time(bot.session)
    }


def edit_bots(scenario: Scenario, edits: Edits) -> Scenario:
    """The scenario with cells of the grid of bots changed; a number in an empty row adds a bot.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> edit_bots(load("help-desk"), {0: {"Resolved by bot (%)": 30}}).contact_types[0].bot.resolved
    0.3
    """
    for row, cells in edits.items():
        contact_type = scenario.contact_types[row]
        fields = {name: getattr(contact_type.bot or Bot(), name) for name in Bot.model_fields}
        for column in [column for column in cells if column != "Bot"]:
            with cell(contact_type.name, column):
                fields[BOTS[column]] = _bot_value(column, cells[column], fields)
        bot = fields if cells.get("Bot", True) else None
        with cell(contact_type.name, ", ".join(cells)):
            scenario = scenario.replace_type(contact_type.name, bot=bot)
    return scenario


def _bot_value(column: str, value: Any, fields: dict[str, Any]) -> Any:
    if column == "Session length":
        return with_mean(fields["session"], value or 0, column)
    return share(column, value) if column in _SHARES else amount(column, value)
