"""What people at work do for targets, measured around a schedule, and which shifts its slack allows to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.optimisation.bounds.constraints import ConstraintBuckets
from models.optimisation.bounds.finite_differences import cut_at
from models.optimisation.bounds.load import LoadRows
from models.optimisation.budget import SearchBudget
from models.optimisation.moves import Slack, moves_at
from models.optimisation.plan_space import PlanSpace, Staffing
from models.queueing.numerics.arguments import Floats
from models.scheduling.covering import CoveringProblem, PlannedShift, shift_cost
from models.scheduling.options import Ints, ShiftOption
from models.scheduling.second_phase import fixed_breaks
from scenarios.evaluation import Evaluate, Evaluation, in_periods
from scenarios.scenario import Scenario
from studies.shifts.played import with_people

HARM = 1.3
"""By how much a person fewer does more harm than one more does good: service is concave in people."""
SMALL = 1e-9
NEAR = 8
"""A cheaper shift begins within this part of a day of the one that it replaces: three hours."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ScheduleSpace(PlanSpace):
    """Plans around a schedule: its people at work, and so many more or fewer in whole periods."""

    people: Mapping[str, Ints]
    """At work by group and interval of the schedule."""
    interval: float
    """Of the schedule, in seconds."""

    @property
    def planned(self) -> Staffing:
        """Whole people of each period, from which changes are counted, shape (G, P)."""
        people = np.array([self.people[name] for name in self.scenario.group_names], dtype=float)
        return np.asarray(np.ceil(people.reshape(*self.shape, -1).mean(axis=2)), dtype=np.int64)

    def plan(self, staffing: Staffing) -> Scenario:
        """The schedule with as many people more or fewer in each period as the staffing differs from `planned`."""
        change = staffing - self.planned
        part = len(self.people[self.scenario.group_names[0]]) // self.shape[1]
        moved = {
            name: np.maximum(self.people[name] + np.repeat(row, part), 0)
            for name, row in zip(self.scenario.group_names, change, strict=True)
        }
        return with_people(self.scenario, moved, self.interval)


def slopes_at(
    space: ScheduleSpace,
    evaluate: Evaluate,
    buckets: tuple[ConstraintBuckets, ...],
    load: LoadRows,
    replications: int,
) -> Floats:
    """What one person more in each group and period does for each target and its periods, shape (W, groups, P)."""
    cut = cut_at(SearchBudget(space, evaluate), buckets, load, space.planned, replications)
    return moves_at(space, buckets, (), cut, cut).up.reshape(-1, *space.shape)


def slack_of(buckets: tuple[ConstraintBuckets, ...], found: Evaluation, days: float) -> Slack:
    """The excess of each target and period beyond what so many replications need to confirm it; negative if missing."""
    spare, error = [], []
    for p in buckets:
        values = p.excess(found)
        reached = in_periods((values * p.weights(values)).sum(axis=0), p.period)
        spread = in_periods(values, p.period).std(axis=0) / np.sqrt(days)
        spare.append(reached - p.safety_margin(found, days))
        error.append(np.maximum(spread, SMALL))
    return Slack(np.concatenate(spare), np.concatenate(error))


Change = tuple[PlannedShift | None, PlannedShift | None]
"""A shift that goes, and one that comes."""


class ShiftChanges:
    """Changes of shifts with what slopes predict of them.

    Parameters
    ----------
    slopes
        Shape (W, groups, P), see `slopes_at`.
    """

    def __init__(self, problem: CoveringProblem, groups: Sequence[str], slopes: Floats) -> None:
        self.problem, self.slopes = problem, slopes
        self._groups = {name: number for number, name in enumerate(groups)}
        self._effects: dict[PlannedShift, Floats] = {}
        self._cheaper: dict[ShiftOption, list[PlannedShift]] = {}
        self._usual: list[PlannedShift] | None = None

    def effect(self, shift: PlannedShift) -> Floats:
        """What a person on this shift does for each target and period, shape (W,)."""
        if shift not in self._effects:
            at_work = np.zeros(self.problem.grid.intervals)
            at_work[shift.working(self.problem.grid)] = 1.0
            by_period = at_work.reshape(self.slopes.shape[2], -1).mean(axis=1)
            self._effects[shift] = self.slopes[:, self._groups[shift.option.group]] @ by_period
        return self._effects[shift]

    def savings(self, shifts: Sequence[PlannedShift], slack: Slack) -> list[Change]:
        """People sent home or given a cheaper shift, as many as the slack allows, the most saved for their harm first.

        No person is changed twice.
        """
        changes = [(shift, after) for shift in dict.fromkeys(shifts) for after in (None, *self.cheaper(shift))]
        if not changes:
            return []
        harm = np.array([self._harm(*change) for change in changes])
        saved = np.array([_cost(before) - _cost(after) for before, after in changes])
        people = {shift: sum(s == shift for s in shifts) for shift in dict.fromkeys(shifts)}
        spare, chosen = slack.spare.copy(), list[Change]()
        able = (harm <= np.maximum(spare, 0) + SMALL).all(axis=1)
        while able.any():
            price = 1.0 / np.maximum(spare, slack.error)
            worth = np.where(able, saved / (np.maximum(harm, 0) @ price + SMALL), -np.inf)
            best = int(np.argmax(worth))
            chosen.append(changes[best])
            before = changes[best][0]
            spare -= harm[best]
            people[before] -= 1
            gone = np.array([people[b] <= 0 for b, _ in changes])
            able &= ~gone & (harm <= np.maximum(spare, 0) + SMALL).all(axis=1)
        return chosen

    def additions(self, slack: Slack) -> list[Change]:
        """People added until nothing is predicted to lack, the most help for their cost first."""
        options = self._all_usual()
        help_ = np.array([self.effect(shift) for shift in options])
        costs = np.array([max(_cost(shift), SMALL) for shift in options])
        lack, chosen = np.maximum(-slack.spare, 0), list[Change]()
        for _ in range(len(options)):
            if float(lack.max()) <= 0:
                break
            worth = (np.minimum(help_, lack) / slack.error).sum(axis=1) / costs
            best = int(np.argmax(worth))
            if worth[best] <= 0:
                break
            chosen.append((None, options[best]))
            lack = np.maximum(lack - help_[best], 0)
        return chosen

    def cheaper(self, shift: PlannedShift) -> list[PlannedShift]:
        """Cheaper shifts on the same days that begin near a shift, with breaks at usual times."""
        if shift.option not in self._cheaper:
            near = self.problem.grid.per_day // NEAR
            self._cheaper[shift.option] = [
                other
                for other in self._all_usual()
                if other.option.group == shift.option.group
                and other.option.days == shift.option.days
                and abs(other.option.start - shift.option.start) <= near
                and _cost(other) < shift_cost(shift) - SMALL
            ]
        return self._cheaper[shift.option]

    def _all_usual(self) -> list[PlannedShift]:
        """Every option with its breaks at usual times."""
        if self._usual is None:
            self._usual = [
                PlannedShift(option, tuple(window.starts[0] for window in fixed.breaks))
                for option in self.problem.options
                if (fixed := next(fixed_breaks(option), None)) is not None
            ]
        return self._usual

    def _harm(self, before: PlannedShift, after: PlannedShift | None) -> Floats:
        change = (self.effect(after) if after is not None else 0.0) - self.effect(before)
        return np.where(change < 0, -HARM * change, -change)


def _cost(shift: PlannedShift | None) -> float:
    return 0.0 if shift is None else shift_cost(shift)


def changed(shifts: Sequence[PlannedShift], changes: Sequence[Change]) -> list[PlannedShift]:
    """The shifts after changes."""
    left = list(shifts)
    for before, after in changes:
        if before is not None:
            left.remove(before)
        if after is not None:
            left.append(after)
    return left
