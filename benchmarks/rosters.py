"""Rosters of public instances (Curtois and Qu 2014): cost against the best known, with the bound of the search.

Run ``python -m benchmarks.rosters``, or some of them in fewer CPU-seconds: ``python -m benchmarks.rosters 5 6 60``.
The instances state no licence and are not part of the project: without them nothing is measured.
"""

from __future__ import annotations

import sys
import time

from models.rostering.search import solve_roster
from tests.models.rostering.checker import broken_rules
from tests.models.rostering.instances import FOLDER, best_known, instance

SECONDS = 300.0
LARGEST_NUMBER = 12


def main() -> None:
    """Solve each instance and print its cost, its distance from the best known, its bound and its CPU-seconds."""
    if not FOLDER.is_dir():
        print(f"skipped: no instances in {FOLDER}")
        return
    values = [float(text) for text in sys.argv[1:] if text.replace(".", "").isdigit()]
    numbers = [int(value) for value in values if value <= LARGEST_NUMBER] or sorted(best_known())
    seconds = max([value for value in values if value > LARGEST_NUMBER], default=SECONDS)
    print("instance  people    cost    best    off by   bound   CPU-seconds")
    for number in numbers:
        problem = instance(number)
        roster = solve_roster(problem, seconds=seconds, clock=time.process_time)
        broken = broken_rules(problem, roster.lines)
        off = roster.cost / best_known()[number] - 1
        print(
            f"{number:8d} {len(problem.people):7d} {roster.cost:7.0f} {best_known()[number]:7.0f} {off:8.2%}"
            f" {roster.bound:8.1f} {roster.seconds:10.1f}  {roster.ended}{', '.join(['', *broken])}",
            flush=True,
        )


if __name__ == "__main__":
    main()
