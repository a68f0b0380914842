"""The automation frontier: true savings against the bookkeeping, and what it says where a level cannot work."""

from __future__ import annotations

import math

import pytest

from models.centre.staffing import staff
from models.whatif.containment import bot_type, contained, saved_by_formula
from models.whatif.frontier import frontier, judged_by
from models.whatif.ramp_up import open_days, payback, ramp, weekly
from models.whatif.trials import ScenarioTrial
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.scenario import Scenario
from scenarios.yaml import presets
from simulator.experiment import simulate
from tests.frontiers import made

OPEN, SESSION, DELAY = 12 * 3600.0, 90.0, 1800.0
HANDLE, RETURNED = 200.0, 360.0


@pytest.fixture
def shop() -> Scenario:
    """The preset with a bot in front of every chat."""
    return presets.load("bot-first")


def ample(scenario: Scenario) -> Scenario:
    """So many people around the clock that nobody ever waits."""
    return scenario.replace_group("chat-desk", staffing=60).replace_group("phone-desk", staffing=60)


def tried(scenarios: list[Scenario]) -> list[ScenarioTrial]:
    """Forty days of each, on the same customers."""
    return [simulate(one, 40, seed=11, engine="kernel") for one in scenarios]


def expected_saving(level: float, wrong: float) -> float:
    """The closed form less those who come too late in the day: exponential times that run past closing time.

    Whoever arrives at a uniform time of the day and needs an exponential time T more is too late with the chance
    E[T] / day (ends of the day that are longer than the day apart do not matter here).
    """
    escalated = (1 - level) * HANDLE * (1 + 0.5 * level) * (1 - SESSION / OPEN)
    returned = level * wrong * RETURNED * (1 - (SESSION + DELAY) / OPEN)
    return 1 - (escalated + returned) / HANDLE


@pytest.mark.parametrize("wrong, claimed_by_hand", [(0.25, 0.10), (0.4, -0.008)])
def test_true_saving_is_the_bookkeeping_less_who_comes_too_late(shop, wrong, claimed_by_hand):
    """Simulated bots save another amount of work than their resolved, returned and harder contacts add up to."""
    row = frontier(shop, ample, tried, levels=(0.4,), false_share=wrong).at(0.4)
    assert row["formula_saved"] == pytest.approx(claimed_by_hand, abs=5e-4)
    assert row["work_saved_error"] < 0.006
    assert abs(row["work_saved"] - expected_saving(0.4, wrong)) < 3.5 * row["work_saved_error"]
    assert row["work_saved"] < 0.4 - 20 * row["work_saved_error"]  # what is claimed is far away


def test_what_is_claimed_is_containment_times_the_wages_of_the_type(shop):
    """The naive business case is not containment x the type's part of the wages without a bot."""
    rows = frontier(shop, ample, tried, levels=(0.4, 0.8)).rows
    claimed = rows["claimed_saving"].to_numpy()
    assert claimed[0] == 0
    assert claimed[2] == pytest.approx(2 * claimed[1])
    # 180 chats of 200 s and 120 calls of 360 s an hour: 10 to 12 of the wages
    assert claimed[1] == pytest.approx(0.4 * rows["wages"][0] * 10 / 22, rel=0.02)


def test_the_cost_of_each_replication_and_of_a_head_is_kept(shop):
    """Differences lose their error, or a head has the price of another length of day."""
    found = frontier(shop, ample, tried, levels=(0.4,), staffing=1)
    assert found.one_agent == pytest.approx(18 * 24)  # around the clock, at 18 an hour
    assert found.paid[0.4].mean() == pytest.approx(found.at(0.4)["cost"])
    assert found.cheaper(0.4, 0.0).value == pytest.approx(found.at(0.4)["net_saving"])
    assert 0 < found.cheaper(0.4, 0.0).error < 2  # sessions at 0.10, 2160 a day: 4.6 over the root of 40


def test_what_a_search_left_open_counts_against_the_plan_that_it_left_open(shop):
    """A search that ran out of time 7 % above its bound is taken for one that ended within 2 %."""
    found = frontier(
        shop, ample, tried, levels=(0.4,), gap=lambda plan: 0.07 if plan.contact_type("chat").bot else 0.01
    )
    assert found.rows["left_open"].tolist() == [0.01, 0.07]
    rows = made([1000, 960], ["met"] * 2)
    rows.rows["left_open"] = [0.03, 0.07]  # people alone might be had for 970, which 960 is below
    assert rows.against_people(0.1) == 1
    rows.rows["left_open"] = [0.05, 0.0]  # or for 950
    assert rows.against_people(0.1) == 0


def test_savings_are_not_counted_from_people_who_miss_their_targets(shop):
    """A bot is measured by a plan that nobody may have."""

    def short(scenario: Scenario) -> Scenario:
        few = scenario.contact_type("chat").bot is None
        return ample(scenario).replace_group("chat-desk", staffing=2 if few else 60)

    found = frontier(shop, short, tried, levels=(0.4,))
    assert found.rows["status"].tolist() == ["missed", "met"]
    assert found.rows["net_saving"].isna().all()
    assert "no saving can be computed" in found.in_words()


def test_the_judged_share_is_the_one_that_the_target_means(shop):
    """The share beside the target runs on another clock than the target: a session of 90 s uses up its 60 s."""
    row = frontier(shop, ample, tried, levels=(0.4,)).at(0.4)
    assert row["judged"] == 1
    assert row["response_by_person"] < 0.8
    whole = shop.contact_type("chat").target.model_copy(update={"response": "any"})
    chosen = {name: getattr(whole, name) for name in type(whole).model_fields}
    assert judged_by(shop.replace_type("chat", target=chosen), "chat") == "response_any"
    assert judged_by(shop.replace_type("chat", target=None), "chat") is None


def test_a_level_that_cannot_be_staffed_is_told_with_the_reason_and_the_others_stay(shop):
    """One unreachable level spoils the whole frontier, or goes without a reason."""

    def plan(scenario: Scenario) -> Scenario:
        if (
            scenario.contact_type("chat").bot is not None
            and scenario.contact_type("chat").bot.claimed_containment > 0.5
        ):
            raise InvalidScenario("contact_types.phone.target", "no staffing reaches 80 % within 20 s", "relax it")
        return staff(scenario)

    found = frontier(shop, plan, lambda many: [simulate(one, 2) for one in many], levels=(0.4, 0.6))
    last = found.rows.iloc[-1]
    assert list(found.rows["status"])[-1] == "unreachable"
    assert "no staffing reaches 80 %" in last["why"]
    assert math.isnan(last["cost"])
    assert found.levels == (0.0, 0.4)
    assert set(found.plans) == {0.0, 0.4}


def test_a_scenario_without_a_bot_is_refused():
    """A frontier without a bot is answered with numbers."""
    with pytest.raises(InvalidScenario, match="no type has a bot"):
        frontier(presets.load("help-desk"), staff, list)


def test_a_type_without_a_bot_is_refused_and_those_with_one_are_named(shop):
    """The wrong type is varied silently."""
    with pytest.raises(InvalidScenario, match="types with a bot: chat"):
        bot_type(shop, "phone")


@pytest.mark.parametrize("levels", [(-0.1,), (1.2,), (float("nan"),)])
def test_levels_outside_0_to_1_are_refused(shop, levels):
    """Containment of more than everybody is planned for."""
    with pytest.raises(InvalidValue, match="levels"):
        frontier(shop, staff, list, levels=levels)


def test_who_leaves_the_bot_is_not_contained_too():
    """Contained and left add up to more than everybody."""
    with pytest.raises(InvalidValue, match="contain at most 95%"):
        contained(presets.load("retail-weekday"), "chat", 0.97, 0.0)


def test_the_bookkeeping_of_the_preset_is_the_one_of_the_documents(shop):
    """Concurrency, difficulty or returns are left out of the closed form."""
    found = [saved_by_formula(shop, "chat", level, wrong) for level, wrong in ((0.4, 0.25), (0.4, 0.4), (0.6, 0.25))]
    assert found == pytest.approx([0.10, -0.008, 0.21], abs=1e-9)


def test_more_automation_stops_paying_at_the_cheapest_level_that_keeps_its_targets():
    """A cheap plan that misses its targets is praised."""
    found = made([1000, 950, 900, 700, 930], ["met", "met", "met", "missed", "met"], gap=0.055)
    assert found.best == 0.2
    assert found.pays_from == 0.2  # 50 saved at 0.1 are within the gap
    assert made([1000, 950, 1010, 900], ["met"] * 4).pays_from == 0.3  # luck at 0.1 is no promise
    assert found.as_good == (0.1, 0.2, 0.4)
    assert "100 less than without the bot (reported saving 200)" in found.in_words()
    assert "no significant difference at higher levels; no significant difference from 10 %, 40 %" in found.in_words()
    assert "higher levels cost significantly more" in made([1000, 950, 900, 990], ["met"] * 4).in_words()


def test_five_in_five_thousand_by_formula_are_no_gain():
    """A difference that is smaller than one head is sold as a saving, where a search finds a loss."""
    found = made([5694, 5700, 5689, 5500, 5450], ["met"] * 5, head=216)
    assert found.pays_from == 0.4  # 194 at 0.3 are less than a head
    assert found.best == 0.4
    assert "significant saving against no bot at every level from 40 % on" in found.in_words()
    none = made([5694, 5700, 5689], ["met"] * 3, head=216)
    assert none.pays_from is None
    assert [none.against_people(level) for level in (0.1, 0.2)] == [0, 0]
    assert "no significant difference from no bot" in none.in_words()
    assert none.as_good == (0.0, 0.1, 0.2)


def test_a_difference_within_its_interval_is_no_difference():
    """Chance of a few replications is sold as a saving, or as a loss."""
    # sixteen replications that swing by 100: an error of 100 / sqrt(15), with Student's 2.131 an interval of ± 55.0
    assert made([1000, 950], ["met"] * 2, noise=100).pays_from is None
    assert made([1000, 944], ["met"] * 2, noise=100).pays_from == 0.1
    assert made([1000, 1050], ["met"] * 2, noise=100).against_people(0.1) == 0
    assert made([1000, 1056], ["met"] * 2, noise=100).against_people(0.1) == -1
    # levels with the same swing are told apart: the customers are the same
    assert made([1000, 900, 899], ["met"] * 3, noise=100).as_good == (0.2,)


def test_without_a_plan_of_people_alone_nothing_is_said_to_pay():
    """Savings are counted from a plan that there is not."""
    found = made([1000, 900, 800], ["missed", "met", "met"])
    assert found.pays_from is None
    assert found.against_people(0.1) == 0


def test_a_dearer_bot_within_what_plans_leave_open_is_no_sure_loss():
    """People alone are praised for a difference that is none."""
    assert "no significant difference from 10 %" in made([1000, 1010], ["met"] * 2, gap=0.02).in_words()


def test_a_cheapest_plan_in_doubt_is_called_so():
    """A plan whose targets hold the limit in their intervals is sold as one that meets them."""
    doubtful = made([1000, 900], ["met", "inconclusive"])
    assert doubtful.best == 0.0
    assert doubtful.in_words().endswith("Cheaper but inconclusive: 10 %.")
    words = made([1000, 900], ["inconclusive", "met"]).in_words()
    assert "without the bot, whose own plan is inconclusive" in words
    assert "Cheaper but inconclusive" not in words
    none = made([1000, 900], ["inconclusive"] * 2)
    assert none.best is None
    assert none.in_words() == "No containment level of chat is shown to meet every target; inconclusive: 0 %, 10 %."


def test_todays_staffing_stands_beside_the_plans_on_the_same_terms(shop):
    """The centre as it is costs something else here than on Results, or is missing from the table."""
    found = frontier(shop, ample, tried, levels=(0.4,))
    assert found.table["plan"].tolist() == [
        *("today's staffing", "no bot, today's staffing"),
        *("no bot, planned", "planned"),
    ]
    with_bot, without = (trial.estimate("cost").value[0] for trial in tried([shop, without_bot(shop)]))
    assert found.table["cost"].tolist()[:2] == pytest.approx([with_bot, without])
    assert found.table["level"].tolist() == pytest.approx([0.4, 0, 0, 0.4])  # the bot of the shop claims 40 %


def without_bot(scenario: Scenario) -> Scenario:
    """The scenario with nobody but people."""
    return scenario.replace_type("chat", bot=None)


def test_where_no_bot_pays_it_says_so():
    """A loss is sold as a saving."""
    assert made([1000, 1010], ["met", "met"]).in_words().startswith("The bot of chat does not pay")
    assert made([1000, 1010], ["missed", "missed"]).best is None


def test_a_bot_grows_from_two_fifths_to_all_of_its_containment_in_twelve_weeks():
    """The ramp begins or ends elsewhere than the documents say."""
    weeks = ramp(0.5, 20)
    assert weeks[0] == pytest.approx(0.2)
    assert weeks[6] == pytest.approx(0.35)
    assert weeks[12:] == pytest.approx(0.5)


def test_what_a_bot_has_earned_follows_its_ramp():
    """Weekly savings are read off the wrong level, or what was spent once is forgotten."""
    found = made([1000, 900, 800, 700, 600], ["met"] * 5)  # 1000 saved per unit of containment and day
    weeks = weekly(found, 0.4, 14, once=2000, days=1, open_days=5)
    assert weeks["tuned"].iloc[0] == pytest.approx(5 * 160)
    assert weeks["tuned"].iloc[-1] == pytest.approx(5 * 400)
    assert weeks["untuned"].to_numpy() == pytest.approx(5 * 160)
    assert weeks["earned"].iloc[1] == pytest.approx(5 * 160 + 5 * 180 - 2000)
    assert payback(weeks) == 3  # 800 + 900 < 2000 < 800 + 900 + 1000
    assert payback(weeks, "earned_untuned") == 3  # 3 x 800 = 2400
    with pytest.raises(InvalidValue, match="add it to the levels"):
        weekly(found, 0.6)
    with pytest.raises(InvalidValue, match=r"0\.08 is outside"):  # between no bot and the least one nothing is a line
        weekly(found, 0.2)


def test_a_centre_that_is_closed_at_weekends_does_not_earn_on_them(shop):
    """A Monday stands for seven days of a week that has five."""
    assert open_days(shop, "chat") == (1, 7)
    workdays = shop.replace_type("chat", open="Mon-Fri 08:00-20:00")
    assert open_days(workdays, "chat") == (1, 5)
    week = shop.replace(horizon={"start": shop.horizon.start, "interval": "30 min", "days": 14})
    assert open_days(week.replace_type("chat", open="Mon-Fri 08:00-20:00"), "chat") == (10, 5)
    quiet = shop.replace_type("chat", volume={"per_hour": 180, "weekdays": [1, 1, 1, 1, 1, 0.5, 0]})
    assert open_days(quiet, "chat") == (1, 6)


@pytest.mark.parametrize("once", [-100.0, float("nan"), float("inf")])
def test_money_below_nothing_is_not_spent(once):
    """A bot is introduced for less than nothing, and is earned back at once."""
    with pytest.raises(InvalidValue, match="once"):
        weekly(made([1000, 900, 800, 700, 600], ["met"] * 5), 0.4, once=once)


def test_a_horizon_without_a_day_of_work_earns_nothing_that_could_be_told():
    """A Sunday is scaled up to a week, through a division by nothing."""
    with pytest.raises(InvalidValue, match="days"):
        weekly(made([1000, 900, 800, 700, 600], ["met"] * 5), 0.4, days=0)
