"""Past forecasts: nothing of the future is known, errors are what they are called."""

from datetime import date

import numpy as np
import pytest

from models.forecasting.backtest import (
    COMBINATION,
    DEFAULT,
    METHODS,
    NAIVE,
    RollingErrors,
    default_origins,
    rolling_errors,
)
from models.forecasting.calendar import WorkCalendar
from models.forecasting.errors import poisson_deviance, wape
from models.forecasting.series import DaySeries
from scenarios.errors import InvalidValue
from tests.models.forecasting.samples import random_series, weekdays_from

SERIES = random_series(40, 500.0, 0.08, seed=1)


def test_a_forecast_knows_nothing_of_later_days():
    """What came after the last origin changes a forecast."""
    later = SERIES.counts.copy()
    later[30:] *= 7
    changed = DaySeries("calls", SERIES.days, later, SERIES.interval)
    for series in (SERIES, changed):
        assert rolling_errors(series, WorkCalendar(), [20, 30], 5).origins == (20, 30)
    first = rolling_errors(SERIES, WorkCalendar(), [20, 25, 30], 5)
    second = rolling_errors(changed, WorkCalendar(), [20, 25, 30], 5)
    for name in (*METHODS, COMBINATION):
        for before, after in zip(first.forecasts[name], second.forecasts[name], strict=True):
            assert np.array_equal(before, after), name


def test_errors_by_hand():
    """Two days of two intervals: off by 10 + 10 of 100 in intervals, and by 0 and 10 in days."""
    days = weekdays_from(date(2026, 1, 5), 3)
    counts = np.array([[9.0, 9.0], [20.0, 30.0], [25.0, 25.0]])
    forecasts = {NAIVE: [np.array([[25.0, 25.0], [20.0, 20.0]])]}
    errors = RollingErrors(DaySeries("calls", days, counts, 43200.0), (1,), 2, forecasts)
    assert errors.error(NAIVE) == pytest.approx((0.2, 0.1))
    assert errors.error(NAIVE, [1]) == pytest.approx((0.2, 0.0))
    assert errors.table()["intervals"].tolist() == pytest.approx([0.2, 0.2])
    assert errors.verdict(NAIVE) == "The history is too short to compare methods: 1 origins, 8 needed."


def _errors(method: list[float], naive: list[float]) -> RollingErrors:
    """Ten origins, each with one interval a day of 100 contacts and these absolute errors by days ahead."""
    days = weekdays_from(date(2026, 1, 5), 20)
    series = DaySeries("calls", days, np.full((20, 1), 100.0), 86400.0)
    rows = {DEFAULT: method, NAIVE: naive}
    forecasts = {name: [100 + np.array(errors)[:, None]] * 10 for name, errors in rows.items()}
    return RollingErrors(series, tuple(range(5, 15)), len(method), forecasts)


def test_where_the_advantage_ends_it_is_said():
    """The method is worse beyond two days and that is not said."""
    assert _errors([1, 2, 5], [4, 4, 4]).verdict(DEFAULT) == "Beyond 2 open days ahead the eight-week mean is as good."
    assert _errors([5, 5, 5], [4, 4, 4]).verdict(DEFAULT) == "Beyond 0 open days ahead the eight-week mean is as good."
    better = _errors([1, 2, 3], [4, 4, 4])
    assert better.verdict(DEFAULT) == "Better than the eight-week mean up to 3 open days ahead: 2.0 % against 4.0 %."
    assert better.best == DEFAULT
    assert _errors([5, 5, 5], [4, 4, 4]).best == NAIVE


def test_methods_are_not_chosen_for_being_too_low():
    """Of ten intervals one has a contact: WAPE prefers 0 to the true mean of 0.1."""
    actual = np.array([1.0] + [0.0] * 9)
    assert wape(np.zeros(10), actual) < wape(np.full(10, 0.1), actual)
    assert poisson_deviance(np.zeros(10), actual) > poisson_deviance(np.full(10, 0.1), actual)


def test_origins_are_spread_and_leave_something_to_learn_from():
    """Origins lie before ten days, or none is left at the end."""
    assert default_origins(9, 5) == []
    assert default_origins(130, 10, most=5) == [43, 64, 86, 108, 129]
    assert min(default_origins(12, 4)) == 10


def test_a_history_of_three_days_is_refused():
    """Three days give a forecast without a word."""
    with pytest.raises(InvalidValue, match="at least 15 open days"):
        rolling_errors(SERIES.head(3), WorkCalendar(), [2], 1)
