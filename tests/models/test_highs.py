"""The solver: what it answers, what it says where it has no answer, and that each caller goes on without one."""

from __future__ import annotations

import ast
import json
import math
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from models.centre import cover
from models.centre.cover import bounds, min_staffing
from models.centre.staffing import staff
from models.highs import ConstraintRows, NoSolution, silent, solve_integer, solve_linear
from models.optimisation import cutting_planes, profile_search, square_root_start
from models.optimisation.bounds import load
from models.optimisation.bounds.constraints import overtime_by_time, split_by_time
from models.optimisation.bounds.finite_differences import cut_at
from models.optimisation.bounds.integer_program import propose
from models.optimisation.bounds.load import load_bound, load_rows
from models.optimisation.budget import SearchBudget
from models.optimisation.local_search import LocalSearch
from models.optimisation.plan_space import plan_space
from models.optimisation.profile_search import ProfileSearch
from models.optimisation.search import optimise
from scenarios.yaml import presets
from scenarios.yaml.write import dump
from tests.folders import ROOT
from tests.models.optimisation.test_search import Stand, centre, parts_of

HARDLY_ANY = 1e-9
"""Seconds in which no program can be solved."""

ROW = ConstraintRows(np.array([[2.0, 5.0]]), least=np.array([9.0]))


def test_the_cheapest_whole_numbers() -> None:
    """By hand: 2 a + 5 b >= 9 at 2 and 6 each costs 8 with (1, 1) no longer enough: (2, 1) at 10, (5, 0) at 10."""
    found = solve_integer(np.array([2.0, 6.1]), [ROW], whole=np.ones(2))
    assert found.values.tolist() == [5.0, 0.0]
    assert found.cost == pytest.approx(10.0)
    assert found.bound <= found.cost
    fractions = solve_integer(np.array([2.0, 6.1]), [ROW], whole=np.zeros(2))
    assert fractions.cost == fractions.bound == pytest.approx(9.0)


@pytest.mark.parametrize(
    "cost, row, seconds, reason",
    [
        ([1.0, 1.0], ConstraintRows(np.array([[1.0, 1.0]]), least=3.0), 10.0, "infeasible"),
        ([1.0, 1.0], ConstraintRows(np.array([[1.0, 1.0]]), least=1.0), HARDLY_ANY, "time limit"),
    ],
)
@pytest.mark.parametrize("whole", [0.0, 1.0])
def test_no_solution_has_a_reason(
    cost: list[float], row: ConstraintRows, seconds: float, reason: str, whole: float
) -> None:
    """A caller would take nothing for an answer, or could not tell a short time from a contradiction."""
    with pytest.raises(NoSolution, match=reason) as refused:
        solve_integer(np.array(cost), [row], whole=np.full(2, whole), high=1.0, seconds=seconds)
    assert refused.value.reason == reason
    least = np.full(1, float(np.max(row.least)))
    with pytest.raises(NoSolution, match=reason):
        solve_linear(np.array(cost), row.matrix, least, low=np.zeros(2), high=np.ones(2), seconds=seconds)


def test_costs_without_end_have_a_reason() -> None:
    """A price below nothing would look like a busy machine."""
    with pytest.raises(NoSolution) as refused:
        solve_linear(np.array([-1.0]), np.ones((1, 1)), np.zeros(1), low=np.zeros(1), high=np.full(1, np.inf))
    assert refused.value.reason == "unbounded"


def test_highs_has_one_door() -> None:
    """A seventh call with a policy of its own would crash where the solver has no answer."""
    names = {"milp", "linprog"}
    calling = []
    for path in (p for part in ("models", "simulator", "interface", "scenarios") for p in (ROOT / part).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        nodes = list(ast.walk(ast.parse(source))) if any(name in source for name in names) else []
        imported = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
        used = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        if names & (imported | used):
            calling.append(path.relative_to(ROOT).as_posix())
    assert calling == ["models/highs.py"]


# -- callers without an answer ---------------------------------------------------------------------------------------


def test_a_cover_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """*Staff it* would end in a traceback on a busy machine; heads enough for every set of types are kept."""
    loads, needed = np.array([4.0, 4.0]), np.array([7.0, 7.0])
    can = np.array([[True, False], [False, True], [True, True]])
    cost = np.array([1.0, 1.2, 1.1])
    best = min_staffing(loads, needed, can, np.ones((3, 2)), cost)
    monkeypatch.setattr(cover, "SECONDS", HARDLY_ANY)
    staffing = min_staffing(loads, needed, can, np.ones((3, 2)), cost)
    assert staffing.tolist() == [7, 0, 7]
    assert staffing @ cost >= best @ cost
    assert all(staffing[(can & mask).any(axis=1)].sum() >= agents - 1e-6 for mask, agents in bounds(loads, needed, can))
    assert staff(presets.load("retail-weekday")).staffing.any()


def test_an_opening_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search would die where it begins: `'NoneType' object is not subscriptable`."""
    space = plan_space(presets.load("retail-weekday"))
    monkeypatch.setattr(square_root_start, "LONGEST", HARDLY_ANY)
    staffing = square_root_start.square_root_start(space, 1.0)
    assert staffing.shape == space.shape
    assert load_rows(space).proven.kept_by(staffing)


def test_a_load_bound_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound would be infinite, so that any plan counts as good enough."""
    space = plan_space(centre(min_agents=1), math.inf)
    monkeypatch.setattr(load, "SECONDS", HARDLY_ANY)
    assert load_bound(space, load_rows(space).proven) == 2 * 24  # a head each, as `least` says


def test_more_work_than_duty_bounds_nothing() -> None:
    """Letters that are worked off at night would make the bound infinite, and the first plan the last."""
    letters = {"name": "letters", "channel": "email", "volume": {"per_hour": 20}, "handle_time": {"mean": "45 min"}}
    letters |= {"open": "09:00-17:00", "target": {"max_asa": "40 h"}}
    group = {"name": "desk", "skills": ["letters"], "staffing": {"09:00-17:00": 1}, "min_agents": 1, "max_agents": 2}
    scenario = centre().model_validate({"name": "x", "contact_types": [letters], "agent_groups": [group]})
    space = plan_space(scenario, math.inf)
    assert load_bound(space, load_rows(space).proven) == space.cost(space.min_staffing)


def test_cuts_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Infinite bounds would be made whole numbers ("invalid value encountered in cast"), and the plan nonsense."""
    space = plan_space(centre(), 6 * 3600)
    budget, buckets, rows = SearchBudget(space, Stand(0.6)), split_by_time(space, 100), load_rows(space)
    staffing = np.full(space.shape, 3, dtype=np.int64)
    there = cut_at(budget, buckets, rows, staffing, 4)
    free = [np.zeros(int(p.period[-1]) + 1) for p in buckets]
    ceilings = [np.full(p.staffed.shape, np.inf) for p in buckets]
    with pytest.raises(NoSolution, match="time limit"):
        propose(space, buckets, [there], rows, free, ceilings, seconds=HARDLY_ANY)
    monkeypatch.setattr(cutting_planes, "SECONDS", HARDLY_ANY)
    search = cutting_planes.CuttingPlaneSearch(budget, buckets, overtime_by_time(space), rows, 100)
    assert np.array_equal(search.run(staffing), staffing)  # the plan at hand is kept
    assert budget.programs_unsolved > 0


def test_shapes_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of nothing would be played again and again, half as long each time."""
    space = plan_space(centre(), 6 * 3600)
    budget, rows = SearchBudget(space, Stand(0.35)), load_rows(space)
    near = LocalSearch(budget, *parts_of(space), rows, 100, [])
    monkeypatch.setattr(profile_search, "SECONDS", HARDLY_ANY)
    found = ProfileSearch(budget, near, 200).improve(np.full(space.shape, 8, dtype=np.int64))
    assert near.meets(budget.evaluate_plans([found], 24)[0])
    assert budget.programs_unsolved == len(profile_search.STAGES)


def test_a_search_without_a_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any of the steps would crash on a busy machine, or leave out what it could not do without a word."""
    for module, name in (
        *(
            (cover, "SECONDS"),
            (load, "SECONDS"),
            (square_root_start, "LONGEST"),
            (profile_search, "SECONDS"),
        ),
        *((cutting_planes, "SECONDS"), (sys.modules["models.optimisation.bounds.lower_bound"], "SECONDS")),
    ):
        monkeypatch.setattr(module, name, HARDLY_ANY)
    plan = optimise(centre(), Stand(0.6, noise=0.5), block=6 * 3600, fresh=50, seconds=20)
    assert plan.status == "met"
    assert plan.bound <= plan.cost
    assert any("solver had no solution" in note for note in plan.notes)


# -- silence ---------------------------------------------------------------------------------------------------------


def test_a_library_that_prints_is_not_heard(capfd: pytest.CaptureFixture[str]) -> None:
    """Words of the integer program would stand among the rows that a program reads; ours would be lost."""
    os.write(1, b"before\n")
    with silent():
        os.write(1, b"noise\n")
    os.write(1, b"after\n")
    assert capfd.readouterr().out == "before\nafter\n"


def test_two_threads_in_silence(capfd: pytest.CaptureFixture[str]) -> None:
    """One would keep the other's silence as the standard output to go back to, for good."""

    def run() -> None:
        for _ in range(9):
            with silent():
                os.write(1, b"noise\n")
                time.sleep(0.001)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.write(1, b"after\n")
    assert capfd.readouterr().out == "after\n"


PRINTS = """
import ctypes, sys
import scipy.optimize as library
solve = library.milp
def talkative(*given, **more):
    ctypes.CDLL(None).puts(b"HighsMipSolverData::transformNewIntegerFeasibleSolution tmpSolver.run();")
    return solve(*given, **more)
library.milp = talkative
from interface.cli.main import app
app(sys.argv[1:])
"""


def test_json_of_a_search_is_json(tmp_path: Path) -> None:
    """What HiGHS prints through the C library reaches a pipe when the process ends, and the rows are no JSON."""
    source = tmp_path / "two.yaml"
    quiet_desk = centre().map_types(lambda contact_type: {"volume": {"per_hour": 0.5}})
    source.write_text(dump(quiet_desk), encoding="utf-8")
    options = [source.as_posix(), "--block", "6h", "--seconds", "2", "--fresh", "4", "--engine", "simpy", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", PRINTS, "optimise", *options], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert rows[0]["section"] == "plan"
