"""From a safe plan to a cheap one: cuts near the plan at hand, a step as far as they can be believed, and again.

Every step tries the cheapest heads within a box around the best plan so far, given what simulation has taught about
the plans near it; the box grows while what was foretold comes true and shrinks where it does not. The replications are
few at first and grow when steps become small. What comes out is a start for `models.proof.neighbours`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from models.highs import NoSolution
from models.proof.cuts import Box, propose
from models.proof.effort import Effort
from models.proof.load import LoadRows
from models.proof.opening import opening
from models.proof.pieces import Overtime, Pieces
from models.proof.slopes import Point, point, reach_of, refreshed
from models.proof.space import Heads
from models.queueing.arguments import Floats
from scenarios.errors import Unreachable
from scenarios.evidence import Evidence, in_periods
from scenarios.judgement import Judged

SAFETIES = (4.0, 3.0, 2.0, 1.5, 1.0, 0.75, 0.5, 0.25, 0.0)
BELOW = (1.0, 0.0)
"""Safeties at which the first cuts are made: service from good to poor, in every period at once."""
RAISES = 12
FIRST_BOX, LARGEST_BOX, SMALLEST_BOX = 0.12, 0.3, 0.015
NEARLY = -0.03
"""Of a margin: so little below its limit a plan may be and still be the next to start from."""
LOOKS = (8, 24)
"""Replications of the search, stage by stage."""
STEPS = (14, 6)
SHARES = (0.12, 0.25, 0.3)
"""Of what may be spent on searching: when each stage ends, and when polishing does."""
ROUNDS = 6
GAIN = 0.8
POLISHING_BOX = 0.05
NEAR = 0.3
DEAR = 0.15
"""Of what is left: a step that takes more is left to `models.proof.neighbours`, where a trial takes less."""
MOST_REFRESHED = 8
SECONDS, SHORTEST = 5.0, 0.5
"""Of an integer program: at most, and where hardly any time is left."""


@dataclass(eq=False)
class Descent:
    """A search that goes down in cost."""

    effort: Effort
    pieces: tuple[Pieces, ...]
    late: tuple[Overtime, ...]
    load: LoadRows
    fresh: int
    """Replications of the final check, for which room is kept."""
    points: list[Point] = field(default_factory=list)
    extra: list[Floats] = field(default_factory=list)
    """What the cuts promised too much, to be asked for on top, by wish and period."""

    def __post_init__(self) -> None:
        self.extra = [np.zeros(int(p.period[-1]) + 1) for p in self.pieces]

    # -- the beginning ---------------------------------------------------------------------------------------------

    def begin(self) -> Heads:
        """The plan with the least safety that meets every wish at a first look.

        Raises
        ------
        Unreachable
            If no number of agents does.
        """
        best, replications = self._safe(), LOOKS[0]
        for beta in SAFETIES:
            heads = self._opening(beta)
            if self.effort.space.cost(heads) >= self.effort.space.cost(best):
                continue
            if self.effort.why_stop or _worst(self.effort.judged(heads, replications)) < 0:
                return best
            best = heads
            self.effort.found(heads, replications, "a start with safety by the root of the load")
        return best

    def _safe(self) -> Heads:
        """Plenty of heads, raised until every wish is met."""
        space = self.effort.space
        heads = self._opening(SAFETIES[0])
        for _ in range(RAISES):
            judged = self.effort.judged(heads, LOOKS[0])
            if _worst(judged) >= 0:
                self.effort.found(heads, LOOKS[0], "a safe start")
                return heads
            higher = space.within(np.where(space.may_work, np.ceil(1.3 * heads) + 1, 0).astype(np.int64))
            if np.array_equal(higher, heads):
                break
            heads = higher
            if self.effort.why_stop:
                return heads
        raise _unreachable(min(judged, key=lambda one: one.margin))

    def _opening(self, beta: float) -> Heads:
        """Heads with this safety, and enough for all work that no plan may leave until after the end of duties."""
        space = self.effort.space
        return self.load.proven.kept(space, opening(space, beta))

    # -- down --------------------------------------------------------------------------------------------------------

    def start(self, given: Heads | None = None) -> Heads:
        """A plan that was given, or the beginning."""
        if given is None:
            return self.begin()
        heads = self.load.proven.kept(self.effort.space, self.effort.space.within(given))
        self.effort.found(heads, LOOKS[0], "a plan that was given")
        return heads

    def run(self, best: Heads) -> Heads:
        """The cheapest plan found that meets every wish on the customers of the search."""
        for beta in BELOW:
            self._learn(opening(self.effort.space, beta), LOOKS[0])
        plans = 1 + len(best) * reach_of(self.effort.space)
        for stage, replications in enumerate(LOOKS):
            if not self.effort.affords(replications * plans, DEAR):
                break
            best = self._stage(best, replications, FIRST_BOX / 2**stage, SHARES[stage])
            if self.effort.why_stop:
                break
        return best

    def _stage(self, best: Heads, replications: int, size: float, share: float) -> Heads:
        effort, space = self.effort, self.effort.space
        self._refresh(best, replications)
        centre = self._learn(best, replications)
        before = _worst(effort.judged(best, replications))
        effort.forget()
        if before >= 0:
            effort.found(best, replications, f"{replications} replications")
        for _ in range(STEPS[LOOKS.index(replications)]):
            if effort.why_stop or effort.used >= share or effort.good_enough or size < SMALLEST_BOX:
                break
            box = _box(space.least, space.most, centre.heads, size)
            heads = self.propose(box, replications)
            if heads is None or np.array_equal(heads, centre.heads):
                size /= 2
                continue
            worst = _worst(effort.judged(heads, replications))
            tried = self._learn(heads, replications)
            if worst >= 0 and effort.cost(heads, replications) < effort.best:
                best = heads
                effort.found(best, replications, f"{replications} replications")
            if worst >= NEARLY or worst > before:
                centre, before, size = tried, worst, min(LARGEST_BOX, 1.3 * size)
            else:
                size *= 0.6
        return best

    def _learn(self, heads: Heads, replications: int) -> Point:
        found = point(self.effort, (*self.pieces, *self.late), self.load, heads, replications)
        self.points.append(found)
        return found

    def _refresh(self, heads: Heads, replications: int) -> None:
        """The levels of points near a plan with more replications; points far away are kept as they are."""
        near = [n for n, one in enumerate(self.points) if one.replications < replications and _near(one, heads)]
        near = near[-MOST_REFRESHED:]
        evidence = self.effort.try_out([self.points[n].heads for n in near], replications)
        for n, found in zip(near, evidence, strict=True):
            self.points[n] = refreshed((*self.pieces, *self.late), self.points[n], found)

    def margins(self, evidence: Evidence) -> list[Floats]:
        """The excess to ask for: room for the final check, and what was promised too much."""
        rooms = [p.room(evidence, self.fresh) for p in self.pieces]
        return [room + extra for room, extra in zip(rooms, self.extra, strict=True)]

    def propose(self, box: Box, replications: int, *, whole: bool = False, gap: float = 5e-4) -> Heads | None:
        """The cheapest heads in a box, by what is known near it; none if the solver has none in its time."""
        near, last = [one for one in self.points if _in(one, box)], self.points[-1].heads
        evidence = self.effort.try_out([last], replications)[0]
        margins = [*self.margins(evidence), *(np.full(1, -np.inf) for _ in self.late)]
        parts = (*self.pieces, *self.late)
        ceilings = [p.ceiling(evidence) for p in parts]
        try:
            return propose(
                self.effort.space, parts, self.points, self.load, margins, ceilings, box, near,
                whole=whole, gap=gap, seconds=min(SECONDS, max(self.effort.left, SHORTEST)),
            ).heads  # fmt: skip
        except NoSolution as none:
            self.effort.unsolved(none)
            return None

    # -- the end -----------------------------------------------------------------------------------------------------

    def polish(self, heads: Heads, replications: int) -> Heads:
        """The plan changed a little until it is whole, cheap and surely meets every wish on more replications.

        What a plan has too little or too much of, its room included, is asked for on top of what the cuts say, or no
        longer: a controller that ends where the tightest wish is just met.
        """
        effort, space = self.effort, self.effort.space
        if not effort.affords(replications, DEAR):
            return heads
        effort.forget()
        self._refresh(heads, replications)
        best = None
        for _ in range(ROUNDS):
            lack = self._lack(effort.try_out([heads], replications)[0])
            if all((missing <= 0).all() for missing in lack) and effort.cost(heads, replications) < effort.best:
                best = heads
                effort.found(heads, replications, f"{replications} replications")
            self.extra = [np.maximum(e + GAIN * m, 0.0) for e, m in zip(self.extra, lack, strict=True)]
            plays = LOOKS[-1] * (1 + len(heads) * reach_of(space))
            late = effort.used >= SHARES[-1] or not effort.affords(plays, DEAR)
            if effort.why_stop or late or effort.good_enough:
                break
            self._learn(heads, LOOKS[-1])
            after = self.propose(_box(space.least, space.most, heads, POLISHING_BOX), LOOKS[-1], whole=True)
            if after is None or np.array_equal(after, heads):
                break
            heads = after
        return heads if best is None else best

    def _lack(self, evidence: Evidence) -> list[Floats]:
        """What each wish lacks in each period, its room included; negative where it has more than it needs."""
        found = []
        for p in self.pieces:
            value = p.excess(evidence)
            excess = in_periods((value * p.weights(value)).sum(axis=0), p.period)
            found.append(p.room(evidence, self.fresh) - excess)
        return found


def _worst(judged: tuple[Judged, ...]) -> float:
    return min((one.margin for one in judged), default=math.inf)


def _box(least: Heads, most: Floats, heads: Heads, size: float) -> Box:
    """Heads within a share of those there, or of an even part of the period's heads where a group has few."""
    reach = np.maximum(1, np.ceil(size * np.maximum(heads, heads.sum(axis=0) / len(heads))))
    return Box(np.maximum(least, heads - reach).astype(float), np.minimum(most, heads + reach))


def _in(one: Point, box: Box) -> bool:
    """Whether a point lies in a box or hardly outside it: within its own width."""
    width = box.most - box.least
    return bool(((one.heads >= box.least - width) & (one.heads <= box.most + width)).mean() > 0.95)


def _near(one: Point, heads: Heads) -> bool:
    return bool(np.abs(one.heads - heads).sum() <= NEAR * heads.sum())


def _unreachable(worst: Judged) -> Unreachable:
    value = f"{100 * worst.value:.1f} %" if worst.wanted <= 1 else f"{worst.value:.1f} s"
    remedy = "look at what else holds it back: lines, opening hours, bounds on heads"
    return Unreachable(
        worst.wish.of, worst.wish.text, value, "so it was with all the heads that could be tried", remedy
    )
