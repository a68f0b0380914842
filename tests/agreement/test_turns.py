"""Conversations in turns against the product form of a Jackson network: a station of agents, and a pause."""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest
from numpy.typing import NDArray

from scenarios.scenario import scenario_from
from scenarios.yaml import presets
from simulator.experiment import simulate
from simulator.reference.centre import play
from simulator.tape import Floats, draw_tape


def test_turns_have_the_product_form() -> None:
    """Pausing customers are Poisson with mean 10 (60 pauses an hour x 10 min), independent of those with the agents.

    With the agents are 80 / 3600 x (40 + 90 s) = 26/9 turns: M/M/3 with 2 erlangs waits 40 s (Jackson 1963).
    States three hours apart are taken as independent; bounds are four standard errors.
    """
    centre = presets.load("messenger")
    longer = centre.replace(horizon=centre.horizon.model_dump() | {"days": 14})
    log = play(longer, draw_tape(longer, seed=1, replication=0)).contacts
    times = np.arange(86400.0, 14 * 86400, 3 * 3600)
    later = log.parent >= 0
    pausing = _between(log.end[log.parent[later]], log.arrival[later], times)
    with_agents = _between(log.entry, log.end, times)
    samples = len(times)
    assert pausing.mean() == pytest.approx(10, abs=4 * np.sqrt(10 / samples))
    assert pausing.var(ddof=1) == pytest.approx(10, abs=4 * np.sqrt((2 * 10**2 + 10) / samples))
    assert with_agents.mean() == pytest.approx(26 / 9, abs=4 * with_agents.std() / np.sqrt(samples))
    assert abs(np.corrcoef(pausing, with_agents)[0, 1]) < 4 / np.sqrt(samples)


def test_threads_kept_by_the_same_agent_are_queues_of_one_server() -> None:
    """A third of 80 turns an hour, 90 s each: M/M/1 waits 2/3 x 90 / (1 - 2/3) = 180 s, over 300 s with 2/3 exp(-10/9).

    New threads are spread at random; any agent could take what follows, but the same one does. Bounds are four
    standard errors over replications.
    """
    pool = presets.load("messenger")
    values = pool.model_dump(by_alias=True, exclude_unset=True)
    messages, desk = values["contact_types"][0], values["agent_groups"][0]
    rule = messages["follow_ups"][0]
    names = ("ana", "ben", "eva")
    follows = rule | {"as": "turns", "keeps": "same"}
    spread = [messages | {"name": name, "volume": {"per_hour": 20 / 3}, "follow_ups": [follows]} for name in names]
    turns = messages | {"name": "turns", "volume": {"per_hour": 0}, "follow_ups": [follows]}
    groups = [desk | {"name": f"desk {name}", "skills": [name, "turns"], "staffing": 1} for name in names]
    parts = {"contact_types": [*spread, turns], "agent_groups": groups}
    kept = scenario_from(values | parts | {"horizon": values["horizon"] | {"days": 2}, "origins": {}})
    found = simulate(kept, 8)
    for measure, value in (("asa", 180), ("service_level", 1 - 2 / 3 * np.exp(-10 / 9))):
        estimate = found.estimate(measure)
        assert abs(float(estimate.value[0]) - value) < 4 * float(estimate.error[0])


def test_a_preference_changes_who_answers_and_nothing_else() -> None:
    """Agents are alike, and none is idle while a turn waits: the wait of every single turn is that of any agent.

    With the product form for any agent, above, this is an exact test of the preference.
    """
    pool = presets.load("messenger")
    rule = pool.contact_types[0].follow_ups[0]
    preferring = pool.replace_type("messages", follow_ups=[rule.model_copy(update={"keeps": "prefer"})])
    anyone, same = (play(centre, draw_tape(centre, seed=1, replication=0)).contacts for centre in (pool, preferring))
    for column in ("arrival", "answer", "end"):
        np.testing.assert_array_equal(getattr(anyone, column), getattr(same, column))
    later = anyone.parent >= 0
    by_chance, kept = ((log.agent[later] == log.agent[log.parent[later]]).mean() for log in (anyone, same))
    assert by_chance < 0.5 < kept
    counted = (same.arrival >= preferring.horizon.warm_up) & (same.arrival < preferring.horizon.length) & later
    share = (same.agent == same.agent[same.parent])[counted].mean()
    found = simulate(preferring, 1, seed=1).estimate("same_agent")
    assert float(found.value[0]) == pytest.approx(share, abs=1e-12)


def test_a_full_agent_is_a_repairman_of_so_many_machines() -> None:
    """Endless threads, four with each agent, who may have no more: one server, four customers, M/M/1//4 (Palm 1947).

    With 90 s of work and pauses of 600 s the agent is idle with 1 / sum of 4! / (4 - k)! 0.15^k; the wait follows by
    Little's law. Bounds are four standard errors over replications.
    """
    machines, work, pause = 4, 90.0, 600.0
    weights = [factorial(machines) / factorial(machines - k) * (work / pause) ** k for k in range(machines + 1)]
    busy = 1 - 1 / sum(weights)
    wait = machines / (busy / work) - pause - work
    pool = presets.load("messenger")
    messages, desk = (part[0].model_dump(by_alias=True) for part in (pool.contact_types, pool.agent_groups))
    rule = messages["follow_ups"][0] | {"as": "turns", "probability": 1, "max_tries": 1000, "keeps": "same"}
    first = messages | {"backlog": 3 * machines, "volume": {"per_hour": 0}, "follow_ups": [rule]}
    turns = first | {"name": "turns", "backlog": 0}
    parts = {"contact_types": [first, turns], "horizon": pool.horizon.model_dump() | {"days": 4}}
    full = desk | {"skills": ["messages", "turns"], "max_threads": machines}
    found = simulate(pool.replace(**parts, agent_groups=[full]), 6)
    for measure, of, value in (("occupancy", "desk", busy), ("asa", "turns", wait)):
        estimate, place = found.estimate(measure), found.place(measure, of)
        assert abs(float(estimate.value[place]) - value) < 4 * float(estimate.error[place])


def _between(start: Floats, end: Floats, times: Floats) -> NDArray[np.int64]:
    """How many spans from start to end hold each time."""
    ends = np.sort(np.nan_to_num(end, nan=np.inf))
    return np.searchsorted(np.sort(start), times, side="right") - np.searchsorted(ends, times, side="right")
