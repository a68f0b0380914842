"""Demand: an export becomes history, the history a forecast, the forecast a scenario."""

from functools import partial

import streamlit as st

from interface.app.charts.demand import history_and_forecast, weekday_heat_map
from interface.app.demand import error_rows, month_rows, pay_days_from, special_days
from interface.app.demand_sections.events import event_grid, events_from
from interface.app.demand_sections.history_file import PAGE, history_file
from interface.app.demand_sections.into_scenario import into_scenario
from interface.app.demand_sections.own_figures import OWN_FIGURE, OwnFigures, day_grid
from interface.app.demand_sections.today import during_the_day
from interface.app.grids.component import load_grids
from interface.app.grids.editable import editable
from interface.app.grids.subject import of_page
from interface.app.jobs.demand import ForecastRequest, forecast
from interface.app.jobs.study_widgets import study
from interface.app.literal import literal
from interface.app.widgets import chart, grid, header, one_of, palette
from interface.language.messages import _, marked
from interface.language.numbers import number
from models.forecasting.forecast import DemandForecast
from scenarios.errors import PlannerError

MONTHS_FROM = 60  # days from which a forecast is shown by month, too
HOLIDAYS = {marked("As on past holidays"): "as before", marked("Open"): "open", marked("Closed"): "closed"}
work = header(_("Demand"), _("History of contacts, forecast with its error, and the forecast as a scenario"))
load_grids()

file = history_file(work)
ready = file.read

# -- special days and the forecast ---------------------------------------------------------------------------------
with grid("11rem", key="demand-settings"):
    days = int(st.number_input(_("Days to forecast"), 1, 366, 14, key="demand-ahead"))
    level = (
        float(st.selectbox(_("Band covers"), [0.8, 0.9, 0.95], format_func=lambda share: f"{100 * share:.0f} %")) or 0.8
    )
    country = st.text_input(_("Public holidays of"), placeholder=_("DE or DE-BY"), key="demand-country").strip()
    pay_days = st.text_input(_("Pay days"), placeholder=_("15, last"), key="demand-pay-days")
    rule = HOLIDAYS[str(st.selectbox(_("On holidays"), list(HOLIDAYS), format_func=_, key="demand-holidays"))]
with st.expander(_("Events: campaigns, mailings, school holidays")):
    st.caption(_("Without a change in per cent, the size is learnt from earlier events of the same name."))
    st.session_state.setdefault("demand-events", ())
    types = tuple(ready.history.types)
    editable(work, "demand-events", partial(event_grid, types=types), of_page(work, "demand-events"))
try:
    entered = events_from(st.session_state["demand-events"])
    request = ForecastRequest(days, country, pay_days_from(pay_days), entered, rule)  # type: ignore[arg-type]
except PlannerError as problem:
    st.error(literal(problem))
    st.stop()
key = (file.key, request)
result, current = study(PAGE, key, _("Forecast"), forecast, ready.history, request, steps="contact types")

of = one_of(_("Contact type"), list(ready.history.types), "demand-type")
series = ready.history.types[of]
if result is None or (not current and of not in result.types):
    if series.counts.shape[1] > 1:
        chart(weekday_heat_map(series), PAGE)
    st.stop()
if not current:
    st.info(_("Out of date: the history or the settings changed since this forecast. Forecast again."))
found: DemandForecast = result
if of not in found.types:
    st.info(_("No forecast of {of}: {notes}").format(of=literal(of), notes=literal("; ".join(found.notes))))
    st.stop()

# -- results -------------------------------------------------------------------------------------------------------
figures: OwnFigures = st.session_state.setdefault("demand-edits", {})
final = found.with_day_totals(figures)
part = found.types[of]
by_interval, by_day = part.errors.error(part.method)
st.subheader(
    _("{of}: {contacts} contacts in {count} open days, by {method}").format(
        of=literal(of), contacts=number(final.types[of].volume.sum(), ",.0f"), count=len(part.days), method=part.method
    ),
    anchor=False,
)
verdict = part.errors.verdict(part.method)
st.markdown(
    _("Past error: {by_day} % of days, {by_interval} % of intervals. {verdict}").format(
        by_day=number(100 * by_day, ".1f"), by_interval=number(100 * by_interval, ".1f"), verdict=verdict
    )
)
chart(history_and_forecast(series, part, level, palette(), final.types[of]), PAGE)
if series.counts.shape[1] > 1:
    chart(weekday_heat_map(series), PAGE)
st.subheader(_("Forecast by day"), anchor=False)
st.caption(
    _("Figures entered under “{column}” replace the forecast, and stay when it is made again.").format(
        column=OWN_FIGURE
    )
)
own = of_page(work, "demand-edits")
editable(work, f"demand-days-{of}", partial(day_grid, forecast=found, name=of, level=level), own)
if figures and st.button(_("Remove all your figures"), key="demand-clear"):
    own.replace("", {})
    st.rerun()
special = special_days(ready.history, request, found)
if len(special):
    st.subheader(_("Special days"), anchor=False)
    st.dataframe(special, hide_index=True, alt=_("Special days of the forecast"))
if found.days >= MONTHS_FROM:
    st.subheader(_("Forecast by month"), anchor=False)
    st.dataframe(month_rows(final, of, level), hide_index=True, alt=_("Forecast by month with its band"))
with st.expander(_("Past errors of all methods")):
    st.dataframe(error_rows(found, of), hide_index=True, alt=_("Errors of each method by days ahead"))
    st.caption(
        _(
            "Each method forecast past days from what was known before them. Error: sum of the absolute errors as a "
            "share of the contacts."
        )
    )
for line in found.notes:
    st.caption(literal(line))
targets = into_scenario(work, PAGE, final, level)
during_the_day(work, final, of, targets, file.layout)
