"""What makes plans for studies, and what it says of how good they are."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from models.centre.staffing import staff
from models.optimisation.verdicts import status
from models.whatif.trials import judge_trial
from scenarios.scenario import Scenario
from scenarios.yaml import presets
from simulator.experiment import simulate
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


class Days(SimpleNamespace):
    """Results of so many days of a scenario."""


@pytest.mark.parametrize(
    "decided_at, seconds, simulated",
    [(100, 30.0, [100]), (400, 30.0, [100, 400]), (math.inf, 30.0, [100, 400, 1600]), (math.inf, 0.0, [100])],
)
def test_days_grow_where_targets_are_in_doubt(
    desk: Scenario, monkeypatch: pytest.MonkeyPatch, decided_at: float, seconds: float, simulated: list[int]
) -> None:
    """A plan is left inconclusive that more days decide, or days grow without end."""
    asked: list[int] = []

    def simulate(_: Scenario, replications: int, __: int) -> Days:
        asked.append(replications)
        return Days(days=replications)

    def word(trial: Days) -> str:
        return "met" if trial.days >= decided_at else "inconclusive"

    monkeypatch.setattr("studies.planning.simulate", simulate)
    monkeypatch.setattr("studies.planning.judge_trial", lambda trial: trial)
    monkeypatch.setattr("studies.planning.status", word)
    (trial,) = PlanningMethod(doubt_seconds=seconds).run_trial([desk])
    assert asked == simulated
    assert trial.days == simulated[-1]


def test_only_plans_in_doubt_get_more_days(desk: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten plans are simulated anew for the sake of one."""
    asked: list[tuple[str, int]] = []

    def simulate(scenario: Scenario, replications: int, _: int) -> Days:
        asked.append((scenario.name, replications))
        return Days(days=replications, name=scenario.name)

    monkeypatch.setattr("studies.planning.simulate", simulate)
    monkeypatch.setattr("studies.planning.judge_trial", lambda trial: trial)
    monkeypatch.setattr(
        "studies.planning.status", lambda trial: "met" if trial.name == "sure" or trial.days > 100 else "inconclusive"
    )
    sure, doubtful = PlanningMethod().run_trial([desk.replace(name="sure"), desk.replace(name="doubtful")])
    assert asked == [("sure", 100), ("doubtful", 100), ("doubtful", 400)]
    assert (sure.days, doubtful.days) == (100, 400)  # type: ignore[attr-defined]


def test_a_formula_is_asked_for_more_until_simulation_meets_the_target(desk: Scenario) -> None:
    """Erlang C staffs for the average day; where days differ by a quarter its plan misses 80 %, which all can see."""
    volume = desk.contact_type("calls").volume.model_dump() | {"variation": {"cv": 0.25}}
    varied = desk.replace_type("calls", volume=volume)
    plain, confirmed = staff(varied), PlanningMethod("formula").plan()(varied)
    verdicts = [status(judge_trial(simulate(plan, 400, seed=99))) for plan in (plain, confirmed)]
    assert verdicts == ["missed", "met"]
    assert confirmed.contact_types == varied.contact_types


def test_deferred_work_is_planned_for_more_where_its_target_is_missed(desk: Scenario) -> None:
    """The backlog formula staffs e-mail for its mean load: on days that vary, stricter targets change nothing."""
    volume = {"per_hour": 30, "variation": {"cv": 0.25}}
    mail = desk.replace_type("calls", channel="email", volume=volume, target={"share": 0.9, "within": "4h"})
    plain, confirmed = staff(mail), PlanningMethod("formula").plan()(mail)
    assert [status(judge_trial(simulate(plan, 400, seed=99))) for plan in (plain, confirmed)] == ["missed", "met"]
    assert confirmed.contact_types == mail.contact_types


def test_a_plan_by_formula_that_simulation_meets_stays(desk: Scenario) -> None:
    """Agents are added though nothing is missed."""
    generous = desk.replace_type("calls", target={"share": 0.8, "within": "10 min"})
    assert PlanningMethod("formula").plan()(generous).staffing.tolist() == staff(generous).staffing.tolist()
