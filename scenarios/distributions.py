"""Distributions of times as values: what they are (mean, scv, quantile) and how to draw them.

A distribution is written as a mapping: ``{mean: 5 min}`` is exponential, ``{mean: 5 min, cv: 1.2}`` is
lognormal, and ``family`` names any other. Draws have the prefix property: the first *m* of *n* draws are the
*m* draws that a request for *m* gives, so contact number *i* stays the same person when the volume changes.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from scenarios.errors import InvalidValue
from scenarios.units import AnyDuration, duration

Floats = NDArray[np.float64]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]

FORMS = "write {mean: 5 min}, {mean: 5 min, cv: 1.2}, or {family: deterministic, value: 5 min}"


class _Family(BaseModel, ABC):
    """What every distribution of a time can say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    @abstractmethod
    def mean(self) -> float:
        """The mean in seconds."""

    @property
    @abstractmethod
    def scv(self) -> float:
        """The squared coefficient of variation, variance over squared mean."""

    @abstractmethod
    def cdf(self, time: ArrayLike) -> Floats:
        """The probability of at most this time (seconds), in the shape of `time`."""

    @abstractmethod
    def draw(self, random: np.random.Generator, size: int) -> Floats:
        """Draws in seconds, shape (size,), with the prefix property."""

    @abstractmethod
    def scaled(self, factor: float) -> Distribution:
        """The same shape with every time multiplied by `factor`."""

    def quantile(self, share: ArrayLike) -> Floats:
        """The times (seconds) that these shares of draws stay below; by bisection on the cdf."""
        wanted = np.asarray(share, dtype=float)
        low, high = np.zeros_like(wanted), np.full_like(wanted, max(self.mean, 1e-9))
        while np.any(short := self.cdf(high) < np.minimum(wanted, 1 - 1e-12)):
            high = np.where(short, 2 * high, high)
        for _ in range(80):
            middle = (low + high) / 2
            below = self.cdf(middle) < wanted
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.where(wanted <= self.cdf(0.0), 0.0, high)


class _OfMean(_Family):
    """A family told by its mean."""

    mean_: AnyDuration = Field(alias="mean", serialization_alias="mean", gt=0)

    @property
    def mean(self) -> float:
        return self.mean_

    def scaled(self, factor: float) -> Distribution:
        values = self.model_dump(by_alias=True) | {"mean": self.mean * factor}
        return type(self).model_validate(values)  # type: ignore[return-value]


class Exponential(_OfMean):
    """No memory: the time already spent says nothing about the time to come.

    Examples
    --------
    >>> Exponential(mean=300).scv
    1.0
    """

    family: Literal["exponential"] = "exponential"

    @property
    def scv(self) -> float:
        return 1.0

    def cdf(self, time: ArrayLike) -> Floats:
        return -np.expm1(-np.maximum(time, 0.0) / self.mean)

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        return random.standard_exponential(size) * self.mean


class Lognormal(_OfMean):
    """The usual shape of handle times: skewed, never near zero (Brown et al. 2005).

    Examples
    --------
    >>> round(Lognormal(mean=300, cv=1.0).quantile(0.5).item(), 3)
    212.132
    """

    family: Literal["lognormal"] = "lognormal"
    cv: Positive

    @property
    def scv(self) -> float:
        return self.cv**2

    @property
    def _sigma(self) -> float:
        return math.sqrt(math.log1p(self.scv))

    @property
    def _mu(self) -> float:
        return math.log(self.mean) - self._sigma**2 / 2

    def cdf(self, time: ArrayLike) -> Floats:
        from scipy.special import ndtr

        positive = np.maximum(time, 1e-300)
        return np.asarray(ndtr((np.log(positive) - self._mu) / self._sigma))

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        normal = random.standard_normal(size)
        normal *= self._sigma
        normal += self._mu
        return np.exp(normal, out=normal)


class Gamma(_OfMean):
    """A gamma time told by mean and cv; a cv of 1/sqrt(k) gives the Erlang distribution of k phases.

    Examples
    --------
    >>> Gamma(mean=300, cv=0.5).scv
    0.25
    """

    family: Literal["gamma"] = "gamma"
    cv: Positive

    @property
    def scv(self) -> float:
        return self.cv**2

    def cdf(self, time: ArrayLike) -> Floats:
        from scipy.special import gammainc

        return np.asarray(gammainc(1 / self.scv, np.maximum(time, 0.0) / (self.mean * self.scv)))

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        return random.standard_gamma(1 / self.scv, size) * (self.mean * self.scv)


class Erlang(_OfMean):
    """The sum of `phases` equal exponential steps.

    Examples
    --------
    >>> Erlang(mean=300, phases=4).scv
    0.25
    """

    family: Literal["erlang"] = "erlang"
    phases: Annotated[int, Field(ge=1, le=10_000)]

    @property
    def scv(self) -> float:
        return 1 / self.phases

    def _as_gamma(self) -> Gamma:
        return Gamma(mean=self.mean, cv=math.sqrt(self.scv))

    def cdf(self, time: ArrayLike) -> Floats:
        return self._as_gamma().cdf(time)

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        return self._as_gamma().draw(random, size)


class Weibull(_OfMean):
    """A time whose hazard falls (shape below 1) or rises (above 1), as patience often does.

    Examples
    --------
    >>> round(Weibull(mean=180, shape=1.0).scv, 12)
    1.0
    """

    family: Literal["weibull"] = "weibull"
    shape: Annotated[float, Field(ge=0.1, le=100)]

    @property
    def scv(self) -> float:
        return math.gamma(1 + 2 / self.shape) / math.gamma(1 + 1 / self.shape) ** 2 - 1

    @property
    def _scale(self) -> float:
        return self.mean / math.gamma(1 + 1 / self.shape)

    def cdf(self, time: ArrayLike) -> Floats:
        with np.errstate(over="ignore"):  # an infinite power is a certain end
            return -np.expm1(-((np.maximum(time, 0.0) / self._scale) ** self.shape))

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        return random.standard_exponential(size) ** (1 / self.shape) * self._scale


class Hyperexponential(_Family):
    """A blend of exponentials: most contacts short, some long.

    Examples
    --------
    >>> Hyperexponential(shares=(0.7, 0.3), means=(120, 520)).mean
    240.0
    """

    family: Literal["hyperexponential"] = "hyperexponential"
    shares: Annotated[tuple[Probability, ...], Field(min_length=1, max_length=20)]
    means: Annotated[tuple[Annotated[AnyDuration, Field(gt=0)], ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _matched(self) -> Hyperexponential:
        if len(self.shares) != len(self.means):
            raise InvalidValue("shares", self.shares, f"give one share for each of the {len(self.means)} means")
        if not math.isclose(sum(self.shares), 1, abs_tol=1e-9):
            raise InvalidValue("shares", self.shares, f"they must add up to 1, not {sum(self.shares):g}")
        return self

    @property
    def mean(self) -> float:
        return sum(p * m for p, m in zip(self.shares, self.means, strict=True))

    @property
    def scv(self) -> float:
        second = sum(2 * p * m * m for p, m in zip(self.shares, self.means, strict=True))
        return second / self.mean**2 - 1

    def cdf(self, time: ArrayLike) -> Floats:
        positive = np.maximum(time, 0.0)
        parts = (p * -np.expm1(-positive / m) for p, m in zip(self.shares, self.means, strict=True))
        return np.asarray(sum(parts), dtype=float)

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        which, along = random.random((size, 2)).T
        branch = np.searchsorted(np.cumsum(self.shares)[:-1], which, side="right")
        return np.asarray(-np.log1p(-along) * np.asarray(self.means)[branch])

    def scaled(self, factor: float) -> Distribution:
        return Hyperexponential(shares=self.shares, means=tuple(m * factor for m in self.means))


class Uniform(_Family):
    """Every time between two bounds alike.

    Examples
    --------
    >>> Uniform(low="3 min", high="7 min").mean
    300.0
    """

    family: Literal["uniform"] = "uniform"
    low: AnyDuration
    high: Annotated[AnyDuration, Field(gt=0)]

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if self.low > self.high:
            raise InvalidValue("low", self.low, f"it must not exceed high ({self.high:g} s)")
        return self

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2

    @property
    def scv(self) -> float:
        return (self.high - self.low) ** 2 / 12 / self.mean**2

    def cdf(self, time: ArrayLike) -> Floats:
        at = np.asarray(time, dtype=float)
        if self.low == self.high:
            return (at >= self.low).astype(float)
        return np.clip((at - self.low) / (self.high - self.low), 0.0, 1.0)

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        return self.low + random.random(size) * (self.high - self.low)

    def scaled(self, factor: float) -> Distribution:
        return Uniform(low=self.low * factor, high=self.high * factor)


class Triangular(_Family):
    """A lowest, a likeliest and a highest time: an expert's guess.

    Examples
    --------
    >>> Triangular(low=60, mode=120, high=300).mean
    160.0
    """

    family: Literal["triangular"] = "triangular"
    low: AnyDuration
    mode: AnyDuration
    high: Annotated[AnyDuration, Field(gt=0)]

    @model_validator(mode="after")
    def _ordered(self) -> Triangular:
        if not self.low <= self.mode <= self.high or self.low == self.high:
            raise InvalidValue(
                "mode", self.mode, f"need low <= mode <= high and low < high ({self.low:g}, {self.high:g})"
            )
        return self

    @property
    def mean(self) -> float:
        return (self.low + self.mode + self.high) / 3

    @property
    def scv(self) -> float:
        a, c, b = self.low, self.mode, self.high
        return (a * a + b * b + c * c - a * b - a * c - b * c) / 18 / self.mean**2

    def cdf(self, time: ArrayLike) -> Floats:
        a, c, b = self.low, self.mode, self.high
        at = np.clip(np.asarray(time, dtype=float), a, b)
        rising = (at - a) ** 2 / ((b - a) * (c - a)) if c > a else np.zeros_like(at)
        falling = 1 - (b - at) ** 2 / ((b - a) * (b - c)) if b > c else np.ones_like(at)
        return np.asarray(np.where(at < c, rising, falling))

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        a, c, b = self.low, self.mode, self.high
        along = random.random(size)
        rising = a + np.sqrt(along * (b - a) * (c - a))
        falling = b - np.sqrt((1 - along) * (b - a) * (b - c))
        return np.where(along * (b - a) < c - a, rising, falling)

    def scaled(self, factor: float) -> Distribution:
        return Triangular(low=self.low * factor, mode=self.mode * factor, high=self.high * factor)


class Deterministic(_Family):
    """Always the same time.

    Examples
    --------
    >>> Deterministic(value="20 min").scv
    0.0
    """

    family: Literal["deterministic"] = "deterministic"
    value: AnyDuration

    @property
    def mean(self) -> float:
        return self.value

    @property
    def scv(self) -> float:
        return 0.0

    def cdf(self, time: ArrayLike) -> Floats:
        return (np.asarray(time, dtype=float) >= self.value).astype(float)

    def quantile(self, share: ArrayLike) -> Floats:
        return np.full(np.shape(share), self.value)

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        return np.full(size, self.value)

    def scaled(self, factor: float) -> Distribution:
        return Deterministic(value=self.value * factor)


class Empirical(_Family):
    """Times as they were observed, each as likely as its weight says.

    Examples
    --------
    >>> Empirical(values=(60, 120, 180), weights=(1, 1, 2)).mean
    135.0
    """

    family: Literal["empirical"] = "empirical"
    values: Annotated[tuple[AnyDuration, ...], Field(min_length=1, max_length=100_000)]
    weights: tuple[Annotated[float, Field(ge=0, allow_inf_nan=False)], ...] | None = None

    @model_validator(mode="after")
    def _weighed(self) -> Empirical:
        if self.weights is not None and (len(self.weights) != len(self.values) or sum(self.weights) <= 0):
            raise InvalidValue("weights", self.weights, f"give one weight for each of the {len(self.values)} values")
        return self

    def _table(self) -> tuple[Floats, Floats]:
        """Values in rising order and their cumulative shares, both of shape (values,)."""
        values = np.asarray(self.values, dtype=float)
        weights = np.ones_like(values) if self.weights is None else np.asarray(self.weights, dtype=float)
        order = np.argsort(values, kind="stable")
        return values[order], np.cumsum(weights[order]) / weights.sum()

    @property
    def mean(self) -> float:
        return float(np.average(self.values, weights=self.weights))

    @property
    def scv(self) -> float:
        second = float(np.average(np.square(self.values), weights=self.weights))
        return second / self.mean**2 - 1 if self.mean else 0.0

    def cdf(self, time: ArrayLike) -> Floats:
        values, shares = self._table()
        below = np.searchsorted(values, np.asarray(time, dtype=float), side="right")
        return np.asarray(np.concatenate(([0.0], shares))[below])

    def quantile(self, share: ArrayLike) -> Floats:
        values, shares = self._table()
        return values[np.minimum(np.searchsorted(shares, share), len(values) - 1)]

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        return self.quantile(random.random(size))

    def scaled(self, factor: float) -> Distribution:
        return Empirical(values=tuple(v * factor for v in self.values), weights=self.weights)


class WithZero(_Family):
    """A share of exact zeros mixed with another distribution: customers who never wait at all.

    Examples
    --------
    >>> WithZero(zero=0.1, of={"mean": 1000}).mean
    900.0
    """

    family: Literal["with-zero"] = "with-zero"
    zero: Probability
    of: Distribution

    @property
    def mean(self) -> float:
        return (1 - self.zero) * self.of.mean

    @property
    def scv(self) -> float:
        return (1 + self.of.scv) / (1 - self.zero) - 1 if self.zero < 1 else 0.0

    def cdf(self, time: ArrayLike) -> Floats:
        return np.where(np.asarray(time) < 0, 0.0, self.zero + (1 - self.zero) * self.of.cdf(time))

    def draw(self, random: np.random.Generator, size: int) -> Floats:
        chance, inner = random.spawn(2)
        return np.where(chance.random(size) < self.zero, 0.0, self.of.draw(inner, size))

    def scaled(self, factor: float) -> Distribution:
        return WithZero(zero=self.zero, of=self.of.scaled(factor))


def _with_family(value: Any) -> Any:
    """The mapping with its family filled in where the shape of the mapping says which one is meant."""
    if not isinstance(value, dict):
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return _bare_time(value)
        return value
    if "family" in value:
        return value
    if set(value) == {"mean"}:
        return {"family": "exponential"} | value
    if set(value) == {"mean", "cv"}:
        constant = {"family": "deterministic", "value": value["mean"]}
        return constant if value["cv"] == 0 else {"family": "lognormal"} | value
    raise InvalidValue("family", sorted(map(str, value)), FORMS)


def _bare_time(value: str | float) -> dict[str, object]:
    """Nothing but zero says its distribution by itself."""
    if duration(value) == 0:
        return {"family": "deterministic", "value": 0.0}
    raise InvalidValue("distribution", value, f"a bare time does not say how it varies; {FORMS}")


Distribution = Annotated[
    Annotated[
        Exponential
        | Lognormal
        | Gamma
        | Erlang
        | Weibull
        | Hyperexponential
        | Uniform
        | Triangular
        | Deterministic
        | Empirical
        | WithZero,
        Field(discriminator="family"),
    ],
    BeforeValidator(_with_family),
]
"""Any of the families, read from a mapping."""

WithZero.model_rebuild()

FAMILIES = (
    *("exponential", "lognormal", "gamma", "erlang", "weibull", "hyperexponential"),
    *("uniform", "triangular", "deterministic", "empirical", "with-zero"),
)
"""The names of the families."""

ZERO = Deterministic(value=0.0)
