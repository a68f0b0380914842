"""The charts of the automation frontier: what it costs, what it saves, who answers, and where it pays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import altair as alt
import pandas as pd

from interface.pictures import Palette, Picture
from interface.words import shown
from models.frontier import RESPONSES, Frontier

_PERCENT = alt.Axis(labelExpr="round(100 * datum.value) + ' %'", tickCount=6)
_RESPONSES = dict(zip(RESPONSES, ("By a person", "By a person or the bot", "Any answer"), strict=True))


def costs(found: Frontier, currency: str, palette: Palette) -> Picture:
    """The cost of each level at its cheapest staffing: people and bot, the cheapest level marked."""
    names = {"wages": "People", "bot_cost": "Bot"}
    rows = found.kept.melt(["level", "cost"], list(names), "part", "money")
    rows["part"] = rows["part"].map(names)
    rows["words"] = [shown(value, "money", currency) for value in rows["money"]]
    rows["total"] = [shown(value, "money", currency) for value in rows["cost"]]
    scale = alt.Scale(domain=["People", "Bot"], range=[palette.colours[0], palette.colours[4]])
    bars = (
        alt.Chart(rows)
        .mark_bar(size=alt.expr(f"min(48, 0.7 * width / {len(found.kept)})"))
        .encode(
            x=_level(found),
            y=alt.Y("money:Q", title=f"Cost ({currency or 'money'})", stack=True, axis=alt.Axis(tickCount=5)),
            color=alt.Color("part:N", scale=scale, legend=alt.Legend(orient="top", title=None)),
            order=alt.Order("part:N", sort="descending"),
            tooltip=["part:N", alt.Tooltip("words:N", title="Cost"), alt.Tooltip("total:N", title="Together")],
        )
    )
    layers = [bars]
    if found.best is not None:
        best = found.kept[found.kept["level"] == found.best].assign(text="cheapest")
        layers.append(
            alt.Chart(best)
            .mark_text(dy=-9, fontSize=12, fontWeight="bold", color=palette.ink)
            .encode(x=_level(found), y="cost:Q", text="text:N")
        )
    chart = alt.layer(*layers).properties(height=300)
    return Picture("frontier-costs", "What each level costs at its cheapest staffing", chart, found.in_words())


def savings(found: Frontier, currency: str, palette: Palette) -> Picture:
    """Money that is claimed to be saved, and money that is."""
    names = {"claimed_saving": "Claimed", "net_saving": "True"}
    rows = found.kept.melt("level", list(names), "what", "money").dropna()
    rows["what"] = rows["what"].map(names)
    rows["words"] = [shown(value, "money", currency) for value in rows["money"]]
    scale = alt.Scale(domain=["Claimed", "True"], range=[palette.colours[1], palette.colours[0]])
    lines = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=45))
        .encode(
            x=_level(found),
            y=alt.Y("money:Q", title=f"Saved ({currency or 'money'})", axis=alt.Axis(tickCount=5)),
            color=alt.Color("what:N", scale=scale, legend=alt.Legend(orient="top", title=None, symbolType="stroke")),
            strokeDash=alt.StrokeDash(
                "what:N", scale=alt.Scale(domain=["Claimed", "True"], range=[[5, 3], [1, 0]]), legend=None
            ),
            tooltip=[
                "what:N",
                alt.Tooltip("level:Q", format=".0%", title="Contained"),
                alt.Tooltip("words:N", title="Saved"),
            ],
        )
    )
    zero = alt.Chart(pd.DataFrame({"money": [0]})).mark_rule(color=palette.ink).encode(y="money:Q")
    last = found.kept.iloc[-1]
    words = (
        f"At {_percent(last['level'])} containment {shown(last['claimed_saving'], 'money', currency)} are claimed, "
        f"{shown(last['net_saving'], 'money', currency)} are."
    )
    return Picture("frontier-savings", "Saved: claimed and true", alt.layer(zero, lines).properties(height=300), words)


def responses(found: Frontier, wanted: float | None, palette: Palette) -> Picture:
    """Who responds within the target time, in three senses, by level."""
    rows = found.kept.melt("level", list(_RESPONSES), "who", "share").dropna()
    rows["who"] = rows["who"].map(_RESPONSES)
    rows["words"] = [shown(value, "share") for value in rows["share"]]
    names = list(_RESPONSES.values())
    scale = alt.Scale(domain=names, range=[palette.colours[0], palette.colours[2], palette.colours[7]])
    lines = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=45))
        .encode(
            x=_level(found),
            y=alt.Y("share:Q", title="Within the target time", scale=alt.Scale(domain=[0, 1]), axis=_PERCENT),
            color=alt.Color(
                "who:N", scale=scale, legend=alt.Legend(orient="top", title=None, symbolType="stroke", columns=2)
            ),
            tooltip=[
                "who:N",
                alt.Tooltip("level:Q", format=".0%", title="Contained"),
                alt.Tooltip("words:N", title="In time"),
            ],
        )
    )
    layers = [lines]
    if wanted is not None:
        data = alt.Chart(pd.DataFrame({"share": [wanted]}))
        layers.append(data.mark_rule(color=palette.ink, strokeDash=[3, 3]).encode(y="share:Q"))
    words = f"Contacts of {found.kind} answered within the target time, by a person, by a person or the bot, or at all."
    return Picture("frontier-responses", "Who answers in time", alt.layer(*layers).properties(height=300), words)


def heat_map(found: Sequence[Frontier], currency: str, palette: Palette) -> Picture:
    """The true saving by claimed and false containment: where automation pays, and where it costs."""
    rows = pd.concat([one.rows.assign(false=one.false_share) for one in found], ignore_index=True)
    rows = rows[rows["level"] > 0]
    rows["x"] = [_percent(level) for level in rows["level"]]
    rows["y"] = [_percent(share) for share in rows["false"]]
    rows["text"] = [
        f"{value:+,.0f}" if status in ("met", "unsure") and value == value else "–"
        for value, status in zip(rows["net_saving"], rows["status"], strict=True)
    ]
    rows["pays"] = rows["net_saving"].where(rows["status"].isin(["met", "unsure"]))
    size = float(rows["pays"].abs().max()) or 1.0
    base = alt.Chart(rows).encode(
        x=alt.X("x:O", sort=None, title="Claimed containment", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("y:O", sort=list(dict.fromkeys(rows["y"]))[::-1], title="Of that, false"),
    )
    scale = alt.Scale(domain=[-size, 0, size], range=[palette.under, palette.page, palette.over], interpolate="rgb")
    legend = alt.Legend(orient="top", title=f"Saved, true ({currency or 'money'})", gradientLength=220)
    tips = [
        alt.Tooltip("x:N", title="Contained"),
        alt.Tooltip("y:N", title="Of that, false"),
        alt.Tooltip("text:N", title="Saved"),
        alt.Tooltip("why:N", title="Why not"),
    ]
    cells = base.mark_rect(opacity=0.75).encode(color=alt.Color("pays:Q", scale=scale, legend=legend), tooltip=tips)
    chart = alt.layer(cells, base.mark_text(fontSize=12, color=palette.ink).encode(text="text:N"))
    good = int((rows["pays"] > 0).sum())
    words = f"{good} of {len(rows)} combinations of claimed and false containment of {found[0].kind} save money."
    return Picture("frontier-map", "Where automation pays", chart.properties(height=300), words)


def _level(found: Frontier) -> alt.X:
    levels = [float(level) for level in found.kept["level"]]
    edge = 0.06 if len(levels) < 2 else 0.6 * min(b - a for a, b in pairwise(levels))
    return alt.X(
        "level:Q",
        title="Claimed containment",
        axis=alt.Axis(labelExpr="round(100 * datum.value) + ' %'", values=levels, grid=False, labelOverlap=True),
        scale=alt.Scale(domain=[levels[0] - edge, levels[-1] + edge], nice=False),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
