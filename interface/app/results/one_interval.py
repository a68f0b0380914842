"""The section of Results that takes one interval apart, chosen in a list or by a click on the service-level chart."""

from __future__ import annotations

import streamlit as st

from interface.app.jobs.theory import Theory
from interface.app.literal import literal
from interface.app.widgets import chart_key, grid
from interface.language.messages import _
from interface.language.tables import translated
from interface.one_interval import OneInterval, interval_names, worst_interval
from simulator.measure.results import Results

CLICKED = "interval"
"""The name of the selection in the chart."""


def choose_clicked(results: Results, measure: str, of: str, place: str) -> None:
    """Take over the interval that was clicked in the chart of a measure; nothing where days are drawn."""
    chosen = st.session_state[chart_key(measure, place)]["selection"].get(CLICKED) or []
    hour = float(chosen[0]["hour"]) if chosen else -1.0
    at = int(hour * 3600 // results.scenario.horizon.interval)
    if 0 <= at < results.scenario.horizon.intervals:
        st.session_state[_key(of)] = at


def _key(of: str) -> str:
    return f"results-interval-{of}"


def _begin_with_the_worst(key: str, intervals: int, worst: int) -> None:
    """Until a person chooses, the choice follows the worst interval, which changes while days are simulated."""
    shown = st.session_state.get(key, intervals)
    if shown >= intervals or shown == st.session_state.get(f"{key}-worst"):
        st.session_state[key] = st.session_state[f"{key}-worst"] = worst


def show_interval(results: Results, theory: Theory | None, measure: str, of: str) -> None:
    """Draw the section: verdict and causes, the requirement in steps, what was simulated."""
    st.subheader(_("One interval"), anchor=False)
    names = interval_names(results)
    _begin_with_the_worst(_key(of), len(names), worst_interval(results, measure, of))
    at = st.selectbox(
        _("Interval"),
        range(len(names)),
        format_func=lambda place: names[place],
        key=_key(of),
        width=240,
        help=_("At first the interval with the lowest service level. Or click a point of the service-level chart."),
    )
    interval = OneInterval(results, theory, of, measure, at)
    st.text(interval.verdict())
    if causes := interval.causes():
        st.markdown("\n".join(f"- {literal(cause)}" for cause in causes))
    with grid("26rem", key="interval-tables"):
        st.dataframe(
            translated(interval.happened()),
            hide_index=True,
            alt=_("What was simulated for {of} in {time}").format(of=of, time=interval.time),
        )
        steps = interval.steps()
        if not steps.empty:
            st.dataframe(
                translated(steps),
                hide_index=True,
                height="content",
                alt=_("The requirement of {of} in {time}, step by step").format(of=of, time=interval.time),
            )
    if formula := interval.formula():
        st.caption(_("Requirement by formula, each interval by itself: {formula}").format(formula=literal(formula)))
