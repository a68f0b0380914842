"""The square-root laws beside the exact values, and the published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from models.queueing.erlang import erlang_a, erlang_c
from models.queueing.square_root import garnett, halfin_whitt, halfin_whitt_beta, square_root_agents
from scenarios.errors import InvalidValue

LOADS = np.array([100.0, 1e4])


def test_published_values() -> None:
    """The Halfin-Whitt function would be off its definition: 1 / (1 + beta Phi / phi) at 0 and 1."""
    density, below = 0.24197072451914337, 0.8413447460685429  # of the standard normal at 1
    assert halfin_whitt([0, 1, -1]) == pytest.approx([1, 1 / (1 + below / density), 1], rel=1e-12)
    assert float(halfin_whitt_beta(0.2234)) == pytest.approx(1.0, abs=1e-3)
    assert float(square_root_agents(100, 1)) == 110


def test_nearer_and_nearer_without_abandonment() -> None:
    """The limit would not be Erlang C's: the gap must shrink like one over the root of the load."""
    for beta in (0.3, 1.0, 2.0):
        exact = erlang_c(LOADS, 1, square_root_agents(LOADS, beta)).p_wait
        gap = np.abs(exact / halfin_whitt(beta) - 1)
        assert gap[1] == pytest.approx(gap[0] / 10, rel=0.25)  # the load is a hundred times larger


@pytest.mark.parametrize("patience", [0.3, 1.0, 5.0])
@pytest.mark.parametrize("beta", [-1.0, 0.0, 1.0])
def test_nearer_and_nearer_with_abandonment(patience: float, beta: float) -> None:
    """The limit would not be Erlang A's, measure by measure."""
    agents = square_root_agents(LOADS, beta)
    within = 0.5 / np.sqrt(LOADS)
    limit, exact = garnett(LOADS, 1, patience, agents, within), erlang_a(LOADS, 1, patience, agents, within)
    for name in ("p_wait", "p_abandon", "served_within", "waiting_beyond"):
        gap = np.abs(getattr(limit, name) / getattr(exact, name) - 1)
        assert gap[1] < 0.04, name
        assert gap[1] < gap[0] / 4, name


def test_bad_arguments() -> None:
    """Endless or no patience, where the limit does not exist, would give a number."""
    with pytest.raises(InvalidValue, match="patience: inf"):
        garnett(10, 1, np.inf, 10)
    with pytest.raises(InvalidValue, match="p_wait"):
        halfin_whitt_beta(0)
