"""The verdict of a run in one sentence, and a tile for each target with its uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from interface.app.jobs.theory import Theory
from interface.formatting import STATUS, give_or_take, listed, shown
from interface.language.messages import _
from interface.language.numbers import number
from scenarios.measures import MEASURES
from scenarios.statistics import INCONCLUSIVE, MISSED
from simulator.measure.first_verdicts import FirstVerdict
from simulator.measure.results import Results
from simulator.measure.targets import verdict


@dataclass(frozen=True)
class Tile:
    """A key figure: title, value, verdict and details."""

    title: str
    number: str
    status: str
    words: str
    small: tuple[str, ...]


def sentence(rows: pd.DataFrame) -> str:
    """The outcome of all targets in one line.

    Examples
    --------
    >>> sentence(pd.DataFrame({"type": ["phone", "chat"], "value": [0.9, 0.6], "status": ["met", "missed"]}))
    '1 of 2 targets missed: chat'
    """
    missed = list(dict.fromkeys(rows.loc[rows["status"] == MISSED, "type"]))
    idle = rows["value"].isna() & (rows["status"] == INCONCLUSIVE)
    undecided = list(dict.fromkeys(rows.loc[(rows["status"] == INCONCLUSIVE) & ~idle, "type"]))
    if rows.empty:
        return _("No contact type has a target")
    if idle.all():
        return _("No contacts in this run: {types}").format(types=listed(dict.fromkeys(rows["type"])))
    if missed and len(rows) == 1:
        return _("The target is missed")
    if missed:
        count = int((rows["status"] == MISSED).sum())
        return _("{count} of {total} targets missed: {types}").format(
            count=count, total=len(rows), types=listed(missed)
        )
    if undecided:
        count = int(((rows["status"] == INCONCLUSIVE) & ~idle).sum())
        return _("{count} of {total} targets inconclusive: {types}. Choose a higher precision").format(
            count=count, total=len(rows), types=listed(undecided)
        )
    if idle.any():
        types = listed(dict.fromkeys(rows.loc[idle, "type"]))
        return _("Every target with contacts is met; no contacts: {types}").format(types=types)
    return _("Every target is met") if len(rows) > 1 else _("The target is met")


def sentence_so_far(verdicts: Sequence[FirstVerdict], simulated: Callable[[int], str]) -> str:
    """What is decided while a run goes on, in one line; `simulated` says how much so many replications are.

    Examples
    --------
    >>> from scenarios.requirements import constraints
    >>> from scenarios.yaml import presets
    >>> calls, = constraints(presets.load("help-desk"))
    >>> sentence_so_far([FirstVerdict(calls, "missed", 4)], "{} days".format)
    'Sure by now: calls missed (4 days)'
    >>> sentence_so_far([FirstVerdict(calls, "inconclusive", 0)], "{} days".format)
    'No target is decided yet'
    """
    decided = [
        _("{type} {verdict} ({simulated})").format(
            type=verdict.constraint.of,
            verdict=_(STATUS[verdict.status]).lower(),
            simulated=simulated(verdict.replications),
        )
        for verdict in verdicts
        if verdict.decided
    ]
    waiting = list(dict.fromkeys(verdict.constraint.of for verdict in verdicts if not verdict.decided))
    if not verdicts:
        return _("No contact type has a target")
    if not decided:
        return _("No target is decided yet")
    sure = _("Sure by now: {decided}").format(decided=listed(decided))
    return _("{decided}; not decided yet: {types}").format(decided=sure, types=listed(waiting)) if waiting else sure


def tiles(results: Results, theory: Theory | None = None, so_far: Sequence[FirstVerdict] | None = None) -> list[Tile]:
    """A tile for each target, with the verdicts so far while a run goes on."""
    rows = verdict(results).to_dict("records")
    return [_target_tile(row, theory, so_far[number] if so_far else None) for number, row in enumerate(rows)]


def _target_tile(row: dict[Any, Any], theory: Theory | None, so_far: FirstVerdict | None) -> Tile:
    unit, measure = MEASURES[row["measure"]].unit, MEASURES[row["measure"]]
    share, low, high = (f"{100 * row[name]:.0f}" for name in ("good_days", "good_days_low", "good_days_high"))
    days = _("Target met on {share} % of days ({low} to {high} %)").format(share=share, low=low, high=high)
    side = _("over") if measure.better == "lower" else _("under")
    small = (
        _("{measure}, simulated").format(measure=_(measure.label)),
        _formula_line(row, theory, unit),
        days,
        _("Worst 10 % of days: {side} {level}").format(side=side, level=shown(row["bad_day"], unit)),
        row["note"],
    )
    margin = give_or_take(row["low"], row["high"], unit)
    known = so_far.status if so_far else row["status"]
    words = _("Not decided yet") if so_far and not so_far.decided else _(STATUS[known])
    words += f" ({margin})" if margin else ""
    return Tile(f"{row['type']} · {row['target']}", shown(row["value"], unit), known, words, small)


def _formula_line(row: dict[Any, Any], theory: Theory | None, unit: str) -> str:
    """What the formula says of the same measure, and which formula it is."""
    if theory is None:
        return ""
    answer = theory.of(row["measure"], row["type"])
    if answer is None:
        return _("No formula covers this")
    value, source, _left_out = answer
    return _("Formula ({source}): {value}").format(source=_(source), value=shown(value, unit))


def cost_tile(results: Results) -> Tile:
    """The cost of the horizon, as a tile."""
    currency, days = results.scenario.currency, results.scenario.horizon.days
    cost, case_cost = (results.estimate(name) for name in ("cost", "cost_per_resolved_case"))
    per_case = float(case_cost.value[0])
    return Tile(
        _("Cost per day") if days == 1 else _("Cost of {days} days").format(days=days),
        shown(float(cost.value[0]), "money", currency),
        "plain",
        give_or_take(float(cost.low[0]), float(cost.high[0]), "money", currency),
        (
            _("{cost} per resolved case").format(cost=f"{number(per_case, ',.2f')} {currency}".rstrip()),
            _("Wages, overtime and bot sessions"),
        ),
    )


def meanings(results: Results, theory: Theory | None = None) -> list[tuple[str, str]]:
    """What the tiles show, term and meaning, and why a formula beside them differs.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> from simulator.experiment import simulate
    >>> dict(meanings(simulate(presets.load("help-desk"), replications=2)))["Service level"]
    'Answered within the target time / offered'
    """
    rows = verdict(results).to_dict("records")
    terms = {_(MEASURES[row["measure"]].label): _(MEASURES[row["measure"]].definition) for row in rows}
    terms |= {
        "±": _("Half of the 95 % confidence interval: how far the average of many more days may be from this one"),
        _("Target met on days"): _(
            "Share of simulated days on which the target is met, with its 95 % confidence interval"
        ),
        _("Worst 10 % of days"): _("The level that one day in ten does not reach"),
        _(MEASURES["cost"].label): _(MEASURES["cost"].definition),
    }
    return [*terms.items(), *_differences(rows, theory)]


def _differences(rows: list[dict[Any, Any]], theory: Theory | None) -> list[tuple[str, str]]:
    """For each target that a formula covers: both values, and what the formula leaves out."""
    found = []
    for row in rows:
        answer = theory.of(row["measure"], row["type"]) if theory is not None else None
        if answer is not None:
            value, source, left_out = answer
            unit = MEASURES[row["measure"]].unit
            assumed = left_out or _("each interval by itself")
            found.append(
                (
                    _("Formula, {type}").format(type=row["type"]),
                    _("{source} {value}, simulated {simulated}. The formula assumes: {assumed}").format(
                        source=_(source),
                        value=shown(value, unit),
                        simulated=shown(row["value"], unit),
                        assumed=assumed,
                    ),
                )
            )
    return found
