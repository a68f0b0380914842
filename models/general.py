"""M/M/n+G: customers who leave by any law of patience, exactly, by the integrals over the offered wait."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from models.patience import PatienceLaw, patience_law
from models.performance import Performance
from models.queueing.arguments import Floats, above, at_least
from models.queueing.kernels import blocking
from models.queueing.quadrature import gauss_legendre
from scenarios.distributions import Distribution

FALL = np.append(np.arange(0.5, 4.0, 0.5), np.arange(4.0, 45.0, 3.0))  # levels of the log density, in nats
NEAR_ZERO = 0.25 ** np.arange(1, 20)  # graded panels where a law such as Weibull's is not smooth at 0
NODES = 20
BISECTIONS = 60


def general_patience(
    arrival_rate: ArrayLike,
    handle_time: ArrayLike,
    patience: Distribution | PatienceLaw,
    agents: ArrayLike,
    within: ArrayLike = 0.0,
) -> Performance:
    """All measures of M/M/n+G: exponential handle times, patience of any law.

    Baccelli & Hebuterne (1981), *On queues with impatient customers*, eq. 5: the offered wait has density ``v(w) ~
    exp(lambda H(w) - n mu w)``, H the mean of patience cut at w. Measures from it: Zeltyn & Mandelbaum (2005),
    *Call centers with impatient customers: many-server asymptotics of the M/M/n+G queue*, table 3.

    Parameters
    ----------
    arrival_rate, handle_time, agents, within
        As in `models.erlang.erlang_a`; at least one agent, and not a fraction of one.
    patience
        One law for all cases, in the same unit of time: a distribution whose "seconds" are that unit.

    Raises
    ------
    InvalidValue
        If an argument cannot be used.

    Examples
    --------
    >>> from scenarios.distributions import Deterministic
    >>> p = general_patience(arrival_rate=2, handle_time=1, patience=Deterministic(value=0.5), agents=2)
    >>> round(float(p.p_abandon), 6)  # 2 / 7
    0.285714
    """
    rate, handle, heads, time = np.broadcast_arrays(
        at_least("arrival_rate", arrival_rate, 0.0),
        above("handle_time", handle_time, 0.0),
        at_least("agents", agents, 1.0),
        at_least("within", within, 0.0),
    )
    shape = rate.shape
    queue = _OfferedWait(patience_law(patience), *(np.ravel(v) for v in (rate, handle, heads)))
    sums = {name: value.reshape(shape)[()] for name, value in queue.measures(np.ravel(time)).items()}

    def tail(at: Floats) -> Floats:
        times = np.broadcast_to(at, np.broadcast_shapes(np.shape(at), shape))
        rows = [queue.measures(row)["waiting_beyond"] for row in times.reshape(-1, rate.size)]
        return np.reshape(rows, times.shape)

    return Performance(
        model="M/M/n+G",
        arrival_rate=rate[()],
        offered_load=(rate * handle)[()],
        agents=heads[()],
        within=time[()],
        p_block=np.zeros(shape)[()],
        stable=np.ones(shape, dtype=bool)[()],
        growth=np.zeros(shape)[()],
        tail=tail,
        **sums,
    )


class _OfferedWait:
    """The wait that a customer of endless patience would have, for cases of shape (cases,)."""

    def __init__(self, law: PatienceLaw, rate: Floats, handle: Floats, agents: Floats) -> None:
        self.law, self.rate, self.handle, self.agents = law, rate, handle, agents
        self.drain = agents / handle
        self.edges = self._panels()

    def log_density(self, wait: Floats) -> Floats:
        """``lambda H(w) - n mu w``, concave in the wait, for waits of shape (cases, any)."""
        return self.rate[:, None] * self.law.used(wait) - self.drain[:, None] * wait

    def _panels(self) -> Floats:
        """Where to cut each integral, shape (cases, cuts): the density falls by few nats from cut to cut."""
        peak = self._peak()
        top = self.log_density(peak)
        high = peak + 1 / self.drain[:, None]
        while np.any(short := self.log_density(high) > top - FALL[-1]):
            high = np.where(short, 2 * high, high)
        right = self._falls(peak, high, top)
        left = self._falls(peak, np.zeros_like(peak), top)
        breaks = np.broadcast_to(np.array(self.law.breaks), (peak.size, len(self.law.breaks)))
        cuts = np.concatenate([np.zeros_like(peak), right[:, :1] * NEAR_ZERO, left, peak, right, breaks], axis=1)
        self.top = top
        return np.sort(np.clip(cuts, 0.0, right[:, -1:]), axis=1)

    def _peak(self) -> Floats:
        """The likeliest offered wait: where as many give up as the agents cannot take, shape (cases, 1)."""
        ratio = (self.drain / np.maximum(self.rate, 1e-300))[:, None]
        low = np.zeros_like(ratio)
        high = self.handle[:, None].copy()
        while np.any(more := self.law.lasts(high) > ratio):
            high = np.where(more, 2 * high, high)
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            more = self.law.lasts(middle) > ratio
            low, high = np.where(more, middle, low), np.where(more, high, middle)
        return np.where(self.law.lasts(np.zeros_like(ratio)) > ratio, (low + high) / 2, 0.0)

    def _falls(self, peak: Floats, far: Floats, top: Floats) -> Floats:
        """Where the log density has fallen by FALL between the peak and `far`, shape (cases, levels)."""
        near, away = np.repeat(peak, FALL.size, axis=1), np.repeat(far, FALL.size, axis=1)
        for _ in range(BISECTIONS):
            middle = (near + away) / 2
            above_ = self.log_density(middle) > top - FALL
            near, away = np.where(above_, middle, near), np.where(above_, away, middle)
        return away

    def measures(self, within: Floats) -> dict[str, Floats]:
        """The measures of the queue, each of shape (cases,)."""
        end = self.edges[:, -1:]
        cut = np.clip(within[:, None], 0.0, end)
        wait, weight = _nodes(np.sort(np.concatenate([self.edges, cut], axis=1), axis=1))
        weight = weight * np.exp(self.log_density(wait) - self.top)
        area = weight.sum(axis=1)
        with np.errstate(divide="ignore", over="ignore"):
            room = np.exp(-self.top[:, 0]) / blocking(self.agents - 1, self.rate * self.handle)
        p_wait = np.where(self.rate > 0, self.rate * area / (room + self.rate * area), 0.0)
        weight = weight * (p_wait / area)[:, None]
        lasts, used, early = self.law.lasts(wait), self.law.used(wait), wait < cut
        p_abandon = (weight * (1 - lasts)).sum(axis=1)
        wait_all = (weight * used).sum(axis=1)
        late = (weight * ~early).sum(axis=1)
        kept = self.law.lasts(within)
        abandoned = (weight * (used - wait * lasts)).sum(axis=1)
        shares = {
            "p_wait": p_wait,
            "p_abandon": p_abandon,
            "served_within": 1 - p_wait + (weight * early * lasts).sum(axis=1),
            "abandoned_within": (weight * early * (1 - lasts)).sum(axis=1) + (1 - kept) * late,
            "waiting_beyond": kept * late,
        }
        with np.errstate(divide="ignore", invalid="ignore"):
            return {name: np.clip(share, 0.0, 1.0) for name, share in shares.items()} | {
                "wait_all": wait_all,
                "wait_served": (weight * wait * lasts).sum(axis=1) / (1 - p_abandon),
                "wait_abandoned": np.where(p_abandon > 0, abandoned / p_abandon, np.nan),
                "queue": self.rate * wait_all,
                "occupancy": np.minimum(self.rate * self.handle * (1 - p_abandon) / self.agents, 1.0),
            }


def _nodes(edges: Floats) -> tuple[Floats, Floats]:
    """Gauss-Legendre points and weights on all panels, shape (cases, panels x NODES)."""
    points, weights = gauss_legendre(NODES)
    width = np.diff(edges, axis=1)[:, :, None] / 2
    at = edges[:, :-1, None] + width * (points + 1)
    return at.reshape(len(edges), -1), (width * weights).reshape(len(edges), -1)
