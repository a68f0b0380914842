"""The charts of the what-if questions and of the sensitivity of a plan."""

from __future__ import annotations

import altair as alt
import pandas as pd

from interface.app.charts.theme import Figure, Palette, without_data
from interface.formatting import shown
from interface.language.messages import _, marked
from models.whatif.answers import Answer
from models.whatif.sensitivity import Tornado
from scenarios.requirements import constraints

_PERCENT = alt.Axis(labelExpr="round(100 * datum.value) + ' %'", tickCount=5)
_SERVICE = ("reservation", "priority")
MEETS, MISSES = marked(("meets all targets", "misses a target"))


def picture(answer: Answer, title: str, currency: str, palette: Palette) -> Figure:
    """The chart of an answer: a curve, costs side by side, or service by type."""
    if answer.question == "curve":
        return _curve(answer, title, currency, palette)
    if answer.question in _SERVICE:
        return _service(answer, title, palette)
    return _costs(answer, title, currency, palette)


def _curve(answer: Answer, title: str, currency: str, palette: Palette) -> Figure:
    rows = answer.table.dropna(subset="cost")
    if rows.empty:
        return without_data("answer-curve", title, _("No plan for any service level."), palette)
    rows = rows.assign(words=[shown(value, "money", currency) for value in rows["cost"]])
    line = (
        alt.Chart(rows.assign(cost=rows["cost"].round(2)))
        .mark_line(strokeWidth=2, color=palette.colours[0], point=alt.OverlayMarkDef(size=60, color=palette.colours[0]))
        .encode(
            x=alt.X(
                "share:Q", title=_("Service level"), axis=_PERCENT, scale=alt.Scale(zero=False, nice=False, padding=16)
            ),
            y=alt.Y(
                "cost:Q",
                title=_("Cost ({currency})").format(currency=currency or _("money")),
                scale=alt.Scale(zero=False, nice=True),
            ),
            tooltip=[
                alt.Tooltip("alternative:N", title=_("Service level")),
                alt.Tooltip("words:N", title=_("Cost")),
                alt.Tooltip("status:N", title=_("Targets")),
            ],
        )
    )
    return Figure("answer-curve", title, alt.layer(line).properties(height=320), answer.line)


def _costs(answer: Answer, title: str, currency: str, palette: Palette) -> Figure:
    rows = answer.table.dropna(subset="cost")
    if rows.empty:
        return without_data(f"answer-{answer.question}", title, _("No plan for any scenario."), palette)
    rows = rows.assign(
        words=[shown(value, "money", currency) for value in rows["cost"]],
        verdict=[_(MEETS) if status != "missed" else _(MISSES) for status in rows["status"]],
    )
    scale = alt.Scale(domain=[_(MEETS), _(MISSES)], range=[palette.colours[0], palette.colours[7]])
    legend = alt.Legend(orient="top", title=None) if (rows["status"] == "missed").any() else None
    base = alt.Chart(rows).encode(
        y=alt.Y("alternative:N", sort=None, title=None, axis=alt.Axis(labelLimit=220)),
        x=alt.X(
            "cost:Q", title=_("Cost ({currency})").format(currency=currency or _("money")), axis=alt.Axis(tickCount=5)
        ),
        tooltip=[
            alt.Tooltip("alternative:N", title=_("Scenario")),
            alt.Tooltip("words:N", title=_("Cost")),
            alt.Tooltip("tightest:N", title=_("Binding target")),
        ],
    )
    bars = base.mark_bar(size=22).encode(color=alt.Color("verdict:N", scale=scale, legend=legend))
    text = base.mark_text(align="right", dx=-6, color="white", fontSize=12).encode(text="words:N")
    return Figure(
        f"answer-{answer.question}", title, alt.layer(bars, text).properties(height=130 + 40 * len(rows)), answer.line
    )


def _service(answer: Answer, title: str, palette: Palette) -> Figure:
    """Service of each type by scenario: a line where scenarios are numbers, else bars."""
    rows = answer.table.assign(words=[shown(value, "s") for value in answer.table["asa"]])
    rows = rows.dropna(subset="asa")
    if rows.empty:
        return without_data(f"answer-{answer.question}", title, _("No contacts were answered."), palette)
    names = list(dict.fromkeys(rows["type"]))
    colour = alt.Color(
        "type:N",
        scale=alt.Scale(domain=names, range=[palette.colours[i % 8] for i in range(len(names))]),
        legend=alt.Legend(orient="top", title=None, columns=3),
    )
    tips = [
        alt.Tooltip("alternative:N", title=_("Scenario")),
        alt.Tooltip("type:N", title=_("Contact type")),
        alt.Tooltip("words:N", title=_("ASA")),
        alt.Tooltip("in_time:Q", format=".1%", title=_("Service level")),
    ]
    if answer.question == "reservation":
        shared = alt.Chart(rows[rows["in_time"].notna()]).encode(
            x=alt.X(
                "alternative:O", sort=None, title=_("Agents reserved for live contacts"), axis=alt.Axis(labelAngle=0)
            ),
            y=alt.Y("in_time:Q", title=_("Service level"), axis=_PERCENT, scale=alt.Scale(zero=False, domainMax=1)),
            color=colour,
            tooltip=tips,
        )
        fixed = alt.datum.alternative != "adaptive"
        line = shared.transform_filter(fixed).mark_line(strokeWidth=2)
        chart = alt.layer(line, shared.mark_point(filled=True, size=70, opacity=1)).properties(height=320)
        return Figure("answer-reservation", title, chart, answer.line)
    chart = (
        alt.Chart(rows)
        .mark_bar(size=16)
        .encode(
            y=alt.Y("alternative:N", sort=None, title=None, axis=alt.Axis(labelLimit=200)),
            yOffset=alt.YOffset("type:N", sort=names),
            x=alt.X("asa:Q", title=_("ASA (s)"), axis=alt.Axis(tickCount=5)),
            color=colour,
            tooltip=tips,
        )
    )
    alternatives = rows["alternative"].nunique()
    return Figure(
        "answer-priority", title, chart.properties(height=130 + alternatives * (26 * len(names) + 14)), answer.line
    )


def tornado(swings: Tornado, contact_type: str, target: str, palette: Palette) -> Figure:
    """How a target moves over each assumption's plausible range, the widest bar on top."""
    rows = swings.of(contact_type, target)
    unit, base = str(rows["unit"].iloc[0]), float(rows["base"].iloc[0])
    rows = rows.assign(
        words=[shown(value, unit) for value in rows["value"]],
        value=rows["value"].round(6),
        planned=round(base, 6),
        side=["lower" if end == "low" else "higher" for end in rows["end"]],
        label_of_end=[change.partition(" (")[0] for change in rows["said"]],
    )
    limit = _limit(swings, contact_type, target)
    scale = alt.Scale(domain=["lower", "higher"], range=[palette.colours[5], palette.colours[0]])
    axis = _PERCENT if unit == "share" else alt.Axis(tickCount=5)
    order = list(dict.fromkeys(rows["label"]))
    encoded = alt.Chart(rows).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=160)),
        color=alt.Color("side:N", scale=scale, legend=alt.Legend(orient="top", title=_("Assumption is"))),
        tooltip=[
            alt.Tooltip("label:N", title=_("Assumption")),
            alt.Tooltip("said:N", title=_("Changed by")),
            alt.Tooltip("words:N", title=_("Result")),
            alt.Tooltip("status:N", title=_("Target")),
        ],
    )
    x = alt.X("value:Q", title=target, scale=alt.Scale(zero=False, nice=False, padding=56), axis=axis)
    bars = encoded.mark_bar(size=18).encode(x=x, x2="planned:Q")
    planned = alt.Chart(pd.DataFrame({"value": [base]})).mark_rule(color=palette.ink).encode(x="value:Q")
    target_line = alt.Chart(pd.DataFrame({"value": [limit]})).mark_rule(
        color=palette.under, strokeDash=[4, 3], strokeWidth=2
    )
    labels = encoded.encode(x=x, text="label_of_end:N", color=alt.value(palette.ink))
    named = [
        labels.transform_filter(alt.datum.value < alt.datum.planned).mark_text(align="right", dx=-4, fontSize=11),
        labels.transform_filter(alt.datum.value >= alt.datum.planned).mark_text(align="left", dx=4, fontSize=11),
    ]
    layers = alt.layer(bars, *named, planned, target_line.encode(x="value:Q"))
    return Figure(
        "tornado",
        _("Sensitivity: {contact_type}").format(contact_type=contact_type),
        layers.properties(height=120 + 36 * len(order)),
        swings.in_words(),
    )


def _limit(swings: Tornado, contact_type: str, target: str) -> float:
    constraint = next(
        constraint
        for constraint in constraints(swings.scenario)
        if (constraint.of, constraint.text) == (contact_type, target)
    )
    return constraint.limit if constraint.on_days is None else constraint.on_days
