"""Charts of the Journeys page: the waterfall from need to agents, and volumes with and without events."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from interface.app.charts.theme import Figure, Palette
from interface.language.messages import _
from interface.language.numbers import number
from scenarios.scenario import Scenario

LONG = 200
"""Points above which volumes are drawn by day."""


def waterfall_chart(steps: pd.DataFrame, days: int, palette: Palette) -> Figure:
    """A bar for each step over so many days, from where the one before ended; added and taken off in two colours."""
    total, change = steps["total"].to_numpy(), steps["change"].to_numpy()
    whole = (change == 0) | (np.arange(len(steps)) == 0)
    rows = steps.assign(
        low=np.where(whole, 0.0, np.minimum(total, total - change)),
        high=np.where(whole, total, np.maximum(total, total - change)),
        part=np.where(whole, "Total", np.where(change > 0, "Added", "Taken off")),
        text=[
            f"{end:,.0f}" if plain else f"{step:+,.0f}" for end, step, plain in zip(total, change, whole, strict=True)
        ],
    )
    scale = alt.Scale(
        domain=["Total", "Added", _("Taken off")], range=[palette.colours[0], palette.colours[1], palette.colours[2]]
    )
    base = alt.Chart(rows).encode(y=alt.Y("step:N", sort=None, title=None, axis=alt.Axis(labelLimit=240)))
    bars = base.mark_bar(size=20).encode(
        x=alt.X(
            "low:Q",
            title=_("Contacts per day") if days == 1 else _("Contacts in {days} days").format(days=days),
            axis=alt.Axis(tickCount=6),
        ),
        x2="high:Q",
        color=alt.Color("part:N", scale=scale, legend=alt.Legend(orient="top", title=None)),
        tooltip=[
            alt.Tooltip("step:N", title=_("Step")),
            alt.Tooltip("change:Q", title=_("Change"), format="+,.1f"),
            alt.Tooltip("total:Q", title=_("Contacts"), format=",.1f"),
        ],
    )
    texts = base.mark_text(align="left", dx=4, color=palette.ink).encode(x="high:Q", text="text:N")
    words = "; ".join(f"{step} {text}" for step, text in zip(rows["step"], rows["text"], strict=True))
    height = 90 + 30 * len(rows)
    return Figure("waterfall", _("From need to agents"), alt.layer(bars, texts).properties(height=height), f"{words}.")


def volumes_with_events(scenario: Scenario, palette: Palette) -> Figure:
    """Expected contacts with and without events, by interval or, of long horizons, by day."""
    horizon = scenario.horizon
    series = {"Usual": scenario.usual_volumes.sum(axis=0), "With events": scenario.expected.sum(axis=0)}
    by_day = horizon.intervals > LONG
    if by_day:
        series = {name: values.reshape(horizon.days, -1).sum(axis=1) for name, values in series.items()}
    step = np.timedelta64(86400 if by_day else int(horizon.interval), "s")
    start = np.datetime64(horizon.midnight, "s")
    rows = pd.concat(
        [
            pd.DataFrame({"time": start + np.arange(len(values)) * step, "contacts": values.round(2), "volume": name})
            for name, values in series.items()
        ]
    )
    scale = alt.Scale(domain=list(series), range=[palette.colours[7], palette.colours[0]])
    line = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2, interpolate="step-after")
        .encode(
            x=alt.X("time:T", title=None),
            y=alt.Y("contacts:Q", title=_("Contacts per day") if by_day else _("Contacts per interval")),
            color=alt.Color("volume:N", scale=scale, legend=alt.Legend(orient="top", title=None)),
            tooltip=[
                alt.Tooltip("time:T", title=_("Time"), format="%a %d %b %H:%M"),
                alt.Tooltip("volume:N", title=_("Volume")),
                alt.Tooltip("contacts:Q", title=_("Contacts"), format=",.1f"),
            ],
        )
    )
    more = float(scenario.expected.sum() - scenario.usual_volumes.sum())
    words = _("Events change the contacts of the horizon by {more}.").format(more=number(more, "+,.0f"))
    return Figure("volumes-with-events", _("Expected contacts"), line.properties(height=280), words)
