"""Numbers and dates as they are written in the language that is spoken now.

Rounding is Python's in every language; only the marks differ, so that the same value never reads as two.
"""

from __future__ import annotations

from datetime import date
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


def weekday_and_date(day: date) -> str:
    """A weekday with its day and month, short.

    Examples
    --------
    >>> weekday_and_date(date(2026, 3, 2))
    'Mon 2 Mar'
    >>> from interface.language.messages import speaking
    >>> with speaking("ru"):
    ...     weekday_and_date(date(2026, 3, 2))
    'пн, 2 мар.'
    """
    return f"{day:%a} {day.day} {day:%b}" if current() == ENGLISH else format_date(day, "EEE, d MMM", current())
