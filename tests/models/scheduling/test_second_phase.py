"""Breaks as a second phase: never dearer than the first, nobody missing, and the optimum where it is known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from models.scheduling.covering import CoveringProblem, PeopleLimit, PlannedShift, Uncoverable, cost_of, cover
from models.scheduling.options import BreakWindow, ShiftGrid, ShiftOption
from models.scheduling.second_phase import cover_in_two_phases, cover_with_breaks, fixed_breaks, improved
from models.scheduling.start import covering_shifts
from scenarios.errors import InvalidValue

DESK = "desk"
LUNCH = BreakWindow(1, (2, 3, 4, 5), paid=False)


def option(start: int, length: int, **more: object) -> ShiftOption:
    """A shift of the desk with a lunch break."""
    given = {"group": DESK, "breaks": (LUNCH,), "cost": float(length)} | more
    return ShiftOption("shift", start, ((0, length),), **given)  # type: ignore[arg-type]


def problem(required: list[int], options: list[ShiftOption], **more: object) -> CoveringProblem:
    """A covering of one day."""
    return CoveringProblem(ShiftGrid(len(required)), {DESK: np.array(required)}, tuple(options), **more)  # type: ignore[arg-type]


def test_breaks_move_until_people_can_go_home() -> None:
    """Five people with lunch at one time cover four at all times; with lunch one after the other four cover three.

    By hand: four breaks of one interval in four intervals leave three of four people at work in each of them.
    """
    day = option(0, 8)
    given = problem([3] * 8, [day])
    same_time = [PlannedShift(day, (3,))] * 6
    shifts = improved(given, same_time, seconds=5)
    assert len(shifts) == 4
    assert sorted(shift.break_starts for shift in shifts) == [(2,), (3,), (4,), (5,)]
    assert cost_of(given, shifts) == cover(given).cost == 32.0


def test_a_long_shift_gets_shorter() -> None:
    """A person of eight intervals where six are enough would be paid for nothing."""
    given = problem([0, 1, 1, 0, 1, 1, 1, 0], [option(0, 8), option(1, 6), option(1, 5, breaks=())])
    shifts = improved(given, [PlannedShift(given.options[0], (3,))], seconds=5)
    assert [shift.option for shift in shifts] == [given.options[1]]


@pytest.mark.parametrize("seed", range(5))
def test_never_dearer_and_never_short(seed: int) -> None:
    """A second phase that lost people, or cost more than what it began with, would be worse than none."""
    random = np.random.default_rng(seed)
    two = (BreakWindow(1, (1, 2, 3)), BreakWindow(1, (4, 5, 6)))
    options = [option(start, 8, breaks=two, min_work=2, max_work=4) for start in range(5)]
    options += [option(start, 5, breaks=(), cost=5.5) for start in range(8)]
    given = problem(random.integers(0, 4, 12).tolist(), options)
    best = cover(given)
    begun = covering_shifts(problem(given.requirement[DESK].tolist(), [f for o in options for f in fixed_breaks(o)]))
    placed = [
        PlannedShift(
            next(o for o in options if o.start == s.option.start and o.parts == s.option.parts), s.break_starts
        )
        for s in begun
    ]
    shifts = improved(given, placed, seconds=2, seed=seed)
    plan = cover_in_two_phases(given, seconds=2)
    assert best.cost - 1e-9 <= cost_of(given, shifts) <= cost_of(given, placed) + 1e-9
    assert best.cost - 1e-9 <= plan.cost
    assert plan.bound <= best.cost + 1e-9
    for shift in (*shifts, *plan.shifts):
        ends = [s + w.length for s, w in zip(shift.break_starts, shift.option.breaks, strict=True)]
        assert all(s in w.starts for s, w in zip(shift.break_starts, shift.option.breaks, strict=True))
        assert all(2 <= s - e <= 4 for e, s in zip(ends[:-1], shift.break_starts[1:], strict=True))
    for found in (shifts, plan.shifts):
        at_work = np.zeros(12, dtype=int)
        for shift in found:
            at_work[shift.working(given.grid)] += 1
        assert (at_work >= given.requirement[DESK]).all()


def test_limits_hold_in_the_second_phase() -> None:
    """People who were promised work would be sent home, or more planned than there are."""
    limits = {"day": PeopleLimit(2, None), "short": PeopleLimit(0, 0)}
    options = [option(0, 8, limits=("day",)), option(0, 6, limits=("short",))]
    given = problem([1, 1, 0, 0, 0, 0, 0, 0], options, limits=limits)
    shifts = improved(given, [PlannedShift(options[0], (3,))] * 3, seconds=2)
    assert [shift.option for shift in shifts] == [options[0]] * 2


def test_what_no_shift_covers_is_named_by_every_method() -> None:
    """A second phase would hide that nobody can come."""
    given = problem([1] * 8, [option(2, 6)])
    for method in ("together", "apart", "auto"):
        with pytest.raises(Uncoverable, match="no shift covers 00:00 to 06:00"):
            cover_with_breaks(given, method)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="known are auto, together, apart"):
        cover_with_breaks(given, "never")  # type: ignore[arg-type]
