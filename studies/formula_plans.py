"""Plans by formula that simulation confirms: where one misses a target, the formula is asked for more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from models.centre.staffing import staff
from models.optimisation.verdicts import judge
from scenarios.contact_types import Target
from scenarios.errors import Cancelled, PlannerError
from scenarios.evaluation import Evaluate
from scenarios.judgement import Judged
from scenarios.scenario import Scenario
from scenarios.statistics import MET

LOOK = 200
"""Simulated days on which a plan must meet its targets; studies then try it on others."""
ROUNDS = 8
LEAST, MOST = 0.5, 0.95
"""By how much a target is made stricter in a round, at most and at least."""
LOAD_STEP = 0.2
"""By how much more work deferred types are planned in a round, at most."""
PUSHES = (1, 1, 2, 4, 8)
"""How many steps are taken at once while the plan stays as it is, for agents are whole."""


@dataclass(eq=False)
class FormulaPlans:
    """Gives a scenario the fewest agents by formula with which its targets are met by simulation.

    Formulas leave out what differs between days and what returns, so that their plans often fall short of a target.
    Then the share that may be late is taken smaller (and largest waits and abandonment likewise), by as much as the
    simulation missed it, and the formula is asked again; the staffing is iterated until it fits, as Feldman,
    Mandelbaum, Massey and Whitt (2008, Management Science 54) do by hour. Formulas for deferred work follow its load
    and hardly its target: such a type is planned with more work instead. How strict each target became is where the
    next scenario of a study begins. A plan that still misses after `ROUNDS` rounds is given as it is.
    """

    evaluate: Evaluate
    stop: Callable[[], bool] | None = None
    strictness: dict[str, float] = field(default_factory=dict)
    """By contact type, the factor on the share that may be late."""
    work: dict[str, float] = field(default_factory=dict, init=False)
    """By type of deferred work, the factor on its handle times; of this scenario alone, for others share otherwise."""

    def __call__(self, scenario: Scenario) -> Scenario:
        """The scenario with such a staffing.

        Raises
        ------
        PlannerError
            If the formulas have no plan for the scenario as it is.
        Cancelled
            If it is stopped.
        """
        self.work.clear()
        plan = self._planned(scenario)
        for turn in range(ROUNDS):
            if self.stop is not None and self.stop():
                raise Cancelled(turn * LOOK, ROUNDS * LOOK)
            (trial,) = self.evaluate([plan], LOOK)
            missed = [target for target in judge(trial) if not target.idle and target.status() != MET]
            more = self._planned_for_more(scenario, plan, missed) if missed else None
            if more is None:
                break
            plan = more
        return plan

    def _planned_for_more(self, scenario: Scenario, plan: Scenario, missed: Sequence[Judged]) -> Scenario | None:
        """Another plan, for more of what was missed; None where the formulas give none."""
        for push in PUSHES:
            if not self._ask_for_more(scenario, missed, push):
                return None
            try:
                more = self._planned(scenario)
            except PlannerError:  # no formula gives so much: the plan before is the best there is
                return None
            if (more.staffing != plan.staffing).any():
                return more
        return None

    def _planned(self, scenario: Scenario) -> Scenario:
        """The scenario, its own targets kept, with the staffing of the formulas for the stricter ones and more work."""
        asked = scenario
        for contact_type in scenario.contact_types:
            if contact_type.target is not None and contact_type.name in self.strictness:
                strict = stricter(contact_type.target, self.strictness[contact_type.name])
                asked = asked.replace_type(contact_type.name, target=strict)
            if contact_type.name in self.work:
                longer = contact_type.handle_time.scaled(self.work[contact_type.name])
                asked = asked.replace_type(contact_type.name, handle_time=longer)
        found = staff(asked)
        planned = scenario
        for group in found.agent_groups:
            planned = planned.replace_group(group.name, staffing=group.staffing)
        return planned.replace(origins=scenario.origins | found.origins)

    def _ask_for_more(self, scenario: Scenario, missed: Sequence[Judged], push: int) -> bool:
        """Make the targets of the types that were missed stricter, or plan more work; whether there was any."""
        corrections: dict[str, float] = {}
        for target in missed:
            name = target.constraint.of
            corrections[name] = min(corrections.get(name, 1.0), _correction(target))
        types = [contact_type for contact_type in scenario.contact_types if contact_type.name in corrections]
        for contact_type in types:
            name, correction = contact_type.name, corrections[contact_type.name]
            if contact_type.connected:
                self.strictness[name] = self.strictness.get(name, 1.0) * correction**push
            else:
                self.work[name] = self.work.get(name, 1.0) * (1 + LOAD_STEP * (1 - correction)) ** push
        return bool(types)


def stricter(target: Target, factor: float) -> Target:
    """A target with so much of what it allows: of the share that may be late, of abandonment, of the mean wait.

    Examples
    --------
    >>> half = stricter(Target(share=0.8, within="20s", max_asa="40s"), 0.5)
    >>> half.share, half.within, half.max_asa
    (0.9, 20.0, 20.0)
    """
    shares = {name: 1 - (1 - getattr(target, name)) * factor for name in ("share", "floor") if getattr(target, name)}
    limits = {
        name: getattr(target, name) * factor
        for name in ("max_abandonment", "max_asa")
        if getattr(target, name) is not None
    }
    return target.model_copy(update=shares | limits)


def _correction(target: Judged) -> float:
    """By which factor what a target allows is too much, by the worse end of its confidence interval."""
    allowed, found = (target.wanted, target.high) if target.at_most else (1 - target.wanted, 1 - target.low)
    ratio = allowed / found if found > 0 else MOST
    return float(min(max(ratio, LEAST), MOST))
