"""Rules of a person that no line can keep together, named by person, day and rule.

The rules are taken away one after the other; those whose absence would make a line possible stay: an irreducible set
(Chinneck and Dravnieks 1991, deletion filter). Any one of them has to give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from models.rostering.best_line import LinePricer
from models.rostering.problem import MINUTES_A_DAY, MOST_DAYS, Contract, Person, RosterProblem
from scenarios.errors import PlannerError

MOST_NAMED = 10


@dataclass(frozen=True)
class Contradiction:
    """A rule that contradicts the others of the same person."""

    person: str
    rule: str
    day: str = ""
    """The date, if the rule is about one day."""

    @property
    def text(self) -> str:
        """The rule with its day."""
        return f"{self.rule} ({self.day})" if self.day else self.rule


class ContradictoryRules(PlannerError, ValueError):
    """People for whom no line keeps every rule, with the rules in conflict."""

    def __init__(self, contradictions: tuple[Contradiction, ...]) -> None:
        self.contradictions = contradictions
        people = dict.fromkeys(rule.person for rule in contradictions)
        texts = []
        for person in list(people)[:MOST_NAMED]:
            rules = ", ".join(rule.text for rule in contradictions if rule.person == person)
            texts.append(f"{person}: no roster keeps together: {rules}")
        if len(people) > MOST_NAMED:
            texts.append(f"{len(people) - MOST_NAMED} more people")
        super().__init__(f"{'; '.join(texts)}; loosen one of these rules for each person")


def check_people(problem: RosterProblem) -> None:
    """Nothing if every person has a line that keeps the person's rules.

    Raises
    ------
    ContradictoryRules
        Otherwise, with an irreducible set of rules for each person.

    Examples
    --------
    >>> from datetime import date
    >>> from models.rostering.problem import RosterShift
    >>> zero = np.zeros((7, 1))
    >>> week = Contract(min_minutes=2400, max_consecutive=2)
    >>> ana = Person("Ana", week, unavailable=frozenset({(day, "") for day in (3, 4)}))
    >>> day = RosterShift("day", start=480, minutes=480)
    >>> check_people(RosterProblem(date(2026, 3, 2), 7, (day,), (ana,), zero, zero, zero))
    Traceback (most recent call last):
    models.rostering.contradictions.ContradictoryRules: Ana: no roster keeps together:
    not available (2026-03-05), at least 40 h, at most 2 days in a row; loosen one of these rules for each person
    """
    bad = [person for person in problem.people if not _possible(problem, person)]
    if bad:
        raise ContradictoryRules(tuple(rule for person in bad for rule in _conflict(problem, person)))


def _possible(problem: RosterProblem, person: Person) -> bool:
    free = np.zeros((problem.days, len(problem.shifts)))
    return LinePricer(problem, person).best(free) is not None


def _conflict(problem: RosterProblem, person: Person) -> list[Contradiction]:
    kept = []
    for text, day, without in _rules(problem, person):
        relaxed_problem, relaxed = without(problem, person)
        if _possible(relaxed_problem, relaxed):
            kept.append(Contradiction(person.name, text, str(problem.date(day)) if day is not None else ""))
        else:
            problem, person = relaxed_problem, relaxed
    return kept


Relaxed = Callable[[RosterProblem, Person], tuple[RosterProblem, Person]]


def _rules(problem: RosterProblem, person: Person) -> Iterator[tuple[str, int | None, Relaxed]]:
    """Each rule of a person in words, its day, and what the problem is without it."""
    contract, free = person.contract, Contract()
    for day, name in sorted(person.unavailable):
        yield f"not available{f' for {name}' if name else ''}", day, _without_unavailable(day, name)
    for day, name in sorted(person.fixed.items()):
        yield f"fixed: {name or 'off'}", day, _without_fixed(day)
    limits = (
        ("min_minutes", f"at least {contract.min_minutes / 60:g} h", 0),
        ("max_minutes", f"at most {contract.max_minutes / 60:g} h", MINUTES_A_DAY * MOST_DAYS),
        ("max_consecutive", f"at most {contract.max_consecutive} days in a row", problem.days),
        ("min_consecutive", f"at least {contract.min_consecutive} days in a row", 1),
        ("min_days_off", f"at least {contract.min_days_off} days off in a row", 1),
        ("max_weekends", f"at most {contract.max_weekends} weekends", MOST_DAYS),
        ("rest", f"{contract.rest / 60:g} h of rest", 0),
    )
    for name, text, value in limits:
        if getattr(contract, name) != getattr(free, name):
            yield text, None, _without_limit(name, value)
    for shift, most in contract.max_shifts.items():
        if most < problem.days:
            yield f"at most {most} of {shift}", None, _without_maximum(shift)
    if any(shift.not_before for shift in problem.shifts):
        yield "shifts that may not follow each other", None, _without_successions
    if any(shift.skill not in person.skills for shift in problem.shifts if shift.skill):
        yield f"skills ({', '.join(sorted(person.skills)) or 'none'})", None, _with_all_skills


def _without_unavailable(day: int, name: str) -> Relaxed:
    return lambda problem, person: (problem, replace(person, unavailable=person.unavailable - {(day, name)}))


def _without_fixed(day: int) -> Relaxed:
    return lambda problem, person: (
        problem,
        replace(person, fixed={at: name for at, name in person.fixed.items() if at != day}),
    )


def _without_limit(name: str, value: int) -> Relaxed:
    return lambda problem, person: (
        problem,
        replace(person, contract=replace(person.contract, **{name: value})),  # type: ignore[arg-type]
    )


def _without_maximum(shift: str) -> Relaxed:
    return lambda problem, person: (
        problem,
        replace(
            person,
            contract=replace(
                person.contract, max_shifts={n: most for n, most in person.contract.max_shifts.items() if n != shift}
            ),
        ),
    )


def _without_successions(problem: RosterProblem, person: Person) -> tuple[RosterProblem, Person]:
    return replace(problem, shifts=tuple(replace(shift, not_before=frozenset()) for shift in problem.shifts)), person


def _with_all_skills(problem: RosterProblem, person: Person) -> tuple[RosterProblem, Person]:
    return problem, replace(person, skills=frozenset(shift.skill for shift in problem.shifts))
