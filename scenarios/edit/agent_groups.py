"""Agent groups put into a scenario, renamed, copied and taken out, wherever they are named."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from scenarios.agents import AgentGroup
from scenarios.edit.references import Fields, fields, group_path, moved, must_be_free, restructured
from scenarios.errors import InvalidScenario
from scenarios.routing import Route
from scenarios.scenario import Scenario


def add_group(scenario: Scenario, group: AgentGroup | Fields) -> Scenario:
    """The scenario with one more agent group, last in the routes of the types that it can take.

    Raises
    ------
    InvalidValue, InvalidScenario
        If a field cannot be used or the name is taken.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> more = add_group(load("retail-weekday"), {"name": "evening", "skills": ["chat"], "staffing": 2})
    >>> [route.group for route in more.routes("chat")]
    ['chat-desk', 'flexible', 'evening']
    """
    values = fields(group) if isinstance(group, AgentGroup) else dict(group)
    must_be_free("agent group", values.get("name", ""), scenario.group_names)
    added = Route.model_construct(group=values.get("name", ""))
    routes = {
        name: (*given, added) if name in values.get("skills", ()) else given
        for name, given in scenario.routing.types.items()
    }
    return restructured(scenario, scenario.contact_types, [*scenario.agent_groups, values], routes)


def rename_group(scenario: Scenario, name: str, to: str) -> Scenario:
    """The scenario with an agent group called otherwise, everywhere.

    Raises
    ------
    InvalidValue, InvalidScenario
        If there is no such group, or if the new name cannot be used or is taken.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> rename_group(load("retail-weekday"), "flexible", "helpers").routes("chat")[1]
    Route(group='helpers', after=15.0)
    """
    gone = scenario.group(name)
    must_be_free("agent group", to, [taken for taken in scenario.group_names if taken != name])
    groups = [fields(group, name=to) if group is gone else group for group in scenario.agent_groups]
    routes = _rerouted(scenario, name, lambda route: (_calling(route, to),))
    return restructured(scenario, scenario.contact_types, groups, routes, group_path(scenario, name, to))


def copy_group(scenario: Scenario, name: str, to: str) -> Scenario:
    """The scenario with an agent group once more, behind it in every route; named people get a number in the copy.

    Raises
    ------
    InvalidValue, InvalidScenario
        If there is no such group, or if the new name cannot be used or is taken.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> copy_group(load("help-desk"), "desk", "second desk").staffing[:, 0].tolist()
    [16, 16]
    """
    copied = scenario.group(name)
    must_be_free("agent group", to, scenario.group_names)
    routes = _rerouted(scenario, name, lambda route: (route, _calling(route, to)))
    origins = scenario.origins | moved(scenario.origins, group_path(scenario, name, to))
    groups = [*scenario.agent_groups, fields(copied, name=to, staffing=_with_other_people(scenario, copied))]
    return restructured(scenario, scenario.contact_types, groups, routes).replace(origins=origins)


def _with_other_people(scenario: Scenario, group: AgentGroup) -> object:
    """The staffing of a group with people whom the scenario does not have yet."""
    if group.shifts is None:
        return group.staffing
    staffing = [other.shifts for other in scenario.agent_groups if other.shifts is not None]
    taken = {person.name for shifts in staffing for person in shifts.people}
    people = []
    for person in group.shifts.people:
        names = (f"{person.name[:50]} {number}" for number in count(2))
        name = next(name for name in names if name not in taken)
        taken.add(name)
        people.append(person.model_copy(update={"name": name}))
    return group.shifts.model_copy(update={"people": tuple(people)})


def only_served_by(scenario: Scenario, name: str) -> tuple[str, ...]:
    """The contact types that nobody could take without this agent group.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> only_served_by(load("retail-weekday"), "writers"), only_served_by(load("three-silos"), "orders-desk")
    ((), ('orders',))
    """
    remaining = [group for group in scenario.agent_groups if group.name != name]
    return tuple(
        contact_type
        for contact_type in scenario.type_names
        if not any(contact_type in group.skills for group in remaining)
    )


def remove_group(scenario: Scenario, name: str) -> Scenario:
    """The scenario without an agent group and its routes; a type without a route left goes to all who can take it.

    Raises
    ------
    InvalidValue, InvalidScenario
        If there is no such group, or if no other group can take one of its types.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> remove_group(load("retail-weekday"), "flexible").routes("chat")
    (Route(group='chat-desk', after=0.0),)
    """
    gone = scenario.group(name)
    if alone := only_served_by(scenario, name):
        remedy = "give another group the skill first, or remove the type"
        raise InvalidScenario(name, f"no other group can take {', '.join(alone)}", remedy)
    groups = [group for group in scenario.agent_groups if group is not gone]
    routes = {routed: given for routed, given in _rerouted(scenario, name, lambda route: ()).items() if given}
    return restructured(scenario, scenario.contact_types, groups, routes, group_path(scenario, name, None))


def _rerouted(
    scenario: Scenario, name: str, instead: Callable[[Route], tuple[Route, ...]]
) -> dict[str, tuple[Route, ...]]:
    """The routes of each type, with others in the place of those to one group."""
    return {
        routed: tuple(target for route in given for target in (instead(route) if route.group == name else (route,)))
        for routed, given in scenario.routing.types.items()
    }


def _calling(route: Route, group: str) -> Route:
    return route.model_copy(update={"group": group})
