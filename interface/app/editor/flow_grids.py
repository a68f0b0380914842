"""The choices of routing."""

from __future__ import annotations

import streamlit as st

from interface.app.editor.tables import routes_grid
from interface.app.grids.editable import editable
from interface.app.session import Workspace
from interface.app.widgets import grid
from interface.language.messages import _, marked
from scenarios.scenario import Scenario

_AGENT_SELECTION = marked(
    {
        "longest-idle": "Longest idle first",
        "shortest-idle": "Shortest idle first",
        "lowest-number": "Lowest agent number first",
    }
)
_GROUP_SELECTION = marked({"in-order": "First group in order", "random": "Any available agent at random"})
_QUEUE_ORDER = marked({"longest-wait": "Longest wait first", "earliest-deadline": "Earliest deadline first"})


def edit_routing(work: Workspace) -> None:
    """Edit which group takes which contact type, in which order and after which wait, and the rules for ties."""
    with grid("26rem", key="routing-parts"):
        editable(work, "routes", routes_grid)
        with st.container():
            _routing_rule(work, "groups", _("Group selection"), _GROUP_SELECTION)
            _routing_rule(work, "agent", _("Agent selection"), _AGENT_SELECTION)
            _routing_rule(work, "order", _("Queue order"), _QUEUE_ORDER)


def _routing_rule(work: Workspace, field: str, label: str, words: dict[str, str]) -> None:
    """Edit a rule that holds for all contact types."""
    key = f"routing-{field}-{work.edition}"

    def commit() -> None:
        value = st.session_state[key]
        work.change("routes", lambda scenario: _with_rule(scenario, field, value))

    options = list(words)
    current = options.index(getattr(work.scenario.routing, field))
    st.selectbox(label, options, current, format_func=lambda option: _(words[option]), key=key, on_change=commit)


def _with_rule(scenario: Scenario, field: str, value: str) -> Scenario:
    given = {name: getattr(scenario.routing, name) for name in type(scenario.routing).model_fields}
    return scenario.replace(routing=given | {field: value})
