"""What a roster gives to whom: assignments, wishes not met, people too few and too many, fairness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from models.rostering.problem import BURDENS, OFF, PersonBreaks, weekend_number
from models.rostering.search import Roster

if TYPE_CHECKING:
    import pandas as pd


def assignments(roster: Roster) -> pd.DataFrame:
    """A row for each person and day with a shift: start, end, paid hours, and whether it was fixed by hand.

    The breaks of the person stand in a further column where the problem has any.
    """
    import pandas as pd

    problem, breaks = roster.problem, breaks_by_person(roster)
    rows = [
        {
            "person": person.name,
            "date": problem.date(day),
            "shift": shift.name,
            "start": problem.begins(day, shift).replace(tzinfo=None),
            "end": problem.ends(day, shift).replace(tzinfo=None),
            "paid_hours": problem.minutes[day, line[day]] / 60,
            "breaks": breaks_text(breaks.get((number, day), ())),
            "fixed": day in person.fixed,
        }
        for number, (person, line) in enumerate(zip(problem.people, roster.lines, strict=True))
        for day in np.flatnonzero(line != OFF).tolist()
        for shift in (problem.shifts[line[day]],)
    ]
    shown = ["breaks"] if problem.breaks else []
    return pd.DataFrame(rows, columns=["person", "date", "shift", "start", "end", "paid_hours", *shown, "fixed"])


def breaks_by_person(roster: Roster) -> dict[tuple[int, int], PersonBreaks]:
    """The breaks of each person, by number of the person and day.

    The people of a shift take the breaks planned for it one after the other, in the order of the roster; are they more
    or fewer than planned, the planned breaks are dealt out evenly.
    """
    problem, result = roster.problem, {}
    for (day, shift), planned in problem.breaks.items():
        people = np.flatnonzero(roster.lines[:, day] == problem.number[shift]).tolist()
        for place, person in enumerate(people):
            result[person, day] = planned[place * len(planned) // len(people)]
    return result


def breaks_text(breaks: PersonBreaks) -> str:
    """Breaks as times of the day.

    Examples
    --------
    >>> breaks_text(((720, 30), (1500, 15)))
    '12:00-12:30, 01:00-01:15'
    """
    return ", ".join(f"{_clock(begin)}-{_clock(begin + minutes)}" for begin, minutes in breaks)


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def unmet_wishes(roster: Roster) -> pd.DataFrame:
    """A row for each wish that is not met: person, date, the wish in words, what was given instead, its price."""
    import pandas as pd

    problem, rows = roster.problem, []
    for person, line in zip(problem.people, roster.lines, strict=True):
        for wish in person.wishes:
            number = line[wish.day]
            given = problem.shifts[number].name if number != OFF else "off"
            has = number != OFF if not wish.shift else given == wish.shift
            if has != wish.works:
                text = f"{'wants' if wish.works else 'does not want'} {wish.shift or 'to work'}"
                date = problem.date(wish.day)
                rows.append({"person": person.name, "date": date, "wish": text, "given": given, "price": wish.price})
    return pd.DataFrame(rows, columns=["person", "date", "wish", "given", "price"])


def head_gaps(roster: Roster) -> pd.DataFrame:
    """A row for each day and shift with people too few (negative `net`) or too many, with its price."""
    import pandas as pd

    problem = roster.problem
    staffed, prices = problem.staffed(roster.lines), problem.head_costs(roster.lines)
    rows = [
        {
            "date": problem.date(day),
            "shift": problem.shifts[shift].name,
            "required": int(problem.heads[day, shift]),
            "planned": int(staffed[day, shift]),
            "net": int(staffed[day, shift] - problem.heads[day, shift]),
            "price": float(prices[day, shift]),
        }
        for day, shift in np.argwhere(staffed != problem.heads).tolist()
    ]
    return pd.DataFrame(rows, columns=["date", "shift", "required", "planned", "net", "price"])


def fairness(roster: Roster) -> pd.DataFrame:
    """A row for each person: paid hours, shifts, evening and night shifts, weekends, and wishes met.

    An evening shift ends after 20:00, a night shift after midnight; a weekend counts once.
    """
    import pandas as pd

    problem, unmet = roster.problem, unmet_wishes(roster)["person"].value_counts()
    rows = []
    for person, line in zip(problem.people, roster.lines, strict=True):
        days = np.flatnonzero(line != OFF)
        shifts = [problem.shifts[number] for number in line[days]]
        weekends = {weekend_number(problem, int(day)) for day in days} - {-1}
        rows.append(
            {
                "person": person.name,
                "paid_hours": float(problem.minutes[days, line[days]].sum()) / 60,
                "shifts": len(days),
                "evenings": sum(shift.is_evening for shift in shifts),
                "nights": sum(shift.is_night for shift in shifts),
                "weekends": len(weekends),
                "wishes": len(person.wishes),
                "wishes_met": len(person.wishes) - int(unmet.get(person.name, 0)),
            }
        )
    return pd.DataFrame(rows)


def unfair_shares(roster: Roster) -> pd.DataFrame:
    """A row for each person with more evening, night or weekend shifts than the fair share, with its price."""
    import pandas as pd

    problem = roster.problem
    rows = [
        {
            "person": person.name,
            "share": burden,
            "shifts": int(count),
            "fair": int(fair),
            "price": problem.fair_price * float(count - fair),
        }
        for number, person in enumerate(problem.people)
        for burden, count, fair in zip(
            BURDENS, problem.burden_counts(roster.lines[number]), problem.fair_shares[number], strict=True
        )
        if problem.fair_price and count > fair
    ]
    return pd.DataFrame(rows, columns=["person", "share", "shifts", "fair", "price"])


def spread(table: pd.DataFrame) -> dict[str, tuple[Any, Any]]:
    """The least and the most evenings, nights and weekends of any person."""
    return {name: (table[name].min(), table[name].max()) for name in ("evenings", "nights", "weekends")}
