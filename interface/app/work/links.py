"""Links: the address of a page names the scenario that it shows, and opens it again; so does that of a run."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from interface.app.history import RunRecord, unpacked
from interface.app.literal import literal
from interface.app.session import LONGEST_NAME, Workspace
from interface.language.messages import _
from scenarios.errors import PlannerError
from scenarios.yaml import files

SCENARIO, RUN = "scenario", "run"
_FOLLOWED, _PROBLEM = "link-followed", "link-problem"
GONE = (
    "This link leads to a {what} that is not in this workspace, or no longer: it may have been deleted, or belong to "
    "another person or browser. The current scenario is shown instead."
)


def follow_link(work: Workspace) -> None:
    """Open what the address names, once as a window opens; afterwards the address names what is open."""
    if not st.session_state.get(_FOLLOWED):
        st.session_state[_FOLLOWED] = True
        st.session_state[_PROBLEM] = _follow(work, st.query_params.get(SCENARIO), st.query_params.get(RUN))
    if st.session_state.get(_PROBLEM):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(st.session_state[_PROBLEM])
            st.button(_("Close"), key="close-link-problem", on_click=lambda: st.session_state.pop(_PROBLEM))
    if RUN in st.query_params:
        del st.query_params[RUN]
    if st.query_params.get(SCENARIO) != work.project_key and (work.past or work.project.worth_keeping):
        st.query_params[SCENARIO] = work.project_key


def _follow(work: Workspace, scenario: str | None, run: str | None) -> str:
    """Open what a link names; why not where that is impossible, else nothing."""
    try:
        if run is not None:
            record = next((record for record in work.runs if record.key == run), None)
            if record is None or not record.contents:
                return GONE.format(what="run")
            open_run(work, record)
        elif scenario is not None:
            if scenario not in work.projects:
                return GONE.format(what="scenario")
            work.open_project(scenario)
    except PlannerError as problem:
        return _("This link cannot be opened: {problem}").format(problem=literal(problem))
    return ""


def open_run(work: Workspace, record: RunRecord) -> None:
    """Open what a run simulated, with its seed: the same run gives the same numbers again.

    Of several scenarios the first becomes the current one, the others become variants.
    """
    scenarios = [unpacked(content) for content in record.contents]
    first, *others = scenarios
    if first != work.scenario:
        work.open(first, files.dump(first))
    present = {variant.content for variant in work.variants.values()}
    for scenario, content in zip(others, record.contents[1:], strict=True):
        if content not in present:
            work.keep(work.free_name((scenario.title or scenario.name)[:LONGEST_NAME]), scenario)
    st.session_state["seed"] = int(record.settings.get("seed", 1))


def link_to(page: str, **parts: str) -> str:
    """The address of a page of this server with what it shall open."""
    address = st.context.url or ""
    base = address.split("?")[0].rsplit("/", 1)[0] if "://" in address else ""
    return f"{base}/{page}?{urlencode(parts)}"
