"""A requirement that comes back from Excel: people required by agent group and interval, each error at its cell."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_log.workbook import cell_name, read_workbook
from scenarios.errors import InvalidFile
from scenarios.rosters.tables import LARGEST_FILE, file_content
from scenarios.scenario import Scenario

GROUP, START, REQUIRED = "Agent group", "From", "Required agents"
"""Headings of the sheet *Net staffing* that `ccplan shifts` writes; other columns are not read."""
Ints = NDArray[np.int64]


def read_requirement(path: Path, scenario: Scenario) -> dict[str, Ints]:
    """The people required in a workbook, as in `requirement_from`.

    Raises
    ------
    InvalidFile
        As in `requirement_from`, or if the file cannot be read.
    """
    return requirement_from(file_content(path), path.name, scenario)


def requirement_from(raw: bytes, name: str, scenario: Scenario) -> dict[str, Ints]:
    """People required by agent group and interval of a scenario, shape (intervals,).

    Rows may stand on shorter intervals than those of the scenario: then the most of each interval count. Agent groups
    that the sheet does not have need nobody.

    Raises
    ------
    InvalidFile
        With the cell of an unknown group, a time outside the horizon, a number that is not whole, an interval that is
        there twice or missing, or merged cells.
    """
    sheet, cells, top, columns = _table(raw, name)
    horizon = scenario.horizon
    result: dict[str, Ints] = {}
    seen: dict[tuple[str, datetime], str] = {}
    for row, line in enumerate(cells[top + 1 :], start=top + 1):
        if not any(line):
            continue
        group, when, required = (line[columns[heading]].strip() for heading in (GROUP, START, REQUIRED))
        places = {heading: cell_name(row, columns[heading], sheet) for heading in columns}
        if group not in scenario.group_names:
            known = ", ".join(scenario.group_names)
            raise InvalidFile(name, places[GROUP], f"there is no agent group {group!r}", f"known are {known}")
        start = _time(when, name, places[START])
        interval = (start - horizon.midnight) / timedelta(seconds=horizon.interval)
        if not 0 <= interval < horizon.intervals:
            remedy = f"the horizon begins on {horizon.midnight:%Y-%m-%d} and has {horizon.days} days"
            raise InvalidFile(name, places[START], f"{when} is outside the horizon", remedy)
        if (group, start) in seen:
            first = seen[group, start]
            raise InvalidFile(name, places[START], f"{group} has this time twice, first at {first}", "keep one row")
        seen[group, start] = places[START]
        people = result.setdefault(group, np.full(horizon.intervals, -1, dtype=np.int64))
        people[int(interval)] = max(people[int(interval)], _people(required, name, places[REQUIRED]))
    _refuse_gaps(result, name, sheet, scenario)
    nobody = np.zeros(horizon.intervals, dtype=np.int64)
    return {group: result.get(group, nobody) for group in scenario.group_names}


def _table(raw: bytes, name: str) -> tuple[str, list[list[str]], int, dict[str, int]]:
    """The first sheet with the three headings: its name, cells, the row of the headings and their columns."""
    wanted = (GROUP, START, REQUIRED)
    for sheet, cells in read_workbook(raw, name, LARGEST_FILE, merged=False).items():
        for row, line in enumerate(cells):
            words = [text.strip().casefold() for text in line]
            if all(heading.casefold() in words for heading in wanted):
                return sheet, cells, row, {heading: words.index(heading.casefold()) for heading in wanted}
    remedy = "give the sheet Net staffing of a workbook that ccplan shifts wrote"
    raise InvalidFile(name, "", f"no sheet has the columns {', '.join(wanted)}", remedy)


def _time(text: str, name: str, place: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise InvalidFile(name, place, f"{text!r} is no date and time", "write it as in 2026-03-02 08:30") from None


def _people(text: str, name: str, place: str) -> int:
    try:
        number: Any = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e6 or number != int(number):
        raise InvalidFile(name, place, f"{text!r} cannot be used", "write whole people, 0 or more")
    return int(number)


def _refuse_gaps(result: dict[str, Ints], name: str, sheet: str, scenario: Scenario) -> None:
    if not result:
        raise InvalidFile(name, cell_name(0, 0, sheet), "it has no rows", "write people by agent group and interval")
    for group, people in result.items():
        missing = np.flatnonzero(people < 0)
        if missing.size:
            when = scenario.horizon.midnight + timedelta(seconds=int(missing[0]) * scenario.horizon.interval)
            problem = f"{group} has no row for {when:%Y-%m-%d %H:%M}"
            more = f" and {missing.size - 1} more" if missing.size > 1 else ""
            raise InvalidFile(name, sheet, f"{problem}{more}", "write 0 where nobody is required")
