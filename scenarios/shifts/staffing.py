"""Staffing given as shifts: how many people work which shift on which days, or who does, with their breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scenarios.contact_types import PartName
from scenarios.distributions import Distribution
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.shifts.days import Days
from scenarios.units import DAY, Duration, Seconds, TimeOfDay, written

MOST_SHIFTS = 5000
"""Different shifts of an agent group."""
MOST_PEOPLE = 5000
"""Named people of an agent group."""
MOST_BREAKS = 8
People = Annotated[int, Field(ge=0, le=100_000)]
DelayedBreaks = Literal["moved", "shortened"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class BreakRule(_Part):
    """A break of a shift: at a fixed time after its start, or within a window."""

    length: Duration
    earliest: Seconds
    """The earliest beginning after the start of the shift."""
    latest: Seconds | None = None
    """The latest beginning; without it the break is fixed at the earliest."""
    paid: bool = True

    @property
    def last(self) -> float:
        """The latest beginning after the start of the shift."""
        return self.earliest if self.latest is None else self.latest


class LaterPart(_Part):
    """The second part of a split shift: its length, and the pause before it, which is not paid."""

    length: Duration
    pause: Duration


class Shift(_Part):
    """A shift, the days on which it begins, and how many people work it.

    Examples
    --------
    >>> Shift(name="night", start="22:00", length="8 h", days="Mon-Fri", people=4).end / 3600
    30.0
    """

    name: PartName
    start: TimeOfDay
    length: Duration
    """From start to end, breaks included; of a split shift its first part."""
    breaks: tuple[BreakRule, ...] = Field(default=(), max_length=MOST_BREAKS)
    second_part: LaterPart | None = None
    days: Days = "Mon-Sun"
    """Weekdays or dates on which it begins."""
    people: People = 0
    """How many people work it on each of its days, beside those who are named."""

    @model_validator(mode="after")
    def _checked(self) -> Shift:
        lengths = {"length": self.length}
        if self.second_part is not None:
            lengths["second_part.length"] = self.second_part.length
        for field, length in lengths.items():
            if length <= 0:
                raise InvalidValue(f"{self.name}.{field}", length, "give a length above 0, such as 8 h")
        if self.end - self.start > DAY:
            problem = f"it takes {written(self.end - self.start)} from start to end"
            raise InvalidScenario(f"{self.name}.length", problem, "a shift takes at most 24 h")
        for share in (0.0, 1.0):
            self._refuse_breaks(share)
        return self

    def _refuse_breaks(self, share: float) -> None:
        over = 0.0
        for number, (rule, begins) in enumerate(zip(self.breaks, self.break_starts(share), strict=True)):
            field, end = f"{self.name}.breaks.{number}", begins + rule.length
            if rule.length <= 0:
                raise InvalidValue(f"{field}.length", rule.length, "give a length above 0, such as 15 min")
            if rule.last < rule.earliest:
                raise InvalidValue(f"{field}.latest", written(rule.last), "it must not be before earliest")
            if not any(after <= begins and end <= until for after, until in self.parts):
                problem = f"it lies {written(begins)} to {written(end)} after the start, which is not within the shift"
                raise InvalidScenario(field, problem, "move it, or lengthen the shift")
            if begins < over:
                raise InvalidScenario(
                    field,
                    f"it may begin {written(begins)} after the start, before the break before it is over",
                    "list breaks in order, with windows that begin and end one after the other",
                )
            over = end

    def break_starts(self, share: float) -> Iterator[float]:
        """When breaks begin after the start: so far into their windows as a share from 0 to 1 says."""
        return (rule.earliest + share * (rule.last - rule.earliest) for rule in self.breaks)

    @property
    def parts(self) -> tuple[tuple[float, float], ...]:
        """Presence as seconds after the start, breaks included: one part, or two of a split shift."""
        if self.second_part is None:
            return ((0.0, self.length),)
        second = self.length + self.second_part.pause
        return (0.0, self.length), (second, second + self.second_part.length)

    @property
    def end(self) -> float:
        """Seconds from the midnight before it begins to its end; more than a day for a night shift."""
        return self.start + self.parts[-1][1]


class NamedPerson(_Part):
    """A named person with shifts.

    Examples
    --------
    >>> NamedPerson(name="Ana", shifts={"early": "Mon-Thu", "late": "Fri"}).shifts["late"]
    'Fri'
    """

    name: PartName
    shifts: dict[PartName, Days] = Field(min_length=1)
    """The days on which each shift is worked, by the name of the shift."""


class LateStarts(_Part):
    """People who come late: drawn for each person and day."""

    share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    """The chance that a shift is begun late."""
    delay: Distribution
    """How late, at most until the first break or the end of the shift."""


class ShiftStaffing(_Part):
    """The shifts of an agent group, by number of people or by name.

    Examples
    --------
    >>> desk = ShiftStaffing(shifts=[{"name": "early", "start": "07:00", "length": "8 h", "people": 12}])
    >>> desk.delayed_breaks
    'moved'
    """

    shifts: Annotated[tuple[Shift, ...], Field(min_length=1, max_length=MOST_SHIFTS)]
    people: Annotated[tuple[NamedPerson, ...], Field(max_length=MOST_PEOPLE)] = ()
    """Named people, beside the numbers of people on the shifts."""
    delayed_breaks: DelayedBreaks = "moved"
    """A break that a contact in hand delays: later in full, or shorter, so that it ends when planned."""
    late_starts: LateStarts | None = None

    @model_validator(mode="after")
    def _checked(self) -> ShiftStaffing:
        for field, parts in (("shifts", self.shifts), ("people", self.people)):
            names = Counter(part.name for part in parts)
            if double := next((name for name, count in names.items() if count > 1), None):
                raise InvalidScenario(f"{field}.{double}", "it is there twice", "give every shift and person one name")
        known = {shift.name for shift in self.shifts}
        for person in self.people:
            if unknown := next((name for name in person.shifts if name not in known), None):
                remedy = f"known are {', '.join(sorted(known))}"
                raise InvalidValue(f"people.{person.name}.shifts", unknown, remedy)
        named = {name for person in self.people for name in person.shifts}
        for shift in self.shifts:
            if not shift.people and shift.name not in named:
                problem = "nobody works it"
                raise InvalidScenario(f"shifts.{shift.name}.people", problem, "give people or names, or remove it")
        return self

    @property
    def person_count(self) -> int:
        """All people: those of the numbers, each shift with its own, and the named ones."""
        return sum(shift.people for shift in self.shifts) + len(self.people)
