"""The charts of the Learn page; their tables, tooltips included, come from `interface.app.learn.lessons`."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from interface.app.charts.theme import Figure, Floats, Palette
from interface.app.learn.lessons import ERLANG_C, LAW
from interface.formatting import shown
from interface.language.messages import _
from interface.language.numbers import number

_PERCENT = "round(100 * datum.value) + ' %'"
ENOUGH = 0.998
"""The share of the time after which the distribution of the queue is cut."""


def numbers(chance: Floats, agents: int, palette: Palette) -> Figure:
    """The distribution of the number in system at a random moment: in service up to the agents, waiting beyond."""
    top = max(int(np.searchsorted(np.cumsum(chance), ENOUGH)) + 1, agents + 2)
    number, seen = np.arange(top), np.zeros(top)
    seen[: min(top, chance.size)] = chance[:top]
    waiting = np.maximum(number - agents, 0)
    states = [_("No queue"), "Queue"]
    words = [
        _("{share} of the time ").format(share=shown(float(share), "share"))
        + (f"{n - agents} waiting" if n > agents else _("{n} in service").format(n=n))
        for n, share in zip(number, seen, strict=True)
    ]
    rows = pd.DataFrame({"number": number, "end": number + 0.94, "chance": seen, "none": 0.0, "words": words})
    rows["series"] = np.where(waiting > 0, states[1], states[0])
    x = alt.X(
        "number:Q",
        title=_("Contacts in service and waiting"),
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(grid=False, tickMinStep=1, format="d"),
    )
    bars = (
        alt.Chart(rows)
        .mark_rect()
        .encode(
            x=x,
            x2="end:Q",
            y=alt.Y("chance:Q", title=_("Share of time"), axis=alt.Axis(labelExpr=_PERCENT, tickCount=4)),
            y2="none:Q",
            color=_colour(states, palette.colours[:2]),
            tooltip=alt.Tooltip("words:N", title=_("Share of time")),
        )
    )
    text = _("Contacts are waiting {share} of the time; {agents} agents.").format(
        share=shown(float(seen[waiting > 0].sum()), "share"), agents=agents
    )
    layers = alt.layer(bars, _mark("number", agents + 1, f"{agents} agents", (0, top), palette))
    return Figure("in-system", _("Contacts in the system"), layers, text)


def waits(table: pd.DataFrame, share: float, within: float, palette: Palette) -> Figure:
    """The share of contacts still waiting after a time, by formula, with the target as a point."""
    size, unit = (60.0, "min") if float(table["wait"].max()) > 180 else (1.0, "s")
    rows = table.assign(wait=table["wait"] / size)
    target, point = within / size, pd.DataFrame({"wait": [within / size], "value": [1 - share]})
    mark = alt.Chart(point).mark_point(shape="diamond", filled=True, size=90, opacity=1, color=palette.ink)
    layers = alt.layer(
        _lines(
            rows,
            alt.X("wait:Q", title=_("Time since arrival ({unit})").format(unit=unit), **_plain()),
            _("Still waiting"),
            palette,
        ),
        _mark("wait", target, f"target: at most {1 - share:.0%}".replace("%", " %"), (0, rows["wait"].max()), palette),
        mark.encode(x="wait:Q", y="value:Q"),
    )
    return Figure(
        "wait", _("Still waiting after a time"), layers, _("Still waiting: {ends}.").format(ends=_ends(table))
    )


def by_agents(table: pd.DataFrame, wanted: float, agents: int, palette: Palette) -> Figure:
    """The service level by number of agents, around the number chosen."""
    x = alt.X("agents:Q", title=_("Agents"), **_plain(tickMinStep=1))
    ends = (float(table["agents"].min()), float(table["agents"].max()))
    layers = alt.layer(
        _lines(table, x, _("Service level"), palette, points=True),
        _target(wanted, f"target {wanted:.0%}".replace("%", " %"), palette),
        _mark("agents", agents, "current", ends, palette),
    )
    return Figure("by-agents", _("Service level by number of agents"), layers, "; ".join(table["words"]))


def pooled(table: pd.DataFrame, palette: Palette) -> Figure:
    """The agents that the same work requires when it is split over more and more queues."""
    base = alt.Chart(table).encode(
        x=alt.X("queues:O", title=_("Separate queues"), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("agents:Q", title=_("Total agents"), axis=alt.Axis(tickMinStep=1, tickCount=5)),
        tooltip=alt.Tooltip("words:N", title=_("Required")),
    )
    colour = alt.condition(alt.datum.queues == 1, alt.value(palette.colours[2]), alt.value(palette.colours[0]))
    level = alt.Chart(table.head(1)).mark_rule(strokeDash=[3, 3], color=palette.ink).encode(y="agents:Q")
    layers = alt.layer(
        base.mark_bar(size=34).encode(color=colour),
        base.mark_text(dy=-9, fontSize=13, fontWeight="bold", color=palette.ink).encode(text="agents:Q"),
        level,
    )
    return Figure("pooling", _("Agents required by number of queues"), layers, "; ".join(table["words"]))


def square_root(table: pd.DataFrame, palette: Palette) -> Figure:
    """Agents above the load against the load, both on logarithmic scales: a straight line of slope one half."""
    names = list(dict.fromkeys(table["series"]))
    base = alt.Chart(table).encode(
        x=_loads(),
        y=alt.Y(
            "spare:Q",
            title=_("Safety staffing (agents above the load)"),
            scale=alt.Scale(type="log"),
            axis=alt.Axis(values=[1, 3, 10, 30, 100]),
        ),
        color=_colour(names, (palette.colours[1], palette.colours[0])),
        tooltip=[alt.Tooltip("series:N", title=_("Line")), alt.Tooltip("words:N", title=_("Value"))],
    )
    layers = alt.layer(
        base.transform_filter(alt.datum.series == names[0]).mark_line(strokeWidth=2),
        base.transform_filter(alt.datum.series == names[1]).mark_point(filled=True, size=50, opacity=1),
    )
    text = "; ".join(table[table["series"] == names[1]]["words"])
    return Figure("square-root", _("Safety staffing by load"), layers, text)


def occupancy(table: pd.DataFrame, palette: Palette) -> Figure:
    """Occupancy at the same probability of waiting, by size of the centre."""
    rows = table[table["series"] != LAW]
    line = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2, color=palette.colours[0], point=alt.OverlayMarkDef(size=40))
        .encode(x=_loads(), y=_share("Occupancy"), tooltip=alt.Tooltip("value:Q", title=_("Occupancy"), format=".0%"))
    )
    text = _("Occupancy from {low} at 1 erlang to {high} at 3,000 erlangs.").format(
        low=number(rows["value"].iloc[0], ".0%"), high=number(rows["value"].iloc[-1], ".0%")
    )
    return Figure("occupancy-by-size", _("Occupancy by load"), alt.layer(line), text)


def overload(table: pd.DataFrame, load: float, palette: Palette) -> Figure:
    """The mean wait by both formulas around full load; Erlang C has no result beyond."""
    ends = (float(table["load"].min()), float(table["load"].max()))
    top = 2.5 * float(table[table["series"] != ERLANG_C]["value"].max())
    y = alt.Y("value:Q", title=_("Mean wait (s)"), scale=alt.Scale(domain=[0, top]), axis=alt.Axis(tickCount=5))
    beyond = alt.Chart(pd.DataFrame({"load": [1.0], "end": [ends[1]]}))
    layers = alt.layer(
        beyond.mark_rect(opacity=0.12, color=palette.colours[1]).encode(x="load:Q", x2="end:Q"),
        _lines(table.dropna(subset="value"), _load(), y, palette),
        _mark("load", load, "current", ends, palette),
    )
    text = _(
        "Erlang C: the wait grows without limit towards full load, no result beyond. Erlang A: the wait stays finite."
    )
    return Figure("overload", _("Mean wait around full load (shaded: Erlang C has no result)"), layers, text)


def lost(table: pd.DataFrame, load: float, palette: Palette) -> Figure:
    """Service level and abandonment around full load, by Erlang A."""
    ends = (float(table["load"].min()), float(table["load"].max()))
    layers = alt.layer(
        _lines(table, _load(), _("Share of contacts"), palette), _mark("load", load, "current", ends, palette)
    )
    return Figure("lost", _("Service level and abandonment"), layers, _("By load: {ends}.").format(ends=_ends(table)))


# -- parts of them -------------------------------------------------------------------------------------------------


def _plain(**axis: Any) -> dict[str, Any]:
    return {"scale": alt.Scale(nice=False, zero=False), "axis": alt.Axis(grid=False, tickCount=8, **axis)}


def _load() -> alt.X:
    return alt.X("load:Q", title=_("Load (% of agents)"), **_plain(labelExpr=_PERCENT))


def _loads() -> alt.X:
    axis = alt.Axis(values=[1, 10, 100, 1000], format=",d", grid=False)
    return alt.X("load:Q", title=_("Load (erlangs)"), scale=alt.Scale(type="log", nice=False), axis=axis)


def _share(title: str) -> alt.Y:
    return alt.Y("value:Q", title=title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(labelExpr=_PERCENT, tickCount=5))


def _colour(names: list[str], colours: tuple[str, ...], **legend: Any) -> alt.Color:
    scale = alt.Scale(domain=names, range=list(colours[: len(names)]))
    return alt.Color("series:N", scale=scale, legend=alt.Legend(orient="top", title=None, **legend))


def _lines(table: pd.DataFrame, x: alt.X, y: str | alt.Y, palette: Palette, *, points: bool = False) -> Any:
    """One line for each name in `series`, distinguished by colour and by dashes."""
    names = list(dict.fromkeys(table["series"]))
    patterns: list[Any] = [[1, 0], [5, 3]]
    dashes = alt.Scale(domain=names, range=patterns[: len(names)])
    return (
        alt.Chart(table)
        .mark_line(strokeWidth=2, clip=True, point=alt.OverlayMarkDef(size=34) if points else False)
        .encode(
            x=x,
            y=_share(y) if isinstance(y, str) else y,
            color=_colour(names, palette.colours, symbolType="stroke"),
            strokeDash=alt.StrokeDash("series:N", scale=dashes, legend=None),
            tooltip=[alt.Tooltip("series:N", title=_("Line")), alt.Tooltip("words:N", title=_("Value"))],
        )
    )


def _target(share: float, text: str, palette: Palette) -> Any:
    base = alt.Chart(pd.DataFrame({"value": [share], "text": [text]}))
    words = base.mark_text(align="right", dy=11, x="width", fontSize=11, color=palette.ink)
    rule = base.mark_rule(strokeDash=[3, 3], color=palette.ink)
    return alt.layer(rule.encode(y="value:Q"), words.encode(y="value:Q", text="text:N"))


def _mark(field: str, position: float, text: str, ends: tuple[float, float], palette: Palette) -> Any:
    """A vertical line, labelled on the side with more space."""
    base = alt.Chart(pd.DataFrame({field: [position], "text": [text]}))
    right = (position - ends[0]) > 0.7 * (ends[1] - ends[0])
    words = base.mark_text(
        align="right" if right else "left", dx=-6 if right else 6, y=8, fontSize=11, color=palette.ink
    )
    rule = base.mark_rule(strokeDash=[3, 3], color=palette.ink)
    return alt.layer(
        rule.encode(x=f"{field}:Q"), words.encode(x=f"{field}:Q", text="text:N", color=alt.value(palette.ink))
    )


def _ends(table: pd.DataFrame) -> str:
    """The first and the last words of each line."""
    parts = [rows["words"] for _, rows in table.groupby("series", sort=False)]
    return "; ".join(f"{words.iloc[0]}, {words.iloc[-1]}" for words in parts)
