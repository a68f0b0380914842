"""Patience and handle times of any law: the exact tables, Erlang A as a special case, published approximations."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from models.queueing.erlang import erlang_a, erlang_c
from models.queueing.general_patience import general_patience
from models.queueing.general_service import allen_cunneen, md1_wait_within, mg1, whitt
from models.queueing.patience import PatienceDistribution, patience_distribution
from scenarios import distributions as d
from scenarios.errors import InvalidValue, TooLarge, UnstableQueue
from tests.models.queueing.test_erlang import READ_A
from tests.truth_tables import case_name, truth_cases, truth_rows


def law_of(contact_type: str, given: list[float]) -> d.Distribution:
    """The patience of a row of erlang_mmng.csv, by its `patience_kind` and `patience_params`."""
    match contact_type:
        case "det":
            return d.Deterministic(value=given[0])
        case "exp":
            return d.Exponential(mean=given[0])
        case "erl":
            return d.Erlang(mean=given[0], phases=int(given[1]))
        case "unif":
            return d.Uniform(low=given[0], high=given[1])
        case "weib":
            return d.Weibull(mean=given[0], shape=given[1])
        case "logn":
            return d.Lognormal(mean=given[0], cv=given[1])
        case "mix0":
            return d.WithZero(zero=given[0], of=d.Exponential(mean=given[1]))
        case "hyper" | "hyperexp" | "hexp":
            return d.Hyperexponential(shares=(given[0], 1 - given[0]), means=(given[1], given[2]))
    raise ValueError(f"patience_kind {contact_type!r} is not known here")


@pytest.mark.parametrize("row", truth_cases("erlang_mmng.csv"), ids=case_name)
def test_general_patience(row: dict[str, str]) -> None:
    """A measure of M/M/n+G would be off the integrals computed another way."""
    p = general_patience(
        float(row["lambda_per_min"]),
        1 / float(row["mu_per_min"]),
        law_of(row["patience_kind"], json.loads(row["patience_params"])),
        int(row["n"]),
        float(row["T_min"]),
    )
    for column, read in READ_A.items():
        if value := row.get("P_delay" if column == "P_wait" else column):
            assert float(read(p)) == pytest.approx(float(value), rel=float(row["tolerance"]), abs=1e-12), column


def test_exponential_patience_is_erlang_a() -> None:
    """The integrals would not give Erlang A where patience is exponential, underloaded or flooded."""
    rate, agents, within = [10, 20, 0.1, 0, 1000], [30, 20, 2, 3, 2950], [0.3, 0.2, 0.1, 0.1, 0.02]
    general = general_patience(rate, 3, d.Exponential(mean=2), agents, within)
    exact = erlang_a(rate, 3, 2, agents, within)
    for column, read in READ_A.items():
        assert read(general) == pytest.approx(read(exact), rel=1e-9, abs=1e-14, nan_ok=True), column
    assert general.wait_percentile(0.95) == pytest.approx(exact.wait_percentile(0.95), rel=1e-7, abs=1e-12)


def test_fixed_patience_by_hand() -> None:
    """M/M/1 with load 1 and fixed patience 3 would be off the answer by hand.

    The offered wait has an atom p0 at 0, density p0 up to 3 and p0 exp(-(w - 3)) beyond: p0 (1 + 3 + 1) = 1. The
    agent is idle for p0, which with load 1 is also the share of work that left.
    """
    p = general_patience(1, 1, d.Deterministic(value=3), 1)
    assert [float(p.p_abandon), float(p.p_wait)] == pytest.approx([1 / 5, 4 / 5], rel=1e-12)
    assert float(p.wait_abandoned) == pytest.approx(3, rel=1e-12)


LAWS: list[d.Distribution] = [
    d.Exponential(mean=2),
    d.Hyperexponential(shares=(0.3, 0.7), means=(0.5, 3)),
    d.Gamma(mean=2, cv=1.4),
    d.Erlang(mean=2, phases=3),
    d.Weibull(mean=2, shape=0.6),
    d.Lognormal(mean=2, cv=1.5),
    d.Deterministic(value=2),
    d.Uniform(low=1, high=3),
    d.Uniform(low=2, high=2),
    d.Triangular(low=0, mode=1, high=3),
    d.Empirical(values=(0, 3, 1, 1), weights=(1, 2, 1, 4)),
    d.WithZero(zero=0.2, of=d.Erlang(mean=2, phases=2)),
]


@pytest.mark.parametrize("distribution", LAWS, ids=lambda distribution: distribution.family)
def test_patience_used(distribution: d.Distribution) -> None:
    """E[min(R, t)] would not be the integral of the survival, or survival not 1 - cdf."""
    taken = patience_distribution(distribution)
    t = np.linspace(0, 6, 60_001)
    middle = (t[1:] + t[:-1]) / 2
    assert taken.lasts(t) == pytest.approx(1 - distribution.cdf(t), abs=1e-12)
    assert taken.used(t)[1:] == pytest.approx(np.cumsum(taken.lasts(middle)) * 1e-4, abs=2e-4)
    assert float(taken.used(np.array(1e6))) == pytest.approx(distribution.mean, rel=1e-6)


@pytest.mark.parametrize("distribution", LAWS, ids=lambda distribution: distribution.family)
def test_conservation_for_every_law(distribution: d.Distribution) -> None:
    """Shares would not add up, or the work done would not be the work that came and stayed."""
    p = general_patience([8.0, 12.0], 3, distribution, 30, within=0.7)
    assert p.served_within + p.abandoned_within + p.waiting_beyond == pytest.approx([1, 1], abs=1e-10)
    # the agents' work from the states below n: a (1 - P(wait) - P(n - 1 busy)) + n P(wait), with b = P(n-1)
    assert p.occupancy == pytest.approx(np.array([8, 12]) * 3 * (1 - p.p_abandon) / 30, rel=1e-12)
    assert p.wait_all == pytest.approx(p.p_answered * p.wait_served + p.p_abandon * p.wait_abandoned, rel=1e-9)
    # flow balance while all are busy (Zeltyn & Mandelbaum 2005, eq. 3.8): who waits and stays is served at n mu
    boundary = _boundary(np.array([8.0, 12.0]), 3.0, 30, p.p_wait)
    assert p.p_wait - p.p_abandon == pytest.approx(30 / 3 / np.array([8, 12]) * p.p_wait - boundary, rel=1e-8)


def _boundary(rate: np.ndarray, handle: float, agents: int, p_wait: np.ndarray) -> np.ndarray:
    """P(n - 1 busy) from P(wait) and the Poisson weights below n: where the busy period of all agents begins."""
    load = rate * handle
    weights = np.ones_like(load)
    total = np.ones_like(load)
    for k in range(1, agents):
        weights = weights * load / k
        total = total + weights
    return (1 - p_wait) * weights / total


def test_own_law() -> None:
    """A law of one's own would not be taken."""
    distribution = PatienceDistribution(lambda t: np.exp(-t / 2), lambda t: -2 * np.expm1(-t / 2))
    assert float(general_patience(10, 3, distribution, 30).p_abandon) == pytest.approx(
        float(erlang_a(10, 3, 2, 30).p_abandon), rel=1e-10
    )
    with pytest.raises(InvalidValue, match="patience: 5 cannot be used; give a distribution"):
        general_patience(10, 3, 5, 30)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "row",
    [r for r in truth_rows("priority.csv") if r["family"] == "M/G/1 FCFS"],
    ids=lambda r: f"{r['case']}-{r['metric']}",
)
def test_pollaczek_khinchine(row: dict[str, str]) -> None:
    """M/G/1 would be off its formula, or Allen & Cunneen's approximation not exact for one agent."""
    given = json.loads(row["given"])
    read = {"E_wait_min": "wait", "P_delay": "p_wait"}[row["metric"]]
    rate, handle, scv = given["lambda_per_min"], given["mean_service_min"], given["scv"]
    for p in (mg1(rate, handle, scv), allen_cunneen(rate, handle, 1, scv)):
        assert float(getattr(p, read)) == pytest.approx(float(row["value"]), rel=float(row["tolerance"])), p.model


@pytest.mark.parametrize("row", [r for r in truth_rows("priority.csv") if r["family"] == "M/D/1 FCFS"], ids=case_name)
def test_md1(row: dict[str, str]) -> None:
    """The wait in M/D/1 would be off Erlang's sum in 40 digits."""
    given = json.loads(row["given"])
    got = md1_wait_within(given["lambda_"], given["service"], given["T"])
    assert got == pytest.approx(float(row["value"]), rel=float(row["tolerance"]))


def test_md1_long_waits_decay() -> None:
    """Far out, where Erlang's alternating sum is noise, the tail must fall by the root of rho (e^r - 1) = r."""
    r = 0.5
    for _ in range(200):  # lambda (exp(s) - 1) = s with lambda = 0.8: Newton from above
        r = r - (0.8 * math.expm1(r) - r) / (0.8 * math.exp(r) - 1)
    late = [1 - md1_wait_within(0.8, 1, t) for t in (20, 21, 40, 41)]
    assert late[1] / late[0] == pytest.approx(math.exp(-r), rel=1e-6)
    assert late[3] / late[2] == pytest.approx(math.exp(-r), rel=1e-4)


def test_whitt_where_the_answer_is_known() -> None:
    """Whitt's refinement would be off M/M/n or M/D/1, where it is exact, or off its limit in heavy traffic."""
    load = np.array([0.5, 0.8, 0.9, 0.999]) * 10
    assert whitt(load, 1, 10, 1).wait == pytest.approx(erlang_c(load, 1, 10).asa, rel=1e-12)
    assert whitt([0.5, 0.8], 1, 1, 0).wait == pytest.approx(mg1([0.5, 0.8], 1, 0).wait, rel=1e-12)
    for scv in (0, 0.4, 2, 4):  # Kingman: E[W] ~ (1 + scv) / 2 of Erlang C's as the load nears the agents
        ratio = whitt(load, 1, 10, scv).wait / erlang_c(load, 1, 10).asa
        assert ratio[-1] == pytest.approx((1 + scv) / 2, rel=2e-3)
    steady = whitt(load, 1, 10, 0).wait / erlang_c(load, 1, 10).asa  # Cosmetatos: above one half, falling to it
    assert np.all((steady > 0.5) & (steady <= 0.62))
    assert np.all(np.diff(steady) < 0)


def test_overload_and_size() -> None:
    """An overloaded or endless sum would go on without a word."""
    with pytest.raises(UnstableQueue):
        mg1(1, 1, 0)
    with pytest.raises(UnstableQueue):
        md1_wait_within(1, 1, 1)
    with pytest.raises(TooLarge, match="shorter wait"):
        md1_wait_within(0.5, 1, 1e6)
    assert np.isinf(allen_cunneen(10, 1, [9, 11], 1).wait).tolist() == [True, False]


def test_tail_is_the_share_still_waiting() -> None:
    """The tail at a time would not be the share still waiting then, which the measures give for that time."""
    distribution = d.Weibull(mean=200.0, shape=0.7)
    times = np.array([0.0, 1.0, 20.0, 150.0, 900.0])
    agents = np.array([8.0, 10.0, 14.0])
    tail = general_patience(0.04, 240.0, distribution, agents).tail(times[:, None])
    for time, row in zip(times, tail, strict=True):
        np.testing.assert_allclose(
            row, general_patience(0.04, 240.0, distribution, agents, time).waiting_beyond, rtol=1e-12
        )


def test_a_rule_of_integration_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every queue would work out its rules of integration anew."""
    from models.queueing.numerics.quadrature import gauss_legendre

    gauss_legendre.cache_clear()
    made, rule = [], np.polynomial.legendre.leggauss
    monkeypatch.setattr(np.polynomial.legendre, "leggauss", lambda order: made.append(order) or rule(order))
    for agents in range(5, 30):
        general_patience(0.04, 240.0, d.Uniform(low=0, high=300), agents).wait_percentile(0.9)
    assert len(made) == 1
