"""Cells of the grids: how a value is shown, how it is read, and which cell an error is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from scenarios.distributions import ZERO, Distribution
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.units import seconds, written

Edits = Mapping[int, Mapping[str, Any]]
"""Row number to column to new value, as Streamlit's editor gives them; None is an emptied cell."""


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


def with_mean(time: Distribution, value: Any, field: str) -> Distribution | dict[str, Any]:
    """The same kind of time with another mean; a plain one where it has none yet.

    Examples
    --------
    >>> from scenarios.distributions import Exponential
    >>> with_mean(Exponential(mean=90), "2 min", "Patience").mean, with_mean(ZERO, "2 min", "Delay")
    (120.0, {'mean': 120.0})
    """
    mean = seconds(value, field)
    if mean == 0:
        return ZERO
    return time.scaled(mean / time.mean) if time.mean > 0 else {"mean": mean}


def number(field: str, value: Any) -> float:
    """The number in a cell.

    Raises
    ------
    InvalidValue
        If it is empty.
    """
    if value is None:
        raise InvalidValue(field, "", "write a number")
    return float(value)
