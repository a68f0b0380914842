"""Erlang B, C and A against the exact tables, each other and their limits."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.queueing.erlang import erlang_a, erlang_b, erlang_c
from models.queueing.performance import Performance
from scenarios.errors import InvalidValue, TooLarge, UnstableQueue
from tests.truth_tables import case_name, truth_cases, truth_rows

EXACT = 1e-9

READ_A: dict[str, Callable[[Performance], float]] = {
    "P_block": lambda p: p.p_block,
    "P_wait": lambda p: p.p_wait,
    "P_abandon": lambda p: p.p_abandon,
    "EW_all_min": lambda p: p.wait_all,
    "EW_served_min": lambda p: p.wait_served,
    "EW_abandoned_min": lambda p: p.wait_abandoned,
    "EQ": lambda p: p.queue,
    "occupancy": lambda p: p.occupancy,
    "P_served_within_T": lambda p: p.served_within,
    "P_abandon_within_T": lambda p: p.abandoned_within,
    "P_wait_gt_T": lambda p: p.waiting_beyond,
    "SL_served_over_answered": lambda p: p.service_level("answered"),
    "SL_served_over_offered_less_short_abandons": lambda p: p.service_level("less-short-abandons"),
    "SL_served_or_abandoned_within_T": lambda p: p.service_level("answered-or-abandoned"),
}
READ_C: dict[str, Callable[[Performance], float]] = {
    "offered_load_erl": lambda p: p.offered_load,
    "P_wait": lambda p: p.p_wait,
    "ASA_s": lambda p: p.asa,
    "ASA_of_delayed_s": lambda p: p.wait_all / p.p_wait,
    "SL_T": lambda p: p.service_level(),
    "Lq": lambda p: p.queue,
    "occupancy": lambda p: p.occupancy,
    "wait_p90_s": lambda p: p.wait_percentile(0.9),
}


@pytest.mark.parametrize("row", truth_rows("erlang_b.csv", "blocking"), ids=case_name)
def test_blocking(row: dict[str, str]) -> None:
    """Erlang B would be off the 50-digit sum."""
    got = erlang_b(load=float(row["offered_load_erl"]), agents=float(row["n"]))
    assert got == pytest.approx(float(row["value"]), rel=float(row["tolerance"]))


@pytest.mark.parametrize("row", truth_cases("erlang_c.csv", "performance"), ids=case_name)
def test_erlang_c(row: dict[str, str]) -> None:
    """A measure of Erlang C would be off the closed form in 50 digits."""
    p = erlang_c(float(row["lambda_per_min"]) / 60, float(row["aht_s"]), float(row["n"]), float(row["T_s"]))
    for column, read in READ_C.items():
        assert float(read(p)) == pytest.approx(float(row[column]), rel=float(row["tolerance"]), abs=1e-12), column


@pytest.mark.parametrize("row", truth_cases("erlang_a.csv"), ids=case_name)
def test_erlang_a(row: dict[str, str]) -> None:
    """A measure of Erlang A, with or without a limit on lines, would be off the birth-death chain."""
    theta = float(row["theta_per_min"])
    p = erlang_a(
        float(row["lambda_per_min"]),
        1 / float(row["mu_per_min"]),
        1 / theta if theta else math.inf,
        float(row["n"]),
        float(row["T_min"]),
        float(row["K_max_in_system"]),
    )
    for column, read in READ_A.items():
        if row[column]:
            assert float(read(p)) == pytest.approx(float(row[column]), rel=float(row["tolerance"])), column
        else:
            assert math.isnan(float(read(p))), column


def by_chain(rate: float, handle: float, patience: float, agents: int, lines: int) -> tuple[float, float, float]:
    """P(block), P(abandon), mean queue from the balance equations of the chain, summed term by term."""
    weights = [1.0]
    for k in range(1, lines + 1):
        leaving = min(k, agents) / handle + max(k - agents, 0) / patience
        weights.append(weights[-1] * rate / leaving)
    p = np.array(weights) / sum(weights)
    queue = float(p @ np.maximum(np.arange(lines + 1) - agents, 0))
    return float(p[-1]), queue / patience / rate, queue


@given(
    st.floats(0.1, 30), st.floats(0.2, 3), st.floats(0.05, 50), st.integers(1, 25), st.integers(0, 40),
)  # fmt: skip
def test_lines_are_the_chain(rate: float, handle: float, patience: float, agents: int, places: int) -> None:
    """The sum over waiting places would not solve the balance equations."""
    p = erlang_a(rate, handle, patience, agents, lines=agents + places)
    block, abandon, queue = by_chain(rate, handle, patience, agents, agents + places)
    assert float(p.p_block) == pytest.approx(block, rel=EXACT, abs=1e-15)
    assert float(p.p_abandon) == pytest.approx(abandon, rel=EXACT, abs=1e-15)
    assert float(p.queue) == pytest.approx(queue, rel=EXACT, abs=1e-15)


@given(st.floats(0.1, 30), st.floats(0.05, 50), st.integers(1, 25), st.floats(0, 5))
def test_many_lines_are_no_limit(rate: float, patience: float, agents: int, within: float) -> None:
    """The closed form and the sum over places would disagree where the limit never binds."""
    lines = agents + int(20 + 3 * rate * patience + 12 * math.sqrt(rate * patience))
    free = erlang_a(rate, 1.0, patience, agents, within)
    limited = erlang_a(rate, 1.0, patience, agents, within, lines)
    for column, read in READ_A.items():
        assert float(read(limited)) == pytest.approx(float(read(free)), rel=1e-8, abs=1e-12, nan_ok=True), column


@given(st.floats(0.01, 2e4), st.floats(1e-3, 1e3), st.integers(0, 20_000), st.floats(0, 10))
def test_shares_add_up(rate: float, patience: float, agents: int, within: float) -> None:
    """A contact would be counted twice or not at all, or a share would leave [0, 1]."""
    p = erlang_a(rate, 1.0, patience, agents, within)
    shares = [p.served_within, p.abandoned_within, p.waiting_beyond, p.p_block]
    assert sum(map(float, shares)) == pytest.approx(1, abs=1e-9)
    assert all(-1e-12 <= float(s) <= 1 + 1e-12 for s in [*shares, p.p_wait, p.p_abandon])
    if agents:
        waits = p.p_answered * p.wait_served + p.p_abandon * (0 if math.isnan(p.wait_abandoned) else p.wait_abandoned)
        assert float(waits) == pytest.approx(float(p.wait_all), rel=1e-7, abs=1e-300)


def test_patience_without_end_is_erlang_c() -> None:
    """Ever longer patience would not lead to Erlang C."""
    c = erlang_c(10, 3, 33, 0.5)
    for patience, close in ((1e9, 1e-6), (1e13, 1e-9), (math.inf, 0.0)):
        a = erlang_a(10, 3, patience, 33, 0.5)
        for name in ("p_wait", "wait_all", "wait_served", "served_within", "queue", "occupancy"):
            assert getattr(a, name) == pytest.approx(getattr(c, name), rel=close), name


def test_no_patience_is_erlang_b() -> None:
    """Who will not wait at all would be lost at another rate than Erlang's B."""
    a = erlang_a(10, 3, 0, 33, 0.5)
    assert a.p_abandon == pytest.approx(erlang_b(30, 33), rel=EXACT)
    assert (float(a.wait_all), float(a.wait_served), float(a.waiting_beyond)) == (0, 0, 0)


def test_as_many_lines_as_agents_is_erlang_b() -> None:
    """Without a place to wait the blocked share would not be Erlang's B."""
    p = erlang_a(10, 3, [2, 0, math.inf], 33, 0.5, lines=33)
    assert p.p_block == pytest.approx(np.full(3, erlang_b(30, 33)), rel=EXACT)
    assert np.array_equal(p.p_wait, np.zeros(3))


def test_patience_as_long_as_handle_time_is_poisson() -> None:
    """With equal means every contact leaves at the same rate, so the number present must be Poisson (M/M/inf)."""
    load, agents = 20.0, 22
    k = np.arange(400)
    poisson = np.exp(k * math.log(load) - load - np.array([math.lgamma(i + 1) for i in k]))
    p = erlang_a(load, 1, 1, agents)
    assert p.p_wait == pytest.approx(poisson[agents:].sum(), rel=EXACT)
    assert p.queue == pytest.approx((poisson * np.maximum(k - agents, 0)).sum(), rel=EXACT)


def test_one_agent_by_hand() -> None:
    """M/M/1 with load 0.75: P(wait) 0.75, queue 2.25, wait 3 handle times; P(W > t) = 0.75 exp(-t / 4)."""
    p = erlang_c(0.75, 1, 1, within=4)
    assert [float(p.p_wait), float(p.queue), float(p.asa)] == pytest.approx([0.75, 2.25, 3.0], rel=1e-14)
    assert float(p.waiting_beyond) == pytest.approx(0.75 / math.e, rel=1e-14)
    assert float(p.wait_percentile(0.9)) == pytest.approx(4 * math.log(7.5), rel=1e-12)
    assert float(p.wait_percentile(0.2)) == 0
    assert math.isinf(p.wait_percentile(1.0))


@pytest.mark.parametrize("load", [1e3, 1e4, 1e5])
def test_huge_loads(load: float) -> None:
    """A large centre would overflow, or leave the square-root law that it must come close to."""
    agents = load + math.sqrt(load)
    assert float(erlang_c(load, 1, agents).p_wait) == pytest.approx(0.22336, rel=3 / math.sqrt(load))
    assert float(erlang_a(load, 1, 1, load).p_wait) == pytest.approx(0.5, abs=1 / math.sqrt(load))
    assert float(erlang_b(load, 0.5 * load)) == pytest.approx(0.5, rel=4 / load)
    assert float(erlang_a(load, 1, 2, 0.5 * load).p_abandon) == pytest.approx(0.5, rel=EXACT)
    assert float(erlang_a(load, 1, 2, 0.5 * load).wait_served) == pytest.approx(2 * math.log(2), rel=5 / load)


def test_blocking_steps() -> None:
    """B(n) = a B(n-1) / (n + a B(n-1)) would fail where one way of computing takes over from another."""
    load = 2000.0
    n = np.arange(1, 3000)
    b, before = erlang_b(load, n), erlang_b(load, n - 1)
    assert b == pytest.approx(load * before / (n + load * before), rel=1e-12)


def test_overload_says_so() -> None:
    """An overloaded queue would show a number that means nothing."""
    with pytest.raises(UnstableQueue, match=r"30 erlangs are offered to 30 agents"):
        erlang_c(10, 3, 30)
    p = erlang_c(10, 3, [31, 30, 28], within=1)
    assert p.stable.tolist() == [True, False, False]
    assert p.growth == pytest.approx([0, 0, 2 / 3])
    assert p.service_level()[1:].tolist() == [0, 0]
    assert np.isinf(p.asa[1:]).all()
    assert np.isinf(p.wait_percentile(0.5)[1:]).all()
    assert p.p_answered[1:].tolist() == [0, 0]


def test_mixed_cases_agree_with_each_alone() -> None:
    """Broadcasting over kinds of queue would put a result in the wrong place."""
    patience, lines = np.array([[2.0], [math.inf], [0.0]]), np.array([math.inf, 40.0])
    p = erlang_a(10, 3, patience, 33, 0.3, lines)
    for i, j in np.ndindex(3, 2):
        alone = erlang_a(10, 3, patience[i, 0], 33, 0.3, lines[j])
        assert float(p.served_within[i, j]) == pytest.approx(float(alone.served_within), rel=1e-14)
        assert float(p.wait_beyond(0.4)[i, j]) == pytest.approx(float(alone.wait_beyond(0.4)), rel=1e-14)


def test_nothing_arrives() -> None:
    """An empty interval would divide by zero instead of showing the limit."""
    p = erlang_a(0, 3, [2, math.inf], 5, 0.3)
    assert p.service_level().tolist() == [1, 1]
    assert p.queue.tolist() == [0, 0]
    assert np.isnan(p.wait_abandoned).all()


def test_nobody_works() -> None:
    """With no agents everybody must leave, and occupancy is of nothing."""
    p = erlang_a(10, 3, 2, 0, within=1)
    assert [float(p.p_abandon), float(p.wait_all)] == pytest.approx([1, 2])
    assert float(p.abandoned_within) == pytest.approx(1 - math.exp(-0.5))
    assert math.isnan(p.occupancy)
    assert math.isnan(p.wait_served)
    assert math.isnan(p.service_level("answered"))


@pytest.mark.parametrize(
    "change, message",
    [
        ({"arrival_rate": -1}, r"arrival_rate: -1\.0 cannot be used; give a number of at least 0"),
        ({"arrival_rate": [1, math.nan]}, r"arrival_rate\[1\]: nan"),
        ({"handle_time": 0}, r"handle_time: 0\.0 cannot be used; give a finite number above 0"),
        ({"patience": -2}, r"patience: -2\.0 .* \(or inf\)"),
        ({"agents": math.inf}, r"agents: inf"),
        ({"agents": "many"}, r"agents: 'many' cannot be used; give a number"),
        ({"within": -0.1}, r"within: -0\.1"),
        ({"lines": 9}, r"lines: 9\.0 cannot be used; give at least as many lines as agents"),
        ({"lines": 12.5}, r"lines: 12\.5 cannot be used; give a whole number"),
        ({"agents": 10.5, "lines": 20}, r"agents: 10\.5 cannot be used; give whole agents"),
        ({"agents": 0, "patience": math.inf, "lines": 20}, r"agents: 0 cannot be used; give an agent"),
    ],
)
def test_bad_arguments(change: dict[str, object], message: str) -> None:
    """A bad argument would go through, or its message would not say which and what to do."""
    arguments: dict[str, object] = {"arrival_rate": 10, "handle_time": 1, "patience": 2, "agents": 10}
    with pytest.raises(InvalidValue, match=message):
        erlang_a(**(arguments | change))  # type: ignore[arg-type]


def test_too_many_lines_to_sum() -> None:
    """A limit without meaning would eat all memory."""
    with pytest.raises(TooLarge, match="leave `lines` out"):
        erlang_a(10, 1, 2, 10, lines=1e9)


def test_unknown_definition() -> None:
    """A misspelt service level would be taken for another."""
    with pytest.raises(InvalidValue, match="definition: 'answerd' cannot be used; choose one of offered"):
        erlang_c(1, 1, 2).service_level("answerd")  # type: ignore[arg-type]
