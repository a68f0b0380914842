"""The charts of the automation frontier: cost, saving, service and payback by containment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import altair as alt
import pandas as pd

from interface.app.charts.theme import Figure, Palette, without_data
from interface.formatting import percent, shown
from interface.language.messages import _
from models.whatif.frontier import RESPONSES, Frontier
from models.whatif.ramp_up import payback
from scenarios.contact_types import Target
from scenarios.statistics import INCONCLUSIVE, MET

_PERCENT = alt.Axis(labelExpr="round(100 * datum.value) + ' %'", tickCount=6)
_COSTS, _SAVINGS = "Lowest cost by containment", "Claimed and net saving"
_SERVICE, _MAP = "Service level by containment", "Net saving by claimed and false containment"
_CONTAINED, _FALSE = "Claimed containment", "False containment rate"
_RESPONSES = dict(zip(RESPONSES, ("Agent", "Agent or bot", "Any response"), strict=True))


def costs(frontier: Frontier, currency: str, palette: Palette) -> Figure:
    """The cost of each level at its lowest-cost staffing: agents and bot, the cheapest level marked."""
    names = {"wages": "Agents", "bot_cost": "Bot"}
    rows = frontier.kept.melt(["level", "cost"], list(names), "part", "money")
    rows["part"] = rows["part"].map(names)
    rows["words"] = [shown(value, "money", currency) for value in rows["money"]]
    if rows.empty:
        return without_data("frontier-costs", _COSTS, _("No level has a plan."), palette)
    rows["total"] = [shown(value, "money", currency) for value in rows["cost"]]
    scale = alt.Scale(domain=["Agents", "Bot"], range=[palette.colours[0], palette.colours[4]])
    bars = (
        alt.Chart(rows)
        .mark_bar(size=alt.expr(f"min(48, 0.7 * width / {len(frontier.kept)})"))
        .encode(
            x=_level(frontier),
            y=alt.Y(
                "money:Q",
                title=_("Cost ({currency})").format(currency=currency or _("money")),
                stack=True,
                axis=alt.Axis(tickCount=5),
            ),
            color=alt.Color("part:N", scale=scale, legend=alt.Legend(orient="top", title=None)),
            order=alt.Order("part:N", sort="ascending"),
            tooltip=[
                alt.Tooltip("part:N", title=_("Part")),
                alt.Tooltip("words:N", title=_("Cost")),
                alt.Tooltip("total:N", title=_("Total")),
            ],
        )
    )
    layers = [bars]
    if frontier.best is not None:
        best = frontier.kept[frontier.kept["level"] == frontier.best].assign(text=_("lowest"))
        layers.append(
            alt.Chart(best)
            .mark_text(dy=-9, fontSize=12, fontWeight="bold", color=palette.ink)
            .encode(x=_level(frontier), y="cost:Q", text="text:N")
        )
    chart = alt.layer(*layers).properties(height=300)
    return Figure("frontier-costs", _COSTS, chart, frontier.in_words())


def savings(frontier: Frontier, currency: str, palette: Palette) -> Figure:
    """The saving as naive reports claim it, and net."""
    names = {"claimed_saving": "Claimed", "net_saving": "Net"}
    rows = frontier.kept.melt("level", list(names), "saving", "money").dropna().round({"money": 2})
    rows["saving"] = rows["saving"].map(names)
    if rows.empty:
        return without_data("frontier-savings", _SAVINGS, _("No level has a plan to compare."), palette)
    rows["words"] = [shown(value, "money", currency) for value in rows["money"]]
    scale = alt.Scale(domain=["Claimed", "Net"], range=[palette.colours[1], palette.colours[0]])
    lines = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=45))
        .encode(
            x=_level(frontier),
            y=alt.Y(
                "money:Q",
                title=_("Saving ({currency})").format(currency=currency or _("money")),
                axis=alt.Axis(tickCount=5),
            ),
            color=alt.Color("saving:N", scale=scale, legend=alt.Legend(orient="top", title=None, symbolType="stroke")),
            strokeDash=alt.StrokeDash(
                "saving:N", scale=alt.Scale(domain=["Claimed", "Net"], range=[[5, 3], [1, 0]]), legend=None
            ),
            tooltip=[
                alt.Tooltip("saving:N", title=_("Counted as")),
                alt.Tooltip("level:Q", format=".0%", title=_CONTAINED),
                alt.Tooltip("words:N", title=_("Saving")),
            ],
        )
    )
    zero = alt.Chart(pd.DataFrame({"money": [0]})).mark_rule(color=palette.ink).encode(y="money:Q")
    last = frontier.kept.iloc[-1]
    words = _("At {level} containment: claimed saving {claimed_saving}, net saving {net_saving}.").format(
        level=percent(last["level"]),
        claimed_saving=shown(last["claimed_saving"], "money", currency),
        net_saving=shown(last["net_saving"], "money", currency),
    )
    return Figure("frontier-savings", _SAVINGS, alt.layer(zero, lines).properties(height=300), words)


def responses(frontier: Frontier, target: Target | None, palette: Palette) -> Figure:
    """The service level from arrival, counted in three ways, and as the target of the contact type counts."""
    share = None if target is None else target.share
    names = dict(_RESPONSES) if share is None else _RESPONSES | {"judged": _("As targeted")}
    rows = frontier.kept.melt("level", list(names), "responder", "share").dropna()
    rows["responder"] = rows["responder"].map(names)
    if rows.empty:
        return without_data("frontier-responses", _SERVICE, _("No level has a plan."), palette)
    rows["words"] = [shown(value, "share") for value in rows["share"]]
    colours = [palette.colours[0], palette.colours[2], palette.colours[7], palette.colours[1]][: len(names)]
    scale = alt.Scale(domain=list(names.values()), range=colours)
    lines = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=45))
        .encode(
            x=_level(frontier),
            y=alt.Y("share:Q", title=_("Service level"), scale=alt.Scale(domain=[0, 1]), axis=_PERCENT),
            color=alt.Color(
                "responder:N", scale=scale, legend=alt.Legend(orient="top", title=None, symbolType="stroke", columns=2)
            ),
            tooltip=[
                alt.Tooltip("responder:N", title=_("Answered by")),
                alt.Tooltip("level:Q", format=".0%", title=_CONTAINED),
                alt.Tooltip("words:N", title=_("Service level")),
            ],
        )
    )
    layers = [lines]
    if share is not None:  # in the colour of the one line that it judges
        limit = alt.Chart(pd.DataFrame({"share": [share]}))
        layers.append(limit.mark_rule(color=palette.colours[1], strokeDash=[3, 3], strokeWidth=1.5).encode(y="share:Q"))
    words = _(
        "Contacts of {contact_type} answered within the target time from arrival: by an agent, "
        "by an agent or the bot, or any response"
    ).format(contact_type=frontier.contact_type) + (
        "." if share is None else _("; and as the target of {share} counts.").format(share=percent(share))
    )
    return Figure("frontier-responses", _SERVICE, alt.layer(*layers).properties(height=300), words)


def heat_map(frontiers: Sequence[Frontier], currency: str, palette: Palette) -> Figure:
    """The net saving by claimed and false containment: where automation pays, and where it costs."""
    rows = pd.concat(
        [
            frontier.rows.assign(
                false=frontier.false_share,
                sure=[frontier.against_people(float(level)) for level in frontier.rows["level"]],
            )
            for frontier in frontiers
        ],
        ignore_index=True,
    )
    rows = rows[rows["level"] > 0]
    if rows.empty:
        return without_data("frontier-map", _MAP, _("No containment above 0 % was chosen."), palette)
    rows["x"] = [percent(level) for level in rows["level"]]
    rows["y"] = [percent(share) for share in rows["false"]]
    rows["pays"] = rows["net_saving"].where(rows["status"].isin([MET, INCONCLUSIVE]))
    rows["text"] = [
        "–" if math.isnan(value) else f"{'' if sure else '≈'}{value:+,.0f}"
        for value, sure in zip(rows["pays"], rows["sure"], strict=True)
    ]
    rows["verdict"] = rows["sure"].map(
        {1: _("significant saving"), -1: _("significant extra cost"), 0: _("no significant difference")}
    )
    size = float(rows["pays"].abs().max())
    size = size if size > 0 else 1.0
    base = alt.Chart(rows).encode(
        x=alt.X("x:O", sort=None, title=_CONTAINED, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("y:O", sort=list(dict.fromkeys(rows["y"]))[::-1], title=_FALSE),
    )
    scale = alt.Scale(domain=[-size, 0, size], range=[palette.under, palette.page, palette.over], interpolate="rgb")
    legend = alt.Legend(
        orient="top", title=_("Net saving ({currency})").format(currency=currency or _("money")), gradientLength=220
    )
    tips = [
        alt.Tooltip("x:N", title=_CONTAINED),
        alt.Tooltip("y:N", title=_FALSE),
        alt.Tooltip("text:N", title=_("Net saving")),
        alt.Tooltip("verdict:N", title=_("Against agents only")),
        alt.Tooltip("why:N", title=_("No plan because")),
    ]
    cells = base.mark_rect(opacity=0.6, stroke=palette.page, strokeWidth=2).encode(
        color=alt.Color("pays:Q", scale=scale, legend=legend), tooltip=tips
    )
    letters = rows["x"].nunique() * max(int(rows["text"].str.len().max()), 1)
    size_of_text = alt.expr(f"min(12, 1.75 * width / {letters})")  # a phone is narrow
    chart = alt.layer(cells, base.mark_text(fontSize=size_of_text, color=palette.ink).encode(text="text:N"))
    good, bad = (int((rows["sure"] == sign).sum()) for sign in (1, -1))
    words = _(
        "{count} combinations of claimed and false containment of {contact_type}: {good} with "
        "significant saving, {bad} with significant extra cost; the others are marked by ≈ or "
        "have no plan."
    ).format(count=len(rows), contact_type=frontiers[0].contact_type, good=good, bad=bad)
    return Figure("frontier-map", _MAP, chart.properties(height=300), words)


ROUNDING = 1e-6
"""Of money: what is spent at the beginning if it is less than this below nothing is rounding."""


def weeks(table: pd.DataFrame, nominal: float, currency: str, palette: Palette) -> Figure:
    """The cumulative saving of a bot since its first week, tuned or not; the week of payback if money was spent."""
    names = {"earned": "Tuned", "earned_untuned": _("Not tuned")}
    begin = float(table["earned"].iloc[0] - table["tuned"].iloc[0])
    spent = pd.DataFrame([{"week": 0, "earned": begin, "earned_untuned": begin}])
    rows = pd.concat([spent, table]).melt("week", list(names), "bot", "money").round({"money": 2})
    rows["bot"] = rows["bot"].map(names)
    rows["words"] = [shown(value, "money", currency) for value in rows["money"]]
    scale = alt.Scale(domain=list(names.values()), range=[palette.colours[0], palette.colours[4]])
    colour = alt.Color("bot:N", scale=scale, legend=alt.Legend(orient="top", title=None, symbolType="stroke"))
    x = alt.X(
        "week:Q", title=_("Week"), axis=alt.Axis(tickMinStep=1, grid=False), scale=alt.Scale(nice=False, padding=20)
    )
    y = alt.Y(
        "money:Q",
        title=_("Cumulative saving ({currency})").format(currency=currency or _("money")),
        axis=alt.Axis(tickCount=5),
    )
    tips = [
        alt.Tooltip("bot:N", title=_("Bot")),
        alt.Tooltip("week:Q", title=_("Week")),
        alt.Tooltip("words:N", title=_("Cumulative saving")),
    ]
    lines = alt.Chart(rows).mark_line(strokeWidth=2.5).encode(x=x, y=y, color=colour, tooltip=tips)
    zero = alt.Chart(pd.DataFrame({"money": [0]})).mark_rule(color=palette.ink).encode(y="money:Q")
    layers = [zero, lines]
    backs = {name: payback(table, column) for column, name in names.items()} if begin < -ROUNDING else {}
    for (name, week), above in zip(backs.items(), (True, False), strict=False):
        point = rows[(rows["week"] == week) & (rows["bot"] == name)].assign(text=_("week {week}").format(week=week))
        mark = alt.Chart(point).encode(x="week:Q", y="money:Q")
        layers.append(mark.mark_point(filled=True, size=90, opacity=1).encode(color=alt.Color("bot:N", scale=scale)))
        text = mark.mark_text(dy=-16 if above else 18, fontSize=12, fontWeight="bold", color=palette.ink)
        layers.append(text.encode(text="text:N"))
    paybacks = ", ".join(
        f"{name.lower()} {f'from week {week}' if week else f'not within {len(table)} weeks'}"
        for name, week in backs.items()
    )
    chart = alt.layer(*layers).properties(height=300)
    saved = ", ".join(
        f"{name.lower()} {shown(table[field].iloc[-1], 'money', currency)}" for field, name in names.items()
    )
    words = _("On the way to {nominal} containment, saved in {count} weeks: {saved}.").format(
        nominal=percent(nominal), count=len(table), saved=saved
    )
    words += _(" Payback: {paybacks}.").format(paybacks=paybacks) if backs else ""
    return Figure("frontier-weeks", _("Cumulative saving of the bot"), chart, words)


def _level(frontier: Frontier) -> alt.X:
    levels = [float(level) for level in frontier.kept["level"]]
    edge = 0.06 if len(levels) < 2 else 0.6 * min(b - a for a, b in pairwise(levels))
    return alt.X(
        "level:Q",
        title=_CONTAINED,
        axis=alt.Axis(labelExpr="round(100 * datum.value) + ' %'", values=levels, grid=False, labelOverlap=True),
        scale=alt.Scale(domain=[levels[0] - edge, levels[-1] + edge], nice=False),
    )
