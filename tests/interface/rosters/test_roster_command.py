"""``ccplan roster``: from files to a workbook, a table and calendars, and back with what was marked by hand."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import python_calamine
from typer.testing import CliRunner

from interface.cli.main import app
from interface.rosters.workbook import roster_workbook
from models.rostering.problem import Contract, Person, RosterProblem, RosterShift
from models.rostering.search import Roster
from tests.folders import CASES

FILES = [str(CASES / "roster/people.yaml"), "--shifts", str(CASES / "roster/shifts.yaml")]


def test_a_night_shift_stands_on_its_day_and_is_seen_on_the_next() -> None:
    """The sheets of a roster of two days, with a night in between."""
    shifts = (RosterShift("night", 22 * 60, 480), RosterShift("=1+1", 8 * 60, 60))
    people = (Person("Ana: [x]", Contract(), fixed={0: "night"}), Person("Ben", Contract()))
    zero = np.zeros((2, 2))
    problem = RosterProblem(date(2026, 3, 27), 2, shifts, people, zero, zero, zero)
    lines = np.array([[0, -1], [-1, 1]], np.int16)
    book = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(roster_workbook(Roster(problem, lines, 0.0, 0.0, 0.0, "optimal")))
    )
    assert book.sheet_names == [
        *(
            "Summary",
            "Roster",
            "Over and under",
            "Unmet wishes",
            "Above fair share",
            "Fri 2026-03-27",
            "Sat 2026-03-28",
            "Ana x",
            "Ben",
        ),
    ]
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert sheets["Roster"][1] == ["Ana: [x]", "night!", ""]
    assert sheets["Fri 2026-03-27"][1][:4] == ["Ana: [x]", "night", "22:00", "06:00"]
    assert sheets["Fri 2026-03-27"][0][4:6] == ["22:00", ""]
    assert [row[:4] for row in sheets["Sat 2026-03-28"][1:]] == [
        ["Ana: [x]", "night (from 2026-03-27)", "22:00", "06:00"],
        ["Ben", "=1+1", "08:00", "09:00"],
    ]
    assert sheets["Sat 2026-03-28"][0][4] == "00:00"
    assert sheets["Ben"][1][:2] == ["2026-03-28", "=1+1"]


def test_the_command_writes_every_file_and_keeps_what_is_marked(tmp_path: Path) -> None:
    """Workbook and calendars; the workbook goes back in with its marks."""
    target, calendars = tmp_path / "roster.xlsx", tmp_path / "calendars"
    outputs = ["--output", str(target), "--calendars", str(calendars)]
    result = CliRunner().invoke(app, ["roster", *FILES, "--seconds", "3", *outputs])
    assert result.exit_code == 0, result.output
    assert "lower bound" in result.output
    assert "Unmet wishes" in result.output
    assert len(list(calendars.iterdir())) == 6
    result = CliRunner().invoke(app, ["roster", *FILES, "--seconds", "3", "--keep", str(target), "--json"])
    rows = pd.DataFrame(json.loads(result.stdout))
    fixed = rows[rows["fixed"]]
    assert fixed[["person", "date", "shift"]].values.tolist() == [["Dee", "2026-03-28", "night"]]
    assert rows[rows["person"] == "Ben"]["date"].isin(["2026-03-24", "2026-03-25", "2026-03-27"]).sum() == 0


def test_bad_input_is_one_message(tmp_path: Path) -> None:
    """A missing file, a file of another type, no time, and rules in conflict: exit code 2."""
    people, text = tmp_path / "people.yaml", Path(FILES[0]).read_text(encoding="utf-8")
    text = text.replace("{person: Ben, day: 2026-03-24, to: 2026-03-25", "{person: Dee, day: 2026-03-28")
    people.write_text(text, encoding="utf-8")
    for arguments, text in (
        (["roster", "nothing.yaml"], "cannot be read"),
        (["roster", *FILES, "--output", "roster.doc"], ".xlsx or .csv"),
        (["roster", *FILES, "--output", str(tmp_path / "none" / "roster.xlsx")], "there is no folder"),
        (["roster", *FILES, "--seconds", "0"], "seconds"),
        (["roster", *FILES, "--keep", FILES[0]], "or no workbook"),
        (["roster", str(people), *FILES[1:]], "Dee: no roster keeps together: not available (2026-03-28)"),
    ):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 2
        assert text in result.output.replace("\n", " ")
