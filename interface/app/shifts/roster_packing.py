"""Rosters as texts that saved work keeps: people with their rules and wishes, and who works what."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from models.rostering.problem import Contract, Person, RosterProblem, RosterShift, Wish
from models.rostering.search import Roster
from scenarios.errors import InvalidValue

_ARRAYS = ("heads", "under_price", "over_price")


def packed_roster(roster: Roster) -> str:
    """The roster as JSON; `unpacked_roster` gives it back, without the steps of its search."""
    problem = roster.problem
    content = {
        "start": problem.start.isoformat(),
        "days": problem.days,
        "shifts": [asdict(shift) | {"not_before": sorted(shift.not_before)} for shift in problem.shifts],
        "people": [_person(person) for person in problem.people],
        "zone": problem.zone,
        "fair_price": problem.fair_price,
        **{name: np.asarray(getattr(problem, name)).tolist() for name in _ARRAYS},
        "breaks": [[day, shift, planned] for (day, shift), planned in problem.breaks.items()],
        "lines": roster.lines.tolist(),
        "bound": roster.bound,
        "seconds": roster.seconds,
        "ended": roster.ended,
    }
    return json.dumps(content)


@lru_cache(maxsize=16)
def unpacked_roster(content: str) -> Roster:
    """The roster in its JSON, scored anew.

    Raises
    ------
    InvalidValue
        If it is no roster, or one of a newer version.
    """
    try:
        values = json.loads(content)
        problem = _problem(values)
        lines = np.array(values["lines"], np.int16)
        if lines.shape != (len(problem.people), problem.days) or not -1 <= lines.min() <= lines.max() < len(
            problem.shifts
        ):
            raise ValueError("its lines do not fit its people and days")
        return Roster(problem, lines, problem.cost(lines), values["bound"], values["seconds"], values["ended"])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as wrong:
        raise InvalidValue("roster", content[:40], f"it cannot be read ({wrong}); make the roster anew") from None


def _person(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "contract": asdict(person.contract),
        "skills": sorted(person.skills),
        "unavailable": sorted(person.unavailable),
        "wishes": [asdict(wish) for wish in person.wishes],
        "fixed": list(person.fixed.items()),
    }


def _problem(values: dict[str, Any]) -> RosterProblem:
    people = tuple(
        Person(
            person["name"],
            Contract(**person["contract"]),
            frozenset(person["skills"]),
            frozenset((day, name) for day, name in person["unavailable"]),
            tuple(Wish(**wish) for wish in person["wishes"]),
            dict(person["fixed"]),
        )
        for person in values["people"]
    )
    shifts = tuple(RosterShift(**shift | {"not_before": frozenset(shift["not_before"])}) for shift in values["shifts"])
    heads, under, over = (np.array(values[name], int if name == "heads" else float) for name in _ARRAYS)
    start, days = date.fromisoformat(values["start"]), values["days"]
    breaks = {
        (day, shift): tuple(tuple((begin, minutes) for begin, minutes in person) for person in planned)
        for day, shift, planned in values.get("breaks", [])
    }
    return RosterProblem(start, days, shifts, people, heads, under, over, values["zone"], values["fair_price"], breaks)
