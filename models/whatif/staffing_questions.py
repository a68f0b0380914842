"""What-if questions about staffing: the lowest-cost plans of the alternatives are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from models.whatif import redesign
from models.whatif.answers import TODAY, Answer, PlanningTools, best_line, money, plan_row, planned
from models.whatif.trials import judge_trial, read
from scenarios.errors import InvalidScenario
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MET

SHARES = (0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
CONCURRENT_CHATS = (1, 2, 3, 4, 5)
MOST_PAIRS = 6
"""Pairs of group and skill for which a plan is made."""


def curve(
    scenario: Scenario, tools: PlanningTools, *, contact_type: str | None = None, shares: tuple[float, ...] = SHARES
) -> Answer:
    """What service costs: the cheapest plan for each share of contacts in time, and the price of the next points.

    A plan that is shown to meet a higher share also serves a lower one, so that less service never costs more.

    Parameters
    ----------
    contact_type
        The type whose target moves; by default all types that want a share, together.
    """
    contact_types = [contact_type] if contact_type else [t.name for t in scenario.contact_types if t.target_share]
    if not contact_types:
        raise InvalidScenario("contact_types", "no type has a service level target", "give one a target")
    alternatives = {
        f"{share:.0%}".replace("%", " %"): redesign.wanting(scenario, contact_types, share) for share in sorted(shares)
    }
    table, plans, margin = planned(alternatives, tools, scenario)
    _served_by_better(table, plans, alternatives, tools)
    table.insert(1, "share", [np.nan, *sorted(shares)])
    table["price_of_a_point"] = np.diff(table["cost"], prepend=np.nan) / (100 * np.diff(table["share"], prepend=np.nan))
    line = _curve_line(table, contact_types, scenario.currency, margin)
    return Answer("curve", line, table, plans, margin)


def pool(scenario: Scenario, tools: PlanningTools) -> Answer:
    """Who should work together: the cheapest plans as organised now, in silos, and as one pool."""
    alternatives = {
        "current groups": scenario,
        "silos": redesign.silos(scenario),
        "one pool": redesign.pooled(scenario),
    }
    table, plans, margin = planned(alternatives, tools, scenario)
    line = best_line(table, "cheapest", scenario.currency, reference="silos", proved=tools.proved, margin=margin)
    return Answer("pool", line, table, plans, margin)


def training(scenario: Scenario, tools: PlanningTools) -> Answer:
    """Which skill for whom is worth most: the cheapest plan after each, for the likeliest pairs of group and type."""
    pairs = _likeliest(scenario, tools)
    if not pairs:
        raise InvalidScenario("agent_groups", "every group has every skill", "no skill is left to train")
    alternatives = {"current skills": scenario} | {f"{g} takes {t}": redesign.trained(scenario, g, t) for g, t in pairs}
    table, plans, margin = planned(alternatives, tools, scenario)
    line = best_line(
        table, "worth most", scenario.currency, reference="current skills", proved=tools.proved, margin=margin
    )
    return Answer("training", line, table, plans, margin)


def concurrency(
    scenario: Scenario, tools: PlanningTools, *, group: str | None = None, slowdown: float | None = None
) -> Answer:
    """How many dialogues at once: the cheapest plan for each limit on concurrent chats of a group."""
    name = group or _chat_group(scenario)
    alternatives = {f"{n} at once": redesign.with_max_concurrent(scenario, name, n, slowdown) for n in CONCURRENT_CHATS}
    table, plans, margin = planned(alternatives, tools, scenario)
    reference = f"{scenario.group(name).max_concurrent} at once"
    line = best_line(table, "cheapest", scenario.currency, reference=reference, proved=tools.proved, margin=margin)
    flat = slowdown is None and set(scenario.group(name).concurrency_speed) == {1.0}
    warning = (
        " Without a slow-down per extra chat more chats at once always look better: set Concurrency speed."
        if flat
        else ""
    )
    return Answer("concurrency", line + warning, table, plans, margin)


def _served_by_better(
    table: pd.DataFrame, plans: dict[str, Scenario], alternatives: Mapping[str, Scenario], tools: PlanningTools
) -> None:
    """Give each share the plan of a higher one that costs less, unless it serves this one less surely."""
    best: pd.Series | None = None
    served: dict[int, tuple[Scenario, pd.Series]] = {}
    for at in reversed(table.index[1:]):
        row = table.loc[at]
        if row["status"] not in (MET, INCONCLUSIVE):
            continue
        if best is None or row["cost"] <= best["cost"]:
            best = row
        else:
            lower, higher = alternatives[row["alternative"]], plans[best["alternative"]]
            served[at] = higher.replace(name=lower.name, contact_types=lower.contact_types), best
    trials = tools.run_trial([plan for plan, _ in served.values()])
    for (at, (plan, better)), trial in zip(served.items(), trials, strict=True):
        name = str(table.at[at, "alternative"])
        row = plan_row(name, trial, tools) | {column: better[column] for column in ("cost", "cost_error", "left_open")}
        if row["status"] == MET or table.at[at, "status"] != MET:
            plans[name] = plan
            for column, value in row.items():
                table.at[at, column] = value


def _curve_line(table: pd.DataFrame, contact_types: Sequence[str], currency: str, margin: float) -> str:
    """What the shares that are shown to be met cost more, from the lowest to the highest; the others are named."""
    levels = table[table["alternative"] != TODAY]
    meeting, others = levels[levels["status"] == MET], levels[levels["status"] != MET]
    names = ", ".join(contact_types)
    rest = "".join(
        f" {str(verdict).capitalize()}: {', '.join(rows['alternative'])}."
        for verdict, rows in others.groupby("status", sort=False)
    )
    if len(meeting) < 2:
        return f"Fewer than two of these service levels for {names} have a plan that is shown to meet them.{rest}"
    first, before, last = meeting.iloc[0], meeting.iloc[-2], meeting.iloc[-1]
    if not first["cost"] > 0:
        name = f"{first['alternative']} in time ({names})"
        return f"The plan for {name} costs nothing: enter volumes and a cost per hour."
    rise, step = float(last["cost"] - first["cost"]), float(last["cost"] - before["cost"])
    points = 100 * (last["share"] - before["share"])
    small = f" (less than one agent, {money(margin, currency)})" if step < margin else ""
    price = f"{money(step, currency)}{small}" if round(step) > 0 else "nothing more"
    return (
        f"From {first['alternative']} to {last['alternative']} in time ({names}) the cost rises by "
        f"{money(rise, currency)} ({100 * rise / first['cost']:.1f} %); the last {points:.0f} points cost "
        f"{price}.{rest}"
    )


def _likeliest(scenario: Scenario, tools: PlanningTools) -> tuple[tuple[str, str], ...]:
    """The pairs to try: the types that are worst off first, and for each the groups that have most time."""
    pairs = redesign.untrained(scenario)
    if len(pairs) <= MOST_PAIRS:
        return pairs
    (trial,) = tools.run_trial([scenario])
    need: dict[str, float] = {}
    for target in judge_trial(trial):
        need[target.constraint.of] = min(need.get(target.constraint.of, np.inf), target.z)
    busy = {name: read(trial, "occupancy", name).value for name in scenario.group_names}
    return tuple(sorted(pairs, key=lambda pair: (need.get(pair[1], np.inf), busy[pair[0]]))[:MOST_PAIRS])


def _chat_group(scenario: Scenario) -> str:
    """The group with most agents among those who take concurrent contacts."""
    concurrent = {contact_type.name for contact_type in scenario.contact_types if contact_type.work == "concurrent"}
    able = [group for group in scenario.agent_groups if concurrent & set(group.skills)]
    if not able:
        raise InvalidScenario("agent_groups", "no group takes chats", "give a group the skill of a chat type")
    return max(able, key=lambda group: (group.max_concurrent > 1, int(group.agents(scenario.horizon).sum()))).name
