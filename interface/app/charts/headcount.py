"""The chart of the Headcount page: people needed and people at work by month, with the band of what they are worth."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from interface.app.charts.theme import Figure, Palette, height_of
from interface.language.messages import _
from models.workforce.headcount import HeadcountPlan


def people_by_month(plan: HeadcountPlan, palette: Palette) -> Figure:
    """People needed, people at work with their 80 % band, and who starts when."""
    rows, names = plan.rows, [_("Needed"), _("At work, learning counted")]
    lines = pd.concat(
        rows[["month", name]].rename(columns={name: "people"}).assign(what=what)
        for name, what in zip(("required", "effective"), names, strict=True)
    )
    month = alt.X("month:O", title=_("Month"), axis=alt.Axis(labelAngle=0))
    scale = height_of(rows[["required", "effective", "high"]])
    y = alt.Y("people:Q", title=_("Full-time people"), scale=scale)
    colour = alt.Scale(domain=names, range=[palette.colours[1], palette.colours[0]])
    patterns: list[Any] = [[5, 3], [1, 0]]
    dashes = alt.Scale(domain=names, range=patterns)
    legend = alt.Legend(orient="top", title=None, symbolType="stroke")
    base = alt.Chart(lines).encode(
        x=month,
        y=y,
        color=alt.Color("what:N", scale=colour, legend=legend),
        strokeDash=alt.StrokeDash("what:N", scale=dashes, legend=None),
    )
    tips = [
        alt.Tooltip("month:O", title=_("Month")),
        alt.Tooltip("what:N", title=_("People")),
        alt.Tooltip("people:Q", title=_("Full-time people"), format=",.1f"),
    ]
    band = alt.Chart(rows).mark_area(opacity=0.2, color=palette.colours[0])
    starts = alt.Chart(rows[rows["starters"] > 0].assign(text=rows["starters"].map("+{:,}".format)))
    words = starts.mark_text(dy=-12, fontSize=12, color=palette.ink).encode(x=month, y="high:Q", text="text:N")
    chart = alt.layer(
        band.encode(x=month, y=alt.Y("low:Q", scale=scale, title=_("Full-time people")), y2="high:Q"),
        base.mark_line(strokeWidth=2),
        base.mark_circle(size=40, opacity=1).encode(tooltip=tips),
        words,
    )
    return Figure("headcount", _("People needed and at work by month"), chart, plan.in_words())
