"""A forecast laid onto a scenario."""

from datetime import date

import numpy as np
import pytest

from models.forecasting.forecast import DemandForecast, forecast_demand
from models.forecasting.history import DemandHistory
from models.forecasting.series import DaySeries
from models.forecasting.to_scenario import to_scenario, volume_of
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario, scenario_from
from scenarios.yaml import files
from tests.models.forecasting.samples import random_series


def forecast_of(*names: str, interval: float = 3600.0, alike: bool = True) -> DemandForecast:
    """Types whose days vary together, or not, over one week from Saturday, 28 March 2026."""
    types = {}
    for index, name in enumerate(names):
        series = random_series(60, 5000.0, 0.15, seed=21 if alike else 30 + index, intervals=round(86400 / interval))
        types[name] = DaySeries(name, series.days, series.counts, interval)
    aht = {name: np.full(series.counts.shape, 240.0) for name, series in types.items()}
    history = DemandHistory(types, aht, interval, ())
    return forecast_demand(history, 7, method="eight-week mean", origins=20 if interval == 3600 else 3)


def centre(**changes: object) -> Scenario:
    """Calls and chats, one group, a week in half-hours."""
    types = [
        {
            "name": name,
            "channel": channel,
            "volume": {"per_hour": 60},
            "handle_time": {"mean": 100},
            "wrap_up": {"mean": 20},
        }
        for name, channel in (("calls", "phone"), ("chat", "chat"))
    ]
    values: dict[str, object] = {
        "name": "centre",
        "horizon": {"start": "2026-03-02", "days": 7, "interval": "30 min"},
        "contact_types": types,
        "agent_groups": [{"name": "team", "skills": ["calls", "chat"], "staffing": 9}],
        "origins": {"contact_types.calls.volume": "assumption: a guess"},
    }
    return scenario_from(values | changes)


def test_volumes_days_and_handle_times_are_those_of_the_forecast():
    """Contacts get lost, or lie on other days; the AHT is not that of the history."""
    forecast = forecast_of("calls", "chat")
    scenario, notes = to_scenario(forecast, centre())
    assert (scenario.horizon.start, scenario.horizon.days) == (date(2026, 3, 28), 7)
    by_day = scenario.expected.reshape(2, 7, 48).sum(axis=2)
    assert by_day[:, :2].sum() == 0
    for index, name in enumerate(("calls", "chat")):
        assert by_day[index, 2:] == pytest.approx(forecast.types[name].volume.sum(axis=1), rel=1e-4)
        contact_type = scenario.contact_type(name)
        assert contact_type.handle_time.mean + contact_type.wrap_up.mean == pytest.approx(240.0)
        assert contact_type.handle_time.mean == pytest.approx(200.0)
    assert notes == []


def test_handle_times_by_interval_are_those_of_the_last_weeks():
    """Afternoons that take longer, give or take chance, are a profile; differences by chance alone are none."""
    series = random_series(60, 5000.0, 0.15, seed=21, intervals=24)
    chance = np.random.default_rng(1).normal(1, 0.05, series.counts.shape)
    for longer, profiled in ((1.25, True), (1.0, False)):
        aht = {"calls": np.where(np.arange(24) < 12, 240.0, 240.0 * longer) * chance}
        history = DemandHistory({"calls": series}, aht, 3600.0, ())
        scenario, _ = to_scenario(forecast_demand(history, 7, method="eight-week mean", origins=3), centre())
        assert (scenario.contact_type("calls").handle_profile is not None) is profiled
        assert ("contact_types.calls.handle_profile" in scenario.origins) is profiled
        used = scenario.expected[0] > 1
        wanted = np.where(np.arange(48) < 24, 240.0, 240.0 * longer)
        np.testing.assert_allclose(scenario.handle_times[0][used], np.tile(wanted, 7)[used], rtol=0.05)


def test_a_profile_of_the_scenario_follows_the_weekdays():
    """Without a forecast of its type, Monday's factors stay those of Monday; the horizon begins on a Saturday."""
    by_day = [factor for factor in (2, 1, 1, 1, 1, 1, 0.5) for _ in range(48)]
    plain = centre()
    scenario, _ = to_scenario(forecast_of("chat"), plain.replace_type("calls", handle_profile={"per_interval": by_day}))
    assert scenario.handle_factors[0].reshape(7, 48)[:, 0].tolist() == [1, 0.5, 2, 1, 1, 1, 1]


def test_variation_is_that_of_past_errors():
    """Days vary with a cv of 0.15, which the mean of eight misses by sqrt(1 + 1/8): about 0.16."""
    scenario, _ = to_scenario(forecast_of("calls", "chat"), centre())
    variation = scenario.contact_type("calls").volume.variation
    assert variation is not None
    assert variation.cv == pytest.approx(0.15 * np.sqrt(1.125), rel=0.35)
    assert variation.shared == "forecast-1"
    apart, _ = to_scenario(forecast_of("calls", "chat", alike=False), centre())
    alone = apart.contact_type("calls").volume.variation
    assert alone is not None
    assert alone.shared is None


def test_origins_say_data():
    """The old origin stays, or the new one is missing."""
    scenario, _ = to_scenario(forecast_of("calls", "chat"), centre())
    for field in (
        "horizon",
        *(f"contact_types.calls.{part}" for part in ("volume", "volume.variation", "handle_time")),
    ):
        assert scenario.origins[field].startswith("data: "), field


def test_the_scenario_can_be_written_and_read():
    """What is written is not what was made."""
    scenario, _ = to_scenario(forecast_of("calls", "chat"), centre())
    assert files.loads(files.dump(scenario)) == scenario


def test_the_rest_follows_its_weekdays():
    """A chat without forecast, and staffing by interval, keep the numbers of another weekday."""
    staffing = tuple(day for day in range(7) for _ in range(48))
    groups = [{"name": "team", "skills": ["calls", "chat"], "staffing": staffing}]
    scenario, notes = to_scenario(forecast_of("calls"), centre(agent_groups=groups))
    assert scenario.staffing.reshape(7, 48)[:, 0].tolist() == [5, 6, 0, 1, 2, 3, 4]
    assert notes == ["chat: no forecast; its volume is that of the scenario, weekday by weekday"]


@pytest.mark.parametrize("interval", [900.0, 1800.0, 3600.0])
def test_intervals_are_split_or_added_up(interval):
    """A forecast in other intervals than the scenario loses contacts."""
    forecast = forecast_of("calls", interval=interval)
    volume = volume_of(forecast.types["calls"], forecast, centre().horizon.model_copy(update={"days": 7}))
    assert volume.sum() == pytest.approx(forecast.types["calls"].volume.sum())


def test_what_does_not_fit_is_refused_or_said():
    """An unknown type, intervals that do not fit, or contacts outside opening hours pass in silence."""
    with pytest.raises(InvalidValue, match="the scenario has calls, chat"):
        to_scenario(forecast_of("mail"), centre())
    with pytest.raises(InvalidValue, match="do not fit"):
        to_scenario(forecast_of("calls", interval=2880.0), centre())
    types = [
        {"name": "calls", "channel": "phone", "volume": {"per_hour": 60}, "handle_time": {"mean": 100}}
        | {"open": "Mon-Fri 00:00-12:00"}
    ]
    groups = [{"name": "team", "skills": ["calls"], "staffing": 9}]
    _, notes = to_scenario(forecast_of("calls"), centre(contact_types=types, agent_groups=groups, origins={}))
    assert "50" in notes[0] or "49" in notes[0]
    assert "outside its opening hours" in notes[0]
