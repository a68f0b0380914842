"""Demand: an export becomes history, the history a forecast, the forecast a scenario."""

import streamlit as st

from interface.app.charts.demand import history_and_forecast, weekday_heat_map
from interface.app.demand import (
    OWN_FIGURE,
    Edits,
    day_rows,
    edited,
    empty_events,
    error_rows,
    events_from,
    month_rows,
    pay_days_from,
    special_days,
)
from interface.app.demand_sections.history_file import PAGE, history_file
from interface.app.demand_sections.into_scenario import into_scenario
from interface.app.demand_sections.today import during_the_day
from interface.app.jobs.demand import ForecastRequest, forecast
from interface.app.jobs.study_widgets import study
from interface.app.literal import literal
from interface.app.widgets import chart, grid, header, one_of, palette
from models.forecasting.forecast import DemandForecast
from scenarios.errors import PlannerError

MONTHS_FROM = 60  # days from which a forecast is shown by month, too
HOLIDAYS = {"As on past holidays": "as before", "Open": "open", "Closed": "closed"}
work = header("Demand", "History of contacts, forecast with its error, and the forecast as a scenario")

file = history_file(work)
ready = file.read

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
key = (file.key, request)
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
if found.days >= MONTHS_FROM:
    st.subheader("Forecast by month", anchor=False)
    st.dataframe(month_rows(final, of, level), hide_index=True, alt="Forecast by month with its band")
with st.expander("Past errors of all methods"):
    st.dataframe(error_rows(found, of), hide_index=True, alt="Errors of each method by days ahead")
    st.caption(
        "Each method forecast past days from what was known before them. Error: sum of the absolute errors as a share "
        "of the contacts."
    )
for line in found.notes:
    st.caption(line)
targets = into_scenario(work, PAGE, final, level)
during_the_day(work, final, of, targets, file.layout)
