"""Hard rules that a roster breaks after edits by hand, by person and day."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from models.rostering.problem import OFF, Lines, Person, RosterProblem, weekend_number

if TYPE_CHECKING:
    import pandas as pd

Broken = tuple[int, str]
"""The day, and the rule in words."""


def broken_rules(problem: RosterProblem, lines: Lines) -> pd.DataFrame:
    """A row for each hard rule that is broken: person, date, rule; a roster of the search breaks none."""
    import pandas as pd

    rows = [
        {"person": person.name, "date": problem.date(day), "rule": rule}
        for person, line in zip(problem.people, lines, strict=True)
        for day, rule in sorted(_broken(problem, person, line))
    ]
    return pd.DataFrame(rows, columns=["person", "date", "rule"])


def _broken(problem: RosterProblem, person: Person, line: Lines) -> Iterator[Broken]:
    yield from _shifts(problem, person, line)
    yield from _neighbours(problem, person, line)
    yield from _stretches(problem, person, line)
    yield from _totals(problem, person, line)


def _shifts(problem: RosterProblem, person: Person, line: Lines) -> Iterator[Broken]:
    for day in np.flatnonzero(line != OFF).tolist():
        shift = problem.shifts[line[day]]
        if shift.skill and shift.skill not in person.skills:
            yield day, f"no skill for {shift.name} ({shift.skill})"
        if (day, "") in person.unavailable or (day, shift.name) in person.unavailable:
            yield day, "not available"
    for day, name in person.fixed.items():
        given = problem.shifts[line[day]].name if line[day] != OFF else ""
        if given != name:
            yield day, f"fixed: {name or 'off'}"


def _neighbours(problem: RosterProblem, person: Person, line: Lines) -> Iterator[Broken]:
    for day in range(problem.days - 1):
        if OFF in (line[day], line[day + 1]):
            continue
        first, second = problem.shifts[line[day]], problem.shifts[line[day + 1]]
        if second.name in first.not_before:
            yield day + 1, f"{second.name} may not follow {first.name}"
        rest = problem.rest(day, first, second) / 60
        if rest * 60 < person.contract.rest:
            yield day + 1, f"{rest:g} h of rest, at least {person.contract.rest / 60:g} h"


def _stretches(problem: RosterProblem, person: Person, line: Lines) -> Iterator[Broken]:
    contract, begin = person.contract, 0
    for works, run in groupby((line != OFF).tolist()):
        size = len(list(run))
        inside = begin > 0 and begin + size < problem.days
        if works and size > contract.max_consecutive:
            yield begin, f"{size} days in a row, at most {contract.max_consecutive}"
        if works and inside and size < contract.min_consecutive:
            yield begin, f"{size} days in a row, at least {contract.min_consecutive}"
        if not works and inside and size < contract.min_days_off:
            yield begin, f"{size} days off in a row, at least {contract.min_days_off}"
        begin += size


def _totals(problem: RosterProblem, person: Person, line: Lines) -> Iterator[Broken]:
    contract, days = person.contract, np.flatnonzero(line != OFF)
    minutes = int(problem.minutes[days, line[days]].sum())
    if minutes < contract.min_minutes:
        yield 0, f"{minutes / 60:g} h in all, at least {contract.min_minutes / 60:g} h"
    if minutes > contract.max_minutes:
        yield 0, f"{minutes / 60:g} h in all, at most {contract.max_minutes / 60:g} h"
    names = [problem.shifts[number].name for number in line[days]]
    for name, most in contract.max_shifts.items():
        if names.count(name) > most:
            yield 0, f"{names.count(name)} of {name}, at most {most}"
    weekends = {weekend_number(problem, int(day)) for day in days} - {-1}
    if len(weekends) > contract.max_weekends:
        yield 0, f"{len(weekends)} weekends, at most {contract.max_weekends}"
