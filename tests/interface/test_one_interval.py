"""One interval taken apart: the verdict, its causes and the steps of the requirement."""

import numpy as np
import pytest

from interface.app.jobs.theory import theory
from interface.one_interval import OneInterval, interval_names, worst_interval
from scenarios.scenario import Scenario, scenario_from
from simulator.experiment import simulate

TEN, ELEVEN, TWELVE = 20, 22, 24
"""Half-hours of the day."""


def desk(agents: list[int]) -> Scenario:
    """Twelve calls of 5 min in each half-hour from nine to one (2 erlangs): four agents are required for 80/20."""
    staffing = np.repeat([0, *agents, 0], [18, *[2] * len(agents), 30 - 2 * len(agents)])
    calls = {"name": "calls", "channel": "phone", "open": "Mon-Sun 09:00-13:00", "volume": {"per_hour": 24}}
    calls |= {"handle_time": {"mean": "5 min"}, "patience": {"mean": "10 min"}}
    calls |= {"target": {"share": 0.8, "within": "20s"}}
    group = {"name": "desk", "skills": ["calls"], "staffing": staffing.tolist(), "cost_per_hour": 20}
    horizon = {"interval": "30 min"}
    return scenario_from({"name": "desk", "horizon": horizon, "contact_types": [calls], "agent_groups": [group]})


@pytest.fixture(scope="module")
def at() -> dict[int, OneInterval]:
    """The hours from nine: enough agents, nobody, two of four, enough."""
    results = simulate(desk([6, 0, 2, 6]), 40, seed=3)
    formulas = theory(results.scenario)
    return {place: OneInterval(results, formulas, "calls", "service_level", place) for place in range(48)}


def test_an_interval_above_its_target_has_no_causes(at: dict[int, OneInterval]) -> None:
    """Nine o'clock begins without a queue and has two agents more than are required."""
    assert "above the target" in at[18].verdict()
    assert at[18].time == "09:00-09:30"
    assert at[18].causes() == []


def test_nobody_is_the_only_cause_where_nobody_is_planned(at: dict[int, OneInterval]) -> None:
    """At ten nobody is there."""
    assert at[TEN].causes() == ["Nobody who can answer calls is planned."]


def test_missing_agents_and_the_queue_before_are_named(at: dict[int, OneInterval]) -> None:
    """At eleven two of the four required are there, and those who waited since ten."""
    short, waiting = at[ELEVEN].causes()
    assert short == "2 more agents are required by formula: 4 instead of 2 in desk."
    assert "were waiting in the interval before" in waiting


def test_a_formula_that_starts_without_a_queue_is_named_as_the_difference() -> None:
    """With enough agents from ten on, only those who waited since nine explain a miss."""
    results = simulate(desk([0, 4, 4, 4]), 40, seed=3)
    interval = OneInterval(results, theory(results.scenario), "calls", "service_level", TEN)
    assert interval.missed()
    assert interval.planned() == interval.required() == 4
    assert "formulas start each interval without a queue" in interval.causes()[-1]


def test_the_steps_add_up_to_the_agents(at: dict[int, OneInterval]) -> None:
    """12 calls x 300 s / 1,800 s are 2 erlangs; the parts of the requirement are its whole."""
    steps = dict(zip(at[TWELVE].steps()["Step"], at[TWELVE].steps()["Value"], strict=True))
    assert (steps["AHT"], steps["Load (erlangs)"], steps["Agents"]) == ("5 min", "2.00", "4")
    parts = ("Agents for load", "Safety staffing", "Agents for maximum occupancy", "Agents for absence", "Rounding")
    assert sum(float(steps[name]) for name in parts) == pytest.approx(4, abs=0.03)
    assert at[TWELVE].formula().startswith("calls: Erlang A")


def test_the_worst_interval_has_agents() -> None:
    """Where nobody is planned the level is 0 by choice, which is not what one looks for first."""
    results = simulate(desk([6, 0, 2, 6]), 40, seed=3)
    assert worst_interval(results, "service_level", "calls") in (ELEVEN, ELEVEN + 1)
    assert interval_names(results)[ELEVEN] == "11:00-11:30"
