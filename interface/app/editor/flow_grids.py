"""The grid of follow-ups, to which rows may be added, and the choices of routing."""

from __future__ import annotations

import streamlit as st

from interface.app.editor.cells import settled
from interface.app.editor.columns import FOLLOW_UP_COLUMNS, ROUTE_COLUMNS, chosen_of
from interface.app.editor.flows import (
    EVENTS,
    ROUTES,
    RowEdits,
    edit_follow_ups,
    edit_routes,
    follow_ups_table,
    routes_table,
)
from interface.app.editor.grids import edited, problem
from interface.app.session import Workspace
from interface.app.widgets import grid
from scenarios.scenario import Scenario

_DRAWN = "follow-ups-drawn"
_AGENT_SELECTION = {
    "longest-idle": "Longest idle first",
    "shortest-idle": "Shortest idle first",
    "lowest-number": "Lowest agent number first",
}
_GROUP_SELECTION = {"in-order": "First group in order", "random": "Any available agent at random"}
_QUEUE_ORDER = {"longest-wait": "Longest wait first", "earliest-deadline": "Earliest deadline first"}


def edit_follow_up_rules(work: Workspace) -> None:
    """Edit the rules by which a contact leads to another; rows can be added and deleted.

    An editor with rows that come and go holds all edits since it was drawn. So it goes on showing the scenario of that
    moment, and every edit is applied to that: however often it is asked, a row is added once.
    """
    key = f"follow-ups-{work.edition}"
    if key not in st.session_state or st.session_state.get(_DRAWN, ("",))[0] != key:
        st.session_state[_DRAWN] = (key, work.scenario)
    shown: Scenario = st.session_state[_DRAWN][1]
    names = shown.type_names
    st.data_editor(
        follow_ups_table(shown),
        key=key,
        hide_index=True,
        num_rows="dynamic",
        column_config={"Type": chosen_of(names), "After": chosen_of(EVENTS), "Returns as": chosen_of(names)}
        | FOLLOW_UP_COLUMNS,
        on_change=_commit,
        args=(work, key, shown),
        placeholder="",
        alt="Editable table: follow-ups",
    )
    problem(work, "follow-ups")


def _commit(work: Workspace, key: str, shown: Scenario) -> None:
    state = st.session_state[key]
    changed = settled({int(row): cells for row, cells in state["edited_rows"].items()})
    added = settled(dict(enumerate(state["added_rows"])))
    edits = RowEdits(changed, list(added.values()), state["deleted_rows"])
    work.change("follow-ups", lambda scenario: edit_follow_ups(scenario, shown, edits), typed=not edits.incomplete)


def edit_routing(work: Workspace) -> None:
    """Edit which group takes which contact type, in which order and after which wait, and the rules for ties."""
    scenario = work.scenario
    with grid("26rem", key="routing-parts"):
        edited(work, "routes", routes_table(scenario), edit_routes, ROUTE_COLUMNS, ROUTES[:2])
        with st.container():
            _routing_rule(work, "groups", "Group selection", _GROUP_SELECTION)
            _routing_rule(work, "agent", "Agent selection", _AGENT_SELECTION)
            _routing_rule(work, "order", "Queue order", _QUEUE_ORDER)


def _routing_rule(work: Workspace, field: str, label: str, words: dict[str, str]) -> None:
    """Edit a rule that holds for all contact types."""
    key = f"routing-{field}-{work.edition}"

    def commit() -> None:
        value = st.session_state[key]
        work.change("routes", lambda scenario: _with_rule(scenario, field, value))

    options = list(words)
    current = options.index(getattr(work.scenario.routing, field))
    st.selectbox(label, options, current, format_func=lambda option: words[option], key=key, on_change=commit)


def _with_rule(scenario: Scenario, field: str, value: str) -> Scenario:
    given = {name: getattr(scenario.routing, name) for name in type(scenario.routing).model_fields}
    return scenario.replace(routing=given | {field: value})
