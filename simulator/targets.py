"""Whether a plan meets its targets: one row for every wish, never averaged over channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenarios.units import HOUR
from scenarios.wishes import Wish, wishes
from simulator.estimate import Estimate, proportion, ratio
from simulator.overload import growth
from simulator.results import Results

if TYPE_CHECKING:
    import pandas as pd

MET, MISSED, UNSURE = "met", "missed", "unsure"
OVERLOADED = 0.05
"""The share of a connected type's contacts still open at the end from which its queue is called overloaded."""

_COLUMNS = [
    *("type", "target", "measure", "wanted", "value", "low", "high", "status"),
    *("good_days", "good_days_low", "good_days_high", "bad_day", "note"),
]


def verdict(results: Results) -> pd.DataFrame:
    """Every wish beside what was found.

    One row per wish, with the columns: type (or group), target, measure, wanted, value, low, high, status (``met``,
    ``missed``, or ``unsure`` where the interval holds the limit), good_days with good_days_low and good_days_high
    (share of days on which the measure reaches the limit), bad_day (the daily value that one day in ten does not
    reach), note (which period decides; says so where the queue of the type grows without end).

    A wish for every day, hour or interval is judged by the period that is worst; one for a share of days by that share,
    and `wanted`, `value`, `low` and `high` are then shares of days.
    """
    import pandas as pd

    return pd.DataFrame([_row(results, wish) for wish in wishes(results.scenario)], columns=_COLUMNS)


def all_met(results: Results) -> bool:
    """Whether every wish is met, doubt excluded; true where nothing is wished."""
    return bool((verdict(results)["status"] == MET).all())


def _row(results: Results, wish: Wish) -> dict[str, object]:
    days = share_of_days(results, wish)
    daily = results.daily(wish.measure, wish.of)
    estimate, note = _judged(results, wish)
    wanted, at_most = (wish.limit, wish.at_most) if wish.on_days is None else (wish.on_days, False)
    value, low, high = (float(part) for part in (estimate.value, estimate.low, estimate.high))
    return {
        "type": wish.of,
        "target": wish.text,
        "measure": wish.measure,
        "wanted": wanted,
        "value": value,
        "low": low,
        "high": high,
        "status": status(value, low, high, wanted, at_most),
        "good_days": float(days.value),
        "good_days_low": float(days.low),
        "good_days_high": float(days.high),
        "bad_day": np.nan if np.isnan(daily).all() else float(np.nanquantile(daily, 0.9 if wish.at_most else 0.1)),
        "note": "; ".join(filter(None, (note, _overload(results, wish)))),
    }


def share_of_days(results: Results, wish: Wish) -> Estimate:
    """The share of days on which the measure of a wish reaches its limit."""
    days = results.daily(wish.measure, wish.of)
    days = days[~np.isnan(days)]
    good = days <= wish.limit if wish.at_most else days >= wish.limit
    return proportion(int(good.sum()), len(days), results.confidence)


def _judged(results: Results, wish: Wish) -> tuple[Estimate, str]:
    """What decides about a wish, and which period that is."""
    if wish.on_days is not None:
        return share_of_days(results, wish), "share of days"
    place = results.place(wish.measure, wish.of)
    if wish.every == "horizon":
        found = results.estimate(wish.measure)
        return Estimate(found.value[place], found.low[place], found.high[place]), ""
    found = by_period(results, wish)
    distance = found.value - wish.limit if wish.at_most else wish.limit - found.value
    if np.isnan(distance).all():
        return Estimate(*(np.asarray(np.nan),) * 3), ""
    worst = int(np.nanargmax(distance))
    length = results.scenario.horizon.length / len(distance)
    start = np.datetime64(results.scenario.horizon.midnight, "m") + np.timedelta64(round(worst * length / 60), "m")
    return Estimate(found.value[worst], found.low[worst], found.high[worst]), f"worst {wish.every}: {start}"


def by_period(results: Results, wish: Wish) -> Estimate:
    """The measure of a wish in each day, hour or interval, shape (periods,)."""
    numerator, denominator = results.sums(wish.measure, "interval")
    place = results.place(wish.measure, wish.of)
    step = {"interval": 1, "hour": max(round(HOUR / results.scenario.horizon.interval), 1)}
    size = step.get(wish.every, results.scenario.horizon.intervals_per_day)

    def grouped(values: NDArray[np.float64] | None) -> NDArray[np.float64]:
        own = np.asarray(values)[:, place]
        return np.asarray(own.reshape(len(own), -1, size).sum(axis=2))

    return ratio(grouped(numerator), grouped(denominator), results.confidence)


def status(value: float, low: float, high: float, limit: float, at_most: bool) -> str:
    """Met or missed where the whole interval says so; a single replication has none and its value decides."""
    if np.isnan(value):
        return UNSURE
    if np.isnan(low):
        low = high = value
    if at_most:
        return MET if high <= limit else MISSED if low > limit else UNSURE
    return MET if low >= limit else MISSED if high < limit else UNSURE


def _overload(results: Results, wish: Wish) -> str:
    """A word where contacts pile up, and how fast.

    Work that may wait does so if more of it arrives in a repeating week than agents can do in its open hours; connected
    work, if much is still open when the clock stops.
    """
    if wish.of not in results.scenario.type_names:
        return ""
    if not results.scenario.contact_type(wish.of).connected:
        speed = growth(results, wish.of)
        return f"overloaded: the queue grows by {speed:.1f} an hour" if speed > 0 else ""
    left, arrived = (results.estimate(name).value for name in ("open_at_end", "contacts"))
    place = results.place("contacts", wish.of)
    if not left[place] > OVERLOADED * arrived[place]:
        return ""
    hours = (results.scenario.horizon.length - results.scenario.horizon.warm_up) / HOUR
    waiting = left[place]
    return f"overloaded: {waiting:.0f} are still open at the end, the queue grows by {waiting / hours:.1f} an hour"
