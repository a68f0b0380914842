"""Numbers and dates as they are written in the language that is spoken now.

Rounding is Python's in every language; only the marks differ, so that the same value never reads as two.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol

from interface.language.messages import ENGLISH, current


def number(value: float, form: str = ",") -> str:
    r"""A number in Python's format, with the decimal and thousands marks of the language.

    Examples
    --------
    >>> number(12345.678, ",.1f")
    '12,345.7'
    >>> from interface.language.messages import speaking
    >>> with speaking("ru"):
    ...     number(12345.678, ",.1f")
    '12\xa0345,7'
    """
    return localised(format(value, form))


def localised(text: str) -> str:
    """A number written in English, with the marks of the language.

    Examples
    --------
    >>> from interface.language.messages import speaking
    >>> with speaking("ru"):
    ...     localised("3.5")
    '3,5'
    """
    if current() == ENGLISH:
        return text
    thousands, decimal = number_marks(current())
    return text.translate({ord(","): thousands, ord("."): decimal})


@cache
def number_marks(language: str) -> tuple[str, str]:
    r"""The marks between thousands and before decimals.

    Examples
    --------
    >>> number_marks("ar"), number_marks("ru")
    ((',', '.'), ('\xa0', ','))
    """
    return get_group_symbol(language), get_decimal_symbol(language)


def weekday_and_date(day: date, *, long: bool = False) -> str:
    """A weekday with its day and month, short or in full.

    Examples
    --------
    >>> weekday_and_date(date(2026, 3, 2)), weekday_and_date(date(2026, 3, 2), long=True)
    ('Mon 2 Mar', 'Monday 2 March')
    >>> from interface.language.messages import speaking
    >>> with speaking("ru"):
    ...     weekday_and_date(date(2026, 3, 2))
    'пн, 2 мар.'
    """
    if current() == ENGLISH:
        return f"{day:%A} {day.day} {day:%B}" if long else f"{day:%a} {day.day} {day:%b}"
    return format_date(day, "EEEE, d MMMM" if long else "EEE, d MMM", current())


def weekday_and_day(day: date) -> str:
    """A weekday with the day of the month.

    Examples
    --------
    >>> weekday_and_day(date(2026, 3, 2))
    'Mon 2'
    """
    return f"{day:%a} {day.day}" if current() == ENGLISH else format_date(day, "EEE d", current())


def day_and_month(day: date) -> str:
    """A day of a month.

    Examples
    --------
    >>> day_and_month(date(2026, 3, 2))
    '2 Mar'
    """
    return f"{day.day} {day:%b}" if current() == ENGLISH else format_date(day, "d MMM", current())


def weekday_and_time(time: datetime) -> str:
    """A weekday with the time of day.

    Examples
    --------
    >>> weekday_and_time(datetime(2026, 3, 2, 9, 30))
    'Mon 09:30'
    """
    weekday = f"{time:%a}" if current() == ENGLISH else format_date(time, "EEE", current())
    return f"{weekday} {time:%H:%M}"
