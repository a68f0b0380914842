"""A multi-skill day of three groups planned by search, and by the rules of thumb that are in use.

Run ``python -m benchmarks.optimise``. Every plan is judged on the same fresh days; a rule's plan is repaired by
nothing, so that one sees whether it meets the targets at all.
"""

from __future__ import annotations

import os
import time

import numpy as np

from benchmarks.baselines import RULES, by_pyworkforce
from models.optimisation.plan_space import plan_space
from models.optimisation.search import optimise
from models.optimisation.verdicts import judge, status
from scenarios.scenario import Scenario, scenario_from
from simulator.evaluator import evaluator

INTERVALS = 96
FRESH = 500
BLOCK = 3600.0
SLOTS = 3
TYPES = (
    # name, contacts a day, handle and patience in minutes, kind of work, share within seconds
    ("phone", 8000, 5, 3, "live", 0.8, 20),
    ("chat", 6000, 8, 4, "concurrent", 0.8, 40),
    ("social", 2500, 4, None, "deferred", 0.8, 300),
    ("email", 3500, 6, None, "deferred", 0.8, 1800),
)


def centre() -> Scenario:
    """Phone, chat, social and e-mail over a day of 96 intervals; who talks, who writes, and who does both."""
    hours = np.arange(INTERVALS)
    shape = tuple(1 - 0.8 * np.cos(2 * np.pi * (hours + 0.5 - 16) / INTERVALS))
    types = []
    for level, (name, volume, handle, patience, work, share, within) in enumerate(TYPES, start=1):
        contact_type = {
            "name": name,
            "channel": name,
            "work": work,
            "volume": {"daily": volume, "shape": shape},
            "handle_time": {"mean": f"{handle} min"},
            "priority": {"level": level},
            "target": {"share": share, "within": within},
        }
        types.append(contact_type | ({"patience": {"mean": f"{patience} min"}} if patience else {}))
    chat = {"max_concurrent": SLOTS, "chat_routing": "idle-last"}
    groups = [
        {"name": "talkers", "skills": ["phone", "chat"], "staffing": 46, "cost_per_hour": 1.0, **chat},
        {"name": "writers", "skills": ["social", "email"], "staffing": 24, "cost_per_hour": 1.0},
        {"name": "flexible", "skills": [row[0] for row in TYPES], "staffing": 26, "cost_per_hour": 1.1, **chat},
    ]
    return scenario_from({"name": "multi-skill-day", "contact_types": types, "agent_groups": groups})


def main() -> None:
    """Search, then judge the rules of thumb on the same fresh days."""
    scenario = centre()
    evaluate = evaluator(seed=1)
    evaluate([scenario], 1)  # compile
    began, cpu = time.perf_counter(), time.process_time()

    def tell(step: object) -> None:
        print(f"  {step.seconds:6.1f} s  cost {step.cost:9.1f}  bound {step.bound:8.1f}  {step.doing}", flush=True)

    seconds = float(os.environ.get("SECONDS_OF_SEARCH", "110"))
    plan = optimise(scenario, evaluate, block=BLOCK, gap=0.02, seconds=seconds, fresh=FRESH, progress=tell)
    print(f"{time.perf_counter() - began:.0f} s, {time.process_time() - cpu:.0f} s of processor, {plan.ended}")
    print(f"cost {plan.cost:.1f}, {plan.overtime:.1f} of it for overruns of shifts; load alone {plan.proven:.1f}")
    print(f"bound {plan.bound:.1f} ({plan.bound_kind}), gap {plan.gap:.2%}")
    print(plan.constraints_table().round(4).to_string(index=False))
    print("tightest:", plan.binding)
    print("\n".join(plan.notes))
    space = plan_space(scenario, BLOCK)
    rules = {name: rule(space) for name, rule in RULES.items()}
    external = by_pyworkforce(space)
    if external is not None:
        rules["pyworkforce's MultiSkillStaffing"] = external
    for name, staffing in rules.items():
        evaluation = evaluate([space.plan(staffing)], FRESH, fresh=1)[0]
        judged, cost = judge(evaluation), space.cost(staffing) + evaluation.overtime.sum(axis=1).mean()
        values = ", ".join(f"{judgement.constraint.of} {judgement.value:.1%}" for judgement in judged)
        print(f"{name}: cost {cost:.1f} ({cost / plan.cost - 1:+.1%}), {status(judged)}: {values}")


if __name__ == "__main__":
    main()
