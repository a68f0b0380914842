"""Sources of the numbers of a back-test: sums of the observation, of simulations and of formulas in one form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.queueing.performance import Performance
from scenarios.contact_log.records import Flags, Records
from scenarios.horizon import Horizon
from scenarios.measures import measure as measure_named
from scenarios.statistics import Estimate, estimate
from simulator.measure.results import Results
from studies.replays import WHAT, Half, formulas

Floats = NDArray[np.float64]
Pools = Mapping[str, tuple[str, ...]]
Sums = dict[tuple[str, str], tuple[Floats, Floats | None]]

COMPARED = ("offered", "service_level", "mean_wait", "abandonment")
"""The measures that are compared."""
OBSERVED = "Observed"
ALL = "all"
"""The name of all pools together."""


@dataclass(frozen=True)
class Source:
    """The sums of one model by measure and pool, so that any periods can be combined.

    Numerators and denominators have shape (replications, intervals); NaN where the model has no answer, and a
    denominator of None for a count.
    """

    name: str
    sums: Sums = field(repr=False)
    draws: int = 1
    """Draws of the staffing among which the replications are shared, those of a draw one after another."""

    def over(self, measure: str, of: str, period: str, horizon: Horizon) -> tuple[Floats, Floats | None]:
        """Numerator and denominator in each period, shape (replications, periods)."""
        above, below = self.sums[measure, of]
        return _together(above, period, horizon), None if below is None else _together(below, period, horizon)

    def estimate(self, measure: str, of: str, period: str, horizon: Horizon) -> Estimate:
        """The measure in each period with its 95 % interval, shape (periods,)."""
        above, below = self.over(measure, of, period, horizon)
        if self.draws > 1:  # replications of one draw share their staffing: the interval rests on the draws
            above, below = self._by_draw(above), None if below is None else self._by_draw(below)
        return estimate(measure_named(measure), above, below)

    def _by_draw(self, values: Floats) -> Floats:
        """The mean over the replications of each draw, shape (draws, periods)."""
        return np.asarray(values.reshape(self.draws, -1, values.shape[1]).mean(axis=1))

    def by_replication(self, measure: str, of: str, period: str, horizon: Horizon) -> Floats:
        """The measure in each replication, shape (replications, periods)."""
        above, below = self.over(measure, of, period, horizon)
        if below is None:
            return above
        return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0))


def _together(values: Floats, period: str, horizon: Horizon) -> Floats:
    """Sums over the intervals of each period, shape (replications, periods)."""
    if period == "interval":
        return values
    days = values.reshape(len(values), horizon.days, -1)
    if period == "time-of-day":
        return np.asarray(days.sum(axis=1))
    by_day = days.sum(axis=2)
    return np.asarray(by_day if period == "day" else by_day.sum(axis=1, keepdims=True))


def observed(records: Records, pools: Pools, horizon: Horizon, within: float) -> Source:
    """The observation, in the intervals of a horizon."""
    interval = (records.queue // horizon.interval).astype(np.int64)

    def count(which: Flags, weights: Floats) -> Floats:
        return np.bincount(interval[which], weights=weights[which], minlength=horizon.intervals)[None, :].astype(float)

    sums: Sums = {}
    for pool, types in pools.items():
        of_pool = records.of_types(types)
        offered = count(of_pool, np.ones(len(records)))
        in_time = records.answered & (records.wait <= within)
        sums["offered", pool] = (offered, None)
        sums["service_level", pool] = (count(of_pool, in_time.astype(float)), offered)
        timed = of_pool & np.isfinite(records.wait)
        sums["mean_wait", pool] = (count(timed, records.wait), count(timed, np.ones(len(records))))
        sums["abandonment", pool] = (count(of_pool, (~records.answered).astype(float)), offered)
    return Source(OBSERVED, sums)


def simulated(model: str, parts: Sequence[Sequence[Results]], pools: Pools, horizon: Horizon) -> Source:
    """The results of a model's replays combined: one part for each half of the days, each with all its draws."""
    sums: Sums = {}
    for measure in COMPARED:
        aboves, belows = zip(*(_all_draws(draws, measure) for draws in parts), strict=True)
        for pool, types in pools.items():
            places = [parts[0][0].place(measure, name) for name in types]
            divided = [below[:, places] for below in belows if below is not None]
            above = _summed([above[:, places] for above in aboves], horizon)
            sums[measure, pool] = (above, _summed(divided, horizon) if divided else None)
    return Source(model, sums, len(parts[0]))


def _all_draws(draws: Sequence[Results], measure: str) -> tuple[Floats, Floats | None]:
    """Numerator and denominator of all draws of a part, the replications of each draw one after another."""
    aboves, belows = zip(*(result.sums(measure, "interval") for result in draws), strict=True)
    divided = [below for below in belows if below is not None]
    return np.concatenate(aboves), np.concatenate(divided) if divided else None


def _summed(parts: Sequence[Floats], horizon: Horizon) -> Floats:
    """Sums over the days of each part and over types, in the intervals of the horizon: (replications, intervals)."""
    total = np.sum([part.sum(axis=1) for part in parts], axis=0)
    return np.asarray(total.reshape(len(total), horizon.intervals, -1).sum(axis=2))


def formula_sources(halves: Sequence[Half], pools: Pools, within: float) -> Iterator[Source]:
    """The results of every formula that all halves of the days allow, by pool, and added up over the pools."""
    own = list(halves[0].records.pools)
    performances = [{pool: formulas(half, pool, within) for pool in own} for half in halves]
    for name in WHAT:
        if all(name in by_formula for by_pool in performances for by_formula in by_pool.values()):
            horizon = halves[0].calibration.horizon
            parts = {pool: [_expected(by_pool[pool][name], horizon) for by_pool in performances] for pool in own}
            sums = {pool: np.sum(part, axis=0) for pool, part in parts.items()}
            yield Source(name, _shares(sums, pools))


def _expected(performance: Performance, horizon: Horizon) -> Floats:
    """What a formula expects in each interval: contacts, in time, seconds waited, left; shape (4, intervals)."""
    offered = performance.arrival_rate * horizon.interval
    wait = np.where(np.isfinite(performance.wait_all), performance.wait_all, np.nan)
    shares = (performance.service_level(), wait, performance.p_abandon)
    return np.stack([offered, *(np.where(offered > 0, offered * share, 0.0) for share in shares)])


def _shares(sums: Mapping[str, Floats], pools: Pools) -> Sums:
    """The sums of a formula by measure and pool; all pools together are their sum."""
    by_measure: Sums = {}
    for pool in pools:
        total = np.sum(list(sums.values()), axis=0) if pool == ALL else sums[pool]
        by_measure["offered", pool] = (total[:1], None)
        for at, measure in enumerate(COMPARED[1:], start=1):
            by_measure[measure, pool] = (total[at : at + 1], total[:1])
    return by_measure
