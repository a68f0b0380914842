"""Edits of a shift plan by hand: another start, other breaks, further people; and the rules that a plan breaks then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from models.scheduling.covering import PlannedShift
from models.scheduling.options import ShiftOption
from models.scheduling.patterns import shift_option
from models.scheduling.shift_plan import ShiftPlan, times_text
from scenarios.errors import InvalidValue
from scenarios.units import DAY, MINUTE, clock, seconds, written


@dataclass(frozen=True)
class BrokenRule:
    """A rule of the shift patterns that a plan breaks after edits by hand."""

    group: str
    day: int
    """On which the shift begins."""
    shift: str
    rule: str


def moved(plan: ShiftPlan, shift: PlannedShift, start: int) -> PlannedShift:
    """The shift at another start, an interval of its day; its breaks move along, its cost follows the time of day.

    Raises
    ------
    InvalidValue
        If it would leave a period that does not repeat.
    """
    option = shift.option
    if not 0 <= start < plan.grid.per_day:
        raise InvalidValue("Shift start", start, "give a time of the day")
    ends = option.days[0] * plan.grid.per_day + start + option.length
    if ends > plan.grid.intervals and not plan.grid.cyclic:
        raise InvalidValue(
            "Shift start", _clock(plan, start), "the shift would end after the horizon; begin it earlier"
        )
    return replace(shift, option=option_at(plan, option.group, option.name, option.days[0], start, option.parts))


def option_at(
    plan: ShiftPlan, group: str, pattern: str, day: int, start: int, parts: tuple[tuple[int, int], ...]
) -> ShiftOption:
    """A shift of a pattern at any start: that of the search where the rules allow it."""
    known = plan.problem.option_of.get((group, pattern, (day,), start, parts))
    if known is not None:
        return known
    (rule,) = [rule for rule in plan.rules.patterns if rule.name == pattern]
    agents = plan.scenario.group(group)
    return shift_option(plan.rules, rule, agents, plan.time(0).date(), day, start, parts)


def with_breaks(plan: ShiftPlan, shift: PlannedShift, text: str) -> PlannedShift:
    """The shift with its breaks at other times, such as ``10:15, 12:30-13:00``; ends are not read.

    Raises
    ------
    InvalidValue
        If they are not as many as the shift has, overlap, or lie off the grid or outside the shift.
    """
    option, starts = shift.option, tuple(_after_start(plan, shift, part) for part in text.split(",") if part.strip())
    if len(starts) != len(option.breaks):
        remedy = (
            f"write {len(option.breaks)} times of day with commas, as in {times_text(shift, plan.rules.interval)[2]}"
        )
        raise InvalidValue("Breaks", text, remedy if option.breaks else "this shift has no breaks")
    ends = [start + window.length for start, window in zip(starts, option.breaks, strict=True)]
    if any(end > start for end, start in zip(ends, starts[1:], strict=False)):
        raise InvalidValue("Breaks", text, "write them in order, without overlap")
    for start, end in zip(starts, ends, strict=True):
        if not any(after <= start and end <= after + length for after, length in option.parts):
            raise InvalidValue("Breaks", text, "place breaks within the shift")
    return replace(shift, break_starts=starts)


def added(plan: ShiftPlan, group: str, pattern: str, length: int, day: int, start: int) -> PlannedShift:
    """A shift to be added, its breaks where fewest are missed.

    Parameters
    ----------
    length
        Intervals of its first part.

    Raises
    ------
    InvalidValue
        If no shift of the pattern is so long, or it leaves a period that does not repeat.
    """
    like = next(
        (o for o in plan.problem.options if (o.group, o.name, o.parts[0][1]) == (group, pattern, length)),
        None,
    )
    if like is None:
        raise InvalidValue("Shift", pattern, f"{group} has no shift of this pattern and length")
    middle = PlannedShift(like, tuple(window.starts[len(window.starts) // 2] for window in like.breaks))
    on_day = replace(middle, option=option_at(plan, group, pattern, day, like.start, like.parts))
    shift = moved(plan, on_day, start)
    return min(_placements(shift), key=lambda placed: _missed(plan, placed))


def _placements(shift: PlannedShift) -> Iterator[PlannedShift]:
    """The shift as it is, and with each of its breaks at every time of its window."""
    yield shift
    for number, window in enumerate(shift.option.breaks):
        for start in window.starts:
            starts = list(shift.break_starts)
            starts[number] = start
            if all(b - a >= w.length for (a, b), w in zip(pairwise(starts), shift.option.breaks, strict=False)):
                yield replace(shift, break_starts=tuple(starts))


def _missed(plan: ShiftPlan, shift: PlannedShift) -> float:
    """People missing on the breaks of a shift."""
    net = plan.net[shift.option.group]
    places = [
        place
        for start, window in zip(shift.break_starts, shift.option.breaks, strict=True)
        for place in shift.option.on_break(plan.grid, start, window.length).tolist()
    ]
    return float(sum(-int(net[place]) for place in places))


def broken_rules(plan: ShiftPlan) -> list[BrokenRule]:
    """Every rule of the patterns that the plan breaks: starts, windows and spacing of breaks, people.

    A plan of the search breaks none.
    """
    allowed = plan.problem.option_of
    broken: dict[BrokenRule, None] = {}
    for shift in plan.different_shifts:
        option = shift.option
        begin, end, _ = times_text(shift, plan.rules.interval)
        place = (option.group, option.days[0], f"{option.name} {begin}-{end}")
        if option.identity not in allowed:
            broken[BrokenRule(*place, "the pattern has no such start on this day")] = None
        for rule in _breaks(plan, shift):
            broken[BrokenRule(*place, rule)] = None
    return [*broken, *_people(plan)]


def _breaks(plan: ShiftPlan, shift: PlannedShift) -> Iterator[str]:
    option = shift.option
    for number, (start, window) in enumerate(zip(shift.break_starts, option.breaks, strict=True), start=1):
        if start not in window.starts:
            first, last = (_clock(plan, option.start + at) for at in (window.starts[0], window.starts[-1]))
            yield f"break {number} begins outside {first} to {last}"
    stretches = list(zip(shift.break_starts, option.breaks, strict=True))
    for (start, window), (following, _) in pairwise(stretches):
        work = following - start - window.length
        if work < option.min_work:
            yield f"less than {written(option.min_work * plan.rules.interval)} of work between two breaks"
        if option.max_work is not None and work > option.max_work:
            yield f"more than {written(option.max_work * plan.rules.interval)} of work between two breaks"


def _people(plan: ShiftPlan) -> Iterator[BrokenRule]:
    counted = Counter(name for shift in plan.shifts for name in shift.option.limits)
    days = {name: option for option in plan.problem.options for name in option.limits}
    for name, limit in plan.problem.limits.items():
        option, people = days[name], counted[name]
        if people < limit.low:
            yield BrokenRule(option.group, option.days[0], option.name, f"{people} people, at least {limit.low}")
        elif limit.high is not None and people > limit.high:
            yield BrokenRule(option.group, option.days[0], option.name, f"{people} people, at most {limit.high}")


def interval_of(plan: ShiftPlan, text: str, field: str) -> int:
    """A time of day such as ``08:15`` as an interval of the day.

    Raises
    ------
    InvalidValue
        If it is no time of day, or off the grid.
    """
    time = seconds(text.strip(), field)
    count = time / plan.rules.interval
    if not 0 <= time <= DAY or count != int(count):
        remedy = f"write a time of day by {plan.rules.interval / MINUTE:g} minutes, such as 08:00"
        raise InvalidValue(field, text.strip(), remedy)
    return int(count) % plan.grid.per_day


def _after_start(plan: ShiftPlan, shift: PlannedShift, text: str) -> int:
    begins = interval_of(plan, text.split("-")[0], "Breaks")
    return (begins - shift.option.start) % plan.grid.per_day


def _clock(plan: ShiftPlan, interval: int) -> str:
    return clock(interval * plan.rules.interval % DAY)
