"""Constraints split by time bucket, so that the effect of an agent is seen in the hour in which it occurs.

The excess of a constraint (numerator less limit x denominator, positive if good) is a sum over time buckets, in each of
which neither the staffing period nor the constraint's own period changes. A target for a share of days is met where the
quantile of its daily excess is not negative; near a plan that quantile moves as the mean of the days around it (Hong
2009, *Estimating quantile sensitivities*), so these days are given all the weight.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from models.optimisation.plan_space import PlanSpace
from models.optimisation.verdicts import excess
from models.queueing.numerics.arguments import Floats
from scenarios.evaluation import Evaluation, in_periods, period_of_interval
from scenarios.measures import measure
from scenarios.requirements import Constraint, constraints_in

Ints = NDArray[np.int64]
AROUND = 0.1
"""The share of days around the quantile that speak for it."""
LEAST_AROUND = 3
ROUNDING = 1e-9
"""What a sum may lack of nothing by rounding: 7 of 10 reach 70 %."""
SAFETY_ERRORS = 2.3
"""Standard errors of the validation sample that a plan keeps away from a limit."""


@dataclass(frozen=True, eq=False)
class TimeBuckets(ABC):
    """Stretches of time (J), and something good that happens in each."""

    bucket_of_interval: Ints
    staffed: Ints
    """The staffing period in which each stretch lies, shape (J,)."""
    period: Ints
    """The period of the target in which each stretch lies, shape (J,)."""
    day: Ints
    """The day of each stretch, shape (J,)."""

    paid: ClassVar[float] = 0.0
    """What it adds to the money that a plan leaves over."""
    increasing: ClassVar[bool] = True
    """Whether more agents never make it less."""
    cumulative: ClassVar[bool] = False
    """Whether agents of all periods before affect it."""

    @abstractmethod
    def excess(self, evaluation: Evaluation) -> Floats:
        """How much of it there was by replication and stretch, shape (R, J)."""

    @abstractmethod
    def ceiling(self, evaluation: Evaluation) -> Floats:
        """The most there could be of it, were all agents there, shape (J,)."""

    def weights(self, values: Floats) -> Floats:
        """How much each replication counts at each stretch, shape (R, J); adds up to 1."""
        return np.full(values.shape, 1 / len(values))

    def mean_excess(self, evaluation: Evaluation) -> Floats:
        """The mean of each stretch, shape (J,)."""
        values = self.excess(evaluation)
        return np.asarray((values * self.weights(values)).sum(axis=0))


@dataclass(frozen=True, eq=False)
class Overtime(TimeBuckets):
    """Work after the end of a shift, by staffing period; as a loss, so that there is more of it the less is worked."""

    paid = 1.0
    increasing = False

    def excess(self, evaluation: Evaluation) -> Floats:
        """What is lost, shape (R, J)."""
        return -in_periods(evaluation.overtime, self.bucket_of_interval)[:, self.staffed]

    def ceiling(self, evaluation: Evaluation) -> Floats:
        """Nothing is lost at best."""
        return np.zeros(self.staffed.shape)


class LastOvertime(Overtime):
    """That of the last staffing period: who stays works off what is left of the whole day."""

    cumulative = True


@dataclass(frozen=True, eq=False)
class ConstraintBuckets(TimeBuckets):
    """The time buckets (J) of one target."""

    constraint: Constraint
    number: int
    """The place of the target among those of the scenario."""

    def excess(self, evaluation: Evaluation) -> Floats:
        """The excess by replication and time bucket, shape (R, J)."""
        return in_periods(excess(self.constraint, evaluation.counts[self.number]), self.bucket_of_interval)

    def ceiling(self, evaluation: Evaluation) -> Floats:
        """All in time, or nothing of what is not to be.

        Infinite for a share of days, for what has no upper end, and for groups, of whose time there is more with more
        agents.
        """
        constraint = self.constraint
        per_contact = constraint.limit if constraint.at_most else 1 - constraint.limit
        ends = constraint.of in evaluation.scenario.type_names and (
            constraint.at_most or measure(constraint.measure).unit == "share"
        )
        if constraint.on_days is not None or not ends:
            return np.full(self.staffed.shape, np.inf)
        contacts = in_periods(evaluation.counts[self.number].denominator, self.bucket_of_interval)
        return np.asarray(per_contact * contacts.mean(axis=0))

    def scores(self, evaluation: Evaluation) -> Floats:
        """What decides each period, shape (R, periods): met where its mean is not negative.

        The excess, or for a share of days the share of good ones less the share wanted.
        """
        values = self.excess(evaluation)
        if self.constraint.on_days is None:
            return in_periods(values, self.period)
        good = in_periods(values, self.day) >= -ROUNDING
        return np.asarray(good.mean(axis=1, keepdims=True) - self.constraint.on_days)

    def safety_margin(self, evaluation: Evaluation, validation_size: float) -> Floats:
        """The excess to keep in each period for a validation sample of this size to confirm it, shape (periods,)."""
        if self.constraint.on_days is not None:
            return np.zeros(1)
        spread = in_periods(self.excess(evaluation), self.period).std(axis=0)
        return np.asarray(SAFETY_ERRORS * spread / np.sqrt(validation_size))

    def weights(self, values: Floats) -> Floats:
        """The weight of each replication in each time bucket, shape (R, J); adds up to 1 by bucket or over days."""
        if self.constraint.on_days is None:
            return super().weights(values)
        days = np.stack([values[:, self.day == day].sum(axis=1) for day in range(self.day[-1] + 1)], axis=1)
        order = np.argsort(np.argsort(days.ravel()))
        near = max(LEAST_AROUND, AROUND * days.size / 2)
        weight = (np.abs(order - (1 - self.constraint.on_days) * (days.size - 1)) <= near).astype(float)
        return np.asarray((weight / weight.sum()).reshape(days.shape)[:, self.day])


def split_by_time(space: PlanSpace, validation_size: int) -> tuple[ConstraintBuckets, ...]:
    """The time buckets of every constraint, to be met at 95 % confidence in a validation sample of this size.

    A target for a share of days is asked for with a safety margin for the error of that share.
    """
    days = validation_size * space.scenario.horizon.days
    return tuple(
        _buckets(space, _with_safety_margin(constraint, days), number)
        for number, (_, constraint) in enumerate(constraints_in(space.scenarios))
    )


def overtime_by_time(space: PlanSpace) -> tuple[Overtime, ...]:
    """Work after the end of a shift in each staffing period but the last, and in the last."""
    number = np.arange(space.shape[1])
    day = period_of_interval(space.scenario.horizon, "day")[np.flatnonzero(np.diff(space.period, prepend=-1))]
    before = Overtime(space.period, number[:-1], 0 * number[:-1], day[:-1])
    return before, LastOvertime(space.period, number[-1:], 0 * number[-1:], day[-1:])


def relaxed_by_error(buckets: tuple[ConstraintBuckets, ...], days: int) -> tuple[ConstraintBuckets, ...]:
    """The time buckets with each share of days lowered by the error that so many days leave: what any good plan has."""
    return tuple(replace(p, constraint=_with_safety_margin(p.constraint, days, -2 * SAFETY_ERRORS)) for p in buckets)


def _with_safety_margin(constraint: Constraint, days: int, errors: float = SAFETY_ERRORS) -> Constraint:
    if constraint.on_days is None:
        return constraint
    error = float(np.sqrt(constraint.on_days * (1 - constraint.on_days) / days))
    share = constraint.on_days + errors * error
    return replace(constraint, on_days=max(min(share, (1 + constraint.on_days) / 2), constraint.on_days / 2))


def _buckets(space: PlanSpace, constraint: Constraint, number: int) -> ConstraintBuckets:
    horizon = space.scenario.horizon
    period = period_of_interval(horizon, constraint.every)
    day = period_of_interval(horizon, "day")
    change = np.diff(space.period, prepend=-1) | np.diff(period, prepend=-1)
    if constraint.on_days is not None:
        change |= np.diff(day, prepend=-1)
    starts = np.flatnonzero(change)
    bucket_of_interval = np.cumsum(change != 0) - 1
    return ConstraintBuckets(bucket_of_interval, space.period[starts], period[starts], day[starts], constraint, number)
