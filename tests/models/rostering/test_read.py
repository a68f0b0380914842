"""People and shifts from files: what is read, and the cell of each error."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

from models.rostering.problem import Wish
from models.rostering.read import COLUMNS, assigned, read_kept, read_problem
from scenarios.errors import InvalidFile
from scenarios.rosters.roster_sheet import read_roster_sheet
from scenarios.rosters.tables import tables_from
from tests.folders import CASES

PEOPLE, SHIFTS = CASES / "roster/people.yaml", CASES / "roster/shifts.yaml"
SHEETS: dict[str, list[list[object]]] = {
    "period": [["start", "days", "timezone"], [date(2026, 3, 23), 7, "Europe/Berlin"]],
    "shifts": [
        ["name", "start", "length", "skill"],
        ["early", "06:00", "8 h", "phone"],
        ["late", "14:00", "8 h", "phone"],
    ],
    "heads": [["day", "shift", "heads"], ["Mon-Sun", "early", 1]],
    "contracts": [["name", "min hours", "max hours", "max shifts"], ["full", 24, 40, "late 2"]],
    "people": [["name", "contract", "skills"], ["Ana", "full", "phone"], ["Ben", "full", "phone"]],
    "wishes": [["person", "day", "shift", "wish", "price"], ["Ana", "2026-03-24", "late", "on", 2.5]],
}


def book(folder: Path, changes: dict[str, list[list[object]]] | None = None, merged: str = "") -> Path:
    """A workbook with the tables of `SHEETS`, some of them replaced."""
    path = folder / "team.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        when = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in (SHEETS | (changes or {})).items():
            sheet = workbook.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(at, column, value, when)
                    else:
                        sheet.write(at, column, value)
            if name == merged:
                sheet.merge_range("A6:B6", "both")
    return path


def test_yaml_is_read() -> None:
    """Every table of the example."""
    problem = read_problem(PEOPLE, SHIFTS)
    ana, ben, _, dee, eli, fay = problem.people
    assert ana.skills == {"phone", "chat"}
    assert (ana.contract.min_minutes, ana.contract.rest, ana.contract.max_shifts) == (45 * 60, 660, {"night": 3})
    assert ben.unavailable == {(1, ""), (2, "")}
    assert fay.unavailable == {(0, "late")}
    assert ana.wishes == (Wish(5, 5.0),)
    assert eli.wishes == (Wish(7, 2.0, "early", works=True),)
    assert (dee.fixed, ben.fixed) == ({5: "night"}, {4: ""})
    assert problem.heads[:7].tolist() == [[2, 1, 0]] * 5 + [[1, 1, 1], [1, 1, 0]]
    assert (problem.under_price[5, 2], problem.under_price[0, 0], problem.over_price[0, 2]) == (200, 100, 1)
    assert [(shift.start, shift.minutes, shift.unpaid) for shift in problem.shifts][1] == (810, 480, 30)


def test_a_workbook_is_read_wherever_its_tables_begin(tmp_path: Path) -> None:
    """Dates and times of Excel; a table that was moved down and to the right."""
    shifted = [[], *(["", *row] for row in SHEETS["people"])]
    problem = read_problem(book(tmp_path, {"people": shifted, "notes": [["anything"]]}))
    assert [person.name for person in problem.people] == ["Ana", "Ben"]
    assert problem.start == date(2026, 3, 23)
    assert problem.people[0].wishes == (Wish(1, 2.5, "late", works=True),)
    assert problem.heads.tolist() == [[1, 0]] * 7


@pytest.mark.parametrize(
    "sheet, rows, place, text",
    [
        ("people", [["name", "contract", "skills"], ["Ana", "full", "phone"], ["ana", "full", "phone"]], "A3", "twice"),
        ("people", [["name", "contract", "skills"], ["Ana", "full", ""]], "C2", "has no skill"),
        ("people", [["name", "contract", "skills"], ["Ana", "half", "phone"]], "B2", "no contract 'half'"),
        ("people", [["name", "contract", "skills"], ["Ana", "full", "golf"]], "C2", "no shift needs 'golf'"),
        ("people", [["name", "contrat"], ["Ana", "full"]], "B1", "no column 'contrat'"),
        ("people", [["name", "contract", "skills"], ["Ana", "full", "phone", "?"]], "D2", "without a name"),
        ("contracts", [["name", "min hours"], ["full", "many"]], "B2", "'many' is not a number"),
        ("contracts", [["name", "min hours", "max hours"], ["full", 50, 40]], "B2", "more than max_hours"),
        ("contracts", [["name", "max weekends"], ["full", 1.5]], "B2", "not a whole number"),
        ("contracts", [["name", "max shifts"], ["full", "late two"]], "B2", "night 4"),
        ("contracts", [["name", "max consecutive", "min consecutive"], ["full", 2, 3]], "C2", "more than"),
        ("heads", [["day", "shift", "heads"], ["Mon", "early", -1]], "C2", "at least 0"),
        ("heads", [["day", "shift", "heads"], ["Mon", "early", 1.5]], "C2", "not a whole number"),
        ("heads", [["day", "shift", "heads"], ["Mon", "early", ""]], "C2", "it is empty"),
        ("heads", [["day", "shift", "heads"], ["Mon", "early", 1], ["Mon-Tue", "early", 2]], "A3", "there twice"),
        ("heads", [["day", "shift", "heads"], ["Monkey-Sunny", "early", 1], ["Noday", "early", 1]], "A3", "is no day"),
        ("shifts", [["name", "start", "length"], ["early", "25:00", "8 h"]], "B2", "time of day"),
        ("shifts", [["name", "start", "length"], ["early", "06:00", "soon"]], "C2", "cannot be used"),
        ("period", [["start", "days"], ["tomorrow", 7]], "A2", "is not a date"),
        ("period", [["start", "days", "timezone"], ["2026-03-23", 7, "Atlantis"]], "C2", "no time zone"),
        ("wishes", [["person", "day"], ["Zoe", "2026-03-24"]], "A2", "nobody called 'Zoe'"),
        ("wishes", [["person", "day"], ["Ana", "2026-04-24"]], "B2", "outside the roster"),
        ("wishes", [["person", "day", "wish"], ["Ana", "2026-03-24", "maybe"]], "C2", "cannot be used"),
        ("fixed", [["person", "day", "shift"], *[["Ana", "2026-03-24", "off"]] * 2], "B3", "two fixed shifts"),
        ("unavailable", [["person", "day", "to"], ["Ana", "2026-03-24", "2026-03-23"]], "C2", "is before"),
    ],
)
def test_what_cannot_be_used_is_named_by_its_cell(
    tmp_path: Path, sheet: str, rows: list[list[object]], place: str, text: str
) -> None:
    """The sheet, the cell, and what is wrong with it."""
    with pytest.raises(InvalidFile) as error:
        read_problem(book(tmp_path, {sheet: rows}))
    assert error.value.where == f"{sheet}!{place}"
    assert text in str(error.value)


def test_merged_cells_and_missing_tables_are_refused(tmp_path: Path) -> None:
    """A merged cell hides values; without people there is no roster."""
    with pytest.raises(InvalidFile, match="people!A6: cells are merged"):
        read_problem(book(tmp_path, merged="people"))
    with pytest.raises(InvalidFile, match="no table people"):
        read_problem(book(tmp_path, {"people": []}))
    with pytest.raises(InvalidFile, match="in two files"):
        read_problem(book(tmp_path), SHIFTS)
    (tmp_path / "bad.yaml").write_text("people:\n  - {name: Ana, contrat: full}\n")
    with pytest.raises(InvalidFile, match=r"bad\.yaml:2:17: there is no key 'contrat'"):
        read_problem(tmp_path / "bad.yaml")


def place_of_error(path: Path) -> str | None:
    """Where a file cannot be used; None if it can."""
    try:
        read_problem(path)
    except InvalidFile as error:
        return error.where
    return None


@pytest.mark.parametrize("table", COLUMNS)
def test_no_damaged_table_crashes(tmp_path: Path, table: str) -> None:
    """Any cell replaced by a list, a mapping, text or nothing gives a problem or an error with its place."""
    import copy

    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    whole = {**yaml.load(PEOPLE.read_text()), **yaml.load(SHIFTS.read_text())}
    for column in COLUMNS[table]:
        for value in ([1], {"a": None}, -1, "x"):
            damaged = copy.deepcopy(whole)
            rows = damaged[table]
            (rows if isinstance(rows, dict) else rows[0])[column] = value
            with (tmp_path / "damaged.yaml").open("w") as stream:
                yaml.dump(damaged, stream)
            assert place_of_error(tmp_path / "damaged.yaml") != ""


def test_marked_cells_are_kept(tmp_path: Path) -> None:
    """Shifts and days off with an exclamation mark; other cells are free."""
    problem = read_problem(book(tmp_path))
    rows = [["person", date(2026, 3, 23), date(2026, 3, 24), date(2026, 3, 25)], ["Ben", "early!", "off!", "late"]]
    path = book(tmp_path, {"Roster": rows})
    assert read_kept(path, problem) == {"Ben": {0: "early", 1: ""}}
    for bad, place in ((["Zoe", "early!"], "A2"), (["Ben", "noon!"], "B2"), (["Ben", "", "", "", "late!"], "E2")):
        with pytest.raises(InvalidFile) as error:
            read_kept(book(tmp_path, {"Roster": [rows[0], bad]}), problem)
        assert error.value.where == f"Roster!{place}"
    assert np.array_equal(problem.fix({"Ben": {0: "early"}}).allowed(problem.people[1])[0], [True, True, True])


def roster_book(folder: Path, rows: list[list[object]], merged: str = "") -> bytes:
    """The content of a workbook with these rows in its sheet Roster."""
    return book(folder, {"Roster": rows}, merged).read_bytes()


HEAD = ["person", date(2026, 3, 23), date(2026, 3, 24)]


def test_a_roster_is_read_wherever_it_begins(tmp_path: Path) -> None:
    """A title above and an empty column before it would shift every name by one."""
    shifted = [["Team A"], [], ["", *HEAD], ["", "Ben", "early", ""]]
    cells = read_roster_sheet(roster_book(tmp_path, shifted), "roster.xlsx")
    assert [(cell.person, cell.day, cell.text, cell.place) for cell in cells] == [
        ("Ben", date(2026, 3, 23), "early", "Roster!C4"),
        ("Ben", date(2026, 3, 24), "", "Roster!D4"),
    ]
    assert assigned(cells, read_problem(book(tmp_path)), "roster.xlsx") == {"Ben": {0: "early", 1: ""}}


@pytest.mark.parametrize(
    "rows, place, reason",
    [
        ([HEAD, ["Ben", "early"], ["ben", "late"]], "A3", "twice, first at Roster!A2"),
        ([HEAD, ["", "early"]], "A2", "empty"),
        ([[*HEAD, date(2026, 3, 23)], ["Ben", "early"]], "D1", "twice"),
        ([["person", "Monday"], ["Ben", "early"]], "B1", "not a date"),
        ([["person", 46104], ["Ben", "early"]], "B1", "not a date"),
        ([HEAD, ["Ben", "early", "", "late"]], "D2", "no day"),
        ([["name", date(2026, 3, 23)], ["Ben", "early"]], "A1", "no cell says 'person'"),
    ],
)
def test_a_roster_that_cannot_be_read(tmp_path: Path, rows: list[list[object]], place: str, reason: str) -> None:
    """Work that was moved or mistyped in Excel would be given to the wrong person or lost."""
    with pytest.raises(InvalidFile, match=reason) as error:
        read_roster_sheet(roster_book(tmp_path, rows), "roster.xlsx")
    assert error.value.where == f"Roster!{place}"


def test_merged_cells_of_a_roster(tmp_path: Path) -> None:
    """Of merged cells only the first holds the shift: the days beside it would be lost."""
    with pytest.raises(InvalidFile, match="merged"):
        read_roster_sheet(roster_book(tmp_path, [HEAD, ["Ben", "early"]], merged="Roster"), "roster.xlsx")


def test_tables_from_csv(tmp_path: Path) -> None:
    """A table a file, named by it; Excel in some countries writes semicolons."""
    content = "name;contract;skills\nAna;full;phone\n".encode("utf-8-sig")
    (row,) = tables_from(content, Path("People.csv"), COLUMNS)["people"]
    assert (row.text("name"), row.places["contract"]) == ("Ana", "People!B2")
    with pytest.raises(InvalidFile, match=r"name it as one of period\.csv"):
        tables_from(content, Path("team.csv"), COLUMNS)
    with pytest.raises(InvalidFile, match="no column 'skill'"):
        tables_from(b"name,skill\nAna,phone\n", Path("people.csv"), COLUMNS)
