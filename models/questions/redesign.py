"""A centre organised otherwise: the scenarios behind a manager's questions, each with what it assumes.

People keep what they earn and how fast they are where groups are put together or apart: means weighted by planned
heads. Who is reorganised is meant to be planned anew; the heads given here only say in which hours there is anybody.
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
    >>> from scenarios import presets
    >>> one = pooled(presets.load("three-silos"))
    >>> one.group_names, int(one.heads[0, 0])
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
    >>> from scenarios import presets
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


def trained(scenario: Scenario, group: str, kind: str) -> Scenario:
    """The scenario in which a group also takes a type, after its own types and after those who did so before.

    Raises
    ------
    InvalidValue
        If it takes the type already.

    Examples
    --------
    >>> from scenarios import presets
    >>> trained(presets.load("three-silos"), "orders-desk", "billing").group("orders-desk").skills["billing"].rank
    2
    """
    learner = scenario.group(group)
    if kind in learner.skills:
        raise InvalidValue("skill", kind, f"{group} has it; choose one of {_missing(scenario, group)}")
    rank = min(max(skill.rank for skill in learner.skills.values()) + 1, LAST_RANK)
    speed = _speed(scenario, kind, [scenario.group(route.group) for route in scenario.routes(kind)])
    skills: dict[str, Any] = dict(learner.skills) | {kind: {"rank": rank, "speed": speed}}
    fields = {name: getattr(learner, name) for name in AgentGroup.model_fields} | {"skills": skills}
    groups = [fields if one is learner else one for one in scenario.agent_groups]
    routes = scenario.routing.model_dump()
    if kind in scenario.routing.types:
        routes["types"][kind] = [*routes["types"][kind], {"group": group}]
    return scenario.replace(name=_named(scenario, f"{group} takes {kind}"), agent_groups=groups, routing=routes)


def with_slots(scenario: Scenario, group: str, slots: int, slowdown: float | None = None) -> Scenario:
    """The scenario in which agents of a group hold so many dialogues at once.

    Parameters
    ----------
    slowdown
        Each further dialogue makes all slower by this share, as in pace 1 / (1 + slowdown x (k - 1)); by default the
        group's own pace, its last number for all dialogues beyond.

    Examples
    --------
    >>> from scenarios import presets
    >>> [round(pace, 2) for pace in with_slots(presets.load("bot-first"), "chat-desk", 3, 0.15).group("chat-desk").pace]
    [1.0, 0.87, 0.77]
    """
    if slots < 1:
        raise InvalidValue("slots", slots, "give at least 1")
    own = scenario.group(group).pace
    pace = own[:slots] if slowdown is None else [1 / (1 + slowdown * k) for k in range(slots)]
    changed = scenario.replace_group(group, slots=slots, pace=pace)
    return changed.replace(name=_named(scenario, f"{slots} slot{'s' if slots > 1 else ''}"))


def reserved(scenario: Scenario, groups: Iterable[str], keep_free: int) -> Scenario:
    """The scenario in which these groups keep so many free agents for connected work."""
    for group in groups:
        scenario = scenario.replace_group(group, keep_free=keep_free)
    return scenario.replace(name=_named(scenario, f"{keep_free} kept free"))


def blending(scenario: Scenario) -> tuple[str, ...]:
    """The groups that take connected and deferred work.

    Raises
    ------
    InvalidScenario
        If there is none.
    """
    connected = {kind.name for kind in scenario.contact_types if kind.connected}
    found = tuple(g.name for g in scenario.agent_groups if connected & set(g.skills) and set(g.skills) - connected)
    if not found:
        raise InvalidScenario("agent_groups", "no group takes both connected and deferred work", "give one both skills")
    return found


def first(scenario: Scenario, kind: str | None) -> Scenario:
    """The scenario in which one type is served before all others of its agents, or all alike.

    Ranks of groups are made equal for the types concerned, so that priority decides.
    """

    def level(name: str) -> dict[str, Any]:
        return {"priority": {"level": 0.0 if name == kind else 1.0, "ageing": 0.0}}

    changed = scenario.map_types(lambda one: level(one.name))
    for group in changed.agent_groups:
        alike = {name: {"rank": 1, "speed": skill.speed} for name, skill in group.skills.items()}
        changed = changed.replace_group(group.name, skills=alike)
    return changed.replace(name=_named(scenario, f"{kind} first" if kind else "all alike"))


def sharing(scenario: Scenario) -> tuple[str, ...]:
    """The connected types that share agents with another one.

    Raises
    ------
    InvalidScenario
        If there are none.
    """
    connected = [kind.name for kind in scenario.contact_types if kind.connected]
    teams = [set(group.skills) & set(connected) for group in scenario.agent_groups]
    found = tuple(name for name in connected if any(name in team and len(team) > 1 for team in teams))
    if not found:
        raise InvalidScenario("agent_groups", "no two connected types share agents", "give a group two such skills")
    return found


def wanting(scenario: Scenario, kinds: Iterable[str], share: float) -> Scenario:
    """The scenario in which these types want another share of contacts in time."""
    for name in kinds:
        target = scenario.contact_type(name).target
        if target is None or target.within is None:
            raise InvalidScenario(
                f"contact_types.{name}.target", "it names no share with a time", "give share and within"
            )
        scenario = scenario.replace_type(name, target=target.model_dump() | {"share": share})
    return scenario.replace(name=_named(scenario, f"{share:.3g} in time"))


# -- groups put together -----------------------------------------------------------------------------------------------


def _merged(scenario: Scenario, name: str, kinds: Sequence[str], groups: Sequence[AgentGroup]) -> dict[str, Any]:
    """The fields of a group made of others."""
    chatty = max(groups, key=lambda group: group.slots)
    weight = np.array([float(group.heads(scenario.horizon).sum()) for group in groups])
    weight = weight / weight.sum() if weight.any() else np.full(len(groups), 1 / len(groups))

    def average(values: Iterable[float]) -> float:
        return round(float(weight @ np.array(list(values))), 9)

    return {
        "name": name,
        "skills": {kind: {"rank": _rank(kind, groups), "speed": _speed(scenario, kind, groups)} for kind in kinds},
        "slots": chatty.slots,
        "pace": chatty.pace,
        "fill": chatty.fill,
        "keep_free": max(group.keep_free for group in groups),
        "staffing": tuple(int(heads) for heads in _heads(scenario, groups)),
        "cost_per_hour": average(group.cost_per_hour for group in groups),
        "overtime_factor": max(average(group.overtime_factor for group in groups), 1.0),
        "shrinkage": Shrinkage(
            planned=average(group.shrinkage.planned for group in groups),
            absence=average(group.shrinkage.absence for group in groups),
        ),
    }


def _heads(scenario: Scenario, groups: Sequence[AgentGroup]) -> NDArray[np.int64]:
    return np.asarray(sum(group.heads(scenario.horizon) for group in groups))


def _rank(kind: str, groups: Sequence[AgentGroup]) -> int:
    return min((group.skills[kind].rank for group in groups if kind in group.skills), default=1)


def _speed(scenario: Scenario, kind: str, groups: Sequence[AgentGroup]) -> float:
    """The mean speed at a type of those who can take it, weighted by heads."""
    able = [group for group in groups if kind in group.skills]
    weight = np.array([float(group.heads(scenario.horizon).sum()) for group in able])
    speeds = np.array([group.skills[kind].speed for group in able])
    return round(float(np.average(speeds, weights=weight if weight.any() else None)), 9)


def _plain(scenario: Scenario) -> Routing:
    return Routing(order=scenario.routing.order, agent=scenario.routing.agent)


def _origins(scenario: Scenario) -> dict[str, str]:
    return {path: word for path, word in scenario.origins.items() if not path.startswith(("agent_groups", "routing"))}


def _named(scenario: Scenario, words: str) -> str:
    return f"{scenario.name[: max(57 - len(words), 1)]}, {words}"[:60].replace("/", "-")


def _missing(scenario: Scenario, group: str) -> str:
    return ", ".join(kind for name, kind in untrained(scenario) if name == group) or "nothing: it can do everything"
