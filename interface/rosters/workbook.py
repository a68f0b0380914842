"""A roster as an Excel workbook ready to print: all people, a sheet a day with a Gantt of cells, a sheet a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from interface.workbooks import workbook_of
from models.rostering.problem import MINUTES_A_DAY, OFF, RosterShift
from models.rostering.read import KEPT, OFF_WORD
from models.rostering.report import (
    assignments,
    breaks_by_person,
    breaks_text,
    fairness,
    head_gaps,
    unfair_shares,
    unmet_wishes,
)
from models.rostering.search import Roster
from scenarios.hours import WEEKDAYS
from scenarios.rosters.roster_sheet import ROSTER_SHEET

CELL_MINUTES = 30
COLOURS = ("#9BC2E6", "#A9D08E", "#FFD966", "#F4B084", "#C9C9C9", "#B4A7D6", "#76D7C4", "#F5B7B1")
"""Of shifts, in their order."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\s]+")
_LONGEST_SHEET = 31


def roster_workbook(roster: Roster) -> bytes:
    """The workbook: summary, roster, people too few or too many, unmet wishes, each day, each person."""
    return workbook_of(lambda book: _Writer(book, roster).write())


class _Writer:
    """Writes the sheets of a roster, with formats that they share."""

    def __init__(self, book: Any, roster: Roster) -> None:
        self.book, self.roster, self.problem = book, roster, roster.problem
        self.breaks = breaks_by_person(roster)
        self.bold = book.add_format({"bold": True})
        self.date = book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "bold": True})
        self.when = book.add_format({"num_format": "ddd yyyy-mm-dd hh:mm", "align": "left"})
        self.fills = [
            book.add_format({"bg_color": COLOURS[at % len(COLOURS)], "border": 1, "border_color": "#FFFFFF"})
            for at in range(len(self.problem.shifts))
        ]
        self.names: set[str] = set()

    def write(self) -> None:
        self._summary()
        self._roster()
        self._table("Over and under", head_gaps(self.roster))
        self._table("Unmet wishes", unmet_wishes(self.roster))
        self._table("Above fair share", unfair_shares(self.roster))
        for day in range(self.problem.days):
            self._day(day)
        rows = assignments(self.roster)
        for person in self.problem.people:
            self._table(person.name, rows[rows["person"] == person.name].drop(columns="person"))

    def _sheet(self, name: str) -> Any:
        """A sheet of this name, shortened and numbered until Excel takes it, that prints on one page across."""
        base = _FORBIDDEN.sub(" ", name).strip()[:_LONGEST_SHEET] or "sheet"
        name, number = base, 2
        while name.lower() in self.names or name.lower() == "history":
            ending = f" ({number})"
            name, number = base[: _LONGEST_SHEET - len(ending)] + ending, number + 1
        self.names.add(name.lower())
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _summary(self) -> None:
        sheet, roster = self._sheet("Summary"), self.roster
        lines = (
            ("First day", str(self.problem.start)),
            ("Days", self.problem.days),
            ("People", len(self.problem.people)),
            ("Price of unmet wishes, over and under", roster.cost),
            ("Lower bound: no roster costs less", roster.bound),
            ("Search ended", roster.ended),
        )
        for row, (text, value) in enumerate(lines):
            sheet.write(row, 0, text, self.bold)
            sheet.write(row, 1, value)
        self._rows(sheet, fairness(roster), len(lines) + 1)
        sheet.set_column(0, 0, 38)
        sheet.set_column(1, 9, 13)

    def _roster(self) -> None:
        """A row a person, a column a day; a shift with ``!`` is fixed, and can be marked so by hand."""
        sheet = self._sheet(ROSTER_SHEET)
        sheet.write_string(0, 0, "person", self.bold)
        for day in range(self.problem.days):
            sheet.write_datetime(0, day + 1, _midnight(self.problem.date(day)), self.date)
        for row, (person, line) in enumerate(zip(self.problem.people, self.roster.lines, strict=True), start=1):
            sheet.write_string(row, 0, person.name)
            for day, number in enumerate(line.tolist()):
                fixed = KEPT if day in person.fixed else ""
                if number != OFF:
                    sheet.write_string(row, day + 1, self.problem.shifts[number].name + fixed, self.fills[number])
                elif fixed:
                    sheet.write_string(row, day + 1, OFF_WORD + fixed)
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, self.problem.days, 11)
        sheet.freeze_panes(1, 1)

    def _day(self, day: int) -> None:
        """A Gantt of cells: those who begin on this day, and those of the night before until they go."""
        at_work = [*self._working(day - 1, nights=True), *self._working(day)]
        marks = [
            minute for _, shift, since, _ in at_work for minute in (max(shift.start - since, 0), shift.end - since)
        ]
        first = min(marks, default=8 * 60) // CELL_MINUTES
        last = -(-max(marks, default=18 * 60) // CELL_MINUTES)
        when = self.problem.date(day)
        sheet = self._sheet(f"{WEEKDAYS[when.weekday()]} {when}")
        titles = ("person", "shift", "from", "to", *(("breaks",) if self.problem.breaks else ()))
        left = len(titles)
        for column, title in enumerate(titles):
            sheet.write_string(0, column, title, self.bold)
        for at in range(first, last):
            text = _clock(at * CELL_MINUTES) if at * CELL_MINUTES % 60 == 0 else ""
            sheet.write_string(0, left + at - first, text, self.bold)
        for row, (name, shift, since, breaks) in enumerate(at_work, start=1):
            begin, end = shift.start - since, shift.end - since
            note = f"{shift.name} (from {self.problem.date(day - 1)})" if since else shift.name
            for column, text in enumerate((name, note, _clock(shift.start), _clock(shift.end), breaks)[:left]):
                sheet.write_string(row, column, text)
            for at in range(max(begin, 0) // CELL_MINUTES, -(-end // CELL_MINUTES)):
                sheet.write_blank(row, left + at - first, None, self.fills[self.problem.number[shift.name]])
        sheet.set_column(0, 1, 20)
        sheet.set_column(2, 3, 7)
        if left > 4:
            sheet.set_column(4, 4, 26)
        sheet.set_column(left, left + last - first, 4.5)
        sheet.freeze_panes(1, left)

    def _working(self, day: int, nights: bool = False) -> Iterator[tuple[str, RosterShift, int, str]]:
        """Person and shift of a day by start, minutes by which its midnight lies before that of the sheet, breaks."""
        if day < 0:
            return
        working = [
            (person.name, self.problem.shifts[line[day]], breaks_text(self.breaks.get((number, day), ())))
            for number, (person, line) in enumerate(zip(self.problem.people, self.roster.lines, strict=True))
            if line[day] != OFF
        ]
        for name, shift, breaks in sorted(working, key=lambda pair: (pair[1].start, pair[1].end, pair[0])):
            if not nights or shift.is_night:
                yield name, shift, MINUTES_A_DAY if nights else 0, breaks

    def _table(self, name: str, table: pd.DataFrame) -> None:
        sheet = self._sheet(name)
        self._rows(sheet, table, 0)
        sheet.set_column(0, len(table.columns), 22)
        sheet.freeze_panes(1, 0)

    def _rows(self, sheet: Any, table: pd.DataFrame, top: int) -> None:
        for column, name in enumerate(table.columns):
            sheet.write_string(top, column, str(name).replace("_", " "), self.bold)
        for row, values in enumerate(table.itertuples(index=False), start=top + 1):
            for column, value in enumerate(values):
                match value:
                    case bool():
                        sheet.write_string(row, column, "fixed" if value else "")
                    case pd.Timestamp():
                        sheet.write_datetime(row, column, value.to_pydatetime(), self.when)
                    case int() | float():
                        sheet.write_number(row, column, value)
                    case _:
                        sheet.write_string(row, column, str(value))


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _midnight(day: date) -> Any:
    from datetime import datetime, time

    return datetime.combine(day, time())
