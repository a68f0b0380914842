"""The chain of redials against the exact table, against Erlang A and against the founding scenario."""

from __future__ import annotations

import json
import math
from functools import cache

import pytest

from models.queueing.erlang import erlang_a
from models.queueing.redial_chain import RedialPerformance, redial_chain
from scenarios.errors import InvalidValue, TooLarge, UnstableQueue
from tests.truth_tables import truth_rows

ROWS = truth_rows("ctmc_retrial.csv")
NAMES = {
    "attempt_rate_per_min": "attempt_rate",
    "served_rate_per_min": "served_rate",
    "P_block_fresh_call": "first_blocked",
    "P_block_per_attempt": "p_block",
    "lost_rate_after_block_per_min": "blocked_for_good_rate",
    "abandon_rate_per_min": "abandon_rate",
    "lost_rate_after_abandon_per_min": "abandoned_for_good_rate",
    "E_orbit": "orbit",
    "E_queue_length": "queue",
    "occupancy": "occupancy",
    "P_served_within_T_per_attempt": "served_within",
    "fraction_of_fresh_callers_eventually_served": "eventually_served",
}


@cache
def solved(params: str) -> RedialPerformance:
    """The performance of a row's `given`."""
    case = json.loads(params)
    return redial_chain(
        case["lambda_per_min"],
        1 / case["mu_per_min"],
        1 / case["theta_per_min"] if case["theta_per_min"] else math.inf,
        case["n"],
        case["T_min"],
        1 / case["retry_rate_per_min"],
        case["P_retry_if_abandoned"],
        case["P_retry_if_blocked"],
        case.get("K_lines") or math.inf,
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['case']}-{row['metric']}")
def test_every_row_of_the_table(row: dict[str, str]) -> None:
    """The chain is solved wrongly, or a measure is defined otherwise than in the table."""
    got = getattr(solved(row["given"]), NAMES[row["metric"]])
    assert got == pytest.approx(float(row["value"]), rel=float(row["tolerance"]), abs=1e-14)


def test_nobody_tries_again() -> None:
    """Without redials it must be Erlang A, with and without a limit on lines."""
    for lines in (math.inf, 14):
        once = redial_chain(2.0, 5.0, 3.0, 11, 0.5, 10.0, 0.0, 0.0, lines)
        theory = erlang_a(2.0, 5.0, 3.0, 11, 0.5, lines)
        for ours, name in (("served_within", "served_within"), ("wait_served", "wait_served"), ("queue", "queue")):
            assert getattr(once, ours) == pytest.approx(float(getattr(theory, name)), rel=1e-9)
        assert once.orbit == pytest.approx(0, abs=1e-12)


def test_the_five_minute_queue() -> None:
    """The hotline of the founding documents: simulated beforehand, 275 s +/- 10 answered wait, 15 % of attempts lost.

    120 calls/h of 360 s for 12 agents, patience 1,800 s, four of five who hang up call again after 15
    minutes.
    """
    hotline = redial_chain(120 / 3600, 360, 1800, 12, 20, 900, redial_if_abandoned=0.8)
    assert hotline.wait_served == pytest.approx(275, abs=10)
    assert hotline.p_abandon == pytest.approx(0.15, abs=0.01)


def test_seventy_per_cent_redial() -> None:
    """120 calls/h of 360 s, 13 agents, patience 600 s, 70 % call again: about 59 s, simulated beforehand."""
    again = redial_chain(120 / 3600, 360, 600, 13, 20, 600, redial_if_abandoned=0.7)
    assert again.wait_all == pytest.approx(59, abs=4)


@pytest.mark.parametrize(
    "change, error",
    [
        ({"arrival_rate": 0.0}, InvalidValue),
        ({"redial_if_abandoned": 1.2}, InvalidValue),
        ({"lines": 3}, InvalidValue),
        ({"patience": math.inf}, InvalidValue),
        ({"agents": math.inf}, InvalidValue),
        ({"redial_if_abandoned": 1.0, "arrival_rate": 3.0}, UnstableQueue),
        ({"redial_if_blocked": 1.0, "lines": 11, "patience": math.inf, "arrival_rate": 3.0}, UnstableQueue),
        ({"agents": 5000, "arrival_rate": 900.0}, TooLarge),
    ],
)
def test_bad_input_is_refused(change: dict[str, float], error: type[Exception]) -> None:
    """A number that means nothing comes back, or memory runs out."""
    given = {
        "arrival_rate": 2.0,
        "handle_time": 5.0,
        "patience": 3.0,
        "agents": 11,
        "within": 0.5,
        "redial_time": 10.0,
        "redial_if_abandoned": 0.5,
    }
    with pytest.raises(error):
        redial_chain(**(given | change))
