"""Which days are special: public holidays, bridge days, pay days, and events that a person enters."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from scenarios.errors import InvalidValue

ONE_DAY = timedelta(days=1)
_FIRST_WEEKEND_DAY = 5


@dataclass(frozen=True)
class CalendarEvent:
    """A campaign, a mailing, school holidays: days that differ for a reason that is known.

    Examples
    --------
    >>> sale = CalendarEvent("sale", date(2026, 3, 2), date(2026, 3, 4), size=0.25)
    >>> sale.covers(date(2026, 3, 4)), sale.covers(date(2026, 3, 5))
    (True, False)
    """

    name: str
    first: date
    last: date
    size: float | None = None
    """The expected change of volume, 0.25 for a quarter more; without it, learnt from events of this name."""
    contact_type: str | None = None
    """The contact type that it concerns; all of them where none is named."""

    def __post_init__(self) -> None:
        """Check that the event ends after it begins and leaves some contacts.

        Raises
        ------
        InvalidValue
            If it ends before it begins, or its size is -100 % or less.
        """
        if self.last < self.first:
            raise InvalidValue(f"event {self.name}", str(self.last), f"it must not end before it begins ({self.first})")
        if self.size is not None and not -1 < self.size < 100:
            raise InvalidValue(
                f"event {self.name}", self.size, "give the change of volume as a share above -1: 0.25 or -0.1"
            )

    def covers(self, day: date) -> bool:
        """Whether the day belongs to the event."""
        return self.first <= day <= self.last


class DayFeatures(NamedTuple):
    """What is special about a day."""

    working_day_of_month: int
    first_of_week: bool
    after_holiday: bool
    before_holiday: bool
    bridge_day: bool
    holiday: bool
    pay_day: bool


@dataclass(frozen=True)
class WorkCalendar:
    """The special days that a forecast knows of.

    Examples
    --------
    >>> days = WorkCalendar(holidays={date(2026, 5, 14): "Ascension Day"}, pay_days=(-1,))
    >>> days.is_bridge_day(date(2026, 5, 15)), days.is_pay_day(date(2026, 5, 29))
    (True, True)
    """

    holidays: dict[date, str] = field(default_factory=dict)
    pay_days: tuple[int, ...] = ()
    """Days of the month on which wages or benefits are paid; -1 is the last. At a weekend the Friday before counts."""
    events: tuple[CalendarEvent, ...] = ()

    def __post_init__(self) -> None:
        """Check the pay days.

        Raises
        ------
        InvalidValue
            If a pay day is no day of a month.
        """
        for day in self.pay_days:
            if day != -1 and not 1 <= day <= 31:
                raise InvalidValue("pay days", day, "give days of the month from 1 to 31, or last")

    def is_holiday(self, day: date) -> bool:
        """Whether the day is a public holiday."""
        return day in self.holidays

    def is_free(self, day: date) -> bool:
        """Whether the day is a public holiday or at a weekend."""
        return day.weekday() >= _FIRST_WEEKEND_DAY or self.is_holiday(day)

    def is_after_holiday(self, day: date) -> bool:
        """Whether the last working day before was a holiday (weekends in between do not count)."""
        before = day - ONE_DAY
        while before.weekday() >= _FIRST_WEEKEND_DAY and not self.is_holiday(before):
            before -= ONE_DAY
        return not self.is_free(day) and self.is_holiday(before)

    def is_before_holiday(self, day: date) -> bool:
        """Whether the next working day would be a holiday."""
        after = day + ONE_DAY
        while after.weekday() >= _FIRST_WEEKEND_DAY and not self.is_holiday(after):
            after += ONE_DAY
        return not self.is_free(day) and self.is_holiday(after)

    def is_first_of_week(self, day: date) -> bool:
        """Whether this working day follows a free day."""
        return not self.is_free(day) and self.is_free(day - ONE_DAY)

    def is_bridge_day(self, day: date) -> bool:
        """Whether a single working day lies between free days, a holiday among them."""
        before, after = day - ONE_DAY, day + ONE_DAY
        touches_holiday = self.is_holiday(before) or self.is_holiday(after)
        return not self.is_free(day) and self.is_free(before) and self.is_free(after) and touches_holiday

    def is_pay_day(self, day: date) -> bool:
        """Whether wages are paid: the day itself, or the working day before where it is free."""
        candidate = day
        while candidate == day or self.is_free(candidate):
            if candidate.day in self._pay_days_of(candidate):
                return not self.is_free(day)
            candidate += ONE_DAY
        return False

    def _pay_days_of(self, day: date) -> set[int]:
        length = calendar.monthrange(day.year, day.month)[1]
        return {length if pay_day == -1 else min(pay_day, length) for pay_day in self.pay_days}

    def working_day_of_month(self, day: date) -> int:
        """The position among the working days of the month, from the nearer end: 0 is the first, -1 the last."""
        working_days = self._working_days(day.year, day.month)
        before = sum(working_day < day for working_day in working_days)
        to_end = before - len(working_days)
        return before if before <= -to_end - 1 else min(to_end, -1)

    def _working_days(self, year: int, month: int) -> tuple[date, ...]:
        if (year, month) not in self._months:
            length = calendar.monthrange(year, month)[1]
            days = (date(year, month, number) for number in range(1, length + 1))
            self._months[year, month] = tuple(day for day in days if not self.is_free(day))
        return self._months[year, month]

    @cached_property
    def _months(self) -> dict[tuple[int, int], tuple[date, ...]]:
        return {}

    def features(self, day: date) -> DayFeatures:
        """What is special about a day, looked up once."""
        if day not in self._features:
            self._features[day] = DayFeatures(
                self.working_day_of_month(day),
                self.is_first_of_week(day),
                self.is_after_holiday(day),
                self.is_before_holiday(day),
                self.is_bridge_day(day),
                self.is_holiday(day),
                self.is_pay_day(day),
            )
        return self._features[day]

    @cached_property
    def _features(self) -> dict[date, DayFeatures]:
        return {}

    def events_of(self, contact_type: str) -> tuple[CalendarEvent, ...]:
        """The events that concern a contact type."""
        return tuple(event for event in self.events if event.contact_type in (None, contact_type))


def public_holidays(country: str, years: Iterable[int]) -> dict[date, str]:
    """The public holidays of a country or one of its regions ("DE", "DE-BY"), by the `holidays` package.

    Raises
    ------
    InvalidValue
        If the package does not know the country.
    """
    from holidays import country_holidays  # takes a third of a second: imported when it is asked for

    code, _, region = country.partition("-")
    try:
        return dict(country_holidays(code.upper(), subdiv=region.upper() or None, years=list(years)))
    except NotImplementedError:
        remedy = "give a country as in DE, or a region as in DE-BY; or list the holidays themselves"
        raise InvalidValue("country", country, remedy) from None
