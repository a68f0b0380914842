"""The least agents of groups that cover what every set of contact types needs, no agent counted twice.

However agents are routed, those who can take any type of a set must be enough for the set as one pool: its load plus
a safety that grows with the root of the load. These bounds, one for every set of types, are the safe start of a
multi-skill plan (Borst & Seri 2000, *Robust algorithms for sharing agents with multiple skills*; Wallace & Whitt 2005,
*A staffing algorithm for call centers with skill-based routing*): a flexible agent helps in every bound it belongs to,
but only once in the bound of all types together.

How much of the pool's saving comes true depends on how many agents are flexible. So the agents of every group must also
be divisible among its types such that each has what it needs alone, a flexible agent counting a little more than one
with a single skill (`FLEXIBLE`), because it is at hand wherever chance strikes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from models.highs import ConstraintRows, NoSolution, solve_integer
from models.queueing.numerics.arguments import Floats
from scenarios.errors import NotExpressible

MOST_SETS = 10  # types of which every set is looked at; of more, each, every two and all that a group can do
GAP = 1e-6
SECONDS = 10.0
"""Of the integer program, after which every type gets agents of its own."""
FLEXIBLE = 0.15
"""What a flexible agent is worth above one of a single skill, found by exact small centres and by simulation."""
EVEN = 1e-3  # of a head: among equally dear plans the one in which nobody leans on flexible agents more than others


def bounds(loads: Floats, needed: Floats, can: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.bool_], float]]:
    """Sets of types as masks of shape (types,), and the agents that a set needs as one pool.

    Parameters
    ----------
    loads
        Agents that are busy all the time with each type, shape (types,).
    needed
        Agents, with a fraction, that each type needs if it has its own, shape (types,).
    can
        Who may take what, shape (groups, types).

    Examples
    --------
    >>> both = np.array([[True, True]])
    >>> [(mask.tolist(), round(float(n), 2)) for mask, n in bounds(np.array([4.0, 4.0]), np.array([7.0, 7.0]), both)]
    [([True, False], 7.0), ([False, True], 7.0), ([True, True], 12.24)]
    """
    for mask in sets_of_types(loads > 0, can):
        yield mask, pooled_need(loads, needed, mask)


def pooled_need(loads: Floats, needed: Floats, mask: NDArray[np.bool_]) -> float:
    """The agents, with a fraction, that a set of types needs as one pool: its load and the strictest of its safeties.

    The square-root rule, with the safety factor that a type's own need shows; never more than the types need apart.
    """
    load, apart = float(loads[mask].sum()), float(needed[mask].sum())
    if mask.sum() == 1:
        return apart
    beta = float(((needed[mask] - loads[mask]) / np.sqrt(loads[mask])).max())
    return float(min(load + beta * load**0.5, apart))


def sets_of_types(present: NDArray[np.bool_], can: NDArray[np.bool_]) -> Iterator[NDArray[np.bool_]]:
    """Sets of the types that are there, as masks: every set of a few types, the sets that matter most of many."""
    for members in _sets(np.flatnonzero(present), can):
        mask = np.zeros(present.size, dtype=bool)
        mask[list(members)] = True
        yield mask


def _sets(present: NDArray[np.intp], can: NDArray[np.bool_]) -> Iterator[tuple[int, ...]]:
    types = tuple(int(t) for t in present)
    if len(types) <= MOST_SETS:
        for size in range(1, len(types) + 1):
            yield from combinations(types, size)
        return
    skills = {tuple(t for t in types if able[t]) for able in can}
    yield from sorted({*combinations(types, 1), *combinations(types, 2), *skills, types} - {()})


def min_staffing(
    loads: Floats,
    needed: Floats,
    can: NDArray[np.bool_],
    worth: Floats,
    cost: Floats,
    most: Floats | None = None,
    least: Floats | None = None,
) -> NDArray[np.int64]:
    """The cheapest whole agents of each group that keep the bound of every set of types, shape (groups,).

    Every bound is kept twice: by all who can take any of its types for the types as one pool, and for the types apart,
    a flexible agent counting a little more (`FLEXIBLE`).

    Parameters
    ----------
    loads, needed, can
        As in `bounds`.
    worth
        Agents that one of a group counts for at a type, shape (groups, types).
    cost
        Of one head of each group, shape (groups,).
    most
        The most agents of each group, shape (groups,); where they cannot keep the bounds they do not hold.
    least
        The least agents of each group, shape (groups,).

    Where the solver has no solution in time, every type has agents of its own: enough, and dearer than need be.

    Examples
    --------
    A desk for each of two types of 4 erlangs and a flexible group at a tenth more: 13 in all, as one pool needs, seven
    of them flexible, so that each type has 3 + 3.5 x 1.15 = 7.03.

    >>> can = np.array([[True, False], [False, True], [True, True]])
    >>> min_staffing(np.array([4.0, 4]), np.array([7.0, 7]), can, np.ones((3, 2)), np.array([1, 1, 1.1])).tolist()
    [3, 3, 7]
    """
    sets = list(bounds(loads, needed, can))
    groups = can.shape[0]
    if not sets:
        return np.zeros(groups, dtype=np.int64)
    pairs = np.argwhere(can & (loads > 0))
    no_shares = np.zeros((len(sets), len(pairs) + 1))
    masks = np.array([mask for mask, _ in sets])
    pooled = np.hstack([set_worth(can, worth, masks), no_shares])
    apart = np.hstack([set_worth(can, worth * flexible_worth(can, loads)[:, None], masks), no_shares])
    alone = masks @ needed if not one_pool(can, loads) else np.zeros(len(sets))
    rows, wanted = _divided(loads, needed, can, worth, pairs)
    whole = np.append(np.ones(groups), np.zeros(len(pairs) + 1))
    objective = np.concatenate([cost, np.zeros(len(pairs)), [EVEN * float(cost.min())]])
    for limit in (most, None):
        top = np.full(objective.size, np.inf)
        top[:groups] = np.inf if limit is None else limit
        low = np.zeros(objective.size)
        low[:groups] = 0.0 if least is None else np.minimum(least, top[:groups])
        limits = [
            ConstraintRows(pooled, least=np.array([agents for _, agents in sets]) - GAP),
            ConstraintRows(apart, least=alone - GAP),
            ConstraintRows(rows, least=wanted),
        ]
        try:
            solution = solve_integer(objective, limits, whole=whole, low=low, high=top, gap=GAP, seconds=SECONDS)
        except NoSolution as none:
            if none.reason == "time limit":
                own = np.ceil(separate_agents(needed, can, cost, worth) - GAP).astype(np.int64)
                return np.asarray(np.maximum(own, np.ceil(low[:groups])), dtype=np.int64)
            continue
        return np.asarray(np.round(solution.values[:groups]), dtype=np.int64)
    raise NotExpressible("these skills", "the cover of every set of types", "give every type somebody who can take it")


def separate_agents(needed: Floats, can: NDArray[np.bool_], cost: Floats, worth: Floats | None = None) -> Floats:
    """Agents where every type has agents of its own, those who are cheapest for their worth, shape (groups,).

    They keep the bound of every set of types, as no set needs more than its types do alone. Arguments as in
    `min_staffing`; every agent is worth 1 unless `worth` says otherwise.

    Examples
    --------
    >>> can = np.array([[True, False], [False, True], [True, True]])
    >>> separate_agents(np.array([7.0, 5.0]), can, np.array([2.0, 1.0, 1.1])).tolist()
    [0.0, 5.0, 7.0]
    """
    worth = can.astype(float) if worth is None else worth
    able = can & (worth > 0)
    dear = np.where(able, cost[:, None] / np.where(able, worth, 1.0), np.inf)
    staffing = np.zeros(len(can))
    for contact_type in np.flatnonzero(able.any(axis=0) & (needed > 0)):
        group = int(np.argmin(dear[:, contact_type]))
        staffing[group] += needed[contact_type] / worth[group, contact_type]
    return staffing


def _divided(
    loads: Floats, needed: Floats, can: NDArray[np.bool_], worth: Floats, pairs: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Rows and lower limits that divide every group's agents among its types, and measure who leans on flexible ones.

    Columns: agents of each group, the part of a group given to a type for each pair, the most that any type leans on
    flexible agents, in roots of its load.
    """
    groups, count = can.shape[0], len(pairs)
    bonus = flexible_worth(can, loads)
    flexible = bonus > 1
    rows, wanted = [], []
    for g in range(groups):  # nobody is given out twice
        row = np.zeros(groups + count + 1)
        row[g] = 1.0
        row[groups : groups + count][pairs[:, 0] == g] = -1.0
        rows.append(row)
        wanted.append(0.0)
    for t in np.flatnonzero(loads > 0):
        of_type = pairs[:, 1] == t
        worth_given = np.where(of_type, bonus[pairs[:, 0]] * worth[pairs[:, 0], t], 0.0)
        leaning = np.where(of_type & flexible[pairs[:, 0]], -1 / np.sqrt(loads[t]), 0.0)
        rows += [
            np.concatenate([np.zeros(groups), worth_given, [0.0]]),
            np.concatenate([np.zeros(groups), leaning, [1.0]]),
        ]
        wanted += [float(needed[t]) if not one_pool(can, loads) else 0.0, 0.0]
    return np.array(rows), np.array(wanted)


def flexible_worth(can: NDArray[np.bool_], loads: Floats) -> Floats:
    """What an agent of each group is worth beside one of a single skill, shape (groups,)."""
    return np.where((can & (loads > 0)).sum(axis=1) > 1, 1 + FLEXIBLE, 1.0)


def one_pool(can: NDArray[np.bool_], loads: Floats) -> bool:
    """Whether everybody can take everything there is, so that the types are one pool."""
    return bool(can[:, loads > 0].all())


def set_worth(can: NDArray[np.bool_], worth: Floats, masks: NDArray[np.bool_]) -> Floats:
    """What a head of each group counts for in sets of types, shape (sets, groups): its least, 0 if it takes none."""
    counted = np.where(can[None] & masks[:, None, :], worth[None], np.inf).min(axis=2, initial=np.inf)
    return np.where(np.isfinite(counted), counted, 0.0)
