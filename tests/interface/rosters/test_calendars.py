"""Calendars: identity and sequence of events, folding and escaping, days when the clock changes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np

from interface.rosters.calendars import calendar, escaped, file_name, folded, read_entries
from models.rostering.problem import Contract, Person, RosterProblem, RosterShift
from models.rostering.search import Roster

SHIFTS = (RosterShift("late", 14 * 60, 480), RosterShift("night; desk 1, 2", 22 * 60, 480))
FIRST, SECOND = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)


def roster(line: list[int], start: date = date(2026, 3, 27)) -> Roster:
    """One person's roster around the night in which the clock goes forward, of the 28th to the 29th."""
    zero = np.zeros((len(line), 2))
    problem = RosterProblem(start, len(line), SHIFTS, (Person("Ana", Contract()),), zero, zero, zero, "Europe/Berlin")
    return Roster(problem, np.array([line], np.int16), 0.0, 0.0, 0.0, "optimal")


def test_times_are_right_when_the_clock_changes() -> None:
    """22:00 to 06:00 in Berlin is 21:00 to 05:00 UTC in winter, and ends at 04:00 UTC in the night of the change."""
    entries = list(read_entries(calendar(roster([1, 1, 1]), 0, stamp=FIRST)).values())
    assert [(entry.start, entry.end) for entry in entries] == [
        ("20260327T210000Z", "20260328T050000Z"),
        ("20260328T210000Z", "20260329T040000Z"),
        ("20260329T200000Z", "20260330T040000Z"),
    ]


def test_without_a_time_zone_times_float() -> None:
    """No Z and no zone: the time on the wall wherever it is read."""
    floating = roster([0])
    floating = replace(floating, problem=replace(floating.problem, zone=""))
    assert "DTSTART:20260327T140000\r\n" in calendar(floating, 0, stamp=FIRST)


def test_a_subscription_updates_instead_of_doubling() -> None:
    """Unchanged events are as before, a changed shift has the same UID and a higher number, a free day is cancelled."""
    first = calendar(roster([0, 0, 0, -1]), 0, stamp=FIRST)
    second = calendar(roster([0, 1, -1, -1]), 0, stamp=SECOND, before=first)
    before, after = read_entries(first), read_entries(second)
    assert list(before) == list(after)
    same, changed, gone = after.values()
    assert (same.sequence, changed.sequence, gone.sequence) == (0, 1, 1)
    assert same == next(iter(before.values()))
    assert (changed.stamp, changed.summary) == ("20260302T000000Z", r"night\; desk 1\, 2")
    assert gone.cancelled
    assert calendar(roster([0, 1, -1, -1]), 0, stamp=FIRST, before=second) == second
    back = list(read_entries(calendar(roster([0, 1, 0, -1]), 0, stamp=SECOND, before=second)).values())[2]
    assert (back.cancelled, back.sequence) == (False, 2)


def test_a_later_roster_leaves_the_earlier_one() -> None:
    """Events outside the days of the roster stay as they are."""
    first = calendar(roster([0, 1]), 0, stamp=FIRST)
    second = read_entries(calendar(roster([-1, 0], date(2026, 3, 29)), 0, stamp=SECOND, before=first))
    assert [(entry.cancelled, entry.sequence) for entry in second.values()] == [(False, 0)] * 3


def test_lines_are_folded_at_75_octets_and_unfold_to_the_same() -> None:
    """Also where characters take several octets (RFC 5545, 3.1)."""
    line = "SUMMARY:" + "Frühschicht für Çelik 🌙" * 12
    parts = folded(line).split("\r\n")
    assert len(parts) > 4
    assert all(len(part.encode()) <= 75 for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert re.sub("\r\n ", "", folded(line)) == line
    assert folded("x" * 75) == "x" * 75


def test_texts_are_escaped() -> None:
    """Backslash, semicolon, comma and line ends (RFC 5545, 3.3.11); a name can begin no property of its own."""
    assert escaped("a\\b;c,d\r\nEND:VEVENT") == r"a\\b\;c\,d\nEND:VEVENT"


def test_file_names_stay_inside_the_folder() -> None:
    """No separators, no hidden files, none twice."""
    names = [file_name(name) for name in ("../../x", "..", "", "a/b", "a\\b", "a b", "CON:1")]
    assert not any(re.search(r"[/\\:]", name) or name.startswith(".") for name in names)
    assert len(set(names)) == len(names)
