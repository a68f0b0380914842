"""Rosters and log-ins become agents by interval, worked out by hand."""

from __future__ import annotations

import pytest

from models.calibration.staffing_seen import with_log_ins
from scenarios.errors import InvalidFile, InvalidValue
from scenarios.horizon import Horizon
from scenarios.interval_report.log_ins import read_log_ins
from scenarios.scenario import scenario_from

MONDAY = Horizon(start="2026-03-02", interval="30 min")  # type: ignore[arg-type]
TWO_DAYS = Horizon(start="2026-03-02", days=2, interval="60 min")  # type: ignore[arg-type]


def test_two_people_with_a_break():
    """A 08:00 to 10:00 without 09:00 to 09:15, B 08:15 to 09:00: 1.5, 2, 0.5, 1 from eight o'clock on."""
    table = (
        b"Dienstplan\nMitarbeiter;Datum;Von;Bis;Pause von;Pause bis\n"
        b"A;02.03.2026;08:00;10:00;09:00;09:15\nB;02.03.2026;08:15;09:00;;\nSumme;;;;;\n"
    )
    duty = read_log_ins(table, "plan.csv")
    assert duty.agents(MONDAY)[16:20].tolist() == [1.5, 2, 0.5, 1]
    assert duty.agents(MONDAY).sum() == 5


def test_nights_and_log_ins_that_overlap():
    """22:00 to 02:00 is of two days; a second log-in of the same person adds only what is new."""
    table = b"Agent,Login,Logout\nA,2026-03-02 22:00,2026-03-03 02:00\nA,2026-03-02 23:00,2026-03-03 03:00\n"
    duty = read_log_ins(table, "log.csv")
    agents = duty.agents(TWO_DAYS)
    assert agents[22:27].tolist() == [1, 1, 1, 1, 1]
    assert agents.sum() == 5
    assert duty.notes == ("1 times of a person overlap others and count once",)
    night = read_log_ins(b"Agent,Date,Start,End\nA,2026-03-02,22:00,02:00\n", "plan.csv")
    assert night.agents(TWO_DAYS).sum() == 4


def test_a_break_that_stands_in_two_rows_counts_once():
    """A and B from 08:00 to 10:00; A's break from 09:00 to 09:30 is exported twice: 2, 2, 1, 2."""
    row = b"A,2026-03-02,08:00,10:00,09:00,09:30\n"
    table = b"Agent,Date,Start,End,Break start,Break end\n" + 2 * row + b"B,2026-03-02,08:00,10:00,,\n"
    assert read_log_ins(table, "plan.csv").agents(MONDAY)[16:20].tolist() == [2, 2, 1, 2]


def test_groups_of_a_scenario():
    """Groups are matched by their name or that of their contact type; an unknown one is refused."""
    types = [
        {"name": name, "channel": "phone", "handle_time": {"mean": 300}, "volume": {"per_hour": 5}}
        for name in ("sales", "billing")
    ]
    groups = [{"name": f"{name} desk", "skills": [name], "staffing": 3} for name in ("sales", "billing")]
    scenario = scenario_from({"name": "two", "horizon": MONDAY, "contact_types": types, "agent_groups": groups})
    rows = b"Agent,Team,Date,Start,End\nA,Sales,2026-03-02,08:00,09:00\nB,billing desk,2026-03-02,08:00,08:30\n"
    changed, notes = with_log_ins(scenario, read_log_ins(rows, "plan.csv"), "plan.csv")
    assert changed.staffing[:, 15:19].tolist() == [[0, 1, 1, 0], [0, 1, 0, 0]]
    assert notes == []
    assert "plan.csv" in changed.origins["agent_groups.sales desk.staffing"]
    with pytest.raises(InvalidValue, match="group of the log-ins: 'Claims'"):
        with_log_ins(scenario, read_log_ins(rows.replace(b"Sales", b"Claims"), "plan.csv"))
    with pytest.raises(InvalidValue, match="nobody was on duty"):
        with_log_ins(scenario, read_log_ins(rows.replace(b"2026-03-02", b"2025-03-02"), "plan.csv"))


@pytest.mark.parametrize(
    "table, problem",
    [
        (b"alpha,beta\n1,2\n", "no row names a start and an end"),
        (b"Agent,Start,End\nA,08:00,10:00\n", "no column tells the day"),
        (b"Agent,Date,Start,End\nA,02/03/2026,08:00,10:00\n", "day and month are ambiguous"),
        (b"Agent,Date,Start,End\nA,2026-03-02,early,late\n", "plan.csv:2: Start is 'early'"),
        (b"Agent,Date,Start,End\n\nTotal,,,\nA,2026-03-02,08:00,late\n", "plan.csv:4: End is 'late'"),
        (b"Agent,Date,Start,End\nTotal,,,\n", "plan.csv:1: no row stands below the header"),
    ],
)
def test_tables_that_are_refused(table: bytes, problem: str):
    """What lacks is named."""
    with pytest.raises(InvalidFile, match=problem):
        read_log_ins(table, "plan.csv")
