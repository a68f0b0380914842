"""Iterative staffing on the exact chain and on a stand-in simulator."""

from __future__ import annotations

import numpy as np
import pytest

from models.day.iterative_staffing import time_stable_staffing
from models.day.transient import day
from models.queueing.erlang import erlang_a
from scenarios.errors import InvalidValue

RATES = 4 + 3 * np.sin(np.arange(16) / 16 * 2 * np.pi)


def in_system(agents: np.ndarray) -> np.ndarray:
    """Share of each interval with 0, 1, ... in system, by the exact chain."""
    return day(RATES, agents, 15, 6, 4, 0.5).in_system


def test_waiting_is_the_same_all_day() -> None:
    """The probability of waiting must stay under the target and near it, in calm and busy intervals alike.

    One agent moves it by about 0.06 at this size, so with rounding up it lies between 0.10 and 0.20.
    """
    plan = time_stable_staffing(in_system, [80] * 16, 0.2)
    assert plan.settled
    assert plan.rounds <= 10
    assert np.all(plan.wait_probability <= 0.2)
    assert plan.wait_probability[1:].min() > 0.10
    assert plan.wait_probability == pytest.approx(day(RATES, plan.agents, 15, 6, 4, 0.5).p_wait, rel=1e-9)


def test_a_constant_day_needs_what_erlang_a_says() -> None:
    """In the steady state the plan is the least n with P(wait) at most the target."""
    plan = time_stable_staffing(lambda n: day([2.0] * 12, n, 60, 5, 5, 0.5).in_system, [40] * 12, 0.25)
    n = int(plan.agents[-1])
    assert float(erlang_a(2.0, 5.0, 5.0, n).p_wait) <= 0.25 < float(erlang_a(2.0, 5.0, 5.0, n - 1).p_wait)


def test_to_and_fro_keeps_the_larger_plan() -> None:
    """Two plans that call for each other must end in the larger one, not in an endless loop."""

    def restless(agents: np.ndarray) -> np.ndarray:
        shares = np.zeros((1, 12))
        shares[0, 5 if agents[0] > 6 else 6] = 1.0
        return shares

    plan = time_stable_staffing(restless, [9], 0.2)
    assert plan.agents.tolist() == [7]
    assert plan.settled


def test_an_iteration_that_does_not_settle_says_so() -> None:
    """A plan that jumps for ever is given out as settled."""
    jumps = iter(range(100))

    def wild(agents: np.ndarray) -> np.ndarray:
        shares = np.zeros((1, 50))
        shares[0, (next(jumps) * 17) % 47] = 1.0
        return shares

    assert not time_stable_staffing(wild, [9], 0.2, most_rounds=5).settled


@pytest.mark.parametrize(
    "start, target, result",
    [
        ([3, 3], 0.0, np.ones((2, 4)) / 4),
        ([3, 3], 1.0, np.ones((2, 4)) / 4),
        ([], 0.2, np.ones((2, 4)) / 4),
        ([3, -1], 0.2, np.ones((2, 4)) / 4),
        ([3, 3], 0.2, np.ones((3, 4)) / 4),
        ([3, 3], 0.2, np.full((2, 4), np.nan)),
    ],
)
def test_bad_input_is_refused(start: list[int], target: float, result: np.ndarray) -> None:
    """A plan that means nothing comes back."""
    with pytest.raises(InvalidValue):
        time_stable_staffing(lambda agents: result, start, target)
