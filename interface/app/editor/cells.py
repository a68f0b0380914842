"""Cells of the grids: how a value is shown, how it is read, and which cell an error is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from scenarios.contact_log import numerals
from scenarios.distributions import ZERO, Distribution
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.units import duration, seconds, written

Edits = Mapping[int, Mapping[str, Any]]
"""Row number to column to new value; None is an emptied cell."""


@contextmanager
def cell(row: str, column: str) -> Iterator[None]:
    """Errors inside name the cell, as people see it."""
    try:
        yield
    except InvalidValue as wrong:
        raise InvalidValue(f"{row}, {column}", wrong.value, wrong.remedy) from None
    except InvalidScenario as wrong:
        raise InvalidScenario(f"{row}, {column}", wrong.problem, wrong.remedy) from None


def brief_time(time: Distribution) -> str:
    """The mean of a time as people write it.

    Examples
    --------
    >>> from scenarios.distributions import Exponential
    >>> brief_time(Exponential(mean=90))
    '1.5 min'
    """
    return written(round(time.mean, 2))


def brief_number(value: float | None) -> str:
    """A number as text of a cell, empty where there is none."""
    return "" if value is None else numerals.written(value)


def with_mean(time: Distribution, value: Any, field: str) -> Distribution | dict[str, Any]:
    """The same kind of time with another mean; a plain one where it has none yet.

    Examples
    --------
    >>> from scenarios.distributions import Exponential
    >>> with_mean(Exponential(mean=90), "2:00", "Patience").mean, with_mean(ZERO, "2 min", "Delay")
    (120.0, {'mean': 120.0})
    """
    mean = length(field, value)
    if mean == 0:
        return ZERO
    return time.scaled(mean / time.mean) if time.mean > 0 else {"mean": mean}


def length(field: str, value: Any) -> float:
    """The seconds of a length of time in a cell; two parts are minutes and seconds.

    Raises
    ------
    InvalidValue
        If it is no time, or can be read in two ways.

    Examples
    --------
    >>> length("Handle time", "06:00"), length("Handle time", "12,5 min")
    (360.0, 750.0)
    """
    return duration(_with_points(field, value) if isinstance(value, str) else value, field)


def hours(field: str, value: str) -> float:
    """The seconds of a part of a day in a cell; two parts are hours and minutes.

    Raises
    ------
    InvalidValue
        If it is no time, or can be read in two ways.

    Examples
    --------
    >>> hours("Length", "8:30"), hours("Length", "8,5 h"), hours("Latest", "30 min")
    (30600.0, 30600.0, 1800.0)
    """
    return seconds(_with_points(field, value), field)


def _with_points(field: str, text: str) -> str:
    """A text of numbers with decimal points."""
    texts = numerals.numerals(text)
    if any(map(numerals.is_ambiguous, texts)):
        raise _ambiguous(field, text, next(filter(numerals.is_ambiguous, texts)))
    return numerals.plain(text, "comma" if numerals.marks(texts) == {"comma"} else "point")


def number(field: str, value: Any) -> float:
    """The number in a cell, with a decimal comma or point.

    Raises
    ------
    InvalidValue
        If it is empty, no number, or can be read in two ways.

    Examples
    --------
    >>> number("calls", "12,5"), number("calls", "1 234"), number("Target (%)", "80 %")
    (12.5, 1234.0, 80.0)
    """
    if value in (None, ""):
        raise InvalidValue(field, "", "write a number")
    if not isinstance(value, str):
        return float(value)
    if numerals.is_ambiguous(value):
        raise _ambiguous(field, value, value)
    readings = [numerals.value(value, mark) for mark in numerals.MARKS]
    reading = next((reading for reading in readings if reading is not None), None)
    if reading is None:
        raise InvalidValue(field, value, "write a number, as in 12.5 or 12,5")
    return reading


def amount(field: str, value: Any) -> float:
    """The number in a cell that is neither negative nor a percentage.

    Raises
    ------
    InvalidValue
        As `number`, and if it has a minus or a per cent sign.
    """
    if isinstance(value, str) and numerals.is_share(value):
        raise InvalidValue(field, value, "write a number, not a percentage")
    reading = number(field, value)
    if reading < 0:
        raise InvalidValue(field, value, "write a number of at least 0")
    return reading


def whole(field: str, value: Any, least: int = 0) -> int:
    """The whole number in a cell.

    Raises
    ------
    InvalidValue
        As `amount`, and if it is below `least` or has a fraction.

    Examples
    --------
    >>> whole("Concurrent chats", "3")
    3
    """
    reading = amount(field, value)
    if reading < least or not reading.is_integer():
        raise InvalidValue(field, value, f"write a whole number, {least} or more")
    return int(reading)


def share(field: str, value: Any, *, below: bool = False) -> float:
    """The percentage in a cell, as a share of one; with `below`, it must be less than 100 %.

    Raises
    ------
    InvalidValue
        As `number`, and if it is not from 0 to 100.

    Examples
    --------
    >>> share("Target (%)", "80"), share("Planned shrinkage (%)", "12,5 %")
    (0.8, 0.125)
    """
    percentage = number(field, value)
    if not 0 <= percentage <= 100 or (below and percentage == 100):
        upper = "less than 100" if below else "100"
        raise InvalidValue(field, value, f"write a percentage from 0 to {upper}")
    if below and 0 < percentage < 1 and not (isinstance(value, str) and numerals.is_share(value)):
        raise InvalidValue(field, value, f"write {100 * percentage:g} for {100 * percentage:g} %")
    return percentage / 100


def _ambiguous(field: str, value: str, numeral: str) -> InvalidValue:
    comma, point = (numerals.value(numeral, mark) for mark in ("comma", "point"))
    low, high = sorted(reading for reading in (comma, point) if reading is not None)
    return InvalidValue(
        field,
        value,
        f"it can mean {numerals.written(low)} or {high:.15g}; write {numerals.written(low)} or {high:.15g}",
    )


def rewritten(text: str, mark: numerals.Mark) -> str:
    """A cell's text with its number written so that it can be read in one way only."""
    number = numerals.value(text, mark)
    if number is not None:
        return numerals.written(number) + (" %" if numerals.is_share(text) else "")
    return numerals.plain(text, mark)
