"""Tornado and points of failure, with Erlang's formula in the place of the simulator so that answers are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import gammaincc

from models.whatif.factors import changed, factor, factors, ranged
from models.whatif.sensitivity import break_point, failures, tornado
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.evaluation import Evaluation, RatioSums
from scenarios.scenario import Scenario
from scenarios.yaml import presets

HANDLE, AGENTS, WITHIN = 360.0, 16, 20.0


@pytest.fixture
def desk() -> Scenario:
    """120 calls an hour of 360 s, 16 agents, 80 % within 20 s: one queue as Erlang C has it."""
    return presets.load("help-desk")


def service_level(calls: float, handle: float = HANDLE, agents: int = AGENTS) -> float:
    """Erlang C's share within 20 s, by its sum and not by the project's own code."""
    load = calls * handle / 3600
    blocked = np.exp(-load + agents * np.log(load) - sum(np.log(np.arange(1, agents + 1)))) / gammaincc(
        agents + 1, load
    )
    waits = blocked / (1 - load / agents * (1 - blocked))
    return float(1 - waits * np.exp(-(agents - load) * WITHIN / handle))


def by_formula(scenarios: Sequence[Scenario], replications: int, fresh: int = 0) -> list[Evaluation]:
    """The evidence that endless simulation would find."""
    found = []
    for one in scenarios:
        contact_type, group = one.contact_types[0], one.agent_groups[0]
        share = service_level(float(one.expected[0, 0]) * 2, contact_type.handle_time.mean) * (
            1 - group.shrinkage.absence
        )
        many = np.full((replications, one.horizon.intervals), 100.0)
        cost = np.ones(replications)
        found.append(Evaluation(one, (RatioSums(share * many, many),), cost, 0 * cost, 0 * many))
    return found


def test_the_plan_fails_where_erlang_says_so(desk):
    """Bisection ends elsewhere than where the formula crosses the target."""
    for name, crossing in (
        ("volume", brentq(lambda x: service_level(120 * x) - 0.8, 0.9, 1.2)),
        ("handle_time", brentq(lambda x: service_level(120, HANDLE * x) - 0.8, 0.9, 1.2)),
    ):
        failure = break_point(desk, by_formula, factor(name), 1.3, replications=2)
        assert failure.setting == pytest.approx(crossing, abs=0.3 / 2**9)
        assert failure.first is not None
        assert failure.first.constraint.of == "calls"


def test_a_plan_that_never_fails_says_how_far_was_searched(desk):
    """No failure is told as a failure at the end of the search."""
    failure = break_point(desk, by_formula, factor("volume"), 0.5, replications=2)
    assert np.isnan(failure.setting)
    assert "all targets are met up to -50 %" in failure.in_words()


def test_a_plan_that_fails_already_says_so(desk):
    """A plan that misses its target as it is gets a margin."""
    failure = break_point(desk.replace_type("calls", volume={"per_hour": 140}), by_formula, factor("volume"), 2.0)
    assert failure.setting == 1.0
    assert "is missed already as planned" in failure.in_words()


def test_the_tornado_tells_both_ends_of_every_factor_that_the_scenario_has(desk):
    """Patience or a bot is varied in a centre that has neither, or an end is lost."""
    found = tornado(desk, by_formula, replications=2)
    assert sorted(set(found.rows["factor"])) == ["absence", "handle_time", "volume"]
    assert len(found.rows) == 5  # nobody is absent, so absence cannot fall
    more = found.rows[(found.rows["factor"] == "volume") & (found.rows["end"] == "high")].iloc[0]
    assert more["value"] == pytest.approx(service_level(132))
    assert more["base"] == pytest.approx(service_level(120))
    assert more["margin"] == pytest.approx(service_level(132) - 0.8)
    assert found.rows["origin"].str.startswith("assumption").all()


def test_the_nearest_failure_comes_first_and_only_harmful_directions_are_searched(desk):
    """Fewer calls are searched for a failure, or the order says nothing."""
    found = failures(desk, by_formula, replications=2)
    assert [one.factor.name for one in found][-1] == "absence" or found[0].setting > found[0].factor.neutral
    assert all(one.setting > one.factor.neutral for one in found)
    apart = [abs(one.setting - one.factor.neutral) / ((one.factor.high - one.factor.low) / 2) for one in found]
    assert apart == sorted(apart)


def test_without_a_target_nothing_can_fail(desk):
    """A plan without wishes is said to be safe."""
    with pytest.raises(InvalidScenario, match="no contact type has a target"):
        tornado(desk.replace_type("calls", target=None), by_formula)


def test_every_factor_changes_what_it_names_and_nothing_at_its_neutral_setting():
    """A factor moves another number, or the staffing of the plan."""
    shop = presets.load("retail-weekday")
    for one in factors():
        assert changed(shop, one, one.neutral) is shop
        other = changed(shop, one, one.high)
        assert other != shop
        assert (other.staffing == shop.staffing).all()
    assert changed(shop, factor("volume"), 1.1).expected == pytest.approx(1.1 * shop.expected)
    phone = changed(shop, factor("handle_time"), 1.1).contact_type("phone")
    assert (phone.handle_time.mean, phone.wrap_up.mean) == pytest.approx((330, 66))
    assert changed(shop, factor("patience"), 2.0).contact_type("chat").patience.mean == pytest.approx(480)
    assert changed(shop, factor("absence"), 0.05).group("writers").shrinkage.absence == pytest.approx(0.1)
    bot = changed(shop, factor("containment"), 0.5).contact_type("chat").bot
    assert (bot.resolved, bot.falsely_contained) == pytest.approx((0.15, 0.05))
    bot = changed(shop, factor("false_containment"), 1.6).contact_type("chat").bot
    assert (bot.resolved, bot.falsely_contained) == pytest.approx((0.24, 0.16))


def test_a_setting_beyond_what_can_be_is_held_at_the_border():
    """More is contained than comes, or absence falls below nobody."""
    shop = presets.load("retail-weekday")
    bot = changed(shop, factor("containment"), 3.0).contact_type("chat").bot
    assert bot.claimed_containment + bot.left == pytest.approx(1)
    assert changed(shop, factor("absence"), -0.5).group("writers").shrinkage.absence == 0


def test_an_unknown_factor_is_refused():
    """A misspelt factor is passed over."""
    with pytest.raises(InvalidValue, match="choose one of volume"):
        factor("weather")


def test_an_end_that_changes_nothing_is_left_out_and_a_held_one_says_what_was_applied(desk):
    """Five points less absence are told where nobody is absent, or +200 % containment where 95 % was applied."""
    absent = tornado(desk, by_formula, replications=2).rows.query("factor == 'absence'")
    assert list(absent["said"]) == ["+5 points"]
    held = desk.replace_type("calls", bot={"resolved": 0.6, "falsely_contained": 0.1, "left": 0.05})
    containment = [factor("containment").within(0.5, 3.0)]
    rows = tornado(held, by_formula, replications=2, varied=containment).rows
    assert list(rows["said"]) == ["-50 %", "+35.7 % (at its limit)"]  # 0.95 / 0.7
    assert rows["setting"].iloc[1] == pytest.approx(0.95 / 0.7)
    never = failures(held, by_formula, tornado(held, by_formula, replications=2, varied=containment), replications=2)
    assert all("200" not in one.in_words() for one in never)


def test_a_bar_of_one_end_has_its_width_from_the_plan(desk):
    """An assumption that can only turn out worse comes last, though it weighs most."""
    wide = tornado(desk, by_formula, replications=2, varied=ranged(["absence=0,30", "volume=-1,1"]))
    assert wide.of("calls", "80 % within 20 s")["factor"].iloc[0] == "absence"


def test_ranges_of_ones_own_replace_the_projects(desk):
    """A range that a person gives is not the one that is tried."""
    found = tornado(desk, by_formula, replications=2, varied=ranged(["volume=-15%,+25%"]))
    volume = found.rows.query("factor == 'volume'")
    assert list(volume["setting"]) == pytest.approx([0.85, 1.25])
    assert list(volume["value"]) == pytest.approx([service_level(102), service_level(150)])
    assert volume["origin"].eq("given: your own range").all()
    assert [one.setting_text(one.high) for one in ranged(["absence=-2,+8"]) if one.added] == ["+8 points"]


@pytest.mark.parametrize("word", ["volume", "volume=5", "volume=a,b", "volume=5,10", "weather=-1,1", "volume=-150,0"])
def test_a_range_that_cannot_be_used_is_named(word):
    """A slip of the pen is passed over, or ends in a traceback."""
    with pytest.raises(InvalidValue, match=r"range|factor"):
        ranged([word])


def test_a_bot_that_keeps_everybody_breaks_no_target(desk):
    """A plan is said to fail because nobody is left to be answered."""
    kept = desk.replace_type("calls", bot={"resolved": 0.4, "left": 0.05})
    containment = [factor("containment").within(0.5, 3.0)]

    def nobody_left(scenarios: Sequence[Scenario], replications: int, fresh: int = 0) -> list[Evaluation]:
        found = by_formula(scenarios, replications)
        full = [one.contact_types[0].bot.resolved > 0.94 for one in scenarios]
        none = RatioSums(
            np.zeros((replications, desk.horizon.intervals)), np.zeros((replications, desk.horizon.intervals))
        )
        return [
            Evaluation(one.scenario, (none,), one.cost, one.overrun, one.overtime) if empty else one
            for one, empty in zip(found, full, strict=True)
        ]

    swings = tornado(kept, nobody_left, replications=2, varied=containment)
    high = swings.rows.query("end == 'high'").iloc[0]
    assert np.isnan(high["margin"])
    assert high["status"] == ""
    assert all(one.first is None for one in failures(kept, nobody_left, swings, replications=2))
    assert "+1,900 %" in factor("patience").setting_text(20.0)
