"""What the Shifts page asks of a worker process about rosters."""

from __future__ import annotations

from interface.app.jobs.jobs import Progress
from models.rostering.problem import RosterProblem
from models.rostering.search import Roster, RosterStep, solve_roster
from scenarios.errors import Cancelled


def rostered(progress: Progress, problem: RosterProblem, seconds: float) -> Roster:
    """The roster of a problem; a search that is cancelled gives the best roster by then."""

    def report(step: RosterStep) -> None:
        if progress.stopped:
            raise Cancelled(round(step.seconds), round(seconds))
        progress.report(min(round(step.seconds), round(seconds)), round(seconds))

    return solve_roster(problem, seconds=seconds, progress=report)
