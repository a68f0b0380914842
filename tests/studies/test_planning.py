"""What makes plans for studies, and what it says of how good they are."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from scenarios.scenario import Scenario
from scenarios.yaml import presets
from studies.planning import PlanningMethod, Searches, left_open


@pytest.fixture
def desk() -> Scenario:
    """Any centre."""
    return presets.load("help-desk")


def test_a_search_that_ended_early_says_how_much_it_left_open(desk: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was asked for, 2 %, is taken for what was reached."""
    planned = desk.replace(name="planned")
    found = SimpleNamespace(scenario=planned, cost=1000.0, bound=930.0)
    monkeypatch.setattr("models.optimisation.search.optimise", lambda *_, **__: found)
    monkeypatch.setattr("studies.planning.known_start", lambda *_, **__: None)
    search = PlanningMethod(gap=0.02).plan()
    assert isinstance(search, Searches)
    assert search(desk) == planned
    assert left_open(search)(planned) == pytest.approx(0.07)
    assert left_open(search)(desk) == 0  # which was not searched for


def test_formulas_leave_one_head_open_and_no_share(desk: Scenario) -> None:
    """Plans by formula are compared to the last cent."""
    by_formula, by_search = PlanningMethod("formula"), PlanningMethod("search")
    assert left_open(by_formula.plan())(desk) == 0
    assert (by_formula.staffing_margin, by_search.staffing_margin) == (1, 0)
