"""Demand: an export becomes history, the history a forecast, the forecast a scenario."""

from hashlib import sha256
from typing import Any

import streamlit as st

from interface import export
from interface.app.charts.demand import history_and_forecast, weekday_heat_map
from interface.app.demand import (
    COLUMN_LABELS,
    NONE,
    OWN_FIGURE,
    Edits,
    corrected,
    day_rows,
    edited,
    empty_events,
    error_rows,
    events_from,
    matches,
    pay_days_from,
    rest_of_day,
    sheets,
    special_days,
)
from interface.app.editor.opening import LARGEST
from interface.app.jobs.demand import (
    RECOGNISE,
    ForecastRequest,
    ReadExport,
    forecast,
    read_today,
    read_upload,
    sample_report,
    scenario_of_days,
)
from interface.app.jobs.jobs import Refused
from interface.app.jobs.progress import watch
from interface.app.jobs.study_widgets import awaited_answer, study
from interface.app.jobs.validation import suspicious
from interface.app.literal import literal
from interface.app.session import workers
from interface.app.widgets import chart, grid, header, one_of, palette
from interface.app.work.files import choose_file, choose_mapping, keep, kept_files
from models.forecasting.forecast import DemandForecast
from models.forecasting.to_scenario import to_scenario
from scenarios.errors import PlannerError
from scenarios.interval_report.mapping import mapping_text
from scenarios.interval_report.platforms import LOGS, REPORTS
from scenarios.yaml import files

PAGE, SAMPLE, OWN = "demand", "Sample history", "Your own file"
AUTOMATIC = "Automatic"
DATE_ORDERS = {AUTOMATIC: None, "Day first (02/03 is 2 March)": "%d/%m/%Y", "Month first (03/02)": "%m/%d/%Y"}
CLOCKS = {AUTOMATIC: None, "Minutes and seconds": "mm:ss", "Hours and minutes": "hh:mm"}
DECIMALS = {AUTOMATIC: None, "Point (12.5)": ".", "Comma (12,5)": ","}
HOLIDAYS = {"As on past holidays": "as before", "Open": "open", "Closed": "closed"}
LEAVE_OUT = "leave out"
MOST_LINES = 12  # of the reading that are shown at once
work = header("Demand", "History of contacts, forecast with its error, and the forecast as a scenario")

# -- the file ------------------------------------------------------------------------------------------------------
before = OWN if kept_files(work, PAGE, "file") else SAMPLE
source = st.segmented_control(
    "History",
    [SAMPLE, OWN],
    default=OWN if kept_files(work, PAGE, "file") else SAMPLE,
    required=True,
    key="demand-where",
)
content, name = sample_report(), "sample.csv"
if source == OWN:
    label = "Interval report or contact log (CSV, gzip or xlsx)"
    chosen_file = choose_file(work, PAGE, label, ["csv", "gz", "xlsx", "txt", "log"], LARGEST)
    if chosen_file is None:
        st.caption("Half-hours, days or contacts, in the layout of your platform. Nothing in the file is executed.")
        st.stop()
    content, name = chosen_file
digest = sha256(content).hexdigest()
if st.session_state.get("demand-digest") != digest:
    st.session_state["demand-digest"] = digest
    st.session_state["demand-columns"] = {}
changes: dict[str, Any] = dict(st.session_state["demand-columns"])
mapping_file = None
with st.expander("How the file is written"):
    with grid("14rem", key="demand-reading"):
        layout = str(st.selectbox("Layout", [RECOGNISE, *REPORTS, *LOGS], key="demand-layout"))
        order = DATE_ORDERS[str(st.selectbox("Dates", list(DATE_ORDERS), key="demand-dates"))]
        clock = CLOCKS[str(st.selectbox("Times such as 5:28", list(CLOCKS), key="demand-clock"))]
        decimal = DECIMALS[str(st.selectbox("Decimal mark", list(DECIMALS), key="demand-decimal"))]
    mapping_file = choose_mapping(work, PAGE, name)
changes |= {key: value for key, value in (("date_format", order), ("clock", clock), ("decimal", decimal)) if value}

question = (PAGE, digest, layout, repr(changes), mapping_file)
ready: ReadExport = awaited_answer(
    "demand-file", question, read_upload, content, name, layout, changes, mapping_file, steps="rows"
)

# -- how it was read -----------------------------------------------------------------------------------------------
with st.expander(f"Read: {literal(ready.lines[0])}", expanded=source == OWN):
    remarks = (*ready.lines[1:], *ready.history.notes)
    st.markdown("\n".join(f"- {literal(line)}" for line in remarks[:MOST_LINES]))
    if len(remarks) > MOST_LINES:
        with st.popover(f"{len(remarks) - MOST_LINES} more notes"):
            st.markdown("\n".join(f"- {literal(line)}" for line in remarks[MOST_LINES:]))
    st.dataframe(ready.first_rows, hide_index=True, alt="First rows as they were read")
    if ready.mapping is not None:
        with st.form("demand-correct"):
            choices = {}
            with grid("12rem", key="demand-roles"):
                for role, label in COLUMN_LABELS.items():
                    read_from = ready.mapping.columns.get(role, ())[:1]
                    options = list(dict.fromkeys([NONE, *ready.columns, *read_from]))
                    at = options.index(read_from[0]) if read_from else 0
                    choices[role] = str(st.selectbox(label, options, at, key=f"demand-role-{role}-{digest[:8]}"))
            if st.form_submit_button("Read again with these columns"):
                st.session_state["demand-columns"] |= corrected(ready.mapping, choices)
                st.rerun()
        written = mapping_text(ready.mapping)
        with st.container(horizontal=True):
            st.button("Keep this mapping", on_click=keep, args=(work, PAGE, "mapping", name, written.encode()))
            st.download_button("Save the mapping", written, "mapping.yaml", "text/yaml", on_click="ignore")
if ready.suspicions:
    st.warning("Some values of this file look wrong. Check them before you rely on the forecast.")
    st.dataframe(suspicious(ready.suspicions), hide_index=True, alt="Values of the file to check")
if ready.report is not None and st.button("New scenario from these days", key="demand-days-scenario"):
    with st.spinner("Estimating handle time, patience and agents"):
        made = workers().ask(scenario_of_days, ready.report, name.split(".")[0][:60] or "report").result()
    if isinstance(made, Refused):
        st.error(literal(made.text))
    else:
        work.open(made[0], files.dump(made[0]), made[1])
        st.success("The scenario of these days is open on the Scenario page, with a report of how it was made.")

# -- special days and the forecast ---------------------------------------------------------------------------------
with grid("11rem", key="demand-settings"):
    days = int(st.number_input("Days to forecast", 1, 366, 14, key="demand-ahead"))
    level = (
        float(st.selectbox("Band covers", [0.8, 0.9, 0.95], format_func=lambda share: f"{100 * share:.0f} %")) or 0.8
    )
    country = st.text_input("Public holidays of", placeholder="DE or DE-BY", key="demand-country").strip()
    pay_days = st.text_input("Pay days", placeholder="15, last", key="demand-pay-days")
    rule = HOLIDAYS[str(st.selectbox("On holidays", list(HOLIDAYS), key="demand-holidays"))]
with st.expander("Events: campaigns, mailings, school holidays"):
    st.caption("Without a change in per cent, the size is learnt from earlier events of the same name.")
    table = st.data_editor(
        empty_events(),
        num_rows="dynamic",
        hide_index=True,
        key="demand-events",
        column_config={
            "From": st.column_config.DateColumn(),
            "To": st.column_config.DateColumn(),
            "Change (%)": st.column_config.NumberColumn(min_value=-99, max_value=1000),
            "Contact type": st.column_config.SelectboxColumn(options=list(ready.history.types)),
        },
    )
try:
    request = ForecastRequest(days, country, pay_days_from(pay_days), events_from(table), rule)  # type: ignore[arg-type]
except PlannerError as problem:
    st.error(literal(problem))
    st.stop()
key = (question, request)
result, current = study(PAGE, key, "Forecast", forecast, ready.history, request, steps="contact types")

of = one_of("Contact type", list(ready.history.types), "demand-type")
series = ready.history.types[of]
if result is None or (not current and of not in result.types):
    if series.counts.shape[1] > 1:
        chart(weekday_heat_map(series), PAGE)
    st.stop()
if not current:
    st.info("Out of date: the history or the settings changed since this forecast. Forecast again.")
found: DemandForecast = result
if of not in found.types:
    st.info(f"No forecast of {literal(of)}: {'; '.join(found.notes)}")
    st.stop()

# -- results -------------------------------------------------------------------------------------------------------
edits: Edits = st.session_state.setdefault("demand-edits", {})
final = found.with_day_totals(edits)
part = found.types[of]
by_interval, by_day = part.errors.error(part.method)
st.subheader(
    f"{of}: {final.types[of].volume.sum():,.0f} contacts in {len(part.days)} open days, by {part.method}", anchor=False
)
verdict = part.errors.verdict(part.method)
st.markdown(f"Past error: {100 * by_day:.1f} % of days, {100 * by_interval:.1f} % of intervals. {verdict}")
chart(history_and_forecast(series, part, level, palette(), final.types[of]), PAGE)
if series.counts.shape[1] > 1:
    chart(weekday_heat_map(series), PAGE)


grid_key = f"demand-grid-{of}-{found.first}-{len(part.days)}-{level}"  # what was typed belongs to these rows
if grid_key not in st.session_state:
    st.session_state["demand-day-rows"] = day_rows(
        found, of, edits, level
    )  # a grid keeps its table while it is typed in


def take_figures() -> None:
    """Take over what was typed into the grid of days."""
    typed = st.session_state[grid_key]["edited_rows"]
    st.session_state["demand-edits"], refused = edited(st.session_state["demand-edits"], found, of, typed)
    st.session_state["demand-refused"] = refused


st.subheader("Forecast by day", anchor=False)
st.caption(f"Figures entered under “{OWN_FIGURE}” replace the forecast, and stay when it is made again.")
st.data_editor(
    st.session_state["demand-day-rows"],
    hide_index=True,
    disabled=("Day", "Forecast", "Low", "High"),
    column_config={OWN_FIGURE: st.column_config.NumberColumn(min_value=0)},
    on_change=take_figures,
    placeholder="",
    key=grid_key,
)
for line in st.session_state.get("demand-refused", ()):
    st.error(literal(line))
if edits and st.button("Remove all your figures", key="demand-clear"):
    st.session_state["demand-edits"] = {}
    del st.session_state[grid_key]
    st.rerun()
special = special_days(ready.history, request, found)
if len(special):
    st.subheader("Special days", anchor=False)
    st.dataframe(special, hide_index=True, alt="Special days of the forecast")
with st.expander("Past errors of all methods"):
    st.dataframe(error_rows(found, of), hide_index=True, alt="Errors of each method by days ahead")
    st.caption(
        "Each method forecast past days from what was known before them. Error: sum of the absolute errors as a share "
        "of the contacts."
    )
for line in found.notes:
    st.caption(line)
with st.expander("During the day"):
    now = st.file_uploader(
        "Intervals of today that are over (CSV or xlsx)", ["csv", "gz", "xlsx"], key="demand-today", max_upload_size=5
    )
    if now is not None:
        asked = (PAGE, "today", sha256(now.getvalue()).hexdigest(), layout, repr(changes), mapping_file)
        args = (now.getvalue(), now.name, layout, changes, mapping_file, found.interval)
        record = work.answer(workers(), asked, read_today, *args)
        if record is None:
            watch(None, 0, work.waiting())
        elif isinstance(record, Refused):
            st.error(literal(record.text))
        elif (today := rest_of_day(final, of, record)) is None:
            known = ", ".join(record.counts)
            st.info(
                f"{record.day} ({known}) is not among the forecast days of {of}. Forecast from a history before it."
            )
        else:
            st.markdown(today[0])
            st.dataframe(today[1], hide_index=True, alt="Remaining intervals of today")

# -- into the scenario ---------------------------------------------------------------------------------------------
st.subheader("Into the scenario", anchor=False)
targets = matches(found.types, work.scenario.type_names)
with grid("14rem", key="demand-targets"):
    for type_name, likely in targets.items():
        names = [LEAVE_OUT, *work.scenario.type_names]
        at = names.index(likely) if likely else 0
        targets[type_name] = str(st.selectbox(f"{type_name} becomes", names, at, key=f"demand-to-{type_name}"))
chosen = {old: new for old, new in targets.items() if new != LEAVE_OUT}
with st.container(horizontal=True):
    if st.button("Apply to the scenario", type="primary", disabled=not chosen, key="demand-apply"):
        notes: list[str] = []

        def apply(scenario: Any) -> Any:
            """The scenario over the days of the forecast."""
            changed, remarks = to_scenario(final.renamed(chosen), scenario)
            notes.extend(remarks)
            return changed

        if len(set(chosen.values())) < len(chosen):
            st.error("Two contact types of the forecast go to the same one of the scenario; choose different ones.")
        elif work.change(PAGE, apply, typed=False):
            text = f"The scenario now covers {found.days} days from {found.first}. Next: Optimise its staffing."
            st.success(" ".join([text, *(f"{note}." for note in notes)]))
        else:
            st.error(literal(work.problems.pop(PAGE)))
    st.download_button(
        "Forecast (Excel)",
        lambda: export.workbook(sheets(final, level)),
        "forecast.xlsx",
        on_click="ignore",
        key="demand-excel",
    )
    st.download_button(
        "Forecast (CSV)", lambda: export.csv(final.table(level)), "forecast.csv", on_click="ignore", key="demand-csv"
    )
if not chosen:
    st.caption("Choose the contact type of the scenario that each forecast belongs to.")
