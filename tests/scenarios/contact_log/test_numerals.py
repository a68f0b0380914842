"""Numbers as people and spreadsheets write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.contact_log.numerals import MARKS, Mark, is_ambiguous, marks, plain, value, written


@pytest.mark.parametrize(
    "text, point, comma",
    [
        ("12,5", None, 12.5),
        ("12.5", 12.5, None),
        ("1,221", 1221, 1.221),
        ("1.221", 1.221, 1221),
        ("1.221,5", None, 1221.5),
        ("1,221.5", 1221.5, None),
        ("1,221,000", 1221000, None),
        ("0,221", None, 0.221),
        ("1 234", 1234, 1234),
        ("1\u00a0234,5", None, 1234.5),
        ("1\u202f234", 1234, 1234),
        ("1\u2009234", 1234, 1234),
        ("1'234.50", 1234.5, None),
        ("1,00,000", 100000, None),
        ("12%", 12, 12),
        ("12,5 %", None, 12.5),
        ("€ 1.234,50", None, 1234.5),
        ("1,234.50 $", 1234.5, None),
        ("EUR 12", 12, 12),
        ("12 CHF", 12, 12),
        ("-3", -3, -3),
        ("\u22123", -3, -3),
        ("(3)", -3, -3),
        ("1.23E+05", 123000, None),
        ("80", 80, 80),
    ],
)
def test_a_number_is_read_by_its_decimal_mark(text: str, point: float | None, comma: float | None) -> None:
    """A number is off by a factor of ten or a thousand."""
    assert value(text, "point") == point
    assert value(text, "comma") == comma


@pytest.mark.parametrize(
    "text", ["", " ", "abc", "1 23", "1,2,3", "12 contacts", "6:00", "1e999", "--5", "nan", "٣", "#DIV/0!"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    """A text becomes a number."""
    assert [value(text, mark) for mark in MARKS] == [None, None]


def test_the_marks_are_decided_over_all_cells() -> None:
    """One cell that can be read in one way only decides for the others; contradictions leave none."""
    assert marks(["1,221", "12,5", "abc"]) == {"comma"}
    assert marks(["1,221", "1,221,000"]) == {"point"}
    assert marks(["1,221", "80"]) == {"point", "comma"}
    assert not marks(["12.5", "12,5"])


@given(st.floats(-1e9, 1e9).map(lambda number: round(number, 4)))
def test_what_is_written_reads_back_in_one_way(number: float) -> None:
    """A number changes on its way through a cell."""
    text = written(number)
    assert not is_ambiguous(text)
    assert value(text, "point") == pytest.approx(number, rel=1e-14, abs=1e-14)


@pytest.mark.parametrize(
    "text, mark, expected",
    [
        ("12,5 min", "comma", "12.5 min"),
        ("1 h 30 min", "comma", "1 h 30 min"),
        ("06:00", "comma", "06:00"),
        ("1.221 s", "comma", "1221 s"),
        ("1,221 s", "comma", "1.2210 s"),
        ("Mon-Fri 09:00-18:00", "comma", "Mon-Fri 09:00-18:00"),
    ],
)
def test_numbers_within_a_text_are_rewritten(text: str, mark: Mark, expected: str) -> None:
    """A time with a decimal comma is refused, or a clock is torn apart."""
    assert plain(text, mark) == expected
