"""`ccplan repair`: the smallest change of a day by hand, named people, a revised day, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from interface.cli.main import app
from scenarios.scenario import Scenario
from scenarios.shifts.staffing import NamedPerson, Shift, ShiftStaffing
from scenarios.yaml import files, presets

PATTERNS = """
patterns:
  - {name: three shifts, earliest_start: "06:00", latest_start: "22:00", start_step: 8 h, lengths: [8 h]}
"""


def staffed(late: int, named: tuple[NamedPerson, ...] = ()) -> Scenario:
    """The help desk, which needs 16 people around the clock, with this many on the late shift."""
    people = {"early": ("06:00", 16), "late": ("14:00", late), "night": ("22:00", 16)}
    shifts = [Shift(name=name, start=start, length="8 h", people=count) for name, (start, count) in people.items()]
    return presets.load("help-desk").replace_group("desk", staffing=ShiftStaffing(shifts=shifts, people=named))


def repaired(tmp_path: Path, scenario: Scenario, *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and errors of a repair from 11:00 on."""
    source, patterns = tmp_path / "mine.yaml", tmp_path / "patterns.yaml"
    source.write_text(files.dump(scenario), encoding="utf-8")
    patterns.write_text(PATTERNS, encoding="utf-8")
    words = ["repair", source, "--at", "11:00", "--patterns", patterns, *arguments]
    result = CliRunner().invoke(app, list(map(str, words)))
    return result.exit_code, result.stdout, result.stderr


def test_somebody_stays_longer(tmp_path: Path) -> None:
    """By hand: one person is missing from 14:00 to 22:00; somebody of the early shift stays for two of these hours."""
    target = tmp_path / "repaired.yaml"
    code, text, _ = repaired(tmp_path, staffed(15), "--json", "--into", target)
    summary, change = json.loads(text)
    assert code == 0
    assert (summary["understaffed_hours_before"], summary["understaffed_hours"], summary["proved"]) == (8, 6, True)
    assert (change["Change"], change["People"]) == ("end 14:00 to 16:00", 1)
    staffing = files.load_file(target).group("desk").staffing
    assert isinstance(staffing, ShiftStaffing)
    assert sorted((shift.start / 3600, shift.length / 3600, shift.people) for shift in staffing.shifts) == [
        *((6, 8, 15), (6, 10, 1)),
        *((14, 8, 15), (22, 8, 16)),
    ]


def test_named_people_are_counted_and_kept(tmp_path: Path) -> None:
    """With Ana the late shift is full; a repair written back would lose her name."""
    scenario = staffed(15, (NamedPerson(name="Ana", shifts={"late": "Mon-Sun"}),))
    code, text, _ = repaired(tmp_path, scenario)
    assert code == 0
    assert "No shift needs to change" in text
    code, _, problem = repaired(tmp_path, scenario, "--into", tmp_path / "repaired.yaml")
    assert code == 2
    assert "their names would be lost" in problem
    assert not (tmp_path / "repaired.yaml").exists()


def test_the_day_as_it_is_now_expected(tmp_path: Path) -> None:
    """Without calls in the revised day nobody is required, and nobody is missing."""
    revised = tmp_path / "today.yaml"
    quiet = staffed(15).map_types(lambda _: {"volume": {"daily": 0.0}})
    revised.write_text(files.dump(quiet), encoding="utf-8")
    code, text, _ = repaired(tmp_path, staffed(15), "--revised", revised, "--leave", 0, "--json")
    (summary,) = json.loads(text)
    assert (code, summary["understaffed_hours_before"]) == (0, 0)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("--volume", 0), "above 0"),
        (("--day", "2026-04-01"), "the horizon begins on"),
        (("--day", "yesterday"), "write a date"),
        (("--at", "25:00"), "before 24:00"),
    ],
)
def test_what_cannot_be_used(tmp_path: Path, arguments: tuple[object, ...], words: str) -> None:
    """Each error names what to write instead."""
    code, _, problem = repaired(tmp_path, staffed(15), *arguments)
    assert code == 2
    assert words in problem


def test_shifts_are_needed(tmp_path: Path) -> None:
    """A scenario of heads by interval has no shift to change."""
    code, _, problem = repaired(tmp_path, presets.load("help-desk"))
    assert code == 2
    assert "no group has shifts" in problem
