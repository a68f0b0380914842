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
from interface.language.messages import _, marked
from interface.language.numbers import number
from studies.service_quality import ServiceQuality

PAGE = "service-quality"
SIMULATED, SAMPLE, OWN = marked(("This scenario", "Sample log", "Your own log"))
MONTHS = marked({"1 month": 28, "3 months": 84, "10 months": 280})
work = header(_("Service quality"), _("Contacts in green, yellow and red zones: the traffic light of a month"))
scenario = work.scenario

# -- the contacts --------------------------------------------------------------------------------------------------
with grid("20rem", key="quality-choices"):
    source = st.segmented_control(
        _("Contacts of"), [SIMULATED, SAMPLE, OWN], default=SIMULATED, format_func=_, required=True
    )
    if source == SIMULATED:
        days = MONTHS[st.segmented_control(_("Simulated"), MONTHS, default="1 month", format_func=_, required=True)]
    elif source == OWN:
        layout = column_mapping(PAGE)
found: ServiceQuality | None
if source == SIMULATED:
    found, fresh = study(PAGE, (scenario.fingerprint, days), _("Run"), quality_of, scenario, days, steps="days")
    if found is None:
        st.caption(_("Simulates every contact of a month and sorts it into a zone."))
        st.stop()
    if not fresh:
        st.info(_("Out of date: scenario changed since this run. Run again."))
else:
    log = sample_log() if source == SAMPLE else uploaded_log(work, PAGE, layout, _("Contact log (CSV, gzip or xlsx)"))
    question = (PAGE, hash(log[0]), log[2])
    found = answered(work, question, _("Reading the log"), quality_of_log, *log)

# -- the six steps -------------------------------------------------------------------------------------------------
st.subheader(literal(headline(found)), anchor=False)
st.caption(
    _("{source}, {contacts} contacts. A contact is as bad as its worst criterion.").format(
        source=literal(found.source), contacts=number(found.contacts, ",")
    )
)
chart(zones(found.light, palette()), PAGE)
for process in found.light.small():
    st.warning(
        _("{process}: fewer than 400 contacts, so shares may be off by five points. Simulate more days.").format(
            process=literal(process)
        )
    )

st.subheader(_("1 and 2: processes and their typical course"), anchor=False)
st.markdown(
    _(
        "{count} contact types, each a process: {processes}. The customer arrives, waits, is answered "
        "by an agent or leaves, and contacts again if the issue is not solved."
    ).format(count=len(found.processes), processes=", ".join(map(literal, found.processes)))
)
st.subheader(_("3 and 4: what is measured, and the zones"), anchor=False)
st.dataframe(limits_table(found), hide_index=True, alt=_("Criteria and limits of the zones by contact type"))
st.caption(
    _(
        "Limits of the wait: on Scenario, Contacts, More fields, Targets: Green up to, Yellow up to; types without "
        "take their channel's. Contacts that abandon or are turned away when closed count as red, so that the green "
        "share is lower than the service level."
    )
)
st.subheader(_("5: the month by zone"), anchor=False)
counted = zones_table(found)
st.dataframe(counted, hide_index=True, alt=_("Contacts and shares by zone, contact type and criterion"))
st.subheader(_("6: plan, most red contacts first"), anchor=False)
plan = plan_table(found)
if plan.empty:
    st.markdown(_("No red contacts."))
else:
    st.dataframe(plan, hide_index=True, alt=_("What to improve first"))

# -- read together -------------------------------------------------------------------------------------------------
linked = linked_table(found)
if not linked.empty:
    st.subheader(_("Read together: speed beside repeat contacts"), anchor=False)
    st.dataframe(linked, hide_index=True, alt=_("Speed, responses and repeat contacts by contact type"))
    st.caption(
        _(
            "Responses count from arrival, time in a bot included, in three ways: by an agent; by an agent or a bot "
            "that solved the issue; any answer, automatic replies included. The instant reply of a bot always meets "
            "the third."
        )
    )
st.subheader(_("What a survey would say"), anchor=False)
with grid("15rem", key="quality-survey"):
    share = st.number_input(_("Survey response (%)"), 1.0, 100.0, 100 * RESPONDING, step=1.0, format="%g")
    unhappy = st.number_input(
        _("Response after a red contact (%)"),
        1.0,
        100.0,
        100 * RESPONDING,
        step=1.0,
        format="%g",
        key="quality-unhappy",
    )
surveyed = survey_table(found, (share / 100, share / 100, unhappy / 100))
st.dataframe(surveyed, hide_index=True, alt=_("Survey results with their sampling error and bias by contact type"))
st.caption(
    _(
        "Assumption: 90 % of customers are satisfied after a green, 65 % after a yellow and 20 % after a red "
        "contact. The ± is the sampling error (95 %). Where unhappy customers answer more or less often, the survey "
        "is biased."
    )
)

# -- download ------------------------------------------------------------------------------------------------------
about = pd.DataFrame([{"field": "contacts", "value": found.source}])
sheets = {"Zones": counted, "Plan": plan, "Limits": limits_table(found), "Survey": surveyed, "About": about}
if not linked.empty:
    sheets["Linked measures"] = linked
book = partial(made, export.workbook, sheets)
st.download_button(_("Download (Excel)"), book, "service-quality.xlsx", on_click="ignore", key="excel-quality")
