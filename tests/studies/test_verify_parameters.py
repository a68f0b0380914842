"""Parameters of known cases: each is read or named, none is left out; a queue with places is a limit on lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studies.verify.cases import read_cases
from studies.verify.runner import BEYOND, PASSED, judge
from studies.verify.steady import RunLength

QUICK = RunLength(contacts=20_000, replications=40)


def table(folder: Path, text: str) -> Path:
    """A table on disk."""
    path = folder / "cases.csv"
    path.write_text(text, encoding="utf-8")
    return path


def quoted(given: object) -> str:
    """JSON as a cell."""
    return '"' + json.dumps(given).replace('"', '""') + '"'


def m_m_n_k(arrivals: float, service: float, agents: int, lines: int) -> tuple[float, float]:
    """Share blocked and mean wait of M/M/n/K by its birth-death chain."""
    chances = [1.0]
    for k in range(1, lines + 1):
        chances.append(chances[-1] * arrivals / (min(k, agents) * service))
    total = sum(chances)
    waiting = sum((k - agents) * p for k, p in enumerate(chances) if k > agents) / total
    blocked = chances[-1] / total
    return blocked, waiting / (arrivals * (1 - blocked))


@pytest.mark.parametrize("name, value", [("queue_capacity", 5), ("places", 5), ("K", 17), ("lines", 17)])
def test_places_in_the_queue_are_lines(name: str, value: int, tmp_path: Path) -> None:
    """A limit on the queue would be left out, or its places taken for all lines."""
    blocked, wait = m_m_n_k(4.2, 0.5, 12, 17)
    given = quoted({"lambda_per_min": 4.2, "mu_per_min": 0.5, "n": 12, "T_min": 1 / 3, name: value})
    text = "case_id,params_json,metric,published_value,published_tol_abs,exact_value\n"
    text += f"Q,{given},P_block,{blocked:.4f},0.00005,{blocked!r}\nQ,{given},EW_all_min,{wait:.2f},0.005,{wait!r}\n"
    (case,) = read_cases(table(tmp_path, text))
    assert {one.status for one in judge(case, QUICK)} == {PASSED}
    assert round(wait, 2) == 0.06


def test_published_day_with_places(tmp_path: Path) -> None:
    """M/M/12 with 5 places over a day: not 0.06 min of wait, 92.9 % of the served within 20 s."""
    given = quoted(
        {"lambda_per_min": 4.2, "mu_per_min": 0.5, "n": 12, "T_min": 1 / 3, "day_min": 480, "queue_capacity": 5}
    )
    text = "case_id,params_json,metric,published_value,published_tol_abs\n"
    text += f"D,{given},E wait min,0.06,0.005\nD,{given},E good/E served,0.929,0.005\n"
    (case,) = read_cases(table(tmp_path, text))
    simulated = [one for one in judge(case, QUICK) if one.way == "simulation"]
    assert [one.status for one in simulated] == [PASSED, PASSED]


WIDE = {
    "erlang-c": ("quantity,lambda_per_min,aht_s,n,T_s,ASA_s", "performance,2,360,16,20,18"),
    "erlang-a": ("lambda_per_min,mu_per_min,theta_per_min,n,T_min,P_wait", "48,1,0.5,50,0.33,0.4"),
    "least": (
        "lambda_per_min,mu_per_min,theta_per_min,T_min,target,criterion,min_agents,value_at_n",
        "20,0.25,0.5,0.5,20s,EW_le_20s,80,0.3",
    ),
    "general-patience": (
        "lambda_per_min,mu_per_min,n,patience_kind,patience_params,T_min,P_abandon",
        '5,0.25,20,det,"[0.5]",0.5,0.1',
    ),
    "general": (
        "lambda_per_min,n,service_kind,service_params,patience_kind,patience_params,T_min,P_abandon",
        '5,20,det,"[3.0]",exp,"[2.0]",0.5,0.1',
    ),
    "erlang-b": ("quantity,n,offered_load_erl,target_blocking,value", "blocking,17,10,,0.0129"),
}


@pytest.mark.parametrize("layout", WIDE)
def test_unknown_column(layout: str, tmp_path: Path) -> None:
    """A column that no reader knows would be left out, and another case judged."""
    head, row = WIDE[layout]
    (case,) = read_cases(table(tmp_path, f"{head},vacation_share\n{row},0.1\n"))
    found = judge(case, RunLength(0, 0))
    assert {one.status for one in found} == {BEYOND}
    assert all("vacation_share" in one.reason for one in found)


LONG = [
    ({"lambda_per_min": 0.5, "mean_service_min": 1, "scv": 1}, "E_wait_min"),
    ({"lambda_per_min": [0.3, 0.4], "mu_per_min": 1, "n": 1}, "E_wait_min"),
    ({"lambda_per_min": 10, "mu": 0.33, "theta": 0.5, "n": 34, "T_min": 0.33, "gamma_alpha": 10}, "P_abandon"),
    ({"lambda_t": "10+5 sin(t)", "mu": 2}, "m(t)"),
    (
        {"calls_per_interval": [20, 60], "interval_min": 30, "aht_min": 6, "T_min": 0.3, "sl_target": 0.8},
        "SIPP-ErlangC",
    ),
    ({"lambda_per_min": [2, 3], "agents": [4, 6], "interval_min": 30, "mu": 0.5, "theta": 0.5, "T_min": 0.3}, "SL"),
    ({"lambda_calls_per_min": 1, "mu_per_min": 0.5, "n": 8, "threshold": 7, "T_min": 0.3}, "P_call_waits"),
]


@pytest.mark.parametrize("given, metric", LONG)
@pytest.mark.parametrize("as_column", [False, True])
def test_unknown_parameter(given: dict[str, object], metric: str, as_column: bool, tmp_path: Path) -> None:
    """A parameter in JSON or a column beside it would be left out without a word."""
    head, cell = (",vacation_share", ",0.1") if as_column else ("", "")
    whole = given if as_column else given | {"vacation_share": 0.1}
    text = f"case_id,params_json,metric,index,value{head}\nX,{quoted(whole)},{metric},1,0.5{cell}\n"
    (case,) = read_cases(table(tmp_path, text))
    found = judge(case, RunLength(0, 0))
    assert {one.status for one in found} == {BEYOND}
    assert all("vacation_share" in one.reason for one in found)


def test_unknown_parameter_of_a_published_example(tmp_path: Path) -> None:
    """A published example with a parameter of its own would be worked out without it."""
    given = quoted({"lambda_per_min": 48, "mu_per_min": 1, "n": 50, "T_min": 0.33, "vacation_share": 0.1})
    (case,) = read_cases(table(tmp_path, f"case_id,params_json,metric,published_value\nX,{given},P_wait,0.4\n"))
    (found,) = judge(case, RunLength(0, 0))
    assert found.status == BEYOND
    assert "vacation_share" in found.reason


@pytest.mark.parametrize(
    "given, word",
    [
        ({"lambda_per_min": 0.5, "mean_service_min": 1, "scv": 1, "n": 3}, "3 agents"),
        ({"lambda_per_min": [0.3, 0.4], "mu_per_min": 1, "n": 1, "discipline": "last come first served"}, "last come"),
        ({"lambda_t": "10+5 sin(t)", "mu": 2, "start": "empty"}, "start"),
    ],
)
def test_known_parameter_with_a_value_that_is_not_read(given: dict[str, object], word: str, tmp_path: Path) -> None:
    """A discipline, a start or a number of agents that the formula does not have would be taken for its own."""
    text = f"case_id,params_json,metric,index,value\nX,{quoted(given)},E_wait_min,1,0.5\n"
    (case,) = read_cases(table(tmp_path, text))
    found = judge(case, RunLength(0, 0))
    assert {one.status for one in found} == {BEYOND}
    assert all(word in one.reason for one in found)
