"""Where to begin: plan a centre, size shifts or learn; recent work; agents for given contacts, calculated at once."""

import streamlit as st

from interface import export
from interface.app.calculator import (
    COUNTED,
    INTERVALS,
    PER,
    SOLVE_FOR,
    Fields,
    answer_tiles,
    by_interval,
    day_table,
)
from interface.app.literal import literal
from interface.app.recent import show_recent
from interface.app.widgets import grid, header, made, show_tile
from interface.app.work.sign_in import show_sign_out
from interface.app.work.transfer import show_transfer
from interface.language.messages import _
from interface.language.tables import translated
from models.centre.quick import quick_scenario, quick_service, quick_staffing
from scenarios.errors import PlannerError
from scenarios.yaml import files

work = header(_("Home"), _("Plan staff for a contact centre, or calculate agents at once"))
show_sign_out()

# -- three ways to begin -------------------------------------------------------------------------------------------
DOORS = {
    _("Plan a centre"): ("scenario", _("Describe volumes, staff and targets; simulate the day; compare plans.")),
    _("Size shifts"): ("shifts", _("Turn the agents that each interval needs into shifts with breaks.")),
    _("Learn"): ("learn", _("See why queues behave as they do, step by step.")),
}
with grid("18rem", key="doors"):
    for title, (script, text) in DOORS.items():
        with st.container(border=True, height="stretch"):
            st.page_link(f"interface/app/pages/{script}.py", label=f"**{title}**")
            st.caption(text)

# -- the calculator ------------------------------------------------------------------------------------------------
st.subheader(_("Calculator"), anchor=False)
solve_for = st.segmented_control(
    _("Solve for"),
    SOLVE_FOR,
    format_func=_,
    default=SOLVE_FOR[0],
    required=True,
    key="quick-solve",
    bind="query-params",
)
with grid("11rem", key="quick-fields"):
    contacts = st.text_input(_("Contacts"), "100", key="quick-contacts", bind="query-params")
    per = st.selectbox(_("Per"), PER, format_func=_, key="quick-per", bind="query-params")
    interval = st.selectbox(
        _("Interval length"), list(INTERVALS), 1, format_func=_, key="quick-interval", bind="query-params"
    )
    aht = st.text_input(
        _("AHT"),
        "3 min",
        key="quick-aht",
        bind="query-params",
        help=_("Average handle time with wrap-up: 180, 3 min, 3:00"),
    )
    share = st.number_input(_("Target (%)"), 1.0, 99.9, 80.0, 1.0, format="%g", key="quick-share", bind="query-params")
    within = st.text_input(_("Answer within"), "20s", key="quick-within", bind="query-params")
    opening = st.text_input(_("Opening hours"), "08:00-20:00", key="quick-opening", bind="query-params")
    shrinkage = st.number_input(
        _("Shrinkage (%)"),
        0.0,
        95.0,
        30.0,
        1.0,
        format="%g",
        key="quick-shrinkage",
        bind="query-params",
        help=_("Share of paid time not available for contacts. Scheduled = agents / (1 - shrinkage)."),
    )
    patience = st.text_input(
        _("Patience"),
        "2 min",
        key="quick-patience",
        bind="query-params",
        help=_("How long waiting customers stay on average, for Erlang A. Empty: Erlang C only."),
    )
    cap = st.number_input(
        _("Max occupancy (%)"),
        1.0,
        100.0,
        None,
        1.0,
        format="%g",
        key="quick-cap",
        bind="query-params",
        placeholder=_("none"),
        help=_("Highest share of their time that agents may be busy; 85 to 90 is usual."),
    )
    agents, counted = 0.0, COUNTED[0]
    if solve_for == SOLVE_FOR[1]:
        agents = st.number_input(
            _("Agents"), 0.0, 100_000.0, 14.0, 1.0, format="%g", key="quick-agents", bind="query-params"
        )
        counted = (
            st.selectbox(_("Counted as"), COUNTED, format_func=_, key="quick-counted", bind="query-params")
            or COUNTED[0]
        )
with st.expander(_("Contacts by interval, from a spreadsheet")):
    pasted = st.text_area(
        _("Contacts by interval"),
        key="quick-pasted",
        bind="query-params",
        placeholder="08:00\t80\n08:30\t95\n09:00\t120",
        help=_(
            "Paste a column of numbers, with the time before each or not. Replaces contacts and opening hours above."
        ),
    )

fields = Fields(
    *(contacts, per or PER[0], interval or "30 min", aht, float(share), within, opening, float(shrinkage), patience),
    max_occupancy=cap,
    pasted=pasted or "",
)
try:
    inputs = fields.inputs()
    rows = (
        quick_staffing(inputs)
        if solve_for == SOLVE_FOR[0]
        else quick_service(inputs, float(agents), scheduled=counted == COUNTED[1])
    )
except PlannerError as problem:
    st.error(literal(problem))
    show_recent(work)
    show_transfer(work)
    st.stop()

with grid(key="quick-answer"):
    for tile in answer_tiles(rows, inputs):
        show_tile(tile)
st.caption(
    _(
        "Erlang C assumes that customers never abandon, Erlang A that they abandon after their patience: it needs "
        "fewer agents. Each interval is calculated separately. FTE: paid hours / 8."
    )
)
intervals, day = by_interval(rows), day_table(rows, inputs)
with st.container(horizontal=True):
    if st.button(_("Open as a scenario"), type="primary"):
        scenario = quick_scenario(inputs, rows)
        work.open(scenario, files.dump(scenario))
        st.switch_page("interface/app/pages/scenario.py")
    st.download_button(
        _("Excel"),
        lambda: made(export.workbook, {"Intervals": intervals, "Day": day}),
        "calculator.xlsx",
        on_click="ignore",
    )
    with st.popover(_("Copy")):
        st.code(intervals.to_csv(sep="\t", index=False), language=None, height=320)
st.dataframe(
    translated(intervals), hide_index=True, alt=_("Contacts, agents, scheduled agents and service of each interval")
)
st.dataframe(
    translated(day), hide_index=True, alt=_("Contacts, agent-hours, paid hours, FTE and service of the day by formula")
)

# -- recent work ---------------------------------------------------------------------------------------------------
show_recent(work)
show_transfer(work)
