"""Engset: a known, small number of customers, who do not call while they are served."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.queueing.numerics.arguments import Floats, at_least, whole
from scenarios.errors import InvalidValue

MOST_AGENTS = 1e6


@dataclass(frozen=True)
class FiniteSource:
    """Long-run measures of a loss queue with finitely many customers, in the shape of the arguments.

    Attributes
    ----------
    time_congestion
        Share of time in which all agents are busy.
    p_block
        Share of attempts that find all agents busy (the call congestion).
    carried
        Mean number of busy agents.
    offered
        Erlangs of the attempts, blocked ones included.
    """

    time_congestion: Floats
    p_block: Floats
    carried: Floats
    offered: Floats


def engset(customers: ArrayLike, attempt_load: ArrayLike, agents: ArrayLike) -> FiniteSource:
    """Blocking where the customers are few: each who is not being served makes attempts at a constant rate.

    Engset (1918), *The probability calculation to determine the number of switches in automatic telephone
    exchanges*: the number served is binomial, cut at the agents; an attempt sees the queue that the other customers
    alone would make (Kelly 1979, *Reversibility and stochastic networks*, section 1.4). With many customers, Erlang B.

    Parameters
    ----------
    customers
        Number of customers, whole.
    attempt_load
        Attempts per idle customer and unit of time, times the mean handle time.
    agents
        Number of agents or lines, whole.

    Raises
    ------
    InvalidValue
        If an argument is negative, not whole, NaN or infinite.

    Examples
    --------
    >>> print(f"{engset(customers=3, attempt_load=1, agents=1).p_block:.4f}")  # 2 others: 2 / (1 + 2)
    0.6667
    """
    m, load, n = np.broadcast_arrays(
        whole("customers", customers, 0.0), at_least("attempt_load", attempt_load, 0.0), whole("agents", agents, 0.0)
    )
    if np.any(np.isinf(m)):
        raise InvalidValue("customers", np.inf, "use Erlang B where they are without number")
    if np.any(n > MOST_AGENTS):
        raise InvalidValue("agents", float(np.max(n)), f"give at most {MOST_AGENTS:g}")
    time_congestion = _full(m, load, n)
    p_block = _full(np.maximum(m - 1, 0.0), load, n)
    offered = load * m / (1 + load * (1 - p_block))
    return FiniteSource(time_congestion[()], p_block[()], (offered * (1 - p_block))[()], offered[()])


def _full(m: Floats, load: Floats, n: Floats) -> Floats:
    """P(all n busy) among m customers, by Engset's recursion: positive terms only, one turn per agent."""
    busy = np.ones(m.shape)
    for k in range(1, int(np.max(n, initial=0)) + 1):
        chance = np.maximum(m - k + 1, 0.0) * load * busy
        busy = np.where(k <= n, chance / (k + chance), busy)
    return busy
