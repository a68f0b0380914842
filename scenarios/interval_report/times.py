"""When the interval of each row begins, on the clock of the centre, and how long it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_log.clocks import Formats, instants, midnights, orders_of_dates
from scenarios.contact_log.dates import AmbiguousDates, has_open_order, read_month
from scenarios.contact_log.time_zones import utc, wall, zone_named
from scenarios.errors import InvalidFile
from scenarios.interval_report.cells import begin_and_end, form_of
from scenarios.interval_report.mapping import ReportMapping
from scenarios.interval_report.tables import ReportTable
from scenarios.units import DAY, HOUR

Floats = NDArray[np.float64]
_SHORTEST_MONTH = 28 * DAY
_MOSTLY = 0.5
"""The share of neighbouring times that are one interval apart where a report has no others between."""
MONTH = 30 * DAY
"""The length that stands for calendar months."""


@dataclass(frozen=True)
class RowTimes:
    """Seconds since 1970 on the clock of the centre, NaN where a row tells none."""

    begin: Floats
    end: Floats
    offset: Floats
    """Seconds by which the clock of the file is ahead of UTC, NaN where it does not say."""
    daily: bool
    """Whether the rows are days."""


def order_of_dates(tables: list[tuple[ReportTable, ReportMapping]], file: str) -> tuple[bool, list[str]]:
    """Whether the dates of a file have the month before the day, and what is to be said of it.

    Raises
    ------
    InvalidFile
        If they leave it open.
    """
    if any(mapping.date_format is not None for _, mapping in tables):
        return False, []
    texts = {str(at): _date_texts(table, mapping) for at, (table, mapping) in enumerate(tables)}
    try:
        month_before = orders_of_dates(texts)
    except AmbiguousDates as failure:
        problem = f"day and month are ambiguous in {failure}"
        remedy = "say `date_format: '%d/%m/%Y'` or `date_format: '%m/%d/%Y'` in the mapping"
        raise InvalidFile(file, str(tables[0][0].first), problem, remedy) from None
    first = next((text for part in texts.values() for text in part if has_open_order(text)), None)
    if first is None:
        return month_before, []
    order = "month/day/year" if month_before else "day/month/year"
    return month_before, [f"dates: {first} read as {order} (date_format in the mapping)"]


def _date_texts(table: ReportTable, mapping: ReportMapping) -> list[str]:
    name = mapping.date or mapping.start
    cells = (table.column(name) or []) if name else []
    dated = {begin_and_end(cell)[0] for cell in set(cells) if "/" in cell or "-" in cell}
    return sorted(text for text in dated if form_of([text]) in ("date", "stamp")) + ([table.day] if table.day else [])


def row_times(
    table: ReportTable, mapping: ReportMapping, month_first: bool, file: str, dates: list[str] | None
) -> RowTimes:
    """The times of the rows of a table.

    Parameters
    ----------
    table, mapping
        The rows, and which columns tell the time.
    month_first
        Whether ``03/02/2026`` is a day of March.
    file
        The name that errors use.
    dates
        The day of each row, as text; None where the times carry their day.

    Raises
    ------
    InvalidFile
        If times of day stand without a day.
    """
    formats = Formats(mapping.date_format, mapping.time_format, month_first)
    unknown = np.full(len(table.rows), np.nan)
    if mapping.start is None:
        days = midnights(_first_days(dates or []), formats)
        return RowTimes(_on_the_clock(days.seconds, days.offset, mapping), unknown, days.offset, True)
    begins, ends = _begins_and_ends(table.column(mapping.start) or [])
    if mapping.end is not None:
        ends, _ = _begins_and_ends(table.column(mapping.end) or [])
    if form_of(begins) == "stamp":
        stamps = instants(begins, formats=formats)
        until = instants(ends, np.floor(stamps.seconds / DAY) * DAY, formats)
    else:
        if dates is None:
            problem = f"{mapping.start} tells the time of day, and nothing tells the day"
            remedy = "add a column with the date, a title line with it, or call the sheet by it"
            raise InvalidFile(file, str(table.first), problem, remedy)
        day = midnights(dates, formats)
        stamps = instants(begins, day.seconds, formats)
        until = instants(ends, day.seconds, formats)
    end = np.where(until.seconds <= stamps.seconds, until.seconds + DAY, until.seconds)
    length = end - stamps.seconds
    begin = _on_the_clock(stamps.seconds, stamps.offset, mapping)
    return RowTimes(begin, begin + length, stamps.offset, False)


def _first_days(dates: list[str]) -> list[str]:
    """Months as their first days; other texts as they are."""
    months = {text: month for text in set(dates) if (month := read_month(text)) is not None}
    return [str(months.get(text, text)) for text in dates] if months else dates


def _begins_and_ends(cells: list[str]) -> tuple[list[str], list[str]]:
    pairs = {cell: begin_and_end(cell) for cell in set(cells)}
    return [pairs[cell][0] for cell in cells], [pairs[cell][1] for cell in cells]


def _on_the_clock(written: Floats, offset: Floats, mapping: ReportMapping) -> Floats:
    """Instants moved to the clock of the centre, where the mapping names its time zone."""
    zone = zone_named(mapping.timezone) if mapping.timezone else None
    if zone is None:
        return written
    source = zone_named(mapping.log_timezone) if mapping.log_timezone else None
    known = np.isfinite(offset)
    unmarked = written if source is None else wall(utc(written, source), zone)
    return np.where(known, wall(written - np.nan_to_num(offset), zone), unmarked)


def interval_length(begin: Floats, end: Floats, daily: bool, mapping: ReportMapping, file: str) -> float:
    """The length of the intervals (s): as given, as the ends tell, else the longest of which all times are multiples.

    Raises
    ------
    InvalidFile
        If the rows are closer than a minute, or of a length that does not divide the day.
    """
    times = np.unique(begin[np.isfinite(begin)])
    steps = np.diff(times)
    if daily:
        if len(steps) and steps.min() >= _SHORTEST_MONTH:
            return MONTH
        return DAY
    lengths = (end - begin)[np.isfinite(end - begin)]
    if mapping.interval is not None or len(lengths):
        length = float(mapping.interval or np.median(lengths))
        if DAY % length:
            problem = f"intervals of {length / 60:g} min do not divide a day"
            raise InvalidFile(file, "", problem, "give interval in the mapping, as in `interval: 30 min`")
        return length
    if not len(steps):
        return 1800.0
    apart = float(np.gcd.reduce(steps.round().astype(np.int64)))
    if steps.min() == apart and apart <= HOUR and DAY % apart == 0 and (steps == apart).mean() > _MOSTLY:
        return apart  # on the hour or not
    length = float(np.gcd.reduce(np.concatenate([steps, times % DAY]).round().astype(np.int64)))
    if HOUR < length < DAY and (DAY % length or steps.min() > length):
        return HOUR  # too few intervals a day to tell
    if length < 60:
        problem = f"its rows are {float(steps.min()):g} s apart, which is no length of an interval"
        raise InvalidFile(file, "", problem, "give interval in the mapping, or read a contact log by its own mapping")
    return min(length, DAY)
