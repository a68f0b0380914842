"""The public roster instances (Curtois and Qu 2014), read where they are; and random problems."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np

from models.rostering.problem import Contract, Person, RosterProblem, RosterShift, Wish
from tests.folders import SHARED

FOLDER = SHARED / "data/scheduling/curtois_qu"


def best_known() -> dict[int, float]:
    """The cost of the best roster known of each instance; all are proved optimal."""
    with (FOLDER / "best_known.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    return {int(row["instance"].removeprefix("Instance")): float(row["best_known_solution"]) for row in rows}


def instance(number: int) -> RosterProblem:
    """A public instance by its number; all begin on a Monday."""
    return read(FOLDER / f"Instance{number}.txt")


def read(path: Path) -> RosterProblem:
    """An instance from its file."""
    sections = _sections(path)
    days = int(sections["HORIZON"][0][0])
    shifts = tuple(
        RosterShift(name, 0, int(minutes), not_before=frozenset(filter(None, after.split("|"))))
        for name, minutes, after in sections["SHIFTS"]
    )
    off = {name: frozenset((int(day), "") for day in rows) for name, *rows in sections.get("DAYS_OFF", ())}
    wishes: dict[str, list[Wish]] = {}
    for works, section in ((True, "SHIFT_ON_REQUESTS"), (False, "SHIFT_OFF_REQUESTS")):
        for name, day, shift, price in sections.get(section, ()):
            wishes.setdefault(name, []).append(Wish(int(day), float(price), shift, works))
    people = tuple(
        Person(row[0], _contract(row), unavailable=off.get(row[0], frozenset()), wishes=tuple(wishes.get(row[0], ())))
        for row in sections["STAFF"]
    )
    heads = np.zeros((3, days, len(shifts)))
    number = {shift.name: at for at, shift in enumerate(shifts)}
    for day, shift, *values in sections["COVER"]:
        heads[:, int(day), number[shift]] = [float(value) for value in values]
    return RosterProblem(date(2024, 1, 1), days, shifts, people, heads[0].astype(int), heads[1], heads[2])


def _contract(row: list[str]) -> Contract:
    name, maxima, most, least, *counts = row
    longest, shortest, days_off, weekends = map(int, counts)
    shifts = {shift: int(most) for shift, most in (pair.split("=") for pair in maxima.split("|"))}
    return Contract(name, int(least), int(most), shifts, longest, shortest, days_off, weekends)


def _sections(path: Path) -> dict[str, list[list[str]]]:
    sections: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in map(str.strip, path.read_text().splitlines()):
        if line.startswith("SECTION_"):
            rows = sections.setdefault(line.removeprefix("SECTION_"), [])
        elif line and not line.startswith("#"):
            rows.append(line.split(","))
    return sections


SHIFTS = (
    RosterShift("early", 6 * 60, 480, 30, "phone", frozenset()),
    RosterShift("day", 9 * 60, 510, 30),
    RosterShift("late", 14 * 60, 480, 0, "phone"),
    RosterShift("night", 22 * 60, 480, 0, "chat", frozenset({"day"})),
)


def random_problem(seed: int, days: int = 10, people: int = 4) -> RosterProblem:
    """A small problem with every rule; now and then it has no roster."""
    random = np.random.default_rng(seed)
    staff = []
    for number in range(people):
        low = int(random.integers(0, 5)) * 480
        contract = Contract(
            "some",
            low,
            low + int(random.integers(0, 4)) * 480,
            {name: int(random.integers(1, 4)) for name in ("late", "night") if random.random() < 0.6},
            int(random.integers(2, 6)),
            int(random.integers(1, 3)),
            int(random.integers(1, 3)),
            int(random.integers(0, 3)),
            int(random.choice([0, 600, 660])),
        )
        skills = frozenset(skill for skill in ("phone", "chat") if random.random() < 0.8)
        taken = [(int(random.integers(days)), str(random.choice(["", "early"]))) for _ in range(2)]
        wishes = tuple(
            Wish(
                int(random.integers(days)),
                float(random.integers(1, 5)),
                str(random.choice(["", "day", "night"])),
                bool(random.integers(2)),
            )
            for _ in range(4)
        )
        staff.append(Person(f"person {number}", contract, skills, frozenset(taken), wishes))
    heads = random.integers(0, 3, (days, len(SHIFTS)))
    start = date(2026, 3, 24 + int(random.integers(7)))
    under, over = np.full(heads.shape, 20.0), np.full(heads.shape, 3.0)
    return RosterProblem(start, days, SHIFTS, tuple(staff), heads, under, over, "Europe/Berlin", seed % 3)
