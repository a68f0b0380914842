"""The integer program of a search: the lowest-cost staffing that violates no cut.

Every evaluated plan gives, for each time bucket of each constraint, a cut: an upper bound on the excess of other plans
by intercept and slopes (Atlason, Epelman & Henderson 2008, *Optimizing call center staffing using simulation and
analytic center cutting-plane methods*; Cezik & L'Ecuyer 2008, *Staffing multiskill call centers via linear programming
and simulation*). Cuts are kept by time bucket rather than as one sum, a multicut formulation (Birge & Louveaux 1988). A
cut is valid wherever service is concave in agents. Where service is so poor that the first agents help little and the
next ones more, it is not, so such time buckets give no cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.highs import ConstraintRows, solve_integer
from models.optimisation.bounds.constraints import Ints, TimeBuckets
from models.optimisation.bounds.finite_differences import Cut
from models.optimisation.bounds.load import LoadRows
from models.optimisation.plan_space import PlanSpace, Staffing
from models.queueing.numerics.arguments import Floats

PENALTY = 1e3
"""What a unit of excess that cannot be had costs, in dearest agents: cuts with noise may contradict each other."""


@dataclass(frozen=True, eq=False)
class Proposal:
    """What the integer program says."""

    staffing: Staffing
    bound: float
    """Nothing that the cuts allow costs less."""
    contradiction: float
    """The excess that had to be forgiven; 0 if the cuts allow a plan."""


@dataclass(frozen=True, eq=False)
class Box:
    """Agents between two plans, shape (groups, periods) each."""

    least: Floats
    most: Floats


def propose(
    space: PlanSpace,
    buckets: tuple[TimeBuckets, ...],
    cuts: Sequence[Cut],
    load: LoadRows,
    margins: Sequence[Floats],
    ceilings: Sequence[Floats],
    box: Box | None = None,
    near: Sequence[Cut] = (),
    *,
    whole: bool = True,
    gap: float = 1e-3,
    seconds: float = 10.0,
) -> Proposal:
    """The lowest-cost staffing that keep every cut.

    Parameters
    ----------
    margins
        The excess wanted in each period of each target; minus infinity where none is.
    ceilings
        The most that there can be in each time bucket of each target.
    box
        Where to look; everywhere within the bounds by default.
    near
        Plans near the box; their cuts hold there even where they cannot be trusted far away.
    whole
        Whether agents must be whole; fractions are enough for a bound.

    Raises
    ------
    NoSolution
        If none is found in time, or the bounds of the groups forbid what the load needs.
    """
    from scipy.sparse import csr_array

    cells = space.price.size
    sizes = [len(p.staffed) for p in buckets]
    first = cells + np.concatenate(([0], np.cumsum(sizes))).astype(int)
    periods = [int(p.period[-1]) + 1 for p in buckets]
    slack = int(first[-1]) + np.concatenate(([0], np.cumsum(periods))).astype(int)
    count = int(slack[-1])
    rows = _SparseRows()
    for k, p in enumerate(buckets):
        for point in cuts:
            _planes(rows, space, p, point, k, int(first[k]), np.flatnonzero(point.trusted[k]))
        for point in near:
            _planes(rows, space, p, point, k, int(first[k]), np.flatnonzero(~point.trusted[k]))
        for period in np.flatnonzero(np.isfinite(margins[k])):
            wanted = margins[k][period]
            columns = first[k] + np.flatnonzero(p.period == period)
            rows.add(np.append(columns, slack[k] + period), np.ones(len(columns) + 1), float(wanted))
    for hours, work in zip(load.hours, load.work, strict=True):
        rows.add(np.flatnonzero(hours), hours[hours != 0], float(work))
    _shared(rows, space)
    box = box or Box(space.min_staffing.astype(float), space.max_staffing)
    low = np.concatenate((box.least.ravel(), np.full(sum(sizes), -np.inf), np.zeros(sum(periods))))
    high = np.concatenate((box.most.ravel(), *ceilings, np.full(sum(periods), np.inf)))
    paid = [np.full(size, -p.paid) for size, p in zip(sizes, buckets, strict=True)]
    cost = np.concatenate((space.price.ravel(), *paid, np.full(sum(periods), PENALTY)))
    matrix = csr_array((rows.value, (rows.row, rows.column)), shape=(rows.count, count))
    solution = solve_integer(
        cost,
        [ConstraintRows(matrix, least=np.array(rows.least))],
        whole=np.concatenate((np.full(cells, int(whole)), np.zeros(count - cells))),
        low=low,
        high=high,
        gap=gap,
        seconds=seconds,
    )
    staffing = solution.values[:cells].reshape(space.shape)
    forgiven = float(solution.values[first[-1] :].sum())
    return Proposal(np.round(staffing).astype(np.int64), solution.bound if forgiven < 1e-6 else 0.0, forgiven)


class _SparseRows:
    """Rows of a sparse matrix with their least values, gathered."""

    def __init__(self) -> None:
        self.row: list[int] = []
        self.column: list[int] = []
        self.value: list[float] = []
        self.least: list[float] = []

    @property
    def count(self) -> int:
        return len(self.least)

    def add(self, columns: Ints, values: Floats, least: float) -> None:
        self.row.extend([self.count] * len(columns))
        self.column.extend(columns.tolist())
        self.value.extend(values.tolist())
        self.least.append(least)


def _shared(rows: _SparseRows, space: PlanSpace) -> None:
    """Equal agents in periods that share their staffing, as two rows each."""
    periods = space.shape[1]
    for period in np.flatnonzero(~space.decided):
        for group in range(space.shape[0]):
            columns = group * periods + np.array([period, space.representative[period]])
            for sign in (1.0, -1.0):
                rows.add(columns, sign * np.array([1.0, -1.0]), 0.0)


def _planes(
    rows: _SparseRows, space: PlanSpace, buckets: TimeBuckets, point: Cut, k: int, first: int, chosen: Ints
) -> None:
    """Excess of a time bucket <= level + slopes x (agents - agents there), as a row each."""
    periods, window = space.shape[1], point.slope[k].shape[2]
    distance = np.arange(window)
    for j in chosen:
        staffed = buckets.staffed[j]
        slope = point.slope[k][j]  # shape (groups, distance)
        began = staffed - distance
        group, back = np.nonzero((slope != 0) & (began >= 0))
        column = group * periods + began[back]
        values = slope[group, back]
        least = float(values @ point.staffing.ravel()[column]) - float(point.intercept[k][j])
        rows.add(np.append(column, first + j), np.append(values, -1.0), least)
