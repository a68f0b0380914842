"""Whether work that may wait piles up: what arrives in a repeating week against the agent-hours that may take it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.measures import CONTACT_TALLIES, GROUP_TALLIES
from scenarios.scenario import Scenario
from scenarios.units import HOUR
from simulator.measure.results import Results

NEGLIGIBLE = 0.01
"""The share of work up to which what is missing may be chance."""

Floats = NDArray[np.float64]


def growth(results: Results, of: str) -> float:
    """Contacts an hour by which the backlog of a deferred type grows from week to week; 0 where it is kept up with.

    Over the last week, or the whole of a shorter horizon. Groups that can take the type, alone and together with those
    who share types with them, must have time for all the work that no other group can do; a backlog of the night or the
    weekend says nothing. What is done elsewhere first, because agents have several skills, is not seen.

    Examples
    --------
    >>> from scenarios.scenario import scenario_from
    >>> from simulator.experiment import simulate
    >>> desk = scenario_from({"name": "desk", "agent_groups": [{"name": "a", "skills": ["mail"], "staffing": 1}],
    ...     "contact_types": [{"name": "mail", "channel": "email", "volume": {"per_hour": 20},
    ...                        "handle_time": {"mean": "6 min"}}]})
    >>> round(growth(simulate(desk, replications=20, engine="simpy"), "mail"))
    10
    """
    scenario = results.scenario
    handle, k = _handle_times(results), scenario.type_names.index(of)
    if not handle[k]:
        return 0.0
    can = np.array(
        [
            [name in _groups(scenario, contact_type) for name in scenario.group_names]
            for contact_type in scenario.type_names
        ]
    )
    alone = np.arange(len(can)) == k
    missing = [
        _missing(results, handle, able, chosen & ~(can & ~able).any(axis=1))
        for able in _unions(can, k)
        for chosen in (alone, np.array([not contact_type.connected for contact_type in scenario.contact_types]))
    ]
    pattern = _pattern(results)
    hours = (pattern.stop - pattern.start) * scenario.horizon.interval / HOUR
    return float(max(0.0, *missing) / (handle[k] * hours))


def _missing(results: Results, handle: Floats, able: NDArray[np.bool_], types: NDArray[np.bool_]) -> float:
    """Agent-seconds that groups lack for deferred types in their open hours, beside the live work that is theirs alone.

    0 where a negligible share is missing.
    """
    scenario, contact_types = results.scenario, results.scenario.contact_types
    shares = [
        scenario.horizon.open_share(contact_type.open)
        for contact_type, chosen in zip(contact_types, types, strict=True)
        if chosen
    ]
    opened = np.max(shares, axis=0)
    names = {name for name, chosen in zip(scenario.group_names, able, strict=True) if chosen}
    live = np.array(
        [
            contact_type.work == "live" and _groups(scenario, contact_type.name) <= names
            for contact_type in contact_types
        ]
    )
    kept = ("resolved_by_bot", "falsely_contained", "left_bot")
    arrived = _mean(results, "contacts", "contacts") - sum(_mean(results, "contacts", name) for name in kept)
    handled = _mean(results, "contacts", "handle_time")
    available = _mean(results, "groups", "staffed_time") - _mean(results, "groups", "chatting_time")
    pattern = _pattern(results)
    work = (arrived[types][:, pattern].sum(axis=1) * handle[types]).sum() + (handled[live] * opened)[:, pattern].sum()
    missing = float(work - (available[able] * opened)[:, pattern].sum())
    return missing if missing > NEGLIGIBLE * work else 0.0


def _groups(scenario: Scenario, name: str) -> set[str]:
    return {route.group for route in scenario.routes(name)}


def _unions(can: NDArray[np.bool_], k: int) -> list[NDArray[np.bool_]]:
    """The groups that can take a type, and step by step those who share types with them, each of shape (groups,)."""
    unions = [can[k]]
    while True:
        wider = can[(can & unions[-1]).any(axis=1)].any(axis=0)
        if (wider == unions[-1]).all():
            return unions
        unions.append(wider)


def _pattern(results: Results) -> slice:
    """The intervals of the last week, or of a shorter horizon, that count."""
    horizon = results.scenario.horizon
    first = horizon.intervals - horizon.pattern_days * horizon.intervals_per_day
    return slice(max(first, horizon.warm_up_intervals), horizon.intervals)


def _handle_times(results: Results) -> Floats:
    """Agent-seconds of one contact, shape (types,)."""
    answered, handled = (_mean(results, "contacts", name).sum(axis=1) for name in ("answered", "handle_time"))
    usual = results.scenario.mean_handles.copy()
    return np.asarray(np.divide(handled, answered, out=usual, where=answered > 0))


def _mean(results: Results, entity: Literal["contacts", "groups"], name: str) -> Floats:
    """A tally of types or groups in the mean of replications, shape (types or groups, intervals)."""
    if entity == "contacts":
        return np.asarray(results.contacts[:, list(CONTACT_TALLIES).index(name)].mean(axis=0))
    return np.asarray(results.groups[:, list(GROUP_TALLIES).index(name)].mean(axis=0))
