"""How far a bot pays: the cheapest staffing at each level of containment, its first weeks, and heads only scaled."""

import numpy as np
import streamlit as st

from interface.app.automation import findings, first_weeks, picked, sweep_findings
from interface.app.jobs.jobs import RunRequest
from interface.app.jobs.studies import frontiers
from interface.app.jobs.task_widgets import study
from interface.app.session import FEWEST
from interface.app.widgets import grid, header, palette, run_page
from models.whatif.containment import bot_of, false_share_now
from scenarios.errors import PlannerError
from studies.planning import FORMULA, SEARCH, PlanningMethod
from studies.sweep import EVERYBODY, Sweep, with_bot

PAGE = "automation"
TIMES = {"Quick": 20, "Standard": 50, "Fine": 200}
work = header("Automation", "how much a bot may take over, and how many people that leaves to plan")
scenario, currency, colours = work.scenario, work.scenario.currency, palette()

# -- what is asked -------------------------------------------------------------------------------------------------
fronted = [contact_type.name for contact_type in scenario.contact_types if contact_type.bot]
with grid("15rem", key="frontier-choices"):
    name = st.selectbox(
        "Bot in front of",
        scenario.type_names,
        index=scenario.type_names.index(fronted[-1]) if fronted else 0,
        help="A type without a bot is given one without cost or session time.",
    )
    centre = with_bot(scenario, name)
    bot = bot_of(centre, name)
    own = round(100 * false_share_now(bot), 1) if bot.claimed_containment else 25.0
    top = int(100 * (1 - bot.left) + 1e-6) // 10 * 10
    if top < 10:
        st.error(f"{100 * bot.left:.0f} % leave the bot of {name} early: too few are left to contain.")
        st.stop()
    high = st.slider("Claimed containment up to (%)", 0, top, min(80, top), step=10, key=f"frontier-top-{name}")
    wrong = st.multiselect(
        "Of that, false (%)",
        sorted({0.0, 10.0, 25.0, 40.0, 60.0, own}),
        default=sorted({10.0, own, 40.0}),
        format_func="{:g}".format,
        key=f"frontier-false-{name}-{own}",
        help="They count as contained in naive reports but were not helped.",
    )
    tries = st.segmented_control("Precision", TIMES, default="Standard", required=True, key="frontier-tries")
if not any(rule.after == "falsely-contained" for rule in scenario.contact_type(name).follow_ups):
    st.warning(f"In this scenario nobody who is falsely contained in {name} comes back, so the savings look too good.")
levels = tuple(level / 100 for level in range(0, max(high, 10) + 1, 10))
false = tuple(sorted(share / 100 for share in wrong)) or (own / 100,)

# -- the frontier --------------------------------------------------------------------------------------------------
ways = {way: PlanningMethod(way, TIMES[tries or "Standard"]) for way in (FORMULA, SEARCH)}
key = (scenario.fingerprint, name, levels, false, ways[FORMULA].replications)
asked = (centre, name, levels, false)
left, right = st.columns(2)
with left:
    quick, fresh = study(f"{PAGE}-{FORMULA}", key, "Plan every level by formula", frontiers, *asked, ways[FORMULA])
    st.caption("The cheapest staffing that meets every target at each level, tried on fresh customers.")
found, by = quick, FORMULA
if quick is not None:
    with right:
        name_of, label = f"{PAGE}-{SEARCH}", "Prove by search"
        proved, proof_fresh = study(name_of, key, label, frontiers, *asked, ways[SEARCH], main=False)
        plans, seconds = len(false) * (len(levels) - 1) + 1, ways[SEARCH].seconds
        st.caption(f"{plans} plans, each searched for {seconds:.0f} s at most: up to {plans * seconds / 60:.0f} min.")
    if proof_fresh or (proved is not None and not fresh):
        found, by, fresh = proved, SEARCH, proof_fresh
if found is not None:
    if not fresh:
        st.info("What follows was found before your last change.")
    one = picked(found, own / 100)
    findings(work, found, one, ways[by], colours, fresh=fresh)
    if not one.kept.empty and one.contact_type in scenario.type_names:
        first_weeks(work, one, colours)

# -- heads only scaled ---------------------------------------------------------------------------------------------
st.divider()
st.subheader("What if heads are only scaled?", anchor=False)
st.caption(
    "No plan, but today's heads times a percentage, beside each containment. Nobody moves from one group or hour to "
    "another, so it shows what today's pattern can bear, not the least cost."
)
with grid("15rem", key="sweep-choices"):
    group = st.selectbox("Heads of", [EVERYBODY, *scenario.group_names])
    ends = st.slider("Claimed containment (%)", 0, top, (0, min(60, top)), step=5, key=f"containment-{name}")
    scales = st.slider("Heads (% of today)", 50, 150, (80, 120), step=5)
    share = st.number_input(
        "Of what is contained, false (%)", 0.0, 100.0, own, step=5.0, format="%g", key=f"false-{name}-{own}"
    )
    steps = int(st.number_input("Steps each way", 2, 9, 5))
sweep = Sweep(
    name,
    group,
    tuple(round(float(at), 3) for at in np.linspace(*ends, steps if ends[1] > ends[0] else 1) / 100),
    tuple(round(float(at), 3) for at in np.linspace(*scales, steps if scales[1] > scales[0] else 1) / 100),
    share / 100,
)
try:
    scenarios = sweep.scenarios(scenario)
except PlannerError as problem:
    st.error(str(problem))
    st.stop()


def plan(replications: int) -> RunRequest:
    """The sweep, with fewer replications for each of its many scenarios."""
    return RunRequest(scenarios, max(FEWEST, replications // 4), about=sweep)


last = run_page(work, PAGE, plan, f"{len(scenarios)} combinations, all on the same customers")
if last is not None:
    sweep_findings(last, currency, colours)
