"""The stretch of local wall time that a scenario covers, cut into intervals."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from scenarios.errors import InvalidValue
from scenarios.hours import periods
from scenarios.units import DAY, Seconds

Floats = NDArray[np.float64]
MOST_INTERVALS = 40_000
"""Intervals of a horizon: a year of quarter hours, or four weeks of minutes."""


class Horizon(BaseModel):
    """The days that are played, from `start`, in intervals of equal length.

    Examples
    --------
    >>> Horizon(start="2026-03-02", days=7, interval="15 min").intervals
    672
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    start: date = date(2026, 3, 2)
    """The first day; it begins at midnight, local wall time."""
    days: Annotated[int, Field(ge=1, le=366)] = 1
    interval: Seconds = 900.0
    warm_up: Seconds = 0.0
    """Contacts that arrive in this first stretch are played but left out of every result."""
    at_end: Literal["work-off", "stop"] = "work-off"
    """What is still open at the end is played on until it is decided, or the clock stops and leaves it out.

    Where work may wait, the last week (the whole of a shorter horizon) repeats itself, arrivals, staffing and opening
    hours alike, and nothing of it counts. Without such work nobody arrives any more, and the last staffing works off
    what is there.
    """

    def __eq__(self, other: object) -> bool:  # by the fields alone: arrays that are kept cannot be compared
        return isinstance(other, Horizon) and all(
            getattr(self, f) == getattr(other, f) for f in type(self).model_fields
        )

    def __hash__(self) -> int:
        return hash((self.start, self.days, self.interval, self.warm_up, self.at_end))

    @model_validator(mode="after")
    def _whole_intervals(self) -> Horizon:
        if self.interval < 60 or DAY % self.interval:
            raise InvalidValue("horizon.interval", self.interval, "choose a length that divides the day: 15 or 30 min")
        if self.intervals > MOST_INTERVALS:
            remedy = (
                f"{self.days} days of it are more than {MOST_INTERVALS:,} intervals; take longer ones or fewer days"
            )
            raise InvalidValue("horizon.interval", self.interval, remedy)
        if self.warm_up >= self.length:
            raise InvalidValue("horizon.warm_up", self.warm_up, f"it must end before the horizon ({self.length:g} s)")
        return self

    @property
    def midnight(self) -> datetime:
        """The instant at which the horizon begins."""
        return datetime(self.start.year, self.start.month, self.start.day)

    @property
    def judged_days(self) -> float:
        """Days without the warm-up.

        Examples
        --------
        >>> Horizon(days=2, warm_up="12 h").judged_days
        1.5
        """
        return (self.length - self.warm_up) / DAY

    @property
    def warm_up_intervals(self) -> int:
        """The intervals that the warm-up comes nearest to."""
        return round(self.warm_up / self.interval)

    @property
    def length(self) -> float:
        """Seconds from start to end."""
        return self.days * DAY

    @property
    def intervals_per_day(self) -> int:
        """The number of intervals in a day."""
        return round(DAY / self.interval)

    @property
    def intervals(self) -> int:
        """The number of intervals in the whole horizon."""
        return self.days * self.intervals_per_day

    @property
    def pattern_days(self) -> int:
        """The last days of the horizon, which repeat themselves after it: a week, or the whole if that is shorter."""
        return min(self.days, 7)

    def after(self, values: NDArray[Any], days: int) -> NDArray[Any]:
        """Values of the days after the horizon, which repeat its last ones.

        Parameters
        ----------
        values
            One for each interval or day of the horizon along the last axis.
        days
            How many days.

        Examples
        --------
        >>> Horizon(days=2).after(np.array([1, 2]), 3)
        array([1, 2, 1])
        """
        per_day = values.shape[-1] // self.days
        pattern = values[..., (self.days - self.pattern_days) * per_day :]
        return np.asarray(pattern[..., np.arange(days * per_day) % pattern.shape[-1]])

    @cached_property
    def edges(self) -> Floats:
        """Interval borders in seconds, shape (intervals + 1,)."""
        return np.arange(self.intervals + 1, dtype=float) * self.interval

    @cached_property
    def weekday_of_interval(self) -> NDArray[np.int64]:
        """The weekday (Monday is 0) at the start of each interval, shape (intervals,)."""
        return (self.start.weekday() + self.day_of_interval) % 7

    @cached_property
    def day_of_interval(self) -> NDArray[np.int64]:
        """The day of the horizon, from 0, of each interval, shape (intervals,)."""
        return np.repeat(np.arange(self.days), self.intervals_per_day)

    @property
    def times(self) -> list[datetime]:
        """The wall time at the start of each interval."""
        return [self.midnight + timedelta(seconds=float(edge)) for edge in self.edges[:-1]]

    def open_share(self, opening: tuple[str, ...]) -> Floats:
        """The share of each interval that is open, shape (intervals,)."""
        return self.overlap(periods(opening, self.midnight, self.length)) / self.interval

    def overlap(self, stretches: Floats) -> Floats:
        """Seconds of each interval that stretches, shape (n, 2), cover, each counted for itself."""
        return np.asarray(np.diff(_time_since(stretches[:, 0], self.edges) - _time_since(stretches[:, 1], self.edges)))

    def spread(self, field: str, values: tuple[float, ...] | float) -> Floats:
        """One value for each interval, from one for all, one for each interval of a day, or one for each interval.

        Raises
        ------
        InvalidValue
            If the length fits neither a day nor the horizon.
        """
        given = np.atleast_1d(np.asarray(values, dtype=float))
        if given.size == 1:
            return np.full(self.intervals, given.item())
        if given.size == self.intervals:
            return given
        if given.size == self.intervals_per_day:
            return np.tile(given, self.days)
        expected = f"{self.intervals_per_day} values (a day)" + (f" or {self.intervals}" if self.days > 1 else "")
        raise InvalidValue(field, f"{given.size} values", f"intervals of {self.interval / 60:g} min need {expected}")

    def per_day(self, field: str, values: tuple[float, ...] | float) -> Floats:
        """One value for each day, shape (days,)."""
        given = np.atleast_1d(np.asarray(values, dtype=float))
        if given.size not in (1, self.days):
            raise InvalidValue(field, f"{given.size} values", f"give one number, or one for each of {self.days} days")
        return np.broadcast_to(given, (self.days,)).copy()

    def shape(self, field: str, weights: tuple[float, ...]) -> Floats:
        """Weights of equal parts of a day turned into a weight for each interval of the horizon."""
        per_day, parts = self.intervals_per_day, len(weights)
        if per_day % parts == 0:
            day = np.repeat(weights, per_day // parts)
        elif parts % per_day == 0:
            day = np.asarray(weights).reshape(per_day, -1).sum(axis=1)
        else:
            raise InvalidValue(field, f"{parts} values", f"give 24, 48 or {per_day} parts of the day")
        return np.tile(np.asarray(day, dtype=float), self.days)


def _time_since(instants: Floats, times: Floats) -> Floats:
    """The time that has passed since each instant before, summed over instants, at each of `times`."""
    rising = np.sort(instants)
    before = np.searchsorted(rising, times, side="right")
    return np.asarray(before * times - np.concatenate(([0.0], np.cumsum(rising)))[before])
