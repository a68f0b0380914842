"""How wide a band must be, from past errors: of the day as a whole, of its intervals, and of chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from models.forecasting.backtest import RollingErrors
from models.forecasting.series import Floats
from scenarios.errors import InvalidValue

DISTANCES = ((1, 1), (2, 5), (6, 10), (11, 20), (21, 60), (61, 366))
"""Ranges of open days ahead whose errors are taken together."""
NEEDED_ERRORS = 12
"""Past errors below which quantiles of the normal distribution are used."""
_LEVELS = np.linspace(0.005, 0.995, 199)


@dataclass(frozen=True)
class ErrorModel:
    """Relative errors of a forecast as day factor, interval factor and Poisson chance.

    An interval of m expected contacts has the variance m + m^2 (day^2 + interval^2): the first part is chance, the
    second is common to the day, the third its own.
    """

    day: tuple[float, ...]
    """Standard deviation of the day's factor, for each of `DISTANCES`; never falling."""
    interval: float
    """Standard deviation of an interval's own factor."""
    day_scores: Floats
    """Past errors of days in standard deviations, sorted."""
    interval_scores: Floats
    """Past errors of intervals in standard deviations, sorted."""

    def day_deviation(self, ahead: int) -> float:
        """The standard deviation of the day's factor so many open days ahead."""
        return self.day[next((i for i, (_, last) in enumerate(DISTANCES) if ahead <= last), len(DISTANCES) - 1)]

    def interval_band(self, expected: Floats, ahead: Sequence[int], level: float = 0.8) -> tuple[Floats, Floats]:
        """Lower and upper limits of intervals, both of the shape of `expected`, (days, intervals)."""
        day = np.array([self.day_deviation(step) for step in ahead])[:, None]
        deviation = np.sqrt(expected + expected**2 * (day**2 + self.interval**2))
        return _limits(expected, deviation, self.interval_scores, level)

    def day_band(self, expected: Floats, ahead: Sequence[int], level: float = 0.8) -> tuple[Floats, Floats]:
        """Lower and upper limits of days, both shape (days,)."""
        return _limits(expected, self._of_days(expected, ahead), self.day_scores, level)

    def chance_above(self, volume: float, expected: Floats, ahead: Sequence[int]) -> Floats:
        """The chance that more contacts than `volume` come on each day, shape (days,), from past errors.

        Between past errors the chance is interpolated; it never gets below 1 / (past errors + 1).
        """
        scores = _scores(self.day_scores)
        score = (volume - expected) / np.maximum(self._of_days(expected, ahead), 1e-12)
        ranks = np.arange(1, len(scores) + 1) / (len(scores) + 1)
        return np.asarray(1 - np.interp(score, scores, ranks))

    def _of_days(self, expected: Floats, ahead: Sequence[int]) -> Floats:
        day = np.array([self.day_deviation(step) for step in ahead])
        return np.asarray(np.sqrt(expected + (expected * day) ** 2))


def error_model(errors: RollingErrors, method: str) -> ErrorModel:
    """The error model of a method from its past forecasts.

    Variances are those of past errors less what Poisson chance explains; then errors are expressed in these standard
    deviations, so that bands can take the quantiles that were seen and not those of a distribution.

    Raises
    ------
    InvalidValue
        If there is no past forecast.
    """
    forecast, actual = errors.pairs(method)
    if not len(forecast):
        raise InvalidValue("history", f"{len(errors.series)} open days", "bands need more days to try forecasts on")
    day = _day_deviations(errors, method)
    interval = _interval_deviation(forecast, actual)
    matrices = [errors.pairs(method, [step]) for step in range(1, errors.horizon + 1)]
    steps = np.repeat(np.arange(1, errors.horizon + 1), [len(pair[0]) for pair in matrices])
    expected = np.concatenate([pair[0] for pair in matrices])
    observed = np.concatenate([pair[1] for pair in matrices])
    model = ErrorModel(day, interval, np.empty(0), np.empty(0))
    factor = np.array([model.day_deviation(step) for step in steps.tolist()])[:, None]
    of_interval = np.sqrt(expected + expected**2 * (factor**2 + interval**2))
    totals, sums = expected.sum(axis=1), observed.sum(axis=1)
    of_day = np.sqrt(totals + (totals * factor[:, 0]) ** 2)
    open_intervals = expected > 0
    return ErrorModel(
        day,
        interval,
        np.sort((sums - totals) / np.maximum(of_day, 1e-12)),
        np.sort((observed - expected)[open_intervals] / of_interval[open_intervals]),
    )


def sum_limits(
    errors: RollingErrors, method: str, deviations: Floats, model: ErrorModel, level: float = 0.8
) -> tuple[Floats, Floats]:
    """Relative limits of sums over many days, from past errors of sums over all days tried from an origin.

    Parameters
    ----------
    errors, method
        Past forecasts, and the one whose errors count.
    deviations
        The standard deviation of a day's factor so far ahead, for each sum: limits grow with it.
    model
        The error model of the method.
    level
        The share of cases within the limits.

    Returns
    -------
    Lower and upper limits as shares of the sum, such as -0.1 and 0.1, each shape (sums,).
    """
    whole = [
        (forecast.sum(), errors.series.counts[origin : origin + errors.horizon].sum())
        for origin, forecast in zip(errors.origins, errors.forecasts[method], strict=True)
        if len(forecast) == errors.horizon and forecast.sum() > 0
    ]
    relative = np.array([actual / expected - 1 for expected, actual in whole])
    spread = float(np.sqrt((relative**2).mean())) if len(relative) else model.day_deviation(errors.horizon)
    scores = np.sort(relative / spread) if spread > 0 else np.empty(0)
    tried = model.day_deviation(errors.horizon)
    wider = np.maximum(deviations / tried, 1.0) if tried > 0 else np.ones_like(deviations)
    low, high = _limits(np.ones_like(deviations), spread * wider, scores, level)
    return low - 1.0, high - 1.0


def shared_errors(errors: dict[str, Floats], threshold: float = 0.5) -> dict[str, int]:
    """Groups of contact types whose days are wrong together: a number for each name, alike for those in one group.

    Parameters
    ----------
    errors
        Relative errors of days by contact type, all of the same days.
    threshold
        Types join a group if the correlation with one of its members is at least this.

    Examples
    --------
    >>> shared_errors({"a": np.array([0.1, -0.1, 0.2]), "b": np.array([0.1, -0.1, 0.3]), "c": np.array([1, 1, -2])})
    {'a': 0, 'b': 0, 'c': 1}
    """
    groups: dict[str, int] = {}
    for name, values in errors.items():
        alike = {groups[member] for member in groups if _correlation(values, errors[member]) >= threshold}
        number = min(alike) if alike else len(set(groups.values()))
        groups |= {member: number for member, group in groups.items() if group in alike} | {name: number}
    order = {number: place for place, number in enumerate(dict.fromkeys(groups.values()))}
    return {name: order[number] for name, number in groups.items()}


def _correlation(first: Floats, second: Floats) -> float:
    common = min(len(first), len(second))
    if common < 3 or not np.std(first[-common:]) or not np.std(second[-common:]):
        return 0.0
    return float(np.corrcoef(first[-common:], second[-common:])[0, 1])


def _day_deviations(errors: RollingErrors, method: str) -> tuple[float, ...]:
    """The spread of relative errors of days beyond chance, by distance; each at least that of nearer days."""
    result: list[float] = []
    for first, last in DISTANCES:
        forecast, actual = errors.pairs(method, range(first, min(last, errors.horizon) + 1))
        before = result[-1] if result else 0.0
        if not len(forecast):
            result.append(before)
            continue
        totals = np.maximum(forecast.sum(axis=1), 1e-9)
        excess = np.mean((actual.sum(axis=1) / totals - 1) ** 2 - 1 / totals)
        result.append(max(float(np.sqrt(max(excess, 0.0))), before))
    return tuple(result)


def _interval_deviation(forecast: Floats, actual: Floats) -> float:
    """The spread of intervals around their share of the day beyond chance (moments weighted by squared means)."""
    totals = np.maximum(forecast.sum(axis=1, keepdims=True), 1e-9)
    expected = forecast * actual.sum(axis=1, keepdims=True) / totals
    excess = ((actual - expected) ** 2 - expected).sum()
    return float(np.sqrt(max(excess, 0.0) / max((expected**2).sum(), 1e-9)))


def _scores(scores: Floats) -> Floats:
    """Past scores, or normal ones where they are too few to tell."""
    return scores if len(scores) >= NEEDED_ERRORS else np.asarray(ndtri(_LEVELS))


def _limits(expected: Floats, deviation: Floats, scores: Floats, level: float) -> tuple[Floats, Floats]:
    if not 0 < level < 1:
        raise InvalidValue("level", level, "give the share of days that the band shall cover, as in 0.8")
    known = _scores(scores)
    tail = (1 - level) / 2
    low, high = np.quantile(known, [tail, 1 - tail], method="weibull")
    return np.maximum(expected + low * deviation, 0.0), np.maximum(expected + high * deviation, 0.0)
