"""Run the benchmarks: ``python -m benchmarks`` for those of some minutes, or with names for any of them."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

HOURS = {"ablation", "break_scheduling", "day_plans", "rosters"}
"""Benchmarks that take an hour and are run only by name."""


def main(names: list[str]) -> None:
    """Run benchmarks by name, or every module of this folder with a `main` that takes no hours."""
    known = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if "def main(" in path.read_text())
    for name in names or [name for name in known if name not in {"__main__", *HOURS}]:
        print(f"== {name}")
        import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
