"""Parameters of known cases: a case with a parameter that no reader knows is refused, for it is another case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from math import inf
from typing import Any, TypeVar

from scenarios.errors import NotExpressible
from studies.verify.cases import Case

Answer = TypeVar("Answer")

REMARKS = frozenset({"title", "note", "description", "family", "profile", "id", "proof", "days", "strict"})
"""Words about a case that change nothing: what it is called, how long its publisher simulated."""
CHECKS = "sim_"
"""How columns begin that hold somebody's own simulation of a value."""

CONVENTIONS: Mapping[str, tuple[str, ...]] = {
    "start": ("empty",),
    "end": ("arrivals stop",),
    "agents_leaving": ("finish",),
    "after_last_period": ("staff of last period stays",),
    "rates_of": ("arrival period",),
    "call_selection": ("longest waiting",),
    "routing": ("class k tries its dedicated group", "least-loaded", "most-loaded", "idle-last"),
    "SL": ("served within T / offered",),
    "time_unit": ("min", "sec"),
}
"""Parameters given as text, and how the texts begin that mean what is simulated here."""

PLACES = ("queue_capacity", "queue_places", "waiting_places", "places", "max_queue", "queue_limit", "buffer")
"""Names of the places of a queue, those in service not counted."""
LINES = ("K", "K_lines", "K_max_in_system", "lines", "trunks")
"""Names of the contacts that fit in at once, those in service counted."""


def lines_of(given: Mapping[str, Any], agents: float) -> float:
    """The contacts that fit in at once: lines, or agents and the places of the queue; inf without a limit.

    Examples
    --------
    >>> lines_of({"queue_capacity": 5}, 12), lines_of({"K": 20}, 12), lines_of({}, 12)
    (17.0, 20.0, inf)
    """
    return min(smallest(given, LINES), agents + smallest(given, PLACES))


def smallest(given: Mapping[str, Any], names: Iterable[str]) -> float:
    """The smallest of the limits that are given by these names, inf without any."""
    return min((float(given[name]) for name in names if _there(given.get(name))), default=inf)


def knows(*names: str, words: Iterable[str] = ()) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """A reader of a case that refuses what it does not read.

    Parameters
    ----------
    names
        The parameters that it reads, or that it may leave unread because they do not change what it finds.
    words
        Those of `CONVENTIONS` that it keeps.

    Raises
    ------
    NotExpressible
        By the reader, if a parameter is given that it does not know.
    """
    kept = frozenset(words)

    def decorated(read: Callable[..., Answer]) -> Callable[..., Answer]:
        @wraps(read)
        def reader(case: Case, *more: Any) -> Answer:
            for name, value in case.given.items():
                if not _known(name, value, frozenset(names), kept):
                    raise NotExpressible(
                        f"the parameter {name} = {value!r}", "this reader", "leave it out, or add it to the reader"
                    )
            return read(case, *more)

        return reader

    return decorated


def _known(name: str, value: Any, names: frozenset[str], words: frozenset[str]) -> bool:
    if not _there(value) or name in names or name in REMARKS or name.startswith(CHECKS):
        return True
    return name in words and str(value).startswith(CONVENTIONS[name])


def _there(value: Any) -> bool:
    """Whether something is given."""
    return value is not None and value != "" and value != [] and value != {}
