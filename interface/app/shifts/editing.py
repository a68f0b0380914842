"""The table of shifts in the window: drawn, edited, undone; a form for a further shift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from functools import partial

import streamlit as st

from interface.app.literal import literal
from interface.app.session import Workspace
from interface.app.shifts.packing import KeptPlan, packed_plan
from interface.app.shifts.table import COLUMNS, MOST_PEOPLE, TYPED, edited, patterns_of, shift_rows, with_shift
from interface.app.steps import redo_words, step_back, step_forward, undo_words
from models.scheduling.edits import broken_rules
from models.scheduling.shift_plan import ShiftPlan
from scenarios.errors import PlannerError
from scenarios.units import DAY

MOST_LISTED = 12
"""Broken rules and understaffed stretches that the page lists."""
_STATE, _PROBLEM = "shown-shifts", "shift-problem"


@dataclass
class ShownShifts:
    """What the table in the browser was drawn from, and what typing into it has made of it."""

    drawn: tuple[str, str]
    latest: tuple[str, str]
    edition: int = 0

    @property
    def key(self) -> str:
        """The name of the table: a new one makes the browser forget what was typed."""
        return f"shift-table-{self.edition}"


def edit_table(work: Workspace, plan: ShiftPlan) -> None:
    """Draw the table of shifts; what is typed into it becomes a step of the history."""
    state: ShownShifts | None = st.session_state.get(_STATE)
    kept = (work.shifts, work.shifts_for)
    if state is None or state.latest != kept:
        state = ShownShifts(kept, kept, state.edition + 1 if state else 0)
        st.session_state[_STATE] = state
        table = shift_rows(plan)
        st.session_state[f"{_STATE}-rows"] = table
    table = st.session_state[f"{_STATE}-rows"]
    number = st.column_config.NumberColumn(COLUMNS["people"], min_value=0, max_value=MOST_PEOPLE, step=1, required=True)
    st.data_editor(
        table,
        column_config={COLUMNS["people"]: number},
        disabled=[label for label in table.columns if label not in TYPED],
        hide_index=True,
        width="stretch",
        key=state.key,
        on_change=partial(_take, work, state),
    )
    if problem := st.session_state.pop(_PROBLEM, ""):
        st.error(literal(problem))


def _take(work: Workspace, state: ShownShifts) -> None:
    """Make what was typed a step of the history; refuse it with the reason where it cannot be used."""
    changes = st.session_state[state.key]["edited_rows"]
    try:
        plan = edited(*state.drawn, changes)
    except PlannerError as problem:
        st.session_state[_PROBLEM] = str(problem)
        st.session_state[_STATE] = ShownShifts(("", ""), ("", ""), state.edition)
        return
    work.plan_shifts(*plan, "shifts edited")
    if not any(COLUMNS["shift_start"] in change for change in changes.values()):  # else end and breaks are other ones
        state.latest = plan


def undo_and_redo(work: Workspace, kept: KeptPlan) -> None:
    """Draw the buttons that take edits back."""
    st.button("Undo", on_click=step_back, args=(work,), disabled=not work.past, help=undo_words(work), key="undo")
    st.button("Redo", on_click=step_forward, args=(work,), disabled=not work.future, help=redo_words(work), key="redo")
    back = packed_plan(KeptPlan(kept.found, kept.found))
    st.button(
        "Discard edits",
        on_click=work.plan_shifts,
        args=(*back, "edits of shifts discarded"),
        disabled=not kept.edited,
        help="Back to the plan of the search. Undo brings your edits back.",
    )


def add_form(work: Workspace, kept: KeptPlan) -> None:
    """A form for people on a further shift."""
    plan = kept.plan
    with st.popover("Add a shift"):
        group = st.selectbox("Agent group", list(plan.problem.requirement), key="add-group")
        days = {f"{plan.time(day * plan.grid.per_day):%a %d %b}": day for day in range(plan.grid.days)}
        day = days[st.selectbox("Day", list(days), key="add-day")]
        patterns = patterns_of(plan, group)
        pattern = patterns[st.selectbox("Shift", list(patterns), key=f"add-pattern-{group}")]
        begins = st.time_input("Shift start", time(9), step=int(plan.rules.interval), key="add-start")
        people = int(st.number_input("People", 1, MOST_PEOPLE, 1, key="add-people"))
        start = round((begins.hour * 3600 + begins.minute * 60) / plan.rules.interval) % round(
            DAY / plan.rules.interval
        )
        st.button("Add", on_click=_add, args=(work, kept, group, pattern, day, start, people), type="primary")


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
    more = f"\n- and {len(broken) - MOST_LISTED} more" if len(broken) > MOST_LISTED else ""
    st.warning("Your edits break rules of the shift patterns:\n\n" + "\n".join(lines) + more)
