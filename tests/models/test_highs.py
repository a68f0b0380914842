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
from models.centre.cover import bounds, least_heads
from models.highs import NoSolution, Rows, silent, solve_integer, solve_linear
from models.proof import beside, descent, load, opening, shapes
from models.proof.beside import Beside
from models.proof.cuts import propose
from models.proof.effort import Effort
from models.proof.load import load_bound, load_rows
from models.proof.neighbours import Neighbours
from models.proof.pieces import overtime_of, pieces_of
from models.proof.shapes import Shapes
from models.proof.slopes import point
from models.proof.space import space_of
from models.search import optimise
from models.staffing import staff
from scenarios import presets
from scenarios.writing import dump
from tests.models.test_search import Stand, centre, parts_of

HARDLY_ANY = 1e-9
"""Seconds in which no program can be solved."""
ROOT = Path(__file__).parents[2]
ROW = Rows(np.array([[2.0, 5.0]]), least=np.array([9.0]))


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
        ([1.0, 1.0], Rows(np.array([[1.0, 1.0]]), least=3.0), 10.0, "infeasible"),
        ([1.0, 1.0], Rows(np.array([[1.0, 1.0]]), least=1.0), HARDLY_ANY, "time limit"),
    ],
)
@pytest.mark.parametrize("whole", [0.0, 1.0])
def test_no_solution_has_a_reason(cost: list[float], row: Rows, seconds: float, reason: str, whole: float) -> None:
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
    best = least_heads(loads, needed, can, np.ones((3, 2)), cost)
    monkeypatch.setattr(cover, "SECONDS", HARDLY_ANY)
    heads = least_heads(loads, needed, can, np.ones((3, 2)), cost)
    assert heads.tolist() == [7, 0, 7]
    assert heads @ cost >= best @ cost
    assert all(heads[(can & mask).any(axis=1)].sum() >= agents - 1e-6 for mask, agents in bounds(loads, needed, can))
    assert staff(presets.load("retail-weekday")).heads.any()


def test_an_opening_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search would die where it begins: `'NoneType' object is not subscriptable`."""
    space = space_of(presets.load("retail-weekday"))
    monkeypatch.setattr(opening, "LONGEST", HARDLY_ANY)
    heads = opening.opening(space, 1.0)
    assert heads.shape == space.shape
    assert load_rows(space).proven.kept_by(heads)


def test_a_load_bound_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound would be infinite, so that any plan counts as good enough."""
    space = space_of(centre(least=1), math.inf)
    monkeypatch.setattr(load, "SECONDS", HARDLY_ANY)
    assert load_bound(space, load_rows(space).proven) == 2 * 24  # a head each, as `least` says


def test_more_work_than_duty_bounds_nothing() -> None:
    """Letters that are worked off at night would make the bound infinite, and the first plan the last."""
    letters = {"name": "letters", "channel": "email", "volume": {"per_hour": 20}, "handle_time": {"mean": "45 min"}}
    letters |= {"open": "09:00-17:00", "target": {"max_asa": "40 h"}}
    group = {"name": "desk", "skills": ["letters"], "staffing": {"09:00-17:00": 1}, "least": 1, "most": 2}
    scenario = centre().model_validate({"name": "x", "contact_types": [letters], "agent_groups": [group]})
    space = space_of(scenario, math.inf)
    assert load_bound(space, load_rows(space).proven) == space.cost(space.least)


def test_cuts_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Infinite bounds would be made whole numbers ("invalid value encountered in cast"), and the plan nonsense."""
    space = space_of(centre(), 6 * 3600)
    effort, pieces, rows = Effort(space, Stand(0.6)), pieces_of(space, 100), load_rows(space)
    heads = np.full(space.shape, 3, dtype=np.int64)
    there = point(effort, pieces, rows, heads, 4)
    free = [np.zeros(int(p.period[-1]) + 1) for p in pieces]
    ceilings = [np.full(p.staffed.shape, np.inf) for p in pieces]
    with pytest.raises(NoSolution, match="time limit"):
        propose(space, pieces, [there], rows, free, ceilings, seconds=HARDLY_ANY)
    monkeypatch.setattr(descent, "SECONDS", HARDLY_ANY)
    search = descent.Descent(effort, pieces, overtime_of(space), rows, 100)
    assert np.array_equal(search.run(heads), heads)  # the plan at hand is kept
    assert effort.programs_unsolved > 0


def test_changes_side_by_side_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A combination would be taken that nobody chose; the program is so small that it is solved in no time."""
    space = space_of(centre(), 6 * 3600)
    effort, rows = Effort(space, Stand(0.35)), load_rows(space)
    heads = np.full(space.shape, 8, dtype=np.int64)
    found = Beside(effort, Neighbours(effort, *parts_of(space), rows, 100, []))

    def out_of_time(*given: object, **more: object) -> None:
        raise NoSolution("time limit", 0.5)

    monkeypatch.setattr(beside, "solve_integer", out_of_time)
    assert np.array_equal(found.improve(heads, 24, 1.0), heads)
    assert effort.programs_unsolved > 0


def test_shapes_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of nothing would be played again and again, half as long each time."""
    space = space_of(centre(), 6 * 3600)
    effort, rows = Effort(space, Stand(0.35)), load_rows(space)
    near = Neighbours(effort, *parts_of(space), rows, 100, [])
    monkeypatch.setattr(shapes, "SECONDS", HARDLY_ANY)
    found = Shapes(effort, near, 200).improve(np.full(space.shape, 8, dtype=np.int64))
    assert near.meets(effort.try_out([found], 24)[0])
    assert effort.programs_unsolved == len(shapes.LOOKS)


def test_a_search_without_a_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any of the steps would crash on a busy machine, or leave out what it could not do without a word."""
    for module, name in (
        *((cover, "SECONDS"), (load, "SECONDS"), (opening, "LONGEST"), (beside, "SECONDS"), (shapes, "SECONDS")),
        *((descent, "SECONDS"), (sys.modules["models.proof.estimate"], "SECONDS")),
    ):
        monkeypatch.setattr(module, name, HARDLY_ANY)
    plan = optimise(centre(), Stand(0.6, noise=0.5), block=6 * 3600, fresh=50, seconds=20)
    assert plan.status == "met"
    assert plan.bound <= plan.cost
    assert any("solver had no solution" in note for note in plan.notes)


def test_plays_that_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where hardly an hour can be staffed a draw may change nothing at all; the search died of such a batch."""
    space = space_of(centre(), 6 * 3600)
    effort, rows = Effort(space, Stand(0.35)), load_rows(space)
    found = Beside(effort, Neighbours(effort, *parts_of(space), rows, 100, []))
    monkeypatch.setattr(Beside, "_drawn", lambda self, draw, heads, *more: np.zeros_like(heads))
    heads = np.full(space.shape, 8, dtype=np.int64)
    assert np.array_equal(found.improve(heads, 24, 1.0), heads)
    assert found.known == []


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
from interface.cli import app
app(sys.argv[1:])
"""


def test_json_of_a_search_is_json(tmp_path: Path) -> None:
    """What HiGHS prints through the C library reaches a pipe when the process ends, and the rows are no JSON."""
    source = tmp_path / "two.yaml"
    quiet_desk = centre().map_types(lambda kind: {"volume": {"per_hour": 0.5}})
    source.write_text(dump(quiet_desk), encoding="utf-8")
    options = [source.as_posix(), "--block", "6h", "--seconds", "2", "--fresh", "4", "--engine", "simpy", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", PRINTS, "optimise", *options], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert rows[0]["kind"] == "plan"
