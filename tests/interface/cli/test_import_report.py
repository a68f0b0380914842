"""``ccplan import`` and ``ccplan forecast`` of interval reports through their runner."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from interface.cli.main import app
from scenarios.yaml import files
from tests.folders import SHARED

CASE = SHARED / "cases" / "a01"


def ccplan(*words: object) -> Result:
    """The result of a command."""
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty days of hours in a German layout, 10 to 17 o'clock, with a row of sums."""
    path = tmp_path_factory.mktemp("reports") / "wochen.csv"
    lines = ["Bericht;;;;;", "Datum;Stunde;Anrufe;Angenommen;Verloren;AHT"]
    days = pd.date_range("2026-01-05", periods=30)
    for day in days:
        for hour in range(10, 18):
            offered = 40 + 5 * day.day_of_week + hour
            lines.append(f"{day:%d.%m.%Y};{hour}:00;{offered};{offered - 2};2;240")
    lines.append("Summe;;99999;99999;480;")
    path.write_text("\n".join(lines), encoding="cp1252")
    return path


def test_a_report_becomes_a_scenario_a_history_and_a_mapping(weeks: Path, tmp_path: Path):
    """What is saved cannot be read again, or a sum counts as an interval."""
    offered = sum(
        8 * (40 + 5 * day.day_of_week) + sum(range(10, 18)) for day in pd.date_range("2026-01-05", periods=30)
    )
    history, mapping = tmp_path / "history.csv", tmp_path / "ours.yaml"
    result = ccplan("import", weeks, "-o", history, "--save-mapping", mapping)
    assert result.exit_code == 0, result.stderr
    assert "1 row dropped: a row that sums up others" in result.stdout
    assert pd.read_csv(history)["offered"].sum() == offered
    again = ccplan("import", weeks, "--mapping", mapping, "-o", tmp_path / "scenario.yaml", "--interval", "1 h")
    assert again.exit_code == 0, again.stderr
    assert files.load(tmp_path / "scenario.yaml").horizon.days == 28


def test_a_report_is_forecast(weeks: Path, tmp_path: Path):
    """The reading is not told, or two files that overlap count twice."""
    result = ccplan("forecast", weeks, weeks, "--days", "7", "--method", "eight-week mean", "--interval", "1 h")
    assert result.exit_code == 0, result.stderr
    assert "the same interval again" in " ".join(result.stderr.split())
    assert "2026-02-04" in result.stdout


def test_the_intervals_of_a_report_are_its_own(weeks: Path, tmp_path: Path):
    """Half-hours were asked for, and hours came without a word."""
    result = ccplan("import", weeks, "--interval", "30 min", "--output", tmp_path / "weeks.yaml")
    assert result.exit_code == 2
    assert "intervals of 1 h" in result.stderr


def test_a_platform_that_is_not_known(weeks: Path):
    """The names that are known are given."""
    result = ccplan("import", weeks, "--mapping", "nobody")
    assert result.exit_code != 0
    assert "avaya" in result.stderr
    assert "it is of interval reports" in " ".join(ccplan("backtest", weeks, "--mapping", "avaya").stderr.split())


def test_a_mapping_of_gigabytes_is_refused_unread(weeks: Path, tmp_path: Path):
    """The wrong file, given as the mapping, fills the memory."""
    with (tmp_path / "huge.yaml").open("wb") as file:
        file.truncate(2_000_000_000)
    result = ccplan("import", weeks, "--mapping", tmp_path / "huge.yaml")
    assert result.exit_code == 2
    assert "2,000 MB is more than the 5 MB of a mapping" in " ".join(result.stderr.split())


@pytest.mark.skipif(not CASE.exists(), reason="needs the shared cases")
def test_a_mapping_for_logs_reads_a_report(tmp_path: Path):
    """Case a01: 4,921 contacts in 5 days, AHT 329.5 s weighted by contacts handled, staffing from Agents."""
    target = tmp_path / "a01.yaml"
    result = ccplan("import", CASE / "interval15.csv", "--mapping", CASE / "map.yaml", "-o", target)
    assert result.exit_code == 0, result.stderr
    scenario = files.load(target)
    assert scenario.expected.sum() == 4921
    assert scenario.contact_types[0].handle_time.mean == 329.5
    assert (scenario.horizon.days, int(scenario.staffing.max())) == (5, 12)


def test_redials_are_taken_out_when_asked_for(weeks: Path, tmp_path: Path):
    """Half of the two of each hour who abandon contact again within minutes: a contact an hour less, and a rule."""
    history, target = tmp_path / "first.csv", tmp_path / "first.yaml"
    chosen = ("--redials", "--redial-probability", "0.5", "--redial-delay", "1 min")
    result = ccplan("import", weeks, "-o", history, *chosen)
    assert result.exit_code == 0, result.stderr
    assert "are first attempts" in result.stdout
    with_redials = ccplan("import", weeks, "-o", tmp_path / "all.csv")
    assert "first attempts" not in with_redials.stdout
    less = pd.read_csv(tmp_path / "all.csv")["offered"].sum() - pd.read_csv(history)["offered"].sum()
    assert less == pytest.approx(30 * 8, rel=0.03)  # the last of a day come after closing time
    assert ccplan("import", weeks, "-o", target, *chosen).exit_code == 0
    [rule] = files.load(target).contact_types[0].follow_ups
    assert (rule.after, rule.probability, rule.delay.mean) == ("abandoned", 0.5, 60)
    refused = ccplan("import", weeks, "-o", target, "--redials", "--redial-probability", "50")
    assert refused.exit_code != 0
    assert "above 0 and below 1" in " ".join(refused.stderr.split())
