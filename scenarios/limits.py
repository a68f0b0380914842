"""Limits that no centre needs to pass: beyond them a number is a slip of the pen, and formulas and memory give out.

They hold for what a scenario says, not for distributions and rates that a formula makes on its way.
"""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.distributions import (
    Deterministic,
    Distribution,
    Empirical,
    Gamma,
    Hyperexponential,
    Lognormal,
    Triangular,
    Uniform,
    Weibull,
    WithZero,
)
from scenarios.errors import InvalidValue
from scenarios.units import DAY, LONGEST, written

MOST_PER_HOUR = 1_000_000
"""Contacts of one type in an hour."""
MOST_PER_INTERVAL = 1_000_000
MOST_PER_DAY = 10_000_000
MOST_WEIGHT = 1_000_000
"""Of a part of the day, in any unit."""
MOST_WEEKDAY_FACTOR = 1000
MOST_BACKLOG = 10_000_000
MOST_PLACES = 1_000_000
"""In the queue of one contact type."""
MOST_THREADS = 10_000
"""Open threads of one agent."""
MOST_MONEY = 1e9
MOST_TRIES = 1000
MOST_RULES = 50
"""Follow-up rules of one contact type."""
MOST_WINDOWS = 1000
"""Weekly windows of one field."""
SHORTEST_MEAN = 0.0001
"""Seconds; a mean below it, other than 0, is beneath what the simulation tells apart."""
LEAST_CV, MOST_CV = 0.001, 20.0
LEAST_SHAPE = 0.2
"""Of a Weibull time; its coefficient of variation is then 16."""
LONGEST_WORK = {"live": DAY, "concurrent": DAY, "deferred": 7 * DAY}
"""Mean handle time, wrap-up or bot session by kind of work; deferred work of 7 days is over four weeks of 40 hours."""


def refuse_extreme(field: str, distribution: Distribution, longest: float = LONGEST) -> None:
    """Refuse a distribution of times that no centre has.

    Parameters
    ----------
    field
        The field that errors name.
    distribution
        What it holds.
    longest
        The longest mean in seconds.

    Raises
    ------
    InvalidValue
        Naming the field, the number and the limit.

    Examples
    --------
    >>> from scenarios.distributions import Exponential
    >>> refuse_extreme("calls.patience", Exponential(mean=36e6), DAY)
    Traceback (most recent call last):
    scenarios.errors.InvalidValue: calls.patience: '10000 h' cannot be used; the mean can be at most 24 h
    """
    if distribution.mean > longest:
        limit = f"the mean can be at most {written(longest)}"
        raise InvalidValue(field, written(distribution.mean), limit)
    if 0 < distribution.mean < SHORTEST_MEAN:
        remedy = f"a mean is 0 or at least {written(SHORTEST_MEAN)}"
        raise InvalidValue(field, written(distribution.mean), remedy)
    for name, value, least, most in _parameters(distribution):
        if value < least:
            raise InvalidValue(f"{field}.{name}", value, f"it must be at least {least:g}; a constant time has cv: 0")
        if value > most:
            raise InvalidValue(f"{field}.{name}", value, f"it must be at most {most:g}")


def _parameters(distribution: Distribution) -> Iterator[tuple[str, float, float, float]]:
    """The numbers of a distribution that have limits: name, value, least and most."""
    match distribution:
        case Lognormal() | Gamma():
            yield "cv", distribution.cv, LEAST_CV, MOST_CV
        case Weibull():
            yield "shape", distribution.shape, LEAST_SHAPE, 100.0
        case Hyperexponential():
            yield "means", max(distribution.means), 0.0, LONGEST
        case Uniform() | Triangular():
            yield "high", distribution.high, 0.0, LONGEST
        case Empirical():
            yield "values", max(distribution.values), 0.0, LONGEST
        case Deterministic():
            yield "value", distribution.value, 0.0, LONGEST
        case WithZero():
            yield from ((f"of.{name}", value, low, high) for name, value, low, high in _parameters(distribution.of))
