"""What what-if studies need of a simulated scenario: the sums behind its measures, and what follows from them.

Models never import a simulator. The caller provides a `RunTrial`, which simulates scenarios with common random numbers,
and a `Plan`, which gives the lowest-cost staffing for a scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from models.queueing.numerics.arguments import Floats
from scenarios.judgement import Judged, counts_of, judge_constraint
from scenarios.measures import measure as measure_named
from scenarios.requirements import constraints
from scenarios.scenario import Scenario
from scenarios.statistics import Estimate, estimate

Period = Literal["horizon", "day", "interval"]


class ScenarioTrial(Protocol):
    """What replications of one scenario found."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that was tried."""

    def sums(self, name: str, period: Period = "horizon") -> tuple[Floats, Floats | None]:
        """Numerator and denominator of a measure, shape (replications, entities) or (..., periods)."""

    def place(self, name: str, of: str) -> int:
        """The row of a type, group or ``all`` among those entities."""


RunTrial = Callable[[Sequence[Scenario]], Sequence[ScenarioTrial]]
"""Tries scenarios, all with common random numbers."""
Plan = Callable[[Scenario], Scenario]
"""Gives a scenario the cheapest staffing that meets its targets; raises a `PlannerError` where none does."""


def common(*parts: Floats) -> list[Floats]:
    """Parts by replication, cut to the replications that all have, for trials in doubt have more.

    Examples
    --------
    >>> import numpy as np
    >>> [len(part) for part in common(np.zeros(3), np.zeros((2, 4)))]
    [2, 2]
    """
    count = min(map(len, parts))
    return [part[:count] for part in parts]


def read(trial: ScenarioTrial, measure: str, of: str = "all") -> Estimate:
    """A measure of a type, a group or everything, over all replications."""
    numerator, denominator = trial.sums(measure)
    place = trial.place(measure, of)
    return estimate(measure_named(measure), numerator[:, place], None if denominator is None else denominator[:, place])


def judge_trial(trial: ScenarioTrial) -> tuple[Judged, ...]:
    """Every target of the scenario that was tried, judged."""
    return tuple(
        judge_constraint(trial.scenario, constraint, counts_of(trial, constraint))
        for constraint in constraints(trial.scenario)
    )


def agent_hours(scenario: Scenario) -> float:
    """Planned agent-hours of the horizon."""
    return float(scenario.staffing.sum()) * scenario.horizon.interval / 3600


def one_agent_cost(trial: ScenarioTrial) -> float:
    """What one agent on shift whenever anybody is costs in the horizon, at the mean wage of a trial."""
    hours = agent_hours(trial.scenario)
    staffed = float(trial.scenario.staffing.any(axis=0).sum()) * trial.scenario.horizon.interval / 3600
    wages = float(read(trial, "cost").value - read(trial, "bot_cost").value)
    return staffed * wages / hours if hours > 0 else 0.0


def days_tried(trial: ScenarioTrial) -> int:
    """The replications of a trial; those in doubt have more."""
    return len(trial.sums("cost")[0])
