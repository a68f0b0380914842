"""``ccplan frontier``, ``ask`` and ``tornado`` through their runner."""

import json

import pytest
from typer.testing import CliRunner, Result

from interface.cli.commands.frontier import shares
from interface.cli.main import app
from models.whatif.tradeoffs import QUESTIONS
from scenarios.errors import InvalidValue


def ccplan(*words: str) -> Result:
    """The result of a command."""
    return CliRunner().invoke(app, list(words))


def test_the_frontier_is_rows_by_level_and_false_share():
    """JSON leaves out a level, a false share or the reference without a bot."""
    result = ccplan(
        "frontier", "bot-first", *["--by", "formula", "--levels", "0.4", "--false", "0.25,0.4", "-n", "2", "--json"]
    )
    printed = json.loads(result.stdout)
    today = ["today's staffing", "no bot, today's staffing"]
    assert [row["plan"] for row in printed] == 2 * [*today, "no bot, planned", "planned"]
    rows = [row for row in printed if row["plan"] not in today]
    assert [(row["false_share"], row["level"]) for row in rows] == [(0.25, 0), (0.25, 0.4), (0.4, 0), (0.4, 0.4)]
    assert [row["formula_saved"] for row in rows] == pytest.approx([0, 0.1, 0, -0.008])


def test_the_frontier_for_people_says_what_is_claimed_and_what_is_true():
    """The table has no sentence, or the weeks are missing."""
    printed = ccplan(
        "frontier", "bot-first", *["--by", "formula", "--levels", "0.1,0.3,0.6,0.8", "-n", "2", "--weeks", "3"]
    ).stdout
    assert "Saving, reported" in printed
    assert "Service level of chat within its target time" in printed
    assert "Weekly savings during the ramp-up to" in printed


@pytest.mark.parametrize(
    "words, problem",
    [
        (("frontier", "help-desk"), "no type has a bot"),
        (("frontier", "bot-first", "--bot", "phone"), "types with a bot: chat"),
        (("frontier", "bot-first", "--levels", "0,1.4"), "levels: 1.4 cannot be used"),
        (("frontier", "bot-first", "--levels", "few"), "write shares with commas"),
        (("frontier", "bot-first", "--by", "guess"), "known are search, formula"),
        (("ask", "help-desk", "weather"), "choose one of curve"),
        (("ask", "help-desk", "concurrency", "--by", "formula"), "no group takes chats"),
    ],
)
def test_bad_input_is_named_with_its_remedy(words, problem):
    """Bad input ends in a traceback or another exit code."""
    result = ccplan(*words)
    assert result.exit_code == 2
    assert problem in " ".join(result.stderr.split())


def test_questions_are_listed_and_answered():
    """A question is missing from the list, or its answer is not JSON."""
    listed = ccplan("ask", "help-desk").stdout
    assert all(name in listed for name in QUESTIONS)
    rows = json.loads(ccplan("ask", "vip-or-equal", "priority", "-n", "2", "--json").stdout)
    assert {row["alternative"] for row in rows} == {"no priority", "vip first", "standard first"}
    assert "One pool or silos?" in ccplan("ask", "three-silos", "pool", "--by", "formula", "-n", "2").stdout


def test_the_tornado_tells_every_assumption_and_where_the_plan_fails():
    """An assumption, an end or the point of failure is missing."""
    rows = json.loads(ccplan("tornado", "help-desk", "-n", "4", "--json").stdout)
    assert {row["factor"] for row in rows} == {"volume", "handle_time", "absence"}
    assert any(row["fails_at"] for row in rows if row["end"] == "high")
    assert "Most sensitive to" in ccplan("tornado", "help-desk", "-n", "2", "--no-fails").stdout


def test_the_tornado_takes_ranges_of_ones_own():
    """`--range` is not read, or said to be an assumption of the project."""
    own = ["--range", "volume=-15%,+25%", "--range", "absence=0,8", "-n", "2", "--no-fails"]
    rows = json.loads(ccplan("tornado", "help-desk", *own, "--json").stdout)
    said = {(row["factor"], row["end"]): row["said"] for row in rows}
    assert (said["volume", "low"], said["volume", "high"]) == ("-15 %", "+25 %")
    assert said["absence", "high"] == "+8 points"
    assert ("absence", "low") not in said
    shown = " ".join(ccplan("tornado", "help-desk", *own).stdout.split())
    assert "Contacts: given: your own range" in shown
    wrong = ccplan("tornado", "help-desk", "--range", "volume=lots")
    assert wrong.exit_code == 2
    assert "volume=-15%,+25%" in " ".join(wrong.stderr.split())


def test_shares_are_written_with_commas():
    """A word among the shares is passed over."""
    assert shares("levels", "0, 0.5,1") == (0.0, 0.5, 1.0)
    with pytest.raises(InvalidValue, match="levels"):
        shares("levels", "0;1")
