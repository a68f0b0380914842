"""The sheets of an xlsx workbook as rows of text, after its size is known to be harmless."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from copy import copy
from datetime import date, datetime, time, timedelta
from typing import Any

from scenarios.errors import InvalidFile

SAVE_AGAIN = "save it again as CSV (UTF-8) or xlsx"
SMALLER = "split it by weeks, or leave out columns that are not needed"
MOST_CELLS = 20_000_000
"""The most cells in the rectangle that a sheet spans, empty ones included: readers keep all of them in memory."""

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""The size of a sheet of Excel: no cell lies beyond it."""

_CHUNK = 1 << 20
_TAG = re.compile(rb"<(?:[\w.-]+:)?(row|c)(?=[\s/>])((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([^\"']*)[\"']")
_CELL = re.compile(rb"([A-Za-z]{1,3})([0-9]{1,7})")
_OPEN = re.compile(rb"<(?:[\w.-]+:)?(?:row|c)[\s/>]|<[\w.:-]{0,64}$")
_LONGEST_TAG = 65_536
"""The most bytes in the tag of a row or a cell."""


def read_workbook(
    raw: bytes, name: str, limit: int, *, first_only: bool = False, merged: bool = True
) -> dict[str, list[list[str]]]:
    """The cells of every sheet as text, from A1, by the name of the sheet; formulas give their stored value.

    Parameters
    ----------
    raw, name
        The content, and the name that errors use.
    limit
        The most bytes that it may unpack to.
    first_only
        Whether the first sheet is enough.
    merged
        Whether cells may be merged: only the first of them holds the value.

    Raises
    ------
    InvalidFile
        If it is no xlsx workbook, is damaged, unpacks to more than the limit, or has merged cells that it may not have.

    Examples
    --------
    >>> import xlsxwriter
    >>> out = io.BytesIO()
    >>> with xlsxwriter.Workbook(out) as book:
    ...     _ = book.add_worksheet("people").write_row(1, 1, ["Ana", 12.5])
    >>> read_workbook(out.getvalue(), "people.xlsx", 1_000_000)
    {'people': [['', '', ''], ['', 'Ana', '12.5']]}
    """
    _check_size(raw, name, limit)
    result = {}
    for sheet, cells, ranges in _loaded(raw, name, first_only):
        if ranges and not merged:
            (row, column), _ = ranges[0]
            raise InvalidFile(
                name,
                cell_name(row, column, sheet),
                "cells are merged",
                "unmerge them, and write a value into each cell",
            )
        result[sheet] = [[_written(cell) for cell in row] for row in cells]
    return result


def filled_rows(cells: list[list[str]]) -> tuple[list[list[str]], list[int]]:
    """The rows that hold anything, and the number of each from 1.

    Examples
    --------
    >>> filled_rows([["", ""], ["arrival", "type"]])
    ([['arrival', 'type']], [2])
    """
    numbers = [number for number, row in enumerate(cells, start=1) if any(row)]
    return [cells[number - 1] for number in numbers], numbers


def cell_name(row: int, column: int, sheet: str) -> str:
    """A cell as Excel names it, from row and column counted from 0.

    Examples
    --------
    >>> cell_name(3, 27, "people")
    'people!AB4'
    """
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{sheet}!{letters}{row + 1}"


def _loaded(raw: bytes, name: str, first_only: bool) -> list[tuple[str, list[list[Any]], Any]]:
    """Name, cells and merged ranges of sheets; a panic of the reader, which is no Exception, is an error like any."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
        names = book.sheet_names[:1] if first_only else book.sheet_names
        sheets = [(sheet, book.get_sheet_by_name(sheet)) for sheet in names]
        return [(sheet, cells.to_python(skip_empty_area=False), cells.merged_cell_ranges) for sheet, cells in sheets]
    except BaseException as failure:
        if not isinstance(failure, Exception) and type(failure).__name__ != "PanicException":
            raise
        problem = f"the workbook cannot be read ({str(failure)[:100] or type(failure).__name__})"
        raise InvalidFile(name, "", problem, SAVE_AGAIN) from None


class _Extent:
    """The rectangle that the rows and cells of one part span, counted as readers count them.

    A row or cell without a reference stands right after the one before it; references may be in lower case.
    """

    def __init__(self) -> None:
        self.rows, self.columns = 1, 1
        self._row, self._column = 0, 0

    def add(self, tag: bytes, attributes: bytes) -> None:
        """Take in the start tag of a row or a cell."""
        match = _REFERENCE.search(attributes)
        if tag == b"row":
            if match is not None and not match[1].isdigit():
                raise ValueError(match[1])
            self._row, self._column = (self._row + 1 if match is None else int(match[1])), 0
        elif match is None:
            self._column += 1
            self.rows = max(self.rows, self._row)
            self.columns = max(self.columns, self._column)
        else:
            cell = _CELL.fullmatch(match[1])
            if cell is None:
                raise ValueError(match[1])
            self._column = _column(cell[1].upper())
            self.rows, self.columns = max(self.rows, int(cell[2])), max(self.columns, self._column)


def _check_size(raw: bytes, name: str, limit: int) -> None:
    """Unpack every part and count, because the sizes that an archive states may be lies.

    A reader lays out the whole rectangle that the cells span, and ends the process where memory does not suffice.
    """
    size = 0
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise InvalidFile(name, "", "this archive is no xlsx workbook", SAVE_AGAIN)
            for part in archive.infolist():
                tail, extent = b"", _Extent()
                for chunk in _chunks(archive, part, limit):
                    size += len(chunk)
                    if size > limit:
                        raise InvalidFile(name, "", f"it unpacks to more than {limit / 1e6:g} MB", SMALLER)
                    if part.filename.endswith(".xml") and b"\x00" in chunk:
                        raise InvalidFile(name, "", f"{part.filename} is not UTF-8", SAVE_AGAIN)
                    tail = _count(tail + chunk, extent, part.filename, name)
                _refuse_too_many(extent, name)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError):
        raise InvalidFile(name, "", "the archive is damaged, locked, or no workbook", SAVE_AGAIN) from None


def _count(text: bytes, extent: _Extent, part: str, name: str) -> bytes:
    """Count the whole tags of a text; the part of it that may be the beginning of a tag."""
    end = 0
    for match in _TAG.finditer(text):
        try:
            extent.add(match[1], match[2])
        except ValueError:
            if not part.endswith(".xml"):
                continue  # a picture may hold anything
            problem = f"{part} has a cell or row at {match[2][:40].decode('ascii', 'replace').strip()}"
            raise InvalidFile(name, "", problem, SAVE_AGAIN) from None
        end = match.end()
    begun = _OPEN.search(text, end)
    tail = text[end:][-16:] if begun is None else text[begun.start() :]
    if len(tail) > _LONGEST_TAG:
        if part.endswith(".xml"):
            raise InvalidFile(name, "", f"{part} holds a tag that does not end", SAVE_AGAIN)
        return b""
    return tail


def _refuse_too_many(extent: _Extent, name: str) -> None:
    rows, columns = extent.rows, extent.columns
    if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        problem = f"its cells span {rows} rows x {columns} columns, more than {MOST_CELLS / 1e6:g} million cells"
        if rows > MOST_ROWS or columns > MOST_COLUMNS:
            problem = f"its cells span {rows} rows x {columns} columns, more than a sheet of Excel has"
        raise InvalidFile(name, "", problem, "delete stray cells far outside the table")


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limit: int) -> Iterator[bytes]:
    honest = copy(part)
    honest.file_size = limit + _CHUNK  # read on until the packed data ends, whatever size is stated
    with archive.open(honest) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _column(letters: bytes) -> int:
    """The number of a column from its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def _written(cell: object) -> str:
    """A cell as the text that the same value has in a CSV."""
    match cell:
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return f"{cell.total_seconds():.15g}"
        case float():
            return f"{cell:.15g}"
        case _:
            return str(cell).strip()
