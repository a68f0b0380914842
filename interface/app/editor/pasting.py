"""A block pasted from a spreadsheet, read on the server: the edits that it means, or what is wrong with which cell."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from interface.app.editor.cells import rewritten
from scenarios.contact_log import numerals
from scenarios.contact_log.numerals import Mark
from scenarios.errors import InvalidScenario, InvalidValue

Separator = Literal["tab", "semicolon", "comma", "none"]
Read = Callable[[str, str], str]
"""What the text of a cell of a column is read as, `read(column, text)`; raises InvalidValue."""

_DELIMITERS: dict[Separator, str] = {"tab": "\t", "semicolon": ";", "comma": ","}
_TIME = re.compile(r"([0-9]{1,2})[:.h]([0-9]{2})(?::[0-9]{2})?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE)


@dataclass(frozen=True)
class PasteTarget:
    """The grid that a block is pasted into."""

    rows: Sequence[str]
    """The labels of its rows: times of day, or names."""
    columns: Mapping[str, Read]
    """Its columns, and how the text of each is read."""
    row_name: str = "row"
    """What a row is called, as in ``interval``."""
    blank: str | None = None
    """The value that an emptied cell gets; None leaves it empty."""
    words: frozenset[str] = frozenset()
    """Columns that hold no number: their edits are what their texts are read as."""

    def row(self, label: str) -> int | None:
        """The row with a label, however a spreadsheet writes a time."""
        wanted = _label(label)
        return next((index for index, name in enumerate(self.rows) if _label(name) == wanted), None)

    def column(self, label: str) -> str | None:
        """The column with a label."""
        wanted = _squeezed(label)
        return next((name for name in self.columns if _squeezed(name) == wanted), None)


@dataclass(frozen=True)
class Problem:
    """A cell that cannot be read: where it is in the block, counted from 1, and in the grid."""

    row: int
    column: int
    text: str
    remedy: str
    place: str = ""
    """The cell of the grid, in words."""
    cell: tuple[int, str] | None = None
    """Its row and column in the grid; None where the grid has no such cell."""

    def in_words(self) -> str:
        """The cell, its text, and what to do."""
        if not self.row:
            return f"{self.place}: '{self.text}'; {self.remedy}"
        place = f" ({self.place})" if self.place else ""
        return f"Row {self.row}, column {self.column}{place}: '{self.text}'; {self.remedy}"


@dataclass(frozen=True)
class PlacedText:
    """A text for a cell of the grid, with its row and column in a pasted block, counted from 1; 0 for a typed one."""

    row: int
    column: str
    text: str
    block_row: int = 0
    block_column: int = 0


@dataclass(frozen=True)
class Block:
    """Texts as they are read."""

    edits: Mapping[int, Mapping[str, str | None]] = field(default_factory=dict)
    """By row of the grid and column; None empties a cell. Texts can be read in one way only."""
    shown: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """What each of them is read as."""
    problems: tuple[Problem, ...] = ()
    marks: tuple[Mark, ...] = ()
    """The decimal marks between which the person must choose."""
    example: str = ""
    """A number that depends on the choice."""
    texts: tuple[PlacedText, ...] = ()
    """What was read."""

    @property
    def ready(self) -> bool:
        """Whether it can be taken as a whole."""
        return bool(self.edits) and not (self.problems or self.marks)


def read_block(text: str, target: PasteTarget, first_row: int = 0, first_column: int = 0) -> Block:
    r"""The edits that a pasted block means, whole or not at all.

    Parameters
    ----------
    text
        Cells as spreadsheets copy them, separated by tabs, or CSV. A first row with names of columns and a first column
        with labels of rows say where the cells belong.
    target
        The grid.
    first_row, first_column
        Where the block begins, as far as it does not say so itself.

    Examples
    --------
    >>> grid = PasteTarget(["08:00", "08:30"], {"calls": lambda name, text: text})
    >>> read_block("Time\tcalls\n8:00\t1,221\n8:30\t12,5", grid).edits
    {0: {'calls': '1.2210'}, 1: {'calls': '12.5'}}
    >>> read_block("8:00\t1,221", grid).marks
    ('point', 'comma')
    """
    try:
        cells = _cells(text, _separator(text))
    except csv.Error:
        return Block(problems=(Problem(1, 1, text[:20], "quotation mark not closed; copy the cells again"),))
    if not cells:
        return Block()
    layout = _layout(cells, target, first_row, first_column)
    block = read_texts(layout.texts(), target)
    problems = sorted((*layout.problems, *block.problems), key=lambda problem: (problem.row, problem.column))
    return replace(block, problems=tuple(problems))


def read_texts(texts: Sequence[PlacedText], target: PasteTarget, mark: Mark | None = None) -> Block:
    """The edits that texts of cells mean together: one that can be read in one way only decides for all.

    `mark` is the decimal mark, where it was chosen.

    Examples
    --------
    >>> grid = PasteTarget(["08:00", "08:30"], {"calls": lambda name, text: text})
    >>> read_texts([PlacedText(0, "calls", "1,221")], grid, "point").edits
    {0: {'calls': '1221'}}
    """
    numbers = [part.text for part in texts if part.text and part.column not in target.words]
    written = [numeral for text in numbers for numeral in numerals.numerals(text)]
    possible = numerals.marks(written)
    if not possible:
        return Block(problems=_contradictions(texts, target), texts=tuple(texts))
    example = next(filter(numerals.is_ambiguous, written), "")
    asked = numerals.MARKS if len(possible) > 1 and example and mark is None else ()
    decimal = mark if mark in possible else next(mark for mark in numerals.MARKS if mark in possible)
    edits: dict[int, dict[str, str | None]] = {}
    shown: dict[int, dict[str, str]] = {}
    problems: list[Problem] = []
    for part in texts:
        name = part.column
        value = (target.blank or "") if not part.text else part.text
        value = value if name in target.words else rewritten(value, decimal)
        try:
            reading = target.columns[name](name, value)
        except (InvalidValue, InvalidScenario) as wrong:
            problems.append(_problem(part, target, wrong.remedy))
            reading = value
        shown.setdefault(part.row, {})[name] = reading
        edits.setdefault(part.row, {})[name] = (reading if name in target.words else value) or None
    return Block(edits, shown, tuple(problems), asked, example if asked else "", tuple(texts))


def _problem(part: PlacedText, target: PasteTarget, remedy: str) -> Problem:
    place = f"{part.column}, {target.rows[part.row]}"
    return Problem(part.block_row, part.block_column, part.text, remedy, place, (part.row, part.column))


# -- cells ---------------------------------------------------------------------------------------------------


def _separator(text: str) -> Separator:
    """What separates the cells: the tabs of a spreadsheet, a semicolon, or a comma where that cannot be decimal."""
    if "\t" in text:
        return "tab"
    if ";" in text:
        return "semicolon"
    lines = [line.strip().strip('"') for line in text.splitlines() if line.strip()]
    with_comma = [line for line in lines if "," in line]
    if all(any(numerals.value(line, mark) is not None for mark in numerals.MARKS) for line in with_comma):
        return "none"
    return "comma"


def _cells(text: str, separator: Separator) -> list[list[str]]:
    if separator == "none":
        rows = [[line.strip().removeprefix('"').removesuffix('"')] for line in text.splitlines()]
    else:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_DELIMITERS[separator]))
    tidy = [[cell.strip() for cell in row] for row in rows]
    while tidy and not any(tidy[-1]):
        tidy.pop()
    width = max((len(row) for row in tidy), default=0)
    while width and not any(row[width - 1] for row in tidy if len(row) >= width):
        width -= 1
    return [(row + [""] * width)[:width] for row in tidy]


def _squeezed(text: str) -> str:
    return " ".join(text.split()).casefold()


def _label(text: str) -> str:
    """A label of a row; times of day as minutes, of a span its beginning."""
    match = _TIME.search(text)
    if match is None:
        return _squeezed(text)
    hour, minute, half = int(match[1]), int(match[2]), (match[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour}:{minute:02d}"


# -- where cells belong --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Layout:
    """Cells of a block with the rows and columns of the grid that they belong to."""

    cells: list[list[str]]
    rows: dict[int, int]
    """Row of the block to row of the grid."""
    columns: dict[int, str]
    """Column of the block to column of the grid."""
    problems: tuple[Problem, ...] = ()

    def texts(self) -> list[PlacedText]:
        """The cells that the grid has."""
        return [
            PlacedText(row, name, self.cells[at][column], at + 1, column + 1)
            for at, row in self.rows.items()
            for column, name in self.columns.items()
        ]


def _layout(cells: list[list[str]], target: PasteTarget, first_row: int, first_column: int) -> _Layout:
    named = any(target.column(text) is not None for text in cells[0])
    first = 1 if named else 0
    labelled = _has_labels(cells[first:], target)
    columns, bad_columns = _columns(cells, target, first_column, named=named, labelled=labelled)
    rows, bad_rows = _rows(cells, target, first_row, first, labelled=labelled)
    return _Layout(cells, rows, columns, (*bad_columns, *bad_rows))


def _has_labels(body: list[list[str]], target: PasteTarget) -> bool:
    """Whether the first column holds labels of rows: names of them, or times of day where these are times."""
    clock = bool(target.rows) and bool(_TIME.fullmatch(target.rows[0]))
    for row in body:
        text = row[0]
        if target.row(text) is not None and numerals.value(text, "point") is None:
            return True
        if clock and ":" in text:
            return True
    return False


def _columns(
    cells: list[list[str]], target: PasteTarget, first_column: int, *, named: bool, labelled: bool
) -> tuple[dict[int, str], list[Problem]]:
    columns: dict[int, str] = {}
    problems: list[Problem] = []
    names, known = list(target.columns), ", ".join(target.columns)
    for at in range(1 if labelled else 0, len(cells[0])):
        name: str | None
        if named:
            text = cells[0][at]
            name = target.column(text)
            if name is None and (text or any(row[at] for row in cells)):
                problems.append(Problem(1, at + 1, text, f"not a column of this table; it has {known}"))
        else:
            place = first_column + at - labelled
            name = names[place] if place < len(names) else None
            if name is None:
                problems.append(Problem(1, at + 1, cells[0][at], f"beyond the last column, {names[-1]}"))
        if name is not None and name in columns.values():
            problems.append(Problem(1, at + 1, name, "duplicate column"))
        elif name is not None:
            columns[at] = name
    return columns, problems


def _rows(
    cells: list[list[str]], target: PasteTarget, first_row: int, first: int, *, labelled: bool
) -> tuple[dict[int, int], list[Problem]]:
    rows: dict[int, int] = {}
    problems: list[Problem] = []
    for at in range(first, len(cells)):
        text = cells[at][0]
        if labelled:
            row = target.row(text)
            if row is None:
                labels = f"{target.rows[0]} to {target.rows[-1]}"
                problems.append(Problem(at + 1, 1, text, f"not a row of this table; it has {labels}"))
                continue
        else:
            row = first_row + at - first
            if row >= len(target.rows):
                remedy = f"beyond the last {target.row_name}, {target.rows[-1]}"
                problems.append(Problem(at + 1, 1, text, remedy))
                continue
        if row in rows.values():
            problems.append(Problem(at + 1, 1, text, f"duplicate {target.row_name}"))
        rows[at] = row
    return rows, problems


# -- what cells mean -----------------------------------------------------------------------------------------


def _contradictions(texts: Sequence[PlacedText], target: PasteTarget) -> tuple[Problem, ...]:
    """The cells that can be read with the decimal mark of fewer cells only."""
    by_mark: dict[Mark, list[Problem]] = {mark: [] for mark in numerals.MARKS}
    for part in texts:
        possible = numerals.marks(numerals.numerals(part.text)) if part.column not in target.words else ()
        if len(possible) == 1:
            (mark,) = possible
            remedy = f"decimal {mark}, but other cells use the other decimal mark; use the same one in all cells"
            by_mark[mark].append(_problem(part, target, remedy))
    return tuple(sorted(by_mark.values(), key=len)[0])
