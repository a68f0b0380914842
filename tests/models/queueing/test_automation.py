"""Menus, bots and blending against the tables and against figures worked out by hand."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from models.queueing.bots import after_containment, blended, lines_and_agents
from models.queueing.erlang import erlang_b, erlang_c
from scenarios.errors import InvalidValue, UnstableQueue
from tests.truth_tables import truth_rows

ROWS = truth_rows("ctmc_ivr_blend.csv")


def measures(case: dict[str, float]) -> dict[str, float]:
    """All metrics of a row's `given`."""
    if "lines" in case:
        one = lines_and_agents(
            case["lambda_per_min"],
            1 / case["ivr_or_bot_rate_per_min"],
            case["P_transfer_to_agent"],
            1 / case["mu_per_min"],
            case["agents"],
            case["lines"],
            case["T_min"],
        )
        return {
            "P_block_all_lines_busy": one.p_block,
            "P_wait_for_agent": one.p_wait,
            "P_wait_le_T": one.served_within,
            "E_wait_agent_min": one.wait_all,
            "agent_occupancy": one.occupancy,
            "transfer_rate_per_min": one.transfers,
            "E_in_ivr": one.in_menu,
        }
    calls = (case["lambda_calls_per_min"], 1 / case["mu_per_min"])
    mixed = blended(*calls, case["n"], case["threshold"], case["T_min"])
    return {
        "P_call_waits": mixed.p_wait,
        "P_call_wait_le_T": mixed.served_within,
        "E_call_wait_min": mixed.wait_all,
        "email_throughput_per_min": mixed.email_rate,
        "occupancy": mixed.occupancy,
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['case']}-{row['metric']}")
def test_every_row_of_the_table(row: dict[str, str]) -> None:
    """The product form or the birth-death chain is wrong."""
    got = measures(json.loads(row["given"]))[row["metric"]]
    assert got == pytest.approx(float(row["value"]), rel=float(row["tolerance"]))


def test_everybody_contained_is_erlang_b() -> None:
    """Without transfers the lines are a loss system for the menu alone."""
    alone = lines_and_agents(10, 2, 0.0, 4, agents=3, lines=25, within=1)
    assert alone.p_block == pytest.approx(float(erlang_b(20, 25)), rel=1e-12)
    assert alone.occupancy == 0


def test_many_lines_are_erlang_c() -> None:
    """With lines to spare the agents are an M/M/n queue; 1000 lines must not overflow."""
    wide = lines_and_agents(10, 2, 0.4, 4, agents=18, lines=1000, within=1 / 3)
    free = erlang_c(4, 4, 18, 1 / 3)
    assert wide.p_wait == pytest.approx(float(free.p_wait), rel=1e-10)
    assert wide.served_within == pytest.approx(float(free.served_within), rel=1e-10)


def test_no_threshold_is_erlang_c() -> None:
    """A threshold of 0 never starts an e-mail."""
    mixed = blended(4, 2, 12, 0, 1 / 3)
    assert mixed.p_wait == pytest.approx(float(erlang_c(4, 2, 12).p_wait), rel=1e-12)
    assert mixed.email_rate == pytest.approx(0, abs=1e-12)
    assert blended(0, 2, 12, 11, 1 / 3).email_rate == pytest.approx(5.5)


def test_what_a_bot_really_saves() -> None:
    """Chat 200 s of agent time, returns by phone 360 s, half as hard again per share contained, by hand.

    40 % contained, 25 % of it falsely: 0.6 x 200 x 1.2 + 0.1 x 360 = 180 of 200; with 40 % falsely
    0.6 x 200 x 1.2 + 0.16 x 360 = 201.6; 60 % and 25 %: 0.4 x 200 x 1.3 + 0.15 x 360 = 158.
    """
    left = after_containment([0.4, 0.4, 0.6], [0.25, 0.4, 0.25], 600 / 3, 360)
    assert left.saved == pytest.approx([0.10, -0.008, 0.21], abs=1e-12)
    assert left.resolved == pytest.approx([0.3, 0.24, 0.45])
    assert after_containment(0.0, 0.25, 200, 360).saved == 0


@pytest.mark.parametrize(
    "call, error",
    [
        (lambda: lines_and_agents(10, 2, 0.4, 4, 18, 10, 1), InvalidValue),
        (lambda: lines_and_agents(10, 2, 1.4, 4, 18, 50, 1), InvalidValue),
        (lambda: lines_and_agents(10, 2, 0.4, 4, 18, math.inf, 1), InvalidValue),
        (lambda: blended(4, 2, 12, 13, 1), InvalidValue),
        (lambda: blended(6, 2, 12, 10, 1), UnstableQueue),
        (lambda: after_containment(np.nan, 0.2, 200, 360), InvalidValue),
    ],
)
def test_bad_input_is_refused(call: object, error: type[Exception]) -> None:
    """A number that means nothing comes back."""
    with pytest.raises(error):
        call()
