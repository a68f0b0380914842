"""``ccplan forecast`` through its runner."""

import json
import re

import pytest
from typer.testing import CliRunner, Result

from interface.cli.commands.forecast import event_from
from interface.cli.main import app
from scenarios.errors import InvalidValue
from scenarios.yaml import files
from tests.models.forecasting.samples import random_series, table_of


def ccplan(*words: object) -> Result:
    """The result of a command."""
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Thirty days of calls in hours, to Friday, 13 February 2026."""
    path = tmp_path_factory.mktemp("history") / "history.csv"
    table_of(random_series(30, 2880.0, 0.1, seed=8), aht=300.0).to_csv(path, index=False)
    return path


def test_days_with_their_band_and_past_errors(history):
    """The table lacks the band, or nothing is said of past errors."""
    result = ccplan("forecast", history, "--days", "5", "--above", "3000", "--holiday", "2026-02-18")
    assert result.exit_code == 0, result.stderr
    for text in ("2026-02-16", "chance above", "past error (WAPE)", "eight-week mean", "2026-02-18 (holiday) taken"):
        assert text in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    "by, columns",
    [
        ("day", {"contact_type", "day", "offered", "low", "high"}),
        ("interval", {"contact_type", "start", "offered", "low", "high", "aht"}),
        ("month", {"contact_type", "month", "days", "offered", "low", "high"}),
        ("errors", {"contact_type", "method", "days_ahead", "intervals", "days", "forecasts", "chosen"}),
    ],
)
def test_rows_as_json(history, by, columns):
    """A table lacks a column, or JSON is mixed with notes."""
    result = ccplan("forecast", history, "--days", "7", "--by", by, "--json", "--method", "eight-week mean")
    rows = json.loads(result.stdout)
    assert set(rows[0]) == columns


def test_the_forecast_becomes_a_scenario(history, tmp_path):
    """The scenario cannot be read, or holds other contacts than the table says."""
    target = tmp_path / "next.yaml"
    words = ("forecast", history, "--days", "7", "--onto", "help-desk", "-o", target, "--json", "--interval", "1 h")
    rows = json.loads(ccplan(*words).stdout)
    scenario = files.load(target)
    assert scenario.expected.sum() == pytest.approx(sum(row["offered"] for row in rows), rel=1e-4)
    assert scenario.contact_type("calls").volume.variation is not None
    assert scenario.origins["contact_types.calls.volume"].startswith("data: forecast by")
    printed = ccplan("forecast", history, "--days", "7", "--onto", "help-desk")
    assert files.loads(printed.stdout).horizon.days == 7


def test_the_rest_of_today(history, tmp_path):
    """The intervals that are over are shown again, or the update is missing."""
    today = tmp_path / "today.csv"
    rows = [f"2026-02-16 {hour:02d}:00,calls,{250 if hour > 5 else 60}" for hour in range(10)]
    today.write_text("when,contact type,offered\n" + "\n".join(rows) + "\n")
    result = ccplan("forecast", history, "--today", today, "--json")
    rest = json.loads(result.stdout)
    assert rest[0]["start"] == "2026-02-16 10:00"
    assert sum(row["revised"] for row in rest) > sum(row["forecast"] for row in rest)
    assert "against the forecast until 10:00" in ccplan("forecast", history, "--today", today).stdout


@pytest.mark.parametrize(
    "words, problem",
    [
        (("--by", "year"), "known are day, interval, month, errors"),
        (("--band", "80"), "as in 0.8"),
        (("--start", "soon"), "write days as in 2026-03-02"),
        (("--pay-day", "never"), "give a day of the month, or last"),
        (("--event", "sale"), "write name, first and last day"),
        (("--on-holidays", "perhaps"), "known are as before, open, closed"),
        (("--output", "x.yaml"), "add --onto SCENARIO"),
        (("--onto", "three-silos"), "the scenario has"),
        (("--interval", "7 min", "--onto", "help-desk"), "do not divide"),
        (("--today", "none.csv"), "cannot be read"),
    ],
)
def test_bad_input_is_named_with_its_remedy(history, words, problem):
    """Bad input ends in a traceback or another exit code."""
    if words[0] == "--interval":
        history = history.with_name("minutes.csv")
        history.write_text("when,offered\n2026-03-02 08:00,1\n2026-03-02 08:07,1\n")
    result = ccplan("forecast", history, *words)
    assert result.exit_code == 2
    assert problem in " ".join(result.stderr.split())


def test_events_are_read():
    """Size or type of an event is lost."""
    event = event_from("sale, 2026-03-02, 2026-03-08, -20%, chat")
    assert (event.name, event.last.day, event.size, event.contact_type) == ("sale", 8, -0.2, "chat")
    assert event_from("mailing, 2026-03-02, 2026-03-02").size is None
    with pytest.raises(InvalidValue, match="as \\+20%"):
        event_from("sale, 2026-03-02, 2026-03-08, much")


def test_monthly_totals_are_forecast_by_month_and_spread_only_as_asked(tmp_path):
    """Two years of 2,000 to 2,300 a month: a year by month; by day a profile is asked for, never guessed."""
    path = tmp_path / "months.csv"
    rows = [f"{2024 + n // 12}-{n % 12 + 1:02d},{2000 + 100 * (n % 4)}" for n in range(24)]
    path.write_text("Month,Calls\n" + "\n".join(rows) + "\n")
    by_month = json.loads(ccplan("forecast", path, "--by", "month", "--days", "366", "--json").stdout)
    assert [row["month"] for row in by_month] == [f"2026-{month:02d}" for month in range(1, 13)]
    refused = ccplan("forecast", path)
    assert "add --profile 'Mon-Fri 08:00-18:00'" in " ".join(refused.stderr.split())
    words = ("forecast", path, "--profile", "Mon-Fri 08:00-18:00", "--days", "7", "--json", "--start", "2026-01-05")
    days = json.loads(ccplan(*words, "--method", "eight-week mean").stdout)
    assert [row["day"] for row in days] == [f"2026-01-{day:02d}" for day in range(5, 10)]


def test_doubtful_days_are_named_and_treated_as_asked(history, tmp_path):
    """A day imported three times is shown as an outlier, and can be left out or repaired."""
    path = tmp_path / "odd.csv"
    rows = history.read_text().splitlines()
    head, when = rows[0].split(","), rows[0].split(",").index("when")
    count = head.index("offered")
    odd = [row.split(",") for row in rows[1:]]
    for row in odd:
        row[count] = str(3 * float(row[count])) if row[when].startswith("2026-01-21") else row[count]
    path.write_text("\n".join([rows[0], *(",".join(row) for row in odd)]))
    words = ("forecast", path, "--days", "3", "--method", "eight-week mean")
    for option, note in (
        ((), "kept"),
        (("--leave-out", "2026-01-21"), "left out"),
        (("--repair", "2026-01-21"), "repaired"),
    ):
        shown = " ".join(ccplan(*words, *option).stdout.split())
        assert f"calls: 2026-01-21 {note}:" in shown
    refused = ccplan(*words, "--keep", "yesterday")
    assert "write the day as 2026-03-02" in " ".join(refused.stderr.split())


def test_the_chance_of_todays_targets(history, tmp_path):
    """As forecast until 22:00, all in time, and nobody there for the last two hours: agents are added in them alone."""
    rows = [f"2026-02-16 {hour:02d}:00,{20 + 5 * hour},{20 + 5 * hour},0,0,{19 + 5 * hour}" for hour in range(22)]
    today = tmp_path / "today.csv"
    today.write_text("when,offered,answered,abandoned,asa,within\n" + "\n".join(rows))
    scenario = tmp_path / "mine.yaml"
    scenario.write_text(
        "name: mine\nhorizon: {interval: 1 h}\n"
        "contact_types: [{name: calls, channel: phone, volume: {per_hour: 9}, handle_time: {mean: 4 min},"
        " patience: {mean: 3 min}, target: {share: 0.9, within: 20 s, every: hour}}]\n"
        f"agent_groups: [{{name: desk, skills: [calls], staffing: {[9] * 22 + [0, 0]}}}]\n"
    )
    words = ("forecast", history, "--interval", "1 h", "--type", "calls", "--today", today, "--onto", scenario)
    result = ccplan(*words, "--chance", "0.3", "--method", "eight-week mean")
    assert result.exit_code == 0, result.stderr
    shown = " ".join(result.stdout.split())
    assert "Chance today" in shown
    assert re.search(r"desk 22:00 \+\d", shown)
    assert "21:00 +" not in shown
