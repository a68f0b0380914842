"""Customers who are lost stand in the first table, whatever took them."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from interface.cli.main import app as cli
from interface.losses import losses, simulated_losses
from scenarios.yaml import files
from simulator.experiment import simulate

LINES = """
name: lines
horizon: {start: 2026-03-02, days: 1, interval: 30 min}
trunks: {lines: 12}
contact_types:
  - {name: calls, channel: phone, volume: {per_hour: 150}, handle_time: {mean: 5 min}, trunk: lines,
     target: {share: 0.5, within: 20s}}
agent_groups:
  - {name: desk, skills: [calls], staffing: 11}
"""
EVERY_WAY = f"""
name: every-way
horizon: {{start: 2026-03-02, days: 1, interval: 30 min, at_end: stop}}
trunks: {{lines: 3}}
contact_types:
  - {{name: calls, channel: phone, open: "Mon-Sun 08:00-20:00", volume: {{per_interval: {[30] * 48}}},
     handle_time: {{mean: 6 min}},
     patience: {{mean: 1 min}}, trunk: lines, bot: {{resolved: 0.1, falsely_contained: 0.2, left: 0.2}}}}
  - {{name: mails, channel: email, volume: {{per_hour: 20}}, handle_time: {{mean: 10 min}}}}
agent_groups:
  - {{name: desk, skills: [calls, mails], staffing: 2}}
"""


def written(folder: Path, text: str) -> str:
    """The path of a scenario file with this text."""
    path = folder / "mine.yaml"
    path.write_text(text)
    return str(path)


def blocked_in_theory(load: float, agents: int, lines: int) -> float:
    """The share of callers who find all lines of M/M/n with so many lines busy."""
    weights = [math.prod(load / min(k, agents) for k in range(1, n + 1)) for n in range(lines + 1)]
    return weights[-1] / sum(weights)


def test_blocked_callers_stand_beside_a_target_that_is_met(tmp_path: Path) -> None:
    """12 lines, 11 agents, 12.5 erlangs: 21 % hear a busy signal, and the first table says so."""
    result = CliRunner().invoke(cli, ["simulate", written(tmp_path, LINES), "-n", "8"])
    first = result.stdout.split("\n\n")[1]
    row = next(line for line in result.stdout.splitlines() if "✓ met" in line)
    assert row in result.stdout[: result.stdout.index("P90 wait")], first
    shown = float(re.findall(r"([\d.]+) % blocked", row)[0])
    assert shown == pytest.approx(100 * blocked_in_theory(12.5, 11, 12), abs=2)


def test_every_way_to_be_lost_has_a_column(tmp_path: Path) -> None:
    """Without targets the losses are the first table, with a column for each way; formulas show what they know."""
    path = written(tmp_path, EVERY_WAY)
    printed = CliRunner().invoke(cli, ["simulate", path, "-n", "2"]).stdout
    shown = " ".join(printed[: printed.index("Service level")].lower().split())
    for word in (
        "abandoned",
        "blocked",
        "turned away",
        "abandoned in bot",
        "false containment",
        "still in queue at close",
    ):
        assert word in shown
    assert "Turned away" in " ".join(CliRunner().invoke(cli, ["approximate", path]).stdout.split())
    results = simulate(files.load(path), 2, engine="simpy")
    lost = simulated_losses(results, "calls")
    assert set(lost) >= {"abandoned", "blocked", "closed", "left_bot", "falsely_contained"}
    assert lost["left_bot"] == pytest.approx(0.2 * (1 - lost["blocked"]), abs=0.03)  # the bot has no hours


def test_nothing_is_shown_where_nobody_is_lost() -> None:
    """No column of nils; a share that would be rounded to nil is shown as small."""
    assert losses({"contacts": 100.0, "blocked": 0.0}) == {}
    assert losses({"contacts": 0.0}) == {}
