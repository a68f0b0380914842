"""Laws of patience as M/M/n+G needs them: the chance that it lasts, and how much of it is used by a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, gammaincc, ndtr

from models.queueing.numerics.arguments import Floats
from scenarios import distributions as d
from scenarios.errors import InvalidValue

MOST_BREAKS = 200


@dataclass(frozen=True)
class PatienceDistribution:
    """A law of patience R, in the unit of whoever uses it.

    Attributes
    ----------
    lasts
        P(R > t), for t of 0 or more, elementwise.
    used
        E[min(R, t)], the integral of `lasts` from 0 to t.
    breaks
        Where `lasts` or its slope jumps; integrals are cut there.
    """

    lasts: Callable[[Floats], Floats]
    used: Callable[[Floats], Floats]
    breaks: tuple[float, ...] = ()


def patience_distribution(patience: d.Distribution | PatienceDistribution) -> PatienceDistribution:
    """The law of a distribution of patience, in the distribution's own unit.

    Raises
    ------
    InvalidValue
        If the distribution is of no family known here.

    Examples
    --------
    >>> distribution = patience_distribution(d.Uniform(low=0, high=4))
    >>> float(distribution.lasts(np.array(1.0))), float(distribution.used(np.array(4.0)))
    (0.75, 2.0)
    """
    match patience:
        case PatienceDistribution():
            return patience
        case d.Exponential():
            return _exponentials((1.0,), (patience.mean,))
        case d.Hyperexponential():
            return _exponentials(patience.shares, patience.means)
        case d.Gamma():
            return _gamma(1 / patience.scv, patience.mean)
        case d.Erlang():
            return _gamma(float(patience.phases), patience.mean)
        case d.Weibull():
            return _weibull(patience.shape, patience.mean)
        case d.Lognormal():
            return _lognormal(patience.mean, patience.scv)
        case d.Deterministic():
            return _steps(np.array([patience.value]), np.array([1.0]))
        case d.Uniform():
            return _uniform(patience.low, patience.high)
        case d.Triangular():
            return _triangular(patience.low, patience.mode, patience.high)
        case d.Empirical():
            weights = np.ones(len(patience.values)) if patience.weights is None else np.asarray(patience.weights)
            return _steps(np.asarray(patience.values, dtype=float), weights)
        case d.WithZero():
            return _with_zero(patience.zero, patience_distribution(patience.of))
    raise InvalidValue("patience", patience, "give a distribution of scenarios.distributions or a PatienceLaw")


def _exponentials(shares: tuple[float, ...], means: tuple[float, ...]) -> PatienceDistribution:
    parts = list(zip(shares, means, strict=True))
    return PatienceDistribution(
        lasts=lambda t: np.asarray(sum(p * np.exp(-t / m) for p, m in parts)),
        used=lambda t: np.asarray(sum(-p * m * np.expm1(-t / m) for p, m in parts)),
    )


def _gamma(shape: float, mean: float) -> PatienceDistribution:
    scale = mean / shape
    return PatienceDistribution(
        lasts=lambda t: np.asarray(gammaincc(shape, t / scale)),
        used=lambda t: np.asarray(t * gammaincc(shape, t / scale) + mean * gammainc(shape + 1, t / scale)),
    )


def _weibull(shape: float, mean: float) -> PatienceDistribution:
    from scipy.special import gamma

    scale = mean / gamma(1 + 1 / shape)

    def hazard(t: Floats) -> Floats:
        with np.errstate(over="ignore"):  # an infinite hazard is a certain end
            return np.asarray((t / scale) ** shape)

    return PatienceDistribution(
        lasts=lambda t: np.asarray(np.exp(-hazard(t))),
        used=lambda t: np.asarray(mean * gammainc(1 / shape, hazard(t))),
    )


def _lognormal(mean: float, scv: float) -> PatienceDistribution:
    sigma = np.sqrt(np.log1p(scv))
    centre = np.log(mean) - sigma**2 / 2

    def score(t: Floats) -> Floats:
        return np.asarray((np.log(np.maximum(t, 1e-300)) - centre) / sigma)

    return PatienceDistribution(
        lasts=lambda t: np.asarray(ndtr(-score(t))),
        used=lambda t: np.asarray(t * ndtr(-score(t)) + mean * ndtr(score(t) - sigma)),
    )


def _uniform(low: float, high: float) -> PatienceDistribution:
    if low == high:
        return _steps(np.array([low]), np.array([1.0]))

    def used(t: Floats) -> Floats:
        inside = np.clip(t - low, 0.0, high - low)
        return np.minimum(t, low) + inside - inside**2 / (2 * (high - low))

    return PatienceDistribution(lambda t: np.clip((high - t) / (high - low), 0.0, 1.0), used, (low, high))


def _triangular(low: float, mode: float, high: float) -> PatienceDistribution:
    distribution = d.Triangular(low=low, mode=mode, high=high)

    def used(t: Floats) -> Floats:
        at = np.clip(t, low, high)
        rising = at - ((at - low) ** 3 / (3 * (high - low) * (mode - low)) if mode > low else 0.0)
        falling = distribution.mean - ((high - at) ** 3 / (3 * (high - low) * (high - mode)) if high > mode else 0.0)
        return np.where(t < low, t, np.where(at < mode, rising, falling))

    return PatienceDistribution(lambda t: 1 - distribution.cdf(t), used, (low, mode, high))


def _steps(values: Floats, weights: Floats) -> PatienceDistribution:
    """Patience as observed: a falling staircase. Beyond MOST_BREAKS the steps are too small to cut at each."""
    order = np.argsort(values)
    at, share = values[order], weights[order] / weights.sum()
    left = np.append(1.0, np.maximum(1 - np.cumsum(share), 0.0))
    left[-1] = 0.0
    area = np.append(0.0, np.cumsum(np.diff(at, prepend=0.0) * left[:-1]))
    start = np.append(0.0, at)

    def used(t: Floats) -> Floats:
        i = np.searchsorted(at, t, side="right")
        return np.asarray(area[i] + (t - start[i]) * left[i])

    cuts = np.unique(at)
    chosen = cuts[np.linspace(0, cuts.size - 1, min(cuts.size, MOST_BREAKS)).astype(int)]
    return PatienceDistribution(lambda t: left[np.searchsorted(at, t, side="right")], used, tuple(chosen.tolist()))


def _with_zero(zero: float, distribution: PatienceDistribution) -> PatienceDistribution:
    return PatienceDistribution(
        lambda t: (1 - zero) * distribution.lasts(t), lambda t: (1 - zero) * distribution.used(t), distribution.breaks
    )
