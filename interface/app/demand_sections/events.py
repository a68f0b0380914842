"""Events that a person enters before a forecast: campaigns, mailings, school holidays; a grid of one row each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from interface.app.editor.cells import Edits, cell, number
from interface.app.grids.table import GridColumn, GridTable, one_of_options
from models.forecasting.calendar import CalendarEvent
from scenarios.contact_log.dates import read_date
from scenarios.errors import InvalidValue

EVENT, FIRST, LAST, CHANGE, TYPE = "Event", "From", "To", "Change (%)", "Contact type"
COLUMNS = (EVENT, FIRST, LAST, CHANGE, TYPE)
EventRow = tuple[str, ...]
"""The texts of a row, by column."""


def event_grid(rows: Sequence[EventRow], types: Sequence[str]) -> GridTable:
    """The events, with room for more."""
    day = GridColumn(_day, "text", "For example 2026-03-02 or 02.03.2026")
    columns = {
        EVENT: GridColumn(lambda column, text: text, "text", "Events of the same name are learnt from each other"),
        FIRST: day,
        LAST: GridColumn(_day, "text", "Empty: one day"),
        CHANGE: GridColumn(_change, help="20: a fifth more contacts; empty: learnt"),
        TYPE: GridColumn(one_of_options(types, required=False), "choice", "Empty: all contact types", ("", *types)),
    }
    table = pd.DataFrame([(f"Event {at}", *row) for at, row in enumerate(rows, start=1)], columns=["Row", *COLUMNS])
    return GridTable("events", table, columns, with_edits, "event", grows=True)


def with_edits(rows: Sequence[EventRow], edits: Edits) -> tuple[EventRow, ...]:
    """The rows with edits; those that are emptied are gone.

    Raises
    ------
    InvalidValue
        If an event ends before it begins, or its size is out of range.

    Examples
    --------
    >>> with_edits((), {0: {"Event": "sale", "From": "2026-03-02"}})
    (('sale', '2026-03-02', '', '', ''),)
    """
    changed = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    changed += [dict.fromkeys(COLUMNS, "") for _ in range(max([*edits, -1]) + 1 - len(changed))]
    for at, cells in edits.items():
        changed[at] |= {column: text or "" for column, text in cells.items()}
        with cell(f"Event {at + 1}", LAST if LAST in cells else next(iter(cells), EVENT)):
            events_from([tuple(changed[at].values())])
    return tuple(tuple(row.values()) for row in changed if any(row.values()))


def events_from(rows: Sequence[EventRow]) -> tuple[CalendarEvent, ...]:
    """The events in the rows; those without a name and a first day are not finished, and passed over.

    Raises
    ------
    InvalidValue
        If an event ends before it begins, or its size is out of range.

    Examples
    --------
    >>> events_from([("sale", "2026-03-02", "", "20", "")])[0].size
    0.2
    """
    events = []
    for name, first, last, change, contact_type in rows:
        if name and first:
            size = number(CHANGE, change) / 100 if change else None
            begin = date.fromisoformat(first)
            end = date.fromisoformat(last) if last else begin
            events.append(CalendarEvent(name, begin, end, size, contact_type or None))
    return tuple(events)


def _day(column: str, text: str) -> str:
    """A day as people write it, as ``2026-03-02``."""
    if not text:
        return ""
    day, otherwise = read_date(text), read_date(text, month_before_day=True)
    if day is None or otherwise != day:
        raise InvalidValue(column, text, "write a day such as 2026-03-02 or 02.03.2026")
    return day.isoformat()


def _change(column: str, text: str) -> str:
    if text and not -100 < number(column, text) < 10_000:
        raise InvalidValue(column, text, "write a change above -100, such as 20 or -10")
    return text
