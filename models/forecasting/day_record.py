"""What is known of a day that is not over: its contacts until now, and how they fared where a report tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from models.forecasting.history import DEFAULT_TYPE, csv_table, native_interval, tidy_rows
from models.forecasting.series import Floats
from scenarios.errors import InvalidFile
from scenarios.units import DAY

OUTCOMES = {
    "answered": ("answered",),
    "abandoned": ("abandoned",),
    "in_time": ("within",),
    "wait_answered": ("asa", "answered"),
}
"""Tallies of contacts, by the columns of a report whose product they are."""


@dataclass(frozen=True)
class DayRecord:
    """The contacts of a day that is not over."""

    day: date
    counts: dict[str, Floats]
    """By contact type, shape (intervals of a day,)."""
    passed: int
    """Intervals from midnight that are over."""
    outcomes: dict[str, dict[str, Floats]] = field(default_factory=dict)
    """By contact type the sums of `OUTCOMES` that a report tells, each shape (intervals of a day,)."""

    def renamed(self, names: dict[str, str]) -> DayRecord:
        """The record of some contact types, by their new names."""
        counts = {new: self.counts[old] for old, new in names.items() if old in self.counts}
        outcomes = {new: self.outcomes[old] for old, new in names.items() if old in self.outcomes}
        return DayRecord(self.day, counts, self.passed, outcomes)


def read_day(path: Path, interval: float, contact_type: str = DEFAULT_TYPE) -> DayRecord:
    """What came so far on a day, from a CSV table of its intervals in the layout of a history.

    Raises
    ------
    InvalidFile
        If it cannot be read, or holds several days.
    """
    return day_of(csv_table(path), interval, path, contact_type)


def day_of(
    table: pd.DataFrame, interval: float, source: Path | str = "today", contact_type: str = DEFAULT_TYPE
) -> DayRecord:
    """What came so far on a day, from a table of its intervals with the columns of a history.

    Raises
    ------
    InvalidFile
        As for a file.

    Examples
    --------
    >>> table = pd.DataFrame({"when": pd.date_range("2026-03-02 08:00", periods=3, freq="30min"), "offered": [5, 7, 6]})
    >>> day_of(table, 1800.0).passed
    19
    """
    tidy = tidy_rows(table, source, contact_type)
    days = tidy["when"].dt.normalize().unique()
    if len(days) != 1:
        raise InvalidFile(source, "", f"it holds {len(days)} days", "give the intervals of one day up to now", "when")
    seconds = (tidy["when"] - days[0]).dt.total_seconds()
    slot = (seconds // interval).astype(int)
    known = _outcomes(table.dropna(how="all").reset_index(drop=True))
    counts, outcomes = {}, {}
    for name, rows in tidy.groupby("contact type", sort=False):
        places = slot[rows.index].to_numpy()
        counts[str(name)] = _by_interval(places, rows["offered"].fillna(0.0).to_numpy(), interval)
        own = known.loc[rows.index]
        outcomes[str(name)] = {
            tally: _by_interval(places, own[tally].to_numpy(), interval)
            for tally in known.columns
            if own[tally][rows["offered"] > 0].notna().all()
        }
    end = float(seconds.max()) + min(native_interval(tidy, source), interval)
    return DayRecord(days[0].date(), counts, int(end // interval), outcomes)


def _outcomes(table: pd.DataFrame) -> pd.DataFrame:
    """The sums that a table tells by row, NaN where a cell is no number."""
    names = {str(name).strip().lower(): name for name in table.columns}
    told = {tally: columns for tally, columns in OUTCOMES.items() if all(column in names for column in columns)}
    sums = {}
    for tally, columns in told.items():
        product = pd.Series(1.0, table.index)
        for column in columns:
            product = product * pd.to_numeric(table[names[column]], errors="coerce")
        none_answered = pd.to_numeric(table[names[columns[-1]]], errors="coerce") == 0
        sums[tally] = product.where(~none_answered, 0.0).astype(float)
    return pd.DataFrame(sums, index=table.index)


def _by_interval(places: np.ndarray[tuple[int], np.dtype[np.int64]], values: Floats, interval: float) -> Floats:
    result = np.zeros(round(DAY / interval))
    np.add.at(result, places, np.nan_to_num(values))
    return result
