"""The open instances of staffing: their files are read, and a small optimum is checked by trying every cheaper plan."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import staffing
from benchmarks.baselines import RULES, homes
from models.optimisation.plan_space import PlanSpace
from simulator.evaluator import Evaluator, evaluator

INSTANCES = {instance.name: instance for instance in staffing.instances()}
BY_CHAINS = [2, 2, 2]  # the optimum of the design m-design by enumerating exact Markov chains


@pytest.fixture(scope="module")
def evaluate() -> Evaluator:
    """The days by which all plans are judged."""
    return evaluator(staffing.SEED)


def test_every_file_is_an_instance_with_a_plan_of_its_shape():
    """A file is of no use, or a plan does not fit its scenario."""
    files = {path.stem for path in staffing.FOLDER.glob("*.yaml")}
    assert files <= set(INSTANCES)
    for name, instance in INSTANCES.items():
        assert instance.space.shape == instance.staffing.shape, name
        assert instance.space.within(instance.staffing).tolist() == instance.staffing.tolist()
        assert instance.bound <= instance.cost
        assert instance.kind == "best known" or instance.bound == instance.cost


def test_a_small_optimum_is_the_cheapest_of_all_plans(evaluate):
    """The recorded optimum misses a target, or a cheaper plan meets all."""
    instance = INSTANCES["n-design"]
    known = staffing.scored(instance, instance.staffing, evaluate)
    assert known.met
    assert known.cost == pytest.approx(instance.cost)
    # every plan that is cheaper, listed by hand: 20 and 24 an hour for 8 hours, no rows of the load
    space = instance.space
    cheaper = [
        np.array([[one], [both]])
        for one in range(12)
        for both in range(8)
        if 8 * (20 * one + 24 * both) < instance.cost and one + both >= 5  # 4.9 erlangs, four in five to be answered
    ]
    trials = evaluate([space.plan(plan) for plan in cheaper], instance.days)
    scores = [staffing.score(space, plan, trial) for plan, trial in zip(cheaper, trials, strict=True)]
    assert len(scores) > 10
    assert not any(each.met for each in scores)


def test_the_optimum_of_the_m_design_is_that_of_exact_chains(evaluate):
    """The optimum on simulated days is another than that by Markov chains, or one agent fewer meets the targets."""
    instance = INSTANCES["m-design"]
    assert instance.staffing.ravel().tolist() == BY_CHAINS
    for group in range(3):
        fewer = instance.staffing.copy()
        fewer[group] -= 1
        assert not staffing.scored(instance, fewer, evaluate).met


def test_plans_of_ones_own_are_scored(evaluate, tmp_path, monkeypatch, capsys):
    """A plan in a folder is not read, or not told apart from one that misses."""
    (tmp_path / "n-design.json").write_text(json.dumps([[0], [3]]))
    monkeypatch.setenv("PLANS", str(tmp_path))
    monkeypatch.setenv("INSTANCES", "n-design")
    staffing.main()
    lines = capsys.readouterr().out.splitlines()
    assert "optimum 1312.00, as recorded" in lines[0]
    own = next(line for line in lines if tmp_path.name in line)
    assert "missed by" in own
    assert "576.00" in own  # three at 24 for 8 hours


def test_rules_of_thumb_staff_what_they_say():
    """Erlang C by skill is not the sum of what each skill needs, or an agent counts twice."""
    space: PlanSpace = INSTANCES["n-design"].space
    home, flexible = homes(space)
    assert (home.tolist(), flexible) == ([1, 0], None)  # support has a desk, sales only those with both skills
    # 30 calls of 5 min and 24 of 6 min an hour: 2.5 and 2.4 erlangs, 80 % in 30 s take five each by Erlang C
    added = RULES["Erlang C by skill, added up"](space)
    assert added.ravel().tolist() == [5, 5]
    in_full = RULES["every skill in full (pyworkforce's programme)"](space)
    assert in_full.ravel().tolist() == [0, 5]
