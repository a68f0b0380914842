"""The cheapest staffing that meets every target: watched as it is found, then taken into the scenario."""

import math
from functools import partial
from typing import cast

import numpy as np
import streamlit as st

from interface import export
from interface.app.charts.optimise import heat_map, history
from interface.app.jobs.jobs import Refused
from interface.app.jobs.optimise import (
    HOURS,
    PRICED,
    checked,
    optimised,
    out_of_date,
    price_table,
    priced,
    taken,
    until_begun,
    wages,
    worth,
)
from interface.app.jobs.task_widgets import asked, study
from interface.app.jobs.tasks import Task, start_task
from interface.app.session import workers
from interface.app.study_tables import readable
from interface.app.verdicts import Tile
from interface.app.widgets import chart, grid, header, made, palette, show_tile
from interface.formatting import STATUS, difference, shown
from models.optimisation.plan import Plan
from models.optimisation.target_costs import TargetCost

PAGE, PRICES = "optimise", "optimise-prices"
SECONDS = {"30 seconds": 30.0, "2 minutes": 120.0, "10 minutes": 600.0}
GAPS = {"5 %": 0.05, "2 %": 0.02, "1 %": 0.01, "as near as it gets": 0.0}
work = header("Optimise", "the cheapest staffing that meets every target, tried contact by contact")
scenario, currency, colours = work.scenario, work.scenario.currency, palette()

# -- what is searched ----------------------------------------------------------------------------------------------
fits = {name: block for name, block in HOURS.items() if not block % scenario.horizon.interval}
with grid("13rem", key="search-choices"):
    block = st.selectbox("Heads may change", list(fits), index=list(fits).index("every hour"), key="block")
    gap = st.selectbox("Stop this near to the bound", list(GAPS), index=1, key="gap")
    seconds = st.selectbox("Stop at the latest after", list(SECONDS), index=1, key="seconds")
key = (scenario.fingerprint, block, gap, seconds)
mine = asked(PAGE)
running = mine.now is not None and mine.now.running
with st.container(horizontal=True):
    if st.button("Search", type="primary", disabled=running):
        if mine.now is not None and mine.now is not mine.answered:
            mine.now.forget()
        how = (fits[block], GAPS[gap], SECONDS[seconds], 1)
        mine.now = start_task(workers(), key, optimised, scenario, *how)
        running = True
    if running and mine.now is not None:
        st.button("Stop with the best so far", on_click=mine.now.box.stop)


@st.fragment(run_every=0.7)
def live(one: Task) -> None:
    """The search as it goes on: where it stands, best cost and bound, and the plan so far."""
    if not one.running:
        st.rerun()
    steps = one.box.news()
    if not steps:
        words = "Compiling the fast engine, which happens once" if steps is not None else "Waiting for a free worker"
        st.progress(0.0, text=words)
        st.skeleton(280)
        return
    last = steps[-1]
    near = "no plan yet" if not math.isfinite(last.cost) else f"best plan {shown(last.cost, 'money', currency)}"
    text = f"{last.seconds:.0f} s · {near} · bound {shown(last.bound, 'money', currency)} · {last.doing}"
    share = last.bound / last.cost if last.cost > 0 and math.isfinite(last.cost) else 0.0
    st.progress(min(share, 1.0), text=text.rstrip(" ·"))
    chart(history(steps, currency, colours), f"{PAGE}-live")
    if last.staffing is not None:
        chart(heat_map(np.asarray(last.staffing), scenario, colours), f"{PAGE}-live")


if running and mine.now is not None:
    live(mine.now)
    st.stop()
if mine.now is not None and not running:
    if isinstance(mine.now.answer, Refused):
        st.error(mine.now.answer.text)
    else:
        mine.answered = mine.now
if mine.answered is None:
    st.caption(
        "Formulas give a start; every plan is then played on the same customers, and the last one is checked on others "
        "that the search never saw. It can be stopped at any time."
    )
    st.stop()
plan: Plan = mine.answered.answer


def take() -> None:
    """Take the plan into the scenario; undo leads back."""
    work.change(PAGE, lambda now: taken(now, plan), typed=False)


_, block_then, _, seconds_then = cast("tuple[str, str, str, str]", mine.answered.key)
each = PRICED * SECONDS[seconds_then]
priced_key = (plan.scenario.fingerprint, plan.cost, each)


def known_prices() -> tuple[TargetCost, ...]:
    """The prices of this plan's targets, if they were asked for."""
    last = asked(PRICES).answered
    return last.answer if last is not None and last.key == priced_key else ()


# -- what was found ------------------------------------------------------------------------------------------------
words = {
    "met": "Every target is met",
    "inconclusive": "Not every target is met beyond doubt",
    "missed": "Not every target is met",
}
st.subheader(f"{words[plan.status]}, for {shown(plan.cost, 'money', currency)}", anchor=False)
stale = out_of_date(scenario, plan)
here = not stale and bool((plan.scenario.staffing == scenario.staffing).all())
with st.container(horizontal=True, vertical_alignment="center"):
    if here:
        st.button("Undo", on_click=work.undo, disabled=not work.past)
        st.caption("The scenario has this plan.")
    else:
        st.button("Take this plan", type="primary", on_click=take, disabled=stale)
    st.download_button(
        *("Plan, Excel", partial(made, export.plan_workbook, plan, known_prices()), "plan.xlsx"), on_click="ignore"
    )
    st.download_button(
        "Plan, CSV", lambda: export.csv(export.staffing_grid(plan.scenario)), "plan.csv", on_click="ignore"
    )
if stale:
    st.warning("Out of date: the scenario has changed since this search. Search again to take a plan.")
elif mine.answered.key != key and not here:
    st.info("What follows was found before your last change.")

before = wages(plan.scenario.replace(agent_groups=scenario.agent_groups)) if not stale and not here else None
more = "" if before is None else difference(plan.staffing_cost - plan.overtime - before, "money", currency)
beside = f"{more} in planned hours against the plan at hand" if more else ""
late = f"{shown(plan.overtime, 'money', currency)} of it for work after duty" if plan.overtime else ""
bots = f"{shown(plan.bot_cost, 'money', currency)} of it for bot sessions" if plan.bot_cost else ""
with grid(key="plan-tiles"):
    near = plan.gap_text
    money = shown(plan.cost, "money", currency)
    show_tile(Tile("Cost", money, "plain", near, (late, bots, beside, f"ended: {plan.ended}")))
    for one in plan.constraints:
        unit = "s" if one.constraint.measure == "asa" else "share"
        status = one.status()
        where = f"on {plan.replications:,} fresh replications"
        show_tile(
            Tile(
                f"{one.constraint.of}: {one.constraint.text}", shown(one.value, unit), status, STATUS[status], (where,)
            )
        )
chart(heat_map(np.asarray(plan.staffing), plan.scenario, colours), PAGE)
chart(history((*plan.steps, checked(plan)), currency, colours), PAGE)
st.subheader("What binds, and what an agent is worth", anchor=False)
st.markdown(f"- Tightest: {plan.binding}.\n" + "\n".join(f"- {line}" for line in worth(plan, currency)))
st.caption(
    f"{'Estimate of the least cost' if plan.estimated else 'Bound'} {shown(plan.bound, 'money', currency)}: "
    f"holds if {plan.bound_holds}. " + " ".join(f"{n}." for n in (*plan.notes, until_begun(plan.scenario)) if n)
)
constraints = plan.constraints_table()
units = ["s" if measure == "asa" else "share" for measure in constraints["measure"]]
st.dataframe(
    readable(constraints.drop(columns="measure").assign(unit=units), currency),
    hide_index=True,
    alt="Every target with its interval on fresh customers",
)
with st.container(horizontal=True):
    st.download_button("Targets, CSV", lambda: export.csv(constraints), "targets.csv", on_click="ignore")
    st.download_button("History, CSV", lambda: export.csv(plan.history()), "search.csv", on_click="ignore")

# -- what targets cost -----------------------------------------------------------------------------------------------
st.subheader("What the last points of each target cost", anchor=False)
st.caption(
    "Each target is relaxed by five points, or a twentieth of its time, and searched for again from this plan. A price "
    "is known no better than both searches know the least cost."
)
how_priced = (plan.scenario, plan, HOURS[block_then], each, 1)
prices, fresh = study(PRICES, priced_key, "Price the targets", priced, *how_priced, steps="targets", main=False)
if prices is not None and fresh:
    st.table(price_table(prices, currency).set_index("Type or group"))  # which, unlike a grid, folds on a phone
