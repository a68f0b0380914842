"""Rules of plans that planners accept, beside their targets: no hour given up, no one-hour spikes, repeats alike.

A target for a whole day is met most cheaply by poor hours, and a search on simulated days leaves one-hour spikes and
thin warm-up hours behind. Four rules keep such plans out: a floor under the service level of every open hour, a price
on changes of staffing, a shortest run, and equal staffing where hours repeat or are not judged. No peak is shorter than
a run where staffing equals its morphological opening by a flat window, no dip where it equals its closing (Serra 1982,
*Image Analysis and Mathematical Morphology*).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import InvalidValue
from scenarios.requirements import constraints
from scenarios.scenario import Scenario
from scenarios.units import HOUR

Ints = NDArray[np.int64]
LEAST_FLOOR = 0.5
"""The lowest floor that is set by points below a target."""
LARGEST_CHANGE_PRICE = 10.0
LONGEST_RUN = 24 * HOUR


@dataclass(frozen=True)
class PlanRules:
    """What a plan must keep beside its targets; by default nothing.

    Raises
    ------
    InvalidValue
        If a rule cannot be used.

    Examples
    --------
    >>> PlanRules(floor=0.1).floor_of(0.8), PlanRules(floor=0.1).floor_of(0.55)
    (0.7, 0.5)
    """

    floor: float | None = None
    """How far the service level of an open hour may lie below the target over longer, as a share; None for any."""
    change_price: float = 0.0
    """What one agent more or fewer from a period to the next counts while searching, in hours of the agent."""
    min_run: float = 0.0
    """The shortest time in seconds for which an agent is added or taken away."""
    repeat: bool = False
    """Whether hours that repeat are staffed alike, and hours that are not judged like those that are."""

    def __post_init__(self) -> None:
        """Refuse rules that cannot be used."""
        if self.floor is not None and not 0 < self.floor < 1:
            raise InvalidValue("floor", self.floor, "give the points below the target, 10 for ten, or off")
        if not 0 <= self.change_price <= LARGEST_CHANGE_PRICE:
            remedy = f"give the price of a change in agent-hours, 0 to {LARGEST_CHANGE_PRICE:g}"
            raise InvalidValue("change_price", self.change_price, remedy)
        if not 0 <= self.min_run <= LONGEST_RUN:
            raise InvalidValue("min_run", self.min_run, "give a length of time of at most a day, such as 2 h")

    def floor_of(self, share: float) -> float | None:
        """The floor beside a target for this share; None where there is room for none.

        Examples
        --------
        >>> PlanRules(floor=0.1).floor_of(0.5) is None
        True
        """
        if self.floor is None:
            return None
        floor = round(max(share - self.floor, LEAST_FLOOR), 6)
        return floor if floor < share else None


NO_RULES = PlanRules()
ACCEPTED = PlanRules(floor=0.1, change_price=0.1, min_run=2 * HOUR, repeat=True)
"""The rules of the command line, the app and the what-if studies."""


def with_floors(scenario: Scenario, rules: PlanRules) -> Scenario:
    """The scenario with a floor beside each target of a connected type over longer than an hour that has none.

    Work that may wait has no hour of its own: what arrives at night may be answered in the morning.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> [constraint.text for constraint in constraints(with_floors(presets.load("help-desk"), ACCEPTED))]
    ['80 % within 20 s', 'at least 70 % within 20 s in every open hour']
    """
    for contact_type in scenario.contact_types:
        target = contact_type.target
        if target is None or target.share is None or target.floor is not None or not contact_type.connected:
            continue
        floor = rules.floor_of(target.share)
        if floor is not None and target.every in ("horizon", "day"):
            scenario = scenario.replace_type(contact_type.name, target=target.model_copy(update={"floor": floor}))
    return scenario


# -- runs --------------------------------------------------------------------------------------------------------------


def opened(row: Ints, stretches: list[slice], length: int) -> Ints:
    """The staffing without peaks that are shorter than `length` periods, at most that given: its opening.

    Parameters
    ----------
    row
        Agents in each period, shape (P,).
    stretches
        Periods in a row in which the group may work; a shorter one than `length` is staffed evenly.

    Examples
    --------
    >>> opened(np.array([5, 6, 5, 4, 4, 7, 7]), [slice(0, 7)], 2).tolist()
    [5, 5, 5, 4, 4, 7, 7]
    """
    level = row.copy()
    for stretch in stretches:
        part = row[stretch].tolist()
        width = min(length, len(part))
        eroded = [min(part[first : first + width]) for first in range(len(part) - width + 1)]
        level[stretch] = [max(eroded[max(at - width + 1, 0) : at + 1]) for at in range(len(part))]
    return level


def closed(row: Ints, stretches: list[slice], length: int) -> Ints:
    """The staffing without dips that are shorter than `length` periods, at least that given: its closing.

    Fewer agents at the beginning or end of a stretch are no dip.

    Examples
    --------
    >>> closed(np.array([3, 5, 4, 5, 4, 4, 7]), [slice(0, 7)], 2).tolist()
    [3, 5, 5, 5, 4, 4, 7]
    """
    level = row.copy()
    for stretch in stretches:
        part = row[stretch].tolist()
        dilated = [max(part[max(first, 0) : first + length]) for first in range(1 - length, len(part))]
        level[stretch] = [min(dilated[at : at + length]) for at in range(len(part))]
    return level


def raised(row: Ints, stretches: list[slice], length: int) -> Ints:
    """At least the agents given, no peak or dip shorter than `length` periods: peaks made longer, dips filled.

    The highest peak comes first, and grows to the side on which fewer agents are needed.

    Examples
    --------
    >>> raised(np.array([5, 6, 4, 4, 7, 6]), [slice(0, 6)], 2).tolist()
    [6, 6, 4, 4, 7, 7]
    """
    level = row.copy()
    while (wrong := np.flatnonzero(opened(level, stretches, length) < level)).size:
        peak = int(wrong[np.argmax(level[wrong])])
        windows = _windows(peak, stretches, length, inside=True)
        trials = (_set(level, window, level[peak], np.maximum) for window in windows)
        level = min(trials, key=lambda trial: int(closed(trial, stretches, length).sum()))
    filled = closed(level, stretches, length)
    return level if np.array_equal(filled, level) else raised(filled, stretches, length)


def lowered(row: Ints, stretches: list[slice], length: int) -> Ints:
    """At most the agents given, no peak or dip shorter than `length` periods: peaks cut off, dips made longer.

    Examples
    --------
    >>> lowered(np.array([5, 5, 4, 5, 5, 6, 5]), [slice(0, 7)], 2).tolist()
    [5, 5, 4, 4, 5, 5, 5]
    """
    level = row.copy()
    while (wrong := np.flatnonzero(closed(level, stretches, length) > level)).size:
        dip = int(wrong[np.argmin(level[wrong])])
        windows = _windows(dip, stretches, length, inside=False)
        trials = (_set(level, window, level[dip], np.minimum) for window in windows)
        level = max(trials, key=lambda trial: int(opened(trial, stretches, length).sum()))
    cut = opened(level, stretches, length)
    return level if np.array_equal(cut, level) else lowered(cut, stretches, length)


def _set(row: Ints, window: slice, level: int, limit: np.ufunc) -> Ints:
    """The agents with those in a window raised (by `np.maximum`) or lowered (by `np.minimum`) to a level."""
    after = row.copy()
    after[window] = limit(row[window], level)
    return after


def _windows(period: int, stretches: list[slice], length: int, *, inside: bool) -> list[slice]:
    """The windows of a stretch that hold a period; those that reach beyond it cut off, unless they must lie inside."""
    stretch = next(part for part in stretches if part.start <= period < part.stop)
    width = min(length, stretch.stop - stretch.start) if inside else length
    windows = [slice(first, first + width) for first in range(period - width + 1, period + 1)]
    if inside:
        return [part for part in windows if stretch.start <= part.start and part.stop <= stretch.stop]
    return [slice(max(part.start, stretch.start), min(part.stop, stretch.stop)) for part in windows]


def stretches_of(may_work: NDArray[np.bool_]) -> list[slice]:
    """The periods in a row in which a group may work.

    Examples
    --------
    >>> stretches_of(np.array([False, True, True, False, True]))
    [slice(1, 3, None), slice(4, 5, None)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([0], may_work.astype(np.int64), [0]))))
    return [slice(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def periods_of_run(rules: PlanRules, hours: float) -> int:
    """The periods of so many hours that a shortest run takes."""
    return max(math.ceil(rules.min_run / HOUR / hours - 1e-9), 1)


# -- hours that repeat -------------------------------------------------------------------------------------------------


def representatives(scenario: Scenario, period: Ints, work: NDArray[np.float64], may_work: NDArray[np.bool_]) -> Ints:
    """The period whose staffing each staffing period shares, shape (P,): itself where nothing repeats.

    A judged hour shares that of the same time of the first equal day: of any day where all have equal demand and hours,
    else of the same weekday. An hour of the warm-up shares that of the same time of an equal day that is judged; where
    no other day is equal, that of the judged hour with the most similar workload, of equal ones the nearest.

    Parameters
    ----------
    period
        The staffing period of each interval.
    work
        The workload by type and period, shape (K, P).
    may_work
        Whether a group may be staffed, shape (G, P).
    """
    horizon, count = scenario.horizon, int(period[-1]) + 1
    number = np.arange(count)
    judged = np.zeros(count, dtype=bool)
    judged[period[horizon.edges[:-1] >= horizon.warm_up]] = True
    slots = count // horizon.days
    if not slots:
        return number
    share = number.copy()
    for index in number:
        day, slot = divmod(int(index), slots)
        same = [other * slots + slot for other in _equal_days(scenario, may_work, day)]
        eligible = [other for other in same if judged[other]]
        if eligible:
            share[index] = eligible[0]
        elif not judged[index]:
            alike = np.flatnonzero(judged & (may_work == may_work[:, [index]]).all(axis=0))
            if alike.size:
                distance = np.abs(work[:, alike] - work[:, [index]]).sum(axis=0)
                close = alike[distance <= distance.min() + 1e-9]
                share[index] = close[np.argmin(np.abs(close - index))]
    return share


def _equal_days(scenario: Scenario, may_work: NDArray[np.bool_], day: int) -> list[int]:
    """The days with the demand and the hours of a day: any if all are equal, else those of its weekday."""
    days = scenario.horizon.days
    demand = scenario.expected.reshape(len(scenario.expected), days, -1)
    hours = may_work.reshape(len(may_work), days, -1)
    equal = [
        np.allclose(demand[:, other], demand[:, day]) and bool((hours[:, other] == hours[:, day]).all())
        for other in range(days)
    ]
    return [other for other in range(days) if equal[other] and (all(equal) or (other - day) % 7 == 0)]


def floors(scenario: Scenario) -> list[str]:
    """The floors of a scenario, in words.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> floors(with_floors(presets.load("help-desk"), ACCEPTED))
    ['calls: at least 70 % within 20 s in every open hour']
    """
    return [f"{constraint.of}: {constraint.text}" for constraint in constraints(scenario) if constraint.floor]
