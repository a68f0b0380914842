"""Contacts per interval from a CSV table beside a scenario file: ``volume: {table: volumes.csv, column: calls}``."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scenarios.errors import InvalidFile, InvalidScenario, InvalidValue
from scenarios.horizon import Horizon
from scenarios.units import HOUR

LARGEST_FILE = 5_000_000
"""Bytes of the largest file that is read as a scenario or as a table of one."""


def filled_in(values: Any, folder: Path | None) -> Any:
    """The values of a scenario file with each table of volumes replaced by its numbers.

    Parameters
    ----------
    values
        What was read from the file.
    folder
        Where tables lie; None if the text came without a place on disk, so that it may not name files.

    Raises
    ------
    InvalidFile, InvalidScenario
        If a table may not be read, cannot be read, or lacks the column.
    """
    if not isinstance(values, dict) or not isinstance(values.get("contact_types"), list):
        return values
    horizon = _horizon(values.get("horizon"))
    types = [_with_numbers(contact_type, folder, horizon) for contact_type in values["contact_types"]]
    return values | {"contact_types": types}


def _horizon(values: Any) -> Horizon | None:
    """The horizon of a scenario; None where it is wrong, as is said later with its place in the file."""
    try:
        return Horizon.model_validate(values or {})
    except (ValidationError, InvalidValue):
        return None


def _with_numbers(contact_type: Any, folder: Path | None, horizon: Horizon | None) -> Any:
    volume = contact_type.get("volume") if isinstance(contact_type, dict) else None
    if not isinstance(volume, dict) or "table" not in volume:
        return contact_type
    field = f"contact_types.{contact_type.get('name')}.volume.table"
    path = _allowed(field, volume["table"], folder)
    column = str(volume.get("column", contact_type.get("name")))
    numbers = read_column(path, column)
    if horizon is not None and len(numbers) not in (horizon.intervals, horizon.intervals_per_day):
        numbers = _by_time(path, column, str(contact_type.get("name")), horizon) or numbers
    options = {key: value for key, value in volume.items() if key not in {"table", "column"}}
    return contact_type | {"volume": options | {"per_interval": numbers}}


def _by_time(path: Path, column: str, contact_type: str, horizon: Horizon) -> list[float]:
    """The numbers of a column by the dates and times beside it, 0 where there is no row; empty where none are told.

    Rows of several queues are added up, unless one is called as the contact type. Empty, too, where the intervals of
    the table straddle those of the horizon.
    """
    from scenarios.interval_report.mapping import ReportMapping
    from scenarios.interval_report.reading import read_report

    try:
        report = read_report(path, ReportMapping(name="table", offered=(column,)))
    except InvalidFile:
        return []
    rows = report.table
    if (own := rows["contact type"] == contact_type).any():
        rows = rows[own]
    lengths = report.interval, horizon.interval
    parts = max(round(report.interval / horizon.interval), 1)
    if (parts > 1 and report.interval > HOUR) or max(lengths) % min(lengths):
        return []
    seconds = (rows["when"] - horizon.midnight).dt.total_seconds().to_numpy()
    volumes = [0.0] * horizon.intervals
    for second, count in zip(seconds.tolist(), rows["offered"].tolist(), strict=True):
        place = int(second // horizon.interval)
        for at in range(place, place + parts):
            if 0 <= at < horizon.intervals:
                volumes[at] += count / parts
    if not any(volumes):
        days = f"{rows['when'].min():%Y-%m-%d} to {rows['when'].max():%Y-%m-%d}"
        remedy = f"set horizon.start and days; they are {horizon.start}, {horizon.days}"
        raise InvalidFile(path, "", f"its intervals ({days}) lie outside the horizon", remedy, column)
    return volumes


def _allowed(field: str, table: Any, folder: Path | None) -> Path:
    """The file of a table, which must lie in the folder of the scenario or below it."""
    if folder is None:
        raise InvalidScenario(field, f"'{table}' is not at hand", "write the numbers as per_interval: [...] instead")
    home = folder.resolve()
    try:
        path = (home / str(table)).resolve()
    except (OSError, ValueError):  # a loop of links, a null character
        raise InvalidScenario(field, f"{table!r} is no file name", "name a CSV file beside the scenario") from None
    if not path.is_relative_to(home):
        raise InvalidScenario(field, f"'{table}' is not in the scenario's folder", "put the table beside the scenario")
    return path


def read_column(path: Path, column: str) -> list[float]:
    """The numbers of one column of a CSV table with a header, from top to bottom.

    Raises
    ------
    InvalidFile
        If the file cannot be read, the column is missing, or a cell is not a number of contacts.
    """
    header, *rows = _rows(path)
    if column not in header:
        known = ", ".join(name for name in header if name) or "none"
        raise InvalidFile(path, "row 1", f"there is no column '{column}'", f"it has {known}; name one with column: …")
    at = header.index(column)
    return [_count(path, number, row, at) for number, row in enumerate(rows, start=2) if any(row)]


def _rows(path: Path) -> list[list[str]]:
    text = read_text(path, "a table")
    first = text.partition("\n")[0]
    try:
        rows = list(csv.reader(text.splitlines(), delimiter=";" if ";" in first and "," not in first else ","))
    except csv.Error as error:
        raise InvalidFile(path, "", f"not a CSV table: {error}", "save it again as CSV, in UTF-8") from None
    if not rows:
        raise InvalidFile(path, "", "the table is empty", "give it a header and one row for each interval")
    return [[cell.strip() for cell in row] for row in rows]


def _count(path: Path, number: int, row: list[str], at: int) -> float:
    cell = row[at] if at < len(row) else ""
    try:
        count = float(cell)
    except ValueError:
        count = math.nan
    if not 0 <= count < math.inf:
        raise InvalidFile(path, f"row {number}", f"'{cell}' is no number of contacts", "write 0 or more, as in 12.5")
    return count


def read_text(path: Path, label: str) -> str:
    """The text of a UTF-8 file of sensible size; a larger one is refused before it is read.

    Raises
    ------
    InvalidFile
        If the file is missing, too large, or not UTF-8.
    """
    try:
        if (size := path.stat().st_size) > LARGEST_FILE:
            raise _too_large(path, label, f"{size / 1e6:,.0f} MB")
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise InvalidFile(path, "", f"cannot be read: {problem}", "check the name and the permissions") from None
    if len(content) > LARGEST_FILE:  # a device or a pipe does not tell its size beforehand
        raise _too_large(path, label, "it")
    return decoded(content, path)


def _too_large(path: Path, label: str, size: str) -> InvalidFile:
    limit = f"{LARGEST_FILE / 1e6:g} MB"
    return InvalidFile(path, "", f"{size} is more than the {limit} of {label}", "check that this is the file you meant")


def decoded(content: bytes, path: str | Path) -> str:
    """The text of UTF-8 bytes, with or without a byte order mark.

    Raises
    ------
    InvalidFile
        If the bytes are not UTF-8, naming the line.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        guess = "UTF-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "an older encoding such as Windows-1252"
        remedy = f"it looks like {guess}; save it again as UTF-8"
        raise InvalidFile(path, f"{line}:{column}", "not UTF-8 text", remedy) from None
