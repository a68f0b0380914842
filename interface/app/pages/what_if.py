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
from interface.formatting import days_or_periods, shown
from interface.language.messages import _, marked
from interface.language.numbers import number
from models.whatif.answers import Answer
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
ABOUT = marked(
    {
        "curve": "The cheapest staffing for 60 to 95 % in time: the targets of all contact types move together, each "
        "with its own time limit.",
        "pool": "The cheapest staffing of today's groups, of one group for each contact type (silos), and of one "
        "group for all. A pool's pay and speed are the mean of its agents'.",
        "training": "The cheapest staffing after each skill that a group lacks. The whole group learns it, for the "
        "same pay; of many, the six most promising are tried.",
        "concurrency": "The cheapest staffing for one to five chats at once, slowed down by the group's concurrency "
        "speed.",
        "reservation": "Today's staffing with 0 to 8 agents reserved for calls and chats, and with a number that "
        "adapts to the service level so far.",
        "priority": "Today's staffing without priority, and with priority for each contact type.",
        SENSITIVITY: "Today's staffing when one assumption at a time is off by as much as is plausible.",
    }
)
WITHOUT_PLANS = ("reservation", "priority", SENSITIVITY)
DAYS = marked({"Quick": 20, "Standard": 50, "High": 200})
work = header(_("What-if"), _("What-if questions, answered with matched simulations"))
scenario, currency, colours = work.scenario, work.scenario.currency, palette()

# -- the question -------------------------------------------------------------------------------------------------
question = st.selectbox(_("Question"), ORDER, format_func=lambda name: _(TITLES[name]), key="question")
st.caption(_(ABOUT[question]))
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


def evaluation(answer: Answer) -> str:
    """On how many days the alternatives were simulated, and which differences of cost are not meaningful."""
    days = sorted({int(count) for count in answer.table["days"] if count})
    replicas = " – ".join(number(count, ",") for count in dict.fromkeys([days[0], days[-1]])) if days else "0"
    tried = _(
        "Simulated on {replications} new {periods}, the same customers for all; on more while a target is in doubt. ± "
        "is half of the 95 % confidence interval."
    ).format(replications=replicas, periods=days_or_periods(scenario.horizon.days))
    if question in WITHOUT_PLANS:
        return tried
    if planner == SEARCH:
        return f"{tried} " + _("Differences within the optimality gap of a plan are not meaningful.")
    agent = shown(answer.margin, "money", currency)
    return f"{tried} " + _("Erlang plans: differences under {agent} (one agent) are not meaningful.").format(
        agent=agent
    )


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
    st.caption(literal(evaluation(answer)))
    chart(what_if.picture(answer, TITLES[question], currency, colours), PAGE)
    behind(work, PAGE, question, answer.scenarios, fresh=fresh)
    numbers(answer.table, _("Every scenario that was compared"), question, currency)
    plans = [export.staffing_grid(plan).assign(alternative=name) for name, plan in answer.scenarios.items()]
    download(answer.line, {"Scenarios": answer.table} | ({"Agents": pd.concat(plans)} if plans else {}))
