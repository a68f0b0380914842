"""Back-test: the models beside what happened on the days of a contact log, with the error of each model."""

import streamlit as st

from interface import export
from interface.app.charts.backtest import DRAWN, day_by_day, over_the_day
from interface.app.charts.theme import figure_of
from interface.app.jobs.log_upload import column_mapping, sample_log, uploaded_log
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
from interface.app.literal import literal
from interface.app.session import replications
from interface.app.widgets import answered, chart, grid, header, one_of, palette, run_page
from interface.app.work.files import kept_files
from interface.language.messages import _, marked
from interface.language.numbers import number
from studies.backtest import Backtest

PAGE = "validation"
SAMPLE, OWN = marked(("Sample log", "Your own log"))
work = header(_("Validation"), _("Back-test: how closely the models reproduce real days"))

# -- the log -------------------------------------------------------------------------------------------------------
with grid("14rem", key="validation-log"):
    before = OWN if kept_files(work, PAGE, "file") else SAMPLE
    source = st.segmented_control(
        _("Log"),
        [SAMPLE, OWN],
        default=before,
        format_func=_,
        required=True,
        key="validation-where",
    )
    within = float(
        st.number_input(_("Answer within (s)"), 0.0, 3600.0, 20.0, step=5.0, format="%g", key="validation-within")
    )
    if source == OWN:
        layout = column_mapping(PAGE)
if source == OWN:
    content, name, columns = uploaded_log(work, PAGE, layout, _("Contact log (CSV, gzip or xlsx), at least two days"))
else:
    content, name, columns = sample_log()

reading = _("Reading the log; estimating AHT, patience, staffing and not-ready time")
question = (PAGE, hash(content), columns, within)
ready: Prepared = answered(work, question, reading, prepared, content, name, columns, within, shared=source == SAMPLE)

if ready.suspicions:
    st.warning(_("Some values of this log look wrong. Check them before you rely on the results below."))
    st.dataframe(suspicious(ready.suspicions), hide_index=True, alt=_("Values of the log to check"))

# -- the run -------------------------------------------------------------------------------------------------------
study = ready.study
last = run_page(
    work,
    PAGE,
    lambda _: plan_of(study, replications(study.replays[0].scenario, st.session_state[f"precision-{PAGE}"])),
    _("{count} contacts on {days} days; volumes, staffing and AHT from the log").format(
        count=number(len(study.records), ","), days=study.records.days
    ),
    auto=True,
)
if last is None:
    st.stop()
backtest: Backtest = last.findings[0]

# -- results -------------------------------------------------------------------------------------------------------
colours = palette()
of = one_of(_("Agents"), backtest.pools, "validation-pool")
st.subheader(literal(headline(backtest, of)), anchor=False)
st.dataframe(
    totals(backtest, of),
    hide_index=True,
    alt=_("Observed and models in total"),
)
if backtest.overloaded(of) > 0.005:
    st.warning(
        _(
            "In intervals with {overloaded} % of the contacts, load exceeds staff, so Erlang C has "
            "no result for them and no meaningful total."
        ).format(overloaded=number(100 * backtest.overloaded(of), ".0f"))
    )
with grid("26rem", key="validation-pictures"):
    for measure in DRAWN:
        chart(figure_of(backtest, over_the_day, measure, colours, of), PAGE)
    if backtest.horizon.days > 1:
        chart(figure_of(backtest, day_by_day, "service_level", colours, of), PAGE)
st.caption(
    _(
        "Light band: 90 % of {replications} simulated repetitions; staffing is redrawn for each "
        "tenth of them, because staffing inferred from handled contacts is accurate to one agent "
        "at best. Dark band: 95 % interval of the mean. "
    ).format(replications=backtest.replications)
    + (
        _("AHT variability, patience and not-ready time are estimated on the other half of the days.")
        if backtest.held_out
        else _("Single day: the models are estimated on the same day that they are compared with.")
    )
)

st.subheader(_("Forecast error"), anchor=False)
st.dataframe(errors(backtest, of), hide_index=True, alt=_("Forecast error of each model and measure"))
st.caption(
    _(
        "Forecast error: mean absolute error over the intervals of all days, weighted by contacts. Expected from "
        "randomness: the error that remains even if the model is exact. Total bias: model less observed, over all "
        "days. Inside the 90 % band: share of contacts in intervals whose observed value lies in the band."
    )
)
with st.expander(_("Not-ready time: definition and accuracy")):
    st.dataframe(not_ready(study), hide_index=True, alt=_("Not-ready time by agent pool"))
    st.markdown(NOT_READY)
with st.expander(_("Data notes")):
    st.markdown("\n".join(f"- {literal(line)}" for line in (*ready.report, *ready.caveats)))
with st.container(horizontal=True):
    st.download_button(_("Results (CSV)"), lambda: export.csv(backtest.table), "validation.csv", on_click="ignore")
    st.download_button(
        _("Forecast errors (CSV)"), lambda: export.csv(backtest.errors), "validation-errors.csv", on_click="ignore"
    )
