"""Verification: readers of the tables, the judgement, and the open tables themselves, quickly."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from interface.cli.commands.verify import QUICK, value_status
from interface.cli.main import app
from scenarios.errors import InvalidFile, NotExpressible
from simulator.experiment import play
from simulator.measure.tallies import MOST_SECONDS
from studies.verify import designs, designs_flows, steady
from studies.verify.cases import Case, KnownValue, read_cases
from studies.verify.days import counted
from studies.verify.distributions import distribution
from studies.verify.formulas_days import days
from studies.verify.runner import BEYOND, FAILED, PASSED, Verdict, allowed, judge
from studies.verify.steady import Measured, RunLength, ratio
from tests.folders import TRUTH

SLOW = ("multiskill_staffing_optimum.csv",)
"""Two dozen mixes of the design that ctmc_multiskill.csv has too; left to the full run."""
NOTHING = RunLength(0, 0)

LONG = "case,model,given,metric,value,kind,tolerance\n"


def table(folder: Path, text: str, name: str = "renamed.csv") -> Path:
    """A table on disk."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def long_row(given: dict, metric: str, value: float, tolerance: str = "1e-8", model: str = "") -> str:
    """A row of a table in the long layout."""
    quoted = json.dumps(given).replace('"', '""')
    return f'X,{model},"{quoted}",{metric},{value},exact,{tolerance}\n'


def erlang_c_row(asa: float) -> str:
    """12 calls a minute of 240 s and 55 agents: a mean wait of 8.184032 s."""
    given = {"lambda_per_min": 12, "aht_s": 240, "n": 55, "T_s": 15}
    return long_row(given, "ASA_s", asa, "1e-6", "Erlang C")


# -- the open tables -------------------------------------------------------------------------------------------------


GAPS = {"worked_examples.csv": {"WE-25"}}
"""The cases that no way can express, by table."""
SIMULATED = {
    *("priority.csv", "ctmc_multiskill.csv", "multiskill_fcfs_simulated.csv", "ctmc_chat.csv", "ctmc_retrial.csv"),
    *("ctmc_ivr_blend.csv", "mgng_simulated.csv", "worked_examples.csv", "ctmc_transient.csv"),
}
"""The tables that the simulator is held against, too."""
DAYS = {"ctmc_transient.csv", "worked_examples.csv"}
"""Tables with means over days, which take many days."""


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.name for path in TRUTH.glob("*.csv") if path.name not in SLOW))
def test_open_table(name: str) -> None:
    """A table fails with few contacts a case, or something that could be checked would silently no longer be."""
    effort = RunLength(*QUICK, engine="kernel" if name in DAYS else "simpy")
    verdicts = [verdict for case in read_cases(TRUTH / name) for verdict in judge(case, effort)]
    failed = [verdict for verdict in verdicts if verdict.status == FAILED]
    assert [(v.case.name, v.value.key, v.way, v.value.expected, v.found, v.reason) for v in failed] == []
    passed = {verdict.case.name for verdict in verdicts if verdict.status == PASSED}
    assert {v.case.name for v in verdicts if v.status == BEYOND} - passed == GAPS.get(name, set())
    simulated = any(verdict.way == "simulation" and verdict.status != BEYOND for verdict in verdicts)
    assert simulated == (name in SIMULATED)


def test_scheduling_optima_are_proved() -> None:
    """A covering could cost more than it must, or an impossible one come back as an empty schedule."""
    cases = read_cases(TRUTH / "scheduling_instances.json")
    verdicts = {verdict.case.name: verdict for case in cases for verdict in judge(case, NOTHING)}
    assert len(verdicts) == len(cases) > 0
    beyond = {name: verdict.reason for name, verdict in verdicts.items() if verdict.status != PASSED}
    assert set(beyond) == {"SCH-07"}
    assert "SCH-06" in beyond["SCH-07"]
    assert (verdicts["SCH-13"].value.metric, verdicts["SCH-13"].found) == ("feasible", 0.0)


# -- reading ---------------------------------------------------------------------------------------------------------


def test_a_case_is_known_by_its_model(tmp_path):
    """Tables with other names, case numbers or values could not be read."""
    (case,) = read_cases(table(tmp_path, LONG + erlang_c_row(8.184032)))
    assert case.model == "Erlang C"
    assert [verdict.status for verdict in judge(case, NOTHING)] == [PASSED]


def test_a_wrong_value_fails_with_both_values(tmp_path):
    """A bad formula would pass, or the reader would not see by how much it is off."""
    path = table(tmp_path, LONG + erlang_c_row(8.2))
    result = CliRunner().invoke(app, ["verify", str(path), "--workers", "1"])
    assert result.exit_code == 1
    assert "renamed.csv:2 X ASA_s: table 8.2, formula 8.184032" in result.stdout


def test_verify_gives_rows(tmp_path):
    """A script could not read the verdicts."""
    path = table(tmp_path, LONG + erlang_c_row(8.184032))
    result = CliRunner().invoke(app, ["verify", str(path), "--workers", "1", "--json"])
    (row,) = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (row["file"], row["line"], row["metric"], row["status"], row["method"]) == (
        *("renamed.csv", 2),
        *("ASA_s", "passed", "formula"),
    )
    assert row["standard_error"] is None


def test_rows_of_one_case_are_worked_out_once(tmp_path):
    """Each metric would be simulated anew, on a million contacts each."""
    given = {"lambda_per_min": 10, "gamma_alpha": 5, "x": 1}
    text = LONG + long_row(given, "a", 1.0) + long_row(given, "b", 2.0) + long_row(given | {"x": 2}, "a", 3.0)
    assert [len(case.values) for case in read_cases(table(tmp_path, text))] == [2, 1]


@pytest.mark.parametrize(
    "text, message",
    [
        ("a,b\n1,2\n", "no known layout has these columns"),
        ("", "no known layout has these columns"),
        (LONG + "X,,{broken,m,1,exact,0\n", ":2: cannot be read"),
        (LONG + "X,,{},m,one,exact,0\n", ":2: cannot be read"),
        (LONG + "X,,{},m,1,guessed,0\n", "the kind 'guessed'; known are exact, simulated"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, text, message):
    """A slip in a table would give a traceback, or verify nothing and call it passed."""
    result = CliRunner().invoke(app, ["verify", str(table(tmp_path, text))])
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize("name", ["nowhere.csv", "empty"])
def test_a_place_without_tables_is_refused(tmp_path, name):
    """A mistyped folder would pass because nothing failed."""
    (tmp_path / "empty").mkdir()
    assert CliRunner().invoke(app, ["verify", str(tmp_path / name)]).exit_code == 2


def test_all_rows_of_the_open_tables_are_read():
    """Rows would be dropped on the way and never verified."""
    for path in TRUTH.glob("*.csv"):
        lines = {value.line for case in read_cases(path) for value in case.values}
        with path.open(encoding="utf-8") as file:
            assert len(lines) == sum(1 for _ in csv.DictReader(file)), path.name


# -- judging ---------------------------------------------------------------------------------------------------------


def test_four_standard_errors_of_both_sides():
    """The interval of the table or ours would be forgotten: 4 sqrt(0.03^2 + 0.04^2) = 0.2."""
    assert allowed(KnownValue("m", "", 10.0, 1, error=0.03), 0.04) == pytest.approx(0.2)
    assert allowed(KnownValue("m", "", 10.0, 1, tolerance=1e-3)) == pytest.approx(0.01)


def published(value: float, kind: str, folder: Path) -> list[Verdict]:
    """The verdicts on a published blocking of 2 erlangs offered to 2 lines, which is 0.4."""
    case = 'W,worked example,"{""n"": 2, ""offered_load_erl"": 2}",blocking'
    rows = f"{case},{value},{kind},1e-12,0.0005\n{case},0.4,exact,1e-8,\n"
    (known,) = read_cases(table(folder, f"case,model,given,metric,value,kind,tolerance,rounding\n{rows}"))
    return judge(known, NOTHING)


@pytest.mark.parametrize(
    "value, kind, status",
    [
        *[(0.4, "published", PASSED), (0.41, "published", FAILED)],
        *[(0.41, "published wrong", PASSED), (0.4, "published wrong", FAILED)],
    ],
)
def test_where_the_publisher_is_wrong_we_must_disagree(tmp_path, value, kind, status):
    """We would follow a wrong book, or call a right one wrong."""
    verdicts = {verdict.value.against: verdict.status for verdict in published(value, kind, tmp_path)}
    assert verdicts == {"published": status, "exact": PASSED}


def test_an_unknown_metric_is_not_called_passed(tmp_path):
    """A table with new metrics would look verified."""
    given = {"lambda_per_min": 2, "theta_per_min": 0, "n": 4, "max_concurrent": 1, "T_min": 1}
    given |= {"routing": "least-loaded first", "total_completion_rate_by_k_per_min": [1.0]}
    (case,) = read_cases(table(tmp_path, LONG + long_row(given, "smiles", 1.0)))
    (one,) = judge(case, RunLength(100, 2))
    assert (one.status, one.reason) == (BEYOND, "this metric has no reader")


def test_a_value_fails_if_any_way_fails():
    """A simulation that is off would hide behind its formula."""
    value, case = KnownValue("m", "", 1.0, 2), Case("f", "c", "", {}, ())
    found = value_status([Verdict(case, value, "formula", PASSED), Verdict(case, value, "simulation", FAILED)])
    assert list(found.values()) == [FAILED]


def test_an_error_is_never_zero():
    """An event that was never seen would have to be impossible: 0 of 50 is no proof against 1 in a million."""
    assert ratio(np.zeros(5), np.full(5, 10.0)) == Measured(0.0, 1 / 50)
    found = ratio(np.array([1.0, 3.0]), np.array([10.0, 10.0]))  # residuals -1 and 1: sqrt(2 * 2 / 1) / 20
    assert (found.value, found.error) == pytest.approx((0.2, 0.1))


# -- designs ---------------------------------------------------------------------------------------------------------


def skilled(**more: object) -> Case:
    """Two classes and two groups."""
    given = {
        "lam": [1.0, 1.0],
        "theta": [0.5, 0.5],
        "mu": [[0.5, 0.25], [0, 0.5]],
        "n": [2, 3],
        "T": [1.0, None],
        "pref": [[0, 1], [1]],
        "sel": [[0], [1, 0]],
    }
    return Case("f", "c", "", given | more, ())


def test_skills_keep_order_speed_and_selection():
    """A case would be simulated with other routing than the table's."""
    scenario = designs.skills(skilled()).scenario
    assert [route.group for route in scenario.routes("class1")] == ["group1", "group2"]
    assert {name: skill.rank for name, skill in scenario.group("group2").skills.items()} == {"class2": 1, "class1": 2}
    assert scenario.group("group2").skills["class1"].speed == 0.5
    assert scenario.contact_type("class1").handle_time.mean == 120.0


def test_longest_waiting_first_is_equal_rank():
    """The selection of multiskill_fcfs_simulated.csv would be played as a fixed order."""
    scenario = designs.skills(skilled(sel=[[0, [0]], [1, [1, 0]]])).scenario
    assert {skill.rank for skill in scenario.group("group2").skills.values()} == {1}


def test_what_cannot_be_expressed_says_why():
    """A case would be simulated as something else and fail, or be skipped without a word."""
    with pytest.raises(NotExpressible, match="kept free"):
        designs.skills(skilled(resv=[[0, 0], [0, 1]]))


def test_a_reserve_is_kept_from_deferred_work():
    """E-mail would be begun on the last free agent."""
    scenario = designs.skills(skilled(theta=[0.5, 0.0], resv=[[0, 0], [0, 1]])).scenario
    assert scenario.contact_type("class2").work == "deferred"
    assert scenario.group("group2").reserved == 1


def test_laws_of_the_tables():
    """A kind of the tables would be read as another family."""
    assert distribution("mix0", [0.1, 2.0], 60).mean == pytest.approx(0.9 * 120)
    assert distribution("h2", [0.7, 2.0, 8.0]).mean == pytest.approx(0.7 * 2 + 0.3 * 8)
    assert distribution("inf", []) is None
    with pytest.raises(NotExpressible, match="phase-type"):
        distribution("phase-type", [])


def test_a_day_is_counted_by_interval():
    """Contacts, time or ends of intervals would be attributed to the wrong interval.

    One agent, handle time 600 s, arrivals at 0, 300 and 1800 s of half-hours: the second waits 300 s and ends at 1200,
    the third is busy until 2400. Busy 1200 / 1800 and 600 / 1800, queue 300 / 1800.
    """
    from scenarios.scenario import scenario_from

    scenario = scenario_from(
        {
            "name": "day",
            "horizon": {"interval": "30 min"},
            "contact_types": [
                {
                    "name": "calls",
                    "channel": "phone",
                    "volume": {"per_hour": 1},
                    "handle_time": {"family": "deterministic", "value": 600},
                    "target": {"share": 0.5, "within": 0},
                }
            ],
            "agent_groups": [{"name": "a", "skills": ["calls"], "staffing": 1}],
        }
    )
    log = play(scenario, arrivals=[np.array([0.0, 300.0, 1800.0])]).contacts
    found = counted(log, 2, 1800.0, within=0.0)
    assert found[:5].tolist() == [[2, 1], [1, 0], [1, 1], [0, 0], [0, 0]]
    assert found[5:7] == pytest.approx(np.array([[1200 / 1800, 600 / 1800], [300 / 1800, 0]]))
    assert not found[7:].any()


def test_unreadable_json_instances_are_refused(tmp_path):
    """A broken list of instances would give a traceback."""
    with pytest.raises(InvalidFile, match="no list of instances"):
        read_cases(table(tmp_path, "{", "x.json"))
    with pytest.raises(InvalidFile, match="no list of instances"):
        read_cases(table(tmp_path, '[{"id": "a", "optimum": "unknown"}]', "y.json"))
    (value,) = read_cases(table(tmp_path, '[{"id": "a", "optimum": "INFEASIBLE"}]', "z.json"))[0].values
    assert (value.metric, value.expected) == ("feasible", 0.0)


def test_a_day_whose_staffing_grows_agrees_by_both_ways(tmp_path):
    """The simulator would be off the Kolmogorov equations: M(t)/M/n(t)+M, found by formula and played 300 times."""
    given = {
        "time_unit": "minute",
        "lambda_per_min": [1, 3],
        "agents": [4, 9],
        "interval_min": 30,
        "mu": 0.25,
        "theta": 0.3,
        "P_balk_if_all_busy": 0.2,
        "T_min": 0.5,
    }
    case = Case("f", "c", "", given, ())
    exact = days(case)
    values = tuple(KnownValue(*key, expected, 1) for key, expected in exact.items())
    found = judge(Case("f", "c", "", given, values), RunLength(0, 12, engine="simpy"))
    assert [one.value.key for one in found if one.status != PASSED] == []
    assert sum(one.way == "simulation" for one in found) == len(values)


def test_a_day_whose_staffing_falls_is_simulated():
    """Busy agents would go before idle ones, or be replaced though too few are planned."""
    given = {
        "lambda_per_min": [3, 1, 2],
        "agents": [11, 4, 8],
        "interval_min": 30,
        "mu": 0.25,
        "theta": 0.3,
        "T_min": 0.5,
    }
    exact = days(Case("f", "c", "", given, ()))
    values = tuple(KnownValue(*key, expected, 1) for key, expected in exact.items())
    found = judge(Case("f", "c", "", given, values), RunLength(0, 12, engine="simpy"))
    assert [one.value.key for one in found if one.status != PASSED] == []
    assert sum(one.way == "simulation" for one in found) == len(values)


def test_the_waits_of_a_stock_stay_within_what_sums_hold():
    """Slow work in long replications was refused: a stock of 23 days waits for 566 years in all."""
    case = next(case for case in read_cases(TRUTH / "ctmc_ivr_blend.csv") if case.name == "BLI-1")
    case = replace(case, given=case.given | {"lambda_calls_per_min": 1.0, "mu_per_min": 0.2, "n": 8, "threshold": 7})
    design = designs_flows.blending(case)
    intervals = steady._most_intervals(design)
    items = steady._lasting(design, intervals).contact_type("email").backlog
    assert items >= 8 * 0.2 / 60 * intervals * steady.INTERVAL  # all that eight agents could do
    last = (1 + 1.2) * intervals * steady.INTERVAL  # 1.2 more are worked off after the last call, at that rate
    assert MOST_SECONDS / 2 < items * last < 1.001 * MOST_SECONDS
