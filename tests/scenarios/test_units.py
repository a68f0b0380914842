"""Times as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.errors import InvalidValue
from scenarios.units import clock, seconds, written


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
