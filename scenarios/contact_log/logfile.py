"""The rows of a table file as text: CSV, gzipped CSV or xlsx, of bounded size, nothing in it executed."""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scenarios.contact_log.workbook import SAVE_AGAIN, SMALLER, filled_rows, read_workbook
from scenarios.errors import InvalidFile

MOST_BYTES = 100_000_000
"""The most bytes that a file may hold, and the most that it may unpack to."""

Progress = Callable[[int, int], object]
_TOLD = 20_000
"""Rows after which progress is told."""
_STATED = re.compile(r"\ufeff?\s*\"?sep=([,;|\t])\"?\r?\n", re.IGNORECASE)
"""The line in which Excel states the delimiter."""
_DELIMITERS = ",;\t|"
_MOST_TITLE, _LOOK = 30, 20_000
"""Rows within which the header must be, and characters that are looked at for delimiters."""
_GZIP, ZIP, _OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class TextTable:
    """A header and rows of text, each row with its number in the file."""

    name: str
    header: tuple[str, ...]
    rows: list[list[str]]
    numbers: list[int]
    """The line (CSV) or row (xlsx) of each of `rows`, from 1."""
    ragged: list[int]
    """Rows left out because they have too many or too few fields."""
    recoded: list[int]
    """Lines that were not UTF-8 and were read as Windows-1252."""
    first: int = 1
    """The line or row of the header."""


def read_table(
    source: str | Path | bytes,
    name: str = "",
    encoding: str | None = None,
    limit: int = MOST_BYTES,
    expects: str = "",
    progress: Progress | None = None,
) -> TextTable:
    r"""The rows of a file as text; what kind of file it is says its content, not its name.

    Parameters
    ----------
    source
        A path, or the content of an uploaded file.
    name
        The name that errors shall use; a path has its own.
    encoding
        The encoding of a CSV; without it UTF-8, or UTF-16 with its mark.
    limit
        The most bytes, packed and unpacked.
    expects
        A column of the header, by which it is found below a title.
    progress
        Called with rows done and in all; it may raise to stop the reading.

    Raises
    ------
    InvalidFile
        If the file is absent, too large, empty, damaged, or no table.

    Examples
    --------
    >>> table = read_table(b"arrival;type\n8:00;phone\n", "log.csv")
    >>> table.header, table.rows
    (('arrival', 'type'), [['8:00', 'phone']])
    """
    label, raw = unpacked_content(source, name, limit)
    wanted = expects.strip().casefold()
    table = (
        _workbook(raw, label, limit, wanted) if raw.startswith(ZIP) else _csv(raw, label, encoding, wanted, progress)
    )
    if not table.rows and not table.ragged:
        raise InvalidFile(label, "", "the table has no rows", "give a header row and one row for each contact")
    return table


def unpacked_content(source: str | Path | bytes, name: str, limit: int) -> tuple[str, bytes]:
    """The name that errors use, and the bytes of a file, gzip unpacked.

    Raises
    ------
    InvalidFile
        If the file is absent, too large, damaged, or an old workbook.
    """
    label = name or (Path(source).name if not isinstance(source, bytes) else "upload")
    raw = source if isinstance(source, bytes) else _content(Path(source), limit)
    if len(raw) > limit:
        raise _too_large(label, len(raw), limit)
    if raw.startswith(_GZIP):
        raw = _unpacked(raw, label, limit)
    if raw.startswith(_OLD_EXCEL):
        raise InvalidFile(label, "", "this is an old .xls workbook, or one with a password", SAVE_AGAIN)
    return label, raw


def _content(path: Path, limit: int) -> bytes:
    try:
        size = path.stat().st_size
        if size > limit:
            raise _too_large(path.name, size, limit)
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as failure:
        raise InvalidFile(path, "", f"it cannot be opened ({failure.strerror})", "check the path") from None


def _too_large(name: str, size: int, limit: int) -> InvalidFile:
    return InvalidFile(name, "", f"it holds {size / 1e6:.1f} MB, the limit is {limit / 1e6:g} MB", SMALLER)


def _unpacked(raw: bytes, name: str, limit: int) -> bytes:
    """The content of a gzip file, which may be of several members, never more than the limit."""
    parts, size = [], 0
    try:
        while raw.startswith(_GZIP):
            unpacker = zlib.decompressobj(wbits=31)
            part = unpacker.decompress(raw, limit + 1 - size)
            parts.append(part)
            size += len(part)
            if size > limit:
                raise InvalidFile(name, "", f"it unpacks to more than {limit / 1e6:g} MB", SMALLER)
            if not unpacker.eof:
                raise InvalidFile(name, "", "the gzip file is cut off", "fetch it again")
            raw = unpacker.unused_data
    except zlib.error:
        raise InvalidFile(name, "", "the gzip file is damaged", "fetch it again") from None
    return b"".join(parts)


def _csv(raw: bytes, name: str, encoding: str | None, expects: str, progress: Progress | None) -> TextTable:
    text, recoded = decoded_text(raw, name, encoding)
    if "\x00" in text:
        raise InvalidFile(name, "", "it holds bytes that no text has", SAVE_AGAIN)
    stated = _STATED.match(text)
    delimiter = stated[1] if stated else _delimiter(text, expects)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    if stated:
        next(lines)
    rows, numbers = [], []
    try:
        for fields in watched(lines, text, progress):
            if any(map(str.strip, fields)):
                rows.append(fields)
                numbers.append(lines.line_num)
    except csv.Error as failure:
        raise InvalidFile(name, str(lines.line_num), f"not a CSV line ({failure})", "check its quotes") from None
    if not rows:
        raise InvalidFile(name, "", "the file is empty", "give a header row and one row for each contact")
    return _table(name, rows, numbers, recoded, expects)


def watched(lines: Iterable[list[str]], text: str, progress: Progress | None) -> Iterable[list[str]]:
    """The lines of a text, telling how many were given of twice as many: reading them is about half of the work."""
    if progress is None:
        return lines
    return _telling(lines, 2 * text.count("\n"), progress)


def _telling(lines: Iterable[list[str]], wanted: int, progress: Progress) -> Iterator[list[str]]:
    for number, fields in enumerate(lines):
        if number % _TOLD == 0:
            progress(min(number, wanted), wanted)
        yield fields


def _table(name: str, rows: list[list[str]], numbers: list[int], recoded: list[int], expects: str) -> TextTable:
    """The table below its header: the first row that names the expected column, else the first of all."""
    at = next((at for at, row in enumerate(rows[:_MOST_TITLE]) if _names(row, expects)), 0)
    header = tuple(field.strip() for field in rows[at])
    below = list(zip(_trimmed(rows[at + 1 :], len(header)), numbers[at + 1 :], strict=True))
    ragged = [number for row, number in below if len(row) != len(header)]
    if ragged:
        below = [(row, number) for row, number in below if len(row) == len(header)]
    kept, places = [row for row, _ in below], [number for _, number in below]
    return TextTable(name, header, kept, places, ragged, recoded, numbers[at])


def _trimmed(rows: list[list[str]], width: int) -> list[list[str]]:
    """The rows without empty fields beyond the header, as a delimiter at the end of each line makes them."""
    return [row[:width] if len(row) > width and not any(row[width:]) else row for row in rows]


def _names(row: list[str], expects: str) -> bool:
    return bool(expects) and any(field.strip().casefold() == expects for field in row)


def decoded_text(raw: bytes, name: str, encoding: str | None) -> tuple[str, list[int]]:
    """The text of a CSV, and the numbers of lines that were not UTF-8 and were read as Windows-1252.

    Raises
    ------
    InvalidFile
        If it is not in the encoding that was asked for, or that it states.
    """
    wanted = encoding or _encoding(raw)
    try:
        return raw.decode(wanted), []
    except LookupError:
        raise InvalidFile(name, "", f"there is no encoding '{wanted}'", "try utf-8 or cp1252") from None
    except UnicodeDecodeError as failure:
        if encoding or wanted.startswith("utf-16"):
            line = raw.count(b"\n", 0, failure.start) + 1
            raise InvalidFile(name, str(line), f"it is not {wanted}", "name its encoding in the mapping") from None
    lines, recoded = [], []
    for number, packed in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            lines.append(packed.decode())
        except UnicodeDecodeError:
            lines.append(packed.decode("cp1252", errors="replace"))
            recoded.append(number)
    return "\n".join(lines), recoded


def _encoding(raw: bytes) -> str:
    """UTF-8 or, by its mark or by every other byte of its beginning being 0, UTF-16."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = raw[:2000]
    zeros = start[0::2].count(0), start[1::2].count(0)
    if len(start) >= 16 and max(zeros) > 0.4 * len(start) / 2 and min(zeros) == 0:
        return "utf-16-le" if zeros[1] else "utf-16-be"
    return "utf-8-sig"


def _delimiter(text: str, expects: str) -> str:
    """The delimiter that the header has most often, or where a title stands above it, most lines equally often."""
    lines = [line for line in text[:_LOOK].splitlines() if line.strip()][:_MOST_TITLE]
    plain = [re.sub(r'"[^"]*"', "", line) for line in lines] or [""]
    if len(plain) < 3 or not expects or expects in lines[0].casefold():
        return max(_DELIMITERS, key=plain[0].count)

    def regular(delimiter: str) -> tuple[int, int]:
        counts = Counter(count for line in plain if (count := line.count(delimiter)))
        count, often = counts.most_common(1)[0] if counts else (0, 0)
        return often, count

    return max(_DELIMITERS, key=regular)


def _workbook(raw: bytes, name: str, limit: int, expects: str) -> TextTable:
    rows, numbers = filled_rows(next(iter(read_workbook(raw, name, limit, first_only=True).values()), []))
    if not rows:
        raise InvalidFile(name, "", "the first sheet is empty", "put header and contacts on the first sheet")
    return _table(name, rows, numbers, [], expects)
