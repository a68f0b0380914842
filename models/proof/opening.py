"""Where a search begins: heads in the shape of the work, with safety by the root of the load.

In every staffing period each set of types gets agents for its work plus `beta` times its root, an agent counted once
(see `models.centre.cover`); deferred work is spread as it comes. How much safety is enough, simulation tells: the
search tries several.
"""

from __future__ import annotations

import numpy as np

from models.centre.cover import least_heads
from models.centre.workload import workload
from models.proof.load import best_hour
from models.proof.space import Heads, Space
from models.queueing.arguments import Floats
from scenarios.evidence import in_periods

FLEXIBLE = 1e-4  # of the price, for each further skill, so that among equals the simplest agents are taken


def opening(space: Space, beta: float) -> Heads:
    """Heads with safety `beta` in every period, within the bounds.

    Examples
    --------
    >>> from scenarios import presets
    >>> from models.proof.space import space_of
    >>> space = space_of(presets.load("help-desk"))
    >>> bool((opening(space, 1.0) >= opening(space, 0.0)).all())
    True
    """
    scenario = space.scenario
    best = np.array([[best_hour(scenario, kind)] for kind in scenario.contact_types])
    loads = in_periods(workload(scenario).work, space.period) / 3600 / best / space.hours
    absent = np.array([group.shrinkage.absence for group in scenario.agent_groups])
    cost = space.price[:, 0] / space.hours[0] * (1 + FLEXIBLE * space.can.sum(axis=1))
    heads = np.array([_period(space, now, beta, cost / (1 - absent)) for now in loads.T], dtype=float).T
    return space.within(np.ceil(heads / (1 - absent)[:, None]).astype(np.int64))


def _period(space: Space, loads: Floats, beta: float, cost: Floats) -> Heads:
    worth = space.can.astype(float)
    return least_heads(loads, loads + beta * np.sqrt(loads), space.can, worth, cost)
