"""Distributions: their moments and quantiles against the textbook, their draws against both."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from scenarios.distributions import FAMILIES, Distribution
from tests.strategies import distributions

ADAPTER: TypeAdapter[Any] = TypeAdapter(Distribution)

# Mean 200; the reference is scipy's distribution, or the textbook's formula where scipy has none.
SIGMA = math.sqrt(math.log(1 + 1.5**2))
REFERENCE: dict[str, tuple[dict[str, Any], Any]] = {
    "exponential": ({"mean": 200}, stats.expon(scale=200)),
    "lognormal": ({"mean": 200, "cv": 1.5}, stats.lognorm(SIGMA, scale=200 * math.exp(-(SIGMA**2) / 2))),
    "gamma": ({"mean": 200, "cv": 0.5, "family": "gamma"}, stats.gamma(4, scale=50)),
    "erlang": ({"mean": 200, "phases": 3, "family": "erlang"}, stats.erlang(3, scale=200 / 3)),
    "weibull": (
        {"mean": 200, "shape": 0.7, "family": "weibull"},
        stats.weibull_min(0.7, scale=200 / math.gamma(1 + 1 / 0.7)),
    ),
    "uniform": ({"low": 100, "high": 300, "family": "uniform"}, stats.uniform(100, 200)),
    "triangular": (
        {"low": 60, "mode": 140, "high": 400, "family": "triangular"},
        stats.triang((140 - 60) / 340, loc=60, scale=340),
    ),
}


@pytest.mark.parametrize("family", REFERENCE)
def test_moments_and_quantiles_are_the_textbooks(family: str) -> None:
    """Mean, variability or quantile of a family is wrong."""
    told, theory = REFERENCE[family]
    found = ADAPTER.validate_python(told)
    shares = np.array([0.01, 0.1, 0.5, 0.8, 0.95, 0.999])
    assert found.mean == pytest.approx(theory.mean())
    assert found.scv == pytest.approx(theory.var() / theory.mean() ** 2)
    np.testing.assert_allclose(found.quantile(shares), theory.ppf(shares), rtol=1e-9)
    np.testing.assert_allclose(found.cdf(theory.ppf(shares)), shares, rtol=1e-9)


def test_a_hyperexponential_is_a_blend_of_exponentials() -> None:
    """Moments of a blend are not the blended moments."""
    found = ADAPTER.validate_python({"family": "hyperexponential", "shares": [0.7, 0.3], "means": [120, 520]})
    second = 0.7 * 2 * 120**2 + 0.3 * 2 * 520**2
    assert found.mean == pytest.approx(240)
    assert found.scv == pytest.approx(second / 240**2 - 1)
    assert found.cdf(100.0) == pytest.approx(1 - 0.7 * math.exp(-100 / 120) - 0.3 * math.exp(-100 / 520))


def test_a_share_of_zeros_thins_the_rest() -> None:
    """An atom at zero is lost in mean, variability, cdf or quantile."""
    found = ADAPTER.validate_python({"family": "with-zero", "zero": 0.25, "of": {"mean": 400}})
    assert found.mean == pytest.approx(300)
    assert found.scv == pytest.approx(0.75 * 2 * 400**2 / 300**2 - 1)
    assert found.cdf([-1.0, 0.0, 400.0]) == pytest.approx([0, 0.25, 0.25 + 0.75 * (1 - math.exp(-1))])
    assert found.quantile([0.2, 0.625]) == pytest.approx([0, 400 * math.log(2)])


def test_observed_times_keep_their_weights() -> None:
    """An empirical distribution is not the table it was made of, whatever the order of the table."""
    found = ADAPTER.validate_python({"family": "empirical", "values": [180, 60, 120], "weights": [2, 1, 1]})
    assert found.mean == pytest.approx(135)
    assert found.scv == pytest.approx((2 * 180**2 + 60**2 + 120**2) / 4 / 135**2 - 1)
    assert found.quantile([0.1, 0.25, 0.3, 0.6, 1.0]).tolist() == [60, 60, 120, 180, 180]
    assert found.cdf([59, 60, 119, 120, 180]).tolist() == [0, 0.25, 0.25, 0.5, 1]


@settings(max_examples=40)
@given(distributions())
def test_the_first_draws_do_not_depend_on_how_many_follow(told: dict[str, Any]) -> None:
    """Contact number i becomes another person when the volume changes."""
    family = ADAPTER.validate_python(told)
    few, many = (family.draw(np.random.default_rng(7), size) for size in (5, 50))
    np.testing.assert_array_equal(few, many[:5])
    assert np.all(many >= 0)


@pytest.mark.parametrize("family", [*REFERENCE, "hyperexponential", "with-zero", "empirical"])
def test_draws_follow_the_distribution(family: str) -> None:
    """Draws have another mean, or another distribution, than the family says (4 standard errors, 100,000 draws)."""
    others = {
        "hyperexponential": {"family": "hyperexponential", "shares": [0.7, 0.3], "means": [120, 520]},
        "with-zero": {"family": "with-zero", "zero": 0.25, "of": {"mean": 400}},
        "empirical": {"family": "empirical", "values": [180, 60, 120], "weights": [2, 1, 1]},
    }
    found = ADAPTER.validate_python(others.get(family) or REFERENCE[family][0])
    size = 100_000
    draws = found.draw(np.random.default_rng(1), size)
    assert abs(draws.mean() - found.mean) < 4 * found.mean * math.sqrt(found.scv / size)
    for time in found.quantile([0.1, 0.5, 0.9]):
        share = float(found.cdf(time))
        assert abs((draws <= time).mean() - share) <= 4 * math.sqrt(share * (1 - share) / size)


@settings(max_examples=40)
@given(distributions())
def test_scaling_multiplies_the_mean_and_nothing_else(told: dict[str, Any]) -> None:
    """Half the handle time is not half the handle time, or has another shape."""
    family = ADAPTER.validate_python(told)
    half = family.scaled(0.5)
    assert half.mean == pytest.approx(family.mean / 2)
    assert half.scv == pytest.approx(family.scv, abs=1e-9)


@settings(max_examples=60)
@given(distributions())
def test_quantile_is_the_inverse_of_the_cdf(told: dict[str, Any]) -> None:
    """A quantile lies on the wrong side of its share."""
    family = ADAPTER.validate_python(told)
    for share in (0.05, 0.5, 0.95):
        time = float(family.quantile(share))
        assert family.cdf(time * (1 + 1e-9) + 1e-9) >= share - 1e-9
        assert time == 0 or family.cdf(time * (1 - 1e-6) - 1e-9) <= share + 1e-6


@pytest.mark.parametrize(
    "told, family",
    [
        ({"mean": "5 min"}, "exponential"),
        ({"mean": 300, "cv": 1}, "lognormal"),
        ({"mean": 300, "cv": 0}, "deterministic"),
        (0, "deterministic"),
    ],
)
def test_the_shape_of_the_mapping_names_the_family(told: Any, family: str) -> None:
    """The short way of writing means another family."""
    assert ADAPTER.validate_python(told).family == family


@pytest.mark.parametrize(
    "told, word",
    [
        ("5 min", "does not say how it varies"),
        ({"mean": 5, "sd": 2}, "write {mean: 5 min}"),
        ({"family": "gamma", "mean": 5}, "cv"),
        ({"family": "gamma", "mean": 0, "cv": 1}, "greater than 0"),
        ({"family": "hyperexponential", "shares": [0.7, 0.7], "means": [1, 2]}, "add up to 1, not 1.4"),
        ({"family": "hyperexponential", "shares": [1], "means": [1, 2]}, "one share for each of the 2 means"),
        ({"family": "uniform", "low": 5, "high": 2}, "must not exceed high"),
        ({"family": "triangular", "low": 5, "mode": 2, "high": 9}, "low <= mode <= high"),
        ({"family": "empirical", "values": []}, "at least 1"),
        ({"family": "empirical", "values": [1, 2], "weights": [1]}, "one weight for each of the 2 values"),
        ({"family": "empirical", "values": [1], "weights": [0]}, "one weight"),
        ({"family": "with-zero", "zero": 1.2, "of": {"mean": 3}}, "less than or equal to 1"),
        ({"mean": float("nan")}, "write a time"),
    ],
)
def test_what_is_no_distribution_is_refused(told: Any, word: str) -> None:
    """A distribution that cannot be drawn from was taken."""
    with pytest.raises(ValidationError, match=word):
        ADAPTER.validate_python(told)


def test_every_family_is_known_by_name() -> None:
    """The list of families lacks one, or names one that does not exist."""
    for name in FAMILIES:
        with pytest.raises(ValidationError) as refused:
            ADAPTER.validate_python({"family": name, "nonsense": 1})
        assert "union_tag_invalid" not in str(refused.value)
    with pytest.raises(ValidationError, match="union_tag_invalid"):
        ADAPTER.validate_python({"family": "normal"})
