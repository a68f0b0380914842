"""The exponential of a sparse generator times a vector, by uniformisation (Jensen 1953; Grassmann 1977).

With L at least every rate of leaving, exp(G t) = sum over k of Poisson(k; L t) (I + G / L)^k: only sums of
numbers that are not negative, so nothing cancels. The powers are taken in blocks: (I + G / L)^m once, its
powers one after the other, and the m - 1 steps in between all together (Horner), which is what makes a day
fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammainc, gammaln, xlogy

from models.queueing.numerics.arguments import Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def poisson(mean: Floats, counts: int) -> Floats:
    """P(0), P(1), ... of Poisson laws with the given means, shape (means, counts).

    Examples
    --------
    >>> poisson(np.array([0.0, 1.0]), 2).round(4)
    array([[1.    , 0.    ],
           [0.3679, 0.3679]])
    """
    k = np.arange(counts)
    return np.asarray(np.exp(xlogy(k, mean[:, None]) - mean[:, None] - gammaln(k + 1)))


def evolve(matrix: csr_array, start: Floats, times: Floats, until: float) -> tuple[Floats, Floats]:
    """exp(matrix t) start for each of `times`, shape (times, states), and its integral from 0 to `until`.

    `matrix` is a generator to go backward, its transpose to go forward in time; times in the unit of its
    rates.

    Examples
    --------
    One exponential stage of rate 2, forward:

    >>> from scipy.sparse import csr_array
    >>> stage = csr_array(([-2.0, 2.0, 0.0], ([0, 1, 1], [0, 0, 1])))
    >>> at, area = evolve(stage, np.array([1.0, 0.0]), np.array([0.5]), until=0.5)
    >>> at.round(4), area.round(4)
    (array([[0.3679, 0.6321]]), array([0.3161, 0.1839]))
    """
    rate = _rate(matrix)
    jumps = _jumps(rate * max(until, float(times.max(initial=0.0))))
    single = _jump(matrix, rate)
    stepped, block = _power(single, 1 << max(0, round(np.log2(jumps) / 2 - 1)))
    blocks = -(-jumps // block)
    weights = np.vstack(
        [
            poisson(rate * times, blocks * block),
            gammainc(np.arange(blocks * block) + 1.0, rate * until) / rate,
        ]
    )
    reached = np.empty((blocks, start.size))
    reached[0] = start
    for k in range(1, blocks):
        reached[k] = stepped @ reached[k - 1]
    answer = (weights[:, block - 1 :: block] @ reached).T
    for offset in range(block - 2, -1, -1):
        answer = single @ answer + (weights[:, offset::block] @ reached).T
    return answer.T[:-1], answer.T[-1]


def evolve_each(matrix: csr_array, starts: Floats, times: Floats) -> Floats:
    """exp(matrix t_c) start_c for each column c of `starts`, shape (states, columns); see `evolve`.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> stage = csr_array(([-2.0, 2.0, 0.0], ([0, 0, 1], [0, 1, 1])))
    >>> evolve_each(stage, np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([0.5, 9.0])).round(4)
    array([[0.6321, 1.    ],
           [1.    , 1.    ]])
    """
    rate = _rate(matrix)
    jumps = _jumps(rate * float(times.max(initial=0.0)))
    weights = poisson(rate * times, jumps)
    single = _jump(matrix, rate)
    after_jumps, answer = starts, starts * weights[:, 0]
    for k in range(1, jumps):
        after_jumps = single @ after_jumps
        answer += after_jumps * weights[:, k]
    return answer


def _rate(matrix: csr_array) -> float:
    """The fastest rate of leaving a state, at least a little."""
    return max(float(-matrix.diagonal().min()), 1e-12)


def _jumps(mean: float) -> int:
    """So many jumps that more have a probability under 1e-14."""
    return int(mean + 8 * np.sqrt(mean)) + 24


def _jump(matrix: csr_array, rate: float) -> csr_array:
    """I + matrix / rate, the chain at its jumps."""
    jump = (matrix / rate).tocsr()
    rows = np.repeat(np.arange(jump.shape[0]), np.diff(jump.indptr))
    jump.data[jump.indices == rows] += 1.0
    return jump


def _power(jump: csr_array, power: int) -> tuple[csr_array, int]:
    """`jump` to a power of two, at most `power` and only while that is sparse; and that power."""
    reached = 1
    while reached < power and jump.nnz < 30_000:
        jump, reached = jump @ jump, 2 * reached
    return jump, reached
