"""Ceilings of targets: true ones, found before anything is played, with their cause and remedy."""

from __future__ import annotations

import math
from typing import Any

import pytest

from models.optimisation.bounds.capacity import min_occupancy
from models.optimisation.bounds.feasibility import refuse_unreachable
from models.optimisation.bounds.upper_bounds import ceiling, follow_ups
from models.optimisation.plan_space import plan_space
from models.queueing.erlang import erlang_a
from models.whatif.trials import judge_trial
from scenarios.errors import Unreachable
from scenarios.requirements import constraints
from scenarios.scenario import Scenario
from scenarios.yaml import presets
from simulator.experiment import simulate


def by_erlang_c(agents: int, load: float, handle: float, within: float) -> float:
    """The share answered in time in the long run, by Erlang's sum."""
    last = load**agents / math.factorial(agents) * agents / (agents - load)
    waits = last / (sum(load**k / math.factorial(k) for k in range(agents)) + last)
    return 1 - waits * math.exp(-(agents - load) * within / handle)


def desk(most: int, **target: Any) -> Scenario:
    """120 calls an hour of 360 s, all day and night, in which nobody leaves."""
    wanted = {"share": 0.8, "within": "20s"} | target
    return presets.load("help-desk").replace_group("desk", max_agents=most).replace_type("calls", target=wanted)


def refused(scenario: Scenario) -> Unreachable:
    """The refusal."""
    with pytest.raises(Unreachable) as found:
        refuse_unreachable(plan_space(scenario))
    return found.value


@pytest.mark.parametrize("every", ["horizon", "hour", "interval"])
def test_the_least_agents_by_erlang_are_not_refused_and_one_fewer_is(every: str) -> None:
    """A reachable target is refused, or one that Erlang C puts out of reach is searched for."""
    least = next(n for n in range(13, 30) if by_erlang_c(n, 12.0, 360.0, 20.0) >= 0.8)
    refuse_unreachable(plan_space(desk(least, every=every)))
    why = refused(desk(least - 1, every=every))
    assert "`max_agents`" in why.why
    assert why.remedy.startswith("raise `max_agents` of desk")
    steady = by_erlang_c(least - 1, 12.0, 360.0, 20.0)
    assert steady <= float(why.ceiling.removesuffix(" %")) / 100 <= steady + 0.015  # the day begins empty


def test_far_too_few_are_named_with_their_hours() -> None:
    """`most: 5` for 12 erlangs gives no hours of work, or a ceiling below what five agents can begin."""
    why = refused(desk(5, every="interval"))
    assert "211.2 agent-hours of calls" in why.why  # 80 % of 12 erlangs in the 22 hours after the warm-up
    assert float(why.ceiling.removesuffix(" %")) / 100 <= 5 / 12
    assert "110.0" <= why.why.split("allows ")[1] < "112.0"  # 22 hours of five, and their last contacts


def test_one_busy_hour_is_named_where_the_day_has_time_enough() -> None:
    """Hourly targets are held against the hours of the whole day."""
    volume = {"per_interval": [2.0] * 20 + [90.0] * 4 + [2.0] * 24}
    peak = desk(4, every="hour").replace_type("calls", volume=volume, handle_time={"mean": "6 min"})
    why = refused(peak)
    assert "from Mon 10:00 to Mon 12:00" in why.why or "from Mon 10:00 to Mon 11:00" in why.why
    day_only = peak.replace_type("calls", target={"share": 0.05, "within": "20s"})
    refuse_unreachable(plan_space(day_only))


def test_an_occupancy_cap_with_too_few_heads_is_named_as_what_it_is() -> None:
    """`max_occupancy: 0.4` with `most: 6` for 2.4 erlangs or more is searched for, or the target is blamed."""
    few = {"volume": {"per_hour": 30}}  # 3 erlangs, so at best 50 % busy with six
    why = refused(desk(6).replace_type("calls", **few).replace_group("desk", max_occupancy=0.4))
    assert (why.of, why.target) == ("desk", "at most 40 % busy")
    assert "max_occupancy" in why.remedy
    assert 0.4 < float(why.ceiling.removesuffix(" % busy")) / 100 <= 0.5
    enough = desk(9).replace_type("calls", **few).replace_group("desk", max_occupancy=0.4)  # 3 / 9
    refuse_unreachable(plan_space(enough))
    least = min_occupancy(plan_space(enough), "desk")
    assert least is not None
    assert least <= 3 / 9


def test_work_that_can_be_put_down_or_comes_back_refuses_nothing_reachable() -> None:
    """Letters begun and put down, or calls answered in plenty because they come again, are counted as full work."""
    base = desk(5)
    refused(base)
    again = [{"after": "answered", "probability": 0.9, "as": "calls", "delay": {"mean": "1 h"}}]
    more = base.replace_type("calls", follow_ups=again)
    assert follow_ups(more)[0] == pytest.approx(9 * 120 * 24)  # 0.9 + 0.81 + ... a call
    refuse_unreachable(plan_space(more))
    letters = {"work": "deferred", "channel": "email", "interruptible": True, "target": {"share": 0.8, "within": "1h"}}
    refuse_unreachable(plan_space(base.replace_type("calls", **letters)))


def test_redials_count_only_as_often_as_a_kept_target_lets_callers_leave() -> None:
    """A target that is kept lets a fifth leave at most; seven in ten of these redial."""
    again = [{"after": "abandoned", "probability": 0.7, "as": "calls", "delay": {"mean": "15 min"}}]
    redials = desk(5).replace_type("calls", follow_ups=again, patience={"mean": "5 min"})
    fresh = 120 * 24
    assert follow_ups(redials)[0] == pytest.approx(fresh / (1 - 0.7 * 0.2) - fresh)


@pytest.mark.parametrize("times", [{"mean": "6 min"}, {"mean": "6 min", "cv": 1.2}, {"mean": "6 min", "cv": 0.3}])
@pytest.mark.parametrize("patience", [None, {"mean": "3 min"}])
def test_no_simulation_does_better_than_its_ceiling(times: dict[str, Any], patience: dict[str, Any] | None) -> None:
    """The ceiling is below what the most heads come to when they are tried."""
    varied = {"per_hour": 120, "variation": {"cv": 0.1}}
    tried = desk(11).replace_type(
        "calls", handle_time=times, patience=patience, volume=varied if patience else {"per_hour": 105}
    )
    tried = tried.replace_group("desk", staffing=11)
    best = ceiling(plan_space(tried), constraints(tried)[0])
    assert best is not None
    one = judge_trial(simulate(tried, 20, seed=3, engine="kernel"))[0]
    assert one.value <= best + 3 * one.error
    if times == {"mean": "6 min"}:
        assert one.value >= best - 3.5 * one.error  # exact where all is exponential


def test_what_no_formula_knows_has_no_ceiling() -> None:
    """Chats held together, or lines that block, are refused by the formula of one call at a time."""
    chats = presets.load("bot-first").replace_group("chat-desk", max_agents=3)
    assert ceiling(plan_space(chats), next(w for w in constraints(chats) if w.of == "chat")) is None
    uniform = desk(3).replace_type("calls", patience={"family": "uniform", "low": 0, "high": 60})
    assert ceiling(plan_space(uniform), constraints(uniform)[0]) is None
    assert ceiling(plan_space(desk(400)), constraints(desk(400))[0]) is None


def test_limits_of_leavers_have_a_floor() -> None:
    """At most 2 % may leave, where the formula has a third leave with the most heads."""
    limit = {"target": {"max_abandonment": 0.02}, "patience": {"mean": "1 h"}}
    calls = desk(12).replace_type("calls", **limit, volume={"per_hour": 118})  # 11.8 erlangs
    why = refused(calls)
    least = float(erlang_a(118 / 3600, 360.0, 3600.0, 12, 20.0).p_abandon)
    assert float(why.ceiling.removesuffix(" %")) / 100 == pytest.approx(least, abs=0.005)
