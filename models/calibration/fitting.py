"""Families fitted to times by maximum likelihood, compared by AIC, with the distance to what was observed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scenarios.distributions import (
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Hyperexponential,
    Lognormal,
    Weibull,
)
from scenarios.errors import InvalidValue

Floats = NDArray[np.float64]

FEWEST = 10
"""Fewer times than this say nothing about a family."""


@dataclass(frozen=True)
class Fit:
    """A family with the parameters under which the observed times are likeliest."""

    distribution: Distribution
    aic: float
    """Akaike's criterion, 2 x parameters - 2 x log-likelihood: the lowest is best."""
    distance: float
    """Kolmogorov's distance: the largest gap between the fitted and the observed distribution function."""

    @property
    def family(self) -> str:
        """The name of the family."""
        return self.distribution.family


def fits(times: ArrayLike) -> tuple[Fit, ...]:
    """The families fitted to times (seconds, over 0), the best by AIC first.

    Raises
    ------
    InvalidValue
        If there are fewer than ten times, or one is not over 0.

    Examples
    --------
    >>> times = np.random.default_rng(1).lognormal(5.0, 0.8, 2000)
    >>> fits(times)[0].family
    'lognormal'
    """
    x = np.sort(np.asarray(times, dtype=float))
    if len(x) < FEWEST or not x[0] > 0 or not np.isfinite(x[-1]):
        raise InvalidValue("times", f"{len(x)} times", f"give at least {FEWEST}, all over 0")
    if x[0] == x[-1]:
        raise InvalidValue("times", x[0].item(), "all are alike: use a deterministic time")
    makers: tuple[Callable[[Floats], tuple[Distribution, float, int]], ...] = (
        _exponential,
        _lognormal,
        _gamma,
        _weibull,
        _hyperexponential,
    )
    results = []
    for make in makers:
        distribution, log_likelihood, parameters = make(x)
        results.append(Fit(distribution, 2 * parameters - 2 * log_likelihood, _distance(x, distribution)))
    return tuple(sorted(results, key=lambda fit: fit.aic))


def quantiles(times: ArrayLike, points: int = 200) -> Empirical:
    """The observed distribution in at most `points` values of equal weight, whose mean is that of the times.

    Examples
    --------
    >>> quantiles([1.0, 2.0, 3.0, 4.0], points=2).values
    (1.5, 3.5)
    """
    x = np.sort(np.asarray(times, dtype=float))
    if not len(x):
        raise InvalidValue("times", "none", "give at least one time")
    parts = min(points, len(x))
    edges = np.linspace(0, len(x), parts + 1)
    # Sums up to each edge, an edge inside a value taking its part of it: every class has the same weight.
    sums = np.interp(edges, np.arange(len(x) + 1), np.concatenate(([0.0], np.cumsum(x))))
    values = np.diff(sums) / np.diff(edges)
    return Empirical(values=tuple(np.maximum.accumulate(np.maximum(values, 0.0)).tolist()))


def _distance(x: Floats, distribution: Distribution) -> float:
    """Kolmogorov's distance; ties count as one step, so that rounding to seconds is not blamed on the family."""
    at, counts = np.unique(x, return_counts=True)
    after = np.cumsum(counts) / len(x)
    fitted = distribution.cdf(at)
    return float(max(np.max(np.abs(after - fitted)), np.max(np.abs(after - counts / len(x) - fitted))))


def _exponential(x: Floats) -> tuple[Distribution, float, int]:
    from scipy.stats import expon

    (_, mean), likelihood = _fitted(expon, x)
    return Exponential(mean=mean), likelihood, 1


def _lognormal(x: Floats) -> tuple[Distribution, float, int]:
    from scipy.stats import lognorm

    (sigma, _, median), likelihood = _fitted(lognorm, x)
    return Lognormal(mean=median * math.exp(sigma**2 / 2), cv=math.sqrt(math.expm1(sigma**2))), likelihood, 2


def _gamma(x: Floats) -> tuple[Distribution, float, int]:
    from scipy.stats import gamma

    (shape, _, scale), likelihood = _fitted(gamma, x)
    return Gamma(mean=shape * scale, cv=1 / math.sqrt(shape)), likelihood, 2


def _weibull(x: Floats) -> tuple[Distribution, float, int]:
    """SciPy climbs to the maximum from the shape that the spread of the logarithms suggests (Menon 1963, eq. 2.6)."""
    from scipy.stats import weibull_min

    (shape, _, scale), likelihood = _fitted(weibull_min, x, math.pi / math.sqrt(6) / float(np.log(x).std()))
    return Weibull(mean=scale * math.gamma(1 + 1 / shape), shape=shape), likelihood, 2


def _fitted(family: Any, x: Floats, *start: float) -> tuple[tuple[float, ...], float]:
    """Shape, location 0 and scale of a family of SciPy at the largest likelihood, and its logarithm."""
    parameters = tuple(map(float, family.fit(x, *start, floc=0)))
    return parameters, float(family.logpdf(x, *parameters).sum())


def _hyperexponential(x: Floats, steps: int = 300) -> tuple[Distribution, float, int]:
    """Two branches by expectation and maximisation (Asmussen, Nerman and Olsson 1996), which SciPy has not."""
    share, means = np.array([0.5, 0.5]), np.array([0.5, 1.5]) * x.mean()
    likelihood = -math.inf
    at, counts = np.unique(x, return_counts=True)  # times in whole seconds repeat
    for _ in range(steps):
        density = share / means * np.exp(-at[:, None] / means)
        total = density.sum(axis=1)
        before, likelihood = likelihood, float(counts @ np.log(total))
        if likelihood - before < 1e-6:
            break
        belongs = density / total[:, None] * counts[:, None]
        mass = belongs.sum(axis=0)
        share = mass / len(x)
        means = (belongs * at[:, None]).sum(axis=0) / np.maximum(mass, 1e-300)
    first = float(share[0])
    fitted = Hyperexponential(shares=(first, 1 - first), means=(float(means[0]), float(means[1])))
    return fitted, likelihood, 3
