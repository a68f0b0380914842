"""Several types of deferred work: against the exact fluid of one type, and what earliest deadline first is for."""

from __future__ import annotations

import numpy as np
import pytest

from models.deferred.backlog import work_off
from models.deferred.shared_team import work_off_types
from scenarios.errors import InvalidValue, UnstableQueue

SHOP = (np.arange(24) >= 9) & (np.arange(24) < 18)


@pytest.mark.parametrize("order", ["fifo", "edf"])
@pytest.mark.parametrize("clock", ["around", "open"])
def test_one_type_is_the_exact_fluid(order: str, clock: str) -> None:
    """One type has one deadline after arrival, so both orders are first in first out; steps may cost a little."""
    plan = np.where(SHOP, 4, 0)
    exact = work_off(np.full(24, 10.0), plan, 60, 6, 200, clock=clock)
    stepped = work_off_types([[10.0] * 24], plan, 60, [6], [200], order, clock=clock, steps=12)
    assert stepped.share_in_time[0] == pytest.approx(exact.share_in_time, abs=0.01)
    assert stepped.backlog[0] == pytest.approx(exact.backlog, abs=1e-6)


def test_earliest_deadline_first_keeps_what_can_be_kept() -> None:
    """Urgent items queue behind patient ones under FIFO; by deadline both are in time.

    Around the clock 6 agents, 60 items an hour done. From 0:00 to 10:00 80 patient items an hour arrive (24 hours to
    answer), all day 10 urgent ones (1 hour): by 10:00 300 wait, five hours of work ahead of every urgent item.
    """
    patient = np.where(np.arange(24) < 10, 80.0, 0.0)
    flows = [[10.0] * 24, patient]
    fifo, edf = (work_off_types(flows, np.full(24, 6), 60, [6, 6], [60, 1440], order) for order in ("fifo", "edf"))
    assert fifo.share_in_time[0] < 0.6
    assert edf.share_in_time == pytest.approx([1.0, 1.0], abs=1e-9)
    assert fifo.backlog.sum(axis=0) == pytest.approx(edf.backlog.sum(axis=0), abs=1e-6)
    assert fifo.backlog[:, 10].sum() == pytest.approx(300, abs=1)


def test_nothing_arrives() -> None:
    """A type without arrivals must say "never happened"."""
    out = work_off_types([[0.0] * 24, [1.0] * 24], np.full(24, 1), 60, [6, 6], [60, 60])
    assert np.isnan(out.share_in_time[0])
    assert out.share_in_time[1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    "change, error",
    [
        ({"agents": np.full(24, 0.1)}, UnstableQueue),
        ({"agents": np.ones(23)}, InvalidValue),
        ({"withins": [60.0, 60.0]}, InvalidValue),
        ({"order": "lifo"}, InvalidValue),
        ({"clock": "wall"}, InvalidValue),
        ({"steps": 0}, InvalidValue),
        ({"is_open": np.zeros(24, dtype=bool), "clock": "open"}, InvalidValue),
    ],
)
def test_bad_input_is_refused(change: dict[str, object], error: type[Exception]) -> None:
    """A share that means nothing comes back."""
    given = {"arrivals": [[10.0] * 24], "agents": np.full(24, 2), "interval": 60.0, "handle_times": [6.0]}
    with pytest.raises(error):
        work_off_types(**({"withins": [60.0]} | given | change))
