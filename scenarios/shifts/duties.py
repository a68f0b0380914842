"""What shifts mean on the clock: the stretches of duty between breaks, and the breaks, of every person and day."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import InvalidScenario
from scenarios.horizon import Horizon
from scenarios.shifts.days import is_among
from scenarios.shifts.staffing import Shift, ShiftStaffing
from scenarios.units import DAY, MINUTE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Duties:
    """One row for each stretch of duty, by person and time, all columns of shape (stretches,).

    Times are seconds from the start of the horizon. Nothing lies before the horizon or beyond what is asked for: a
    shift that passes midnight into or out of it is cut there.
    """

    person: Ints
    """The number of the person within the group."""
    day: Ints
    """The day on which the shift begins; -1 for the day before the horizon."""
    start: Floats
    end: Floats
    rest: Floats
    """The planned break before the stretch, 0 where the stretch before it is not there or of another part."""
    before_break: Mask
    """Whether a break follows."""
    first: Mask
    """Whether the shift begins with it, so that it can be begun late."""


@dataclass(frozen=True, eq=False)
class Breaks:
    """One row for each planned break, all columns of shape (breaks,)."""

    start: Floats
    end: Floats
    paid: Mask


@dataclass(frozen=True, eq=False)
class _Template:
    """The stretches and breaks of all people of a shift, in seconds after its start."""

    index: Ints
    """The place of the person among those of the shift."""
    start: Floats
    end: Floats
    rest: Floats
    before_break: Mask
    first: Mask
    breaks: Floats
    """Place of the person, start, end and whether it is paid, shape (breaks, 4)."""


def duties(staffing: ShiftStaffing, horizon: Horizon, days: int | None = None) -> Duties:
    """The stretches of duty of all people.

    A break with a window lies where the place of the person among those of the shift says: of *n* people the *k*-th
    takes it (k - ½) / n into the window, on a full minute, so that a shift is never away all at once. One at the very
    beginning or end of a shift makes it shorter.

    Parameters
    ----------
    staffing
        The shifts.
    horizon
        The horizon.
    days
        The days that are played; those beyond the horizon repeat its last ones, as `Horizon.after` does.

    Examples
    --------
    >>> lunch = {"length": "30 min", "earliest": "3 h"}
    >>> plan = ShiftStaffing(shifts=[{"name": "a", "start": "8:00", "length": "8 h", "people": 1, "breaks": [lunch]}])
    >>> rows = duties(plan, Horizon())
    >>> (rows.start / 3600).tolist(), (rows.end / 3600).tolist()
    ([8.0, 11.5], [11.0, 16.0])
    """
    played = horizon.days if days is None else days
    parts = []
    for shift, members in zip(staffing.shifts, _members(staffing), strict=True):
        template = _template(shift, len(members))
        for day, at_work in _working_days(staffing, shift, members, horizon, played):
            own = at_work[template.index]
            offset = day * DAY + shift.start
            count = int(own.sum())
            parts.append(
                (
                    members[template.index[own]],
                    np.full(count, day),
                    template.start[own] + offset,
                    template.end[own] + offset,
                    template.rest[own],
                    template.before_break[own],
                    template.first[own],
                )
            )
    return _cut([np.concatenate(column) for column in zip(*parts, strict=True)], played * DAY)


def planned_breaks(staffing: ShiftStaffing, horizon: Horizon) -> Breaks:
    """The planned breaks of all people within the horizon."""
    parts = [np.empty((0, 3))]
    for shift, members in zip(staffing.shifts, _members(staffing), strict=True):
        rows = _template(shift, len(members)).breaks
        for day, at_work in _working_days(staffing, shift, members, horizon, horizon.days):
            own = rows[at_work[rows[:, 0].astype(int)]]
            parts.append(own[:, 1:] + [day * DAY + shift.start, day * DAY + shift.start, 0.0])
    start, end, paid = np.concatenate(parts).T
    return Breaks(np.clip(start, 0, horizon.length), np.clip(end, 0, horizon.length), paid > 0)


def on_duty(staffing: ShiftStaffing, horizon: Horizon) -> Floats:
    """People on duty in each interval on average, breaks left out, nobody absent or late, shape (intervals,)."""
    rows = duties(staffing, horizon)
    return horizon.overlap(np.stack((rows.start, rows.end), axis=1)) / horizon.interval


def expected_on_duty(staffing: ShiftStaffing, horizon: Horizon) -> Floats:
    """People on duty in each interval, less the mean of what late starts take, nobody absent, shape (intervals,)."""
    late = staffing.late_starts
    present = on_duty(staffing, horizon)
    if late is None:
        return present
    rows = duties(staffing, horizon)
    start, end = rows.start[rows.first], rows.end[rows.first]
    missed = horizon.overlap(np.stack((start, np.minimum(start + late.delay.mean, end)), axis=1)) / horizon.interval
    return np.asarray(present - late.share * missed)


def paid_time(staffing: ShiftStaffing, horizon: Horizon) -> Floats:
    """Seconds of duty and of paid breaks in each interval, absent people included, shape (intervals,)."""
    breaks = planned_breaks(staffing, horizon)
    paid = np.stack((breaks.start[breaks.paid], breaks.end[breaks.paid]), axis=1)
    return np.asarray(on_duty(staffing, horizon) * horizon.interval + horizon.overlap(paid))


def refuse_idle_or_double(staffing: ShiftStaffing, horizon: Horizon) -> None:
    """Refuse a shift or a person that is never on duty within the horizon, and a person on two shifts at once.

    Raises
    ------
    InvalidScenario
        Naming the shift or the person, and the day.
    """
    rows = duties(staffing, horizon)
    for shift, members in zip(staffing.shifts, _members(staffing), strict=True):
        at_work = _working_days(staffing, shift, members, horizon, horizon.days)
        working_days = {day for day, working in at_work if working[: shift.people or len(members)].any()}
        if not any(shift.end + day * DAY > 0 for day in working_days):
            raise InvalidScenario(
                f"shifts.{shift.name}.days",
                f"it covers nothing: no day of the horizon, from {horizon.start} on, is among '{shift.days}'",
                "give days of the horizon, or remove the shift",
            )
    first_named = sum(shift.people for shift in staffing.shifts)
    for number, person in enumerate(staffing.people, start=first_named):
        own = rows.person == number
        if not own.any():
            problem = "none of the days lies within the horizon"
            raise InvalidScenario(f"people.{person.name}.shifts", problem, "give days of the horizon")
        double = np.flatnonzero(rows.start[own][1:] < rows.end[own][:-1])
        if len(double):
            day = horizon.start + timedelta(days=int(rows.day[own][double[0] + 1]))
            problem = f"two shifts at once on {day}"
            raise InvalidScenario(f"people.{person.name}.shifts", problem, "keep one of them")


def _members(staffing: ShiftStaffing) -> list[Ints]:
    """The numbers of the people who ever work each shift: those without names, then the named ones."""
    first_named = sum(shift.people for shift in staffing.shifts)
    result, first = [], 0
    for shift in staffing.shifts:
        named = [first_named + j for j, person in enumerate(staffing.people) if shift.name in person.shifts]
        result.append(np.array([*range(first, first + shift.people), *named], dtype=np.int64))
        first += shift.people
    return result


def _working_days(
    staffing: ShiftStaffing, shift: Shift, members: Ints, horizon: Horizon, played: int
) -> list[tuple[int, Mask]]:
    """The days on which a shift is worked, and which of its people work it then; the day before the horizon too."""
    texts = [person.shifts[shift.name] for person in staffing.people if shift.name in person.shifts]
    result = []
    for day in range(-1, played):
        beyond = day - horizon.days
        place = day if beyond < 0 else horizon.days - horizon.pattern_days + beyond % horizon.pattern_days
        date = horizon.start + timedelta(days=place)
        counted = np.full(shift.people, is_among(shift.days, date))
        working = np.append(counted, np.array([is_among(text, date) for text in texts], dtype=bool))
        if working.any():
            result.append((day, working))
    return result


def _template(shift: Shift, people: int) -> _Template:
    """The stretches and breaks of so many people of a shift."""
    rows: list[tuple[float, ...]] = []
    breaks: list[tuple[float, ...]] = []
    for member in range(people):
        share = (member + 0.5) / people
        pauses = []
        for rule, begins in zip(shift.breaks, shift.break_starts(share), strict=True):
            full_minute = max(begins // MINUTE * MINUTE, rule.earliest)
            pauses.append((full_minute, full_minute + rule.length))
        breaks.extend((member, *times, float(rule.paid)) for rule, times in zip(shift.breaks, pauses, strict=True))
        for number, (begins, until) in enumerate(shift.parts):
            own = _joined([times for times in pauses if begins <= times[0] < until])
            edges = [begins, *(edge for times in own for edge in times), until]
            stretches = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]
            for place, (start, end) in enumerate(stretches):
                pause = start - stretches[place - 1][1] if place else 0.0
                last, first = place == len(stretches) - 1, number == 0 and place == 0
                rows.append((member, start, end, pause, float(not last), float(first)))
    index, starting, ending, rest, before_break, opening = np.array(rows, dtype=float).reshape(-1, 6).T
    taken = np.array(breaks, dtype=float).reshape(-1, 4)
    return _Template(index.astype(np.int64), starting, ending, rest, before_break > 0, opening > 0, taken)


def _joined(pauses: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Breaks with those that follow at once joined to one."""
    result: list[tuple[float, float]] = []
    for start, end in pauses:
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result


def _cut(columns: list[NDArray[Any]], reach: float) -> Duties:
    """The rows by person and time, cut to what is played."""
    rows = dict(zip([field.name for field in fields(Duties)], columns, strict=True))
    rows["first"] &= rows["start"] >= 0
    kept = (rows["end"] > 0) & (rows["start"] < reach)
    rows = {name: column[kept] for name, column in rows.items()}
    order = np.lexsort((rows["start"], rows["person"]))
    rows = {name: column[order] for name, column in rows.items()}
    rows["start"], rows["end"] = np.maximum(rows["start"], 0.0), np.minimum(rows["end"], reach)
    alone = np.append(True, np.diff(rows["person"]) > 0)
    rows["rest"] = np.where(alone, 0.0, rows["rest"])
    return Duties(**rows)
