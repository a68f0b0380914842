"""The glass-box requirement against worked examples, its own arithmetic and the laws it stands on."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from models.centre.requirement import requirement
from models.centre.workload import workload
from models.queueing import chat
from models.queueing.erlang import erlang_c
from scenarios.errors import InvalidValue
from scenarios.scenario import Scenario
from scenarios.yaml import presets


def desk(
    per_hour: float = 120, contact_type: dict[str, object] | None = None, group: dict[str, object] | None = None
) -> Scenario:
    """A phone desk open from 8 to 18, 360 s and 80/20 unless told otherwise."""
    return Scenario(
        name="desk",
        horizon={"interval": "30 min"},
        contact_types=[
            {
                "name": "calls",
                "channel": "phone",
                "open": "Mon-Sun 08:00-18:00",
                "volume": {"per_hour": per_hour},
                "handle_time": {"mean": "6 min"},
                "target": {"share": 0.8, "within": "20s"},
                **(contact_type or {}),
            }
        ],
        agent_groups=[{"name": "desk", "skills": ["calls"], "staffing": 16, **(group or {})}],
    )


def busy(table: pd.DataFrame) -> pd.Series:
    """The first row with volume."""
    return table[table["volume"] > 0].iloc[0]


def test_reference_desk_needs_sixteen() -> None:
    """120 an hour, 360 s, 80/20 would not need the 16 agents of every Erlang C table."""
    row = busy(requirement(desk()))
    assert (row["load"], row["on_duty"]) == (12.0, 16)
    assert row["model"] == "Erlang C"


def test_fractional_need_just_meets_the_target() -> None:
    """The fraction before rounding would not be where the formula reaches the target."""
    row = busy(requirement(desk()))
    level = erlang_c([1 / 30], 360.0, row["for_load"] + row["safety"], 20.0).service_level()
    assert level[0] == pytest.approx(0.8, abs=1e-9)


def test_shrinkage_is_divided() -> None:
    """16 on duty at 30 % shrinkage would be the trap's 20.8 instead of 22.9."""
    row = busy(requirement(desk(group={"shrinkage": {"planned": 0.3}})))
    assert row["scheduled"] == pytest.approx(16 / 0.7)
    assert row["breaks"] == pytest.approx(16 / 0.7 - 16)


def test_absence_comes_on_top_of_breaks() -> None:
    """Absence would not apply to those on breaks as well, or be added after rounding: 15.61 / 0.8 = 19.5, so 20."""
    row = busy(requirement(desk(group={"shrinkage": {"planned": 0.25, "absence": 0.2}})))
    assert row["on_duty"] == 20
    assert row["scheduled"] == pytest.approx(20 / 0.75)


@pytest.mark.parametrize("name", ["bot-first", "one-hour", "vip-or-equal", "retail-weekday"])
def test_columns_can_be_taken_apart(name: str) -> None:
    """The steps of the glass box would not add up to its result."""
    table = requirement(presets.load(name), max_occupancy=0.9)
    parts = table[["for_load", "safety", "for_occupancy", "absence", "rounding"]].sum(axis=1)
    np.testing.assert_allclose(parts, table["on_duty"], atol=1e-9)
    np.testing.assert_allclose(table[["on_duty", "breaks"]].sum(axis=1), table["scheduled"], atol=1e-9)
    assert ((table["rounding"] > -1e-9) & (table["rounding"] < 1)).all()
    assert (table["for_occupancy"] >= 0).all()


def test_occupancy_cap() -> None:
    """12 erlangs at most 70 % busy would not need 12 / 0.7 = 17.1, hence 18."""
    row = busy(requirement(desk(), max_occupancy=0.7))
    assert row["on_duty"] == 18
    assert row["for_load"] + row["safety"] + row["for_occupancy"] == pytest.approx(12 / 0.7)


def test_closed_hours_need_nobody() -> None:
    """Hours without contacts would be staffed."""
    table = requirement(desk())
    assert (table.loc[table["volume"] == 0, "on_duty"] == 0).all()


def test_silos_need_twenty_one_and_a_pool_sixteen() -> None:
    """Types that share all agents would be added up like silos."""
    silos, pool = (requirement(presets.load(name)) for name in ("three-silos", "one-pool"))
    assert busy(pool)["on_duty"] == 16
    assert silos.groupby("start")["on_duty"].sum().max() == 21
    assert pool["type"].unique().tolist() == ["orders + billing + technical"]


def test_telling_the_story_again_costs_an_agent() -> None:
    """30 % of stories told again at 25 % more would not make 360 s 387 s and 16 agents 17."""
    row = busy(requirement(presets.load("tell-your-story-once")))
    assert (row["aht"], row["on_duty"]) == (pytest.approx(387.0), 17)


def test_ranks_need_fewer_than_the_strictest_target_for_all() -> None:
    """VIPs first: 14 agents would not do where both in order of arrival need 16."""
    assert busy(requirement(presets.load("vip-or-equal")))["on_duty"] == 14


def test_bot_leaves_harder_contacts_and_sends_some_to_the_phone() -> None:
    """40 % of 180 chats an hour contained, a quarter falsely: not 108 chats of 720 s left, and 18 calls more."""
    flow = workload(presets.load("bot-first"))
    assert flow.offered[:, 36] * 2 == pytest.approx([108.0, 138.0], abs=1e-3)
    assert flow.aht[:, 36] == pytest.approx([720.0, 360.0])


def test_repeats_are_counted_once_each() -> None:
    """A share r of answered contacts that returns at once would not multiply the volume by 1 + r for one try."""
    rule = {"after": "answered", "probability": 0.25, "as": "calls", "max_tries": 1}
    flow = workload(desk(contact_type={"open": "always", "handle_time": {"mean": "1s"}, "follow_ups": [rule]}))
    assert flow.offered.sum() == pytest.approx(120 * 24 * 1.25)


def test_slow_agents_make_load() -> None:
    """Agents at half speed would be offered the same erlangs."""
    assert busy(requirement(desk(group={"skills": {"calls": {"speed": 0.5}}})))["load"] == 24.0


def test_chat_by_the_exact_chain() -> None:
    """A chat requirement would not be the least team of the exact chain."""
    chats = desk(
        60,
        {"channel": "chat", "patience": {"mean": "2 min"}, "target": {"share": 0.8, "within": "30s"}},
        {"max_concurrent": 3, "concurrency_speed": [1.0, 0.8, 0.6]},
    )
    row = busy(requirement(chats))
    rates = chat.completion_rates(360.0, [1.0, 0.8, 0.6])
    assert row["on_duty"] == chat.min_agents(1 / 60, rates, 120.0, 30.0, 0.8)
    assert row["per_agent"] == pytest.approx(1.8)


def test_bots_that_answer_count_where_they_may() -> None:
    """With 35 % resolved by a bot and 80 % wanted of person or bot, people would not need (0.8 - 0.35) / 0.65."""
    bot = {"resolved": 0.35}
    target = {"share": 0.8, "within": "20s", "response": "person-or-bot"}
    row = busy(requirement(desk(contact_type={"bot": bot, "target": target})))
    level = erlang_c([120 * 0.65 / 3600], 360.0, row["for_load"] + row["safety"], 20.0).service_level()
    assert level[0] == pytest.approx(0.45 / 0.65, abs=1e-9)


def test_deferred_work_is_spread_over_worked_hours() -> None:
    """240 mails of 6 min in eight worked hours would not be three agents' work all day."""
    mail = desk(
        contact_type={"channel": "email", "open": "always", "volume": {"per_hour": 10}, "target": None},
        group={"staffing": {"Mon-Sun 09:00-17:00": 1}},
    )
    table = requirement(mail)
    assert table["load"].max() == pytest.approx(3.0)
    assert (table["on_duty"] > 0).sum() == 16


def test_hours_that_cannot_do_it_are_named() -> None:
    """A target above the calendar's ceiling would be staffed without a word."""
    shop = presets.load("one-hour").replace_group("writers", staffing={"Mon-Fri 09:00-18:00": 6})
    assert requirement(shop)["note"].str.contains("no headcount can beat these hours").all()


def test_modified_load_of_a_constant_day() -> None:
    """In a day that never varies the load of every rule would not settle at the same erlangs."""
    row = requirement(desk(contact_type={"open": "always"}), rule="mol-mean").iloc[-1]
    assert row["load"] == pytest.approx(12.0, abs=1e-6)


def test_without_target_enough_to_keep_up() -> None:
    """Without a target and without patience the agents would not exceed the load."""
    assert busy(requirement(desk(contact_type={"target": None})))["on_duty"] == math.floor(12.0) + 1


@pytest.mark.parametrize("cap", [0.0, 1.2, math.nan])
def test_senseless_caps_are_refused(cap: float) -> None:
    """A cap that means nothing would give a number."""
    with pytest.raises(InvalidValue, match="max_occupancy"):
        requirement(desk(), max_occupancy=cap)


def test_certainty_is_refused_by_name() -> None:
    """A target of 100 % would give a number, or an error that does not say which target."""
    with pytest.raises(InvalidValue, match=r"contact_types\.calls\.target\.share"):
        requirement(desk(contact_type={"target": {"share": 1.0, "within": "20s"}}))


def test_all_mail_within_a_day_is_no_certainty() -> None:
    """Deferred work can be done in time altogether, yet would be refused like a certain answer on the phone."""
    target = {"share": 1.0, "within": "24 h"}
    mail = desk(contact_type={"channel": "email", "target": target}, group={"staffing": {"Mon-Sun 08:00-18:00": 1}})
    assert requirement(mail)["on_duty"].max() >= 12
