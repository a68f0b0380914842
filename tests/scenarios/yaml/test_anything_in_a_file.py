"""Whatever stands in a file ends in a scenario or in errors that say where, what and how to mend it."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from scenarios.errors import InvalidFile
from scenarios.yaml import files, presets
from tests.scenarios.mutations import RAW, WHOLE, mutated, plain

NAMES = tuple(presets.names())


def _in_order(problems: list[InvalidFile]) -> bool:
    """Whether every problem says where it is and what helps."""
    return all(problem.where and problem.problem and problem.remedy for problem in problems)


@pytest.mark.parametrize("preset", NAMES)
def test_a_changed_preset_is_read_or_refused(preset: str) -> None:
    """A value of an unexpected type ends in a traceback, or in an error without place or remedy."""
    values, chance = plain(preset), random.Random(preset)
    for _ in range(40):
        text = mutated(values, chance)
        problems = files.check(text)
        assert _in_order(problems), text
        if not problems:
            files.loads(files.dump(files.loads(text)))


@pytest.mark.parametrize("raw", RAW)
def test_any_value_anywhere_in_a_small_centre(raw: str) -> None:
    """A value crashes the check of the field in which it happens to stand."""
    whole = (
        "{name: %s, title: %s, horizon: {start: %s, days: %s, interval: %s, warm_up: %s}, trunks: {%s: %s},"
        " contact_types: [{name: %s, channel: %s, work: %s, volume: {per_hour: %s, daily: %s, weekdays: %s, shape: %s},"
        " handle_time: %s, wrap_up: %s, patience: %s, open: %s, target: %s, zones: %s, bot: %s, follow_ups: %s,"
        " backlog: %s}],"
        " agent_groups: [{name: %s, skills: %s, staffing: %s, pace: %s, slots: %s, shrinkage: %s, cost_per_hour: %s}],"
        " routing: {types: %s, order: %s}, origins: {a: %s}}"
    )
    max_concurrent = whole.count("%s")
    assert _in_order(files.check(whole % ((raw,) * max_concurrent)))
    for slot in range(max_concurrent):
        assert _in_order(files.check(whole % tuple(raw if at == slot else "1" for at in range(max_concurrent))))


@pytest.mark.parametrize("text", WHOLE)
def test_a_text_that_is_no_scenario_says_so(text: str) -> None:
    """Junk is taken for a scenario or ends in a traceback."""
    problems = files.check(text)
    assert problems
    assert all(problem.problem and problem.remedy for problem in problems)


@pytest.mark.parametrize(
    "content", [b"\xff\xfen\x00a\x00", b"\xfe\xff\x00n", b"name: M\xfcller", b"\x00" * 100, bytes(range(256)), b"\x80"]
)
def test_a_file_that_is_no_text_says_so(tmp_path: Path, content: bytes) -> None:
    """Bytes that are not UTF-8 end in a traceback."""
    file = tmp_path / "junk.yaml"
    file.write_bytes(content)
    assert [problem for problem in files.check_file(file) if problem.remedy]


def test_megabytes_of_junk_are_refused_unread(tmp_path: Path) -> None:
    """Ten megabytes are read before they are refused."""
    file = tmp_path / "junk.yaml"
    file.write_bytes(b"- 1\n" * 2_500_000)
    start = time.process_time()
    (problem,) = files.check_file(file)
    assert "more than the 5 MB" in problem.problem
    assert time.process_time() - start < 0.5


def test_nothing_in_a_tag_is_carried_out(tmp_path: Path) -> None:
    """A tag makes Python run what the file says."""
    mark = tmp_path / "ran"
    (problem,) = files.check(f"name: !!python/object/apply:os.mkdir ['{mark}']")
    assert "is not read" in problem.problem
    assert not mark.exists()


def test_thousands_of_bad_entries_are_told_shortly() -> None:
    """A list of 20,000 bad numbers fills screens, or takes long to say."""
    bad = ", ".join(["'1,5'"] * 20_000)
    text = (
        f"{{name: x, contact_types: [{{name: c, channel: phone, handle_time: {{mean: 3 min}},"
        f" volume: {{per_interval: [{bad}]}}}}], agent_groups: [{{name: g, skills: [c], staffing: 3}}]}}"
    )
    problems = files.check(text)
    assert len(problems) == 51
    assert "19,950 more problems" in problems[-1].problem
    assert problems[-1].where.startswith("1:")


@pytest.mark.parametrize(
    "line, field, remedy",
    [
        ("skills: [{calls: {rank: 2}}], staffing: 4", "agent_groups.desk.skills", "write a mapping, as in"),
        ("skills: [calls, calls], staffing: 4", "agent_groups.desk.skills", "duplicate skill"),
        ("skills: [[calls]], staffing: 4", "agent_groups.desk.skills", "list names"),
        ("skills: calls, staffing: 4", "agent_groups.desk.skills", "write keys with values"),
        ("skills: [calls], staffing: '4'", "", ""),
    ],
)
def test_natural_mistakes_in_skills(line: str, field: str, remedy: str) -> None:
    """A mapping in the list of skills ends in a traceback."""
    text = (
        "name: x\ncontact_types:\n"
        "  - {name: calls, channel: phone, volume: {per_hour: 60}, handle_time: {mean: 3 min}}\n"
        f"agent_groups:\n  - {{name: desk, {line}}}\n"
    )
    problems = files.check(text)
    if field:
        assert problems[0].field == field
        assert remedy in problems[0].remedy
        assert problems[0].where.startswith("5:")
