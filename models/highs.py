"""Linear and integer programs, solved by HiGHS: its only interface here, with one policy where it has no solution.

A solution is returned only if it satisfies every row: the optimum, or for an integer program the best one found within
the time limit. In every other case `NoSolution` is raised with its reason, and the caller decides how to go on:
keep the current plan, skip the step, or use a bound that needs no program.
"""

from __future__ import annotations

import ctypes
import math
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from scenarios.errors import PlannerError

if TYPE_CHECKING:
    from models.queueing.numerics.arguments import Floats

Reason = Literal["time limit", "infeasible", "unbounded", "numerical trouble"]
REASONS: dict[int, Reason] = {1: "time limit", 2: "infeasible", 3: "unbounded"}
"""By the status codes of SciPy; all others are numerical trouble."""
SECONDS = 10.0
"""The time of a program unless the caller gives another: far more than any of this size has taken."""

_STANDARD_OUTPUT = Lock()
"""Held while the standard output of the process is silenced, so that two threads do not restore each other's."""


class NoSolution(PlannerError):
    """A program for which HiGHS has no solution, with the reason."""

    def __init__(self, reason: Reason, seconds: float) -> None:
        self.reason, self.seconds = reason, seconds
        remedy = {
            "time limit": f"it had {seconds:.3g} s; allow more time, or try again when the machine is less busy",
            "infeasible": "its rows contradict each other; loosen the bounds on agents",
        }.get(reason, "look for volumes, handle times or prices of extreme size")
        super().__init__(f"the solver found no solution ({reason}): {remedy}")


@dataclass(frozen=True)
class ConstraintRows:
    """Rows of a program: least <= matrix @ values <= most."""

    matrix: Any
    """Shape (rows, values), dense or a SciPy sparse array."""
    least: Floats | float = -math.inf
    most: Floats | float = math.inf


@dataclass(frozen=True, eq=False)
class Solution:
    """Values that keep every row."""

    values: Floats
    cost: float
    bound: float
    """No values that keep every row cost less."""


def solve_linear(
    cost: Floats, rows: Floats, least: Floats, *, low: Floats, high: Floats, seconds: float = SECONDS
) -> Solution:
    """The cheapest values between `low` and `high` with rows @ values >= least.

    Raises
    ------
    NoSolution
        If there is none, or none is found in time.

    Examples
    --------
    >>> cost, rows, least = np.array([2.0, 3.0]), np.array([[1.0, 1.0]]), np.array([4.0])
    >>> solve_linear(cost, rows, least, low=np.zeros(2), high=np.array([3.0, 3.0])).cost
    9.0
    >>> solve_linear(cost, rows, least, low=np.zeros(2), high=np.ones(2))
    Traceback (most recent call last):
    models.highs.NoSolution: the solver found no solution (infeasible): its rows contradict each other; ...
    """
    above = {"A_ub": -rows, "b_ub": -least} if len(least) else {}
    result = _linear(cost, seconds, bounds=np.column_stack((low, high)), **above)
    return Solution(np.asarray(result.x), float(result.fun), float(result.fun))


def solve_integer(
    cost: Floats,
    rows: Sequence[ConstraintRows],
    *,
    whole: Floats,
    low: Floats | float = 0.0,
    high: Floats | float = math.inf,
    gap: float = 0.0,
    seconds: float = SECONDS,
) -> Solution:
    """The cheapest values between `low` and `high` that keep all rows, some of them whole numbers.

    Parameters
    ----------
    whole
        1 where a value must be whole, else 0, shape (values,); with no 1 this is a linear program.
    gap
        The share of its cost by which the solution may be dearer than the cheapest.

    Raises
    ------
    NoSolution
        If there is none, or none is found in time.

    Examples
    --------
    >>> row = ConstraintRows(np.array([[2.0, 5.0]]), least=np.array([9.0]))
    >>> solve_integer(np.array([2.0, 5.5]), [row], whole=np.ones(2)).values.tolist()
    [2.0, 1.0]
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    with silent():
        result = milp(
            cost,
            constraints=[LinearConstraint(block.matrix, lb=block.least, ub=block.most) for block in rows],
            integrality=whole,
            bounds=Bounds(low, high),
            options={"mip_rel_gap": gap, "time_limit": seconds},
        )
    if result.x is None:
        raise NoSolution(REASONS.get(result.status, "numerical trouble"), seconds)
    bound = result.fun if result.mip_dual_bound is None else result.mip_dual_bound
    return Solution(np.asarray(result.x), float(result.fun), float(bound))


@dataclass(frozen=True, eq=False)
class PricedSolution(Solution):
    """The optimum of a linear program, with its dual values."""

    prices: Floats
    """What one more of the right-hand side of each row costs."""


def solve_equations(cost: Floats, matrix: Any, right: Floats, *, seconds: float = SECONDS) -> PricedSolution:
    """The cheapest values of at least 0 with matrix @ values == right, and the price of each row.

    Raises
    ------
    NoSolution
        If there is none, or none is found in time.

    Examples
    --------
    >>> solution = solve_equations(np.array([2.0, 3.0]), np.array([[1.0, 1.0]]), np.array([4.0]))
    >>> solution.cost, solution.prices.tolist()
    (8.0, [2.0])
    """
    result = _linear(cost, seconds, A_eq=matrix, b_eq=right)
    return PricedSolution(
        np.asarray(result.x), float(result.fun), float(result.fun), np.asarray(result.eqlin.marginals)
    )


def _linear(cost: Floats, seconds: float, **rows: Any) -> Any:
    """What SciPy returns for the optimum of a linear program, which it must have found."""
    from scipy.optimize import linprog

    result = linprog(cost, options={"time_limit": seconds}, **rows)
    if result.status != 0 or result.x is None:
        raise NoSolution(REASONS.get(result.status, "numerical trouble"), seconds)
    return result


@contextmanager
def silent() -> Iterator[None]:
    """Nothing that compiled code prints meanwhile reaches the standard output of the process.

    HiGHS 1.12 prints a line (``transformNewIntegerFeasibleSolution tmpSolver.run();``) whatever its options say, where
    an integer solution of the presolved program breaks a row of the original one and is repaired (HiGHS issue 1991,
    HiGHS.jl issue 312); linear programs never get there. The standard output belongs to the whole process, so one
    program is solved at a time, and what other threads print meanwhile is lost too: commands print when work is done.

    Examples
    --------
    >>> with silent():
    ...     _ = os.write(1, b"not seen")
    """
    with _STANDARD_OUTPUT:
        with suppress(OSError, ValueError, AttributeError):
            sys.stdout.flush()
        try:
            kept = os.dup(1)
        except OSError:  # there is no standard output to keep clean
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 1)
            yield
        finally:
            with suppress(OSError, TypeError, AttributeError):  # what is still in the buffer of the C library
                ctypes.CDLL(None).fflush(None)
            os.dup2(kept, 1)
            os.close(kept)
            os.close(nowhere)
