"""Whether a plan meets its targets: one row for every wish of every contact type, never averaged over channels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.contact_types import ContactType, Target
from scenarios.measures import RESPONSES, SERVICE_LEVELS, measure
from scenarios.units import HOUR, written
from simulator.results import Results

if TYPE_CHECKING:
    import pandas as pd

MET, MISSED, UNSURE = "met", "missed", "unsure"


@dataclass(frozen=True)
class Wish:
    """One wish of a target: a measure and its limit, in words."""

    measure: str
    limit: float
    text: str


def wishes(target: Target) -> Iterator[Wish]:
    """The wishes of a target.

    Examples
    --------
    >>> [wish.text for wish in wishes(Target(share=0.8, within="20s", max_abandonment=0.05))]
    ['80 % within 20 s', 'at most 5 % abandon']
    """
    if target.share is not None and target.within is not None:
        name = RESPONSES.get(target.response, SERVICE_LEVELS[target.definition])
        yield Wish(name, target.share, f"{100 * target.share:g} % within {written(target.within)}")
    if target.max_abandonment is not None:
        yield Wish("abandonment", target.max_abandonment, f"at most {100 * target.max_abandonment:g} % abandon")
    if target.max_asa is not None:
        yield Wish("asa", target.max_asa, f"answered in {written(target.max_asa)} on average")


def verdict(results: Results) -> pd.DataFrame:
    """Every wish beside what was found.

    One row per contact type and wish, with the columns: type, target, measure, wanted, value, low, high, status
    (``met``, ``missed``, or ``unsure`` where the interval holds the limit), good_days with good_days_low and
    good_days_high (share of days on which the wish comes true), bad_day (the daily value that one day in ten does not
    reach), note (says so where the queue of the type grows without end).
    """
    import pandas as pd

    rows = [
        _row(results, kind, wish)
        for kind in results.scenario.contact_types
        if kind.target is not None
        for wish in wishes(kind.target)
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = [
    *("type", "target", "measure", "wanted", "value", "low", "high", "status"),
    *("good_days", "good_days_low", "good_days_high", "bad_day", "note"),
]


def all_met(results: Results) -> bool:
    """Whether every wish of every type is met, doubt excluded; true where nothing is wished."""
    return bool((verdict(results)["status"] == MET).all())


def _row(results: Results, kind: ContactType, wish: Wish) -> dict[str, object]:
    estimate = results.estimate(wish.measure)
    place = results.place(wish.measure, kind.name)
    value, low, high = (float(part[place]) for part in (estimate.value, estimate.low, estimate.high))
    days = results.share_of_days(wish.measure, kind.name, wish.limit)
    daily = results.daily(wish.measure, kind.name)
    lower = measure(wish.measure).better == "lower"
    return {
        "type": kind.name,
        "target": wish.text,
        "measure": wish.measure,
        "wanted": wish.limit,
        "value": value,
        "low": low,
        "high": high,
        "status": _status(value, low, high, wish.limit, lower),
        "good_days": float(days.value),
        "good_days_low": float(days.low),
        "good_days_high": float(days.high),
        "bad_day": float(np.nanquantile(daily, 0.9 if lower else 0.1)) if not np.isnan(daily).all() else np.nan,
        "note": _overload(results, kind),
    }


def _status(value: float, low: float, high: float, limit: float, lower: bool) -> str:
    """Met or missed where the whole interval says so; a single replication has none and its value decides."""
    if np.isnan(value):
        return UNSURE
    if np.isnan(low):
        low = high = value
    if lower:
        return MET if high <= limit else MISSED if low > limit else UNSURE
    return MET if low >= limit else MISSED if high < limit else UNSURE


def _overload(results: Results, kind: ContactType) -> str:
    """A word where contacts pile up: what is still open when the clock stops, and how fast that grows."""
    left, arrived = (results.estimate(name) for name in ("open_at_end", "contacts"))
    place = results.place("contacts", kind.name)
    if not left.value[place] > 0.05 * arrived.value[place]:
        return ""
    hours = (results.scenario.horizon.length - results.scenario.horizon.warm_up) / HOUR
    waiting = left.value[place]
    return f"overloaded: {waiting:.0f} are still open at the end, the queue grows by {waiting / hours:.1f} an hour"
