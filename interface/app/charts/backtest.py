"""The validation charts: observed, simulated band and formulas, by time of day and day by day."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from interface.app.charts.theme import Figure, Palette, stepped, without_data
from interface.formatting import label, shown
from interface.language.messages import _
from scenarios.measures import MEASURES
from studies.backtest import Backtest
from studies.backtest_sources import ALL, OBSERVED
from studies.replays import ERLANG_A, ERLANG_C, IMPORTED, READY

DRAWN = ("service_level", "mean_wait", "abandonment")
"""The measures that are drawn, from the top."""
_FEW = 0.02
"""Intervals with less of the contacts of the busiest one say little and are left out."""
_HALF = 0.5
"""A model that answers for less of the contacts gets no bar."""
_NOTHING = "No data: nothing was observed for these agents."
_WIDTH, _HEIGHT = 720, 190
_FITTING = alt.ExprRef("width < 400 ? 1 : 3")
"""Columns of a legend: on a phone one, lest the second is cut off."""


def shown_models(backtest: Backtest) -> list[str]:
    """The models that are drawn: the best simulation that the log allows, the plain one, and the formulas."""
    return [name for name in (READY, IMPORTED, ERLANG_A, ERLANG_C) if backtest.model(name) is not None]


def over_the_day(backtest: Backtest, measure: str, palette: Palette, of: str = ALL) -> Figure:
    """A measure by time of day: the observation, the best simulation with its bands, the other models as lines."""
    rows = _by_time(backtest, measure, of)
    title = _("{name} by time of day, {pool}").format(name=_name(backtest, measure), pool=_pool(of))
    if _nothing(rows):
        return without_data(f"validation-{measure}-{of}", title, _NOTHING, palette)
    return Figure(f"validation-{measure}-{of}", title, _layers(backtest, rows, measure, palette), _words(rows, title))


def all_over_the_day(backtest: Backtest, palette: Palette, of: str = ALL) -> Figure:
    """All measures by time of day, one below the other, the contacts offered at the foot."""
    days = backtest.horizon.days
    title = _("Back-test of {days} {ending}, {pool}").format(
        days=days, ending="day" if days == 1 else "days", pool=_pool(of)
    )
    if any(_nothing(_by_time(backtest, measure, of)) for measure in DRAWN):
        return without_data(f"validation-{of}", title, _NOTHING, palette)
    panels = [
        _layers(backtest, _by_time(backtest, measure, of), measure, palette, 5).properties(width=_WIDTH, height=_HEIGHT)
        for measure in DRAWN
    ]
    panels[0] = panels[0].properties(title=_bands(backtest, palette))
    offered = _offered(backtest, of, palette).properties(width=_WIDTH, height=70)
    chart = alt.vconcat(*panels, offered, spacing=18).resolve_scale(x="shared", color="shared", strokeDash="shared")
    words = " ".join(_words(_by_time(backtest, m, of), label(m)) for m in DRAWN)
    return Figure(f"validation-{of}", title, chart, f"{title}. {words}")


def day_by_day(backtest: Backtest, measure: str, palette: Palette, of: str = ALL) -> Figure:
    """A measure on each day: the observation on the band of each simulation."""
    rows = _picked(backtest, measure, of, "day")
    title = _("{name} day by day, {pool}").format(name=_name(backtest, measure), pool=_pool(of))
    if _nothing(rows):
        return without_data(f"validation-days-{measure}-{of}", title, _NOTHING, palette)
    models = [name for name in (IMPORTED, READY) if backtest.model(name) is not None]
    rows = rows[rows["source"].isin([OBSERVED, *models])]
    days = [f"{time:%a} {time.day}" for time in backtest.horizon.times[:: backtest.horizon.intervals_per_day]]
    rows = rows.assign(day=[f"{start:%a} {start.day}" for start in rows["start"]])
    y = alt.Y("value:Q", **_y(backtest, measure, rows))
    base = alt.Chart(rows).encode(
        x=alt.X("day:N", sort=days, title=_("Day"), axis=alt.Axis(labelAngle=0, grid=False)),
        color=alt.Color("source:N", scale=_colours([OBSERVED, *models], palette), legend=_legend()),
        xOffset=alt.XOffset("source:N", sort=[models[0], OBSERVED, *models[1:]]),
        tooltip=[
            alt.Tooltip("source:N", title=_("Source")),
            alt.Tooltip("day:N", title=_("Day")),
            alt.Tooltip("words:N", title=label(measure)),
        ],
    )
    simulated, happened = "datum.source != 'Observed'", "datum.source == 'Observed'"
    bars = base.transform_filter(simulated).mark_rule(strokeWidth=5, opacity=0.45)
    chart = alt.layer(
        bars.encode(y=alt.Y("band_low:Q", **_y(backtest, measure, rows)), y2="band_high:Q"),
        base.transform_filter(simulated).mark_tick(thickness=2, size=11).encode(y=y),
        base.transform_filter(happened).mark_point(filled=True, size=55, opacity=1).encode(y=y),
    )
    return Figure(f"validation-days-{measure}-{of}", title, chart, _words(rows, title))


def error_bars(backtest: Backtest, palette: Palette, of: str = ALL) -> Figure:
    """The error of every model, measure by measure, with what is expected from randomness."""
    rows = backtest.errors
    rows = rows[(rows["of"] == of) & rows["measure"].isin(DRAWN)]
    rows = rows.assign(
        words=[_error_words(*row) for row in zip(rows["error"], rows["unit"], rows["answered_for"], strict=True)]
    )
    rows["error"] = rows["error"].where(rows["answered_for"] > _HALF)
    panels = [_error_panel(rows, measure, palette) for measure in DRAWN]
    texts = " ".join(
        f"{model}: {label(measure)} {words}."
        for model, measure, words in zip(rows["model"], rows["measure"], rows["words"], strict=True)
    )
    title = _("Forecast error: mean absolute error by interval, {pool}").format(pool=_pool(of))
    return Figure(f"validation-errors-{of}", title, alt.hconcat(*panels, spacing=14), f"{title}. {texts}")


def _error_panel(rows: pd.DataFrame, measure: str, palette: Palette) -> alt.LayerChart:
    """The errors of all models in one measure; the first panel bears their names."""
    rows = rows[rows["measure"] == measure]
    share, order = MEASURES[measure].unit == "share", list(rows["model"])
    most = float(rows["error"].max())
    reach = 1.3 * most if most > 0 else 1.0
    axis = alt.Axis(labelExpr="format(100 * datum.value, 'd')" if share else "datum.label", tickCount=4)
    title = f"{label(measure)} ({'points' if share else 's'})"
    x = alt.X("error:Q", title=title, axis=axis, scale=alt.Scale(domain=[0, reach], nice=False))
    names = alt.Axis(labels=measure == DRAWN[0], ticks=False, labelLimit=220)
    base = alt.Chart(rows).encode(y=alt.Y("model:N", sort=order, title=None, axis=names))
    bars = base.mark_bar(height=13, color=palette.colours[5], opacity=0.75).encode(x=x)
    words = base.mark_text(align="left", dx=4, fontSize=11, color=palette.ink)
    text = words.encode(x="end:Q", text="words:N").transform_calculate(end="isValid(datum.error) ? datum.error : 0")
    chance = base.mark_tick(thickness=3, size=17, color=palette.ink).encode(x="chance:Q")
    return alt.LayerChart(layer=[bars, chance, text]).properties(width=190, height=24 * len(order))


# -- parts -----------------------------------------------------------------------------------------------------------


def _nothing(rows: pd.DataFrame) -> bool:
    """Whether nothing was observed that could be drawn."""
    return bool(rows.empty or rows.loc[rows["source"] == OBSERVED, "value"].isna().all())


def _bands(backtest: Backtest, palette: Palette) -> alt.TitleParams:
    days = _("estimated on other days") if backtest.held_out else _("estimated on the same days")
    text = [
        _(
            "Light band: 90 % of {replications} simulated repetitions, staffing varied; dark band: "
            "95 % interval of the mean."
        ).format(replications=backtest.replications),
        _("AHT variability, patience and not-ready time {days}.").format(days=days),
    ]
    return alt.TitleParams(text, fontSize=11, fontWeight="normal", color=palette.ink, anchor="start", offset=6)


def _picked(backtest: Backtest, measure: str, of: str, period: str) -> pd.DataFrame:
    table = backtest.table
    rows = table[(table["measure"] == measure) & (table["of"] == of) & (table["period"] == period)]
    return rows.assign(words=[shown(value, unit) for value, unit in zip(rows["value"], rows["unit"], strict=True)])


def _by_time(backtest: Backtest, measure: str, of: str) -> pd.DataFrame:
    """The rows by time of day that are drawn, without intervals of hardly any contacts."""
    offered = _picked(backtest, "offered", of, "time-of-day")
    offered = offered[offered["source"] == OBSERVED]
    busy = offered[offered["value"] >= _FEW * offered["value"].max()]["start"]
    rows = _picked(backtest, measure, of, "time-of-day")
    rows = rows[rows["start"].isin(busy) & rows["source"].isin([OBSERVED, *shown_models(backtest)])]
    half = backtest.horizon.interval / 7200
    return rows.assign(hour=rows["start"].dt.hour + rows["start"].dt.minute / 60 + half)


def _layers(
    backtest: Backtest, rows: pd.DataFrame, measure: str, palette: Palette, legend: int | alt.ExprRef = _FITTING
) -> alt.LayerChart:
    models = shown_models(backtest)
    names = [OBSERVED, *models]
    y: dict[str, Any] = _y(backtest, measure, rows)
    level = stepped(rows, backtest.horizon.interval / 3600)
    best = alt.Chart(level[level["source"] == models[0]])
    x = _x(rows)
    colour = palette.colours[0]
    # Erlang C assumes that no contact abandons: that is no result.
    lined = [name for name in models if (name, measure) != (ERLANG_C, "abandonment")]
    lines = alt.Chart(level[level["source"].isin(lined)])
    strokes: list[Any] = [[1, 0], [1, 0], [6, 3], [7, 3], [2, 3]]
    drawn = {OBSERVED: strokes[0], READY: strokes[1], IMPORTED: strokes[2], ERLANG_A: strokes[3], ERLANG_C: strokes[4]}
    encoding = {
        "x": x,
        "color": alt.Color("source:N", scale=_colours(names, palette), legend=_legend(legend)),
        "tooltip": [
            alt.Tooltip("source:N", title=_("Source")),
            alt.Tooltip("start:T", format="%H:%M", title=_("From")),
            alt.Tooltip("words:N", title=label(measure)),
        ],
    }
    dash = alt.StrokeDash(
        "source:N", scale=alt.Scale(domain=names, range=[drawn[n] for n in names]), legend=_legend(legend)
    )
    happened, points = (alt.Chart(data[data["source"] == OBSERVED]) for data in (level, rows))
    layers = [
        best.mark_area(opacity=0.18, color=colour, interpolate="step-after").encode(
            x=x, y=alt.Y("band_low:Q", **y), y2="band_high:Q"
        ),
        best.mark_area(opacity=0.4, color=colour, interpolate="step-after").encode(
            x=x, y=alt.Y("low:Q", **y), y2="high:Q"
        ),
        lines.mark_line(strokeWidth=2, clip=True, interpolate="step-after").encode(
            y=alt.Y("value:Q", **y), strokeDash=dash, **encoding
        ),
        happened.mark_line(strokeWidth=1.5, interpolate="step-after").encode(
            y=alt.Y("value:Q", **y), strokeDash=dash, **encoding
        ),
        points.mark_point(filled=True, size=42, opacity=1).encode(y=alt.Y("value:Q", **y), **encoding),
    ]
    return alt.LayerChart(layer=layers)


def _offered(backtest: Backtest, of: str, palette: Palette) -> alt.LayerChart:
    rows = _by_time(backtest, "offered", of)
    rows = rows[rows["source"] == OBSERVED]
    rows = rows.assign(value=rows["value"] / backtest.horizon.days)
    y = alt.Y("value:Q", title=_("Contacts per day"), axis=alt.Axis(tickCount=3))
    bars: alt.Chart = alt.Chart(rows).mark_bar(
        color=palette.colours[7], opacity=0.5, size=_WIDTH / max(len(rows), 1) * 0.75
    )
    return alt.LayerChart(layer=[bars.encode(x=_x(rows), y=y)])


def _x(rows: pd.DataFrame) -> alt.X:
    first, last = float(np.floor(rows["hour"].min())), float(np.ceil(rows["hour"].max()))
    times = "format(datum.value % 24, '02d') + ':00'"
    axis = alt.Axis(values=list(np.arange(first, last + 1, 2)), labelExpr=times, grid=False)
    return alt.X("hour:Q", title=_("Time of day"), scale=alt.Scale(domain=[first, last], nice=False), axis=axis)


def _y(backtest: Backtest, measure: str, rows: pd.DataFrame) -> dict[str, Any]:
    """The axis of a measure, as high as observation and simulation reach."""
    simulated = rows[rows["source"].isin([OBSERVED, READY, IMPORTED])]
    top = float(np.nanmax([simulated["value"].max(), simulated["band_high"].max()]))
    if MEASURES[measure].unit == "share":
        top = min(1.0, np.ceil(top * 11) / 10) if top > 0 else 1.0
        axis = alt.Axis(labelExpr="format(100 * datum.value, 'd') + ' %'", tickCount=5)
        return {"title": _name(backtest, measure), "scale": alt.Scale(domain=[0, top]), "axis": axis}
    scale = alt.Scale(domain=[0, top * 1.05 if top > 0 else 1.0], nice=True)
    return {"title": f"{_name(backtest, measure)} (s)", "scale": scale, "axis": alt.Axis(tickCount=5)}


def _colours(names: list[str], palette: Palette) -> alt.Scale:
    colours = {
        OBSERVED: palette.ink,
        READY: palette.colours[0],
        IMPORTED: palette.colours[2],
        ERLANG_A: palette.colours[1],
        ERLANG_C: palette.colours[4],
    }
    return alt.Scale(domain=names, range=[colours[name] for name in names])


def _legend(columns: int | alt.ExprRef = _FITTING) -> alt.Legend:
    symbol: dict[str, Any] = {"symbolType": "stroke", "symbolStrokeWidth": 2.5, "symbolSize": 300}
    return alt.Legend(orient="top", title=None, columns=columns, labelLimit=240, **symbol)


def _error_words(error: float, unit: str, answered_for: float) -> str:
    if answered_for <= _HALF:
        return _("overloaded: no result")
    return f"{100 * error:.1f}" if unit == "share" else f"{error:.0f}"


def _name(backtest: Backtest, measure: str) -> str:
    return f"{label(measure)} ({backtest.within:g} s)" if measure == "service_level" else label(measure)


def _pool(of: str) -> str:
    return _("all contacts") if of == ALL else str(of)


def _words(rows: pd.DataFrame, title: str) -> str:
    happened = rows[rows["source"] == OBSERVED].dropna(subset="value")
    if happened.empty:
        return _("{title}. No contacts.").format(title=title)
    low, high = (happened["words"].loc[happened["value"].agg(pick)] for pick in ("idxmin", "idxmax"))
    return _("{title}. Observed from {low} to {high}.").format(title=title, low=low, high=high)
