"""The cheapest line of one person under prices, by dynamic programming over days: the pricing of column generation.

A line is the shift, or the day off, of each day. What a rule needs to know of the days before is the state: how many
days in a row were worked and after which class of shift, or were off; minutes; weekends; and how often a shift with a
maximum was worked. Shifts that all rules treat alike are one group, of which the cheapest of a day stands for all.
Maxima of single shifts enter the state only once a line has broken them (decremental state-space relaxation: Righini
and Salani 2008), because each multiplies the states.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from models.rostering.problem import OFF, SATURDAY, SUNDAY, Person, RosterProblem, weekend_number
from scenarios.errors import TooLarge

NO_COUNT = -1
MOST_STATES = 250_000_000
"""Over all days of a line: 4 bytes each."""


class LinePricer:
    """Finds the cheapest line of a person that keeps every hard rule."""

    def __init__(self, problem: RosterProblem, person: Person) -> None:
        self.problem, self.person = problem, person
        self.allowed = problem.allowed(person)
        self.wishes = problem.wish_costs(person)
        self.blocked = problem.blocked(person)
        self.counted: tuple[int, ...] = ()
        """Shifts whose maximum is part of the state."""
        self._maxima = {
            problem.number[name]: most
            for name, most in person.contract.max_shifts.items()
            if name in problem.number and 0 < most < problem.days
        }
        self._states = _StateSpace(problem, person, self.allowed, self.blocked, self._counts())

    def best(self, prices: Any) -> tuple[float, Any] | None:
        """The cost of the cheapest line under prices of its shifts, shape (days, shifts), and the line.

        The cost is that of broken wishes plus the prices of the shifts worked. None: no line keeps every rule.
        """
        costs = self.wishes.copy()
        costs[:, 1:] += prices
        costs[~self.allowed] = math.inf
        while True:
            answer = self._states.best(costs)
            if answer is None:
                return None
            broken = [s for s, most in self._maxima.items() if s not in self.counted and (answer[1] == s).sum() > most]
            if not broken:
                return answer
            self.counted = (*self.counted, *broken)
            self._states = _StateSpace(self.problem, self.person, self.allowed, self.blocked, self._counts())

    def wish_cost(self, line: Any) -> float:
        """The price of the wishes that a line breaks."""
        return float(self.wishes[np.arange(len(line)), line + 1].sum())

    def _counts(self) -> dict[int, int]:
        return {shift: self._maxima[shift] for shift in self.counted}


@dataclass
class _StateSpace:
    """The states of a person's line, and its shifts in groups that all rules treat alike."""

    problem: RosterProblem
    person: Person
    allowed: Any
    blocked: Any
    counts: dict[int, int]
    groups: list[list[int]] = field(init=False)

    def __post_init__(self) -> None:
        problem, contract = self.problem, self.person.contract
        possible = [shift for shift in range(len(problem.shifts)) if self.allowed[:, shift + 1].any()]
        classes: dict[bytes, int] = {}
        groups: dict[tuple[object, ...], list[int]] = {}
        for shift in possible:
            number = classes.setdefault(self.blocked[:, shift, possible].tobytes(), len(classes))
            same = (
                number,
                self.blocked[:, possible, shift].tobytes(),
                problem.minutes[:, shift].tobytes(),
                shift if shift in self.counts else NO_COUNT,
            )
            groups.setdefault(same, []).append(shift)
        self.groups = list(groups.values())
        first = [group[0] for group in self.groups]
        class_of = [int(str(key[0])) for key in groups]
        weekdays = np.array([problem.weekday(day) for day in range(problem.days)], np.int64)
        weekends = len({weekend_number(problem, day) for day in np.flatnonzero(weekdays >= SATURDAY).tolist()})
        if contract.max_weekends >= weekends:  # no line can break the rule, so the state need not count
            weekdays[:] = 0
        lengths = problem.minutes[:, first]
        if contract.min_minutes <= 0 and contract.max_minutes >= lengths.max(axis=1, initial=0).sum():
            lengths = np.zeros_like(lengths)
        unit = max(int(np.gcd.reduce(lengths, axis=None)), 1) if lengths.size else 1
        most = min(contract.max_minutes, int(lengths.max(axis=1).sum()) if lengths.size else 0)
        radix = [most_of + 1 for most_of in self.counts.values()]
        strides = {shift: math.prod(radix[:place]) for place, shift in enumerate(self.counts)}
        representative = {number: first[place] for place, number in reversed(list(enumerate(class_of)))}
        blocked = np.zeros((max(problem.days - 1, 1), max(len(classes), 1), len(self.groups)), np.bool_)
        for number, shift in representative.items():
            blocked[: problem.days - 1, number] = self.blocked[:, shift, first]
        self._arguments = (
            (lengths // unit).astype(np.int64),
            np.array(class_of, np.int64),
            blocked,
            np.array([strides.get(shift, 0) for shift in first], np.int64),
            np.array([self.counts.get(shift, 0) + 1 for shift in first], np.int64),
            weekdays,
            np.array(
                [
                    max(len(classes), 1),
                    contract.max_consecutive,
                    contract.min_consecutive,
                    max(contract.min_days_off, 1),
                    contract.max_weekends if weekdays.any() and contract.max_weekends < weekends else 0,
                    most // unit,
                    -(-contract.min_minutes // unit),
                    math.prod(radix),
                ],
                np.int64,
            ),
        )
        self._check_size(self._arguments[-1])

    def _check_size(self, sizes: Any) -> None:
        """Refuse what would not fit into memory."""
        classes, longest, _, days_off, weekends, units, _, counts = sizes.tolist()
        states = (classes * longest + days_off) * (weekends + 1) * (units + 1) * counts * self.problem.days
        if states > MOST_STATES:
            remedy = "make a roster of fewer days, or let shifts have lengths in steps of 15 or 30 minutes"
            raise TooLarge(f"a roster for {self.person.name}", f"{states:,} states", f"{MOST_STATES:,}", remedy)

    def best(self, costs: Any) -> tuple[float, Any] | None:
        """The cheapest line, from the costs of days off and shifts, shape (days, shifts + 1)."""
        grouped = np.empty((len(costs), len(self.groups) + 1))
        chosen = np.empty((len(costs), len(self.groups)), np.int64)
        grouped[:, 0] = costs[:, 0]
        for place, group in enumerate(self.groups):
            columns = costs[:, np.array(group) + 1]
            at = columns.argmin(axis=1)
            grouped[:, place + 1] = columns[np.arange(len(costs)), at]
            chosen[:, place] = np.array(group)[at]
        cost, actions = _compiled()(grouped, *self._arguments)
        if not math.isfinite(cost):
            return None
        line = np.full(len(costs), OFF, np.int16)
        works = np.flatnonzero(actions)
        line[works] = chosen[works, actions[works] - 1]
        return float(cost), line


@cache
def _compiled() -> Any:
    """The dynamic program, compiled on first use so that importing this module costs nothing."""
    from numba import njit

    try:
        return njit(cache=True, nogil=True)(_cheapest)
    except RuntimeError:  # there is no folder for numba's cache
        return njit(nogil=True)(_cheapest)


def _cheapest(
    costs: Any, lengths: Any, class_of: Any, blocked: Any, stride: Any, radix: Any, weekday: Any, sizes: Any
) -> Any:
    """The least cost and the action of each day: 0 off, else the number of a group plus 1.

    States are numbered ((count, weekends, minutes), run); a run is class and days worked, or days off. A run that
    began on the first day may have begun before it, so that minima do not hold for it; nor for the last run.
    """
    classes, longest, shortest, days_off, most_weekends, most_units, least_units, counts = (
        sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6], sizes[7],
    )  # fmt: skip
    days, groups = costs.shape[0], costs.shape[1] - 1
    worked = classes * longest
    runs = worked + days_off
    units = most_units + 1
    size = counts * (most_weekends + 1) * units * runs
    now = np.full(size, np.inf)
    later = np.full(size, np.inf)
    came = np.zeros((days, size), np.int32)
    to_come = np.zeros(days + 1, np.int64)
    for day in range(days - 1, -1, -1):
        longest_shift = 0
        for group in range(groups):
            if costs[day, group + 1] < np.inf:
                longest_shift = max(longest_shift, lengths[day, group])
        to_come[day] = to_come[day + 1] + longest_shift
    for day in range(days):
        later[:] = np.inf
        for count in range(counts):
            for weekends in range(most_weekends + 1):
                for minutes in range(units):
                    if minutes + to_come[day] < least_units:
                        continue
                    base = ((count * (most_weekends + 1) + weekends) * units + minutes) * runs
                    for run in range(runs):
                        if day == 0:
                            if base > 0 or run > 0:
                                break
                            value = 0.0
                        else:
                            value = now[base + run]
                            if value == np.inf:
                                continue
                        was_working = day > 0 and run < worked
                        in_row = run % longest + 1 if was_working else 0
                        off_days = run - worked + 1 if day > 0 and not was_working else 0
                        if costs[day, 0] < np.inf and (not was_working or in_row >= shortest or in_row == day):
                            target = base + worked + (0 if was_working else min(off_days + 1, days_off) - 1)
                            cost = value + costs[day, 0]
                            if cost < later[target]:
                                later[target] = cost
                                came[day, target] = run * (groups + 1)
                        if was_working:
                            if in_row >= longest:
                                continue
                        elif day > 0 and off_days < days_off and off_days != day:
                            continue
                        weekend = weekends
                        if weekday[day] == SATURDAY or (weekday[day] == SUNDAY and not was_working):
                            weekend += 1
                        if weekend > most_weekends:
                            continue
                        for group in range(groups):
                            cost = value + costs[day, group + 1]
                            if cost == np.inf:
                                continue
                            if was_working and blocked[day - 1, run // longest, group]:
                                continue
                            after = minutes + lengths[day, group]
                            if after >= units:
                                continue
                            counted = count + stride[group]
                            if stride[group] > 0 and (count // stride[group]) % radix[group] == radix[group] - 1:
                                continue
                            target = ((counted * (most_weekends + 1) + weekend) * units + after) * runs
                            target += class_of[group] * longest + in_row
                            if cost < later[target]:
                                later[target] = cost
                                came[day, target] = run * (groups + 1) + group + 1
        now, later = later, now
    best = np.inf
    state = -1
    for index in range(size):
        if now[index] < best and (index // runs) % units >= least_units:
            best = now[index]
            state = index
    actions = np.zeros(days, np.int64)
    if state < 0:
        return best, actions
    for day in range(days - 1, -1, -1):
        action = came[day, state] % (groups + 1)
        before = came[day, state] // (groups + 1)
        actions[day] = action
        rest = state // runs
        if action > 0:
            group = action - 1
            rest -= lengths[day, group] + stride[group] * (most_weekends + 1) * units
            was_working = day > 0 and before < worked
            if weekday[day] == SATURDAY or (weekday[day] == SUNDAY and not was_working):
                rest -= units
        state = rest * runs + before
    return best, actions
