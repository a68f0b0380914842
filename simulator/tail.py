"""What is simulated after the horizon, so that its end does not decide about deferred work.

The pattern of the last days goes on: the same arrivals on average, staffing and opening hours. Nothing that arrives or
passes in the tail is counted, and it ends as soon as every contact of the horizon is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_types import ContactType
from scenarios.horizon import Horizon
from scenarios.hours import open_time_later, periods
from scenarios.scenario import Scenario
from scenarios.units import DAY, HOUR

DEADLINES_AHEAD = 28 * DAY
"""How far beyond what is played opening hours are looked up, so that a late deadline is still found."""
LONGEST = 92 * DAY
"""The most time after the horizon in which contacts arrive."""

SAFELY = 1.4
"""The margin on the estimate of when the work of the horizon is done."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Played:
    """What is played of a scenario: its horizon and, where work may wait, a tail."""

    horizon: Horizon
    """With the days of the tail."""
    staffing: Ints
    """Staffing over the simulated horizon, shape (groups, intervals)."""
    handle_factors: Floats
    """Factors on handle times by arrival over the simulated horizon, shape (types, intervals); without any profile
    shape (types, 0)."""
    judged: float
    """The instant from which nothing counts: the end of the horizon, infinite without a tail."""
    stages: tuple[float, ...]
    """Until when contacts arrive: first, and in turn where contacts of the horizon were still open by then."""
    clock_end: float
    """The instant at which the clock stops, infinite where all that is there is worked off without a tail."""


@lru_cache(maxsize=64)
def played(scenario: Scenario) -> Played:
    """What is played of a scenario, remembered, for every replication asks for the same.

    There is a tail where work may wait: until the last deadline, and for one pattern of days at least. Staffing goes on
    for one more, to work off what is left.
    """
    horizon, staffing = scenario.horizon, scenario.staffing
    ends = _ends(scenario) if horizon.at_end == "work-off" else ()
    varied = scenario.has_handle_factors
    factors = scenario.handle_factors if varied else np.empty((len(scenario.contact_types), 0))
    if not ends:
        return Played(horizon, staffing, factors, inf, (inf,), inf if horizon.at_end == "work-off" else horizon.length)
    days = ceil(ends[-1] / DAY) + horizon.pattern_days
    longer = Horizon.model_construct(
        **{name: getattr(horizon, name) for name in Horizon.model_fields} | {"days": horizon.days + days}
    )
    return Played(
        longer,
        np.concatenate((staffing, horizon.after(staffing, days)), axis=1),
        np.concatenate((factors, horizon.after(factors, days)), axis=1) if varied else factors,
        horizon.length,
        tuple(horizon.length + end for end in ends),
        longer.length,
    )


def _ends(scenario: Scenario) -> tuple[float, ...]:
    """Seconds after the horizon in which contacts arrive, stage by stage; none without deferred work.

    The last does not depend on the staffing, so that all plans meet the same customers; the first, which only saves
    time, does.
    """
    horizon = scenario.horizon
    deferred = [contact_type for contact_type in scenario.contact_types if not contact_type.connected]
    if not deferred:
        return ()
    last = min(
        max(horizon.pattern_days * DAY, *(_last_due(horizon, contact_type) for contact_type in deferred)), LONGEST
    )
    ends = [min(_worked_off(scenario), last)]
    while ends[-1] < last:
        ends.append(min(2 * ends[-1], last))
    return tuple(ends)


def _able(scenario: Scenario, contact_types: list[ContactType]) -> list[int]:
    """The places of the groups that can take any of some types."""
    names = {route.group for contact_type in contact_types for route in scenario.routes(contact_type.name)}
    return [g for g, name in enumerate(scenario.group_names) if name in names]


def _worked_off(scenario: Scenario) -> float:
    """About how many seconds after the horizon the deferred work that it leaves is done, with a margin.

    A balance of all deferred work and the agent hours that connected work leaves over (Lindley's recursion); who cannot
    do deferred work takes connected work first.
    """
    horizon, contact_types = scenario.horizon, scenario.contact_types
    work = scenario.expected * [[_agent_time(scenario, contact_type)] for contact_type in contact_types]
    work = work * scenario.handle_factors
    deferred = np.array([not contact_type.connected for contact_type in contact_types])
    able = _able(scenario, [contact_type for contact_type in contact_types if not contact_type.connected])
    capacity = scenario.staffing * horizon.interval
    possible = capacity[able].sum(axis=0)
    connected = np.maximum(work[~deferred].sum(axis=0) - (capacity.sum(axis=0) - possible), 0.0)
    spare = np.maximum(possible - connected, 0.1 * possible)
    change = np.cumsum(work[deferred].sum(axis=0) - spare)
    left = change[-1] - min(change.min(), 0.0)
    done = np.cumsum(horizon.after(spare, 2 * horizon.pattern_days))
    first = int(np.searchsorted(done, max(left, 1.0)))
    return SAFELY * (first + 1) * horizon.interval + HOUR


def _agent_time(scenario: Scenario, contact_type: ContactType) -> float:
    """Mean seconds of an agent for a contact of handle-time factor 1, at the most at once that its groups allow."""
    seconds = contact_type.mean_handle
    if contact_type.work != "concurrent":
        return seconds
    groups = [scenario.agent_groups[g] for g in _able(scenario, [contact_type])]
    return seconds / max((group.max_concurrent * group.concurrency_speed[-1] for group in groups), default=1.0)


def _last_due(horizon: Horizon, contact_type: ContactType) -> float:
    """Seconds from the end of the horizon to the deadline of what arrives at its end; 0 where there is none."""
    if contact_type.answer_within is None:
        return 0.0
    if not contact_type.counts_open_hours:
        return contact_type.answer_within
    reach = repeated_periods(horizon, contact_type.open, horizon.length + DEADLINES_AHEAD)
    due = float(open_time_later(reach, horizon.length, contact_type.answer_within))
    return due - horizon.length if due < inf else 0.0


def open_periods(scenario: Scenario, opening: tuple[str, ...]) -> Floats:
    """The open periods of what is played and some time beyond, shape (periods, 2)."""
    whole = played(scenario)
    return _open_periods(scenario.horizon, opening, whole.horizon.length + DEADLINES_AHEAD, whole.judged < inf)


@lru_cache(maxsize=256)
def _open_periods(horizon: Horizon, opening: tuple[str, ...], reach: float, repeats: bool) -> Floats:
    """The open periods, remembered, for every plan asks for the same; not to be written to."""
    opened = repeated_periods(horizon, opening, reach) if repeats else periods(opening, horizon.midnight, reach)
    opened.setflags(write=False)
    return opened


def repeated_periods(horizon: Horizon, opening: tuple[str, ...], reach: float) -> Floats:
    """The open periods of a horizon that repeats itself, shape (periods, 2); those of the calendar from a week on.

    Examples
    --------
    >>> repeated_periods(Horizon(days=1), ("Mon 22:00-06:00",), 2 * DAY) / 3600
    array([[22., 24.],
           [46., 48.]])
    >>> repeated_periods(Horizon(days=1), ("Mon-Sun 00:00-24:00",), 2 * DAY) / 3600
    array([[ 0., 48.]])
    """
    if horizon.days >= horizon.pattern_days > 6:
        return periods(opening, horizon.midnight, reach)
    once = periods(opening, horizon.midnight, horizon.length)
    if not len(once):
        return once
    copies = ceil(reach / horizon.length)
    edges = (once[None] + np.arange(copies)[:, None, None] * horizon.length).ravel()
    meets = np.flatnonzero(edges[1:-1:2] == edges[2::2])
    return np.delete(edges, np.concatenate((2 * meets + 1, 2 * meets + 2))).reshape(-1, 2)
