"""The chart of the assumption ladder."""

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
"""Pixels for each formula on a step."""
HALF = 0.44
"""Half the height of a step; steps are one apart."""
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")


def ladder(table: pd.DataFrame, measure: str, palette: Palette) -> Figure:
    """The result of every formula on each step, on the band of the simulation; the first step is at the bottom."""
    unit = MEASURES[measure].unit
    names, steps = [formula.name for formula in FORMULAS], [step.name for step in ladder_steps()]
    rows = table[table["measure"] == measure].copy()
    rows["words"] = [shown(value, unit) for value in rows["value"]]
    rows["leaves out"] = rows["leaves_out"].replace("", "nothing")
    height = rows["step"].map({name: index for index, name in enumerate(steps)}).astype(float)
    offsets = {name: HALF * (1 - (2 * index + 1) / len(names)) for index, name in enumerate(names)}
    rows["y"], rows["bottom"], rows["top"] = (
        height + rows["method"].map(offsets).fillna(0.0),
        height - HALF,
        height + HALF,
    )
    formulas = rows[rows["method"] != SIMULATION].dropna(subset="value")
    simulated = rows[rows["method"] == SIMULATION].copy()
    if unit == "share":
        simulated[["low", "high"]] = simulated[["low", "high"]].clip(0, 1)
    marks = _marks(formulas, names, measure, palette)
    layers = [_between(steps, palette), *_bands(simulated, measure, palette), *marks]
    chart = alt.layer(*layers).properties(height=ROW * (len(names) + 1) * len(steps) + 40)
    return Figure(f"ladder-{measure}", f"{label(measure)}, step by step", chart, _ladder_words(rows))


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
    """Thin lines between the steps."""
    lines = pd.DataFrame({"between": np.arange(len(steps) - 1) + 0.5})
    return alt.Chart(lines).mark_rule(color=palette.ink, opacity=0.15).encode(y=_y("between", steps))


def _bands(simulated: pd.DataFrame, measure: str, palette: Palette) -> list[Any]:
    """The interval of the simulation across the step, and its value as a line."""
    tips = [
        alt.Tooltip("method:N", title="Method"),
        alt.Tooltip("step:N", title="Step"),
        alt.Tooltip("words:N", title=label(measure)),
    ]
    base = alt.Chart(simulated).encode(y="bottom:Q", y2="top:Q", tooltip=tips)
    colour = palette.colours[0]
    return [
        base.mark_rect(color=colour, opacity=0.25).encode(x=_x(measure, "low"), x2="high:Q"),
        base.mark_rule(color=colour, strokeWidth=2).encode(x="value:Q"),
    ]


def _marks(formulas: pd.DataFrame, names: list[str], measure: str, palette: Palette) -> list[Any]:
    """A mark for each formula, filled where it covers everything on the step."""
    legend = alt.Legend(orient="top", title=None, columns=2, labelLimit=180, symbolOpacity=1)
    colours = alt.Scale(domain=names, range=list(palette.colours[1:8]))
    base = alt.Chart(formulas).encode(
        x=_x(measure, "value"),
        y="y:Q",
        color=alt.Color("method:N", scale=colours, legend=legend),
        shape=alt.Shape("method:N", scale=alt.Scale(domain=names, range=list(_SHAPES)), legend=legend),
        tooltip=[
            alt.Tooltip("method:N", title="Formula"),
            alt.Tooltip("step:N", title="Step"),
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
    for step, methods in rows.groupby("step", sort=False):
        texts = [f"{method} {words}" for method, words in zip(methods["method"], methods["words"], strict=True)]
        parts.append(f"{step}: {', '.join(texts[::-1])}")
    return ". ".join(parts)
