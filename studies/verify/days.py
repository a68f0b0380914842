"""Finite days that start empty, simulated many times: counts in each interval, with standard errors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import NotExpressible
from scenarios.horizon import Horizon
from scenarios.scenario import Scenario, scenario_from
from scenarios.units import DAY
from simulator.codes import Outcome
from simulator.experiment import Experiment, play
from simulator.logs import ContactLog
from simulator.measure.time_spans import time_by_interval
from studies.verify.cases import Case
from studies.verify.formulas_days import DAY as DAY_GIVEN
from studies.verify.formulas_days import day_totals
from studies.verify.given import LINES, PLACES, knows, smallest
from studies.verify.steady import Estimates, Measured, RunLength, mean, ratio

Floats = NDArray[np.float64]
Given = Mapping[str, Any]

COUNTS = (
    *("offered", "waited", "served_by_T", "aband_by_T", "abandons", "busy", "queue", "busy_end", "queue_end"),
    *("late_abandons", "late_wait", "blocked"),
)
"""What is counted in each interval of a day; what is late stands in its last interval only."""

DAYS_PER_REPLICATION = 25
"""Days are short beside replications in steady state, and some of their counts seldom differ from nought."""


@dataclass(frozen=True)
class DayPlan:
    """A day: times in seconds, rates a second."""

    rates: Floats
    agents: tuple[int, ...]
    interval: float
    handle: float
    patience: float
    within: float
    balking: float
    cv: float
    lines: float
    """Contacts that fit in at once; inf without a limit."""
    places: float
    """Contacts that may wait; inf without a limit."""
    unit: float
    """Seconds in the unit of time of the table."""

    @classmethod
    def of(cls, given: Given) -> DayPlan:
        """The day that is given, in seconds or in minutes."""
        by_hour = "arrivals_per_hour" in given
        unit = 1.0 if str(given.get("time_unit", "")).startswith("sec") else 60.0
        rates = np.array(given["arrivals_per_hour"]) / 3600 if by_hour else np.array(given["lambda_per_min"]) / 60
        length = given["interval_s"] if "interval_s" in given else given["interval_min"] * 60
        return cls(
            rates=np.asarray(rates, dtype=float),
            agents=tuple(int(n) for n in given["agents"]),
            interval=float(length),
            handle=unit / given["mu"],
            patience=unit / given["theta"] if given.get("theta") else math.inf,
            within=unit * given["s" if "s" in given else "T_min"],
            balking=given.get("P_balk_if_all_busy", given.get("P_patience_zero", 0.0)),
            cv=given["gamma_alpha0"] ** -0.5 if given.get("gamma_alpha0") else 0.0,
            lines=smallest(given, LINES),
            places=smallest(given, PLACES),
            unit=unit,
        )

    def scenario(self) -> Scenario:
        """One type and one group, the day beginning at midnight.

        Raises
        ------
        NotExpressible
            If the intervals do not divide a day, or the day is longer than one.
        """
        count = len(self.agents)
        if self.interval < 60 or DAY % self.interval or count * self.interval > DAY:
            intervals = f"{count} intervals of {self.interval:g} s"
            raise NotExpressible(intervals, "a day of equal intervals", "choose a length that divides the day")
        most = round(DAY / self.interval)
        volume = [*(self.rates * self.interval).tolist(), *[0.0] * (most - count)]
        staffing = [*self.agents, *[self.agents[-1]] * (most - count)]
        contact_type: dict[str, Any] = {
            "name": "calls",
            "channel": "phone",
            "volume": {"per_interval": volume} | ({"variation": {"cv": self.cv}} if self.cv else {}),
            "handle_time": {"mean": self.handle},
            "balking": self.balking,
            "target": {"share": 0.5, "within": self.within},
        }
        if math.isfinite(self.patience):
            contact_type["patience"] = {"mean": self.patience}
        if math.isfinite(self.lines):
            contact_type["trunk"] = "lines"
        if math.isfinite(self.places):
            contact_type["queue_places"] = int(self.places)
        group = {"name": "agents", "skills": ["calls"], "staffing": staffing, "leaving": "idle-first"}
        return scenario_from(
            {
                "name": "day",
                "horizon": Horizon(interval=self.interval),
                "contact_types": [contact_type],
                "agent_groups": [group],
                "trunks": {"lines": int(self.lines)} if math.isfinite(self.lines) else {},
            }
        )


def counted(log: ContactLog, intervals: int, interval: float, within: float) -> Floats:
    """What happened in each interval of a day, shape (counts, intervals): contacts by arrival, time as it passes."""
    abandoned, answered = log.outcome == Outcome.ABANDONED, log.outcome == Outcome.ANSWERED
    blocked = log.outcome == Outcome.BLOCKED
    left = np.where(abandoned, log.end, log.answer)
    wait = left - log.entry
    at = np.minimum(log.arrival // interval, intervals - 1).astype(int)

    def by_arrival(which: NDArray[np.bool_]) -> Floats:
        return np.bincount(at[which], minlength=intervals).astype(float)

    event = (log.end[abandoned] // interval).astype(int)
    late = event >= intervals
    edges = (np.arange(intervals) + 1) * interval
    group = np.zeros(len(left), dtype=np.int64)
    longer = intervals + 1  # what passes after the last interval is added to the last that is given
    busy = time_by_interval(log.answer[answered], log.wrap_end[answered], group[answered], 1, interval, longer)[0]
    entered = ~blocked
    queue = time_by_interval(log.entry[entered], left[entered], group[entered], 1, interval, longer)[0]
    last = np.eye(intervals)[-1]
    return np.stack(
        [
            by_arrival(np.ones(len(left), dtype=bool)),
            by_arrival(abandoned | (wait > 0)),
            by_arrival(answered & (wait <= within)),
            by_arrival(abandoned & (wait <= within)),
            np.bincount(event[~late], minlength=intervals).astype(float),
            busy[:-1] / interval,
            queue[:-1] / interval,
            _present(log.answer[answered], log.wrap_end[answered], edges),
            _present(log.entry[entered], left[entered], edges),
            late.sum() * last,
            queue[-1] * last,
            by_arrival(blocked),
        ]
    )


def _present(start: Floats, end: Floats, edges: NDArray[Any]) -> Floats:
    """How many stretches hold each instant, which belongs to the stretch that ends then."""
    begun, over = (np.searchsorted(np.sort(times), edges, side="left") for times in (start, end))
    return np.asarray(begun - over, dtype=float)


@knows(*DAY_GIVEN, *LINES, *PLACES, words=("start", "end"))
def day(case: Case, effort: RunLength) -> Estimates:
    """The metrics of a finite day."""
    plan = DayPlan.of(case.given)
    of = observed(plan, effort)
    return _by_interval(of) | day_totals(case, totals(of, plan))


def observed(plan: DayPlan, effort: RunLength) -> dict[str, Floats]:
    """The counts of many days by name, shape (days, intervals)."""
    scenario, count = plan.scenario(), len(plan.agents)
    days = max(
        DAYS_PER_REPLICATION * effort.replications, math.ceil(effort.contacts / (plan.rates.sum() * plan.interval))
    )
    engine = Experiment(days, effort.seed, effort.engine).engine_for(scenario)
    logs = (play(scenario, effort.seed, number, engine).contacts for number in range(days))
    seen = np.array([counted(log, count, plan.interval, plan.within) for log in logs])
    return {name: seen[:, row] for row, name in enumerate(COUNTS)}


def _by_interval(of: Mapping[str, Floats]) -> Estimates:
    figures: Estimates = {}
    for j in range(of["offered"].shape[1]):
        offered = of["offered"][:, j]
        within = of["served_by_T"][:, j] + of["aband_by_T"][:, j]
        names = {
            "P_delay": ratio(of["waited"][:, j], offered),
            "E_busy": mean(of["busy"][:, j]),
            "E_queue": mean(of["queue"][:, j]),
            "abandons": mean(of["abandons"][:, j]),
            "served_by_T": mean(of["served_by_T"][:, j]),
            "SL": ratio(of["served_by_T"][:, j], offered),
            "P_W_gt_T": ratio(offered - within, offered),
            "E_busy_end": mean(of["busy_end"][:, j]),
            "E_queue_end": mean(of["queue_end"][:, j]),
        }
        figures |= {(name, str(j + 1)): value for name, value in names.items()}
    return figures


def totals(of: Mapping[str, Floats], plan: DayPlan) -> dict[str, Measured]:
    """Totals of the day in the unit of the table: seconds where the day is given in seconds, else minutes."""
    served, left = of["served_by_T"].sum(axis=1), of["aband_by_T"].sum(axis=1)
    waits = (of["queue"].sum(axis=1) * plan.interval + of["late_wait"].sum(axis=1)) / plan.unit
    sums = {
        "abandons": of["abandons"].sum(axis=1) + of["late_abandons"].sum(axis=1),
        "total_wait": waits,
        "served_by_T": served,
        "aband_by_T": left,
        "arrivals": of["offered"].sum(axis=1),
        "in_time_either": served + left,
    }
    return {name: mean(values) for name, values in sums.items()}
