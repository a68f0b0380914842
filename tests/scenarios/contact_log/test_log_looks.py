"""The look at a whole log: tables of intervals, nonsense and oddities are recognised, and ordinary logs are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from scenarios.contact_log.mapping import GENERIC, mapping_from
from scenarios.contact_log.records import Records, read_records
from scenarios.errors import InvalidFile, PlannerError

COLUMNS = {"name": "own", "arrival": "Start", "wait": "Wait", "handle": "Talk"}
STEPS = {"name": "own", "arrival": "a", "answer": "b", "end": "c"}
SIGNS = {"name": "own", "arrival": "a", "wait": "w", "handle": "h", "agent": "g"}


def read(content: str, **mapping: Any) -> Records:
    """The records of a log given as text."""
    return read_records(content.encode(), mapping_from(mapping) if mapping else GENERIC, "log.csv")


def seen(records: Records) -> str:
    """All suspicions as one text."""
    return "\n".join(map(str, records.report.suspicions))


def calls(count: int, **columns: Any) -> str:
    """A generic log of calls 70 s apart from 08:00:07 on; columns are texts, or functions of the number of the row."""
    columns = {"wait": 9, "handle": lambda k: 200 + k % 90, "agent": lambda k: f"a{k % 8}"} | columns
    if "outcome" not in columns:
        columns["outcome"] = lambda k: "abandoned" if k % 20 == 0 else "answered"
    start = np.datetime64("2026-03-02T08:00:07")
    columns = {"arrival": lambda k: start + np.timedelta64(70 * k, "s")} | columns
    rows = [",".join(str(value(k) if callable(value) else value) for value in columns.values()) for k in range(count)]
    return "\n".join([",".join(columns), *rows])


@pytest.mark.parametrize(
    "content",
    [
        "Date,08:00,08:30,09:00,09:30\n2026-03-02,20,30,40,10\n",
        "Date,0,1,2,3,4,5,6,7\n2026-03-02,1,1,1,1,1,1,1,1\n",
        "Interval,Mon,Tue,Wed,Thu,Fri\n08:00,1,2,3,4,5\n",
        "Interval;02.03.2026;03.03.2026;04.03.2026;05.03.2026\n08:00;1;2;3;4\n",
        "Datum;Intervall;Anrufe;Angenommen;Verloren\n02.03.2026;08:00 - 08:30;20;18;2\n",
        "Day;Slot;N;Q\n02.03.2026;08:00-08:30;20;18\n02.03.2026;08:30-09:00;24;20\n",
        "Date,Calls Offered,Calls Handled,AHT (s)\n2026-03-02,400,380,300\n",
        "intervalStart,nOffered,nHandled,tHandle\n2026-03-02T08:00,20,19,300\n",
        "Time,Calls,AHT\n08:00,20,5:12\n08:30,25,5:00\n",
        "Start,Contacts,Service Level\n2026-03-02 08:00,20,80%\n",
        "Interval Start,Interval End,Offer,Answer,Abandon\n2026-03-02 08:00,2026-03-02 08:30,20,18,2\n",
        'Time;Offered;Abandoned;ASA\n08:00;"1.020";30;12,5\n',
    ],
)
def test_tables_of_intervals(content: str):
    """A table of counts would become one contact a row."""
    with pytest.raises(InvalidFile, match="this is a table of intervals, not of contacts"):
        read(content)


@pytest.mark.parametrize("types", ["a", "ab"])
def test_regular_rows_are_intervals_whatever_their_columns_are_called(types: str):
    """A table with the names of columns in another language would become one contact a row."""
    rows = [f"2026-03-{d:02d} {h:02d}:30,{h},300,{q}" for d in (2, 3) for h in range(8, 19) for q in types]
    with pytest.raises(InvalidFile, match="goes by the 60 minutes"):
        read("\n".join(["Start,Wait,Talk,Q", *rows]), **COLUMNS, type="Q")


def test_a_column_of_intervals_is_no_time_of_arrival():
    """Two rows are too few to show a rhythm; the name of the column tells."""
    with pytest.raises(InvalidFile, match=r"table of intervals, not of contacts \(Half-hour\)"):
        read("Half-hour,Wait,Talk\n2026-03-02 08:00,20,300\n", **{**COLUMNS, "arrival": "Half-hour"})


@pytest.mark.parametrize(
    "extra",
    [
        {"Answered": lambda k: k % 2, "Abandoned": lambda k: 1 - k % 2, "Offered": 1},
        {"Answered": "Y", "Calls": 1, "Agents": "Ann"},
        {"Answered": "2026-03-02 08:00", "Offered": "2026-03-02 07:59", "ACW": 30},
        {"Contact": lambda k: k, "SLA": 20, "Duration": 300},
        {"Hold count": lambda k: k % 4, "ACW": 30, "Missed": lambda k: k % 3},
        {"Shift": "08:00-16:30"},
        {"Calls waiting": lambda k: k % 7, "Agents available": lambda k: k % 5},
    ],
)
def test_contacts_are_not_taken_for_intervals(extra: dict[str, Any]):
    """A log with flags or stamps under the names of counts would be refused."""
    assert len(read(calls(40, **extra))) == 40


def test_an_ordinary_log_is_not_suspicious():
    """Warnings without reason are not read."""
    records = read(calls(400))
    assert seen(records) == ""
    assert records.report.lines() == ["400 rows read, 400 contacts kept"]


@pytest.mark.parametrize(
    "columns, words",
    [
        ({"handle": 20}, "AHT is below one minute (20 s)"),
        ({"handle": lambda k: 9000 + k}, "AHT is above two hours (2.6 h)"),
        ({"handle": 300}, "all handle times are the same (300 s)"),
        ({"outcome": "answered"}, "no contact was ever abandoned (400 contacts)"),
        ({"outcome": lambda k: "answered" if k % 20 == 0 else "abandoned"}, "abandoned than answered (95%)"),
        ({"wait": 0}, "no contact ever waited (400 contacts)"),
        ({"wait": 7200}, "mean wait is above one hour (2.0 h)"),
        ({"agent": "Team A"}, "one agent is on duty all day (Team A: 380 of 380 contacts)"),
        ({"agent": lambda k: k}, "a different agent (380 agents for 380 contacts)"),
        ({"agent": lambda k: f"a{k % 2}"}, "agents handle several contacts at once (95% of contacts)"),
        ({"arrival": lambda k: f"2026-03-02 {8 + k // 40:02d}:{15 * (k % 4):02d}"}, "quarters of an hour (100%)"),
        ({"arrival": lambda k: f"2026-{1 + k % 6:02d}-02 08:{k % 60:02d}:07"}, "no contact (6 of 152 days)"),
    ],
)
def test_oddities_are_named_with_their_figure(columns: dict[str, Any], words: str):
    """A column of another meaning or unit would make a plan without a word."""
    assert words in seen(read(calls(400, **columns)))


@pytest.mark.parametrize(
    "columns, words",
    [
        ({"arrival": "2026-03-02"}, "400 of 400 contacts arrive at 00:00"),
        ({"arrival": lambda k: f"2026-03-{1 + k % 28:02d} 12:00"}, "400 of 400 contacts arrive at 12:00"),
        ({"handle": 0}, "all of 380 services take 0 s"),
        ({"handle": lambda k: f"{5 + k % 3}:00:01"}, "380 of 380 services are shorter than 0 s or longer than 4 h"),
    ],
)
def test_nonsense_is_refused(columns: dict[str, Any], words: str):
    """Estimates from it would look like any others."""
    with pytest.raises(InvalidFile, match=words):
        read(calls(400, **columns))


# -- signs of an answer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows, more, answered",
    [
        ("5,100,7\n9,0,", {}, [True, False]),
        ("5,100,7\n9,0,0", {"zero_means_none": True}, [True, False]),
        ("5,100,7\n9,NULL,(null)", {}, [True, False]),
        ("5,100,7\n9,9999,none", {"empty": ["9999", "none"]}, [True, False]),
        ("5,100,7\n9,50,", {"answered_if": "handle"}, [True, True]),
        ("5,100,7\n9,50,", {"answered_if": "agent"}, [True, False]),
        ("5,100,7\n9,0,8", {}, [True, False]),  # agents of both: no service is no answer
        ("5,100,7\n9,,8\n9,0,8", {}, [True, False, True]),  # an empty service is none, so 0 is a short one
    ],
)
def test_answered_without_a_column_of_outcomes(rows: str, more: dict[str, Any], answered: list[bool]):
    """Rows without a service would be answered in 0 s, or answered ones would be lost."""
    lines = [f"2026-03-02 08:{at:02d},{row}" for at, row in enumerate(rows.split("\n"))]
    assert read("\n".join(["a,w,h,g", *lines]), **SIGNS, **more).answered.tolist() == answered


def test_a_log_without_any_sign_of_an_answer_is_refused():
    """With the wait and the end alone every contact would be abandoned, or none."""
    log = "a,w,c,g\n2026-03-02 08:00,5,2026-03-02 08:02,7\n2026-03-02 08:01,60,2026-03-02 08:02,\n"
    own = {"name": "own", "arrival": "a", "wait": "w", "end": "c"}
    with pytest.raises(InvalidFile, match="no column tells which contacts were answered"):
        read(log, **own)
    records = read(log, **own, agent="g")
    assert records.answered.tolist() == [True, False]
    assert records.handle[0] == 115


def test_signs_of_an_answer_that_differ_are_asked_for():
    """Either half of the log may be wrong."""
    with pytest.raises(InvalidFile, match=r"log.csv:3: 1 rows have h without g.*`answered_if: handle`"):
        read("a,w,h,g\n2026-03-02 08:00,5,100,7\n2026-03-02 08:01,9,50,\n", **SIGNS)


# -- rows, zones, titles -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row, more, clock, wait",
    [
        ("2026-10-25T00:50:00Z,2026-10-25T01:10:00Z,2026-10-25T01:20:00Z", {}, "02:50", 1200),
        ("2026-10-25 02:50:00,2026-10-25 02:10:00,2026-10-25 02:20:00", {}, "02:50", 1200),
        ("2026-03-29 01:59:50,2026-03-29 03:00:10,2026-03-29 03:05:10", {}, "01:59", 20),
        ("2026-07-01 06:59:50,2026-07-01 07:00:10,2026-07-01 07:05:10", {"log_timezone": "UTC"}, "08:59", 20),
    ],
)
def test_waits_over_a_change_of_clocks(row: str, more: dict[str, Any], clock: str, wait: float):
    """An hour would be added to a wait, or it would be negative and the contact lost."""
    records = read(f"a,b,c\n{row}\n", **STEPS, timezone="Europe/Berlin", **more)
    at = int(records.queue[0]) // 60
    assert (f"{at // 60:02d}:{at % 60:02d}", records.wait.tolist()) == (clock, [wait])


def test_an_unknown_timezone_is_refused():
    """A misspelt zone would leave the times where they are."""
    with pytest.raises(PlannerError, match="'Mars' cannot be used; write a name of the IANA list"):
        read("a,b,c\n", **STEPS, timezone="Mars")


def test_a_title_above_and_a_total_below():
    """The first line of a report would be the header, and its total a contact."""
    body = "".join(f"02.03.2026 08:{at:02d};1,5;300,5\n" for at in range(6))
    records = read(f"Calls, March 2026\nPrinted: 02.04.2026\n\nStart;Wait;Talk\n{body}Total;9;1803\n", **COLUMNS)
    assert (len(records), records.handle.tolist()) == (6, [300.5] * 6)
    assert "the header is in row 4" in "\n".join(records.report.lines())
    assert records.report.count("arrival cannot be read") == 1


def test_fields_beyond_the_header():
    """A delimiter at the end of each line would lose the row, unquoted decimals would lose nearly all."""
    rows = "".join(f"2026-03-02 08:0{at},5,100,\n" for at in range(6))
    assert len(read(f"Start,Wait,Talk\n{rows}", **COLUMNS)) == 6
    with pytest.raises(InvalidFile, match=r"log.csv:2: 6 of 6 rows have more or fewer fields than the header"):
        read(f"Start,Wait,Talk\n{rows.replace('5,', '12,5,')}", **COLUMNS)


def test_waits_of_work_that_may_wait_are_taken_as_they_are():
    """Hours of wait are no milliseconds where mail is answered the day after."""
    log = calls(60, channel="email", wait=50_000, type="mail")
    assert read(log).wait.mean() == 50_000


def test_a_record_delivered_again_is_the_last_one():
    """The first record of a contact may lack its end; a later contact of the same id is another leg."""
    log = "id,arrival,wait,handle\n1,2026-03-02 08:00,5,\n1,2026-03-02 08:00,5,100\n1,2026-03-02 12:00,0,60\n"
    records = read(log)
    assert records.handle.tolist() == [100, 60]
    assert read(log, **{**GENERIC.model_dump(), "duplicates": "keep"}).report.kept == 3


@pytest.mark.parametrize(
    "filters, words",
    [
        ({"only": {"direction": "in"}}, "there is no column 'direction' \\(only\\)"),
        ({"only": {"Talk": "none"}}, "no row is left by `only` of Talk; the column holds 100"),
        ({"exclude": {"Talk": 100}}, "no row is left by `exclude` of Talk"),
        ({"unit": "minutes"}, "unit"),
        ({"clock": "ss:mm"}, "clock"),
        ({"duplicates": "sometimes"}, "duplicates"),
        ({"handle": []}, "handle"),
        ({"handle": ["Talk", "Hold"]}, "there is no column 'Hold' \\(handle\\)"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(filters: dict[str, Any], words: str):
    """A filter of a missing column would keep or lose everything."""
    with pytest.raises(PlannerError, match=words):
        read("Start,Wait,Talk\n2026-03-02 08:00,5,100\n", **{**COLUMNS, **filters})
