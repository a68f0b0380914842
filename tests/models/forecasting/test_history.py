"""Tables of intervals read as history, with a word for all that is wrong with them."""

import gzip

import numpy as np
import pandas as pd
import pytest

from models.forecasting.day_record import read_day
from models.forecasting.history import history_of, read_history
from scenarios.errors import InvalidFile
from tests.models.forecasting.samples import exact_series, table_of


def test_short_intervals_are_added_up(tmp_path):
    """Six times five minutes: 1 + 2 + 3 + 4 + 5 + 6 = 21 contacts, AHT (1*60 + 20*120 ...) weighted by contacts."""
    path = tmp_path / "calls.csv"
    rows = [f"2026-03-02 08:{5 * i:02d},{i + 1},{60 if i < 3 else 120}" for i in range(6)]
    path.write_text("DateTime,Calls,AHT\n" + "\n".join(rows) + "\n")
    history = read_history(path)
    series = history.types["contacts"]
    assert series.counts[0, 16] == 21
    assert history.handle_times["contacts"][0, 16] == pytest.approx((6 * 60 + 15 * 120) / 21)
    assert history.interval == 1800


def test_semicolons_and_several_types(tmp_path):
    """Types are mixed up or the separator is not seen."""
    path = tmp_path / "h.csv"
    path.write_text("when;contact type;offered\n2026-03-02T08:00;chat;3\n2026-03-02T08:30;phone;4\n")
    types = read_history(path).types
    assert {name: series.counts.sum() for name, series in types.items()} == {"chat": 3, "phone": 4}


@pytest.mark.parametrize(
    "text, problem",
    [
        ("", "it is no table (No columns"),
        ("when,calls\n", "it holds no interval"),
        ("when,calls\n2026-03-02 08:00,-1\n", "row 2: calls: '-1' cannot be used"),
        ("when,calls\n2026-03-02 08:00,many\n", "'many' cannot be used"),
        ("when,calls\n2026-03-02 08:00,inf\n", "'inf' cannot be used"),
        ("when,calls\nyesterday,3\n", "write times as in 2026-03-02 08:30"),
        ("start,number\n2026-03-02 08:00,3\n", "there is no column 'offered'"),
        ("calls,aht\n3,60\n", "there is no column 'when'"),
        ("when,calls\n2026-03-02 08:00,3\n2026-03-02 08:00,4\n", "row 3: when: contacts at 2026-03-02 08:00 is there"),
        ("when,calls\n2026-03-02 08:00:00,1\n2026-03-02 08:00:07,1\n", "two of its times are 7 s apart"),
        ("when,calls\n2026-03-02 08:00,0\n", "no day is complete enough"),
    ],
)
def test_bad_tables_are_named_with_their_remedy(tmp_path, text, problem):
    """Bad input ends in a traceback, or is silently taken."""
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(InvalidFile) as refusal:
        read_history(path)
    assert problem in str(refusal.value)


def test_offsets_from_utc_are_wall_times(tmp_path):
    """On 25 October 2026 the hour from 02:00 comes twice in Berlin; both are added up, at the wall time."""
    path = tmp_path / "autumn.csv"
    rows = ["2026-10-25T02:00+02:00,3", "2026-10-25T02:00+01:00,4", "2026-10-25T02:30:00+0100,5", "2026-10-26 02:00,6"]
    path.write_text("when,offered\n" + "\n".join(rows) + "\n")
    assert read_history(path).types["contacts"].counts[:, 4:6].tolist() == [[7, 5], [6, 0]]


def test_a_file_that_is_too_large_is_refused_at_once(tmp_path):
    """Two gigabytes are read until memory ends; the file is sparse."""
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    with pytest.raises(InvalidFile, match="2,000 MB is more than the 200 MB"):
        read_history(path)


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path):
    """A gzip file of some kilobytes is unpacked until memory ends; 201 members of a megabyte are 201 MB."""
    path = tmp_path / "huge.csv.gz"
    path.write_bytes(gzip.compress(b"2026-03-02,3" * 83_334, mtime=0) * 201)
    with pytest.raises(InvalidFile, match="unpacks to more than the 200 MB"):
        read_history(path)


def test_what_is_no_text_is_refused(tmp_path):
    """A picture or a damaged archive ends in a traceback."""
    for name in ("h.csv", "h.csv.gz"):
        path = tmp_path / name
        path.write_bytes(b"\x1f\x8b\xff\xd8\x00\x10" * 50)
        with pytest.raises(InvalidFile, match="cannot be read"):
            read_history(path)


def test_a_weekday_of_zeros_is_closed():
    """Sundays reported with 0 contacts become open days, or each is noted."""
    days = pd.date_range("2026-01-05", periods=28)
    table = pd.DataFrame({"when": days, "offered": [0 if day.weekday() == 6 else 200 for day in days]})
    history = history_of(table)
    assert {day.weekday() for day in history.types["contacts"].days} == set(range(6))
    assert history.notes == ("contacts: no contacts on any Sun, so it is taken as closed",)


def test_a_missing_file_is_named(tmp_path):
    """A missing file ends in a traceback."""
    with pytest.raises(InvalidFile, match="cannot be read"):
        read_history(tmp_path / "none.csv")


def test_a_day_that_lacks_half_of_it_is_left_out_and_named():
    """A gap is taken for a quiet day."""
    table = table_of(exact_series(20))
    gap = table.index[(table["when"] >= "2026-01-14 06:00") & (table["when"] < "2026-01-14 18:00")]
    history = history_of(table.drop(gap), 21600.0)
    assert len(history.types["calls"]) == 19
    assert history.notes == ("calls: 2026-01-14 left out: 70% of it is missing",)


def test_zero_contacts_in_a_busy_interval_are_an_outage():
    """An outage lowers the forecast."""
    table = table_of(exact_series(20))
    table.loc[table["when"] == "2026-01-15 12:00", "offered"] = 0
    history = history_of(table, 21600.0)
    assert history.notes == ("calls: 2026-01-15 left out: 40% of it is missing",)


def test_a_small_gap_is_filled_with_what_is_usual():
    """Two per cent of a day are missing: 1000 contacts in 50 equal shares, one of them gone."""
    days = pd.date_range("2026-01-05", periods=14)
    starts = [day + pd.Timedelta(minutes=30 * slot) for day in days for slot in range(40)]
    table = pd.DataFrame({"when": starts, "offered": 25.0})
    history = history_of(table.drop(index=100))
    assert np.all(history.types["contacts"].totals == 1000)
    assert history.notes == ("contacts: 2026-01-07 repaired: 1 missing intervals",)


def test_a_quiet_type_may_have_days_without_contacts():
    """Days with no contact are left out where that is no surprise, and the forecast becomes too high."""
    days = pd.date_range("2026-01-05", periods=14)
    table = pd.DataFrame({"when": days + pd.Timedelta(hours=9), "offered": [0, 1] * 7})
    assert len(history_of(table).types["contacts"]) == 14


def test_an_aht_of_zero_with_contacts_is_said():
    """Handle times of zero are averaged in."""
    table = table_of(exact_series(10), aht=300.0)
    table.loc[1, "aht"] = 0.0
    history = history_of(table, 21600.0)
    assert "AHT is 0 in 1 intervals with contacts" in history.notes[0]
    assert np.nanmean(history.handle_times["calls"]) == pytest.approx(300.0)


def test_a_day_until_now(tmp_path):
    """The intervals that are over are miscounted."""
    path = tmp_path / "today.csv"
    path.write_text("when,offered\n2026-03-02 08:00,5\n2026-03-02 08:30,7\n")
    record = read_day(path, 1800.0, "calls")
    assert (record.passed, record.counts["calls"][16], record.counts["calls"].sum()) == (18, 5, 12)
    path.write_text("when,offered\n2026-03-02 08:00,5\n2026-03-03 08:30,7\n")
    with pytest.raises(InvalidFile, match="it holds 2 days"):
        read_day(path, 1800.0)


def test_gaps_new_names_and_rare_weekdays_of_a_history_are_named(tmp_path) -> None:
    """What bends a forecast in silence: a Wednesday is missing, Sales is called anew, Monday is there once."""
    days = [day for day in pd.date_range("2026-03-02", "2026-05-01") if day.weekday() in (1, 2, 3, 4)]
    days = [pd.Timestamp("2026-03-02"), *(day for day in days if day != pd.Timestamp("2026-04-08"))]
    rows = [
        (day + pd.Timedelta(hours=hour), "Sales" if day < pd.Timestamp("2026-04-01") else "Sales NEW", 40 + hour)
        for day in days
        for hour in range(9, 18)
    ]
    path = tmp_path / "history.csv"
    pd.DataFrame(rows, columns=["when", "contact type", "offered"]).to_csv(path, index=False)
    notes = " ".join(read_history(path).notes)
    assert "a day is missing (Wed 2026-04-08)" in notes
    assert "rename: {Sales: Sales NEW}" in notes
    assert "Sales: Monday rests on 1 open day" in notes
    assert "Sales NEW: no open Monday in the history" in notes
