"""Shifts in a scenario: the heads that they give, what is refused, and how they are read and written."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.horizon import Horizon
from scenarios.shifts.duties import duties, expected_on_duty, on_duty, paid_time
from scenarios.shifts.staffing import ShiftStaffing
from scenarios.yaml import files

TEXT = """\
schema: 2
name: desk
horizon: {start: 2026-03-02, days: 7, interval: 30 min} # a Monday
contact_types:
  - {name: calls, channel: phone, volume: {per_hour: 20}, handle_time: {mean: 5 min}}
agent_groups:
  - name: desk
    skills: [calls]
    staffing:
      shifts: # of the summer
        - name: early # first
          start: 07:00
          length: 8.5 h
          days: Mon-Fri
          people: 2
          breaks:
            - {length: 30 min, earliest: 3 h, latest: 5 h, paid: false} # lunch
        - {name: night, start: 22:00, length: 9 h, people: 1}
        - {name: split, start: 08:00, length: 2 h, second_part: {length: 1 h, pause: 2 h}}
      people:
        - name: Ana
          shifts: {early: Mon-Thu, split: Fri}
"""


def plan(**shift: object) -> ShiftStaffing:
    """The staffing of one shift."""
    return ShiftStaffing.model_validate({"shifts": [{"name": "a", "start": "08:00", "length": "4 h"} | shift]})


def test_heads_of_an_interval_are_those_on_duty() -> None:
    """A worked Monday: three early people at lunch one after the other, the night of the day before until 7:00."""
    monday = files.loads(TEXT).staffing[0, :48].tolist()
    night = [1] * 14 + [0] * 30 + [1] * 4
    # Lunches begin 20, 60 and 100 minutes into the window from 10:00: 10:20, 11:00, 11:40.
    early = [0] * 14 + [3] * 17 + [0] * 17
    lunches = {20: 10 / 30, 21: 20 / 30, 22: 30 / 30, 23: 20 / 30, 24: 10 / 30}
    exact = np.array(night) + early - [lunches.get(place, 0.0) for place in range(48)]
    assert monday == np.rint(exact).tolist()
    assert files.loads(TEXT).expected_on_duty[0, :48] == pytest.approx(exact)


def test_days_are_weekdays_or_dates() -> None:
    """A shift on a date is there on that day alone, and a split shift has a pause."""
    horizon = Horizon(start="2026-03-02", days=3, interval="1 h")
    shift = plan(days="2026-03-03", people=2, second_part={"length": "1 h", "pause": "2 h"})
    expected = np.zeros(72)
    expected[[24 + 8, 24 + 9, 24 + 10, 24 + 11, 24 + 14]] = 2
    assert on_duty(shift, horizon).tolist() == expected.tolist()
    assert on_duty(plan(days="Tue", people=2), horizon)[24:].sum() == 8


def test_a_shift_is_cut_at_the_ends_of_the_horizon() -> None:
    """The night before the only day is seen on it, its own night up to midnight; a repeated day begins the next."""
    night = plan(start="20:00", length="12 h", people=1, breaks=[{"length": "2 h", "earliest": "3 h"}])
    rows = duties(night, Horizon())
    # The break from 23:00 to 1:00 begins before the horizon: what is left of it is not a break between stretches.
    assert (rows.start / 3600).tolist() == [1, 20]
    assert (rows.end / 3600).tolist() == [8, 23]
    assert rows.day.tolist() == [-1, 0]
    assert rows.rest.tolist() == [0, 0]
    longer = duties(night, Horizon(), days=2)
    assert (longer.start / 3600).tolist() == [1, 20, 25, 44]
    assert longer.rest.tolist() == [0, 0, 7200, 0]
    assert longer.before_break.tolist() == [False, True, False, True]


def test_paid_time_leaves_out_breaks_that_are_not_paid() -> None:
    """Four hours with a paid quarter and an unpaid half: 3.5 hours are paid, 3.25 on duty."""
    quarter, half = {"length": "15 min", "earliest": "1 h"}, {"length": "30 min", "earliest": "2 h", "paid": False}
    shift, horizon = plan(people=3, breaks=[quarter, half]), Horizon()
    assert paid_time(shift, horizon).sum() == 3 * 3.5 * 3600
    assert on_duty(shift, horizon).sum() * horizon.interval == 3 * 3.25 * 3600


def test_late_starts_count_in_the_mean() -> None:
    """One of ten comes half an hour late: a twentieth of a person in the first hour."""
    late = ShiftStaffing.model_validate(
        plan(people=1).model_dump() | {"late_starts": {"share": 0.1, "delay": {"mean": "30 min"}}}
    )
    assert expected_on_duty(late, Horizon(interval="1 h"))[8:10].tolist() == pytest.approx([0.95, 1.0])


def test_a_file_is_read_and_written() -> None:
    """Shifts do not survive being written, or comments are lost where one number changes."""
    centre = files.loads(TEXT)
    assert files.loads(files.dump(centre)) == centre
    text = TEXT.replace("people: 2", "people: 9")
    assert files.rewrite(TEXT, files.loads(text)) == text


@pytest.mark.parametrize(
    "before, after, where, field, remedy",
    [
        ("length: 8.5 h", "length: 4 h", "17:15", "shifts.early.breaks.0", "move it, or lengthen the shift"),
        ("length: 8.5 h", "length: 0 h", "13:11", "shifts.early.length", "give a length above 0"),
        ("length: 9 h", "length: 25 h", "18:39", "shifts.night.length", "at most 24 h"),
        ("people: 2", "people: 2.5", "15:11", "shifts.early.people", "write a whole number"),
        ("people: 2", "people: -1", "15:11", "shifts.early.people", "it must be at least 0"),
        ("people: 1", "people: 0", "18:52", "shifts.night.people", "give people or names"),
        ("days: Mon-Fri", "days: Mob", "14:11", "shifts.early.days", "write weekdays such as 'Mon-Fri'"),
        ("days: Mon-Fri", "days: 2026-02-30", "14:11", "shifts.early.days", "there is no day 2026-02-30"),
        ("days: Mon-Fri", "days: 2026-04-01", "14:11", "shifts.early.days", "give days of the horizon"),
        ("start: 07:00", "start: 24:00", "12:11", "shifts.early.start", "give a time of day before 24:00"),
        ("name: night", "name: early", "11:11", "shifts.early", "give every shift and person one name"),
        ("split: Fri", "split: Thu", "22:11", "people.Ana.shifts", "keep one of them"),
        ("split: Fri", "spilt: Fri", "22:11", "people.Ana.shifts", "known are early, night, split"),
        ("latest: 5 h", "latest: 2 h", "17:47", "shifts.early.breaks.0.latest", "it must not be before earliest"),
        ("    skills: [calls]", "    leaving: idle-first\n    skills: [calls]", "8:5", "leaving", "own-time"),
    ],
)
def test_what_cannot_be_is_refused(before: str, after: str, where: str, field: str, remedy: str) -> None:
    """A mistake in a shift is not told where it stands."""
    problem = files.check(TEXT.replace(before, after, 1))[0]
    assert problem.field in (f"agent_groups.desk.staffing.{field}", f"agent_groups.desk.{field}")
    assert remedy in problem.remedy
    assert problem.where == where


def test_nobody_is_in_two_groups() -> None:
    """A person works for two groups at once."""
    second = TEXT[TEXT.index("  - name: desk") :].replace("name: desk", "name: second")
    problem = files.check(TEXT + second)[0]
    assert (problem.field, problem.problem) == (
        "agent_groups.desk.staffing.people.Ana",
        "the person is in 'second' as well",
    )
