"""Bands from errors whose distribution is known."""

from datetime import date

import numpy as np
import pytest

from models.forecasting.backtest import NAIVE, RollingErrors
from models.forecasting.bands import ErrorModel, error_model, shared_errors
from models.forecasting.series import DaySeries
from scenarios.errors import InvalidValue
from tests.models.forecasting.samples import weekdays_from


def simulated(count: int, day_cv: float, interval_cv: float, seed: int, horizon: int = 1) -> RollingErrors:
    """Forecasts of 100 contacts in 20 intervals, and counts with gamma factors of days and of intervals."""
    random = np.random.default_rng(seed)
    days = weekdays_from(date(2020, 1, 6), count)
    factor = np.ones(count) if not day_cv else random.gamma(day_cv**-2, day_cv**2, count)
    own = np.ones((count, 20)) if not interval_cv else random.gamma(interval_cv**-2, interval_cv**2, (count, 20))
    counts = random.poisson(100 * factor[:, None] * own).astype(float)
    forecasts = [np.full((min(horizon, count - origin), 20), 100.0) for origin in range(count)]
    return RollingErrors(DaySeries("calls", days, counts, 4320.0), tuple(range(count)), horizon, {NAIVE: forecasts})


def test_the_parts_of_the_error_are_told_apart():
    """Day factor 0.12 and interval factor 0.08 beside the Poisson 0.1 are mixed up; 800 days, four standard errors."""
    model = error_model(simulated(800, 0.12, 0.08, seed=1), NAIVE)
    assert model.day_deviation(1) == pytest.approx(0.12, abs=4 * 0.12 / np.sqrt(2 * 800))
    assert model.interval == pytest.approx(0.08, abs=4 * 0.0164 / np.sqrt(800 * 20) / 0.08 + 0.002)


def test_chance_alone_leaves_no_variation():
    """Poisson counts around a true forecast are taken for days that vary."""
    assert error_model(simulated(800, 0.0, 0.0, seed=2), NAIVE).day_deviation(1) < 0.012


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_bands_cover_what_they_claim_on_new_days(level):
    """Bands are those of Poisson; tried on other days than they were made of."""
    model = error_model(simulated(400, 0.15, 0.05, seed=3), NAIVE)
    fresh = simulated(400, 0.15, 0.05, seed=4).series.counts
    expected = np.full_like(fresh, 100.0)
    low, high = model.interval_band(expected, [1] * 400, level)
    assert np.mean((fresh >= low) & (fresh <= high)) == pytest.approx(level, abs=0.04)
    low, high = model.day_band(expected.sum(axis=1), [1] * 400, level)
    inside = np.mean((fresh.sum(axis=1) >= low) & (fresh.sum(axis=1) <= high))
    assert inside == pytest.approx(level, abs=4 * np.sqrt(2 * level * (1 - level) / 400))


def test_the_chance_of_a_day_above_a_volume():
    """It rises with the volume, or is not one half at the forecast."""
    model = error_model(simulated(400, 0.15, 0.0, seed=5), NAIVE)
    chances = [model.chance_above(volume, np.array([2000.0]), [1]).item() for volume in (1500, 2000, 2500, 9000)]
    assert chances == sorted(chances, reverse=True)
    assert chances[1] == pytest.approx(0.5, abs=0.1)
    assert chances[3] == pytest.approx(1 / 401)


def test_few_errors_give_the_quantiles_of_the_normal_distribution():
    """With three past days the band is their range; a day of 10,000 with 10 %: 10,000 -+ 1.2816 * 1005."""
    model = ErrorModel((0.1,) * 6, 0.0, np.array([-0.1, 0.0, 0.1]), np.empty(0))
    low, high = model.day_band(np.array([10000.0]), [1])
    assert high.item() - 10000 == pytest.approx(1.2816 * np.sqrt(10000 + 1000**2), rel=0.02)
    assert 10000 - low.item() == pytest.approx(1.2816 * np.sqrt(10000 + 1000**2), rel=0.02)


def test_bands_do_not_narrow_with_distance():
    """The error ten days ahead is below that of tomorrow."""
    model = error_model(simulated(100, 0.1, 0.0, seed=6, horizon=10), NAIVE)
    assert list(model.day) == sorted(model.day)
    assert model.day_deviation(400) == model.day[-1]


def test_a_level_that_is_no_share_is_refused():
    """A level of 80 gives a band."""
    with pytest.raises(InvalidValue, match=r"as in 0\.8"):
        ErrorModel((0.1,) * 6, 0.0, np.empty(0), np.empty(0)).day_band(np.array([1.0]), [1], 80)


def test_types_that_were_wrong_together_are_grouped():
    """A chain of three: the second is like both, the fourth like none."""
    random = np.random.default_rng(7)
    a, b, other = random.normal(size=(3, 200))
    groups = shared_errors({"a": a, "c": b, "b": a + b, "d": other})
    assert groups == {"a": 0, "c": 0, "b": 0, "d": 1}
    assert shared_errors({"a": np.zeros(5), "b": np.zeros(5)}) == {"a": 0, "b": 1}
