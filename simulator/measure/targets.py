"""Whether a plan meets its targets: one row per constraint, never averaged over channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scenarios.evaluation import period_of_interval
from scenarios.judgement import Judged, counts_of, judge_constraint, share_of_days
from scenarios.requirements import Constraint, constraints
from scenarios.statistics import MET, overall
from scenarios.units import HOUR
from simulator.measure.results import Results
from simulator.overload import growth

if TYPE_CHECKING:
    import pandas as pd

OVERLOADED = 0.05
"""The share of a connected type's contacts still open at the end from which its queue is called overloaded."""

_COLUMNS = [
    *("type", "target", "measure", "wanted", "value", "low", "high", "status"),
    *("good_days", "good_days_low", "good_days_high", "bad_day", "note"),
]


def verdict(results: Results) -> pd.DataFrame:
    """Every constraint with its estimate.

    One row per constraint. Columns: type (or group), target, measure, wanted, value, low, high, status (``met``,
    ``missed``, or ``inconclusive`` where the interval holds the limit, a single replication gives none, or nothing
    happened), good_days with good_days_low and good_days_high (share of days on which the measure reaches the limit),
    bad_day (the daily value that one day in ten does not reach), note (which period decides; says so where the queue
    of the type grows without end, and where no contact came).

    A constraint on every day, hour or interval is judged by the worst period; one on a share of days by that share,
    and `wanted`, `value`, `low` and `high` are then shares of days.
    """
    import pandas as pd

    return pd.DataFrame([_row(results, judgement) for judgement in judged(results)], columns=_COLUMNS)


def judged(results: Results) -> tuple[Judged, ...]:
    """Every constraint of a scenario, judged."""
    scenario, confidence = results.scenario, results.confidence
    return tuple(
        judge_constraint(scenario, constraint, counts_of(results, constraint), confidence)
        for constraint in constraints(scenario)
    )


def all_met(results: Results) -> bool:
    """Whether every constraint is met beyond doubt; true without constraints, or without contacts to judge them by."""
    return overall(judgement.status() for judgement in judged(results) if not judgement.idle) == MET


def _row(results: Results, judgement: Judged) -> dict[str, object]:
    constraint = judgement.constraint
    days = share_of_days(results.scenario, constraint, counts_of(results, constraint), results.confidence)
    daily = results.daily(constraint.measure, constraint.of)
    return {
        "type": constraint.of,
        "target": constraint.text,
        "measure": constraint.measure,
        "wanted": judgement.wanted,
        "value": judgement.value,
        "low": judgement.low,
        "high": judgement.high,
        "status": judgement.status(),
        "good_days": float(days.value),
        "good_days_low": float(days.low),
        "good_days_high": float(days.high),
        "bad_day": np.nan
        if np.isnan(daily).all()
        else float(np.nanquantile(daily, 0.9 if constraint.at_most else 0.1)),
        "note": "; ".join(filter(None, (_judged_by(results, judgement), _overload(results, constraint)))),
    }


def _judged_by(results: Results, judgement: Judged) -> str:
    """Which period decides about a constraint, or that none does."""
    horizon = results.scenario.horizon
    if judgement.idle:
        return "no contacts, nothing to judge"
    if judgement.constraint.on_days is not None:
        return "share of days"
    if judgement.constraint.every == "horizon":
        return ""
    first = int(np.argmax(period_of_interval(horizon, judgement.constraint.every) == judgement.period))
    start = np.datetime64(horizon.midnight, "m") + np.timedelta64(round(first * horizon.interval / 60), "m")
    return f"worst {judgement.constraint.every}: {start}"


def _overload(results: Results, constraint: Constraint) -> str:
    """A note where contacts pile up, and how fast.

    Work that may wait does so if more of it arrives in a repeating week than agents can do in its open hours; connected
    work, if much is still open when the clock stops.
    """
    if constraint.of not in results.scenario.type_names:
        return ""
    if not results.scenario.contact_type(constraint.of).connected:
        speed = growth(results, constraint.of)
        return f"overloaded: the queue grows by {speed:.1f} an hour" if speed > 0 else ""
    left, arrived = (results.estimate(name).value for name in ("open_at_end", "contacts"))
    place = results.place("contacts", constraint.of)
    if not left[place] > OVERLOADED * arrived[place]:
        return ""
    hours = (results.scenario.horizon.length - results.scenario.horizon.warm_up) / HOUR
    waiting = left[place]
    return f"overloaded: {waiting:.0f} are still open at the end, the queue grows by {waiting / hours:.1f} an hour"
