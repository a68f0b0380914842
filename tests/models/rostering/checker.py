"""An independent check of every hard rule of a roster, and its cost, written from the rules alone, day by day."""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from models.rostering.problem import Lines, Person, RosterProblem


def names(problem: RosterProblem, line) -> list[str]:
    """The shift of each day by name; empty on a day off."""
    return [problem.shifts[number].name if number >= 0 else "" for number in line]


def broken_rules(problem: RosterProblem, lines: Lines) -> list[str]:
    """Every hard rule that the roster breaks."""
    assert lines.shape == (len(problem.people), problem.days)
    return [
        f"{person.name}: {text}"
        for person, line in zip(problem.people, lines, strict=True)
        for text in broken_by(problem, person, names(problem, line))
    ]


def broken_by(problem: RosterProblem, person: Person, line: list[str]) -> list[str]:
    """What the line of a person breaks."""
    shifts = {shift.name: shift for shift in problem.shifts}
    contract, broken = person.contract, []
    for day, name in enumerate(line):
        if day in person.fixed and person.fixed[day] != name:
            broken.append(f"fixed on {day}")
        if name:
            if shifts[name].skill and shifts[name].skill not in person.skills:
                broken.append(f"skill on {day}")
            if (day, "") in person.unavailable or (day, name) in person.unavailable:
                broken.append(f"unavailable on {day}")
    for day, (name, following) in enumerate(pairwise(line)):
        if name and following:
            if following in shifts[name].not_before:
                broken.append(f"succession on {day}")
            if rest(problem, day, shifts[name], shifts[following]) < contract.rest:
                broken.append(f"rest after {day}")
    minutes = sum(length(problem, day, shifts[name]) for day, name in enumerate(line) if name)
    if not contract.min_minutes <= minutes <= contract.max_minutes:
        broken.append(f"{minutes} minutes")
    broken += [f"too many {name}" for name, most in contract.max_shifts.items() if line.count(name) > most]
    begin = 0
    for works, run in groupby(line, key=bool):
        size = len(list(run))
        inside = begin > 0 and begin + size < problem.days
        if works and size > contract.max_consecutive:
            broken.append(f"{size} days from {begin}")
        if inside and size < (contract.min_consecutive if works else contract.min_days_off):
            broken.append(f"only {size} {'days' if works else 'days off'} from {begin}")
        begin += size
    dates = [problem.start + timedelta(day) for day, name in enumerate(line) if name]
    saturdays = {day - timedelta(day.weekday() - 5) for day in dates if day.weekday() >= 5}
    if len(saturdays) > contract.max_weekends:
        broken.append(f"{len(saturdays)} weekends")
    return broken


def _moment(problem: RosterProblem, day: int, minute: int):
    moment = datetime.combine(problem.start, time()) + timedelta(days=day, minutes=minute)
    return moment.replace(tzinfo=ZoneInfo(problem.zone or "UTC")).astimezone(ZoneInfo("UTC"))


def length(problem: RosterProblem, day: int, shift) -> float:
    """Paid minutes of a shift of a day."""
    span = _moment(problem, day, shift.start + shift.minutes) - _moment(problem, day, shift.start)
    return span / timedelta(minutes=1) - shift.unpaid


def rest(problem: RosterProblem, day: int, first, second) -> float:
    """Minutes between a shift and that of the next day."""
    gap = _moment(problem, day + 1, second.start) - _moment(problem, day, first.start + first.minutes)
    return gap / timedelta(minutes=1)


def unfair(problem: RosterProblem, person: Person, line) -> float:
    """The price of evening, night and weekend shifts above the share that falls to a contract of these hours."""
    shifts, price = problem.shifts, 0.0
    burdens = (
        lambda day, shift: 20 * 60 < shift.start + shift.minutes <= 24 * 60,
        lambda day, shift: shift.start + shift.minutes > 24 * 60,
        lambda day, shift: (problem.start + timedelta(day)).weekday() >= 5,
    )

    def able(worker: Person, is_burden) -> bool:
        return any(
            is_burden(day, shift)
            and (not shift.skill or shift.skill in worker.skills)
            and worker.contract.max_shifts.get(shift.name) != 0
            and not {(day, ""), (day, shift.name)} & worker.unavailable
            and worker.fixed.get(day, shift.name) == shift.name
            for day in range(problem.days)
            for shift in shifts
        )

    def hours(worker: Person) -> float:
        return min(worker.contract.max_minutes, 480 * problem.days)

    for is_burden in burdens:
        cells = [(day, at) for day in range(problem.days) for at in range(len(shifts)) if is_burden(day, shifts[at])]
        needed = sum(problem.heads[day][at] for day, at in cells)
        total = sum(hours(worker) for worker in problem.people if able(worker, is_burden))
        fair = math.ceil(needed * hours(person) / total - 1e-9) if total and able(person, is_burden) else 0
        price += problem.fair_price * max(sum(line[day] == at for day, at in cells) - fair, 0)
    return price


def cost(problem: RosterProblem, lines: Lines) -> float:
    """The price of every wish that is not met and of every head too few or too many."""
    total = 0.0
    for person, line in zip(problem.people, lines, strict=True):
        given = names(problem, line)
        for wish in person.wishes:
            has = given[wish.day] == wish.shift if wish.shift else given[wish.day] != ""
            total += wish.price if has != wish.works else 0
    total += sum(unfair(problem, person, lines[number]) for number, person in enumerate(problem.people))
    for day in range(problem.days):
        for number in range(len(problem.shifts)):
            net = sum(line[day] == number for line in lines) - problem.heads[day][number]
            prices = problem.over_price if net > 0 else problem.under_price
            total += abs(net) * prices[day][number]
    return total
