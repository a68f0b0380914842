"""The two sums that Erlang's formulas rest on, safe at any load: B, and Palm's sum over the queue.

Both are a Poisson probability divided by an incomplete gamma function. Where that quotient would lose digits
(far in the tails, where both vanish) a continued fraction takes over, which converges fast exactly there.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammainc, gammaincc, gammaln, xlogy

from models.queueing.numerics.arguments import Floats

# Beyond this many standard deviations the continued fractions reach 1e-13 within FRACTION_TERMS terms.
FAR, FRACTION_TERMS = 4.0, 40
SMALL = 16.0  # below it Stirling's series is no longer exact to the last digit


def log_poisson(count: Floats, mean: Floats) -> Floats:
    """The log of ``mean**count * exp(-mean) / Gamma(count + 1)``, for real counts too.

    Loader (2000), *Fast and accurate computation of binomial probabilities*: the deviance is taken from
    ``log1p``, so that no digits cancel however large the mean.
    """
    large = count >= SMALL
    n = np.maximum(count, SMALL)
    square = 1.0 / (n * n)
    stirling = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / n
    excess = (mean - n) / n
    with np.errstate(divide="ignore"):  # mean 0: the log is minus infinity, as it should be
        near = np.abs(excess) < 0.5  # farther off the ratio itself keeps more digits
        ratio = np.where(near, np.log1p(np.where(near, excess, 0.0)), np.log(mean / n))
        log = n * (ratio - excess) - stirling - 0.5 * np.log(2 * np.pi * n)
    if large.all():
        return np.asarray(log)
    return np.where(large, log, xlogy(count, mean) - mean - gammaln(count + 1))


def blocking(agents: Floats, load: Floats) -> Floats:
    """Erlang's B for real agents and any load, in the common shape of the two.

    ``1/B = e^a a^-n Gamma(n+1, a)`` (Jagerman 1974, eq. 2); Legendre's continued fraction where the load exceeds
    the agents by far.
    """
    agents, load = np.broadcast_arrays(agents, load)
    overloaded = agents < load - FAR * np.sqrt(load)
    if not overloaded.any():
        return _blocking_near(agents, load)
    b = np.empty(load.shape)
    b[overloaded] = _blocking_overloaded(agents[overloaded], load[overloaded])
    b[~overloaded] = _blocking_near(agents[~overloaded], load[~overloaded])
    return b


def _blocking_near(agents: Floats, load: Floats) -> Floats:
    return np.asarray(np.exp(log_poisson(agents, load)) / gammaincc(agents + 1, load))


def _blocking_overloaded(agents: Floats, load: Floats) -> Floats:
    surplus = load - agents
    fraction = surplus + 2.0 * FRACTION_TERMS
    for k in range(FRACTION_TERMS, 0, -1):
        fraction = surplus + 2 * (k - 1) - k * (k - 1 - agents) / fraction
    return fraction / load


def palm(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Palm's sum ``A = 1 + sum_j y^j / ((x+1)...(x+j))`` as (log A, g), g the share of waiters who abandon.

    Palm (1957); ``A = 1F1(1; x+1; y) = gammainc(x, y) / poisson(x; y)`` and ``g = (x/A - (x - y)) / y``
    (Mandelbaum & Zeltyn 2007, *Service engineering in action*, Erlang-A formulas). With x = agents x patience /
    handle time and y = arrivals per patience. The continued fraction of the lower incomplete gamma function
    (DLMF 8.9.1) gives g without cancellation where the queue is short.
    """
    x, y = np.broadcast_arrays(x, y)
    light = (y < np.maximum(0.5 * x, x - FAR * np.sqrt(x))) | (y == 0)
    if light.all():
        return _palm_light(x, y)
    if not light.any():
        return _palm_near(x, y)
    log_a, g = np.empty(x.shape), np.empty(x.shape)
    log_a[light], g[light] = _palm_light(x[light], y[light])
    log_a[~light], g[~light] = _palm_near(x[~light], y[~light])
    return log_a, g


def _palm_near(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    log_a = np.log(gammainc(x, y)) - log_poisson(x, y)
    return np.asarray(log_a), np.asarray((x * np.exp(-log_a) - (x - y)) / y)


def _palm_light(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    f = np.zeros(x.shape)
    for k in range(FRACTION_TERMS, 0, -1):
        f = k * y / (x + 2 * k - (x + k) * (y / (x + 2 * k + 1 + f)))
    return np.log1p(y / (x + 1 + f - y)), (1 + f) / (x + 1 + f)
