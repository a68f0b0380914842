"""The smallest repair of a day's shifts after a re-forecast: moved breaks, overtime, voluntary leave, work put down.

People with the same shift are alike; each keeps its day or changes it in one way. So many people on each way are chosen
by an integer program of least price: of what is changed, of hours of overtime and of people still missing, less what
leave saves. With prices of changes alone, the repair with the fewest changes is found, and proved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from models.highs import ConstraintRows, solve_integer
from models.queueing.numerics.arguments import Floats
from models.scheduling.covering import PlannedShift, shift_cost
from models.scheduling.options import Ints
from models.scheduling.shift_plan import ShiftPlan, required_people, times_text
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario
from scenarios.units import HOUR

Action = Literal["break moved", "overtime", "voluntary leave"]
SECONDS = 30.0


@dataclass(frozen=True)
class RepairRules:
    """What may be changed, and what it is worth: prices in the currency of the plan."""

    max_overtime: float = 2 * HOUR
    """Seconds by which a person may stay longer."""
    max_leave: float = 4 * HOUR
    """Seconds by which a person may go home earlier."""
    break_price: float = 2.0
    """Of a moved break."""
    overtime_price: float = 10.0
    """Of asking a person to stay, beside the wage."""
    leave_price: float = 5.0
    """Of letting a person go home, whose saved wage must exceed it."""
    put_down_price: float = 8.0
    """Of an hour of deferred work left for later, beside the wage of doing it then."""
    missing_price: float = 1000.0
    """Of an hour of one missing person."""

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 <= value < float("inf"):
                raise InvalidValue(name, value, "give a number of at least 0")


@dataclass(frozen=True)
class ShiftChange:
    """People of a shift whose day is changed in the same way."""

    group: str
    action: Action
    people: int
    before: PlannedShift
    after: PlannedShift

    def text(self, interval: float) -> str:
        """The change in words, such as ``break 12:00-12:30 to 13:00-13:30``."""
        first, last = (times_text(shift, interval) for shift in (self.before, self.after))
        if self.action != "break moved":
            return f"end {first[1]} to {last[1]}"
        pairs = zip(first[2].split(", "), last[2].split(", "), strict=True)
        return ", ".join(f"break {old} to {new}" for old, new in pairs if old != new)


@dataclass(frozen=True, eq=False)
class Repair:
    """The repair of a plan, and what it leaves."""

    plan: ShiftPlan
    """With the changed shifts, under the revised requirement."""
    changes: tuple[ShiftChange, ...]
    put_down: Mapping[str, Ints]
    """Agents' deferred work left for later, by group and interval."""
    missing_before: float
    """Hours of people missing without the repair, from the time of the repair on."""
    missing: float
    price: float
    proved: bool
    """Whether no repair has a lower price."""


def requirement_and_deferred(scenario: Scenario, interval: float) -> tuple[dict[str, Ints], dict[str, Ints]]:
    """People required by formula, and the part of them for work that may wait, by group and `interval` seconds.

    The part is what the requirement falls by where deferred work brings nothing.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> required, deferred = requirement_and_deferred(presets.load("retail-weekday"), 900)
    >>> bool((deferred["writers"] > 0).any()), bool((deferred["phone-desk"] > 0).any())
    (True, False)
    """
    finer = round(scenario.horizon.interval / interval)
    required = required_people(scenario)
    without = required_people(
        scenario.map_types(lambda t: {"volume": {"daily": 0.0}, "backlog": 0} if t.work == "deferred" else {})
    )
    deferred = {name: np.maximum(values - without[name], 0) for name, values in required.items()}
    return (
        {name: np.repeat(values, finer) for name, values in required.items()},
        {name: np.repeat(values, finer) for name, values in deferred.items()},
    )


@dataclass
class _Ways:
    """The ways of all shifts as columns of the program."""

    shifts: list[PlannedShift] = field(default_factory=list)
    actions: list[Action | None] = field(default_factory=list)
    prices: list[float] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    """The number of the shift that each is a way of."""


def repair(
    plan: ShiftPlan,
    required: Mapping[str, Ints],
    now: int,
    *,
    until: int | None = None,
    deferred: Mapping[str, Ints] | None = None,
    rules: RepairRules | None = None,
    seconds: float = SECONDS,
) -> Repair:
    """The repair of least price from an interval of the plan on.

    Parameters
    ----------
    required
        The revised requirement by group, shape (intervals,).
    now, until
        The first interval that can be changed, and the one after the last that counts; by default the end of its day.
    deferred
        The part of the requirement that can be left for later, by group, shape (intervals,); by default nothing.

    Raises
    ------
    InvalidValue
        If the time lies outside the plan, or a requirement has another shape.
    NoSolution
        If none is found in time.
    """
    grid, rules = plan.grid, rules or RepairRules()
    if not 0 <= now < grid.intervals:
        raise InvalidValue("now", now, f"give an interval of the plan, 0 to {grid.intervals - 1}")
    until = (now // grid.per_day + 1) * grid.per_day if until is None else until
    for name, values in required.items():
        if np.shape(values) != (grid.intervals,):
            raise InvalidValue(f"requirement of {name}", np.size(values), f"give {grid.intervals} intervals")
    different = Counter(plan.shifts)
    ways = _ways(plan, list(different), now, until, rules)
    nothing: dict[str, Ints] = {name: np.zeros(grid.intervals, dtype=np.int64) for name in required}
    program = _Program(plan, required, deferred or nothing, slice(now, until), rules)
    chosen, price, bound = program.solve(ways, list(different.values()), seconds)
    people = np.rint(chosen[: len(ways.shifts)]).astype(int)
    shifts = [shift for shift, count in zip(ways.shifts, people.tolist(), strict=True) for _ in range(count)]
    changes = tuple(
        ShiftChange(shift.option.group, action, count, list(different)[origin], shift)
        for shift, action, origin, count in zip(ways.shifts, ways.actions, ways.origins, people.tolist(), strict=True)
        if action is not None and count
    )
    put_down = program.put_down(chosen[len(ways.shifts) :])
    revised = replace(plan, problem=replace(plan.problem, requirement=dict(required)))
    repaired = revised.with_shifts(shifts)
    return Repair(
        *(repaired, changes, put_down),
        program.missing(revised.present, nothing),
        program.missing(repaired.present, put_down),
        *(price, price - bound <= 1e-6 * max(abs(price), 1.0)),
    )


def _ways(plan: ShiftPlan, different: list[PlannedShift], now: int, until: int, rules: RepairRules) -> _Ways:
    ways = _Ways()
    for origin, shift in enumerate(different):
        ways.shifts.append(shift)
        ways.actions.append(None)
        ways.prices.append(0.0)
        ways.origins.append(origin)
        for action, other, price in _changes(plan, shift, now, until, rules):
            ways.shifts.append(other)
            ways.actions.append(action)
            ways.prices.append(price)
            ways.origins.append(origin)
    return ways


def _changes(
    plan: ShiftPlan, shift: PlannedShift, now: int, until: int, rules: RepairRules
) -> Iterator[tuple[Action, PlannedShift, float]]:
    """All ways in which the day of a person on a shift can be changed, with their prices."""
    begins = shift.option.days[0] * plan.grid.per_day + shift.option.start
    elapsed = now - begins
    ends = shift.option.length
    if elapsed >= ends or begins >= until or len(shift.option.days) > 1:
        return
    for moved in _moved_breaks(shift, elapsed):
        pauses = zip(moved.break_starts, shift.option.breaks, strict=True)
        if all(begins + start + window.length <= until for start, window in pauses):
            yield "break moved", moved, rules.break_price
    group = plan.scenario.group(shift.option.group)
    rate = group.hourly * plan.rules.interval / HOUR
    for longer in range(1, int(rules.max_overtime // plan.rules.interval) + 1):
        if begins + ends + longer > plan.grid.intervals and not plan.grid.cyclic:
            break
        wage = longer * rate * group.overtime_factor
        yield "overtime", _with_length(shift, longer, wage), rules.overtime_price + wage
    if begins + ends > until:  # what lies beyond is not counted, and would seem free
        return
    for shorter in range(1, int(rules.max_leave // plan.rules.interval) + 1):
        if ends - shorter <= max(elapsed, 0):
            break
        home = _shortened(shift, shorter, rate)
        if home is not None:
            yield "voluntary leave", home, rules.leave_price + shift_cost(home) - shift_cost(shift)


def _moved_breaks(shift: PlannedShift, elapsed: int) -> Iterator[PlannedShift]:
    """The shift with one of its breaks to come at another time of its window."""
    option = shift.option
    for number, window in enumerate(option.breaks):
        if shift.break_starts[number] < elapsed:
            continue
        for start in window.starts:
            starts = [*shift.break_starts[:number], start, *shift.break_starts[number + 1 :]]
            works = [b - a - w.length for (a, b), w in zip(pairwise(starts), option.breaks, strict=False)]
            apart = all(work >= option.min_work and work <= (option.max_work or work) for work in works)
            if start >= elapsed and start != shift.break_starts[number] and apart:
                yield replace(shift, break_starts=tuple(starts))


def _with_length(shift: PlannedShift, longer: int, wage: float) -> PlannedShift:
    """The shift with its end so many intervals later, at this wage for them."""
    option = shift.option
    *first, (after, length) = option.parts
    parts = (*first, (after, length + longer))
    return replace(shift, option=replace(option, parts=parts, cost=option.cost + wage))


def _shortened(shift: PlannedShift, shorter: int, rate: float) -> PlannedShift | None:
    """The shift with its end so many intervals earlier, breaks after it left out; None if it would cut a break."""
    option = shift.option
    *first, (after, length) = option.parts
    if shorter >= length:
        return None
    end = after + length - shorter
    kept = [(s, w) for s, w in zip(shift.break_starts, option.breaks, strict=True) if s < end]
    if any(start + window.length > end for start, window in kept):
        return None
    saved = sum(option.break_saving[end : after + length]) if option.break_saving else shorter * rate
    windows = tuple(window for _, window in kept)
    new = replace(option, parts=(*first, (after, length - shorter)), cost=option.cost - saved, breaks=windows)
    return PlannedShift(new, tuple(start for start, _ in kept))


class _Program:
    """The integer program: people on each way, deferred work put down, people missing."""

    def __init__(
        self,
        plan: ShiftPlan,
        required: Mapping[str, Ints],
        deferred: Mapping[str, Ints],
        span: slice,
        rules: RepairRules,
    ) -> None:
        self.plan, self.required, self.deferred, self.span, self.rules = plan, required, deferred, span, rules
        self.hours = plan.rules.interval / HOUR
        self.cells = [(name, place) for name in required for place in range(span.start, span.stop)]

    def solve(self, ways: _Ways, people: list[int], seconds: float) -> tuple[Floats, float, float]:
        """Values of all columns, their price, and the bound of it."""
        from scipy.sparse import csr_array, hstack, identity

        row_of = {cell: row for row, cell in enumerate(self.cells)}
        entries = [
            (row_of[shift.option.group, place], column)
            for column, shift in enumerate(ways.shifts)
            for place in shift.working(self.plan.grid).tolist()
            if (shift.option.group, place) in row_of
        ]
        rows, columns = zip(*entries, strict=True) if entries else ((), ())
        count, cells = len(ways.shifts), len(self.cells)
        at_work = csr_array((np.ones(len(rows)), (rows, columns)), shape=(cells, count))
        chosen = csr_array((np.ones(count), (ways.origins, range(count))), shape=(len(people), count + 2 * cells))
        cover = hstack([at_work, identity(cells), identity(cells)], format="csr")
        needed = np.array([self.required[name][place] for name, place in self.cells], dtype=float)
        spare = np.array([self.deferred.get(name, needed)[place] for name, place in self.cells], dtype=float)
        wages = {name: self.plan.scenario.group(name).hourly for name in self.required}
        price = [
            np.array(ways.prices),
            np.array([wages[name] + self.rules.put_down_price for name, _ in self.cells]) * self.hours,
            np.full(cells, self.rules.missing_price * self.hours),
        ]
        high = np.concatenate([np.full(count, float(max(people, default=0))), spare, needed])
        exact = np.array(people, dtype=float)
        solution = solve_integer(
            np.concatenate(price),
            [ConstraintRows(cover, least=needed), ConstraintRows(chosen, least=exact, most=exact)],
            whole=np.concatenate([np.ones(count), np.zeros(2 * cells)]),
            high=high,
            seconds=seconds,
        )
        return solution.values, solution.cost, solution.bound

    def put_down(self, values: Floats) -> dict[str, Ints]:
        """The deferred work left for later, from the values of its columns."""
        result = {name: np.zeros(self.plan.grid.intervals, dtype=np.int64) for name in self.required}
        for (name, place), value in zip(self.cells, values[: len(self.cells)].tolist(), strict=True):
            result[name][place] = round(value)
        return result

    def missing(self, present: Mapping[str, Ints], put_down: Mapping[str, Ints]) -> float:
        """Hours of people missing in the span."""
        short = [
            np.maximum(self.required[name] - present[name] - put_down[name], 0)[self.span].sum()
            for name in self.required
        ]
        return float(sum(short)) * self.hours
