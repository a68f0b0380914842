"""A week of shifts at the least paid hours, by this project, HiGHS alone, CP-SAT and pyworkforce, in one run.

``python -m benchmarks shift_covering``. Seven days of 96 quarter hours, shifts from 40 starts in three lengths with a
lunch at one of three times: 2,520 numbers of people. CP-SAT (ortools) and pyworkforce are measured where they are
installed (``pip install ortools pyworkforce``). Every solver is asked for a proof, with one thread, and its CPU-seconds
include what it takes to set up its model.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from models.scheduling.covering import CoveringProblem, cover
from models.scheduling.options import Ints, ShiftGrid, ShiftOption

DAYS, PER_DAY, LUNCH = 7, 96, 2
STARTS = range(20, 60)
"""From five in the morning to a quarter to three in the afternoon."""
LENGTHS = (24, 32, 36)
LUNCHES = (12, 14, 16)
"""When the lunch may begin, in quarter hours after the start."""
SECONDS, ROUNDS = 600.0, 3
MOST = 200
GROUP = "people"


def requirement() -> Ints:
    """People by day and quarter hour: two peaks, busier on Monday, half of it at the weekend; shape (days, 96)."""
    time_of_day = np.arange(PER_DAY) / 4
    curve = 25 * np.exp(-(((time_of_day - 10.5) / 2.2) ** 2)) + 18 * np.exp(-(((time_of_day - 15.5) / 2.5) ** 2))
    day = np.where((time_of_day >= 6) & (time_of_day < 21), 3 + curve, 0)
    factors = np.array([1.15, 1.0, 1.0, 1.0, 0.95, 0.6, 0.5])
    return np.ceil(factors[:, None] * day).astype(np.int64)


def coverage() -> Ints:
    """Whether each shift is at work in each quarter hour of a day, shape (360, 96)."""
    rows = []
    for start in STARTS:
        for length in LENGTHS:
            for lunch in LUNCHES:
                row = np.zeros(PER_DAY, dtype=np.int64)
                row[start : start + length] = 1
                row[start + lunch : start + lunch + LUNCH] = 0
                rows.append(row)
    return np.array(rows)


def by_project(required: Ints, shifts: Ints) -> float:
    """Paid quarter hours by `models.scheduling.covering`."""
    options = tuple(
        ShiftOption(
            "shift", start, ((0, lunch), (lunch + LUNCH, length - lunch - LUNCH)), (day,), length - LUNCH, GROUP
        )
        for day in range(DAYS)
        for start in STARTS
        for length in LENGTHS
        for lunch in LUNCHES
    )
    problem = CoveringProblem(ShiftGrid(PER_DAY, DAYS), {GROUP: required.ravel()}, options)
    return cover(problem, seconds=SECONDS).cost


def by_highs(required: Ints, shifts: Ints) -> float:
    """Paid quarter hours by HiGHS alone: a row an interval, a column a shift and day."""
    from scipy.optimize import LinearConstraint, milp
    from scipy.sparse import block_diag

    cost = np.tile(shifts.sum(axis=1), DAYS)
    rows = block_diag([shifts.T] * DAYS, format="csr")
    result = milp(
        cost,
        constraints=LinearConstraint(rows, lb=required.ravel()),
        integrality=np.ones(len(cost)),
        options={"time_limit": SECONDS},
    )
    return float(result.fun)


def by_cp_sat(required: Ints, shifts: Ints) -> float:
    """Paid quarter hours by CP-SAT."""
    cp_model = import_module("ortools.sat.python.cp_model")
    model = cp_model.CpModel()
    people = [[model.new_int_var(0, MOST, "") for _ in shifts] for _ in range(DAYS)]
    for day in range(DAYS):
        for place in np.flatnonzero(required[day]):
            at_work = [people[day][n] for n in np.flatnonzero(shifts[:, place])]
            model.add(cp_model.LinearExpr.sum(at_work) >= int(required[day, place]))
    hours = [int(n) for n in shifts.sum(axis=1)]
    model.minimize(cp_model.LinearExpr.weighted_sum([p for row in people for p in row], hours * DAYS))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.max_time_in_seconds = 1, SECONDS
    solver.solve(model)
    return float(solver.objective_value)


def by_pyworkforce(required: Ints, shifts: Ints) -> float:
    """Paid quarter hours by pyworkforce."""
    scheduler = import_module("pyworkforce.scheduling").MinRequiredResources
    found = scheduler(
        num_days=DAYS,
        periods=PER_DAY,
        shifts_coverage={f"shift {n}": row.tolist() for n, row in enumerate(shifts)},
        required_resources=required.tolist(),
        max_period_concurrency=MOST,
        max_shift_concurrency=MOST,
        cost_dict={f"shift {n}": int(row.sum()) for n, row in enumerate(shifts)},
        max_search_time=SECONDS,
        num_search_workers=1,
    ).solve()
    return float(found["cost"])


def main() -> None:
    """Print cost and CPU-seconds of every solver, the best of a few rounds in turn."""
    solvers: dict[str, tuple[Callable[[Ints, Ints], float], str]] = {
        "this project": (by_project, ""),
        "HiGHS alone": (by_highs, ""),
        "CP-SAT": (by_cp_sat, "ortools"),
        "pyworkforce": (by_pyworkforce, "pyworkforce"),
    }
    required, shifts = requirement(), coverage()
    times: dict[str, list[float]] = {}
    costs: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, (solve, package) in solvers.items():
            if package and find_spec(package) is None:
                continue
            began = time.process_time()
            costs[name] = solve(required, shifts)
            times.setdefault(name, []).append(time.process_time() - began)
    own = min(times["this project"])
    for name in solvers:
        if name not in times:
            print(f"{name:<14} not installed")
            continue
        best = min(times[name])
        print(f"{name:<14} {costs[name] / 4:8.2f} paid hours  {best:6.2f} CPU s  {best / own:5.1f} x")


if __name__ == "__main__":
    main()
