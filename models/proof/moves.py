"""Small changes of a plan in the order of their promise, foretold from what a head more and a head fewer do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.proof.pieces import Ints, Overtime, Pieces, Stretches
from models.proof.slopes import Point
from models.proof.space import Heads, Space
from models.queueing.arguments import Floats
from scenarios.evidence import in_periods

MOST_PARTS = 60
"""Places from which heads are taken, and to which they are given, that are looked at together."""
HOPE = 3.0
"""Errors of the final check by which a foretold lack may be wrong."""
AT_A_PLACE = 0.05
"""Of the heads of a place: what may be added there at once, as far as slopes hold."""
LEAST_PRICE = 0.1
"""Of the price of a head: what it is worth at least, whoever goes home later because of it."""
SMALL = 1e-9


@dataclass(frozen=True, eq=False)
class Slack:
    """What every wish has to spare in every period (W), in contacts, beside the error that the final check has."""

    spare: Floats
    error: Floats

    @property
    def least(self) -> float:
        """The room of the tightest, in errors."""
        return float((self.spare / self.error).min())


@dataclass(frozen=True, eq=False)
class Moves:
    """The changes of a plan; cells are (group, period) flattened."""

    space: Space
    up: Floats
    """What one head more brings, shape (W, cells)."""
    down: Floats
    """What one head fewer takes, shape (W, cells)."""
    paid: Floats
    """What one head more costs: its hours, and more or less work after the end of a duty, shape (cells,)."""
    saved: Floats
    """What one head fewer saves, shape (cells,)."""

    def fewer(self, heads: Heads, slack: Slack) -> Iterator[Heads]:
        """Every plan with one head fewer, the most gain for its damage first."""
        cells = self._may_lose(heads)
        room = (slack.spare[:, None] - self.down[:, cells]) / slack.error[:, None]
        order = np.argsort(-np.minimum(room.min(axis=0), 0) - SMALL * self.saved[cells], kind="stable")
        yield from (self.after(heads, np.array([[cell, -1]])) for cell in cells[order])

    def together(self, heads: Heads, slack: Slack) -> Ints | None:
        """As many heads fewer as the slack allows, one in a place, rows of (cell, change); none if it allows none."""
        cells, spare = self._may_lose(heads), slack.spare.copy()
        harm = (self.down[:, cells] / slack.error[:, None]).max(axis=0)
        taken = []
        for cell in cells[np.argsort(harm / self.saved[cells], kind="stable")]:
            if (spare - self.down[:, cell] >= 0).all():
                spare -= self.down[:, cell]
                taken.append((int(cell), -1))
        return np.array(taken, dtype=np.int64) if taken else None

    def swaps(self, heads: Heads, slack: Slack) -> Iterator[Heads]:
        """Plans that cost less with heads of another group or time: one for one, and two for one at the same time."""
        yield from self._ordered(heads, slack, equal=False)

    def shifts(self, heads: Heads, slack: Slack) -> Iterator[Heads]:
        """Plans whose planned hours cost the same with a head elsewhere, those first that leave most room."""
        yield from self._ordered(heads, slack, equal=True)

    def added(self, heads: Heads, slack: Slack, count: float) -> Heads:
        """Heads where they help most for their price, until nothing is foretold to lack; few in one place."""
        lack, after = -slack.spare.copy(), heads.copy()
        most = np.minimum(self.space.most, heads + np.maximum(1, np.ceil(AT_A_PLACE * heads)))
        while (lack > 0).any() and (after - heads).sum() < count:
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
        return after

    def after(self, heads: Heads, changes: Ints) -> Heads:
        """The plan after changes, rows of (cell, change)."""
        other = heads.copy()
        np.add.at(other.ravel(), changes[:, 0], changes[:, 1])
        return other

    def _may_lose(self, heads: Heads) -> NDArray[np.intp]:
        return np.flatnonzero((heads > self.space.least).ravel())

    def _may_gain(self, heads: Heads) -> NDArray[np.intp]:
        return np.flatnonzero((self.space.may_work & (heads < self.space.most)).ravel())

    def _ordered(self, heads: Heads, slack: Slack, *, equal: bool) -> Iterator[Heads]:
        """Changes with several parts that save something, or none of the planned hours, by the least room foretold."""
        parts = [np.array([[a, -1], [b, 1]]) for a, b in self._pairs(heads, slack) if a != b]
        parts += [np.array([[a, -1], [c, -1], [b, 1]]) for a, c, b in self._two_for_one(heads)]
        hours = self.space.price.ravel()
        fewer, more = (hours, hours) if equal else (self.saved, self.paid)
        saved = np.array([fewer[one[one[:, 1] < 0, 0]].sum() - more[one[one[:, 1] > 0, 0]].sum() for one in parts])
        wanted = np.abs(saved) <= SMALL if equal else saved > SMALL
        kept = [one for one, yes in zip(parts, wanted, strict=True) if yes]
        room = [self._room(slack, one) for one in kept]
        for n in np.argsort([-r for r in room], kind="stable"):
            if room[n] < -HOPE:
                return
            yield self.after(heads, kept[n])

    def _room(self, slack: Slack, changes: Ints) -> float:
        lost, won = changes[changes[:, 1] < 0, 0], changes[changes[:, 1] > 0, 0]
        spare = slack.spare - self.down[:, lost].sum(axis=1) + self.up[:, won].sum(axis=1)
        return float((spare / slack.error).min())

    def _pairs(self, heads: Heads, slack: Slack) -> Iterator[tuple[int, int]]:
        tight = 1 / np.maximum(slack.spare / slack.error + HOPE, 1.0)
        harm = tight @ (self.down / slack.error[:, None]) / self.saved
        help_ = tight @ (self.up / slack.error[:, None]) / self.paid
        lose, gain = self._may_lose(heads), self._may_gain(heads)
        lose = lose[np.argsort(harm[lose], kind="stable")[:MOST_PARTS]]
        gain = gain[np.argsort(-help_[gain], kind="stable")[:MOST_PARTS]]
        yield from ((int(a), int(b)) for a in lose for b in gain)

    def _two_for_one(self, heads: Heads) -> Iterator[tuple[int, int, int]]:
        groups, periods = self.space.shape
        lose = (heads > self.space.least).ravel()
        for b in self._may_gain(heads):
            others = [g * periods + b % periods for g in range(groups) if g != b // periods]
            able = [int(c) for c in others if lose[c]]
            yield from ((a, c, int(b)) for n, a in enumerate(able) for c in able[n + 1 :])


def moves_at(space: Space, pieces: tuple[Pieces, ...], late: tuple[Overtime, ...], up: Point, down: Point) -> Moves:
    """The changes of a plan whose slopes upwards and downwards are known."""
    direct = np.concatenate([_direct(space, p) for p in pieces])
    count, price = len(direct), space.price.ravel()
    more, fewer = (_by_cell(space, (*pieces, *late), one) for one in (up, down))
    paid, saved = (np.maximum(price - one[count:].sum(axis=0), LEAST_PRICE * price) for one in (more, fewer))
    return Moves(space, direct * more[:count], direct * fewer[:count], paid, saved)


def _direct(space: Space, pieces: Pieces) -> Floats:
    """1 where a group can do something for a wish, else 0: what it does by a detour is hidden in noise."""
    names, periods = space.scenario.type_names, int(pieces.period[-1]) + 1
    of = pieces.wish.of
    able = space.can[:, names.index(of)] if of in names else np.ones(len(space.can), dtype=bool)
    return np.tile(np.repeat(able.astype(float), space.shape[1]), (periods, 1))


def _by_cell(space: Space, pieces: tuple[Stretches, ...], one: Point) -> Floats:
    """What a head of each cell does to each wish and period, shape (W, cells)."""
    groups, periods = space.shape
    rows = []
    for p, slope in zip(pieces, one.slope, strict=True):
        effect = np.zeros((len(p.staffed), groups, periods))
        for distance in range(slope.shape[2]):
            own = np.flatnonzero(p.staffed >= distance)
            effect[own, :, p.staffed[own] - distance] += slope[own, :, distance]
        rows.append(in_periods(effect.reshape(len(effect), -1).T, p.period).T)
    return np.concatenate(rows)
