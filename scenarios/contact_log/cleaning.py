"""From the text of a contact log to records: what is read, repaired, dropped, and refused as a whole."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_log.interval_tables import refuse_interval_table, refuse_regular_rows
from scenarios.contact_log.logfile import TextTable
from scenarios.contact_log.mapping import Mapping
from scenarios.contact_log.plausibility import refuse_nonsense, suspicions
from scenarios.contact_log.records import Codes, Finding, Flags, Floats, Records, Report, unbelievable
from scenarios.contact_log.rows import MOST_UNREADABLE, LogColumns, RowFilter, filter_rows, outcomes
from scenarios.contact_log.times import Times, read_lengths, read_steps, settle
from scenarios.contact_types import CHANNELS, is_reserved
from scenarios.errors import InvalidFile
from scenarios.units import DAY

MOST_DAYS, MOST_TYPES = 366, 200
TRANSFER = (-60.0, 300.0)
"""Seconds from the end of a leg within which the next leg of the same contact begins, if it is a transfer."""

_EPOCH = date(1970, 1, 1)
_ONE_TYPE = "contacts"


def cleaned(table: TextTable, mapping: Mapping) -> Records:
    """The records in a table of text.

    Raises
    ------
    InvalidFile
        If columns are missing, too little of the table can be read, a column can be read in two ways, the rows are
        intervals instead of contacts, or what comes out is no day of a contact centre.

    Examples
    --------
    >>> from scenarios.contact_log.mapping import GENERIC
    >>> rows = [["2026-03-02 08:00", "", "2026-03-02 08:06"], ["", "", "2026-03-02 08:06"]]
    >>> table = TextTable("log.csv", ("arrival", "answer", "end"), rows, [2, 3], [], [])
    >>> print(cleaned(table, GENERIC).report.findings[0])
    1 row dropped: no arrival (first in row 3)
    """
    refuse_interval_table(table)
    columns = LogColumns(table, mapping)
    rows = RowFilter(np.asarray(table.numbers, dtype=np.int64), np.ones(columns.rows, dtype=bool))
    if table.recoded:
        lines = len(table.recoded)
        rows.findings.append(Finding("not UTF-8, read as Windows-1252", "repaired", lines, table.recoded[0]))
    if table.ragged:
        count = len(table.ragged)
        if count > MOST_UNREADABLE * (count + columns.rows):
            problem = f"{count:,} of {count + columns.rows:,} rows have more or fewer fields than the header"
            remedy = "put values that hold the delimiter, such as 12,5, in quotes, or export with another delimiter"
            raise InvalidFile(table.name, str(table.ragged[0]), problem, remedy)
        rows.findings.append(Finding("more or fewer fields than the header", "dropped", count, table.ragged[0]))
    if table.first > 2:
        rows.readings.append(f"the header is in row {table.first}, rows above it are left out")
    filter_rows(columns, rows)
    columns, rows = columns.selected(rows.keep), rows.without_dropped()
    by_outcome = outcomes(columns, rows, np.full(columns.rows, np.nan)) if "outcome" in columns else None
    steps = read_steps(columns, rows)
    refuse_regular_rows(columns, steps.clock["arrival"])
    stated = read_lengths(columns, rows, steps)
    answered = outcomes(columns, rows, stated.handle) if by_outcome is None else by_outcome
    times = settle(columns, rows, steps, stated, answered)
    records = _built(columns, mapping, rows, answered, times, len(table.rows) + len(table.ragged))
    refuse_nonsense(records, table.name)
    return records.reported(suspicions=suspicions(records))


def _built(
    columns: LogColumns, mapping: Mapping, rows: RowFilter, answered: Flags, times: Times, count: int
) -> Records:
    _refuse_nothing_left(columns, rows)
    keep = rows.keep
    first = float(np.floor(times.arrival[keep].min() / DAY) * DAY)
    days = int((np.floor(times.arrival[keep].max() / DAY) * DAY - first) // DAY) + 1
    _refuse_too_long(columns, rows, times.arrival, days)
    rows.drop(times.queue - first >= days * DAY, "queued after the last midnight")
    _refuse_nothing_left(columns, rows)
    believable = _believable(times.handle, mapping, rows)
    order = np.flatnonzero(rows.keep)[np.argsort(times.queue[rows.keep], kind="stable")]
    types, type_codes = _coded(columns.of("type"), order, _ONE_TYPE)
    if len(types) > MOST_TYPES:
        problem = f"{len(types)} different contact types"
        remedy = f"at most {MOST_TYPES}; is '{mapping.type}' the right column?"
        raise InvalidFile(columns.table.name, "", problem, remedy)
    agents, agent_codes = _coded(columns.of("agent"), order, "")
    busy = np.minimum(np.nan_to_num(times.handle), mapping.longest_handle) + np.nan_to_num(times.wrap_up)
    return Records(
        start=_EPOCH + timedelta(seconds=first),
        days=days,
        types=types,
        channels=_channels(columns.of("channel"), order, type_codes, len(types)),
        agents=agents,
        mapping=mapping,
        report=Report(count, len(order), tuple(rows.findings), tuple(rows.readings), tuple(rows.notes)),
        type=type_codes,
        arrival=times.arrival[order] - first,
        queue=times.queue[order] - first,
        wait=times.wait[order],
        answered=answered[order],
        handle=np.where(believable, times.handle, np.nan)[order],
        wrap_up=times.wrap_up[order],
        end=np.where(answered, times.queue + times.wait + busy, np.nan)[order] - first,
        agent=np.where(answered[order], agent_codes, -1),
        customer=_coded(columns.of("customer"), order, "")[1],
        follows=_follows(columns, order, type_codes, times, answered),
    )


def _refuse_nothing_left(columns: LogColumns, rows: RowFilter) -> None:
    if not rows.keep.any():
        reasons = "; ".join(map(str, rows.findings))
        raise InvalidFile(columns.table.name, "", f"no row is left ({reasons})", "check the mapping")


def _follows(columns: LogColumns, order: Codes, types: Codes, times: Times, answered: Flags) -> Codes | None:
    """The type of the leg from which each contact was transferred, -1 for those that were not; None without an id."""
    if "id" not in columns:
        return None
    ids = columns.parts("id")[0][1]
    names = np.array([ids[at].strip() for at in order])
    # Legs stand together, in order of time: the sort is stable.
    legs = np.argsort(names, kind="stable")
    earlier, later = legs[:-1], legs[1:]
    done = (times.queue + times.wait + times.handle)[order]
    gap = times.arrival[order][later] - done[earlier]
    with np.errstate(invalid="ignore"):
        near = (gap >= TRANSFER[0]) & (gap <= TRANSFER[1])
    same = (names[earlier] == names[later]) & (names[earlier] != "") & answered[order][earlier] & near
    follows = np.full(len(order), -1, dtype=np.int64)
    follows[later[same]] = types[earlier[same]]
    return follows


def _believable(handle: Floats, mapping: Mapping, rows: RowFilter) -> Flags:
    inside = (handle >= mapping.shortest_handle) & (handle <= mapping.longest_handle)
    issue = unbelievable(mapping.shortest_handle, mapping.longest_handle)
    rows.repair(~inside & ~np.isnan(handle), issue)
    return inside


def _refuse_too_long(columns: LogColumns, rows: RowFilter, arrival: Floats, days: int) -> None:
    if days > MOST_DAYS:
        kept = np.flatnonzero(rows.keep)
        at = int(kept[np.argmin(arrival[kept])])
        row, column = columns.table.rows[at], columns.places.get("date", columns.places["arrival"])[0]
        problem = f"the dates span {days:,} days, from {columns.table.header[column]} {row[column][:40]!r}"
        remedy = f"at most {MOST_DAYS} days; cut the file, or correct that date"
        raise InvalidFile(columns.table.name, str(columns.table.numbers[at]), problem, remedy)


def _coded(texts: list[str], order: NDArray[np.int64], empty: str) -> tuple[tuple[str, ...], Codes]:
    """The different names in order of the alphabet, and the code of each row; -1 where there is no name."""
    fitting = {text: fitting_name(text) or empty for text in set(texts)}
    names = [fitting[texts[at]] for at in order]
    known = tuple(sorted(set(names) - {""}))
    codes = {name: code for code, name in enumerate(known)} | {"": -1}
    return known, np.array([codes[name] for name in names], dtype=np.int64)


def fitting_name(text: str) -> str:
    """A text as a name that a scenario may bear: one line, no slashes, at most 60 characters, no word of the tables.

    Examples
    --------
    >>> fitting_name(" Sales/Returns ")
    'Sales-Returns'
    >>> fitting_name("ALL")
    'ALL (log)'
    """
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    name = plain.replace("/", "-").replace("\\", "-").strip().lstrip("-").strip()[:60].strip()
    return f"{name} (log)" if is_reserved(name) else name


def _channels(texts: list[str], order: NDArray[np.int64], types: Codes, count: int) -> tuple[str, ...]:
    """The commonest channel of each type; phone where the log does not say."""
    names, codes = _coded([text.casefold() for text in texts], order, "phone")
    usual = [np.bincount(codes[types == contact_type], minlength=len(names)).argmax() for contact_type in range(count)]
    return tuple(_known_channel(names[at]) for at in usual)


def _known_channel(name: str) -> str:
    alike = {"call": "phone", "calls": "phone", "voice": "phone", "e-mail": "email", "mail": "email"}
    joined = name.replace(" ", "-").replace("_", "-")
    return joined if joined in CHANNELS else alike.get(joined, name)
