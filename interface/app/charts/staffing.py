"""The charts of staffing: planned, busy and required agents, net staffing, occupancy and expected contacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from interface.app.charts.results import axis, over_time, spread
from interface.app.charts.theme import Clock, Figure, Floats, Ints, Palette, height_of, stepped, without_data
from interface.formatting import shown
from interface.language.messages import _
from interface.language.numbers import number, weekday_and_time
from scenarios.scenario import Scenario
from simulator.measure.results import Results

PHONE_LETTERS, SYMBOL_LETTERS = 40, 4
"""Letters of a legend that fit beside each other on a phone, and the width of a symbol in letters."""


def occupancy(results: Results, group_names: Sequence[str], palette: Palette) -> Figure:
    """Occupancy of agent groups over the day."""
    groups = list(group_names)
    clock = Clock(results.scenario.horizon, np.asarray(results.scenario.staffing.sum(axis=0) > 0))
    rows = pd.concat([_while_scheduled(results, group, clock) for group in groups])
    if rows["value"].isna().all():
        return without_data("occupancy", _("Occupancy"), _("No values: no agents are scheduled."), palette)
    y = axis("Occupancy", "share", rows)
    base = alt.Chart(stepped(rows, clock.width)).encode(
        x=clock.axis(),
        color=alt.Color(
            "what:N",
            scale=alt.Scale(domain=groups, range=[palette.colours[i % 8] for i in range(len(groups))]),
            legend=_legend(groups, symbolOpacity=1, symbolStrokeWidth=3),
        ),
    )
    band = base.mark_area(opacity=0.15, interpolate="step-after", clip=True).encode(y=alt.Y("low:Q", **y), y2="high:Q")
    line = base.mark_line(interpolate="step-after", strokeWidth=2, clip=True).encode(
        y=alt.Y("value:Q", **y),
        tooltip=[
            alt.Tooltip("what:N", title=_("Group")),
            alt.Tooltip("when:N", title=_("Time")),
            alt.Tooltip("words:N", title=_("Occupancy")),
        ],
    )
    words = " ".join(f"{group}: {spread(rows[rows['what'] == group], 'share')}" for group in groups)
    return Figure(
        "occupancy", _("Occupancy"), alt.layer(band, line), _("Occupancy by interval. {words}").format(words=words)
    )


def _while_scheduled(results: Results, group: str, clock: Clock) -> pd.DataFrame:
    """The occupancy of a group while it is scheduled; work after the end of shift would always be 100 %."""
    rows = over_time(results, "occupancy", group, clock, group)
    staffing = results.scenario.staffing[results.scenario.group_names.index(group)]
    scheduled = staffing.reshape(len(rows), -1).any(axis=1)
    rows.loc[~scheduled, ["value", "low", "high"]] = np.nan
    return rows


def staffing(results: Results, group: str, palette: Palette, required: Floats | None = None) -> Figure:
    """Agents planned and busy, and required by formula where there is a requirement."""
    scenario = results.scenario
    clock = Clock(scenario.horizon, np.asarray(scenario.staffing[scenario.group_names.index(group)] > 0))
    staffing = scenario.staffing[scenario.group_names.index(group)].astype(float)
    busy = results.estimate("busy", "interval").value[results.place("busy", group)]
    lines = {_("Planned"): staffing, _("Busy"): busy} | ({} if required is None else {_("Required"): required})
    title = _("Staffing and workload, {group}").format(group=group)
    if not any(np.nan_to_num(values).any() for values in lines.values()):
        return without_data("staffing", title, _("No agents of {group} are planned.").format(group=group), palette)
    names = clock.names if not clock.by_day else [f"{time:%d %b %H:%M}" for time in scenario.horizon.times]
    rows = _step_rows(clock, lines, names)
    rows["words"] = [shown(value, "agents") for value in rows["value"]]
    y: dict[str, Any] = {
        "title": _("Agents"),
        "scale": height_of(rows["value"]),
        "axis": alt.Axis(tickCount=5, tickMinStep=1),
    }
    scale = alt.Scale(
        domain=list(lines), range=[palette.colours[0], palette.colours[4], palette.colours[1]][: len(lines)]
    )
    colour = alt.Color("what:N", scale=scale, legend=alt.Legend(orient="top", title=None, symbolOpacity=1))
    base = alt.Chart(rows).encode(x=clock.axis(), color=colour)
    area = base.transform_filter(alt.datum.what == _("Busy")).mark_area(
        interpolate="step-after", opacity=0.35, clip=True
    )
    line = base.mark_line(interpolate="step-after", strokeWidth=2, clip=True).encode(
        y=alt.Y("value:Q", **y),
        tooltip=[
            alt.Tooltip("what:N", title=_("Agents")),
            alt.Tooltip("when:N", title=_("From")),
            alt.Tooltip("words:N", title=_("Number")),
        ],
    )
    layers = alt.layer(area.encode(y=alt.Y("value:Q", **y)), line)
    words = _("Agents of {group} by interval: at most {planned} planned, at most {busy} busy.").format(
        group=group, planned=number(staffing.max(), ".0f"), busy=number(np.nanmax(busy), ".1f")
    )
    return Figure("staffing", title, layers, words)


def planned(scenario: Scenario, group: str, required: Floats | None, palette: Palette) -> Figure:
    """Agents planned and required by formula, before anything is simulated."""
    staffing = scenario.staffing[scenario.group_names.index(group)].astype(float)
    lines = {_("Planned"): staffing} | ({} if required is None else {_("Required"): required})
    active = staffing > 0 if required is None else (staffing > 0) | (required > 0)
    title = _("Agents planned and required, {group}").format(group=group)
    if not active.any():
        return without_data(
            "planned", title, _("No agents of {group} are planned or required.").format(group=group), palette
        )
    chart = _steps(Clock(scenario.horizon, np.asarray(active)), lines, _("Agents"), palette)
    words = _("Agents of {group} by interval: at most {planned} planned").format(
        group=group, planned=number(staffing.max(), ".0f")
    ) + (
        "."
        if required is None
        else _(", at most {required} required by formula.").format(required=number(required.max(), ".0f"))
    )
    return Figure("planned", title, chart, words)


def volumes(scenario: Scenario, palette: Palette) -> Figure:
    """Expected contacts of each type by interval."""
    lines = dict(zip(scenario.type_names, scenario.expected, strict=True))
    clock = Clock(scenario.horizon, np.asarray(scenario.expected.any(axis=0)))
    if not scenario.expected.any():
        return without_data("volumes", _("Expected contacts by interval"), _("No contacts are expected."), palette)
    peaks = "; ".join(f"{name} at most {values.max():.3g}" for name, values in lines.items())
    chart = _steps(clock, lines, _("Contacts per interval"), palette)
    return Figure(
        "volumes",
        _("Expected contacts by interval"),
        chart,
        _("Expected contacts by interval: {peaks}.").format(peaks=peaks),
    )


def _steps(clock: Clock, lines: dict[str, Floats], title: str, palette: Palette) -> Any:
    """Lines that change with the interval."""
    rows = _step_rows(clock, lines, [weekday_and_time(time) for time in clock.horizon.times])
    colours = [palette.colours[at % 8] for at in range(len(lines))]
    return (
        alt.Chart(rows)
        .mark_line(interpolate="step-after", strokeWidth=2, clip=True)
        .encode(
            x=clock.axis(),
            y=alt.Y("value:Q", title=title, scale=height_of(rows["value"]), axis=alt.Axis(tickCount=5)),
            color=alt.Color("what:N", scale=alt.Scale(domain=list(lines), range=colours), legend=_legend(list(lines))),
            tooltip=[
                alt.Tooltip("what:N", title=_("Line")),
                alt.Tooltip("when:N", title=_("From")),
                alt.Tooltip("value:Q", title=title, format=",.4~g"),
            ],
        )
    )


def _step_rows(clock: Clock, lines: dict[str, Floats], names: Sequence[str]) -> pd.DataFrame:
    """The beginning of each interval with its values, and the end of the last one, up to which they hold."""
    hours = np.append(clock.starts, clock.horizon.edges[-1] / 3600)
    return pd.concat(
        pd.DataFrame({"hour": hours, "when": [*names, names[-1]], "value": np.append(values, values[-1]), "what": name})
        for name, values in lines.items()
    )


def over_under(scenario: Scenario, required: Ints, palette: Palette, group: str | None = None) -> Figure:
    """Net staffing by interval: agents planned less agents required by formula, over and under.

    Parameters
    ----------
    required
        Shape (groups, intervals), flexible agents credited, so that what groups have over and under adds up.
    group
        The group; without it all of them, agents over in one beside those under in another.
    """
    chosen = [scenario.group_names.index(group)] if group else list(range(len(scenario.group_names)))
    staffing, required = scenario.staffing[chosen], np.asarray(required)[chosen]
    clock = Clock(scenario.horizon, np.any((staffing > 0) | (required > 0), axis=0))
    net = staffing - required
    name, of = ("over-under", group) if group else ("over-under-all", _("all agent groups"))
    title = _("Net staffing, {of}").format(of=of)
    if not clock.active.any():
        return without_data(name, title, _("No agents of {of} are planned or required.").format(of=of), palette)
    whole = pd.DataFrame({"hour": clock.starts, "end": clock.starts + scenario.horizon.interval / 3600})
    sides = {_("Over"): np.maximum(net, 0).sum(axis=0), _("Under"): np.minimum(net, 0).sum(axis=0)}
    rows = pd.concat(whole.assign(value=values, what=what) for what, values in sides.items())
    scale = alt.Scale(domain=list(sides), range=[palette.over, palette.under])
    chart = alt.layer(
        alt.Chart(rows)
        .mark_rect(clip=True)
        .encode(
            x=clock.axis(),
            x2="end:Q",
            y=alt.Y("value:Q", title=_("Agents over / under"), axis=alt.Axis(tickMinStep=1, tickCount=5)),
            y2=alt.Y2Datum(0),
            color=alt.Color("what:N", scale=scale, legend=alt.Legend(orient="top", title=None)),
            tooltip=[alt.Tooltip("value:Q", title=_("Net staffing"), format="+d")],
        ),
    )
    missing = int((net < 0).any(axis=0).sum())
    words = _("Net staffing of {of}: understaffed in {missing} intervals.").format(of=of, missing=missing)
    return Figure(name, title, chart, words)


def _legend(names: Sequence[str], **look: Any) -> alt.Legend | None:
    """A legend of names, in as many columns as fit on a phone."""
    if len(names) < 2:
        return None
    columns = max(1, min(4, PHONE_LETTERS // (max(map(len, names)) + SYMBOL_LETTERS)))
    return alt.Legend(orient="top", title=None, columns=columns, symbolType="stroke", labelLimit=240, **look)
