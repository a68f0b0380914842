"""Breaks on public instances (Beer, Gaertner, Musliu, Schafhauser and Slany 2010): violation, rounds and time of each.

Every instance has breaks without violation. Skips where the instances are not there. Two rules that the files leave
open follow from their requirement: the first five minutes after a break do not count as work, and a longer break is due
after more than 50 minutes of work.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import numpy as np

from models.scheduling.breaks import BreakPlan, BreakProblem, BreakRules, place_breaks

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "scheduling" / "break_scheduling"
INTERVAL, PER_DAY, DAYS = 5, 288, 7
RULES = BreakRules(
    *(2, 12),  # 10 to 60 minutes
    *(6, 20),  # of work 30 to 100 minutes
    *(10, 4),  # after more than 50 minutes at least 20
    *(6, 42, 72),  # lunch of 30 minutes, 3.5 to 6 hours after the start
    recovery=1,
)
SECONDS = 60.0
COUNTS = r"((?:\d+\s?){7})\s*$"
REQUIRED = re.compile(rf"^(\d\d):(\d\d) \d\d:\d\d {COUNTS}", re.MULTILINE)
SHIFT = re.compile(rf"^S\d+ (\d+):(\d+) (\d+):(\d+) {COUNTS}", re.MULTILINE)


def instance_paths() -> list[Path]:
    """The instances, by number."""
    return sorted(DATA.glob("random1-*.txt"), key=lambda path: int(path.stem.partition("-")[2]))


def read_instance(path: Path) -> BreakProblem:
    """The shifts and the requirement of an instance."""
    text = path.read_text(encoding="latin-1")
    required = np.zeros((PER_DAY, DAYS), dtype=np.int64)
    for hour, minute, counts in REQUIRED.findall(text):
        required[(60 * int(hour) + int(minute)) // INTERVAL] = [int(count) for count in counts.split()]
    starts, lengths = [], []
    for *times, counts in SHIFT.findall(text):
        hour, minute, hours, minutes = map(int, times)
        for day, count in enumerate(counts.split()):
            starts += [day * PER_DAY + (60 * hour + minute) // INTERVAL] * int(count)
            lengths += [(60 * hours + minutes) // INTERVAL] * int(count)
    owed = (np.array(lengths) * INTERVAL - 20) // 50 * 10 // INTERVAL
    return BreakProblem(required.T.ravel(), np.array(starts), np.array(lengths), owed, RULES, PER_DAY)


def solved(path: Path, seconds: float) -> tuple[BreakPlan, float]:
    """The breaks of an instance, and the CPU seconds."""
    began = time.process_time()
    limit = began + seconds
    plan = place_breaks(read_instance(path), seconds=20 * seconds, stop=lambda: time.process_time() > limit)
    return plan, time.process_time() - began


def main() -> None:
    """Print a line for each instance."""
    paths = instance_paths()
    if not paths:
        print("skipped: the public instances are not there")
        return
    best = 0
    for path in paths:
        plan, seconds = solved(path, SECONDS)
        best += plan.violation == 0
        counts = f"{len(plan.breaks):4} shifts  violation {plan.violation:5.0f}"
        print(f"{path.stem:<12} {counts}  {plan.rounds:3} rounds  {seconds:5.1f} CPU s")
        sys.stdout.flush()
    print(f"{best} of {len(paths)} without violation within {SECONDS:.0f} CPU s each")


if __name__ == "__main__":
    main()
