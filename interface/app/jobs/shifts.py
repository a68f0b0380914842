"""What the Shifts page asks of a worker process, and the key figures of its answer."""

from __future__ import annotations

import numpy as np

from interface.app.jobs.jobs import Progress
from interface.app.verdicts import Tile
from interface.formatting import optimality_gap, shown
from interface.language.messages import _
from interface.language.numbers import number
from models.scheduling.conflicts import stretches
from models.scheduling.options import Ints
from models.scheduling.patterns import ShiftRules
from models.scheduling.repair import Repair, RepairRules, repair, requirement_and_deferred
from models.scheduling.shift_plan import RequirementSource, ShiftPlan, cover_requirement, required_people
from models.whatif.factors import changed, factor
from scenarios.scenario import Scenario
from studies.shifts.proof import ShiftProof, prove


def planned(
    progress: Progress,
    scenario: Scenario,
    rules: ShiftRules,
    source: RequirementSource | dict[str, Ints],
    seconds: float,
) -> ShiftPlan:
    """The shifts of a scenario, for a requirement by name or by group and interval; cancelled between two steps."""
    required = source if isinstance(source, dict) else required_people(scenario, source)
    return cover_requirement(
        *(scenario, rules, required), seconds=seconds, progress=progress.step, stop=lambda: progress.stopped
    )


def proven(progress: Progress, plan: ShiftPlan, days: int, seed: int) -> ShiftProof:
    """A plan simulated on fresh days."""
    from simulator.evaluator import evaluator

    return prove(plan, evaluator(seed), replications=days, progress=progress.step, stop=lambda: progress.stopped)


def repaired(
    progress: Progress, plan: ShiftPlan, scenario: Scenario, volume: float, now: int, rules: RepairRules
) -> Repair:
    """The smallest repair of a plan from an interval on, for a scenario with its volume multiplied."""
    progress.step(0, 2)
    revised = changed(scenario, factor("volume"), volume)
    required, deferred = requirement_and_deferred(revised, plan.rules.interval)
    progress.step(1, 2)
    needed = {name: required[name] for name in plan.problem.requirement}
    return repair(plan, needed, now, deferred=deferred, rules=rules)


def plan_tiles(plan: ShiftPlan, before: ShiftPlan, currency: str) -> list[Tile]:
    """Cost and coverage of a plan, with what changed by hand since the search."""

    def change(value: float, old: float, unit: str) -> tuple[str, ...]:
        return (
            (_("{change} {unit} by your edits").format(change=number(value - old, "+,.1f"), unit=unit),)
            if round(value - old, 2)
            else ()
        )

    gap = _("{optimality_gap}, lower bound {bound}").format(
        optimality_gap=optimality_gap(before.gap, estimated=False), bound=shown(before.bound, "money", currency)
    )
    short, over = plan.short_hours, plan.extra_hours
    people = len(plan.shifts)
    return [
        Tile(
            *(_("Cost of the shifts"), shown(plan.wages, "money", currency), "plain", gap),
            (*change(plan.wages, before.wages, currency), _("Planned shrinkage not included; on Results it is")),
        ),
        Tile(
            *(_("Understaffed hours"), f"{number(short, ',.1f')} {_('h')}", "missed" if short else "met"),
            _("Understaffed") if short else _("Requirement covered"),
            change(short, before.short_hours, _("h")),
        ),
        Tile(
            *(_("Overstaffed hours"), f"{number(over, ',.1f')} {_('h')}", "plain", _("Above the requirement")),
            change(over, before.extra_hours, _("h")),
        ),
        Tile(
            *(
                _("Shifts"),
                f"{people:,}",
                "plain",
                _("{paid_hours} paid hours").format(paid_hours=number(plan.paid_hours, ",.1f")),
            ),
            change(people, len(before.shifts), _("shifts")),
        ),
    ]


def understaffed(plan: ShiftPlan) -> list[str]:
    """The stretches of each group in which people are missing, with how many at most."""
    return [
        _("{name}: {stretches}, up to {most} missing").format(
            name=name, stretches=stretches(plan.grid, net < 0), most=int(-net.min())
        )
        for name, net in plan.net.items()
        if np.any(net < 0)
    ]
