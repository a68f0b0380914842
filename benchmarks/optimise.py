"""A multi-skill day of three groups planned by search, and by the rules of thumb that are in use.

Run ``python -m benchmarks.optimise``. Every plan is judged on the same fresh days; a rule's plan is repaired by
nothing, so that one sees whether it meets the targets at all.
"""

from __future__ import annotations

import os
import time
from importlib import import_module

import numpy as np

from models.centre.workload import workload
from models.optimisation.plan_space import PlanSpace, Staffing, plan_space
from models.optimisation.search import optimise
from models.optimisation.verdicts import judge, status
from models.queueing.goal import Goal
from models.queueing.inverse import min_agents
from scenarios.evaluation import in_periods
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


def loads(space: PlanSpace) -> np.ndarray:
    """Erlangs of each type in each period, shape (types, periods)."""
    return in_periods(workload(space.scenario).work, space.period) / 3600 / space.hours


def by_skill_erlang_c(space: PlanSpace) -> Staffing:
    """Erlang C for each type alone, added up: talkers for phone and chat, writers for the rest; chat as phone."""
    return _added(space, impatient=False)


def by_skill_erlang_a(space: PlanSpace) -> Staffing:
    """Erlang A by period, chat counted by slots; the dedicated at their load, what is missing filled with flexible."""
    exact = _needs(space, impatient=True)
    exact[1] = np.ceil(exact[1] / SLOTS)
    load = loads(space)
    load[1] /= SLOTS
    dedicated = np.ceil(np.array([load[:2].sum(axis=0), load[2:].sum(axis=0)]))
    missing = np.maximum(exact[:2].sum(axis=0) - dedicated[0], 0) + np.maximum(exact[2:].sum(axis=0) - dedicated[1], 0)
    return np.array([*dedicated, missing]).astype(np.int64)


def _added(space: PlanSpace, *, impatient: bool) -> Staffing:
    need = _needs(space, impatient=impatient)
    return np.array([need[:2].sum(axis=0), need[2:].sum(axis=0), 0 * need[0]]).astype(np.int64)


def _needs(space: PlanSpace, *, impatient: bool) -> np.ndarray:
    """The least agents for each type by itself, shape (types, periods)."""
    rows = []
    for (_, _, handle, patience, _, share, within), load in zip(TYPES, loads(space), strict=True):
        goal = Goal(service_level=share, within=within / 60)
        leaving = patience if impatient and patience else np.inf
        rows.append(min_agents(load / handle, handle, goal, patience=leaving))
    return np.array(rows, dtype=float)


def _every_skill_in_full(need: np.ndarray) -> Staffing:
    """The cheapest staffing that has, for each skill alone, as many agents with it as Erlang C asks for.

    This is the programme of pyworkforce's ``MultiSkillStaffing``, worked out for these three groups.
    """
    flexible = np.minimum(need[:2].max(axis=0), need[2:].max(axis=0))
    talkers = need[:2].max(axis=0) - flexible
    writers = need[2:].max(axis=0) - flexible
    return np.array([talkers, writers, flexible]).astype(np.int64)


def by_pyworkforce(scenario: Scenario, need: np.ndarray) -> Staffing | None:
    """The staffing of pyworkforce's ``MultiSkillStaffing``, period by period; None where it is not installed."""
    try:
        programme = import_module("pyworkforce.staffing").MultiSkillStaffing
    except (ImportError, AttributeError):
        return None
    names = list(scenario.type_names)
    profiles = [
        {"name": group.name, "skills": list(group.skills), "cost": group.cost_per_hour}
        for group in scenario.agent_groups
    ]
    staffing = []
    for needed in need.T:
        required = {name: int(count) for name, count in zip(names, needed, strict=True)}
        solution = programme(skills=names, profiles=profiles, required_positions=required).solve()
        staffing.append([row["agents"] for row in solution["agents_per_profile"]])
    return np.array(staffing).T


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
    need = _needs(space, impatient=False)
    rules = {
        "per-skill Erlang C, added up": by_skill_erlang_c(space),
        "stationary Erlang A, flexible last": by_skill_erlang_a(space),
        "every skill in full": _every_skill_in_full(need),
    }
    external = by_pyworkforce(scenario, need)
    if external is not None:
        rules["pyworkforce's MultiSkillStaffing"] = external
    for name, staffing in rules.items():
        evaluation = evaluate([space.plan(staffing)], FRESH, fresh=1)[0]
        judged, cost = judge(evaluation), space.cost(staffing) + evaluation.overtime.sum(axis=1).mean()
        values = ", ".join(f"{judgement.constraint.of} {judgement.value:.1%}" for judgement in judged)
        print(f"{name}: cost {cost:.1f} ({cost / plan.cost - 1:+.1%}), {status(judged)}: {values}")


if __name__ == "__main__":
    main()
