"""A bot's containment against staffing: what meets every target, what it costs, what containment really saves."""

import numpy as np
import streamlit as st

from interface import export
from interface.jobs import Plan
from interface.parts import chart, grid, header, palette, run_page
from interface.session import FEWEST
from interface.study_charts import feasible, savings
from interface.sweep import EVERYBODY, Sweep, cheapest, in_words
from interface.words import shown
from scenarios.contact_types import Bot
from scenarios.errors import PlannerError

PAGE = "automation"
work = header("Automation", "how much a bot may take over, and how many people that leaves to plan")
scenario = work.scenario

# -- what is varied ------------------------------------------------------------------------------------------------
with_bot = [kind.name for kind in scenario.contact_types if kind.bot]
with grid("16rem", key="sweep-choices"):
    name = st.selectbox(
        "Bot in front of",
        scenario.type_names,
        index=scenario.type_names.index(with_bot[-1]) if with_bot else 0,
        help="A type without a bot is given one without cost or session time.",
    )
    group = st.selectbox("Heads of", [EVERYBODY, *scenario.group_names])
    bot = scenario.contact_type(name).bot or Bot()
    top = int(100 * (1 - bot.left)) // 5 * 5
    low, high = st.slider("Claimed containment (%)", 0, top, (0, min(60, top)), step=5, key=f"containment-{name}")
    least, most = st.slider("Heads (% of today)", 50, 150, (80, 120), step=5)
    wrong = st.number_input(
        "Of these falsely contained (%)",
        0.0,
        100.0,
        round(100 * bot.falsely_contained / bot.claimed_containment, 1) if bot.claimed_containment else 25.0,
        step=5.0,
        key=f"false-{name}-{work.edition}",
        help="They count as contained in naive reports but were not helped.",
    )
    steps = int(st.number_input("Steps each way", 2, 9, 5))
if not any(rule.after == "falsely-contained" for rule in scenario.contact_type(name).follow_ups):
    st.warning(f"In this scenario nobody who is falsely contained in {name} comes back, so the savings look too good.")

sweep = Sweep(
    name,
    group,
    tuple(round(float(share), 3) for share in np.linspace(low, high, steps if high > low else 1) / 100),
    tuple(round(float(scale), 3) for scale in np.linspace(least, most, steps if most > least else 1) / 100),
    wrong / 100,
)
try:
    scenarios = sweep.scenarios(scenario)
except PlannerError as problem:
    st.error(str(problem))
    st.stop()


def plan(replications: int) -> Plan:
    """The sweep, with fewer replications for each of its many scenarios."""
    return Plan(scenarios, max(FEWEST, replications // 4), about=sweep)


last = run_page(work, PAGE, plan, f"{len(scenarios)} combinations, all on the same customers")
if last is None:
    st.stop()

# -- what was found ------------------------------------------------------------------------------------------------
sweep, currency, colours = last.plan.about, scenario.currency, palette()
table = sweep.table(last.findings)
best = cheapest(table)
if best is None:
    st.subheader("No combination surely meets every target", anchor=False)
    unsure = table[table["status"] == "unsure"]
    if len(unsure):
        st.caption(f"{len(unsure)} are in doubt: choose a finer precision to decide them.")
else:
    st.subheader(
        f"Cheapest: {best['containment']:.0%} containment with {best['scale']:.0%} of the heads, "
        f"{shown(best['cost'], 'money', currency)}".replace("%", " %"),
        anchor=False,
    )
    st.caption(
        f"Truly resolved by the bot: {best['true']:.0%} of its sessions".replace("%", " %")
        + f" · {best['agent_hours']:,.0f} agent hours · {last.replications} replications each, 95 % intervals decide"
    )
with grid("28rem", key="sweep-pictures"):
    chart(feasible(table, currency, best, sweep.group, colours), PAGE)
    if len(sweep.containments) > 1:
        chart(savings(sweep.savings(last.findings), colours), PAGE)
if len(sweep.containments) > 1:
    st.caption(in_words(sweep.savings(last.findings)))
with st.container(horizontal=True):
    st.download_button("CSV", lambda: export.csv(table), "automation.csv", on_click="ignore")
    st.download_button("Excel", lambda: export.workbook({"Combinations": table}), "automation.xlsx", on_click="ignore")
