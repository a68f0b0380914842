"""A roster as a table of people by days, and a roster from what was changed in it or comes back from Excel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from interface.app.editor.cells import Edits
from interface.app.grids.table import GridColumn, GridTable, one_of_options
from interface.app.shifts.roster_packing import packed_roster, unpacked_roster
from models.rostering.problem import OFF, RosterProblem
from models.rostering.read import KEPT, OFF_WORD, assigned
from models.rostering.search import Roster, edited_roster
from scenarios.errors import InvalidValue
from scenarios.rosters.roster_sheet import read_roster_sheet

if TYPE_CHECKING:
    import pandas as pd

PERSON = "Person"


def roster_table(roster: Roster) -> pd.DataFrame:
    """A row a person, a column a day; a shift or day off that is fixed ends with an exclamation mark."""
    import pandas as pd

    problem = roster.problem
    cells = {
        day_label(problem, day): [_written(roster, number, day) for number in range(len(problem.people))]
        for day in range(problem.days)
    }
    return pd.DataFrame({PERSON: [person.name for person in problem.people]} | cells)


def roster_grid(kept: str, days: range) -> GridTable:
    """The table of a kept roster, packed, to be edited in a grid, with some of its days."""
    roster = unpacked_roster(kept)
    labels = [day_label(roster.problem, day) for day in days]
    options = choices(roster.problem)
    column = GridColumn(one_of_options(options, required=False), "choice", options=("", *options))
    return GridTable(
        "roster", roster_table(roster)[[PERSON, *labels]], dict.fromkeys(labels, column), _edited, "person"
    )


def _edited(kept: str, edits: Edits) -> str:
    return packed_roster(with_cells(unpacked_roster(kept), edits))


def day_label(problem: RosterProblem, day: int) -> str:
    """The heading of a day."""
    return f"{problem.date(day):%a %d %b}"


def choices(problem: RosterProblem) -> list[str]:
    """What a cell of the table may hold."""
    names = [*problem.number, OFF_WORD]
    return [*names, *(f"{name}{KEPT}" for name in names)]


def with_cells(roster: Roster, changes: Mapping[int, Mapping[str, Any]]) -> Roster:
    """The roster with cells of its table changed by hand: they are fixed from then on."""
    problem = roster.problem
    days = {day_label(problem, day): day for day in range(problem.days)}
    fixed = {
        problem.people[row].name: {
            days[label]: _shift(str(text or OFF_WORD).removesuffix(KEPT)) for label, text in change.items()
        }
        for row, change in changes.items()
    }
    return with_assignments(roster, fixed)


def with_assignments(roster: Roster, fixed: Mapping[str, Mapping[int, str]]) -> Roster:
    """The roster with assignments by hand, which a new search keeps.

    Raises
    ------
    InvalidValue
        If there is no such person, day or shift.
    """
    problem, lines = roster.problem.fix(fixed), roster.lines.copy()
    for number, person in enumerate(problem.people):
        for day, shift in fixed.get(person.name, {}).items():
            lines[number, day] = problem.number[shift] if shift else OFF
    return edited_roster(roster, problem, lines)


def with_sheet(roster: Roster, content: bytes, name: str) -> Roster:
    """The roster as a workbook says that was edited in Excel: what differs, or is marked, is fixed.

    Raises
    ------
    InvalidFile
        With the cell of what cannot be used.
    """
    problem = roster.problem
    cells = read_roster_sheet(content, name)
    said = assigned(cells, problem, name)
    marked = assigned([cell for cell in cells if cell.text.endswith(KEPT)], problem, name)
    fixed: dict[str, dict[int, str]] = {}
    for number, person in enumerate(problem.people):
        for day, shift in said.get(person.name, {}).items():
            given = roster.lines[number, day]
            same = shift == (problem.shifts[given].name if given != OFF else "")
            if not same or day in marked.get(person.name, {}):
                fixed.setdefault(person.name, {})[day] = shift
    return with_assignments(roster, fixed)


def assignments_by_hand(problem: RosterProblem) -> list[str]:
    """The fixed assignments in words, such as ``Ana, Mon 02 Mar: early``."""
    return [
        f"{person.name}, {day_label(problem, day)}: {shift or OFF_WORD}"
        for person in problem.people
        for day, shift in sorted(person.fixed.items())
    ]


def released(roster: Roster, kept: Iterable[str]) -> Roster:
    """The roster in which only these assignments, in words, stay fixed."""
    problem, wanted = roster.problem, set(kept)
    people = tuple(
        replace(
            person,
            fixed={
                day: shift
                for day, shift in person.fixed.items()
                if f"{person.name}, {day_label(problem, day)}: {shift or OFF_WORD}" in wanted
            },
        )
        for person in problem.people
    )
    return edited_roster(roster, replace(problem, people=people), roster.lines)


def same_assignments(problem: RosterProblem, earlier: RosterProblem) -> RosterProblem:
    """A problem made anew with the assignments by hand of an earlier one, where they still fit."""
    days, names = {problem.date(day): day for day in range(problem.days)}, {person.name for person in problem.people}
    fixed = {
        person.name: {
            days[earlier.date(day)]: shift
            for day, shift in person.fixed.items()
            if earlier.date(day) in days and (not shift or shift in problem.number)
        }
        for person in earlier.people
        if person.name in names
    }
    return problem.fix(fixed)


def _written(roster: Roster, number: int, day: int) -> str:
    problem, given = roster.problem, int(np.asarray(roster.lines)[number, day])
    name = problem.shifts[given].name if given != OFF else ""
    if day in problem.people[number].fixed:
        return f"{name or OFF_WORD}{KEPT}"
    return name


def _shift(text: str) -> str:
    if not text.strip():
        raise InvalidValue("shift", text, "choose a shift or off")
    return "" if text == OFF_WORD else text
