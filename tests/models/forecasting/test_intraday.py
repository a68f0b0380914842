"""The rest of a day from its first part, where the answer is known."""

from datetime import date

import numpy as np
import pytest

from models.forecasting.backtest import NAIVE, RollingErrors
from models.forecasting.intraday import SHRINKAGE_DAYS, update_day
from models.forecasting.series import DaySeries
from scenarios.errors import InvalidValue
from tests.models.forecasting.samples import weekdays_from


def past(counts: np.ndarray) -> RollingErrors:
    """Days of eight intervals of three hours, each forecast with 1000 contacts."""
    days = weekdays_from(date(2026, 1, 5), len(counts))
    series = DaySeries("calls", days, counts, 10800.0)
    return RollingErrors(series, tuple(range(len(counts))), 1, {NAIVE: [np.full((1, 8), 1000.0)] * len(counts)})


def test_days_that_keep_their_factor_carry_it_on():
    """Both ratios are the factor of the day: together the slopes are n / (n + c / 2) with a ridge of c days on each."""
    factors = np.exp(np.random.default_rng(1).normal(0, 0.1, 50))
    errors = past(1000 * factors[:, None] * np.ones(8))
    so_far = np.full(8, 1200.0)
    update = update_day(errors, NAIVE, np.full(8, 1000.0), so_far, 4)
    slope = 50 / (50 + SHRINKAGE_DAYS / 2)
    assert update.slope + update.recent_slope == pytest.approx(slope, rel=1e-3)
    assert update.forecast[4:] == pytest.approx(np.full(4, 1000 * 1.2**slope), rel=1e-3)
    assert update.forecast[:4].tolist() == [1000.0] * 4
    assert update.deviation == pytest.approx(0.2, abs=1e-3)


def test_mornings_that_say_nothing_change_nothing():
    """The ratio so far is carried on although afternoons never followed mornings; four standard errors."""
    counts = 1000 * np.exp(np.random.default_rng(2).normal(0, 0.1, (200, 8)))
    update = update_day(past(counts), NAIVE, np.full(8, 1000.0), np.full(8, 1300.0), 4)
    assert update.forecast[4:] == pytest.approx(np.full(4, 1000.0), rel=0.3 * 4 / np.sqrt(200))


def test_what_comes_later_is_not_looked_at():
    """The counts after the time of the update change it."""
    errors = past(1000 * np.exp(np.random.default_rng(3).normal(0, 0.1, (30, 8))))
    first, second = np.full(8, 1100.0), np.full(8, 1100.0)
    second[4:] = 0
    updates = [update_day(errors, NAIVE, np.full(8, 1000.0), counts, 4).forecast for counts in (first, second)]
    assert np.array_equal(*updates)


def test_before_the_first_interval_and_after_the_last():
    """Midnight or the end of the day fails."""
    errors = past(np.full((20, 8), 1000.0))
    for passed in (0, 8):
        assert np.all(update_day(errors, NAIVE, np.full(8, 1000.0), np.full(8, 900.0), passed).forecast == 1000)
    with pytest.raises(InvalidValue, match="give 0 to 8"):
        update_day(errors, NAIVE, np.full(8, 1000.0), np.full(8, 900.0), 9)


def test_no_contacts_so_far_are_no_infinity():
    """A morning without a contact gives a forecast of NaN or 0."""
    errors = past(1000 * np.exp(np.random.default_rng(4).normal(0, 0.1, (30, 8))))
    assert np.all(np.isfinite(update_day(errors, NAIVE, np.full(8, 1000.0), np.zeros(8), 4).forecast))
