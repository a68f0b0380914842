"""Deferred work: days worked out by hand, the calendar's ceiling, and limits that must hold."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.deferred.backlog import calendar_ceiling, min_agents, work_off
from scenarios.errors import InvalidValue, UnstableQueue

HOURS = np.arange(24)
SHOP = (HOURS >= 9) & (HOURS < 18)


def week(weekday: tuple[int, int] | None, weekend: tuple[int, int] | None) -> np.ndarray:
    """Opening hours from Monday 0:00, shape (168,)."""
    days = [weekday] * 5 + [weekend] * 2
    return np.concatenate([(d[0] <= HOURS) & (d[1] > HOURS) if d else np.zeros(24, dtype=bool) for d in days])


def digital_week() -> np.ndarray:
    """An arrival shape with 24.5 % at the weekend and, by hour of the day, a long waking-hours plateau.

    Per cent of a day: 0.8 in the hours before 6, 1.0 from 6, 4.6 from 7, 5.6 from 8, then 6.4 to 16, 6.2 to 18, 5.3 to
    20, 7.0 to 22 and the rest before midnight.
    """
    shape = np.array([0.8] * 6 + [1.0, 4.6, 5.6] + [6.4] * 7 + [6.2] * 2 + [5.3] * 2 + [7.0] * 2 + [1.1] * 2)
    shape = shape / shape.sum()
    return np.concatenate([np.tile(shape * 75.5 / 5, 5), np.tile(shape * 24.5 / 2, 2)])


@pytest.mark.parametrize(
    "opened, ceiling, with_bot",
    [
        (week((9, 18), None), 0.475, 0.66),
        (week((8, 20), None), 0.59, None),
        (week((8, 20), (10, 16)), 0.70, 0.80),
        (week((8, 22), (8, 22)), 0.92, 0.95),
        (week((0, 24), (0, 24)), 1.00, 1.00),
    ],
)
def test_the_calendar_of_the_founding_documents(opened: np.ndarray, ceiling: float, with_bot: float | None) -> None:
    """Within an hour: 47.5, 59, 70, 92 and 100 % by opening hours alone; 66, 80, 95, 100 % with a bot for 35 %."""
    arrivals = digital_week()
    assert calendar_ceiling(arrivals, opened, 60, 60) == pytest.approx(ceiling, abs=0.01)
    if with_bot is not None:
        assert calendar_ceiling(arrivals, opened, 60, 60, 0.35) == pytest.approx(with_bot, abs=0.01)


def test_the_ceiling_by_hand() -> None:
    """Even arrivals, open 9 to 18, 90 minutes: 9 + 1.5 hours of 24, though 7:30 lies inside an interval."""
    assert calendar_ceiling(np.ones(24), SHOP, 60, 90) == pytest.approx(10.5 / 24, rel=1e-12)
    assert calendar_ceiling(np.ones(24), np.zeros(24), 60, 90, answered_at_once=0.2) == 0.2
    assert math.isnan(calendar_ceiling(np.zeros(24), SHOP, 60, 90))


def test_a_day_by_hand() -> None:
    """Ten items an hour, 40 an hour answered from 9 to 18, five hours to answer.

    150 wait at 9 and are gone at 14. Who comes s hours after 18 is answered at 9 + s / 4, 15 - 0.75 s hours later: in
    time from s = 13 1/3, that is 7:20. From 9 to 14 the wait falls from 3.75 hours to 0.
    """
    day = work_off(np.full(24, 10.0), np.where(SHOP, 4, 0), 60, 6, within=300)
    assert day.share_in_time == pytest.approx((18 - 7 - 1 / 3) / 24, rel=1e-9)
    assert day.in_time[7] == pytest.approx(2 / 3, rel=1e-6)
    assert day.backlog[[9, 14, 18, 24]] == pytest.approx([150, 0, 0, 60], abs=1e-9)
    assert day.oldest[9] == pytest.approx(900)
    # Triangle of waits: 15 h x 150 items / 2 up, 5 h x 150 / 2 down, over 240 items, in minutes.
    assert day.mean_response == pytest.approx((15 + 5) * 150 / 2 / 240 * 60, rel=1e-9)
    assert day.occupancy == pytest.approx(240 / 360)


def test_a_deadline_in_open_hours() -> None:
    """The same day with five open hours: nobody waits longer than 3.75 of them, so everything is in time."""
    plan = np.where(SHOP, 4, 0)
    assert work_off(np.full(24, 10.0), plan, 60, 6, within=300, clock="open").share_in_time == pytest.approx(1.0)
    # Three open hours: at night s / 4 <= 3 always holds up to s = 12; of who waits 3.75 - 0.75 v from 9 + v, v >= 1.
    strict = work_off(np.full(24, 10.0), plan, 60, 6, within=180, clock="open")
    assert strict.share_in_time == pytest.approx((24 - 3 - 1) / 24, rel=1e-9)


def test_endless_agents_reach_the_ceiling() -> None:
    """The fluid with very many agents and the closed form are two ways to one number."""
    arrivals = digital_week()
    opened = week((8, 20), (10, 16))
    many = work_off(arrivals, np.where(opened, 1e7, 0), 60, 6, within=60)
    assert many.share_in_time == pytest.approx(calendar_ceiling(arrivals, opened, 60, 60), abs=1e-4)


def test_a_backlog_is_worked_off() -> None:
    """Clerks with 1,260 claims in hand, 90 a day in, 117 a day done: 47 days to clear (1,260 / 27 = 46.7)."""
    claims = work_off(np.full(60, 90.0), np.full(60, 117.0), 1, 1, within=5, repeats=False, backlog=1260)
    assert claims.backlog[46] > 0
    assert claims.backlog[47] == 0
    # In time once fewer than 5 days' work wait: 1,260 - 27 t = 585 at t = 25.
    assert np.flatnonzero(claims.in_time > 0.99)[0] == 25
    for_ever = work_off([90.0], [0.0], 1, 1, within=5, repeats=False)
    assert for_ever.share_in_time == pytest.approx(0, abs=1e-9)
    assert for_ever.mean_response == math.inf


@pytest.mark.parametrize("clock", ["around", "open"])
def test_the_least_agents_are_the_least(clock: str) -> None:
    """The search stops one too early or one too late."""
    n = min_agents(np.full(24, 10.0), SHOP, 60, 6, 300, 0.5, clock)
    shares = []
    for staffing in (n - 1, n):
        try:
            shares.append(
                work_off(np.full(24, 10.0), np.where(SHOP, staffing, 0), 60, 6, 300, clock=clock).share_in_time
            )
        except UnstableQueue:
            shares.append(0.0)
    assert shares[0] < 0.5 <= shares[1]


def test_hours_not_heads() -> None:
    """A target that opening hours forbid must be refused with the ceiling, not searched for ever."""
    with pytest.raises(InvalidValue, match=r"no headcount can reach more than 41\.7%"):
        min_agents(np.ones(24), SHOP, 60, 6, 60, 0.9)
    assert min_agents(np.zeros(24), SHOP, 60, 6, 60, 0.9) == 0


@pytest.mark.parametrize(
    "change, error",
    [
        ({"agents": np.full(24, 0.1)}, UnstableQueue),
        ({"agents": np.ones(23)}, InvalidValue),
        ({"arrivals": -np.ones(24)}, InvalidValue),
        ({"handle_time": 0.0}, InvalidValue),
        ({"clock": "wall"}, InvalidValue),
        ({"within": math.nan}, InvalidValue),
        ({"clock": "open", "is_open": np.zeros(24, dtype=bool)}, InvalidValue),
    ],
)
def test_bad_input_is_refused(change: dict[str, object], error: type[Exception]) -> None:
    """A share that means nothing comes back."""
    given = {"arrivals": np.full(24, 10.0), "agents": np.full(24, 2.0), "interval": 60.0, "handle_time": 6.0}
    with pytest.raises(error):
        work_off(**({"within": 60.0} | given | change))
