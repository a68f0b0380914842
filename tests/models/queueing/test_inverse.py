"""The least agents and the most load: the exact tables, and minimality checked on the formula itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.queueing.erlang import erlang_a, erlang_b
from models.queueing.goal import Goal
from models.queueing.inverse import max_load, min_agents, min_lines, most_arrivals
from scenarios.contact_types import Definition
from scenarios.errors import InvalidValue
from tests.truth_tables import case_name, truth_cases, truth_rows

DEFINITIONS: dict[str, Definition] = {
    "SL_served_over_offered": "offered",
    "SL_served_over_answered": "answered",
    "SL_served_over_offered_less_short_abandons": "less-short-abandons",
    "SL_served_or_abandoned_within_T": "answered-or-abandoned",
}


def goal_of(row: dict[str, str]) -> Goal:
    """The criterion of a row of erlang_a_staffing.csv."""
    criterion, target = row["criterion"], row["target"]
    if criterion in DEFINITIONS:
        definition = DEFINITIONS[criterion]
        return Goal(service_level=float(target), within=float(row["T_min"]), definition=definition)
    if criterion.startswith("P_abandon"):
        return Goal(p_abandon=float(target.removesuffix("pct")) / 100)
    return Goal(mean_wait=float(target.removesuffix("s")) / 60)


@pytest.mark.parametrize("row", truth_cases("erlang_a_staffing.csv"), ids=case_name)
def test_least_agents_erlang_a(row: dict[str, str]) -> None:
    """The least agents with abandonment would differ from a linear search over the exact chain."""
    rate, handle, patience = (
        float(row["lambda_per_min"]),
        1 / float(row["mu_per_min"]),
        1 / float(row["theta_per_min"]),
    )
    goal = goal_of(row)
    n = min_agents(rate, handle, goal, patience)
    assert int(n) == int(row["min_agents"])
    p = erlang_a(rate, handle, patience, n, float(row["T_min"]))
    value = {"P": p.p_abandon, "E": p.wait_all, "S": p.service_level(goal.definition)}[row["criterion"][0]]
    assert float(value) == pytest.approx(float(row["value_at_n"]), rel=1e-7)


@pytest.mark.parametrize("row", truth_cases("erlang_c.csv", "min_agents"), ids=case_name)
def test_least_agents_erlang_c(row: dict[str, str]) -> None:
    """The least agents by Erlang C, with or without an occupancy cap, would be wrong."""
    cap = float(row["max_occupancy"]) if row["max_occupancy"] else None
    goal = Goal(service_level=float(row["target_SL"]), within=float(row["T_s"]), max_occupancy=cap)
    assert int(min_agents(float(row["lambda_per_min"]) / 60, float(row["aht_s"]), goal)) == int(row["min_agents"])


@pytest.mark.parametrize("row", truth_rows("erlang_b.csv", "min_servers_for_blocking"), ids=case_name)
def test_least_lines(row: dict[str, str]) -> None:
    """The least lines for a blocking target would be wrong."""
    assert int(min_lines(float(row["offered_load_erl"]), float(row["target_blocking"]))) == int(row["value"])


@pytest.mark.parametrize("row", truth_rows("erlang_b.csv", "max_load_for_blocking"), ids=case_name)
def test_most_load(row: dict[str, str]) -> None:
    """The load that so many lines can take would be wrong."""
    got = max_load(float(row["n"]), float(row["target_blocking"]))
    assert float(got) == pytest.approx(float(row["value"]), rel=float(row["tolerance"]))


def reached(
    goal: Goal,
    rate: float,
    handle: float,
    patience: float,
    agents: float,
    lines: float = math.inf,
    slack: float = 1e-10,
) -> bool:
    """Whether the formula itself says that a goal is met; a limit met exactly may count either way."""
    p = erlang_a(np.array([rate]), handle, patience, agents, goal.within, lines)
    more = 1 + slack
    return bool(
        p.stable[0]
        and (goal.service_level is None or p.service_level(goal.definition)[0] * more >= goal.service_level)
        and (goal.asa is None or p.asa[0] <= goal.asa * more)
        and (goal.mean_wait is None or p.wait_all[0] <= goal.mean_wait * more)
        and (goal.p_abandon is None or p.p_abandon[0] <= goal.p_abandon * more)
        and (goal.p_wait is None or p.p_wait[0] <= goal.p_wait * more)
        and (goal.max_occupancy is None or p.occupancy[0] <= goal.max_occupancy * more)
    )


GOALS = st.one_of(
    st.builds(
        Goal,
        service_level=st.floats(0.05, 0.999),
        within=st.floats(0, 3),
        definition=st.sampled_from(sorted(DEFINITIONS.values())),
        max_occupancy=st.none() | st.floats(0.3, 0.99),
    ),
    st.builds(Goal, asa=st.floats(1e-3, 3), p_wait=st.none() | st.floats(0.01, 0.9)),
    st.builds(Goal, mean_wait=st.floats(1e-3, 3)),
    st.builds(Goal, p_abandon=st.floats(1e-3, 0.6), p_wait=st.none() | st.floats(0.01, 0.9)),
)


@example(Goal(service_level=0.5, within=0.0, max_occupancy=0.3), 420.0, math.inf, 1.0)  # 1/B is beyond all numbers
@given(GOALS, st.floats(1e-3, 500), st.floats(0.05, 20) | st.just(math.inf), st.floats(0.2, 5))
def test_least_is_least(goal: Goal, load: float, patience: float, handle: float) -> None:
    """The answer would miss the goal, or one agent fewer would do."""
    rate = load / handle
    n = int(min_agents(rate, handle, goal, patience))
    assert reached(goal, rate, handle, patience, n)
    assert n == 0 or not reached(goal, rate, handle, patience, n - 1, slack=-1e-10)


@settings(max_examples=40)
@given(st.floats(0.3, 0.95), st.floats(1, 40), st.floats(0.2, 10) | st.just(math.inf), st.integers(5, 60))
def test_least_with_lines(level: float, load: float, patience: float, places: int) -> None:
    """With a limit on lines the search would go wrong, or promise what all lines staffed cannot give."""
    goal, lines = Goal(service_level=level, within=0.2), math.ceil(load) + places
    try:
        n = int(min_agents(load, 1, goal, patience, lines))
    except InvalidValue:
        assert not reached(goal, load, 1, patience, lines, lines, slack=-1e-10)
        return
    assert reached(goal, load, 1, patience, n, lines)
    assert n <= 1 or not reached(goal, load, 1, patience, n - 1, lines, slack=-1e-10)


def test_arrays_of_goals() -> None:
    """Intervals with their own targets would be mixed up."""
    loads, levels = np.array([[4.0], [40.0]]), np.array([0.7, 0.9])
    n = min_agents(loads, 1, Goal(service_level=levels, within=0.1), patience=2)
    assert n.shape == (2, 2)
    for i, j in np.ndindex(2, 2):
        assert n[i, j] == min_agents(loads[i, 0], 1, Goal(service_level=levels[j], within=0.1), patience=2)


@pytest.mark.parametrize("patience", [math.inf, 2.0])
@pytest.mark.parametrize(
    "goal", [Goal(service_level=0.8, within=0.1), Goal(asa=0.05, max_occupancy=0.9)], ids=["sl", "asa"]
)
def test_many_intervals_alike(goal: Goal, patience: float) -> None:
    """Intervals that differ in nothing but their rate take a short cut, which must not change the answer."""
    rates = np.append(np.random.default_rng(5).uniform(0.01, 60, 4000), [0.0, 0.01, 60.0])
    alike = min_agents(rates, 1, goal, patience)
    handle = np.where(np.arange(rates.size) == 0, 1 + 1e-15, 1.0)  # a hair of difference: no short cut
    assert np.array_equal(alike, min_agents(rates, handle, goal, patience))
    assert alike[-3] == 0


def test_exact_limits() -> None:
    """Targets at the ends of their range, and empty intervals, would not give the limit."""
    assert min_agents([0, 5], 1, Goal(service_level=0.8)).tolist()[0] == 0
    assert min_agents([4.5, 5], 1, Goal(service_level=0)).tolist() == [5, 6]  # the least stable
    assert int(min_agents(5, 1, Goal(service_level=0), patience=2)) == 0
    assert int(min_agents(5, 1, Goal(p_abandon=1), patience=2)) == 0
    assert int(min_agents(5, 1, Goal(mean_wait=2.0), patience=2)) == 0  # nobody waits longer than patience
    assert int(min_agents(8.5, 1, Goal(max_occupancy=0.85))) == 10  # the cap is met exactly
    assert int(min_lines(10, 1)) == 0
    assert float(max_load(5, 0)) == 0
    assert math.isinf(most_arrivals(1, 5, Goal(mean_wait=3), patience=2))


@settings(max_examples=20)
@given(st.integers(1, 200), st.floats(0.3, 0.95), st.floats(0.1, 20) | st.just(math.inf))
def test_most_arrivals_is_the_edge(agents: int, level: float, patience: float) -> None:
    """A little more than the most arrivals would still be fine, or a little less would not."""
    goal = Goal(service_level=level, within=0.2)
    rate = float(most_arrivals(1, agents, goal, patience))
    assert reached(goal, rate * (1 - 1e-6), 1, patience, agents)
    assert not reached(goal, rate * (1 + 1e-6), 1, patience, agents)


def test_load_of_a_hundred_thousand() -> None:
    """The largest centres would take for ever or overflow."""
    n = int(min_agents(1e5, 1, Goal(p_wait=0.2)))
    assert n == pytest.approx(1e5 + 1.06 * math.sqrt(1e5), abs=4)  # Halfin & Whitt: beta(0.2) = 1.06
    assert int(min_lines(1e5, 0.01)) == pytest.approx(99_000, abs=400)
    assert float(erlang_b(1e5, min_lines(1e5, 0.01))) <= 0.01


@pytest.mark.parametrize(
    "values, message",
    [
        ({"service_level": 1}, "service_level: 1 cannot be used; enter less than 1"),
        ({"service_level": 80}, r"service_level: 80\.0 cannot be used; give a share between 0 and 1"),
        ({"asa": 0}, r"asa: 0\.0 cannot be used; give a finite number above 0"),
        ({"mean_wait": math.nan}, "mean_wait: nan"),
        ({"p_abandon": 0}, "p_abandon: 0 cannot be used; enter more than 0"),
        ({"max_occupancy": 1.2}, r"max_occupancy: 1\.2"),
        ({"service_level": 0.8, "within": -1}, r"within: -1\.0"),
        ({"service_level": 0.8, "definition": "ASA"}, "definition: 'ASA' cannot be used; choose one of offered"),
    ],
)
def test_bad_goals(values: dict[str, object], message: str) -> None:
    """A goal that cannot be met, or that means nothing, would start a search without end."""
    with pytest.raises(InvalidValue, match=message):
        Goal(**values)  # type: ignore[arg-type]


def test_no_goal_and_too_few_lines() -> None:
    """Asking for nothing, or for more than the lines allow, would give a number."""
    with pytest.raises(InvalidValue, match="goal: None cannot be used; set at least one"):
        min_agents(10, 1, Goal())
    with pytest.raises(InvalidValue, match=r"lines: 8\.0 cannot be used; give more"):
        min_agents(10, 1, Goal(service_level=0.9), patience=1, lines=8)
    with pytest.raises(InvalidValue, match="p_block: 1 cannot be used; ask for less than 1"):
        max_load(5, 1)
