"""Theory against simulation: each exact formula and the engine must say the same of the same centre.

Expected values are those of the formulas, which have their own tests against books and the truth tables. Each finding
may be off by 4 standard errors, judged from independent days by Student's t: with 40 days or more a right programme
exceeds that once in some 3,700 findings, so that with the about 180 findings made here another seed would give a false
alarm once in 20 runs. Seeds are fixed: the outcome is the same at every run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from models.day import transient, uncertain
from models.queueing import bots, chat, erlang, general_patience, general_service, priorities, redial_chain
from scenarios.distributions import Deterministic, Distribution, Exponential, Gamma, Lognormal, Uniform, Weibull
from scenarios.scenario import Scenario, scenario_from
from scenarios.statistics import Estimate
from simulator.experiment import simulate

ERRORS = 4.0
HOUR, MINUTE = 3600.0, 60.0
WARM_UP = 3.0
"""Hours at the start of each day that do not count, so that what is left is the long run of the formulas."""


def centre(contact_types: list[dict[str, Any]], agents: int, **fields: Any) -> Scenario:
    """One group for everything, around the clock, the first hours left out and the clock stopped at the end."""
    group = {"name": "desk", "skills": [contact_type["name"] for contact_type in contact_types], "staffing": agents}
    given = {"horizon": {"interval": "1 h", "warm_up": WARM_UP * HOUR, "at_end": "stop"}} | fields
    groups = given.pop("agent_groups", [group | given.pop("group", {})])
    return scenario_from({"name": "theory", "contact_types": contact_types, "agent_groups": groups} | given)


def calls(per_hour: float, handle: object, **fields: Any) -> dict[str, Any]:
    """A telephone type with 80 % in 20 s as its target."""
    target = {"share": 0.8, "within": "20s"}
    given = {"name": "calls", "channel": "phone", "volume": {"per_hour": per_hour}, "target": target}
    return given | {"handle_time": handle} | fields


@dataclass(frozen=True)
class Case:
    """A centre and what theory says of it: by measure, or by measure and type; waits as shares within seconds.

    Of findings by interval the last is not compared: the engine adds to it the time after the end of the day.
    """

    scenario: Scenario
    days: int
    theory: dict[str | tuple[str, str], Any]
    waits: dict[float, float] = field(default_factory=dict)
    by_interval: dict[str, Any] = field(default_factory=dict)


def deviations(case: Case, seed: int) -> dict[object, float]:
    """How many standard errors each finding is away from its theory."""
    results = simulate(case.scenario, case.days, seed)
    found: dict[object, float] = {}
    for key, expected in case.theory.items():
        measure, of = (key, "all") if isinstance(key, str) else key
        place = results.place(measure, of)
        found[key] = float(np.max(_errors(results.estimate(measure), expected, case.days)[place]))
    for time, share in case.waits.items():
        found[time] = float(_errors(results.wait_curve("all", time), share, case.days))
    for measure, values in case.by_interval.items():
        errors = _errors(results.estimate(measure, "interval"), values, case.days)[0]
        found |= {(measure, interval): float(error) for interval, error in enumerate(errors[:-1])}
    return found


def _errors(found: Estimate, expected: object, days: int) -> np.ndarray:
    from scipy.stats import t

    error = found.half_width / t.ppf(0.975, days - 1)
    return np.abs(found.value - np.asarray(expected)) / error


def erlang_b_case() -> Case:
    """Lines = agents: who finds none is gone; any law of handle times gives the same loss."""
    contact_type = calls(60, {"mean": "6 min", "cv": 1.5}, trunk="main")
    loss = float(erlang.erlang_b(60 * 0.1, 8))
    counted = 60 * (24 - WARM_UP)
    return Case(
        centre([contact_type], 8, trunks={"main": 8}),
        40,
        {"blocked": loss * counted, "answered": (1 - loss) * counted, "occupancy": 6 * (1 - loss) / 8},
    )


def erlang_c_case() -> Case:
    """Nobody leaves."""
    p = erlang.erlang_c(120 / HOUR, 6 * MINUTE, 14, 20)
    return Case(
        centre([calls(120, {"mean": "6 min"})], 14),
        40,
        {"service_level": p.service_level(), "asa": p.asa, "occupancy": p.occupancy, "backlog": p.queue},
        {0.0: 1 - p.p_wait, 60.0: 1 - p.wait_beyond(60), 300.0: 1 - p.wait_beyond(300)},
    )


def _impatient(p: Any) -> Case:
    """The measures that theory and simulation share where customers leave, at 130 contacts an hour and 12 agents."""
    entered = 1 - float(p.p_block)
    return Case(
        centre([calls(130, {"mean": "6 min"})], 12),
        40,
        {
            "service_level": p.service_level() / entered,
            "service_level_answered": p.service_level("answered"),
            "abandonment": p.p_abandon / entered,
            "asa": p.asa,
            "mean_wait": p.wait_all,
            "occupancy": p.occupancy,
            "backlog": p.queue,
        },
    )


def erlang_a_case(lines: float = np.inf) -> Case:
    """Exponential patience, with and without a limit on lines."""
    p = erlang.erlang_a(130 / HOUR, 6 * MINUTE, 3 * MINUTE, 12, 20, lines)
    case = _impatient(p)
    contact_type = calls(130, {"mean": "6 min"}, patience={"mean": "3 min"})
    if np.isinf(lines):
        return Case(centre([contact_type], 12), 40, case.theory, {0.0: 1 - p.p_wait, 60.0: 1 - p.wait_beyond(60)})
    theory = case.theory | {"blocked": p.p_block * 130 * (24 - WARM_UP)}
    return Case(centre([contact_type | {"trunk": "main"}], 12, trunks={"main": int(lines)}), 40, theory)


def general_patience_case(patience: Distribution) -> Case:
    """Any law of patience."""
    p = general_patience.general_patience(130 / HOUR, 6 * MINUTE, patience, 12, 20)
    contact_type = calls(130, {"mean": "6 min"}, patience=patience)
    return Case(centre([contact_type], 12), 40, _impatient(p).theory, {60.0: 1 - p.wait_beyond(60)})


def one_agent_case(handle: Distribution) -> Case:
    """M/G/1: any law of handle times."""
    p = general_service.mg1(6 / HOUR, handle.mean, handle.scv)
    waits = {300.0: general_service.md1_wait_within(6 / HOUR, handle.mean, 300.0)} if handle.scv == 0 else {}
    theory = {"mean_wait": p.wait, "backlog": p.queue, "occupancy": p.occupancy}
    return Case(centre([calls(6, handle)], 1), 300, theory, waits)


def ranks_case() -> Case:
    """Two ranks, several agents, one handle time; the formula knows the first rank's waits in full."""
    first = calls(50, {"mean": "6 min"}, name="first", priority={"level": 1})
    second = calls(60, {"mean": "6 min"}, name="second", priority={"level": 2})
    rates = np.array([50, 60]) / HOUR
    p = priorities.nonpreemptive(rates, 6 * MINUTE, 13)
    within = priorities.first_class_wait_within(rates, 6 * MINUTE, 13, 20)
    theory = {("asa", "first"): p.wait[0], ("asa", "second"): p.wait[1], ("service_level", "first"): within}
    return Case(centre([first, second], 13), 60, theory)


def cobham_case() -> Case:
    """Two ranks with handle times of their own, one agent."""
    first = calls(4, {"mean": "3 min"}, name="first", priority={"level": 1})
    second = calls(4, {"mean": "6 min", "cv": 0}, name="second", priority={"level": 2})
    p = priorities.cobham(np.array([4, 4]) / HOUR, [3 * MINUTE, 6 * MINUTE], [1.0, 0.0])
    return Case(
        centre([first, second], 1), 300, {("mean_wait", "first"): p.wait[0], ("mean_wait", "second"): p.wait[1]}
    )


def chat_case(chat_routing: str) -> Case:
    """Agents with three slots who slow down, filled evenly or one agent after the other."""
    concurrency_speed = [1.0, 0.85, 0.7]
    rates = chat.completion_rates(10 * MINUTE, concurrency_speed)
    p = chat.chat(66 / HOUR, 6, rates, 3 * MINUTE, 20, chat_routing)
    contact_type = calls(66, {"mean": "10 min"}, name="chat", channel="chat", patience={"mean": "3 min"})
    group = {"max_concurrent": 3, "concurrency_speed": concurrency_speed, "chat_routing": chat_routing}
    theory = {
        "service_level": p.served_within,
        "abandonment": p.p_abandon,
        "backlog": p.queue,
        "concurrency": p.concurrency,
        "occupancy": p.busy_agents / 6,
    }
    return Case(centre([contact_type], 6, group=group), 40, theory)


RATES = (20, 15, 10, 10, 15, 30, 60, 90, 120, 140, 140, 130, 120, 130, 140, 130, 110, 120, 140, 150, 140, 120, 130, 140)
HEADS = (3, 3, 3, 3, 3, 4, 6, 9, 12, 13, 13, 13, 13, 13, 14, 14, 14, 14, 14, 15, 15, 15, 15, 15)
"""Heads never fall: where they do, chain and engine differ on purpose (docs/decisions/0011)."""


def day_case(cv: float = 0.0) -> Case:
    """A day whose volume goes up and down and whose staffing grows, empty at the start; also of uncertain busyness."""
    shape = uncertain.shape_of_cv(cv)
    p = transient.day(np.array(RATES) / HOUR, HEADS, HOUR, 6 * MINUTE, 3 * MINUTE, 20, busyness_shape=shape)
    volume = {"per_interval": RATES} | ({"variation": {"cv": cv}} if cv else {})
    contact_type = calls(0, {"mean": "6 min"}, volume=volume, patience={"mean": "3 min"})
    scenario = centre([contact_type], 1, horizon={"interval": "1 h"}, group={"staffing": HEADS})
    theory = {
        "service_level": p.day_service_level,
        "abandonment": p.day_abandoned / sum(RATES),
        "mean_wait": p.day_wait / sum(RATES),
    }
    by_interval = {"service_level": p.service_level, "backlog": p.queue, "busy": p.busy} if not cv else {}
    return Case(scenario, 60 if not cv else 150, theory, by_interval=by_interval)


def uncertain_case() -> Case:
    """Every day has a busyness of its own: the service of a contact drawn from all days."""
    level, lost, wait, _ = uncertain.uncertain_service(60 / HOUR, 6 * MINUTE, 3 * MINUTE, 7, 20, shape=16)
    volume = {"per_hour": 60, "variation": {"cv": 0.25}}
    contact_type = calls(60, {"mean": "6 min"}, volume=volume, patience={"mean": "3 min"})
    return Case(centre([contact_type], 7), 60, {"service_level": level, "abandonment": lost, "mean_wait": wait})


def redials_case(lines: float) -> Case:
    """Who is lost calls again after a while, most of them for as long as it takes."""
    p = redial_chain.redial_chain(130 / HOUR, 6 * MINUTE, 3 * MINUTE, 12, 20, 10 * MINUTE, 0.7, 0.6, lines)
    again = {"as": "calls", "delay": {"mean": "10 min"}, "max_tries": 1000}
    rules = [{"after": "abandoned", "probability": 0.7} | again]
    if np.isfinite(lines):
        rules.append({"after": "blocked", "probability": 0.6} | again)
    contact_type = calls(130, {"mean": "6 min"}, patience={"mean": "3 min"}, follow_ups=rules)
    trunk = {"trunks": {"main": int(lines)}} if np.isfinite(lines) else {}
    entered = 1 - p.p_block
    theory = {
        "service_level": p.served_within / entered,
        "abandonment": p.p_abandon / entered,
        "mean_wait": p.wait_all,
        "asa": p.wait_served,
        "repeat_rate": 1 - 130 / HOUR / p.attempt_rate,
        "occupancy": p.occupancy,
    }
    return Case(centre([contact_type | ({"trunk": "main"} if trunk else {})], 12, **trunk), 40, theory)


def menu_case() -> Case:
    """A voice menu in front of the agents; callers hold a line in the menu, in the queue and in service."""
    p = bots.lines_and_agents(200 / HOUR, 2 * MINUTE, 0.4, 6 * MINUTE, 9, 17, 20)
    bot = {"resolved": 0.6, "session": {"mean": "2 min"}}
    contact_type = calls(200, {"mean": "6 min"}, trunk="main", bot=bot)
    counted = 24 - WARM_UP
    theory = {
        "blocked": p.p_block * 200 * counted,
        "offered": p.transfers * HOUR * counted,
        "service_level": p.served_within,
        "mean_wait": p.wait_all,
        "occupancy": p.occupancy,
    }
    return Case(centre([contact_type], 9, trunks={"main": 17}), 40, theory)


CASES = {
    "Erlang B": erlang_b_case,
    "Erlang C": erlang_c_case,
    "Erlang A": erlang_a_case,
    "Erlang A with lines": lambda: erlang_a_case(15.0),
    "M/M/n+D": lambda: general_patience_case(Deterministic(value=90)),
    "M/M/n+lognormal": lambda: general_patience_case(Lognormal(mean=240, cv=2.0)),
    "M/M/n+Weibull": lambda: general_patience_case(Weibull(mean=180, shape=0.6)),
    "M/M/n+uniform": lambda: general_patience_case(Uniform(low=30, high=240)),
    "M/M/1": lambda: one_agent_case(Exponential(mean=300)),
    "M/D/1": lambda: one_agent_case(Deterministic(value=300)),
    "M/G/1 regular": lambda: one_agent_case(Gamma(mean=300, cv=0.5)),
    "M/G/1 wild": lambda: one_agent_case(Lognormal(mean=300, cv=1.4)),
    "ranks": ranks_case,
    "Cobham": cobham_case,
    "chat, evenly": lambda: chat_case("least-loaded"),
    "chat, one by one": lambda: chat_case("most-loaded"),
    "transient day": day_case,
    "transient day, uncertain": lambda: day_case(0.2),
    "uncertain days": uncertain_case,
    "redials": lambda: redials_case(np.inf),
    "redials with lines": lambda: redials_case(15),
    "voice menu with lines": menu_case,
}


@pytest.mark.parametrize("name", CASES)
def test_formula_and_engine_agree(name: str) -> None:
    """A formula, the engine or the way in which a measure is counted is wrong."""
    found = deviations(CASES[name](), seed=20260302)
    too_far = {key: round(error, 1) for key, error in found.items() if not error <= ERRORS}
    assert not too_far


def test_a_wrong_formula_is_noticed() -> None:
    """The comparison is too weak to tell Erlang C from Erlang A."""
    wrong, right = erlang_c_case(), erlang_a_case()
    assert max(deviations(Case(right.scenario, right.days, wrong.theory), seed=1).values()) > 2 * ERRORS
