"""Theory's table against reference numbers, exact tables, limits, and its own sums."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from models.centre.approximate import approximate
from models.centre.sharing import split
from models.centre.stationary import Queue
from scenarios.distributions import Exponential
from scenarios.measures import COLUMNS, MEASURES, PERCENTILES
from scenarios.yaml import presets
from tests.models.centre.test_requirement import desk
from tests.truth_tables import truth_rows


def value(table: pd.DataFrame, measure: str, of: str = "calls") -> float:
    """The value of one row."""
    rows = table[(table["measure"] == measure) & (table["of"] == of)]
    assert len(rows) == 1
    return float(rows["value"].iloc[0])


@pytest.mark.parametrize("agents, level, asa", [(16, 0.84, 18), (15, 0.73, 38), (14, 0.57, 87), (13, 0.33, 254)])
def test_reference_desk(agents: int, level: float, asa: float) -> None:
    """120 an hour and 360 s would not give the service of every Erlang C table."""
    table = approximate(desk(group={"staffing": agents}))
    assert round(value(table, "service_level"), 2) == level
    assert round(value(table, "asa")) == asa
    assert value(table, "occupancy", "desk") == pytest.approx(12 / agents * 10 / 24)


def test_patience_takes_the_wait_away() -> None:
    """13 agents and 10 minutes of patience would not be about 40 s and 6.6 % leaving."""
    table = approximate(desk(contact_type={"patience": {"mean": "10 min"}}, group={"staffing": 13}))
    assert value(table, "abandonment") == pytest.approx(0.066, abs=5e-4)
    assert value(table, "mean_wait") == pytest.approx(600 * value(table, "abandonment"), rel=1e-9)
    assert set(table.loc[table["by"] == "type", "source"]) == {"Erlang A"}


def test_general_patience_meets_erlang_a() -> None:
    """M/M/n+G with a Weibull law of shape 1 would differ from Erlang A."""
    distributions = ({"mean": "10 min"}, {"family": "weibull", "mean": "10 min", "shape": 1.0})
    one, two = (
        approximate(desk(contact_type={"patience": distribution}, group={"staffing": 13}))
        for distribution in distributions
    )
    for measure in ("service_level", "abandonment", "asa", "mean_wait"):
        assert value(two, measure) == pytest.approx(value(one, measure), rel=1e-8)
    assert "M/M/n+G" in set(two["source"])


def test_balking_without_patience() -> None:
    """Where half of those who would wait leave at once, the queue would not be that of M/M/n with half the arrivals."""
    table = approximate(desk(contact_type={"balking": 0.5}, group={"staffing": 13}))
    a, n = 12.0, 13  # states below n as in M/M/n, above as with half the rate
    below = [a**k / math.factorial(k) for k in range(n)]
    full = a**n / math.factorial(n) / (1 - a / 2 / n)
    assert value(table, "abandonment") == pytest.approx(0.5 * full / (sum(below) + full), rel=1e-9)


def test_percentile_of_the_wait() -> None:
    """The time that 90 % stay within would not be where Erlang C's tail is a tenth."""
    found = value(approximate(desk(group={"staffing": 14})), "wait_p90")
    p_wait = 86.70697 * 2 / 360  # C = W (n - a) / h
    assert found == pytest.approx(-180 * math.log(0.1 / p_wait), rel=1e-5)


def test_overload_says_how_fast_the_queue_grows() -> None:
    """12 erlangs for 11 agents would get a number instead of the limit and the word."""
    table = approximate(desk(group={"staffing": 11}))
    assert value(table, "service_level") == 0.0
    assert value(table, "asa") == math.inf
    notes = table.loc[table["measure"] == "service_level", "note"]
    assert notes.str.startswith("overloaded, the queue grows by 10 an hour").all()


def test_nobody_there() -> None:
    """Contacts in an interval without agents would be answered, or break the table."""
    table = approximate(desk(group={"staffing": {"Mon-Sun 09:00-18:00": 16}}), "interval")
    row = table[(table["measure"] == "service_level") & (table["of"] == "calls")].iloc[0]
    assert (row["value"], row["start"].hour) == (0.0, 8)
    assert "overloaded" in row["note"]


def test_intervals_without_contacts_have_no_service_level() -> None:
    """Closed hours would show a service level."""
    table = approximate(desk(), "interval", ["service_level"])
    assert (table["by"] == "type").sum() == 20


def test_horizon_is_a_ratio_of_sums() -> None:
    """The day's service level would be a plain mean of its intervals."""
    shop = presets.load("retail-weekday")
    day = approximate(shop, measures=["service_level"])
    parts = approximate(shop, "interval", ["service_level", "offered"]).query("of == 'phone' and by == 'type'")
    wide = parts.pivot(index="start", columns="measure", values="value").dropna()
    weighted = (wide["service_level"] * wide["offered"]).sum() / wide["offered"].sum()
    found = day.query("of == 'phone' and by == 'type'")["value"].iloc[0]
    assert found == pytest.approx(weighted, rel=1e-12)
    assert abs(found - wide["service_level"].mean()) > 1e-4


@pytest.mark.parametrize("name", presets.names())
def test_every_preset_fills_the_table(name: str) -> None:
    """A preset would break the table, or a row would not say where it comes from."""
    table = approximate(presets.load(name))
    assert tuple(table.columns) == COLUMNS
    assert set(table["measure"]) <= {*MEASURES, *PERCENTILES}
    assert (table["source"] != "").all()
    types = table[(table["by"] == "type") & (table["measure"] == "service_level")]
    assert (types["note"] != "").all()
    shares = table[(table["unit"] == "share") & table["value"].notna()]
    assert shares["value"].between(0, 1 + 1e-9).all()


def test_contacts_are_conserved() -> None:
    """Offered contacts would not be answered or gone."""
    table = approximate(presets.load("bot-first"))
    for of in ("chat", "phone"):
        rows = table[(table["by"] == "type") & (table["of"] == of)].set_index("measure")["value"]
        assert rows["offered"] == pytest.approx(rows["answered"] + rows["abandoned"], rel=1e-9)


def test_vip_first() -> None:
    """14 agents with one call in ten a VIP's: not 14 s for VIPs, 95 s for the others, 87 s on average."""
    table = approximate(presets.load("vip-or-equal"), measures=["asa", "service_level"])
    assert round(value(table, "asa", "vip")) == 14
    assert round(value(table, "asa", "standard")) == 95
    assert round(value(table, "asa", "all")) == 87
    assert math.isnan(value(table, "service_level", "standard"))


def test_what_no_formula_covers_says_so() -> None:
    """Ranks among customers who hang up would get a number nobody can stand for."""
    vip = presets.load("vip-or-equal").map_types(lambda contact_type: {"patience": {"mean": "5 min"}})
    rows = approximate(vip, measures=["asa", "service_level", "abandonment"]).query("by == 'type'")
    assert rows["value"].isna().all()
    assert rows["note"].str.startswith("no formula covers ranks with impatient customers").all()


def test_shared_agents_are_said_to_be_shared() -> None:
    """A type that shares agents would look as if it had its own."""
    table = approximate(presets.load("retail-weekday"), measures=["service_level"])
    note = table[(table["by"] == "type") & (table["of"] == "phone")]["note"].iloc[0]
    for part in (
        "agents shared with chat",
        "follow-ups after abandoned not modelled",
        "day-to-day variation of 10 % not modelled",
    ):
        assert part in note


@pytest.mark.parametrize("staffing, expected", [([4, 2, 6], [9, 3]), ([4, 5, 3], [7, 5])])
def test_split_counts_nobody_twice(staffing: list[float], expected: list[float]) -> None:
    """Dividing agents would lose or double some, give them where they have no skill, or leave work uneven.

    Two desks and a flexible group for work 6 : 2. Twelve heads: nine and three where skills allow it; where the second
    desk has five already, the first can have at most all the others.
    """
    can = np.array([[True, False], [False, True], [True, True]])
    given = split(np.array(staffing, dtype=float)[:, None], can, np.array([[6.0], [2.0]]))
    np.testing.assert_allclose(given.sum(axis=1).ravel(), staffing)
    assert (given[~can] == 0).all()
    np.testing.assert_allclose(given.sum(axis=0).ravel(), expected, atol=1e-6)


ROWS = [row for row in truth_rows("ctmc_chat.csv") if json.loads(row["given"])["n"] > 0]
CASES = {row["case"]: json.loads(row["given"]) for row in ROWS}


@pytest.mark.parametrize("case", [c for c, p in CASES.items() if "most" not in str(p["routing"])])
def test_chat_queue_by_the_exact_chain(case: str) -> None:
    """What the chain and Erlang's queue say together of a chat team would differ from the exact table."""
    p = CASES[case]
    rates = p["total_completion_rate_by_k_per_min"][: p["max_concurrent"]]
    concurrency_speed = tuple(r / (k * rates[0]) for k, r in enumerate(rates, 1))
    patience = Exponential(mean=1 / p["theta_per_min"]) if p["theta_per_min"] else None
    queue = Queue(patience, 0.0, len(rates), concurrency_speed)
    one = (np.array([p["lambda_per_min"]]), np.array([1 / rates[0]]), np.array([float(p["n"])]))
    found = queue.performance(*one, within=p["T_min"])
    read = {
        "P_delay": found.p_wait,
        "P_abandon": found.p_abandon,
        "P_served_within_T": found.served_within,
        "E_wait_all_min": found.wait_all,
        "E_queue_length": found.queue,
    }
    for row in ROWS:
        if row["case"] == case and row["metric"] in read:
            assert read[row["metric"]][0] == pytest.approx(float(row["value"]), rel=1e-7, abs=1e-9)


def test_calendar_ceiling_of_office_hours() -> None:
    """With endlessly many people Mon-Fri 9-18, more or less than 47.5 % would be answered within the hour."""
    shop = presets.load("one-hour").map_types(lambda contact_type: {"bot": None})
    table = approximate(shop.replace_group("writers", staffing={"Mon-Fri 09:00-18:00": 10_000}))
    assert value(table, "service_level", "all") == pytest.approx(0.475, abs=0.005)


def test_cost_is_wages_with_breaks_and_bot_sessions() -> None:
    """Paid breaks or bot sessions would be missing from the cost."""
    contact_type = {"bot": {"resolved": 0.1, "cost_per_session": 0.5}}
    table = approximate(desk(contact_type=contact_type, group={"cost_per_hour": 18, "shrinkage": {"planned": 0.25}}))
    assert value(table, "cost", "all") == pytest.approx(16 * 24 * 18 / 0.75 + 1200 * 0.5)


def test_warm_up_is_left_out() -> None:
    """Intervals of the warm-up would count."""
    warm = desk().replace(horizon={"interval": "30 min", "warm_up": "9 h"})
    assert value(approximate(warm, measures=["offered"]), "offered") == pytest.approx(120 * 9)


def test_days_add_up() -> None:
    """Daily rows would not be the days of the horizon."""
    long = desk().replace(horizon={"days": 3, "interval": "30 min"})
    days = approximate(long, "day", ["offered"]).query("by == 'type'")
    assert days["value"].tolist() == pytest.approx([1200.0] * 3)


def test_exactly_as_much_work_as_agents_is_too_much() -> None:
    """12 erlangs for 12 agents, whose queue has no limit either, would pass without a word."""
    notes = approximate(desk(group={"staffing": 12}), measures=["service_level"])["note"]
    assert notes.str.startswith("overloaded, the queue grows without limit").all()


def test_an_overload_is_borne_by_the_lower_rank() -> None:
    """Who comes first was counted as unanswered by the growth of the others' queue: 50 in time for one answered."""
    scenario = presets.load("vip-or-equal")
    many = {"volume": scenario.contact_types[1].volume.model_copy(update={"per_hour": 200})}
    contact_types = (scenario.contact_types[0], scenario.contact_types[1].model_copy(update=many))
    table = approximate(scenario.model_copy(update={"contact_types": contact_types}))
    hours = value(table, "offered", "vip") / 12
    assert value(table, "answered", "vip") == pytest.approx(12 * hours)
    assert value(table, "answered", "standard") == pytest.approx((14 * 10 - 12) * hours)  # what 14 agents have left
    assert value(table, "asa", "vip") == pytest.approx(360 / 14 / (1 - 1.2 / 14))  # Cobham: somebody is always served
    assert value(table, "service_level_answered", "vip") <= 1
    notes = table[table["measure"] == "asa"].set_index("of")["note"]
    assert "overloaded" not in notes["vip"]
    assert "overloaded, the queue grows by 72 an hour" in notes["standard"]
