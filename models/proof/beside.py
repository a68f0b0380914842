"""Small changes tried side by side: what is changed at nine does not tell on what is changed at three.

A plan is played with a change in every stretch of the day that is long enough for its effect, drawn at random; what
happens from one change to the next is put down to the first. Changes from several such plays go into an integer program
that takes the combination that saves most and leaves every wish met. The combination is played itself, and taken if it
keeps what was promised; if not, what it showed of each change replaces what was known.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from models.highs import NoSolution, Rows, solve_integer
from models.proof.effort import Effort
from models.proof.moves import SMALL
from models.proof.neighbours import Neighbours
from models.proof.pieces import Stretches
from models.proof.slopes import reach_of
from models.proof.space import Heads
from models.queueing.arguments import Floats
from scenarios.evidence import Evidence, in_periods

PLAYS = 8
"""Plays between two choices."""
CHOICES = 3
"""Combinations tried after each batch of plays."""
KEPT = 250
"""Changes that are remembered."""
SIZE, SMALLEST, SHRINKS = 0.04, 0.01, 0.95
"""The mean share of the heads there that a change moves: at first, in the end, and from batch to batch."""
TOGETHER = 6
"""Changes taken at once, at first."""
IDLE = 6
"""Batches without a gain after which the search ends."""
SECONDS, GAP = 0.5, 1e-3
"""Of the integer program: enough for a good combination, which is played anyway."""
SEED = 0


@dataclass(frozen=True, eq=False)
class Change:
    """Heads added and taken away from one period on, and what that did."""

    period: int
    heads: Heads
    cost: float
    better: Floats
    """What every wish in every period gained, shape (W,)."""


@dataclass(eq=False)
class Beside:
    """Tries changes side by side."""

    effort: Effort
    near: Neighbours
    known: list[Change] = field(default_factory=list)

    @property
    def possible(self) -> bool:
        """Whether a day is long enough for changes that do not tell on each other."""
        return 2 * reach_of(self.effort.space) <= self.effort.space.shape[1]

    def improve(self, heads: Heads, replications: int, share: float) -> Heads:
        """The plan after the changes found to help until this share of the effort is spent; at least mended."""
        draw, reach = np.random.default_rng(SEED), reach_of(self.effort.space)
        self.known.clear()
        self.effort.forget()
        heads, evidence = self.near.repaired(self.near.load.kept(self.effort.space, heads), replications)
        if not self.near.meets(evidence):
            return heads
        self.effort.found(heads, replications, "a plan to change")
        size, most, idle = SIZE, TOGETHER, 0
        while idle < IDLE and self.effort.used < share and not self.effort.why_stop:
            self._learn(draw, heads, evidence, reach, size)
            idle += 1
            for _ in range(CHOICES):
                chosen = self._chosen(heads, evidence, reach, most)
                if not chosen:
                    break
                other = heads + sum(one.heads for one in chosen)
                found = self.effort.try_out([other], replications)[0]
                if found.replications < evidence.replications:
                    return heads
                saved = self.effort.cost_by(heads, evidence) - self.effort.cost_by(other, found)
                if saved > SMALL and self.near.meets(found):
                    heads, evidence, idle, most = other, found, 0, most + 1
                    self.effort.found(heads, replications, f"changes side by side, {replications} replications")
                    self._forget([one.period for one in chosen], reach)
                else:
                    most = max(most // 2, 1)
                    self.known = [one for one in self.known if one not in chosen]
                    self.known += self._seen(chosen, evidence, found)
            size = max(SMALLEST, SHRINKS * size)
        return heads

    def _learn(self, draw: np.random.Generator, heads: Heads, evidence: Evidence, reach: int, size: float) -> None:
        """Play changes far apart, and remember what each did."""
        batches = []
        for _ in range(PLAYS):
            periods = range(int(draw.integers(reach)), heads.shape[1], reach)
            changes = [Change(p, self._drawn(draw, heads, p, reach, size), 0.0, np.zeros(0)) for p in periods]
            batches.append([one for one in changes if one.heads.any()])
        batches = [batch for batch in batches if batch]  # where few hours can be staffed a draw may change none of them
        plans = [heads + sum(one.heads for one in batch) for batch in batches]
        found = self.effort.try_out(plans, evidence.replications)
        for batch, one in zip(batches, found, strict=True):
            if one.replications == evidence.replications:
                self.known += self._seen(batch, evidence, one)
        self.known = self.known[-KEPT:]

    def _drawn(self, draw: np.random.Generator, heads: Heads, period: int, reach: int, size: float) -> Heads:
        """A change at random: heads more, fewer, of another group, two groups for one, or a period later or sooner.

        The last only where the next change begins later: two at one place could take more heads than there are.
        """
        space, change = self.effort.space, np.zeros_like(heads)
        able = draw.permutation(np.flatnonzero(space.may_work[:, period]))
        if not able.size:
            return change
        count = max(1, round(draw.exponential(size * heads[:, period].sum())))
        kind = draw.integers(5)
        change[able[0], period] = -count if kind else count
        if kind in (2, 3) and able.size > 1:
            change[able[1], period] = count
        if kind == 3 and able.size > 2:
            change[able[2], period] = -count
        if kind == 4 and reach > 1 and period + 1 < heads.shape[1]:
            change[able[0], period : period + 2] = draw.choice([-1, 1]) * count * np.array([1, -1])
        return space.within(heads + change) * space.may_work - heads * space.may_work

    def _seen(self, changes: list[Change], before: Evidence, after: Evidence) -> list[Change]:
        """What changes did that were played together, each from its period to the next change."""
        space = self.effort.space
        ordered = sorted(changes, key=lambda one: one.period)
        ends = [*(one.period for one in ordered[1:]), space.shape[1]]
        differences = [(p, p.level(after) - p.level(before)) for p in (*self.near.pieces, *self.near.late)]
        seen = []
        for one, end in zip(ordered, ends, strict=True):
            parts = [_within(p, value, one.period, end) for p, value in differences]
            wished, lost = parts[: len(self.near.pieces)], parts[len(self.near.pieces) :]
            cost = float((space.price * one.heads).sum()) - sum(float(part.sum()) for part in lost)
            seen.append(Change(one.period, one.heads, cost, np.concatenate(wished)))
        return seen

    def _chosen(self, heads: Heads, evidence: Evidence, reach: int, most: int) -> list[Change]:
        """The changes that together save most and leave every wish and every row of the load as it should be."""
        space = self.effort.space
        known = [one for one in self.known if np.array_equal(space.within(heads + one.heads), heads + one.heads)]
        if not known:
            return []
        began = np.array([one.period for one in known])
        periods = np.arange(heads.shape[1])[:, None]
        over = (began <= periods) & (periods < began + reach)
        rows = self.near.load.hours @ np.array([one.heads.ravel() for one in known]).T
        spare = self.near.load.hours @ heads.ravel() - self.near.load.work
        try:
            found = solve_integer(
                np.array([one.cost for one in known]),
                [
                    Rows(np.array([one.better for one in known]).T, least=-self.near.slack(evidence).spare),
                    Rows(np.vstack((over, np.ones(len(known)))), most=np.append(np.ones(len(over)), most)),
                    Rows(rows, least=-np.maximum(spare, 0)),
                ],
                whole=np.ones(len(known)),
                high=1.0,
                gap=GAP,
                seconds=SECONDS,
            )
        except NoSolution as none:  # nothing is combined; the next plays may tell more
            self.effort.unsolved(none)
            return []
        return [known[n] for n in np.flatnonzero(found.values > 0.5)]

    def _forget(self, periods: list[int], reach: int) -> None:
        """Let go of what was seen of changes near those that were taken."""
        self.known = [one for one in self.known if all(abs(one.period - p) >= reach for p in periods)]


def _within(stretches: Stretches, values: Floats, first: int, end: int) -> Floats:
    """The sums of values from one staffing period to before another, by period of the wish."""
    inside = (stretches.staffed >= first) & (stretches.staffed < end)
    return in_periods(np.where(inside, values, 0.0), stretches.period)
