"""A roster problem from files: people, contracts and wishes; shifts and the heads needed; assignments kept by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from models.rostering.problem import (
    MINUTES_A_DAY,
    MOST_DAYS,
    MOST_PEOPLE,
    Contract,
    Person,
    RosterProblem,
    RosterShift,
    Wish,
)
from scenarios.errors import InvalidFile
from scenarios.hours import WEEKDAYS
from scenarios.rosters.roster_sheet import RosterCell, read_roster_sheet
from scenarios.rosters.tables import Row, Tables, file_content, read_tables

COLUMNS = {
    "period": ("start", "days", "timezone", "fair_price"),
    "shifts": ("name", "start", "length", "unpaid", "skill", "not_before"),
    "heads": ("day", "shift", "heads", "under_price", "over_price"),
    "contracts": (
        *("name", "min_hours", "max_hours", "max_consecutive", "min_consecutive", "min_days_off", "max_weekends"),
        *("rest_hours", "max_shifts"),
    ),
    "people": ("name", "contract", "skills"),
    "unavailable": ("person", "day", "to", "shift"),
    "wishes": ("person", "day", "shift", "wish", "price"),
    "fixed": ("person", "day", "shift"),
}
"""The tables of the files and their columns."""
UNDER_PRICE, OVER_PRICE = 100.0, 1.0
EVERY_DAY = "every day"
OFF_WORD = "off"
KEPT = "!"
"""Stands after a shift in the sheet Roster that is kept in a new search."""


def read_problem(*paths: Path) -> RosterProblem:
    """The problem that is written in one or several YAML files or workbooks.

    Raises
    ------
    InvalidFile
        With the cell, or line and column, of what cannot be used.
    """
    return problem_from([read_tables(path, COLUMNS) for path in paths], str(paths[-1]))


def problem_from(files: Sequence[Tables], name: str) -> RosterProblem:
    """The problem in the tables of one or several files.

    Parameters
    ----------
    name
        The file that an error about a missing table names.

    Raises
    ------
    InvalidFile
        As in `read_problem`.
    """
    tables: Tables = {}
    for file in files:
        for table, rows in file.items():
            if tables.get(table) and rows:
                problem = f"the table {table} is in two files"
                raise InvalidFile(rows[0].path, rows[0].where, problem, "keep one of them")
            tables[table] = rows or tables.get(table, [])
    for table in ("period", "shifts", "heads", "contracts", "people"):
        if not tables.get(table):
            remedy = f"add it with the columns {', '.join(COLUMNS[table])}"
            raise InvalidFile(name, "", f"there is no table {table}", remedy)
    return _Reader(tables).problem()


class _Reader:
    """Turns tables into a problem; every name is looked up in the table that defines it."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        row = tables["period"][0]
        if len(tables["period"]) > 1:
            tables["period"][1].refuse("start", "a second row", "keep one row: first day and number of days")
        self.start, self.days = row.date("start"), row.whole("days", 28, 1)
        if self.days > MOST_DAYS:
            row.refuse("days", f"{self.days} days", f"a roster has {MOST_DAYS} days at most")
        self.zone, self.fair_price = row.text("timezone", ""), row.number("fair_price", 1)
        try:
            if self.zone:
                ZoneInfo(self.zone)
        except (OSError, ValueError, KeyError):
            row.refuse("timezone", f"there is no time zone {self.zone!r}", "write it as in Europe/Berlin")

    def problem(self) -> RosterProblem:
        self.shifts = {shift.name: shift for shift in self._shifts()}
        self.contracts = dict(self._contracts())
        self.people = dict(self._people())
        self._add_unavailable()
        self._add_wishes()
        self._add_fixed()
        heads, under, over = self._heads()
        shifts, people = tuple(self.shifts.values()), tuple(self.people.values())
        return RosterProblem(self.start, self.days, shifts, people, heads, under, over, self.zone, self.fair_price)

    def _named(self, table: str) -> Iterator[tuple[str, Row]]:
        """The rows of a table by name, none of them twice."""
        known: dict[str, Row] = {}
        for row in self.tables[table]:
            name = row.text("name")
            if name.casefold() in known:
                first = known[name.casefold()].places.get("name", "")
                row.refuse("name", f"{name!r} is there twice, first at {first}", "names must be unique")
            known[name.casefold()] = row
            yield name, row

    def _shifts(self) -> Iterator[RosterShift]:
        rows = list(self._named("shifts"))
        names = {name for name, _ in rows}
        for name, row in rows:
            if name.endswith(KEPT) or name.lower() == OFF_WORD:
                row.refuse("name", f"{name!r} cannot be used", f"not {OFF_WORD}, nor with {KEPT} at its end")
            start, length, unpaid = row.minutes("start"), row.minutes("length"), row.minutes("unpaid", 0)
            if start >= MINUTES_A_DAY:
                row.refuse("start", f"{row.text('start')!r} cannot be used", "write a time of day such as 22:00")
            if not unpaid < length <= MINUTES_A_DAY:
                row.refuse("length", f"{row.text('length')!r} cannot be used", "more than unpaid, at most 24 h")
            after = row.names("not_before")
            for following in set(after) - names:
                row.refuse("not_before", f"there is no shift {following!r}", f"known are {', '.join(sorted(names))}")
            yield RosterShift(name, start, length, unpaid, row.text("skill", ""), frozenset(after))

    def _contracts(self) -> Iterator[tuple[str, Contract]]:
        free = Contract()
        for name, row in self._named("contracts"):
            least, most = row.number("min_hours", 0), row.number("max_hours", free.max_minutes / 60)
            if least > most:
                row.refuse("min_hours", f"{least:g} h is more than max_hours, {most:g} h", "exchange them")
            maxima = row.limits("max_shifts")
            for shift in maxima:
                self._check(row, "max_shifts", shift)
            longest = row.whole("max_consecutive", free.max_consecutive, 1)
            shortest = row.whole("min_consecutive", free.min_consecutive, 1)
            if shortest > longest:
                row.refuse("min_consecutive", f"{shortest} is more than max_consecutive, {longest}", "exchange them")
            yield (
                name,
                Contract(
                    name,
                    round(least * 60),
                    round(most * 60),
                    maxima,
                    longest,
                    shortest,
                    row.whole("min_days_off", free.min_days_off, 1),
                    row.whole("max_weekends", free.max_weekends),
                    round(row.number("rest_hours", 0) * 60),
                ),
            )

    def _people(self) -> Iterator[tuple[str, Person]]:
        skills = {shift.skill for shift in self.shifts.values()}
        for number, (name, row) in enumerate(self._named("people")):
            if number >= MOST_PEOPLE:
                row.refuse("name", f"more than {MOST_PEOPLE} people", "make a roster for each team")
            contract = row.text("contract")
            if contract not in self.contracts:
                known = ", ".join(self.contracts)
                row.refuse("contract", f"there is no contract {contract!r}", f"known are {known}")
            own = row.names("skills")
            if not own and "" not in skills:
                row.refuse("skills", f"{name} has no skill, and every shift needs one", "write skills with commas")
            if unknown := set(own) - skills:
                remedy = f"skills of shifts are {', '.join(sorted(filter(None, skills))) or 'none'}"
                row.refuse("skills", f"no shift needs {sorted(unknown)[0]!r}", remedy)
            yield name, Person(name, self.contracts[contract], frozenset(own))

    def _add_unavailable(self) -> None:
        for row in self.tables.get("unavailable", []):
            person, shift = self._person(row), row.text("shift", "")
            self._check(row, "shift", shift)
            first = row.date("day")
            last = row.date("to") if row.given("to") else first
            if last < first:
                row.refuse("to", f"{last} is before {first}", "exchange them")
            days = range(max((first - self.start).days, 0), min((last - self.start).days + 1, self.days))
            taken = person.unavailable | {(day, shift) for day in days}
            self.people[person.name] = replace(person, unavailable=taken)

    def _add_wishes(self) -> None:
        for row in self.tables.get("wishes", []):
            person, shift, word = self._person(row), row.text("shift", ""), row.text("wish", "off").lower()
            self._check(row, "shift", shift)
            if word not in ("on", "off"):
                row.refuse("wish", f"{word!r} cannot be used", "write on or off")
            wish = Wish(self._day(row), row.number("price", 1), shift, word == "on")
            self.people[person.name] = replace(person, wishes=(*person.wishes, wish))

    def _add_fixed(self) -> None:
        for row in self.tables.get("fixed", []):
            person, day, shift = self._person(row), self._day(row), row.text("shift")
            shift = "" if shift.lower() == OFF_WORD else shift
            self._check(row, "shift", shift)
            if day in person.fixed:
                row.refuse("day", f"{person.name} has two fixed shifts on {self._date(day)}", "keep one of them")
            self.people[person.name] = replace(person, fixed={**person.fixed, day: shift})

    def _heads(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Heads and their prices; a row for a date goes before one for weekdays."""
        shape = (self.days, len(self.shifts))
        heads, under, over = np.zeros(shape, int), np.zeros(shape), np.full(shape, OVER_PRICE)
        rank, number = np.zeros(shape, int), {name: at for at, name in enumerate(self.shifts)}
        for row in self.tables["heads"]:
            shift = row.text("shift")
            self._check(row, "shift", shift)
            days, level = self._days(row)
            if not row.given("heads"):
                row.refuse("heads", "it is empty", "write how many people are needed, 0 if none")
            for day in days:
                cell = day, number[shift]
                if rank[cell] == level:
                    row.refuse("day", f"{shift} of {self._date(day)} is there twice", "keep one row of them")
                if rank[cell] < level:
                    rank[cell], heads[cell] = level, row.whole("heads", 0)
                    under[cell] = row.number("under_price", UNDER_PRICE)
                    over[cell] = row.number("over_price", OVER_PRICE)
        return heads, under, over

    def _days(self, row: Row) -> tuple[list[int], int]:
        """The days of a row of heads, and how exactly it names them."""
        text = row.text("day")
        if text.lower() == EVERY_DAY:
            return list(range(self.days)), 1
        if text[:1].isdigit():
            return [self._day(row)], 3
        wanted = set()
        for part in text.split(","):
            first, _, last = (name.strip()[:3].capitalize() for name in part.partition("-"))
            if first not in WEEKDAYS or (last and last not in WEEKDAYS):
                row.refuse("day", f"{text!r} is no day", f"write a date, Mon-Fri, Sat,Sun or {EVERY_DAY}")
            begin, length = WEEKDAYS.index(first), (WEEKDAYS.index(last or first) - WEEKDAYS.index(first)) % 7
            wanted |= {(begin + step) % 7 for step in range(length + 1)}
        return [day for day in range(self.days) if (self.start.weekday() + day) % 7 in wanted], 2

    def _day(self, row: Row) -> int:
        day = (row.date("day") - self.start).days
        if not 0 <= day < self.days:
            first, last = self._date(0), self._date(self.days - 1)
            row.refuse("day", f"{row.date('day')} is outside the roster", f"it has {first} to {last}")
        return day

    def _date(self, day: int) -> date:
        return date.fromordinal(self.start.toordinal() + day)

    def _person(self, row: Row) -> Person:
        name = row.text("person")
        if name not in self.people:
            row.refuse("person", f"there is nobody called {name!r}", "write the name as in people")
        return self.people[name]

    def _check(self, row: Row, column: str, shift: str) -> None:
        if shift and shift not in self.shifts:
            row.refuse(column, f"there is no shift {shift!r}", f"known are {', '.join(self.shifts)}")


def read_kept(path: Path, problem: RosterProblem) -> dict[str, dict[int, str]]:
    """The assignments that a person marked with ``!`` in the sheet Roster of a workbook, by person and day.

    Raises
    ------
    InvalidFile
        With the cell of a name, date or shift that is not in the problem.
    """
    cells = read_roster_sheet(file_content(path), path.name)
    return assigned([cell for cell in cells if cell.text.endswith(KEPT)], problem, path.name)


def assigned(cells: Iterable[RosterCell], problem: RosterProblem, name: str) -> dict[str, dict[int, str]]:
    """What cells of a roster assign, by person and day: the name of a shift, empty for a day off.

    Raises
    ------
    InvalidFile
        With the cell of a name, date or shift that is not in the problem; `name` is that of the file.
    """
    people = {person.name for person in problem.people}
    result: dict[str, dict[int, str]] = {}
    for cell in cells:
        day, shift = (cell.day - problem.start).days, cell.text.removesuffix(KEPT).strip()
        shift = "" if shift.lower() == OFF_WORD else shift
        if cell.person not in people:
            raise InvalidFile(
                name, cell.person_place, f"nobody is called {cell.person!r}", "write the name as in people"
            )
        if not 0 <= day < problem.days:
            first, last = problem.date(0), problem.date(problem.days - 1)
            raise InvalidFile(name, cell.day_place, f"{cell.day} is outside the roster", f"it has {first} to {last}")
        if shift and shift not in problem.number:
            known = f"known are {', '.join(problem.number)}"
            raise InvalidFile(name, cell.place, f"there is no shift {shift!r}", known)
        result.setdefault(cell.person, {})[day] = shift
    return result
