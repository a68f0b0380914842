"""The start of a search: the workload profile with square-root safety staffing.

In every staffing period each set of types gets agents for its work plus `beta` times its root, an agent counted once
(see `models.centre.cover`); deferred work is spread as it arrives. Among equally cheap plans the most even is taken, so
that like groups start alike. How much safety is enough, simulation shows: the search tries several. Agents are found as
fractions and rounded, because a start need not be exact and many like groups are hard on an integer program.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.centre.cover import FLEXIBLE as WORTH
from models.centre.cover import bounds, separate_agents
from models.highs import ConstraintRows, NoSolution, solve_integer
from models.optimisation.bounds.load import best_hour
from models.optimisation.plan_space import PlanSpace, Staffing
from models.queueing.numerics.arguments import Floats

FLEXIBLE = 1e-4  # of the price, for each further skill, so that among equals the simplest agents are taken
SLICES = 30
"""Parts of a group's agents, each a little dearer than the one before: what makes equals even."""
EVEN = 1e-3
WHOLE = 1e-6
WHOLE_GROUPS, LONGEST = 8, 1.0
"""Groups up to which whole agents are found by an integer program, so that flexible ones fill fractions; seconds."""


def square_root_start(space: PlanSpace, beta: float) -> Staffing:
    """Staffing with square-root safety `beta` in every period, within the bounds.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> from models.optimisation.plan_space import plan_space
    >>> space = plan_space(presets.load("help-desk"))
    >>> bool((square_root_start(space, 1.0) >= square_root_start(space, 0.0)).all())
    True
    """
    scenario = space.scenario
    best = np.array([[best_hour(scenario, contact_type)] for contact_type in scenario.contact_types])
    longest = np.where(space.may_work, space.agent_hours, 0.0).max(axis=0)
    hours = np.where(longest > 0, longest, space.hours)
    loads = space.work / 3600 / best / hours
    absent = np.array([group.shrinkage.absence for group in scenario.agent_groups])
    cost = space.price[:, 0] / space.agent_hours[:, 0] * (1 + FLEXIBLE * space.eligible.sum(axis=1)) / (1 - absent)
    # like periods are solved once; nine digits tell apart what is not alike
    different, place = np.unique(np.column_stack((loads.T.round(9), space.may_work.T)), axis=0, return_inverse=True)
    contact_types = len(loads)
    agents = [
        _period(row[:contact_types], beta, space.eligible & (row[contact_types:, None] > 0), cost) for row in different
    ]
    staffing = np.array(agents, dtype=float)[place.ravel()].T
    return space.within(np.ceil(staffing / (1 - absent)[:, None] - WHOLE).astype(np.int64))


def _period(loads: Floats, beta: float, can: NDArray[np.bool_], cost: Floats) -> Floats:
    """Whole agents of each group for the loads of one period, shape (groups,)."""
    groups = len(can)
    loads = np.where(can.any(axis=0), loads, 0.0)
    needed = loads + beta * np.sqrt(loads)
    sets = list(bounds(loads, needed, can))
    if not sets:
        return np.zeros(groups)
    pairs = np.argwhere(can & (loads > 0))
    rows = [np.append(np.repeat((can & mask).any(axis=1), SLICES), np.zeros(len(pairs))) for mask, _ in sets]
    least = [agents for _, agents in sets]
    for group in range(groups):  # no agent is counted twice
        rows.append(np.append(np.repeat(np.arange(groups) == group, SLICES), -1.0 * (pairs[:, 0] == group)))
        least.append(0.0)
    worth = np.where((can & (loads > 0)).sum(axis=1) > 1, 1 + WORTH, 1.0)[pairs[:, 0]]
    pooled = bool(can[:, loads > 0].all())
    for contact_type in np.flatnonzero(loads > 0):
        rows.append(np.append(np.zeros(groups * SLICES), worth * (pairs[:, 1] == contact_type)))
        least.append(0.0 if pooled else float(needed[contact_type]))
    dearer = 1 + EVEN * np.arange(SLICES) / SLICES
    price = np.append(np.outer(cost, dearer).ravel(), np.zeros(len(pairs)))
    top = np.append(np.full(groups * SLICES, 3 * needed.sum() / groups / SLICES), np.full(len(pairs), np.inf))
    top[SLICES - 1 : groups * SLICES : SLICES] = np.inf
    staffing = np.column_stack(
        (np.kron(np.eye(groups), np.ones(SLICES)), np.zeros((groups, len(pairs))), -np.eye(groups))
    )
    matrix = np.column_stack((np.array(rows, dtype=float), np.zeros((len(rows), groups))))
    whole = groups <= WHOLE_GROUPS
    try:
        solution = solve_integer(
            np.append(price, np.zeros(groups)),
            [ConstraintRows(matrix, least=np.array(least)), ConstraintRows(staffing, least=0.0, most=0.0)],
            whole=np.append(np.zeros(price.size), np.full(groups, int(whole))),
            high=np.append(top, np.full(groups, np.inf)),
            gap=EVEN / SLICES,
            seconds=LONGEST,
        )
    except NoSolution:  # a start need not be cheap
        return _whole(separate_agents(needed, can, cost))
    return _whole(solution.values[-groups:])


def _whole(staffing: Floats) -> Floats:
    """Rounded such that their sum is that of the fractions rounded up (largest remainders)."""
    low = np.floor(staffing + WHOLE)
    more = round(np.ceil(staffing.sum() - low.sum() - WHOLE))
    low[np.argsort(low - staffing, kind="stable")[:more]] += 1
    return np.asarray(low)
