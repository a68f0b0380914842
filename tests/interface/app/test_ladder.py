"""The assumption ladder: each step adds one thing, and formulas that cover all of a step agree with its simulation."""

from __future__ import annotations

import numpy as np
import pytest

from interface.app.learn import ladder
from interface.app.learn.ladder_formulas import (
    FORMULAS,
    FormulaResult,
    erlang_a,
    erlang_c,
    exact_day,
    modified_offered_load,
    redials,
)
from simulator.experiment import simulate

STEPS = {step.adds or "steady": step for step in ladder.ladder_steps()}
DAYS = 40


def test_the_first_rung_is_the_hand_calculation() -> None:
    """The ladder does not begin at 12 erlangs on 14 agents: 57 % in 20 s."""
    assert erlang_c(STEPS["steady"].scenario).service_level == pytest.approx(0.57, abs=0.005)


def test_rungs_add_one_thing_and_keep_the_volume() -> None:
    """A step changes how much work there is, or adds what the formulas do not know by name."""
    totals = [step.scenario.expected.sum() for step in ladder.ladder_steps()]
    assert totals == pytest.approx([2880.0] * len(totals))
    assert len({step.scenario.fingerprint for step in ladder.ladder_steps()}) == len(totals) == 9
    known = frozenset[str]().union(*(formula.covers for formula in FORMULAS))
    assert known <= {step.adds for step in ladder.ladder_steps()}


def test_without_an_assumption_broken_all_formulas_say_the_same() -> None:
    """A formula differs from Erlang C where all are Erlang C."""
    levels = [formula.work(STEPS["steady"].scenario).service_level for formula in FORMULAS]
    assert levels == pytest.approx([levels[0]] * len(levels), abs=2e-4)


def test_the_exact_day_agrees_with_the_simulation() -> None:
    """The formula that knows all of a step is more than four standard errors off (one false alarm in 1,300)."""
    step = STEPS["patience"]
    says = exact_day(step.scenario)
    results = simulate(step.scenario, 20, seed=4)
    for measure in ladder.MEASURES:
        found, at = results.estimate(measure), results.place(measure, "all")
        error = found.half_width[at] / 2.093  # Student's t for 19 degrees of freedom
        assert abs(found.value[at] - getattr(says, measure)) <= 4 * error, measure


def test_customers_who_call_again_make_it_worse() -> None:
    """The redial chain has fewer contacts than Erlang A, or is not asked where there are redials."""
    scenario = STEPS["patience"].scenario
    again = scenario.map_types(
        lambda contact_type: {
            "follow_ups": [
                {"after": "abandoned", "probability": 0.5, "as": contact_type.name, "delay": {"mean": "10 min"}}
            ]
        }
    )
    assert redials(scenario) == erlang_a(scenario)
    assert redials(again).service_level < erlang_a(scenario).service_level - 0.01


def test_overload_is_told_and_not_a_number() -> None:
    """Erlang C gives a mean wait where it has none."""
    says = erlang_c(STEPS["concurrency"].scenario)
    assert np.isnan(says.mean_wait)
    assert says.note.startswith("overloaded: queue grows by")


def test_modified_offered_load_of_a_steady_day_is_erlang_a() -> None:
    """The load of a steady day is not the load."""
    scenario = STEPS["patience"].scenario
    assert modified_offered_load(scenario).service_level == pytest.approx(erlang_a(scenario).service_level, abs=1e-9)


def test_the_table_says_what_each_formula_leaves_out() -> None:
    """A formula that leaves something out is shown as if it covered the step."""
    found = [[FormulaResult(0.5, 0.1, 10.0)] * len(FORMULAS)] * len(STEPS)
    results = [simulate(step.scenario, 2, seed=1) for step in ladder.ladder_steps()[:2]]
    rows = ladder.table(found, results)
    step = rows[(rows["step"] == "Patience distribution") & (rows["measure"] == "mean_wait")].set_index("method")
    assert step.loc["Erlang A", "leaves_out"] == "time of day, handle times, patience distribution"
    assert not step.loc["Erlang A", "covers"]
    assert rows[(rows["step"] == "M/M/n")]["covers"].all()
    simulated = rows[rows["method"] == "Simulation"]
    assert list(simulated["step"].unique()) == ["M/M/n", "Patience"]
    assert (simulated["low"] <= simulated["high"]).all()


def test_one_rung_in_words() -> None:
    """A step's table compares with the wrong row, or hides what a formula leaves out."""
    found = [[FormulaResult(0.5, 0.1, 10.0)] * len(FORMULAS)] * len(STEPS)
    alone = ladder.step_table(ladder.table(found, ()), "Patience", "service_level")
    assert alone[alone["Method"] == "Erlang C"][["Result", "Error", "Leaves out"]].values.tolist() == [
        ["50.0 %", "–", "patience"]
    ]
    results = [simulate(STEPS["steady"].scenario, 2, seed=1)]
    rows = ladder.step_table(ladder.table(found, results), "M/M/n", "service_level").set_index("Method")
    level = float(results[0].estimate("service_level").value[0])
    assert rows.loc["Simulation", "Error"] == ""
    assert rows.loc["Erlang A", "Error"] == f"{100 * (0.5 - level):+.1f} points"
