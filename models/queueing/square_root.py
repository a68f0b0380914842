"""The square-root laws: what the formulas tend to as centres grow, to stand beside the exact values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erfcx

from models.queueing.numerics.arguments import Floats, above, at_least, share

ROOT_2 = np.sqrt(2.0)
MILLS = np.sqrt(2 / np.pi)
DEEP = -25.0  # below it the normal hazard is 0 to the last digit


@dataclass(frozen=True)
class LargeCentre:
    """What the quality-and-efficiency-driven limit says of a queue with abandonment; shares of the offered.

    Attributes
    ----------
    p_wait, p_abandon
        Chance to wait, to leave unanswered.
    served_within, abandoned_within, waiting_beyond
        Answered within the time, gone within it, neither.
    """

    p_wait: Floats
    p_abandon: Floats
    served_within: Floats
    abandoned_within: Floats
    waiting_beyond: Floats


def square_root_agents(load: ArrayLike, beta: ArrayLike) -> Floats:
    """Agents by the square-root rule ``a + beta sqrt(a)``, not rounded.

    Erlang (1924); Halfin & Whitt (1981), *Heavy-traffic limits for queues with many exponential servers*, eq. 2.2.

    Examples
    --------
    >>> float(square_root_agents(load=100, beta=1))
    110.0
    """
    erlangs = at_least("load", load, 0.0)
    return np.asarray(erlangs + np.asarray(beta, dtype=float) * np.sqrt(erlangs))[()]


def halfin_whitt(beta: ArrayLike) -> Floats:
    """The chance to wait without abandonment, for agents = load + beta sqrt(load).

    ``1 / (1 + beta Phi(beta) / phi(beta))``; Halfin & Whitt (1981), eq. 2.3.

    Parameters
    ----------
    beta
        Safety in square roots of the load; 0 or less means overload, where everybody waits.

    Examples
    --------
    >>> round(float(halfin_whitt(1.0)), 4)
    0.2234
    """
    safety = np.maximum(np.asarray(beta, dtype=float), 0.0)
    return np.asarray(1 / (1 + safety / _hazard(-safety)))[()]


def halfin_whitt_beta(p_wait: ArrayLike) -> Floats:
    """The safety beta at which a share `p_wait` has to wait, the inverse of `halfin_whitt`.

    Examples
    --------
    >>> round(float(halfin_whitt(halfin_whitt_beta(0.2))), 9)
    0.2
    """
    wanted = above("p_wait", share("p_wait", p_wait), 0.0)
    low, high = np.zeros(wanted.shape), np.full(wanted.shape, 40.0)
    for _ in range(80):
        middle = (low + high) / 2
        more = halfin_whitt(middle) > wanted
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return high[()]


def garnett(
    arrival_rate: ArrayLike,
    handle_time: ArrayLike,
    patience: ArrayLike,
    agents: ArrayLike,
    within: ArrayLike = 0.0,
) -> LargeCentre:
    """Erlang A for a large centre: normal approximations of the measures of M/M/n+M.

    Garnett, Mandelbaum & Reiman (2002), theorem 4: ``P(W > 0) = 1 / (1 + r h(c / r) / h(-c))`` with r =
    sqrt(handle / patience), c = (n - a) / sqrt(a), h the normal hazard; the offered wait given that there is one is
    normal cut at zero (Zeltyn & Mandelbaum 2005, *Call centers with impatient customers*, theorem 4.1).

    Parameters
    ----------
    arrival_rate, handle_time, patience, agents, within
        As in `models.queueing.erlang.erlang_a`; patience positive and finite.

    Examples
    --------
    >>> g = garnett(arrival_rate=48, handle_time=1, patience=2, agents=50)
    >>> round(float(g.p_abandon), 3)  # exactly 0.0309
    0.031
    """
    return large_centre(
        above("arrival_rate", arrival_rate, 0.0),
        above("handle_time", handle_time, 0.0),
        above("patience", patience, 0.0),
        at_least("agents", agents, 0.0),
        at_least("within", within, 0.0),
    )


def large_centre(rate: Floats, handle: Floats, patience: Floats, agents: Floats, within: Floats) -> LargeCentre:
    """`garnett` for arguments that are checked already."""
    root = np.sqrt(rate * handle)
    c = agents / root - root
    r = np.sqrt(handle / patience)
    delta = np.maximum(c / r, DEEP)
    spread = np.sqrt(rate * patience)  # the wait's standard deviation is patience / spread
    later = delta + within / patience * spread
    mills, mills_later = erfcx(delta / ROOT_2), erfcx(later / ROOT_2)
    h, h_later = MILLS / mills, MILLS / mills_later
    p_wait = 1 / (1 + r * h / _hazard(-c))
    still = np.exp((delta - later) * (delta + later) / 2 - within / patience) * mills_later / mills
    beyond = p_wait * still
    p_abandon = p_wait * np.minimum((h - delta) / spread, 1.0)
    gone = np.clip(p_abandon - beyond * (h_later - later) / spread, 0.0, p_abandon)
    return LargeCentre(p_wait, p_abandon, np.maximum(1 - beyond - gone, 0.0), gone, beyond)


def _hazard(x: Floats) -> Floats:
    """The hazard of the standard normal, phi / (1 - Phi), without cancellation."""
    return np.asarray(MILLS / erfcx(np.maximum(x, DEEP) / ROOT_2))
