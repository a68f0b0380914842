"""What becomes of one waiting customer: closed forms that several models share.

A customer waits behind `ahead` others while all agents are busy. Agents finish at a constant total rate,
everyone in the queue loses patience at rate `abandon_rate`. The time until an agent is free for the
customer is then a sum of independent exponentials with rates ``service_rate + i * abandon_rate``, i =
0..ahead, so that exp(-abandon_rate * V) follows a beta distribution (Riordan 1962, section 5.2; Garnett,
Mandelbaum & Reiman 2002, appendix).
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaincc, gammainc, gammaincc

from scenarios.errors import InvalidValue

Floats: TypeAlias = NDArray[np.float64]


def positive(field: str, value: ArrayLike) -> Floats:
    """`value` as floats, all of them finite and above zero.

    Examples
    --------
    >>> positive("handle time", 3)
    array(3.)
    """
    values = np.asarray(value, dtype=float)
    if not np.all(np.isfinite(values) & (values > 0)):
        raise InvalidValue(field, value, "give finite numbers above zero")
    return values


def not_negative(field: str, value: ArrayLike) -> Floats:
    """`value` as floats, all of them finite and at least zero.

    Examples
    --------
    >>> not_negative("arrivals", [0, 2])
    array([0., 2.])
    """
    values = np.asarray(value, dtype=float)
    if not np.all(np.isfinite(values) & (values >= 0)):
        raise InvalidValue(field, value, "give finite numbers, zero or more")
    return values


def share(field: str, value: float) -> float:
    """`value`, a probability between 0 and 1, both allowed.

    Examples
    --------
    >>> share("target", 0.8)
    0.8
    """
    if not 0 <= value <= 1:
        raise InvalidValue(field, value, "give a share between 0 and 1")
    return float(value)


def answered_within(
    within: ArrayLike, ahead: ArrayLike, service_rate: ArrayLike, abandon_rate: float
) -> Floats:
    """P(answered after waiting at most `within`) for a customer with `ahead` others in front.

    Examples
    --------
    >>> answered_within(0.5, [0, 1], service_rate=2.0, abandon_rate=0.5).round(4)
    array([0.5708, 0.2644])
    """
    within, ahead, service_rate = np.asarray(within), np.asarray(ahead), np.asarray(service_rate)
    if abandon_rate == 0:
        return np.asarray(gammainc(ahead + 1, service_rate * within))
    c = service_rate / abandon_rate
    passed = -np.expm1(-abandon_rate * within)
    return np.asarray(c / (c + ahead + 1) * betainc(ahead + 1, c + 1, passed))


def waiting_beyond(
    within: ArrayLike, ahead: ArrayLike, service_rate: ArrayLike, abandon_rate: float
) -> Floats:
    """P(still in the queue after `within`) for a customer with `ahead` others in front.

    Examples
    --------
    >>> waiting_beyond(0.5, [0, 1], service_rate=2.0, abandon_rate=0.5).round(4)
    array([0.2865, 0.54  ])
    """
    within, ahead, service_rate = np.asarray(within), np.asarray(ahead), np.asarray(service_rate)
    if abandon_rate == 0:
        return np.asarray(gammaincc(ahead + 1, service_rate * within))
    passed = -np.expm1(-abandon_rate * within)
    beyond = betaincc(ahead + 1, service_rate / abandon_rate, passed)
    return np.asarray(np.exp(-abandon_rate * within) * beyond)


def answered_wait(positions: int, service_rate: float, abandon_rate: float) -> Floats:
    """E[wait; answered] for a customer with 0, 1, ... others in front, shape (positions,).

    Minus the derivative of the Laplace transform of the sum of exponentials, at `abandon_rate`.

    Examples
    --------
    >>> answered_wait(2, service_rate=2.0, abandon_rate=0.0)
    array([0.5, 1. ])
    """
    stage = np.arange(positions)
    reached = service_rate / (service_rate + (stage + 1) * abandon_rate)
    return np.asarray(reached * np.cumsum(1 / (service_rate + (stage + 1) * abandon_rate)))
