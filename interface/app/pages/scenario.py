"""Volumes, handle times, staff and targets: open a scenario and edit it in grids, with the plan check beside them."""

from functools import partial

import streamlit as st

from interface.app.charts.staffing import planned, volumes
from interface.app.editor.flow_grids import edit_routing
from interface.app.editor.forms import actions, change_groups, change_types
from interface.app.editor.grids import (
    ONE_DAY,
    TOTALS,
    WEEK_BY_DAYS,
    advice,
    advice_line,
    calculate_staffing,
    choose_calendar,
    day_choice,
    problem,
    span_choice,
    week_choice,
)
from interface.app.editor.new_scenario import start_new
from interface.app.editor.opening import import_report, open_file, open_preset
from interface.app.editor.shift_grids.section import choose_staffing, edit_shifts, staffing_file
from interface.app.editor.tables import (
    bots_grid,
    follow_ups_grid,
    groups_grid,
    handle_grid,
    period_grid,
    skills_grid,
    staffing_grid,
    types_grid,
    volume_grid,
    week_grid,
)
from interface.app.fields.catalogue import BOT_FIELDS, GROUP_FIELDS, TYPE_FIELDS
from interface.app.fields.panel import more_fields
from interface.app.fields.tables import events, group_fields, origins, speeds, trunk_lines, type_fields
from interface.app.grids.component import load_grids
from interface.app.grids.editable import editable
from interface.app.jobs import theory as theory_jobs
from interface.app.jobs.progress import watch
from interface.app.recent import notes
from interface.app.session import workers
from interface.app.steps import offer_reset, redo_words, step_back, step_forward, undo_words
from interface.app.widgets import chart, grid, header, one_of, palette
from interface.app.work.versions import show_versions
from interface.language.messages import _
from scenarios.yaml import presets

work = header(_("Scenario"), _("Volumes, handle times, staff and targets"))
scenario = work.scenario
load_grids()

# -- open, undo, download, run --------------------------------------------------------------------------------
titles = presets.titles()
left, right = st.columns([1, 1], vertical_alignment="bottom")
example = work.project.example
unchanged = example if example in titles and not work.changed else None
edition, choice = work.edition, f"example-{work.edition}-{unchanged}"


def choose_example() -> None:
    """Begin with the chosen example, once: the browser may send again what this list shows, or showed before."""
    if work.edition == edition and st.session_state[choice] != unchanged:
        open_preset(work, st.session_state[choice])


left.selectbox(
    _("Start from an example"),
    list(titles),
    index=list(titles).index(unchanged) if unchanged else None,
    format_func=lambda name: titles[name],
    key=choice,
    on_change=choose_example,
    placeholder=_("Choose an example"),
)
with right.container(horizontal=True, vertical_alignment="bottom"):
    start_new(work)
    with st.popover(_("Open a file")):
        open_file(work)
    st.button(_("Undo"), on_click=step_back, args=(work,), disabled=not work.past, help=undo_words(work), key="undo")
    st.button(
        _("Redo"), on_click=step_forward, args=(work,), disabled=not work.future, help=redo_words(work), key="redo"
    )
    st.download_button(_("Download"), work.yaml, f"{scenario.name}.yaml", "application/yaml", on_click="ignore")
    with st.container(key="go", width="content"):  # a link: a button's switch_page can be overtaken by a redrawn part
        st.page_link("interface/app/pages/results.py", label=_("Run"))
problem(work, "open")
with st.container():
    import_report(work)
with st.container():
    if example in titles:
        offer_reset(work, titles[example])
        with st.expander(_("About this example")):
            st.write(presets.lesson(example))
with st.expander(_("Notes")):
    notes(work)
with st.container():
    show_versions(work)

# -- the tabs -----------------------------------------------------------------------------------------------------
checked = work.answer(workers(), ("advice", scenario.fingerprint), theory_jobs.advice, scenario)
theory = work.answer(workers(), ("theory", scenario.fingerprint), theory_jobs.theory, scenario)
if work.waiting():
    watch(None, 0, work.waiting())
contacts, again, bots, agents, people, calendar = st.tabs(
    [_("Contacts"), _("Follow-ups"), _("Bots"), _("Agents"), _("Staffing"), _("Calendar")],
    on_change="rerun",
    key="scenario-part",
)
if contacts.open:
    with contacts:
        editable(work, "types", types_grid)
        with actions():
            change_types(work)
        more_fields(work, "types", TYPE_FIELDS, type_fields, {"Trunk lines": trunk_lines})
        advice_line(checked, "contacts")
        st.subheader(_("Contacts by interval"), anchor=False)
        span = span_choice(scenario, "volume", list(TOTALS))
        if span == ONE_DAY:
            day, every = day_choice(scenario, "volume")
            place, table = f"volume-{day}", partial(volume_grid, day=day, every_day=every)
        elif span == WEEK_BY_DAYS:
            name, week = week_choice(scenario, scenario.type_names, _("Contact type"), "volume")
            place, table = f"week-{name}-{week}", partial(week_grid, name=name, week=week)
        else:
            place, table = f"totals-{span}", partial(period_grid, period=TOTALS[span])
        with grid("26rem", key="volume-parts"):
            editable(work, place, table)
            chart(volumes(scenario, palette()), "scenario")
        varied = any(contact_type.handle_profile is not None for contact_type in scenario.contact_types)
        if st.toggle(_("Handle times by interval"), varied, key=f"handle-times-{varied}"):
            st.caption(
                _("Handle time with wrap-up of contacts that arrive in an interval; the average is edited above.")
            )
            day, every = day_choice(scenario, "handle")
            editable(work, f"handle-{day}", partial(handle_grid, day=day, every_day=every))
        advice(checked, "contacts")

if again.open:
    with again:
        st.caption(
            _(
                "Repeat contacts: redials, callbacks, channel switches. After the event, the same customer contacts "
                "again with this probability and delay. Fill in the last row to add a rule; empty its type to remove "
                "one."
            )
        )
        editable(work, "follow-ups", follow_ups_grid)

if bots.open:
    with bots:
        st.caption(
            _(
                "The bot answers before the agent queue. False containment counts as contained in reports, but the "
                "issue is not solved: the customer contacts again where a follow-up rule says so."
            )
        )
        editable(work, "bots", bots_grid)
        more_fields(work, "bots", BOT_FIELDS, type_fields)
        advice(checked, "bots")

if agents.open:
    with agents:
        editable(work, "groups", groups_grid)
        with actions():
            change_groups(work)
        more_fields(work, "groups", GROUP_FIELDS, group_fields, {"Speed by skill": speeds})
        advice_line(checked, "agents")
        st.subheader(_("Skills"), anchor=False)
        st.caption(_("Skill rank of each contact type by group: 1 is answered first; empty means no skill."))
        editable(work, "skills", skills_grid)
        st.subheader(_("Routing"), anchor=False)
        st.caption(
            _(
                "Which group is tried first for each contact type, and after which wait a contact overflows to the "
                "next. By default, every group with the skill is tried immediately, in the order of the groups."
            )
        )
        edit_routing(work)
        advice(checked, "agents")

if people.open:
    with people:
        group = one_of(_("Agent group"), scenario.group_names, "plan-group")
        choose_staffing(work, group)
        required = None
        if isinstance(theory, theory_jobs.Theory):
            required = theory.required[scenario.group_names.index(group)].astype(float)
        if span_choice(scenario, "staffing") == ONE_DAY:
            day, every = day_choice(scenario, "staffing")
            place, table = f"staffing-{day}", partial(staffing_grid, day=day, every_day=every)
        else:
            name, week = week_choice(scenario, scenario.group_names, _("Agents of"), "staffing")
            place, table = f"agents-{name}-{week}", partial(week_grid, name=name, week=week, of_agents=True)
        with grid("26rem", key="staffing-parts"):
            editable(work, place, table)
            with st.container():
                chart(planned(scenario, group, required, palette()), "scenario")
                st.button(
                    _("Calculate staffing (Erlang)"),
                    on_click=calculate_staffing,
                    args=(work,),
                    help=_(
                        "Fewest agents that meet every target by formula. Check the result by simulation: click Run."
                    ),
                )
                problem(work, "staff")
        edit_shifts(work, group)
        st.caption(_("Agents available for contacts; planned shrinkage comes on top."))
        staffing_file(work)
        advice(checked, "staffing")

if calendar.open:
    with calendar:
        choose_calendar(work)
        st.subheader(_("Special days and events"), anchor=False)
        st.caption(_("A special day is a surge with a factor on its contacts. Fill in the last row to add an event."))
        editable(work, "events", events)
        more_fields(work, "scenario", {}, type_fields, {"Origins of numbers": origins})
