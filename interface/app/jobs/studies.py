"""What the pages for studies ask of worker processes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from interface.app.jobs.tasks import ProgressFile
from models.whatif.answers import Answer
from models.whatif.factors import ranged
from models.whatif.frontier import Frontier, frontier
from models.whatif.sensitivity import Failure, Tornado, failures, tornado
from models.whatif.tradeoffs import ask
from scenarios.scenario import Scenario
from studies.planning import PlanningMethod, left_open, remembered


def answered(box: ProgressFile, question: str, scenario: Scenario, how: PlanningMethod) -> Answer:
    """One of the ready questions, answered."""
    return ask(question, scenario, how.tools(box.progress, partial(_stopped, box)))


def frontiers(
    box: ProgressFile,
    scenario: Scenario,
    contact_type: str,
    levels: Sequence[float],
    wrong: Sequence[float],
    how: PlanningMethod,
) -> list[Frontier]:
    """The frontier of a bot for each share of false containment; the centre without it is planned once."""
    make = how.plan(partial(_stopped, box))
    plan = remembered(make)
    each, found = len({0.0, *levels}) - 1, []
    for place, share in enumerate(wrong):
        found.append(
            frontier(
                *(scenario, plan, how.run_trial),
                contact_type=contact_type,
                levels=levels,
                false_share=share,
                gap=left_open(make),
                staffing=how.staffing_margin,
                progress=partial(_shifted, box, place * each, len(wrong) * each + 1),
            )
        )
    return found


def _stopped(box: ProgressFile) -> bool:
    """Whether a search shall stop."""
    return box.stopped


def _shifted(box: ProgressFile, before: int, total: int, done: int, wanted: int) -> None:
    """News of one of several frontiers."""
    box.progress(before + done, total)


def rests_on(
    box: ProgressFile, scenario: Scenario, replications: int, seed: int, ranges: Sequence[str]
) -> tuple[Tornado, tuple[Failure, ...]]:
    """The tornado of a plan, and where it fails."""
    from simulator.evaluator import evaluator

    evaluate = evaluator(seed)
    box.progress(0, 2)
    found = tornado(scenario, evaluate, replications=replications, varied=ranged(ranges))
    box.progress(1, 2)
    return found, failures(scenario, evaluate, found, replications=replications)
