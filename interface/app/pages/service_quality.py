"""The traffic light: contacts in green, yellow and red zones, in the six steps of its article."""

from functools import partial

import pandas as pd
import streamlit as st

from interface import export
from interface.app.charts.service_quality import zones
from interface.app.jobs.log_upload import column_mapping, sample_log, uploaded_log
from interface.app.jobs.service_quality import quality_of, quality_of_log
from interface.app.jobs.study_widgets import study
from interface.app.literal import literal
from interface.app.quality_tables import (
    RESPONDING,
    headline,
    limits_table,
    linked_table,
    plan_table,
    survey_table,
    zones_table,
)
from interface.app.widgets import answered, chart, grid, header, made, palette
from studies.service_quality import ServiceQuality

PAGE = "service-quality"
SIMULATED, SAMPLE, OWN = "This scenario", "Sample log", "Your own log"
MONTHS = {"1 month": 28, "3 months": 84, "10 months": 280}
work = header("Service quality", "Contacts in green, yellow and red zones: the traffic light of a month")
scenario = work.scenario

# -- the contacts --------------------------------------------------------------------------------------------------
with grid("20rem", key="quality-choices"):
    source = st.segmented_control("Contacts of", [SIMULATED, SAMPLE, OWN], default=SIMULATED, required=True)
    if source == SIMULATED:
        days = MONTHS[st.segmented_control("Simulated", MONTHS, default="1 month", required=True)]
    elif source == OWN:
        layout = column_mapping(PAGE)
found: ServiceQuality | None
if source == SIMULATED:
    found, fresh = study(PAGE, (scenario.fingerprint, days), "Run", quality_of, scenario, days, steps="days")
    if found is None:
        st.caption("Simulates every contact of a month and sorts it into a zone.")
        st.stop()
    if not fresh:
        st.info("Out of date: scenario changed since this run. Run again.")
else:
    log = sample_log() if source == SAMPLE else uploaded_log(work, PAGE, layout, "Contact log (CSV, gzip or xlsx)")
    question = (PAGE, hash(log[0]), log[2])
    found = answered(work, question, "Reading the log", quality_of_log, *log)

# -- the six steps -------------------------------------------------------------------------------------------------
st.subheader(literal(headline(found)), anchor=False)
st.caption(f"{literal(found.source)}, {found.contacts:,} contacts. A contact is as bad as its worst criterion.")
chart(zones(found.light, palette()), PAGE)
for process in found.light.small():
    st.warning(f"{literal(process)}: fewer than 400 contacts, so shares may be off by five points. Simulate more days.")

st.subheader("1 and 2: processes and their typical course", anchor=False)
st.markdown(
    f"{len(found.processes)} contact types, each a process: {', '.join(map(literal, found.processes))}. The customer "
    "arrives, waits, is answered by an agent or leaves, and contacts again if the issue is not solved."
)
st.subheader("3 and 4: what is measured, and the zones", anchor=False)
st.dataframe(limits_table(found), hide_index=True, alt="Criteria and limits of the zones by contact type")
st.caption("Limits of the wait are `zones` of the contact type in the scenario; those without take their channel's.")
st.subheader("5: the month by zone", anchor=False)
counted = zones_table(found)
st.dataframe(counted, hide_index=True, alt="Contacts and shares by zone, contact type and criterion")
st.subheader("6: plan, most red contacts first", anchor=False)
plan = plan_table(found)
if plan.empty:
    st.markdown("No red contacts.")
else:
    st.dataframe(plan, hide_index=True, alt="What to improve first")

# -- read together -------------------------------------------------------------------------------------------------
linked = linked_table(found)
if not linked.empty:
    st.subheader("Read together: speed beside repeat contacts", anchor=False)
    st.dataframe(linked, hide_index=True, alt="Speed, responses and repeat contacts by contact type")
    st.caption(
        "Responses count from arrival, time in a bot included, in three ways: by an agent; by an agent or a bot that "
        "solved the issue; any answer, automatic replies included. The instant reply of a bot always meets the third."
    )
st.subheader("What a survey would say", anchor=False)
with grid("15rem", key="quality-survey"):
    share = st.number_input("Survey response (%)", 1.0, 100.0, 100 * RESPONDING, step=1.0, format="%g")
    unhappy = st.number_input(
        "Response after a red contact (%)", 1.0, 100.0, 100 * RESPONDING, step=1.0, format="%g", key="quality-unhappy"
    )
surveyed = survey_table(found, (share / 100, share / 100, unhappy / 100))
st.dataframe(surveyed, hide_index=True, alt="Survey results with their sampling error and bias by contact type")
st.caption(
    "Assumption: 90 % of customers are satisfied after a green, 65 % after a yellow and 20 % after a red contact. The "
    "± is the sampling error (95 %). Where unhappy customers answer more or less often, the survey is biased."
)

# -- download ------------------------------------------------------------------------------------------------------
about = pd.DataFrame([{"field": "contacts", "value": found.source}])
sheets = {"Zones": counted, "Plan": plan, "Limits": limits_table(found), "Survey": surveyed, "About": about}
if not linked.empty:
    sheets["Linked measures"] = linked
book = partial(made, export.workbook, sheets)
st.download_button("Download (Excel)", book, "service-quality.xlsx", on_click="ignore", key="excel-quality")
