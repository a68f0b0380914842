"""Monthly totals: a year by month, and their spreading over the week, where the answer is known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.forecasting.history import history_of
from models.forecasting.months import LAST_YEAR, MEAN, SEASON, forecast_months
from models.forecasting.spread import (
    ALL_TYPES,
    month_days,
    month_weights,
    profile_of_hours,
    profiles_of_history,
    spread_totals,
)
from scenarios.errors import InvalidValue
from tests.models.forecasting.samples import exact_series, table_of

WORKDAYS = {ALL_TYPES: profile_of_hours("Mon-Fri 08:00-18:00")}
SEASONAL = 1 + 0.2 * np.sin(2 * np.pi * np.arange(12) / 12)


def months(count: int) -> pd.DatetimeIndex:
    """The first months from January 2022."""
    return pd.date_range("2022-01-01", periods=count, freq="MS")


def totals(rates: np.ndarray) -> pd.DataFrame:
    """Monthly totals of so many contacts a working day."""
    when = months(len(rates))
    weights = month_weights([stamp.date() for stamp in when], WORKDAYS[ALL_TYPES]) * 5 / 7
    return pd.DataFrame({"when": when, "contact type": "calls", "offered": rates * weights, "aht": 300.0})


def test_working_days_of_a_month():
    """March 2026 has 22 working days, February 20."""
    weights = month_weights([date(2026, 3, 1), date(2026, 2, 1)], WORKDAYS[ALL_TYPES]) * 5 / 7
    assert weights == pytest.approx([22, 20])


def test_a_pure_season_is_forecast_by_last_year_and_by_working_days():
    """Three years of one rate by month of the year, without chance: the fourth is the same, times its working days."""
    result = forecast_months(totals(1000 * np.tile(SEASONAL, 3)), 12, WORKDAYS)[0]
    coming = [date(2025, month, 1) for month in range(1, 13)]
    truth = 1000 * SEASONAL * month_weights(coming, WORKDAYS[ALL_TYPES]) * 5 / 7
    assert result.months == tuple(coming)
    assert result.method == LAST_YEAR
    assert result.volume == pytest.approx(truth)
    assert result.errors[LAST_YEAR] == pytest.approx(0, abs=1e-9)
    assert result.errors[MEAN] > 0.1


def test_noise_makes_a_band_that_covers():
    """Errors of five per cent around a season: averaging years wins, and the band holds most of the truth."""
    noise = np.exp(np.random.default_rng(2).normal(0, 0.05, 60))
    result = forecast_months(totals(1000 * np.tile(SEASONAL, 5) * noise), 12, WORKDAYS)[0]
    assert result.method == SEASON
    truth = 1000 * SEASONAL * month_weights(list(result.months), WORKDAYS[ALL_TYPES]) * 5 / 7
    assert ((truth > result.low) & (truth < result.high)).mean() >= 0.75
    assert np.all((result.high - result.low) / result.volume < 0.4)


def test_few_months_have_no_band_and_it_is_said():
    """Four months give a mean; two are refused, and a month that is missing is named."""
    result = forecast_months(totals(np.full(4, 1000.0)), 2, WORKDAYS)[0]
    assert (result.method, np.isnan(result.low).all()) == (MEAN, True)
    assert "too short" in result.verdict()
    with pytest.raises(InvalidValue, match="at least 3 months"):
        forecast_months(totals(np.full(2, 1000.0)))
    with pytest.raises(InvalidValue, match="no month between 2022-02 and 2022-04"):
        forecast_months(totals(np.full(5, 1000.0)).drop(index=2))


def test_a_month_is_spread_by_hours_given():
    """2,200 contacts on 22 working days of 20 half-hours are 5 in each."""
    table = pd.DataFrame({"when": [pd.Timestamp("2026-03-01")], "contact type": "calls", "offered": 2200.0, "aht": 300})
    rows, notes = spread_totals(table, True, WORKDAYS)
    assert (len(rows), rows["offered"].unique().tolist(), notes) == (440, [5.0], [])
    assert rows["when"].min() == pd.Timestamp("2026-03-02 08:00")
    assert set(rows["when"].dt.day_of_week) == {0, 1, 2, 3, 4}


def test_days_are_spread_as_weeks_of_intervals_show():
    """A total of 500 on a Monday falls on its intervals as the history does: 10, 30, 40, 20 per cent."""
    profiles = profiles_of_history(history_of(table_of(exact_series(20)), 21600.0))
    day = pd.DataFrame({"when": [pd.Timestamp("2026-03-02")], "contact type": "calls", "offered": 500.0})
    assert spread_totals(day, False, profiles)[0]["offered"].tolist() == pytest.approx([50, 150, 200, 100])
    sunday = day.assign(when=pd.Timestamp("2026-03-01"))
    both, notes = spread_totals(pd.concat([day, sunday]), False, profiles)
    assert len(both) == 4
    assert notes == ["calls: 500 contacts of 2026-03-01 fall on no open day of the profile"]


def test_days_of_december():
    """The month after December is January."""
    assert (len(month_days(date(2026, 12, 1))), month_days(date(2026, 12, 1))[-1]) == (31, date(2026, 12, 31))
