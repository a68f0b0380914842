"""Contacts over days: a week side by side, and totals of days, weekdays and weeks, as editable tables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from interface.app.editor.cells import Edits, amount, brief_number, cell, whole
from interface.app.editor.days import shortest, times_of_day
from scenarios.demand import Volume
from scenarios.horizon import Horizon
from scenarios.scenario import Scenario

Period = Literal["Day", "Weekday", "Week"]
WEEK = 7
"""Days that stand side by side."""


def day_names(horizon: Horizon) -> list[str]:
    """The days of a horizon, as ``Mon 2 Mar``."""
    days = [horizon.start + timedelta(days=step) for step in range(horizon.days)]
    return [f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if horizon.days > 365 else "") for day in days]


def week_table(scenario: Scenario, name: str, week: int, *, of_agents: bool = False) -> pd.DataFrame:
    """The contacts of a type, or the agents of a group, by interval (rows) and day (columns) of a week."""
    values = _values(scenario, name, of_agents=of_agents)
    days = range(WEEK * week, min(WEEK * (week + 1), scenario.horizon.days))
    names = day_names(scenario.horizon)
    columns = {names[day]: [brief_number(round(float(value), 2)) for value in values[day]] for day in days}
    return pd.DataFrame({"Time": times_of_day(scenario.horizon)} | columns)


def edit_week(scenario: Scenario, edits: Edits, name: str, *, of_agents: bool = False) -> Scenario:
    """The scenario with contacts of a type, or agents of a group, changed by interval and day.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> scenario = load("help-desk")
    >>> edit_week(scenario, {18: {day_names(scenario.horizon)[0]: "12.5"}}, "calls").expected[0, 18].item()
    12.5
    """
    values = _values(scenario, name, of_agents=of_agents).astype(float)
    times, names = times_of_day(scenario.horizon), day_names(scenario.horizon)
    for row, cells in edits.items():
        for day, text in cells.items():
            values[names.index(day), row] = (whole if of_agents else amount)(f"{times[row]}, {day}", text)
    if of_agents:
        staffing = shortest(scenario.horizon, [round(value) for value in values.ravel().tolist()])
        return scenario.replace_group(name, staffing=staffing)
    return _with_contacts(scenario, name, values)


def period_table(scenario: Scenario, period: Period) -> pd.DataFrame:
    """The contacts of each type (columns) by day, by week, or on average by weekday (rows)."""
    groups = periods(scenario.horizon, period)
    rows = []
    for label, days in groups.items():
        row: dict[str, str] = {period: label}
        for name in scenario.type_names:
            row[name] = brief_number(round(_total(_values(scenario, name), days, period), 1))
        rows.append(row)
    return pd.DataFrame(rows, columns=[period, *scenario.type_names])


def edit_period(scenario: Scenario, edits: Edits, period: Period) -> Scenario:
    """The scenario with totals changed; how contacts spread within a day stays.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> edit_period(load("help-desk"), {0: {"calls": 4800}}, "Day").expected.sum().item()
    4800.0
    """
    groups = list(periods(scenario.horizon, period).items())
    for row, cells in edits.items():
        label, days = groups[row]
        for name, text in cells.items():
            values = _values(scenario, name).astype(float)
            total = amount(f"{label}, {name}", text)
            before = _total(values, days, period)
            if before > 0:
                values[days] *= total / before
            else:
                per_day = total if period == "Weekday" else total / len(days)
                values[days] = per_day * _usual_shape(scenario, name, values)
            with cell(label, name):
                scenario = _with_contacts(scenario, name, values)
    return scenario


def periods(horizon: Horizon, period: Period) -> dict[str, list[int]]:
    """The days of each period, by its label."""
    dates = [horizon.start + timedelta(days=step) for step in range(horizon.days)]
    if period == "Day":
        return {label: [at] for at, label in enumerate(day_names(horizon))}
    groups: dict[str, list[int]] = {}
    for at in sorted(range(horizon.days), key=lambda at: dates[at].weekday() if period == "Weekday" else at):
        year, week, _ = dates[at].isocalendar()
        groups.setdefault(f"{dates[at]:%A}" if period == "Weekday" else f"Week {week}, {year}", []).append(at)
    return groups


def _values(scenario: Scenario, name: str, *, of_agents: bool = False) -> NDArray[Any]:
    """Values of a type or group, a row for each day."""
    names, values = (
        (scenario.group_names, scenario.staffing) if of_agents else (scenario.type_names, scenario.usual_volumes)
    )
    return np.asarray(values[names.index(name)]).reshape(scenario.horizon.days, -1)


def _total(values: NDArray[Any], days: list[int], period: Period) -> float:
    return float(values[days].sum()) / (len(days) if period == "Weekday" else 1)


def _usual_shape(scenario: Scenario, name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """How a day of contacts spreads: as on the other days, or evenly over the opening hours."""
    shape = values.sum(axis=0)
    if not shape.any():
        shape = Volume(daily=1).expected(scenario.horizon, scenario.contact_type(name).open)
        shape = shape.reshape(scenario.horizon.days, -1).sum(axis=0)
    return np.asarray(shape / max(float(shape.sum()), 1e-12))


def _with_contacts(scenario: Scenario, name: str, values: NDArray[np.float64]) -> Scenario:
    volume: dict[str, Any] = {"per_interval": shortest(scenario.horizon, values.ravel().tolist())}
    volume["variation"] = scenario.contact_type(name).volume.variation
    return scenario.replace_type(name, volume=volume)
