"""Public shift-design instances: proved optima, and every rule checked apart from the program that solved them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.shift_design import read_instance
from models.scheduling.covering import cover
from tests.folders import SHARED

DATA = SHARED / "data" / "scheduling" / "shift_design"
OPTIMA = {1: 480, 6: 420, 11: 30, 26: 600}
"""Kletzander and Musliu (2019); 26 is below the planted solution that the file states."""


def lines_after(path: Path, title: str) -> list[str]:
    """The lines of a section of a file."""
    lines = [line.strip() for line in path.read_text(encoding="latin-1").splitlines()]
    begin = next(number for number, line in enumerate(lines) if line.replace("# ", "#").startswith(title))
    section = []
    for line in lines[begin + 1 :]:
        if line.startswith("#") and section:
            break
        if line and not line.startswith("#"):
            section.append(line)
    return section


def fitness(path: Path, people: Counter[tuple[int, int, int]]) -> int:
    """The fitness of people by (day, start, length) in minutes, with every shift checked against the templates."""
    interval = int(lines_after(path, "#MinuteInterval")[0])
    required = [int(part) for part in " ".join(lines_after(path, "#Requirements")).split()]
    weights = [int(lines_after(path, title)[0]) for title in ("#UnderCover", "#Overcover", "#Shifts:")]
    present = [0] * len(required)
    for (day, start, length), count in people.items():
        assert any(allows(template.split(), start, length) for template in lines_after(path, "#Shift templates"))
        for minute in range(start, start + length, interval):
            present[(day * 1440 + minute) // interval % len(required)] += count
    missing = sum(max(r - p, 0) for r, p in zip(required, present, strict=True))
    extra = sum(max(p - r, 0) for r, p in zip(required, present, strict=True))
    different = len({(start, length) for _, start, length in people})
    return (missing * weights[0] + extra * weights[1]) * interval + different * weights[2]


def allows(template: list[str], start: int, length: int) -> bool:
    """Whether a shift keeps a template: start and length within its ranges."""
    hour, minute = map(int, template[2].split(":"))
    later, earlier, base, longer, shorter = map(int, template[3:8])
    begin = 60 * hour + minute
    on_time = any(begin - earlier <= start + day <= begin + later for day in (-1440, 0, 1440))
    return on_time and base - shorter <= length <= base + longer


@pytest.mark.skipif(not DATA.is_dir(), reason="the public instances are not there")
@pytest.mark.parametrize("number", OPTIMA)
def test_public_instances_are_proved(number: int) -> None:
    """A shift outside its template, or a cost that is not that of the rules, would still look like an optimum."""
    path = DATA / f"RandomExample{number}.txt"
    problem, interval = read_instance(path)
    plan = cover(problem)
    people = Counter(
        (shift.option.days[0], shift.option.start * interval, shift.option.length * interval) for shift in plan.shifts
    )
    assert plan.proved
    assert round(plan.cost * interval) == fitness(path, people) == OPTIMA[number]
