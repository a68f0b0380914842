"""Days gone by played again: what the models say beside what really happened, and how far off each of them is."""

import streamlit as st

from interface import export
from interface.app.charts.backtest import DRAWN, day_by_day, over_the_day
from interface.app.editor.opening import LARGEST
from interface.app.jobs.jobs import Refused
from interface.app.jobs.progress import NothingYet, watch
from interface.app.jobs.validation import (
    NOT_READY,
    Prepared,
    errors,
    headline,
    not_ready,
    plan_of,
    prepared,
    suspicious,
    totals,
)
from interface.app.session import replications, workers
from interface.app.widgets import chart, grid, header, one_of, palette, run_page
from scenarios.contact_log.mapping import MAPPINGS
from scenarios.sample import SAMPLE_LOG
from studies.backtest import Backtest

PAGE, SAMPLE, OWN = "validation", "The sample log", "A log of yours"
work = header("Validation", "not about this scenario, but about the models: days of a contact log played again")

# -- the log -------------------------------------------------------------------------------------------------------
with grid("14rem", key="validation-log"):
    where = st.segmented_control("Log", [SAMPLE, OWN], default=SAMPLE, required=True, key="validation-where")
    within = float(st.number_input("Service level within (s)", 0.0, 3600.0, 20.0, step=5.0, key="validation-within"))
    if where == OWN:
        layout = str(st.selectbox("Layout", sorted(MAPPINGS, reverse=True), key="validation-layout"))
if where == OWN:
    given = st.file_uploader(
        "CSV, gzip or xlsx, two days or more", ["csv", "gz", "xlsx"], key="validation-file", max_upload_size=LARGEST
    )
    if given is None:
        st.stop()
    content, name = given.getvalue(), given.name
else:
    content, name, layout = SAMPLE_LOG.read_bytes(), SAMPLE_LOG.name, "bank"

answer = work.answer(workers(), (PAGE, hash(content), layout, within), prepared, content, name, layout, within)
if answer is None:
    st.caption("Reading the log and estimating handle times, patience, staffing and not-ready time")
    watch(None, 0, work.waiting())
    st.skeleton(400)
    raise NothingYet
if isinstance(answer, Refused):
    st.error(answer.text)
    st.stop()
ready: Prepared = answer

if ready.suspicions:
    st.warning("Some of this log looks odd. Check it before you rely on what follows.")
    st.dataframe(suspicious(ready.suspicions), hide_index=True, alt="What is suspicious about the log")

# -- the run -------------------------------------------------------------------------------------------------------
study = ready.study
last = run_page(
    work,
    PAGE,
    lambda _: plan_of(study, replications(study.replays[0].scenario, st.session_state[f"precision-{PAGE}"])),
    f"{len(study.records):,} contacts on {study.records.days} days; volumes, staffing and AHT as in the log",
    auto=True,
)
if last is None:
    st.stop()
key = (last.plan.key, last.replications)
if "backtest" not in st.session_state or st.session_state["backtest"][0] != key:
    st.session_state["backtest"] = (key, last.plan.about.found(last.findings))
found: Backtest = st.session_state["backtest"][1]

# -- what was found ------------------------------------------------------------------------------------------------
colours = palette()
of = one_of("Agents", found.pools, "validation-pool")
st.subheader(headline(found, of), anchor=False)
st.dataframe(totals(found, of), hide_index=True, alt="Observation and models in total")
if found.overloaded(of) > 0.005:
    st.warning(
        f"Erlang C calls {100 * found.overloaded(of):.0f} % of the contacts overloaded: the queue would grow "
        "without end, so it has no wait for them, and no sensible total."
    )
with grid("26rem", key="validation-pictures"):
    for measure in DRAWN:
        chart(over_the_day(found, measure, colours, of), PAGE)
    if found.horizon.days > 1:
        chart(day_by_day(found, "service_level", colours, of), PAGE)
st.caption(
    f"Light band: 90 % of {found.replications} replications; each tenth plays another draw of the staffing, because "
    "staffing guessed from services is right to the nearest agent at best. Dark band: 95 % interval of the mean. "
    + (
        "The spread of handle times, patience and not-ready time come from the other half of the days."
        if found.held_out
        else "A single day: everything is estimated on the very day that is judged."
    )
)

st.subheader("How far off", anchor=False)
st.dataframe(errors(found, of), hide_index=True, alt="The error of each model and measure")
st.caption(
    "Error: mean distance from the observation over the intervals of all days, weighted by contacts. Chance alone: "
    "the same if the observation were one of the model's own replications. Bias: the model's "
    "total less the observed one. Inside: contacts in intervals observed within the 90 % band."
)
with st.expander("Not-ready time: what it is, and how far it can be trusted"):
    st.dataframe(not_ready(study), hide_index=True, alt="Not-ready time by pool")
    st.markdown(NOT_READY)
with st.expander("What the log tells, and what it cannot"):
    st.markdown("\n".join(f"- {line}" for line in (*ready.report, *ready.caveats)))
with st.container(horizontal=True):
    st.download_button("Findings, CSV", lambda: export.csv(found.table), "validation.csv", on_click="ignore")
    st.download_button("Errors, CSV", lambda: export.csv(found.errors), "validation-errors.csv", on_click="ignore")
