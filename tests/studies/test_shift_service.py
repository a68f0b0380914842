"""Shifts and their service: the loop against enumeration, its verdicts, a proof by hand, schedules as scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from models.optimisation.plan_rules import NO_RULES
from models.optimisation.verdicts import judge, status
from models.scheduling.covering import PlannedShift, Uncoverable
from models.scheduling.patterns import ShiftRules, rules_from
from models.scheduling.shift_plan import ShiftPlan, cover_requirement
from scenarios.errors import InvalidValue
from scenarios.evaluation import Evaluation, RatioSums
from scenarios.requirements import constraints
from scenarios.scenario import Scenario, scenario_from
from scenarios.statistics import MET, MISSED
from studies.shifts import loop
from studies.shifts.loop import plan_with_service
from studies.shifts.played import on_grid, played_scenario
from studies.shifts.proof import prove, service_table, target_table

NEED = np.repeat([2, 6, 4], 8)
"""People by hour of the day with whom every contact is answered in time; half of them answer half."""
CONTACTS = np.repeat([20.0, 60.0, 40.0], 8)


def desk(share: float = 0.8, **more: object) -> Scenario:
    """A desk for a day of hours."""
    calls = {
        "name": "calls",
        "channel": "phone",
        "volume": {"per_interval": tuple(CONTACTS)},
        "handle_time": {"mean": "5 min"},
        "target": {"share": share, "within": "20s"},
    }
    group = {"name": "desk", "skills": ["calls"], "staffing": 4, "cost_per_hour": 1.0}
    return scenario_from(
        {
            "name": "desk",
            "horizon": {"start": "2026-03-02", "interval": "1 h"},
            "contact_types": [calls | more],
            "agent_groups": [group],
        }
    )


def rules(**more: object) -> ShiftRules:
    """Three shifts of eight hours, and one of twelve."""
    eight = {"name": "eight", "start_step": "8 h", "lengths": ["8 h"], "latest_start": "16:00"}
    return rules_from({"interval": "1 h", "patterns": [eight | more]})


@dataclass
class Counted:
    """Service worked out instead of simulated: the share of contacts in time is people by need, at most all."""

    worse: float = 1.0
    """By what the need is larger on fresh days."""

    def __call__(self, scenarios: Sequence[Scenario], replications: int, fresh: int = 0) -> list[Evaluation]:
        """The same on every replication."""
        return [self._found(scenario, replications, fresh) for scenario in scenarios]

    def _found(self, scenario: Scenario, replications: int, fresh: int) -> Evaluation:
        need = NEED * (self.worse if fresh else 1.0)
        counts = []
        for _ in constraints(scenario):
            answered = CONTACTS * np.minimum(scenario.staffing[0] / need, 1.0)
            counts.append(RatioSums(*(np.tile(row, (replications, 1)) for row in (answered, CONTACTS))))
        nothing = np.zeros(replications)
        return Evaluation(scenario, tuple(counts), nothing, nothing, np.zeros((replications, 24)))


def covering_plan(scenario: Scenario, shift_rules: ShiftRules) -> ShiftPlan:
    """Two steps: shifts for everybody who could be of use."""
    return cover_requirement(scenario, shift_rules, {"desk": NEED.astype(np.int64)})


def cheapest(scenario: Scenario, plan: ShiftPlan, evaluate: Counted, fresh: int) -> float:
    """The least cost of three shifts that meet the target, by enumeration."""
    options = plan.problem.options
    best = np.inf
    for people in product(range(8), repeat=len(options)):
        shifts = [PlannedShift(option) for option, count in zip(options, people, strict=True) for _ in range(count)]
        tried = replace(plan, scenario=scenario).with_shifts(shifts)
        if tried.wages < best and status(judge(evaluate([played_scenario(tried)], 2, fresh)[0])) == MET:
            best = tried.wages
    return best


@pytest.mark.parametrize("share", [0.6, 0.8, 0.95])
def test_the_loop_finds_the_enumerated_optimum(share: float) -> None:
    """It would send home fewer people than the target allows, or more."""
    scenario, evaluate = desk(share), Counted()
    start = covering_plan(scenario, rules())
    result = plan_with_service(scenario, rules(), evaluate, start=start, plan_rules=NO_RULES, seconds=20)
    assert result.two_steps.cost == 12 * 8
    assert result.schedule.status == MET
    assert result.schedule.cost == cheapest(scenario, start, evaluate, 1)
    assert result.saved == result.two_steps.cost - result.schedule.cost == {0.6: 32, 0.8: 16, 0.95: 0}[share]


def test_a_schedule_that_fails_on_fresh_days_is_raised() -> None:
    """Days on which customers call for longer: the plan of the search misses there, and would be handed out as met."""
    scenario, evaluate = desk(), Counted(worse=1.1)
    start = covering_plan(scenario, rules())
    result = plan_with_service(scenario, rules(), evaluate, start=start, plan_rules=NO_RULES, seconds=20)
    found = evaluate([played_scenario(result.schedule.plan)], 2, fresh=1)[0]
    assert result.schedule.status == status(judge(found)) == MET


def test_what_cannot_be_met_is_not_called_met() -> None:
    """Fresh days that no schedule serves: the result says that its target is missed."""
    evaluate, scenario = Counted(worse=100.0), desk()
    start = covering_plan(scenario, rules())
    result = plan_with_service(scenario, rules(), evaluate, start=start, plan_rules=NO_RULES, seconds=1)
    assert result.two_steps.status == result.schedule.status == MISSED


def test_a_start_that_misses_its_target_gets_people() -> None:
    """A requirement that was too low would stay so."""
    scenario, evaluate = desk(0.9), Counted()
    start = cover_requirement(scenario, rules(), {"desk": np.ones(24, dtype=np.int64)})
    result = plan_with_service(scenario, rules(), evaluate, start=start, plan_rules=NO_RULES, seconds=20)
    assert (result.two_steps.status, result.schedule.status) == (MISSED, MET)
    assert result.schedule.cost == cheapest(scenario, start, evaluate, 1)


def test_what_no_shift_covers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop would go on for its whole time with shifts that can never be enough."""
    scenario = desk()
    monkeypatch.setattr(loop, "optimise", lambda *_, **__: SimpleNamespace(scenario=scenario))
    early = rules(latest_start="08:00")
    with pytest.raises(Uncoverable, match="no shift covers 16:00 to 24:00"):
        plan_with_service(scenario, early, Counted(), seconds=5)
    without = scenario.replace_type("calls", target=None)
    with pytest.raises(InvalidValue, match="target"):
        plan_with_service(without, rules(), Counted())


def test_the_proof_by_hand() -> None:
    """Six people where four are needed: of 80 % none is at risk, and any one of two may go home in any hour."""
    scenario, evaluate = desk(0.8), Counted()
    plan = covering_plan(scenario, rules())
    options = {option.start: option for option in plan.problem.options}
    people = {0: 1, 8: 6, 16: 5}  # half of the night is answered, everybody else
    plan = plan.with_shifts([PlannedShift(options[start]) for start, count in people.items() for _ in range(count)])
    proof = prove(plan, evaluate, replications=2)
    table = service_table(proof)
    assert table["proven"].tolist() == [0.5] * 8 + [1.0] * 16
    assert table["at_risk"].tolist() == [True] * 8 + [False] * 16
    share = (0.5 * 160 + 480 + 320) / 960
    assert target_table(proof)["proven"].tolist() == pytest.approx([share])
    assert proof.cost == plan.wages == 12 * 8
    alone = []
    for hour in range(24):
        fewer = plan.present["desk"].copy()
        fewer[hour] -= 1
        one_less = scenario.replace_group("desk", staffing=fewer.tolist())
        alone.append(fewer[hour] >= 0 and status(judge(evaluate([one_less], 2)[0])) == MET)
    assert {spare.hour for spare in proof.spare} == {hour for hour in range(24) if alone[hour]}


def test_a_schedule_as_a_scenario() -> None:
    """Breaks would be worked, or the night shift of the last day be missing on the first morning."""
    night = {
        "name": "night",
        "earliest_start": "20:00",
        "latest_start": "20:00",
        "lengths": ["8 h"],
        "breaks": [{"length": "30 min", "earliest": "2 h", "latest": "5 h", "paid": False}],
    }
    late = {"name": "split", "earliest_start": "04:00", "latest_start": "04:00", "lengths": ["6 h"]}
    late |= {"second_part": {"length": "6 h", "pause": ["4 h"]}}
    shift_rules = rules_from({"interval": "30 min", "patterns": [night, late]})
    required = np.where(np.isin(np.arange(24), [10, 11, 12, 13]), 0, 2).astype(np.int64)
    plan = cover_requirement(desk(), shift_rules, {"desk": required})
    played = played_scenario(plan)
    assert played.horizon.interval == 1800
    assert played.agent_groups[0].agents(played.horizon).tolist() == plan.present["desk"].tolist()
    assert on_grid(desk(), 1800).expected.sum() == pytest.approx(CONTACTS.sum())
    every = desk(target={"share": 0.8, "within": "20s", "every": "interval"})
    assert on_grid(every, 1800) is every
