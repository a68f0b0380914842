"""Names that are formulas, terminal escapes or words of tables: harmless in exports and terminals, never mixed up."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from typer.testing import CliRunner

from interface import export
from interface.cli.main import app
from interface.disarm import disarmed
from interface.unseen import PlainConsole, escaped, printable
from scenarios.contact_log.cleaning import fitting_name
from scenarios.errors import PlannerError
from scenarios.scenario import Scenario, scenario_from
from scenarios.yaml import files
from simulator.experiment import simulate

FORMULAS = ("=1+1|cmd", "@SUM(A1)", "+cmd|'calc'!A0", "-2+3", "\uff1dA1")


def centre(name: str = "calls", channel: str = "phone", group: str = "desk", **fields: Any) -> Scenario:
    """A small centre whose type, channel and group are called as given."""
    contact_type = {
        "name": name,
        "channel": channel,
        "work": "live",
        "volume": {"per_hour": 6},
        "handle_time": {"mean": 180},
    }
    contact_type["target"] = {"share": 0.8, "within": "20s"}
    return scenario_from(
        {
            "name": "x",
            "contact_types": [contact_type],
            "agent_groups": [{"name": group, "skills": [name], "staffing": 2}],
        }
        | fields
    )


def _saved(scenario: Scenario, folder: Path) -> str:
    path = folder / "centre.yaml"
    path.write_text(files.dump(scenario), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_of_an_export_is_a_formula(name: str) -> None:
    """A spreadsheet would run what somebody called a contact type."""
    results = simulate(centre(name, name, name, title=name), 2)
    for table in (*export.tables(results).values(), export.staffing_grid(results.scenario)):
        text = export.csv(table).decode("utf-8-sig")
        cells = pd.read_csv(io.StringIO(text), header=None, dtype=str, keep_default_na=False).to_numpy().ravel()
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "@", "+", "\uff1d"))]
        assert not [cell for cell in cells if cell.startswith("-") and not _number(cell)]
    with ZipFile(io.BytesIO(export.results_workbook(results, None))) as book:
        for sheet in (part for part in book.namelist() if part.startswith("xl/worksheets/sheet")):
            assert b"<f>" not in book.read(sheet)


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_numbers_are_left_alone() -> None:
    """A negative number becomes text."""
    table = pd.DataFrame({"value": [-0.5, 2.0], "mixed": [-3, "=1"]})
    assert disarmed(table).to_dict("list") == {"value": [-0.5, 2.0], "mixed": [-3, "'=1"]}


def test_the_contact_log_is_disarmed(tmp_path: Path) -> None:
    """The log of contacts is written past the export of tables."""
    log = tmp_path / "log.csv"
    run = CliRunner().invoke(app, ["simulate", _saved(centre("=A1"), tmp_path), "-n", "1", "--log", str(log)])
    assert run.exit_code in (0, 1), run.output
    assert set(pd.read_csv(log)["type"]) == {"'=A1"}


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "a\x07", "b\rFAKE", "\x9b31m", "\u202e21", "\u2066x", "\x00", "\x7f", "a\x08b"]
)
def test_names_with_control_characters_are_refused(text: str) -> None:
    """A name drives the terminal on which it is printed."""
    for fields in ({"name": f"c{text}"}, {"group": f"g{text}"}, {"channel": f"p{text}"}):
        with pytest.raises(PlannerError, match=r"leave out / and .* control characters"):
            centre(**fields)


def test_titles_do_not_reach_the_terminal_as_they_are(tmp_path: Path) -> None:
    """A title clears the screen, or colours what comes after it."""
    title = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202ered"
    path = _saved(centre(title=title, description=title, currency="\x1b[5m"), tmp_path)
    for words in (
        ["validate", "--advice"],
        ["simulate", "-n", "2"],
        ["approximate"],
        ["staff"],
        ["validate", "--json"],
    ):
        run = CliRunner().invoke(app, [words[0], path, *words[1:]])
        assert run.exit_code in (0, 1), run.output
        assert not set(run.output) & {"\x1b", "\x07", "\x9b", "\u202e"}, words


def test_styles_of_our_own_reach_the_terminal() -> None:
    """With the characters of others our own colours are lost."""
    stream = io.StringIO()
    PlainConsole(file=stream, force_terminal=True, color_system="standard", highlight=False).print("[red]a\x1b[2Jb[/]")
    assert stream.getvalue() == "\x1b[31ma[2Jb\x1b[0m\n"


def test_json_keeps_its_meaning() -> None:
    """A character that is escaped for the terminal becomes another."""
    text = "a\x9b\u202e\u2028\x7fé"
    written = escaped(json.dumps({"of": text}, ensure_ascii=False))
    assert json.loads(written) == {"of": text}
    assert printable(written) == written


@pytest.mark.parametrize("name", ["all", "All", "ALL", "all groups", "from", "Time", "group"])
def test_words_of_tables_are_no_names(name: str) -> None:
    """A contact type called `all` is mixed up with the total, a group called `from` with the time."""
    for fields in ({"name": name}, {"group": name}, {"channel": name}):
        with pytest.raises(PlannerError, match=r"tables use this word .* choose another, such as"):
            centre(**fields)


@pytest.mark.parametrize("name", ["all", "ALL", " all ", "Time"])
def test_a_log_may_use_these_words(name: str) -> None:
    """A log with a queue called `all` cannot be imported."""
    assert centre(fitting_name(name)).type_names == (f"{name.strip()} (log)",)
