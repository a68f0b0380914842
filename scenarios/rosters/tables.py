"""Tables of people and shifts from YAML or Excel: rows whose cells know where they stand, so that errors name them.

In YAML a table is a list of mappings, in Excel a sheet with its columns in the first row that is not empty, in CSV the
whole file, whose name is that of the table.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from scenarios.contact_log.workbook import cell_name, read_workbook
from scenarios.errors import InvalidFile, InvalidValue
from scenarios.units import seconds
from scenarios.yaml import parse

LARGEST_FILE = 50_000_000
MINUTE = 60


@dataclass(frozen=True)
class Row:
    """A row of a table, its cells by column."""

    path: Path
    where: str
    cells: Mapping[str, Any]
    places: Mapping[str, str] = field(default_factory=dict)

    def refuse(self, column: str, problem: str, remedy: str) -> NoReturn:
        """Raise an error at a cell."""
        raise InvalidFile(self.path, self.places.get(column, self.where), problem, remedy, column)

    def given(self, column: str) -> bool:
        """Whether the cell is filled in."""
        return self.cells.get(column) not in (None, "", [], {})

    def text(self, column: str, default: str | None = None) -> str:
        """A cell as text; without a default it must be filled in."""
        if not self.given(column):
            if default is None:
                self.refuse(column, "it is empty", "fill it in")
            return default
        value = self.cells[column]
        if isinstance(value, list | dict):
            self.refuse(column, "it is a list", "write one text")
        return str(value).strip()

    def names(self, column: str) -> list[str]:
        """A cell as names: a list, or text with commas."""
        value = self.cells.get(column)
        parts = value if isinstance(value, list) else self.text(column, "").split(",")
        return [str(part).strip() for part in parts if str(part).strip()]

    def number(self, column: str, default: float, *, whole: bool = False) -> float:
        """A cell as a number of at least 0."""
        if not self.given(column):
            return default
        value = self.cells[column]
        try:
            number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else -1.0
        except ValueError:
            self.refuse(column, f"{value!r} is not a number", "write digits only, as in 12")
        if not 0 <= number < 1e9:
            self.refuse(column, f"{value!r} cannot be used", "give a number of at least 0")
        if whole and number != int(number):
            self.refuse(column, f"{value!r} is not a whole number", "write a whole number, as in 12")
        return number

    def whole(self, column: str, default: int, least: int = 0) -> int:
        """A cell as a whole number."""
        number = int(self.number(column, default, whole=True))
        if number < least:
            self.refuse(column, f"{number} cannot be used", f"give a whole number of at least {least}")
        return number

    def minutes(self, column: str, default: int | None = None) -> int:
        """A cell with a time such as 08:30, 30 min or 7.5 h, in whole minutes."""
        if default is not None and not self.given(column):
            return default
        text = self.text(column)
        try:
            value = seconds(text, column) / MINUTE
        except InvalidValue as error:
            self.refuse(column, error.problem, "write a time such as 08:30, 30 min or 7.5 h")
        if value != int(value):
            self.refuse(column, f"{text!r} cannot be used", "write whole minutes")
        return int(value)

    def date(self, column: str) -> date:
        """A cell with a date."""
        text = self.text(column)
        try:
            return date.fromisoformat(text.removesuffix(" 00:00:00"))
        except ValueError:
            self.refuse(column, f"{text!r} is not a date", "write it as in 2026-03-02")

    def limits(self, column: str) -> dict[str, int]:
        """A cell with the most of some shifts: a mapping, or text such as ``night 4, late 9``."""
        value = self.cells.get(column)
        pairs = value.items() if isinstance(value, dict) else (part.rsplit(None, 1) for part in self.names(column))
        limits = {}
        for pair in pairs:
            name, most = [*map(str, pair), ""][:2]
            if not most.isdigit():
                self.refuse(column, f"{' '.join(map(str, pair))!r} cannot be used", "write shift and number: night 4")
            limits[name.rstrip(":")] = int(most)
        return limits


Tables = dict[str, list[Row]]


def read_tables(path: Path, columns: Mapping[str, tuple[str, ...]]) -> Tables:
    """The rows of the tables of a file, by the name of the table.

    Parameters
    ----------
    columns
        The columns of each table by name; other sheets of a workbook are not read.

    Raises
    ------
    InvalidFile
        If the file cannot be read, or has a table or column of another name.
    """
    return tables_from(file_content(path), path, columns)


def file_content(path: Path) -> bytes:
    """The content of a file of a size that a roster has.

    Raises
    ------
    InvalidFile
        If it cannot be read, or is larger.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InvalidFile(path, "", f"larger than {LARGEST_FILE / 1e6:g} MB", "leave out what is not needed")
        return path.read_bytes()
    except OSError as error:
        raise InvalidFile(path, "", f"cannot be read: {error.strerror}", "check name and folder") from None


def tables_from(raw: bytes, path: Path, columns: Mapping[str, tuple[str, ...]]) -> Tables:
    """The rows of the tables of a file that is in memory, such as an upload; its name says what it is.

    Raises
    ------
    InvalidFile
        As in `read_tables`.
    """
    match path.suffix.lower():
        case ".xlsx" | ".xlsm":
            return _from_workbook(path, raw, columns)
        case ".csv":
            return _from_csv(path, raw, columns)
        case _:
            return _from_yaml(path, raw, columns)


def _from_workbook(path: Path, raw: bytes, columns: Mapping[str, tuple[str, ...]]) -> Tables:
    tables: Tables = {}
    for sheet, cells in read_workbook(raw, path.name, LARGEST_FILE, merged=False).items():
        table = sheet.strip().lower()
        if table in columns:
            tables[table] = _table(path, sheet, cells, table, columns[table])
    return tables


def _from_csv(path: Path, raw: bytes, columns: Mapping[str, tuple[str, ...]]) -> Tables:
    table = path.stem.strip().lower()
    if table not in columns:
        known = ", ".join(f"{name}.csv" for name in columns)
        raise InvalidFile(path, "", "its name does not say which table it is", f"name it as one of {known}")
    try:
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InvalidFile(path, "", "not a text in UTF-8", "save it again as CSV (UTF-8) or xlsx") from None
    separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    try:
        cells = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator, strict=True)]
    except csv.Error as error:
        raise InvalidFile(path, "", f"it is no CSV ({error})", "save it again as CSV (UTF-8) or xlsx") from None
    return {table: _table(path, path.stem, cells, table, columns[table])}


def _table(path: Path, sheet: str, cells: list[list[str]], table: str, known: tuple[str, ...]) -> list[Row]:
    """The rows below the first that is not empty, which names the columns."""
    filled = [(at, row) for at, row in enumerate(cells) if any(row)]
    if not filled:
        return []
    top, head = filled[0]
    names = [name.strip().lower().replace(" ", "_") for name in head]
    for column, name in enumerate(names):
        place = cell_name(top, column, sheet)
        if name and name not in known:
            remedy = f"the columns of {table} are {', '.join(known)}"
            raise InvalidFile(path, place, f"there is no column {name!r}", remedy)
        if name and name in names[:column]:
            raise InvalidFile(path, place, f"the column {name!r} is duplicated", "keep one of them")
    rows = []
    for at, row in filled[1:]:
        for column, value in enumerate(row):
            if value and not (column < len(names) and names[column]):
                place = cell_name(at, column, sheet)
                raise InvalidFile(path, place, f"{value!r} stands in a column without a name", "name the column")
        places = {name: cell_name(at, column, sheet) for column, name in enumerate(names) if name}
        values = {name: row[column] if column < len(row) else "" for column, name in enumerate(names) if name}
        rows.append(Row(path, cell_name(at, 0, sheet), values, places))
    return rows


def _from_yaml(path: Path, raw: bytes, columns: Mapping[str, tuple[str, ...]]) -> Tables:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidFile(path, "", "not a text in UTF-8", "give a YAML file or an xlsx workbook") from None
    document = parse.read(text, path.name)
    if not isinstance(document.values, dict):
        raise InvalidFile(path, "1:1", "it holds no tables", f"known are {', '.join(columns)}")
    tables: Tables = {}
    for table, rows in document.values.items():
        if table not in columns:
            known = ", ".join(columns)
            raise InvalidFile(path, document.where(table), f"there is no table {table!r}", f"known are {known}")
        tables[table] = []
        for at, row in enumerate([rows] if isinstance(rows, dict) else rows or []):
            keys = (table,) if isinstance(rows, dict) else (table, at)
            line, column = document.places.get(keys, (1, 1))
            if not isinstance(row, dict):
                raise InvalidFile(path, f"{line}:{column}", f"{row!r} is no row", "write '- name: ...'", table)
            places = {}
            for name in row:
                places[name] = ":".join(map(str, document.places.get((*keys, name), (line, column))))
                if name not in columns[table]:
                    known = ", ".join(columns[table])
                    raise InvalidFile(
                        path, places[name], f"there is no key {name!r}", f"the keys of {table} are {known}"
                    )
            tables[table].append(Row(path, f"{line}:{column}", row, places))
    return tables
