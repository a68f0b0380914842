"""Differences between scenarios with their confidence intervals, simulated on identical demand."""

import streamlit as st

from interface import export
from interface.app.charts import studies
from interface.app.comparison import SHOWN, differences, side_by_side, significant
from interface.app.jobs.runs import RunRequest
from interface.app.variants import change_variant, keep_variant
from interface.app.widgets import chart, header, palette, run_page, simulated
from interface.formatting import label
from scenarios.scenario import Scenario
from scenarios.yaml import presets

PAGE = "compare"
MOST = 5
work = header("Compare", "Differences between scenarios, simulated on identical demand")

# -- what is compared ----------------------------------------------------------------------------------------------
examples = {title: name for name, title in presets.titles().items()}
current = work.current_name
choices: dict[str, Scenario | None] = {current: work.scenario} | work.variants | dict.fromkeys(examples)


def named(name: str) -> Scenario:
    """The scenario of a choice, under the name of the choice."""
    scenario = choices[name]
    return (presets.load(examples[name]) if scenario is None else scenario).replace(name=name[:60])


names = list(choices)
example = presets.titles().get(work.scenario.name)
start = 0 if example is None else names.index(example)
left, right = st.columns([2, 3])
first = left.selectbox("Baseline", names, index=start, key="baseline")
compared = right.multiselect(
    "Compare with",
    [name for name in names if name != first],
    default=[current] if first != current else [],
    max_selections=MOST - 1,
    placeholder="Choose one or more",
    key=f"compared-{first}",
)
with st.container(horizontal=True):
    keep_variant(work)
    change_variant(work)
if not compared:
    st.info(
        "Choose a second scenario. To make one: click Save as variant, change the scenario on the Scenario page, and "
        "come back."
    )
    st.stop()

scenarios = tuple(named(name) for name in (first, *compared))
last = run_page(
    work, PAGE, lambda replications: RunRequest(scenarios, replications), "All scenarios use the same simulated demand."
)
if last is None:
    st.stop()

# -- differences ------------------------------------------------------------------------------------------------
findings = last.findings
changes, base = differences(findings), findings[0]
st.subheader(f"Differences from {base.scenario.name}", anchor=False)
st.caption(significant(changes))
picked = st.segmented_control("Measure", SHOWN, default=SHOWN[0], required=True, format_func=label, key="measure")
chart(studies.differences(changes, str(picked or SHOWN[0]), base.scenario.currency, palette()), PAGE)
st.dataframe(
    side_by_side(findings, changes),
    hide_index=True,
    alt="Measures of each scenario and their differences from the baseline",
)
st.caption(
    f"Each scenario: {simulated(base.scenario, last.replications)} with the same random demand, seed {base.seed}. "
    "± is half of the 95 % confidence interval of the paired difference."
)
with st.container(horizontal=True):
    st.download_button("CSV", lambda: export.csv(changes), "differences.csv", on_click="ignore")
    st.download_button(
        "Excel",
        lambda: export.workbook({"Differences": changes, "Side by side": side_by_side(findings, changes)}),
        "comparison.xlsx",
        on_click="ignore",
    )
