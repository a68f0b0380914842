"""The search budget: time and replications, what is used of them, and the history of best cost and lower bound."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from models.highs import NoSolution
from models.optimisation.plan_space import PlanSpace, Staffing
from models.optimisation.verdicts import judge
from scenarios.errors import InvalidValue
from scenarios.evaluation import Evaluate, Evaluation
from scenarios.judgement import Judged

OUT_OF_TIME = "time limit reached"
STOPPED = "stopped"
LOOK_AT_CLOCK = 0.7
"""Seconds of simulation between two looks at the clock, or what is left where that is less."""
MIN_REPLICATIONS = 2
"""Replications that are simulated whatever the clock says: one alone shows no error."""
REPAIRING = 0.1
"""Of all seconds: what is kept at most for checks after the first, where a plan has to be repaired."""
RESERVED = 1 / 3
"""Of all seconds: what is kept at most for all checks."""
NEWLY_DRAWN = 2.0
"""What a replication with customers of its own takes, in those of a search, which are drawn once for all its plans."""
GRACE = 1.5
"""Seconds that a stopped search takes for its check, and as many for marginal values."""


@dataclass(frozen=True)
class Step:
    """Where a search stood."""

    seconds: float
    cost: float
    """Of the best plan so far that met every target on the replications of the search; infinite before there is one.

    Like the bound with what bot sessions are expected to cost.
    """
    bound: float
    """The least cost as far as is known: proven, or estimated where that says more."""
    doing: str = ""
    staffing: Staffing | None = None
    """The best plan so far, shape (groups, periods)."""


Progress = Callable[[Step], None]


@dataclass(eq=False)
class SearchBudget:
    """Tries out plans of a space, within what may be spent."""

    space: PlanSpace
    evaluate: Evaluate
    seconds: float = math.inf
    """In all, the check included."""
    plays: float = math.inf
    """The most replications, over all plans, the check included; one is simulated in every scenario of the space."""
    gap: float = 0.0
    """The relative distance from the bound at which a plan is good enough."""
    progress: Progress | None = None
    stop: Callable[[], bool] | None = None
    reserved: int = 0
    """Replications for which time and simulations are kept back while searching."""
    charged: bool = True
    """Whether work after the end of a shift counts: it does where agents change, and a plan decides who goes when."""
    steps: list[Step] = field(default_factory=list)
    best: float = math.inf
    """The cost of the best plan so far."""
    best_objective: float = math.inf
    """The same with its changes of staffing, by which plans are compared."""
    proven: float = 0.0
    """No plan costs less: by the load, or because every cheaper one was tried."""
    estimate: float = 0.0
    """What the cuts say at present; it may fall again."""
    raw_bound: float = 0.0
    """Bound from the uncorrected cuts; 0 if not computed."""
    staffing: Staffing | None = None
    replications_used: int = 0
    replications_timed: int = 0
    programs_unsolved: int = 0
    """Steps that were left out because the solver had no solution in time."""
    seconds_timed: float = 0.0
    """Seconds of these replications; the very first call is left out, as an engine may have to start."""
    clock: Callable[[], float] = time.monotonic
    """What counts the seconds."""
    _processor: float = field(default_factory=time.process_time)
    _seen: dict[tuple[bytes, int], int] = field(default_factory=dict)
    _until: float | None = None

    def __post_init__(self) -> None:
        self._started = self.clock()

    @property
    def elapsed(self) -> float:
        """Seconds since the search began."""
        return self.clock() - self._started

    @property
    def processor_share(self) -> float:
        """Processor time by elapsed time: about 1 or more unless other work keeps the machine busy."""
        return (time.process_time() - self._processor) / max(self.elapsed, 1e-9)

    @property
    def left(self) -> float:
        """Seconds left for searching: what a check takes is kept, and for more of them while they are short."""
        if self._until is not None:
            return self._until - self.elapsed
        if math.isinf(self.seconds):
            return math.inf
        check = self.seconds_of_check(self.reserved)
        return (
            self.seconds - min(check + min(3 * check, REPAIRING * self.seconds), RESERVED * self.seconds) - self.elapsed
        )

    @property
    def rate(self) -> float:
        """Seconds that a replication takes."""
        return self.seconds_timed / self.replications_timed if self.replications_timed else 0.0

    def seconds_of_check(self, replications: int) -> float:
        """Seconds that a check on so many replications takes."""
        return NEWLY_DRAWN * self.rate * replications

    def affords(self, plays: float, share: float) -> bool:
        """Whether so many replications take at most this share of what is left."""
        return plays * self.rate <= share * self.left and plays <= share * self.plays_left

    @property
    def plays_left(self) -> float:
        """Replications left for searching."""
        reserved = min(self.reserved, self.plays / 2) if self._until is None else 0.0
        return self.plays - reserved - self.replications_used

    @property
    def used(self) -> float:
        """The share of what may be spent on searching that is spent: of the time or of the simulations, the larger."""
        left = max(self.left, 0.0)
        of_time = 0.0 if math.isinf(left) else self.elapsed / (self.elapsed + left) if self.elapsed else 0.0
        of_plays = (
            self.replications_used / (self.replications_used + max(self.plays_left, 0.0))
            if self.replications_used
            else 0.0
        )
        return max(of_time, of_plays)

    @property
    def stop_reason(self) -> str:
        """Why the search must end now; empty while it may go on."""
        if self._until is None and self.stop is not None and self.stop():
            return STOPPED
        if self.left <= 0:
            return OUT_OF_TIME
        return "replication limit reached" if self.plays_left <= 0 else ""

    @property
    def finishing(self) -> bool:
        """Whether the search is over and its plan is checked."""
        return self._until is not None

    def finish(self, share: float) -> None:
        """From here on no person stops anything, and so much of what is left may be spent."""
        stopped = self.stop is not None and self.stop()
        left = GRACE if stopped else max(share * (self.seconds - self.elapsed), GRACE)
        self._until = self.elapsed + left

    def extend(self, share: float) -> None:
        """From here on so much of the time limit may be spent again."""
        self._until = max(self._until or 0.0, self.elapsed + share * self.seconds)

    @property
    def bound(self) -> float:
        """The least cost as far as is known."""
        return max(self.proven, self.estimate)

    @property
    def within_gap(self) -> bool:
        """Whether the best plan is within the wanted gap of the bound."""
        return self.best <= self.bound * (1 + self.gap)

    def evaluate_plans(self, plans: Sequence[Staffing], replications: int, sample: int = 0) -> list[Evaluation]:
        """The evaluation of some plans, all of equally many replications: fewer than asked for if there is no time."""
        scenarios = [scenario for staffing in plans for scenario in self.space.plans(staffing)]
        if not scenarios:
            return []
        have = min(self._seen.get((staffing.tobytes(), sample), 0) for staffing in plans)
        while True:
            have = min(
                max(have, MIN_REPLICATIONS) if have < MIN_REPLICATIONS else have + self._portion(len(plans)),
                replications,
            )
            began, first = self.clock(), not self.replications_used
            evaluations = self._joined(self.evaluate(scenarios, have, sample))
            new = sum(self._count(staffing, have, sample) for staffing in plans)
            if not first:
                self.replications_timed += new
                self.seconds_timed += self.clock() - began if new else 0.0
            if have >= replications or self.stop_reason:
                return evaluations

    def _joined(self, evaluations: list[Evaluation]) -> list[Evaluation]:
        """The evaluation of each plan, with the targets of all scenarios."""
        count = len(self.space.scenarios)
        starts = range(0, len(evaluations), count)
        return [evaluations[n].with_targets_of(evaluations[n + 1 : n + count]) for n in starts]

    def _portion(self, plans: int) -> int:
        """Replications of so many plans before the next look at the clock and at what may be simulated."""
        fits = min(LOOK_AT_CLOCK, max(self.left, 0.0)) / self.rate if self.rate > 0 else math.inf
        return max(1, int(min(fits, self.plays_left, 1e6) / plans))

    def _count(self, staffing: Staffing, replications: int, sample: int) -> int:
        key = staffing.tobytes(), sample
        new = max(replications - self._seen.get(key, 0), 0)
        self._seen[key] = max(replications, self._seen.get(key, 0))
        self.replications_used += new
        return new

    def overtime(self, evaluation: Evaluation) -> float:
        """What work after the end of a shift costs."""
        return float(evaluation.overtime.sum(axis=1).mean()) if self.charged else 0.0

    def cost_by(self, staffing: Staffing, evaluation: Evaluation) -> float:
        """What a plan costs by its evaluation: the planned hours, and work after them."""
        return self.space.cost(staffing) + self.overtime(evaluation)

    def objective_by(self, staffing: Staffing, evaluation: Evaluation) -> float:
        """By what plans are compared: the cost, and the price of changes of staffing, which nobody pays."""
        return self.cost_by(staffing, evaluation) + self.space.change_cost(staffing)

    def objective(self, staffing: Staffing, replications: int) -> float:
        """By what plans are compared, on so many replications of the search."""
        return self.objective_by(staffing, self.evaluate_plans([staffing], replications)[0])

    def judged(self, staffing: Staffing, replications: int, sample: int = 0) -> tuple[Judged, ...]:
        """The targets under a plan."""
        return judge(self.evaluate_plans([staffing], replications, sample)[0])

    def record_plan(self, staffing: Staffing, replications: int, doing: str = "") -> None:
        """Note a plan that meets every target on so many replications, if it is cheaper than the best so far."""
        cost = self.cost_by(staffing, self.evaluate_plans([staffing], replications)[0])
        objective = cost + self.space.change_cost(staffing)
        if objective < self.best_objective:
            self.best, self.best_objective, self.staffing = cost, objective, staffing.copy()
            if cost < self.estimate:  # refuted: at least one cut is wrong
                self.estimate = 0.0
            self.report(doing)

    def count_unsolved(self, none: NoSolution) -> None:
        """Count a step that is left out because the solver has no solution in its time."""
        self.programs_unsolved += none.reason == "time limit"

    def reset_best(self) -> None:
        """Let go of the best plan, which more replications are to confirm."""
        self.best, self.best_objective, self.staffing = math.inf, math.inf, None

    def record_proven_bound(self, bound: float, doing: str = "") -> None:
        """Note a bound that always holds, if it is better than the best so far."""
        if bound > self.proven:
            self.proven = bound
            self.report(doing)

    def record_estimate(self, bound: float, doing: str = "") -> None:
        """Note what the cuts say now: the latest says most, be it more or less than before."""
        if bound != self.estimate:
            self.estimate = bound
            self.report(doing)

    def report(self, doing: str) -> None:
        """Add where the search stands to its history, and say so to whoever listens."""
        bots = self.space.bot_cost
        self.steps.append(Step(self.elapsed, self.best + bots, self.bound + bots, doing, self.staffing))
        if self.progress is not None:
            self.progress(self.steps[-1])


def refuse_unusable(**given: float) -> None:
    """Nothing, if the arguments of a search can be used.

    Raises
    ------
    InvalidValue
        For the first that cannot, with its remedy.

    Examples
    --------
    >>> refuse_unusable(gap=0.01, seconds=120.0)
    """
    least = {"gap": 0.0, "seconds": 0.0, "plays": 1.0, "replications": 2.0, "fresh": 2.0}
    remedies = {
        "gap": "give a share of the bound, 0.01 for one per cent, or 0 to search until another limit",
        "seconds": "give the time limit in seconds, more than 0",
        "plays": "give at least 1 replication",
        "replications": "give at least 2: one alone has no standard error",
        "fresh": "give at least 2: one alone has no standard error",
    }
    for name, value in given.items():
        low = value <= 0 if name == "seconds" else value < least[name]
        if math.isnan(value) or low or (name == "gap" and math.isinf(value)):
            raise InvalidValue(name, value, remedies[name])
