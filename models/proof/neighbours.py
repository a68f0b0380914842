"""A plan made better by small changes, each tried on the same customers: until no plan with one head fewer will do.

Changes are a head fewer, a head of one group for that of another or two for one, and a head moved to another time.
What each would do is foretold from slopes up and down at the plan; the most promising are tried first, many at once
where slack allows. A trial is paired with the plan at hand, so few replications tell most bad changes; they grow only
where it is in doubt (Kim & Nelson 2001, *A fully sequential procedure for indifference-zone selection in simulation*).
A change is taken only if every wish is met with the room for the final check that the search keeps everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from models.proof.effort import Effort
from models.proof.judging import judge
from models.proof.load import LoadRows
from models.proof.moves import SMALL, Moves, Slack, moves_at
from models.proof.pieces import ROOM, Overtime, Pieces
from models.proof.slopes import Point, point, reach_of
from models.proof.space import Heads
from models.queueing.arguments import Floats
from scenarios.evidence import Evidence, in_periods
from scenarios.statistics import standard_error

FIRST_LOOK = 8
OWN = 1.3
"""Standard errors of the search's own customers by which a plan must meet every wish."""
OUT = 2.6
"""Standard errors of the paired difference by which a change must fail to be given up before its last replication."""
LEARNT, DEAR = (24, 8), 0.15
"""Replications behind slopes, and the share of what is left that the more of them may take."""
RELEARN = 0.1
"""Of the heads: after so many changes slopes are found anew."""
SWAPS = 10
"""Changes with more than one part that are tried before a plan is left as it is."""
BETTER = 0.5
"""Errors of the final check by which a move at equal cost must help the tightest wish."""
REPAIRS = 8


@dataclass(eq=False)
class Neighbours:
    """Tries small changes of a plan."""

    effort: Effort
    pieces: tuple[Pieces, ...]
    late: tuple[Overtime, ...]
    load: LoadRows
    fresh: int
    """Replications of the final check, for which room is kept."""
    points: list[Point]
    """Where slopes upwards are known; more are added."""
    share: float = 1.0
    """Of what may be spent, by when to end."""
    good: list[Heads] = field(default_factory=list)
    """Plans that met every wish."""
    ruled_out: set[bytes] = field(default_factory=set)
    untried: int = 0
    """Plans with one head fewer that were not decided when the search had to end."""
    _moves: Moves | None = None
    _learnt: Heads | None = None

    def improve(self, heads: Heads, replications: int) -> Heads:
        """The plan after every change that could be found to help; the plan itself, mended, where none does."""
        self.ruled_out.clear()
        heads, evidence = self.repaired(self.load.kept(self.effort.space, heads), replications)
        self.untried = sum(1 for _ in self._fewer(heads))
        if not self.meets(evidence):
            return heads
        self._note(heads, replications)
        while not self._ended:
            after = self._next(heads, evidence)
            if after is None:
                break
            heads, evidence = after
            self._note(heads, replications)
        self.untried = sum(1 for one in self._fewer(heads) if one.tobytes() not in self.ruled_out)
        return heads

    @property
    def _ended(self) -> bool:
        return bool(self.effort.why_stop) or self.effort.used >= self.share or self.effort.good_enough

    def _note(self, heads: Heads, replications: int) -> None:
        self.good.append(heads)
        self.effort.found(heads, replications, f"small changes, {replications} replications")

    # -- what is asked of a plan -------------------------------------------------------------------------------------

    def meets(self, evidence: Evidence) -> bool:
        """Whether every wish is met with room for the final check."""
        return bool((self._scored(evidence) >= 0).all()) and all(one.margin >= 0 for one in judge(evidence))

    def _scored(self, evidence: Evidence) -> Floats:
        return np.concatenate(
            [p.scores(evidence).mean(axis=0) - p.room(evidence, self._days(evidence)) for p in self.pieces]
        )

    def _days(self, evidence: Evidence) -> float:
        """As many days of a check as leave room for the error of the search's own customers too, while they are few."""
        return min(self.fresh, evidence.replications * (ROOM / OWN) ** 2)

    def slack(self, evidence: Evidence) -> Slack:
        """The excess of every wish in every period beyond its room, and the error that the final check will have."""
        spare, error = [], []
        for p in self.pieces:
            sums, room = in_periods(p.level(evidence), p.period), p.room(evidence, self._days(evidence))
            spread = in_periods(p.excess(evidence), p.period).std(axis=0).mean() / math.sqrt(self.fresh)
            spare.append(sums - room)
            error.append(np.full(len(sums), max(spread, 1e-9)))
        return Slack(np.concatenate(spare), np.concatenate(error))

    # -- changes -----------------------------------------------------------------------------------------------------

    def _next(self, heads: Heads, evidence: Evidence) -> tuple[Heads, Evidence] | None:
        """The first change that helps; none if there is no such change or no time."""
        moves, slack = self._moves_at(heads), self.slack(evidence)
        cheaper = self.effort.cost_by(heads, evidence) - SMALL
        bundle = moves.together(heads, slack)
        while bundle is not None and len(bundle) > 1 and not self._ended:
            tried = self._tried(heads, evidence, moves.after(heads, bundle), cheaper)
            if tried is not None:
                return tried
            bundle = bundle[: len(bundle) // 2]
        for other in moves.fewer(heads, slack):
            if self._ended:
                return None
            if other.tobytes() not in self.ruled_out:
                tried = self._tried(heads, evidence, other, cheaper)
                if tried is not None:
                    return tried
        for count, other in enumerate(moves.swaps(heads, slack)):
            if self._ended or count >= SWAPS:
                break
            tried = self._tried(heads, evidence, other, cheaper)
            if tried is not None:
                self.ruled_out.clear()
                return tried
        return self._moved(heads, evidence, moves, slack)

    def _tried(self, heads: Heads, evidence: Evidence, other: Heads, most: float) -> tuple[Heads, Evidence] | None:
        """Another plan with its evidence if it meets every wish at this cost at most; played only as long as it may."""
        if not self.load.kept_by(other):  # an hour would be given up
            self.ruled_out.add(other.tobytes())
            return None
        replications = evidence.replications
        base, look = self._scored(evidence), min(FIRST_LOOK, replications)
        while True:
            found = self.effort.try_out([other], look)[0]
            if found.replications < look:
                return None
            if look == replications:
                break
            change, error = self._change(evidence.first(look), found)
            if (base + change + OUT * error < 0).any():
                self.ruled_out.add(other.tobytes())
                return None
            look = min(3 * look, replications)
        if self.meets(found) and self.effort.cost_by(other, found) <= most:
            return other, found
        self.ruled_out.add(other.tobytes())
        return None

    def _change(self, before: Evidence, after: Evidence) -> tuple[Floats, Floats]:
        """What a change does to every score, and its standard error on the same customers."""
        rows = [p.scores(after) - p.scores(before) for p in self.pieces]
        change = np.concatenate(rows, axis=1)
        return change.mean(axis=0), standard_error(change)

    def _moved(self, heads: Heads, evidence: Evidence, moves: Moves, slack: Slack) -> tuple[Heads, Evidence] | None:
        """A plan that costs no more and leaves the tightest wish clearly more room."""
        cost = self.effort.cost_by(heads, evidence) + SMALL
        for count, other in enumerate(moves.shifts(heads, slack)):
            if self._ended or count >= SWAPS // 2:
                return None
            tried = self._tried(heads, evidence, other, cost)
            if tried is not None and self.slack(tried[1]).least >= slack.least + BETTER:
                self.ruled_out.clear()
                return tried
        return None

    def _fewer(self, heads: Heads) -> Iterator[Heads]:
        for group, period in np.argwhere(heads > self.effort.space.least):
            other = heads.copy()
            other[group, period] -= 1
            yield other

    def _moves_at(self, heads: Heads) -> Moves:
        """Changes with slopes from near by."""
        far = self._learnt is None or np.abs(self._learnt - heads).sum() > max(RELEARN * heads.sum(), 2)
        if self._moves is None or (far and not self.effort.finishing):
            plans = 2 * len(heads) * reach_of(self.effort.space)
            look = next((n for n in LEARNT if self.effort.affords(n * plans, DEAR)), LEARNT[-1])
            down = point(self.effort, (*self.pieces, *self.late), self.load, heads, look, fewer=True)
            self._moves = moves_at(self.effort.space, self.pieces, self.late, self._up(heads, look), down)
            self._learnt = heads
        return self._moves

    def _up(self, heads: Heads, look: int) -> Point:
        """Slopes upwards at a plan or one that hardly differs."""
        for one in self.points[::-1]:
            if one.replications >= look and np.abs(one.heads - heads).sum() <= RELEARN / 2 * heads.sum():
                return one
        self.points.append(point(self.effort, (*self.pieces, *self.late), self.load, heads, look))
        return self.points[-1]

    # -- repairs -----------------------------------------------------------------------------------------------------

    def repaired(self, heads: Heads, replications: int, fresh: int = 0) -> tuple[Heads, Evidence]:
        """The plan with heads added where they help most until every wish is met, and its evidence."""
        for _ in range(REPAIRS):
            evidence = self.effort.try_out([heads], replications, fresh)[0]
            if self.meets(evidence) or (self.effort.why_stop and fresh == 0):
                break
            heads = self.more(heads, evidence)
        return heads, evidence

    def more(self, heads: Heads, evidence: Evidence, most: float = math.inf) -> Heads:
        """The plan with as many heads more as the evidence says it lacks; at least one, at most so many."""
        space = self.effort.space
        added = self._moves_at(heads).added(heads, self.slack(evidence), most)
        if np.array_equal(added, heads):
            added = space.within(np.where(space.may_work & (heads > 0), heads + 1, heads))
        return added
