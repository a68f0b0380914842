"""Minimum shift design on public instances (Musliu, Schaerf and Slany 2004): cost, bound and time of each.

A requirement of a cyclic week; the fewest different shifts, people missing and too many each at a price. Skips where
the instances are not there. Published optima: Kletzander and Musliu (2019).
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import numpy as np

from models.highs import NoSolution
from models.scheduling.covering import Covering, CoveringProblem, cover
from models.scheduling.options import ShiftGrid, ShiftOption

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "scheduling" / "shift_design"
GROUP, DAYS, MINUTES = "people", 7, 1440
SECONDS = 60.0
TEMPLATE = re.compile(r"^\S+ \S+ (\d+):(\d+) (\d+) (\d+) (\d+) (\d+) (\d+) \*$", re.MULTILINE)
"""Start, minutes later and earlier, length, minutes longer and shorter, every day."""


def instance_paths() -> list[Path]:
    """The instances, by number."""
    return sorted(DATA.glob("RandomExample*.txt"), key=lambda path: int(re.sub(r"\D", "", path.stem)))


def read_instance(path: Path) -> tuple[CoveringProblem, int]:
    """The covering of an instance, and the minutes of an interval."""
    text = path.read_text(encoding="latin-1")

    def numbers(title: str) -> list[int]:
        match = re.search(rf"^#\s*{title}[^\n]*\n([\d ]+)", text, re.MULTILINE)
        if match is None:
            raise ValueError(f"{path.name}: no {title}")
        return [int(part) for part in match[1].split()]

    interval = numbers("MinuteInterval")[0]
    under, over, shift = (numbers(title)[0] for title in ("UnderCover", "Overcover", "Shifts"))
    shifts = set()
    for template in TEMPLATE.findall(text):
        hour, minute, later, earlier, length, longer, shorter = map(int, template)
        begin = 60 * hour + minute
        starts = range(begin - earlier, begin + later + 1, interval)
        lengths = range(length - shorter, length + longer + 1, interval)
        shifts |= {(start % MINUTES // interval, size // interval) for start in starts for size in lengths}
    options = tuple(
        ShiftOption("shift", start, ((0, length),), (day,), cost=0.0, group=GROUP)
        for start, length in sorted(shifts)
        for day in range(DAYS)
    )
    grid = ShiftGrid(MINUTES // interval, DAYS, cyclic=True)
    required = np.array(numbers("Requirements"), dtype=np.int64)
    prices = {"under_price": float(under), "over_price": float(over), "shift_price": shift / interval}
    return CoveringProblem(grid, {GROUP: required}, options, **prices), interval


def solved(path: Path) -> tuple[Covering, int, float]:
    """The covering of an instance, the minutes of an interval, and the CPU seconds."""
    problem, interval = read_instance(path)
    began = time.process_time()
    plan = cover(problem, seconds=4 * SECONDS)  # of a clock that other processes share
    return plan, interval, time.process_time() - began


def main() -> None:
    """Print a line for each instance."""
    paths = instance_paths()
    if not paths:
        print("skipped: the public instances are not there")
        return
    proved = 0
    for path in paths:
        try:
            plan, interval, seconds = solved(path)
        except NoSolution as problem:
            print(f"{path.stem:<16} {problem}")
            continue
        proved += plan.proved and seconds <= SECONDS
        cost, bound = plan.cost * interval, plan.bound * interval
        print(f"{path.stem:<16} cost {cost:6.0f}  bound {bound:6.0f}  gap {plan.gap:6.2%}  {seconds:5.1f} CPU s")
        sys.stdout.flush()
    print(f"{proved} of {len(paths)} proved within {SECONDS:.0f} CPU s each")


if __name__ == "__main__":
    main()
