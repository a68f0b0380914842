"""Each method on days whose answer is known."""

from datetime import date

import numpy as np
import pytest

from models.forecasting.backtest import DEFAULT, METHODS
from models.forecasting.calendar import CalendarEvent, WorkCalendar
from models.forecasting.methods.covariance import DayCovariance
from models.forecasting.methods.day_profile import calendar_regression, day_factors, profiles
from models.forecasting.methods.gaussian_regression import NOISE, likely_spread, predict, predict_groups
from models.forecasting.methods.naive import eight_week_mean, last_week
from models.forecasting.series import DaySeries
from tests.models.forecasting.samples import MONDAY, PROFILE, WEEKDAY_LEVELS, exact_series, random_series, weekdays_from


@pytest.mark.parametrize("name", METHODS)
def test_days_without_chance_are_continued(name):
    """A method misses the weekday or the profile of days that repeat exactly."""
    series = exact_series(60)
    targets = weekdays_from(date(2026, 3, 30), 10)
    expected = 1000 * np.array([WEEKDAY_LEVELS[day.weekday()] for day in targets])[:, None] * PROFILE
    assert METHODS[name](series, targets, WorkCalendar()) == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("name", METHODS)
def test_no_method_forecasts_contacts_where_there_never_were_any(name):
    """Closed intervals get contacts; on Fridays nobody ever called in the last interval."""
    series = random_series(60, 400.0, 0.05, seed=2)
    counts = series.counts.copy()
    counts[:, :6] = 0
    counts[series.weekdays == 4, -8:] = 0
    closed = DaySeries("calls", series.days, counts, series.interval)
    result = METHODS[name](closed, weekdays_from(date(2026, 3, 30), 5), WorkCalendar())
    assert np.all(result >= 0)
    assert result[:, :6].sum() == 0
    assert result[4, -8:].sum() == 0


def test_naive_means_by_hand():
    """Ten Mondays of 1 to 10 contacts: last week 10, mean of eight (3 + ... + 10) / 8 = 6.5."""
    days = tuple(date.fromordinal(MONDAY.toordinal() + 7 * week) for week in range(10))
    series = DaySeries("calls", days, np.arange(1.0, 11.0)[:, None], 86400.0)
    target = [date(2026, 3, 16)]
    assert last_week(series, target, WorkCalendar()).item() == 10
    assert eight_week_mean(series, target, WorkCalendar()).item() == 6.5
    holiday = WorkCalendar({days[-1]: "holiday"})
    assert last_week(series, target, holiday).item() == 9
    assert last_week(series, [date(2026, 3, 17)], WorkCalendar()).item() == 10  # a Tuesday was never seen


def test_a_level_is_shrunk_as_theory_says():
    """With a^2 the variance of the level and s^2 that of a day, the mean of n days counts n a^2 / (n a^2 + s^2)."""
    values, level, noise = np.array([0.1, 0.3, 0.2, 0.6]), 0.5, 0.4
    covariance = DayCovariance({"level": np.ones((5, 5))})
    prediction = predict(values, np.zeros(4), covariance, {"level": level, NOISE: noise})
    share = 4 * level**2 / (4 * level**2 + noise**2)
    assert prediction.mean[0] == pytest.approx(share * values.mean(), rel=1e-6)
    assert prediction.deviation[0] == pytest.approx(np.sqrt(level**2 * (1 - share) + noise**2), rel=1e-6)
    grouped = predict_groups(values[:, None], np.zeros((4, 1)), covariance, {"level": level, NOISE: noise})
    assert grouped.item() == pytest.approx(share * values.mean(), rel=1e-6)


def test_the_size_of_effects_is_learnt():
    """Weekdays that differ by 0.5 are taken to differ by the prior 0.05, or noise of 0.1 by 0.01."""
    random = np.random.default_rng(4)
    weekday = np.arange(300) % 5
    effect = random.normal(0, 0.5, 5)
    effect *= 0.5 / effect.std()
    values = effect[weekday] + random.normal(0, 0.1, 300)
    covariance = DayCovariance({"weekday": (weekday[:, None] == weekday[None, :]).astype(float)})
    spread = likely_spread(
        values, np.zeros(300), covariance, {"weekday": 0.05, NOISE: 0.01}, doubt=3.0, evaluations=100
    )
    assert spread["weekday"] == pytest.approx(0.5, rel=0.35)
    assert spread[NOISE] == pytest.approx(0.1, rel=0.1)


def test_an_expected_event_changes_its_days_alone():
    """An event of +25 % is not 1.25 times the forecast, or reaches other days and types."""
    series, targets = exact_series(60), weekdays_from(date(2026, 3, 30), 5)
    event = CalendarEvent("sale", targets[1], targets[2], size=0.25, contact_type="calls")
    plain = day_factors(series, targets, WorkCalendar()).totals
    changed = day_factors(series, targets, WorkCalendar(events=(event,))).totals
    assert changed / plain == pytest.approx([1, 1.25, 1.25, 1, 1])
    stranger = CalendarEvent("sale", targets[1], targets[2], size=0.25, contact_type="chat")
    assert day_factors(series, targets, WorkCalendar(events=(stranger,))).totals == pytest.approx(plain)


def test_an_expected_event_of_the_past_does_not_raise_the_forecast():
    """Days that a campaign doubled are taken for the usual level."""
    series = exact_series(60)
    event = CalendarEvent("mailing", series.days[-5], series.days[-1], size=1.0)
    counts = series.counts.copy()
    counts[-5:] *= 2
    raised = DaySeries("calls", series.days, counts, series.interval)
    targets = weekdays_from(date(2026, 3, 30), 5)
    expected = day_factors(series, targets, WorkCalendar()).totals
    assert day_factors(raised, targets, WorkCalendar(events=(event,))).totals == pytest.approx(expected, rel=1e-3)


def test_the_size_of_an_event_is_learnt_from_the_last():
    """A sale that brought 40 % more twice is expected to bring about as much again."""
    series = exact_series(60)
    counts = series.counts.copy()
    for first in (15, 35):
        counts[first : first + 3] *= 1.4
    raised = DaySeries("calls", series.days, counts, series.interval)
    targets = weekdays_from(date(2026, 3, 30), 5)
    sales = [(series.days[15], series.days[17]), (series.days[35], series.days[37]), (targets[1], targets[2])]
    calendar = WorkCalendar(events=tuple(CalendarEvent("sale", first, last) for first, last in sales))
    ratio = day_factors(raised, targets, calendar).totals / day_factors(series, targets, WorkCalendar()).totals
    assert ratio[1:3] == pytest.approx([1.4, 1.4], rel=0.04)
    assert ratio[[0, 3, 4]] == pytest.approx([1, 1, 1], rel=0.04)


def test_shares_of_a_day_add_up_to_one():
    """A day has more or fewer contacts than its day factor."""
    series = random_series(40, 30.0, 0.1, seed=3)
    assert profiles(series, weekdays_from(date(2026, 3, 30), 5), WorkCalendar()).sum(axis=1) == pytest.approx(
        np.ones(5)
    )


def test_the_level_of_few_contacts_is_not_biased():
    """Zeros and ones by interval: the forecast of the week is far from the mean of the past."""
    series = random_series(100, 20.0, 0.05, seed=5)
    result = calendar_regression(series, weekdays_from(date(2026, 5, 25), 5), WorkCalendar())
    usual = series.totals.mean()
    assert result.sum() / 5 == pytest.approx(usual, rel=4 * np.sqrt(1 / (usual * 30)))


def test_the_default_is_one_of_the_methods():
    """A renamed method leaves the default dangling."""
    assert DEFAULT in METHODS
