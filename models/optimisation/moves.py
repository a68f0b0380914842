"""The moves of a local search in the order of their promise, predicted from subgradients up and down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.optimisation.bounds.constraints import ConstraintBuckets, Ints, Overtime, TimeBuckets
from models.optimisation.bounds.finite_differences import Cut
from models.optimisation.plan_space import PlanSpace, Staffing
from models.queueing.numerics.arguments import Floats
from scenarios.evaluation import in_periods

MOST_PARTS = 60
"""Places from which agents are taken, and to which they are given, that are looked at together."""
HOPE = 3.0
"""Errors of the validation sample by which a predicted lack may be wrong."""
AT_A_PLACE = 0.05
"""Of the agents of a place: what may be added there at once, as far as slopes hold."""
LEAST_PRICE = 0.1
"""Of the price of an agent: what it is worth at least, whoever goes home later because of it."""
SMALL = 1e-9


@dataclass(frozen=True, eq=False)
class Slack:
    """The slack of every target in every period (W), in contacts, and its standard error in the validation sample."""

    spare: Floats
    error: Floats

    @property
    def least(self) -> float:
        """The margin of the tightest, in errors."""
        return float((self.spare / self.error).min())


@dataclass(frozen=True, eq=False)
class Moves:
    """The changes of a plan; cells are (group, period) flattened."""

    space: PlanSpace
    up: Floats
    """What one agent more brings, shape (W, cells)."""
    down: Floats
    """What one agent fewer takes, shape (W, cells)."""
    paid: Floats
    """What one agent more costs: its hours, and more or less work after the end of a shift, shape (cells,)."""
    saved: Floats
    """What one agent fewer saves, shape (cells,)."""

    def removals(self, staffing: Staffing, slack: Slack) -> Iterator[Staffing]:
        """Every plan with one agent fewer, the most gain for its damage first."""
        cells = self._may_lose(staffing)
        room = (slack.spare[:, None] - self.down[:, cells]) / slack.error[:, None]
        order = np.argsort(-np.minimum(room.min(axis=0), 0) - SMALL * self.saved[cells], kind="stable")
        yield from self._distinct(staffing, (self.after(staffing, np.array([[cell, -1]])) for cell in cells[order]))

    def joint_removals(self, staffing: Staffing, slack: Slack) -> Ints | None:
        """As many agents fewer as the slack allows, one in a place, rows of (cell, change); none if it allows none."""
        cells, spare = self._may_lose(staffing), slack.spare.copy()
        harm = (self.down[:, cells] / slack.error[:, None]).max(axis=0)
        taken = []
        for cell in cells[np.argsort(harm / self.saved[cells], kind="stable")]:
            if (spare - self.down[:, cell] >= 0).all():
                spare -= self.down[:, cell]
                taken.append((int(cell), -1))
        return np.array(taken, dtype=np.int64) if taken else None

    def swaps(self, staffing: Staffing, slack: Slack) -> Iterator[Staffing]:
        """Plans that cost less with agents of another group or time: one for one, and two for one at the same time."""
        yield from self._ordered(staffing, slack, equal=False)

    def shifts(self, staffing: Staffing, slack: Slack) -> Iterator[Staffing]:
        """Plans whose planned hours cost the same with an agent elsewhere, those first that leave most margin."""
        yield from self._ordered(staffing, slack, equal=True)

    def added(self, staffing: Staffing, slack: Slack, count: float) -> Staffing:
        """Agents where they help most for their price, until nothing is predicted to lack; few in one place."""
        lack, after = -slack.spare.copy(), staffing.copy()
        most = np.minimum(self.space.max_staffing, staffing + np.maximum(1, np.ceil(AT_A_PLACE * staffing)))
        while (lack > 0).any() and (after - staffing).sum() < count:
            cells = np.flatnonzero((self.space.may_work & (after < most)).ravel())
            if not cells.size:
                break
            helped = np.minimum(self.up[:, cells], np.maximum(lack, 0)[:, None]) / slack.error[:, None]
            worth = helped.sum(axis=0) / self.paid[cells]
            best = int(np.argmax(worth))
            if worth[best] <= 0:
                break
            after.ravel()[cells[best]] += 1
            lack -= self.up[:, cells[best]]
        return self.space.raised(after)

    def after(self, staffing: Staffing, changes: Ints) -> Staffing:
        """The plan after changes, rows of (cell, change): what is left too short goes, what is added is prolonged."""
        removed, added = staffing.copy(), np.zeros_like(staffing)
        np.add.at(removed.ravel(), changes[:, 0], np.minimum(changes[:, 1], 0))
        np.add.at(added.ravel(), changes[:, 0], np.maximum(changes[:, 1], 0))
        return self.space.raised(self.space.trimmed(removed) + added)

    def _distinct(self, staffing: Staffing, plans: Iterator[Staffing]) -> Iterator[Staffing]:
        """The plans that differ from one another and from this one: by the rules some changes lead to the same."""
        seen = {staffing.tobytes()}
        for plan in plans:
            if plan.tobytes() not in seen:
                seen.add(plan.tobytes())
                yield plan

    def _may_lose(self, staffing: Staffing) -> NDArray[np.intp]:
        return np.flatnonzero((self.space.decided & (staffing > self.space.min_staffing)).ravel())

    def _may_gain(self, staffing: Staffing) -> NDArray[np.intp]:
        space = self.space
        return np.flatnonzero((space.decided & space.may_work & (staffing < space.max_staffing)).ravel())

    def _ordered(self, staffing: Staffing, slack: Slack, *, equal: bool) -> Iterator[Staffing]:
        """Moves with several parts that save cost, or change no planned hours, by the least slack predicted."""
        parts = [np.array([[a, -1], [b, 1]]) for a, b in self._pairs(staffing, slack) if a != b]
        parts += [np.array([[a, -1], [c, -1], [b, 1]]) for a, c, b in self._two_for_one(staffing)]
        hours = self.space.price.ravel()
        removals, more = (hours, hours) if equal else (self.saved, self.paid)
        saved = np.array(
            [removals[change[change[:, 1] < 0, 0]].sum() - more[change[change[:, 1] > 0, 0]].sum() for change in parts]
        )
        wanted = np.abs(saved) <= SMALL if equal else saved > SMALL
        kept = [change for change, yes in zip(parts, wanted, strict=True) if yes]
        room = [self._room(slack, change) for change in kept]
        order = (n for n in np.argsort([-r for r in room], kind="stable") if room[n] >= -HOPE)
        yield from self._distinct(staffing, (self.after(staffing, kept[n]) for n in order))

    def _room(self, slack: Slack, changes: Ints) -> float:
        lost, won = changes[changes[:, 1] < 0, 0], changes[changes[:, 1] > 0, 0]
        spare = slack.spare - self.down[:, lost].sum(axis=1) + self.up[:, won].sum(axis=1)
        return float((spare / slack.error).min())

    def _pairs(self, staffing: Staffing, slack: Slack) -> Iterator[tuple[int, int]]:
        tight = 1 / np.maximum(slack.spare / slack.error + HOPE, 1.0)
        harm = tight @ (self.down / slack.error[:, None]) / self.saved
        help_ = tight @ (self.up / slack.error[:, None]) / self.paid
        lose, gain = self._may_lose(staffing), self._may_gain(staffing)
        lose = lose[np.argsort(harm[lose], kind="stable")[:MOST_PARTS]]
        gain = gain[np.argsort(-help_[gain], kind="stable")[:MOST_PARTS]]
        yield from ((int(a), int(b)) for a in lose for b in gain)

    def _two_for_one(self, staffing: Staffing) -> Iterator[tuple[int, int, int]]:
        groups, periods = self.space.shape
        lose = (self.space.decided & (staffing > self.space.min_staffing)).ravel()
        for b in self._may_gain(staffing):
            cells = [g * periods + b % periods for g in range(groups) if g != b // periods]
            able = [int(c) for c in cells if lose[c]]
            yield from ((a, c, int(b)) for n, a in enumerate(able) for c in able[n + 1 :])


def moves_at(
    space: PlanSpace, buckets: tuple[ConstraintBuckets, ...], overtime: tuple[Overtime, ...], up: Cut, down: Cut
) -> Moves:
    """The changes of a plan whose slopes upwards and downwards are known."""
    direct = np.concatenate([_direct(space, p) for p in buckets])
    count, price = len(direct), space.price.ravel()
    more, removals = (_by_cell(space, (*buckets, *overtime), cut) for cut in (up, down))
    paid, saved = (np.maximum(price - effects[count:].sum(axis=0), LEAST_PRICE * price) for effects in (more, removals))
    return Moves(space, direct * more[:count], direct * removals[:count], paid, saved)


def _direct(space: PlanSpace, buckets: ConstraintBuckets) -> Floats:
    """1 where a group can do something for a target, else 0: what it does by a detour is hidden in noise."""
    names, periods = space.scenario.type_names, int(buckets.period[-1]) + 1
    of = buckets.constraint.of
    able = space.eligible[:, names.index(of)] if of in names else np.ones(len(space.eligible), dtype=bool)
    return np.tile(np.repeat(able.astype(float), space.shape[1]), (periods, 1))


def _by_cell(space: PlanSpace, buckets: tuple[TimeBuckets, ...], cut: Cut) -> Floats:
    """What an agent of each cell does to each target and period, shape (W, cells)."""
    groups, periods = space.shape
    rows = []
    for p, slope in zip(buckets, cut.slope, strict=True):
        effect = np.zeros((len(p.staffed), groups, periods))
        for distance in range(slope.shape[2]):
            own = np.flatnonzero(p.staffed >= distance)
            effect[own, :, p.staffed[own] - distance] += slope[own, :, distance]
        rows.append(in_periods(effect.reshape(len(effect), -1).T, p.period).T)
    return np.concatenate(rows)
