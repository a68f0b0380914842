"""What the pages for studies ask of worker processes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from interface.app.jobs.jobs import Progress
from models.whatif.answers import Answer
from models.whatif.factors import ranged
from models.whatif.frontier import Frontier, frontier
from models.whatif.sensitivity import Failure, Tornado, failures, tornado
from models.whatif.tradeoffs import ask
from scenarios.scenario import Scenario
from studies.planning import PlanningMethod, left_open, remembered

if TYPE_CHECKING:
    from models.whatif.drift import DriftEffect
    from models.whatif.insurance import Insurance


def answered(progress: Progress, question: str, scenario: Scenario, method: PlanningMethod) -> Answer:
    """The answer to a what-if question."""
    return ask(question, scenario, method.tools(progress.step, partial(_stopped, progress)))


def frontiers(
    progress: Progress,
    scenario: Scenario,
    contact_type: str,
    levels: Sequence[float],
    false_shares: Sequence[float],
    method: PlanningMethod,
) -> list[Frontier]:
    """The frontier of a bot for each share of false containment; the centre without it is planned once."""
    make = method.plan(partial(_stopped, progress))
    plan = remembered(make)
    plans, results = len({0.0, *levels}) - 1, []
    for index, share in enumerate(false_shares):
        results.append(
            frontier(
                *(scenario, plan, method.run_trial),
                contact_type=contact_type,
                levels=levels,
                false_share=share,
                gap=left_open(make),
                staffing=method.staffing_margin,
                progress=partial(_step, progress, index * plans, len(false_shares) * plans + 1),
            )
        )
    return results


def drifted_service(
    progress: Progress, scenario: Scenario, contact_type: str, since: str, change: float, seconds: float, days: int
) -> tuple[tuple[DriftEffect, ...], Insurance | None]:
    """What a drift of a bot does to service, and with a time limit the cheapest plan that is prepared for it."""
    from models.optimisation.plan_rules import ACCEPTED
    from models.whatif.drift import drift_effects, with_drift
    from models.whatif.insurance import insure
    from simulator.evaluator import evaluator

    progress.step(0, 2 if seconds else 1)
    drifted = with_drift(scenario, since, change, contact_type)
    method = PlanningMethod(replications=days, doubt_seconds=0.0)
    effects = drift_effects(scenario, drifted, method.run_trial)
    if not seconds:
        return effects, None
    progress.step(1, 2)
    stop = partial(_stopped, progress)
    return effects, insure(scenario, [drifted], evaluator(1), rules=ACCEPTED, seconds=seconds, stop=stop)


def people_by_month(progress: Progress, scenario: Scenario, shares: Sequence[float]) -> list[float]:
    """Full-time people that each month needs."""
    from interface.headcount import people_needed

    return people_needed(scenario, shares, progress.step)


def restaffed(progress: Progress, scenarios: Sequence[Scenario], method: PlanningMethod) -> tuple[Scenario, ...]:
    """Each scenario with the lowest-cost staffing of its own."""
    plan = method.plan(partial(_stopped, progress))
    planned: list[Scenario] = []
    for scenario in scenarios:
        progress.step(len(planned), len(scenarios))
        planned.append(plan(scenario))
    return tuple(planned)


def _stopped(progress: Progress) -> bool:
    """Whether a search shall stop."""
    return progress.stopped


def _step(progress: Progress, before: int, total: int, done: int, wanted: int) -> None:
    """Report a step of one of several frontiers."""
    progress.step(before + done, total)


def sensitivity(
    progress: Progress, scenario: Scenario, replications: int, seed: int, ranges: Sequence[str]
) -> tuple[Tornado, tuple[Failure, ...]]:
    """The tornado of a plan, and where it fails."""
    from simulator.evaluator import evaluator

    evaluate = evaluator(seed)
    progress.step(0, 2)
    swings = tornado(scenario, evaluate, replications=replications, varied=ranged(ranges))
    progress.step(1, 2)
    return swings, failures(scenario, evaluate, swings, replications=replications)
