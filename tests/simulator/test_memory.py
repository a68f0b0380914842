"""Memory from one replication to the next."""

import ctypes
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import memory

FAULTS = """
import resource
from benchmarks.centres import one_queue
from simulator.experiment import Experiment, play_and_tally
small, large, how = one_queue(), one_queue(10, 1010), Experiment(1, engine="kernel")
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for scenario in (small, large):
    for number in range(5):
        play_and_tally(scenario, how, "kernel", number)
before = faults()
for number in range(5):
    play_and_tally(large, how, "kernel", number)
print((faults() - before) / 5)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="says something of glibc only")
def test_what_is_freed_is_kept(project: Path) -> None:
    """After a small day each large one would ask for some 1,800 pages anew, which is a quarter of its time."""
    done = subprocess.run([sys.executable, "-c", FAULTS], check=True, capture_output=True, text=True, cwd=project)
    assert float(done.stdout) < 300


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine would not start where there is no glibc."""

    def missing(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    memory.reuse_freed_memory()
