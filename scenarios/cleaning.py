"""From the text of a contact log to records: what is read, repaired, dropped, and refused as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from scenarios.clocks import Column, durations, instants, midnights
from scenarios.contact_types import CHANNELS, is_reserved
from scenarios.errors import InvalidFile
from scenarios.logfile import TextTable
from scenarios.mapping import Mapping
from scenarios.records import Codes, Finding, Flags, Floats, Records, Report
from scenarios.units import DAY, HOUR

MOST_DAYS, MOST_TYPES = 366, 200
MOST_UNREADABLE = 0.2
"""The share of rows that may be unreadable before the whole file is refused."""

_EPOCH = date(1970, 1, 1)
_ONE_TYPE = "contacts"


@dataclass
class _Sieve:
    """Which rows are still in, and what was found about the others; lives only while one log is cleaned."""

    numbers: NDArray[np.int64]
    keep: Flags
    findings: list[Finding] = field(default_factory=list)

    def drop(self, rows: Flags, what: str) -> None:
        """Leave these rows out, counted under the first reason only."""
        self._note(rows & self.keep, what, "dropped")
        self.keep = self.keep & ~rows

    def repair(self, rows: Flags, what: str) -> None:
        """Count rows whose values were changed."""
        self._note(rows & self.keep, what, "repaired")

    def _note(self, rows: Flags, what: str, done: str) -> None:
        if rows.any():
            self.findings.append(Finding(what, done, int(rows.sum()), int(self.numbers[rows].min())))


class _Texts:
    """The columns of a table by role, as text."""

    def __init__(self, table: TextTable, mapping: Mapping) -> None:
        self.table, self.rows = table, len(table.rows)
        self.columns = _columns(table, mapping)

    def __contains__(self, role: str) -> bool:
        return role in self.columns

    def of(self, role: str) -> list[str]:
        """The text of a role, empty where the log has no such column."""
        at = self.columns.get(role)
        return [""] * self.rows if at is None else [row[at] for row in self.table.rows]


def cleaned(table: TextTable, mapping: Mapping) -> Records:
    """The records in a table of text.

    Raises
    ------
    InvalidFile
        If columns are missing, or too little of the table can be read.

    Examples
    --------
    >>> from scenarios.mapping import GENERIC
    >>> rows = [["2026-03-02 08:00", "2026-03-02 08:01", "2026-03-02 08:06"]] * 2
    >>> table = TextTable("log.csv", ("arrival", "answer", "end"), rows, [2, 3], [], [])
    >>> print(cleaned(table, GENERIC).report.findings[0])
    1 row dropped: the same as an earlier row in every field (first in row 3)
    """
    texts = _Texts(table, mapping)
    sieve = _Sieve(np.asarray(table.numbers, dtype=np.int64), np.ones(texts.rows, dtype=bool))
    if table.recoded:
        lines = len(table.recoded)
        sieve.findings.append(Finding("not UTF-8, read as Windows-1252", "repaired", lines, table.recoded[0]))
    if table.ragged:
        count = len(table.ragged)
        sieve.findings.append(Finding("more or fewer fields than the header", "dropped", count, table.ragged[0]))
    sieve.drop(_doubles(table), "the same as an earlier row in every field")
    answered = _outcomes(texts, mapping, sieve)
    times = _times(texts, mapping, sieve, answered)
    return _built(texts, mapping, sieve, answered, times)


def _columns(table: TextTable, mapping: Mapping) -> dict[str, int]:
    """Where the column of each role is; names are compared without regard to case."""
    header = [name.casefold() for name in table.header]
    found: dict[str, int] = {}
    for role, column in mapping.columns.items():
        if column.casefold() in header:
            found[role] = header.index(column.casefold())
        elif role not in mapping.optional:
            raise _missing(table, f"there is no column '{column}' ({role})")
    if "answer" not in found and "wait" not in found:
        raise _missing(table, "neither the instant of the answer nor the wait is there")
    if "end" not in found and "handle" not in found:
        raise _missing(table, "neither the end nor the handle time is there")
    return found


def _missing(table: TextTable, problem: str) -> InvalidFile:
    there = ", ".join(table.header[:20])
    return InvalidFile(table.name, "1", problem, f"name your columns in a mapping; the file has {there}")


def _doubles(table: TextTable) -> Flags:
    seen: set[tuple[str, ...]] = set()
    double = np.zeros(len(table.rows), dtype=bool)
    for at, row in enumerate(map(tuple, table.rows)):
        double[at] = row in seen
        seen.add(row)
    return double


def _outcomes(texts: _Texts, mapping: Mapping, sieve: _Sieve) -> Flags:
    """Whether each row was answered; rows of other outcomes are dropped."""
    if "outcome" not in texts:
        evidence = texts.of("answer") if "answer" in texts else texts.of("handle")
        return np.array([bool(text.strip()) for text in evidence], dtype=bool)
    words = np.array([text.strip().casefold() for text in texts.of("outcome")])
    answered, abandoned, ignored = (
        np.isin(words, [word.casefold() for word in some])
        for some in (mapping.answered, mapping.abandoned, mapping.ignored)
    )
    sieve.drop(ignored, f"outcome {', '.join(mapping.ignored)}")
    unknown = ~(answered | abandoned | ignored)
    _refuse_if_many(texts, sieve, unknown, "outcome", "say in the mapping which words mean answered and abandoned")
    sieve.drop(unknown, "an outcome that the mapping does not know")
    return np.asarray(answered, dtype=bool)


def _refuse_if_many(texts: _Texts, sieve: _Sieve, bad: Flags, role: str, remedy: str) -> None:
    bad = bad & sieve.keep
    if bad.sum() > MOST_UNREADABLE * sieve.keep.sum():
        first = int(np.flatnonzero(bad)[0])
        at = texts.columns[role]
        column, value = texts.table.header[at], texts.table.rows[first][at][:60]
        problem = f"{column} is {value!r}; {bad.sum():,} of {len(bad):,} rows cannot be used"
        raise InvalidFile(texts.table.name, str(texts.table.numbers[first]), problem, remedy)


@dataclass(frozen=True)
class _Times:
    """Seconds per row: of the epoch for instants, and of length for the others."""

    arrival: Floats
    queue: Floats
    wait: Floats
    handle: Floats
    wrap_up: Floats


def _times(texts: _Texts, mapping: Mapping, sieve: _Sieve, answered: Flags) -> _Times:
    days = _read(texts, "date", midnights(texts.of("date"), mapping.date_format), sieve) if "date" in texts else None
    arrival = _read(texts, "arrival", instants(texts.of("arrival"), days, mapping.date_format), sieve)
    sieve.drop(np.isnan(arrival), "no arrival")
    wait, told, wrap_up = (
        _read(texts, role, durations(texts.of(role)), sieve) for role in ("wait", "handle", "wrap_up")
    )
    steps = {
        role: _read(texts, role, instants(texts.of(role), days, mapping.date_format), sieve)
        for role in ("queue", "answer", "end")
    }
    if mapping.zero_means_none and days is not None:
        nothing = answered & (wait == 0) & (told == 0) & (steps["answer"] == days)
        sieve.drop(nothing, "answered, but neither queued nor served")
        steps = {role: np.where(_is_there(role, wait, answered), at, np.nan) for role, at in steps.items()}
    if days is not None:
        steps = {role: _next_day(at, arrival, sieve, role) for role, at in steps.items()}
    queue = _queue(texts, answered, arrival, steps)
    wait = _wait(wait, queue, answered, steps, mapping, sieve)
    sieve.repair(queue < arrival, "queued before the arrival, arrival moved to the queue entry")
    handle = _handle(told, answered, queue + wait, steps["end"], sieve)
    return _Times(np.minimum(arrival, queue), queue, wait, handle, np.where(answered, wrap_up, np.nan))


def _is_there(role: str, wait: Floats, answered: Flags) -> Flags:
    """Whether an instant can be meant where 0:00:00 stands for none."""
    return wait > 0 if role == "queue" else answered


def _wait(
    told: Floats, queue: Floats, answered: Flags, steps: dict[str, Floats], mapping: Mapping, sieve: _Sieve
) -> Floats:
    wait = np.where(np.isnan(told), np.where(answered, steps["answer"], steps["end"]) - queue, told)
    sieve.drop(wait < 0, "a negative wait")
    sieve.drop(np.isnan(wait), "neither a wait nor the instants to tell it")
    if not mapping.keep_zero_waits:
        sieve.drop(~answered & (wait == 0), "left before the queue")
    return wait


def _read(texts: _Texts, role: str, column: Column, sieve: _Sieve) -> Floats:
    """The seconds of a column, once it is known to be readable; rows that are not are dropped."""
    remedy = "write 2026-03-02 08:30:00, 8:30:00 beside a date, or seconds; or give date_format in the mapping"
    _refuse_if_many(texts, sieve, column.unreadable, role, remedy)
    sieve.drop(column.unreadable, f"{role} cannot be read")
    return column.seconds


def _next_day(values: Floats, arrival: Floats, sieve: _Sieve, role: str) -> Floats:
    """Clock times that lie half a day before the arrival belong to the next day."""
    late = values < arrival - 12 * HOUR
    sieve.repair(late, f"{role} past midnight, moved to the next day")
    return np.where(late, values + DAY, values)


def _queue(texts: _Texts, answered: Flags, arrival: Floats, steps: dict[str, Floats]) -> Floats:
    """When each contact joined the queue: as told; where only others' is told, on its answer; else on arrival."""
    if "queue" not in texts:
        return arrival
    at_once = np.where(answered, steps["answer"], np.nan)
    queue = np.where(np.isnan(steps["queue"]), at_once, steps["queue"])
    return np.where(np.isnan(queue), arrival, queue)


def _handle(told: Floats, answered: Flags, answer: Floats, end: Floats, sieve: _Sieve) -> Floats:
    """Seconds of service of answered contacts, as told or from answer to end."""
    handle = np.where(answered, np.where(np.isnan(told), end - answer, told), np.nan)
    negative = handle < 0
    sieve.repair(negative, "a negative service time, taken as unknown")
    return np.where(negative, np.nan, handle)


def _built(texts: _Texts, mapping: Mapping, sieve: _Sieve, answered: Flags, times: _Times) -> Records:
    keep = sieve.keep
    if not keep.any():
        reasons = "; ".join(map(str, sieve.findings))
        raise InvalidFile(texts.table.name, "", f"no row is left ({reasons})", "check the mapping")
    first = float(np.floor(times.arrival[keep].min() / DAY) * DAY)
    days = int((np.floor(times.arrival[keep].max() / DAY) * DAY - first) // DAY) + 1
    _refuse_too_long(texts, sieve, times.arrival, days)
    sieve.drop(times.queue - first >= days * DAY, "queued after the last midnight")
    believable = _believable(times.handle, mapping, sieve)
    order = np.flatnonzero(sieve.keep)[np.argsort(times.queue[sieve.keep], kind="stable")]
    types, type_codes = _coded(texts.of("type"), order, _ONE_TYPE)
    if len(types) > MOST_TYPES:
        problem = f"{len(types)} different contact types"
        raise InvalidFile(texts.table.name, "", problem, f"at most {MOST_TYPES}; is '{mapping.type}' the right column?")
    agents, agent_codes = _coded(texts.of("agent"), order, "")
    busy = np.minimum(np.nan_to_num(times.handle), mapping.longest_handle) + np.nan_to_num(times.wrap_up)
    return Records(
        start=_EPOCH + timedelta(seconds=first),
        days=days,
        types=types,
        channels=_channels(texts.of("channel"), order, type_codes, len(types)),
        agents=agents,
        mapping=mapping,
        report=Report(texts.rows + len(texts.table.ragged), len(order), tuple(sieve.findings)),
        type=type_codes,
        arrival=times.arrival[order] - first,
        queue=times.queue[order] - first,
        wait=times.wait[order],
        answered=answered[order],
        handle=np.where(believable, times.handle, np.nan)[order],
        wrap_up=times.wrap_up[order],
        end=np.where(answered, times.queue + times.wait + busy, np.nan)[order] - first,
        agent=np.where(answered[order], agent_codes, -1),
        customer=_coded(texts.of("customer"), order, "")[1],
    )


def _believable(handle: Floats, mapping: Mapping, sieve: _Sieve) -> Flags:
    inside = (handle >= mapping.shortest_handle) & (handle <= mapping.longest_handle)
    limits = f"shorter than {mapping.shortest_handle:g} s or longer than {mapping.longest_handle:g} s"
    sieve.repair(~inside & ~np.isnan(handle), f"a service {limits}, left out of handle times")
    return inside


def _refuse_too_long(texts: _Texts, sieve: _Sieve, arrival: Floats, days: int) -> None:
    if days > MOST_DAYS:
        rows = np.flatnonzero(sieve.keep)
        at = int(rows[np.argmin(arrival[rows])])
        row, column = texts.table.rows[at], texts.columns.get("date", texts.columns["arrival"])
        problem = f"the dates span {days:,} days, from {texts.table.header[column]} {row[column][:40]!r}"
        remedy = f"at most {MOST_DAYS} days; cut the file, or correct that date"
        raise InvalidFile(texts.table.name, str(texts.table.numbers[at]), problem, remedy)


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
    usual = [np.bincount(codes[types == kind], minlength=len(names)).argmax() for kind in range(count)]
    return tuple(_known_channel(names[at]) for at in usual)


def _known_channel(name: str) -> str:
    alike = {"call": "phone", "calls": "phone", "voice": "phone", "e-mail": "email", "mail": "email"}
    joined = name.replace(" ", "-").replace("_", "-")
    return joined if joined in CHANNELS else alike.get(joined, name)
