"""Targets that no staffing can meet, named with their ceiling before any search begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.centre.workload import workload
from models.deferred.requirement import ceiling as hours_ceiling
from models.optimisation.bounds.capacity import Shortage, min_occupancy, shortages
from models.optimisation.bounds.upper_bounds import ceiling, follow_ups
from models.optimisation.plan_space import PlanSpace
from scenarios.contact_types import ContactType
from scenarios.errors import Unreachable
from scenarios.requirements import Constraint, constraints

SHARES = ("service_level", "service_level_answered", "service_level_less_short_abandons")


def refuse_unreachable(space: PlanSpace) -> None:
    """Refuse targets that opening hours, skills or bounds on agents put out of reach.

    Raises
    ------
    Unreachable
        For the first such target.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> from models.optimisation.plan_space import plan_space
    >>> refuse_unreachable(plan_space(presets.load("help-desk").replace_group("desk", max_agents=1)))
    Traceback (most recent call last):
    scenarios.errors.Unreachable: calls: no staffing can meet '80 % within 20 s': at best ...
    """
    for constraint in constraints(space.scenario):
        if constraint.of in space.scenario.type_names:
            _certainty(space, constraint)
            _hours(space, constraint)
    _time(space)
    for constraint in constraints(space.scenario):
        (_most if constraint.of in space.scenario.type_names else _occupancy)(space, constraint)


def _certainty(space: PlanSpace, constraint: Constraint) -> None:
    """A connected customer can always meet busy agents, so 100 % is never reached."""
    if not space.scenario.contact_type(constraint.of).connected:
        return
    if (constraint.measure in SHARES and constraint.limit >= 1) or (constraint.at_most and constraint.limit <= 0):
        why, remedy = "all agents can be busy at once, however many they are", "ask for less than 100 %"
        raise Unreachable(constraint.of, constraint.text, "just below that", why, remedy)


def _hours(space: PlanSpace, constraint: Constraint) -> None:
    """Contacts whose time runs out before anybody may work."""
    scenario = space.scenario
    k = scenario.type_names.index(constraint.of)
    staffable = _may_be_there(space, k)
    if not staffable.any() and not _met_without_agents(constraint):
        why = "no group with the skill may have any agents"
        raise Unreachable(constraint.of, constraint.text, "0 %", why, "raise `max_agents`, or give a group its hours")
    contact_type = scenario.contact_types[k]
    if constraint.measure not in SHARES:
        return
    best = _best_share(space, contact_type, k, staffable)
    if best < constraint.limit:
        why = "other contacts arrive when no agent may work before their time limit"
        raise Unreachable(
            constraint.of, constraint.text, f"{100 * best:.1f} %", why, "extend the opening hours, or allow more time"
        )


def _may_be_there(space: PlanSpace, k: int) -> NDArray[np.bool_]:
    """Whether an agent who can take a type may be on shift in each interval."""
    may = space.may_work & (space.max_staffing > 0)
    present = np.asarray(may[space.eligible[:, k]].any(axis=0))
    return np.asarray(present[space.period])


def _best_share(space: PlanSpace, contact_type: ContactType, k: int, staffable: NDArray[np.bool_]) -> float:
    items = workload(space.scenario).offered[k]
    if not contact_type.connected:
        return hours_ceiling(space.scenario, contact_type, items, staffable)
    return float(items[staffable].sum() / items.sum()) if items.sum() else 1.0


def _met_without_agents(constraint: Constraint) -> bool:
    return constraint.at_most and constraint.limit >= 1


def _most(space: PlanSpace, constraint: Constraint) -> None:
    """Targets that the most agents allowed do not reach even with nothing else to do."""
    best = ceiling(space, constraint)
    if best is None or (best <= constraint.limit if constraint.at_most else best >= constraint.limit):
        return
    groups = [route.group for route in space.scenario.routes(constraint.of)]
    why = f"`max_agents` limits {' + '.join(groups)}, too few even for {constraint.of} alone"
    share = f"{100 * best:.1f} %"
    raise Unreachable(
        constraint.of, constraint.text, share, why, f"raise `max_agents` of {' or '.join(groups)}, or ask for less"
    )


def _time(space: PlanSpace) -> None:
    """Work that the most agents allowed have no time for."""
    for shortage in shortages(space):
        groups = " + ".join(shortage.groups)
        types = " + ".join(shortage.types)
        work = f"{shortage.needed:.1f} agent-hours of {types} must be started in time{_when(space, shortage)}"
        why = f"{work}, and `max_agents` of {groups} allows {shortage.most:.1f} agent-hours"
        if shortage.most >= shortage.needed * (1 - 1e-9):
            _too_busy(space, shortage.groups, shortage.needed / shortage.most, why)
        raise Unreachable(
            types, shortage.constraint.text, _served(space, shortage), why, f"raise `max_agents` of {groups}"
        )


def _served(space: PlanSpace, shortage: Shortage) -> str:
    """The most that can be served, as a share of contacts where that is plain."""
    k = space.scenario.type_names.index(shortage.constraint.of)
    if (
        len(shortage.types) == 1
        and not follow_ups(space.scenario)[k]
        and shortage.constraint.measure == "service_level"
    ):
        by_day = ceiling(space, shortage.constraint)
        by_work = shortage.constraint.limit * shortage.most / shortage.needed
        return f"{100 * min(by_work, 1.0 if by_day is None else by_day):.1f} %"
    return f"{100 * shortage.most / shortage.needed:.0f} % of the work that must be done"


def _when(space: PlanSpace, shortage: Shortage) -> str:
    times = space.scenario.horizon.times
    if shortage.end - shortage.start == len(times):
        return ""
    until = times[shortage.end] if shortage.end < len(times) else times[-1] + (times[1] - times[0])
    return f" from {times[shortage.start]:%a %H:%M} to {until:%a %H:%M}"


def _too_busy(space: PlanSpace, groups: tuple[str, ...], least: float, why: str) -> None:
    capped = [
        constraint
        for constraint in constraints(space.scenario)
        if constraint.of in groups and constraint.measure == "occupancy"
    ]
    of = " + ".join(constraint.of for constraint in capped)
    remedy = f"raise `max_agents` or `max_occupancy` of {of}"
    raise Unreachable(of, capped[0].text, f"{100 * least:.1f} % busy", why, remedy)


def _occupancy(space: PlanSpace, constraint: Constraint) -> None:
    """Groups whose contacts neither abandon nor overflow, so that even the most agents are too busy with them."""
    least = min_occupancy(space, constraint.of)
    if least is not None and least > constraint.limit:
        why = f"contacts for {constraint.of} neither abandon nor overflow, and `max_agents` allows no more agents"
        remedy = f"raise `max_agents` or `max_occupancy` of {constraint.of}"
        raise Unreachable(constraint.of, constraint.text, f"{100 * least:.1f} % busy", why, remedy)
