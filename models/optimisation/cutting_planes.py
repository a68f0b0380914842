"""Cutting planes within a trust region: from a safe plan to a cheap one.

Every step takes the lowest-cost staffing within a box around the best plan so far, given the cuts of the plans near it;
the box grows while predictions come true and shrinks where they do not (a trust region). Replications are few at first
and grow as steps become small. The result is a start for `models.optimisation.local_search`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from models.highs import NoSolution
from models.optimisation.bounds.constraints import ConstraintBuckets, Overtime
from models.optimisation.bounds.finite_differences import Cut, cut_at, influence_window, refreshed
from models.optimisation.bounds.integer_program import Box, propose
from models.optimisation.bounds.load import LoadRows
from models.optimisation.budget import SearchBudget
from models.optimisation.plan_space import Staffing
from models.optimisation.square_root_start import square_root_start
from models.queueing.numerics.arguments import Floats
from scenarios.errors import Unreachable
from scenarios.evaluation import Evaluation, in_periods
from scenarios.judgement import Judged

SAFETIES = (4.0, 3.0, 2.0, 1.5, 1.0, 0.75, 0.5, 0.25, 0.0)
BELOW = (1.0, 0.0)
"""Safeties at which the first cuts are made: service from good to poor, in every period at once."""
RAISES = 12
FIRST_BOX, LARGEST_BOX, SMALLEST_BOX = 0.12, 0.3, 0.015
ALMOST_FEASIBLE = -0.03
"""Of a margin: so little below its limit a plan may be and still be the next to start from."""
STAGES = (8, 24)
"""Replications of the search, stage by stage."""
STEPS = (14, 6)
SHARES = (0.12, 0.25, 0.3)
"""Of what may be spent on searching: when each stage ends, and when polishing does."""
ROUNDS = 6
GAIN = 0.8
POLISHING_BOX = 0.05
NEAR = 0.3
MOST_OF_BUDGET = 0.15
"""Of what is left: a step that takes more is left to `models.optimisation.local_search`, where a trial takes less."""
MOST_REFRESHED = 8
SECONDS, SHORTEST = 5.0, 0.5
"""Of an integer program: at most, and where hardly any time is left."""


@dataclass(eq=False)
class CuttingPlaneSearch:
    """A search that goes down in cost."""

    budget: SearchBudget
    buckets: tuple[ConstraintBuckets, ...]
    overtime: tuple[Overtime, ...]
    load: LoadRows
    validation_size: int
    """Replications of the validation sample, for which a safety margin is kept."""
    cuts: list[Cut] = field(default_factory=list)
    extra: list[Floats] = field(default_factory=list)
    """What the cuts promised too much, to be asked for on top, by target and period."""

    def __post_init__(self) -> None:
        self.extra = [np.zeros(int(p.period[-1]) + 1) for p in self.buckets]

    # -- the beginning ---------------------------------------------------------------------------------------------

    def initial_plan(self) -> Staffing:
        """The plan with the least safety that meets every target at a first look.

        Raises
        ------
        Unreachable
            If no number of agents does.
        """
        best, replications = self._safe_start(), STAGES[0]
        for beta in SAFETIES:
            staffing = self._square_root_plan(beta)
            if self.budget.space.cost(staffing) >= self.budget.space.cost(best):
                continue
            if self.budget.stop_reason or _smallest_margin(self.budget.judged(staffing, replications)) < 0:
                return best
            best = staffing
            self.budget.record_plan(staffing, replications, "starting plan")
        return best

    def _safe_start(self) -> Staffing:
        """Plenty of agents, raised until every target is met."""
        space = self.budget.space
        staffing = self._square_root_plan(SAFETIES[0])
        for _ in range(RAISES):
            judged = self.budget.judged(staffing, STAGES[0])
            if _smallest_margin(judged) >= 0:
                self.budget.record_plan(staffing, STAGES[0], "starting plan")
                return staffing
            higher = space.within(np.where(space.may_work, np.ceil(1.3 * staffing) + 1, 0).astype(np.int64))
            if np.array_equal(higher, staffing):
                break
            staffing = higher
            if self.budget.stop_reason:
                return staffing
        raise _unreachable(min(judged, key=lambda target: target.margin))

    def _square_root_plan(self, beta: float) -> Staffing:
        """Agents with this safety, and enough for all work that no plan may leave until after the end of shifts."""
        space = self.budget.space
        return self.load.proven.kept(space, square_root_start(space, beta))

    # -- down --------------------------------------------------------------------------------------------------------

    def start(self, given: Staffing | None = None) -> Staffing:
        """A plan that was given, or the beginning."""
        if given is None:
            return self.initial_plan()
        staffing = self.load.proven.kept(self.budget.space, self.budget.space.within(given))
        self.budget.record_plan(staffing, STAGES[0], "given plan")
        return staffing

    def run(self, best: Staffing) -> Staffing:
        """The cheapest plan found that meets every target on the replications of the search."""
        for beta in BELOW:
            self._learn(square_root_start(self.budget.space, beta), STAGES[0])
        plans = 1 + len(best) * influence_window(self.budget.space)
        for stage, replications in enumerate(STAGES):
            if not self.budget.affords(replications * plans, MOST_OF_BUDGET):
                break
            best = self._stage(best, replications, FIRST_BOX / 2**stage, SHARES[stage])
            if self.budget.stop_reason:
                break
        return best

    def _stage(self, best: Staffing, replications: int, size: float, share: float) -> Staffing:
        budget, space = self.budget, self.budget.space
        self._refresh(best, replications)
        centre = self._learn(best, replications)
        before = _smallest_margin(budget.judged(best, replications))
        budget.reset_best()
        if before >= 0:
            budget.record_plan(best, replications, f"cutting planes, {replications} simulated days")
        for _ in range(STEPS[STAGES.index(replications)]):
            if budget.stop_reason or budget.used >= share or budget.within_gap or size < SMALLEST_BOX:
                break
            box = _box(space.min_staffing, space.max_staffing, centre.staffing, size)
            staffing = self.propose(box, replications)
            if staffing is None or np.array_equal(staffing, centre.staffing):
                size /= 2
                continue
            worst = _smallest_margin(budget.judged(staffing, replications))
            tried = self._learn(staffing, replications)
            if worst >= 0 and budget.objective(staffing, replications) < budget.best_objective:
                best = staffing
                budget.record_plan(best, replications, f"cutting planes, {replications} simulated days")
            if worst >= ALMOST_FEASIBLE or worst > before:
                centre, before, size = tried, worst, min(LARGEST_BOX, 1.3 * size)
            else:
                size *= 0.6
        return best

    def _learn(self, staffing: Staffing, replications: int) -> Cut:
        cut = cut_at(self.budget, (*self.buckets, *self.overtime), self.load, staffing, replications)
        self.cuts.append(cut)
        return cut

    def _refresh(self, staffing: Staffing, replications: int) -> None:
        """The levels of points near a plan with more replications; points far away are kept as they are."""
        near = [n for n, cut in enumerate(self.cuts) if cut.replications < replications and _near(cut, staffing)]
        near = near[-MOST_REFRESHED:]
        evaluation = self.budget.evaluate_plans([self.cuts[n].staffing for n in near], replications)
        for n, evaluated in zip(near, evaluation, strict=True):
            self.cuts[n] = refreshed((*self.buckets, *self.overtime), self.cuts[n], evaluated)

    def margins(self, evaluation: Evaluation) -> list[Floats]:
        """The excess to ask for: margin for the validation sample, and what was promised too much."""
        rooms = [p.safety_margin(evaluation, self.validation_size) for p in self.buckets]
        return [safety_margin + extra for safety_margin, extra in zip(rooms, self.extra, strict=True)]

    def propose(self, box: Box, replications: int, *, whole: bool = False, gap: float = 5e-4) -> Staffing | None:
        """The lowest-cost staffing in a box, by what is known near it; none if the solver has none in its time."""
        near, last = [cut for cut in self.cuts if _in(cut, box)], self.cuts[-1].staffing
        evaluation = self.budget.evaluate_plans([last], replications)[0]
        margins = [*self.margins(evaluation), *(np.full(1, -np.inf) for _ in self.overtime)]
        parts = (*self.buckets, *self.overtime)
        ceilings = [p.ceiling(evaluation) for p in parts]
        try:
            proposal = propose(
                self.budget.space, parts, self.cuts, self.load, margins, ceilings, box, near,
                whole=whole, gap=gap, seconds=min(SECONDS, max(self.budget.left, SHORTEST)),
            )  # fmt: skip
            return self.budget.space.raised(self.budget.space.shared(proposal.staffing))
        except NoSolution as none:
            self.budget.count_unsolved(none)
            return None

    # -- the end -----------------------------------------------------------------------------------------------------

    def refine(self, staffing: Staffing, replications: int) -> Staffing:
        """The plan changed a little until it is whole, cheap and surely meets every target on more replications.

        Violation or slack of each target, its safety margin included, is added to what the cuts must yield: a
        controller that ends where the tightest target is just met.
        """
        budget, space = self.budget, self.budget.space
        if not budget.affords(replications, MOST_OF_BUDGET):
            return staffing
        budget.reset_best()
        self._refresh(staffing, replications)
        best = None
        for _ in range(ROUNDS):
            lack = self._violations(budget.evaluate_plans([staffing], replications)[0])
            if (
                all((missing <= 0).all() for missing in lack)
                and budget.objective(staffing, replications) < budget.best_objective
            ):
                best = staffing
                budget.record_plan(staffing, replications, f"cutting planes, {replications} simulated days")
            self.extra = [np.maximum(e + GAIN * m, 0.0) for e, m in zip(self.extra, lack, strict=True)]
            plays = STAGES[-1] * (1 + len(staffing) * influence_window(space))
            overtime = budget.used >= SHARES[-1] or not budget.affords(plays, MOST_OF_BUDGET)
            if budget.stop_reason or overtime or budget.within_gap:
                break
            self._learn(staffing, STAGES[-1])
            after = self.propose(
                _box(space.min_staffing, space.max_staffing, staffing, POLISHING_BOX), STAGES[-1], whole=True
            )
            if after is None or np.array_equal(after, staffing):
                break
            staffing = after
        return staffing if best is None else best

    def _violations(self, evaluation: Evaluation) -> list[Floats]:
        """The violation of each target in each period, its safety margin included; negative where there is slack."""
        lacking = []
        for p in self.buckets:
            value = p.excess(evaluation)
            excess = in_periods((value * p.weights(value)).sum(axis=0), p.period)
            lacking.append(p.safety_margin(evaluation, self.validation_size) - excess)
        return lacking


def _smallest_margin(judged: tuple[Judged, ...]) -> float:
    """Of all targets but floors, which few replications cannot tell and local search repairs."""
    return min((target.margin for target in judged if not target.constraint.floor), default=math.inf)


def _box(least: Staffing, most: Floats, staffing: Staffing, size: float) -> Box:
    """Agents within a share of those there, or of an even part of the period's agents where a group has few."""
    window = np.maximum(1, np.ceil(size * np.maximum(staffing, staffing.sum(axis=0) / len(staffing))))
    return Box(np.maximum(least, staffing - window).astype(float), np.minimum(most, staffing + window))


def _in(cut: Cut, box: Box) -> bool:
    """Whether a point lies in a box or hardly outside it: within its own width."""
    width = box.most - box.least
    return bool(((cut.staffing >= box.least - width) & (cut.staffing <= box.most + width)).mean() > 0.95)


def _near(cut: Cut, staffing: Staffing) -> bool:
    return bool(np.abs(cut.staffing - staffing).sum() <= NEAR * staffing.sum())


def _unreachable(worst: Judged) -> Unreachable:
    value = f"{100 * worst.value:.1f} %" if worst.wanted <= 1 else f"{worst.value:.1f} s"
    remedy = "check trunk lines, opening hours and the limits on agents"
    return Unreachable(
        worst.constraint.of, worst.constraint.text, value, "with as many agents as could be tried", remedy
    )
