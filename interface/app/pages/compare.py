"""Scenarios side by side on the same customers: differences with intervals, so that luck is not mistaken for merit."""

import streamlit as st

from interface import export
from interface.app.charts import studies
from interface.app.comparison import SHOWN, differences, side_by_side, sure
from interface.app.jobs.runs import RunRequest
from interface.app.variants import change_variant, keep_variant
from interface.app.widgets import chart, header, palette, run_page
from interface.formatting import label
from scenarios.scenario import Scenario
from scenarios.yaml import presets

PAGE = "compare"
MOST = 5
work = header("Compare", "what a change really changes, on the same customers")

# -- what is compared ----------------------------------------------------------------------------------------------
now = f"{work.scenario.name} (now)"
choices: dict[str, Scenario | None] = {now: work.scenario} | work.variants | dict.fromkeys(presets.names())


def named(name: str) -> Scenario:
    """The scenario of a choice, under the name of the choice."""
    found = choices[name]
    return (presets.load(name) if found is None else found).replace(name=name[:60])


names = list(choices)
start = names.index(work.scenario.name) if work.scenario.name in names else 0
left, right = st.columns([2, 3])
first = left.selectbox("Baseline", names, index=start, key="baseline")
others = right.multiselect(
    "Compared with",
    [name for name in names if name != first],
    default=[now] if first != now else [],
    max_selections=MOST - 1,
    placeholder="Choose one or more",
    key=f"others-{first}",
)
with st.container(horizontal=True):
    keep_variant(work)
    change_variant(work)
if not others:
    st.info("Choose a second scenario: keep the one at hand under a name, change it on the Scenario page and return.")
    st.stop()

scenarios = tuple(named(name) for name in (first, *others))
last = run_page(
    work, PAGE, lambda replications: RunRequest(scenarios, replications), "All meet the very same customers."
)
if last is None:
    st.stop()

# -- what was found ------------------------------------------------------------------------------------------------
findings = last.findings
found, base = differences(findings), findings[0]
st.subheader(f"Differences from {base.scenario.name}", anchor=False)
st.caption(f"Sure differences of service level: {sure(found) or 'none'}")
picked = st.segmented_control("Measure", SHOWN, default=SHOWN[0], required=True, format_func=label, key="measure")
chart(studies.differences(found, str(picked or SHOWN[0]), base.scenario.currency, palette()), PAGE)
st.dataframe(
    side_by_side(findings, found),
    hide_index=True,
    alt="Measures of each scenario and their differences from the baseline",
)
st.caption(
    f"{last.replications:,} replications of each on the same tapes, seed {base.seed}; "
    "± is half a 95 % interval of the paired difference."
)
with st.container(horizontal=True):
    st.download_button("CSV", lambda: export.csv(found), "differences.csv", on_click="ignore")
    st.download_button(
        "Excel",
        lambda: export.workbook({"Differences": found, "Side by side": side_by_side(findings, found)}),
        "comparison.xlsx",
        on_click="ignore",
    )
