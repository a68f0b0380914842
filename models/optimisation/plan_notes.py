"""Notes on a plan: what was not tested, what Results counts differently, and whether the time was short."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from models.optimisation.budget import OUT_OF_TIME, SearchBudget
from models.optimisation.enumeration import CERTAIN, Enumerated, TrialPlan
from models.optimisation.plan import Plan
from models.optimisation.plan_space import PlanSpace, Staffing
from models.optimisation.verdicts import days_to_decide
from scenarios.evaluation import Evaluation
from scenarios.judgement import Judged
from scenarios.statistics import INCONCLUSIVE, MET, MISSED

BUSY = 0.8
"""Processor time by elapsed time below which other work must have kept the machine busy."""
MOST_DAYS = 20_000
"""New days up to which it is worth to say how many would decide a target."""
_OPEN = {
    "load": "how much cheaper a plan could be, as the lower bound counts workload alone",
    "estimated": "whether a cheaper plan exists, as the lower bound is an estimate",
}
WORTH_A_WORD = 0.001
"""Of the cost: what is less is not mentioned."""
_HOW = {
    True: f"every cheaper plan missed a target by at least {CERTAIN:g} standard errors",
    False: "every cheaper plan missed a target, or has no more agents in any period than one that did",
}


def unpriced(space: PlanSpace) -> Iterator[str]:
    """The groups whose hours have no price."""
    if space.unpriced:
        names = ", ".join(space.unpriced)
        yield f"no cost per hour for {names}: an hour counts as 1 here and as 0 in results"


def of_enumeration(enumerated: Enumerated, listed: int) -> Iterator[str]:
    """How sure it is that no cheaper plan, of so many, would do."""
    if enumerated.finished and not enumerated.undecided:
        yield f"the lowest-cost plan with at least {enumerated.certainty:.4f} probability: {_HOW[enumerated.all_tried]}"
        return
    if enumerated.undecided:
        names = "; ".join(_short(trial) for trial in enumerated.undecided[:5])
        yield f"inconclusive: {len(enumerated.undecided)} cheaper plans ({names})"
    if not enumerated.finished:
        yield f"not tested: {listed - enumerated.screened} of {listed} cheaper plans"


def of_changes(untried: int | None, repaired: int) -> Iterator[str]:
    """How many plans with one agent fewer were not tried (None: all), and whether the plan had to be repaired."""
    if untried != 0:
        many = "all" if untried is None else untried
        yield f"not tested within the limits: {many} plans with one agent fewer"
    if repaired:
        yield "agents were added because the plan failed on the new days; a cheaper repair may exist"


def of_cuts(budget: SearchBudget, bot_cost: float) -> Iterator[str]:
    """What the published method would call its bound, where that says more than the estimate."""
    claimed, cost = budget.raw_bound + bot_cost, budget.best + bot_cost
    if budget.estimate < budget.raw_bound <= budget.best:
        yield (
            f"uncorrected cuts (Cezik & L'Ecuyer 2008) give a lower bound of {claimed:,.6g}"
            f" ({100 * (1 - claimed / cost):.1f} % gap), assuming diminishing returns"
        )


def of_cost(space: PlanSpace, staffing: Staffing, checked: Evaluation, charged: bool) -> Iterator[str]:
    """What results count otherwise than the cost of the plan; `charged` if work after the end of shifts is in it."""
    late = float(checked.overtime.sum(axis=1).mean())
    if not charged and late > WORTH_A_WORD * space.cost(staffing):
        yield f"overtime costs {late:,.6g} more, which is not in the cost here"
    if space.scenario.horizon.warm_up:
        yield "warm-up hours are in the cost here but not in the cost on Results"


def of_time(ended: str, processor: float, left_out: int) -> Iterator[str]:
    """Whether the plan may be worse because the machine had other work.

    Parameters
    ----------
    processor
        Processor time of the search by elapsed time.
    left_out
        Steps for which the solver had no solution in its time.

    Examples
    --------
    >>> next(of_time("time limit reached", 0.41, 0))[:81]
    'the machine was busy with other work: the search got 41 % of one processor, so an'
    >>> list(of_time("time limit reached", 1.7, 0)), list(of_time("optimality gap reached", 0.41, 0))
    ([], [])
    """
    if ended == OUT_OF_TIME and processor < BUSY:
        yield (
            f"the machine was busy with other work: the search got {100 * processor:.0f} % of one"
            " processor, so an idle machine may find a better plan; raise the time limit, or run again"
        )
    if left_out:
        yield f"steps skipped because the solver had no solution in time: {left_out}; raise the time limit"


def _short(trial: TrialPlan) -> str:
    staffing = ", ".join(str(n) for n in trial.staffing.ravel())
    return f"{staffing} at {trial.cost:.6g}, {trial.replications} replications"


# -- in one line -------------------------------------------------------------------------------------------------------


def in_one_line(plan: Plan, money: Callable[[float], str], replications: str = "replications") -> str:
    """The cost of a plan, what is sure, what is not, how far it is from the best, and what it would take to know more.

    Parameters
    ----------
    money
        Writes an amount.
    replications
        What a replication is called, in the plural.
    """
    undecided = [target for target in plan.constraints if target.status() == INCONCLUSIVE and not target.idle]
    parts = [f"Cost {money(plan.cost)}", f"Sure: {_sure(plan, replications)}"]
    doubts = [_doubt(target) for target in undecided]
    doubts += [_OPEN[plan.bound_kind]] if plan.bound_kind in _OPEN and plan.gap > 1e-9 else []
    parts += [f"Not sure: {'; '.join(doubts)}"] if doubts else []
    parts.append(_sentence(plan.gap_text))
    steps = [
        *_decisions(plan, undecided, replications),
        *(["a longer search narrows the gap"] if doubts[len(undecided) :] else []),
    ]
    parts += [f"To know more: {'; '.join(steps)}"] if steps else []
    return ". ".join(parts) + "."


def _sure(plan: Plan, replications: str) -> str:
    """What the validation sample shows at 95 % confidence."""
    judged = [target for target in plan.constraints if not target.idle]
    met = sum(target.status() == MET for target in judged)
    missed = [_named(target) for target in judged if target.status() == MISSED]
    days = f"on {plan.replications:,} new {replications}"
    many = f"every target is met {days}" if met == len(judged) else f"{met} of {len(judged)} targets are met {days}"
    return f"{many}; missed: {'; '.join(missed)}" if missed else many


def _doubt(target: Judged) -> str:
    if math.isnan(target.value) or math.isnan(target.error):
        return f"{_named(target)} (too few of them simulated)"
    half = (target.high - target.low) / 2
    if target.unit == "share":
        return f"{_named(target)} ({100 * target.value:.1f} ± {100 * half:.1f} %)"
    return f"{_named(target)} ({target.value:.1f} ± {half:.1f} {target.unit})"


def _decisions(plan: Plan, undecided: list[Judged], replications: str) -> Iterator[str]:
    """What would decide each target that is in doubt, and mend those that are missed."""
    for target in undecided:
        days = days_to_decide(target, plan.replications)
        if days <= MOST_DAYS:
            digits = 1 - math.floor(math.log10(days))
            yield f"about {round(days, digits):,.0f} new {replications} decide {target.constraint.of}"
        else:
            yield f"one agent more for {target.constraint.of}"
    missed = {target.constraint.of: None for target in plan.constraints if target.status() == MISSED}
    yield from (f"more agents for {of}" for of in missed)


def _named(target: Judged) -> str:
    return f"{target.constraint.of}, {target.constraint.text}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
