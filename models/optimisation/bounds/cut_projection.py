"""Planes that agree with every plan played: tilted where together they say less than was found, and raised at last.

A plane through a plan is right there, and the more its slopes are wrong, the further away it is so. Where the planes
together say less of another plan than was found, those that do are tilted, by as little as is enough at that plan (the
projections of Kaczmarz 1937), and never so far that service would get worse with more heads. What many such projections
do not mend, raising does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.optimisation.bounds.constraints import TimeBuckets
from models.optimisation.bounds.finite_differences import CutPoint
from models.optimisation.plan_space import Staffing
from models.queueing.numerics.arguments import Floats
from scenarios.evaluation import in_periods

TILTS = 10
"""How often planes are tilted in turn, one plan after another."""
SMALL = 1e-9


def projected_cuts(
    points: Sequence[CutPoint],
    parts: Sequence[TimeBuckets],
    ceilings: Sequence[Floats],
    known: Sequence[Staffing],
    observed: Sequence[Sequence[Floats]],
) -> list[CutPoint]:
    """The points with planes that together say of no plan less than was found, in any period of a wish.

    Parameters
    ----------
    ceilings
        The most that there can be in each piece of each part.
    known, found
        Plans that were played, and how much each had of each piece of each part.
    """
    levels: list[list[Floats]] = [[] for _ in points]
    slopes: list[list[Floats]] = [[] for _ in points]
    for k, (part, most) in enumerate(zip(parts, ceilings, strict=True)):
        seen = [excess[k] for excess in observed]
        level = np.stack([np.where(point.trusted[k], point.level[k], np.inf) for point in points])  # shape (points, J)
        slope = np.stack([point.slope[k] for point in points])  # (points, J, groups, distance)
        away = [np.stack([away_from(point, staffing, part, slope.shape[-1]) for point in points]) for staffing in known]
        _project(part, seen, most, level, slope, away)
        for value, far in zip(seen, away, strict=True):
            level += _violation(part, value, most, level, slope, far)
        for n in range(len(points)):
            levels[n].append(level[n])
            slopes[n].append(slope[n])
    changed = zip(points, levels, slopes, strict=True)
    return [replace(point, level=tuple(level), slope=tuple(slope)) for point, level, slope in changed]


def away_from(point: CutPoint, staffing: Staffing, part: TimeBuckets, reach: int) -> Floats:
    """How many heads a plan has more than a point in the periods that tell on each piece, (J, groups, distance)."""
    began = part.staffed[:, None] - np.arange(reach)
    moved = np.where(began >= 0, (staffing - point.staffing)[:, np.maximum(began, 0)], 0)
    return np.moveaxis(moved, 0, 1).astype(float)


def _project(
    part: TimeBuckets, seen: Sequence[Floats], most: Floats, level: Floats, slope: Floats, away: Sequence[Floats]
) -> None:
    """Change the slopes until no plan is told less than was seen of it, or as often as may be."""
    for _ in range(TILTS):
        tilted = False
        for value, far in zip(seen, away, strict=True):
            lack = _violation(part, value, most, level, slope, far)
            if (lack > SMALL).any():
                norm = np.maximum(np.einsum("njgd,njgd->nj", far, far), SMALL)
                slope += (lack / norm)[:, :, None, None] * far
                np.clip(slope, 0.0 if part.grows else -np.inf, np.inf, out=slope)
                tilted = True
        if not tilted:
            return


def _violation(part: TimeBuckets, value: Floats, most: Floats, level: Floats, slope: Floats, away: Floats) -> Floats:
    """By how much each plane would have to be higher for a plan, shape (points, J).

    Each piece by the same share of what it lacks, as little as is enough for the sum over a period.
    """
    predicted = level + np.einsum("njgd,njgd->nj", slope, away)
    lowest = np.minimum(predicted.min(axis=0), most)
    short = in_periods(value, part.period) - in_periods(lowest, part.period)
    lack = np.maximum(value - lowest, 0.0)
    whole = in_periods(lack, part.period)
    share = np.divide(short, whole, out=np.zeros_like(short), where=(short > 0) & (whole > 0))
    return np.asarray(np.maximum(lowest + share[part.period] * lack - predicted, 0.0))
