"""First attempts behind the contacts that a report counts, where customers cannot be told apart.

What is offered in an interval is first attempts, and those who abandoned before and try again. With a redial
probability and a delay that are assumed, the report's own abandoned contacts say how many of each: the traffic equation
of the retrial queue, ``offered = first + probability x abandoned, moved on by the delay``, is solved interval by
interval (Aguir, Karaesmen, Aksin & Chauvet 2004, *The impact of retrials on call center performance*, OR Spectrum 26;
Ding, Koole & van der Mei 2015, *On the estimation of the true demand in call centers with redials and reconnects*,
section 3). As abandoned contacts are counted, and not the result of a model, its fixed point takes no iteration.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.centre.workload import delayed
from scenarios.distributions import Exponential
from scenarios.errors import InvalidFile, InvalidValue
from scenarios.interval_report.reading import IntervalReport
from scenarios.units import DAY, written

Floats = NDArray[np.float64]

USUAL_PROBABILITY, USUAL_DELAY = 0.7, 900.0
ORIGIN = "assumption: as in the worked examples, to be replaced by what your own log with caller ids shows"
_LONGEST_DELAY = DAY
_PARTS = 10
"""Of an interval, each taken as if all its contacts came in its middle."""


@dataclass(frozen=True)
class RedialAssumption:
    """How many of those who abandon contact again, and after which time on average (s)."""

    probability: float = USUAL_PROBABILITY
    delay: float = USUAL_DELAY

    def __post_init__(self) -> None:
        """Refuse what is no probability, and a delay beyond a day.

        Raises
        ------
        InvalidValue
            Naming the value.
        """
        if not 0 < self.probability < 1:
            remedy = "give a share of those who abandon, above 0 and below 1, as in 0.5"
            raise InvalidValue("redial probability", self.probability, remedy)
        if not 0 < self.delay <= _LONGEST_DELAY:
            raise InvalidValue("redial delay", self.delay, "give a mean time above 0, of a day at most, as in '15 min'")

    @property
    def origin(self) -> str:
        """Where the numbers come from."""
        usual = self.probability == USUAL_PROBABILITY and self.delay == USUAL_DELAY
        return ORIGIN if usual else "assumption: as given at the import"

    def rule(self, contact_type: str) -> dict[str, Any]:
        """The follow-up by which those who abandon contact again."""
        delay = {"mean": self.delay}
        return {"after": "abandoned", "probability": self.probability, "as": contact_type, "delay": delay}

    def words(self, contact_type: str, offered: float, first: float) -> str:
        """What was taken for redials, and how much that depends on the probability."""
        tenth = (offered - first) / self.probability / 10
        return (
            f"{contact_type}: of {offered:,.0f} contacts offered {first:,.0f} are first attempts, if"
            f" {self.probability:.0%} of those who abandon contact again after {written(self.delay)} on average"
            f" ({self.origin.partition(': ')[0]}); each 10 points of it are {tenth:,.0f} contacts"
        )


def first_attempts(report: IntervalReport, redials: RedialAssumption) -> tuple[Floats, list[str]]:
    r"""First attempts of each row of a report, shape (rows,), and what a person must know.

    Where more redials would come than contacts were offered, there are no first attempts.

    Raises
    ------
    InvalidFile
        If the report does not tell abandoned contacts, or counts days.

    Examples
    --------
    Of 40 contacts 20 abandon; half of these try again after 15 minutes, most of them in the next half-hour.

    >>> from scenarios.interval_report.reading import read_report
    >>> rows = b"When,Offered,Abandoned", b"2026-03-02 08:00,40,20", b"2026-03-02 08:30,40,0"
    >>> first, _ = first_attempts(read_report(b"\n".join(rows)), RedialAssumption(0.5, 900))
    >>> first.round(1)
    array([34.3, 36.3])
    """
    table = report.table
    if report.interval >= DAY:
        problem = "days do not tell when those who abandon contact again"
        raise InvalidFile(report.name, "", problem, "export intervals of an hour at most, or leave redials in")
    result, notes = table["offered"].to_numpy(dtype=float).copy(), []
    start = table["when"].min().normalize()
    place = ((table["when"] - start).dt.total_seconds() // report.interval).to_numpy(dtype=np.int64)
    for name, rows in table.groupby("contact type", sort=True):
        own = table.index.get_indexer(rows.index)
        abandoned = rows["abandoned"].to_numpy(dtype=float)
        if np.isnan(abandoned).all():
            problem = f"no abandoned contacts of {name} are told"
            raise InvalidFile(report.name, "", problem, "name their column in the mapping, or leave redials in")
        counts = np.zeros(int(place.max()) + 1)
        np.add.at(counts, place[own], np.nan_to_num(abandoned))
        back = redials.probability * _moved_on(counts, redials.delay, _wait(rows, abandoned), report.interval)
        offered = result[own]
        result[own] = np.maximum(offered - back[place[own]], 0.0)
        notes.append(redials.words(str(name), float(offered.sum()), float(result[own].sum())))
        if short := int((back[place[own]] > offered + 0.5).sum()):
            notes.append(f"{name}: in {short} intervals more redials would come than contacts were offered")
    return result, notes


def without_assumed_redials(
    report: IntervalReport, redials: RedialAssumption | None
) -> tuple[IntervalReport, list[str]]:
    """The report with first attempts as its contacts offered, and notes; as it is where nothing is assumed.

    Raises
    ------
    InvalidFile
        As `first_attempts`.
    """
    if redials is None:
        return report, []
    offered, notes = first_attempts(report, redials)
    return replace(report, table=report.table.assign(offered=offered)), notes


def _moved_on(counts: Floats, delay: float, wait: float, interval: float) -> Floats:
    """Counts by interval of arrival as those by interval of the next attempt; arrivals are even within an interval."""
    parts = delayed(np.repeat(counts / _PARTS, _PARTS), Exponential(mean=delay), wait, interval / _PARTS)
    return np.asarray(parts.reshape(-1, _PARTS).sum(axis=1))


def _wait(rows: pd.DataFrame, abandoned: Floats) -> float:
    """Mean wait of those who abandon (s), of those answered where it is not told, else 0."""
    for column, counts in (("abandon wait", abandoned), ("asa", rows["answered"].to_numpy(dtype=float))):
        waits = rows[column].to_numpy(dtype=float)
        known = np.isfinite(waits) & (counts > 0)
        if known.any():
            return float(np.average(waits[known], weights=counts[known]))
    return 0.0
