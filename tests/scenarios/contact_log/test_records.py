"""A contact log becomes records, or one clear error; nothing is half-read."""

import gzip
import io
import re
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.contact_log.mapping import BANK, GENERIC, MAPPINGS, Mapping, mapping, mapping_from
from scenarios.contact_log.records import Records, read_records
from scenarios.errors import InvalidFile, InvalidValue, PlannerError
from scenarios.sample import SAMPLE_LOG
from scenarios.units import DAY

GENERIC_LOG = """type,channel,arrival,answer,end,outcome,agent,customer
sales,phone,2026-03-02 08:00:10,2026-03-02 08:00:40,2026-03-02 08:05:40,answered,Ann,c1
sales,phone,2026-03-02 08:01:00,,2026-03-02 08:02:30,abandoned,,c2
help,chat,2026-03-03 09:00:00,2026-03-03 09:00:00,2026-03-03 09:10:00,answered,Bob,c1
"""

BANK_HEADER = "date,type,priority,vru_entry,vru_time,q_start,q_exit,q_time,outcome,ser_start,ser_exit,ser_time,server"
NOBODY = "0:00:00,0:00:00,0,"


def bank(*rows: str) -> Records:
    """The records of rows in the bank layout."""
    return read_records("\n".join([BANK_HEADER, *rows]).encode(), BANK, "bank.csv")


def generic(*rows: str, header: str = "arrival,answer,end,outcome") -> Records:
    """The records of rows in the generic layout."""
    return read_records("\n".join([header, *rows]).encode(), GENERIC, "log.csv")


def sound(count: int) -> list[str]:
    """Rows with nothing wrong: a minute apart, 10 s of wait, 100 s of service."""
    return [
        f"2026-03-02 08:{m:02d}:00,2026-03-02 08:{m:02d}:10,2026-03-02 08:{m + 1:02d}:50,answered" for m in range(count)
    ]


def test_three_contacts_by_hand():
    """Waits, handle times, outcomes or codes would be wrong in the plainest log."""
    records = read_records(GENERIC_LOG.encode())
    assert (records.start, records.days) == (date(2026, 3, 2), 2)
    assert (records.types, records.channels) == (("help", "sales"), ("chat", "phone"))
    np.testing.assert_array_equal(records.queue, [28810, 28860, DAY + 32400])
    np.testing.assert_array_equal(records.wait, [30, 90, 0])
    np.testing.assert_array_equal(records.answered, [True, False, True])
    np.testing.assert_array_equal(records.handle, [300, np.nan, 600])
    np.testing.assert_array_equal(records.end, [29140, np.nan, DAY + 33000])
    assert [records.agents[code] if code >= 0 else "" for code in records.agent] == ["Ann", "", "Bob"]
    assert records.customer[0] == records.customer[2] != records.customer[1]
    np.testing.assert_array_equal(records.day, [0, 0, 1])
    assert records.report.lines() == ["3 rows read, 3 contacts kept"]


def test_between_keeps_the_days_asked_for():
    """Half of a log could not be held back, or its times would not start at its own midnight."""
    second = read_records(GENERIC_LOG.encode()).between(1, 2)
    assert (second.start, second.days, len(second)) == (date(2026, 3, 3), 1, 1)
    np.testing.assert_array_equal(second.queue, [32400])


def test_bank_rows_as_its_readme_says():
    """A rule of cleaning would be wrong: phantoms, IVR hang-ups, no queue, queue, and rows with no times at all."""
    records = bank(
        f"1999-08-01,PS,0,8:00:00,10,0:00:00,0:00:00,0,PHANTOM,{NOBODY}",
        f"1999-08-01,PS,0,8:00:00,12,0:00:00,0:00:00,0,HANG,{NOBODY}",
        "1999-08-01,PS,0,8:01:00,10,0:00:00,0:00:00,0,AGENT,8:01:11,8:03:11,120,A01",
        "1999-08-01,IN,2,8:02:00,10,8:02:10,8:03:10,60,AGENT,8:03:09,8:04:09,60,A02",
        f"1999-08-01,PS,1,8:04:00,10,8:04:10,8:04:40,30,HANG,{NOBODY}",
        "1999-08-01,NE,0,12:40:20,10,0:00:00,0:00:00,0,AGENT,0:00:00,0:00:00,0,A09",
        "1999-08-01,PS,0,8:06:00,-50,8:05:10,8:05:20,10,AGENT,8:05:19,8:05:19,0,A01",
    )
    np.testing.assert_array_equal(records.queue, [28871, 28930, 29050, 29110])
    np.testing.assert_array_equal(records.wait, [0, 60, 30, 10])
    np.testing.assert_array_equal(records.handle, [120, 60, np.nan, np.nan])
    assert records.arrival[3] == records.queue[3]
    assert records.pools == {"regular": ("PS",), "internet": ("IN",)}
    report = records.report
    assert report.count("outcome PHANTOM") == report.count("left before the queue") == 1
    assert report.count("answered, but neither queued nor served") == 1
    assert report.count("queued before the arrival, arrival moved to the queue entry") == 1
    assert (report.rows, report.kept) == (7, 4)


def test_clock_times_past_midnight_belong_to_the_next_day():
    """A contact that is answered after midnight would have waited minus a day."""
    records = bank(
        "1999-08-02,PS,1,23:59:23,0,23:59:29,0:00:57,88,AGENT,0:00:56,0:01:15,19,A10",
        f"1999-08-03,PS,1,8:00:00,5,8:00:05,8:00:09,4,HANG,{NOBODY}",
    )
    np.testing.assert_array_equal(records.answer[:1], [DAY + 57])
    assert records.report.count("answer past midnight, moved to the next day") == 1
    own = Mapping(name="own", date="day", arrival="in", answer="up", end="down")
    counted_on = read_records(
        b"day,in,up,down\n2026-03-02,23:59:50,24:00:10,25:01:00\n2026-03-03,08:00,08:01,08:02\n", own
    )
    np.testing.assert_array_equal(counted_on.wait, [20, 60])
    np.testing.assert_array_equal(counted_on.handle, [3650, 60])


def test_queue_entry_after_the_last_midnight_is_counted_out():
    """A last contact would fall outside of every interval."""
    records = bank(
        f"1999-08-02,PS,1,8:00:00,5,8:00:05,8:00:09,4,HANG,{NOBODY}",
        "1999-08-02,PS,1,23:59:58,5,0:00:03,0:00:13,10,AGENT,0:00:13,0:01:15,62,A10",
    )
    assert len(records) == 1
    assert records.report.count("queued after the last midnight") == 1
    with pytest.raises(InvalidFile, match="no row is left"):
        bank("1999-08-02,PS,1,23:59:58,5,0:00:03,0:00:13,10,AGENT,0:00:13,0:01:15,62,A10")


@pytest.mark.parametrize(
    "row, what",
    [
        ("2026-03-02 08:00:00,2026-03-02 07:59:59,2026-03-02 08:01:50,answered", "a negative wait"),
        ("soon,2026-03-02 08:00:10,2026-03-02 08:01:50,answered", "arrival cannot be read"),
        (",2026-03-02 08:00:10,2026-03-02 08:01:50,answered", "no arrival"),
        (
            "2026-03-02 08:00:00,2026-03-02 08:00:10,2026-03-02 08:01:50,parked",
            "an outcome that the mapping does not know",
        ),
        ("2026-03-02 08:00:00,2026-03-02 08:01:50,answered", "more or fewer fields than the header"),
    ],
)
def test_one_bad_row_is_dropped_and_counted(row: str, what: str):
    """A bad row would be lost without a word, or take good rows with it."""
    records = generic(*sound(10), row)
    assert len(records) == 10
    (finding,) = records.report.findings
    assert (finding.issue, finding.done, finding.count, finding.first) == (what, "dropped", 1, 12)
    assert "row 12" in str(finding)


def test_rows_without_a_wait_stay_in_demand():
    """A contact whose wait nobody wrote down would be missing from the volume and from abandonment."""
    unknown = "2026-03-02 08:00:00,,2026-03-02 08:01:50,answered", "2026-03-02 09:00:00,,,abandoned"
    records = generic(*sound(10), *unknown)
    assert (len(records), records.answered.sum(), np.isfinite(records.wait).sum()) == (12, 11, 10)
    assert [(found.done, found.count, found.first) for found in records.report.findings] == [
        ("kept", 1, 13),
        ("kept", 1, 12),
    ]


def test_negative_and_endless_services_are_unknown_not_lost():
    """A wrong clock at the end of a service would bend the handle time, or lose a contact that was answered."""
    records = generic(
        *sound(10),
        "2026-03-02 09:00:00,2026-03-02 09:00:10,2026-03-02 09:00:05,answered",
        "2026-03-02 10:00:00,2026-03-02 10:00:10,2026-03-02 20:00:10,answered",
    )
    assert records.answered.sum() == 12
    assert np.isfinite(records.handle).sum() == 10
    assert records.report.count("a negative service time, taken as unknown") == 1
    assert records.end.max() <= records.answer.max() + GENERIC.longest_handle


def refused(content: bytes, *words: str, mapping: Mapping = GENERIC, limit: int = 10_000_000) -> None:
    """Check that the log is refused with all of these words in the message."""
    with pytest.raises(InvalidFile) as caught:
        read_records(content, mapping, "log.csv", limit)
    for word in ("log.csv", *words):
        assert word in str(caught.value)


def test_missing_columns_are_named_with_those_that_are_there():
    """The user would not learn which column is missing, nor what to call it."""
    refused(b"start,type\n1,2\n", "no column 'arrival'", "start, type", "mapping")
    refused(b"arrival,end\n1,2\n", "neither the instant of the answer nor the wait")
    refused(b"arrival,answer\n1,2\n", "neither the end nor the handle time")
    refused(GENERIC_LOG.encode(), "no column 'vru_entry' (arrival)", mapping=BANK.model_copy(update={"date": None}))


def test_a_wrong_column_is_refused_with_row_column_and_value():
    """A whole file of unreadable times would come out as an empty centre."""
    refused(b"arrival,answer,end\n03/02/2026 8:00,x,y\n", "log.csv:2", "arrival", "03/02/2026", "date_format")
    refused(b"arrival,answer,end\nsoon,x,y\n", "log.csv:2", "arrival", "'soon'", "date_format")
    refused(GENERIC_LOG.replace("answered", "ok").encode(), "log.csv:2", "outcome", "'ok'", "mapping")


def test_date_format_of_the_mapping():
    """Dates with slashes could not be read at all, or month and day would change places."""
    own = GENERIC.model_copy(update={"date_format": "%d/%m/%Y"})
    records = read_records(b"arrival;answer;end\n02/03/2026 8:00;02/03/2026 8:01:30;02/03/2026 8:05\n", own)
    assert records.start == date(2026, 3, 2)
    np.testing.assert_array_equal(records.wait, [90])
    dotted = read_records("arrival\tanswer\tend\n02.03.2026 8:00\t02.03.2026 8:01\t02.03.2026 8:05\n".encode("utf-16"))
    assert dotted.start == date(2026, 3, 2)


def test_offsets_are_honoured_on_the_clock_of_the_arrival():
    """08:00:30 in London is 30 s after 10:00 in Helsinki: a wait over two zones would be hours long, or negative."""
    records = generic("2026-03-02T10:00:00+02:00,2026-03-02T08:00:30Z,2026-03-02T03:01:00-0500,answered")
    np.testing.assert_array_equal(records.queue, [36000])
    np.testing.assert_array_equal(records.wait, [30])
    np.testing.assert_array_equal(records.handle, [30])
    assert "(+02:00)" in records.report.notes[0]


def test_one_wrong_year_is_named():
    """One typing error would make a horizon of a hundred years."""
    refused(GENERIC_LOG.replace("2026-03-02 08:00:10", "1926-03-02 08:00:10").encode(), "log.csv:2", "1926", "366 days")


def test_mixed_encodings_are_repaired_and_counted():
    """One line from another system would make the whole log unreadable, or change a name without a word."""
    raw = GENERIC_LOG.encode().replace(b"Ann", "Zoë".encode()).replace(b"Bob", "René".encode("cp1252"))
    records = read_records(raw)
    assert records.agents == ("René", "Zoë")
    assert records.report.count("not UTF-8, read as Windows-1252") == 1
    refused(raw, "log.csv:4", "utf-8", mapping=GENERIC.model_copy(update={"encoding": "utf-8"}))
    refused(raw, "no encoding", mapping=GENERIC.model_copy(update={"encoding": "klingon"}))


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"arrival,answer,end\n", "no rows"),
        (b"\x00\x01\x02", "no text"),
        (b"\xd0\xcf\x11\xe0rest", ".xls"),
        (b"PK\x03\x04rest", "damaged"),
        (b"\x1f\x8brest", "damaged"),
        (gzip.compress(GENERIC_LOG.encode())[:-20], "cut off"),
        (b'arrival,answer,end\n"2026', "quotes"),
        (b"arrival,answer,end,outcome\n,2026-03-02 08:00,,answered\n", "no row is left"),
    ],
)
def test_no_log_at_all(content: bytes, words: str):
    """The user would see a traceback instead of a sentence."""
    refused(content, words)


def test_an_absent_file_and_a_folder(tmp_path: Path):
    """A wrong path would end in an error of the operating system."""
    with pytest.raises(InvalidFile, match=r"gone\.csv: it cannot be opened"):
        read_records(tmp_path / "gone.csv")
    with pytest.raises(InvalidFile, match="check the path"):
        read_records(tmp_path)


def test_size_is_limited_packed_and_unpacked(tmp_path: Path):
    """A file of any size, or a small one that unpacks to any size, would fill the memory."""
    refused(b"x" * 1001, "limit", limit=1000)
    refused(gzip.compress(b"a,b\n" * 100_000), "unpacks to more than 0.1 MB", limit=100_000)
    refused(gzip.compress(b"a,b\n" * 20_000) * 2, "unpacks to more than 0.1 MB", limit=100_000)
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(InvalidFile, match=r"big\.csv: it holds 200\.0 MB, the limit is 100 MB"):
        read_records(big)


def workbook(*rows: list[object]) -> bytes:
    """An xlsx workbook with these rows on its first sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"})
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str) and cell.startswith("="):
                sheet.write_formula(at, column, cell, value="spam")
            else:
                sheet.write(at, column, cell)
    book.close()
    return out.getvalue()


def test_a_workbook_reads_like_the_same_csv():
    """Cells that hold times, numbers, truth values or formulas would be read as something else."""
    day = datetime(2026, 3, 2)
    header = ["date", "arrival", "wait", "handle", "outcome", "type", "agent"]
    own = mapping_from({"name": "own", "optional": ["answer"], **{role: role for role in header}})
    records = read_records(
        workbook(
            header,
            [day, time(8, 0, 5), 12, 100.5, True, "=1+1", 7],
            ["2026-03-02", "8:10", "0:01:00", None, False, "a/b", None],
        ),
        own,
    )
    np.testing.assert_array_equal(records.queue, [28805, 29400])
    np.testing.assert_array_equal(records.wait, [12, 60])
    np.testing.assert_array_equal(records.handle, [100.5, np.nan])
    assert records.types == ("a-b", "spam")
    assert records.agents == ("7",)


def test_a_workbook_that_would_fill_the_memory():
    """Two far cells, or an archive that lies about its size, would be unpacked all the same."""
    far = io.BytesIO()
    book = xlsxwriter.Workbook(far, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write(0, 0, "arrival")
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    refused(far.getvalue(), "1048576 rows x 16384 columns", "stray cells")
    refused(_lying_archive(), "unpacks to more than 1 MB", limit=1_000_000)
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("hello.txt", "hello")
    refused(plain.getvalue(), "no xlsx workbook")


def rewritten(raw: bytes, edit: Callable[[bytes], bytes]) -> bytes:
    """A workbook with the text of its sheet changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, edit(content) if name.startswith("xl/worksheets") else content)
    return out.getvalue()


SHEET = (["arrival", "wait", "handle"], ["2026-03-02 08:00", 5, 100.5], ["2026-03-02 08:01", 0, 20])


@pytest.mark.parametrize(
    "edit",
    [
        lambda xml: re.sub(rb'(<c) r="[A-Z]+\d+"', rb"\1", xml),
        lambda xml: re.sub(rb'(<row|<c) r="[A-Z]*\d+"', rb"\1", xml),
        lambda xml: re.sub(rb'<c r="([A-Z]+)', lambda cell: cell[0].lower(), xml),
        lambda xml: re.sub(rb"<(/?)(row|c)(?=[ >])", rb"<\1x:\2", xml),
    ],
)
def test_cells_without_references_or_in_lower_case(edit: Callable[[bytes], bytes]):
    """Workbooks of some exporters could not be read, or their cells would change places."""
    records = read_records(rewritten(workbook(*map(list, SHEET)), edit), name="log.xlsx")
    np.testing.assert_array_equal(records.wait, [5, 0])
    np.testing.assert_array_equal(records.handle, [100.5, 20])


@pytest.mark.parametrize(
    "row, words",
    [
        (b"<row>" + b"<c><v>1</v></c>" * 20_000 + b"</row>", "4 rows x 20000 columns, more than a sheet of Excel has"),
        (b'<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>', "1048576 rows x 16384 columns"),
        (b'<row r="1048576"><c><v>1</v></c><c x=">" r=\'XFD1048576\'/></row>', "1048576 rows x 16384 columns"),
        (b'<row r="9"><c r="B99999999999"/></row>', "cell or row at r="),
        (b'<row r="9"><c r="ZZZZZZZ4"/></row>', "cell or row at r="),
        (b'<row r="x"/>', "cell or row at r="),
        (b'<row r="9"><c r="A9" x="' + b"x" * 2_000_000 + b'"/></row>', "a tag that does not end"),
    ],
)
def test_a_sheet_that_would_end_the_process(row: bytes, words: str):
    """The reader lays out the whole rectangle and ends the process, not only the reading, where memory is short."""
    sheet = rewritten(workbook(*map(list, SHEET)), lambda xml: xml.replace(b"</sheetData>", row + b"</sheetData>"))
    refused(sheet, words)


def test_a_panic_of_the_reader_is_an_error(monkeypatch: pytest.MonkeyPatch):
    """A panic of Rust is no Exception: it would pass every handler and end the program."""
    panic = type("PanicException", (BaseException,), {})

    def fail(_: object) -> None:
        raise panic("index out of bounds")

    monkeypatch.setattr("python_calamine.CalamineWorkbook.from_filelike", fail)
    refused(workbook(*map(list, SHEET)), "index out of bounds", "save it again")


def _lying_archive() -> bytes:
    """A zip file whose directory says 10 bytes where 50 MB come out."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 50_000_000)
    return out.getvalue().replace(struct.pack("<L", 50_000_000), struct.pack("<L", 10))


def test_nothing_in_a_log_is_executed():
    """A formula or a path in a name would mean something to a spreadsheet or the file system."""
    header = "arrival,answer,end,outcome,type"
    hostile = '2026-03-02 08:00:00,2026-03-02 08:00:10,2026-03-02 08:01:50,answered,"=HYPERLINK(""../../etc"")"'
    (name,) = generic(hostile, header=header).types
    assert name == '=HYPERLINK("..-..-etc")'


def test_too_many_types_is_the_wrong_column():
    """Telephone numbers taken for types would make a scenario of thousands of types."""
    rows = [f"2026-03-02 08:00:00,2026-03-02 08:00:10,2026-03-02 08:01:50,t{n}" for n in range(201)]
    refused("\n".join(["arrival,answer,end,type", *rows]).encode(), "201 different contact types", "'type'")


def test_mappings_are_found_by_name():
    """A misspelt mapping would be taken for another one."""
    assert mapping("bank") is MAPPINGS["bank"]
    with pytest.raises(InvalidValue, match="choose one of bank, generic"):
        mapping("banc")
    with pytest.raises(PlannerError, match="arrival"):
        mapping_from({"name": "own"})


@settings(max_examples=60)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_give_records_or_one_clear_error(content: bytes):
    """Some bytes would end in an exception that is not ours."""
    try:
        read_records(content, GENERIC, "log")
    except InvalidFile as failure:
        message = str(failure)
    else:
        return
    assert message.startswith("log")


CELL = st.sampled_from(
    ["", "x", "2026-03-02 08:00", "8:00", "-5", "1e400", "nan", "9999-12-31 23:59", "=1", '"', "answered"]
)


@settings(max_examples=60)
@given(st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=1, max_size=8))
def test_any_cells_give_records_or_one_clear_error(rows: list[list[str]]):
    """Some cell would end in an exception that is not ours, or leave a contact that is neither here nor there."""
    try:
        records = generic(*(",".join(row) for row in rows))
    except InvalidFile:
        return
    assert np.all((records.wait >= 0) | np.isnan(records.wait))
    assert np.all((records.queue >= 0) & (records.queue < records.days * DAY))


def test_the_sample_reads_without_repairs():
    """The sample that is shipped would look broken."""
    report = read_records(SAMPLE_LOG, BANK).report
    assert {finding.issue for finding in report.findings} == {"left before the queue"}


HALF_HOURS = {
    "offered": lambda r: np.ones(len(r)),
    "answered": lambda r: r.answered,
    "abandoned": lambda r: ~r.answered,
    "waited": lambda r: r.wait > 0,
    "answered_within_20s": lambda r: r.answered & (r.wait <= 20),
    "answered_within_60s": lambda r: r.answered & (r.wait <= 60),
    "sum_wait_all_s": lambda r: r.wait,
    "sum_wait_answered_s": lambda r: r.wait * r.answered,
    "aht_n": lambda r: np.isfinite(r.handle),
}


def test_real_half_hours_agree_exactly(project: Path):
    """Cleaning would differ from that of the independent half-hour table of the same days."""
    import pandas as pd

    data = project.parent / "shared" / "data"
    if not (data / "bank_1999-08-01_15_calls.csv.gz").exists():
        pytest.skip("the bank's records are not here")
    records = read_records(data / "bank_1999-08-01_15_calls.csv.gz", BANK)
    table = pd.read_csv(data / "bank_1999-08-01_15_halfhour.csv")
    for pool, types in records.pools.items():
        own = records.select(records.of_types(types))
        there = table[table["pool"] == pool]
        days = (pd.to_datetime(there["date"]) - pd.Timestamp(records.start)).dt.days
        at = days * 48 + pd.to_timedelta(there["interval_start"] + ":00").dt.total_seconds() // 1800
        # The table files a contact that queued past midnight under the date of its arrival.
        interval = (own.arrival // DAY * 48 + own.queue % DAY // 1800).astype(int)
        for column, weigh in HALF_HOURS.items():
            expected = np.zeros(records.days * 48)
            expected[at.astype(int)] = there[column]
            np.testing.assert_array_equal(
                np.bincount(interval, weigh(own), len(expected)), expected, f"{pool} {column}"
            )
