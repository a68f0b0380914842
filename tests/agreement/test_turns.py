"""Conversations in turns against the product form of a Jackson network: a station of agents, and a pause."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from scenarios.yaml import presets
from simulator.reference.centre import play
from simulator.tape import Floats, draw_tape


def test_turns_have_the_product_form() -> None:
    """Pausing customers are Poisson with mean 10 (60 pauses an hour x 10 min), independent of those with the agents.

    With the agents are 80 / 3600 x (40 + 90 s) = 26/9 turns: M/M/3 with 2 erlangs waits 40 s (Jackson 1963).
    States three hours apart are taken as independent; bounds are four standard errors.
    """
    centre = presets.load("messenger")
    longer = centre.replace(horizon=centre.horizon.model_dump() | {"days": 20})
    log = play(longer, draw_tape(longer, seed=1, replication=0)).contacts
    times = np.arange(86400.0, 20 * 86400, 3 * 3600)
    later = log.parent >= 0
    pausing = _between(log.end[log.parent[later]], log.arrival[later], times)
    with_agents = _between(log.entry, log.end, times)
    samples = len(times)
    assert pausing.mean() == pytest.approx(10, abs=4 * np.sqrt(10 / samples))
    assert pausing.var(ddof=1) == pytest.approx(10, abs=4 * np.sqrt((2 * 10**2 + 10) / samples))
    assert with_agents.mean() == pytest.approx(26 / 9, abs=4 * with_agents.std() / np.sqrt(samples))
    assert abs(np.corrcoef(pausing, with_agents)[0, 1]) < 4 / np.sqrt(samples)


def _between(start: Floats, end: Floats, times: Floats) -> NDArray[np.int64]:
    """How many spans from start to end hold each time."""
    ends = np.sort(np.nan_to_num(end, nan=np.inf))
    return np.searchsorted(np.sort(start), times, side="right") - np.searchsorted(ends, times, side="right")
