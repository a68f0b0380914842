"""``ccplan frontier``: what is refused before planning, the first weeks, the map and the chart."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from interface.cli.frontier_tables import show_map
from interface.cli.main import app
from scenarios.yaml import files, presets
from tests.frontiers import made

QUICK = ("--by", "formula", "-n", "2")


def ccplan(*words: str) -> Result:
    """The result of a command."""
    return CliRunner().invoke(app, ["frontier", *words])


@pytest.mark.parametrize(
    "words, problem",
    [
        (("--once", "-100"), "once: -100.0 cannot be used"),
        (("--weeks", "-3"), "weeks: -3 cannot be used"),
        (("--false", "0.2,1.5"), "false: 1.5 cannot be used"),
        (("--chart", "map.pdf"), "end the name with .svg or .png"),
        (("--chart", "nowhere/map.svg"), "there is no folder nowhere"),
        (("--picture", "cake"), "choose one of map, costs, savings, responses, weeks"),
        (("--picture", "weeks", "--chart", "weeks.svg"), "give --weeks too"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_planned(words, problem, monkeypatch):
    """Minutes of planning go by before a typing error is told, or tables come before the refusal."""

    def planned(*_: object, **__: object) -> None:
        raise AssertionError("it was planned")

    monkeypatch.setattr("interface.cli.commands.frontier.frontier", planned)
    result = ccplan("bot-first", *words)
    assert result.exit_code == 2
    assert problem in " ".join(result.stderr.split())
    assert not result.stdout


def test_the_first_week_is_a_level_of_its_own():
    """A ramp to the only level tried is refused, for its first week lies below."""
    result = ccplan("bot-first", *QUICK, "--levels", "0.5", "--weeks", "5", "--json")
    assert result.exit_code == 0
    rows = json.loads(result.stdout)
    assert [row["level"] for row in rows if "planned" in row.get("plan", "")] == [0, 0.2, 0.5]
    weeks = [row for row in rows if "week" in row]
    assert [row["week"] for row in weeks] == [1, 2, 3, 4, 5]
    assert weeks[0]["containment"] == pytest.approx(0.2)
    saving = next(row["net_saving"] for row in rows if row.get("level") == 0.2)
    assert weeks[0]["tuned"] == pytest.approx(7 * saving)


def test_a_centre_of_five_days_earns_five_days_a_week(tmp_path: Path):
    """Saturdays and Sundays without a customer earn like a Monday."""
    shop = presets.load("bot-first")
    for contact_type in shop.type_names:
        shop = shop.replace_type(contact_type, open="Mon-Fri 08:00-20:00")
    path = tmp_path / "shop.yaml"
    path.write_text(files.dump(shop), "utf-8")
    rows = json.loads(ccplan(str(path), *QUICK, "--levels", "0.5", "--weeks", "1", "--json").stdout)
    saving = next(row["net_saving"] for row in rows if row.get("level") == 0.2)
    assert [row["tuned"] for row in rows if "week" in row] == [pytest.approx(5 * saving)]


def test_a_chart_is_written_and_the_map_shown(tmp_path: Path):
    """There is no picture, or it is none; the terminal shows no map."""
    path = tmp_path / "map.svg"
    printed = ccplan("bot-first", *QUICK, "--levels", "0.5", "--false", "0.1,0.4", "--chart", str(path)).stdout
    assert "Claimed containment" in path.read_text("utf-8")
    assert "Net saving EUR: false containment rate (rows) by containment (columns)" in printed


def test_the_map_marks_differences_that_are_not_significant(capsys: pytest.CaptureFixture[str]):
    """Five in five thousand look like a saving on the terminal."""
    show_map([made([5694, 5689, 5000, 6200, 4000], ["met"] * 4 + ["missed"], head=216)], "EUR")
    cells = capsys.readouterr().out.splitlines()[4].split()
    assert cells == ["25", "%", "~+5", "+694", "-506", "–"]
