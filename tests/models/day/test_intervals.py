"""Offered load and the requirement by interval against the tables, quadrature and each other."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma, lognorm

from models.day.intervals import interval_loads, offered_load, requirement, sinusoidal_load, square_root
from models.queueing.handle_times import HandleTimeDistribution, fitted
from models.queueing.inverse import Goal
from scenarios.errors import InvalidValue
from tests.truth_tables import truth_rows


def distribution(case: dict[str, object]) -> HandleTimeDistribution:
    """The handle-time law of a row, whose number is a count of stages or a coefficient of variation."""
    contact_type, mean, number = str(case["service"])[:3], float(case["mean_service_min"]), case["shape_or_cv"]
    return {
        "exp": lambda: HandleTimeDistribution("exponential", mean),
        "det": lambda: HandleTimeDistribution("deterministic", mean),
        "erl": lambda: HandleTimeDistribution("gamma", mean, 1 / float(number)),
        "gam": lambda: HandleTimeDistribution("gamma", mean, 1 / float(number)),
        "log": lambda: HandleTimeDistribution("lognormal", mean, float(number) ** 2),
    }[contact_type]()


@pytest.mark.parametrize("row", truth_rows("offered_load.csv"), ids=lambda row: f"{row['case']}-{row['index']}")
def test_every_row_of_the_offered_load(row: dict[str, str]) -> None:
    """m(t) is not the integral of lambda(u) P(S > t - u)."""
    case, when = json.loads(row["given"]), float(row["index"])
    if "lambda_t" in case:
        mean, swing, frequency = re.fullmatch(r"([\d.]+)\+([\d.]+) sin\(([\d.]*) ?t\)", case["lambda_t"]).groups()
        got = sinusoidal_load(float(mean), float(swing), float(frequency or 1), 1 / case["mu"], when)
    else:
        got = offered_load(case["lambda_per_min"], case["interval_min"], distribution(case), when)
    assert got == pytest.approx(float(row["value"]), rel=float(row["tolerance"]), abs=1e-12)


def by_rule(case: dict[str, object], rule: str) -> np.ndarray:
    """The loads or the agents of a rule as the table names it, shape (intervals,)."""
    length = case["interval_min"]
    rates = np.array(case["calls_per_interval"]) / length
    handle = HandleTimeDistribution("exponential", case["aht_min"])
    names = {"MOL-max": "mol-max", "MOL": "mol-mean", "LAG": "lagged", "": "sipp"}
    load = next(ours for theirs, ours in names.items() if theirs in rule)
    if rule.startswith("OFFERED-LOAD"):
        return interval_loads(rates, length, handle, "mol-max" if "max" in rule else "mol-mean")
    if rule.startswith("SQRT"):
        return square_root(interval_loads(rates, length, handle, load), float(rule.split("beta")[1]))
    goal = Goal(service_level=case["sl_target"], within=case["T_min"])
    patience = 1 / case["theta"] if rule.endswith("ErlangA") else np.inf
    return requirement(rates, length, handle, goal, patience, load)


@pytest.mark.parametrize("row", truth_rows("tv_staffing.csv"), ids=lambda row: f"{row['case']}-{row['index']}")
def test_every_row_of_the_staffing(row: dict[str, str]) -> None:
    """A rule takes another load or another number of agents than its definition says."""
    got = by_rule(json.loads(row["given"]), row["metric"])[int(row["index"]) - 1]
    # Loads are printed with 12 digits; agents are whole and must be equal.
    assert got == pytest.approx(float(row["value"]), rel=5e-12)


@pytest.mark.parametrize(
    "handle, survival",
    [
        (HandleTimeDistribution("gamma", 5.0, 0.4), gamma(2.5, scale=2.0).sf),
        (HandleTimeDistribution("lognormal", 5.0, 1.44), lognorm(np.sqrt(np.log(2.44)), scale=5 / np.sqrt(2.44)).sf),
        (HandleTimeDistribution("deterministic", 5.0), lambda x: float(x < 5)),
    ],
)
def test_what_is_left_of_a_handle_time(handle: HandleTimeDistribution, survival: object) -> None:
    """The closed forms are not the integrals of the survival function."""
    for x in (0.0, 1.3, 7.0):
        left = quad(survival, x, 60, limit=500, points=[5.0])[0] + quad(survival, 60, np.inf)[0]
        assert float(handle.left(x)) == pytest.approx(left, rel=1e-6, abs=1e-9)
        area = quad(handle.left, x, x + 9, limit=500, points=[5.0] if x < 5 else None)[0]
        assert float(handle.left_area(x) - handle.left_area(x + 9)) == pytest.approx(area, rel=1e-6, abs=1e-9)
    assert float(handle.left(-2.0)) == pytest.approx(5.0)
    assert float(handle.left_area(-2.0) - handle.left_area(0.0)) == pytest.approx(10.0)


@pytest.mark.parametrize(
    "handle", [HandleTimeDistribution("deterministic", 7.0), HandleTimeDistribution("lognormal", 7.0, 2.0)]
)
def test_the_mean_load_is_the_mean_of_the_load(handle: HandleTimeDistribution) -> None:
    """The integral over an interval does not belong to the function over time."""
    rates = [1.0, 4.0, 2.0]
    times = (np.arange(3 * 4000) + 0.5) * 10 / 4000
    sampled = offered_load(rates, 10.0, handle, times, rate_before=0.5).reshape(3, -1).mean(axis=1)
    assert interval_loads(rates, 10.0, handle, "mol-mean", rate_before=0.5) == pytest.approx(sampled, rel=1e-6)


def test_the_law_of_handle_times_does_not_matter_when_nothing_varies() -> None:
    """A constant rate since always must give rate x mean, by every law and every rule (insensitivity)."""
    for handle in (
        HandleTimeDistribution("exponential", 4.0),
        HandleTimeDistribution("lognormal", 4.0, 2.0),
        HandleTimeDistribution("deterministic", 4.0),
    ):
        for rule in ("sipp", "lagged", "mol-mean", "mol-max"):
            loads = interval_loads([3.0, 3.0], 15.0, handle, rule, rate_before=3.0)
            assert loads == pytest.approx([12.0, 12.0], rel=1e-12)


def test_a_fitted_law() -> None:
    """The two names that people mean by a variation of 0 and 1 are lost."""
    assert [fitted(3.0, scv).family for scv in (0.0, 1.0, 2.0)] == ["deterministic", "exponential", "lognormal"]


@pytest.mark.parametrize(
    "call",
    [
        lambda: HandleTimeDistribution("weibull", 3.0),
        lambda: HandleTimeDistribution("gamma", 3.0, 0.0),
        lambda: HandleTimeDistribution("gamma", -3.0),
        lambda: interval_loads([1.0, float("nan")], 30.0, fitted(3.0, 1.0)),
        lambda: interval_loads([], 30.0, fitted(3.0, 1.0)),
        lambda: interval_loads([1.0], 0.0, fitted(3.0, 1.0)),
        lambda: interval_loads([1.0], 30.0, fitted(3.0, 1.0), "best"),
        lambda: sinusoidal_load(1.0, 2.0, 1.0, 1.0, 0.0),
    ],
)
def test_bad_input_is_refused(call: object) -> None:
    """A load that means nothing comes back."""
    with pytest.raises(InvalidValue):
        call()
