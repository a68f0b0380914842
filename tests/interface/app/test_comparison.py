"""The comparison of scenarios in words and tables: which meet their targets, and which of these is cheapest."""

from __future__ import annotations

import pytest

from interface.app.comparison import cheapest_in_words, targets_and_cost
from interface.app.jobs.jobs import Progress
from interface.app.jobs.studies import restaffed
from scenarios.scenario import Scenario
from scenarios.yaml import presets
from simulator.experiment import simulate
from simulator.measure.results import Results
from studies.planning import FORMULA, PlanningMethod


def desk(name: str, agents: int) -> Scenario:
    """A help desk of 120 calls an hour and 6 minutes, for which Erlang C asks 16 agents."""
    scenario = presets.load("help-desk")
    group = scenario.agent_groups[0].model_copy(update={"staffing": agents})
    return scenario.replace(name=name, agent_groups=(group,))


@pytest.fixture(scope="module")
def findings() -> list[Results]:
    """Too few agents, enough, and more than enough."""
    return [simulate(desk(name, agents), 20) for name, agents in (("lean", 13), ("safe", 18), ("rich", 20))]


def test_the_cheapest_is_among_those_that_meet_every_target(findings: list[Results]) -> None:
    """The cheapest of all misses its target, and would be praised."""
    assert cheapest_in_words(findings).startswith("safe and rich meet every target; safe costs least: ")
    assert cheapest_in_words(findings[:1]) == "No scenario is confirmed to meet every target"
    assert cheapest_in_words(findings[:2]) == "Only safe meets every target"


def test_equal_costs_are_not_ranked(findings: list[Results]) -> None:
    """Of two alike the first would be called the cheaper."""
    twin = simulate(desk("twin", 18), 20)
    assert cheapest_in_words([findings[1], twin]) == (
        "All scenarios meet every target; costs of safe and twin do not differ significantly"
    )


def test_each_scenario_has_its_verdict_and_cost(findings: list[Results]) -> None:
    """A verdict would stand beside another scenario's cost."""
    table = targets_and_cost(findings)
    assert table["Scenario"].tolist() == ["lean", "safe", "rich"]
    assert table["Targets"].tolist() == ["The target is missed", "The target is met", "The target is met"]
    wages = [24 * agents * findings[0].scenario.agent_groups[0].cost_per_hour for agents in (13, 18, 20)]
    amounts = [float(text.split()[0].replace(",", "")) for text in table.iloc[:, 2]]
    assert all(amount >= wage for amount, wage in zip(amounts, wages, strict=True))  # wages, and some overtime


def test_every_scenario_is_given_a_staffing_of_its_own() -> None:
    """A scenario with twice the calls would be compared at the agents that somebody once gave it."""
    busy = desk("busy", 5)
    volume = busy.contact_types[0].volume.model_copy(update={"per_hour": 240})
    busy = busy.replace(contact_types=(busy.contact_types[0].model_copy(update={"volume": volume}),))
    planned = restaffed(Progress(), (desk("lean", 5), busy), PlanningMethod(FORMULA))
    assert [scenario.name for scenario in planned] == ["lean", "busy"]
    # Erlang C, 80 % in 20 s: 12 erlangs need 16 agents, 24 erlangs 29.
    assert [max(scenario.agent_groups[0].staffing) for scenario in planned] == [16, 29]
