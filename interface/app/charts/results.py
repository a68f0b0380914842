"""The charts of the Results page: measures by interval, by day, and the distribution of waits."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from interface.app.charts.theme import (
    FORMULA,
    SIMULATION,
    Clock,
    Figure,
    Floats,
    Palette,
    by_time_of_day,
    height_of,
    stepped,
    without_data,
)
from interface.formatting import duration, label, shown
from interface.language.messages import _
from scenarios.contact_types import Target
from scenarios.measures import MEASURES, RESPONSES, SERVICE_LEVELS
from scenarios.statistics import Estimate
from simulator.measure.results import Results

_PERCENT = alt.Axis(labelExpr="round(100 * datum.value) + ' %'", tickCount=5)


def clock_of(results: Results, of: str = "all") -> Clock:
    """The axis of time for a type: the hours in which it has contacts."""
    place = results.place("contacts", of)
    contacts = results.estimate("contacts", "interval").value[place]
    return Clock(results.scenario.horizon, np.asarray(contacts > 0.05 * contacts.max()))


def level_measure(target: Target | None) -> str:
    """The measure that a target is about.

    Examples
    --------
    >>> level_measure(Target(share=0.9, within="1 h", response="person-or-bot"))
    'response_by_person_or_bot'
    """
    if target is None:
        return "service_level"
    return RESPONSES.get(target.response, SERVICE_LEVELS[target.definition])


def over_time(results: Results, measure: str, of: str, clock: Clock, source: str = "") -> pd.DataFrame:
    """A measure of a type, channel or group by interval with its interval; NaN where it never happened."""
    estimate = results.estimate(measure, "day" if clock.by_day else "interval")
    return _rows(clock, estimate.at(results.place(measure, of)), MEASURES[measure].unit, source or _(SIMULATION))


def _rows(clock: Clock, estimate: Estimate, unit: str, source: str) -> pd.DataFrame:
    bounds = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    words = [shown(value, unit) for value in estimate.value]
    return pd.DataFrame({"hour": clock.middles, "when": clock.names} | bounds | {"what": source, "words": words})


def theory_rows(table: pd.DataFrame | None, measure: str, of: str, clock: Clock) -> pd.DataFrame:
    """The rows of a formula's table in the shape of `over_time`; empty if there are none."""
    if table is None or clock.by_day:
        return pd.DataFrame(columns=["hour", "when", "value", "what", "words"])
    rows = table[(table["measure"] == measure) & (table["of"] == of) & (table["period"] == "interval")]
    hours = (rows["start"] - pd.Timestamp(clock.horizon.midnight)).dt.total_seconds() / 3600
    at = np.rint(hours.to_numpy() * 3600 / clock.horizon.interval).astype(int)
    values = np.full(clock.horizon.intervals, np.nan)
    values[at] = rows["value"].to_numpy()
    values[~clock.active] = np.nan  # else the line would rise from zero at the edge of the chart
    nothing = np.full_like(values, np.nan)
    return _rows(clock, Estimate(values, nothing, nothing, nothing), MEASURES[measure].unit, _(FORMULA))


def by_interval(
    results: Results,
    measure: str,
    of: str,
    palette: Palette,
    *,
    theory: pd.DataFrame | None = None,
    wanted: float | None = None,
    choice: str = "",
) -> Figure:
    """A measure over the day with its band, the formula beside it and the target as a line.

    With `choice` a click chooses a point; the page reads its ``hour`` under this name.
    """
    clock, unit = clock_of(results, of), MEASURES[measure].unit
    simulated = over_time(results, measure, of, clock)
    formula = theory_rows(theory, measure, of, clock)
    sources = [_(SIMULATION)] + ([_(FORMULA)] if formula["value"].notna().any() else [])
    title = f"{label(measure)}, {of}"
    if simulated["value"].isna().all() and len(sources) == 1:
        return without_data(measure, title, _("No values: {of} had no contacts in this run.").format(of=of), palette)
    y = axis(label(measure), unit, simulated)
    level = stepped(simulated, clock.width)
    band = alt.Chart(level).mark_area(opacity=0.25, clip=True, interpolate="step-after", color=palette.colours[0])
    lines = pd.concat([level, stepped(formula, clock.width)]) if len(sources) > 1 else level
    layers = [
        band.encode(x=clock.axis(), y=alt.Y("low:Q", **y), y2="high:Q"),
        _line(lines, simulated, clock, y, sources, palette, choice),
    ]
    if wanted is not None:
        layers.append(_target_line(wanted, unit, palette))
    alt_text = _("{label} of {of} by interval with its 95 % confidence band{target_words}. {spread}").format(
        label=label(measure), of=of, target_words=_target_words(wanted, unit), spread=spread(simulated, unit)
    )
    return Figure(measure, title, alt.layer(*layers), alt_text, choice)


def _line(
    rows: pd.DataFrame,
    simulated: pd.DataFrame,
    clock: Clock,
    y: dict[str, Any],
    sources: list[str],
    palette: Palette,
    choice: str,
) -> Any:
    """Lines that are level within each interval, and a point in its middle where the pointer reads the value."""
    legend = alt.Legend(orient="top", title=None, symbolType="stroke") if len(sources) > 1 else None
    patterns: list[Any] = [[1, 0], [5, 3]]
    colour = alt.Color(
        "what:N", scale=alt.Scale(domain=sources, range=list(palette.colours[: len(sources)])), legend=legend
    )
    base, middles = (
        alt.Chart(data).encode(x=clock.axis(), y=alt.Y("value:Q", **y), color=colour) for data in (rows, simulated)
    )
    dashes = alt.Scale(domain=sources, range=patterns[: len(sources)])
    line = base.mark_line(interpolate="step-after", strokeWidth=2, clip=True).encode(
        strokeDash=alt.StrokeDash("what:N", scale=dashes, legend=None)
    )
    points = middles.mark_circle(size=22, opacity=1, clip=True)
    tips = [
        alt.Tooltip("when:N", title=_("Time")),
        alt.Tooltip("words:N", title=_("Value")),
        alt.Tooltip("what:N", title=_("Source")),
    ]
    points = points.encode(tooltip=tips)
    if choice:
        points = points.add_params(alt.selection_point(name=choice, fields=["hour"], nearest=True, toggle=False))
    return alt.layer(line, points)


def axis(title: str, unit: str, rows: pd.DataFrame) -> dict[str, Any]:
    """The vertical axis of a measure in its unit: shares up to one, others from zero."""
    if unit == "share":
        return {"title": title, "scale": alt.Scale(domain=[0, 1]), "axis": _PERCENT}
    titles = {"Contacts": _("Contacts per interval"), "Average queue length": _("Contacts in queue")}
    unit_words = {"s": " (s)", "agents": " (agents)"}.get(unit, "")
    return {
        "title": titles.get(title, title + unit_words),
        "scale": height_of(rows[["value", "high"]]),
        "axis": alt.Axis(tickCount=5),
    }


def _target_line(wanted: float, unit: str, palette: Palette) -> Any:
    data = alt.Chart(
        pd.DataFrame(
            {"value": [wanted], "text": [_("target {level}").format(level=shown(wanted, unit).replace(".0 %", " %"))]}
        )
    )
    rule = data.mark_rule(color=palette.ink, strokeDash=[3, 3]).encode(y="value:Q")
    words = data.mark_text(align="right", dy=11, fontSize=11, color=palette.ink, x="width").encode(
        y="value:Q", text="text:N"
    )
    return alt.layer(rule, words)


def _target_words(wanted: float | None, unit: str) -> str:
    return "" if wanted is None else _(", and the target of {wanted}").format(wanted=shown(wanted, unit))


def spread(rows: pd.DataFrame, unit: str) -> str:
    """The lowest and the highest value in words, and when."""
    seen = rows.dropna(subset="value")
    if seen.empty:
        return _("No contacts.")
    low, high = seen.iloc[int(seen["value"].argmin())], seen.iloc[int(seen["value"].argmax())]
    return _("Lowest {lowest} at {when}, highest {highest} at {other_when}.").format(
        lowest=shown(low["value"], unit),
        when=low["when"],
        highest=shown(high["value"], unit),
        other_when=high["when"],
    )


def wait_curve(results: Results, of: str, target: Target | None, palette: Palette) -> Figure:
    """The cumulative distribution of waits, with the target marked."""
    within = target.within if target and target.within is not None else None
    slow = float(results.wait_quantile(of, 0.98).value)
    longest = max(3 * (within or 20.0), slow if np.isfinite(slow) else 0.0)
    size, unit = next((pair for pair in ((3600, "h"), (60, "min")) if longest >= 2.5 * pair[0]), (1, "s"))
    times: Floats = np.linspace(0, longest, 160)
    curve = results.wait_curve(of, times)
    title = _("How long people wait, {of}").format(of=of)
    if not np.isfinite(curve.value).any():
        return without_data("waits", title, _("No waits: {of} had no contacts in this run.").format(of=of), palette)
    rows = pd.DataFrame({"wait": times / size, "value": curve.value, "low": curve.low, "high": curve.high})
    rows["words"] = [f"{shown(v, 'share')} within {duration(t)}" for v, t in zip(curve.value, times, strict=True)]
    x = alt.X(
        "wait:Q", title=_("Wait ({unit})").format(unit=unit), scale=alt.Scale(nice=False), axis=alt.Axis(grid=False)
    )
    y: dict[str, Any] = {
        "title": _("Answered or gone within (cumulative)"),
        "scale": alt.Scale(domain=[0, 1]),
        "axis": _PERCENT,
    }
    base, colour = alt.Chart(rows), palette.colours[0]
    layers = [
        base.mark_area(opacity=0.25, clip=True, color=colour).encode(x=x, y=alt.Y("low:Q", **y), y2="high:Q"),
        base.mark_line(strokeWidth=2, color=colour).encode(
            x=x, y=alt.Y("value:Q", **y), tooltip=alt.Tooltip("words:N", title=_("Share"))
        ),
    ]
    if target and target.share is not None and within is not None:
        layers.append(_target_point(within / size, target.share, f"{target.share:.0%} in {duration(within)}", palette))
    return Figure("waits", title, alt.layer(*layers), _wait_words(results, of))


def _target_point(wait: float, share: float, text: str, palette: Palette) -> Any:
    data = alt.Chart(pd.DataFrame({"wait": [wait], "value": [share], "text": [text.replace("%", " %")]}))
    point = data.mark_point(shape="diamond", size=90, filled=True, color=palette.ink, opacity=1)
    words = data.mark_text(align="left", dx=9, dy=4, fontSize=11, color=palette.ink).encode(text="text:N")
    rule = data.mark_rule(strokeDash=[3, 3], color=palette.ink).encode(x="wait:Q")
    return alt.layer(rule, point.encode(x="wait:Q", y="value:Q"), words.encode(x="wait:Q", y="value:Q"))


def _wait_words(results: Results, of: str) -> str:
    if np.isnan(results.wait_quantile(of, 0.5).value):
        return _("No contact of {of} was answered or abandoned.").format(of=of)
    parts = [f"{share:.0%} within {duration(float(results.wait_quantile(of, share).value))}" for share in (0.5, 0.9)]
    return _("Share of {of} contacts answered or gone within a wait: {parts}.").format(of=of, parts=", ".join(parts))


def heat_map(results: Results, measure: str, of: str, palette: Palette) -> Figure:
    """A measure by day and time of day."""
    horizon, unit = results.scenario.horizon, MEASURES[measure].unit
    values = results.estimate(measure, "interval").value[results.place(measure, of)]
    times = [f"{time:%H:%M}" for time in horizon.times]
    days = [f"{time:%a} {time.day} {time:%b}" for time in horizon.times]
    rows = pd.DataFrame({"time": times, "day": days, "value": values, "words": [shown(v, unit) for v in values]})
    rows = rows.dropna(subset="value")
    title = _("{label} by day, {of}").format(label=label(measure), of=of)
    if rows.empty:
        return without_data(
            f"{measure}-days", title, _("No values: {of} had no contacts in this run.").format(of=of), palette
        )
    shares = {"domain": [0, 1], "format": ".0%"} if unit == "share" else {}
    chart = by_time_of_day(rows, "day", list(dict.fromkeys(days)), label(measure), **shares).encode(
        tooltip=["day:N", "time:N", alt.Tooltip("words:N", title=label(measure))]
    )
    return Figure(
        f"{measure}-days", title, chart, _("{label} of {of} by day and time.").format(label=label(measure), of=of)
    )
