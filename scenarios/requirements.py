"""What a plan must achieve: constraints on measures of contact types and agent groups, each with limit and period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scenarios.agents import AgentGroup
from scenarios.contact_types import ContactType, Every
from scenarios.measures import RESPONSES, SERVICE_LEVELS, measure
from scenarios.scenario import Scenario
from scenarios.units import written


@dataclass(frozen=True)
class Constraint:
    """One constraint: a measure with its limit, in every period, or on a share of days."""

    of: str
    """The contact type or agent group."""
    measure: str
    limit: float
    text: str
    every: Every = "horizon"
    """The stretch of time in each of which the constraint must hold."""
    on_days: float | None = None
    """The share of days on which it must hold, instead of on average over days."""
    floor: bool = False
    """Whether it is the least share in every open hour, beside a target over longer."""
    scenario: str = ""
    """The scenario in which it must hold, where a plan is for several; empty where it is for one."""

    @property
    def at_most(self) -> bool:
        """Whether the limit is an upper one."""
        return self.measure == "occupancy" or measure(self.measure).better == "lower"


def constraints(scenario: Scenario) -> tuple[Constraint, ...]:
    """All constraints of a scenario: those of its contact types, then the occupancy caps of its groups.

    Examples
    --------
    >>> from scenarios.scenario import scenario_from
    >>> desk = scenario_from({"name": "desk", "agent_groups": [{"name": "a", "skills": ["calls"], "staffing": 3}],
    ...     "contact_types": [{"name": "calls", "channel": "phone", "volume": {"per_hour": 9}, "patience": {"mean": 60},
    ...                        "handle_time": {"mean": "5 min"},
    ...                        "target": {"share": 0.8, "within": "20s", "max_abandonment": 0.05}}]})
    >>> [constraint.text for constraint in constraints(desk)]
    ['80 % within 20 s', 'at most 5 % abandon']
    """
    of_types = (constraint for contact_type in scenario.contact_types for constraint in _of_type(contact_type))
    of_groups = (constraint for group in scenario.agent_groups for constraint in _of_group(group))
    return (*of_types, *of_groups)


def constraints_in(scenarios: Sequence[Scenario]) -> tuple[tuple[Scenario, Constraint], ...]:
    """All constraints of scenarios that share a plan, each with its scenario; of several, the text names which.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> desk = presets.load("help-desk")
    >>> [wanted.text for _, wanted in constraints_in([desk, desk.replace(title="Monday")])]
    ['80 % within 20 s, A help desk with one queue', '80 % within 20 s, Monday']
    """
    if len(scenarios) == 1:
        return tuple((scenarios[0], constraint) for constraint in constraints(scenarios[0]))
    pairs = []
    for scenario in scenarios:
        name = scenario.title or scenario.name
        pairs += [(scenario, replace(c, text=f"{c.text}, {name}", scenario=name)) for c in constraints(scenario)]
    return tuple(pairs)


def _of_type(contact_type: ContactType) -> Iterator[Constraint]:
    target = contact_type.target
    if target is None:
        return
    period = _in_words(target.every, target.on_days)

    def constraint(name: str, limit: float, text: str) -> Constraint:
        return Constraint(contact_type.name, name, limit, text + period, target.every, target.on_days)

    if target.share is not None and target.within is not None:
        name = RESPONSES.get(target.response, SERVICE_LEVELS[target.definition])
        yield constraint(name, target.share, f"{100 * target.share:g} % within {written(target.within)}")
        if target.floor is not None:
            text = f"at least {100 * target.floor:g} % within {written(target.within)} in every open hour"
            yield Constraint(contact_type.name, name, target.floor, text, "hour", floor=True)
    if target.max_abandonment is not None:
        yield constraint("abandonment", target.max_abandonment, f"at most {100 * target.max_abandonment:g} % abandon")
    if target.max_asa is not None:
        yield constraint("asa", target.max_asa, f"answered in {written(target.max_asa)} on average")


def _of_group(group: AgentGroup) -> Iterator[Constraint]:
    if group.max_occupancy is not None:
        yield Constraint(group.name, "occupancy", group.max_occupancy, f"at most {100 * group.max_occupancy:g} % busy")


def _in_words(every: Every, on_days: float | None) -> str:
    if on_days is not None:
        return f", on {100 * on_days:g} % of days"
    return "" if every == "horizon" else f", every {every}"
