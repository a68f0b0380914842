"""The figures of the Learn page; their tables, words for the pointer included, come from
`interface.app.learn.lessons`.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from interface.app.charts.theme import Figure, Floats, Palette
from interface.app.learn.lessons import ERLANG_C
from interface.formatting import shown

ENOUGH = 0.998
"""The share of the time after which the distribution of the queue is cut."""


def numbers(chance: Floats, agents: int, palette: Palette) -> Figure:
    """How many contacts are there at a random moment: in service up to the agents, waiting beyond."""
    top = max(int(np.searchsorted(np.cumsum(chance), ENOUGH)) + 1, agents + 2)
    number, seen = np.arange(top), np.zeros(top)
    seen[: min(top, chance.size)] = chance[:top]
    waiting = np.maximum(number - agents, 0)
    contact_types = ["Nobody waits", "Somebody waits"]
    words = [
        f"{shown(float(share), 'share')} of the time " + (f"{n - agents} wait" if n > agents else f"{n} in service")
        for n, share in zip(number, seen, strict=True)
    ]
    rows = pd.DataFrame({"number": number, "end": number + 0.94, "chance": seen, "none": 0.0, "words": words})
    rows["what"] = np.where(waiting > 0, contact_types[1], contact_types[0])
    x = alt.X(
        "number:Q",
        title="Contacts in service and waiting",
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(grid=False, tickMinStep=1, format="d"),
    )
    bars = (
        alt.Chart(rows)
        .mark_rect()
        .encode(
            x=x,
            x2="end:Q",
            y=alt.Y("chance:Q", title="Share of the time", axis=alt.Axis(format=".0%", tickCount=4)),
            y2="none:Q",
            color=_colour(contact_types, palette.colours[:2]),
            tooltip=alt.Tooltip("words:N", title="Seen"),
        )
    )
    said = f"Somebody waits {shown(float(seen[waiting > 0].sum()), 'share')} of the time; {agents} agents."
    layers = alt.layer(bars, _mark("number", agents + 1, f"{agents} agents", (0, top), palette))
    return Figure("in-system", "How many are there", layers, said)


def waits(table: pd.DataFrame, share: float, within: float, palette: Palette) -> Figure:
    """The share of contacts that still wait after so long, by formula, with the target as a point."""
    size, unit = (60.0, "min") if float(table["wait"].max()) > 180 else (1.0, "s")
    rows = table.assign(wait=table["wait"] / size)
    target, point = within / size, pd.DataFrame({"wait": [within / size], "value": [1 - share]})
    mark = alt.Chart(point).mark_point(shape="diamond", filled=True, size=90, opacity=1, color=palette.ink)
    layers = alt.layer(
        _lines(rows, alt.X("wait:Q", title=f"Time since arrival ({unit})", **_plain()), "Still waiting", palette),
        _mark("wait", target, f"target: at most {1 - share:.0%}".replace("%", " %"), (0, rows["wait"].max()), palette),
        mark.encode(x="wait:Q", y="value:Q"),
    )
    return Figure("wait", "How long they wait", layers, f"Still waiting: {_ends(table)}.")


def by_agents(table: pd.DataFrame, wanted: float, agents: int, palette: Palette) -> Figure:
    """The service level of each number of agents near the one at hand."""
    x = alt.X("agents:Q", title="Agents", **_plain(tickMinStep=1))
    ends = (float(table["agents"].min()), float(table["agents"].max()))
    layers = alt.layer(
        _lines(table, x, "Answered in time", palette, points=True),
        _target(wanted, f"target {wanted:.0%}".replace("%", " %"), palette),
        _mark("agents", agents, "now", ends, palette),
    )
    return Figure("by-agents", "One agent more or less", layers, "; ".join(table["words"]))


def pooled(table: pd.DataFrame, palette: Palette) -> Figure:
    """The agents that the same work needs when it is split over more and more queues."""
    base = alt.Chart(table).encode(
        x=alt.X("queues:O", title="Separate queues", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("agents:Q", title="Agents in all", axis=alt.Axis(tickMinStep=1, tickCount=5)),
        tooltip=alt.Tooltip("words:N", title="Needed"),
    )
    one = alt.condition(alt.datum.queues == 1, alt.value(palette.colours[2]), alt.value(palette.colours[0]))
    level = alt.Chart(table.head(1)).mark_rule(strokeDash=[3, 3], color=palette.ink).encode(y="agents:Q")
    layers = alt.layer(
        base.mark_bar(size=34).encode(color=one),
        base.mark_text(dy=-9, fontSize=13, fontWeight="bold", color=palette.ink).encode(text="agents:Q"),
        level,
    )
    return Figure("pooling", "The same work, split", layers, "; ".join(table["words"]))


def square_root(table: pd.DataFrame, palette: Palette) -> Figure:
    """Agents above the load against the load, both on logarithmic scales: a straight line of slope one half."""
    names = list(dict.fromkeys(table["what"]))
    base = alt.Chart(table).encode(
        x=_loads(),
        y=alt.Y(
            "spare:Q",
            title="Agents above the load",
            scale=alt.Scale(type="log"),
            axis=alt.Axis(values=[1, 3, 10, 30, 100]),
        ),
        color=_colour(names, (palette.colours[1], palette.colours[0])),
        tooltip=[alt.Tooltip("what:N", title="By"), alt.Tooltip("words:N", title="Says")],
    )
    layers = alt.layer(
        base.transform_filter(alt.datum.what == names[0]).mark_line(strokeWidth=2),
        base.transform_filter(alt.datum.what == names[1]).mark_point(filled=True, size=50, opacity=1),
    )
    said = "; ".join(table[table["what"] == names[1]]["words"])
    return Figure("square-root", "The safety that a load needs", layers, said)


def occupancy(table: pd.DataFrame, palette: Palette) -> Figure:
    """How busy the agents may be at the same chance to wait, against the size of the centre."""
    rows = table[table["what"] == table["what"].iloc[-1]]
    line = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2, color=palette.colours[0], point=alt.OverlayMarkDef(size=40))
        .encode(x=_loads(), y=_share("Occupancy"), tooltip=alt.Tooltip("value:Q", title="Busy", format=".0%"))
    )
    said = f"From {rows['value'].iloc[0]:.0%} busy at 1 erlang to {rows['value'].iloc[-1]:.0%} at 3,000."
    return Figure("occupancy-by-size", "How busy a centre may be", alt.layer(line), said)


def overload(table: pd.DataFrame, load: float, palette: Palette) -> Figure:
    """The mean wait by both formulas as the load passes the agents; Erlang C has no answer beyond."""
    ends = (float(table["load"].min()), float(table["load"].max()))
    top = 2.5 * float(table[table["what"] != ERLANG_C]["value"].max())
    y = alt.Y("value:Q", title="Mean wait (s)", scale=alt.Scale(domain=[0, top]), axis=alt.Axis(tickCount=5))
    beyond = alt.Chart(pd.DataFrame({"load": [1.0], "end": [ends[1]]}))
    layers = alt.layer(
        beyond.mark_rect(opacity=0.12, color=palette.colours[1]).encode(x="load:Q", x2="end:Q"),
        _lines(table.dropna(subset="value"), _load(), y, palette),
        _mark("load", load, "now", ends, palette),
    )
    said = "Erlang C's wait grows without end towards full load and has no answer beyond; Erlang A's stays finite."
    return Figure("overload", "The wait around full load (shaded: Erlang C has no answer)", layers, said)


def lost(table: pd.DataFrame, load: float, palette: Palette) -> Figure:
    """Who leaves and who is answered in time, around full load, by Erlang A."""
    ends = (float(table["load"].min()), float(table["load"].max()))
    layers = alt.layer(_lines(table, _load(), "Share of contacts", palette), _mark("load", load, "now", ends, palette))
    return Figure("lost", "Who is answered, who leaves", layers, f"By load: {_ends(table)}.")


# -- parts of them -------------------------------------------------------------------------------------------------


def _plain(**axis: Any) -> dict[str, Any]:
    return {"scale": alt.Scale(nice=False, zero=False), "axis": alt.Axis(grid=False, tickCount=8, **axis)}


def _load() -> alt.X:
    return alt.X("load:Q", title="Load, as a share of the agents", **_plain(format=".0%"))


def _loads() -> alt.X:
    axis = alt.Axis(values=[1, 10, 100, 1000], format=",d", grid=False)
    return alt.X("load:Q", title="Load (erlangs)", scale=alt.Scale(type="log", nice=False), axis=axis)


def _share(title: str) -> alt.Y:
    return alt.Y("value:Q", title=title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", tickCount=5))


def _colour(names: list[str], colours: tuple[str, ...], **legend: Any) -> alt.Color:
    scale = alt.Scale(domain=names, range=list(colours[: len(names)]))
    return alt.Color("what:N", scale=scale, legend=alt.Legend(orient="top", title=None, **legend))


def _lines(table: pd.DataFrame, x: alt.X, y: str | alt.Y, palette: Palette, *, points: bool = False) -> Any:
    """One line for each name in `what`, told apart by colour and by dashes."""
    names = list(dict.fromkeys(table["what"]))
    patterns: list[Any] = [[1, 0], [5, 3]]
    dashes = alt.Scale(domain=names, range=patterns[: len(names)])
    return (
        alt.Chart(table)
        .mark_line(strokeWidth=2, clip=True, point=alt.OverlayMarkDef(size=34) if points else False)
        .encode(
            x=x,
            y=_share(y) if isinstance(y, str) else y,
            color=_colour(names, palette.colours, symbolType="stroke"),
            strokeDash=alt.StrokeDash("what:N", scale=dashes, legend=None),
            tooltip=[alt.Tooltip("what:N", title="By"), alt.Tooltip("words:N", title="Says")],
        )
    )


def _target(wanted: float, text: str, palette: Palette) -> Any:
    base = alt.Chart(pd.DataFrame({"value": [wanted], "text": [text]}))
    words = base.mark_text(align="right", dy=11, x="width", fontSize=11, color=palette.ink)
    rule = base.mark_rule(strokeDash=[3, 3], color=palette.ink)
    return alt.layer(rule.encode(y="value:Q"), words.encode(y="value:Q", text="text:N"))


def _mark(field: str, at: float, text: str, ends: tuple[float, float], palette: Palette) -> Any:
    """An upright line, its words on the side where there is room."""
    base = alt.Chart(pd.DataFrame({field: [at], "text": [text]}))
    right = (at - ends[0]) > 0.7 * (ends[1] - ends[0])
    words = base.mark_text(
        align="right" if right else "left", dx=-6 if right else 6, y=8, fontSize=11, color=palette.ink
    )
    rule = base.mark_rule(strokeDash=[3, 3], color=palette.ink)
    return alt.layer(
        rule.encode(x=f"{field}:Q"), words.encode(x=f"{field}:Q", text="text:N", color=alt.value(palette.ink))
    )


def _ends(table: pd.DataFrame) -> str:
    """The first and the last words of each line."""
    parts = [rows["words"] for _, rows in table.groupby("what", sort=False)]
    return "; ".join(f"{words.iloc[0]}, {words.iloc[-1]}" for words in parts)
