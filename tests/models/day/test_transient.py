"""The exact day against the tables, against conservation and against its stationary limit."""

from __future__ import annotations

import json
import math
from functools import cache

import numpy as np
import pytest

from models.day.transient import Day, day
from models.queueing.erlang import erlang_a
from scenarios.errors import InvalidValue
from tests.truth_tables import truth_rows

ROWS = truth_rows("ctmc_transient.csv")


@cache
def played(params: str) -> Day:
    """The day of a row's `given`."""
    case = json.loads(params)
    scale = 3600 if "arrivals_per_hour" in case else 1
    return day(
        np.array(case["arrivals_per_hour" if scale > 1 else "lambda_per_min"]) / scale,
        case["agents"],
        case["interval_s" if scale > 1 else "interval_min"],
        1 / case["mu"],
        1 / case["theta"] if case["theta"] else math.inf,
        case["s" if "s" in case else "T_min"],
        case.get("P_balk_if_all_busy", case.get("P_patience_zero", 0.0)),
        case.get("gamma_alpha0", math.inf),
    )


def totals(one: Day) -> dict[str, float]:
    """The rows whose index is "day"; those over 1660 are per mean day of the SSJ example."""
    in_time = one.answered_in_time.sum()
    return {
        "day_total_abandons": one.day_abandoned,
        "day_total_total_wait": one.day_wait,
        "day_total_served_by_T": in_time,
        "day_total_aband_by_T": one.abandoned_in_time.sum(),
        "E_arrivals_per_day": one.offered.sum(),
        "E_total_wait_over_1660_s": one.day_wait / 1660,
        "E_calls_with_wait_lt_s_over_1660": (in_time + one.abandoned_in_time.sum()) / 1660,
        "E_abandoned_over_1660": one.day_abandoned / 1660,
    }


def by_interval(one: Day) -> dict[str, np.ndarray]:
    """The rows of one interval."""
    return {
        "P_delay": one.p_wait,
        "E_busy": one.busy,
        "E_queue": one.queue,
        "abandons": one.abandoned,
        "served_by_T": one.answered_in_time,
        "SL": one.service_level,
        "P_W_gt_T": one.waiting_beyond,
        "E_busy_end": one.busy_end,
        "E_queue_end": one.queue_end,
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['case']}-{row['metric']}-{row['index']}")
def test_every_row_of_the_table(row: dict[str, str]) -> None:
    """The day is solved wrongly, or a measure is attributed to another interval than in the table."""
    one = played(row["given"])
    name = row["metric"].split(" ")[0]
    got = totals(one)[name] if row["index"] == "day" else by_interval(one)[name][int(row["index"]) - 1]
    assert got == pytest.approx(float(row["value"]), rel=float(row["tolerance"]), abs=1e-10)


@pytest.mark.parametrize("within", [0.0, 7.0, 40.0])
def test_everybody_ends_somewhere(within: float) -> None:
    """A target longer than an interval loses customers on their way through the changes of staffing."""
    plan = {"arrival_rates": [2.0, 3.0, 1.0, 2.0, 0.5], "agents": [6, 9, 3, 0, 5], "interval": 10.0}
    shares = day(**plan, handle_time=4.0, patience=2.0, within=within, balk=0.2)
    for part in (shares.answered_in_time, shares.abandoned_in_time, shares.waiting_beyond):
        assert np.all(part >= -1e-12)
    for_ever = day(**plan, handle_time=4.0, patience=2.0, within=200.0, balk=0.2)
    answered = for_ever.answered_in_time.sum()
    assert for_ever.waiting_beyond == pytest.approx(np.zeros(5), abs=1e-9)
    assert answered + for_ever.day_abandoned == pytest.approx(for_ever.offered.sum(), rel=1e-9)
    # Mean wait of all = mean number that leave in the queue x mean patience, balkers apart (memoryless
    # patience).
    lost_waiting = for_ever.day_abandoned - 0.2 * for_ever.must_wait.sum()
    assert for_ever.day_wait == pytest.approx(2.0 * lost_waiting, rel=1e-9)


def test_a_long_even_day_is_erlang_a() -> None:
    """The chain does not settle where the stationary formula says."""
    settled = day([2.0] * 12, [12] * 12, interval=30, handle_time=5, patience=3, within=0.5)
    theory = erlang_a(2.0, 5.0, 3.0, 12, 0.5)
    assert settled.service_level[-1] == pytest.approx(float(theory.served_within), rel=1e-9)
    assert settled.p_wait[-1] == pytest.approx(float(theory.p_wait), rel=1e-9)
    assert settled.in_system[-1].sum() == pytest.approx(1.0, rel=1e-9)


def test_where_the_intervals_are_cut_does_not_matter() -> None:
    """The same day in halves of intervals gives other sums: the cuts lose or repeat arrivals."""
    whole = day([1, 3, 2], [6, 12, 7], 20, 4, 3, 1)
    halves = day([1, 1, 3, 3, 2, 2], [6, 6, 12, 12, 7, 7], 10, 4, 3, 1)
    assert halves.answered_in_time.reshape(3, 2).sum(axis=1) == pytest.approx(whole.answered_in_time, rel=1e-10)
    assert halves.day_wait == pytest.approx(whole.day_wait, rel=1e-10)


def test_an_uncertain_day_serves_less() -> None:
    """Averaging over busyness must cost service: the level is concave where the team is just large enough."""
    sure, unsure = (day([2, 4, 3], [11, 20, 16], 30, 4, 3, 0.5, busyness_shape=s) for s in (math.inf, 25.0))
    assert unsure.offered.sum() == pytest.approx(sure.offered.sum(), rel=1e-12)
    assert unsure.day_service_level < sure.day_service_level
    finer = day([2, 4, 3], [11, 20, 16], 30, 4, 3, 0.5, busyness_shape=25.0, nodes=32)
    assert unsure.day_service_level == pytest.approx(finer.day_service_level, rel=1e-5)


def test_nobody_arrives_nobody_waits() -> None:
    """An empty interval must say "never happened", not 0 or 1."""
    quiet = day([0.0, 0.0], [3, 0], 30, 4, 3, 0.5)
    assert np.isnan(quiet.service_level).all()
    assert quiet.day_wait == 0


@pytest.mark.parametrize(
    "change, match",
    [
        ({"arrival_rates": [1.0, -2.0]}, "arrival_rates"),
        ({"agents": [3]}, "agents"),
        ({"agents": [3, 2.5]}, "agents"),
        ({"agents": [3, math.inf]}, "agents"),
        ({"handle_time": 0.0}, "handle_time"),
        ({"patience": 0.0}, "patience"),
        ({"balk": 1.5}, "balk"),
        ({"agents": [3, 0], "patience": math.inf}, "work off"),
    ],
)
def test_bad_input_is_refused(change: dict[str, object], match: str) -> None:
    """A day that cannot be comes back as a number."""
    given = {
        "arrival_rates": [1.0, 1.0],
        "agents": [3, 3],
        "interval": 30.0,
        "handle_time": 2.0,
        "patience": 3.0,
        "within": 0.5,
    }
    with pytest.raises(InvalidValue, match=match):
        day(**(given | change))
