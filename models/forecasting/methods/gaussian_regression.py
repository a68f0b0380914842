"""Regression by a Gaussian process: many small effects, each as large as the days seen make likely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from models.forecasting.methods.covariance import DayCovariance
from models.forecasting.series import Floats

NOISE = "noise"
LARGEST_SWEEP = 400
"""Days from which on LAPACK is worth its threads."""
_RANGE = 5.0
"""How far a logarithm of a variance may move from where it began."""


@dataclass(frozen=True)
class DayPrediction:
    """Means and standard deviations of days to come, both shape (targets,)."""

    mean: Floats
    deviation: Floats


def likely_spread(
    values: Floats,
    known_variance: Floats,
    covariance: DayCovariance,
    prior: dict[str, float],
    doubt: float = 1.0,
    evaluations: int = 20,
) -> dict[str, float]:
    """The standard deviation of each effect that past days make likeliest, not far from the prior.

    Maximum a posteriori of the marginal likelihood (Rasmussen and Williams 2006, eq. 5.8 and 5.9), with normal
    priors on the logarithms of the standard deviations.

    Parameters
    ----------
    values
        What was seen, mean 0, shape (days,).
    known_variance
        The part of each day's variance that is known, such as Poisson's, shape (days,).
    covariance
        How alike the days are; those to come may follow.
    prior
        Standard deviations before anything was seen, `noise` among them.
    doubt
        The standard deviation of the logarithms of those.
    evaluations
        The most evaluations of the likelihood in the search.
    """
    days = len(values)
    names = [name for name in prior if name in covariance.effects or name == NOISE]
    matrices = [covariance.effects[name][:days, :days] if name != NOISE else np.eye(days) for name in names]
    start = np.log([prior[name] ** 2 for name in names])
    stacked = np.stack(matrices)

    def cost(logarithms: Floats) -> tuple[float, Floats]:
        variances = np.exp(logarithms)
        total = np.einsum("e,eij->ij", variances, stacked)
        total[np.diag_indices(days)] += known_variance + 1e-9
        inverse, log_determinant = inverse_of(total)
        weights = np.einsum("ij,j->i", inverse, values)
        curvature = np.outer(weights, weights) - inverse
        away = (logarithms - start) / (2 * doubt)
        value = 0.5 * (values @ weights + log_determinant + away @ away)
        return float(value), -0.5 * variances * np.einsum("eij,ij->e", stacked, curvature) + away / (2 * doubt)

    bounds = [(value - _RANGE, value + _RANGE) for value in start]
    result = minimize(cost, start, jac=True, method="TNC", bounds=bounds, options={"maxfun": evaluations})
    return {name: float(np.exp(value / 2)) for name, value in zip(names, result.x, strict=True)}


def predict(
    values: Floats, known_variance: Floats, covariance: DayCovariance, spread: dict[str, float]
) -> DayPrediction:
    """The days after those seen (Rasmussen and Williams 2006, eq. 2.25 and 2.26); the deviation is of a new day."""
    days = len(values)
    past, ahead = slice(0, days), slice(days, None)
    total = covariance.total(spread, past, past)
    total[np.diag_indices(days)] += known_variance + spread[NOISE] ** 2 + 1e-9
    across = covariance.total(spread, ahead, past)
    prior_variance = np.diag(covariance.total(spread, ahead, ahead)) + spread[NOISE] ** 2
    solution = solved(total, np.column_stack((values, across.T)))
    variance = prior_variance - np.einsum("td,dt->t", across, solution[:, 1:])
    return DayPrediction(across @ solution[:, 0], np.sqrt(np.maximum(variance, 1e-12)))


def predict_groups(
    values: Floats, known_variance: Floats, covariance: DayCovariance, spread: dict[str, float], groups: int = 2
) -> Floats:
    """Means of the days ahead for many quantities at once, shape (targets, quantities).

    Quantities of like known variance share one matrix.

    Parameters
    ----------
    values, known_variance
        What was seen and how uncertain it is, shape (days, quantities).
    covariance, spread
        How alike the days are.
    groups
        So many matrices are solved.
    """
    days, quantities = values.shape
    past, ahead = slice(0, days), slice(days, None)
    base, across = covariance.total(spread, past, past), covariance.total(spread, ahead, past)
    result = np.zeros((across.shape[0], quantities))
    for members in np.array_split(np.argsort(known_variance.mean(axis=0)), min(groups, quantities)):
        total = base.copy()
        total[np.diag_indices(days)] += known_variance[:, members].mean(axis=1) + spread[NOISE] ** 2
        result[:, members] = across @ solved(total, values[:, members])
    return result


def inverse_of(matrix: Floats) -> tuple[Floats, float]:
    """The inverse of a positive definite matrix and the logarithm of its determinant, by sweeping each pivot.

    The sweep operator (Goodnight 1979). Of some sixty days it takes less than a millisecond on one thread, where the
    threads of LAPACK wait for each other for up to a hundred times as long on a busy machine.

    Examples
    --------
    >>> inverse, log_determinant = inverse_of(np.array([[2.0, 0.0], [0.0, 4.0]]))
    >>> inverse.diagonal(), round(np.exp(log_determinant), 6)
    (array([0.5 , 0.25]), np.float64(8.0))
    """
    swept = matrix.copy()
    log_determinant = 0.0
    for index in range(len(swept)):
        column = swept[:, index].copy()
        pivot = column[index]
        log_determinant += float(np.log(pivot))
        row = swept[index] / pivot
        swept -= column[:, None] * row
        swept[index] = row
        swept[:, index] = -column / pivot
        swept[index, index] = 1 / pivot
    return swept, log_determinant


def solved(matrix: Floats, right: Floats) -> Floats:
    """The solution of a positive definite system with several right sides, shape (days, sides)."""
    if len(matrix) > LARGEST_SWEEP:
        return np.asarray(cho_solve(cho_factor(matrix, lower=True), right))
    return np.asarray(np.einsum("ij,jk->ik", inverse_of(matrix)[0], right))
