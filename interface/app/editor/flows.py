"""Follow-ups and routes as editable grids, and the scenario with their edits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import pandas as pd

from interface.app.editor.cells import Edits, amount, brief_number, brief_time, cell, length, share, whole, with_mean
from scenarios.contact_types import After, FollowUp, Keeps
from scenarios.distributions import ZERO
from scenarios.errors import InvalidValue
from scenarios.routing import Route
from scenarios.scenario import Scenario
from scenarios.units import duration, written

EVENTS: tuple[str, ...] = get_args(After)
"""Events after which a customer may contact again."""
KEEPERS: dict[str, Keeps] = {"any agent": "any", "same agent": "same", "preferably the same": "prefer"}
"""Who takes a follow-up, as the page says it."""
_SHOWN = {keeps: shown for shown, keeps in KEEPERS.items()}
OVERDUE = "4 h"
"""When an unanswered contact counts as overdue by default."""
FOLLOW_UPS = {
    "Type": "type",
    "After": "after",
    "Probability (%)": "probability",
    "Returns as": "as",
    "Delay": "delay",
    "Overdue at": "overdue",
    "Handle time ×": "handle_factor",
    "Max attempts": "max_tries",
    "Skips the bot": "skip_bot",
    "Handled by": "keeps",
    "Waits for same agent": "keeps_for",
    "Handle time × if retold": "retold_factor",
}
"""Columns of the grid of follow-ups, and the field of each."""
_COLUMN_TYPES: Any = dict.fromkeys(FOLLOW_UPS, "str") | {
    "Skips the bot": "bool",
}


def follow_ups_table(scenario: Scenario) -> pd.DataFrame:
    """One row for each rule, type by type."""
    table = pd.DataFrame([_rule_row(name, rule) for name, rule in _rules(scenario)], columns=list(FOLLOW_UPS))
    return table.astype(_COLUMN_TYPES)


def _rules(scenario: Scenario) -> list[tuple[str, FollowUp]]:
    return [(contact_type.name, rule) for contact_type in scenario.contact_types for rule in contact_type.follow_ups]


def _rule_row(name: str, rule: FollowUp) -> dict[str, object]:
    return {
        "Type": name,
        "After": rule.after,
        "Probability (%)": brief_number(100 * rule.probability),
        "Returns as": rule.as_type,
        "Delay": "" if rule.delay == ZERO else brief_time(rule.delay),
        "Overdue at": "" if rule.overdue is None else written(rule.overdue),
        "Handle time ×": brief_number(rule.handle_factor),
        "Max attempts": str(rule.max_tries),
        "Skips the bot": rule.skip_bot,
        "Handled by": _SHOWN[rule.keeps],
        "Waits for same agent": written(rule.keeps_for) if rule.keeps_for else "",
        "Handle time × if retold": brief_number(rule.retold_factor),
    }


def edit_follow_ups(scenario: Scenario, edits: Edits) -> Scenario:
    """The scenario with its follow-ups edited: rows beyond the last are new rules; an emptied type removes its rule.

    Raises
    ------
    InvalidValue, InvalidScenario
        If a cell cannot be used.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> desk = load("help-desk")
    >>> redial = {"Type": "calls", "After": "answered", "Probability (%)": 20, "Returns as": "calls", "Delay": "2 h"}
    >>> again = edit_follow_ups(desk, {0: redial})
    >>> rule = again.contact_types[0].follow_ups[0]
    >>> rule.probability, rule.delay.mean, rule.max_tries
    (0.2, 7200.0, 10)
    >>> edit_follow_ups(again, {0: {"Type": None}}) == desk
    True
    """
    before = _rules(scenario)
    rows: list[tuple[str, Any]] = [
        _edited_rule(name, rule, edits.get(at, {}))
        for at, (name, rule) in enumerate(before)
        if _given(edits.get(at, {}).get("Type", name))
    ]
    added = [cells for at, cells in sorted(edits.items()) if at >= len(before)]
    rows += [_edited_rule("", None, cells) for cells in added if any(map(_given, cells.values()))]
    for contact_type in scenario.contact_types:
        with cell(contact_type.name, "follow-ups"):
            scenario = scenario.replace_type(
                contact_type.name, follow_ups=[rule for name, rule in rows if name == contact_type.name]
            )
    return scenario


def _given(value: Any) -> bool:
    return value not in (None, "")


def _edited_rule(name: str, rule: FollowUp | None, cells: Mapping[str, Any]) -> tuple[str, FollowUp | dict[str, Any]]:
    """The type that a rule is of, and the rule; a new one where there was none."""
    name = str(cells.get("Type", name) or "")
    if rule is not None and not set(cells) - {"Type"}:
        return name, rule
    fields: dict[str, Any] = {} if rule is None else _fields(rule)
    where = f"{name or 'New row'}, follow-up"
    for column in [column for column in cells if column != "Type"]:
        with cell(where, column):
            fields |= {FOLLOW_UPS[column]: _rule_value(column, cells[column], fields)}
    for column in ("Type", "After", "Probability (%)", "Returns as"):
        if not _given(name if column == "Type" else fields.get(FOLLOW_UPS[column])):
            raise InvalidValue(f"{where}, {column}", "", "fill in Type, After, Probability (%) and Returns as")
    if "After" in cells and not cells.get("Overdue at"):
        fields["overdue"] = duration(OVERDUE) if cells["After"] == "overdue" else None
    return name, {key: value for key, value in fields.items() if value is not None}


def _fields(rule: FollowUp) -> dict[str, Any]:
    return {info.alias or name: getattr(rule, name) for name, info in FollowUp.model_fields.items()}


def _rule_value(column: str, value: Any, fields: Mapping[str, Any]) -> Any:
    match column:
        case "Probability (%)":
            return share(column, value)
        case "Delay":
            return with_mean(fields.get("delay", ZERO), value or 0, column)
        case "Overdue at":
            return length(column, value) if value else None
        case "Handled by":
            return KEEPERS[value] if _given(value) else "any"
        case "Waits for same agent":
            return length(column, value) if value else 0.0
        case "Handle time ×" | "Handle time × if retold":
            return amount(column, value) if _given(value) else 1.0
        case "Max attempts":
            return whole(column, value, least=1) if _given(value) else None
    return bool(value) if column == "Skips the bot" else value


ROUTES = ("Type", "Group", "Order", "Overflow after")
"""Columns of the grid of routes."""


def routes_table(scenario: Scenario) -> pd.DataFrame:
    """One row for each type and group with the skill: its order, and the wait before overflow."""
    rows = [_route_row(scenario, contact_type, group) for contact_type, group in _pairs(scenario)]
    return pd.DataFrame(rows, columns=list(ROUTES))


def _pairs(scenario: Scenario) -> list[tuple[str, str]]:
    return [
        (contact_type, group.name)
        for contact_type in scenario.type_names
        for group in scenario.agent_groups
        if contact_type in group.skills
    ]


def _route_row(scenario: Scenario, contact_type: str, group: str) -> dict[str, object]:
    for position, route in enumerate(scenario.routes(contact_type), start=1):
        if route.group == group:
            after = written(route.after) if route.after else ""
            return {"Type": contact_type, "Group": group, "Order": str(position), "Overflow after": after}
    return {"Type": contact_type, "Group": group, "Order": "", "Overflow after": ""}


def edit_routes(scenario: Scenario, edits: Edits) -> Scenario:
    """The scenario with routes reordered, delayed, added or removed.

    Raises
    ------
    InvalidValue, InvalidScenario
        If a cell cannot be used, or if a type has no group left.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> day = load("retail-weekday")
    >>> routes_table(day)["Group"].tolist()[:2]
    ['phone-desk', 'flexible']
    >>> [route.group for route in edit_routes(day, {1: {"Order": 1, "Overflow after": None}}).routes("phone")]
    ['flexible', 'phone-desk']
    """
    pairs = _pairs(scenario)
    for contact_type in dict.fromkeys(pairs[row][0] for row in edits):
        of_kind = {pairs[row][1]: cells for row, cells in edits.items() if pairs[row][0] == contact_type}
        routes = _edited_routes(contact_type, scenario.routes(contact_type), of_kind)
        if routes != scenario.routes(contact_type):
            scenario = _routed(scenario, contact_type, routes)
    return scenario


def _edited_routes(
    contact_type: str, routes: tuple[Route, ...], edits: Mapping[str, Mapping[str, Any]]
) -> tuple[Route, ...]:
    """Routes of a type in their order: those with a new position there, the unchanged ones around them."""
    known = {route.group: route for route in routes}
    positions: dict[str, int] = {}
    for group, cells in edits.items():
        known.setdefault(group, Route(group=group))
        with cell(f"{contact_type}, {group}", ", ".join(cells)):
            if "Overflow after" in cells:
                known[group] = Route(group=group, after=length("Overflow after", cells["Overflow after"] or 0))
            if _given(cells.get("Order")):
                positions[group] = whole("Order", cells["Order"], least=1)
        if "Order" in cells and not _given(cells["Order"]):
            del known[group]
    order = [group for group in known if group not in positions]
    for group in sorted(positions, key=lambda group: positions[group]):
        order.insert(positions[group] - 1, group)
    return tuple(known[group] for group in order)


def _routed(scenario: Scenario, contact_type: str, routes: tuple[Route, ...]) -> Scenario:
    routing = {name: getattr(scenario.routing, name) for name in type(scenario.routing).model_fields}
    return scenario.replace(routing=routing | {"types": scenario.routing.types | {contact_type: routes}})
