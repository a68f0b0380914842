"""The chance that a waiting customer is answered in time, through changes of staffing.

Backward equations of one tagged customer (Ingolfsson, Haque & Umnikov 2002, "Accounting for time-varying
queueing effects in workforce scheduling", section 3), the staffing changing during the wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from models.day.chain import Rates, tagged_before, tagged_matrix
from models.day.uniformise import evolve, evolve_each
from models.queueing.numerics.arguments import Floats


def same_staffing(rates: Rates, excess: int, longest: int, within: float) -> Floats:
    """P(answered), P(still waiting) by then, by what is found: shape (2, excess + 1, longest + 1)."""
    matrix = tagged_matrix(rates, excess, longest)
    ends = np.column_stack(_outcomes(matrix.shape[0]))
    return evolve_each(matrix, ends, np.full(2, within))[:-1].T.reshape(2, excess + 1, longest + 1)


def through_changes(
    stretches: Sequence[tuple[Rates, float]], excess: int, longest: int, left: Floats, within: float
) -> Floats:
    """As `same_staffing` for customers with times `left` before the first change: (2, left, excess + 1, ...).

    `stretches` are the times of constant staffing, each with its length, from the one of the arrivals to
    the one in which the target time of all of them is over.
    """
    excesses = [excess]
    for (before, _), (after, _) in pairwise(stretches):
        excesses.append(max(0, before.agents + excesses[-1] - after.agents))
    matrices = [tagged_matrix(rates, e, longest) for (rates, _), e in zip(stretches, excesses, strict=True)]
    lasting = within - left - sum(length for _, length in stretches[1:-1])
    ends = [evolve(matrices[-1], start, lasting, 0.0)[0].T for start in _outcomes(matrices[-1].shape[0])]
    values = np.hstack(ends)
    times = [np.tile(left, 2), *(np.full(2 * left.size, length) for _, length in stretches[1:-1])]
    answered = np.repeat([1.0, 0.0], left.size)
    for k in range(len(stretches) - 2, -1, -1):
        table = values[:-1].reshape(excesses[k + 1] + 1, longest + 1, -1)
        earlier = tagged_before(table, stretches[k][0].agents, stretches[k + 1][0].agents, excesses[k], answered)
        values = evolve_each(matrices[k], np.vstack([earlier.reshape(-1, answered.size), answered]), times[k])
    return values[:-1].T.reshape(2, left.size, excess + 1, longest + 1)


def _outcomes(states: int) -> tuple[Floats, Floats]:
    """When the time is over: 1 for "answered"; 1 for still waiting."""
    answered = np.zeros(states)
    answered[-1] = 1.0
    return answered, 1 - answered
