"""The number in system against the textbook and against the formulas' means."""

from __future__ import annotations

import numpy as np
import pytest

from models.queueing.erlang import erlang_a, erlang_c
from models.queueing.numerics.states import in_system
from scenarios.errors import TooLarge, UnstableQueue


def test_one_agent_is_geometric() -> None:
    """M/M/1 is wrong: its numbers are (1 - rho) rho^k (Kleinrock 1975, eq. 3.23)."""
    assert in_system(0.5, 1.0, 1)[:10] == pytest.approx(0.5 ** np.arange(1, 11), rel=1e-7)


@pytest.mark.parametrize("patience", [0.05, 2.0, 30.0, np.inf])
def test_means_are_those_of_the_formulas(patience: float) -> None:
    """Numbers and measures tell of different queues."""
    chance = in_system(12.0, 1.0, 14, patience)
    p = erlang_a(12.0, 1.0, patience, 14)
    number = np.arange(chance.size)
    assert chance.sum() == pytest.approx(1.0, abs=1e-8)
    assert chance[14:].sum() == pytest.approx(float(p.p_wait), abs=1e-7)
    assert chance @ np.maximum(number - 14, 0) == pytest.approx(float(p.queue), abs=1e-5)


def test_more_work_than_agents_is_fine_where_people_leave() -> None:
    """The chain gives up where only Erlang C must."""
    chance = in_system(20.0, 1.0, 14, 0.5)
    p = erlang_a(20.0, 1.0, 0.5, 14)
    assert chance @ np.minimum(np.arange(chance.size), 14) == pytest.approx(float(p.occupancy) * 14, abs=1e-6)
    with pytest.raises(UnstableQueue):
        in_system(20.0, 1.0, 14)


def test_nobody_comes_and_nobody_is_there() -> None:
    """Limits give a number that means nothing."""
    assert in_system(0.0, 1.0, 3).tolist() == [1.0]
    empty = in_system(2.0, 1.0, 0, 1.5)  # everybody waits until they leave: Poisson with mean 3
    assert empty[:3] == pytest.approx(np.exp(-3.0) * np.array([1, 3, 4.5]), rel=1e-6)


def test_a_queue_close_to_full_load_is_told_to_its_end() -> None:
    """The tail of a long queue is cut off."""
    chance = in_system(13.9, 1.0, 14)
    assert np.arange(chance.size) @ chance == pytest.approx(float(erlang_c(13.9, 1.0, 14).queue) + 13.9, rel=1e-4)
    with pytest.raises(TooLarge):
        in_system(14 * (1 - 1e-9), 1.0, 14)
