"""A retailer's week: requirement, shifts, the loop of both, a roster of some 60 people, and the proof on fresh weeks.

``python -m benchmarks shift_week``. Prints cost, CPU-seconds and clock seconds of every step, and whether all of it
took less than five minutes. Times are limits of CPU-seconds, so that a busy machine gets as much done.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from benchmarks.centres import retailer_week
from models.optimisation.plan_rules import ACCEPTED
from models.rostering.problem import Contract, Person, RosterProblem, RosterShift
from models.rostering.search import solve_roster
from models.scheduling.patterns import ShiftRules, default_rules
from models.scheduling.shift_plan import ShiftPlan
from simulator.evaluator import evaluator
from studies.shifts.loop import ServiceSchedule, plan_with_service
from studies.shifts.proof import proof_lines, prove, target_table

SEARCH, LOOP, ROSTER = 60.0, 90.0, 60.0
"""CPU-seconds of the two steps, the loop and the roster."""
WEEKS, SEED = 200, 1
MOST_MINUTES, REST, LONGEST_RUN = 41 * 60, 11 * 60, 5
DAYS_A_PERSON = 5
SPARE = 1.04
"""People hired for each whole week of shifts: not every week divides into fives."""


def full_time() -> ShiftRules:
    """Full-time shifts alone, so that five of them make a week of a person."""
    rules = default_rules()
    return rules.model_copy(
        update={"patterns": rules.patterns[:1], "origin": "full-time shifts of the default patterns"}
    )


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Print how long a step takes."""
    cpu, clock = time.process_time(), time.perf_counter()
    yield
    print(f"{name:<12} {time.process_time() - cpu:6.1f} CPU s  {time.perf_counter() - clock:6.1f} s", flush=True)


def roster_problem(plan: ShiftPlan) -> RosterProblem:
    """A roster of the people who are needed: five days a week each, eleven hours of rest, one group each."""
    minutes = round(plan.rules.interval / 60)
    names: dict[tuple[str, int, int], str] = {}
    needed: dict[str, np.ndarray] = {}
    for shift in plan.shifts:
        option = shift.option
        key = option.group, option.start * minutes, option.length * minutes
        name = names.setdefault(key, f"{key[0]} {key[1] // 60:02d}:{key[1] % 60:02d} {key[2]}")
        for day in option.days:
            needed.setdefault(name, np.zeros(plan.grid.days, dtype=int))[day] += 1
    shifts = tuple(
        RosterShift(name, start, length, unpaid=30 if length > 300 else 0, skill=group)
        for (group, start, length), name in names.items()
    )
    contract = Contract(max_minutes=MOST_MINUTES, max_consecutive=LONGEST_RUN, rest=REST)
    people = []
    for group in plan.scenario.group_names:
        own = [shift for shift in plan.shifts if shift.option.group == group]
        hours = sum(option_minutes(shift.option.length * minutes) for shift in own)
        most = max(hours / MOST_MINUTES, len(own) / DAYS_A_PERSON)
        people += [Person(f"{group} {n + 1}", contract, frozenset({group})) for n in range(int(np.ceil(SPARE * most)))]
    heads = np.array([needed[shift.name] for shift in shifts]).T
    return RosterProblem(
        plan.scenario.horizon.start, plan.grid.days, shifts, tuple(people), heads, 100 + 0 * heads, 1 + 0 * heads
    )


def option_minutes(length: int) -> int:
    """Working minutes of a shift: the lunch of a longer one does not count."""
    return length - (30 if length > 300 else 0)


def main() -> None:
    """Print every step."""
    week, evaluate = retailer_week(), evaluator(SEED)
    evaluate([week], 1)  # compiles the engine
    clock, began = time.perf_counter(), time.process_time()
    with timed("loop"):
        result = plan_with_service(
            week, full_time(), evaluate, seconds=SEARCH + LOOP, fresh=WEEKS, clock=time.process_time
        )
    print_loop(result)
    with timed("roster"):
        problem = roster_problem(result.schedule.plan)
        roster = solve_roster(problem, seconds=ROSTER, seed=SEED, clock=time.process_time)
    given = (roster.lines[:, :, None] == np.arange(len(problem.shifts))).sum(axis=0)
    missing = int(np.maximum(problem.heads - given, 0).sum())
    print(f"{len(problem.people)} people, {int(problem.heads.sum())} shifts, {missing} of them without a person")
    with timed("proof"):
        proof = prove(result.schedule.plan, evaluate, plan_rules=ACCEPTED, replications=WEEKS)
    for item, value in proof_lines(proof):
        print(f"{item}: {value}")
    print(target_table(proof).to_string(index=False))
    took = time.process_time() - began
    print(f"all: {took:.0f} CPU s, {time.perf_counter() - clock:.0f} s (goal: under 300 s on two quiet cores)")


def print_loop(result: ServiceSchedule) -> None:
    """Print what the loop saved."""
    two, best = result.two_steps, result.schedule
    print(f"two steps {two.cost:,.0f} ({two.status}), together {best.cost:,.0f} ({best.status})")
    print(f"saved {result.saved:,.0f}, {result.saved_share:.1%}; {result.simulated} schedules, {result.ended}")


if __name__ == "__main__":
    main()
