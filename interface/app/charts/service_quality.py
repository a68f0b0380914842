"""Charts of the traffic light and of customer value."""

from __future__ import annotations

import altair as alt
import pandas as pd

from interface.app.charts.theme import Figure, Palette
from interface.language.messages import _
from models.service_quality.traffic_light import WORST, ZONES, TrafficLight

ZONE_LABELS = {"green": "Green", "yellow": "Yellow", "red": "Red"}


def zones(light: TrafficLight, palette: Palette) -> Figure:
    """A bar for each process: shares of green, yellow and red by the worst criterion, red first."""
    rows = light.table[light.table["criterion"] == WORST]
    rows = rows.assign(
        label=rows["zone"].map(ZONE_LABELS),
        order=rows["zone"].map({"red": 0, "yellow": 1, "green": 2}),
        text=[f"{100 * share:.1f} %" for share in rows["share"]],
    )
    colours = [palette.colours[index] for index in (2, 4, 1)]
    scale = alt.Scale(domain=[ZONE_LABELS[zone] for zone in ZONES], range=colours)
    chart = (
        alt.Chart(rows)
        .mark_bar(size=24)
        .encode(
            y=alt.Y("process:N", sort=None, title=None, axis=alt.Axis(labelLimit=220)),
            x=alt.X(
                "share:Q",
                title=_("Share of contacts"),
                stack="normalize",
                axis=alt.Axis(labelExpr="round(100 * datum.value) + ' %'", tickCount=5),
            ),
            color=alt.Color("label:N", scale=scale, legend=alt.Legend(orient="top", title=None)),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("process:N", title=_("Contact type")),
                alt.Tooltip("label:N", title=_("Zone")),
                alt.Tooltip("text:N", title=_("Share")),
                alt.Tooltip("count:Q", title=_("Contacts"), format=","),
            ],
        )
    )
    red = rows[rows["zone"] == "red"]
    words = "; ".join(f"{process} {text} red" for process, text in zip(red["process"], red["text"], strict=True))
    height = 90 + 40 * rows["process"].nunique()
    return Figure(
        "traffic-light",
        _("Contacts by zone"),
        chart.properties(height=height),
        _("Contacts by zone: {words}.").format(words=words),
    )


def cumulative(outlooks: dict[str, pd.DataFrame], currency: str, palette: Palette) -> Figure:
    """The cumulative gain of each scenario over months, against the current one."""
    rows = pd.concat([rows.assign(scenario=name) for name, rows in outlooks.items()])
    rows = rows.assign(cumulative=rows["cumulative"].round(2))
    line = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=40))
        .encode(
            x=alt.X("month:Q", title=_("Months from now"), axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("cumulative:Q", title=_("Cumulative gain ({currency})").format(currency=currency or _("money"))),
            color=alt.Color(
                "scenario:N",
                sort=None,
                scale=alt.Scale(range=list(palette.colours)),
                legend=alt.Legend(orient="top", title=None, labelLimit=260),
            ),
            tooltip=[
                alt.Tooltip("scenario:N", title=_("Scenario")),
                alt.Tooltip("month:Q", title=_("Month")),
                alt.Tooltip("cumulative:Q", title=_("Cumulative gain"), format=",.0f"),
            ],
        )
    )
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=palette.ink, strokeDash=[4, 3]).encode(y="y:Q")
    ends = ", ".join(f"{name} {rows['cumulative'].iloc[-1]:,.0f}" for name, rows in outlooks.items())
    words = _("Cumulative gain after {max} months: {ends}.").format(max=int(rows["month"].max()), ends=ends)
    return Figure("cumulative-gain", _("Cumulative gain"), alt.layer(zero, line).properties(height=320), words)
