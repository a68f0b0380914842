"""Deferred work of a scenario: the hours in which it is worked off, its share in time, the agents for its target.

The horizon is played once, as the simulation does, and what is left at its end is played on until it is decided: the
agents of its last week, or of the whole of a shorter horizon, go on as they were.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.centre.stationary import CERTAIN, asked_share
from models.deferred.backlog import WorkOff, calendar_ceiling, work_off
from models.deferred.chance import in_time
from models.queueing.numerics.arguments import Floats
from scenarios.contact_types import ContactType
from scenarios.scenario import Scenario
from scenarios.units import DAY

MOST_AGENTS = 100_000
BISECTIONS = 12  # to a fraction of an agent that nobody sees
NEARLY = 0.98  # of the most that the hours allow: the rest would take endlessly many
WHOLE = 1e-9


def worked(scenario: Scenario, name: str) -> NDArray[np.bool_]:
    """The intervals in which somebody who can take a type is on duty; its open hours where nobody ever is."""
    groups = [scenario.group_names.index(route.group) for route in scenario.routes(name)]
    staffed = np.asarray(scenario.staffing[groups].sum(axis=0) > 0)
    return staffed if staffed.any() else scenario.horizon.open_share(scenario.contact_type(name).open) > 0


def balance(scenario: Scenario, contact_type: ContactType, items: Floats, agents: Floats, handle: float) -> WorkOff:
    """How items by interval are worked off by agents (a fraction may be given) first in, first out, in open hours.

    Arrays of shape (intervals,); those of the answer begin with the horizon.
    """
    horizon = scenario.horizon
    within = contact_type.answer_within or 0.0
    days = horizon.pattern_days * (1 + int(np.ceil(within / DAY / horizon.pattern_days)))
    opened = horizon.open_share(contact_type.open)
    ready = agents * opened
    return work_off(
        np.append(items, np.zeros(days * horizon.intervals_per_day)),
        np.append(ready, horizon.after(ready, days)),
        horizon.interval,
        handle,
        within,
        is_open=np.append(opened, horizon.after(opened, days)) > 0,
        clock="open" if contact_type.counts_open_hours else "around",
        repeats=False,
    )


def ceiling(scenario: Scenario, contact_type: ContactType, items: Floats, hours: NDArray[np.bool_]) -> float:
    """The best share in time of those who reach the queue, with endlessly many agents in these hours."""
    if contact_type.answer_within is None or not items.sum():
        return 1.0
    if contact_type.counts_open_hours:
        return 1.0 if hours.any() else 0.0
    return calendar_ceiling(items, hours, scenario.horizon.interval, contact_type.answer_within)


def agents_needed(
    scenario: Scenario,
    contact_type: ContactType,
    items: Floats,
    handle: float,
    hours: NDArray[np.bool_],
    present: float = 1.0,
) -> float:
    """The agents, with a fraction and alike in all worked hours, that keep a deferred target; or keep up without one.

    Where no number of agents keeps the target, those that come near the most that the hours allow.

    Parameters
    ----------
    present
        The share of planned agents who are there: where a whole number of agents does, no more is asked.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> shop = presets.load("one-hour")
    >>> items, hours = 0.65 * shop.expected[1], worked(shop, "social")
    >>> round(agents_needed(shop, shop.contact_type("social"), items, 240.0, hours), 1)
    0.8
    """
    if not items.sum() or not hours.any():
        return 0.0

    def met(agents: float) -> bool:
        return enough(scenario, contact_type, items, np.where(hours, agents, 0.0), handle)

    low, high = 0.0, max(float(items.sum() * handle / (scenario.horizon.interval * hours.sum())), 1e-3)
    if asked_share(contact_type) is None:
        return high
    while not met(high):
        low, high = high, 2 * high
        if high > MOST_AGENTS:
            return low
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if met(middle) else (middle, high)
    fewer = np.floor(high / present) * present
    return float(fewer) if fewer > low * (1 - 2**-BISECTIONS) and fewer and met(float(fewer)) else high


def enough(scenario: Scenario, contact_type: ContactType, items: Floats, agents: Floats, handle: float) -> bool:
    """Whether agents by interval do all the work, and enough of it in time in spite of chance; one answer for all."""
    length = scenario.horizon.interval
    if agents.sum() * length < items.sum() * handle * (1 - WHOLE):
        return False
    wanted = reachable_share(scenario, contact_type, items, agents > 0)
    if not wanted:
        return True
    shares = in_time(scenario.horizon, contact_type, items, agents, handle)
    return float(np.nansum(shares * items) / items.sum()) >= wanted


def reachable_share(scenario: Scenario, contact_type: ContactType, items: Floats, hours: NDArray[np.bool_]) -> float:
    """The share in time that agents in these hours are asked for: the target's, or nearly the most that there can be.

    0 where nothing is asked, or where nobody could ever be in time.
    """
    asked, most = min(asked_share(contact_type) or 0.0, CERTAIN), ceiling(scenario, contact_type, items, hours)
    return asked if asked <= most - 1e-3 or most >= 1 else min(asked, NEARLY * most)
