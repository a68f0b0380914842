"""Agents on contacts, scheduled agents with shrinkage, paid hours and FTE, of a plan and of its requirement."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from interface.language.messages import marked
from scenarios.scenario import Scenario
from scenarios.units import HOUR

FULL_TIME = 8.0
"""Paid hours of a full-time equivalent in a day."""
Floats = NDArray[np.float64]


def scheduled(scenario: Scenario, agents: NDArray[np.int64]) -> Floats:
    """Agents to be scheduled so that these are on contacts, shape (groups, intervals): agents / (1 - shrinkage)."""
    available = np.array([1 - group.shrinkage.planned for group in scenario.agent_groups])
    return np.asarray(agents / available[:, None], dtype=float)


def totals(scenario: Scenario, required: NDArray[np.int64] | None = None) -> pd.DataFrame:
    """The staffing of each group and of all: a row by group, per day of the horizon where a day is named.

    Parameters
    ----------
    required
        Agents that the formulas require, shape (groups, intervals); without them their columns are left out.

    Returns
    -------
    ``group``, ``shrinkage``, ``peak`` and ``peak_scheduled`` (most agents on contacts, most scheduled),
    ``agent_hours``, ``paid_hours`` (of the horizon), ``fte`` (paid hours of a day / 8), and of the requirement
    ``required_peak``, ``required_paid_hours``, ``required_fte``.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> desk = totals(presets.load("help-desk")).iloc[0]  # 16 agents around the clock, 30 % shrinkage
    >>> [round(float(desk[name]), 1) for name in ("peak", "peak_scheduled", "agent_hours", "paid_hours", "fte")]
    [16.0, 22.9, 384.0, 548.6, 68.6]
    """
    columns = _sums(scenario, scenario.staffing)
    if required is not None:
        columns |= {f"required_{name}": values for name, values in _sums(scenario, required).items()}
        for name in ("required_peak_scheduled", "required_agent_hours"):
            del columns[name]
    names = [*scenario.group_names, "All groups"]
    shrinkage = [*(group.shrinkage.planned for group in scenario.agent_groups), np.nan]
    table = pd.DataFrame({"group": names, "shrinkage": shrinkage} | columns)
    return table if len(names) > 2 else table.iloc[:1]


def _sums(scenario: Scenario, agents: NDArray[np.int64]) -> dict[str, Floats]:
    """The columns of a staffing, a value for each group and one for all."""
    hours, days = scenario.horizon.interval / HOUR, scenario.horizon.days
    with_all = np.vstack([agents, agents.sum(axis=0, keepdims=True)])
    to_schedule = scheduled(scenario, agents)
    to_schedule = np.vstack([to_schedule, to_schedule.sum(axis=0, keepdims=True)])
    paid = to_schedule.sum(axis=1) * hours
    return {
        "peak": with_all.max(axis=1).astype(float),
        "peak_scheduled": to_schedule.max(axis=1),
        "agent_hours": with_all.sum(axis=1) * hours,
        "paid_hours": paid,
        "fte": paid / days / FULL_TIME,
    }


HEADINGS = marked(
    {
        "group": "Agent group",
        "required_peak": "Required at peak",
        "peak": "On contacts at peak",
        "peak_scheduled": "Scheduled at peak",
        "shrinkage": "Shrinkage",
        "agent_hours": "Agent-hours",
        "required_paid_hours": "Required paid hours",
        "paid_hours": "Paid hours",
        "required_fte": "Required FTE",
        "fte": "FTE",
    }
)


def in_words(table: pd.DataFrame) -> pd.DataFrame:
    """The totals as people read them: headings in words, numbers rounded.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> in_words(totals(presets.load("help-desk"))).iloc[0].tolist()
    ['desk', '16', '22.9', '30 %', '384.0', '548.6', '68.6']
    """
    chosen = table[[name for name in HEADINGS if name in table]]
    written = {HEADINGS[name]: [_written(name, value) for value in chosen[name]] for name in chosen.columns}
    return pd.DataFrame(written)


def _written(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    number = float(str(value))
    if name == "shrinkage":
        return "" if np.isnan(number) else f"{100 * number:g} %"
    return f"{number:,.0f}" if name in ("peak", "required_peak") else f"{number:,.1f}"


def plan_grid(scenario: Scenario, required: NDArray[np.int64] | None = None) -> pd.DataFrame:
    """The plan as planners read it: intervals down, for each group agents on contacts, scheduled and, if known, net.

    Net is agents on contacts less those that the formulas require. Intervals in which nobody is planned or required
    are left out.

    Examples
    --------
    >>> from scenarios.yaml import presets
    >>> desk = presets.load("help-desk")
    >>> plan_grid(desk, desk.staffing - 1).iloc[0, 1:].round(1).tolist()
    [16.0, 22.9, 1.0]
    """
    to_schedule = scheduled(scenario, scenario.staffing)
    times = [pd.Timestamp(time) for time in scenario.horizon.times]
    columns: dict[str, object] = {"From": times}
    parts = [(name, slice(g, g + 1)) for g, name in enumerate(scenario.group_names)]
    if len(parts) > 1:
        parts.append(("All groups", slice(None)))
    for name, rows in parts:
        on_contacts = scenario.staffing[rows].sum(axis=0)
        columns[f"{name}: agents"] = on_contacts
        columns[f"{name}: scheduled"] = to_schedule[rows].sum(axis=0).round(2)
        if required is not None:
            columns[f"{name}: net"] = on_contacts - required[rows].sum(axis=0)
    busy = scenario.staffing.any(axis=0)
    if required is not None:
        busy = busy | required.any(axis=0)
    return pd.DataFrame(columns).iloc[np.flatnonzero(busy)].reset_index(drop=True)
