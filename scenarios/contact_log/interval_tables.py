"""Tables of intervals instead of contacts: recognised by their columns, their matrix, or their regular rows."""

from __future__ import annotations

import re

import numpy as np

from scenarios.contact_log.decimals import plain_number
from scenarios.contact_log.logfile import TextTable
from scenarios.contact_log.records import Floats
from scenarios.contact_log.rows import LogColumns
from scenarios.errors import InvalidFile
from scenarios.units import DAY

_OFFERED = (
    *("offered", "offer", "calls", "contacts", "volume", "received", "presented", "total calls", "angeboten", "anrufe"),
    *("eingehend", "appels", "llamadas", "aangeboden", "entrantes", "nco"),
)
_SHARED_OUT = (
    *("handled", "answered", "answer", "abandoned", "abandon", "aband", "abandons", "lost", "missed", "agents"),
    *("staff", "staffed", "fte", "aht", "asa", "sl", "sla", "service level", "servicelevel", "occupancy"),
    *("angenommen", "verloren", "bearbeitet", "verbunden", "traités", "abandonnés", "atendidas", "abandonadas"),
    *("beantwoord", "ncc", "nca"),
)
_OF_A_CONTACT = frozenset(
    ("id", "number", "no", "waiting", "queue", "queued", "ahead", "position", "available", "free", "hold", "transfer")
)
"""Words in names of numbers that a single contact may have."""
_TIMES = ("aht", "asa")
_CLOCK = re.compile(r"(?:[a-z]{2,10}\.?\s+)?\d{1,2}[:.h]\d{2}(?:\s*(?:-|–|to|bis)\s*\d{1,2}[:.h]\d{2})?(?:\s*[ap]m)?")
_HOUR = r"(\d{1,2})[:.](\d{2})\s*(?:[ap]m)?"
_RANGE = re.compile(rf".*?{_HOUR}\s*(?:-|–|—|to|bis)\s*{_HOUR}", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_INTERVAL = ("interval", "intervall", "intervalle", "intervalo", "half hour", "halbstunde", "slot", "time slot")
_LOOK = 500
"""Rows that are looked at."""
_FEW = 20
"""Fewer rows than this prove no rhythm."""
_STEPS = (300.0, 600.0, 900.0, 1800.0, 3600.0, DAY)


class IntervalTable(InvalidFile):
    """A table of intervals where a contact log is wanted: it is read as an interval report instead."""


def refuse_interval_table(table: TextTable) -> None:
    """Refuse a table whose columns hold counts by interval.

    Raises
    ------
    IntervalTable
        If it is such a table, in a sentence that says what was recognised.

    Examples
    --------
    >>> rows = [["08:00", "20", "312"], ["08:30", "24", "313"]]
    >>> try:
    ...     refuse_interval_table(TextTable("day.csv", ("Interval", "Offered", "AHT"), rows, [2, 3], [], []))
    ... except InvalidFile as refused:
    ...     print(refused.problem)
    this is a table of intervals, not of contacts (Offered, AHT)
    """
    if matrix := _matrix(table):
        raise _refused(table, f"columns {matrix}")
    if counts := _counts(table):
        raise _refused(table, ", ".join(counts[:4]))
    for at, name in enumerate(table.header):
        cells = [row[at].strip() for row in table.rows[:_LOOK] if row[at].strip()]
        if cells and all(_is_interval(cell) for cell in cells):
            raise _refused(table, f"{name} {cells[0]!r}")


def _is_interval(text: str) -> bool:
    """Whether a text names a stretch of at most an hour, as in ``08:00 - 08:30``; a shift is longer."""
    match = _RANGE.fullmatch(text)
    if match is None:
        return False
    begin, begin_minute, end, end_minute = map(int, match.groups())
    return 0 < ((end - begin) * 60 + end_minute - begin_minute) % 720 <= 60


def refuse_regular_rows(columns: LogColumns, arrival: Floats) -> None:
    """Refuse rows that follow each other by the interval, one for each of them and type: they are no contacts.

    Raises
    ------
    IntervalTable
        If the arrivals are so.
    """
    known = np.isfinite(arrival)
    if not known.any() or (np.mod(arrival[known], min(_STEPS)) != 0).mean() > 0.02:
        return
    if _is_called(columns.header("arrival"), _INTERVAL):
        raise _refused(columns.table, columns.header("arrival"))
    if known.sum() < _FEW:
        return
    names = np.array(list(map(hash, zip(columns.of("type"), columns.of("channel"), strict=True))))[known]
    order = np.lexsort((arrival[known], names))
    step = np.diff(arrival[known][order])[np.diff(names[order]) == 0]
    regular = [length for length in _STEPS if len(step) and (step == length).mean() > 0.8]
    if regular and (step > 0).all():
        length = "day" if regular[0] == DAY else f"{regular[0] / 60:g} minutes"
        raise _refused(columns.table, f"{columns.header('arrival')} goes by the {length}")


def _refused(table: TextTable, why: str) -> IntervalTable:
    return IntervalTable(
        table.name,
        "1",
        f"this is a table of intervals, not of contacts ({why})",
        "this needs one row for each contact, with its own time of arrival; ccplan import and the Demand page read"
        " interval reports",
    )


def _matrix(table: TextTable) -> str:
    """The columns that are times, hours or weekdays, as in a table with a row a day; empty if they are not."""
    header = [name.strip().casefold() for name in table.header]
    hours = [name for name in header if name.isdigit() and len(name) <= 2]
    rising = [int(name) for name in hours]
    if len(hours) >= 8 and rising == list(range(rising[0], rising[0] + len(rising))):
        return f"{hours[0]} to {hours[-1]}"
    weekdays = [name for name in header if name[:3] in _WEEKDAYS and len(name) <= 9]
    for names, fewest in ((weekdays, 5), ([n for n in header if _CLOCK.fullmatch(n)], 4), (_dates(header), 4)):
        if len(names) >= fewest:
            return f"{names[0]} to {names[-1]}"
    return ""


def _dates(header: list[str]) -> list[str]:
    return [name for name in header if _DATE.fullmatch(name)]


def _counts(table: TextTable) -> list[str]:
    """The columns of counts and averages, if there are enough to tell a table of intervals; else none."""
    offered = [at for at, name in enumerate(table.header) if _is_called(name, _OFFERED) and _is_counted(table, at)]
    averages = [at for at, name in enumerate(table.header) if _is_called(name, _SHARED_OUT) and _is_number(table, at)]
    averages = [at for at in averages if at not in offered]
    counted = [
        at for at in averages if _is_counted(table, at) and not _is_called(table.header[at], ("aht", "asa", "acw"))
    ]
    if (offered and averages) or len(counted) >= 3:
        return [table.header[at] for at in (*offered, *averages)]
    return []


def _is_called(name: str, words: tuple[str, ...]) -> bool:
    plain = re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).casefold().strip()
    parts = set(plain.split())
    if parts & _OF_A_CONTACT:
        return False
    return plain in words or any(word in parts for word in words) or any(f" {word} " in f" {plain} " for word in words)


def _numbers(table: TextTable, at: int) -> list[float]:
    """The numbers of a column, empty if it holds anything else."""
    numbers = []
    for row in table.rows[:_LOOK]:
        text = row[at].strip().removesuffix("%").strip()
        if re.fullmatch(r"\d{1,2}:\d{2}(?::\d{2})?", text):
            numbers.append(float(text.replace(":", "")))  # an average in minutes and seconds
            continue
        try:
            numbers.append(float(plain_number(text, "," if text.count(",") == 1 and "." not in text else ".")))
        except ValueError:
            if text and not re.fullmatch(r"-+|n/?a", text.casefold()):
                return []
    return numbers


def _is_number(table: TextTable, at: int) -> bool:
    return bool(_numbers(table, at)) and max(_numbers(table, at)) > 1


def _is_counted(table: TextTable, at: int) -> bool:
    """Whether a column holds small numbers, some over 1: a flag is 0 or 1, a number of a contact is large or unique."""
    numbers = _numbers(table, at)
    return bool(numbers) and min(numbers) >= 0 and 1 < max(numbers) < 100_000
