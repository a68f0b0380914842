"""The least heads of groups that cover what every set of contact types needs, no agent counted twice.

However agents are routed, those who can take any type of a set must be enough for the set as one pool: its load plus
a safety that grows with the root of the load. These bounds, one for every set of types, are the safe start of a
multi-skill plan (Borst & Seri 2000, *Robust algorithms for sharing agents with multiple skills*; Wallace & Whitt 2005,
*A staffing algorithm for call centers with skill-based routing*): a flexible agent helps in every bound it belongs to,
but only once in the bound of all types together.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from models.arguments import Floats
from models.intervals import square_root
from scenarios.errors import NotExpressible

MOST_SETS = 10  # types of which every set is looked at; of more, each, every two and all that a group can do
GAP = 1e-6


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
    A desk for each of two types of 4 erlangs and a flexible group at a tenth more: 13 in all, as one pool needs.

    >>> can = np.array([[True, False], [False, True], [True, True]])
    >>> least_heads(np.array([4.0, 4]), np.array([7.0, 7]), can, np.ones((3, 2)), np.array([1, 1, 1.1])).tolist()
    [6, 6, 1]
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    sets = list(bounds(loads, needed, can))
    heads = np.zeros(can.shape[0], dtype=np.int64)
    if not sets:
        return heads
    rows = np.array([_least_worth(can, worth, mask) for mask, _ in sets])
    wanted = np.array([agents for _, agents in sets])
    for limit in (most, None):
        found = milp(
            cost,
            constraints=LinearConstraint(rows, lb=wanted - GAP),
            integrality=np.ones(heads.size),
            bounds=Bounds(0, np.inf if limit is None else limit),
            options={"mip_rel_gap": GAP},
        )
        if found.x is not None:
            return np.asarray(np.round(found.x), dtype=np.int64)
    raise NotExpressible("these skills", "the cover of every set of types", "give every type somebody who can take it")


def _least_worth(can: NDArray[np.bool_], worth: Floats, mask: NDArray[np.bool_]) -> Floats:
    """What a head of each group counts for in a set of types: its least there, 0 if it can take none of them."""
    counted = np.where(can & mask, worth, np.inf).min(axis=1)
    return np.where(np.isfinite(counted), counted, 0.0)
