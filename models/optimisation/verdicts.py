"""Verdicts on an evaluation: every constraint of a scenario against its limit, and all of them together."""

from __future__ import annotations

import math
from collections.abc import Sequence

from models.queueing.numerics.arguments import Floats
from scenarios.evaluation import Evaluation, RatioSums
from scenarios.judgement import Judged, judge_constraint
from scenarios.requirements import Constraint, constraints_in
from scenarios.statistics import NORMAL_95, Status, overall


def judge(evaluation: Evaluation) -> tuple[Judged, ...]:
    """Every target of a scenario, or of several that share a plan, judged."""
    pairs = zip(constraints_in(evaluation.scenarios), evaluation.counts, strict=True)
    return tuple(judge_constraint(scenario, constraint, counts) for (scenario, constraint), counts in pairs)


def status(judged: Sequence[Judged], sure: float = NORMAL_95) -> Status:
    """Met if every target is, missed if any is, else inconclusive; what nothing happened by counts for neither."""
    return overall(target.status(sure) for target in judged if not target.idle)


def min_z(judged: Sequence[Judged]) -> float:
    """The margin of the tightest target as a normal score; infinite where there is no target."""
    return min((target.z for target in judged), default=math.inf)


def days_to_decide(target: Judged, replications: int) -> float:
    """Replications on which a target is met at 95 % confidence if its value stays; infinite where it is not reached.

    The standard error falls as one over the root of the replications.
    """
    return replications * (NORMAL_95 / target.z) ** 2 if target.z > 0 else math.inf


def excess(constraint: Constraint, counts: RatioSums) -> Floats:
    """Numerator less limit x denominator, positive if good: a measure meets its limit where this sums to 0 or more."""
    plain = counts.numerator - constraint.limit * counts.denominator
    return -plain if constraint.at_most else plain
