"""Verdicts on targets while a run goes on: each at the first look at which it is beyond doubt, however often one looks.

Who looks at a growing sample again and again, and stops at the first interval that leaves out the limit, is wrong more
often than one interval is: at the limit itself five looks at 5 % are wrong in 14 % of the runs (Armitage, McPherson and
Rowe 1969, *Repeated significance tests on accumulating data*, table 2). So each of k looks takes a k-th of the 5 %
(Bonferroni's inequality), whatever depends on what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.evaluation import RatioSums
from scenarios.judgement import Judged, counts_of, judge_constraint
from scenarios.requirements import Constraint, constraints
from scenarios.statistics import CONFIDENCE, INCONCLUSIVE, Status
from simulator.measure.results import Results


@dataclass(frozen=True)
class FirstVerdict:
    """A target with the verdict that came first, or none yet."""

    constraint: Constraint
    status: Status
    """Inconclusive as long as it is not decided."""
    replications: int
    """After so many it was decided; 0 if it was not."""
    idle: bool = False
    """Whether nothing happened by which it could be decided, and little or nothing was expected."""

    @property
    def decided(self) -> bool:
        """Whether there is a verdict."""
        return self.status != INCONCLUSIVE


def sure_at_each(looks: int) -> float:
    """The standard errors from a limit at which a value is taken as decided, at each of so many looks.

    Examples
    --------
    >>> round(sure_at_each(1), 3), round(sure_at_each(5), 3)
    (1.96, 2.576)
    """
    from scipy.special import ndtri

    return float(ndtri(1 - (1 - CONFIDENCE) / (2 * looks)))


def first_verdicts(results: Results, looks: Sequence[int]) -> tuple[FirstVerdict, ...]:
    """Every target of a scenario with the verdict of the first look that decides it.

    Parameters
    ----------
    results
        What has been simulated so far.
    looks
        The numbers of replications at which the whole run is looked at, those to come included.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> from simulator.experiment import simulate
    >>> few = presets.load("help-desk").replace_group("desk", staffing=1)
    >>> [verdict] = first_verdicts(simulate(few, replications=8), (4, 8, 16))
    >>> verdict.status, verdict.replications
    ('missed', 4)
    """
    sure = sure_at_each(len(looks))
    past = [look for look in looks if look <= results.replications]
    return tuple(_first(results, constraint, past, sure) for constraint in constraints(results.scenario))


def _first(results: Results, constraint: Constraint, looks: Sequence[int], sure: float) -> FirstVerdict:
    counts = counts_of(results, constraint)
    judged: Judged | None = None
    for look in looks:
        sums = RatioSums(counts.numerator[:look], counts.denominator[:look])
        judged = judge_constraint(results.scenario, constraint, sums)
        status = judged.status(sure)
        if status != INCONCLUSIVE:
            return FirstVerdict(constraint, status, look)
    return FirstVerdict(constraint, INCONCLUSIVE, 0, idle=judged is not None and judged.idle)
