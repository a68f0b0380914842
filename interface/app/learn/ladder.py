"""The assumption ladder: from M/M/n up, one assumption dropped at a time, every formula compared with simulation.

Each step is a scenario that adds one feature of real centres to the step below. Beside the result of each formula
stands which features of the step it leaves out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from interface.app.charts.theme import SIMULATION
from interface.app.learn.ladder_formulas import FORMULAS, FormulaResult
from interface.formatting import difference, shown
from scenarios.measures import MEASURES as MEASURES_BY_NAME
from scenarios.scenario import Scenario, scenario_from
from simulator.measure.results import Results

MEASURES = ("service_level", "abandonment", "mean_wait")
HANDLE, PATIENCE, PER_HOUR = "6 min", "4 min", 120.0
QUALITY = 0.55
"""Square roots of the load by which the staffing exceeds it, at any hour: 14 agents for 12 erlangs."""
DAY = (
    *(0.25, 0.2, 0.2, 0.2, 0.25, 0.35, 0.5, 0.8, 1.3, 1.8, 2.0, 1.9, 1.6, 1.5, 1.6, 1.7, 1.7, 1.5, 1.2, 1.0),
    *(0.8, 0.6, 0.5, 0.35),
)
"""Volume by hour of the day, relative to the mean."""


@dataclass(frozen=True)
class LadderStep:
    """A scenario and the feature that it adds to the step below."""

    name: str
    adds: str
    """The name of the feature, as `Formula.covers` has it; empty for the first step."""
    words: str
    scenario: Scenario


@dataclass(frozen=True)
class _Step:
    """What a step adds: changes to the keyword arguments of `_centre`."""

    name: str
    adds: str
    words: str
    changes: dict[str, Any]


_STEPS = (
    _Step("M/M/n", "", "Constant arrival rate, exponential handle times, identical agents; no abandonment.", {}),
    _Step(
        "Patience",
        "patience",
        f"Waiting customers abandon after {PATIENCE} on average.",
        {"patience": {"mean": PATIENCE}},
    ),
    _Step(
        "Time of day",
        "time of day",
        "Same daily volume, but quiet at night and ten times as busy at noon; staffing follows by the hour.",
        {"shape": DAY},
    ),
    _Step(
        "Handle times",
        "handle times",
        "Same mean handle time, but with a long tail (lognormal, CV 1.5).",
        {"handle": {"mean": HANDLE, "cv": 1.5}},
    ),
    _Step(
        "Patience distribution",
        "patience distribution",
        "Same mean patience, but a third abandon at once and the others are more patient (a mixture).",
        {
            "patience": {
                "family": "with-zero",
                "zero": 1 / 3,
                "of": {"family": "gamma", "mean": "6 min", "cv": 0.5},
            }
        },
    ),
    _Step(
        "Skills",
        "skills",
        "Half of the contacts are sales; three agents in ten have both skills, the others only one.",
        {"skills": True},
    ),
    _Step(
        "Concurrent chats",
        "concurrency",
        "Sales move to chat: up to two at once, each at 0.7 of full speed. Four fifths as many agents.",
        {"max_concurrent": 2},
    ),
    _Step(
        "Redials",
        "redials",
        "Two in three who abandon call again, after 10 minutes on average.",
        {"redial": 2 / 3},
    ),
    _Step(
        "Day-to-day variation",
        "day-to-day variation",
        "Each day's volume differs from forecast (CV 20 %).",
        {"cv": 0.2},
    ),
)


def ladder_steps() -> tuple[LadderStep, ...]:
    """The ladder, from the bottom up.

    Examples
    --------
    >>> [step.adds for step in ladder_steps()][:3]
    ['', 'patience', 'time of day']
    """
    steps, settings = [], dict[str, Any]()
    for step in _STEPS:
        settings |= step.changes
        steps.append(LadderStep(step.name, step.adds, step.words, _centre(step.adds or "steady", **settings)))
    return tuple(steps)


def _centre(
    name: str,
    *,
    handle: Any = None,
    patience: Any = None,
    shape: tuple[float, ...] = (1.0,) * 24,
    skills: bool = False,
    max_concurrent: int = 1,
    redial: float = 0.0,
    cv: float = 0.0,
) -> Scenario:
    """The scenario of a step."""
    weights = np.array(shape) / np.mean(shape)
    loads = PER_HOUR * weights * 0.1
    staffing = np.ceil(loads + QUALITY * np.sqrt(loads)).astype(int)
    names = ["calls", "sales"] if skills else ["calls"]
    contact_types = []
    for contact_type in names:
        fields: dict[str, Any]
        follow_ups = [{"after": "abandoned", "probability": redial, "as": contact_type, "delay": {"mean": "10 min"}}]
        volume: dict[str, Any] = {"per_interval": list(PER_HOUR * weights / len(names))}
        if cv:
            volume |= {"variation": {"cv": cv, "shared": "everything"}}
        fields = {
            "name": contact_type,
            "channel": "chat" if max_concurrent > 1 and contact_type == "sales" else "phone",
            "volume": volume,
            "handle_time": handle or {"mean": HANDLE},
            "target": {"share": 0.8, "within": "20s"},
            "follow_ups": follow_ups if redial else [],
        }
        contact_types.append(fields | ({"patience": patience} if patience else {}))
    steady = len(set(shape)) == 1
    return scenario_from(
        {
            "name": name,
            "horizon": {"interval": "1 h", "warm_up": "3 h" if steady else 0},
            "contact_types": contact_types,
            "agent_groups": _groups(staffing, names, max_concurrent),
        }
    )


def _groups(staffing: Any, names: list[str], max_concurrent: int) -> list[dict[str, Any]]:
    """One group for one type; for two types a group for each and one with both skills."""
    if len(names) == 1:
        return [{"name": "desk", "skills": names, "staffing": staffing.tolist()}]
    if max_concurrent > 1:
        staffing = np.ceil(0.8 * staffing).astype(int)
    both = np.maximum(np.rint(0.3 * staffing).astype(int), 1)
    first = (staffing - both + 1) // 2
    chat = {"max_concurrent": max_concurrent, "concurrency_speed": [1.0, 0.7]} if max_concurrent > 1 else {}
    return [
        {"name": "calls", "skills": ["calls"], "staffing": first.tolist()},
        {"name": "sales", "skills": ["sales"], "staffing": (staffing - both - first).tolist()} | chat,
        {"name": "both", "skills": names, "staffing": both.tolist()} | chat,
    ]


def formula_results() -> list[list[FormulaResult]]:
    """The result of every formula for every step; seconds of work, so for a worker."""
    return [[formula.work(step.scenario) for formula in FORMULAS] for step in ladder_steps()]


def table(formulas: Sequence[Sequence[FormulaResult]], results: Sequence[Results]) -> pd.DataFrame:
    """The whole ladder as tidy rows: step, method, measure, value, interval, what the method leaves out.

    Parameters
    ----------
    formulas
        Of `formula_results`.
    results
        Of the scenarios of the steps, in order; none for the formulas alone.
    """
    rows: list[dict[str, Any]] = []
    features: list[str] = []
    for index, step in enumerate(ladder_steps()):
        features += [step.adds] if step.adds else []
        for formula, result in zip(FORMULAS, formulas[index], strict=True):
            left = [name for name in features if name not in formula.covers]
            about = {"step": step.name, "method": formula.name, "covers": not left, "leaves_out": ", ".join(left)}
            for measure in MEASURES:
                value = getattr(result, measure)
                rows.append(about | {"measure": measure, "value": value, "note": result.note})
        if index < len(results):
            rows += _simulated(step, results[index])
    columns = ["step", "method", "measure", "value", "low", "high", "covers", "leaves_out", "note"]
    return pd.DataFrame(rows, columns=columns)


def _simulated(step: LadderStep, results: Results) -> list[dict[str, Any]]:
    rows = []
    about = {"step": step.name, "method": SIMULATION, "covers": True, "leaves_out": "", "note": ""}
    for measure in MEASURES:
        estimate, row = results.estimate(measure), results.place(measure, "all")
        values = {"value": estimate.value[row], "low": estimate.low[row], "high": estimate.high[row]}
        rows.append(about | {"measure": measure} | {name: float(number) for name, number in values.items()})
    return rows


def step_table(table: pd.DataFrame, step: str, measure: str) -> pd.DataFrame:
    """One step for display: the result of each formula, its error against the simulation, what it leaves out."""
    rows = table[(table["step"] == step) & (table["measure"] == measure)]
    simulated, unit = rows[rows["method"] == SIMULATION], MEASURES_BY_NAME[measure].unit
    true = float(simulated["value"].iloc[0]) if len(simulated) else float("nan")
    values = [float(value) for value in rows["value"]]
    methods = list(rows["method"])
    errors = [
        "" if method == SIMULATION else difference(value - true, unit)
        for method, value in zip(methods, values, strict=True)
    ]
    texts = [note or shown(value, unit) for note, value in zip(rows["note"], values, strict=True)]
    columns = {"Method": methods, "Result": texts, "Error": errors, "Leaves out": list(rows["leaves_out"])}
    return pd.DataFrame(columns)
