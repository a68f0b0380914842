"""The table of each sheet: its header below titles, group headers merged into it, and a matrix taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import itemgetter

from scenarios.errors import InvalidFile
from scenarios.interval_report.cells import day_in, form_of, is_clock, is_date, weekday_of
from scenarios.interval_report.header_words import TITLE_QUEUES, is_total, plain_words, role_of
from scenarios.interval_report.mapping import Across
from scenarios.interval_report.sheets import Sheet

_TITLE_LINES = 40
_FEWEST = 4
"""So many times, dates or weekdays across the top make a matrix."""
MATRIX_DATE, MATRIX_START, MATRIX_QUEUE, MATRIX_VALUE = "(date)", "(time)", "(queue)", "(contacts)"
"""Headers of the columns into which a matrix is taken apart."""


_UNNAMED = "column "


@dataclass(frozen=True)
class ReportTable:
    """A header and rows of text, with what the title lines and the name of the sheet say."""

    header: tuple[str, ...]
    rows: list[list[str]]
    numbers: list[int]
    first: int
    """The row of the header."""
    day: str | None
    """A date above the table or in the name of the sheet."""
    queue: str | None
    """A queue named there."""
    across: Across = "nothing"
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def _columns(self) -> dict[int, list[str]]:
        """The cells of the columns that were asked for, by their place."""
        return {}

    def is_header(self, row: list[str]) -> bool:
        """Whether a row repeats the header."""
        folded = self._folded
        return row[0].casefold() == folded[0] and [cell.casefold() for cell in row] == folded

    @cached_property
    def _folded(self) -> list[str]:
        return [name.casefold() for name in self.header]

    @property
    def named_columns(self) -> tuple[str, ...]:
        """The headers that the file has."""
        return tuple(name for name in self.header if not name.startswith(_UNNAMED))

    def column(self, name: str) -> list[str] | None:
        """The cells under a header, whatever the case of its letters; None if there is none."""
        wanted = name.strip().casefold()
        at = next((at for at, header in enumerate(self.header) if header.casefold() == wanted), None)
        if at is None:
            return None
        if at not in self._columns:
            self._columns[at] = list(map(itemgetter(at), self.rows))
        return list(self._columns[at])


def table_of(sheet: Sheet, file: str, across: Across | None = None, wanted: tuple[str, ...] = ()) -> ReportTable:
    """The table of a sheet.

    Parameters
    ----------
    sheet
        Its rows.
    file
        The name that errors use.
    across
        What stands across the top; without it, as the header shows.
    wanted
        Names of columns by which the header is found.

    Raises
    ------
    InvalidFile
        If there is no header.
    """
    at = _header_row(sheet, wanted)
    if at is None:
        seen = ", ".join(cell for cell in sheet.rows[0] if cell)[:120]
        problem = f"no row names columns of an interval report; the first one is {seen}"
        where = f"{sheet.name}:{sheet.numbers[0]}" if sheet.name else str(sheet.numbers[0])
        raise InvalidFile(file, where, problem, "name the columns in a mapping: start, offered, ...")
    header, notes = list(sheet.rows[at]), []
    titles = sheet.rows[:at]
    groups = _groups(sheet.rows[at - 1]) if at else []
    rows, numbers = sheet.rows[at + 1 :], sheet.numbers[at + 1 :]
    names = [plain_words(name) for name in header if name]
    grouped = bool(groups) and len(set(names)) < len(names)
    if groups and not grouped and _score(joined := _joined(groups, header)) > _score(header):
        header, notes = joined, ["headers of two rows are read as one"]
    table = ReportTable(
        tuple(name or f"{_UNNAMED}{place}" for place, name in enumerate(header, start=1)),
        rows,
        numbers,
        sheet.numbers[at],
        _title_day(titles, sheet.name),
        _title_queue(titles),
        notes=tuple(notes),
    )
    table = _by_block(table)
    if grouped and across in (None, "queues"):
        return _by_group(table, groups)
    chosen = across or _across(table)
    return table if chosen == "nothing" else _taken_apart(table, chosen, file)


def _header_row(sheet: Sheet, wanted: tuple[str, ...]) -> int | None:
    rows = sheet.rows[:_TITLE_LINES]
    if wanted:
        folded = {name.strip().casefold() for name in wanted}
        hits = [sum(cell.casefold() in folded for cell in row) for row in rows]
        if max(hits) > 0:
            return hits.index(max(hits))
    scores = [_score(row) for row in rows]
    best = max(scores)
    return scores.index(best) if best >= 2 else None


def _score(row: list[str]) -> float:
    """How many cells of a row are headers of a report, or times, dates or weekdays of a matrix."""
    short = [cell for cell in row if cell and len(cell) < 50]
    roles = sum(role_of(cell)[0] is not None for cell in short if not re.fullmatch(r"[\d\W]+", cell))
    dates = sum(is_date(cell) for cell in short)
    matrix = max(
        sum(is_clock(cell) for cell in short),
        2 * dates if dates > 1 else 0,
        sum(weekday_of(cell) is not None for cell in short),
        _hours(row),
    )
    return roles + (matrix if matrix >= _FEWEST else 0)


def _hours(row: list[str]) -> int:
    """The number of cells that count hours of the day upwards, 0 if they do not."""
    hours = [int(cell) for cell in row if cell.isdigit() and len(cell) <= 2]
    return len(hours) if len(hours) >= 6 and hours == list(range(hours[0], hours[0] + len(hours))) else 0


def _groups(row: list[str]) -> list[str]:
    """A row of merged headers, each over all its columns; empty if it is a title."""
    filled = [at for at, cell in enumerate(row) if cell]
    if len(filled) < 2 or any(cell.endswith(":") for cell in row) or form_of(row) == "number":
        return []
    groups, current = [], ""
    for cell in row:
        current = cell or current
        groups.append(current)
    return groups


def _joined(groups: list[str], header: list[str]) -> list[str]:
    return [f"{group} {name}".strip() if name else group for group, name in zip(groups, header, strict=True)]


def _title_day(titles: list[list[str]], sheet: str) -> str | None:
    """A day that stands alone above the table, or is the name of the sheet; a range of days is none."""
    days = {day for row in titles for cell in row for day in _days_in(cell)}
    return days.pop() if len(days) == 1 else (None if days else day_in(sheet))


def _days_in(cell: str) -> list[str]:
    first = day_in(cell)
    return [] if first is None else [first, *_days_in(cell.replace(first, "", 1))]


def _title_queue(titles: list[list[str]]) -> str | None:
    for row in titles:
        for cell, following in zip(row, [*row[1:], ""], strict=True):
            label, colon, value = cell.partition(":")
            if plain_words(label) in TITLE_QUEUES and (colon or following):
                return (value.strip() or following.strip()) or None
    return None


def _across(table: ReportTable) -> Across:
    """What stands across the top of a table, by its header; ``nothing`` where it names columns."""
    header = list(table.header)
    if sum(is_clock(name) for name in header) >= _FEWEST or _hours(header):
        return "times"
    if sum(is_date(name) for name in header) >= 2:
        return "dates"
    if sum(weekday_of(name) is not None for name in header) >= 5:
        return "weekdays"
    roles = [role_of(name)[0] for name in header]
    counted = {"offered", "answered", "abandoned"} & set(roles)
    forms = [form_of(row[at] for row in table.rows[:200]) for at in range(len(header))]
    unnamed = [
        at
        for at, role in enumerate(roles)
        if role is None and forms[at] == "number" and not header[at].startswith(_UNNAMED)
    ]
    timed = {"date", "start"} & set(roles) or {"stamp", "clock", "date"} & set(forms)
    if not counted and timed and len(unnamed) >= 2:
        return "queues"
    return "nothing"


def _by_block(table: ReportTable) -> ReportTable:
    """Tables below each other under the same header as one, with the queue and the day of the titles above each."""
    begins = [at for at, row in enumerate(table.rows) if table.is_header(row)]
    if not begins:
        return table
    queue, day = table.queue, table.day
    queues: list[str] = []
    days: list[str] = []
    kept: list[int] = []
    begin = 0
    for header_row in [*begins, len(table.rows)]:
        end = header_row
        while header_row < len(table.rows) and end > begin and _is_title(table.rows[end - 1]):
            end -= 1
        kept += range(begin, end)
        queues += [queue or ""] * (end - begin)
        days += [day or ""] * (end - begin)
        titles = table.rows[end:header_row]
        queue, day = _title_queue(titles) or queue, _title_day(titles, "") or day
        begin = header_row + 1
    rows, numbers = [list(table.rows[at]) for at in kept], [table.numbers[at] for at in kept]
    names = list(table.header)
    for column, values in ((MATRIX_QUEUE, queues), (MATRIX_DATE, days)):
        if len(set(values)) > 1:
            names.append(column)
            rows = [[*row, value] for row, value in zip(rows, values, strict=True)]
    note = f"{len(begins) + 1} tables below each other are read as one"
    return replace(table, header=tuple(names), rows=rows, numbers=numbers, notes=(*table.notes, note))


def _is_title(row: list[str]) -> bool:
    """Whether a row holds a title: few cells, and no row of sums."""
    filled = [cell for cell in row if cell]
    return len(filled) <= 2 and not any(is_total(cell) for cell in filled)


def _taken_apart(table: ReportTable, across: Across, file: str) -> ReportTable:
    """A row for each cell of a matrix that holds anything; sums at its right are left out."""
    if across == "weekdays":
        problem = "weekdays stand across the top, without dates: such means tell no history"
        raise InvalidFile(file, str(table.first), problem, "export it by date, or write the dates into the header")
    if across == "times":
        fits = [is_clock(name) or (_hours(list(table.header)) > 0 and name.isdigit()) for name in table.header]
        column = MATRIX_START
    elif across == "dates":
        fits = [is_date(name) for name in table.header]
        column = MATRIX_DATE
    else:
        forms = [form_of(row[at] for row in table.rows[:200]) for at in range(len(table.header))]
        named = [role_of(name)[0] for name in table.header]
        fits = [
            form == "number" and role not in ("date", "start", "end") for form, role in zip(forms, named, strict=True)
        ]
        column = MATRIX_QUEUE
    values = [at for at, fit in enumerate(fits) if fit and not is_total(table.header[at])]
    left = [at for at, fit in enumerate(fits) if not fit and not is_total(table.header[at])]
    rows, numbers = [], []
    for row, number in zip(table.rows, table.numbers, strict=True):
        lead = [row[at] for at in left]
        for at in values:
            if row[at]:
                rows.append([*lead, table.header[at], row[at]])
                numbers.append(number)
    header = (*(table.header[at] for at in left), column, MATRIX_VALUE)
    note = f"a matrix: {across} across the top, {table.header[values[0]]} to {table.header[values[-1]]}"
    return replace(
        table, header=header, rows=rows, numbers=numbers, across=across, notes=(*table.notes, f"{note} (across)")
    )


def _by_group(table: ReportTable, groups: list[str]) -> ReportTable:
    """A table whose columns repeat under each queue (or date) of the row above, with a row for each of them."""
    names = [plain_words(name) for name in table.header]
    repeated = [names.count(name) > 1 for name in names]
    left = [at for at, again in enumerate(repeated) if not again and not groups[at]]
    measures = list(dict.fromkeys(table.header[at] for at, again in enumerate(repeated) if again))
    members = list(dict.fromkeys(groups[at] for at, again in enumerate(repeated) if again and not is_total(groups[at])))
    places = {(groups[at], table.header[at]): at for at, again in enumerate(repeated) if again}
    column = MATRIX_DATE if all(is_date(member) for member in members) else MATRIX_QUEUE
    rows, numbers = [], []
    for row, number in zip(table.rows, table.numbers, strict=True):
        lead = [row[at] for at in left]
        for member in members:
            cells = [row[places[member, name]] if (member, name) in places else "" for name in measures]
            if any(cells):
                rows.append([*lead, member, *cells])
                numbers.append(number)
    header = (*(table.header[at] for at in left), column, *measures)
    note = f"the columns repeat under {members[0]} to {members[-1]}"
    return replace(table, header=header, rows=rows, numbers=numbers, across="queues", notes=(*table.notes, note))
