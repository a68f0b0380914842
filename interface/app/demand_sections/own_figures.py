"""The days of a forecast in a grid, with figures that a person puts in the place of the forecast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

import pandas as pd

from interface.app.editor.cells import Edits, amount, brief_number
from interface.app.grids.table import GridColumn, GridTable
from interface.language.messages import _
from models.forecasting.forecast import DemandForecast

OWN_FIGURE = "Your figure"
OwnFigures = dict[tuple[str, date], float]
"""Contacts by contact type and day, as a person entered them."""


def day_grid(figures: OwnFigures, forecast: DemandForecast, name: str, level: float) -> GridTable:
    """The days of a forecast of one contact type with their band, and the figures that a person entered."""
    rows = forecast.day_table(level)
    rows = rows[rows["contact_type"] == name]
    days = list(rows["day"])
    numbers = {"Forecast": "offered", "Low": "low", "High": "high"}
    shown = {label: [f"{value:.0f}" for value in rows[column]] for label, column in numbers.items()}
    own = [brief_number(figures.get((name, day))) for day in days]
    table = pd.DataFrame({"Day": [f"{day:%a %Y-%m-%d}" for day in days], **shown, OWN_FIGURE: own})
    used = sum(figures.get((name, day), value) for day, value in zip(days, rows["offered"], strict=True))
    columns = {**dict.fromkeys(numbers, GridColumn()), OWN_FIGURE: GridColumn(_figure, help="Empty: the forecast")}
    return GridTable(
        _("forecast by day"),
        table,
        columns,
        partial(with_edits, days=days, name=name),
        "day",
        totals={"Day": "Total", "Forecast": f"{rows['offered'].sum():,.0f}", OWN_FIGURE: f"{used:,.0f}"},
    )


def with_edits(figures: OwnFigures, edits: Edits, days: Sequence[date], name: str) -> OwnFigures:
    """The figures after edits of the grid; an emptied cell takes its figure back."""
    changed = dict(figures)
    for row, cells in edits.items():
        changed.pop((name, days[row]), None)
        if text := cells[OWN_FIGURE]:
            changed[name, days[row]] = amount(OWN_FIGURE, text)
    return changed


def _figure(column: str, text: str) -> str:
    return brief_number(amount(column, text)) if text else ""
