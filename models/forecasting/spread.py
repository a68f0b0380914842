"""Daily and monthly totals spread over the week by a profile that a person gives: contacts by weekday and interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from models.forecasting.history import DemandHistory
from models.forecasting.series import Floats
from scenarios.errors import InvalidValue
from scenarios.hours import weekly, windows
from scenarios.units import WEEK

ALL_TYPES = ""
"""The profile of contact types that have none of their own."""


@dataclass(frozen=True)
class WeekProfile:
    """How the contacts of a week fall on its weekdays and intervals."""

    weights: Floats
    """Relative contacts, shape (7, intervals of a day), Monday first."""
    interval: float
    """Seconds."""

    def weight_of(self, day: date) -> float:
        """The weight of a day; 0 where it is closed."""
        return float(self.weights[day.weekday()].sum())


def profile_of_hours(hours: str, interval: float = 1800.0) -> WeekProfile:
    """Contacts spread evenly over opening hours such as ``Mon-Fri 08:00-18:00; Sat 09:00-13:00``.

    Raises
    ------
    InvalidValue
        If they cannot be read.

    Examples
    --------
    >>> profile_of_hours("Mon-Fri 08:00-18:00").weights.sum().item()
    100.0
    """
    weights = np.zeros(round(WEEK / interval))
    edges = np.arange(len(weights)) * interval
    for window in windows([part.strip() for part in hours.split(";") if part.strip()]):
        for start, end in weekly(window):
            for shift in (0.0, WEEK):
                covered = np.minimum(end - shift, edges + interval) - np.maximum(start - shift, edges)
                weights += np.maximum(covered, 0.0) / interval
    return WeekProfile(weights.reshape(7, -1), interval)


def profiles_of_history(history: DemandHistory) -> dict[str, WeekProfile]:
    """The mean contacts by weekday and interval of each contact type, and of all together."""
    profiles = {}
    for name, series in history.types.items():
        weights = np.zeros((7, series.counts.shape[1]))
        for day in np.unique(series.weekdays):
            weights[day] = series.counts[series.weekdays == day].mean(axis=0)
        profiles[name] = WeekProfile(weights, series.interval)
    together = np.sum([profile.weights for profile in profiles.values()], axis=0)
    return profiles | {ALL_TYPES: WeekProfile(together, history.interval)}


def spread_totals(
    totals: pd.DataFrame, monthly: bool, profiles: Mapping[str, WeekProfile]
) -> tuple[pd.DataFrame, list[str]]:
    """Rows by interval whose sums are the totals, and notes on totals that no open day of the profile could take.

    Parameters
    ----------
    totals
        Rows with when (the day, or the first of the month), contact type, offered and aht.
    monthly
        Whether they are of months.
    profiles
        By contact type; `ALL_TYPES` for those that have none.

    Examples
    --------
    >>> rows = {"when": pd.to_datetime(["2026-03-01"]), "contact type": ["calls"], "offered": [2200.0], "aht": [300.0]}
    >>> profile = {ALL_TYPES: profile_of_hours("Mon-Fri 08:00-18:00")}
    >>> table, _ = spread_totals(pd.DataFrame(rows), True, profile)
    >>> len(table), table["offered"].sum().round(6)
    (440, np.float64(2200.0))
    """
    frames, notes = [], []
    for row in totals.to_dict("records"):
        name = str(row["contact type"])
        profile = profiles.get(name, profiles[ALL_TYPES])
        days = month_days(row["when"].date()) if monthly else [row["when"].date()]
        weights = np.array([profile.weights[day.weekday()] for day in days])
        if weights.sum() <= 0:
            if row["offered"] > 0:
                notes.append(f"{name}: {row['offered']:,.0f} contacts of {days[0]} fall on no open day of the profile")
            continue
        place = np.nonzero(weights)
        starts = np.array([np.datetime64(day, "s") for day in days])[place[0]]
        starts = starts + (place[1] * profile.interval).astype("timedelta64[s]")
        offered = row["offered"] * weights[place] / weights.sum()
        frames.append(
            pd.DataFrame({"when": starts, "contact type": name, "offered": offered, "aht": row.get("aht", np.nan)})
        )
    if not frames:
        raise InvalidValue("profile", "no open day", "give a profile whose days are those of the totals")
    return pd.concat(frames, ignore_index=True), notes


def month_days(first: date) -> list[date]:
    """The days of the month that begins with a day."""
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return [first + timedelta(days=step) for step in range((following - first).days)]


def month_weights(months: Sequence[date], profile: WeekProfile | None) -> Floats:
    """How much of a week's contacts each month takes by the profile; its days without one."""
    if profile is None:
        return np.array([float(len(month_days(month))) for month in months])
    week = float(profile.weights.sum())
    return np.array([sum(profile.weight_of(day) for day in month_days(month)) / week * 7 for month in months])
