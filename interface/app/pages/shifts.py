"""Shifts with breaks that cover the requirement at the lowest cost: searched, edited by hand, downloaded."""

from functools import partial

import streamlit as st

from interface.app.charts.shifts import coverage, gantt
from interface.app.jobs.shifts import COLUMNS, editable, plan_tiles, planned
from interface.app.jobs.study_widgets import study
from interface.app.literal import literal
from interface.app.widgets import chart, grid, header, made, palette, show_tile
from interface.shift_files import shifts_csv, shifts_workbook
from models.scheduling.patterns import default_rules, read_rules_text
from models.scheduling.shift_plan import RequirementSource, ShiftPlan
from scenarios.errors import PlannerError
from scenarios.units import MINUTE

PAGE = "shifts"
SOURCES: dict[str, RequirementSource] = {"Targets (Erlang)": "formula", "Staffing of the scenario": "plan"}
SECONDS = {"20 seconds": 20.0, "1 minute": 60.0, "5 minutes": 300.0}
LARGEST = 1  # megabyte of a file of shift patterns
work = header("Shifts", "Shifts with breaks that cover the requirement at the lowest cost")
scenario, currency, colours = work.scenario, work.scenario.currency, palette()

# -- the question -------------------------------------------------------------------------------------------------
with grid("15rem", key="shift-choices"):
    source = st.selectbox("Required agents from", list(SOURCES), key="shift-source")
    seconds = st.selectbox("Time limit", list(SECONDS), key="shift-seconds")
upload = st.file_uploader(
    "Shift patterns (YAML)", type=["yaml", "yml"], max_upload_size=LARGEST, help="Without a file, usual shifts apply."
)
rules = default_rules(min(scenario.horizon.interval, 15 * MINUTE))
if upload is not None:
    try:
        rules = read_rules_text(upload.getvalue().decode("utf-8", "replace"), upload.name)
    except PlannerError as problem:
        st.error(literal(problem))
        st.stop()
names = ", ".join(pattern.name for pattern in rules.patterns)
st.caption(f"Shift patterns: {names} ({rules.origin}).")
key = (scenario.fingerprint, source, seconds, rules.model_dump_json())
result, fresh = study(
    *(PAGE, key, "Plan shifts", planned, scenario, rules, SOURCES[source], SECONDS[seconds]), steps="parts"
)
if result is None:
    st.caption("Breaks are part of the shifts. Planned shrinkage for training, meetings and leave comes on top.")
    st.stop()
if not fresh:
    st.info("Out of date: scenario or settings changed since this run. Run again.")
searched: ShiftPlan = result

# -- edits by hand -------------------------------------------------------------------------------------------------
editor = f"shift-table-{hash((searched.scenario.fingerprint, searched.bound, len(searched.shifts)))}"
edition = st.session_state.setdefault(f"{editor}-edition", 0)
tiles, pictures = st.container(), st.container()
st.subheader("Shifts", anchor=False)
st.caption("Change the number of people of a shift: cost and coverage follow at once.")
table = editable(searched)
people = st.column_config.NumberColumn(COLUMNS["people"], min_value=0, max_value=1000, step=1, required=True)
edited = st.data_editor(
    table,
    column_config={COLUMNS["people"]: people},
    disabled=[label for label in table.columns if label != COLUMNS["people"]],
    hide_index=True,
    width="stretch",
    key=f"{editor}-{edition}",
)
counts = edited[COLUMNS["people"]].fillna(0).astype(int).tolist()
plan = searched.with_people(counts)


def undo_edits() -> None:
    """Go back to the plan of the search."""
    st.session_state[f"{editor}-edition"] += 1


with tiles:
    if counts != table[COLUMNS["people"]].tolist():
        st.button("Undo edits", on_click=undo_edits)
    with grid(key="shift-tiles"):
        for tile in plan_tiles(plan, searched, currency):
            show_tile(tile)
    with st.container(horizontal=True):
        st.download_button(
            *("Download shifts (Excel)", partial(made, shifts_workbook, plan), "shifts.xlsx"), on_click="ignore"
        )
        st.download_button("Download shifts (CSV)", partial(shifts_csv, plan), "shifts.csv", on_click="ignore")
with pictures:
    with grid("15rem", key="shift-views"):
        group = st.selectbox("Agent group", list(plan.problem.requirement), key="shift-group")
        days = [plan.time(day * plan.grid.per_day) for day in range(plan.grid.days)]
        labels = [f"{day:%a %d %b}" for day in days]
        day = labels.index(st.selectbox("Day", labels, key="shift-day"))
    chart(coverage(plan, group, day, colours), PAGE)
    chart(gantt(plan, group, day, colours), PAGE)
