"""The rest of a day from what is known of it, where the answer follows from theory."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import poisson

from models.forecasting.backtest import NAIVE, RollingErrors
from models.forecasting.bands import error_model
from models.forecasting.day_record import DayRecord, day_of
from models.forecasting.forecast import DemandForecast, TypeForecast
from models.forecasting.series import DaySeries, Floats
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario, scenario_from
from studies.rest_of_day import rest_of_day
from tests.models.forecasting.samples import weekdays_from

TODAY = date(2026, 3, 2)
HOURS = 24


def forecast(volume: Floats) -> DemandForecast:
    """Today's forecast by a method that was never wrong, so that past days revise nothing and add no spread."""
    counts = np.tile(np.maximum(volume, 1e-3) * 1e6, (20, 1))
    series = DaySeries("calls", weekdays_from(date(2026, 1, 5), 20), counts, 3600.0)
    errors = RollingErrors(series, tuple(range(20)), 1, {NAIVE: [row[None] for row in counts]})
    part = TypeForecast(
        "calls", NAIVE, (TODAY,), (1,), volume[None], np.full(HOURS, np.nan), errors, error_model(errors, NAIVE)
    )
    return DemandForecast(TODAY, 1, 3600.0, {"calls": part}, ())


def centre(staffing: Any, **target: Any) -> Scenario:
    """Calls of three minutes for a group of agents."""
    contact_type = {
        "name": "calls",
        "channel": "phone",
        "volume": {"per_hour": 10},
        "handle_time": {"mean": "3 min"},
        "patience": {"mean": "2 min"},
        "target": target or {"share": 0.8, "within": "20s"},
    }
    groups = [{"name": "desk", "skills": ["calls"], "staffing": staffing}]
    return scenario_from(
        {"name": "c", "horizon": {"interval": "1 h"}, "contact_types": [contact_type], "agent_groups": groups}
    )


def record(offered: Floats, passed: int, in_time: Floats | None = None) -> DayRecord:
    """What came, and how many of it in time; nobody left."""
    outcomes = {} if in_time is None else {"calls": {"answered": offered, "in_time": in_time, "abandoned": 0 * offered}}
    return DayRecord(TODAY, {"calls": offered}, passed, outcomes)


def hours(**values: float) -> Floats:
    """Contacts by hour, ``h9=100``."""
    result = np.zeros(HOURS)
    for name, value in values.items():
        result[int(name[1:])] = value
    return result


@pytest.mark.parametrize("in_time, chance", [(85, 1.0), (79, 0.0)])
def test_a_day_that_is_over_is_met_or_missed(in_time: float, chance: float):
    """Of 100 contacts 80 had to be in time; nothing that is simulated may change it, nor agents repair it."""
    offered = hours(h9=100)
    result = rest_of_day(forecast(offered), record(offered, HOURS, hours(h9=in_time)), centre(1), draws=10)
    assert (result.chances[0].chance.value, result.chances[0].most) == (chance, chance)
    assert result.additions == ()


def test_the_chance_of_few_contacts_is_that_of_poisson():
    """With 9 of 10 in time and no agent left, the target holds while at most one of Poisson(1) contacts comes."""
    known, expected = hours(h9=10), hours(h9=10, h15=1)
    scenario = centre([9] * 12 + [0] * 12)
    result = rest_of_day(forecast(expected), record(known, 12, hours(h9=9)), scenario, wanted=0.5, draws=200)
    chance = result.chances[0].chance
    truth = poisson.cdf(1, 1)
    assert abs(chance.value - truth) < 4 * np.sqrt(truth * (1 - truth) / 200)


def test_agents_are_added_where_they_are_lacking():
    """Nobody is there from two to four; agents are added in those hours alone, as many as the target takes."""
    expected = hours(h9=60, h14=60, h15=60)
    staffing = [8] * 14 + [0, 0] + [8] * 8
    result = rest_of_day(forecast(expected), record(hours(h9=60), 12, hours(h9=60)), centre(staffing), draws=15)
    assert result.chances[0].chance.value == 0
    assert result.chances[0].most == 1
    assert {addition.hour for addition in result.additions} == {14, 15}
    assert all(3 <= addition.agents <= 8 for addition in result.additions)  # three do the work itself: 60 x 3 min
    assert result.repaired[0].chance.value >= 0.8


def test_what_no_agents_can_repair_is_not_tried():
    """Of 100 contacts 10 were in time; five more do not help."""
    result = rest_of_day(forecast(hours(h9=100, h15=5)), record(hours(h9=100), 12, hours(h9=10)), centre(0), draws=20)
    assert (result.chances[0].most, result.additions) == (0, ())


def test_without_outcomes_the_day_so_far_is_simulated_and_it_is_noted():
    """A table of counts alone does not tell how contacts fared."""
    result = rest_of_day(forecast(hours(h9=20, h15=20)), record(hours(h9=20), 12), centre(9), draws=10)
    assert result.chances[0].chance.value == 1
    assert any("fared is simulated" in note for note in result.notes)


def test_another_day_or_no_target_is_refused():
    """Neither a day that is not forecast nor a scenario without targets has a chance."""
    other = DayRecord(date(2026, 3, 3), {"calls": hours(h9=1)}, 12)
    with pytest.raises(InvalidValue, match="the forecast has calls from 2026-03-02"):
        rest_of_day(forecast(hours(h9=20)), other, centre(1))
    with pytest.raises(InvalidValue, match="set a target"):
        rest_of_day(forecast(hours(h9=20)), record(hours(h9=2), 12), centre(1).replace_type("calls", target=None))
    with pytest.raises(InvalidValue, match="chance of meeting the targets"):
        rest_of_day(forecast(hours(h9=20)), record(hours(h9=2), 12), centre(1), wanted=80)


def test_outcomes_of_a_report_are_read():
    """Answered 18 with a mean wait of 10 s are 180 s; an hour without contacts has no mean."""
    table = pd.DataFrame(
        {
            "when": ["2026-03-02 08:00", "2026-03-02 09:00"],
            "offered": [20, 0],
            "answered": [18, 0],
            "abandoned": [2, 0],
            "asa": [10.0, np.nan],
            "within": [np.nan, np.nan],
        }
    )
    outcomes = day_of(table, 3600.0).outcomes["contacts"]
    assert {name: values.sum() for name, values in outcomes.items()} == {
        "answered": 18,
        "abandoned": 2,
        "wait_answered": 180,
    }
