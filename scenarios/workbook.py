"""The first sheet of an xlsx workbook as rows of text, after its size is known to be harmless."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from copy import copy
from datetime import date, datetime, time, timedelta

from scenarios.errors import InvalidFile

SAVE_AGAIN = "save it again as CSV (UTF-8) or xlsx"
SMALLER = "split it by weeks, or leave out columns that are not needed"
MOST_CELLS = 20_000_000
"""The most cells in the rectangle that a sheet spans, empty ones included: readers keep all of them in memory."""

_CHUNK = 1 << 20
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Z]{0,3})([0-9]{1,7})[\"']")
_OVERLAP = 64
"""Bytes kept from one chunk to the next so that no cell reference is cut in two."""


def read_workbook(raw: bytes, name: str, limit: int) -> list[tuple[int, list[str]]]:
    """The rows of the first sheet that hold anything, each with its number from 1; formulas give their stored value.

    Raises
    ------
    InvalidFile
        If it is no xlsx workbook, is damaged, or would unpack to more than the limit.

    Examples
    --------
    >>> import xlsxwriter
    >>> out = io.BytesIO()
    >>> with xlsxwriter.Workbook(out) as book:
    ...     _ = book.add_worksheet().write_row(0, 0, ["arrival", 12.5, True])
    >>> read_workbook(out.getvalue(), "log.xlsx", 1_000_000)
    [(1, ['arrival', '12.5', 'True'])]
    """
    _check_size(raw, name, limit)
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
        cells = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, IndexError, ValueError) as failure:
        raise InvalidFile(name, "", f"the workbook cannot be read ({failure})", SAVE_AGAIN) from None
    rows = [(at, [_written(cell) for cell in row]) for at, row in enumerate(cells, start=1)]
    return [(at, row) for at, row in rows if any(row)]


def _check_size(raw: bytes, name: str, limit: int) -> None:
    """Unpack every part and count, because the sizes that an archive states may be lies."""
    size, rows, columns = 0, 1, 1
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise InvalidFile(name, "", "this archive is no xlsx workbook", SAVE_AGAIN)
            for part in archive.infolist():
                tail = b""
                for chunk in _chunks(archive, part, limit):
                    size += len(chunk)
                    if size > limit:
                        raise InvalidFile(name, "", f"it unpacks to more than {limit / 1e6:g} MB", SMALLER)
                    if part.filename.endswith(".xml") and b"\x00" in chunk:
                        raise InvalidFile(name, "", f"{part.filename} is not UTF-8", SAVE_AGAIN)
                    for letters, number in _PLACE.findall(tail + chunk):
                        rows, columns = max(rows, int(number)), max(columns, _column(letters))
                    tail = chunk[-_OVERLAP:]
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError):
        raise InvalidFile(name, "", "the archive is damaged, locked, or no workbook", SAVE_AGAIN) from None
    if rows * columns > MOST_CELLS:
        problem = f"its cells span {rows} rows x {columns} columns, more than {MOST_CELLS / 1e6:g} million cells"
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
