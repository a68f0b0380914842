"""Questions about who is served when: what happens to customers with the same people is compared."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models.optimisation.bounds.evaluation_sums import TrialSums, judged, read
from models.optimisation.judging import status
from models.whatif import redesign
from models.whatif.answers import Answer, PlanningTools
from scenarios.judgement import Judged
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, Estimate, ratio_difference


def reservation(scenario: Scenario, tools: PlanningTools, *, most: int = 8) -> Answer:
    """How many agents to keep from deferred work, for the heads as they are; and a reservation that adapts.

    The fixed one to choose is the least that keeps the targets of connected types.
    """
    groups = redesign.blending(scenario)
    alternatives = {str(n): redesign.with_reserved(scenario, groups, n) for n in range(most + 1)}
    found = dict(zip(alternatives, tools.run_trial(list(alternatives.values())), strict=True))
    if tools.adaptive is not None:
        found["adaptive"] = tools.adaptive(alternatives["0"], _wanted(scenario))
        alternatives["adaptive"] = alternatives["0"]
    table = _service(found)
    calls = [name for name in _wished(table) if scenario.contact_type(name).connected]
    return Answer("reservation", _reservation_line(found, calls), table, alternatives)


def priority(scenario: Scenario, tools: PlanningTools) -> Answer:
    """Who should come first, or nobody: what each type gets from the same people."""
    names = redesign.sharing(scenario)
    alternatives = {"all alike": redesign.first(scenario, None)}
    alternatives |= {f"{name} first": redesign.first(scenario, name) for name in names}
    found = dict(zip(alternatives, tools.run_trial(list(alternatives.values())), strict=True))
    return Answer("priority", _priority_line(found, names), _service(found), alternatives)


def _service(found: Mapping[str, TrialSums]) -> pd.DataFrame:
    """A row for each world and type: world, type, in_time (share of its own target, where it has one), asa, status."""
    rows = []
    for alternative, one in found.items():
        wished: dict[str, list[Judged]] = {}
        for constraint in judged(one):
            wished.setdefault(constraint.constraint.of, []).append(constraint)
        for name in one.scenario.type_names:
            mine = wished.get(name, [])
            shares = [w.value for w in mine if w.constraint.measure not in ("asa", "abandonment")]
            rows.append(
                {
                    "alternative": alternative,
                    "type": name,
                    "in_time": shares[0] if shares else np.nan,
                    "asa": read(one, "asa", name).value,
                    "abandonment": read(one, "abandonment", name).value,
                    "status": _status(mine),
                }
            )
    return pd.DataFrame(rows)


def _status(of_type: list[Judged]) -> str:
    """Whether the targets of a type are met; inconclusive where nothing happened, nothing where it has none."""
    if not of_type:
        return ""
    return INCONCLUSIVE if all(one.idle for one in of_type) else status(of_type)


def _wished(table: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(table.loc[table["status"] != "", "type"]))


def _wanted(scenario: Scenario) -> float:
    """The highest share that a connected type wants in time; 80 % where none says."""
    shares = [contact_type.target_share for contact_type in scenario.contact_types if contact_type.connected]
    return max((share for share in shares if share is not None), default=0.8)


def _reservation_line(found: Mapping[str, TrialSums], calls: list[str]) -> str:
    kept = [name for name, one in found.items() if name != "adaptive" and _keeps(one, calls)]
    if not calls:
        line = f"Connected work has no target; with none kept free {_deferred(found['0'])}."
    elif kept:
        least = f"the fewest with which {', '.join(calls)} meet their targets"
        line = f"Keep {kept[0]} free: {least}; {_deferred(found[kept[0]])}."
    else:
        line = "No reservation lets connected work meet its targets with these heads; it needs more people."
    if "adaptive" not in found:
        return line
    return (
        f"{line} Adapting to the service so far: {_reached(found['adaptive'], calls)}; {_deferred(found['adaptive'])}."
    )


def _keeps(found: TrialSums, calls: list[str]) -> bool:
    return all(one.margin >= 0 for one in judged(found) if one.constraint.of in calls)


def _reached(found: TrialSums, calls: list[str]) -> str:
    parts = [f"{w.constraint.of} {_said(w)}" for w in judged(found) if w.constraint.of in calls]
    return ", ".join(parts) or "no connected type has a target"


def _deferred(found: TrialSums) -> str:
    """How deferred work fares: its targets where it has any, else its mean wait."""
    later = [contact_type.name for contact_type in found.scenario.contact_types if not contact_type.connected]
    wished = [f"{w.constraint.of} {_said(w)}" for w in judged(found) if w.constraint.of in later]
    waits = {name: float(read(found, "asa", name).value) / 60 for name in later}
    waited = [f"{name} waits {wait:.0f} min" for name, wait in waits.items() if not np.isnan(wait)]
    return ", ".join(wished or waited) or "no deferred work is answered"


def _said(one: Judged) -> str:
    if np.isnan(one.value):
        return "has no contacts"
    return f"{one.value:.0f} s" if one.constraint.measure == "asa" else f"{100 * one.value:.1f} %"


def _priority_line(found: Mapping[str, TrialSums], names: tuple[str, ...]) -> str:
    """Who gains most by coming first, and who pays for it; only what differs by more than chance counts."""
    alike = found["all alike"]
    gains = {name: paired(alike, found[f"{name} first"], "asa", name) for name in names}
    gainers = [name for name in names if gains[name].high < 0]
    if not gainers:
        waits = ", ".join(f"{name} {seconds(float(read(alike, 'asa', name).value))}" for name in names)
        return f"No difference: whoever comes first, nobody's mean wait falls by more than chance ({waits})."
    chosen = min(gainers, key=lambda name: gains[name].value)
    there = found[f"{chosen} first"]
    changes = {name: paired(alike, there, "asa", name) for name in names if name != chosen}
    losers = [f"{name} {_from_to(alike, there, name)}" for name, change in changes.items() if change.low > 0]
    price = f"the price: {', '.join(losers)}" if losers else "nobody else waits longer by more than chance"
    return f"Putting {chosen} first takes its mean wait from {_from_to(alike, there, chosen)}; {price}."


def _from_to(before: TrialSums, after: TrialSums, name: str) -> str:
    return " to ".join(seconds(float(read(one, "asa", name).value)) for one in (before, after))


def seconds(value: float) -> str:
    """A mean wait, with tenths where it is short, a dash where nobody was answered.

    Examples
    --------
    >>> seconds(4.62), seconds(31.4)
    ('4.6 s', '31 s')
    """
    if np.isnan(value):
        return "–"
    return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"


def paired(before: TrialSums, after: TrialSums, measure: str, of: str) -> Estimate:
    """The difference of a ratio between two worlds that met the same customers, replication by replication."""
    (n1, d1), (n2, d2) = (
        [np.zeros(1) if sums is None else sums[:, one.place(measure, of)] for sums in one.sums(measure)]
        for one in (before, after)
    )
    return ratio_difference((n1, n2), (d1, d2))
