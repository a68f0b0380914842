"""The charts of shifts: people required and at work, and a Gantt chart."""

from __future__ import annotations

from datetime import datetime

import altair as alt
import numpy as np
import pandas as pd

from interface.app.charts.theme import Figure, Palette, without_data
from interface.language.messages import _
from interface.language.numbers import number, weekday_and_date
from interface.shift_files import AWAY, WORK, day_rows
from models.scheduling.shift_plan import ShiftPlan, times_text
from scenarios.units import HOUR

MOST_BARS = 400
"""Shifts of a day that a chart can show."""


def _hours() -> alt.X:
    return alt.X(
        "hour:Q",
        title=_("Time of day"),
        scale=alt.Scale(domain=[0, 24], nice=False),
        axis=alt.Axis(values=list(range(0, 25, 3)), labelExpr="format(datum.value, '02d') + ':00'"),
    )


def coverage(plan: ShiftPlan, group: str, day: int, palette: Palette) -> Figure:
    """People required and at work on a day, intervals over and under filled."""
    span = slice(day * plan.grid.per_day, (day + 1) * plan.grid.per_day)
    required, present = plan.problem.requirement[group][span], plan.present[group][span]
    width = plan.rules.interval / HOUR
    hour = np.arange(plan.grid.per_day) * width
    title = _("Required and at work, {group}, {weekday_and_date}").format(
        group=group, weekday_and_date=weekday_and_date(_day(plan, day))
    )
    if not (required.any() or present.any()):
        return without_data(
            "shift-coverage", title, _("No agents of {group} are required on this day.").format(group=group), palette
        )
    rows = pd.DataFrame({"hour": hour, "end": hour + width, "required": required, "present": present})
    rows["what"] = np.where(present < required, _("Under"), _("Over"))
    tooltip = [alt.Tooltip("required:Q", title=_("Required")), alt.Tooltip("present:Q", title=_("At work"))]
    colours = [palette.ink, palette.colours[2], palette.over, palette.under]
    scale = alt.Scale(domain=[_("Required"), _("At work"), _("Over"), _("Under")], range=colours)
    x, legend = _hours(), alt.Legend(orient="top", title=None, symbolType="square", columns=2)
    y = alt.Y("required:Q", title=_("Agents"), axis=alt.Axis(tickMinStep=1, tickCount=5))
    fill = (
        alt.Chart(rows[present != required])
        .mark_rect(opacity=0.45)
        .encode(
            x=x,
            x2="end:Q",
            y=y,
            y2="present:Q",
            color=alt.Color("what:N", scale=scale, legend=legend),
            tooltip=tooltip,
        )
    )
    base = alt.Chart(pd.concat([rows, rows.tail(1).assign(hour=24.0)])).encode(x=x)
    lines = [
        base.mark_line(interpolate="step-after", strokeWidth=2).encode(y=height, color=alt.ColorDatum(source))
        for source, height in ((_("Required"), y), (_("At work"), "present:Q"))
    ]
    short, over = int(np.maximum(required - present, 0).sum()), int(np.maximum(present - required, 0).sum())
    words = _("{title}: {short} hours understaffed, {over} hours overstaffed.").format(
        title=title, short=number(short * width, ".1f"), over=number(over * width, ".1f")
    )
    return Figure("shift-coverage", title, alt.layer(fill, *lines).properties(height=340), words)


def gantt(plan: ShiftPlan, group: str, day: int, palette: Palette) -> Figure:
    """The shifts of a group on a day, a bar for each person, breaks left open."""
    title = _("Shifts, {group}, {weekday_and_date}").format(
        group=group, weekday_and_date=weekday_and_date(_day(plan, day))
    )
    width, bars = plan.rules.interval / HOUR, []
    people = [row for row in day_rows(plan, day) if row.shift.option.group == group][:MOST_BARS]
    for line, row in enumerate(people, start=1):
        states = np.array(row.states)
        edges = np.flatnonzero(np.diff(states, prepend=AWAY, append=AWAY))
        for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            if states[begin] != AWAY:
                name = _("Work") if states[begin] == WORK else _("Break")
                times = "-".join(times_text(row.shift, plan.rules.interval)[:2])
                label = f"{row.shift.option.name}, {times}"
                bars.append({"row": line, "hour": begin * width, "end": end * width, "what": name, "shift": label})
    if not bars:
        return without_data(
            "shift-gantt", title, _("No agents of {group} work on this day.").format(group=group), palette
        )
    scale = alt.Scale(domain=[_("Work"), _("Break")], range=[palette.colours[0], palette.colours[4]])
    chart = (
        alt.Chart(pd.DataFrame(bars))
        .mark_bar()
        .encode(
            x=_hours(),
            x2="end:Q",
            y=alt.Y("row:O", title=_("Person"), axis=alt.Axis(labels=len(people) <= 60)),
            color=alt.Color("what:N", scale=scale, legend=alt.Legend(orient="top", title=None)),
            tooltip=[alt.Tooltip("shift:N", title=_("Shift")), alt.Tooltip("what:N", title=_("Activity"))],
        )
        .properties(height=max(8 * len(people), 120))
    )
    return Figure(
        "shift-gantt", title, alt.layer(chart), _("{title}: {count} people.").format(title=title, count=len(people))
    )


def _day(plan: ShiftPlan, day: int) -> datetime:
    return plan.time(day * plan.grid.per_day)
