"""Shifts with breaks that cover the requirement at the lowest cost: searched, edited by hand, downloaded."""

from functools import partial
from typing import Any

import streamlit as st

from interface.app.charts.shifts import coverage, gantt
from interface.app.grids.component import load_grids
from interface.app.jobs.shifts import plan_tiles, planned, understaffed
from interface.app.jobs.study_widgets import study
from interface.app.literal import literal
from interface.app.shifts.editing import add_form, edit_table, show_broken_rules, undo_and_redo
from interface.app.shifts.packing import KeptPlan, packed_plan, unpacked_plan
from interface.app.shifts.proof_section import show_proof
from interface.app.shifts.repair_section import show_repair
from interface.app.shifts.roster_section import show_roster
from interface.app.widgets import chart, grid, header, made, palette, show_tile
from interface.language.messages import _, marked
from interface.language.numbers import weekday_and_date
from interface.shift_files import shifts_csv, shifts_workbook
from models.scheduling.patterns import default_rules, read_rules_text
from models.scheduling.shift_plan import RequirementSource
from models.scheduling.to_scenario import scenario_with_shifts
from scenarios.errors import PlannerError
from scenarios.rosters.requirement_sheet import requirement_from
from scenarios.units import MINUTE

PAGE = "shifts"
SOURCES: dict[str, RequirementSource] = {
    marked("Targets (Erlang)"): "formula",
    marked("Staffing of the scenario"): "plan",
}
SECONDS = marked({"20 seconds": 20.0, "1 minute": 60.0, "5 minutes": 300.0})
WORKBOOK = marked("Workbook (Excel)")
LARGEST = 1  # megabyte of a file of shift patterns
work = header(_("Shifts"), _("Shifts with breaks that cover the requirement at the lowest cost"))
load_grids()
scenario, currency, colours = work.scenario, work.scenario.currency, palette()

# -- the question -------------------------------------------------------------------------------------------------
with grid("15rem", key="shift-choices"):
    source = st.selectbox(_("Required agents from"), [*SOURCES, WORKBOOK], format_func=_, key="shift-source")
    seconds = st.selectbox(_("Time limit"), list(SECONDS), format_func=_, key="shift-seconds")
required: Any = SOURCES.get(source)
if source == WORKBOOK:
    sheet = st.file_uploader(
        _("Required agents (Excel)"),
        type=["xlsx"],
        max_upload_size=LARGEST,
        help=_("The sheet Net staffing of a downloaded workbook, changed in the column Required agents."),
    )
    try:
        required = requirement_from(sheet.getvalue(), sheet.name, scenario) if sheet is not None else None
    except PlannerError as problem:
        st.error(literal(problem))
upload = st.file_uploader(
    _("Shift patterns (YAML)"),
    type=["yaml", "yml"],
    max_upload_size=LARGEST,
    help=_("Without a file, usual shifts apply."),
)
rules = default_rules(min(scenario.horizon.interval, 15 * MINUTE))
if upload is not None:
    try:
        rules = read_rules_text(upload.getvalue().decode("utf-8", "replace"), upload.name)
    except PlannerError as problem:
        st.error(literal(problem))
        st.stop()
names = ", ".join(pattern.name for pattern in rules.patterns)
st.caption(_("Shift patterns: {names} ({origin}).").format(names=literal(names), origin=literal(rules.origin)))
numbers = tuple(values.tobytes() for values in required.values()) if isinstance(required, dict) else required
key = (scenario.fingerprint, source, numbers, seconds, rules.model_dump_json())
result, fresh = None, False
if required is None:
    st.caption(_("Upload the required agents to plan shifts for them."))
else:
    result, fresh = study(
        *(PAGE, key, _("Plan shifts"), planned, scenario, rules, required, SECONDS[seconds]), steps="steps"
    )
if result is not None and st.session_state.get("shifts-taken") is not result:
    st.session_state["shifts-taken"] = result
    work.plan_shifts(*packed_plan(KeptPlan(result, result)), "shifts planned")
if not work.shifts:
    st.caption(_("Breaks are part of the shifts. Planned shrinkage for training, meetings and leave comes on top."))
    st.stop()
try:
    kept = unpacked_plan(work.shifts, work.shifts_for)
except PlannerError as problem:
    st.error(literal(problem))
    st.stop()
plan = kept.plan
in_use = scenario == scenario_with_shifts(plan)
if plan.scenario != scenario and not in_use:
    st.info(_("Out of date: the scenario changed since these shifts were planned. Run again."))
elif result is not None and not fresh:
    st.info(_("Out of date: settings changed since this run. Run again."))


def use_shifts() -> None:
    """Give the agent groups of the scenario the shifts of the plan."""
    work.change("shifts", partial(scenario_with_shifts, plan), typed=False)


# -- the plan, and edits by hand ---------------------------------------------------------------------------------
with grid(key="shift-tiles"):
    for tile in plan_tiles(plan, kept.found, currency):
        show_tile(tile)
with st.container(horizontal=True):
    undo_and_redo(work, kept)
    st.download_button(
        *(_("Download shifts (Excel)"), partial(made, shifts_workbook, plan), "shifts.xlsx"), on_click="ignore"
    )
    st.download_button(_("Download shifts (CSV)"), partial(shifts_csv, plan), "shifts.csv", on_click="ignore")
with st.container(horizontal=True, vertical_alignment="center"):
    st.button(
        _("Use these shifts in the scenario"),
        on_click=use_shifts,
        disabled=in_use,
        help=_("The agent groups then work these shifts instead of agents by interval. Undo leads back."),
    )
    if in_use:
        st.page_link("interface/app/pages/results.py", label=_("Simulate them on fresh days"))
if "shifts" in work.problems:
    st.error(literal(work.problems["shifts"]))
for line in understaffed(plan):
    st.warning(_("Understaffed: {line}").format(line=literal(line)))
show_broken_rules(plan)
planned_part, edit_part, proof_part, roster_part, day_part = st.tabs(
    [_("Plan"), _("Edit shifts"), _("Fresh days"), _("Roster"), _("During the day")],
    on_change="rerun",
    key="shift-part",
)
if planned_part.open:
    with planned_part:
        with grid("15rem", key="shift-views"):
            group = st.selectbox(_("Agent group"), list(plan.problem.requirement), key="shift-group")
            days = [plan.time(day * plan.grid.per_day) for day in range(plan.grid.days)]
            labels = [weekday_and_date(day) for day in days]
            day = labels.index(st.selectbox(_("Day"), labels, key="shift-day"))
        chart(coverage(plan, group, day, colours), PAGE)
        chart(gantt(plan, group, day, colours), PAGE)
if edit_part.open:
    with edit_part:
        st.caption(_("Change start, breaks or number of people of a shift: cost and coverage follow at once."))
        edit_table(work)
        add_form(work, kept)
if proof_part.open:
    with proof_part:
        show_proof(work, plan)
if roster_part.open:
    with roster_part:
        show_roster(work, plan)
if day_part.open:
    with day_part:
        show_repair(work, kept)
