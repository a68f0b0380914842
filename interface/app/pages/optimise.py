"""The lowest-cost staffing that meets every target: watched as it is found, then applied to the scenario."""

import math
from functools import partial

import numpy as np
import streamlit as st

from interface import export
from interface.app.charts.optimise import heat_map, history
from interface.app.jobs.jobs import Job, Refused
from interface.app.jobs.optimise import (
    FLOORS,
    HOURS,
    PRICED,
    checked,
    chosen_further,
    cost_lines,
    further,
    headline,
    optimised,
    out_of_date,
    price_table,
    priced,
    rules_of,
    sentence_case,
    taken,
    until_begun,
    wages,
    worth,
)
from interface.app.jobs.progress import COMPILING
from interface.app.jobs.study_widgets import page_studies, study
from interface.app.literal import literal
from interface.app.study_tables import readable
from interface.app.verdicts import Tile
from interface.app.widgets import chart, grid, header, made, palette, show_tile
from interface.formatting import STATUS, days_or_periods, shown
from interface.language.messages import _, marked
from interface.language.numbers import number
from interface.language.tables import translated
from interface.reports.plan import command_options, plan_report
from models.optimisation.plan import Plan
from models.optimisation.plan_notes import in_one_line
from models.optimisation.target_costs import TargetCost
from models.whatif.insurance import Insurance

PAGE, PRICES = "optimise", "optimise-prices"
SECONDS = marked({"30 seconds": 30.0, "2 minutes": 120.0, "10 minutes": 600.0})
GAPS = marked({"5 % of optimal": 0.05, "2 % of optimal": 0.02, "1 % of optimal": 0.01, "as close as possible": 0.0})
COLUMNS = marked(
    {"Of": "Type or group", "Wanted": "Required", "Value": "Result", "Low": "95 % low", "High": "95 % high"}
)
work = header(_("Optimise"), _("Lowest-cost staffing that meets every target, checked by simulation"))
scenario, currency, colours = work.scenario, work.scenario.currency, palette()

# -- the question -------------------------------------------------------------------------------------------------
fits = {name: block for name, block in HOURS.items() if not block % scenario.horizon.interval}
with grid("13rem", key="search-choices"):
    block = st.selectbox(
        _("Staffing can change"), list(fits), index=list(fits).index("every hour"), format_func=_, key="block"
    )
    floor = st.selectbox(
        _("Floor in every open hour"),
        list(FLOORS),
        format_func=_,
        index=1,
        key="floor",
        help=_(
            "Lowest service level of any open hour, at least 50 %, so that no hour is given up for the day's average. "
            "For contacts that wait for an answer; work that may wait has none."
        ),
    )
    even = st.toggle(
        _("Even staffing"),
        value=True,
        key="even",
        help=_(
            "No peaks or dips of staffing shorter than 2 hours, a small price on each change from hour to hour (a "
            "tenth of an agent-hour, not paid), and equal staffing in hours that repeat or do not count, such as a "
            "warm-up."
        ),
    )
    gap = st.selectbox(_("Stop when within"), list(GAPS), format_func=_, index=1, key="gap")
    seconds = st.selectbox(_("Time limit"), list(SECONDS), format_func=_, index=1, key="seconds")
variants = {name: variant.scenario for name, variant in work.variants.items()}
names = st.multiselect(
    _("Also meet the targets with"),
    further(scenario, variants),
    key="also",
    placeholder=_("Nothing else"),
    help=_(
        "One plan that meets every target also if an assumption is wrong, or in a saved variant of the same centre "
        "(a sale day); and what that insurance costs more. The time limit is for both plans."
    ),
)
also = chosen_further(scenario, variants, names)
rules = rules_of(floor, even)
key = (scenario.fingerprint, block, rules, gap, seconds, tuple((each.title, each.fingerprint) for each in also))
studies = page_studies(PAGE)
job = studies.current
with st.container(horizontal=True):
    if st.button(_("Optimise"), type="primary", disabled=job is not None and job.running):
        job = studies.start(key, optimised, scenario, also, fits[block], rules, GAPS[gap], SECONDS[seconds], 1)
    if job is not None and job.running:
        st.button(_("Stop and keep the best plan"), on_click=job.progress.stop)


@st.fragment(run_every=0.7)
def live(job: Job) -> None:
    """The search under way: best cost and lower bound, and the best plan so far."""
    if not job.running:
        st.rerun()
    steps = job.findings
    if not steps:
        started = job.progress.latest is not None
        st.progress(0.0, text=sentence_case(COMPILING.strip(" ·")) if started else _("Waiting for a free processor"))
        st.skeleton(280)
        return
    last = steps[-1]
    best = (
        _("no plan yet")
        if not math.isfinite(last.cost)
        else _("best plan {cost}").format(cost=shown(last.cost, "money", currency))
    )
    bound = _("lower bound {bound}").format(bound=shown(last.bound, "money", currency))
    text = f"{last.seconds:.0f} s · {best} · {bound} · {sentence_case(last.doing)}"
    share = last.bound / last.cost if last.cost > 0 and math.isfinite(last.cost) else 0.0
    st.progress(min(share, 1.0), text=text.rstrip(" ·"))
    chart(history(steps, currency, colours), f"{PAGE}-live")
    if last.staffing is not None:
        chart(heat_map(np.asarray(last.staffing), scenario, colours), f"{PAGE}-live")


if job is not None and job.running:
    live(job)
    st.stop()
if job is not None:
    if isinstance(job.answer, Refused):
        st.error(literal(job.answer.text))
    else:
        studies.answered = job
if studies.answered is None:
    st.caption(
        _(
            "Starts from the Erlang plan and improves it by simulation; all plans are compared on the same simulated "
            "days. The final plan is checked on new days. You can stop at any time and keep the best plan so far."
        )
    )
    st.stop()
answer: Plan | Insurance = studies.answered.answer
insurance = answer if isinstance(answer, Insurance) else None
plan = answer.plan if isinstance(answer, Insurance) else answer


def apply() -> None:
    """Apply the plan to the scenario; undo leads back."""
    work.change(PAGE, lambda scenario: taken(scenario, plan), typed=False)


_scenario_then, block_then, rules_then, gap_then, seconds_then, further_then = studies.answered.request
for_each = SECONDS[seconds_then] / (2 if further_then else 1)
options_then = command_options(HOURS[block_then], rules_then, GAPS[gap_then], for_each)
options_then += "".join(f' --also "{title}"' for title, _scenario in further_then)
seconds_per_target = PRICED * SECONDS[seconds_then]
priced_key = (plan.scenario.fingerprint, plan.cost, seconds_per_target)


def known_costs() -> tuple[TargetCost, ...]:
    """The costs of this plan's targets, if they were computed."""
    last = page_studies(PRICES).answered
    return last.answer if last is not None and last.request == priced_key else ()


# -- the plan ------------------------------------------------------------------------------------------------------
st.subheader(literal(headline(plan, currency)), anchor=False)
simulated = days_or_periods(plan.scenario.horizon.days)
st.markdown(literal(in_one_line(plan, lambda cost: shown(cost, "money", currency), simulated)))
if insurance is not None:
    lines = insurance.lines(lambda cost: shown(cost, "money", currency))
    st.markdown("\n".join(f"- {literal(line)}." for line in lines))
stale = out_of_date(scenario, plan)
applied = not stale and bool((plan.scenario.staffing == scenario.staffing).all())
with st.container(horizontal=True, vertical_alignment="center"):
    if applied:
        st.button(_("Undo"), on_click=work.undo, disabled=not work.past)
        st.caption(_("Plan applied"))
    else:
        st.button(_("Apply this plan"), type="primary", on_click=apply, disabled=stale)
    st.download_button(
        *(_("Download plan (Excel)"), partial(made, export.plan_workbook, plan, known_costs()), "plan.xlsx"),
        on_click="ignore",
    )
    st.download_button(
        *(_("Download plan (CSV)"), lambda: export.csv(export.staffing_grid(plan.scenario)), "plan.csv"),
        on_click="ignore",
    )
    with st.popover(_("Report")), st.container(width=380):
        question = st.text_area(_("Question"), key="optimise-question", persist_state="session")
        st.download_button(
            _("Download the report (HTML)"),
            lambda: made(plan_report, plan, question or "", work.project.note, options_then),
            "plan.html",
            "text/html",
            on_click="ignore",
            type="primary",
        )
        st.caption(_("One file for a browser: print it, or save it as PDF. Notes of the Scenario page are included."))
if stale:
    st.warning(_("Out of date: scenario changed since this run. Optimise again to apply a plan."))
elif studies.answered.request != key and not applied:
    st.info(_("These results are for the previous settings. Optimise again to update them."))

before = wages(plan.scenario.replace(agent_groups=scenario.agent_groups)) if not stale and not applied else None
with grid(key="plan-tiles"):
    money = shown(plan.cost, "money", currency)
    show_tile(Tile(_("Cost"), money, "plain", sentence_case(plan.gap_text), cost_lines(plan, before, currency)))
    for target in plan.constraints:
        unit = "s" if target.constraint.measure == "asa" else "share"
        status = target.status()
        title = f"{target.constraint.of}: {target.constraint.text}"
        checked_on = _("checked on {replications} new {simulated}").format(
            replications=number(plan.replications, ","), simulated=simulated
        )
        show_tile(Tile(title, shown(target.value, unit), status, _(STATUS[status]), (checked_on,)))
chart(heat_map(np.asarray(plan.staffing), plan.scenario, colours), PAGE)
chart(history((*plan.steps, checked(plan)), currency, colours), PAGE)
st.caption(
    _(
        "The best cost may rise: each stage simulates more days, and a plan that no longer meets every target on "
        "them is dropped. The lower bound may fall: an estimate is corrected by each plan simulated."
    )
)
st.subheader(_("Binding target and marginal value of an agent"), anchor=False)
st.markdown(
    _("- Binding target: {binding}.\n").format(binding=literal(plan.binding))
    + "\n".join(f"- {literal(line)}" for line in worth(plan, currency))
)
with st.expander(_("Details: lower bound and notes")):
    bound = (
        f"{_('Estimated lower bound') if plan.estimated else _('Lower bound')} {shown(plan.bound, 'money', currency)}"
    )
    notes = [
        _("{bound}; holds if {bound_holds}").format(bound=bound, bound_holds=plan.bound_holds),
        *map(sentence_case, plan.notes),
        until_begun(plan.scenario),
    ]
    st.markdown("\n".join(f"- {literal(note)}." for note in notes if note))
constraints = plan.constraints_table()
units = ["s" if measure == "asa" else "share" for measure in constraints["measure"]]
st.dataframe(
    translated(readable(constraints.drop(columns="measure").assign(unit=units), currency).rename(columns=COLUMNS)),
    hide_index=True,
    alt=_("Every target with its 95 % interval on new days"),
)
with st.container(horizontal=True):
    st.download_button(_("Targets (CSV)"), lambda: export.csv(constraints), "targets.csv", on_click="ignore")
    st.download_button(_("Search history (CSV)"), lambda: export.csv(plan.history()), "search.csv", on_click="ignore")

if insurance is not None:
    st.stop()  # the cost of a target is that of one scenario

# -- the cost of targets ---------------------------------------------------------------------------------------------
st.subheader(_("What the last 5 points of each target cost"), anchor=False)
st.caption(
    _(
        "Each target in turn is relaxed by 5 points (a time by 5 %), and staffing is optimised again from this plan. A "
        "cost below the optimality gap of the two searches is not meaningful."
    )
)
method = (plan.scenario, plan, HOURS[block_then], rules_then, seconds_per_target, 1)
prices, fresh = study(PRICES, priced_key, _("Cost of each target"), priced, *method, steps="targets", main=False)
if prices is not None and fresh:
    table = price_table(prices, currency).map(literal).rename(columns=_)
    st.table(table.set_index(table.columns[0]))  # which, unlike a grid, folds on a phone
