"""The cache of compiled code: after a change of any file that it rests on, no old machine code is used."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.kernel import compile as kernel_compile
from tests.folders import ROOT

PACKAGES = ("scenarios", "simulator", "models", "studies", "interface")
IMPORTED = f"""
import sys
from simulator.kernel import engine, loop, sums, tape, totals
print(*(module.__file__ for name, module in sys.modules.items() if name.split(".")[0] in {PACKAGES}), sep="\\n")
"""
OUTCOMES = """
from scenarios.scenario import scenario_from
from simulator.kernel.engine import play
from simulator.kernel.loop import play as loop
from simulator.tape import draw_tape
desk = scenario_from({"name": "desk", "agent_groups": [{"name": "a", "skills": ["calls"], "staffing": 9}],
    "contact_types": [{"name": "calls", "channel": "phone", "volume": {"per_hour": 9}, "handle_time": {"mean": 60}}]})
print(*set(play(desk, draw_tape(desk, 1, 0)).contacts.outcome), sum(loop.stats.cache_misses.values()))
"""


def output(program: str, folder: Path, **variables: str) -> list[str]:
    """The words that a program prints in a new process, with the packages of a folder."""
    environment = os.environ | {"PYTHONPATH": str(folder)} | variables
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, env=environment, check=True
    )
    return done.stdout.split()


def test_the_stamp_covers_every_file_that_the_kernel_imports() -> None:
    """A constant could come from any module that the kernel imports, at whatever distance."""
    imported = {Path(file).resolve() for file in output(IMPORTED, ROOT)}
    assert {ROOT / "simulator" / "codes.py", ROOT / "scenarios" / "measures.py"} <= imported
    assert imported <= {file.resolve() for file in kernel_compile.compiled_sources()}


@pytest.mark.parametrize("name", ["simulator/codes.py", "simulator/kernel/queues.py", "scenarios/measures.py"])
def test_a_change_of_any_file_changes_the_stamp(name: str, tmp_path: Path) -> None:
    """One byte is enough, in whichever package."""
    files = kernel_compile.compiled_sources()
    copies = [tmp_path / str(number) for number in range(len(files))]
    for file, copy in zip(files, copies, strict=True):
        shutil.copy(file, copy)
    stamps = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel_compile, "compiled_sources", lambda: copies)
        stamps.append(kernel_compile.sources_stamp.__wrapped__())
        changed = copies[files.index(ROOT / name)]
        changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        stamps.append(kernel_compile.sources_stamp.__wrapped__())
    assert stamps[0] == kernel_compile.sources_stamp() != stamps[1]


@pytest.mark.slow
def test_a_changed_constant_is_compiled_anew(tmp_path: Path) -> None:
    """The loop compares with `Outcome`, which another file defines: numba looks at the loop's own file only."""
    for package in ("scenarios", "simulator"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    cache = str(tmp_path / "cache")
    assert output(OUTCOMES, tmp_path, NUMBA_CACHE_DIR=cache) == ["1", "1"]  # answered; compiled once
    assert output(OUTCOMES, tmp_path, NUMBA_CACHE_DIR=cache) == ["1", "0"]  # read from the cache
    codes = tmp_path / "simulator" / "codes.py"
    codes.write_text(
        codes.read_text(encoding="utf-8").replace("    ANSWERED = 1\n", "    ANSWERED = 99\n"), encoding="utf-8"
    )
    assert output(OUTCOMES, tmp_path, NUMBA_CACHE_DIR=cache) == ["99", "1"]
