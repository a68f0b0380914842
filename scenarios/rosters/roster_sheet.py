"""A roster that comes back from Excel: who works what on which day, each cell with its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scenarios.contact_log.workbook import cell_name, read_workbook
from scenarios.errors import InvalidFile
from scenarios.rosters.tables import LARGEST_FILE

ROSTER_SHEET = "Roster"
PERSON = "person"
_REMEDY = "give a workbook as ccplan roster writes it: a row a person, a column a day"


@dataclass(frozen=True)
class RosterCell:
    """What the roster says of a person on a day, as it was written; empty on a day off."""

    person: str
    day: date
    text: str
    place: str
    person_place: str
    day_place: str


def read_roster_sheet(raw: bytes, name: str) -> list[RosterCell]:
    """The cells of the sheet Roster of a workbook, wherever on the sheet the table begins.

    Raises
    ------
    InvalidFile
        With the cell, if cells are merged, a person or a day is there twice or missing, or a heading is no date.
    """
    sheets = read_workbook(raw, name, LARGEST_FILE, merged=False)
    if ROSTER_SHEET not in sheets:
        raise InvalidFile(name, "", f"there is no sheet {ROSTER_SHEET}", _REMEDY)
    cells = sheets[ROSTER_SHEET]
    heads = [
        (row, column) for row, line in enumerate(cells) for column, text in enumerate(line) if text.lower() == PERSON
    ]
    if not heads:
        raise InvalidFile(name, cell_name(0, 0, ROSTER_SHEET), f"no cell says {PERSON!r}", _REMEDY)
    top, left = heads[0]
    days = _days(cells[top], top, left, name)
    people: dict[str, str] = {}
    result = []
    for row, line in enumerate(cells[top + 1 :], start=top + 1):
        person, person_place = line[left], cell_name(row, left, ROSTER_SHEET)
        filled = [column for column in range(left + 1, len(line)) if line[column]]
        if not person and filled:
            raise InvalidFile(name, person_place, "it is empty", "write the name of the person")
        if person.casefold() in people:
            first = people[person.casefold()]
            raise InvalidFile(name, person_place, f"{person!r} is there twice, first at {first}", "keep one row")
        if not person:
            continue
        people[person.casefold()] = person_place
        if stray := next((column for column in filled if column not in days), None):
            place = cell_name(row, stray, ROSTER_SHEET)
            raise InvalidFile(name, place, "its column has no day", f"write its date into row {top + 1}")
        for column, (day, day_place) in days.items():
            place = cell_name(row, column, ROSTER_SHEET)
            result.append(RosterCell(person, day, line[column], place, person_place, day_place))
    return result


def _days(head: list[str], row: int, left: int, name: str) -> dict[int, tuple[date, str]]:
    """The day of each column, and the cell that says it."""
    days: dict[int, tuple[date, str]] = {}
    for column in range(left + 1, len(head)):
        place = cell_name(row, column, ROSTER_SHEET)
        if not head[column]:
            continue
        try:
            day = date.fromisoformat(head[column][:10])
        except ValueError:
            problem = f"{head[column]!r} is not a date"
            raise InvalidFile(name, place, problem, "write it as a date, as in 2026-03-02") from None
        if any(day == known for known, _ in days.values()):
            raise InvalidFile(name, place, f"{day} is there twice", "keep one column of each day")
        days[column] = (day, place)
    return days
