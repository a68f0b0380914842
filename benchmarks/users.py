"""Twenty people at once on one server: each edits and simulates scenarios of their own; nobody may see another's.

``python -m benchmarks users``. Plain websocket clients speak Streamlit's protocol, so that the machine is busy with the
server and not with browsers. Each person thinks for some seconds between two actions.
"""

from __future__ import annotations

import os
import random
import re
import secrets
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles

import psutil

from benchmarks.browserless import Window, server

PEOPLE = 20
ROUNDS = 3
THINKING = (5.0, 15.0)
"""Seconds between two actions of a person, at least and at most."""
NAMES = re.compile(r"Centre of person (\d+)")

Times = dict[str, list[float]]


def person(address: str, number: int, times: Times, problems: list[str], people: int) -> None:
    """Work as one person: calculate, make a scenario, note something, simulate it."""
    chance = random.Random(number)
    window = Window(address, secrets.token_urlsafe(24))

    def timed(action: str, text: str = "") -> None:
        times[action].append(window.until(text))
        problems.extend(f"person {number}, {action}: {error}" for error in window.errors)
        window.errors.clear()
        others = {name for drawn in window.texts for name in NAMES.findall(drawn)} - {str(number)}
        problems.extend(f"person {number} saw the work of person {other}" for other in others)
        time.sleep(chance.uniform(*THINKING))

    time.sleep(chance.uniform(0, THINKING[1]) * people / PEOPLE)
    try:
        for turn in range(ROUNDS):
            window.open("")
            timed("open Home", "Erlang C assumes")
            window.fill("AHT", f"{chance.randint(2, 9)} min")
            timed("calculator", "Erlang C assumes")
            window.open("scenario")
            timed("open Scenario", "Contacts by interval")
            title = f"Centre of person {number}, {turn}"
            window.fill("Name of the centre", title)
            window.press("Create")
            timed("new scenario", title)
            window.open("results")
            timed("first verdict", "tile")
        window.close()
    except Exception as problem:
        problems.append(f"person {number}: {type(problem).__name__}: {problem}")


def processor_seconds(process: psutil.Process) -> float:
    """Seconds of a processor that a process has used."""
    times = process.cpu_times()
    return float(times.user + times.system)


def memory(process: psutil.Process) -> tuple[float, float]:
    """Megabytes of the server, and of its worker processes."""
    workers = sum(child.memory_info().rss for child in process.children(recursive=True))
    return process.memory_info().rss / 1e6, workers / 1e6


def measured(people: int) -> tuple[Times, list[str], tuple[float, float], tuple[float, float], float]:
    """The times of all actions, what went wrong, the memory before and after, and the server's processor seconds."""
    times: Times = defaultdict(list)
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as folder, server(Path(folder) / "work.db") as (address, process, _):
        warm = Window(address, secrets.token_urlsafe(24))
        for page in ("", "scenario", "results"):
            warm.open(page)
            warm.until("" if page == "" else "tile" if page == "results" else "Contacts by interval")
        server_process = psutil.Process(process.pid)
        before, used = memory(server_process), processor_seconds(server_process)
        with ThreadPoolExecutor(people) as pool:
            for number in range(people):
                pool.submit(person, address, number, times, problems, people)
        after, used = memory(server_process), processor_seconds(server_process) - used
    return times, problems, before, after, used


def main() -> None:
    """Print times, errors and memory."""
    busy = os.getloadavg()[0]
    begin = time.monotonic()
    times, problems, before, after, used = measured(PEOPLE)
    everything = [value for values in times.values() for value in values]
    print(f"{PEOPLE} people, {len(everything)} actions in {time.monotonic() - begin:.0f} s, {os.cpu_count()} cores")
    print(f"load of the machine before: {busy:.1f}, after: {os.getloadavg()[0]:.1f}")
    print(f"the server used {used:.0f} s of a processor, {used / len(everything):.2f} s for each action")
    for action, values in [*((name, values) for name, values in times.items() if values), ("all", everything)]:
        ninth = quantiles(values, n=10)[-1] if len(values) > 1 else values[0]
        print(f"{action:16} median {median(values):6.2f} s   90 % within {ninth:6.2f} s   {len(values)} times")
    grown = (after[0] - before[0]) / PEOPLE
    print(f"server {before[0]:.0f} MB, then {after[0]:.0f} MB: {grown:.1f} MB per session; workers {after[1]:.0f} MB")
    print(f"errors: {len(problems)}", *problems[:20], sep="\n")
