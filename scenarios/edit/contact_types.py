"""Contact types put into a scenario, renamed, copied and taken out, wherever they are named.

A scenario names its parts in many places: skills, routes, follow-ups, and the paths of `origins`. Each function here
gives a scenario in which all of them fit together again. Random numbers belong to names, so a renamed type meets
other customers of the same kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scenarios.agents import Skill
from scenarios.contact_types import ContactType
from scenarios.edit.references import Fields, fields, group_path, moved, must_be_free, restructured, type_path
from scenarios.errors import InvalidScenario
from scenarios.scenario import Scenario


@dataclass(frozen=True)
class Entailed:
    """What is taken out of a scenario together with a contact type."""

    groups: tuple[str, ...]
    """Agent groups that can do nothing else."""
    skills: tuple[str, ...]
    """Agent groups that lose a skill, and go on."""
    follow_ups: dict[str, int]
    """How many rules of which other types become it."""
    routed: bool
    """Whether it has routes of its own."""


def add_type(
    scenario: Scenario,
    contact_type: ContactType | Fields,
    served_by: Mapping[str, Skill],
    groups: Sequence[Fields] = (),
) -> Scenario:
    """The scenario with one more contact type, and with the groups that come with it.

    Parameters
    ----------
    scenario
        What there is.
    contact_type
        The contact type.
    served_by
        The skill that groups which are there already get for it.
    groups
        New groups, as plain values.

    Raises
    ------
    InvalidValue, InvalidScenario
        If a field cannot be used, if the name is taken, if a group is not there, or if nobody serves the type.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> chat = {"name": "chat", "channel": "chat", "volume": {"daily": 80}, "handle_time": {"mean": "8 min"}}
    >>> both = add_type(load("help-desk"), chat, {"desk": Skill()})
    >>> both.type_names, both.group("desk").skills["chat"].rank
    (('calls', 'chat'), 1)
    """
    name = contact_type.name if isinstance(contact_type, ContactType) else contact_type.get("name", "")
    must_be_free("contact type", name, scenario.type_names)
    able = {scenario.group(group).name: skill for group, skill in served_by.items()}
    changed = [
        fields(group, skills={**group.skills, name: able[group.name]}) if group.name in able else group
        for group in scenario.agent_groups
    ]
    return scenario.replace(contact_types=[*scenario.contact_types, contact_type], agent_groups=[*changed, *groups])


def rename_type(scenario: Scenario, name: str, to: str) -> Scenario:
    """The scenario with a contact type called otherwise, everywhere.

    Raises
    ------
    InvalidValue, InvalidScenario
        If there is no such type, or if the new name cannot be used or is taken.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> desk = rename_type(load("help-desk"), "calls", "phone")
    >>> desk.type_names, list(desk.group("desk").skills)
    (('phone',), ['phone'])
    >>> rename_type(desk, "phone", "calls") == load("help-desk")
    True
    """
    contact_type = scenario.contact_type(name)
    must_be_free("contact type", to, [entry for entry in scenario.type_names if entry != name])

    def new(old: str) -> str:
        return to if old == name else old

    types = [fields(entry, **_becoming(entry, new)) for entry in scenario.contact_types]
    types[scenario.contact_types.index(contact_type)]["name"] = to
    groups = [
        fields(group, skills={new(skill): level for skill, level in group.skills.items()})
        for group in scenario.agent_groups
    ]
    routes = {new(routed): given for routed, given in scenario.routing.types.items()}
    events = [event.with_types(new) for event in scenario.events]
    return restructured(scenario, types, groups, routes, type_path(scenario, name, to), events=events)


def copy_type(scenario: Scenario, name: str, to: str) -> Scenario:
    """The scenario with a contact type once more: its contacts, skills, routes and rules under another name.

    Rules of the type that become itself become the copy in the copy; those of other types are left alone.

    Raises
    ------
    InvalidValue, InvalidScenario
        If there is no such type, or if the new name cannot be used or is taken.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> copy_type(load("help-desk"), "calls", "more calls").expected.sum(axis=1).tolist()
    [2880.0, 2880.0]
    """
    contact_type = scenario.contact_type(name)
    must_be_free("contact type", to, scenario.type_names)
    copy = fields(contact_type, name=to, **_becoming(contact_type, lambda old: to if old == name else old))
    groups = [
        fields(group, skills={**group.skills, to: group.skills[name]}) if name in group.skills else group
        for group in scenario.agent_groups
    ]
    routes = dict(scenario.routing.types)
    if name in routes:
        routes[to] = routes[name]
    origins = scenario.origins | moved(scenario.origins, type_path(scenario, name, to))
    return restructured(scenario, [*scenario.contact_types, copy], groups, routes).replace(origins=origins)


def goes_with_type(scenario: Scenario, name: str) -> Entailed:
    """What else is taken out when a contact type is.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> goes_with_type(load("retail-weekday"), "chat")
    Entailed(groups=(), skills=('chat-desk', 'flexible'), follow_ups={}, routed=True)
    """
    able = [group for group in scenario.agent_groups if name in group.skills]
    counts = {
        contact_type.name: sum(rule.as_type == name for rule in contact_type.rules)
        for contact_type in scenario.contact_types
        if contact_type.name != name
    }
    return Entailed(
        groups=tuple(group.name for group in able if len(group.skills) == 1),
        skills=tuple(group.name for group in able if len(group.skills) > 1),
        follow_ups={contact_type: count for contact_type, count in counts.items() if count},
        routed=name in scenario.routing.types,
    )


def remove_type(scenario: Scenario, name: str) -> Scenario:
    """The scenario without a contact type, and without all that `goes_with_type`.

    Raises
    ------
    InvalidValue, InvalidScenario
        If there is no such type, or no other one.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> rest = remove_type(load("retail-weekday"), "chat")
    >>> rest.type_names, list(rest.group("flexible").skills), list(rest.routing.types)
    (('phone', 'email', 'social'), ['phone', 'email'], ['phone', 'social', 'email'])
    """
    gone = scenario.contact_type(name)
    if len(scenario.contact_types) == 1:
        raise InvalidScenario(name, "it is the only contact type", "add another contact type first")
    types = [
        fields(
            contact_type,
            follow_ups=tuple(rule for rule in contact_type.follow_ups if rule.as_type != name),
            callback=None if contact_type.callback and contact_type.callback.as_type == name else contact_type.callback,
        )
        for contact_type in scenario.contact_types
        if contact_type is not gone
    ]
    left = goes_with_type(scenario, name)
    groups = [
        fields(group, skills={skill: level for skill, level in group.skills.items() if skill != name})
        for group in scenario.agent_groups
        if group.name not in left.groups
    ]
    routes = {routed: given for routed, given in scenario.routing.types.items() if routed != name}
    paths = [type_path(scenario, name, None), *(group_path(scenario, group, None) for group in left.groups)]
    events = [event.with_types(lambda old: None if old == name else old) for event in scenario.events]
    left_over = [
        event for event, before in zip(events, scenario.events, strict=True) if event.types or not before.types
    ]
    return restructured(scenario, types, groups, routes, *paths, events=left_over)


def _becoming(contact_type: ContactType, new: Callable[[str], str]) -> dict[str, Any]:
    """The follow-ups and the callback of a type, with other names for the types that they lead to."""
    rules = tuple(rule.model_copy(update={"as_type": new(rule.as_type)}) for rule in contact_type.follow_ups)
    callback = contact_type.callback
    if callback is not None:
        callback = callback.model_copy(update={"as_type": new(callback.as_type)})
    return {"follow_ups": rules, "callback": callback}
