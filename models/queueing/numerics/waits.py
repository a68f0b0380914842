"""Mean waits of the answered and of the abandoned in M/M/n+M, which have no closed form."""

from __future__ import annotations

import numpy as np

from models.queueing.numerics.arguments import Floats
from models.queueing.numerics.quadrature import gauss_legendre

NODES = 48  # exact to 1e-15 for a log-concave weight cut where it has fallen by DROP
DROP = 45.0
RARE = 1e-3  # below it the difference of two means would lose digits, and the direct integral is short
LONG = 100.0  # agents x patience / handle time from which V itself fits on the same nodes
BLOCK = 8192  # cases at a time, so that the nodes stay in the cache


def served_and_abandoned_waits(
    x: Floats, y: Floats, patience: Floats, log_a: Floats, g: Floats, p_wait: Floats
) -> tuple[Floats, Floats]:
    """Mean wait of the answered and of the abandoned; NaN where there are none.

    The offered wait V has density ``exp(y (1 - exp(-u)) - x u)``, u in patiences (Baccelli & Hebuterne 1981,
    *On queues with impatient customers*, eq. 5), so ``E[W; answered] = E[V exp(-V / patience)]``: one
    Gauss-Legendre rule over the stretch on which the integrand is not negligible.

    Parameters
    ----------
    x, y, log_a, g
        As in `models.queueing.numerics.erlang_sums.palm`, one shape.
    patience
        Mean patience; the waits come in its unit.
    p_wait
        Share of contacts who wait.
    """
    shape = np.shape(x)
    flat = [np.ravel(v) for v in (x, y, log_a, g)]
    pieces = [_per_waiter(*(v[i : i + BLOCK] for v in flat)) for i in range(0, max(flat[0].size, 1), BLOCK)]
    served, abandoned = (np.concatenate(p).reshape(shape) for p in zip(*pieces, strict=True))
    abandons = p_wait * g
    with np.errstate(invalid="ignore", divide="ignore"):
        wait_served = np.where(abandons < 1, p_wait * served * patience / (1 - abandons), np.nan)
        wait_abandoned = np.where(abandons > 0, abandoned * patience / g, np.nan)
    return np.where(x > 0, wait_served, np.where(patience > 0, np.nan, 0.0)), wait_abandoned


def _per_waiter(x: Floats, y: Floats, log_a: Floats, g: Floats) -> tuple[Floats, Floats]:
    """E[W; answered | waits] and E[W; abandoned | waits], in patiences."""
    x1 = x + 1  # being answered adds exp(-u) to the density of V
    peak = np.log(np.maximum(y / x1, 1.0))
    level = np.minimum(x1, y)
    slope = x1 - level
    low = np.maximum(peak - np.sqrt(2 * DROP / x1), 0.0)
    high = peak + _drop_right(slope, level)
    nodes, weights = gauss_legendre(NODES)
    u = low[:, None] + (high - low)[:, None] * (nodes + 1) / 2
    off = u - peak[:, None]
    density = np.exp(-slope[:, None] * off - level[:, None] * _expm1_less_linear(-off)) * weights
    with np.errstate(over="ignore", invalid="ignore"):
        known = x * np.exp(-y * np.expm1(-peak) - x1 * peak - log_a) * (high - low) / 2
        scale = np.where(x < LONG, known, 1 / np.einsum("ij,ij->i", density, np.exp(u)))
    served = scale * np.einsum("ij,ij->i", density, u)
    rare = g < RARE
    abandoned = g - served
    if rare.any():
        abandoned[rare] = scale[rare] * np.einsum("ij,ij->i", density[rare], _expm1_less_linear(u[rare]))
    return served, abandoned


def _drop_right(slope: Floats, level: Floats) -> Floats:
    """How far right of its peak the log of the weight has fallen by DROP, or a little more."""
    step = 2 * DROP / (slope + np.sqrt(slope * slope + 2 * DROP * level))
    for _ in range(6):  # Newton on a convex function: from the right after the first step, never short
        fallen = slope * step + level * _expm1_less_linear(-step)
        step = step + (DROP - fallen) / (slope - level * np.expm1(-step))
    return step


def _expm1_less_linear(u: Floats) -> Floats:
    """``exp(u) - 1 - u`` without cancellation near zero."""
    series = u * u / 2 * (1 + u / 3 * (1 + u / 4 * (1 + u / 5 * (1 + u / 6 * (1 + u / 7)))))
    return np.where(np.abs(u) < 0.02, series, np.expm1(u) - u)
