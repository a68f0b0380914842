"""What a plan says of itself: its cost, what an agent is worth, and whether its time was short."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from models.optimisation.budget import SearchBudget
from models.optimisation.phases import PhasedSearch
from models.optimisation.plan import BoundKind, Plan
from models.optimisation.plan_notes import in_one_line
from models.optimisation.plan_space import plan_space
from models.optimisation.search import _Outcome, optimise
from models.optimisation.verdicts import judge
from scenarios.evaluation import Evaluation, RatioSums
from scenarios.judgement import Judged
from scenarios.requirements import Constraint
from scenarios.scenario import Scenario, scenario_from
from scenarios.statistics import Estimate
from scenarios.yaml import presets
from simulator.evaluator import evaluator
from simulator.experiment import simulate
from tests.models.optimisation.test_search import Stand, centre

LUCK = 3.0
"""Points by which the days of the search are better than others."""


class Lucky(Stand):
    """A centre whose days are better while it is searched than ever after."""

    def __call__(self, scenarios: Sequence[Scenario], replications: int, fresh: int = 0) -> list[Evaluation]:
        """What the stand-in finds, with more in time on the days of the search."""
        more = LUCK if fresh == 0 else 0.0
        return [
            replace(one, counts=tuple(RatioSums(c.numerator + more, c.denominator) for c in one.counts))
            for one in super().__call__(scenarios, replications, fresh)
        ]


@pytest.mark.parametrize("block", [math.inf, 6 * 3600.0])
def test_an_agent_is_worth_what_he_is_on_other_days(block: float) -> None:
    """Levels with an agent more or fewer would be those of the days that the plan was chosen by: 3 points too much.

    n heads give 1 - 0.4^n of contacts in time by the stand-in's formula, in the mean of the four periods.
    """
    plan = optimise(centre(), Lucky(0.6, noise=1.0), block=block, fresh=400, seconds=20)
    assert plan.marginal_values
    levels = {one.constraint.of: one.value for one in plan.constraints}
    for one in plan.marginal_values:
        row = plan.scenario.staffing[plan.scenario.group_names.index(f"{one.of}-desk")]
        there = row + one.staffing * ((row > 0) if one.group == f"{one.of}-desk" else 0)
        assert one.value == pytest.approx(float((1 - 0.4**there).mean()), abs=0.003)  # noise: 0.01 / sqrt(400) a period
        assert one.value == pytest.approx(levels[one.of] + one.difference)  # beside the plan's own level
        assert one.met == (one.value >= 0.8)
        assert one.status == ("met" if one.value >= 0.8 else "missed")  # 84 %, or 72 % where one of two is taken away


def chats(cost_per_session: float) -> Scenario:
    """A chat desk with a bot that keeps a third and passes on the rest."""
    chat = {
        "name": "chat",
        "channel": "chat",
        "volume": {"per_hour": 8},
        "handle_time": {"mean": "4 min"},
        "patience": {"mean": "5 min"},
        "bot": {"resolved": 0.3, "cost_per_session": cost_per_session},
        "target": {"share": 0.5, "within": "1 min"},
    }
    desk = {"name": "desk", "skills": ["chat"], "staffing": 3, "cost_per_hour": 20}
    horizon = {"start": "2026-03-02", "interval": "6h"}
    return scenario_from({"name": "bot", "horizon": horizon, "contact_types": [chat], "agent_groups": [desk]})


def test_the_cost_of_a_plan_is_that_of_results() -> None:
    """Bot sessions would be in the cost of *Results* and not in that of *Optimise*: 192 chats a day at 50 cents."""
    plan = optimise(
        chats(0.5), evaluator(seed=1, engine="simpy"), block=math.inf, fresh=20, seconds=30, replications=40
    )
    assert plan.bot_cost == pytest.approx(0.5 * 192, rel=0.07)  # standard error of 20 days: 1.6 %
    results = simulate(plan.scenario, 20, seed=5, engine="simpy")
    assert plan.cost == pytest.approx(results.sums("cost")[0].mean(), rel=0.02)
    assert plan.staffing_cost == pytest.approx(plan.staffing.sum() * 24 * 20)
    assert plan.bound <= plan.cost
    assert plan.bound > plan.bot_cost
    assert plan.proven >= plan.bot_cost
    assert plan.bound_holds.endswith("bot sessions cost as much as with this plan")
    assert min(step.bound for step in plan.steps) >= 0.5 * 192 * 0.999  # expected, so that progress has it too
    free = optimise(
        chats(0.0), evaluator(seed=1, engine="simpy"), block=math.inf, fresh=20, seconds=30, replications=40
    )
    assert free.bot_cost == 0.0
    assert free.staffing.tolist() == plan.staffing.tolist()


def test_a_busy_machine_is_named() -> None:
    """A plan from a search that hardly got a processor would look like any other."""
    waiting = Stand(0.6, noise=1.0, seconds=0.02)  # sleeping gives the processor to others
    plan = optimise(centre(), waiting, block=6 * 3600, fresh=4, seconds=3.0, gap=0.0)
    assert plan.ended == "time limit reached"
    assert any("the machine was busy with other work" in note for note in plan.notes)


def test_a_machine_of_its_own_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every search that ends by its time would be blamed on the machine."""
    monkeypatch.setattr(time, "process_time", time.monotonic)
    waiting = Stand(0.6, noise=1.0, seconds=0.02)
    plan = optimise(centre(), waiting, block=6 * 3600, fresh=4, seconds=3.0, gap=0.0)
    assert plan.ended == "time limit reached"
    assert not any("busy" in note for note in plan.notes)


def test_what_results_count_otherwise_is_named() -> None:
    """Hours of a warm-up, or of groups without a price, would make two costs of one plan without a word."""
    scenario = centre()
    horizon = scenario.horizon.model_copy(update={"warm_up": 6 * 3600.0})
    plan = optimise(scenario.replace(horizon=horizon), Stand(0.6), block=math.inf, fresh=20, seconds=20)
    assert any("warm-up" in note for note in plan.notes)
    assert any("as 0 in results" in note for note in plan.notes)
    assert np.isfinite(plan.cost)


def of_target(value: float, error: float, text: str = "80 % within 20 s") -> Judged:
    """A service level of calls judged against 80 %."""
    estimate = Estimate(*(np.array(number) for number in (value, value - 2 * error, value + 2 * error, error)))
    return Judged(Constraint("calls", "service_level", 0.8, text), estimate, expected=True)


def line_of(*constraints: Judged, bound: float = 950.0, bound_kind: BoundKind = "estimated") -> str:
    """The line of a plan for 1,000 that was checked on 500 days."""
    desk = presets.load("help-desk")
    plan = Plan(
        scenario=desk, staffing=desk.staffing, cost=1000.0, overtime=0.0, bound=bound, proven=900.0, bound_holds="",
        bound_kind=bound_kind, constraints=constraints, replications=500, overrun=0.0, binding="", marginal_values=(),
        steps=(), ended="", notes=(),
    )  # fmt: skip
    return in_one_line(plan, "{:,.0f} EUR".format)


def test_one_line_says_what_is_sure_and_what_is_not() -> None:
    """A planner reads a bound that is an estimate as a proof, or is not told what would decide a target."""
    assert line_of(of_target(0.82, 0.005)) == (
        "Cost 1,000 EUR. Sure: every target is met on 500 new replications. Not sure: whether a cheaper plan exists, "
        "as the lower bound is an estimate. Optimality gap about 5.3 % (estimated lower bound). To know more: a longer "
        "search narrows the gap."
    )
    # One standard error above its limit: 1.96 squared times as many days.
    assert line_of(of_target(0.81, 0.01), bound=1000.0, bound_kind="enumerated") == (
        "Cost 1,000 EUR. Sure: 0 of 1 targets are met on 500 new replications. Not sure: calls, 80 % within 20 s "
        "(81.0 ± 2.0 %). Proved optimal. To know more: about 1,900 new replications decide calls."
    )
    missed = line_of(of_target(0.7, 0.01), of_target(0.9, 0.01, "later"))
    assert "Sure: 1 of 2 targets are met on 500 new replications; missed: calls, 80 % within 20 s." in missed
    assert missed.endswith("more agents for calls; a longer search narrows the gap.")
    assert "one agent more for calls" in line_of(of_target(0.799, 0.01))


@pytest.mark.parametrize("seconds, days, status", [(60.0, 320, "met"), (1.0, 100, "inconclusive")])
def test_a_plan_in_doubt_is_looked_at_once_more(
    monkeypatch: pytest.MonkeyPatch, seconds: float, days: int, status: str
) -> None:
    """A plan that a few more days confirm would be called inconclusive; or days go on without end.

    Of 10 contacts 8 must be in time; 8.12 ± 1 are: 1.2 standard errors above. 100 x (1.96 / 1.2)² days decide, and a
    fifth more are taken: 320.
    """
    desks = centre()
    search = PhasedSearch(plan_space(desks), SearchBudget(plan_space(desks), Stand(0.6), seconds), 100, 100)
    search.staffing = np.full((2, 4), 3)
    asked: list[int] = []

    def evaluated(scenario: Scenario, replications: int) -> Evaluation:
        asked.append(replications)
        spread = np.where(np.arange(replications) % 2, 1.0, -1.0)[:, None] * np.ones(4)
        counts = RatioSums(8.12 + spread, np.full(spread.shape, 10.0))
        none = np.zeros(replications)
        return Evaluation(scenario, (counts, counts), none, none, 0 * spread)

    monkeypatch.setattr(search.budget, "evaluate_plans", lambda plans, many, _: [evaluated(desks, many)])
    monkeypatch.setattr(SearchBudget, "rate", property(lambda _: 0.01))
    search.budget.finish(1.0)
    monkeypatch.setattr(_Outcome, "_affords_check", property(lambda _: False))
    checked = _Outcome(search, desks)._check()
    assert asked[-1] == pytest.approx(days, abs=15)
    assert checked.replications == asked[-1]
    assert {judged.status() for judged in judge(checked)} == {status}
