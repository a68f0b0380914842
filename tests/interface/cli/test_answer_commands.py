"""``ccplan quick`` and ``ccplan report`` through its runner."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from interface.cli.main import app
from scenarios.sample import SAMPLE_LOG
from scenarios.yaml import files


def ccplan(*words: str) -> Result:
    """The result of a command."""
    return CliRunner().invoke(app, list(words))


def test_quick_answers_for_each_formula_and_the_day() -> None:
    """The example of many calculators: 14 agents, 20.0 scheduled; 24 half-hours of it are 30.0 FTE."""
    result = ccplan("quick", "100", "--aht", "3 min", "--patience", "5 min")
    assert result.exit_code == 0
    assert "14        20.0" in result.stdout
    assert "240.0   30.0" in result.stdout
    assert "Erlang A" in result.stdout


def test_quick_says_when_agents_cannot_keep_up() -> None:
    """A service level of 0 % needs its reason."""
    assert "the queue grows by 20 contacts per hour" in ccplan("quick", "100", "--aht", "180", "--have", "9").stdout


def test_quick_writes_rows_and_a_scenario(tmp_path: Path) -> None:
    """Contacts per hour are halved into half-hours; the scenario has the same ones and can be read."""
    path = tmp_path / "calculator [draft].yaml"
    result = ccplan("quick", "200", "--per-hour", "--aht", "180", "--open", "09:00-10:00", "--json", "-o", str(path))
    rows = json.loads(result.stdout)
    assert [(row["start"], row["contacts"], row["agents"]) for row in rows] == [("09:00", 100, 14), ("09:30", 100, 14)]
    assert files.load(str(path)).expected.sum() == 200
    assert "[draft].yaml. Check it" in result.stderr.replace("\n", "")


def test_quick_names_the_field_that_is_wrong() -> None:
    """Exit code 2, field, value and remedy."""
    result = ccplan("quick", "100", "--aht", "soon")
    assert result.exit_code == 2
    assert "aht" in result.stderr


def test_report_writes_a_page_and_a_workbook(tmp_path: Path) -> None:
    """One command for what goes to a manager; the scenario file in it keeps its comments."""
    page, book = tmp_path / "desk.html", tmp_path / "desk.xlsx"
    result = ccplan("report", "help-desk", "-o", str(page), "--excel", str(book), "-n", "3", "--question", "Enough?")
    assert result.exit_code == 0
    text = page.read_text("utf-8")
    assert "Enough?" in text
    assert "# assumption: the usual 80/20" in text
    assert book.stat().st_size > 10_000


def test_report_says_where_it_cannot_write(tmp_path: Path) -> None:
    """A run of minutes would end in a traceback."""
    result = ccplan("report", "help-desk", "-o", str(tmp_path / "no" / "desk.html"), "-n", "2")
    assert result.exit_code == 2
    assert "there is no folder" in result.stderr


def test_quality_sorts_simulated_and_recorded_contacts() -> None:
    """Every contact has one zone by each criterion."""
    rows = json.loads(ccplan("quality", "help-desk", "--days", "2", "--json").stdout)
    assert {row["zone"] for row in rows} == {"green", "yellow", "red"}
    assert abs(sum(row["share"] for row in rows if row["criterion"] == "wait") - 1) < 1e-9
    log = ccplan("quality", "--log", str(SAMPLE_LOG), "--mapping", "bank")
    assert log.exit_code == 0
    assert "Plan, most red contacts first" in log.stdout


def test_quality_wants_one_source() -> None:
    """A scenario or a log, not both and not neither."""
    assert ccplan("quality").exit_code == 2
    assert ccplan("quality", "help-desk", "--log", str(SAMPLE_LOG)).exit_code == 2


def test_value_compares_scenarios() -> None:
    """Fewer agents cost less and lose more customers; the band stands beside the value."""
    result = ccplan("value", "help-desk", "one-pool", "--days", "2", "--json")
    rows = json.loads(result.stdout)
    assert [row["value_at_2"] > row["value_at_17"] > row["value_at_32"] for row in rows] == [True, True]
    text = ccplan("value", "help-desk", "one-pool", "--days", "2")
    assert "instead of" in text.stdout
    assert "is an assumption" in text.stderr
    assert ccplan("value", "help-desk", "--churn", "0").exit_code == 2


def test_headcount_goes_from_volume_to_hires() -> None:
    """A month of twice the volume needs more people than before, though not twice as many."""
    words = ("headcount", "help-desk", "--people", "96", "--volumes", "1,1,2", "--attrition", "0", "--json")
    rows = json.loads(ccplan(*words).stdout)
    assert rows[0]["required"] == rows[1]["required"] < rows[2]["required"] < 2 * rows[1]["required"]
    assert rows[2]["starters"] > 0
    assert rows[2]["decide_in"] == 1
    wrong = ccplan("headcount", "help-desk", "--people", "96", "--volumes", "1;2")
    assert wrong.exit_code == 2
    assert "separated by commas" in wrong.stderr.replace("\n", " ")
