"""Rosters and log-in tables (person, day, start, end, breaks) as agents on duty by interval and group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_log.clocks import Formats, instants, midnights, orders_of_dates
from scenarios.contact_log.dates import AmbiguousDates
from scenarios.contact_log.logfile import MOST_BYTES
from scenarios.contact_log.rows import MOST_UNREADABLE
from scenarios.errors import InvalidFile
from scenarios.horizon import Horizon
from scenarios.interval_report.cells import form_of
from scenarios.interval_report.header_words import is_total, plain_words
from scenarios.interval_report.sheets import Sheet, sheets_of
from scenarios.units import DAY

Floats = NDArray[np.float64]

_WORDS = {
    "person": "agent/agent name/name/person/employee/user/mitarbeiter/agente/nom/сотрудник/агент/оператор/الموظف",
    "date": "date/day/datum/tag/fecha/dia/jour/дата/التاريخ",
    "start": "start/start time/shift start/login/log in/login time/logged in/begin/from/von/beginn/inicio/debut/начало",
    "end": "end/end time/shift end/logout/log out/logout time/logged out/to/bis/ende/fin/конец/окончание",
    "break_start": "break start/start of break/lunch start/pause von/pause start/pause beginn/inicio pausa/debut pause",
    "break_end": "break end/end of break/lunch end/pause bis/pause ende/fin pausa/fin pause",
    "group": "group/team/skill/queue/agent group/gruppe/grupo/groupe/группа/المجموعة",
}
_ROLES = {plain_words(word): role for role, words in _WORDS.items() for word in words.split("/")}
_LONGEST = 24 * 3600.0


@dataclass(frozen=True)
class LogIns:
    """Times on duty; arrays of shape (times,), in seconds since 1970 on the clock of the centre."""

    groups: tuple[str, ...]
    """The group of each, empty where the table names none."""
    begin: Floats
    end: Floats
    weight: Floats
    """1 for time on duty, -1 for a break within it."""
    notes: tuple[str, ...]

    def agents(self, horizon: Horizon, group: str | None = None) -> Floats:
        r"""Mean agents on duty by interval, shape (intervals,); of one group, or of all.

        Examples
        --------
        >>> table = b"Agent,Date,Start,End,Break start,Break end\nA,2026-03-02,08:00,10:00,09:00,09:15\n"
        >>> duty = read_log_ins(table, name="roster.csv")
        >>> duty.agents(Horizon(start="2026-03-02", interval="30 min"))[15:21]
        array([0. , 1. , 1. , 0.5, 1. , 0. ])
        """
        own = np.array([group is None or name == group for name in self.groups], dtype=bool)
        midnight = float((horizon.start - _FIRST).days) * DAY
        edges = horizon.edges + midnight
        seconds = np.zeros(len(edges))
        for sign, times in ((1.0, self.begin), (-1.0, self.end)):
            order = np.argsort(times[own])
            sorted_times, weights = times[own][order], self.weight[own][order]
            number = np.concatenate([[0.0], np.cumsum(weights)])
            total = np.concatenate([[0.0], np.cumsum(weights * sorted_times)])
            at = np.searchsorted(sorted_times, edges)
            seconds += sign * (number[at] * edges - total[at])
        return np.asarray(np.maximum(np.diff(seconds) / horizon.interval, 0.0).round(6))


_FIRST = date(1970, 1, 1)


def read_log_ins(
    source: str | Path | bytes, name: str = "", date_format: str | None = None, limit: int = MOST_BYTES
) -> LogIns:
    """The times on duty in a roster or a table of log-ins: CSV or xlsx.

    Times of a person that overlap count once. An end before the start is of the next day.

    Parameters
    ----------
    source
        A path, or the content of an uploaded file.
    name
        The name that errors use for uploaded content.
    date_format
        How dates are written, where day and month cannot be told apart.
    limit
        The most bytes, packed and unpacked.

    Raises
    ------
    InvalidFile
        If it lacks a start, an end or a day, or most rows cannot be read.
    """
    file, sheets, notes = sheets_of(source, name, None, limit)
    sheet, header, columns = _table(sheets, file)
    numbered = zip(sheet.rows[header + 1 :], sheet.numbers[header + 1 :], strict=True)
    filled = [(row, number) for row, number in numbered if not is_total(next(filter(None, row), ""))]
    if not filled:
        raise InvalidFile(
            file, str(sheet.numbers[header]), "no row stands below the header", "add a row for each shift"
        )
    rows = [row for row, _ in filled]
    cells = {role: [row[at] for row in rows] for role, at in columns.items()}
    formats = _formats(cells, date_format, file)
    days = midnights(cells["date"], formats).seconds if "date" in cells else None
    times = {
        role: instants(cells[role], days, formats).seconds
        for role in ("start", "end", "break_start", "break_end")
        if role in cells
    }
    begin, end = times["start"], times["end"]
    end = np.where(end < begin, end + DAY, end)
    usable = np.isfinite(begin) & np.isfinite(end) & (end - begin <= _LONGEST)
    if not usable.any() or (~usable).sum() > MOST_UNREADABLE * len(rows):
        at = int(np.flatnonzero(~usable)[0])
        role = "end" if np.isfinite(begin[at]) else "start"
        problem = f"{sheet.rows[header][columns[role]]} is {cells[role][at]!r}: {(~usable).sum()} rows tell no time"
        raise InvalidFile(file, str(filled[at][1]), problem, "write 2026-03-02 08:00, or a date beside")
    if not usable.all():
        notes.append(f"{(~usable).sum()} rows without a start and an end were left out")
    people = cells.get("person", [str(at) for at in range(len(rows))])
    groups = cells.get("group", [""] * len(rows))
    keys = [(groups[at], people[at]) for at in np.flatnonzero(usable)]
    duty, merged = _without_overlaps(keys, begin[usable], end[usable])
    if merged:
        notes.append(f"{merged} times of a person overlap others and count once")
    parts = [(group, first, last, 1.0) for group, first, last in duty]
    if "break_start" in times and "break_end" in times:
        pauses, until = times["break_start"], times["break_end"]
        pauses = np.where(pauses < begin, pauses + DAY, pauses)
        until = np.where(until < pauses, until + DAY, until)
        taken = usable & np.isfinite(pauses) & np.isfinite(until)
        keys = [(groups[at], people[at]) for at in np.flatnonzero(taken)]
        parts += [(*pause, -1.0) for pause in _without_overlaps(keys, pauses[taken], until[taken])[0]]
    begins, ends, weights = (np.array([part[place] for part in parts], dtype=float) for place in (1, 2, 3))
    return LogIns(tuple(part[0] for part in parts), begins, ends, weights, tuple(notes))


def _table(sheets: list[Sheet], file: str) -> tuple[Sheet, int, dict[str, int]]:
    """The first sheet with a header of log-ins, the place of that header, and its columns by role."""
    for sheet in sheets:
        for at, row in enumerate(sheet.rows[:40]):
            columns: dict[str, int] = {}
            for place, cell in enumerate(row):
                if (role := _ROLES.get(plain_words(cell))) is not None:
                    columns.setdefault(role, place)
            if {"start", "end"} <= columns.keys():
                starts = form_of(line[columns["start"]] for line in sheet.rows[at + 1 :])
                if "date" not in columns and starts != "stamp":
                    problem = "start and end are times of day, and no column tells the day"
                    raise InvalidFile(file, str(sheet.numbers[at]), problem, "add a column with the date")
                return sheet, at, columns
    seen = ", ".join(cell for cell in sheets[0].rows[0] if cell)[:120]
    problem = f"no row names a start and an end of duty; the first one is {seen}"
    raise InvalidFile(file, "1", problem, "call the columns agent, date, start, end, break start, break end")


def _formats(cells: dict[str, list[str]], date_format: str | None, file: str) -> Formats:
    if date_format is not None:
        return Formats(date=date_format)
    try:
        dated = {role: texts for role, texts in cells.items() if role in ("date", "start")}
        return Formats(month_first=orders_of_dates(dated))
    except AmbiguousDates as failure:
        problem = f"day and month are ambiguous in {failure}"
        raise InvalidFile(file, "2", problem, "write dates as 2026-03-02, or as 02.03.2026") from None


def _without_overlaps(
    keys: list[tuple[str, str]], begin: Floats, end: Floats
) -> tuple[list[tuple[str, float, float]], int]:
    """Times of each group and person, those that overlap as one, and how many were merged."""
    result: list[tuple[str, float, float]] = []
    merged = 0
    last: tuple[str, str] | None = None
    for at in sorted(range(len(keys)), key=lambda at: (keys[at], begin[at])):
        first, until = float(begin[at]), float(end[at])
        if keys[at] == last and first < result[-1][2]:
            group, start, before = result[-1]
            result[-1] = (group, start, max(before, until))
            merged += 1
        else:
            result.append((keys[at][0], first, until))
        last = keys[at]
    return result, merged
