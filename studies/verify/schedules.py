"""Scheduling instances with a known optimum: shifts, tours and days off, solved as coverings by the one program.

An instance is read by what its `data` give, not by its name. A key that has no reader makes it *not expressible*.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np

from models.highs import NoSolution
from models.scheduling.covering import Covering, CoveringProblem, Uncoverable, cover
from models.scheduling.options import ShiftGrid, ShiftOption
from scenarios.errors import NotExpressible
from studies.verify.cases import Case

GROUP = "people"
SECONDS = 120.0
WEEK = 7
REMARKS = frozenset(("period_min", "note_hours", "note"))
"""Keys that say nothing a covering needs."""
_TOUR = re.compile(r"(\d+) days on, (\d+) (consecutive )?days? off")
_HOURS = re.compile(r"(\d+)-(\d+)")
_PRESENCE = re.compile(r"(\d+) h presence with (\d+) h lunch in (\d+)th or (\d+)th hour")
_OF_SEVEN = re.compile(r"(\d+) of 7 days, any")


def instance(case: Case) -> dict[tuple[str, str], float]:
    """The least cost of an instance, or that it has none.

    Raises
    ------
    NotExpressible
        If something that it gives has no reader.
    NoSolution
        If the optimum is not proved in time.
    """
    problem = problem_of(case.given)
    try:
        plan: Covering = cover(problem, seconds=SECONDS)
    except Uncoverable:
        return {("feasible", ""): 0.0}
    if not plan.proved:
        raise NoSolution("time limit", SECONDS)
    return {("optimum", ""): plan.cost, ("feasible", ""): 1.0}


def problem_of(given: Mapping[str, Any]) -> CoveringProblem:
    """The covering that an instance describes.

    Raises
    ------
    NotExpressible
        If something that it gives has no reader.
    """
    data = dict(given["data"])
    if "base" in data:
        raise NotExpressible(f"an instance built on {data['base']}, which the file does not hold", "it", "add it")
    required, title = np.asarray(data.pop("requirement", ()), dtype=object), str(given.get("title", ""))
    for key in REMARKS:
        data.pop(key, None)
    if "skills" in data:
        return _skills(data, given["data"]["requirement"])
    if not data and (tour := _TOUR.search(title)):
        return _tours(required.astype(np.int64), title, tour)
    if not data and (pattern := _OF_SEVEN.search(title)):
        return _days_off(required.astype(np.int64), int(pattern[1]))
    return _shifts(data, required.astype(np.int64), str(given.get("objective", "")))


def _refuse(data: Mapping[str, Any]) -> None:
    if data:
        raise NotExpressible(f"a scheduling instance with {', '.join(data)}", "a covering", "leave it out")


def _shifts(data: dict[str, Any], required: Any, objective: str) -> CoveringProblem:
    """Shifts by start and length, or by name; a list of requirements is of days that stand alone."""
    days = np.atleast_2d(required)
    periods = int(data.pop("periods", days.shape[1]))
    wraps = bool(data.pop("wraparound", False))
    named, starts, length = data.pop("shifts", None), data.pop("starts", None), data.pop("shift_length_periods", None)
    under = data.pop("under_penalty", None)
    _refuse(data)
    if isinstance(named, dict):
        spans, wraps = [(start, (end - start) % periods or periods) for start, end in named.values()], True
    elif isinstance(named, list):
        spans = [(int(shift["start"]), int(shift["length"])) for shift in named]
    elif isinstance(starts, list):
        spans = [(int(start), int(length)) for start in starts]
    else:
        spans = [(start, int(length)) for start in range(periods if wraps else periods - int(length) + 1)]
    difference, by_length = "absolute difference" in objective, "paid periods" in objective
    grid = ShiftGrid(periods, cyclic=wraps)
    options = tuple(
        ShiftOption(
            "shift",
            start,
            ((0, length),),
            cost=0.0 if difference else float(length) if by_length else 1.0,
            group=f"day {day + 1}",
        )
        for day in range(len(days))
        for start, length in spans
    )
    needs = {f"day {day + 1}": row for day, row in enumerate(days)}
    prices = (1.0, 1.0) if difference else (under, 0.0)
    return CoveringProblem(grid, needs, options, under_price=prices[0], over_price=prices[1])


def _tours(required: Any, title: str, tour: re.Match[str]) -> CoveringProblem:
    """A week of the same shift, with days off that follow one another."""
    hours, presence = _HOURS.search(title), _PRESENCE.search(title)
    if hours is None or presence is None or not tour[3]:
        raise NotExpressible(f"tours as in '{title}'", "a covering", "give hours, presence and lunch")
    on, grid = int(tour[1]), ShiftGrid(required.shape[1], WEEK, cyclic=True)
    length, lunch, early, late = map(int, presence.groups())
    options = []
    for start in range(grid.per_day - length + 1):
        for first in range(WEEK):
            days = tuple((first + day) % WEEK for day in range(on))
            for hour in (early - 1, late - 1):
                parts = ((0, hour), (hour + lunch, length - hour - lunch))
                options.append(ShiftOption("tour", start, parts, days, group=GROUP))
    return CoveringProblem(grid, {GROUP: required.ravel()}, tuple(options))


def _days_off(required: Any, on: int) -> CoveringProblem:
    """So many working days of a week, in any combination."""
    options = (ShiftOption("week", 0, ((0, 1),), days, group=GROUP) for days in combinations(range(WEEK), on))
    return CoveringProblem(ShiftGrid(1, WEEK, cyclic=True), {GROUP: required}, tuple(options))


def _skills(data: dict[str, Any], requirement: Mapping[str, Any]) -> CoveringProblem:
    """The same people of each group throughout, each covering one skill at a time."""
    names, groups = data.pop("skills"), data.pop("groups")
    _refuse(data)
    needs = {name: np.asarray(requirement[name], dtype=np.int64) for name in names}
    periods = len(needs[names[0]])
    options = tuple(
        ShiftOption(name, 0, ((0, periods),), cost=float(group["cost"]), group=name) for name, group in groups.items()
    )
    skills = {name: tuple(group["skills"]) for name, group in groups.items()}
    return CoveringProblem(ShiftGrid(periods), needs, options, skills=skills)
