"""What the last part of each target costs: with a stand-in for the simulator whose optimum is known, and by formula."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from interface.cli.main import app
from models.optimisation.search import optimise
from models.optimisation.target_costs import TargetCost, cost_of_targets, relaxed
from models.queueing.erlang import erlang_a
from scenarios.requirements import constraints
from scenarios.scenario import scenario_from
from scenarios.yaml.write import dump
from tests.models.optimisation.test_search import Stand, centre

HOUR = 3600.0


def test_the_price_of_five_points() -> None:
    """Two heads in all four blocks give 84 %; 78 % with one fewer is enough for 75 %: six hours a target, no more."""
    scenario, stand = centre(), Stand(0.6, noise=0.5)
    plan = optimise(scenario, stand, block=6 * HOUR, fresh=50, seconds=20)
    prices = cost_of_targets(scenario, plan, stand, block=6 * HOUR, seconds=20, fresh=50)
    assert [price.of for price in prices] == ["sales", "help"]
    for price in prices:
        assert (price.cost, price.hours, price.fte) == pytest.approx((6, 6, 6 / 8))
        open_ = plan.cost - plan.bound
        assert price.error >= open_ >= 0
        assert price.fte_error == pytest.approx(price.error / 8)  # an hour counts as 1
        assert price.text.startswith(f"{price.of}: from '75 % within 20 s' to '80 % within 20 s': ")


def test_a_price_says_how_far_off_it_may_be() -> None:
    """Money is promised that the gaps of both searches drown, or a price is printed without its interval."""
    price = TargetCost("chat", "80 %", "75 %", 102.9, 5.0, 0.6, 231.4, 1.4)
    assert not price.significant
    assert price.text == "chat: from '75 %' to '80 %': 102.9 saved, within the optimality gap of 231.4 (1.4 FTE)"
    assert replace(price, cost=0.0).amount(str) == "no saving, within the optimality gap of 231.4 (1.4 FTE)"
    near = replace(price, error=40.0, fte_error=0.2)
    assert near.text == "chat: from '75 %' to '80 %': 102.9 ± 40.0 (0.6 ± 0.2 FTE)"


def test_pricing_tells_how_far_it_is() -> None:
    """A long job without news could not be watched, or cancelled."""
    scenario, stand, significant = centre(), Stand(0.6, noise=0.5), []
    plan = optimise(scenario, stand, block=math.inf, fresh=50, seconds=20)
    cost_of_targets(
        *(scenario, plan, stand), block=math.inf, seconds=20, fresh=50, progress=lambda *news: significant.append(news)
    )
    assert significant == [(0, 2), (1, 2)]


def test_a_relaxation_without_effect_is_free() -> None:
    """One head all day gives 60 %, so 75 % still takes two: a price would come of the other target, or of chance."""
    scenario, stand = centre(), Stand(0.6, noise=0.5)
    plan = optimise(scenario, stand, block=math.inf, fresh=50, seconds=20)
    few = cost_of_targets(scenario, plan, stand, relax=0.05, block=math.inf, seconds=20, fresh=50)
    many = cost_of_targets(scenario, plan, stand, relax=0.25, block=math.inf, seconds=20, fresh=50)
    assert [price.cost for price in few] == [0.0, 0.0]
    assert [price.cost for price in many] == pytest.approx([24.0, 24.0])


def test_each_kind_of_wish_is_relaxed_by_itself() -> None:
    """A wish would be made harder, or another with it; those without room would be priced all the same."""
    target = {"share": 0.04, "within": "20s", "max_asa": "30s", "max_abandonment": 0.98}
    scenario = centre(target, max_occupancy=0.9)
    before = [constraint.limit for constraint in constraints(scenario)]
    changed: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for constraint in constraints(scenario):
        easier = relaxed(scenario, constraint, 0.05)
        after = before if easier is None else [one.limit for one in constraints(easier)]
        changed[constraint.of, constraint.measure] = [
            (old, new) for old, new in zip(before, after, strict=True) if old != new
        ]
    assert changed["sales", "service_level"] == []
    assert changed["sales", "abandonment"] == [(0.98, 1.0)]
    assert np.allclose(changed["help", "asa"], [(30.0, 31.5)])
    assert np.allclose(changed["help-desk", "occupancy"], [(0.9, 0.95)])


def _least(per_hour: float, share: float) -> int:
    """The fewest agents by Erlang A for calls of two minutes, with a patience of 200 s, in 20 s."""
    levels = ((n, float(erlang_a(per_hour / HOUR, 120.0, 200.0, n, 20.0).service_level())) for n in range(1, 20))
    return next(n for n, level in levels if level >= share)


@pytest.mark.slow
def test_prices_on_the_command_line(tmp_path: Path) -> None:
    """`ccplan optimise --prices` would end in a traceback, or say other prices than Erlang A: two desks apart."""
    volumes = {"sales": 30, "help": 24}
    calls = {"channel": "phone", "handle_time": {"mean": "2 min"}, "patience": {"mean": "200 s"}}
    target = {"share": 0.8, "within": "20 s"}
    contact_types = [
        calls | {"name": name, "volume": {"per_hour": rate}, "target": target} for name, rate in volumes.items()
    ]
    desks = [{"name": name, "skills": [name], "staffing": 3, "cost_per_hour": 20} for name in volumes]
    desk = scenario_from({"name": "tiny", "contact_types": contact_types, "agent_groups": desks})
    path = tmp_path / "tiny.yaml"
    path.write_text(dump(desk), encoding="utf-8")
    command = ["optimise", str(path), "--block", "always", "--seconds", "60", "--fresh", "50", "--prices"]
    rows = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    found = {row["of"]: row["cost"] for row in rows if row["section"] == "target_cost"}
    expected = {name: 20.0 * 24 * (_least(rate, 0.8) - _least(rate, 0.75)) for name, rate in volumes.items()}
    assert found == pytest.approx(expected)
    assert set(found.values()) == {0.0, 480.0}
