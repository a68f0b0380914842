"""Speed of the engines: contacts per CPU-second, and ratios measured side by side in one run.

``python -m benchmarks engines``. W1 and W2 are one queue with impatient callers, small and ten times larger; W3 is a
day with several skills; W4 a week of the retailer preset with everything on (see `benchmarks.centres`).
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.centres import all_centres, one_queue
from benchmarks.limit import Limit, has_compiler
from benchmarks.peers import ciw, tutorial_simpy
from scenarios.measures import CONTACT_TALLIES
from scenarios.scenario import Scenario
from simulator.kernel import engine as kernel
from simulator.kernel.loop import play as loop
from simulator.kernel.state import Sizes, State, initial_state, most_events
from simulator.measure import tallies
from simulator.reference import centre
from simulator.routing import tables
from simulator.shifts import planned_shifts
from simulator.tape import Tape, draw_tape

ROUNDS, SEED = 9, 1
CONTACTS = list(CONTACT_TALLIES).index("contacts")

Way = Callable[[int], int]
"""Plays one round, by its number; gives the number of contacts of the horizon: a tail is work without a count."""


def measured(ways: dict[str, Way], rounds: int = ROUNDS) -> dict[str, float]:
    """CPU-seconds per contact of each way, medians of rounds in turn."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            gc.collect()  # what another way has left behind is not this one's to clear
            start = time.process_time()
            count = way(number)
            if number:  # the first round warms up
                times[name].append((time.process_time() - start) / count)
    return {name: median(samples) for name, samples in times.items()}


def pipeline(scenario: Scenario, number: int) -> int:
    """Draw, play and tally on the compiled engine."""
    sums = kernel.play_and_tally(scenario, kernel.draw_tape(scenario, SEED, number))
    return int(sums.contacts[CONTACTS].sum())


def slow_pipeline(scenario: Scenario, number: int) -> int:
    """The same with the SimPy engine and the readable tallies."""
    sums = tallies.tally(scenario, centre.play(scenario, draw_tape(scenario, SEED, number)))
    return int(sums.contacts[CONTACTS].sum())


class ReadyStates:
    """Centres that stand ready, so that the loop alone is timed."""

    def __init__(self, scenario: Scenario, tapes: list[Tape]) -> None:
        self.states: list[list[State]] = []
        self.counts: list[int] = []
        for tape in tapes:
            rules, shifts = tables(scenario), planned_shifts(scenario, tape)
            logs = kernel.play(scenario, tape)
            self.counts.append(int((logs.contacts.arrival < scenario.horizon.length).sum()))
            sizes = Sizes(
                len(logs.contacts.type) + 1, 64 * most_events(rules, shifts), len(logs.preemptions.contact) + 1024
            )
            state = initial_state(rules, tape, shifts, sizes)
            state.arrays["contact"].view(np.uint8).fill(0)  # the memory is there, as it is for the C loop
            self.states.append([state])

    def play(self, number: int) -> int:
        """The loop alone."""
        state = self.states[number].pop()
        loop(state.centre)
        return self.counts[number]


def same_path(limit: Limit, scenario: Scenario, tape: Tape) -> bool:
    """Whether the C loop plays the tape to the same answers and ends of all contacts of the horizon."""
    log, own = kernel.play(scenario, tape).contacts, tape.arrival < scenario.horizon.length
    answer, end = (times[own] for times in limit.play_tape(tape))
    own = log.arrival < scenario.horizon.length
    return np.array_equal(answer, log.answer[own], equal_nan=True) and np.array_equal(end, log.end[own], equal_nan=True)


def compare(scenario: Scenario, folder: str) -> dict[str, float]:
    """Print what a contact of one centre costs, by each way, in CPU-seconds."""
    tapes = [draw_tape(scenario, SEED, number) for number in range(ROUNDS + 1)]
    states = ReadyStates(scenario, tapes)
    ways: dict[str, Way] = {"kernel, loop alone": states.play, "kernel, pipeline": lambda i: pipeline(scenario, i)}
    limited = has_compiler() and scenario.name != "W4"
    if limited:
        limit = Limit(folder, scenario, tapes[0])

        def c_loop(number: int) -> int:
            limit.play_tape(tapes[number])
            return states.counts[number]

        ways |= {"C loop, same arrays": c_loop, "C loop with its draws": limit.draw_and_play}
    durations = measured(ways)
    durations |= measured({"SimPy engine, pipeline": lambda i: slow_pipeline(scenario, i)}, rounds=2)
    note = ""
    if limited:
        note = f"; the C loop plays the same path: {all(same_path(limit, scenario, tape) for tape in tapes)}"
    print(f"\n{scenario.name}: {states.counts[0]:,} contacts{note}")
    fastest = durations.get("C loop, same arrays", durations["kernel, loop alone"])
    for name, seconds in durations.items():
        print(f"  {name:24} {1e-6 / seconds:7.3f} M contacts a CPU-second   {seconds / fastest:7.2f} x the limit")
    return durations


def parts(scenario: Scenario) -> None:
    """Print where the time of the pipeline goes."""
    tape = draw_tape(scenario, SEED, 0)
    rules, shifts, logs = tables(scenario), planned_shifts(scenario, tape), kernel.play(scenario, tape)
    ready, played = ReadyStates(scenario, [tape] * (ROUNDS + 1)), len(logs.contacts.type)
    count = ready.counts[0]
    sizes = Sizes(played + 1, 4 * most_events(rules, shifts), 1024 + len(logs.preemptions.contact))

    def way(call: Callable[[], object]) -> Way:
        def timed(_: int) -> int:
            call()
            return count

        return timed

    durations = measured(
        {
            "draw the tape": way(lambda: kernel.draw_tape(scenario, SEED, 0)),
            "tables and shifts": way(lambda: (tables(scenario), planned_shifts(scenario, tape))),
            "lay out the arrays": way(lambda: initial_state(rules, tape, shifts, sizes)),
            "the loop": ready.play,
            "play in all, sums too": way(lambda: kernel.play_and_tally(scenario, tape)),
            "play in all, logs too": way(lambda: kernel.play(scenario, tape)),
            "tally, readable": way(lambda: tallies.tally(scenario, logs)),
        }
    )
    print(f"\nwhere the time goes, {scenario.name}, ns a contact: ", end="")
    print(", ".join(f"{name} {1e9 * seconds:.0f}" for name, seconds in durations.items()))


def others() -> None:
    """Print what W1 costs in SimPy as in tutorials, and in Ciw."""
    ways: dict[str, Way] = {"tutorial SimPy": tutorial_simpy}
    if ciw(0) is not None:
        ways["Ciw"] = lambda number: ciw(number) or 0
    durations = measured(ways | {"kernel, pipeline": lambda i: pipeline(one_queue(), i)}, rounds=2)
    print("\nW1 as others play it")
    for name, seconds in durations.items():
        ratio = seconds / durations["kernel, pipeline"]
        print(f"  {name:24} {1e-6 / seconds:7.3f} M contacts a CPU-second   {ratio:7.1f} x ours")


def main() -> None:
    """Print the speeds and the ratios that matter."""
    with tempfile.TemporaryDirectory() as folder:
        durations = {scenario.name: compare(scenario, folder) for scenario in all_centres()}
    w1, w2, w3, w4 = (durations[name] for name in ("W1", "W2", "W3", "W4"))
    print("\ngoals")
    if "C loop, same arrays" in w3:
        print(f"  W3 loop against C       {w3['kernel, loop alone'] / w3['C loop, same arrays']:5.2f} x  (at most 1.3)")
        print(f"  W3 pipeline against C   {w3['kernel, pipeline'] / w3['C loop with its draws']:5.2f} x  (at most 3)")
    print(f"  W3 pipeline             {1e-6 / w3['kernel, pipeline']:5.2f} M/s (at least 2.2)")
    print(f"  W3 against SimPy        {w3['SimPy engine, pipeline'] / w3['kernel, pipeline']:5.1f} x  (at least 25)")
    print(f"  W2 against W1           {w2['kernel, loop alone'] / w1['kernel, loop alone']:5.2f} x  (at most 1.35)")
    print(f"  W4 pipeline             {1e-6 / w4['kernel, pipeline']:5.2f} M/s (at least 1)")
    for scenario in all_centres()[2:]:
        parts(scenario)
    others()


if __name__ == "__main__":
    main()
