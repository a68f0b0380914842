"""The default search on every preset of one day, and how far its plans are from the bound and from the best known.

Run ``python -m benchmarks day_plans``. A plan is scored on fresh days that no search has seen, those of `SEED`: what it
costs there and its tightest target. Environment variables: ``PRESETS`` (names with commas between them), ``SECONDS``
(a search, default 60), ``SEEDS`` (how many), ``CLOCK=processor``, which counts seconds of two processors that have
nothing else to do, and ``UPDATE=1``, which puts a plan into ``best_plans.json`` where it meets every target beyond
doubt on `PROOF` fresh days and costs less there than the best plan known.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np

from benchmarks.ablation import NOTHING, planned
from models.optimisation.plan_rules import ACCEPTED, with_floors
from models.optimisation.plan_space import PlanSpace, Staffing, plan_space
from models.optimisation.verdicts import judge, status
from scenarios.statistics import MET
from scenarios.units import HOUR
from scenarios.yaml import presets
from simulator.evaluator import evaluator

BEST = Path(__file__).parent / "best_plans.json"
SEED = 2026
"""Of the fresh days; no search uses it."""
FRESH, PROOF = 500, 2000
"""Fresh days by which a search is judged, and by which a plan becomes the best known."""


def days() -> list[str]:
    """The presets of one day."""
    return [name for name in presets.names() if presets.load(name).horizon.days == 1]


def fresh_score(space: PlanSpace, staffing: Staffing, replications: int) -> tuple[float, str, float]:
    """What a plan costs on fresh days, whether it meets its targets and floors, and the least margin of a target."""
    evaluation = evaluator(SEED)([space.plan(staffing)], replications)[0]
    judged = [target for target in judge(evaluation) if not target.idle]
    cost = space.cost(staffing) + float(evaluation.overtime.sum(axis=1).mean() + evaluation.bot_cost.mean())
    return cost, status(judged), min(target.margin for target in judged)


def update(preset: str, space: PlanSpace, staffing: Staffing, found: str) -> bool:
    """Whether a plan is proved to be better than the best known, and is it from now on."""
    cost, verdict, _ = fresh_score(space, staffing, PROOF)
    known = json.loads(BEST.read_text("utf-8"))
    if verdict != MET or cost >= known.get(preset, {"cost": np.inf})["cost"]:
        return False
    known[preset] = {"cost": round(cost, 2), "days": PROOF, "found": found, "staffing": staffing.tolist()}
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(known[name])}" for name in sorted(known))
    BEST.write_text(f"{{\n{rows}\n}}\n", "utf-8")
    return True


def main() -> None:
    """Search every preset, print how it did, and keep better plans where asked to."""
    seconds, seeds = float(os.environ.get("SECONDS", "60")), int(os.environ.get("SEEDS", "1"))
    clock = os.environ.get("CLOCK", "wall")
    for preset in os.environ.get("PRESETS", ",".join(days())).split(","):
        space = plan_space(with_floors(presets.load(preset), ACCEPTED), HOUR, ACCEPTED)
        for seed in range(1, seeds + 1):
            began, processor = time.perf_counter(), time.process_time()
            plan = planned(preset, NOTHING, seed, seconds)
            wall, used = time.perf_counter() - began, time.process_time() - processor
            cost, verdict, margin = fresh_score(space, plan.staffing, FRESH)
            found = f"default search, {seconds:g} s by the {clock} clock, seed {seed}"
            better = bool(os.environ.get("UPDATE")) and update(preset, space, plan.staffing, found)
            best = json.loads(BEST.read_text("utf-8")).get(preset)
            distance = "no plan known" if best is None else f"{cost / best['cost'] - 1:+.1%} of the best known"
            print(
                f"{preset:22s} seed {seed}  {cost:9.1f}  bound {plan.bound:9.1f}, gap {plan.gap:6.1%}, {distance}"
                f"  {verdict}, worst margin {margin:+.4f}  {wall:.0f} s, {used:.0f} s of processor"
                f"{'  new best' if better else ''}",
                flush=True,
            )


if __name__ == "__main__":
    main()
