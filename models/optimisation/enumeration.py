"""The lowest-cost of few plans: every cheaper one is simulated until chance can be ruled out.

All plans are simulated with common random numbers, each until its targets are met or missed by `CERTAIN` standard
errors, or the replications are used up; clearly infeasible ones are screened out first (Nelson 2010, *optimization via
simulation over discrete decision variables*). The result is a probability: that none of the cheaper plans is feasible
after all, bounded by the sum of the error probabilities (Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.optimisation.bounds.load import LoadRows
from models.optimisation.budget import SearchBudget
from models.optimisation.plan_space import PlanSpace, Staffing
from models.optimisation.verdicts import judge, min_z, status
from models.queueing.numerics.arguments import Floats
from scenarios.judgement import Judged
from scenarios.statistics import INCONCLUSIVE, MET, MISSED

CERTAIN = 3.5
FIRST_LOOK = 10
MOST_PLANS = 20_000
MOST_PREFIXES = 200_000
MOST_ALL = 400
"""Plans up to which every one is tried; of more, those with no more agents anywhere than one that failed are not."""
AT_ONCE = 16


@dataclass(frozen=True, eq=False)
class TrialPlan:
    """A plan that was tried."""

    staffing: Staffing
    cost: float
    judged: tuple[Judged, ...]
    replications: int

    @property
    def error_probability(self) -> float:
        """The chance that the finding of `judged` is wrong: one-sided, of the target that decides."""
        z = min_z(self.judged)
        return math.erfc(abs(z) / math.sqrt(2)) / 2


@dataclass(frozen=True, eq=False)
class Enumerated:
    """What trying all plans came to."""

    best: TrialPlan
    bound: float
    """The cost of the cheapest plan that could not be ruled out."""
    tried: tuple[TrialPlan, ...]
    """Every plan cheaper than the best that was tried, by cost."""
    undecided: tuple[TrialPlan, ...]
    """Plans cheaper than the best that chance may have spoilt."""
    all_tried: bool
    """Whether none was left out because a plan with at least as many agents failed."""
    finished: bool
    """Whether every cheaper plan was looked at before the search budget ended."""
    screened: int
    """How many were."""

    @property
    def certainty(self) -> float:
        """The least probability that no plan ruled out is good after all and that the best one is."""
        doubts = sum(
            trial.error_probability for trial in self.tried if trial not in self.undecided and trial is not self.best
        )
        return max(0.0, 1 - doubts - self.best.error_probability)


def cheaper_plans(space: PlanSpace, rows: LoadRows, cost: float) -> list[Staffing] | None:
    """Plans within the bounds that keep the load rows and cost less, cheapest first; none if there are too many.

    Too many are more than `MOST_PLANS`, or so many beginnings that listing them would take longer than a search.
    """
    price, least = space.price.ravel(), space.min_staffing.ravel()
    most = np.minimum(space.max_staffing.ravel(), np.floor(cost / price))
    flat = []
    for count, plan in enumerate(_vectors(price, least, most, cost, rows), start=1):
        if plan is not None and (rows.hours @ plan >= rows.work - 1e-9).all():
            staffing = plan.reshape(space.shape)
            flat += [staffing] if space.keeps_rules(staffing) else []
        if len(flat) > MOST_PLANS or count > MOST_PREFIXES:
            return None
    return sorted(flat, key=space.cost)


def _vectors(price: Floats, least: Staffing, most: Floats, cost: float, rows: LoadRows) -> Iterator[Staffing | None]:
    """Whole vectors between the bounds that cost less, and nothing for each beginning of one on the way.

    None that begins so that no rest could keep the load rows. Places without a choice are as many in a long horizon as
    there are periods, and take no part in the recursion.
    """
    room = cost - float(price @ least)
    if room <= 1e-9:
        return
    steps = np.minimum(most - least, np.ceil(room / price))
    free = np.flatnonzero(steps != 0)
    hours, work = rows.hours[:, free], rows.work - np.delete(rows.hours, free, axis=1) @ np.delete(least, free)

    def extend(at: int, left: float, chosen: tuple[int, ...]) -> Iterator[Staffing | None]:
        yield None
        if (hours[:, :at] @ np.array(chosen) + hours[:, at:] @ most[free[at:]] < work - 1e-9).any():
            return
        if at == free.size:
            plan = least.copy()
            plan[free] = chosen
            yield plan
            return
        cell = free[at]
        for more in range(int(steps[cell]) + 1):
            if left - more * price[cell] <= 1e-9:
                return
            yield from extend(at + 1, left - more * float(price[cell]), (*chosen, int(least[cell]) + more))

    yield from extend(0, room, ())


def enumerate_plans(budget: SearchBudget, plans: list[Staffing], start: TrialPlan, most: int) -> Enumerated:
    """The cheapest plan that meets every target among `plans`, cheapest first, and `start`, which meets them.

    Parameters
    ----------
    most
        The most replications of a plan.
    """
    all_tried = len(plans) <= MOST_ALL
    seen = _screened(budget, plans, all_tried, most)
    finished = not budget.stop_reason
    best, undecided, tried = start, [], [trial for trial in seen if status(trial.judged, CERTAIN) == MISSED]
    for trial in sorted(
        (trial for trial in seen if status(trial.judged, CERTAIN) != MISSED), key=lambda trial: trial.cost
    ):
        if trial.cost >= best.cost:
            continue
        last = decided(budget, trial, most)
        tried.append(last)
        verdict = status(last.judged, CERTAIN)
        if verdict == MET:
            best = last
            budget.record_plan(last.staffing, last.replications, "testing every cheaper plan")
        elif verdict == INCONCLUSIVE:
            undecided.append(last)
    undecided = [trial for trial in undecided if trial.cost < best.cost]
    finished = finished and not budget.stop_reason
    bound = min([best.cost, *(trial.cost for trial in undecided)]) if finished else budget.proven
    budget.record_proven_bound(bound, "every cheaper plan tested")
    tried = sorted((trial for trial in tried if trial.cost < best.cost), key=lambda trial: trial.cost)
    return Enumerated(best, bound, tuple(tried), tuple(undecided), all_tried, finished, len(seen))


def _screened(budget: SearchBudget, plans: list[Staffing], all_tried: bool, most: int) -> list[TrialPlan]:
    """Plans after a first look: cheapest first until one is good, or dearest first where the failed rule out others."""
    screened: list[TrialPlan] = []
    waiting, look = list(plans if all_tried else plans[::-1]), min(FIRST_LOOK, most)
    while waiting and not budget.stop_reason:
        batch, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        for staffing, evaluation in zip(batch, budget.evaluate_plans(batch, look), strict=True):
            screened.append(TrialPlan(staffing, budget.space.cost(staffing), judge(evaluation), look))
            verdict = status(screened[-1].judged, CERTAIN)
            if verdict == MET:
                waiting = [plan for plan in waiting if budget.space.cost(plan) < screened[-1].cost]
                budget.record_plan(staffing, look, "testing every cheaper plan")
            elif verdict == MISSED and not all_tried:
                waiting = [plan for plan in waiting if (plan > staffing).any()]
    return screened


def decided(budget: SearchBudget, trial: TrialPlan, most: int) -> TrialPlan:
    """The plan simulated until it is decided, or for `most` replications."""
    while status(trial.judged, CERTAIN) == INCONCLUSIVE and trial.replications < most and not budget.stop_reason:
        more = min(2 * trial.replications, most)
        trial = TrialPlan(trial.staffing, trial.cost, budget.judged(trial.staffing, more), more)
    return trial
