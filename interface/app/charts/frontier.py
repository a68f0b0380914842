"""The charts of the automation frontier: what it costs, what it saves, who answers, and where it pays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import altair as alt
import pandas as pd

from interface.app.charts.theme import Figure, Palette, without_data
from interface.formatting import percent, shown
from models.whatif.frontier import RESPONSES, Frontier
from models.whatif.ramp_up import payback
from scenarios.contact_types import Target
from scenarios.statistics import INCONCLUSIVE, MET

_PERCENT = alt.Axis(labelExpr="round(100 * datum.value) + ' %'", tickCount=6)
_COSTS = "What each level costs at its cheapest staffing"
_RESPONSES = dict(zip(RESPONSES, ("A person", "A person or the bot", "Any answer"), strict=True))


def costs(found: Frontier, currency: str, palette: Palette) -> Figure:
    """The cost of each level at its cheapest staffing: people and bot, the cheapest level marked."""
    names = {"wages": "People", "bot_cost": "Bot"}
    rows = found.kept.melt(["level", "cost"], list(names), "part", "money")
    rows["part"] = rows["part"].map(names)
    rows["words"] = [shown(value, "money", currency) for value in rows["money"]]
    if rows.empty:
        return without_data("frontier-costs", _COSTS, "No level has a plan.", palette)
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
    return Figure("frontier-costs", _COSTS, chart, found.in_words())


def savings(found: Frontier, currency: str, palette: Palette) -> Figure:
    """Money that is claimed to be saved, and money that is."""
    names = {"claimed_saving": "Claimed", "net_saving": "True"}
    rows = found.kept.melt("level", list(names), "what", "money").dropna().round({"money": 2})
    rows["what"] = rows["what"].map(names)
    if rows.empty:
        return without_data("frontier-savings", "Saved: claimed and true", "No level can be compared.", palette)
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
        f"At {percent(last['level'])} containment {shown(last['claimed_saving'], 'money', currency)} are claimed, "
        f"{shown(last['net_saving'], 'money', currency)} are."
    )
    return Figure("frontier-savings", "Saved: claimed and true", alt.layer(zero, lines).properties(height=300), words)


def responses(found: Frontier, target: Target | None, palette: Palette) -> Figure:
    """Who responds within the target time, in three senses from arrival, and as the type's own target counts."""
    share = None if target is None else target.share
    names = dict(_RESPONSES) if share is None else _RESPONSES | {"judged": "As targeted"}
    rows = found.kept.melt("level", list(names), "who", "share").dropna()
    rows["who"] = rows["who"].map(names)
    if rows.empty:
        return without_data("frontier-responses", "Who answers in time", "No level has a plan.", palette)
    rows["words"] = [shown(value, "share") for value in rows["share"]]
    colours = [palette.colours[0], palette.colours[2], palette.colours[7], palette.colours[1]][: len(names)]
    scale = alt.Scale(domain=list(names.values()), range=colours)
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
    if share is not None:  # in the colour of the one line that it judges
        limit = alt.Chart(pd.DataFrame({"share": [share]}))
        layers.append(limit.mark_rule(color=palette.colours[1], strokeDash=[3, 3], strokeWidth=1.5).encode(y="share:Q"))
    words = (
        f"Contacts of {found.contact_type} answered within the target time from arrival, by a person, by a person or "
        "the bot, or at all" + ("." if share is None else f"; and as the target of {percent(share)} counts them.")
    )
    return Figure("frontier-responses", "Who answers in time", alt.layer(*layers).properties(height=300), words)


def heat_map(found: Sequence[Frontier], currency: str, palette: Palette) -> Figure:
    """The true saving by claimed and false containment: where automation pays, and where it costs."""
    rows = pd.concat(
        [
            one.rows.assign(
                false=one.false_share, sure=[one.against_people(float(level)) for level in one.rows["level"]]
            )
            for one in found
        ],
        ignore_index=True,
    )
    rows = rows[rows["level"] > 0]
    if rows.empty:
        return without_data("frontier-map", "Where automation pays", "No level above 0 % was asked for.", palette)
    rows["x"] = [percent(level) for level in rows["level"]]
    rows["y"] = [percent(share) for share in rows["false"]]
    rows["pays"] = rows["net_saving"].where(rows["status"].isin([MET, INCONCLUSIVE]))
    rows["text"] = [
        "–" if math.isnan(value) else f"{'' if sure else '≈'}{value:+,.0f}"
        for value, sure in zip(rows["pays"], rows["sure"], strict=True)
    ]
    rows["verdict"] = rows["sure"].map({1: "surely saves", -1: "surely loses", 0: "no clear difference"})
    size = float(rows["pays"].abs().max())
    size = size if size > 0 else 1.0
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
        alt.Tooltip("verdict:N", title="Against people alone"),
        alt.Tooltip("why:N", title="Why not"),
    ]
    cells = base.mark_rect(opacity=0.6, stroke=palette.page, strokeWidth=2).encode(
        color=alt.Color("pays:Q", scale=scale, legend=legend), tooltip=tips
    )
    letters = rows["x"].nunique() * max(int(rows["text"].str.len().max()), 1)
    size_of_text = alt.expr(f"min(12, 1.75 * width / {letters})")  # a phone is narrow
    chart = alt.layer(cells, base.mark_text(fontSize=size_of_text, color=palette.ink).encode(text="text:N"))
    good, bad = (int((rows["sure"] == sign).sum()) for sign in (1, -1))
    words = (
        f"Of {len(rows)} combinations of claimed and false containment of {found[0].contact_type} {good} surely save "
        f"money, {bad} surely lose some; the rest are marked by ≈ or have no plan."
    )
    return Figure("frontier-map", "Where automation pays", chart.properties(height=300), words)


def weeks(table: pd.DataFrame, nominal: float, currency: str, palette: Palette) -> Figure:
    """What a bot has earned since its first week, tuned and untuned, and the week from which it is earned back."""
    names = {"earned": "Tuned", "earned_untuned": "Untuned"}
    begin = float(table["earned"].iloc[0] - table["tuned"].iloc[0])
    spent = pd.DataFrame([{"week": 0, "earned": begin, "earned_untuned": begin}])
    rows = pd.concat([spent, table]).melt("week", list(names), "what", "money").round({"money": 2})
    rows["what"] = rows["what"].map(names)
    rows["words"] = [shown(value, "money", currency) for value in rows["money"]]
    scale = alt.Scale(domain=list(names.values()), range=[palette.colours[0], palette.colours[4]])
    colour = alt.Color("what:N", scale=scale, legend=alt.Legend(orient="top", title=None, symbolType="stroke"))
    x = alt.X("week:Q", title="Week", axis=alt.Axis(tickMinStep=1, grid=False), scale=alt.Scale(nice=False, padding=20))
    y = alt.Y("money:Q", title=f"Earned since the start ({currency or 'money'})", axis=alt.Axis(tickCount=5))
    tips = ["what:N", "week:Q", alt.Tooltip("words:N", title="Earned")]
    lines = alt.Chart(rows).mark_line(strokeWidth=2.5).encode(x=x, y=y, color=colour, tooltip=tips)
    zero = alt.Chart(pd.DataFrame({"money": [0]})).mark_rule(color=palette.ink).encode(y="money:Q")
    layers = [zero, lines]
    backs = {name: payback(table, column) for column, name in names.items()}
    for (name, week), above in zip(backs.items(), (True, False), strict=True):
        there = rows[(rows["week"] == week) & (rows["what"] == name)].assign(said=f"week {week}")
        mark = alt.Chart(there).encode(x="week:Q", y="money:Q")
        layers.append(mark.mark_point(filled=True, size=90, opacity=1).encode(color=alt.Color("what:N", scale=scale)))
        text = mark.mark_text(dy=-16 if above else 18, fontSize=12, fontWeight="bold", color=palette.ink)
        layers.append(text.encode(text="said:N"))
    told = ", ".join(
        f"{name.lower()} {f'from week {week}' if week else f'not within {len(table)} weeks'}"
        for name, week in backs.items()
    )
    chart = alt.layer(*layers).properties(height=300)
    words = f"On the way to {percent(nominal)} containment what was spent is earned back for good: {told}."
    return Figure("frontier-weeks", "What the bot has earned", chart, words)


def _level(found: Frontier) -> alt.X:
    levels = [float(level) for level in found.kept["level"]]
    edge = 0.06 if len(levels) < 2 else 0.6 * min(b - a for a, b in pairwise(levels))
    return alt.X(
        "level:Q",
        title="Claimed containment",
        axis=alt.Axis(labelExpr="round(100 * datum.value) + ' %'", values=levels, grid=False, labelOverlap=True),
        scale=alt.Scale(domain=[levels[0] - edge, levels[-1] + edge], nice=False),
    )
