"""Durations, numbers and dates of a file: what one text leaves open, the columns decide, or the reader is asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.contact_log.clocks import Formats, instants
from scenarios.contact_log.dates import AmbiguousDates, month_first, read_date
from scenarios.contact_log.decimals import AmbiguousNumbers, decimal_mark, plain_number
from scenarios.contact_log.durations import Spelling, Unclear, durations
from scenarios.contact_log.time_zones import utc, wall


def read(*texts: str, role: str = "handle", header: str = "Talk", **how: object) -> list[float]:
    """The seconds in one column."""
    found, _ = durations({(role, header): texts}, **how)  # type: ignore[arg-type]
    return found[role, header].seconds.tolist()


@pytest.mark.parametrize(
    "text, seconds",
    [
        *(("200", 200), ("200.5", 200.5), ("3m 20s", 200), ("3 min", 180), ("3min20s", 200), ("1h 2m", 3720)),
        *(("PT3M20S", 200), ("pt1h", 3600), ("P1DT1S", 86401), ("00:03:20", 200), ("0:03:20.5", 200.5)),
        *(("27:00:00", 97200), ("1 day, 0:00:05", 86405), ("0 days 00:03:20", 200), ("1.02:03:04", 93784)),
        *(("200 Sek.", 200), ("3'20\"", 200), ("90000 ms", 90), ("1 234", 1234), ("1\u202f234", 1234), ("1'234", 1234)),
        *(("1.221,5", 1221.5), ("1,221.5", 1221.5), ("12,5", 12.5), ("3,5 min", 210), ("1.5 h", 5400)),
        ("5:28.5", 328.5),
    ],
)
def test_spellings(text: str, seconds: float):
    """A duration that people or systems write would be refused, or be another one."""
    assert read(text) == [seconds]


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "12%",
        "5:61",
        "0:61:00",
        "1,2,3",
        "1.2.3",
        "3 apples",
        "--",
        "+",
        ".",
        "1e999",
        "PT",
        "1e300",
        "9999999999",
    ],
)
def test_what_is_no_duration_is_unreadable(text: str):
    """Half of a text would be taken for the whole."""
    found, _ = durations({("handle", "Talk"): [text, "5"]})
    column = found["handle", "Talk"]
    assert np.isnan(column.seconds[0])
    assert column.unreadable.tolist() == [True, False]


@pytest.mark.parametrize(
    "texts, mark",
    [
        (["12,5", "1.221"], ","),
        (["12.5", "1,221"], "."),
        (["90", "1,221", "505"], "."),
        (["90", "1.221", "505"], ","),
        (["1,221,000"], "."),
        (["0,221"], ","),
        (["1.221", "3.002"], "."),  # thousandths, as systems write them
        (["5", "12"], "."),
    ],
)
def test_the_decimal_mark_of_a_file(texts: list[str], mark: str):
    """1,221 would be 1.2 where 505 shows that it is a thousand, or 12,5 would be 125."""
    assert decimal_mark(texts) == mark


@pytest.mark.parametrize("texts", [["1,221", "3,002"], ["12,5", "12.5"], ["1,221", "1.221"]])
def test_numbers_that_cannot_be_told_are_asked_for(texts: list[str]):
    """A guess would be wrong by a factor of a thousand."""
    with pytest.raises(AmbiguousNumbers):
        decimal_mark(texts)
    with pytest.raises(Unclear, match="say `decimal"):
        read(*texts)
    assert read("1,221", spelling=Spelling(decimal=",")) == [1.221]
    assert read("1,221", spelling=Spelling(decimal=".")) == [1221]


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_any_number_in_both_conventions(whole: int, hundredths: int):
    """A number would change on its way through a spreadsheet of another country."""
    english = f"{whole:,}.{hundredths:02d}"
    assert float(plain_number(english)) == pytest.approx(whole + hundredths / 100)
    swapped = english.translate(str.maketrans(",.", ".,"))
    assert float(plain_number(swapped, ",")) == pytest.approx(whole + hundredths / 100)


@pytest.mark.parametrize(
    "texts, role, seconds",
    [
        (["5:28", "4:10"], "handle", [328, 250]),
        (["75:20", "0:10"], "handle", [4520, 10]),
        (["0:05", "0:12"], "handle", [300, 720]),  # a service of 5 or 12 s is none
        (["0:30", "1:02:03"], "handle", [30, 3723]),
        (["5:30", "0:10"], "wait", [330, 10]),  # no wait of five hours and a half
    ],
)
def test_the_column_decides_between_minutes_and_hours(texts: list[str], role: str, seconds: list[float]):
    """Every service and wait would be sixty times as long."""
    assert read(*texts, role=role) == seconds


@pytest.mark.parametrize("texts, role", [(["0:45", "0:30"], "handle"), (["0:12"], "wait")])
def test_clocks_that_cannot_be_told_are_asked_for(texts: list[str], role: str):
    """0:45 is as good a service in seconds as in minutes."""
    with pytest.raises(Unclear, match="say `clock: 'mm:ss'` or `clock: 'hh:mm'`"):
        read(*texts, role=role)
    assert read("0:45", role=role, spelling=Spelling(clocks={role: "hh:mm"})) == [2700]
    assert read("0:45", role=role, spelling=Spelling(clocks={role: "mm:ss"})) == [45]


def test_other_columns_decide_too():
    """A wait of 0:12 beside a service of 5:28, of 0:04:10, or of 12 s by its instants, is of 12 s."""
    for handle in ("5:28", "0:04:10"):
        found, _ = durations({("wait", "W"): ["0:12"], ("handle", "H"): [handle]})
        assert found["wait", "W"].seconds.tolist() == [12]
    spans = {"wait": np.array([12.0, 30.0, 8.0])}
    assert read("0:12", "0:30", "0:08", role="wait", spans=spans) == [12, 30, 8]
    assert read("0:12", "0:30", "0:08", role="wait", spans={"wait": 60 * spans["wait"]}) == [720, 1800, 480]


def test_minutes_that_a_spreadsheet_took_for_hours_are_asked_for():
    """5:28 typed into Excel is stored as 05:28:00."""
    texts = [f"0{minute}:28:00" for minute in range(1, 9)] * 2
    with pytest.raises(Unclear, match="all seconds are 00"):
        read(*texts)
    assert read(*texts, spelling=Spelling(clocks={"handle": "mm:ss"}))[0] == 88


@pytest.mark.parametrize(
    "value, header, unit, seconds",
    [
        ("244300", "Talk", "ms", 244.3),
        ("4.07", "Talk", "min", 244.2),
        ("0.068", "Talk", "h", 244.8),
        ("0.0028", "Talk", "d", 241.92),
    ],
)
def test_the_likely_unit_is_named(value: str, header: str, unit: str, seconds: float):
    """Milliseconds, minutes and parts of a day are taken for seconds otherwise."""
    with pytest.raises(Unclear, match=rf"say `unit: {unit}`"):
        read(*[value] * 12, header=header)
    assert read(value, spelling=Spelling(units={"handle": unit})) == [pytest.approx(seconds)]
    assert read(*[value] * 12, spelling=Spelling(units={"handle": "s"}))[0] == float(value)


@pytest.mark.parametrize("header", ["duration_ms", "Talk (ms)", "talkMillis", "Milliseconds"])
def test_the_name_of_a_column_may_tell_its_unit(header: str):
    """A column that says what it holds would be read as seconds."""
    assert read("328000", header=header) == [328]
    assert read("28", header="Minutes") == [1680]
    assert read("28", header="Talk min") == [28]  # may be a minimum


def test_the_instants_of_the_rows_tell_the_unit():
    """5 beside an answer and an end that lie 300 s apart is no time in seconds."""
    with pytest.raises(Unclear, match="unit: min"):
        read(*["5"] * 4, spans={"handle": np.full(4, 300.0)})
    assert read(*["300"] * 4, spans={"handle": np.full(4, 290.0)}) == [300] * 4


# -- dates and clocks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("2026-03-02", "20260302", "2026/3/2", "02.03.2026", "2.3.26", "02-Mar-2026", "2 March 2026", "Mar 2, 2026"),
        *("Mon 2 Mar 2026", "Monday, March 2nd, 2026", "2. März 2026", "02 mars 2026", "Mo, 02.03.2026"),
    ],
)
def test_dates(text: str):
    """A date that people write would be refused, or be another day."""
    assert read_date(text) == date(2026, 3, 2)


@pytest.mark.parametrize("text", ["", "soon", "30.02.2026", "13/13/2026", "2026-3", "Ma 2, 2026", "32 Mar 2026"])
def test_what_is_no_date(text: str):
    """A day that does not exist would become another one."""
    assert read_date(text) is None


@pytest.mark.parametrize(
    "texts, first",
    [
        (["03/14/2026", "03/02/2026"], True),
        (["14/03/2026", "02/03/2026"], False),
        (["02/03/2026", "03/03/2026", "04/03/2026"], False),  # three days, not three months
        (["03/02/26", "03/03/26", "03/04/26"], True),
        (["2026-03-02"], False),
    ],
)
def test_the_order_of_day_and_month(texts: list[str], first: bool):
    """Days of March would become the second of each month."""
    assert month_first(texts) is first


@pytest.mark.parametrize("texts", [["02/03/2026"], ["14/03/2026", "03/14/2026"], ["02-03-2026", "03-03-2026"]])
def test_orders_that_cannot_be_told(texts: list[str]):
    """A guess would be wrong by months."""
    with pytest.raises(AmbiguousDates):
        month_first(texts)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-03-02 21:30", "2026-03-02T21:30:00.000", "02.03.2026 21:30:00", "2026-03-02 09:30 PM"),
        "46083.895833333",
        *("2 Mar 2026 9:30pm", "9:30 p.m. 02.03.2026", "2026/03/02, 21:30:00", "1772487000", "1772487000000"),
    ],
)
def test_stamps(text: str):
    """An instant would be refused, or be at another time of day."""
    seconds = instants([text]).seconds[0]
    assert datetime(1970, 1, 1) + timedelta(seconds=round(seconds)) == datetime(2026, 3, 2, 21, 30)


@pytest.mark.parametrize(
    "text, hours",
    [("12:00 AM", 0), ("12:30 PM", 12.5), ("01:00:00 pm", 13), ("9 AM", 9), ("0.375", 9), ("24:00", 24), ("08:00", 8)],
)
def test_clocks_beside_a_date(text: str, hours: float):
    """Noon and midnight would change places."""
    assert instants([text], days=np.zeros(1)).seconds[0] == hours * 3600
    assert instants(["13:00 PM"], days=np.zeros(1)).unreadable[0]


def test_time_format():
    """Times of day that follow no custom could not be read at all."""
    formats = Formats(date="%d/%m/%Y", time="%H.%M")
    assert instants(["02/01/1970 08.30"], formats=formats).seconds[0] == 86400 + 8.5 * 3600
    assert instants(["0830"], np.zeros(1), Formats(time="%H%M")).seconds[0] == 8.5 * 3600


@pytest.mark.parametrize("text, hours", [("Z", 0), (" UTC", 0), ("+02:00", 2), ("-0530", -5.5), ("+01", 1)])
def test_offsets(text: str, hours: float):
    """An offset would be lost, or be part of the date."""
    found = instants([f"2026-03-02 09:00{text}", "02-03-2026 09:00"], formats=Formats())
    assert found.offset[0] == hours * 3600
    assert np.isnan(found.offset[1])


@given(st.integers(1_577_836_800, 1_893_456_000), st.sampled_from(("Europe/Berlin", "America/New_York", "Asia/Tehran")))
def test_walls_are_those_of_zoneinfo(second: int, name: str):
    """The clock of a zone would differ from the standard library's, or not lead back but for the hour shown twice."""
    zone = ZoneInfo(name)
    shown = datetime.fromtimestamp(second, zone)
    expected = (shown.replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds()
    (found,) = wall(np.array([float(second)]), zone)
    assert found == expected
    (back,) = utc(np.array([found]), zone, not_before=np.array([float(second)]))
    assert back == second
