"""A requirement from Excel: read back as it was written, and the cell of each error."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import numpy as np
import pytest
import xlsxwriter

from scenarios.errors import InvalidFile
from scenarios.rosters.requirement_sheet import requirement_from
from scenarios.yaml import presets

DESK = presets.load("help-desk")
HEAD = ["Net staffing", "From", "Agent group", "Required agents"]


def rows(minutes: int = 30) -> list[list[object]]:
    """A day of the help desk: 3 people, 5 from noon on, by so many minutes."""
    midnight = DESK.horizon.midnight
    times = [midnight + timedelta(minutes=at) for at in range(0, 1440, minutes)]
    return [[0, when, "desk", 3 if when.hour < 12 else 5] for when in times]


def book(table: list[list[object]], head: list[str] = HEAD, merged: bool = False) -> bytes:
    """A workbook whose table begins in B3."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as workbook:
        sheet, when = workbook.add_worksheet("Need"), workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for at, row in enumerate([head, *table], start=2):
            for column, value in enumerate(row, start=1):
                write = sheet.write_datetime if isinstance(value, datetime) else sheet.write
                write(at, column, value, *([when] if isinstance(value, datetime) else []))
        if merged:
            sheet.merge_range("A100:B100", "total")
    return out.getvalue()


def test_a_requirement_is_read_wherever_it_begins() -> None:
    """By quarters of an hour the most of each half counts."""
    required = requirement_from(book(rows()), "need.xlsx", DESK)["desk"]
    assert required.tolist() == [3] * 24 + [5] * 24
    finer = rows(15)
    finer[1][3] = 9
    assert requirement_from(book(finer), "need.xlsx", DESK)["desk"][0] == 9


@pytest.mark.parametrize(
    "change, place, reason",
    [
        ((0, 2, "desc"), "Need!D4", "no agent group 'desc'"),
        ((1, 1, "nine"), "Need!C5", "no date and time"),
        ((1, 1, datetime(2020, 1, 1)), "Need!C5", "outside the horizon"),
        ((1, 1, DESK.horizon.midnight), "Need!C5", "twice, first at Need!C4"),
        ((2, 3, "four"), "Need!E6", "whole people"),
        ((2, 3, 2.5), "Need!E6", "whole people"),
        ((2, 3, -1), "Need!E6", "whole people"),
        ((2, 3, ""), "Need!E6", "whole people"),
    ],
)
def test_the_cell_of_an_error(change: tuple[int, int, object], place: str, reason: str) -> None:
    """A planner would look for one wrong cell among hundreds."""
    table = rows()
    table[change[0]][change[1]] = change[2]
    with pytest.raises(InvalidFile, match=reason) as error:
        requirement_from(book(table), "need.xlsx", DESK)
    assert error.value.where == place


def test_gaps_and_sheets_without_a_requirement() -> None:
    """An interval without a row would need nobody, and the plan would leave it empty."""
    with pytest.raises(InvalidFile, match=r"no row for .* 01:00 and 1 more"):
        requirement_from(book(rows()[:2] + rows()[4:]), "need.xlsx", DESK)
    with pytest.raises(InvalidFile, match="no sheet has the columns"):
        requirement_from(book(rows(), ["a", "b", "c", "d"]), "need.xlsx", DESK)
    with pytest.raises(InvalidFile, match="merged"):
        requirement_from(book(rows(), merged=True), "need.xlsx", DESK)
    assert np.array_equal(requirement_from(book([["", *row[1:]] for row in rows()]), "n.xlsx", DESK)["desk"][:1], [3])
