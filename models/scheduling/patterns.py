"""Shift patterns: which shifts a centre may plan, with their breaks, their limits on people and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.scheduling.options import BreakWindow, ShiftGrid, ShiftOption
from scenarios.agents import AgentGroup
from scenarios.contact_types import Name, PartName
from scenarios.errors import InvalidFile, InvalidScenario, InvalidValue, PlannerError, TooLarge
from scenarios.shifts.days import weekdays_and_dates
from scenarios.shifts.staffing import BreakRule
from scenarios.units import DAY, HOUR, MINUTE, Duration, Seconds, clock, written
from scenarios.yaml.parse import read
from scenarios.yaml.problems import validated
from scenarios.yaml.tables import read_text

MOST_OPTIONS = 50_000
"""Shifts that a search can choose from: starts x lengths x days of all patterns and groups."""
DEFAULT_ORIGIN = "assumption: the default shift patterns of the planner"
Factor = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]
People = Annotated[int, Field(ge=0, le=100_000)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SecondPart(_Part):
    """The second part of a split shift: its length, and the pause before it, which is not paid."""

    length: Duration
    pause: tuple[Duration, ...] = Field(min_length=1, max_length=20)
    """The pauses that are possible."""


class TimeFactor(_Part):
    """What an hour costs at certain times of day, as a multiple."""

    start: Seconds = Field(alias="from")
    end: Seconds = Field(alias="to")
    factor: Factor

    def holds(self, time: float) -> bool:
        """Whether it holds at a time of day; a stretch may pass midnight."""
        inside = self.start <= time < self.end
        return inside if self.start <= self.end else not self.end <= time < self.start


class ShiftPattern(_Part):
    """Shifts that are alike: their starts, lengths and breaks.

    Examples
    --------
    >>> day = ShiftPattern(name="day", earliest_start="08:00", latest_start="09:00", lengths=["8 h"])
    >>> [start / 3600 for start in day.starts]
    [8.0, 8.5, 9.0]
    """

    name: PartName
    groups: tuple[Name, ...] = ()
    """The agent groups that work it; without it all."""
    days: str = "Mon-Sun"
    """The weekdays on which it may begin, as in 'Mon-Fri' or 'Sat,Sun'."""
    earliest_start: Seconds = 0.0
    latest_start: Seconds = 23.5 * HOUR
    start_step: Duration = 30 * MINUTE
    lengths: tuple[Duration, ...] = Field(min_length=1, max_length=50)
    """From start to end, breaks included; of a split shift its first part."""
    breaks: tuple[BreakRule, ...] = Field(default=(), max_length=8)
    min_work: Duration = 0.0
    """The least time of work between two breaks."""
    max_work: Duration | None = None
    """The most time of work between two breaks."""
    second_part: SecondPart | None = None
    min_people: People = 0
    """The fewest people of a group on this pattern on each of its days."""
    max_people: People | None = None
    """The most people of a group on this pattern on each of its days."""
    cost_factor: Factor = 1.0

    @model_validator(mode="after")
    def _checked(self) -> ShiftPattern:
        self._refuse_days()
        if self.latest_start < self.earliest_start:
            raise InvalidValue(
                f"{self.name}.latest_start", clock(self.latest_start), "it must not be before earliest_start"
            )
        if self.latest_start >= DAY:
            raise InvalidValue(f"{self.name}.latest_start", clock(self.latest_start), "give a time before 24:00")
        if self.start_step <= 0:
            raise InvalidValue(f"{self.name}.start_step", self.start_step, "give a length above 0, such as 30 min")
        for length in self.lengths:
            if not 0 < length <= DAY:
                raise InvalidValue(f"{self.name}.lengths", written(length), "give lengths above 0 and up to 24 h")
        if self.max_people is not None and self.min_people > self.max_people:
            raise InvalidValue(
                f"{self.name}.min_people", self.min_people, f"it must not exceed max_people ({self.max_people})"
            )
        return self

    def _refuse_days(self) -> None:
        try:
            _ = self.weekdays
        except InvalidValue:
            raise InvalidValue(
                f"{self.name}.days", self.days, "write weekdays such as 'Mon-Fri' or 'Sat,Sun'"
            ) from None

    @property
    def weekdays(self) -> frozenset[int]:
        """The weekdays on which it may begin, Monday being 0."""
        weekdays, dates = weekdays_and_dates(self.days)
        if dates:
            raise InvalidValue("days", self.days, "a pattern begins on weekdays")
        return weekdays

    @property
    def starts(self) -> list[float]:
        """The times of day at which it may begin, in seconds."""
        count = int((self.latest_start - self.earliest_start) // self.start_step)
        return [self.earliest_start + step * self.start_step for step in range(count + 1)]


class ShiftRules(_Part):
    """All patterns of a centre, the grid of the plan, and what hours cost beside what they do by day."""

    interval: Seconds = 15 * MINUTE
    """The grid of starts, ends and breaks; it must divide the intervals of the scenario."""
    repeats: bool = True
    """The horizon repeats: a night shift of its last day is seen on its first."""
    patterns: tuple[ShiftPattern, ...] = Field(min_length=1, max_length=100)
    times: tuple[TimeFactor, ...] = ()
    """What hours cost in the evening or at night; where several hold they are multiplied."""
    weekend_factor: Factor = 1.0
    overtime_after: Duration | None = None
    """Paid time of a shift beyond it costs the overtime factor of the agent group."""
    min_people: People = 0
    """The fewest people of a group on each day."""
    max_people: People | None = None
    """The most people of a group on each day."""
    understaffing_price: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """Of an hour of one missing person; without it nobody may be missing."""
    overstaffing_price: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """Of an hour of one person too many, beside the wage."""
    different_shift_price: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """Of every different shift in the plan, so that there are few."""
    origin: str = "the shift patterns given"

    @model_validator(mode="after")
    def _names_once(self) -> ShiftRules:
        names = [pattern.name for pattern in self.patterns]
        if double := next((name for name in names if names.count(name) > 1), None):
            raise InvalidValue("patterns", double, "duplicate name; names must be unique")
        if self.interval < MINUTE or DAY % self.interval:
            raise InvalidValue(
                "interval", written(self.interval), "choose a length that divides the day, such as 15 min"
            )
        return self


def default_rules(interval: float = 15 * MINUTE) -> ShiftRules:
    """Full-time shifts of 8.5 hours and part-time shifts of 4 and 6 hours, with breaks in windows; an assumption.

    Examples
    --------
    >>> [pattern.name for pattern in default_rules().patterns]
    ['full-time', 'part-time 6 h', 'part-time 4 h']
    """
    lunch = {"length": "30 min", "earliest": "3 h", "latest": "5 h", "paid": False}
    first, last = ({"length": "15 min", "earliest": a, "latest": b} for a, b in (("1.5 h", "2.5 h"), ("6 h", "7 h")))
    return rules_from(
        {
            "interval": interval,
            "origin": DEFAULT_ORIGIN,
            "patterns": [
                {"name": "full-time", "lengths": ["8.5 h"], "breaks": [first, lunch, last], "min_work": "30 min"},
                {"name": "part-time 6 h", "lengths": ["6 h"], "breaks": [lunch | {"latest": "3.5 h"}]},
                {
                    "name": "part-time 4 h",
                    "lengths": ["4 h"],
                    "breaks": [{"length": "15 min", "earliest": "1.5 h", "latest": "2.5 h"}],
                },
            ],
        }
    )


def rules_from(values: object) -> ShiftRules:
    """Checked rules from plain values.

    Raises
    ------
    InvalidValue, InvalidScenario
        For the first thing that is wrong.

    Examples
    --------
    >>> rules_from({"patterns": [{"name": "early", "lengths": ["8 h"], "latest_start": "25:00"}]})
    Traceback (most recent call last):
    scenarios.errors.InvalidValue: ...early.latest_start: '25:00' cannot be used; give a time before 24:00
    """
    return validated(ShiftRules, values)


def read_rules(path: Path) -> ShiftRules:
    """The rules in a YAML file.

    Raises
    ------
    InvalidFile
        If it cannot be read, with line and column of the first problem.
    """
    return read_rules_text(read_text(path, "shift patterns"), path.name)


def read_rules_text(text: str, name: str) -> ShiftRules:
    """The rules in a YAML text, such as an upload; `name` is what errors call it.

    Raises
    ------
    InvalidFile
        As in `read_rules`.
    """
    document = read(text, name)
    try:
        rules = rules_from(document.values)
    except PlannerError as problem:
        field = str(getattr(problem, "field", ""))
        text = str(problem).removeprefix(f"{field}: ")
        message, _, remedy = text.rpartition("; ")
        raise InvalidFile(name, document.where(field), message or text, remedy, field) from None
    return rules if "origin" in document.values else rules.model_copy(update={"origin": name})


# -- from patterns to options ----------------------------------------------------------------------------------------


def shift_options(rules: ShiftRules, groups: tuple[AgentGroup, ...], first_day: date, days: int) -> list[ShiftOption]:
    """Every shift that the rules allow, by group, pattern, day, start and length.

    Raises
    ------
    InvalidValue, InvalidScenario
        If a time does not lie on the grid, a pattern names a group that is not there, or a break cannot be taken.
    TooLarge
        If there are more than `MOST_OPTIONS`.

    Examples
    --------
    >>> from datetime import date
    >>> desk = AgentGroup(name="desk", skills=["calls"], staffing=1, cost_per_hour=20)
    >>> options = shift_options(default_rules(), (desk,), date(2026, 3, 2), 1)
    >>> len(options), options[0].cost
    (144, 170.0)
    """
    known = {group.name for group in groups}
    for pattern in rules.patterns:
        if unknown := next((name for name in pattern.groups if name not in known), None):
            raise InvalidScenario(
                f"{pattern.name}.groups", f"there is no group '{unknown}'", f"known are {sorted(known)}"
            )
    count = sum(
        len(pattern.starts) * len(pattern.lengths) * len(second_pauses(pattern)) * days * len(pattern.groups or groups)
        for pattern in rules.patterns
    )
    if count > MOST_OPTIONS:
        raise TooLarge("shifts to choose from", f"{count:,}", f"{MOST_OPTIONS:,}", "take fewer starts or lengths")
    grid = ShiftGrid(round(DAY / rules.interval), days, rules.repeats)
    return [
        option
        for group in groups
        for pattern in rules.patterns
        if not pattern.groups or group.name in pattern.groups
        for option in _of_pattern(rules, pattern, group, first_day, grid)
    ]


def second_pauses(pattern: ShiftPattern) -> tuple[float | None, ...]:
    """The pauses of a split shift; None for a shift of one part."""
    return (None,) if pattern.second_part is None else pattern.second_part.pause


def _of_pattern(
    rules: ShiftRules, pattern: ShiftPattern, group: AgentGroup, first_day: date, grid: ShiftGrid
) -> Iterator[ShiftOption]:
    places = partial(_places, rules, pattern)
    for day in range(grid.days):
        weekday = (first_day + timedelta(days=day)).weekday()
        if weekday not in pattern.weekdays:
            continue
        for time in pattern.starts:
            start = places("start", time)
            for length in pattern.lengths:
                for pause in second_pauses(pattern):
                    parts = [(0, places("lengths", length))]
                    if pause is not None and pattern.second_part is not None:
                        after = parts[0][1] + places("second_part.pause", pause)
                        parts.append((after, places("second_part.length", pattern.second_part.length)))
                    ends = day * grid.per_day + start + sum(parts[-1])
                    if ends > grid.intervals and not grid.cyclic:
                        continue
                    yield shift_option(rules, pattern, group, first_day, day, start, tuple(parts))


def shift_option(
    rules: ShiftRules,
    pattern: ShiftPattern,
    group: AgentGroup,
    first_day: date,
    day: int,
    start: int,
    parts: tuple[tuple[int, int], ...],
) -> ShiftOption:
    """A shift of a pattern with what it costs; by hand it may begin at another time than the pattern allows.

    Parameters
    ----------
    day
        The day on which it begins, counted from `first_day`.
    start, parts
        The interval of the day in which it begins; presence as (after the start, length), in intervals of the rules.
    """
    places = partial(_places, rules, pattern)
    breaks = tuple(_window(rule, number, places) for number, rule in enumerate(pattern.breaks, start=1))
    weekday = (first_day + timedelta(days=day)).weekday()
    rates = _rates(rules, pattern, group, weekday, start, sum(parts[-1]))
    return ShiftOption(
        pattern.name,
        *(start, parts, (day,)),
        cost=_cost(rules, group, rates, list(parts), breaks),
        group=group.name,
        breaks=breaks,
        min_work=places("min_work", pattern.min_work),
        max_work=None if pattern.max_work is None else places("max_work", pattern.max_work),
        break_saving=tuple(rates.tolist()),
        limits=(f"{group.name}, {pattern.name}, day {day + 1}", f"{group.name}, day {day + 1}"),
    )


def _places(rules: ShiftRules, pattern: ShiftPattern, field: str, time: float) -> int:
    """A time in intervals of the rules."""
    count = time / rules.interval
    if abs(count - round(count)) > 1e-9:
        raise InvalidValue(
            f"{pattern.name}.{field}", written(time), f"it must lie on the grid of {written(rules.interval)}"
        )
    return round(count)


def _window(rule: BreakRule, number: int, places: Any) -> BreakWindow:
    field = f"breaks.{number}"
    first = places(f"{field}.earliest", rule.earliest)
    last = first if rule.latest is None else places(f"{field}.latest", rule.latest)
    return BreakWindow(places(f"{field}.length", rule.length), tuple(range(first, last + 1)), rule.paid)


def _rates(rules: ShiftRules, pattern: ShiftPattern, group: AgentGroup, weekday: int, start: int, length: int) -> Any:
    """What each interval of a shift costs, shape (length,)."""
    hourly = group.hourly * pattern.cost_factor * rules.interval / HOUR
    rates = np.full(length, hourly)
    for place in range(length):
        day, time = divmod((start + place) * rules.interval, DAY)
        if (weekday + int(day)) % 7 >= 5:
            rates[place] *= rules.weekend_factor
        for part in rules.times:
            if part.holds(time):
                rates[place] *= part.factor
    return rates


def _cost(
    rules: ShiftRules, group: AgentGroup, rates: Any, parts: list[tuple[int, int]], breaks: tuple[BreakWindow, ...]
) -> float:
    """The cost of a shift with all its presence paid; what breaks save is taken off where they lie."""
    paid = np.concatenate([rates[after : after + length] for after, length in parts])
    unpaid = sum(window.length for window in breaks if not window.paid)
    cost = float(paid.sum())
    if rules.overtime_after is not None:
        extra = max(len(paid) - unpaid - rules.overtime_after / rules.interval, 0)
        cost += (group.overtime_factor - 1) * extra * float(paid.mean())
    return cost
