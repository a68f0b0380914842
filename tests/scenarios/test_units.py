"""Times as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.errors import InvalidValue
from scenarios.units import clock, duration, seconds, written
from tests.centres import contact_type, group, of


@pytest.mark.parametrize(
    "text, expected",
    [
        ("20s", 20),
        ("20 s", 20),
        ("4 min", 240),
        ("1.5 h", 5400),
        (".5 min", 30),
        ("1h 30min", 5400),
        ("1 h 30 min 5 s", 5405),
        ("08:30", 30600),
        ("00:04:30", 270),
        ("24:00", 86400),
        ("2 days", 172800),
        ("1 week", 604800),
        ("250 ms", 0.25),
        ("90", 90),
        ("1e3 s", 1000),
        (90, 90),
        (0.5, 0.5),
        (0, 0),
    ],
)
def test_a_time_is_read_as_a_person_means_it(text: object, expected: float) -> None:
    """A way of writing a time is misread."""
    assert seconds(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", " ", "s", "5 parsecs", "4 min later", "08:61", "8:3", "1:2:3", "nan", "inf", "-5", "1,5 h", True, None, []],
)
def test_what_is_no_time_is_refused_with_examples(text: object) -> None:
    """Nonsense became a number of seconds, or the person is not told how to write a time."""
    with pytest.raises(InvalidValue, match=r"handle_time: .* write a time such as 20s, 4 min"):
        seconds(text, "handle_time")


@pytest.mark.parametrize("value", [-1, "-20s", "-08:30", -0.001])
def test_a_negative_time_says_so(value: object) -> None:
    """A negative time is taken, or the message does not say what is wrong with it."""
    with pytest.raises(InvalidValue, match="a time cannot be negative"):
        seconds(value)


@given(st.floats(0, 1e18) | st.integers(0, 10**9).map(float) | st.integers(0, 10**6).map(lambda half: half * 1800.0))
def test_what_is_written_reads_back_exactly(value: float) -> None:
    """A time changes on its way through a file."""
    assert seconds(written(value)) == value


@given(st.integers(0, 1440))
def test_a_time_of_day_reads_back(minutes: int) -> None:
    """A time of day changes when it is written."""
    assert seconds(clock(minutes * 60.0)) == minutes * 60


@pytest.mark.parametrize(
    "text, expected",
    [
        ("5:29", 329),
        ("0:20", 20),
        ("06:00", 360),
        ("90:00", 5400),
        ("0:05:29", 329),
        ("1:05:29", 3929),
        ("5 min", 300),
        (" 5:29 ", 329),
        (90, 90),
    ],
)
def test_two_parts_of_a_length_of_time_are_minutes_and_seconds(text: object, expected: float) -> None:
    """An average handle time as telephone systems write it becomes sixty times as long."""
    assert duration(text) == expected


@pytest.mark.parametrize("text", ["5:60", "5:2", ":30", "5:29:61", "12345:00", "-5:29", "5:29:10:11"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    """Half a clock becomes a number of seconds."""
    with pytest.raises(InvalidValue, match="write a time such as 20s, 4 min"):
        duration(text, "handle_time")


def test_each_field_reads_colons_as_its_own() -> None:
    """A length of time is read as a time of day, or the other way round."""
    desk = of(
        [
            contact_type(
                "calls",
                handle_time={"mean": "5:29", "cv": 1},
                wrap_up={"family": "uniform", "low": "0:10", "high": "0:50"},
                patience={"mean": "3:00"},
                open="Mon-Fri 08:00-18:30",
                target={"share": 0.8, "within": "0:20", "max_asa": "1:00"},
                zones={"green": "0:20", "yellow": "2:00"},
                follow_ups=[{"after": "abandoned", "probability": 0.5, "as": "calls", "delay": {"mean": "10:00"}}],
            )
        ],
        [group("desk", ["calls"], {"Mon-Fri 08:00-18:30": 3})],
        horizon={"interval": "0:30", "warm_up": "02:00"},
        routing={"types": {"calls": [{"group": "desk", "after": "0:30"}]}},
    )
    calls = desk.contact_types[0]
    assert (calls.handle_time.mean, calls.wrap_up.mean) == (329, 30)
    assert calls.patience is not None
    assert calls.patience.mean == 180
    assert calls.target is not None
    assert (calls.target.within, calls.target.max_asa) == (20, 60)
    assert calls.zones is not None
    assert (calls.zones.green, calls.zones.yellow, calls.follow_ups[0].delay.mean) == (20, 120, 600)
    assert desk.routing.types["calls"][0].after == 30
    assert (desk.horizon.interval, desk.horizon.warm_up) == (1800, 7200)
    assert desk.horizon.open_share(calls.open).sum() * 0.5 == 10.5
