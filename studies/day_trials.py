"""Simulated ends of a day that is under way: the same contacts under every staffing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.forecasting.day_record import DayRecord
from models.forecasting.intraday import DayUpdate
from scenarios.evaluation import in_periods, period_of_interval
from scenarios.judgement import counts_of
from scenarios.measures import CONTACT_TALLIES
from scenarios.requirements import Constraint
from scenarios.scenario import Scenario
from scenarios.statistics import Estimate, proportion
from scenarios.units import HOUR
from simulator.engines import Engine
from simulator.executors import Serial, Threads
from simulator.experiment import Experiment, play_and_tally
from simulator.measure.results import Collector, Results
from simulator.measure.tallies import Tallies

Floats = NDArray[np.float64]
Progress = Callable[[int, int], object]

SEARCH_DRAWS = 40
"""Ends of the day on which staffings are tried."""
MOST_EVALUATIONS = 60
"""Staffings that are tried at most."""
MOST_DAYS = SEARCH_DRAWS * MOST_EVALUATIONS + 200
_DERIVED = {"in_time": ("by_person", "by_person_or_bot", "acknowledged")}
"""Tallies that are taken to be what a report tells of another."""


class DayTrial:
    """Simulated ends of one day, the same contacts under every staffing."""

    def __init__(
        self,
        day: Scenario,
        record: DayRecord,
        updates: Mapping[str, DayUpdate],
        interval: float,
        draws: int,
        seed: int,
        progress: Progress | None,
    ) -> None:
        self.day, self.draws, self.seed, self.progress = day, draws, seed, progress
        self.record, self.updates, self.interval = record, updates, interval
        self.now = int(record.passed * interval // day.horizon.interval)
        """Intervals of the scenario that are over."""
        self.done = 0
        self.arrivals = [self._arrivals(draw) for draw in range(draws)]
        self.engine: Engine = Experiment(draws, seed).engine_for(day, MOST_EVALUATIONS // 3 * draws)
        self.notes = self._notes()

    @property
    def hours(self) -> NDArray[np.int64]:
        """The hour of each interval, shape (intervals,)."""
        return np.asarray(self.day.horizon.edges[:-1] // HOUR, dtype=np.int64)

    def of(self, scenario: Scenario, draws: int | None = None) -> Results:
        """The day played with a staffing, with what is known of its first part in place of what was simulated.

        With `draws` only so many of the first ends of the day are played.
        """
        collector = Collector(scenario, self.seed)
        executor = Threads() if self.engine == "kernel" else Serial()

        def played(draw: int) -> Tallies:
            how = Experiment(1, self.seed, arrivals=self.arrivals[draw])
            return play_and_tally(scenario, how, self.engine, draw)

        for tallies in executor.map(played, range(min(draws or self.draws, self.draws))):
            collector.add(self._with_what_is_known(tallies), draws or self.draws)
            self.done += 1
            if self.progress:
                self.progress(self.done, MOST_DAYS)
        return collector.results(self.engine)

    def chance(self, results: Results, constraint: Constraint) -> Estimate:
        """The share of simulated days on which every period of a constraint reaches its limit."""
        counts = counts_of(results, constraint)
        return self._reached(constraint, counts.numerator, counts.denominator)

    def most(self, results: Results, constraint: Constraint) -> float:
        """The chance if every contact to come were answered at once."""
        counts = counts_of(results, constraint)
        best = counts.numerator.copy()
        best[:, self.now :] = 0.0 if constraint.at_most else counts.denominator[:, self.now :]
        return float(self._reached(constraint, best, counts.denominator).value)

    def to_come(self, hour: int) -> NDArray[np.bool_]:
        """The intervals of an hour that are not over, shape (intervals,)."""
        return np.asarray((self.hours == hour) & (np.arange(len(self.hours)) >= self.now))

    def _reached(self, constraint: Constraint, numerator: Floats, denominator: Floats) -> Estimate:
        period = period_of_interval(self.day.horizon, constraint.every)
        above, below = in_periods(numerator, period), in_periods(denominator, period)
        value = np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
        good = value <= constraint.limit if constraint.at_most else value >= constraint.limit
        return proportion((good | np.isnan(value)).all(axis=1).astype(float), np.ones(len(value)))

    def _arrivals(self, draw: int) -> list[Floats]:
        """Seconds at which contacts of each type come: those that came, spread over their interval, then drawn ones."""
        random = np.random.default_rng([self.seed, draw, *b"rest of day"])
        factors: dict[str, float] = {}
        times = []
        for contact_type, expected in zip(self.day.contact_types, self.day.expected, strict=True):
            variation = contact_type.volume.variation
            shared = (variation.shared if variation else None) or contact_type.name
            score = factors.setdefault(shared, float(random.standard_normal()))
            update = self.updates.get(contact_type.name)
            if update is None:
                spread = variation.cv if variation else 0.0
                counts = random.poisson(expected * _factor(spread, score))
            else:
                counts = random.poisson(expected * _factor(update.spread, score))
                counts[: self.now] = np.round(expected[: self.now])
            starts = np.repeat(self.day.horizon.edges[:-1], counts)
            times.append(np.sort(starts + random.random(len(starts)) * self.day.horizon.interval))
        return times

    def _with_what_is_known(self, tallies: Tallies) -> Tallies:
        names = list(CONTACT_TALLIES)
        contacts = tallies.contacts.copy()
        for row, name in enumerate(self.day.type_names):
            known = self.record.outcomes.get(name, {}) if name in self.updates else {}
            if "answered" not in known:
                continue
            sums = known | {"offered": self.record.counts[name]}
            for tally, values in sums.items():
                for target in (tally, *_DERIVED.get(tally, ())):
                    contacts[names.index(target), row, : self.now] = self._resampled(values)[: self.now]
        return replace(tallies, contacts=contacts)

    def _resampled(self, values: Floats) -> Floats:
        wanted = self.day.horizon.intervals_per_day
        if wanted >= len(values):
            return np.repeat(values, wanted // len(values)) * len(values) / wanted
        return np.asarray(values.reshape(wanted, -1).sum(axis=1))

    def _notes(self) -> list[str]:
        notes = []
        for name in self.updates:
            known = self.record.outcomes.get(name, {})
            if "answered" not in known:
                notes.append(f"{name}: how the contacts so far fared is simulated, as the report of today lacks it")
            elif "in_time" not in known:
                notes.append(f"{name}: contacts so far within the target time are simulated; the report lacks them")
        return notes


def _factor(spread: float, score: float) -> float:
    """A lognormal factor of mean 1."""
    return float(np.exp(spread * score - spread**2 / 2))
