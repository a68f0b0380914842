"""Multi-skill staffing instances with known optima, and what methods come to on them.

Run ``python -m benchmarks staffing``: every instance of `staffing_instances`, its known best plan checked again, and
the rules of thumb of `benchmarks.baselines` scored. Environment variables: ``INSTANCES`` (names with commas between
them), ``PLANS`` (a folder of plans ``INSTANCE.json`` of your own method: a list for each group, in it the agents of
each period), ``SEARCH`` (seconds for our own search on each instance), and ``ENUMERATE=1``, which tries every cheaper
plan again. How to score: ``docs/explanation/staffing-instances.md``.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.baselines import RULES
from models.optimisation.bounds.load import load_rows
from models.optimisation.enumeration import cheaper_plans
from models.optimisation.plan_space import PlanSpace, Staffing, plan_space
from models.optimisation.search import optimise
from models.optimisation.verdicts import judge
from scenarios.evaluation import Evaluation
from scenarios.judgement import Judged
from scenarios.yaml import files
from simulator.evaluator import Evaluator, evaluator

FOLDER = Path(__file__).parent / "staffing_instances"
SEED = 2026
"""Of the days by which plans are judged."""
AT_ONCE = 20
"""Plans that are simulated in one go."""


@dataclass(frozen=True, eq=False)
class Instance:
    """A scenario to be staffed, with the best plan known."""

    name: str
    block: float
    """Seconds for which staffing stays the same; infinite for one number of each group."""
    days: int
    """Simulated horizons by which plans are judged."""
    kind: str
    """``optimum``: every cheaper plan was tried; ``best known``: found by a search."""
    cost: float
    bound: float
    """No plan costs less: the optimum, or what the work alone takes."""
    staffing: Staffing
    overtime: bool = False
    """Whether work after the end of shifts is part of the cost: where staffing changes from hour to hour."""
    tried: int = 0
    """Cheaper plans that were tried."""

    @property
    def space(self) -> PlanSpace:
        """The plans of the instance."""
        path = FOLDER / f"{self.name}.yaml"
        return plan_space(files.load(path if path.exists() else self.name), self.block)


@dataclass(frozen=True, eq=False)
class Score:
    """A plan on the days of an instance."""

    cost: float
    judged: tuple[Judged, ...]

    @property
    def met(self) -> bool:
        """Whether every target is met on these days: the measure over all of them reaches its limit."""
        return all(target.margin >= 0 for target in self.judged)

    @property
    def worst(self) -> float:
        """The smallest margin of a target, negative where it is missed."""
        return min(target.margin for target in self.judged)


def instances() -> list[Instance]:
    """All instances, in the order of the file of known plans."""
    known = json.loads((FOLDER / "known.json").read_text("utf-8"))
    return [
        Instance(
            name=name,
            block=math.inf if row["block_hours"] is None else 3600.0 * row["block_hours"],
            days=row["days"],
            kind=row["kind"],
            cost=row["cost"],
            bound=row["bound"],
            staffing=np.array(row["staffing"], dtype=np.int64),
            overtime=row.get("overtime", False),
            tried=row.get("tried", 0),
        )
        for name, row in known.items()
    ]


def score(space: PlanSpace, staffing: Staffing, evaluation: Evaluation, *, overtime: bool = False) -> Score:
    """The cost of a plan, its planned hours with or without work after shifts, and its targets."""
    late = float(evaluation.overtime.sum(axis=1).mean()) if overtime else 0.0
    return Score(space.cost(staffing) + late, judge(evaluation))


def scored(instance: Instance, staffing: Staffing, evaluate: Evaluator, sample: int = 0) -> Score:
    """A plan scored on the days of an instance, or on another sample of as many."""
    space = instance.space
    evaluation = evaluate([space.plan(staffing)], instance.days, sample)[0]
    return score(space, staffing, evaluation, overtime=instance.overtime)


def enumerated(space: PlanSpace, best: Staffing, days: int, evaluate: Evaluator) -> tuple[Staffing, int]:
    """The cheapest plan that meets every target on these days, and how many cheaper than `best` were tried.

    Every plan cheaper than one that meets its targets is simulated on all days, the cheapest first, but for those with
    fewer agent-hours than the work that the targets require to be done. `best` must meet every target.

    Raises
    ------
    ValueError
        If there are too many plans to try.
    """
    plans = cheaper_plans(space, load_rows(space).proven, space.cost(best))
    if plans is None:
        raise ValueError("too many cheaper plans to try each")
    for start in range(0, len(plans), AT_ONCE):
        batch = plans[start : start + AT_ONCE]
        for staffing, found in zip(batch, evaluate([space.plan(plan) for plan in batch], days), strict=True):
            if score(space, staffing, found).met:
                return staffing, len(plans)
    return best, len(plans)


def methods(instance: Instance, seconds: float) -> Iterator[tuple[str, Staffing]]:
    """Plans of the rules of thumb, of our search, and of a folder of one's own."""
    space = instance.space
    for name, rule in RULES.items():
        yield name, rule(space)
    if seconds > 0:
        plan = optimise(space.scenario, evaluator(1), block=instance.block, seconds=seconds, gap=0.0)
        yield f"search of {seconds:g} s", plan.staffing
    own = Path(os.environ.get("PLANS", "")) / f"{instance.name}.json"
    if os.environ.get("PLANS") and own.exists():
        yield own.parent.name, np.array(json.loads(own.read_text("utf-8")), dtype=np.int64)


def main() -> None:
    """Check every known plan again, and score the methods against it."""
    chosen = os.environ.get("INSTANCES", "")
    seconds = float(os.environ.get("SEARCH", "0"))
    for instance in instances():
        if chosen and instance.name not in chosen.split(","):
            continue
        evaluate = evaluator(SEED)
        known = scored(instance, instance.staffing, evaluate)
        same = (
            "as recorded" if known.met and math.isclose(known.cost, instance.cost, rel_tol=1e-6) else "NOT as recorded"
        )
        groups, periods = instance.staffing.shape
        size = f"{len(instance.space.scenario.type_names)} types, {groups} groups, {periods} periods"
        print(
            f"{instance.name}: {size}; {instance.kind} {known.cost:.2f}, {same}; bound {instance.bound:.2f}", flush=True
        )
        if os.environ.get("ENUMERATE") and instance.kind == "optimum":
            best, tried = enumerated(instance.space, instance.staffing, instance.days, evaluate)
            again = "the same" if np.array_equal(best, instance.staffing) else f"another, {best.tolist()}"
            print(f"  every cheaper plan, {tried}: {again}", flush=True)
        for name, staffing in methods(instance, seconds):
            result = scored(instance, staffing, evaluate)
            verdict = "met" if result.met else f"missed by {-100 * result.worst:.1f} points"
            print(f"  {name:46s} {result.cost:10.2f} ({result.cost / known.cost - 1:+7.1%})  {verdict}", flush=True)


if __name__ == "__main__":
    main()
