"""Where planners and simulator meet for studies: what makes plans, what tries them, on which customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from models.answers import Means
from models.found import Found, Plan
from scenarios.errors import InvalidValue
from scenarios.evidence import Evaluate
from scenarios.scenario import Scenario
from simulator.blending import adaptive
from simulator.experiment import simulate

SEARCH, FORMULA = "search", "formula"
PLANNERS = (SEARCH, FORMULA)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class How:
    """How plans are made and tried.

    Plans are tried on other customers than those on whom a search decided, the same for all plans.
    """

    planner: str = SEARCH
    """``search`` proves plans by simulation; ``formula`` is quick and only as good as its assumptions."""
    replications: int = 100
    seed: int = 1
    seconds: float = 20.0
    """The time of a search for one plan."""
    gap: float = 0.02
    """The distance to the bound at which a search stops, as a share of the cost."""

    @property
    def left_open(self) -> float:
        """The share of the cost up to which two plans cannot be told apart."""
        return self.gap if self.planner == SEARCH else 0.0

    def means(self, progress: Progress | None = None) -> Means:
        """What an answer is made with."""
        return Means(self.plan(), self.find, self._adaptive, progress)

    def plan(self) -> Plan:
        """What gives a scenario its cheapest staffing.

        Raises
        ------
        InvalidValue
            If there is no such planner.
        """
        if self.planner not in PLANNERS:
            raise InvalidValue("by", self.planner, f"known are {', '.join(PLANNERS)}")
        if self.planner == FORMULA:
            from models.staffing import staff

            return staff
        from simulator.evaluator import evaluator

        return partial(searched, how=self, evaluate=evaluator(self.seed))

    def find(self, scenarios: Sequence[Scenario]) -> list[Found]:
        """What customers whom no search has seen find under each scenario."""
        return [simulate(scenario, self.replications, self.seed + 1) for scenario in scenarios]

    def _adaptive(self, scenario: Scenario, wanted: float) -> Found:
        return simulate(scenario, self.replications, self.seed + 1, engine="simpy", policy=adaptive(wanted))


def searched(scenario: Scenario, how: How, evaluate: Evaluate) -> Scenario:
    """The scenario with the cheapest staffing that a search finds."""
    from models.search import optimise

    evaluate([scenario], 1)  # the engine is compiled before the clock of the search runs
    return optimise(scenario, evaluate, gap=how.gap, seconds=how.seconds).scenario
