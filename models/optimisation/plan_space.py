"""The decision space of a search: agents by group and staffing period, with their limits and prices."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.centre.workload import workload
from models.optimisation.plan_rules import (
    NO_RULES,
    PlanRules,
    lowered,
    periods_of_run,
    raised,
    representatives,
    stretches_of,
)
from models.queueing.numerics.arguments import Floats
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.evaluation import in_periods
from scenarios.scenario import Scenario
from scenarios.units import DAY, HOUR

Staffing = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PlanSpace:
    """Agents of every group (G) in every staffing period (P)."""

    scenario: Scenario
    period: NDArray[np.int64]
    """The staffing period of each interval, shape (intervals,)."""
    hours_of: NDArray[np.bool_]
    """Whether a group may be staffed in each interval, shape (G, intervals)."""
    rules: PlanRules = NO_RULES
    """What a plan must keep beside its targets."""
    also: tuple[Scenario, ...] = ()
    """Further scenarios whose targets the same plan must meet; prices and limits are those of `scenario`."""

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenario and the further ones."""
        return (self.scenario, *self.also)

    @cached_property
    def each(self) -> tuple[PlanSpace, ...]:
        """The same plans for each scenario by itself."""
        if not self.also:
            return (self,)
        return tuple(PlanSpace(scenario, self.period, self.hours_of, self.rules) for scenario in self.scenarios)

    @cached_property
    def work(self) -> Floats:
        """Agent-seconds that contact types bring in each period, the most of all scenarios, shape (types, P)."""
        works = [in_periods(workload(scenario).work, self.period) for scenario in self.scenarios]
        return np.asarray(np.max(works, axis=0))

    @cached_property
    def may_work(self) -> NDArray[np.bool_]:
        """Whether a group may be staffed anywhere in a period, shape (G, P)."""
        return np.asarray(np.logical_or.reduceat(self.hours_of, self._starts, axis=1))

    @cached_property
    def _starts(self) -> NDArray[np.intp]:
        return np.flatnonzero(np.diff(self.period, prepend=-1))

    @property
    def shape(self) -> tuple[int, int]:
        """Groups and periods."""
        return len(self.scenario.agent_groups), int(self.period[-1]) + 1

    @cached_property
    def hours(self) -> Floats:
        """The length of each period in hours, shape (P,)."""
        return np.asarray(np.bincount(self.period) * self.scenario.horizon.interval / HOUR, dtype=float)

    @cached_property
    def agent_hours(self) -> Floats:
        """The hours that one agent works in each period, all of it where none may, shape (G, P)."""
        worked = np.add.reduceat(self.hours_of, self._starts, axis=1, dtype=float)
        return np.where(self.may_work, worked * self.scenario.horizon.interval / HOUR, self.hours)

    @cached_property
    def price(self) -> Floats:
        """What one agent costs in each period, paid breaks and leave included, shape (G, P)."""
        paid = [group.hourly / (1 - group.shrinkage.planned) for group in self.scenario.agent_groups]
        return np.array(paid)[:, None] * self.agent_hours

    @cached_property
    def min_staffing(self) -> Staffing:
        """The fewest agents allowed, shape (G, P)."""
        return np.where(self.may_work, [[g.min_agents] for g in self.scenario.agent_groups], 0)

    @cached_property
    def max_staffing(self) -> Floats:
        """The most agents allowed, infinite where there is no bound, shape (G, P)."""
        bound = [[math.inf if g.max_agents is None else float(g.max_agents)] for g in self.scenario.agent_groups]
        return np.where(self.may_work, bound, 0.0)

    @cached_property
    def eligible(self) -> NDArray[np.bool_]:
        """Whether a group may take a type, shape (groups, types)."""
        routed = [{route.group for route in self.scenario.routes(name)} for name in self.scenario.type_names]
        return np.array([[name in groups for groups in routed] for name in self.scenario.group_names])

    # -- rules -------------------------------------------------------------------------------------------------------

    @cached_property
    def representative(self) -> NDArray[np.int64]:
        """The period whose staffing each period shares, shape (P,): itself where nothing repeats."""
        if not self.rules.repeat:
            return np.arange(self.shape[1])
        return representatives(self.scenario, self.period, self.work, self.may_work)

    @cached_property
    def decided(self) -> NDArray[np.bool_]:
        """Whether a period has staffing of its own, shape (P,)."""
        return np.asarray(self.representative == np.arange(self.shape[1]))

    @cached_property
    def _stretches(self) -> list[list[slice]]:
        return [stretches_of(row) for row in self.may_work]

    @cached_property
    def run(self) -> int:
        """The periods of the shortest run of an agent."""
        return periods_of_run(self.rules, float(self.hours.min()))

    def shared(self, staffing: Staffing) -> Staffing:
        """The plan in which every period has the agents of the one whose staffing it shares."""
        return staffing[:, self.representative]

    def raised(self, staffing: Staffing) -> Staffing:
        """The plan with agents added until it keeps the rules."""
        return self._settled(staffing, np.maximum, raised)

    def trimmed(self, staffing: Staffing) -> Staffing:
        """The plan with agents removed until it keeps the rules."""
        return self._settled(staffing, np.minimum, lowered)

    def _settled(self, staffing: Staffing, extreme: np.ufunc, smoothed: Callable[..., Staffing]) -> Staffing:
        """The plan once neither sharing the extreme of alike periods nor smoothing short runs changes it."""
        while True:
            shared = staffing.copy()
            extreme.at(shared.T, self.representative, staffing.T)
            rows = zip(self.shared(shared), self._stretches, strict=True)
            after = np.array([smoothed(row, stretches, self.run) for row, stretches in rows])
            if np.array_equal(after, staffing):
                return after
            staffing = after

    def keeps_rules(self, staffing: Staffing) -> bool:
        """Whether hours that repeat are staffed alike and no peak or dip is shorter than a run."""
        return bool(np.array_equal(self.trimmed(staffing), staffing))

    def changes(self, staffing: Staffing) -> NDArray[np.int64]:
        """Agents more or fewer from each period in which a group may work to the next, shape (G,)."""
        both = self.may_work[:, 1:] & self.may_work[:, :-1]
        return np.asarray((np.abs(np.diff(staffing, axis=1)) * both).sum(axis=1))

    def change_cost(self, staffing: Staffing) -> float:
        """What changes of staffing count while searching; nobody pays it."""
        if not self.rules.change_price:
            return 0.0
        hourly = (self.price / self.agent_hours)[:, 0]
        return float(self.rules.change_price * (hourly @ self.changes(staffing)))

    @cached_property
    def bot_cost(self) -> float:
        """What bot sessions are expected to cost over the horizon, under any plan, the warm-up aside."""
        prices = np.array(
            [
                contact_type.bot.cost_per_session if contact_type.bot else 0.0
                for contact_type in self.scenario.contact_types
            ]
        )
        if not prices.any():
            return 0.0
        counted = self.scenario.horizon.edges[:-1] >= self.scenario.horizon.warm_up
        return float(prices @ workload(self.scenario).bot_sessions @ counted)

    def cost(self, staffing: Staffing) -> float:
        """What the planned hours of a plan cost over the horizon."""
        return float((self.price * staffing).sum())

    def within(self, staffing: Staffing) -> Staffing:
        """The nearest plan within the bounds."""
        return np.clip(staffing, self.min_staffing, self.max_staffing).astype(np.int64)

    def plans(self, staffing: Staffing) -> list[Scenario]:
        """Every scenario with these agents, see `plan`."""
        return [space.plan(staffing) for space in self.each]

    def plan(self, staffing: Staffing) -> Scenario:
        """The scenario with these agents, shape (G, P), in the hours in which a group may work and in no others."""
        per_day = self.scenario.horizon.intervals_per_day
        groups = []
        for group, row in zip(self.scenario.agent_groups, staffing[:, self.period] * self.hours_of, strict=True):
            days = row.reshape(-1, per_day)
            counts = tuple(int(n) for n in (days[0] if (days == days[0]).all() else row))
            groups.append(group.model_copy(update={"staffing": counts}))
        return self.scenario.replace(agent_groups=tuple(groups))

    def staffing_of(self, scenario: Scenario) -> Staffing:
        """The most agents that a scenario has in each period, within the bounds."""
        return self.within(np.maximum.reduceat(scenario.staffing, self._starts, axis=1))

    def outside(self, staffing: Staffing) -> NDArray[np.bool_]:
        """Where a plan staffs a group that has no agents then in the scenario, shape (G, P); empty groups aside."""
        current = self.scenario.staffing
        idle = (current == 0) & self.hours_of & current.any(axis=1, keepdims=True)
        return np.asarray((staffing > 0) & np.logical_or.reduceat(idle, self._starts, axis=1))

    @property
    def unpriced(self) -> tuple[str, ...]:
        """The groups without a price."""
        return tuple(group.name for group in self.scenario.agent_groups if not group.cost_per_hour)


def plan_space(
    scenario: Scenario, block: float = HOUR, rules: PlanRules = NO_RULES, also: tuple[Scenario, ...] = ()
) -> PlanSpace:
    """The plans of a scenario with agents that stay for `block` seconds, or an interval if that is longer.

    An infinite block is one number of agents throughout.

    A group may be staffed wherever one of its connected types is open, and for deferred types in the hours in which it
    has agents in the scenario as it is (in all their open hours if it has none anywhere). No agent is planned or
    paid in other hours, however long the block.

    A group may be staffed where it may be in any of the scenarios, if there are further ones.

    Raises
    ------
    InvalidValue
        If a block is not positive, or not a whole number of intervals that divides the day, or if scenarios cannot
        share a plan.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> plan_space(presets.load("help-desk"), block=3600).shape
    (1, 24)
    """
    horizon = scenario.horizon
    if not block > 0:
        raise InvalidValue("block", block, "give the length of a staffing period in seconds, more than 0")
    if math.isinf(block):
        period = np.zeros(horizon.intervals, dtype=np.int64)
    elif block > horizon.interval and (block % horizon.interval or DAY % block):
        raise InvalidValue("block", block, f"choose a multiple of {horizon.interval:g} s that divides the day")
    else:
        period = np.arange(horizon.intervals) // max(round(block / horizon.interval), 1)
    for other in also:
        _refuse_other_centre(scenario, other)
    hours = np.logical_or.reduce([_hours(each) for each in (scenario, *also)])
    return PlanSpace(scenario, period, hours, rules, tuple(also))


def same_centre(scenario: Scenario, other: Scenario) -> bool:
    """Whether two scenarios can have the same plan: of the same groups, contact types and intervals.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> weekday = presets.load("retail-weekday")
    >>> same_centre(weekday, presets.load("retail-sale-day")), same_centre(weekday, presets.load("help-desk"))
    (True, False)
    """
    return _centre(scenario) == _centre(other)


def _centre(scenario: Scenario) -> dict[str, object]:
    horizon = scenario.horizon
    length = f"{horizon.days} days in intervals of {horizon.interval / 60:g} min"
    return {
        "agent groups": ", ".join(scenario.group_names),
        "contact types": ", ".join(scenario.type_names),
        "horizon": length,
    }


def _refuse_other_centre(scenario: Scenario, other: Scenario) -> None:
    """Refuse a scenario that cannot have the same plan."""
    for field, value in _centre(other).items():
        if value != _centre(scenario)[field]:
            remedy = "give scenarios that differ in volumes, times, bots or targets alone"
            raise InvalidValue(field, f"{other.title or other.name}: {value}", remedy)


def refuse_shifts(scenario: Scenario) -> None:
    """Refuse groups that have shifts: a search changes heads per interval.

    Raises
    ------
    InvalidScenario
        Naming the first such group.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> early = {"name": "early", "start": "07:00", "length": "8 h", "people": 12}
    >>> refuse_shifts(presets.load("help-desk").replace_group("desk", staffing={"shifts": [early]}))
    Traceback (most recent call last):
    scenarios.errors.InvalidScenario: agent_groups.desk.staffing: it is given as shifts, but ...
    """
    group = next((group for group in scenario.agent_groups if group.shifts is not None), None)
    if group is not None:
        raise InvalidScenario(
            f"agent_groups.{group.name}.staffing",
            "it is given as shifts, but the optimiser plans heads per interval",
            "give heads per interval here, then plan shifts for them with 'ccplan shifts'",
        )


def _hours(scenario: Scenario) -> NDArray[np.bool_]:
    """Whether a group may be staffed in an interval, shape (G, intervals)."""
    opened = [scenario.horizon.open_share(contact_type.open) > 0 for contact_type in scenario.contact_types]
    rows = []
    for group, staffing in zip(scenario.agent_groups, scenario.staffing, strict=True):
        staffed = staffing > 0 if staffing.any() else np.ones(staffing.shape, dtype=bool)
        row = np.zeros(staffing.shape, dtype=bool)
        for contact_type, open_intervals in zip(scenario.contact_types, opened, strict=True):
            if group.name in {route.group for route in scenario.routes(contact_type.name)}:
                row |= open_intervals if contact_type.connected else open_intervals & staffed
        rows.append(row)
    return np.array(rows)
