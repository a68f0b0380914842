"""Repairs of a day: the price against every combination of changes of a small day, and each kind of change by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from models.scheduling.edits import added
from models.scheduling.patterns import rules_from
from models.scheduling.repair import RepairRules, repair
from models.scheduling.shift_plan import ShiftPlan, plan_shifts
from scenarios.errors import InvalidValue
from scenarios.units import HOUR
from scenarios.yaml import presets

RULES = RepairRules(max_overtime=HOUR, max_leave=HOUR)
PAUSE = {"length": "30 min", "earliest": "1 h", "latest": "1.5 h"}
PATTERN = {"name": "short", "lengths": ["3 h"], "breaks": [PAUSE], "start_step": "1 h"}
NOW, END = 20, 30  # half-hours: 10:00 to 15:00


@pytest.fixture(scope="module")
def plan() -> ShiftPlan:
    """Three people of the help desk for three hours: from 09:00, 10:00 and 11:00, with a break of half an hour."""
    full = plan_shifts(
        presets.load("help-desk"),
        rules_from({"interval": "30 min", "patterns": [PATTERN], "understaffing_price": 1}),
        seconds=5,
    )
    empty = full.with_shifts(())
    return empty.with_shifts([added(empty, "desk", "short", 6, 0, start) for start in (18, 20, 22)])


def ways(start: int, pause: int) -> list[tuple[set[int], float]]:
    """All days of a person with a shift from `start` and a break at `pause`, with their prices, 18 EUR an hour."""

    def day(pause: int, end: int) -> set[int]:
        return set(range(start, end)) - {pause}

    end = start + 6
    result = [(day(pause, end), 0.0)]
    result += [(day(at, end), 2.0) for at in (start + 2, start + 3) if at != pause and min(at, pause) >= NOW]
    result += [(day(pause, end + more), 10.0 + more * 9) for more in (1, 2)]
    result += [(day(pause, end - less), 5.0 - less * 9) for less in (1, 2) if end - less > NOW]
    return [(work, price) for work, price in result]


def cheapest(plan: ShiftPlan, required: np.ndarray, spare: np.ndarray) -> float:
    """The price of the best of all combinations: people on all ways, then work put down before anybody is missing."""
    people = [(s.option.start, s.option.start + s.break_starts[0]) for s in plan.shifts]
    best = np.inf
    for combination in product(*(ways(*person) for person in people)):
        price = sum(price for _, price in combination)
        for place in range(NOW, END):
            short = max(required[place] - sum(place in work for work, _ in combination), 0)
            later = min(short, spare[place])
            price += 0.5 * (26 * later + 1000 * (short - later))
        best = min(best, price)
    return best


@pytest.mark.parametrize("seed", range(10))
def test_no_combination_is_cheaper(plan: ShiftPlan, seed: int) -> None:
    """A repair that calls itself the smallest would not be it."""
    random = np.random.default_rng(seed)
    required = np.zeros(48, dtype=np.int64)
    required[NOW:END] = random.integers(0, 4, END - NOW)
    spare = np.minimum(required, random.integers(0, 2, 48))
    result = repair(plan, {"desk": required}, NOW, until=END, deferred={"desk": spare}, rules=RULES)
    assert result.proved
    assert result.price == pytest.approx(cheapest(plan, required, spare))
    assert len(result.plan.shifts) == 3


def test_each_change_by_hand(plan: ShiftPlan) -> None:
    """A break is moved for 2 EUR; one person more is needed to 14:30: overtime; nobody is needed: all go home."""
    _, second, third = plan.shifts
    present = plan.present["desk"].copy()
    pause = second.option.start + second.break_starts[0]
    other = second.option.start + (3 if second.break_starts[0] == 2 else 2)
    needed = present.copy()
    needed[pause] += 1
    needed[other] -= 1
    moved = repair(plan, {"desk": needed}, NOW, until=END, rules=RULES)
    assert [(change.action, change.people) for change in moved.changes] == [("break moved", 1)]
    assert (moved.price, moved.missing_before, moved.missing) == (2.0, 0.5, 0.0)
    longer = present.copy()
    longer[third.option.start + 6] += 1
    overtime = repair(plan, {"desk": longer}, NOW, until=END, rules=RULES)
    assert [(c.action, c.text(1800)) for c in overtime.changes] == [("overtime", "end 14:00 to 14:30")]
    nobody = repair(plan, {"desk": 0 * present}, NOW, until=END, rules=RULES)
    assert {change.action for change in nobody.changes} == {"voluntary leave"}
    assert sum(change.people for change in nobody.changes) == 3
    mail = repair(plan, {"desk": longer}, NOW, until=END, deferred={"desk": longer}, rules=RULES)
    assert (mail.changes, int(mail.put_down["desk"].sum()), mail.price) == ((), 1, 13.0)


def test_what_is_past_stays(plan: ShiftPlan) -> None:
    """Somebody who went home would be asked to stay, or a break that is over be moved."""
    needed = {"desk": np.full(48, 5, dtype=np.int64)}
    late = repair(plan, needed, 46, rules=RULES)
    assert (late.changes, late.missing) == ((), late.missing_before)
    with pytest.raises(InvalidValue, match="interval of the plan"):
        repair(plan, needed, 48)
    with pytest.raises(InvalidValue, match="give 48 intervals"):
        repair(plan, {"desk": np.ones(3, dtype=np.int64)}, 0)
    with pytest.raises(InvalidValue, match="leave_price"):
        RepairRules(leave_price=-1)
