"""Theory's table of a scenario: the columns of the simulation, each row with its formula and what it leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from models.centre.sharing import Sharing
from models.centre.tidy_rows import Part, table
from models.centre.type_service import Progress, Service, services
from models.centre.workload import workload
from models.queueing.numerics.arguments import Floats
from scenarios.measures import GROUP_TALLIES, MEASURES, PERCENTILES, Measure
from scenarios.scenario import Scenario
from scenarios.units import HOUR

if TYPE_CHECKING:
    import pandas as pd

Period = Literal["horizon", "day", "interval"]
EXACT = 1e-9  # of a percentile, relative and in seconds
LONGEST = 1e9  # seconds; a wait beyond it has no end


def approximate(
    scenario: Scenario,
    period: Period = "horizon",
    measures: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Every measure that a formula can tell, as tidy rows in the columns of `scenarios.measures.COLUMNS`.

    Each interval is taken as a queue in the long run (stationary by interval): Erlang C where nobody leaves, Erlang A
    where patience is exponential, M/M/n+G for any other distribution, the chat Erlang chain for concurrent work, a
    backlog for deferred work. `source` names the formula, `note` states its assumptions. Where no formula applies the
    value is NaN and the note says so; an overloaded queue has its exact limit (nobody in time, an infinite wait) and
    its growth in the note. Periods are ratios of sums, weighted by contacts.

    Parameters
    ----------
    period
        One row for the horizon, or one for each day or interval.
    measures
        The names of the measures; by default all, for the horizon with percentiles of the wait.
    progress
        Called with how many contact types are worked out, and how many there are.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> rows = approximate(presets.load("help-desk"), measures=["service_level", "asa"]).query("by == 'type'")
    >>> [(row.source, row.measure, float(round(row.value, 2))) for row in rows.itertuples()]
    [('Erlang C', 'service_level', 0.84), ('Erlang C', 'asa', 18.41)]
    """
    theory = _Theory(scenario, period, progress)
    names = list(MEASURES) if measures is None else [name for name in measures if name in MEASURES]
    rows = [row for name in names for row in theory.rows(MEASURES[name])]
    if period == "horizon":
        wanted = list(PERCENTILES) if measures is None else [name for name in measures if name in PERCENTILES]
        rows += theory.percentiles([name for name in wanted if not name.startswith("wait_answered")])
    return table(rows)


class _Theory:
    """The tallies of a scenario by theory, and the rows made of them."""

    def __init__(self, scenario: Scenario, period: Period, progress: Progress | None) -> None:
        self.scenario, self.period = scenario, period
        sharing = Sharing(scenario, workload(scenario))
        self.services = services(sharing, progress)
        self.groups = _group_tallies(sharing, self.services)
        self.counted = scenario.horizon.edges[:-1] >= scenario.horizon.warm_up

    @property
    def entities(self) -> list[tuple[str, str, list[int]]]:
        """The total, the channels, the types: what a row is about and the types it adds up."""
        contact_types = self.scenario.contact_types
        channels = dict.fromkeys(contact_type.channel for contact_type in contact_types)
        return [
            ("total", "all", list(range(len(contact_types)))),
            *(
                ("channel", name, [k for k, contact_type in enumerate(contact_types) if contact_type.channel == name])
                for name in channels
            ),
            *(("type", contact_type.name, [k]) for k, contact_type in enumerate(contact_types)),
        ]

    def rows(self, measure: Measure) -> list[Part]:
        """The rows of a measure."""
        if measure.of == "groups":
            return self._group_rows(measure)
        if measure.of == "scenario":
            return [self._scenario_row(measure)] if measure.is_count else []
        parts: list[Part] = []
        for by, of, members in self.entities:
            services = [self.services[k] for k in members]
            if measure.name == "oldest_age" and len(members) > 1:
                continue  # the oldest of several types is none of their means
            if all(name in service.tallies or name in _CLOCK for service in services for name in _needed(measure)):
                numerator, denominator = self._sums(measure, [service.tallies for service in services])
                parts.append(self._frame(measure, by, of, numerator, denominator, services))
        return parts

    def _sums(self, measure: Measure, tallies: list[dict[str, Floats]]) -> tuple[Floats, Floats | None]:
        """Numerator and denominator by period."""

        def total(names: tuple[str, ...]) -> Floats:
            return np.asarray(sum((self._tally(name, tallies) for name in names), np.zeros(self.counted.size)))

        numerator = total(measure.numerator)
        if measure.is_count:
            return self._periods(numerator), None
        return self._periods(numerator), self._periods(total(measure.denominator) - total(measure.minus))

    def _tally(self, name: str, tallies: list[dict[str, Floats]]) -> Floats:
        if name in _CLOCK:
            return np.full(self.counted.size, self.scenario.horizon.interval if name == "clock" else 1.0)
        return np.asarray(sum((tally[name] for tally in tallies), np.zeros(self.counted.size)))

    def _periods(self, values: Floats) -> Floats:
        values = np.where(self.counted, values, 0.0)
        if self.period == "interval":
            return values
        days: Floats = values.reshape(self.scenario.horizon.days, -1).sum(axis=1)
        return days if self.period == "day" else days.sum(keepdims=True)

    def _frame(
        self,
        measure: Measure,
        by: str,
        of: str,
        numerator: Floats,
        denominator: Floats | None,
        services: list[Service],
    ) -> Part:
        value = numerator
        if denominator is not None:
            with np.errstate(invalid="ignore"):
                value = np.divide(numerator, denominator, out=np.full(numerator.shape, np.nan), where=denominator > 0)
        happened = np.ones(value.shape, dtype=bool) if denominator is None else ~(denominator <= 0)
        part = self._part(measure.name, measure.unit, by, of, value[happened], _joined(services))
        notes = self._notes(services)
        chosen = np.flatnonzero(happened)
        return part | {"start": self.starts[chosen], "note": [notes[i] for i in chosen]}

    def _notes(self, services: list[Service]) -> list[str]:
        """What each row leaves out; overload first."""
        usual = list(dict.fromkeys(note for service in services for note in service.notes))
        hours = self.scenario.horizon.interval / HOUR
        overloaded = np.any([np.zeros(self.counted.size, dtype=bool), *(s.overloaded for s in services)], axis=0)
        growth: Floats = sum((service.growth for service in services), np.zeros(self.counted.size))
        lost, busy = self._periods(growth * hours), self._periods(np.where(overloaded, hours, 0.0))
        speed = np.divide(lost, busy, out=np.full(lost.shape, np.nan), where=busy > 0)
        over = ["" if np.isnan(rate) else f"overloaded, the queue grows {_fast(rate)}" for rate in speed]
        return ["; ".join(part for part in (first, *usual) if part) for first in over]

    def _part(self, name: str, unit: str, by: str, of: str, value: Floats, source: str) -> dict[str, Any]:
        return {
            "scenario": self.scenario.name,
            "source": source,
            "measure": name,
            "unit": unit,
            "by": by,
            "of": of,
            "period": self.period,
            "start": self.starts,
            "value": value,
            "low": np.nan,
            "high": np.nan,
            "replications": 0,
            "note": "",
        }

    @cached_property
    def starts(self) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
        """The wall time at which each period begins."""
        horizon = self.scenario.horizon
        count = {"horizon": 1, "day": horizon.days, "interval": horizon.intervals}[self.period]
        steps = np.arange(count) * (86400 if self.period == "day" else round(horizon.interval))
        return np.datetime64(horizon.midnight, "s") + steps.astype("timedelta64[s]")

    def _group_rows(self, measure: Measure) -> list[Part]:
        names = self.scenario.group_names
        entities = [("total", "all", list(range(len(names)))), *(("group", name, [g]) for g, name in enumerate(names))]
        if measure.name in _LEFT_OUT or not all(n in self.groups[0] or n in _CLOCK for n in _needed(measure)):
            return []
        parts = []
        for by, of, members in entities:
            numerator, denominator = self._sums(measure, [self.groups[g] for g in members])
            parts.append(self._frame(measure, by, of, numerator, denominator, []))
        note = "average headcount less average absence; work after the shift not modelled"
        return [{**part, "source": _joined(self.services), "note": note} for part in parts]

    def _scenario_row(self, measure: Measure) -> Part:
        """The cost: exact wages and expected bot sessions."""
        tallies = [*self.groups, *({"bot_cost": service.tallies["bot_cost"]} for service in self.services)]
        zero = np.zeros(self.counted.size)
        filled = [{name: tally.get(name, zero) for name in measure.numerator} for tally in tallies]
        numerator, denominator = self._sums(measure, filled)
        part = self._frame(measure, "total", "all", numerator, denominator, [])
        return {
            **part,
            "source": "Arithmetic",
            "note": "planned wages and expected bot sessions; overtime not modelled",
        }

    # -- percentiles ---------------------------------------------------------------------------------------------

    def percentiles(self, names: list[str]) -> list[Part]:
        """Percentiles of the wait over the horizon: the wait of a contact drawn from all intervals."""
        parts: list[Part] = []
        known: dict[tuple[int, ...], Floats] = {}
        for by, of, members in self.entities:
            services = [self.services[k] for k in members]
            weights = np.array([np.where(self.counted, s.tallies["offered"], 0.0) for s in services])
            if not names or not weights.sum() or any(service.tail is None for service in services):
                continue
            key = tuple(members)
            if key not in known:
                known[key] = self._quantiles(services, weights / weights.sum(), [PERCENTILES[name] for name in names])
            values = known[key]
            notes, source = self._notes(services), _joined(services)
            for name, value in zip(names, values, strict=True):
                parts.append(self._part(name, "s", by, of, value[None], source) | {"note": notes})
        return sorted(parts, key=lambda part: names.index(part["measure"]))

    def _quantiles(self, services: list[Service], weights: Floats, shares: list[float]) -> Floats:
        """The times that shares of contacts stay within, shape (shares,); weights of shape (services, intervals)."""
        from scipy.optimize.elementwise import find_root

        left = 1 - np.array(shares)

        def more(times: Floats, left: Floats) -> Floats:
            tails = [w @ s.tail(times[:, None]).T for w, s in zip(weights, services, strict=True) if s.tail is not None]
            return np.asarray(sum(tails)) - left

        low, high = np.zeros(left.shape), np.ones(left.shape)
        waits = more(low, left) > 0
        while np.any(short := waits & (high < LONGEST) & (more(high, left) > 0)):
            low, high = np.where(short, high, low), np.where(short, 4 * high, high)
        values = np.where(high >= LONGEST, np.inf, 0.0)
        if np.any(sought := waits & (high < LONGEST)):
            bracket = (low[sought], high[sought])
            root = find_root(more, bracket, args=(left[sought],), tolerances={"xrtol": EXACT, "xatol": EXACT})
            values[sought] = root.bracket[1]
        return np.where(waits, values, 0.0)


_CLOCK = ("clock", "interval_ends")
_LEFT_OUT = ("overrun",)  # formulas know no people who stay longer


def _fast(growth: float) -> str:
    return f"by {growth:.3g} an hour" if growth > 0 else "without limit"


def _needed(measure: Measure) -> tuple[str, ...]:
    return (*measure.numerator, *measure.denominator, *measure.minus)


def _joined(services: Sequence[Service]) -> str:
    """The formulas that a row adds up."""
    return " + ".join(dict.fromkeys(service.source for service in services))


def _group_tallies(sharing: Sharing, services: list[Service]) -> list[dict[str, Floats]]:
    """Time and wages of each group, arrays of shape (intervals,)."""
    scenario = sharing.scenario
    length = scenario.horizon.interval
    busy = sum((service.busy for service in services), np.zeros(sharing.present.shape))
    groups = []
    for g, group in enumerate(scenario.agent_groups):
        planned, staffed = group.planned_duty(scenario.horizon), sharing.present[g] * length
        tallies = {
            "staffed_time": staffed,
            "overrun_time": np.zeros_like(staffed),
            "busy_time": np.minimum(busy[g] * length, staffed),
            "break_delay_time": np.zeros_like(staffed),
            "absent_time": planned * group.shrinkage.absence,
            "wages": group.paid_time(scenario.horizon) * group.cost_per_hour / HOUR / (1 - group.shrinkage.planned),
        }
        groups.append({name: tallies[name] for name in GROUP_TALLIES if name in tallies})
    return groups
