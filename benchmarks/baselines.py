"""Staffing by the rules of thumb in use: each skill by itself, a flexible group last, every skill in full.

Each takes the plans of a scenario and gives agents of shape (groups, periods). None of them simulates anything.
"""

from __future__ import annotations

from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from models.highs import ConstraintRows, solve_integer
from models.optimisation.plan_space import PlanSpace, Staffing
from models.queueing.goal import Goal
from models.queueing.inverse import min_agents

MINUTE = 60.0
SECONDS = 10.0
Floats = NDArray[np.float64]


def slots(space: PlanSpace) -> NDArray[np.int64]:
    """Contacts of each type that an agent holds at once, shape (types,)."""
    most = [
        max(group.max_concurrent for group in space.scenario.agent_groups if name in group.skills)
        for name in names(space)
    ]
    concurrent = [contact_type.work == "concurrent" for contact_type in space.scenario.contact_types]
    return np.where(concurrent, most, 1)


def names(space: PlanSpace) -> tuple[str, ...]:
    """The contact types."""
    return space.scenario.type_names


def needs(space: PlanSpace, *, impatient: bool) -> Floats:
    """The fewest agents for each type by itself in each period, by Erlang A or C, shape (types, periods).

    A chat counts as a call, and work that may wait as a call with its time limit: what a spreadsheet does.
    """
    rows = []
    worked = (space.agent_hours * space.may_work).max(axis=0)
    for contact_type, work in zip(space.scenario.contact_types, space.work, strict=True):
        handle = (contact_type.handle_time.mean + contact_type.wrap_up.mean) / MINUTE
        load = np.divide(work / 3600, worked, out=np.zeros_like(work), where=worked > 0)
        goal = Goal(service_level=contact_type.target_share or 0.8, within=(contact_type.answer_within or 0.0) / MINUTE)
        patience = contact_type.patience.mean / MINUTE if impatient and contact_type.patience else np.inf
        least = min_agents(np.maximum(load, 1e-9) / handle, handle, goal, patience=patience)
        rows.append(np.where(load > 0, least, 0))
    return np.array(rows, dtype=float)


def homes(space: PlanSpace) -> tuple[NDArray[np.int64], int | None]:
    """The group for each type: of fewest skills, best rank, lowest price; and the most skilled if it is nobody's."""
    skills, price, groups = space.eligible.sum(axis=1), space.price[:, 0], space.scenario.agent_groups
    home = []
    for k, name in enumerate(names(space)):
        able = np.flatnonzero(space.eligible[:, k])
        ranks = [groups[g].skills[name].rank for g in able]
        home.append(able[np.lexsort([price[able], np.array(ranks), skills[able]])[0]])
    widest = int(np.argmax(skills))
    return np.array(home), widest if widest not in home and skills[widest] == skills.max() else None


def erlang_c_added(space: PlanSpace) -> Staffing:
    """Erlang C for each type alone, added up by the group with fewest skills that has it."""
    return _at_home(space, needs(space, impatient=False))


def erlang_a_flexible_last(space: PlanSpace) -> Staffing:
    """Erlang A with chats by slots; dedicated groups at their load, what is missing filled with the flexible group.

    Without a flexible group, or where no group is dedicated, each type has what it needs by itself.
    """
    exact = np.ceil(needs(space, impatient=True) / slots(space)[:, None])
    home, flexible = homes(space)
    if flexible is None:
        return _at_home(space, exact)
    load = space.work / 3600 / slots(space)[:, None] / space.hours
    worked = (space.agent_hours * space.may_work).max(axis=0)
    load = np.divide(load * space.hours, worked, out=np.zeros_like(load), where=worked > 0)
    staffing = np.zeros(space.shape)
    for group in set(home.tolist()):
        own = home == group
        staffing[group] = np.ceil(load[own].sum(axis=0))
        staffing[flexible] += np.maximum(exact[own].sum(axis=0) - staffing[group], 0)
    return space.within(staffing.astype(np.int64))


def every_skill_in_full(space: PlanSpace) -> Staffing:
    """The cheapest staffing that has, for each skill alone, as many agents with it as Erlang C asks for.

    The programme of pyworkforce's ``MultiSkillStaffing``, in which an agent counts for each of several skills.
    """
    columns = []
    for needed, price, least, most in zip(
        needs(space, impatient=False).T, space.price.T, space.min_staffing.T, space.max_staffing.T, strict=True
    ):
        rows = [ConstraintRows(space.eligible.T.astype(float), least=needed)]
        solution = solve_integer(price, rows, whole=np.ones(len(price)), low=least, high=most, gap=0.0, seconds=SECONDS)
        columns.append(np.rint(solution.values))
    return space.within(np.array(columns, dtype=np.int64).T)


def by_pyworkforce(space: PlanSpace) -> Staffing | None:
    """The staffing of pyworkforce's ``MultiSkillStaffing``, period by period; None where it is not installed."""
    try:
        programme = import_module("pyworkforce.staffing").MultiSkillStaffing
    except (ImportError, AttributeError):
        return None
    profiles = [
        {"name": group.name, "skills": list(group.skills), "cost": group.cost_per_hour}
        for group in space.scenario.agent_groups
    ]
    staffing = []
    for needed in needs(space, impatient=False).T:
        required = {name: int(count) for name, count in zip(names(space), needed, strict=True)}
        solution = programme(skills=list(names(space)), profiles=profiles, required_positions=required).solve()
        staffing.append([row["agents"] for row in solution["agents_per_profile"]])
    return np.array(staffing).T


def _at_home(space: PlanSpace, need: Floats) -> Staffing:
    staffing = np.zeros(space.shape)
    for group, agents in zip(homes(space)[0], need, strict=True):
        staffing[group] += agents
    return space.within(staffing.astype(np.int64))


RULES = {
    "Erlang C by skill, added up": erlang_c_added,
    "Erlang A, flexible group last": erlang_a_flexible_last,
    "every skill in full (pyworkforce's programme)": every_skill_in_full,
}
"""The rules of thumb, by name."""
