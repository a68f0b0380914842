"""What a roster is made from: shifts, people with their contracts and wishes, and the heads needed by day and shift.

A roster of `days` calendar days gives each person at most one shift a day. A shift belongs to the day on which it
begins, a night shift too. Contracts, skills, days off and fixed assignments are hard rules; wishes and heads have
prices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np

from scenarios.errors import InvalidValue

Lines: TypeAlias = "np.ndarray[Any, np.dtype[np.int16]]"
"""A roster: the number of the shift of each person on each day, shape (people, days); `OFF` on a day off."""
PersonBreaks: TypeAlias = "tuple[tuple[int, int], ...]"
"""The breaks of a person on a day: minute after midnight of the day on which the shift begins, and length."""
OFF = -1
MINUTES_A_DAY = 1440
BURDENS = ("evening", "night", "weekend")
EVENING = 20 * 60
"""A shift that ends after this minute of the day is an evening shift, one that ends after midnight a night shift."""
MOST_DAYS = 92
MOST_PEOPLE = 500
SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True)
class RosterShift:
    """A shift: when it begins and ends, and the skill that it needs."""

    name: str
    start: int
    """Minute of the day."""
    minutes: int
    """From start to end, breaks included."""
    unpaid: int = 0
    """Minutes of it that do not count as working time."""
    skill: str = ""
    """The skill that a person needs for it; empty: none."""
    not_before: frozenset[str] = frozenset()
    """Shifts that may not follow it on the next day, whatever the rest in between."""

    @property
    def end(self) -> int:
        """Minute after midnight of the first day at which it ends; above 1440 for a night shift."""
        return self.start + self.minutes

    @property
    def is_evening(self) -> bool:
        """Whether it ends late, but not after midnight."""
        return EVENING < self.end <= MINUTES_A_DAY

    @property
    def is_night(self) -> bool:
        """Whether it ends on the next day."""
        return self.end > MINUTES_A_DAY


@dataclass(frozen=True)
class Contract:
    """Hard rules of a person over the days of the roster; by default nearly none."""

    name: str = "contract"
    min_minutes: int = 0
    max_minutes: int = MINUTES_A_DAY * MOST_DAYS
    max_shifts: Mapping[str, int] = field(default_factory=dict)
    """The most of a shift; without an entry as many as there are days."""
    max_consecutive: int = 6
    """Days worked in a row."""
    min_consecutive: int = 1
    min_days_off: int = 1
    """Days off in a row."""
    max_weekends: int = MOST_DAYS
    """Weekends with work on Saturday, Sunday or both."""
    rest: int = 0
    """Minutes from the end of a shift to the start of the next day's."""


@dataclass(frozen=True)
class Wish:
    """A day or a shift that a person wants, or does not want, and the price of not giving it."""

    day: int
    price: float
    shift: str = ""
    """Empty: any shift, so that the wish is to work at all or to be off."""
    works: bool = False
    """Whether the person wants it, rather than not."""


@dataclass(frozen=True)
class Person:
    """A person to whom shifts are given."""

    name: str
    contract: Contract
    skills: frozenset[str] = frozenset()
    unavailable: frozenset[tuple[int, str]] = frozenset()
    """Day and shift; an empty shift: the whole day."""
    wishes: tuple[Wish, ...] = ()
    fixed: Mapping[int, str] = field(default_factory=dict)
    """The shift of a day that no search may change; empty: off."""


@dataclass(frozen=True, eq=False)
class RosterProblem:
    """All that a roster has to keep, and the price of what it may break."""

    start: date
    days: int
    shifts: tuple[RosterShift, ...]
    people: tuple[Person, ...]
    heads: Any
    """People needed, shape (days, shifts)."""
    under_price: Any
    """Price of each person too few, shape (days, shifts)."""
    over_price: Any
    """Price of each person too many, shape (days, shifts)."""
    zone: str = ""
    """The time zone by name, so that rest and working time are right where the clock changes; empty: it never does."""
    fair_price: float = 0.0
    """Price of each evening, night and weekend shift of a person above the person's fair share."""
    breaks: Mapping[tuple[int, str], tuple[PersonBreaks, ...]] = field(default_factory=dict)
    """The breaks planned for the people of a shift of a day, an entry for each person; without one none are known."""

    @cached_property
    def number(self) -> dict[str, int]:
        """The number of each shift by name."""
        return {shift.name: number for number, shift in enumerate(self.shifts)}

    @property
    def tzinfo(self) -> ZoneInfo | None:
        """The time zone, if there is one."""
        return ZoneInfo(self.zone) if self.zone else None

    def date(self, day: int) -> date:
        """The calendar day of a day of the roster."""
        return self.start + timedelta(days=day)

    def weekday(self, day: int) -> int:
        """0 for Monday."""
        return (self.start.weekday() + day) % 7

    def begins(self, day: int, shift: RosterShift) -> datetime:
        """When a shift of a day begins, with its time zone if the problem has one."""
        return self._moment(day, shift.start)

    def ends(self, day: int, shift: RosterShift) -> datetime:
        """When a shift of a day ends by the clock on the wall."""
        return self._moment(day, shift.end)

    @cached_property
    def minutes(self) -> Any:
        """Paid minutes, shape (days, shifts): a night shift is an hour shorter when the clock goes forward."""
        return np.array(
            [
                [_minutes(self.ends(day, shift), self.begins(day, shift)) - shift.unpaid for shift in self.shifts]
                for day in range(self.days)
            ]
        )

    def rest(self, day: int, first: RosterShift, second: RosterShift) -> int:
        """Minutes from the end of a shift of a day to the start of one of the next day."""
        return _minutes(self.begins(day + 1, second), self.ends(day, first))

    def blocked(self, person: Person) -> Any:
        """Whether a shift of a day rules out one of the next day, shape (days - 1, shifts, shifts)."""
        blocked = np.zeros((max(self.days - 1, 0), len(self.shifts), len(self.shifts)), bool)
        for row, first in enumerate(self.shifts):
            for column, second in enumerate(self.shifts):
                if second.name in first.not_before:
                    blocked[:, row, column] = True
                elif person.contract.rest:
                    rests = [self.rest(day, first, second) for day in range(self.days - 1)]
                    blocked[:, row, column] = np.array(rests, int) < person.contract.rest
        return blocked

    def allowed(self, person: Person) -> Any:
        """Whether a person may be off (column 0) or work each shift (1, 2, ...) on a day, shape (days, shifts + 1)."""
        allowed = np.ones((self.days, len(self.shifts) + 1), bool)
        for column, shift in enumerate(self.shifts, start=1):
            if (shift.skill and shift.skill not in person.skills) or person.contract.max_shifts.get(shift.name, 1) == 0:
                allowed[:, column] = False
        for day, name in person.unavailable:
            if name:
                allowed[day, self.number[name] + 1] = False
            else:
                allowed[day, 1:] = False
        for day, name in person.fixed.items():
            kept = self.number[name] + 1 if name else 0
            permitted = allowed[day, kept]
            allowed[day] = False
            allowed[day, kept] = permitted
        return allowed

    def wish_costs(self, person: Person) -> Any:
        """Price of the wishes broken by being off (column 0) or by each shift, shape (days, shifts + 1)."""
        costs = np.zeros((self.days, len(self.shifts) + 1))
        for wish in person.wishes:
            wanted = np.zeros(len(self.shifts) + 1, bool)
            wanted[self.number[wish.shift] + 1 if wish.shift else slice(1, None)] = True
            costs[wish.day, ~wanted if wish.works else wanted] += wish.price
        return costs

    @cached_property
    def burdens(self) -> Any:
        """Whether a shift of a day is an evening, a night, a weekend shift, shape (3, days, shifts)."""
        burdens = np.zeros((3, self.days, len(self.shifts)), bool)
        burdens[0, :, [shift.is_evening for shift in self.shifts]] = True
        burdens[1, :, [shift.is_night for shift in self.shifts]] = True
        burdens[2, [self.weekday(day) >= SATURDAY for day in range(self.days)]] = True
        return burdens

    @cached_property
    def fair_shares(self) -> Any:
        """How many evening, night and weekend shifts are fair for each person, shape (people, 3).

        The heads needed, dealt out by the most hours of contracts to those who may work such shifts, rounded up.
        """
        hours = np.array([min(person.contract.max_minutes, 480 * self.days) for person in self.people], float)
        able = np.array([[self.allowed(p)[:, 1:][burden].any() for burden in self.burdens] for p in self.people])
        weights = able.reshape(-1, 3) * hours[:, None]
        heads = (self.burdens * self.heads).sum(axis=(1, 2))
        return np.ceil(heads * weights / np.maximum(weights.sum(axis=0), 1) - 1e-9)

    def unfair(self, person: int, line: Any) -> float:
        """Price of what a line of a person, by number, has above fair shares."""
        above = np.maximum(self.burden_counts(line) - self.fair_shares[person], 0)
        return self.fair_price * float(above.sum())

    def burden_counts(self, line: Any) -> Any:
        """The evening, night and weekend shifts of a line, shape (3,)."""
        days = np.flatnonzero(line != OFF)
        return self.burdens[:, days, line[days]].sum(axis=1)

    def staffed(self, lines: Lines) -> Any:
        """People on each shift of each day, shape (days, shifts)."""
        staffed = np.zeros((self.days, len(self.shifts)), int)
        for line in lines:
            days = np.flatnonzero(line != OFF)
            staffed[days, line[days]] += 1
        return staffed

    def cost(self, lines: Lines) -> float:
        """Prices of all broken wishes, unfair shares, and people too few and too many."""
        days = np.arange(self.days)
        wishes = sum(
            float(self.wish_costs(person)[days, line + 1].sum())
            for person, line in zip(self.people, lines, strict=True)
        )
        unfair = sum(self.unfair(number, line) for number, line in enumerate(lines)) if self.fair_price else 0.0
        return wishes + unfair + float(self.head_costs(lines).sum())

    def head_costs(self, lines: Lines) -> Any:
        """Price of people too few and too many, shape (days, shifts)."""
        over = self.staffed(lines) - self.heads
        return np.where(over > 0, over * self.over_price, -over * self.under_price)

    def fix(self, fixed: Mapping[str, Mapping[int, str]]) -> RosterProblem:
        """The same problem with further assignments that no search may change, by person and day.

        Raises
        ------
        InvalidValue
            If there is no such person, day or shift.
        """
        names = {person.name for person in self.people}
        for name, days in fixed.items():
            if name not in names:
                raise InvalidValue("fixed", name, "nobody of this name is in the roster")
            for day, shift in days.items():
                if not 0 <= day < self.days:
                    raise InvalidValue(f"fixed.{name}", day, f"the roster has days 0 to {self.days - 1}")
                if shift and shift not in self.number:
                    raise InvalidValue(f"fixed.{name}", shift, f"known shifts are {', '.join(self.number)}")
        people = tuple(replace(person, fixed={**person.fixed, **fixed.get(person.name, {})}) for person in self.people)
        return replace(self, people=people)

    def _moment(self, day: int, minute: int) -> datetime:
        moment = datetime.combine(self.date(day), time()) + timedelta(minutes=minute)
        return moment.replace(tzinfo=self.tzinfo)


def _minutes(end: datetime, begin: datetime) -> int:
    """Minutes that really pass between two moments; Python subtracts clocks on the wall within a zone."""
    if begin.tzinfo is None:
        return int((end - begin).total_seconds()) // 60
    return int(end.timestamp() - begin.timestamp()) // 60


def weekend_number(problem: RosterProblem, day: int) -> int:
    """The number of the weekend that a day belongs to; -1 for a weekday."""
    weekday = problem.weekday(day)
    return -1 if weekday < SATURDAY else (day + problem.start.weekday()) // 7


def no_lines(people: Sequence[Person], days: int) -> Lines:
    """A roster in which everybody is off."""
    return np.full((len(people), days), OFF, np.int16)
