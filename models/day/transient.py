"""A whole day exactly: M(t)/M/n(t)+M, its arrivals and its staffing changing from interval to interval.

The day starts empty. An agent whose interval ends finishes the contact in hand and is not replaced; a new
agent takes the longest waiting at once. A customer who finds all agents busy may leave at once (balk), the
others lose patience at a constant rate. No arrivals after the last interval, whose staffing works off the
queue. The Kolmogorov equations of (agents busy, customers waiting) are solved by uniformisation (Jensen
1953; Ingolfsson et al. 2007, "A survey and experimental comparison of service-level-approximation methods
for nonstationary M(t)/M/s(t) queueing systems"), the wait of each arrival by the backward equations of one
tagged customer, through every change of staffing that comes before the target time is over. The busyness of
the day, one gamma-distributed factor on all arrival rates (Avramidis, Deslauriers & L'Ecuyer 2004, model
1), is integrated out by Gauss-Laguerre quadrature.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from models.day.chain import Rates, restaffed, work_off
from models.day.day_factor import gamma_nodes
from models.day.day_interval import Measures, interval
from models.queueing.numerics.arguments import Floats, above, at_least, share, whole
from models.queueing.numerics.tagged_customer import abandon_rate
from scenarios.errors import InvalidValue


@dataclass(frozen=True)
class Day:
    """Expected counts of a day; arrays by interval, shape (intervals,), the others totals over the day.

    Answers and losses are counted in the interval of arrival where they concern the target, `abandoned`
    when it happens. With a random busyness everything is its mean over days.
    """

    offered: Floats
    must_wait: Floats
    """Arrivals that find every agent busy."""
    answered_in_time: Floats
    abandoned_in_time: Floats
    """Left within the target time, at once included."""
    abandoned: Floats
    """Left during the interval, at once included."""
    queue: Floats
    """Mean number waiting during the interval."""
    busy: Floats
    """Mean number of busy agents during the interval."""
    queue_end: Floats
    busy_end: Floats
    """At the end of the interval, before the staffing changes."""
    in_system: Floats
    """Share of the interval with 0, 1, ... contacts waiting or in service, shape (intervals, numbers)."""
    late_wait: float
    """Time spent waiting after the last interval, all customers together."""
    late_abandoned: float
    interval: float

    @property
    def service_level(self) -> Floats:
        """Answered within the target / offered, by interval of arrival; NaN where nobody arrives."""
        return _ratio(self.answered_in_time, self.offered)

    @property
    def waiting_beyond(self) -> Floats:
        """Still in the queue when the target time is over / offered, by interval of arrival."""
        return _ratio(self.offered - self.answered_in_time - self.abandoned_in_time, self.offered)

    @property
    def p_wait(self) -> Floats:
        """Arrivals that find every agent busy / offered, by interval."""
        return _ratio(self.must_wait, self.offered)

    @property
    def day_service_level(self) -> float:
        """Answered within the target / offered over the whole day."""
        return float(_ratio(self.answered_in_time.sum(), self.offered.sum()))

    @property
    def day_abandoned(self) -> float:
        """Customers who leave unanswered, those after the last interval included."""
        return float(self.abandoned.sum() + self.late_abandoned)

    @property
    def day_wait(self) -> float:
        """Time spent waiting by all customers together, after the last interval too."""
        return float(self.queue.sum() * self.interval + self.late_wait)


def day(
    arrival_rates: ArrayLike,
    agents: ArrayLike,
    interval: float,
    handle_time: float,
    patience: float,
    within: float,
    balk: float = 0.0,
    busyness_shape: float = np.inf,
    nodes: int = 16,
) -> Day:
    """The expected course of a day, exact up to rounding (about 1e-10) for the model above.

    Parameters
    ----------
    arrival_rates, agents
        Arrivals per unit of time and agents in each interval, shape (intervals,).
    interval, handle_time, patience, within
        Length of every interval, means of the two exponential times (patience may be inf) and target, in
        one unit.
    balk
        Probability that a customer who finds all agents busy leaves at once.
    busyness_shape
        Shape of the day's gamma factor with mean 1 (variance 1 / shape); inf for none.
    nodes
        Quadrature nodes over the busyness; 16 give six digits for shapes from 10 up, 32 for smaller ones.

    Examples
    --------
    >>> out = day([1, 2, 4], [5, 10, 17], interval=30, handle_time=4, patience=3, within=1 / 3)
    >>> out.service_level.round(4)
    array([0.7742, 0.8435, 0.7737])
    """
    rates, staffing = at_least("arrival_rates", arrival_rates, 0), whole("agents", agents, 0)
    if rates.ndim != 1 or rates.shape != staffing.shape or rates.size == 0:
        raise InvalidValue("agents", staffing.shape, f"give one number per interval, shape {rates.shape}")
    if not np.all(np.isfinite(staffing)):
        raise InvalidValue("agents", staffing, "give finite numbers")
    length, mu = float(above("interval", interval, 0)), 1 / float(above("handle_time", handle_time, 0))
    theta, target = abandon_rate(patience), float(at_least("within", within, 0))
    if theta == 0 and staffing[-1] == 0:
        raise InvalidValue("agents", staffing, "the last interval needs somebody to work off the queue")
    plan = [(int(n), float(rate)) for n, rate in zip(staffing, rates, strict=True)]
    leaves = float(share("balk", balk))
    factors, weights = _busyness(busyness_shape, nodes)
    days = [
        _day([Rates(n, rate * factor, mu, theta, leaves) for n, rate in plan], length, target) for factor in factors
    ]
    return days[0] if len(days) == 1 else _mixed(days, weights)


def _busyness(shape: float, nodes: int) -> tuple[Floats, Floats]:
    """Day factors and weights; days so rare that they could not be seen in any digit are left out."""
    if np.isinf(shape):
        return np.ones(1), np.ones(1)
    factors, weights = gamma_nodes(shape, nodes)
    seen = weights > 1e-13
    return factors[seen], weights[seen]


def _day(stretches: list[Rates], length: float, within: float) -> Day:
    """The day for given rates: each interval starts from the state that the one before it ends in."""
    calm, table = np.zeros(0), np.ones((1, 1))
    rows = []
    for k, rates in enumerate(stretches):
        calm, table = restaffed(calm, table, rates.agents)
        measures, calm, table = interval(stretches[k:], length, calm, table, within)
        rows.append(measures)
    late = float((table * work_off(stretches[-1], table.shape[0] - 1, table.shape[1] - 1)).sum())
    numbers = max(row.in_system.size for row in rows)
    columns = {f.name: np.array([getattr(row, f.name) for row in rows]) for f in fields(Measures)[:-1]}
    in_system = np.stack([np.pad(row.in_system, (0, numbers - row.in_system.size)) for row in rows])
    loss = stretches[-1].loss
    return Day(**columns, in_system=in_system, late_wait=late, late_abandoned=loss * late, interval=length)


def _mixed(days: list[Day], weights: Floats) -> Day:
    """The mean over days of all counts."""
    numbers = max(day_counts.in_system.shape[1] for day_counts in days)
    mixed: dict[str, Any] = {"interval": days[0].interval}
    for name in (f.name for f in fields(Day) if f.name != "interval"):
        values = [getattr(day_counts, name) for day_counts in days]
        if name == "in_system":
            values = [np.pad(value, ((0, 0), (0, numbers - value.shape[1]))) for value in values]
        mean = np.tensordot(weights, np.array(values), axes=1)
        mixed[name] = mean if mean.ndim else float(mean)
    return Day(**mixed)


def _ratio(part: ArrayLike, whole_: ArrayLike) -> Floats:
    """Part of the whole, NaN where there is nothing."""
    part, whole_ = np.asarray(part, dtype=float), np.asarray(whole_, dtype=float)
    return np.asarray(np.divide(part, whole_, out=np.full(whole_.shape, np.nan), where=whole_ > 0))
