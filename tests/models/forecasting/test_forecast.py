"""Forecasts of a whole history: which days, which method, and what is said beside."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.forecasting.calendar import WorkCalendar
from models.forecasting.forecast import DemandForecast, expected_aht, forecast_demand
from models.forecasting.history import DemandHistory, history_of
from models.forecasting.series import DaySeries
from scenarios.errors import InvalidValue
from tests.models.forecasting.samples import MONDAY, random_series, table_of, weekdays_from

SERIES = random_series(60, 800.0, 0.08, seed=11)
AFTER = date(2026, 3, 28)  # the last day of the history is Friday, 27 March


def history(series: DaySeries = SERIES, notes: tuple[str, ...] = ()) -> DemandHistory:
    """One contact type as a history, handled in 300 s."""
    return DemandHistory({series.contact_type: series}, {"calls": np.full(series.counts.shape, 300.0)}, 3600.0, notes)


def test_weekends_and_holidays_are_closed():
    """Contacts are forecast for days on which the centre is closed, or a holiday passes without a note."""
    easter = WorkCalendar({date(2026, 4, 3): "Good Friday", date(2026, 4, 6): "Easter Monday"})
    forecast = forecast_demand(history(), 10, easter, method="eight-week mean")
    part = forecast.types["calls"]
    assert forecast.first == AFTER
    assert [day.day for day in part.days] == [30, 31, 1, 2]
    assert part.ahead == (1, 2, 3, 4)
    assert any("2026-04-03 (Good Friday) taken as closed" in note for note in forecast.notes)
    opened = forecast_demand(history(), 10, easter, method="eight-week mean", holidays="open")
    assert [day.day for day in opened.types["calls"].days] == [30, 31, 1, 2, 3, 6]


def test_a_holiday_as_the_only_monday_is_said():
    """Monday is closed for ever, or its forecast comes without a word."""
    days = weekdays_from(date(2026, 4, 7), 30)
    kept = tuple(day for day in days if day.weekday() != 0)[:16]
    series = DaySeries("calls", kept, SERIES.counts[:16], 3600.0)
    mondays = {day: "holiday" for day in days if day.weekday() == 0 and day < kept[-1]}
    forecast = forecast_demand(history(series), 14, WorkCalendar(mondays))
    assert any("every Mon of the history was a holiday" in note for note in forecast.notes)
    assert any(day.weekday() == 0 for day in forecast.types["calls"].days)


@pytest.mark.parametrize(
    "count, options, problem",
    [
        (3, {}, "3 open days"),
        (60, {"days": 0}, "give 1 to 366 days"),
        (60, {"days": 367}, "give 1 to 366 days"),
        (60, {"first": date(2026, 3, 27)}, "choose a later day"),
        (60, {"first": date(2028, 3, 27)}, "within a year"),
        (60, {"method": "tea leaves"}, "known are same weekday last week"),
        (60, {"days": 2}, "there is no open day"),
    ],
)
def test_what_cannot_be_forecast_is_refused(count, options, problem):
    """Bad input ends in a traceback, or in a forecast."""
    values = {"days": 5} | options
    with pytest.raises(InvalidValue) as refusal:
        forecast_demand(history(SERIES.head(count)), **values)
    assert problem in str(refusal.value)


def test_fifteen_days_are_enough_to_forecast():
    """The shortest history allowed fails somewhere in the back-test or the bands."""
    forecast = forecast_demand(history(SERIES.head(15)), 7)
    rows = forecast.day_table(volume=900.0)
    assert np.isfinite(rows[["offered", "low", "high", "chance_above"]].to_numpy()).all()
    assert "too short to compare" in forecast.types["calls"].errors.verdict(forecast.types["calls"].method)


def test_tables_agree_with_each_other():
    """Days, intervals and months have different sums, or the band is not around the forecast."""
    forecast = forecast_demand(history(), 40)
    intervals, days, months = forecast.table(), forecast.day_table(), forecast.month_table()
    assert days["offered"].sum() == pytest.approx(intervals["offered"].sum())
    assert months["offered"].sum() == pytest.approx(days["offered"].sum())
    assert months["days"].sum() == len(days)
    assert ((intervals["low"] <= intervals["offered"]) & (intervals["offered"] <= intervals["high"])).mean() > 0.99
    assert intervals["start"].iloc[0].date() == date(2026, 3, 30)
    assert set(forecast.error_table().columns) >= {"contact_type", "method", "days_ahead", "intervals", "days"}


def test_the_method_used_was_the_best():
    """Another method is used than the one with the least deviance, or the named one is not."""
    forecast = forecast_demand(history(), 5)
    part = forecast.types["calls"]
    assert part.method == part.errors.best
    assert forecast_demand(history(), 5, method="combination").types["calls"].method == "combination"


def test_types_may_end_on_different_days():
    """The shorter history is forecast for the wrong days."""
    short = random_series(55, 100.0, 0.1, seed=12)
    chat = DaySeries("chat", short.days, short.counts, 3600.0)
    both = DemandHistory(
        {"calls": SERIES, "chat": chat}, {name: np.full((60, 24), np.nan) for name in ("calls", "chat")}, 3600.0, ()
    )
    forecast = forecast_demand(both, 4)
    assert forecast.types["chat"].days == forecast.types["calls"].days
    assert forecast.types["chat"].ahead[0] == forecast.types["calls"].ahead[0] + 5


def test_handle_times_are_weighted_by_contacts():
    """(100 x 200 s + 300 x 400 s) / 400 = 350 s; each interval is drawn towards it by 50 contacts."""
    series = DaySeries("calls", (MONDAY,), np.array([[100.0, 300.0, 0.0]]), 28800.0)
    aht = expected_aht(series, np.array([[200.0, 400.0, np.nan]]))
    expected = [(100 * 200 + 50 * 350) / 150, (300 * 400 + 50 * 350) / 350, 350]
    assert aht == pytest.approx(expected)
    assert np.isnan(expected_aht(series, np.full((1, 3), np.nan))).all()


def test_a_table_goes_all_the_way():
    """A table read from a file cannot be forecast."""
    table = table_of(SERIES, aht=240.0)
    read = history_of(table, 3600.0)
    forecast = forecast_demand(read, 3 + 4)
    assert forecast.types["calls"].mean_aht == pytest.approx(240.0)
    assert isinstance(forecast.table(), pd.DataFrame)


def test_a_figure_for_a_day_without_forecast_contacts_is_kept():
    """A campaign on a day on which nobody is expected was entered, shown, and lost."""
    (found,) = forecast_demand(history(), 7).types.values()
    volume = found.volume.copy()
    volume[1] = 0.0
    before = DemandForecast(found.days[0], 7, SERIES.interval, {"calls": replace(found, volume=volume)}, ())
    changed = before.with_day_totals({("calls", found.days[1]): 50.0}).types["calls"].volume
    assert changed[1].sum() == pytest.approx(50)
    assert changed[1] == pytest.approx(50 * volume.sum(axis=0) / volume.sum())
    assert np.delete(changed, 1, axis=0) == pytest.approx(np.delete(volume, 1, axis=0))
