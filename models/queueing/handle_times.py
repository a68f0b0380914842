"""Handle-time laws as the offered load needs them: what is left of a handle time after a while."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincc, log_ndtr

from models.queueing.numerics.arguments import Floats, above, at_least
from scenarios.errors import InvalidValue


@dataclass(frozen=True)
class HandleTimeDistribution:
    """A law of handle times: `family`, `mean`, and its squared coefficient of variation `scv`.

    Families: exponential, deterministic, gamma (an Erlang law with k stages has scv 1 / k), lognormal.

    Examples
    --------
    >>> distribution = HandleTimeDistribution("gamma", 4.0, scv=0.5)
    >>> distribution.left([0.0, 4.0]).round(4), distribution.left_area(0.0).round(4)
    (array([4.    , 1.0827]), np.float64(12.0))
    """

    family: str
    mean: float
    scv: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is no law."""
        if self.family not in ("exponential", "deterministic", "gamma", "lognormal"):
            raise InvalidValue("family", self.family, "choose exponential, deterministic, gamma or lognormal")
        above("mean", self.mean, 0.0)
        if self.family in ("gamma", "lognormal"):
            above("scv", self.scv, 0.0)

    def left(self, after: ArrayLike) -> Floats:
        """Mean of what is left of a handle time after a time: E[(S - x)+], the mean itself for x below 0."""
        x = np.maximum(np.asarray(after, dtype=float), 0.0)
        return np.asarray(self._beyond(1, x) - x * self._beyond(0, x))

    def left_area(self, after: ArrayLike) -> Floats:
        """The integral of `left` from `after` on; equal to E[(S - x)+ squared] / 2 for x above 0."""
        given = np.asarray(after, dtype=float)
        x = np.maximum(given, 0.0)
        square = self._beyond(2, x) - 2 * x * self._beyond(1, x) + x**2 * self._beyond(0, x)
        return np.asarray(square / 2 + self.mean * np.maximum(-given, 0.0))

    def _beyond(self, power: int, x: Floats) -> Floats:
        """E[S to a power; S > x]."""
        if self.family == "deterministic":
            return np.where(x < self.mean, self.mean**power, 0.0)
        if self.family == "lognormal":
            variance = np.log1p(self.scv)
            centre = np.log(self.mean) - variance / 2
            with np.errstate(divide="ignore"):
                score = (centre - np.log(x)) / np.sqrt(variance)
            log_tail = log_ndtr(score + power * np.sqrt(variance))
            return np.asarray(np.exp(power * centre + power**2 * variance / 2 + log_tail))
        shape = 1.0 if self.family == "exponential" else 1 / self.scv
        scale = self.mean / shape
        moment = [1.0, self.mean, self.mean * (self.mean + scale)][power]
        return np.asarray(moment * gammaincc(shape + power, x / scale))


def fitted(mean: float, scv: float) -> HandleTimeDistribution:
    """The law usually meant by a mean and a squared coefficient of variation: 0 deterministic, 1 exponential.

    Anything else is lognormal, the shape found in most call records (Brown et al. 2005, "Statistical
    analysis of a telephone call center", section 4).

    Examples
    --------
    >>> fitted(5.0, 1.44).family
    'lognormal'
    """
    given = float(at_least("scv", scv, 0.0))
    family = {0.0: "deterministic", 1.0: "exponential"}.get(given, "lognormal")
    return HandleTimeDistribution(family, mean, given or 1.0)
