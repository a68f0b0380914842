"""Contact types and agent groups put into a scenario, renamed, copied and taken out, wherever they are named.

A scenario names its parts in many places: skills, routes, follow-ups, and the paths of `origins`. Each function here
gives a scenario in which all of them fit together again. Random numbers belong to names, so a renamed type meets
other customers of the same kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scenarios.agents import AgentGroup, Skill
from scenarios.contact_types import ContactType, FollowUp
from scenarios.errors import InvalidScenario
from scenarios.origins import Path, group_path, moved, type_path
from scenarios.routing import Route
from scenarios.scenario import Scenario

Fields = Mapping[str, Any]
"""A part as plain values, by field."""


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


# -- contact types -------------------------------------------------------------------------------------------


def add_type(
    scenario: Scenario, kind: ContactType | Fields, served_by: Mapping[str, Skill], groups: Sequence[Fields] = ()
) -> Scenario:
    """The scenario with one more contact type, and with the groups that come with it.

    Parameters
    ----------
    scenario
        What there is.
    kind
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
    >>> from scenarios.presets import load
    >>> chat = {"name": "chat", "channel": "chat", "volume": {"daily": 80}, "handle_time": {"mean": "8 min"}}
    >>> both = add_type(load("help-desk"), chat, {"desk": Skill()})
    >>> both.type_names, both.group("desk").skills["chat"].rank
    (('calls', 'chat'), 1)
    """
    name = kind.name if isinstance(kind, ContactType) else kind.get("name", "")
    _must_be_free("contact type", name, scenario.type_names)
    able = {scenario.group(group).name: skill for group, skill in served_by.items()}
    changed = [
        _fields(group, skills={**group.skills, name: able[group.name]}) if group.name in able else group
        for group in scenario.agent_groups
    ]
    return scenario.replace(contact_types=[*scenario.contact_types, kind], agent_groups=[*changed, *groups])


def rename_type(scenario: Scenario, name: str, to: str) -> Scenario:
    """The scenario with a contact type called otherwise, everywhere.

    Raises
    ------
    InvalidValue, InvalidScenario
        If there is no such type, or if the new name cannot be used or is taken.

    Examples
    --------
    >>> from scenarios.presets import load
    >>> desk = rename_type(load("help-desk"), "calls", "phone")
    >>> desk.type_names, list(desk.group("desk").skills)
    (('phone',), ['phone'])
    >>> rename_type(desk, "phone", "calls") == load("help-desk")
    True
    """
    kind = scenario.contact_type(name)
    _must_be_free("contact type", to, [other for other in scenario.type_names if other != name])

    def new(old: str) -> str:
        return to if old == name else old

    types = [_fields(other, follow_ups=_becoming(other, new)) for other in scenario.contact_types]
    types[scenario.contact_types.index(kind)]["name"] = to
    groups = [
        _fields(group, skills={new(skill): level for skill, level in group.skills.items()})
        for group in scenario.agent_groups
    ]
    routes = {new(routed): given for routed, given in scenario.routing.types.items()}
    return _restructured(scenario, types, groups, routes, type_path(scenario, name, to))


def copy_type(scenario: Scenario, name: str, to: str) -> Scenario:
    """The scenario with a contact type once more: its contacts, skills, routes and rules under another name.

    Rules of the type that become itself become the copy in the copy; those of other types are left alone.

    Raises
    ------
    InvalidValue, InvalidScenario
        If there is no such type, or if the new name cannot be used or is taken.

    Examples
    --------
    >>> from scenarios.presets import load
    >>> copy_type(load("help-desk"), "calls", "more calls").expected.sum(axis=1).tolist()
    [2880.0, 2880.0]
    """
    kind = scenario.contact_type(name)
    _must_be_free("contact type", to, scenario.type_names)
    copy = _fields(kind, name=to, follow_ups=_becoming(kind, lambda old: to if old == name else old))
    groups = [
        _fields(group, skills={**group.skills, to: group.skills[name]}) if name in group.skills else group
        for group in scenario.agent_groups
    ]
    routes = dict(scenario.routing.types)
    if name in routes:
        routes[to] = routes[name]
    origins = scenario.origins | moved(scenario.origins, type_path(scenario, name, to))
    return _restructured(scenario, [*scenario.contact_types, copy], groups, routes).replace(origins=origins)


def goes_with_type(scenario: Scenario, name: str) -> Entailed:
    """What else is taken out when a contact type is.

    Examples
    --------
    >>> from scenarios.presets import load
    >>> goes_with_type(load("retail-weekday"), "chat")
    Entailed(groups=(), skills=('chat-desk', 'flexible'), follow_ups={}, routed=True)
    """
    able = [group for group in scenario.agent_groups if name in group.skills]
    counts = {
        kind.name: sum(rule.as_type == name for rule in kind.follow_ups)
        for kind in scenario.contact_types
        if kind.name != name
    }
    return Entailed(
        groups=tuple(group.name for group in able if len(group.skills) == 1),
        skills=tuple(group.name for group in able if len(group.skills) > 1),
        follow_ups={kind: count for kind, count in counts.items() if count},
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
    >>> from scenarios.presets import load
    >>> rest = remove_type(load("retail-weekday"), "chat")
    >>> rest.type_names, list(rest.group("flexible").skills), list(rest.routing.types)
    (('phone', 'email', 'social'), ['phone', 'email'], ['phone', 'social', 'email'])
    """
    gone = scenario.contact_type(name)
    if len(scenario.contact_types) == 1:
        raise InvalidScenario(name, "it is the last contact type", "add another one first")
    types = [
        _fields(kind, follow_ups=tuple(rule for rule in kind.follow_ups if rule.as_type != name))
        for kind in scenario.contact_types
        if kind is not gone
    ]
    left = goes_with_type(scenario, name)
    groups = [
        _fields(group, skills={skill: level for skill, level in group.skills.items() if skill != name})
        for group in scenario.agent_groups
        if group.name not in left.groups
    ]
    routes = {routed: given for routed, given in scenario.routing.types.items() if routed != name}
    paths = [type_path(scenario, name, None), *(group_path(scenario, group, None) for group in left.groups)]
    return _restructured(scenario, types, groups, routes, *paths)


# -- agent groups --------------------------------------------------------------------------------------------


def add_group(scenario: Scenario, group: AgentGroup | Fields) -> Scenario:
    """The scenario with one more agent group, last in the routes of the types that it can take.

    Raises
    ------
    InvalidValue, InvalidScenario
        If a field cannot be used or the name is taken.

    Examples
    --------
    >>> from scenarios.presets import load
    >>> more = add_group(load("retail-weekday"), {"name": "evening", "skills": ["chat"], "staffing": 2})
    >>> [route.group for route in more.routes("chat")]
    ['chat-desk', 'flexible', 'evening']
    """
    values = _fields(group) if isinstance(group, AgentGroup) else dict(group)
    _must_be_free("agent group", values.get("name", ""), scenario.group_names)
    added = Route.model_construct(group=values.get("name", ""))
    routes = {
        name: (*given, added) if name in values.get("skills", ()) else given
        for name, given in scenario.routing.types.items()
    }
    return _restructured(scenario, scenario.contact_types, [*scenario.agent_groups, values], routes)


def rename_group(scenario: Scenario, name: str, to: str) -> Scenario:
    """The scenario with an agent group called otherwise, everywhere.

    Raises
    ------
    InvalidValue, InvalidScenario
        If there is no such group, or if the new name cannot be used or is taken.

    Examples
    --------
    >>> from scenarios.presets import load
    >>> rename_group(load("retail-weekday"), "flexible", "helpers").routes("chat")[1]
    Route(group='helpers', after=15.0)
    """
    gone = scenario.group(name)
    _must_be_free("agent group", to, [other for other in scenario.group_names if other != name])
    groups = [_fields(group, name=to) if group is gone else group for group in scenario.agent_groups]
    routes = {
        routed: tuple(_calling(route, to) if route.group == name else route for route in given)
        for routed, given in scenario.routing.types.items()
    }
    return _restructured(scenario, scenario.contact_types, groups, routes, group_path(scenario, name, to))


def copy_group(scenario: Scenario, name: str, to: str) -> Scenario:
    """The scenario with an agent group once more, behind it in every route.

    Raises
    ------
    InvalidValue, InvalidScenario
        If there is no such group, or if the new name cannot be used or is taken.

    Examples
    --------
    >>> from scenarios.presets import load
    >>> copy_group(load("help-desk"), "desk", "second desk").heads[:, 0].tolist()
    [16, 16]
    """
    copied = scenario.group(name)
    _must_be_free("agent group", to, scenario.group_names)
    routes = {
        routed: tuple(
            each for route in given for each in ((route, _calling(route, to)) if route.group == name else (route,))
        )
        for routed, given in scenario.routing.types.items()
    }
    origins = scenario.origins | moved(scenario.origins, group_path(scenario, name, to))
    groups = [*scenario.agent_groups, _fields(copied, name=to)]
    return _restructured(scenario, scenario.contact_types, groups, routes).replace(origins=origins)


def only_served_by(scenario: Scenario, name: str) -> tuple[str, ...]:
    """The contact types that nobody could take without this agent group.

    Examples
    --------
    >>> from scenarios.presets import load
    >>> only_served_by(load("retail-weekday"), "writers"), only_served_by(load("three-silos"), "orders-desk")
    ((), ('orders',))
    """
    others = [group for group in scenario.agent_groups if group.name != name]
    return tuple(kind for kind in scenario.type_names if not any(kind in group.skills for group in others))


def remove_group(scenario: Scenario, name: str) -> Scenario:
    """The scenario without an agent group and its routes; a type without a route left goes to all who can take it.

    Raises
    ------
    InvalidValue, InvalidScenario
        If there is no such group, or if nobody else can take one of its types.

    Examples
    --------
    >>> from scenarios.presets import load
    >>> remove_group(load("retail-weekday"), "flexible").routes("chat")
    (Route(group='chat-desk', after=0.0),)
    """
    gone = scenario.group(name)
    if alone := only_served_by(scenario, name):
        remedy = "give another group the skill first, or remove the type"
        raise InvalidScenario(name, f"nobody else can take {', '.join(alone)}", remedy)
    groups = [group for group in scenario.agent_groups if group is not gone]
    kept = {
        routed: tuple(route for route in given if route.group != name)
        for routed, given in scenario.routing.types.items()
    }
    routes = {routed: given for routed, given in kept.items() if given}
    return _restructured(scenario, scenario.contact_types, groups, routes, group_path(scenario, name, None))


# -- names, wherever they stand ------------------------------------------------------------------------------


def _fields(part: ContactType | AgentGroup, **changes: Any) -> dict[str, Any]:
    """A part as plain values that are checked again, with some changed."""
    return {field: getattr(part, field) for field in type(part).model_fields} | changes


def _becoming(kind: ContactType, new: Callable[[str], str]) -> tuple[FollowUp, ...]:
    return tuple(rule.model_copy(update={"as_type": new(rule.as_type)}) for rule in kind.follow_ups)


def _calling(route: Route, group: str) -> Route:
    return route.model_copy(update={"group": group})


def _must_be_free(what: str, name: str, taken: Sequence[str]) -> None:
    if name in taken:
        raise InvalidScenario(name, f"the name of another {what} already", "choose another name")


def _restructured(
    scenario: Scenario, types: Sequence[Any], groups: Sequence[Any], routes: Fields, *paths: Path
) -> Scenario:
    """The scenario with other parts and routes, and with origins where their parts are now."""
    routing = {field: getattr(scenario.routing, field) for field in type(scenario.routing).model_fields}
    origins = scenario.origins
    for path in paths:
        origins = moved(origins, path)
    return scenario.replace(
        contact_types=types, agent_groups=groups, routing=routing | {"types": routes}, origins=origins
    )
