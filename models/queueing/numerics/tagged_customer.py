"""What becomes of one waiting customer: closed forms that several models share.

A customer waits behind `ahead` others while all agents are busy. Agents finish at a constant total rate,
everyone in the queue loses patience at rate `loss_rate`. The time until an agent is free for the
customer is then a sum of independent exponentials with rates ``service_rate + i * loss_rate``, i =
0..ahead, so that exp(-loss_rate * V) follows a beta distribution (Riordan 1962, section 5.2; Garnett,
Mandelbaum & Reiman 2002, appendix).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincc, gammainc, gammaincc

from models.queueing.numerics.arguments import Floats, at_least
from scenarios.errors import InvalidValue


def abandon_rate(patience: float) -> float:
    """The rate at which a waiting customer leaves whose mean patience this is; 0 for an endless one.

    Examples
    --------
    >>> abandon_rate(4.0)
    0.25
    """
    mean = float(at_least("patience", patience, 0, infinite=True))
    if mean == 0:
        raise InvalidValue("patience", patience, "give a mean above zero, or inf for customers who never leave")
    return 1 / mean


def answered_within(within: ArrayLike, ahead: ArrayLike, service_rate: ArrayLike, loss_rate: float) -> Floats:
    """P(answered after waiting at most `within`) for a customer with `ahead` others in front.

    Examples
    --------
    >>> answered_within(0.5, [0, 1], service_rate=2.0, loss_rate=0.5).round(4)
    array([0.5708, 0.2644])
    """
    within, ahead, service_rate = np.asarray(within), np.asarray(ahead), np.asarray(service_rate)
    if loss_rate == 0:
        return np.asarray(gammainc(ahead + 1, service_rate * within))
    c = service_rate / loss_rate
    passed = -np.expm1(-loss_rate * within)
    return np.asarray(c / (c + ahead + 1) * betainc(ahead + 1, c + 1, passed))


def waiting_beyond(within: ArrayLike, ahead: ArrayLike, service_rate: ArrayLike, loss_rate: float) -> Floats:
    """P(still in the queue after `within`) for a customer with `ahead` others in front.

    Examples
    --------
    >>> waiting_beyond(0.5, [0, 1], service_rate=2.0, loss_rate=0.5).round(4)
    array([0.2865, 0.54  ])
    """
    within, ahead, service_rate = np.asarray(within), np.asarray(ahead), np.asarray(service_rate)
    if loss_rate == 0:
        return np.asarray(gammaincc(ahead + 1, service_rate * within))
    passed = -np.expm1(-loss_rate * within)
    beyond = betaincc(ahead + 1, service_rate / loss_rate, passed)
    return np.asarray(np.exp(-loss_rate * within) * beyond)


def answered_wait(positions: int, service_rate: float, loss_rate: float) -> Floats:
    """E[wait; answered] for a customer with 0, 1, ... others in front, shape (positions,).

    Minus the derivative of the Laplace transform of the sum of exponentials, at `loss_rate`.

    Examples
    --------
    >>> answered_wait(2, service_rate=2.0, loss_rate=0.0)
    array([0.5, 1. ])
    """
    stage = np.arange(positions)
    reached = service_rate / (service_rate + (stage + 1) * loss_rate)
    return np.asarray(reached * np.cumsum(1 / (service_rate + (stage + 1) * loss_rate)))
