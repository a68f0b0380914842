"""The result of a search: the plan, its cost and lower bound, its targets, the binding one, and marginal values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from models.optimisation.budget import MIN_REPLICATIONS, SearchBudget, Step
from models.optimisation.plan_space import PlanSpace, Staffing
from models.optimisation.verdicts import judge, status
from scenarios.evaluation import Evaluation, RatioSums, in_periods, period_of_interval
from scenarios.judgement import Judged
from scenarios.requirements import constraints_in
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MET, MISSED, Status, ratio_difference

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMED = 6
VALUE_DAYS = 100
"""Days behind what an agent more or fewer is worth, at most."""
BoundKind = Literal["load", "enumerated", "estimated"]


@dataclass(frozen=True)
class MarginalValue:
    """What one agent more or fewer of a group, in every period in which it works, does to a target."""

    group: str
    staffing: int
    cost: float
    constraint: str
    of: str
    measure: str
    value: float
    """Of the measure (or the share of days) with the change, on days that the search has not seen."""
    difference: float
    error: float
    """The standard error of the difference, with common random numbers."""
    met: bool
    status: Status = INCONCLUSIVE
    """Whether the target is met with the change, as far as the days that were simulated tell."""


@dataclass(frozen=True, eq=False)
class Plan:
    """The cheapest plan that was found."""

    scenario: Scenario
    """The scenario with the plan as its staffing."""
    staffing: Staffing
    """Shape (groups, periods)."""
    cost: float
    """What results call cost: wages of the planned hours, paid breaks and leave included, `overtime` and `bot_cost`."""
    overtime: float
    """What work after the end of a shift costs; 0 where agents never change or plans were tried one by one."""
    bound: float
    """Under what `bound_holds` says, no plan costs less."""
    bound_kind: BoundKind
    """Where the bound comes from: from the load, which is always true, from trying all cheaper plans, or from cuts."""
    proven: float
    """The bound of the load alone, which needs no simulation."""
    bound_holds: str
    constraints: tuple[Judged, ...]
    """Every target on the validation sample."""
    replications: int
    """How many of these replications there were."""
    overrun: float
    """Hours a horizon that agents worked after the end of their shift."""
    binding: str
    """The tightest target, and where it is tightest."""
    marginal_values: tuple[MarginalValue, ...]
    steps: tuple[Step, ...]
    ended: str
    """Why the search ended."""
    notes: tuple[str, ...]
    bot_cost: float = 0.0
    """What bot sessions cost, which a plan hardly changes: the bounds have as much for them."""
    changes: int = 0
    """Agents more or fewer from one period to the next, added up over groups."""
    change_cost: float = 0.0
    """What these changes counted in the search, beside the cost; nobody pays it."""

    @property
    def staffing_cost(self) -> float:
        """Wages of the planned hours and `overtime`: what a plan decides."""
        return self.cost - self.bot_cost

    @property
    def gap(self) -> float:
        """How far the cost may be above the least, as a share of the bound; no proof where that is `estimated`."""
        return self.cost / self.bound - 1 if self.bound > 0 else math.inf

    @property
    def estimated(self) -> bool:
        """Whether the bound is an estimate."""
        return self.bound_kind == "estimated"

    @property
    def gap_text(self) -> str:
        """How much dearer the plan may be than need be, in words that say how that is known."""
        if not math.isfinite(self.gap):
            return "optimality gap unknown"
        if self.estimated:
            return f"optimality gap about {max(100 * self.gap, 0.1):.1f} % (estimated lower bound)"
        if self.gap <= 1e-9:
            return "proved optimal"
        return f"optimality gap at most {100 * self.gap:.1f} %"

    @property
    def status(self) -> Status:
        """Whether every target is met at 95 % confidence."""
        return status(self.constraints)

    def constraints_table(self) -> pd.DataFrame:
        """One row a target: of, target, wanted, value, low, high, status."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "of": target.constraint.of,
                    "target": target.constraint.text,
                    "measure": target.constraint.measure,
                    "wanted": target.wanted,
                    "value": target.value,
                    "low": target.low,
                    "high": target.high,
                    "status": target.status(),
                }
                for target in self.constraints
            ]
        )

    def marginal_values_table(self) -> pd.DataFrame:
        """One row for every group, one agent more or fewer, and target."""
        import pandas as pd

        return pd.DataFrame([vars(marginal_value) for marginal_value in self.marginal_values])

    def history(self) -> pd.DataFrame:
        """Best cost and bound over time."""
        import pandas as pd

        rows = [
            {"seconds": step.seconds, "cost": step.cost, "bound": step.bound, "doing": step.doing}
            for step in self.steps
        ]
        return pd.DataFrame(rows, columns=["seconds", "cost", "bound", "doing"])


def marginal_values(
    budget: SearchBudget, staffing: Staffing, checked: Evaluation, sample: int
) -> tuple[MarginalValue, ...]:
    """The marginal value of one agent more and one fewer of each group, on validation days; none without time.

    The days of the search would flatter every plan: it was chosen by them. Each change is simulated on as many days
    of the validation sample (number `sample`) as time allows, `VALUE_DAYS` at most; its value is that of the whole
    sample, plus the difference on the days that were simulated (a control variate, as both meet the same customers).
    """
    space = budget.space
    moves = [(g, by) for g in range(len(staffing)) for by in (1, -1)]
    plans = [_moved(space, staffing, g, by) for g, by in moves]
    real = [n for n, plan in enumerate(plans) if (plan != staffing).any()]
    if budget.left < MIN_REPLICATIONS * (len(real) + 1) * budget.rate:
        return ()
    evaluations = budget.evaluate_plans([plans[n] for n in real], min(VALUE_DAYS, checked.replications), sample)
    values: list[MarginalValue] = []
    for n, evaluation in zip(real, evaluations, strict=True):
        base = checked.first(evaluation.replications)
        cost = budget.cost_by(plans[n], evaluation) - budget.cost_by(staffing, base)
        values += _changed(moves[n], space, cost, judge(checked), base, evaluation)
    return tuple(values)


def _changed(
    move: tuple[int, int],
    space: PlanSpace,
    cost: float,
    checked: tuple[Judged, ...],
    base: Evaluation,
    changed: Evaluation,
) -> Iterator[MarginalValue]:
    """What a move, a group and its agents more, does to every target."""
    name, by = space.scenario.group_names[move[0]], move[1]
    for whole, before, after, old, new in zip(
        checked, judge(base), judge(changed), base.counts, changed.counts, strict=True
    ):
        difference, error = _difference(before, after, old, new)
        level = after  # where nothing happened with the plan, or with the change
        if math.isfinite(whole.value) and math.isfinite(difference):
            bounds = (0.0, 1.0) if after.unit == "share" else (0.0, math.inf)
            level = replace(after, estimate=whole.estimate.plus(difference, error, bounds))
        yield MarginalValue(
            group=name,
            staffing=by,
            cost=cost,
            constraint=after.constraint.text,
            of=after.constraint.of,
            measure=after.constraint.measure,
            value=level.value,
            difference=difference,
            error=error,
            met=level.margin >= 0,
            status=level.status(),
        )


def _moved(space: PlanSpace, staffing: Staffing, group: int, by: int) -> Staffing:
    """One agent more or fewer wherever the group works."""
    moved = staffing.copy()
    works = space.may_work[group] & (staffing[group] > 0)
    works = works if works.any() else space.may_work[group]
    moved[group, works] += by
    return space.within(moved)


def _difference(before: Judged, after: Judged, old: RatioSums, new: RatioSums) -> tuple[float, float]:
    """The difference in value with its standard error; for the horizon paired replication by replication."""
    difference = after.value - before.value
    if before.constraint.on_days is not None or before.constraint.every != "horizon":
        return difference, math.hypot(before.error, after.error)
    numerators = old.numerator.sum(axis=1), new.numerator.sum(axis=1)
    denominators = old.denominator.sum(axis=1), new.denominator.sum(axis=1)
    return difference, float(ratio_difference(numerators, denominators).error)


def binding(judged: tuple[Judged, ...], evaluation: Evaluation) -> str:
    """The tightest target, and the period in which it is furthest from its limit on the bad side.

    The periods are those of the target, or hours where it is for longer; without agents or contacts they say nothing.
    """
    if not judged:
        return "no targets"
    number = min(range(len(judged)), key=lambda n: judged[n].z)
    target, counts = judged[number], evaluation.counts[number]
    scenario = constraints_in(evaluation.scenarios)[number][0]
    period = period_of_interval(
        scenario.horizon, target.constraint.every if target.constraint.every in ("interval", "hour") else "hour"
    )
    on_duty = _on_duty(scenario, target.constraint.of)
    n, d = (in_periods(values * on_duty, period).sum(axis=0) for values in (counts.numerator, counts.denominator))
    value = np.divide(n, d, out=np.full(n.shape, np.nan), where=d > 0)
    margin = np.where(
        np.isnan(value),
        np.inf,
        target.constraint.limit - value if target.constraint.at_most else value - target.constraint.limit,
    )
    text = f"{target.constraint.of}: {target.constraint.text}"
    if not np.isfinite(margin).any():
        return text
    worst = int(np.argmin(margin))
    start = scenario.horizon.times[int(np.flatnonzero(period == worst)[0])]
    return f"{text}; worst at {start:%a %H:%M}: {_value_text(target, float(value[worst]))}"


def _on_duty(scenario: Scenario, of: str) -> NDArray[np.bool_]:
    """Whether anybody of a group, or who can take a type, is planned, shape (intervals,)."""
    groups = {of} if of in scenario.group_names else {route.group for route in scenario.routes(of)}
    rows = [n for n, name in enumerate(scenario.group_names) if name in groups]
    return np.asarray(scenario.staffing[rows].any(axis=0))


def _value_text(target: Judged, value: float) -> str:
    return f"{value:.0f} s" if target.constraint.measure == "asa" else f"{100 * value:.1f} %"


def undecided(judged: tuple[Judged, ...]) -> list[str]:
    """What was and was not decided, in words, where not every target is met at 95 % confidence."""
    if status(judged) == MET:
        return []
    words = {MET: "met", MISSED: "missed", INCONCLUSIVE: "inconclusive"}
    return [f"{target.constraint.of}: {target.constraint.text}: {words[target.status()]}" for target in judged]


def outside(space: PlanSpace, staffing: Staffing) -> list[str]:
    """Where a plan staffs groups in hours in which they do not work today, in words."""
    lines = []
    starts = np.flatnonzero(np.diff(space.period, prepend=-1))
    for name, row in zip(space.scenario.group_names, space.outside(staffing), strict=True):
        at = [f"{space.scenario.horizon.times[starts[p]]:%a %H:%M}" for p in np.flatnonzero(row)]
        if at:
            more = f" and {len(at) - MOST_NAMED} more" if len(at) > MOST_NAMED else ""
            lines.append(f"{name} is staffed in periods without agents today: {', '.join(at[:MOST_NAMED])}{more}")
    return lines
