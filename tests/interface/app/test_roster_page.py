"""Rosters in the app: from the shifts of the page to named people, edits by hand, files and saved work."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from interface.app.charts.rosters import people_by_days
from interface.app.charts.theme import LIGHT
from interface.app.editor.pasting import read_block
from interface.app.jobs.jobs import Progress
from interface.app.jobs.rosters import rostered
from interface.app.shifts.roster_packing import packed_roster, unpacked_roster
from interface.app.shifts.roster_table import (
    assignments_by_hand,
    released,
    roster_grid,
    roster_table,
    same_assignments,
    with_cells,
    with_sheet,
)
from interface.rosters.calendars import calendar
from interface.rosters.files import calendars_archive, read_calendars, roster_csv
from interface.rosters.workbook import roster_workbook
from models.rostering.from_shifts import roster_of
from models.rostering.problem import OFF, RosterProblem
from models.rostering.read import COLUMNS
from models.rostering.report import breaks_by_person
from models.rostering.rules import broken_rules
from models.rostering.search import Roster, edited_roster, solve_roster
from models.scheduling.patterns import rules_from
from models.scheduling.shift_plan import ShiftPlan, plan_shifts
from scenarios.errors import InvalidFile, InvalidValue
from scenarios.rosters.tables import tables_from
from scenarios.yaml import presets
from tests.models.rostering import checker
from tests.models.rostering.instances import random_problem

PEOPLE = """
contracts: {name: full, max_hours: 40, min_days_off: 2, rest_hours: 11}
people:
  - {name: Ana, contract: full}
  - {name: Ben, contract: full}
  - {name: Cem, contract: full}
wishes: {person: Ana, day: 2026-03-02, price: 9}
"""
PATTERN = {"name": "day", "lengths": ["8 h"], "earliest_start": "08:00", "latest_start": "08:00", "start_step": "8 h"}


@cache
def plan() -> ShiftPlan:
    """One person a day from 08:00 to 16:00, half an hour of it unpaid, on a week that is one day repeated."""
    rules = {"patterns": [PATTERN | {"breaks": [{"length": "30 min", "earliest": "4 h", "paid": False}]}]}
    desk = presets.load("help-desk")
    horizon = desk.horizon.model_dump() | {"start": "2026-03-02"}
    full = plan_shifts(desk.replace(horizon=horizon), rules_from(rules | {"understaffing_price": 30}))
    return full.with_shifts(full.shifts[:1])


@cache
def problem() -> RosterProblem:
    """A week of it with three people."""
    return roster_of(plan(), [tables_from(PEOPLE.encode(), Path("people.yaml"), COLUMNS)], periods=7)


@cache
def roster() -> Roster:
    """The cheapest: nobody missing, Ana's day off given."""
    return solve_roster(problem(), seconds=20)


def test_breaks_reach_named_people() -> None:
    """By hand: 08:00 to 16:00 with half an hour 4 h after the start, in CSV, calendar, workbook and saved work."""
    kept = unpacked_roster(packed_roster(roster()))
    assert pd.read_csv(io.BytesIO(roster_csv(kept)))["breaks"].tolist() == ["12:00-12:30"] * 7
    person = int(np.flatnonzero(kept.lines[:, 0] != OFF)[0])
    assert "DESCRIPTION:Breaks 12:00-12:30\r\n" in calendar(kept, person, stamp=datetime(2026, 3, 1, tzinfo=UTC))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(roster_workbook(kept))).get_sheet_by_name("Mon 2026-03-02")
    assert [row[:5] for row in sheet.to_python()] == [
        ["person", "shift", "from", "to", "breaks"],
        [kept.problem.people[person].name, "day 08:00", "08:00", "16:00", "12:00-12:30"],
    ]


def test_breaks_are_dealt_out_one_after_the_other() -> None:
    """By hand: two planned breaks for one, two, three people of a shift."""
    one, two = ((720, 30),), ((750, 30),)
    problem_of_two = replace(problem(), breaks={(0, "day 08:00"): (one, two)})
    for lines, dealt in (([OFF, 0, OFF], [one]), ([0, OFF, 0], [one, two]), ([0, 0, 0], [one, one, two])):
        first_day = np.full((3, 7), OFF, np.int16)
        first_day[:, 0] = lines
        assert list(breaks_by_person(edited_roster(roster(), problem_of_two, first_day)).values()) == dealt


def test_the_plan_gives_shifts_and_people_needed() -> None:
    """By hand: one shift of 8 hours, 30 minutes unpaid, one person on each of seven days."""
    (shift,) = problem().shifts
    assert (shift.name, shift.start, shift.minutes, shift.unpaid, shift.skill) == ("day 08:00", 480, 480, 30, "")
    assert problem().heads.tolist() == [[1]] * 7
    assert (roster().cost, roster().lines[0, 0]) == (0, OFF)
    with pytest.raises(InvalidValue, match="1 to 92 days"):
        roster_of(plan(), [], periods=93)
    with pytest.raises(InvalidFile, match="no table contracts"):
        roster_of(plan(), [])


def test_skills_are_agent_groups() -> None:
    """A person of one group would be given the shifts of another."""
    silos = plan_shifts(presets.load("three-silos"), rules_from({"patterns": [PATTERN], "understaffing_price": 30}))
    people = PEOPLE.replace("contract: full}", f"contract: full, skills: {silos.scenario.group_names[0]}}}")
    made = roster_of(silos, [tables_from(people.encode(), Path("people.yaml"), COLUMNS)])
    assert {shift.skill for shift in made.shifts} == set(silos.scenario.group_names)
    with pytest.raises(InvalidFile, match="Ana has no skill"):
        roster_of(silos, [tables_from(PEOPLE.encode(), Path("people.yaml"), COLUMNS)])


def test_assignments_by_hand_survive_a_new_search() -> None:
    """Ana works on the day that she wished off, because somebody said so: the wish is unmet, the day covered once."""
    edited = with_cells(roster(), {0: {"Mon 02 Mar": "day 08:00"}})
    assert assignments_by_hand(edited.problem) == ["Ana, Mon 02 Mar: day 08:00"]
    assert edited.cost == roster().problem.cost(edited.lines) >= 9
    assert roster_table(edited).loc[0, "Mon 02 Mar"] == "day 08:00!"
    again = solve_roster(same_assignments(problem(), edited.problem), seconds=20)
    assert (again.lines[0, 0], again.cost) == (0, 9)
    freed = released(edited, [])
    assert solve_roster(freed.problem, seconds=20).cost == 0


def test_the_table_of_the_roster_takes_a_block() -> None:
    """A day pasted from a spreadsheet is fixed as it was written; a shift that is none is named, nothing is taken."""
    kept = packed_roster(roster())
    table = roster_grid(kept, range(1, 3))
    assert table.names == ["Person", "Tue 03 Mar", "Wed 04 Mar"]
    block = read_block("Day 08:00\toff\nlunch\toff", table.target)
    assert [problem.place for problem in block.problems] == ["Tue 03 Mar, Ben"]
    changed = table.change(kept, read_block("Day 08:00\toff", table.target).edits)
    fixed = assignments_by_hand(unpacked_roster(changed).problem)
    assert fixed == ["Ana, Tue 03 Mar: day 08:00", "Ana, Wed 04 Mar: off"]


@pytest.mark.parametrize("seed", range(12))
def test_broken_rules_are_found_as_the_checker_finds_them(seed: int) -> None:
    """An edit by hand would break a contract, and nobody would be told: random lines against the rules day by day."""
    given = random_problem(seed)
    random = np.random.default_rng(seed)
    lines = random.integers(-1, len(given.shifts), (len(given.people), given.days)).astype(np.int16)
    assert len(broken_rules(given, lines)) == len(checker.broken_rules(given, lines))


def test_a_broken_rule_names_person_and_day() -> None:
    """By hand: eight hours less half an hour on seven days are more than forty."""
    edited = with_cells(roster(), {1: dict.fromkeys(roster_table(roster()).columns[1:], "day 08:00")})
    rows = broken_rules(edited.problem, edited.lines)
    assert ("Ben", "52.5 h in all, at most 40 h") in list(zip(rows["person"], rows["rule"], strict=True))
    assert str(rows["date"].iloc[0]) == "2026-03-02"


def test_a_roster_comes_back_from_excel() -> None:
    """What was changed in Excel becomes fixed, all else stays free."""
    content = roster_workbook(with_cells(roster(), {0: {"Tue 03 Mar": "off"}}))
    back = with_sheet(roster(), content, "roster.xlsx")
    assert assignments_by_hand(back.problem)[0] == "Ana, Tue 03 Mar: off"
    assert with_sheet(roster(), roster_workbook(roster()), "roster.xlsx").problem.people[1].fixed == {}


def test_a_roster_is_kept_with_the_work() -> None:
    """Everything but the steps of the search; a text that is none is refused."""
    edited = with_cells(roster(), {0: {"Mon 02 Mar": "day 08:00"}})
    kept = unpacked_roster(packed_roster(edited))
    assert kept.problem.people == edited.problem.people
    assert kept.problem.shifts == edited.problem.shifts
    assert np.array_equal(kept.lines, edited.lines)
    assert (kept.cost, kept.bound, kept.ended) == (edited.cost, edited.bound, "edited by hand")
    assert packed_roster(kept) == packed_roster(edited)
    for wrong in ("", "{}", packed_roster(edited).replace('"lines": [[', '"lines": [[7, ')):
        with pytest.raises(InvalidValue, match="make the roster anew"):
            unpacked_roster(wrong)


def test_files_are_handed_out() -> None:
    """A calendar a person; what changed since the last archive has the next sequence number."""
    first = calendars_archive(roster(), {})
    names = zipfile.ZipFile(io.BytesIO(first)).namelist()
    assert names == ["Ana.ics", "Ben.ics", "Cem.ics"]
    day = "Mon 02 Mar"
    worker = int(np.flatnonzero(roster().lines[:, 0] != OFF)[0])
    moved = with_cells(roster(), {worker: {day: "off"}})
    then = read_calendars(calendars_archive(moved, read_calendars(first, "calendars.zip")), "calendars.zip")
    calendar = then[names[worker]]
    assert calendar.count("STATUS:CANCELLED") == 1
    assert calendar.count("SEQUENCE:1") == 1
    assert roster_csv(roster()).decode("utf-8-sig").count("\n") == 8
    with pytest.raises(InvalidFile, match="no zip archive"):
        read_calendars(b"no archive", "calendars.zip")


def test_the_chart_and_a_search_that_is_cancelled() -> None:
    """Seven shifts of three people; a cancelled search gives the best roster by then."""
    assert "7 shifts of 3 people on 7 days" in people_by_days(roster(), LIGHT).alt
    progress = Progress()
    progress.stop()
    assert rostered(progress, problem(), 20.0).ended == "stopped"
