"""Contact types of which nothing is counted: a row with no contacts and dashes, on every way out."""

from __future__ import annotations

import json
import math
from pathlib import Path
from time import monotonic, sleep

import pytest
from typer.testing import CliRunner

from interface import export
from interface.app.charts.results import by_interval, heat_map, level_measure, wait_curve
from interface.app.charts.staffing import occupancy, over_under, staffing
from interface.app.charts.theme import LIGHT
from interface.app.comparison import differences, side_by_side
from interface.app.jobs import theory as theory_jobs
from interface.app.measures_table import numbers
from interface.app.verdicts import cost_tile, sentence, tiles
from interface.cli.main import app as cli
from scenarios.yaml import files
from simulator.experiment import simulate
from simulator.measure.targets import verdict
from tests.folders import ROOT
from tests.windows import at_scenario

CASES = ROOT / "tests" / "quiet"
NOTHING_COUNTED = {
    "backlog_in_warm_up": "mails",
    "closed_without_calls": "calls",
    "hardly_any_mail": "mail",
    "no_mail": "mail",
    "rare": "rare",
    "zero": "saturday",
}
"""The type of each case of which no contact is counted in five replications of seed 1."""


@pytest.mark.parametrize("name", ["backlog_in_warm_up", "hardly_any_mail", "nobody_staffed", "zero"])
def test_everything_is_drawn_and_written(name: str) -> None:
    """Charts, tables, tiles and workbooks of every type and group."""
    scenario = files.load(str(CASES / f"{name}.yaml"))
    results = simulate(scenario, 3, engine="simpy")
    theory = theory_jobs.theory(scenario)
    assert sentence(verdict(results))
    assert len(tiles(results, theory)) == len(verdict(results))
    assert cost_tile(results)
    for contact_type in scenario.contact_types:
        for measure in (level_measure(contact_type.target), "contacts", "backlog", "abandonment"):
            assert by_interval(results, measure, contact_type.name, LIGHT, theory=theory.interval).specification()
            assert heat_map(results, measure, contact_type.name, LIGHT).specification()
        assert wait_curve(results, contact_type.name, contact_type.target, LIGHT).specification()
        for group in scenario.group_names:
            assert len(numbers(results, theory, contact_type.name, group))
    assert occupancy(results, list(scenario.group_names), LIGHT).specification()
    for required, group in zip(theory.required.astype(float), scenario.group_names, strict=True):
        assert staffing(results, group, LIGHT, required).specification()
        assert over_under(scenario, theory.required, LIGHT, group).specification()
    assert export.results_workbook(results, theory)
    assert len(side_by_side([results, results], differences([results, results])))


@pytest.mark.parametrize("engine", ["simpy", "kernel"])
@pytest.mark.parametrize("name", NOTHING_COUNTED)
def test_a_row_with_no_contacts_and_dashes(name: str, engine: str) -> None:
    """The printed table has the type with 0.0 offered and dashes; the JSON has its counts and no NaN."""
    words = ["simulate", str(CASES / f"{name}.yaml"), "-n", "5", "--engine", engine]
    printed = CliRunner().invoke(cli, words)
    assert printed.exit_code == 0, printed.output
    of = NOTHING_COUNTED[name]
    line = next(line for line in printed.stdout.splitlines() if line.split()[:2] == [of, "0.0"])
    assert set(line.split()[2:]) == {"–"}
    found = CliRunner().invoke(cli, [*words, "--json"])
    rows = [row for row in json.loads(found.stdout) if row["by"] == "type" and row["of"] == of]
    offered = next(row for row in rows if row["measure"] == "offered")
    assert (offered["value"], offered["low"], offered["high"]) == (0, 0, 0)
    assert "service_level" not in {row["measure"] for row in rows}
    assert all(row["value"] is not None and math.isfinite(row["value"]) for row in rows)


@pytest.mark.parametrize("name", ["no_mail", "nobody_staffed", "zero"])
def test_the_commands_beside_simulate(name: str) -> None:
    """Formulas, advice and comparisons of the same files."""
    path = str(CASES / f"{name}.yaml")
    for words in (["approximate", path], ["compare", path, path, "-n", "2"], ["validate", path, "--advice"]):
        result = CliRunner().invoke(cli, words)
        assert result.exit_code == 0, (words, result.output)
        assert "nan" not in result.output


@pytest.mark.parametrize("words", [["tornado", "no_mail"], ["ask", "zero", "priority"]])
def test_studies_have_dashes_too(words: list[str]) -> None:
    """What a plan rests on, and who comes first, of types without contacts."""
    command, name, *question = words
    result = CliRunner().invoke(cli, [command, str(CASES / f"{name}.yaml"), *question, "-n", "2"])
    assert result.exit_code == 0, result.output
    assert "nan" not in result.output
    assert "–" in result.output


def test_results_of_a_type_without_contacts(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of results, with the type chosen of which nothing was counted."""
    monkeypatch.chdir(project)
    window = at_scenario(project, 120)
    window.session_state["workspace"].open(files.load(str(CASES / "zero.yaml")), "")
    window.session_state["results-type"] = "saturday"
    window.switch_page("interface/app/pages/results.py").run()
    work, until = window.session_state["workspace"], monotonic() + 90
    while work.jobs["results"].running or work.waiting():
        assert monotonic() < until
        sleep(0.1)
    window.run()
    assert not window.exception
    assert window.subheader[0].value == "Every target with contacts is met; no contacts: saturday"
