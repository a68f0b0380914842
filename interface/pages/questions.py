"""Questions a manager asks, each with one line, a chart and the worlds that were compared."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from interface import export, frontier_charts, studies, tradeoff_charts
from interface.errand_parts import study
from interface.parts import chart, grid, header, palette
from interface.planning import FORMULA, SEARCH, How
from interface.study_tables import readable
from models.frontier import Frontier
from models.tradeoffs import QUESTIONS
from scenarios.scenario import Scenario

PAGE = "questions"
AUTOMATION, RESTS = "automation", "rests"
ORDER = (AUTOMATION, *QUESTIONS, RESTS)
TITLES = {
    AUTOMATION: "How far does automation pay?",
    **{name: text for name, (text, _) in QUESTIONS.items()},
    RESTS: "What does this plan rest on?",
}
WITHOUT_PLANS = ("reservation", "priority", RESTS)
TIMES = {"Quick": 20, "Standard": 50, "Fine": 200}
work = header("Trade-offs", "questions a manager asks, answered on the same customers")
scenario, currency, colours = work.scenario, work.scenario.currency, palette()

# -- what is asked -------------------------------------------------------------------------------------------------
question = st.selectbox("Question", ORDER, format_func=TITLES.__getitem__, key="question")
with grid("15rem", key="question-choices"):
    replications = TIMES[st.segmented_control("Precision", TIMES, default="Standard", required=True, key="tries")]
    by = SEARCH
    if question not in WITHOUT_PLANS:
        names = {"By formula": FORMULA, "By search": SEARCH}
        chosen = st.segmented_control(
            "Plans are made",
            names,
            default="By formula",
            required=True,
            help="Formulas are quick and tried afterwards; a search proves each plan by simulation and takes minutes.",
        )
        by = names[chosen]
how = How(by, replications)
study_of: Callable[..., Any] = studies.answered
asked: tuple[Any, ...] = (scenario, how)
if question == AUTOMATION:
    fronted = [kind.name for kind in scenario.contact_types if kind.bot]
    if not fronted:
        st.info("No contact type has a bot. Give one a bot on the Scenario page, and ask again.")
        st.stop()
    with grid("15rem", key="frontier-choices"):
        bot = st.selectbox("Bot in front of", fronted, key="frontier-bot")
        stage = scenario.contact_type(bot).bot
        top = 100 if stage is None else int(100 * (1 - stage.left)) // 10 * 10
        high = st.slider("Claimed containment up to (%)", 10, top, min(80, top), step=10, key=f"frontier-top-{bot}")
        wrong = st.multiselect("Of that, false (%)", [0, 10, 25, 40, 60], default=[10, 25, 40], key="frontier-false")
    levels = tuple(level / 100 for level in range(0, high + 1, 10))
    false = tuple(sorted(share / 100 for share in wrong)) or (0.25,)
    study_of, asked = studies.frontiers, (scenario, bot, levels, false, how)
elif question == RESTS:
    study_of, asked = studies.rests_on, (scenario, replications, how.seed)
else:
    asked = (question, scenario, how)
key = (question, *(part.fingerprint if isinstance(part, Scenario) else part for part in asked))
found, fresh = study(f"{PAGE}-{question}", key, "Ask", study_of, *asked)
if found is None:
    st.stop()
if not fresh:
    st.info("What follows was found before your last change.")


def keep(name: str, world: Scenario) -> None:
    """Keep a world as a variant, for the Compare page."""
    work.variants[name[:60]] = world
    st.toast(f"Kept as '{name[:60]}'; see the Compare page.")


def use(world: Scenario) -> None:
    """Go on with a world instead of the scenario at hand; undo on the Scenario page leads back."""
    work.change(PAGE, lambda now: world.replace(name=now.name), typed=False)
    st.toast("The scenario now has this plan; undo it on the Scenario page.")


def behind(worlds: dict[str, Scenario]) -> None:
    """The scenarios behind an answer, to keep or to go on with."""
    with st.expander("The scenarios behind it"):
        world = st.selectbox("World", list(worlds), key=f"world-{question}")
        with st.container(horizontal=True):
            st.button("Keep for Compare", on_click=keep, args=(f"{question}: {world}", worlds[world]))
            st.button("Go on with it", on_click=use, args=(worlds[world],))


def table(rows: pd.DataFrame, words: str) -> None:
    """The numbers, with a download."""
    st.dataframe(readable(rows, currency), hide_index=True, alt=words)
    st.download_button("CSV", lambda: export.csv(rows), f"{question}.csv", on_click="ignore")


# -- what was found ------------------------------------------------------------------------------------------------
if question == AUTOMATION:
    shares = {f"{100 * one.false_share:.0f} %": one for one in found}
    picked = shares[
        st.segmented_control(
            "Of what is contained, false", shares, default=list(shares)[len(shares) // 2], required=True
        )
    ]
    one: Frontier = picked
    st.subheader(one.in_words(), anchor=False)
    for level, why in zip(one.rows["level"], one.rows["why"], strict=True):
        if why:
            st.warning(f"{100 * level:.0f} %: {why}")
    target = scenario.contact_type(one.kind).target
    with grid("26rem", key="frontier-pictures"):
        chart(frontier_charts.costs(one, currency, colours), PAGE)
        chart(frontier_charts.savings(one, currency, colours), PAGE)
        chart(frontier_charts.responses(one, target.share if target else None, colours), PAGE)
        chart(frontier_charts.heat_map(found, currency, colours), PAGE)
    st.caption(
        "Claimed: containment × the type's part of the wages without a bot. True: cost without a bot less cost, bot "
        "sessions paid. The response clock runs from arrival, so time in the bot counts. At 0 % there is no bot."
    )
    behind({f"{100 * level:.0f} % contained": world for level, world in one.plans.items()})
    table(one.rows, "Cost, savings and service of each level of containment")
elif question == RESTS:
    swings, broken = found
    st.subheader(swings.in_words(), anchor=False)
    targets = dict.fromkeys(zip(swings.rows["type"], swings.rows["target"], strict=True))

    tightest = list(targets).index(swings.tightest)
    of, wish = st.selectbox("Target", list(targets), format_func=": ".join, index=tightest)
    chart(tradeoff_charts.tornado(swings, of, wish, colours), PAGE)
    st.subheader("What would have to be true for the plan to fail", anchor=False)
    st.markdown("\n".join(f"- {one.in_words()}" for one in broken))
    table(
        swings.rows.drop(columns=["factor", "setting", "planned", "end", "measure"]),
        "Every target at both ends of every assumption",
    )
else:
    st.subheader(found.line, anchor=False)
    chart(tradeoff_charts.picture(found, TITLES[question], currency, colours), PAGE)
    behind(dict(found.scenarios))
    table(found.table, "Every world that was compared")
