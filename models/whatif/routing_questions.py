"""What-if questions about routing: service of every type with the same staffing is compared."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models.optimisation.verdicts import status
from models.queueing.numerics.arguments import Floats
from models.whatif import redesign
from models.whatif.answers import Answer, PlanningTools, reached_text
from models.whatif.trials import ScenarioTrial, common, days_tried, judge_trial, read
from scenarios.judgement import Judged
from scenarios.scenario import Scenario
from scenarios.statistics import INCONCLUSIVE, MET, Estimate, certain, ratio_difference


def reservation(scenario: Scenario, tools: PlanningTools, *, most: int = 8) -> Answer:
    """How many agents to keep from deferred work, for the agents as they are; and an adaptive reservation.

    The fixed one to choose is the least with which the targets of connected types are shown to be met.
    """
    groups = redesign.blending(scenario)
    alternatives = {str(n): redesign.with_reserved(scenario, groups, n) for n in range(most + 1)}
    trials = _tried(alternatives, tools)
    if tools.adaptive is not None:
        trials["adaptive"] = tools.adaptive(alternatives["0"], _wanted(scenario))
        alternatives["adaptive"] = alternatives["0"]
    table = _service(trials)
    calls = [name for name in _types_with_targets(table) if scenario.contact_type(name).connected]
    return Answer("reservation", _reservation_line(trials, calls), table, alternatives)


def priority(scenario: Scenario, tools: PlanningTools) -> Answer:
    """Service of each type with priority for one type or none, with the same staffing."""
    names = redesign.sharing(scenario)
    alternatives = {"no priority": redesign.first(scenario, None)}
    alternatives |= {f"{name} first": redesign.first(scenario, name) for name in names}
    trials = _tried(alternatives, tools)
    return Answer("priority", _priority_line(trials, names), _service(trials), alternatives)


def _tried(alternatives: Mapping[str, Scenario], tools: PlanningTools) -> dict[str, ScenarioTrial]:
    """Each alternative tried, until every target is decided where the tools can."""
    run_trial = tools.try_each or tools.run_trial
    return dict(zip(alternatives, run_trial(list(alternatives.values())), strict=True))


def _service(trials: Mapping[str, ScenarioTrial]) -> pd.DataFrame:
    """A row for each alternative and type: in_time (share of its own target, where it has one), asa, status, days.

    `in_time` and `asa` have the ends of their 95 % intervals beside them.
    """
    rows = []
    for alternative, trial in trials.items():
        targets: dict[str, list[Judged]] = {}
        for constraint in judge_trial(trial):
            targets.setdefault(constraint.constraint.of, []).append(constraint)
        for name in trial.scenario.type_names:
            of_type = targets.get(name, [])
            shares = [t.estimate for t in of_type if t.constraint.measure not in ("asa", "abandonment")]
            in_time, asa = shares[0] if shares else certain(np.nan), read(trial, "asa", name)
            rows.append(
                {
                    "alternative": alternative,
                    "type": name,
                    "in_time": float(in_time.value),
                    "in_time_low": float(in_time.low),
                    "in_time_high": float(in_time.high),
                    "asa": float(asa.value),
                    "asa_low": float(asa.low),
                    "asa_high": float(asa.high),
                    "abandonment": read(trial, "abandonment", name).value,
                    "status": _status(of_type),
                    "days": days_tried(trial),
                }
            )
    return pd.DataFrame(rows)


def _status(of_type: list[Judged]) -> str:
    """Whether the targets of a type are met; inconclusive where nothing happened, nothing where it has none."""
    if not of_type:
        return ""
    return INCONCLUSIVE if all(target.idle for target in of_type) else status(of_type)


def _types_with_targets(table: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(table.loc[table["status"] != "", "type"]))


def _wanted(scenario: Scenario) -> float:
    """The highest share that a connected type wants in time; 80 % where none says."""
    shares = [contact_type.target_share for contact_type in scenario.contact_types if contact_type.connected]
    return max((share for share in shares if share is not None), default=0.8)


def _reservation_line(trials: Mapping[str, ScenarioTrial], calls: list[str]) -> str:
    fixed = {name: trial for name, trial in trials.items() if name != "adaptive"}
    verdicts = {
        name: _status([t for t in judge_trial(trial) if t.constraint.of in calls]) for name, trial in fixed.items()
    }
    met = [name for name, verdict in verdicts.items() if verdict == MET]
    doubtful = [name for name, verdict in verdicts.items() if verdict == INCONCLUSIVE]
    if not calls:
        line = f"Live contacts have no target; with no agents reserved {_deferred(trials['0'])}."
    elif met:
        fewer = [name for name in doubtful if int(name) < int(met[0])]
        least = f"the fewest shown to meet the targets of {', '.join(calls)}"
        doubt = f" (inconclusive with {', '.join(fewer)})" if fewer else ""
        line = f"Reserve {met[0]} agents: {least}{doubt}; {_deferred(trials[met[0]])}."
    elif doubtful:
        line = (
            f"No reservation is shown to meet the targets of {', '.join(calls)}; "
            f"inconclusive with {', '.join(doubtful)} agents reserved."
        )
    else:
        line = "With this staffing no reservation meets the targets of live contacts; add agents."
    if "adaptive" not in trials:
        return line
    return f"{line} Adaptive reservation: {_reached(trials['adaptive'], calls)}; {_deferred(trials['adaptive'])}."


def _reached(trial: ScenarioTrial, calls: list[str]) -> str:
    parts = [f"{w.constraint.of} {reached_text(w)}" for w in judge_trial(trial) if w.constraint.of in calls]
    return ", ".join(parts) or "no live type has a target"


def _deferred(trial: ScenarioTrial) -> str:
    """How deferred work fares: its targets where it has any, else its mean wait."""
    later = [contact_type.name for contact_type in trial.scenario.contact_types if not contact_type.connected]
    targets = [f"{w.constraint.of} {reached_text(w)}" for w in judge_trial(trial) if w.constraint.of in later]
    waits = {name: float(read(trial, "asa", name).value) / 60 for name in later}
    waited = [f"{name} waits {wait:.0f} min" for name, wait in waits.items() if not np.isnan(wait)]
    return ", ".join(targets or waited) or "no deferred work is answered"


def _priority_line(trials: Mapping[str, ScenarioTrial], names: tuple[str, ...]) -> str:
    """Who gains most by coming first, and who pays for it; only what differs by more than chance counts."""
    alike = trials["no priority"]
    gains = {name: paired(alike, trials[f"{name} first"], "asa", name) for name in names}
    gainers = [name for name in names if gains[name].high < 0]
    if not gainers:
        waits = ", ".join(f"{name} {seconds(float(read(alike, 'asa', name).value))}" for name in names)
        return f"No significant difference: no priority shortens a type's mean wait ({waits})."
    chosen = min(gainers, key=lambda name: gains[name].value)
    prioritised = trials[f"{chosen} first"]
    changes = {name: paired(alike, prioritised, "asa", name) for name in names if name != chosen}
    losers = [f"{name} {_from_to(alike, prioritised, name)}" for name, change in changes.items() if change.low > 0]
    price = f"longer waits: {', '.join(losers)}" if losers else "no other type waits significantly longer"
    return f"Priority for {chosen} changes its mean wait from {_from_to(alike, prioritised, chosen)}; {price}."


def _from_to(before: ScenarioTrial, after: ScenarioTrial, name: str) -> str:
    return " to ".join(seconds(float(read(trial, "asa", name).value)) for trial in (before, after))


def seconds(value: float) -> str:
    """A mean wait, with tenths where it is short, a dash where none was answered.

    Examples
    --------
    >>> seconds(4.62), seconds(31.4)
    ('4.6 s', '31 s')
    """
    if np.isnan(value):
        return "–"
    return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"


def paired(before: ScenarioTrial, after: ScenarioTrial, measure: str, of: str) -> Estimate:
    """The difference of a ratio between two alternatives that met the same customers, replication by replication."""
    n1, d1, n2, d2 = common(*_ratio_of(before, measure, of), *_ratio_of(after, measure, of))
    return ratio_difference((n1, n2), (d1, d2))


def _ratio_of(trial: ScenarioTrial, measure: str, of: str) -> tuple[Floats, Floats]:
    """Numerator and denominator of a ratio by replication; of a sum the denominator is naught."""
    numerator, denominator = trial.sums(measure)
    place = trial.place(measure, of)
    above = numerator[:, place]
    return above, np.zeros_like(above) if denominator is None else denominator[:, place]
