"""The busyness of a day: one gamma-distributed factor with mean 1 on all arrival rates."""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh_tridiagonal
from scipy.special import gammaincinv

from models.queueing.numerics.arguments import Floats, above
from scenarios.errors import InvalidValue


def gamma_nodes(shape: float, count: int) -> tuple[Floats, Floats]:
    """Factors and weights, both shape (count,), whose weighted sums are means over a gamma law with mean 1.

    Gauss-Laguerre quadrature by the eigenvalues of the Jacobi matrix (Golub & Welsch 1969), exact for
    polynomials up to degree 2 count - 1. The weights add up to 1, so that no gamma function overflows for
    large shapes.

    Examples
    --------
    >>> factors, weights = gamma_nodes(shape=4.0, count=8)
    >>> (weights @ factors).round(12), (weights @ factors**2).round(12)
    (np.float64(1.0), np.float64(1.25))
    """
    alpha = float(above("shape", shape, 0))
    if count < 1:
        raise InvalidValue("nodes", count, "give at least one node")
    k = np.arange(count)
    inner = k[1:]
    points, vectors = eigh_tridiagonal(2 * k + alpha, np.sqrt(inner * (inner + alpha - 1)))
    return np.asarray(points / alpha), np.asarray(vectors[0] ** 2)


def gamma_quantile(shape: float, level: float) -> float:
    """The factor that the day's busyness stays under on a share `level` of days.

    Examples
    --------
    >>> round(gamma_quantile(shape=1.0, level=0.5), 6)
    0.693147
    """
    alpha = float(above("shape", shape, 0))
    return float(gammaincinv(alpha, level) / alpha)
