"""Interval reports as scenarios, against the formulas they were made from and a log of the same days."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from models.calibration.calibrate import calibrate
from models.calibration.from_records import to_scenario
from models.calibration.from_report import scenario_of
from models.calibration.report_patience import WaitSums, agents_matching, patience_of
from models.queueing.erlang import erlang_a
from scenarios.contact_log.mapping import BANK
from scenarios.contact_log.records import read_records
from scenarios.errors import InvalidFile
from scenarios.interval_report.history_table import contacts_by_interval
from scenarios.interval_report.reading import IntervalReport, read_report
from scenarios.scenario import Scenario
from tests.folders import SHARED

HALF_HOURS = SHARED / "data" / "bank_1999-08-01_15_halfhour.csv"
CALLS = SHARED / "data" / "bank_1999-08-01_15_calls.csv.gz"


def report_of(table: pd.DataFrame) -> IntervalReport:
    """The report in a table."""
    return read_report(table.to_csv(index=False).encode(), name="report.csv")


def erlang_report(patience: float, days: int = 5) -> pd.DataFrame:
    """Half-hours whose abandonment and ASA are those of Erlang A, of three loads."""
    rows = []
    for day in range(2, 2 + days):
        for hour, (rate, agents) in enumerate(((0.05, 14), (0.1, 28), (0.07, 20)), start=8):
            queue = erlang_a(rate, 300.0, patience, agents)
            offered = rate * 1800
            rows.append(
                {
                    "Interval": f"2026-03-{day:02d} {hour:02d}:00",
                    "Offered": offered,
                    "Answered": offered * (1 - float(queue.p_abandon)),
                    "Abandoned": offered * float(queue.p_abandon),
                    "AHT": 300,
                    "ASA": float(queue.wait_served),
                }
            )
    table = pd.DataFrame(rows)
    half = table.assign(Interval=table["Interval"].str.replace(":00", ":30"))
    return pd.concat([table, half])


@pytest.mark.parametrize("patience", [90.0, 240.0])
def test_patience_and_agents_of_an_erlang_a(patience: float):
    """Abandonment and ASA computed by Erlang A give back its patience and its agents."""
    scenario, (part,), _ = scenario_of(report_of(erlang_report(patience)), "day")
    assert part.patience is not None
    assert part.patience.mean == pytest.approx(patience, rel=0.02)
    assert part.patience.low < patience < part.patience.high
    assert int(part.agents.max().round()) in (27, 28, 29)
    assert scenario.contact_types[0].patience is not None


def test_patience_from_the_time_waited():
    """300 s answered and 200 s abandoned over 10 abandoned contacts: 50 s; fewer abandoned tell nothing."""
    known = [np.array([value]) for value in (0.1, 100.0, 100.0, 10.0, 300.0, 200.0)]
    estimate = patience_of(WaitSums(*known, day_ratios=np.array([50.0])))
    assert estimate is not None
    assert estimate.mean == 50
    assert estimate.low == pytest.approx(50 * np.exp(-1.645 / np.sqrt(10)))
    known[3] = np.array([9.0])
    assert patience_of(WaitSums(*known, day_ratios=np.array([50.0]))) is None


def test_agents_matching_an_abandonment():
    """The abandonment of 20 agents gives 20 agents."""
    share = np.array([float(erlang_a(0.07, 300.0, 180.0, 20).p_abandon)])
    assert agents_matching(np.array([0.07]), np.array([300.0]), share, 180.0) == pytest.approx(20, abs=1e-6)


def test_agents_and_volume_of_the_report():
    """Agents stand as they are; without ASA there is no patience, as is said; a long report is cut to four weeks."""
    days = pd.date_range("2026-03-02", periods=40)
    table = pd.DataFrame({"Interval": days + pd.Timedelta(hours=8), "Calls": 12, "AHT": 300, "Agents": 3})
    half = table.assign(Interval=table["Interval"] + pd.Timedelta(minutes=30))
    scenario, (part,), notes = scenario_of(report_of(pd.concat([table, half])), "weeks")
    assert scenario.horizon.days == 28
    assert scenario.expected.sum() == 28 * 24
    assert part.agents.max() == 3
    assert any("patience is not told" in note for note in notes)
    assert any("last 28 days" in note for note in notes)


def test_daily_totals_and_unknown_handle_times():
    """Days are spread evenly; without a handle time no scenario can be made."""
    daily = pd.DataFrame({"Day": ["2026-03-02", "2026-03-03"], "Calls": [96, 144], "AHT": [200, 200]})
    scenario, _, notes = scenario_of(report_of(daily), "days")
    assert scenario.expected.reshape(2, -1).sum(axis=1).tolist() == [96, 144]
    assert any("daily totals" in note for note in notes)
    with pytest.raises(InvalidFile, match="no handle time is known of contacts"):
        scenario_of(report_of(daily.drop(columns="AHT")), "days")


@pytest.mark.skipif(not HALF_HOURS.exists(), reason="needs the shared data")
def test_a_report_and_the_log_of_the_same_days_agree():
    """Volumes are equal, AHT within 1 %, patience that of the log where the report tells all waits, else near it."""
    report = read_report(HALF_HOURS)
    _, types, _ = scenario_of(report, "bank")
    records = read_records(CALLS, BANK)
    log = {}
    for pool, names in records.pools.items():
        own = records.of_types(names)
        log[pool] = (
            own.sum(),
            np.nanmean(records.handle[own]),
            np.nansum(records.wait[own]) / (~records.answered[own]).sum(),
        )
    without = read_report(HALF_HOURS, report.mapping.model_copy(update={"wait_all": None}))
    _, inverted, _ = scenario_of(without, "bank")
    for part, by_asa in zip(types, inverted, strict=True):
        offered, aht, patience = log[part.name]
        assert part.offered.sum() == pytest.approx(offered)
        assert part.aht == pytest.approx(aht, rel=0.01)
        assert part.patience is not None
        assert part.patience.mean == pytest.approx(patience, rel=1e-3)
        assert by_asa.patience is not None
        # Erlang A leaves out how days and half-hours differ; the pool with one or two agents suffers most.
        assert by_asa.patience.mean == pytest.approx(patience, rel=0.3 if part.name == "internet" else 0.1)


@pytest.mark.skipif(not HALF_HOURS.exists(), reason="needs the shared data")
def test_report_and_log_have_the_same_handle_times_by_half_hour():
    """AHT by half-hour in both scenarios: within 5 %, where one handle time for the pool is off by 9 %.

    The log has it by contact type, the report by pool; what they are drawn towards, and so how far, is not the same.
    """
    from_report, types, notes = scenario_of(read_report(HALF_HOURS), "bank")
    records = read_records(CALLS, BANK)
    from_log = to_scenario(calibrate(records), "log")

    def by_half_hour(scenario: Scenario, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        rows = [scenario.type_names.index(name) for name in names]
        work, contacts = (
            values[rows].sum(axis=0).reshape(-1, 48).sum(axis=0)
            for values in (scenario.expected * scenario.handle_times, scenario.expected)
        )
        return work / np.maximum(contacts, 1e-9), contacts

    told, contacts = by_half_hour(from_report, ("regular",))
    logged, _ = by_half_hour(from_log, records.pools["regular"])
    often = contacts > 50

    def difference(aht: np.ndarray) -> float:
        relative = aht[often] / told[often] - 1
        return float(np.sqrt(np.average(relative**2, weights=contacts[often])))

    assert difference(logged) < 0.05
    assert difference(np.full(48, types[1].aht)) > 0.09
    assert any("regular: AHT differs by the time of day" in note for note in notes)
    # The pool of one or two agents has too few contacts to tell its half-hours apart, in both.
    assert from_report.contact_type("internet").handle_profile is None
    assert from_log.contact_type("IN").handle_profile is None


@pytest.mark.skipif(not CALLS.exists(), reason="needs the shared data")
def test_a_log_counted_by_interval_is_the_report():
    """The table made from the log holds the contacts of the report, half-hour by half-hour."""
    records = read_records(CALLS, BANK)
    counted = contacts_by_interval(records).groupby("when")["offered"].sum()
    told = read_report(HALF_HOURS).table.groupby("when")["offered"].sum()
    assert counted.sum() == told.sum() == 21595
    assert (counted.reindex(told.index).fillna(0) - told).abs().sum() <= 1  # one joined the queue past midnight


def lengths_report(minutes: int, *, agents: bool = False) -> IntervalReport:
    """Ten equal days by Erlang A, load and agents alike within each hour, in intervals of so many minutes."""
    rows = []
    parts = 60 // minutes
    for day in pd.date_range("2026-03-02", periods=10):
        for hour, (rate, staff, aht) in enumerate(((0.05, 14, 300), (0.1, 28, 300), (0.07, 18, 270)), start=8):
            queue = erlang_a(rate, float(aht), 120.0, staff)
            left = float(queue.p_abandon)
            for part in range(parts):
                offered = rate * 60 * minutes
                row = {"Interval": day + pd.Timedelta(hours=hour, minutes=part * minutes), "Offered": offered}
                row |= {"Answered": offered * (1 - left), "Abandoned": offered * left, "AHT": aht}
                row |= {"ASA": float(queue.wait_served)} | ({"Agents": staff} if agents else {})
                rows.append(row)
    return report_of(pd.DataFrame(rows))


@pytest.mark.parametrize("minutes, agents", [(15, False), (20, False), (30, False), (60, False), (60, True)])
def test_a_day_in_intervals_of_any_length(minutes: int, agents: bool):
    """Contacts, AHT, patience and agents of the same days do not depend on the length of the intervals."""
    report = lengths_report(minutes, agents=agents)
    assert report.interval == 60 * minutes
    scenario, (part,), _ = scenario_of(report, "day")
    by_hour = scenario.expected.reshape(10, 24, -1)
    np.testing.assert_allclose(by_hour.sum(axis=2)[:, 8:11], [[180.0, 360.0, 252.0]] * 10)
    assert part.aht == pytest.approx(290.5, abs=0.5)
    assert part.patience is not None
    assert part.patience.mean == pytest.approx(120, rel=0.02)
    staffing = scenario.staffing[0].reshape(10, 24, -1)[:, 8:11]
    assert np.abs(staffing - np.array([14, 28, 18])[:, None]).max() <= (0 if agents else 1)
    load = (scenario.expected * scenario.handle_times)[0].reshape(10, 24, -1).sum(axis=2)[:, 8:11] / 3600
    np.testing.assert_allclose(load, [[15.0, 30.0, 18.9]] * 10, rtol=1e-3)


@pytest.mark.parametrize("ends", [True, False])
def test_hours_from_half_past(ends: bool):
    """Hours from half past are hours: their contacts and agents stand in both halves, not all in the first."""
    starts = pd.date_range("2026-03-02 08:30", periods=4, freq="60min")
    until = {"End": starts + pd.Timedelta(hours=1)} if ends else {}
    table = pd.DataFrame({"Start": starts} | until | {"Calls": [10, 20, 30, 40], "AHT": 300, "Agents": [3, 4, 5, 6]})
    report = report_of(table)
    assert any("spread evenly over 30 min" in line for line in report.described())
    scenario, (part,), _ = scenario_of(report, "day")
    assert scenario.expected[0, 16:26].tolist() == [0, 5, 5, 10, 10, 15, 15, 20, 20, 0]
    assert scenario.staffing[0, 16:26].tolist() == [0, 3, 3, 4, 4, 5, 5, 6, 6, 0]
    assert part.aht == 300


def test_months_make_no_scenario():
    """Months do not tell how contacts spread over days, as is said."""
    months = pd.DataFrame({"Month": ["2026-01", "2026-02", "2026-03"], "Calls": [900, 800, 950], "AHT": 200})
    with pytest.raises(InvalidFile, match="months do not tell"):
        scenario_of(report_of(months), "months")


def test_intervals_that_half_hours_do_not_divide():
    """Forty minutes are intervals of forty minutes, not rounded to half-hours that overlap."""
    starts = pd.date_range("2026-03-02 08:00", periods=6, freq="40min")
    table = pd.DataFrame({"Interval": starts, "Calls": [10, 20, 30, 40, 50, 60], "AHT": 300, "Agents": 3})
    scenario, _, _ = scenario_of(report_of(table), "day")
    assert scenario.expected[0, 12:18].tolist() == [10, 20, 30, 40, 50, 60]
    assert scenario.staffing[0].tolist() == [0] * 12 + [3] * 6 + [0] * 18
