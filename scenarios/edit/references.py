"""Where a scenario names its parts, and what becomes of that when they are called otherwise or are gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scenarios.agents import AgentGroup
from scenarios.contact_types import ContactType
from scenarios.errors import InvalidScenario
from scenarios.events.event import Event
from scenarios.scenario import Scenario

Fields = Mapping[str, Any]
"""A part as plain values, by field."""
Path = Callable[[str], str | None]
"""The new path of an origin, or None where it goes."""


def fields(part: ContactType | AgentGroup, **changes: Any) -> dict[str, Any]:
    """A part as plain values that are checked again, with some changed.

    Examples
    --------
    >>> fields(AgentGroup(name="desk", skills=["calls"], staffing=3), name="night desk")["name"]
    'night desk'
    """
    return {field: getattr(part, field) for field in type(part).model_fields} | changes


def must_be_free(label: str, name: str, taken: Sequence[str]) -> None:
    """Refuse a name that another part has.

    Raises
    ------
    InvalidScenario
        If it is taken.

    Examples
    --------
    >>> must_be_free("agent group", "desk", ["desk"])
    Traceback (most recent call last):
    scenarios.errors.InvalidScenario: desk: another agent group already has this name; choose another name
    """
    if name in taken:
        raise InvalidScenario(name, f"another {label} already has this name", "choose another name")


def restructured(
    scenario: Scenario,
    types: Sequence[Any],
    groups: Sequence[Any],
    routes: Fields,
    *paths: Path,
    events: Sequence[Event] | None = None,
) -> Scenario:
    """The scenario with other parts, routes and events (by default its own), and origins where their parts are now.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> day = load("retail-weekday")
    >>> restructured(day, day.contact_types, day.agent_groups, {}).routing.types
    {}
    """
    routing = {field: getattr(scenario.routing, field) for field in type(scenario.routing).model_fields}
    origins = scenario.origins
    for path in paths:
        origins = moved(origins, path)
    return scenario.replace(
        contact_types=types,
        agent_groups=groups,
        routing=routing | {"types": routes},
        origins=origins,
        events=scenario.events if events is None else tuple(events),
    )


def moved(origins: Mapping[str, str], path: Path) -> dict[str, str]:
    """Origins at their new paths.

    Examples
    --------
    >>> moved({"horizon": "data", "routing": "assumption"}, lambda old: "days" if old == "horizon" else None)
    {'days': 'data'}
    """
    places = {path(old): word for old, word in origins.items()}
    return {new: word for new, word in places.items() if new is not None}


def type_path(scenario: Scenario, name: str, to: str | None) -> Path:
    """What becomes of paths when a contact type is called `to`, or is gone.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> type_path(load("help-desk"), "calls", "phone")("contact_types.calls.patience")
    'contact_types.phone.patience'
    """
    before = rf"contact_types|routing\.types|agent_groups\.(?:{_any(scenario.group_names)})\.skills"
    return _path(before, scenario.type_names, name, to)


def group_path(scenario: Scenario, name: str, to: str | None) -> Path:
    """What becomes of paths when an agent group is called `to`, or is gone.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> group_path(load("help-desk"), "desk", None)("agent_groups.desk.staffing") is None
    True
    """
    return _path("agent_groups", scenario.group_names, name, to)


def _path(before: str, names: Sequence[str], name: str, to: str | None) -> Path:
    """What becomes of a path that has one of these names after `before`; names may hold dots, so the longest counts."""
    pattern = re.compile(rf"({before})\.({_any(names)})(?=\.|$)")

    def path(old: str) -> str | None:
        matched = pattern.match(old)
        if matched is None or matched[2] != name:
            return old
        return None if to is None else f"{matched[1]}.{to}{old[matched.end() :]}"

    return path


def _any(names: Sequence[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
