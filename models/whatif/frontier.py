"""The automation frontier: for each level of bot containment the lowest-cost staffing that meets every target.

A bot that *claims* to contain a share c, of which a share f falsely, resolves (1 - f) c; the rest of c returns by the
scenario's follow-up rules, what is passed on is harder by 1 + difficulty x c (`scenarios.contact_types.Bot`), and every
session costs. So the claimed saving and the net saving are different numbers, and the second can be negative.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from models.optimisation.verdicts import status
from models.whatif.containment import (
    bot_of,
    bot_type,
    contained,
    false_share_now,
    saved_by_formula,
    share_of,
    wages_of,
    work_saved,
)
from models.whatif.frontier_result import Frontier
from models.whatif.trials import Plan, RunTrial, ScenarioTrial, agent_hours, judge_trial, one_agent_cost, read
from scenarios.errors import Cancelled, PlannerError
from scenarios.measures import SERVICE_LEVELS
from scenarios.requirements import constraints
from scenarios.scenario import Scenario
from scenarios.statistics import MISSED, certain

__all__ = ["LEVELS", "RESPONSES", "UNREACHABLE", "Frontier", "Gap", "frontier"]

LEVELS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
UNREACHABLE = "unreachable"
RESPONSES = ("response_by_person", "response_by_person_or_bot", "response_any")
Progress = Callable[[int, int], None]
Gap = Callable[[Scenario], float]
"""The share of its cost by which a plan may be dearer than the cheapest."""


def frontier(
    scenario: Scenario,
    plan: Plan,
    run_trial: RunTrial,
    *,
    contact_type: str | None = None,
    levels: Sequence[float] = LEVELS,
    false_share: float | None = None,
    gap: Gap | None = None,
    staffing: float = 0.0,
    progress: Progress | None = None,
) -> Frontier:
    """The cheapest plan of each level of a bot's claimed containment, and what it costs and gives.

    Level 0 is the centre without this bot; it is always tried, for savings are counted from it. Today's staffing, with
    the bot as it is and without it, is simulated on the same days and has rows of its own (`Frontier.today`). The rows
    have: level, resolved, falsely_contained, status (met, inconclusive, missed, ``unreachable``), cost with cost_low
    and cost_high, wages (overtime included), bot_cost, agent_hours, claimed_saving (level x the type's share of the
    work x wages without a bot), net_saving (cost without a bot less this cost; NaN where people alone miss a target),
    work_saved with work_saved_error, work_saved_low and work_saved_high (agent time saved as a share of the type's own
    without a bot), formula_saved (the same by `models.queueing.bots.after_containment`), cost_per_resolved_case, the
    three responses of the type within its target time, judged (the share in time by the clock of the type's own target;
    NaN where it names none), why (of what is unreachable), and left_open (the share of its cost that a plan may be too
    dear).

    Parameters
    ----------
    plan, find
        See `models.whatif.trials`.
    contact_type
        The type whose bot is varied; by default the one whose bot meets most contacts.
    false_share
        How much of the claimed containment is false; by default as the bot is now.
    gap
        What each plan leaves open, as its search ended; nothing by default.
    staffing
        Agents on shift all the time that the plans leave open: one, where formulas make them.
    progress
        Called with the levels done and wanted.

    Raises
    ------
    InvalidScenario
        If the type, or every type, has no bot.
    InvalidValue
        For levels or a false share outside 0 to 1, or beyond what leaves the bot early.

    Examples
    --------
    >>> from models.centre.staffing import staff
    >>> from scenarios.yaml import presets
    >>> frontier(presets.load("help-desk"), staff, list)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    scenarios.errors.InvalidScenario: contact_types: no type has a bot; add a bot to a type
    """
    import pandas as pd

    name = bot_type(scenario, contact_type)
    bot = bot_of(scenario, name)
    wrong = false_share_now(bot) if false_share is None else share_of("false_share", false_share)
    wanted = tuple(sorted({0.0, *(share_of("levels", level) for level in levels)}))
    variants = [contained(scenario, name, level, wrong) for level in wanted]
    plans, why = _planned(wanted, variants, plan, progress)
    current = [scenario, contained(scenario, name, 0.0, wrong)]
    tried = run_trial([*plans.values(), *current])
    trials = dict(zip(plans, tried, strict=False))
    table = pd.DataFrame(
        [
            _row(scenario, name, wrong, level, trials.get(level), trials.get(0.0)) | {"why": why.get(level, "")}
            for level in wanted
        ]
    )
    table["left_open"] = [gap(plans[level]) if gap is not None and level in plans else 0.0 for level in wanted]
    own_level, own_rate = bot.claimed_containment, false_share_now(bot)
    today = pd.DataFrame(
        [
            _row(scenario, name, rate, level, trial, trials.get(0.0)) | {"why": "", "left_open": 0.0}
            for rate, level, trial in zip((own_rate, wrong), (own_level, 0.0), tried[len(plans) :], strict=True)
        ]
    )
    paid = {level: np.asarray(trial.sums("cost")[0][:, 0]) for level, trial in trials.items()}
    open_head = staffing * max((one_agent_cost(trial) for trial in trials.values()), default=0.0)
    return Frontier(name, wrong, table, plans, scenario.currency, open_head, paid, today)


def _planned(
    levels: Sequence[float], variants: Sequence[Scenario], plan: Plan, progress: Progress | None
) -> tuple[dict[float, Scenario], dict[float, str]]:
    """The plans by level, and why a level has none."""
    plans, why = {}, {}
    for done, (level, variant) in enumerate(zip(levels, variants, strict=True), start=1):
        try:
            plans[level] = plan(variant)
        except Cancelled:
            raise
        except PlannerError as problem:
            why[level] = str(problem)
        if progress is not None:
            progress(done, len(levels))
    return plans, why


def _row(
    base: Scenario,
    contact_type: str,
    wrong: float,
    level: float,
    trial: ScenarioTrial | None,
    without: ScenarioTrial | None,
) -> dict[str, object]:
    nothing = certain(math.nan)
    cost, bot_cost = (nothing, nothing) if trial is None else (read(trial, "cost"), read(trial, "bot_cost"))
    saved = work_saved(base, contact_type, without, trial) if trial is not None and without is not None else nothing
    alone = without is not None and status(judge_trial(without)) != MISSED
    reference = read(without, "cost").value if without is not None and alone else math.nan
    row: dict[str, object] = {
        "level": level,
        "resolved": level * (1 - wrong),
        "falsely_contained": level * wrong,
        "status": UNREACHABLE if trial is None else status(judge_trial(trial)),
        "cost": cost.value,
        "cost_low": cost.low,
        "cost_high": cost.high,
        "wages": cost.value - bot_cost.value,
        "bot_cost": bot_cost.value,
        "agent_hours": math.nan if trial is None else agent_hours(trial.scenario),
        "claimed_saving": math.nan if without is None else level * wages_of(base, contact_type, without),
        "net_saving": reference - cost.value,
        "work_saved": saved.value,
        "work_saved_error": saved.error,
        "work_saved_low": saved.low,
        "work_saved_high": saved.high,
        "formula_saved": saved_by_formula(base, contact_type, level, wrong),
        "cost_per_resolved_case": math.nan if trial is None else read(trial, "cost_per_resolved_case").value,
    }
    measures = [*RESPONSES, *([clock] if (clock := judged_by(base, contact_type)) else [])]
    values = {name: math.nan if trial is None else read(trial, name, contact_type).value for name in measures}
    return row | {name: values[name] for name in RESPONSES} | {"judged": values.get(clock or "", math.nan)}


def judged_by(scenario: Scenario, contact_type: str) -> str | None:
    """The measure by whose clock a type's share in time is judged; None where its target names no share.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> judged_by(presets.load("bot-first"), "chat")
    'service_level'
    """
    shares = (*RESPONSES, *SERVICE_LEVELS.values())
    return next(
        (
            constraint.measure
            for constraint in constraints(scenario)
            if constraint.of == contact_type and constraint.measure in shares
        ),
        None,
    )
