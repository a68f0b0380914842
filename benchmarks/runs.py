"""Whole runs as a user meets them: two cores against one, memory of a thousand days, the first result of a new process.

``python -m benchmarks runs``. Each run is a process of its own, so that nothing is warm that would not be, and that the
highest memory is its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from statistics import median

DAYS, MANY, ROUNDS = 60, 1000, 3

CORES = """
import time
from benchmarks.centres import {centre}
from simulator.executors import Threads
from simulator.experiment import simulate
scenario = {centre}()
simulate(scenario, 4, engine="kernel", executor=Threads(1))
for workers in (1, 2) * {rounds}:
    start = time.perf_counter()
    simulate(scenario, {days}, engine="kernel", executor=Threads(workers))
    print(workers, time.perf_counter() - start)
"""

MEMORY = """
import resource
from benchmarks.centres import several_skills
from simulator.experiment import simulate
simulate(several_skills(), {days}, engine="kernel")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""

FIRST = """
import time
from scenarios.yaml import presets
from simulator.experiment import Experiment, looks
how = Experiment(100, engine="{engine}")
level = next(looks(presets.load("{preset}"), how)).estimate("service_level").value[0]
print(level, time.time())
"""


def printed(program: str, **environment: str) -> list[list[float]]:
    """The rows of numbers that a program prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env=os.environ | environment
    )
    return [[float(number) for number in line.split()] for line in done.stdout.splitlines()]


def cores() -> None:
    """Print how much sooner two threads are done than one."""
    for centre in ("several_skills", "retailer_week"):
        rows = printed(CORES.format(centre=centre, days=DAYS, rounds=ROUNDS))
        single, double = (median(seconds for workers, seconds in rows if workers == count) for count in (1, 2))
        times = f"{single:.2f} s on one core, {double:.2f} s on two, {single / double:.2f} x"
        print(f"{DAYS} replications of {centre}: {times}")


def memory() -> None:
    """Print the highest memory of a long run."""
    (kilobytes,) = printed(MEMORY.format(days=MANY))[0]
    print(f"{MANY:,} replications of W3: {kilobytes / 1e3:,.0f} MB at most (goal: under 600)")


def first_results() -> None:
    """Print how long the first look at a run takes, from the start of the process."""
    for preset in ("help-desk", "retail-weekday"):
        for engine in ("auto", "kernel"):
            program = FIRST.format(engine=engine, preset=preset)
            with tempfile.TemporaryDirectory() as folder:
                cold, *warm = (_timed(program, NUMBA_CACHE_DIR=folder) for _ in range(1 + ROUNDS))
            print(
                f"first result of {preset}, engine {engine}: {median(warm):.1f} s, with nothing compiled {cold:.1f} s"
            )


def _timed(program: str, **environment: str) -> float:
    start = time.time()
    ((_, shown),) = printed(program, **environment)
    return shown - start


def main() -> None:
    """Print all three."""
    cores()
    memory()
    first_results()


if __name__ == "__main__":
    main()
