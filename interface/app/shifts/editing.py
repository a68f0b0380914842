"""The table of shifts in the window: drawn, edited, undone; a form for a further shift."""

from __future__ import annotations

from datetime import time

import streamlit as st

from interface.app.grids.editable import editable
from interface.app.grids.subject import of_work
from interface.app.literal import literal
from interface.app.session import Workspace
from interface.app.shifts.packing import KeptPlan, packed_plan
from interface.app.shifts.table import MOST_PEOPLE, patterns_of, shift_grid, with_shift
from interface.app.steps import redo_words, step_back, step_forward, undo_words
from interface.language.messages import _
from models.scheduling.edits import broken_rules
from models.scheduling.shift_plan import ShiftPlan
from scenarios.errors import PlannerError
from scenarios.units import DAY

MOST_LISTED = 12
"""Broken rules and understaffed stretches that the page lists."""
_PROBLEM = "shift-problem"


def edit_table(work: Workspace) -> None:
    """Draw the table of shifts; what is entered becomes a step of the history."""
    plan = of_work(
        work,
        lambda: (work.shifts, work.shifts_for),
        lambda _, changed: work.plan_shifts(*changed, "shifts edited"),
    )
    editable(work, "planned-shifts", shift_grid, plan)
    if problem := st.session_state.pop(_PROBLEM, ""):
        st.error(literal(problem))


def undo_and_redo(work: Workspace, kept: KeptPlan) -> None:
    """Draw the buttons that take edits back."""
    st.button(_("Undo"), on_click=step_back, args=(work,), disabled=not work.past, help=undo_words(work), key="undo")
    st.button(
        _("Redo"), on_click=step_forward, args=(work,), disabled=not work.future, help=redo_words(work), key="redo"
    )
    back = packed_plan(KeptPlan(kept.found, kept.found))
    st.button(
        _("Discard edits"),
        on_click=work.plan_shifts,
        args=(*back, "edits of shifts discarded"),
        disabled=not kept.edited,
        help=_("Back to the plan of the search. Undo brings your edits back."),
    )


def add_form(work: Workspace, kept: KeptPlan) -> None:
    """A form for people on a further shift."""
    plan = kept.plan
    with st.popover(_("Add a shift")):
        group = st.selectbox(_("Agent group"), list(plan.problem.requirement), key="add-group")
        days = {f"{plan.time(day * plan.grid.per_day):%a %d %b}": day for day in range(plan.grid.days)}
        day = days[st.selectbox(_("Day"), list(days), key="add-day")]
        patterns = patterns_of(plan, group)
        pattern = patterns[st.selectbox(_("Shift"), list(patterns), key=f"add-pattern-{group}")]
        begins = st.time_input(_("Shift start"), time(9), step=int(plan.rules.interval), key="add-start")
        people = int(st.number_input(_("People"), 1, MOST_PEOPLE, 1, key="add-people"))
        start = round((begins.hour * 3600 + begins.minute * 60) / plan.rules.interval) % round(
            DAY / plan.rules.interval
        )
        st.button(_("Add"), on_click=_add, args=(work, kept, group, pattern, day, start, people), type="primary")


def _add(
    work: Workspace, kept: KeptPlan, group: str, pattern: tuple[str, int], day: int, start: int, people: int
) -> None:
    try:
        plan = with_shift(kept, group, pattern, day, start, people)
    except PlannerError as problem:
        st.session_state[_PROBLEM] = str(problem)
    else:
        work.plan_shifts(*plan, "shift added")


def show_broken_rules(plan: ShiftPlan) -> None:
    """List the rules of the patterns that edits have broken."""
    broken = broken_rules(plan)
    if not broken:
        return
    lines = [
        f"- {literal(f'{rule.group}, {plan.time(rule.day * plan.grid.per_day):%a %d %b}, {rule.shift}: {rule.rule}')}"
        for rule in broken[:MOST_LISTED]
    ]
    more = _("\n- and {count} more").format(count=len(broken) - MOST_LISTED) if len(broken) > MOST_LISTED else ""
    st.warning(_("Your edits break rules of the shift patterns:\n\n") + "\n".join(lines) + more)
