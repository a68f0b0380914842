"""What `ccplan optimise` prints: with a stand-in for the simulator whose levels are known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from interface.cli.main import app
from scenarios.evaluation import Evaluation
from scenarios.scenario import Scenario
from scenarios.yaml.write import dump
from tests.models.optimisation.test_search import Stand, centre

BOTS = 12.5


class WithBots(Stand):
    """A stand-in whose bot sessions cost the same every day."""

    def __call__(self, scenarios: Sequence[Scenario], replications: int, fresh: int = 0) -> list[Evaluation]:
        """What the stand-in finds, with the cost of bots."""
        evaluations = super().__call__(scenarios, replications, fresh)
        return [replace(evaluation, bot_cost=np.full(replications, BOTS)) for evaluation in evaluations]


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A scenario of two desks on disk, played by the stand-in: n agents answer 1 - 0.4^n in time."""
    monkeypatch.setattr(
        "interface.cli.commands.planning.optimise.evaluator", lambda seed, engine: WithBots(0.6, noise=1.0)
    )
    path = tmp_path / "two.yaml"
    path.write_text(dump(centre()), encoding="utf-8")
    return str(path)


def test_a_plan_as_people_read_it(source: str) -> None:
    """The parts of the cost, or how sure it is what an agent does, would not be printed."""
    done = CliRunner().invoke(app, ["optimise", source, "--block", "always", "--seconds", "20", "--fresh", "50"])
    assert done.exit_code == 0, done.output
    # Two agents each all day, and the bots.
    assert "Lowest-cost plan: 108.5 (incl. 12.5 bot sessions), every target met" in done.stdout
    assert "Optimality gap 0 %: no plan costs less. Lower bound: 108.5" in done.stdout
    assert "with the bot sessions of this plan" in done.stdout
    assert "Marginal value of an agent: one more or one fewer all day, on new replications" in done.stdout
    line = next(line for line in done.stdout.splitlines() if line.startswith(" -1 sales-desk") and "sales " in line)
    assert "missed" in line  # one agent answers 60 %
    assert "-24.0 ± 0.0 points" in line


def test_a_plan_as_programs_read_it(source: str) -> None:
    """Bots would be in the cost unmentioned, or the verdict on a change be left to its reader."""
    command = ["optimise", source, "--block", "always", "--seconds", "20", "--fresh", "50", "--json"]
    rows = json.loads(CliRunner().invoke(app, command).stdout)
    plan = rows[0]
    assert (plan["cost"], plan["bot_cost"], plan["gap"]) == pytest.approx((108.5, BOTS, 0.0))
    fewer = {
        row["group"]: row
        for row in rows
        if row["section"] == "marginal_value" and row["agents"] == -1 and row["of"] == "help"
    }
    assert (fewer["help-desk"]["status"], fewer["sales-desk"]["status"]) == ("missed", "met")
