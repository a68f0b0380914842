"""Layouts of tables of known values: the long one, and each of the nine earlier ones put into it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scenarios.errors import InvalidFile
from scenarios.statistics import NORMAL_95
from studies.verify.cases import Case, KnownValue, read_cases
from studies.verify.layouts import convert_table, main
from studies.verify.runner import BEYOND, judge
from studies.verify.steady import RunLength
from tests.folders import SHARED, TRUTH

TABLES = sorted(path.name for path in TRUTH.glob("*.csv"))
HALF_WIDTH = 0.02

EARLIER = {
    "worked example": (
        "case_id,title,params_json,metric,published_value,published_tol_abs,exact_value,verdict,note\n"
        'X,a book,"{""n"": 2}",blocking,0.41,0.005,0.4,DISAGREES,\n',
        {"n": 2, "title": "a book"},
        [
            KnownValue("blocking", "", 0.41, 2, 1e-12, 0.0, 0.005, "published", False),
            KnownValue("blocking", "", 0.4, 2, 1e-8, 0.0, 0.0, "exact"),
        ],
    ),
    "Erlang B": (
        "case_id,quantity,n,offered_load_erl,target_blocking,value,kind,tol_rel\nX,blocking,2,2,,0.4,exact,1e-10\n",
        {"n": 2, "offered_load_erl": 2},
        [KnownValue("blocking", "", 0.4, 2, 1e-10)],
    ),
    "Erlang C": (
        "case_id,quantity,lambda_per_min,aht_s,n,T_s,P_wait,ASA_s,tol_rel\nX,performance,1,60,2,20,0.3333,20,1e-4\n",
        {"quantity": "performance", "lambda_per_min": 1, "aht_s": 60, "n": 2, "T_s": 20},
        [KnownValue("P_wait", "", 0.3333, 2, 1e-4), KnownValue("ASA_s", "", 20, 2, 1e-4)],
    ),
    "Erlang A staffing": (
        "case_id,lambda_per_min,mu_per_min,theta_per_min,T_min,target,criterion,min_agents,value_at_n,tol_rel\n"
        "X,10,0.5,0.5,0.3,20s,EW_le_20s,19,0.31,0 for n\n",
        {"lambda_per_min": 10, "mu_per_min": 0.5, "theta_per_min": 0.5, "T_min": 0.3}
        | {"target": "20s", "criterion": "EW_le_20s"},
        [KnownValue("min_agents", "", 19, 2), KnownValue("value_at_n", "", 0.31, 2, 1e-7, rounding=0.005)],
    ),
    "M/G/n+G": (
        "case_id,lambda_per_min,n,service_kind,service_params,patience_kind,patience_params,T_min,"
        "EW_all_min,EW_all_ci95,kind,tol_rel\n"
        f"X,5,20,det,[3.0],exp,[2.0],0.5,0.25,{HALF_WIDTH},simulated,use ci95\n",
        {"lambda_per_min": 5, "n": 20, "service_kind": "det", "service_params": [3.0]}
        | {"patience_kind": "exp", "patience_params": [2.0], "T_min": 0.5},
        [KnownValue("EW_all_min", "", 0.25, 2, error=HALF_WIDTH / NORMAL_95, rounding=0.005)],
    ),
    "M/M/n+G": (
        "case_id,lambda_per_min,mu_per_min,n,patience_kind,patience_params,T_min,EQ,sim_EQ,kind,tol_rel\n"
        "X,5,0.25,20,det,[0.5],0.5,1.5,1.49,exact,1e-6\n",
        {"lambda_per_min": 5, "mu_per_min": 0.25, "n": 20, "patience_kind": "det"}
        | {"patience_params": [0.5], "T_min": 0.5},
        [KnownValue("EQ", "", 1.5, 2, 1e-6)],
    ),
    "Erlang A": (
        "case_id,lambda_per_min,mu_per_min,theta_per_min,n,T_min,K_max_in_system,P_block,P_wait,tol_rel\n"
        "X,48,1,0.5,50,0.3,inf,,0.467,1e-3\n",
        {"lambda_per_min": 48, "mu_per_min": 1, "theta_per_min": 0.5, "n": 50, "T_min": 0.3}
        | {"K_max_in_system": float("inf")},
        [KnownValue("P_wait", "", 0.467, 2, 1e-3)],
    ),
    "staffing optimum": (
        "case_id,params_json,rank,cost,n_only1,n_only2,n_flexible,SL_class1,SL_class2,feasible,kind,tol_rel\n"
        'X,"{""mu_per_min"": 0.5}",0,6.3,2,2,3,0.84,0.86,True,exact,1e-7 on SL\n',
        {"mu_per_min": 0.5, "n_only1": 2, "n_only2": 2, "n_flexible": 3},
        [
            KnownValue("SL_class1", "rank 0", 0.84, 2, 1e-7),
            KnownValue("SL_class2", "rank 0", 0.86, 2, 1e-7),
            KnownValue("feasible", "rank 0", 1.0, 2),
            KnownValue("cost", "rank 0", 6.3, 2, 1e-9),
        ],
    ),
    "": (
        "case_id,family,params_json,metric,index,value,ci95,kind,tol_rel\n"
        f'X,V,"{{""n"": 3}}",P_delay,class1,0.5,{HALF_WIDTH},simulated,\n',
        {"n": 3, "family": "V"},
        [KnownValue("P_delay", "class1", 0.5, 2, error=HALF_WIDTH / NORMAL_95, rounding=0.05)],
    ),
}
"""By model a table in the earlier layout, what it gives, and its values as its README describes them."""


def table(folder: Path, text: str) -> Path:
    """A table on disk."""
    path = folder / "cases.csv"
    path.write_text(text, encoding="utf-8")
    return path


def without_lines(cases: list[Case]) -> list[Case]:
    """The cases with values that do not say on which line they stand."""
    return [replace(case, values=tuple(replace(value, line=0) for value in case.values)) for case in cases]


@pytest.mark.parametrize("model", EARLIER)
def test_earlier_layout(model: str, tmp_path: Path) -> None:
    """Tables in an earlier layout would be read with other parameters, values or tolerances than they hold."""
    text, given, values = EARLIER[model]
    (case,) = read_cases(table(tmp_path, text))
    assert (case.name, case.model, case.given) == ("X", model, given)
    assert list(case.values) == values


@pytest.mark.parametrize("model", EARLIER)
def test_converted_table(model: str, tmp_path: Path) -> None:
    """A converted table would hold other cases than the one that it was made of."""
    earlier = table(tmp_path, EARLIER[model][0])
    main([str(earlier), str(tmp_path / "long.csv")])
    converted = [replace(case, file=earlier.name) for case in read_cases(tmp_path / "long.csv")]
    assert without_lines(converted) == without_lines(read_cases(earlier))


def test_unknown_layout_is_not_converted(tmp_path: Path) -> None:
    """A file that is no table of known values would become an empty one."""
    with pytest.raises(InvalidFile, match="no known layout"):
        convert_table(table(tmp_path, "a,b\n1,2\n"), tmp_path / "long.csv")


@pytest.mark.skipif(not (SHARED / "truth").is_dir(), reason="the tables in their first layouts are not here")
@pytest.mark.parametrize("name", TABLES)
def test_open_table_is_the_one_that_it_was_converted_from(name: str) -> None:
    """A value, a tolerance or a parameter would have been lost or changed on the way to the long layout."""
    assert without_lines(read_cases(TRUTH / name)) == without_lines(read_cases(SHARED / "truth" / name))


@pytest.mark.parametrize(
    "cells, tolerance, rounding",
    [("0.25,,", 0.0, 0.005), ("0.25,1e-3,", 1e-3, 0.0), ("0.25,,0.01", 0.0, 0.01), ("12,,", 0.0, 0.0)],
)
def test_tolerance_of_the_long_layout(cells: str, tolerance: float, rounding: float, tmp_path: Path) -> None:
    """A value without a tolerance would never pass, or one with a tolerance pass by the rounding of its print."""
    path = table(tmp_path, f"case,given,metric,value,tolerance,rounding\nX,{{}},P_wait,{cells}\n")
    ((value,),) = (case.values for case in read_cases(path))
    assert (value.tolerance, value.rounding) == (tolerance, rounding)


def test_further_column_of_the_long_layout_is_a_parameter(tmp_path: Path) -> None:
    """A column that no reader knows would be left out, and another case judged."""
    given = '"{""n"": 2, ""offered_load_erl"": 2}"'
    text = f"case,model,given,metric,value,vacation_share\nX,Erlang B,{given},blocking,0.4,0.1\n"
    (case,) = read_cases(table(tmp_path, text))
    (verdict,) = judge(case, RunLength(0, 0))
    assert verdict.status == BEYOND
    assert "vacation_share" in verdict.reason


def test_what_is_given_must_be_named(tmp_path: Path) -> None:
    """A list of parameters without names would give a traceback."""
    with pytest.raises(InvalidFile, match="cannot be read"):
        read_cases(table(tmp_path, "case,given,metric,value\nX,[1],P_wait,0.4\n"))
