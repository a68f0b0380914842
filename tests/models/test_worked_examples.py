"""Published worked examples that the classic formulas can answer; where the publisher is wrong we must disagree."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from models.queueing.erlang import erlang_a, erlang_b, erlang_c
from models.queueing.goal import Goal
from models.queueing.inverse import min_agents
from models.queueing.performance import Performance
from tests.truth_tables import truth_rows

Case = dict[str, Any]


def steady(case: Case) -> Performance:
    """The queue of a case, in whatever units the publisher chose; hours or minutes as the case says."""
    if "lam" in case:
        return erlang_c(case["lam"], 1 / case["mu"], case["n"])
    per_minute = case.get("lambda_per_min") or case["calls"] / case["interval_min"]
    handle = case["aht_min"] if "aht_min" in case else case["aht_s"] / 60
    patience = case.get("patience_min", case.get("mean_patience_s", math.inf) / 60)
    within = case["T_min"] if "T_min" in case else case.get("T_s", 0) / 60
    agents = case["n"] if "n" in case else staffed(case, occupancy=True)
    return erlang_a(per_minute, handle, patience, agents, within)


def staffed(case: Case, occupancy: bool = False) -> int:
    """The least agents of a case by Erlang C."""
    per_minute = case["calls"] / case["interval_min"] if "calls" in case else case["calls_per_hour"] / 60
    handle = case["aht_min"] if "aht_min" in case else case["aht_s"] / 60
    within = case["T_min"] if "T_min" in case else case.get("T_s", 0) / 60
    goal = Goal(
        service_level=case.get("sl_target", case.get("sl")),
        within=within,
        asa=case["max_ASA_s"] / 60 if "max_ASA_s" in case else None,
        max_occupancy=case.get("max_occupancy") if occupancy else None,
    )
    return int(min_agents(per_minute, handle, goal))


def patient(case: Case) -> Performance:
    """The same queue if nobody left."""
    return steady({k: v for k, v in case.items() if k != "mean_patience_s"})


def p_empty(case: Case) -> float:
    """The chance of an empty M/M/n: P(n) = C (1 - rho), and P(n) / P(0) = a^n / n!."""
    p, load, n = steady(case), case["lam"] / case["mu"], case["n"]
    return float(p.p_wait) * (1 - load / n) * math.factorial(n) / load**n


READ: dict[str, Callable[[Case], float]] = {
    "P_wait": lambda c: steady(c).p_wait,
    "E_C": lambda c: steady(c).p_wait,
    "SL": lambda c: steady(c).service_level(),
    "SL=served within T/offered": lambda c: steady(c).service_level(),
    "occupancy": lambda c: steady(c).occupancy,
    "raw_agents": lambda c: staffed(c, occupancy=True),
    "min_agents": staffed,
    "agents_with_shrinkage = ceil(raw/(1-shrinkage))": lambda c: math.ceil(staffed(c, True) / (1 - c["shrinkage"])),
    "offered_load_erl": lambda c: c["calls_per_hour"] * c["aht_s"] / 3600,
    "P_abandon": lambda c: steady(c).p_abandon,
    "ASA=E[queue]/lambda_min": lambda c: steady(c).wait_all,
    "ASA_s": lambda c: steady(c).asa * 60,
    "M/M/n+M P_abandon_%": lambda c: steady(c).p_abandon * 100,
    "M/M/n+M mean wait s": lambda c: steady(c).wait_all * 60,
    "M/M/n+M mean queue": lambda c: steady(c).queue,
    "M/M/n+M utilisation_%": lambda c: steady(c).occupancy * 100,
    "M/M/n mean wait s": lambda c: patient(c).asa * 60,
    "M/M/n wait p90 s": lambda c: patient(c).wait_percentile(0.9) * 60,
    "M/M/n mean queue": lambda c: patient(c).queue,
    "M/M/n utilisation_%": lambda c: patient(c).occupancy * 100,
    "Lq": lambda c: steady(c).queue,
    "Wq_h": lambda c: steady(c).asa,
    "W_h": lambda c: steady(c).asa + 1 / c["mu"],
    "p0": p_empty,
    "blocking": lambda c: erlang_b(c["offered_load_erl"], c["n"]),
}
# a finite day, retrials, several skills and sums over a report are for other models
OTHERS = ("ContactCenters", "SSJ", "interval KPI", "volume-weighted")
ROWS = [row for row in truth_rows("worked_examples.csv") if not row["title"].startswith(OTHERS)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['case']}-{row['metric']}-{row['kind']}")
def test_published(row: dict[str, str]) -> None:
    """A formula would not give what a book or a known tool gives, or would follow one that is wrong."""
    result, value = float(READ[row["metric"]](json.loads(row["given"]))), float(row["value"])
    if row["kind"] == "exact":
        assert result == pytest.approx(value, rel=1e-9)
    else:
        agrees = abs(result - value) <= float(row["rounding"]) * (1 + 1e-9) + 1e-12
        assert agrees == (row["kind"] == "published")


def test_a_known_wrong_table() -> None:
    """Erlang C for 25 agents and 20 erlangs would be the 0.261 of a published table that is wrong."""
    assert float(erlang_c(20, 1, 25).p_wait) == pytest.approx(0.2091, abs=5e-5)
