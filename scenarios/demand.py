"""How many contacts are expected in each interval, how much days differ, and how long contacts of an interval take."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.horizon import Horizon
from scenarios.limits import MOST_PER_DAY, MOST_PER_HOUR, MOST_PER_INTERVAL, MOST_WEEKDAY_FACTOR, MOST_WEIGHT

PerInterval = Annotated[float, Field(ge=0, le=MOST_PER_INTERVAL, allow_inf_nan=False)]
PerDay = Annotated[float, Field(ge=0, le=MOST_PER_DAY, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=MOST_WEIGHT, allow_inf_nan=False)]
WeekdayFactor = Annotated[float, Field(ge=0, le=MOST_WEEKDAY_FACTOR, allow_inf_nan=False)]
Factor = Annotated[float, Field(ge=0.01, le=20, allow_inf_nan=False)]
"""On a handle time or a patience."""

NEGLIGIBLE = 1e-6
"""A day-to-day variation below it is none: the shape of its gamma factor would soon be beyond any number."""


class Variation(BaseModel):
    """Day-to-day variation: every day has a busyness factor with mean 1 (gamma), alike for types that share it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    cv: Annotated[float, Field(ge=0, le=3, allow_inf_nan=False)]
    shared: str | None = None
    """Types with the same word here are busy together; without one the type has days of its own."""

    @field_validator("cv")
    @classmethod
    def _or_none(cls, cv: float) -> float:
        return cv if cv >= NEGLIGIBLE else 0.0


class Volume(BaseModel):
    """Expected contacts, told in one of three ways.

    Examples
    --------
    >>> Volume(per_hour=120).expected(Horizon(days=1, interval="30 min"), ("Mon-Sun 08:00-09:00",)).sum().item()
    120.0
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    per_interval: tuple[PerInterval, ...] | None = None
    """Contacts per interval: for each interval of the horizon, or of one day that repeats."""
    per_hour: Annotated[float, Field(ge=0, le=MOST_PER_HOUR, allow_inf_nan=False)] | None = None
    """A constant rate while the type is open."""
    daily: PerDay | tuple[PerDay, ...] | None = None
    """Contacts per day: one number for all days, or one for each day of the horizon."""
    shape: tuple[Weight, ...] | None = None
    """With `daily`: weights of equal parts of the day (24, 48 or 96 numbers, say); without it, flat while open."""
    weekdays: tuple[WeekdayFactor, ...] | None = None
    """Factors for Monday to Sunday."""
    variation: Variation | None = None

    @model_validator(mode="after")
    def _told_once(self) -> Volume:
        given = [name for name in ("per_interval", "per_hour", "daily") if getattr(self, name) is not None]
        if len(given) != 1:
            raise InvalidValue("volume", given, "give exactly one of per_interval, per_hour and daily")
        if self.shape is not None and (self.daily is None or sum(self.shape) <= 0):
            raise InvalidValue("shape", self.shape, "a shape splits a daily volume and needs a positive weight")
        if self.weekdays is not None and len(self.weekdays) != 7:
            raise InvalidValue("weekdays", self.weekdays, "give seven factors, Monday first")
        return self

    def expected(self, horizon: Horizon, opening: tuple[str, ...]) -> NDArray[np.float64]:
        """Expected contacts per interval of the horizon, shape (intervals,)."""
        if self.per_interval is not None:
            base = horizon.spread("volume.per_interval", self.per_interval)
        elif self.per_hour is not None:
            base = self.per_hour * horizon.open_share(opening) * horizon.interval / 3600
        else:
            base = self._from_daily(horizon, opening)
        return base if self.weekdays is None else base * np.asarray(self.weekdays)[horizon.weekday_of_interval]

    def _from_daily(self, horizon: Horizon, opening: tuple[str, ...]) -> NDArray[np.float64]:
        totals = horizon.per_day("volume.daily", self.daily or 0.0)
        weights = horizon.open_share(opening) if self.shape is None else horizon.shape("volume.shape", self.shape)
        by_day = weights.reshape(horizon.days, -1)
        sums = by_day.sum(axis=1, keepdims=True)
        if isinstance(self.daily, tuple) and np.any((sums[:, 0] == 0) & (totals > 0)):
            raise InvalidScenario(
                "volume.daily", "a day has contacts but no opening hours", "open the day or set it to 0"
            )
        shares = np.divide(by_day, sums, out=np.zeros_like(by_day), where=sums > 0)
        return np.asarray((shares * totals[:, None]).ravel())


class HandleProfile(BaseModel):
    """How handle times differ by the time and weekday of arrival: plain factors on handle time and wrap-up.

    Examples
    --------
    >>> longer_on_monday = HandleProfile(weekdays=[1.2, 1, 1, 1, 1, 1, 1])
    >>> longer_on_monday.factors(Horizon(start="2026-03-02", days=2, interval="12 h"))
    array([1.2, 1.2, 1. , 1. ])
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    per_interval: tuple[Factor, ...] | None = None
    """Factors for each interval of the horizon, or of one day that repeats."""
    shape: tuple[Factor, ...] | None = None
    """Factors for equal parts of the day (24, 48 or 96 numbers, say)."""
    weekdays: tuple[Factor, ...] | None = None
    """Factors for Monday to Sunday, on top of the others."""

    @model_validator(mode="after")
    def _told(self) -> HandleProfile:
        given = [name for name in ("per_interval", "shape", "weekdays") if getattr(self, name) is not None]
        if not given or {"per_interval", "shape"} <= set(given):
            remedy = "give per_interval or shape (factors by time of day), weekdays (seven factors), or both kinds"
            raise InvalidValue("handle_profile", given, remedy)
        if self.weekdays is not None and len(self.weekdays) != 7:
            raise InvalidValue("handle_profile.weekdays", self.weekdays, "give seven factors, Monday first")
        return self

    @property
    def largest(self) -> float:
        """The largest factor that any contact can have."""
        return max(self.per_interval or self.shape or (1.0,)) * max(self.weekdays or (1.0,))

    def factors(self, horizon: Horizon) -> NDArray[np.float64]:
        """The factor on the handle times of the contacts that arrive in each interval, shape (intervals,).

        Parts of the day shorter than an interval count by their mean.

        Raises
        ------
        InvalidValue
            If the number of factors fits neither a day nor the horizon.
        """
        if self.per_interval is not None:
            base = horizon.spread("handle_profile.per_interval", self.per_interval)
        elif self.shape is not None:
            in_one = max(len(self.shape) / horizon.intervals_per_day, 1.0)
            base = horizon.shape("handle_profile.shape", self.shape) / in_one
        else:
            base = np.ones(horizon.intervals)
        return base if self.weekdays is None else base * np.asarray(self.weekdays)[horizon.weekday_of_interval]
