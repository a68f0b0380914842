"""Runs that ended on this server: who asks for the same after a reload, or in another tab, need not wait again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from weakref import ReferenceType, ref

from simulator.measure.results import Results
from studies.backtest import Backtest

Found = Results | Backtest
MOST_BYTES = 200_000_000
"""Memory of what is kept; the oldest goes."""


@dataclass
class FinishedRuns:
    """Findings by a key of everything that they rest on, so that equal keys have equal findings.

    The newest are kept; older and larger ones are found as long as a window has them, which then share the memory.
    """

    most_bytes: int = MOST_BYTES
    lock: Lock = field(default_factory=Lock)
    kept: dict[str, tuple[Found, ...]] = field(default_factory=dict)
    seen: dict[str, tuple[ReferenceType[Found], ...]] = field(default_factory=dict)

    def find(self, key: str) -> tuple[Any, ...] | None:
        """The findings of an equal run, None where there are none any more."""
        with self.lock:
            found = tuple(results for reference in self.seen.get(key, ()) if (results := reference()) is not None)
            return found if found and len(found) == len(self.seen[key]) else None

    def keep(self, key: str, findings: Sequence[Found]) -> None:
        """Keep the findings of a run that ended.

        Examples
        --------
        >>> from scenarios.yaml import presets
        >>> from simulator.experiment import simulate
        >>> runs, results = FinishedRuns(), simulate(presets.load("help-desk"), 2)
        >>> runs.keep("a", [results])
        >>> runs.find("a")[0] is results, runs.find("b")
        (True, None)
        """
        with self.lock:
            gone = [key for key, references in self.seen.items() if any(part() is None for part in references)]
            for old in gone:
                del self.seen[old]
            self.seen[key] = tuple(map(ref, findings))
            self.kept.pop(key, None)
            self.kept[key] = tuple(findings)
            while sum(memory(part) for parts in self.kept.values() for part in parts) > self.most_bytes:
                del self.kept[next(iter(self.kept))]


def memory(results: Found) -> int:
    """The bytes of the tallies of a run, or of the sums that a back-test keeps of them."""
    if isinstance(results, Backtest):
        return results.nbytes
    return sum(part.nbytes for part in (results.contacts, results.groups, results.waits, results.longest, results.ends))
