"""Results of replications: tidy tables of measures with intervals, targets, waits, days, comparisons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.measures import (
    COLUMNS,
    CONTACT_TALLIES,
    GROUP_TALLIES,
    MEASURES,
    PERCENTILES,
    Measure,
)
from scenarios.measures import (
    measure as measure_named,
)
from scenarios.scenario import Scenario
from scenarios.statistics import Estimate, estimate, mean, mean_difference, ratio, ratio_difference
from simulator.measure import waits
from simulator.measure.tallies import Tallies

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Period = Literal["horizon", "day", "interval"]
_BY_REPLICATION = ("contacts", "groups", "waits", "longest")
"""The tallies that are kept for each replication; the ends of the bins of waits are put together."""


class Collector:
    """Tallies gathered into results, held once however many there are."""

    def __init__(
        self, scenario: Scenario, seed: int, contact_tallies: tuple[str, ...] = tuple(CONTACT_TALLIES)
    ) -> None:
        self.scenario, self.seed, self.contact_tallies = scenario, seed, contact_tallies
        self.count = 0
        self._columns: dict[str, Any] = {}
        self._ends = waits.none_yet(len(scenario.contact_types))

    def add(self, tallies: Tallies, capacity: int) -> None:
        """Add the tallies of the next replication, with capacity for so many in all."""
        for name in _BY_REPLICATION:
            values = getattr(tallies, name)
            if len(self._columns.get(name, ())) <= self.count:
                self._grow(name, values, capacity)
            self._columns[name][self.count] = values
        self._ends = np.stack((np.minimum(self._ends[0], tallies.ends[0]), np.maximum(self._ends[1], tallies.ends[1])))
        self.count += 1

    def _grow(self, name: str, values: NDArray[Any], capacity: int) -> None:
        wider = np.empty((max(capacity, self.count + 1), *values.shape), values.dtype)
        if self.count:
            wider[: self.count] = self._columns[name][: self.count]
        self._columns[name] = wider

    def results(self, engine: str) -> Results:
        """What has been gathered so far, with the name of the engine that ran, or of both in turn."""
        columns: dict[str, Any] = {name: values[: self.count] for name, values in self._columns.items()}
        kept = self.contact_tallies
        return Results(self.scenario, self.seed, engine, **columns, ends=self._ends, contact_tallies=kept)


@dataclass(frozen=True)
class Entity:
    """The subject of a row of a table: everything, a channel, a type, a group."""

    by: str
    of: str
    members: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Results:
    """The tallies of all replications of one scenario (R), by contact type (T) or group (G) and interval (I)."""

    scenario: Scenario
    seed: int
    engine: str
    """Which engine ran, such as ``simpy then kernel``; results are equal."""
    contacts: Floats
    """Shape (R, tallies, T, I); tallies in the order of `contact_tallies`."""
    groups: Floats
    """Shape (R, tallies, G, I); tallies in the order of `GROUP_TALLIES`."""
    waits: NDArray[np.uint32]
    """Histograms of the waits of all and of answered contacts, shape (R, 2, T, bins)."""
    longest: Floats
    """The longest wait of each replication in seconds, shape (R, T)."""
    ends: Floats
    """The shortest and the longest wait in each bin of all replications, shape (2, T, bins)."""
    confidence: float = field(default=0.95)
    contact_tallies: tuple[str, ...] = tuple(CONTACT_TALLIES)
    """The tallies that were kept; those of groups and the waits only where all were."""

    @property
    def replications(self) -> int:
        """The number of replications."""
        return len(self.contacts)

    @cached_property
    def type_entities(self) -> tuple[Entity, ...]:
        """The total, the channels and the contact types."""
        contact_types = self.scenario.contact_types
        everything = Entity("total", "all", tuple(range(len(contact_types))))
        channels = list(dict.fromkeys(contact_type.channel for contact_type in contact_types))
        by_channel = [
            Entity(
                "channel",
                name,
                tuple(k for k, contact_type in enumerate(contact_types) if contact_type.channel == name),
            )
            for name in channels
        ]
        return (
            everything,
            *by_channel,
            *(Entity("type", contact_type.name, (k,)) for k, contact_type in enumerate(contact_types)),
        )

    @cached_property
    def group_entities(self) -> tuple[Entity, ...]:
        """The total and the agent groups."""
        names = self.scenario.group_names
        everything = Entity("total", "all", tuple(range(len(names))))
        return (everything, *(Entity("group", name, (g,)) for g, name in enumerate(names)))

    def entities(self, name: str) -> tuple[Entity, ...]:
        """What the rows of a measure are about."""
        of = measure_named(name).of
        if of == "scenario":
            return self.type_entities[:1]
        return self.group_entities if of == "groups" else self.type_entities

    def estimate(self, name: str, period: Period = "horizon") -> Estimate:
        """A measure of every entity, shape (entities,) for the horizon, else (entities, days or intervals)."""
        numerator, denominator = self.sums(name, period)
        return estimate(measure_named(name), numerator, denominator, self.confidence)

    def sums(self, name: str, period: Period = "horizon") -> tuple[Floats, Floats | None]:
        """Numerator and denominator of a measure by replication and entity, in a period; no denominator for a count.

        Shape (R, entities) for the horizon, else (R, entities, days or intervals).
        """
        measure = measure_named(name)
        numerator = self._total(measure.numerator, measure, period)
        if measure.is_count:
            return numerator, None
        denominator = self._total(measure.denominator, measure, period)
        if measure.minus:
            denominator = denominator - self._total(measure.minus, measure, period)
        return numerator, np.broadcast_to(denominator, numerator.shape)

    def _total(self, tallies: tuple[str, ...], measure: Measure, period: Period) -> Floats:
        """The sum of tallies by replication and entity in a period."""
        return np.asarray(sum(self._tally(name, measure, period) for name in tallies))

    def _tally(self, name: str, measure: Measure, period: Period) -> Floats:
        if name in ("clock", "interval_ends"):
            return _in_period(self._clock(name), period, self.scenario.horizon.days)
        contacts, groups = self._in_period[period]
        if name in CONTACT_TALLIES:
            values, entities = contacts[:, self.contact_tallies.index(name)], self.type_entities
        else:
            values, entities = groups[:, list(GROUP_TALLIES).index(name)], self.group_entities
        if measure.of == "scenario":
            entities = entities[:1]
        return np.stack([values[:, list(entity.members)].sum(axis=1) for entity in entities], axis=1)

    @cached_property
    def _in_period(self) -> dict[Period, tuple[Floats, Floats]]:
        """The tallies of types and of groups summed up by period; views of one another, made once."""
        days = self.scenario.horizon.days
        by_day = _in_period(self.contacts, "day", days), _in_period(self.groups, "day", days)
        whole = by_day[0].sum(axis=-1), by_day[1].sum(axis=-1)
        return {"interval": (self.contacts, self.groups), "day": by_day, "horizon": whole}

    def _clock(self, name: str) -> Floats:
        """Seconds (or one) for each interval that counts, shape (1, 1, I)."""
        horizon = self.scenario.horizon
        counts = horizon.edges[:-1] >= horizon.warm_up
        return np.asarray((counts * (horizon.interval if name == "clock" else 1.0))[None, None, :], dtype=float)

    # -- waits -------------------------------------------------------------------------------------------------

    def histogram(self, of: str, *, answered: bool = False) -> NDArray[np.uint32]:
        """The histogram of the waits of a type, a channel, or ``all``, by replication, shape (R, bins)."""
        entity = self.type_entities[self.place("contacts", of)]
        return np.asarray(self.waits[:, int(answered), list(entity.members)].sum(axis=1))

    def wait_curve(self, of: str, times: ArrayLike, *, answered: bool = False) -> Estimate:
        """The share of contacts that waited at most each time, shape as `times`; NaN where no contact waited."""
        counts = self.histogram(of, answered=answered)
        shares = waits.share_within(counts, times, self._ends_of(of))
        totals = counts.sum(axis=1).astype(float)[(slice(None), *(None,) * np.ndim(times))]
        shares_within = ratio(
            np.where(totals > 0, shares, 0.0) * totals, np.broadcast_to(totals, shares.shape), self.confidence
        )
        return shares_within.within((0.0, 1.0))

    def wait_quantile(self, of: str, share: float, *, answered: bool = False) -> Estimate:
        """The wait (s) that a share of contacts stays within, its interval by inverting that of the share.

        NaN where no contact waited.
        """
        pooled, ends = self.histogram(of, answered=answered).sum(axis=0), self._ends_of(of)
        value = waits.quantile(pooled, share, ends)
        reached = self.wait_curve(of, value, answered=answered)
        low, high = share - (reached.high - reached.value), share + (reached.value - reached.low)
        low, high = (waits.quantile(pooled, np.clip(bound, 0.0, 1.0), ends) for bound in (low, high))
        return Estimate(value, low, high, np.full(np.shape(value), np.nan))

    def _ends_of(self, of: str) -> Floats:
        """The ends of the bins of the waits of a type, a channel, or ``all``, shape (2, bins)."""
        return waits.joined(self.ends[:, list(self.type_entities[self.place("contacts", of)].members)])

    # -- tables ------------------------------------------------------------------------------------------------

    def table(self, period: Period = "horizon", measures: Sequence[str] | None = None) -> pd.DataFrame:
        """Every measure as tidy rows in the columns of `scenarios.measures.COLUMNS`; what never happened is left out.

        Parameters
        ----------
        period
            One row for the horizon, or one for each day or interval.
        measures
            The names of the measures; by default all, for the horizon with percentiles of the wait.
        """
        import pandas as pd

        names = list(MEASURES) if measures is None else [name for name in measures if name not in PERCENTILES]
        parts = [self._rows(name, period) for name in names]
        if period == "horizon":
            wanted = PERCENTILES if measures is None else [name for name in measures if name in PERCENTILES]
            parts.extend(self._percentile_rows(name) for name in wanted)
            if measures is None:
                parts.append(self._longest_rows())
        return pd.concat(parts, ignore_index=True)

    def _rows(self, name: str, period: Period) -> pd.DataFrame:
        measure, entities = MEASURES[name], self.entities(name)
        estimates = self.estimate(name, period)
        shape = (len(entities), -1)
        values, lows, highs = (part.reshape(shape) for part in (estimates.value, estimates.low, estimates.high))
        rows = self._frame(name, measure.unit, entities, values, lows, highs, period)
        rows["note"] = [self.definition(name, of) for of in rows["of"]]
        return rows

    def _percentile_rows(self, name: str) -> pd.DataFrame:
        answered = name.startswith("wait_answered")
        quantiles = [self.wait_quantile(e.of, PERCENTILES[name], answered=answered) for e in self.type_entities]
        values, lows, highs = (
            np.array([getattr(quantile, part) for quantile in quantiles], dtype=float)[:, None]
            for part in ("value", "low", "high")
        )
        rows = self._frame(name, "s", self.type_entities, values, lows, highs, "horizon")
        share = f"{PERCENTILES[name]:.0%} of {'answered' if answered else 'answered or abandoned'} contacts"
        return rows.assign(note=f"{share} waited at most this")

    def _longest_rows(self) -> pd.DataFrame:
        seen = [
            entity
            for entity in self.type_entities
            if entity.by == "type" and not np.isnan(self.longest[:, entity.members[0]]).any()
        ]
        longest = mean(self.longest[:, [entity.members[0] for entity in seen]], self.confidence).within((0.0, np.inf))
        values, lows, highs = (part[:, None] for part in (longest.value, longest.low, longest.high))
        rows = self._frame("wait_max", "s", tuple(seen), values, lows, highs, "horizon")
        return rows.assign(note="longest wait in a replication, mean over replications")

    def _frame(
        self,
        name: str,
        unit: str,
        entities: Sequence[Entity],
        values: Floats,
        lows: Floats,
        highs: Floats,
        period: Period,
    ) -> pd.DataFrame:
        import pandas as pd

        starts = self._starts(period)
        count = len(starts)
        rows = pd.DataFrame(
            {
                "scenario": self.scenario.name,
                "source": "simulation",
                "measure": name,
                "unit": unit,
                "by": np.repeat([entity.by for entity in entities], count),
                "of": np.repeat([entity.of for entity in entities], count),
                "period": period,
                "start": np.tile(starts, len(entities)),
                "value": values.ravel(),
                "low": lows.ravel(),
                "high": highs.ravel(),
                "replications": self.replications,
                "note": "",
            },
            columns=list(COLUMNS),
        )
        return rows[rows["value"].notna()]

    def _starts(self, period: Period) -> NDArray[np.datetime64]:
        horizon = self.scenario.horizon
        first = np.datetime64(horizon.midnight, "s")
        if period == "horizon":
            return np.array([first])
        steps = np.arange(horizon.days if period == "day" else horizon.intervals)
        length = 86400 if period == "day" else round(horizon.interval)
        return np.asarray(first + (steps * length).astype("timedelta64[s]"))

    def definition(self, name: str, of: str) -> str:
        """The definition of a measure, with the target time of a type put in."""
        text = MEASURES[name].definition
        if "the target time" not in text and "that time" not in text:
            return text
        for contact_type in self.scenario.contact_types:
            if contact_type.name == of and contact_type.answer_within is not None:
                clock = " of open hours" if contact_type.counts_open_hours else ""
                return text.replace("the target time", f"{contact_type.answer_within:g} s{clock}")
        return text

    # -- days and comparisons ------------------------------------------------------------------------------------

    def daily(self, name: str, of: str) -> Floats:
        """A measure of an entity on each day of each replication, shape (R, days); NaN where it never happened."""
        numerator, denominator = self.sums(name, "day")
        place = self.place(name, of)
        if denominator is None:
            return np.asarray(numerator[:, place])
        d = denominator[:, place]
        return np.asarray(np.divide(numerator[:, place], d, out=np.full(d.shape, np.nan), where=d > 0))

    def place(self, name: str, of: str) -> int:
        """The row of an entity among those of a measure; a type comes before a channel of the same name.

        Raises
        ------
        InvalidValue
            If there is none of this name.
        """
        names = [entity.of for entity in self.entities(name)]
        if of not in names:
            raise InvalidValue("of", of, f"for {name} known are {', '.join(names)}")
        return len(names) - 1 - names[::-1].index(of)

    def compare(self, variant: Results, measures: Sequence[str] | None = None) -> pd.DataFrame:
        """The differences of `variant` from these results, paired by replication: same tapes, narrower intervals.

        Raises
        ------
        InvalidScenario
            If seeds or numbers of replications differ, so that days cannot be paired.
        """
        import pandas as pd

        if (self.seed, self.replications) != (variant.seed, variant.replications):
            raise InvalidScenario("compare", "the runs differ in seed or replications", "run both alike")
        parts = [self._difference(variant, name) for name in (measures or MEASURES)]
        return pd.concat(parts, ignore_index=True)

    def _difference(self, variant: Results, name: str) -> pd.DataFrame:
        pairs = list(self._shared(variant, name))
        (n1, d1), (n2, d2) = self.sums(name), variant.sums(name)
        rows1, rows2 = [a for _, a, _ in pairs], [b for _, _, b in pairs]
        if d1 is None or d2 is None:
            change = mean_difference(n1[:, rows1], n2[:, rows2], self.confidence)
        else:
            change = ratio_difference((n1[:, rows1], n2[:, rows2]), (d1[:, rows1], d2[:, rows2]), self.confidence)
        values, lows, highs = (part[:, None] for part in (change.value, change.low, change.high))
        entities = [entity for entity, _, _ in pairs]
        rows = self._frame(name, MEASURES[name].unit, entities, values, lows, highs, "horizon")
        return rows.assign(
            scenario=f"{variant.scenario.name} - {self.scenario.name}", note="difference on the same tapes"
        )

    def _shared(self, variant: Results, name: str) -> Iterator[tuple[Entity, int, int]]:
        variant_rows = {(entity.by, entity.of): row for row, entity in enumerate(variant.entities(name))}
        for row, entity in enumerate(self.entities(name)):
            if (entity.by, entity.of) in variant_rows:
                yield entity, row, variant_rows[entity.by, entity.of]


def _in_period(values: Floats, period: Period, days: int) -> Floats:
    """Values by interval (the last axis) summed up by day or over the horizon."""
    if period == "interval":
        return values
    by_day = values.reshape(*values.shape[:-1], days, values.shape[-1] // days).sum(axis=-1)
    return np.asarray(by_day if period == "day" else by_day.sum(axis=-1))
