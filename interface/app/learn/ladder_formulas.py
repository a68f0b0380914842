"""The formulas of the assumption ladder: each uses what it covers of a scenario and ignores everything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.centre.approximate import approximate
from models.day import intervals, transient, uncertain
from models.queueing import erlang, general_patience, redial_chain
from models.queueing.handle_times import HandleTimeDistribution
from models.queueing.performance import Performance
from scenarios.scenario import Scenario
from scenarios.units import HOUR

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FormulaResult:
    """The result of a formula for all contacts of a scenario; NaN where it has none, and then why."""

    service_level: float
    abandonment: float
    mean_wait: float
    note: str = ""


@dataclass(frozen=True)
class Formula:
    """A formula and the features of a scenario that it covers."""

    name: str
    covers: frozenset[str]
    work: Callable[[Scenario], FormulaResult]


@dataclass(frozen=True)
class _Queue:
    """The scenario as one queue, as a single-queue formula treats it."""

    scenario: Scenario

    @property
    def counted(self) -> NDArray[np.bool_]:
        """The intervals that count."""
        horizon = self.scenario.horizon
        return np.asarray(horizon.edges[:-1] >= horizon.warm_up)

    @property
    def rates(self) -> Floats:
        """Contacts a second by interval, shape (intervals,)."""
        return np.asarray(self.scenario.expected.sum(axis=0) / self.scenario.horizon.interval)

    @property
    def agents(self) -> NDArray[np.int64]:
        """Agents by interval, of any skill, shape (intervals,)."""
        return np.asarray(self.scenario.staffing.sum(axis=0))

    @property
    def handle(self) -> float:
        """Mean handle time."""
        return self.scenario.contact_types[0].handle_time.mean

    @property
    def patience(self) -> float:
        """Mean patience."""
        patience = self.scenario.contact_types[0].patience
        return np.inf if patience is None else patience.mean

    @property
    def within(self) -> float:
        """The time of the target."""
        return self.scenario.contact_types[0].answer_within or 0.0

    def ratio(self, part: Floats) -> float:
        """A mean over contacts."""
        weights = np.where(self.counted, self.rates, 0.0)
        return float(part @ weights / weights.sum())

    def total(self, performance: Performance) -> FormulaResult:
        """The steady state of each interval, added up."""
        growth = float(self.ratio(performance.growth * HOUR))
        note = f"overloaded: queue grows by {growth:.1f} contacts per hour" if growth > 0 else ""
        wait = float("nan") if growth > 0 else self.ratio(performance.wait_all)
        return FormulaResult(self.ratio(performance.served_within), self.ratio(performance.p_abandon), wait, note)


def erlang_c(scenario: Scenario) -> FormulaResult:
    """Erlang C, interval by interval."""
    queue = _Queue(scenario)
    return queue.total(erlang.erlang_c(queue.rates, queue.handle, queue.agents, queue.within))


def erlang_a(scenario: Scenario) -> FormulaResult:
    """Erlang A, interval by interval."""
    queue = _Queue(scenario)
    return queue.total(erlang.erlang_a(queue.rates, queue.handle, queue.patience, queue.agents, queue.within))


def any_patience(scenario: Scenario) -> FormulaResult:
    """M/M/n+G, interval by interval."""
    queue = _Queue(scenario)
    return _by_patience(queue, queue.rates)


def modified_offered_load(scenario: Scenario) -> FormulaResult:
    """M/M/n+G at the load of each interval, carry-over from earlier intervals included."""
    queue = _Queue(scenario)
    distribution = scenario.contact_types[0].handle_time
    handle = (
        HandleTimeDistribution("exponential", distribution.mean)
        if distribution.scv == 1
        else HandleTimeDistribution("lognormal", distribution.mean, distribution.scv)
    )
    before = float(queue.rates[0]) if scenario.horizon.warm_up else 0.0
    loads = intervals.interval_loads(queue.rates, scenario.horizon.interval, handle, "mol-mean", before)
    return _by_patience(queue, loads / queue.handle)


def _by_patience(queue: _Queue, rates: Floats) -> FormulaResult:
    patience = queue.scenario.contact_types[0].patience
    if patience is None:
        return queue.total(erlang.erlang_c(rates, queue.handle, queue.agents, queue.within))
    return queue.total(general_patience.general_patience(rates, queue.handle, patience, queue.agents, queue.within))


def exact_day(scenario: Scenario) -> FormulaResult:
    """The exact chain of the whole day, averaged over the day factor."""
    queue = _Queue(scenario)
    variation = scenario.contact_types[0].volume.variation
    day = transient.day(
        queue.rates,
        queue.agents,
        scenario.horizon.interval,
        queue.handle,
        queue.patience,
        queue.within,
        busyness_shape=uncertain.shape_of_cv(variation.cv if variation else 0.0),
        nodes=8,
    )
    offered, lost, queued = (float(part[queue.counted].sum()) for part in (day.offered, day.abandoned, day.queue))
    return FormulaResult(queue.ratio(day.service_level), lost / offered, queued * scenario.horizon.interval / offered)


def redials(scenario: Scenario) -> FormulaResult:
    """The exact chain with redials, interval by interval."""
    queue = _Queue(scenario)
    rules = [rule for rule in scenario.contact_types[0].follow_ups if rule.after == "abandoned"]
    if not rules:
        return erlang_a(scenario)
    totals = np.zeros(4)
    for rate, agents in zip(queue.rates, queue.agents, strict=True):
        chain = redial_chain.redial_chain(
            rate, queue.handle, queue.patience, int(agents), queue.within, rules[0].delay.mean, rules[0].probability
        )
        totals += chain.attempt_rate * np.array([1.0, chain.served_within, chain.p_abandon, chain.wait_all])
    level, lost, wait = totals[1:] / totals[0]
    return FormulaResult(level, lost, wait)


def planner(scenario: Scenario) -> FormulaResult:
    """The formulas of the planner, as the Results page shows them."""
    rows = approximate(scenario, measures=["service_level", "abandonment", "mean_wait"])
    rows = rows[rows["by"] == "total"].set_index("measure")
    values = {name: float(value) for name, value in rows["value"].items()}
    note = next((text.split(";")[0] for text in rows["note"] if text.startswith("overloaded")), "")
    wait = values["mean_wait"] if np.isfinite(values["mean_wait"]) else float("nan")
    return FormulaResult(values["service_level"], values["abandonment"], wait, note)


_PATIENT, _DISTRIBUTION, _DAY = "patience", "patience distribution", "time of day"
FORMULAS = (
    Formula("Erlang C", frozenset(), erlang_c),
    Formula("Erlang A", frozenset({_PATIENT}), erlang_a),
    Formula("M/M/n+G", frozenset({_PATIENT, _DISTRIBUTION}), any_patience),
    Formula("Modified offered load", frozenset({_PATIENT, _DISTRIBUTION, _DAY}), modified_offered_load),
    Formula("Exact day", frozenset({_PATIENT, _DAY, "day-to-day variation"}), exact_day),
    Formula("Redial chain", frozenset({_PATIENT, "redials"}), redials),
    Formula("Planner's formulas", frozenset({_PATIENT, _DISTRIBUTION, "skills", "concurrency"}), planner),
)
"""In the order of what they cover, which is about the order in which they were published."""
