"""Days as people write them: weekdays such as 'Mon-Fri', or dates such as '2026-03-02, 2026-03-05'."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field

from scenarios.errors import InvalidValue
from scenarios.hours import weekly
from scenarios.units import DAY

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_REMEDY = "write weekdays such as 'Mon-Fri' or 'Sat,Sun', or dates such as '2026-03-02, 2026-03-05'"
LONGEST_TEXT = 10_000
"""Letters of a list of days: dates of two years."""


@lru_cache(maxsize=4096)
def weekdays_and_dates(text: str) -> tuple[frozenset[int], frozenset[date]]:
    """The weekdays (Monday is 0) and the dates in a text.

    Raises
    ------
    InvalidValue
        If a part of it is neither.

    Examples
    --------
    >>> weekdays_and_dates("Sat,Sun")
    (frozenset({5, 6}), frozenset())
    """
    dates, others = set(), []
    for part in (part.strip() for part in text.split(",")):
        if _DATE.fullmatch(part):
            dates.add(_date(part, text))
        else:
            others.append(part)
    weekdays: set[int] = set()
    if others:
        try:
            weekdays = {int(begin // DAY) for begin, _ in weekly(f"{','.join(others)} 00:00-24:00")}
        except InvalidValue:
            raise InvalidValue("days", text, _REMEDY) from None
    return frozenset(weekdays), frozenset(dates)


def is_among(text: str, day: date) -> bool:
    """Whether a day is among those of a text.

    Examples
    --------
    >>> is_among("Mon-Fri", date(2026, 3, 2)), is_among("2026-03-03", date(2026, 3, 2))
    (True, False)
    """
    weekdays, dates = weekdays_and_dates(text)
    return day.weekday() in weekdays or day in dates


def _date(part: str, text: str) -> date:
    try:
        return date.fromisoformat(part)
    except ValueError:
        raise InvalidValue("days", text, f"there is no day {part}; {_REMEDY}") from None


def _checked(text: str) -> str:
    weekdays_and_dates(text)
    return text


Days = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_checked)]
"""Weekdays or dates."""
