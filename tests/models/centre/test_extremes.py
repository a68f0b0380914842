"""Numbers at the limits of what a scenario may hold: an answer in which shares are shares, or a refusal."""

from __future__ import annotations

import time

import numpy as np
import pytest

from models.centre.approximate import approximate
from models.day.intervals import interval_loads, offered_load
from models.deferred.backlog import work_off
from models.lint.linter import advise
from models.queueing.chat import chat
from models.queueing.handle_times import HandleTimeDistribution
from scenarios.errors import PlannerError, TooLarge
from scenarios.scenario import Scenario, scenario_from
from tests.extremes import Extremes

SECONDS = 15.0


def extreme(seed: int) -> Scenario | None:
    """The scenario of a seed, None where reading it refuses."""
    try:
        return scenario_from(Extremes(seed).scenario())
    except PlannerError:
        return None


def test_most_extremes_are_scenarios() -> None:
    """Everything is refused, so that nothing is tried."""
    assert sum(extreme(seed) is not None for seed in range(100)) > 60


@pytest.mark.parametrize("seed", range(12))
def test_formulas_answer_or_refuse(seed: int) -> None:
    """A formula dies of an odd exception, runs for minutes, or gives a share above 1."""
    scenario = extreme(seed)
    if scenario is None:
        return
    start = time.process_time()
    for step in (approximate, advise):
        try:
            found = step(scenario)
        except PlannerError:
            continue
        if step is approximate:
            shares = found[found["unit"] == "share"]["value"]
            assert shares.dropna().between(-1e-9, 1 + 1e-9).all()
    assert time.process_time() - start < SECONDS


def test_a_backlog_of_centuries_has_no_end() -> None:
    """A million letters for a hundredth of an agent: curves were drawn until the last one is answered."""
    found = work_off(np.append(1e6, np.zeros(23)), np.full(24, 0.01), 60, 60, 60, repeats=False)
    assert found.mean_response == np.inf
    assert found.share_in_time < 1e-6


def test_a_chat_team_of_a_billion_is_refused() -> None:
    """Arrays of terabytes were asked for."""
    with pytest.raises(TooLarge, match=r"a chat team would need 2,000,000,000 chats at once, the limit is 5,000,000"):
        chat(1.0, 1_000_000_000, [1.0, 1.9], patience=1.0, within=1.0)


def test_the_offered_load_of_a_long_day_takes_little_room() -> None:
    """The load of a month of quarter hours was a square matrix; the same by the integral of the load at instants."""
    handle = HandleTimeDistribution("lognormal", 4.0, 1.44)
    rates = np.random.default_rng(1).random(20)
    at = (np.arange(20 * 400) + 0.5) / 400 * 30.0
    inside = offered_load(rates, 30.0, handle, at).reshape(20, 400).mean(axis=1)
    assert interval_loads(rates, 30.0, handle, "mol-mean") == pytest.approx(inside, rel=1e-5)
    assert interval_loads(np.ones(20_000), 30.0, handle, "mol-mean")[-1] == pytest.approx(4.0)
    with pytest.raises(TooLarge, match="the offered load would need"):
        interval_loads(np.ones(20_000), 30.0, handle, "mol-max")
