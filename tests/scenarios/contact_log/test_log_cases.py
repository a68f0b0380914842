"""Contact logs as exporters and spreadsheets write them: each is read as it was meant, or refused in a clear sentence.

The files in ``logs`` hold 400 contacts of one day unless said otherwise; what they must give was counted independently.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.calibration.calibrate import calibrate
from models.calibration.from_records import observed, to_scenario
from scenarios.contact_log.mapping import mapping_from
from scenarios.contact_log.records import Records, read_records
from scenarios.errors import InvalidFile

LOGS = Path(__file__).parent / "logs"
WORDS = {"outcome": "outcome", "answered": ["handled"], "abandoned": ["abandoned"]}
PLAIN = {"arrival": "arrival", "wait": "wait", "handle": "handle"} | WORDS
STEPS = {"arrival": "arrival", "answer": "answer", "end": "end", "agent": "agent"}
GERMAN = {
    "arrival": "Anrufbeginn",
    "wait": "Wartezeit",
    "handle": "Bearbeitungszeit",
    "outcome": "Ergebnis",
    "answered": ["angenommen"],
    "abandoned": ["verloren"],
}
ZEROS = {"arrival": "start", "wait": "queue_wait_seconds", "agent": "agent_id", "wrap_up": "wrap_seconds"}
NO_WAIT = {"date": "Date", "arrival": "Time", "wait": "Speed of answer", "handle": "Talk"}
NO_WAIT |= {"outcome": "Answered (Y/N)", "answered": ["Y"], "abandoned": ["N"]}
LEGS = {"arrival": "Initiated", "queue": "Enqueued", "answer": "Connected", "end": "Disconnected", "agent": "Agent"}
LEGS |= {"wrap_up": "ACW", "type": "Queue"}


def read(name: str, **mapping: Any) -> Records:
    """The records of a file of ours."""
    return read_records(LOGS / name, mapping_from({"name": "own", **mapping}))


def text(content: str, **mapping: Any) -> Records:
    """The records of a log given as text."""
    return read_records(content.encode(), mapping_from({"name": "own", **mapping}), "log.csv")


def aht(records: Records) -> float:
    """Mean seconds of service and wrap-up."""
    known = np.isfinite(records.handle)
    return float((records.handle + np.nan_to_num(records.wrap_up))[known].mean())


def asa(records: Records) -> float:
    """Mean wait of answered contacts in seconds."""
    return float(records.wait[records.answered].mean())


@pytest.mark.parametrize(
    "name, mapping",
    [
        ("mmss.csv", PLAIN),
        ("words.csv", PLAIN),
        ("ms.csv", PLAIN | {"unit": "ms"}),
        ("ms.csv", PLAIN | {"unit": {"wait": "ms", "handle": "ms"}}),
        ("zeros.csv", ZEROS | {"handle": ["talk_seconds", "hold_seconds"]}),
        ("zeros.csv", ZEROS | {"handle": ["talk_seconds", "hold_seconds"], "answered_if": "agent"}),
        ("zeros.csv", ZEROS | {"handle": ["talk_seconds", "hold_seconds"], "answered_if": "handle"}),
        ("null.csv", STEPS),
        ("ampm.csv", {**STEPS, "agent": None, "date": "date", "arrival": "start", "date_format": "%m/%d/%Y"}),
        ("utc.csv", STEPS | {"timezone": "America/New_York"}),
    ],
)
def test_the_same_day_in_many_spellings(name: str, mapping: dict[str, Any]):
    """A spelling of times, of empty fields or of outcomes would change volume, abandonment, handle time or waits."""
    records = read(name, **mapping)
    assert (len(records), records.answered.sum()) == (400, 360)
    assert aht(records) == pytest.approx(244.3, abs=0.05)
    assert asa(records) == pytest.approx(28.9, abs=0.05)
    assert records.queue[0] == 9 * 3600 + 42
    assert records.start.isoformat() == "2026-03-02"


def test_minutes_and_seconds_are_said_and_can_be_set():
    """A reading that nobody is told of cannot be contradicted."""
    assert "handle: 6:58 read as minutes:seconds" in "\n".join(read("mmss.csv", **PLAIN).report.lines())
    hours = read("mmss.csv", **PLAIN, clock={"handle": "hh:mm", "wait": "mm:ss"}, longest_handle="12 h")
    assert aht(hours) == pytest.approx(60 * 244.3, abs=3)
    assert asa(hours) == pytest.approx(28.9, abs=0.05)


def test_thousands_are_no_decimals():
    """An AHT of 1,221 s became 255 s, some services of 1.2 s among others of hundreds."""
    records = read("thousands.csv", **PLAIN)
    assert aht(records) == pytest.approx(1221, abs=0.5)
    assert "1,640 read as 1640" in "\n".join(records.report.lines())


def test_unanswered_without_a_wait_are_offered():
    """Forty contacts whose wait is not written would leave demand and abandonment."""
    records = read("nowait_abandon.csv", **NO_WAIT)
    assert (len(records), (~records.answered).sum()) == (400, 40)
    assert np.isnan(records.wait[~records.answered]).all()
    calibration = calibrate(records)
    assert calibration.types[0].patience is None
    assert any("patience cannot be estimated" in caveat for caveat in calibration.caveats)
    table = observed(records, records.horizon()).query("by == 'total' and period == 'horizon'").set_index("measure")
    assert table.value["abandonment"] == 0.1
    assert table.value["asa"] == pytest.approx(28.9, abs=0.05)
    assert table.value["mean_wait"] == pytest.approx(28.9, abs=0.05)  # of the 360 whose wait is known


def test_offsets_without_a_timezone_are_a_caveat():
    """The first contacts come at 09:00 in New York, not at 14:00: nobody would be told."""
    records = read("utc.csv", **STEPS)
    assert records.queue[0] == 14 * 3600 + 42
    assert any("(Z)" in note and "timezone" in note for note in calibrate(records).caveats)


@pytest.mark.parametrize(
    "mapping, words",
    [
        ({"id": "ContactId", "exclude": {"Direction": "OUTBOUND"}}, "Direction is OUTBOUND"),
        ({"id": ["ContactId", "Leg"], "where": {"direction": ["inbound", "Transfer"]}}, "direction is not inbound"),
    ],
)
def test_transfers_outbound_and_records_delivered_twice(mapping: dict[str, Any], words: str):
    """Front would have 110 contacts, the outbound calls would be demand, and transfers would come by themselves."""
    records = read("legs.csv", **LEGS, **mapping)
    counts = dict(zip(records.types, np.bincount(records.type).tolist(), strict=True))
    assert counts == {"Expert": 20, "Front": 100}
    assert any(words in line and "25 rows dropped" in line for line in records.report.lines())
    assert any("delivered again" in line and "10 rows dropped" in line for line in records.report.lines())
    assert (records.handle[records.type == 1] == 120).all()
    assert (records.handle[records.type == 0] == 200).all()
    scenario = to_scenario(calibrate(records), "own", transfers=True)
    front, expert = scenario.contact_type("Front"), scenario.contact_type("Expert")
    assert sum(front.volume.per_interval) == 100
    assert sum(expert.volume.per_interval) == 0
    (rule,) = front.follow_ups
    assert (rule.after, rule.probability, rule.as_type) == ("answered", 0.2, "Expert")


def test_records_delivered_twice_look_suspicious_without_an_id():
    """Without an id they count, and the reader must learn that the same agent did two things at once."""
    records = read("legs.csv", **LEGS)
    assert any("`id`" in str(odd) and "10 contacts" in str(odd) for odd in records.report.suspicions)


EUROPEAN = ["crlf_sep.csv", "twodigit.csv", "month.csv"]


@pytest.mark.parametrize(
    "name, mapping",
    [
        *((name, {}) for name in EUROPEAN),
        ("month.csv", {"date_format": "%d-%b-%Y"}),
        ("eu_slash.csv", {"date_format": "%d/%m/%Y"}),
        ("us_ampm.csv", {"date_format": "%m/%d/%Y"}),
    ],
)
def test_separators_and_orders_of_dates(name: str, mapping: dict[str, Any]):
    """358 of 400 answered, 254.85 s of service, 8.17 s of wait, all on 2 March 2026 from nine o'clock."""
    records = read(name, **GERMAN, **mapping)
    assert (len(records), records.answered.sum(), records.days) == (400, 358, 1)
    assert aht(records) == pytest.approx(254.85, abs=0.005)
    assert asa(records) == pytest.approx(8.17, abs=0.005)
    assert records.start.isoformat() == "2026-03-02"
    assert records.queue[0] // 60 == 9 * 60


def test_the_order_of_day_and_month_is_said():
    """A reading that nobody is told of cannot be contradicted."""
    log = "a,w,h\n02-03-2026 08:00,5,100\n14-03-2026 08:00,5,100\n"
    records = text(log, arrival="a", wait="w", handle="h")
    assert records.start.isoformat() == "2026-03-02"
    assert "dates: 02-03-2026 08:00 read as day/month/year (date_format in the mapping)" in records.report.lines()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(encoding: str):
    """An export of another system, with its mark or without, would be refused or read as rubbish."""
    content = (LOGS / "crlf_sep.csv").read_text("utf-8").partition("\n")[2]
    raw = content.replace(";", "\t" if "16" in encoding else ";").replace("Ergebnis", "Ergebnis §").encode(encoding)
    records = read_records(raw, mapping_from({"name": "own", **GERMAN, "outcome": "Ergebnis §"}))
    assert (len(records), records.answered.sum()) == (400, 358)
    assert aht(records) == pytest.approx(254.85, abs=0.005)


@pytest.mark.parametrize("name", ["eu_slash.csv", "us_ampm.csv"])
def test_day_and_month_that_cannot_be_told_apart_are_asked_for(name: str):
    """A single day of 02/03 may be of February or March."""
    with pytest.raises(InvalidFile, match=r"day and month are ambiguous in 0\d/0\d/2026; say `date_format"):
        read(name, **GERMAN)


@pytest.mark.parametrize(
    "mapping, kept, done",
    [({}, 600, "kept"), ({"doubles": "keep"}, 600, "kept"), ({"duplicates": "drop"}, 338, "dropped")],
)
def test_identical_rows_are_contacts_unless_an_id_says_otherwise(mapping: dict[str, Any], kept: int, done: str):
    """In a log by the minute 262 of 600 contacts are like one before them."""
    columns = {"arrival": "Time", "wait": "Wait", "handle": "Duration", "outcome": "Status"}
    records = read("minutes.csv", **columns, answered=["Completed"], abandoned=["Missed"], **mapping)
    assert len(records) == kept
    assert any(found.done == done and found.count == 262 for found in records.report.findings)


@pytest.mark.parametrize(
    "name, mapping, words",
    [
        (
            "interval15.csv",
            {"arrival": "Interval", "date": "Date", "wait": "ASA", "handle": "AHT"},
            "table of intervals",
        ),
        ("ms.csv", PLAIN, "look like milliseconds: say `unit: ms`"),
        (
            "dates_minutes.csv",
            {"arrival": "call_date", "wait": "answer_delay", "handle": "minutes", "outcome": "result"},
            "600 of 600 contacts arrive at 00:00",
        ),
        ("lowerref.xlsx", PLAIN, "1048576 rows x 16384 columns"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(name: str, mapping: dict[str, Any], words: str):
    """A table of intervals, another unit, dates without time or a cell far outside would give a plan of nonsense."""
    with pytest.raises(InvalidFile, match=words):
        read(name, **mapping)
