"""Rules of integration, each worked out once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from models.queueing.numerics.arguments import Floats


@lru_cache(maxsize=16)
def gauss_legendre(order: int) -> tuple[Floats, Floats]:
    """Points between -1 and 1 and weights of the Gauss-Legendre rule of an order, each shape (order,), read only.

    Examples
    --------
    >>> points, weights = gauss_legendre(2)
    >>> points.round(4), weights.round(4)
    (array([-0.5774,  0.5774]), array([1., 1.]))
    """
    points, weights = np.polynomial.legendre.leggauss(order)
    points.flags.writeable = weights.flags.writeable = False
    return points, weights
