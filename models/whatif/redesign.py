"""Scenarios with another organisation: pooled, in silos, cross-trained, with other concurrency or priorities.

Agents keep their cost and speed where groups are merged or split: means weighted by planned agents. A changed
organisation is meant to be planned anew; the staffing given here only says in which hours agents are scheduled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.agents import AgentGroup, Shrinkage
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.routing import Routing
from scenarios.scenario import Scenario

LAST_RANK = 1000


def pooled(scenario: Scenario) -> Scenario:
    """The scenario with one group that can do everything.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> one = pooled(presets.load("three-silos"))
    >>> one.group_names, int(one.staffing[0, 0])
    (('pool',), 21)
    """
    pool = _merged(scenario, "pool", scenario.type_names, scenario.agent_groups)
    return scenario.replace(
        name=_named(scenario, "one pool"), agent_groups=[pool], routing=_plain(scenario), origins=_origins(scenario)
    )


def silos(scenario: Scenario) -> Scenario:
    """The scenario with a group of its own for every contact type.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> silos(presets.load("one-pool")).group_names
    ('orders-silo', 'billing-silo', 'technical-silo')
    """
    groups = [
        _merged(
            scenario, f"{name[:50]}-silo", (name,), [scenario.group(route.group) for route in scenario.routes(name)]
        )
        for name in scenario.type_names
    ]
    return scenario.replace(
        name=_named(scenario, "silos"), agent_groups=groups, routing=_plain(scenario), origins=_origins(scenario)
    )


def untrained(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """Every group with a type that it cannot take yet."""
    return tuple(
        (group.name, name)
        for group in scenario.agent_groups
        for name in scenario.type_names
        if name not in group.skills
    )


def trained(scenario: Scenario, group: str, contact_type: str) -> Scenario:
    """The scenario in which a group also takes a type, after its own types and after those who did so before.

    Raises
    ------
    InvalidValue
        If it takes the type already.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> trained(presets.load("three-silos"), "orders-desk", "billing").group("orders-desk").skills["billing"].rank
    2
    """
    learner = scenario.group(group)
    if contact_type in learner.skills:
        raise InvalidValue("skill", contact_type, f"{group} has it; choose one of {_missing(scenario, group)}")
    rank = min(max(skill.rank for skill in learner.skills.values()) + 1, LAST_RANK)
    speed = _speed(scenario, contact_type, [scenario.group(route.group) for route in scenario.routes(contact_type)])
    skills: dict[str, Any] = dict(learner.skills) | {contact_type: {"rank": rank, "speed": speed}}
    fields = {name: getattr(learner, name) for name in AgentGroup.model_fields} | {"skills": skills}
    groups = [fields if member is learner else member for member in scenario.agent_groups]
    routes = scenario.routing.model_dump()
    if contact_type in scenario.routing.types:
        routes["types"][contact_type] = [*routes["types"][contact_type], {"group": group}]
    return scenario.replace(name=_named(scenario, f"{group} takes {contact_type}"), agent_groups=groups, routing=routes)


def with_max_concurrent(scenario: Scenario, group: str, max_concurrent: int, slowdown: float | None = None) -> Scenario:
    """The scenario in which agents of a group hold so many dialogues at once.

    Parameters
    ----------
    slowdown
        Each further dialogue makes all slower by this share, as in speed 1 / (1 + slowdown x (k - 1)); by default the
        group's own speeds, the last number for all dialogues beyond.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> three = with_max_concurrent(presets.load("bot-first"), "chat-desk", 3, 0.15)
    >>> [round(speed, 2) for speed in three.group("chat-desk").concurrency_speed]
    [1.0, 0.87, 0.77]
    """
    if max_concurrent < 1:
        raise InvalidValue("max_concurrent", max_concurrent, "give at least 1")
    own = scenario.group(group).concurrency_speed
    concurrency_speed = (
        own[:max_concurrent] if slowdown is None else [1 / (1 + slowdown * k) for k in range(max_concurrent)]
    )
    changed = scenario.replace_group(group, max_concurrent=max_concurrent, concurrency_speed=concurrency_speed)
    return changed.replace(name=_named(scenario, f"{max_concurrent} chat{'s' if max_concurrent > 1 else ''} at once"))


def with_reserved(scenario: Scenario, groups: Iterable[str], reserved: int) -> Scenario:
    """The scenario in which these groups keep so many free agents for connected work."""
    for group in groups:
        scenario = scenario.replace_group(group, reserved=reserved)
    return scenario.replace(name=_named(scenario, f"{reserved} reserved"))


def blending(scenario: Scenario) -> tuple[str, ...]:
    """The groups that take connected and deferred work.

    Raises
    ------
    InvalidScenario
        If there is none.
    """
    connected = {contact_type.name for contact_type in scenario.contact_types if contact_type.connected}
    blended = tuple(g.name for g in scenario.agent_groups if connected & set(g.skills) and set(g.skills) - connected)
    if not blended:
        raise InvalidScenario("agent_groups", "no group takes both live and deferred work", "give one both skills")
    return blended


def first(scenario: Scenario, contact_type: str | None) -> Scenario:
    """The scenario in which one type is served before all others of its agents, or all alike.

    Ranks of groups are made equal for the types concerned, so that priority decides.
    """

    def level(name: str) -> dict[str, Any]:
        return {"priority": {"level": 0.0 if name == contact_type else 1.0, "ageing": 0.0}}

    changed = scenario.map_types(lambda served: level(served.name))
    for group in changed.agent_groups:
        alike = {name: {"rank": 1, "speed": skill.speed} for name, skill in group.skills.items()}
        changed = changed.replace_group(group.name, skills=alike)
    return changed.replace(name=_named(scenario, f"{contact_type} first" if contact_type else "no priority"))


def sharing(scenario: Scenario) -> tuple[str, ...]:
    """The connected types that share agents with another one.

    Raises
    ------
    InvalidScenario
        If there are none.
    """
    connected = [contact_type.name for contact_type in scenario.contact_types if contact_type.connected]
    teams = [set(group.skills) & set(connected) for group in scenario.agent_groups]
    shared = tuple(name for name in connected if any(name in team and len(team) > 1 for team in teams))
    if not shared:
        raise InvalidScenario("agent_groups", "no two live types share agents", "give a group two such skills")
    return shared


def wanting(scenario: Scenario, contact_types: Iterable[str], share: float) -> Scenario:
    """The scenario in which these types want another share of contacts in time."""
    for name in contact_types:
        target = scenario.contact_type(name).target
        if target is None or target.within is None:
            raise InvalidScenario(
                f"contact_types.{name}.target", "it has no service level", "give `share` and `within`"
            )
        floor = target.floor if target.floor is not None and target.floor < share else None
        scenario = scenario.replace_type(name, target=target.model_dump() | {"share": share, "floor": floor})
    return scenario.replace(name=_named(scenario, f"{share:.3g} in time"))


# -- groups put together -----------------------------------------------------------------------------------------------


def _merged(
    scenario: Scenario, name: str, contact_types: Sequence[str], groups: Sequence[AgentGroup]
) -> dict[str, Any]:
    """The fields of a group made of others."""
    chatty = max(groups, key=lambda group: group.max_concurrent)
    weight = np.array([float(group.agents(scenario.horizon).sum()) for group in groups])
    weight = weight / weight.sum() if weight.any() else np.full(len(groups), 1 / len(groups))

    def average(values: Iterable[float]) -> float:
        return round(float(weight @ np.array(list(values))), 9)

    return {
        "name": name,
        "skills": {
            contact_type: {"rank": _rank(contact_type, groups), "speed": _speed(scenario, contact_type, groups)}
            for contact_type in contact_types
        },
        "max_concurrent": chatty.max_concurrent,
        "concurrency_speed": chatty.concurrency_speed,
        "chat_routing": chatty.chat_routing,
        "reserved": max(group.reserved for group in groups),
        "staffing": tuple(int(staffing) for staffing in _heads(scenario, groups)),
        "cost_per_hour": average(group.cost_per_hour for group in groups),
        "overtime_factor": max(average(group.overtime_factor for group in groups), 1.0),
        "shrinkage": Shrinkage(
            planned=average(group.shrinkage.planned for group in groups),
            absence=average(group.shrinkage.absence for group in groups),
        ),
    }


def _heads(scenario: Scenario, groups: Sequence[AgentGroup]) -> NDArray[np.int64]:
    return np.asarray(sum(group.agents(scenario.horizon) for group in groups))


def _rank(contact_type: str, groups: Sequence[AgentGroup]) -> int:
    return min((group.skills[contact_type].rank for group in groups if contact_type in group.skills), default=1)


def _speed(scenario: Scenario, contact_type: str, groups: Sequence[AgentGroup]) -> float:
    """The mean speed at a type of those who can take it, weighted by agents."""
    able = [group for group in groups if contact_type in group.skills]
    weight = np.array([float(group.agents(scenario.horizon).sum()) for group in able])
    speeds = np.array([group.skills[contact_type].speed for group in able])
    return round(float(np.average(speeds, weights=weight if weight.any() else None)), 9)


def _plain(scenario: Scenario) -> Routing:
    return Routing(order=scenario.routing.order, agent=scenario.routing.agent)


def _origins(scenario: Scenario) -> dict[str, str]:
    return {path: word for path, word in scenario.origins.items() if not path.startswith(("agent_groups", "routing"))}


def _named(scenario: Scenario, words: str) -> str:
    return f"{scenario.name[: max(57 - len(words), 1)]}, {words}"[:60].replace("/", "-")


def _missing(scenario: Scenario, group: str) -> str:
    return (
        ", ".join(contact_type for name, contact_type in untrained(scenario) if name == group)
        or "none: it has every skill"
    )
