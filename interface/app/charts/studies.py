"""The charts of studies: the map of a sweep, savings by containment, differences between scenarios."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from interface.app.charts.theme import SMALLEST, Figure, Palette, without_data
from interface.formatting import STATUS, difference, shown
from interface.language.messages import _
from interface.language.numbers import number
from scenarios.measures import MEASURES
from scenarios.statistics import INCONCLUSIVE, MET, MISSED

_PERCENT = "round(100 * datum.value) + ' %'"
SIGNS = {MET: "✓", INCONCLUSIVE: "?", MISSED: "✗"}


def feasible(table: pd.DataFrame, currency: str, best: pd.Series | None, group: str, palette: Palette) -> Figure:
    """Which combinations of containment and staffing meet every target, and the cost of each."""
    rows = table.assign(
        x=[f"{share:.0%}".replace("%", " %") for share in table["containment"]],
        y=[f"{scale:.0%}".replace("%", " %") for scale in table["scale"]],
        verdict=table["status"].map(STATUS),
        text=[
            f"{SIGNS[status]} {shown(cost, 'money')}"
            for status, cost in zip(table["status"], table["cost"], strict=True)
        ],
        money=[shown(cost, "money", currency) for cost in table["cost"]],
    )
    words = [STATUS[name] for name in (MET, INCONCLUSIVE, MISSED)]
    colour = alt.Color(
        "verdict:N",
        scale=alt.Scale(domain=words, range=[palette.colours[2], palette.colours[7], palette.colours[1]]),
        legend=alt.Legend(orient="top", title=_("All targets")),
    )
    x = alt.X("x:O", sort=None, title=_("Claimed containment"), axis=alt.Axis(labelAngle=0, orient="bottom"))
    y = alt.Y(
        "y:O",
        sort="-y" if len(rows) == 1 else list(dict.fromkeys(rows["y"]))[::-1],
        title=_("Staffing, {group}").format(group=group),
    )
    base = alt.Chart(rows).encode(x=x, y=y)
    tips = ["x:N", "y:N", "verdict:N", alt.Tooltip("money:N", title=_("Cost")), "missed:N", "inconclusive:N"]
    layers = [
        base.mark_rect(opacity=0.3, stroke=palette.page, strokeWidth=2).encode(color=colour, tooltip=tips),
        base.mark_text(fontSize=12, color=palette.ink).encode(text="text:N"),
    ]
    if best is not None:
        layers.append(
            base.transform_filter(
                (alt.datum.containment == float(best["containment"])) & (alt.datum.scale == float(best["scale"]))
            ).mark_rect(fillOpacity=0, stroke=palette.ink, strokeWidth=3)
        )
    met = int((table["status"] == MET).sum())
    chart = alt.layer(*layers).properties(height=max(300, 50 * table["scale"].nunique()))
    alt_text = _("{met} of {count} combinations of containment and staffing meet every target.").format(
        met=met, count=len(table)
    )
    return Figure("automation", _("Targets met and cost, by containment and staffing"), chart, alt_text)


def savings(table: pd.DataFrame, palette: Palette) -> Figure:
    """Agent hours by containment, as reported and as simulated."""
    names = {"claimed": _("As reported"), "found": _("As simulated")}
    rows = table.melt("containment", ["claimed", "found"], "what", "hours").assign(
        what=lambda melted: melted["what"].map(names), hours=lambda melted: melted["hours"].round(2)
    )
    if rows["hours"].isna().all():
        return without_data(
            "savings",
            _("Agent workload by containment: reported and actual"),
            _("No agent workload in this run."),
            palette,
        )
    chart = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X(
                "containment:Q",
                title=_("Claimed containment"),
                axis=alt.Axis(
                    labelExpr="round(100 * datum.value) + ' %'", grid=False, values=list(table["containment"])
                ),
            ),
            y=alt.Y("hours:Q", title=_("Agent workload (hours)"), scale=alt.Scale(zero=False, nice=True)),
            color=alt.Color(
                "what:N",
                scale=alt.Scale(domain=list(names.values()), range=[palette.colours[7], palette.colours[0]]),
                legend=alt.Legend(orient="top", title=None, symbolType="stroke"),
            ),
            strokeDash=alt.StrokeDash("what:N", legend=None, sort=["As simulated", "As reported"]),
            tooltip=["what:N", alt.Tooltip("containment:Q", format=".0%"), alt.Tooltip("hours:Q", format=",.0f")],
        )
    )
    first, last = table.iloc[0], table.iloc[-1]
    alt_text = _(
        "From {containment} to {other_containment} containment the agent workload changes from "
        "{found} to {other_found} hours; reports claim {claimed}."
    ).format(
        containment=number(first["containment"], ".0%"),
        other_containment=number(last["containment"], ".0%"),
        found=number(first["found"], ",.0f"),
        other_found=number(last["found"], ",.0f"),
        claimed=number(last["claimed"], ",.0f"),
    )
    return Figure("savings", _("Agent workload by containment: reported and actual"), chart, alt_text)


def _parts(table: pd.DataFrame, measure: str) -> list[str]:
    """Types or groups where there are any: an average over channels would hide the one that fails."""
    levels = set(table.loc[table["measure"] == measure, "by"])
    return ["type", "group"] if levels & {"type", "group"} else ["total"]


def _lower(label: str) -> str:
    """A label within a sentence; abbreviations such as ASA stay."""
    return label if label[:2].isupper() else label[0].lower() + label[1:]


def differences(table: pd.DataFrame, measure: str, currency: str, palette: Palette) -> Figure:
    """Differences from the baseline with their intervals, for each type and scenario."""
    unit = MEASURES[measure].unit
    size = 100 if unit == "share" else 1
    rows = table[(table["measure"] == measure) & table["by"].isin(_parts(table, measure))].copy()
    rows["words"] = [difference(value, unit, currency) for value in rows["value"]]
    for column in ("value", "low", "high"):
        rows[column] = rows[column] * size
    if rows["value"].isna().all():
        title = _("{label}: difference from the baseline").format(label=MEASURES[measure].label)
        return without_data(f"difference-{measure}", title, _("No values: no scenario has this measure."), palette)
    names = list(dict.fromkeys(rows["scenario"]))
    of = {"share": "points", "money": currency or "money"}.get(unit, unit)
    title = _("Difference in {lower} ({of})").format(lower=_lower(MEASURES[measure].label), of=of)
    base = alt.Chart(rows).encode(
        y=alt.Y("of:N", title=None, sort=None, axis=alt.Axis(labelLimit=160)),
        yOffset=alt.YOffset("scenario:N", sort=names),
        color=alt.Color(
            "scenario:N",
            scale=alt.Scale(domain=names, range=[palette.colours[i % 8] for i in range(len(names))]),
            legend=alt.Legend(orient="top", title=None, columns=2, labelLimit=300) if len(names) > 1 else None,
        ),
    )
    most = float(np.nanmax(np.abs(rows[["value", "low", "high"]].to_numpy(dtype=float)), initial=0.0))
    scale = alt.Scale(zero=True, nice=True) if most > SMALLEST else alt.Scale(domain=[-1, 1])
    x = alt.X("value:Q", title=title, scale=scale, axis=alt.Axis(tickCount=5))
    layers = [
        alt.Chart(pd.DataFrame({"value": [0]})).mark_rule(color=palette.ink).encode(x="value:Q"),
        base.mark_rule(strokeWidth=3).encode(x=alt.X("low:Q", title=title), x2="high:Q"),
        base.mark_point(filled=True, size=70, opacity=1).encode(
            x=x,
            tooltip=[
                alt.Tooltip("scenario:N", title=_("Scenario")),
                alt.Tooltip("of:N", title=_("For")),
                alt.Tooltip("words:N", title=_("Difference")),
            ],
        ),
    ]
    height = 60 + 26 * max(1, len(rows))
    words = "; ".join(f"{row.of} {row.words}" for row in rows.itertuples())
    return Figure(
        f"difference-{measure}",
        _("{label}: difference from the baseline").format(label=MEASURES[measure].label),
        alt.layer(*layers).properties(height=height),
        _("Differences in {lower} with 95 % confidence intervals: {words}.").format(
            lower=_lower(MEASURES[measure].label), words=words
        ),
    )
