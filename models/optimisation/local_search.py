"""Local search: small changes of a plan, simulated with common random numbers, until no agent can be removed.

Moves remove an agent, swap an agent of one group for that of another or two for one, or shift an agent to another time.
Their effects are predicted from subgradients up and down; the most promising are tried first, many at once where slack
allows. A trial is paired with the current plan, so few replications reject most bad moves; replications grow only where
the decision is in doubt (Kim & Nelson 2001, *A fully sequential procedure for indifference-zone selection in
simulation*). A move is accepted only if every target is met with the safety margin for the validation sample.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from models.optimisation.bounds.constraints import SAFETY_ERRORS, ConstraintBuckets, Overtime
from models.optimisation.bounds.finite_differences import Cut, cut_at, influence_window
from models.optimisation.bounds.load import LoadRows
from models.optimisation.budget import SearchBudget
from models.optimisation.moves import SMALL, Moves, Slack, moves_at
from models.optimisation.plan_space import Staffing
from models.optimisation.verdicts import judge
from models.queueing.numerics.arguments import Floats
from scenarios.evaluation import Evaluation, in_periods
from scenarios.statistics import standard_error

FIRST_LOOK = 8
OWN = 1.3
"""Standard errors of the search's own replications by which a plan must meet every target."""
OUT = 2.6
"""Standard errors of the paired difference by which a change must fail to be given up before its last replication."""
LEARNT, MOST_OF_BUDGET = (24, 8), 0.15
"""Replications behind slopes, and the share of what is left that the more of them may take."""
RELEARN = 0.1
"""Of the agents: after so many changes slopes are found anew."""
SWAPS = 10
"""Changes with more than one part that are tried before a plan is left as it is."""
MOST_SHIFTS = 300
"""Shifts whose planned hours and changes of staffing are looked at."""
BETTER = 0.5
"""Errors of the validation sample by which a move at equal cost must help the tightest target."""
REPAIRS = 8


@dataclass(eq=False)
class LocalSearch:
    """Tries small changes of a plan."""

    budget: SearchBudget
    buckets: tuple[ConstraintBuckets, ...]
    overtime: tuple[Overtime, ...]
    load: LoadRows
    validation_size: int
    """Replications of the validation sample, for which a safety margin is kept."""
    cuts: list[Cut]
    """Where slopes upwards are known; more are added."""
    share: float = 1.0
    """Of what may be spent, by when to end."""
    good: list[Staffing] = field(default_factory=list)
    """Plans that met every target."""
    ruled_out: set[bytes] = field(default_factory=set)
    untried: int = 0
    """Plans with one agent fewer that were not decided when the search had to end."""
    _moves: Moves | None = None
    _learnt: Staffing | None = None

    def improve(self, staffing: Staffing, replications: int) -> Staffing:
        """The plan after every change that could be found to help; the plan itself, repaired, where none does."""
        self.ruled_out.clear()
        staffing, evaluation = self.repaired(self.load.kept(self.budget.space, staffing), replications)
        self.untried = sum(1 for _ in self._fewer(staffing))
        if not self.meets(evaluation):
            return staffing
        self._note(staffing, replications)
        while not self._ended:
            after = self._next(staffing, evaluation)
            if after is None:
                break
            staffing, evaluation = after
            self._note(staffing, replications)
        self.untried = sum(1 for plan in self._fewer(staffing) if plan.tobytes() not in self.ruled_out)
        return staffing

    @property
    def _ended(self) -> bool:
        return bool(self.budget.stop_reason) or self.budget.used >= self.share or self.budget.within_gap

    def _note(self, staffing: Staffing, replications: int) -> None:
        self.good.append(staffing)
        self.budget.record_plan(staffing, replications, f"removing and moving agents, {replications} simulated days")

    # -- what is asked of a plan -------------------------------------------------------------------------------------

    def meets(self, evaluation: Evaluation, *, floors: bool = True) -> bool:
        """Whether every target, or all but floors, is met with a safety margin for the validation sample."""
        judged = (target for target in judge(evaluation) if floors or not target.constraint.floor)
        return bool((self._scored(evaluation, floors=floors) >= 0).all()) and all(t.margin >= 0 for t in judged)

    def _scored(self, evaluation: Evaluation, *, floors: bool = True) -> Floats:
        return np.concatenate(
            [
                p.scores(evaluation).mean(axis=0) - p.safety_margin(evaluation, self._days(evaluation))
                for p in self._asked(floors)
            ]
        )

    def _asked(self, floors: bool) -> list[ConstraintBuckets]:
        return [p for p in self.buckets if floors or not p.constraint.floor]

    def _days(self, evaluation: Evaluation) -> float:
        """The size of the validation sample, or less while the search's own replications are few."""
        return min(self.validation_size, evaluation.replications * (SAFETY_ERRORS / OWN) ** 2)

    def slack(self, evaluation: Evaluation, *, floors: bool = True) -> Slack:
        """The slack of every target, or all but floors, by period, and its standard error in the validation sample."""
        spare, error = [], []
        for p in self._asked(floors):
            sums, safety_margin = (
                in_periods(p.mean_excess(evaluation), p.period),
                p.safety_margin(evaluation, self._days(evaluation)),
            )
            spread = in_periods(p.excess(evaluation), p.period).std(axis=0).mean() / math.sqrt(self.validation_size)
            spare.append(sums - safety_margin)
            error.append(np.full(len(sums), max(spread, 1e-9)))
        return Slack(np.concatenate(spare), np.concatenate(error))

    # -- changes -----------------------------------------------------------------------------------------------------

    def _next(self, staffing: Staffing, evaluation: Evaluation) -> tuple[Staffing, Evaluation] | None:
        """The first change that helps; none if there is no such change or no time."""
        moves, slack = self._moves_at(staffing), self.slack(evaluation)
        cheaper = self.budget.objective_by(staffing, evaluation) - SMALL
        bundle = moves.joint_removals(staffing, slack)
        while bundle is not None and len(bundle) > 1 and not self._ended:
            tried = self._tried(staffing, evaluation, moves.after(staffing, bundle), cheaper)
            if tried is not None:
                return tried
            bundle = bundle[: len(bundle) // 2]
        for candidate in moves.removals(staffing, slack):
            if self._ended:
                return None
            if candidate.tobytes() not in self.ruled_out:
                tried = self._tried(staffing, evaluation, candidate, cheaper)
                if tried is not None:
                    return tried
        for count, candidate in enumerate(moves.swaps(staffing, slack)):
            if self._ended or count >= SWAPS:
                break
            tried = self._tried(staffing, evaluation, candidate, cheaper)
            if tried is not None:
                self.ruled_out.clear()
                return tried
        return self._moved(staffing, evaluation, moves, slack)

    def _tried(
        self, staffing: Staffing, evaluation: Evaluation, candidate: Staffing, most: float
    ) -> tuple[Staffing, Evaluation] | None:
        """A candidate with its evaluation if it meets every target at this cost at most; else rejected early."""
        if not self.load.kept_by(candidate):  # an hour would be given up
            self.ruled_out.add(candidate.tobytes())
            return None
        replications = evaluation.replications
        base, look = self._scored(evaluation), min(FIRST_LOOK, replications)
        while True:
            trial = self.budget.evaluate_plans([candidate], look)[0]
            if trial.replications < look:
                return None
            if look == replications:
                break
            change, error = self._change(evaluation.first(look), trial)
            if (base + change + OUT * error < 0).any():
                self.ruled_out.add(candidate.tobytes())
                return None
            look = min(3 * look, replications)
        if self.meets(trial) and self.budget.objective_by(candidate, trial) <= most:
            return candidate, trial
        self.ruled_out.add(candidate.tobytes())
        return None

    def _change(self, before: Evaluation, after: Evaluation) -> tuple[Floats, Floats]:
        """What a change does to every score, and its standard error with common random numbers."""
        rows = [p.scores(after) - p.scores(before) for p in self.buckets]
        change = np.concatenate(rows, axis=1)
        return change.mean(axis=0), standard_error(change)

    def _moved(
        self, staffing: Staffing, evaluation: Evaluation, moves: Moves, slack: Slack
    ) -> tuple[Staffing, Evaluation] | None:
        """A plan that costs no more and leaves the tightest target clearly more margin."""
        space = self.budget.space
        cost = self.budget.objective_by(staffing, evaluation) + SMALL
        planned = space.cost(staffing) + space.change_cost(staffing) + SMALL
        shifts = (
            plan
            for plan in islice(moves.shifts(staffing, slack), MOST_SHIFTS)
            if space.cost(plan) + space.change_cost(plan) <= planned
        )
        for count, candidate in enumerate(shifts):
            if self._ended or count >= SWAPS // 2:
                return None
            tried = self._tried(staffing, evaluation, candidate, cost)
            if tried is not None and self.slack(tried[1]).least >= slack.least + BETTER:
                self.ruled_out.clear()
                return tried
        return None

    def _fewer(self, staffing: Staffing) -> Iterator[Staffing]:
        """Every plan with one agent fewer, by the rules a run of hours, once."""
        space, seen = self.budget.space, set()
        for group, period in np.argwhere(space.decided & (staffing > space.min_staffing)):
            plan = staffing.copy()
            plan[group, period] -= 1
            plan = space.trimmed(plan)
            if plan.tobytes() not in seen:
                seen.add(plan.tobytes())
                yield plan

    def _moves_at(self, staffing: Staffing) -> Moves:
        """Changes with slopes from near by."""
        far = self._learnt is None or np.abs(self._learnt - staffing).sum() > max(RELEARN * staffing.sum(), 2)
        if self._moves is None or (far and not self.budget.finishing):
            plans = 2 * len(staffing) * influence_window(self.budget.space)
            look = next((n for n in LEARNT if self.budget.affords(n * plans, MOST_OF_BUDGET)), LEARNT[-1])
            down = cut_at(self.budget, (*self.buckets, *self.overtime), self.load, staffing, look, removals=True)
            self._moves = moves_at(self.budget.space, self.buckets, self.overtime, self._up(staffing, look), down)
            self._learnt = staffing
        return self._moves

    def _up(self, staffing: Staffing, look: int) -> Cut:
        """Slopes upwards at a plan or one that hardly differs."""
        for cut in self.cuts[::-1]:
            if cut.replications >= look and np.abs(cut.staffing - staffing).sum() <= RELEARN / 2 * staffing.sum():
                return cut
        self.cuts.append(cut_at(self.budget, (*self.buckets, *self.overtime), self.load, staffing, look))
        return self.cuts[-1]

    # -- repairs -----------------------------------------------------------------------------------------------------

    def repaired(self, staffing: Staffing, replications: int, validation_size: int = 0) -> tuple[Staffing, Evaluation]:
        """The plan with agents added where they help most until every target is met, and its evaluation."""
        for _ in range(REPAIRS):
            evaluation = self.budget.evaluate_plans([staffing], replications, validation_size)[0]
            if self.meets(evaluation) or (self.budget.stop_reason and validation_size == 0):
                break
            staffing = self.repair(staffing, evaluation)
        return staffing, evaluation

    def repair(self, staffing: Staffing, evaluation: Evaluation, most: float = math.inf) -> Staffing:
        """The plan with as many agents more as the evaluation says it lacks; at least one, at most so many."""
        space = self.budget.space
        added = self._moves_at(staffing).added(staffing, self.slack(evaluation), most)
        if np.array_equal(added, staffing):
            added = space.raised(space.within(np.where(space.may_work & (staffing > 0), staffing + 1, staffing)))
        return added
