"""A random choice among groups: an exact chain, and a centre with two languages that others published.

Buist & L'Ecuyer, *ContactCenters: a Java library for simulating contact centers*, example *Bilingual* with its results
(github.com/umontreal-simul/contactcenters, doc/examples), as described in words. English and Spanish calls, 50 an hour
of each from 8:00 to 17:00 on five days, and 100 in the first hour; 7 agents of each language and 4 of both. A call goes
to an agent drawn at random among the idle ones of its own group and of the bilingual group; a bilingual agent takes the
call that has waited longest. Handle times are uniform, of 3 to 7 min and of 4 to 6 min; patience is exponential with a
mean of 2 min; of those who leave 75 % call again 20 min later.

Here a day of nine hours ends at midnight. The words leave open how their first hour begins and their day ends, where
most customers leave: 143 a week there, 137 here. So what is compared is who works how much, within 1 %, and the calls
answered, and answered in time, within 0.3 %; another rule for the choice moves the first by a third and more.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from scenarios.measures import CONTACT_TALLIES, GROUP_TALLIES
from scenarios.scenario import Scenario, scenario_from
from simulator.experiment import simulate
from simulator.measure.results import Results

ERRORS, DAYS, DAYS_A_WEEK = 4.0, 1000, 5
FIRST_HOUR = 15
"""Nine hours until midnight."""
ANSWERED, IN_TIME = 4967.235, 4896.885
"""Mean of a week, 1 min being in time."""
BUSY = (0.47624, 0.47639, 0.63254)
"""Occupancy of the English, Spanish and bilingual agents, in terms of planned time."""


def bilingual(groups: str) -> Scenario:
    """The centre of the listing, with a rule for the choice among groups."""
    volume = [0.0] * FIRST_HOUR + [100.0] + [50.0] * 8
    staffing = {"english": 7, "spanish": 7, "bilingual": 4}
    again = {"probability": 0.75, "delay": {"family": "deterministic", "value": "20 min"}, "max_tries": 1000}
    types = [
        {
            "name": name,
            "channel": "phone",
            "volume": {"per_interval": volume},
            "handle_time": {"family": "uniform", "low": low, "high": high},
            "patience": {"mean": "2 min"},
            "target": {"share": 0.8, "within": "1 min"},
            "follow_ups": [{"after": "abandoned", "as": name, **again}],
        }
        for name, low, high in (("english", "3 min", "7 min"), ("spanish", "4 min", "6 min"))
    ]
    teams = [
        {
            "name": name,
            "skills": ["english", "spanish"] if name == "bilingual" else [name],
            "staffing": [0] * FIRST_HOUR + [count] * 9,
        }
        for name, count in staffing.items()
    ]
    horizon = {"interval": "1 h", "at_end": "stop"}
    return scenario_from(
        {"name": "Bilingual", "horizon": horizon, "contact_types": types, "agent_groups": teams}
        | {"routing": {"groups": groups}}
    )


def tallied(results: Results, tally: str) -> float:
    """The mean of a tally over days."""
    return float(results.contacts[:, list(CONTACT_TALLIES).index(tally)].sum(axis=(1, 2)).mean())


def occupancies(results: Results, scenario: Scenario) -> np.ndarray:
    """The share of planned time that each group is busy, shape (replications, groups)."""
    busy = results.groups[:, list(GROUP_TALLIES).index("busy_time")].sum(axis=2)
    return np.asarray(busy / scenario.staffing.sum(axis=1) / scenario.horizon.interval)


@pytest.mark.slow
def test_agents_are_drawn_as_published() -> None:
    """Groups in order would leave the bilingual agents too little to do; a draw of groups, too much."""
    scenario = bilingual("random")
    results = simulate(scenario, DAYS, seed=3, engine="kernel")
    assert occupancies(results, scenario).mean(axis=0) == pytest.approx(BUSY, rel=0.01)
    assert tallied(results, "answered") * DAYS_A_WEEK == pytest.approx(ANSWERED, rel=0.003)
    assert tallied(results, "in_time") * DAYS_A_WEEK == pytest.approx(IN_TIME, rel=0.003)
    in_order = simulate(bilingual("in-order"), 100, seed=3, engine="kernel")
    assert occupancies(in_order, scenario).mean(axis=0)[2] < 0.3


def loss_chain(arrivals: float, handle: tuple[float, float], agents: tuple[int, int]) -> tuple[np.ndarray, float]:
    """Occupancy of two groups, and the share blocked, without places to wait, by the chain of busy agents."""
    states = list(product(*(range(count + 1) for count in agents)))
    rates = np.zeros((len(states),) * 2)
    for row, (i, j) in enumerate(states):
        idle = agents[0] - i, agents[1] - j
        for g, (free, busy) in enumerate(zip(idle, (i, j), strict=True)):
            step = np.eye(2, dtype=int)[g]
            if free:
                rates[row, states.index((i + step[0], j + step[1]))] += arrivals * free / sum(idle)
            if busy:
                rates[row, states.index((i - step[0], j - step[1]))] += busy / handle[g]
    balance = rates.T - np.diag(rates.sum(axis=1))
    balance[-1] = 1.0
    shares = np.linalg.solve(balance, np.eye(len(states))[-1])
    return (np.array(states) * shares[:, None]).sum(axis=0) / agents, float(shares[-1])


def test_a_draw_among_idle_agents_by_its_chain() -> None:
    """2 and 5 agents of different speed, no places: the draw is by agents, and who finds all busy is blocked."""
    exact, blocked = loss_chain(1.2, (5.0, 2.5), (2, 5))
    calls = {
        "name": "calls",
        "channel": "phone",
        "volume": {"per_hour": 72},
        "handle_time": {"mean": "5 min"},
        "queue_places": 0,
    }
    groups = [
        {"name": "slow", "skills": ["calls"], "staffing": 2},
        {"name": "quick", "skills": {"calls": {"speed": 2}}, "staffing": 5},
    ]
    horizon = {"interval": "1 h", "warm_up": "2 h", "days": 7}
    given = {"contact_types": [calls], "agent_groups": groups, "horizon": horizon, "routing": {"groups": "random"}}
    scenario = scenario_from({"name": "loss"} | given)
    results = simulate(scenario, 40, seed=1, engine="kernel")
    counted = 7 * 24 / (7 * 24 - 2)
    busy = occupancies(results, scenario) * counted
    error = busy.std(axis=0, ddof=1) / len(busy) ** 0.5
    assert (np.abs(busy.mean(axis=0) - exact) < ERRORS * error).all()
    lost = results.contacts[:, list(CONTACT_TALLIES).index("blocked")].sum(axis=(1, 2))
    every = results.contacts[:, list(CONTACT_TALLIES).index("contacts")].sum(axis=(1, 2))
    share = lost / every
    assert abs(share.mean() - blocked) < ERRORS * share.std(ddof=1) / len(share) ** 0.5
