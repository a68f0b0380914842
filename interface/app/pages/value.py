"""Customer value: what service costs and what it is worth, with the churn that bad contacts cause."""

from functools import partial

import streamlit as st

from interface import export
from interface.app.charts.service_quality import cumulative
from interface.app.jobs.service_quality import qualities_of
from interface.app.jobs.study_widgets import study
from interface.app.literal import literal
from interface.app.widgets import chart, grid, header, made, palette
from interface.formatting import shown
from interface.language.messages import _
from interface.language.numbers import number
from models.value.economics import CustomerEconomics
from models.value.loyalty import BAND, LoyaltyAssumptions
from models.value.outlook import options_table, outlook
from scenarios.errors import PlannerError
from studies.customer_value import service_option
from studies.service_quality import MONTH

PAGE = "value"
work = header(_("Value"), _("What service costs, and what the loyalty of customers is worth"))
scenario, currency = work.scenario, work.scenario.currency
money_name = currency or _("money")

# -- the scenarios -------------------------------------------------------------------------------------------------
saved = {name: variant.scenario for name, variant in work.variants.items()}
variants = {name: variant for name, variant in saved.items() if variant.currency == currency}
chosen: list[str] = []
if variants:
    about = _("Variants saved on Scenario.")
    chosen = st.multiselect(_("Compare with"), list(variants), key="value-variants", help=about)
else:
    st.caption(_("To compare, save a variant on Compare: fewer agents, say, or a bot."))
    st.page_link("interface/app/pages/compare.py", label=_("Compare"))
scenarios = (scenario, *(variants[name] for name in chosen))
key = tuple(part.fingerprint for part in scenarios)
qualities, fresh = study(PAGE, key, _("Run"), qualities_of, scenarios, MONTH, steps="scenarios")

# -- the assumptions -----------------------------------------------------------------------------------------------
st.subheader(_("Assumptions: replace them by your own"), anchor=False)
with grid("13rem", key="value-assumptions"):
    earned = _("Income per customer and year ({currency})").format(currency=money_name)
    income = st.number_input(earned, 0.01, None, 120.0, format="%g")
    churn = st.number_input(_("Churn for other reasons (% a year)"), 0.1, 100.0, 20.0, step=1.0, format="%g")
    per_year = st.number_input(_("Contacts per customer and year"), 0.0, 100.0, 2.0, step=0.5, format="%g")
    customers = st.number_input(_("Customers"), 0.0, None, 10_000.0, step=1000.0, format="%g")
    spent = _("One-off cost of the change ({currency})").format(currency=money_name)
    investment = st.number_input(spent, 0.0, None, 0.0, step=1000.0, format="%g")
    asymmetry = st.slider(
        _("Asymmetry of loyalty"),
        0.0,
        1.0,
        0.9,
        help=_("0: a good contact wins as much loyalty as a bad one loses. 1: good service is taken for granted."),
    )
    first = st.number_input(_("Leaving after a bad contact (%)"), 0.0, 100.0, 2.0, step=1.0, format="%g")
    second = st.number_input(_("After the second in a row (%)"), 0.0, 100.0, 5.0, step=1.0, format="%g")
    further = st.number_input(_("After each further one (%)"), 0.0, 100.0, 15.0, step=1.0, format="%g")
    recovery = st.number_input(
        _("Recovered by goodwill (%)"),
        0.0,
        100.0,
        5.0,
        step=5.0,
        format="%g",
        help=_("About 30 % with a gesture of goodwill."),
    )
if qualities is None:
    st.caption(_("Simulates a month of each scenario, and takes its bad contacts and its cost per case from there."))
    st.stop()
if not fresh:
    st.info(_("Out of date: scenario changed since this run. Run again."))

# -- the value -----------------------------------------------------------------------------------------------------
try:
    economics = CustomerEconomics(income, 0.0, churn / 100)
    assumptions = LoyaltyAssumptions((first / 100, second / 100, further / 100), asymmetry, recovery / 100)
    options = [service_option(part, quality, per_year) for part, quality in zip(scenarios, qualities, strict=False)]
    table = options_table(options, economics, assumptions)
except PlannerError as problem:
    st.error(literal(problem))
    st.stop()
now = table.iloc[0]
low, high = now[f"value_at_{100 * BAND[-1]:g}"], now[f"value_at_{100 * BAND[0]:g}"]
st.subheader(
    _("A customer is worth {value}; {lost_to_service} % of leavers leave after a bad contact").format(
        value=literal(shown(now["value"], "money", currency)),
        lost_to_service=number(100 * now["lost_to_service"], ".1f"),
    ),
    anchor=False,
)
st.caption(
    _(
        "Between {low} and {high} if 32 % or 2 % leave after every bad contact: the churn per "
        "bad contact is an assumption, and the answer rests on it."
    ).format(low=literal(shown(low, "money", currency)), high=literal(shown(high, "money", currency)))
)
money = {"cost_to_serve": _("Cost to serve a year"), "value": "Value"}
values = {
    f"value_at_{100 * share:g}": _("Value if {share} % leave").format(share=number(100 * share, "g")) for share in BAND
}
shares = {"red": _("Red contacts"), "churn_rate": _("Churn a year"), "lost_to_service": _("Of it after bad contacts")}
shares |= {"break_even_churn": _("Break-even churn")}
readable = table.rename(columns={"option": "Scenario"})[["Scenario"]]
for name, heading in (money | shares | values).items():
    unit = "share" if name in shares else "money"
    texts = [shown(value, unit, currency) if unit == "money" else f"{100 * value:.2f} %" for value in table[name]]
    readable[heading] = texts
st.dataframe(readable, hide_index=True, alt=_("Cost to serve, churn and value of each scenario"))
st.caption(
    _(
        "Value = (income - cost to serve) x lifetime. Break-even churn: from it on, a scenario is worth less than the "
        "current one, whatever it saves."
    )
)
outlooks = {}
for option in options[1:]:
    plan = outlook(options[0], option, economics, assumptions, customers=customers, investment=investment)
    outlooks[option.name] = plan.rows
    st.markdown(
        _("**{name}** instead of {other}: {payback}").format(
            name=literal(option.name), other=literal(options[0].name), payback=literal(plan.in_words())
        )
    )
if outlooks:
    chart(cumulative(outlooks, currency, palette()), PAGE)
sheets = {"Value": table} | {f"Months {number}": rows for number, rows in enumerate(outlooks.values(), 1)}
st.download_button(_("Download (Excel)"), partial(made, export.workbook, sheets), "value.xlsx", on_click="ignore")
