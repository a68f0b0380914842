"""Shifts as both engines play them: days worked out by hand, and time that is neither lost nor counted twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scenarios.measures import GROUP_TALLIES
from scenarios.scenario import Scenario
from simulator.clock import GRID
from simulator.kernel import engine as kernel
from simulator.logs import Logs
from simulator.measure.tallies import tally
from simulator.reference import centre
from simulator.tape import Tape, draw_tape
from tests.centres import contact_type, group, minutes, of, tape_of

GROUP_TALLIES_AT = {name: place for place, name in enumerate(GROUP_TALLIES)}
LUNCH = {"length": "30 min", "earliest": "60 min"}
EIGHT = 480.0


def desk(*breaks: dict[str, Any], length: str = "4 h", rule: str = "moved", **fields: Any) -> Scenario:
    """One person from 8:00 on, for calls."""
    shift = {"name": "a", "start": "08:00", "length": length, "people": 1, "breaks": list(breaks)}
    staffing = {"shifts": [shift | fields.pop("shift", {})], "delayed_breaks": rule} | fields.pop("staffing", {})
    return of([contact_type("calls")], [group("a", ["calls"], staffing, cost_per_hour=3600, **fields)])


def both(scenario: Scenario, tape: Tape) -> Logs:
    """The logs of the reference engine, whose sums the compiled one has too."""
    logs = centre.play(scenario, tape)
    np.testing.assert_array_equal(kernel.play_and_tally(scenario, tape).groups, tally(scenario, logs).groups)
    twin = kernel.play(scenario, tape).staffing
    for name in ("start", "end", "left_at"):
        np.testing.assert_array_equal(getattr(twin, name), getattr(logs.staffing, name))
    return logs


def day(scenario: Scenario, *calls: tuple[float, float]) -> tuple[Logs, dict[str, float]]:
    """The logs, and the sums in minutes, of calls that come so many minutes after 8:00 and take so many."""
    logs = both(scenario, tape_of(scenario, [(EIGHT + at, "calls", handle) for at, handle in calls]))
    sums = tally(scenario, logs).groups.sum(axis=(1, 2)) / 60
    return logs, dict(zip(GROUP_TALLIES, sums.round(6).tolist(), strict=True))


def after_eight(times: Any) -> list[float]:
    """Times of a log in minutes after 8:00."""
    return [time - EIGHT for time in minutes(times)]


def test_a_break_as_planned() -> None:
    """A call of 10 min at 62, in the break from 60 to 90, is answered when the break is over."""
    logs, sums = day(desk(LUNCH), (62, 10))
    assert after_eight(logs.contacts.answer) == [90]
    assert (sums["staffed_time"], sums["break_time"], sums["break_delay_time"]) == (210, 30, 0)
    assert tally(desk(LUNCH), logs).groups[GROUP_TALLIES_AT["breaks"], 0, 18] == 1  # it is due at 9:00


def test_a_break_that_a_call_delays_is_moved() -> None:
    """A call of 20 min at 50 ends at 70: the break is from 70 to 100, and the call of 75 is answered at 100."""
    logs, sums = day(desk(LUNCH), (50, 20), (75, 5))
    assert after_eight(logs.contacts.answer) == [50, 100]
    assert after_eight(logs.staffing.start) == [0, 100]
    assert (sums["staffed_time"], sums["break_time"], sums["break_delay_time"]) == (200, 30, 10)
    assert (sums["rostered_time"], sums["adherent_time"], sums["busy_time"]) == (210, 200, 25)


def test_a_break_that_a_call_delays_is_shortened() -> None:
    """The same day with shortened breaks: from 70 to 90, so the call of 75 is answered at 90."""
    logs, sums = day(desk(LUNCH, rule="shortened"), (50, 20), (75, 5))
    assert after_eight(logs.contacts.answer) == [50, 90]
    assert (sums["staffed_time"], sums["break_time"], sums["break_delay_time"]) == (210, 20, 10)
    assert (sums["rostered_time"], sums["adherent_time"], sums["overrun_time"]) == (210, 210, 0)


def test_a_call_longer_than_a_shortened_break_leaves_none() -> None:
    """A call of 50 min at 50 lasts to 100: no break is left of the one from 60 to 90."""
    logs, sums = day(desk(LUNCH, rule="shortened"), (50, 50), (95, 5))
    assert after_eight(logs.contacts.answer) == [50, 100]
    assert (sums["break_time"], sums["break_delay_time"], sums["staffed_time"]) == (0, 30, 210)


def test_a_moved_break_runs_into_the_next() -> None:
    """Breaks from 60 to 90 and from 100 to 110, a call from 50 to 75: back at 105 at the earliest, which is after 100.

    So nothing is worked between them, and the second break follows at once: back at 115.
    """
    second = {"length": "10 min", "earliest": "100 min"}
    logs, sums = day(desk(LUNCH, second), (50, 25), (95, 5))
    assert after_eight(logs.contacts.answer) == [50, 115]
    assert after_eight(logs.staffing.start) == [0, 100, 115]
    assert (sums["staffed_time"], sums["break_time"], sums["break_delay_time"]) == (60 + 125, 40, 15)


def test_a_call_that_lasts_through_both_breaks() -> None:
    """Breaks from 60 to 90 and from 100 to 110, a call from 50 to 105: both breaks are taken from 105 to 145."""
    second = {"length": "10 min", "earliest": "100 min"}
    logs, sums = day(desk(LUNCH, second), (50, 55), (130, 5))
    assert after_eight(logs.contacts.answer) == [50, 145]
    assert (sums["staffed_time"], sums["break_time"], sums["break_delay_time"]) == (60 + 95, 40, 45)


def test_a_break_too_late_for_the_shift_ends_it() -> None:
    """A shift of two hours with a break from 60 to 90, a call from 50 to 95: the break would last to 125."""
    logs, sums = day(desk(LUNCH, length="2 h"), (50, 45), (100, 5))
    assert np.isnan(logs.contacts.answer[1])
    assert (sums["staffed_time"], sums["break_time"], sums["break_delay_time"]) == (60, 25, 35)
    assert sums["overrun_time"] == 0


def test_a_call_beyond_the_shift_is_an_overrun() -> None:
    """A shift of two hours with a break from 60 to 90, a call from 50 to 130: 10 min after the end of the shift."""
    logs, sums = day(desk(LUNCH, length="2 h"), (50, 80))
    assert after_eight(logs.staffing.left_at) == [120, 130]
    assert (sums["staffed_time"], sums["break_time"], sums["break_delay_time"], sums["overrun_time"]) == (60, 0, 60, 10)


def test_a_split_shift_has_a_pause() -> None:
    """Two hours, a pause of one, an hour: the call of 125 is answered at 180; the pause is neither duty nor break."""
    split = desk(length="2 h", shift={"second_part": {"length": "1 h", "pause": "1 h"}})
    logs, sums = day(split, (125, 5))
    assert after_eight(logs.contacts.answer) == [180]
    assert (sums["staffed_time"], sums["break_time"], sums["breaks"]) == (180, 0, 0)


def test_a_night_shift_passes_midnight() -> None:
    """22:00 to 6:00 every night, on one day: until 6:00 from the night before, and again from 22:00."""
    night = desk(length="8 h", shift={"start": "22:00"})
    logs, sums = day(night, (-470, 5), (-100, 5))
    assert after_eight(logs.contacts.answer) == [-470, 14 * 60]
    assert sums["staffed_time"] == 8 * 60


def test_who_is_late_misses_duty() -> None:
    """25 min late for a shift of four hours; 90 min late, the hour before the break is missed but for a moment."""
    late = {"late_starts": {"share": 1, "delay": {"family": "deterministic", "value": "25 min"}}}
    logs, sums = day(desk(LUNCH, staffing=late), (10, 5))
    assert after_eight(logs.contacts.answer) == [25]
    assert (sums["late_time"], sums["staffed_time"], sums["rostered_time"]) == (25, 185, 210)
    late["late_starts"]["delay"]["value"] = "90 min"
    logs, sums = day(desk(LUNCH, staffing=late), (70, 5))
    assert after_eight(logs.contacts.answer) == [90]
    assert (sums["late_time"], sums["staffed_time"]) == (60, 150)


def test_who_is_absent_is_paid_and_not_there() -> None:
    """Nobody comes: 3.5 hours of duty are absent, 3.5 hours and a paid break of half an hour are paid."""
    absent = desk(LUNCH, shrinkage={"absence": 0.5})
    tape = tape_of(absent, [(EIGHT, "calls", 5)])
    logs = both(absent, replace(tape, absent=(np.ones((2, 1), dtype=bool),)))
    sums = dict(zip(GROUP_TALLIES, tally(absent, logs).groups.sum(axis=(1, 2)).tolist(), strict=True))
    assert np.isnan(logs.contacts.answer[0])
    assert (sums["absent_time"], sums["wages"], sums["staffed_time"], sums["breaks"]) == (210 * 60, 240 * 60, 0, 0)


def test_absence_is_drawn_for_each_person_and_day() -> None:
    """A tenth is absent: of 40 people on 7 days, the shares by day differ, and a night counts for the day it begins."""
    night = {"name": "night", "start": "22:00", "length": "8 h", "people": 40}
    absent = of(
        [contact_type("calls")],
        [group("a", ["calls"], {"shifts": [night]}, shrinkage={"absence": 0.1})],
        horizon={"days": 7, "interval": "1 h"},
    )
    tape = draw_tape(absent, 1, 0)
    assert tape.absent[0].shape == (8, 40)
    assert 0.05 < tape.absent[0].mean() < 0.15
    heads = tally(absent, centre.play(absent, tape)).groups[0, 0].reshape(7, 24) / 3600
    present = (~tape.absent[0]).sum(axis=1)
    assert heads[:, 0].tolist() == present[:-1].tolist()
    assert heads[:, 23].tolist() == present[1:].tolist()


@st.composite
def _days(draw: st.DrawFn) -> Scenario:
    """Shifts within the day, with calls that are long beside their breaks."""
    minutes_ = st.integers(1, 30)
    shifts = []
    for number in range(draw(st.integers(1, 3))):
        breaks, begins = [], 0
        for _ in range(draw(st.integers(0, 3))):
            begins += draw(minutes_)
            breaks.append({"length": f"{draw(minutes_)} min", "earliest": f"{begins} min", "paid": draw(st.booleans())})
            begins += int(breaks[-1]["length"].split()[0])
        shift = {"name": f"shift {number}", "start": f"{draw(st.integers(8, 12)):02d}:00", "breaks": breaks}
        shift |= {"length": f"{begins + draw(minutes_)} min", "people": draw(st.integers(1, 3))}
        if draw(st.booleans()):
            shift["second_part"] = {"length": f"{draw(minutes_)} min", "pause": f"{draw(st.integers(0, 60))} min"}
        shifts.append(shift)
    staffing = {"shifts": shifts, "delayed_breaks": draw(st.sampled_from(("moved", "shortened")))}
    if draw(st.booleans()):
        staffing["late_starts"] = {"share": 0.5, "delay": {"mean": "10 min"}}
    handle = {"mean": draw(st.sampled_from(("2 min", "10 min", "40 min")))}
    calls = contact_type("calls", volume={"per_hour": 8}, handle_time=handle, patience={"mean": "20 min"})
    absence = draw(st.sampled_from((0, 0.3)))
    desk_group = group("a", ["calls"], staffing, cost_per_hour=3600, shrinkage={"absence": absence})
    ends = draw(st.sampled_from(("work-off", "stop")))
    return of([calls], [desk_group], horizon={"interval": "15 min", "at_end": ends})


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
)
@given(_days(), st.sampled_from((GRID, 15.0)), st.integers(0, 9))
def test_no_time_is_lost(scenario: Scenario, grid: float, seed: int) -> None:
    """In each interval: the presence planned for those who come = on duty + break + delay of breaks + late.

    And paid time = duty of those who come + of those who do not + paid breaks of both.
    """
    tape = draw_tape(scenario, seed, 0, grid=grid)
    sums = dict(zip(GROUP_TALLIES, tally(scenario, both(scenario, tape)).groups[:, 0], strict=True))
    staffing, horizon = scenario.agent_groups[0].shifts, scenario.horizon
    assert staffing is not None
    presence, paid_breaks, person = [], 0.0, 0
    for shift in staffing.shifts:
        here = ~tape.absent[0][1, person : person + shift.people]
        person += shift.people
        presence += [(shift.start + after, shift.start + until) for after, until in shift.parts] * int(here.sum())
        paid_breaks += shift.people * sum(rule.length for rule in shift.breaks if rule.paid)
    planned = horizon.overlap(np.array(presence).reshape(-1, 2))
    taken = sums["staffed_time"] + sums["break_time"] + sums["break_delay_time"] + sums["late_time"]
    np.testing.assert_allclose(taken, planned, atol=1e-6)
    paid = sums["rostered_time"].sum() + sums["absent_time"].sum() + paid_breaks
    assert sums["wages"].sum() == pytest.approx(paid)
