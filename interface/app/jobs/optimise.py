"""What the Optimise page asks of a worker process: a search that reports its steps and stops when it is asked to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from interface.app.jobs.jobs import Progress
from interface.formatting import shown
from interface.language.messages import _, marked
from interface.language.numbers import number
from models.optimisation.budget import OUT_OF_TIME, Step
from models.optimisation.plan import Plan
from models.optimisation.plan_rules import ACCEPTED, NO_RULES, PlanRules
from models.optimisation.plan_space import plan_space, same_centre
from models.optimisation.target_costs import TargetCost
from models.whatif.factors import factors
from models.whatif.variations import varied
from scenarios.requirements import constraints
from scenarios.scenario import Scenario
from scenarios.statistics import MET, MISSED
from scenarios.units import DAY
from studies.planning import known_start

if TYPE_CHECKING:
    import pandas as pd

    from models.whatif.insurance import Insurance

FLOORS = marked(
    {
        "5 points below target": 0.05,
        "10 points below target": 0.1,
        "15 points below target": 0.15,
        "20 points below target": 0.2,
        "off": None,
    }
)
"""How far below its target the service level of an open hour may be, by its label."""
HOURS = marked({"every half-hour": 1800.0, "every hour": 3600.0, "every two hours": 7200.0, "once a day": DAY})
"""The length of a staffing period, by its label."""
FURTHER = {
    "volume +10 %": "volume",
    "volume +20 %": "volume",
    "handle time +10 %": "handle_time",
    "absence +5 points": "absence",
    "containment -10 points": "containment",
    "containment -20 points": "containment",
}
"""Changes of one assumption that a plan can be insured against, and what they change."""
PRICED = 0.25
"""The time of the search for the cost of a target, as a share of the time of the search for the plan."""
PAUSE = 0.3
"""Seconds between two reports of a search."""


def rules_of(floor: str, even: bool) -> PlanRules:
    """The rules of plans for a label of `FLOORS`, with even staffing or without.

    Examples
    --------
    >>> rules_of("off", even=False) == PlanRules()
    True
    """
    return replace(ACCEPTED if even else NO_RULES, floor=FLOORS[floor])


@dataclass
class Listener:
    """Keeps the steps of a search and reports them, unless the last report was only just made."""

    progress: Progress
    steps: list[Step] = field(default_factory=list)
    reported_at: float = -PAUSE

    def __call__(self, step: Step) -> None:
        """Note a step; those of an earlier search are let go."""
        if self.steps and step.seconds < self.steps[-1].seconds:
            self.steps.clear()
        self.steps.append(step)
        time = monotonic()
        if time - self.reported_at >= PAUSE:
            self.reported_at = time
            self.progress.report(findings=tuple(self.steps))


def further(scenario: Scenario, variants: Mapping[str, Scenario]) -> list[str]:
    """The names of scenarios whose targets a plan can meet too: assumptions changed, and variants of the same centre.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> further(presets.load("help-desk"), {"Monday": presets.load("help-desk"), "shop": presets.load("bot-first")})
    ['volume +10 %', 'volume +20 %', 'handle time +10 %', 'absence +5 points', 'Monday']
    """
    present = {each.name for each in factors() if each.present(scenario)}
    names = [words for words, name in FURTHER.items() if name in present]
    return [*names, *(name for name, variant in variants.items() if same_centre(scenario, variant))]


def chosen_further(scenario: Scenario, variants: Mapping[str, Scenario], names: Sequence[str]) -> tuple[Scenario, ...]:
    """The further scenarios of these names."""
    return tuple(
        varied(scenario, name) if name in FURTHER else variants[name].replace(title=name)
        for name in names
        if name in FURTHER or name in variants
    )


def optimised(
    progress: Progress,
    scenario: Scenario,
    also: tuple[Scenario, ...],
    block: float,
    rules: PlanRules,
    gap: float,
    seconds: float,
    seed: int,
) -> Plan | Insurance:
    """The plan that a search finds, or the best so far when it is stopped; for further scenarios with its price.

    Half of the time is for the plan that meets the targets of all, half for the one to compare it with.
    """
    from models.optimisation.search import optimise
    from models.whatif.insurance import insure
    from simulator.evaluator import evaluator

    evaluate = evaluator(seed)
    progress.report()
    if also:
        return insure(
            *(scenario, also, evaluate),
            block=block,
            rules=rules,
            gap=gap,
            seconds=seconds / 2,
            progress=Listener(progress),
            stop=lambda: progress.stopped,
        )
    return optimise(
        *(scenario, evaluate),
        start=known_start(scenario, evaluate, block, rules) if constraints(scenario) else None,
        block=block,
        rules=rules,
        gap=gap,
        seconds=seconds,
        progress=Listener(progress),
        stop=lambda: progress.stopped,
    )


def priced(
    progress: Progress, scenario: Scenario, plan: Plan, block: float, rules: PlanRules, seconds: float, seed: int
) -> tuple[TargetCost, ...]:
    """What the last 5 points of each target cost; a search of `seconds` for each."""
    from models.optimisation.target_costs import cost_of_targets
    from simulator.evaluator import evaluator

    return cost_of_targets(
        *(scenario, plan, evaluator(seed)),
        block=block,
        rules=rules,
        seconds=seconds,
        stop=lambda: progress.stopped,
        progress=progress.step,
    )


def price_table(prices: Sequence[TargetCost], currency: str) -> pd.DataFrame:
    """The costs of targets as a table."""
    import pandas as pd

    rows = [
        {
            "Type or group": price.of,
            "From": price.relaxed,
            "To": price.target,
            "Cost": price.amount(lambda money: shown(money, "money", currency)),
        }
        for price in prices
    ]
    return pd.DataFrame(rows, columns=marked(["Type or group", "From", "To", "Cost"]))


def until_begun(scenario: Scenario) -> str:
    """What the time of deferred targets means; empty where there is none.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> until_begun(presets.load("one-hour"))
    'email, social: the target time runs until work on the contact begins, not until it is finished'
    """
    names = [
        contact_type.name
        for contact_type in scenario.contact_types
        if not contact_type.connected and contact_type.answer_within is not None
    ]
    text = _("the target time runs until work on the contact begins, not until it is finished")
    return f"{', '.join(names)}: {text}" if names else ""


def taken(scenario: Scenario, plan: Plan) -> Scenario:
    """The scenario with the staffing of a plan, and the note on where that comes from."""
    origins = {path: note for path, note in plan.scenario.origins.items() if path.endswith(".staffing")}
    for group in plan.scenario.agent_groups:
        scenario = scenario.replace_group(group.name, staffing=group.staffing)
    return scenario.replace(origins=scenario.origins | origins)


def out_of_date(scenario: Scenario, plan: Plan) -> bool:
    """Whether more than staffing and names has changed since a plan was made."""
    if plan.scenario.group_names != scenario.group_names or plan.scenario.horizon != scenario.horizon:
        return True
    return taken(scenario, plan).replace(name=plan.scenario.name).fingerprint != plan.scenario.fingerprint


def sentence_case(text: str) -> str:
    """The text with a capital at its beginning; names of contact types stay as they are.

    Examples
    --------
    >>> sentence_case("time is up"), sentence_case("")
    ('Time is up', '')
    """
    return text[:1].upper() + text[1:]


def headline(plan: Plan, currency: str) -> str:
    """The cost of a plan, and how many of its targets are not met for certain."""
    cost = shown(plan.cost, "money", currency)
    statuses = [target.status() for target in plan.constraints]
    missed, confirmed, count = statuses.count(MISSED), statuses.count(MET), len(statuses)
    if confirmed == count:
        return _("Every target is met for {cost}").format(cost=cost)
    unmet = (
        _("{missed} of {count} targets missed").format(missed=missed, count=count)
        if missed
        else _("{count} of {total} targets not confirmed").format(count=count - confirmed, total=count)
    )
    return _("Best plan so far: {cost}; {unmet}").format(cost=cost, unmet=unmet)


def cost_lines(plan: Plan, current: float | None, currency: str) -> tuple[str, ...]:
    """The small print of a plan's cost: its parts, the change from the current wages, and why the search ended."""
    parts = [(plan.overtime, _("overtime")), (plan.bot_cost, _("bot sessions"))]
    lines = [
        _("incl. {cost} {part}").format(cost=shown(cost, "money", currency), part=part) for cost, part in parts if cost
    ]
    if plan.change_cost:
        lines.append(
            _("{changes} staffing changes, counted as {change_cost}, not paid").format(
                changes=plan.changes, change_cost=shown(plan.change_cost, "money", currency)
            )
        )
    if current is not None:
        saved = current - (plan.staffing_cost - plan.overtime)
        size = shown(abs(saved), "money", currency)
        if not round(saved, 2):
            lines.append(_("same as the current plan"))
        elif saved > 0:
            lines.append(_("{size} less than the current plan (planned hours)").format(size=size))
        else:
            lines.append(_("{size} more than the current plan (planned hours)").format(size=size))
    by_itself = _("Stopped: {reason}").format(reason=plan.ended)
    lines.append(_("Stopped at time limit") if plan.ended == OUT_OF_TIME else by_itself)
    return tuple(lines)


def wages(scenario: Scenario) -> float:
    """What the planned hours of a scenario cost, paid breaks and leave included."""
    space = plan_space(scenario, scenario.horizon.interval)
    return space.cost(scenario.staffing)


def checked(plan: Plan) -> Step:
    """The end of a search's history: the plan as it came out of the check, which may have repaired it."""
    last = plan.steps[-1].seconds if plan.steps else 0.0
    return Step(last, plan.cost, plan.bound, "checked", plan.staffing)


def worth(plan: Plan, currency: str) -> list[str]:
    """The marginal value of an agent of each group, in sentences: the cost, and the target that moves most.

    On days that the search has not used.
    """
    lines = []
    for name, staffing in dict.fromkeys((value.group, value.staffing) for value in plan.marginal_values):
        values = [value for value in plan.marginal_values if (value.group, value.staffing) == (name, staffing)]
        missed = [value for value in values if value.status != MET]
        most = max(missed or values, key=lambda value: abs(np.nan_to_num(value.difference)) / (value.error or 1.0))
        unit = "s" if "on average" in most.constraint else marked("points")
        change = most.difference if unit == "s" else 100 * most.difference
        money = f"{number(abs(most.cost), ',.0f')} {currency}".rstrip()
        side = (
            _("One more agent in {name} costs {money}").format(name=name, money=money)
            if staffing > 0
            else _("One agent fewer in {name} saves {money}").format(name=name, money=money)
        )
        end = ""
        if missed:
            misses, may_miss = _(", so that {of} misses its target"), _(", so that {of} may miss its target")
            end = (misses if most.status == MISSED else may_miss).format(of=most.of)
        moved = f"{number(change, '+.1f')} {_(unit)}" if math.isfinite(change) else _("without contacts")
        lines.append(f"{side}; {most.of} ({most.constraint}): {moved}{end}.")
    return lines
