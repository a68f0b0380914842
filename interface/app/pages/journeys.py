"""Journeys of customers: events that change demand, and the waterfall from need to contacts at agents."""

from functools import partial

import streamlit as st

from interface import export
from interface.app.charts.journeys import volumes_with_events, waterfall_chart
from interface.app.jobs.runs import RunRequest
from interface.app.journeys.event_form import event_form, in_words
from interface.app.literal import literal
from interface.app.widgets import chart, header, made, palette, run_page
from interface.language.messages import _
from scenarios.scenario import Scenario
from studies.waterfall import event_table, waterfall

PAGE = "journeys"
work = header(_("Journeys"), _("Events that change demand, and the way from need to contacts at agents"))
scenario, colours = work.scenario, palette()

# -- events --------------------------------------------------------------------------------------------------------
st.subheader(_("Events"), anchor=False)


def remove(number: int) -> None:
    """Take one of the events out."""

    def without(before: Scenario) -> Scenario:
        return before.replace(events=[event for index, event in enumerate(before.events) if index != number])

    work.change("events", without, typed=False)


for number, event in enumerate(scenario.events):
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{literal(event.title)}**: {literal(in_words(event))}", width="stretch")
        st.button(_("Remove"), on_click=remove, args=(number,), key=f"event-remove-{number}", type="tertiary")
if not scenario.events:
    st.caption(_("No events. Add a campaign, new customers, a storm, a surge, an outage, or what prevents contacts."))
with st.expander(_("Add an event"), expanded=not scenario.events):
    added = event_form(scenario)
    if added is not None and work.change(
        "events", lambda before: before.replace(events=[*before.events, added]), typed=False
    ):
        st.rerun()
if problem := work.problems.get("events"):
    st.error(literal(problem))
if scenario.events:
    chart(volumes_with_events(scenario, colours), PAGE)
    effects = event_table(scenario).rename(columns={"event": "Event", "type": "Contact type", "change": "Contacts"})
    st.dataframe(effects.round(1), hide_index=True, alt=_("Contacts that each event adds to each contact type"))
    st.caption(_("Events act in this order, each on what the ones before have left, so that nothing is counted twice."))

# -- from need to agents -------------------------------------------------------------------------------------------
st.subheader(_("From need to agents"), anchor=False)
last = run_page(work, PAGE, lambda replications: RunRequest((scenario,), replications))
if last is None:
    st.stop()
steps = waterfall(last.findings[0])
chart(waterfall_chart(steps, work.scenario.horizon.days, colours), PAGE)
readable = steps.rename(columns={"step": "Step", "change": "Change", "total": "Contacts"}).round(1)
with st.expander(_("All numbers")):
    st.dataframe(readable, hide_index=True, alt=_("Contacts after each step from need to agents"))
book = partial(made, export.workbook, {"Waterfall": readable, "Events": event_table(scenario)})
st.download_button(_("Download (Excel)"), book, "journeys.xlsx", on_click="ignore", key="excel-journeys")
