"""What one agent more does to every wish, all periods found at once.

An agent more between ten and eleven changes what happens then and for some hours after, not before and not much later.
So agents are added in periods far apart together, and each change is put down to the latest addition before it: a
handful of simulations instead of one for each period (Curtis, Powell & Reid 1974, *On the estimation of sparse Jacobian
matrices*). All on the same customers, so that what is alike falls out of the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.optimisation.bounds.constraints import ConstraintBuckets, TimeBuckets
from models.optimisation.bounds.load import LoadRows
from models.optimisation.budget import SearchBudget
from models.optimisation.plan_space import PlanSpace, Staffing
from models.queueing.numerics.arguments import Floats
from scenarios.evaluation import Evaluation, in_periods
from scenarios.measures import measure

STEP = 0.03
"""Heads added at a time, as a share of those there; at least one."""
LEAST_REACH = 4 * 3600.0
SOUND = 0.5
SLACK = 0.05
"""Of the contacts of a piece: how far below nothing a plane may lie, for the sake of its noise."""


@dataclass(frozen=True, eq=False)
class CutPoint:
    """A plan that was tried, and what was learnt there about each wish."""

    staffing: Staffing
    level: tuple[Floats, ...]
    """The mean excess of each piece, one array of shape (J,) for each wish."""
    slope: tuple[Floats, ...]
    """What one head more of a group does, shape (J, groups, distance): begun so many periods before."""
    trusted: tuple[NDArray[np.bool_], ...]
    """Whether a plane through this point may be a cut, shape (J,)."""
    replications: int


def influence_window(space: PlanSpace) -> int:
    """The distance in periods from which additions do not get into each other's way."""
    scenario = space.scenario
    within = [contact_type.answer_within or 0.0 for contact_type in scenario.contact_types]
    handle = [contact_type.handle_time.mean for contact_type in scenario.contact_types]
    seconds = max(LEAST_REACH, 2 * max([0.0, *within]), 4 * max(handle))
    periods = int(np.ceil(seconds / 3600 / space.hours.min()))
    return min(periods, space.shape[1])


def point(
    budget: SearchBudget,
    buckets: tuple[TimeBuckets, ...],
    load: LoadRows,
    staffing: Staffing,
    replications: int,
    *,
    removals: bool = False,
) -> CutPoint:
    """Levels and slopes at a plan: by some heads more, or by one fewer."""
    space, reach = budget.space, influence_window(budget.space)
    moves = [(g, c) for g in range(space.shape[0]) for c in range(reach)]
    steps = [
        _fewer(space, staffing, g, c, reach) if removals else _step(space, staffing, g, c, reach) for g, c in moves
    ]
    tried = [n for n, step in enumerate(steps) if step.any()]
    of_all = np.array(steps).reshape(-1, reach, *staffing.shape).sum(axis=1) * any(p.far for p in buckets)
    plans = [staffing, *(staffing + steps[n] for n in tried), *(staffing + step for step in of_all)]
    base, *found = budget.try_out(plans, replications)
    dearest = max(g.hourly * g.overtime_factor for g in space.scenario.agent_groups) * space.agent_hours.max()
    slopes = tuple(np.zeros((len(p.staffed), space.shape[0], space.shape[1] if p.far else reach)) for p in buckets)
    values = [p.excess(base) for p in buckets]
    weights = [p.weights(v) for p, v in zip(buckets, values, strict=True)]
    for n, evaluation in zip(tried, found[: len(tried)], strict=True):
        for p, value, weight, slope in zip(buckets, values, weights, slopes, strict=True):
            if not p.far:
                _attribute(p, moves[n], steps[n], p.excess(evaluation) - value, weight, slope)
    _from_all(buckets, base, of_all, found[len(tried) :], slopes)
    for p, slope in zip(buckets, slopes, strict=True):
        if not p.grows:  # nobody does more in an hour than an hour's work
            np.minimum(slope, dearest, out=slope)
    level = tuple((v * w).sum(axis=0) for v, w in zip(values, weights, strict=True))
    found_here = CutPoint(staffing, level, slopes, (), replications)
    used = load.used(space, staffing)
    return replace(found_here, trusted=tuple(_trusted(space, p, found_here, base, used) for p in buckets))


def _step(space: PlanSpace, staffing: Staffing, group: int, colour: int, reach: int) -> Staffing:
    """Heads added in every `reach`-th period; taken away where there is no room above."""
    step = np.zeros_like(staffing)
    at = np.arange(colour, space.shape[1], reach)
    here = staffing[group, at]
    size = np.maximum(1, np.round(STEP * here)).astype(np.int64)
    up = np.minimum(size, space.most[group, at] - here)
    down = -np.minimum(size, here - space.least[group, at])
    step[group, at] = np.where(space.may_work[group, at], np.where(up > 0, up, down), 0)
    return step


def _fewer(space: PlanSpace, staffing: Staffing, group: int, colour: int, reach: int) -> Staffing:
    """One head taken away in every `reach`-th period in which there is one to spare."""
    step = np.zeros_like(staffing)
    at = np.arange(colour, space.shape[1], reach)
    step[group, at] = np.where(staffing[group, at] > space.least[group, at], -1, 0)
    return step


def _attribute(
    buckets: TimeBuckets, move: tuple[int, int], step: Staffing, change: Floats, weight: Floats, slope: Floats
) -> None:
    """Put down the change of each piece to the addition of this group that was last begun before it."""
    group, colour = move
    reach = slope.shape[2]
    distance = (buckets.staffed - colour) % reach
    began = buckets.staffed - distance
    size = np.where(began >= 0, step[group, began], 0)
    own = np.flatnonzero(size)
    per_head = change[:, own] / size[own]
    mean = (weight[:, own] * per_head).sum(axis=0)
    noise = (weight[:, own] ** 2 * (per_head - mean) ** 2).sum(axis=0)
    # what does not stand out of its noise is shrunk towards nothing (James & Stein 1961, positive part)
    kept = np.maximum(0.0, 1 - np.divide(noise, mean**2, out=np.ones_like(mean), where=mean != 0))
    kept = np.where(distance[own] == 0, 1.0, kept)
    slope[own, group, distance[own]] = np.maximum(mean * kept, 0.0) if buckets.grows else mean * kept


def _from_all(
    buckets: tuple[TimeBuckets, ...],
    base: Evaluation,
    steps: Staffing,
    evaluation: Sequence[Evaluation],
    slopes: tuple[Floats, ...],
) -> None:
    """Put down to each head of a group alike what a step of all its heads does; steps of shape (groups, *heads)."""
    for p, slope in zip(buckets, slopes, strict=True):
        for g, (step, found) in enumerate(zip(steps, evaluation, strict=True)):
            if p.far and step.any():
                slope[:, g] = ((p.level(found) - p.level(base)) / step.sum())[:, None]


def refreshed(buckets: tuple[TimeBuckets, ...], old: CutPoint, evaluation: Evaluation) -> CutPoint:
    """The point with its levels from more replications."""
    level = tuple(p.level(evaluation) for p in buckets)
    return CutPoint(old.staffing, level, old.slope, old.trusted, evaluation.replications)


def _trusted(
    space: PlanSpace, buckets: TimeBuckets, point: CutPoint, base: Evaluation, used: Floats
) -> NDArray[np.bool_]:
    """Whether a plane may be put through each piece, shape (J,).

    Service is an S over agents: where it is poor, one agent alone helps little and the next ones more, and a plane
    would forbid good plans. It may be used where at least `SOUND` of the limit is reached and where, followed down to
    the fewest agents that can do the work, it does not fall below no service at all.
    """
    if not isinstance(buckets, ConstraintBuckets):
        return np.ones(buckets.staffed.shape, dtype=bool)
    constraint, level = buckets.constraint, point.level[buckets.number]
    if constraint.of not in space.scenario.type_names or measure(constraint.measure).unit != "share":
        return np.ones(level.shape, dtype=bool)
    sums = in_periods(base.counts[buckets.number].denominator, buckets.of_interval).mean(axis=0)
    floor = -(1 - constraint.limit if constraint.at_most else constraint.limit) * sums
    began = buckets.staffed[:, None] - np.arange(point.slope[buckets.number].shape[2])
    spare = point.staffing * (1 - used[space.scenario.type_names.index(constraint.of)])
    less = np.where(began >= 0, spare[:, np.maximum(began, 0)], 0)  # shape (groups, J, distance)
    fall = np.einsum("jgd,gjd->j", point.slope[buckets.number], less)
    sound = constraint.at_most | (level >= -(1 - SOUND) * constraint.limit * sums)
    return np.asarray((sound & (level - fall >= floor - SLACK * sums)) | (sums == 0))
