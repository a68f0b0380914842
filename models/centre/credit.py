"""The agents that each contact type can count on where skills overlap: the requirement of `cover`, read backwards.

A plan keeps every bound of `models.centre.cover` exactly if each type is credited with what it needs, so the table of
the formulas confirms what `models.centre.staffing` writes, and a head fewer in a binding bound is seen as missing.
Credit is given by need and never twice: the set of types that is worst off gets its share first, the others divide
what is left (max-min fairness; Megiddo 1974, *Optimal flows in networks with multiple sources and sinks*).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.centre.cover import GAP, flexible_worth, one_pool, pooled_need, set_worth, sets_of_types
from models.centre.requirement import Need, need_of, usual_speed
from models.centre.sharing import Sharing, sessions_per_agent
from models.queueing.numerics.arguments import Floats

Mask = NDArray[np.bool_]


def credit(sharing: Sharing, linked: list[int], needs: list[Need] | None = None) -> Floats:
    """The agents that types with some agents in common can count on, by what they need, shape (types, intervals)."""
    requirements = needs or [need_of(sharing, k) for k in linked]
    can = sharing.can[:, linked]
    worth = np.array([worth_at(sharing, k, need.per_agent) for k, need in zip(linked, requirements, strict=True)]).T
    count = len(linked)
    loads = np.array([need.load / need.per_agent for need in requirements])
    rows = np.vstack([loads, [need.agents for need in requirements], sharing.present])
    cases, place = np.unique(rows, axis=1, return_inverse=True)
    credits = [credited(case[:count], case[count : 2 * count], can, worth, case[2 * count :]) for case in cases.T]
    return np.array(credits)[place.ravel()].T


def worth_at(sharing: Sharing, k: int, per_agent: float) -> Floats:
    """What an agent of each group counts for at a type, in agents of its main group at mean speed, shape (groups,).

    Parameters
    ----------
    per_agent
        Sessions at full speed that one of the main group is worth.
    """
    name = sharing.scenario.type_names[k]
    concurrent = sharing.scenario.contact_types[k].work == "concurrent"
    usual = usual_speed(sharing, k)
    return np.array(
        [
            group.skills[name].speed / usual * (sessions_per_agent(group) / per_agent if concurrent else 1.0)
            if name in group.skills
            else 0.0
            for group in sharing.scenario.agent_groups
        ]
    )


def credited(loads: Floats, needed: Floats, can: Mask, worth: Floats, present: Floats) -> Floats:
    """Agents that each type can count on, in agents of its own, shape (types,); 0 for a type without load.

    Parameters
    ----------
    loads, needed, can, worth
        As in `models.centre.cover.min_staffing`.
    present
        Agents there of each group, shape (groups,).

    Examples
    --------
    Two types of 4 erlangs that need 7 agents each: desks of 5 and 3 flexible agents, each worth 1.15.

    >>> can = np.array([[True, False], [False, True], [True, True]])
    >>> credited(np.array([4.0, 4]), np.array([7.0, 7]), can, np.ones((3, 2)), np.array([5.0, 5, 3])).round(3)
    array([6.725, 6.725])
    """
    left = loads > 0
    agents = np.zeros(loads.size)
    if not left.any():
        return agents
    flexible = flexible_worth(can, loads)
    alike = one_pool(can, loads)
    settled = np.zeros(loads.size, dtype=bool)
    least = -np.inf
    while left.any():
        masks = np.array(list(sets_of_types(left, can)))
        load, pooled, alone = _bounds(loads, needed, masks)
        levels = _level(_supply(can, worth, present, masks, settled), load, pooled)
        if not alike:
            supply = _supply(can, worth * flexible[:, None], present, masks, settled)
            levels = np.minimum(levels, _level(supply, load, alone))
        worst = int(np.argmin(levels))
        least = max(least, float(levels[worst]))
        members = masks[worst]
        agents[members] = _agents(least, loads[members], needed[members])
        settled, left = settled | members, left & ~members
    return agents


def _supply(can: Mask, worth: Floats, present: Floats, masks: Mask, settled: Mask) -> Floats:
    """What agents are worth to sets of types, less what types that are settled already need of them, shape (sets,)."""
    taken = set_worth(can, worth, settled[None])[0]
    more = set_worth(can, worth, masks | settled) - taken
    return np.asarray(np.maximum(more @ present, 0.0))


def _bounds(loads: Floats, needed: Floats, masks: Mask) -> tuple[Floats, Floats, Floats]:
    """Load of sets of types, the agents that each needs as one pool, and with agents apart, each shape (sets,)."""
    return masks @ loads, np.array([pooled_need(loads, needed, mask) for mask in masks]), masks @ needed


def _level(supply: Floats, load: Floats, needed: Floats) -> Floats:
    """How far a need is met: -1 by nobody, 0 where supply is the load, 1 where it is the need, above 1 in excess."""
    supply = np.where(np.abs(supply - needed) <= 2 * GAP, needed, supply)  # as exactly as the cheapest plan is found
    safe = needed > load
    room = np.where(safe, needed - load, 1.0)
    short = np.where(supply < load, supply / load - 1, (supply - load) / room)
    return np.where(supply >= needed, supply / needed, np.where(safe, short, 2 * supply / needed - 1))


def _agents(level: float, load: Floats, needed: Floats) -> Floats:
    """The agents of a type whose need is met to a level: the inverse of `_level`."""
    if level >= 1:
        return np.asarray(level * needed)
    tight = needed * (1 + level) / 2
    below = load * (1 + level) if level < 0 else load + level * (needed - load)
    return np.where(needed > load, below, tight)
