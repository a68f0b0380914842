"""Handle times that differ by the time of arrival: both engines, the formulas and theory must say the same."""

from typing import Any

import numpy as np
import pytest

from models.centre.approximate import approximate
from models.centre.requirement import requirement
from models.centre.staffing import staff
from models.day.intervals import interval_loads_of
from models.optimisation.bounds.load import agent_hours, load_bound, load_rows
from models.optimisation.bounds.upper_bounds import ceiling
from models.optimisation.plan_space import plan_space
from models.queueing.erlang import erlang_a
from models.queueing.handle_times import HandleTimeDistribution
from models.queueing.inverse import Goal, min_agents
from scenarios.measures import GROUP_TALLIES
from scenarios.requirements import constraints
from scenarios.scenario import Scenario
from simulator.experiment import simulate
from simulator.kernel import engine as kernel
from simulator.measure.results import Results
from simulator.reference import centre
from simulator.tape import draw_tape
from tests.centres import contact_type, group, minutes, of

FACTORS = [0.5, 1.0, 2.0, 0.8] * 6
"""By hour of the day."""
HOURS = {"horizon": {"interval": "1 h"}}


def desk(agents: int, factors: list[float] | None = None, **fields: Any) -> Scenario:
    """A desk of five-minute calls, 60 an hour around the clock, with factors by the hour."""
    profile = {} if factors is None else {"handle_profile": {"shape": factors}}
    calls = contact_type("calls", volume={"per_hour": 60}, handle_time={"mean": "5 min"}, **profile, **fields)
    return of([calls], [group("desk", ["calls"], agents)], **HOURS)


def test_first_and_later_contacts_have_the_factor_of_their_arrival() -> None:
    """Ten minutes at 00:10 take 20, a follow-up at 01:30 takes 5 and its wrap-up of 2 min takes 1."""
    again = {"after": "answered", "probability": 1, "as": "calls", "delay": {"family": "deterministic", "value": "1 h"}}
    calls = contact_type(
        "calls",
        handle_time={"family": "deterministic", "value": "10 min"},
        wrap_up={"family": "deterministic", "value": "2 min"},
        handle_profile={"shape": [2, 0.5] + [1] * 22},
        follow_ups=[again | {"max_tries": 1}],
    )
    scenario = of([calls], [group("a", ["calls"])])
    tape = draw_tape(scenario, 1, 0, arrivals=[np.array([600.0])])
    for engine in (centre, kernel):
        log = engine.play(scenario, tape).contacts
        assert minutes(log.end - log.answer) == [20, 5]
        assert minutes(log.wrap_end - log.end) == [4, 1]
        assert minutes(log.arrival) == [10, 90]


def test_the_same_customers_with_other_handle_times() -> None:
    """A profile changes nothing but handle times, each by the factor of its hour."""
    plain, varied = (draw_tape(desk(9, factors), 3, 0) for factors in (None, FACTORS))
    np.testing.assert_array_equal(varied.arrival, plain.arrival)
    factors = np.array(FACTORS)[(plain.arrival // 3600).astype(int)]
    np.testing.assert_allclose(varied.draws.handle, plain.draws.handle * factors, atol=1e-5)


def test_the_tail_repeats_the_factors() -> None:
    """E-mails that arrive after the last day have the factors of the day that is repeated."""
    mail = contact_type(
        "mail",
        "email",
        volume={"per_hour": 30},
        handle_time={"family": "deterministic", "value": "1 min"},
        handle_profile={"per_interval": [0.5] * 24 + [2] * 24},
    )
    tape = draw_tape(of([mail], [group("a", ["mail"], 2)]), 1, 0)
    late = tape.arrival >= 86400
    assert late.sum() > 30
    afternoon = tape.arrival % 86400 >= 43200
    np.testing.assert_array_equal(tape.draws.handle, np.where(afternoon, 120.0, 30.0))


def load_in_closed_form(rates: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Mean busy agents by interval of unit length of M(t)/M/infinity, each interval's arrivals with their own mean.

    Those of interval i number ``rate mean (1 - exp(-t / mean))`` while it lasts, and decay by ``exp(-t / mean)`` after.
    """
    loads = np.zeros(len(rates))
    for i, (rate, mean) in enumerate(zip(rates, means, strict=True)):
        decay = np.exp(-1 / mean)
        loads[i] += rate * mean * (1 - mean * (1 - decay))
        after = np.arange(len(rates) - i - 1)
        loads[i + 1 :] += rate * mean * (1 - decay) * mean * (1 - decay) * decay**after
    return loads


@pytest.mark.parametrize("rule", ["mol-mean", "lagged", "sipp", "mol-max"])
def test_offered_load_by_interval(rule: Any) -> None:
    """Carried load against the closed form; the cruder rules against what they are."""
    rates, means = np.array([10.0, 40.0, 40.0, 5.0, 20.0, 0.0]), np.array([0.1, 0.4, 0.8, 0.1, 0.3, 1.0])
    loads = interval_loads_of(rates, 1.0, [HandleTimeDistribution("exponential", mean) for mean in means], rule)
    exact = load_in_closed_form(rates, means)
    if rule == "mol-mean":
        np.testing.assert_allclose(loads, exact, rtol=1e-9)
    elif rule == "mol-max":
        assert (loads > exact).all()
    elif rule == "lagged":  # the work of an interval a mean later, by Green, Kolesar & Soares
        work, later = rates * means, rates * means**2
        np.testing.assert_allclose(loads, work - later + np.append(0.0, later[:-1]))
    else:
        np.testing.assert_allclose(loads, rates * means)


def test_busy_agents_of_a_desk_without_waits() -> None:
    """M/M/infinity: with agents for all, those busy by hour are the offered load, within four standard errors."""
    scenario = desk(60, FACTORS)
    results = simulate(scenario, replications=200)
    seen = busy(results) / 3600
    expected = load_in_closed_form(np.full(24, 60.0), np.array(FACTORS) / 12)
    error = seen.std(axis=0, ddof=1) / np.sqrt(len(seen))
    assert (np.abs(seen.mean(axis=0) - expected)[:-1] < 4 * error[:-1]).all()
    naive = 60 * np.array(FACTORS) / 12
    assert np.abs(expected - naive).max() > 8 * error.max()  # the test can tell them apart


def busy(results: Results) -> np.ndarray:
    """Busy agent-seconds, shape (replications, intervals)."""
    return np.asarray(results.groups[:, list(GROUP_TALLIES).index("busy_time"), 0])


def test_requirement_by_interval_is_erlangs() -> None:
    """Each hour needs the agents of Erlang A at the AHT of that hour."""
    target, patience = {"share": 0.8, "within": "20s"}, {"mean": "3 min"}
    scenario = desk(1, FACTORS, target=target, patience=patience)
    rows = requirement(scenario)
    aht = 300.0 * np.array(FACTORS)
    np.testing.assert_allclose(rows["aht"], aht)
    np.testing.assert_allclose(rows["load"], aht / 60)
    wanted = min_agents(np.full(24, 1 / 60), aht, Goal(service_level=0.8, within=20.0), 180.0)
    np.testing.assert_array_equal(rows["on_duty"], wanted)
    np.testing.assert_array_equal(staff(scenario).staffing[0], wanted)
    np.testing.assert_allclose(agent_hours(staff(scenario))[0], 0.8 * aht / 60)


def test_service_by_interval_is_erlangs() -> None:
    """The approximation of each hour is Erlang A at the AHT of that hour."""
    scenario = desk(6, FACTORS, patience={"mean": "3 min"}, target={"share": 0.8, "within": "20s"})
    rows = approximate(scenario, "interval", ["service_level"]).query("by == 'type'")
    exact = erlang_a(np.full(24, 1 / 60), 300.0 * np.array(FACTORS), 180.0, 6, 20.0)
    np.testing.assert_allclose(rows["value"], exact.served_within, rtol=1e-9)


def test_deferred_work_counts_by_its_length() -> None:
    """Mail of the night that takes twice as long needs the agents for its work, not for its number."""
    mail = contact_type(
        "mail", "email", volume={"per_hour": 10}, handle_profile={"shape": [2] * 12 + [0.5] * 12}, open="always"
    )
    rows = requirement(of([mail], [group("a", ["mail"])], **HOURS))
    assert (rows["volume"] * rows["aht"]).sum() == pytest.approx(240 * 1.25 * 600)
    assert rows["load"].sum() == pytest.approx(240 * 1.25 * 600 / 3600)


def test_bounds_of_the_optimiser_hold() -> None:
    """No plan does less work than the bound says, and none is better than the ceiling with the most agents."""
    target = {"share": 0.8, "within": "20s"}
    mild = desk(5, [0.95, 1.1] * 12, target=target, patience={"mean": "3 min"})
    scenario = mild.replace_group("desk", max_agents=6)
    space = plan_space(scenario.replace_group("desk", cost_per_hour=10))
    best = ceiling(space, constraints(scenario)[0])
    assert best is not None
    most = simulate(scenario.replace_group("desk", staffing=6), replications=40)
    assert most.estimate("service_level").value[0] <= best + 0.01
    # 80 % of 60 calls an hour, at 300 s times the mean factor of 1.025, at 10 an hour.
    assert load_bound(space, load_rows(space).proven) == pytest.approx(
        0.8 * 60 * 24 * 300 * 1.025 / 3600 * 10, rel=0.01
    )
