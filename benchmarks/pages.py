"""Cold start to the first number, and how long each page takes to be drawn once its data is there.

``python -m benchmarks pages``. A plain websocket client stands for the browser, which adds its own drawing.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.browserless import Window, server

PAGES = {
    "": "Erlang C assumes",
    "scenario": "Contacts by interval",
    "demand": "History",
    "results": "All measures",
    "optimise": "Optimise",
    "shifts": "Shift",
    "automation": "containment",
    "compare": "Baseline",
    "what_if": "What-if",
    "validation": "Forecast error",
    "learn": "Learn",
}
"""A text near the end of what a page shows, by page."""
ROUNDS = 5
SETTLED = 10.0
"""Seconds without a new drawing after which a page has all its data."""


def settle(window: Window) -> None:
    """Wait until nothing more is drawn."""
    while True:
        try:
            window.until("no text is like this", SETTLED)
        except TimeoutError:
            return


def main() -> None:
    """Print the time to the first number, and the median time of each page."""
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder, server(Path(folder) / "work.db") as (address, _, begin):
        print(f"server answers after {time.monotonic() - begin:.1f} s")
        window = Window(address, secrets.token_urlsafe(24))
        window.open("")
        window.until("14 agents")
        print(f"first number after {time.monotonic() - begin:.1f} s")
        for page, text in PAGES.items():
            window.open(page)
            window.until(text)
            settle(window)
        for page, text in PAGES.items():
            times = []
            for _ in range(ROUNDS):
                window.open(page)
                times.append(window.until(text))
            slow = "  slower than a second" if median(times) > 1 else ""
            print(f"{page or 'home':12} median {median(times):5.2f} s, longest {max(times):5.2f} s{slow}")
            for problem in dict.fromkeys(window.errors):
                print(f"             {problem}")
            window.errors.clear()
