"""Grids of fields of contact types and agent groups, and the scenario with their edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
from pydantic import BaseModel

from interface.app.editor.cells import Edits, cell
from interface.app.fields.catalogue import EVENT_FIELDS, TYPE_NAME, FieldColumn
from interface.app.fields.kinds import AMOUNT, WHOLE, WORDS, FieldKind, name_of
from interface.app.grids.table import GridColumn, GridTable
from scenarios.agents import AgentGroup
from scenarios.contact_types import ContactType
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario

_NEEDED = {
    "target": {"share", "max_abandonment", "max_asa"},
    "zones": {"green", "yellow"},
    "callback": {"accepted", "as"},
    "dialling": {"reached"},
    "drift": {"since", "containment"},
    "variation": {"cv"},
    "handle_profile": {"per_interval", "shape", "weekdays"},
}
"""Parts that are gone when none of these fields is left."""


def type_fields(scenario: Scenario, columns: Sequence[FieldColumn], name: str) -> GridTable:
    """A grid of fields of the contact types."""
    return _table(scenario, scenario.contact_types, columns, name, "Type")


def group_fields(scenario: Scenario, columns: Sequence[FieldColumn], name: str) -> GridTable:
    """A grid of fields of the agent groups."""
    return _table(scenario, scenario.agent_groups, columns, name, "Group")


def _table(
    scenario: Scenario,
    parts: Sequence[ContactType] | Sequence[AgentGroup],
    columns: Sequence[FieldColumn],
    name: str,
    label: str,
) -> GridTable:
    kinds = {column.label: _kind(column, scenario) for column in columns}
    rows = [
        {label: part.name} | {column.label: _shown(part, column, kinds[column.label]) for column in columns}
        for part in parts
    ]
    shown = {
        column.label: GridColumn(kind.read, kind.kind, column.help, kind.options)
        for column in columns
        for kind in [kinds[column.label]]
    }
    change = partial(_edited, columns={column.label: column for column in columns}, of_types=label == "Type")
    return GridTable(name, pd.DataFrame(rows, columns=[label, *kinds]), shown, change)


def speeds(scenario: Scenario) -> GridTable:
    """The speed of each agent group at the contact types that it has the skill for."""
    rows = [
        {"Group": group.name}
        | {name: AMOUNT.show(group.skills[name].speed) if name in group.skills else "" for name in scenario.type_names}
        for group in scenario.agent_groups
    ]
    column = GridColumn(AMOUNT.read, help="1.1: handle times are shorter by a tenth; only where there is a skill")
    table = pd.DataFrame(rows, columns=["Group", *scenario.type_names])
    return GridTable("speed by skill", table, dict.fromkeys(scenario.type_names, column), _with_speeds, "agent group")


def _with_speeds(scenario: Scenario, edits: Edits) -> Scenario:
    for row, changed in edits.items():
        group = scenario.agent_groups[row]
        skills: dict[str, Any] = dict(group.skills)
        for name, text in changed.items():
            with cell(group.name, name):
                if name not in skills:
                    raise InvalidValue(name, text or "", "give the group this skill first")
                speed = AMOUNT.value(name, text) if text else 1.0
                skills[name] = {"rank": skills[name].rank, "speed": speed}
        with cell(group.name, ", ".join(changed)):
            scenario = scenario.replace_group(group.name, skills=skills)
    return scenario


def events(scenario: Scenario) -> GridTable:
    """Special days, campaigns, storms, outages; rows may be added."""
    kinds = {column.label: _kind(column, scenario) for column in EVENT_FIELDS}
    rows = [
        {"Row": f"Event {at + 1}"}
        | {column.label: _shown(event, column, kinds[column.label]) for column in EVENT_FIELDS}
        for at, event in enumerate(scenario.events)
    ]
    shown = {
        column.label: GridColumn(kind.read, kind.kind, column.help, kind.options)
        for column, kind in zip(EVENT_FIELDS, kinds.values(), strict=True)
    }
    table = pd.DataFrame(rows, columns=["Row", *kinds])
    return GridTable("special days and events", table, shown, _with_events, "event", grows=True)


def _with_events(scenario: Scenario, edits: Edits) -> Scenario:
    columns = {column.label: column for column in EVENT_FIELDS}
    rows: list[dict[str, Any]] = [event.model_dump(mode="json") for event in scenario.events]
    rows += [{} for _ in range(max([*edits, -1]) + 1 - len(rows))]
    for row, changed in edits.items():
        for label, text in changed.items():
            with cell(f"Event {row + 1}", label):
                value = _kind(columns[label], scenario).value(label, text) if text else None
            _put(rows[row], [columns[label].path], value)
    for new in rows[len(scenario.events) :]:
        if new and not new.get("event"):
            raise InvalidValue("New event, Event", "", "choose the event")
    kept = [{key: value for key, value in row.items() if value is not None} for row in rows]
    return scenario.replace(events=[row for row in kept if row.get("event")])


def trunk_lines(scenario: Scenario) -> GridTable:
    """The trunk groups and their lines; rows may be added."""
    columns = ("Trunk group", "Lines")
    return _pairs("trunk groups", scenario.trunks, "trunks", columns, WHOLE, "trunk group")


def origins(scenario: Scenario) -> GridTable:
    """Where numbers of the scenario come from; rows may be added."""
    return _pairs("origins of numbers", scenario.origins, "origins", ("Field", "Origin"), WORDS, "origin")


def _pairs(
    name: str, values: Mapping[str, Any], field: str, columns: tuple[str, str], kind: FieldKind, row_name: str
) -> GridTable:
    rows = [
        (f"{row_name.capitalize()} {at + 1}", key, kind.show(value)) for at, (key, value) in enumerate(values.items())
    ]
    shown = {
        columns[0]: GridColumn(WORDS.read, WORDS.kind, "Empty removes the row"),
        columns[1]: GridColumn(kind.read, kind.kind),
    }

    def change(scenario: Scenario, edits: Edits) -> Scenario:
        pairs = [[key, kind.show(value)] for key, value in getattr(scenario, field).items()]
        pairs += [["", ""] for _ in range(max([*edits, -1]) + 1 - len(pairs))]
        for row, changed in edits.items():
            for column, text in changed.items():
                pairs[row][columns.index(column)] = text or ""
        return scenario.replace(**{field: {key: kind.value(columns[1], text) for key, text in pairs if key}})

    table = pd.DataFrame(rows, columns=["Row", *columns])
    return GridTable(name, table, shown, change, row_name, grows=True)


def _kind(column: FieldColumn, scenario: Scenario) -> FieldKind:
    if isinstance(column.kind, FieldKind):
        return column.kind
    return name_of(scenario.type_names if column.kind == TYPE_NAME else tuple(scenario.trunks))


def _shown(part: BaseModel, column: FieldColumn, kind: FieldKind) -> str:
    value: Any = part.model_dump(mode="json", by_alias=True)
    for key in column.path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return "" if value is None else kind.show(value)


def _edited(scenario: Scenario, edits: Edits, columns: Mapping[str, FieldColumn], *, of_types: bool) -> Scenario:
    """The scenario with cells changed, all cells of a row together."""
    for row, changed in edits.items():
        part = (scenario.contact_types if of_types else scenario.agent_groups)[row]
        values = part.model_dump(mode="json", by_alias=True)
        for label, text in changed.items():
            column = columns[label]
            with cell(part.name, label):
                value = _kind(column, scenario).value(label, text) if text else None
                if (
                    value is None
                    and column.path in type(part).model_fields
                    and type(part).model_fields[column.path].is_required()
                ):
                    raise InvalidValue(label, "", "fill in")
            _put(values, column.path.split("."), value)
        tops = {columns[label].path.split(".")[0] for label in changed}
        changes = {
            top: values.get(top, type(part).model_fields[top].get_default(call_default_factory=True)) for top in tops
        }
        with cell(part.name, ", ".join(changed)):
            replace = scenario.replace_type if of_types else scenario.replace_group
            scenario = replace(part.name, **changes)
    return scenario


def _put(values: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Put a value at a path; None takes the field away, and a part of which nothing is left that it needs."""
    key, *rest = path
    if not rest:
        values.pop(key, None)
        if value is not None:
            values[key] = value
        return
    inner = dict(values.get(key) or {})
    _put(inner, rest, value)
    given = {name: part for name, part in inner.items() if part is not None}
    bare = value is None and key in _NEEDED and not _NEEDED[key] & given.keys()
    values[key] = None if bare else given
