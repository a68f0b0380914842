"""Benchmarks are not run by the tests, but what they import must be there."""

import json
import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from benchmarks import day_plans, optimise
from benchmarks.centres import all_centres
from scenarios.yaml import presets

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"
IMPORT = re.compile(r"^ *from ((?:scenarios|simulator|models|studies|interface)[\w.]*) import ([\w, ]+)$", re.MULTILINE)
"""Also in the programs that a benchmark holds as text for other processes."""


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_a_benchmark_finds_what_it_imports(path: Path) -> None:
    """A name that moved would be noticed by the next person who measures speed."""
    for module, names in IMPORT.findall(path.read_text("utf-8")):
        for name in (part.split()[0] for part in names.split(",")):
            if not hasattr(import_module(module), name):
                assert import_module(f"{module}.{name}").__file__, f"{module}.{name} is a folder of data"


def test_the_centres_of_benchmarks_are_scenarios() -> None:
    """A rule for scenarios that came later would refuse them."""
    assert [scenario.name for scenario in all_centres()] == ["W1", "W2", "W3", "W4"]
    assert len(optimise.centre().agent_groups) == 3


def test_best_plans_known_are_of_the_presets_and_cost_at_least_their_planned_hours() -> None:
    """Work after shifts and bots only add to the hours planned; a plan on fewer days is not proved."""
    known = json.loads(day_plans.BEST.read_text("utf-8"))
    assert known
    for name, plan in known.items():
        scenario = presets.load(name)
        agents = np.array(plan["staffing"])
        hourly = np.array([group.cost_per_hour for group in scenario.agent_groups])
        assert agents.shape == (len(hourly), 24 * scenario.horizon.days)
        assert (agents.sum(axis=1) * hourly).sum() <= plan["cost"] + 0.01
        assert plan["days"] >= 2000
