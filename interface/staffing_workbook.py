"""The staffing of a scenario as an Excel workbook, ready to be changed there and read again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from interface.workbooks import workbook_of
from scenarios.scenario import Scenario
from scenarios.shifts.workbook import Sheet, staffing_sheets

_WIDTH = 16


def staffing_workbook(scenario: Scenario) -> bytes:
    """A workbook with the sheets Agents, Shifts, Breaks and People; `with_staffing` reads it."""
    return workbook_of(lambda book: _write(book, staffing_sheets(scenario)))


def _write(book: Any, sheets: dict[str, Sheet]) -> None:
    bold, when = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.set_column(0, max(map(len, rows)) - 1, _WIDTH)
        sheet.freeze_panes(1, 1)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(at, column, value, when)
                elif isinstance(value, int):
                    sheet.write_number(at, column, value)
                else:
                    sheet.write_string(at, column, value, bold if at == 0 else None)
