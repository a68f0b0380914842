"""What is given and wanted: choose a centre, edit it in grids, see at once what does not fit."""

from functools import partial

import numpy as np
import streamlit as st

from interface import editing
from interface.grids import day_choice, edited, problem
from interface.opening import open_file, open_preset
from interface.parts import header
from scenarios import presets

work = header("Scenario", "what is given and what is wanted")
scenario = work.scenario

# -- where to begin, and what to do --------------------------------------------------------------------------------
titles = presets.titles()
left, right = st.columns([3, 2], vertical_alignment="bottom")
left.selectbox(
    "Start from a worked centre",
    list(titles),
    index=list(titles).index(scenario.name) if scenario.name in titles else None,
    format_func=lambda name: titles[name],
    key=f"preset-{work.edition}",
    on_change=lambda: open_preset(work, st.session_state[f"preset-{work.edition}"]),
    placeholder="Choose one",
)
with right.container(horizontal=True, vertical_alignment="bottom"):
    with st.popover("Open a file"):
        open_file(work)
    st.button("Undo", on_click=work.undo, disabled=not work.past)
    st.download_button("Download", work.yaml, f"{scenario.name}.yaml", "application/yaml", on_click="ignore")
    if st.button("Run", type="primary"):
        st.switch_page("interface/pages/results.py")
problem(work, "open")
if scenario.name in titles:
    with st.expander("What this centre teaches"):
        st.write(presets.lesson(scenario.name))

# -- the grids -----------------------------------------------------------------------------------------------------
contacts, bots, agents, people, more = st.tabs(
    ["Contacts", "Bots", "Agents", "Staffing", "Calendar"], on_change="rerun", key="scenario-part"
)
number, text = st.column_config.NumberColumn, st.column_config.TextColumn
share = partial(number, min_value=0.0, max_value=100.0, format="%.4g %%")
count = partial(number, min_value=0, step=1, format="%d")

if contacts.open:
    with contacts:
        edited(
            work,
            "types",
            editing.types_table(scenario),
            editing.edit_types,
            fixed=("Type", "Channel"),
            columns={
                "Contacts a day": number(min_value=0.0, format="localized", help="Expected, mean over the days"),
                "Handle time": text(help="Mean, wrap-up aside: 6 min, 90s, 1.5 h"),
                "Spread": number(min_value=0.0, format="%.4g", help="Standard deviation over mean (cv); 1 is usual"),
                "Wrap-up": text(help="Mean work after the customer has left"),
                "Patience": text(help="Mean time before a customer leaves; empty: nobody leaves"),
                "Target": share(help="Share to be answered in time"),
                "Within": text(help="The time of the target: 20s, 4 h"),
                "Open": text(help="Windows such as Mon-Fri 09:00-18:00; several with ; between"),
                "Priority": number(min_value=0.0, format="%.4g", help="Lower comes first where ranks tie"),
            },
        )
        st.subheader("Contacts by interval", anchor=False)
        day, every = day_choice(scenario, "volume")
        seen = np.flatnonzero(
            scenario.expected.reshape(len(scenario.contact_types), scenario.horizon.days, -1).any((0, 1))
        )
        edited(
            work,
            f"volume-{day}",
            editing.volume_table(scenario, day),
            partial(editing.edit_volume, day=day, every_day=every),
            fixed=("Time",),
            rows=seen,
            columns={name: number(min_value=0.0, format="%.4g") for name in scenario.type_names},
        )

if bots.open:
    with bots:
        st.caption(
            "A bot stands before the queue. What it *falsely contains* counts as contained in naive reports, "
            "but the customer is not helped and comes back if a follow-up says so."
        )
        edited(
            work,
            "bots",
            editing.bots_table(scenario),
            editing.edit_bots,
            fixed=("Type",),
            columns={
                "Bot": st.column_config.CheckboxColumn(help="Whether this type meets a bot first"),
                "Resolves": share(help="Share of sessions that solve the matter"),
                "Falsely contains": share(help="Share that ends without solving it, though it counts as contained"),
                "Customer gives up": share(help="Share of customers who leave inside the bot"),
                "Context kept": share(help="Share of hand-overs in which nothing has to be told again"),
                "Session": text(help="Mean length of a session"),
                "Cost": number(min_value=0.0, format="%.4g", help="Cost of a session"),
                "Residual difficulty": number(
                    min_value=0.0, format="%.4g", help="Handle time grows by this times the claimed containment"
                ),
            },
        )

if agents.open:
    with agents:
        edited(
            work,
            "groups",
            editing.groups_table(scenario),
            editing.edit_groups,
            fixed=("Group",),
            columns={
                "Cost an hour": number(min_value=0.0, format="%.4g"),
                "Slots": count(min_value=1, help="Chats that one agent may hold at once"),
                "Kept free": count(help="Agents kept for connected work before e-mail is taken"),
                "Planned shrinkage": share(help="Breaks, training, leave: paid on top of the staffing"),
                "Absence": share(help="The chance that a planned agent does not come"),
            },
        )
        st.subheader("Skills", anchor=False)
        st.caption("The rank of each contact type in a group, 1 first; an empty cell is a skill that the group lacks.")
        edited(
            work,
            "skills",
            editing.skills_table(scenario),
            editing.edit_skills,
            fixed=("Group",),
            columns={name: count(min_value=1) for name in scenario.type_names},
        )

if people.open:
    with people:
        day, every = day_choice(scenario, "staffing")
        used = scenario.heads.any(0) | scenario.expected.any(0)
        edited(
            work,
            f"staffing-{day}",
            editing.staffing_table(scenario, day),
            partial(editing.edit_staffing, day=day, every_day=every),
            fixed=("Time",),
            rows=np.flatnonzero(used.reshape(scenario.horizon.days, -1).any(0)),
            columns={name: count() for name in scenario.group_names},
        )
        st.caption(
            "Heads on duty, planned shrinkage already taken off. A block of cells can be pasted from a spreadsheet."
        )
