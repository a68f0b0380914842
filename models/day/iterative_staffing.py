"""Staffing that makes service stable over the day, whatever the model behind it: the iterative algorithm ISA.

Feldman, Mandelbaum, Massey & Whitt (2008), "Staffing of time-varying queues to achieve time-stable performance",
section 3: start with more agents than anybody needs, look at the distribution of the number in system in every
interval, staff each interval for its upper quantile, and repeat until nothing changes. How the distribution is found is
no concern of the algorithm: a simulator, or the exact chain of `models.day.transient`, is handed in as a function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.queueing.numerics.arguments import Floats, share, whole
from scenarios.errors import InvalidValue

Evaluate = Callable[[NDArray[np.int64]], ArrayLike]
"""From agents per interval to the share of each interval with 0, 1, ... contacts in system: (intervals, numbers)."""


@dataclass(frozen=True)
class Staffing:
    """What the iteration ended with."""

    agents: NDArray[np.int64]
    """Shape (intervals,)."""
    wait_probability: Floats
    """Share of each interval with every agent busy, at this staffing."""
    rounds: int
    settled: bool
    """True if the last round changed nothing, or only to and fro by one agent."""


def time_stable_staffing(
    evaluate: Evaluate, start: ArrayLike, wait_probability: float, most_rounds: int = 30
) -> Staffing:
    """The least agents per interval with about the same probability of waiting all day long.

    In each round an interval gets the least n with P(number in system >= n) <= `wait_probability`. Where rounds go to
    and fro between two plans one agent apart, the larger is kept, so that the probability is held.

    Parameters
    ----------
    evaluate
        Called once per round. Feed a simulator the same random numbers in every round, or the iteration follows its
        noise.
    start
        Agents to begin with, shape (intervals,): so many that nobody waits.
    wait_probability
        The share of contacts that may find every agent busy.

    Examples
    --------
    >>> from models.day.transient import day
    >>> rates = [1.0, 3.0, 2.0]
    >>> plan = time_stable_staffing(
    ...     lambda agents: day(rates, agents, 30, 4, 3, 0.5).in_system, start=[30, 30, 30], wait_probability=0.2
    ... )
    >>> plan.agents, plan.settled
    (array([ 6, 15, 12]), True)
    """
    allowed = float(share("wait_probability", wait_probability))
    if not 0 < allowed < 1:
        raise InvalidValue("wait_probability", wait_probability, "ask for a share above 0 and below 1")
    plan = np.asarray(whole("start", start, 0), dtype=np.int64)
    if plan.ndim != 1 or plan.size == 0:
        raise InvalidValue("start", start, "give agents per interval, shape (intervals,)")
    seen = [plan]
    for rounds in range(1, most_rounds + 1):
        at_least = _at_least(evaluate(plan), plan.size)
        # P(0 or more) is 1, so the first number that is rare enough is found after it.
        next_plan = np.argmax(at_least <= allowed, axis=1).astype(np.int64)
        settled = any(np.array_equal(next_plan, old) for old in seen[-2:])
        if settled:
            held = np.maximum(next_plan, seen[-1])
            waits = at_least if np.array_equal(held, plan) else _at_least(evaluate(held), plan.size)
            return Staffing(held, _waits(waits, held), rounds, bool(np.abs(next_plan - seen[-1]).max() <= 1))
        seen.append(next_plan)
        plan = next_plan
    return Staffing(plan, _waits(_at_least(evaluate(plan), plan.size), plan), most_rounds, False)


def _at_least(in_system: ArrayLike, intervals: int) -> Floats:
    """P(k or more in system), shape (intervals, numbers + 1), the last column 0."""
    shares = np.asarray(in_system, dtype=float)
    if shares.ndim != 2 or len(shares) != intervals or not np.all(np.isfinite(shares) & (shares >= -1e-12)):
        raise InvalidValue(
            "evaluate", shares.shape, f"return shares of shape ({intervals}, numbers), one row per interval"
        )
    tails = np.cumsum(shares[:, ::-1], axis=1)[:, ::-1]
    return np.pad(tails, ((0, 0), (0, 1)))


def _waits(at_least: Floats, agents: NDArray[np.int64]) -> Floats:
    """P(every agent busy) by interval."""
    column = np.minimum(agents, at_least.shape[1] - 1)
    return np.asarray(at_least[np.arange(agents.size), column])
