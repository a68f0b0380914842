"""M/M/n+G: customers who leave by any law of patience, exactly, by the integrals over the offered wait."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.queueing.numerics.arguments import Floats, above, at_least
from models.queueing.numerics.erlang_sums import blocking
from models.queueing.numerics.quadrature import gauss_legendre
from models.queueing.patience import PatienceDistribution, patience_distribution
from models.queueing.performance import Performance
from scenarios.distributions import Distribution

FALL = np.append(np.arange(0.5, 4.0, 0.5), np.arange(4.0, 45.0, 3.0))  # levels of the log density, in nats
NEAR_ZERO = 0.25 ** np.arange(1, 20)  # graded panels where a law such as Weibull's is not smooth at 0
NODES = 20
BISECTIONS = 60
ROUGH = 24  # bisections that place a cut between panels, which need not be exact


def general_patience(
    arrival_rate: ArrayLike,
    handle_time: ArrayLike,
    patience: Distribution | PatienceDistribution,
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
        As in `models.queueing.erlang.erlang_a`; at least one agent, and not a fraction of one.
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
    rate, handle, staffing, time = np.broadcast_arrays(
        at_least("arrival_rate", arrival_rate, 0.0),
        above("handle_time", handle_time, 0.0),
        at_least("agents", agents, 1.0),
        at_least("within", within, 0.0),
    )
    shape = rate.shape
    queue = _OfferedWait(patience_distribution(patience), *(np.ravel(v) for v in (rate, handle, staffing)))
    sums = {name: value.reshape(shape)[()] for name, value in queue.measures(np.ravel(time)).items()}

    def tail(at: Floats) -> Floats:
        times = np.broadcast_to(at, np.broadcast_shapes(np.shape(at), shape))
        return queue.beyond(times.reshape(-1, rate.size)).reshape(times.shape)

    return Performance(
        model="M/M/n+G",
        arrival_rate=rate[()],
        offered_load=(rate * handle)[()],
        agents=staffing[()],
        within=time[()],
        p_block=np.zeros(shape)[()],
        stable=np.ones(shape, dtype=bool)[()],
        growth=np.zeros(shape)[()],
        tail=tail,
        **sums,
    )


class _OfferedWait:
    """The wait that a customer of endless patience would have, for cases of shape (cases,)."""

    def __init__(self, distribution: PatienceDistribution, rate: Floats, handle: Floats, agents: Floats) -> None:
        self.distribution, self.rate, self.handle, self.agents = distribution, rate, handle, agents
        self.drain = agents / handle
        self.edges = self._panels()
        self._integrate()

    def log_density(self, wait: Floats) -> Floats:
        """``lambda H(w) - n mu w``, concave in the wait, for waits of shape (cases, any) or (times, cases, any)."""
        return self.rate[:, None] * self.distribution.used(wait) - self.drain[:, None] * wait

    def _panels(self) -> Floats:
        """Where to cut each integral, shape (cases, cuts): the density falls by few nats from cut to cut."""
        peak = self._peak()
        top = self.log_density(peak)
        high = peak + 1 / self.drain[:, None]
        while np.any(short := self.log_density(high) > top - FALL[-1]):
            high = np.where(short, 2 * high, high)
        right = self._falls(peak, high, top)
        left = self._falls(peak, np.zeros_like(peak), top)
        breaks = np.broadcast_to(np.array(self.distribution.breaks), (peak.size, len(self.distribution.breaks)))
        cuts = np.concatenate([np.zeros_like(peak), right[:, :1] * NEAR_ZERO, left, peak, right, breaks], axis=1)
        self.top = top
        return np.sort(np.clip(cuts, 0.0, right[:, -1:]), axis=1)

    def _peak(self) -> Floats:
        """The likeliest offered wait: where as many give up as the agents cannot take, shape (cases, 1)."""
        ratio = (self.drain / np.maximum(self.rate, 1e-300))[:, None]
        low = np.zeros_like(ratio)
        high = self.handle[:, None].copy()
        while np.any(more := self.distribution.lasts(high) > ratio):
            high = np.where(more, 2 * high, high)
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            more = self.distribution.lasts(middle) > ratio
            low, high = np.where(more, middle, low), np.where(more, high, middle)
        return np.where(self.distribution.lasts(np.zeros_like(ratio)) > ratio, (low + high) / 2, 0.0)

    def _falls(self, peak: Floats, far: Floats, top: Floats) -> Floats:
        """Where the log density has fallen by FALL between the peak and `far`, shape (cases, levels)."""
        near, away = np.repeat(peak, FALL.size, axis=1), np.repeat(far, FALL.size, axis=1)
        for _ in range(ROUGH):
            middle = (near + away) / 2
            above_ = self.log_density(middle) > top - FALL
            near, away = np.where(above_, middle, near), np.where(above_, away, middle)
        return away

    def _integrate(self) -> None:
        """The integrals over each panel, worked out once: of the density, and of it times the chance to stay."""
        wait, weight = _nodes(self.edges[:, :-1], self.edges[:, 1:])
        log = self.log_density(wait.reshape(len(wait), -1)).reshape(wait.shape)
        weight = weight * np.exp(log - self.top[..., None])
        lasts, used = self.distribution.lasts(wait), self.distribution.used(wait)
        parts = weight.sum(axis=2)
        area = parts.sum(axis=1)
        with np.errstate(divide="ignore", over="ignore"):
            room = np.exp(-self.top[:, 0]) / blocking(self.agents - 1, self.rate * self.handle)
        self.p_wait = np.where(self.rate > 0, self.rate * area / (room + self.rate * area), 0.0)
        self.scale = self.p_wait / area
        none = np.zeros((len(parts), 1))
        self.before = np.hstack([none, np.cumsum((weight * lasts).sum(axis=2), axis=1)])
        self.gone_before = np.hstack([none, np.cumsum((weight * (1 - lasts)).sum(axis=2), axis=1)])
        self.after = np.hstack([np.cumsum(parts[:, ::-1], axis=1)[:, ::-1], none])
        self.used = (weight * used).sum(axis=(1, 2)) * self.scale
        self.served = (weight * wait * lasts).sum(axis=(1, 2)) * self.scale
        self.abandoned = (weight * (used - wait * lasts)).sum(axis=(1, 2)) * self.scale

    def _panel(self, time: Floats) -> tuple[Floats, NDArray[np.intp], Floats]:
        """Times cut to the panels, the panel that holds each, and the cases, shape (times, cases)."""
        cut = np.clip(time, 0.0, self.edges[:, -1])
        rows = np.arange(len(self.edges))
        panel = np.array([(self.edges[:, 1:-1] <= row[:, None]).sum(axis=1) for row in cut])
        return cut, panel, np.broadcast_to(rows, panel.shape)

    def _between(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Points and weighted densities between two times in one panel, shape (times, cases, NODES)."""
        wait, weight = _nodes(low, high)
        return wait, weight * np.exp(self.log_density(wait) - self.top)

    def late(self, time: Floats) -> Floats:
        """The chance of an offered wait beyond times of shape (times, cases)."""
        cut, panel, rows = self._panel(time)
        _, weight = self._between(cut, self.edges[rows, panel + 1])
        return np.asarray((weight.sum(axis=2) + self.after[rows, panel + 1]) * self.scale)

    def beyond(self, time: Floats) -> Floats:
        """The share still waiting after times of shape (times, cases)."""
        return np.clip(self.distribution.lasts(time) * self.late(time), 0.0, 1.0)

    def early(self, time: Floats) -> tuple[Floats, Floats]:
        """The shares who wait and are answered within times, and whose wait would be so short but who left before."""
        cut, panel, rows = self._panel(time)
        wait, weight = self._between(self.edges[rows, panel], cut)
        lasts = self.distribution.lasts(wait)
        served = self.before[rows, panel] + (weight * lasts).sum(axis=2)
        return served * self.scale, (self.gone_before[rows, panel] + (weight * (1 - lasts)).sum(axis=2)) * self.scale

    def measures(self, within: Floats) -> dict[str, Floats]:
        """The measures of the queue, each of shape (cases,)."""
        served, gone = (share[0] for share in self.early(within[None]))
        late, kept = self.late(within[None])[0], self.distribution.lasts(within)
        p_abandon = self.gone_before[:, -1] * self.scale
        shares = {
            "p_wait": self.p_wait,
            "p_abandon": p_abandon,
            "served_within": 1 - self.p_wait + served,
            "abandoned_within": gone + (1 - kept) * late,
            "waiting_beyond": kept * late,
        }
        with np.errstate(divide="ignore", invalid="ignore"):
            return {name: np.clip(share, 0.0, 1.0) for name, share in shares.items()} | {
                "wait_all": self.used,
                "wait_served": self.served / (1 - p_abandon),
                "wait_abandoned": np.where(p_abandon > 0, self.abandoned / p_abandon, np.nan),
                "queue": self.rate * self.used,
                "occupancy": np.minimum(self.rate * self.handle * (1 - p_abandon) / self.agents, 1.0),
            }


def _nodes(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Gauss-Legendre points and weights between two times, with a last axis of NODES."""
    points, weights = gauss_legendre(NODES)
    width = (high - low)[..., None] / 2
    return low[..., None] + width * (points + 1), width * weights
