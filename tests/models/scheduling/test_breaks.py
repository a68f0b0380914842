"""Breaks in given shifts: every rule checked apart from the search, and public instances with a known optimum of 0."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.break_scheduling import RULES, read_instance
from models.scheduling.breaks import BreakPlan, BreakProblem, BreakRules, place_breaks
from scenarios.errors import Cancelled, InvalidValue
from tests.folders import SHARED

DATA = SHARED / "data" / "scheduling" / "break_scheduling"


def checked(plan: BreakPlan) -> int:
    """The people short or over, counted person by person after every rule has been checked."""
    problem, rules = plan.problem, plan.problem.rules
    at_work = [0] * len(problem.required)
    for start, length, owed, breaks in zip(
        problem.starts.tolist(), problem.lengths.tolist(), problem.break_times.tolist(), plan.breaks, strict=True
    ):
        assert sum(size for _, size in breaks) == owed
        begin = 0
        for at, size in breaks:
            work = at - begin
            assert rules.min_work <= work <= rules.max_work
            assert (rules.min_long_break if work > rules.long_work else rules.min_break) <= size <= rules.max_break
            begin = at + size
        assert rules.min_work <= length - begin <= rules.max_work
        lunches = [at for at, size in breaks if size == rules.lunch and at >= rules.lunch_earliest]
        assert not rules.lunch or any(at + rules.lunch <= rules.lunch_latest_end for at in lunches)
        away = {at + place for at, size in breaks for place in range(size + rules.recovery)}
        for place in range(length):
            at_work[(start + place) % len(at_work)] += place not in away
    assert at_work == plan.at_work.tolist()
    return sum(abs(people - need) for people, need in zip(at_work, problem.required.tolist(), strict=True))


def planted(people: int, seed: int) -> BreakProblem:
    """Shifts of eight hours, by five minutes, and the requirement that breaks drawn at random leave."""
    lengths, owed = np.full(people, 96), np.full(people, 18)
    starts = np.random.default_rng(seed).integers(0, 16, people) * 6
    empty = BreakProblem(np.full(288, people), starts, lengths, owed, RULES, 288)
    return BreakProblem(place_breaks(empty, seed=seed, seconds=0.0).at_work, starts, lengths, owed, RULES, 288)


def test_breaks_keep_every_rule() -> None:
    """A break too long, too early or without its lunch would make a plan look better than it is."""
    problem = planted(8, seed=3)
    plan = place_breaks(problem, seconds=1.0)
    assert checked(plan) == plan.short + plan.over
    assert plan.violation == 10 * plan.short + 2 * plan.over
    first = place_breaks(problem, seconds=0.0)
    assert plan.violation <= first.violation


def test_a_search_finds_the_only_breaks_that_fit() -> None:
    """Three people, one break of one interval each: only one of six orders has nobody missing."""
    rules = BreakRules(1, 1, 1, 4, 4, 1, 0, 0, 0)
    required, ones = np.array([3, 2, 2, 2, 3]), np.ones(3, dtype=np.int64)
    plan = place_breaks(BreakProblem(required, 0 * ones, 5 * ones, ones, rules, 5))
    assert plan.violation == 0
    assert sorted(plan.breaks) == [((1, 1),), ((2, 1),), ((3, 1),)]


def test_only_the_shortest_breaks_where_the_requirement_implies_them() -> None:
    """The search would try lengths that no solution has."""
    required = np.full(288, 1)
    shift = {"starts": np.array([0]), "lengths": np.array([288]), "break_times": np.array([18])}
    required[: 18 + 7] = 0  # 6 breaks of 10 minutes, one lunch, and 7 times five minutes to come back
    assert BreakProblem(required, rules=RULES, per_day=288, **shift).break_lengths.tolist() == [2, 6]
    required[24] = 1
    assert BreakProblem(required, rules=RULES, per_day=288, **shift).break_lengths.tolist() == list(range(2, 13))


def test_breaks_that_no_shift_can_take() -> None:
    """A shift would come back without breaks, and nobody would notice."""
    rules = BreakRules(1, 1, 4, 4, 4, 1, 0, 0, 0)
    shift = np.array([6])
    with pytest.raises(InvalidValue, match="no breaks of this time keep the rules"):
        place_breaks(BreakProblem(np.ones(6, dtype=np.int64), shift - 6, shift, shift // 6, rules, 6))
    with pytest.raises(InvalidValue, match="give one for each of 1 shifts"):
        BreakProblem(np.ones(6, dtype=np.int64), shift, shift, np.array([1, 1]), rules, 6)


def test_a_search_can_be_cancelled() -> None:
    """A person would wait for a search that nobody wants."""
    with pytest.raises(Cancelled):
        place_breaks(planted(2, seed=1), stop=lambda: True)


@pytest.mark.skipif(not DATA.is_dir(), reason="the public instances are not there")
def test_a_public_instance_keeps_every_rule() -> None:
    """The reader or the search would break a rule of the file."""
    plan = place_breaks(read_instance(DATA / "random1-15.txt"), seconds=1.0)
    assert len(plan.breaks) == 32
    assert checked(plan) == plan.short + plan.over < 300
