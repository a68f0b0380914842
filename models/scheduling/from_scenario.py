"""The shifts in a scenario as a plan of shifts, so that they can be scored, repaired and written back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from models.scheduling.covering import CoveringProblem, PlannedShift
from models.scheduling.options import BreakWindow, Ints, ShiftGrid, ShiftOption
from models.scheduling.patterns import ShiftRules, shift_options
from models.scheduling.shift_plan import ShiftPlan, in_order
from scenarios.agents import AgentGroup
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.scenario import Scenario
from scenarios.shifts.days import is_among
from scenarios.shifts.staffing import BreakRule, Shift, ShiftStaffing
from scenarios.units import DAY, HOUR, written

WEEK = 7


def plan_of_scenario(scenario: Scenario, rules: ShiftRules, required: Mapping[str, Ints]) -> ShiftPlan:
    """The shifts that the groups of a scenario work, named people among them, one entry for each person and day.

    A shift of the same times and breaks as one of the patterns has the windows and the cost of that pattern. Another
    has the windows and the cost that the scenario says; of *n* people the *k*-th begins a break (k - ½) / n into its
    window, as in the simulation, on the grid of the rules.

    Parameters
    ----------
    required
        People required by group, shape (intervals of the rules,). Groups without shifts are left out.

    Raises
    ------
    InvalidScenario
        If no group has shifts.
    InvalidValue
        If a shift does not lie on the grid of the rules.

    Examples
    --------
    >>> from models.scheduling.patterns import rules_from
    >>> from models.scheduling.shift_plan import plan_shifts
    >>> from models.scheduling.to_scenario import scenario_with_shifts
    >>> from scenarios.yaml import presets
    >>> rules = rules_from({"patterns": [{"name": "day", "lengths": ["8 h"], "start_step": "8 h"}]})
    >>> plan = plan_shifts(presets.load("help-desk"), rules)
    >>> again = plan_of_scenario(scenario_with_shifts(plan), rules, plan.problem.requirement)
    >>> again.shifts == plan.shifts
    True
    """
    staffed = [(g, g.staffing) for g in scenario.agent_groups if isinstance(g.staffing, ShiftStaffing)]
    groups = tuple(group for group, _ in staffed)
    if not groups:
        remedy = "write shifts into it: ccplan shifts SCENARIO --into SCENARIO"
        raise InvalidScenario("agent_groups", "no group has shifts", remedy)
    horizon = scenario.horizon
    grid = ShiftGrid(round(DAY / rules.interval), horizon.days, rules.repeats or horizon.days == WEEK)
    options = tuple(shift_options(rules, groups, horizon.start, horizon.days))
    problem = CoveringProblem(grid, {group.name: required[group.name] for group in groups}, options)
    shifts = [
        planned
        for group, staffing in staffed
        for planned in _ShiftReader(scenario, rules, group, staffing, options, grid).planned_shifts()
    ]
    return ShiftPlan(scenario, rules, problem, in_order(shifts), bound=0.0)


@dataclass(frozen=True)
class _ShiftReader:
    """Reads the shifts of an agent group on a grid."""

    scenario: Scenario
    rules: ShiftRules
    group: AgentGroup
    staffing: ShiftStaffing
    options: tuple[ShiftOption, ...]
    grid: ShiftGrid

    @cached_property
    def alike(self) -> dict[object, list[ShiftOption]]:
        """The options of the group by day, start and parts."""
        result: dict[object, list[ShiftOption]] = {}
        for option in self.options:
            if option.group == self.group.name:
                result.setdefault((option.days, option.start, option.parts), []).append(option)
        return result

    def planned_shifts(self) -> Iterator[PlannedShift]:
        for day in range(0 if self.grid.cyclic else -1, self.grid.days):  # -1: the night before a single period
            date = self.scenario.horizon.start + timedelta(days=day)
            named = Counter(
                name for person in self.staffing.people for name, days in person.shifts.items() if is_among(days, date)
            )
            for shift in self.staffing.shifts:
                people = named[shift.name] + (shift.people if is_among(shift.days, date) else 0)
                option = self._option(shift, day) if people else None
                if option is not None and (day >= 0 or option.start + option.length > self.grid.per_day):
                    yield from (self._planned(shift, option, (k + 0.5) / people) for k in range(people))

    def _option(self, shift: Shift, day: int) -> ShiftOption:
        parts = tuple((self._places(shift, a), self._places(shift, b - a)) for a, b in shift.parts)
        start = self._places(shift, shift.start)
        for option in self.alike.get(((day,), start, parts), []):
            if self._has_breaks_of(option, shift):
                return option
        breaks = tuple(self._window(shift, rule) for rule in shift.breaks)
        rate = self.group.hourly * self.rules.interval / HOUR
        paid = sum(length for _, length in parts)
        return ShiftOption(
            *(shift.name, start, parts, (day,), paid * rate, self.group.name, breaks),
            break_saving=(rate,) * sum(parts[-1]),
        )

    def _has_breaks_of(self, option: ShiftOption, shift: Shift) -> bool:
        """Whether all breaks of a shift are fixed, and lie in the windows of an option."""
        if len(option.breaks) != len(shift.breaks) or not shift.name.startswith(option.name):
            return False
        return all(
            rule.last == rule.earliest
            and (window.length, window.paid) == (self._places(shift, rule.length), rule.paid)
            and self._places(shift, rule.earliest) in window.starts
            for rule, window in zip(shift.breaks, option.breaks, strict=True)
        )

    def _window(self, shift: Shift, rule: BreakRule) -> BreakWindow:
        first, last = self._places(shift, rule.earliest), self._places(shift, rule.last)
        return BreakWindow(self._places(shift, rule.length), tuple(range(first, last + 1)), rule.paid)

    def _planned(self, shift: Shift, option: ShiftOption, share: float) -> PlannedShift:
        starts = tuple(round(begins / self.rules.interval) for begins in shift.break_starts(share))
        return PlannedShift(option, starts)

    def _places(self, shift: Shift, time: float) -> int:
        count = time / self.rules.interval
        if abs(count - round(count)) > 1e-9:
            remedy = f"it must lie on the grid of {written(self.rules.interval)}; give patterns with a finer interval"
            raise InvalidValue(f"{self.group.name}.{shift.name}", written(time), remedy)
        return round(count)


def with_day_of(required: Mapping[str, Ints], revised: Mapping[str, Ints], day: int, per_day: int) -> dict[str, Ints]:
    """A requirement by group with one day of it replaced by that of a revised day, shape (intervals,).

    Examples
    --------
    >>> import numpy as np
    >>> with_day_of({"desk": np.array([1, 1, 2, 2])}, {"desk": np.array([5, 6])}, 1, 2)["desk"].tolist()
    [1, 1, 5, 6]
    """
    result = {name: values.copy() for name, values in required.items()}
    for name, values in revised.items():
        result[name][day * per_day : (day + 1) * per_day] = values
    return result
