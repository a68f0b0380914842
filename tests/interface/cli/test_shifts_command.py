"""`ccplan shifts`: the table, the files to hand out, and what is wrong with what was asked."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from interface.cli.main import app

PATTERNS = """
patterns:
  - name: three shifts
    earliest_start: "06:00"
    latest_start: "22:00"
    start_step: 8 h
    lengths: [8 h]
"""


@pytest.fixture
def patterns(tmp_path: Path) -> Path:
    """A file with one pattern: early, late and night."""
    path = tmp_path / "patterns.yaml"
    path.write_text(PATTERNS, encoding="utf-8")
    return path


def run(*arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and errors of the command."""
    result = CliRunner().invoke(app, ["shifts", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_files_to_hand_out(patterns: Path, tmp_path: Path) -> None:
    """Sixteen people around the clock: a night shift stands on its day, and is seen on the next."""
    excel, table = tmp_path / "shifts.xlsx", tmp_path / "shifts.csv"
    code, text, _ = run("help-desk", "--patterns", patterns, "--excel", excel, "--csv", table)
    assert code == 0
    assert "Optimality gap: 0.00%" in text
    assert "Shift patterns: patterns.yaml" in text
    people = pd.read_csv(table)
    assert len(people) == 48
    assert people["Shift start"].value_counts().to_dict() == {"06:00": 16, "14:00": 16, "22:00": 16}
    book = CalamineWorkbook.from_filelike(BytesIO(excel.read_bytes()))
    assert book.sheet_names == ["Summary", "Mon 2026-03-02", "Shifts", "Net staffing"]
    rows = book.get_sheet_by_name("Mon 2026-03-02").to_python()
    assert rows[2][:2] == ["desk", "required"]
    assert rows[2][5:] == rows[3][5:] == [16.0] * 96
    assert sum(row[2] == "22:00" for row in rows) == 16


def test_rows_for_scripts(patterns: Path) -> None:
    """A script could not tell the bound, or whether anybody is missing."""
    code, text, _ = run("help-desk", "--patterns", patterns, "--json")
    rows = json.loads(text)
    assert code == 0
    assert (rows[0]["cost"], rows[0]["bound"], rows[0]["short_hours"]) == (6912.0, 6912.0, 0.0)
    assert {row["section"] for row in rows} == {"summary", "shift", "interval"}
    assert all(row["net"] == 0 for row in rows if row["section"] == "interval")


def test_what_cannot_be_covered_is_named(patterns: Path) -> None:
    """A person would get an empty table, or a traceback."""
    patterns.write_text(PATTERNS.replace("22:00", "14:00"), encoding="utf-8")
    code, _, errors = run("help-desk", "--patterns", patterns)
    assert code == 2
    assert "no shift covers 00:00 to 06:00, 22:00 to 24:00, where up to 16 are required" in " ".join(errors.split())
    assert run("help-desk", "--requirement", "guess")[0] == 2
    assert run("help-desk", "--excel", "nowhere/at/all.xlsx")[0] == 2


def test_shifts_are_played_on_fresh_days(patterns: Path, tmp_path: Path) -> None:
    """Sixteen people around the clock meet the target; what is written would not say so, or not by interval."""
    excel = tmp_path / "shifts.xlsx"
    code, text, _ = run("help-desk", "--patterns", patterns, "--prove", "--fresh", "12", "--json", "--excel", excel)
    assert code == 0
    rows = json.loads(text)
    assert {"summary", "shift", "interval", "proof", "target", "service"} <= {row["section"] for row in rows}
    proof = next(row for row in rows if row["section"] == "proof")
    assert (proof["replications"], proof["wages"]) == (12, 6912.0)
    assert proof["cost"] == pytest.approx(proof["wages"] + proof["overruns"])
    assert len([row for row in rows if row["section"] == "service"]) == 44  # the warm-up of two hours is not judged
    book = CalamineWorkbook.from_filelike(BytesIO(excel.read_bytes()))
    assert book.sheet_names[-3:] == ["Proof", "Proven service", "May go home"]


def test_requirement_and_shifts_together(patterns: Path) -> None:
    """The saving against two steps, and the verdict on fresh days, would be missing."""
    code, text, _ = run("help-desk", "--patterns", patterns, "--until-met", "--seconds", "3", "--fresh", "20", "--json")
    assert code == 0
    loop = next(row for row in json.loads(text) if row["section"] == "loop")
    assert loop["saved"] == pytest.approx(loop["two_steps_cost"] - loop["cost"])
    assert loop["status"] in ("met", "missed", "inconclusive")
    assert loop["two_steps_status"] != "met" or (loop["status"] == "met" and loop["saved"] >= 0)
