"""Opening hours: weekly windows on the days of a horizon."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.errors import InvalidValue
from scenarios.hours import ALWAYS, is_open, open_time_later, periods, weekly, windows

MONDAY = datetime(2026, 3, 2)
HOUR, DAY = 3600.0, 86400.0
SOME = ("Mon-Fri 09:00-17:00", "Sat,Sun 10:00-16:00", "Fri-Mon 22:00-02:00", "Mon-Sun 00:00-24:00", "Wed 12:00-12:30")


def test_a_window_past_midnight_runs_into_the_next_day() -> None:
    """A night shift ended at midnight, or began in the morning."""
    assert list(weekly("Fri 22:00-02:00")) == [(4 * DAY + 22 * HOUR, 5 * DAY + 2 * HOUR)]


def test_a_range_of_days_may_cross_the_weekend() -> None:
    """Sat-Mon meant Monday to Saturday."""
    assert [start // DAY for start, _ in weekly("Sat-Mon 09:00-10:00")] == [5, 6, 0]


def test_sundays_night_reaches_into_a_horizon_that_begins_on_monday() -> None:
    """The tail of the week before is lost at the start of the horizon."""
    assert periods(("Sun 22:00-06:00",), MONDAY, DAY).tolist() == [[0.0, 6 * HOUR]]


def test_windows_that_touch_or_overlap_are_one_period() -> None:
    """A centre was closed for an instant between two windows."""
    assert periods(("Mon 08:00-12:00", "Mon 12:00-14:00", "Mon 13:00-15:00"), MONDAY, DAY).tolist() == [
        [8 * HOUR, 15 * HOUR]
    ]


@pytest.mark.parametrize(
    "text",
    ["Mon-Fri", "9-17", "Mon-Fri 9:00", "Funday 09:00-17:00", "Mon 09:00-25:00", "Mon 09:60-10:00", "a 1:00-2:00-3:00"],
)
def test_what_is_no_window_is_refused_with_an_example(text: str) -> None:
    """Nonsense became opening hours, or the person is not told how to write them."""
    with pytest.raises(InvalidValue, match="write windows such as 'Mon-Fri 09:00-18:00'"):
        windows(text)


@pytest.mark.parametrize("text", ["always", "24/7", "Always ", None])
def test_always_is_always(text: str | None) -> None:
    """A centre around the clock was closed."""
    assert windows(text) == ALWAYS
    assert periods(windows(text), MONDAY, 3 * DAY).tolist() == [[0.0, 3 * DAY]]


@given(st.sets(st.sampled_from(SOME), min_size=1), st.integers(0, 6), st.integers(0, 7 * 48 - 1))
def test_open_means_inside_some_window(chosen: set[str], weekday: int, half_hour: int) -> None:
    """An instant is open though no window holds it, or closed though one does."""
    start, time = MONDAY + timedelta(days=weekday), half_hour * 1800.0
    of_week = (weekday * DAY + time) % (7 * DAY)
    expected = any(
        begin <= of_week < end or begin <= of_week + 7 * DAY < end for window in chosen for begin, end in weekly(window)
    )
    assert bool(is_open(periods(tuple(chosen), start, 7 * DAY), time)) == expected


@given(st.sets(st.sampled_from(SOME), min_size=1), st.floats(0, 6 * DAY), st.floats(1, 10 * HOUR))
def test_exactly_so_much_open_time_passes_until_the_deadline(chosen: set[str], time: float, within: float) -> None:
    """A deadline clock that stops at night counted closed hours, or lost open ones."""
    opened = periods(tuple(chosen), MONDAY, 7 * DAY)
    later = open_time_later(opened, [time], within).item()
    passed = np.clip(np.minimum(opened[:, 1], min(later, 8 * DAY)) - np.maximum(opened[:, 0], time), 0, None).sum()
    assert passed == pytest.approx(within, abs=1e-6) if later < np.inf else passed < within + 1e-6
