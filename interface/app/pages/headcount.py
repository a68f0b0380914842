"""Headcount: the people that the coming months need, and whom to hire when so that nobody is missing."""

from functools import partial

import pandas as pd
import streamlit as st

from interface import export
from interface.app.charts.headcount import people_by_month as people_chart
from interface.app.jobs.studies import people_by_month
from interface.app.jobs.study_widgets import study
from interface.app.literal import literal
from interface.app.widgets import chart, grid, header, made, palette
from interface.headcount import full_time, months_from
from interface.language.messages import _, marked
from interface.language.numbers import number
from interface.language.tables import translated
from models.workforce.headcount import MOST_MONTHS, WorkforceAssumptions, headcount_plan
from scenarios.errors import PlannerError

PAGE = "headcount"
HEADINGS = marked(
    [
        "Month",
        "People needed",
        "Hires start",
        "Decide in month",
        "People",
        "Worth, with learning",
        "80 %",
        "Chance of being short",
    ]
)
work = header(_("Headcount"), _("People that the coming months need, and whom to hire when"))
scenario, usual = work.scenario, WorkforceAssumptions()

# -- the months ----------------------------------------------------------------------------------------------------
with grid("13rem", key="headcount-months"):
    months = int(st.number_input(_("Months"), 1, MOST_MONTHS, 12, key="headcount-length"))
    growth = st.number_input(_("Growth of volume (% a month)"), -50.0, 50.0, 0.0, step=0.5, format="%g")
    volumes = st.text_input(
        _("Volume of each month"),
        placeholder="1, 1.05, 1.1, 1.2",
        help=_("Multiples of the volume of the scenario, separated by commas, in place of growth."),
    )
    today = round(full_time(scenario))
    planned = _("At 40 hours a week; at first, as planned.")
    people = int(st.number_input(_("People at work today"), 0, 100_000, today, help=planned))
try:
    shares = tuple(months_from(volumes or "", growth / 100, months))
except PlannerError as problem:
    st.error(literal(problem))
    st.stop()
needed, fresh = study(
    *(PAGE, (scenario.fingerprint, shares), _("Calculate people needed"), people_by_month, scenario, shares),
    steps="months",
)

# -- the assumptions -----------------------------------------------------------------------------------------------
st.subheader(_("Assumptions: replace them by your own"), anchor=False)
with grid("13rem", key="headcount-assumptions"):
    attrition = st.number_input(_("Leaving within a year (%)"), 0.0, 99.0, 100 * usual.attrition, format="%g")
    lead = int(st.number_input(_("Months from decision to first day"), 0, 24, usual.lead_months))
    weeks = st.number_input(_("Weeks of learning"), 0.0, 104.0, usual.ramp_weeks, format="%g")
    slower = st.number_input(
        _("Handle times at first (%)"), 100.0, 1000.0, 100 * usual.ramp_factor, step=5.0, format="%g"
    )
    training = st.number_input(
        _("Training (hours a week)"),
        0.0,
        36.0,
        usual.training_hours,
        format="%g",
        help=_("Of everybody, where the shrinkage of the scenario does not have it yet."),
    )
    error = st.number_input(_("Error of the forecast (%)"), 0.0, 100.0, 5.0, format="%g")
    busy = st.number_input(
        _("Occupancy (%)"),
        0.0,
        100.0,
        85.0,
        format="%g",
        help=_("Above 90 % work tires: each point raises the share that leaves by a twentieth of it (assumption)."),
    )
    risk = st.number_input(_("Accepted chance of being short (%)"), 0.1, 50.0, 10.0, format="%g")
if needed is None:
    st.caption(
        _(
            "Each month is staffed by Erlang formula at its volume; full-time people: paid hours a week, shrinkage "
            "included, divided by 40."
        )
    )
    st.stop()
if not fresh:
    st.info(_("Out of date: scenario or months changed since this run. Calculate again."))

# -- the plan ------------------------------------------------------------------------------------------------------
given = WorkforceAssumptions(attrition / 100, lead, weeks, slower / 100, training, forecast_error=error / 100)
try:
    plan = headcount_plan(needed, people, given, risk=risk / 100, occupancy=busy / 100)
except PlannerError as problem:
    st.error(literal(problem))
    st.stop()
st.subheader(literal(plan.in_words()), anchor=False)
chart(people_chart(plan, palette()), PAGE)
rows = plan.rows
hires = rows["starters"].to_numpy()
columns = {
    "Month": rows["month"],
    "People needed": [number(value, ",.1f") for value in rows["required"]],
    "Hires start": [number(value, ",.0f") if value else "" for value in hires],
    "Decide in month": [
        number(value, ".0f") if some else "" for value, some in zip(rows["decide_in"], hires, strict=True)
    ],
    "People": [number(value, ",.1f") for value in rows["headcount"]],
    "Worth, with learning": [number(value, ",.1f") for value in rows["effective"]],
    "80 %": [
        f"{number(low, ',.1f')} – {number(high, ',.1f')}" for low, high in zip(rows["low"], rows["high"], strict=True)
    ],
    "Chance of being short": [f"{number(100 * value, '.0f')} %" for value in rows["chance_short"]],
}
table = pd.DataFrame(columns, columns=HEADINGS)
st.dataframe(translated(table), hide_index=True, alt=_("People needed, hires and the chance of being short by month"))
st.caption(
    _(
        "People leave at random, a new hire works slower at first, and demand differs from its forecast: 10,000 drawn "
        "paths. Hires are the fewest with which the chance of being short stays within the accepted one."
    )
)
st.download_button(
    _("Download (Excel)"),
    partial(made, export.workbook, {"Headcount": rows}),
    f"{scenario.name}-headcount.xlsx",
    on_click="ignore",
)
