"""The picture of the assumption ladder."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from interface.ladder import rungs
from interface.ladder_formulas import FORMULAS
from interface.pictures import SIMULATION, Palette, Picture
from interface.words import label, shown
from scenarios.measures import MEASURES

ROW = 13
"""Pixels for each formula on a rung."""
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")


def ladder(table: pd.DataFrame, measure: str, palette: Palette) -> Picture:
    """What every formula says on each rung, beside the band of the simulation; the ladder is climbed upwards."""
    unit = MEASURES[measure].unit
    rows = table[table["measure"] == measure].copy()
    rows["words"] = [shown(value, unit) for value in rows["value"]]
    rows["leaves out"] = rows["leaves_out"].replace("", "nothing")
    rows["knows"] = np.where(rows["covers"], "knows all of the rung", "leaves something out")
    names, steps = [formula.name for formula in FORMULAS], [rung.name for rung in rungs()][::-1]
    if unit == "share":
        rows[["low", "high"]] = rows[["low", "high"]].clip(0, 1)
    scale = alt.Scale(domain=[0, 1]) if measure == "service_level" else alt.Scale(domainMin=0, nice=True)
    title = {"s": f"{label(measure)} (s)"}.get(unit, label(measure))
    x = alt.X("value:Q", title=title, scale=scale, axis=alt.Axis(format=".0%" if unit == "share" else "d", tickCount=5))
    y = alt.Y("rung:N", sort=steps, title=None, axis=alt.Axis(labelFontWeight="bold", ticks=False, labelPadding=8))
    said, simulated = rows[rows["by"] != SIMULATION].dropna(subset="value"), rows[rows["by"] == SIMULATION]
    band = alt.Chart(simulated).encode(y=y, tooltip=["rung:N", "by:N", alt.Tooltip("words:N", title=label(measure))])
    legend = alt.Legend(orient="top", title=None, columns=3, labelLimit=180, symbolOpacity=1)
    colour = alt.Color(
        "by:N",
        scale=alt.Scale(domain=names, range=list(palette.colours[1:8])),
        legend=legend,
    )
    point = alt.Chart(said).encode(
        x=x,
        y=y,
        yOffset=alt.YOffset("by:N", sort=names, scale=alt.Scale(paddingInner=0.1, paddingOuter=0.7)),
        color=colour,
        shape=alt.Shape("by:N", scale=alt.Scale(domain=names, range=list(_SHAPES)), legend=legend),
        tooltip=[
            alt.Tooltip("by:N", title="Formula"),
            "rung:N",
            alt.Tooltip("words:N", title=label(measure)),
            "leaves out:N",
        ],
    )
    layers = [
        band.mark_bar(height=alt.RelativeBandSize(0.86), color=palette.colours[0], opacity=0.28, cornerRadius=0).encode(
            x=alt.X("low:Q", title=title, scale=scale), x2="high:Q"
        ),
        band.mark_tick(thickness=2, bandSize=ROW * 7, color=palette.colours[0]).encode(x=x),
        point.transform_filter(alt.datum.covers).mark_point(size=64, filled=True, opacity=1),
        point.transform_filter(~alt.datum.covers).mark_point(size=42, filled=False, opacity=0.75, strokeWidth=1.4),
    ]
    chart = alt.layer(*layers).properties(height=ROW * (len(names) + 1) * len(steps) + 40)
    return Picture(f"ladder-{measure}", f"{label(measure)}, rung by rung", chart, _ladder_words(rows, unit))


def _ladder_words(rows: pd.DataFrame, unit: str) -> str:
    parts = []
    for rung in rungs():
        here = rows[rows["rung"] == rung.name]
        found = here[here["by"] == SIMULATION]["words"]
        said = ", ".join(f"{row.by} {row.words}" for row in here.itertuples() if row.by != SIMULATION)
        parts.append(f"{rung.name}: {'simulated ' + found.iloc[0] + '; ' if len(found) else ''}{said}")
    return ". ".join(parts)
