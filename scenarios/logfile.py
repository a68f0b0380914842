"""The rows of a table file as text: CSV, gzipped CSV or xlsx, of bounded size, nothing in it executed."""

from __future__ import annotations

import csv
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from scenarios.errors import InvalidFile
from scenarios.workbook import SAVE_AGAIN, SMALLER, read_workbook

MOST_BYTES = 100_000_000
"""The most bytes that a file may hold, and the most that it may unpack to."""

_STATED = re.compile(r"\ufeff?\s*\"?sep=([,;|\t])\"?\r?\n", re.IGNORECASE)
"""The line in which Excel states the delimiter."""
_GZIP, _ZIP, _OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


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


def read_table(
    source: str | Path | bytes, name: str = "", encoding: str | None = None, limit: int = MOST_BYTES
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
    label = name or (Path(source).name if not isinstance(source, bytes) else "upload")
    raw = source if isinstance(source, bytes) else _content(Path(source), limit)
    if len(raw) > limit:
        raise _too_large(label, len(raw), limit)
    if raw.startswith(_GZIP):
        raw = _unpacked(raw, label, limit)
    if raw.startswith(_OLD_EXCEL):
        raise InvalidFile(label, "", "this is an old .xls workbook, or one with a password", SAVE_AGAIN)
    table = _workbook(raw, label, limit) if raw.startswith(_ZIP) else _csv(raw, label, encoding)
    if not table.rows and not table.ragged:
        raise InvalidFile(label, "", "the table has no rows", "give a header row and one row for each contact")
    return table


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


def _csv(raw: bytes, name: str, encoding: str | None) -> TextTable:
    text, recoded = _decoded(raw, name, encoding)
    if "\x00" in text:
        raise InvalidFile(name, "", "it holds bytes that no text has", SAVE_AGAIN)
    stated = _STATED.match(text)
    lines = csv.reader(
        io.StringIO(text, newline=""), delimiter=stated[1] if stated else _delimiter(text), strict=True
    )
    if stated:
        next(lines)
    header: tuple[str, ...] = ()
    rows, numbers, ragged = [], [], []
    try:
        for fields in lines:
            if not any(field.strip() for field in fields):
                continue
            if not header:
                header = _header(fields)
            elif len(fields) == len(header):
                rows.append(fields)
                numbers.append(lines.line_num)
            else:
                ragged.append(lines.line_num)
    except csv.Error as failure:
        raise InvalidFile(name, str(lines.line_num), f"not a CSV line ({failure})", "check its quotes") from None
    if not header:
        raise InvalidFile(name, "", "the file is empty", "give a header row and one row for each contact")
    return TextTable(name, header, rows, numbers, ragged, recoded)


def _decoded(raw: bytes, name: str, encoding: str | None) -> tuple[str, list[int]]:
    """The text, and the numbers of lines that were not UTF-8."""
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
    if max(zeros) > 0.3 * len(start) / 2 and min(zeros) == 0:
        return "utf-16-le" if zeros[1] else "utf-16-be"
    return "utf-8-sig"


def _delimiter(text: str) -> str:
    """The most frequent of the usual delimiters in the first line that says anything, quoted parts left out."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    plain = re.sub(r'"[^"]*"', "", first)
    return max(",;\t|", key=plain.count)


def _header(fields: list[str]) -> tuple[str, ...]:
    return tuple(field.strip() for field in fields)


def _workbook(raw: bytes, name: str, limit: int) -> TextTable:
    rows = read_workbook(raw, name, limit)
    if not rows:
        raise InvalidFile(name, "", "the first sheet is empty", "put header and contacts on the first sheet")
    (_, first), *others = rows
    return TextTable(name, _header(first), [row for _, row in others], [at for at, _ in others], [], [])
