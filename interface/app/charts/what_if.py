"""The charts of the what-if questions and of the sensitivity of a plan."""

from __future__ import annotations

import altair as alt
import pandas as pd

from interface.app.charts.theme import Figure, Palette, without_data
from interface.formatting import give_or_take, shown
from interface.language.messages import _, marked
from models.whatif.answers import TODAY, Answer
from models.whatif.sensitivity import Tornado
from scenarios.requirements import constraints
from scenarios.statistics import INCONCLUSIVE, MET, MISSED

_PERCENT = alt.Axis(labelExpr="round(100 * datum.value) + ' %'", tickCount=5)
_SERVICE = ("reservation", "priority")
VERDICTS = marked({MET: "Meets every target", INCONCLUSIVE: "Inconclusive", MISSED: "Misses a target"})


def picture(answer: Answer, title: str, currency: str, palette: Palette) -> Figure:
    """The chart of an answer: a curve, costs side by side, or service by type."""
    if answer.question == "curve":
        return _curve(answer, title, currency, palette)
    if answer.question in _SERVICE:
        return _service(answer, title, palette)
    return _costs(answer, title, currency, palette)


def _curve(answer: Answer, title: str, currency: str, palette: Palette) -> Figure:
    rows = _judged(answer, currency)
    today, rows = rows[rows["alternative"] == TODAY], rows[rows["alternative"] != TODAY]
    if rows.empty:
        return without_data("answer-curve", title, _("No plan for any service level."), palette)
    base = alt.Chart(rows).encode(
        x=alt.X(
            "share:Q", title=_("Service level"), axis=_PERCENT, scale=alt.Scale(zero=False, nice=False, padding=16)
        ),
        y=alt.Y(
            "cost:Q",
            title=_("Cost ({currency})").format(currency=currency or _("money")),
            scale=alt.Scale(zero=False, nice=True),
        ),
    )
    line = base.mark_line(strokeWidth=2, color=palette.colours[0])
    points = base.mark_point(size=80, filled=True, opacity=1).encode(
        color=_verdict_colour(rows, palette),
        shape=alt.Shape(
            "verdict:N", scale=alt.Scale(domain=_words(), range=["circle", "diamond", "cross"]), legend=None
        ),
        tooltip=[alt.Tooltip("alternative:N", title=_("Service level")), *_cost_tips()],
    )
    level = alt.Chart(today.assign(label=_("Today's staffing"))).encode(y="cost:Q")
    rule = level.mark_rule(color=palette.ink, strokeDash=[4, 3]).encode(tooltip=_cost_tips())
    label = level.mark_text(align="right", baseline="bottom", dy=-3, color=palette.ink).encode(
        x=alt.value("width"), text="label:N"
    )
    chart = alt.layer(rule, label, line, points).properties(height=320)
    return Figure("answer-curve", title, chart, answer.line)


def _costs(answer: Answer, title: str, currency: str, palette: Palette) -> Figure:
    rows = _judged(answer, currency)
    if rows.empty:
        return without_data(f"answer-{answer.question}", title, _("No plan for any scenario."), palette)
    base = alt.Chart(rows).encode(
        y=alt.Y("alternative:N", sort=None, title=None, axis=alt.Axis(labelLimit=220)),
        x=alt.X(
            "cost:Q",
            title=_("Cost ({currency})").format(currency=currency or _("money")),
            axis=alt.Axis(tickCount=5),
            scale=alt.Scale(domain=[0, 1.3 * max(float(rows["cost"].max()), 1.0)], nice=False),
        ),
        tooltip=[alt.Tooltip("alternative:N", title=_("Scenario")), *_cost_tips()],
    )
    bars = base.mark_bar(size=22).encode(color=_verdict_colour(rows, palette))
    text = base.mark_text(align="left", dx=6, color=palette.ink, fontSize=12).encode(text="words:N")
    return Figure(
        f"answer-{answer.question}", title, alt.layer(bars, text).properties(height=130 + 40 * len(rows)), answer.line
    )


def _judged(answer: Answer, currency: str) -> pd.DataFrame:
    """The alternatives that have a plan, with its cost and its verdict in words."""
    rows = answer.table.dropna(subset="cost")
    return rows.assign(
        words=[
            f"{shown(cost, 'money', currency)} {give_or_take(cost - error, cost + error, 'money', currency)}"
            for cost, error in zip(rows["cost"], rows["cost_error"], strict=True)
        ],
        cost=rows["cost"].round(2),
        verdict=[_(VERDICTS[status]) for status in rows["status"]],
    )


def _words() -> list[str]:
    return [_(text) for text in VERDICTS.values()]


def _verdict_colour(rows: pd.DataFrame, palette: Palette) -> alt.Color:
    """The colour of a verdict; the legend only where there is more than one."""
    scale = alt.Scale(domain=_words(), range=[palette.colours[0], palette.colours[4], palette.colours[7]])
    several = rows["verdict"].nunique() > 1 or (rows["status"] != MET).any()
    return alt.Color("verdict:N", scale=scale, legend=alt.Legend(orient="top", title=None) if several else None)


def _cost_tips() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("words:N", title=_("Cost")),
        alt.Tooltip("verdict:N", title=_("Targets")),
        alt.Tooltip("tightest:N", title=_("Binding target")),
        alt.Tooltip("reached:N", title=_("Simulated")),
    ]


def _service(answer: Answer, title: str, palette: Palette) -> Figure:
    """Service of each type by scenario: a line where scenarios are numbers, else bars."""
    rows = answer.table.dropna(subset="asa")
    rows = rows.assign(
        words=[shown(value, "s") for value in rows["asa"]],
        share_words=[
            f"{shown(value, 'share')} ({shown(low, 'share')} – {shown(high, 'share')})"
            for value, low, high in zip(rows["in_time"], rows["in_time_low"], rows["in_time_high"], strict=True)
        ],
    )
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
        alt.Tooltip("share_words:N", title=_("Service level")),
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
        interval = shared.mark_rule(strokeWidth=2, opacity=0.5).encode(y="in_time_low:Q", y2="in_time_high:Q")
        chart = alt.layer(interval, line, shared.mark_point(filled=True, size=70, opacity=1)).properties(height=320)
        return Figure("answer-reservation", title, chart, answer.line)
    base = alt.Chart(rows).encode(
        y=alt.Y("alternative:N", sort=None, title=None, axis=alt.Axis(labelLimit=200)),
        yOffset=alt.YOffset("type:N", sort=names),
        tooltip=tips,
    )
    axis = alt.Axis(tickCount=5)
    bars = base.mark_bar(size=16).encode(x=alt.X("asa:Q", title=_("ASA (s)"), axis=axis), color=colour)
    interval = base.mark_rule(color=palette.ink).encode(x="asa_low:Q", x2="asa_high:Q")
    chart = alt.layer(bars, interval)
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
