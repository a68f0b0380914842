"""Run the benchmarks: ``python -m benchmarks`` for all of them, or with the names of some."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def main(names: list[str]) -> None:
    """Run benchmarks by name, every module of this folder with a `main` where none is named."""
    known = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if "def main(" in path.read_text())
    for name in names or [name for name in known if name != "__main__"]:
        print(f"== {name}")
        import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
