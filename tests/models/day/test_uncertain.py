"""Uncertain volume against the tables and against draws."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from models.day.day_factor import gamma_nodes, gamma_quantile
from models.day.uncertain import (
    count_correlation,
    count_quantile,
    count_variance,
    fitted_shape,
    min_agents_on_share_of_days,
    min_agents_uncertain,
    shape_of_cv,
    share_of_good_days,
    uncertain_service,
)
from models.queueing.erlang import erlang_a
from models.queueing.inverse import Goal, min_agents
from scenarios.errors import InvalidValue
from tests.truth_tables import truth_rows

ROWS = truth_rows("overdispersion.csv")


def count_measure(case: dict[str, float], metric: str) -> float:
    """Metrics of the number of contacts."""
    shape = case["gamma_alpha"]
    if metric == "correlation_between_intervals":
        return count_correlation(*case["mean_counts"], shape)
    mean = case["mean_count"]
    if metric.startswith("count_quantile_"):
        return float(count_quantile(mean, shape, float(metric.removeprefix("count_quantile_"))))
    variance = float(count_variance(mean, shape))
    return {"variance": variance, "cv": math.sqrt(variance) / mean}[metric]


def service_measure(case: dict[str, float], metric: str) -> float:
    """Metrics of service and staffing."""
    queue = (case["lambda_per_min"], 1 / case["mu"], 1 / case["theta"])
    shape = math.inf if metric.endswith("fixed_rate") else case["gamma_alpha"]
    if metric.startswith("min_agents_SL"):
        target = int(metric.removeprefix("min_agents_SL").split("_")[0]) / 100
        return min_agents_uncertain(*queue, case["T_min"], target, shape)
    level, lost, wait, spread = uncertain_service(*queue, case["n"], case["T_min"], shape)
    names = {"SL_served_over_offered": level, "P_abandon": lost, "E_wait_all": wait, "SD_over_B_of_interval_SL": spread}
    return float(names[metric.removesuffix("_random_rate").removesuffix("_fixed_rate")])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['case']}-{row['metric']}")
def test_every_row_of_the_table(row: dict[str, str]) -> None:
    """A random busyness is averaged otherwise than over contacts, or the counts follow another law."""
    case = json.loads(row["given"])
    measure = service_measure if "lambda_per_min" in case else count_measure
    assert measure(case, row["metric"]) == pytest.approx(float(row["value"]), rel=float(row["tolerance"]))


@pytest.mark.parametrize("shape", [0.7, 25.0, 5000.0])
def test_the_quadrature_has_the_moments_of_the_gamma_law(shape: float) -> None:
    """E[B^3] = (1 + 1/a)(1 + 2/a); a wrong node or an overflow for a large shape breaks it."""
    factors, weights = gamma_nodes(shape, 12)
    assert weights.sum() == pytest.approx(1.0, rel=1e-12)
    assert weights @ factors**3 == pytest.approx((1 + 1 / shape) * (1 + 2 / shape), rel=1e-10)


def test_a_factor_without_spread_changes_nothing() -> None:
    """With a shape of inf the measures must be those of Erlang A."""
    level, lost, wait, spread = uncertain_service(10, 3, 2, 34, 1 / 3, math.inf)
    sure = erlang_a(10, 3, 2, 34, 1 / 3)
    assert (level, lost, wait) == pytest.approx((sure.served_within, sure.p_abandon, sure.wait_all), rel=1e-12)
    assert spread == 0
    goal = Goal(service_level=0.8, within=1 / 3)
    assert min_agents_on_share_of_days(10, 3, goal, 2, math.inf) == min_agents(10, 3, goal, 2)
    assert share_of_good_days(10, 3, 2, 34, 1 / 3, 0.8, math.inf) == 1.0


def test_staffing_for_most_days_keeps_most_days() -> None:
    """The two inverses disagree: n agents keep 9 days of 10, n - 1 do not."""
    n = int(min_agents_on_share_of_days(10, 3, Goal(service_level=0.8, within=1 / 3), 2, shape=25, days=0.9))
    good = [share_of_good_days(10, 3, 2, k, 1 / 3, 0.8, shape=25) for k in (n - 1, n)]
    assert good[0] < 0.9 <= good[1]


def test_good_days_by_draws() -> None:
    """The share of good days is not that of drawn days: 20,000 draws, within four standard errors."""
    draws = np.random.default_rng(7).gamma(25, 1 / 25, 20_000)
    drawn = float(np.mean(erlang_a(10 * draws, 3, 2, 36, 1 / 3).served_within >= 0.8))
    assert share_of_good_days(10, 3, 2, 36, 1 / 3, 0.8, shape=25) == pytest.approx(drawn, abs=4 * 0.5 / 141)


def test_the_shape_is_found_again() -> None:
    """The moment estimate is off: 4,000 days drawn with shape 16 (its standard error is about 0.5)."""
    random = np.random.default_rng(3)
    counts = random.poisson(500 * random.gamma(16, 1 / 16, 4000))
    assert fitted_shape(counts, 500) == pytest.approx(16, abs=2.5)
    assert fitted_shape([100, 100, 100], 100) == math.inf
    assert shape_of_cv(0.25) == 16
    assert shape_of_cv(0) == math.inf


def test_a_quantile_of_the_busyness() -> None:
    """A gamma law of shape 1 is exponential: 90 % of days stay under ln 10."""
    assert gamma_quantile(1.0, 0.9) == pytest.approx(math.log(10), rel=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: count_variance(-1, 10),
        lambda: count_variance(10, 0),
        lambda: count_quantile(10, math.nan, 0.5),
        lambda: uncertain_service(10, 3, math.inf, 34, 1 / 3, 10),
        lambda: min_agents_on_share_of_days(10, 3, Goal(service_level=0.8), 2, 10, days=1.0),
        lambda: min_agents_uncertain(10, 3, 2, 1 / 3, 1.0, 10),
        lambda: fitted_shape([3], 4),
        lambda: gamma_nodes(4, 0),
    ],
)
def test_bad_input_is_refused(call: object) -> None:
    """A number that means nothing comes back."""
    with pytest.raises(InvalidValue):
        call()
