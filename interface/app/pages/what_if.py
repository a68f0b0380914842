"""Questions a manager asks, each with one line, a chart and the worlds that were compared."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from interface import export
from interface.app.alternatives import behind, numbers
from interface.app.charts import what_if
from interface.app.jobs import studies
from interface.app.jobs.task_widgets import study
from interface.app.widgets import chart, grid, header, made, palette
from models.whatif.factors import factors
from models.whatif.tradeoffs import QUESTIONS
from scenarios.scenario import Scenario
from studies.planning import FORMULA, SEARCH, PlanningMethod

PAGE = "questions"
RESTS = "rests"
ORDER = (*QUESTIONS, RESTS)
TITLES = {name: text for name, (text, _) in QUESTIONS.items()} | {RESTS: "What does this plan rest on?"}
WITHOUT_PLANS = ("reservation", "priority", RESTS)
TIMES = {"Quick": 20, "Standard": 50, "Fine": 200}
work = header("Trade-offs", "questions a manager asks, answered on the same customers")
scenario, currency, colours = work.scenario, work.scenario.currency, palette()

# -- what is asked -------------------------------------------------------------------------------------------------
question = st.selectbox("Question", ORDER, format_func=TITLES.__getitem__, key="question")
st.page_link("interface/app/pages/automation.py", label="How far a bot pays is told on the Automation page")
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
how = PlanningMethod(by, replications)


def own_ranges() -> tuple[str, ...]:
    """The plausible ranges, as the person has them."""
    told = []
    with st.expander("Plausible ranges: how far each assumption may be off"), grid("9rem", key="ranges"):
        for one in (one for one in factors() if one.present(scenario)):
            unit = "points" if one.added else "%"
            least, low, high = (round(100 * (end - one.neutral)) for end in (one.least, one.low, one.high))
            lower = st.number_input(f"{one.label}, lower ({unit})", least, 0, low, key=f"low-{one.name}")
            higher = st.number_input(f"{one.label}, higher ({unit})", 0, None, high, key=f"high-{one.name}")
            if (lower, higher) != (low, high):
                told.append(f"{one.name}={lower},{higher}")
    return tuple(told)


study_of: Callable[..., Any] = studies.answered
asked: tuple[Any, ...] = (question, scenario, how)
if question == RESTS:
    study_of, asked = studies.rests_on, (scenario, replications, how.seed, own_ranges())
key = (question, *(part.fingerprint if isinstance(part, Scenario) else part for part in asked))
steps = "steps" if question in WITHOUT_PLANS else "plans"
found, fresh = study(f"{PAGE}-{question}", key, "Ask", study_of, *asked, steps=steps)
if found is None:
    st.stop()
if not fresh:
    st.info("What follows was found before your last change.")


def take_home(line: str, sheets: dict[str, pd.DataFrame]) -> None:
    """An answer as a workbook: its line, its tables, and on which customers it rests."""
    told = {"question": TITLES[question], "answer": line, "scenario": scenario.title or scenario.name}
    told |= {"replications": str(replications), "plans made by": by if question not in WITHOUT_PLANS else "as they are"}
    about = pd.DataFrame(list(told.items()), columns=["what", "value"])
    book = partial(made, export.workbook, {"Answer": about} | sheets)
    st.download_button("Excel", book, f"{question}.xlsx", on_click="ignore", key=f"excel-{question}")


# -- what was found ------------------------------------------------------------------------------------------------
if question == RESTS:
    swings, broken = found
    st.subheader(swings.in_words(), anchor=False)
    targets = dict.fromkeys(zip(swings.rows["type"], swings.rows["target"], strict=True))
    tightest = list(targets).index(swings.tightest)
    of, constraint = st.selectbox("Target", list(targets), format_func=": ".join, index=tightest)
    chart(what_if.tornado(swings, of, constraint, colours), PAGE)
    st.subheader("What would have to be true for the plan to fail", anchor=False)
    st.markdown("\n".join(f"- {one.in_words()}" for one in broken))
    numbers(
        swings.rows.drop(columns=["factor", "setting", "planned", "end", "measure"]),
        *("Every target at both ends of every assumption", question, currency),
    )
    points = pd.DataFrame({"what would have to be true for the plan to fail": [one.in_words() for one in broken]})
    take_home(swings.in_words(), {"Assumptions": swings.rows, "Points of failure": points})
else:
    st.subheader(found.line, anchor=False)
    chart(what_if.picture(found, TITLES[question], currency, colours), PAGE)
    behind(work, PAGE, question, found.scenarios, fresh=fresh)
    numbers(found.table, "Every world that was compared", question, currency)
    plans = [export.staffing_grid(one).assign(alternative=name) for name, one in found.scenarios.items()]
    take_home(found.line, {"Worlds": found.table} | ({"Heads": pd.concat(plans)} if plans else {}))
