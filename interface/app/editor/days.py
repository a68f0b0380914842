"""Contacts, handle times and agents by interval as editable grids, and the scenario with their edits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from interface.app.editor.cells import Edits, amount, brief_number, cell, length, whole
from scenarios.horizon import Horizon
from scenarios.scenario import Scenario
from scenarios.units import clock, written


def times_of_day(horizon: Horizon) -> list[str]:
    """The start of each interval of a day, as ``08:30``."""
    return [clock(edge) for edge in horizon.edges[: horizon.intervals_per_day]]


def staffing_table(scenario: Scenario, day: int) -> pd.DataFrame:
    """Agents of each group (columns) in each interval (rows) of a day."""
    return _day_table(scenario.horizon, scenario.group_names, scenario.staffing, day)


def volume_table(scenario: Scenario, day: int) -> pd.DataFrame:
    """Expected contacts of each type (columns) in each interval (rows) of a day."""
    return _day_table(scenario.horizon, scenario.type_names, scenario.usual_volumes.round(2), day)


def handle_table(scenario: Scenario, day: int) -> pd.DataFrame:
    """Handle times of each type (columns) by interval of arrival (rows) of a day, wrap-up included."""
    today = scenario.usual_handle_times[:, _intervals_of(scenario.horizon, day)]
    texts = [[written(round(value, 1)) for value in row] for row in today.tolist()]
    return pd.DataFrame({"Time": times_of_day(scenario.horizon)} | dict(zip(scenario.type_names, texts, strict=True)))


def _day_table(horizon: Horizon, names: tuple[str, ...], values: Any, day: int) -> pd.DataFrame:
    today = values[:, _intervals_of(horizon, day)]
    texts = [[brief_number(float(value)) for value in row] for row in today]
    return pd.DataFrame({"Time": times_of_day(horizon)} | dict(zip(names, texts, strict=True)))


def _intervals_of(horizon: Horizon, day: int) -> slice:
    return slice(day * horizon.intervals_per_day, (day + 1) * horizon.intervals_per_day)


def edit_staffing(scenario: Scenario, edits: Edits, day: int, *, every_day: bool = False) -> Scenario:
    """The scenario with agents changed in intervals of one day, or of every day.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> edit_staffing(load("help-desk"), {18: {"desk": 20}}, 0).staffing[0, 17:20].tolist()
    [16, 20, 16]
    """
    for name, values in _edited(
        scenario, scenario.group_names, scenario.staffing, edits, day, every_day, whole
    ).items():
        staffing = shortest(scenario.horizon, [round(value) for value in values])
        with cell(name, "staffing"):
            scenario = scenario.replace_group(name, staffing=staffing)
    return scenario


def edit_volume(scenario: Scenario, edits: Edits, day: int, *, every_day: bool = False) -> Scenario:
    """The scenario with expected contacts changed in intervals of one day, or of every day."""
    for name, values in _edited(
        scenario, scenario.type_names, scenario.usual_volumes, edits, day, every_day, amount
    ).items():
        volume: dict[str, Any] = {"per_interval": shortest(scenario.horizon, values.tolist())}
        volume["variation"] = scenario.contact_type(name).volume.variation
        with cell(name, "contacts"):
            scenario = scenario.replace_type(name, volume=volume)
    return scenario


def edit_handle_times(scenario: Scenario, edits: Edits, day: int, *, every_day: bool = False) -> Scenario:
    """The scenario with handle times changed in intervals of one day, or of every day.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> edit_handle_times(load("help-desk"), {18: {"calls": "9 min"}}, 0).handle_times[0, 17:20].tolist()
    [360.0, 540.0, 360.0]
    """
    for name, values in _edited(
        scenario, scenario.type_names, scenario.usual_handle_times, edits, day, every_day, length
    ).items():
        factors = (values / scenario.contact_type(name).mean_handle).tolist()
        plain = all(factor == 1 for factor in factors)
        with cell(name, "handle time"):
            profile = None if plain else {"per_interval": shortest(scenario.horizon, factors)}
            scenario = scenario.replace_type(name, handle_profile=profile)
    return scenario


def _edited(
    scenario: Scenario,
    names: tuple[str, ...],
    values: Any,
    edits: Edits,
    day: int,
    every_day: bool,
    read: Callable[[str, Any], float],
) -> dict[str, Any]:
    """The rows of values that were edited, by name."""
    per_day, times = scenario.horizon.intervals_per_day, times_of_day(scenario.horizon)
    changed: dict[str, Any] = {}
    for row, cells in edits.items():
        for name, value in cells.items():
            row_values = changed.setdefault(name, np.array(values[names.index(name)], dtype=float))
            at = slice(row, None, per_day) if every_day else day * per_day + row
            row_values[at] = read(f"{name}, {times[row]}", value)
    return changed


def shortest(horizon: Horizon, values: list[Any]) -> list[Any]:
    """The values of one day if all days are equal."""
    per_day = horizon.intervals_per_day
    return values[:per_day] if values == values[:per_day] * horizon.days else values
