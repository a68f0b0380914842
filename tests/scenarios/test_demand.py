"""Expected contacts per interval, told in each of the ways."""

from typing import Any

import numpy as np
import pytest

from scenarios.demand import HandleProfile, Variation, Volume
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.horizon import Horizon
from tests.centres import contact_type, group, of

WEEK = Horizon(days=7, interval="1 h")
OPEN = ("Mon-Fri 09:00-17:00",)


def expected(horizon: Horizon = WEEK, opening: tuple[str, ...] = OPEN, **told: Any) -> np.ndarray:
    """Contacts per interval, shape (days, intervals of a day)."""
    return Volume(**told).expected(horizon, opening).reshape(horizon.days, -1)


def test_a_rate_holds_while_open() -> None:
    """A rate counted closed hours, or was not per hour."""
    assert expected(per_hour=12).sum(axis=1).tolist() == [96.0] * 5 + [0.0] * 2
    assert expected(Horizon(days=1, interval="30 min"), ("Mon 09:15-10:00",), per_hour=12).sum() == 9


def test_a_daily_volume_is_spread_over_the_open_hours_of_its_day() -> None:
    """A day's contacts arrived in closed hours, or another number of them."""
    found = expected(daily=80)
    assert found[0, 9:17].tolist() == [10.0] * 8
    assert found.sum() == 400


def test_one_volume_for_each_day() -> None:
    """The days were mixed up."""
    assert expected(daily=[1, 2, 3, 4, 5, 0, 0]).sum(axis=1).tolist() == [1, 2, 3, 4, 5, 0, 0]


@pytest.mark.parametrize("parts", [12, 24, 48])
def test_a_shape_splits_the_day_whatever_the_interval(parts: int) -> None:
    """A shape finer or coarser than the interval put contacts at the wrong hour."""
    weights = [0.0] * parts
    weights[parts // 2], weights[3 * parts // 4] = 3, 1
    found = expected(daily=100, shape=weights)[0]
    assert found.sum() == pytest.approx(100)
    assert found[12:18].sum() == pytest.approx(75)
    assert found[18:].sum() == pytest.approx(25)


def test_weekday_factors_count_from_monday() -> None:
    """The factor of one weekday was used on another."""
    thursday = Horizon(start="2026-03-05", days=5, interval="1 h")
    found = expected(thursday, ("Mon-Sun 00:00-24:00",), daily=10, weekdays=[1, 2, 3, 4, 5, 6, 7])
    assert found.sum(axis=1).tolist() == pytest.approx([40, 50, 60, 70, 10])


def test_a_day_that_repeats_or_every_interval() -> None:
    """Numbers of one day were not repeated, or those of all days were."""
    day = list(range(24))
    assert expected(per_interval=day).tolist() == [day] * 7
    assert expected(per_interval=list(range(168))).ravel().tolist() == list(range(168))


@pytest.mark.parametrize(
    "told, remedy",
    [
        ({}, "exactly one of"),
        ({"daily": 3, "per_hour": 2}, "exactly one of"),
        ({"per_hour": 3, "shape": [1, 2]}, "a shape splits a daily volume"),
        ({"daily": 3, "shape": [0, 0]}, "positive weight"),
        ({"daily": 3, "weekdays": [1, 2]}, "seven factors"),
    ],
)
def test_a_volume_told_twice_or_not_at_all_is_refused(told: dict[str, Any], remedy: str) -> None:
    """A volume that contradicts itself was taken."""
    with pytest.raises(ValueError, match=remedy):
        Volume(**told)


@pytest.mark.parametrize(
    "told, remedy",
    [
        ({"per_interval": [1, 2, 3]}, r"need 24 values \(a day\) or 168"),
        ({"daily": [1, 2]}, "one for each of 7 days"),
        ({"daily": 3, "shape": [1] * 5}, "24, 48 or 24 parts of the day"),
    ],
)
def test_numbers_that_do_not_fit_the_horizon_are_refused(told: dict[str, Any], remedy: str) -> None:
    """A list of the wrong length was cut or repeated."""
    with pytest.raises(InvalidValue, match=remedy):
        expected(**told)


def test_contacts_on_a_day_without_an_open_hour_are_refused() -> None:
    """Contacts that were given for a closed day vanished without a word."""
    with pytest.raises(InvalidScenario, match="a day has contacts but no opening hours; open the day or set it to 0"):
        expected(daily=[1, 2, 3, 4, 5, 6, 0])


def test_staffing_and_volume_agree_on_summer_days_of_any_length() -> None:
    """Interval borders and their number disagree."""
    for minutes in (15, 20, 30, 60):
        horizon = Horizon(days=3, interval=minutes * 60)
        assert len(horizon.edges) == horizon.intervals + 1 == 3 * 1440 // minutes + 1
        assert horizon.edges[-1] == horizon.length


def test_a_variation_too_small_for_a_factor_is_none() -> None:
    """The shape of the gamma factor of a variation of 1e-300 is beyond any number."""
    assert Variation(cv=1e-300).cv == 0.0
    assert Variation(cv=0.01).cv == 0.01


def test_factors_on_handle_times_by_time_of_day_and_weekday() -> None:
    """Factors of a day repeat, finer ones count by their mean, weekdays come on top; 2 March 2026 is a Monday."""
    days = Horizon(days=2, interval="12 h")
    assert HandleProfile(shape=[0.5, 1.5]).factors(days).tolist() == [0.5, 1.5, 0.5, 1.5]
    assert HandleProfile(shape=[0.5, 1.5, 2, 3]).factors(days).tolist() == [1, 2.5, 1, 2.5]
    assert HandleProfile(per_interval=[1, 2, 3, 4]).factors(days).tolist() == [1, 2, 3, 4]
    both = HandleProfile(per_interval=[1, 2], weekdays=[2, 0.5, 1, 1, 1, 1, 1])
    assert both.factors(days).tolist() == [2, 4, 0.5, 1]


@pytest.mark.parametrize(
    "told, words",
    [
        ({}, "handle_profile"),
        ({"shape": [1] * 24, "per_interval": [1] * 24}, "handle_profile"),
        ({"weekdays": [1] * 5}, "Monday first"),
        ({"shape": [0] * 24}, "0.01"),
        ({"per_interval": [1] * 25}, "contact_types.calls.handle_profile.per_interval: '25 values'"),
        ({"shape": [1] * 23}, "contact_types.calls.handle_profile.shape: '23 values'"),
        ({"shape": [20] * 24, "weekdays": [20] * 7}, "24 h"),
    ],
)
def test_factors_that_do_not_fit(told: dict[str, Any], words: str) -> None:
    """An error names the field, the value and the remedy."""
    with pytest.raises((InvalidValue, InvalidScenario), match=words):
        of([contact_type("calls", handle_profile=told)], [group("a", ["calls"])], horizon={"interval": "1 h"})
