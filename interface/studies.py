"""What the pages for studies ask of worker processes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from interface.errands import Letterbox
from interface.planning import How, left_open, remembered
from models.frontier import Frontier, frontier
from models.questions.answers import Answer
from models.questions.factors import ranged
from models.sensitivity import Failure, Tornado, failures, tornado
from models.tradeoffs import ask
from scenarios.scenario import Scenario


def answered(box: Letterbox, question: str, scenario: Scenario, how: How) -> Answer:
    """One of the ready questions, answered."""
    return ask(question, scenario, how.means(box.progress, partial(_stopped, box)))


def frontiers(
    box: Letterbox, scenario: Scenario, kind: str, levels: Sequence[float], wrong: Sequence[float], how: How
) -> list[Frontier]:
    """The frontier of a bot for each share of false containment; the centre without it is planned once."""
    make = how.plan(partial(_stopped, box))
    plan = remembered(make)
    each, found = len({0.0, *levels}) - 1, []
    for place, share in enumerate(wrong):
        found.append(
            frontier(
                *(scenario, plan, how.find),
                kind=kind,
                levels=levels,
                false_share=share,
                gap=left_open(make),
                heads=how.heads_open,
                progress=partial(_shifted, box, place * each, len(wrong) * each + 1),
            )
        )
    return found


def _stopped(box: Letterbox) -> bool:
    """Whether a search shall stop."""
    return box.stopped


def _shifted(box: Letterbox, before: int, total: int, done: int, wanted: int) -> None:
    """News of one of several frontiers."""
    box.progress(before + done, total)


def rests_on(
    box: Letterbox, scenario: Scenario, replications: int, seed: int, ranges: Sequence[str]
) -> tuple[Tornado, tuple[Failure, ...]]:
    """The tornado of a plan, and where it fails."""
    from simulator.evaluator import evaluator

    evaluate = evaluator(seed)
    box.progress(0, 2)
    found = tornado(scenario, evaluate, replications=replications, what=ranged(ranges))
    box.progress(1, 2)
    return found, failures(scenario, evaluate, found, replications=replications)
