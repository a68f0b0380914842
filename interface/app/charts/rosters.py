"""The chart of a roster: people by days."""

from __future__ import annotations

import altair as alt
import pandas as pd

from interface.app.charts.theme import Figure, Palette
from interface.language.messages import _
from models.rostering.problem import OFF
from models.rostering.search import Roster

NOON = 12 * 60
SHORTEST, TALLEST = 160, 1200
"""Pixels of the height of the chart."""


def people_by_days(roster: Roster, palette: Palette) -> Figure:
    """A cell for each person and day with a shift: when it begins; what was fixed by hand has a frame."""
    problem = roster.problem
    rows = []
    for person, line in zip(problem.people, roster.lines, strict=True):
        for day, number in enumerate(line.tolist()):
            if number == OFF:
                continue
            shift = problem.shifts[number]
            begins = "Night" if shift.is_night else "Early" if shift.start < NOON else "Late"
            rows.append(
                {
                    "person": person.name,
                    "date": problem.date(day).isoformat(),
                    "shift": shift.name,
                    "time": begins,
                    "fixed": "manually" if day in person.fixed else _("by search"),
                }
            )
    title = _("Roster, people by days")
    days = [problem.date(day).isoformat() for day in range(problem.days)]
    names = [person.name for person in problem.people]
    scale = alt.Scale(
        domain=["Early", "Late", "Night"], range=[palette.colours[4], palette.colours[0], palette.colours[2]]
    )
    size = min(max(16 * len(names), SHORTEST), TALLEST)
    chart = (
        alt.Chart(pd.DataFrame(rows, columns=["person", "date", "shift", "time", "fixed"]))
        .mark_rect(cornerRadius=2)
        .encode(
            x=alt.X(
                "date:O",
                title=_("Day"),
                scale=alt.Scale(domain=days, paddingInner=0.1),
                axis=alt.Axis(
                    labelExpr="timeFormat(toDate(datum.value + 'T00:00'), '%d %b')", labelAngle=0, labelOverlap=True
                ),
            ),
            y=alt.Y("person:N", title=None, sort=names, scale=alt.Scale(domain=names, paddingInner=0.1)),
            color=alt.Color("time:N", scale=scale, legend=alt.Legend(orient="top", title=None)),
            stroke=alt.condition("datum.fixed == 'manually'", alt.value(palette.ink), alt.value("transparent")),
            strokeWidth=alt.value(2),
            tooltip=[
                alt.Tooltip("person:N", title=_("Person")),
                alt.Tooltip("date:N", title=_("Day")),
                alt.Tooltip("shift:N", title=_("Shift")),
                alt.Tooltip("fixed:N", title=_("Assigned")),
            ],
        )
        .properties(height=size)
    )
    words = _("{title}: {count} shifts of {total} people on {days} days.").format(
        title=title, count=len(rows), total=len(names), days=problem.days
    )
    return Figure("roster", title, alt.layer(chart), words)
