"""A manager's questions: figures of the documents, laws of queueing, and the worlds that are compared."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from models.centre.staffing import staff
from models.whatif import redesign, routing_questions
from models.whatif.answers import PlanningTools, best_line
from models.whatif.routing_questions import _priority_line, paired, priority, reservation
from models.whatif.staffing_questions import concurrency, curve, pool, training
from models.whatif.tradeoffs import ask
from models.whatif.trials import ScenarioTrial, read
from scenarios.errors import InvalidScenario, InvalidValue
from scenarios.scenario import Scenario
from scenarios.yaml import presets
from simulator.experiment import simulate


def tried(scenarios: list[Scenario]) -> list[ScenarioTrial]:
    """Two days of each, on the same customers."""
    return [simulate(one, 2, seed=5) for one in scenarios]


FEW = PlanningTools(staff, tried)


def least_by_erlang_c(share: float, load: float = 12.0, handle: float = 360.0, within: float = 20.0) -> int:
    """The least agents that answer a share in time, by Erlang's sum."""
    for agents in range(13, 40):
        last = load**agents / math.factorial(agents) * agents / (agents - load)
        waits = last / (sum(load**k / math.factorial(k) for k in range(agents)) + last)
        if 1 - waits * math.exp(-(agents - load) * within / handle) >= share:
            return agents
    raise AssertionError(share)


def test_one_pool_takes_16_agents_where_three_silos_take_21():
    """The pool or the silos are staffed otherwise than Erlang C says (document: 21 vs 16 agents)."""
    answer = pool(presets.load("one-pool"), FEW)
    staffing = {name: int(plan.staffing.sum(axis=0).max()) for name, plan in answer.scenarios.items()}
    assert staffing == {"today's staffing": 16, "current groups": 16, "silos": 21, "one pool": 16}
    assert list(answer.table["agent_hours"]) == pytest.approx([16 * 24, 16 * 24, 21 * 24, 16 * 24])


def test_the_pool_of_silos_keeps_hours_pay_and_speeds():
    """Putting people together makes them dearer, faster or more."""
    shop = presets.load("retail-weekday")
    one = redesign.pooled(shop)
    assert (one.staffing.sum(axis=0) == shop.staffing.sum(axis=0)).all()
    hours = shop.staffing.sum(axis=1)
    pay = np.array([group.cost_per_hour for group in shop.agent_groups])
    assert one.agent_groups[0].cost_per_hour == pytest.approx(hours @ pay / hours.sum())
    assert one.agent_groups[0].max_concurrent == 3
    assert redesign.silos(shop).group("chat-silo").skills["chat"].speed < 1  # some of them are slower


def test_the_order_of_service_does_not_change_the_mean_wait_over_all():
    """Priority makes or destroys waiting (Kleinrock's conservation law: alike handle times, nobody leaves)."""
    answer = priority(
        presets.load("vip-or-equal"),
        PlanningTools(staff, lambda many: [simulate(s, 30, 3, engine="kernel") for s in many]),
    )
    found = {name: simulate(alternative, 30, 3, engine="kernel") for name, alternative in answer.scenarios.items()}
    waits = {name: read(one, "asa") for name, one in found.items()}
    base = waits["no priority"]
    for one in waits.values():
        assert abs(one.value - base.value) < 3.5 * np.hypot(one.error, base.error)
    vip, standard = (read(found["vip first"], "asa", name).value for name in ("vip", "standard"))
    assert vip < 0.4 * base.value < standard
    assert answer.line.startswith(("Priority for vip", "Priority for standard"))


class Waits:
    """A world of which only waits are known: seconds waited by one customer of each type, by replication."""

    def __init__(self, **waits: list[float]) -> None:
        self.scenario = presets.load("vip-or-equal")
        self.waits = waits

    def sums(self, name: str, period: str = "horizon") -> tuple[np.ndarray, np.ndarray]:
        """Numerator and denominator, shape (replications, types)."""
        waited = np.array(list(self.waits.values())).T
        return waited, np.ones_like(waited)

    def place(self, name: str, of: str) -> int:
        """The row of a type."""
        return list(self.waits).index(of)


def test_a_difference_that_may_be_chance_is_no_difference():
    """Who comes first is said to gain, or to pay, by what the paired interval does not tell from nothing."""
    alike = Waits(chat=[4.0, 5, 6, 5], phone=[8.0, 9, 9, 9])
    same = Waits(chat=[4.5, 4.5, 6, 4.9], phone=[8.0, 8, 9, 9])
    found = {"no priority": alike, "chat first": same, "phone first": same}
    assert _priority_line(found, ("chat", "phone")).startswith("No significant difference: no priority")
    gain = Waits(chat=[2.0, 3, 4, 3.1], phone=[8.0, 8, 9, 9])
    line = _priority_line(found | {"chat first": gain}, ("chat", "phone"))
    assert "from 5.0 s to 3.0 s; no other type waits significantly longer" in line
    price = Waits(chat=[2.0, 3, 4, 3.1], phone=[18.0, 19, 19, 19.1])
    line = _priority_line(found | {"chat first": price}, ("chat", "phone"))
    assert line.endswith("longer waits: phone 8.8 s to 19 s.")
    both = paired(alike, gain, "asa", "chat")  # -2, -2, -2, -1.9: by hand, the same customers in pairs
    assert (both.value, both.error) == pytest.approx((-1.975, 0.025))


def test_worlds_that_cost_nothing():
    """Where nobody is needed, or no hour has a price, the answer was a division by zero."""
    rows = [
        {"alternative": name, "agent_hours": 0.0, "cost": 0.0, "status": "met", "tightest": ""}
        for name in ("one pool", "silos")
    ]
    assert best_line(pd.DataFrame(rows), "cheapest", "EUR", "silos").endswith("the same as 'silos'.")
    nobody = Waits(chat=[0.0], phone=[0.0])
    nobody.sums = lambda name, period="horizon": (np.zeros((2, 2)), np.zeros((2, 2)))
    assert np.isnan(paired(nobody, nobody, "asa", "chat").value)


def test_a_formula_that_misses_a_target_does_not_speak_for_its_world():
    """A world is said to have no plan, though only the formula's plan for it misses a target."""
    rows = [
        {
            "alternative": "silos",
            "agent_hours": 10.0,
            "cost": 90.0,
            "status": "missed",
            "tightest": "email, 90 % within 4 h",
        },
        {"alternative": "one pool", "agent_hours": 9.0, "cost": 80.0, "status": "met", "tightest": ""},
    ]
    table = pd.DataFrame(rows)
    line = best_line(table, "cheapest", "EUR", "silos", proved=False)
    assert line.endswith("the Erlang plan for 'silos' misses email, 90 % within 4 h: use the optimiser.")
    assert "the plan for 'silos' misses email" in best_line(table, "cheapest", "EUR", "silos")
    none = table.assign(status="missed")
    assert best_line(none, "cheapest", "EUR", "silos", proved=False).endswith("use the optimiser.")
    closed = table.assign(status=["unreachable", "met"])
    assert "'silos' has no plan that meets every target" in best_line(closed, "cheapest", "EUR", "silos", proved=False)


def test_service_costs_more_the_more_of_it_is_wanted():
    """The least heads by formula fall when more is wanted."""
    answer = curve(presets.load("help-desk"), FEW, shares=(0.7, 0.8, 0.95))
    assert list(answer.table["alternative"]) == ["today's staffing", "70 %", "80 %", "95 %"]
    assert list(answer.table["agent_hours"][1:] / 24) == [least_by_erlang_c(share) for share in (0.7, 0.8, 0.95)]
    assert answer.table["price_of_a_point"][:2].isna().all()
    assert (answer.table["price_of_a_point"][2:] > 0).all()


def test_less_service_never_costs_more():
    """A plan for 80 % is dearer than one for 85 %, which serves both (Erlang C: 17 agents answer 88 % in time)."""
    desk = presets.load("help-desk")

    def plan(wanted: Scenario) -> Scenario:
        agents = 18 if wanted.contact_type("calls").target_share == 0.8 else 17
        return wanted.replace_group(wanted.group_names[0], staffing=agents)

    answer = curve(
        desk,
        PlanningTools(plan, lambda many: [simulate(one, 8, 5, engine="kernel") for one in many]),
        shares=(0.8, 0.85),
    )
    rows = answer.table.set_index("alternative")
    assert list(rows["status"]) == ["met", "met", "met"]
    assert (rows.loc["80 %", "agent_hours"], rows.loc["80 %", "price_of_a_point"]) == (
        17 * 24,
        pytest.approx(np.nan, nan_ok=True),
    )
    assert rows.loc["80 %", "cost"] == rows.loc["85 %", "cost"]
    assert "the last 5 points cost nothing more" in answer.line
    assert answer.scenarios["80 %"].contact_type("calls").target_share == 0.8


def test_the_headline_names_only_what_is_shown():
    """A saving within one agent is called one, or an inconclusive, missed or equally good alternative is kept quiet."""
    rows = [
        {"alternative": name, "agent_hours": 10.0, "cost": cost, "cost_error": 3.0, "status": verdict, "tightest": ""}
        for name, cost, verdict in (
            ("silos", 1000.0, "met"),
            ("one pool", 900.0, "met"),
            ("two pools", 920.0, "met"),
            ("outsourced", 850.0, "inconclusive"),
            ("bots", 700.0, "missed"),
        )
    ]
    table = pd.DataFrame(rows)
    line = best_line(table, "cheapest", "EUR", "silos", margin=50.0)
    assert line == (
        "'one pool' is cheapest: 900 EUR, 10 agent hours, 100 EUR (10.0 %) less than 'silos'; "
        "not significantly dearer: 'two pools'; cheaper but inconclusive: 'outsourced'; "
        "no plan shown to meet every target: 'bots'."
    )
    assert "900 EUR, 10 agent hours, not significantly less than 'silos' (100 EUR)" in best_line(
        table, "cheapest", "EUR", "silos", margin=96.0
    )


@pytest.mark.parametrize(
    "verdicts, words",
    [
        (
            ["missed", "inconclusive", "met", "met"],
            "Reserve 2 agents: the fewest shown to meet the targets of calls (inc",
        ),
        (["missed", "missed", "met", "met"], "Reserve 2 agents: the fewest shown to meet the targets of calls; "),
        (
            ["missed", "inconclusive", "inconclusive", "missed"],
            "No reservation is shown to meet the targets of calls; inc",
        ),
        (["missed"] * 4, "With this staffing no reservation"),
    ],
)
def test_a_reservation_is_recommended_only_where_it_is_shown(monkeypatch, verdicts, words):
    """A reservation whose targets are in doubt is recommended, and the table beside says inconclusive."""
    trials = {str(n): verdict for n, verdict in enumerate(verdicts)}
    monkeypatch.setattr(
        routing_questions,
        "judge_trial",
        lambda verdict: [
            SimpleNamespace(constraint=SimpleNamespace(of="calls"), idle=False, status=lambda *_: verdict)
        ],
    )
    monkeypatch.setattr(routing_questions, "_deferred", lambda _: "email 95 %")
    assert routing_questions._reservation_line(trials, ["calls"]).startswith(words)


def test_a_share_that_cannot_be_planned_is_a_row_with_its_reason():
    """Certainty is planned for, or spoils the rest of the curve."""
    answer = curve(presets.load("help-desk"), FEW, shares=(0.8, 0.9, 1.0))
    assert list(answer.table["status"])[-1] == "unreachable"
    assert "less than 1" in answer.table["why"].iloc[-1]


def test_training_tries_every_missing_skill_of_a_small_centre():
    """A pair of group and skill is forgotten, or a skill is given twice."""
    silos = presets.load("three-silos")
    answer = training(silos, FEW)
    assert len(answer.table) == 2 + 6
    assert (answer.table["agent_hours"][2:] <= answer.table["agent_hours"][1]).all()  # a skill more never costs heads
    with pytest.raises(InvalidValue, match="orders-desk has it"):
        redesign.trained(silos, "orders-desk", "orders")
    with pytest.raises(InvalidScenario, match="every group has every skill"):
        training(presets.load("one-pool"), FEW)


def test_a_trained_group_is_routed_to_where_routes_are_named():
    """The new skill is never used because the type names its groups."""
    shop = redesign.trained(presets.load("retail-weekday"), "writers", "chat")
    assert "writers" in [route.group for route in shop.routes("chat")]
    assert shop.group("writers").skills["chat"].rank == 3


def test_slots_slow_down_as_told_and_a_missing_slowdown_is_warned_of():
    """The pace of more dialogues is wrong, or their price is kept quiet."""
    shop = presets.load("bot-first")
    assert redesign.with_max_concurrent(shop, "chat-desk", 3, 0.15).group(
        "chat-desk"
    ).concurrency_speed == pytest.approx((1, 1 / 1.15, 1 / 1.3))
    answer = concurrency(shop, FEW)
    assert "Without a slow-down per extra chat" in answer.line
    assert list(answer.table["alternative"]) == ["today's staffing", *(f"{n} at once" for n in range(1, 6))]
    assert "Without a slow-down" not in concurrency(presets.load("retail-weekday"), FEW).line


def test_keeping_people_free_never_speeds_up_deferred_work():
    """A reservation gives e-mail more agents than none (same customers, e-mail is not interruptible)."""
    blend = presets.load("retail-weekday").replace_type("email", interruptible=False)
    answer = reservation(blend, FEW, most=4)
    mail = answer.table[answer.table["type"] == "email"].set_index("alternative")["asa"]
    assert mail["4"] > mail["0"]
    assert set(answer.scenarios) == {"0", "1", "2", "3", "4"}


@pytest.mark.parametrize(
    "question, preset, words",
    [
        ("reservation", "help-desk", "live and deferred"),
        ("priority", "three-silos", "share agents"),
        ("concurrency", "help-desk", "no group takes chats"),
        ("weather", "help-desk", "known are curve"),
    ],
)
def test_a_question_that_makes_no_sense_here_is_refused_by_name(question, preset, words):
    """A centre without the feature is answered with numbers."""
    with pytest.raises((InvalidScenario, InvalidValue), match=words):
        ask(question, presets.load(preset), FEW)


def test_no_share_wanted_no_curve():
    """A curve is drawn over targets that are not there."""
    with pytest.raises(InvalidScenario, match="no type has a service level target"):
        curve(presets.load("help-desk").replace_type("calls", target=None), FEW)


def test_a_lower_share_drops_a_floor_above_it():
    """A curve of service levels ends in an error at the first share below a floor of the scenario."""
    desk = presets.load("help-desk")
    floored = desk.replace_type("calls", target={"share": 0.8, "within": "20s", "floor": 0.7})
    kept, dropped = (redesign.wanting(floored, ["calls"], share).contact_type("calls").target for share in (0.9, 0.6))
    assert (kept.floor, dropped.floor) == (0.7, None)
