"""The shifts of an agent group as three tables of text, as people edit them: shifts, breaks and named people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from scenarios.errors import InvalidScenario, InvalidValue, PlannerError
from scenarios.shifts.staffing import NamedPerson, Shift, ShiftStaffing
from scenarios.units import clock, seconds, written
from scenarios.yaml.problems import validated

Rows = Sequence[Mapping[str, str]]
"""Texts by column."""
SHIFTS = ("Shift", "Days", "Start", "Length", "Pause", "Second part", "People")
BREAKS = ("Shift", "Length", "Earliest", "Latest", "Paid")
PEOPLE = ("Person", "Shift", "Days")
EVERY_DAY = "Mon-Sun"
_COLUMN_OF = {"name": "Shift", "days": "Days", "start": "Start", "length": "Length", "people": "People"}
_YES, _NO = frozenset({"yes", "true", "1", "x"}), frozenset({"", "no", "false", "0"})


class BadCell(PlannerError, ValueError):
    """A cell of one of the three tables that cannot be used."""

    def __init__(self, table: str, row: int, column: str, problem: str, remedy: str) -> None:
        self.table, self.row, self.column, self.problem, self.remedy = table, row, column, problem, remedy
        super().__init__(f"{table}, row {row + 1}, {column}: {problem}; {remedy}")


@dataclass(frozen=True)
class ShiftTables:
    """The three tables.

    Examples
    --------
    >>> early = {"Shift": "early", "Start": "07:00", "Length": "8 h", "People": "12"}
    >>> lunch = {"Shift": "early", "Length": "30 min", "Earliest": "3 h", "Latest": "5 h"}
    >>> staffing = ShiftTables([early], [lunch], []).staffing()
    >>> staffing.shifts[0].breaks[0].paid
    False
    >>> ShiftTables.of(staffing).breaks
    [{'Shift': 'early', 'Length': '30 min', 'Earliest': '3 h', 'Latest': '5 h', 'Paid': ''}]
    """

    shifts: Rows
    breaks: Rows
    people: Rows

    @staticmethod
    def of(staffing: ShiftStaffing) -> ShiftTables:
        """The tables of shifts, from which `staffing` makes them again."""
        return ShiftTables(
            [_shift_row(shift) for shift in staffing.shifts],
            [_break_row(shift, number) for shift in staffing.shifts for number in range(len(shift.breaks))],
            [
                {"Person": person.name, "Shift": shift, "Days": days}
                for person in staffing.people
                for shift, days in person.shifts.items()
            ],
        )

    def staffing(self, rules: ShiftStaffing | None = None) -> ShiftStaffing:
        """The shifts that the tables mean, with the rules on delayed breaks and late starts of others.

        Raises
        ------
        BadCell
            If a cell cannot be used, or does not go with others.
        InvalidScenario
            If they contradict each other otherwise, such as a shift that nobody works.
        """
        names = [row.get("Shift", "") for row in self.shifts]
        for at, name in enumerate(names):
            if name in names[:at]:
                raise BadCell("Shifts", at, "Shift", f"{name!r} is there twice", "give every shift a name of its own")
        self._refuse_unknown("Breaks", self.breaks, names)
        self._refuse_unknown("People", self.people, names)
        values = {name: getattr(rules, name) for name in ("delayed_breaks", "late_starts")} if rules else {}
        shifts = [self._shift(at) for at in range(len(self.shifts))]
        return validated(ShiftStaffing, {"shifts": shifts, "people": self._named_people()} | values)

    def _refuse_unknown(self, table: str, rows: Rows, names: Sequence[str]) -> None:
        for at, row in enumerate(rows):
            if row.get("Shift", "") not in names:
                known = ", ".join(names)
                raise BadCell(table, at, "Shift", f"there is no shift {row.get('Shift', '')!r}", f"known are {known}")

    def _shift(self, at: int) -> Shift:
        row = self.shifts[at]
        name = row.get("Shift", "")
        read = _Cells("Shifts", at, row)
        places = [place for place, other in enumerate(self.breaks) if other.get("Shift", "") == name]
        breaks = sorted(((place, self._break(place)) for place in places), key=lambda pair: pair[1]["earliest"])
        values: dict[str, Any] = {
            "name": name,
            "days": row.get("Days") or EVERY_DAY,
            "start": read.time("Start"),
            "length": read.time("Length"),
            "people": read.whole("People"),
            "breaks": [rule for _, rule in breaks],
        }
        if row.get("Pause") or row.get("Second part"):
            values["second_part"] = {
                "pause": read.time("Pause"),
                "length": read.time("Second part"),
            }
        try:
            return validated(Shift, values)
        except (InvalidValue, InvalidScenario) as wrong:
            _refuse_part(wrong, at, [place for place, _ in breaks])

    def _break(self, at: int) -> dict[str, Any]:
        read, row = _Cells("Breaks", at, self.breaks[at]), self.breaks[at]
        return {
            "length": read.time("Length"),
            "earliest": read.time("Earliest"),
            "latest": read.time("Latest") if row.get("Latest") else None,
            "paid": read.yes("Paid"),
        }

    def _named_people(self) -> list[NamedPerson]:
        days: dict[str, dict[str, str]] = {}
        for at, row in enumerate(self.people):
            person, shift = row.get("Person", ""), row["Shift"]
            if shift in days.get(person, {}):
                raise BadCell("People", at, "Person", f"{person!r} has {shift!r} twice", "keep one row, with all days")
            days.setdefault(person, {})[shift] = row.get("Days") or EVERY_DAY
            try:
                validated(NamedPerson, {"name": person, "shifts": {shift: days[person][shift]}})
            except (InvalidValue, InvalidScenario) as wrong:
                column = "Person" if wrong.field == "name" else "Days"
                raise BadCell("People", at, column, wrong.problem, wrong.remedy) from None
        return [validated(NamedPerson, {"name": name, "shifts": shifts}) for name, shifts in days.items()]


@dataclass(frozen=True)
class _Cells:
    """The cells of a row, read one by one."""

    table: str
    row: int
    texts: Mapping[str, str]

    def time(self, column: str) -> float:
        """A time of day or a length of time; two parts are hours and minutes."""
        text = self.texts.get(column, "")
        if not text:
            self.refuse(column, "it is empty", "write a time such as 07:30, 30 min or 8.5 h")
        try:
            return seconds(text, column)
        except InvalidValue as wrong:
            self.refuse(column, wrong.problem, wrong.remedy)

    def whole(self, column: str) -> int:
        """A number of people."""
        text = self.texts.get(column, "")
        if not text.isdecimal():
            if text:
                self.refuse(column, f"{text!r} is not a number of people", "write a whole number, 0 or more")
            return 0
        return int(text)

    def yes(self, column: str) -> bool:
        """Yes or no."""
        word = self.texts.get(column, "").casefold()
        if word not in _YES | _NO:
            self.refuse(column, f"{word!r} cannot be used", "write yes or no")
        return word in _YES

    def refuse(self, column: str, problem: str, remedy: str) -> NoReturn:
        """Raise an error at a cell."""
        raise BadCell(self.table, self.row, column, problem, remedy)


def _refuse_part(wrong: InvalidValue | InvalidScenario, at: int, breaks: Sequence[int]) -> NoReturn:
    """Raise an error of a shift at the cell that it is about."""
    parts = wrong.field.split(".")
    if "breaks" in parts:
        number = next((int(part) for part in parts[parts.index("breaks") + 1 :] if part.isdecimal()), 0)
        column = parts[-1].capitalize() if parts[-1].capitalize() in BREAKS else "Earliest"
        raise BadCell("Breaks", breaks[number], column, wrong.problem, wrong.remedy) from None
    if "second_part" in parts:
        column = "Pause" if parts[-1] == "pause" else "Second part"
        raise BadCell("Shifts", at, column, wrong.problem, wrong.remedy) from None
    raise BadCell("Shifts", at, _COLUMN_OF.get(parts[-1], "Shift"), wrong.problem, wrong.remedy) from None


def _shift_row(shift: Shift) -> dict[str, str]:
    second = shift.second_part
    return {
        "Shift": shift.name,
        "Days": shift.days,
        "Start": clock(shift.start) if shift.start % 60 == 0 else written(shift.start),
        "Length": written(shift.length),
        "Pause": "" if second is None else written(second.pause),
        "Second part": "" if second is None else written(second.length),
        "People": str(shift.people),
    }


def _break_row(shift: Shift, number: int) -> dict[str, str]:
    rule = shift.breaks[number]
    return {
        "Shift": shift.name,
        "Length": written(rule.length),
        "Earliest": written(rule.earliest),
        "Latest": "" if rule.latest is None else written(rule.latest),
        "Paid": "yes" if rule.paid else "",
    }
