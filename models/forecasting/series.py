"""The contacts of a type as days by intervals: what every method of forecasting starts from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

_LIKELY = 5.0
"""Expected contacts from which on none at all is no chance (it would be with probability 0.7 %)."""


@dataclass(frozen=True)
class DaySeries:
    """The open days of a contact type, oldest first."""

    contact_type: str
    days: tuple[date, ...]
    counts: Floats
    """Contacts offered, shape (days, intervals of a day)."""
    interval: float
    """Seconds."""

    def __len__(self) -> int:
        return len(self.days)

    @property
    def totals(self) -> Floats:
        """Contacts by day, shape (days,)."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def weekdays(self) -> NDArray[np.int64]:
        """The weekday of each day (Monday is 0), shape (days,)."""
        return np.array([day.weekday() for day in self.days], dtype=np.int64)

    def head(self, count: int) -> DaySeries:
        """The first days alone: what was known at an earlier time."""
        return DaySeries(self.contact_type, self.days[:count], self.counts[:count], self.interval)

    def tail(self, count: int) -> DaySeries:
        """The last days alone."""
        return DaySeries(self.contact_type, self.days[-count:], self.counts[-count:], self.interval)

    def in_use(self) -> Floats:
        """Whether an interval has contacts on a weekday, 1 or 0, shape (7, intervals).

        It has none if none came on this weekday although those of all days would have made several likely.
        """
        mean = self.counts.mean(axis=0)
        result = np.tile(mean > 0, (7, 1)).astype(float)
        for day in np.unique(self.weekdays):
            of_weekday = self.counts[self.weekdays == day]
            result[day, (of_weekday.sum(axis=0) == 0) & (mean * len(of_weekday) >= _LIKELY)] = 0.0
        return result

    def where(self, chosen: Booleans) -> DaySeries:
        """The days that are chosen, shape (days,)."""
        days = tuple(day for day, keep in zip(self.days, chosen, strict=True) if keep)
        return DaySeries(self.contact_type, days, self.counts[chosen], self.interval)
