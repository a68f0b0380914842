"""The least heads of groups that cover what every set of contact types needs, no agent counted twice.

However agents are routed, those who can take any type of a set must be enough for the set as one pool: its load plus
a safety that grows with the root of the load. These bounds, one for every set of types, are the safe start of a
multi-skill plan (Borst & Seri 2000, *Robust algorithms for sharing agents with multiple skills*; Wallace & Whitt 2005,
*A staffing algorithm for call centers with skill-based routing*): a flexible agent helps in every bound it belongs to,
but only once in the bound of all types together.

How much of the pool's saving comes true depends on how many agents are flexible. So the heads of every group must also
be divisible among its types such that each has what it needs alone, a flexible agent counting a little more than one
with a single skill (`FLEXIBLE`), because it is at hand wherever chance strikes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from models.intervals import square_root
from models.queueing.arguments import Floats
from scenarios.errors import NotExpressible

MOST_SETS = 10  # types of which every set is looked at; of more, each, every two and all that a group can do
GAP = 1e-6
FLEXIBLE = 0.4
"""What a flexible agent is worth above one of a single skill, found by exact small centres and by simulation."""
EVEN = 1e-3  # of a head: among equally dear plans the one in which nobody leans on flexible agents more than others


def bounds(loads: Floats, needed: Floats, can: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.bool_], float]]:
    """Sets of types as masks of shape (types,), and the agents that a set needs as one pool.

    Parameters
    ----------
    loads
        Agents that are busy all the time with each type, shape (types,).
    needed
        Agents that each type needs if it has its own, shape (types,).
    can
        Who may take what, shape (groups, types).

    Examples
    --------
    >>> both = np.array([[True, True]])
    >>> [(mask.tolist(), float(n)) for mask, n in bounds(np.array([4.0, 4.0]), np.array([7.0, 7.0]), both)]
    [([True, False], 7.0), ([False, True], 7.0), ([True, True], 13.0)]
    """
    there = np.flatnonzero(loads > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        beta = np.where(loads > 0, (needed - loads) / np.sqrt(loads), 0.0)
    for members in _sets(there, can):
        mask = np.zeros(loads.size, dtype=bool)
        mask[list(members)] = True
        pooled = needed[mask].item() if len(members) == 1 else float(square_root(loads[mask].sum(), beta[mask].max()))
        yield mask, min(pooled, float(needed[mask].sum()))


def _sets(there: NDArray[np.intp], can: NDArray[np.bool_]) -> Iterator[tuple[int, ...]]:
    types = tuple(int(t) for t in there)
    if len(types) <= MOST_SETS:
        for size in range(1, len(types) + 1):
            yield from combinations(types, size)
        return
    skills = {tuple(t for t in types if able[t]) for able in can}
    yield from sorted({*combinations(types, 1), *combinations(types, 2), *skills, types} - {()})


def least_heads(
    loads: Floats,
    needed: Floats,
    can: NDArray[np.bool_],
    worth: Floats,
    cost: Floats,
    most: Floats | None = None,
) -> NDArray[np.int64]:
    """The cheapest whole heads of each group that keep the bound of every set of types, shape (groups,).

    Parameters
    ----------
    loads, needed, can
        As in `bounds`.
    worth
        Agents that one of a group counts for at a type, shape (groups, types).
    cost
        Of one head of each group, shape (groups,).
    most
        The most heads of each group, shape (groups,); where they cannot keep the bounds they do not hold.

    Examples
    --------
    A desk for each of two types of 4 erlangs and a flexible group at a tenth more: 13 in all, as one pool needs, three
    of them flexible, so that each type has 5 + 1.5 x 1.4 = 7.1.

    >>> can = np.array([[True, False], [False, True], [True, True]])
    >>> least_heads(np.array([4.0, 4]), np.array([7.0, 7]), can, np.ones((3, 2)), np.array([1, 1, 1.1])).tolist()
    [5, 5, 3]
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    sets = list(bounds(loads, needed, can))
    groups = can.shape[0]
    if not sets:
        return np.zeros(groups, dtype=np.int64)
    pairs = np.argwhere(can & (loads > 0))
    pooled = np.array([np.append(_least_worth(can, worth, mask), np.zeros(len(pairs) + 1)) for mask, _ in sets])
    rows, wanted = _divided(loads, needed, can, worth, pairs)
    whole = np.append(np.ones(groups), np.zeros(len(pairs) + 1))
    objective = np.concatenate([cost, np.zeros(len(pairs)), [EVEN * float(cost.min())]])
    for limit in (most, None):
        top = np.full(objective.size, np.inf)
        top[:groups] = np.inf if limit is None else limit
        found = milp(
            objective,
            constraints=[
                LinearConstraint(pooled, lb=np.array([agents for _, agents in sets]) - GAP),
                LinearConstraint(rows, lb=wanted),
            ],
            integrality=whole,
            bounds=Bounds(0, top),
            options={"mip_rel_gap": GAP},
        )
        if found.x is not None:
            return np.asarray(np.round(found.x[:groups]), dtype=np.int64)
    raise NotExpressible("these skills", "the cover of every set of types", "give every type somebody who can take it")


def _divided(
    loads: Floats, needed: Floats, can: NDArray[np.bool_], worth: Floats, pairs: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Rows and lower limits that divide every group's heads among its types, and measure who leans on flexible ones.

    Columns: heads of each group, the part of a group given to a type for each pair, the most that any type leans on
    flexible agents, in roots of its load.
    """
    groups, count = can.shape[0], len(pairs)
    flexible = (can & (loads > 0)).sum(axis=1) > 1
    rows, wanted = [], []
    for g in range(groups):  # nobody is given out twice
        row = np.zeros(groups + count + 1)
        row[g] = 1.0
        row[groups : groups + count][pairs[:, 0] == g] = -1.0
        rows.append(row)
        wanted.append(0.0)
    for t in np.flatnonzero(loads > 0):
        mine = pairs[:, 1] == t
        bonus = np.where(flexible[pairs[:, 0]], 1 + FLEXIBLE, 1.0)
        each = np.where(mine, bonus * worth[pairs[:, 0], t], 0.0)
        leaning = np.where(mine & flexible[pairs[:, 0]], -1 / np.sqrt(loads[t]), 0.0)
        rows += [np.concatenate([np.zeros(groups), each, [0.0]]), np.concatenate([np.zeros(groups), leaning, [1.0]])]
        wanted += [float(needed[t]) if not _all_shared(can, loads) else 0.0, 0.0]
    return np.array(rows), np.array(wanted)


def _all_shared(can: NDArray[np.bool_], loads: Floats) -> bool:
    """Whether everybody can take everything there is, so that the types are one pool."""
    return bool(can[:, loads > 0].all())


def _least_worth(can: NDArray[np.bool_], worth: Floats, mask: NDArray[np.bool_]) -> Floats:
    """What a head of each group counts for in a set of types: its least there, 0 if it can take none of them."""
    counted = np.where(can & mask, worth, np.inf).min(axis=1)
    return np.where(np.isfinite(counted), counted, 0.0)
