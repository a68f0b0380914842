"""From a scenario to its shifts: requirement by group, shifts with breaks, and tables of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np

from models.centre.staffing import staff
from models.scheduling.covering import (
    SECONDS,
    CoveringProblem,
    PeopleLimit,
    PlannedShift,
    cost_of,
    people_at_work,
    shift_cost,
)
from models.scheduling.options import Ints, ShiftGrid
from models.scheduling.patterns import ShiftRules, shift_options
from models.scheduling.second_phase import BreakMethod, cover_with_breaks
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.scenario import Scenario
from scenarios.units import DAY, HOUR, clock, written

if TYPE_CHECKING:
    import pandas as pd

GAP = 0.01
"""The gap at which a search ends unless another is asked for: a proof to the last cent can take many times longer."""
RequirementSource = Literal["formula", "plan"]
"""The agents that the targets need by formula, or those that the scenario plans."""


@dataclass(frozen=True)
class ShiftPlan:
    """The shifts of a scenario, one entry for each person and day."""

    scenario: Scenario
    rules: ShiftRules
    problem: CoveringProblem
    shifts: tuple[PlannedShift, ...]
    bound: float
    """No shifts under the same rules cost less; 0 where none is known."""
    seconds: float = 0.0

    @property
    def grid(self) -> ShiftGrid:
        """The intervals of the plan."""
        return self.problem.grid

    @property
    def present(self) -> dict[str, Ints]:
        """People at work by group, breaks left out, shape (intervals,)."""
        return people_at_work(self.grid, self.shifts, self.scenario.group_names)

    @property
    def net(self) -> dict[str, Ints]:
        """People at work less people required, by group, shape (intervals,)."""
        present = self.present
        return {name: present[name] - required for name, required in self.problem.requirement.items()}

    @property
    def wages(self) -> float:
        """What the shifts cost, breaks that are not paid left out."""
        return sum(shift_cost(shift) for shift in self.shifts)

    @property
    def cost(self) -> float:
        """What is minimised: wages, and the prices of missing people, people too many and different shifts."""
        return cost_of(self.problem, self.shifts)

    @property
    def gap(self) -> float:
        """By how much the cost may exceed the least, as a share of the cost."""
        return max(self.cost - self.bound, 0.0) / self.cost if self.cost else 0.0

    @property
    def paid_hours(self) -> float:
        """Hours that are paid."""
        return sum(paid_intervals(shift) for shift in self.shifts) * self.rules.interval / HOUR

    @property
    def short_hours(self) -> float:
        """Hours of missing people."""
        missing = sum(int(np.maximum(-values, 0).sum()) for values in self.net.values())
        return missing * self.rules.interval / HOUR

    @property
    def extra_hours(self) -> float:
        """Hours of people too many."""
        extra = sum(int(np.maximum(values, 0).sum()) for values in self.net.values())
        return extra * self.rules.interval / HOUR

    def time(self, interval: int) -> datetime:
        """When an interval of the plan begins."""
        return self.scenario.horizon.midnight + timedelta(seconds=interval * self.rules.interval)

    def with_people(self, people: Sequence[int]) -> ShiftPlan:
        """The plan with so many people on each different shift, in the order of `different_shifts`."""
        counted = zip(self.different_shifts, people, strict=True)
        return self.with_shifts([shift for shift, count in counted for _ in range(count)])

    @property
    def different_shifts(self) -> list[PlannedShift]:
        """The shifts that differ in group, times or breaks, in the order of `shift_table`."""
        return list(dict.fromkeys(self.shifts))

    def with_shifts(self, shifts: Sequence[PlannedShift]) -> ShiftPlan:
        """The plan with other shifts, scored anew under the same requirement and bound."""
        return replace(self, shifts=tuple(shifts))


def paid_intervals(shift: PlannedShift) -> int:
    """The intervals of a shift that are paid."""
    unpaid = sum(window.length for window in shift.option.breaks if not window.paid)
    return (sum(length for _, length in shift.option.parts) - unpaid) * len(shift.option.days)


def required_people(scenario: Scenario, source: RequirementSource = "formula") -> dict[str, Ints]:
    """People required on duty by group and interval of the scenario, shape (intervals,).

    By formula they meet every target, absence included, each flexible agent counted once; breaks are in the shifts.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> int(required_people(presets.load("help-desk"))["desk"].max())
    16
    """
    if source not in ("formula", "plan"):
        raise InvalidValue("requirement", source, "choose formula (targets by Erlang formula) or plan (the staffing)")
    plan = staff(scenario) if source == "formula" else scenario
    return dict(zip(scenario.group_names, np.asarray(plan.staffing, dtype=np.int64), strict=True))


def covering_problem(scenario: Scenario, rules: ShiftRules, required: dict[str, Ints]) -> CoveringProblem:
    """The covering of a scenario's requirement on the grid of the rules.

    Raises
    ------
    InvalidValue, InvalidScenario
        If the grid does not divide the intervals, or nobody is required, or a pattern cannot be used.
    """
    horizon = scenario.horizon
    finer = horizon.interval / rules.interval
    if abs(finer - round(finer)) > 1e-9 or finer < 1:
        raise InvalidValue(
            "interval",
            written(rules.interval),
            f"it must divide the scenario's interval of {written(horizon.interval)}",
        )
    if not any(values.any() for values in required.values()):
        raise InvalidScenario("requirement", "nobody is required in any interval", "give volumes or staffing")
    groups = tuple(group for group in scenario.agent_groups if required[group.name].any())
    options = shift_options(rules, groups, horizon.start, horizon.days)
    grid = ShiftGrid(round(DAY / rules.interval), horizon.days, rules.repeats)
    limits = {
        name: PeopleLimit(pattern.min_people, pattern.max_people)
        for group in groups
        for pattern in rules.patterns
        for day in range(horizon.days)
        if (pattern.min_people or pattern.max_people is not None)
        if any((name := f"{group.name}, {pattern.name}, day {day + 1}") in option.limits for option in options)
    }
    if rules.min_people or rules.max_people is not None:
        everybody = PeopleLimit(rules.min_people, rules.max_people)
        limits |= {f"{group.name}, day {day + 1}": everybody for group in groups for day in range(horizon.days)}
    hours = rules.interval / HOUR
    return CoveringProblem(
        grid,
        {group.name: np.repeat(required[group.name], round(finer)) for group in groups},
        tuple(replace(option, limits=tuple(name for name in option.limits if name in limits)) for option in options),
        under_price=None if rules.understaffing_price is None else rules.understaffing_price * hours,
        over_price=rules.overstaffing_price * hours,
        shift_price=rules.different_shift_price,
        limits=limits,
    )


def plan_shifts(
    scenario: Scenario,
    rules: ShiftRules,
    source: RequirementSource = "formula",
    *,
    breaks: BreakMethod = "auto",
    gap: float = GAP,
    seconds: float = SECONDS,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> ShiftPlan:
    """The shifts of least cost for a scenario, with their breaks.

    Parameters
    ----------
    breaks
        How breaks are chosen, see `models.scheduling.second_phase.cover_with_breaks`.

    Raises
    ------
    Uncoverable
        If no shifts keep the requirement and all limits.
    NoSolution, Cancelled, InvalidValue, InvalidScenario, TooLarge
        As in `models.scheduling.covering.cover` and `models.scheduling.patterns.shift_options`.

    Examples
    --------
    >>> from models.scheduling.patterns import rules_from
    >>> from scenarios.yaml import presets
    >>> rules = rules_from({"patterns": [{"name": "day", "lengths": ["8 h"], "start_step": "8 h"}]})
    >>> plan = plan_shifts(presets.load("help-desk"), rules)  # 16 people around the clock: three shifts of 8 hours
    >>> len(plan.shifts), plan.short_hours
    (48, 0.0)
    """
    required = required_people(scenario, source)
    return cover_requirement(
        *(scenario, rules, required), breaks=breaks, gap=gap, seconds=seconds, progress=progress, stop=stop
    )


def cover_requirement(
    scenario: Scenario,
    rules: ShiftRules,
    required: dict[str, Ints],
    *,
    breaks: BreakMethod = "auto",
    gap: float = GAP,
    seconds: float = SECONDS,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> ShiftPlan:
    """The shifts of least cost for people required by group and interval of a scenario.

    Raises
    ------
    Uncoverable, NoSolution, Cancelled, InvalidValue, InvalidScenario, TooLarge
        As in `plan_shifts`.
    """
    problem = covering_problem(scenario, rules, required)
    covering = cover_with_breaks(problem, breaks, gap=gap, seconds=seconds, progress=progress, stop=stop)
    return ShiftPlan(scenario, rules, problem, in_order(covering.shifts), covering.bound, covering.seconds)


def in_order(shifts: Sequence[PlannedShift]) -> tuple[PlannedShift, ...]:
    """Shifts by group, day, start and breaks."""
    return tuple(sorted(shifts, key=lambda s: (s.option.group, s.option.days, s.option.start, s.break_starts)))


# -- tables ----------------------------------------------------------------------------------------------------------


def times_text(shift: PlannedShift, interval: float) -> tuple[str, str, str]:
    """Start, end and breaks of a shift as times of day.

    Examples
    --------
    >>> from models.scheduling.options import BreakWindow, ShiftOption
    >>> night = ShiftOption("night", 44, ((0, 16),), breaks=(BreakWindow(1, (8,)),))
    >>> times_text(PlannedShift(night, (8,)), 1800)
    ('22:00', '06:00', '02:00-02:30')
    """
    option = shift.option

    def at(place: int, *, end: bool = False) -> str:
        time = (option.start + place) * interval % DAY
        return clock(DAY if end and not time else time)

    stretches = [
        f"{at(s)}-{at(s + window.length, end=True)}"
        for s, window in zip(shift.break_starts, option.breaks, strict=True)
    ]
    return at(0), at(option.length, end=True), ", ".join(stretches)


def shift_table(plan: ShiftPlan) -> pd.DataFrame:
    """The shifts with the same times and breaks together: a row for each, with its people, paid hours and cost."""
    import pandas as pd

    rows = []
    for shift, people in Counter(plan.shifts).items():
        begin, end, breaks = times_text(shift, plan.rules.interval)
        for day in shift.option.days:
            rows.append(
                {
                    "group": shift.option.group,
                    "day": plan.time(day * plan.grid.per_day),
                    "shift": shift.option.name,
                    "shift_start": begin,
                    "shift_end": end,
                    "break_times": breaks,
                    "people": people,
                    "paid_hours": people * paid_intervals(shift) * plan.rules.interval / HOUR,
                    "cost": people * shift_cost(shift),
                }
            )
    columns = ["group", "day", "shift", "shift_start", "shift_end", "break_times", "people", "paid_hours", "cost"]
    return pd.DataFrame(rows, columns=columns)


def coverage_table(plan: ShiftPlan) -> pd.DataFrame:
    """People required and at work in each interval of the plan, by group, and net staffing."""
    import pandas as pd

    times = [plan.time(place) for place in range(plan.grid.intervals)]
    present = plan.present
    parts = [
        pd.DataFrame({"group": name, "start": times, "required": required, "planned": present[name]})
        for name, required in plan.problem.requirement.items()
    ]
    rows = pd.concat(parts, ignore_index=True)
    return rows.assign(net=rows["planned"] - rows["required"])


def plan_lines(plan: ShiftPlan) -> list[tuple[str, object]]:
    """The summary of a plan, line by line; bound and gap where a bound is known."""
    currency = [("Currency", plan.scenario.currency)] if plan.scenario.currency else []
    bound = [("Lower bound", plan.bound), ("Optimality gap", f"{plan.gap:.2%}")] if plan.bound else []
    return [
        ("Scenario", plan.scenario.title or plan.scenario.name),
        ("Shift patterns", plan.rules.origin),
        ("Shifts", len(plan.shifts)),
        ("Paid hours", plan.paid_hours),
        ("Cost", plan.wages),
        *currency,
        *bound,
        ("Understaffed hours", plan.short_hours),
        ("Overstaffed hours", plan.extra_hours),
    ]
