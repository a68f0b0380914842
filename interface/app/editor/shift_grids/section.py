"""The staffing of a group as agents by interval or as shifts, and the workbook of all staffing."""

from __future__ import annotations

from functools import partial

import streamlit as st

from interface.app.editor.grids import problem
from interface.app.editor.shift_grids.tables import breaks_grid, people_grid, rules_grid, shifts_grid
from interface.app.grids.editable import editable
from interface.app.literal import literal
from interface.app.session import Workspace
from interface.app.widgets import made
from interface.language.messages import _, marked
from interface.staffing_workbook import staffing_workbook
from scenarios.edit.staffing import as_agents, as_shifts
from scenarios.errors import PlannerError
from scenarios.shifts.workbook import with_staffing

BY_INTERVAL, BY_SHIFTS = marked(("Agents by interval", "Shifts"))
LARGEST = 20
"""Megabytes of the largest workbook."""


def choose_staffing(work: Workspace, group: str) -> None:
    """Choose how the staffing of a group is given."""
    key = f"staffing-by-{group}-{work.edition}"
    current = BY_INTERVAL if work.scenario.group(group).shifts is None else BY_SHIFTS

    def commit() -> None:
        change = as_shifts if st.session_state[key] == BY_SHIFTS else as_agents
        work.change("staffing-by", partial(change, name=group), typed=False)

    st.segmented_control(
        _("Staffing of {group} by").format(group=literal(group)),
        [BY_INTERVAL, BY_SHIFTS],
        default=current,
        format_func=_,
        required=True,
        key=key,
        on_change=commit,
        help=_("The first shifts have as many agents as now; going back keeps the agents on shift by interval."),
    )
    problem(work, "staffing-by")


def edit_shifts(work: Workspace, group: str) -> None:
    """Edit the shifts, breaks and named people of a group that has shifts."""
    if work.scenario.group(group).shifts is None:
        return
    place = f"shifts-{group}"
    st.subheader(_("Shifts"), anchor=False)
    st.caption(
        _(
            "Agents by interval follow from the shifts. Fill in the last row to add one; empty the first cell of a "
            "row to remove it. The page Shifts finds the cheapest shifts."
        )
    )
    editable(work, place, partial(shifts_grid, group=group))
    st.markdown(f"**{_('Breaks')}**")
    editable(work, f"{place}-breaks", partial(breaks_grid, group=group))
    st.markdown(f"**{_('Named people')}**")
    editable(work, f"{place}-people", partial(people_grid, group=group))
    st.markdown(f"**{_('Delayed breaks and late starts')}**")
    editable(work, f"{place}-rules", partial(rules_grid, group=group))


def staffing_file(work: Workspace) -> None:
    """Offer the staffing of all groups as a workbook, and take a changed one."""
    scenario = work.scenario
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            _("Staffing as Excel"),
            partial(made, staffing_workbook, scenario),
            f"{scenario.name}-staffing.xlsx",
            on_click="ignore",
            help=_("Sheets Agents, Shifts, Breaks and People of all groups, to be changed and read again."),
        )
        with st.popover(_("Read staffing from Excel")):
            given = st.file_uploader(
                _("Workbook with the sheets Agents, Shifts, Breaks and People"),
                ["xlsx"],
                key=f"staffing-file-{work.edition}",
                max_upload_size=LARGEST,
            )
            if given is not None:
                _take(work, given.getvalue(), given.name)


def _take(work: Workspace, content: bytes, name: str) -> None:
    try:
        changed = with_staffing(work.scenario, content, name)
    except PlannerError as wrong:
        st.error(literal(wrong))
        return
    if work.change("staffing-by", lambda _: changed, typed=False):
        st.rerun()
