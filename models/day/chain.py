"""The states of a queue while its staffing stays the same, and how to pass from one staffing to the next.

A `Stretch` is a time of constant staffing. Its states are 0, 1, ... busy agents while somebody is free,
then a table (excess, waiting): `excess` counts the busy agents above the staffing, who finish what they
have and go. Vectors over the states are pairs (calm, table): calm has shape (agents,), the table (excess +
1, waiting + 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc

from models.queueing.numerics.arguments import Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True)
class Rates:
    """What happens while the staffing is constant: rates per unit of time."""

    agents: int
    arrivals: float
    service: float
    """Of one busy agent."""
    loss: float
    """Of one waiting customer."""
    balk: float = 0.0
    """Probability of leaving at once when all are busy."""


def day_matrix(rates: Rates, excess: int, longest: int) -> csr_array:
    """The forward equations: transposed generator over calm states, then the table row by row."""
    n = rates.agents
    e, q = np.divmod(np.arange((excess + 1) * (longest + 1)), longest + 1)
    table = n + np.arange(e.size)
    calm = np.arange(n)
    after_service = np.where(e > 0, table - longest - 1, np.where(q > 0, table - 1, n - 1))
    return _forward(
        [
            (calm, calm + 1, np.full(n, rates.arrivals)),
            (calm[1:], calm[:-1], calm[1:] * rates.service),
            (
                table[q < longest],
                table[q < longest] + 1,
                np.full(e.size, rates.arrivals * (1 - rates.balk))[q < longest],
            ),
            (table, after_service, (n + e) * rates.service),
            (table, table - 1, q * rates.loss),
        ],
        n + e.size,
    )


def tagged_matrix(rates: Rates, excess: int, longest: int) -> csr_array:
    """The backward equations of one waiting customer over (excess, others ahead), then "answered" at last.

    Losing patience leads out of the states: its value is 0 in whatever is computed.
    """
    n = rates.agents
    e, ahead = np.divmod(np.arange((excess + 1) * (longest + 1)), longest + 1)
    states = np.arange(e.size)
    answered = e.size
    after_service = np.where(e > 0, states - longest - 1, np.where(ahead > 0, states - 1, answered))
    matrix = _forward(
        [
            (states, after_service, (n + e) * rates.service),
            (states, states - 1, ahead * rates.loss),
        ],
        e.size + 1,
        leaving=np.append(np.full(e.size, rates.loss), 0.0),
    )
    return matrix.T.tocsr()


def _forward(
    moves: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]], states: int, leaving: Floats | None = None
) -> csr_array:
    """The transposed generator of the moves (from, to, rate); `leaving` is a further rate out of states."""
    from scipy.sparse import csr_array

    start, end, rate = (np.concatenate(part) for part in zip(*moves, strict=True))
    used = rate > 0
    start, end, rate = start[used], end[used], rate[used]
    out = np.bincount(start, weights=rate, minlength=states) + (0.0 if leaving is None else leaving)
    diagonal = np.arange(states)
    rows, columns = np.concatenate([end, diagonal]), np.concatenate([start, diagonal])
    return csr_array((np.concatenate([rate, -out]), (rows, columns)), shape=(states, states))


def excess_time(agents: int, excess: int, service: float) -> float:
    """When at most 1e-16 is left of the chance that more than `agents` of the busy are still at work.

    While there is an excess nobody takes anything new: the busy are the first ones, each still there with
    probability exp(-service t).
    """
    if excess == 0:
        return 0.0
    low, high = 0.0, 60.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if bdtrc(agents, agents + excess, np.exp(-middle)) > 1e-16 else (low, middle)
    return high / service


def restaffed(calm: Floats, table: Floats, agents: int) -> tuple[Floats, Floats]:
    """The same probabilities once `agents` are staffed: new ones take the longest waiting, others finish."""
    before = calm.size
    excess, waiting = table.shape
    e, q = np.indices(table.shape)
    taken = np.clip(agents - before - e, 0, q)
    busy = np.concatenate([np.arange(before), (before + e + taken).ravel()])
    queue = np.concatenate([np.zeros(before, dtype=int), (q - taken).ravel()])
    weight = np.concatenate([calm, table.ravel()])
    free = busy < agents
    over = max(0, before + excess - 1 - agents)
    place = np.maximum(busy - agents, 0) * waiting + queue
    crowded = np.bincount(place[~free], weights=weight[~free], minlength=(over + 1) * waiting)
    after = np.bincount(busy[free], weights=weight[free], minlength=agents).astype(float)
    return after, crowded.astype(float).reshape(over + 1, waiting)


def tagged_before(values: Floats, before: int, after: int, excess: int, answered: Floats) -> Floats:
    """Values of a waiting customer just before the staffing goes from `before` to `after` agents.

    `values`, shape (excess + 1, waiting + 1, columns), are those just after it, `answered` (columns,) is
    worth being answered at that instant. The excess before runs from 0 to `excess`.
    """
    e, ahead = np.indices((excess + 1, values.shape[1]))
    taken = np.maximum(after - before - e, 0)
    after_change = values[np.maximum(before + e + np.minimum(taken, ahead) - after, 0), np.maximum(ahead - taken, 0)]
    return np.where((taken > ahead)[..., None], answered, after_change)


def work_off(rates: Rates, excess: int, longest: int) -> Floats:
    """Time that all waiting customers together still wait until the queue is empty, without arrivals.

    First-step equations, from the empty queue up: shape (excess + 1, longest + 1).
    """
    n, waiting = rates.agents, np.arange(longest + 1)
    area = np.zeros((excess + 1, longest + 1))
    for e in range(excess + 1):
        service = (n + e) * rates.service
        for q in waiting[1:]:
            next_ = area[e - 1, q] if e else area[0, q - 1]
            flow = service + q * rates.loss
            area[e, q] = (q + service * next_ + q * rates.loss * area[e, q - 1]) / flow
    return area
