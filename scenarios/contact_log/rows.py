"""The rows of a contact log that are contacts: columns by role, filters, records delivered twice, outcomes."""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_log.logfile import TextTable
from scenarios.contact_log.mapping import Mapping
from scenarios.contact_log.records import Finding, Flags, Floats
from scenarios.errors import InvalidFile

MOST_UNREADABLE = 0.2
"""The share of rows that may be unreadable before the whole file is refused."""
_DISAGREE = 0.01
"""The share of rows in which two signs of an answer may differ before it is asked which one counts."""
_ZEROS = frozenset({"0", "0.0", "0:00", "00:00", "0:00:00", "00:00:00"})
_NO_DATES = ("0000-00-00", "1900-01-01 00:00", "1900-01-01t00:00", "1970-01-01 00:00", "1970-01-01t00:00")


@dataclass
class RowFilter:
    """Which rows are still in, and what was found about the others; lives only while one table is read."""

    numbers: NDArray[np.int64]
    keep: Flags
    findings: list[Finding] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)
    """How texts were read where that is not plain."""
    notes: list[str] = field(default_factory=list)
    """What a reader of anything made from the table must know."""

    def drop(self, rows: Flags, issue: str) -> None:
        """Leave these rows out, counted under the first reason only."""
        self._note(rows & self.keep, issue, "dropped")
        self.keep = self.keep & ~rows

    def choose(self, column: str, texts: Sequence[str], words: tuple[str, ...], wanted: bool) -> None:
        """Leave rows out by what stands in a column: those with other words, or, if they are not wanted, with these."""
        fits = np.isin([text.strip().casefold() for text in texts], list(_folded(words)))
        self.drop(~fits if wanted else fits, f"{column} is {'not ' if wanted else ''}{' or '.join(words)}")

    def repair(self, rows: Flags, issue: str) -> None:
        """Count rows whose values were changed."""
        self._note(rows & self.keep, issue, "repaired")

    def retain(self, rows: Flags, issue: str) -> None:
        """Count rows that look odd and are taken as they are."""
        self._note(rows & self.keep, issue, "kept")

    def _note(self, rows: Flags, issue: str, done: str) -> None:
        if rows.any():
            self.findings.append(Finding(issue, done, int(rows.sum()), int(self.numbers[rows].min())))

    def without_dropped(self) -> RowFilter:
        """The rows that are still in, with everything found so far."""
        numbers = self.numbers[self.keep]
        return replace(self, numbers=numbers, keep=np.ones(len(numbers), dtype=bool))


class LogColumns:
    """The columns of a table by role, as text; empty where a marker of emptiness stands."""

    def __init__(self, table: TextTable, mapping: Mapping) -> None:
        self.table, self.mapping, self.rows = table, mapping, len(table.rows)
        self.places = _places(table, mapping)

    def __contains__(self, role: str) -> bool:
        return role in self.places

    def header(self, role: str) -> str:
        """The names of the columns of a role, as the file has them."""
        return " + ".join(self.table.header[at] for at in self.places[role])

    def of(self, role: str) -> list[str]:
        """The text of a role of one column, empty where the log has no such column."""
        places = self.places.get(role)
        return [""] * self.rows if not places else self._column(places[0], role)

    def parts(self, role: str) -> list[tuple[str, list[str]]]:
        """The columns of a role, with their names."""
        return [(self.table.header[at], self._column(at, role)) for at in self.places.get(role, ())]

    def selected(self, keep: Flags) -> LogColumns:
        """The columns of some rows."""
        if keep.all():
            return self
        at = np.flatnonzero(keep)
        rows, numbers = [self.table.rows[i] for i in at], [self.table.numbers[i] for i in at]
        return LogColumns(replace(self.table, rows=rows, numbers=numbers), self.mapping)

    def _column(self, at: int, role: str) -> list[str]:
        texts = [row[at] for row in self.table.rows]
        markers, starts = self._markers(role)
        letters = {word[:1] for word in (*markers, *starts)}
        first = letters | {letter.upper() for letter in letters} | {" ", "\t", "\xa0"}
        empty = {
            text
            for text in set(texts)
            if text[:1] in first and ((bare := text.strip().casefold()) in markers or bare.startswith(starts))
        }
        return ["" if text in empty else text for text in texts] if empty else texts

    def _markers(self, role: str) -> tuple[frozenset[str], tuple[str, ...]]:
        """What stands for an empty field of a role, and what such texts begin with."""
        mapping, starts = self.mapping, ("0000-00-00",)
        markers = _folded(mapping.empty)
        if role == "outcome":
            markers -= _folded((*mapping.answered, *mapping.abandoned, *mapping.ignored))
        if role in {"type", "channel", "agent", "customer"}:
            markers -= {"na"}  # a name like any
        if not mapping.zero_means_none or role not in {"agent", "queue", "answer", "end"}:
            return markers, starts
        if role == "agent" or "date" in self.places:
            return markers | {"0", "0.0"}, starts
        return markers | _ZEROS, (*starts, *_NO_DATES)


def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def _places(table: TextTable, mapping: Mapping) -> dict[str, tuple[int, ...]]:
    """Where the columns of each role are; names are compared without regard to case."""
    places: dict[str, tuple[int, ...]] = {}
    for role, columns in mapping.columns.items():
        asked = [column_at(table, column) for column in columns]
        if None not in asked:
            places[role] = tuple(at for at in asked if at is not None)
        elif role not in mapping.optional:
            raise missing(table, f"there is no column '{columns[asked.index(None)]}' ({role})")
    if "answer" not in places and "wait" not in places:
        raise missing(table, "neither the instant of the answer nor the wait is there")
    if "end" not in places and "handle" not in places:
        raise missing(table, "neither the end nor the handle time is there")
    return places


def column_at(table: TextTable, name: str) -> int | None:
    """Where a column is, whatever the case of its letters; None if the table has none."""
    header = [column.casefold() for column in table.header]
    return header.index(name.strip().casefold()) if name.strip().casefold() in header else None


def missing(table: TextTable, problem: str) -> InvalidFile:
    """The error for a column that is not there."""
    present = ", ".join(table.header[:20])
    return InvalidFile(table.name, "1", problem, f"name your columns in a mapping; the file has {present}")


def filter_rows(columns: LogColumns, rows: RowFilter) -> None:
    """Leave out rows that the mapping's filters exclude, and records delivered again."""
    mapping, table = columns.mapping, columns.table
    for key, wanted, filters in (("only", True, mapping.only), ("exclude", False, mapping.exclude)):
        for name, words in filters.items():
            at = column_at(table, name)
            if at is None:
                raise missing(table, f"there is no column '{name}' ({key})")
            rows.choose(name, [row[at] for row in table.rows], words, wanted)
            if not rows.keep.any():
                seen = ", ".join(sorted({row[at].strip() for row in table.rows})[:8])
                raise InvalidFile(table.name, "", f"no row is left by `{key}` of {name}", f"the column holds {seen}")
    _leave_out_duplicates(columns, rows)


def _leave_out_duplicates(columns: LogColumns, rows: RowFilter) -> None:
    duplicates = columns.mapping.duplicates
    if "id" in columns and duplicates != "keep":
        issue = f"{columns.header('id')} was delivered again, the last one kept"
        rows.drop(_delivered_again(columns, rows.keep), issue)
    elif "id" not in columns:
        alike = _repeated(list(map(tuple, columns.table.rows)), rows.keep)
        if duplicates == "drop":
            rows.drop(alike, "the same as an earlier row in every field")
        else:
            rows.retain(alike, "the same as an earlier row in every field, another contact unless an id says otherwise")


def _delivered_again(columns: LogColumns, keep: Flags) -> Flags:
    """Rows that come again later with the same id, day, arrival and type; rows without an id are none."""
    ids = list(zip(*(texts for _, texts in columns.parts("id")), strict=True))
    keys = list(zip(ids, columns.of("date"), columns.of("arrival"), columns.of("type"), strict=True))
    again = _repeated(keys[::-1], keep[::-1])[::-1]
    named = np.array([any(text.strip() for text in texts) for texts in ids], dtype=bool)
    return np.asarray(again & named, dtype=bool)


def _repeated(keys: Sequence[tuple[object, ...]], keep: Flags) -> Flags:
    seen: set[tuple[object, ...]] = set()
    repeated = np.zeros(len(keys), dtype=bool)
    for at, key in enumerate(keys):
        if keep[at]:
            repeated[at] = key in seen
            seen.add(key)
    return repeated


def outcomes(columns: LogColumns, rows: RowFilter, handled: Floats) -> Flags:
    """Whether each row was answered; rows of other outcomes are dropped.

    Parameters
    ----------
    columns, rows
        The log.
    handled
        The time of service in each row, NaN where the log has none.
    """
    if "outcome" not in columns:
        return _by_evidence(columns, rows, handled)
    mapping = columns.mapping
    words = np.array([text.strip().casefold() for text in columns.of("outcome")])
    answered, abandoned, ignored = (
        np.isin(words, list(_folded(outcomes))) for outcomes in (mapping.answered, mapping.abandoned, mapping.ignored)
    )
    rows.drop(ignored, f"outcome {', '.join(mapping.ignored)}")
    unknown = ~(answered | abandoned | ignored)
    refuse_if_many(columns, rows, unknown, "outcome", "say in the mapping which words mean answered and abandoned")
    rows.drop(unknown, "an outcome that the mapping does not know")
    return np.asarray(answered, dtype=bool)


def _by_evidence(columns: LogColumns, rows: RowFilter, handled: Floats) -> Flags:
    """Whether each row was answered, by what is filled in: the answer, the agent, or the time of service."""
    with np.errstate(invalid="ignore"):
        signs = {role: _filled(columns.of(role)) for role in ("answer", "agent") if role in columns}
        if "handle" in columns:
            signs["handle"] = handled > 0
    zeros = "handle" in columns and bool(np.isfinite(handled).all())  # never empty: no service is a 0
    chosen = columns.mapping.answered_if or _chosen(columns, signs)
    if chosen not in signs:
        raise missing(columns.table, f"there is no column for '{chosen}' (answered_if)")
    answered = signs[chosen]
    if chosen == "handle" and not (zeros or columns.mapping.zero_means_none or columns.mapping.answered_if):
        return np.isfinite(handled)
    if chosen != "answer" and not answered.all():
        filled = "over 0" if chosen == "handle" else "filled"
        rows.readings.append(
            f"answered where {columns.header(chosen)} is {filled}: {answered.sum():,} of {len(answered):,} rows"
            " (outcome or answered_if in the mapping)"
        )
    return answered


def _chosen(columns: LogColumns, signs: Lookup[str, Flags]) -> str:
    """The sign of an answer that counts; asked for where two of them differ."""
    if not signs:
        raise missing(columns.table, "no column tells which contacts were answered (outcome, answer, handle or agent)")
    first = next(role for role in ("answer", "handle", "agent") if role in signs)
    agents = signs.get("agent")
    if agents is None or agents.all() or not agents.any():
        return first
    differ = signs[first] != agents
    if first == "answer":
        # An agent may be missing from answered rows; an answer that is always there says nothing.
        if not signs[first].all():
            return first
    elif differ.mean() <= _DISAGREE:
        return "agent"
    if differ.mean() <= _DISAGREE:
        return first
    at = int(np.flatnonzero(differ)[0])
    table, names = columns.table, {role: columns.header(role) for role in (first, "agent")}
    problem = f"{differ.sum():,} rows have {names[first]} without {names['agent']}, or the other way round"
    remedy = f"say `answered_if: {first}` or `answered_if: agent` in the mapping, or name the column of the outcome"
    raise InvalidFile(table.name, str(table.numbers[at]), problem, remedy)


def _filled(texts: list[str]) -> Flags:
    return np.array([bool(text.strip()) for text in texts], dtype=bool)


def refuse_if_many(columns: LogColumns, rows: RowFilter, bad: Flags, role: str, remedy: str) -> None:
    """Refuse the file if too many of its rows are bad, naming the first."""
    bad = bad & rows.keep
    if bad.sum() > MOST_UNREADABLE * rows.keep.sum():
        first = int(np.flatnonzero(bad)[0])
        table, at = columns.table, columns.places[role][0]
        column, value = table.header[at], table.rows[first][at][:60]
        problem = f"{column} is {value!r}; {bad.sum():,} of {len(bad):,} rows cannot be used"
        raise InvalidFile(table.name, str(table.numbers[first]), problem, remedy)
