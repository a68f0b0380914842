"""The picture of the assumption ladder."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from interface.app.charts.theme import SIMULATION, Figure, Palette
from interface.app.learn.ladder import ladder_steps
from interface.app.learn.ladder_formulas import FORMULAS
from interface.formatting import label, shown
from scenarios.measures import MEASURES

ROW = 13
"""Pixels for each formula on a rung."""
HALF = 0.44
"""Half the height of what belongs to a rung; rungs are one apart."""
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")


def ladder(table: pd.DataFrame, measure: str, palette: Palette) -> Figure:
    """What every formula says on each rung, beside the band of the simulation; the ladder is climbed upwards."""
    unit = MEASURES[measure].unit
    names, steps = [formula.name for formula in FORMULAS], [rung.name for rung in ladder_steps()]
    rows = table[table["measure"] == measure].copy()
    rows["words"] = [shown(value, unit) for value in rows["value"]]
    rows["leaves out"] = rows["leaves_out"].replace("", "nothing")
    height = rows["rung"].map({name: place for place, name in enumerate(steps)}).astype(float)
    offsets = {name: HALF * (1 - (2 * place + 1) / len(names)) for place, name in enumerate(names)}
    rows["y"], rows["bottom"], rows["top"] = height + rows["by"].map(offsets).fillna(0.0), height - HALF, height + HALF
    said, found = rows[rows["by"] != SIMULATION].dropna(subset="value"), rows[rows["by"] == SIMULATION].copy()
    if unit == "share":
        found[["low", "high"]] = found[["low", "high"]].clip(0, 1)
    layers = [_between(steps, palette), *_bands(found, measure, palette), *_marks(said, names, measure, palette)]
    chart = alt.layer(*layers).properties(height=ROW * (len(names) + 1) * len(steps) + 40)
    return Figure(f"ladder-{measure}", f"{label(measure)}, rung by rung", chart, _ladder_words(rows))


def _x(measure: str, field: str) -> alt.X:
    share = MEASURES[measure].unit == "share"
    scale = alt.Scale(domain=[0, 1]) if measure == "service_level" else alt.Scale(domainMin=0, nice=True)
    title = label(measure) if share else f"{label(measure)} (s)"
    return alt.X(f"{field}:Q", title=title, scale=scale, axis=alt.Axis(format=".0%" if share else "d", tickCount=5))


def _y(field: str, steps: list[str]) -> alt.Y:
    axis = alt.Axis(
        values=list(range(len(steps))),
        labelExpr=f"{json.dumps(steps)}[datum.value]",
        labelFontWeight="bold",
        labelOverlap=False,
        grid=False,
        ticks=False,
        domain=False,
        labelPadding=8,
    )
    return alt.Y(f"{field}:Q", title=None, scale=alt.Scale(domain=[-0.5, len(steps) - 0.5], nice=False), axis=axis)


def _between(steps: list[str], palette: Palette) -> Any:
    """Thin lines between the rungs."""
    lines = pd.DataFrame({"between": np.arange(len(steps) - 1) + 0.5})
    return alt.Chart(lines).mark_rule(color=palette.ink, opacity=0.15).encode(y=_y("between", steps))


def _bands(found: pd.DataFrame, measure: str, palette: Palette) -> list[Any]:
    """The interval of the simulation across the rung, and its value as a line."""
    base = alt.Chart(found).encode(
        y="bottom:Q", y2="top:Q", tooltip=["rung:N", "by:N", alt.Tooltip("words:N", title=label(measure))]
    )
    colour = palette.colours[0]
    return [
        base.mark_rect(color=colour, opacity=0.25).encode(x=_x(measure, "low"), x2="high:Q"),
        base.mark_rule(color=colour, strokeWidth=2).encode(x="value:Q"),
    ]


def _marks(said: pd.DataFrame, names: list[str], measure: str, palette: Palette) -> list[Any]:
    """A mark for each formula, filled where it knows everything on the rung."""
    legend = alt.Legend(orient="top", title=None, columns=2, labelLimit=180, symbolOpacity=1)
    colours = alt.Scale(domain=names, range=list(palette.colours[1:8]))
    base = alt.Chart(said).encode(
        x=_x(measure, "value"),
        y="y:Q",
        color=alt.Color("by:N", scale=colours, legend=legend),
        shape=alt.Shape("by:N", scale=alt.Scale(domain=names, range=list(_SHAPES)), legend=legend),
        tooltip=[
            alt.Tooltip("by:N", title="Formula"),
            alt.Tooltip("rung:N", title="Rung"),
            alt.Tooltip("words:N", title=label(measure)),
            alt.Tooltip("leaves out:N", title="Leaves out"),
        ],
    )
    return [
        base.transform_filter(alt.datum.covers).mark_point(size=64, filled=True, opacity=1),
        base.transform_filter(~alt.datum.covers).mark_point(size=46, filled=False, opacity=0.85, strokeWidth=1.5),
    ]


def _ladder_words(rows: pd.DataFrame) -> str:
    parts = []
    for rung, here in rows.groupby("rung", sort=False):
        said = [f"{by} {words}" for by, words in zip(here["by"], here["words"], strict=True)]
        parts.append(f"{rung}: {', '.join(said[::-1])}")
    return ". ".join(parts)
