"""What a bot saves: the lowest-cost staffing at each level of containment, its ramp-up, and scaled staffing."""

import numpy as np
import streamlit as st

from interface.app.automation import findings, first_weeks, picked, sweep_findings
from interface.app.bot_drift.section import show_drift
from interface.app.jobs.runs import RunRequest
from interface.app.jobs.studies import frontiers
from interface.app.jobs.study_widgets import study
from interface.app.literal import literal
from interface.app.session import FEWEST
from interface.app.widgets import grid, header, palette, run_page
from interface.language.messages import _, marked
from interface.language.numbers import number
from models.whatif.containment import bot_of, false_share_now
from scenarios.errors import PlannerError
from studies.planning import FORMULA, SEARCH, PlanningMethod
from studies.sweep import EVERYBODY, Sweep, with_bot

PAGE = "automation"
DAYS = marked({"Quick": 50, "Standard": 100, "High": 200})
work = header(_("Automation"), _("What bot containment saves, and the staff you still need"))
scenario, currency, colours = work.scenario, work.scenario.currency, palette()

# -- the question -------------------------------------------------------------------------------------------------
fronted = [contact_type.name for contact_type in scenario.contact_types if contact_type.bot]
with grid("15rem", key="frontier-choices"):
    name = st.selectbox(
        _("Bot for contact type"),
        scenario.type_names,
        index=scenario.type_names.index(fronted[-1]) if fronted else 0,
        help=_("A contact type without a bot gets one without cost or session time."),
    )
    centre = with_bot(scenario, name)
    bot = bot_of(centre, name)
    own = round(100 * false_share_now(bot), 1) if bot.claimed_containment else 25.0
    top = int(100 * (1 - bot.left) + 1e-6) // 10 * 10
    if top < 10:
        st.error(
            _("{name}: {left} % abandon in the bot, so that too few remain to contain.").format(
                name=literal(name), left=number(100 * bot.left, ".0f")
            )
        )
        st.stop()
    high = st.slider(_("Claimed containment up to (%)"), 0, top, min(80, top), step=10, key=f"frontier-top-{name}")
    false_shares = st.multiselect(
        _("False containment rate (%)"),
        sorted({0.0, 10.0, 25.0, 40.0, 60.0, own}),
        default=sorted({10.0, own, 40.0}),
        format_func="{:g}".format,
        key=f"frontier-false-{name}-{own}",
        help=_("Share of the contained contacts that naive reports count as resolved but that were not helped."),
    )
    precision = st.segmented_control(
        _("Precision"), DAYS, default="Standard", format_func=_, required=True, key="frontier-tries"
    )
if not any(rule.after == "falsely-contained" for rule in scenario.contact_type(name).follow_ups):
    st.warning(
        _(
            "{name} has no repeat contacts after false containment, so savings are overstated. Add a follow-up rule."
        ).format(name=literal(name))
    )
levels = tuple(level / 100 for level in range(0, max(high, 10) + 1, 10))
false = tuple(sorted(share / 100 for share in false_shares)) or (own / 100,)

# -- the frontier --------------------------------------------------------------------------------------------------
methods = {planner: PlanningMethod(planner, DAYS[precision or "Standard"]) for planner in (FORMULA, SEARCH)}
key = (scenario.fingerprint, name, levels, false, methods[FORMULA].replications)
request = (centre, name, levels, false)
left, right = st.columns(2)
with left:
    quick, fresh = study(f"{PAGE}-{FORMULA}", key, _("Plan each level (Erlang)"), frontiers, *request, methods[FORMULA])
    st.caption(_("Erlang staffing, raised until every target is met by simulation; validated on new simulated days."))
results, planner = quick, FORMULA
if quick is not None:
    with right:
        page, label = f"{PAGE}-{SEARCH}", _("Plan each level (Optimiser)")
        optimised, newest = study(page, key, label, frontiers, *request, methods[SEARCH], main=False)
        plans, seconds = len(false) * (len(levels) - 1) + 1, methods[SEARCH].seconds
        st.caption(
            _("{plans} plans, at most {seconds} s each: up to {minutes} min.").format(
                plans=plans, seconds=number(seconds, ".0f"), minutes=number(plans * seconds / 60, ".0f")
            )
        )
    if newest or (optimised is not None and not fresh):
        results, planner, fresh = optimised, SEARCH, newest
if results is not None:
    if not fresh:
        st.info(_("Out of date: scenario changed since this run. Run again."))
    frontier = picked(results, own / 100)
    findings(work, results, frontier, methods[planner], colours, fresh=fresh)
    if not frontier.kept.empty and frontier.contact_type in scenario.type_names:
        first_weeks(work, frontier, colours)

# -- a bot that drifts ---------------------------------------------------------------------------------------------
st.divider()
show_drift(work, name)

# -- scaled staffing -----------------------------------------------------------------------------------------------
st.divider()
st.subheader(_("What if we scale today's staffing?"), anchor=False)
st.caption(
    _(
        "Scales current staffing up or down for each containment level; no re-planning. Agents stay in their groups "
        "and hours, so this shows the limits of the current staffing pattern, not the lowest cost."
    )
)
with grid("15rem", key="sweep-choices"):
    group = st.selectbox(_("Agent group"), [EVERYBODY, *scenario.group_names])
    ends = st.slider(_("Claimed containment (%)"), 0, top, (0, min(60, top)), step=5, key=f"containment-{name}")
    scales = st.slider(_("Agents (% of current)"), 50, 150, (80, 120), step=5)
    share = st.number_input(
        _("False containment rate (%)"), 0.0, 100.0, own, step=5.0, format="%g", key=f"false-{name}-{own}"
    )
    steps = int(st.number_input(_("Grid size"), 2, 9, 5))
sweep = Sweep(
    name,
    group,
    tuple(round(float(level), 3) for level in np.linspace(*ends, steps if ends[1] > ends[0] else 1) / 100),
    tuple(round(float(scale), 3) for scale in np.linspace(*scales, steps if scales[1] > scales[0] else 1) / 100),
    share / 100,
)
try:
    scenarios = sweep.scenarios(scenario)
except PlannerError as problem:
    st.error(literal(problem))
    st.stop()


def plan(replications: int) -> RunRequest:
    """The sweep, with fewer simulated days for each of its many scenarios."""
    return RunRequest(scenarios, max(FEWEST, replications // 4), about=sweep)


last = run_page(
    work, PAGE, plan, _("{count} combinations. All use the same simulated demand.").format(count=len(scenarios))
)
if last is not None:
    sweep_findings(last, currency, colours)
