"""Speed of the formulas: least agents for 100,000 intervals, ratios measured in one run.

``python benchmarks/formulas.py``. Beside the project: a C loop (Erlang's recursion from one agent up, stopped at the
first number that meets the target), where gcc is found, and pyworkforce where it is installed.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module, util
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from models.queueing.goal import Goal
from models.queueing.inverse import min_agents

INTERVALS, REPEATS, FEW = 100_000, 7, 200
TARGET, WITHIN = 0.8, 1 / 3

Loop = Callable[[np.ndarray, np.ndarray], np.ndarray]

C_LOOP = """
#include <math.h>
void least(long count, const double *load, const double *late, double target, long *found) {
    for (long i = 0; i < count; i++) {
        double a = load[i], b = 1.0;
        for (long n = 1;; n++) {
            b = a * b / (n + a * b);
            if (n > a) {
                double c = n * b / (n - a * (1 - b));
                if (1 - c * exp(-(n - a) * late[i]) >= target) { found[i] = n; break; }
            }
        }
    }
}
"""


def best_of(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """The shortest of some runs, in seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def compiled(folder: str) -> Loop | None:
    """The C loop as a function of loads and of target time over handle time; None without gcc."""
    gcc = shutil.which("gcc")
    if gcc is None:
        return None
    source, library = Path(folder, "least.c"), Path(folder, "least.so")
    source.write_text(C_LOOP)
    subprocess.run([gcc, "-O3", "-march=native", "-shared", "-fPIC", "-o", library, source, "-lm"], check=True)
    least = ctypes.CDLL(str(library)).least
    real, whole = (np.ctypeslib.ndpointer(contact_type, flags="C") for contact_type in (np.float64, np.int64))
    least.argtypes = [ctypes.c_long, real, real, ctypes.c_double, whole]

    def call(load: np.ndarray, late: np.ndarray) -> np.ndarray:
        agents = np.empty(load.size, dtype=np.int64)
        least(load.size, load, late, TARGET, agents)
        return agents

    return call


def pyworkforce(load: np.ndarray, handle: np.ndarray) -> Callable[[], list[int]] | None:
    """The same by pyworkforce, one interval at a time, for some intervals; None where it is not installed."""
    if util.find_spec("pyworkforce") is None:
        return None
    erlang_c = import_module("pyworkforce.queuing").ErlangC

    def call() -> list[int]:
        agents = []
        for a, h in zip(load[:FEW].tolist(), handle[:FEW].tolist(), strict=True):
            queue = erlang_c(transactions=a / h, aht=h, interval=1, asa=WITHIN, shrinkage=0)
            agents.append(queue.required_positions(service_level=TARGET, max_occupancy=1.0)["raw_positions"])
        return agents

    return call


def compare(title: str, load: np.ndarray, handle: np.ndarray, patience: np.ndarray, loop: Loop | None) -> None:
    """Print what one set of intervals takes, by each way."""
    goal = Goal(service_level=TARGET, within=WITHIN)
    ours_c = best_of(lambda: min_agents(load / handle, handle, goal))
    ours_a = best_of(lambda: min_agents(load / handle, handle, goal, patience))
    print(title)
    print(f"  Erlang C {ours_c * 1e3:7.1f} ms   Erlang A {ours_a * 1e3:7.1f} ms = {ours_a / ours_c:.1f} x C")
    if loop is not None:
        late = WITHIN / handle
        c_time = best_of(lambda: loop(load, late))
        same = np.array_equal(loop(load, late), min_agents(load / handle, handle, goal))
        print(f"  C loop   {c_time * 1e3:7.1f} ms   Erlang C takes {ours_c / c_time:.2f} x; same answers: {same}")
    if (call := pyworkforce(load, handle)) is not None:
        seconds = best_of(call, 1) / FEW
        print(f"  pyworkforce {seconds * 1e6:.0f} us an interval = {seconds / (ours_c / INTERVALS):.0f} x Erlang C")


def main() -> None:
    """Print the times and the ratios that matter."""
    random = np.random.default_rng(1)
    print(f"{INTERVALS:,} intervals, best of {REPEATS}")
    with tempfile.TemporaryDirectory() as folder:
        loop = compiled(folder)
        for low, high in ((2, 60), (5, 300), (50, 1000)):
            load, ones = random.uniform(low, high, INTERVALS), np.ones(INTERVALS)
            compare(
                f"loads {low} to {high} erlangs, handle time and patience the same for all",
                load,
                4 * ones,
                3 * ones,
                loop,
            )
            handle, patience = random.uniform(2, 8, INTERVALS), random.uniform(1, 6, INTERVALS)
            compare(f"loads {low} to {high} erlangs, each interval with its own", load, handle, patience, loop)


if __name__ == "__main__":
    main()
