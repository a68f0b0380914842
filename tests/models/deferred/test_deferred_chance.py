"""Deferred work with chance: the law of the backlog against queues whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.deferred.chance import in_time
from scenarios.contact_types import ContactType
from scenarios.distributions import Deterministic
from scenarios.horizon import Horizon

WEEK = Horizon(start="2026-03-02", days=7, interval="30 min")


def mail(within: str, **more: object) -> ContactType:
    """E-mail with a deadline around the clock."""
    return ContactType(
        name="mail",
        channel="email",
        volume={"per_hour": 1},
        handle_time={"mean": 300},
        target={"share": 0.8, "within": within},
        **more,
    )


@pytest.mark.parametrize("per_hour, within", [(10.8, "2 h"), (11.4, "8 h"), (9.6, "1 h")])
def test_one_writer_is_a_queue_with_one_server(per_hour: float, within: str) -> None:
    """The share in time of M/M/1, 1 - rho exp(-(1 - rho) T / h), would be missed by more than three points."""
    contact_type, rho = mail(within), per_hour / 12
    count, half = WEEK.intervals, WEEK.intervals // 2
    shares = in_time(WEEK, contact_type, np.full(count, per_hour / 2), np.ones(count), 300.0)
    assert contact_type.target is not None
    assert contact_type.target.within is not None
    expected = 1 - rho * math.exp(-(1 - rho) * contact_type.target.within / 300)
    assert shares[half:].mean() == pytest.approx(expected, abs=0.03)


def test_constant_handle_times_wait_less() -> None:
    """With handle times that never vary the backlog would spread as with exponential ones."""
    items, agents = np.full(WEEK.intervals, 5.7), np.ones(WEEK.intervals)
    even = mail("1 h").model_copy(update={"handle_time": Deterministic(value=300.0)})
    assert (
        in_time(WEEK, even, items, agents, 300.0).mean()
        > in_time(WEEK, mail("1 h"), items, agents, 300.0).mean() + 0.05
    )


def test_the_end_of_the_horizon_decides_nothing() -> None:
    """Items of the last hours, whose time runs beyond the horizon, would count as late or as in time for that alone."""
    items, agents = np.full(WEEK.intervals, 10.0), np.where(np.arange(WEEK.intervals) % 48 < 20, 5.0, 0.0)
    shares = in_time(WEEK, mail("24 h"), items, agents, 300.0)
    assert shares[-48:].mean() == pytest.approx(shares[-96:-48].mean(), abs=1e-3)


def test_hardly_any_work_is_done_in_time() -> None:
    """The law of a backlog of 1e-200 items was divided by nothing, and NaN used as an index."""
    agents = np.where(np.arange(WEEK.intervals) % 48 < 20, 5.0, 0.0)
    for items in (1e-300, 1e-200, 1e-12):
        shares = in_time(WEEK, mail("24 h"), np.full(WEEK.intervals, items), agents, 300.0)
        assert shares == pytest.approx(1.0)


def test_nobody_is_in_time_without_agents() -> None:
    """Items would be in time although nobody ever works."""
    assert in_time(WEEK, mail("1 h"), np.ones(WEEK.intervals), np.zeros(WEEK.intervals), 300.0).max() == 0.0


def test_office_hours_and_a_short_deadline() -> None:
    """Of what arrives around the clock only office hours and the hour before them can be in time: ten of 24 hours."""
    items, agents = np.ones(WEEK.intervals), np.where(np.arange(WEEK.intervals) % 48 // 2 < 9, 100.0, 0.0)
    shares = in_time(WEEK, mail("1 h"), items, agents, 300.0)
    assert shares.mean() == pytest.approx(10 / 24, abs=0.01)
