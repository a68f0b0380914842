"""Day factor times profile: contacts of a day by regression on the calendar, split by the profile of such a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.forecasting.calendar import WorkCalendar
from models.forecasting.methods.covariance import (
    DAY_FACTOR_SPREAD,
    PROFILE_SPREAD,
    DayCovariance,
    day_covariance,
    event_spreads,
)
from models.forecasting.methods.gaussian_regression import NOISE, likely_spread, predict, predict_groups
from models.forecasting.series import DaySeries, Floats

DAY_NOISE, PROFILE_NOISE = 0.02, 0.02
LONGEST, LEARNING, PROFILE_DAYS = 800, 60, 150
"""Days that the day factor, the size of its effects, and the profile look back."""


@dataclass(frozen=True)
class DayFactors:
    """Contacts of days to come: the forecast, and the standard deviation of its logarithm; both shape (targets,)."""

    totals: Floats
    deviation: Floats


def calendar_regression(history: DaySeries, targets: Sequence[date], calendar: WorkCalendar) -> Floats:
    """Expected contacts as day factor times profile, shape (targets, intervals)."""
    factors = day_factors(history, targets, calendar)
    return factors.totals[:, None] * profiles(history, targets, calendar)


def day_factors(history: DaySeries, targets: Sequence[date], calendar: WorkCalendar) -> DayFactors:
    """Contacts by day, from weekday, level, trend, season, turn of the month, holidays, pay days and events.

    The logarithm of a day's contacts is a Gaussian process whose covariance is a sum of these effects; how much each
    matters is learnt from the last days. The forecast is the mean of the lognormal distribution that follows.
    """
    known = history.tail(LONGEST)
    covariance = _covariance(known, targets, calendar)
    size = _event_size(known.days, calendar, known.contact_type)
    totals = np.maximum(known.totals, 0.5) / size
    values, variance = np.log(totals), 1 / totals
    mean = values.mean()
    prior = DAY_FACTOR_SPREAD | event_spreads(calendar, known.contact_type) | {NOISE: DAY_NOISE}
    spread = likely_spread(values[-LEARNING:] - mean, variance[-LEARNING:], _last(covariance, known), prior)
    spread = prior | spread
    prediction = predict(values - mean, variance, covariance, spread)
    level = np.exp(mean + prediction.mean + prediction.deviation**2 / 2)
    return DayFactors(level * _event_size(targets, calendar, known.contact_type), prediction.deviation)


def profiles(history: DaySeries, targets: Sequence[date], calendar: WorkCalendar) -> Floats:
    """The share of each interval in its day, shape (targets, intervals); rows add up to 1.

    The root of a share has the same Poisson variance in all intervals (1 / 4 of a day's contacts; Brown et al. 2005),
    so each is regressed relative to the usual root of its weekday.
    """
    known = history.tail(PROFILE_DAYS)
    counts = known.counts
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 0.5)
    open_intervals = counts.sum(axis=0) > 0
    roots = np.sqrt((counts[:, open_intervals] + 0.25) / totals)
    weekdays = known.weekdays
    usual = usual_roots(roots, weekdays, 0.25 / totals.mean())
    ratios = roots / usual[weekdays] - 1
    variance = 0.25 / (totals * usual[weekdays] ** 2)
    spread = PROFILE_SPREAD | {NOISE: PROFILE_NOISE}
    ahead = predict_groups(ratios, variance, _covariance(known, targets, calendar), spread)
    target_weekdays = [day.weekday() for day in targets]
    shares = np.zeros((len(targets), counts.shape[1]))
    shares[:, open_intervals] = (usual[target_weekdays] * np.maximum(1 + ahead, 0.05)) ** 2
    shares[:, open_intervals] *= known.in_use()[target_weekdays][:, open_intervals]
    return np.asarray(shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-12))


def usual_roots(roots: Floats, weekdays: NDArray[np.int64], poisson: float) -> Floats:
    """The usual root of a share by weekday, shape (7, intervals).

    A weekday has its own mean as far as that is told from chance. Weekdays vary around the mean of all with a
    variance estimated interval by interval (method of moments, as in empirical Bayes: Efron and Morris 1975); one
    seen seldom, or like the others, stays near that mean.
    """
    everyday = roots.mean(axis=0)
    seen = np.unique(weekdays)
    means = np.array([roots[weekdays == day].mean(axis=0) for day in seen])
    counts = np.array([(weekdays == day).sum() for day in seen])[:, None]
    spare = max(len(roots) - len(seen), 1)
    within = sum(((roots[weekdays == day] - means[i]) ** 2).sum(axis=0) for i, day in enumerate(seen)) / spare
    within = np.maximum(within, poisson)
    between = np.maximum(((means - everyday) ** 2 - within / counts).mean(axis=0), 0.0)
    usual = np.tile(everyday, (7, 1))
    usual[seen] = everyday + between / (between + within / counts) * (means - everyday)
    return np.asarray(np.maximum(usual, 1e-4))


def _covariance(known: DaySeries, targets: Sequence[date], calendar: WorkCalendar) -> DayCovariance:
    return day_covariance([*known.days, *targets], len(known), calendar, known.contact_type)


def _last(covariance: DayCovariance, known: DaySeries) -> DayCovariance:
    """The covariance of the days from which the sizes of effects are learnt."""
    days = slice(max(len(known) - LEARNING, 0), len(known))
    return DayCovariance({name: matrix[days, days] for name, matrix in covariance.effects.items()})


def _event_size(days: Sequence[date], calendar: WorkCalendar, contact_type: str) -> Floats:
    """The factor of events whose size a person gave, by day."""
    factor = np.ones(len(days))
    for event in calendar.events_of(contact_type):
        if event.size is not None:
            factor[[event.covers(day) for day in days]] *= 1 + event.size
    return factor
