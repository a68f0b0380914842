"""Deferred work of a scenario: the hours in which it is worked off, its share in time, the agents for its target.

The horizon is played once, as the simulation does, and what is left at its end is played on until it is decided: the
agents of its last week, or of the whole of a shorter horizon, go on as they were.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from models.centre.stationary import CERTAIN, asked_share
from models.deferred import WorkOff, calendar_ceiling, work_off
from models.queueing.arguments import Floats
from scenarios.contact_types import ContactType
from scenarios.scenario import Scenario
from scenarios.units import DAY

MOST_HEADS = 100_000
BISECTIONS = 25


def worked(scenario: Scenario, name: str) -> NDArray[np.bool_]:
    """The intervals in which somebody who can take a type is on duty; its open hours where nobody ever is."""
    groups = [scenario.group_names.index(route.group) for route in scenario.routes(name)]
    there = np.asarray(scenario.heads[groups].sum(axis=0) > 0)
    return there if there.any() else scenario.horizon.open_share(scenario.contact_type(name).open) > 0


def balance(scenario: Scenario, kind: ContactType, items: Floats, agents: Floats, handle: float) -> WorkOff:
    """How items by interval are worked off by agents (a fraction may be given) first in, first out, in open hours.

    Arrays of shape (intervals,); those of the answer begin with the horizon.
    """
    horizon = scenario.horizon
    within = kind.target.within if kind.target and kind.target.within is not None else 0.0
    hours = kind.target is not None and kind.target.clock == "open-hours"
    days = horizon.pattern_days * (1 + int(np.ceil(within / DAY / horizon.pattern_days)))
    opened = horizon.open_share(kind.open)
    ready = agents * opened
    return work_off(
        np.append(items, np.zeros(days * horizon.intervals_per_day)),
        np.append(ready, horizon.after(ready, days)),
        horizon.interval,
        handle,
        within,
        is_open=np.append(opened, horizon.after(opened, days)) > 0,
        clock="open" if hours else "around",
        repeats=False,
    )


def ceiling(scenario: Scenario, kind: ContactType, items: Floats, hours: NDArray[np.bool_]) -> float:
    """The best share in time of those who reach the queue, with endlessly many agents in these hours."""
    if kind.target is None or kind.target.within is None or not items.sum():
        return 1.0
    if kind.target.clock == "open-hours":
        return 1.0 if hours.any() else 0.0
    return calendar_ceiling(items, hours, scenario.horizon.interval, kind.target.within)


def agents_needed(
    scenario: Scenario, kind: ContactType, items: Floats, handle: float, hours: NDArray[np.bool_]
) -> float:
    """The agents, with a fraction and alike in all worked hours, that keep a deferred target; or keep up without one.

    Fluid balance, plus safety for chance: the work that arrives while a target runs has the standard deviation
    ``h sqrt(l T (1 + cv^2))``, which spare agents must be able to do in that time (the square-root rule over the
    window T). Where no number of agents keeps the target, the number beyond which more change nothing.

    Examples
    --------
    >>> from scenarios import presets
    >>> shop = presets.load("one-hour")
    >>> items, hours = 0.65 * shop.expected[1], worked(shop, "social")
    >>> round(agents_needed(shop, shop.contact_type("social"), items, 240.0, hours), 2)
    0.84
    """
    if not items.sum():
        return 0.0
    load = float(items.sum() * handle / (scenario.horizon.interval * hours.sum()))
    asked = asked_share(kind)
    if asked is None:
        return load
    # the ceiling itself is reached only by endlessly many: a thousandth below it is as good
    wanted = min(asked, ceiling(scenario, kind, items, hours) - 1e-3)
    low, high = 0.0, max(load, 1e-3)
    if not _met(scenario, kind, items, handle, hours, MOST_HEADS, wanted):
        return load
    while not _met(scenario, kind, items, handle, hours, high, wanted):
        low, high = high, 2 * high
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if _met(scenario, kind, items, handle, hours, middle, wanted) else (middle, high)
    return max(high, load) + chance_safety(kind, load, handle, asked)


def chance_safety(kind: ContactType, load: float, handle: float, share: float) -> float:
    """Agents on top of a fluid's so that chance does not spoil a share in time."""
    within = kind.target.within if kind.target is not None and kind.target.within is not None else 0.0
    spread = np.sqrt(load * handle * (1 + kind.handle_time.scv) / (within + handle))
    return float(max(ndtri(min(share, CERTAIN)), 0.0) * spread)


def _met(
    scenario: Scenario,
    kind: ContactType,
    items: Floats,
    handle: float,
    hours: NDArray[np.bool_],
    agents: float,
    wanted: float,
) -> bool:
    """Whether so many agents in the worked hours answer a share `wanted` in time."""
    return balance(scenario, kind, items, np.where(hours, agents, 0.0), handle).share_in_time >= wanted
