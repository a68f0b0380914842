"""What-if questions, each with one line, a chart and the scenarios that were compared."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from interface import export
from interface.app.alternatives import behind, numbers
from interface.app.charts import what_if
from interface.app.jobs import studies
from interface.app.jobs.study_widgets import study
from interface.app.literal import literal
from interface.app.widgets import chart, grid, header, made, palette
from interface.language.messages import _, marked
from models.whatif.factors import factors
from models.whatif.tradeoffs import QUESTIONS
from scenarios.scenario import Scenario
from studies.planning import FORMULA, SEARCH, PlanningMethod

PAGE = "questions"
SENSITIVITY = "sensitivity"
ORDER = (*QUESTIONS, SENSITIVITY)
TITLES = {name: text for name, (text, _work) in QUESTIONS.items()} | {
    SENSITIVITY: marked("How sensitive is this plan?")
}
WITHOUT_PLANS = ("reservation", "priority", SENSITIVITY)
DAYS = marked({"Quick": 20, "Standard": 50, "High": 200})
work = header(_("What-if"), _("What-if questions, answered with matched simulations"))
scenario, currency, colours = work.scenario, work.scenario.currency, palette()

# -- the question -------------------------------------------------------------------------------------------------
question = st.selectbox(_("Question"), ORDER, format_func=lambda name: _(TITLES[name]), key="question")
st.page_link("interface/app/pages/automation.py", label=_("For bots, see Automation"))
with grid("15rem", key="question-choices"):
    replications = DAYS[
        st.segmented_control(_("Precision"), DAYS, default="Standard", format_func=_, required=True, key="tries")
    ]
    planner = SEARCH
    if question not in WITHOUT_PLANS:
        names = {"Erlang": FORMULA, marked("Optimiser"): SEARCH}
        chosen = st.segmented_control(
            _("Staffing method"),
            names,
            default="Erlang",
            format_func=_,
            required=True,
            help=_(
                "Erlang is fast; its plans are checked by simulation. The Optimiser checks every plan by simulation "
                "and takes minutes."
            ),
        )
        planner = names[chosen]
method = PlanningMethod(planner, replications)


def own_ranges() -> tuple[str, ...]:
    """The ranges of assumptions that the user changed."""
    changed = []
    with st.expander(_("Plausible ranges: how far each assumption may be off")), grid("9rem", key="ranges"):
        for factor in (factor for factor in factors() if factor.present(scenario)):
            unit = "points" if factor.added else "%"
            least, low, high = (round(100 * (end - factor.neutral)) for end in (factor.least, factor.low, factor.high))
            lower = st.number_input(
                _("{label}, lower ({unit})").format(label=factor.label, unit=unit),
                least,
                0,
                low,
                key=f"low-{factor.name}",
            )
            higher = st.number_input(
                _("{label}, higher ({unit})").format(label=factor.label, unit=unit),
                0,
                None,
                high,
                key=f"high-{factor.name}",
            )
            if (lower, higher) != (low, high):
                changed.append(f"{factor.name}={lower},{higher}")
    return tuple(changed)


study_of: Callable[..., Any] = studies.answered
request: tuple[Any, ...] = (question, scenario, method)
if question == SENSITIVITY:
    study_of, request = studies.sensitivity, (scenario, replications, method.seed, own_ranges())
key = (question, *(part.fingerprint if isinstance(part, Scenario) else part for part in request))
steps = "steps" if question in WITHOUT_PLANS else "plans"
answer, fresh = study(f"{PAGE}-{question}", key, _("Run"), study_of, *request, steps=steps)
if answer is None:
    st.stop()
if not fresh:
    st.info(_("Out of date: scenario changed since this run. Run again."))


def download(line: str, sheets: dict[str, pd.DataFrame]) -> None:
    """An answer as a workbook: its line, its tables, and how it was computed."""
    staffing = {SEARCH: "Optimiser", FORMULA: "Erlang"}[planner] if question not in WITHOUT_PLANS else _("current plan")
    fields = {"question": TITLES[question], "answer": line, "scenario": scenario.title or scenario.name}
    fields |= {"simulated repetitions": str(replications), "staffing method": staffing}
    about = pd.DataFrame(list(fields.items()), columns=["field", "value"])
    book = partial(made, export.workbook, {"Answer": about} | sheets)
    st.download_button(_("Download (Excel)"), book, f"{question}.xlsx", on_click="ignore", key=f"excel-{question}")


# -- the answer ----------------------------------------------------------------------------------------------------
if question == SENSITIVITY:
    swings, broken = answer
    st.subheader(literal(swings.in_words()), anchor=False)
    targets = dict.fromkeys(zip(swings.rows["type"], swings.rows["target"], strict=True))
    tightest = list(targets).index(swings.tightest)
    of, constraint = st.selectbox(_("Target"), list(targets), format_func=": ".join, index=tightest)
    chart(what_if.tornado(swings, of, constraint, colours), PAGE)
    st.subheader(_("Break-even points: the change at which the plan misses a target"), anchor=False)
    st.markdown("\n".join(f"- {literal(failure.in_words())}" for failure in broken))
    numbers(
        swings.rows.drop(columns=["factor", "setting", "planned", "end", "measure"]),
        *(_("Every target at both ends of the range of every assumption"), question, currency),
    )
    points = pd.DataFrame({"break-even point": [failure.in_words() for failure in broken]})
    download(swings.in_words(), {"Assumptions": swings.rows, "Break-even points": points})
else:
    st.subheader(literal(answer.line), anchor=False)
    chart(what_if.picture(answer, TITLES[question], currency, colours), PAGE)
    behind(work, PAGE, question, answer.scenarios, fresh=fresh)
    numbers(answer.table, _("Every scenario that was compared"), question, currency)
    plans = [export.staffing_grid(plan).assign(alternative=name) for name, plan in answer.scenarios.items()]
    download(answer.line, {"Scenarios": answer.table} | ({"Agents": pd.concat(plans)} if plans else {}))
