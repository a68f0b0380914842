"""Plans made by formula, played contact by contact: they keep the targets they were made for.

Each share in time may fall short of its target by 4 standard errors over independent days; seeds are fixed.
"""

from __future__ import annotations

import pytest

from models.centre.approximate import approximate
from models.centre.staffing import staff
from scenarios.scenario import Scenario
from scenarios.yaml import presets
from simulator.experiment import simulate
from simulator.measure.results import Results
from tests.models.centre.test_requirement import desk
from tests.models.centre.test_staffing import skills_of_two

ERRORS, Z95 = 4.0, 1.96
DAYS = 40


def error(results: Results, measure: str, of: str) -> tuple[float, float]:
    """A measure of a type and its standard error."""
    estimate, place = results.estimate(measure), results.place(measure, of)
    return float(estimate.value[place]), float(estimate.half_width[place]) / Z95


@pytest.mark.parametrize("per_hour", [(30, 30), (70, 70), (300, 300), (200, 20)])
def test_overlapping_skills_meet_both_targets(per_hour: tuple[float, float]) -> None:
    """The start for skills would count on flexible agents more often than they are free."""
    routes = {name: [f"desk-{name}", "both"] for name in "ab"}
    both = skills_of_two(flexible=1.1).replace(routing={"types": routes})
    for name, volume in zip("ab", per_hour, strict=True):
        both = both.replace_type(name, volume={"per_hour": volume})
    plan = staff(both)
    results = simulate(plan, DAYS, seed=3)
    for name in "ab":
        level, off = error(results, "service_level", name)
        assert level > 0.8 - ERRORS * off


@pytest.mark.parametrize("name", ["bot-first", "one-pool", "one-hour"])
def test_presets_staffed_by_formula_meet_their_targets(name: str) -> None:
    """Chat with slots, a pool, or mail around the week would be staffed for less than their targets need."""
    plan = staff(presets.load(name))
    results = simulate(plan, max(DAYS // 2 // plan.horizon.days, 4), seed=2)
    for contact_type in plan.contact_types:
        assert contact_type.target is not None
        assert contact_type.target.share is not None
        measure = "service_level" if contact_type.target.response == "person" else "response_by_person_or_bot"
        level, off = error(results, measure, contact_type.name)
        assert level > contact_type.target.share - ERRORS * off


@pytest.mark.parametrize(
    "contact_type",
    [
        {"patience": {"mean": "5 min"}},
        {"patience": {"family": "weibull", "mean": "5 min", "shape": 2}},
        {"patience": {"mean": "5 min"}, "balking": 0.2},
    ],
)
def test_table_of_a_desk(contact_type: dict[str, object]) -> None:
    """Erlang A, M/M/n+G or balking in theory's table would not be what happens."""
    scenario: Scenario = desk(contact_type={"open": "always", **contact_type}, group={"staffing": 13})
    scenario = scenario.replace(horizon={"interval": "30 min", "warm_up": "3 h", "at_end": "stop"})
    results = simulate(scenario, DAYS, seed=5)
    theory = approximate(scenario, measures=["service_level", "abandonment", "asa", "backlog"]).query("by == 'type'")
    for row in theory.itertuples():
        found, off = error(results, str(row.measure), "calls")
        assert abs(found - float(str(row.value))) < ERRORS * off
