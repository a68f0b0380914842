"""How evidence is judged: every wish of a scenario beside its limit, and whether all of them are decided."""

from __future__ import annotations

import math
from collections.abc import Sequence

from models.queueing.arguments import Floats
from scenarios.evidence import Counts, Evidence
from scenarios.judgement import Judged, judge_wish
from scenarios.statistics import NORMAL_95, Status, overall
from scenarios.wishes import Wish, wishes


def judge(evidence: Evidence) -> tuple[Judged, ...]:
    """Every wish of a scenario, judged."""
    pairs = zip(wishes(evidence.scenario), evidence.counts, strict=True)
    return tuple(judge_wish(evidence.scenario, wish, counts) for wish, counts in pairs)


def status(judged: Sequence[Judged], sure: float = NORMAL_95) -> Status:
    """Met if every wish is, missed if any is, else inconclusive; what nothing happened by counts for neither."""
    return overall(one.status(sure) for one in judged if not one.idle)


def least_z(judged: Sequence[Judged]) -> float:
    """The margin of the tightest wish as a normal score; infinite where nothing is wished."""
    return min((one.z for one in judged), default=math.inf)


def excess(wish: Wish, counts: Counts) -> Floats:
    """Numerator less limit x denominator, positive if good: a measure meets its limit where this sums to 0 or more."""
    plain = counts.numerator - wish.limit * counts.denominator
    return -plain if wish.at_most else plain
