"""The charts of a search: best cost and lower bound over time, and the plan as a heat map that fills in."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from interface.app.charts.theme import Figure, Palette, without_data
from interface.formatting import shown
from interface.language.messages import _, marked
from models.optimisation.budget import Step
from scenarios.scenario import Scenario

BEST, BOUND = marked(("Best cost", "Lower bound"))
HISTORY, AGENTS = marked(("Best cost and lower bound", "Agents per interval"))
MANY = 48
"""Columns of the heat map beyond which numbers are left out."""
DIGIT, BETWEEN, SMALLEST, LARGEST = 0.58, 4, 8, 11
"""The width of a digit as a part of its size; pixels between two numbers; the sizes of letters."""


def history(steps: Sequence[Step], currency: str, palette: Palette) -> Figure:
    """The best cost and the lower bound over the time of the search; they meet where the plan is proven optimal."""
    rows = pd.DataFrame(
        [
            {
                "seconds": step.seconds,
                "money": round(value, 2),
                "series": name,
                "words": shown(value, "money", currency),
            }
            for step in steps
            for name, value in ((_(BEST), step.cost), (_(BOUND), step.bound))
            if np.isfinite(value) and value > 0
        ],
        columns=["seconds", "money", "series", "words"],
    )
    if rows.empty:
        return without_data("search", _(HISTORY), _("No plan yet."), palette)
    scale = alt.Scale(domain=[_(BEST), _(BOUND)], range=[palette.colours[0], palette.colours[1]])
    chart = (
        alt.Chart(rows)
        .mark_line(interpolate="step-after", strokeWidth=2, point=alt.OverlayMarkDef(size=30))
        .encode(
            x=alt.X(
                "seconds:Q", title=_("Time (s)"), axis=alt.Axis(grid=False, tickCount=6), scale=alt.Scale(domainMin=0)
            ),
            y=alt.Y(
                "money:Q",
                title=_("Cost ({currency})").format(currency=currency or _("money")),
                axis=alt.Axis(tickCount=5),
                scale=alt.Scale(zero=False, nice=True),
            ),
            color=alt.Color("series:N", scale=scale, legend=alt.Legend(orient="top", title=None, symbolType="stroke")),
            tooltip=[
                alt.Tooltip("series:N", title=_("Line")),
                alt.Tooltip("words:N", title=_("Cost")),
                alt.Tooltip("seconds:Q", format=".1f", title=_("Time (s)")),
            ],
        )
    )
    last = steps[-1] if steps else None
    words = _("The search has not started.")
    if last is not None:
        words = _("Best cost {cost}, lower bound {bound}.").format(
            cost=shown(last.cost, "money", currency), bound=shown(last.bound, "money", currency)
        )
    return Figure("search", _(HISTORY), alt.layer(chart).properties(height=280), words)


def heat_map(staffing: np.ndarray[tuple[int, ...], np.dtype[np.int64]], scenario: Scenario, palette: Palette) -> Figure:
    """Agents of each group over the day, or the days; hours without agents are left out.

    `staffing` has shape (groups, periods); periods are equal parts of the horizon.
    """
    step = len(scenario.horizon.times) // staffing.shape[1]
    starts = list(scenario.horizon.times)[::step]
    busy = np.flatnonzero(staffing.any(axis=0))
    if not busy.size:
        return without_data("plan", _(AGENTS), _("The plan has no agents."), palette)
    several = scenario.horizon.days > 1
    shown_at = range(int(busy[0]), int(busy[-1]) + 1)
    rows = pd.DataFrame(
        [
            {
                "time": f"{starts[p]:%a %H:%M}" if several else f"{starts[p]:%H:%M}",
                "group": group,
                "agents": int(staffing[g, p]),
            }
            for g, group in enumerate(scenario.group_names)
            for p in shown_at
        ],
        columns=["time", "group", "agents"],
    )
    axis = alt.Axis(labelAngle=-90, labelOverlap=True)
    base = alt.Chart(rows).encode(
        x=alt.X("time:O", sort=None, title=_("From") if several else _("Time of day"), axis=axis),
        y=alt.Y("group:N", sort=None, title=None, axis=alt.Axis(labelLimit=140)),
    )
    top = int(staffing.max(initial=1))
    scale = alt.Scale(domain=[0, top], range=[palette.page, palette.colours[0]], interpolate="rgb")
    legend = alt.Legend(orient="top", title=_("Agents"), gradientLength=200, tickCount=5)
    layers = [
        base.mark_rect(stroke=palette.page, strokeWidth=1).encode(
            color=alt.Color("agents:Q", scale=scale, legend=legend),
            tooltip=[
                alt.Tooltip("group:N", title=_("Group")),
                alt.Tooltip("time:N", title=_("From")),
                alt.Tooltip("agents:Q", title=_("Agents")),
            ],
        )
    ]
    if len(shown_at) <= MANY:
        ink = alt.condition(alt.datum.agents > 0.55 * top, alt.value("white"), alt.value(palette.ink))
        size = alt.expr(_size(len(shown_at), len(str(top))))
        layers.append(base.mark_text(fontSize=size).encode(text="agents:Q", color=ink))
    words = "; ".join(f"{group} at most {staffing[g].max(initial=0)}" for g, group in enumerate(scenario.group_names))
    height = 210 + 44 * len(scenario.group_names)  # axis and legend are part of it
    return Figure(
        "plan", _(AGENTS), alt.layer(*layers).properties(height=height), _("Agents: {words}.").format(words=words)
    )


def _size(columns: int, digits: int) -> str:
    """The size of letters with which numbers keep apart in their cells, as Vega computes it; none where too small."""
    room = f"(width / {columns} - {BETWEEN}) / {DIGIT * digits:.3g}"
    return f"{room} < {SMALLEST} ? 0 : min({LARGEST}, {room})"
