"""The rows of every sheet of a report as text: CSV in any usual encoding and separator, or an xlsx workbook."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from scenarios.contact_log.logfile import MOST_BYTES, ZIP, Progress, decoded_text, unpacked_content, watched
from scenarios.contact_log.workbook import SAVE_AGAIN, filled_rows, read_workbook
from scenarios.errors import InvalidFile
from scenarios.interval_report.header_words import role_of
from scenarios.log_mapping.words import log_role_of

_DELIMITERS = ",;\t|"
_STATED = re.compile(r"\ufeff?\s*\"?sep=([,;|\t])\"?\r?\n", re.IGNORECASE)
_LOOK = 60
"""Lines that are looked at for the delimiter and the encoding."""
_CODE_PAGES = ("cp1252", "cp1251", "cp1256", "koi8-r", "mac_roman")
"""Encodings of files that are not UTF-8, the likeliest first."""


@dataclass(frozen=True)
class Sheet:
    """Rows of text of equal width, each with its number in the file."""

    name: str
    """Empty for a CSV."""
    rows: list[list[str]]
    numbers: list[int]


def sheets_of(
    source: str | Path | bytes,
    name: str = "",
    encoding: str | None = None,
    limit: int = MOST_BYTES,
    progress: Progress | None = None,
) -> tuple[str, list[Sheet], list[str]]:
    r"""The name of a file, its sheets that hold anything, and how its text was read where that is not plain.

    Raises
    ------
    InvalidFile
        If the file is absent, too large, empty or damaged.

    Examples
    --------
    >>> _, (sheet,), _ = sheets_of(b"Report;;\nInterval;Offered;AHT\n08:00;20;312,5\n", "day.csv")
    >>> sheet.rows[2]
    ['08:00', '20', '312,5']
    """
    label, raw = unpacked_content(source, name, limit)
    if raw.startswith(ZIP):
        sheets = [
            Sheet(name, *_padded(*filled_rows(cells)))
            for name, cells in read_workbook(raw, label, limit).items()
            if any(map(any, cells))
        ]
        notes: list[str] = []
    else:
        text, notes = _text(raw, label, encoding)
        sheets = [Sheet("", *_lines(text, label, progress))]
    if not sheets or not any(sheet.rows for sheet in sheets):
        raise InvalidFile(label, "", "the file is empty", "give a header row and one row for each interval")
    return label, sheets, notes


def _text(raw: bytes, name: str, encoding: str | None) -> tuple[str, list[str]]:
    text, recoded = decoded_text(raw, name, encoding)
    if "\x00" in text:
        raise InvalidFile(name, "", "it holds bytes that no text has", SAVE_AGAIN)
    if not recoded:
        return text, []
    chosen = code_page(raw)
    note = f"encoding: not UTF-8, read as {chosen} ({len(recoded):,} lines; encoding in the mapping)"
    return (text if chosen == "cp1252" else raw.decode(chosen, errors="replace")), [note]


def code_page(raw: bytes) -> str:
    """The encoding, other than UTF-8, in which most cells of the first lines are headers that are known.

    Examples
    --------
    >>> code_page("Дата;Звонки".encode("cp1251"))
    'cp1251'
    """
    return max(_CODE_PAGES, key=lambda page: _known_words(raw, page))


def _known_words(raw: bytes, page: str) -> int:
    """How many cells of the first lines are headers that are known, in an encoding."""
    lines = raw[:20_000].decode(page, errors="replace").splitlines()[:_LOOK]
    cells = [cell for line in lines for cell in re.split(r"[,;\t|]", line)]
    return sum(
        bool(role_of(cell)[0] or log_role_of(cell)) for cell in cells if any(letter.isalpha() for letter in cell)
    )


def _lines(text: str, name: str, progress: Progress | None) -> tuple[list[list[str]], list[int]]:
    stated = _STATED.match(text)
    delimiter = stated[1] if stated else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, numbers = [], []
    try:
        if stated:
            next(reader)
        for fields in watched(reader, text, progress):
            cells = list(map(str.strip, fields))
            if any(cells):
                rows.append(cells)
                numbers.append(reader.line_num)
    except csv.Error as failure:
        raise InvalidFile(name, str(reader.line_num), f"not a CSV line ({failure})", "check its quotes") from None
    return _padded(rows, numbers)


def _delimiter(text: str) -> str:
    """The delimiter that most lines have equally often, and of equals the one that they have oftenest."""
    lines = [line for line in text[:40_000].splitlines() if line.strip()][:_LOOK]
    plain = [re.sub(r'"[^"]*"', "", line) for line in lines]

    def regular(delimiter: str) -> tuple[int, int]:
        counts = Counter(count for line in plain if (count := line.count(delimiter)))
        count, often = counts.most_common(1)[0] if counts else (0, 0)
        return often, count

    return max(_DELIMITERS, key=regular)


def _padded(rows: list[list[str]], numbers: list[int]) -> tuple[list[list[str]], list[int]]:
    width = max((len(row) for row in rows), default=0)
    return [row + [""] * (width - len(row)) if len(row) < width else row for row in rows], numbers
