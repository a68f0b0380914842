"""Subgradients by finite differences: what one agent more does to every constraint, in all periods at once.

An agent more between ten and eleven has an effect then and for some hours after, not before and not much later. So
agents are added together in periods an influence window apart, and each change is attributed to the latest addition
before it: a handful of simulations instead of one for each period (Curtis, Powell & Reid 1974, *On the estimation of
sparse Jacobian matrices*), all with common random numbers, which reduce the variance of the differences.
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
from scenarios.scenario import Scenario

STEP = 0.03
"""Agents added at a time, as a share of those there; at least one."""
MIN_WINDOW = 4 * 3600.0
SOUND_SHARE = 0.5
SLACK = 0.05
"""Of the contacts of a time bucket: how far below nothing a cut may lie, for the sake of its noise."""


@dataclass(frozen=True, eq=False)
class Cut:
    """A plan that was tried, and what was learnt there about each target."""

    staffing: Staffing
    intercept: tuple[Floats, ...]
    """The mean excess of each time bucket, one array of shape (J,) for each target."""
    slope: tuple[Floats, ...]
    """What one agent more of a group does, shape (J, groups, distance): begun so many periods before."""
    trusted: tuple[NDArray[np.bool_], ...]
    """Whether the cut at this plan is valid elsewhere, shape (J,)."""
    replications: int


def influence_window(space: PlanSpace) -> int:
    """The distance in periods from which additions do not get into each other's way."""
    within = [each.answer_within or 0.0 for scenario in space.scenarios for each in scenario.contact_types]
    handle = max(_longest_handle_time(scenario) for scenario in space.scenarios)
    seconds = max(MIN_WINDOW, 2 * max([0.0, *within]), 4 * handle)
    periods = int(np.ceil(seconds / 3600 / space.hours.min()))
    return min(periods, space.shape[1])


def _longest_handle_time(scenario: Scenario) -> float:
    """The longest mean handle time of a contact type, at any time."""
    means = np.array([[contact_type.handle_time.mean] for contact_type in scenario.contact_types])
    return float((means * scenario.handle_factors).max())


def cut_at(
    budget: SearchBudget,
    buckets: tuple[TimeBuckets, ...],
    load: LoadRows,
    staffing: Staffing,
    replications: int,
    *,
    removals: bool = False,
) -> Cut:
    """Levels and slopes at a plan: by some agents more, or by one fewer."""
    space, window = budget.space, influence_window(budget.space)
    moves = [(g, c) for g in range(space.shape[0]) for c in range(window)]
    steps = [
        _fewer(space, staffing, g, c, window) if removals else _step(space, staffing, g, c, window) for g, c in moves
    ]
    tried = [n for n, step in enumerate(steps) if step.any()]
    of_all = np.array(steps).reshape(-1, window, *staffing.shape).sum(axis=1)
    if not any(bucket.cumulative for bucket in buckets):
        of_all = np.zeros_like(of_all)
    plans = [staffing, *(staffing + steps[n] for n in tried), *(staffing + step for step in of_all)]
    base, *changed = budget.evaluate_plans(plans, replications)
    dearest = max(g.hourly * g.overtime_factor for g in space.scenario.agent_groups) * space.agent_hours.max()
    slopes = tuple(
        np.zeros((len(p.staffed), space.shape[0], space.shape[1] if p.cumulative else window)) for p in buckets
    )
    values = [p.excess(base) for p in buckets]
    weights = [p.weights(v) for p, v in zip(buckets, values, strict=True)]
    for n, evaluation in zip(tried, changed[: len(tried)], strict=True):
        for p, value, weight, slope in zip(buckets, values, weights, slopes, strict=True):
            if not p.cumulative:
                _attribute(p, moves[n], steps[n], p.excess(evaluation) - value, weight, slope)
    _from_all(buckets, base, of_all, changed[len(tried) :], slopes)
    for p, slope in zip(buckets, slopes, strict=True):
        if not p.increasing:  # no agent does more in an hour than an hour's work
            np.minimum(slope, dearest, out=slope)
    intercept = tuple((v * w).sum(axis=0) for v, w in zip(values, weights, strict=True))
    cut_point = Cut(staffing, intercept, slopes, (), replications)
    used = load.used(space, staffing)
    return replace(cut_point, trusted=tuple(_trusted(space, p, cut_point, base, used) for p in buckets))


def _step(space: PlanSpace, staffing: Staffing, group: int, colour: int, window: int) -> Staffing:
    """Agents added in every `window`-th period; taken away where there is no margin above."""
    step = np.zeros_like(staffing)
    at = np.arange(colour, space.shape[1], window)
    agents = staffing[group, at]
    size = np.maximum(1, np.round(STEP * agents)).astype(np.int64)
    up = np.minimum(size, space.max_staffing[group, at] - agents)
    down = -np.minimum(size, agents - space.min_staffing[group, at])
    step[group, at] = np.where(space.may_work[group, at], np.where(up > 0, up, down), 0)
    return step


def _fewer(space: PlanSpace, staffing: Staffing, group: int, colour: int, window: int) -> Staffing:
    """One agent taken away in every `window`-th period in which there is one to spare."""
    step = np.zeros_like(staffing)
    at = np.arange(colour, space.shape[1], window)
    step[group, at] = np.where(staffing[group, at] > space.min_staffing[group, at], -1, 0)
    return step


def _attribute(
    buckets: TimeBuckets, move: tuple[int, int], step: Staffing, change: Floats, weight: Floats, slope: Floats
) -> None:
    """Attribute the change of each time bucket to the addition of this group that was last begun before it."""
    group, colour = move
    window = slope.shape[2]
    distance = (buckets.staffed - colour) % window
    began = buckets.staffed - distance
    size = np.where(began >= 0, step[group, began], 0)
    own = np.flatnonzero(size)
    per_head = change[:, own] / size[own]
    mean = (weight[:, own] * per_head).sum(axis=0)
    noise = (weight[:, own] ** 2 * (per_head - mean) ** 2).sum(axis=0)
    # what does not stand out of its noise is shrunk towards nothing (James & Stein 1961, positive part)
    kept = np.maximum(0.0, 1 - np.divide(noise, mean**2, out=np.ones_like(mean), where=mean != 0))
    kept = np.where(distance[own] == 0, 1.0, kept)
    slope[own, group, distance[own]] = np.maximum(mean * kept, 0.0) if buckets.increasing else mean * kept


def _from_all(
    buckets: tuple[TimeBuckets, ...],
    base: Evaluation,
    steps: Staffing,
    evaluation: Sequence[Evaluation],
    slopes: tuple[Floats, ...],
) -> None:
    """Attribute to each agent of a group alike what a step of all its agents does; steps of shape (groups, *agents)."""
    for p, slope in zip(buckets, slopes, strict=True):
        for g, (step, changed) in enumerate(zip(steps, evaluation, strict=True)):
            if p.cumulative and step.any():
                slope[:, g] = ((p.mean_excess(changed) - p.mean_excess(base)) / step.sum())[:, None]


def refreshed(buckets: tuple[TimeBuckets, ...], old: Cut, evaluation: Evaluation) -> Cut:
    """The point with its levels from more replications."""
    intercept = tuple(p.mean_excess(evaluation) for p in buckets)
    return Cut(old.staffing, intercept, old.slope, old.trusted, evaluation.replications)


def _trusted(space: PlanSpace, buckets: TimeBuckets, cut_at: Cut, base: Evaluation, used: Floats) -> NDArray[np.bool_]:
    """Whether a cut may be put through each time bucket, shape (J,).

    Service is an S over agents: where it is poor, one agent alone helps little and the next ones more, and a cut
    would forbid good plans. It may be used where at least `SOUND_SHARE` of the limit is reached and where, followed
    down to the fewest agents that can do the work, it does not fall below no service at all.
    """
    if not isinstance(buckets, ConstraintBuckets):
        return np.ones(buckets.staffed.shape, dtype=bool)
    constraint, intercept = buckets.constraint, cut_at.intercept[buckets.number]
    if constraint.of not in space.scenario.type_names or measure(constraint.measure).unit != "share":
        return np.ones(intercept.shape, dtype=bool)
    sums = in_periods(base.counts[buckets.number].denominator, buckets.bucket_of_interval).mean(axis=0)
    floor = -(1 - constraint.limit if constraint.at_most else constraint.limit) * sums
    began = buckets.staffed[:, None] - np.arange(cut_at.slope[buckets.number].shape[2])
    spare = cut_at.staffing * (1 - used[space.scenario.type_names.index(constraint.of)])
    less = np.where(began >= 0, spare[:, np.maximum(began, 0)], 0)  # shape (groups, J, distance)
    fall = np.einsum("jgd,gjd->j", cut_at.slope[buckets.number], less)
    sound = constraint.at_most | (intercept >= -(1 - SOUND_SHARE) * constraint.limit * sums)
    return np.asarray((sound & (intercept - fall >= floor - SLACK * sums)) | (sums == 0))
