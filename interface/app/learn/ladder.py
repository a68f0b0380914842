"""The assumption ladder: from M/M/n up, one assumption dropped at a time, every formula beside the simulation.

Each rung is a scenario that adds one piece of real life to the rung below it. Each formula says what it always says,
and what of the rung it leaves out is told beside its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from interface.app.charts.theme import SIMULATION
from interface.app.learn.ladder_formulas import FORMULAS, Said
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
    """A scenario and the piece of real life that it adds to the one below."""

    name: str
    adds: str
    """The word by which formulas say whether they know it; nothing for the first rung."""
    words: str
    scenario: Scenario


@dataclass(frozen=True)
class _Step:
    """What a rung adds: changes to the keyword arguments of `_centre`."""

    name: str
    adds: str
    words: str
    changes: dict[str, Any]


_STEPS = (
    _Step("M/M/n", "", "A steady stream, exponential handle times, agents who are all alike; nobody gives up.", {}),
    _Step(
        "Patience",
        "patience",
        f"Who waits gives up, on average after {PATIENCE}.",
        {"patience": {"mean": PATIENCE}},
    ),
    _Step(
        "Time of day",
        "time of day",
        "As many contacts a day, but quiet at night and ten times as busy at noon; the staffing follows by the hour.",
        {"shape": DAY},
    ),
    _Step(
        "Handle times",
        "handle times",
        "The same mean handle time, but with a long tail (lognormal, cv 1.5).",
        {"handle": {"mean": HANDLE, "cv": 1.5}},
    ),
    _Step(
        "Kinds of patience",
        "patience law",
        "The same mean patience, but a third hang up at once and the others are slower to (a mixture).",
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
        "Half of the contacts are about sales; three agents in ten know everything, the others only one of the two.",
        {"skills": True},
    ),
    _Step(
        "Slots",
        "max_concurrent",
        "Sales move to chat: an agent holds up to two, each at 0.7 of full speed. Four fifths as many agents.",
        {"max_concurrent": 2},
    ),
    _Step(
        "Redials",
        "redials",
        "Two in three who gave up try again, after 10 minutes on average.",
        {"redial": 2 / 3},
    ),
    _Step(
        "Uncertain days",
        "uncertain days",
        "Every day has a busyness of its own that nobody knew beforehand (cv 20 %).",
        {"cv": 0.2},
    ),
)


def ladder_steps() -> tuple[LadderStep, ...]:
    """The ladder, from the bottom up.

    Examples
    --------
    >>> [rung.adds for rung in ladder_steps()][:3]
    ['', 'patience', 'time of day']
    """
    found, given = [], dict[str, Any]()
    for step in _STEPS:
        given |= step.changes
        found.append(LadderStep(step.name, step.adds, step.words, _centre(step.adds or "steady", **given)))
    return tuple(found)


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
    """The scenario of a rung."""
    weights = np.array(shape) / np.mean(shape)
    loads = PER_HOUR * weights * 0.1
    staffing = np.ceil(loads + QUALITY * np.sqrt(loads)).astype(int)
    names = ["calls", "sales"] if skills else ["calls"]
    contact_types = []
    for contact_type in names:
        given: dict[str, Any]
        follow_ups = [{"after": "abandoned", "probability": redial, "as": contact_type, "delay": {"mean": "10 min"}}]
        volume: dict[str, Any] = {"per_interval": list(PER_HOUR * weights / len(names))}
        if cv:
            volume |= {"variation": {"cv": cv, "shared": "everything"}}
        given = {
            "name": contact_type,
            "channel": "chat" if max_concurrent > 1 and contact_type == "sales" else "phone",
            "volume": volume,
            "handle_time": handle or {"mean": HANDLE},
            "target": {"share": 0.8, "within": "20s"},
            "follow_ups": follow_ups if redial else [],
        }
        contact_types.append(given | ({"patience": patience} if patience else {}))
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
    """One group for one type; for two a group each and one that knows both."""
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


def said() -> list[list[Said]]:
    """What every formula says of every rung; seconds of work, so for a worker."""
    return [[formula.work(rung.scenario) for formula in FORMULAS] for rung in ladder_steps()]


def table(found: Sequence[Sequence[Said]], results: Sequence[Results]) -> pd.DataFrame:
    """The whole ladder as tidy rows: rung, what says it, measure, value, interval, what it leaves out.

    Parameters
    ----------
    found
        Of `said`.
    results
        Of the scenarios of the rungs, in order; none for the formulas alone.
    """
    rows: list[dict[str, Any]] = []
    known: list[str] = []
    for place, rung in enumerate(ladder_steps()):
        known += [rung.adds] if rung.adds else []
        for formula, says in zip(FORMULAS, found[place], strict=True):
            left = [name for name in known if name not in formula.claims]
            about = {"rung": rung.name, "by": formula.name, "covers": not left, "leaves_out": ", ".join(left)}
            for measure in MEASURES:
                value = getattr(says, measure)
                rows.append(about | {"measure": measure, "value": value, "note": says.note})
        if place < len(results):
            rows += _simulated(rung, results[place])
    return pd.DataFrame(rows, columns=["rung", "by", "measure", "value", "low", "high", "covers", "leaves_out", "note"])


def _simulated(rung: LadderStep, results: Results) -> list[dict[str, Any]]:
    rows = []
    for measure in MEASURES:
        found, at = results.estimate(measure), results.place(measure, "all")
        values = {"value": found.value[at], "low": found.low[at], "high": found.high[at]}
        about = {"rung": rung.name, "by": SIMULATION, "measure": measure, "covers": True, "leaves_out": "", "note": ""}
        rows.append(about | {name: float(number) for name, number in values.items()})
    return rows


def beside(table: pd.DataFrame, rung: str, measure: str) -> pd.DataFrame:
    """One rung in words: what each formula says, how far that is from the simulation, what it leaves out."""
    here = table[(table["rung"] == rung) & (table["measure"] == measure)]
    found, unit = here[here["by"] == SIMULATION], MEASURES_BY_NAME[measure].unit
    true = float(found["value"].iloc[0]) if len(found) else float("nan")
    values = [float(value) for value in here["value"]]
    by = list(here["by"])
    off = ["" if who == SIMULATION else difference(value - true, unit) for who, value in zip(by, values, strict=True)]
    said = [note or shown(value, unit) for note, value in zip(here["note"], values, strict=True)]
    columns = {"By": by, "Says": said, "Off by": off, "Leaves out": list(here["leaves_out"])}
    return pd.DataFrame(columns)
