"""A roster as a calendar for each person (iCalendar, RFC 5545), so that a subscription updates instead of doubling.

An event is named by person and day: whatever shift that day gets later replaces it. Its SEQUENCE rises whenever it
changes, against the calendar written before; a day that became free is cancelled rather than left out.
Times are in UTC where the roster has a time zone, which is right on days when the clock changes, and float elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from models.rostering.problem import OFF
from models.rostering.report import breaks_by_person, breaks_text
from models.rostering.search import Roster

MOST_OCTETS = 75
"""Of a line before it is folded (RFC 5545, 3.1)."""
_SPACE = uuid5(NAMESPACE_URL, "contact-centre-planner/roster")
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class CalendarEntry:
    """A shift of a person in a calendar."""

    uid: str
    start: str
    end: str
    summary: str
    description: str = ""
    cancelled: bool = False
    sequence: int = 0
    stamp: str = ""

    @property
    def content(self) -> tuple[str, str, str, str, bool]:
        """What a change of raises the sequence number."""
        return self.start, self.end, self.summary, self.description, self.cancelled


def calendar(roster: Roster, person: int, *, stamp: datetime, before: str = "") -> str:
    """The calendar of a person.

    Parameters
    ----------
    person
        The number of the person in the problem.
    stamp
        When it is written.
    before
        The calendar that was handed out last, from which sequence numbers go on.

    Examples
    --------
    See ``tests/interface/rosters/test_calendars.py``.
    """
    problem = roster.problem
    midnights = (datetime.combine(problem.date(day), time(), problem.tzinfo) for day in (0, problem.days))
    span = tuple(_written(midnight) for midnight in midnights)
    entries = _continued(list(_entries(roster, person)), read_entries(before), span, _written(stamp))
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//contact-centre-planner//roster//EN", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{escaped(f'Shifts {problem.people[person].name}')}")
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.uid}",
            f"DTSTAMP:{entry.stamp}",
            f"SEQUENCE:{entry.sequence}",
            f"DTSTART:{entry.start}",
            f"DTEND:{entry.end}",
            f"SUMMARY:{entry.summary}",
            *([f"DESCRIPTION:{entry.description}"] if entry.description else []),
            f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def file_name(name: str) -> str:
    """A file name for a person's calendar; names that differ only in special characters get different ones.

    Examples
    --------
    >>> file_name("Ana Díaz"), file_name("a/b") == file_name("a b")
    ('Ana_Díaz.ics', False)
    """
    safe = _UNSAFE.sub("_", name).strip("._")
    exact = safe.replace("_", " ") == name or safe == name
    return f"{safe}.ics" if exact and safe else f"{safe or 'person'}-{uuid5(_SPACE, name).hex[:6]}.ics"


def escaped(text: str) -> str:
    r"""A text as RFC 5545, 3.3.11 writes it.

    Examples
    --------
    >>> print(escaped("late; phone, chat\\mail\nroom 2"))
    late\; phone\, chat\\mail\nroom 2
    """
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return re.sub(r"\r\n|\r|\n", r"\\n", text)


def folded(line: str) -> str:
    r"""A line in parts of 75 octets at most, each further one after a space; no character is split.

    Examples
    --------
    >>> folded("a" * 80)
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n aaaaa'
    """
    parts, size = [""], 0
    for character in line:
        octets = len(character.encode())
        if size + octets > MOST_OCTETS:
            parts.append("")
            size = 1
        parts[-1] += character
        size += octets
    return "\r\n ".join(parts)


def read_entries(text: str) -> dict[str, CalendarEntry]:
    """The entries of a calendar written before, by their UID; whatever is no entry of ours is passed over."""
    entries: dict[str, CalendarEntry] = {}
    values: dict[str, str] = {}
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            values = {}
        elif line == "END:VEVENT" and values.get("UID"):
            number = values.get("SEQUENCE", "0")
            entries[values["UID"]] = CalendarEntry(
                values["UID"],
                values.get("DTSTART", ""),
                values.get("DTEND", ""),
                values.get("SUMMARY", ""),
                values.get("DESCRIPTION", ""),
                values.get("STATUS") == "CANCELLED",
                int(number) if number.isdecimal() and len(number) < 10 else 0,
                values.get("DTSTAMP", ""),
            )
        else:
            values[name] = value
    return entries


def _entries(roster: Roster, person: int) -> Iterator[CalendarEntry]:
    problem, line, breaks = roster.problem, roster.lines[person], breaks_by_person(roster)
    for day in np.flatnonzero(line != OFF).tolist():
        shift = problem.shifts[line[day]]
        uid = uuid5(_SPACE, f"{problem.people[person].name}|{problem.date(day)}")
        start, end = _written(problem.begins(day, shift)), _written(problem.ends(day, shift))
        times = breaks_text(breaks.get((person, day), ()))
        description = escaped(f"Breaks {times}") if times else ""
        yield CalendarEntry(f"{uid}@contact-centre-planner", start, end, escaped(shift.name), description)


def _written(moment: datetime) -> str:
    if moment.tzinfo is None:
        return f"{moment:%Y%m%dT%H%M%S}"
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _continued(
    entries: list[CalendarEntry], before: dict[str, CalendarEntry], span: tuple[str, ...], stamp: str
) -> list[CalendarEntry]:
    """The entries with their sequence numbers and stamps, and those of before that are gone, cancelled."""
    known = {entry.uid for entry in entries}
    gone = [replace(entry, cancelled=True) for uid, entry in before.items() if uid not in known]
    result = []
    for entry in sorted([*entries, *gone], key=lambda entry: (entry.start, entry.uid)):
        last = before.get(entry.uid)
        if last is not None and entry.uid not in known and not span[0] <= last.start < span[1]:
            result.append(last)  # of an earlier or later roster, which this one does not touch
        elif last is None:
            result.append(replace(entry, sequence=0, stamp=stamp))
        elif last.content == entry.content:
            result.append(last)
        else:
            result.append(replace(entry, sequence=last.sequence + 1, stamp=stamp))
    return result
