"""Ranks, networks and finite sources: the exact tables, conservation laws, hand-computed cases."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.queueing.erlang import erlang_c
from models.queueing.general_service import mg1
from models.queueing.priorities import (
    ByClass,
    cobham,
    first_class_wait_within,
    network_rates,
    nonpreemptive,
    preemptive_resume,
)
from scenarios.errors import InvalidValue, UnstableQueue
from tests.truth_tables import truth_rows

RANKED = ("M/M/n nonpreemptive", "M/G/1 nonpreemptive (Cobham)", "M/M/1 preemptive resume")
READ = {"E_wait_min": "wait", "P_delay": "p_wait", "E_time_in_system_min": "time_in_system"}


def name(row: dict[str, str]) -> str:
    """What a row is called in the test's name."""
    return f"{row['case']}-{row['metric']}-{row['index']}"


def ranked(row: dict[str, str]) -> ByClass:
    """The measures by class of a row."""
    case = json.loads(row["given"])
    rates = case["lambda_per_min"]
    if row["family"] == RANKED[0]:
        return nonpreemptive(rates, 1 / case["mu_per_min"], case["n"])
    if row["family"] == RANKED[1]:
        return cobham(rates, case["mean_service_min"], case["scv"])
    return preemptive_resume(rates, [1 / case["mu_per_min"]] * len(rates), [1.0] * len(rates))


@pytest.mark.parametrize("row", [r for r in truth_rows("priority.csv") if r["family"] in RANKED], ids=name)
def test_ranks(row: dict[str, str]) -> None:
    """A class would wait longer or shorter than the formulas of Kella & Yechiali, Cobham, White & Christie."""
    number = int(row["index"].removeprefix("class")) - 1
    if row["metric"] == "P_wait_le_T":
        case = json.loads(row["given"])
        assert number == 0
        got = first_class_wait_within(case["lambda_per_min"], 1 / case["mu_per_min"], case["n"], case["T_min"])
    else:
        got = getattr(ranked(row), READ[row["metric"]])[number]
    assert float(got) == pytest.approx(float(row["value"]), rel=float(row["tolerance"]))


@pytest.mark.parametrize("row", [r for r in truth_rows("priority.csv") if r["case"].startswith("JN-1")], ids=name)
def test_network(row: dict[str, str]) -> None:
    """A Jackson network's nodes would not be queues of their own at the rates of the traffic equations."""
    assert "external 2/min to node 1 (M/M/5, mu .6)" in row["given"]
    rates = network_rates([2, 0], [[0.1, 0.3], [0, 0]])
    node = int(row["index"].removeprefix("node")) - 1
    p = erlang_c(rates[node], 1 / (0.6, 0.25)[node], (5, 3)[node])
    got = {"arrival_rate_per_min": rates[node], "P_delay": p.p_wait, "E_wait_min": p.wait_all}[row["metric"]]
    assert float(got) == pytest.approx(float(row["value"]), rel=float(row["tolerance"]))


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=5), st.integers(1, 30), st.floats(0.1, 0.98))
def test_work_is_conserved(shares: list[float], agents: int, occupancy: float) -> None:
    """Ranks would create or destroy work: the mean wait over classes of equal handle time is that of one queue."""
    rates = np.array(shares) / sum(shares) * occupancy * agents
    p = nonpreemptive(rates, 1.0, agents)
    assert (rates * p.wait).sum() / rates.sum() == pytest.approx(float(erlang_c(rates.sum(), 1, agents).asa), rel=1e-9)


@given(st.lists(st.tuples(st.floats(0.01, 1), st.floats(0.1, 5), st.floats(0, 4)), min_size=1, max_size=4))
def test_kleinrock_conservation(classes: list[tuple[float, float, float]]) -> None:
    """Kleinrock's law: the load-weighted wait does not depend on the ranks, so reversing them must not change it."""
    load, handle, scv = (np.array(v) for v in zip(*classes, strict=True))
    rates = 0.9 * load / load.sum() / handle
    weighted = (rates * handle * cobham(rates, handle, scv).wait).sum()
    reverse = cobham(rates[::-1], handle[::-1], scv[::-1]).wait[::-1]
    assert (rates * handle * reverse).sum() == pytest.approx(weighted, rel=1e-9)


def test_one_class_is_no_rank() -> None:
    """A single class would not be the plain queue."""
    assert cobham([0.5], [1.5], [2]).wait == pytest.approx([float(mg1(0.5, 1.5, 2).wait)])
    assert preemptive_resume([0.5], [1.5], [2]).wait == pytest.approx([float(mg1(0.5, 1.5, 2).wait)])
    assert first_class_wait_within([2], 1, 3, 0.5) == pytest.approx(float(erlang_c(2, 1, 3, 0.5).service_level()))


def test_lower_class_starves() -> None:
    """A class that is too much would have a finite wait, or drag down the class above it.

    One agent, first class of load 0.5: always somebody in hand, so its wait is one residual handle time over
    1 - 0.5, two handle times.
    """
    assert nonpreemptive([0.5, 0.6], 1, 1).wait.tolist() == pytest.approx([2, np.inf])
    assert cobham([0.5, 0.6], [1, 1], [1, 1]).wait.tolist() == pytest.approx([2, np.inf])
    assert preemptive_resume([0.5, 0.6], [1, 1], [1, 1]).wait.tolist() == pytest.approx([1, np.inf])
    for call in (nonpreemptive, cobham, preemptive_resume):
        with pytest.raises(UnstableQueue):
            call([1.5, 0.1], 1, 1)  # type: ignore[operator]


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: network_rates([1], [[1.2]]), "routing: .* rows add up to at most 1"),
        (lambda: network_rates([1, 0], [[0, 1], [1, 0]]), "routing: .* let some contacts leave"),
    ],
)
def test_bad_arguments(call: object, message: str) -> None:
    """Nonsense would be computed."""
    with pytest.raises(InvalidValue, match=re.compile(message, re.DOTALL)):
        call()  # type: ignore[operator]
