"""Covering: hand-computed optima, breaks, limits, flexible people, a cyclic week, and what stands in the way."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from models.highs import NoSolution, solve_integer
from models.scheduling.covering import CoveringProblem, PeopleLimit, Uncoverable, cover, people_at_work
from models.scheduling.options import BreakWindow, ShiftGrid, ShiftOption, undominated
from models.scheduling.start import covering_shifts
from scenarios.errors import Cancelled, InvalidValue

DESK = "desk"


def option(start: int, length: int, **more: object) -> ShiftOption:
    """A shift of the desk."""
    return ShiftOption("shift", start, ((0, length),), **({"group": DESK} | more))  # type: ignore[arg-type]


def problem(required: list[int], options: list[ShiftOption], **more: object) -> CoveringProblem:
    """A covering of one day."""
    grid = ShiftGrid(len(required))
    return CoveringProblem(grid, {DESK: np.array(required)}, tuple(options), **more)  # type: ignore[arg-type]


def test_breaks_are_taken_in_turn() -> None:
    """Two people needed throughout but for one interval: by hand, with a break in interval 1 or 2, three people."""
    lunch = BreakWindow(1, (1, 2))
    plan = cover(problem([2, 2, 2, 2], [option(0, 4, breaks=(lunch,))]))
    assert plan.cost == 4.0  # three people would have three breaks in two intervals: one of them short
    assert plan.present[DESK].min() >= 2
    relaxed = cover(problem([3, 2, 2, 3], [option(0, 4, breaks=(lunch,))]))
    assert relaxed.cost == 4.0
    assert cover(problem([2, 1, 1, 2], [option(0, 4, breaks=(lunch,))])).cost == 2.0


def test_breaks_keep_their_distance() -> None:
    """The second break of a person would begin before the first has ended."""
    windows = (BreakWindow(1, (1, 2, 3)), BreakWindow(1, (3, 4, 5)))
    shift = option(0, 7, breaks=windows, min_work=1, max_work=2)
    required = [3, 2, 2, 2, 2, 2, 3]
    plan = cover(problem(required, [shift]))
    for person in plan.shifts:
        first, second = person.break_starts
        assert 1 <= second - (first + 1) <= 2
    assert (plan.present[DESK] >= required).all()
    pairs = [(a, b) for a, b in product((1, 2, 3), (3, 4, 5)) if 1 <= b - a - 1 <= 2]
    explicit = [ShiftOption("shift", 0, ((0, a), (a + 1, b - a - 1), (b + 1, 6 - b)), group=DESK) for a, b in pairs]
    assert plan.cost == cover(problem(required, explicit)).cost  # Dantzig (1954): every placement a column


def test_prices_of_missing_and_extra_people() -> None:
    """One interval needs five: by hand, one person at 4 and four missing at 3 each beats five people at 20."""
    plan = cover(problem([1, 1, 5, 1], [option(0, 4, cost=4.0)], under_price=1.0, over_price=0.5))
    assert plan.cost == pytest.approx(4 + 4 * 1.0)
    assert plan.proved
    dear = cover(problem([1, 1, 5, 1], [option(0, 4, cost=4.0)], under_price=100.0, over_price=0.5))
    assert dear.cost == pytest.approx(5 * 4 + 12 * 0.5)


def test_a_flexible_person_is_counted_once() -> None:
    """One person for two skills at the same time would look enough."""
    grid = ShiftGrid(2)
    both = ShiftOption("day", 0, ((0, 2),), group="both")
    needs = {"calls": np.array([1, 1]), "mails": np.array([1, 0])}
    plan = cover(CoveringProblem(grid, needs, (both,), skills={"both": ("calls", "mails")}))
    assert plan.cost == 2.0


def test_a_night_shift_is_seen_on_the_first_day() -> None:
    """In a week that repeats, the night that begins on its last day covers the first morning."""
    grid = ShiftGrid(4, 2, cyclic=True)
    nights = [ShiftOption("night", 3, ((0, 2),), (day,), group=DESK) for day in (0, 1)]
    required = np.array([1, 0, 0, 0, 1, 0, 0, 0])
    plan = cover(CoveringProblem(grid, {DESK: required}, tuple(nights)))
    assert plan.cost == 2.0
    with pytest.raises(Uncoverable, match="day 1 00:00 to day 1 06:00"):
        cover(CoveringProblem(ShiftGrid(4, 2), {DESK: required}, tuple(nights)))


def test_limits_on_people() -> None:
    """More people than there are would be planned, or fewer than were promised work."""
    limits = {"early": PeopleLimit(1, 2)}
    options = [option(0, 2, limits=("early",)), option(0, 4, cost=3.0)]
    plan = cover(problem([3, 3, 0, 0], options, limits=limits))
    assert plan.cost == 2 + 3
    assert cover(problem([0, 0, 0, 1], options, limits=limits)).cost == 1 + 3
    with pytest.raises(Uncoverable, match=r"desk: 00:00 to 12:00 short by up to 1; early at its most \(2\)"):
        cover(problem([3, 3, 0, 0], options[:1], limits=limits))


def test_what_no_shift_covers_is_named() -> None:
    """An impossible requirement would come back as an empty schedule."""
    with pytest.raises(Uncoverable, match="desk: no shift covers 00:00 to 12:00, where up to 5 are required"):
        cover(problem([5, 5, 5, 5, 2, 2, 2, 2], [option(4, 4)]))


def test_fewest_different_shifts() -> None:
    """By hand: two peaks of two people, one shift each for nobody too many; one long shift is 4 too many."""
    options = [option(0, 2, cost=0.0), option(4, 2, cost=0.0), option(0, 6, cost=0.0)]
    given = {"under_price": 1.0, "over_price": 1.0}
    assert cover(problem([2, 2, 0, 0, 2, 2], options, shift_price=3.0, **given)).cost == 6.0
    assert cover(problem([2, 2, 0, 0, 2, 2], options, shift_price=5.0, **given)).cost == 8.0  # nobody at all


@pytest.mark.parametrize("seed", range(6))
def test_the_difference_form_gives_the_plain_optimum(seed: int) -> None:
    """The rows on rises and falls, or the parts, would cut off the best covering: compared with enumeration."""
    random = np.random.default_rng(seed)
    required = random.integers(0, 3, 5)
    shifts = [(0, 2), (1, 3), (3, 2)]
    options = [option(start, length, cost=0.25) for start, length in shifts]
    given = {"under_price": 1.0, "over_price": 0.75, "shift_price": 0.5}
    best = np.inf
    for people in product(range(4), repeat=3):
        present = np.zeros(5, dtype=int)
        for count, (start, length) in zip(people, shifts, strict=True):
            present[start : start + length] += count
        missing, extra = np.maximum(required - present, 0).sum(), np.maximum(present - required, 0).sum()
        best = min(best, 0.25 * sum(people) + missing + 0.75 * extra + 0.5 * sum(count > 0 for count in people))
    assert cover(problem(required.tolist(), options, **given)).cost == pytest.approx(best)


def test_a_large_covering_begins_with_its_relaxation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A week with breaks would end with rubbish when its time is up, or claim a bound that it does not have."""
    monkeypatch.setattr("models.scheduling.program.LARGE", 1)
    shifts = [option(start, 4, breaks=(BreakWindow(1, (1, 2)),)) for start in range(5)]
    required = [1, 2, 2, 3, 3, 2, 1, 1]
    plan = cover(problem(required, shifts), gap=0.01)
    assert (plan.present[DESK] >= required).all()
    monkeypatch.undo()
    best = cover(problem(required, shifts))
    assert plan.bound <= best.cost <= plan.cost <= best.cost + 1
    monkeypatch.setattr("models.scheduling.program.LARGE", 1)
    with pytest.raises(Uncoverable):
        cover(problem([1] * 9, [*shifts, option(4, 4)]), gap=0.01)


@pytest.mark.parametrize("gap", [0.0, 0.01])
def test_a_plan_is_there_when_time_is_up(monkeypatch: pytest.MonkeyPatch, gap: float) -> None:
    """On a busy machine a search gave no plan at all, or one of many times the cost."""
    shifts = [option(start, 4, breaks=(BreakWindow(1, (1, 2)),), cost=start + 1) for start in range(5)]
    required = [1, 2, 2, 3, 3, 2, 1, 1]
    best = cover(problem(required, shifts))

    def too_slow(*given: Any, whole: Any, low: Any, high: Any, **more: Any) -> Any:
        if whole.any() and not (low == high)[:5].all():
            raise NoSolution("time limit", 1.0)
        return solve_integer(*given, whole=whole, low=low, high=high, **more)

    monkeypatch.setattr("models.scheduling.program.solve_integer", too_slow)
    plan = cover(problem(required, shifts), gap=gap)
    assert (plan.present[DESK] >= required).all()
    assert 0 < plan.bound <= best.cost <= plan.cost <= 2 * best.cost


@pytest.mark.parametrize("seed", range(8))
def test_shifts_put_together_at_once_cover(seed: int) -> None:
    """The start of a search would leave somebody missing, or break the rules of breaks."""
    random = np.random.default_rng(seed)
    windows = (BreakWindow(1, (1, 2, 3)), BreakWindow(2, (4, 5, 6)))
    shifts = [option(start, 9, breaks=windows, min_work=2, max_work=3) for start in range(0, 12, 3)]
    shifts += [option(start, 3, cost=0.5, limits=("short",)) for start in range(18)]
    needed = problem(random.integers(0, 9, 18).tolist(), shifts, limits={"short": PeopleLimit(2, 12)})
    chosen = covering_shifts(needed)
    assert (people_at_work(needed.grid, chosen, (DESK,))[DESK] >= needed.requirement[DESK]).all()
    assert 2 <= sum(not shift.break_starts for shift in chosen) <= 12
    for shift in chosen:
        assert not shift.break_starts or 2 <= shift.break_starts[1] - shift.break_starts[0] - 1 <= 3


def test_dominated_shifts_are_dropped() -> None:
    """Needless columns slow the search; one that is cheaper, or covers more, must stay."""
    grid, required = ShiftGrid(6), np.array([0, 1, 1, 1, 1, 0], dtype=bool)
    long, short, cheap = option(0, 5), option(1, 3), option(1, 2, cost=0.5)
    assert undominated([long, short, cheap], grid, required) == [long, cheap]
    lunch = option(0, 5, breaks=(BreakWindow(1, (2,)),))
    assert undominated([long, lunch], grid, required) == [long, lunch]


@pytest.mark.parametrize(
    "required, message",
    [([1, -1], "interval 2: -1"), ([1.5, 1], "interval 1: 1.5"), ([1, np.nan], "interval 2: nan"), ([1], "1 numbers")],
)
def test_requirements_that_cannot_be_read(required: list[float], message: str) -> None:
    """Gaps, negative or fractional people would be rounded without a word."""
    with pytest.raises(InvalidValue, match=message):
        CoveringProblem(ShiftGrid(2), {DESK: np.array(required)}, ())


def test_breaks_that_cannot_be_taken() -> None:
    """A break beyond the end of its shift, or before the one it follows."""
    with pytest.raises(InvalidValue, match=r"breaks\.1"):
        problem([1, 1], [option(0, 2, breaks=(BreakWindow(1, (2,)),))])
    split = ShiftOption("split", 0, ((0, 2), (3, 2)), group=DESK, breaks=(BreakWindow(1, (1, 2)),))
    with pytest.raises(InvalidValue, match=r"breaks\.1"):
        problem([1] * 5, [split])
    with pytest.raises(InvalidValue, match=r"breaks\.2"):
        problem([1] * 4, [option(0, 4, breaks=(BreakWindow(1, (2,)), BreakWindow(1, (1,))))])


def test_a_covering_can_be_cancelled_and_runs_out_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person would wait for a search that nobody wants, or get an empty schedule for an answer."""
    with pytest.raises(Cancelled):
        cover(problem([1], [option(0, 1)]), stop=lambda: True)

    def no_time(*given: object, **more: object) -> None:
        raise NoSolution("time limit", 1.0)

    monkeypatch.setattr("models.scheduling.program.solve_integer", no_time)
    with pytest.raises(NoSolution, match="time limit"):
        cover(problem([1], [option(0, 1)]))
