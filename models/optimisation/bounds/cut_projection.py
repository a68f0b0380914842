"""Cuts projected until none is violated by a simulated plan, and lifted where projection is not enough.

A cut is exact at its own plan, and the more its slopes are wrong, the more it is wrong further away. Where the cuts
together predict less excess for another plan than was observed, the violated ones are corrected by as little as is
enough at that plan (the projections of Kaczmarz 1937), and never so far that service would fall with more agents. Cuts
that remain violated after `PROJECTIONS` rounds are lifted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.optimisation.bounds.constraints import TimeBuckets
from models.optimisation.bounds.finite_differences import Cut
from models.optimisation.plan_space import Staffing
from models.queueing.numerics.arguments import Floats
from scenarios.evaluation import in_periods

PROJECTIONS = 10
"""How often cuts are projected in turn, one plan after another."""
SMALL = 1e-9


def projected_cuts(
    cuts: Sequence[Cut],
    parts: Sequence[TimeBuckets],
    ceilings: Sequence[Floats],
    known: Sequence[Staffing],
    observed: Sequence[Sequence[Floats]],
) -> list[Cut]:
    """The points with cuts that together say of no plan less than was found, in any period of a target.

    Parameters
    ----------
    ceilings
        The most that there can be in each time bucket of each part.
    known, found
        Plans that were simulated, and how much each had of each time bucket of each part.
    """
    levels: list[list[Floats]] = [[] for _ in cuts]
    slopes: list[list[Floats]] = [[] for _ in cuts]
    for k, (part, most) in enumerate(zip(parts, ceilings, strict=True)):
        seen = [excess[k] for excess in observed]
        intercept = np.stack(
            [np.where(point.trusted[k], point.intercept[k], np.inf) for point in cuts]
        )  # shape (points, J)
        slope = np.stack([point.slope[k] for point in cuts])  # (points, J, groups, distance)
        displacements = [
            np.stack([displacement(point, staffing, part, slope.shape[-1]) for point in cuts]) for staffing in known
        ]
        _project(part, seen, most, intercept, slope, displacements)
        for value, shift in zip(seen, displacements, strict=True):
            intercept += _violation(part, value, most, intercept, slope, shift)
        for n in range(len(cuts)):
            levels[n].append(intercept[n])
            slopes[n].append(slope[n])
    changed = zip(cuts, levels, slopes, strict=True)
    return [replace(point, intercept=tuple(intercept), slope=tuple(slope)) for point, intercept, slope in changed]


def displacement(point: Cut, staffing: Staffing, part: TimeBuckets, window: int) -> Floats:
    """How many agents a plan has more than a cut in the periods that affect each bucket, (J, groups, distance)."""
    began = part.staffed[:, None] - np.arange(window)
    moved = np.where(began >= 0, (staffing - point.staffing)[:, np.maximum(began, 0)], 0)
    return np.moveaxis(moved, 0, 1).astype(float)


def _project(
    part: TimeBuckets,
    seen: Sequence[Floats],
    most: Floats,
    intercept: Floats,
    slope: Floats,
    displacements: Sequence[Floats],
) -> None:
    """Change the slopes until no plan is told less than was seen of it, or as often as may be."""
    for _ in range(PROJECTIONS):
        projected = False
        for value, shift in zip(seen, displacements, strict=True):
            violation = _violation(part, value, most, intercept, slope, shift)
            if (violation > SMALL).any():
                norm = np.maximum(np.einsum("njgd,njgd->nj", shift, shift), SMALL)
                slope += (violation / norm)[:, :, None, None] * shift
                np.clip(slope, 0.0 if part.increasing else -np.inf, np.inf, out=slope)
                projected = True
        if not projected:
            return


def _violation(
    part: TimeBuckets, value: Floats, most: Floats, intercept: Floats, slope: Floats, displacements: Floats
) -> Floats:
    """By how much each cut would have to be higher for a plan, shape (points, J).

    Each time bucket by the same share of what it lacks, as little as is enough for the sum over a period.
    """
    predicted = intercept + np.einsum("njgd,njgd->nj", slope, displacements)
    lowest = np.minimum(predicted.min(axis=0), most)
    short = in_periods(value, part.period) - in_periods(lowest, part.period)
    violation = np.maximum(value - lowest, 0.0)
    whole = in_periods(violation, part.period)
    share = np.divide(short, whole, out=np.zeros_like(short), where=(short > 0) & (whole > 0))
    return np.asarray(np.maximum(lowest + share[part.period] * violation - predicted, 0.0))
