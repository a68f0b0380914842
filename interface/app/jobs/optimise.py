"""What the Optimise page asks of a worker process: a search that tells of every step and stops when it is asked to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from interface.app.jobs.tasks import ProgressFile
from interface.formatting import shown
from models.optimisation.budget import Step
from models.optimisation.plan import Plan
from models.optimisation.plan_space import plan_space
from models.optimisation.target_costs import TargetCost
from scenarios.requirements import constraints
from scenarios.scenario import Scenario
from scenarios.statistics import MET, MISSED
from scenarios.units import DAY
from studies.planning import known_start

if TYPE_CHECKING:
    import pandas as pd

HOURS = {"every half-hour": 1800.0, "every hour": 3600.0, "every two hours": 7200.0, "once a day": DAY}
"""How long heads stay as they are, in a person's words."""
PRICED = 0.25
"""Of the time of a search: what the search for the price of each target may take."""


@dataclass
class Listener:
    """Keeps the steps of a search and leaves them in a letterbox."""

    box: ProgressFile
    steps: list[Step] = field(default_factory=list)

    def __call__(self, step: Step) -> None:
        """Note a step."""
        self.steps.append(step)
        self.box.tell(tuple(self.steps))


def optimised(box: ProgressFile, scenario: Scenario, block: float, gap: float, seconds: float, seed: int) -> Plan:
    """The plan that a search finds, or the best so far when it is stopped."""
    from models.optimisation.search import optimise
    from simulator.evaluator import evaluator

    evaluate = evaluator(seed)
    box.tell((), always=True)
    return optimise(
        *(scenario, evaluate),
        start=known_start(scenario, evaluate, block) if constraints(scenario) else None,
        block=block,
        gap=gap,
        seconds=seconds,
        progress=Listener(box),
        stop=lambda: box.stopped,
    )


def priced(
    box: ProgressFile, scenario: Scenario, plan: Plan, block: float, seconds: float, seed: int
) -> tuple[TargetCost, ...]:
    """What the last points of each target cost; a search of `seconds` for each."""
    from models.optimisation.target_costs import cost_of_targets
    from simulator.evaluator import evaluator

    return cost_of_targets(
        *(scenario, plan, evaluator(seed)),
        block=block,
        seconds=seconds,
        stop=lambda: box.stopped,
        progress=box.progress,
    )


def price_table(prices: Sequence[TargetCost], currency: str) -> pd.DataFrame:
    """The prices of targets as people read them."""
    import pandas as pd

    rows = [
        {
            "Type or group": one.of,
            "From": one.relaxed,
            "To": one.target,
            "Costs": one.amount(lambda money: shown(money, "money", currency)),
        }
        for one in prices
    ]
    return pd.DataFrame(rows, columns=["Type or group", "From", "To", "Costs"])


def until_begun(scenario: Scenario) -> str:
    """What the time of deferred targets means, for those who might take it for more; empty where there is none.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> until_begun(presets.load("one-hour"))
    'email, social: the time of the target runs until work begins, not until it is done'
    """
    names = [
        contact_type.name
        for contact_type in scenario.contact_types
        if not contact_type.connected and contact_type.answer_within is not None
    ]
    return f"{', '.join(names)}: the time of the target runs until work begins, not until it is done" if names else ""


def taken(scenario: Scenario, plan: Plan) -> Scenario:
    """The scenario with the staffing of a plan, and the word on where it comes from."""
    origins = {path: word for path, word in plan.scenario.origins.items() if path.endswith(".staffing")}
    for group in plan.scenario.agent_groups:
        scenario = scenario.replace_group(group.name, staffing=group.staffing)
    return scenario.replace(origins=scenario.origins | origins)


def out_of_date(scenario: Scenario, plan: Plan) -> bool:
    """Whether more than staffing and names has changed since a plan was made, so that it answers another question."""
    if plan.scenario.group_names != scenario.group_names or plan.scenario.horizon != scenario.horizon:
        return True
    return taken(scenario, plan).replace(name=plan.scenario.name).fingerprint != plan.scenario.fingerprint


def wages(scenario: Scenario) -> float:
    """What the planned hours of a scenario cost, paid breaks and leave included."""
    space = plan_space(scenario, scenario.horizon.interval)
    return space.cost(scenario.staffing)


def checked(plan: Plan) -> Step:
    """The end of a search's history: the plan as it came out of the check, which may have had to be mended."""
    last = plan.steps[-1].seconds if plan.steps else 0.0
    return Step(last, plan.cost, plan.bound, "checked", plan.staffing)


def worth(plan: Plan, currency: str) -> list[str]:
    """What one agent more or fewer of each group does, in sentences: the wish that moves most, and the money.

    By days that the search has not seen.
    """
    lines = []
    for name, staffing in dict.fromkeys((one.group, one.staffing) for one in plan.marginal_values):
        mine = [one for one in plan.marginal_values if (one.group, one.staffing) == (name, staffing)]
        missed = [one for one in mine if one.status != MET]
        most = max(missed or mine, key=lambda one: abs(np.nan_to_num(one.difference)) / (one.error or 1.0))
        unit = "s" if "on average" in most.constraint else "points"
        change = most.difference if unit == "s" else 100 * most.difference
        money = f"{abs(most.cost):,.0f} {currency}".rstrip()
        side = f"One more in {name} costs {money}" if staffing > 0 else f"One fewer in {name} saves {money}"
        verb = "misses" if most.status == MISSED else "may miss"
        end = f", and {most.of} {verb} '{most.constraint}'" if missed else ""
        moved = f"{change:+.1f} {unit}" if math.isfinite(change) else "without contacts"
        lines.append(f"{side}: {most.of} ({most.constraint}) {moved}{end}.")
    return lines
