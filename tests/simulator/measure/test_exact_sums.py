"""Sums of times that no order of adding changes, and shares that stay shares when the clock stops on work."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.errors import TooLarge
from scenarios.scenario import scenario_from
from scenarios.units import LONGEST
from simulator.compare_engines import compare_engines
from simulator.experiment import play, simulate
from simulator.measure.tallies import MOST_SECONDS, refuse_inexact, tally
from simulator.measure.time_spans import time_by_interval
from simulator.tape import draw_tape
from tests.centres import contact_type, group, of

DAY = 86400.0


def test_seconds_by_interval_are_exact_a_year_from_the_start() -> None:
    """A thousand time spans of a microsecond and a half, late in the year: sums of instants lose the microseconds."""
    short = 1.5 * 2.0**-20
    start = np.full(1000, 365 * DAY + 10.0)
    seconds = time_by_interval(start, start + short, np.zeros(1000, dtype=int), 1, 900.0, 366 * 96)
    assert seconds[0, 365 * 96] == 1000 * short
    assert seconds.sum() == 1000 * short


def test_seconds_by_interval_equal_a_plain_loop() -> None:
    """Time spans over several intervals, and beyond the last, which takes what is beyond."""
    random = np.random.default_rng(1)
    start = np.floor(random.random(200) * 100 * 1024) / 1024
    end = start + np.floor(random.random(200) * 70 * 1024) / 1024
    rows = random.integers(0, 3, 200)
    plain = np.zeros((3, 10))
    for row, begin, over in zip(rows, start, end, strict=True):
        for interval in range(10):
            until = np.inf if interval == 9 else (interval + 1) * 10.0
            plain[row, interval] += max(min(over, until) - max(begin, interval * 10.0), 0.0)
    assert np.array_equal(time_by_interval(start, end, rows, 3, 10.0, 10), plain)


def test_occupancy_is_a_share_when_the_clock_stops_on_work() -> None:
    """Two calls of 20 hours, taken at 8:00 by two agents on duty until 10:00: busy for 16 hours each, and there.

    The clock stops at midnight; from 10:00 on both are late, so that 32 hours of work stand over 4 hours on duty and
    28 hours of overrun.
    """
    desk = of(
        [contact_type("calls", handle_time={"family": "deterministic", "value": "20 h"}, volume={"per_hour": 1})],
        [group("desk", ["calls"], {"Mon-Sun 08:00-10:00": 2})],
        horizon={"at_end": "stop", "interval": "1 h"},
    )
    arrivals = [np.array([8 * 3600.0, 8 * 3600.0])]
    for engine in ("simpy", "kernel"):
        results = simulate(desk, 1, engine=engine, arrivals=arrivals)  # type: ignore[arg-type]
        assert results.estimate("occupancy").value[0] == 1.0
    sums = tally(desk, play(desk, arrivals=arrivals))
    staffed, overrun, busy = sums.groups[:3].sum(axis=(1, 2)) / 3600
    assert (staffed, overrun, busy) == (4.0, 28.0, 32.0)


def test_engines_agree_on_chats_of_many_agents_late_in_a_month() -> None:
    """Agents were kept apart by adding a time for each, beyond what a float holds exactly."""
    desk = of(
        [contact_type("chat", "chat", handle_time={"mean": "10 h", "cv": 2}, volume={"per_hour": 3})],
        [group("desk", ["chat"], 10_000, max_concurrent=2)],
        horizon={"days": 31, "interval": "1 h"},
    )
    assert compare_engines(desk, seed=1, grid=2.0**-20, replication=0).difference is None


def test_no_drawn_time_is_longer_than_the_longest() -> None:
    """A lognormal time of mean 7 days and cv 20 reaches millennia, which the time grid cannot hold exactly in sums."""
    desk = of(
        [contact_type("mail", "email", handle_time={"mean": "7 days", "cv": 20}, volume={"per_hour": 2000})],
        [group("desk", ["mail"], 1)],
    )
    assert draw_tape(desk, 1, 0).draws.handle.max() == LONGEST


def test_sums_beyond_what_a_float_holds_are_refused() -> None:
    """Engines would differ in the last digits, without a word."""
    desk = of([contact_type("calls")], [group("desk", ["calls"], 1)])
    sums = tally(desk, play(desk))
    sums.contacts[:] = 2 * MOST_SECONDS
    with pytest.raises(TooLarge, match="of 'calls' in an interval would need 545 years, the limit is 272 years; add"):
        refuse_inexact(desk, sums)


@pytest.mark.parametrize("field", [{"handle_time": {"mean": "25 h"}}, {"wrap_up": {"mean": "8 days"}}])
def test_times_beyond_the_grid_are_refused_when_read(field: dict[str, object]) -> None:
    """Handling times of 1e9 s were played, with sums that differed between engines."""
    with pytest.raises(ValueError, match="the mean can be at most 24 h"):
        scenario_from(
            {
                "name": "x",
                "contact_types": [contact_type("calls") | field],
                "agent_groups": [group("desk", ["calls"], 1)],
            }
        )
