"""Variants of the scenario: saved under a name, opened, renamed, duplicated and deleted."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from interface.app.session import Workspace
from scenarios.errors import PlannerError
from scenarios.yaml import files

_PLACE = "variants"
_WIDE = 380


def keep_variant(work: Workspace) -> None:
    """Draw the form that saves the current scenario under a name."""
    with st.popover("Save as variant"):
        st.text_input("Name", placeholder="two more phone agents", key="variant-name", on_change=_keep, args=(work,))
        st.button("Save", on_click=_keep, args=(work,))
        _refused(work, "keep")


def change_variant(work: Workspace) -> None:
    """Draw the form that opens, renames, duplicates or deletes a saved variant."""
    names = list(work.variants)
    with st.popover("Saved variants", disabled=not names), st.container(width=_WIDE):
        if not names:
            return
        name = st.selectbox("Variant", names, key=f"variant-{len(names)}-{names}") or names[0]
        st.text_input("New name", name, key=f"variant-new-name-{name}")
        with st.container(horizontal=True):
            st.button("Open", type="primary", on_click=_open, args=(work, name))
            st.button("Rename", on_click=_rename, args=(work, name))
            st.button("Duplicate", on_click=_copy, args=(work, name))
            st.button("Delete", on_click=_delete, args=(work, name))
        st.caption("Open replaces the current scenario. Undo it on the Scenario page.")
        _refused(work, "change")


def _keep(work: Workspace) -> None:
    """Called twice, by the field and by the button: an empty field has been saved already."""
    name = st.session_state["variant-name"].strip()
    if name and _tried(work, "keep", lambda: work.keep(name, work.scenario)):
        st.session_state["variant-name"] = ""
        st.toast(f"Saved as variant '{name}'.")


def _open(work: Workspace, name: str) -> None:
    variant = work.variants[name]
    work.open(variant, files.dump(variant))
    st.toast(f"Opened '{name}'.")


def _rename(work: Workspace, name: str) -> None:
    new = str(st.session_state[f"variant-new-name-{name}"])
    _tried(work, "change", lambda: work.rename(name, new))


def _copy(work: Workspace, name: str) -> None:
    _tried(work, "change", lambda: work.keep(work.free_name(name), work.variants[name]))


def _delete(work: Workspace, name: str) -> None:
    work.variants.pop(name, None)
    st.toast(f"Deleted '{name}'.")


def _tried(work: Workspace, form: str, change: Callable[[], None]) -> bool:
    """Whether a change was made; otherwise the form says why not."""
    work.problems.pop(f"{_PLACE}-{form}", None)
    try:
        change()
    except PlannerError as problem:
        work.problems[f"{_PLACE}-{form}"] = str(problem)
        return False
    return True


def _refused(work: Workspace, form: str) -> None:
    if f"{_PLACE}-{form}" in work.problems:
        st.error(f"{work.problems[f'{_PLACE}-{form}']}.")
