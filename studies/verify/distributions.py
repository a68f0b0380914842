"""Distributions as the tables name them."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios import distributions as d
from scenarios.errors import NotExpressible


def distribution(contact_type: str, numbers: Sequence[float], unit: float = 1.0) -> d.Distribution | None:
    """The distribution of a kind with its numbers, times multiplied by `unit`; None for a time without end.

    Raises
    ------
    NotExpressible
        If no distribution of the product is of this kind.

    Examples
    --------
    >>> distribution("logn", [3.0, 1.0], unit=60).mean
    180.0
    """
    name = str(contact_type).lower()
    if name in ("inf", "infinite", "none"):
        return None
    x = [float(number) for number in numbers]
    match name[:4].rstrip("0123456789"):
        case "det" | "cons":
            return d.Deterministic(value=x[0] * unit)
        case "exp" | "expo" | "m":
            return d.Exponential(mean=x[0] * unit)
        case "erl" | "erla":
            return d.Erlang(mean=x[0] * unit, phases=int(x[1]))
        case "gam" | "gamm":
            return d.Gamma(mean=x[0] * unit, cv=x[1])
        case "unif" | "u":
            return d.Uniform(low=x[0] * unit, high=x[1] * unit)
        case "weib":
            return d.Weibull(mean=x[0] * unit, shape=x[1])
        case "logn" | "ln":
            return d.Lognormal(mean=x[0] * unit, cv=x[1])
        case "mix":
            return d.WithZero(zero=x[0], of=d.Exponential(mean=x[1] * unit))
        case "h" | "hype" | "hexp":
            return d.Hyperexponential(shares=(x[0], 1 - x[0]), means=(x[1] * unit, x[2] * unit))
    raise NotExpressible(f"a time of kind '{contact_type}'", "the product", "add its family")


def of_mean_and_scv(mean: float, scv: float) -> d.Distribution:
    """A distribution with this mean and squared coefficient of variation.

    Examples
    --------
    >>> of_mean_and_scv(60.0, 0.25).scv
    0.25
    """
    if scv == 0:
        return d.Deterministic(value=mean)
    return d.Exponential(mean=mean) if scv == 1 else d.Gamma(mean=mean, cv=scv**0.5)
