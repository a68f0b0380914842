"""Days that look wrong: gaps, outages, days imported twice and outliers, and what a person wants done with each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.forecasting.series import DaySeries, Floats
from scenarios.errors import InvalidValue
from scenarios.hours import WEEKDAYS
from scenarios.units import clock

Treatment = Literal["keep", "leave out", "repair"]
TREATMENTS: tuple[Treatment, ...] = ("keep", "leave out", "repair")
Flags = NDArray[np.bool_]

MISSING_SHARE = 0.05
"""A day that lacks intervals with more than this share of its usual contacts is left out unless a person chooses."""
OUTAGE_FROM = 10.0
"""Contacts usual in an interval from which none at all is taken for an outage."""
_NEAR = 9
"""Days of a weekday around a day whose median is what is usual on it."""
_FEWEST_OF_WEEKDAY = 4
_UNUSUAL, _LEAST_UNUSUAL = 5.0, float(np.log(1.4))
"""Robust standard deviations, and the least deviation of the logarithm, from which a day is an outlier."""
_SPIKE, _SPIKE_DEVIATIONS = 3.0, 8.0
"""How many times its usual contacts, and Poisson standard deviations beyond, an interval holds that is a spike."""
_MOST_SPIKES = 2
"""Spikes of a day above which all of it is wrong."""
_MOST_COPIES = 0.1
"""The share of days above which equal figures are no accident of an import."""
_COPIED_FROM = 50.0
"""Contacts of a day from which equal figures in every interval are no chance."""


@dataclass(frozen=True)
class DayChoice:
    """What a person wants done with a day."""

    day: date
    treatment: Treatment
    contact_type: str | None = None
    """None for all."""


@dataclass(frozen=True)
class DoubtfulDay:
    """A day that looks wrong, and what was done with it."""

    contact_type: str
    day: date
    issue: str
    treatment: Treatment
    chosen: bool
    """Whether a person chose the treatment."""

    def __str__(self) -> str:
        """The day as a note."""
        if self.treatment == "leave out":
            return f"{self.contact_type}: {self.day} left out: {self.issue}"
        done = "repaired" if self.treatment == "repair" else "kept"
        return f"{self.contact_type}: {self.day} {done}: {self.issue}"


def choices_from(texts: Iterable[str], treatment: Treatment) -> list[DayChoice]:
    """Choices written as ``day`` or ``day, contact type``.

    Raises
    ------
    InvalidValue
        If a text names no day.

    Examples
    --------
    >>> choices_from(["2026-03-02, Sales"], "repair")[0].contact_type
    'Sales'
    """
    choices = []
    for text in texts:
        day, _, contact_type = text.partition(",")
        try:
            choices.append(DayChoice(date.fromisoformat(day.strip()), treatment, contact_type.strip() or None))
        except ValueError:
            raise InvalidValue(treatment, text, "write the day as 2026-03-02, or 2026-03-02, contact type") from None
    return choices


def checked_days(
    series: DaySeries, known: Floats, parts: int, choices: Sequence[DayChoice]
) -> tuple[Flags, Floats, list[DoubtfulDay], list[str]]:
    """Which days are used, their counts as repaired, the days that look wrong, and notes on weekdays that are closed.

    Parameters
    ----------
    series
        All days of a contact type.
    known
        How many rows of the file tell each interval, shape (days, intervals).
    parts
        How many rows tell an interval at most.
    choices
        What a person wants; without one, days that lack much are left out, little that is missing is filled in, and
        outliers are kept.
    """
    usual = _Usual(series, known, parts)
    notes = [
        f"{series.contact_type}: no contacts on any {WEEKDAYS[weekday]}, so it is taken as closed"
        for weekday in np.unique(series.weekdays[usual.closed])
    ]
    own = {choice.day: choice.treatment for choice in choices if choice.contact_type in (None, series.contact_type)}
    issues = {**dict(_outliers(series, usual)), **dict(_copies(series)), **dict(_missing(usual))}
    kept, counts = ~usual.closed, series.counts.copy()
    doubts = []
    for index, day in enumerate(series.days):
        if usual.closed[index] or (index not in issues and day not in own):
            continue
        issue, proposal = issues.get(index, ("as chosen", "keep"))
        treatment = own.get(day, proposal)
        kept[index] = treatment != "leave out"
        if treatment == "repair":
            counts[index] = usual.repaired(index)
        doubts.append(DoubtfulDay(series.contact_type, day, issue, treatment, day in own))
    return kept, counts, doubts, notes


class _Usual:
    """What is usual on each day, and what of it is missing."""

    def __init__(self, series: DaySeries, known: Floats, parts: int) -> None:
        self.series = series
        counts, weekdays = series.counts, series.weekdays
        own = {day: weekdays == day for day in range(7) if (weekdays == day).any()}
        medians = {day: np.median(counts[rows], axis=0) for day, rows in own.items()}
        most = {day: known[rows].max(axis=0) for day, rows in own.items()}
        self.median = np.array([medians[day] for day in weekdays.tolist()])
        """Median contacts of the weekday by interval."""
        most_parts = np.array([most[day] for day in weekdays.tolist()])
        outage = (counts == 0) & (self.median >= OUTAGE_FROM)
        self.absent: Flags = (known < np.minimum(most_parts, parts)) | outage
        self.lost = np.where(self.absent, self.median, 0.0).sum(axis=1)
        self.share = self.lost / np.maximum(self.median.sum(axis=1), 1e-9)
        mean = np.array([counts[own[day]].sum(axis=1).mean() for day in weekdays.tolist()])
        self.closed: Flags = mean == 0
        none = counts.sum(axis=1) == 0
        self.empty: Flags = none & ((mean >= OUTAGE_FROM) | (known.sum(axis=1) == 0)) & ~self.closed

    @property
    def level(self) -> Floats:
        """The median total of the nearest days of the same weekday, shape (days,)."""
        totals = pd.Series(self.series.counts.sum(axis=1)).where(~self.empty & (self.share <= MISSING_SHARE))
        weekday = pd.Series(self.series.weekdays)
        rolled = totals.groupby(weekday).transform(lambda own: own.rolling(_NEAR, center=True, min_periods=1).median())
        result: Floats = np.asarray(rolled, dtype=float)
        return result

    def spikes(self, index: int) -> Flags:
        """Intervals of a day with far more contacts than usual."""
        counts, usual = self.series.counts[index], self.median[index]
        far = counts > usual + _SPIKE_DEVIATIONS * np.sqrt(np.maximum(usual, 1.0))
        return np.asarray(far & (counts > _SPIKE * np.maximum(usual, 1.0)))

    def repaired(self, index: int) -> Floats:
        """The counts of a day with what is missing or a spike filled in; all of them as usual where neither is."""
        counts: Floats = self.series.counts[index].copy()
        same = self.series.weekdays == self.series.weekdays[index]
        wrong = (self.absent[index] & (self.median[index] > 0)) | self.spikes(index)
        right = same[:, None] & ~self.absent
        typical = np.where(right, self.series.counts, 0.0).sum(axis=0) / np.maximum(right.sum(axis=0), 1)
        if self.empty[index] or not wrong.any() or self.spikes(index).sum() > _MOST_SPIKES:
            level = self.level[index]
            return np.asarray(self.median[index] * (level / max(self.median[index].sum(), 1e-9)))
        if self.spikes(index).any():
            typical = self.median[index]
        level = counts[~wrong].sum() / max(typical[~wrong].sum(), 1e-9)
        counts[wrong] = level * typical[wrong]
        return np.asarray(counts)


def _missing(usual: _Usual) -> Iterator[tuple[int, tuple[str, Treatment]]]:
    for index in np.flatnonzero(usual.empty):
        yield int(index), ("no contacts at all (closed, or an outage)", "leave out")
    for index in np.flatnonzero(~usual.empty & (usual.lost > 0)):
        if usual.share[index] > MISSING_SHARE:
            yield int(index), (f"{usual.share[index]:.0%} of it is missing", "leave out")
        else:
            filled = int((usual.absent[index] & (usual.median[index] > 0)).sum())
            yield int(index), (f"{filled} missing intervals", "repair")


def _outliers(series: DaySeries, usual: _Usual) -> Iterator[tuple[int, tuple[str, Treatment]]]:
    totals, level = series.counts.sum(axis=1), usual.level
    many = np.array([(series.weekdays == day).sum() for day in series.weekdays]) >= _FEWEST_OF_WEEKDAY
    known = (totals > 0) & (level > 0) & ~usual.closed & many
    if not known.any():
        return
    deviation = np.zeros(len(totals))
    deviation[known] = np.log(totals[known] / level[known])
    usual_spread = 1.4826 * float(np.median(np.abs(deviation[known])))
    chance = np.sqrt(1 / np.maximum(level, 1e-9))
    limit = np.maximum(_UNUSUAL * np.maximum(usual_spread, chance), _LEAST_UNUSUAL)
    for index in np.flatnonzero(known):
        if abs(deviation[index]) > limit[index]:
            weekday = WEEKDAYS[int(series.weekdays[index])]
            yield (
                int(index),
                (f"{totals[index]:,.0f} contacts where {level[index]:,.0f} are usual on a {weekday}", "keep"),
            )
        elif (spikes := usual.spikes(int(index))).any():
            at = int(np.argmax(np.where(spikes, series.counts[index], 0)))
            contacts = f"{series.counts[index, at]:,.0f} contacts where {usual.median[index, at]:,.0f} are usual"
            yield int(index), (f"{clock(at * series.interval)}: {contacts}", "keep")


def _copies(series: DaySeries) -> Iterator[tuple[int, tuple[str, Treatment]]]:
    """Days with the figures of an earlier one in every interval."""
    earlier: dict[bytes, int] = {}
    copies: list[tuple[int, int]] = []
    for index, counts in enumerate(series.counts):
        if counts.sum() < _COPIED_FROM or (counts > 0).sum() < _FEWEST_OF_WEEKDAY:
            continue
        first = earlier.setdefault(counts.tobytes(), index)
        if first != index:
            copies.append((index, first))
    if len(copies) > _MOST_COPIES * len(series):  # figures that were spread by a profile, not counted
        return
    for index, first in copies:
        yield index, (f"the same figures in every interval as {series.days[first]}, imported twice?", "keep")
