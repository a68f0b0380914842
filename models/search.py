"""The cheapest staffing that meets every wish: formulas begin, simulation decides, other customers check.

Few plans are tried one and all (`models.proof.enumeration`); many are searched by cuts from simulation and an integer
program (`models.proof.descent`), then by small changes until none helps (`models.proof.neighbours`), and what might be
cheaper still is estimated (`models.proof.estimate`). Either way all plans meet the same customers, and the plan that
comes out is checked on customers whom the search has never seen, and mended if it fails there. `evaluate` plays the
plans; this module does not know how.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from models.plan import BoundKind, Plan, binding, changes, outside, undecided
from models.plan_notes import of_changes, of_cost, of_cuts, of_enumeration, of_time, unpriced
from models.proof.arguments import refuse_unusable
from models.proof.beside import Beside
from models.proof.descent import Descent
from models.proof.effort import OUT_OF_TIME, Effort, Progress
from models.proof.enumeration import CERTAIN, FIRST_LOOK, Enumerated, Tried, cheaper_plans, decided, enumerate_plans
from models.proof.estimate import estimate
from models.proof.judging import judge, status
from models.proof.load import load_bound, load_rows
from models.proof.neighbours import Neighbours
from models.proof.opening import opening
from models.proof.pieces import overtime_of, pieces_of
from models.proof.reach import refuse_unreachable
from models.proof.shapes import Shapes
from models.proof.space import Heads, Space, space_of
from scenarios.errors import InvalidValue
from scenarios.evidence import Evaluate, Evidence
from scenarios.judgement import Judged
from scenarios.scenario import Scenario
from scenarios.statistics import MET
from scenarios.units import HOUR
from scenarios.wishes import wishes

FEW_CELLS = 6
POLISH = 96
BESIDE = ((24, 0.4), (96, 0.6))
"""Replications on which changes are tried side by side, and until when, of what may be spent on searching."""
NEIGHBOURS = (24, 96)
"""Replications on which small changes are tried, and in the end as many as the check has."""
SAFEST, HALVES = 4.0, 6
"""Of the safety of plans in the shape of the work: the most, and how often the interval is halved."""
MENDS, FIRST_MEND = 5, 0.005
"""Checks at most, and the share of heads that may be added after the first; twice as many after each further one."""
SEARCHING = 0.65
"""Of what may be spent on searching: small changes leave the rest to the estimate, and take what that leaves."""
ONE_TRIAL = 0.1
"""Of the time left: what a plan may take on the replications of the check for them to be used in the search."""
CHECKING = 0.75
"""Of what the search leaves: the rest is for what an agent more is worth."""

CUTS_HOLD = "agents have diminishing returns, no work is given up, and the customers of the search are typical"
ENUMERATED_HOLDS = "every cheaper plan was tried or has too few agents for its load"
MONOTONE_HOLDS = "every cheaper plan was tried, or has no more agents anywhere than one that failed"
LOAD_HOLDS = "always: no plan has fewer agents than its load needs"
BOTS_HOLD = "; bot sessions cost as much as with this plan"


def optimise(
    scenario: Scenario,
    evaluate: Evaluate,
    *,
    block: float = HOUR,
    gap: float = 0.01,
    seconds: float = 120.0,
    replications: int = 2000,
    fresh: int = 500,
    plays: float = math.inf,
    start: Heads | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
) -> Plan:
    """The cheapest heads by group and staffing period that meet every wish of a scenario.

    Parameters
    ----------
    scenario
        The wishes are its targets and occupancy caps; bounds and prices are those of its groups.
    evaluate
        Tries out plans, see `scenarios.evidence.Evaluate`.
    block
        Seconds for which heads stay as they are; infinite for one number of heads all the time.
    gap
        Stop where the cost is within this share of the bound.
    seconds, plays
        Stop after so much time, or so many replications of plans, the check and the worth of an agent included. What
        a check cannot do without, two replications of a plan, is played all the same; a first play that has to
        compile an engine takes its time on top.
    replications
        The most for one plan, where a decision is in doubt.
    fresh
        Replications of the final check, with customers of their own.
    start
        Heads from which to search, shape (groups, periods), if some are known that meet every wish.
    progress
        Called with each step of the history.
    stop
        Asked between trials; the best plan so far is the answer.

    Raises
    ------
    Unreachable
        If no staffing can meet a target, with the best that any could do.
    InvalidValue
        If nothing is wished, or an argument cannot be used.

    Examples
    --------
    See ``docs/explanation/optimise.md``, where the simulator evaluates.
    """
    if not wishes(scenario):
        raise InvalidValue("target", None, "give at least one contact type a target: without one, nobody is cheapest")
    refuse_unusable(gap=gap, seconds=seconds, plays=plays, replications=replications, fresh=fresh)
    space = space_of(scenario, block)
    refuse_unreachable(space)
    effort = Effort(space, evaluate, seconds, plays, gap, progress, stop, kept=fresh)
    search = _Search(space, effort, fresh, replications)
    search.find(start)
    return search.plan()


@dataclass(eq=False)
class _Search:
    """One search and what it came to."""

    space: Space
    effort: Effort
    fresh: int
    most: int
    enumerated: Enumerated | None = None
    listed: int = 0
    near: Neighbours | None = None
    beside: Beside | None = None
    loose: bool = False
    """Whether wishes are for longer than staffing periods, so that there is a choice of when to be good."""
    mended: int = 0
    checks: int = 0
    """Checks so far, each on days of its own."""

    def find(self, start: Heads | None) -> None:
        """Find the best plan that the effort allows."""
        space, effort = self.space, self.effort
        load = self.load = load_rows(space)
        self.load_bound = load_bound(space, load.proven)
        effort.proved(self.load_bound, "load")
        few = int((space.may_work & (space.most > space.least)).sum()) <= FEW_CELLS
        effort.charged = not few and space.shape[1] > 1
        pieces, late = pieces_of(space, self.fresh), overtime_of(space) if effort.charged else ()
        self.loose = all(2 * (p.period[-1] + 1) <= space.shape[1] for p in pieces)
        descent = Descent(effort, pieces, late, load, self.fresh)
        self.near = Neighbours(effort, pieces, late, load, self.fresh, descent.points, SEARCHING)
        self.beside = Beside(effort, self.near)
        if few:
            first = self._sure(descent.begin())
            plans = cheaper_plans(space, load.proven, first.cost)
            if plans is not None:
                self.listed = len(plans)
                self.enumerated = enumerate_plans(effort, plans, first, self.most)
                self.heads = self.enumerated.best.heads
                return
        heads = descent.start(start)
        if len(space.price) > 1:  # who does what is the hard part; where all do the same, small changes are enough
            heads = descent.run(heads) if self.loose else descent.polish(descent.run(heads), min(POLISH, self.most))
        self.heads, used = self._improved(self._levelled(heads))
        estimate(effort, pieces, late, load, descent.points, [*self.near.good, self.heads], used)
        if self.near.untried and not effort.good_enough:
            self.near.share = 1.0
            self.heads = self.near.improve(self.heads, used)
            if not effort.estimate and not effort.why_stop:
                estimate(effort, pieces, late, load, descent.points, [*self.near.good, self.heads], used)

    def _sure(self, heads: Heads) -> Tried:
        """The plan, with heads added until it is sure to meet every wish: what all cheaper ones are compared with."""
        space, look = self.space, min(FIRST_LOOK, self.most)
        while True:
            judged = self.effort.judged(heads, look)
            tried = decided(self.effort, Tried(heads, space.cost(heads), judged, look), self.most)
            more = space.within(np.where(space.may_work, heads + 1, 0))
            if status(tried.judged, CERTAIN) == MET or self.effort.why_stop or np.array_equal(more, heads):
                return tried
            heads = more

    def _levelled(self, heads: Heads) -> Heads:
        """The plan, or one that costs no more in the shape of the work, or half way to it: noise makes plans uneven."""
        assert self.near is not None
        if len(heads) > 1 and self.loose:
            look = min(NEIGHBOURS[0], self.most)
            plans = [Shapes(self.effort, self.near, self.most).improve(heads)]
            plans += [heads] * self.near.meets(self._found(heads, look))
            return min(plans, key=lambda one: self.effort.cost(one, look))
        low, high, level = 0.0, SAFEST, None
        look = next((n for n in NEIGHBOURS[::-1] if self.effort.affords(HALVES * n, ONE_TRIAL)), 0)
        for _ in range(HALVES):
            if self.effort.why_stop or not look:
                return heads
            beta = (low + high) / 2
            even = self.load.kept(self.space, opening(self.space, beta))
            if self.near.meets(self._found(even, look)):
                high, level = beta, even
            else:
                low = beta
        if level is None:
            return heads
        middle = self.load.kept(self.space, np.rint((heads + level) / 2).astype(np.int64))
        if not self.near.meets(self._found(middle, look)):
            middle = level
        return min((level, middle, heads), key=lambda one: self.effort.cost(one, look))

    def _found(self, heads: Heads, replications: int) -> Evidence:
        return self.effort.try_out([heads], replications)[0]

    def _improved(self, heads: Heads) -> tuple[Heads, int]:
        """The plan after small changes, on more and more customers, and on how many in the end."""
        assert self.near is not None
        assert self.beside is not None
        used, looks = 0, [*NEIGHBOURS, self.fresh]
        if self.beside.possible:
            for look, share in BESIDE:
                if self.effort.affords(look, ONE_TRIAL):
                    heads = self.beside.improve(heads, min(look, self.most), share)
            looks = looks[1:] if self.effort.affords(NEIGHBOURS[1], ONE_TRIAL) else looks
        for look in looks:
            replications = min(look, self.most)
            dear = used and not self.effort.affords(replications, ONE_TRIAL)
            if replications <= used or dear or self.effort.why_stop:
                break
            used = replications
            self.effort.forget()
            heads = self.near.improve(heads, replications)
        return heads, max(used, NEIGHBOURS[0])

    def plan(self) -> Plan:
        """The plan, checked on fresh customers, with all that is to be said about it."""
        effort, space = self.effort, self.space
        ended, processor = self._ended(), effort.processor_share
        effort.tell("checking on fresh days")
        effort.finish(CHECKING)
        checked = self._check()
        judged, heads = judge(checked), self.heads
        cost, bots = effort.cost_by(heads, checked), float(checked.bot_cost.mean())
        bound, kind, holds = self._bound(cost)
        effort.finish(1.0)
        return Plan(
            scenario=self._named(space.plan(heads)),
            heads=heads,
            cost=cost + bots,
            overtime=effort.overtime(checked),
            bot_cost=bots,
            bound=bound + bots,
            bound_kind=kind,
            proven=self.load_bound + bots,
            bound_holds=f"{holds}{BOTS_HOLD if bots else ''}",
            wishes=judged,
            replications=checked.replications,
            overrun=float(checked.overrun.mean()) / HOUR,
            binding=binding(judged, checked),
            changes=changes(effort, heads, checked, self.checks),
            steps=tuple(effort.steps),
            ended=ended,
            notes=tuple(self._notes(judged, checked, ended, processor)),
        )

    @property
    def _check_size(self) -> int:
        used = self.enumerated.best.replications if self.enumerated is not None else 0
        return max(self.fresh, used)

    def _check(self) -> Evidence:
        """What fresh customers find; a plan that fails is mended and met with others again, if there is time."""
        for number in range(1, MENDS + 1):
            self.checks = number
            checked = self.effort.try_out([self.heads], self._check_size, number)[0]
            late = (
                self.effort.left < self.effort.seconds_of_check(self._check_size)
                or self.effort.plays_left < self._check_size
            )
            if self.enumerated is not None or status(judge(checked)) == MET or number == MENDS or late:
                break
            assert self.near is not None
            self.heads = self.near.more(self.heads, checked, max(1.0, FIRST_MEND * 2**self.mended * self.heads.sum()))
            self.mended += 1
        return checked

    def _ended(self) -> str:
        """Why the search ended."""
        found, why = self.enumerated, self.effort.why_stop
        if why == "stopped" or (found is not None and not found.finished):
            return why
        if self.effort.good_enough:
            return "within the wanted gap"
        if found is not None or (self.near is not None and not self.near.untried and self.near.good):
            return "no cheaper plan was found"
        return why or OUT_OF_TIME

    def _bound(self, cost: float) -> tuple[float, BoundKind, str]:
        """The bound of the cost of staffing, where it comes from, and what it takes for granted."""
        found = self.enumerated
        if found is not None and found.finished:
            return found.bound, "enumerated", ENUMERATED_HOLDS if found.all_tried else MONOTONE_HOLDS
        if self.effort.estimate <= self.load_bound * (1 + 1e-9):
            return self.load_bound, "load", LOAD_HOLDS
        return min(self.effort.estimate, cost), "estimated", CUTS_HOLD

    def _notes(self, judged: tuple[Judged, ...], checked: Evidence, ended: str, processor: float) -> Iterator[str]:
        """What is to be known of the plan beside its numbers."""
        effort, space, found = self.effort, self.space, self.enumerated
        yield from unpriced(space)
        yield from outside(space, self.heads)
        if found is not None:
            yield from of_enumeration(found, self.listed)
        elif self.near is not None:
            yield from of_changes(self.near.untried if self.near.good else None, self.mended)
            yield from of_cuts(effort, float(checked.bot_cost.mean()))
        yield from undecided(space.scenario, judged)
        yield from of_cost(space, self.heads, checked, effort.charged)
        yield from of_time(ended, processor, effort.programs_unsolved)

    def _named(self, plan: Scenario) -> Scenario:
        word = "assumption: the cheapest heads found by simulation (models.search)"
        origins = plan.origins | {f"agent_groups.{name}.staffing": word for name in plan.group_names}
        return plan.replace(origins=origins)
