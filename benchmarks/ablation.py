"""What each part of the optimiser earns: presets planned with all of it, and without one part at a time.

Run ``python -m benchmarks.ablation``. Environment variables choose what is run: ``PRESETS`` and ``WITHOUT`` (names with
commas between them; ``nothing`` is the whole method), ``SEEDS`` (how many), ``SECONDS`` (a search, default 60), and
``CLOCK=processor``, which counts seconds of two processors instead of those of the wall, for a machine with other work.
Plans keep the rules of `models.optimisation.plan_rules.ACCEPTED`; ``RULES=off`` plans by targets alone.
"""

from __future__ import annotations

import os
import time

import numpy as np

from benchmarks.optimise import centre
from models.optimisation.phases import PHASES
from models.optimisation.plan import Plan
from models.optimisation.plan_rules import ACCEPTED, NO_RULES
from models.optimisation.search import optimise
from scenarios.yaml import presets
from simulator.evaluator import evaluator

NOTHING = "nothing"
DAYS = "w3,help-desk,retail-weekday,retail-sale-day,bot-first,one-pool,three-silos,tell-your-story-once,vip-or-equal"
W3 = "w3"
"""The day of `benchmarks.optimise`."""
TWO_PROCESSORS = 1.5
"""Processor seconds of a second on two processors that have nothing else to do: some steps use only one."""


def two_idle_processors() -> float:
    """Seconds of two processors that have nothing else to do."""
    return time.process_time() / TWO_PROCESSORS


def planned(preset: str, part: str, seed: int, seconds: float) -> Plan:
    """The plan of a preset without a part of the optimiser; the engine is compiled before the clock starts."""
    scenario, evaluate = centre() if preset == W3 else presets.load(preset), evaluator(seed)
    evaluate([scenario], 1)
    rules = NO_RULES if os.environ.get("RULES") == "off" else ACCEPTED
    clock = two_idle_processors if os.environ.get("CLOCK") == "processor" else time.monotonic
    phases = [name for name in PHASES if name != part]
    return optimise(scenario, evaluate, seconds=seconds, rules=rules, phases=phases, clock=clock)


def main() -> None:
    """Print cost, gap and verdict of every run, then the median cost by preset and part, relative to the whole."""
    names = os.environ.get("PRESETS", DAYS).split(",")
    parts = os.environ.get("WITHOUT", ",".join((NOTHING, *PHASES))).split(",")
    seconds, seeds = float(os.environ.get("SECONDS", "60")), int(os.environ.get("SEEDS", "1"))
    _run(names, parts, seconds, seeds)


def _run(names: list[str], parts: list[str], seconds: float, seeds: int) -> None:
    for preset in names:
        costs: dict[str, list[float]] = {}
        for part in parts:
            for seed in range(1, seeds + 1):
                plan = planned(preset, part, seed, seconds)
                costs.setdefault(part, []).append(plan.cost)
                row = f"{preset:22s} without {part:26s} seed {seed}  {plan.cost:10.1f}  gap {plan.gap:7.1%}"
                print(f"{row}  {plan.status}  {plan.ended}", flush=True)
        whole = float(np.median(costs.get(NOTHING, [np.nan])))
        for part, values in costs.items():
            middle, worst = float(np.median(values)), max(values)
            print(
                f"{preset:22s} without {part:26s} median {middle:10.1f} ({middle / whole - 1:+.1%}), worst {worst:.1f}"
            )


if __name__ == "__main__":
    main()
