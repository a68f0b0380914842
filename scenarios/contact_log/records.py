"""Records: what happened in a real centre, read from a contact log, cleaned, with a report of what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from scenarios.contact_log.logfile import MOST_BYTES, Progress, read_table
from scenarios.contact_log.mapping import GENERIC, Mapping
from scenarios.horizon import Horizon
from scenarios.units import DAY

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Finding:
    """An issue that many rows have in common, and what was done about it."""

    issue: str
    done: str
    """``dropped``, ``repaired``, or ``kept`` as they are."""
    count: int
    first: int
    """The first such row of the file, from 1 with the header."""

    def __str__(self) -> str:
        """The finding as a line of text."""
        rows = "row" if self.count == 1 else "rows"
        return f"{self.count:,} {rows} {self.done}: {self.issue} (first in row {self.first})"


@dataclass(frozen=True)
class Suspicion:
    """A property of the contacts as a whole that real days of a contact centre rarely have."""

    issue: str
    evidence: str
    """The figure that shows it."""
    remedy: str

    def __str__(self) -> str:
        """The suspicion as a line of text."""
        return f"{self.issue} ({self.evidence}); {self.remedy}"


@dataclass(frozen=True)
class Report:
    """What became of the rows of a log."""

    rows: int
    """Rows in the file, header aside."""
    kept: int
    """Contacts in the records."""
    findings: tuple[Finding, ...] = ()
    readings: tuple[str, ...] = ()
    """How texts were read where that is not plain."""
    notes: tuple[str, ...] = ()
    """What a reader of anything made from the log must know."""
    suspicions: tuple[Suspicion, ...] = ()

    def count(self, issue: str) -> int:
        """The number of rows with a finding, 0 without any."""
        return sum(finding.count for finding in self.findings if finding.issue == issue)

    def lines(self) -> list[str]:
        """The report as lines of text."""
        first = f"{self.rows:,} rows read, {self.kept:,} contacts kept"
        return [first, *map(str, self.findings), *self.readings]


@dataclass(frozen=True)
class Records:
    """Contacts that were offered to agents, as arrays of shape (contacts,), in the order in which they queued.

    Times are seconds since the first midnight; NaN means that it never happened or is not known.
    """

    start: date
    """The first day."""
    days: int
    types: tuple[str, ...]
    channels: tuple[str, ...]
    """The channel of each type."""
    agents: tuple[str, ...]
    mapping: Mapping
    report: Report
    type: Codes = field(repr=False)
    """Index into `types`."""
    arrival: Floats = field(repr=False)
    """When the contact began, a menu or IVR included."""
    queue: Floats = field(repr=False)
    """When it joined the queue."""
    wait: Floats = field(repr=False)
    """NaN where the log does not tell it."""
    answered: Flags = field(repr=False)
    """Answered by an agent; otherwise the customer left."""
    handle: Floats = field(repr=False)
    """Seconds of service; NaN if abandoned, or beyond what is believable."""
    wrap_up: Floats = field(repr=False)
    end: Floats = field(repr=False)
    """When the agent was done, wrap-up included, at the longest believable service; NaN if abandoned."""
    agent: Codes = field(repr=False)
    """Index into `agents`, -1 where there is none."""
    customer: Codes = field(repr=False)
    """A number for each customer, -1 where unknown."""
    follows: Codes | None = field(default=None, repr=False)
    """Index into `types` of the leg from which the contact was transferred, else -1; None where legs are unknown."""

    def __len__(self) -> int:
        """The number of contacts."""
        return len(self.queue)

    @property
    def day(self) -> Codes:
        """The day on which each contact queued, from 0."""
        return (self.queue // DAY).astype(np.int64)

    @property
    def answer(self) -> Floats:
        """When each contact was answered; NaN if it was not."""
        return np.where(self.answered, self.queue + self.wait, np.nan)

    @property
    def pools(self) -> dict[str, tuple[str, ...]]:
        """The types that share agents, by the name of the pool; types of no pool are in one called ``agents``."""
        named = {
            pool: tuple(name for name in types if name in self.types) for pool, types in self.mapping.pools.items()
        }
        unpooled = tuple(name for name in self.types if not any(name in types for types in named.values()))
        pools = {pool: types for pool, types in named.items() if types}
        return pools | {"agents": unpooled} if unpooled else pools

    def of_types(self, names: Sequence[str]) -> Flags:
        """Whether each contact is of one of these types."""
        return np.isin(self.type, [self.types.index(name) for name in names if name in self.types])

    def horizon(self, interval: float = 1800.0) -> Horizon:
        """The days of the records, whole, in intervals of this length (seconds)."""
        return Horizon(start=self.start, days=self.days, interval=interval)

    def reported(self, suspicions: tuple[Suspicion, ...]) -> Self:
        """The same records with what is suspicious about them in the report."""
        return replace(self, report=replace(self.report, suspicions=suspicions))

    def select(self, keep: Flags) -> Self:
        """The records of some contacts, in the same days and with the same codes."""
        arrays = {part.name: getattr(self, part.name)[keep] for part in fields(self) if _is_array(self, part.name)}
        return replace(self, **arrays)

    def between(self, first: int, last: int) -> Self:
        """The records of the days from `first` up to, not including, `last`, counted from the first of them."""
        inside = self.select((self.day >= first) & (self.day < last))
        shift = first * DAY
        moved: dict[str, Any] = {name: getattr(inside, name) - shift for name in ("arrival", "queue", "end")}
        return replace(inside, start=self.start + timedelta(days=first), days=last - first, **moved)


def unbelievable(shortest: float, longest: float) -> str:
    """What a report calls services outside of these limits (s)."""
    return f"a service shorter than {shortest:g} s or longer than {longest:g} s, left out of handle times"


def _is_array(records: Records, name: str) -> bool:
    return isinstance(getattr(records, name), np.ndarray)


def read_records(
    source: str | Path | bytes,
    mapping: Mapping = GENERIC,
    name: str = "",
    limit: int = MOST_BYTES,
    progress: Progress | None = None,
) -> Records:
    r"""The records in a contact log: CSV, gzipped CSV or xlsx.

    Parameters
    ----------
    source
        A path, or the content of an uploaded file.
    mapping
        What the columns are called; `scenarios.contact_log.mapping` has some ready.
    name
        The name that errors shall use for uploaded content.
    limit
        The most bytes, packed and unpacked.
    progress
        Called with rows done and in all; it may raise to stop the reading.

    Raises
    ------
    InvalidFile
        If the file cannot be read as a log: with the row, the column, the value and the remedy.

    Examples
    --------
    >>> log = b"arrival,answer,end\n2026-03-02 08:00,2026-03-02 08:01,2026-03-02 08:06\n"
    >>> records = read_records(log)
    >>> records.wait, records.handle
    (array([60.]), array([300.]))
    """
    from scenarios.contact_log.cleaning import cleaned  # it builds Records

    return cleaned(read_table(source, name, mapping.encoding, limit, mapping.arrival, progress), mapping)
