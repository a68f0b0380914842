"""Differences between scenarios with their confidence intervals, simulated on identical demand."""

import streamlit as st

from interface import export
from interface.app.charts import studies
from interface.app.comparison import (
    SHOWN,
    cheapest_in_words,
    differences,
    side_by_side,
    significant,
    targets_and_cost,
)
from interface.app.jobs import studies as planning
from interface.app.jobs.runs import RunRequest
from interface.app.jobs.study_widgets import study
from interface.app.literal import literal
from interface.app.variants import change_variant, keep_variant, show_lineage
from interface.app.widgets import chart, header, made, palette, run_page, simulated
from interface.formatting import label
from interface.language.messages import _, marked
from interface.reports.comparison import comparison_html
from scenarios.scenario import Scenario
from scenarios.yaml import presets
from studies.planning import FORMULA, SEARCH, PlanningMethod

PAGE = "compare"
MOST = 5
AS_PLANNED = marked("As planned")
PLANNERS = {AS_PLANNED: "", "Erlang": FORMULA, marked("Optimiser"): SEARCH}
work = header(_("Compare"), _("Differences between scenarios, simulated on identical demand"))

# -- what is compared ----------------------------------------------------------------------------------------------
examples = {title: name for name, title in presets.titles().items()}
current = work.current_name
choices: dict[str, Scenario | None] = (
    {current: work.scenario}
    | {variant.name: variant.scenario for variant in work.variants.values()}
    | dict.fromkeys(examples)
)


def named(name: str) -> Scenario:
    """The scenario of a choice, under the name of the choice."""
    scenario = choices[name]
    return (presets.load(examples[name]) if scenario is None else scenario).replace(name=name[:60])


names = list(choices)
example = presets.titles().get(work.scenario.name)
start = 0 if example is None else names.index(example)
left, right = st.columns([2, 3])
first = left.selectbox(_("Baseline"), names, index=start, key="baseline")
compared = right.multiselect(
    _("Compare with"),
    [name for name in names if name != first],
    default=[current] if first != current else [],
    max_selections=MOST - 1,
    placeholder=_("Choose one or more"),
    key=f"compared-{first}",
)
with st.container(horizontal=True):
    keep_variant(work)
    change_variant(work)
show_lineage(work)
if not compared:
    st.info(
        _(
            "Choose a second scenario. To make one: click Save as variant, change the scenario on the Scenario page, "
            "and come back."
        )
    )
    st.stop()

scenarios = tuple(named(name) for name in (first, *compared))
twins = [part.name for part in scenarios[1:] if part.replace(name=first[:60]) == scenarios[0]]
if twins:
    st.info(
        _(
            "{names} is the same as the baseline, so all differences are zero. Change it on the Scenario page, or "
            "choose another."
        ).format(names=literal(", ".join(twins)))
    )
staffing = st.segmented_control(
    _("Staffing"),
    PLANNERS,
    default=AS_PLANNED,
    format_func=_,
    required=True,
    key="compare-staffing",
    help=_(
        "As planned compares the staffing of each scenario. Erlang and Optimiser first give each scenario the "
        "lowest-cost staffing that meets its targets; the Optimiser checks every plan by simulation and takes minutes."
    ),
)
if staffing != AS_PLANNED:
    method = PlanningMethod(PLANNERS[staffing])
    question = (staffing, *(scenario.fingerprint for scenario in scenarios))
    planned, current_plans = study(
        f"{PAGE}-staffing", question, _("Re-staff"), planning.restaffed, scenarios, method, steps="plans", main=False
    )
    if planned is None:
        st.stop()
    if not current_plans:
        st.info(_("Out of date: a scenario changed since it was re-staffed. Re-staff again."))
        st.stop()
    scenarios = planned
last = run_page(
    work,
    PAGE,
    lambda replications: RunRequest(scenarios, replications),
    _("All scenarios use the same simulated demand."),
)
if last is None:
    st.stop()

# -- differences ------------------------------------------------------------------------------------------------
findings = last.findings
changes, base = differences(findings), findings[0]
st.subheader(literal(cheapest_in_words(findings)), anchor=False)
st.dataframe(targets_and_cost(findings), hide_index=True, alt=_("Targets and cost of each scenario"))
st.subheader(_("Differences from {name}").format(name=literal(base.scenario.name)), anchor=False)
st.caption(literal(significant(changes)))
picked = st.segmented_control(_("Measure"), SHOWN, default=SHOWN[0], required=True, format_func=label, key="measure")
chart(studies.differences(changes, str(picked or SHOWN[0]), base.scenario.currency, palette()), PAGE)
st.dataframe(
    side_by_side(findings, changes),
    hide_index=True,
    alt=_("Measures of each scenario and their differences from the baseline"),
)
st.caption(
    _(
        "Each scenario: {simulated} with the same random demand, seed {seed}. ± is half of the "
        "95 % confidence interval of the paired difference."
    ).format(simulated=simulated(base.scenario, last.replications), seed=base.seed)
)
with st.container(horizontal=True):
    st.download_button(_("CSV"), lambda: export.csv(changes), "differences.csv", on_click="ignore")
    st.download_button(
        _("Excel"),
        lambda: export.workbook(
            {
                "Targets and cost": targets_and_cost(findings),
                "Side by side": side_by_side(findings, changes),
                "Differences": changes,
            }
        ),
        "comparison.xlsx",
        on_click="ignore",
    )
    with st.popover(_("Report")), st.container(width=380):
        question_text = st.text_area(_("Question"), key="compare-question", persist_state="session")
        origins = [work.variants[name].source if name in work.variants else "" for name in (first, *compared)]
        st.download_button(
            _("Download the report (HTML)"),
            lambda: made(comparison_html, findings, question_text or "", work.project.note, origins),
            "comparison.html",
            "text/html",
            on_click="ignore",
            type="primary",
        )
        st.caption(_("One file for a browser: print it, or save it as PDF. Notes of the Scenario page are included."))
