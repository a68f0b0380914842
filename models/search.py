"""The cheapest staffing that meets every wish: formulas begin, simulation decides, other customers check.

Few plans are tried one and all (`models.proof.enumeration`); many are searched by cuts from simulation and an integer
program (`models.proof.descent`). Either way all plans meet the same customers, and the plan that comes out is checked
on customers whom the search has never seen, and mended if it fails there. `evaluate` plays the plans; this module does
not know how.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.plan import Plan, binding, changes, undecided
from models.proof.descent import Descent
from models.proof.effort import Effort, Progress
from models.proof.enumeration import CERTAIN, FIRST_LOOK, MOST_PLANS, Enumerated, Tried, cheaper_plans, enumerate_plans
from models.proof.judging import Judged, status
from models.proof.load import load_bound, load_rows
from models.proof.pieces import pieces_of
from models.proof.reach import refuse_unreachable
from models.proof.space import Heads, Space, space_of
from scenarios.errors import InvalidValue
from scenarios.evidence import Evaluate
from scenarios.scenario import Scenario
from scenarios.units import HOUR
from scenarios.wishes import Wish, wishes

FEW_CELLS = 6
POLISH = 96
MENDS = 3
SEARCHING = 0.7
"""Of the seconds: the rest is for the check, and for what an agent more is worth."""
VALUE = 50
"""Replications behind what an agent more or fewer is worth."""

CUTS_HOLD = "agents have diminishing returns, no hour is given up, and the customers of the search are typical"
ENUMERATED_HOLDS = "every cheaper plan was tried or has too few agents for its load"
MONOTONE_HOLDS = "every cheaper plan was tried, or has no more agents anywhere than one that failed"
LOAD_HOLDS = "always: no plan has fewer agents than its load needs"


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
        Stop after so much time, or so many replications of plans.
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
    if fresh < 2 or replications < 2:
        raise InvalidValue("replications", min(fresh, replications), "give at least 2: one alone shows no error")
    space = space_of(scenario, block)
    refuse_unreachable(space)
    effort = Effort(space, evaluate, SEARCHING * seconds, plays, gap, progress, stop)
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
    descent: Descent | None = None

    def find(self, start: Heads | None) -> None:
        """Find the best plan that the effort allows."""
        space, effort = self.space, self.effort
        load = load_rows(space)
        self.proven = load_bound(space, load.proven)
        effort.bounded(self.proven, "load")
        self.descent = Descent(effort, pieces_of(space, self.fresh), load, self.fresh)
        few = int((space.may_work & (space.most > space.least)).sum()) <= FEW_CELLS
        if few:
            first = self.descent.begin()
            plans = cheaper_plans(space, load.proven, space.cost(first))
            if len(plans) <= MOST_PLANS:
                self.enumerated = self._enumerate(plans, first)
                self.heads = self.enumerated.best.heads
                return
        heads = self.descent.run(start)
        self.heads = self.descent.polish(heads, min(POLISH, self.most))

    def _enumerate(self, plans: list[Heads], first: Heads) -> Enumerated:
        look = min(FIRST_LOOK, self.most)
        start = Tried(first, self.space.cost(first), self.effort.judged(first, look), look)
        return enumerate_plans(self.effort, plans, start, self.most)

    def plan(self) -> Plan:
        """The plan, checked on fresh customers, with all that is to be said about it."""
        effort, space = self.effort, self.space
        ended = effort.why_stop
        judged, number = self._check()
        heads = self.heads
        checked = self.effort.try_out([heads], self._check_size, number)[0]
        bound, holds = self._bound()
        return Plan(
            scenario=self._named(space.plan(heads)),
            heads=heads,
            cost=space.cost(heads),
            bound=min(bound, space.cost(heads)),
            proven=self.proven,
            bound_holds=holds,
            wishes=judged,
            replications=self._check_size,
            overrun=float(checked.overrun.mean()) / HOUR,
            binding=binding(space, judged, checked),
            changes=changes(effort, heads, min(VALUE, self.most)),
            steps=tuple(effort.steps),
            ended=ended or self._ended(bound),
            notes=tuple(self._notes(judged)),
        )

    @property
    def _check_size(self) -> int:
        used = self.enumerated.best.replications if self.enumerated is not None else 0
        return max(self.fresh, used)

    def _check(self) -> tuple[tuple[Judged, ...], int]:
        """The wishes on fresh customers; a plan that fails is mended and met with others again."""
        for number in range(1, MENDS + 1):
            judged = self.effort.judged(self.heads, self._check_size, number)
            if self.enumerated is not None or status(judged) == "met" or number == MENDS:
                break
            if self.effort.stop is not None and self.effort.stop():
                break
            self._mend(number)
        return judged, number

    def _mend(self, number: int) -> None:
        """Ask for more where the plan failed."""
        assert self.descent is not None
        evidence = self.effort.try_out([self.heads], self._check_size, number)[0]
        mended = self.descent.mended(self.heads, evidence)
        if np.array_equal(mended, self.heads):
            more = np.where(self.heads > 0, np.maximum(self.heads + 1, np.ceil(1.01 * self.heads)), 0)
            mended = self.space.within(more.astype(np.int64))
        self.heads = mended

    def _ended(self, bound: float) -> str:
        near = self.space.cost(self.heads) <= bound * (1 + self.effort.gap) + 1e-9
        return "within the wanted gap" if near else "no cheaper plan was found"

    def _bound(self) -> tuple[float, str]:
        found = self.enumerated
        if found is not None and found.finished:
            return found.bound, ENUMERATED_HOLDS if found.all_tried else MONOTONE_HOLDS
        if self.effort.bound <= self.proven * (1 + 1e-9):
            return self.proven, LOAD_HOLDS
        return self.effort.bound, CUTS_HOLD

    def _notes(self, judged: tuple[Judged, ...]) -> list[str]:
        notes = []
        if self.space.unpriced:
            names = ", ".join(self.space.unpriced)
            notes.append(f"no cost per hour is given for {names}: an hour counts as 1")
        found = self.enumerated
        if found is not None and found.finished and not found.undecided:
            notes.append(f"the cheapest with a certainty of at least {found.certainty:.4f}: {_HOW[found.all_tried]}")
        elif found is not None:
            names = "; ".join(_short(one) for one in found.undecided[:5]) or "some were not looked at"
            notes.append(f"not decided: {len(found.undecided)} cheaper plans ({names})")
        return notes + undecided(self.space.scenario, judged)

    def _named(self, plan: Scenario) -> Scenario:
        word = "assumption: the cheapest heads found by simulation (models.search)"
        origins = plan.origins | {f"agent_groups.{name}.staffing": word for name in plan.group_names}
        return plan.replace(origins=origins)


_HOW = {
    True: f"every cheaper plan missed a target by {CERTAIN:g} standard errors",
    False: "every cheaper plan missed a target, or has no more agents anywhere than one that did",
}


def _short(one: Tried) -> str:
    heads = ", ".join(str(n) for n in one.heads.ravel())
    return f"{heads} at {one.cost:.6g}, {one.replications} replications"


# -- the price of targets --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Price:
    """What the last stretch of a target costs."""

    of: str
    target: str
    relaxed: str
    cost: float
    """What is saved if the target is relaxed."""
    hours: float
    """Agent-hours a horizon saved."""
    fte: float
    """The same in agents of eight hours a day."""

    @property
    def text(self) -> str:
        """In one line."""
        return f"{self.of}: from '{self.relaxed}' to '{self.target}' costs {self.cost:.6g} ({self.fte:.1f} FTE)"


def price_of_targets(
    scenario: Scenario,
    plan: Plan,
    evaluate: Evaluate,
    *,
    relax: float = 0.05,
    block: float = HOUR,
    seconds: float = 30.0,
    fresh: int = 200,
    stop: Callable[[], bool] | None = None,
) -> tuple[Price, ...]:
    """What the last points of each target cost: the search again from the plan, with one target relaxed at a time.

    Shares are relaxed by `relax` (0.05 is five points), times by as large a part of themselves.
    """
    prices = []
    for wish in wishes(scenario):
        easier = relaxed(scenario, wish, relax)
        if easier is None:
            continue
        found = optimise(
            easier, evaluate, block=block, seconds=seconds, fresh=fresh, start=plan.heads, stop=stop, gap=0.0
        )
        text = next(w.text for w in wishes(easier) if (w.of, w.measure) == (wish.of, wish.measure))
        cheaper = found if found.status == "met" and found.cost < plan.cost else plan
        saved = space_of(scenario, block).hours @ (plan.heads - cheaper.heads).sum(axis=0)
        days = scenario.horizon.days
        prices.append(
            Price(wish.of, wish.text, text, plan.cost - cheaper.cost, float(saved), float(saved) / (8 * days))
        )
    return tuple(prices)


def relaxed(scenario: Scenario, wish: Wish, by: float) -> Scenario | None:
    """The scenario with one wish relaxed; none where it cannot be relaxed so far."""
    if wish.measure == "occupancy":
        cap = min(wish.limit + by, 1.0)
        return scenario.replace_group(wish.of, max_occupancy=cap) if cap > wish.limit else None
    target = scenario.contact_type(wish.of).target
    if target is None:
        return None
    field = {"abandonment": "max_abandonment", "asa": "max_asa"}.get(wish.measure, "share")
    limit = {
        "max_abandonment": min(wish.limit + by, 1.0),
        "max_asa": wish.limit * (1 + by),
        "share": wish.limit - by,
    }[field]
    if limit <= 0:
        return None
    return scenario.replace_type(wish.of, target=target.model_copy(update={field: limit}))
